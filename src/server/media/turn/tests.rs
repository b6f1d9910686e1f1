use super::relay::{MOST_PER_USER, STRANGERS};
use super::*;
use crate::net::stun::message::{
    ALLOCATE, CHANNEL_BIND, CHANNEL_NUMBER, DATA, DATA_INDICATION, ERROR_CODE, LIFETIME, Message, NONCE, REALM, REFRESH,
    REQUESTED_TRANSPORT, SUCCESS, USERNAME, Writer, XOR_PEER_ADDRESS, XOR_RELAYED_ADDRESS,
};
use std::net::IpAddr;
use std::time::Duration;
use zeroize::Zeroizing;

const PERMISSION: u16 = 0x0008;
const SEND: u16 = 0x0016;
const UNIX: u64 = 1_800_000_000;
const UDP: (u16, &[u8]) = (REQUESTED_TRANSPORT, &[17, 0, 0, 0]);

fn secret() -> Secret {
    Secret::shared("north")
}

/// Somebody's requests, and what was said to them last.
struct Client {
    name: String,
    key: Zeroizing<[u8; 16]>,
    nonce: Vec<u8>,
    serial: u8,
}

impl Client {
    fn new(who: &str, unix: u64) -> Self {
        let (name, _) = secret().credentials(who, unix);
        let key = secret().key(name.as_bytes()).unwrap().0;
        Self { name, key, nonce: Vec::new(), serial: 0 }
    }

    fn message(&mut self, kind: u16, peer: Option<SocketAddr>, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        self.serial += 1;
        let transaction = [self.serial; 12];
        let mut message = Writer::new(kind, &transaction);
        if let Some(peer) = peer {
            message = message.address(XOR_PEER_ADDRESS, peer, &transaction);
        }
        for (kind, value) in attributes {
            message = message.attribute(*kind, value);
        }
        if kind == SEND || self.nonce.is_empty() {
            return message.finish(None);
        }
        let named = message.attribute(USERNAME, self.name.as_bytes()).attribute(REALM, b"conclave").attribute(NONCE, &self.nonce);
        named.finish(Some(&*self.key))
    }

    /// The error of an answer, or 0 for success.
    fn read(&mut self, answer: &[u8]) -> u16 {
        let m = Message::read(answer).unwrap();
        if let Some(nonce) = m.attribute(NONCE) {
            self.nonce = nonce.to_vec();
        }
        m.attribute(ERROR_CODE).map_or(0, |e| u16::from(e[2]) * 100 + u16::from(e[3]))
    }
}

struct Lab {
    relay: Relay,
    now: Instant,
}

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

const MEDIA: &str = "192.0.2.1:443";

impl Lab {
    fn new() -> Self {
        let now = Instant::now();
        Self { relay: Relay::new(secret(), vec![at(MEDIA), at("[2001:db8::1]:443")], now, UNIX), now }
    }

    fn ask(&mut self, c: &mut Client, from: Way, kind: u16, peer: Option<SocketAddr>, more: &[(u16, &[u8])]) -> u16 {
        let message = c.message(kind, peer, more);
        match self.relay.take(self.now, from, &message) {
            Taken::Answer(answer) => c.read(&answer),
            other => panic!("{other:?}"),
        }
    }

    fn allocated(&mut self, who: &str, from: Way) -> Client {
        let mut client = Client::new(who, UNIX);
        assert_eq!(self.ask(&mut client, from, ALLOCATE, None, &[UDP]), 401);
        assert_eq!(self.ask(&mut client, from, ALLOCATE, None, &[UDP]), 0);
        client
    }
}

