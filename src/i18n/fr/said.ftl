### What the engine says in English, in events that are JSON too. The English text must be the engine's own: it is what is looked up
### (src/i18n/said.rs). $figure is a number; $why, $device, $other and $names are sentences or words that are looked up themselves.

## How somebody is known

standing-vouched = garanti comme {$subject}
standing-account = compte {$subject}
standing-known = connu comme {$name}
standing-changed = CLÉ CHANGÉE
standing-guest = non vérifié

## Why the sound is not good

said-missing-of = {$figure} du son de {$name} manquent
said-missing = {$figure} du son manquent
said-loss-up = {$figure} de ce que vous envoyez est perdu
said-round-trip = {$figure} aller-retour
said-jitter = le son arrive irrégulièrement, {$figure} de gigue
said-loss-down = {$figure} des paquets vers vous sont perdus, puis récupérés
said-buffer = le son attend {$figure} pour être régulier

## Devices

said-microphone = micro
said-loudspeaker = haut-parleur
said-device-gone = Appareil perdu : {$device} {$name} ; l’appel continue, et le son reviendra avec un appareil.
said-device-interrupted = Appareil interrompu, de nouveau en service : {$device} {$name}.
said-device-instead = Appareil perdu : {$device} {$old} ; {$name} le remplace.
said-device-moved = Le système audio utilise maintenant {$device} {$name} au lieu de {$old}.
said-device-back = Appareil de retour et de nouveau utilisé : {$device} {$name}.
said-device-found = Appareil trouvé et utilisé : {$device} {$name}.
said-device-refused = Appareil impossible à ouvrir : {$device} « {$name} » ({$why}).
said-devices = Appareils {$device} {$name} et {$other} {$second}
said-devices-gone = {$names} : perdus ; l’appel continue, et le son reviendra avec le système audio.
said-devices-interrupted = {$names} : interrompus, de nouveau en service.
said-devices-back = {$names} : de retour et de nouveau utilisés.
said-devices-found = {$names} : trouvés et utilisés.
said-devices-instead = {$old} et {$older} ont disparu. {$names} : utilisés à leur place.
said-devices-moved = {$names} : utilisés maintenant, selon le système audio.

## Warnings

said-talking-while-muted = Vous parlez, mais votre micro est fermé et personne ne vous entend ; /unmute l’ouvre
said-microphone-silent = Votre micro est ouvert et ne donne aucun son : vérifiez s’il est coupé par son propre interrupteur ou dans les réglages du système, ou choisissez-en un autre (/devices)
said-microphone-clipping = Votre micro est trop fort et le son est déformé : baissez-le dans les réglages du système, ou parlez de plus loin
said-passphrase = la clé de la salle n’est qu’une phrase secrète : qui gère le serveur peut en essayer beaucoup ; comparez le code de sécurité
said-floor-full = seuls {$cap} micros peuvent être ouverts à la fois ; le vôtre est refermé, réessayez plus tard
said-frames-foreign = {$n} trames de son n’étaient pas scellées par le logiciel d’un membre, ou sont venues deux fois ; elles n’ont pas été jouées. Quelqu’un entre vous et les autres manipule peut-être cet appel.
said-audio-stopped = le son s’est arrêté ; quittez et revenez
said-suspended = {$why} : votre micro a été fermé et le reste ; /unmute l’ouvre
said-did-not-run-seconds = ce programme n’a pas tourné pendant {$n} secondes
said-did-not-run-minutes = ce programme n’a pas tourné pendant {$n} minutes
said-behind = d’autres sont en avance sur ce que le serveur nous donne ; tentative de rattrapage
said-not-behind = le groupe est de nouveau complet
said-begun-anew = le groupe recommence : {$why}
said-unproven = personne dans ce groupe n’a montré qu’il était avec vous auparavant, ni qu’il connaît le secret de la salle : le serveur a pu le fabriquer. Votre micro est fermé ; comparez le code de sécurité avant de continuer
said-list-agrees = la liste du serveur et le groupe concordent de nouveau
said-list-differs = la liste du serveur et le groupe diffèrent : {$a} dans le groupe et non connectés, {$b} connectés et hors du groupe ; seuls les membres du groupe entendent et lisent
said-nothing-done = la connexion est perdue, rien n’a donc été fait ; recommencez quand elle sera rétablie
said-not-sent = votre message n’a pas été envoyé : la connexion est perdue ; renvoyez-le quand elle sera rétablie
said-audit-rewritten = le journal d’audit du serveur n’est pas celui que ce logiciel a vu auparavant : il a été réécrit ou coupé, ou le serveur a été ramené à une sauvegarde antérieure ; demandez à son administrateur
said-no-sound = il n’y a pas de son ({$why}) ; l’écrit continue, et le son est réessayé
said-recording-forbidden-here = ce que vous entendez est gardé dans un fichier, et Conclave n’en informe personne : {$why}

