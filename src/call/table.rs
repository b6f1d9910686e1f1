//! The command table: one row per thing a user can say. `/commands` in line mode, the TUI's keys and `:` prompt, the
//! help screens and the advice on unknown JSON commands all come from here, so a command that exists in one front end
//! exists in all.

use super::processing::{EchoCancel, Noise, Wish};
use super::{Command, DeviceKind, PeerId, State};
use std::fmt::Write as _;

/// How many seconds of what was heard are kept.
const AGAIN: u16 = crate::audio::again::SECONDS;

/// What a line means.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A command for the engine.
    Send(Command),
    /// Show the table, or one row of it.
    Help(Option<&'static Row>),
    /// Show who is in the call.
    Who,
    /// Say in one sentence how things are.
    Status,
    /// Begin or stop telling who speaks (line mode).
    Talking(bool),
}

/// One command.
pub struct Row {
    /// The word after the slash.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What follows the name; `[ ]` may be left out.
    pub usage: &'static str,
    /// What it does, as one phrase.
    pub help: &'static str,
    /// Its keys in the TUI, as shown; empty if it has none.
    pub keys: &'static str,
    /// Its name in JSON and in [`State::unavailable`]; empty if only front ends know it.
    pub command: &'static str,
    /// Whether others in the call notice it.
    pub acts_on_others: bool,
    parse: fn(&str, &State) -> Result<Action, String>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.name)
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Row {
    /// Why it cannot be done in this call, if so.
    pub fn unavailable<'a>(&self, state: &'a State) -> Option<&'a str> {
        state.unavailable.get(self.command).map(String::as_str)
    }

    /// `/name usage`.
    pub fn synopsis(&self) -> String {
        if self.usage.is_empty() { format!("/{}", self.name) } else { format!("/{} {}", self.name, self.usage) }
    }
}