fn way(n: u16) -> Way {
    Way::Udp(SocketAddr::from(([198, 51, 100, 1], n)))
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    /// Whoever has a password may ask for anything: what goes on goes to our media, under the name of their own allocation.
    #[test]
    fn any_authentic_request(
        said in proptest::collection::vec((0u8..6, 0u8..5, proptest::collection::vec((proptest::prelude::any::<u16>(), proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20)), 0..4)), 0..40),
    ) {
        let mut lab = Lab::new();
        let mut ana = lab.allocated("ana", way(1));
        let peers = [MEDIA, "[2001:db8::1]:443", "192.0.2.1:22", "127.0.0.1:443", "[::ffff:192.0.2.1]:443"];
        for (kind, peer, attributes) in said {
            let kind = [ALLOCATE, REFRESH, PERMISSION, CHANNEL_BIND, SEND, 0x0001][usize::from(kind)];
            let attributes: Vec<(u16, &[u8])> = attributes.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
            let message = ana.message(kind, Some(at(peers[usize::from(peer)])), &attributes);
            match lab.relay.take(lab.now, way(1), &message) {
                Taken::Answer(answer) => {
                    ana.read(&answer);
                    assert!(answer.len() <= 400, "{}", answer.len());
                }
                Taken::Relay(from, _) => assert!(peer < 2 && matches!(from, Way::Relayed(..)), "{from:?} by {peer}"),
                Taken::Nothing => {}
            }
            lab.now += Duration::from_millis(300);
            assert!(lab.relay.allocations(lab.now) <= 1);
        }
    }
}

#[test]
fn the_relay_reaches_our_media_and_nothing_else() {
    let mut lab = Lab::new();
    let mut other = lab.allocated("ben", way(2));
    assert_eq!(lab.ask(&mut other, way(2), PERMISSION, Some(at(MEDIA)), &[]), 0);
    let mut ana = lab.allocated("ana", way(1));
    assert_eq!(lab.ask(&mut ana, way(1), PERMISSION, Some(at(MEDIA)), &[]), 0);
    let elsewhere = [
        "192.0.2.1:22",    // another port of ours
        "192.0.2.1:49152", // what the other has
        "192.0.2.9:443",   // another host
        "127.0.0.1:443",   // this machine
        "[::1]:443",
        "[::ffff:127.0.0.1]:443",
        "169.254.169.254:80", // a cloud's metadata
        "[fd00:ec2::254]:80",
        "10.0.0.1:443",
        "0.0.0.0:443",
        "255.255.255.255:443",
        "224.0.0.1:443",
        "198.51.100.1:2", // the other client itself
    ];
    for peer in elsewhere.map(at) {
        let channel: (u16, &[u8]) = (CHANNEL_NUMBER, &[0x40, 1, 0, 0]);
        assert_eq!(lab.ask(&mut ana, way(1), CHANNEL_BIND, Some(peer), &[channel]), 403, "{peer}");
        let permitted = lab.ask(&mut ana, way(1), PERMISSION, Some(peer), &[]);
        assert_eq!(permitted, if peer.ip() == at(MEDIA).ip() { 0 } else { 403 }, "{peer}");
        let sent = ana.message(SEND, Some(peer), &[(DATA, b"x")]);
        assert_eq!(lab.relay.take(lab.now, way(1), &sent), Taken::Nothing, "{peer}");
    }
    assert_eq!(lab.relay.take(lab.now, way(1), &[0x40, 1, 0, 1, b'x', 0, 0, 0]), Taken::Nothing, "no channel was bound");
    let sent = ana.message(SEND, Some(at(MEDIA)), &[(DATA, b"x")]);
    assert!(matches!(lab.relay.take(lab.now, way(1), &sent), Taken::Relay(Way::Relayed(..), b"x")));
    // From this machine itself its inner addresses are ours too, with the port of media.
    let inner = Way::Udp(at("127.0.0.1:9"));
    let mut local = lab.allocated("local", inner);
    assert_eq!(lab.ask(&mut local, inner, PERMISSION, Some(at("127.0.0.1:443")), &[]), 0);
    for (port, error) in [(443, 0), (22, 403)] {
        let (channel, peer) = ([0x40, port as u8, 0, 0], SocketAddr::from(([127, 0, 0, 1], port)));
        assert_eq!(lab.ask(&mut local, inner, CHANNEL_BIND, Some(peer), &[(CHANNEL_NUMBER, &channel)]), error);
    }
}

