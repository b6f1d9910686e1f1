### Before the call: src/cli/join/check.rs, first.rs, src/cli/start.rs, src/tui/rooms.rs, and the questions of conclave join.

## The look before the call

check-you = Ko {$name} koe.
check-room = Te rūma: {$link}
check-key-named = Kei te hono te kī o te tūmau: kāore tētahi e taea te tū hei tūmau.
check-no-key = Kāore he kī i te hono: e mōhiotia ana te tūmau mā tōna tiwhikete anake.
check-local = Kei tēnei rorohiko te tūmau; kāore te ara ki reira i whakamunatia.
check-secret = Kei te hono te muna o te rūma: ko te hunga anake kei a rātou ka uru.
check-mode = E tono ana te hono kia {$mode} te rūma.
check-way = Ka whai te oro i te ara pai rawa o te whatunga e whakautua ana.
check-way-first = I te wā o mua, mai i tēnei whatunga, i haere te oro mā {$rung}.
check-way-only = Ka haere te oro mā {$rung} anake, pērā i tō tono.
check-opening = E whakatuwherahia ana tō hopuoro.
check-no-device = Karekau he pūrere hei whakamātau: kāore a --audio i whakaingoa.
check-silent = Kei te wahangū tō hopuoro: kōrerohia he kupu, kua weto, kua unuhia rānei?
check-voice = Tō reo: {$word}.
check-no-sound = Karekau he oro o te hopuoro; ka taea e koe te whakarongo me te tuhi.
check-device-open = kua tuwhera
check-device-still = {$what}: kua tuwhera a {$name}, engari kāore he oro e rere.
check-device-it = ia
check-device-shut = {$what}: karekau e tuwhera ({$why}).
check-head = I MUA I TE URU
check-keys = Mā Enter ka uru, mā Esc ka wehe.
check-keys-tone = Mā Enter ka uru, mā Esc ka wehe, mā t ka tangi māhū.

## What is asked before the first screen, and before a call

first-question = He mata katoa tā Conclave, me tētahi aratau rārangi mō ngā pūpānui mata. Pātohia l me Enter mō te aratau rārangi, Enter rānei mō te mata katoa:
prompt-link = Hono:
prompt-name = Tō ingoa:
prompt-pin = PIN o te pōwhiri:
prompt-room-password = Kupuhipa o te rūma:
prompt-account-password = Kupuhipa o {$user} i te tūmau:
prompt-plain = Kāore tēnei rūma i whakamuna pito-ki-pito: ka rongo, ka pānui te kaiwhakahaere tūmau i ngā mea katoa.
prompt-plain-yes = Pātohia yes kia uru tonu:

## The rooms where one was before

rooms-detail-once = {$server}, kotahi te wā, i te {$date}
rooms-detail = {$server}, e {$n} ngā wā, ko te mutunga i te {$date}
rooms-as = {$server}, ko {$name}
rooms-line = {$room} kei {$detail}
rooms-taken = Kua tangohia a {$room} i te rārangi.
rooms-none-kept = Kāore he rārangi o ngā rūma o mua e puritia ana i konei.
rooms-none-yet = Kāore anō koe kia uru ki tētahi rūma.
rooms-advice-link = Mā te hono a te kaipōwhiri ka uru koe: pātohia, whakapiria rānei ki konei.
rooms-advice-demo = He hui a conclave demo i tēnei rorohiko, me ngā tāngata hanga tokorua.
rooms-advice-tutor = Mā conclave tutor e whakaatu me pēhea ngā mahi.
rooms-advice-help = Mā conclave --help e rārangi ngā mea katoa.
rooms-before = Ngā rūma i uru ai koe i mua:
rooms-ask = Te tau o tētahi rūma, he hono rānei, Enter rānei hei wehe:
rooms-ask-link = Hono, Enter rānei hei wehe:
rooms-ask-missing = Hono, Enter rānei kia uru me te kore:
rooms-no-such = Kāore he rūma {$n}.
rooms-head = NGĀ RŪMA
rooms-type = Pātohia, whakapiria rānei te hono o tētahi rūma.
rooms-keys-missing = Mā Enter ka uru, me te hono, te kore rānei; mā Esc ka hoki
rooms-keys-link = Mā Enter ka uru, mā Esc ka hoki
rooms-keys-link-short = Enter uru, Esc hoki
rooms-keys-link-bare = Enter, Esc hoki
rooms-keys-none = mā n he hono, mā q ka wehe
rooms-keys-none-short = n hono, q wehe
rooms-keys = Mā Enter ka uru, n he hono kē, Del ka tango i te rārangi, q ka wehe
rooms-keys-short = Enter uru, n hono, Del tango, q wehe
rooms-keys-bare = Enter n Del q
unknown-key = Kāore tētahi mana tiwhikete e whakaponotia ana e tēnei pūrere e kī taurangi ana mō {$server}. Ka tīmata pēnei tōna kī:
unknown-compare = Tonoa te kī katoa i te kaiwhakahaere o te tūmau: mā te waea, kanohi ki te kanohi rānei, kaua mā tēnei whatunga. Ki te rerekē te tīmatanga, kei waenganui tētahi.
unknown-type = Kia whakaponotia tēnei kī mai nāianei, pātohia ōna pūāhua whakamutunga e {$n} (ka mutu i tētahi atu mea):
unknown-kept = Mai nāianei ka mōhiotia a {$server} mā tēnei kī; mā conclave forget e whakakore.
