//! What protects the call, how people are known in it, and the group's record.

use super::{list, room};
use crate::call::names::NameMark;
use crate::call::trust::{EpochNote, Policy, SafetyCode};
use crate::call::{PeerId, Role, Security, Standing, State};
use crate::i18n::{said, tr};
use crate::text::clean;

/// What protects the content.
pub fn secured(security: Security) -> String {
    match security {
        Security::EndToEnd => tr!("security-e2ee"),
        Security::TransportOnly => tr!("security-transport"),
        Security::PlainSignalling => tr!("security-plain-signalling"),
    }
}

/// The same of a call, with what weakens it.
pub fn security_words(state: &State) -> String {
    match state.security {
        Security::EndToEnd if state.passphrase => tr!("security-e2ee-passphrase"),
        other => secured(other),
    }
}

/// What protects the call, in sentences.
pub fn security(state: &State) -> String {
    let read = intercepted(state).map(|read| format!(" {read}")).unwrap_or_default();
    if state.waiting {
        return tr!("security-waiting") + &read;
    }
    let secured = match state.security {
        Security::EndToEnd if !state.key.is_empty() => {
            tr!("security-in", security = security_words(state), key = clean(&state.key))
        }
        Security::PlainSignalling => tr!("security-call-plain-signalling"),
        Security::TransportOnly => tr!("security-call-transport"),
        other => tr!("security-call", security = self::secured(other)),
    };
    secured + &read
}

/// Who reads the TLS with the server on the way, and what they learn of the call, if somebody does.
pub fn intercepted(state: &State) -> Option<String> {
    let by = reader(state)?;
    Some(match state.security {
        Security::EndToEnd => tr!("intercepted-e2ee", by = by),
        Security::TransportOnly | Security::PlainSignalling => tr!("intercepted", by = by),
    })
}

/// The name of who reads the TLS with the server.
pub fn reader(state: &State) -> Option<String> {
    let by = clean(state.intercepted.as_deref()?);
    Some(if by.is_empty() { tr!("intercepted-nameless") } else { by })
}

/// How somebody is known; empty where there is nothing to say.
pub fn standing(standing: &Standing) -> String {
    said(&standing.words())
}

pub(super) fn keyed(key: &str) -> String {
    if key.is_empty() { String::new() } else { tr!("key", key = clean(key)) }
}

/// What is odd about a name, as it follows the name.
pub(super) fn oddity(mark: NameMark) -> String {
    match mark {
        NameMark::Own => tr!("name-own"),
        NameMark::Duplicate => tr!("name-duplicate"),
        NameMark::Confusable => tr!("name-confusable"),
        NameMark::Reserved => tr!("name-reserved"),
        NameMark::MixedScript => tr!("name-mixed"),
    }
}

/// What is to be said of a name that is marked.
pub fn odd_name(name: &str, marks: &[NameMark]) -> Option<String> {
    let why: Vec<String> = marks.iter().map(|mark| oddity(*mark)).collect();
    (!why.is_empty()).then(|| tr!("name-odd", name = clean(name), why = why.join(&format!(" {} ", tr!("and")))))
}

/// The warning about a key that is not the one seen before, with what to ask.
pub fn changed(name: &str, standing: &Standing, key: &str) -> Option<String> {
    let Standing::Changed { before, .. } = standing else { return None };
    Some(tr!("key-changed", name = clean(name), before = clean(before), key = clean(key)))
}

/// What is to be known of somebody before anything else, and then the rest.
pub(super) fn with_warnings(name: &str, marks: &[NameMark], standing: &Standing, key: &str, text: String) -> String {
    let warnings = changed(name, standing, key).into_iter().chain(odd_name(name, marks));
    warnings.chain([text]).collect::<Vec<_>>().join(" ")
}

/// What we are in the room, if that is more than a member.
pub fn own_role(role: Role) -> Option<String> {
    match role {
        Role::Member => None,
        Role::Moderator => Some(tr!("role-own-told-moderator")),
        Role::Creator => Some(tr!("role-own-told-creator")),
    }
}

/// A role in the group beside a name; empty for a plain member.
pub(super) fn role(role: Role) -> String {
    match role {
        Role::Member => String::new(),
        Role::Moderator => tr!("role-moderator"),
        Role::Creator => tr!("role-creator-moderator"),
    }
}

