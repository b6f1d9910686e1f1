//! What a user can ask of a call.

use super::PeerId;
use super::processing::{EchoCancel, Noise};
use crate::protocol::control::Secret;
use crate::protocol::room::RoomRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which end of the sound a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A microphone.
    Input,
    /// A loudspeaker or headset.
    Output,
}

/// A command, the same from a key, a `/command`, a JSON line or the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub enum Command {
    /// Close (`on: true`) or open (`on: false`) the microphone; without `on`, the other of the two.
    Mute {
        /// `true` closes the microphone.
        #[serde(default)]
        on: Option<bool>,
    },
    /// Push-to-talk: open while down, and back to what it was when up. Without `down`: opens a closed microphone and closes
    /// an open one, for keys of which only the press is known.
    Talk {
        /// Whether the key is held.
        #[serde(default)]
        down: Option<bool>,
    },
    /// Answer how loud the own microphone is, in words and in dBFS, open or closed.
    Level,
    /// Raise or lower the own hand; without `up`, the other of the two.
    Hand {
        /// `true` raises it.
        #[serde(default)]
        up: Option<bool>,
    },
    /// Send a chat message to everybody, or to one participant.
    Say {
        /// The text, at most [`crate::text::MAX_CHAT`] bytes.
        text: String,
        /// The only recipient.
        #[serde(default)]
        to: Option<PeerId>,
    },
    /// Change the own display name.
    Name {
        /// The new name, at most [`crate::text::MAX_NAME`] characters.
        name: String,
    },
    /// Set how loud one participant is played here.
    Volume {
        /// Whom.
        peer: PeerId,
        /// 0 to 200; 100 = as sent.
        percent: u16,
    },
    /// List the audio devices.
    Devices,
    /// Switch to another audio device.
    Device {
        /// Microphone or loudspeaker.
        kind: DeviceKind,
        /// Its name, as [`Command::Devices`] lists it.
        name: String,
    },
    /// Change what is done to the own voice before it is sent; what is absent stays as it is.
    Processing {
        /// Take out what the loudspeaker plays.
        #[serde(default)]
        echo: Option<EchoCancel>,
        /// Lower the noise around.
        #[serde(default)]
        noise: Option<Noise>,
        /// Bring the voice to a usual level.
        #[serde(default)]
        gain: Option<bool>,
    },
    /// Let somebody in who waits.
    Admit {
        /// Whom.
        peer: PeerId,
    },
    /// Do not let them in.
    Deny {
        /// Whom.
        peer: PeerId,
    },
    /// Remove somebody for good.
    Kick {
        /// Whom.
        peer: PeerId,
    },
    /// Make somebody a moderator.
    Promote {
        /// Whom.
        peer: PeerId,
    },
    /// Take moderator rights away.
    Demote {
        /// From whom.
        peer: PeerId,
    },
    /// Give somebody a role in the room, by the server; what the group says stays.
    Role {
        /// Whom.
        peer: PeerId,
        /// Which.
        role: RoomRole,
    },
    /// Remove somebody and let neither their key nor their account in again.
    Ban {
        /// Whom.
        peer: PeerId,
    },
    /// Close somebody's microphone, or, without `peer`, those of all others. They can open it again.
    Silence {
        /// Whose.
        #[serde(default)]
        peer: Option<PeerId>,
    },
    /// Ask somebody to open their microphone.
    #[serde(rename = "ask")]
    AskUnmute {
        /// Whom.
        peer: PeerId,
    },
    /// Take somebody's hand down, or, without `peer`, all hands.
    #[serde(rename = "lower")]
    LowerHand {
        /// Whose.
        #[serde(default)]
        peer: Option<PeerId>,
    },
    /// End the meeting for everybody.
    #[serde(rename = "end")]
    EndForAll,
    /// Let nobody new in (`on: true`), or again (`on: false`); without `on`, the other of the two.
    Lock {
        /// Locked.
        #[serde(default)]
        on: Option<bool>,
    },
    /// Give the room a password that newcomers must know, or, without it, take the password away; where rooms have one.
    Password {
        /// It.
        #[serde(default)]
        #[schemars(with = "Option<String>")]
        password: Option<Secret>,
    },
    /// Stop sending at once and tell everybody (a moderator: lock the room and pause all), or go on (`on: false`).
    Freeze {
        /// Frozen; absent = `true`.
        #[serde(default)]
        on: Option<bool>,
    },
    /// Show the safety code, here and to everybody.
    Safety,
    /// The code was compared: by words or digits, which must be those of that epoch (the last shown one, if absent).
    /// Wrong ones are an error, and nothing is verified.
    Verify {
        /// Epoch of the code.
        #[serde(default)]
        epoch: Option<u64>,
        /// Eight words, or twenty digits; absent = a person compared them on the screen.
        #[serde(default)]
        words: Option<String>,
    },
    /// Send a reaction.
    React {
        /// One short word or emoji, at most 32 bytes.
        text: String,
    },
    /// Begin to keep what is heard in a WAV file (everybody is told first), or end it (no `file`).
    Record {
        /// Path of a file that does not exist yet; relative to the directory for recordings (`--recordings`).
        #[serde(default)]
        file: Option<String>,
        /// The file may exist, and what is in it is lost.
        #[serde(default)]
        overwrite: bool,
    },
    /// Have a receipt of the meeting so far signed by all who are here, and write it; where the room keeps receipts.
    Receipt {
        /// Path of a file that does not exist yet; relative to the directory for recordings.
        file: String,
        /// The file may exist, and what is in it is lost.
        #[serde(default)]
        overwrite: bool,
    },
    /// Play the last seconds of what was heard once more, or stop that.
    Again {
        /// How many, 1 to 15; absent = 15, or stop if it is being played.
        #[serde(default)]
        seconds: Option<u16>,
    },
    /// Turn tones that tell what happens on or off; they are heard here only.
    Earcons {
        /// Which; absent = all.
        #[serde(default)]
        kind: Option<super::Earcon>,
        /// On.
        on: bool,
    },
    /// Answer what the server can see of the call: `on` begins and ends a stream of `xray` events, at most 50 a second;
    /// what comes faster is left out.
    Xray {
        /// Begins.
        on: bool,
    },
    /// Answer with the whole [`super::State`].
    State,
    /// Answer with network and audio figures; a `stats` event tells the same to all front ends.
    Stats,
    /// On the control socket: who asks is a front end from now on. When the last one goes, the microphone is closed.
    Attach,
    /// This front end goes; the call goes on with its microphone closed, where it has a process of its own (`join --detach`).
    Detach,
    /// Leave the call.
    Leave,
}

