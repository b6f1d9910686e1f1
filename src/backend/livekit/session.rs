//! The state machine of a LiveKit session, without input or output: what happens comes in with the time, what is to be
//! done comes out. [`super::media`] carries it out.
//!
//! ```text
//! NewPeer, Offer -> Dialing -> Up -> (socket lost) Waiting -> Dialing with `reconnect` -> Up
//!                                 -> (server says so, or media stays down) NeedToken? -> NewPeer, Offer -> Dialing ...
//! ```
//! Where the caller renews tokens ([`Settings::ask_for_token`]), media is a lease of a session that the caller has beside it:
//! it is tried again without end, whatever happens to it, because the caller says when it is over.
//!
//! We are always the offerer. One offer is in flight; what is wanted in between goes into the next one. Sockets carry a
//! generation, because the end of an old one can come after the new one is up.

mod recovery;
mod room;
mod signalling;
#[cfg(test)]
mod tests;

use super::data::Data;
use super::media::{JoinedInfo, MediaCommand, MediaEvent};
use super::protocol::{self, About, Request, Response};
use crate::backend::SourceId;
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::net::ladder::Rung;
use crate::net::turn;
use crate::protocol::control::Secret;
use crate::protocol::slots;
use crate::rtc::TransportState;
use livekit_protocol as lk;
use room::Room;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a lost connection is tried again before the call ends.
pub const GIVE_UP: Duration = Duration::from_secs(60);
/// Pauses before the attempts, in milliseconds; the last one repeats, so that a call is back within 2 s of the network's return.
const BACKOFF: [u64; 4] = [100, 300, 700, 1400];
/// How long the first answer on an open socket, or the answer to an offer, may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a dial may take in all; each of its steps has its own limit.
const DIAL_LIMIT: Duration = Duration::from_secs(35);
/// How long media may take to connect, and how long an ICE restart is waited for, before (another) one.
const MEDIA_TIMEOUT: Duration = Duration::from_secs(5);
/// What was heard so long ago is heard now: it is said every second.
const HEARD_NOW: Duration = Duration::from_secs(2);
/// So long a way goes on that is heard while ICE has no answer on it. Where half of the checks and half of their answers are
/// lost this happens by chance, and a search for another way would silence what still gets through; but it may also be open
/// towards us alone.
const DOUBT: Duration = Duration::from_secs(10);
/// How often that is looked at.
const DOUBT_CHECK: Duration = Duration::from_secs(1);
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
    /// Media goes over this rung from now on.
    Rung(&'static str),
    /// The way that media took leads nowhere any more, and the server, which is not ours, may hold on to it (RFC 8445 section 8.1.1), or
    /// have given up the others: LiveKit's takes no second connection for media before ICE is restarted.
    WayLost,
    /// When the latest media or report on media came; said every second.
    Heard(Instant),
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
    /// A slot carries another track than before, or, for a while now, none.
    Turn {
        /// The slot's own key.
        slot: SourceId,
        /// Our name for what it carries now, and the number that its packets bear.
        speaker: Option<(SourceId, u32)>,
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
    /// These relay to the server, and no others.
    Relays(Vec<turn::Server>),
    /// Take a candidate of the server in.
    AddCandidate(String),
    /// The server has named all of them (RFC 8838 section 8.2).
    EndOfCandidates,
    /// Drop the present socket, if any, and open one.
    Dial {
        /// Its number.
        generation: u32,
        /// Path and query.
        path: String,
        /// For the header.
        token: Secret,
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
pub struct Settings {
    /// The first token.
    pub token: Zeroizing<String>,
    /// Publish a microphone.
    pub publish: bool,
    /// It is closed at first.
    pub muted: bool,
    /// See [`super::media::MediaConfig::ask_for_token`].
    pub ask_for_token: bool,
    /// What we say of ourselves.
    pub about: About,
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
    /// When media was last heard, and since when ICE doubts the way all the same.
    media_heard: Option<Instant>,
    doubted: Option<Instant>,
    connected_once: bool,
    /// The rung that media goes over.
    rung: &'static str,
    /// Since when signalling or media is down.
    lost_since: Option<Instant>,
    attempt: u32,
    reconnecting: bool,
    /// The caller was told that it takes long ([`Settings::ask_for_token`]: there is no end to it then).
    told_lost: bool,
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
            media_heard: None,
            doubted: None,
            connected_once: false,
            rung: Rung::Udp.name(),
            lost_since: None,
            attempt: 0,
            reconnecting: false,
            told_lost: false,
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
        let give_up = self.lost_since.filter(|_| !self.settings.ask_for_token).map(|t| t + GIVE_UP);
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
            // What was asked for cannot be had, and trying again would not change that.
            Input::PeerFailed(why) if why.exit == Exit::Usage => self.end(LeaveReason::Failed, why),
            Input::PeerFailed(why) => self.reconnect(now, why, false),
            Input::Transport(state) => self.transport(now, state),
            Input::Rung(rung) => self.over(rung),
            Input::WayLost => self.way_lost(now),
            Input::Heard(at) => self.media_heard = Some(at),
            Input::Candidate(c) if self.phase == Phase::Up => self.send(protocol::trickle(c)),
            Input::Candidate(c) if self.candidates.len() < MAX_CANDIDATES => self.candidates.push_back(c),
            Input::Candidate(_) => {}
            Input::Track { key, track, stream } => self.room.track(key, track, &stream, &mut self.out),
            Input::Turn { slot, speaker } => self.room.turn(slot, speaker, &mut self.out),
            Input::Data(bytes) => {
                if let Some(c) = self.data.receive(&bytes) {
                    self.room.chat(c, &mut self.out);
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
        (self.media_heard, self.doubted) = (None, None);
        self.media_check = None;
        let cid = format!("microphone-{:08x}", crate::rtc::random_u32());
        self.microphone = Microphone { cid, muted: self.microphone.muted, ..Default::default() };
        self.out.push_back(Output::NewPeer);
        self.offers.wanted.sections = if self.settings.about.slots { slots::COUNT as u32 } else { FIRST_SECTIONS };
        self.make_offer(now);
    }

    fn dial(&mut self, now: Instant, resume: bool, request: &lk::JoinRequest) {
        self.generation += 1;
        let mut until = now + DIAL_LIMIT;
        if !self.settings.ask_for_token {
            until = until.min(self.lost_since.unwrap_or(now) + GIVE_UP);
        }
        self.phase = Phase::Dialing { resume, until };
        match protocol::path(request) {
            Ok(path) => {
                let token = self.settings.token.clone();
                self.out.push_back(Output::Dial { generation: self.generation, path, token: Secret(token) });
            }
            Err(failure) => self.end(LeaveReason::Failed, failure),
        }
    }

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
            MediaCommand::Rejoin(token) => self.join_anew(now, token),
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
