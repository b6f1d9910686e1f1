//! Conclave: a terminal client for secure conferences, and the server it can call home, in one binary.
//!
//! # The house
//! A **call** ([`call`]) is one backend-neutral thing: a roster, audio sources, chat, hands and a security
//! state. Whatever joins a room is a **backend** ([`backend`]); whatever shows it is a **front end**
//! ([`tui`], [`line`], [`json`]). Front ends send [`call::Command`]s and read [`call::Event`]s; they never
//! know the backend, and backends never know who is watching.
//!
//! ```text
//!  tui   line   json                        cli: one subcommand, one file
//!    \    |    /   Command            Event
//!     call::Engine  --------------------->  every front end (and its State, a fold of events)
//!     |          \
//!  backend      audio                       net::dial opens every socket
//!  conclave     capture -> Opus -> Frame -> backend -> RTP -> network
//!  livekit      speaker <- mixer <- decode <- jitter buffer <- Frame <- backend
//!  jitsi
//! ```
//! Microphone to ear: [`audio::device`] → [`audio::capture`] (echo, noise, gain; [`audio::rate`] sets the encoder) →
//! [`audio::codec`] → [`backend::Frame`] → [`backend::mute_gate`], the last door before the network → the
//! backend's transport ([`rtc`]; what is lost is sent again by [`rtp`], here and in the server) → the server's
//! forwarder (`server::media`) → [`rtc`] → [`audio::jitter_buffer`] → [`audio::mixer`] → [`audio::device`].
//! Frames never pass through the engine.
//!
//! `load` plays many participants in one process: the client's signalling over the server's own SRTP.
//!
//! The server ([`server`]) has two planes: `server::control` is ours and owns membership;
//! `server::media` speaks LiveKit's protocol and is a lease of the control session.
//!
//! # Where to add
//! * **a backend**: a folder under `src/backend/` with `protocol.rs` (messages) and `session.rs` (a sans-IO
//!   state machine), and a thin tokio shell that implements [`backend::Backend`]; recognise its links in
//!   [`backend::link`].
//! * **a command**: a variant of [`call::Command`], a row in [`call::table`], an arm in [`call::engine`].
//!   Every front end has it then.
//! * **an event**: a variant of [`call::Event`], an arm in [`call::State::apply`]; run
//!   `make completions`.
//! * **a key**: [`call::table`] names keys beside commands; `src/tui/keys.rs` decides focus.
//! * **something that people read in a call**: a message in all catalogues of [`i18n`], and `tr!` where it is said.
//! * **a subcommand**: a file in `src/cli/` and a line in [`cli`].
//! * **a line of the client's log**: an arm in `src/log/call.rs`; what may stand in it is decided by [`log::Line`].
//! * **something that is kept on disk**: in a directory that [`places`] names; then `src/cli/forget/look.rs`, `src/doctor/files.rs` and the
//!   table in `docs/security.md`.
//! * **a check of `conclave doctor`**: a file in `src/doctor/` (what was seen, and what to make of it) and a [`doctor::Check`].

#[cfg(all(feature = "server", not(unix)))]
compile_error!("the server runs on Unix; build the client alone: --no-default-features --features client,audio-cpal");

#[cfg(feature = "client")]
pub mod audio;
#[cfg(feature = "client")]
pub mod backend;
#[cfg(feature = "client")]
pub mod call;
pub mod cli;
#[cfg(feature = "client")]
pub mod config;
#[cfg(feature = "client")]
pub mod control_socket;
pub mod crash;
#[cfg(feature = "client")]
pub mod credentials;
#[cfg(feature = "client")]
pub mod doctor;
pub mod exit;
#[cfg(feature = "client")]
pub mod front_end;
#[cfg(feature = "client")]
pub mod history;
pub mod hygiene;
#[cfg(feature = "client")]
pub mod i18n;
#[cfg(feature = "client")]
pub mod json;
#[cfg(feature = "client")]
pub mod junit;
#[cfg(feature = "client")]
pub mod line;
#[cfg(all(feature = "client", feature = "server"))]
pub mod load;
#[cfg(feature = "client")]
pub mod log;
pub mod net;
pub mod os;
pub mod places;
#[cfg(feature = "client")]
pub mod private_file;
pub mod protocol;
#[cfg(feature = "client")]
pub mod rtc;
#[cfg(any(feature = "client", feature = "server"))]
pub mod rtp;
#[cfg(feature = "server")]
pub mod server;
#[cfg(all(feature = "client", unix))]
pub mod stderr;
#[cfg(all(feature = "client", not(unix)))]
#[path = "stderr/elsewhere.rs"]
pub mod stderr;
pub mod text;
#[cfg(feature = "client")]
pub mod trust;
#[cfg(feature = "client")]
pub mod tui;
