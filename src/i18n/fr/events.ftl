### What happens, as sentences: src/front_end/words.rs, words/group.rs, words/room.rs.
### Français, avec vouvoiement. Termes employés partout :
### appel : call | salle : room | micro (ouvert, fermé) | haut-parleur | son : sound | serveur : server | logiciel : client
### assurer la modération : moderator | hôte : host | fondateur : creator | invité : guest | clé : key | code de sécurité : safety code
### époque : epoch | chiffré de bout en bout | vérifié : verified | faire entrer : let in | reçu : receipt | enregistrer : record
### réseau : network | paquet : packet | gigue : jitter | tampon : buffer | commande : command | appareil : device

## Microphone and security of the call

mic-unavailable = Vous ne pouvez pas parler : {$why}
mic-closed = Votre micro est fermé.
mic-open = Votre micro est ouvert.
security-waiting = Vous attendez qu’on vous fasse entrer.
security-in = Vous êtes dans la salle : {$security}. Votre clé est {$key}.
security-call = Cet appel est {$security}.
security-call-plain-signalling = Cet appel n’est pas chiffré de bout en bout. La signalisation n’est pas chiffrée.
security-call-transport = Cet appel n’est chiffré qu’en transit, pas de bout en bout.
security-e2ee = chiffré de bout en bout
security-e2ee-passphrase = chiffré de bout en bout par une phrase secrète : plus faible
security-transport = chiffrement du transport seulement, pas de bout en bout
security-not-e2ee = non chiffré de bout en bout
security-plain-signalling = non chiffré de bout en bout, signalisation non chiffrée
intercepted = {$by} lit en chemin le TLS avec ce serveur et peut tout entendre et tout lire.
intercepted-e2ee = {$by} lit en chemin le TLS avec ce serveur. Ce qui est dit et écrit lui reste fermé ; on voit qui parle ici, quand et combien.
intercepted-nameless = quelqu’un sans nom
key = clé {$key}
key-changed = CLÉ CHANGÉE : {$name} avait la clé {$before} et a maintenant {$key}. Demandez à {$name}, par un autre moyen que cet appel, s’il s’agit de son nouvel appareil et quelle clé il affiche.
name-odd = VÉRIFIEZ QUI C’EST : le nom {$name} {$why}.
name-own = ressemble à votre propre nom
name-duplicate = est aussi celui de quelqu’un d’autre ici
name-confusable = ressemble à celui de quelqu’un d’autre ici
name-reserved = est un titre que personne ne lui a donné
name-mixed = mêle des lettres de plusieurs alphabets
and = et

## What happens in the call

connecting = Connexion à {$url}
transport-ok = Le son passe par {$rung} ({$ms} ms).
transport-bad = Aucun passage par {$rung} : {$why}
no-answer = pas de réponse
joined = Vous avez rejoint {$room}.
reconnecting = La connexion est perdue ; tentative {$attempt} de la rétablir dans {$seconds} s.
reconnected = La connexion est rétablie.
peer-here = {$name} est ici. {$people}.
peer-joined = {$name} a rejoint l’appel. {$people}.
peer-left = {$name} est sorti de l’appel. {$people}.
mic-closed-by = {$name} a fermé votre micro.
mic-opened-by = {$name} a ouvert votre micro.
peer-mic-closed = {$name} a fermé son micro.
peer-mic-opened = {$name} a ouvert son micro.
hand-own-up = Votre main est levée.
hand-own-down = Votre main est baissée.
hand-raised = {$name} a levé la main.
hand-lowered = {$name} a baissé la main.
chat-to-you = {$from} à vous seul : {$text}
chat-to = {$from} à {$to} seulement : {$text}
chat-head-you = {$from} à vous seul
chat-head = {$from} à {$to} seulement
device-input = Micro
device-output = Haut-parleur
device-none = {$what} : aucun.
processing = Votre voix : {$words}.
playing-on = Le fichier qui remplace votre micro commence.
playing-off = Le fichier qui remplace votre micro est terminé.
not-done = cela n’a pas pu être fait
knock = {$who} demande à entrer : /admit {$name} ou /deny {$name}.
knock-gone = {$name} n’attend plus.
knock-renamed = {$old}, qui attend, s’appelle {$name} : /admit {$name} fait entrer cette personne.
room-by-own = Vous : {$what}
room-by = {$name} : {$what}
room-now = Maintenant {$what}
room-frozen = tout le monde est en pause et la salle est verrouillée ; seule la modération peut la libérer.
room-locked = la salle est verrouillée ; plus personne n’entre.
room-open = la salle est ouverte ; de nouvelles personnes peuvent entrer.
verified-on = Vérifié : le code de sécurité a été comparé, et tous ceux qui y figurent sont toujours les mêmes.
verified-off = {$who} est entré sans vérification : ce qui avait été vérifié ne vaut plus. Comparez de nouveau le code : /safety.
somebody = Quelqu’un
reaction-own = Votre réaction : {$text}
reaction = {$name} réagit : {$text}
record-own-on = Vous enregistrez cet appel, et tout le monde en est informé.
record-own-off = Vous n’enregistrez plus cet appel.
record-on = {$name} enregistre cet appel.
record-off = {$name} n’enregistre plus cet appel.
receipt = Un reçu de cet appel est dans {$file}, signé par {$by}.
receipt-not-all = Un reçu de cet appel est dans {$file}, signé par {$by} ; pas par {$names}.
receipt-alone = vous seul
receipt-signers = {$n} personnes
receipt-asked-signed = {$name} conserve un reçu de cet appel, et votre logiciel l’a signé.
receipt-asked-refused = {$name} a demandé un reçu de cet appel, et votre logiciel ne l’a pas signé : {$why}
frozen-own-on = Vous n’envoyez plus rien ; tout le monde en est informé. /release y met fin.
frozen-own-off = Vous pouvez de nouveau envoyer ; votre micro est fermé.
frozen-on = {$name} n’envoie plus rien.
frozen-off = {$name} peut de nouveau envoyer.
xray = {$direction} {$plane} : le serveur voit {$server} | les membres voient {$members}
xray-same = la même chose

