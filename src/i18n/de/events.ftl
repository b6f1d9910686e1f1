### What happens, as sentences: src/front_end/words.rs, words/group.rs, words/room.rs.
### Deutsch, in der Sie-Form. Durchgehend verwendet:
### Besprechung: call, meeting | Raum: room | Mikrofon (offen, geschlossen) | Lautsprecher | Ton: sound | Server | Programm: client
### die Moderation haben: moderator | Leitung: host | Gründung: creator | Gast: guest | Schlüssel: key | Sicherheitscode: safety code
### Epoche: epoch | Ende-zu-Ende verschlüsselt | bestätigt: verified | einlassen: let in | Beleg: receipt | aufzeichnen: record
### Netz: network | Paket: packet | Schwankung: jitter | Puffer: buffer | Befehl: command | Gerät: device | Verwaltung: administrator

## Microphone and security of the call

mic-unavailable = Sie können nicht sprechen: {$why}
mic-closed = Ihr Mikrofon ist geschlossen.
mic-open = Ihr Mikrofon ist offen.
security-waiting = Sie warten auf Einlass.
security-in = Sie sind dabei: {$security}. Ihr Schlüssel ist {$key}.
security-call = Diese Besprechung ist {$security}.
security-call-plain-signalling = Diese Besprechung ist nicht Ende-zu-Ende verschlüsselt. Die Signalisierung ist unverschlüsselt.
security-call-transport = Diese Besprechung ist nur auf dem Weg verschlüsselt, nicht Ende-zu-Ende.
security-e2ee = Ende-zu-Ende verschlüsselt
security-e2ee-passphrase = Ende-zu-Ende verschlüsselt durch ein Kennwort: schwächer
security-transport = nur Transport verschlüsselt, nicht Ende-zu-Ende
security-not-e2ee = nicht Ende-zu-Ende verschlüsselt
security-plain-signalling = nicht Ende-zu-Ende verschlüsselt, Signalisierung unverschlüsselt
intercepted = {$by} liest das TLS mit diesem Server unterwegs mit und kann alles hören und lesen.
intercepted-e2ee = {$by} liest das TLS mit diesem Server unterwegs mit. Was gesagt und geschrieben wird, bleibt verschlossen; zu sehen ist, wer hier spricht, wann und wie viel.
intercepted-nameless = jemand ohne Namen
key = Schlüssel {$key}
key-changed = SCHLÜSSEL GEÄNDERT: {$name} hatte den Schlüssel {$before} und hat jetzt {$key}. Fragen Sie {$name} auf einem anderen Weg als über diese Besprechung, ob dies das neue Gerät ist und welchen Schlüssel es anzeigt.
name-odd = PRÜFEN SIE, WER DAS IST: der Name {$name} {$why}.
name-own = sieht aus wie Ihr eigener Name
name-duplicate = ist auch der Name von jemand anderem hier
name-confusable = sieht aus wie der Name von jemand anderem hier
name-reserved = ist ein Titel, den niemand verliehen hat
name-mixed = mischt Buchstaben mehrerer Alphabete
and = und

## What happens in the call

