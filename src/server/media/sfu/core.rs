//! The sans-IO core of one forwarder thread: which datagram belongs to whom, and whose panic ends what.

use super::demux::{Kind, classify};
use super::dtls::Identity;
use super::ice::Request;
use super::outbox::Outbox;
use super::room::{Room, Step};
use super::way::Way;
use super::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuEvent, TrackKey};
use crate::net::stun;
use crate::server::metrics::Dropped;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Rooms are asked at most this often what they miss: requests that are due together go together.
const ASK_EVERY: Duration = Duration::from_millis(4);

/// What the handle asks of a thread. Carried out in order.
pub(crate) enum Command {
    AddPeer {
        room: RoomKey,
        peer: PeerKey,
        transport: PeerTransport,
    },
    RestartIce {
        peer: PeerKey,
        local: IceCredentials,
        remote: IceCredentials,
    },
    Publish {
        peer: PeerKey,
        track: TrackKey,
        incoming: Incoming,
    },
    Unpublish {
        track: TrackKey,
    },
    Mute {
        track: TrackKey,
        muted: bool,
    },
    Subscribe {
        listener: PeerKey,
        track: TrackKey,
        outgoing: Outgoing,
    },
    Unsubscribe {
        listener: PeerKey,
        track: TrackKey,
    },
    Slots {
        listener: PeerKey,
        slots: Vec<Outgoing>,
    },
    Decline {
        listener: PeerKey,
        track: TrackKey,
        declined: bool,
    },
    SendData {
        to: PeerKey,
        label: String,
        payload: bytes::Bytes,
    },
    RemovePeer {
        peer: PeerKey,
    },
    /// A connection has ended.
    Gone {
        way: Way,
    },
    /// SRTP keys without a handshake: for measurements of the forwarding path.
    InstallKeys {
        peer: PeerKey,
        address: SocketAddr,
        material: zeroize::Zeroizing<Vec<u8>>,
    },
    #[cfg(test)]
    Panic {
        peer: PeerKey,
    },
}

/// Which thread a user name fragment or an address belongs to; shared by all threads, written only when peers come, go or move.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    ufrags: RwLock<HashMap<String, usize>>,
    addresses: RwLock<HashMap<Way, usize>>,
}

impl Routes {
    /// The thread that a datagram nobody here knows belongs to.
    pub(crate) fn thread_of(&self, datagram: &[u8], from: Way) -> Option<usize> {
        if classify(datagram) == Some(Kind::Stun) {
            let ufrags = self.ufrags.read().unwrap_or_else(PoisonError::into_inner);
            return ufrags.get(Request::parse(datagram)?.ufrag()).copied();
        }
        self.addresses.read().unwrap_or_else(PoisonError::into_inner).get(&from).copied()
    }

    fn add_ufrag(&self, ufrag: &str, thread: usize) {
        self.ufrags.write().unwrap_or_else(PoisonError::into_inner).insert(ufrag.to_owned(), thread);
    }

    fn add_address(&self, address: Way, thread: usize) {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).insert(address, thread);
    }

    fn remove_ufrag(&self, ufrag: &str) {
        self.ufrags.write().unwrap_or_else(PoisonError::into_inner).remove(ufrag);
    }

    /// Unless another thread has claimed the address since.
    fn remove_address(&self, address: Way, thread: usize) {
        let mut addresses = self.addresses.write().unwrap_or_else(PoisonError::into_inner);
        if addresses.get(&address) == Some(&thread) {
            addresses.remove(&address);
        }
    }
}

/// Where a datagram went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A peer of this thread had it.
    Here,
    /// It belongs to this other thread.
    Elsewhere(usize),
    /// Nobody knows it.
    Nobody,
}

/// Counts a datagram that nobody has.
fn dropped(out: &mut Outbox, why: Dropped) -> Taken {
    out.tally.drop(why);
    Taken::Nobody
}

