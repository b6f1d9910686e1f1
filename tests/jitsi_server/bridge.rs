//! The videobridge's part: transports, sound from everybody to everybody by our own forwarder, and the channel beside it
//! (colibri), by websocket or by data channel. It carries no video.

use super::ice::{Front, Inner, Leg};
use super::record::Record;
use super::stanza::{random_hex, random_ssrc};
use conclave::server::media::sfu::{
    IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, Sfu, SfuConfig, TrackKey,
};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::mpsc;

mod channel;

/// As the videobridge reports its estimate.
const STATISTICS: Duration = Duration::from_secs(10);
/// The payload type of Opus in every session.
const OPUS: u8 = 111;
/// The header extension of audio levels in every session.
const LEVELS: u8 = 1;

/// What an endpoint's offer says of its transport.
#[derive(Debug, Clone)]
pub(crate) struct Allocation {
    pub(crate) ice: IceCredentials,
    pub(crate) fingerprint: String,
    pub(crate) address: SocketAddr,
    /// Path and query of the channel's websocket.
    pub(crate) channel: String,
}

/// What the endpoint answers.
pub(crate) struct Answer {
    pub(crate) ice: IceCredentials,
    pub(crate) fingerprint: [u8; 32],
}

struct Track {
    key: TrackKey,
    ssrc: u32,
    name: String,
    heard: bool,
}

struct Endpoint {
    /// Also the number of its leg.
    peer: PeerKey,
    password: String,
    /// It is told by the channel which source has which SSRC.
    rewriting: bool,
    accepted: bool,
    tracks: Vec<Track>,
    mapped: HashMap<TrackKey, u32>,
    websocket: Option<mpsc::UnboundedSender<String>>,
    data_channel: Option<String>,
}

struct Conference {
    room: RoomKey,
    endpoints: BTreeMap<String, Endpoint>,
    /// Who had the floor, the last one first.
    speakers: Vec<String>,
}

#[derive(Default)]
struct State {
    serial: u64,
    conferences: HashMap<String, Conference>,
}

impl State {
    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn endpoint(&mut self, conference: &str, nick: &str) -> Option<&mut Endpoint> {
        self.conferences.get_mut(conference)?.endpoints.get_mut(nick)
    }

    /// Whose peer or track it is.
    fn find(&self, wanted: impl Fn(&Endpoint) -> bool) -> Option<(String, String)> {
        self.conferences.iter().find_map(|(id, conference)| {
            let (nick, _) = conference.endpoints.iter().find(|(_, endpoint)| wanted(endpoint))?;
            Some((id.clone(), nick.clone()))
        })
    }
}

#[derive(Clone)]
pub(crate) struct Bridge {
    sfu: Sfu,
    front: Front,
    state: Arc<Mutex<State>>,
    record: Arc<Record>,
}

