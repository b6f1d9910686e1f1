### What the engine says in English, in events that are JSON too. The English text must be the engine's own: it is what is looked up
### (src/i18n/said.rs). $figure is a number; $why, $device, $other and $names are sentences or words that are looked up themselves.

## How somebody is known

standing-vouched = vouched as {$subject}
standing-account = account {$subject}
standing-known = known as {$name}
standing-changed = KEY CHANGED
standing-guest = unverified

## Why the sound is not good

said-missing-of = {$figure} of {$name}'s sound is missing
said-missing = {$figure} of the sound is missing
said-loss-up = {$figure} of what you send is lost
said-round-trip = {$figure} round trip
said-jitter = the sound comes unevenly, {$figure} jitter
said-loss-down = {$figure} of the packets to you are lost, and brought back
said-buffer = the sound waits {$figure} to be even

## Devices

said-microphone = microphone
said-loudspeaker = loudspeaker
said-device-gone = The {$device} {$name} is gone; the call goes on, and sound comes back when a device does.
said-device-interrupted = The {$device} {$name} was interrupted and works again.
said-device-instead = The {$device} {$old} is gone; {$name} is used instead.
said-device-moved = The sound system now uses the {$device} {$name} instead of {$old}.
said-device-back = The {$device} {$name} is back and used again.
said-device-found = The {$device} {$name} was found and is used.
said-device-refused = The {$device} "{$name}" does not open: {$why}.
said-devices = The {$device} {$name} and the {$other} {$second}
said-devices-gone = {$names} are gone; the call goes on, and sound comes back when the sound system does.
said-devices-interrupted = {$names} were interrupted and work again.
said-devices-back = {$names} are back and used again.
said-devices-found = {$names} were found and are used.
said-devices-instead = {$old} and {$older} are gone. {$names} are used instead.
said-devices-moved = {$names} are used now, as the sound system says.

## Warnings

said-talking-while-muted = you speak, but your microphone is closed and nobody hears you; /unmute opens it
said-microphone-silent = your microphone is open and gives no sound at all: look whether it is muted by a switch of its own or in the system's settings, or choose another one (/devices)
said-microphone-clipping = your microphone is too loud and sounds distorted: turn it down in the system's settings, or speak from farther away
said-passphrase = the room's key is only a passphrase: whoever runs the server can try many of them; compare the safety code
said-floor-full = only {$cap} microphones may be open at once; yours is closed again, try later
said-frames-foreign = {$n} frames of sound were not sealed by a member's client, or came twice; they were not played. Somebody between you and the others may be tampering with this call.
said-audio-stopped = the sound has stopped; leave and join again
said-suspended = {$why}: your microphone was closed and stays closed; /unmute opens it
said-did-not-run-seconds = this program did not run for {$n} seconds
said-did-not-run-minutes = this program did not run for {$n} minutes
said-behind = others are ahead of what the server gives us; trying to catch up
said-not-behind = the group is complete again
said-begun-anew = the group begins anew: {$why}
said-unproven = nobody in this group has shown to be somebody you were with, or to know the room's secret: it may be one that the server made. Your microphone is closed; compare the safety code before you go on
said-list-agrees = the server's list and the group agree again
said-list-differs = the server's list and the group differ: {$a} in the group and not connected, {$b} connected and not in the group; who is in the group hears and reads, nobody else
said-nothing-done = the connection is lost, so nothing was done; do it again when it is back
said-not-sent = your message was not sent: the connection is lost; send it again when it is back
said-audit-rewritten = the server's audit log is not the one that this client saw before: it was written anew or cut, or the server was put back to an older backup; ask its administrator
said-no-sound = there is no sound ({$why}); chat goes on, and sound is tried again
said-recording-forbidden-here = what you hear is kept in a file, and nobody is told by Conclave: {$why}

## How a call ends

said-left = You left the call.
said-did-not-join = You did not join.
said-duration = The duration is over.
said-signal = {$name} ended the call.
said-nobody-reads = Nobody reads the output any more.
said-everybody-left = Everybody else has left.
said-host-left = The host has left.
said-not-let-in = you were not let in; ask whoever invited you
said-removed-for-good = a moderator removed you from this room for good
said-removed = a moderator removed you from the room
said-no-longer-in-group = you are no longer in the group; join again if that was not meant
said-room-ended = the room has ended for everybody
said-lost-for-good = the connection to the server was lost and did not come back within {$seconds} s{$why}; check the network and join again
said-shutting-down = the server is shutting down; join again when it is back
said-same-identity = somebody joined with the same identity, and the server lets only one of you in; use another token
said-fault = A fault of ours ended the call; it is reported above.

## What cannot be done, and why

said-is-not-possible = {$name} is not possible here: {$why}
said-no-keys = this call is not end-to-end encrypted, so nobody here is known by a key
said-no-roles = this server gives nobody a role
said-no-queue = the server knows nothing of hands in an end-to-end encrypted room
said-livekit-record = in a LiveKit room Conclave cannot tell the others
said-token-speak = your token does not let you speak
said-token-chat = your token does not let you chat
said-token-name = your token does not let you change your name or attributes
said-not-in-yet = you are not in the room yet: somebody must let you in
said-stopped-sending = you have stopped sending; /release first, then open the microphone
said-all-paused = a moderator has paused everybody; wait until they release the room
said-moderator-already = {$name} is a moderator already
said-no-moderator = {$name} is no moderator
said-only-moderators = only a moderator can do that, and you are none
said-reaction-empty = a reaction needs a word or an emoji
said-record-already = you record already; /record off ends it
said-record-not = you do not record; /record FILE begins
said-message-empty = the message is empty
said-volume-range = a volume is 0 to 200 percent
said-cannot-detach = this call ends with its window; join with --detach to go and come back
said-no-rooms-yet = not in the room yet; wait for "joined"
said-not-one-of = "{$word}" is not one of {$list}
said-roles = a role is owner, moderator, speaker, listener, guest or bot

## How loud the voice is, with what to do

said-voice-silent = silent: is the microphone muted or unplugged?
said-voice-quiet = quiet: speak closer to it, or turn it up
said-voice-good = good
said-voice-loud = loud: turn it down a little
said-voice-clipping = clipping: turn it down, it is distorted

## What is missing for a room of the list

said-history-secret = the link had the room's secret in it, which is kept nowhere: paste the whole link, or join without it and wait to be let in
said-history-invite = you came with an invite, which is kept nowhere: paste its link again, or ask for a new one if you are not let in
said-history-token = this room wants an access token: give it with --token-fd or in CONCLAVE_TOKEN
