### Before the call: src/cli/join/check.rs, first.rs, src/cli/start.rs, src/tui/rooms.rs, and the questions of conclave join.

## The look before the call

check-you = You are {$name}.
check-room = The room: {$link}
check-key-named = The link names the server's key: nobody can stand in for the server.
check-no-key = The link names no key: the server is known by its certificate alone.
check-local = This server is on this machine; the way to it is not encrypted.
check-secret = The link carries the room's secret: only who has it comes in.
check-mode = The link asks for a room that is {$mode}.
check-way = Sound takes the best way through the network that gets an answer.
check-way-first = Sound went over {$rung} from this network the last time.
check-way-only = Sound goes over {$rung} alone, as you asked.
check-opening = Your microphone is being opened.
check-no-device = There is no device to try: --audio names none.
check-silent = Your microphone is silent: say something, or is it muted or unplugged?
check-voice = Your voice is {$word}.
check-no-sound = The microphone gives no sound; you can listen and write.
check-device-open = open
check-device-still = {$what}: {$name} is open, but no sound flows.
check-device-it = it
check-device-shut = {$what}: none opens ({$why}).
check-head = BEFORE YOU JOIN
check-keys = Enter joins, Esc goes away.
check-keys-tone = Enter joins, Esc goes away, t plays a soft tone.

## What is asked before the first screen, and before a call

first-question = Conclave has a full screen, and a line mode for screen readers. Type l and Enter for line mode, or Enter for the full screen:
prompt-link = Link:
prompt-name = Your name:
prompt-pin = PIN of the invite:
prompt-room-password = Password of the room:
prompt-account-password = Password of {$user} at the server:
prompt-plain = This room is not end-to-end encrypted: whoever runs the server can hear and read everything.
prompt-plain-yes = Type yes to join all the same:

## The rooms where one was before

rooms-detail-once = {$server}, once on {$date}
rooms-detail = {$server}, {$n} times, last on {$date}
rooms-as = {$server}, as {$name}
rooms-line = {$room} at {$detail}
rooms-taken = {$room} is taken from the list.
rooms-none-kept = No history of rooms is kept here.
rooms-none-yet = You were in no room yet.
rooms-advice-link = With a link from whoever invites you, you join one: type or paste it here.
rooms-advice-demo = conclave demo is a call on this machine, with two synthetic people.
rooms-advice-tutor = conclave tutor shows you how things are done.
rooms-advice-help = conclave --help lists everything.
rooms-before = Rooms where you were before:
rooms-ask = Number of a room, or a link, or Enter to go away:
rooms-ask-link = Link, or Enter to go away:
rooms-ask-missing = Link, or Enter to join without it:
rooms-no-such = There is no room {$n}.
rooms-head = ROOMS
rooms-type = Type or paste the link of a room.
rooms-keys-missing = Enter joins, with the link or without it; Esc goes back
rooms-keys-link = Enter joins, Esc goes back
rooms-keys-link-short = Enter join, Esc back
rooms-keys-link-bare = Enter, Esc back
rooms-keys-none = n takes a link, q goes away
rooms-keys-none-short = n link, q away
rooms-keys = Enter joins, n takes another link, Del takes it from the list, q goes away
rooms-keys-short = Enter join, n link, Del remove, q away
rooms-keys-bare = Enter n Del q
unknown-key = No certificate authority that this machine trusts vouches for {$server}. Its key begins so:
unknown-compare = Ask whoever runs the server for the whole key: by telephone or in person, not over this network. If it begins otherwise, somebody is in between.
unknown-type = To trust this key from now on, type its last {$n} characters (anything else ends this):
unknown-kept = From now on {$server} is known by this key; conclave forget takes that back.
