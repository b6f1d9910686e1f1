//! The one table of keys: reading, `conclave config`, the checks and the manual page are made from it.

use crate::audio::DeviceSpec;
use crate::backend::Link;
use crate::call::Earcons;
use crate::call::processing::{EchoCancel, Noise};
use crate::cli::join::{Frame, Switch, Whether, duration};
use crate::cli::tls;
use crate::credentials::Place;
use crate::hygiene::sandbox::Level;
use crate::i18n::Choice;
use crate::net::interception::Interception;
use crate::net::ladder::Transport;
use crate::net::proxy;
use crate::protocol::control::RoomMode;
use crate::text;
use crate::tui::Look;
use clap::ValueEnum;
use std::fmt;

/// What can be set.
#[derive(Debug)]
pub struct Key {
    /// Dotted, as in TOML.
    pub name: &'static str,
    /// What it takes.
    pub form: Form,
    /// What counts if nobody sets it, as TOML; empty: nothing, or what the option's help says.
    pub default: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The options that it is the default of.
    pub options: &'static [Sets],
    /// Options (or `option=value`) that say the contrary.
    pub against: &'static [&'static str],
}

/// The option that a key is the default of: its id, which is its long name with `_` for `-`.
#[derive(Debug, Clone, Copy)]
pub enum Sets {
    /// The option takes the value, in these commands; in all that have it if none is named.
    Value(&'static str, &'static [&'static str]),
    /// The switch that one value turns on, in these commands.
    Switch {
        /// The value.
        when: &'static str,
        /// The switch.
        option: &'static str,
        /// The commands.
        of: &'static [&'static str],
    },
}

impl Sets {
    /// The option and the commands.
    pub fn option(&self) -> (&'static str, &'static [&'static str]) {
        match *self {
            Self::Value(option, of) | Self::Switch { option, of, .. } => (option, of),
        }
    }
}

/// What a key takes.
#[derive(Clone, Copy)]
pub enum Form {
    /// `true` or `false`.
    Bool,
    /// One of some words.
    Words(fn() -> Vec<String>),
    /// A text that is looked at.
    Text(fn(&str) -> Result<(), String>),
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Words(words) => write!(f, "one of {}", words().join(", ")),
            Self::Text(_) => f.write_str("a text"),
        }
    }
}

impl Form {
    /// The value as the option takes it; what would be right if it is not.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self, given: &str) -> Result<String, String> {
        let given = given.trim();
        let bool = match given.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        };
        match self {
            Self::Bool => bool.map(|b| b.to_string()).ok_or_else(|| self.to_string()),
            Self::Words(words) => {
                let words = words();
                let switch = bool.map(|b| if b { "on" } else { "off" }).unwrap_or_default();
                let found = words.iter().find(|w| *w == given).or_else(|| words.iter().find(|w| *w == switch));
                found.cloned().ok_or_else(|| format!("{self}; not \"{}\"", text::clean(given)))
            }
            Self::Text(check) => check(given).map(|()| given.to_owned()),
        }
    }
}

/// The words of an option.
fn words<T: ValueEnum>() -> Vec<String> {
    T::value_variants().iter().filter_map(|v| v.to_possible_value()).map(|v| v.get_name().to_owned()).collect()
}

fn modes() -> Vec<String> {
    [RoomMode::Strict, RoomMode::Balanced, RoomMode::Open].map(|m| m.word().to_owned()).into()
}

fn transports() -> Vec<String> {
    Transport::WORDS.map(str::to_owned).into()
}

fn front_ends() -> Vec<String> {
    ["auto", "line"].map(str::to_owned).into()
}

fn display_name(given: &str) -> Result<(), String> {
    match text::clean_name(given) {
        Some(name) if name == given => Ok(()),
        _ => Err(format!("a display name has at most {} visible characters", text::MAX_NAME)),
    }
}

fn server(given: &str) -> Result<(), String> {
    let link = Link::parse(given).map_err(|e| e.text)?;
    match (link.room.is_empty(), link.has_secret()) {
        (_, true) => Err("a server's address carries no secret (k=, i=): secrets have no place in this file".into()),
        (false, _) => Err(format!("a server's address has no room in it: {}", link.display().trim_end_matches(&link.room))),
        (true, false) => Ok(()),
    }
}

fn devices(given: &str) -> Result<(), String> {
    DeviceSpec::parse(given).map(drop).map_err(|e| e.text)
}

fn time(given: &str) -> Result<(), String> {
    duration(given).map(drop)
}

