//! Two separate processes talk through a real server, and hear each other's words. Alone in its file, so that nothing else
//! takes the processor while sound is scored.

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::{score, skip, speech};
use std::path::{Path, PathBuf};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Three sentences of each, after some silence: a call begins with work for both clients at once (their keys, the safety code), which
/// their jitter buffers feel where two cores have all of it to do. How talk sounds in a call is scored here.
const SENTENCES: [(&str, [&str; 3]); 2] = [
    (
        "en-us",
        [
            "The committee meets at nine on Monday, and the door will be locked.",
            "Nobody leaves before the vote, and nobody else comes in.",
            "The minutes are kept in the safe on the second floor.",
        ],
    ),
    (
        "en-gb",
        [
            "Please read the second annex before you answer the question.",
            "Our guests arrive by the early train from the north.",
            "I would rather hear what the treasurer thinks of it.",
        ],
    ),
];
const SECOND: usize = 48_000;

/// What somebody says: the file, and the sentences in it.
fn speaks(dir: &Path, name: &str, (voice, texts): (&str, [&str; 3])) -> Option<(PathBuf, Vec<PathBuf>)> {
    let sentences: Vec<PathBuf> = texts.iter().map(|text| speech::sentence(text, voice)).collect::<Option<_>>()?;
    let pause = || vec![0.0; SECOND];
    let mut sound = pause().repeat(4);
    sentences.iter().for_each(|sentence| sound.extend(speech::read(sentence).into_iter().chain(pause())));
    let file = dir.join(name);
    speech::write(&file, &sound);
    Some((file, sentences))
}

fn file(input: &Path, output: &Path) -> String {
    format!("file:{},{}", text(input), text(output))
}

#[test]
fn two_terminals_exchange_their_sentences() {
    let dir = tempfile::tempdir().unwrap();
    let [first, second] = SENTENCES;
    let said = speaks(dir.path(), "a.wav", first).zip(speaks(dir.path(), "b.wav", second));
    let Some((a, b)) = said else { return skip("speech", "espeak-ng is not installed") };
    let (heard_a, heard_b) = (dir.path().join("heard-a.wav"), dir.path().join("heard-b.wav"));
    let server = Server::dev(BIN);
    let ana = Client::join(BIN, &server.room("board"), "Ana", &["--audio", &file(&a.0, &heard_a), "--duration", "22s"]);
    let ben = Client::join(BIN, &server.room("board"), "Ben", &["--audio", &file(&b.0, &heard_b), "--duration", "22s"]);
    for (who, client) in [("Ana", ana), ("Ben", ben)] {
        let (code, events, stderr) = client.finish();
        assert_eq!(code, 0, "{who}: {stderr} {events:#?}");
        let left = events.last().unwrap();
        assert_eq!((left["event"].as_str(), left["reason"].as_str()), (Some("left"), Some("duration")), "{who}");
        assert!(events.iter().any(|e| e["event"] == "hearing"), "{who} heard nobody: {events:#?}");
    }
    for (said, heard, own) in [(&b.1, &heard_a, &a.1), (&a.1, &heard_b, &b.1)] {
        let recording = speech::read(heard);
        let mut scores = Vec::new();
        for sentence in said {
            let sound = speech::read(sentence);
            let (at, _) = speech::find(&sound, &recording);
            let end = (at + sound.len() + SECOND / 2).min(recording.len());
            let cut = dir.path().join("cut.wav");
            speech::write(&cut, &recording[at.saturating_sub(SECOND / 5)..end]);
            let Some(s) = score::score(sentence, &cut, own.first().map(PathBuf::as_path)) else {
                return skip("scores", "run tests/setup.sh test");
            };
            eprintln!("PESQ-WB {:.2}, correlation {:.2}, lag {:.0} ms, other {:.2}", s.pesq, s.correlation, s.lag_ms, s.other);
            assert!(s.other < 0.3, "the recording contains the speaker's own sentence ({})", s.other);
            scores.push(s.pesq);
        }
        // A machine that stands still for a moment costs one sentence some of its quality, and not two of three.
        scores.sort_by(f64::total_cmp);
        assert!(scores[1] >= 3.0, "PESQ-WB {scores:?}");
    }
}
