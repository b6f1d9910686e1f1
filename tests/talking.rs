//! The microphone from outside: what a client in a real call puts on the wire while it says that it is muted, and what
//! happens to an open microphone when its terminal closes, its process is stopped or its user presses Ctrl-Z.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::speech;
use conclave_lab::terminal::{Spawn, Terminal};
use std::path::Path;
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// A voice that does not end within a test.
fn voice(dir: &Path) -> String {
    let path = dir.join("voice.wav");
    speech::write(&path, &speech::chirp(120.0));
    format!("file:{},", text(&path))
}

fn muted(who: &serde_json::Value, on: bool) -> impl Fn(&serde_json::Value) -> bool {
    move |e| e["event"] == "muted" && e["id"] == *who && e["on"] == on
}

/// When an event was written, in seconds since 1970; milliseconds, the rest is cut off.
fn at(event: &serde_json::Value) -> f64 {
    event["t"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond() as f64 / 1000.0
}

#[test]
fn a_muted_client_puts_no_sound_on_the_wire_and_its_reports_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::dev(BIN);
    let port = server.hello["udp"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let mut ben = watcher(&server.room("r"));
    let sniffer = Sniffer::start();
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &voice(dir.path()), "--play-at", "join", "--muted"]);
    let me = ana.event("joined")["me"].clone();
    ana.event("let_in");
    ana.wait_for("the way of the sound", |e| e["event"] == "transport" && e["ok"] == true);
    // From the beginning, and then as often as the microphone is opened and closed.
    let mut shown = vec![(0.0, true)];
    for turn in 0..6 {
        for (on, ms) in [(false, 300), (true, 300 + 40 * turn)] {
            ana.send(&format!(r#"{{"cmd":"mute","on":{on}}}"#));
            shown.push((at(&ana.wait_for_next("muted", muted(&me, on))), on));
            if turn == 0 && !on {
                ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == me);
            }
            std::thread::sleep(Duration::from_millis(ms));
        }
    }
    std::thread::sleep(Duration::from_secs(3));
    let (sound, other): (Vec<_>, Vec<_>) = sniffer.stop(port).into_iter().partition(|(_, rtp)| *rtp);
    // Ben has no microphone that gives anything: all RTP to the server is Ana's. The kernel's time and the event's are one clock.
    let says_muted = |at: f64| shown.iter().rev().find(|(since, _)| *since <= at).is_some_and(|(_, on)| *on);
    let lies = sound.iter().filter(|(at, _)| says_muted(*at) && says_muted(*at - 0.001)).count();
    println!("{} packets of sound to the server, {} others, {lies} while muted was shown", sound.len(), other.len());
    assert_eq!(lies, 0, "packets of sound left while the client said that it is muted");
    assert!(sound.len() > 20, "it was heard in between: {} packets", sound.len());
    let end = shown.last().unwrap().0;
    assert!(other.iter().any(|(at, _)| *at > end + 0.5), "the connection is alive meanwhile");
}

/// Packets of the loopback interface to a UDP port, with the time at which the kernel had them.
const SNIFFER: &str = "
import socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
s.setsockopt(socket.SOL_SOCKET, 35, 1)
s.bind(('lo', 0))
out = open(sys.argv[1], 'w', buffering=1)
print('ready', flush=True)
while True:
    p, anc, _, a = s.recvmsg(65535, 256)
    p = p[14:]
    if a[2] == 4 or p[0] != 0x45 or p[9] != 17 or len(p) < 30:
        continue
    sec, ns = struct.unpack('qq', anc[0][2][:16])
    print('%.6f' % (sec + ns / 1e9), int.from_bytes(p[22:24], 'big'), p[28], p[29], file=out)
";

struct Sniffer {
    python: std::process::Child,
    out: tempfile::NamedTempFile,
}

