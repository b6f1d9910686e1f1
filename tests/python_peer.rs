//! A client that we did not write: PyPI `livekit` in one of our rooms, beside a terminal client.

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::{root, skip, speech};
use std::process::{Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn a_python_client_and_a_terminal_hear_each_other() {
    let python = root().join("target/lab/venv/bin/python");
    if !python.is_file() {
        return skip("PyPI livekit", "run tests/setup.sh test");
    }
    let a = speech::sentence("The terminal says that the harbour is open.", "en-us");
    let b = speech::sentence("Python answers that all seven bridges are closed.", "en-gb");
    let Some((a, b)) = a.zip(b) else { return skip("speech", "espeak-ng is not installed") };
    let dir = tempfile::tempdir().unwrap();
    let (heard_here, heard_there) = (dir.path().join("here.wav"), dir.path().join("there.wav"));
    // A room of an ordinary server, made by the administrator; TLS is left out because the SDK trusts no own certificate.
    let server = Server::dev(BIN);
    let data = text(server.data.path()).to_owned();
    let (code, _, err) = run(BIN, &["rooms", "create", "harbour", "--mode", "open", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let (code, token, err) = run(BIN, &["token", "harbour", "--identity", "snake", "--name", "Python", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let audio = format!("file:{},{}", text(&a), text(&heard_here));
    let mut terminal =
        Client::join(BIN, &server.room("harbour"), "Ana", &["--allow-plain", "--audio", &audio, "--duration", "12s"]);
    terminal.event("joined");
    let peer = Command::new(python)
        .arg(root().join("tests/python_peer.py"))
        .args([&format!("ws://{}", server.authority()), text(&b), text(&heard_there)])
        .env("LIVEKIT_TOKEN", token.trim())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.wait_for("Python in the roster", |e| {
        e["event"] == "peer_joined" && e["peer"]["name"] == "Python" && e["peer"]["kind"] == "livekit"
    });
    terminal.wait_for("Python's sound", |e| e["event"] == "hearing");
    let peer = peer.wait_with_output().unwrap();
    let (code, events, err) = terminal.finish();
    assert!(peer.status.success(), "{}{}", String::from_utf8_lossy(&peer.stdout), String::from_utf8_lossy(&peer.stderr));
    assert_eq!(code, 0, "{events:#?}{err}");
    assert!(events.iter().any(|e| e["event"] == "peer_left" && e["name"] == "Python"), "{events:#?}");
    // Stock clients stretch and shrink what they hear, so the words are looked for piece by piece.
    for (said, other, recording) in [(&b, &a, &heard_here), (&a, &b, &heard_there)] {
        let recording = speech::read(recording);
        let (words, strange) = (speech::heard(&speech::read(said), &recording), speech::heard(&speech::read(other), &recording));
        assert!(words > 0.5 && strange < 0.3, "heard {words:.2} of what was said, {strange:.2} of what was not");
    }
}
