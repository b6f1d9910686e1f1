//! Events as sentences, the same in line mode and in the TUI's log.

use crate::call::{Event, PeerId, State, Stats};
use crate::text::clean;
use jiff::{Timestamp, tz::TimeZone};

/// The wall-clock time of an RFC 3339 timestamp as `10:02`.
pub fn clock(timestamp: &str, zone: &TimeZone) -> String {
    match timestamp.parse::<Timestamp>() {
        Ok(t) => t.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
        Err(_) => "--:--".into(),
    }
}

/// `1 person`, `3 people`: ourselves included.
pub fn people(state: &State) -> String {
    match state.peers.len() + 1 {
        1 => "1 person".into(),
        n => format!("{n} people"),
    }
}

/// How the own microphone is, in words.
pub fn microphone(state: &State) -> String {
    match state.unavailable.get("mute") {
        Some(why) => format!("You cannot speak: {}", sentence(&clean(why))),
        None if state.muted => "Your microphone is closed.".into(),
        None => "Your microphone is open.".into(),
    }
}

/// What protects the call, in sentences.
pub fn security(state: &State) -> String {
    let words = format!("This call is {}.", state.security.words());
    words.replace(", signalling", ". Signalling is")
}

/// One sentence for one event; `state` is the state after it. `None` for what is not told here: who speaks ([`speaking`]), who
/// changes their name ([`renamed`]), figures, answers without an error, and a chat line that is empty.
pub fn event(event: &Event, state: &State) -> Option<String> {
    let name = |id: &PeerId| clean(state.name_of(id));
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    Some(match event {
        Event::Connecting { url } => format!("Connecting to {}", sentence(&clean(url))),
        Event::Transport { rung, ok: true, ms, .. } => format!("Sound goes over {} ({ms} ms).", clean(rung)),
        Event::Transport { rung, ok: false, error, .. } => {
            format!("No way over {}: {}", clean(rung), sentence(&clean(error.as_deref().unwrap_or("no answer"))))
        }
        Event::Joined { room, .. } => format!("You joined {}.", clean(room)),
        Event::Reconnecting { attempt, next_ms } => {
            format!("The connection is lost; attempt {attempt} to have it back in {:.1} s.", *next_ms as f64 / 1000.0)
        }
        Event::Reconnected => "The connection is back.".into(),
        Event::Left { text, .. } => sentence(&clean(text)),
        Event::PeerJoined { peer, .. } if me(&peer.id) => return None,
        Event::PeerJoined { peer, before_us: true } => format!("{} is here. {}.", clean(&peer.name), people(state)),
        Event::PeerJoined { peer, before_us: false } => format!("{} joined. {}.", clean(&peer.name), people(state)),
        Event::PeerLeft { name, .. } => format!("{} left. {}.", clean(name), people(state)),
        Event::PeerUpdated { .. } | Event::Speaking { .. } | Event::Stats(_) | Event::Hearing { .. } => return None,
        Event::Muted { id, by: Some(by), .. } if me(id) => {
            format!("{} {}", name(by), if state.muted { "closed your microphone." } else { "opened your microphone." })
        }
        Event::Muted { id, .. } if me(id) => microphone(state),
        Event::Muted { id, on, .. } => format!("{} {} their microphone.", name(id), if *on { "closed" } else { "opened" }),
        Event::Hand { id, on, .. } if me(id) => format!("Your hand is {}.", if *on { "up" } else { "down" }),
        Event::Hand { id, on, .. } => format!("{} {} a hand.", name(id), if *on { "raised" } else { "lowered" }),
        Event::Chat(line) => {
            let (from, text) = (clean(&line.name), clean(&line.text));
            match &line.to {
                _ if text.trim().is_empty() => return None,
                None => format!("{from}: {text}"),
                Some(to) if me(to) => format!("{from} to you alone: {text}"),
                Some(to) => format!("{from} to {} alone: {text}", name(to)),
            }
        }
        Event::Device { kind, name, state: now, text } => {
            let what = match kind {
                crate::call::DeviceKind::Input => "Microphone",
                crate::call::DeviceKind::Output => "Loudspeaker",
            };
            match (text, now.as_str()) {
                (Some(text), _) => sentence(&clean(text)),
                (None, "open") => format!("{what}: {}.", clean(name)),
                (None, "none") => format!("{what}: none."),
                (None, now) => format!("{what} {}: {}.", clean(name), clean(now)),
            }
        }
        Event::Playing { on: true } => "The file that stands for your microphone begins.".into(),
        Event::Playing { on: false } => "The file that stands for your microphone has ended.".into(),
        Event::Warning { text, .. } | Event::Error { text, .. } => sentence(&clean(text)),
        Event::Reply { ok: false, error, .. } => sentence(&clean(error.as_deref().unwrap_or("that could not be done"))),
        _ => return None,
    })
}

