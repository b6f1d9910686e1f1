//! Exit codes: `sysexits.h` where it has one, documented in `docs/exit-codes.md` and never renumbered.

/// Why the process ends, as its exit code. Scripts depend on these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The call or command ended as it should (a reached `--duration` included).
    Ok = 0,
    /// Anything that has no code of its own.
    Other = 1,
    /// The command line is wrong (clap's own code).
    Usage = 2,
    /// A bad link, or input data that cannot be read (a truncated WAV file).
    Data = 65,
    /// No such input or output device, or no such input file.
    NoInput = 66,
    /// The host name does not resolve.
    NoHost = 68,
    /// Nothing answers there, or the room is unknown, full or closed.
    Unavailable = 69,
    /// A fault of ours.
    Internal = 70,
    /// An output file cannot be written, or not to its end.
    CantCreate = 73,
    /// Audio was lost and could not be had back.
    AudioLost = 74,
    /// The network was lost for longer than the reconnect limit: try again later.
    TempFail = 75,
    /// The other side does not speak our protocol, or one of the two is too old.
    Protocol = 76,
    /// Refused: a token that is wrong or has expired, or a prompt that may not be asked.
    Denied = 77,
    /// The configuration is wrong.
    Config = 78,
    /// The server's certificate or fingerprint is not the expected one.
    Tls = 79,
    /// The room protects less than was asked for, or its group is not what it should be.
    Policy = 80,
    /// Removed by a moderator.
    Removed = 81,
    /// The room has ended for everybody.
    RoomEnded = 82,
    /// What was expected of a call did not come, or a threshold of a load test does not hold.
    Missed = 83,
    /// Ended by Ctrl-C.
    Interrupted = 130,
    /// Ended by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// All of them.
    const ALL: [Self; 21] = [
        Self::Ok,
        Self::Other,
        Self::Usage,
        Self::Data,
        Self::NoInput,
        Self::NoHost,
        Self::Unavailable,
        Self::Internal,
        Self::CantCreate,
        Self::AudioLost,
        Self::TempFail,
        Self::Protocol,
        Self::Denied,
        Self::Config,
        Self::Tls,
        Self::Policy,
        Self::Removed,
        Self::RoomEnded,
        Self::Missed,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The one with a code, as another process of ours told it; what is none is [`Exit::Other`].
    pub fn of(code: u8) -> Self {
        Self::ALL.into_iter().find(|exit| *exit as u8 == code).unwrap_or(Self::Other)
    }

    /// The stable word for scripts that goes with the code.
    pub fn word(self) -> &'static str {
        match self {
            Exit::Ok => "ok",
            Exit::Usage => "usage",
            Exit::Data => "bad_data",
            Exit::NoInput => "no_input",
            Exit::NoHost => "no_host",
            Exit::Unavailable => "unavailable",
            Exit::CantCreate => "cannot_write",
            Exit::AudioLost => "audio_lost",
            Exit::TempFail => "network_lost",
            Exit::Protocol => "protocol",
            Exit::Denied => "denied",
            Exit::Config => "config",
            Exit::Tls => "tls",
            Exit::Policy => "policy",
            Exit::Removed => "removed",
            Exit::RoomEnded => "room_ended",
            Exit::Missed => "missed",
            Exit::Interrupted | Exit::Terminated => "signal",
            Exit::Other | Exit::Internal => "internal",
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(e: Exit) -> Self {
        std::process::ExitCode::from(e as u8)
    }
}

/// A failure that a user sees: one sentence that says what happened, to what, and what to do, and the code to exit with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// The sentence. It never contains a secret.
    pub text: String,
}

impl Failure {
    /// A failure with its exit code and sentence.
    pub fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }
}