impl Command {
    /// Its name: the `cmd` of JSON, the word after `/`, the key of [`super::State::unavailable`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mute { .. } => "mute",
            Self::Talk { .. } => "talk",
            Self::Level => "level",
            Self::Hand { .. } => "hand",
            Self::Say { .. } => "say",
            Self::Name { .. } => "name",
            Self::Volume { .. } => "volume",
            Self::Devices => "devices",
            Self::Device { .. } => "device",
            Self::Processing { .. } => "processing",
            Self::Admit { .. } => "admit",
            Self::Deny { .. } => "deny",
            Self::Kick { .. } => "kick",
            Self::Promote { .. } => "promote",
            Self::Demote { .. } => "demote",
            Self::Role { .. } => "role",
            Self::Ban { .. } => "ban",
            Self::Silence { .. } => "silence",
            Self::AskUnmute { .. } => "ask",
            Self::LowerHand { .. } => "lower",
            Self::EndForAll => "end",
            Self::Lock { .. } => "lock",
            Self::Password { .. } => "password",
            Self::Freeze { .. } => "freeze",
            Self::Safety => "safety",
            Self::Verify { .. } => "verify",
            Self::React { .. } => "react",
            Self::Record { .. } => "record",
            Self::Receipt { .. } => "receipt",
            Self::Again { .. } => "again",
            Self::Earcons { .. } => "earcons",
            Self::Xray { .. } => "xray",
            Self::State => "state",
            Self::Stats => "stats",
            Self::Attach => "attach",
            Self::Detach => "detach",
            Self::Leave => "leave",
        }
    }
}

/// A command with the number its reply will carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Chosen by the sender and returned in the `reply` event; without it no reply is sent unless the command fails.
    #[serde(default)]
    pub id: Option<u64>,
    /// The command.
    #[serde(flatten)]
    pub command: Command,
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self { id: None, command }
    }
}