/// All of them, in the order in which help shows them.
pub const TABLE: &[Row] = &[
    Row {
        name: "mute",
        aliases: &["m"],
        usage: "[on|off|toggle]",
        help: "close the microphone (off opens it)",
        keys: "m closes, F2 closes or opens",
        command: "mute",
        acts_on_others: true,
        parse: |w, s| {
            let on = match w {
                "" | "on" => true,
                "off" => false,
                "toggle" => !s.muted,
                _ => return Err(format!("\"{}\" is not on, off or toggle", shown(w))),
            };
            Ok(Action::Send(Command::Mute { on: Some(on) }))
        },
    },
    Row {
        name: "unmute",
        aliases: &[],
        usage: "",
        help: "open the microphone",
        keys: "Space, F2",
        command: "mute",
        acts_on_others: true,
        parse: |_, _| Ok(Action::Send(Command::Mute { on: Some(false) })),
    },
    Row {
        name: "talk",
        aliases: &["ptt"],
        usage: "start|stop|toggle",
        help: "open the microphone until \"talk stop\"; toggle: open or close it",
        keys: "Space, F3 while held, where the terminal reports key releases",
        command: "talk",
        acts_on_others: true,
        parse: |w, _| match w {
            "start" | "down" | "on" => Ok(Action::Send(Command::Talk { down: Some(true) })),
            "stop" | "up" | "off" => Ok(Action::Send(Command::Talk { down: Some(false) })),
            "toggle" => Ok(Action::Send(Command::Talk { down: None })),
            _ => Err("say /talk start, /talk stop or /talk toggle".into()),
        },
    },
    Row {
        name: "level",
        aliases: &["loudness"],
        usage: "",
        help: "how loud your microphone is, also while it is closed",
        keys: "",
        command: "level",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Send(Command::Level)),
    },
    Row {
        name: "hand",
        aliases: &["raise"],
        usage: "[up|down]",
        help: "raise or lower your hand",
        keys: "r, F4",
        command: "hand",
        acts_on_others: true,
        parse: |w, s| {
            let up = match w {
                "" | "toggle" => s.hand.is_none(),
                "up" | "on" => true,
                "down" | "off" => false,
                _ => return Err(format!("\"{}\" is not up or down", shown(w))),
            };
            Ok(Action::Send(Command::Hand { up: Some(up) }))
        },
    },
    Row {
        name: "say",
        aliases: &["chat"],
        usage: "TEXT",
        help: "write to everybody (plain text does the same)",
        keys: "/ then text, Enter",
        command: "say",
        acts_on_others: true,
        parse: |w, _| say(w, None),
    },
    Row {
        name: "msg",
        aliases: &["tell", "w"],
        usage: "PERSON TEXT",
        help: "write to one person",
        keys: "",
        command: "say",
        acts_on_others: true,
        parse: |w, s| {
            let (peer, text) = person(w, s)?;
            say(text, Some(peer))
        },
    },
    Row {
        name: "name",
        aliases: &["nick"],
        usage: "NAME",
        help: "change your own name",
        keys: "",
        command: "name",
        acts_on_others: true,
        parse: |w, _| {
            let name = crate::text::clean_name(w).ok_or("say which name: /name NAME")?;
            Ok(Action::Send(Command::Name { name }))
        },
    },
    Row {
        name: "volume",
        aliases: &["vol"],
        usage: "PERSON PERCENT",
        help: "how loud a person is here, 0 to 200",
        keys: "",
        command: "volume",
        acts_on_others: false,
        parse: |w, s| {
            let (peer, percent) = person(w, s)?;
            match percent.trim_end_matches('%').parse() {
                Ok(percent @ 0..=200) => Ok(Action::Send(Command::Volume { peer, percent })),
                _ => {
                    let name = crate::text::clean(s.name_of(&peer));
                    Err(format!("say how loud {name} shall be, from 0 to 200: /volume PERSON PERCENT"))
                }
            }
        },
    },
    Row {
        name: "admit",
        aliases: &["accept"],
        usage: "[PERSON]",
        help: "let somebody in who waits",
        keys: "a, while somebody waits",
        command: "admit",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Admit { peer: knocker(w, s)? })),
    },
    Row {
        name: "deny",
        aliases: &[],
        usage: "[PERSON]",
        help: "do not let somebody in who waits",
        keys: "d, while somebody waits",
        command: "deny",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Deny { peer: knocker(w, s)? })),
    },
    Row {
        name: "kick",
        aliases: &["remove"],
        usage: "PERSON",
        help: "remove somebody for good",
        keys: "",
        command: "kick",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Kick { peer: alone(w, s)? })),
    },
    Row {
        name: "promote",
        aliases: &["op"],
        usage: "PERSON",
        help: "make somebody a moderator",
        keys: "",
        command: "promote",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Promote { peer: alone(w, s)? })),
    },
    Row {
        name: "demote",
        aliases: &["deop"],
        usage: "PERSON",
        help: "take the role of a moderator away",
        keys: "",
        command: "demote",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Demote { peer: alone(w, s)? })),
    },
    Row {
        name: "role",
        aliases: &[],
        usage: "PERSON ROLE",
        help: "make somebody owner, moderator, speaker, listener, guest or bot",
        keys: "",
        command: "role",
        acts_on_others: true,
        parse: |w, s| {
            let (peer, role) = person(w, s)?;
            Ok(Action::Send(Command::Role { peer, role: role.parse()? }))
        },
    },
    Row {
        name: "ban",
        aliases: &[],
        usage: "PERSON",
        help: "remove somebody, and never let them in again",
        keys: "",
        command: "ban",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Ban { peer: alone(w, s)? })),
    },
    Row {
        name: "silence",
        aliases: &["close"],
        usage: "PERSON|all",
        help: "close somebody's microphone, or all but yours",
        keys: "c, on a person",
        command: "silence",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::Silence { peer: somebody_or_all(w, s)? })),
    },
    Row {
        name: "ask",
        aliases: &["askunmute"],
        usage: "PERSON",
        help: "ask somebody to open their microphone",
        keys: "u, on a person",
        command: "ask",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::AskUnmute { peer: alone(w, s)? })),
    },
    Row {
        name: "lower",
        aliases: &[],
        usage: "PERSON|all",
        help: "take somebody's hand down, or all hands",
        keys: "",
        command: "lower",
        acts_on_others: true,
        parse: |w, s| Ok(Action::Send(Command::LowerHand { peer: somebody_or_all(w, s)? })),
    },
    Row {
        name: "end",
        aliases: &[],
        usage: "everybody",
        help: "end the meeting for everybody",
        keys: "",
        command: "end",
        acts_on_others: true,
        parse: |w, _| match w {
            "everybody" => Ok(Action::Send(Command::EndForAll)),
            _ => Err("to end the meeting for everybody, say /end everybody; /leave leaves alone".into()),
        },
    },
    Row {
        name: "lock",
        aliases: &[],
        usage: "[on|off]",
        help: "let nobody new in (off lets them in again)",
        keys: "",
        command: "lock",
        acts_on_others: true,
        parse: |w, _| Ok(Action::Send(Command::Lock { on: Some(switch(w)?) })),
    },
    Row {
        name: "freeze",
        aliases: &["!"],
        usage: "[on|off]",
        help: "stop sending and tell everybody; a moderator pauses all",
        keys: "!",
        command: "freeze",
        acts_on_others: true,
        parse: |w, _| Ok(Action::Send(Command::Freeze { on: Some(switch(w)?) })),
    },
    Row {
        name: "release",
        aliases: &["thaw"],
        usage: "",
        help: "end a freeze; the microphone stays closed",
        keys: "",
        command: "freeze",
        acts_on_others: true,
        parse: |_, _| Ok(Action::Send(Command::Freeze { on: Some(false) })),
    },
    Row {
        name: "safety",
        aliases: &["code"],
        usage: "",
        help: "show everybody the safety code, to be read aloud",
        keys: "s",
        command: "safety",
        acts_on_others: true,
        parse: |_, _| Ok(Action::Send(Command::Safety)),
    },
    Row {
        name: "verify",
        aliases: &[],
        usage: "[WORDS]",
        help: "the safety code was compared and is right",
        keys: "v, while the code is shown",
        command: "verify",
        acts_on_others: false,
        parse: |w, _| {
            let words = (!w.is_empty()).then(|| w.to_owned());
            Ok(Action::Send(Command::Verify { epoch: None, words }))
        },
    },
    Row {
        name: "react",
        aliases: &[],
        usage: "TEXT",
        help: "send a short word or an emoji",
        keys: "",
        command: "react",
        acts_on_others: true,
        parse: |w, _| match crate::text::clean(w).trim() {
            "" => Err("say which reaction: /react TEXT".into()),
            text => Ok(Action::Send(Command::React { text: text.to_owned() })),
        },
    },
    Row {
        name: "record",
        aliases: &["rec"],
        usage: "FILE|off",
        help: "keep the call in a WAV file, when all were told",
        keys: "",
        command: "record",
        acts_on_others: true,
        parse: |w, _| match overwriting(w) {
            (_, "") => Err("name the file: /record FILE; /record off ends a recording".into()),
            (_, "off" | "stop") => Ok(Action::Send(Command::Record { file: None, overwrite: false })),
            (overwrite, file) => Ok(Action::Send(Command::Record { file: Some(file.to_owned()), overwrite })),
        },
    },
    Row {
        name: "receipt",
        aliases: &[],
        usage: "FILE",
        help: "write who was here, signed by all who are",
        keys: "",
        command: "receipt",
        acts_on_others: true,
        parse: |w, _| match overwriting(w) {
            (_, "") => Err("name the file: /receipt FILE".into()),
            (overwrite, file) => Ok(Action::Send(Command::Receipt { file: file.to_owned(), overwrite })),
        },
    },
    Row {
        name: "again",
        aliases: &["repeat"],
        usage: "[SECONDS]",
        help: "hear the last 15 seconds once more; again stops it",
        keys: "g",
        command: "again",
        acts_on_others: false,
        parse: |w, _| match (w, w.parse()) {
            ("", _) => Ok(Action::Send(Command::Again { seconds: None })),
            (_, Ok(seconds @ 1..=AGAIN)) => Ok(Action::Send(Command::Again { seconds: Some(seconds) })),
            _ => Err(format!("say how many seconds, from 1 to {AGAIN}: /again SECONDS")),
        },
    },
    Row {
        name: "xray",
        aliases: &[],
        usage: "on|off",
        help: "show what the server can see of this call",
        keys: "",
        command: "xray",
        acts_on_others: false,
        parse: |w, _| Ok(Action::Send(Command::Xray { on: switch(w)? })),
    },
    Row {
        name: "devices",
        aliases: &[],
        usage: "",
        help: "list microphones and loudspeakers",
        keys: "",
        command: "devices",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Send(Command::Devices)),
    },
    Row {
        name: "device",
        aliases: &[],
        usage: "input|output NAME",
        help: "use another microphone or loudspeaker",
        keys: "",
        command: "device",
        acts_on_others: false,
        parse: |w, _| {
            let (kind, name) = word(w);
            let kind = match kind {
                "input" | "in" | "mic" => DeviceKind::Input,
                "output" | "out" | "speaker" => DeviceKind::Output,
                _ => return Err("say which one: /device input NAME or /device output NAME".into()),
            };
            if name.is_empty() {
                return Err("name the device as /devices lists it".into());
            }
            Ok(Action::Send(Command::Device { kind, name: name.to_owned() }))
        },
    },
    Row {
        name: "processing",
        aliases: &["voice"],
        usage: "[STEP WORD]",
        help: "what is done to your voice: echo off, noise strong, gain on",
        keys: "",
        command: "processing",
        acts_on_others: false,
        parse: |w, _| processing(w),
    },
    Row {
        name: "echo",
        aliases: &[],
        usage: "auto|on|off",
        help: "take out what your loudspeaker plays (auto: not with a headset)",
        keys: "",
        command: "processing",
        acts_on_others: false,
        parse: |w, _| processing(&format!("echo {w}")),
    },
    Row {
        name: "noise",
        aliases: &[],
        usage: "on|strong|off",
        help: "lower the noise around you",
        keys: "",
        command: "processing",
        acts_on_others: false,
        parse: |w, _| processing(&format!("noise {w}")),
    },
    Row {
        name: "gain",
        aliases: &[],
        usage: "on|off",
        help: "bring your voice to a usual level",
        keys: "",
        command: "processing",
        acts_on_others: false,
        parse: |w, _| processing(&format!("gain {w}")),
    },
    Row {
        name: "who",
        aliases: &["people", "names"],
        usage: "",
        help: "who is in the call",
        keys: "",
        command: "",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Who),
    },
    Row {
        name: "status",
        aliases: &[],
        usage: "",
        help: "how things are, in one sentence",
        keys: "",
        command: "",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Status),
    },
    Row {
        name: "stats",
        aliases: &["quality"],
        usage: "",
        help: "network and sound figures, and who hears you",
        keys: "i",
        command: "stats",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Send(Command::Stats)),
    },
    Row {
        name: "state",
        aliases: &[],
        usage: "",
        help: "everything that is known about the call",
        keys: "",
        command: "state",
        acts_on_others: false,
        parse: |_, _| Ok(Action::Send(Command::State)),
    },
    Row {
        name: "talking",
        aliases: &[],
        usage: "on|off",
        help: "tell who begins and stops speaking (line mode)",
        keys: "",
        command: "",
        acts_on_others: false,
        parse: |w, _| match w {
            "" | "on" => Ok(Action::Talking(true)),
            "off" => Ok(Action::Talking(false)),
            _ => Err("say /talking on or /talking off".into()),
        },
    },
    Row {
        name: "help",
        aliases: &["?", "h", "commands"],
        usage: "[COMMAND]",
        help: "this list",
        keys: "?, F1",
        command: "",
        acts_on_others: false,
        parse: |w, _| match w.trim_start_matches('/') {
            "" => Ok(Action::Help(None)),
            topic => find(topic).map(|r| Action::Help(Some(r))),
        },
    },
    Row {
        name: "leave",
        aliases: &["quit", "q", "exit", "bye"],
        usage: "",
        help: "leave the call",
        keys: "q, F10; Ctrl-C at once",
        command: "leave",
        acts_on_others: true,
        parse: |_, _| Ok(Action::Send(Command::Leave)),
    },
];

