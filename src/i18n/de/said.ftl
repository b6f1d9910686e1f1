### What the engine says in English, in events that are JSON too. The English text must be the engine's own: it is what is looked up
### (src/i18n/said.rs). $figure is a number; $why, $device, $other and $names are sentences or words that are looked up themselves.

## How somebody is known

standing-vouched = verbürgt als {$subject}
standing-account = Konto {$subject}
standing-known = bekannt als {$name}
standing-changed = SCHLÜSSEL GEÄNDERT
standing-guest = unbestätigt

## Why the sound is not good

said-missing-of = {$figure} des Tons von {$name} fehlen
said-missing = {$figure} des Tons fehlen
said-loss-up = {$figure} von dem, was Sie senden, gehen verloren
said-round-trip = {$figure} hin und zurück
said-jitter = der Ton kommt ungleichmäßig, {$figure} Schwankung
said-loss-down = {$figure} der Pakete zu Ihnen gehen verloren und werden zurückgeholt
said-buffer = der Ton wartet {$figure}, um gleichmäßig zu sein

## Devices

said-microphone = Mikrofon
said-loudspeaker = Lautsprecher
said-device-gone = {$device} {$name} ist weg; die Besprechung geht weiter, und der Ton kommt mit einem Gerät zurück.
said-device-interrupted = {$device} {$name} war unterbrochen und funktioniert wieder.
said-device-instead = {$device} {$old} ist weg; stattdessen wird {$name} verwendet.
said-device-moved = Das Tonsystem verwendet jetzt {$device} {$name} statt {$old}.
said-device-back = {$device} {$name} ist wieder da und wird wieder verwendet.
said-device-found = {$device} {$name} wurde gefunden und wird verwendet.
said-device-refused = {$device} „{$name}“ lässt sich nicht öffnen: {$why}.
said-devices = {$device} {$name} und {$other} {$second}
said-devices-gone = {$names} sind weg; die Besprechung geht weiter, und der Ton kommt mit dem Tonsystem zurück.
said-devices-interrupted = {$names} waren unterbrochen und funktionieren wieder.
said-devices-back = {$names} sind wieder da und werden wieder verwendet.
said-devices-found = {$names} wurden gefunden und werden verwendet.
said-devices-instead = {$old} und {$older} sind weg. {$names} werden stattdessen verwendet.
said-devices-moved = {$names} werden jetzt verwendet, wie das Tonsystem es vorgibt.

## Warnings

said-talking-while-muted = Sie sprechen, aber Ihr Mikrofon ist geschlossen und niemand hört Sie; /unmute öffnet es
said-microphone-silent = Ihr Mikrofon ist offen und liefert keinerlei Ton: Prüfen Sie, ob es durch einen eigenen Schalter oder in den Systemeinstellungen stummgeschaltet ist, oder wählen Sie ein anderes (/devices)
said-microphone-clipping = Ihr Mikrofon ist zu laut und klingt verzerrt: Stellen Sie es in den Systemeinstellungen leiser oder sprechen Sie aus größerem Abstand
said-passphrase = der Schlüssel des Raums ist nur ein Kennwort: Wer den Server betreibt, kann viele ausprobieren; vergleichen Sie den Sicherheitscode
said-floor-full = nur {$cap} Mikrofone dürfen gleichzeitig offen sein; Ihres ist wieder geschlossen, versuchen Sie es später
said-frames-foreign = {$n} Tonrahmen waren nicht vom Programm eines Mitglieds versiegelt oder kamen doppelt; sie wurden nicht abgespielt. Möglicherweise manipuliert jemand zwischen Ihnen und den anderen diese Besprechung.
said-audio-stopped = der Ton ist ausgefallen; gehen Sie und treten Sie wieder bei
said-suspended = {$why}: Ihr Mikrofon wurde geschlossen und bleibt geschlossen; /unmute öffnet es
said-did-not-run-seconds = dieses Programm lief {$n} Sekunden lang nicht
said-did-not-run-minutes = dieses Programm lief {$n} Minuten lang nicht
said-behind = andere sind weiter als das, was der Server uns gibt; wir versuchen aufzuholen
said-not-behind = die Gruppe ist wieder vollständig
said-begun-anew = die Gruppe beginnt neu: {$why}
said-unproven = niemand in dieser Gruppe hat gezeigt, dass Sie mit ihm zusammen waren oder dass er das Geheimnis des Raums kennt: Vielleicht hat der Server sie gemacht. Ihr Mikrofon ist geschlossen; vergleichen Sie den Sicherheitscode, bevor Sie weitermachen
said-list-agrees = die Liste des Servers und die Gruppe stimmen wieder überein
said-list-differs = die Liste des Servers und die Gruppe unterscheiden sich: {$a} in der Gruppe und nicht verbunden, {$b} verbunden und nicht in der Gruppe; wer in der Gruppe ist, hört und liest, sonst niemand
said-nothing-done = die Verbindung ist verloren, daher ist nichts geschehen; wiederholen Sie es, wenn sie wieder da ist
said-not-sent = Ihre Nachricht wurde nicht gesendet: Die Verbindung ist verloren; senden Sie sie noch einmal, wenn sie wieder da ist
said-audit-rewritten = das Prüfprotokoll des Servers ist nicht das, das dieses Programm zuvor sah: Es wurde neu geschrieben oder gekürzt, oder der Server wurde auf eine ältere Sicherung zurückgesetzt; fragen Sie dessen Verwaltung
said-no-sound = es gibt keinen Ton ({$why}); Schreiben geht weiter, und der Ton wird erneut versucht
said-recording-forbidden-here = was Sie hören, wird in einer Datei aufgezeichnet, und Conclave weist niemanden darauf hin: {$why}

