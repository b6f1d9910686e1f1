### Line mode: src/line/teller.rs.

## Line mode

line-to-all = a todos>
line-to = a {$name}>
line-in = Usted está en {$room} como {$name}.
line-before-door = Usted está ante la puerta de {$room} como {$name}.
line-alone = Todavía no hay nadie más aquí.
line-people = {$people}: {$names} y usted.
line-unmute-opens = /unmute lo abre.
line-how = Teclee para escribir; /help muestra las órdenes; /leave sale.
line-lagged = {$n} sucesos pasaron demasiado rápido para anunciarlos. {$status}
line-too-long = Esa línea es demasiado larga; no se ha enviado nada.
line-gone = {$name} no está aquí, y no se ha enviado nada. /to all escribe a todos.
line-writes-to-all = Lo que escriba irá a todos.
line-writes-to = Lo que escriba irá solo a {$name}, hasta /to all.
line-nothing = nada
line-told = Se anuncia: {$told}. No se anuncia: {$not}. Lo que le afecta a usted o a la seguridad se anuncia siempre.
too-much = Demasiado a la vez; repítalo, por favor.
line-leave-again = {$question} Entonces escriba /leave otra vez.
