### The help of the command table (src/call/table/rows.rs). The English text must be the table's own; see said.ftl.

## What the commands do: the English sentence is the name under which it is looked up

help-mute = das Mikrofon schließen (off öffnet es)
help-unmute = das Mikrofon öffnen
help-talk = das Mikrofon bis „talk stop“ öffnen; toggle: öffnen oder schließen
help-level = wie laut Ihr Mikrofon ist, auch wenn es geschlossen ist
help-hand = die Hand heben oder senken
help-say = an alle schreiben (einfacher Text tut dasselbe)
help-msg = an eine Person schreiben
help-to = an wen ab jetzt geht, was Sie schreiben
help-name = den eigenen Namen ändern
help-volume = wie laut eine Person hier ist, 0 bis 200, oder +10 und -10
help-hush = eine Person hier nicht hören, oder wieder hören
help-admit = jemanden einlassen, der wartet
help-deny = jemanden nicht einlassen, der wartet
help-kick = jemanden endgültig entfernen
help-promote = jemandem die Moderation geben
help-demote = jemandem die Moderation nehmen
help-role = jemandem eine Rolle geben: owner, moderator, speaker, listener, guest oder bot
help-ban = jemanden entfernen und nie wieder einlassen
help-silence = jemandes Mikrofon schließen, oder alle außer Ihrem
help-ask = jemanden bitten, das Mikrofon zu öffnen
help-lower = jemandes Hand senken, oder alle Hände
help-end = die Besprechung für alle beenden
help-lock = niemand Neues einlassen (off lässt wieder ein)
help-password = Neue müssen dieses Passwort kennen (off: nicht mehr)
help-freeze = nichts mehr senden und es allen sagen; die Moderation hält alle an
help-release = das Anhalten beenden; das Mikrofon bleibt geschlossen
help-safety = allen den Sicherheitscode zeigen, zum Vorlesen
help-verify = der Sicherheitscode wurde verglichen und stimmt
help-react = ein kurzes Wort oder ein Emoji senden
help-record = die Besprechung in einer WAV-Datei aufzeichnen, wenn alle darauf hingewiesen sind
help-receipt = aufschreiben, wer hier war, unterschrieben von allen, die da sind
help-again = die letzten 15 Sekunden noch einmal hören; again beendet es
help-xray = zeigen, was der Server von dieser Besprechung sehen kann
help-devices = Mikrofone und Lautsprecher auflisten
help-device = ein anderes Mikrofon oder einen anderen Lautsprecher verwenden
help-processing = was mit Ihrer Stimme geschieht: echo off, noise strong, gain on
help-echo = herausnehmen, was Ihr Lautsprecher abspielt (auto: nicht mit Kopfhörer)
help-noise = die Geräusche um Sie herum dämpfen
help-gain = Ihre Stimme auf übliche Lautstärke bringen
help-who = wer in der Besprechung ist
help-status = wie die Lage ist, in einem Satz
help-stats = Zahlen zu Netz und Ton, und wer Sie hört
help-state = alles, was über die Besprechung bekannt ist
help-talking = melden, wer zu sprechen beginnt und aufhört (Zeilenmodus)
help-speak = mehr oder weniger Arten von Ereignissen melden (Zeilenmodus); allein: welche gemeldet werden
help-earcons = kurze Töne, die sagen, was geschieht; nur Sie hören sie
help-help = diese Liste
help-detach = dieses Fenster schließen; die Besprechung läuft stumm weiter, bis conclave attach
help-leave = die Besprechung verlassen

## Their keys

keys-mute = m schließt, F2 schließt oder öffnet
keys-unmute = Leertaste, F2
keys-talk = Leertaste, F3, solange gehalten, wo das Terminal das Loslassen meldet
keys-say = /, dann Text, Eingabe
keys-msg = w, auf einer Person
keys-volume = + und -, auf einer Person
keys-hush = x, auf einer Person
keys-admit = a, auf Wartenden
keys-deny = d, auf Wartenden
keys-silence = c, auf einer Person
keys-ask = u, auf einer Person
keys-verify = v, solange der Code gezeigt wird
keys-devices = F9, Eingabe wählt
keys-leave = q, F10; Strg-C sofort
