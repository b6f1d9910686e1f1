### What a call was: src/front_end/words/summary.rs.

## What a call was, when it is over

summary-in = Dans {$room}, {$span}{$minutes} :
summary-span = de {$from} à {$to}
summary-span-open = depuis {$from}
summary-minutes =
    { $n ->
        [one] ({$n} minute)
       *[other] ({$n} minutes)
    }
summary-unbroken = Chiffré de bout en bout, sans interruption de la première à la dernière seconde.
summary-disturbed = Chiffré de bout en bout, mais PAS sans incident :
summary-transport = Chiffrement du transport seulement ({$security}) : le serveur pouvait tout entendre et tout lire.
summary-refused =
    { $n ->
        [one] {$n} trame de son n’a pas pu être ouverte, et rien n’en a été joué.
       *[other] {$n} trames de son n’ont pas pu être ouvertes, et rien n’en a été joué.
    }
summary-people =
    { $n ->
        [one] Personne d’autre n’était là.
       *[other] {$n} personnes étaient là :
    }
summary-no-recording = Personne n’a annoncé d’enregistrement.
summary-recording = Enregistré par {$name}, {$span}.
summary-more = et {$n} autres.
summary-poor =
    { $n ->
        [one] Le son a été mauvais {$n} fois, en dernier lieu {$text}.
       *[other] Le son a été mauvais {$n} fois, en dernier lieu {$text}.
    }
summary-poor-because =
    { $n ->
        [one] Le son a été mauvais {$n} fois ; dernière cause : {$why}.
       *[other] Le son a été mauvais {$n} fois ; dernière cause : {$why}.
    }
summary-badly-heard =
    { $n ->
        [one] Quelqu’un vous a mal entendu {$n} fois.
       *[other] Quelqu’un vous a mal entendu {$n} fois.
    }
summary-verified = vérifié par code
summary-how-left = parti
summary-how-vanished = disparu
summary-how-replaced = remplacé
summary-how-removed = retiré
summary-how-kicked = exclu définitivement
summary-stays = venu {$n} fois
summary-vouched = garanti par l’administrateur comme {$subject}
summary-account = compte {$subject} sur le serveur
summary-known = déjà connu comme {$name}
summary-unverified = NON VÉRIFIÉ
