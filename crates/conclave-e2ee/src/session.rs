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
mod introduction;
mod renewal;

use crate::identity::{Standing, Vouch};
use crate::member::{Change, Entry, Gone, Me, Member, Waiting};
use crate::room::{Admission, Mode, RoomState};
use crate::secret::RoomSecret;
use crate::wire::{FromService, ToService};
use crate::{DeviceKey, Error, IssuerKey, MemberId, Refused, UnixSeconds, media, safety};
use alone::Alone;
use conduct::{Knock, Sent};
use content::Codes;
use continuity::Hold;
pub use continuity::{Memory, PROOF};
pub use introduction::MAX_INTRODUCTION;
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

/// The time, twice.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Monotonic, from any start.
    pub mono: Duration,
    /// Seconds since the Unix epoch.
    pub unix: UnixSeconds,
}

/// How a session begins.
pub struct Start {
    /// Who we are.
    pub me: Me,
    /// The room's name.
    pub room: String,
    /// The least mode that we accept.
    pub mode: Mode,
    /// What we found a group with, if we are first.
    pub admission: Admission,
    /// See [`RoomState::issuers`].
    pub issuers: Vec<IssuerKey>,
    /// See [`RoomState::accounts`].
    pub accounts: Option<IssuerKey>,
    /// See [`RoomState::list`].
    pub list: Vec<String>,
    /// See [`RoomState::no_recording`].
    pub no_recording: bool,
    /// See [`RoomState::receipt`].
    pub receipt: bool,
    /// The room secret, if the link or user gave one.
    pub secret: Option<RoomSecret>,
    /// What moderators, and nobody else, may read of us while we wait to be let in: a name, in the caller's own form. At most
    /// [`MAX_INTRODUCTION`] bytes; empty: nothing.
    pub introduction: Vec<u8>,
    /// The delivery service's key, from `welcome`.
    pub service: [u8; 32],
    /// The group this device was in a moment ago (a control session that was lost; [`Session::memory`] of the one before): it
    /// comes back without new admission, and what was verified stays so, once the group has proven to be the same.
    pub before: Option<Memory>,
    /// Devices that an issuer has revoked.
    pub revoked: BTreeSet<DeviceKey>,
}

/// What goes in.
pub enum Input {
    /// From the delivery service.
    Service(FromService),
    /// A relayed body (MLS PrivateMessage) from a member.
    Relay {
        /// Who sent it, by the server's word (checked against MLS).
        from: MemberId,
        /// The body.
        body: Vec<u8>,
    },
    /// Who has a control session now, by the server's word: whose turn it is to commit, and warnings.
    Present(std::collections::BTreeSet<MemberId>),
    /// The user wants something.
    Wish(Wish),
    /// Media has used up much of what the keys of this epoch may seal ([`media::KeyRing::wants_epoch`]).
    WantsEpoch((u64, u64)),
    /// Fresh vouches for our device, in the place of older ones of the same issuers for the same names.
    Vouches(Vec<Vouch>),
    /// [`Session::deadline`] has passed.
    Tick,
}

/// What a user can want. Who has no right to it gets [`Event::NotAllowed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Send content to all members, or to one privately.
    Message {
        /// Plain content.
        content: Vec<u8>,
        /// Only to them.
        to: Option<MemberId>,
    },
    /// Let somebody in who knocks.
    Admit(MemberId),
    /// Do not.
    Deny(MemberId),
    /// Remove somebody for good.
    Kick(MemberId),
    /// Grant moderator rights.
    Promote(MemberId),
    /// Take them away.
    Demote(MemberId),
    /// Nobody new.
    Lock(bool),
    /// Pause everybody (moderators); others only stop sending themselves, which is the caller's business.
    Freeze(bool),
    /// Open the safety panel: proposes one epoch to everybody.
    Safety,
    /// The code of this epoch was compared and is right.
    Verified {
        /// Generation and epoch.
        epoch: (u64, u64),
    },
    /// Say goodbye: a SelfRemove proposal; the caller leaves after what comes out is sent.
    Leave,
}

/// What comes out.
pub enum Output {
    /// Send to the delivery service.
    Service(ToService),
    /// Relay a body to all, or to some.
    Relay {
        /// Recipients; `None` = everybody.
        to: Option<Vec<MemberId>>,
        /// PrivateMessage.
        body: Vec<u8>,
    },
    /// New media keys.
    Keys(media::EpochKeys),
    /// No keys any more: nothing may be sent or played.
    NoKeys,
    /// Tell the call.
    Event(Event),
}

