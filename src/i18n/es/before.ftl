### Before the call: src/cli/join/check.rs, first.rs, and the questions of conclave join.

## The look before the call

check-you = Usted es {$name}.
check-room = La sala: {$link}
check-key-named = El enlace nombra la clave del servidor: nadie puede hacerse pasar por él.
check-no-key = El enlace no nombra ninguna clave: el servidor se conoce solo por su certificado.
check-local = Este servidor está en este equipo; el camino hasta él no está cifrado.
check-secret = El enlace lleva el secreto de la sala: solo entra quien lo tiene.
check-mode = El enlace pide una sala de tipo {$mode}.
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
prompt-plain = Esta sala no está cifrada extremo a extremo: quien gestiona el servidor puede oír y leer todo.
prompt-plain-yes = Teclee yes para entrar de todos modos:
