//! Events as sentences, the same in line mode and in the TUI's log.

mod level;
mod room;
mod sound;
mod summary;

use crate::call::names::NameMark;
use crate::call::quality::{Quality, Word};
use crate::call::trust::{EpochNote, Policy, SafetyCode};
use crate::call::{Event, Peer, PeerId, Role, Security, Standing, State};
use crate::protocol::room::RoomRole;
use crate::text::clean;
use jiff::{Timestamp, tz::TimeZone};

pub use crate::call::names::warning as odd_name;
pub use room::{marking, rules as room_rules};
pub use sound::{figures, heard_by, loss_percent, quality, refused, statistics};
pub use summary::summary;

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
    if state.waiting {
        return "You wait to be let in.".into();
    }
    if state.security == Security::EndToEnd && !state.key.is_empty() {
        return format!("You are in: {}. Your key is {}.", state.security_words(), clean(&state.key));
    }
    let words = format!("This call is {}.", state.security.words());
    words.replace(", signalling", ". Signalling is")
}

/// One sentence for one event; `state` is the state after it. `None` for what is not told here: who speaks ([`speaking`]), what
/// changes ([`updated`]), the summary ([`summary`]), figures, answers without an error, and a chat line that is empty.
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
        Event::PeerJoined { peer, before_us } => {
            let comes = if *before_us { "is here" } else { "joined" };
            let text = format!("{} {comes}. {}.", clean(&peer.name), people(state));
            with_warnings(&peer.name, &peer.name_marks, &peer.standing, &peer.key, text)
        }
        Event::PeerLeft { name, .. } => format!("{} left. {}.", clean(name), people(state)),
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
        | Event::Again { .. } => return None,
        Event::Rules { .. } | Event::Moderated { .. } => return room::event(event, state),
        Event::Policy(policy) => return policy_words(*policy),
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
        // Told with the other end's.
        Event::Device { text: Some(text), .. } if text.is_empty() => return None,
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
        Event::Processing(p) => format!("Your voice: {}.", p.words()),
        Event::Playing { on: true } => "The file that stands for your microphone begins.".into(),
        Event::Playing { on: false } => "The file that stands for your microphone has ended.".into(),
        Event::Warning { text, .. } | Event::Error { text, .. } => sentence(&clean(text)),
        Event::Reply { ok: false, error, .. } => sentence(&clean(error.as_deref().unwrap_or("that could not be done"))),
        Event::Reply { .. } | Event::KnockGone { .. } => return None,
        Event::Waiting => security(state),
        Event::LetIn { role, .. } => match own_role(*role) {
            Some(role) => format!("{} {role}", security(state)),
            None => security(state),
        },
        Event::Knock { id, standing, .. } => {
            let k = state.knock(id)?;
            let name = clean(&k.name);
            let how = [standing.words(), keyed(&k.key)].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
            let how = if how.is_empty() { how } else { format!(" ({how})") };
            let asks = format!("{name}{how} asks to be let in: /admit {name} or /deny {name}.");
            with_warnings(&k.name, &k.name_marks, standing, &k.key, asks)
        }
        Event::Epoch(note) => epoch(note, state),
        Event::Room { locked, frozen, by, .. } => {
            let who = by.as_ref().map(|by| if me(by) { "You: ".to_owned() } else { format!("{}: ", name(by)) });
            let is = match (locked, frozen) {
                (_, true) => "everybody is paused and the room is locked; only a moderator can release it.",
                (true, false) => "the room is locked; nobody new is let in.",
                (false, false) => "the room is open; new people can be let in.",
            };
            format!("{}{is}", who.unwrap_or_else(|| "Now ".into()))
        }
        Event::Safety(code) => safety(code, state),
        Event::Verified { on: true, .. } => {
            "Verified: the safety code was compared, and everybody in it is who they were then.".into()
        }
        Event::Verified { on: false, because } => {
            let who = because.as_ref().map_or("Somebody".into(), name);
            format!("{who} came in, whom nobody verified: what was checked holds no longer. Compare the code again: /safety.")
        }
        Event::Reaction { from, text } if me(from) => format!("You react: {}", clean(text)),
        Event::Reaction { from, text } => format!("{} reacts: {}", name(from), clean(text)),
        Event::Recording { id, on } => match (me(id), on) {
            (true, true) => "You record this call, and everybody is told.".into(),
            (true, false) => "You no longer record this call.".into(),
            (false, true) => format!("{} records this call.", name(id)),
            (false, false) => format!("{} no longer records this call.", name(id)),
        },
        Event::Receipt { file, signatures, unsigned } => {
            let by = if *signatures == 1 { "you alone".to_owned() } else { format!("{signatures} people") };
            let not: Vec<String> = unsigned.iter().take(9).map(|who| clean(who)).collect();
            let not = if not.is_empty() { String::new() } else { format!("; not by {}", not.join(", ")) };
            format!("A receipt of this call is in {}, signed by {by}{not}.", clean(file))
        }
        Event::ReceiptAsked { by, refused: None } => {
            format!("{} keeps a receipt of this call, and your client signed it.", name(by))
        }
        Event::ReceiptAsked { by, refused: Some(why) } => {
            format!("{} asked for a receipt of this call, and your client did not sign it: {}", name(by), sentence(&clean(why)))
        }
        Event::Frozen { id, on } => match (me(id), on) {
            (true, true) => "You have stopped sending; everybody is told. /release ends it.".into(),
            (true, false) => "You can send again; your microphone is closed.".into(),
            (false, true) => format!("{} has stopped sending.", name(id)),
            (false, false) => format!("{} can send again.", name(id)),
        },
        Event::Xray(item) => {
            let short = |s: &str| clean(s).chars().take(300).collect::<String>();
            let members = if item.members_see.is_empty() { "the same".into() } else { short(&item.members_see) };
            format!(
                "{} {}: the server sees {} | members see {members}",
                clean(&item.direction),
                clean(&item.plane),
                short(&item.server_sees)
            )
        }
    })
}

