### How the sound is: src/front_end/words/sound.rs, words/level.rs.

## The own voice

processing-words = te whakakore pāorooro {$echo}, te pēhi haruru {$noise}, te whakarite kaha aunoa {$gain}
switch-on = kā
switch-off = weto
switch-strong = kaha
level-open = Hopuoro: {$word} ({$level} dBFS).
level-closed = Hopuoro: kua kati; mehemea i tuwhera: {$word} ({$level} dBFS).
loudness-silent = wahangū
loudness-quiet = ngū
loudness-good = pai
loudness-loud = turituri
loudness-clipping = tihoi

## How the sound is, and who hears it

sound-word-good = pai
sound-word-fair = āhua pai
sound-word-poor = kino
sound-mark-good = PAI
sound-mark-fair = ĀHUA PAI
sound-mark-poor = KINO
sound-good-again = Kua pai anō te oro.
sound-is = Te oro: {$text}.
again-on = E rongo anō ana koe i te {$seconds} s o mua tata nei, ka māhū te hui; mā /again e whakamutu.
again-off = E rongo anō ana koe i te hui tonu.
again-nothing = Kāore anō he mea i rangona hei whakahoki mai.
you-are-heard = Ko koe: {$text}.
you-are-heard-again = Ko koe anō: {$text}.
heard-by-all = e rangona ana e te {$of}
heard-by = e rangona ana e te {$by} o te {$of}
heard-trouble = {$name}: {$what}
heard-more = me ētahi atu e {$n}
trouble-not-heard = kāore i te rangona
trouble-no-word = kāore he kupu
trouble-no-loudspeaker = kāore he tukuoro
trouble-breaking-up = e motumotu ana

## Figures

figures = rtt {$rtt} ms, ngaronga {$loss} %, parepare {$buffer} ms
refused =
    { $n ->
        [one] {$n} anga i whakakāhoretia
       *[other] {$n} anga i whakakāhoretia
    }
not-known = kāore i te mōhiotia
not-known-yet = kāore anō i mōhiotia
heard-nobody = kāore he tangata: kua katia tō hopuoro
heard-not-known = kāore i te mōhiotia: kāore he kōrero i nā tata nei, kāore rānei he pūrongo
stats-sound = Oro: {$sound}
stats-heard = E rangona ana koe e: {$who}
stats-heard-count = te {$by} o te {$of}
stats-rtt = Te haere atu, hoki mai ki te tūmau: {$ms}
stats-lost = I ngaro i te ara ki a koe: {$down}, mai i a koe: {$up}
stats-jitter = Wiriwiri: {$ms}; kei te parepare te {$buffer} ms
stats-concealed = I hangaia hei whakakapi: {$now} ināianei, {$total} o te hui katoa
stats-bitrate = Pāpātanga moka: {$up} ake, {$down} iho
stats-speaker = {$name}: {$lost} % i ngaro, {$missing} % e ngaro ana, wiriwiri {$jitter} ms, parepare {$buffer} ms
stats-security = Haumarutanga: {$refused}
