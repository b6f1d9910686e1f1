//! Turns events and input into lines and commands; no clock and no stream of its own.

use super::INTRODUCTION;
use crate::call::{Command, Envelope, Event, Kind, Peer, PeerId, Phase, Request, State, table};
use crate::front_end::stdio::Input;
use crate::front_end::words;
use crate::i18n::{said, tr};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::time::Instant;

/// See the module.
#[derive(Debug)]
pub(crate) struct Teller {
    pub(crate) state: State,
    zone: TimeZone,
    /// Which sorts of events are told.
    spoken: BTreeSet<Kind>,
    /// Whom plain text goes to, with the name they had then; `None`: everybody.
    to: Option<(PeerId, String)>,
    /// When the first lines are due, from joining until they are told.
    introduction: Option<Instant>,
    asked: u64,
    /// The figures that come next were asked for.
    asked_figures: bool,
}

impl Teller {
    pub(crate) fn new(state: State, zone: TimeZone) -> Self {
        let spoken = Kind::ALL.into_iter().filter(|k| *k != Kind::Talking).collect();
        Self { state, zone, spoken, to: None, introduction: None, asked: 0, asked_figures: false }
    }

    /// Whom the next line of text goes to.
    pub(crate) fn prompt(&self) -> String {
        match &self.to {
            None => format!("{} ", tr!("line-to-all")),
            Some((_, name)) => format!("{} ", tr!("line-to", name = name)),
        }
    }

    /// The first lines, if the call is already under way.
    pub(crate) fn begin(&mut self, now: Instant) -> Vec<String> {
        if matches!(self.state.phase, Phase::Joined | Phase::Reconnecting) {
            self.introduction = Some(now);
            return self.introduce();
        }
        Vec::new()
    }

    pub(crate) fn due(&self) -> Option<Instant> {
        self.introduction
    }

    /// A line as it is written: where the room has a protective marking, every one bears it.
    pub(crate) fn marked(&self, line: String) -> String {
        match words::marking(&self.state) {
            Some(marking) => format!("[{marking}] {line}"),
            None => line,
        }
    }

    /// Room, people, microphone, security and the way to help.
    pub(crate) fn introduce(&mut self) -> Vec<String> {
        if self.introduction.take().is_none() {
            return Vec::new();
        }
        let s = &self.state;
        let names: Vec<String> = s.peers.iter().map(|p| crate::text::clean(&p.name)).collect();
        let people = if names.is_empty() {
            tr!("line-alone")
        } else {
            tr!("line-people", people = words::people(s), names = names.join(", "))
        };
        let closed = s.muted && !s.unavailable.contains_key("mute");
        let open = if closed { format!(" {}", tr!("line-unmute-opens")) } else { String::new() };
        let odd = |p: &Peer| words::odd_name(&p.name, &p.name_marks);
        let warnings = s.peers.iter().flat_map(|p| words::changed(&p.name, &p.standing, &p.key).into_iter().chain(odd(p)));
        let (room, name) = (crate::text::clean(&s.room), crate::text::clean(&s.name));
        [
            match s.waiting {
                true => tr!("line-before-door", room = room, name = name),
                false => tr!("line-in", room = room, name = name),
            },
            people,
            format!("{}{open}", words::microphone(s)),
            words::security(s),
            tr!("line-how"),
        ]
        .into_iter()
        .chain(words::own_role(s.role))
        .chain(words::policy_words(s.policy))
        .chain(words::room_rules(&s.rules))
        .chain(warnings)
        .collect()
    }

