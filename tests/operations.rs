//! A server as an administrator runs it: configured by a file, watched, rotated, audited, drained, copied.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, PATIENCE, Server, run, text};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// `conclave serve …` that must succeed: its standard output.
fn serve(args: &[&str]) -> String {
    let (code, out, err) = run(BIN, &[&["serve"], args].concat(), "");
    assert_eq!(code, 0, "{args:?}: {out}{err}");
    out
}

/// The status and body of a plain GET on this machine.
fn get(at: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// A client with a home of its own and the device key in it, who remembers servers.
fn known(home: &Path, link: &str) -> Client {
    fs::write(home.join("conclave.identity"), "A".repeat(43)).unwrap();
    let mut c = Command::new(BIN);
    c.args(["join", link, "--json", "--name", "Ana", "--audio", "null", "--muted", "--allow-plain"]);
    c.env("HOME", home).env("XDG_DATA_HOME", home.join("data")).env("CREDENTIALS_DIRECTORY", home);
    Client::spawn(c)
}

/// One whom nobody knows again.
fn stranger(link: &str) -> Client {
    Client::join(BIN, link, "Ben", &["--audio", "null", "--muted", "--allow-plain", "--identity", "ephemeral"])
}

/// Prometheus' own word on what we serve.
fn promtool(metrics: &str) {
    let lab = conclave_lab::root().join("target/lab/promtool");
    let tool = if lab.is_file() { lab } else { "promtool".into() };
    if !tool.is_absolute() && !conclave_lab::has("promtool") {
        return conclave_lab::skip("Prometheus' check of the metrics", "there is no promtool");
    }
    let mut command = Command::new(tool);
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(metrics.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    assert!(out.status.success() && said.is_empty(), "{said}");
}

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
    }
}

fn signal(server: &Server, name: &str) {
    assert!(Command::new("kill").args([name, &server.pid().to_string()]).status().unwrap().success());
}

fn hear(ear: &UnixDatagram, wanted: &str) {
    let mut buffer = [0; 512];
    loop {
        let n = ear.recv(&mut buffer).unwrap_or_else(|e| panic!("no {wanted} within {PATIENCE:?}: {e}"));
        if buffer[..n].starts_with(wanted.as_bytes()) {
            return;
        }
    }
}