/// Whether an event should stand out: something went wrong.
pub fn is_alarming(event: &Event) -> bool {
    matches!(
        event,
        Event::Warning { .. }
            | Event::Error { .. }
            | Event::Reconnecting { .. }
            | Event::Reply { ok: false, .. }
            | Event::Transport { ok: false, .. }
    )
}

/// A change of name as a sentence; `before` is the state before it.
pub fn renamed(event: &Event, before: &State) -> Option<String> {
    let Event::PeerUpdated { peer } = event else { return None };
    let (old, new) = (clean(before.name_of(&peer.id)), clean(&peer.name));
    if old == new {
        return None;
    }
    Some(if before.me.as_ref() == Some(&peer.id) {
        format!("You are now called {new}.")
    } else {
        format!("{old} is now called {new}.")
    })
}

/// A change of speaker as a sentence.
pub fn speaking(event: &Event, state: &State) -> Option<String> {
    let Event::Speaking { id, on } = event else { return None };
    let does = if *on { "speaking" } else { "silent" };
    Some(if state.me.as_ref() == Some(id) {
        format!("You are {does}.")
    } else {
        format!("{} is {does}.", clean(state.name_of(id)))
    })
}

/// Who is in the call, one line each, ourselves last.
pub fn who(state: &State) -> Vec<String> {
    let describe = |name: &str, muted: bool, speaking: bool, hand: Option<usize>| {
        let mut words = vec![if muted { "microphone closed" } else { "microphone open" }.to_owned()];
        if speaking {
            words.push("speaking".into());
        }
        if let Some(place) = hand {
            words.push(format!("hand raised, number {}", place + 1));
        }
        format!("{}: {}.", clean(name), words.join(", "))
    };
    let hands = state.hands();
    let place = |id: Option<&PeerId>| hands.iter().position(|(_, h)| Some(h) == id);
    let others = state.peers.iter().map(|p| describe(&p.name, p.muted, p.speaking, place(Some(&p.id))));
    let you = describe(&format!("{} (you)", state.name), state.muted, state.speaking, place(state.me.as_ref()));
    others.chain([you]).collect()
}

/// How things are, in one sentence for each of room, microphone, network and security.
pub fn status(state: &State) -> String {
    let phase = match state.phase {
        crate::call::Phase::Connecting => "Connecting".into(),
        crate::call::Phase::Joined => format!("In {} with {}", clean(&state.room), people(state)),
        crate::call::Phase::Reconnecting => format!("Reconnecting to {}", clean(&state.room)),
        crate::call::Phase::Left => "The call is over".into(),
    };
    let microphone = if state.unavailable.contains_key("mute") || state.muted { "microphone closed" } else { "microphone open" };
    let network = figures(&state.stats).map_or(String::new(), |f| format!(", {f}"));
    format!(
        "{phase}, {microphone}{}{network}, {}.",
        if state.hand.is_some() { ", hand raised" } else { "" },
        state.security.words()
    )
}

/// The network in figures, if any are known: `rtt 48 ms, loss 0.4 %, buffer 60 ms`.
pub fn figures(stats: &Stats) -> Option<String> {
    let rtt = stats.rtt_ms?;
    Some(format!("rtt {rtt:.0} ms, loss {:.1} %, buffer {} ms", loss_percent(stats), stats.buffer_ms))
}

/// Packets that never came, in percent of those expected.
pub fn loss_percent(stats: &Stats) -> f32 {
    let expected = stats.packets_lost + stats.packets_received;
    if expected == 0 { 0.0 } else { 100.0 * stats.packets_lost as f32 / expected as f32 }
}

/// The data of an answer as lines: lists item by item, everything else as JSON.
pub fn answer(data: &serde_json::Value) -> Vec<String> {
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
        assert_eq!(status(&State::new("Me")), "Connecting, microphone closed, not end-to-end encrypted.");
    }

    #[test]
    fn changes_of_name_are_told_and_nothing_else_of_an_update() {
        let mut state = State::new("Me");
        state.apply(&joined("board"));
        state.peers.push(peer("a", "Ana"));
        let update = |id: &str, name: &str| Event::PeerUpdated { peer: peer(id, name) };
        assert_eq!(renamed(&update("a", "Anahera"), &state).unwrap(), "Ana is now called Anahera.");
        assert_eq!(renamed(&update("me", "Moana"), &state).unwrap(), "You are now called Moana.");
        assert_eq!(renamed(&update("a", "Ana"), &state), None);
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
