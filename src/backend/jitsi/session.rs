//! One participant of one Jitsi room, as a state machine: what the server, the bridge, the transport and the user do goes in, with
//! the time; what is to be done comes out.
//!
//! * [`stream`](super::stream) gets us to the server and back to it,
//! * `entry` from there into the room: the conference request, the room's presence, its password, its lobby,
//! * `room` is what happens in it: people, messages, recordings,
//! * `media` the session with the bridge: offer, answer, sources, the bridge's channel, and what to do when nothing comes through,
//! * `wish` what the user wants.

mod entry;
mod media;
mod room;
mod wish;

use super::jingle::Source;
use super::muc::{Kept, Occupant, Own};
use super::stream::{Login, Over, Received, Stream};
use super::xml::{Tag, tag};
use super::{Place, ns};
use crate::backend::{BackendCommand, BackendEvent};
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::net::turn;
use crate::protocol::room::{Rules, Verb};
use crate::rtc::TransportState;
use entry::Stage;
use media::Media;
use minidom::Element;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a connection to the server may take.
const DIAL: Duration = Duration::from_secs(15);
/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_secs(15);
/// Questions that wait for an answer.
const PENDING: usize = 256;
/// Messages that are known again.
const SAID: usize = 64;
/// People whom a room may have before more of them are passed over. A bridge serves a fraction of it.
const OCCUPANTS: usize = 4096;

/// What a session is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the room is.
    pub place: Place,
    /// Who we are to the server.
    pub login: Login,
    /// There is a token for the websocket request.
    pub token: bool,
    /// Display name.
    pub name: String,
    /// The microphone is closed at first.
    pub muted: bool,
    /// There is a microphone.
    pub microphone: bool,
    /// The room's password, if we know one.
    pub password: Option<Zeroizing<String>>,
    /// How long a lost connection is tried again before the call ends.
    pub patience: Duration,
}

/// What happens.
#[derive(Debug)]
pub enum Input {
    /// A deadline has come.
    Tick,
    /// The socket of this generation is open.
    Opened(u32),
    /// It brought a message.
    Text(u32, String),
    /// It is gone, or was never there.
    Lost(u32, Failure),
    /// The answer to [`Output::Ask`].
    Asked(Result<Vec<u8>, Failure>),
    /// The peer connection of this media session has made its answer, and sends with this SSRC.
    Answered {
        /// Of [`Output::NewPeer`].
        session: u32,
        /// The answer.
        sdp: String,
        /// The microphone's; `None`: there is none.
        ssrc: Option<u32>,
    },
    /// There is no peer connection, or none that works.
    PeerFailed(Failure),
    /// The transport changed.
    Transport(TransportState),
    /// Media goes over this rung from now on.
    Rung(&'static str),
    /// The way that media took leads nowhere any more.
    WayLost,
    /// This machine is in another network.
    Moved,
    /// The bridge's channel of this media session works.
    BridgeOpened(u32),
    /// It brought a message.
    BridgeText(u32, String),
    /// It is gone.
    BridgeLost(u32),
    /// What the user wants.
    Command(BackendCommand),
}

/// What is to be done, in this order.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Drop the present socket, if any, and open one.
    Dial {
        /// Its number.
        generation: u32,
        /// By what the server finds the stream that is to be resumed.
        previous: Option<Zeroizing<String>>,
        /// The token goes into the address: the server did not take it from the header.
        token_in_query: bool,
    },
    /// Drop the present socket.
    HangUp,
    /// Send on it.
    Send(String),
    /// Ask for the conference by HTTP, with this body.
    Ask(Vec<u8>),
    /// Close the peer connection, if any, and make one that answers this description.
    NewPeer {
        /// Its number.
        session: u32,
        /// The bridge's description.
        sdp: String,
        /// The bridge's channel is a data channel.
        channel: bool,
        /// Who relays to the bridge.
        relays: Vec<turn::Server>,
    },
    /// Have it answer this one too.
    Describe {
        /// Its number.
        session: u32,
        /// The bridge's description.
        sdp: String,
    },
    /// Close it.
    ClosePeer,
    /// Open the bridge's channel.
    OpenBridge {
        /// The media session's number.
        session: u32,
        /// Where. It carries a password: nothing of it may be shown.
        url: Zeroizing<String>,
    },
    /// Close it.
    CloseBridge,
    /// Send on it, whichever kind it is.
    BridgeSend(String),
    /// Whether we are kept at the door.
    Waits(bool),
    /// We are in the room for the first time.
    Joined(Entered),
    /// Tell the caller.
    Event(BackendEvent),
    /// Packets with this SSRC are somebody's sound.
    Source {
        /// Which.
        ssrc: u32,
        /// Whose.
        peer: PeerId,
    },
    /// They no longer are.
    SourceEnded(u32),
    /// Over: send what waits, close everything.
    Close,
}

