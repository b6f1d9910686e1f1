//! Meetings from networks of other kinds: IPv6 alone, with and without a translator to IPv4, an IPv6 that leads nowhere, another
//! network in the middle of a call, and the laboratory of a user without rights.
#![cfg(target_os = "linux")]
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::names::{Names, Says, synthesised};
use conclave_lab::office::Office;
use conclave_lab::wire::{LEFT, Namespace, RIGHT, Wire};
use conclave_lab::{cable, skip, speech};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::{Child, Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// The ends of the wire in IPv6.
const LEFT6: Ipv6Addr = Ipv6Addr::new(0xfd71, 0, 0, 0, 0, 0, 0, 1);
const RIGHT6: Ipv6Addr = Ipv6Addr::new(0xfd71, 0, 0, 0, 0, 0, 0, 2);

/// A wire whose ends have IPv6 too, or a word why there is none.
fn wire() -> Option<Wire> {
    let wire = Wire::start().inspect_err(|why| skip("a wire between network namespaces", why)).ok()?;
    for (namespace, own, peer) in [(&wire.left, LEFT6, RIGHT6), (&wire.right, RIGHT6, LEFT6)] {
        namespace.ip(&format!("-6 addr add {own} peer {peer} dev eth0 nodad")).unwrap();
        namespace.ip("-6 route add default dev eth0").unwrap();
    }
    Some(wire)
}

/// The left end has no IPv4 any more.
fn only_ipv6(wire: &Wire) {
    wire.left.ip(&format!("addr del {LEFT} peer {RIGHT} dev eth0")).unwrap();
    wire.left.ip("-4 route flush default").unwrap_or_default();
}

/// A server on the right, and Ben there, who listens.
struct Meeting {
    server: Server,
    ben: Client,
    tone: String,
    _dir: tempfile::TempDir,
}

impl Meeting {
    fn open(place: &Namespace, listen: &str) -> Self {
        let server = Server::start_by(place.command(BIN), &[], listen);
        let create = ["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())];
        assert_eq!(run(BIN, &create, "").0, 0);
        let dir = tempfile::tempdir().unwrap();
        let tone = dir.path().join("tone.wav");
        speech::write(&tone, &speech::chirp(60.0));
        let mut command = place.command(BIN);
        command.args(["join", &server.room("board"), "--json", "--name", "Ben", "--audio", "null", "--stats", "250ms"]);
        command.args(["--mode", "open", "--allow-plain"]);
        let mut ben = Client::spawn(command);
        ben.event("joined");
        Self { server, ben, tone: text(&tone).to_owned(), _dir: dir }
    }

    /// Ana joins by a host's name or address, speaks, and is heard; by which way.
    fn heard_by(&mut self, mut command: Command, host: &str, more: &[&str]) -> String {
        let (link, port) = (self.server.room("board"), self.server.authority());
        let port = port.rsplit_once(':').unwrap().1;
        let link =
            format!("https://{host}:{port}/{}", link.split_once("/board").map(|(_, rest)| format!("board{rest}")).unwrap());
        command.args(["join", &link, "--json", "--name", "Ana", "--mode", "open", "--allow-plain"]);
        command.args(["--audio", &format!("file:{},", self.tone)]).args(more);
        let mut ana = Client::spawn(command);
        let rung = ana.wait_for("a way", |e| e["event"] == "transport" && e["ok"] == true)["rung"].clone();
        let came = |e: &Value| e["packets_received"].as_u64();
        let before = self.ben.events.iter().rev().find_map(came).unwrap_or_default();
        self.ben.wait_for_next("sound", |e| came(e).is_some_and(|now| now >= before + 100));
        ana.send(r#"{"cmd":"leave"}"#);
        let (code, events, stderr) = ana.finish();
        assert_eq!(code, 0, "{stderr}{events:#?}");
        rung.as_str().unwrap().to_owned()
    }
}

#[test]
fn where_there_is_ipv6_alone_every_way_works() {
    let Some(wire) = wire() else { return };
    only_ipv6(&wire);
    let mut meeting = Meeting::open(&wire.right, &format!("[{RIGHT6}]:0"));
    for (more, rung) in
        [(&[][..], "udp"), (&["--transport", "tcp"], "tcp"), (&["--transport", "tls"], "tls"), (&["--transport", "wss"], "wss")]
    {
        assert_eq!(meeting.heard_by(wire.left.command(BIN), &format!("[{RIGHT6}]"), more), rung);
    }
}

#[test]
fn an_ipv6_that_leads_nowhere_keeps_nobody_out() {
    let Some(wire) = wire() else { return };
    let nowhere = Ipv6Addr::new(0xfd99, 0, 0, 0, 0, 0, 0, 9);
    let says = move |_: &str| Says::Addresses(vec![nowhere.into(), RIGHT.into()]);
    let names = match wire.left.within(|| Names::start(says)).unwrap() {
        Ok(names) => names,
        Err(why) => return skip("a name server", &why),
    };
    let mut meeting = Meeting::open(&wire.right, &format!("{RIGHT}:0"));
    assert_eq!(meeting.heard_by(names.asked_in(&wire.left, BIN), "meet.example.org", &[]), "udp");
}

/// A translator on the right, in front of the server. It ends with the handle.
struct Translator(Child, tempfile::TempDir);

impl Translator {
    fn start(wire: &Wire) -> Result<Self, String> {
        let tayga = ["tayga", "/usr/sbin/tayga"].into_iter().find(|p| conclave_lab::has(p) || std::path::Path::new(p).exists());
        let tayga = tayga.ok_or("tayga is not installed")?;
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("tayga.conf");
        let pool = "tun-device nat64\nipv4-addr 192.168.255.1\nipv6-addr fd71:1::1\nprefix fd71:64::/96\n";
        std::fs::write(&config, format!("{pool}dynamic-pool 192.168.255.0/24\ndata-dir {}\n", text(dir.path()))).unwrap();
        let run = |program: &str, args: &[&str]| {
            let out = wire.right.command(program).args(args).output().map_err(|e| format!("{program}: {e}"))?;
            if out.status.success() { Ok(()) } else { Err(format!("{program}: {}", String::from_utf8_lossy(&out.stderr).trim())) }
        };
        run("sysctl", &["-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"])?;
        run(tayga, &["--config", text(&config), "--mktun"])?;
        wire.right.ip("link set nat64 up")?;
        wire.right.ip("route add 192.168.255.0/24 dev nat64")?;
        wire.right.ip("-6 route add fd71:64::/96 dev nat64")?;
        let mut command = wire.right.command(tayga);
        command.args(["--config", text(&config), "--nodetach"]).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(command.spawn().map_err(|e| e.to_string())?, dir))
    }
}

impl Drop for Translator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = &self.1;
    }
}

