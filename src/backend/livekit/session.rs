//! The state machine of a LiveKit session, without input or output: what happens comes in with the time, what is to be
//! done comes out. [`super::media`] carries it out.
//!
//! ```text
//! NewPeer, Offer -> Dialing -> Up -> (socket lost) Waiting -> Dialing with `reconnect` -> Up
//!                                 -> (server says so, or media stays down) NeedToken? -> NewPeer, Offer -> Dialing ...
//! ```
//! We are always the offerer. One offer is in flight; what is wanted in between goes into the next one. Sockets carry a
//! generation, because the end of an old one can come after the new one is up.

mod room;
#[cfg(test)]
mod tests;

use super::data::Data;
use super::media::{JoinedInfo, MediaCommand, MediaEvent};
use super::protocol::{self, Departure, Request, Response};
use crate::backend::SourceId;
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::rtc::TransportState;
use livekit_protocol as lk;
use room::Room;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a lost connection is tried again before the call ends.
pub const GIVE_UP: Duration = Duration::from_secs(60);
/// Pauses before the attempts; the last one repeats.
const BACKOFF: [u64; 6] = [100, 500, 1000, 2000, 4000, 5000];
/// How long the first answer on an open socket, or the answer to an offer, may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a dial may take in all; each of its steps has its own limit.
const DIAL_LIMIT: Duration = Duration::from_secs(35);
/// How long media may take to connect, and how long an ICE restart is waited for, before (another) one.
const MEDIA_TIMEOUT: Duration = Duration::from_secs(5);
/// So many ICE restarts in one outage, then a full rejoin.
const ICE_RESTARTS: u32 = 4;
/// Heard is believed so long after somebody could hear us, if the server does not say it.
const HEARD_AFTER: Duration = Duration::from_secs(1);
/// Free audio sections in the first offer.
const FIRST_SECTIONS: u32 = 3;
/// The most audio sections that are ever offered.
const MAX_SECTIONS: u32 = 1024;
/// How many own candidates wait for signalling.
const MAX_CANDIDATES: usize = 64;

/// What happens.
#[derive(Debug)]
pub enum Input {
    /// Time has passed ([`Session::deadline`]).
    Tick,
    /// A socket is open.
    Opened(u32),
    /// The server says something on a socket.
    Signal(u32, Box<Response>),
    /// A socket could not be opened, or has ended.
    Lost(u32, Failure),
    /// The offer that [`Output::Offer`] asked for.
    Offered(String),
    /// A peer connection cannot be made, or cannot go on.
    PeerFailed(Failure),
    /// The media transport changed.
    Transport(TransportState),
    /// A candidate of ours.
    Candidate(String),
    /// A remote track is received.
    Track {
        /// Our name for it.
        key: SourceId,
        /// `TR_…`.
        track: String,
        /// `PA_…|TR_…`.
        stream: String,
    },
    /// A data channel message.
    Data(bytes::Bytes),
    /// What the caller wants.
    Command(MediaCommand),
}

/// What is to be done, in this order.
#[derive(Debug)]
pub enum Output {
    /// Close the peer connection, if any, and make a new one.
    NewPeer,
    /// Make an offer and give it back as [`Input::Offered`].
    Offer {
        /// Add so many sections to receive audio in.
        sections: u32,
        /// Add the microphone, with this track id.
        microphone: Option<String>,
        /// Restart ICE.
        restart_ice: bool,
    },
    /// Take an answer in.
    Answer(String),
    /// Take a candidate of the server in.
    AddCandidate(String),
    /// Drop the present socket, if any, and open one.
    Dial {
        /// Its number.
        generation: u32,
        /// Path and query.
        path: String,
        /// For the header.
        token: Zeroizing<String>,
    },
    /// Drop the present socket.
    HangUp,
    /// Send on the present socket.
    Send(Box<Request>),
    /// Send on the reliable data channel.
    SendData(Vec<u8>),
    /// The server has let us in for the first time.
    Joined(JoinedInfo),
    /// Tell the caller.
    Event(MediaEvent),
    /// A track has an owner now.
    Source {
        /// Which.
        key: SourceId,
        /// Whose.
        peer: PeerId,
    },
    /// A track has ended.
    SourceEnded(SourceId),
    /// Over: send what waits, close everything.
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// An offer for a new session is being made.
    Starting,
    /// A socket is being opened, or its first message awaited.
    Dialing { resume: bool, until: Instant },
    /// The next attempt waits.
    Waiting { resume: bool, until: Instant },
    /// The caller is asked for a token.
    NeedToken,
    /// Signalling is up.
    Up,
    /// Over.
    Over,
}

