//! A call on a server that is not ours takes the best way that the network lets through and the server names: a real livekit-server and a
//! real coturn on one side of an office's firewall, our own program on the other.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, text};
use conclave_lab::coturn::{self, Coturn};
use conclave_lab::livekit_server::{self, LiveKitServer};
use conclave_lab::proxy::{self, Kind, PASSWORD, Proxy, USER};
use conclave_lab::wire::{RIGHT, Rules, Wire};
use conclave_lab::{skip, speech};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// An office, and outside of it a LiveKit server behind a web server that has its TLS, a relay, and Ben, who listens.
struct World {
    wire: Wire,
    server: LiveKitServer,
    coturn: Coturn,
    link: String,
    ben: Client,
    dir: tempfile::TempDir,
}

/// A web server in front of another: TLS ends here.
fn terminate(wire: &Wire, certificate: &str, key: &str, to: SocketAddr) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = wire.right.within(|| std::net::TcpListener::bind((RIGHT, 0)).unwrap()).unwrap();
    let at = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let right = wire.right.clone();
    std::thread::spawn(move || {
        right.within(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let Ok((near, _)) = listener.accept().await else { continue };
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let (mut near, mut far) = (acceptor.accept(near).await.ok()?, TcpStream::connect(to).await.ok()?);
                        tokio::io::copy_bidirectional(&mut near, &mut far).await.ok()
                    });
                }
            })
        })
    });
    at
}

impl World {
    /// `tcp`: the server takes media by TCP. `relays`: it names these of `udp`, `tcp` and `tls`. `Err`: why there is none here.
    fn begin(tcp: bool, relays: &[&str]) -> Result<Self, String> {
        let wire = Wire::start()?;
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        let write = |name: &str, bytes: &str| std::fs::write(dir.path().join(name), bytes).unwrap();
        // An authority, and a certificate of its for the address.
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        write("ca.pem", &authority.self_signed(&key).unwrap().pem());
        let issuer = Issuer::new(authority, key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![RIGHT.to_string()]).unwrap().signed_by(&key, &issuer).unwrap().pem();
        let key = key.serialize_pem();
        write("cert.pem", &certificate);
        write("key.pem", &key);
        let (cert, pkey) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        let coturn = wire.right.within(|| coturn::start_at(RIGHT, &cert, &pkey)).map_err(|e| e.to_string())??;
        let mut rtc = format!("  tcp_port: {}\n", if tcp { 7881 } else { 0 });
        if !relays.is_empty() {
            rtc.push_str("  turn_servers:\n");
        }
        for relay in relays {
            let port = if *relay == "tls" { coturn.tls_port } else { coturn.port };
            let (user, password) = (coturn::USER, coturn::PASSWORD);
            rtc.push_str(&format!(
                "  - {{ host: {RIGHT}, port: {port}, protocol: {relay}, username: {user}, credential: {password} }}\n"
            ));
        }
        let server = wire.right.within(|| livekit_server::start_at(RIGHT, &rtc)).map_err(|e| e.to_string())??;
        let web = terminate(&wire, &certificate, &key, SocketAddr::from((RIGHT, server.port)));
        speech::write(&dir.path().join("tone.wav"), &speech::chirp(120.0));
        let link = format!("livekit://{web}");
        let mut ben = wire.right.command(BIN);
        ben.args(["join", &link, "--json", "--name", "Ben", "--audio", "null", "--stats", "250ms"]);
        ben.env("SSL_CERT_FILE", dir.path().join("ca.pem")).env("CONCLAVE_TOKEN", server.token("r", "ben", "Ben"));
        let mut ben = Client::spawn(ben);
        ben.event("joined");
        Ok(Self { wire, server, coturn, link, ben, dir })
    }

    fn ana(&self, mut command: Command, more: &[&str]) -> Client {
        let tone = self.dir.path().join("tone.wav");
        command.args(["join", &self.link, "--json", "--name", "Ana", "--audio", &format!("file:{},", text(&tone))]).args(more);
        command.env("SSL_CERT_FILE", self.dir.path().join("ca.pem")).env("CONCLAVE_TOKEN", self.server.token("r", "ana", "Ana"));
        Client::spawn(command)
    }

    /// Ana in the office, who speaks for two minutes.
    fn join(&self, more: &[&str]) -> Client {
        self.ana(self.wire.left.command(BIN), more)
    }

    /// The same by a proxy alone.
    fn join_by(&self, proxy: &Proxy) -> Client {
        let password = self.dir.path().join("password");
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let mut command = self.wire.left.command("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 9<\"$PASSWORD_FILE\"", BIN]).env("PASSWORD_FILE", password);
        let address = format!("http://{USER}@{}", proxy.authority);
        self.ana(command, &["--proxy", &address, "--proxy-password-fd", "9", "--no-proxy", ""])
    }

    /// Until two more seconds of sound have come to Ben.
    fn hears(&mut self) {
        let came = |e: &Value| e["packets_received"].as_u64();
        let before = self.ben.events.iter().rev().find_map(came).unwrap_or_default();
        self.ben.wait_for_next("sound", |e| came(e).is_some_and(|now| now >= before + 100));
    }

    fn leave(&mut self, mut ana: Client) {
        let me = ana.event("joined")["me"].clone();
        ana.send(r#"{"cmd":"leave"}"#);
        let (code, events, stderr) = ana.finish();
        assert_eq!(code, 0, "{stderr}");
        assert!(events.iter().all(|e| e["event"] != "reconnecting"), "{events:#?}");
        self.ben.wait_for_next("her end", |e| e["event"] == "peer_left" && e["id"] == me);
    }
}

