//! Half a minute of speech with as much silence as a conversation has, in several voices and languages.

use super::{RATE, level, read, write};
use crate::network::Random;
use std::path::PathBuf;

/// Who speaks: the voice of espeak-ng, and the language of [`SENTENCES`].
pub const VOICES: [(&str, &str); 5] = [("en-us", "en"), ("en-gb+f3", "en"), ("de", "de"), ("fr+f2", "fr"), ("es+m3", "es")];

/// What they say.
pub const SENTENCES: [(&str, [&str; 12]); 4] = [
    (
        "en",
        [
            "The committee meets at nine on Monday, and the door will be locked.",
            "Please read the second annex before you answer the question.",
            "The weather in the northern valley was cold and clear that morning.",
            "Nobody knows how many people will come to the meeting tomorrow.",
            "She opened the window because the small room was very warm.",
            "We need seven chairs and another table for the guests.",
            "The old bridge across the river was closed for repairs last week.",
            "Can you tell me when the next train leaves for the city?",
            "They found the missing letter under a pile of yellow paper.",
            "A quiet street is a good place to teach a child to ride a bicycle.",
            "My brother bought fresh bread, green apples and a bottle of milk.",
            "The judge listened to both sides and asked for more time.",
        ],
    ),
    (
        "de",
        [
            "Der Ausschuss tagt am Montag um neun, und die Tür wird verschlossen.",
            "Bitte lesen Sie die zweite Anlage, bevor Sie die Frage beantworten.",
            "Das Wetter im nördlichen Tal war an diesem Morgen kalt und klar.",
            "Niemand weiß, wie viele Leute morgen zur Sitzung kommen.",
            "Sie öffnete das Fenster, weil das kleine Zimmer sehr warm war.",
            "Wir brauchen sieben Stühle und einen Tisch für die Gäste.",
            "Die alte Brücke über den Fluss war letzte Woche gesperrt.",
            "Können Sie mir sagen, wann der nächste Zug in die Stadt fährt?",
            "Der Brief lag unter einem Stapel von gelbem Papier.",
            "In einer ruhigen Straße lernt ein Kind gut Fahrrad fahren.",
            "Mein Bruder kaufte frisches Brot, grüne Äpfel und eine Flasche Milch.",
            "Die Richterin hörte beide Seiten und bat um mehr Zeit.",
        ],
    ),
    (
        "fr",
        [
            "La commission se réunit lundi à neuf heures, et la porte sera fermée.",
            "Veuillez lire la deuxième annexe avant de répondre à la question.",
            "Ce matin, le temps dans la vallée était froid et clair.",
            "Personne ne sait combien de gens viendront demain à la réunion.",
            "Elle a ouvert la fenêtre parce que la petite chambre était chaude.",
            "Il nous faut sept chaises et une autre table pour les invités.",
            "Le vieux pont sur la rivière était fermé la semaine dernière.",
            "Pouvez-vous me dire quand part le prochain train pour la ville ?",
            "La lettre était sous une pile de papier jaune.",
            "Une rue calme est un bon endroit pour apprendre à faire du vélo.",
            "Mon frère a acheté du pain frais, des pommes vertes et du lait.",
            "La juge a écouté les deux parties et a demandé plus de temps.",
        ],
    ),
    (
        "es",
        [
            "El comité se reúne el lunes a las nueve, y la puerta estará cerrada.",
            "Por favor, lea el segundo anexo antes de contestar la pregunta.",
            "Esta mañana el tiempo en el valle era frío y claro.",
            "Nadie sabe cuánta gente vendrá mañana a la reunión.",
            "Ella abrió la ventana porque el cuarto pequeño estaba muy caliente.",
            "Necesitamos siete sillas y otra mesa para los invitados.",
            "El viejo puente sobre el río estuvo cerrado la semana pasada.",
            "¿Puede decirme cuándo sale el próximo tren a la ciudad?",
            "La carta estaba debajo de un montón de papel amarillo.",
            "Una calle tranquila es buena para aprender a montar en bicicleta.",
            "Mi hermano compró pan fresco, manzanas verdes y leche.",
            "La jueza escuchó a las dos partes y pidió más tiempo.",
        ],
    ),
];

/// Level of speech without its pauses, in dBFS.
const LEVEL: f64 = -23.0;
/// Quieter than this is a pause.
const PAUSE: f64 = -45.0;

