### The help of the command table (src/call/table/rows.rs). The English text must be the table's own; see said.ftl.

## What the commands do: the English sentence is the name under which it is looked up

help-mute = fermer le micro (off l’ouvre)
help-unmute = ouvrir le micro
help-talk = ouvrir le micro jusqu’à « talk stop » ; toggle : l’ouvrir ou le fermer
help-level = le niveau de votre micro, même fermé
help-hand = lever ou baisser la main
help-say = écrire à tout le monde (un simple texte fait de même)
help-msg = écrire à une seule personne
help-to = à qui s’adresse désormais ce que vous écrivez
help-name = changer votre propre nom
help-volume = le volume d’une personne ici, de 0 à 200, ou +10 et -10
help-hush = ne plus entendre une personne ici, ou l’entendre de nouveau
help-admit = faire entrer une personne qui attend
help-deny = ne pas faire entrer une personne qui attend
help-kick = exclure quelqu’un définitivement
help-promote = confier la modération à quelqu’un
help-demote = retirer la modération à quelqu’un
help-role = donner un rôle : owner, moderator, speaker, listener, guest ou bot
help-ban = exclure quelqu’un et ne plus jamais le laisser entrer
help-silence = fermer le micro de quelqu’un, ou tous sauf le vôtre
help-ask = demander à quelqu’un d’ouvrir son micro
help-lower = baisser la main de quelqu’un, ou toutes les mains
help-end = terminer la réunion pour tout le monde
help-lock = ne plus laisser entrer personne (off laisse de nouveau entrer)
help-password = les nouveaux doivent connaître ce mot de passe (off : plus)
help-freeze = ne plus rien envoyer et le dire à tous ; la modération met tout le monde en pause
help-release = terminer la pause ; le micro reste fermé
help-safety = montrer à tous le code de sécurité, à lire à voix haute
help-verify = le code de sécurité a été comparé et il est juste
help-react = envoyer un mot bref ou un émoji
help-record = enregistrer l’appel dans un fichier WAV, une fois tous informés
help-receipt = écrire qui était là, signé par tous les présents
help-again = réentendre les 15 dernières secondes ; again arrête
help-xray = montrer ce que le serveur peut voir de cet appel
help-devices = énumérer micros et haut-parleurs
help-device = utiliser un autre micro ou haut-parleur
help-processing = ce qui est fait à votre voix : echo off, noise strong, gain on
help-echo = retirer ce que joue votre haut-parleur (auto : pas avec un casque)
help-noise = réduire le bruit autour de vous
help-gain = amener votre voix à un niveau habituel
help-who = qui est dans l’appel
help-status = où en sont les choses, en une phrase
help-stats = chiffres du réseau et du son, et qui vous entend
help-state = tout ce qui est connu de l’appel
help-talking = annoncer qui commence et cesse de parler (mode lignes)
help-speak = annoncer plus ou moins de sortes d’événements (mode lignes) ; seul : lesquelles
help-earcons = de brefs sons qui disent ce qui se passe ; vous seul les entendez
help-help = cette liste
help-detach = fermer cette fenêtre ; l’appel continue, micro fermé, jusqu’à conclave attach
help-leave = quitter l’appel

## Their keys

keys-mute = m ferme, F2 ferme ou ouvre
keys-unmute = Espace, F2
keys-talk = Espace, F3 maintenues, si le terminal signale le relâchement des touches
keys-say = / puis le texte, Entrée
keys-msg = w, sur une personne
keys-volume = + et -, sur une personne
keys-hush = x, sur une personne
keys-admit = a, sur qui attend
keys-deny = d, sur qui attend
keys-silence = c, sur une personne
keys-ask = u, sur une personne
keys-verify = v, pendant que le code est affiché
keys-devices = F9, Entrée choisit
keys-leave = q, F10 ; Ctrl-C aussitôt
