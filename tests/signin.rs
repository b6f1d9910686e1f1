//! People sign in through their organisation: at the real `oidc-provider` from npm, by its own pages.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const SECRET: &str = "a:secret of both";

/// The provider, and the browser of whoever signs in there; see `oidc_provider.mjs`.
struct Provider {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    fn start() -> Option<Self> {
        if !["dbus-run-session", "gnome-keyring-daemon"].iter().all(|p| conclave_lab::has(p)) {
            conclave_lab::skip("the Secret Service", "dbus-run-session or gnome-keyring-daemon is not installed");
            return None;
        }
        let directory = conclave_lab::root().join("target/lab/oidc");
        if !conclave_lab::has("node") || !directory.join("node_modules/oidc-provider").is_dir() {
            conclave_lab::skip("the OpenID provider", "node or oidc-provider is missing; tests/setup.sh test gets it");
            return None;
        }
        let mut child = Command::new("node")
            .arg(conclave_lab::root().join("tests/oidc_provider.mjs"))
            .args([text(&directory), SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
        let mut provider = Self { child, stdin, lines, issuer: String::new() };
        provider.issuer = provider.answer()["issuer"].as_str().unwrap().to_owned();
        Some(provider)
    }

    fn answer(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().expect("the provider runs").unwrap()).unwrap()
    }

    fn tell(&mut self, command: &Value) -> String {
        writeln!(self.stdin, "{command}").unwrap();
        let answer = self.answer();
        answer["page"].as_str().unwrap_or_else(|| panic!("{command}: {answer}")).to_owned()
    }

