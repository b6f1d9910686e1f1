### What happens, as sentences: src/front_end/words.rs, words/group.rs, words/room.rs.
### Te reo Māori. He kupu i whakamahia puta noa:
### hui: call, meeting | rūma: room | hopuoro: microphone | tukuoro: loudspeaker | oro: sound | tūmau: server | taupānga: client
### kaiwhakahaere: moderator | kaihautū: host | kaihanga: creator | manuhiri: guest | kī: key | waehere haumaru: safety code
### wāhanga: epoch | whakamuna pito-ki-pito: end-to-end encrypted | whakaū: verify (ū, kāore i ū: i ngā wāhi whāiti) | tuku kia uru: let in | rihīti: receipt
### hopu: record | whatunga: network | mōkī: packet | wiriwiri: jitter | parepare: buffer | whakahau: command | pūrere: device

## Microphone and security of the call

mic-unavailable = Kāore e taea e koe te kōrero: {$why}
mic-closed = Kua katia tō hopuoro.
mic-open = Kua tuwhera tō hopuoro.
security-waiting = E tatari ana koe kia tukuna kia uru.
security-in = Kua uru koe: {$security}. Ko tō kī ko {$key}.
security-call = Ko tēnei hui: {$security}.
security-call-plain-signalling = Kāore tēnei hui i whakamunatia mai i tētahi pito ki tētahi pito. Kāore hoki ngā tohu i whakamunatia.
security-call-transport = Ko te ara anake e whakamunatia ana mō tēnei hui: kāore i te pito-ki-pito.
security-e2ee = whakamuna pito-ki-pito
security-e2ee-passphrase = whakamuna pito-ki-pito mā te kīanga hipa: he ngoikore ake
security-transport = he whakamuna kawenga anake, kāore i te pito-ki-pito
security-not-e2ee = kāore i whakamuna pito-ki-pito
security-plain-signalling = kāore i whakamuna pito-ki-pito, kāore ngā tohu i whakamunatia
intercepted = E pānui ana a {$by} i te TLS ki tēnei tūmau i te ara, ā, ka taea e ia ngā mea katoa te rongo me te pānui.
intercepted-e2ee = E pānui ana a {$by} i te TLS ki tēnei tūmau i te ara. Kei te kati tonu ki a ia ngā kōrero me ngā tuhinga; ka kite ia ko wai e kōrero ana i konei, āhea, ā, he pēhea te nui.
intercepted-nameless = tētahi kāore he ingoa
key = kī {$key}
key-changed = KUA HURIA TE KĪ: ko {$before} te kī o {$name} i mua, ko {$key} ināianei. Pātaia a {$name}, mā tētahi huarahi kē atu i tēnei hui, mēnā ko tōna pūrere hou tēnei, ā, he aha te kī e whakaaturia ana.
name-odd = ĀTA TIROHIA KO WAI: ko te ingoa {$name}, {$why}.
name-own = he ōrite te āhua ki tō ingoa ake
name-duplicate = ko te ingoa anō tēnei o tētahi atu i konei
name-confusable = he ōrite te āhua ki te ingoa o tētahi atu i konei
name-reserved = he taitara kāore i tukuna e tētahi ki a ia
name-mixed = he pūreta nō ngā wakapū maha
and = me

## What happens in the call

