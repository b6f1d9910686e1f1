//! The front end for screen readers, dumb terminals and pipes: lines are added and never changed, no escape sequence
//! is ever written, and each event is told once as one sentence with its time.
//!
//! Input is lines too: `/command` from [`crate::call::table`], anything else is chat to whom the prompt names; `//text` sends
//! text that begins with a slash. A mistyped command is never sent as chat. On a terminal the keys are echoed here
//! ([`page`]), so that an event never comes into the middle of a line; [`teller`] finds the words.

mod page;
mod teller;

use crate::call::{Command, Event, Handle, table};
use crate::front_end::keyboard::Keyboard;
use crate::front_end::stdio::{Input, Output, chunks, lines};
use crate::front_end::{Ended, LEAVE_LIMIT, gone, over, words, write};
use crate::i18n::tr;
use jiff::tz::TimeZone;
use page::{Key, Page};
use std::io::{IsTerminal, Read, Write};
use std::time::{Duration, Instant};
pub(crate) use teller::Teller;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// How long the first lines wait for the people who are already in the room, so that they can be counted.
const INTRODUCTION: Duration = Duration::from_millis(300);

/// What line mode needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The zone of the times shown.
    pub zone: TimeZone,
    /// The end of the input means that the user left: it is a terminal.
    pub leave_at_end: bool,
    /// The input is single keys, which nobody else echoes.
    pub keys: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { zone: TimeZone::system(), leave_at_end: std::io::stdin().is_terminal(), keys: false }
    }
}

/// Runs on standard input and output until the call is over. Where both are a terminal, it is asked for single keys.
pub async fn run(handle: Handle, options: Options) -> Ended {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let keyboard = if terminal { Keyboard::take().ok() } else { None };
    let options = Options { keys: keyboard.is_some(), ..options };
    run_on(handle, options, std::io::stdin(), std::io::stdout()).await
}

/// What is read.
enum Source {
    Lines(mpsc::Receiver<Input>),
    Keys(mpsc::Receiver<Vec<u8>>),
}

enum Heard {
    Line(Input),
    Keys(Vec<u8>),
}

impl Source {
    async fn next(&mut self) -> Option<Heard> {
        match self {
            Self::Lines(lines) => lines.recv().await.map(Heard::Line),
            Self::Keys(keys) => keys.recv().await.map(Heard::Keys),
        }
    }
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
    let mut source = Some(if options.keys { Source::Keys(chunks(input)) } else { Source::Lines(lines(input)) });
    let output = Output::new(output);
    let teller = Teller::new(state, options.zone);
    let asks = options.leave_at_end;
    let mut desk = Desk { handle: &handle, teller, page: Page::new(Instant::now()), asks, asked: false, leaving: None };
    if let Some((code, text)) = over {
        let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(words::told(&text))).await;
        output.finish(LEAVE_LIMIT).await;
        return Ended::Left { code };
    }
    let first = desk.teller.begin(Instant::now());
    let mut text = desk.tell(first);
    loop {
        if !text.is_empty()
            && let Err(ended) = write(&handle, &output, std::mem::take(&mut text)).await
        {
            return ended;
        }
        let next = async {
            match source.as_mut() {
                Some(source) => source.next().await,
                None => std::future::pending().await,
            }
        };
        let (introduction, held) = (desk.teller.due(), desk.page.due());
        text = tokio::select! {
            event = events.recv() => match event {
                Ok(envelope) => {
                    let lines = desk.teller.event(&envelope, Instant::now());
                    let mut text = desk.tell(lines);
                    if let Event::Left { code, .. } = envelope.event {
                        text += &desk.page.release("");
                        let _ = tokio::time::timeout(LEAVE_LIMIT, output.text(text)).await;
                        output.finish(LEAVE_LIMIT).await;
                        return Ended::Left { code };
                    }
                    text
                }
                Err(RecvError::Lagged(n)) => {
                    let lines = desk.teller.lagged(n, handle.state());
                    desk.tell(lines)
                }
                Err(RecvError::Closed) => {
                    output.finish(LEAVE_LIMIT).await;
                    return Ended::Abandoned;
                }
            },
            heard = next => match heard {
                Some(Heard::Line(line)) => desk.line(&line),
                Some(Heard::Keys(keys)) => match desk.keys(&keys) {
                    (text, false) => text,
                    (text, true) => {
                        source = None;
                        desk.go();
                        text
                    }
                },
                None => {
                    source = None;
                    if options.leave_at_end {
                        desk.go();
                    }
                    String::new()
                }
            },
            () = at(introduction) => {
                let lines = desk.teller.introduce();
                desk.tell(lines)
            }
            () = at(held) => desk.page.release(&desk.teller.prompt()),
            () = at(desk.leaving) => return Ended::Abandoned,
            () = output.gone() => return gone(&handle),
        };
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// What words are there, and where they go.
struct Desk<'a> {
    handle: &'a Handle,
    teller: Teller,
    page: Page,
    /// A person types, who can be asked.
    asks: bool,
    /// Whether to leave all the same was asked just now.
    asked: bool,
    /// When we go, whether or not the call has ended.
    leaving: Option<Instant>,
}