/// The row that a command belongs to.
pub fn row(command: &Command) -> &'static str {
    command.name()
}

/// Finds a row by name, alias or unambiguous beginning.
///
/// # Errors
/// One sentence with the closest command.
pub fn find(name: &str) -> Result<&'static Row, String> {
    let wanted = name.to_lowercase();
    if let Some(exact) = TABLE.iter().find(|r| r.name == wanted || r.aliases.contains(&wanted.as_str())) {
        return Ok(exact);
    }
    let near = |word: &str| distance(word, &wanted);
    let closest =
        TABLE.iter().flat_map(|r| std::iter::once(r.name).chain(r.aliases.iter().copied()).map(move |w| (near(w), r.name))).min();
    Err(match closest {
        Some((d, name)) if d <= 1 + wanted.chars().count() / 3 => {
            format!("There is no command /{}. Did you mean /{name}?", shown(&wanted))
        }
        _ => format!("There is no command /{}. /help lists them.", shown(&wanted)),
    })
}

/// What a command line without its slash means, e.g. `volume ana 80`.
///
/// # Errors
/// One sentence that says what is wrong and what to say instead. Nothing is ever done by half.
pub fn parse(line: &str, state: &State) -> Result<Action, String> {
    let (name, rest) = word(line);
    if name.is_empty() {
        return Err("Say which command; /help lists them.".into());
    }
    let row = find(name)?;
    if let Some(why) = row.unavailable(state) {
        return Err(format!("/{} is not possible in this call: {}", row.name, crate::text::clean(why)));
    }
    if row.usage.is_empty() && !rest.is_empty() {
        return Err(format!("/{} takes no words after it.", row.name));
    }
    (row.parse)(rest, state).map_err(|e| sentence(&e))
}

