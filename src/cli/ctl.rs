//! `conclave ctl`: a running `conclave join`, from another terminal or a script.

use crate::call::table::{self, Action};
use crate::call::xray::Item;
use crate::call::{Command, Envelope, Event, Request, State};
use crate::control_socket::client;
use crate::exit::{Exit, Failure};
use crate::front_end::words;
use crate::text::clean;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long an answer may take. Safety codes come with the group's next epoch.
const PATIENCE: Duration = Duration::from_secs(30);

/// Options of `conclave ctl`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which call, if several run: the number of its process
    #[arg(long, visible_alias = "session", value_name = "N")]
    pid: Option<u32>,
    /// Print the JSON lines themselves
    #[arg(long)]
    json: bool,
    /// With events and xray: end after this many
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    /// With events: until the call ends (else: the next one)
    #[arg(long)]
    follow: bool,
    /// A command as after "/" in line mode (safety, mute on, say TEXT, admit PERSON, leave, help), events, or xray.
    /// A last word "-" is read from standard input, where other users of this machine cannot see it
    #[arg(required = true, value_name = "COMMAND")]
    words: Vec<String>,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let mut call = Call::find(args.pid)?;
    match args.words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["events"] => return call.events(args.json, if args.follow { args.count } else { args.count.or(Some(1)) }),
        ["xray"] => return call.xray(args.json, args.count),
        _ => {}
    }
    let mut words = args.words;
    if words.len() > 1 && words.last().is_some_and(|w| w == "-") {
        words.pop();
        words.push(super::prompt::from_stdin("the text")?.to_string());
    }
    match table::parse(&words.join(" "), &call.state).map_err(|e| Failure::new(Exit::Usage, e))? {
        Action::Send(Command::Record { file: Some(file), overwrite }) => {
            call.command(Command::Record { file: Some(here(file)), overwrite }, args.json)
        }
        Action::Send(Command::Receipt { file, overwrite }) => {
            call.command(Command::Receipt { file: here(file), overwrite }, args.json)
        }
        Action::Send(Command::Detach) => Err(Failure::new(Exit::Usage, "only a window can detach itself; say it there")),
        Action::Send(command) => call.command(command, args.json),
        Action::Who => super::print(lines(words::who(&call.state))),
        Action::Status => super::print(words::status(&call.state) + "\n"),
        Action::Help(row) => {
            super::print(row.map_or_else(|| lines(table::help(&call.state)), |r| format!("{}  {}\n", r.synopsis(), r.help)))
        }
        Action::Speak(..) | Action::Spoken => Err(Failure::new(Exit::Usage, "that belongs to line mode; use events --follow")),
        Action::To(_) => Err(Failure::new(Exit::Usage, "that belongs to line mode; use msg PERSON TEXT")),
        #[allow(unreachable_patterns, reason = "what only front ends can show")]
        _ => Err(Failure::new(Exit::Usage, "only the call's own screen can show that")),
    }
}

/// As every file on a command line: relative to where we are, not to where the call is.
fn here(file: String) -> String {
    let path = std::path::absolute(&file).ok();
    path.and_then(|path| path.to_str().map(str::to_owned)).unwrap_or(file)
}

fn lines(lines: Vec<String>) -> String {
    lines.into_iter().map(|l| l + "\n").collect()
}

/// A connection to a running call.
struct Call {
    write: UnixStream,
    read: BufReader<UnixStream>,
    state: State,
    id: u64,
}

fn lost(e: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Unavailable, format!("the call does not answer ({e})"))
}

impl Call {
    /// Connects to the only call, or to the one of a process, and asks how it is.
    fn find(pid: Option<u32>) -> Result<Self, Failure> {
        let (_, stream) = client::connect(pid)?;
        let write = stream.try_clone().map_err(|e| lost(&e))?;
        let mut call = Self { write, read: BufReader::new(stream), state: State::default(), id: 0 };
        match call.next(Some(Instant::now() + PATIENCE))? {
            Some((Envelope { event: Event::Snapshot { .. }, .. }, _)) => Ok(call),
            Some((Envelope { event: Event::Error { text, .. }, .. }, _)) => Err(Failure::new(Exit::Unavailable, clean(&text))),
            Some(_) => Err(Failure::new(Exit::Protocol, "the call answers in a way that this version does not know")),
            None => Err(Failure::new(Exit::Unavailable, "the call is over")),
        }
    }

    fn send(&mut self, command: Command) -> Result<u64, Failure> {
        self.id += 1;
        let line = serde_json::to_string(&Request { id: Some(self.id), command }).map_err(|e| lost(&e))?;
        writeln!(self.write, "{line}").map_err(|e| lost(&e))?;
        Ok(self.id)
    }

