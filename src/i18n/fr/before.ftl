### Before the call: src/cli/join/check.rs, first.rs, and the questions of conclave join.

## The look before the call

check-you = Vous êtes {$name}.
check-room = La salle : {$link}
check-key-named = Le lien nomme la clé du serveur : personne ne peut se faire passer pour lui.
check-no-key = Le lien ne nomme aucune clé : le serveur n’est connu que par son certificat.
check-local = Ce serveur est sur cette machine ; le chemin jusqu’à lui n’est pas chiffré.
check-secret = Le lien porte le secret de la salle : seul qui l’a peut entrer.
check-mode = Le lien demande une salle de type {$mode}.
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
prompt-plain = Cette salle n’est pas chiffrée de bout en bout : qui gère le serveur peut tout entendre et tout lire.
prompt-plain-yes = Tapez yes pour rejoindre quand même :
