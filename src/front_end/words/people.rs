//! Who is here, what is said of each, and how things are.

use super::{figures, group as protection, heard_by, list, marking, room, sound};
use crate::call::{Event, Peer, PeerId, PeerKind, Phase, Standing, State};
use crate::i18n::tr;
use crate::protocol::room::RoomRole;
use crate::text::clean;

/// `1 person`, `3 people`: ourselves included.
pub fn people(state: &State) -> String {
    tr!("people", n = state.peers.len() + 1)
}

/// How the own microphone is, in words.
pub fn microphone(state: &State) -> String {
    match state.unavailable.get("mute") {
        Some(why) => tr!("mic-unavailable", why = super::told(why)),
        None if state.muted => tr!("mic-closed"),
        None => tr!("mic-open"),
    }
}

/// How somebody is known and what they do beside speaking, in words; `verified` may carry a mark, and is nothing if that is not to
/// be said.
pub fn marks(peer: &Peer, verified: Option<&str>) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |on: bool, word: fn() -> String| {
        if on {
            words.push(word());
        }
    };
    add(matches!(peer.standing, Standing::Changed { .. }), || tr!("mark-changed"));
    add(peer.recording, || tr!("mark-recording"));
    add(!peer.name_marks.is_empty(), || tr!("mark-name"));
    add(peer.frozen, || tr!("mark-frozen"));
    words.extend(verified.filter(|_| peer.verified).map(str::to_owned));
    if !peer.verified {
        match peer.standing {
            Standing::Guest => words.push(tr!("mark-unverified")),
            Standing::Account { .. } => words.push(tr!("mark-account")),
            _ => {}
        }
    }
    words.extend(protection::roles(peer.role, peer.room_role));
    words
}

/// A change of speaker as a sentence.
pub fn speaking(event: &Event, state: &State) -> Option<String> {
    let Event::Speaking { id, on } = event else { return None };
    let name = || clean(state.name_of(id));
    Some(match (state.me.as_ref() == Some(id), on) {
        (true, true) => tr!("speaking-own-on"),
        (true, false) => tr!("speaking-own-off"),
        (false, true) => tr!("speaking-on", name = name()),
        (false, false) => tr!("speaking-off", name = name()),
    })
}

/// Whether a microphone is closed.
fn closed(muted: bool) -> String {
    if muted { tr!("who-mic-closed") } else { tr!("who-mic-open") }
}

/// Who is in the call, one line each, ourselves last.
pub fn who(state: &State) -> Vec<String> {
    let when = |on: bool, word: fn() -> String| if on { word() } else { String::new() };
    let describe = |name: &str, peer: &Peer, hand: Option<usize>| {
        let mut words = vec![closed(peer.muted), when(peer.speaking, || tr!("who-speaking"))];
        words.extend(hand.map(|place| tr!("who-hand", n = place + 1)));
        words.push(protection::role(peer.role));
        words.extend(peer.room_role.filter(|r| *r != RoomRole::Unknown).map(room::role));
        words.push(when(peer.verified, || tr!("who-verified")));
        if !(peer.verified && peer.standing == Standing::Guest) {
            words.push(protection::standing(&peer.standing));
        }
        words.push(protection::keyed(&peer.key));
        words.push(when(peer.recording, || tr!("who-records")));
        words.push(when(peer.frozen, || tr!("who-stopped")));
        words.extend(peer.name_marks.iter().map(|m| tr!("who-name", why = protection::oddity(*m))));
        format!("{}: {}.", clean(name), list(words))
    };
    let hands = state.hands();
    let place = |id: Option<&PeerId>| hands.iter().position(|(_, h)| Some(h) == id);
    let others = state.peers.iter().map(|p| describe(&p.name, p, place(Some(&p.id))));
    let own =
        state.own().unwrap_or_else(|| Peer { muted: state.muted, ..Peer::unnamed(PeerId(String::new()), PeerKind::Member) });
    let you = describe(&tr!("you", name = state.name.as_str()), &own, place(state.me.as_ref()));
    let waiting = state.knocks.iter().map(|k| {
        let words = list([tr!("who-waits"), protection::standing(&k.standing), protection::keyed(&k.key)]);
        let odd = super::odd_name(&k.name, &k.name_marks).map_or(String::new(), |odd| format!(" {odd}"));
        format!("{}: {words}.{odd}", clean(&k.name))
    });
    others.chain([you]).chain(waiting).collect()
}

/// How things are, in one sentence for each of room, microphone, network and security.
pub fn status(state: &State) -> String {
    let phase = match state.phase {
        Phase::Connecting => tr!("status-connecting"),
        Phase::Joined => tr!("status-joined", room = clean(&state.room), people = people(state)),
        Phase::Reconnecting => tr!("status-reconnecting", room = clean(&state.room)),
        Phase::Left => tr!("status-over"),
    };
    let mut parts = vec![phase, closed(state.muted || state.unavailable.contains_key("mute"))];
    parts.extend(state.hand.map(|_| tr!("status-hand")));
    parts.extend(state.processing.map(|p| sound::processing(&p)));
    parts.extend(figures(&state.stats));
    parts.extend(state.quality.as_ref().map(|q| tr!("status-sound", text = sound::words(q))));
    parts.extend(heard_by(state));
    parts.push(protection::security_words(state) + &group(state));
    let marked = marking(state).map(|m| format!("{m}. ")).unwrap_or_default();
    format!("{marked}{}.", list(parts))
}

/// What is to be said of the group after the security words: `, epoch 4, verified, locked`.
pub fn group(state: &State) -> String {
    let mut words: Vec<String> = state.epoch.map(|e| tr!("group-epoch", epoch = e)).into_iter().collect();
    let mut add = |on: bool, word: fn() -> String| {
        if on {
            words.push(word());
        }
    };
    add(state.waiting, || tr!("group-waiting"));
    add(state.verified, || tr!("group-verified"));
    add(state.room_frozen, || tr!("group-frozen"));
    add(state.locked && !state.room_frozen, || tr!("group-locked"));
    add(state.frozen, || tr!("group-stopped"));
    add(state.recording, || tr!("group-record"));
    words.into_iter().map(|word| format!(", {word}")).collect()
}
