### Before the call: src/cli/join/check.rs, first.rs, src/cli/start.rs, src/tui/rooms.rs, and the questions of conclave join.

## The look before the call

check-you = Usted es {$name}.
check-room = La sala: {$link}
check-key-named = El enlace nombra la clave del servidor: nadie puede hacerse pasar por él.
check-no-key = El enlace no nombra ninguna clave: el servidor se conoce solo por su certificado.
check-local = Este servidor está en este equipo; el camino hasta él no está cifrado.
check-secret = El enlace lleva el secreto de la sala: solo entra quien lo tiene.
check-mode = El enlace pide una sala de tipo {$mode}.
check-way = El sonido toma el mejor camino por la red que dé respuesta.
check-way-first = La última vez, desde esta red, el sonido fue por {$rung}.
check-way-only = El sonido va solo por {$rung}, como usted pidió.
check-opening = Se está abriendo su micrófono.
check-no-device = No hay dispositivo que probar: --audio no nombra ninguno.
check-silent = Su micrófono está en silencio: diga algo, ¿o está silenciado o desconectado?
check-voice = Su voz: {$word}.
check-no-sound = El micrófono no da sonido; puede escuchar y escribir.
check-device-open = abierto
check-device-still = {$what}: {$name} está abierto, pero no pasa sonido.
check-device-it = él
check-device-shut = {$what}: ninguno se abre ({$why}).
check-head = ANTES DE ENTRAR
check-keys = Intro entra, Esc se va.
check-keys-tone = Intro entra, Esc se va, t toca un tono suave.

## What is asked before the first screen, and before a call

first-question = Conclave tiene pantalla completa y un modo de líneas para lectores de pantalla. Teclee l e Intro para el modo de líneas, o Intro para la pantalla completa:
prompt-link = Enlace:
prompt-name = Su nombre:
prompt-pin = PIN de la invitación:
prompt-room-password = Contraseña de la sala:
prompt-account-password = Contraseña de {$user} en el servidor:
prompt-plain = Esta sala no está cifrada extremo a extremo: quien gestiona el servidor puede oír y leer todo.
prompt-plain-yes = Teclee yes para entrar de todos modos:

## The rooms where one was before

rooms-detail-once = {$server}, una vez, el {$date}
rooms-detail = {$server}, {$n} veces, la última el {$date}
rooms-as = {$server}, como {$name}
rooms-line = {$room} en {$detail}
rooms-taken = {$room} se ha quitado de la lista.
rooms-none-kept = Aquí no se guarda historial de salas.
rooms-none-yet = Todavía no ha estado en ninguna sala.
rooms-advice-link = Con un enlace de quien le invita puede entrar en una: tecléelo o péguelo aquí.
rooms-advice-demo = conclave demo es una llamada en este equipo, con dos personas sintéticas.
rooms-advice-tutor = conclave tutor le muestra cómo se hacen las cosas.
rooms-advice-help = conclave --help lo muestra todo.
rooms-before = Salas donde ya ha estado:
rooms-ask = Número de una sala, o un enlace, o Intro para irse:
rooms-ask-link = Enlace, o Intro para irse:
rooms-ask-missing = Enlace, o Intro para entrar sin él:
rooms-no-such = No hay sala {$n}.
rooms-head = SALAS
rooms-type = Teclee o pegue el enlace de una sala.
rooms-keys-missing = Intro entra, con el enlace o sin él; Esc vuelve
rooms-keys-link = Intro entra, Esc vuelve
rooms-keys-link-short = Intro, Esc volver
rooms-keys-link-bare = Intro, Esc
rooms-keys-none = n toma un enlace, q sale
rooms-keys-none-short = n enlace, q salir
rooms-keys = Intro entra, n otro enlace, Supr quita de la lista, q sale
rooms-keys-short = Intro, n enlace, Supr quitar, q salir
rooms-keys-bare = Intro n Supr q
unknown-key = Ninguna autoridad de certificación en la que confíe esta máquina responde por {$server}. Su clave empieza así:
unknown-compare = Pida la clave entera a quien lleva el servidor: por teléfono o en persona, no por esta red. Si empieza de otro modo, hay alguien en medio.
unknown-type = Para confiar en esta clave de ahora en adelante, teclee sus últimos {$n} caracteres (cualquier otra cosa lo termina):
unknown-kept = Desde ahora {$server} se reconoce por esta clave; conclave forget lo deshace.
