//! `--sandbox strict` in a world that changes, and what it denies.
//!
//! What must not bind the other tests runs as a process of its own: this program again, with one ignored test named.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::hygiene::sandbox::{self, Level, Needs};
use conclave_lab::conclave::{Client, PATIENCE, Server, run, text};
use conclave_lab::{has, pulse, skip, speech};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const STRICT: [&str; 2] = ["--sandbox", "strict"];

/// What strict says: with Landlock, the server goes on to refuse the address.
fn has_landlock() -> bool {
    let data = tempfile::tempdir().unwrap();
    let options = ["serve", "--dev", "--sandbox", "strict", "--listen", "192.0.2.1:1", "--data", text(data.path())];
    let there = !run(BIN, &options, "").2.contains("Landlock");
    if !there {
        skip("Landlock", "this kernel has none");
    }
    there
}

/// This program again, with one ignored test of it; `before` is what it is started by.
fn again(before: &[&str], test: &str) -> Command {
    let this = std::env::current_exe().unwrap();
    let words: Vec<&str> = before.iter().copied().chain([text(&this), "--exact", "--ignored", "--nocapture", test]).collect();
    let mut c = Command::new(words[0]);
    c.args(&words[1..]);
    c
}

fn assert_passed(mut c: Command) {
    let out = c.output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
}

// ---- the network changes ------------------------------------------------------------------------------------------------

/// A network and an `/etc` of one's own; `Err`: why there can be none.
fn namespace() -> Result<Vec<&'static str>, &'static str> {
    if !has("unshare") || !has("ip") {
        return Err("unshare or ip is not installed");
    }
    let root = nix::unistd::getuid().is_root();
    let words: &[&str] = if root { &["unshare", "-m", "-n"] } else { &["unshare", "-r", "-m", "-n"] };
    let works = Command::new(words[0]).args(&words[1..]).arg("true").output().is_ok_and(|o| o.status.success());
    works.then(|| words.to_vec()).ok_or("namespaces are not allowed here")
}

#[test]
fn a_network_that_changes_during_the_call_is_found_again() {
    if !has_landlock() {
        return;
    }
    match namespace() {
        Ok(words) => assert_passed(again(&words, "inside_a_network_that_changes")),
        Err(why) => skip("a network of one's own", why),
    }
}

/// Answers every question for an IPv4 address with this one, and every other with nothing.
fn name_server(at: Ipv4Addr, answer: Ipv4Addr) {
    let socket = UdpSocket::bind((at, 53)).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0u8; 1500];
        while let Ok((n, from)) = socket.recv_from(&mut buffer) {
            let query = &buffer[..n];
            // The question ends with a zero label, its type and its class.
            let Some(end) = query[12..].iter().position(|b| *b == 0).map(|at| 12 + at + 5) else { continue };
            let address = query[end - 3] == 1;
            let mut reply = query[..end].to_vec();
            reply[2..4].copy_from_slice(&[0x85, 0x80]);
            reply[6..12].copy_from_slice(&[0, u8::from(address), 0, 0, 0, 0]);
            if address {
                reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
                reply.extend(answer.octets());
            }
            let _ = socket.send_to(&reply, from);
        }
    });
}

/// A way to the server that can be closed.
struct Way {
    open: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

impl Way {
    fn new(at: SocketAddr, to: SocketAddr) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let open = Arc::new(Mutex::new(Some(Vec::new())));
        let streams = open.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(to).unwrap();
                let Some(open) = &mut *streams.lock().unwrap() else { continue };
                open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { open }
    }

    fn close(&self) {
        let streams = self.open.lock().unwrap().take().unwrap();
        streams.iter().for_each(|s| drop(s.shutdown(Shutdown::Both)));
    }
}

