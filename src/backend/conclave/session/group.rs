//! The group of an end-to-end encrypted room inside the control session: the tree is the roster, what members say is
//! sealed, and the server's list only says whose turn it is.

mod floor;
mod vouches;

use super::link::clean;
use super::receipt::Ledger;
use super::{MAX_MEMBERS, Output, Session, known};
use crate::backend::livekit::media::MediaCommand;
use crate::backend::{BackendCommand, BackendEvent};
use crate::call::trust::{EpochNote, Policy, Role, Standing};
use crate::call::{LeaveReason, PeerId, summary};
use crate::exit::Exit;
use crate::protocol::control::{ClientMessage, Member, MemberId};
use crate::protocol::member::MemberMessage;
use crate::trust::Keys;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::member::{Change, Entry, Gone};
use conclave_e2ee::session::{self as e2ee, Event, Input, Wish};
use conclave_e2ee::wire::FromService;
use conclave_e2ee::{DeviceKey, IssuerKey, Mode, RoomState, Vouch, media, safety};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Media keys on their way to the seal; `None`: there are none any more.
pub(in crate::backend::conclave) struct NewKeys(pub Option<media::EpochKeys>);

impl NewKeys {
    fn epoch(&self) -> Option<(u64, u64)> {
        self.0.as_ref().map(|keys| keys.epoch)
    }
}

impl PartialEq for NewKeys {
    fn eq(&self, other: &Self) -> bool {
        self.epoch() == other.epoch()
    }
}

impl std::fmt::Debug for NewKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewKeys({:?})", self.epoch())
    }
}

/// A safety code that is to be computed, and what to say with it.
#[derive(Debug, PartialEq)]
pub(in crate::backend::conclave) struct Code {
    pub material: safety::Material,
    pub by: PeerId,
    pub people: Vec<PeerId>,
    pub later: Vec<PeerId>,
}

/// How a group begins.
pub(in crate::backend::conclave) struct Begin {
    /// The conduct's beginning.
    pub start: e2ee::Start,
    /// Whom this client remembers.
    pub keys: Arc<Keys>,
    /// Leave unless everybody is vouched for or verified.
    pub require_vouched: bool,
    /// Seconds since the Unix epoch, now.
    pub unix: u64,
}

/// The group's side of a control session.
pub(super) struct Group {
    pub(super) inner: e2ee::Session,
    pub(super) keys: Arc<Keys>,
    require_vouched: bool,
    began: Instant,
    unix: u64,
    pub(super) me: MemberId,
    strict: bool,
    /// The key with which our server says that it vouches for its accounts.
    announced: Option<IssuerKey>,
    /// What others say of our device.
    vouches: Vec<Vouch>,
    connected: BTreeSet<MemberId>,
    pub(super) roster: BTreeMap<MemberId, Entry>,
    pub(super) names: BTreeMap<MemberId, String>,
    /// What there is to say of the meeting, and whether the room keeps receipts.
    pub(super) ledger: Ledger,
    pub(super) receipts: bool,
    /// Our media can be heard at the server; the call was told that somebody can open it.
    heard: bool,
    told_heard: bool,
    floor: floor::Floor,
}

impl Group {
    pub(super) fn new(now: Instant, begin: Begin, members: &[Member]) -> Self {
        let Begin { start, keys, require_vouched, unix } = begin;
        let (me, strict, announced) = (start.me.id(), start.mode == Mode::Strict, start.accounts);
        let vouches = start.me.vouches.clone();
        let connected = members.iter().take(MAX_MEMBERS).map(|m| m.id.clone()).chain([me.clone()]).collect();
        let inner = e2ee::Session::new(e2ee::Now { mono: Duration::ZERO, unix }, start);
        let (roster, names) = (BTreeMap::new(), BTreeMap::new());
        Self {
            inner,
            keys,
            require_vouched,
            began: now,
            unix,
            me,
            strict,
            announced,
            vouches,
            connected,
            roster,
            names,
            ledger: Ledger::default(),
            receipts: false,
            heard: false,
            told_heard: false,
            floor: floor::Floor::default(),
        }
    }

