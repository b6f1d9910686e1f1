//! What the delivery service says, and what it makes of us: in step with the group, out of step, out of it.

use super::alone::Alone;
use super::{ANSWER, BATCH, Event, Now, Output, Phase, Session};
use crate::member::{Change, Gone};
use crate::room::RoomState;
use crate::wire::{FromService, ToService};
use crate::{Error, Refused};

impl Session {
    pub(super) fn fatal(&mut self, error: &Error) {
        let code = match error {
            Error::Refused(Refused::Policy { code, .. }) => code,
            _ => "refused",
        };
        self.go_out();
        self.event(Event::Fatal { code, text: format!("this group cannot be joined: {error}") });
    }

    /// Keys are gone, and nothing is done any more.
    pub(super) fn go_out(&mut self) {
        self.leave_group();
        self.phase = Phase::Out;
    }

    /// Forgets the group that we were in, but for what coming back needs.
    pub(super) fn leave_group(&mut self) {
        if matches!(self.phase, Phase::In(_)) {
            self.out.push_back(Output::NoKeys);
        }
        (self.phase, self.ask_at) = (Phase::Begin, None);
        (self.hold, self.here_at, self.alone, self.renewal.at) = (None, None, Alone::default(), None);
        (self.sent, self.work_since, self.plan_at, self.unknown) = (None, None, None, None);
        (self.held, self.lost) = (false, 0);
        if std::mem::take(&mut self.behind) {
            self.event(Event::Behind(false));
        }
    }

    pub(super) fn service(&mut self, now: Now, message: FromService) {
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

    pub(super) fn commit_came(&mut self, now: Now, at: (u64, u64), commit: &[u8]) {
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
    pub(super) fn unprocessable(&mut self, now: Now, at: (u64, u64), error: &Error) {
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

    pub(super) fn changed(&mut self, now: Now, change: Change) {
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
    pub(super) fn put_out(&mut self, now: Now, change: Change, state: RoomState) {
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

    pub(super) fn new_keys(&mut self, now: Now) {
        let Phase::In(member) = &self.phase else { return };
        let (keys, material) = (member.media_keys(), member.safety_material());
        match keys {
            Ok(keys) => self.out.push_back(Output::Keys(keys)),
            Err(_) => self.out.push_back(Output::NoKeys),
        }
        self.codes.keep(now.mono, material);
    }

    pub(super) fn proposal(&mut self, now: Now, at: (u64, u64), proposal: &[u8]) {
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

    pub(super) fn not_taken(&mut self, now: Now, code: &str, text: String) {
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
}