/// What the next offer must carry.
#[derive(Debug, Default)]
struct Wanted {
    offer: bool,
    sections: u32,
    microphone: bool,
    restart_ice: bool,
}

#[derive(Debug, Default)]
struct Offers {
    id: u32,
    in_flight: Option<Instant>,
    wanted: Wanted,
    sections: u32,
    last: Option<lk::SessionDescription>,
    answer: Option<lk::SessionDescription>,
}

#[derive(Debug, Default)]
struct Microphone {
    /// Track id in the SDP; new for every peer connection.
    cid: String,
    published: Option<lk::TrackPublishedResponse>,
    /// In an offer that was answered.
    offered: Option<u32>,
    negotiated: bool,
    subscribed: bool,
    muted: bool,
}

/// What the session needs to know from the beginning.
#[derive(Debug)]
pub struct Settings {
    /// The first token.
    pub token: Zeroizing<String>,
    /// Publish a microphone.
    pub publish: bool,
    /// It is closed at first.
    pub muted: bool,
    /// See [`super::media::MediaConfig::ask_for_token`].
    pub ask_for_token: bool,
}

/// The state machine.
pub struct Session {
    settings: Settings,
    token_is_fresh: bool,
    phase: Phase,
    generation: u32,
    out: VecDeque<Output>,
    joined: bool,
    participant_sid: String,
    permission: lk::ParticipantPermission,
    room: Room,
    data: Data,
    offers: Offers,
    microphone: Microphone,
    candidates: VecDeque<String>,
    transport: TransportState,
    connected_once: bool,
    /// Since when signalling or media is down.
    lost_since: Option<Instant>,
    attempt: u32,
    reconnecting: bool,
    /// When something must be done about media that is down, and how often it was.
    media_check: Option<Instant>,
    ice_restarts: u32,
    ping_interval: Duration,
    ping_timeout: Duration,
    next_ping: Instant,
    last_heard: Instant,
    heard_at: Option<Instant>,
    heard: bool,
    expect_snapshot: bool,
    name: Option<String>,
    hand: Option<Option<u64>>,
    requests: u32,
}

impl Session {
    /// A session that begins now: its first outputs are there already.
    pub fn new(now: Instant, settings: Settings) -> Self {
        let muted = settings.muted;
        let mut s = Self {
            settings,
            token_is_fresh: true,
            phase: Phase::Starting,
            generation: 0,
            out: VecDeque::new(),
            joined: false,
            participant_sid: String::new(),
            permission: lk::ParticipantPermission::default(),
            room: Room::default(),
            data: Data::default(),
            offers: Offers::default(),
            microphone: Microphone { muted, ..Default::default() },
            candidates: VecDeque::new(),
            transport: TransportState::Connecting,
            connected_once: false,
            lost_since: None,
            attempt: 0,
            reconnecting: false,
            media_check: None,
            ice_restarts: 0,
            ping_interval: Duration::from_secs(5),
            ping_timeout: Duration::from_secs(15),
            next_ping: now,
            last_heard: now,
            heard_at: None,
            heard: false,
            expect_snapshot: false,
            name: None,
            hand: None,
            requests: 0,
        };
        s.start(now);
        s
    }

    /// The next thing to do.
    pub fn next_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When [`Input::Tick`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        let give_up = self.lost_since.map(|t| t + GIVE_UP);
        match self.phase {
            Phase::Over | Phase::Starting => None,
            Phase::Dialing { until, .. } | Phase::Waiting { until, .. } => Some(until),
            Phase::NeedToken => give_up,
            Phase::Up => {
                let answer = self.offers.in_flight.map(|t| t + ANSWER_TIMEOUT);
                let silence = self.last_heard + self.ping_timeout;
                [Some(self.next_ping), Some(silence), answer, self.media_check, self.heard_at].into_iter().flatten().min()
            }
        }
    }