    /// By whose word accounts are known in this room.
    fn accounts(&self) -> Option<IssuerKey> {
        self.inner.state().and_then(|state| state.accounts)
    }

    pub(super) fn now(&self, now: Instant) -> e2ee::Now {
        let mono = now.saturating_duration_since(self.began);
        e2ee::Now { mono, unix: self.unix.saturating_add(mono.as_secs()) }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.inner.deadline().and_then(|at| self.began.checked_add(at))
    }

    pub(super) fn is_in(&self) -> bool {
        self.inner.state().is_some()
    }

    /// How somebody is known: by the room's issuers, else by what this client remembers.
    fn standing(&self, member: &str, device: &DeviceKey, standing: &conclave_e2ee::Standing) -> Standing {
        use conclave_e2ee::Standing as S;
        // It may have come before us, by people who do not know of it.
        if self.keys.revoked.contains(device) {
            return Standing::Guest;
        }
        if let S::Vouched { subject } = standing {
            return Standing::Vouched { subject: subject.clone() };
        }
        let pins = self.keys.pins();
        if let Some(name) = pins.name_of(device) {
            return Standing::Pinned { name: name.to_owned() };
        }
        if let Some((name, before)) = self.names.get(member).and_then(|name| Some((name, pins.device_of(name)?))) {
            return Standing::Changed { name: name.clone(), before: before.short() };
        }
        match standing {
            // By the key that our server announces: whoever founded the room could name another one.
            S::Account { subject } if self.announced.is_some() && self.accounts() == self.announced => {
                Standing::Account { subject: subject.clone() }
            }
            _ => Standing::Guest,
        }
    }

    fn trust(&self, entry: &Entry) -> BackendEvent {
        BackendEvent::Trust {
            id: PeerId(entry.member.clone()),
            role: role(entry.role),
            standing: self.standing(&entry.member, &entry.device, &entry.standing_for(&self.keys.issuers)),
            key: entry.device.short(),
            verified: self.inner.is_verified(&entry.device),
        }
    }

    fn unvouched(&self) -> Option<&Entry> {
        let known = |entry: &&Entry| {
            let vouched = entry.vouched_by(&self.keys.issuers).is_some() && !self.keys.revoked.contains(&entry.device);
            vouched || self.inner.is_verified(&entry.device)
        };
        self.roster.values().find(|entry| entry.member != self.me && !known(entry))
    }
}

fn role(role: conclave_e2ee::Role) -> Role {
    match role {
        conclave_e2ee::Role::Member => Role::Member,
        conclave_e2ee::Role::Moderator => Role::Moderator,
        conclave_e2ee::Role::Creator => Role::Creator,
    }
}

/// What the service says, with its words as far as they are shown: known codes, and sentences that are short and clean.
pub(super) fn plain(message: FromService) -> FromService {
    match message {
        FromService::NotTaken { code, text } => {
            let code = known(&code, &["stale", "too_fast", "too_large", "refused"]).unwrap_or("refused").to_owned();
            FromService::NotTaken { code, text: clean(&text) }
        }
        FromService::Vacant { generation, reason, offender } => {
            FromService::Vacant { generation, reason: reason.map(|reason| clean(&reason)), offender }
        }
        other => other,
    }
}

fn peers(ids: Vec<MemberId>) -> Vec<PeerId> {
    ids.into_iter().map(PeerId).collect()
}

impl Session {
    /// Takes something into the group and does what follows from it.
    pub(super) fn group_input(&mut self, now: Instant, input: Input) {
        let Some(group) = &mut self.group else { return };
        let at = group.now(now);
        group.inner.handle(at, input);
        self.pump(now);
    }

    /// Who has a control session, by the server's word.
    pub(super) fn connected(&mut self, now: Instant, member: MemberId, on: bool) {
        let Some(group) = &mut self.group else { return };
        if !on {
            group.connected.remove(&member);
        } else if group.connected.len() < MAX_MEMBERS {
            group.connected.insert(member);
        }
        self.present(now);
    }