#[test]
fn a_server_is_configured_watched_rotated_audited_drained_and_copied() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("server.toml");
    fs::write(&file, "metrics = \"127.0.0.1:0\"\ndrain = 60\n[log]\nformat = \"json\"\nlevel = \"info\"\n").unwrap();
    let ear = UnixDatagram::bind(dir.path().join("notify")).unwrap();
    ear.set_read_timeout(Some(PATIENCE)).unwrap();
    let log = dir.path().join("log");
    let mut command = Command::new(BIN);
    command.env("NOTIFY_SOCKET", dir.path().join("notify")).env_remove("CONCLAVE_LOG").stderr(fs::File::create(&log).unwrap());
    let mut server = Server::start_by(command, &["--config", text(&file)], "127.0.0.1:0");
    hear(&ear, "READY=1");
    let data = text(server.data.path()).to_owned();
    let (code, out, err) = run(BIN, &["rooms", "create", "board", "--mode", "open", "--data", &data], "");
    assert_eq!(code, 0, "{out}{err}");
    let checked: Value = serde_json::from_str(&serve(&["check", "--config", text(&file), "--data", &data, "--json"])).unwrap();
    assert_eq!(checked["ok"], true, "{checked}");

    // Somebody is in, by the link that the server prints.
    let (first, spare) = (server.hello["fingerprint"].as_str().unwrap().to_owned(), server.hello["spare"].clone());
    let (first, spare) = (first.as_str(), spare.as_str().unwrap());
    let link = |fragment: &str| format!("{}/board#{fragment}", server.url());
    let home = dir.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut ana = known(&home, &link(&format!("fp={first}")));
    ana.event("joined");
    let metrics = server.hello["metrics"].as_str().unwrap().to_owned();
    let (status, body) = get(&metrics, "/metrics");
    assert!(status == 200 && body.lines().any(|l| l == "conclave_participants 1"), "{body}");
    promtool(&body);
    assert_eq!((get(&metrics, "/readyz").0, get(&metrics, "/healthz").0), (200, 200));

    // The spare key takes over. Who is in stays; who was here, or has it in the link, accepts it; everybody else is warned.
    let rotated = serve(&["certificate", "rotate", "--data", &data]);
    assert!(rotated.contains(&format!("Present: {spare}")), "{rotated}");
    signal(&server, "-HUP");
    hear(&ear, "RELOADING=1");
    hear(&ear, "READY=1");
    let (code, events, _) = stranger(&link(&format!("fp={first}"))).finish();
    assert_eq!(code, 79, "{events:#?}");
    let mut ben = stranger(&link(&format!("fp={first}.fp2={spare}")));
    ben.event("joined");
    let copy = dir.path().join("backup.tar");
    let copied = serve(&["backup", text(&copy), "--data", &data]);
    let entries: u64 = copied.split("entry ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    ana.wait_for("Ben", |e| e["event"] == "peer_joined");
    assert_eq!(ana.newest("reconnecting"), Value::Null, "a new certificate drops nobody");
    ana.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ana.finish().0, 0);
    until("her leaving is written down", || {
        let body = get(&metrics, "/metrics").1;
        let written = body.lines().find_map(|l| l.strip_prefix("conclave_audit_entries_total ")).unwrap();
        written.parse::<u64>().unwrap() > entries
    });
    let mut ana = known(&home, &link(&format!("fp={first}")));
    ana.event("joined");

    // It is told to end: who is in goes on, and nobody else comes in.
    signal(&server, "-TERM");
    until("it drains", || get(&metrics, "/readyz").0 == 503);
    let (code, events, _) = stranger(&link(&format!("fp={spare}"))).finish();
    let told = events.iter().any(|e| e["text"].as_str().is_some_and(|t| t.contains("shutting down")));
    assert!(code == 69 && told, "{code} {events:#?}");
    for client in [ana, ben] {
        let mut client = client;
        client.send(r#"{"cmd":"leave"}"#);
        assert_eq!(client.finish().0, 0);
    }
    hear(&ear, "STOPPING=1");
    assert!(server.terminate().success());

    // What happened is in the log, without names and addresses, and the log is whole.
    let audit = server.data.path().join("audit.jsonl");
    let written = fs::read_to_string(&audit).unwrap();
    for event in ["server_started", "room", "joined", "left", "certificate_rotated", "certificate_changed", "backup_made"] {
        assert!(written.contains(&format!("\"event\":\"{event}\"")), "{event}: {written}");
    }
    assert!(written.trim_end().lines().last().unwrap().contains("server_stopped"), "{written}");
    for line in fs::read_to_string(&log).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(line["message"].is_string() && !line.to_string().contains("Ana"), "{line}");
    }
    assert!(!written.contains("Ana") && !written.contains("127.0.0.1"));
    let whole: Value = serde_json::from_str(&serve(&["audit", "verify", text(&audit), "--json"])).unwrap();
    assert_eq!(whole["count"].as_u64().unwrap() as usize, written.lines().count());
    let shown = serve(&["audit", "show", "--data", &data, "--event", "joined"]);
    assert_eq!(shown.lines().count(), 3, "{shown}");
    let forged = dir.path().join("forged.jsonl");
    fs::write(&forged, written.replacen("\"joined\"", "\"left\"", 1)).unwrap();
    let (code, _, err) = run(BIN, &["serve", "audit", "verify", text(&forged)], "");
    assert!(code == 65 && err.contains("line "), "{err}");

    // A copy of it from before is a server of the same key with an older log, and who saw the newer one says so.
    let restored = tempfile::tempdir().unwrap();
    serve(&["restore", text(&copy), "--data", text(restored.path())]);
    let (code, _, err) = run(BIN, &["serve", "restore", text(&copy), "--data", text(restored.path())], "");
    assert!(code == 73 && err.contains("not empty"), "{err}");
    let again = Server::start_at(BIN, &[], "127.0.0.1:0", restored);
    assert_eq!(again.hello["fingerprint"], spare);
    let at = format!("{}/board#fp={first}", again.url());
    let mut ana = known(&home, &at);
    ana.event("joined");
    ana.wait_for("warning", |e| e["event"] == "warning" && e["code"] == "audit_rewritten");
    ana.send(r#"{"cmd":"leave"}"#);
    ana.finish();
    let mut ana = known(&home, &at);
    ana.event("joined");
    ana.send(r#"{"cmd":"leave"}"#);
    let (_, events, _) = ana.finish();
    assert!(!events.iter().any(|e| e["code"] == "audit_rewritten"), "once");
}

#[test]
fn a_bad_configuration_is_named_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("server.toml");
    fs::write(&file, "drain = 1\nlissten = \"0.0.0.0:1\"\n").unwrap();
    let place = format!("{}:2:1: ", text(&file));
    for args in [vec!["serve", "--config", text(&file)], vec!["serve", "check", "--config", text(&file)]] {
        let (code, out, err) = run(BIN, &args, "");
        let said = out + &err;
        assert!(code == 78 && said.contains(&place) && said.contains("did you mean \"listen\"?"), "{code} {said}");
    }
    fs::write(&file, serve(&["config", "example"])).unwrap();
    let data = dir.path().join("data");
    let args = ["check", "--config", text(&file), "--data", text(&data), "--listen", "127.0.0.1:0"];
    let good = serve(&args);
    assert!(good.lines().all(|l| l.starts_with("ok ") || l.contains(" disk ")), "{good}");
}

#[test]
fn the_unit_is_one_that_systemd_understands_and_that_confines() {
    let dir = tempfile::tempdir().unwrap();
    let unit = dir.path().join("conclave.service");
    // The binary of the test is not where a service may start it from; any program stands for it.
    fs::write(&unit, serve(&["systemd-unit", "--binary", "/bin/true"])).unwrap();
    if !conclave_lab::has("systemd-analyze") {
        return conclave_lab::skip("systemd's check of the unit", "there is no systemd-analyze");
    }
    let analyze = |args: &[&str]| {
        let out = Command::new("systemd-analyze").args(args).arg(&unit).env("SYSTEMD_LOG_LEVEL", "warning").output().unwrap();
        (out.status.success(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
    };
    let (good, said) = analyze(&["verify", "--man=no", "--recursive-errors=no"]);
    assert!(good && !said.contains("conclave.service:"), "{said}");
    // 0 is the most confined, 100 the least; "OK" ends at 50.
    let (good, said) = analyze(&["security", "--offline=true", "--threshold=30", "--no-pager"]);
    assert!(good, "{said}");
}