/// The core of one thread.
pub(crate) struct Core {
    identity: Identity,
    routes: Arc<Routes>,
    thread: usize,
    rooms: HashMap<RoomKey, Room>,
    peers: HashMap<PeerKey, RoomKey>,
    tracks: HashMap<TrackKey, RoomKey>,
    ufrags: HashMap<String, (RoomKey, PeerKey)>,
    addresses: HashMap<Way, (RoomKey, PeerKey)>,
    /// When a room is to ask for lost packets.
    ask_due: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Core {
    pub(crate) fn new(identity: Identity, routes: Arc<Routes>, thread: usize) -> Self {
        Self {
            identity,
            routes,
            thread,
            rooms: HashMap::new(),
            peers: HashMap::new(),
            tracks: HashMap::new(),
            ufrags: HashMap::new(),
            addresses: HashMap::new(),
            ask_due: None,
            asked_at: None,
        }
    }

    /// Whether there is anybody to run timers for.
    pub(crate) fn is_idle(&self) -> bool {
        self.rooms.is_empty()
    }

    /// Takes a datagram. Its bytes are decrypted in place.
    pub(crate) fn datagram(
        &mut self,
        now: Instant,
        from: impl Into<Way>,
        datagram: &mut [u8],
        out: &mut Outbox,
        events: &mut Vec<SfuEvent>,
    ) -> Taken {
        let from = from.into();
        let Some(kind) = classify(datagram) else { return dropped(out, Dropped::Malformed) };
        let mut step = Step { now, out, events };
        if kind == Kind::Stun {
            let Some(request) = Request::parse(datagram) else {
                let Some(reply) = stun::reply(datagram, from.address()) else { return dropped(step.out, Dropped::Malformed) };
                step.out.push(from, &reply);
                return Taken::Here;
            };
            let Some(&(room_key, peer)) = self.ufrags.get(request.ufrag()) else {
                return self.elsewhere(datagram, from, step.out);
            };
            let checked = self.guarded(room_key, &mut step, |room, step| room.stun(peer, &request, from, step)).flatten();
            let Some(checked) = checked else {
                step.out.tally.drop(Dropped::Forged);
                return Taken::Here;
            };
            if let Some(ufrag) = checked.retired {
                self.drop_ufrag(&ufrag);
            }
            if let Some(address) = checked.forgotten {
                self.drop_address(address, peer);
            }
            if checked.learned {
                let before = self.addresses.insert(from, (room_key, peer));
                if let Some((room, other)) = before.filter(|(_, other)| *other != peer) {
                    self.guarded(room, &mut step, |room, _| room.forget_address(other, from));
                }
                self.routes.add_address(from, self.thread);
            }
            return Taken::Here;
        }
        let Some(&(room, peer)) = self.addresses.get(&from) else { return self.elsewhere(datagram, from, step.out) };
        let due = self.guarded(room, &mut step, |room, step| {
            let taken = match kind {
                Kind::Dtls => {
                    room.dtls(peer, datagram, from, step);
                    Ok(())
                }
                Kind::Rtp => room.rtp(peer, datagram, step),
                Kind::Rtcp => room.rtcp(peer, datagram, step),
                Kind::Stun => Ok(()),
            };
            if let Err(why) = taken {
                step.out.tally.drop(why);
            }
            room.ask_due()
        });
        self.ask_due = [self.ask_due, due.flatten()].into_iter().flatten().min();
        Taken::Here
    }

    fn elsewhere(&self, datagram: &[u8], from: Way, out: &mut Outbox) -> Taken {
        match self.routes.thread_of(datagram, from) {
            Some(thread) if thread != self.thread => Taken::Elsewhere(thread),
            _ => dropped(out, Dropped::Stranger),
        }
    }

    /// Carries out a command.
    pub(crate) fn command(&mut self, now: Instant, command: Command, out: &mut Outbox, events: &mut Vec<SfuEvent>) {
        let mut step = Step { now, out, events };
        let step = &mut step;
        match command {
            Command::AddPeer { room, peer, transport } => {
                self.add_ufrag(&transport.local.ufrag, room, peer);
                self.peers.insert(peer, room);
                self.rooms.entry(room).or_default();
                let identity = self.identity.clone();
                self.guarded(room, step, |room, step| room.add_peer(peer, transport, &identity, step));
            }
            Command::RestartIce { peer, local, remote } => {
                let Some(&room) = self.peers.get(&peer) else { return };
                self.add_ufrag(&local.ufrag, room, peer);
                if let Some(ufrag) = self.of_peer(peer, step, |room, _| room.restart_ice(peer, local, remote)).flatten() {
                    self.drop_ufrag(&ufrag);
                }
            }
            Command::Publish { peer, track, incoming } => {
                if let Some(&room) = self.peers.get(&peer) {
                    self.tracks.insert(track, room);
                    self.guarded(room, step, |room, _| room.publish(peer, track, incoming));
                }
            }
            Command::Unpublish { track } => {
                if let Some(room) = self.tracks.remove(&track) {
                    self.guarded(room, step, |room, step| room.unpublish(track, step));
                }
            }
            Command::Mute { track, muted } => {
                if let Some(&room) = self.tracks.get(&track) {
                    self.guarded(room, step, |room, step| room.mute(track, muted, step));
                }
            }
            Command::Subscribe { listener, track, outgoing } => {
                self.of_peer(listener, step, |room, step| room.subscribe(listener, track, &outgoing, step.now));
            }
            Command::Unsubscribe { listener, track } => {
                self.of_peer(listener, step, |room, _| room.unsubscribe(listener, track));
            }
            Command::Slots { listener, slots } => {
                self.of_peer(listener, step, |room, step| room.slots(listener, &slots, step.now));
            }
            Command::Decline { listener, track, declined } => {
                self.of_peer(listener, step, |room, _| room.decline(listener, track, declined));
            }
            Command::SendData { to, label, payload } => {
                self.of_peer(to, step, |room, step| room.send_data(to, &label, &payload, step));
            }
            Command::RemovePeer { peer } => self.remove_peer(peer, step),
            Command::Gone { way } => {
                if let Some((room, peer)) = self.addresses.remove(&way) {
                    self.routes.remove_address(way, self.thread);
                    self.guarded(room, step, |room, _| room.forget_address(peer, way));
                }
            }
            Command::InstallKeys { peer, address, material } => {
                let crypto = self.identity.crypto.clone();
                let (server, gcm) = (super::srtp::Side::Server, super::srtp::Profile::Gcm);
                let session = super::srtp::session(server, gcm, crypto.crypto(), &material);
                if let (Some(&room), Ok(session)) = (self.peers.get(&peer), session) {
                    let way = Way::Udp(address);
                    self.addresses.insert(way, (room, peer));
                    self.routes.add_address(way, self.thread);
                    self.guarded(room, step, |room, _| room.install_keys(peer, way, session));
                }
            }
            #[cfg(test)]
            Command::Panic { peer } => {
                self.of_peer(peer, step, |_, _| panic!("a test's panic in one room"));
            }
        }
    }

    /// See [`Room::check`].
    pub(crate) fn check(&mut self, now: Instant, peer: PeerKey, out: &mut Outbox, events: &mut Vec<SfuEvent>) {
        let mut step = Step { now, out, events };
        self.of_peer(peer, &mut step, |room, step| room.check(peer, step));
    }

    /// The way there and back, as a peer's reports show it.
    #[cfg(test)]
    pub(crate) fn round_trip(&self, peer: PeerKey) -> Option<Duration> {
        self.rooms.get(self.peers.get(&peer)?)?.round_trip(peer)
    }

    /// When [`Core::ask`] has something to do.
    pub(crate) fn ask_due(&self) -> Option<Instant> {
        let earliest = self.asked_at.map(|at| at + ASK_EVERY);
        self.ask_due.map(|due| earliest.map_or(due, |e| e.max(due)))
    }

    /// Has rooms ask for lost packets.
    pub(crate) fn ask(&mut self, now: Instant, out: &mut Outbox, events: &mut Vec<SfuEvent>) {
        self.asked_at = Some(now);
        let due = |room: &Room| room.ask_due().is_some_and(|due| due <= now);
        let rooms: Vec<RoomKey> = self.rooms.iter().filter(|(_, room)| due(room)).map(|(key, _)| *key).collect();
        let mut step = Step { now, out, events };
        for room in rooms {
            self.guarded(room, &mut step, |room, step| room.ask(step));
        }
        self.ask_due = self.rooms.values().filter_map(Room::ask_due).min();
    }

    /// Runs the timers of all rooms.
    pub(crate) fn tick(&mut self, now: Instant, out: &mut Outbox, events: &mut Vec<SfuEvent>) {
        let rooms: Vec<RoomKey> = self.rooms.keys().copied().collect();
        let mut step = Step { now, out, events };
        for room in rooms {
            self.guarded(room, &mut step, |room, step| room.tick(step));
        }
    }

    /// Says goodbye to everybody.
    pub(crate) fn shutdown(&mut self, now: Instant, out: &mut Outbox, events: &mut Vec<SfuEvent>) {
        let peers: Vec<PeerKey> = self.peers.keys().copied().collect();
        let mut step = Step { now, out, events };
        for peer in peers {
            self.remove_peer(peer, &mut step);
        }
    }

    fn of_peer<T>(&mut self, peer: PeerKey, step: &mut Step<'_>, run: impl FnOnce(&mut Room, &mut Step<'_>) -> T) -> Option<T> {
        let room = *self.peers.get(&peer)?;
        self.guarded(room, step, run)
    }

