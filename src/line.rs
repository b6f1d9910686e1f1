//! The front end for screen readers, dumb terminals and pipes: lines are added and never changed, no escape sequence
//! is ever written, and each event is told once as one sentence with its time.
//!
//! Input is lines too: `/command` from [`table`], anything else is chat to everybody; `//text` sends text that begins
//! with a slash. A mistyped command is never sent as chat.

use crate::call::{Command, Envelope, Event, Handle, Peer, Phase, Request, State, table};
use crate::front_end::stdio::{Input, Output, lines};
use crate::front_end::{Ended, LEAVE_LIMIT, gone, over, put, words};
use jiff::tz::TimeZone;
use std::io::{IsTerminal, Read, Write};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;

/// How long the first lines wait for the people who are already in the room, so that they can be counted.
const INTRODUCTION: Duration = Duration::from_millis(300);

/// What line mode needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The zone of the times shown.
    pub zone: TimeZone,
    /// The end of the input means that the user left: it is a terminal.
    pub leave_at_end: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { zone: TimeZone::system(), leave_at_end: std::io::stdin().is_terminal() }
    }
}

/// Runs on standard input and output until the call is over.
pub async fn run(handle: Handle, options: Options) -> Ended {
    run_on(handle, options, std::io::stdin(), std::io::stdout()).await
}

