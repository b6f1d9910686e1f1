### Who is here, and how things are: src/front_end/words/people.rs.

## How many there are, and what is said of each

people =
    { $n ->
        [one] 1 Person
       *[other] {$n} Personen
    }
you = {$name} (Sie)
you-word = Sie
who-mic-closed = Mikrofon geschlossen
who-mic-open = Mikrofon offen
who-speaking = spricht
who-hand = Hand gehoben, Nummer {$n}
who-verified = bestätigt
who-records = zeichnet diese Besprechung auf
who-stopped = sendet nichts mehr
who-name = der Name {$why}
who-waits = wartet auf Einlass
role-moderator = Moderation
role-creator = Gründung
role-creator-moderator = Gründung, Moderation
roomrole-owner = Leitung
roomrole-moderator = Moderation
roomrole-speaker = Redner
roomrole-listener = hört zu
roomrole-guest = Gast
roomrole-bot = Bot

## Beside a name, where there is little room

mark-changed = SCHLÜSSEL NEU
mark-recording = nimmt auf
mark-name = Name?
mark-frozen = angehalten
mark-verified = bestätigt
mark-unverified = unbestätigt
mark-account = Konto
mark-moderator = Mod.
mark-owner = Leitung
mark-listener = hört zu
mark-guest = Gast
mark-bot = Bot

## Who speaks

speaking-own-on = Sie sprechen.
speaking-own-off = Sie schweigen.
speaking-on = {$name} spricht.
speaking-off = {$name} schweigt.

## How things are, in one sentence of parts

status-connecting = Verbindungsaufbau
status-joined = In {$room} mit {$people}
status-reconnecting = Neue Verbindung zu {$room}
status-over = Die Besprechung ist zu Ende
status-hand = Hand gehoben
status-sound = Ton {$text}
group-epoch = Epoche {$epoch}
group-waiting = wartet auf Einlass
group-verified = bestätigt
group-frozen = alle angehalten
group-locked = gesperrt
group-stopped = Sie senden nichts
group-record = Sie zeichnen auf
