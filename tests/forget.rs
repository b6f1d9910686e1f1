//! `conclave forget`, with a real keyring: what is kept is listed, and deleted, and what could not be deleted is said.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Server, run};
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const UNLOCK: &str = "printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1\n";

/// Runs a script, on a bus of its own if `bus`; standard output, standard error.
fn script(home: &Path, bus: bool, variables: &[(&str, &str)], script: &str) -> (String, String) {
    let runtime = home.join("run");
    std::fs::create_dir_all(&runtime).unwrap();
    let mut c = Command::new("timeout");
    c.arg("90").args(if bus { &["dbus-run-session", "--", "bash", "-c"][..] } else { &["bash", "-c"] }).arg(script);
    c.env("HOME", home).env("XDG_RUNTIME_DIR", runtime).env("C", BIN).envs(variables.iter().copied());
    for name in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "CONCLAVE_KEYRING",
    ] {
        c.env_remove(name);
    }
    let out = c.stdin(std::process::Stdio::null()).output().unwrap();
    (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned())
}

fn secret_service() -> bool {
    let there = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].iter().all(|p| conclave_lab::has(p));
    if !there {
        conclave_lab::skip("the Secret Service", "dbus-run-session, gnome-keyring-daemon or secret-tool is not installed");
    }
    there
}

/// All files under a directory.
fn files(under: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(under).into_iter().flatten().map(|e| e.unwrap().path());
    entries.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

#[test]
fn everything_that_is_kept_is_found_and_deleted() {
    if !secret_service() {
        return;
    }
    let server = Server::start(BIN, &[]);
    let other = Server::dev(BIN);
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".config/conclave")).unwrap();
    std::fs::write(home.path().join(".config/conclave/config.toml"), "name = \"Ana\"\n").unwrap();
    let owner = server.hello["owner_link"].as_str().unwrap();
    let (_, secret, _) = run(BIN, &["secret", "new", &format!("{}#m=balanced", other.room("board"))], "");
    let fingerprint = server.hello["fingerprint"].as_str().unwrap();
    let variables =
        [("OWNER", owner), ("URL", &server.url()), ("FP", fingerprint), ("SECRET", secret.trim()), ("OTHER", &other.url())];
    let run = format!(
        r#"{UNLOCK}
        J="--line --name Ana --audio null --duration 300ms"
        "$C" login - <<<"$OWNER" >/dev/null; "$C" rooms create hall --mode balanced --server "$URL" >/dev/null
        "$C" join "$URL/hall#fp=$FP" $J >/dev/null; echo "hall $?"
        "$C" join - --keep-secret $J <<<"$SECRET" >/dev/null; echo "board $?"
        "$C" keys export -P work >/dev/null
        echo LIST; "$C" forget; echo "list $?"
        echo UNASKED; "$C" forget --all; echo "unasked $?"
        echo SERVER; "$C" forget "$URL" --yes; echo "server $?"
        "$C" whoami "$URL"; echo "login $?"; "$C" history
        echo ALL; "$C" forget --all --yes; echo "all $?"
        echo AGAIN; "$C" forget --all --yes; echo "again $?"
        for name in device:default device:work "account:$URL" "room:$OTHER/board" servers index; do
            secret-tool search --all service conclave username "$name" 2>/dev/null | grep -q . && echo "there is $name"
        done; echo END"#
    );
    let (out, err) = script(home.path(), true, &variables, &run);
    let part = |from: &str, to: &str| {
        out.split(&format!("{from}\n"))
            .nth(1)
            .and_then(|rest| rest.split(&format!("{to}\n")).next())
            .unwrap_or_default()
            .to_owned()
    };
    let list = part("LIST", "UNASKED");
    for text in [
        "the device key of the profile default",
        "the device key of the profile work",
        &format!("your login at {}", server.url()),
        &format!("the secret of the room {}/board", other.url()),
        "the people and servers that you know, in ",
        "the history of 2 rooms, in ",
        "Your configuration stays: ",
        "list 0",
    ] {
        assert!(list.contains(text), "{text}: {out}{err}");
    }
    assert!(list.contains("Nothing was deleted.") && part("UNASKED", "SERVER").contains("unasked 77"), "{out}{err}");
    let server_part = part("SERVER", "ALL");
    for text in [
        &format!("Deleted: your login at {}", server.url()),
        "Deleted: the server's keys",
        "Deleted: 1 rooms of this server",
        "server 0",
        "login 77",
        "board at 127.0.0.1",
    ] {
        assert!(server_part.contains(text), "{text}: {out}{err}");
    }
    assert!(!server_part.contains("device key") && !server_part.contains("hall at"), "{out}");
    let all = part("ALL", "AGAIN");
    assert!(all.contains("Deleted: the device key of the profile work") && all.contains("all 0"), "{out}{err}");
    assert!(part("AGAIN", "END").starts_with("Nothing is kept.\n"), "{out}{err}");
    assert!(!out.contains("there is "), "{out}");
    let left: Vec<_> = files(home.path()).into_iter().filter(|p| p.to_string_lossy().contains("conclave")).collect();
    assert_eq!(left, [home.path().join(".config/conclave/config.toml")]);
}

#[test]
fn a_locked_keyring_is_said_and_everything_else_goes() {
    if !secret_service() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(".local/state/conclave");
    std::fs::create_dir_all(state.join("crashes")).unwrap();
    std::fs::write(state.join("front-end"), "tui\n").unwrap();
    let (out, err) = script(home.path(), true, &[], r#""$C" forget --all --yes; echo "all $?""#);
    assert!(out.contains("Deleted: whether you chose the full screen or lines") && out.contains("all 77"), "{out}{err}");
    assert!(err.contains("what is in the keyring stays, and is not known: the keyring is locked"), "{out}{err}");
    assert!(files(&state).is_empty(), "{:?}", files(&state));
}

#[test]
fn a_vault_goes_as_a_whole_without_its_passphrase() {
    let home = tempfile::tempdir().unwrap();
    let run = r#""$C" keys export --keyring vault --passphrase-fd 3 3<<<"six words of mine" >/dev/null; echo "made $?"
        "$C" forget --json; echo "list $?"; "$C" forget --all --yes; echo "all $?""#;
    let (out, err) = script(home.path(), false, &[], run);
    assert!(out.contains("made 0") && out.contains("list 0") && out.contains("all 0"), "{out}{err}");
    assert!(out.contains("Deleted: the vault ") && !home.path().join(".config/conclave/vault.age").exists(), "{out}{err}");
    let (out, err) = script(home.path(), false, &[], r#""$C" forget --all --yes --keyring none; echo "none $?""#);
    assert!(out.contains("none 0"), "{out}{err}");
}
