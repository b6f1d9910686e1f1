### How the sound is: src/front_end/words/sound.rs, words/level.rs.

## The own voice

processing-words = Echounterdrückung {$echo}, Rauschunterdrückung {$noise}, automatische Verstärkung {$gain}
switch-on = ein
switch-off = aus
switch-strong = stark
level-open = Mikrofon: {$word} ({$level} dBFS).
level-closed = Mikrofon: geschlossen; wäre es offen: {$word} ({$level} dBFS).
loudness-silent = stumm
loudness-quiet = leise
loudness-good = gut
loudness-loud = laut
loudness-clipping = übersteuert

## How the sound is, and who hears it

sound-word-good = gut
sound-word-fair = mäßig
sound-word-poor = schlecht
sound-mark-good = GUT
sound-mark-fair = MÄSSIG
sound-mark-poor = SCHLECHT
sound-good-again = Der Ton ist wieder gut.
sound-is = Der Ton ist {$text}.
again-on = Sie hören die letzten {$seconds} s noch einmal, die Besprechung leise; /again beendet das.
again-off = Sie hören die Besprechung wieder, wie sie ist.
again-nothing = Es wurde noch nichts gehört, das wiederholt werden könnte.
you-are-heard = Sie werden {$text}.
you-are-heard-again = Sie werden wieder {$text}.
heard-by-all = von {$of} gehört
heard-by = von {$by} der {$of} gehört
heard-trouble = {$name}: {$what}
heard-more = {$n} weitere
trouble-not-heard = nichts zu hören
trouble-no-word = keine Nachricht
trouble-no-loudspeaker = kein Lautsprecher
trouble-breaking-up = abgehackt

## Figures

figures = rtt {$rtt} ms, Verlust {$loss} %, Puffer {$buffer} ms
refused =
    { $n ->
        [one] {$n} Rahmen abgewiesen
       *[other] {$n} Rahmen abgewiesen
    }
not-known = nicht bekannt
not-known-yet = noch nicht bekannt
heard-nobody = niemandem: Ihr Mikrofon ist geschlossen
heard-not-known = nicht bekannt: Gerade wurde nichts gesagt, oder niemand meldet etwas
stats-sound = Ton: {$sound}
stats-heard = Gehört werden Sie von: {$who}
stats-heard-count = {$by} der {$of}
stats-rtt = Hin und zurück zum Server: {$ms}
stats-lost = Verloren auf dem Weg zu Ihnen: {$down}, von Ihnen: {$up}
stats-jitter = Schwankung: {$ms}; der Puffer hält {$buffer} ms
stats-concealed = Ersetzt: {$now} jetzt, {$total} der ganzen Besprechung
stats-bitrate = Datenrate: {$up} hin, {$down} her
stats-speaker = {$name}: {$lost} % verloren, {$missing} % fehlen, Schwankung {$jitter} ms, Puffer {$buffer} ms
stats-security = Sicherheit: {$refused}
