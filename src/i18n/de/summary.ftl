### What a call was: src/front_end/words/summary.rs.

## What a call was, when it is over

summary-in = In {$room}, {$span}{$minutes}:
summary-span = {$from} bis {$to}
summary-span-open = ab {$from}
summary-minutes =
    { $n ->
        [one] ({$n} Minute)
       *[other] ({$n} Minuten)
    }
summary-unbroken = Ende-zu-Ende verschlüsselt, ungebrochen von der ersten bis zur letzten Sekunde.
summary-disturbed = Ende-zu-Ende verschlüsselt, aber NICHT ungestört:
summary-transport = Nur Transportverschlüsselung ({$security}): Der Server konnte alles hören und lesen.
summary-refused =
    { $n ->
        [one] 1 Tonrahmen konnte nicht geöffnet werden, und nichts davon wurde abgespielt.
       *[other] {$n} Tonrahmen konnten nicht geöffnet werden, und nichts davon wurde abgespielt.
    }
summary-people =
    { $n ->
        [one] Sonst war niemand da.
       *[other] {$n} Personen waren da:
    }
summary-no-recording = Niemand hat eine Aufzeichnung angekündigt.
summary-recording = Aufgezeichnet von {$name}, {$span}.
summary-more = und {$n} weitere.
summary-poor =
    { $n ->
        [one] Der Ton war einmal schlecht, zuletzt {$text}.
       *[other] Der Ton war {$n}-mal schlecht, zuletzt {$text}.
    }
summary-poor-because =
    { $n ->
        [one] Der Ton war einmal schlecht; Grund: {$why}.
       *[other] Der Ton war {$n}-mal schlecht; Grund zuletzt: {$why}.
    }
summary-badly-heard =
    { $n ->
        [one] Einmal hat Sie jemand schlecht gehört.
       *[other] {$n}-mal hat Sie jemand schlecht gehört.
    }
summary-verified = durch Code bestätigt
summary-how-left = gegangen
summary-how-vanished = verschwunden
summary-how-replaced = ersetzt
summary-how-removed = entfernt
summary-how-kicked = endgültig entfernt
summary-stays = {$n}-mal gekommen
summary-vouched = von der Verwaltung verbürgt als {$subject}
summary-account = Konto {$subject} auf dem Server
summary-known = von früher bekannt als {$name}
summary-unverified = UNBESTÄTIGT
