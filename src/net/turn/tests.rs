use super::*;
use crate::net::stun::message::{ERROR_CODE, Message};
use proptest::prelude::*;

const REALM_NAME: &[u8] = b"example.org";
const RELAYED: &str = "203.0.113.7:50000";

fn peer(n: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 7000 + n))
}

fn client(now: Instant, reliable: bool) -> Client {
    let credentials = Credentials { name: "ana".into(), password: "hunter2".to_owned().into() };
    Client::new(now, credentials, reliable, false, [7; 32])
}

/// A TURN server as the standard has it, on the time that it is given.
struct Relay {
    nonce: u32,
    /// Requests until it wants another nonce.
    stale_after: u32,
    password: &'static str,
    lifetime: u32,
    /// Peers that it does not relay to.
    forbids: Vec<SocketAddr>,
    /// What it was asked, in order: the type, and the peer of a channel.
    asked: Vec<(u16, Option<SocketAddr>)>,
    bound: Vec<(u16, SocketAddr)>,
}

impl Relay {
    fn new() -> Self {
        Self {
            nonce: 1,
            stale_after: 1000,
            password: "hunter2",
            lifetime: 600,
            forbids: Vec::new(),
            asked: Vec::new(),
            bound: Vec::new(),
        }
    }

    fn key(&self) -> [u8; 16] {
        Md5::new().chain_update("ana:example.org:").chain_update(self.password).finalize().into()
    }

    fn error(&self, request: &Message<'_>, code: u16) -> Vec<u8> {
        let answer = Writer::new(request.kind + ERROR, &request.transaction);
        let answer = answer.attribute(ERROR_CODE, &[0, 0, (code / 100) as u8, (code % 100) as u8]);
        answer.attribute(REALM, REALM_NAME).attribute(NONCE, &self.nonce.to_be_bytes()).finish(None)
    }

    fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let request = Message::read(request).expect("a message");
        self.asked.push((request.kind, request.address(XOR_PEER_ADDRESS)));
        let Some(nonce) = request.attribute(NONCE) else { return self.error(&request, 401) };
        self.stale_after = self.stale_after.saturating_sub(1);
        if self.stale_after == 0 {
            self.nonce += 1;
            self.stale_after = 1000;
        }
        if nonce != self.nonce.to_be_bytes() {
            return self.error(&request, 438);
        }
        let right = request.attribute(USERNAME) == Some(b"ana") && request.attribute(REALM) == Some(REALM_NAME);
        if !right || !request.is_authentic(&self.key()) {
            return self.error(&request, 401);
        }
        let answer = Writer::new(request.kind + SUCCESS, &request.transaction);
        let answer = match request.kind {
            ALLOCATE => answer
                .address(XOR_RELAYED_ADDRESS, RELAYED.parse().unwrap(), &request.transaction)
                .attribute(LIFETIME, &self.lifetime.to_be_bytes()),
            REFRESH => answer.attribute(LIFETIME, &self.lifetime.to_be_bytes()),
            _ => {
                let peer = request.address(XOR_PEER_ADDRESS).unwrap();
                if self.forbids.contains(&peer) {
                    return self.error(&request, 403);
                }
                let number = request.attribute(CHANNEL_NUMBER).unwrap();
                self.bound.push((u16::from_be_bytes([number[0], number[1]]), peer));
                answer
            }
        };
        answer.finish(Some(&self.key()))
    }

    /// Lets client and server talk until the client has nothing more to say.
    fn talk(&mut self, now: Instant, client: &mut Client) {
        while let Some(request) = client.poll(now) {
            let answer = self.answer(&request);
            assert_eq!(client.handle(now, &answer), Came::Nothing);
        }
    }
}

#[test]
fn an_address_is_had_and_only_the_servers_own_addresses_get_a_channel() {
    let (now, mut relay) = (Instant::now(), Relay::new());
    let mut client = client(now, false);
    client.permit(now, peer(1));
    client.permit(now, "[2001:db8::1]:7".parse().unwrap());
    relay.talk(now, &mut client);
    assert_eq!(client.relayed(), Some(RELAYED.parse().unwrap()));
    client.permit(now, peer(2));
    client.permit(now, peer(2));
    relay.talk(now, &mut client);
    assert_eq!(client.bound().collect::<Vec<_>>(), [peer(1), peer(2)]);
    assert_eq!(relay.bound, [(0x4000, peer(1)), (0x4001, peer(2))]);
    for n in 3..100 {
        client.permit(now, peer(n));
    }
    relay.talk(now, &mut client);
    assert_eq!(client.bound().count(), PEERS);
    assert_eq!(client.refused(), None);
}

#[test]
fn datagrams_go_by_channels_and_strangers_are_not_heard() {
    let (now, mut relay) = (Instant::now(), Relay::new());
    for reliable in [false, true] {
        let mut client = client(now, reliable);
        client.permit(now, peer(1));
        assert_eq!(client.wrap(peer(1), b"early"), None);
        relay.talk(now, &mut client);
        let wrapped = client.wrap(peer(1), b"hello").unwrap();
        assert_eq!(wrapped.get(..9).unwrap(), b"\x40\x00\x00\x05hello");
        assert_eq!(wrapped.len(), if reliable { 12 } else { 9 }, "padded on streams");
        assert_eq!(client.handle(now, &wrapped), Came::Data(peer(1), b"hello"));
        assert_eq!(client.wrap(peer(2), b"x"), None, "nobody permitted it");
        for odd in [&b"\x40\x01\x00\x01x"[..], b"\x40\x00\x00\x09x", b"\x40\x00", b"", b"\x80\x6f"] {
            assert_eq!(client.handle(now, odd), Came::Nothing, "{odd:?}");
        }
        for (from, heard) in [(peer(1), true), (peer(2), false)] {
            let t = [9; 12];
            let indication =
                Writer::new(DATA_INDICATION, &t).address(XOR_PEER_ADDRESS, from, &t).attribute(DATA, b"hi").finish(None);
            assert_eq!(client.handle(now, &indication), if heard { Came::Data(from, b"hi") } else { Came::Nothing });
        }
    }
}

