//! Alone in a group that had others: it begins anew, so that nothing that they had keys for, or a way to get them, lives on.
//! What was agreed goes along, and whoever vanished may come back into it.

use super::continuity::Way;
use super::{ANSWER, BATCH, Event, Now, Phase, Session};
use crate::member::Member;
use crate::wire::{Blob, ToService};
use std::time::Duration;

/// How long we are alone before the group begins anew: who is back at once comes back into the old one.
const ALONE: Duration = Duration::from_secs(5);
/// How long after a try that came to nothing we try again.
const AGAIN: Duration = Duration::from_secs(60);

/// How it stands in the group that we are in.
#[derive(Default)]
pub(super) struct Alone {
    had_others: bool,
    /// When it begins anew.
    at: Option<Duration>,
    /// The new one is with the service.
    fresh: Option<Box<Fresh>>,
}

struct Fresh {
    member: Box<Member>,
    group_info: Vec<u8>,
    until: Duration,
}

impl Alone {
    /// Nothing is committed to a group that may be over.
    pub(super) fn begins_anew(&self) -> bool {
        self.fresh.is_some()
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.fresh.as_ref().map(|fresh| fresh.until).or(self.at)
    }
}

impl Session {
    /// The roster is another than before.
    pub(super) fn mind_alone(&mut self, now: Now) {
        let Phase::In(member) = &self.phase else { return };
        if member.roster().len() > 1 {
            self.alone = Alone { had_others: true, ..Alone::default() };
        } else if self.alone.had_others && self.alone.deadline().is_none() {
            self.alone.at = Some(now.mono + ALONE);
        }
    }

    pub(super) fn alone_is_due(&mut self, now: Now) {
        if self.alone.deadline().is_none_or(|at| now.mono < at) {
            return;
        }
        let again = now.mono + AGAIN;
        let Phase::In(member) = &self.phase else { return };
        if self.alone.fresh.take().is_some() || self.leaving || self.held {
            self.alone.at = Some(again);
            return;
        }
        if let Some(sent) = &self.sent {
            // What we want of the old one first.
            self.alone.at = Some(sent.until + BATCH);
            return;
        }
        let generation = member.epoch().0.saturating_add(1);
        let Ok((member, group_info, tree)) = Member::found(&self.me, self.first_state(generation), self.service, now.unix) else {
            self.alone.at = Some(again);
            return;
        };
        self.tell(ToService::Found { generation, group_info: Blob(group_info.clone()), tree: Blob(tree) });
        self.alone.at = None;
        self.alone.fresh = Some(Box::new(Fresh { member: Box::new(member), group_info, until: now.mono + ANSWER }));
    }

    /// The service says how the group is; `true`: it is the one that we began anew.
    pub(super) fn began_anew(&mut self, now: Now, group_info: &[u8]) -> bool {
        let Some(fresh) = self.alone.fresh.take_if(|fresh| fresh.group_info == group_info) else { return false };
        (self.work_since, self.plan_at, self.unknown, self.lost) = (None, None, None, 0);
        let reason = "everybody else has gone, and nothing of the keys that they had lives on".to_owned();
        self.event(Event::NewGeneration { alone: true, reason });
        self.enter(now, fresh.member, Way::Founded);
        true
    }

    /// Somebody was faster, or the service does not want it; `true`: that is what it says.
    pub(super) fn not_anew(&mut self, now: Now) -> bool {
        let there = self.sent.is_none() && self.alone.fresh.take().is_some();
        if there {
            self.alone.at = Some(now.mono + AGAIN);
        }
        there
    }
}
