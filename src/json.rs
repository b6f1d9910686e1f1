//! The front end for programs: every event as one JSON line on standard output, commands as JSON lines on standard
//! input (`{"id":1,"cmd":"mute","on":true}`). The schema is `docs/events.schema.json`.
//!
//! A line that is no command is answered with a `reply` and never ends the call; the end of standard input means that
//! no more commands come. If nobody reads standard output any more, the call is left without a word.

use crate::call::{Command, Envelope, Event, Handle, LeaveReason, Phase, Request, SCHEMA_VERSION, engine, table};
use crate::control_socket::FIRST_GUEST_ID;
use crate::exit::Failure;
use crate::front_end::stdio::{Input, MAX_LINE, Output};
use crate::front_end::{Ended, LEAVE_LIMIT, gone, over, put};
use crate::i18n;
use std::fmt::Write as _;
use std::io::{Read, Write};
use tokio::sync::broadcast::error::RecvError;

/// Runs on standard input and output until the call is over.
pub async fn run(handle: Handle) -> Ended {
    run_on(handle, std::io::stdin(), std::io::stdout()).await
}

/// The lines of a call that failed before it began: an error and `left`.
pub fn failed(failure: &Failure) -> String {
    let error = Event::Error { code: failure.exit.word().into(), text: failure.text.clone(), fatal: true };
    let left = Event::Left { reason: LeaveReason::Failed, code: failure.exit as u8, text: failure.text.clone() };
    [error, left]
        .into_iter()
        .zip(1..)
        .map(|(event, seq)| Envelope { v: SCHEMA_VERSION, t: engine::timestamp(), seq, marking: None, event })
        .map(|e| text(&e) + "\n")
        .collect()
}

/// The same on any pair of streams.
pub async fn run_on(handle: Handle, input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> Ended {
    let (state, mut events) = handle.attach();
    let mut commands = Some(crate::front_end::stdio::lines(input));
    let output = Output::new(output);
    let mut stream = Stream::default();
    if let (Some((code, text)), Some((reason, _))) = (over(&state), &state.left) {
        let reason = *reason;
        let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(stream.own(Event::Left { reason, code, text }))).await;
        output.finish(LEAVE_LIMIT).await;
        return Ended::Left { code };
    }
    // Who comes in the middle begins with everything that is known.
    if state.phase != Phase::Connecting {
        let line = stream.own(Event::Snapshot { state: Box::new(state) });
        if let Err(ended) = put(&handle, &output, line).await {
            return ended;
        }
    }
    loop {
        let next = async {
            match commands.as_mut() {
                Some(c) => c.recv().await,
                None => std::future::pending().await,
            }
        };
        let line = tokio::select! {
            event = events.recv() => match event {
                Ok(Envelope { event: Event::Reply { id: Some(FIRST_GUEST_ID..), .. }, .. }) => continue,
                Ok(envelope) => {
                    if let Event::Left { code, .. } = envelope.event {
                        let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(stream.number(envelope))).await;
                        output.finish(LEAVE_LIMIT).await;
                        return Ended::Left { code };
                    }
                    stream.number(envelope)
                }
                Err(RecvError::Lagged(n)) => {
                    let text = format!("{n} events were lost because they were not read in time; ask for the state");
                    stream.own(Event::Warning { code: "events_lost".into(), text })
                }
                Err(RecvError::Closed) => {
                    output.finish(LEAVE_LIMIT).await;
                    return Ended::Abandoned;
                }
            },
            input = next => match input {
                None => {
                    commands = None;
                    continue;
                }
                Some(input) => match command(&input) {
                    Ok(None) => continue,
                    Ok(Some(request)) => {
                        let id = request.id;
                        if handle.send(request) {
                            continue;
                        }
                        stream.refusal(id, "too many commands wait; try again")
                    }
                    Err((id, error)) => stream.refusal(id, &error),
                },
            },
            () = output.gone() => return gone(&handle),
        };
        if let Err(ended) = put(&handle, &output, line).await {
            return ended;
        }
    }
}

/// What one line of input asks for; `None` for an empty one. An error carries the id, if one could be read.
pub(crate) fn command(input: &Input) -> Result<Option<Request>, (Option<u64>, String)> {
    let line = match input {
        Input::TooLong => return Err((None, format!("the line is longer than {MAX_LINE} bytes; send shorter commands"))),
        Input::Line(line) => line.trim(),
    };
    if line.is_empty() {
        return Ok(None);
    }
    let value: serde_json::Value = serde_json::from_str(line).map_err(|e| {
        (None, format!("this is not JSON ({e}); a command is a line such as {{\"id\":1,\"cmd\":\"mute\",\"on\":true}}"))
    })?;
    let id = value.get("id").and_then(serde_json::Value::as_u64);
    let name = value.get("cmd").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    serde_json::from_value(value).map(Some).map_err(|e| {
        let known = table::TABLE.iter().any(|r| r.command == name);
        let error = match i18n::with(i18n::Lang::En, || table::find(&name)) {
            _ if name.is_empty() => "the command has no name: \"cmd\" is missing".into(),
            _ if known => format!("\"{name}\": {e}"),
            Ok(row) if !row.command.is_empty() => format!("there is no command {name:?}; did you mean {:?}?", row.command),
            Ok(_) => format!("there is no command {name:?} in JSON; \"state\" answers with everything"),
            Err(why) => why.replace('/', ""),
        };
        (id, error)
    })
}

