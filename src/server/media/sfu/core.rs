//! The sans-IO core of one forwarder thread: which datagram belongs to whom, and whose panic ends what.

use super::demux::{Kind, classify};
use super::dtls::Identity;
use super::ice::Request;
use super::outbox::Outbox;
use super::room::{Room, Step};
use super::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuEvent, TrackKey};
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
    SendData {
        to: PeerKey,
        label: String,
        payload: bytes::Bytes,
    },
    RemovePeer {
        peer: PeerKey,
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
    addresses: RwLock<HashMap<SocketAddr, usize>>,
}

impl Routes {
    /// The thread that a datagram nobody here knows belongs to.
    fn thread_of(&self, datagram: &[u8], from: SocketAddr) -> Option<usize> {
        if classify(datagram) == Some(Kind::Stun) {
            let ufrags = self.ufrags.read().unwrap_or_else(PoisonError::into_inner);
            return ufrags.get(Request::parse(datagram)?.ufrag()).copied();
        }
        self.addresses.read().unwrap_or_else(PoisonError::into_inner).get(&from).copied()
    }

    fn add_ufrag(&self, ufrag: &str, thread: usize) {
        self.ufrags.write().unwrap_or_else(PoisonError::into_inner).insert(ufrag.to_owned(), thread);
    }

    fn add_address(&self, address: SocketAddr, thread: usize) {
        self.addresses.write().unwrap_or_else(PoisonError::into_inner).insert(address, thread);
    }

    fn remove_ufrag(&self, ufrag: &str) {
        self.ufrags.write().unwrap_or_else(PoisonError::into_inner).remove(ufrag);
    }