#[test]
fn a_server_that_has_ipv4_alone_is_reached_from_a_network_that_has_ipv6_alone() {
    let Some(wire) = wire() else { return };
    let translator = match Translator::start(&wire) {
        Ok(translator) => translator,
        Err(why) => return skip("a translator (NAT64)", &why),
    };
    let mut meeting = Meeting::open(&wire.right, &format!("{RIGHT}:0"));
    only_ipv6(&wire);
    // As name servers of such networks do (DNS64, RFC 6147), and for the name that tells the prefix (RFC 7050).
    let says = |name: &str| {
        let v4 = if name == "ipv4only.arpa" { Ipv4Addr::new(192, 0, 0, 170) } else { RIGHT };
        Says::Addresses(vec![IpAddr::V6(synthesised(v4))])
    };
    let names = match wire.left.within(|| Names::start(says)).unwrap() {
        Ok(names) => names,
        Err(why) => return skip("a name server", &why),
    };
    for host in ["meet.example.org", &RIGHT.to_string()] {
        let rung = meeting.heard_by(names.asked_in(&wire.left, BIN), host, &[]);
        assert!(["udp", "tcp", "tls"].contains(&rung.as_str()), "{host}: {rung}");
    }
    drop(translator);
}

#[test]
fn a_call_over_a_tunnel_follows_its_client_into_another_network() {
    let Some(mut office) = Office::open(BIN).inspect_err(|why| skip("a wire between network namespaces", why)).ok() else {
        return;
    };
    let (mut here, mut next) = (LEFT, 3);
    for rung in ["tcp", "tls", "wss"] {
        let mut ana = office.join(&["--transport", rung]);
        let me = ana.event("joined")["me"].clone();
        ana.wait_for(rung, |e| e["event"] == "transport" && e["ok"] == true && e["rung"] == rung);
        office.hears();
        // Out of one network and into another: nothing tells the sockets.
        let there = Ipv4Addr::new(10, 71, 0, next);
        next += 1;
        office.wire.left.ip(&format!("addr del {here} peer {RIGHT} dev eth0")).unwrap();
        office.wire.left.ip(&format!("addr add {there} peer {RIGHT} dev eth0")).unwrap();
        office.wire.left.ip("route replace default dev eth0").unwrap();
        here = there;
        ana.event("reconnected");
        office.hears();
        ana.send(r#"{"cmd":"say","text":"still here"}"#);
        office.ben.wait_for_next("chat", |e| e["event"] == "chat" && e["text"] == "still here");
        let left = |e: &Value| e["event"] == "peer_left" && e["id"] == me;
        assert!(!office.ben.events.iter().any(left), "{rung}: nobody is shown as gone");
        ana.send(r#"{"cmd":"leave"}"#);
        let (code, events, stderr) = ana.finish();
        assert_eq!(code, 0, "{stderr}{events:#?}");
        office.ben.wait_for_next("her end", left);
    }
}

#[test]
fn the_laboratory_needs_no_rights_where_the_kernel_lets_users_have_namespaces() {
    const INSIDE: &str = "CONCLAVE_LAB_UNPRIVILEGED";
    const NAME: &str = "the_laboratory_needs_no_rights_where_the_kernel_lets_users_have_namespaces";
    if std::env::var_os(INSIDE).is_some() {
        let [left, right] = cable::lay().expect("a cable");
        let mut meeting = Meeting::open(&right, &format!("{RIGHT}:0"));
        assert_eq!(meeting.heard_by(left.command(BIN), &RIGHT.to_string(), &[]), "udp");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(home.path(), Some(65534), Some(65534)).unwrap_or_default();
    let as_nobody = |program: &str, args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare", "--user", "--map-root-user", "--net"]);
        command.arg(program).args(args).env("HOME", home.path()).env("TMPDIR", home.path()).env(INSIDE, "1");
        command.env_remove("XDG_RUNTIME_DIR").env_remove("XDG_STATE_HOME").output().unwrap()
    };
    let us = std::env::current_exe().unwrap();
    for (program, args) in [("true", &[][..]), (BIN, &["--version"]), (text(&us), &["--list"])] {
        let out = as_nobody(program, args);
        if !out.status.success() {
            return skip("the laboratory without rights", String::from_utf8_lossy(&out.stderr).trim());
        }
    }
    let out = as_nobody(text(&us), &["--exact", NAME, "--nocapture"]);
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}