impl Sniffer {
    fn start() -> Self {
        use std::io::Read as _;
        let out = tempfile::NamedTempFile::new().unwrap();
        let mut python = std::process::Command::new("python3")
            .args(["-c", SNIFFER])
            .arg(out.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut ready = [0; 5];
        python.stdout.as_mut().unwrap().read_exact(&mut ready).expect("the tests run as root");
        Self { python, out }
    }

    /// Packets to a port: when, and whether it was RTP (RFC 7983; no RTCP, RFC 5761).
    fn stop(mut self, port: u16) -> Vec<(f64, bool)> {
        let _ = self.python.kill();
        let _ = self.python.wait();
        let all = std::fs::read_to_string(self.out.path()).unwrap();
        let packet = |line: &str| {
            let mut words = line.split(' ');
            let at: f64 = words.next()?.parse().ok()?;
            let numbers: Vec<u16> = words.filter_map(|w| w.parse().ok()).collect();
            let [to, first, second] = numbers.try_into().ok()?;
            (to == port).then_some((at, first >> 6 == 2 && !(192..=223).contains(&second)))
        };
        all.lines().filter_map(packet).collect()
    }
}

fn joins(room: &str, dir: &Path, more: &[&str]) -> (String, Vec<String>) {
    let args = ["join", room, "--name", "Ana", "--audio", &voice(dir), "--unmuted"];
    (BIN.into(), args.iter().chain(more).map(|s| (*s).to_owned()).collect())
}

fn terminal(program: &str, args: &[String]) -> Terminal {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Spawn { program: Path::new(program), args: &args, env: &[], size: (80, 24), releases: false }.start()
}

/// The same as a job of an interactive shell, which is what Ctrl-Z needs.
fn job(room: &str, dir: &Path, more: &[&str]) -> Terminal {
    let (program, args) = joins(room, dir, more);
    let quoted: Vec<String> = args.iter().map(|a| format!("'{a}'")).collect();
    let script = dir.join("job.sh");
    std::fs::write(&script, format!("set -m\n{program} {}\necho STOPPED; read line; echo FG; fg\n", quoted.join(" "))).unwrap();
    terminal("bash", &[text(&script).to_owned()])
}

fn watcher(room: &str) -> Client {
    let mut ben = Client::join(BIN, room, "Ben", &["--audio", "null"]);
    ben.event("let_in");
    ben
}

fn peer(client: &mut Client, name: &str) -> serde_json::Value {
    client.wait_for("peer", |e| e["event"] == "peer_joined" && e["peer"]["name"] == name)["peer"]["id"].clone()
}

/// A terminal emulator in a few lines: a program in a pty that is closed by the kernel when the emulator is killed.
const EMULATOR: &str = "
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm-256color'
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
while True:
    try:
        os.read(fd, 65536)
    except OSError:
        break
";

#[test]
fn a_terminal_that_closes_leaves_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::dev(BIN);
    for (room, more) in [("full", ["--tui"]), ("line", ["--line"])] {
        let room = server.room(room);
        let mut ben = watcher(&room);
        let (program, args) = joins(&room, dir.path(), &more);
        let mut emulator = std::process::Command::new("python3").args(["-c", EMULATOR, &program]).args(&args).spawn().unwrap();
        let ana = peer(&mut ben, "Ana");
        ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana);
        let closed = Instant::now();
        emulator.kill().unwrap();
        ben.wait_for("leave", |e| e["event"] == "peer_left" && e["id"] == ana);
        let took = closed.elapsed();
        println!("the terminal ({more:?}) closed, and the others saw it {} ms later", took.as_millis());
        // A process that is killed is missed after many seconds; this one said good-bye.
        assert!(took < Duration::from_secs(3), "{took:?}");
        emulator.wait().unwrap();
    }
}

#[test]
fn ctrl_z_closes_the_microphone_for_all_and_coming_back_stays_muted_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::dev(BIN);
    for (room, more) in [("full", &[][..]), ("line", &["--line"])] {
        let room = server.room(room);
        let mut ben = watcher(&room);
        let mut shell = job(&room, dir.path(), more);
        let ana = peer(&mut ben, "Ana");
        shell.wait_for(if more.is_empty() { "MIC OPEN" } else { "microphone is open" });
        ben.wait_for("an open microphone", muted(&ana, false));
        shell.send("\x1a");
        // They know before the process stands still.
        ben.wait_for_next("a closed microphone", muted(&ana, true));
        shell.wait_for("STOPPED");
        shell.send("\r");
        shell.wait_for_output("FG");
        shell.wait_for("this program was stopped");
        if more.is_empty() {
            let screen = shell.wait_for("MIC closed");
            assert!(screen.contains("PEOPLE") && !screen.contains("STOPPED"), "the screen is ours again:\n{screen}");
        }
        shell.send(if more.is_empty() { "\x1bOQ" } else { "/unmute\r" });
        ben.wait_for_next("an open microphone", muted(&ana, false));
        shell.send(if more.is_empty() { "\x03" } else { "/leave\r" });
        ben.wait_for_next("leave", |e| e["event"] == "peer_left" && e["id"] == ana);
        assert_eq!(shell.exit_code(), 0, "{}", shell.output());
        shell.assert_restored();
    }
}

