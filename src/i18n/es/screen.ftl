### The full screen: src/tui/.

## The screen as a whole

too-small = terminal demasiado pequeño (mínimo {$size})
too-small-short = mínimo {$size}
unread = {$n} sin leer
newer-below = ({$n} líneas más nuevas abajo)
newer-below-unread = ({$n} líneas más nuevas abajo, {$unread} sin leer)
head-chat = CHAT Y SUCESOS
head-people = PERSONAS {$n}
head-waiting = ESPERAN {$n}

## People

person-hand = mano {$n}
person-speaking = habla
person-muted = mudo
person-hushed = callado
person-volume = vol. {$percent}%
person-waits = {$name} espera
knock-keys = espera: a admitir, d denegar
knock-keys-more = espera (+{$n}): a admitir, d denegar

## Header and status line

net-waiting = ESPERANDO ENTRAR
net-connecting = conectando
net-reconnecting = RECONECTANDO
net-over = terminada
head-locked = {$security}, bloqueada
head-intercepted = TLS leído por {$by}
mic-mark-none = MIC ninguno
mic-mark-closed = MIC cerrado
mic-mark-open = MIC ABIERTO
hand-mark = mano levantada ^
again-mark = OTRA VEZ (g detiene)
out-mark = SALIDA {$name}
out-mark-none = SALIDA ninguna
figure-rtt = rtt {$ms}ms
figure-loss = pérd. {$percent}%
figure-buffer = búf. {$ms}ms

## Footer: a key and what it does, as short as possible

foot-enter-send = Intro enviar
foot-enter-run = Intro ejecutar
foot-enter-use = Intro usar
foot-enter-more = Intro más
foot-esc = Esc volver
foot-choose = Arriba Abajo elegir
foot-complete = Tab completar
foot-focus = Tab foco
foot-mic = F2 mic
foot-help = F1 ayuda
foot-help-short = ? ayuda
foot-leave-now = Ctrl-C salir
foot-leave = q salir
foot-yes = y sí
foot-no = n no
foot-move = j k mover
foot-scroll = j k desplazar
foot-match = v coincide
foot-differ = n difiere
foot-mute = m mudo
foot-space-hold = Espacio mantener y hablar
foot-space-open = Espacio abrir
foot-space-close = Espacio cerrar
foot-space-hold-short = Espacio mant.
foot-space-short = Esp. mic
foot-hand = r mano
foot-chat = / chat
foot-command = : orden
foot-close-ask = c cerrar u pedir
foot-write = w escribir
foot-volume = + - volumen
foot-hush = x callar
foot-copy = y copiar enlace
foot-devices = F9 dispositivos

## The input line

question-keys = y sí, n no
question-asked = {$question} y = sí, n = no.
to-all = a todos
to = a {$name}

## Panels

statistics = ESTADÍSTICAS DE LOS ÚLTIMOS SEGUNDOS
statistics-close = i o Esc cierra esto.
statistics-still = i o Esc cierra esto. Las cifras no cambian: ábralo de nuevo para ver otras.
devices = DISPOSITIVOS
devices-level = Su micrófono: {$word} ({$level} dBFS)
devices-no-microphone = No hay micrófono
devices-looking = Se están buscando.
devices-none = No se ha encontrado ninguno.
devices-inputs = Micrófonos
devices-outputs = Altavoces
devices-usual = (habitual)
devices-in-use = {$name}, en uso
devices-keys = Intro usa el marcado, Esc cierra esto.
safety-head = CÓDIGO DE SEGURIDAD, ÉPOCA {$epoch}
safety-head-later = CÓDIGO DE SEGURIDAD {$epoch}, salvo {$n}
safety-or = o {$digits}
safety-keys = v = coinciden, n = no coinciden, Esc
safety-passphrase = La clave de la sala es solo una frase de paso: compare con todos, cada vez.
safety-not-meant = No incluidos, llegaron después: {$names}
safety-read = Léanlo en voz alta, cada uno una parte: todos deben tener el mismo.
safety-people = Abierto por {$by}. Incluye: {$people}

## Help

help-keys = TECLAS
help-commands = ÓRDENES
help-key-tab = Tab, Mayús-Tab: pasar entre personas, chat y entrada
help-key-move = j k, flechas, RePág AvPág: mover y desplazar
help-key-enter = Intro, sobre una persona: lo que se puede hacer con ella
help-key-palette = :, Ctrl-P: cualquier orden: teclee unas letras, Intro ejecuta lo marcado
help-key-copy = y: copiar el enlace de la sala, sin su secreto
help-key-esc = Esc: volver
help-key-redraw = Ctrl-L: redibujar la pantalla
help-rule = Una orden tecleada entera se ejecuta; una elegida se confirma antes si afecta a otros definitivamente. Las letras cierran el micrófono y nunca lo abren. Lo que teclea o pega es texto: una frase tecleada mientras una lista tiene el foco va a la línea de entrada. Espacio abre el micrófono solo si no se pulsó otra tecla en el segundo anterior.
help-hold = Espacio abre el micrófono mientras se mantiene pulsado.
help-no-hold = Este terminal no avisa cuando se suelta una tecla, así que Espacio abre y cierra el micrófono.
help-marks = Marcas: > habla, ^ mano levantada, m micrófono cerrado, ? espera para entrar.

## Answers

answer-abandoned = Usted ha salido; el servidor no respondió a tiempo.
answer-not-stopped = Ningún intérprete de este terminal podría recuperar este programa, así que no se ha suspendido.
answer-code-gone = El código de seguridad ya no se muestra; s lo muestra de nuevo.
answer-lagged = {$n} sucesos pasaron demasiado rápido para mostrarlos.
answer-too-much = Demasiado a la vez; hágalo de nuevo, por favor.
answer-cut = El texto pegado se ha cortado: en un mensaje caben {$n} bytes.
answer-codes-differ = Los códigos no coinciden: no se fíe de esta llamada. Cuelgue (q) y reúnanse por otro medio.
answer-no-link = No hay enlace que copiar.
answer-link = El enlace se ha dado al portapapeles, si este terminal lo permite a los programas: {$link}
answer-link-secret = El secreto de la sala no está en él: entréguelo por otro medio.
answer-other-waits = Ahora espera primero otra persona; mire quién es y pulse la tecla otra vez.
answer-that-is-you = Es usted; elija a otra persona con j y k.
answer-they-wait = Espera para entrar: a admite, d deniega.
answer-begun = Este mensaje se empezó {$recipient}; envíelo primero, o vacíe la línea con Ctrl-U.
answer-gone = {$name} ya no está aquí; no se ha enviado nada.
answer-line-mode = Eso es para el modo de líneas; aquí quien habla se marca con >.
answer-nothing-done = No se ha hecho nada.

## Notifications: they may stand on a locked screen, so they name nobody

notify-knock = alguien pide entrar
notify-private = un mensaje solo para usted
notify-mention = alguien ha escrito su nombre
notify-hand = hay una mano levantada
