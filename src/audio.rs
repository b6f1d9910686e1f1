//! Sound: from the microphone to [`crate::backend::Frame`]s and back to the ear.
//!
//! ```text
//! device -> ring -> capture (48 kHz mono, 10 ms) -> Opus -> Frame -> backend
//! backend -> Frame -> jitter buffer (one per source) -> decode or conceal -> mixer -> ring -> device
//! ```
//! [`tick`] is the sans-IO middle: every 10 ms, with the time handed in, it takes what was captured and gives what is to
//! be played. One std thread drives it by the device's clock, or by a timer for null and file devices; tests drive it in
//! virtual time. So a test without a sound card runs the product's code.

pub mod again;
pub mod capture;
pub mod codec;
pub mod delay;
pub mod device;
mod earcon;
pub mod hearing;
pub mod jitter_buffer;
pub mod level;
pub mod loudness;
pub mod mixer;
pub mod processing;
pub mod rate;
pub mod recorder;
pub mod speaking;
pub mod standstill;
#[cfg(test)]
pub(crate) mod testing;
pub mod thread;
pub mod tick;
pub mod warnings;
pub mod watch;
pub mod wav;

use crate::backend::MediaPorts;
use crate::call::processing::{Processing, Wish};
use crate::call::{DeviceKind, Earcon, PeerId};
use std::time::Instant;
use tokio::sync::mpsc;

pub use device::DeviceSpec;
pub use rate::FrameLength;
pub use thread::{start, start_echo};

/// Samples per second, everywhere.
pub const SAMPLE_RATE: u32 = 48_000;
/// Samples in one tick of 10 ms, mono.
pub const TICK_SAMPLES: usize = 480;

/// How a call's sound is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Which devices.
    pub device: DeviceSpec,
    /// The microphone is open from the beginning (a file as microphone, or `--unmuted`).
    pub open: bool,
    /// Never capture.
    pub listen_only: bool,
    /// Give the microphone's device back to the system whenever it is closed.
    pub release_when_muted: bool,
    /// A file plays at once when attached, instead of waiting for [`Control::MediaConnected`].
    pub play_at_join: bool,
    /// Sound in one packet while the way is good.
    pub frame: FrameLength,
    /// What shall be done to our own voice.
    pub processing: Wish,
    /// When the process started: [`AudioEvent::Hearing`] counts from it.
    pub started: Instant,
}

impl Setup {
    /// These devices, and everything else as a call has it if nothing is asked for.
    pub fn new(device: DeviceSpec, open: bool) -> Self {
        Self {
            device,
            open,
            listen_only: false,
            release_when_muted: false,
            play_at_join: false,
            frame: FrameLength::Ms20,
            processing: Wish::default(),
            started: Instant::now(),
        }
    }
}

/// A running audio thread. Dropping it stops the sound and finishes the recording.
#[derive(Debug)]
pub struct Audio {
    /// What the call wants of it. Bounded; `try_send`.
    pub control: mpsc::Sender<Control>,
    /// What it reports. Bounded; the thread drops events of a front end that does not read.
    pub events: mpsc::Receiver<AudioEvent>,
    /// How loud the microphone is.
    pub meter: level::Meter,
    /// What is heard is kept in a file: the others are told before the first sample.
    pub records: bool,
    /// Dropping it stops and joins the thread: the recording is a whole file then.
    pub(crate) guard: thread::Guard,
}

