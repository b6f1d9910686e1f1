//! The control session as a sans-IO state machine: messages, wishes and time in; messages, events and deadlines out.
//!
//! Invariant: after every input, [`Session::poll`] is drained until it gives `None`.

mod group;
mod link;
mod meaning;
mod moderation;
mod receipt;

use crate::backend::livekit::media::{MediaCommand, MediaEvent};
use crate::backend::{BackendCommand, BackendEvent};
use crate::call::{LeaveReason, PeerId, PeerKind};
use crate::exit::{Exit, Failure};
use crate::protocol::control::{ClientMessage, Member, MemberId, Refusal, ServerMessage};
use crate::protocol::hearing::Report;
use crate::protocol::member::{MAX_BODY, MemberMessage};
use crate::protocol::room::{RoomRole, Rules, Verb};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::{Vouch, session as e2ee};
pub(super) use group::{Begin, Code, NewKeys};
pub(super) use link::{Entry, Ticket};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a newcomer's name is waited for before they are shown without one.
const NAME_WAIT: Duration = Duration::from_secs(2);
/// More members than this are not kept: no server of ours has such a room, and a hostile one must not fill our memory.
const MAX_MEMBERS: usize = 10_000;
/// What goes in.
#[derive(Debug)]
pub(super) enum Input {
    /// The socket of this generation delivered a message.
    Message(u32, ServerMessage),
    /// The socket of this generation ended, or could not be opened.
    Lost(u32),
    /// A new socket is open.
    Opened(u32),
    /// A wish of the call.
    Command(BackendCommand),
    /// Something from the media plane.
    Media(MediaEvent),
    /// A frame came of an epoch that we do not have.
    UnknownEpoch,
    /// What the account says of us now, after [`Output::Renew`]; `None`: it says nothing.
    Renewed { subject: String, fresh: Option<Vouch> },
    /// Our media keys of this epoch have sealed half of what they may.
    WornEpoch((u64, u64)),
    /// A deadline has passed.
    Tick,
}

/// What comes out.
#[derive(Debug, PartialEq)]
pub(super) enum Output {
    /// Send on the present socket.
    Send(ClientMessage),
    /// Drop the present socket and open one of this generation after a wait.
    Redial { generation: u32, after: Duration },
    /// Tell the call.
    Event(BackendEvent),
    /// Tell the call that everybody was told of our recording, if what was to be sent before could be sent.
    RecordingTold,
    /// Tell the media client.
    Media(MediaCommand),
    /// New media keys, before anything that follows.
    Keys(NewKeys),
    /// Ask the account for another vouch for `subject`, not here. Answered with [`Input::Renewed`].
    Renew { subject: String },
    /// Compute a safety code, not here, and tell the call.
    Code(Code),
}

#[derive(Debug)]
struct Known {
    kind: PeerKind,
    /// Set until the call was told of them: when they are shown without a name.
    show_at: Option<Instant>,
    before_us: bool,
}

/// Everything of `welcome` that the session needs.
pub(super) struct Welcome {
    pub session: String,
    pub secret: Zeroizing<String>,
    pub members: Vec<Member>,
    pub event: u64,
    pub seat: Seat,
}

/// What the server says of us and of the room.
#[derive(Debug, Clone, Default)]
pub(super) struct Seat {
    /// Our role, if the server has roles.
    pub role: Option<RoomRole>,
    /// What we may do.
    pub may: Vec<Verb>,
    /// How the room is kept.
    pub rules: Rules,
}

