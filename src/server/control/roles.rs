//! The one role table: who may do what in a room. Everything that asks, asks here; [`super::core`] enforces.
//!
//! A right has three parts: the role has it ([`has`]), the room's rules do not keep it to fewer ([`Rules`]), and, where
//! somebody is acted on, their role is not above ([`may_act_on`]). In end-to-end encrypted rooms the group's signed rights
//! decide who is in the group; these rights are needed beside them and never instead.

use crate::protocol::room::{Act, RoomRole as Role, Rules, Scope, Verb};
use crate::server::store::{self, devices::Login};

/// Whether a role has a right, before the room's rules. The table.
#[must_use]
pub fn has(role: Role, verb: Verb) -> bool {
    use Role::{Bot, Guest, Listener, Moderator, Owner, Speaker, Unknown};
    match verb {
        Verb::Speak => matches!(role, Owner | Moderator | Speaker | Guest | Bot),
        Verb::Chat | Verb::Record => !matches!(role, Unknown),
        Verb::Share => matches!(role, Owner | Moderator | Speaker | Guest),
        Verb::RaiseHand => matches!(role, Owner | Moderator | Speaker | Listener | Guest),
        Verb::Admit
        | Verb::Deny
        | Verb::Mute
        | Verb::AskUnmute
        | Verb::MuteAll
        | Verb::Kick
        | Verb::Ban
        | Verb::Promote
        | Verb::Lock
        | Verb::HandQueue => matches!(role, Owner | Moderator),
        Verb::EndForAll => matches!(role, Owner),
        Verb::Unknown => false,
    }
}

/// What the room's rules say of a verb; everything else is everyone's whose role has it.
fn scope(rules: &Rules, verb: Verb) -> Scope {
    match verb {
        Verb::Speak => rules.speak,
        Verb::Chat => rules.chat,
        Verb::Share => rules.share,
        Verb::Record => rules.record,
        _ => Scope::Everyone,
    }
}

/// Whether somebody may do something in a room.
///
/// # Errors
/// Why not, in a sentence for whoever tried.
pub fn may(role: Role, rules: &Rules, verb: Verb) -> Result<(), &'static str> {
    let within = match scope(rules, verb) {
        Scope::Everyone => true,
        Scope::Speakers => matches!(role, Role::Speaker | Role::Moderator | Role::Owner),
        Scope::Moderators => matches!(role, Role::Moderator | Role::Owner),
    };
    if !has(role, verb) {
        Err(refusal(verb))
    } else if !within {
        Err(kept(verb))
    } else {
        Ok(())
    }
}

/// Everything that somebody may do, as their client is told.
#[must_use]
pub fn rights(role: Role, rules: &Rules) -> Vec<Verb> {
    Verb::ALL.into_iter().filter(|verb| may(role, rules, *verb).is_ok()).collect()
}

/// Whether somebody of role `by` may do this to somebody of role `to`: nobody acts on who is above them, and who is removed or loses
/// a role stands below. A hand is taken down, and a microphone closed, also among equals.
///
/// # Errors
/// Why not, in a sentence.
pub fn may_act_on(by: Role, to: Role, act: &Act) -> Result<(), &'static str> {
    let above = match act {
        Act::Kick { .. } | Act::Ban { .. } => by > to || by == Role::Owner,
        Act::Promote { role, .. } => {
            if *role > by || *role == Role::Unknown {
                return Err("nobody can give a role that is above their own; ask an owner");
            }
            by > to || by == Role::Owner
        }
        _ => by >= to,
    };
    if above {
        Ok(())
    } else {
        Err("their role is not below yours: only an owner can do that to a moderator, and nobody to an owner")
    }
}

/// Why a role does not have a right.
fn refusal(verb: Verb) -> &'static str {
    match verb {
        Verb::Speak => "your role in this room only listens; raise your hand, and a moderator can make you a speaker",
        Verb::Chat => "your role in this room does not write",
        Verb::Share => "your role in this room does not share; ask a moderator to make you a speaker",
        Verb::Record => "your role in this room does not record",
        Verb::RaiseHand => "your role in this room has no hand to raise",
        Verb::Admit => "only moderators let people in",
        Verb::Deny => "only moderators turn people away",
        Verb::Mute => "only moderators close the microphones of others",
        Verb::AskUnmute => "only moderators ask others to open their microphones",
        Verb::MuteAll => "only moderators close all microphones",
        Verb::Kick => "only moderators remove people",
        Verb::Ban => "only moderators ban people",
        Verb::Promote => "only moderators give roles",
        Verb::Lock => "only moderators lock the room",
        Verb::HandQueue => "only moderators take the hands of others down",
        Verb::EndForAll => "only an owner ends the meeting for everybody; you can leave it",
        Verb::Unknown => "this server does not know what that is; update it",
    }
}

/// Why the room keeps it to fewer.
fn kept(verb: Verb) -> &'static str {
    match verb {
        Verb::Speak => "this room keeps speaking to fewer; raise your hand, and a moderator can let you speak",
        Verb::Chat => "this room keeps writing to fewer; ask a moderator",
        Verb::Share => "this room keeps sharing to fewer; ask a moderator",
        Verb::Record => "this room keeps recording to fewer; ask a moderator",
        _ => "this room keeps that to fewer; ask a moderator",
    }
}

/// The role of somebody who comes: by what the room's owner gave their account, by their invite, by the account itself, or as a
/// guest. No invite makes an owner.
#[must_use]
pub fn of(login: Option<&Login>, given: Option<Role>, invited: Option<Role>) -> Role {
    let invited = invited.filter(|role| *role < Role::Owner);
    match login.map(|l| l.account.role) {
        Some(store::Role::Owner) => Role::Owner,
        Some(store::Role::Member) => given.or(invited.filter(|role| *role > Role::Speaker)).unwrap_or(Role::Speaker),
        None => invited.unwrap_or(Role::Guest),
    }
}