connecting = E hono ana ki {$url}
transport-ok = Ka haere te oro mā {$rung} ({$ms} ms).
transport-bad = Kāore he ara mā {$rung}: {$why}
no-answer = kāore he whakautu
joined = Kua uru koe ki {$room}.
reconnecting = Kua ngaro te hononga; ka ngana anō (te {$attempt}) ā muri i te {$seconds} s.
reconnected = Kua hoki mai te hononga.
peer-here = Kei konei a {$name}. {$people}.
peer-joined = Kua uru mai a {$name}. {$people}.
peer-left = Kua wehe a {$name}. {$people}.
mic-closed-by = I katia tō hopuoro e {$name}.
mic-opened-by = I whakatuwherahia tō hopuoro e {$name}.
peer-mic-closed = I katia e {$name} tōna hopuoro.
peer-mic-opened = I whakatuwherahia e {$name} tōna hopuoro.
hand-own-up = Kua hiki tō ringa.
hand-own-down = Kua heke tō ringa.
hand-raised = Kua hiki a {$name} i tōna ringa.
hand-lowered = Kua tuku iho a {$name} i tōna ringa.
chat-to-you = {$from} ki a koe anake: {$text}
chat-to = {$from} ki a {$to} anake: {$text}
chat-head-you = {$from} ki a koe anake
chat-head = {$from} ki a {$to} anake
device-input = Hopuoro
device-output = Tukuoro
device-none = {$what}: karekau.
processing = Tō reo: {$words}.
playing-on = Kua tīmata te kōnae hei kapi mō tō hopuoro.
playing-off = Kua mutu te kōnae hei kapi mō tō hopuoro.
not-done = kāore i taea
knock = E tono ana a {$who} kia tukuna kia uru: /admit {$name}, /deny {$name} rānei.
knock-gone = Kua mutu te tatari a {$name}.
knock-renamed = Ko {$old}, e tatari ana, ko {$name} te ingoa: mā /admit {$name} ka uru mai.
room-by-own = Ko koe: {$what}
room-by = {$name}: {$what}
room-now = Ināianei {$what}
room-frozen = kua tārewa te katoa, kua rakaina te rūma; mā te kaiwhakahaere anake e wewete.
room-locked = kua rakaina te rūma; kāore he tangata hou e tukuna kia uru.
room-open = kua tuwhera te rūma; ka taea te tuku tāngata hou kia uru.
verified-on = Kua whakaūngia: i whakatauritea te waehere haumaru, ā, he rite tonu ngā tāngata o roto ki ērā o taua wā.
verified-off = Kua uru mai a {$who}, kāore anō i whakaūngia: kua kore e whai mana tērā i tirohia. Whakatauritea anō te waehere: /safety.
somebody = Tētahi tangata
reaction-own = Tō tauhohe: {$text}
reaction = Te tauhohe a {$name}: {$text}
record-own-on = E hopu ana koe i tēnei hui, ā, ka whakamōhiotia te katoa.
record-own-off = Kua mutu tō hopu i tēnei hui.
record-on = E hopu ana a {$name} i tēnei hui.
record-off = Kua mutu te hopu a {$name} i tēnei hui.
receipt = Kei {$file} te rihīti o tēnei hui, nā {$by} i haina.
receipt-not-all = Kei {$file} te rihīti o tēnei hui, nā {$by} i haina; kāore i hainatia e {$names}.
receipt-alone = koe anake
receipt-signers = ngā tāngata e {$n}
receipt-asked-signed = E pupuri ana a {$name} i te rihīti o tēnei hui, ā, kua hainatia e tō taupānga.
receipt-asked-refused = I tono a {$name} i te rihīti o tēnei hui, ā, kāore i hainatia e tō taupānga: {$why}
frozen-own-on = Kua mutu tō tuku; kua whakamōhiotia te katoa. Mā /release e whakamutu.
frozen-own-off = Ka taea anō e koe te tuku; kua katia tō hopuoro.
frozen-on = Kua mutu te tuku a {$name}.
frozen-off = Ka taea anō e {$name} te tuku.
xray = {$direction} {$plane}: ka kite te tūmau i {$server} | ka kite ngā mema i {$members}
xray-same = te mea anō

## The group: roles, keys, the safety code

role-own-told-moderator = He kaiwhakahaere koe.
role-own-told-creator = Nāu tēnei rūma i whakatū: māu e whakatau ko wai ka uru.
policy-no-recording = Kāore e whakaaetia te hopu i tēnei rūma.
policy-receipt = I tēnei rūma, ki te tono tētahi mema, ka hainatia e tō taupānga he rihīti e mea ana ko wai i konei, nō hea ki hea te wā.
renamed-own = Ko {$name} tō ingoa ināianei.
renamed = Ko {$name} te ingoa o {$old} ināianei.
became-own-member = Kua kore koe e noho hei kaiwhakahaere.
became-own-moderator = He kaiwhakahaere koe ināianei.
became-own-creator = Nāu tēnei rūma i hanga.
became-member = Kua kore a {$name} e noho hei kaiwhakahaere.
became-moderator = He kaiwhakahaere a {$name} ināianei.
became-creator = Nā {$name} tēnei rūma i hanga.
safety-told = Te waehere haumaru o te wāhanga {$epoch}: {$words} (mati {$digits}). Pānuitia kia rangona: me ōrite tā te katoa.
safety-told-later = Kāore he kōrero mō {$names}, i tae mai i muri.
safety-later = I tae mai a {$names} i muri i te waehere haumaru o te wāhanga {$epoch}: kāore he kōrero mō rātou.
epoch = Wāhanga {$epoch}: {$what}.
epoch-returned = kua hoki mai a {$name}
epoch-returned-own = kua hoki mai koe
epoch-linked = i uru mai a {$by} mā te hono
epoch-linked-own = i uru mai koe mā te hono
epoch-admitted = nā {$by} a {$name} i tuku kia uru
epoch-admitted-own = nāu a {$name} i tuku kia uru
epoch-admitted-you = nā {$by} koe i tuku kia uru
epoch-admitted-somebody = nā {$by} tētahi i tuku kia uru
epoch-admitted-somebody-own = nāu tētahi i tuku kia uru
epoch-left = kua wehe a {$name}
epoch-left-own = kua wehe koe
epoch-vanished = kua ngaro a {$name}
epoch-vanished-own = kua ngaro koe
epoch-kicked = nā {$by} a {$name} i tango mō ake
epoch-kicked-own = nāu a {$name} i tango mō ake
epoch-kicked-you = nā {$by} koe i tango mō ake
epoch-replaced = kua uru hou mai a {$name}, kua puta te wāhi o mua
epoch-replaced-own = kua uru hou mai koe, kua puta te wāhi o mua
epoch-removed = i tangohia a {$name}
epoch-removed-own = i tangohia koe
epoch-renewed = nā {$by} ngā kī i whakahou
epoch-renewed-own = nāu ngā kī i whakahou

