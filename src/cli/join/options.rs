//! The options of `conclave join`, some of them other commands' too.

use super::{Language, Screen, log};
use crate::audio::FrameLength;
use crate::call::Earcons;
use crate::call::conditions::{Conditions, LeaveWhen, Pattern};
use crate::call::processing::{EchoCancel, Noise, Wish};
use crate::cli::secrecy;
use crate::hygiene::sandbox::Level;
use crate::net::ladder::Transport;
use crate::protocol::control::Secret;
use std::path::PathBuf;
use std::time::Duration;

/// Options of `conclave join`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's link, or the name of a room where you were before. Without it you are asked; `-` reads it from standard input.
    /// A link that carries a secret (`k=`) is taken from the prompt, `-` or --link-fd only, because other users of this machine can
    /// see arguments.
    #[arg(value_hint = clap::ValueHint::Url)]
    pub link: Option<String>,
    /// The room is chosen from a list, first
    #[arg(skip)]
    pub from_list: bool,
    /// A link that was typed or pasted there
    #[arg(skip)]
    pub pasted: Option<Secret>,
    /// Read the link from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "link")]
    pub link_fd: Option<i32>,
    /// Read the access token of a LiveKit or Jitsi room from this file descriptor (or set CONCLAVE_TOKEN)
    #[arg(long, value_name = "N")]
    pub token_fd: Option<i32>,
    /// Read the PIN of the link's invite, or the password of a Jitsi room, from this file descriptor; without it you are asked
    #[arg(long, value_name = "N")]
    pub pin_fd: Option<i32>,
    /// Your account on a Jitsi server where rooms are opened by people who have one. The password is asked for, or taken from
    /// --password-fd or, with --keep-secret, kept in your keyring
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Read the password of --user from this file descriptor
    #[arg(long, value_name = "N", requires = "user")]
    pub password_fd: Option<i32>,
    /// The server of a room that is named without one: conclave join board
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// Your display name
    #[arg(long, short)]
    pub name: Option<String>,
    /// Sound
    #[command(flatten)]
    pub sound: Sound,
    /// Leave after this long (10s, 5m, 1h); exit code 0
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub duration: Option<Duration>,
    /// Report figures this often
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub stats: Option<Duration>,
    /// When the server is lost, try to come back for this long before the call ends with exit code 75 (0s: not at all)
    #[arg(long, value_parser = duration, value_name = "TIME", default_value = "5m")]
    pub reconnect: Duration,
    /// JSON lines on standard output, commands as JSON lines on standard input
    #[arg(long, conflicts_with = "line")]
    pub json: bool,
    /// Plain lines instead of a full screen: for screen readers, logs and simple terminals
    #[arg(long, env = "CONCLAVE_LINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub line: bool,
    /// The full screen
    #[command(flatten)]
    pub screen: Screen,
    /// Which language people read
    #[command(flatten)]
    pub language: Language,
    /// A full screen, also if you chose line mode when you were asked
    #[arg(long, conflicts_with_all = ["json", "line"])]
    pub tui: bool,
    /// The call goes on in the background, with a closed microphone: prints its number, with which conclave attach shows it and
    /// conclave ctl --pid steers it
    #[arg(long, conflicts_with_all = ["json", "line", "tui"])]
    pub detach: bool,
    /// The same, in the process that it begins
    #[arg(long, hide = true, conflicts_with_all = ["json", "line", "tui", "detach"])]
    pub detached: bool,
    /// What is expected of the call
    #[command(flatten)]
    pub expected: Expected,
    /// Accept a room that is not end-to-end encrypted
    #[arg(long, conflicts_with = "require_e2ee")]
    pub allow_plain: bool,
    /// Keys, and what is expected of the room's encryption
    #[command(flatten)]
    pub secrecy: secrecy::Args,
    /// Expect this server fingerprint, if the link has none
    #[arg(long, value_name = "FINGERPRINT", allow_hyphen_values = true)]
    pub fingerprint: Option<String>,
    /// The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn
    /// (by a relay that the server names)
    #[arg(long, default_value = "auto", value_name = "WAY", value_parser = transport)]
    pub transport: Transport,
    /// Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78
    #[arg(long, value_enum, default_value_t = Level::Auto, value_name = "LEVEL", hide_possible_values = true)]
    pub sandbox: Level,
    /// Where recordings that begin during the call may be written [default: the current directory, unless that is the
    /// home directory or above it]
    #[arg(long, value_name = "DIR")]
    pub recordings: Option<PathBuf>,
    /// Keep nothing of this call in a file: no recording begins, and no file is a loudspeaker
    #[arg(long)]
    pub never_record: bool,
    /// When the call is over, write a receipt of it that the others have signed to this file, which must not exist yet; in
    /// rooms that keep receipts. Exit code 73 if there is none
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    /// Do not note this room in the history
    #[arg(long)]
    pub no_history: bool,
    /// Keep the room's secret in your keyring, so that the room can be joined again without it: by its link alone, by its name in
    /// the history, or from the list of rooms
    #[arg(long)]
    pub keep_secret: bool,
    /// What is logged
    #[command(flatten)]
    pub log: log::Args,
    /// Never ask anything; exit with code 77 instead
    #[arg(long)]
    pub no_input: bool,
}

