//! What a tester expects of a call, and when to leave it: `--expect 'chat who=Ana within=5s'`, `--leave-when empty`.
//!
//! No clock of its own. A condition is about the events that everybody sees, so it holds in every front end. Times count from the
//! moment the call was begun (`connecting`); what has no time must happen before the call ends.

use super::engine::Outcome;
use super::trust::Role;
use super::{Event, LeaveReason, State};
use crate::exit::Exit;
use crate::junit;
use crate::protocol::room::RoomRole;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// An event, as one writes it down: `EVENT [who=NAME] [FIELD=VALUE …] [within=TIME]`. A value with spaces stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As it was written.
    text: String,
    event: String,
    who: Option<String>,
    fields: Vec<(String, String)>,
    within: Option<Duration>,
}

impl std::str::FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = words(text)?.into_iter();
        let event = words.next().ok_or("name an event: peer_joined who=Ana within=5s")?;
        let known = known();
        let Some((_, known)) = known.iter().find(|(name, _)| *name == event) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
            return Err(format!("there is no event \"{event}\"; there are {}", names.join(", ")));
        };
        let mut pattern = Self { text: text.trim().to_owned(), event, who: None, fields: Vec::new(), within: None };
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(|| format!("\"{word}\" is not FIELD=VALUE"))?;
            match key {
                "within" => pattern.within = Some(crate::cli::join::duration(value)?),
                "who" => pattern.who = Some(value.to_owned()),
                field if known.iter().any(|k| k == field) => pattern.fields.push((field.to_owned(), value.to_owned())),
                _ => {
                    let has = known.join(", ");
                    return Err(format!("\"{}\" has no field \"{key}\"; it has who, within, {has}", pattern.event));
                }
            }
        }
        Ok(pattern)
    }
}

/// The words of a pattern; quotes hold one together.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    if quoted { Err(format!("a quote is missing in: {text}")) } else { Ok(words) }
}

/// The events that there are and their fields, from the schema that is written for others.
fn known() -> Vec<(String, Vec<String>)> {
    let schema = schemars::schema_for!(Event);
    let schema = schema.as_value();
    let keys = |of: &Value| -> Vec<String> {
        let properties = of["properties"].as_object().into_iter().flatten();
        properties.map(|(key, _)| key.clone()).filter(|key| key != "event").collect()
    };
    let one = |variant: &Value| {
        let name = variant["properties"]["event"]["const"].as_str()?.to_owned();
        let mut fields = keys(variant);
        if let Some(inner) = variant["$ref"].as_str().and_then(|r| schema.pointer(r.trim_start_matches('#'))) {
            fields.extend(keys(inner));
        }
        Some((name, fields))
    };
    schema["oneOf"].as_array().into_iter().flatten().filter_map(one).collect()
}

impl Pattern {
    /// Whether an event is meant; `state` is the state after it.
    fn fits(&self, event: &Value, state: &State) -> bool {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        event["event"] == self.event.as_str()
            && self.who.as_ref().is_none_or(|who| subject(event, state).as_ref() == Some(who))
            && self.fields.iter().all(|(field, value)| event.get(field).is_some_and(|is| text(is) == *value))
    }
}

/// Whom an event is about, by name.
fn subject(event: &Value, state: &State) -> Option<String> {
    let said = event["name"].as_str().or(event["peer"]["name"].as_str());
    let of = |id: &Value| Some(state.name_of(&super::PeerId(id.as_str()?.to_owned())).to_owned());
    said.map(str::to_owned).or_else(|| ["id", "from", "by"].iter().find_map(|key| of(&event[*key])))
}

/// When to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaveWhen {
    /// The last of the others has left.
    Empty,
    /// The last owner, moderator or creator of the room among them has.
    HostLeaves,
    /// Something happens.
    Happens(Pattern),
}

impl std::str::FromStr for LeaveWhen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "empty" => Ok(Self::Empty),
            "host-leaves" => Ok(Self::HostLeaves),
            other => match other.parse::<Pattern>()? {
                Pattern { within: Some(_), .. } => {
                    Err("within=TIME belongs to --expect; --duration ends a call after a time".into())
                }
                pattern => Ok(Self::Happens(pattern)),
            },
        }
    }
}

/// All of a call.
#[derive(Debug)]
pub struct Conditions {
    expected: Vec<(Pattern, Option<Duration>)>,
    leave: Vec<LeaveWhen>,
    began: Instant,
    had_others: bool,
    had_host: bool,
    /// One was missed, and the call is being ended for it.
    missed: bool,
}

impl Conditions {
    /// Those, from now on.
    pub fn new(expected: Vec<Pattern>, leave: Vec<LeaveWhen>, now: Instant) -> Self {
        let expected = expected.into_iter().map(|p| (p, None)).collect();
        Self { expected, leave, began: now, had_others: false, had_host: false, missed: false }
    }

