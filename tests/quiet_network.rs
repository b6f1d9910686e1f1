//! No socket leads anywhere that was not configured: what a client and a server connect to and send to, as the kernel saw it.
//!
//! The inner test runs in a network and a `/etc` of its own: this program again, with one ignored test named.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::{has, skip};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Addresses of nobody, by which the client asks the kernel for its own address. Nothing may be sent there.
const NOBODY: [&str; 2] = ["192.0.2.1:9", "[2001:db8::1]:9"];

/// Local sockets: the session's bus (keyring), the system's (screen lock), sound, the system's cache of names.
const LOCAL: [&str; 4] = ["/bus", "/dbus/system_bus_socket", "/pulse/native", "/nscd/socket"];

#[test]
fn no_socket_leads_anywhere_that_was_not_configured() {
    if !has("strace") || !has("unshare") || !has("ip") {
        return skip("strace in a network of its own", "strace, unshare or ip is not installed");
    }
    let root = nix::unistd::getuid().is_root();
    let namespaces: &[&str] = if root { &["-m", "-n"] } else { &["-r", "-m", "-n"] };
    let tried = Command::new("unshare").args(namespaces).args(["strace", "-f", "true"]).output();
    if !tried.is_ok_and(|o| o.status.success()) {
        return skip("strace in a network of its own", "namespaces or tracing are not allowed here");
    }
    let this = std::env::current_exe().unwrap();
    let inner = ["--exact", "--ignored", "--nocapture", "inside_a_network_of_its_own"];
    let out = Command::new("unshare").args(namespaces).arg(this).args(inner).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
}

