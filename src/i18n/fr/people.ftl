### Who is here, and how things are: src/front_end/words/people.rs.

## How many there are, and what is said of each

people =
    { $n ->
        [one] {$n} personne
       *[other] {$n} personnes
    }
you = {$name} (vous)
you-word = vous
who-mic-closed = micro fermé
who-mic-open = micro ouvert
who-speaking = parle
who-hand = main levée, numéro {$n}
who-verified = vérifié
who-records = enregistre cet appel
who-stopped = n’envoie plus rien
who-name = le nom {$why}
who-waits = attend d’entrer
role-moderator = modération
role-creator = fondateur
role-creator-moderator = fondateur, modération
roomrole-owner = hôte
roomrole-moderator = modération
roomrole-speaker = intervenant
roomrole-listener = auditeur
roomrole-guest = invité
roomrole-bot = robot

## Beside a name, where there is little room

mark-changed = CLÉ CHANGÉE
mark-recording = enregistre
mark-name = nom ?
mark-frozen = suspendu
mark-verified = vérifié
mark-unverified = non vérifié
mark-account = compte
mark-moderator = mod.
mark-owner = hôte
mark-listener = auditeur
mark-guest = invité
mark-bot = robot

## Who speaks

speaking-own-on = Vous parlez.
speaking-own-off = Vous vous taisez.
speaking-on = {$name} parle.
speaking-off = {$name} se tait.

## How things are, in one sentence of parts

status-connecting = Connexion en cours
status-joined = Dans {$room} avec {$people}
status-reconnecting = Reconnexion à {$room}
status-over = L’appel est terminé
status-hand = main levée
status-sound = son {$text}
group-epoch = époque {$epoch}
group-waiting = en attente d’entrer
group-verified = vérifié
group-frozen = tous en pause
group-locked = verrouillé
group-stopped = vous n’envoyez plus
group-record = vous enregistrez
