### Line mode: src/line/teller.rs.

## Line mode

line-to-all = à tous>
line-to = à {$name}>
line-in = Vous êtes dans {$room} sous le nom de {$name}.
line-before-door = Vous êtes devant la porte de {$room} sous le nom de {$name}.
line-alone = Personne d’autre n’est encore ici.
line-people = {$people} : {$names} et vous.
line-unmute-opens = /unmute l’ouvre.
line-how = Tapez pour écrire à tous ; /help énumère les commandes ; /leave quitte.
line-lagged = {$n} événements sont passés trop vite pour être annoncés. {$status}
line-too-long = Cette ligne est trop longue ; rien n’a été envoyé.
line-gone = {$name} n’est pas ici, et rien n’a été envoyé. /to all écrit à tout le monde.
line-writes-to-all = Ce que vous écrivez va à tout le monde.
line-writes-to = Ce que vous écrivez va à {$name} seulement, jusqu’à /to all.
line-nothing = rien
line-told = Annoncé : {$told}. Non annoncé : {$not}. Ce qui vous touche ou touche la sécurité est toujours annoncé.
too-much = Trop à la fois ; veuillez répéter.
line-leave-again = {$question} Alors tapez /leave encore une fois.
