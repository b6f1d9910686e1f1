//! The configuration: who counts more, what is said of mistakes, and a policy that nobody overrides. The machine's own /etc is
//! hidden behind an empty one in a mount namespace, where a test of the policy writes its own.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Server, text};
use conclave_lab::{has, skip};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, config: impl AsRef<[u8]>) {
        let dir = self.0.path().join(".config/conclave");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("config.toml"), config).unwrap();
    }

    fn read(&self) -> String {
        std::fs::read_to_string(self.0.path().join(".config/conclave/config.toml")).unwrap()
    }

    /// Nothing of whoever runs the test.
    fn clean<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("CONCLAVE_")) {
            command.env_remove(name);
        }
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "DBUS_SESSION_BUS_ADDRESS", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(name);
        }
        command.env("HOME", self.0.path()).stdin(Stdio::null())
    }

    fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
        said(self.clean(&mut Command::new(BIN)).args(args).envs(variables.iter().copied()).output().unwrap())
    }
}

fn said(out: Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn what_counts_more_is_said_and_comments_stay() {
    let home = Home::new();
    home.write("# as on my door\nname = \"Ana\" # short\n\n[profile.work]\nname = \"Ana Ngata\"\n[profile.work.audio]\nnoise = \"strong\"\n");
    let get = |args: &[&str], variables: &[(&str, &str)]| {
        let (code, out, err) = home.run(&[&["config", "get"], args].concat(), variables);
        assert!(code == 0 || (code == 1 && out.is_empty()), "{err}");
        out.trim().to_owned()
    };
    assert_eq!(get(&["name"], &[]), "Ana");
    assert_eq!(get(&["name", "-P", "work"], &[]), "Ana Ngata");
    assert_eq!(get(&["name"], &[("CONCLAVE_PROFILE", "work")]), "Ana Ngata");
    assert_eq!(get(&["name", "-P", "work"], &[("CONCLAVE_NAME", "A.")]), "A.");
    assert_eq!(get(&["audio.noise"], &[]), "");
    let (_, shown, _) = home.run(&["config", "show", "-P", "work"], &[("CONCLAVE_UI_MODE", "line")]);
    assert!(shown.contains("config.toml:5, profile work\n"), "{shown}");
    assert!(shown.contains("ui.mode = \"line\"  # CONCLAVE_UI_MODE\n"), "{shown}");
    assert!(shown.contains("#audio.start_muted = true  # built in\n"), "{shown}");
    let (code, _, err) = home.run(&["config", "set", "name", "Ana N."], &[]);
    assert_eq!(code, 0, "{err}");
    home.run(&["config", "set", "-P", "home", "audio.gain", "off"], &[]);
    assert!(home.read().starts_with("# as on my door\nname = \"Ana N.\" # short\n"), "{}", home.read());
    assert_eq!(get(&["audio.gain", "--profile", "home"], &[]), "off");
    let (code, _, err) = home.run(&["config", "set", "audio.nosie", "off"], &[]);
    assert!(code == 2 && err.contains("did you mean \"audio.noise\"?"), "{err}");
    let (code, _, err) = home.run(&["config", "set", "server", "https://h/room#k=c2VjcmV0"], &[]);
    assert!(code == 2 && err.contains("secret") && !err.contains("c2VjcmV0"), "{err}");
    // Schema and file know the same keys.
    let (_, schema, _) = home.run(&["config", "schema"], &[]);
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["properties"]["audio"]["properties"]["noise"]["enum"][1], "strong");
}

#[test]
fn mistakes_have_a_line_and_are_not_passed_over() {
    let home = Home::new();
    home.write("name = \"Ana\"\n[audio]\nnosie = \"off\"\nnoise = \"loud\"\n");
    let (code, out, _) = home.run(&["config", "check"], &[]);
    assert_eq!(code, 78);
    assert!(out.contains("config.toml:3:1: there is no key \"audio.nosie\"; did you mean \"audio.noise\"?\n"), "{out}");
    assert!(out.contains("config.toml:4:9: audio.noise: one of on, strong, off; not \"loud\"\n"), "{out}");
    let (code, _, err) = home.run(&["devices"], &[]);
    assert!(code == 78 && err.contains("config.toml:4:9"), "{err}");
    // A key that a newer version knows is no reason to do nothing.
    home.write("colour = \"blue\"\n");
    let (code, _, err) = home.run(&["whoami"], &[("CONCLAVE_KEYRING", "none")]);
    assert!(code != 78 && err.contains("config.toml:1:1: there is no key \"colour\""), "{err}");
    // Random bytes, text without an end, a directory.
    let mut seed = 0x2545_F491_u32;
    let mut random = Vec::new();
    for _ in 0..4096 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        random.push((seed >> 24) as u8);
    }
    for bytes in [random, b"[[[[[[[[".repeat(1000), b"a.".repeat(100_000), vec![b'x'; 300_000], b"name = \"\x1b[2J".to_vec()] {
        home.write(&bytes);
        let (code, out, err) = home.run(&["devices"], &[]);
        assert!(code == 78 && err.lines().count() <= 2 && err.len() < 1000, "{code} {out} {err}");
        assert!(!err.contains("panicked") && !err.contains('\u{1b}'), "{err:?}");
    }
    let (code, _, err) = home.run(&["devices", "-c", "/no/such.toml"], &[]);
    assert!(code == 66 && err.contains("/no/such.toml"), "{err}");
    let (code, _, err) = home.run(&["devices", "-c", text(home.0.path())], &[]);
    assert!(code == 66 && err.contains("cannot be read"), "{err}");
}