/// What happens.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// We wait to be let in.
    Waiting,
    /// We are in: the whole roster.
    In {
        /// The roster.
        roster: Vec<Entry>,
        /// The agreed state.
        state: Box<RoomState>,
        /// Generation and epoch.
        epoch: (u64, u64),
        /// We founded the group.
        founded: bool,
    },
    /// Denied by a moderator.
    Denied,
    /// Removed from the group; `kicked` = for good.
    Out {
        /// For good.
        kicked: bool,
    },
    /// The group changed.
    Changed {
        /// How.
        change: Box<Change>,
        /// The agreed state after it.
        state: Box<RoomState>,
    },
    /// Somebody asks to be let in, and we may decide.
    Knock {
        /// Who.
        member: MemberId,
        /// The device behind it.
        device: DeviceKey,
        /// How known to our own user.
        standing: Standing,
    },
    /// Who knocks says who they are; not checked by anybody, but said by the very leaf that knocks.
    Introduced {
        /// Whose.
        member: MemberId,
        /// What they say, in the caller's own form.
        content: Vec<u8>,
    },
    /// The knock is over.
    KnockGone {
        /// Whose.
        member: MemberId,
    },
    /// Content from a member, authenticated.
    Message {
        /// Who.
        from: MemberId,
        /// Only to us.
        private: bool,
        /// Plain content.
        content: Vec<u8>,
    },
    /// Somebody (perhaps we) opened the safety panel: compute the code of this material off the event loop and show it.
    Safety {
        /// What to compute it from.
        material: safety::Material,
        /// Who opened it.
        by: MemberId,
        /// Who came since that epoch.
        later: Vec<MemberId>,
    },
    /// Whether everybody in the group now was there when a code was checked, or is vouched for.
    Verified {
        /// They are.
        on: bool,
        /// Whose coming ended it, if it ended.
        because: Option<MemberId>,
    },
    /// What the delivery service or a member tried and the gate refused. Shown as a warning.
    Refused {
        /// For programs.
        code: String,
        /// One sentence.
        text: String,
    },
    /// A wish was not granted.
    NotAllowed {
        /// One sentence.
        text: String,
    },
    /// Others are in an epoch that the server keeps from us (`true`), or no longer (`false`).
    Behind(bool),
    /// Somebody is known otherwise than before, because a vouch or certificate is over.
    Standing(Box<Entry>),
    /// A vouch of ours is over soon: a fresh one is wanted ([`Input::Vouches`]).
    VouchEnds {
        /// As whom it knows us.
        subject: String,
        /// When it is over.
        not_after: UnixSeconds,
    },
    /// We came back, and in [`PROOF`] nobody whom we were with has shown to be in this group: it may be a copy that the server
    /// made. What follows is a first meeting: nothing is verified. The caller closes the microphone and says why; the keys come
    /// half a second later.
    Unproven,
    /// A new generation of the group begins, and why.
    NewGeneration {
        /// In words.
        reason: String,
    },
    /// The server's list of who is connected and the tree differ: who is in the tree and not connected, and who is connected
    /// and not in the tree. Empty = they agree again.
    Mismatch {
        /// In the tree only.
        not_connected: Vec<MemberId>,
        /// Connected only (and not knocking).
        not_in_group: Vec<MemberId>,
    },
    /// The group cannot be joined as expected (mode too weak, another creator, damaged): the caller leaves with this.
    Fatal {
        /// For programs: `downgrade`, `unexpected_group`, `refused`.
        code: &'static str,
        /// One sentence: what happened, what to do.
        text: String,
    },
}

