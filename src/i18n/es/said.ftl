### What the engine says in English, in events that are JSON too. The English text must be the engine's own: it is what is looked up
### (src/i18n/said.rs). $figure is a number; $why, $device, $other and $names are sentences or words that are looked up themselves.

## How somebody is known

standing-vouched = avalado como {$subject}
standing-account = cuenta {$subject}
standing-known = conocido como {$name}
standing-changed = CLAVE CAMBIADA
standing-guest = sin verificar

## Why the sound is not good

said-missing-of = falta el {$figure} del sonido de {$name}
said-missing = falta el {$figure} del sonido
said-loss-up = se pierde el {$figure} de lo que usted envía
said-round-trip = {$figure} de ida y vuelta
said-jitter = el sonido llega irregular, {$figure} de fluctuación
said-loss-down = se pierde y se recupera el {$figure} de los paquetes hacia usted
said-buffer = el sonido espera {$figure} para ser regular

## Devices

said-microphone = micrófono
said-loudspeaker = altavoz
said-device-gone = Se ha ido el {$device} {$name}; la llamada sigue, y el sonido volverá con un dispositivo.
said-device-interrupted = El {$device} {$name} se interrumpió y vuelve a funcionar.
said-device-instead = Se ha ido el {$device} {$old}; se usa {$name} en su lugar.
said-device-moved = El sistema de sonido usa ahora el {$device} {$name} en lugar de {$old}.
said-device-back = El {$device} {$name} ha vuelto y se usa de nuevo.
said-device-found = Se ha encontrado y se usa el {$device} {$name}.
said-device-refused = El {$device} «{$name}» no se abre: {$why}.
said-devices = El {$device} {$name} y el {$other} {$second}
said-devices-gone = {$names} se han ido; la llamada sigue, y el sonido volverá con el sistema de sonido.
said-devices-interrupted = {$names} se interrumpieron y vuelven a funcionar.
said-devices-back = {$names} han vuelto y se usan de nuevo.
said-devices-found = {$names} se han encontrado y se usan.
said-devices-instead = {$old} y {$older} se han ido. {$names} se usan en su lugar.
said-devices-moved = {$names} se usan ahora, según el sistema de sonido.

## Warnings

said-talking-while-muted = Usted habla, pero su micrófono está cerrado y nadie le oye; /unmute lo abre
said-microphone-silent = Su micrófono está abierto y no da ningún sonido: compruebe si está silenciado por un interruptor propio o en los ajustes del sistema, o elija otro (/devices)
said-microphone-clipping = Su micrófono está demasiado alto y suena distorsionado: bájelo en los ajustes del sistema, o hable desde más lejos
said-passphrase = la clave de la sala es solo una frase de paso: quien gestiona el servidor puede probar muchas; compare el código de seguridad
said-floor-full = solo puede haber {$cap} micrófonos abiertos a la vez; el suyo se ha vuelto a cerrar, inténtelo más tarde
said-frames-foreign = {$n} tramas de sonido no estaban selladas por el programa de un miembro, o llegaron dos veces; no se reprodujeron. Puede que alguien entre usted y los demás esté manipulando esta llamada.
said-audio-stopped = el sonido se ha detenido; salga y vuelva a entrar
said-suspended = {$why}: su micrófono se cerró y sigue cerrado; /unmute lo abre
said-did-not-run-seconds = este programa no se ejecutó durante {$n} segundos
said-did-not-run-minutes = este programa no se ejecutó durante {$n} minutos
said-behind = otros van por delante de lo que nos da el servidor; intentando ponernos al día
said-not-behind = el grupo vuelve a estar completo
said-begun-anew = el grupo empieza de nuevo: {$why}
said-unproven = nadie en este grupo ha demostrado que estaba con usted antes, ni que conoce el secreto de la sala: puede que lo haya creado el servidor. Su micrófono está cerrado; compare el código de seguridad antes de seguir
said-list-agrees = la lista del servidor y el grupo vuelven a coincidir
said-list-differs = la lista del servidor y el grupo difieren: {$a} en el grupo y sin conexión, {$b} conectados y fuera del grupo; solo oye y lee quien está en el grupo
said-nothing-done = se ha perdido la conexión y no se ha hecho nada; repítalo cuando vuelva
said-not-sent = su mensaje no se ha enviado: se ha perdido la conexión; envíelo de nuevo cuando vuelva
said-audit-rewritten = el registro de auditoría del servidor no es el que este programa vio antes: se reescribió o se cortó, o el servidor volvió a una copia anterior; pregunte a su administración
said-no-sound = no hay sonido ({$why}); se puede seguir escribiendo, y se reintenta el sonido
said-recording-forbidden-here = lo que oye se guarda en un archivo, y Conclave no avisa a nadie: {$why}