## Rules and moderation of the room

rules = Tēnei rūma: {$what}.
rules-usual = He rite tonu tēnei rūma ki te tikanga: ka uru, ka kōrero, ka tuhi te katoa.
rules-marked = kua tohua ko {$marking}
rules-locked = kāore he tangata hou e tukuna kia uru
rules-waiting = ka tatari te hunga tae mai kia tukuna kia uru
rules-host = kāore tētahi e uru i mua i te kaihautū
rules-only-speak-speakers = ko ngā kaikōrero anake ka kōrero
rules-only-speak-moderators = ko ngā kaiwhakahaere anake ka kōrero
rules-only-write-speakers = ko ngā kaikōrero anake ka tuhi
rules-only-write-moderators = ko ngā kaiwhakahaere anake ka tuhi
rules-only-share-speakers = ko ngā kaikōrero anake ka tiri
rules-only-share-moderators = ko ngā kaiwhakahaere anake ka tiri
rules-only-record-speakers = ko ngā kaikōrero anake ka hopu
rules-only-record-moderators = ko ngā kaiwhakahaere anake ka hopu
rules-capacity = {$n} ngā tāngata ka ō
rules-retention = ka mukua ngā mea e puritia ana e te tūmau ā muri i ngā rā e {$days}
silenced-own-you = I katia e koe tō hopuoro.
silenced-own = I katia e koe te hopuoro o {$whom}.
silenced-you = I katia tō hopuoro e {$who}.
silenced = I katia e {$who} te hopuoro o {$whom}.
silenced-all-own = I katia e koe ngā hopuoro katoa, hāunga anō tōu.
silenced-all = I katia e {$who} ngā hopuoro katoa.
asks-unmute = E tono ana a {$who} kia whakatuwherahia tō hopuoro: mā /unmute.
kicked-own = Kua tangohia e koe a {$whom}.
kicked-you = Kua tangohia koe e {$who}.
kicked = Kua tangohia a {$whom} e {$who}.
banned-own = Kua tangohia e koe a {$whom} mō ake.
banned-you = Kua tangohia koe e {$who} mō ake.
banned = Kua tangohia a {$whom} e {$who} mō ake.
shares-own = E tiri ana koe i tētahi mea.
shares = E tiri ana a {$who} i tētahi mea.
shares-no-more-own = Kua mutu tō tiri.
shares-no-more = Kua mutu te tiri a {$who}.
now-own = Ko koe ināianei {$role}.
now = Ko {$name} ināianei {$role}.
by-you = {$text} (nāu)
by = {$text} (nā {$name})
by-nobody = {$text} (kua wehe te kaihautū)
a-owner = te kaihautū
a-moderator = he kaiwhakahaere
a-speaker = he kaikōrero
a-listener = he kaiwhakarongo
a-guest = he manuhiri
a-bot = he karetao
a-unknown = he mea kāore e mōhiotia ana e tēnei putanga
may-not-speak = Kāore koe e whakaaetia kia kōrero ināianei; hīkina tō ringa hei tono: /hand.
may-speak = Ka whakaaetia koe kia kōrero ināianei: mā /unmute ka tuwhera tō hopuoro.