#[test]
fn a_process_that_was_stopped_comes_back_muted() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::dev(BIN);
    let mut ben = watcher(&server.room("r"));
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &voice(dir.path()), "--unmuted"]);
    let me = ana.event("joined")["me"].clone();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == me);
    let signal = |name: &str| {
        assert!(std::process::Command::new("kill").args(["-s", name, &ana.pid().to_string()]).status().unwrap().success());
    };
    signal("STOP");
    std::thread::sleep(Duration::from_millis(300));
    signal("CONT");
    ben.wait_for_next("a closed microphone", muted(&me, true));
    let warning = ana.wait_for("a warning", |e| e["event"] == "warning" && e["code"] == "suspended");
    assert!(warning["text"].as_str().unwrap().contains("stays closed"), "{warning}");
    ana.send(r#"{"id":7,"cmd":"talk"}"#);
    ana.wait_for_next("an open microphone", muted(&me, false));
    ana.send(r#"{"id":8,"cmd":"level"}"#);
    let level = ana.wait_for("a level", |e| e["event"] == "reply" && e["id"] == 8)["data"].clone();
    assert_eq!((level["microphone"].as_str(), level["open"].as_bool()), (Some("good"), Some(true)), "{level}");
}

/// logind as far as a screen lock needs it: a session of ours, and one of somebody else.
struct FakeSession {
    user: u32,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl FakeSession {
    #[zbus(property)]
    fn user(&self) -> (u32, zbus::zvariant::OwnedObjectPath) {
        (self.user, zbus::zvariant::OwnedObjectPath::try_from("/org/freedesktop/login1/user/x").unwrap())
    }
}

/// A bus of our own in the place of the system's.
struct Bus {
    daemon: std::process::Child,
    address: String,
    _dir: tempfile::TempDir,
}

impl Bus {
    fn start() -> Self {
        use std::io::BufRead as _;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("bus.conf");
        let text = format!(
            "<busconfig><listen>unix:dir={}</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>\
             <allow receive_sender=\"*\"/><allow own=\"*\"/><allow user=\"*\"/></policy></busconfig>",
            dir.path().display()
        );
        std::fs::write(&config, text).unwrap();
        let mut daemon = std::process::Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        std::io::BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().into(), _dir: dir }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[test]
fn a_locked_screen_closes_an_open_microphone_and_somebody_elses_does_not() {
    use std::collections::HashMap;
    if !conclave_lab::has("dbus-daemon") {
        return conclave_lab::skip("the screen lock", "dbus-daemon is not installed");
    }
    let (dir, server, bus) = (tempfile::tempdir().unwrap(), Server::dev(BIN), Bus::start());
    let (ours, theirs) = ("/org/freedesktop/login1/session/_31", "/org/freedesktop/login1/session/_32");
    let uid = nix::unistd::geteuid().as_raw();
    let logind = zbus::blocking::connection::Builder::address(bus.address.as_str())
        .and_then(|b| b.name("org.freedesktop.login1"))
        .and_then(|b| b.serve_at(ours, FakeSession { user: uid }))
        .and_then(|b| b.serve_at(theirs, FakeSession { user: uid + 1 }))
        .and_then(|b| b.build())
        .unwrap();
    let mut command = std::process::Command::new(BIN);
    command.args(["join", &server.room("r"), "--json", "--name", "Ana", "--audio", &voice(dir.path()), "--unmuted"]);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
    let mut ana = Client::spawn(command);
    let me = ana.event("joined")["me"].clone();
    ana.event("let_in");
    let lock = |session: &str| {
        let hint = HashMap::from([("LockedHint", zbus::zvariant::Value::from(true))]);
        let body = ("org.freedesktop.login1.Session", hint, Vec::<String>::new());
        logind.emit_signal(None::<()>, session, "org.freedesktop.DBus.Properties", "PropertiesChanged", &body).unwrap();
    };
    for session in [theirs, ours] {
        // Nobody tells when it listens: it is told again until it has heard.
        for _ in 0..20 {
            lock(session);
            std::thread::sleep(Duration::from_millis(100));
        }
        ana.send(r#"{"id":1,"cmd":"state"}"#);
        let state = ana.wait_for_next("the state", |e| e["event"] == "reply" && e["id"] == 1);
        assert_eq!(state["data"]["muted"].as_bool(), Some(session == ours), "{session}");
    }
    ana.wait_for("a closed microphone", muted(&me, true));
    let warning = ana.wait_for("a warning", |e| e["event"] == "warning" && e["code"] == "suspended");
    assert!(warning["text"].as_str().unwrap().starts_with("the screen was locked"), "{warning}");
}
