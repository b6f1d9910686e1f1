//! What a member does for the group: lets in whom it may, sweeps in whose leaf goes, and what moderators want.

use super::entry::needs_nobody;
use super::{ANSWER, Difference, Event, MISMATCH, Now, Phase, Session, TURN, Wish};
use crate::gate;
use crate::member::{Entry, Member, Plan};
use crate::room::Role;
use crate::wire::{Blob, MAX_LEAVES, ToService};
use crate::{Error, MemberId, Refused};
use std::collections::BTreeSet;
use std::time::Duration;

/// The most wishes that wait for a commit.
const MAX_WISHES: usize = 64;
/// No key is used up sooner than this: media asks for new ones at most as often.
const WORN: Duration = Duration::from_secs(60);
/// The most newcomers in one commit.
const MAX_ADDS: usize = 100;
/// How long we wait for the name of somebody who knocks. Longer: whoever decides learns later of those who say no name; shorter:
/// on slow networks they first see somebody without a name.
const NAME_WAIT: Duration = Duration::from_millis(500);

/// Somebody who wants to be let in.
pub(super) struct Knock {
    key_package: Vec<u8>,
    /// The call was told.
    told: bool,
    /// A moderator (we) wants them in.
    wanted: bool,
    /// A commit with them was refused: not again.
    spoiled: bool,
    /// They have said who they are.
    pub(super) introduced: bool,
    /// Until then the call is told only together with that.
    nameless_until: Duration,
}

impl Knock {
    pub(super) fn key_package(&self) -> &[u8] {
        &self.key_package
    }
}

/// Our commit is with the service.
pub(super) struct Sent {
    pub(super) until: Duration,
    pub(super) wish: Option<Wish>,
    adds: Vec<MemberId>,
}

impl Session {
    pub(super) fn knock(&mut self, now: Now, member: MemberId, key_package: Vec<u8>) {
        if member == self.id || self.knocks.len() >= MAX_LEAVES && !self.knocks.contains_key(&member) {
            return;
        }
        let told = self.knocks.get(&member).is_some_and(|knock| knock.told);
        let nameless_until = now.mono + NAME_WAIT;
        let knock = Knock { key_package, told, wanted: false, spoiled: false, introduced: false, nameless_until };
        self.knocks.insert(member, knock);
    }

    pub(super) fn forget_knock(&mut self, member: &MemberId) {
        if self.knocks.remove(member).is_some_and(|knock| knock.told) {
            self.event(Event::KnockGone { member: member.clone() });
        }
    }

    /// Compares the tree with the server's list; says so if they differ for longer than [`MISMATCH`].
    pub(super) fn compare(&mut self, now: Now) {
        let (Phase::In(member), Some(present), false) = (&self.phase, &self.present, self.holds()) else {
            self.mismatch.seen = None;
            return;
        };
        let tree: BTreeSet<MemberId> = member.roster().into_iter().map(|entry| entry.member).collect();
        let not_connected = tree.iter().filter(|id| **id != self.id && !present.contains(*id)).cloned().collect();
        let not_in_group = present
            .iter()
            .filter(|id| **id != self.id && !tree.contains(*id) && !self.knocks.contains_key(*id))
            .cloned()
            .collect();
        let difference: Difference = (not_connected, not_in_group);
        let m = &mut self.mismatch;
        if difference == m.told {
            m.seen = None;
            return;
        }
        if m.seen.as_ref().is_none_or(|(_, seen)| *seen != difference) {
            m.seen = Some((now.mono, difference.clone()));
        }
        let due = m.seen.as_ref().is_some_and(|(since, _)| now.mono >= *since + MISMATCH);
        if due || difference == Difference::default() {
            m.seen = None;
            m.told = difference.clone();
            self.event(Event::Mismatch { not_connected: difference.0, not_in_group: difference.1 });
        }
    }

    /// Our place among the live members of the tree: 0 = it is our turn.
    pub(super) fn rank(&self) -> u32 {
        let Phase::In(member) = &self.phase else { return 0 };
        let going = member.proposed_removals();
        let live = |entry: &&Entry| {
            entry.leaf < member.leaf()
                && !going.contains(&entry.leaf)
                && self.present.as_ref().is_none_or(|present| present.contains(&entry.member))
        };
        u32::try_from(member.roster().iter().filter(live).count()).unwrap_or(u32::MAX)
    }

