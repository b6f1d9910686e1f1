### Before the call: src/cli/join/check.rs, first.rs, src/cli/start.rs, src/tui/rooms.rs, and the questions of conclave join.

## The look before the call

check-you = Vous êtes {$name}.
check-room = La salle : {$link}
check-key-named = Le lien nomme la clé du serveur : personne ne peut se faire passer pour lui.
check-no-key = Le lien ne nomme aucune clé : le serveur n’est connu que par son certificat.
check-local = Ce serveur est sur cette machine ; le chemin jusqu’à lui n’est pas chiffré.
check-secret = Le lien porte le secret de la salle : seul qui l’a peut entrer.
check-mode = Le lien demande une salle de type {$mode}.
check-way = Le son prend le meilleur chemin du réseau qui donne une réponse.
check-way-first = La dernière fois, depuis ce réseau, le son est passé par {$rung}.
check-way-only = Le son passe par {$rung} seulement, comme vous l’avez demandé.
check-opening = Votre micro est en cours d’ouverture.
check-no-device = Il n’y a pas d’appareil à essayer : --audio n’en nomme aucun.
check-silent = Votre micro est muet : dites quelque chose, ou est-il coupé ou débranché ?
check-voice = Votre voix : {$word}.
check-no-sound = Le micro ne donne aucun son ; vous pouvez écouter et écrire.
check-device-open = ouvert
check-device-still = {$what} : {$name} est ouvert, mais aucun son ne passe.
check-device-it = il
check-device-shut = {$what} : aucun ne s’ouvre ({$why}).
check-head = AVANT D’ENTRER
check-keys = Entrée rejoint, Échap renonce.
check-keys-tone = Entrée rejoint, Échap renonce, t joue un son doux.

## What is asked before the first screen, and before a call

first-question = Conclave a un mode plein écran et un mode lignes pour les lecteurs d’écran. Tapez l et Entrée pour le mode lignes, ou Entrée pour le plein écran :
prompt-link = Lien :
prompt-name = Votre nom :
prompt-pin = Code PIN de l’invitation :
prompt-room-password = Mot de passe de la salle :
prompt-account-password = Mot de passe de {$user} sur le serveur :
prompt-plain = Cette salle n’est pas chiffrée de bout en bout : qui gère le serveur peut tout entendre et tout lire.
prompt-plain-yes = Tapez yes pour rejoindre quand même :

## The rooms where one was before

rooms-detail-once = {$server}, une fois, le {$date}
rooms-detail = {$server}, {$n} fois, la dernière le {$date}
rooms-as = {$server}, sous le nom de {$name}
rooms-line = {$room} sur {$detail}
rooms-taken = {$room} est retiré de la liste.
rooms-none-kept = Aucun historique des salles n’est conservé ici.
rooms-none-yet = Vous n’avez encore été dans aucune salle.
rooms-advice-link = Avec un lien de la personne qui vous invite, vous en rejoignez une : tapez-le ou collez-le ici.
rooms-advice-demo = conclave demo est un appel sur cette machine, avec deux personnes synthétiques.
rooms-advice-tutor = conclave tutor vous montre comment faire.
rooms-advice-help = conclave --help énumère tout.
rooms-before = Salles où vous avez déjà été :
rooms-ask = Numéro d’une salle, ou un lien, ou Entrée pour partir :
rooms-ask-link = Lien, ou Entrée pour partir :
rooms-ask-missing = Lien, ou Entrée pour entrer sans lui :
rooms-no-such = Il n’y a pas de salle {$n}.
rooms-head = SALLES
rooms-type = Tapez ou collez le lien d’une salle.
rooms-keys-missing = Entrée rejoint, avec ou sans le lien ; Échap revient
rooms-keys-link = Entrée rejoint, Échap revient
rooms-keys-link-short = Entrée, Échap retour
rooms-keys-link-bare = Entrée, Échap
rooms-keys-none = n prend un lien, q quitte
rooms-keys-none-short = n lien, q sortir
rooms-keys = Entrée rejoint, n autre lien, Suppr retire de la liste, q quitte
rooms-keys-short = Entrée, n lien, Suppr ôter, q sortir
rooms-keys-bare = Entrée n Suppr q
unknown-key = Aucune autorité de certification à laquelle cette machine fait confiance ne se porte garante de {$server}. Sa clé commence ainsi :
unknown-compare = Demandez la clé entière à qui exploite le serveur : par téléphone ou de vive voix, pas par ce réseau. Si elle commence autrement, quelqu’un est entre vous.
unknown-type = Pour faire désormais confiance à cette clé, tapez ses {$n} derniers caractères (toute autre réponse arrête tout) :
unknown-kept = Désormais {$server} est reconnu à cette clé ; conclave forget revient là-dessus.