    /// Runs something in a room. A panic there ends that room, and only it.
    fn guarded<T>(&mut self, key: RoomKey, step: &mut Step<'_>, run: impl FnOnce(&mut Room, &mut Step<'_>) -> T) -> Option<T> {
        let room = self.rooms.get_mut(&key)?;
        let mark = step.out.mark();
        // Unwind safety: the room is thrown away, and the outbox taken back to where it was.
        if let Ok(value) = catch_unwind(AssertUnwindSafe(|| run(room, step))) {
            return Some(value);
        }
        step.out.rewind(mark);
        tracing::error!(room = key.0, "the forwarder panicked in this room; the room is closed");
        let room = self.rooms.remove(&key)?;
        for peer in room.peer_keys() {
            step.events.push(SfuEvent::Failed(peer, "internal error in the forwarder".to_owned()));
        }
        self.peers.retain(|_, r| *r != key);
        self.tracks.retain(|_, r| *r != key);
        let ufrags: Vec<String> = self.ufrags.iter().filter(|(_, (r, _))| *r == key).map(|(u, _)| u.clone()).collect();
        ufrags.iter().for_each(|u| self.drop_ufrag(u));
        let addresses: Vec<_> = self.addresses.iter().filter(|(_, (r, _))| *r == key).map(|(a, (_, p))| (*a, *p)).collect();
        addresses.into_iter().for_each(|(a, p)| self.drop_address(a, p));
        None
    }

    fn remove_peer(&mut self, peer: PeerKey, step: &mut Step<'_>) {
        let Some(key) = self.peers.remove(&peer) else { return };
        if let Some(room) = self.rooms.get(&key) {
            let (ufrags, addresses) = room.ways_to(peer);
            ufrags.iter().for_each(|u| self.drop_ufrag(u));
            addresses.into_iter().for_each(|a| self.drop_address(a, peer));
        }
        self.guarded(key, step, |room, step| room.remove_peer(peer, step));
        let Some(room) = self.rooms.get(&key) else { return };
        let left: std::collections::HashSet<TrackKey> = room.track_keys().collect();
        self.tracks.retain(|track, r| *r != key || left.contains(track));
        if room.is_empty() {
            self.rooms.remove(&key);
        }
    }

    fn add_ufrag(&mut self, ufrag: &str, room: RoomKey, peer: PeerKey) {
        self.ufrags.insert(ufrag.to_owned(), (room, peer));
        self.routes.add_ufrag(ufrag, self.thread);
    }

    fn drop_ufrag(&mut self, ufrag: &str) {
        self.ufrags.remove(ufrag);
        self.routes.remove_ufrag(ufrag);
    }

    fn drop_address(&mut self, address: Way, peer: PeerKey) {
        if self.addresses.get(&address).is_some_and(|(_, p)| *p == peer) {
            self.addresses.remove(&address);
            self.routes.remove_address(address, self.thread);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