/// Options for tests.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Expected {
    /// Expect an event, "EVENT [who=NAME] [FIELD=VALUE] [within=TIME]": where it does not come in time (counted from the start, or
    /// before the end), the call ends with exit code 83. May be given more than once
    #[arg(long, value_name = "EVENT")]
    pub expect: Vec<Pattern>,
    /// Leave, with exit code 0, when the last of the others has left (empty), when the last host has (host-leaves), or at an event as
    /// for --expect. May be given more than once
    #[arg(long, value_name = "WHEN")]
    pub leave_when: Vec<LeaveWhen>,
    /// Write what was expected, and what came of it, as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

impl Expected {
    /// From now on.
    pub(super) fn conditions(&self) -> Conditions {
        Conditions::new(self.expect.clone(), self.leave_when.clone(), tokio::time::Instant::now())
    }
}

/// Options about sound.
#[derive(Debug, Clone, clap::Args)]
pub struct Sound {
    /// auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty)
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    pub audio: String,
    /// Begin with the microphone closed (the default, except with a file as microphone)
    #[arg(long, conflicts_with = "unmuted")]
    pub muted: bool,
    /// Begin with the microphone open
    #[arg(long)]
    pub unmuted: bool,
    /// Give the microphone's device back to the system while it is closed: its light goes out, opening takes a moment longer,
    /// and nobody can tell you that you speak into a closed microphone
    #[arg(long)]
    pub release_when_muted: bool,
    /// Only listen; publish no microphone
    #[arg(long, conflicts_with = "unmuted")]
    pub listen_only: bool,
    /// Take out of the microphone what the loudspeaker plays; auto: not with a headset, a file or a pipe
    #[arg(long, value_enum, value_name = "WHEN")]
    pub echo_cancel: Option<EchoCancel>,
    /// Lower the noise around the speaker [default: on, except for a file or a pipe]
    #[arg(long, value_enum, value_name = "HOW")]
    pub noise: Option<Noise>,
    /// Bring the voice to a usual level [default: on, except for a file or a pipe]
    #[arg(long, value_enum, value_name = "WHETHER")]
    pub gain: Option<Switch>,
    /// Milliseconds of sound in one packet while the way is good: 10 is heard 10 ms sooner and costs 28 kbit/s more
    #[arg(long, value_enum, default_value_t = Frame::Ms20, value_name = "MS")]
    pub frame: Frame,
    /// Tones that tell what happens, for your ears only: all, none, or a list of muted, unmuted, join, leave, knock, hand, lost, back
    /// [default: all in line mode; knock, lost and back on a full screen; none with a file, a pipe or --json]
    #[arg(long, value_name = "WHICH")]
    pub earcons: Option<Earcons>,
    /// When a file as microphone begins: when somebody can hear it, or at once
    #[arg(long, value_enum, default_value_t = PlayAt::Heard)]
    pub play_at: PlayAt,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Sound in one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Frame {
    /// 10 ms.
    #[value(name = "10")]
    Ms10,
    /// 20 ms.
    #[value(name = "20")]
    Ms20,
}

impl From<Frame> for FrameLength {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Ms10 => Self::Ms10,
            Frame::Ms20 => Self::Ms20,
        }
    }
}

impl Sound {
    /// What shall be done to the voice.
    pub(crate) fn wish(&self) -> Wish {
        Wish { echo: self.echo_cancel, noise: self.noise, gain: self.gain.map(|g| g == Switch::On) }
    }
}

/// When a file as microphone begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PlayAt {
    /// When the first other member's media is connected.
    Heard,
    /// At once.
    Join,
}

/// For clap.
pub(crate) fn transport(s: &str) -> Result<Transport, String> {
    s.parse()
}

/// `10s`, `5m`, `1h`, `250ms`; a bare number means seconds.
pub(crate) fn duration(s: &str) -> Result<Duration, String> {
    let split = s.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(s.len());
    let (number, unit) = s.split_at(split);
    let per_unit = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err("a time is a number and ms, s, m or h: 10s".into()),
    };
    let seconds = number.parse::<f64>().map_err(|_| "a time is a number and ms, s, m or h: 10s")? * per_unit;
    if !(0.0..=31_536_000.0).contains(&seconds) {
        return Err("a time is at most a year".into());
    }
    Ok(Duration::from_secs_f64(seconds))
}
