//! What processes of ours give up, looked at from outside.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::{skip, speech};
use std::path::{Path, PathBuf};
use std::process::Command;

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
    // As much core as this system allows: what is not there then was taken away by the client.
    let mut command = Command::new("bash");
    command.args([
        "-c",
        "ulimit -Sc hard; exec \"$@\"",
        "-",
        BIN,
        "join",
        &server.room("r"),
        "--json",
        "--name",
        "Ana",
        "--audio",
        "null",
    ]);
    let mut ana = Client::spawn(command);
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

/// What a vault holds, as it is used: names, and secrets as bytes.
fn opened(vault: &Path, passphrase: &str) -> Vec<(String, Vec<u8>)> {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
    let identity = age::scrypt::Identity::new(age::secrecy::SecretString::from(passphrase.to_owned()));
    let content: serde_json::Value =
        serde_json::from_slice(&age::decrypt(&identity, &std::fs::read(vault).unwrap()).unwrap()).unwrap();
    let entries = content["entries"].as_object().unwrap();
    entries.iter().map(|(name, text)| (name.clone(), STANDARD_NO_PAD.decode(text.as_str().unwrap()).unwrap())).collect()
}

/// All files under a directory, with their contents.
fn contents(at: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(at).unwrap().map(|e| e.unwrap().path());
    entries
        .flat_map(|p| match p.is_dir() {
            true => contents(&p),
            false => std::fs::read(&p).map(|bytes| (p, bytes)).into_iter().collect(),
        })
        .collect()
}

#[test]
fn a_whole_call_leaves_no_secret_in_logs_environments_arguments_or_files() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (passphrase, password, chat) =
        ("six words that nobody said", "correct horse battery", "the chat of this call is a secret too");
    let seed = [0x5a_u8; 32];
    let room_secret = conclave_e2ee::secret::RoomSecret::generate().unwrap().to_link().unwrap();
    std::fs::create_dir(at("given")).unwrap();
    let seed_text = URL_SAFE_NO_PAD.encode(seed);
    for (name, text) in [("passphrase", passphrase), ("password", password), ("seed", &seed_text), ("secret", &room_secret)] {
        std::fs::write(at("given").join(name), text).unwrap();
    }
    // The loudest that there is, to a file each.
    let loud = |name: &str| {
        let script = format!(
            "#!/bin/bash\nexport CONCLAVE_LOG=trace RUST_LOG=trace RUST_BACKTRACE=full HOME={0}/home XDG_RUNTIME_DIR={0}/home/run\nunset DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_HOME XDG_DATA_HOME\ncd {0}/given\nexec {BIN} \"$@\" 2>>{0}/log-{name}\n",
            text(dir.path())
        );
        std::fs::write(at(name), script).unwrap();
        std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(0o755)).unwrap();
        at(name)
    };
    std::fs::create_dir_all(at("home/run")).unwrap();
    let server = Server::start(text(&loud("server")), &[]);
    let data = text(server.data.path());
    let (ana, ben) = (loud("ana"), loud("ben"));
    let client = |program: &Path, rest: &str| {
        let mut c = Command::new("bash");
        c.args(["-c", &format!("exec {} {rest}", text(program))]);
        c
    };
    for rest in [
        format!("rooms create r --data {data}"),
        format!("serve user add anna --password-fd 3 --data {data} 3<{}", text(&at("given/password"))),
        format!(
            "login '{}' --name anna --password-fd 3 --keyring vault --passphrase-fd 4 3<{1}/password 4<{1}/passphrase",
            server.room(""),
            text(&at("given"))
        ),
    ] {
        let out = client(&ana, &rest).output().unwrap();
        assert!(out.status.success(), "{rest}: {}", std::fs::read_to_string(at("log-ana")).unwrap());
    }
    let given = at("given");
    let join = |program: &Path, name: &str, rest: &str| {
        let rest = format!(
            "join '{}' --json --name {name} --audio null --secret-fd 3 {rest} 3<{1}/secret 4<{1}/passphrase 5<{1}/seed",
            server.room("r"),
            text(&given)
        );
        Client::spawn(client(program, &rest))
    };
    let mut ana = join(&ana, "Ana", "--admission link --keyring vault --passphrase-fd 4");
    ana.event("joined");
    let mut ben = join(&ben, "Ben", "--identity-fd 5 --keyring none");
    ben.event("joined");
    ana.wait_for("Ben", |e| e["event"] == "peer_joined");
    ben.send(&serde_json::json!({"cmd": "say", "text": chat}).to_string());
    ana.wait_for("chat", |e| e["event"] == "chat" && e["text"] == chat);
    ben.send(r#"{"cmd":"safety"}"#);
    for client in [&mut ana, &mut ben] {
        let code = client.event("safety");
        client.send(&serde_json::json!({"cmd": "verify", "epoch": code["epoch"], "words": code["digits"]}).to_string());
        client.wait_for("verified", |e| e["event"] == "verified" && e["on"] == true);
    }

    let mut seen: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for pid in [server.pid(), ana.pid(), ben.pid()] {
        for file in ["environ", "cmdline"] {
            let path = PathBuf::from(format!("/proc/{pid}/{file}"));
            let bytes = std::fs::read(&path).unwrap_or_default();
            assert!(!bytes.is_empty() || !nix::unistd::getuid().is_root(), "{}", path.display());
            seen.push((path, bytes));
        }
    }
    for mut client in [ana, ben] {
        client.send(r#"{"cmd":"leave"}"#);
        let (code, events, _) = client.finish();
        assert_eq!(code, 0, "{events:#?}");
        let said = events.iter().filter(|e| e["event"] != "chat").map(ToString::to_string).collect::<String>();
        seen.push(("what a client printed".into(), said.into_bytes()));
    }
    let log = std::fs::read_to_string(at("log-server")).unwrap();
    assert!(log.contains("DEBUG") && log.contains("a login"), "the loudest there is: {log}");
    seen.extend(["log-server", "log-ana", "log-ben"].map(|name| (at(name), std::fs::read(at(name)).unwrap())));
    seen.extend(contents(&at("home")));
    seen.extend(contents(server.data.path()));

    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into_bytes();
    let spelled = |bytes: &[u8]| {
        vec![bytes.to_vec(), URL_SAFE_NO_PAD.encode(bytes).into_bytes(), hex(bytes), format!("{bytes:?}").into_bytes()]
    };
    let mut secrets: Vec<Vec<u8>> = [passphrase, password, chat, &room_secret].iter().map(|s| s.as_bytes().to_vec()).collect();
    secrets.extend(spelled(&seed));
    secrets.extend(spelled(&URL_SAFE_NO_PAD.decode(&room_secret).unwrap()));
    let kept = opened(&at("home/.config/conclave/vault.age"), passphrase);
    assert!(kept.iter().any(|(name, _)| name == "device:default"));
    for (name, secret) in kept.iter().filter(|(name, _)| name != "servers") {
        if name.starts_with("account:") {
            let account: serde_json::Value = serde_json::from_slice(secret).unwrap();
            secrets.push(account["token"].as_str().unwrap().as_bytes().to_vec());
        }
        secrets.extend(spelled(secret));
    }
    for (place, bytes) in &seen {
        for secret in &secrets {
            let there = bytes.windows(secret.len()).any(|w| w == secret.as_slice());
            assert!(!there, "{} in {}", String::from_utf8_lossy(secret), place.display());
        }
    }
}
