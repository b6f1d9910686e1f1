### Before the call: src/cli/join/check.rs, first.rs, and the questions of conclave join.

## The look before the call

check-you = Ko {$name} koe.
check-room = Te rūma: {$link}
check-key-named = Kei te hono te kī o te tūmau: kāore tētahi e taea te tū hei tūmau.
check-no-key = Kāore he kī i te hono: e mōhiotia ana te tūmau mā tōna tiwhikete anake.
check-local = Kei tēnei rorohiko te tūmau; kāore te ara ki reira i whakamunatia.
check-secret = Kei te hono te muna o te rūma: ko te hunga anake kei a rātou ka uru.
check-mode = E tono ana te hono kia {$mode} te rūma.
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
prompt-plain = Kāore tēnei rūma i whakamuna pito-ki-pito: ka rongo, ka pānui te kaiwhakahaere tūmau i ngā mea katoa.
prompt-plain-yes = Pātohia yes kia uru tonu:
