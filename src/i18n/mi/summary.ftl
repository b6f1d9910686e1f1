### What a call was: src/front_end/words/summary.rs.

## What a call was, when it is over

summary-in = I {$room}, {$span}{$minutes}:
summary-span = {$from} ki te {$to}
summary-span-open = mai i te {$from}
summary-minutes =
    { $n ->
        [one] ({$n} meneti)
       *[other] ({$n} meneti)
    }
summary-unbroken = Whakamuna pito-ki-pito, kāore i motu mai i te hēkona tuatahi ki te whakamutunga.
summary-disturbed = Whakamuna pito-ki-pito, engari I WHAKARARURARUTIA:
summary-transport = He whakamuna kawenga anake ({$security}): i taea e te tūmau te rongo me te pānui i ngā mea katoa.
summary-refused =
    { $n ->
        [one] Kāore i taea te whakatuwhera i tētahi anga oro, ā, kāore i whakatangihia.
       *[other] Kāore i taea te whakatuwhera i ngā anga oro e {$n}, ā, kāore i whakatangihia.
    }
summary-people =
    { $n ->
        [one] Ko koe anake i reira.
       *[other] Tokomaha i reira, {$n} ngā tāngata:
    }
summary-no-recording = Kāore he hopukanga i pānuitia.
summary-recording = Nā {$name} i hopu, {$span}.
summary-more = me ētahi atu e {$n}.
summary-poor =
    { $n ->
        [one] Kotahi te wā i hē ai te oro: {$text}.
       *[other] E {$n} ngā wā i hē ai te oro; te mea whakamutunga: {$text}.
    }
summary-poor-because =
    { $n ->
        [one] Kotahi te wā i hē ai te oro, nā te mea {$why}.
       *[other] E {$n} ngā wā i hē ai te oro; te take whakamutunga: {$why}.
    }
summary-badly-heard =
    { $n ->
        [one] Kotahi te wā kāore tētahi i āta rongo i a koe.
       *[other] E {$n} ngā wā kāore tētahi i āta rongo i a koe.
    }
summary-verified = i whakaūngia mā te waehere
summary-how-left = i wehe
summary-how-vanished = i ngaro
summary-how-replaced = i whakakapia
summary-how-removed = i tangohia
summary-how-kicked = i tangohia mō ake
summary-stays = e {$n} ngā taenga mai
summary-vouched = i taunakitia e te kaiwhakahaere pūnaha hei {$subject}
summary-account = pūkete {$subject} i te tūmau
summary-known = i mōhiotia i mua ko {$name}
summary-unverified = KĀORE I WHAKAŪNGIA