/// What a line of input means where plain text is chat: `/command`, `//text that begins with a slash`, or text.
/// A mistyped `/command` is an error and never chat. An empty line is nothing.
///
/// # Errors
/// As [`parse`].
pub fn parse_input(line: &str, state: &State) -> Option<Result<Action, String>> {
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    Some(match line.strip_prefix('/') {
        Some(text) if text.starts_with('/') => chat(text, state),
        Some(command) => parse(command, state),
        None => chat(line, state),
    })
}

/// The help text, one line per command.
pub fn help(state: &State) -> Vec<String> {
    let width = TABLE.iter().map(|r| r.synopsis().len()).max().unwrap_or(0);
    TABLE
        .iter()
        .map(|r| {
            let mut line = format!("{:width$}  {}", r.synopsis(), r.help);
            if let Some(why) = r.unavailable(state) {
                let _ = write!(line, " (not possible here: {})", crate::text::clean(why));
            }
            line
        })
        .collect()
}

fn chat(text: &str, state: &State) -> Result<Action, String> {
    match state.unavailable.get("say") {
        Some(why) => Err(format!("Chat is not possible in this call: {}", crate::text::clean(why))),
        None => say(text, None).map_err(|e| sentence(&e)),
    }
}

fn say(text: &str, to: Option<PeerId>) -> Result<Action, String> {
    let text = crate::text::clean(text);
    let text = text.trim();
    if text.is_empty() {
        return Err("there is no text to send".into());
    }
    if text.len() > crate::text::MAX_CHAT {
        return Err(format!("the text is too long ({} bytes); {} fit", text.len(), crate::text::MAX_CHAT));
    }
    Ok(Action::Send(Command::Say { text: text.to_owned(), to }))
}