connecting = Verbindung zu {$url}
transport-ok = Der Ton läuft über {$rung} ({$ms} ms).
transport-bad = Kein Weg über {$rung}: {$why}
no-answer = keine Antwort
joined = Sie sind {$room} beigetreten.
reconnecting = Die Verbindung ist verloren; Versuch {$attempt}, sie wiederherzustellen, in {$seconds} s.
reconnected = Die Verbindung ist wieder da.
peer-here = {$name} ist hier. {$people}.
peer-joined = {$name} ist beigetreten. {$people}.
peer-left = {$name} ist gegangen. {$people}.
mic-closed-by = {$name} hat Ihr Mikrofon geschlossen.
mic-opened-by = {$name} hat Ihr Mikrofon geöffnet.
peer-mic-closed = {$name} hat das eigene Mikrofon geschlossen.
peer-mic-opened = {$name} hat das eigene Mikrofon geöffnet.
hand-own-up = Ihre Hand ist gehoben.
hand-own-down = Ihre Hand ist unten.
hand-raised = {$name} hat die Hand gehoben.
hand-lowered = {$name} hat die Hand gesenkt.
chat-to-you = {$from} nur an Sie: {$text}
chat-to = {$from} nur an {$to}: {$text}
chat-head-you = {$from} nur an Sie
chat-head = {$from} nur an {$to}
device-input = Mikrofon
device-output = Lautsprecher
device-none = {$what}: keines.
processing = Ihre Stimme: {$words}.
playing-on = Die Datei, die für Ihr Mikrofon steht, beginnt.
playing-off = Die Datei, die für Ihr Mikrofon steht, ist zu Ende.
not-done = das war nicht möglich
knock = {$who} bittet um Einlass: /admit {$name} oder /deny {$name}.
knock-gone = {$name} wartet nicht mehr.
knock-renamed = {$old} wartet und heißt {$name}: /admit {$name} lässt ein.
room-by-own = Sie: {$what}
room-by = {$name}: {$what}
room-now = Jetzt gilt: {$what}
room-frozen = alle sind angehalten und der Raum ist gesperrt; nur die Moderation kann ihn freigeben.
room-locked = der Raum ist gesperrt; niemand Neues wird eingelassen.
room-open = der Raum ist offen; neue Personen können eingelassen werden.
verified-on = Bestätigt: Der Sicherheitscode wurde verglichen, und alle darin sind noch dieselben.
verified-off = {$who} ist ungeprüft hereingekommen: Was geprüft wurde, gilt nicht mehr. Vergleichen Sie den Code noch einmal: /safety.
somebody = Jemand
reaction-own = Ihre Reaktion: {$text}
reaction = {$name} reagiert: {$text}
record-own-on = Sie zeichnen diese Besprechung auf, und alle werden darauf hingewiesen.
record-own-off = Sie zeichnen diese Besprechung nicht mehr auf.
record-on = {$name} zeichnet diese Besprechung auf.
record-off = {$name} zeichnet diese Besprechung nicht mehr auf.
receipt = Ein Beleg dieser Besprechung liegt in {$file}, unterschrieben von {$by}.
receipt-not-all = Ein Beleg dieser Besprechung liegt in {$file}, unterschrieben von {$by}; nicht von {$names}.
receipt-alone = Ihnen allein
receipt-signers = {$n} Personen
receipt-asked-signed = {$name} behält einen Beleg dieser Besprechung, und Ihr Programm hat ihn unterschrieben.
receipt-asked-refused = {$name} hat um einen Beleg dieser Besprechung gebeten, und Ihr Programm hat ihn nicht unterschrieben: {$why}
frozen-own-on = Sie senden nichts mehr; alle werden darauf hingewiesen. /release beendet das.
frozen-own-off = Sie können wieder senden; Ihr Mikrofon ist geschlossen.
frozen-on = {$name} sendet nichts mehr.
frozen-off = {$name} kann wieder senden.
xray = {$direction} {$plane}: der Server sieht {$server} | Mitglieder sehen {$members}
xray-same = dasselbe

## The group: roles, keys, the safety code

