//! Identity and accounts with a real Secret Service: unlocked, locked, and none at all.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::Server;
use std::path::Path;
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_conclave");
const PASSWORD: &str = "correct horse battery";

/// Opens a keyring on the private bus.
const UNLOCK: &str = "printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1\n";

/// Whether this machine can run a Secret Service; says so if not.
fn secret_service() -> bool {
    let there = ["dbus-run-session", "gnome-keyring-daemon"].iter().all(|p| conclave_lab::has(p));
    if !there {
        conclave_lab::skip("the Secret Service", "dbus-run-session or gnome-keyring-daemon is not installed");
    }
    there
}

fn command(home: &Path, program: &str, args: &[&str]) -> Command {
    let run = home.join("run");
    std::fs::create_dir_all(&run).unwrap();
    let mut c = Command::new("timeout");
    c.args(["90", program]).args(args);
    c.env("HOME", home).env("XDG_RUNTIME_DIR", run).env("C", BINARY).env("PASSWORD", PASSWORD);
    for name in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "CONCLAVE_KEYRING",
        "CREDENTIALS_DIRECTORY",
    ] {
        c.env_remove(name);
    }
    c
}

/// Runs a script on a private bus; where there is one, the first command unlocks a keyring.
fn on_bus(home: &Path, server: Option<&Server>, script: &str) -> Output {
    let mut c = command(home, "dbus-run-session", &["--", "bash", "-c", script]);
    if let Some(server) = server {
        let fingerprint = server.hello["fingerprint"].as_str().unwrap();
        c.env("URL", server.url()).env("LINK", format!("{}#fp={fingerprint}", server.url())).env("FP", fingerprint);
        c.env("OWNER", server.hello["owner_link"].as_str().unwrap_or_default());
    }
    c.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn add_user(server: &Server, name: &str) {
    let script = format!("printf '%s\\n' \"$PASSWORD\" | \"$C\" serve user add {name} --password-fd 0 --data \"$DATA\"");
    let out = Command::new("bash")
        .args(["-c", &script])
        .env("C", BINARY)
        .env("PASSWORD", PASSWORD)
        .env("DATA", server.data.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
}

#[test]
fn an_open_keyring_keeps_one_device_for_all_runs() {
    if !secret_service() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        r#"set -e; {UNLOCK}
        "$C" keys export > "$HOME/a" & first=$!
        "$C" keys export > "$HOME/b"; wait $first
        cmp "$HOME/a" "$HOME/b"
        "$C" keys export --profile work > "$HOME/w"; ! cmp -s "$HOME/a" "$HOME/w"
        "$C" keys verify anna "$(cat "$HOME/w")"
        "$C" keys issuer new > "$HOME/issuer"
        "$C" keys vouch "$(cat "$HOME/a")" --subject bert > "$HOME/vouch"
        "$C" keys import - < "$HOME/vouch"
        "$C" keys revoke "$(cat "$HOME/w")" > "$HOME/list"
        ! "$C" keys import --profile work "$HOME/list"
        "$C" keys trust --profile work "$(cat "$HOME/issuer")" && "$C" keys import --profile work "$HOME/list"
        "$C" keys show
        "$C" keys rotate
        "$C" keys show
        "$C" keys forget anna"#
    );
    let out = on_bus(home.path(), None, &script);
    let (stdout, stderr) = (text(&out.stdout), text(&out.stderr));
    assert!(out.status.success(), "{stdout}{stderr}");
    assert_eq!(stdout.matches("Vouched for:  as bert").count(), 1, "before the rotation only: {stdout}");
    assert_eq!(stdout.matches("You know:     anna").count(), 2, "taken along: {stdout}");
    assert!(stdout.contains("KEY CHANGED") && stdout.contains("Before:"), "{stdout}");
    assert!(stderr.contains("whom you do not trust"), "{stderr}");
}

#[test]
fn a_locked_keyring_is_no_new_identity() {
    if !secret_service() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        "$C" keys export; echo "export $?"
        "$C" join http://127.0.0.1:9/room --name a --line --no-input --audio null; echo "join $?"
        "$C" join http://127.0.0.1:9/room --name a --line --no-input --audio null --identity ephemeral; echo "ephemeral $?""#;
    let out = on_bus(home.path(), None, script);
    let (stdout, stderr) = (text(&out.stdout), text(&out.stderr));
    assert!(stdout.contains("export 77") && stdout.contains("join 77"), "{stdout}{stderr}");
    assert!(!stdout.contains("ephemeral 77"), "{stdout}{stderr}");
    for way in ["--identity ephemeral", "--identity-fd", "--keyring vault", "--keyring kernel"] {
        assert!(stderr.contains(way), "{way}: {stderr}");
    }
    // Nothing was begun in secret, and another store on request is used.
    assert!(!home.path().join(".config/conclave").exists() && !home.path().join(".local/share/conclave").exists());
    let script = r#""$C" keys export --keyring vault --passphrase-fd 3 3<<<"$PASSWORD"; echo "vault $?"; "$C" keys export; echo "locked $?""#;
    let stdout = text(&on_bus(home.path(), None, script).stdout);
    assert!(stdout.contains("vault 0") && stdout.contains("locked 77"), "a locked keyring is not passed over: {stdout}");
}

#[test]
fn without_a_keyring_the_identity_is_for_one_call_and_that_is_said() {
    let home = tempfile::tempdir().unwrap();
    let join = ["join", "http://127.0.0.1:9/room", "--name", "a", "--line", "--no-input", "--audio", "null"];
    let out = command(home.path(), BINARY, &join).output().unwrap();
    let said = text(&out.stdout) + &text(&out.stderr);
    assert!(out.status.code() != Some(77) && said.contains("not kept") && said.contains("no keyring"), "{:?} {said}", out.status);
    let out = command(home.path(), BINARY, &["keys", "export"]).output().unwrap();
    assert_eq!(out.status.code(), Some(77), "{}", text(&out.stderr));
    // A seed from a descriptor needs no keyring, and is the same person each time.
    let script = r#"for i in 1 2; do "$C" keys export --identity-fd 3 3<<<"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; done"#;
    let out = command(home.path(), "bash", &["-c", script]).output().unwrap();
    let stdout = text(&out.stdout);
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines.len() == 2 && lines[0].len() == 43 && lines[0] == lines[1], "{stdout}{}", text(&out.stderr));
}