#[test]
fn data_goes_both_ways_by_indications_and_by_channels_while_it_is_permitted() {
    let mut lab = Lab::new();
    for client in [way(1), Way::Tcp(7, at("198.51.100.1:1"))] {
        let mut ana = lab.allocated("ana", client);
        let sent = ana.message(SEND, Some(at(MEDIA)), &[(DATA, b"hello")]);
        assert_eq!(lab.relay.take(lab.now, client, &sent), Taken::Nothing, "not permitted yet");
        assert_eq!(lab.ask(&mut ana, client, PERMISSION, Some(at(MEDIA)), &[]), 0);
        let Taken::Relay(Way::Relayed(number, relayed), b"hello") = lab.relay.take(lab.now, client, &sent) else { panic!() };
        assert!(relayed.ip() == at(MEDIA).ip() && relayed.port() >= 49152);
        let mut out = Vec::new();
        assert_eq!(lab.relay.wrap(lab.now, number, b"answer", &mut out), Some(client));
        let m = Message::read(&out).unwrap();
        assert_eq!(
            (m.kind, m.address(XOR_PEER_ADDRESS), m.attribute(DATA)),
            (DATA_INDICATION, Some(at(MEDIA)), Some(&b"answer"[..]))
        );
        // A channel; it cannot be bound to another peer, nor the peer to another channel.
        let second = Some(at("[2001:db8::1]:443"));
        assert_eq!(lab.ask(&mut ana, client, CHANNEL_BIND, Some(at(MEDIA)), &[(CHANNEL_NUMBER, &[0x40, 0, 0, 0])]), 0);
        assert_eq!(lab.ask(&mut ana, client, CHANNEL_BIND, second, &[(CHANNEL_NUMBER, &[0x40, 0, 0, 0])]), 400);
        assert_eq!(lab.ask(&mut ana, client, CHANNEL_BIND, Some(at(MEDIA)), &[(CHANNEL_NUMBER, &[0x40, 1, 0, 0])]), 400);
        let Taken::Relay(same, b"hello") = lab.relay.take(lab.now, client, b"\x40\0\0\x05hello") else { panic!() };
        assert_eq!(same, Way::Relayed(number, relayed));
        assert_eq!(lab.relay.wrap(lab.now, number, b"answer", &mut out), Some(client));
        assert_eq!(out, if client.udp().is_some() { &b"\x40\0\0\x06answer"[..] } else { b"\x40\0\0\x06answer\0\0" });
        // Nothing comes back once both have ended, and nothing at all behind the allocation.
        lab.now += Duration::from_secs(599);
        assert!(lab.relay.wrap(lab.now, number, b"answer", &mut out).is_some(), "the channel");
        assert_eq!(lab.ask(&mut ana, client, REFRESH, None, &[]), 0);
        lab.now += Duration::from_secs(2);
        assert_eq!(lab.relay.wrap(lab.now, number, b"answer", &mut out), None);
        assert_eq!(lab.ask(&mut ana, client, REFRESH, None, &[]), 438, "the nonce is stale");
        assert_eq!(lab.ask(&mut ana, client, REFRESH, None, &[(LIFETIME, &[0; 4])]), 0);
        assert_eq!(lab.ask(&mut ana, client, REFRESH, None, &[]), 437);
        assert_eq!(lab.relay.allocations(lab.now), 0);
    }
}

#[test]
fn only_who_has_credentials_gets_an_allocation_and_strangers_are_answered_little() {
    let mut lab = Lab::new();
    // The credentials are somebody's: a wrong key, an ended name, an invented one.
    let mut guess = Client { key: Zeroizing::new([0; 16]), ..Client::new("ana", UNIX) };
    let ended = &mut Client::new("ana", UNIX - 13 * 3600);
    let invented = &mut Client { name: "ana".into(), ..Client::new("ana", UNIX) };
    for (n, client) in [&mut guess, ended, invented].into_iter().enumerate() {
        for _ in 0..2 {
            assert_eq!(lab.ask(client, way(n as u16), ALLOCATE, None, &[UDP]), 401, "{n}");
        }
    }
    // A nonce is good for whom it was made, and somebody else's allocation for nobody.
    let mut ana = lab.allocated("ana", way(10));
    assert_eq!(lab.ask(&mut ana, way(11), ALLOCATE, None, &[UDP]), 438);
    let mut eve = Client::new("eve", UNIX);
    lab.ask(&mut eve, way(10), REFRESH, None, &[]);
    assert_eq!(lab.ask(&mut eve, way(10), REFRESH, None, &[]), 441);
    // What was begun in time goes on when the credentials have ended.
    for _ in 0..14 {
        let mut kept = Client::new("ana", UNIX);
        let hour = (LIFETIME, &3600u32.to_be_bytes()[..]);
        assert_eq!([(); 2].map(|()| lab.ask(&mut kept, way(10), REFRESH, None, &[hour])), [401, 0]);
        lab.now += Duration::from_secs(3599);
    }
    let mut late = Client::new("ana", UNIX);
    assert_eq!([(); 2].map(|()| lab.ask(&mut late, way(11), ALLOCATE, None, &[UDP])), [401, 401]);
    // Nobody is flooded with our answers: neither one address nor all.
    lab.now += Duration::from_secs(5);
    let unsigned = Client::new("x", UNIX).message(ALLOCATE, None, &[UDP]);
    let mut answers = |from: &dyn Fn(u32) -> IpAddr| {
        lab.now += Duration::from_secs(1);
        (0..100_000u32)
            .filter(|n| match lab.relay.take(lab.now, Way::Udp(SocketAddr::new(from(*n), *n as u16)), &unsigned) {
                Taken::Answer(answer) => {
                    assert!(answer.len() <= 100, "{}", answer.len());
                    true
                }
                _ => false,
            })
            .count()
    };
    assert_eq!(answers(&|_| IpAddr::from([203, 0, 113, 1])), STRANGERS.0 as usize);
    assert!(answers(&|n| IpAddr::from((0xCB00_0000 + n).to_be_bytes())) <= STRANGERS.1 as usize);
}