role-own-told-moderator = Sie haben die Moderation.
role-own-told-creator = Sie haben diesen Raum gegründet: Sie entscheiden, wer hereinkommt.
policy-no-recording = In diesem Raum darf niemand aufzeichnen.
policy-receipt = In diesem Raum unterschreibt Ihr Programm, wenn ein Mitglied darum bittet, einen Beleg, wer wann hier war.
renamed-own = Sie heißen jetzt {$name}.
renamed = {$old} heißt jetzt {$name}.
became-own-member = Sie haben die Moderation nicht mehr.
became-own-moderator = Sie haben jetzt die Moderation.
became-own-creator = Sie haben diesen Raum gegründet.
became-member = {$name} hat die Moderation nicht mehr.
became-moderator = {$name} hat jetzt die Moderation.
became-creator = {$name} hat diesen Raum gegründet.
safety-told = Sicherheitscode der Epoche {$epoch}: {$words} (Ziffern {$digits}). Lesen Sie ihn vor: Alle müssen denselben haben.
safety-told-later = Über {$names} sagt er nichts: Sie kamen später.
safety-later = {$names} kamen nach dem Sicherheitscode der Epoche {$epoch}: Er sagt nichts über sie.
epoch = Epoche {$epoch}: {$what}.
epoch-returned = {$name} kam zurück
epoch-returned-own = Sie kamen zurück
epoch-linked = {$by} kam mit dem Link herein
epoch-linked-own = Sie kamen mit dem Link herein
epoch-admitted = {$by} hat {$name} eingelassen
epoch-admitted-own = Sie haben {$name} eingelassen
epoch-admitted-you = {$by} hat Sie eingelassen
epoch-admitted-somebody = {$by} hat jemanden eingelassen
epoch-admitted-somebody-own = Sie haben jemanden eingelassen
epoch-left = {$name} ist gegangen
epoch-left-own = Sie sind gegangen
epoch-vanished = {$name} ist verschwunden
epoch-vanished-own = Sie sind verschwunden
epoch-kicked = {$by} hat {$name} endgültig entfernt
epoch-kicked-own = Sie haben {$name} endgültig entfernt
epoch-kicked-you = {$by} hat Sie endgültig entfernt
epoch-replaced = {$name} ist neu beigetreten, die alte Sitzung ist draußen
epoch-replaced-own = Sie sind neu beigetreten, die alte Sitzung ist draußen
epoch-removed = {$name} wurde entfernt
epoch-removed-own = Sie wurden entfernt
epoch-renewed = {$by} hat die Schlüssel erneuert
epoch-renewed-own = Sie haben die Schlüssel erneuert

## Rules and moderation of the room

rules = Dieser Raum: {$what}.
rules-usual = Dieser Raum ist wie üblich: Alle kommen herein, sprechen und schreiben.
rules-marked = er ist als {$marking} eingestuft
rules-locked = niemand Neues wird eingelassen
rules-waiting = wer kommt, wartet auf Einlass
rules-host = niemand kommt vor der Leitung herein
rules-only-speak-speakers = nur Redner sprechen
rules-only-speak-moderators = nur die Moderation spricht
rules-only-write-speakers = nur Redner schreiben
rules-only-write-moderators = nur die Moderation schreibt
rules-only-share-speakers = nur Redner teilen Inhalte
rules-only-share-moderators = nur die Moderation teilt Inhalte
rules-only-record-speakers = nur Redner zeichnen auf
rules-only-record-moderators = nur die Moderation zeichnet auf
rules-capacity = er fasst {$n} Personen
rules-retention = was der Server davon behält, wird nach {$days} Tagen gelöscht
silenced-own-you = Sie haben Ihr Mikrofon geschlossen.
silenced-own = Sie haben das Mikrofon von {$whom} geschlossen.
silenced-you = {$who} hat Ihr Mikrofon geschlossen.
silenced = {$who} hat das Mikrofon von {$whom} geschlossen.
silenced-all-own = Sie haben alle Mikrofone außer Ihrem geschlossen.
silenced-all = {$who} hat alle Mikrofone geschlossen.
asks-unmute = {$who} bittet Sie, Ihr Mikrofon zu öffnen: /unmute öffnet es.
kicked-own = Sie haben {$whom} entfernt.
kicked-you = {$who} hat Sie entfernt.
kicked = {$who} hat {$whom} entfernt.
banned-own = Sie haben {$whom} endgültig entfernt.
banned-you = {$who} hat Sie endgültig entfernt.
banned = {$who} hat {$whom} endgültig entfernt.
shares-own = Sie teilen etwas.
shares = {$who} teilt etwas.
shares-no-more-own = Sie teilen nichts mehr.
shares-no-more = {$who} teilt nichts mehr.
now-own = Sie sind jetzt {$role}.
now = {$name} ist jetzt {$role}.
by-you = {$text} (durch Sie)
by = {$text} (durch {$name})
by-nobody = {$text} (die Leitung ist gegangen)
a-owner = die Leitung
a-moderator = Teil der Moderation
a-speaker = mit Rederecht dabei
a-listener = zum Zuhören dabei
a-guest = Gast
a-bot = ein Bot
a-unknown = etwas, das diese Version nicht kennt
may-not-speak = Sie haben jetzt kein Rederecht; heben Sie die Hand, um darum zu bitten: /hand.
may-speak = Sie haben jetzt das Wort: /unmute öffnet Ihr Mikrofon.
