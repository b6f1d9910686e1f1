//! A vouch of ours that is over soon: the account that gave it is asked for another one while the call lasts, and who cannot
//! be asked by us is named to the user.

use super::super::{Output, Session};
use conclave_e2ee::Vouch;
use conclave_e2ee::session as e2ee;
use std::time::Instant;

impl Session {
    /// What says that we are `subject` ends soon.
    pub(in crate::backend::conclave) fn vouch_ends(&mut self, subject: String) {
        let Some(group) = &self.group else { return };
        // Other people's word must be fetched by the user.
        if group.keys.account.is_some() && group.vouches.iter().any(|v| v.subject == subject && Some(v.issuer) == group.announced)
        {
            self.out.push_back(Output::Renew { subject });
        } else {
            self.warn_of_end(&subject);
        }
    }

    fn warn_of_end(&mut self, subject: &str) {
        let text = format!(
            "what says that you are {} is over soon: log in again, or ask whoever vouches for you; then join anew",
            crate::text::clean(subject)
        );
        self.warn("vouch_ends", text);
    }

    /// The answer to [`Output::Renew`].
    pub(in crate::backend::conclave) fn renewed(&mut self, now: Instant, subject: &str, fresh: Option<Vouch>) {
        let Some(group) = &mut self.group else { return };
        let same = |old: &&mut Vouch| old.subject == subject && Some(old.issuer) == group.announced;
        let old = group.vouches.iter_mut().find(same);
        let (Some(old), Some(fresh)) = (old, fresh) else { return self.warn_of_end(subject) };
        if (fresh.issuer, &fresh.subject) != (old.issuer, &old.subject) || fresh.not_after <= old.not_after {
            return self.warn_of_end(subject);
        }
        old.clone_from(&fresh);
        self.group_input(now, e2ee::Input::Vouches(vec![fresh]));
    }
}