/// What we are in the room, if that is more than a member.
pub fn own_role(role: Role) -> Option<String> {
    match role {
        Role::Member => None,
        Role::Moderator => Some("You are a moderator.".into()),
        Role::Creator => Some("You founded this room: you decide who comes in.".into()),
    }
}

/// What the room's founder decided for it, if it was anything.
pub fn policy_words(policy: Policy) -> Option<String> {
    let mut told = Vec::new();
    if policy.no_recording {
        told.push("Nobody may record in this room.");
    }
    if policy.receipt {
        told.push("In this room your client signs, when a member asks for it, a receipt of who was here when.");
    }
    (!told.is_empty()).then(|| told.join(" "))
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
        Event::KnockGone { id } => return before.knock(id).map(|k| format!("{} no longer waits.", clean(&k.name))),
        Event::Knock { id, name: Some(name), name_marks, .. } => {
            let known = before.knock(id).filter(|k| k.name != *name)?;
            let text =
                format!("{}, who waits, is called {}: /admit {} lets them in.", clean(&known.name), clean(name), clean(name));
            return Some(odd_name(name, name_marks).into_iter().chain([text]).collect::<Vec<_>>().join(" "));
        }
        Event::Safety(code) => {
            let known = before.safety.as_ref().filter(|c| c.same(code) && c.later.len() < code.later.len())?;
            let new: Vec<String> =
                code.later.iter().filter(|id| !known.later.contains(id)).map(|id| clean(before.name_of(id))).collect();
            let who = new.join(", ");
            return Some(format!("{who} came after the safety code of epoch {}: it says nothing of them.", code.epoch));
        }
        _ => return None,
    };
    let mine = before.me.as_ref() == Some(&peer.id);
    let was = if mine { before.own() } else { before.peer(&peer.id).cloned() }?;
    let (old, new) = (clean(&was.name), clean(&peer.name));
    let mut told = Vec::new();
    if old != new {
        told.push(if mine { format!("You are now called {new}.") } else { format!("{old} is now called {new}.") });
    }
    if was.role != peer.role {
        let who = if mine { "You are".to_owned() } else { format!("{new} is") };
        told.push(match peer.role {
            Role::Member => format!("{who} no longer a moderator."),
            Role::Moderator => format!("{who} now a moderator."),
            Role::Creator => format!("{who} the creator of this room."),
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

/// What is to be known of somebody before anything else, and then the rest.
fn with_warnings(name: &str, marks: &[NameMark], standing: &Standing, key: &str, text: String) -> String {
    let warnings = changed(name, standing, key).into_iter().chain(odd_name(name, marks));
    warnings.chain([text]).collect::<Vec<_>>().join(" ")
}

/// The warning about a key that is not the one seen before, with what to ask.
pub fn changed(name: &str, standing: &Standing, key: &str) -> Option<String> {
    let Standing::Changed { before, .. } = standing else { return None };
    let name = clean(name);
    Some(format!(
        "KEY CHANGED: {name} had the key {} and now has {}. Ask {name}, by a way other than this call, whether this is their \
         new device, and which key it shows.",
        clean(before),
        clean(key)
    ))
}

fn keyed(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("key {}", clean(key)) }
}

/// One line of the record.
pub fn epoch(note: &EpochNote, state: &State) -> String {
    let me = |id: &PeerId| state.me.as_ref() == Some(id);
    let name = |id: &PeerId| if me(id) { "you".to_owned() } else { clean(state.name_of(id)) };
    let by = if me(&note.by) { "You".to_owned() } else { name(&note.by) };
    let mut told = Vec::new();
    for id in &note.added {
        let how = state.standing_of(id).map(Standing::words).filter(|w| !w.is_empty());
        let how = how.map_or(String::new(), |w| format!(" ({w})"));
        told.push(match (note.returned.contains(id), *id == note.by) {
            (true, _) => format!("{} came back{how}", name(id)),
            (false, true) => format!("{by} came in with the link{how}"),
            (false, false) => format!("{by} let {} in{how}", name(id)),
        });
    }
    for (id, how) in &note.removed {
        let who = name(id);
        told.push(match how.as_str() {
            "left" => format!("{who} left"),
            "vanished" => format!("{who} vanished"),
            "kicked" => format!("{by} removed {who} for good"),
            "replaced" => format!("{who} joined anew, and the old session is out"),
            _ => format!("{who} was removed"),
        });
    }
    if told.is_empty() {
        told.push(format!("{by} renewed the keys"));
    }
    format!("Epoch {}: {}.", note.epoch, told.join("; "))
}

/// A safety code to be read aloud.
fn safety(code: &SafetyCode, state: &State) -> String {
    let words: Vec<String> = code.words.iter().map(|w| clean(w).to_uppercase()).collect();
    let mut text = format!(
        "Safety code of epoch {}: {} (digits {}). Read it aloud: all must have the same.",
        code.epoch,
        words.join(" "),
        clean(&code.digits)
    );
    let later: Vec<String> = code.later.iter().map(|id| clean(state.name_of(id))).collect();
    if !later.is_empty() {
        text.push_str(&format!(" It says nothing of {}, who came later.", later.join(", ")));
    }
    text
}

/// How somebody is known and what they do beside speaking, in words; `verified` may carry a mark.
pub fn marks(peer: &Peer, verified: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |on: bool, word: &str| {
        if on {
            words.push(word.to_owned());
        }
    };
    let changed = matches!(peer.standing, Standing::Changed { .. });
    add(changed, "KEY CHANGED");
    add(peer.recording, "recording");
    add(!peer.name_marks.is_empty(), "name?");
    add(peer.frozen, "frozen");
    add(peer.verified, verified);
    add(peer.standing == Standing::Guest && !peer.verified, "unverified");
    add(matches!(peer.standing, Standing::Account { .. }) && !peer.verified, "account");
    // The group's word counts for more than the server's.
    let by_group = peer.role >= Role::Moderator;
    add(by_group, "mod");
    let by_server = peer.room_role.map(room::role_mark).filter(|mark| !mark.is_empty() && (!by_group || *mark != "mod"));
    add(by_server.is_some(), by_server.unwrap_or_default());
    words
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
    let describe = |name: &str, peer: &Peer, hand: Option<usize>| {
        let mut words = vec![if peer.muted { "microphone closed" } else { "microphone open" }.to_owned()];
        if peer.speaking {
            words.push("speaking".into());
        }
        if let Some(place) = hand {
            words.push(format!("hand raised, number {}", place + 1));
        }
        let known = match peer.verified {
            true => ["verified".to_owned(), peer.standing.words()].into_iter().filter(|w| w != "unverified").collect(),
            false => vec![peer.standing.words()],
        };
        words.push(peer.role.words().to_owned());
        words.extend(
            peer.room_role
                .filter(|r| *r != RoomRole::Unknown)
                .map(|r| if r == RoomRole::Owner { "host".into() } else { r.word().to_owned() }),
        );
        words.extend(known);
        words.push(keyed(&peer.key));
        words.push(if peer.recording { "records this call".into() } else { String::new() });
        words.push(if peer.frozen { "has stopped sending".into() } else { String::new() });
        words.extend(peer.name_marks.iter().map(|m| format!("the name {}", m.words())));
        words.retain(|w| !w.is_empty());
        format!("{}: {}.", clean(name), words.join(", "))
    };
    let hands = state.hands();
    let place = |id: Option<&PeerId>| hands.iter().position(|(_, h)| Some(h) == id);
    let others = state.peers.iter().map(|p| describe(&p.name, p, place(Some(&p.id))));
    let own = state
        .own()
        .unwrap_or_else(|| Peer { muted: state.muted, ..Peer::unnamed(PeerId(String::new()), crate::call::PeerKind::Member) });
    let you = describe(&format!("{} (you)", state.name), &own, place(state.me.as_ref()));
    let waiting = state.knocks.iter().map(|k| {
        let words = ["waits to be let in".to_owned(), k.standing.words(), keyed(&k.key)];
        let words = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>();
        let odd = odd_name(&k.name, &k.name_marks).map_or(String::new(), |odd| format!(" {odd}"));
        format!("{}: {}.{odd}", clean(&k.name), words.join(", "))
    });
    others.chain([you]).chain(waiting).collect()
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
    let processing = state.processing.map_or(String::new(), |p| format!(", {}", p.words()));
    let network = figures(&state.stats).map_or(String::new(), |f| format!(", {f}"));
    let sound = [state.quality.as_ref().map(|q| format!("sound {}", clean(&q.text))), heard_by(state)];
    let sound: String = sound.into_iter().flatten().map(|s| format!(", {s}")).collect();
    let marked = marking(state).map(|m| format!("{m}. ")).unwrap_or_default();
    format!(
        "{marked}{phase}, {microphone}{}{processing}{network}{sound}, {}{}.",
        if state.hand.is_some() { ", hand raised" } else { "" },
        state.security_words(),
        group(state)
    )
}

/// What is to be said of the group after the security words: `, epoch 4, verified, locked`.
pub fn group(state: &State) -> String {
    let mut text = state.epoch.map_or(String::new(), |e| format!(", epoch {e}"));
    for (on, word) in [
        (state.waiting, "waiting to be let in"),
        (state.verified, "verified"),
        (state.room_frozen, "everybody paused"),
        (state.locked && !state.room_frozen, "locked"),
        (state.frozen, "you stopped sending"),
        (state.recording, "you record"),
    ] {
        if on {
            text.push_str(", ");
            text.push_str(word);
        }
    }
    text
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