#[test]
fn a_password_becomes_a_login_and_ends_with_logout() {
    if !secret_service() {
        return;
    }
    let server = Server::start(BINARY, &[]);
    add_user(&server, "anna");
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        r#"{UNLOCK}
        "$C" login "$LINK" "$HOME"  --name anna; echo "argument $?"
        printf 'not this one\n' | "$C" login "$LINK" - --name anna; echo "wrong $?"
        printf '%s\n' "$PASSWORD" | "$C" login "$LINK" - --name nobody; echo "unknown $?"
        "$C" login "$LINK" --name anna --password-fd 3 3<<<"$PASSWORD"; echo "right $?"
        "$C" whoami "$URL"; "$C" whoami
        "$C" rooms list --server "$URL"; echo "rooms $?"
        "$C" logout "$URL"; "$C" whoami "$URL"; echo "after $?""#
    );
    let out = on_bus(home.path(), Some(&server), &script);
    let (stdout, stderr) = (text(&out.stdout), text(&out.stderr));
    for line in [
        "argument 2",
        "wrong 77",
        "unknown 77",
        "right 0",
        "anna (member) at https://",
        "Account: anna at",
        "rooms 77",
        "after 77",
    ] {
        assert!(stdout.contains(line), "{line}: {stdout}{stderr}");
    }
    assert_eq!(stderr.matches("the name or the password is wrong").count(), 2, "one answer for both: {stderr}");
    assert!(!stdout.contains(PASSWORD) && !stderr.contains(PASSWORD));
}