/// The first word and what follows it.
fn word(s: &str) -> (&str, &str) {
    let s = s.trim();
    s.split_once(char::is_whitespace).map_or((s, ""), |(a, b)| (a, b.trim()))
}

/// Whether what is there may be overwritten, and the file's name.
fn overwriting(w: &str) -> (bool, &str) {
    match word(w) {
        ("--overwrite", file) => (true, file),
        _ => (false, w.trim()),
    }
}

fn switch(w: &str) -> Result<bool, String> {
    match w {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("\"{}\" is not on or off", shown(w))),
    }
}

/// `echo auto, noise strong`: pairs of what and how, commas as one likes.
fn processing(words: &str) -> Result<Action, String> {
    let mut wish = Wish::default();
    let mut words = words.split([' ', '\t', ',']).filter(|w| !w.is_empty());
    while let Some(what) = words.next() {
        let how = words.next().unwrap_or_default();
        let wrong = |takes: &str| Err(format!("\"{}\" is not {takes}", shown(how)));
        match (what, how) {
            ("echo", "auto") => wish.echo = Some(EchoCancel::Auto),
            ("echo", "on") => wish.echo = Some(EchoCancel::On),
            ("echo", "off") => wish.echo = Some(EchoCancel::Off),
            ("noise", "on") => wish.noise = Some(Noise::On),
            ("noise", "strong") => wish.noise = Some(Noise::Strong),
            ("noise", "off") => wish.noise = Some(Noise::Off),
            ("gain", "on") => wish.gain = Some(true),
            ("gain", "off") => wish.gain = Some(false),
            (_, "") => return Err("say what and how: echo auto, noise strong, gain off".into()),
            ("echo", _) => return wrong("auto, on or off"),
            ("noise", _) => return wrong("on, strong or off"),
            ("gain", _) => return wrong("on or off"),
            _ => return Err(format!("\"{}\" is not echo, noise or gain", shown(what))),
        }
    }
    if wish.is_empty() {
        return Err("say what and how: echo auto, noise strong, gain off".into());
    }
    Ok(Action::Send(Command::Processing { echo: wish.echo, noise: wish.noise, gain: wish.gain }))
}