    /// Takes an event; `state` is the state after it. How the call ends, if it must.
    pub(crate) fn event(&mut self, now: Instant, event: &Event, state: &State) -> Option<Outcome> {
        if self.expected.is_empty() && self.leave.is_empty() {
            return None;
        }
        let value = serde_json::to_value(event).unwrap_or_default();
        let after = now.saturating_duration_since(self.began);
        for (pattern, met) in self.expected.iter_mut().filter(|(_, met)| met.is_none()) {
            if pattern.within.is_none_or(|within| after <= within) && pattern.fits(&value, state) {
                *met = Some(after);
            }
        }
        let host =
            |p: &super::Peer| p.role >= Role::Moderator || matches!(p.room_role, Some(RoomRole::Owner | RoomRole::Moderator));
        let (others, hosts) = (!state.peers.is_empty(), state.peers.iter().any(host));
        let (emptied, lost_host) = (self.had_others && !others, self.had_host && !hosts);
        (self.had_others, self.had_host) = (self.had_others || others, self.had_host || hosts);
        let why = self.leave.iter().find_map(|when| match when {
            LeaveWhen::Empty => emptied.then(|| "Everybody else has left.".to_owned()),
            LeaveWhen::HostLeaves => lost_host.then(|| "The host has left.".to_owned()),
            LeaveWhen::Happens(pattern) => pattern.fits(&value, state).then(|| format!("It happened: {}.", pattern.text)),
        })?;
        Some(Outcome { reason: LeaveReason::Condition, exit: Exit::Ok, text: why })
    }

    /// When the next expectation is over.
    pub(crate) fn due(&self) -> Option<Instant> {
        let open = self.expected.iter().filter(|(_, met)| met.is_none() && !self.missed);
        open.filter_map(|(pattern, _)| Some(self.began + pattern.within?)).min()
    }

    /// What was not met in time ends the call.
    pub(crate) fn overdue(&mut self, now: Instant) -> Option<Outcome> {
        let began = self.began;
        let late = |(p, met): &&(Pattern, Option<Duration>)| met.is_none() && p.within.is_some_and(|w| began + w <= now);
        let text = missing(self.expected.iter().find(late).map(|(p, _)| p)?);
        self.missed = true;
        Some(Outcome { reason: LeaveReason::Condition, exit: Exit::Missed, text })
    }

    /// The last word: what was expected and did not come makes a call that ended well one that did not.
    pub(crate) fn judge(&mut self, outcome: &mut Outcome) {
        if outcome.exit == Exit::Ok
            && let Some((pattern, _)) = self.expected.iter().find(|(_, met)| met.is_none())
        {
            outcome.exit = Exit::Missed;
            outcome.text = format!("{} {}", outcome.text, missing(pattern));
        }
    }

    /// As tests: the call itself, and what was expected.
    pub fn junit(&self, outcome: &Outcome, seconds: f64) -> String {
        let ended = match outcome.exit {
            Exit::Ok | Exit::Missed => junit::Result::Passed,
            _ => junit::Result::Failed(outcome.text.clone()),
        };
        let call = junit::Case { name: "the call ends as it should".into(), result: ended, seconds: Some(seconds) };
        let expected = self.expected.iter().map(|(pattern, met)| junit::Case {
            name: pattern.text.clone(),
            result: match met {
                Some(_) => junit::Result::Passed,
                // Its time was not over when another one ended the call.
                None if self.missed && pattern.within.is_none_or(|w| w.as_secs_f64() > seconds) => junit::Result::Skipped,
                None => junit::Result::Failed(missing(pattern)),
            },
            seconds: met.map(|met| met.as_secs_f64()),
        });
        let cases: Vec<junit::Case> = std::iter::once(call).chain(expected).collect();
        junit::document("conclave join", &cases, seconds, std::slice::from_ref(&outcome.text))
    }
}