    /// Whether microphone packets may be sent now.
    pub fn may_send(&self) -> bool {
        self.transport == TransportState::Connected && self.microphone.negotiated && !self.microphone.muted
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Instant, input: Input) {
        if self.phase == Phase::Over {
            return;
        }
        match input {
            Input::Tick => self.tick(now),
            Input::Opened(g) if g == self.generation => {
                if let Phase::Dialing { resume, .. } = self.phase {
                    self.phase = Phase::Dialing { resume, until: now + ANSWER_TIMEOUT };
                }
            }
            Input::Signal(g, message) if g == self.generation => {
                self.last_heard = now;
                self.signal(now, *message);
            }
            Input::Lost(g, why) if g == self.generation => self.lost(now, why),
            Input::Opened(_) | Input::Signal(..) | Input::Lost(..) => {}
            Input::Offered(sdp) => self.offered(now, sdp),
            Input::PeerFailed(why) => self.reconnect(now, why, false),
            Input::Transport(state) => self.transport(now, state),
            Input::Candidate(c) if self.phase == Phase::Up => self.send(protocol::trickle(c)),
            Input::Candidate(c) if self.candidates.len() < MAX_CANDIDATES => self.candidates.push_back(c),
            Input::Candidate(_) => {}
            Input::Track { key, track, stream } => self.room.track(key, track, &stream, &mut self.out),
            Input::Data(bytes) => {
                if let Some(c) = self.data.receive(&bytes) {
                    self.event(MediaEvent::Chat { from: c.from, private: c.private, text: c.text });
                }
            }
            Input::Command(c) => self.command(now, c),
        }
    }

    fn send(&mut self, r: Request) {
        self.out.push_back(Output::Send(Box::new(r)));
    }

    fn event(&mut self, e: MediaEvent) {
        self.out.push_back(Output::Event(e));
    }

    fn end(&mut self, reason: LeaveReason, failure: Failure) {
        self.room.no_tracks(&mut self.out);
        self.event(MediaEvent::Ended { reason, failure });
        self.out.push_back(Output::Close);
        self.phase = Phase::Over;
    }

    /// Begins a session with a new peer connection.
    fn start(&mut self, now: Instant) {
        self.phase = Phase::Starting;
        self.room.no_tracks(&mut self.out);
        self.candidates.clear();
        self.offers = Offers::default();
        self.transport = TransportState::Connecting;
        self.media_check = None;
        let cid = format!("microphone-{:08x}", crate::rtc::random_u32());
        self.microphone = Microphone { cid, muted: self.microphone.muted, ..Default::default() };
        self.out.push_back(Output::NewPeer);
        self.offers.wanted.sections = FIRST_SECTIONS;
        self.make_offer(now);
    }

    fn dial(&mut self, now: Instant, resume: bool, request: &lk::JoinRequest) {
        self.generation += 1;
        let give_up = self.lost_since.unwrap_or(now) + GIVE_UP;
        self.phase = Phase::Dialing { resume, until: give_up.min(now + DIAL_LIMIT) };
        match protocol::path(request) {
            Ok(path) => {
                let token = self.settings.token.clone();
                self.out.push_back(Output::Dial { generation: self.generation, path, token });
            }
            Err(failure) => self.end(LeaveReason::Failed, failure),
        }
    }

    // --- offers -------------------------------------------------------------------------------------------------------

    /// Makes an offer as soon as none is in flight and signalling is up.
    fn negotiate(&mut self, now: Instant) {
        self.offers.wanted.offer = true;
        if self.phase == Phase::Up && self.offers.in_flight.is_none() {
            self.make_offer(now);
        }
    }