/// A place for what a program keeps, and a network with a resolver of its own at which nobody is.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        assert!(Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap().success());
        let dir = tempfile::tempdir().unwrap();
        let none: Option<&str> = None;
        nix::mount::mount(none, "/", none, nix::mount::MsFlags::MS_REC | nix::mount::MsFlags::MS_PRIVATE, none).unwrap();
        for (name, content) in [("resolv.conf", "nameserver 127.0.0.7\n"), ("nsswitch.conf", "hosts: files dns\n"), ("hosts", "")]
        {
            let (file, at) = (dir.path().join(name), Path::new("/etc").join(name));
            std::fs::write(&file, content).unwrap();
            nix::mount::mount(Some(&file), &at.canonicalize().unwrap(), none, nix::mount::MsFlags::MS_BIND, none).unwrap();
        }
        Self(dir)
    }

    /// The program under strace, and what strace will have written when it has ended.
    fn watched(&self, name: &str) -> (Command, JoinHandle<String>) {
        let pipe = self.0.path().join(name);
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut c = Command::new("strace");
        // As a grandchild, so that signals are the program's own.
        c.args(["-D", "-f", "-q", "-yy", "-s", "0", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", text(&pipe), BIN]);
        c.stdin(Stdio::null())
            .env("HOME", self.0.path())
            .env("XDG_RUNTIME_DIR", self.0.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        (c, std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap()))
    }

    /// Runs it to its end: where it connected to, and sent to.
    fn run(&self, name: &str, args: &[&str]) -> BTreeSet<String> {
        let (mut c, trace) = self.watched(name);
        let out = c.args(args).output().unwrap();
        let trace = trace.join().unwrap();
        println!("{name}: {} {}", out.status, String::from_utf8_lossy(&out.stderr).trim());
        destinations(&trace)
    }
}

/// Where the calls of a trace lead, as `connect 127.0.0.1:443` or `send /run/…`.
fn destinations(trace: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in trace.lines() {
        let Some((call, arguments)) = line.split_once('(') else { continue };
        let kind = if call.ends_with("connect") { "connect" } else { "send" };
        let named: Vec<String> = arguments.split("sa_family=").skip(1).filter_map(address).collect();
        // A connected socket says in its own description where it leads; a number is the other half of a pair within the program.
        let connected =
            || Some(arguments.split_once("->")?.1.split_once("]>")?.0.to_owned()).filter(|to| to.contains([':', '/']));
        let to = if named.is_empty() { connected().into_iter().collect() } else { named };
        found.extend(to.into_iter().map(|to| format!("{kind} {to}")));
    }
    found
}

/// `AF_INET, sin_port=htons(9), sin_addr=inet_addr("192.0.2.1")…` and the other families.
fn address(text: &str) -> Option<String> {
    let between = |start: &str, end: &str| Some(text.split_once(start)?.1.split_once(end)?.0);
    match text.split([',', '}']).next()? {
        "AF_INET" => Some(format!("{}:{}", between("inet_addr(\"", "\"")?, between("htons(", ")")?)),
        "AF_INET6" => Some(format!("[{}]:{}", between("AF_INET6, \"", "\"")?, between("htons(", ")")?)),
        "AF_UNIX" => Some(between("sun_path=", "}").unwrap_or("unnamed").trim_matches('"').to_owned()),
        // Questions to the kernel, and the end of a connection.
        "AF_NETLINK" | "AF_UNSPEC" => None,
        other => Some(other.to_owned()),
    }
}

/// All of it leads to what was configured, to a documented local socket, or to nobody, without a packet.
#[track_caller]
fn assert_only(found: &BTreeSet<String>, configured: &[&str]) {
    for one in found {
        let (kind, to) = one.split_once(' ').unwrap();
        let local = to.starts_with('/') && LOCAL.iter().any(|end| to.ends_with(end));
        let ok = configured.contains(&to) || local || (kind == "connect" && NOBODY.contains(&to));
        assert!(ok, "{one} was not configured: {found:#?}");
    }
}

#[test]
#[ignore = "the inner part of no_socket_leads_anywhere_that_was_not_configured"]
fn inside_a_network_of_its_own() {
    let world = World::new();

    // A server, and somebody who talks with it: it answers, and asks nobody.
    let (command, trace) = world.watched("serve");
    let mut server = Server::start_by(command, &["--dev"], "127.0.0.1:0");
    let (at, url) = (server.authority(), server.url());
    let mut ana = Client::join(BIN, &format!("{url}/board"), "Ana", &["--audio", "null", "--identity", "ephemeral"]);
    ana.event("joined");

    // The client: a call with sound, the diagnosis, and what needs no network at all.
    let join = [
        "join",
        &format!("{url}/board"),
        "--json",
        "--name",
        "Ben",
        "--audio",
        "null",
        "--duration",
        "3s",
        "--identity",
        "ephemeral",
    ];
    let found = world.run("join", &join);
    assert!(
        found.contains(&format!("connect {at}")) && found.contains(&format!("send {at}")),
        "the trace shows the call: {found:#?}"
    );
    assert_only(&found, &[&at]);
    assert_only(&world.run("doctor", &["doctor", &url, "--json"]), &[&at]);
    for (name, args) in [("history", &["history"][..]), ("alone", &[]), ("version", &["--version"])] {
        assert_eq!(world.run(name, args), BTreeSet::new(), "{name}");
    }
    ana.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ana.finish().0, 0);
    assert!(server.terminate().success());
    let clients = destinations(&trace.join().unwrap());
    // Sound goes back to where it came from: loopback has nobody but the two clients.
    assert!(clients.iter().all(|to| to.starts_with("send 127.0.0.1:")), "{clients:#?}");

    // An echo is a server and two clients in one process.
    let found = world.run("echo", &["echo", "--audio", "null", "--seconds", "2", "--json"]);
    assert!(!found.is_empty() && found.iter().all(|to| to.contains(" 127.0.0.1:")), "{found:#?}");

    // A name is asked for at the resolver that the system names, and nowhere else.
    let found = world.run("name", &["join", "https://meet.test/board", "--json", "--audio", "null", "--identity", "ephemeral"]);
    assert!(found.contains("connect 127.0.0.7:53"), "the trace shows the question: {found:#?}");
    assert_only(&found, &["127.0.0.7:53"]);
}
