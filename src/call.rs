//! What a call is: [`Command`]s go in, [`Event`]s come out, [`State`] is a pure fold of the events.
//!
//! This is the one vocabulary of the product: the JSON schema, the TUI's keys, the line mode's `/commands`
//! and everything a script can say are made of it.

pub mod chat;
pub mod command;
pub mod conditions;
pub mod earcon;
pub mod engine;
pub mod event;
pub mod heard;
pub mod kind;
pub mod names;
pub mod processing;
pub mod quality;
pub mod roster;
pub mod state;
pub mod summary;
pub mod table;
pub mod trust;
pub mod xray;

pub use command::{Command, DeviceKind, Request};
pub use earcon::{Earcon, Earcons};
pub use engine::{Engine, Handle};
pub use event::{Envelope, Event, LeaveReason, SCHEMA_VERSION, Security, SpeakerStats, Stats};
pub use heard::HeardBy;
pub use kind::Kind;
pub use names::NameMark;
pub use processing::{EchoCancel, Noise, Processing};
pub use quality::Quality;
pub use roster::{Outsider, Peer, PeerId, PeerKind};
pub use state::{Phase, State};
pub use summary::Summary;
pub use trust::{Role, Standing};
