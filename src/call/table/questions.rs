//! What is asked before something is done. One rule for all front ends: **who types a whole command means it**, as with any
//! other program; what was chosen with a key or from a list is asked for once more, if it strikes others and cannot simply be
//! taken back. Leaving asks where the others could not go on as before, however it was said; Ctrl-C never asks.

use crate::call::{Command, Peer, Role, State};
use crate::protocol::room::RoomRole;
use crate::text::clean;

/// The question before a command that was chosen and not typed; `None`: none is needed.
pub fn question(command: &Command, state: &State) -> Option<String> {
    let name = |id| clean(state.name_of(id));
    Some(match command {
        Command::Kick { peer } => format!("Remove {} for good?", name(peer)),
        Command::Ban { peer } => format!("Remove {}, and never let them in again?", name(peer)),
        Command::Promote { peer } => format!("Make {} a moderator, who can remove others?", name(peer)),
        Command::Role { peer, role } if *role >= RoomRole::Moderator => format!("Make {} {}?", name(peer), role.word()),
        Command::Silence { peer: None } => "Close the microphones of all others?".into(),
        Command::LowerHand { peer: None } => "Take all hands down?".into(),
        Command::Lock { on: Some(true) | None } if !state.locked => "Let nobody new in?".into(),
        Command::EndForAll => "End the meeting for everybody?".into(),
        _ => return None,
    })
}

/// The question before leaving: whether nobody could let people in or remove them afterwards.
pub fn before_leaving(state: &State) -> Option<String> {
    let leads = |role: Role, room: Option<RoomRole>| role >= Role::Moderator || room.is_some_and(|r| r >= RoomRole::Moderator);
    let others_lead = || state.peers.iter().any(|Peer { role, room_role, .. }| leads(*role, *room_role));
    let alone = !state.peers.is_empty() && leads(state.role, state.room_role) && !others_lead();
    alone.then(|| "You are the only moderator. Leave all the same?".into())
}