## How a call ends

said-left = Vous avez quitté l’appel.
said-did-not-join = Vous n’avez pas rejoint l’appel.
said-duration = La durée est écoulée.
said-signal = {$name} a mis fin à l’appel.
said-nobody-reads = Plus personne ne lit la sortie.
said-everybody-left = Tous les autres sont partis.
said-host-left = L’hôte est parti.
said-not-let-in = on ne vous a pas fait entrer ; demandez à qui vous a invité
said-removed-for-good = la modération vous a exclu définitivement de cette salle
said-removed = la modération vous a exclu de la salle
said-no-longer-in-group = vous n’êtes plus dans le groupe ; revenez si ce n’était pas voulu
said-room-ended = la salle est fermée pour tout le monde
said-lost-for-good = la connexion au serveur a été perdue et n’est pas revenue en {$seconds} s{$why} ; vérifiez le réseau et revenez
said-shutting-down = le serveur s’arrête ; revenez quand il sera rétabli
said-same-identity = quelqu’un a rejoint avec la même identité, et le serveur n’en admet qu’une ; utilisez un autre jeton
said-fault = Une erreur de notre part a mis fin à l’appel ; elle est indiquée ci-dessus.

## What cannot be done, and why

said-is-not-possible = {$name} n’est pas possible ici : {$why}
said-no-keys = cet appel n’est pas chiffré de bout en bout, personne n’y est donc connu par une clé
said-no-roles = ce serveur ne donne de rôle à personne
said-no-queue = le serveur ignore les mains levées dans une salle chiffrée de bout en bout
said-livekit-record = dans une salle LiveKit, Conclave ne peut pas en informer les autres
said-token-speak = votre jeton ne vous permet pas de parler
said-token-chat = votre jeton ne vous permet pas d’écrire
said-token-name = votre jeton ne vous permet pas de changer votre nom ni vos attributs
said-not-in-yet = vous n’êtes pas encore dans la salle : quelqu’un doit vous faire entrer
said-stopped-sending = vous n’envoyez plus rien ; d’abord /release, puis ouvrez le micro
said-all-paused = la modération a mis tout le monde en pause ; attendez qu’elle libère la salle
said-moderator-already = {$name} assure déjà la modération
said-no-moderator = {$name} n’assure pas la modération
said-only-moderators = seule la modération peut le faire, et vous ne l’assurez pas
said-reaction-empty = une réaction demande un mot ou un émoji
said-record-already = vous enregistrez déjà ; /record off y met fin
said-record-not = vous n’enregistrez pas ; /record FILE commence
said-message-empty = le message est vide
said-volume-range = un volume va de 0 à 200 pour cent
said-cannot-detach = cet appel finit avec sa fenêtre ; rejoignez avec --detach pour partir et revenir
said-no-rooms-yet = pas encore dans la salle ; attendez « joined »
said-not-one-of = « {$word} » ne fait pas partie de {$list}
said-roles = un rôle est owner, moderator, speaker, listener, guest ou bot

## How loud the voice is, with what to do

said-voice-silent = muette : le micro est-il coupé ou débranché ?
said-voice-quiet = faible : parlez plus près du micro, ou augmentez son niveau
said-voice-good = bonne
said-voice-loud = forte : baissez un peu le micro
said-voice-clipping = saturée : baissez le micro, le son est déformé

## What is missing for a room of the list

said-history-secret = le lien contenait le secret de la salle, qui n’est conservé nulle part : collez le lien entier, ou entrez sans lui et attendez qu’on vous fasse entrer
said-history-invite = vous êtes venu avec une invitation, qui n’est conservée nulle part : collez de nouveau son lien, ou demandez-en une autre si on ne vous fait pas entrer
said-history-token = cette salle demande un jeton d’accès : donnez-le avec --token-fd ou dans CONCLAVE_TOKEN
