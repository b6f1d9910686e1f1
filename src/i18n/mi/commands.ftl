### Command lines, questions and the palette: src/call/table.rs and table/.

## What is wrong with a command line

err-no-command = Kāore he whakahau /{$word}. Mā /help e rārangi.
err-no-command-close = Kāore he whakahau /{$word}. Ko /{$name} kē?
err-which = Kōrerotia mai ko tēhea whakahau; mā /help e rārangi.
err-impossible = Kāore e taea te /{$name} i tēnei hui: {$why}
err-chat-impossible = Kāore e taea te tuhi kōrero i tēnei hui: {$why}
err-no-words = Kāore he kupu e whai i muri i te /{$name}.
not-possible-here = (kāore e taea i konei: {$why})
err-not-toggle = ehara a "{$word}" i te on, off, toggle rānei
err-talk = kīia /talk start, /talk stop, /talk toggle rānei
err-not-up-down = ehara a "{$word}" i te up, down rānei
err-name = kīia te ingoa: /name NAME
err-volume = kīia te kaha o {$name}, mai i te 0 ki te 200: /volume PERSON PERCENT
err-end = hei whakamutu i te hui mō te katoa, kīia /end everybody; mā /leave ko koe anake ka wehe
err-react = kīia te tauhohe: /react TEXT
err-password = te kupuhipa me mōhio ngā tāngata hou: /password KUPU, /password off rānei
err-record = whakaingoatia te kōnae: /record FILE; mā /record off e whakamutu
err-receipt = whakaingoatia te kōnae: /receipt FILE
err-again = kīia te maha o ngā hēkona, 1 ki te {$most}: /again SECONDS
err-device = kīia ko tēhea: /device input NAME, /device output NAME rānei
err-device-name = whakaingoatia te pūrere pērā i tā /devices
err-talking = kīia /talking on, /talking off rānei
err-earcons = kīia /earcons on, /earcons off rānei, me tēhea: /earcons off join
err-no-text = kāore he kupu hei tuku
err-too-long = he roa rawa ngā kupu ({$bytes} paita); {$most} ka ō
err-not-on-off = ehara a "{$word}" i te on, off rānei
err-not-echo = ehara a "{$word}" i te auto, on, off rānei
err-not-noise = ehara a "{$word}" i te on, strong, off rānei
err-not-step = ehara a "{$word}" i te echo, noise, gain rānei
err-processing = kīia te aha, me pēhea: echo auto, noise strong, gain off
err-speak = kīia /speak off KIND, /speak on KIND rānei; mā /speak e whakaatu he aha ka kōrerotia
err-nobody-waits = kāore he tangata e tatari ana kia tukuna kia uru
err-too-much = he nui rawa a "{$word}" i muri i te ingoa
err-to-whom = kīia ki a wai; mā /who e rārangi ngā tāngata
err-nobody-here = kāore he tangata i konei ko {$name} te ingoa; mā /who e rārangi ngā tāngata
err-nobody-here-close = kāore he tangata i konei ko {$name} te ingoa; ko {$close} kē?
err-nobody-waiting = kāore he tangata e tatari ana ko {$name} te ingoa; mā /who e rārangi ngā tāngata
err-nobody-waiting-close = kāore he tangata e tatari ana ko {$name} te ingoa; ko {$close} kē?
err-several = ko {$names} pea a {$name}; kīia kia roa ake te ingoa, te tohu rānei
or = rānei

## Questions before something is done

ask-kick = Tangohia a {$name} mō ake?
ask-ban = Tangohia a {$name}, kaua rawa e tukuna anō kia uru?
ask-promote = Meinga a {$name} hei kaiwhakahaere, ka taea e ia te tango i ētahi atu?
ask-role = Meinga a {$name} hei {$role}?
ask-silence-all = Katia ngā hopuoro o ērā atu katoa?
ask-lower-all = Whakahekea ngā ringa katoa?
ask-lock = Kaua e tukuna he tangata hou kia uru?
ask-end = Whakamutua te hui mō te katoa?
ask-leave = Ko koe anake te kaiwhakahaere. Ka wehe tonu?

## Beside what can be chosen

offer-as-sent = pērā i te tuku
offer-softer = māhū ake
offer-louder = kaha ake
offer-not-at-all = kore rawa
offer-volume = kaha {$percent}
