//! Load transports and the forwarder's core in one thread, in virtual time.

use super::sdp::Answer;
use super::transport::{Received, Transport};
use crate::rtc::TransportState;
use crate::server::media::sfu::core::{Command, Core};
use crate::server::media::sfu::dtls::Identity;
use crate::server::media::sfu::outbox::Outbox;
use crate::server::media::sfu::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuEvent, TrackKey};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(5);
const TRACK: TrackKey = TrackKey(1);

/// A server, and clients at 10.0.0.N.
struct World {
    now: Instant,
    core: Core,
    identity: Identity,
    clients: Vec<Transport>,
    out: Outbox,
    events: Vec<SfuEvent>,
    /// Of all datagrams, so many go through: one of so many is lost, if it is not 0.
    loses: u64,
    carried: u64,
    states: Vec<(usize, TransportState)>,
    heard: Vec<(usize, u64, Vec<u8>)>,
}

fn server() -> SocketAddr {
    "10.0.0.100:443".parse().unwrap()
}

fn client(n: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, n as u8], 5000))
}

fn digest(fingerprint: &str) -> [u8; 32] {
    let bytes: Vec<u8> = fingerprint.split(':').map(|b| u8::from_str_radix(b, 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

impl World {
    fn new(clients: usize, loses: u64) -> Self {
        let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
        let mut world = Self {
            now: Instant::now(),
            core: Core::new(ours.clone(), Arc::default(), 0),
            identity: ours,
            clients: (0..clients).map(|_| Transport::new(theirs.clone())).collect(),
            out: Outbox::default(),
            events: Vec::new(),
            loses,
            carried: 0,
            states: Vec::new(),
            heard: Vec::new(),
        };
        for n in 0..clients {
            let local = Self::credentials(n, 0);
            let (remote, certificate) = (world.clients[n].ice.ours.clone(), digest(world.clients[n].fingerprint()));
            let transport = PeerTransport { local, remote, remote_fingerprint: certificate };
            world.command(Command::AddPeer { room: RoomKey(1), peer: PeerKey(n as u64), transport });
            world.answer(n, 0);
        }
        world
    }

    fn credentials(n: usize, generation: u32) -> IceCredentials {
        IceCredentials { ufrag: format!("server{n}x{generation}"), pwd: format!("{n}{generation}-password-of-22-characters") }
    }

    fn answer(&mut self, n: usize, generation: u32) {
        let fingerprint = digest(self.identity.fingerprint());
        // One of the candidates leads nowhere.
        let candidates = vec!["10.0.0.99:443".parse().unwrap(), server()];
        self.clients[n]
            .answered(self.now, Answer { ice: Self::credentials(n, generation), fingerprint, candidates, active: false });
    }

    fn command(&mut self, command: Command) {
        self.core.command(self.now, command, &mut self.out, &mut self.events);
    }

    /// Carries datagrams until there are none, then lets time pass.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.core.tick(self.now, &mut self.out, &mut self.events);
            let mut sent: Vec<(SocketAddr, SocketAddr, Vec<u8>)> = drain(&mut self.out, server());
            for (n, client_n) in self.clients.iter_mut().enumerate() {
                if client_n.deadline().is_some_and(|at| at <= self.now)
                    && let Some(state) = client_n.tick(self.now, &mut self.out)
                {
                    self.states.push((n, state));
                }
                sent.extend(drain(&mut self.out, client(n)));
            }
            while !sent.is_empty() {
                for (from, to, mut datagram) in std::mem::take(&mut sent) {
                    self.carried += 1;
                    if self.loses > 0 && self.carried.is_multiple_of(self.loses) {
                        continue;
                    }
                    if to == server() {
                        self.core.datagram(self.now, from, &mut datagram, &mut self.out, &mut self.events);
                        sent.extend(drain(&mut self.out, server()));
                    } else if let Some(n) = (0..self.clients.len()).find(|n| client(*n) == to) {
                        match self.clients[n].datagram(self.now, from, &mut datagram, &mut self.out) {
                            Received::State(state) => self.states.push((n, state)),
                            Received::Sound(header, index, length) => {
                                self.heard.push((n, index, datagram[header.length..length].to_vec()));
                            }
                            Received::Nothing | Received::Again => {}
                        }
                        sent.extend(drain(&mut self.out, client(n)));
                    }
                }
            }
            self.now += STEP;
        }
    }

    fn speak(&mut self, index: u64) {
        let sent = self.clients[0].send(7, index, &mut self.out, |bytes| {
            bytes.extend([0x80, 111]);
            bytes.extend((index as u16).to_be_bytes());
            bytes.extend((index as u32 * 960).to_be_bytes());
            bytes.extend(7u32.to_be_bytes());
            bytes.extend(format!("opus frame {index}").bytes());
        });
        assert!(sent);
        for (from, _, mut datagram) in drain(&mut self.out, client(0)) {
            self.core.datagram(self.now, from, &mut datagram, &mut self.out, &mut self.events);
        }
    }
}

fn drain(out: &mut Outbox, from: SocketAddr) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
    let all = out.iter().map(|(to, bytes)| (from, to.address(), bytes.to_vec())).collect();
    out.clear();
    all
}