/// The numbering of the lines. A front end adds lines of its own (answers to malformed commands), so it counts anew.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    seq: u64,
    marking: Option<String>,
}

impl Stream {
    pub(crate) fn number(&mut self, envelope: Envelope) -> String {
        self.seq += 1;
        self.marking.clone_from(&envelope.marking);
        text(&Envelope { seq: self.seq, ..envelope })
    }

    pub(crate) fn own(&mut self, event: Event) -> String {
        let t = crate::call::engine::timestamp();
        self.number(Envelope { v: SCHEMA_VERSION, t, seq: 0, marking: self.marking.clone(), event })
    }

    pub(crate) fn refusal(&mut self, id: Option<u64>, error: &str) -> String {
        let error = Some(crate::text::clean(error).chars().take(500).collect());
        self.own(Event::Reply { id, ok: false, data: None, error })
    }
}

/// One line. What a terminal could obey or hide is written as `\uXXXX`, which JSON readers undo: outside ASCII and
/// below space, characters occur in strings only.
fn text(envelope: &Envelope) -> String {
    let json = serde_json::to_string(envelope).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\x7f' || crate::text::clean(c.encode_utf8(&mut [0; 4])).contains(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// A command as one JSON line, for programs that write to us.
pub fn request(id: u64, command: Command) -> String {
    serde_json::to_string(&Request { id: Some(id), command }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_end::fake::{self, joined, left, peer};
    use serde_json::Value;
    use std::time::Duration;

    fn values(pipe: impl Read) -> Vec<Value> {
        std::io::read_to_string(pipe).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    async fn next(fake: &mut fake::Fake) -> Request {
        tokio::time::timeout(Duration::from_secs(5), fake.requests.recv()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn events_go_out_commands_come_in_and_the_end_of_input_ends_nothing() {
        let (handle, mut fake) = fake::call();
        let (out_r, out_w) = std::io::pipe().unwrap();
        let (in_r, mut in_w) = std::io::pipe().unwrap();
        let run = tokio::spawn(run_on(handle, in_r, out_w));
        in_w.write_all(
            b"{\"id\":1,\"cmd\":\"mute\",\"on\":true}\n\nnot json\n{\"id\":7,\"cmd\":\"mtue\"}\n{\"id\":8,\"cmd\":\"say\"}\n",
        )
        .unwrap();
        in_w.write_all(b"{\"cmd\":\"state\"}\n").unwrap();
        drop(in_w);
        assert_eq!(next(&mut fake).await, Request { id: Some(1), command: Command::Mute { on: Some(true) } });
        assert_eq!(next(&mut fake).await, Request { id: None, command: Command::State });
        fake.emit(joined("board"));
        fake.emit(Event::PeerJoined { peer: peer("a", "x\x1b[2J\u{9b}\u{202E}"), before_us: true });
        fake.emit(left());
        assert_eq!(run.await.unwrap(), Ended::Left { code: 0 });
        let raw = std::io::read_to_string(out_r).unwrap();
        assert!(!raw.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202E}'), "{raw:?}");
        let lines = values(raw.as_bytes());
        let errors: Vec<&str> = lines.iter().filter_map(|l| l["error"].as_str()).collect();
        assert!(errors[0].contains("not JSON"), "{errors:?}");
        assert!(errors[1].contains("mute"), "{errors:?}");
        assert!(errors[2].contains("text"), "{errors:?}");
        assert_eq!(lines[1]["id"], 7);
        assert_eq!(lines[4]["peer"]["name"], "x\x1b[2J\u{9b}\u{202E}", "escaped, not lost");
        assert_eq!(lines.last().unwrap()["event"], "left");
        let seq: Vec<u64> = lines.iter().map(|l| l["seq"].as_u64().unwrap()).collect();
        assert_eq!(seq, (1..=lines.len() as u64).collect::<Vec<_>>(), "without gaps");
    }

    #[tokio::test]
    async fn a_reader_that_goes_away_leaves_the_call() {
        let (handle, mut fake) = fake::call();
        let (out_r, out_w) = std::io::pipe().unwrap();
        let (in_r, _in_w) = std::io::pipe().unwrap();
        let run = tokio::spawn(run_on(handle, in_r, out_w));
        drop(out_r);
        fake.emit(joined("board"));
        assert_eq!(tokio::time::timeout(Duration::from_secs(5), run).await.unwrap().unwrap(), Ended::Gone);
    }

    #[test]
    fn requests_can_be_read_back() {
        let line = request(3, Command::Hand { up: Some(true) });
        assert_eq!(command(&Input::Line(line)).unwrap().unwrap().id, Some(3));
        assert!(command(&Input::TooLong).unwrap_err().1.contains("65536"));
    }
}
