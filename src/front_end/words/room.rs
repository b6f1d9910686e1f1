//! What the server says of roles, rules and moderation, as sentences.

use crate::call::{Event, PeerId, State};
use crate::protocol::room::{RoomRole, Rules, Scope, Verb};
use crate::text::clean;

/// The room's protective marking, if it has one.
pub fn marking(state: &State) -> Option<String> {
    state.rules.marking.as_deref().map(clean).filter(|m| !m.trim().is_empty())
}

/// How the room is kept, where that is not as usual; `None`: as usual.
pub fn rules(rules: &Rules) -> Option<String> {
    let mut told = Vec::new();
    told.extend(rules.marking.as_deref().map(|m| format!("it is marked {}", clean(m))));
    let mut add = |on: bool, text: &str| {
        if on {
            told.push(text.to_owned());
        }
    };
    add(rules.locked, "nobody new is let in");
    add(rules.waiting_room, "who comes waits to be let in");
    add(rules.host_required, "nobody comes in before the host");
    for (what, scope) in [("speak", rules.speak), ("write", rules.chat), ("share", rules.share), ("record", rules.record)] {
        if scope != Scope::Everyone {
            told.push(format!("only {} {what}", scope.word()));
        }
    }
    told.extend(rules.capacity.map(|n| format!("it takes {n} people")));
    told.extend(rules.retention.map(|days| format!("what the server keeps of it is deleted after {days} days")));
    (!told.is_empty()).then(|| format!("This room: {}.", told.join("; ")))
}

/// An event as a sentence; `None` where there is nothing to say.
pub(super) fn event(event: &Event, state: &State) -> Option<String> {
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    let name = |id: &PeerId| clean(state.name_of(id));
    let subject = |id: &PeerId| if me(id) { "You".to_owned() } else { name(id) };
    Some(match event {
        Event::Rules { rules: now, by } => {
            let by = by.as_ref().map(|by| format!("{}: ", subject(by))).unwrap_or_default();
            match rules(now) {
                Some(text) => format!("{by}{text}"),
                None => format!("{by}This room is kept as usual: everybody comes in, speaks and writes."),
            }
        }
        Event::Moderated { by, verb, id, on } => {
            let whom = id.as_ref().map(|id| if me(id) { "you".to_owned() } else { name(id) }).unwrap_or_default();
            let whose = id.as_ref().map(|id| if me(id) { "your".to_owned() } else { format!("{}'s", name(id)) });
            let who = subject(by);
            match (verb, on) {
                (Verb::Mute, _) => format!("{who} closed {} microphone.", whose.unwrap_or_default()),
                (Verb::MuteAll, _) if me(by) => "You closed all microphones but yours.".into(),
                (Verb::MuteAll, _) => format!("{who} closed all microphones."),
                (Verb::AskUnmute, _) => format!("{who} asks you to open your microphone: /unmute opens it."),
                (Verb::Kick, _) => format!("{who} removed {whom}."),
                (Verb::Ban, _) => format!("{who} removed {whom} for good."),
                (Verb::Share, Some(true)) if me(by) => "You share something.".into(),
                (Verb::Share, Some(true)) => format!("{who} shares something."),
                (Verb::Share, Some(false)) => format!("{who} no longer shares."),
                // The recording itself is told by those who record.
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// What a role, or what we may do, changes.
pub(super) fn changed(event: &Event, before: &State) -> Option<String> {
    match event {
        Event::RoomRole { id, role, by } => {
            let mine = before.me.as_ref() == Some(id);
            let was = if mine { before.room_role } else { before.peer(id).and_then(|p| p.room_role) };
            // What somebody is from the beginning is in the list of people.
            if was.is_none_or(|was| was == *role) {
                return None;
            }
            let who = if mine { "You are".to_owned() } else { format!("{} is", clean(before.name_of(id))) };
            let by = match by {
                Some(by) if before.me.as_ref() == Some(by) => " (by you)".to_owned(),
                Some(by) => format!(" (by {})", clean(before.name_of(by))),
                None if *role == RoomRole::Owner => " (the host is gone)".into(),
                None => String::new(),
            };
            Some(format!("{who} now {}{by}.", role_words(*role)))
        }
        Event::Rights { may } => {
            let before = before.may.as_ref()?;
            let (had, has) = (before.contains(&Verb::Speak), may.contains(&Verb::Speak));
            match (had, has) {
                (true, false) => Some("You may not speak now; raise your hand to ask for it: /hand.".into()),
                (false, true) => Some("You may speak now: /unmute opens your microphone.".into()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A role with its article.
fn role_words(role: RoomRole) -> &'static str {
    match role {
        RoomRole::Owner => "the host",
        RoomRole::Moderator => "a moderator",
        RoomRole::Speaker => "a speaker",
        RoomRole::Listener => "a listener",
        RoomRole::Guest => "a guest",
        RoomRole::Bot => "a bot",
        RoomRole::Unknown => "something that this version does not know",
    }
}

/// A role beside a name, where there is little room; a speaker is what everybody is.
pub(super) fn role_mark(role: RoomRole) -> &'static str {
    match role {
        RoomRole::Owner => "host",
        RoomRole::Moderator => "mod",
        RoomRole::Listener => "listener",
        RoomRole::Guest => "guest",
        RoomRole::Bot => "bot",
        RoomRole::Speaker | RoomRole::Unknown => "",
    }
}
