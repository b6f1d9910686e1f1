### What happens, as sentences: src/front_end/words.rs, words/group.rs, words/room.rs.
### Español, con el tratamiento de usted. Términos usados en todo el catálogo:
### llamada: call | sala: room | micrófono (abierto, cerrado) | altavoz: loudspeaker | sonido: sound | servidor: server | programa: client
### moderar: moderator | anfitrión: host | creador: creator | invitado: guest | clave: key | código de seguridad: safety code
### época: epoch | cifrada extremo a extremo | verificado: verified | dejar entrar: let in | recibo: receipt | grabar: record
### red: network | paquete: packet | fluctuación: jitter | búfer: buffer | orden: command | dispositivo: device

## Microphone and security of the call

mic-unavailable = Usted no puede hablar: {$why}
mic-closed = Su micrófono está cerrado.
mic-open = Su micrófono está abierto.
security-waiting = Usted espera a que le dejen entrar.
security-in = Usted está dentro: {$security}. Su clave es {$key}.
security-call = Esta llamada: {$security}.
security-call-plain-signalling = Esta llamada no está cifrada extremo a extremo. La señalización no está cifrada.
security-call-transport = Esta llamada solo está cifrada en tránsito, no extremo a extremo.
security-e2ee = cifrada extremo a extremo
security-e2ee-passphrase = cifrada extremo a extremo con frase de paso: más débil
security-transport = solo cifrado de transporte, no extremo a extremo
security-not-e2ee = no cifrada extremo a extremo
security-plain-signalling = no cifrada extremo a extremo, señalización sin cifrar
intercepted = {$by} lee por el camino el TLS con este servidor y puede oírlo y leerlo todo.
intercepted-e2ee = {$by} lee por el camino el TLS con este servidor. Lo que se dice y se escribe le queda cerrado; ve quién habla aquí, cuándo y cuánto.
intercepted-nameless = alguien sin nombre
key = clave {$key}
key-changed = CLAVE CAMBIADA: {$name} tenía la clave {$before} y ahora tiene {$key}. Pregunte a {$name}, por un medio distinto de esta llamada, si este es su nuevo dispositivo y qué clave muestra.
name-odd = COMPRUEBE QUIÉN ES: el nombre {$name} {$why}.
name-own = se parece a su propio nombre
name-duplicate = es también el de otra persona aquí
name-confusable = se parece al de otra persona aquí
name-reserved = es un título que nadie le ha dado
name-mixed = mezcla letras de varios alfabetos
and = y

## What happens in the call

connecting = Conectando con {$url}
transport-ok = El sonido va por {$rung} ({$ms} ms).
transport-bad = No hay paso por {$rung}: {$why}
no-answer = sin respuesta
joined = Usted ha entrado en {$room}.
reconnecting = Se ha perdido la conexión; intento {$attempt} de recuperarla en {$seconds} s.
reconnected = La conexión ha vuelto.
peer-here = {$name} está aquí. {$people}.
peer-joined = {$name} ha entrado. {$people}.
peer-left = {$name} ha salido. {$people}.
mic-closed-by = {$name} ha cerrado su micrófono.
mic-opened-by = {$name} ha abierto su micrófono.
peer-mic-closed = {$name} ha cerrado su propio micrófono.
peer-mic-opened = {$name} ha abierto su propio micrófono.
hand-own-up = Su mano está levantada.
hand-own-down = Su mano está bajada.
hand-raised = {$name} ha levantado la mano.
hand-lowered = {$name} ha bajado la mano.
chat-to-you = {$from} solo a usted: {$text}
chat-to = {$from} solo a {$to}: {$text}
chat-head-you = {$from} solo a usted
chat-head = {$from} solo a {$to}
device-input = Micrófono
device-output = Altavoz
device-none = {$what}: ninguno.
processing = Su voz: {$words}.
playing-on = Comienza el archivo que sustituye a su micrófono.
playing-off = Ha terminado el archivo que sustituye a su micrófono.
not-done = eso no se ha podido hacer
knock = {$who} pide entrar: /admit {$name} o /deny {$name}.
knock-gone = {$name} ya no espera.
knock-renamed = {$old}, que espera, se llama {$name}: /admit {$name} le deja entrar.
room-by-own = Usted: {$what}
room-by = {$name}: {$what}
room-now = Ahora {$what}
room-frozen = todos están en pausa y la sala está bloqueada; solo la moderación puede liberarla.
room-locked = la sala está bloqueada; no entra nadie más.
room-open = la sala está abierta; pueden entrar más personas.
verified-on = Verificado: se comparó el código de seguridad y todas las personas que figuran en él siguen siendo las mismas.
verified-off = {$who} ha entrado sin verificar: lo comprobado ya no vale. Compare de nuevo el código: /safety.
somebody = Alguien
reaction-own = Su reacción: {$text}
reaction = {$name} reacciona: {$text}
record-own-on = Usted graba esta llamada, y se avisa a todos.
record-own-off = Usted ya no graba esta llamada.
record-on = {$name} graba esta llamada.
record-off = {$name} ya no graba esta llamada.
receipt = Hay un recibo de esta llamada en {$file}, firmado por {$by}.
receipt-not-all = Hay un recibo de esta llamada en {$file}, firmado por {$by}; no por {$names}.
receipt-alone = usted solamente
receipt-signers = {$n} personas
receipt-asked-signed = {$name} guarda un recibo de esta llamada, y su programa lo ha firmado.
receipt-asked-refused = {$name} ha pedido un recibo de esta llamada, y su programa no lo ha firmado: {$why}
frozen-own-on = Usted ha dejado de enviar; se avisa a todos. /release lo termina.
frozen-own-off = Usted puede enviar de nuevo; su micrófono está cerrado.
frozen-on = {$name} ha dejado de enviar.
frozen-off = {$name} puede enviar de nuevo.
xray = {$direction} {$plane}: el servidor ve {$server} | los miembros ven {$members}
xray-same = lo mismo