    fn make_offer(&mut self, now: Instant) {
        let wanted = std::mem::take(&mut self.offers.wanted);
        let sections = wanted.sections.min(MAX_SECTIONS.saturating_sub(self.offers.sections));
        self.offers.sections += sections;
        self.offers.id += 1;
        self.offers.in_flight = Some(now);
        let microphone = wanted.microphone.then(|| {
            self.microphone.offered = Some(self.offers.id);
            self.microphone.cid.clone()
        });
        self.out.push_back(Output::Offer { sections, microphone, restart_ice: wanted.restart_ice });
    }

    fn offered(&mut self, now: Instant, sdp: String) {
        let offer = protocol::offer(self.offers.id, sdp);
        self.offers.last = Some(offer.clone());
        match self.phase {
            Phase::Starting => self.dial(now, false, &protocol::join(offer)),
            Phase::Up => self.send(Request::Offer(offer)),
            // Lost in between: after the resume a new offer is made.
            _ => {}
        }
    }

    fn answered(&mut self, now: Instant, answer: lk::SessionDescription) {
        if answer.id != self.offers.id || self.offers.in_flight.is_none() {
            return;
        }
        self.offers.in_flight = None;
        self.room.answered(answer.mid_to_track_id.values().cloned().collect(), &mut self.out);
        self.out.push_back(Output::Answer(answer.sdp.clone()));
        self.offers.answer = Some(answer);
        if self.microphone.offered.is_some() {
            self.microphone.negotiated = true;
        }
        if self.offers.wanted.offer {
            self.make_offer(now);
        }
        self.check_reconnected();
        self.check_heard(now);
    }

    // --- signalling ---------------------------------------------------------------------------------------------------

    fn signal(&mut self, now: Instant, message: Response) {
        match message {
            Response::Join(join) => self.on_join(now, join),
            Response::Reconnect(_) => self.on_resumed(now),
            Response::Answer(a) => self.answered(now, a),
            Response::Trickle(t) if !t.candidate_init.is_empty() => {
                self.out.push_back(Output::AddCandidate(t.candidate_init));
            }
            Response::Update(u) => {
                if std::mem::take(&mut self.expect_snapshot) && u.participants.iter().any(|p| p.sid == self.participant_sid) {
                    self.room.snapshot(&u.participants, &mut self.out);
                }
                if let Some(p) = u.participants.iter().find(|p| p.sid == self.participant_sid).and_then(|p| p.permission.clone())
                {
                    self.permission = p;
                }
                self.room.update(&u.participants, &mut self.out);
                self.check_heard(now);
            }
            Response::TrackPublished(t) if t.cid == self.microphone.cid && self.microphone.published.is_none() => {
                let (sid, muted) = t.track.as_ref().map(|t| (t.sid.clone(), t.muted)).unwrap_or_default();
                self.microphone.published = Some(t);
                if muted != self.microphone.muted {
                    self.send(Request::Mute(lk::MuteTrackRequest { sid, muted: self.microphone.muted }));
                }
                self.offers.wanted.microphone = true;
                self.negotiate(now);
            }
            // A requirement for video alone is for sections that we do not have.
            Response::MediaSectionsRequirement(r) if r.num_audios > 0 || r.num_videos == 0 => {
                self.offers.wanted.sections = self.offers.wanted.sections.saturating_add(r.num_audios);
                self.negotiate(now);
            }
            Response::TrackSubscribed(t) if self.microphone_sid() == Some(&t.track_sid) => {
                self.microphone.subscribed = true;
                self.check_heard(now);
            }
            // Nobody but the user opens the microphone.
            Response::Mute(m) if m.muted && self.microphone_sid() == Some(&m.sid) && !self.microphone.muted => {
                self.microphone.muted = true;
                self.send(Request::Mute(m));
                self.event(MediaEvent::ServerMuted);
            }
            Response::RefreshToken(t) if !t.is_empty() => self.settings.token = Zeroizing::new(t),
            Response::RequestResponse(r) if r.reason != lk::request_response::Reason::Ok as i32 => self.refused(&r),
            Response::Leave(l) => self.on_leave(now, &l),
            _ => {}
        }
    }