fn missing(pattern: &Pattern) -> String {
    format!("Expected, and it did not come: {}.", pattern.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_end::fake::{id, joined, left, peer};

    struct Call {
        conditions: Conditions,
        state: State,
        began: Instant,
    }

    fn call(expected: &[&str], leave: &[&str]) -> Call {
        let began = Instant::now();
        let expected = expected.iter().map(|p| p.parse().unwrap()).collect();
        let leave = leave.iter().map(|p| p.parse().unwrap()).collect();
        Call { conditions: Conditions::new(expected, leave, began), state: State::new("Me"), began }
    }

    impl Call {
        fn at(&mut self, seconds: u64, event: Event) -> Option<Outcome> {
            self.state.apply(&event);
            self.conditions.event(self.began + Duration::from_secs(seconds), &event, &self.state)
        }

        fn exit(&mut self) -> (Exit, String) {
            let mut outcome = Outcome::left();
            self.conditions.judge(&mut outcome);
            (outcome.exit, outcome.text)
        }
    }

    fn chat(from: &str, text: &str) -> Event {
        let (from, text, at) = (id(from), text.to_owned(), String::new());
        Event::Chat(crate::call::chat::ChatLine { id: 1, name: "Ana Ngata".into(), from, to: None, text, at })
    }

    #[test]
    fn what_comes_in_time_is_met_and_what_does_not_is_named_with_code_83() {
        let expected = ["peer_joined who=\"Ana Ngata\" within=5s", "muted who=\"Ana Ngata\" on=false", "chat text=\"kia ora\""];
        let mut c = call(&expected, &[]);
        c.at(0, joined("board"));
        assert_eq!(c.conditions.due(), Some(c.began + Duration::from_secs(5)));
        c.at(4, Event::PeerJoined { peer: peer("a", "Ana Ngata"), before_us: false });
        assert_eq!((c.conditions.due(), c.conditions.overdue(c.began + Duration::from_secs(60))), (None, None));
        c.at(5, Event::Muted { id: id("a"), on: true, by: None });
        c.at(5, chat("a", "kia ora!"));
        let (exit, text) = c.exit();
        assert_eq!(exit, Exit::Missed);
        assert_eq!(text, "You left the call. Expected, and it did not come: muted who=\"Ana Ngata\" on=false.");
        c.at(6, Event::Muted { id: id("a"), on: false, by: None });
        c.at(6, chat("a", "kia ora"));
        assert_eq!(c.exit().0, Exit::Ok);
        let xml = c.conditions.junit(&Outcome::left(), 7.0);
        assert!(xml.contains("tests=\"4\" failures=\"0\"") && xml.contains("time=\"4.000\""), "{xml}");
    }

    #[test]
    fn what_comes_too_late_has_not_come_and_ends_the_call_at_its_time() {
        let mut c = call(&["let_in within=5s", "chat within=9s"], &[]);
        assert_eq!(c.conditions.overdue(c.began + Duration::from_secs(4)), None);
        let outcome = c.conditions.overdue(c.began + Duration::from_secs(5)).unwrap();
        assert_eq!((outcome.reason, outcome.exit), (LeaveReason::Condition, Exit::Missed));
        assert_eq!(outcome.text, "Expected, and it did not come: let_in within=5s.");
        c.at(6, Event::LetIn { founded: true, role: Role::Creator, key: "k".into(), epoch: 0 });
        assert_eq!((c.exit().0, c.conditions.due()), (Exit::Missed, None), "it is being ended already");
        let xml = c.conditions.junit(&outcome, 5.0);
        assert!(xml.contains("failures=\"1\" errors=\"0\" skipped=\"1\""), "{xml}");
    }

    #[test]
    fn a_call_is_left_when_it_is_empty_without_its_host_or_when_something_happens() {
        let host = || crate::call::Peer { room_role: Some(RoomRole::Owner), ..peer("h", "Host") };
        let gone = |who: &str| Event::PeerLeft { id: id(who), name: String::new() };
        let mut c = call(&[], &["empty"]);
        assert_eq!(c.at(0, joined("board")), None, "empty from the beginning is not left");
        c.at(1, Event::PeerJoined { peer: host(), before_us: true });
        assert_eq!(c.at(2, gone("h")).unwrap().exit, Exit::Ok);
        let mut c = call(&[], &["host-leaves", "chat text=stop"]);
        c.at(1, Event::PeerJoined { peer: peer("a", "Ana"), before_us: true });
        c.at(1, Event::PeerJoined { peer: host(), before_us: true });
        assert_eq!(c.at(1, gone("a")), None);
        assert_eq!(c.at(2, gone("h")).unwrap().text, "The host has left.");
        assert_eq!(c.at(3, chat("a", "go on")).map(|o| o.text), Some("The host has left.".into()));
        let mut c = call(&[], &["chat text=stop"]);
        assert_eq!(c.at(3, chat("a", "stop")).unwrap().text, "It happened: chat text=stop.");
    }

    #[test]
    fn a_wrong_pattern_is_refused_and_says_what_there_is() {
        let wrong = |s: &str| s.parse::<Pattern>().unwrap_err();
        assert!(wrong("peer_joind").contains("peer_joined"), "{}", wrong("peer_joind"));
        assert!(wrong("chat form=Ana").contains("it has who, within, "), "{}", wrong("chat form=Ana"));
        assert!(wrong("chat form=Ana").contains("text"));
        assert!(wrong("chat text=\"a").contains("quote"));
        assert!(wrong("left within=soon").contains("time"));
        assert!("chat within=5s".parse::<LeaveWhen>().is_err());
        let every = known();
        assert!(every.len() > 40 && every.iter().any(|(n, f)| n == "stats" && f.contains(&"rtt_ms".into())), "{every:?}");
        assert_eq!(call(&["left reason=left"], &[]).at(1, left()), None);
    }
}
