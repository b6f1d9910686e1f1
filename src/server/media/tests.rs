//! The media plane behind the server's one TCP port.

use super::sfu::ice::{answered, ask};
use super::sfu::{IceCredentials, PeerKey, PeerTransport, RoomKey};
use super::*;
use crate::server::edge;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Nobody;

#[async_trait::async_trait]
impl Authority for Nobody {
    async fn admit(&self, _: &token::Grant) -> Result<(), Denied> {
        Err(Denied("nobody".into()))
    }
    async fn create_room(&self, _: &str) -> Result<(), Denied> {
        Err(Denied("nobody".into()))
    }
    fn end_room(&self, _: &str) {}
    fn joined(&self, _: &str, _: &str, _: &str) {}
    fn left(&self, _: &str, _: &str) {}
}

fn framed(to: &IceCredentials, from: &IceCredentials, transaction: u8) -> Vec<u8> {
    let mut message = Vec::new();
    ask(to, from, ([transaction; 12], 1), true, &mut message);
    [&(message.len() as u16).to_be_bytes()[..], &message[..]].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_and_http_share_the_tcp_port() {
    let listener = edge::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let at = listener.local_addr().unwrap();
    let config = MediaConfig {
        udp: "127.0.0.1:0".parse().unwrap(),
        tcp: Some(at),
        advertise: Vec::new(),
        key: token::ApiKey { key: "k".into(), secret: zeroize::Zeroizing::new("s".repeat(32)) },
        max_participants: 5,
        tls: false,
        turn: turn::Config::default(),
        webhooks: Vec::new(),
    };
    let plane = MediaPlane::start(config, Arc::new(Nobody)).unwrap();
    let router = axum::Router::new().route("/", axum::routing::get(async || "a page"));
    tokio::spawn(edge::serve(listener, None, router, Some(plane.clone()), CancellationToken::new()));
    let (ours, theirs) = (plane.sfu.fresh_credentials(), plane.sfu.fresh_credentials());
    let transport = PeerTransport { local: ours.clone(), remote: theirs.clone(), remote_fingerprint: [0; 32] };
    plane.sfu.add_peer(RoomKey(1), PeerKey(1), transport);

    let mut media = tokio::net::TcpStream::connect(at).await.unwrap();
    let guess = IceCredentials { pwd: "a password that was guessed".into(), ..ours.clone() };
    // In one write and cut anywhere; who does not know the password hears nothing.
    let both = [framed(&guess, &theirs, 1), framed(&ours, &theirs, 2)].concat();
    let (first, rest) = both.split_at(57);
    media.write_all(first).await.unwrap();
    media.write_all(rest).await.unwrap();
    let answer = async {
        let length = media.read_u16().await.unwrap();
        let mut answer = vec![0; usize::from(length)];
        media.read_exact(&mut answer).await.unwrap();
        answer
    };
    let answer = timeout(PATIENCE, answer).await.expect("the check is answered");
    assert_eq!(answered(&answer, &ours.pwd), Some([2; 12]));

    let mut http = tokio::net::TcpStream::connect(at).await.unwrap();
    http.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut page = String::new();
    timeout(PATIENCE, http.read_to_string(&mut page)).await.expect("HTTP is answered").unwrap();
    assert!(page.ends_with("a page"), "{page}");
    plane.shutdown();
}

#[test]
fn candidates_are_of_both_protocols_and_udp_comes_first() {
    let advertise = ["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
    let found = candidates("[::]:7882".parse().unwrap(), Some("[::]:443".parse().unwrap()), &advertise);
    let address = |a: &str| a.parse::<SocketAddr>().unwrap();
    let expected = [
        Candidate::Udp(address("192.0.2.1:7882")),
        Candidate::Udp(address("[2001:db8::1]:7882")),
        Candidate::Tcp(address("192.0.2.1:443")),
        Candidate::Tcp(address("[2001:db8::1]:443")),
    ];
    assert_eq!(found, expected);
    let many: Vec<IpAddr> = (1..=40).map(|n| IpAddr::from([192, 0, 2, n])).collect();
    let found = candidates("[::]:7882".parse().unwrap(), Some("[::]:443".parse().unwrap()), &many);
    let tcp = found.iter().filter(|c| c.is_tcp()).count();
    assert_eq!((found.len() - tcp, tcp), (16, 4), "each costs every browser a connection");
}
