//! Through real proxies: squid with Basic and with NTLM, and tinyproxy. What is asked of them, what is said when they refuse, and
//! that the password is nowhere but on its way.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server};
use conclave_lab::proxy::{self, Kind, NAME, PASSWORD, Proxy, USER};
use conclave_lab::skip;
use conclave_lab::terminal::Spawn;
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// A proxy, or a word why there is none.
fn start(kind: Kind) -> Option<Proxy> {
    proxy::start(kind).inspect_err(|why| skip(&format!("{kind:?}"), why)).ok()
}

/// A client with a password to be read from file descriptor 9, as often as it likes, and nothing of the tester's own environment.
fn client(home: &Path, password: &str, args: &[&str]) -> Command {
    let file = home.join("password");
    std::fs::write(&file, format!("{password}\n")).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" 9<\"$PASSWORD_FILE\"", BIN]).args(args).env("PASSWORD_FILE", file).env("HOME", home);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "auto_proxy", "CONCLAVE_PROXY"] {
        command.env_remove(name);
    }
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env_remove(name);
    }
    command.env("XDG_RUNTIME_DIR", home).env("CONCLAVE_LOG", "trace");
    command
}

/// Options for a login at the proxy. This machine itself is served, too.
fn through(proxy: &Proxy) -> Vec<String> {
    let address = format!("http://{USER}@{}", proxy.authority);
    ["--proxy", &address, "--no-proxy", "", "--proxy-password-fd", "9"].map(str::to_owned).into()
}

fn with<'a>(args: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
    args.iter().copied().chain(more.iter().map(String::as_str)).collect()
}

/// Everything that a command wrote; none of it the password.
fn output(mut command: Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let all = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(!all.contains(PASSWORD), "{all}");
    (status.code().unwrap_or(-1), all)
}

/// Nobody asked for anything but a tunnel to this.
fn only_tunnels_to(log: &[String], authority: &str) {
    for line in log {
        assert!(line.contains(&format!("CONNECT {authority}")), "{line}");
    }
    assert!(!log.concat().contains(PASSWORD), "{log:#?}");
}

fn finding<'a>(report: &'a Value, check: &str) -> &'a Value {
    let found = report["findings"].as_array().unwrap().iter().find(|f| f["check"] == check);
    found.unwrap_or_else(|| panic!("no {check}: {report:#}"))
}