#[test]
#[ignore = "the inner part of a_network_that_changes_during_the_call_is_found_again"]
fn inside_a_network_that_changes() {
    assert!(Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap().success());
    let etc = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| std::fs::write(etc.path().join(name), content).unwrap();
    write("hosts", "127.0.0.1 localhost\n");
    write("nsswitch.conf", "hosts: files dns\n");
    write("resolv.conf", "nameserver 127.0.1.1\n");
    let none: Option<&str> = None;
    nix::mount::mount(none, "/", none, nix::mount::MsFlags::MS_REC | nix::mount::MsFlags::MS_PRIVATE, none).unwrap();
    nix::mount::mount(Some(etc.path()), "/etc", none, nix::mount::MsFlags::MS_BIND, none).unwrap();

    let server = Server::start(BIN, &STRICT);
    let (code, _, err) = run(BIN, &["rooms", "create", "r", "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{err}");
    let (old, new) = (Ipv4Addr::new(127, 0, 2, 1), Ipv4Addr::new(127, 0, 2, 2));
    name_server(Ipv4Addr::new(127, 0, 1, 1), old);
    name_server(Ipv4Addr::new(127, 0, 1, 2), new);
    let way = Way::new((old, 4443).into(), server.authority().parse().unwrap());
    let link = format!("https://meet.test:4443/r#fp={}", server.hello["fingerprint"].as_str().unwrap());
    let mut ana = Client::join(BIN, &link, "Ana", &["--audio", "null", "--identity", "ephemeral", STRICT[0], STRICT[1]]);
    ana.event("joined");

    // Another network: its resolver's file takes the old one's place, and the old way leads nowhere.
    write("resolv.conf.new", "nameserver 127.0.1.2\n");
    std::fs::rename(etc.path().join("resolv.conf.new"), etc.path().join("resolv.conf")).unwrap();
    let _new = Way::new((new, 4443).into(), server.authority().parse().unwrap());
    way.close();
    ana.event("reconnecting");
    ana.event("reconnected");
    ana.send(r#"{"cmd":"leave"}"#);
    let (code, events, err) = ana.finish();
    assert_eq!((code, err.as_str()), (0, ""), "{events:#?}");
}

// ---- people come------------------------------------------------------------------------------------------------------

#[test]
fn whom_one_meets_is_remembered() {
    if !has_landlock() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("conclave.identity"), "A".repeat(43)).unwrap();
    let server = Server::start(BIN, &["--dev", STRICT[0], STRICT[1]]);
    let mut command = Command::new(BIN);
    command.args(["join", &server.room("r"), "--json", "--name", "Ben", "--audio", "null"]).args(STRICT);
    command.env("HOME", home.path()).env("CREDENTIALS_DIRECTORY", home.path());
    ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"].iter().for_each(|v| {
        command.env_remove(v);
    });
    let mut ben = Client::spawn(command);
    ben.event("joined");
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null", "--identity", "ephemeral"]);
    ana.event("joined");
    ben.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ana");
    ben.send(r#"{"cmd":"safety"}"#);
    ben.event("safety");
    ben.send(r#"{"cmd":"verify"}"#);
    ben.wait_for("verified", |e| e["event"] == "verified" && e["on"] == true);
    ben.send(&serde_json::json!({"cmd": "leave"}).to_string());
    let (code, events, err) = ben.finish();
    assert_eq!((code, err.as_str()), (0, ""), "{events:#?}");
    let trust = std::fs::read_dir(home.path().join(".local/share/conclave/trust")).unwrap().map(|f| f.unwrap().path());
    let texts: Vec<String> = trust.filter_map(|f| std::fs::read_to_string(f).ok()).collect();
    assert!(texts.iter().any(|t| t.contains("Ana")), "{texts:?} {events:#?}");
}

// ---- devices change -----------------------------------------------------------------------------------------------------

#[test]
fn a_loudspeaker_that_comes_later_and_a_sound_server_that_comes_back_are_used() {
    if !has_landlock() {
        return;
    }
    let Some(mut pulse) = pulse::start() else { return skip("PulseAudio", "pulseaudio and pulseaudio-utils are not installed") };
    let server = Server::start(BIN, &["--dev", STRICT[0], STRICT[1]]);
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(60.0));
    let mut command = Command::new(BIN);
    command.args(["join", &server.room("r"), "--json", "--name", "Ben", "--audio", "pulse"]).args(STRICT).envs(pulse.env());
    let mut ben = Client::spawn(command);
    let on = |name: &'static str| {
        move |e: &serde_json::Value| e["event"] == "device" && e["kind"] == "output" && e["state"] == "open" && e["name"] == name
    };
    ben.wait_for("the first loudspeaker", on("spk"));
    ben.event("joined");
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &format!("file:{},", text(&tone))]);
    ana.event("joined");

    let plugged =
        pulse.command("pactl").args(["load-module", "module-null-sink", "sink_name=late", "rate=48000"]).status().unwrap();
    assert!(plugged.success());
    ben.send(r#"{"cmd":"device","kind":"output","name":"late"}"#);
    ben.wait_for("the late loudspeaker", on("late"));
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let recording = pulse.record("late.monitor");
        recording.wait();
        std::thread::sleep(std::time::Duration::from_millis(500));
        if recording.stop().iter().any(|s| s.abs() > 0.01) {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "nothing comes out of the late loudspeaker");
    }
    // The daemon's socket is another one afterwards, and the late device is gone.
    pulse.restart();
    ben.wait_for_next("a loudspeaker of the new sound server", |e| {
        e["event"] == "device" && e["kind"] == "output" && e["state"] == "open"
    });
}

