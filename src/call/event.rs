//! What happens in a call, as every front end and every script sees it.

use super::names::NameMark;
use super::trust::{EpochNote, Policy, Role, SafetyCode, Standing};
use super::{DeviceKind, Peer, PeerId};
use crate::protocol::room::{RoomRole, Rules, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the event schema (`v` in every JSON line). Fields are added without a new version; readers ignore
/// what they do not know.
pub const SCHEMA_VERSION: u32 = 1;

/// How well the content is protected. Front ends show [`Security::words`], never a colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Encrypted between client and server; the server can read it.
    #[default]
    TransportOnly,
    /// Signalling is not encrypted at all (loopback development server); media is DTLS-SRTP to the server.
    PlainSignalling,
    /// Encrypted between the members; the server forwards and can remove, and never reads or adds.
    EndToEnd,
}

impl Security {
    /// The words every front end shows.
    pub fn words(self) -> &'static str {
        match self {
            Security::TransportOnly => "transport encryption only, not end-to-end encrypted",
            Security::PlainSignalling => "not end-to-end encrypted, signalling unencrypted",
            Security::EndToEnd => "end-to-end encrypted",
        }
    }

    /// The same, with what weakens it: the room's key is a passphrase that people chose.
    pub fn words_with(self, passphrase: bool) -> &'static str {
        match self {
            Security::EndToEnd if passphrase => "end-to-end encrypted by a passphrase: weaker",
            other => other.words(),
        }
    }
}

/// Why the call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// The user left.
    Left,
    /// `--duration` was reached.
    Duration,
    /// A signal ended the process.
    Signal,
    /// A moderator removed us.
    Removed,
    /// The room has ended.
    RoomEnded,
    /// The same identity joined from elsewhere.
    Replaced,
    /// The server is going down.
    ServerShutdown,
    /// The network was lost for longer than the reconnect limit.
    NetworkLost,
    /// The front end went away (standard output or input was closed).
    FrontEndGone,
    /// `--leave-when` came true, or what `--expect` names did not come in time (exit code 83).
    Condition,
    /// This front end goes, and the call goes on (`detach`).
    Detached,
    /// The call could not be joined, or an error ended it.
    Failed,
}

/// Network and audio figures, cumulative since the call began unless the unit says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// Round-trip time to the server in milliseconds.
    pub rtt_ms: Option<f32>,
    /// Audio packets received.
    pub packets_received: u64,
    /// Audio packets that never came.
    pub packets_lost: u64,
    /// Audio packets sent.
    pub packets_sent: u64,
    /// Bytes of audio payload received and sent.
    pub bytes_received: u64,
    /// See `bytes_received`.
    pub bytes_sent: u64,
    /// Sound made up because packets were missing, in milliseconds over all speakers.
    pub concealed_ms: u64,
    /// Present depth of the deepest jitter buffer in milliseconds.
    pub buffer_ms: u32,
    /// Frames that could not be opened and were not played: plain, forged, replayed, or of a key we do not have.
    #[serde(default)]
    pub frames_refused: u64,
    /// Of those, the ones that were plain, damaged, forged or repeated: no member's client sent them so.
    #[serde(default)]
    pub frames_foreign: u64,
    /// Share of our packets that did not reach the server, not even when they were sent again, 0 to 1, by its own report.
    #[serde(default)]
    pub uplink_loss: Option<f32>,
    /// Interarrival jitter (RFC 3550) of our packets at the server in milliseconds, by the same report.
    #[serde(default)]
    pub uplink_jitter_ms: Option<f32>,
    /// Share of the packets to us that did not come over the last seconds, 0 to 1. What was brought back by later packets counts.
    #[serde(default)]
    pub downlink_loss: Option<f32>,
    /// Interarrival jitter (RFC 3550) of the worst source in milliseconds.
    #[serde(default)]
    pub jitter_ms: Option<f32>,
    /// Sound of others played since the call began, made-up sound included, in milliseconds over all speakers.
    #[serde(default)]
    pub played_ms: u64,
    /// Share of the sound that was made up or missing over the last seconds, 0 to 1.
    #[serde(default)]
    pub concealed: Option<f32>,
    /// The same since the call began.
    #[serde(default)]
    pub concealed_total: Option<f32>,
    /// Kilobits of audio payload a second over the last seconds: sent, and received.
    #[serde(default)]
    pub kbps_up: Option<f32>,
    /// See `kbps_up`.
    #[serde(default)]
    pub kbps_down: Option<f32>,
    /// How it is in one word, with the reason.
    #[serde(default)]
    pub quality: Option<super::Quality>,
    /// Who was heard in the last seconds, at most [`MAX_SPEAKERS`].
    #[serde(default)]
    pub speakers: Vec<SpeakerStats>,
}

/// How many speakers stand in [`Stats`].
pub const MAX_SPEAKERS: usize = 32;