/// The same on any pair of streams.
pub async fn run_on(
    handle: Handle,
    options: Options,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Ended {
    let (state, mut events) = handle.attach();
    let over = over(&state);
    let mut input = Some(lines(input));
    let output = Output::new(output);
    let mut teller = Teller::new(state, options.zone);
    let mut pending = teller.begin(Instant::now());
    let mut leaving: Option<tokio::time::Instant> = None;
    if let Some((code, text)) = over {
        let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(words::sentence(&text))).await;
        output.finish(LEAVE_LIMIT).await;
        return Ended::Left { code };
    }
    loop {
        for line in pending.drain(..) {
            if let Err(ended) = put(&handle, &output, teller.marked(line)).await {
                return ended;
            }
        }
        let next = async {
            match input.as_mut() {
                Some(i) => i.recv().await,
                None => std::future::pending().await,
            }
        };
        let introduction = teller.due();
        let due = async {
            match introduction {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let limit = async {
            match leaving {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            event = events.recv() => match event {
                Ok(envelope) => {
                    pending = teller.event(&envelope, Instant::now());
                    if let Event::Left { code, .. } = envelope.event {
                        for line in pending {
                            let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(teller.marked(line))).await;
                        }
                        output.finish(LEAVE_LIMIT).await;
                        return Ended::Left { code };
                    }
                }
                Err(RecvError::Lagged(n)) => pending = teller.lagged(n, handle.state()),
                Err(RecvError::Closed) => {
                    output.finish(LEAVE_LIMIT).await;
                    return Ended::Abandoned;
                }
            },
            line = next => match line {
                Some(line) => {
                    let (told, request) = teller.input(&line);
                    pending = told;
                    if let Some(request) = request {
                        let leaves = request.command == Command::Leave;
                        if !handle.send(request) {
                            pending.push("Too much at once; please say that again.".into());
                        } else if leaves {
                            leaving = Some(tokio::time::Instant::now() + LEAVE_LIMIT);
                        }
                    }
                }
                None => {
                    input = None;
                    if options.leave_at_end {
                        handle.send(Command::Leave);
                        leaving = Some(tokio::time::Instant::now() + LEAVE_LIMIT);
                    }
                }
            },
            () = due => pending = teller.introduce(),
            () = limit => return Ended::Abandoned,
            () = output.gone() => return gone(&handle),
        }
    }
}

/// Turns events and input into lines and commands; no clock and no stream of its own.
#[derive(Debug)]
pub(crate) struct Teller {
    state: State,
    zone: TimeZone,
    talking: bool,
    /// When the first lines are due, from joining until they are told.
    introduction: Option<Instant>,
    asked: u64,
    /// The figures that come next were asked for.
    asked_figures: bool,
}

impl Teller {
    pub(crate) fn new(state: State, zone: TimeZone) -> Self {
        Self { state, zone, talking: false, introduction: None, asked: 0, asked_figures: false }
    }

    /// The first lines, if the call is already under way.
    fn begin(&mut self, now: Instant) -> Vec<String> {
        if matches!(self.state.phase, Phase::Joined | Phase::Reconnecting) {
            self.introduction = Some(now);
            return self.introduce();
        }
        Vec::new()
    }

    fn due(&self) -> Option<Instant> {
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
            "Nobody else is here yet.".to_owned()
        } else {
            format!("{}: {} and you.", words::people(s), names.join(", "))
        };
        let open = if s.muted && !s.unavailable.contains_key("mute") { " /unmute opens it." } else { "" };
        let odd = |p: &Peer| words::odd_name(&p.name, &p.name_marks);
        let warnings = s.peers.iter().flat_map(|p| words::changed(&p.name, &p.standing, &p.key).into_iter().chain(odd(p)));
        let here = if s.waiting { "You are before the door of" } else { "You are in" };
        [
            format!("{here} {} as {}.", crate::text::clean(&s.room), crate::text::clean(&s.name)),
            people,
            format!("{}{open}", words::microphone(s)),
            words::security(s),
            "Type to chat; /help lists the commands; /leave leaves.".into(),
        ]
        .into_iter()
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
            Event::PeerUpdated { .. } | Event::Waiting | Event::Policy(_) | Event::LetIn { .. } => true,
            Event::Rules { by: None, .. } | Event::Rights { .. } | Event::RoomRole { .. } | Event::Hands { .. } => true,
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
            Event::Speaking { .. } if self.talking => words::speaking(event, &self.state),
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

    fn lagged(&mut self, lost: u64, state: State) -> Vec<String> {
        self.state = state;
        vec![format!("{lost} events went by too fast to be told. {}", words::status(&self.state))]
    }

    fn input(&mut self, input: &Input) -> (Vec<String>, Option<Request>) {
        let line = match input {
            Input::Line(line) => line,
            Input::TooLong => return (vec!["That line is too long; nothing was sent.".into()], None),
        };
        match table::parse_input(line, &self.state) {
            None => (Vec::new(), None),
            Some(Err(why)) => (vec![why], None),
            Some(Ok(table::Action::Send(command))) => {
                // Figures are told as an event, and the answer's data is for programs.
                self.asked_figures |= command == Command::Stats;
                let asks = matches!(command, Command::Devices | Command::State | Command::Level);
                self.asked += u64::from(asks);
                (Vec::new(), Some(Request { id: asks.then_some(self.asked), command }))
            }
            Some(Ok(table::Action::Help(None))) => (table::help(&self.state), None),
            Some(Ok(table::Action::Help(Some(row)))) => (vec![format!("{}: {}.", row.synopsis(), row.help)], None),
            Some(Ok(table::Action::Who)) => (words::who(&self.state), None),
            Some(Ok(table::Action::Status)) => (vec![words::status(&self.state)], None),
            Some(Ok(table::Action::Talking(on))) => {
                self.talking = on;
                (vec![if on { "Changes of speaker are told." } else { "Changes of speaker are not told." }.into()], None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_end::fake::{self, Fake, id, joined, left, peer};

    struct Call {
        fake: Fake,
        input: Option<std::io::PipeWriter>,
        output: std::io::BufReader<std::io::PipeReader>,
        run: tokio::task::JoinHandle<Ended>,
    }

    async fn call(leave_at_end: bool) -> Call {
        let (handle, fake) = fake::call();
        let (in_r, input) = std::io::pipe().unwrap();
        let (output, out_w) = std::io::pipe().unwrap();
        let options = Options { zone: TimeZone::UTC, leave_at_end };
        let run = tokio::spawn(run_on(handle, options, in_r, out_w));
        Call { fake, input: Some(input), output: std::io::BufReader::new(output), run }
    }

    impl Call {
        fn say(&mut self, line: &str) {
            self.input.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
        }

        async fn sent(&mut self) -> Command {
            tokio::time::timeout(Duration::from_secs(5), self.fake.requests.recv()).await.unwrap().unwrap().command
        }

        fn rest(self) -> String {
            std::io::read_to_string(self.output).unwrap()
        }
    }

    #[tokio::test]
    async fn a_call_is_told_in_sentences_without_any_escape() {
        let mut c = call(false).await;
        c.fake.emit(joined("board\x1b[31m"));
        c.fake.emit(Event::PeerJoined { peer: peer("a", "Ana"), before_us: true });
        c.fake.emit(Event::PeerJoined { peer: peer("b", "Wiremu\x1b]0;x\x07"), before_us: false });
        c.fake.emit(Event::Speaking { id: id("a"), on: true });
        c.fake.emit(Event::PeerLeft { id: id("b"), name: "Wiremu".into() });
        c.say("/mtue off");
        c.say("hello all");
        c.say("//mute off");
        c.say("/mute off");
        assert_eq!(c.sent().await, Command::Say { text: "hello all".into(), to: None });
        assert_eq!(c.sent().await, Command::Say { text: "/mute off".into(), to: None });
        assert_eq!(c.sent().await, Command::Mute { on: Some(false) });
        c.fake.emit(left());
        assert_eq!((&mut c.run).await.unwrap(), Ended::Left { code: 0 });
        let text = c.rest();
        let told: Vec<&str> = text.lines().filter(|l| !l.starts_with("There is no")).collect();
        assert_eq!(
            told[..7],
            [
                "You are in board[31m as Me.",
                "2 people: Ana and you.",
                "Your microphone is closed. /unmute opens it.",
                "This call is not end-to-end encrypted.",
                "Type to chat; /help lists the commands; /leave leaves.",
                "10:02 Wiremu]0;x joined. 3 people.",
                "10:02 Wiremu left. 2 people.",
            ]
        );
        assert!(text.contains("There is no command /mtue. Did you mean /mute?"));
        assert!(text.ends_with("10:02 You left the call.\n"));
        assert!(!text.contains('\x1b') && !text.contains("speaking"));
    }

    #[tokio::test]
    async fn the_end_of_input_leaves_from_a_terminal_only() {
        let mut terminal = call(true).await;
        terminal.input = None;
        assert_eq!(terminal.sent().await, Command::Leave);
        terminal.fake.emit(left());
        assert_eq!(terminal.run.await.unwrap(), Ended::Left { code: 0 });

        let mut pipe = call(false).await;
        pipe.say("/hand up");
        pipe.input = None;
        assert_eq!(pipe.sent().await, Command::Hand { up: Some(true) });
        pipe.fake.emit(joined("board"));
        pipe.fake.emit(left());
        assert_eq!((&mut pipe.run).await.unwrap(), Ended::Left { code: 0 });
        assert!(pipe.fake.requests.try_recv().is_err(), "nothing was sent at the end of the pipe");
        assert!(pipe.rest().contains("Nobody else is here yet."));
    }

    #[test]
    fn speakers_are_told_only_when_asked_for() {
        let mut t = Teller::new(State::new("Me"), TimeZone::UTC);
        let now = Instant::now();
        let tell = |t: &mut Teller, e: Event| t.event(&fake::envelope(1, e), now);
        tell(&mut t, joined("board"));
        assert_eq!(t.introduce().len(), 5);
        tell(&mut t, Event::PeerJoined { peer: peer("a", "Ana"), before_us: false });
        assert!(tell(&mut t, Event::Speaking { id: id("a"), on: true }).is_empty());
        t.input(&Input::Line("/talking on".into()));
        assert_eq!(tell(&mut t, Event::Speaking { id: id("a"), on: false }), ["10:02 Ana is silent."]);
        assert_eq!(t.input(&Input::Line("/who".into())).0, ["Ana: microphone closed.", "Me (you): microphone closed."]);
        assert_eq!(
            t.input(&Input::Line("/status".into())).0,
            ["In board with 2 people, microphone closed, not end-to-end encrypted."]
        );
        assert!(t.input(&Input::Line("/help".into())).0.iter().any(|l| l.starts_with("/mute [on|off|toggle]")));
        assert_eq!(t.input(&Input::Line("/help hand".into())).0, ["/hand [up|down]: raise or lower your hand."]);
    }
}