    pub(crate) fn event(&mut self, envelope: &Envelope, now: Instant) -> Vec<String> {
        let event = &envelope.event;
        if matches!(event, Event::Joined { .. }) {
            self.state.apply(event);
            self.introduction = Some(now + INTRODUCTION);
            return Vec::new();
        }
        let part_of_introduction = match event {
            Event::PeerJoined { before_us, .. } => *before_us,
            Event::Speaking { .. } | Event::Stats(_) | Event::Quality(_) | Event::Transport { ok: true, .. } => true,
            Event::Muted { by, .. } => by.is_none(),
            Event::PeerUpdated { .. } | Event::Waiting | Event::Policy(_) | Event::LetIn { .. } | Event::Intercepted { .. } => {
                true
            }
            Event::Rules { by: None, .. } | Event::Rights { .. } | Event::RoomRole { .. } => true,
            Event::Hands { .. } | Event::DominantSpeaker { .. } => true,
            _ => false,
        };
        if self.introduction.is_some() && part_of_introduction {
            self.state.apply(event);
            return Vec::new();
        }
        let mut told = self.introduce();
        let renamed = words::updated(event, &self.state);
        self.state.apply(event);
        if let Event::Summary(summary) = event {
            told.extend(words::summary(summary, &self.zone));
        }
        let at = words::clock(&envelope.t, &self.zone);
        let sentence = match event {
            _ if Kind::of(event, &self.state).is_some_and(|kind| !self.spoken.contains(&kind)) => None,
            Event::Speaking { .. } => words::speaking(event, &self.state),
            Event::Reply { id: Some(crate::control_socket::FIRST_GUEST_ID..), .. } => None,
            Event::Reply { id: Some(_), ok: true, data: Some(data), .. } => {
                told.extend(words::answer(data));
                None
            }
            Event::Stats(_) if std::mem::take(&mut self.asked_figures) => {
                told.extend(words::statistics(&self.state));
                None
            }
            _ => renamed.or_else(|| words::event(event, &self.state)),
        };
        told.extend(sentence.map(|s| format!("{at} {s}")));
        told
    }

    pub(crate) fn lagged(&mut self, lost: u64, state: State) -> Vec<String> {
        self.state = state;
        vec![tr!("line-lagged", n = lost, status = words::status(&self.state))]
    }

    pub(crate) fn input(&mut self, input: &Input) -> (Vec<String>, Option<Request>) {
        let line = match input {
            Input::Line(line) => line,
            Input::TooLong => return (vec![tr!("line-too-long")], None),
        };
        let action = match table::parse_input(line, &self.state) {
            None => return (Vec::new(), None),
            Some(Err(why)) => return (vec![why], None),
            Some(Ok(action)) => action,
        };
        let told = match action {
            table::Action::Send(Command::Say { text, to: None }) if !table::is_command(line) => {
                let to = self.to.as_ref().map(|(id, _)| id.clone());
                if to.as_ref().is_none_or(|to| self.state.peer(to).is_some()) {
                    return (Vec::new(), Some(Command::Say { text, to }.into()));
                }
                // Nobody else reads what was meant for one.
                let name = self.to.as_ref().map_or("", |(_, name)| name);
                vec![tr!("line-gone", name = name)]
            }
            table::Action::Send(command) => {
                // Figures are told as an event, and the answer's data is for programs.
                self.asked_figures |= command == Command::Stats;
                let asks = matches!(command, Command::Devices | Command::State | Command::Level);
                self.asked += u64::from(asks);
                return (Vec::new(), Some(Request { id: asks.then_some(self.asked), command }));
            }
            table::Action::Help(None) => table::help(&self.state),
            table::Action::Help(Some(row)) => vec![format!("{}: {}.", row.synopsis(), said(row.help))],
            table::Action::Who => words::who(&self.state),
            table::Action::Status => vec![words::status(&self.state)],
            table::Action::To(to) => {
                self.to = to.map(|id| {
                    let name = crate::text::clean(self.state.name_of(&id));
                    (id, name)
                });
                vec![match &self.to {
                    None => tr!("line-writes-to-all"),
                    Some((_, name)) => tr!("line-writes-to", name = name),
                }]
            }
            table::Action::Speak(kind, on) => {
                for kind in Kind::ALL.into_iter().filter(|k| kind.is_none_or(|kind| kind == *k)) {
                    if on {
                        self.spoken.insert(kind)
                    } else {
                        self.spoken.remove(&kind)
                    };
                }
                vec![self.spoken()]
            }
            table::Action::Spoken => vec![self.spoken()],
        };
        (told, None)
    }

