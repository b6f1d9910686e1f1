//! The steps of a lesson.

use super::lesson::{Act, Seen, Step, Who, own_words};
use crate::call::{Event, Peer};
use std::borrow::Cow::Borrowed;
use {Act::*, Who::*};

/// What most steps need not say.
const PLAIN: Step = Step {
    did: "",
    what: "",
    row: "",
    words: "",
    screen: "",
    hint: "",
    first: &[],
    done: |_| false,
    then: &[],
    wrong: None,
    passed: &[],
};

/// All of them. The last one ends with the call.
pub(super) static STEPS: &[Step] = &[
    Step {
        did: "opened your microphone",
        what: "Your microphone is closed. Open it, and say good morning.",
        row: "unmute",
        hint: "Nobody hears you yet.",
        done: |seen| !seen.state.muted,
        then: &[Say(Ana, Borrowed("Good morning! Your microphone is open; now you hear me.")), Speak(Ana, true)],
        ..PLAIN
    },
    Step {
        did: "closed it",
        what: "Close your microphone; it is closed before the next packet leaves.",
        row: "mute",
        hint: "Your microphone is still open.",
        done: |seen| seen.state.muted,
        then: &[Speak(Ana, false), Say(Ben, Borrowed("Now nobody hears you."))],
        ..PLAIN
    },
    Step {
        did: "raised your hand",
        what: "Raise your hand, to speak when it is your turn.",
        row: "hand",
        words: "up",
        hint: "Your hand is down.",
        first: &[Hand(Ben, true)],
        done: |seen| seen.state.hand.is_some(),
        then: &[Say(Ana, Borrowed("Ben first, then you.")), Hand(Ben, false)],
        ..PLAIN
    },
    Step {
        did: "lowered it",
        what: "Lower your hand again.",
        row: "hand",
        words: "down",
        hint: "Your hand is still up.",
        done: |seen| seen.state.hand.is_none(),
        ..PLAIN
    },
    Step {
        did: "wrote to everybody",
        what: "Write something to everybody.",
        row: "say",
        words: "hello",
        hint: "Everybody reads it, and the server does not.",
        done: |seen| own_words(seen).is_some() && !is_private_to(seen, None),
        then: &[Say(Ben, Borrowed("Hello! I read you."))],
        ..PLAIN
    },
    Step {
        did: "wrote to one person alone",
        what: "Write something to Ana alone.",
        row: "msg",
        words: "Ana hello",
        hint: "Only Ana shall read it.",
        done: |seen| own_words(seen).is_some() && is_private_to(seen, Some(Ana)),
        then: &[Tell(Ana, "Thank you. Only you read this.")],
        ..PLAIN
    },
    Step {
        did: "found a command in the help",
        what: "Every key and command is in the help. Look there how to send a reaction, and send one.",
        row: "help",
        hint: "The command is react, and a word or an emoji behind it: react thanks. The help is here.",
        done: |seen| matches!(seen.event, Some(Event::Reaction { from, .. }) if Some(from) == seen.state.me.as_ref()),
        then: &[Say(Ana, Borrowed("Thank you!"))],
        ..PLAIN
    },
    Step {
        did: "let somebody in",
        what: "Mere is expected, and waits to be let in. Let her in.",
        row: "admit",
        words: "Mere",
        screen: "",
        hint: "Mere waits: the list of people shows her.",
        first: &[Knock(Mere)],
        done: |seen| is_here(seen, Mere),
        then: &[Say(Mere, Borrowed("Thank you for letting me in."))],
        wrong: Some((
            |seen| seen.ended == Some(Mere),
            &[Say(Tutor, Borrowed("You did not let Mere in. She asks once more.")), Knock(Mere)],
        )),
        passed: &[Go(Mere)],
    },
    Step {
        did: "kept somebody out",
        what: "Rex waits too, and nobody knows him. Do not let him in.",
        row: "deny",
        words: "Rex",
        screen: "",
        hint: "Rex waits.",
        first: &[Knock(Rex)],
        done: |seen| seen.ended == Some(Rex),
        then: &[Say(Ben, Borrowed("Good. Who is not expected stays out."))],
        wrong: Some((
            |seen| matches!(seen.event, Some(Event::PeerJoined { peer, .. }) if is(peer, Rex)),
            &[Say(Tutor, Borrowed("You let Rex in. He goes, and asks once more.")), Go(Rex), Knock(Rex)],
        )),
        passed: &[Go(Rex)],
    },
    Step {
        did: "looked at the safety code",
        what: "Whoever sits in between has another code than you. Show the safety code to everybody.",
        row: "safety",
        screen: "Esc closes it again.",
        hint: "The code is not shown yet.",
        done: |seen| matches!(seen.event, Some(Event::Safety(_))),
        ..PLAIN
    },
    Step {
        did: "compared it",
        what: "I write which words I see; in a real meeting people read them aloud, and you know their voices. \
               If mine are yours, say so.",
        row: "verify",
        screen: "Esc shows the chat again.",
        hint: "Compare the words that I see with those that you see.",
        done: |seen| seen.state.verified,
        then: &[Say(Ana, Borrowed("The same words here. Nobody sits in between."))],
        ..PLAIN
    },
    Step {
        did: "made one voice softer",
        what: "Ana speaks. Make her softer, for you alone.",
        row: "volume",
        words: "Ana 50",
        hint: "100 is as she speaks.",
        first: &[Speak(Ana, true)],
        done: |seen| volume(seen, Ana) < 100,
        ..PLAIN
    },
    Step {
        did: "hushed it",
        what: "Now do not hear Ana at all; the others still do.",
        row: "hush",
        words: "Ana",
        hint: "The same once more would let you hear her again.",
        done: |seen| volume(seen, Ana) == 0,
        then: &[Speak(Ana, false)],
        passed: &[Speak(Ana, false)],
        ..PLAIN
    },
    Step {
        did: "removed somebody",
        what: "Ben does not stop talking. Remove him for good, and the others get new keys.",
        row: "kick",
        words: "Ben",
        hint: "You may: you are a moderator here.",
        first: &[Speak(Ben, true)],
        done: |seen| seen.ended == Some(Ben),
        then: &[Say(Ana, Borrowed("Quiet at last. Thank you!"))],
        passed: &[Speak(Ben, false)],
        ..PLAIN
    },
    Step {
        did: "left",
        what: "That is all. Leave the call.",
        row: "leave",
        hint: "You can stay and try more; nothing here does any harm.",
        ..PLAIN
    },
];

fn is(peer: &Peer, who: Who) -> bool {
    // Somebody who comes back may have a number behind the name.
    peer.name.split_whitespace().next() == Some(who.name())
}

fn is_here(seen: &Seen<'_>, who: Who) -> bool {
    seen.state.peers.iter().any(|peer| is(peer, who))
}

/// As played here; as sent if they are not there.
fn volume(seen: &Seen<'_>, who: Who) -> u16 {
    seen.state.peers.iter().find(|peer| is(peer, who)).map_or(100, |peer| peer.volume)
}

/// Whether a message is for one person alone; `None`: for anybody.
fn is_private_to(seen: &Seen<'_>, who: Option<Who>) -> bool {
    let Some(Event::Chat(line)) = seen.event else { return false };
    let to = line.to.as_ref().and_then(|id| seen.state.peer(id));
    line.to.is_some() && who.is_none_or(|who| to.is_some_and(|peer| is(peer, who)))
}