    pub(super) fn present(&mut self, now: Instant) {
        let Some(group) = &self.group else { return };
        let present = group.connected.clone();
        self.group_input(now, Input::Present(present));
    }

    pub(super) fn unknown_epoch(&mut self, now: Instant) {
        let Some(group) = &mut self.group else { return };
        let at = group.now(now);
        group.inner.unknown_epoch_seen(at);
    }

    pub(super) fn group_tick(&mut self, now: Instant) {
        if self.group.as_ref().and_then(Group::deadline).is_some_and(|at| now >= at) {
            self.group_input(now, Input::Tick);
        }
    }

    pub(super) fn group_relayed(&mut self, now: Instant, from: MemberId, body: &str) {
        if let Ok(sealed) = URL_SAFE_NO_PAD.decode(body) {
            self.meanings.begin(body);
            self.group_input(now, Input::Relay { from, body: sealed });
            self.meanings.end();
        }
    }

    /// Our media is heard at the server.
    pub(super) fn media_heard(&mut self) {
        match &mut self.group {
            None => self.event(BackendEvent::MediaConnected),
            Some(group) => {
                group.heard = true;
                self.maybe_heard();
            }
        }
    }

    /// A file that stands for a microphone waits until somebody has the key to hear it.
    fn maybe_heard(&mut self) {
        let Some(group) = &mut self.group else { return };
        if group.heard && !group.told_heard && group.is_in() && group.roster.len() > 1 {
            group.told_heard = true;
            self.event(BackendEvent::MediaConnected);
        }
    }

    /// A new control session of the same member: the server says anew who is there, and how the group stands.
    pub(super) fn connected_again(&mut self, now: Instant, members: &[Member]) {
        let Some(group) = &mut self.group else { return };
        let me = group.me.clone();
        group.connected = members.iter().take(MAX_MEMBERS).map(|m| m.id.clone()).chain([me]).collect();
        self.present(now);
    }

    fn send_up(&mut self, message: ClientMessage) {
        // What is lost with the link is said again by the conduct's own deadlines.
        if self.link.is_up() {
            self.out.push_back(Output::Send(message));
        }
    }

    /// A wish that only rooms with a group know; `false`: this one has none.
    pub(super) fn group_command(&mut self, now: Instant, command: BackendCommand) -> bool {
        let Some(group) = &self.group else { return false };
        let moderator = group.roster.get(&group.me).is_some_and(|me| me.role >= conclave_e2ee::Role::Moderator);
        let wish = match command {
            BackendCommand::Moderate(act) => {
                self.ask_for(act);
                return true;
            }
            BackendCommand::Admit(id) => Wish::Admit(id.0),
            BackendCommand::Deny(id) => Wish::Deny(id.0),
            BackendCommand::Kick(id) => Wish::Kick(id.0),
            BackendCommand::Promote(id) => Wish::Promote(id.0),
            BackendCommand::Demote(id) => Wish::Demote(id.0),
            BackendCommand::Lock(on) => Wish::Lock(on),
            BackendCommand::Freeze(on) if moderator => Wish::Freeze(on),
            BackendCommand::Freeze(on) => {
                self.frozen = on;
                self.relay(now, None, &MemberMessage::Frozen { on });
                return true;
            }
            BackendCommand::Safety => Wish::Safety,
            BackendCommand::Verified { generation, epoch } => {
                self.ledger(|ledger, _| ledger.checked((generation, epoch)));
                Wish::Verified { epoch: (generation, epoch) }
            }
            BackendCommand::Receipt => {
                self.ask_receipt(now);
                return true;
            }
            BackendCommand::Disturbed(why) => {
                self.ledger(|ledger, unix| ledger.gap(unix, &why));
                return true;
            }
            _ => return false,
        };
        self.group_input(now, Input::Wish(wish));
        true
    }

