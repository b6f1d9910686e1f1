### What a call was: src/front_end/words/summary.rs.

## What a call was, when it is over

summary-in = En {$room}, {$span}{$minutes}:
summary-span = de {$from} a {$to}
summary-span-open = desde las {$from}
summary-minutes =
    { $n ->
        [one] ({$n} minuto)
       *[other] ({$n} minutos)
    }
summary-unbroken = Cifrada de extremo a extremo, sin interrupción del primer al último segundo.
summary-disturbed = Cifrada de extremo a extremo, pero NO sin incidentes:
summary-transport = Solo cifrado de transporte ({$security}): el servidor podía oír y leer todo.
summary-refused =
    { $n ->
        [one] {$n} trama de sonido no se pudo abrir, y no se reprodujo nada de ella.
       *[other] {$n} tramas de sonido no se pudieron abrir, y no se reprodujo nada de ellas.
    }
summary-people =
    { $n ->
        [one] No había nadie más.
       *[other] Había {$n} personas:
    }
summary-no-recording = Nadie anunció una grabación.
summary-recording = Grabado por {$name}, {$span}.
summary-more = y {$n} más.
summary-poor =
    { $n ->
        [one] El sonido fue malo una vez: {$text}.
       *[other] El sonido fue malo {$n} veces; la última: {$text}.
    }
summary-poor-because =
    { $n ->
        [one] El sonido fue malo una vez; causa: {$why}.
       *[other] El sonido fue malo {$n} veces; última causa: {$why}.
    }
summary-badly-heard =
    { $n ->
        [one] Alguien le oyó mal una vez.
       *[other] Alguien le oyó mal {$n} veces.
    }
summary-verified = verificado por código
summary-how-left = salió
summary-how-vanished = desapareció
summary-how-replaced = sustituido
summary-how-removed = retirado
summary-how-kicked = expulsado definitivamente
summary-stays = vino {$n} veces
summary-vouched = avalado por la administración como {$subject}
summary-account = cuenta {$subject} en el servidor
summary-known = conocido de antes como {$name}
summary-unverified = SIN VERIFICAR