/// Where we are.
enum Phase {
    /// The service has not said how it stands.
    Begin,
    /// Nobody has founded this generation; we do at this time.
    Vacant { generation: u64, at: Duration },
    /// We founded, and the service has not said that we were first.
    Founding { member: Box<Member>, generation: u64, group_info: Vec<u8>, until: Duration },
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
    /// When we said that we are here, and when we say it again.
    said_here: Option<Duration>,
    here_at: Option<Duration>,
    phase: Phase,
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
            said_here: None,
            here_at: None,
            phase: Phase::Begin,
            present: None,
            knocks: BTreeMap::new(),
            wishes: VecDeque::new(),
            sent: None,
            lost: 0,
            work_since: None,
            not_before: Duration::ZERO,
            plan_at: None,
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
            Phase::Begin | Phase::In(_) | Phase::Out => None,
        };
        let behind = self.unknown.filter(|_| !self.behind).map(|(first, _)| first + BEHIND);
        let mismatch = self.mismatch.seen.as_ref().map(|(since, _)| *since + MISMATCH);
        let sent = self.sent.as_ref().map(|sent| sent.until);
        [phase, behind, mismatch, sent, self.plan_at, self.hold_until(), self.here_at, self.alone.deadline(), self.renewal.at]
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

    fn fatal(&mut self, error: &Error) {
        let code = match error {
            Error::Refused(Refused::Policy { code, .. }) => code,
            _ => "refused",
        };
        self.go_out();
        self.event(Event::Fatal { code, text: format!("this group cannot be joined: {error}") });
    }

    /// Keys are gone, and nothing is done any more.
    fn go_out(&mut self) {
        self.leave_group();
        self.phase = Phase::Out;
    }

    /// Forgets the group that we were in, but for what coming back needs.
    fn leave_group(&mut self) {
        if matches!(self.phase, Phase::In(_)) {
            self.out.push_back(Output::NoKeys);
        }
        self.phase = Phase::Begin;
        (self.hold, self.here_at, self.alone, self.renewal.at) = (None, None, Alone::default(), None);
        (self.sent, self.work_since, self.plan_at, self.unknown) = (None, None, None, None);
        (self.held, self.lost) = (false, 0);
        if std::mem::take(&mut self.behind) {
            self.event(Event::Behind(false));
        }
    }

    fn service(&mut self, now: Now, message: FromService) {
        if matches!(self.phase, Phase::Out) {
            return;
        }
        match message {
            FromService::Vacant { generation, reason, offender } => self.vacant(now, generation, reason, offender.as_ref()),
            FromService::Group { generation, epoch, group_info, tree } => {
                self.group(now, (generation, epoch), &group_info.0, &tree.0);
            }
            FromService::Knock { member, key_package } => self.knock(now, member, key_package.0),
            FromService::KnockGone { member } => self.forget_knock(&member),
            FromService::Denied => {
                if matches!(self.phase, Phase::Knocking { .. }) {
                    self.event(Event::Denied);
                    self.go_out();
                }
            }
            FromService::Commit { generation, epoch, commit, .. } => self.commit_came(now, (generation, epoch), &commit.0),
            FromService::Proposal { generation, epoch, proposal } => self.proposal(now, (generation, epoch), &proposal.0),
            FromService::Welcome { welcome, tree, .. } => self.welcome(now, &welcome.0, &tree.0),
            FromService::NotTaken { code, text } => self.not_taken(now, &code, text),
        }
    }

    fn commit_came(&mut self, now: Now, at: (u64, u64), commit: &[u8]) {
        if let Phase::Linking { commit: ours, .. } = &self.phase {
            if ours == commit {
                self.linked(now, commit);
            } else {
                // Somebody was faster.
                self.tell(ToService::Present);
            }
            return;
        }
        let Phase::In(member) = &mut self.phase else { return };
        let here = member.epoch();
        if at.0 != here.0 || at.1 < here.1 || self.held {
            return;
        }
        if at.1 > here.1 {
            // The service orders: what lies between was kept from us.
            return self.come_back(now);
        }
        match member.process(now.unix, commit) {
            Ok(crate::member::Processed::Change(change)) => self.changed(now, *change),
            Ok(_) => {}
            Err(error) => self.unprocessable(now, at, &error),
        }
    }

    /// Nothing was merged. What our gate refuses by policy keeps us where we are: to come back would accept it by the back
    /// door. What cannot be read, or only with a secret that we do not have, is no judgement: we come back as ourselves.
    fn unprocessable(&mut self, now: Now, at: (u64, u64), error: &Error) {
        self.tell(ToService::Unprocessable { generation: at.0, epoch: at.1 });
        match error {
            Error::Refused(Refused::Policy { code, text }) if *code != "secret_unknown" => {
                self.held = true;
                self.refused(code, *text);
            }
            _ => {
                self.refused("unprocessable", format!("a change of the group could not be followed: {error}"));
                self.come_back(now);
            }
        }
    }

    fn changed(&mut self, now: Now, change: Change) {
        let Phase::In(member) = &self.phase else { return };
        let (state, epoch) = (member.state().clone(), member.epoch());
        if let Some(sent) = self.sent.take().filter(|_| change.by.member != self.id) {
            // Somebody was faster. What we wanted still holds.
            self.lost += 1;
            self.wishes.extend(sent.wish);
            self.wishes.rotate_right(usize::from(!self.wishes.is_empty()));
        }
        self.unknown = None;
        self.work_since = None;
        if change.by.member == self.id {
            self.not_before = now.mono + BATCH;
        }
        if std::mem::take(&mut self.behind) {
            self.event(Event::Behind(false));
        }
        if change.we_are_out {
            return self.put_out(now, change, state);
        }
        for (entry, _) in &change.added {
            self.forget_knock(&entry.member);
        }
        debug_assert_eq!(change.epoch, epoch.1);
        if self.holds() {
            return;
        }
        if let Err(error) = self.remember() {
            return self.fatal(&error);
        }
        self.mind_alone(now);
        self.look_at_credentials(now);
        self.new_keys(now);
        if !change.added.is_empty() {
            // Before the call says anything: what it says waits for this at those who come back.
            self.say_here(now);
        }
        self.event(Event::Changed { change: Box::new(change.clone()), state: Box::new(state) });
        let newcomer = change.added.iter().map(|(entry, _)| entry.member.clone()).next();
        self.judge_verified(newcomer);
    }

    /// A commit put us out of the tree.
    fn put_out(&mut self, now: Now, change: Change, state: RoomState) {
        let kicked = state.is_kicked(&self.me.device.public());
        let how = change.removed.iter().find(|(entry, _)| entry.member == self.id).map(|(_, how)| *how);
        if !self.holds() {
            if let Err(error) = self.remember() {
                return self.fatal(&error);
            }
            self.event(Event::Changed { change: Box::new(change), state: Box::new(state) });
        }
        if how == Some(Gone::Vanished) && !kicked && !self.leaving {
            // The server thought that we were gone, and we are not.
            return self.come_back(now);
        }
        self.go_out();
        self.event(Event::Out { kicked });
    }

    fn new_keys(&mut self, now: Now) {
        let Phase::In(member) = &self.phase else { return };
        let (keys, material) = (member.media_keys(), member.safety_material());
        match keys {
            Ok(keys) => self.out.push_back(Output::Keys(keys)),
            Err(_) => self.out.push_back(Output::NoKeys),
        }
        self.codes.keep(now.mono, material);
    }

    fn proposal(&mut self, now: Now, at: (u64, u64), proposal: &[u8]) {
        let Phase::In(member) = &mut self.phase else { return };
        if member.epoch() != at || self.leaving {
            return;
        }
        if let Err(Error::Refused(refused)) = member.process(now.unix, proposal) {
            match refused {
                Refused::Policy { code, text } => self.refused(code, text),
                other => self.refused("proposal", other.to_string()),
            }
        }
    }

    fn not_taken(&mut self, now: Now, code: &str, text: String) {
        if matches!(self.phase, Phase::In(_)) && self.not_anew(now) {
            return;
        }
        match &mut self.phase {
            Phase::In(_) => self.commit_not_taken(now, code, text),
            Phase::Founding { .. } => self.tell(ToService::Present),
            Phase::Linking { .. } if code == "stale" => self.tell(ToService::Present),
            Phase::Linking { member, .. } => {
                let (generation, _) = member.epoch();
                self.refused(code, text);
                self.send_knock(now, generation, true);
            }
            Phase::Knocking { again, .. } => {
                // A locked room may be opened again; who was removed for good learns it from the group's state.
                *again = now.mono + ANSWER;
                if code != "too_fast" && code != "stale" && !std::mem::replace(&mut self.told_refused, true) {
                    self.refused(code, text);
                }
            }
            Phase::Begin | Phase::Vacant { .. } | Phase::Out => {}
        }
    }

    fn tick(&mut self, now: Now) {
        match &mut self.phase {
            Phase::Vacant { generation, at } if now.mono >= *at => {
                let generation = *generation;
                self.found(now, generation);
            }
            Phase::Linking { until, at, .. } if now.mono >= *until => {
                // However the group stands now, we try again.
                (*until, *at) = (now.mono + ANSWER, (0, 0));
                self.tell(ToService::Present);
            }
            Phase::Founding { until, .. } if now.mono >= *until => {
                *until = now.mono + ANSWER;
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