    /// Tells moderators of whom they may let in; gives the others whom anybody's client lets in.
    fn look_at_knocks(&mut self, now: Now) -> Vec<MemberId> {
        let Phase::In(member) = &self.phase else { return Vec::new() };
        let (state, roster) = (member.state(), member.roster());
        let moderator = state.is_moderator(&self.me.device.public());
        let (mut adds, mut events, mut forged) = (Vec::new(), Vec::new(), Vec::new());
        let mut devices = BTreeSet::new();
        for (id, knock) in &mut self.knocks {
            if knock.spoiled {
                continue;
            }
            let newcomer = match gate::leaf::knock(&knock.key_package, state, now.unix) {
                Ok(newcomer) if newcomer.member == *id => newcomer,
                Ok(_) => {
                    forged.push((id.clone(), "somebody knocks in the name of somebody else".to_owned()));
                    continue;
                }
                Err(refused) => {
                    forged.push((id.clone(), format!("a knock is not what it should be: {refused}")));
                    continue;
                }
            };
            match gate::admission(state, &roster, &self.revoked, Role::Moderator, &newcomer) {
                // Our own other client: somebody else replaces our leaf.
                Ok(_) if newcomer.device == self.me.device.public() => continue,
                Ok(_) if knock.wanted || needs_nobody(state, &roster, &self.start.issuers, &newcomer) => {
                    let fits = devices.insert(newcomer.device) && adds.len() < MAX_ADDS;
                    if fits {
                        adds.push(id.clone());
                    }
                }
                Ok(_) | Err(Refused::Policy { code: "locked", .. }) if moderator && !knock.told => {
                    if !knock.introduced && now.mono < knock.nameless_until {
                        self.knock_at = Some(self.knock_at.map_or(knock.nameless_until, |at| at.min(knock.nameless_until)));
                        continue;
                    }
                    knock.told = true;
                    let (device, standing) = (newcomer.device, newcomer.standing_for(&self.start.issuers));
                    events.push(Event::Knock { member: id.clone(), device, standing });
                }
                _ => {}
            }
        }
        for event in events {
            self.event(event);
        }
        for (id, text) in forged {
            self.forget_knock(&id);
            self.refused("knock", text);
        }
        adds
    }

    /// Commits what is due, or notes when to look again.
    pub(super) fn plan(&mut self, now: Now) {
        (self.plan_at, self.knock_at) = (None, None);
        if !matches!(self.phase, Phase::In(_)) || self.leaving || self.held || self.holds() || self.alone.begins_anew() {
            return;
        }
        let adds = self.look_at_knocks(now);
        if self.sent.is_some() {
            return;
        }
        let Phase::In(member) = &self.phase else { return };
        let wanted = adds.iter().any(|id| self.knocks.get(id).is_some_and(|knock| knock.wanted));
        let others = !adds.is_empty() || member.proposed_removals().iter().any(|leaf| *leaf != member.leaf());
        let renews = self.worn == Some(member.epoch()) || self.due_renewal(now).is_some();
        let own = !self.wishes.is_empty() || wanted || renews;
        if !own && !others {
            self.work_since = None;
            return;
        }
        let since = *self.work_since.get_or_insert(now.mono);
        let turn = if own { since } else { since + TURN * self.rank() };
        let due = turn.max(self.not_before);
        if now.mono < due {
            self.plan_at = Some(due);
            return;
        }
        self.commit(now, adds);
    }

    fn commit(&mut self, now: Now, adds: Vec<MemberId>) {
        let wish = self.wishes.pop_front();
        let renew = self.due_renewal(now);
        if renew.is_some() {
            self.renewal_tried(now);
        }
        let Phase::In(member) = &mut self.phase else { return };
        let mut plan = match wish.as_ref().map(|wish| as_plan(member, wish)).transpose() {
            Ok(plan) => plan.unwrap_or_default(),
            Err(text) => {
                self.plan_at = Some(now.mono);
                return self.not_allowed(text);
            }
        };
        let key_package = |id: &MemberId| self.knocks.get(id).map(|knock| knock.key_package.clone());
        plan.renew = renew;
        plan.add = adds.iter().filter_map(key_package).collect();
        let at = member.epoch();
        if self.worn == Some(at) {
            self.renewed_keys = Some(now.mono);
        }
        match member.commit(now.unix, &plan) {
            Ok(bundle) => {
                self.sent = Some(Sent { until: now.mono + ANSWER, wish, adds });
                self.tell(ToService::Commit {
                    generation: at.0,
                    epoch: at.1,
                    commit: Blob(bundle.commit),
                    group_info: Blob(bundle.group_info),
                    welcome: bundle.welcome.map(Blob),
                });
            }
            Err(error) => self.not_made(now, &error, wish, &adds),
        }
    }

    /// New keys for everybody, if the epoch is still the one that is worn; whoever asks too often is not heard.
    pub(super) fn wants_epoch(&mut self, now: Now, epoch: (u64, u64)) {
        if self.renewed_keys.is_none_or(|last| now.mono >= last + WORN) {
            self.worn = Some(epoch);
        }
    }