#[test]
fn a_join_goes_by_it() {
    let server = Server::dev(BIN);
    let home = Home::new();
    home.write(format!(
        "name = \"Ana\"\nserver = \"{}\"\n[audio]\ndevices = \"null\"\n[profile.ben]\nname = \"Ben\"\n",
        server.url()
    ));
    let join = |args: &[&str], variables: &[(&str, &str)]| {
        let mut all = vec!["join", "board", "--json", "--allow-plain", "--duration", "100ms"];
        all.extend(args);
        let (code, out, err) = home.run(&all, variables);
        let joined = out.lines().find(|l| l.contains("\"joined\"")).unwrap_or_else(|| panic!("{code}: {out} {err}"));
        let joined: serde_json::Value = serde_json::from_str(joined).unwrap();
        (joined["name"].as_str().unwrap().to_owned(), joined["room"].as_str().unwrap().to_owned())
    };
    assert_eq!(join(&[], &[]), ("Ana".into(), "board".into()));
    assert_eq!(join(&["-P", "ben", "--identity", "ephemeral"], &[]).0, "Ben");
    assert_eq!(join(&["-P", "ben"], &[("CONCLAVE_NAME", "Cleo")]).0, "Cleo");
    assert_eq!(join(&["-P", "ben", "--name", "Dan"], &[("CONCLAVE_NAME", "Cleo")]).0, "Dan");
}

/// Runs it as root of a mount namespace with an /etc of its own; what the script does comes first.
fn in_etc(home: &Home, prepare: &str, args: &[&str]) -> Option<(i32, String, String)> {
    let script = format!(
        "mount -t tmpfs -o mode=755 tmpfs /etc && mkdir -p -m 755 /etc/conclave && umask 022 && {{\n{prepare}\n}} && exec \"$0\" \"$@\""
    );
    let namespace = ["-m", "--", "sh", "-c"];
    let can = |script: &str| Command::new("unshare").args(namespace).arg(script).output().is_ok_and(|o| o.status.success());
    if !has("unshare") || !can("mount -t tmpfs tmpfs /etc") {
        skip("a mount namespace", "unshare or the right to mount is missing");
        return None;
    }
    let mut command = Command::new("unshare");
    let out = home.clean(&mut command).args(namespace).arg(script).arg(Path::new(BIN)).args(args).output().unwrap();
    Some(said(out))
}

#[test]
fn a_policy_that_others_could_write_is_refused() {
    let home = Home::new();
    let devices = |prepare: &str| in_etc(&home, prepare, &["devices"]);
    for (prepare, says) in [
        ("touch /etc/conclave/policy.toml; chown 1000 /etc/conclave/policy.toml", "belongs to user 1000"),
        ("touch /etc/conclave/policy.toml; chmod 666 /etc/conclave/policy.toml", "chmod go-w"),
        ("touch /etc/conclave/policy.toml; chmod 777 /etc/conclave", "/etc/conclave can be written by others"),
        (
            "echo > /tmp/mine-$$; mkdir /etc/x; mount -t tmpfs tmpfs /etc/x; chmod 1777 /etc/x; echo > /etc/x/p; ln -s /etc/x/p /etc/conclave/policy.toml; rm /tmp/mine-$$",
            "/etc/x can be written by others",
        ),
        (
            "echo > /etc/p; ln -s /etc/p /etc/conclave/policy.toml; chmod 777 /etc/conclave",
            "/etc/conclave can be written by others",
        ),
        ("mkdir /etc/conclave/policy.toml", "cannot be read"),
        ("ln -s /nowhere /etc/conclave/policy.toml", "cannot be read"),
        (
            "printf '[e2ee]\\nreqire = true\\n' > /etc/conclave/policy.toml",
            "line 2, column 1: there is no key \"e2ee.reqire\"; did you mean \"e2ee.require\"?",
        ),
        ("head -c 1000 /dev/urandom > /etc/conclave/policy.toml", "/etc/conclave/policy.toml"),
    ] {
        let Some((code, out, err)) = devices(prepare) else { return };
        assert!(code == 78 && err.contains(says) && err.contains("nothing is done"), "{says}: {code} {out} {err}");
    }
    let Some((code, _, err)) = devices("printf '[record]\\nallow = false\\n' > /etc/conclave/policy.toml") else { return };
    assert_eq!(code, 0, "{err}");
}

