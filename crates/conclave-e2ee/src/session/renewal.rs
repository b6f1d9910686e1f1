//! Calls last longer than certificates: ours is renewed in time, and what is over at others is shown.
//!
//! The device certifies our leaf anew by itself when a quarter of the certificate's life is left. Vouches are other people's
//! word: the caller is told when one ends, and gives a fresh one if it has it ([`super::Input::Vouches`]). Whose vouch is over
//! stays, as somebody for whom nobody vouches. A leaf whose certificate is over is one that did not renew it in six hours:
//! it is taken for somebody who vanished, because a stolen leaf key shall be worth a day.

use super::{Event, Now, Phase, Session};
use crate::identity::{LENIENCY, MAX_LIFE, Vouch};
use crate::{UnixSeconds, member::Entry};
use std::time::Duration;

/// What is left of a certificate when it is renewed, in seconds.
const LEFT: u64 = MAX_LIFE / 4;
/// Those who came together do not all renew at once: each leaf this much after the one before it, in seconds.
const APART: u64 = 20;
/// How long after a try the next one comes.
const AGAIN: Duration = Duration::from_secs(60);
/// How long before a vouch is over the caller is told, in seconds.
const REMIND: [u64; 2] = [LEFT, 3600];

/// What is to be renewed.
#[derive(Default)]
pub(super) struct Renewal {
    /// Fresh vouches, which our leaf does not show yet.
    fresh: bool,
    not_before: Duration,
    /// When the caller was told last that a vouch ends.
    told: UnixSeconds,
    /// When time alone changes something.
    pub(super) at: Option<Duration>,
}

impl Session {
    fn own_entry(&self) -> Option<&Entry> {
        let Phase::In(member) = &self.phase else { return None };
        member.entry(member.leaf())
    }

    /// When our certificate is renewed.
    fn renew_at(&self) -> Option<UnixSeconds> {
        let own = self.own_entry()?;
        let apart = APART.saturating_mul(own.leaf.into()).min(LEFT / 2);
        Some(if self.renewal.fresh { 0 } else { own.credential.not_after.saturating_sub(LEFT).saturating_add(apart) })
    }

    /// The vouches that a commit of ours renews our credential with, if it is time.
    pub(super) fn due_renewal(&self, now: Now) -> Option<Vec<Vouch>> {
        let due = now.mono >= self.renewal.not_before && self.renew_at().is_some_and(|at| now.unix >= at);
        due.then(|| self.me.vouches.clone())
    }

    pub(super) fn renewal_tried(&mut self, now: Now) {
        self.renewal.not_before = now.mono + AGAIN;
        self.mind_time(now);
    }

    /// The tree is another: perhaps our own commit has done it.
    pub(super) fn look_at_credentials(&mut self, now: Now) {
        let shown = self.own_entry().is_some_and(|own| own.credential.vouches == self.me.vouches);
        self.renewal.fresh &= !shown;
        self.mind_time(now);
    }

    /// Fresh vouches for us: of the same issuers for the same names, in the place of the old ones.
    pub(super) fn vouches(&mut self, now: Now, vouches: &[Vouch]) {
        let me = self.me.device.public();
        let mut taken = false;
        for vouch in vouches.iter().filter(|vouch| vouch.device == me && vouch.verify(now.unix)) {
            let same = |old: &&mut Vouch| (old.issuer, &old.subject) == (vouch.issuer, &vouch.subject);
            if let Some(old) = self.me.vouches.iter_mut().find(same).filter(|old| old.not_after < vouch.not_after) {
                *old = vouch.clone();
                taken = true;
            }
        }
        self.renewal.fresh |= taken;
        if !taken {
            self.not_allowed("this is no later word of those who vouch for us: nothing is changed");
        }
    }

    /// Notes when time alone will change something; after everything that may make it another time.
    pub(super) fn mind_time(&mut self, now: Now) {
        self.renewal.at = self.next_change(now);
    }

    fn next_change(&self, now: Now) -> Option<Duration> {
        let Phase::In(member) = &self.phase else { return None };
        if self.holds() {
            return None;
        }
        let at = |unix: UnixSeconds| now.mono + Duration::from_secs(unix.saturating_sub(now.unix));
        let renew = self.renew_at().map(|unix| at(unix).max(self.renewal.not_before));
        let reminders = self.me.vouches.iter().flat_map(|vouch| reminders(vouch).filter(|at| *at > self.renewal.told));
        let roster = member.roster();
        let ends = roster.iter().flat_map(|entry| {
            let vouches = entry.credential.vouches.iter().map(|vouch| vouch.not_after);
            vouches.chain([entry.credential.not_after])
        });
        let ends = ends.map(|end| end.saturating_add(LENIENCY + 1)).filter(|end| *end > now.unix);
        let renew = renew.filter(|renew| *renew > now.mono);
        reminders.chain(ends).min().map(at).into_iter().chain(renew).min()
    }

    /// Shows whose vouch is over, and says which of ours ends.
    pub(super) fn time_passes(&mut self, now: Now) {
        let Phase::In(member) = &mut self.phase else { return };
        if self.renewal.at.is_none_or(|at| now.mono < at) {
            return;
        }
        let changed = member.refresh(now.unix);
        if !changed.is_empty() {
            changed.into_iter().for_each(|entry| self.event(Event::Standing(Box::new(entry))));
            self.judge_verified(None);
        }
        let told = std::mem::replace(&mut self.renewal.told, now.unix);
        let due = |vouch: &&Vouch| now.unix <= vouch.not_after && reminders(vouch).any(|at| at > told && at <= now.unix);
        let ends: Vec<_> = self.me.vouches.iter().filter(due).map(|v| (v.subject.clone(), v.not_after)).collect();
        ends.into_iter().for_each(|(subject, not_after)| self.event(Event::VouchEnds { subject, not_after }));
        self.mind_time(now);
    }
}

/// When the caller is told that a vouch of ours ends.
fn reminders(vouch: &Vouch) -> impl Iterator<Item = UnixSeconds> + use<> {
    let not_after = vouch.not_after;
    REMIND.into_iter().map(move |before| not_after.saturating_sub(before))
}