impl Bridge {
    /// To be called in a runtime.
    pub(crate) async fn start(ip: IpAddr, record: Arc<Record>) -> Self {
        let (sender, mut events) = mpsc::channel(1024);
        let config = SfuConfig { listen: "127.0.0.1:0".parse().unwrap(), threads: 1 };
        let sfu = Sfu::start(config, sender).unwrap();
        let front = Front::start(ip, sfu.local_addr()).await;
        let bridge = Self { sfu, front, state: Arc::default(), record };
        let here = bridge.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                here.event(event);
            }
        });
        let here = bridge.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(STATISTICS).await;
                let message = json!({"colibriClass": "ConnectionStats", "estimatedDownlinkBandwidth": 2_501_000});
                let conferences: Vec<String> = here.lock().conferences.keys().cloned().collect();
                conferences.iter().for_each(|conference| here.broadcast(conference, None, &message));
            }
        });
        bridge
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn front(&self) -> &Front {
        &self.front
    }

    /// Packets of sound that came.
    pub(crate) fn received(&self) -> u64 {
        self.sfu.tally().received_packets
    }

    /// A new conference's id.
    pub(crate) fn conference(&self) -> String {
        let mut state = self.lock();
        let (id, room) = (random_hex(16), RoomKey(state.next()));
        state.conferences.insert(id.clone(), Conference { room, endpoints: BTreeMap::new(), speakers: Vec::new() });
        id
    }

    pub(crate) fn end(&self, conference: &str) {
        let nicks: Vec<String> =
            self.lock().conferences.get(conference).map(|c| c.endpoints.keys().cloned().collect()).unwrap_or_default();
        nicks.iter().for_each(|nick| self.expire(conference, nick));
        self.lock().conferences.remove(conference);
    }

    /// A transport for an endpoint, in place of the one that it had. To be called in a runtime.
    pub(crate) fn allocate(&self, conference: &str, nick: &str, rewriting: bool) -> Allocation {
        self.expire(conference, nick);
        let (ice, password) = (self.sfu.fresh_credentials(), random_hex(26));
        let mut state = self.lock();
        let peer = PeerKey(state.next());
        self.front.open(Leg(peer.0), ice.clone());
        let endpoint = Endpoint {
            peer,
            password: password.clone(),
            rewriting,
            accepted: false,
            tracks: Vec::new(),
            mapped: HashMap::new(),
            websocket: None,
            data_channel: None,
        };
        state.conferences.get_mut(conference).unwrap().endpoints.insert(nick.to_owned(), endpoint);
        Allocation {
            ice,
            fingerprint: self.sfu.fingerprint().to_owned(),
            address: self.front.address(),
            channel: format!("colibri-ws/jvb1/{conference}/{nick}?pwd={password}"),
        }
    }

    /// The endpoint's answer to its offer.
    pub(crate) fn accept(&self, conference: &str, nick: &str, answer: Answer, audio: &[(u32, String)]) {
        let inner = Inner { forwarder: self.sfu.fresh_credentials(), ours: self.sfu.fresh_credentials() };
        let mut state = self.lock();
        let Some(Conference { room, endpoints, .. }) = state.conferences.get_mut(conference) else { return };
        let Some(endpoint) = endpoints.get_mut(nick) else { return };
        endpoint.accepted = true;
        let transport =
            PeerTransport { local: inner.forwarder.clone(), remote: inner.ours.clone(), remote_fingerprint: answer.fingerprint };
        self.sfu.add_peer(*room, endpoint.peer, transport);
        self.front.accept(Leg(endpoint.peer.0), answer.ice, inner);
        drop(state);
        self.set_sources(conference, nick, audio);
    }

    /// What an endpoint sends, from now on.
    pub(crate) fn set_sources(&self, conference: &str, nick: &str, audio: &[(u32, String)]) {
        let mut state = self.lock();
        let serial = state.serial;
        state.serial += audio.len() as u64;
        let Some(endpoint) = state.endpoint(conference, nick) else { return };
        let (kept, gone): (Vec<Track>, Vec<Track>) =
            endpoint.tracks.drain(..).partition(|track| audio.iter().any(|(ssrc, _)| *ssrc == track.ssrc));
        gone.iter().for_each(|track| self.sfu.unpublish(track.key));
        endpoint.tracks = kept;
        for (number, (ssrc, name)) in audio.iter().enumerate() {
            if endpoint.tracks.iter().any(|track| track.ssrc == *ssrc) {
                continue;
            }
            let key = TrackKey(serial + 1 + number as u64);
            let incoming = Incoming {
                ssrc: Some(*ssrc),
                mid: format!("audio{number}"),
                payload_type: OPUS,
                mid_extension: None,
                level_extension: Some(LEVELS),
                nack: false,
            };
            self.sfu.publish(endpoint.peer, key, incoming);
            endpoint.tracks.push(Track { key, ssrc: *ssrc, name: name.clone(), heard: false });
        }
        drop(state);
        self.connect_all(conference);
    }

    /// Gives everybody everybody else's sound.
    fn connect_all(&self, conference: &str) {
        let mut maps = Vec::new();
        let mut state = self.lock();
        let Some(Conference { endpoints, .. }) = state.conferences.get_mut(conference) else { return };
        let tracks: Vec<(String, TrackKey, u32, String, bool)> = endpoints
            .iter()
            .flat_map(|(nick, e)| e.tracks.iter().map(|t| (nick.clone(), t.key, t.ssrc, t.name.clone(), t.heard)))
            .collect();
        for (nick, endpoint) in endpoints.iter_mut().filter(|(_, endpoint)| endpoint.accepted) {
            for (owner, key, ssrc, name, heard) in tracks.iter().filter(|(owner, ..)| owner != nick) {
                let silent = endpoint.rewriting && (!heard || endpoint.websocket.is_none() && endpoint.data_channel.is_none());
                if silent || endpoint.mapped.contains_key(key) {
                    continue;
                }
                let ssrc = if endpoint.rewriting { random_ssrc() } else { *ssrc };
                endpoint.mapped.insert(*key, ssrc);
                if endpoint.rewriting {
                    let source = json!({"source": name, "owner": owner, "ssrc": ssrc});
                    maps.push((nick.clone(), json!({"colibriClass": "AudioSourcesMap", "mappedSources": [source]})));
                }
                self.sfu.subscribe(endpoint.peer, *key, Outgoing { ssrc, payload_type: OPUS });
            }
        }
        drop(state);
        maps.iter().for_each(|(nick, map)| self.tell(conference, nick, map));
    }

    /// Its sound goes to nobody, or to everybody again.
    pub(crate) fn mute(&self, conference: &str, nick: &str, muted: bool) {
        if let Some(endpoint) = self.lock().endpoint(conference, nick) {
            endpoint.tracks.iter().for_each(|track| self.sfu.mute(track.key, muted));
        }
    }

    pub(crate) fn expire(&self, conference: &str, nick: &str) {
        let mut state = self.lock();
        let Some(Conference { endpoints, speakers, .. }) = state.conferences.get_mut(conference) else { return };
        let Some(endpoint) = endpoints.remove(nick) else { return };
        speakers.retain(|speaker| speaker != nick);
        self.front.close(Leg(endpoint.peer.0));
        self.sfu.remove_peer(endpoint.peer);
    }

    /// New credentials for an endpoint's transport, which stays.
    pub(crate) fn restart_ice(&self, conference: &str, nick: &str) -> Option<Allocation> {
        let ice = self.sfu.fresh_credentials();
        let mut state = self.lock();
        let endpoint = state.endpoint(conference, nick)?;
        self.front.restart(Leg(endpoint.peer.0), ice.clone());
        let channel = format!("colibri-ws/jvb1/{conference}/{nick}?pwd={}", endpoint.password);
        Some(Allocation { ice, fingerprint: self.sfu.fingerprint().to_owned(), address: self.front.address(), channel })
    }

    /// The endpoint's own new credentials.
    pub(crate) fn ice_restarted(&self, conference: &str, nick: &str, theirs: IceCredentials) {
        if let Some(endpoint) = self.lock().endpoint(conference, nick) {
            self.front.restarted(Leg(endpoint.peer.0), theirs);
        }
    }
}
