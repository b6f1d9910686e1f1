### What the engine says in English, in events that are JSON too. The English text must be the engine's own: it is what is looked up
### (src/i18n/said.rs). $figure is a number; $why, $device, $other and $names are sentences or words that are looked up themselves.

## How somebody is known

standing-vouched = i taunakitia hei {$subject}
standing-account = pūkete {$subject}
standing-known = e mōhiotia ana ko {$name}
standing-changed = KUA HURIA TE KĪ
standing-guest = kāore i ū

## Why the sound is not good

said-missing-of = kei te ngaro te {$figure} o te oro o {$name}
said-missing = kei te ngaro te {$figure} o te oro
said-loss-up = kei te ngaro te {$figure} o tāu e tuku ana
said-round-trip = {$figure} te haere atu, hoki mai
said-jitter = kāore te oro e rite te tae mai, {$figure} te wiriwiri
said-loss-down = kei te ngaro te {$figure} o ngā mōkī ki a koe, ka whakahokia mai
said-buffer = ka tatari te oro i te {$figure} kia rite

## Devices

said-microphone = hopuoro
said-loudspeaker = tukuoro
said-device-gone = Kua ngaro te {$device} {$name}; ka haere tonu te hui, ka hoki mai te oro ina hoki mai tētahi pūrere.
said-device-interrupted = I haukotia te {$device} {$name}, ā, kua mahi anō.
said-device-instead = Kua ngaro te {$device} {$old}; ka whakamahia a {$name} hei kapi.
said-device-moved = E whakamahi ana te pūnaha oro i te {$device} {$name} ināianei, kaua ko {$old}.
said-device-back = Kua hoki mai te {$device} {$name}, ā, e whakamahia ana anō.
said-device-found = Kua kitea te {$device} {$name}, ā, e whakamahia ana.
said-device-refused = Kāore te {$device} "{$name}" e tuwhera: {$why}.
said-devices = Te {$device} {$name} me te {$other} {$second}
said-devices-gone = {$names}: kua ngaro; ka haere tonu te hui, ka hoki mai te oro ina hoki mai te pūnaha oro.
said-devices-interrupted = {$names}: i haukotia, ā, kua mahi anō.
said-devices-back = {$names}: kua hoki mai, ā, e whakamahia ana anō.
said-devices-found = {$names}: kua kitea, ā, e whakamahia ana.
said-devices-instead = Kua ngaro a {$old} rāua ko {$older}. {$names}: e whakamahia ana hei kapi.
said-devices-moved = {$names}: e whakamahia ana ināianei, e ai ki te pūnaha oro.

## Warnings

said-talking-while-muted = e kōrero ana koe, engari kua katia tō hopuoro, kāore koe e rangona; mā /unmute e whakatuwhera
said-microphone-silent = kua tuwhera tō hopuoro engari karekau he oro: tirohia mēnā kua whakawetoa i tōna pana ake, i ngā tautuhinga pūnaha rānei, whiriwhiria rānei tētahi atu (/devices)
said-microphone-clipping = he kaha rawa tō hopuoro, he tihoi te oro: whakaitia i ngā tautuhinga pūnaha, kia tawhiti ake rānei te kōrero
said-passphrase = he kīanga hipa noa te kī o te rūma: ka taea e te kaiwhakahaere tūmau te whakamātau kia maha; whakatauritea te waehere haumaru
said-floor-full = kia {$cap} anake ngā hopuoro e tuwhera i te wā kotahi; kua katia anō tōu, ngana anō ā muri ake
said-frames-foreign = {$n} ngā anga oro kāore i hīritia e te taupānga a tētahi mema, i tae takirua mai rānei; kāore i whakatangihia. Tērā pea kei te raweke tētahi i waenganui i a koutou i tēnei hui.
said-audio-stopped = kua mutu te oro; wehe, ka uru anō
said-suspended = {$why}: i katia tō hopuoro, ā, ka kati tonu; mā /unmute e whakatuwhera
said-did-not-run-seconds = i tū tēnei pūmanawa mō te {$n} hēkona
said-did-not-run-minutes = i tū tēnei pūmanawa mō te {$n} meneti
said-behind = kei mua ētahi atu i tā te tūmau e tuku mai ana; e whai ana kia mau
said-not-behind = kua oti anō te rōpū
said-begun-anew = ka tīmata anō te rōpū: {$why}
said-unproven = kāore tētahi o tēnei rōpū i whakaatu i noho tahi koe me ia, e mōhio ana rānei ia ki te muna o te rūma: tērā pea nā te tūmau i hanga. Kua katia tō hopuoro; whakatauritea te waehere haumaru i mua i te haere tonu
said-list-agrees = kua rite anō te rārangi a te tūmau ki te rōpū
said-list-differs = he rerekē te rārangi a te tūmau i te rōpū: {$a} kei te rōpū engari kāore i hono, {$b} kua hono engari kāore i te rōpū; ko te hunga o te rōpū anake ka rongo, ka pānui
said-nothing-done = kua ngaro te hononga, nō reira kāore he mea i mahia; mahia anō ina hoki mai
said-not-sent = kāore tō karere i tukuna: kua ngaro te hononga; tukuna anō ina hoki mai
said-audit-rewritten = ehara te rangitaki arotake a te tūmau i tērā i kitea i mua e tēnei taupānga: kua tuhia anō, kua tapahia, kua whakahokia rānei te tūmau ki tētahi tāruatanga o mua; pātaia te kaiwhakahaere pūnaha
said-no-sound = kāore he oro ({$why}); ka haere tonu te tuhi, ā, ka whakamātauria anō te oro
said-recording-forbidden-here = ka puritia ki te kōnae āu e rongo ana, ā, kāore a Conclave e whakamōhio i tētahi: {$why}

