### How the sound is: src/front_end/words/sound.rs, words/level.rs.

## The own voice

processing-words = annulation d’écho {$echo}, réduction du bruit {$noise}, gain automatique {$gain}
switch-on = activé
switch-off = désactivé
switch-strong = fort
level-open = Micro : {$word} ({$level} dBFS).
level-closed = Micro : fermé ; s’il était ouvert : {$word} ({$level} dBFS).
loudness-silent = muet
loudness-quiet = faible
loudness-good = bon
loudness-loud = fort
loudness-clipping = saturé

## How the sound is, and who hears it

sound-word-good = bon
sound-word-fair = moyen
sound-word-poor = mauvais
sound-mark-good = BON
sound-mark-fair = MOYEN
sound-mark-poor = MAUVAIS
sound-good-again = Le son est de nouveau bon.
sound-is = Le son est {$text}.
again-on = Vous réentendez les {$seconds} dernières secondes, et l’appel en sourdine ; /again arrête.
again-off = Vous entendez de nouveau l’appel en direct.
again-nothing = Rien n’a encore été entendu qui puisse être rejoué.
you-are-heard = Vous êtes {$text}.
you-are-heard-again = Vous êtes de nouveau {$text}.
heard-by-all = entendu par {$of}
heard-by = entendu par {$by} sur {$of}
heard-trouble = {$name} : {$what}
heard-more = {$n} autres
trouble-not-heard = rien entendu
trouble-no-word = sans nouvelles
trouble-no-loudspeaker = pas de haut-parleur
trouble-breaking-up = haché

## Figures

figures = rtt {$rtt} ms, pertes {$loss} %, tampon {$buffer} ms
refused =
    { $n ->
        [one] {$n} trame refusée
       *[other] {$n} trames refusées
    }
not-known = inconnu
not-known-yet = pas encore connu
heard-nobody = personne : votre micro est fermé
heard-not-known = inconnu : rien n’a été dit à l’instant, ou personne ne rend compte
stats-sound = Son : {$sound}
stats-heard = Vous êtes entendu par : {$who}
stats-heard-count = {$by} sur {$of}
stats-rtt = Aller-retour au serveur : {$ms}
stats-lost = Perdu vers vous : {$down}, depuis vous : {$up}
stats-jitter = Gigue : {$ms} ; le tampon de gigue contient {$buffer} ms
stats-concealed = Reconstitué : {$now} à présent, {$total} de tout l’appel
stats-bitrate = Débit : {$up} montant, {$down} descendant
stats-speaker = {$name} : {$lost} % perdus, {$missing} % manquants, gigue {$jitter} ms, tampon {$buffer} ms
stats-security = Sécurité : {$refused}