## The group: roles, keys, the safety code

role-own-told-moderator = Vous assurez la modération.
role-own-told-creator = Vous avez fondé cette salle : vous décidez qui entre.
policy-no-recording = Personne ne peut enregistrer dans cette salle.
policy-receipt = Dans cette salle, votre logiciel signe, quand un membre le demande, un reçu indiquant qui était là et quand.
renamed-own = Vous vous appelez maintenant {$name}.
renamed = {$old} s’appelle maintenant {$name}.
became-own-member = Vous n’assurez plus la modération.
became-own-moderator = Vous assurez maintenant la modération.
became-own-creator = Vous êtes à l’origine de cette salle.
became-member = {$name} n’assure plus la modération.
became-moderator = {$name} assure maintenant la modération.
became-creator = {$name} est à l’origine de cette salle.
safety-told = Code de sécurité de l’époque {$epoch} : {$words} (chiffres {$digits}). Lisez-le à voix haute : tous doivent avoir le même.
safety-told-later = Il ne dit rien de {$names}, arrivés plus tard.
safety-later = {$names} sont arrivés après le code de sécurité de l’époque {$epoch} : il ne dit rien d’eux.
epoch = Époque {$epoch} : {$what}.
epoch-returned = {$name} est revenu
epoch-returned-own = vous êtes revenu
epoch-linked = {$by} est entré avec le lien
epoch-linked-own = vous êtes entré avec le lien
epoch-admitted = {$by} a fait entrer {$name}
epoch-admitted-own = vous avez fait entrer {$name}
epoch-admitted-you = {$by} vous a fait entrer
epoch-admitted-somebody = {$by} a fait entrer quelqu’un
epoch-admitted-somebody-own = vous avez fait entrer quelqu’un
epoch-left = {$name} est parti
epoch-left-own = vous êtes parti
epoch-vanished = {$name} a disparu
epoch-vanished-own = vous avez disparu
epoch-kicked = {$by} a exclu {$name} définitivement
epoch-kicked-own = vous avez exclu {$name} définitivement
epoch-kicked-you = {$by} vous a exclu définitivement
epoch-replaced = {$name} est revenu par une nouvelle session, l’ancienne est fermée
epoch-replaced-own = vous êtes revenu par une nouvelle session, l’ancienne est fermée
epoch-removed = {$name} a été retiré
epoch-removed-own = vous avez été retiré
epoch-renewed = {$by} a renouvelé les clés
epoch-renewed-own = vous avez renouvelé les clés

## Rules and moderation of the room

rules = Cette salle : {$what}.
rules-usual = Cette salle suit l’usage : tout le monde entre, parle et écrit.
rules-marked = elle porte la mention {$marking}
rules-locked = plus personne n’entre
rules-waiting = les arrivants attendent qu’on les fasse entrer
rules-host = personne n’entre avant l’hôte
rules-only-speak-speakers = seuls les intervenants parlent
rules-only-speak-moderators = seule la modération parle
rules-only-write-speakers = seuls les intervenants écrivent
rules-only-write-moderators = seule la modération écrit
rules-only-share-speakers = seuls les intervenants partagent
rules-only-share-moderators = seule la modération partage
rules-only-record-speakers = seuls les intervenants enregistrent
rules-only-record-moderators = seule la modération enregistre
rules-capacity = elle accueille {$n} personnes
rules-retention = ce que le serveur en conserve est supprimé après {$days} jours
silenced-own-you = Vous avez fermé votre micro.
silenced-own = Vous avez fermé le micro de {$whom}.
silenced-you = {$who} a fermé votre micro.
silenced = {$who} a fermé le micro de {$whom}.
silenced-all-own = Vous avez fermé tous les micros sauf le vôtre.
silenced-all = {$who} a fermé tous les micros.
asks-unmute = {$who} vous demande d’ouvrir votre micro : /unmute l’ouvre.
kicked-own = Vous avez exclu {$whom}.
kicked-you = {$who} vous a exclu.
kicked = {$who} a exclu {$whom}.
banned-own = Vous avez exclu {$whom} définitivement.
banned-you = {$who} vous a exclu définitivement.
banned = {$who} a exclu {$whom} définitivement.
shares-own = Vous partagez quelque chose.
shares = {$who} partage quelque chose.
shares-no-more-own = Vous ne partagez plus.
shares-no-more = {$who} ne partage plus.
now-own = Vous êtes maintenant {$role}.
now = {$name} est maintenant {$role}.
by-you = {$text} (par vous)
by = {$text} (par {$name})
by-nobody = {$text} (l’hôte est parti)
a-owner = l’hôte
a-moderator = responsable de la modération
a-speaker = intervenant
a-listener = auditeur
a-guest = invité
a-bot = un robot
a-unknown = quelque chose que cette version ne connaît pas
may-not-speak = Vous n’avez pas la parole pour l’instant ; levez la main pour la demander : /hand.
may-speak = Vous avez la parole : /unmute ouvre votre micro.