/// A passage.
#[derive(Debug, Clone)]
pub struct Passage {
    /// 48 kHz mono, 16 bits.
    pub path: PathBuf,
    /// What is said, in words.
    pub text: String,
    /// All that is ever said in this language: what a recogniser may expect.
    pub sentences: Vec<String>,
    /// `en`, `de`, …
    pub language: &'static str,
    /// The voice and the silence, for tables.
    pub name: String,
}

/// About `seconds` of speech in one of [`VOICES`] with this share of silence (0 to 1): sentences with pauses in between,
/// always the same for the same arguments, made once per machine. `None` without espeak-ng.
pub fn passage(voice: usize, silence: f64, seconds: f64) -> Option<Passage> {
    let (voice_name, language) = VOICES[voice % VOICES.len()];
    let sentences = &SENTENCES.iter().find(|s| s.0 == language)?.1;
    let mut random = Random::new(voice as u64 + 1);
    let speech_needed = seconds * (1.0 - silence);
    let (mut spoken, mut parts, mut text) = (0.0, Vec::new(), Vec::new());
    for k in 0.. {
        // Each voice begins elsewhere.
        let sentence = sentences[(k + 5 * voice) % sentences.len()];
        let sound = loudness(&read(&super::sentence(sentence, voice_name)?));
        let length = voiced(&sound);
        if !parts.is_empty() && spoken + length / 2.0 > speech_needed {
            break;
        }
        spoken += length;
        text.push(sentence);
        parts.push(sound);
    }
    let text = text.join(" ");
    let sentences = sentences.iter().map(|s| (*s).to_owned()).collect();
    let name = format!("{voice_name}, {:.0} % silence", silence * 100.0);
    let percent = (silence * 100.0) as u32;
    let path = std::env::temp_dir().join("conclave-speech").join(format!("passage-2-{voice_name}-{percent}-{seconds}.wav"));
    if !path.exists() {
        // The pauses share what is left, unevenly.
        let sound: usize = parts.iter().map(Vec::len).sum();
        let left = (seconds * RATE as f64 - sound as f64).max(0.0);
        let shares: Vec<f64> = parts.iter().map(|_| 0.4 + random.next()).collect();
        let all: f64 = shares.iter().sum();
        let mut whole = Vec::new();
        for (part, share) in parts.iter().zip(&shares) {
            // Half of it before, half after: the call begins and ends in silence.
            let pause = vec![0.0; (left * share / all / 2.0) as usize];
            whole.extend_from_slice(&pause);
            whole.extend_from_slice(part);
            whole.extend_from_slice(&pause);
        }
        let dir = path.parent()?;
        let file = tempfile::NamedTempFile::new_in(dir).ok()?;
        write(file.path(), &whole);
        file.persist(&path).ok()?;
    }
    Some(Passage { path, text, sentences, language, name })
}

/// Seconds of 20 ms that are no pause.
fn voiced(sound: &[f32]) -> f64 {
    sound.chunks(RATE / 50).filter(|c| level(c) > PAUSE).count() as f64 / 50.0
}

/// Brings speech to [`LEVEL`] and cuts its silent ends off.
fn loudness(sound: &[f32]) -> Vec<f32> {
    let loud: Vec<f32> = sound.chunks(RATE / 50).filter(|c| level(c) > PAUSE).flatten().copied().collect();
    let gain = 10f64.powf((LEVEL - level(&loud)) / 20.0) as f32;
    let heard = |s: &&f32| s.abs() > 0.002;
    let begin = sound.iter().position(|s| heard(&s)).unwrap_or(0);
    let end = sound.iter().rposition(|s| heard(&s)).unwrap_or(0).max(begin);
    sound[begin..end].iter().map(|s| (s * gain).clamp(-1.0, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_has_its_length_and_its_silence() {
        for (voice, silence) in [(0, 0.5), (2, 0.35), (3, 0.1)] {
            let Some(passage) = passage(voice, silence, 30.0) else {
                return crate::skip("speech", "espeak-ng is not installed");
            };
            let sound = read(&passage.path);
            let (seconds, share) = (sound.len() as f64 / RATE as f64, 1.0 - voiced(&sound) * RATE as f64 / sound.len() as f64);
            println!("{}: {seconds:.1} s, silence {share:.2}: {}", passage.name, passage.text);
            assert!((28.0..33.0).contains(&seconds), "{}: {seconds} s", passage.name);
            assert!((share - silence).abs() < 0.08, "{}: {share:.2} of it is silence", passage.name);
        }
    }
}
