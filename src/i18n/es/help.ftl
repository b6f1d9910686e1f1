### The help of the command table (src/call/table/rows.rs). The English text must be the table's own; see said.ftl.

## What the commands do: the English sentence is the name under which it is looked up

help-mute = cerrar el micrófono (off lo abre)
help-unmute = abrir el micrófono
help-talk = abrir el micrófono hasta «talk stop»; toggle: abrirlo o cerrarlo
help-level = el nivel de su micrófono, también cerrado
help-hand = levantar o bajar la mano
help-say = escribir a todos (el texto sin más hace lo mismo)
help-msg = escribir a una persona
help-to = a quién va desde ahora lo que escribe
help-name = cambiar su propio nombre
help-volume = el volumen de una persona aquí, de 0 a 200, o +10 y -10
help-hush = no oír a una persona aquí, u oírla de nuevo
help-admit = dejar entrar a quien espera
help-deny = no dejar entrar a quien espera
help-kick = expulsar a alguien definitivamente
help-promote = dar la moderación a alguien
help-demote = quitar la moderación a alguien
help-role = dar un papel a alguien: owner, moderator, speaker, listener, guest o bot
help-ban = expulsar a alguien y no dejarle entrar nunca más
help-silence = cerrar el micrófono de alguien, o todos menos el suyo
help-ask = pedir a alguien que abra su micrófono
help-lower = bajar la mano de alguien, o todas las manos
help-end = terminar la reunión para todos
help-lock = no dejar entrar a nadie más (off vuelve a dejar)
help-password = quien llegue debe saber esta contraseña (off: ya no)
help-freeze = dejar de enviar y avisar a todos; la moderación pone a todos en pausa
help-release = terminar la pausa; el micrófono sigue cerrado
help-safety = mostrar a todos el código de seguridad, para leerlo en voz alta
help-verify = el código de seguridad se ha comparado y es correcto
help-react = enviar una palabra breve o un emoji
help-record = guardar la llamada en un archivo WAV, avisados todos
help-receipt = escribir quién estuvo aquí, firmado por todos los presentes
help-again = oír de nuevo los últimos 15 segundos; again lo detiene
help-xray = mostrar lo que el servidor puede ver de esta llamada
help-devices = mostrar micrófonos y altavoces
help-device = usar otro micrófono o altavoz
help-processing = lo que se hace con su voz: echo off, noise strong, gain on
help-echo = quitar lo que suena por su altavoz (auto: no con auriculares)
help-noise = bajar el ruido a su alrededor
help-gain = llevar su voz a un nivel habitual
help-who = quién está en la llamada
help-status = cómo están las cosas, en una frase
help-stats = cifras de red y sonido, y quién le oye
help-state = todo lo que se sabe de la llamada
help-talking = anunciar quién empieza y deja de hablar (modo de líneas)
help-speak = anunciar más o menos tipos de sucesos (modo de líneas); sin nada: cuáles
help-earcons = tonos breves que dicen lo que ocurre; solo los oye usted
help-help = esta lista
help-detach = cerrar esta ventana; la llamada sigue, con el micrófono cerrado, hasta conclave attach
help-leave = salir de la llamada

## Their keys

keys-mute = m cierra, F2 cierra o abre
keys-unmute = Espacio, F2
keys-talk = Espacio, F3 mientras se pulsan, si el terminal avisa al soltar las teclas
keys-say = / y el texto, Intro
keys-msg = w, sobre una persona
keys-volume = + y -, sobre una persona
keys-hush = x, sobre una persona
keys-admit = a, sobre quien espera
keys-deny = d, sobre quien espera
keys-silence = c, sobre una persona
keys-ask = u, sobre una persona
keys-verify = v, mientras se muestra el código
keys-devices = F9, Intro elige
keys-leave = q, F10; Ctrl-C al momento
