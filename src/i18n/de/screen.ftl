### The full screen: src/tui/.

## The screen as a whole

too-small = Terminal zu klein (nötig: {$size})
too-small-short = nötig: {$size}
unread = {$n} ungelesen
newer-below = ({$n} neuere Zeilen unten)
newer-below-unread = ({$n} neuere Zeilen unten, {$unread} ungelesen)
head-chat = CHAT UND EREIGNISSE
head-people = PERSONEN {$n}
head-waiting = WARTEN {$n}

## People

person-hand = Hand {$n}
person-speaking = spricht
person-muted = stumm
person-hushed = leise
person-volume = Laut. {$percent}%
person-waits = {$name} wartet
knock-keys = wartet: a ein, d nein
knock-keys-more = wartet (+{$n}): a ein, d nein

## Header and status line

net-waiting = WARTEN AUF EINLASS
net-connecting = verbindet
net-reconnecting = NEUE VERBINDUNG
net-over = zu Ende
head-locked = {$security}, gesperrt
head-intercepted = TLS mitgelesen von {$by}
mic-mark-none = MIK keines
mic-mark-closed = MIK zu
mic-mark-open = MIK OFFEN
hand-mark = Hand gehoben ^
again-mark = NOCH EINMAL (g beendet)
out-mark = LSP {$name}
out-mark-none = LSP keiner
figure-rtt = rtt {$ms}ms
figure-loss = Verl. {$percent}%
figure-buffer = Puf. {$ms}ms

## Footer: a key and what it does, as short as possible

foot-enter-send = Enter senden
foot-enter-run = Enter ausführen
foot-enter-use = Enter verwenden
foot-enter-more = Enter mehr
foot-esc = Esc zurück
foot-choose = Auf Ab wählen
foot-complete = Tab ergänzen
foot-focus = Tab Fokus
foot-mic = F2 Mikro
foot-help = F1 Hilfe
foot-help-short = ? Hilfe
foot-leave-now = Strg-C gehen
foot-leave = q Ende
foot-yes = y ja
foot-no = n nein
foot-move = j k bewegen
foot-scroll = j k blättern
foot-match = v gleich
foot-differ = n anders
foot-mute = m stumm
foot-space-hold = Leer halten: reden
foot-space-open = Leer Mikro auf
foot-space-close = Leer Mikro zu
foot-space-hold-short = Leer halten
foot-space-short = Leer Mik
foot-hand = r Hand
foot-chat = / Chat
foot-command = : Befehl
foot-close-ask = c zu u bitten
foot-write = w schreiben
foot-volume = + - Lautst.
foot-hush = x weghören
foot-copy = y Link kopieren
foot-devices = F9 Geräte

## The input line

question-keys = y ja, n nein
question-asked = {$question} y = ja, n = nein.
to-all = an alle
to = an {$name}

## Panels

statistics = STATISTIK DER LETZTEN SEKUNDEN
statistics-close = i oder Esc schließt dies.
statistics-still = i oder Esc schließt dies. Die Zahlen stehen still: für neue noch einmal öffnen.
devices = GERÄTE
devices-level = Ihr Mikrofon ist {$word} ({$level} dBFS)
devices-no-microphone = Es gibt kein Mikrofon
devices-looking = Sie werden gesucht.
devices-none = Keine gefunden.
devices-inputs = Mikrofone
devices-outputs = Lautsprecher
devices-usual = (üblich)
devices-in-use = {$name}, in Gebrauch
devices-keys = Enter verwendet das markierte, Esc schließt dies.
safety-head = SICHERHEITSCODE DER EPOCHE {$epoch}
safety-head-later = SICHERHEITSCODE {$epoch}, ohne {$n} Spätere
safety-or = oder {$digits}
safety-keys = v = gleich, n = nicht gleich, Esc
safety-passphrase = Der Schlüssel des Raums ist nur ein Kennwort: Vergleichen Sie mit allen, jedes Mal.
safety-not-meant = Nicht gemeint, kamen später: {$names}
safety-read = Lesen Sie ihn vor, jeder einen Teil: Alle müssen denselben haben.
safety-people = Geöffnet von {$by}. Darin: {$people}

