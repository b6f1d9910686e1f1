### Before the call: src/cli/join/check.rs, first.rs, src/cli/start.rs, src/tui/rooms.rs, and the questions of conclave join.

## The look before the call

check-you = Sie sind {$name}.
check-room = Der Raum: {$link}
check-key-named = Der Link nennt den Schlüssel des Servers: Niemand kann sich für den Server ausgeben.
check-no-key = Der Link nennt keinen Schlüssel: Der Server ist nur durch sein Zertifikat bekannt.
check-local = Dieser Server läuft auf diesem Rechner; der Weg zu ihm ist nicht verschlüsselt.
check-secret = Der Link trägt das Geheimnis des Raums: Nur wer es hat, kommt herein.
check-mode = Der Link verlangt einen Raum der Art {$mode}.
check-way = Der Ton nimmt den besten Weg durch das Netz, auf dem eine Antwort kommt.
check-way-first = Von diesem Netz aus lief der Ton zuletzt über {$rung}.
check-way-only = Der Ton läuft nur über {$rung}, wie Sie es wollten.
check-opening = Ihr Mikrofon wird geöffnet.
check-no-device = Es gibt kein Gerät zum Ausprobieren: --audio nennt keines.
check-silent = Ihr Mikrofon ist stumm: Sagen Sie etwas, oder ist es stummgeschaltet oder nicht angeschlossen?
check-voice = Ihre Stimme ist {$word}.
check-no-sound = Das Mikrofon liefert keinen Ton; Sie können zuhören und schreiben.
check-device-open = offen
check-device-still = {$what}: {$name} ist offen, aber es fließt kein Ton.
check-device-it = es
check-device-shut = {$what}: keines lässt sich öffnen ({$why}).
check-head = VOR DEM BEITRETEN
check-keys = Enter tritt bei, Esc geht weg.
check-keys-tone = Enter tritt bei, Esc geht weg, t spielt einen leisen Ton.

## What is asked before the first screen, and before a call

first-question = Conclave hat einen Vollbildmodus und einen Zeilenmodus für Screenreader. Tippen Sie l und Enter für den Zeilenmodus, oder Enter für den Vollbildmodus:
prompt-link = Link:
prompt-name = Ihr Name:
prompt-pin = PIN der Einladung:
prompt-room-password = Passwort des Raums:
prompt-account-password = Passwort von {$user} auf dem Server:
prompt-plain = Dieser Raum ist nicht Ende-zu-Ende verschlüsselt: Wer den Server betreibt, kann alles hören und lesen.
prompt-plain-yes = Tippen Sie yes, um trotzdem beizutreten:

## The rooms where one was before

rooms-detail-once = {$server}, einmal am {$date}
rooms-detail = {$server}, {$n}-mal, zuletzt am {$date}
rooms-as = {$server}, als {$name}
rooms-line = {$room} auf {$detail}
rooms-taken = {$room} ist aus der Liste genommen.
rooms-none-kept = Hier wird keine Liste früherer Räume geführt.
rooms-none-yet = Sie waren noch in keinem Raum.
rooms-advice-link = Mit einem Link von dem, der Sie einlädt, treten Sie bei: Tippen Sie ihn hier oder fügen Sie ihn ein.
rooms-advice-demo = conclave demo ist eine Besprechung auf diesem Rechner, mit zwei künstlichen Personen.
rooms-advice-tutor = conclave tutor zeigt Ihnen, wie alles geht.
rooms-advice-help = conclave --help listet alles auf.
rooms-before = Räume, in denen Sie schon waren:
rooms-ask = Nummer eines Raums oder ein Link, oder Enter, um zu gehen:
rooms-ask-link = Link, oder Enter, um zu gehen:
rooms-ask-missing = Link, oder Enter, um ohne ihn beizutreten:
rooms-no-such = Es gibt keinen Raum {$n}.
rooms-head = RÄUME
rooms-type = Tippen Sie den Link eines Raums oder fügen Sie ihn ein.
rooms-keys-missing = Enter tritt bei, mit oder ohne Link; Esc geht zurück
rooms-keys-link = Enter tritt bei, Esc geht zurück
rooms-keys-link-short = Enter ja, Esc zurück
rooms-keys-link-bare = Enter, Esc weg
rooms-keys-none = n nimmt einen Link, q geht
rooms-keys-none-short = n Link, q gehen
rooms-keys = Enter tritt bei, n anderer Link, Entf nimmt aus der Liste, q geht
rooms-keys-short = Enter ja, n Link, Entf weg, q gehen
rooms-keys-bare = Enter n Entf q
unknown-key = Keine Zertifizierungsstelle, der dieser Rechner vertraut, bürgt für {$server}. Sein Schlüssel beginnt so:
unknown-compare = Fragen Sie die Betreiber des Servers nach dem ganzen Schlüssel: am Telefon oder persönlich, nicht über dieses Netz. Beginnt er anders, sitzt jemand dazwischen.
unknown-type = Um diesem Schlüssel von nun an zu vertrauen, tippen Sie seine letzten {$n} Zeichen (alles andere bricht ab):
unknown-kept = Von nun an ist {$server} an diesem Schlüssel zu erkennen; conclave forget nimmt das zurück.
