### Command lines, questions and the palette: src/call/table.rs and table/.

## What is wrong with a command line

err-no-command = There is no command /{$word}. /help lists them.
err-no-command-close = There is no command /{$word}. Did you mean /{$name}?
err-which = Say which command; /help lists them.
err-impossible = /{$name} is not possible in this call: {$why}
err-chat-impossible = Chat is not possible in this call: {$why}
err-no-words = /{$name} takes no words after it.
not-possible-here = (not possible here: {$why})
err-not-toggle = "{$word}" is not on, off or toggle
err-talk = say /talk start, /talk stop or /talk toggle
err-not-up-down = "{$word}" is not up or down
err-name = say which name: /name NAME
err-volume = say how loud {$name} shall be, from 0 to 200: /volume PERSON PERCENT
err-end = to end the meeting for everybody, say /end everybody; /leave leaves alone
err-react = say which reaction: /react TEXT
err-password = the password that newcomers must know: /password WORDS, or /password off
err-record = name the file: /record FILE; /record off ends a recording
err-receipt = name the file: /receipt FILE
err-again = say how many seconds, from 1 to {$most}: /again SECONDS
err-device = say which one: /device input NAME or /device output NAME
err-device-name = name the device as /devices lists it
err-talking = say /talking on or /talking off
err-earcons = say /earcons on or /earcons off, and which: /earcons off join
err-no-text = there is no text to send
err-too-long = the text is too long ({$bytes} bytes); {$most} fit
err-not-on-off = "{$word}" is not on or off
err-not-echo = "{$word}" is not auto, on or off
err-not-noise = "{$word}" is not on, strong or off
err-not-step = "{$word}" is not echo, noise or gain
err-processing = say what and how: echo auto, noise strong, gain off
err-speak = say /speak off KIND or /speak on KIND; /speak says what is told
err-nobody-waits = nobody waits to be let in
err-too-much = "{$word}" is too much after the name
err-to-whom = say to whom; /who lists the people
err-nobody-here = nobody here is called {$name}; /who lists the people
err-nobody-here-close = nobody here is called {$name}; did you mean {$close}?
err-nobody-waiting = nobody who waits is called {$name}; /who lists the people
err-nobody-waiting-close = nobody who waits is called {$name}; did you mean {$close}?
err-several = {$name} could be {$names}; say more of the name, or the id
or = or

## Questions before something is done

ask-kick = Remove {$name} for good?
ask-ban = Remove {$name}, and never let them in again?
ask-promote = Make {$name} a moderator, who can remove others?
ask-role = Make {$name} {$role}?
ask-silence-all = Close the microphones of all others?
ask-lower-all = Take all hands down?
ask-lock = Let nobody new in?
ask-end = End the meeting for everybody?
ask-leave = You are the only moderator. Leave all the same?

## Beside what can be chosen

offer-as-sent = as sent
offer-softer = softer
offer-louder = louder
offer-not-at-all = not at all
offer-volume = volume {$percent}
