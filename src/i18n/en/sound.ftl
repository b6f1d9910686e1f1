### How the sound is: src/front_end/words/sound.rs, words/level.rs.

## The own voice

processing-words = echo cancellation {$echo}, noise suppression {$noise}, automatic gain {$gain}
switch-on = on
switch-off = off
switch-strong = strong
level-open = Microphone: {$word} ({$level} dBFS).
level-closed = Microphone: closed; if it were open: {$word} ({$level} dBFS).
loudness-silent = silent
loudness-quiet = quiet
loudness-good = good
loudness-loud = loud
loudness-clipping = clipping

## How the sound is, and who hears it

sound-word-good = good
sound-word-fair = fair
sound-word-poor = poor
sound-mark-good = GOOD
sound-mark-fair = FAIR
sound-mark-poor = POOR
sound-good-again = The sound is good again.
sound-is = The sound is {$text}.
again-on = You hear the last {$seconds} s again, and the call softly; /again stops it.
again-off = You hear the call as it is again.
again-nothing = Nothing was heard yet that could be played again.
you-are-heard = You are {$text}.
you-are-heard-again = You are {$text} again.
heard-by-all = heard by {$of}
heard-by = heard by {$by} of {$of}
heard-trouble = {$name}: {$what}
heard-more = {$n} more
trouble-not-heard = not heard
trouble-no-word = no word
trouble-no-loudspeaker = no loudspeaker
trouble-breaking-up = breaking up

## Figures

figures = rtt {$rtt} ms, loss {$loss} %, buffer {$buffer} ms
refused =
    { $n ->
        [one] {$n} frame refused
       *[other] {$n} frames refused
    }
not-known = not known
not-known-yet = not known yet
heard-nobody = nobody: your microphone is closed
heard-not-known = not known: nothing was said just now, or nobody reports
stats-sound = Sound: {$sound}
stats-heard = You are heard by: {$who}
stats-heard-count = {$by} of {$of}
stats-rtt = Round trip to the server: {$ms}
stats-lost = Lost on the way to you: {$down}, from you: {$up}
stats-jitter = Jitter: {$ms}; the jitter buffer holds {$buffer} ms
stats-concealed = Made up: {$now} now, {$total} of the whole call
stats-bitrate = Bitrate: {$up} up, {$down} down
stats-speaker = {$name}: {$lost} % lost, {$missing} % missing, jitter {$jitter} ms, buffer {$buffer} ms
stats-security = Security: {$refused}