## The group: roles, keys, the safety code

role-own-told-moderator = Usted modera esta sala.
role-own-told-creator = Usted fundó esta sala: usted decide quién entra.
policy-no-recording = Nadie puede grabar en esta sala.
policy-receipt = En esta sala su programa firma, cuando un miembro lo pide, un recibo de quién estuvo aquí y cuándo.
renamed-own = Usted se llama ahora {$name}.
renamed = {$old} se llama ahora {$name}.
became-own-member = Usted ya no modera.
became-own-moderator = Usted modera ahora.
became-own-creator = Usted creó esta sala.
became-member = {$name} ya no modera.
became-moderator = {$name} modera ahora.
became-creator = {$name} creó esta sala.
safety-told = Código de seguridad de la época {$epoch}: {$words} (cifras {$digits}). Léalo en voz alta: todos deben tener el mismo.
safety-told-later = No dice nada de {$names}, que llegaron después.
safety-later = {$names} llegaron después del código de seguridad de la época {$epoch}: no dice nada de ellos.
epoch = Época {$epoch}: {$what}.
epoch-returned = {$name} ha vuelto
epoch-returned-own = usted ha vuelto
epoch-linked = {$by} ha entrado con el enlace
epoch-linked-own = usted ha entrado con el enlace
epoch-admitted = {$by} ha dejado entrar a {$name}
epoch-admitted-own = usted ha dejado entrar a {$name}
epoch-admitted-you = {$by} le ha dejado entrar
epoch-admitted-somebody = {$by} ha dejado entrar a alguien
epoch-admitted-somebody-own = usted ha dejado entrar a alguien
epoch-left = {$name} ha salido
epoch-left-own = usted ha salido
epoch-vanished = {$name} ha desaparecido
epoch-vanished-own = usted ha desaparecido
epoch-kicked = {$by} ha expulsado a {$name} definitivamente
epoch-kicked-own = usted ha expulsado a {$name} definitivamente
epoch-kicked-you = {$by} le ha expulsado definitivamente
epoch-replaced = {$name} ha entrado de nuevo, y la sesión anterior queda fuera
epoch-replaced-own = usted ha entrado de nuevo, y la sesión anterior queda fuera
epoch-removed = {$name} ha sido retirado
epoch-removed-own = usted ha sido retirado
epoch-renewed = {$by} ha renovado las claves
epoch-renewed-own = usted ha renovado las claves

## Rules and moderation of the room

rules = Esta sala: {$what}.
rules-usual = Esta sala funciona como de costumbre: todos entran, hablan y escriben.
rules-marked = lleva la marca {$marking}
rules-locked = no entra nadie más
rules-waiting = quien llega espera a que le dejen entrar
rules-host = nadie entra antes que el anfitrión
rules-only-speak-speakers = solo hablan los ponentes
rules-only-speak-moderators = solo habla la moderación
rules-only-write-speakers = solo escriben los ponentes
rules-only-write-moderators = solo escribe la moderación
rules-only-share-speakers = solo comparten los ponentes
rules-only-share-moderators = solo comparte la moderación
rules-only-record-speakers = solo graban los ponentes
rules-only-record-moderators = solo graba la moderación
rules-capacity = admite {$n} personas
rules-retention = lo que el servidor conserva de ella se borra a los {$days} días
silenced-own-you = Usted ha cerrado su micrófono.
silenced-own = Usted ha cerrado el micrófono de {$whom}.
silenced-you = {$who} ha cerrado su micrófono.
silenced = {$who} ha cerrado el micrófono de {$whom}.
silenced-all-own = Usted ha cerrado todos los micrófonos menos el suyo.
silenced-all = {$who} ha cerrado todos los micrófonos.
asks-unmute = {$who} le pide que abra su micrófono: /unmute lo abre.
kicked-own = Usted ha expulsado a {$whom}.
kicked-you = {$who} le ha expulsado.
kicked = {$who} ha expulsado a {$whom}.
banned-own = Usted ha expulsado a {$whom} definitivamente.
banned-you = {$who} le ha expulsado definitivamente.
banned = {$who} ha expulsado a {$whom} definitivamente.
shares-own = Usted comparte algo.
shares = {$who} comparte algo.
shares-no-more-own = Usted ya no comparte.
shares-no-more = {$who} ya no comparte.
now-own = Usted es ahora {$role}.
now = {$name} es ahora {$role}.
by-you = {$text} (por usted)
by = {$text} (por {$name})
by-nobody = {$text} (el anfitrión se ha ido)
a-owner = el anfitrión
a-moderator = parte de la moderación
a-speaker = ponente
a-listener = oyente
a-guest = invitado
a-bot = un bot
a-unknown = algo que esta versión no conoce
may-not-speak = Ahora no puede hablar; levante la mano para pedirlo: /hand.
may-speak = Ahora puede hablar: /unmute abre su micrófono.
