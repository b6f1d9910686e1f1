### How the sound is: src/front_end/words/sound.rs, words/level.rs.

## The own voice

processing-words = cancelación de eco {$echo}, reducción de ruido {$noise}, ganancia automática {$gain}
switch-on = sí
switch-off = no
switch-strong = fuerte
level-open = Micrófono: {$word} ({$level} dBFS).
level-closed = Micrófono: cerrado; si estuviera abierto: {$word} ({$level} dBFS).
loudness-silent = en silencio
loudness-quiet = bajo
loudness-good = bien
loudness-loud = alto
loudness-clipping = saturado

## How the sound is, and who hears it

sound-word-good = bueno
sound-word-fair = regular
sound-word-poor = malo
sound-mark-good = BUENO
sound-mark-fair = REGULAR
sound-mark-poor = MALO
sound-good-again = El sonido vuelve a ser bueno.
sound-is = El sonido es {$text}.
again-on = Usted oye de nuevo los últimos {$seconds} s, y la llamada más baja; /again lo detiene.
again-off = Usted vuelve a oír la llamada en directo.
again-nothing = Todavía no se ha oído nada que se pueda repetir.
you-are-heard = A usted {$text}.
you-are-heard-again = A usted de nuevo {$text}.
heard-by-all = le oyen {$of}
heard-by = le oyen {$by} de {$of}
heard-trouble = {$name}: {$what}
heard-more = {$n} más
trouble-not-heard = no oye nada
trouble-no-word = sin noticias
trouble-no-loudspeaker = sin altavoz
trouble-breaking-up = entrecortado

## Figures

figures = rtt {$rtt} ms, pérdida {$loss} %, búfer {$buffer} ms
refused =
    { $n ->
        [one] {$n} trama rechazada
       *[other] {$n} tramas rechazadas
    }
not-known = desconocido
not-known-yet = aún desconocido
heard-nobody = nadie: su micrófono está cerrado
heard-not-known = desconocido: no se ha dicho nada ahora, o nadie informa
stats-sound = Sonido: {$sound}
stats-heard = A usted le oye: {$who}
stats-heard-count = {$by} de {$of}
stats-rtt = Ida y vuelta al servidor: {$ms}
stats-lost = Perdido hacia usted: {$down}, desde usted: {$up}
stats-jitter = Fluctuación: {$ms}; el búfer contiene {$buffer} ms
stats-concealed = Reconstruido: {$now} ahora, {$total} de toda la llamada
stats-bitrate = Velocidad: {$up} de subida, {$down} de bajada
stats-speaker = {$name}: {$lost} % perdido, {$missing} % falta, fluctuación {$jitter} ms, búfer {$buffer} ms
stats-security = Seguridad: {$refused}