    fn spoken(&self) -> String {
        let list = |told: bool| {
            let kinds = Kind::ALL.iter().filter(|k| self.spoken.contains(k) == told);
            let words: Vec<&str> = kinds.map(|k| k.word()).collect();
            if words.is_empty() { tr!("line-nothing") } else { words.join(", ") }
        };
        tr!("line-told", told = list(true), not = list(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_end::fake::{self, id, joined, peer};

    #[test]
    fn speakers_are_told_only_when_asked_for() {
        let mut t = Teller::new(State::new("Me"), TimeZone::UTC);
        let now = Instant::now();
        let tell = |t: &mut Teller, e: Event| t.event(&fake::envelope(1, e), now);
        tell(&mut t, joined("board"));
        assert_eq!(t.introduce().len(), 5);
        tell(&mut t, Event::PeerJoined { peer: peer("a", "Ana"), before_us: false });
        assert!(tell(&mut t, Event::Speaking { id: id("a"), on: true }).is_empty());
        assert!(
            t.input(&Input::Line("/talking on".into())).0[0]
                .ends_with("Not told: nothing. What touches you or security is always told.")
        );
        assert_eq!(tell(&mut t, Event::Speaking { id: id("a"), on: false }), ["10:02 Ana is silent."]);
        assert_eq!(t.input(&Input::Line("/who".into())).0, ["Ana: microphone closed.", "Me (you): microphone closed."]);
        assert_eq!(
            t.input(&Input::Line("/status".into())).0,
            ["In board with 2 people, microphone closed, transport encryption only, not end-to-end encrypted."]
        );
        assert!(t.input(&Input::Line("/help".into())).0.iter().any(|l| l.starts_with("/mute [on|off|toggle]")));
        assert_eq!(t.input(&Input::Line("/help hand".into())).0, ["/hand [up|down]: raise or lower your hand."]);
    }

    #[test]
    fn kinds_of_events_can_be_left_untold_and_what_touches_us_is_told() {
        let mut t = Teller::new(State::new("Me"), TimeZone::UTC);
        let now = Instant::now();
        let tell = |t: &mut Teller, e: Event| t.event(&fake::envelope(1, e), now);
        tell(&mut t, joined("board"));
        t.introduce();
        let say = |t: &mut Teller, line: &str| t.input(&Input::Line(line.into())).0.concat();
        assert!(say(&mut t, "/speak off join").contains("Not told: join, talking."));
        assert!(tell(&mut t, Event::PeerJoined { peer: peer("a", "Ana"), before_us: false }).is_empty());
        assert_eq!(tell(&mut t, Event::Hand { id: id("a"), on: true, since: None }), ["10:02 Ana raised a hand."]);
        say(&mut t, "/speak off all");
        assert!(tell(&mut t, Event::Hand { id: id("a"), on: false, since: None }).is_empty());
        let muted = Event::Muted { id: id("me"), on: true, by: Some(id("a")) };
        assert_eq!(tell(&mut t, muted), ["10:02 Ana closed your microphone."]);
        assert!(say(&mut t, "/speak off noise").contains("\"noise\" is not one of join, leave"));
    }

    #[test]
    fn text_goes_to_the_one_whom_the_prompt_names_and_never_to_all_because_they_left() {
        let mut t = Teller::new(State::new("Me"), TimeZone::UTC);
        let now = Instant::now();
        let tell = |t: &mut Teller, e: Event| t.event(&fake::envelope(1, e), now);
        tell(&mut t, joined("board"));
        tell(&mut t, Event::PeerJoined { peer: peer("a", "Ana\u{1b}"), before_us: true });
        t.introduce();
        let sends = |t: &mut Teller, line: &str| t.input(&Input::Line(line.into())).1.map(|r| r.command);
        let to = |to: Option<&str>| Some(Command::Say { text: "x".into(), to: to.map(id) });
        assert_eq!((t.prompt(), sends(&mut t, "x")), ("to all> ".into(), to(None)));
        sends(&mut t, "/to ana");
        assert_eq!((t.prompt(), sends(&mut t, "x")), ("to Ana> ".into(), to(Some("a"))));
        assert_eq!(sends(&mut t, "/say x"), to(None), "to everybody, as it says");
        tell(&mut t, Event::PeerLeft { id: id("a"), name: "Ana".into() });
        let (told, sent) = t.input(&Input::Line("x".into()));
        assert_eq!((told.concat().as_str(), sent), ("Ana is not here, and nothing was sent. /to all writes to everybody.", None));
        sends(&mut t, "/to all");
        assert_eq!(sends(&mut t, "x"), to(None));
    }
}
