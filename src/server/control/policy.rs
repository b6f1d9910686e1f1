//! What accounts may do over the network. Every right is decided in [`Policy::may`].

use crate::server::settings::{self, Whom};
use crate::server::store::Role;
use crate::server::store::invites::MAX_SECONDS;

/// What accounts do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// See the list of rooms, one of them, and who is in it.
    SeeRooms,
    /// Create a room.
    CreateRoom,
    /// Delete one.
    DeleteRoom,
    /// See the list of invites.
    SeeInvites,
    /// Make an invite.
    CreateInvite,
    /// End one.
    RevokeInvite,
}

/// To what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// No.
    None,
    /// To what they made themselves.
    Own,
    /// To everything.
    All,
}

/// What the configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    rooms: Whom,
    invites: Whom,
    /// New rooms are for invited people, if nobody says otherwise.
    pub invite_only: bool,
    /// The longest life of an invite, in seconds.
    pub invite_seconds: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { rooms: Whom::Owner, invites: Whom::Owner, invite_only: false, invite_seconds: MAX_SECONDS }
    }
}

impl From<&settings::Policy> for Policy {
    fn from(said: &settings::Policy) -> Self {
        let ours = Self::default();
        Self {
            rooms: said.rooms.unwrap_or(ours.rooms),
            invites: said.invites.unwrap_or(ours.invites),
            invite_only: said.invite_only.unwrap_or(ours.invite_only),
            invite_seconds: said.invite_hours.map_or(MAX_SECONDS, |h| (i64::from(h) * 3600).min(MAX_SECONDS)),
        }
    }
}

impl Policy {
    /// The role table of accounts.
    pub(super) fn may(&self, role: Role, verb: Verb) -> Right {
        let of_members = match verb {
            Verb::SeeRooms | Verb::CreateRoom | Verb::DeleteRoom => self.rooms,
            Verb::SeeInvites | Verb::CreateInvite | Verb::RevokeInvite => self.invites,
        };
        match (role, of_members) {
            (Role::Owner, _) => Right::All,
            (Role::Member, Whom::Member) => Right::Own,
            (Role::Member, Whom::Owner) => Right::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_may_what_the_policy_says_and_to_their_own_things_alone() {
        let rooms = Policy { rooms: Whom::Member, ..Policy::default() };
        for verb in [Verb::SeeRooms, Verb::CreateRoom, Verb::DeleteRoom, Verb::SeeInvites, Verb::CreateInvite, Verb::RevokeInvite]
        {
            assert_eq!(Policy::default().may(Role::Owner, verb), Right::All);
            assert_eq!(Policy::default().may(Role::Member, verb), Right::None);
            let of_rooms = matches!(verb, Verb::SeeRooms | Verb::CreateRoom | Verb::DeleteRoom);
            assert_eq!(rooms.may(Role::Member, verb), if of_rooms { Right::Own } else { Right::None });
        }
    }

    #[test]
    fn a_life_that_no_invite_can_have_is_no_bound() {
        let said = |hours| Policy::from(&settings::Policy { invite_hours: hours, ..Default::default() }).invite_seconds;
        assert_eq!((said(None), said(Some(1)), said(Some(u32::MAX))), (MAX_SECONDS, 3600, MAX_SECONDS));
    }
}