    /// Unless another thread has claimed the address since.
    fn remove_address(&self, address: SocketAddr, thread: usize) {
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

/// The core of one thread.
pub(crate) struct Core {
    identity: Identity,
    routes: Arc<Routes>,
    thread: usize,
    rooms: HashMap<RoomKey, Room>,
    peers: HashMap<PeerKey, RoomKey>,
    tracks: HashMap<TrackKey, RoomKey>,
    ufrags: HashMap<String, (RoomKey, PeerKey)>,
    addresses: HashMap<SocketAddr, (RoomKey, PeerKey)>,
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
        from: SocketAddr,
        datagram: &mut [u8],
        out: &mut Outbox,
        events: &mut Vec<SfuEvent>,
    ) -> Taken {
        let Some(kind) = classify(datagram) else { return Taken::Nobody };
        let mut step = Step { now, out, events };
        if kind == Kind::Stun {
            let Some(request) = Request::parse(datagram) else { return Taken::Nobody };
            let Some(&(room_key, peer)) = self.ufrags.get(request.ufrag()) else { return self.elsewhere(datagram, from) };
            let checked = self.guarded(room_key, &mut step, |room, step| room.stun(peer, &request, from, step)).flatten();
            let Some(checked) = checked else { return Taken::Here };
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
        let Some(&(room, peer)) = self.addresses.get(&from) else { return self.elsewhere(datagram, from) };
        let due = self.guarded(room, &mut step, |room, step| {
            match kind {
                Kind::Dtls => room.dtls(peer, datagram, from, step),
                Kind::Rtp => room.rtp(peer, datagram, step).unwrap_or_default(),
                Kind::Rtcp => room.rtcp(peer, datagram, step).unwrap_or_default(),
                Kind::Stun => {}
            }
            room.ask_due()
        });
        self.ask_due = [self.ask_due, due.flatten()].into_iter().flatten().min();
        Taken::Here
    }

    fn elsewhere(&self, datagram: &[u8], from: SocketAddr) -> Taken {
        match self.routes.thread_of(datagram, from) {
            Some(thread) if thread != self.thread => Taken::Elsewhere(thread),
            _ => Taken::Nobody,
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
                self.of_peer(listener, step, |room, step| room.subscribe(listener, track, outgoing, step.now));
            }
            Command::Unsubscribe { listener, track } => {
                self.of_peer(listener, step, |room, _| room.unsubscribe(listener, track));
            }
            Command::SendData { to, label, payload } => {
                self.of_peer(to, step, |room, step| room.send_data(to, &label, &payload, step));
            }
            Command::RemovePeer { peer } => self.remove_peer(peer, step),
            Command::InstallKeys { peer, address, material } => {
                let crypto = self.identity.crypto.clone();
                let (server, gcm) = (super::srtp::Side::Server, super::srtp::Profile::Gcm);
                let session = super::srtp::session(server, gcm, crypto.crypto(), &material);
                if let (Some(&room), Ok(session)) = (self.peers.get(&peer), session) {
                    self.addresses.insert(address, (room, peer));
                    self.routes.add_address(address, self.thread);
                    self.guarded(room, step, |room, _| room.install_keys(peer, address, session));
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

    fn drop_address(&mut self, address: SocketAddr, peer: PeerKey) {
        if self.addresses.get(&address).is_some_and(|(_, p)| *p == peer) {
            self.addresses.remove(&address);
            self.routes.remove_address(address, self.thread);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::demux::RtpHeader;
    use super::super::ice::tests::{credentials, request};
    use super::super::srtp::{Outbound, Profile};
    use super::*;

    /// A core with a speaker (peer 1, track 1) and a listener (peer 2), keys installed, and the speaker's own SRTP context.
    pub(crate) fn room_of_two() -> (Core, Outbox, Vec<SfuEvent>, Outbound) {
        let identity = Identity::generate().unwrap();
        let crypto = identity.crypto.clone();
        let mut core = Core::new(identity, Arc::default(), 0);
        let (mut out, mut events, now) = (Outbox::default(), Vec::new(), Instant::now());
        let room = RoomKey(1);
        for n in 1..=2u64 {
            let (local, remote) = (credentials(&format!("us{n}")), credentials(&format!("them{n}")));
            let transport = PeerTransport { local, remote, remote_fingerprint: [0; 32] };
            core.command(now, Command::AddPeer { room, peer: PeerKey(n), transport }, &mut out, &mut events);
            let material = zeroize::Zeroizing::new(vec![n as u8; 56]);
            let install = Command::InstallKeys { peer: PeerKey(n), address: address(n), material };
            core.command(now, install, &mut out, &mut events);
        }
        let incoming = Incoming {
            ssrc: Some(7),
            mid: "0".into(),
            payload_type: 111,
            mid_extension: None,
            level_extension: Some(1),
            nack: true,
        };
        core.command(now, Command::Publish { peer: PeerKey(1), track: TrackKey(1), incoming }, &mut out, &mut events);
        let outgoing = Outgoing { ssrc: 9, payload_type: 96 };
        let subscribe = Command::Subscribe { listener: PeerKey(2), track: TrackKey(1), outgoing };
        core.command(now, subscribe, &mut out, &mut events);
        let speaker = Outbound::new(Profile::Gcm, crypto.crypto(), &[1; 16], &[1; 12]).unwrap();
        (core, out, events, speaker)
    }

    pub(crate) fn address(n: u64) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], 1000 + n as u16))
    }

    fn say(speaker: &mut Outbound, sequence: u16) -> Vec<u8> {
        let mut packet = vec![0x80, 111];
        packet.extend(sequence.to_be_bytes());
        packet.extend((u32::from(sequence) * 960).to_be_bytes());
        packet.extend(7u32.to_be_bytes());
        packet.extend([5; 80]);
        speaker.protect(7, u64::from(sequence), &mut packet, 0).unwrap();
        packet
    }

    #[test]
    fn a_leg_has_its_own_ssrc_and_payload_type_and_no_extensions() {
        let (mut core, mut out, mut events, mut speaker) = room_of_two();
        let taken = core.datagram(Instant::now(), address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
        assert_eq!(taken, Taken::Here);
        let sent: Vec<_> = out.iter().collect();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].0, address(2));
        let header = RtpHeader::parse(sent[0].1).unwrap();
        assert_eq!((header.ssrc, header.payload_type, header.length), (9, 96, 12));
        assert_eq!(events, [SfuEvent::Started(TrackKey(1)), SfuEvent::Flowing { track: TrackKey(1), to: PeerKey(2) }]);
    }

    #[test]
    fn a_missed_packet_is_sent_again_bit_for_bit_but_not_without_end() {
        let (mut core, mut out, mut events, mut speaker) = room_of_two();
        let now = Instant::now();
        for sequence in 1..=10 {
            core.datagram(now, address(1), &mut say(&mut speaker, sequence), &mut out, &mut events);
        }
        let sent: Vec<Vec<u8>> = out.iter().map(|(_, d)| d.to_vec()).collect();
        let mut listener = Outbound::new(Profile::Gcm, core.identity.crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
        let mut ask = |first: u16, following: u16| {
            let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 5, 0, 0, 0, 9];
            nack.extend(first.to_be_bytes());
            nack.extend(following.to_be_bytes());
            listener.protect_rtcp(&mut nack, 0).unwrap();
            nack
        };
        let number = |packet: &[u8]| RtpHeader::parse(packet).unwrap().sequence;
        out.clear();
        core.datagram(now, address(2), &mut ask(number(&sent[3]), 0b101), &mut out, &mut events);
        let again: Vec<Vec<u8>> = out.iter().map(|(_, d)| d.to_vec()).collect();
        assert_eq!(again, [sent[3].clone(), sent[4].clone(), sent[6].clone()]);
        out.clear();
        for _ in 0..100 {
            core.datagram(now, address(2), &mut ask(number(&sent[0]), 0xFFFF), &mut out, &mut events);
        }
        assert!(out.len() <= 25, "{} packets for one listener", out.len());
        out.clear();
        for first in (0..=u16::MAX).step_by(17).filter(|first| number(&sent[9]).wrapping_sub(*first) > 100) {
            core.datagram(now, address(2), &mut ask(first, 0xFFFF), &mut out, &mut events);
        }
        assert_eq!(out.len(), 0, "what was never sent, or will be sent one day");
    }

    #[test]
    fn a_listener_hears_new_tracks_after_any_number_of_subscriptions() {
        let (mut core, mut out, mut events, mut speaker) = room_of_two();
        let now = Instant::now();
        for ssrc in 10..5000 {
            let outgoing = Outgoing { ssrc, payload_type: 96 };
            let subscribe = Command::Subscribe { listener: PeerKey(2), track: TrackKey(1), outgoing };
            core.command(now, subscribe, &mut out, &mut events);
        }
        out.clear();
        core.datagram(now, address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
        assert_eq!(out.iter().map(|(_, d)| RtpHeader::parse(d).unwrap().ssrc).collect::<Vec<_>>(), [4999]);
    }

    #[test]
    fn garbage_from_a_peers_own_address_changes_nothing() {
        let (mut core, mut out, mut events, mut speaker) = room_of_two();
        for mut datagram in garbage(11).take(60_000) {
            core.datagram(Instant::now(), address(1), &mut datagram, &mut out, &mut events);
        }
        assert!(core.rooms.contains_key(&RoomKey(1)), "the room panicked");
        out.clear();
        core.datagram(Instant::now(), address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
        assert_eq!(out.len(), 1, "{events:?}");
    }

    #[test]
    fn silence_is_told_and_so_is_a_return() {
        use std::time::Duration;
        let (mut core, mut out, mut events, mut speaker) = room_of_two();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 5];
        let mut listener = Outbound::new(Profile::Gcm, core.identity.crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
        listener.protect_rtcp(&mut report, 0).unwrap();
        core.datagram(start, address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
        core.datagram(start, address(2), &mut report, &mut out, &mut events);
        (out, events) = Default::default();
        core.tick(at(4), &mut out, &mut events);
        assert_eq!(events, []);
        core.tick(at(6), &mut out, &mut events);
        assert!(events.contains(&SfuEvent::Disconnected(PeerKey(1))) && events.len() == 2, "{events:?}");
        events.clear();
        out.clear();
        core.datagram(at(7), address(1), &mut say(&mut speaker, 2), &mut out, &mut events);
        assert_eq!(events.first(), Some(&SfuEvent::Connected(PeerKey(1))));
        assert_eq!(out.len(), 0, "nothing is sent to a listener that is gone");
        events.clear();
        core.tick(at(31), &mut out, &mut events);
        assert!(
            matches!(
                &events[..],
                [SfuEvent::Disconnected(PeerKey(1)), SfuEvent::Failed(PeerKey(2), _)]
                    | [SfuEvent::Failed(PeerKey(2), _), SfuEvent::Disconnected(PeerKey(1))]
            ),
            "{events:?}"
        );
    }

    #[test]
    fn a_removed_peer_leaves_no_way_to_it() {
        let (mut core, mut out, mut events, _) = room_of_two();
        let now = Instant::now();
        let mut check = request(&credentials("us1"), &credentials("them1"), true);
        let moved = SocketAddr::from(([192, 0, 2, 7], 7));
        assert_eq!(core.datagram(now, moved, &mut check, &mut out, &mut events), Taken::Here);
        assert_eq!(out.iter().map(|(to, _)| to).collect::<Vec<_>>(), [moved]);
        for n in 1..=2 {
            core.command(now, Command::RemovePeer { peer: PeerKey(n) }, &mut out, &mut events);
        }
        assert!(core.rooms.is_empty() && core.peers.is_empty() && core.tracks.is_empty());
        assert!(core.ufrags.is_empty() && core.addresses.is_empty());
        assert!(core.routes.ufrags.read().unwrap().is_empty() && core.routes.addresses.read().unwrap().is_empty());
        assert_eq!(core.datagram(now, moved, &mut check, &mut out, &mut events), Taken::Nobody);
    }

    #[test]
    fn another_threads_datagrams_are_handed_over() {
        let (mut first, mut out, mut events, mut speaker) = room_of_two();
        let mut second = Core::new(Identity::generate().unwrap(), first.routes.clone(), 1);
        let now = Instant::now();
        let mut check = request(&credentials("us1"), &credentials("them1"), true);
        assert_eq!(second.datagram(now, address(1), &mut check, &mut out, &mut events), Taken::Elsewhere(0));
        assert_eq!(first.datagram(now, address(1), &mut check, &mut out, &mut events), Taken::Here);
        let mut packet = say(&mut speaker, 1);
        assert_eq!(second.datagram(now, address(1), &mut packet, &mut out, &mut events), Taken::Elsewhere(0));
        assert_eq!(second.datagram(now, address(5), &mut packet, &mut out, &mut events), Taken::Nobody);
    }

    /// Seeded datagrams that look like STUN, DTLS, RTP, RTCP or nothing.
    pub(crate) fn garbage(seed: u64) -> impl Iterator<Item = Vec<u8>> {
        let mut state = seed;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        std::iter::repeat_with(move || {
            let length = next() as usize % 400;
            let mut datagram: Vec<u8> = (0..length).map(|_| next() as u8).collect();
            let head: &[u8] = match next() % 6 {
                0 => &[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42],
                1 => &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0],
                2 => &[23, 254, 253, 0, 1],
                3 => &[0x90, 111],
                4 => &[0x81, 200],
                _ => &[],
            };
            for (byte, fixed) in datagram.iter_mut().zip(head) {
                *byte = *fixed;
            }
            if head.first() == Some(&0) && datagram.len() >= 20 && next() % 2 == 0 {
                let length = (datagram.len() - 20) as u16; // a length that is right gets further
                datagram[2..4].copy_from_slice(&length.to_be_bytes());
            }
            datagram
        })
    }
}
