### Line mode: src/line/teller.rs.

## Line mode

line-to-all = an alle>
line-to = an {$name}>
line-in = Sie sind in {$room} als {$name}.
line-before-door = Sie stehen vor der Tür von {$room} als {$name}.
line-alone = Noch ist niemand sonst hier.
line-people = {$people}: {$names} und Sie.
line-unmute-opens = /unmute öffnet es.
line-how = Tippen Sie, um zu schreiben; /help listet die Befehle auf; /leave geht.
line-lagged = {$n} Ereignisse gingen zu schnell vorbei, um gemeldet zu werden. {$status}
line-too-long = Diese Zeile ist zu lang; nichts wurde gesendet.
line-gone = {$name} ist nicht hier, und nichts wurde gesendet. /to all schreibt an alle.
line-writes-to-all = Was Sie schreiben, geht an alle.
line-writes-to = Was Sie schreiben, geht nur an {$name}, bis /to all.
line-nothing = nichts
line-told = Gemeldet: {$told}. Nicht gemeldet: {$not}. Was Sie oder die Sicherheit betrifft, wird immer gemeldet.
too-much = Zu viel auf einmal; bitte noch einmal.
line-leave-again = {$question} Dann noch einmal /leave tippen.
