### Line mode: src/line/teller.rs.

## Line mode

line-to-all = ki te katoa>
line-to = ki a {$name}>
line-in = Kei {$room} koe, ko {$name} tō ingoa.
line-before-door = Kei te tatau o {$room} koe, ko {$name} tō ingoa.
line-alone = Ko koe anake kei konei i tēnei wā.
line-people = {$people}: {$names}, me koe.
line-unmute-opens = Mā /unmute e whakatuwhera.
line-how = Pātohia ngā kupu hei kōrero; mā /help e rārangi ngā whakahau; mā /leave ka wehe.
line-lagged = He tere rawa te pahure o ngā kaupapa e {$n} kia kōrerotia. {$status}
line-too-long = He roa rawa tērā rārangi; kāore he mea i tukuna.
line-gone = Kāore a {$name} i konei, ā, kāore he mea i tukuna. Mā /to all ka tuhi ki te katoa.
line-writes-to-all = Ka tae āu tuhinga ki te katoa.
line-writes-to = Ka tae āu tuhinga ki a {$name} anake, kia tae rā anō ki /to all.
line-nothing = karekau
line-told = Ka kōrerotia: {$told}. Kāore e kōrerotia: {$not}. Ka kōrerotia i ngā wā katoa ngā mea e pā ana ki a koe, ki te haumarutanga rānei.
too-much = He nui rawa i te wā kotahi; tēnā kōrerotia anō.
line-leave-again = {$question} Pātohia anō te /leave hei wehe.
