### Who is here, and how things are: src/front_end/words/people.rs.

## How many there are, and what is said of each

people =
    { $n ->
        [one] 1 tangata
       *[other] {$n} tāngata
    }
you = {$name} (koe)
you-word = koe
who-mic-closed = kua kati te hopuoro
who-mic-open = kua tuwhera te hopuoro
who-speaking = e kōrero ana
who-hand = kua hiki te ringa, te tau {$n}
who-verified = kua whakaūngia
who-records = e hopu ana i tēnei hui
who-stopped = kua mutu te tuku
who-name = ko te ingoa {$why}
who-waits = e tatari ana kia tukuna kia uru
role-moderator = kaiwhakahaere
role-creator = kaihanga
role-creator-moderator = kaihanga, kaiwhakahaere
roomrole-owner = kaihautū
roomrole-moderator = kaiwhakahaere
roomrole-speaker = kaikōrero
roomrole-listener = kaiwhakarongo
roomrole-guest = manuhiri
roomrole-bot = karetao

## Beside a name, where there is little room

mark-changed = KĪ HURI
mark-recording = e hopu ana
mark-name = ingoa?
mark-frozen = kua tū
mark-verified = ū
mark-unverified = kāore i ū
mark-account = pūkete
mark-moderator = kaiwh.
mark-owner = kaihautū
mark-listener = whakarongo
mark-guest = manuhiri
mark-bot = karetao

## Who speaks

speaking-own-on = E kōrero ana koe.
speaking-own-off = Kei te wahangū koe.
speaking-on = E kōrero ana a {$name}.
speaking-off = Kei te wahangū a {$name}.

## How things are, in one sentence of parts

status-connecting = E hono ana
status-joined = Kei {$room}, {$people}
status-reconnecting = E hono anō ana ki {$room}
status-over = Kua mutu te hui
status-hand = kua hiki te ringa
status-sound = oro {$text}
group-epoch = wāhanga {$epoch}
group-waiting = e tatari ana kia tukuna kia uru
group-verified = kua whakaūngia
group-frozen = kua tārewa te katoa
group-locked = kua rakaina
group-stopped = kua mutu tō tuku
group-record = e hopu ana koe