    fn refused(&mut self, r: &lk::RequestResponse) {
        if r.reason == lk::request_response::Reason::Queued as i32 {
            return;
        }
        let why = crate::text::clean(&r.message).chars().take(200).collect::<String>();
        self.event(MediaEvent::Warning { code: "refused".into(), text: format!("the server refused a request of ours: {why}") });
    }

    fn microphone_sid(&self) -> Option<&String> {
        self.microphone.published.as_ref()?.track.as_ref().map(|t| &t.sid)
    }

    fn up(&mut self, now: Instant) {
        self.phase = Phase::Up;
        self.next_ping = now;
        self.last_heard = now;
        while let Some(c) = self.candidates.pop_front() {
            self.send(protocol::trickle(c));
        }
    }

    fn on_join(&mut self, now: Instant, join: lk::JoinResponse) {
        // A server that has forgotten us may answer a resume with a join, but our offer was not in that request.
        if !matches!(self.phase, Phase::Dialing { resume: false, .. }) {
            return self.rejoin(now);
        }
        let seconds =
            |s: i32, or: u64| Duration::from_secs(u64::try_from(s).ok().filter(|s| (1..=120).contains(s)).unwrap_or(or));
        self.ping_interval = seconds(join.ping_interval, 5);
        self.ping_timeout = seconds(join.ping_timeout, 15);
        self.up(now);
        let me = join.participant.unwrap_or_default();
        self.participant_sid = me.sid;
        // Who says nothing about permissions allows what everybody may.
        self.permission = me.permission.unwrap_or_else(|| lk::ParticipantPermission {
            can_publish: true,
            can_publish_data: true,
            can_subscribe: true,
            ..Default::default()
        });
        let first = !std::mem::replace(&mut self.joined, true);
        if first {
            self.out.push_back(Output::Joined(JoinedInfo {
                identity: PeerId(me.identity.clone()),
                room: join.room.unwrap_or_default().name,
                can_publish: self.permission.can_publish,
                can_publish_data: self.permission.can_publish_data,
                can_update_own_metadata: self.permission.can_update_metadata,
            }));
        }
        self.token_is_fresh = false;
        self.room.joined(&me.identity, &join.other_participants, first, &mut self.out);
        self.media_check = Some(now + 2 * MEDIA_TIMEOUT);
        self.publish();
        self.say_who_we_are();
    }

    fn on_resumed(&mut self, now: Instant) {
        if !matches!(self.phase, Phase::Dialing { resume: true, .. }) {
            return;
        }
        self.up(now);
        self.expect_snapshot = true;
        self.send(Request::SyncState(lk::SyncState {
            answer: self.offers.answer.clone(),
            offer: self.offers.last.clone(),
            subscription: Some(lk::UpdateSubscription { subscribe: true, ..Default::default() }),
            publish_tracks: self.microphone.published.iter().cloned().collect(),
            ..Default::default()
        }));
        self.offers.in_flight = None;
        self.offers.wanted.restart_ice = true;
        // The request may have been lost with the socket.
        if self.microphone.published.is_none() {
            self.publish();
        } else if let Some(sid) = self.microphone_sid().cloned() {
            self.send(Request::Mute(lk::MuteTrackRequest { sid, muted: self.microphone.muted }));
        }
        if self.microphone.published.is_some() && self.microphone.offered.is_none() {
            self.offers.wanted.microphone = true;
        }
        self.say_who_we_are();
        self.media_check = Some(now + MEDIA_TIMEOUT);
        self.negotiate(now);
    }

    fn publish(&mut self) {
        if self.settings.publish && self.permission.can_publish {
            self.send(protocol::add_microphone(&self.microphone.cid, self.microphone.muted));
        }
    }

    fn on_leave(&mut self, now: Instant, leave: &lk::LeaveRequest) {
        match protocol::departure(leave) {
            Departure::End(reason, failure) => self.end(reason, failure),
            Departure::Resume => self.reconnect(now, lost_signalling(), true),
            Departure::Rejoin => self.rejoin(now),
        }
    }

    // --- losing and coming back ---------------------------------------------------------------------------------------

