### The full screen: src/tui/.

## The screen as a whole

too-small = he iti rawa te kāpeka (me {$size})
too-small-short = me {$size}
unread = {$n} hou
newer-below = ({$n} rārangi hou ake kei raro)
newer-below-unread = ({$n} rārangi hou ake kei raro, {$unread} hou)
head-chat = KŌRERO ME NGĀ KAUPAPA
head-people = TĀNGATA {$n}
head-waiting = E TATARI ANA {$n}

## People

person-hand = ringa {$n}
person-speaking = e kōrero
person-muted = kua kati
person-hushed = whakangū
person-volume = kaha {$percent}%
person-waits = {$name} e tatari
knock-keys = tatari: a uru, d kāo
knock-keys-more = tatari (+{$n}): a uru, d kāo

## Header and status line

net-waiting = E TATARI ANA KIA URU
net-connecting = e hono ana
net-reconnecting = E HONO ANŌ ANA
net-over = kua mutu
head-locked = {$security}, kua rakaina
head-intercepted = E pānuitia ana te TLS e {$by}
mic-mark-none = HOPUORO karekau
mic-mark-closed = HOPUORO kati
mic-mark-open = HOPUORO TUWHERA
hand-mark = ringa kei runga ^
again-mark = KŌRERO ANŌ (g mutu)
out-mark = PUTA {$name}
out-mark-none = PUTA karekau
figure-rtt = rtt {$ms}ms
figure-loss = ngaro {$percent}%
figure-buffer = par {$ms}ms

## Footer: a key and what it does, as short as possible

foot-enter-send = Enter tuku
foot-enter-run = Enter mahi
foot-enter-use = Enter whakamahi
foot-enter-more = Enter anō
foot-esc = Esc hoki
foot-choose = Runga Raro kōwhiri
foot-complete = Tab whakaoti
foot-focus = Tab neke
foot-mic = F2 hopuoro
foot-help = F1 āwhina
foot-help-short = ? āwhina
foot-leave-now = Ctrl-C wehe
foot-leave = q wehe
foot-yes = y āe
foot-no = n kāo
foot-move = j k neke
foot-scroll = j k panuku
foot-match = v rite
foot-differ = n rerekē
foot-mute = m kati
foot-space-hold = Mokowā pēhi hei kōrero
foot-space-open = Mokowā huaki
foot-space-close = Mokowā kati
foot-space-hold-short = Mokowā pēhi
foot-space-short = Moko. mic
foot-hand = r ringa
foot-chat = / tuhi
foot-command = : whakahau
foot-close-ask = c kati u tono
foot-write = w tuhi
foot-volume = + - kaha
foot-hush = x whakangū
foot-copy = y tārua hono
foot-devices = F9 pūrere

## The input line

question-keys = y āe, n kāo
question-asked = {$question} y = āe, n = kāo.
to-all = ki te katoa
to = ki a {$name}

## Panels

statistics = NGĀ TATAURANGA O NGĀ HĒKONA O MUA
statistics-close = Mā i, mā Esc rānei e kati.
statistics-still = Mā i, mā Esc rānei e kati. Kāore ngā tatauranga e neke: whakatuwherahia anō mō ngā mea hou.
devices = NGĀ PŪRERE
devices-level = Tō hopuoro: {$word} ({$level} dBFS)
devices-no-microphone = Karekau he hopuoro
devices-looking = E rapua ana.
devices-none = Karekau i kitea.
devices-inputs = Ngā hopuoro
devices-outputs = Ngā tukuoro
devices-usual = (māori)
devices-in-use = {$name}, e whakamahia ana
devices-keys = Mā Enter ka whakamahia te mea kua tohua, mā Esc ka kati.
safety-head = WAEHERE HAUMARU, WĀHANGA {$epoch}
safety-head-later = WAEHERE HAUMARU, WĀHANGA {$epoch}, hāunga {$n}
safety-or = {$digits} rānei
safety-keys = v = he rite, n = he rerekē, Esc
safety-passphrase = He kīanga hipa noa te kī o te rūma: whakatauritea ki te katoa, i ia wā.
safety-not-meant = Kāore i roto, i tae mai i muri: {$names}
safety-read = Pānuitia kia rangona, he wāhanga mā tēnā, mā tēnā: me ōrite tā te katoa.
safety-people = Nā {$by} i huaki. Kei roto: {$people}