    /// The next event and its line; `None` at the end of the call. `None` as deadline waits for ever.
    fn next(&mut self, deadline: Option<Instant>) -> Result<Option<(Envelope, String)>, Failure> {
        let mut line = String::new();
        let left = deadline.map(|d| d.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
        self.read.get_ref().set_read_timeout(left).map_err(|e| lost(&e))?;
        match self.read.read_line(&mut line) {
            Ok(0) => Ok(None),
            Ok(_) => {
                let envelope: Envelope = serde_json::from_str(&line).map_err(|e| Failure::new(Exit::Protocol, format!("{e}")))?;
                self.state.apply(&envelope.event);
                Ok(Some((envelope, line)))
            }
            Err(e) if e.kind() == ErrorKind::ConnectionReset => Ok(None),
            Err(e) => Err(lost(&e)),
        }
    }

    /// Waits for the answer: its line and data. Other events are handed to `other`.
    fn reply(&mut self, id: u64, mut other: impl FnMut(Event, &str)) -> Result<(String, Option<serde_json::Value>), Failure> {
        let deadline = Some(Instant::now() + PATIENCE);
        while let Some((envelope, line)) = self.next(deadline)? {
            match envelope.event {
                Event::Reply { id: Some(i), ok, data, error } if i == id => {
                    let why = error.unwrap_or_else(|| "that could not be done".into());
                    return if ok { Ok((line, data)) } else { Err(Failure::new(Exit::Other, clean(&why))) };
                }
                event => other(event, &line),
            }
        }
        Err(Failure::new(Exit::Unavailable, "the call is over"))
    }

    fn command(&mut self, command: Command, json: bool) -> Result<Exit, Failure> {
        let (leaving, safety) = (command == Command::Leave, command == Command::Safety);
        let microphone = matches!(command, Command::Mute { .. } | Command::Talk { .. });
        let id = self.send(command)?;
        let mut code = None;
        let mut left = false;
        let answer = self.reply(id, |event, line| match event {
            Event::Safety(c) => code = Some((c, line.to_owned())),
            Event::Left { .. } => left = true,
            _ => {}
        });
        let (line, data) = match answer {
            // The end of the call is the answer.
            Err(_) if leaving && left => return super::print("You left the call.\n"),
            other => other?,
        };
        if safety {
            return self.safety(code, json);
        }
        super::print(match data {
            _ if json => line,
            Some(data) => lines(words::answer(&data)),
            // Whoever bound a key to it sees what the key did: the event came before the answer.
            None if microphone => words::microphone(&self.state) + "\n",
            None => "Done.\n".into(),
        })
    }

    /// Shows the code that was asked for, as soon as it is there.
    fn safety(&mut self, mut code: Option<(crate::call::trust::SafetyCode, String)>, json: bool) -> Result<Exit, Failure> {
        let deadline = Some(Instant::now() + PATIENCE);
        while code.is_none() {
            match self.next(deadline)? {
                Some((Envelope { event: Event::Safety(c), .. }, line)) => code = Some((c, line)),
                Some(_) => {}
                None => return Err(Failure::new(Exit::Unavailable, "the call is over")),
            }
        }
        let Some((code, line)) = code else { return Ok(Exit::Ok) };
        let names = |ids: &[crate::call::PeerId]| {
            let names: Vec<String> = ids.iter().map(|id| clean(self.state.name_of(id))).collect();
            names.join(", ")
        };
        let mut text = format!("Words:  {}\nDigits: {}\n", clean(&code.words.join(" ")), clean(&code.digits));
        text += &format!("Epoch:  {} (for {})\n", code.epoch, names(&code.people));
        if !code.later.is_empty() {
            text += &format!("Came later, and are not covered: {}\n", names(&code.later));
        }
        super::print(if json { line } else { text })
    }

    fn events(&mut self, json: bool, count: Option<usize>) -> Result<Exit, Failure> {
        let mut shown = 0;
        while count.is_none_or(|n| shown < n) {
            let Some((envelope, line)) = self.next(None)? else { break };
            let text = if json { Some(line) } else { words::event(&envelope.event, &self.state).map(|t| t + "\n") };
            if let Some(text) = text {
                shown += 1;
                write_or_end(&text)?;
            }
        }
        Ok(Exit::Ok)
    }

    fn xray(&mut self, json: bool, count: Option<usize>) -> Result<Exit, Failure> {
        let id = self.send(Command::Xray { on: true })?;
        let mut shown = 0;
        let width = crossterm::terminal::size().map_or(160, |(w, _)| usize::from(w)).max(60);
        self.reply(id, |_, _| {})?;
        if !json {
            write_or_end(&columns("The server sees", "Members see", width))?;
        }
        // When we go, in whatever way, the call stops showing it.
        while count.is_none_or(|n| shown < n) {
            let Some((envelope, line)) = self.next(None)? else { break };
            if let Event::Xray(item) = envelope.event {
                shown += 1;
                write_or_end(&if json { line } else { beside(&item, width) })?;
            }
        }
        Ok(Exit::Ok)
    }
}

/// Like [`super::print`], but a reader that has seen enough ends the stream.
fn write_or_end(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(e) => Err(Failure::new(Exit::CantCreate, format!("standard output cannot be written ({e})"))),
    }
}

/// What crossed the line, in two columns.
fn beside(item: &Item, width: usize) -> String {
    let arrow = if item.direction == "out" { "->" } else { "<-" };
    let members = if item.members_see.is_empty() { "(the same)" } else { &item.members_see };
    columns(&format!("{arrow} {}: {}", item.plane, item.server_sees), members, width)
}

fn columns(left: &str, right: &str, width: usize) -> String {
    let half = (width.saturating_sub(3) / 2).max(1);
    let cut = |s: &str| -> Vec<String> {
        let chars: Vec<char> = clean(s).chars().collect();
        chars.chunks(half).map(|c| c.iter().collect()).collect()
    };
    let (left, right) = (cut(left), cut(right));
    let empty = String::new();
    (0..left.len().max(right.len()))
        .map(|i| format!("{:half$} | {}\n", left.get(i).unwrap_or(&empty), right.get(i).unwrap_or(&empty)))
        .collect()
}
