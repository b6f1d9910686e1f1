//! The room: who is in it, and what is done with each input.

use super::negotiation::Track;
use super::participant::{Participant, described};
use super::speakers::Speakers;
use super::{Forwarder, Input, Join, Limits, Now, Output, SocketId, fresh_sid};
use crate::server::media::sdp::Candidate;
use crate::server::media::sfu::{PeerKey, RoomKey, SfuEvent, TrackKey};
use crate::server::media::token::{Grant, VideoGrant};
use livekit_protocol as lk;
use lk::leave_request::Action;
use lk::request_response::{Reason, Request};
use lk::signal_request::Message as Said;
use lk::signal_response::Message;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The LiveKit release whose behaviour we offer. SDKs refuse a server without a version and switch features by it
/// (livekit-client offers RPC from 1.8 on); what we are is in `server_info.debug_info`.
const LIVEKIT_VERSION: &str = "1.13.5";
/// LiveKit's signalling protocol version of that release.
const PROTOCOL: i32 = 17;
/// How often the participants' silence is looked at.
const CHECK: Duration = Duration::from_secs(1);
/// How long a refreshed token is valid, in seconds, and how often there is a new one.
const TOKEN_SECONDS: i64 = 600;
const REFRESH: Duration = Duration::from_secs(240);
/// The most departures remembered for a participant that is away.
const MAX_MISSED: usize = 512;

/// A room.
pub struct Room {
    pub(super) key: RoomKey,
    pub(super) name: String,
    pub(super) sid: String,
    pub(super) created: Now,
    pub(super) limits: Limits,
    pub(super) fingerprint: String,
    pub(super) candidates: Vec<Candidate>,
    pub(super) sfu: Arc<dyn Forwarder>,
    pub(super) participants: BTreeMap<PeerKey, Participant>,
    pub(super) by_identity: HashMap<String, PeerKey>,
    pub(super) by_socket: HashMap<SocketId, PeerKey>,
    pub(super) tracks: BTreeMap<TrackKey, Track>,
    pub(super) speakers: Speakers,
    /// What an administrator has attached to the room.
    pub(super) metadata: String,
    pub(super) out: Vec<Output>,
    count: u32,
    next_check: Instant,
}

impl Room {
    /// An empty room. `candidates` is where the forwarder can be reached. The keys of its peers and tracks hold the
    /// room's key in their upper half, so who gets a forwarder's event needs no table: see [`Room::of_peer`].
    pub fn new(key: RoomKey, name: &str, now: Now, limits: Limits, candidates: Vec<Candidate>, sfu: Arc<dyn Forwarder>) -> Self {
        Self {
            key,
            name: name.to_string(),
            sid: fresh_sid("RM_"),
            created: now,
            limits,
            fingerprint: sfu.fingerprint(),
            candidates,
            sfu,
            participants: BTreeMap::new(),
            by_identity: HashMap::new(),
            by_socket: HashMap::new(),
            tracks: BTreeMap::new(),
            speakers: Speakers::default(),
            metadata: String::new(),
            out: Vec::new(),
            count: 0,
            next_check: now.instant + CHECK,
        }
    }

    /// The room of a peer. Room keys are below 2^32.
    pub fn of_peer(peer: PeerKey) -> RoomKey {
        RoomKey(peer.0 >> 32)
    }

    /// The room of a track.
    pub fn of_track(track: TrackKey) -> RoomKey {
        RoomKey(track.0 >> 32)
    }

    /// Nobody is here.
    pub fn is_empty(&self) -> bool {
        self.participants.is_empty()
    }

    /// Everybody's transport, for a forwarder that must forget the room.
    pub fn peers(&self) -> Vec<PeerKey> {
        self.participants.keys().copied().collect()
    }

    /// What LiveKit's RoomService says of the room.
    pub fn describe(&self) -> lk::Room {
        let publishers = self.participants.values().filter(|p| p.info.is_publisher).count();
        lk::Room {
            sid: self.sid.clone(),
            name: self.name.clone(),
            creation_time: self.created.unix_ms / 1000,
            creation_time_ms: self.created.unix_ms,
            max_participants: u32::try_from(self.limits.participants).unwrap_or(u32::MAX),
            num_participants: u32::try_from(self.participants.len()).unwrap_or(u32::MAX),
            num_publishers: u32::try_from(publishers).unwrap_or(u32::MAX),
            metadata: self.metadata.clone(),
            ..Default::default()
        }
    }

    /// What LiveKit's RoomService says of the participants.
    pub fn roster(&self) -> Vec<lk::ParticipantInfo> {
        self.participants.values().map(|p| p.info.clone()).collect()
    }

