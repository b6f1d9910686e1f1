### Who is here, and how things are: src/front_end/words/people.rs.

## How many there are, and what is said of each

people =
    { $n ->
        [one] 1 person
       *[other] {$n} people
    }
you = {$name} (you)
you-word = you
who-mic-closed = microphone closed
who-mic-open = microphone open
who-speaking = speaking
who-hand = hand raised, number {$n}
who-verified = verified
who-records = records this call
who-stopped = has stopped sending
who-name = the name {$why}
who-waits = waits to be let in
role-moderator = moderator
role-creator = creator
role-creator-moderator = creator, moderator
roomrole-owner = host
roomrole-moderator = moderator
roomrole-speaker = speaker
roomrole-listener = listener
roomrole-guest = guest
roomrole-bot = bot

## Beside a name, where there is little room

mark-changed = KEY CHANGED
mark-recording = recording
mark-name = name?
mark-frozen = frozen
mark-verified = verified
mark-unverified = unverified
mark-account = account
mark-moderator = mod
mark-owner = host
mark-listener = listener
mark-guest = guest
mark-bot = bot

## Who speaks

speaking-own-on = You are speaking.
speaking-own-off = You are silent.
speaking-on = {$name} is speaking.
speaking-off = {$name} is silent.

## How things are, in one sentence of parts

status-connecting = Connecting
status-joined = In {$room} with {$people}
status-reconnecting = Reconnecting to {$room}
status-over = The call is over
status-hand = hand raised
status-sound = sound {$text}
group-epoch = epoch {$epoch}
group-waiting = waiting to be let in
group-verified = verified
group-frozen = everybody paused
group-locked = locked
group-stopped = you stopped sending
group-record = you record