## Help

help-keys = NGĀ KĪ
help-commands = NGĀ WHAKAHAU
help-key-tab = Tab, Shift-Tab: neke i waenga i ngā tāngata, te kōrero me te tuhinga
help-key-move = j k, ngā pere, PgUp PgDn: neke, panuku
help-key-enter = Enter, i runga i te tangata: ngā mahi ka taea mō rātou
help-key-palette = :, Ctrl-P: he whakahau ahakoa: pātohia ētahi pū o tāu e hiahia ai, mā Enter e mahi te mea kua tohua
help-key-copy = y: tārua i te hono o te rūma, kāore tōna muna
help-key-esc = Esc: hoki
help-key-redraw = Ctrl-L: tuhi anō i te mata
help-rule = Ka mahia te whakahau ka pātohia katoatia e koe; ko te mea ka kōwhiria, ka pātaia i te tuatahi mēnā ka pā ki ētahi atu mō ake. Ka kati ngā pū i te hopuoro, kāore rawa e whakatuwhera. He tuhinga āu e pātō ai, e whakapiri ai: ka haere te rerenga i pātohia i runga i tētahi rārangi ki te rārangi tuhi. Ka whakatuwhera te Mokowā i te hopuoro mēnā kāore he pātuhi kē i te hēkona o mua.
help-hold = Ka whakatuwhera te Mokowā i te hopuoro i te wā e pēhia ana.
help-no-hold = Kāore tēnei kāpeka e pūrongo i te tuku pātuhi, nō reira ka whakatuwhera, ka kati te Mokowā i te hopuoro.
help-marks = Tohu: > e kōrero ana, ^ kua hiki te ringa, m kua kati te hopuoro, ? e tatari ana kia uru.

## Answers

answer-abandoned = Kua wehe koe; kāore te tūmau i whakautu i te wā tika.
answer-not-stopped = Kāore he anga o tēnei kāpeka hei whakahoki mai i tēnei pūmanawa, nō reira kāore i whakatūria.
answer-code-gone = Kua kore te waehere haumaru e whakaaturia; mā s e whakaatu anō.
answer-lagged = He tere rawa te pahure o ngā kaupapa e {$n} kia whakaaturia.
answer-too-much = He nui rawa i te wā kotahi; tēnā mahia anō.
answer-cut = I tapahia te tuhinga i whakapiria: {$n} paita ka ō ki te karere.
answer-codes-differ = Kāore ngā waehere e ōrite: kaua e whakapono ki tēnei hui. Wehe (q), ka tūtaki mā tētahi huarahi kē.
answer-no-link = Karekau he hono hei tārua.
answer-link = Kua tukuna te hono ki te papatopenga, mēnā ka whakaaetia e tēnei kāpeka: {$link}
answer-link-secret = Kāore te muna o te rūma i roto: tukuna tērā mā tētahi huarahi kē.
answer-other-waits = He tangata kē kei mua e tatari ana ināianei; tirohia ko wai, ka pēhi anō i te kī.
answer-that-is-you = Ko koe tēnā; tohua tētahi atu mā j me k.
answer-they-wait = E tatari ana kia tukuna kia uru: a ka tuku, d ka whakakāhore.
answer-begun = I tīmataria tēnei karere {$recipient}; tukuna i te tuatahi, whakawāteahia rānei te rārangi mā Ctrl-U.
answer-gone = Kua kore a {$name} i konei; kāore he mea i tukuna.
answer-line-mode = Mō te aratau rārangi tēnā; i konei ka tohua te kaikōrero ki te >.
answer-nothing-done = Kāore he mea i mahia.

## Notifications: they may stand on a locked screen, so they name nobody

notify-knock = e tono ana tētahi kia tukuna kia uru
notify-private = he karere ki a koe anake
notify-mention = kua tuhia tō ingoa e tētahi
notify-hand = kua hiki tētahi ringa
