//! What is asked before something is done. One rule for all front ends: **who types a whole command means it**, as with any
//! other program; what was chosen with a key or from a list is asked for once more, if it strikes others and cannot simply be
//! taken back. Leaving asks where the others could not go on as before, however it was said; Ctrl-C never asks.

use crate::call::{Command, Peer, Role, State};
use crate::i18n::tr;
use crate::protocol::room::RoomRole;
use crate::text::clean;

/// The question before a command that was chosen and not typed; `None`: none is needed.
pub fn question(command: &Command, state: &State) -> Option<String> {
    let name = |id| clean(state.name_of(id));
    Some(match command {
        Command::Kick { peer } => tr!("ask-kick", name = name(peer)),
        Command::Ban { peer } => tr!("ask-ban", name = name(peer)),
        Command::Promote { peer } => tr!("ask-promote", name = name(peer)),
        Command::Role { peer, role } if *role >= RoomRole::Moderator => tr!("ask-role", name = name(peer), role = role.word()),
        Command::Silence { peer: None } => tr!("ask-silence-all"),
        Command::LowerHand { peer: None } => tr!("ask-lower-all"),
        Command::Lock { on: Some(true) | None } if !state.locked => tr!("ask-lock"),
        Command::EndForAll => tr!("ask-end"),
        _ => return None,
    })
}

/// The question before leaving: whether nobody could let people in or remove them afterwards.
pub fn before_leaving(state: &State) -> Option<String> {
    let leads = |role: Role, room: Option<RoomRole>| role >= Role::Moderator || room.is_some_and(|r| r >= RoomRole::Moderator);
    let others_lead = || state.peers.iter().any(|Peer { role, room_role, .. }| leads(*role, *room_role));
    let alone = !state.peers.is_empty() && leads(state.role, state.room_role) && !others_lead();
    alone.then(|| tr!("ask-leave"))
}
