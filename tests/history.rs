//! The rooms that a user was in: noted without secrets, found again by name, completed by shells, and not kept where that is not wanted.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Server, run, text};
use conclave_lab::terminal::Spawn;
use conclave_lab::{has, skip};
use std::path::Path;
use std::process::{Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Runs it with a home of its own; exit code, standard output, standard error.
fn at(home: &Path, args: &[&str], input: &str, variables: &[(&str, &str)]) -> (i32, String, String) {
    use std::io::Write as _;
    let mut command = Command::new(BIN);
    for unset in ["XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env_remove(unset);
    }
    command.args(args).env("HOME", home).envs(variables.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

const CALL: &[&str] = &["--line", "--audio", "null", "--duration", "300ms", "--identity", "ephemeral"];

fn join<'a>(link: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["join", link], CALL, more].concat()
}

#[test]
fn a_room_is_noted_when_it_is_joined_and_joined_again_by_its_name() {
    let server = Server::dev(BIN);
    let home = tempfile::tempdir().unwrap();
    let (_, link, _) = run(BIN, &["secret", "new", &server.room("board")], "");
    let key = link.trim().rsplit("k=").next().unwrap();
    let (code, _, err) = at(home.path(), &join("-", &["--name", "Ana"]), &link, &[]);
    assert_eq!(code, 0, "{err}");
    let room = server.room("hall");
    assert_eq!(at(home.path(), &join(&room, &["--name", "Ana", "--sandbox", "strict"]), "", &[]).0, 0);
    // Not joined: not noted. By a program, or not wanted: neither.
    assert_ne!(
        at(home.path(), &["join", "http://127.0.0.1:9/nowhere", "--line", "--audio", "null", "--reconnect", "0s"], "", &[]).0,
        0
    );
    at(home.path(), &["join", &server.room("program"), "--json", "--audio", "null", "--duration", "100ms"], "", &[]);
    at(home.path(), &join(&server.room("once"), &["--no-history"]), "", &[]);
    at(home.path(), &join(&server.room("off"), &[]), "", &[("CONCLAVE_HISTORY_ROOMS", "false")]);

    let (_, names, _) = at(home.path(), &["history", "names"], "", &[]);
    assert_eq!(names, "hall\nboard\n");
    let (code, out, _) = at(home.path(), &join("hall", &[]), "", &[]);
    assert!(code == 0 && out.contains("hall"), "{out}");
    let (code, out, err) = at(home.path(), &join("board", &["--no-input"]), "", &[]);
    assert!(out.contains("paste the whole link") || err.contains("paste the whole link"), "{code}: {out}{err}");
    let (_, json, _) = at(home.path(), &["history", "--json"], "", &[]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let hall = json["rooms"].as_array().unwrap().iter().find(|r| r["room"] == "hall").unwrap();
    assert!(hall["times"] == 2 && hall["name"] == "Ana" && hall["join"] == "hall", "the name of the last time counts: {json}");

    let (_, list, _) = at(home.path(), &["history"], "", &[]);
    assert!(list.contains("hall at 127.0.0.1:") && list.contains("as Ana, 2 times, last on "), "{list}");
    for file in files(&home.path().join(".local/state")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(key.len()).any(|w| w == key.as_bytes()), "{}", file.display());
    }
    // Turned off, nothing of it is seen; cleared, nothing of it is there.
    let off = [("CONCLAVE_HISTORY_ROOMS", "false")];
    assert_eq!(at(home.path(), &["history", "names"], "", &off).1, "");
    assert!(at(home.path(), &["history"], "", &off).1.starts_with("No history of rooms is kept"));
    assert_eq!(at(home.path(), &["history", "clear"], "", &[]).1, "2 rooms are forgotten.\n");
    assert!(at(home.path(), &["history"], "", &[]).1.starts_with("You were in no room yet."));
}

/// All files under a directory.
fn files(under: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(under).into_iter().flatten().map(|e| e.unwrap().path());
    entries.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

#[test]
fn a_secret_that_the_keyring_keeps_opens_the_room_by_its_name() {
    let server = Server::dev(BIN);
    let home = tempfile::tempdir().unwrap();
    let (_, link, _) = run(BIN, &["secret", "new", &server.room("board")], "");
    let passphrase = home.path().join("passphrase");
    std::fs::write(&passphrase, "six words of mine\n").unwrap();
    let script = format!(
        r#"J="--line --audio null --duration 300ms --identity ephemeral --keyring vault --passphrase-fd 4"
        printf '%s\n' "$LINK" | "$C" join - --name Ana --keep-secret $J 4<{0}; echo "kept $?"
        "$C" join board --require-e2ee $J 4<{0} </dev/null; echo "again $?"
        "$C" history"#,
        text(&passphrase)
    );
    let mut command = Command::new("bash");
    command.args(["-c", &script]).env("C", BIN).env("LINK", link.trim()).env("HOME", home.path());
    let out = command
        .env_remove("XDG_STATE_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned());
    assert!(out.contains("kept 0") && out.contains("again 0"), "{out}{err}");
    assert!(!out.contains("paste the whole link") && out.contains("2 times"), "{out}{err}");
}

/// A person at a shell types the beginning of a room's name and the Tab key.
#[test]
fn shells_complete_the_names_of_rooms() {
    use conclave::backend::Link;
    use conclave::history::{History, Room, Secret};
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    let history = History::at(state.join("conclave/history"));
    for link in ["https://meet.example.org/board-weekly", "https://meet.example.org/standup"] {
        let link = Link::parse(link).unwrap();
        history.note(Room::of(&link, &link.room, "Ana", Secret::None, 1)).unwrap();
    }
    let scripts = home.path().join("scripts");
    std::fs::create_dir(&scripts).unwrap();
    let command = conclave::cli::command();
    for shell in conclave::cli::completions::SHELLS {
        let name = conclave::cli::completions::file_name(shell, &command);
        std::fs::write(scripts.join(name), conclave::cli::completions::script(shell, command.clone())).unwrap();
    }
    let scripts = text(&scripts);
    let path = format!("{}:{}", text(Path::new(BIN).parent().unwrap()), std::env::var("PATH").unwrap());
    let setups = [
        ("bash", vec!["--norc", "-i"], format!("PS1='$ '; source {scripts}/conclave.bash")),
        ("zsh", vec!["-f", "-i"], format!("PS1='$ '; fpath=({scripts} $fpath); autoload -U compinit; compinit -u -D")),
        ("fish", vec!["--no-config", "-i"], format!("source {scripts}/conclave.fish")),
    ];
    for (shell, args, setup) in setups {
        if !has(shell) {
            skip(shell, "not installed");
            continue;
        }
        let env = [
            ("HOME", text(home.path())),
            ("XDG_STATE_HOME", text(&state)),
            ("PATH", &path),
            ("XDG_CONFIG_HOME", text(home.path())),
        ];
        let t = Spawn { program: Path::new(shell), args: &args, env: &env, size: (120, 30), releases: false }.start();
        t.send(&format!("{setup}; echo re''ady\r"));
        t.wait_for("ready");
        t.send("conclave join boa\t");
        t.wait_for("conclave join board-weekly");
        // A value of an option is no room.
        t.send("--name stan\t");
        t.wait_for("--name stan");
        t.send("\x15echo do''ne\r");
        t.wait_for_output("done");
        assert!(!t.output().contains("standup"), "{shell}: {}", t.output());
    }
}