/// What is known when we are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Our id.
    pub me: PeerId,
    /// The server has lobbies.
    pub lobbies: bool,
    /// The server can have people ask for leave to speak.
    pub av_moderation: bool,
    /// The server ends a meeting when a moderator says so.
    pub ending: bool,
}

/// The way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Dialing(Instant),
    Waiting(Instant),
    Up,
    Over,
}

/// A question to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// What the server can do.
    Domain,
    /// Its relays.
    Services,
    /// The same in the older form.
    ServicesOld,
    /// The conference.
    Conference,
    /// The same, from inside.
    Refocus,
    /// What the room is like.
    Room,
    /// Whether our answer is taken.
    Accept(u32),
    /// Another media session.
    Restart,
    /// Something that only a moderator may do, in words.
    Act(&'static str),
}

/// The state machine.
pub struct Session {
    settings: Settings,
    stream: Stream,
    phase: Phase,
    generation: u32,
    attempt: u32,
    lost_since: Option<Instant>,
    token_in_query: bool,
    out: VecDeque<Output>,
    ids: u32,
    asked: HashMap<String, Asked>,
    stage: Stage,
    /// Our id to the call: the first endpoint id that we had, for good.
    me: Option<PeerId>,
    /// Endpoint ids that we had: the server may show them for a while, and nobody is behind them.
    former: BTreeSet<String>,
    own: Own,
    /// Who may send us media: the focus's real address, by the server's word.
    focus: Option<String>,
    /// When the conference is asked for again, because its focus is gone.
    refocus: Option<Instant>,
    lobbies: bool,
    av_moderation: Option<String>,
    /// Whom a moderator asks to end the meeting for everybody.
    ending: Option<String>,
    relays: Vec<turn::Server>,
    occupants: BTreeMap<String, Occupant>,
    /// People from before the connection was lost, who have not been seen again.
    unseen: BTreeSet<String>,
    /// People whom we found when we came back.
    newcomers: Vec<String>,
    focus_kept: Vec<(String, Kept)>,
    kept: BTreeSet<Kept>,
    warned_of: BTreeSet<String>,
    moderator: bool,
    /// Nobody speaks without a moderator's leave, and we have it.
    floor: (bool, bool),
    /// A moderator closed our microphone, and the bridge drops what we say until we open it there too.
    silenced: bool,
    rights: Option<Vec<Verb>>,
    rules: Rules,
    /// The room has a password, once it has said so.
    password: Option<bool>,
    /// Where people wait, and who does, by nickname: their real address and name.
    lobby: Option<String>,
    in_lobby: bool,
    knocks: BTreeMap<String, (String, String)>,
    /// The latest message of somebody else, to which a reaction can be made.
    latest: Option<String>,
    /// The ids of the last messages to all: who comes back is told some of them again.
    said: VecDeque<String>,
    media: Media,
    sources: BTreeMap<u32, Source>,
}

impl Session {
    /// A session that begins now: its first outputs are there already.
    pub fn new(now: Instant, settings: Settings) -> Self {
        let own = Own {
            endpoint: String::new(),
            name: settings.name.clone(),
            muted: settings.muted || !settings.microphone,
            hand: None,
        };
        let mut s = Self {
            stream: Stream::new(now, &settings.place.domain, settings.login.clone()),
            settings,
            phase: Phase::Over,
            generation: 0,
            attempt: 0,
            lost_since: None,
            token_in_query: false,
            out: VecDeque::new(),
            ids: 0,
            asked: HashMap::new(),
            stage: Stage::Outside,
            me: None,
            former: BTreeSet::new(),
            own,
            focus: None,
            refocus: None,
            lobbies: false,
            av_moderation: None,
            ending: None,
            relays: Vec::new(),
            occupants: BTreeMap::new(),
            unseen: BTreeSet::new(),
            newcomers: Vec::new(),
            focus_kept: Vec::new(),
            kept: BTreeSet::new(),
            warned_of: BTreeSet::new(),
            moderator: false,
            floor: (false, false),
            silenced: false,
            rights: None,
            rules: Rules::default(),
            password: None,
            lobby: None,
            in_lobby: false,
            knocks: BTreeMap::new(),
            latest: None,
            said: VecDeque::new(),
            media: Media::default(),
            sources: BTreeMap::new(),
        };
        s.dial(now);
        s
    }