    fn pump(&mut self, now: Instant) {
        while let Some(output) = self.group.as_mut().and_then(|group| group.inner.poll()) {
            match output {
                e2ee::Output::Service(message) => self.send_up(ClientMessage::Group { message }),
                e2ee::Output::Relay { to, body } => {
                    let body = URL_SAFE_NO_PAD.encode(body);
                    self.meanings.sealed_as(&body);
                    self.send_up(ClientMessage::Relay { to, body });
                }
                e2ee::Output::Keys(_) if self.ended => {}
                e2ee::Output::Keys(keys) => {
                    self.ledger(|ledger, _| ledger.epoch(&keys.base));
                    self.out.push_back(Output::Keys(NewKeys(Some(keys))));
                }
                e2ee::Output::NoKeys => self.out.push_back(Output::Keys(NewKeys(None))),
                e2ee::Output::Event(event) => self.group_event(now, event),
            }
        }
    }

    /// Notes something for the receipt, with the time.
    fn ledger(&mut self, note: impl FnOnce(&mut Ledger, u64)) {
        let now = self.now;
        if let Some(group) = &mut self.group {
            let unix = group.now(now).unix;
            note(&mut group.ledger, unix);
        }
    }

    /// Somebody records, or no longer.
    pub(super) fn recorded(&mut self, now: Instant, member: &str, on: bool) {
        let Some(group) = &mut self.group else { return };
        let unix = group.now(now).unix;
        if let Some(entry) = group.roster.get(member) {
            group.ledger.recording(unix, member, entry.device, on);
        }
    }

    pub(super) fn recorded_ourselves(&mut self, now: Instant, on: bool) {
        let me = self.group.as_ref().map(|group| group.me.clone());
        me.into_iter().for_each(|me| self.recorded(now, &me, on));
    }

    /// Warns; what disturbs the encryption stands in the receipt, too.
    pub(super) fn warn(&mut self, code: &str, text: impl Into<String>) {
        let text = text.into();
        if summary::disturbs(code) {
            self.ledger(|ledger, unix| ledger.gap(unix, &text));
        }
        self.event(BackendEvent::Warning { code: code.into(), text });
    }