impl Desk<'_> {
    fn tell(&mut self, lines: Vec<String>) -> String {
        let teller = &self.teller;
        self.page.tell(lines.into_iter().map(|line| teller.marked(line)), Instant::now(), &teller.prompt())
    }

    /// Obeys one line; what is to be written.
    fn line(&mut self, line: &Input) -> String {
        // Figures come by no event unless somebody asks.
        self.teller.state.stats = self.handle.state().stats;
        let (mut told, request) = self.teller.input(line);
        let asked = std::mem::take(&mut self.asked);
        if let Some(request) = request {
            let leaves = request.command == Command::Leave;
            if leaves
                && self.asks
                && !asked
                && let Some(question) = table::before_leaving(&self.teller.state)
            {
                self.asked = true;
                told.push(tr!("line-leave-again", question = question));
            } else if !self.handle.send(request) {
                told.push(tr!("too-much"));
            } else if leaves {
                self.leaving = Some(Instant::now() + LEAVE_LIMIT);
            }
        }
        self.tell(told)
    }

    /// Takes keys; what is to be written, and whether the input has ended.
    fn keys(&mut self, keys: &[u8]) -> (String, bool) {
        let mut text = String::new();
        for byte in keys {
            match self.page.key(*byte, Instant::now(), &self.teller.prompt()) {
                Key::Write(more) => text += &more,
                Key::Line(more, line) => {
                    text += &more;
                    text += &self.line(&line);
                }
                Key::End => return (text, true),
            }
        }
        (text, false)
    }

    /// The input has ended: a call that outlives this window is not left because its terminal is gone.
    fn go(&mut self) {
        self.handle.send(if self.handle.is_elsewhere() { Command::Detach } else { Command::Leave });
        self.leaving = Some(Instant::now() + LEAVE_LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Command;
    use crate::front_end::fake::{self, Fake, id, joined, left, peer};

    struct Call {
        fake: Fake,
        input: Option<std::io::PipeWriter>,
        output: std::io::BufReader<std::io::PipeReader>,
        run: tokio::task::JoinHandle<Ended>,
    }

    async fn call(leave_at_end: bool) -> Call {
        call_with(Options { zone: TimeZone::UTC, leave_at_end, keys: false }).await
    }

    async fn call_with(options: Options) -> Call {
        let (handle, fake) = fake::call();
        let (in_r, input) = std::io::pipe().unwrap();
        let (output, out_w) = std::io::pipe().unwrap();
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
                "This call has transport encryption only: it is not end-to-end encrypted.",
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

    #[tokio::test(flavor = "multi_thread")]
    async fn keys_are_echoed_behind_a_prompt_and_what_happens_waits_for_enter() {
        let mut c = call_with(Options { zone: TimeZone::UTC, leave_at_end: true, keys: true }).await;
        c.fake.emit(joined("board"));
        c.fake.emit(Event::PeerJoined { peer: peer("a", "Ana"), before_us: false });
        let mut told = String::new();
        while !told.contains("Type to chat") {
            std::io::BufRead::read_line(&mut c.output, &mut told).unwrap();
        }
        c.input.as_mut().unwrap().write_all(b"/to Ana\rhel").unwrap();
        while !told.ends_with("to Ana> hel") {
            let mut byte = [0];
            c.output.read_exact(&mut byte).unwrap();
            told.push(byte[0] as char);
        }
        c.fake.emit(Event::PeerJoined { peer: peer("b", "Ben"), before_us: false });
        c.input.as_mut().unwrap().write_all(b"lo\r").unwrap();
        assert_eq!(c.sent().await, Command::Say { text: "hello".into(), to: Some(id("a")) });
        c.input.as_mut().unwrap().write_all(b"\x04").unwrap();
        assert_eq!(c.sent().await, Command::Leave);
        c.fake.emit(left());
        assert_eq!((&mut c.run).await.unwrap(), Ended::Left { code: 0 });
        told += &c.rest();
        assert!(told.contains("\nto Ana> hello\n"), "{told}");
        assert!(told.contains("10:02 Ben joined. 3 people.\n"), "{told}");
    }
}
