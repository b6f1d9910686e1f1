### Command lines, questions and the palette: src/call/table.rs and table/.

## What is wrong with a command line

err-no-command = Den Befehl /{$word} gibt es nicht. /help listet alle auf.
err-no-command-close = Den Befehl /{$word} gibt es nicht. Meinten Sie /{$name}?
err-which = Nennen Sie einen Befehl; /help listet alle auf.
err-impossible = /{$name} ist in dieser Besprechung nicht möglich: {$why}
err-chat-impossible = Schreiben ist in dieser Besprechung nicht möglich: {$why}
err-no-words = Nach /{$name} folgt kein weiteres Wort.
not-possible-here = (hier nicht möglich: {$why})
err-not-toggle = „{$word}“ ist nicht on, off oder toggle
err-talk = schreiben Sie /talk start, /talk stop oder /talk toggle
err-not-up-down = „{$word}“ ist nicht up oder down
err-name = nennen Sie den Namen: /name NAME
err-volume = geben Sie an, wie laut {$name} sein soll, von 0 bis 200: /volume PERSON PERCENT
err-end = um die Besprechung für alle zu beenden, schreiben Sie /end everybody; mit /leave gehen nur Sie
err-react = nennen Sie die Reaktion: /react TEXT
err-password = das Passwort, das Neue kennen müssen: /password WÖRTER, oder /password off
err-record = nennen Sie die Datei: /record FILE; /record off beendet eine Aufzeichnung
err-receipt = nennen Sie die Datei: /receipt FILE
err-again = geben Sie an, wie viele Sekunden, von 1 bis {$most}: /again SECONDS
err-device = geben Sie an, welches: /device input NAME oder /device output NAME
err-device-name = nennen Sie das Gerät, wie /devices es auflistet
err-talking = schreiben Sie /talking on oder /talking off
err-earcons = schreiben Sie /earcons on oder /earcons off, und welche: /earcons off join
err-no-text = es gibt keinen Text zu senden
err-too-long = der Text ist zu lang ({$bytes} Bytes); {$most} passen
err-not-on-off = „{$word}“ ist nicht on oder off
err-not-echo = „{$word}“ ist nicht auto, on oder off
err-not-noise = „{$word}“ ist nicht on, strong oder off
err-not-step = „{$word}“ ist nicht echo, noise oder gain
err-processing = geben Sie an, was und wie: echo auto, noise strong, gain off
err-speak = schreiben Sie /speak off KIND oder /speak on KIND; /speak sagt, was gemeldet wird
err-nobody-waits = niemand wartet auf Einlass
err-too-much = „{$word}“ ist nach dem Namen zu viel
err-to-whom = geben Sie an, an wen; /who listet die Personen auf
err-nobody-here = niemand hier heißt {$name}; /who listet die Personen auf
err-nobody-here-close = niemand hier heißt {$name}; meinten Sie {$close}?
err-nobody-waiting = niemand, der wartet, heißt {$name}; /who listet die Personen auf
err-nobody-waiting-close = niemand, der wartet, heißt {$name}; meinten Sie {$close}?
err-several = {$name} kann {$names} sein; geben Sie mehr vom Namen an, oder die Kennung
or = oder

## Questions before something is done

ask-kick = {$name} endgültig entfernen?
ask-ban = {$name} entfernen und nie wieder einlassen?
ask-promote = {$name} die Moderation geben, die andere entfernen kann?
ask-role = {$name} die Rolle {$role} geben?
ask-silence-all = Die Mikrofone aller anderen schließen?
ask-lower-all = Alle Hände senken?
ask-lock = Niemand Neues einlassen?
ask-end = Die Besprechung für alle beenden?
ask-leave = Nur Sie haben die Moderation. Trotzdem gehen?

## Beside what can be chosen

offer-as-sent = wie gesendet
offer-softer = leiser
offer-louder = lauter
offer-not-at-all = gar nicht
offer-volume = Lautstärke {$percent}