    /// When [`Input::Tick`] is due.
    pub fn deadline(&self) -> Instant {
        self.speakers.due().map_or(self.next_check, |due| due.min(self.next_check))
    }

    /// Takes an input, and says what is to be done.
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Output> {
        match input {
            Input::Join(join) => self.join(now, *join),
            Input::Request { socket, message } => {
                if let Some(key) = self.by_socket.get(&socket).copied() {
                    if let Some(participant) = self.participants.get_mut(&key) {
                        participant.heard = now.instant;
                    }
                    self.request(now, key, *message);
                }
            }
            Input::Lost(socket) => self.lost(now, socket),
            Input::Sfu(event) => self.event(now, event),
            Input::Remove { identity, reason } => {
                if let Some(key) = self.by_identity.get(&identity).copied() {
                    self.expel(key, reason, Action::Disconnect);
                }
            }
            Input::Close(reason) => {
                for key in self.peers() {
                    self.expel(key, reason, Action::Disconnect);
                }
            }
            Input::Mute { identity, track, muted } => self.mute_by_room(&identity, track.as_deref(), muted),
            Input::Permit { identity, permit } => self.permit(&identity, permit),
            Input::Administer(order) => self.administer(*order),
            Input::Tick => {}
        }
        self.tick(now); // also in a room that is never quiet
        self.require_sections();
        std::mem::take(&mut self.out)
    }

    fn join(&mut self, now: Now, mut join: Join) {
        let (socket, identity) = (join.socket, join.grant.sub.clone());
        let there = self.by_identity.get(&identity).copied();
        if join.request.reconnect {
            let same = |key: &PeerKey| self.participants.get(key).is_some_and(|p| p.info.sid == join.request.participant_sid);
            return match there.filter(same) {
                Some(key) => self.resume(now, key, socket, join.ice_servers),
                None => self.refuse(socket, lk::DisconnectReason::StateMismatch, Action::Reconnect),
            };
        }
        if let Some(old) = there {
            self.expel(old, lk::DisconnectReason::DuplicateIdentity, Action::Disconnect);
        }
        if self.participants.len() >= self.limits.participants {
            return self.refuse(socket, lk::DisconnectReason::JoinFailure, Action::Disconnect);
        }
        let key = PeerKey(self.fresh_key());
        let mut participant = Participant::new(key, now, &join);
        let owned: Vec<TrackKey> = self.tracks.keys().copied().collect();
        owned.into_iter().for_each(|track| participant.offer_track(track));
        let welcome = lk::JoinResponse {
            room: Some(self.describe()),
            participant: Some(participant.info.clone()),
            other_participants: self.roster(),
            server_version: LIVEKIT_VERSION.into(),
            ping_timeout: 15,
            ping_interval: 5, // the native SDKs panic on 0
            server_info: Some(server_info()),
            ice_servers: std::mem::take(&mut join.ice_servers),
            enabled_publish_codecs: vec![lk::Codec { mime: "audio/opus".into(), ..Default::default() }],
            ..Default::default()
        };
        self.out.push(Output::Joined { identity: identity.clone(), name: participant.info.name.clone() });
        self.by_identity.insert(identity, key);
        self.by_socket.insert(socket, key);
        self.participants.insert(key, participant);
        self.send(key, Message::Join(welcome));
        self.refresh(now, key);
        for track in std::mem::take(&mut join.request.add_track_requests).into_iter().take(16) {
            self.add_track(key, track);
        }
        if let Some(offer) = join.request.publisher_offer.take() {
            self.offered(key, offer);
        }
        if let Some(info) = self.participants.get(&key).map(|p| p.info.clone()) {
            self.broadcast(update_of(vec![info]), Some(key));
        }
    }

    /// A participant is back on another websocket: `reconnect` must come first, then everything that it may have missed.
    fn resume(&mut self, now: Now, key: PeerKey, socket: SocketId, ice_servers: Vec<lk::IceServer>) {
        let everybody = self.roster();
        let Some(participant) = self.participants.get_mut(&key) else { return };
        if let Some(old) = participant.socket.replace(socket) {
            self.by_socket.remove(&old);
            self.out.push(Output::Close(old));
        }
        self.by_socket.insert(socket, key);
        participant.heard = now.instant;
        // What was asked for may have been lost with the old websocket; the client's next offer shows what it has.
        participant.requested = 0;
        let mut participants = std::mem::take(&mut participant.missed);
        participants.extend(everybody);
        self.send(
            key,
            Message::Reconnect(lk::ReconnectResponse { server_info: Some(server_info()), ice_servers, ..Default::default() }),
        );
        self.send(key, update_of(participants));
        self.refresh(now, key);
    }