    fn lost(&mut self, now: Instant, why: Failure) {
        let resume = match self.phase {
            Phase::Dialing { resume, .. } => resume,
            _ => true,
        };
        match why.exit {
            // Another key than before: trying again would not make it right.
            Exit::Tls => self.end(LeaveReason::Failed, why),
            Exit::Denied if self.joined && self.settings.ask_for_token => {
                self.token_is_fresh = false;
                self.reconnect(now, why, false);
            }
            Exit::Denied => self.end(LeaveReason::Failed, why),
            _ => self.reconnect(now, why, resume),
        }
    }

    fn rejoin(&mut self, now: Instant) {
        self.reconnect(now, lost_signalling(), false);
    }

    fn reconnect(&mut self, now: Instant, why: Failure, resume: bool) {
        if !self.joined {
            return self.end(LeaveReason::Failed, why);
        }
        let since = *self.lost_since.get_or_insert(now);
        if now.duration_since(since) >= GIVE_UP {
            return self.give_up(&why);
        }
        self.out.push_back(Output::HangUp);
        // The end of the present socket is not news any more.
        self.generation += 1;
        let pause = BACKOFF.get(self.attempt as usize).or(BACKOFF.last()).copied().unwrap_or_default();
        self.attempt += 1;
        self.reconnecting = true;
        self.event(MediaEvent::Reconnecting { attempt: self.attempt, next_ms: pause });
        self.phase = Phase::Waiting { resume, until: now + Duration::from_millis(pause) };
    }

    fn give_up(&mut self, why: &Failure) {
        let text =
            format!("the connection was lost for {} s ({}); join again when the network is back", GIVE_UP.as_secs(), why.text);
        self.end(LeaveReason::NetworkLost, Failure::new(Exit::TempFail, text));
    }

    fn tick(&mut self, now: Instant) {
        match self.phase {
            Phase::Dialing { resume, until } if now >= until => self.reconnect(now, no_answer(), resume),
            Phase::Waiting { resume: true, until } if now >= until => {
                self.dial(now, true, &protocol::resume(&self.participant_sid.clone()));
            }
            Phase::Waiting { resume: false, until } if now >= until => {
                if self.settings.ask_for_token && !self.token_is_fresh {
                    self.phase = Phase::NeedToken;
                    self.event(MediaEvent::NeedToken);
                } else {
                    self.start(now);
                }
            }
            Phase::NeedToken if self.lost_since.is_some_and(|t| now >= t + GIVE_UP) => self.give_up(&no_token()),
            Phase::Up => self.tick_up(now),
            _ => {}
        }
    }

    fn tick_up(&mut self, now: Instant) {
        let unanswered = self.offers.in_flight.is_some_and(|t| now >= t + ANSWER_TIMEOUT);
        if unanswered || now >= self.last_heard + self.ping_timeout {
            return self.reconnect(now, no_answer(), true);
        }
        if now >= self.next_ping {
            self.next_ping = now + self.ping_interval;
            self.send(protocol::ping(unix_ms()));
        }
        if self.heard_at.is_some_and(|t| now >= t) {
            self.heard_at = None;
            self.microphone.subscribed = true;
            self.check_heard(now);
        }
        if self.media_check.is_some_and(|t| now >= t) {
            self.media_down(now);
        }
    }

    // --- media --------------------------------------------------------------------------------------------------------

    fn transport(&mut self, now: Instant, state: TransportState) {
        let before = std::mem::replace(&mut self.transport, state);
        match state {
            TransportState::Connected => {
                self.media_check = None;
                self.ice_restarts = 0;
                if !std::mem::replace(&mut self.connected_once, true) {
                    self.event(MediaEvent::Transport { rung: "udp".into(), ok: true, error: None });
                }
                self.check_reconnected();
                self.check_heard(now);
            }
            // It may come back by itself, but an ICE restart finds another way too.
            TransportState::Disconnected | TransportState::Failed if before == TransportState::Connected => {
                self.media_check = Some(now);
                if self.phase == Phase::Up {
                    self.media_down(now);
                }
            }
            _ => {}
        }
    }

