//! A client's conduct: when to found, knock, admit, commit, retry, give way, come back. Everything that a client of ours (in
//! a terminal or a browser) does about the group, as one state machine.
//!
//! Who commits: the live member with the lowest leaf; the others wait 300 ms times their rank and then do it themselves.
//! Commits of one member are at least [`BATCH`] apart, and everything that waits is put into one.

mod alone;
mod conduct;
mod content;
mod continuity;
mod entry;
mod follow;
mod introduction;
mod io;
mod renewal;

use crate::member::{Entry, Me, Member, Waiting};
use crate::room::{Admission, Mode, RoomState};
use crate::secret::RoomSecret;
use crate::wire::ToService;
use crate::{DeviceKey, IssuerKey, MemberId};
use alone::Alone;
use conduct::{Knock, Sent};
use content::Codes;
use continuity::Hold;
pub use continuity::{Memory, PROOF};
pub use introduction::MAX_INTRODUCTION;
pub use io::{Event, Input, Now, Output, Start, Wish};
use renewal::Renewal;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Commits of one member are at least this far apart.
pub const BATCH: Duration = Duration::from_millis(250);
/// How long a code stays readable.
pub const CODE_LIFE: Duration = Duration::from_secs(600);
/// A frame or message of an epoch we do not have for this long: somebody withholds a commit.
pub const BEHIND: Duration = Duration::from_secs(5);

/// Members wait their rank among the live ones times this before they commit for others.
const TURN: Duration = Duration::from_millis(300);
/// A difference between tree and server's list that is over sooner is not worth a word.
const MISMATCH: Duration = Duration::from_secs(3);
/// How long one answer of the delivery service may take before we ask again.
const ANSWER: Duration = Duration::from_secs(5);
/// How long whose commit could not be processed lets others found the next generation.
const OFFENDER_WAIT: Duration = Duration::from_secs(2);

/// Where we are.
enum Phase {
    /// The service has not said how it stands.
    Begin,
    /// Nobody has founded this generation; we do at this time.
    Vacant { generation: u64, at: Duration },
    /// We founded, and the service has not said that we were first.
    /// `asked`: nothing came of it for some time, and we asked how the group stands.
    Founding { member: Box<Member>, generation: u64, group_info: Vec<u8>, tree: Vec<u8>, until: Duration, asked: bool },
    /// Our join by link is with the service.
    Linking { member: Box<Member>, at: (u64, u64), commit: Vec<u8>, until: Duration },
    /// We knocked in this generation. `again`: when we look how the group stands if nothing comes of it, and then `looking`;
    /// `tell`: when we say that we wait.
    Knocking { waiting: Box<Waiting>, generation: u64, again: Duration, looking: bool, tell: Option<Duration> },
    /// We are in.
    In(Box<Member>),
    /// It is over.
    Out,
}

/// The state machine.
pub struct Session {
    me: Me,
    id: MemberId,
    start: Terms,
    secret: Option<RoomSecret>,
    introduction: Vec<u8>,
    service: [u8; 32],
    revoked: BTreeSet<DeviceKey>,
    /// The group that we know to be ours, or to have been.
    memory: Option<Memory>,
    /// We are in a group that nobody has proven yet.
    hold: Option<Hold>,
    /// We know the one that we are in to be the room's.
    proven: bool,
    /// When we said that we are here, and when we say it again.
    said_here: Option<Duration>,
    here_at: Option<Duration>,
    phase: Phase,
    /// When we ask again how the group stands that we are out of.
    ask_at: Option<Duration>,
    present: Option<BTreeSet<MemberId>>,
    knocks: BTreeMap<MemberId, Knock>,
    wishes: VecDeque<Wish>,
    sent: Option<Sent>,
    /// Commits of ours that lost by what we saw since, and of which the service has not said so.
    lost: u32,
    /// Since when there is something for any member to commit.
    work_since: Option<Duration>,
    /// No commit of ours before this time.
    not_before: Duration,
    /// When to look again what is to be committed.
    plan_at: Option<Duration>,
    /// When to tell the call of those who knock and say no name.
    knock_at: Option<Duration>,
    alone: Alone,
    renewal: Renewal,
    /// The epoch that media wants to be over, and when we made an end of such a one last.
    worn: Option<(u64, u64)>,
    renewed_keys: Option<Duration>,
    leaving: bool,
    /// The call knows that we wait; the service's word against our knock was passed on.
    told_waiting: bool,
    told_refused: bool,
    /// A commit that our gate refused was accepted by the service: we stay where we are until a new generation.
    held: bool,
    /// Frames of an epoch that we do not have: first and last.
    unknown: Option<(Duration, Duration)>,
    behind: bool,
    mismatch: Mismatch,
    codes: Codes,
    out: VecDeque<Output>,
}

/// What we found a group with.
struct Terms {
    room: String,
    mode: Mode,
    admission: Admission,
    issuers: Vec<IssuerKey>,
    accounts: Option<IssuerKey>,
    list: Vec<String>,
    no_recording: bool,
    receipt: bool,
}

/// In the tree only, and connected only.
type Difference = (Vec<MemberId>, Vec<MemberId>);

#[derive(Default)]
struct Mismatch {
    told: Difference,
    seen: Option<(Duration, Difference)>,
}