fn connected(world: &World) -> usize {
    world.states.iter().filter(|(_, s)| *s == TransportState::Connected).count()
}

fn subscribe(world: &mut World) {
    let incoming =
        Incoming { ssrc: Some(7), mid: "0".into(), payload_type: 111, mid_extension: None, level_extension: None, nack: false };
    world.command(Command::Publish { peer: PeerKey(0), track: TRACK, incoming });
    for listener in 1..world.clients.len() {
        let outgoing = Outgoing { ssrc: 100 + listener as u32, payload_type: 111 };
        world.command(Command::Subscribe { listener: PeerKey(listener as u64), track: TRACK, outgoing });
    }
}

#[test]
fn everybody_connects_at_once_and_hears_each_packet_once() {
    let mut world = World::new(4, 0);
    subscribe(&mut world);
    world.run(Duration::from_millis(100));
    assert_eq!(connected(&world), 4, "{:?}", world.states);
    for index in 0..50 {
        world.speak(index);
        world.run(Duration::from_millis(20));
    }
    for listener in 1..4 {
        let heard: Vec<Vec<u8>> = world.heard.iter().filter(|(n, ..)| *n == listener).map(|(.., p)| p.clone()).collect();
        assert_eq!(heard, (0..50).map(|n| format!("opus frame {n}").into_bytes()).collect::<Vec<_>>());
    }
}

#[test]
fn a_lossy_way_takes_longer_and_a_restart_keeps_the_keys() {
    let mut world = World::new(2, 4);
    subscribe(&mut world);
    world.run(Duration::from_secs(5));
    assert_eq!(connected(&world), 2, "{:?}", world.states);
    world.loses = 0;
    world.clients[1].restart();
    let (local, remote) = (World::credentials(1, 1), world.clients[1].ice.ours.clone());
    world.command(Command::RestartIce { peer: PeerKey(1), local, remote });
    world.answer(1, 1);
    world.run(Duration::from_millis(100));
    world.speak(0);
    world.run(Duration::from_millis(20));
    assert_eq!(world.heard.len(), 1);
}

#[test]
fn a_silent_server_is_noticed_and_comes_back() {
    let mut world = World::new(1, 0);
    world.run(Duration::from_millis(100));
    world.states.clear();
    world.loses = 1;
    world.run(Duration::from_secs(15));
    assert_eq!(world.states, [(0, TransportState::Disconnected)]);
    world.loses = 0;
    world.run(Duration::from_secs(5));
    assert_eq!(world.states.last(), Some(&(0, TransportState::Connected)));
}
