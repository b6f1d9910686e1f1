### What a call was: src/front_end/words/summary.rs.

## What a call was, when it is over

summary-in = In {$room}, {$span}{$minutes}:
summary-span = {$from} to {$to}
summary-span-open = from {$from} on
summary-minutes =
    { $n ->
        [one] ({$n} minute)
       *[other] ({$n} minutes)
    }
summary-unbroken = End-to-end encrypted, unbroken from the first to the last second.
summary-disturbed = End-to-end encrypted, but NOT undisturbed:
summary-transport = Transport encryption only ({$security}): the server could hear and read everything.
summary-refused =
    { $n ->
        [one] 1 frame of sound could not be opened, and nothing of that was played.
       *[other] {$n} frames of sound could not be opened, and nothing of that was played.
    }
summary-people =
    { $n ->
        [one] Nobody else was there.
       *[other] {$n} people were there:
    }
summary-no-recording = Nobody announced a recording.
summary-recording = Recorded by {$name}, {$span}.
summary-more = and {$n} more.
summary-poor =
    { $n ->
        [one] The sound was poor once, at last {$text}.
       *[other] The sound was poor {$n} times, at last {$text}.
    }
summary-poor-because =
    { $n ->
        [one] The sound was poor once, at last because {$why}.
       *[other] The sound was poor {$n} times, at last because {$why}.
    }
summary-badly-heard =
    { $n ->
        [one] Somebody heard you badly once.
       *[other] Somebody heard you badly {$n} times.
    }
summary-verified = verified by code
summary-how-left = left
summary-how-vanished = vanished
summary-how-replaced = replaced
summary-how-removed = removed
summary-how-kicked = removed for good
summary-stays = came {$n} times
summary-vouched = vouched for by the administrator as {$subject}
summary-account = account {$subject} on the server
summary-known = known from before as {$name}
summary-unverified = UNVERIFIED