/// What a call asks of its sound.
#[derive(Debug)]
pub enum Control {
    /// A session's media begins; frames of an earlier one are forgotten.
    Attach(MediaPorts),
    /// Every packet of ours has one size (`true`), so that sizes tell nothing. Before [`Control::Attach`].
    ConstantRate(bool),
    /// Open (`true`) or close the microphone. Closed: nothing is kept, encoded or sent; its device stays open for the level
    /// alone ([`warnings`]) unless [`Setup::release_when_muted`].
    Microphone(bool),
    /// Close the microphone and give its device back to the system, until the next [`Control::Microphone`].
    ReleaseMicrophone,
    /// Another member can hear us now: a file that stands for the microphone begins.
    MediaConnected,
    /// Playback volume of one participant, 0 to 200 percent.
    Volume {
        /// Whom.
        peer: PeerId,
        /// Percent.
        percent: u16,
    },
    /// Switch to another device of the same host.
    Device {
        /// Which end.
        kind: DeviceKind,
        /// Its name.
        name: String,
    },
    /// From now on what is heard, and what we say, goes into a recording too; or no longer.
    Record(Option<recorder::Tap>),
    /// What is known of the way to the listeners.
    Path(Path),
    /// From now on what is said is watched beside what is heard.
    Watch(watch::Watch),
    /// What shall be done to our own voice; what is left open stays as it is.
    Processing(Wish),
    /// Say again: plays so many seconds of what was heard once more, or stops that.
    Again(u16),
    /// Whether what is heard may be kept in memory for that. What is there is wiped when it may not.
    KeepForAgain(bool),
    /// Play a tone, here and for nobody else.
    Earcon(Earcon),
    /// Stop, finish the recording, end the thread.
    Stop,
}

/// What is known of the way from our microphone to the listeners' ears: the sender adapts to it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Path {
    /// Share of our frames that do not reach a listener, 0 to 1.
    pub loss: f32,
    /// Round-trip time to the server, in milliseconds.
    pub rtt_ms: Option<f32>,
    /// How unevenly our packets reach the server (interarrival jitter, RFC 3550 section 6.4.1), in milliseconds.
    pub jitter_ms: Option<f32>,
}

/// What the sound reports.
#[derive(Debug, Clone, PartialEq)]
pub enum AudioEvent {
    /// Somebody begins or stops speaking; `None` = ourselves.
    Speaking {
        /// Who.
        peer: Option<PeerId>,
        /// Whether.
        on: bool,
    },
    /// The first sound of a participant is about to be heard.
    Hearing {
        /// Whom.
        peer: PeerId,
        /// Milliseconds since [`Setup::started`].
        ms: u64,
    },
    /// A device was opened (`open`), lost (`lost`), there is none (`none`), or the one asked for does not open (`refused`).
    Device {
        /// Which end.
        kind: DeviceKind,
        /// Its name.
        name: String,
        /// `open`, `lost`, `none`, `refused`.
        state: &'static str,
        /// What happened, in words; empty if it was told with the other end's.
        text: Option<String>,
    },
    /// The file that stands for the microphone begins (`true`) or has ended.
    Playing(bool),
    /// Something is wrong with the own microphone.
    Microphone(warnings::Warning),
    /// This process did not run for so long: it was stopped, or the machine slept. The microphone is closed already.
    StoodStill(std::time::Duration),
    /// The recording cannot be written any more (disk full); the call goes on.
    RecordingFailed(String),
    /// What is done to our own voice, whenever that changes.
    Processing(Processing),
    /// Audio figures, about once a second.
    Figures(Figures),
    /// How everybody was heard of whom anything came in the last second, about once a second, right after the figures.
    Heard(Vec<hearing::Heard>),
    /// What was heard is played again: so many milliseconds of it; 0 = no longer, or there is nothing.
    Again(u32),
}

/// Audio figures, cumulative unless the unit says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Frames received by all jitter buffers.
    pub received: u64,
    /// Frames that never came, or came too late.
    pub lost: u64,
    /// Bytes of audio payload received.
    pub bytes_received: u64,
    /// Frames handed to the backend.
    pub sent: u64,
    /// Bytes of audio payload handed to the backend.
    pub bytes_sent: u64,
    /// Their sound, in milliseconds.
    pub sent_ms: u64,
    /// Sound made up, in milliseconds.
    pub concealed_ms: u64,
    /// Present depth of the deepest jitter buffer, in milliseconds.
    pub buffer_ms: u32,
}
