//! The lesson without a call.

use super::lesson::{Act, Lesson, Seen, Way, Who};
use super::steps::STEPS;
use crate::call::{Event, Peer, PeerId, PeerKind, Role, Standing, State, table};
use serde_json::{from_value, json};
use std::time::{Duration, Instant};

fn id(s: &str) -> PeerId {
    PeerId(s.into())
}

fn peer(name: &str, volume: u16) -> Peer {
    Peer { name: name.into(), volume, ..Peer::unnamed(id(&name.to_lowercase()), PeerKind::Member) }
}

/// What happens, and then whether somebody of the cast was sent away.
enum Happens {
    Event(Box<Event>),
    Ended(Who),
}

fn event(value: serde_json::Value) -> Happens {
    Happens::Event(Box::new(from_value(value).unwrap()))
}

fn chat(text: &str, to: Option<&str>) -> Happens {
    let line = json!({ "event": "chat", "id": 1, "from": "you", "name": "You", "text": text, "at": "", "to": to });
    event(line)
}

fn joins(name: &str) -> Happens {
    Happens::Event(Box::new(Event::PeerJoined { peer: peer(name, 100), before_us: false }))
}

fn volume(name: &str, percent: u16) -> Happens {
    Happens::Event(Box::new(Event::PeerUpdated { peer: peer(name, percent) }))
}

/// What does each step, in order, but for leaving.
fn everything() -> Vec<Happens> {
    let code = json!({ "event": "safety", "generation": 1, "epoch": 2, "words": ["one"], "digits": "1", "by": "you",
        "people": [], "later": [], "seconds": 60 });
    vec![
        event(json!({ "event": "muted", "id": "you", "on": false })),
        event(json!({ "event": "muted", "id": "you", "on": true })),
        event(json!({ "event": "hand", "id": "you", "on": true, "since": 1 })),
        event(json!({ "event": "hand", "id": "you", "on": false })),
        chat("hello", None),
        chat("hello", Some("ana")),
        event(json!({ "event": "reaction", "from": "you", "text": "ok" })),
        joins("Mere"),
        Happens::Ended(Who::Rex),
        event(code),
        event(json!({ "event": "verified", "on": true })),
        volume("Ana", 50),
        volume("Ana", 0),
        Happens::Ended(Who::Ben),
    ]
}

struct Learner {
    lesson: Lesson,
    state: State,
    now: Instant,
}

impl Learner {
    fn new(way: Way) -> (Self, Vec<Act>) {
        let peers = ["Tutor", "Ana", "Ben"].map(|name| peer(name, 100)).into();
        let state = State { me: Some(id("you")), role: Role::Moderator, peers, ..State::new("You") };
        let now = Instant::now();
        let (lesson, acts) = Lesson::begin(way, &state, now);
        (Self { lesson, state, now }, acts)
    }

    fn after(&mut self, happens: Happens) -> Vec<Act> {
        let (event, ended) = match happens {
            Happens::Event(event) => (Some(*event), None),
            Happens::Ended(who) => (None, Some(who)),
        };
        event.iter().for_each(|event| self.state.apply(event));
        self.lesson.see(&Seen { event: event.as_ref(), ended, state: &self.state }, self.now)
    }

    fn wait(&mut self, seconds: u64) -> Vec<Act> {
        self.now += Duration::from_secs(seconds);
        self.lesson.tick(self.now)
    }
}

