### Command lines, questions and the palette: src/call/table.rs and table/.

## What is wrong with a command line

err-no-command = No existe la orden /{$word}. /help las muestra.
err-no-command-close = No existe la orden /{$word}. ¿Quiso decir /{$name}?
err-which = Diga qué orden; /help las muestra.
err-impossible = /{$name} no es posible en esta llamada: {$why}
err-chat-impossible = No es posible escribir en esta llamada: {$why}
err-no-words = /{$name} no lleva palabras detrás.
not-possible-here = (no es posible aquí: {$why})
err-not-toggle = «{$word}» no es on, off ni toggle
err-talk = escriba /talk start, /talk stop o /talk toggle
err-not-up-down = «{$word}» no es up ni down
err-name = diga qué nombre: /name NAME
err-volume = diga el volumen de {$name}, de 0 a 200: /volume PERSON PERCENT
err-end = para terminar la reunión para todos, escriba /end everybody; con /leave sale solo usted
err-react = diga qué reacción: /react TEXT
err-password = la contraseña que debe saber quien llegue: /password PALABRAS, o /password off
err-record = nombre el archivo: /record FILE; /record off termina una grabación
err-receipt = nombre el archivo: /receipt FILE
err-again = diga cuántos segundos, de 1 a {$most}: /again SECONDS
err-device = diga cuál: /device input NAME o /device output NAME
err-device-name = nombre el dispositivo como lo muestra /devices
err-talking = escriba /talking on o /talking off
err-earcons = escriba /earcons on o /earcons off, y cuáles: /earcons off join
err-no-text = no hay texto que enviar
err-too-long = el texto es demasiado largo ({$bytes} bytes); caben {$most}
err-not-on-off = «{$word}» no es on ni off
err-not-echo = «{$word}» no es auto, on ni off
err-not-noise = «{$word}» no es on, strong ni off
err-not-step = «{$word}» no es echo, noise ni gain
err-processing = diga qué y cómo: echo auto, noise strong, gain off
err-speak = escriba /speak off KIND o /speak on KIND; /speak dice qué se anuncia
err-nobody-waits = nadie espera para entrar
err-too-much = «{$word}» sobra después del nombre
err-to-whom = diga a quién; /who muestra las personas
err-nobody-here = nadie aquí se llama {$name}; /who muestra las personas
err-nobody-here-close = nadie aquí se llama {$name}; ¿quiso decir {$close}?
err-nobody-waiting = nadie que espere se llama {$name}; /who muestra las personas
err-nobody-waiting-close = nadie que espere se llama {$name}; ¿quiso decir {$close}?
err-several = {$name} puede ser {$names}; escriba más del nombre, o el identificador
or = o

## Questions before something is done

ask-kick = ¿Expulsar a {$name} definitivamente?
ask-ban = ¿Expulsar a {$name} y no dejarle entrar nunca más?
ask-promote = ¿Dar la moderación a {$name}, que podrá expulsar a otros?
ask-role = ¿Dar a {$name} el papel de {$role}?
ask-silence-all = ¿Cerrar los micrófonos de todos los demás?
ask-lower-all = ¿Bajar todas las manos?
ask-lock = ¿No dejar entrar a nadie más?
ask-end = ¿Terminar la reunión para todos?
ask-leave = Solo usted modera. ¿Salir de todos modos?

## Beside what can be chosen

offer-as-sent = como se envía
offer-softer = más bajo
offer-louder = más alto
offer-not-at-all = nada
offer-volume = volumen {$percent}
