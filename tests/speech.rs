//! Two separate processes talk through a real server, and hear each other's words. Alone in its file, so that nothing else
//! takes the processor while sound is scored.

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::{score, skip, speech};
use std::path::{Path, PathBuf};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Two different sentences, each after some silence: a call begins with work for both clients at once (their keys, the
/// safety code), which their jitter buffers feel where two cores have all of it to do. How talk sounds in a call is scored here.
fn sentences(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let later = |name: &str, sentence: PathBuf| {
        let (file, silence) = (dir.join(name), vec![0.0; 4 * 48_000]);
        speech::write(&file, &[silence, speech::read(&sentence)].concat());
        file
    };
    let a = speech::sentence("The committee meets at nine on Monday, and the door will be locked.", "en-us")?;
    let b = speech::sentence("Please read the second annex before you answer the question.", "en-gb")?;
    Some((later("said-a.wav", a), later("said-b.wav", b)))
}

fn file(input: &Path, output: &Path) -> String {
    format!("file:{},{}", text(input), text(output))
}

#[test]
fn two_terminals_exchange_two_sentences() {
    let dir = tempfile::tempdir().unwrap();
    let Some((a, b)) = sentences(dir.path()) else { return skip("speech", "espeak-ng is not installed") };
    let (heard_a, heard_b) = (dir.path().join("a.wav"), dir.path().join("b.wav"));
    let server = Server::dev(BIN);
    let ana = Client::join(BIN, &server.room("board"), "Ana", &["--audio", &file(&a, &heard_a), "--duration", "12s"]);
    let ben = Client::join(BIN, &server.room("board"), "Ben", &["--audio", &file(&b, &heard_b), "--duration", "12s"]);
    for (who, client) in [("Ana", ana), ("Ben", ben)] {
        let (code, events, stderr) = client.finish();
        assert_eq!(code, 0, "{who}: {stderr} {events:#?}");
        let left = events.last().unwrap();
        assert_eq!((left["event"].as_str(), left["reason"].as_str()), (Some("left"), Some("duration")), "{who}");
        assert!(events.iter().any(|e| e["event"] == "hearing"), "{who} heard nobody: {events:#?}");
    }
    for (said, heard, own) in [(&b, &heard_a, &a), (&a, &heard_b, &b)] {
        let Some(s) = score::score(said, heard, Some(own)) else { return skip("scores", "run tests/setup.sh test") };
        eprintln!("PESQ-WB {:.2}, correlation {:.2}, lag {:.0} ms, other {:.2}", s.pesq, s.correlation, s.lag_ms, s.other);
        assert!(s.pesq >= 3.0, "PESQ-WB {} (correlation {})", s.pesq, s.correlation);
        assert!(s.other < 0.3, "the recording contains the speaker's own sentence ({})", s.other);
    }
}
