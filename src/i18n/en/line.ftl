### Line mode: src/line/teller.rs.

## Line mode

line-to-all = to all>
line-to = to {$name}>
line-in = You are in {$room} as {$name}.
line-before-door = You are before the door of {$room} as {$name}.
line-alone = Nobody else is here yet.
line-people = {$people}: {$names} and you.
line-unmute-opens = /unmute opens it.
line-how = Type to chat; /help lists the commands; /leave leaves.
line-lagged = {$n} events went by too fast to be told. {$status}
line-too-long = That line is too long; nothing was sent.
line-gone = {$name} is not here, and nothing was sent. /to all writes to everybody.
line-writes-to-all = What you write goes to everybody.
line-writes-to = What you write goes to {$name} alone, until /to all.
line-nothing = nothing
line-told = Told: {$told}. Not told: {$not}. What touches you or security is always told.
too-much = Too much at once; please say that again.
line-leave-again = {$question} Type /leave again to leave.