#[test]
fn everything_is_kept_alive_for_hours_whatever_becomes_stale() {
    let (start, mut relay) = (Instant::now(), Relay::new());
    let mut client = client(start, false);
    client.permit(start, peer(1));
    relay.talk(start, &mut client);
    let (mut now, mut asked) = (start, relay.asked.len());
    let (mut refreshed, mut bound) = (start, start);
    while now < start + Duration::from_secs(3 * 3600) {
        now = client.deadline().unwrap();
        relay.stale_after = 2;
        relay.talk(now, &mut client);
        for (kind, _) in relay.asked.drain(asked..) {
            match kind {
                REFRESH => refreshed = now,
                CHANNEL_BIND => bound = now,
                _ => panic!("{kind}"),
            }
        }
        asked = relay.asked.len();
        assert!(now < refreshed + Duration::from_secs(600) && now < bound + Duration::from_secs(300));
        assert_eq!(client.refused(), None);
    }
    // In the end the address is given back.
    let release = client.release().unwrap();
    let release = Message::read(&release).unwrap();
    assert!(release.kind == REFRESH && release.attribute(LIFETIME) == Some(&[0; 4]) && release.is_authentic(&relay.key()));
}

#[test]
fn what_is_lost_is_said_again_over_datagrams_and_not_over_streams() {
    let now = Instant::now();
    for (reliable, times) in [(false, TRIES), (true, 1)] {
        let mut client = client(now, reliable);
        let (mut at, mut said) = (now, 0);
        while client.refused().is_none() {
            while client.poll(at).is_some() {
                said += 1;
            }
            at = client.deadline().unwrap_or(at);
        }
        assert_eq!((said, client.refused()), (times, Some(Refusal::Silence)));
        assert!(at <= now + Duration::from_secs(16) && client.deadline().is_none() && client.poll(at).is_none());
    }
    // Every second message is lost, either way, and it works all the same.
    let (mut relay, mut client, mut n, mut at) = (Relay::new(), client(now, false), 0, now);
    client.permit(now, peer(1));
    loop {
        while let Some(request) = client.poll(at) {
            n += 1;
            let answer = if n % 2 == 0 { relay.answer(&request) } else { continue };
            client.handle(at, &answer);
        }
        if client.bound().count() > 0 {
            break;
        }
        at = client.deadline().unwrap();
    }
    assert!(at < now + Duration::from_secs(3), "{:?}", at - now);
}

#[test]
fn a_server_that_refuses_is_named_and_asked_no_further() {
    let now = Instant::now();
    let refusal = |mut relay: Relay| {
        let mut client = client(now, true);
        client.permit(now, peer(1));
        relay.talk(now, &mut client);
        (client.refused(), relay.asked.len())
    };
    assert_eq!(refusal(Relay { password: "other", ..Relay::new() }), (Some(Refusal::Credentials), 2));
    assert_eq!(refusal(Relay { forbids: vec![peer(1)], ..Relay::new() }), (Some(Refusal::Peers), 3));
    // One that finds every nonce stale.
    let (mut client, mut asked) = (client(now, true), 0);
    let relay = Relay::new();
    while let Some(request) = client.poll(now) {
        asked += 1;
        let request = Message::read(&request).unwrap();
        client.handle(now, &relay.error(&request, if asked == 1 { 401 } else { 438 }));
    }
    assert_eq!((client.refused(), asked), (Some(Refusal::Error(438)), 2 + STALE_AT_MOST));
    assert!(client.refused().unwrap().to_string().contains("438"));
}

#[test]
fn an_answer_without_a_proof_is_nobodys() {
    let (now, mut relay) = (Instant::now(), Relay::new());
    let mut client = client(now, false);
    let first = client.poll(now).unwrap();
    client.handle(now, &relay.answer(&first));
    let request = client.poll(now).unwrap();
    let request = Message::read(&request).unwrap();
    let forged = Writer::new(ALLOCATE + SUCCESS, &request.transaction);
    let forged = forged.address(XOR_RELAYED_ADDRESS, RELAYED.parse().unwrap(), &request.transaction);
    client.handle(now, &forged.finish(Some(&[0; 16])));
    assert_eq!(client.relayed(), None);
}

proptest! {
    #[test]
    fn a_stream_is_cut_into_the_messages_that_went_in(
        messages in proptest::collection::vec((any::<bool>(), 0usize..1500), 0..8), piece in 1usize..600,
    ) {
        let made: Vec<Vec<u8>> = messages.iter().map(|(channel, length)| match channel {
            true => [&[0x40, 0][..], &(*length as u16).to_be_bytes(), &vec![5; *length]].concat(),
            false => Writer::new(DATA_INDICATION, &[3; 12]).attribute(DATA, &vec![6; *length]).finish(None),
        }).collect();
        let mut stream = Vec::new();
        for message in &made {
            stream.extend(message);
            stream.resize(stream.len().next_multiple_of(4), 0);
        }
        let (mut framer, mut came) = (Framer::default(), Vec::new());
        for piece in stream.chunks(piece) {
            framer.push(piece);
            while let Some(message) = framer.pull().unwrap() {
                came.push(message);
            }
        }
        prop_assert_eq!(came, made);
    }
}