/// How one speaker was heard over the last seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpeakerStats {
    /// Whom.
    pub id: PeerId,
    /// Share of their packets that did not come, 0 to 1.
    pub loss: f32,
    /// Share of their sound that was made up or missing, 0 to 1.
    pub concealed: f32,
    /// Interarrival jitter (RFC 3550) in milliseconds.
    pub jitter_ms: f32,
    /// Depth of their jitter buffer in milliseconds.
    pub buffer_ms: u32,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Everything that is known, to whom attaches to a call that runs; their first line.
    Snapshot {
        /// It.
        state: Box<super::State>,
    },
    /// The client dials. The URL has no secret in it.
    Connecting {
        /// Where, without fragment and token.
        url: String,
    },
    /// A way through the network was tried.
    Transport {
        /// Its name: `udp`.
        rung: String,
        /// Whether media flows over it.
        ok: bool,
        /// How long it took, in milliseconds since joining.
        ms: u64,
        /// Why not.
        #[serde(default)]
        error: Option<String>,
    },
    /// We are in the room.
    Joined {
        /// The room's name, cleaned.
        room: String,
        /// Our own id.
        me: PeerId,
        /// Our own display name.
        name: String,
        /// What protects the content.
        security: Security,
        /// The same, in the words that people read.
        security_text: String,
        /// The room's key is a passphrase: who runs the server could try many, with one member at a time.
        #[serde(default)]
        passphrase: bool,
        /// What cannot be done in this room, by command name, with the reason.
        unavailable: std::collections::BTreeMap<String, String>,
    },
    /// The connection is lost and being made again.
    Reconnecting {
        /// Counts from 1.
        attempt: u32,
        /// Milliseconds until the next attempt.
        next_ms: u64,
    },
    /// The connection is back.
    Reconnected,
    /// What the call was, once, shortly before `left`; not if we were never in.
    Summary(super::summary::Summary),
    /// The call is over; the last event.
    Left {
        /// Why.
        reason: LeaveReason,
        /// The process's exit code.
        code: u8,
        /// The same as one sentence.
        text: String,
    },
    /// Somebody is in the room (those who were there before us included, with `before_us`).
    PeerJoined {
        /// Who.
        peer: Peer,
        /// They were here first.
        #[serde(default)]
        before_us: bool,
    },
    /// Somebody left.
    PeerLeft {
        /// Who.
        id: PeerId,
        /// Their name.
        name: String,
    },
    /// A name became known or changed.
    PeerUpdated {
        /// How they are now.
        peer: Peer,
    },
    /// Somebody begins or stops speaking. `id` may be our own.
    Speaking {
        /// Who.
        id: PeerId,
        /// Whether they speak.
        on: bool,
    },
    /// The first sound of somebody was decoded and is about to be heard.
    Hearing {
        /// Whom.
        id: PeerId,
        /// Milliseconds since this process started.
        ms: u64,
    },
    /// Somebody's microphone was closed or opened. `id` may be our own.
    Muted {
        /// Who.
        id: PeerId,
        /// Closed.
        on: bool,
        /// Who did it, if not themselves.
        #[serde(default)]
        by: Option<PeerId>,
    },
    /// A hand went up or down. `id` may be our own.
    Hand {
        /// Who.
        id: PeerId,
        /// Up.
        on: bool,
        /// When, in milliseconds since the Unix epoch: the order of the queue.
        #[serde(default)]
        since: Option<u64>,
    },
    /// Somebody must let us in; we hear and say nothing until then.
    Waiting,
    /// What the room's founder decided for it; before `let_in`.
    Policy(Policy),
    /// We are in: encrypted content flows from now on.
    LetIn {
        /// We are the first: the room's creator.
        founded: bool,
        /// Our role.
        role: Role,
        /// Our device's fingerprint for people.
        key: String,
        /// The group's epoch.
        #[serde(default)]
        epoch: u64,
    },
    /// Somebody waits to be let in.
    Knock {
        /// Who.
        id: PeerId,
        /// What they call themselves, cleaned, if it is known; a later event of the same `id` may bring it.
        #[serde(default)]
        name: Option<String>,
        /// What is odd about that name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        name_marks: Vec<NameMark>,
        /// How they are known.
        standing: Standing,
        /// Their device's fingerprint for people.
        key: String,
    },
    /// They no longer wait.
    KnockGone {
        /// Who.
        id: PeerId,
    },
    /// The group changed: the record of who came and went, by whom.
    Epoch(EpochNote),
    /// The room was locked or opened, frozen or released.
    Room {
        /// Nobody new.
        locked: bool,
        /// Everybody is paused.
        frozen: bool,
        /// By whom.
        #[serde(default)]
        by: Option<PeerId>,
        /// The room's key is a passphrase.
        #[serde(default)]
        passphrase: bool,
    },
    /// Somebody's role in the room, by the server's word; `id` may be our own.
    RoomRole {
        /// Who.
        id: PeerId,
        /// Which.
        role: RoomRole,
        /// Who gave it; absent = the server, or it is not new.
        #[serde(default)]
        by: Option<PeerId>,
    },
    /// What we may do in the room, by the server's word: this and nothing else that needs a role.
    Rights {
        /// What.
        may: Vec<Verb>,
    },
    /// How the room is kept, whenever that changes.
    Rules {
        /// How.
        rules: Rules,
        /// Who changed it; absent = somebody outside, or it is not new.
        #[serde(default)]
        by: Option<PeerId>,
    },
    /// Somebody (perhaps we) did something for which a role is needed: `mute`, `ask_unmute`, `mute_all`, `kick`, `ban`, `share`,
    /// `record`.
    Moderated {
        /// Who.
        by: PeerId,
        /// What.
        verb: Verb,
        /// To whom; absent = to all, or to nobody.
        #[serde(default)]
        id: Option<PeerId>,
        /// It begins (`true`) or ends, where it does either.
        #[serde(default)]
        on: Option<bool>,
    },
    /// Whose hands are up, the first to speak first, by the server's word.
    Hands {
        /// Who.
        queue: Vec<PeerId>,
    },
    /// Whose voice is the loudest by the server's judgement, where it says so; `id` may be our own.
    DominantSpeaker {
        /// Whose.
        id: PeerId,
    },
    /// The safety code, to be compared aloud.
    Safety(SafetyCode),
    /// Whether what was checked by a safety code still holds.
    Verified {
        /// It does.
        on: bool,
        /// Whose coming ended it.
        #[serde(default)]
        because: Option<PeerId>,
    },
    /// A reaction; `from` may be ourselves.
    Reaction {
        /// Whose.
        from: PeerId,
        /// What.
        text: String,
    },
    /// Somebody (perhaps we) begins or ends to keep what they hear.
    Recording {
        /// Who.
        id: PeerId,
        /// Begins.
        on: bool,
    },
    /// A receipt was written: `conclave receipt verify` checks it.
    Receipt {
        /// Where.
        file: String,
        /// How many have signed, ourselves included.
        signatures: usize,
        /// Who has not, by name, with why if they said so.
        unsigned: Vec<String>,
    },
    /// Somebody asked for a receipt of the meeting: our client signed it, or not.
    ReceiptAsked {
        /// Who.
        by: PeerId,
        /// Why our client did not sign.
        #[serde(default)]
        refused: Option<String>,
    },
    /// Somebody (perhaps we) stopped or resumed sending.
    Frozen {
        /// Who.
        id: PeerId,
        /// Stopped.
        on: bool,
    },
    /// What the server sees, beside what members see.
    Xray(super::xray::Item),
    /// A chat message; `from` may be ourselves.
    Chat(super::chat::ChatLine),
    /// An audio device was opened, lost or opened again.
    Device {
        /// Microphone or loudspeaker.
        kind: DeviceKind,
        /// Its name.
        name: String,
        /// `open`, `lost`, `none`; `refused`: the one in use stays.
        state: String,
        /// What happened, in words; empty where the other end's event told it.
        #[serde(default)]
        text: Option<String>,
    },
    /// What is done to our own voice before it is sent, whenever that changes.
    Processing(super::Processing),
    /// The file that stands for the microphone begins or has been played to its end.
    Playing {
        /// Begins (`true`) or has ended (`false`).
        on: bool,
    },
    /// Network and audio figures, with `--stats` or on request.
    Stats(Stats),
    /// The word for how the sound is has changed.
    Quality(super::Quality),
    /// By whom we are heard has changed.
    HeardBy(super::HeardBy),
    /// What was heard is played again, or no longer.
    Again {
        /// It begins.
        on: bool,
        /// How much of it, in milliseconds; 0 at its end, or if nothing was heard yet.
        ms: u32,
    },
    /// The TLS with the server is read on the way, by somebody whom this machine trusts: all that is not end-to-end encrypted.
    Intercepted {
        /// Who, by the name in the certificate; cleaned, and empty if there is none.
        by: String,
        /// It is to be expected here, and shown without a word (`tls.interception = "allow"`).
        expected: bool,
    },
    /// Something a user should know.
    Warning {
        /// Stable, for scripts.
        code: String,
        /// One sentence.
        text: String,
    },
    /// Something failed.
    Error {
        /// Stable, for scripts.
        code: String,
        /// One sentence: what happened, and what to do.
        text: String,
        /// The call ends because of it.
        fatal: bool,
    },
    /// The answer to a request with an id, or to one that failed.
    Reply {
        /// The request's id.
        id: Option<u64>,
        /// Whether it was done.
        ok: bool,
        /// What was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<serde_json::Value>,
        /// Why it was not done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
}

/// An event with its place in the stream: one JSON line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Envelope {
    /// [`SCHEMA_VERSION`].
    pub v: u32,
    /// When, RFC 3339 in UTC with milliseconds.
    pub t: String,
    /// Counts from 1 without gaps.
    pub seq: u64,
    /// The room's protective marking, in every line while it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}