// ---- what is denied -----------------------------------------------------------------------------------------------------

#[test]
fn what_a_call_never_needs_is_denied() {
    if !has_landlock() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    for (name, content) in [(".ssh/id_ed25519", "private"), (".config/conclave/vault.age", "age"), (".bashrc", "echo")] {
        std::fs::create_dir_all(home.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(home.path().join(name), content).unwrap();
    }
    std::fs::create_dir(home.path().join("recordings")).unwrap();
    let mut c = again(&["env"], "inside_the_sandbox");
    c.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path().join("run"));
    assert_passed(c);
    assert_eq!(std::fs::read_to_string(home.path().join(".config/conclave/vault.age")).unwrap(), "age");
}

#[test]
#[ignore = "the inner part of what_a_call_never_needs_is_denied"]
fn inside_the_sandbox() {
    use std::io::ErrorKind::PermissionDenied;
    let home = std::path::PathBuf::from(std::env::var_os("HOME").unwrap());
    let parent = nix::unistd::getppid();
    let unix = tempfile::tempdir().unwrap();
    let needs = Needs { write: vec![home.join("recordings")], devices: true, ..Needs::default() };
    assert_eq!(sandbox::enter(Level::Strict, &needs).unwrap(), None);

    let read = |p: &Path| std::fs::read(p).map(|_| ()).map_err(|e| e.kind());
    for denied in [
        home.join(".ssh/id_ed25519"),
        home.join(".config/conclave/vault.age"),
        home.join(".bashrc"),
        "/root".into(),
        format!("/proc/{parent}/environ").into(),
        format!("/proc/{parent}/mem").into(),
    ] {
        assert_eq!(read(&denied), Err(PermissionDenied), "{}", denied.display());
    }
    assert_eq!(std::fs::read_dir(&home).map(|_| ()).map_err(|e| e.kind()), Err(PermissionDenied));
    for denied in [
        home.join(".bashrc"),
        home.join(".ssh/authorized_keys"),
        "/tmp/conclave-was-here".into(),
        "/etc/conclave".into(),
        unix.path().join("x"),
    ] {
        assert_eq!(std::fs::write(&denied, "x").map_err(|e| e.kind()), Err(PermissionDenied), "{}", denied.display());
    }
    for change in [
        std::fs::remove_file(home.join(".bashrc")),
        std::fs::rename(home.join(".bashrc"), home.join("recordings/x")),
        std::os::unix::fs::symlink("/etc/passwd", home.join("recordings/link")),
    ] {
        assert!(change.is_err());
    }
    // No program starts, not even one that may be read.
    for program in ["/bin/true", "/proc/self/exe"] {
        assert_eq!(Command::new(program).status().map(|_| ()).map_err(|e| e.kind()), Err(PermissionDenied), "{program}");
        assert_eq!(Command::new(program).exec().kind(), PermissionDenied, "{program}");
    }
    use nix::errno::Errno::EPERM;
    use nix::{mount, sched, sys};
    assert_eq!(sys::ptrace::attach(parent), Err(EPERM));
    assert_eq!(sys::ptrace::traceme(), Err(EPERM));
    assert_eq!(sys::signal::kill(parent, sys::signal::Signal::SIGCONT), Err(EPERM), "signals go to ourselves only");
    assert_eq!(sched::unshare(sched::CloneFlags::CLONE_NEWUSER), Err(EPERM));
    assert_eq!(mount::mount(Some("/tmp"), "/etc", None::<&str>, mount::MsFlags::MS_BIND, None::<&str>), Err(EPERM));
    assert_eq!(nix::unistd::chroot("/tmp"), Err(EPERM));
    let ring = linux_keyutils::KeyRing::from_special_id(linux_keyutils::KeyRingIdentifier::Session, false);
    assert!(ring.is_err(), "the kernel's keyring is closed");

    // What a call does goes on.
    std::fs::write(home.join("recordings/late.wav"), "x").unwrap();
    std::fs::rename(home.join("recordings/late.wav"), home.join("recordings/done.wav")).unwrap();
    std::fs::remove_file(home.join("recordings/done.wav")).unwrap();
    assert_eq!(read(Path::new("/etc/passwd")), Ok(()));
    std::thread::spawn(|| ()).join().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut there, _) = listener.accept().unwrap();
    here.write_all(b"x").unwrap();
    assert_eq!(there.read(&mut [0]).unwrap(), 1);
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_eq!(udp.send_to(b"x", udp.local_addr().unwrap()).unwrap(), 1);
}