    fn lost(&mut self, now: Now, socket: SocketId) {
        if let Some(participant) = self.by_socket.remove(&socket).and_then(|key| self.participants.get_mut(&key)) {
            participant.socket = None;
            participant.heard = now.instant;
        }
    }

    fn request(&mut self, now: Now, key: PeerKey, message: Said) {
        match message {
            Said::Offer(offer) => self.offered(key, offer),
            Said::AddTrack(request) => self.add_track(key, request),
            Said::Mute(request) => self.mute_by_client(key, &request),
            Said::Subscription(request) => self.subscription(key, request),
            Said::UpdateMetadata(request) => self.update_metadata(key, request),
            Said::Ping(_) => self.send(key, Message::Pong(now.unix_ms)),
            Said::PingReq(ping) => {
                let pong = lk::Pong { last_ping_timestamp: ping.timestamp, timestamp: now.unix_ms };
                self.send(key, Message::PongResp(pong));
            }
            Said::Leave(_) => self.expel(key, lk::DisconnectReason::ClientInitiated, Action::Disconnect),
            // ICE-lite: the client's checks reach us, its candidates are not needed. Sections follow from offers, not from
            // syncState. The rest is about video or newer than this server.
            _ => {}
        }
    }

    fn event(&mut self, now: Now, event: SfuEvent) {
        match event {
            SfuEvent::Connected(peer) => {
                let active = lk::participant_info::State::Active as i32;
                if let Some(participant) = self.participants.get_mut(&peer).filter(|p| p.info.state != active) {
                    participant.info.state = active;
                    self.update(peer);
                    if let Some(who) = self.participants.get(&peer).map(|p| p.info.clone()) {
                        self.happened("participant_joined", Some(&who), None);
                    }
                }
            }
            // The client notices too, and restarts ICE or resumes.
            SfuEvent::Disconnected(_) | SfuEvent::Started(_) => {}
            SfuEvent::Failed(peer, why) => {
                tracing::debug!(room = %self.name, peer = peer.0, "transport failed: {why}");
                self.expel(peer, lk::DisconnectReason::MediaFailure, Action::Reconnect);
            }
            SfuEvent::Level { track, level, active } => self.level(now, track, level, active),
            SfuEvent::Dominant(track) => self.dominant(now, track),
            SfuEvent::Flowing(track) => {
                if let Some(track) = self.tracks.get_mut(&track).filter(|t| !t.heard) {
                    track.heard = true;
                    let (owner, track_sid) = (track.owner, track.sid.clone());
                    self.send(owner, Message::TrackSubscribed(lk::TrackSubscribed { track_sid }));
                }
            }
            SfuEvent::Data { from, label, payload } => self.data(from, &label, &payload),
        }
    }

    fn tick(&mut self, now: Now) {
        self.tell_speakers(now);
        if now.instant < self.next_check {
            return;
        }
        self.next_check = now.instant + CHECK;
        for key in self.peers() {
            let Some(participant) = self.participants.get_mut(&key) else { continue };
            participant.remind(now.instant);
            let refresh = now.instant.saturating_duration_since(participant.refreshed) >= REFRESH;
            let silent = now.instant.saturating_duration_since(participant.heard);
            match participant.socket {
                // A websocket that says nothing is dead; its participant may still resume.
                Some(socket) if silent >= self.limits.silence => {
                    self.out.push(Output::Close(socket));
                    self.lost(now, socket);
                }
                None if silent >= self.limits.resume => self.remove(key, lk::DisconnectReason::ConnectionTimeout),
                Some(_) if refresh => self.refresh(now, key),
                _ => {}
            }
        }
    }