## Help

help-keys = TASTEN
help-commands = BEFEHLE
help-key-tab = Tab, Umschalt-Tab: zwischen Personen, Chat und Eingabe wechseln
help-key-move = j k, Pfeile, Bild auf und ab: bewegen und blättern
help-key-enter = Enter, auf einer Person: was für sie getan werden kann
help-key-palette = :, Strg-P: jeder Befehl: einige Buchstaben tippen, Enter führt das Markierte aus
help-key-copy = y: den Link des Raums kopieren, ohne sein Geheimnis
help-key-esc = Esc: zurück
help-key-redraw = Strg-L: den Bildschirm neu zeichnen
help-rule = Ein Befehl, den Sie ganz tippen, wird ausgeführt; bei einem, den Sie auswählen, wird erst gefragt, wenn er andere endgültig trifft. Buchstaben schließen das Mikrofon und öffnen es nie. Was Sie tippen oder einfügen, ist Text: Ein Satz, der getippt wird, während eine Liste den Fokus hat, geht in die Eingabezeile. Die Leertaste öffnet das Mikrofon nur, wenn in der Sekunde davor keine andere Taste getippt wurde.
help-hold = Die Leertaste öffnet das Mikrofon, solange sie gehalten wird.
help-no-hold = Dieses Terminal meldet nicht, wann eine Taste losgelassen wird, daher öffnet und schließt die Leertaste das Mikrofon.
help-marks = Zeichen: > spricht, ^ Hand gehoben, m Mikrofon geschlossen, ? wartet auf Einlass.

## Answers

answer-abandoned = Sie sind gegangen; der Server hat nicht rechtzeitig geantwortet.
answer-not-stopped = Keine Shell dieses Terminals könnte dieses Programm zurückholen, daher wurde es nicht angehalten.
answer-code-gone = Der Sicherheitscode wird nicht mehr gezeigt; s zeigt ihn wieder.
answer-lagged = {$n} Ereignisse gingen zu schnell vorbei, um gezeigt zu werden.
answer-too-much = Zu viel auf einmal; bitte wiederholen Sie das.
answer-cut = Der eingefügte Text wurde gekürzt: In eine Nachricht passen {$n} Bytes.
answer-codes-differ = Die Codes sind nicht gleich: Vertrauen Sie dieser Besprechung nicht. Legen Sie auf (q) und treffen Sie sich auf anderem Weg.
answer-no-link = Es gibt keinen Link zu kopieren.
answer-link = Der Link wurde der Zwischenablage gegeben, falls dieses Terminal das Programmen erlaubt: {$link}
answer-link-secret = Das Geheimnis des Raums steht nicht darin: Geben Sie es auf anderem Weg.
answer-other-waits = Jetzt wartet jemand anderes zuerst; sehen Sie nach, wer es ist, und drücken Sie die Taste noch einmal.
answer-that-is-you = Das sind Sie; wählen Sie mit j und k jemand anderen aus.
answer-they-wait = Diese Person wartet auf Einlass: a lässt ein, d lehnt ab.
answer-begun = Diese Nachricht wurde {$recipient} begonnen; senden Sie sie erst, oder leeren Sie die Zeile mit Strg-U.
answer-gone = {$name} ist nicht mehr hier; nichts wurde gesendet.
answer-line-mode = Das ist für den Zeilenmodus; wer spricht, ist hier mit > markiert.
answer-nothing-done = Nichts wurde getan.

## Notifications: they may stand on a locked screen, so they name nobody

notify-knock = jemand bittet um Einlass
notify-private = eine Nachricht nur an Sie
notify-mention = jemand hat Ihren Namen geschrieben
notify-hand = eine Hand ist gehoben