    /// One part of a commit spoils it: a wish goes first, then whoever of the newcomers cannot be added alone.
    fn not_made(&mut self, now: Now, error: &Error, wish: Option<Wish>, adds: &[MemberId]) {
        // Not at once again, whatever it is.
        self.not_before = now.mono + super::BATCH;
        self.plan_at = Some(self.not_before);
        self.worn = None;
        if wish.is_some() {
            return self.not_allowed(error);
        }
        let mut spoiled = Vec::new();
        if let Phase::In(member) = &mut self.phase {
            for id in adds {
                let Some(knock) = self.knocks.get_mut(id) else { continue };
                let plan = Plan { add: vec![knock.key_package.clone()], ..Plan::default() };
                if let Err(error) = member.commit(now.unix, &plan) {
                    knock.spoiled = true;
                    spoiled.push((knock.wanted, error.to_string()));
                }
            }
            if member.clear_pending().is_err() {
                self.plan_at = None;
            }
        }
        for (wanted, text) in spoiled {
            if wanted { self.not_allowed(text) } else { self.refused("knock", text) }
        }
    }

    /// Our commit did not become the group's.
    pub(super) fn commit_not_taken(&mut self, now: Now, code: &str, text: String) {
        if code == "stale" && self.lost > 0 {
            // The answer to one that we know of; another may be under way already.
            self.lost -= 1;
            return;
        }
        let (Some(sent), Phase::In(member)) = (self.sent.take(), &mut self.phase) else {
            if matches!(code, "refused" | "too_large") {
                self.refused(code, text);
            }
            return;
        };
        if let Err(error) = member.clear_pending() {
            return self.fatal(&error);
        }
        self.work_since = Some(now.mono);
        if matches!(code, "stale" | "too_fast" | "unanswered") {
            // The wish still holds, after what comes first.
            self.wishes.extend(sent.wish);
            self.wishes.rotate_right(usize::from(!self.wishes.is_empty()));
            self.not_before = now.mono + if code == "too_fast" { Duration::from_secs(1) } else { super::BATCH };
            return;
        }
        match sent.wish {
            Some(_) => self.not_allowed(text),
            None => {
                for id in &sent.adds {
                    if let Some(knock) = self.knocks.get_mut(id) {
                        knock.spoiled = true;
                    }
                }
                self.refused(code, text);
                self.not_before = now.mono + ANSWER;
            }
        }
    }

    pub(super) fn wish(&mut self, now: Now, wish: Wish) {
        if wish == Wish::Leave {
            return self.leave();
        }
        if let Wish::Report(content) = wish {
            return self.report(&content);
        }
        let Phase::In(member) = &self.phase else {
            return self.not_allowed("we are not in the group: nothing was sent");
        };
        if self.holds() {
            return self.not_allowed(
                "nobody has shown yet that this group is the one you were in: nothing was sent; try again in a moment",
            );
        }
        let moderator = member.state().is_moderator(&self.me.device.public());
        match wish {
            Wish::Message { content, to } => self.send(content, to.as_ref()),
            Wish::Safety => self.show_code(now),
            Wish::Verified { epoch } => self.verified(epoch),
            Wish::Demote(ref target) if *target == self.id => self.queue(wish),
            _ if !moderator => self.not_allowed("only a moderator of the room can do this"),
            Wish::Admit(id) => match self.knocks.get_mut(&id) {
                Some(knock) => (knock.wanted, knock.spoiled) = (true, false),
                None => self.not_allowed("nobody with this id waits to be let in"),
            },
            Wish::Deny(id) => {
                self.forget_knock(&id);
                self.tell(ToService::Deny { member: id });
            }
            wish => self.queue(wish),
        }
    }

    fn queue(&mut self, wish: Wish) {
        if self.wishes.len() >= MAX_WISHES {
            return self.not_allowed("too much is under way; try again in a moment");
        }
        self.wishes.push_back(wish);
    }

    fn leave(&mut self) {
        let Phase::In(member) = &mut self.phase else { return };
        self.leaving = true;
        self.sent = None;
        let (generation, epoch) = member.epoch();
        if member.roster().len() > 1
            && let Ok(proposal) = member.propose_leave()
        {
            self.tell(ToService::Propose { generation, epoch, proposal: Blob(proposal) });
        }
    }
}

/// What a moderator's wish means for a commit.
fn as_plan(member: &Member, wish: &Wish) -> Result<Plan, &'static str> {
    let roster = member.roster();
    let of = |id: &MemberId| roster.iter().find(|entry| entry.member == *id).ok_or("nobody with this id is in the group");
    let mut plan = Plan::default();
    match wish {
        Wish::Kick(id) => (plan.remove, plan.kick) = (vec![of(id)?.leaf], true),
        Wish::Promote(id) => plan.promote = vec![of(id)?.device],
        Wish::Demote(id) => plan.demote = vec![of(id)?.device],
        Wish::Lock(on) => {
            plan.locked = Some(*on);
            if !on && member.state().frozen {
                plan.frozen = Some(false);
            }
        }
        Wish::Freeze(on) => plan.frozen = Some(*on),
        _ => {}
    }
    Ok(plan)
}