#[test]
fn nobody_overrides_a_policy() {
    let server = Server::dev(BIN);
    let home = Home::new();
    home.write("[e2ee]\nrequire = false\n[record]\nallow = true\n");
    let link = server.room("board");
    let policy = |text: &str| format!("cat > /etc/conclave/policy.toml <<'END'\n{text}\nEND");
    let join = |rules: &str, extra: &[&str]| {
        let mut all = vec!["join", &link, "--line", "--name", "T", "--no-input"];
        all.extend(extra);
        in_etc(&home, &policy(rules), &all)
    };
    let null = ["--audio", "null", "--duration", "100ms"];
    let Some((code, _, err)) = join("[e2ee]\nrequire = true", &[&null[..], &["--allow-plain"]].concat()) else { return };
    assert!(code == 80 && err.contains("--allow-plain is not possible here") && err.contains("policy.toml:2"), "{code} {err}");
    let (code, out, err) = join("[e2ee]\nrequire = true", &null).unwrap();
    // A room of a development server is what its first member asks for.
    assert!(code == 0 && out.contains("end-to-end encrypted"), "{out} {err}");
    // What ends a call is told where the call is told.
    let (code, out, err) = join("[servers]\nallow = [\"meet.example.org\"]", &[&null[..], &["--allow-plain"]].concat()).unwrap();
    assert!(code == 80 && out.contains("does not allow this machine to connect to 127.0.0.1"), "{code} {out} {err}");
    let (code, out, err) = join("[servers]\nallow = [\"127.0.0.1\"]", &[&null[..], &["--allow-plain"]].concat()).unwrap();
    assert_eq!(code, 0, "{out} {err}");
    let file = format!("file:,{}", text(&home.0.path().join("heard.wav")));
    let (code, out, err) = join("[record]\nallow = false", &["--allow-plain", "--audio", &file]).unwrap();
    assert!(code == 80 && err.contains("heard.wav"), "{code} {out} {err}");
    // Other ways to the network are bound by it too.
    let (code, _, err) = in_etc(
        &home,
        &policy("[servers]\nallow = [\"meet.example.org\"]"),
        &["echo", &link, "--audio", "null", "--seconds", "1"],
    )
    .unwrap();
    assert!(code == 80 && err.contains("does not allow"), "{code} {err}");
    // Neither history nor log where that is laid down, and what was noted before is not shown.
    let state = home.0.path().join(".local/state/conclave");
    let kept = || (state.join("history/rooms.json").exists(), state.join("log").exists());
    assert_eq!(kept(), (true, true), "what is usual");
    std::fs::remove_dir_all(state.join("log")).unwrap();
    let none = "[history]\nrooms = false\n[log]\nfile = false";
    home.write("history.rooms = true\nlog.file = true\n");
    assert_eq!(join(none, &null).unwrap().0, 0);
    assert!(!kept().1, "nothing was logged");
    let (_, out, _) = in_etc(&home, &policy(none), &["history"]).unwrap();
    assert!(out.starts_with("No history of rooms is kept"), "{out}");
    let logged = home.0.path().join("mine.log");
    let (code, _, err) = join(none, &[&null[..], &["--log-file", text(&logged)]].concat()).unwrap();
    assert!(code == 80 && err.contains("--log-file is not possible here") && !logged.exists(), "{code} {err}");
    // The machine's configuration is only a default.
    let machine = "printf 'name = \"Machine\"\\n' > /etc/conclave/config.toml";
    let (_, out, _) = in_etc(&home, machine, &["config", "get", "name"]).unwrap();
    assert_eq!(out, "Machine\n");
    let locked = policy("[record]\nallow = false");
    let (_, out, _) = in_etc(&home, &locked, &["config", "set", "record.allow", "true"]).unwrap();
    assert!(
        out.contains("record.allow is false all the same, by /etc/conclave/policy.toml:2, the administrator's policy"),
        "{out}"
    );
}