## How a call ends

said-left = Sie haben die Besprechung verlassen.
said-did-not-join = Sie sind nicht beigetreten.
said-duration = Die Dauer ist um.
said-signal = {$name} hat die Besprechung beendet.
said-nobody-reads = Niemand liest die Ausgabe mehr.
said-everybody-left = Alle anderen sind gegangen.
said-host-left = Die Leitung ist gegangen.
said-not-let-in = Sie wurden nicht eingelassen; fragen Sie, wer Sie eingeladen hat
said-removed-for-good = die Moderation hat Sie endgültig aus diesem Raum entfernt
said-removed = die Moderation hat Sie aus dem Raum entfernt
said-no-longer-in-group = Sie sind nicht mehr in der Gruppe; treten Sie wieder bei, falls das nicht gewollt war
said-room-ended = der Raum ist für alle beendet
said-lost-for-good = die Verbindung zum Server ging verloren und kam nicht innerhalb von {$seconds} s zurück{$why}; prüfen Sie das Netz und treten Sie wieder bei
said-shutting-down = der Server wird heruntergefahren; treten Sie wieder bei, wenn er wieder da ist
said-same-identity = jemand ist mit derselben Kennung beigetreten, und der Server lässt nur eine zu; verwenden Sie ein anderes Token
said-fault = Ein Fehler unsererseits hat die Besprechung beendet; er steht oben.

## What cannot be done, and why

said-is-not-possible = {$name} ist hier nicht möglich: {$why}
said-no-keys = diese Besprechung ist nicht Ende-zu-Ende verschlüsselt, daher ist hier niemand durch einen Schlüssel bekannt
said-no-roles = dieser Server vergibt keine Rollen
said-no-queue = der Server weiß in einem Ende-zu-Ende-verschlüsselten Raum nichts von gehobenen Händen
said-livekit-record = in einem LiveKit-Raum kann Conclave es den anderen nicht mitteilen
said-token-speak = Ihr Token erlaubt Ihnen nicht zu sprechen
said-token-chat = Ihr Token erlaubt Ihnen nicht zu schreiben
said-token-name = Ihr Token erlaubt Ihnen nicht, Namen oder Merkmale zu ändern
said-not-in-yet = Sie sind noch nicht im Raum: Jemand muss Sie einlassen
said-stopped-sending = Sie senden nichts mehr; erst /release, dann das Mikrofon öffnen
said-all-paused = die Moderation hat alle angehalten; warten Sie, bis der Raum freigegeben ist
said-moderator-already = {$name} hat die Moderation schon
said-no-moderator = {$name} hat die Moderation nicht
said-only-moderators = das kann nur die Moderation, und die haben Sie nicht
said-reaction-empty = eine Reaktion braucht ein Wort oder ein Emoji
said-record-already = Sie zeichnen schon auf; /record off beendet es
said-record-not = Sie zeichnen nicht auf; /record FILE beginnt
said-message-empty = die Nachricht ist leer
said-volume-range = eine Lautstärke liegt zwischen 0 und 200 Prozent
said-cannot-detach = diese Besprechung endet mit ihrem Fenster; treten Sie mit --detach bei, um zu gehen und wiederzukommen
said-no-rooms-yet = noch nicht im Raum; warten Sie auf „joined“
said-not-one-of = „{$word}“ ist keines von {$list}
said-roles = eine Rolle ist owner, moderator, speaker, listener, guest oder bot

## How loud the voice is, with what to do

said-voice-silent = stumm: Ist das Mikrofon stummgeschaltet oder nicht angeschlossen?
said-voice-quiet = leise: Sprechen Sie näher am Mikrofon oder stellen Sie es lauter
said-voice-good = gut
said-voice-loud = laut: Stellen Sie das Mikrofon etwas leiser
said-voice-clipping = übersteuert: Stellen Sie das Mikrofon leiser, es verzerrt

## What is missing for a room of the list

said-history-secret = der Link enthielt das Geheimnis des Raums, das nirgends aufbewahrt wird: Fügen Sie den ganzen Link ein, oder treten Sie ohne ihn bei und warten Sie auf Einlass
said-history-invite = Sie kamen mit einer Einladung, die nirgends aufbewahrt wird: Fügen Sie deren Link noch einmal ein, oder bitten Sie um eine neue, wenn Sie nicht eingelassen werden
said-history-token = dieser Raum verlangt ein Zugangstoken: Geben Sie es mit --token-fd oder in CONCLAVE_TOKEN