#[tokio::test]
async fn the_server_vouches_for_the_account_and_guesses_are_slowed_down() {
    use conclave::net::{Options, Target, http};
    use conclave_e2ee::{Device, Vouch};
    use hyper::Method;
    let server = Server::dev(BINARY);
    add_user(&server, "anna");
    let port = server.authority().rsplit_once(':').unwrap().1.parse().unwrap();
    let to = Target { host: "127.0.0.1".into(), port, tls: false };
    let post = async |path: &str, bearer: Option<&str>, body: serde_json::Value| {
        let body = Some(body.to_string().into_bytes());
        let a = http::request(&to, &Options::default(), Method::POST, path, bearer, body, 100_000).await.unwrap();
        (a.status.as_u16(), serde_json::from_slice::<serde_json::Value>(&a.body).unwrap_or_default())
    };
    let login =
        async |password: &str| post("/api/v1/login", None, serde_json::json!({"name": "anna", "password": password})).await;
    let (status, answer) = login(PASSWORD).await;
    assert_eq!(status, 200, "{answer}");
    let token = answer["token"].as_str().unwrap();
    let device = Device::generate().unwrap().public();
    let wanted = serde_json::json!({"device": device.to_string()});
    assert_eq!(post("/api/v1/account/vouch", None, wanted.clone()).await.0, 401);
    let (status, answer) = post("/api/v1/account/vouch", Some(token), wanted.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let vouch = Vouch::from_text(answer["vouch"].as_str().unwrap()).unwrap();
    assert!(vouch.device == device && vouch.subject == "anna" && vouch.verify(conclave::trust::unix_now()));
    assert_eq!(post("/api/v1/account/vouch", Some(token), serde_json::json!({"device": "x"})).await.0, 400);
    assert_eq!(post("/api/v1/logout", Some(token), serde_json::json!({})).await.0, 204);
    assert_eq!(post("/api/v1/account/vouch", Some(token), wanted).await.0, 401);

    let mut refused = 0;
    while login("guess").await.0 == 403 {
        refused += 1;
        assert!(refused < 30, "nothing slows guesses down");
    }
    assert_eq!(login(PASSWORD).await.0, 429, "not even the right one, now");
    let key = std::fs::metadata(server.data.path().join("accounts.key")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
}

/// What a room is comes from its link, from a flag, or from the own record of whoever made it: never from the server alone.
#[test]
fn who_made_a_room_needs_nobody_to_say_what_it_is() {
    if !secret_service() {
        return;
    }
    let server = Server::start(BINARY, &[]);
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        r#"{UNLOCK}
        "$C" login - <<<"$OWNER"; echo "owner $?"
        "$C" rooms create square --mode open --server "$URL"; "$C" rooms create chamber --mode balanced --server "$URL"
        J="--json --name Owner --audio null --duration 1s --no-input"
        "$C" join "$URL/chamber#fp=$FP" --identity ephemeral $J > "$HOME/stranger"; echo "stranger $?"
        "$C" join "$URL/chamber#fp=$FP" $J > "$HOME/chamber"; echo "chamber $?"
        "$C" join "$URL/square#fp=$FP" $J > "$HOME/square"; echo "square $?"
        "$C" join "$URL/square#fp=$FP" --allow-plain $J > "$HOME/allowed"; echo "allowed $?"
        "$C" rooms delete chamber --server "$URL"; "$C" join "$URL/chamber#fp=$FP" $J > "$HOME/gone"; echo "gone $?""#
    );
    let out = on_bus(home.path(), Some(&server), &script);
    let (stdout, stderr) = (text(&out.stdout), text(&out.stderr));
    let fingerprint = server.hello["fingerprint"].as_str().unwrap();
    let link = format!("{}/chamber#fp={fingerprint}.fp2=", server.url());
    let made = stdout.lines().any(|line| line.trim().starts_with(&link) && line.ends_with(".m=balanced"));
    assert!(made, "{link}: {stdout}{stderr}");
    for line in ["owner 0", "stranger 80", "chamber 0", "square 80", "allowed 0", "gone 69"] {
        assert!(stdout.contains(line), "{line}: {stdout}{stderr}");
    }
    let read = |name| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert!(read("chamber").contains(r#""security":"end_to_end""#));
    assert!(read("allowed").contains(r#""security":"transport_only""#), "{}", read("allowed"));
}

/// Without any bus; standard output, standard error.
fn off_bus(home: &Path, server: Option<&Server>, script: &str) -> (String, String) {
    let mut c = command(home, "bash", &["-c", script]);
    if let Some(server) = server {
        let fingerprint = server.hello["fingerprint"].as_str().unwrap();
        c.env("URL", server.url()).env("LINK", format!("{}#fp={fingerprint}", server.url()));
    }
    let out = c.output().unwrap();
    (text(&out.stdout), text(&out.stderr))
}

/// All files under a directory.
fn files(at: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(at).into_iter().flatten().map(|e| e.unwrap().path());
    entries.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

#[test]
fn a_vault_takes_the_keyrings_place_and_is_never_plain() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(BINARY, &[]);
    add_user(&server, "anna");
    let script = r#"
        V="--keyring vault --passphrase-fd 4"
        "$C" keys export --identity keyring; echo "nothing $?"
        "$C" keys export $V --profile a 4<<<"six words of mine" > "$HOME/a" & first=$!
        "$C" keys export $V --profile b 4<<<"six words of mine" > "$HOME/b"; wait $first
        "$C" keys export $V --profile a 4<<<"six words of mine" | cmp - "$HOME/a" && echo "a is there"
        "$C" keys export $V --profile b 4<<<"six words of mine" | cmp - "$HOME/b" && echo "b is there"
        "$C" login "$LINK" --name anna --password-fd 3 $V 3<<<"$PASSWORD" 4<<<"six words of yours"; echo "wrong $?"
        "$C" login "$LINK" --name anna --password-fd 3 $V 3<<<"$PASSWORD" 4<<<"six words of mine"; echo "login $?"
        "$C" whoami "$URL" --passphrase-fd 4 4<<<"six words of mine"
        mkdir "$HOME/unit"; echo "six words of mine" > "$HOME/unit/conclave.passphrase"
        CREDENTIALS_DIRECTORY="$HOME/unit" "$C" whoami; rm -r "$HOME/unit"
        "$C" keys show < /dev/null; echo "unasked $?"
        "$C" join http://127.0.0.1:9/room --name a --line --no-input --audio null; echo "join $?"
        cp -r "$HOME" "$HOME/../before-$(basename "$HOME")"
        "$C" logout "$URL" $V 4<<<"six words of mine"; echo "logout $?"
        "$C" whoami "$URL" $V 4<<<"six words of mine"; echo "after $?""#;
    let (stdout, stderr) = off_bus(home.path(), Some(&server), script);
    for line in [
        "nothing 77",
        "a is there",
        "b is there",
        "wrong 77",
        "login 0",
        "anna (member) at",
        "Account: anna at",
        "unasked 77",
        "join 77",
        "logout 0",
        "after 77",
    ] {
        assert!(stdout.contains(line), "{line}: {stdout}{stderr}");
    }
    assert!(stderr.contains("not the passphrase of the vault"), "{stderr}");
    // What was on the disk when the login was: neither the token, nor what opens it.
    let before = home.path().with_file_name(format!("before-{}", text(home.path().file_name().unwrap().as_encoded_bytes())));
    let kept = files(&before);
    std::fs::read(before.join(".config/conclave/vault.age")).unwrap();
    for file in &kept {
        let bytes = std::fs::read(file).unwrap();
        for secret in [PASSWORD.as_bytes(), b"six words", b"\"token\"", b"device:"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret), "{}: {}", file.display(), text(secret));
        }
    }
    std::fs::remove_dir_all(before).unwrap();
}

/// What a person with a new laptop does, and with a lost one.
#[test]
fn a_setup_code_a_second_factor_and_a_device_that_is_ended() {
    use conclave::server::totp::{STEP, Secret};
    use std::fs::File;
    use std::io::{BufRead as _, BufReader, Write as _};
    if !secret_service() {
        return;
    }
    let (home, server) = (tempfile::tempdir().unwrap(), Server::start(BINARY, &[]));
    let data = server.data.path().to_str().unwrap();
    let add = conclave_lab::conclave::run(BINARY, &["serve", "user", "add", "anna", "--setup", "--data", data], "");
    let setup = add.1.lines().map(str::trim).find(|l| l.len() == 43).unwrap_or_else(|| panic!("no setup code: {add:?}"));
    let (shown, typed) = (home.path().join("shown"), home.path().join("typed"));
    assert!(Command::new("mkfifo").args([&shown, &typed]).status().unwrap().success());
    // The program on the phone: it is shown the secret, and says its code, then the next.
    std::thread::spawn(move || {
        let mut lines = BufReader::new(File::open(shown).unwrap()).lines().map_while(Result::ok);
        let secret = lines.find_map(|l| Some(l.split_once("by hand: ")?.1.to_owned())).expect("the secret is shown");
        let (secret, now) = (Secret::parse(&secret).unwrap(), conclave::server::control::unix_now() / STEP);
        let mut typed = File::create(typed).unwrap();
        writeln!(typed, "{}\n{}", secret.code(now).as_str(), secret.code(now + 1).as_str()).unwrap();
        // What is typed ahead waits for the second login.
        lines.for_each(drop);
        std::thread::park();
    });
    let script = format!(
        r#"{UNLOCK}
        L="--password-fd 3 --code-fd 5"
        "$C" login "$LINK" --setup-fd 5 --password-fd 3 --device "old laptop" 3<<<"$PASSWORD" 5<<<{setup}; echo "setup $?"
        "$C" login "$LINK" --setup-fd 5 --password-fd 3 3<<<"$PASSWORD" 5<<<{setup}; echo "again $?"
        "$C" account totp on $L 3<<<"$PASSWORD" 5<>"$HOME/typed" 2>"$HOME/shown" >"$HOME/on"; echo "on $?"
        "$C" login "$LINK" --name anna $L --device "new laptop" 3<<<"$PASSWORD" 5<>"$HOME/typed"; echo "code $?"
        "$C" login "$LINK" --name anna --password-fd 3 3<<<"$PASSWORD" </dev/null; echo "password alone $?"
        "$C" login "$LINK" --name anna $L 3<<<"$PASSWORD" 5<<<000000; echo "wrong $?"
        "$C" whoami "$URL"
        "$C" account devices | tee "$HOME/devices"
        "$C" account revoke $(grep "old laptop" "$HOME/devices" | cut -d" " -f1); echo "revoke $?"
        "$C" account devices | grep -c laptop
        "$C" account totp off --code-fd 5 5<<<$(grep -oE "[a-z2-7]{{4}}(-[a-z2-7]{{4}}){{3}}" "$HOME/on" | head -1); echo "off $?"
        "$C" login "$LINK" --name anna --password-fd 3 3<<<"$PASSWORD"; echo "without $?""#
    );
    let out = on_bus(home.path(), Some(&server), &script);
    let (stdout, stderr) = (text(&out.stdout), text(&out.stderr));
    for line in [
        "setup 0",
        "again 77",
        "on 0",
        "code 0",
        "password alone 77",
        "wrong 77",
        "with a second factor",
        "(this one)",
        "revoke 0",
        "\n1\n",
        "off 0",
        "without 0",
    ] {
        assert!(stdout.contains(line), "{line}: {stdout}{stderr}");
    }
    assert!(stderr.contains("--code-fd"), "{stderr}");
}

#[test]
fn a_service_manager_hands_over_the_device_key() {
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        export CREDENTIALS_DIRECTORY="$HOME"
        "$C" keys export; echo "none $?"
        printf AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA > "$HOME/conclave.identity"
        "$C" keys export; echo "given $?"
        printf short > "$HOME/conclave.identity"; "$C" keys export; echo "damaged $?""#;
    let (stdout, stderr) = off_bus(home.path(), None, script);
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(matches!(lines[..], ["none 77", key, "given 0", "damaged 65"] if key.len() == 43), "{stdout}{stderr}");
}

#[test]
fn the_kernels_keyring_is_used_on_request_only_and_nothing_is_left_in_one_that_is_not_ours() {
    let works = || Command::new("keyctl").args(["session", "-", "true"]).output().is_ok_and(|o| o.status.success());
    if !works() {
        return conclave_lab::skip("the kernel's keyring", "keyctl is not installed, or not allowed here");
    }
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        "$C" keys export --keyring kernel > "$HOME/a" && "$C" keys export --keyring kernel | cmp - "$HOME/a" && echo same
        "$C" keys show --keyring kernel
        "$C" join http://127.0.0.1:9/room --name a --line --no-input --audio null --keyring kernel
        "$C" join http://127.0.0.1:9/room --name a --line --no-input --audio null"#;
    let out = command(home.path(), "keyctl", &["session", "-", "bash", "-c", script]).output().unwrap();
    let said = text(&out.stdout) + &text(&out.stderr);
    assert!(said.contains("same"), "{said}");
    assert!(said.matches("until you log out or the machine restarts").count() >= 2, "{said}");
    assert!(said.contains("not kept"), "not without being asked for: {said}");
    assert!(!home.path().join(".config/conclave").exists(), "and in no file");
    // The session keyring that the kernel gives to those who have none of their own.
    let (stdout, stderr) = off_bus(home.path(), None, r#""$C" keys export --keyring kernel; echo "ours $?"; keyctl show @us"#);
    if stderr.contains("no session keyring of its own") {
        assert!(stdout.contains("ours 77") && !stdout.contains("conclave"), "{stdout}{stderr}");
    } else {
        // This login has one: that it is used was seen above.
        assert!(stdout.contains("ours 0"), "{stdout}{stderr}");
    }
}

#[test]
fn who_has_an_account_is_known_by_it_in_a_call_and_that_is_not_vouched() {
    use conclave_lab::conclave::Client;
    if !secret_service() {
        return;
    }
    let server = Server::start(BINARY, &[]);
    add_user(&server, "ben");
    let data = server.data.path().to_str().unwrap();
    let run = |args: &[&str]| conclave_lab::conclave::run(BINARY, args, "");
    assert_eq!(run(&["rooms", "create", "board", "--data", data]).0, 0);
    let key = run(&["serve", "user", "key", "--data", data]);
    assert_eq!(key.0, 0, "{key:?}");
    // One who takes the server's word as good as an administrator's, and one who does not.
    let here = |name: &str, more: &[&str]| {
        let mut client =
            Client::join(BINARY, &server.room("board"), name, &[&["--audio", "null", "--identity", "ephemeral"], more].concat());
        client.event("joined");
        client
    };
    let mut ana = here("Ana", &[]);
    ana.event("let_in");
    let mut cleo = here("Cleo", &["--trust", key.1.trim()]);
    let admit = |ana: &mut Client, name: &str, standing: &str| {
        let knock = ana.wait_for("knock", |e| e["event"] == "knock" && e["name"] == name);
        assert_eq!(knock["standing"]["how"], standing, "{knock}");
        ana.send(&serde_json::json!({"cmd": "admit", "peer": knock["id"]}).to_string());
    };
    admit(&mut ana, "Cleo", "guest");
    cleo.event("let_in");
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_owned();
    let (url, link, room) =
        (server.url(), format!("{}#fp={}", server.url(), server.hello["fingerprint"].as_str().unwrap()), server.room("board"));
    let ben = std::thread::spawn(move || {
        let script = format!(
            r#"{UNLOCK}
            "$C" login "$LINK" --name ben --password-fd 3 3<<<"$PASSWORD" || exit
            sleep 8 | "$C" join "$ROOM" --json --name Benjamin --audio null --duration 4s"#
        );
        let mut c = command(&path, "dbus-run-session", &["--", "bash", "-c", &script]);
        c.env("URL", url).env("LINK", link).env("ROOM", room).output().unwrap()
    });
    admit(&mut ana, "Benjamin", "account");
    let standing = |e: &serde_json::Value| e["peer"]["name"] == "Benjamin" && e["peer"]["standing"]["subject"] == "ben";
    let seen = ana.wait_for("Ben by his account", standing);
    assert_eq!(seen["peer"]["standing"]["how"], "account");
    let seen = cleo.wait_for("Ben vouched for", standing);
    assert_eq!(seen["peer"]["standing"]["how"], "vouched");
    let out = ben.join().unwrap();
    assert!(text(&out.stdout).contains("let_in"), "{}{}", text(&out.stdout), text(&out.stderr));
}