/// What the room's founder decided for it, if it was anything.
pub fn policy_words(policy: Policy) -> Option<String> {
    let recording = policy.no_recording.then(|| tr!("policy-no-recording"));
    let told: Vec<String> = recording.into_iter().chain(policy.receipt.then(|| tr!("policy-receipt"))).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// One line of the record.
pub(super) fn epoch(note: &EpochNote, state: &State) -> String {
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    let name = |id: &PeerId| clean(state.name_of(id));
    let (mine, by) = (me(&note.by), name(&note.by));
    let mut told = Vec::new();
    for id in &note.added {
        let how = state.standing_of(id).map(standing).filter(|w| !w.is_empty());
        let how = how.map_or(String::new(), |w| format!(" ({w})"));
        let came = match (note.returned.contains(id), *id == note.by) {
            (true, _) if me(id) => tr!("epoch-returned-own"),
            (true, _) => tr!("epoch-returned", name = name(id)),
            (false, true) if mine => tr!("epoch-linked-own"),
            (false, true) => tr!("epoch-linked", by = by.as_str()),
            (false, false) if me(id) => tr!("epoch-admitted-you", by = by.as_str()),
            // Names come when the door is open; a number would say nothing to anybody.
            (false, false) if state.name_of(id) == id.0 && mine => tr!("epoch-admitted-somebody-own"),
            (false, false) if state.name_of(id) == id.0 => tr!("epoch-admitted-somebody", by = by.as_str()),
            (false, false) if mine => tr!("epoch-admitted-own", name = name(id)),
            (false, false) => tr!("epoch-admitted", by = by.as_str(), name = name(id)),
        };
        told.push(came + &how);
    }
    for (id, how) in &note.removed {
        told.push(match (how.as_str(), me(id)) {
            ("left", true) => tr!("epoch-left-own"),
            ("left", false) => tr!("epoch-left", name = name(id)),
            ("vanished", true) => tr!("epoch-vanished-own"),
            ("vanished", false) => tr!("epoch-vanished", name = name(id)),
            ("kicked", true) => tr!("epoch-kicked-you", by = by.as_str()),
            ("kicked", false) if mine => tr!("epoch-kicked-own", name = name(id)),
            ("kicked", false) => tr!("epoch-kicked", by = by.as_str(), name = name(id)),
            ("replaced", true) => tr!("epoch-replaced-own"),
            ("replaced", false) => tr!("epoch-replaced", name = name(id)),
            (_, true) => tr!("epoch-removed-own"),
            (_, false) => tr!("epoch-removed", name = name(id)),
        });
    }
    if told.is_empty() {
        told.push(if mine { tr!("epoch-renewed-own") } else { tr!("epoch-renewed", by = by) });
    }
    tr!("epoch", epoch = note.epoch, what = told.join("; "))
}

/// A safety code to be read aloud.
pub(super) fn safety(code: &SafetyCode, state: &State) -> String {
    let words: Vec<String> = code.words.iter().map(|w| clean(w).to_uppercase()).collect();
    let text = tr!("safety-told", epoch = code.epoch, words = words.join(" "), digits = clean(&code.digits));
    let later = list(code.later.iter().map(|id| clean(state.name_of(id))));
    if later.is_empty() { text } else { format!("{text} {}", tr!("safety-told-later", names = later)) }
}

/// The group's word for somebody, and the server's where the group has none.
pub(super) fn roles(role: Role, at_server: Option<crate::protocol::room::RoomRole>) -> Vec<String> {
    // The group's word counts for more than the server's.
    let by_group = role >= Role::Moderator;
    let by_server = at_server.map(room::role_mark).filter(|mark| !mark.is_empty());
    let moderator = tr!("mark-moderator");
    let by_server = by_server.filter(|mark| !by_group || *mark != moderator);
    by_group.then_some(moderator).into_iter().chain(by_server).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_says_what_is_odd_and_shows_nothing_that_moves_a_terminal() {
        assert_eq!(odd_name("Ana", &[]), None);
        let text = odd_name("A\u{1b}[2J\u{202E}", &[NameMark::Own, NameMark::MixedScript]).unwrap();
        assert_eq!(text, "CHECK WHO IT IS: the name A[2J looks like your own name and mixes letters of several alphabets.");
    }
}