/// A person in the call and nothing after.
fn alone(words: &str, state: &State) -> Result<PeerId, String> {
    only(person(words, state)?)
}

/// A person in the call and nothing after, or `all`, unless somebody is called that.
fn somebody_or_all(words: &str, state: &State) -> Result<Option<PeerId>, String> {
    match words.trim() {
        "all" if state.peers.iter().all(|p| p.name.to_lowercase() != "all") => Ok(None),
        words => alone(words, state).map(Some),
    }
}

/// A person who waits; without a name, the only one.
fn knocker(words: &str, state: &State) -> Result<PeerId, String> {
    match state.knocks.as_slice() {
        [] => Err("nobody waits to be let in".into()),
        [one] if words.is_empty() => Ok(one.id.clone()),
        all => only(one_of(words, all.iter().map(|k| (&k.id, k.name.as_str())).collect(), "waits")?),
    }
}

fn only((id, rest): (PeerId, &str)) -> Result<PeerId, String> {
    if rest.is_empty() { Ok(id) } else { Err(format!("\"{}\" is too much after the name", shown(rest))) }
}

fn person<'a>(words: &'a str, state: &State) -> Result<(PeerId, &'a str), String> {
    one_of(words, state.peers.iter().map(|p| (&p.id, p.name.as_str())).collect(), "here")
}

/// A person at the beginning of `words` and what follows: a whole name (quoted or not), an id, or an unambiguous
/// beginning of either.
fn one_of<'a>(words: &'a str, people: Vec<(&PeerId, &str)>, place: &str) -> Result<(PeerId, &'a str), String> {
    let words = words.trim();
    let (wanted, rest) = match words.strip_prefix('"').and_then(|w| w.split_once('"')) {
        Some((name, rest)) => (name, rest.trim()),
        None => match people.iter().filter_map(|(_, name)| strip_name(words, name)).min_by_key(|rest| rest.len()) {
            Some(rest) => (words.get(..words.len() - rest.len()).unwrap_or(words).trim(), rest.trim()),
            None => word(words),
        },
    };
    if wanted.is_empty() {
        return Err("say to whom; /who lists the people".into());
    }
    let folded = wanted.to_lowercase();
    let exact: Vec<_> = people.iter().filter(|(id, name)| id.0 == wanted || name.to_lowercase() == folded).collect();
    let found = if exact.is_empty() {
        people.iter().filter(|(id, name)| name.to_lowercase().starts_with(&folded) || id.0.starts_with(wanted)).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [(id, _)] => Ok(((*id).clone(), rest)),
        [] => {
            let close = people.iter().map(|(_, n)| (distance(&n.to_lowercase(), &folded), n)).min_by_key(|(d, _)| *d);
            let called = if place == "here" { "here is called" } else { "who waits is called" };
            Err(match close {
                Some((d, name)) if d <= 2 => {
                    format!("nobody {called} {}; did you mean {}?", shown(wanted), crate::text::clean(name))
                }
                _ => format!("nobody {called} {}; /who lists the people", shown(wanted)),
            })
        }
        several => {
            let names: Vec<String> = several
                .iter()
                .take(5)
                .map(|(id, name)| format!("{} ({})", crate::text::clean(name), crate::text::clean(&id.0)))
                .collect();
            Err(format!("{} could be {}; say more of the name, or the id", shown(wanted), names.join(" or ")))
        }
    }
}

/// What follows if `words` begins with the whole of `name`, in any case.
fn strip_name<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = words.chars();
    for c in name.chars() {
        if !rest.next()?.to_lowercase().eq(c.to_lowercase()) {
            return None;
        }
    }
    let rest = rest.as_str();
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}

/// What a user typed, short and harmless enough to be repeated to them.
fn shown(s: &str) -> String {
    crate::text::clean(s).chars().take(32).collect()
}

fn sentence(s: &str) -> String {
    let mut chars = s.chars();
    let mut out: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !out.ends_with(['.', '?', '!']) {
        out.push('.');
    }
    out
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make `a` into `b`
/// (optimal string alignment). Long input is cut: nobody mistypes 64 letters.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut d = (at(&row, j) + 1).min(at(&last, j + 1) + 1).min(at(&last, j) + usize::from(x != y));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                d = d.min(at(&before, j - 1) + 1);
            }
            row.push(d);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