    fn group_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Waiting => self.event(BackendEvent::Waiting),
            Event::In { roster, state, founded, epoch } => self.group_in(now, roster, &state, founded, epoch.1),
            Event::Changed { change, state } => self.group_changed(now, *change, &state),
            Event::Denied => {
                self.end(LeaveReason::Removed, Exit::Denied, "you were not let in; ask whoever invited you");
            }
            Event::Out { kicked: true } => {
                self.end(LeaveReason::Removed, Exit::Removed, "a moderator removed you from this room for good");
            }
            Event::Out { kicked: false } => {
                self.end(LeaveReason::Removed, Exit::Removed, "you are no longer in the group; join again if that was not meant");
            }
            Event::Knock { member, device, standing } => {
                let Some(group) = &self.group else { return };
                let standing = group.standing(&member, &device, &standing);
                self.event(BackendEvent::Knock { id: PeerId(member), standing, key: device.short() });
            }
            Event::Introduced { member, content } => {
                if let Some(MemberMessage::Profile { name, .. }) = MemberMessage::decode(&content) {
                    let id = PeerId(member);
                    self.event(BackendEvent::PeerState { id, name: Some(name), muted: None, hand: None });
                }
            }
            Event::KnockGone { member } => self.event(BackendEvent::KnockGone { id: PeerId(member) }),
            Event::Message { from, private, content } => {
                self.meanings.opened_as(&content);
                if let Some(message) = MemberMessage::decode(&content) {
                    self.heard_from(now, &from, private, message);
                }
            }
            Event::Safety { material, by, later } => self.code(material, by, later),
            Event::Verified { on, because } => self.verified(on, because),
            Event::Refused { code, text } => self.warn(&format!("refused_{code}"), text),
            Event::NotAllowed { text } => self.warn("not_allowed", text),
            Event::Behind(true) => self.warn("behind", "others are ahead of what the server gives us; trying to catch up"),
            Event::Behind(false) => self.warn("not_behind", "the group is complete again"),
            Event::Standing(entry) => self.standing_changed(*entry),
            Event::VouchEnds { subject, .. } => self.vouch_ends(subject),
            Event::Unproven => self.unproven(),
            Event::NewGeneration { alone, reason } => {
                let code = if alone { "begun_anew" } else { "new_generation" };
                self.warn(code, format!("the group begins anew: {reason}"));
            }
            Event::Mismatch { not_connected, not_in_group } => self.mismatch(&not_connected, &not_in_group),
            Event::Fatal { text, .. } => self.end(LeaveReason::Failed, Exit::Policy, &text),
        }
    }

    /// A vouch is over: its owner is shown as what they are without it.
    fn standing_changed(&mut self, entry: Entry) {
        let Some(group) = &mut self.group else { return };
        let trust = group.trust(&entry);
        group.roster.insert(entry.member.clone(), entry);
        self.event(trust);
        self.demand_vouches();
    }

    /// Perhaps only the server hears: nothing of ours goes there until the user opens the microphone again.
    fn unproven(&mut self) {
        let text = "nobody in this group has shown to be somebody you were with, or to know the room's secret: it may be one \
                    that the server made. Your microphone is closed; compare the safety code before you go on";
        if !self.muted {
            self.muted = true;
            self.out.push_back(Output::Media(MediaCommand::Muted(true)));
        }
        self.event(BackendEvent::MutedByRoom { by: None });
        self.warn("unproven_group", text);
    }

    fn mismatch(&mut self, not_connected: &[MemberId], not_in_group: &[MemberId]) {
        if not_connected.is_empty() && not_in_group.is_empty() {
            return self.warn("server_list_agrees", "the server's list and the group agree again");
        }
        let text = format!(
            "the server's list and the group differ: {} in the group and not connected, {} connected and not in the group; \
             who is in the group hears and reads, nobody else",
            not_connected.len(),
            not_in_group.len()
        );
        self.warn("server_list_differs", text);
    }

    fn group_in(&mut self, now: Instant, roster: Vec<Entry>, state: &RoomState, founded: bool, epoch: u64) {
        let Some(group) = &mut self.group else { return };
        let me = group.me.clone();
        group.roster = roster.into_iter().map(|entry| (entry.member.clone(), entry)).collect();
        group.receipts = state.receipt;
        let unix = group.now(now).unix;
        group.ledger.roster(unix, &group.roster, state);
        let entries: Vec<Entry> = group.roster.values().cloned().collect();
        let (own_role, key) = (group.roster.get(&me).map_or(Role::Member, |e| role(e.role)), group.keys.device.public().short());
        // After coming back, who is no longer in the tree is gone.
        let gone: Vec<_> = self.members.keys().filter(|id| entries.iter().all(|e| e.member != **id)).cloned().collect();
        gone.into_iter().for_each(|id| self.member_gone(id));
        self.event(BackendEvent::Policy(Policy { no_recording: state.no_recording, receipt: state.receipt }));
        // Who begins a later generation has not founded the room.
        self.event(BackendEvent::LetIn { founded: founded && state.generation == 1, role: own_role, key, epoch });
        for entry in &entries {
            self.show_entry(now, entry, true);
        }
        self.room(state, None);
        self.demand_vouches();
        if self.ended {
            return;
        }
        self.announce_at(now);
        self.settle_floor();
        self.maybe_heard();
    }

    fn room(&mut self, state: &RoomState, by: Option<PeerId>) {
        let RoomState { locked, frozen, passphrase, .. } = *state;
        self.event(BackendEvent::Room { locked, frozen, by, passphrase });
    }

    fn show_entry(&mut self, now: Instant, entry: &Entry, before_us: bool) {
        let Some(group) = &self.group else { return };
        let trust = group.trust(entry);
        if entry.member != group.me && !self.members.contains_key(&entry.member) {
            self.member_joined(now, Member { id: entry.member.clone(), livekit: None, role: None }, before_us);
        }
        self.event(trust);
    }

    fn group_changed(&mut self, now: Instant, change: Change, state: &RoomState) {
        let Some(group) = &mut self.group else { return };
        let generation = state.generation;
        let roster = group.inner.roster();
        if !change.we_are_out {
            let old = std::mem::take(&mut group.roster);
            group.roster = roster.into_iter().map(|entry| (entry.member.clone(), entry)).collect();
            let unix = group.now(now).unix;
            group.ledger.roster(unix, &group.roster, state);
            let other =
                |e: &&Entry| old.get(&e.member).is_some_and(|before| (before.role, &before.standing) != (e.role, &e.standing));
            let changed: Vec<_> = group.roster.values().filter(other).map(|e| group.trust(e)).collect();
            changed.into_iter().for_each(|trust| self.event(trust));
        }
        for (entry, _) in &change.removed {
            self.member_gone(entry.member.clone());
        }
        for (entry, _) in &change.added {
            self.show_entry(now, entry, false);
        }
        let how = |gone: Gone| match gone {
            Gone::Left => "left",
            Gone::Vanished => "vanished",
            Gone::Removed => "removed",
            Gone::Kicked => "kicked",
            Gone::Replaced => "replaced",
        };
        self.event(BackendEvent::Epoch(EpochNote {
            generation,
            epoch: change.epoch,
            by: PeerId(change.by.member.clone()),
            added: change.added.iter().map(|(e, _)| PeerId(e.member.clone())).collect(),
            returned: change.added.iter().filter(|(_, back)| *back).map(|(e, _)| PeerId(e.member.clone())).collect(),
            removed: change.removed.iter().map(|(e, gone)| (PeerId(e.member.clone()), how(*gone).to_owned())).collect(),
        }));
        if change.state_before.is_some_and(|before| (before.locked, before.frozen) != (state.locked, state.frozen)) {
            let by = Some(PeerId(change.by.member));
            self.room(state, by);
        }
        self.demand_vouches();
        self.collected(now);
        if !self.ended && !change.we_are_out && !change.added.is_empty() {
            // Who came cannot read what was said of ourselves before.
            self.announce_at(now);
            self.maybe_heard();
        }
    }

    fn demand_vouches(&mut self) {
        let Some(entry) = self.group.as_ref().filter(|group| group.require_vouched).and_then(Group::unvouched) else { return };
        let text = format!(
            "somebody is in the room whom no administrator vouches for (device {}), and --require-vouched was given",
            entry.device.short()
        );
        self.end(LeaveReason::Failed, Exit::Policy, &text);
    }

    /// A name becomes known: what this client remembers of it may change how they are shown.
    pub(super) fn named(&mut self, member: &str, name: &str) {
        let Some(group) = &mut self.group else { return };
        let name = crate::text::clean(name);
        if group.names.get(member) == Some(&name) {
            return;
        }
        let Some(entry) = group.roster.get(member) else { return };
        group.names.insert(member.to_owned(), name);
        let trust = group.trust(entry);
        if matches!(trust, BackendEvent::Trust { standing: Standing::Changed { .. }, .. }) {
            self.event(trust);
        }
    }

    fn code(&mut self, material: safety::Material, by: MemberId, later: Vec<MemberId>) {
        let Some(group) = &self.group else { return };
        let in_it = |entry: &&Entry| material.roster.iter().any(|(_, device)| *device == entry.device);
        let people = group.roster.values().filter(in_it).map(|entry| PeerId(entry.member.clone())).collect();
        self.out.push_back(Output::Code(Code { material, by: PeerId(by), people, later: peers(later) }));
    }

    fn verified(&mut self, on: bool, because: Option<MemberId>) {
        let Some(group) = &self.group else { return };
        if on {
            let mut pins = group.keys.pins();
            for entry in group.roster.values().filter(|entry| group.inner.is_verified(&entry.device)) {
                if let Some(name) = group.names.get(&entry.member) {
                    pins.pin(name, entry.device);
                }
            }
        }
        let trusts: Vec<_> = group.roster.values().map(|entry| group.trust(entry)).collect();
        self.event(BackendEvent::Verified { on, because: because.map(PeerId) });
        trusts.into_iter().for_each(|trust| self.event(trust));
    }
}

#[cfg(test)]
mod tests;