/// The state machine.
pub(super) struct Session {
    last_event: u64,
    link: link::Link,
    /// The media plane is connected, or still connecting for the first time.
    media_up: bool,
    /// It was connected once.
    media_seen: bool,
    /// It waits for a fresh token.
    token_wanted: bool,
    members: BTreeMap<MemberId, Known>,
    name: String,
    muted: bool,
    hand: Option<u64>,
    /// We keep what we hear.
    recording: bool,
    /// The call does not know yet that everybody was told so.
    untold: bool,
    /// We have stopped sending. Whoever comes is told.
    frozen: bool,
    ended: bool,
    /// When the last input came.
    now: Instant,
    /// The group of an end-to-end encrypted room: there the tree is the roster.
    group: Option<group::Group>,
    /// The server has roles, and knows what to do with [`ClientMessage::Moderate`].
    roles: bool,
    me: MemberId,
    meanings: meaning::Meanings,
    out: VecDeque<Output>,
}

impl Session {
    /// A session that was just welcomed.
    pub(super) fn new(now: Instant, entry: Entry, name: String, muted: bool, begin: Option<Begin>) -> Self {
        let Entry { ticket, welcome } = entry;
        let me = ticket.member();
        let mut s = Self {
            last_event: welcome.event,
            link: link::Link::new(now, ticket, welcome.session, welcome.secret),
            media_up: true,
            media_seen: false,
            token_wanted: false,
            members: BTreeMap::new(),
            name,
            muted,
            hand: None,
            recording: false,
            untold: false,
            frozen: false,
            ended: false,
            now,
            group: begin.map(|begin| group::Group::new(now, begin, &welcome.members)),
            roles: false,
            me,
            meanings: meaning::Meanings::default(),
            out: VecDeque::new(),
        };
        s.seated(&welcome.seat, &welcome.members);
        if s.group.is_some() {
            s.present(now);
            return s;
        }
        for m in welcome.members {
            s.member_joined(now, m, true);
        }
        s.announce_at(now);
        s
    }

    /// Whether it is over: nothing is taken in any more.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The next thing to do.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// What a relayed body means that the last input brought or made; told once.
    pub(super) fn meaning(&mut self, body: &str) -> Option<Zeroizing<String>> {
        self.meanings.of(body)
    }

    /// When [`Input::Tick`] is due.
    pub(super) fn deadline(&self) -> Instant {
        let group = self.group.as_ref().and_then(group::Group::deadline);
        let receipt = self.group.as_ref().and_then(|group| group.ledger.deadline());
        self.members.values().filter_map(|m| m.show_at).chain(group).chain(receipt).fold(self.link.deadline(), Instant::min)
    }

    /// Takes one input in.
    pub(super) fn handle(&mut self, now: Instant, input: Input) {
        if self.ended {
            return;
        }
        self.now = now;
        self.meanings.forget();
        match input {
            Input::Message(generation, m) if self.link.is(generation) => {
                self.link.heard(now);
                self.message(now, m);
            }
            Input::Opened(generation) if self.link.is(generation) => self.link.opened(now),
            Input::Lost(generation) if self.link.is(generation) => self.lost(now),
            // A socket that was given up has nothing to say.
            Input::Message(..) | Input::Opened(_) | Input::Lost(_) => {}
            Input::Command(c) => self.command(now, c),
            Input::Media(e) => self.media(now, e),
            Input::UnknownEpoch => self.unknown_epoch(now),
            Input::Renewed { subject, fresh } => self.renewed(now, &subject, fresh),
            Input::WornEpoch(epoch) => self.group_input(now, e2ee::Input::WantsEpoch(epoch)),
            Input::Tick => self.tick(now),
        }
    }

    fn event(&mut self, e: BackendEvent) {
        self.out.push_back(Output::Event(e));
    }

    fn end(&mut self, reason: LeaveReason, exit: Exit, text: &str) {
        self.ended = true;
        // Nothing more is sealed or opened, whatever is still on its way.
        if self.group.is_some() {
            self.last_receipt();
            self.out.push_back(Output::Keys(group::NewKeys(None)));
        }
        self.out.push_back(Output::Media(MediaCommand::Leave));
        self.event(BackendEvent::Ended { reason, failure: Failure::new(exit, text) });
    }

