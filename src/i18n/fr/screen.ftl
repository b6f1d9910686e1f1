### The full screen: src/tui/.

## The screen as a whole

too-small = terminal trop petit (il faut {$size})
too-small-short = il faut {$size}
unread = {$n} non lus
newer-below = ({$n} lignes plus récentes en bas)
newer-below-unread = ({$n} lignes plus récentes en bas, {$unread} non lues)
head-chat = DISCUSSION ET ÉVÉNEMENTS
head-people = PERSONNES {$n}
head-waiting = EN ATTENTE {$n}

## People

person-hand = main {$n}
person-speaking = parle
person-muted = muet
person-hushed = coupé
person-volume = vol. {$percent}%
person-waits = {$name} attend
knock-keys = attend : a admettre, d refuser
knock-keys-more = attend (+{$n}) : a admettre, d refuser

## Header and status line

net-waiting = EN ATTENTE D’ENTRER
net-connecting = connexion
net-reconnecting = RECONNEXION
net-over = terminé
head-locked = {$security}, verrouillé
head-intercepted = TLS lu par {$by}
mic-mark-none = MICRO aucun
mic-mark-closed = MICRO fermé
mic-mark-open = MICRO OUVERT
hand-mark = main levée ^
again-mark = RÉÉCOUTE (g arrête)
out-mark = SORTIE {$name}
out-mark-none = SORTIE aucune
figure-rtt = rtt {$ms}ms
figure-loss = perte {$percent}%
figure-buffer = tamp {$ms}ms

## Footer: a key and what it does, as short as possible

foot-enter-send = Entrée envoyer
foot-enter-run = Entrée exécuter
foot-enter-use = Entrée utiliser
foot-enter-more = Entrée plus
foot-esc = Échap retour
foot-choose = Haut Bas choisir
foot-complete = Tab compléter
foot-focus = Tab aller
foot-mic = F2 micro
foot-help = F1 aide
foot-help-short = ? aide
foot-leave-now = Ctrl-C quitter
foot-leave = q sortir
foot-yes = y oui
foot-no = n non
foot-move = j k bouger
foot-scroll = j k défiler
foot-match = v identique
foot-differ = n différent
foot-mute = m muet
foot-space-hold = Espace tenir pour parler
foot-space-open = Espace ouvrir
foot-space-close = Espace fermer
foot-space-hold-short = Espace tenir
foot-space-short = Esp. mic
foot-hand = r main
foot-chat = / chat
foot-command = : commande
foot-close-ask = c fermer u demander
foot-write = w écrire
foot-volume = + - volume
foot-hush = x couper
foot-copy = y copier le lien
foot-devices = F9 appareils

## The input line

question-keys = y oui, n non
question-asked = {$question} y = oui, n = non.
to-all = à tous
to = à {$name}

## Panels

statistics = STATISTIQUES DES DERNIÈRES SECONDES
statistics-close = i ou Échap ferme ceci.
statistics-still = i ou Échap ferme ceci. Les chiffres ne bougent pas : rouvrez pour en avoir de nouveaux.
devices = APPAREILS
devices-level = Votre micro : {$word} ({$level} dBFS)
devices-no-microphone = Il n’y a pas de micro
devices-looking = Recherche en cours.
devices-none = Aucun n’a été trouvé.
devices-inputs = Micros
devices-outputs = Haut-parleurs
devices-usual = (habituel)
devices-in-use = {$name}, utilisé
devices-keys = Entrée utilise l’appareil marqué, Échap ferme ceci.
safety-head = CODE DE SÉCURITÉ, ÉPOQUE {$epoch}
safety-head-later = CODE DE SÉCURITÉ {$epoch}, sauf {$n} après
safety-or = ou {$digits}
safety-keys = v = identiques, n = différents, Échap
safety-passphrase = La clé de la salle n’est qu’une phrase secrète : comparez avec tous, à chaque fois.
safety-not-meant = Non compris, arrivés après : {$names}
safety-read = Lisez-le à voix haute, chacun une partie : tous doivent avoir le même.
safety-people = Ouvert par {$by}. Compris : {$people}

## Help

help-keys = TOUCHES
help-commands = COMMANDES
help-key-tab = Tab, Maj-Tab : passer des personnes à la discussion et à la saisie
help-key-move = j k, flèches, PgPréc PgSuiv : se déplacer et défiler
help-key-enter = Entrée, sur une personne : ce qui peut être fait à son sujet
help-key-palette = :, Ctrl-P : toute commande : tapez quelques lettres, Entrée exécute ce qui est marqué
help-key-copy = y : copier le lien de la salle, sans son secret
help-key-esc = Échap : retour
help-key-redraw = Ctrl-L : redessiner l’écran
help-rule = Une commande tapée en entier est exécutée ; une commande choisie est d’abord confirmée si elle touche d’autres personnes définitivement. Les lettres ferment le micro et ne l’ouvrent jamais. Ce que vous tapez ou collez est du texte : une phrase tapée pendant qu’une liste a le focus va dans la ligne de saisie. Espace n’ouvre le micro que si aucune autre touche n’a été tapée dans la seconde précédente.
help-hold = Espace ouvre le micro tant qu’elle est maintenue.
help-no-hold = Ce terminal ne signale pas le relâchement des touches : Espace ouvre et ferme donc le micro.
help-marks = Marques : > parle, ^ main levée, m micro fermé, ? attend d’entrer.

## Answers

answer-abandoned = Vous êtes parti ; le serveur n’a pas répondu à temps.
answer-not-stopped = Aucun shell de ce terminal ne pourrait faire revenir ce programme ; il n’a donc pas été suspendu.
answer-code-gone = Le code de sécurité n’est plus affiché ; s l’affiche de nouveau.
answer-lagged = {$n} événements sont passés trop vite pour être affichés.
answer-too-much = Trop à la fois ; veuillez recommencer.
answer-cut = Le texte collé a été coupé : un message contient au plus {$n} octets.
answer-codes-differ = Les codes ne sont pas identiques : ne faites pas confiance à cet appel. Raccrochez (q) et retrouvez-vous autrement.
answer-no-link = Il n’y a pas de lien à copier.
answer-link = Le lien a été donné au presse-papiers, si ce terminal le permet aux programmes : {$link}
answer-link-secret = Le secret de la salle n’y est pas : transmettez-le par un autre moyen.
answer-other-waits = Quelqu’un d’autre attend maintenant en premier ; regardez qui c’est, et appuyez de nouveau.
answer-that-is-you = C’est vous ; choisissez quelqu’un d’autre avec j et k.
answer-they-wait = Cette personne attend d’entrer : a admet, d refuse.
answer-begun = Ce message était commencé {$recipient} ; envoyez-le d’abord, ou videz la ligne avec Ctrl-U.
answer-gone = {$name} n’est plus ici ; rien n’a été envoyé.
answer-line-mode = Cela concerne le mode lignes ; ici, qui parle est marqué par >.
answer-nothing-done = Rien n’a été fait.

## Notifications: they may stand on a locked screen, so they name nobody

notify-knock = quelqu’un demande à entrer
notify-private = un message pour vous seul
notify-mention = quelqu’un a écrit votre nom
notify-hand = une main est levée
