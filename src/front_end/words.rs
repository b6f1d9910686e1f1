//! Events as sentences, the same in line mode and in the TUI's log, in the language of this process ([`crate::i18n`]).

mod group;
mod level;
mod people;
mod room;
mod sound;
mod summary;

use crate::call::quality::{Quality, Word};
use crate::call::{DeviceKind, Event, PeerId, Role, Standing, State};
use crate::i18n::{said, tr};
use crate::text::clean;
use jiff::{Timestamp, tz::TimeZone};

pub use group::{changed, intercepted, odd_name, own_role, policy_words, reader, secured, security, security_words, standing};
pub use people::{group, marks, microphone, people, speaking, status, who};
pub use room::{marking, role, rules as room_rules};
pub use sound::{figures, heard_by, loss_percent, loudness, quality, refused, statistics};
pub use summary::summary;

/// The wall-clock time of an RFC 3339 timestamp as `10:02`.
pub fn clock(timestamp: &str, zone: &TimeZone) -> String {
    match timestamp.parse::<Timestamp>() {
        Ok(t) => t.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
        Err(_) => "--:--".into(),
    }
}

/// Parts that are not empty, one after the other.
fn list(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What the engine or the server says, as a sentence.
pub fn told(text: &str) -> String {
    sentence(&said(&clean(text)))
}

/// One sentence for one event; `state` is the state after it. `None` for what is not told here: who speaks ([`speaking`]), what
/// changes ([`updated`]), the summary ([`summary`]), figures, answers without an error, and a chat line that is empty.
pub fn event(event: &Event, state: &State) -> Option<String> {
    let name = |id: &PeerId| clean(state.name_of(id));
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    Some(match event {
        Event::Connecting { url } => tr!("connecting", url = sentence(&clean(url))),
        Event::Transport { rung, ok: true, ms, .. } => tr!("transport-ok", rung = clean(rung), ms = *ms),
        Event::Transport { rung, ok: false, error, .. } => {
            let why = error.as_deref().map_or_else(|| sentence(&tr!("no-answer")), told);
            tr!("transport-bad", rung = clean(rung), why = why)
        }
        Event::Joined { room, .. } => tr!("joined", room = clean(room)),
        Event::Reconnecting { attempt, next_ms } => {
            let seconds = crate::i18n::decimal(*next_ms as f64 / 1000.0, 1);
            tr!("reconnecting", attempt = *attempt, seconds = seconds)
        }
        Event::Reconnected => tr!("reconnected"),
        Event::Left { text, .. } => told(text),
        Event::PeerJoined { peer, .. } if me(&peer.id) => return None,
        Event::PeerJoined { peer, before_us } => {
            let (who, people) = (clean(&peer.name), people(state));
            let text = match before_us {
                true => tr!("peer-here", name = who, people = people),
                false => tr!("peer-joined", name = who, people = people),
            };
            group::with_warnings(&peer.name, &peer.name_marks, &peer.standing, &peer.key, text)
        }
        Event::PeerLeft { name, .. } => tr!("peer-left", name = clean(name), people = people(state)),
        Event::Snapshot { .. }
        | Event::PeerUpdated { .. }
        | Event::Speaking { .. }
        | Event::Stats(_)
        | Event::Hearing { .. }
        | Event::Summary(_)
        | Event::Quality(_)
        | Event::HeardBy(_)
        | Event::RoomRole { .. }
        | Event::Rights { .. }
        | Event::Hands { .. }
        | Event::DominantSpeaker { .. }
        | Event::Again { .. } => return None,
        Event::Rules { .. } | Event::Moderated { .. } | Event::Room { .. } => return room::event(event, state),
        Event::Policy(policy) => return policy_words(*policy),
        Event::Muted { id, by: Some(by), .. } if me(id) => match state.muted {
            true => tr!("mic-closed-by", name = name(by)),
            false => tr!("mic-opened-by", name = name(by)),
        },
        Event::Muted { id, .. } if me(id) => microphone(state),
        Event::Muted { id, on: true, .. } => tr!("peer-mic-closed", name = name(id)),
        Event::Muted { id, on: false, .. } => tr!("peer-mic-opened", name = name(id)),
        Event::Hand { id, on, .. } => match (me(id), on) {
            (true, true) => tr!("hand-own-up"),
            (true, false) => tr!("hand-own-down"),
            (false, true) => tr!("hand-raised", name = name(id)),
            (false, false) => tr!("hand-lowered", name = name(id)),
        },
        Event::Chat(line) => {
            let (from, text) = (clean(&line.name), clean(&line.text));
            match &line.to {
                _ if text.trim().is_empty() => return None,
                None => format!("{from}: {text}"),
                Some(to) if me(to) => tr!("chat-to-you", from = from, text = text),
                Some(to) => tr!("chat-to", from = from, to = name(to), text = text),
            }
        }
        // Told with the other end's.
        Event::Device { text: Some(text), .. } if text.is_empty() => return None,
        Event::Device { kind, name, state: now, text } => {
            let what = device(*kind);
            match (text, now.as_str()) {
                (Some(text), _) => told(text),
                (None, "open") => format!("{what}: {}.", clean(name)),
                (None, "none") => tr!("device-none", what = what),
                (None, now) => format!("{what} {}: {}.", clean(name), clean(now)),
            }
        }
        Event::Processing(p) => tr!("processing", words = sound::processing(p)),
        Event::Playing { on: true } => tr!("playing-on"),
        Event::Playing { on: false } => tr!("playing-off"),
        Event::Intercepted { expected: true, .. } => return None,
        Event::Intercepted { .. } => return group::intercepted(state),
        Event::Warning { text, .. } | Event::Error { text, .. } => told(text),
        Event::Reply { ok: false, error, .. } => error.as_deref().map_or_else(|| sentence(&tr!("not-done")), told),
        Event::Reply { .. } | Event::KnockGone { .. } => return None,
        Event::Waiting => security(state),
        Event::LetIn { role, .. } => match own_role(*role) {
            Some(role) => format!("{} {role}", security(state)),
            None => security(state),
        },
        Event::Knock { id, standing, .. } => {
            let k = state.knock(id)?;
            let name = clean(&k.name);
            let how = list([group::standing(standing), group::keyed(&k.key)]);
            let who = if how.is_empty() { name.clone() } else { format!("{name} ({how})") };
            group::with_warnings(&k.name, &k.name_marks, standing, &k.key, tr!("knock", who = who, name = name))
        }
        Event::Epoch(note) => group::epoch(note, state),
        Event::Safety(code) => group::safety(code, state),
        Event::Verified { on: true, .. } => tr!("verified-on"),
        Event::Verified { on: false, because } => {
            tr!("verified-off", who = because.as_ref().map_or_else(|| tr!("somebody"), name))
        }
        Event::Reaction { from, text } if me(from) => tr!("reaction-own", text = clean(text)),
        Event::Reaction { from, text } => tr!("reaction", name = name(from), text = clean(text)),
        Event::Recording { id, on } => match (me(id), on) {
            (true, true) => tr!("record-own-on"),
            (true, false) => tr!("record-own-off"),
            (false, true) => tr!("record-on", name = name(id)),
            (false, false) => tr!("record-off", name = name(id)),
        },
        Event::Receipt { file, signatures, unsigned } => {
            let by = if *signatures == 1 { tr!("receipt-alone") } else { tr!("receipt-signers", n = *signatures) };
            let names = list(unsigned.iter().take(9).map(|who| clean(who)));
            match names.is_empty() {
                true => tr!("receipt", file = clean(file), by = by),
                false => tr!("receipt-not-all", file = clean(file), by = by, names = names),
            }
        }
        Event::ReceiptAsked { by, refused: None } => tr!("receipt-asked-signed", name = name(by)),
        Event::ReceiptAsked { by, refused: Some(why) } => tr!("receipt-asked-refused", name = name(by), why = told(why)),
        Event::Frozen { id, on } => match (me(id), on) {
            (true, true) => tr!("frozen-own-on"),
            (true, false) => tr!("frozen-own-off"),
            (false, true) => tr!("frozen-on", name = name(id)),
            (false, false) => tr!("frozen-off", name = name(id)),
        },
        Event::Xray(item) => {
            let short = |s: &str| clean(s).chars().take(300).collect::<String>();
            let members = if item.members_see.is_empty() { tr!("xray-same") } else { short(&item.members_see) };
            let (direction, plane) = (clean(&item.direction), clean(&item.plane));
            tr!("xray", direction = direction, plane = plane, server = short(&item.server_sees), members = members)
        }
    })
}

/// What an end of the sound is called.
pub fn device(kind: DeviceKind) -> String {
    match kind {
        DeviceKind::Input => tr!("device-input"),
        DeviceKind::Output => tr!("device-output"),
    }
}

/// Whether an event should stand out: something went wrong.
pub fn is_alarming(event: &Event) -> bool {
    matches!(
        event,
        Event::Warning { .. }
            | Event::Intercepted { expected: false, .. }
            | Event::Error { .. }
            | Event::Reconnecting { .. }
            | Event::Reply { ok: false, .. }
            | Event::Transport { ok: false, .. }
            | Event::Quality(Quality { word: Word::Poor, .. })
            | Event::Verified { on: false, .. }
    ) || matches!(event, Event::Knock { standing: Standing::Changed { .. }, .. })
        || matches!(event, Event::PeerJoined { peer, .. } | Event::PeerUpdated { peer } if matches!(peer.standing, Standing::Changed { .. }))
}

/// What an event changes, as sentences that need the state `before` it: a new name, role or key of somebody, somebody who
/// no longer waits, somebody who came after a safety code, the word for the sound, who hears us, and the replay.
pub fn updated(event: &Event, before: &State) -> Option<String> {
    let peer = match event {
        Event::PeerUpdated { peer } => peer,
        Event::Quality(_) | Event::HeardBy(_) | Event::Again { .. } => return sound::changed(event, before),
        Event::RoomRole { .. } | Event::Rights { .. } => return room::changed(event, before),
        Event::KnockGone { id } => return before.knock(id).map(|k| tr!("knock-gone", name = clean(&k.name))),
        Event::Knock { id, name: Some(name), name_marks, .. } => {
            let known = before.knock(id).filter(|k| k.name != *name)?;
            let text = tr!("knock-renamed", old = clean(&known.name), name = clean(name));
            return Some(odd_name(name, name_marks).into_iter().chain([text]).collect::<Vec<_>>().join(" "));
        }
        Event::Safety(code) => {
            let known = before.safety.as_ref().filter(|c| c.same(code) && c.later.len() < code.later.len())?;
            let new = code.later.iter().filter(|id| !known.later.contains(id)).map(|id| clean(before.name_of(id)));
            return Some(tr!("safety-later", names = list(new), epoch = code.epoch));
        }
        _ => return None,
    };
    let mine = before.me.as_ref() == Some(&peer.id);
    let was = if mine { before.own() } else { before.peer(&peer.id).cloned() }?;
    let (old, new) = (clean(&was.name), clean(&peer.name));
    let mut told = Vec::new();
    if old != new {
        told.push(if mine { tr!("renamed-own", name = new.as_str()) } else { tr!("renamed", old = old, name = new.as_str()) });
    }
    if was.role != peer.role {
        told.push(match (peer.role, mine) {
            (Role::Member, true) => tr!("became-own-member"),
            (Role::Moderator, true) => tr!("became-own-moderator"),
            (Role::Creator, true) => tr!("became-own-creator"),
            (Role::Member, false) => tr!("became-member", name = new),
            (Role::Moderator, false) => tr!("became-moderator", name = new),
            (Role::Creator, false) => tr!("became-creator", name = new),
        });
    }
    if was.name_marks != peer.name_marks {
        told.extend(odd_name(&peer.name, &peer.name_marks));
    }
    if was.standing != peer.standing {
        told.extend(changed(&peer.name, &peer.standing, &peer.key));
    }
    (!told.is_empty()).then(|| told.join(" "))
}

/// The data of an answer as lines: lists item by item, everything else as JSON.
pub fn answer(data: &serde_json::Value) -> Vec<String> {
    if let Some(level) = level::words(data) {
        return vec![level];
    }
    let short = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => clean(s),
        serde_json::Value::Object(fields) => {
            let words: Vec<String> = fields
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| format!("{}: {}", clean(k), v.as_str().map_or_else(|| clean(&v.to_string()), clean)))
                .collect();
            words.join(", ")
        }
        other => clean(&other.to_string()),
    };
    match data {
        serde_json::Value::Array(items) => items.iter().map(short).collect(),
        serde_json::Value::Object(fields) if fields.values().any(serde_json::Value::is_array) => fields
            .iter()
            .flat_map(|(k, v)| match v {
                serde_json::Value::Array(items) => items.iter().map(|i| format!("{}: {}", clean(k), short(i))).collect(),
                other => vec![format!("{}: {}", clean(k), short(other))],
            })
            .collect(),
        serde_json::Value::Null => Vec::new(),
        other => vec![short(other)],
    }
}

