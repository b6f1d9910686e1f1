### The help of the command table (src/call/table/rows.rs). The English text must be the table's own; see said.ftl.

## What the commands do: the English sentence is the name under which it is looked up

help-mute = close the microphone (off opens it)
help-unmute = open the microphone
help-talk = open the microphone until "talk stop"; toggle: open or close it
help-level = how loud your microphone is, also while it is closed
help-hand = raise or lower your hand
help-say = write to everybody (plain text does the same)
help-msg = write to one person
help-to = whom what you write goes to from now on
help-name = change your own name
help-volume = how loud a person is here, 0 to 200, or +10 and -10
help-hush = do not hear a person here, or hear them again
help-admit = let somebody in who waits
help-deny = do not let somebody in who waits
help-kick = remove somebody for good
help-promote = make somebody a moderator
help-demote = take the role of a moderator away
help-role = make somebody owner, moderator, speaker, listener, guest or bot
help-ban = remove somebody, and never let them in again
help-silence = close somebody's microphone, or all but yours
help-ask = ask somebody to open their microphone
help-lower = take somebody's hand down, or all hands
help-end = end the meeting for everybody
help-lock = let nobody new in (off lets them in again)
help-password = newcomers must know this password (off: no more)
help-freeze = stop sending and tell everybody; a moderator pauses all
help-release = end a freeze; the microphone stays closed
help-safety = show everybody the safety code, to be read aloud
help-verify = the safety code was compared and is right
help-react = send a short word or an emoji
help-record = keep the call in a WAV file, when all were told
help-receipt = write who was here, signed by all who are
help-again = hear the last 15 seconds once more; again stops it
help-xray = show what the server can see of this call
help-devices = list microphones and loudspeakers
help-device = use another microphone or loudspeaker
help-processing = what is done to your voice: echo off, noise strong, gain on
help-echo = take out what your loudspeaker plays (auto: not with a headset)
help-noise = lower the noise around you
help-gain = bring your voice to a usual level
help-who = who is in the call
help-status = how things are, in one sentence
help-stats = network and sound figures, and who hears you
help-state = everything that is known about the call
help-talking = tell who begins and stops speaking (line mode)
help-speak = tell more or fewer kinds of events (line mode); alone: which are told
help-earcons = short tones that tell what happens; only you hear them
help-help = this list
help-detach = close this window; the call goes on, muted, until conclave attach
help-leave = leave the call

## Their keys

keys-mute = m closes, F2 closes or opens
keys-unmute = Space, F2
keys-talk = Space, F3 while held, where the terminal reports key releases
keys-say = / then text, Enter
keys-msg = w, on a person
keys-volume = + and -, on a person
keys-hush = x, on a person
keys-admit = a, on who waits
keys-deny = d, on who waits
keys-silence = c, on a person
keys-ask = u, on a person
keys-verify = v, while the code is shown
keys-devices = F9, Enter chooses
keys-leave = q, F10; Ctrl-C at once