// ---- kernels without Landlock ---------------------------------------------------------------------------------------------

/// Becomes `conclave` with these arguments, where the kernel seems to have no Landlock.
#[test]
#[ignore = "the inner part of a_kernel_without_landlock"]
fn without_landlock() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
    let denied = [(nix::libc::SYS_landlock_create_ruleset, vec![])].into_iter().collect();
    let no_such_call = SeccompAction::Errno(nix::libc::ENOSYS.unsigned_abs());
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let program: BpfProgram = SeccompFilter::new(denied, SeccompAction::Allow, no_such_call, arch).unwrap().try_into().unwrap();
    apply_filter(&program).unwrap();
    let arguments = std::env::var("ARGUMENTS").unwrap();
    panic!("{}", Command::new(BIN).args(arguments.split(' ')).exec());
}

#[test]
fn a_kernel_without_landlock_is_said_or_refused() {
    let server = Server::dev(BIN);
    let join = |level: &str| {
        let mut c = again(&["env"], "without_landlock");
        let room = server.room("r");
        c.env(
            "ARGUMENTS",
            format!("join {room} --json --name Ana --audio null --identity ephemeral --duration 1s --sandbox {level}"),
        );
        c.stdin(std::process::Stdio::null());
        let out = c.output().unwrap();
        let events = String::from_utf8_lossy(&out.stdout)
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .collect::<Vec<serde_json::Value>>();
        (out.status.code(), events, String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let said = |events: &[serde_json::Value]| {
        events.iter().find(|e| e["code"] == "sandbox").map(|e| e["text"].as_str().unwrap().to_owned())
    };
    let (code, events, err) = join("strict");
    assert_eq!(code, Some(78), "{events:#?}");
    assert!(err.contains("no Landlock") && err.contains("--sandbox auto"), "{err}");
    assert!(!events.iter().any(|e| e["event"] == "connecting"), "before the network: {events:#?}");
    let (code, events, _) = join("auto");
    assert!(code == Some(0) && said(&events).is_some_and(|t| t.contains("no Landlock")), "{events:#?}");
    let (code, events, _) = join("off");
    assert!(code == Some(0) && said(&events).is_none(), "{events:#?}");
}