fn over(rung: &str) -> impl Fn(&Value) -> bool + '_ {
    move |e| e["event"] == "transport" && e["ok"] == true && e["rung"] == rung
}

macro_rules! world {
    ($tcp:expr, $relays:expr) => {
        match World::begin($tcp, $relays) {
            Ok(world) => world,
            Err(why) => return skip("a LiveKit server and a relay behind a wire", &why),
        }
    };
}

#[test]
fn without_udp_sound_goes_by_the_tcp_that_the_server_names_and_moves_during_a_call() {
    let mut world = world!(true, &[]);
    world.wire.firewall(Rules::NoUdp);
    let mut ana = world.join(&[]);
    ana.wait_for("tcp", over("tcp"));
    world.hears();
    for (rules, rung) in [(Rules::Open, "udp"), (Rules::NoUdp, "tcp")] {
        world.wire.firewall(rules);
        ana.wait_for_next(rung, over(rung));
        world.hears();
    }
    world.leave(ana);
}

#[test]
fn where_only_tls_passes_sound_goes_by_a_relay_inside_it() {
    let mut world = world!(true, &["udp", "tcp", "tls"]);
    world.wire.firewall(Rules::OnlyTls);
    let mut ana = world.join(&[]);
    ana.wait_for("turn+tls", over("turn+tls"));
    world.hears();
    assert!(world.coturn.log().contains("CHANNEL_BIND processed, success"), "{}", world.coturn.log());
    // And by UDP as soon as it may.
    world.wire.firewall(Rules::Open);
    ana.wait_for_next("udp", over("udp"));
    world.hears();
    world.leave(ana);
}

#[test]
fn where_only_a_proxy_leads_out_the_relay_is_reached_through_it() {
    let mut world = world!(false, &["tls"]);
    for kind in [Kind::Tinyproxy, Kind::SquidBasic] {
        let proxy = match world.wire.right.within(|| proxy::start_at(kind, RIGHT)).unwrap() {
            Ok(proxy) => proxy,
            Err(why) => return skip(&format!("{kind:?}"), &why),
        };
        world.wire.firewall(Rules::OnlyPort(proxy.authority.parse::<SocketAddr>().unwrap().port()));
        let mut ana = world.join_by(&proxy);
        ana.wait_for("proxy+turn+tls", over("proxy+turn+tls"));
        world.hears();
        world.leave(ana);
    }
}

#[test]
fn a_relay_or_tcp_alone_can_be_asked_for_and_is_missed_where_there_is_none() {
    let mut world = world!(true, &["udp"]);
    let mut ana = world.join(&["--transport", "turn"]);
    ana.wait_for("turn", over("turn"));
    world.hears();
    world.leave(ana);
    // And its TCP, where nothing keeps anybody from UDP.
    let mut ana = world.join(&["--transport", "tcp"]);
    ana.wait_for("tcp", over("tcp"));
    world.hears();
    world.leave(ana);
    let without = world!(false, &[]);
    for (word, says) in
        [("turn", "it names no TURN server"), ("tcp", "it takes no TCP for media"), ("tls", "it is no Conclave server")]
    {
        let (code, events, _) = without.join(&["--transport", word]).finish();
        assert!(code == 2 && events.iter().any(|e| e.to_string().contains(says)), "{word}: {code} {events:#?}");
    }
    without.wire.clear();
}

#[test]
fn a_relay_that_the_administrator_does_not_allow_is_not_even_knocked_at() {
    let namespace = ["-m", "--", "sh", "-c"];
    let can = Command::new("unshare").args(namespace).arg("mount -t tmpfs tmpfs /etc").output();
    if !can.is_ok_and(|o| o.status.success()) {
        return skip("a mount namespace", "unshare or the right to mount is missing");
    }
    let mut world = world!(false, &["udp", "tcp", "tls"]);
    let server = world.link.split_once("://").unwrap().1.to_owned();
    let relay = format!("{RIGHT}:{}", world.coturn.tls_port);
    for (allow, works) in [(vec![&server], false), (vec![&server, &relay], true)] {
        let mut command = world.wire.left.command("unshare");
        let script = "mount -t tmpfs -o mode=755 tmpfs /etc && mkdir -m 755 /etc/conclave && \
                      printf '%s' \"$POLICY\" > /etc/conclave/policy.toml && exec \"$0\" \"$@\"";
        command.args(namespace).args([script, BIN]).env("POLICY", format!("[servers]\nallow = {allow:?}\n"));
        let mut ana = world.ana(command, &["--transport", "turn"]);
        if works {
            // Of three ways to the relay the one port is allowed.
            ana.wait_for("turn+tls", over("turn+tls"));
            world.hears();
            world.leave(ana);
        } else {
            ana.wait_for("that no sound gets through", |e| e["event"] == "transport" && e["ok"] == false);
        }
        let log = world.coturn.log();
        assert_eq!(log.contains("CHANNEL_BIND processed, success"), works, "{log}");
        assert_eq!(log.contains(" new, realm="), works, "{log}");
    }
}