    /// Signalling is up and media is not.
    fn media_down(&mut self, now: Instant) {
        self.media_check = None;
        if self.transport == TransportState::Connected {
            return;
        }
        let since = *self.lost_since.get_or_insert(now);
        if now.duration_since(since) >= GIVE_UP {
            if self.connected_once {
                return self.give_up(&no_media());
            }
            return self.end(LeaveReason::Failed, no_media());
        }
        if !self.connected_once && self.ice_restarts == 0 {
            self.event(MediaEvent::Transport { rung: "udp".into(), ok: false, error: Some(no_media().text) });
        }
        if self.ice_restarts >= ICE_RESTARTS {
            self.ice_restarts = 0;
            return self.rejoin(now);
        }
        self.ice_restarts += 1;
        if self.connected_once {
            self.reconnecting = true;
            self.attempt += 1;
            self.event(MediaEvent::Reconnecting { attempt: self.attempt, next_ms: 0 });
        }
        self.offers.wanted.restart_ice = true;
        self.media_check = Some(now + MEDIA_TIMEOUT);
        self.negotiate(now);
    }

    fn check_reconnected(&mut self) {
        if self.phase != Phase::Up || self.transport != TransportState::Connected || self.offers.in_flight.is_some() {
            return;
        }
        self.lost_since = None;
        self.attempt = 0;
        if std::mem::take(&mut self.reconnecting) {
            self.event(MediaEvent::Reconnected);
        }
    }

    fn check_heard(&mut self, now: Instant) {
        let could = self.transport == TransportState::Connected && self.microphone.negotiated && self.room.somebody_active();
        if self.heard || !could {
            return;
        }
        if self.microphone.subscribed {
            self.heard = true;
            self.heard_at = None;
            self.event(MediaEvent::Heard);
        } else if self.heard_at.is_none() {
            self.heard_at = Some(now + HEARD_AFTER);
        }
    }

    // --- commands -----------------------------------------------------------------------------------------------------

    fn command(&mut self, now: Instant, command: MediaCommand) {
        match command {
            MediaCommand::Muted(muted) => {
                self.microphone.muted = muted;
                if let (Phase::Up, Some(sid)) = (self.phase, self.microphone_sid().cloned()) {
                    self.send(Request::Mute(lk::MuteTrackRequest { sid, muted }));
                }
            }
            MediaCommand::Name(name) => {
                self.name = Some(name);
                self.say_who_we_are();
            }
            MediaCommand::Hand(hand) => {
                self.hand = Some(hand);
                self.say_who_we_are();
            }
            MediaCommand::Say { text, to } => {
                let packet = self.data.chat(unix_ms(), text, to.as_ref());
                self.out.push_back(Output::SendData(packet));
            }
            MediaCommand::Token(token) => {
                self.settings.token = token;
                self.token_is_fresh = true;
                if self.phase == Phase::NeedToken {
                    self.start(now);
                }
            }
            MediaCommand::Leave => {
                if self.phase == Phase::Up {
                    self.send(protocol::leave());
                }
                self.end(LeaveReason::Left, Failure::new(Exit::Ok, "you left"));
            }
        }
    }

    /// Announces name and hand, as far as they were changed and may be.
    fn say_who_we_are(&mut self) {
        if self.phase != Phase::Up || !self.permission.can_update_metadata || (self.name.is_none() && self.hand.is_none()) {
            return;
        }
        self.requests += 1;
        let hand = self.hand.map(|h| (protocol::HAND_ATTRIBUTE, h.map(|ms| ms.to_string()).unwrap_or_default()));
        self.send(protocol::update_metadata(self.requests, self.name.clone().unwrap_or_default(), hand));
    }
}

fn unix_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_millis()).ok())
        .unwrap_or_default()
}

fn lost_signalling() -> Failure {
    Failure::new(Exit::TempFail, "the server closed the connection")
}

fn no_answer() -> Failure {
    Failure::new(Exit::Unavailable, "the server does not answer; check the network and try again")
}

fn no_token() -> Failure {
    Failure::new(Exit::TempFail, "no fresh token could be had")
}

fn no_media() -> Failure {
    Failure::new(Exit::Unavailable, "media does not get through to the server; check whether a firewall blocks UDP")
}