fn list(given: &str) -> Result<(), String> {
    if given.contains(|c: char| c.is_control()) { Err("names and addresses with commas between them".into()) } else { Ok(()) }
}

fn earcons(given: &str) -> Result<(), String> {
    given.parse::<Earcons>().map(drop)
}

fn files(given: &str) -> Result<(), String> {
    let good = given.parse().is_ok_and(|n: u16| (1..=1000).contains(&n));
    good.then_some(()).ok_or_else(|| "a number from 1 to 1000".into())
}

fn directory(given: &str) -> Result<(), String> {
    if std::path::Path::new(given).is_absolute() { Ok(()) } else { Err("a directory from the root on: /home/…".into()) }
}

const JOIN: &[&str] = &["join"];
const CALLS: &[&str] = &["join", "echo", "demo", "tutor"];
const WINDOWS: &[&str] = &["join", "attach", "demo", "tutor"];
const ALL: &[&str] = &[];

/// A key of one option.
const fn value(name: &'static str, form: Form, default: &'static str, about: &'static str, options: &'static [Sets]) -> Key {
    Key { name, form, default, about, options, against: &[] }
}

/// All of them, in the order in which they are shown.
pub static TABLE: &[Key] = &[
    value("name", Form::Text(display_name), "", "The name that others see", &[Sets::Value("name", JOIN)]),
    value(
        "server",
        Form::Text(server),
        "",
        "Your server, https://HOST[:PORT][#fp=…]: 'conclave join board' means its room board",
        &[Sets::Value("server", &["join", "people", "account", "history"])],
    ),
    value("keyring", Form::Words(words::<Place>), "\"auto\"", "Where your secrets are kept", &[Sets::Value("keyring", ALL)]),
    value(
        "audio.devices",
        Form::Text(devices),
        "\"auto\"",
        "Microphone and loudspeaker, as --audio takes them",
        &[Sets::Value("audio", CALLS)],
    ),
    value(
        "audio.start_muted",
        Form::Bool,
        "true",
        "You join with the microphone closed",
        &[Sets::Switch { when: "true", option: "muted", of: JOIN }, Sets::Switch { when: "false", option: "unmuted", of: JOIN }],
    ),
    value(
        "audio.release_when_muted",
        Form::Bool,
        "false",
        "The microphone's device goes back to the system while it is closed",
        &[Sets::Switch { when: "true", option: "release_when_muted", of: JOIN }],
    ),
    value(
        "audio.echo_cancel",
        Form::Words(words::<EchoCancel>),
        "",
        "Take the loudspeaker out of the microphone",
        &[Sets::Value("echo_cancel", JOIN)],
    ),
    value("audio.noise", Form::Words(words::<Noise>), "", "Lower the noise around you", &[Sets::Value("noise", JOIN)]),
    value("audio.gain", Form::Words(words::<Switch>), "", "Bring your voice to a usual level", &[Sets::Value("gain", JOIN)]),
    value(
        "audio.frame",
        Form::Words(words::<Frame>),
        "\"20\"",
        "Milliseconds of sound in one packet",
        &[Sets::Value("frame", JOIN)],
    ),
    value(
        "net.transport",
        Form::Words(transports),
        "\"auto\"",
        "The way that sound takes through the network: the best that gets through, or this one",
        &[Sets::Value("transport", &["join", "echo"])],
    ),
    value(
        "audio.earcons",
        Form::Text(earcons),
        "",
        "Tones that tell what happens, as --earcons takes them",
        &[Sets::Value("earcons", JOIN)],
    ),
    value(
        "call.reconnect",
        Form::Text(time),
        "\"5m\"",
        "How long a lost connection is tried again",
        &[Sets::Value("reconnect", JOIN)],
    ),
    value(
        "net.proxy",
        Form::Text(proxy::check),
        "\"env\"",
        "The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY)",
        &[Sets::Value("proxy", ALL)],
    ),
    value(
        "net.no_proxy",
        Form::Text(list),
        "\"localhost,127.0.0.0/8,::1\"",
        "What it does not serve: names with all below them, addresses, networks or *",
        &[Sets::Value("no_proxy", ALL)],
    ),
    value(
        "tls.extra_ca",
        Form::Text(tls::is_absolute),
        "",
        "A file with certificates of authorities (PEM) that count beside the system's",
        &[Sets::Value("extra_ca", ALL)],
    ),
    value(
        "tls.interception",
        Form::Words(|| Interception::WORDS.map(str::to_owned).into()),
        "\"warn\"",
        "Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect",
        &[Sets::Value("interception", ALL)],
    ),
    value(
        "ui.mode",
        Form::Words(front_ends),
        "\"auto\"",
        "auto: a full screen where one can work; line: plain lines",
        &[Sets::Switch { when: "line", option: "line", of: JOIN }],
    ),
    value(
        "ui.lang",
        Form::Words(words::<Choice>),
        "\"auto\"",
        "Language of the full screen and of line mode",
        &[Sets::Value("lang", WINDOWS)],
    ),
    value("ui.theme", Form::Words(words::<Look>), "", "Colours of the full screen", &[Sets::Value("theme", JOIN)]),
    value(
        "ui.mouse",
        Form::Bool,
        "false",
        "Select and scroll with the mouse",
        &[Sets::Switch { when: "true", option: "mouse", of: JOIN }],
    ),
    value(
        "ui.bell",
        Form::Bool,
        "false",
        "Ring when somebody wants something of you",
        &[Sets::Switch { when: "true", option: "bell", of: JOIN }],
    ),
    value(
        "ui.notify",
        Form::Bool,
        "false",
        "Tell the desktop of the same",
        &[Sets::Switch { when: "true", option: "notify", of: JOIN }],
    ),
    value(
        "ui.title",
        Form::Bool,
        "false",
        "Name the room in the window's title",
        &[Sets::Switch { when: "true", option: "title", of: JOIN }],
    ),
    value(
        "ui.motion",
        Form::Words(words::<Whether>),
        "\"auto\"",
        "A clock, figures and your level, which move while nothing happens",
        &[Sets::Value("motion", JOIN)],
    ),
    value(
        "ui.hyperlinks",
        Form::Words(words::<Whether>),
        "\"auto\"",
        "Links in messages can be clicked",
        &[Sets::Value("hyperlinks", JOIN)],
    ),
    Key {
        name: "e2ee.require",
        form: Form::Bool,
        default: "false",
        about: "Join only rooms that are end-to-end encrypted",
        options: &[Sets::Switch { when: "true", option: "require_e2ee", of: JOIN }],
        against: &["allow_plain", "mode=open"],
    },
    value(
        "e2ee.require_vouched",
        Form::Bool,
        "false",
        "Stay only while everybody is vouched for or verified",
        &[Sets::Switch { when: "true", option: "require_vouched", of: JOIN }],
    ),
    value(
        "e2ee.mode",
        Form::Words(modes),
        "",
        "What you expect of every room; one that protects less is refused",
        &[Sets::Value("mode", JOIN)],
    ),
    value(
        "record.allow",
        Form::Bool,
        "true",
        "This client may keep calls in files",
        &[Sets::Switch { when: "false", option: "never_record", of: JOIN }],
    ),
    value("record.directory", Form::Text(directory), "", "Where recordings go", &[Sets::Value("recordings", JOIN)]),
    value(
        "history.rooms",
        Form::Bool,
        "true",
        "Note the rooms that you join, without secrets, to find them again",
        &[Sets::Switch { when: "false", option: "no_history", of: &["join", "history"] }],
    ),
    value(
        "history.secrets",
        Form::Bool,
        "false",
        "Keep the secrets of rooms in your keyring",
        &[Sets::Switch { when: "true", option: "keep_secret", of: JOIN }],
    ),
    Key {
        name: "log.file",
        form: Form::Bool,
        default: "true",
        about: "Log calls in files, without names, texts, links, secrets and addresses",
        options: &[Sets::Switch { when: "false", option: "no_log", of: JOIN }],
        against: &["log_file"],
    },
    value(
        "log.level",
        Form::Words(words::<crate::log::Level>),
        "\"info\"",
        "The least that is logged",
        &[Sets::Value("log_level", JOIN)],
    ),
    value("log.keep", Form::Text(files), "\"5\"", "How many log files are kept", &[Sets::Value("log_keep", JOIN)]),
    value(
        "sandbox",
        Form::Words(words::<Level>),
        "\"auto\"",
        "What a call gives up of its rights",
        &[Sets::Value("sandbox", &["join", "echo"])],
    ),
];

impl Key {
    /// By name.
    pub fn find(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|k| k.name == name)
    }

    /// The options that a value stands for, in commands, as (option, text, commands).
    pub fn sets<'a>(&self, value: &'a str) -> impl Iterator<Item = (&'static str, &'a str, &'static [&'static str])> {
        self.options.iter().filter_map(move |sets| match *sets {
            Sets::Value(option, of) => Some((option, value, of)),
            Sets::Switch { when, option, of } if when == value => Some((option, "true", of)),
            Sets::Switch { .. } => None,
        })
    }
}
