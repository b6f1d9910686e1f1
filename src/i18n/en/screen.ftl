### The full screen: src/tui/.

## The screen as a whole

too-small = terminal too small (need {$size})
too-small-short = need {$size}
unread = {$n} unread
newer-below = ({$n} newer lines below)
newer-below-unread = ({$n} newer lines below, {$unread} unread)
head-chat = CHAT AND EVENTS
head-people = PEOPLE {$n}
head-waiting = WAITING {$n}

## People

person-hand = hand {$n}
person-speaking = speaking
person-muted = muted
person-hushed = hushed
person-volume = vol {$percent}%
person-waits = {$name} waits
knock-keys = waits: a admit, d deny
knock-keys-more = waits (+{$n}): a admit, d deny

## Header and status line

net-waiting = WAITING TO BE LET IN
net-connecting = connecting
net-reconnecting = RECONNECTING
net-over = over
head-locked = {$security}, locked
head-intercepted = TLS read by {$by}
mic-mark-none = MIC none
mic-mark-closed = MIC closed
mic-mark-open = MIC OPEN
hand-mark = hand up ^
again-mark = SAYS AGAIN (g stops)
out-mark = OUT {$name}
out-mark-none = OUT none
figure-rtt = rtt {$ms}ms
figure-loss = loss {$percent}%
figure-buffer = buf {$ms}ms

## Footer: a key and what it does, as short as possible

foot-enter-send = Enter send
foot-enter-run = Enter run
foot-enter-use = Enter use
foot-enter-more = Enter more
foot-esc = Esc back
foot-choose = Up Down choose
foot-complete = Tab complete
foot-focus = Tab focus
foot-mic = F2 mic
foot-help = F1 help
foot-help-short = ? help
foot-leave-now = Ctrl-C leave
foot-leave = q leave
foot-yes = y yes
foot-no = n no
foot-move = j k move
foot-scroll = j k scroll
foot-match = v match
foot-differ = n differ
foot-mute = m mute
foot-space-hold = Space hold to talk
foot-space-open = Space open mic
foot-space-close = Space close mic
foot-space-hold-short = Space hold
foot-space-short = Space mic
foot-hand = r hand
foot-chat = / chat
foot-command = : command
foot-close-ask = c close u ask
foot-write = w write
foot-volume = + - volume
foot-hush = x hush
foot-copy = y copy link
foot-devices = F9 devices

## The input line

question-keys = y yes, n no
question-asked = {$question} y = yes, n = no.
to-all = to all
to = to {$name}

## Panels

statistics = STATISTICS OF THE LAST SECONDS
statistics-close = i or Esc closes this.
statistics-still = i or Esc closes this. The figures stand still: open it again for new ones.
devices = DEVICES
devices-level = Your microphone is {$word} ({$level} dBFS)
devices-no-microphone = There is no microphone
devices-looking = They are being looked for.
devices-none = None were found.
devices-inputs = Microphones
devices-outputs = Loudspeakers
devices-usual = (usual)
devices-in-use = {$name}, in use
devices-keys = Enter uses the marked one, Esc closes this.
safety-head = SAFETY CODE OF EPOCH {$epoch}
safety-head-later = SAFETY CODE OF EPOCH {$epoch}, not of {$n} later
safety-or = or {$digits}
safety-keys = v = they match, n = they do not, Esc
safety-passphrase = The room's key is only a passphrase: compare with everybody, each time.
safety-not-meant = Not meant, came later: {$names}
safety-read = Read it aloud, each a part: all must have the same.
safety-people = Opened by {$by}. In it: {$people}

## Help

help-keys = KEYS
help-commands = COMMANDS
help-key-tab = Tab, Shift-Tab: move between people, chat and input
help-key-move = j k, arrows, PgUp PgDn: move and scroll
help-key-enter = Enter, on a person: what can be done about them
help-key-palette = :, Ctrl-P: any command: type some letters of what you want, Enter does what is marked
help-key-copy = y: copy the room's link, without its secret
help-key-esc = Esc: back
help-key-redraw = Ctrl-L: draw the screen anew
help-rule = A command that you type whole is done; one that you choose is asked for first if it strikes others for good. Letters close the microphone and never open it. What you type or paste is text: a sentence typed while a list has the focus goes to the input line. Space opens the microphone only if no other key was typed in the second before.
help-hold = Space opens the microphone while it is held.
help-no-hold = This terminal does not report when a key is released, so Space opens and closes the microphone.
help-marks = Marks: > speaking, ^ hand raised, m microphone closed, ? waits to be let in.

## Answers

answer-abandoned = You left; the server did not answer in time.
answer-not-stopped = No shell of this terminal could bring this program back, so it was not stopped.
answer-code-gone = The safety code is no longer shown; s shows it again.
answer-lagged = {$n} events went by too fast to be shown.
answer-too-much = Too much at once; please do that again.
answer-cut = The pasted text was cut: {$n} bytes fit in a message.
answer-codes-differ = The codes are not the same: do not trust this call. Hang up (q) and meet another way.
answer-no-link = There is no link to copy.
answer-link = The link was given to the clipboard, if this terminal lets programs do that: {$link}
answer-link-secret = The room's secret is not in it: give that by another way.
answer-other-waits = Somebody else waits first now; look who it is, and press the key again.
answer-that-is-you = That is you; select somebody else with j and k.
answer-they-wait = They wait to be let in: a admits, d denies.
answer-begun = This message was begun {$recipient}; send it first, or empty the line with Ctrl-U.
answer-gone = {$name} is not here any more; nothing was sent.
answer-line-mode = That is for line mode; who speaks is marked with > here.
answer-nothing-done = Nothing was done.

## Notifications: they may stand on a locked screen, so they name nobody

notify-knock = somebody asks to be let in
notify-private = a message to you alone
notify-mention = somebody wrote your name
notify-hand = a hand is up