    fn person(&mut self, login: &str, name: &str, groups: &[&str]) {
        // Whoever logs in there has a subject of that name: this provider knows them by their login.
        let person = json!({"sub": login, "preferred_username": name, "groups": groups});
        self.tell(&json!({"people": {login: person}}));
    }
}

/// A command of ours with a desktop's keyring in this home.
fn at_home(home: &Path, args: &[&str]) -> Command {
    let run = "printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; exec \"$@\"";
    let mut c = Command::new("timeout");
    c.args(["90", "dbus-run-session", "--", "bash", "-c", run, "-", BIN]).args(args);
    c.env("HOME", home).env("XDG_RUNTIME_DIR", home);
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

/// `conclave login --sso`, and what somebody does in a browser meanwhile: exit code, and all that was said.
fn sign_in(home: &Path, server: &Server, provider: &mut Provider, act: Option<Value>) -> (i32, String) {
    let link = format!("{}#fp={}", server.url(), server.hello["fingerprint"].as_str().unwrap());
    let mut login = at_home(home, &["login", &link, "--sso", "--device", "a laptop"]);
    let mut login = login.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(login.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut said = String::new();
    let mut after = |line: &str| {
        let mut found = false;
        for l in lines.by_ref() {
            said.push_str(&l);
            said.push('\n');
            if found {
                return l.trim().to_owned();
            }
            found = l.contains(line);
        }
        String::new()
    };
    let (at, code) = (after("In a browser, on any machine, open"), after("type this code there"));
    if let Some(act) = act.filter(|_| !code.is_empty()) {
        let mut command = json!({"at": at, "code": code});
        command.as_object_mut().unwrap().extend(act.as_object().unwrap().clone());
        let page = provider.tell(&command);
        assert!(page.contains("Success") || page.contains("interrupted"), "{page}");
    }
    said.extend(lines);
    login.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    (login.wait().unwrap().code().unwrap(), said)
}

#[test]
fn people_sign_in_through_their_organisation_and_are_who_it_says() {
    let Some(mut provider) = Provider::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (file, secret) = (dir.path().join("server.toml"), dir.path().join("secret"));
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let settings = format!(
        "[oidc]\nissuer = \"{}\"\nclient_id = \"conclave\"\nclient_secret_file = \"secret\"\nowners = [\"admins\"]\nmembers = [\"staff\"]\n",
        provider.issuer
    );
    std::fs::write(&file, settings).unwrap();
    let server = Server::start(BIN, &["--config", text(&file)]);
    let data = text(server.data.path()).to_owned();
    let serve = |args: &[&str]| {
        let (code, out, err) = run(BIN, &[&["serve"], args, &["--data", &data]].concat(), "");
        assert_eq!(code, 0, "{args:?}: {out}{err}");
        out
    };
    let checked = serve(&["check", "--config", text(&file)]);
    assert!(checked.lines().any(|l| l.starts_with("ok ") && l.contains(" oidc ") && l.contains(&provider.issuer)), "{checked}");
    let home = |name: &str| {
        let home = dir.path().join(name);
        std::fs::create_dir(&home).unwrap();
        home
    };
    provider.person("u-1", "anna", &["staff", "admins"]);
    provider.person("u-2", "ben", &["staff"]);
    provider.person("u-3", "cleo", &["visitors"]);
    serve(&["user", "add", "ben", "--setup"]);

    // A code, a browser, a login: an owner, because the provider says so.
    let (laptop, desktop, elsewhere) = (home("laptop"), home("desktop"), home("elsewhere"));
    let (code, said) = sign_in(&laptop, &server, &mut provider, Some(json!({"login": "u-1"})));
    assert!(code == 0 && said.contains("You are anna at https://"), "{code} {said}");
    let who = at_home(&laptop, &["whoami", &server.url()]).output().unwrap();
    assert!(text_of(&who.stdout).contains("anna (owner) at"), "{who:?}");
    let made = at_home(&laptop, &["rooms", "create", "hall", "--mode", "open", "--server", &server.url()]).output().unwrap();
    assert!(made.status.success(), "{made:?}");

    // In a call she is known by the account.
    assert_eq!(run(BIN, &["rooms", "create", "board", "--data", &data], "").0, 0);
    let mut host = Client::join(BIN, &server.room("board"), "Host", &["--audio", "null", "--identity", "ephemeral"]);
    host.event("joined");
    host.event("let_in");
    let mut anna = Client::spawn(at_home(&laptop, &["join", &server.room("board"), "--json", "--name", "A.", "--audio", "null"]));
    let knock = host.wait_for("knock", |e| e["event"] == "knock");
    assert_eq!((&knock["standing"]["how"], &knock["standing"]["subject"]), (&json!("account"), &json!("anna")), "{knock}");
    host.send(&json!({"cmd": "admit", "peer": knock["id"]}).to_string());
    anna.event("let_in");
    anna.send(r#"{"cmd":"leave"}"#);
    assert_eq!(anna.finish().0, 0);

    // From another machine, and under another name, she is the same; and an owner no more than the provider says.
    provider.person("u-1", "anna.ngata", &["staff"]);
    let (code, said) = sign_in(&desktop, &server, &mut provider, Some(json!({"login": "u-1"})));
    assert!(code == 0 && said.contains("You are anna at https://"), "{code} {said}");
    let list = serve(&["user", "list"]);
    assert_eq!(list.lines().filter(|l| l.contains("anna")).collect::<Vec<_>>(), ["anna  member, signed in by a provider"]);
    assert_eq!(serve(&["device", "list", "anna"]).matches("a laptop").count(), 2);

    // Who must not come in, and why.
    for (act, says) in [
        (json!({"abort": true}), "was refused at your organisation's page"),
        (json!({"login": "u-2"}), "an account ben is there already"),
        (json!({"login": "u-3"}), "in no group that may use this server"),
    ] {
        let (code, said) = sign_in(&elsewhere, &server, &mut provider, Some(act));
        assert!(code == 77 && said.contains(says), "{code} {said}");
    }
    provider.tell(&json!({"seconds": 2}));
    let (code, said) = sign_in(&elsewhere, &server, &mut provider, None);
    assert!(code == 77 && said.contains("nobody has signed in in time"), "{code} {said}");
    provider.tell(&json!({"seconds": 600}));

    // The administrator says that it is him; and that she is out.
    serve(&["user", "link", "ben", "--issuer", &provider.issuer, "--subject", "u-2"]);
    let (code, said) = sign_in(&elsewhere, &server, &mut provider, Some(json!({"login": "u-2"})));
    assert!(code == 0 && said.contains("You are ben at https://"), "{code} {said}");
    serve(&["user", "disable", "anna"]);
    let (code, said) = sign_in(&desktop, &server, &mut provider, Some(json!({"login": "u-1"})));
    assert!(code == 77 && said.contains("this account is disabled"), "{code} {said}");

    // What is written down names nobody, and the provider's absence is said at once.
    let audit = std::fs::read_to_string(server.data.path().join("audit.jsonl")).unwrap();
    for event in ["signed_up", "made_member_by_provider", "logged_in", "sso_denied", "sso_name", "sso_group", "linked"] {
        assert!(audit.contains(&format!("\"{event}\"")), "{event}: {audit}");
    }
    assert!(!audit.contains("anna") && !audit.contains("u-1"), "{audit}");
    provider.child.kill().unwrap();
    let (code, said) = sign_in(&elsewhere, &server, &mut provider, None);
    assert!(code == 69 && said.contains("cannot be reached"), "{code} {said}");
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
