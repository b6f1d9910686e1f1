//! What processes of ours give up, looked at from outside.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::{skip, speech};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// A line of `/proc/PID/FILE`.
fn line(pid: u32, file: &str, begins: &str) -> String {
    let all = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    all.lines().find(|l| l.starts_with(begins)).unwrap_or_else(|| panic!("{begins} in {all}")).to_owned()
}

/// What strict says: with Landlock, the server goes on to refuse the address.
fn has_landlock() -> bool {
    let data = tempfile::tempdir().unwrap();
    let options = ["serve", "--dev", "--sandbox", "strict", "--listen", "192.0.2.1:1", "--data", text(data.path())];
    !run(BIN, &options, "").2.contains("Landlock")
}

#[test]
fn nothing_of_a_server_or_a_client_can_be_dumped() {
    let server = Server::dev(BIN);
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null"]);
    ana.event("joined");
    for pid in [server.pid(), ana.pid()] {
        let limit = line(pid, "limits", "Max core file size");
        assert_eq!(limit.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{limit}");
        // Not dumpable: /proc/PID belongs to root, whoever runs it. As root that says nothing, so only others look.
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(format!("/proc/{pid}/environ")).unwrap().uid(), 0);
        assert!(line(pid, "status", "Seccomp:").ends_with('2'), "auto takes what there is");
        if line(std::process::id(), "status", "CapEff:").ends_with("ffffffff") {
            let locked = line(pid, "status", "VmLck:");
            assert!(!locked.ends_with(" 0 kB"), "with CAP_IPC_LOCK memory stays out of swap: {locked}");
        }
    }
}

#[test]
fn a_strict_client_of_a_strict_server_hears_records_and_says_no_word_of_it() {
    if !has_landlock() {
        return skip("Landlock", "this kernel has none");
    }
    let server = Server::start(BIN, &["--dev", "--sandbox", "strict"]);
    let dir = tempfile::tempdir().unwrap();
    let (tone, heard) = (dir.path().join("in/tone.wav"), dir.path().join("out/heard.wav"));
    for file in [&tone, &heard] {
        std::fs::create_dir(file.parent().unwrap()).unwrap();
    }
    speech::write(&tone, &speech::chirp(8.0));
    let strict = |audio: &str| {
        ["--sandbox".to_owned(), "strict".into(), "--duration".into(), "2s".into(), "--audio".into(), audio.to_owned()]
    };
    let join = |name: &str, audio: &str| {
        let options = strict(audio);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        Client::join(BIN, &server.room("r"), name, &options)
    };
    let mut ben = join("Ben", &format!("file:,{}", text(&heard)));
    ben.event("joined");
    assert!(line(ben.pid(), "status", "Seccomp:").ends_with('2'));
    assert!(line(ben.pid(), "status", "NoNewPrivs:").ends_with('1'));
    let mut ana = join("Ana", &format!("file:{},", text(&tone)));
    let id = ana.event("joined")["me"].clone();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == id);
    let (code, events, err) = ben.finish();
    assert_eq!((code, err.as_str()), (0, ""), "{events:#?}");
    assert!(!events.iter().any(|e| e["event"] == "warning" && e["code"] == "sandbox"));
    assert!(hound::WavReader::open(&heard).unwrap().duration() > 48_000);
}

#[test]
fn an_unknown_level_is_a_wrong_command_line() {
    for command in [&["join", "http://127.0.0.1:1/r", "--sandbox", "nonsense"][..], &["serve", "--sandbox", "nonsense"]] {
        let (code, _, err) = run(BIN, command, "");
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("nonsense"), "{err}");
    }
}