impl Session {
    /// Begins. Nothing is sent before the service says [`FromService::Vacant`] or [`FromService::Group`].
    pub fn new(_now: Now, start: Start) -> Self {
        let Start {
            me,
            room,
            mode,
            admission,
            issuers,
            accounts,
            list,
            no_recording,
            receipt,
            secret,
            introduction,
            service,
            before,
            revoked,
        } = start;
        Self {
            id: me.id(),
            me,
            start: Terms { room, mode, admission, issuers, accounts, list, no_recording, receipt },
            secret,
            introduction,
            service,
            revoked,
            codes: Codes::of_before(before.as_ref()),
            memory: before,
            hold: None,
            proven: false,
            said_here: None,
            here_at: None,
            phase: Phase::Begin,
            ask_at: None,
            present: None,
            knocks: BTreeMap::new(),
            wishes: VecDeque::new(),
            sent: None,
            lost: 0,
            work_since: None,
            not_before: Duration::ZERO,
            plan_at: None,
            knock_at: None,
            alone: Alone::default(),
            renewal: Renewal::default(),
            worn: None,
            renewed_keys: None,
            leaving: false,
            told_waiting: false,
            told_refused: false,
            held: false,
            unknown: None,
            behind: false,
            mismatch: Mismatch::default(),
            out: VecDeque::new(),
        }
    }

    /// Takes one input in; drain [`Session::poll`] after it.
    pub fn handle(&mut self, now: Now, input: Input) {
        match input {
            Input::Service(message) => self.service(now, message),
            Input::Relay { from, body } => self.relayed(now, &from, &body),
            Input::Present(present) => self.present = Some(present),
            Input::Wish(wish) => self.wish(now, wish),
            Input::Vouches(vouches) => self.vouches(now, &vouches),
            Input::WantsEpoch(epoch) => self.wants_epoch(now, epoch),
            Input::Connected => self.connected(now),
            Input::Tick => self.tick(now),
        }
        self.compare(now);
        self.plan(now);
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When [`Input::Tick`] is due (same clock as [`Now::mono`]).
    pub fn deadline(&self) -> Option<Duration> {
        let phase = match &self.phase {
            Phase::Vacant { at, .. } => Some(*at),
            Phase::Founding { until, .. } | Phase::Linking { until, .. } => Some(*until),
            Phase::Knocking { again, tell, .. } => Some(tell.map_or(*again, |tell| tell.min(*again))),
            Phase::Begin => self.ask_at,
            Phase::In(_) | Phase::Out => None,
        };
        let behind = self.unknown.filter(|_| !self.behind).map(|(first, _)| first + BEHIND);
        let mismatch = self.mismatch.seen.as_ref().map(|(since, _)| *since + MISMATCH);
        let sent = self.sent.as_ref().map(|sent| sent.until);
        [
            phase,
            behind,
            mismatch,
            sent,
            self.plan_at,
            self.knock_at,
            self.hold_until(),
            self.here_at,
            self.alone.deadline(),
            self.renewal.at,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Media noted a frame of an epoch that we do not have.
    pub fn unknown_epoch_seen(&mut self, now: Now) {
        if matches!(self.phase, Phase::In(_)) {
            let first = self.unknown.map_or(now.mono, |(first, _)| first);
            self.unknown = Some((first, now.mono));
        }
    }

    /// The agreed state, once we are in.
    pub fn state(&self) -> Option<&RoomState> {
        self.member().map(Member::state)
    }

    /// The roster, once we are in.
    pub fn roster(&self) -> Vec<Entry> {
        self.member().map(Member::roster).unwrap_or_default()
    }

    /// Whether a device was in the group when a code was checked.
    pub fn is_verified(&self, device: &DeviceKey) -> bool {
        self.codes.verified.contains(device)
    }

    fn member(&self) -> Option<&Member> {
        match &self.phase {
            Phase::In(member) if !self.holds() => Some(member),
            _ => None,
        }
    }

    fn event(&mut self, event: Event) {
        self.out.push_back(Output::Event(event));
    }

    fn tell(&mut self, message: ToService) {
        self.out.push_back(Output::Service(message));
    }

    fn refused(&mut self, code: &str, text: impl Into<String>) {
        self.event(Event::Refused { code: code.to_owned(), text: text.into() });
    }

    fn not_allowed(&mut self, text: impl std::fmt::Display) {
        self.event(Event::NotAllowed { text: text.to_string() });
    }

    fn tick(&mut self, now: Now) {
        match &mut self.phase {
            Phase::Begin if self.ask_at.is_some_and(|at| now.mono >= at) => self.ask(now),
            Phase::Vacant { generation, at } if now.mono >= *at => {
                let generation = *generation;
                self.found(now, generation);
            }
            Phase::Linking { until, at, .. } if now.mono >= *until => {
                // However the group stands now, we try again.
                (*until, *at) = (now.mono + ANSWER, (0, 0));
                self.tell(ToService::Present);
            }
            Phase::Founding { until, asked, .. } if now.mono >= *until => {
                (*until, *asked) = (now.mono + ANSWER, true);
                self.tell(ToService::Present);
            }
            Phase::Knocking { again, tell, .. } => {
                let (tell_now, again_now) = (tell.is_some_and(|tell| now.mono >= tell), now.mono >= *again);
                if tell_now {
                    *tell = None;
                    self.say_waiting();
                }
                if again_now {
                    // The state may be another by now, and our KeyPackage lost.
                    self.again(now);
                }
            }
            _ => {}
        }
        if self.sent.as_ref().is_some_and(|sent| now.mono >= sent.until) {
            self.commit_not_taken(now, "unanswered", String::new());
        }
        if let Some((first, last)) = self.unknown.filter(|(first, _)| !self.behind && now.mono >= *first + BEHIND) {
            self.unknown = None;
            if last + Duration::from_secs(1) >= first + BEHIND {
                self.behind = true;
                self.event(Event::Behind(true));
                self.tell(ToService::Present);
            }
        }
        self.codes.expire(now.mono);
        self.here_is_due(now);
        self.alone_is_due(now);
        self.time_passes(now);
        self.give_up_waiting(now);
    }
}

#[cfg(test)]
mod tests;