/// With a full stop at its end, if it has none.
pub fn sentence(s: &str) -> String {
    let s = s.trim();
    if s.ends_with(['.', '!', '?']) { s.to_owned() } else { format!("{s}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::trust::{EpochNote, SafetyCode};
    use crate::call::{Peer, Security};
    use crate::front_end::fake::{id, joined, left, peer};

    #[test]
    fn every_event_is_told_once_in_plain_words() {
        let mut state = State::new("Me");
        let mut tell = |e: Event| {
            state.apply(&e);
            event(&e, &state)
        };
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(tell(joined("board")), some("You joined board."));
        assert_eq!(tell(Event::PeerJoined { peer: peer("a", "Ana"), before_us: false }), some("Ana joined. 2 people."));
        assert_eq!(tell(Event::Muted { id: id("a"), on: false, by: None }), some("Ana opened their microphone."));
        assert_eq!(tell(Event::Muted { id: id("me"), on: false, by: None }), some("Your microphone is open."));
        assert_eq!(tell(Event::Muted { id: id("me"), on: true, by: Some(id("a")) }), some("Ana closed your microphone."));
        assert_eq!(tell(Event::Hand { id: id("a"), on: true, since: Some(1) }), some("Ana raised a hand."));
        assert_eq!(tell(Event::Speaking { id: id("a"), on: true }), None);
        assert_eq!(tell(Event::PeerLeft { id: id("a"), name: "Ana".into() }), some("Ana left. 1 person."));
        assert_eq!(tell(left()), some("You left the call."));
        assert_eq!(
            status(&State::new("Me")),
            "Connecting, microphone closed, transport encryption only, not end-to-end encrypted."
        );
    }

    #[test]
    fn changes_of_name_are_told_and_nothing_else_of_an_update() {
        let mut state = State::new("Me");
        state.apply(&joined("board"));
        state.peers.push(peer("a", "Ana"));
        let update = |id: &str, name: &str| Event::PeerUpdated { peer: peer(id, name) };
        assert_eq!(updated(&update("a", "Anahera"), &state).unwrap(), "Ana is now called Anahera.");
        assert_eq!(updated(&update("me", "Moana"), &state).unwrap(), "You are now called Moana.");
        assert_eq!(updated(&update("a", "Ana"), &state), None);
    }

    #[test]
    fn names_that_carry_escapes_are_harmless_in_every_sentence() {
        let mut state = State::new("Me");
        let evil = "\x1b[2J\u{9b}31mEvil\u{202E}\r\n";
        for e in [
            joined(evil),
            Event::PeerJoined { peer: peer("a", evil), before_us: true },
            Event::Muted { id: id("a"), on: true, by: None },
            Event::Warning { code: "x".into(), text: evil.into() },
            Event::Reply { id: None, ok: false, data: None, error: Some(evil.into()) },
            Event::Connecting { url: evil.into() },
            Event::PeerLeft { id: id("a"), name: evil.into() },
        ] {
            state.apply(&e);
            let text = event(&e, &state).unwrap() + &who(&state).concat() + &status(&state);
            assert!(!text.contains(|c: char| c.is_control() || c == '\u{202E}'), "{text:?}");
        }
    }

    #[test]
    fn the_group_is_told_in_words() {
        let mut state = State::new("Me");
        state.apply(&joined("board"));
        state.security = Security::EndToEnd;
        let mut tell = |e: Event| {
            let before = state.clone();
            state.apply(&e);
            updated(&e, &before).or_else(|| event(&e, &state)).unwrap_or_default()
        };
        assert_eq!(tell(Event::Waiting), "You wait to be let in.");
        let let_in = Event::LetIn { founded: false, role: Role::Member, key: "ab12-cd34".into(), epoch: 3 };
        assert_eq!(tell(let_in), "You are in: end-to-end encrypted. Your key is ab12-cd34.");
        tell(Event::PeerJoined { peer: peer("a", "Ana"), before_us: true });
        let knock =
            |standing| Event::Knock { id: id("b"), name: Some("Ben".into()), name_marks: vec![], standing, key: "k2".into() };
        assert_eq!(tell(knock(Standing::Guest)), "Ben (unverified, key k2) asks to be let in: /admit Ben or /deny Ben.");
        let note = EpochNote { generation: 0, epoch: 4, by: id("a"), added: vec![id("b")], returned: vec![], removed: vec![] };
        assert_eq!(tell(Event::Epoch(note)), "Epoch 4: Ana let Ben in (unverified).");
        let gone = vec![(id("b"), "vanished".into())];
        let note = EpochNote { generation: 0, epoch: 5, by: id("a"), added: vec![], returned: vec![], removed: gone };
        assert_eq!(tell(Event::Epoch(note)), "Epoch 5: Ben vanished.");
        let mut code = SafetyCode {
            generation: 0,
            epoch: 5,
            words: vec!["adult".into(), "amulet".into()],
            digits: "01234 56789".into(),
            by: id("a"),
            people: vec![],
            later: vec![],
            seconds: 600,
        };
        assert_eq!(
            tell(Event::Safety(code.clone())),
            "Safety code of epoch 5: ADULT AMULET (digits 01234 56789). Read it aloud: all must have the same."
        );
        code.later.push(id("b"));
        assert_eq!(tell(Event::Safety(code)), "Ben came after the safety code of epoch 5: it says nothing of them.");
        let standing = Standing::Changed { name: "Ana".into(), before: "old1".into() };
        let update =
            Event::PeerUpdated { peer: Peer { standing, key: "new2".into(), role: Role::Moderator, ..peer("a", "Ana") } };
        let text = tell(update.clone());
        assert!(
            text.starts_with("Ana is now a moderator. KEY CHANGED: Ana had the key old1 and now has new2. Ask Ana"),
            "{text}"
        );
        assert!(is_alarming(&update));
        assert_eq!(tell(Event::Recording { id: id("a"), on: true }), "Ana records this call.");
        assert_eq!(tell(Event::Frozen { id: id("a"), on: true }), "Ana has stopped sending.");
        let room = Event::Room { locked: true, frozen: false, by: Some(id("a")), passphrase: true };
        assert_eq!(tell(room), "Ana: the room is locked; nobody new is let in.");
        assert!(tell(Event::Verified { on: false, because: Some(id("b")) }).starts_with("Ben came in"));
        assert_eq!(tell(Event::Reaction { from: id("a"), text: "👏".into() }), "Ana reacts: 👏");
        assert_eq!(
            who(&state)[0],
            "Ana: microphone closed, moderator, KEY CHANGED, key new2, records this call, has stopped sending."
        );
        assert!(status(&state).ends_with("end-to-end encrypted by a passphrase: weaker, epoch 5, locked."), "{}", status(&state));
    }

    #[test]
    fn clocks_follow_the_zone() {
        assert_eq!(clock("2026-11-23T10:02:11.120Z", &TimeZone::UTC), "10:02");
        assert_eq!(clock("2026-11-23T10:02:11.120Z", &TimeZone::fixed(jiff::tz::offset(13))), "23:02");
        assert_eq!(clock("yesterday", &TimeZone::UTC), "--:--");
    }

    #[test]
    fn answers_are_lines() {
        let devices = serde_json::json!([{"kind": "input", "name": "USB"}, {"kind": "output", "name": "Built-in"}]);
        assert_eq!(answer(&devices), ["kind: input, name: USB", "kind: output, name: Built-in"]);
        assert_eq!(answer(&serde_json::json!({"input": ["a"], "n": 1})), ["input: a", "n: 1"]);
    }
}