    fn tick(&mut self, now: Instant) {
        self.group_tick(now);
        self.collected(now);
        self.link_tick(now);
        let due: Vec<_> =
            self.members.iter().filter(|(_, m)| m.show_at.is_some_and(|at| now >= at)).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.show(&id, None);
        }
    }

    fn message(&mut self, now: Instant, m: ServerMessage) {
        if let Some(n) = number(&m).filter(|_| !matches!(m, ServerMessage::Welcome { .. })) {
            if n <= self.last_event {
                return; // repeated after a resume
            }
            self.last_event = n;
        }
        match m {
            ServerMessage::Challenge { nonce } => self.challenged(now, &nonce),
            ServerMessage::Resumed => self.resumed(now),
            ServerMessage::Welcome { event, me, session, secret, members, media, policy, role, may, .. } => {
                let seat = Seat { role, may, rules: policy.rules.clone() };
                let welcome = Welcome { session, secret: secret.0, members, event, seat };
                self.welcomed(now, &me, welcome, media.token.0, &policy);
            }
            ServerMessage::Refused { code, text } => self.turned_away(now, code, &text),
            ServerMessage::Waiting { text } => self.kept_waiting(now, &text),
            m @ (ServerMessage::Role { .. }
            | ServerMessage::Rights { .. }
            | ServerMessage::Policy { .. }
            | ServerMessage::Knock { .. }
            | ServerMessage::KnockGone { .. }
            | ServerMessage::Moderated { .. }
            | ServerMessage::Hands { .. }) => self.moderation(m),
            ServerMessage::MemberJoined { member, .. } if self.group.is_some() => {
                self.role_of(&member);
                self.connected(now, member.id, true);
            }
            ServerMessage::MemberLeft { id, .. } if self.group.is_some() => self.connected(now, id, false),
            ServerMessage::Relay { from, body, .. } if self.group.is_some() => self.group_relayed(now, from, &body),
            ServerMessage::Group { message, .. } => self.group_input(now, e2ee::Input::Service(group::plain(message))),
            ServerMessage::Floor { granted, cap, .. } => self.floor(now, granted, cap),
            ServerMessage::MemberJoined { member, .. } => {
                let id = member.id.clone();
                let conclave = member.livekit.is_none();
                self.member_joined(now, member, false);
                if conclave {
                    self.announce(now, Some(vec![id]));
                }
            }
            ServerMessage::MemberLeft { id, .. } => self.member_gone(id),
            ServerMessage::Relay { from, private, body, .. } => self.relayed(now, &from, private, &body),
            ServerMessage::MediaToken { token, .. } => {
                self.token_wanted = false;
                self.out.push_back(Output::Media(MediaCommand::Token(token.0)));
            }
            ServerMessage::Ended { reason, text, .. } => self.ended_by(now, reason, &text),
            ServerMessage::Error { code, text } => {
                let codes = ["too_large", "too_fast", "malformed", "unknown_member", "not_allowed"];
                let code = known(&code, &codes).unwrap_or("other");
                self.warn(&format!("server_{code}"), link::clean(&text));
            }
            _ => {}
        }
    }

    fn member_joined(&mut self, now: Instant, member: Member, before_us: bool) {
        if self.members.len() >= MAX_MEMBERS && !self.members.contains_key(&member.id) {
            return;
        }
        let kind = if member.livekit.is_some() { PeerKind::LiveKit } else { PeerKind::Member };
        self.role_of(&member);
        self.members.insert(member.id.clone(), Known { kind, show_at: Some(now + NAME_WAIT), before_us });
        if let Some(name) = member.livekit {
            self.show(&member.id, Some(name));
            // Members tell each other their names; stock clients see those of the media plane.
            self.out.push_back(Output::Media(MediaCommand::Name(self.name.clone())));
        }
    }

    fn is_stock(&self, id: &str) -> bool {
        self.members.get(id).is_some_and(|m| m.kind == PeerKind::LiveKit)
    }

    /// Stock clients hear no relays: to them chat goes over the media plane, where members do not listen for it.
    fn chat(&mut self, now: Instant, text: String, to: Option<PeerId>) {
        match to {
            Some(PeerId(id)) if self.is_stock(&id) => {
                let to = id.strip_prefix(STOCK).map(|identity| PeerId(identity.to_owned()));
                self.out.push_back(Output::Media(MediaCommand::Say { text, to }));
            }
            to => {
                if to.is_none() && self.members.values().any(|m| m.kind == PeerKind::LiveKit) {
                    self.out.push_back(Output::Media(MediaCommand::Say { text: text.clone(), to: None }));
                }
                self.relay(now, to.map(|id| vec![id.0]), &MemberMessage::Chat { text });
            }
        }
    }

    fn member_gone(&mut self, id: MemberId) {
        if self.members.remove(&id).is_some_and(|m| m.show_at.is_none()) {
            self.event(BackendEvent::PeerLeft { id: PeerId(id) });
        }
    }

    /// Tells the call of a member, once.
    fn show(&mut self, id: &str, name: Option<String>) {
        let Some(m) = self.members.get_mut(id) else { return };
        if m.show_at.take().is_some() {
            let (kind, before_us) = (m.kind, m.before_us);
            self.event(BackendEvent::PeerJoined { id: PeerId(id.to_owned()), kind, name, before_us });
        }
    }

    fn relayed(&mut self, now: Instant, from: &str, private: bool, body: &str) {
        if !self.members.contains_key(from) {
            return;
        }
        let Some(message) = URL_SAFE_NO_PAD.decode(body).ok().and_then(|b| MemberMessage::decode(&b)) else { return };
        self.heard_from(now, from, private, message);
    }

    /// What a member of the room said.
    fn heard_from(&mut self, now: Instant, from: &str, private: bool, message: MemberMessage) {
        let id = PeerId(from.to_owned());
        match message {
            MemberMessage::Profile { name, muted, hand, recording } => {
                self.named(from, &name);
                self.show(from, Some(name.clone()));
                let state = BackendEvent::PeerState { id: id.clone(), name: Some(name), muted: Some(muted), hand: Some(hand) };
                self.event(state);
                self.event(BackendEvent::Recording { id, on: recording });
                self.recorded(now, from, recording);
            }
            MemberMessage::Chat { text } => {
                self.show(from, None);
                self.event(BackendEvent::Chat { from: id, private, text });
            }
            MemberMessage::Reaction { text } => self.event(BackendEvent::Reaction { from: id, text }),
            MemberMessage::Hearing { of } => {
                if let Some(report) = Report::decode(&of) {
                    self.event(BackendEvent::Hearing { from: id, report });
                }
            }
            MemberMessage::Frozen { on } => self.event(BackendEvent::Frozen { id, on }),
            MemberMessage::ReceiptDraft { part, of, text } => self.heard_draft(now, from, part, of, &text),
            MemberMessage::ReceiptSignature { id, checked, signature } => {
                self.heard_answer(now, from, &id, Ok((checked, signature)));
            }
            MemberMessage::ReceiptRefused { id, why } => self.heard_answer(now, from, &id, Err(why)),
            MemberMessage::Unknown => {}
        }
    }

    /// Says to all members, or to some, what there is to say of ourselves.
    fn announce_at(&mut self, now: Instant) {
        self.announce(now, None);
    }

    fn announce(&mut self, now: Instant, to: Option<Vec<MemberId>>) {
        if self.group.as_ref().is_some_and(|group| !group.is_in()) {
            return; // said when we are let in
        }
        let (muted, hand, recording) = (self.muted, self.hand, self.recording);
        let everybody = to.is_none();
        let before = self.out.len();
        self.relay(now, to.clone(), &MemberMessage::Profile { name: self.name.clone(), muted, hand, recording });
        let said = self.out.iter().skip(before).any(|o| matches!(o, Output::Send(ClientMessage::Relay { .. })));
        if self.frozen {
            self.relay(now, to, &MemberMessage::Frozen { on: true });
        }
        if recording && everybody && said && std::mem::take(&mut self.untold) {
            self.out.push_back(Output::RecordingTold);
        }
    }

    fn relay(&mut self, now: Instant, to: Option<Vec<MemberId>>, message: &MemberMessage) {
        let bytes = message.encode();
        debug_assert!(bytes.len() <= MAX_BODY, "names and chat are bounded before they come here");
        // While the link is down nothing is queued: the profile is sent again after the resume, and a chat message that
        // could arrive minutes late is worse than one that the user is told was not sent.
        if self.link.is_up() && self.group.is_some() {
            let to = to.and_then(|to| to.into_iter().next());
            self.meanings.begin(&String::from_utf8_lossy(&bytes));
            self.group_input(now, e2ee::Input::Wish(e2ee::Wish::Message { content: bytes, to }));
            self.meanings.end();
        } else if self.link.is_up() {
            self.out.push_back(Output::Send(ClientMessage::Relay { to, body: URL_SAFE_NO_PAD.encode(bytes) }));
        }
    }

    /// Tells the others how we hear them. Who has stopped sending says nothing.
    fn report(&mut self, now: Instant, report: &Report) {
        if self.frozen || !self.link.is_up() {
            return;
        }
        let bytes = MemberMessage::Hearing { of: report.encode() }.encode();
        if self.group.is_none() {
            self.out.push_back(Output::Send(ClientMessage::Relay { to: None, body: URL_SAFE_NO_PAD.encode(bytes) }));
            return;
        }
        self.meanings.begin(&String::from_utf8_lossy(&bytes));
        self.group_input(now, e2ee::Input::Wish(e2ee::Wish::Report(bytes)));
        self.meanings.end();
    }

    fn command(&mut self, now: Instant, c: BackendCommand) {
        if self.group_command(now, c.clone()) {
            return;
        }
        match c {
            BackendCommand::Muted(on) => {
                self.muted = on;
                // Not given back twice: it may have been denied, and this is the call's answer to that.
                self.settle_floor();
                self.out.push_back(Output::Media(MediaCommand::Muted(on)));
                self.announce_at(now);
            }
            BackendCommand::Hand(hand) => {
                self.hand = hand;
                self.announce_at(now);
                self.queue_hand();
            }
            BackendCommand::Name(name) => {
                if self.members.values().any(|m| m.kind == PeerKind::LiveKit) {
                    self.out.push_back(Output::Media(MediaCommand::Name(name.clone())));
                }
                self.name = name;
                self.announce_at(now);
            }
            BackendCommand::Say { text, to } => {
                if self.link.is_up() {
                    self.chat(now, text, to);
                } else {
                    self.event(BackendEvent::Warning {
                        code: "not_sent".into(),
                        text: "your message was not sent: the connection is lost; send it again when it is back".into(),
                    });
                }
            }
            BackendCommand::React(text) => self.relay(now, None, &MemberMessage::Reaction { text }),
            BackendCommand::Hearing(report) => self.report(now, &report),
            BackendCommand::Recording(on) => {
                (self.recording, self.untold) = (on, on);
                self.announce_at(now);
                self.recorded_ourselves(now, on);
                self.announce_recording(on);
            }
            BackendCommand::Moderate(act) => self.ask_for(act),
            BackendCommand::Leave => {
                self.group_input(now, e2ee::Input::Wish(e2ee::Wish::Leave));
                self.out.push_back(Output::Send(ClientMessage::Leave));
                self.end(LeaveReason::Left, Exit::Ok, "You left the call.");
            }
            _ => {}
        }
    }

    fn media(&mut self, now: Instant, e: MediaEvent) {
        match e {
            MediaEvent::Transport { rung, ok, error } => {
                self.media_seen |= ok;
                self.event(BackendEvent::Transport { rung, ok, error });
            }
            MediaEvent::Heard => self.media_heard(),
            // By a moderator, who was told already, or by the room.
            MediaEvent::ServerMuted if self.muted => {}
            MediaEvent::ServerMuted => {
                self.muted = true;
                self.event(BackendEvent::MutedByRoom { by: None });
                self.announce_at(now);
            }
            // Members speak for themselves; only stock LiveKit clients are known by their media session alone.
            MediaEvent::ParticipantState { id, name, muted, .. } => {
                let id = member_of(id);
                if self.is_stock(&id.0) {
                    self.event(BackendEvent::PeerState { id, name, muted, hand: None });
                }
            }
            MediaEvent::Chat { from, private, text } => {
                let from = member_of(from);
                if self.is_stock(&from.0) {
                    self.event(BackendEvent::Chat { from, private, text });
                }
            }
            MediaEvent::Reconnecting { attempt, next_ms } => {
                self.media_up = false;
                if self.link.is_up() {
                    self.event(BackendEvent::Reconnecting { attempt, next_ms });
                }
            }
            MediaEvent::Reconnected => {
                self.media_up = true;
                self.recovered();
            }
            MediaEvent::NeedToken => {
                self.token_wanted = true;
                if self.link.is_up() {
                    self.out.push_back(Output::Send(ClientMessage::MediaToken));
                }
            }
            MediaEvent::Warning { code, text } => self.event(BackendEvent::Warning { code, text }),
            // The control session owns membership: losing media removes nobody, joining it adds nobody, and ends are told by
            // the control plane, with the true reason.
            _ => {}
        }
    }
}