    /// The next thing to do.
    pub fn next_output(&mut self) -> Option<Output> {
        if let Some(text) = self.stream.next_message() {
            // What was decided before the stream said something comes first.
            self.out.push_back(Output::Send(text));
        }
        self.out.pop_front()
    }

    /// When [`Input::Tick`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        let phase = match self.phase {
            Phase::Over => return None,
            Phase::Dialing(until) | Phase::Waiting(until) => Some(until),
            Phase::Up => None,
        };
        let refocus = self.refocus.filter(|_| self.stage == Stage::In);
        [phase, self.stream.deadline(), self.stage.deadline(), refocus, self.media.deadline()].into_iter().flatten().min()
    }

    /// Whether packets of the microphone may be sent now.
    pub fn may_send(&self) -> bool {
        self.media.is_connected() && !self.own.muted
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Instant, input: Input) {
        if self.phase == Phase::Over {
            return;
        }
        match input {
            Input::Tick => self.tick(now),
            Input::Opened(g) if g == self.generation => {
                self.phase = Phase::Up;
                self.stream.open(now);
            }
            Input::Text(g, text) if g == self.generation => match self.stream.receive(now, &text) {
                Ok(Received::Nothing) => {}
                Ok(Received::Ready { resumed }) => self.ready(now, resumed),
                Ok(Received::Stanza(stanza)) => self.stanza(now, &stanza),
                Err(over) => self.over(now, over),
            },
            Input::Lost(g, why) if g == self.generation => self.lost(now, why),
            Input::Opened(_) | Input::Text(..) | Input::Lost(..) => {}
            Input::Asked(answer) => self.conference_by_http(now, answer),
            Input::Moved => {
                self.restart_media(now);
                self.lost(now, Failure::new(Exit::TempFail, "this machine is in another network now"));
            }
            Input::Command(command) => self.command(command),
            of_media => self.on_media(now, of_media),
        }
    }

    fn tick(&mut self, now: Instant) {
        match self.phase {
            Phase::Waiting(until) if now >= until => self.dial(now),
            Phase::Dialing(until) if now >= until => {
                self.lost(now, Failure::new(Exit::Unavailable, "the server does not answer; check the network and try again"));
            }
            Phase::Up => {
                if let Err(over) = self.stream.tick(now) {
                    self.over(now, over);
                }
            }
            _ => {}
        }
        for tick in [Self::entry_tick, Self::media_tick] {
            if self.phase != Phase::Over {
                tick(self, now);
            }
        }
    }

    fn dial(&mut self, now: Instant) {
        self.generation += 1;
        self.phase = Phase::Dialing(now + DIAL);
        let previous = self.stream.resumable(now).cloned();
        self.out.push_back(Output::Dial { generation: self.generation, previous, token_in_query: self.token_in_query });
    }

    fn over(&mut self, now: Instant, over: Over) {
        match over {
            // Older servers read the token from the address alone.
            Over::Refused(_) if self.settings.token && !self.token_in_query => {
                self.token_in_query = true;
                self.stream.closed(now);
                self.dial(now);
            }
            Over::Refused(mut why) => {
                if self.settings.token {
                    why.text =
                        format!("the server refused the token; it may be wrong, expired or for another room ({})", why.text);
                }
                self.end(LeaveReason::Failed, why);
            }
            Over::Lost(why) => self.lost(now, why),
        }
    }

    /// The connection is lost: another is tried, as long as there is patience. Media goes on meanwhile.
    fn lost(&mut self, now: Instant, why: Failure) {
        self.stream.closed(now);
        self.out.push_back(Output::HangUp);
        let permanent = matches!(why.exit, Exit::Tls | Exit::Config | Exit::Data | Exit::Usage | Exit::Denied);
        // Who waits to be let in goes on waiting.
        let here = self.me.is_some() || self.stage == Stage::Waiting;
        if !here || permanent && self.lost_since.is_none() {
            return self.end(LeaveReason::Failed, why);
        }
        let since = *self.lost_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= self.settings.patience {
            let text = format!("the connection was lost and did not come back ({})", why.text);
            return self.end(LeaveReason::NetworkLost, Failure::new(Exit::TempFail, text));
        }
        let pause =
            if self.attempt == 0 { Duration::ZERO } else { Duration::from_secs(1 << (self.attempt - 1).min(4)).min(PAUSE) };
        self.attempt += 1;
        self.phase = Phase::Waiting(now + pause);
        if self.me.is_some() {
            let next_ms = u64::try_from(pause.as_millis()).unwrap_or(0);
            self.event(BackendEvent::Reconnecting { attempt: self.attempt, next_ms });
        }
    }

    /// The stream works.
    fn ready(&mut self, now: Instant, resumed: bool) {
        if !resumed {
            return self.enter(now);
        }
        self.connected_again();
    }

    fn connected_again(&mut self) {
        self.attempt = 0;
        if self.lost_since.take().is_some() && self.me.is_some() {
            self.event(BackendEvent::Reconnected);
        }
    }

    fn stanza(&mut self, now: Instant, stanza: &Element) {
        match stanza.name() {
            "presence" => self.presence(now, stanza),
            "message" => self.message(now, stanza),
            _ => match stanza.attr("type") {
                Some("get" | "set") => self.question(now, stanza),
                _ => {
                    let asked = stanza.attr("id").and_then(|id| self.asked.remove(id));
                    if let Some(asked) = asked {
                        self.answer(now, asked, stanza);
                    }
                }
            },
        }
    }

    /// Somebody asks us something.
    fn question(&mut self, now: Instant, iq: &Element) {
        let reply = |kind: &str| {
            tag("iq", ns::CLIENT).attr("type", kind).attr("id", iq.attr("id").unwrap_or_default()).attr("to", iq.attr("from"))
        };
        if let Some(query) = iq.get_child("query", ns::DISCO) {
            let disco = super::muc::disco(query.attr("node"));
            return self.stream.send(reply("result").with(disco));
        }
        if iq.has_child("ping", ns::PING) {
            return self.stream.send(reply("result"));
        }
        // Media and closed microphones are the focus's affair alone.
        if self.is_of_focus(iq) {
            if let Some(jingle) = iq.get_child("jingle", ns::JINGLE) {
                self.stream.send(reply("result"));
                return self.jingle(now, jingle);
            }
            if let Some(mute) = iq.get_child("mute", ns::MUTE_AUDIO) {
                self.stream.send(reply("result"));
                return self.muted_by(mute);
            }
        }
        let error = tag("error", ns::CLIENT).attr("type", "cancel").with(tag("service-unavailable", ns::STANZAS));
        self.stream.send(reply("error").with(error));
    }

    /// Whether a stanza comes from the focus: the occupant of that name, whose real address is the one that the server named.
    fn is_of_focus(&self, stanza: &Element) -> bool {
        let expected = self.focus.as_deref();
        let from = stanza.attr("from").unwrap_or_default();
        let real = self.occupants.get("focus").and_then(|f| f.jid.as_deref()).map(|jid| super::muc::split(jid).0);
        from == format!("{}/focus", self.settings.place.room) && expected.is_some() && (real.is_none() || real == expected)
    }

    /// Sends a question.
    fn ask(&mut self, asked: Asked, kind: &str, to: &str, what: Tag) {
        self.ids += 1;
        let id = format!("c{}", self.ids);
        if self.asked.len() < PENDING {
            self.asked.insert(id.clone(), asked);
        }
        self.stream.send(tag("iq", ns::CLIENT).attr("type", kind).attr("id", id).attr("to", to).with(what));
    }

    fn event(&mut self, event: BackendEvent) {
        self.out.push_back(Output::Event(event));
    }

    fn warn(&mut self, code: &str, text: impl Into<String>) {
        self.event(BackendEvent::Warning { code: code.into(), text: text.into() });
    }

    /// Leaves, as far as the server hears it, and ends.
    fn end(&mut self, reason: LeaveReason, failure: Failure) {
        if self.stage != Stage::Outside {
            let to = format!("{}/{}", self.settings.place.room, self.own.endpoint);
            self.stream.send(tag("presence", ns::CLIENT).attr("type", "unavailable").attr("to", to));
        }
        self.stream.close();
        while let Some(text) = self.stream.next_message() {
            self.out.push_back(Output::Send(text));
        }
        self.drop_media();
        self.event(BackendEvent::Ended { reason, failure });
        self.out.push_back(Output::Close);
        self.phase = Phase::Over;
    }

    /// Whom the call knows by an endpoint id.
    fn peer(&self, endpoint: &str) -> PeerId {
        match &self.me {
            Some(me) if endpoint == self.own.endpoint => me.clone(),
            _ => PeerId(endpoint.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