## How a call ends

said-left = Kua wehe koe i te hui.
said-did-not-join = Kāore koe i uru.
said-duration = Kua pau te wā.
said-signal = Nā {$name} te hui i whakamutu.
said-nobody-reads = Kua kore te tāputa e pānuitia.
said-everybody-left = Kua wehe ērā atu katoa.
said-host-left = Kua wehe te kaihautū.
said-not-let-in = kāore koe i tukuna kia uru; pātaia te tangata nāna koe i pōwhiri
said-removed-for-good = nā tētahi kaiwhakahaere koe i tango i tēnei rūma mō ake
said-removed = nā tētahi kaiwhakahaere koe i tango i te rūma
said-no-longer-in-group = kua kore koe i te rōpū; uru anō mēnā ehara tērā i te mea i whakaaro
said-room-ended = kua mutu te rūma mō te katoa
said-lost-for-good = i ngaro te hononga ki te tūmau, kāore i hoki mai i roto i te {$seconds} s{$why}; tirohia te whatunga, ka uru anō
said-shutting-down = kei te kati te tūmau; uru anō ina hoki mai
said-same-identity = kua uru tētahi mā te tuakiri ōrite, ā, kotahi anake ka tukuna e te tūmau; whakamahia tētahi atu tohu
said-fault = Nā tētahi hapa ā mātou te hui i whakamutu; kei runga ake nei te pūrongo.

## What cannot be done, and why

said-is-not-possible = kāore e taea te {$name} i konei: {$why}
said-no-keys = kāore tēnei hui i whakamuna pito-ki-pito, nō reira kāore tētahi i konei e mōhiotia mā te kī
said-no-roles = kāore tēnei tūmau e hoatu tūranga ki tētahi
said-no-queue = kāore te tūmau e mōhio ki ngā ringa i te rūma whakamuna pito-ki-pito
said-livekit-record = i te rūma LiveKit kāore e taea e Conclave te whakamōhio i ētahi atu
said-token-speak = kāore tō tohu e tuku i a koe kia kōrero
said-token-chat = kāore tō tohu e tuku i a koe kia tuhi
said-token-name = kāore tō tohu e tuku i a koe kia huri i tō ingoa, i ō āhuatanga rānei
said-not-in-yet = kāore anō koe kia uru ki te rūma: mā tētahi koe e tuku kia uru
said-stopped-sending = kua mutu tō tuku; /release i te tuatahi, kātahi ka whakatuwhera i te hopuoro
said-all-paused = kua whakatārewahia te katoa e tētahi kaiwhakahaere; tatari kia wetekina te rūma
said-moderator-already = he kaiwhakahaere kē a {$name}
said-no-moderator = ehara a {$name} i te kaiwhakahaere
said-only-moderators = mā te kaiwhakahaere anake tēnā e mahi, ehara koe i tērā
said-reaction-empty = me whai kupu, emoji rānei te tauhohe
said-record-already = kei te hopu kē koe; mā /record off e whakamutu
said-record-not = kāore koe i te hopu; mā /record FILE e tīmata
said-message-empty = he kau te karere
said-volume-range = kei waenganui te kaha i te 0 me te 200 ōrau
said-cannot-detach = ka mutu tēnei hui me tōna matapihi; uru mai mā --detach kia taea te haere me te hoki mai
said-no-rooms-yet = kāore anō i uru ki te rūma; tatari ki "joined"
said-not-one-of = ehara a "{$word}" i tētahi o {$list}
said-roles = ko ngā tūranga ko owner, moderator, speaker, listener, guest, bot rānei

## How loud the voice is, with what to do

said-voice-silent = wahangū: kua weto, kua unuhia rānei te hopuoro?
said-voice-quiet = ngū: kia tata ake te kōrero, whakakahangia rānei
said-voice-good = pai
said-voice-loud = turituri: whakaitia paku
said-voice-clipping = tihoi: whakaitia, kua hē te oro

## What is missing for a room of the list

said-history-secret = i roto i te hono te muna o te rūma, kāore tērā e puritia: whakapiria te hono katoa, uru rānei me te kore, ka tatari kia tukuna kia uru
said-history-invite = i uru mai koe mā te pōwhiri, kāore tērā e puritia: whakapiria anō tōna hono, tonoa rānei he mea hou ki te kore koe e tukuna kia uru
said-history-token = e hiahia ana tēnei rūma ki te tohu whakauru: hoatu mā --token-fd, mā CONCLAVE_TOKEN rānei