#[test]
fn a_call_is_joined_through_each_proxy_and_the_password_is_nowhere() {
    let server = Server::start(BIN, &["--dev"]);
    for kind in Kind::ALL {
        let Some(proxy) = start(kind) else { return };
        let home = tempfile::tempdir().unwrap();
        let (link, more) = (server.room("den"), through(&proxy));
        let args = with(&["join", &link, "--json", "--name", "Ana", "--audio", "null", "--allow-plain"], &more);
        let mut call = Client::spawn(client(home.path(), PASSWORD, &args));
        call.event("joined");
        let line = std::fs::read(format!("/proc/{}/cmdline", call.pid())).unwrap();
        assert!(!String::from_utf8_lossy(&line).contains(PASSWORD), "{kind:?}");
        call.send(r#"{"id":1,"cmd":"leave"}"#);
        let (code, events, stderr) = call.finish();
        assert_eq!(code, 0, "{kind:?}: {events:#?}\n{stderr}");
        assert!(!format!("{events:?}{stderr}").contains(PASSWORD), "{kind:?}");
        only_tunnels_to(&proxy.wait_for(&format!("CONNECT {}", server.authority())), &server.authority());
        std::fs::remove_file(home.path().join("password")).unwrap();
        let kept = Command::new("grep").args(["-r", PASSWORD]).arg(home.path()).output().unwrap();
        assert!(kept.stdout.is_empty(), "{kind:?}: {kept:?}");
    }
}

#[test]
fn a_name_that_only_the_proxy_knows_is_resolved_there() {
    let server = Server::start(BIN, &[]);
    let link = server.room("den").replace("127.0.0.1", NAME);
    let port = server.authority().split(':').next_back().unwrap().to_owned();
    for (kind, by) in [(Kind::SquidBasic, "Basic"), (Kind::SquidNtlm, "NTLM")] {
        let Some(proxy) = start(kind) else { return };
        let home = tempfile::tempdir().unwrap();
        let more = through(&proxy);
        let (code, text) = output(client(home.path(), PASSWORD, &with(&["doctor", &link, "--json", "--audio", "null"], &more)));
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert_eq!((code, &finding(&report, "proxy")["status"]), (0, &"pass".into()), "{report:#}");
        assert!(finding(&report, "proxy")["text"].as_str().unwrap().contains(&format!("a login by {by}")), "{report:#}");
        assert_eq!(finding(&report, "server")["status"], "pass", "{report:#}");
        assert!(!text.contains("\"name\"") && !text.contains("\"tcp\""), "nothing is resolved or reached directly: {text}");
        // Whoever is no account there is told so by the server.
        let login = ["login", &link, "--name", "nobody", "--password-fd", "9", "--keyring", "vault", "--passphrase-fd", "9"];
        let (code, text) = output(client(home.path(), PASSWORD, &with(&login, &more)));
        assert!(code == 77 && !text.contains("proxy"), "{code}: {text}");
        let log = proxy.wait_for(&format!("CONNECT {NAME}:{port}"));
        only_tunnels_to(&log, &format!("{NAME}:{port}"));
    }
}

#[test]
fn a_refused_login_names_the_proxy_and_what_it_offers() {
    let server = Server::start(BIN, &["--dev"]);
    for (kind, offers) in [(Kind::SquidBasic, "Basic"), (Kind::SquidNtlm, "NTLM"), (Kind::Tinyproxy, "Basic")] {
        let Some(proxy) = start(kind) else { return };
        let home = tempfile::tempdir().unwrap();
        let link = server.room("den");
        let join = ["join", &link, "--json", "--name", "Ana", "--audio", "null", "--allow-plain", "--no-input", "--no-proxy", ""];
        let (named, nobody) = (format!("http://{USER}@{}", proxy.authority), format!("http://{}", proxy.authority));
        let none = ["--proxy".to_owned(), nobody.clone()];
        let (code, text) = output(client(home.path(), PASSWORD, &with(&join, &none)));
        assert_eq!(code, 77, "{text}");
        for word in [proxy.authority.as_str(), &format!("it offers {offers}"), "conclave proxy login", "--proxy-password-fd"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        if kind != Kind::SquidNtlm {
            let wrong = ["--proxy", &named, "--proxy-password-fd", "9"].map(str::to_owned);
            let (code, text) = output(client(home.path(), "guess", &with(&join, &wrong)));
            assert!(code == 77 && text.contains("does not accept the name and password"), "{code}: {text}");
        }
        let doctor = ["doctor", &link, "--json", "--audio", "null", "--no-proxy", ""];
        let (code, text) = output(client(home.path(), PASSWORD, &with(&doctor, &none)));
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((code, &finding(&report, "proxy")["status"]), (77, &"fail".into()), "{report:#}");
        assert!(finding(&report, "proxy")["advice"].as_str().unwrap().contains("conclave proxy login"), "{report:#}");
    }
}

#[test]
fn a_password_is_taken_from_the_keyring_and_from_the_environment_and_never_from_arguments() {
    let Some(proxy) = start(Kind::SquidBasic) else { return };
    let server = Server::start(BIN, &[]);
    let home = tempfile::tempdir().unwrap();
    let (link, address) = (server.room("den").replace("127.0.0.1", NAME), format!("http://{}", proxy.authority));
    let doctor = ["doctor", &link, "--json", "--audio", "null"];

    let with_password = address.replace("://", &format!("://{USER}:{PASSWORD}@"));
    let (code, text) = output(client(home.path(), "", &["doctor", &link, "--proxy", &with_password]));
    assert!(code == 2 && text.contains("conclave proxy login") && text.contains(&format!("http://{USER}@")), "{code}: {text}");
    let mut variable = client(home.path(), "", &doctor);
    variable.env("CONCLAVE_PROXY", &with_password);
    let (code, text) = output(variable);
    assert!(code == 78 && text.starts_with("conclave: CONCLAVE_PROXY: "), "{code}: {text}");

    let mut everybody = client(home.path(), "", &doctor);
    everybody.env("https_proxy", &with_password);
    let (code, text) = output(everybody);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("(https_proxy)"), "{text}");

    let vault = ["--proxy", &address, "--keyring", "vault", "--passphrase-fd", "9"];
    let login = [&["proxy", "login", "--name", USER, "--password-fd", "9"][..], &vault].concat();
    let (code, text) = output(client(home.path(), PASSWORD, &login));
    assert!(code == 0 && text.contains("ana's password at the proxy"), "{code}: {text}");
    let (code, text) = output(client(home.path(), PASSWORD, &[&doctor[..], &vault].concat()));
    assert_eq!(code, 0, "{text}");
    let (code, text) = output(client(home.path(), PASSWORD, &[&["proxy", "logout"][..], &vault].concat()));
    assert!(code == 0 && text.contains("is forgotten"), "{text}");
    let (code, _) = output(client(home.path(), PASSWORD, &[&doctor[..], &vault].concat()));
    assert_eq!(code, 77);
}

#[test]
fn whoever_sits_there_is_asked_once_and_what_is_typed_is_not_shown() {
    let Some(proxy) = start(Kind::SquidBasic) else { return };
    let server = Server::start(BIN, &["--dev"]);
    let home = tempfile::tempdir().unwrap();
    let (link, home) = (server.room("den"), home.path().to_str().unwrap());
    let args = ["join", &link, "--line", "--name", "Ana", "--audio", "null", "--keyring", "none", "--allow-plain"];
    let args = [&args[..], &["--proxy", &proxy.authority, "--no-proxy", ""]].concat();
    let env = [("HOME", home), ("XDG_RUNTIME_DIR", home), ("DBUS_SESSION_BUS_ADDRESS", "")];
    let spawn = Spawn { program: Path::new(BIN), args: &args, env: &env, size: (120, 40), releases: false };
    let mut call = spawn.start();
    call.wait_for(&format!("The proxy {} wants a name and a password", proxy.authority));
    call.wait_for("Name at the proxy");
    call.send(&format!("{USER}\r"));
    call.wait_for("Password at the proxy:");
    call.send(&format!("{PASSWORD}\r"));
    call.wait_for("Type to chat; /help lists the commands");
    call.send("/leave\r");
    assert_eq!(call.exit_code(), 0, "{}", call.output());
    assert!(!call.output().contains(PASSWORD), "{}", call.output());
    only_tunnels_to(&proxy.wait_for("TCP_TUNNEL/200"), &server.authority());
}

#[test]
fn who_is_spared_is_reached_directly_and_a_proxy_that_is_none_is_named() {
    let server = Server::start(BIN, &["--dev"]);
    let home = tempfile::tempdir().unwrap();
    let link = server.room("den");
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let doctor = |extra: &[&str], env: &[(&str, &str)]| {
        let mut command = client(home.path(), "", &[&["doctor", &link, "--json", "--audio", "null"][..], extra].concat());
        command.envs(env.iter().copied());
        let (code, text) = output(command);
        (code, serde_json::from_str::<Value>(&text).unwrap_or_else(|e| panic!("{e}: {text}")))
    };
    type Given<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
    let spared: [Given; 3] = [
        (&["--proxy", &nowhere], &[]),
        (&["--no-proxy", ""], &[("HTTPS_PROXY", &nowhere), ("NO_PROXY", "example.org, 127.0.0.0/8")]),
        (&["--proxy", "none", "--no-proxy", ""], &[("HTTPS_PROXY", &nowhere)]),
    ];
    for (extra, env) in spared {
        let (code, report) = doctor(extra, env);
        assert_eq!((code, &finding(&report, "proxy")["status"]), (0, &"pass".into()), "{report:#}");
    }
    let (code, report) = doctor(&["--no-proxy", ""], &[("ALL_PROXY", &nowhere), ("NO_PROXY", "example.org")]);
    assert!(code == 69 && finding(&report, "proxy")["text"].as_str().unwrap().contains(&nowhere), "{report:#}");
    // A web server that is no proxy, and a script.
    let (code, report) = doctor(&["--no-proxy", "", "--proxy", &server.authority()], &[]);
    assert!(code != 0 && finding(&report, "proxy")["advice"].as_str().unwrap().contains("IT"), "{report:#}");
    let (code, report) = doctor(&["--no-proxy", ""], &[("HTTPS_PROXY", "http://intranet/proxy.pac")]);
    assert_eq!(code, 78, "{report:#}");
    assert!(finding(&report, "proxy")["text"].as_str().unwrap().contains("PROXY host:port"), "{report:#}");
}

#[test]
fn hostile_proxies_end_a_join_soon_and_with_a_word() {
    let server = Server::start(BIN, &["--dev"]);
    let home = tempfile::tempdir().unwrap();
    for (says, code, word) in [
        (&b"HTTP/1.1 302 Found\r\nLocation: http://portal/login\r\n\r\n"[..], 69, "web page"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", 69, "allow CONNECT"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", 76, "no HTTP proxy"),
        (&[0; 100], 76, "no HTTP proxy"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes", 76, "TLS"),
        (b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n", 77, "wants Kerberos"),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
                let _ = stream.write_all(says);
            }
        });
        let link = server.room("den").replace("http://", "https://");
        let args = ["join", &link, "--json", "--name", "A", "--audio", "null", "--proxy", &at, "--no-proxy", "", "--no-input"];
        let (exit, text) = output(client(home.path(), "", &args));
        assert!(exit == code && text.contains(word), "{exit} {}: {text}", String::from_utf8_lossy(says));
    }
}