#[test]
fn allocations_are_bounded_and_make_room() {
    let mut lab = Lab::new();
    let mut last = None;
    for n in 0..MOST_PER_USER as u16 {
        last = Some(lab.allocated("ana", Way::Tcp(n.into(), at("198.51.100.1:1"))));
    }
    let mut more = Client::new("ana", UNIX);
    let from = Way::Tcp(999, at("198.51.100.1:1"));
    assert_eq!([(); 2].map(|()| lab.ask(&mut more, from, ALLOCATE, None, &[UDP])), [401, 486]);
    lab.allocated("ben", Way::Tcp(1000, at("198.51.100.1:1")));
    let first = Way::Tcp(0, at("198.51.100.1:1"));
    assert_eq!(lab.ask(last.as_mut().unwrap(), first, ALLOCATE, None, &[UDP]), 437, "one for each client");
    lab.relay.end(first);
    assert_eq!(lab.ask(&mut more, from, ALLOCATE, None, &[UDP]), 0);
    for (attribute, error) in [((REQUESTED_TRANSPORT, &[6u8, 0, 0, 0][..]), 442), ((0x0022, &[0; 8]), 420)] {
        let mut odd = Client::new("eve", UNIX);
        let from = Way::Tcp(2000 + u64::from(error), at("198.51.100.1:1"));
        assert_eq!([(); 2].map(|()| lab.ask(&mut odd, from, ALLOCATE, None, &[attribute])), [401, error]);
    }
    lab.now += Duration::from_secs(601);
    assert_eq!(lab.relay.allocations(lab.now), 0);
}

/// Through the server's real port, by UDP and over TCP: what is sent to our media is answered by it.
mod network {
    use super::*;
    use crate::server::edge;
    use crate::server::edge::tls::{Certificates, Source};
    use crate::server::media::tests::Nobody;
    use crate::server::media::{MediaConfig, MediaPlane, token};
    use crate::server::store::DataDir;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_util::sync::CancellationToken;

    const PATIENCE: Duration = Duration::from_secs(30);

    struct Server {
        at: SocketAddr,
        plane: Arc<MediaPlane>,
        _data: tempfile::TempDir,
    }

    fn start() -> Server {
        let listener = edge::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let at = listener.local_addr().unwrap();
        let config = MediaConfig {
            udp: at,
            tcp: Some(at),
            advertise: Vec::new(),
            key: token::ApiKey { key: "k".into(), secret: Zeroizing::new("s".repeat(32)) },
            max_participants: 5,
            tls: true,
            turn: Config::default(),
            webhooks: Vec::new(),
        };
        let plane = MediaPlane::start(config, Arc::new(Nobody)).unwrap();
        let data = tempfile::tempdir().unwrap();
        let certificates = Certificates::open(Source::Own(vec![at.ip()]), &DataDir::open(data.path()).unwrap()).unwrap();
        let tls = certificates.acceptor().unwrap();
        tokio::spawn(edge::serve(listener, Some(tls), axum::Router::new(), Some(plane.clone()), CancellationToken::new()));
        Server { at, plane, _data: data }
    }

