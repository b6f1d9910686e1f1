### Command lines, questions and the palette: src/call/table.rs and table/.

## What is wrong with a command line

err-no-command = La commande /{$word} n’existe pas. /help les énumère.
err-no-command-close = La commande /{$word} n’existe pas. Vouliez-vous dire /{$name} ?
err-which = Indiquez une commande ; /help les énumère.
err-impossible = /{$name} n’est pas possible dans cet appel : {$why}
err-chat-impossible = La discussion écrite n’est pas possible dans cet appel : {$why}
err-no-words = /{$name} ne prend aucun mot à sa suite.
not-possible-here = (impossible ici : {$why})
err-not-toggle = « {$word} » n’est pas on, off ou toggle
err-talk = écrivez /talk start, /talk stop ou /talk toggle
err-not-up-down = « {$word} » n’est pas up ou down
err-name = indiquez le nom : /name NAME
err-volume = indiquez le volume de {$name}, de 0 à 200 : /volume PERSON PERCENT
err-end = pour terminer la réunion pour tous, écrivez /end everybody ; /leave ne fait partir que vous
err-react = indiquez la réaction : /react TEXT
err-password = le mot de passe que les nouveaux doivent connaître : /password MOTS, ou /password off
err-record = nommez le fichier : /record FILE ; /record off termine un enregistrement
err-receipt = nommez le fichier : /receipt FILE
err-again = indiquez le nombre de secondes, de 1 à {$most} : /again SECONDS
err-device = indiquez lequel : /device input NAME ou /device output NAME
err-device-name = nommez l’appareil comme /devices l’énumère
err-talking = écrivez /talking on ou /talking off
err-earcons = écrivez /earcons on ou /earcons off, et lesquels : /earcons off join
err-no-text = il n’y a pas de texte à envoyer
err-too-long = le texte est trop long ({$bytes} octets) ; maximum {$most}
err-not-on-off = « {$word} » n’est pas on ou off
err-not-echo = « {$word} » n’est pas auto, on ou off
err-not-noise = « {$word} » n’est pas on, strong ou off
err-not-step = « {$word} » n’est pas echo, noise ou gain
err-processing = indiquez quoi et comment : echo auto, noise strong, gain off
err-speak = écrivez /speak off KIND ou /speak on KIND ; /speak indique ce qui est annoncé
err-nobody-waits = personne n’attend d’entrer
err-too-much = « {$word} » est de trop après le nom
err-to-whom = indiquez à qui ; /who énumère les personnes
err-nobody-here = personne ici ne s’appelle {$name} ; /who énumère les personnes
err-nobody-here-close = personne ici ne s’appelle {$name} ; vouliez-vous dire {$close} ?
err-nobody-waiting = personne qui attende ne s’appelle {$name} ; /who énumère les personnes
err-nobody-waiting-close = personne qui attende ne s’appelle {$name} ; vouliez-vous dire {$close} ?
err-several = {$name} peut être {$names} ; donnez plus du nom, ou l’identifiant
or = ou

## Questions before something is done

ask-kick = Exclure {$name} définitivement ?
ask-ban = Exclure {$name} et ne plus jamais laisser entrer cette personne ?
ask-promote = Confier la modération à {$name}, qui pourra exclure d’autres personnes ?
ask-role = Donner à {$name} le rôle {$role} ?
ask-silence-all = Fermer les micros de tous les autres ?
ask-lower-all = Baisser toutes les mains ?
ask-lock = Ne plus laisser entrer personne ?
ask-end = Terminer la réunion pour tout le monde ?
ask-leave = Vous êtes seul à assurer la modération. Partir quand même ?

## Beside what can be chosen

offer-as-sent = comme envoyé
offer-softer = plus bas
offer-louder = plus fort
offer-not-at-all = pas du tout
offer-volume = volume {$percent}
