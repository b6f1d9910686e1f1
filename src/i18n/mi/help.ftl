### The help of the command table (src/call/table/rows.rs). The English text must be the table's own; see said.ftl.

## What the commands do: the English sentence is the name under which it is looked up

help-mute = kati i te hopuoro (mā off e whakatuwhera)
help-unmute = whakatuwhera i te hopuoro
help-talk = whakatuwhera i te hopuoro kia tae ki "talk stop"; toggle: whakatuwhera, kati rānei
help-level = te kaha o tō hopuoro, ahakoa kua kati
help-hand = hiki, tuku iho rānei i tō ringa
help-say = tuhi ki te katoa (he rite tonu te tuhi noa)
help-msg = tuhi ki te tangata kotahi
help-to = ki a wai āu tuhinga mai ināianei
help-name = huri i tō ingoa ake
help-volume = te kaha o tētahi tangata i konei, 0 ki te 200, +10 me -10 rānei
help-hush = kaua e rongo ki tētahi tangata i konei, rongo anō rānei
help-admit = tuku i tētahi e tatari ana kia uru
help-deny = kaua e tuku i tētahi e tatari ana kia uru
help-kick = tango i tētahi mō ake
help-promote = whakatū i tētahi hei kaiwhakahaere
help-demote = tango i te tūranga kaiwhakahaere
help-role = whakatū i tētahi hei owner, moderator, speaker, listener, guest, bot rānei
help-ban = tango i tētahi, kaua rawa e tuku anō kia uru
help-silence = kati i te hopuoro o tētahi, o te katoa rānei hāunga tōu
help-ask = tono ki tētahi kia whakatuwhera i tōna hopuoro
help-lower = whakaheke i te ringa o tētahi, i ngā ringa katoa rānei
help-end = whakamutu i te hui mō te katoa
help-lock = kaua e tuku tangata hou kia uru (mā off ka tukuna anō)
help-password = me mōhio ngā tāngata hou ki tēnei kupuhipa (off: kāti)
help-freeze = whakamutu i te tuku, ka whakamōhio i te katoa; ka whakatārewa te kaiwhakahaere i te katoa
help-release = whakamutu i te whakatū; ka kati tonu te hopuoro
help-safety = whakaatu i te waehere haumaru ki te katoa, hei pānui kia rangona
help-verify = kua whakatauritea te waehere haumaru, ā, e tika ana
help-react = tuku i tētahi kupu poto, emoji rānei
help-record = pupuri i te hui ki te kōnae WAV, i muri i te whakamōhio i te katoa
help-receipt = tuhi ko wai i konei, hainatia e te katoa kei konei
help-again = rongo anō ki ngā hēkona 15 o mua tata nei; mā again e whakamutu
help-xray = whakaatu he aha ka kitea e te tūmau i tēnei hui
help-devices = rārangi i ngā hopuoro me ngā tukuoro
help-device = whakamahi i tētahi atu hopuoro, tukuoro rānei
help-processing = he aha ka mahia ki tō reo: echo off, noise strong, gain on
help-echo = tango i ngā mea e whakatangihia ana e tō tukuoro (auto: kāore mō te taringa)
help-noise = whakaiti i te haruru i tō taha
help-gain = whakarite i te kaha o tō reo
help-who = ko wai kei te hui
help-status = te āhua o ngā mea, i te rerenga kotahi
help-stats = ngā tatauranga whatunga me te oro, me te hunga e rongo ana i a koe
help-state = ngā mea katoa e mōhiotia ana mō te hui
help-talking = whakaatu ko wai ka tīmata, ka mutu te kōrero (aratau rārangi)
help-speak = kia maha ake, kia iti ake rānei ngā momo kōrero (aratau rārangi); ki te kore he kupu: ko ēhea
help-earcons = he tangi poto hei whakaatu i ngā mahi; māu anake e rongo
help-help = tēnei rārangi
help-detach = kati i tēnei matapihi; ka haere tonu te hui, kua kati te hopuoro, kia tae rā anō ki conclave attach
help-leave = wehe i te hui

## Their keys

keys-mute = m ka kati, F2 ka kati, ka whakatuwhera rānei
keys-unmute = Mokowā, F2
keys-talk = Mokowā, F3 i te wā e pēhia ana, mēnā ka pūrongo te kāpeka i te tuku pātuhi
keys-say = / kātahi ngā kupu, Enter
keys-msg = w, i runga i te tangata
keys-volume = + me -, i runga i te tangata
keys-hush = x, i runga i te tangata
keys-admit = a, i runga i te hunga tatari
keys-deny = d, i runga i te hunga tatari
keys-silence = c, i runga i te tangata
keys-ask = u, i runga i te tangata
keys-verify = v, i te wā e whakaaturia ana te waehere
keys-devices = F9, mā Enter e whiriwhiri
keys-leave = q, F10; Ctrl-C i taua wā tonu