/// What the ids of stock LiveKit clients begin with.
const STOCK: &str = "lk-";

/// The call's id of a media identity: members carry the same id on both planes, stock LiveKit clients get [`STOCK`].
pub(super) fn member_of(identity: PeerId) -> PeerId {
    if identity.0.starts_with("m-") { identity } else { PeerId(format!("{STOCK}{}", identity.0)) }
}

fn number(m: &ServerMessage) -> Option<u64> {
    match m {
        ServerMessage::Welcome { event, .. }
        | ServerMessage::MemberJoined { event, .. }
        | ServerMessage::MemberLeft { event, .. }
        | ServerMessage::Relay { event, .. }
        | ServerMessage::Group { event, .. }
        | ServerMessage::Floor { event, .. }
        | ServerMessage::MediaToken { event, .. }
        | ServerMessage::Role { event, .. }
        | ServerMessage::Rights { event, .. }
        | ServerMessage::Policy { event, .. }
        | ServerMessage::Knock { event, .. }
        | ServerMessage::KnockGone { event, .. }
        | ServerMessage::Moderated { event, .. }
        | ServerMessage::Hands { event, .. }
        | ServerMessage::Ended { event, .. } => Some(*event),
        ServerMessage::Challenge { .. }
        | ServerMessage::Resumed
        | ServerMessage::Waiting { .. }
        | ServerMessage::Refused { .. }
        | ServerMessage::Error { .. }
        | ServerMessage::Pong => None,
    }
}

/// A code of the server's in a code of ours: scripts see none that is not documented.
fn known<'a>(code: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().find(|k| **k == code).copied()
}

/// The exit code of a refused `hello`.
pub(super) fn refused(code: Refusal, text: &str) -> Failure {
    let exit = match code {
        Refusal::UnknownRoom | Refusal::Full | Refusal::ShuttingDown => Exit::Unavailable,
        Refusal::Denied | Refusal::Pin => Exit::Denied,
        Refusal::Protocol => Exit::Protocol,
        Refusal::TooFast | Refusal::SessionGone => Exit::TempFail,
        Refusal::Malformed | Refusal::Unknown => Exit::Other,
    };
    Failure::new(exit, link::clean(text))
}

#[cfg(test)]
mod tests;