    /// What a participant is told: name and password, as any client has them.
    fn told(server: &Server) -> (Client, String) {
        let [told] = &server.plane.plane.turn.of(Some("127.0.0.1:1"), "ana")[..] else { panic!("one server") };
        let port = server.at.port();
        assert_eq!(told.urls[0], format!("turn:127.0.0.1:{port}?transport=udp"));
        assert_eq!(told.urls[1..], ["turn", "turns"].map(|s| format!("{s}:127.0.0.1:{port}?transport=tcp")));
        use md5::{Digest as _, Md5};
        let sum = Md5::digest(format!("{}:conclave:{}", told.username, told.credential));
        let client = Client { name: told.username.clone(), key: Zeroizing::new(sum.into()), nonce: Vec::new(), serial: 0 };
        (client, told.credential.clone())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn our_media_answers_through_the_relay() {
        let server = start();
        let media = server.plane.udp_address();
        for tcp in [false, true] {
            let (mut ana, _) = told(&server);
            let udp = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
            udp.connect(media).await.unwrap();
            let mut stream = tokio::net::TcpStream::connect(server.at).await.unwrap();
            let question = crate::net::stun::question(&[5; 12]);
            let mut steps = vec![(ALLOCATE, None, UDP), (ALLOCATE, None, UDP), (PERMISSION, Some(media), UDP)];
            steps.push((SEND, Some(media), (DATA, &question)));
            let mut answers = Vec::new();
            for (kind, peer, attribute) in steps {
                let attributes: &[(u16, &[u8])] = if kind == PERMISSION { &[] } else { &[attribute] };
                let message = ana.message(kind, peer, attributes);
                let mut answer = vec![0; 2048];
                let length = if tcp {
                    stream.write_all(&message).await.unwrap();
                    let read = async {
                        stream.read_exact(&mut answer[..20]).await.unwrap();
                        let rest = usize::from(u16::from_be_bytes([answer[2], answer[3]]));
                        stream.read_exact(&mut answer[20..20 + rest]).await.unwrap() + 20
                    };
                    tokio::time::timeout(PATIENCE, read).await.unwrap()
                } else {
                    udp.send(&message).await.unwrap();
                    tokio::time::timeout(PATIENCE, udp.recv(&mut answer)).await.unwrap().unwrap()
                };
                answer.truncate(length);
                ana.read(&answer);
                answers.push(answer);
            }
            let allocated = Message::read(&answers[1]).unwrap();
            let data = Message::read(&answers[3]).unwrap();
            assert_eq!((allocated.kind, data.kind), (ALLOCATE | SUCCESS, DATA_INDICATION));
            assert_eq!(data.address(XOR_PEER_ADDRESS), Some(media));
            let inner = data.attribute(DATA).unwrap();
            assert!(crate::net::stun::answers(inner, &[5; 12]));
            // Seen by our media as the relayed address.
            let seen = Message::read(inner).unwrap().address(crate::net::stun::XOR_MAPPED_ADDRESS);
            assert_eq!(seen, allocated.address(XOR_RELAYED_ADDRESS));
        }
        assert!(server.plane.allocations() >= 1);
    }

    /// It makes two allocations, and then asks for channels to made-up peers before those that were meant: an open relay would
    /// give them. What comes through is in the test above.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn coturns_own_client_gets_allocations_by_udp_tcp_and_tls_and_is_led_nowhere_else() {
        let server = start();
        let (ana, password) = told(&server);
        let (port, media) = (server.at.port().to_string(), server.plane.udp_address().port().to_string());
        let uclient = |options: &'static [&'static str]| {
            let mut command = tokio::process::Command::new("turnutils_uclient");
            command.args(["-v", "-c", "-n", "1", "-m", "1", "-e", "127.0.0.1", "-r", &media]).args(options);
            command.args(["-u", &ana.name, "-w", &password, "-p", &port, "127.0.0.1"]).kill_on_drop(true);
            async move { tokio::time::timeout(PATIENCE * 2, command.output()).await }
        };
        let (udp, tcp, tls) = tokio::join!(uclient(&[]), uclient(&["-t"]), uclient(&["-t", "-S"]));
        for (how, output) in [("udp", udp), ("tcp", tcp), ("tls", tls)] {
            let output = match output.unwrap() {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return eprintln!("skipped: turnutils_uclient is missing"),
                output => output.unwrap(),
            };
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(said.matches("clnet_allocate: rtv=0").count(), 2, "{how}: {said}");
            assert!(said.contains("403 (Forbidden)"), "{how}: {said}");
        }
    }
}