    fn refresh(&mut self, now: Now, key: PeerKey) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let Some(to) = participant.socket else { return };
        participant.refreshed = now.instant;
        let seconds = now.unix_ms / 1000;
        let exp = participant.grant.exp.max(seconds.saturating_add(TOKEN_SECONDS));
        // To come back with, and for nothing else: a right to administer ends when its own token does.
        let video = VideoGrant { room_admin: false, room_create: false, room_list: false, ..participant.grant.video.clone() };
        let grant = Box::new(Grant { nbf: seconds, exp, video, ..participant.grant.clone() });
        self.out.push(Output::Refresh { to, grant });
    }

    fn update_metadata(&mut self, key: PeerKey, request: lk::UpdateParticipantMetadata) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let described = described(&participant.info, &request.name, &request.metadata, &request.attributes);
        let reason = match described {
            _ if !participant.may(|p| p.can_update_metadata) => Reason::NotAllowed,
            None => Reason::LimitExceeded,
            Some(info) => {
                participant.info = info;
                self.update(key);
                Reason::Ok
            }
        };
        self.respond(key, request.request_id, reason, Request::UpdateMetadata(request));
    }

    /// Tells a participant why it has to go, and removes it.
    pub(super) fn expel(&mut self, key: PeerKey, reason: lk::DisconnectReason, action: Action) {
        if let Some(socket) = self.participants.get(&key).and_then(|p| p.socket) {
            self.refuse(socket, reason, action);
        }
        self.remove(key, reason);
    }

    fn refuse(&mut self, socket: SocketId, reason: lk::DisconnectReason, action: Action) {
        let leave = lk::LeaveRequest { reason: reason.into(), action: action.into(), ..Default::default() };
        self.out.push(Output::Send { to: vec![socket], message: Box::new(Message::Leave(leave)) });
        self.out.push(Output::Close(socket));
    }

    fn remove(&mut self, key: PeerKey, reason: lk::DisconnectReason) {
        let publications = self.participants.get_mut(&key).map(|p| std::mem::take(&mut p.publications));
        publications.into_iter().flatten().for_each(|gone| self.unpublished(key, gone));
        let Some(mut participant) = self.participants.remove(&key) else { return };
        if let Some(socket) = participant.socket {
            self.by_socket.remove(&socket);
        }
        self.by_identity.remove(&participant.info.identity);
        self.speakers.forget(key);
        if participant.transport.is_some() {
            self.sfu.remove_peer(key);
        }
        participant.info.state = lk::participant_info::State::Disconnected.into();
        participant.info.disconnect_reason = reason.into();
        participant.changed();
        self.out.push(Output::Left { identity: participant.info.identity.clone() });
        self.happened("participant_left", Some(&participant.info), None);
        for away in self.participants.values_mut().filter(|p| p.socket.is_none() && p.missed.len() < MAX_MISSED) {
            away.missed.push(participant.info.clone());
        }
        self.broadcast(update_of(vec![participant.info]), None);
    }

    /// Tells everybody how a participant is now.
    pub(super) fn update(&mut self, key: PeerKey) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        participant.changed();
        let info = participant.info.clone();
        self.broadcast(update_of(vec![info]), None);
    }

    /// Asks everybody for whom something changed to offer again.
    fn require_sections(&mut self) {
        let mut asked: BTreeMap<u32, Vec<SocketId>> = BTreeMap::new();
        for participant in self.participants.values_mut() {
            if let (Some(audios), Some(socket)) = (participant.requirement(), participant.socket) {
                asked.entry(audios).or_default().push(socket);
            }
        }
        for (num_audios, to) in asked {
            let message = Message::MediaSectionsRequirement(lk::MediaSectionsRequirement { num_audios, num_videos: 0 });
            self.out.push(Output::Send { to, message: Box::new(message) });
        }
    }

    pub(super) fn respond(&mut self, key: PeerKey, request_id: u32, reason: Reason, request: Request) {
        let response = lk::RequestResponse { request_id, reason: reason.into(), request: Some(request), ..Default::default() };
        self.send(key, Message::RequestResponse(response));
    }

    pub(super) fn send(&mut self, key: PeerKey, message: Message) {
        if let Some(socket) = self.participants.get(&key).and_then(|p| p.socket) {
            self.out.push(Output::Send { to: vec![socket], message: Box::new(message) });
        }
    }

    pub(super) fn broadcast(&mut self, message: Message, except: Option<PeerKey>) {
        let to: Vec<SocketId> = self.participants.values().filter(|p| Some(p.key) != except).filter_map(|p| p.socket).collect();
        if !to.is_empty() {
            self.out.push(Output::Send { to, message: Box::new(message) });
        }
    }

    pub(super) fn fresh_track(&mut self) -> TrackKey {
        TrackKey(self.fresh_key())
    }

    fn fresh_key(&mut self) -> u64 {
        self.count = self.count.wrapping_add(1);
        (self.key.0 << 32) | u64::from(self.count)
    }
}

fn update_of(participants: Vec<lk::ParticipantInfo>) -> Message {
    Message::Update(lk::ParticipantUpdate { participants })
}

fn server_info() -> lk::ServerInfo {
    lk::ServerInfo {
        version: LIVEKIT_VERSION.into(),
        protocol: PROTOCOL,
        debug_info: concat!("conclave ", env!("CARGO_PKG_VERSION")).into(),
        ..Default::default()
    }
}