## How a call ends

said-left = Usted ha salido de la llamada.
said-did-not-join = Usted no ha entrado.
said-duration = Se ha acabado el tiempo.
said-signal = {$name} ha terminado la llamada.
said-nobody-reads = Ya nadie lee la salida.
said-everybody-left = Todos los demás han salido.
said-host-left = El anfitrión ha salido.
said-not-let-in = no le han dejado entrar; pregunte a quien le invitó
said-removed-for-good = la moderación le ha expulsado de esta sala definitivamente
said-removed = la moderación le ha expulsado de la sala
said-no-longer-in-group = usted ya no está en el grupo; vuelva a entrar si no era la intención
said-room-ended = la sala ha terminado para todos
said-lost-for-good = se perdió la conexión con el servidor y no volvió en {$seconds} s{$why}; compruebe la red y vuelva a entrar
said-shutting-down = el servidor se está apagando; vuelva a entrar cuando esté disponible
said-same-identity = alguien ha entrado con la misma identidad, y el servidor solo admite una; use otro token
said-fault = Un fallo nuestro ha terminado la llamada; se indica arriba.

## What cannot be done, and why

said-is-not-possible = {$name} no es posible aquí: {$why}
said-no-keys = esta llamada no está cifrada extremo a extremo, así que aquí nadie es conocido por una clave
said-no-roles = este servidor no da papeles a nadie
said-no-queue = el servidor no sabe nada de manos en una sala cifrada extremo a extremo
said-livekit-record = en una sala de LiveKit, Conclave no puede avisar a los demás
said-token-speak = su token no le permite hablar
said-token-chat = su token no le permite escribir
said-token-name = su token no le permite cambiar su nombre ni sus atributos
said-not-in-yet = usted aún no está en la sala: alguien debe dejarle entrar
said-stopped-sending = usted ha dejado de enviar; primero /release, luego abra el micrófono
said-all-paused = la moderación ha puesto a todos en pausa; espere a que libere la sala
said-moderator-already = {$name} ya modera
said-no-moderator = {$name} no modera
said-only-moderators = solo puede hacerlo la moderación, y usted no modera
said-reaction-empty = una reacción necesita una palabra o un emoji
said-record-already = usted ya graba; /record off lo termina
said-record-not = usted no graba; /record FILE empieza
said-message-empty = el mensaje está vacío
said-volume-range = un volumen va de 0 a 200 por ciento
said-cannot-detach = esta llamada termina con su ventana; entre con --detach para salir y volver
said-no-rooms-yet = aún no está en la sala; espere a «joined»
said-not-one-of = «{$word}» no es ninguno de {$list}
said-roles = un papel es owner, moderator, speaker, listener, guest o bot

## How loud the voice is, with what to do

said-voice-silent = inaudible: ¿está el micrófono silenciado o desconectado?
said-voice-quiet = baja: hable más cerca del micrófono, o súbalo
said-voice-good = buena
said-voice-loud = alta: baje un poco el micrófono
said-voice-clipping = saturada: baje el micrófono, suena distorsionado

## What is missing for a room of the list

said-history-secret = el enlace llevaba el secreto de la sala, que no se guarda en ningún sitio: pegue el enlace entero, o entre sin él y espere a que le dejen entrar
said-history-invite = usted vino con una invitación, que no se guarda en ningún sitio: pegue de nuevo su enlace, o pida otra si no le dejan entrar
said-history-token = esta sala pide un token de acceso: entréguelo con --token-fd o en CONCLAVE_TOKEN
