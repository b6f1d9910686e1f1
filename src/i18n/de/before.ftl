### Before the call: src/cli/join/check.rs, first.rs, and the questions of conclave join.

## The look before the call

check-you = Sie sind {$name}.
check-room = Der Raum: {$link}
check-key-named = Der Link nennt den Schlüssel des Servers: Niemand kann sich für den Server ausgeben.
check-no-key = Der Link nennt keinen Schlüssel: Der Server ist nur durch sein Zertifikat bekannt.
check-local = Dieser Server läuft auf diesem Rechner; der Weg zu ihm ist nicht verschlüsselt.
check-secret = Der Link trägt das Geheimnis des Raums: Nur wer es hat, kommt herein.
check-mode = Der Link verlangt einen Raum der Art {$mode}.
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
prompt-plain = Dieser Raum ist nicht Ende-zu-Ende verschlüsselt: Wer den Server betreibt, kann alles hören und lesen.
prompt-plain-yes = Tippen Sie yes, um trotzdem beizutreten:
