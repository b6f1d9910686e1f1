//! A room with recorded forwarder calls and clients that behave as the SDKs do.

use super::super::*;
use crate::server::media::sdp::Candidate;
use crate::server::media::token::VideoGrant;
use bytes::Bytes;
use lk::signal_request::Message as Said;
use lk::signal_response::Message;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What the forwarder was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Call {
    Add(PeerKey),
    Restart(PeerKey),
    Publish(PeerKey, TrackKey, Incoming),
    Unpublish(TrackKey),
    Mute(TrackKey, bool),
    Subscribe(PeerKey, TrackKey, u32),
    Unsubscribe(PeerKey, TrackKey),
    Slots(PeerKey, Vec<u32>),
    Decline(PeerKey, TrackKey, bool),
    Data(PeerKey, String, Bytes),
    Remove(PeerKey),
}

#[derive(Default)]
pub(super) struct Recorder(Mutex<Vec<Call>>);

impl Recorder {
    fn put(&self, call: Call) {
        self.0.lock().unwrap().push(call);
    }
}

impl Forwarder for Recorder {
    fn fingerprint(&self) -> String {
        "AB:CD".into()
    }
    fn fresh_credentials(&self) -> IceCredentials {
        IceCredentials { ufrag: fresh_sid("u"), pwd: fresh_sid("passwordpassword") }
    }
    fn add_peer(&self, _: RoomKey, peer: PeerKey, _: PeerTransport) {
        self.put(Call::Add(peer));
    }
    fn restart_ice(&self, peer: PeerKey, _: IceCredentials, _: IceCredentials) {
        self.put(Call::Restart(peer));
    }
    fn publish(&self, peer: PeerKey, track: TrackKey, incoming: Incoming) {
        self.put(Call::Publish(peer, track, incoming));
    }
    fn unpublish(&self, track: TrackKey) {
        self.put(Call::Unpublish(track));
    }
    fn mute(&self, track: TrackKey, muted: bool) {
        self.put(Call::Mute(track, muted));
    }
    fn subscribe(&self, listener: PeerKey, track: TrackKey, outgoing: Outgoing) {
        self.put(Call::Subscribe(listener, track, outgoing.ssrc));
    }
    fn unsubscribe(&self, listener: PeerKey, track: TrackKey) {
        self.put(Call::Unsubscribe(listener, track));
    }
    fn slots(&self, listener: PeerKey, slots: Vec<Outgoing>) {
        self.put(Call::Slots(listener, slots.iter().map(|s| s.ssrc).collect()));
    }
    fn decline(&self, listener: PeerKey, track: TrackKey, declined: bool) {
        self.put(Call::Decline(listener, track, declined));
    }
    fn send_data(&self, to: PeerKey, label: &str, payload: Bytes) {
        self.put(Call::Data(to, label.into(), payload));
    }
    fn remove_peer(&self, peer: PeerKey) {
        self.put(Call::Remove(peer));
    }
}

/// A room with clients that behave as the SDKs do.
pub(super) struct Stage {
    pub(super) room: Room,
    pub(super) sfu: Arc<Recorder>,
    pub(super) now: Now,
    pub(super) clients: BTreeMap<SocketId, Client>,
    pub(super) notices: Vec<String>,
    pub(super) happened: Vec<String>,
    pub(super) tokens: Vec<(SocketId, i64)>,
}

#[derive(Default)]
pub(super) struct Client {
    pub(super) inbox: Vec<Message>,
    pub(super) closed: bool,
    /// Sections towards the client.
    pub(super) receiving: u32,
    /// Tracks from the client: cid.
    pub(super) sending: Vec<String>,
    pub(super) ufrag: String,
    pub(super) offers: u32,
}

impl Client {
    pub(super) fn offer(&mut self) -> lk::SessionDescription {
        self.offers += 1;
        let count = self.receiving as usize + self.sending.len();
        let group: String = (0..count).map(|m| format!(" {m}")).collect();
        let print = ["11"; 32].join(":");
        let mut sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE{group}\r\na=setup:actpass\r\n\
             a=ice-ufrag:{}\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 {print}\r\n",
            self.ufrag
        );
        for mid in 0..count {
            let sends = mid.checked_sub(self.receiving as usize).and_then(|n| self.sending.get(n));
            let direction = match sends {
                Some(cid) => format!("sendonly\r\na=msid:- {cid}\r\na=ssrc:{} cname:x", 1000 + mid),
                None => "recvonly".into(),
            };
            sdp += &format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=mid:{mid}\r\n\
                 a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na={direction}\r\n"
            );
        }
        lk::SessionDescription { r#type: "offer".into(), sdp, id: self.offers, ..Default::default() }
    }
}

pub(super) const A: SocketId = SocketId(1);
pub(super) const B: SocketId = SocketId(2);

impl Stage {
    pub(super) fn new() -> Self {
        let sfu = Arc::new(Recorder::default());
        let now = Now { instant: Instant::now(), unix_ms: 1_700_000_000_000 };
        let limits = Limits { participants: 40, ..Default::default() };
        let room =
            Room::new(RoomKey(7), "den", now, limits, vec![Candidate::Udp("127.0.0.1:7882".parse().unwrap())], sfu.clone());
        Self { room, sfu, now, clients: BTreeMap::new(), notices: Vec::new(), happened: Vec::new(), tokens: Vec::new() }
    }

    pub(super) fn input(&mut self, input: Input) {
        for output in self.room.handle(self.now, input) {
            match output {
                Output::Send { to, message } => {
                    for socket in to {
                        let client = self.clients.get_mut(&socket).unwrap();
                        assert!(!client.closed, "a message after the close: {message:?}");
                        client.inbox.push((*message).clone());
                    }
                }
                Output::Close(socket) => self.clients.get_mut(&socket).unwrap().closed = true,
                Output::Refresh { to, grant } => {
                    assert!(grant.video.room_join && !grant.video.room_admin, "to come back with, and for nothing else");
                    self.tokens.push((to, grant.exp));
                }
                Output::Joined { identity, .. } => self.notices.push(format!("+{identity}")),
                Output::Left { identity } => self.notices.push(format!("-{identity}")),
                Output::Happened(event) => self.happened.push(event.event),
            }
        }
    }

    pub(super) fn say(&mut self, socket: SocketId, message: Said) {
        self.input(Input::Request { socket, message: Box::new(message) });
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now.instant += time;
        self.input(Input::Tick);
    }

    /// Joins as the SDKs do: three sections to receive in the first offer.
    pub(super) fn join(&mut self, socket: SocketId, identity: &str) {
        self.join_with(socket, identity, 3, "");
    }

    /// Joins with that many sections, naming these SDKs.
    pub(super) fn join_with(&mut self, socket: SocketId, identity: &str, receiving: u32, sdks: &str) {
        let mut client = Client { receiving, ufrag: "abcd".into(), ..Default::default() };
        let info = lk::ClientInfo { other_sdks: sdks.into(), ..Default::default() };
        let request = lk::JoinRequest { publisher_offer: Some(client.offer()), client_info: Some(info), ..Default::default() };
        self.clients.insert(socket, client);
        self.input(Input::Join(Box::new(Join {
            socket,
            grant: grant(identity),
            permit: Permit::default(),
            request,
            loopback: None,
            ice_servers: Vec::new(),
        })));
    }

    /// Publishes a microphone and returns its sid.
    pub(super) fn publish(&mut self, socket: SocketId, cid: &str) -> String {
        self.say(socket, Said::AddTrack(lk::AddTrackRequest { cid: cid.into(), name: "mic".into(), ..Default::default() }));
        let sid = self
            .take(socket)
            .into_iter()
            .find_map(|m| match m {
                Message::TrackPublished(t) if t.cid == cid => Some(t.track.unwrap().sid),
                _ => None,
            })
            .expect("trackPublished");
        self.clients.get_mut(&socket).unwrap().sending.push(cid.into());
        self.offer(socket);
        sid
    }

    pub(super) fn offer(&mut self, socket: SocketId) {
        let offer = self.clients.get_mut(&socket).unwrap().offer();
        self.say(socket, Said::Offer(offer));
    }

    pub(super) fn take(&mut self, socket: SocketId) -> Vec<Message> {
        std::mem::take(&mut self.clients.get_mut(&socket).unwrap().inbox)
    }

    /// Lets a client answer requirements until nothing more is asked; returns what it hears: mid to track.
    pub(super) fn settle(&mut self, socket: SocketId) -> BTreeMap<String, String> {
        let mut heard = BTreeMap::new();
        for round in 0.. {
            assert!(round < 8, "asked again and again");
            let mut asked = None;
            for message in self.take(socket) {
                match message {
                    Message::MediaSectionsRequirement(r) => asked = Some(asked.unwrap_or(0) + r.num_audios),
                    Message::Answer(a) => {
                        assert_eq!(a.id, self.clients[&socket].offers, "the answer's id");
                        heard = a.mid_to_track_id.into_iter().collect();
                    }
                    _ => {}
                }
            }
            let Some(more) = asked else { break };
            let client = self.clients.get_mut(&socket).unwrap();
            assert!(more == 0 || client.sending.is_empty(), "this client adds its own sections last");
            client.receiving += more;
            self.offer(socket);
        }
        heard
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.sfu.0.lock().unwrap())
    }

    pub(super) fn peer(&self, identity: &str) -> PeerKey {
        self.room.by_identity[identity]
    }
}

pub(super) fn grant(identity: &str) -> Grant {
    Grant {
        sub: identity.into(),
        name: identity.to_uppercase(),
        video: VideoGrant { room_join: true, room_admin: true, room: "den".into(), ..Default::default() },
        ..Default::default()
    }
}

/// Names of messages, in order.
pub(super) fn names(messages: &[Message]) -> Vec<&'static str> {
    messages
        .iter()
        .map(|m| match m {
            Message::Join(_) => "join",
            Message::Answer(_) => "answer",
            Message::Update(_) => "update",
            Message::MediaSectionsRequirement(_) => "requirement",
            Message::TrackPublished(_) => "trackPublished",
            Message::Reconnect(_) => "reconnect",
            Message::Leave(_) => "leave",
            Message::Mute(_) => "mute",
            Message::SpeakersChanged(_) => "speakers",
            Message::TrackSubscribed(_) => "trackSubscribed",
            Message::RequestResponse(_) => "requestResponse",
            Message::PongResp(_) | Message::Pong(_) => "pong",
            _ => "other",
        })
        .collect()
}

pub(super) fn leave(messages: &[Message]) -> Option<(lk::DisconnectReason, lk::leave_request::Action)> {
    messages.iter().find_map(|m| if let Message::Leave(l) = m { Some((l.reason(), l.action())) } else { None })
}

pub(super) fn updates(messages: &[Message]) -> Vec<lk::ParticipantInfo> {
    messages.iter().flat_map(|m| if let Message::Update(u) = m { u.participants.clone() } else { Vec::new() }).collect()
}