/// What the Tutor says.
fn said(acts: &[Act]) -> String {
    let tutor = |act: &Act| match act {
        Act::Say(Who::Tutor, text) => Some(text.to_string()),
        _ => None,
    };
    acts.iter().filter_map(tutor).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_step_is_told_by_the_command_table_and_its_command_is_right() {
    let mut state = State { peers: ["Ana", "Ben"].map(|name| peer(name, 100)).into(), ..State::new("You") };
    for name in ["Mere", "Rex"] {
        let (name, standing) = (Some(name.to_owned()), Standing::Unknown);
        state.apply(&Event::Knock { id: id(name.as_deref().unwrap()), name, name_marks: vec![], standing, key: String::new() });
    }
    for step in STEPS {
        let line = format!("{} {}", step.row, step.words);
        assert!(table::parse(&line, &state).is_ok(), "{line}: {:?}", table::parse(&line, &state));
        assert!(step.what.ends_with('.') && step.hint.ends_with('.') && !step.did.is_empty(), "{}", step.what);
    }
}

#[test]
fn a_whole_lesson_goes_from_step_to_step() {
    for (way, first) in [(Way::Line, "Type: /unmute"), (Way::Screen, "Keys: Space, F2. Or press : and type: unmute")] {
        let (mut learner, acts) = Learner::new(way);
        assert!(said(&acts).contains("1 of 15: ") && said(&acts).ends_with(first), "{acts:?}");
        for (at, happens) in everything().into_iter().enumerate() {
            let acts = learner.after(happens);
            assert!(said(&acts).contains(&format!("{} of {}: ", at + 2, STEPS.len())), "{}: {acts:?}", STEPS[at].did);
            assert_eq!(acts[..STEPS[at].then.len()], *STEPS[at].then);
        }
        let summary = learner.lesson.summary(true);
        assert!(summary.starts_with("You did all 15 things: ") && !summary.contains("Passed over"), "{summary}");
    }
}

#[test]
fn who_does_nothing_or_something_else_gets_a_hint_once() {
    let (mut learner, _) = Learner::new(Way::Line);
    assert_eq!(learner.wait(39), []);
    let hint = said(&learner.wait(2));
    assert!(hint.starts_with("Nobody hears you yet. Type: /unmute - or write: skip"), "{hint}");
    assert_eq!((learner.wait(1000), learner.lesson.due()), (vec![], None));
    assert_eq!(learner.after(chat("what?", None)), []);
    learner.after(event(json!({ "event": "muted", "id": "you", "on": false })));
    let hint = said(&learner.after(chat("like this?", None)));
    assert!(hint.contains("still open"), "{hint}");
    assert_eq!(learner.after(chat("hm", None)), []);
    let again = said(&learner.after(chat(" Again ", None)));
    assert!(again.starts_with("2 of 15: "), "{again}");
    // What others do is no answer.
    assert_eq!(learner.after(event(json!({ "event": "hand", "id": "ana", "on": true, "since": 1 }))), []);
}

#[test]
fn every_step_can_be_passed_over_and_the_end_says_so() {
    let (mut learner, _) = Learner::new(Way::Line);
    // What is the case already need not be done: the microphone is closed, the hand is down.
    let acts: Vec<Act> = (0..STEPS.len()).flat_map(|_| learner.after(chat("skip", None))).collect();
    for act in STEPS.iter().flat_map(|step| step.passed) {
        assert!(acts.contains(act), "{act:?}");
    }
    assert!(said(&acts).contains("15 of 15: That is all."), "{acts:?}");
    let summary = learner.lesson.summary(true);
    assert!(
        summary.contains("You did 3 of 15 things: closed it, ") && summary.contains("Passed over: opened your microphone, "),
        "{summary}"
    );
    let (learner, _) = Learner::new(Way::Line);
    assert!(learner.lesson.summary(false).starts_with("You did none of it yet"));
}

#[test]
fn what_went_wrong_at_the_door_is_tried_again() {
    let (mut learner, _) = Learner::new(Way::Line);
    let mut everything = everything().into_iter();
    for happens in everything.by_ref().take(7) {
        learner.after(happens);
    }
    let acts = learner.after(Happens::Ended(Who::Mere));
    assert_eq!((acts.len(), &acts[1]), (2, &Act::Knock(Who::Mere)));
    learner.after(joins("Mere 2"));
    let acts = learner.after(joins("Rex"));
    assert_eq!(acts[1..], [Act::Go(Who::Rex), Act::Knock(Who::Rex)]);
    let acts = learner.after(Happens::Ended(Who::Ana));
    assert_eq!(acts[1..], [Act::Knock(Who::Ana)]);
    assert!(said(&learner.after(Happens::Ended(Who::Rex))).starts_with("10 of 15: "));
}
