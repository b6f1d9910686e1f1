### Who is here, and how things are: src/front_end/words/people.rs.

## How many there are, and what is said of each

people =
    { $n ->
        [one] {$n} persona
       *[other] {$n} personas
    }
you = {$name} (usted)
you-word = usted
who-mic-closed = micrófono cerrado
who-mic-open = micrófono abierto
who-speaking = habla
who-hand = mano levantada, número {$n}
who-verified = verificado
who-records = graba esta llamada
who-stopped = ha dejado de enviar
who-name = el nombre {$why}
who-waits = espera para entrar
role-moderator = moderación
role-creator = creador
role-creator-moderator = creador, moderación
roomrole-owner = anfitrión
roomrole-moderator = moderación
roomrole-speaker = ponente
roomrole-listener = oyente
roomrole-guest = invitado
roomrole-bot = bot

## Beside a name, where there is little room

mark-changed = CLAVE NUEVA
mark-recording = graba
mark-name = ¿nombre?
mark-frozen = en pausa
mark-verified = verificado
mark-unverified = sin verificar
mark-account = cuenta
mark-moderator = mod.
mark-owner = anfitrión
mark-listener = oyente
mark-guest = invitado
mark-bot = bot

## Who speaks

speaking-own-on = Usted habla.
speaking-own-off = Usted calla.
speaking-on = {$name} habla.
speaking-off = {$name} calla.

## How things are, in one sentence of parts

status-connecting = Conectando
status-joined = En {$room} con {$people}
status-reconnecting = Reconectando con {$room}
status-over = La llamada ha terminado
status-hand = mano levantada
status-sound = sonido {$text}
group-epoch = época {$epoch}
group-waiting = a la espera de entrar
group-verified = verificado
group-frozen = todos en pausa
group-locked = bloqueada
group-stopped = usted no envía
group-record = usted graba
