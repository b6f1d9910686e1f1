//! What the server says of roles, rules and moderation, as sentences.

use crate::call::{Event, PeerId, State};
use crate::i18n::tr;
use crate::protocol::room::{RoomRole, Rules, Scope, Verb};
use crate::text::clean;

/// The room's protective marking, if it has one.
pub fn marking(state: &State) -> Option<String> {
    state.rules.marking.as_deref().map(clean).filter(|m| !m.trim().is_empty())
}

/// How the room is kept, where that is not as usual; `None`: as usual.
pub fn rules(rules: &Rules) -> Option<String> {
    let mut told = Vec::new();
    told.extend(rules.marking.as_deref().map(|m| tr!("rules-marked", marking = clean(m))));
    told.extend(rules.locked.then(|| tr!("rules-locked")));
    told.extend(rules.waiting_room.then(|| tr!("rules-waiting")));
    told.extend(rules.host_required.then(|| tr!("rules-host")));
    let mut only = |scope: Scope, speakers: fn() -> String, moderators: fn() -> String| match scope {
        Scope::Everyone => {}
        Scope::Speakers => told.push(speakers()),
        Scope::Moderators => told.push(moderators()),
    };
    only(rules.speak, || tr!("rules-only-speak-speakers"), || tr!("rules-only-speak-moderators"));
    only(rules.chat, || tr!("rules-only-write-speakers"), || tr!("rules-only-write-moderators"));
    only(rules.share, || tr!("rules-only-share-speakers"), || tr!("rules-only-share-moderators"));
    only(rules.record, || tr!("rules-only-record-speakers"), || tr!("rules-only-record-moderators"));
    told.extend(rules.capacity.map(|n| tr!("rules-capacity", n = n)));
    told.extend(rules.retention.map(|days| tr!("rules-retention", days = days)));
    (!told.is_empty()).then(|| tr!("rules", what = told.join("; ")))
}

/// An event as a sentence; `None` where there is nothing to say.
pub(super) fn event(event: &Event, state: &State) -> Option<String> {
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    let name = |id: &PeerId| clean(state.name_of(id));
    let said_by = |by: &PeerId, what: String| match me(by) {
        true => tr!("room-by-own", what = what),
        false => tr!("room-by", name = name(by), what = what),
    };
    Some(match event {
        Event::Rules { rules: now, by } => {
            let text = rules(now).unwrap_or_else(|| tr!("rules-usual"));
            match by {
                Some(by) => said_by(by, text),
                None => text,
            }
        }
        Event::Room { locked, frozen, by, .. } => {
            let is = match (locked, frozen) {
                (_, true) => tr!("room-frozen"),
                (true, false) => tr!("room-locked"),
                (false, false) => tr!("room-open"),
            };
            match by {
                Some(by) => said_by(by, is),
                None => tr!("room-now", what = is),
            }
        }
        Event::Moderated { by, verb, id, on } => {
            let (mine, who) = (me(by), name(by));
            let strikes_us = id.as_ref().is_some_and(me);
            let whom = id.as_ref().map(name).unwrap_or_default();
            match (verb, on) {
                (Verb::Mute, _) if mine && strikes_us => tr!("silenced-own-you"),
                (Verb::Mute, _) if mine => tr!("silenced-own", whom = whom),
                (Verb::Mute, _) if strikes_us => tr!("silenced-you", who = who),
                (Verb::Mute, _) => tr!("silenced", who = who, whom = whom),
                (Verb::MuteAll, _) if mine => tr!("silenced-all-own"),
                (Verb::MuteAll, _) => tr!("silenced-all", who = who),
                (Verb::AskUnmute, _) => tr!("asks-unmute", who = who),
                (Verb::Kick, _) if mine => tr!("kicked-own", whom = whom),
                (Verb::Kick, _) if strikes_us => tr!("kicked-you", who = who),
                (Verb::Kick, _) => tr!("kicked", who = who, whom = whom),
                (Verb::Ban, _) if mine => tr!("banned-own", whom = whom),
                (Verb::Ban, _) if strikes_us => tr!("banned-you", who = who),
                (Verb::Ban, _) => tr!("banned", who = who, whom = whom),
                (Verb::Share, Some(true)) if mine => tr!("shares-own"),
                (Verb::Share, Some(true)) => tr!("shares", who = who),
                (Verb::Share, Some(false)) if mine => tr!("shares-no-more-own"),
                (Verb::Share, Some(false)) => tr!("shares-no-more", who = who),
                // The recording itself is told by those who record.
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// What a role, or what we may do, changes.
pub(super) fn changed(event: &Event, before: &State) -> Option<String> {
    let me = |id: &PeerId| before.me.as_ref() == Some(id);
    let name = |id: &PeerId| clean(before.name_of(id));
    match event {
        Event::RoomRole { id, role, by } => {
            let was = if me(id) { before.room_role } else { before.peer(id).and_then(|p| p.room_role) };
            // What somebody is from the beginning is in the list of people.
            if was.is_none_or(|was| was == *role) {
                return None;
            }
            let is = match by {
                Some(by) if me(by) => tr!("by-you", text = a_role(*role)),
                Some(by) => tr!("by", text = a_role(*role), name = name(by)),
                None if *role == RoomRole::Owner => tr!("by-nobody", text = a_role(*role)),
                None => a_role(*role),
            };
            Some(if me(id) { tr!("now-own", role = is) } else { tr!("now", name = name(id), role = is) })
        }
        Event::Rights { may } => {
            let before = before.may.as_ref()?;
            match (before.contains(&Verb::Speak), may.contains(&Verb::Speak)) {
                (true, false) => Some(tr!("may-not-speak")),
                (false, true) => Some(tr!("may-speak")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A role with its article, as it follows "is now".
fn a_role(role: RoomRole) -> String {
    match role {
        RoomRole::Owner => tr!("a-owner"),
        RoomRole::Moderator => tr!("a-moderator"),
        RoomRole::Speaker => tr!("a-speaker"),
        RoomRole::Listener => tr!("a-listener"),
        RoomRole::Guest => tr!("a-guest"),
        RoomRole::Bot => tr!("a-bot"),
        RoomRole::Unknown => tr!("a-unknown"),
    }
}

/// A role, beside a name in a sentence; empty for one that is not known.
pub fn role(role: RoomRole) -> String {
    match role {
        RoomRole::Owner => tr!("roomrole-owner"),
        RoomRole::Moderator => tr!("roomrole-moderator"),
        RoomRole::Speaker => tr!("roomrole-speaker"),
        RoomRole::Listener => tr!("roomrole-listener"),
        RoomRole::Guest => tr!("roomrole-guest"),
        RoomRole::Bot => tr!("roomrole-bot"),
        RoomRole::Unknown => String::new(),
    }
}

/// A role beside a name, where there is little room; a speaker is what everybody is.
pub(super) fn role_mark(role: RoomRole) -> String {
    match role {
        RoomRole::Owner => tr!("mark-owner"),
        RoomRole::Moderator => tr!("mark-moderator"),
        RoomRole::Listener => tr!("mark-listener"),
        RoomRole::Guest => tr!("mark-guest"),
        RoomRole::Bot => tr!("mark-bot"),
        RoomRole::Speaker | RoomRole::Unknown => String::new(),
    }
}
