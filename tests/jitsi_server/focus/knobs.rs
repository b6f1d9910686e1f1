//! What a test can turn and ask for while the focus runs.

use std::time::Duration;

/// What a test can turn while it runs.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a knob of its own")]
pub(crate) struct Knobs {
    /// Who is in a room before anybody is invited to a media session.
    pub(crate) minimum: usize,
    /// How long the bridge takes to allocate.
    pub(crate) bridge_delay: Duration,
    /// The focus reads and says nothing.
    pub(crate) silent: bool,
    /// It is not connected to prosody.
    pub(crate) stopped: bool,
    /// So many session-accepts are answered with an error.
    pub(crate) refuse_accepts: usize,
    /// So many conference requests are answered with `ready='false'`.
    pub(crate) not_ready: usize,
    /// A moderator's mute holds at the bridge until the muted one asks to be unmuted. Without AV moderation, jicofo of 2026 only
    /// passes the request on.
    pub(crate) mute_at_bridge: bool,
    /// Who is alone for so long loses the media session.
    pub(crate) alone: Duration,
    /// The first one in a room becomes its moderator.
    pub(crate) auto_owner: bool,
    /// Rooms are opened by people with an account only.
    pub(crate) accounts: bool,
    /// The bridge's channel is a data channel.
    pub(crate) data_channel: bool,
    /// Sources are told in JSON to whom that suits, as since August 2021.
    pub(crate) json_sources: bool,
    /// Sound and picture of a newcomer.
    pub(crate) start_muted: Option<(bool, bool)>,
}

/// What a test asks for.
#[derive(Debug)]
pub(crate) enum Control {
    /// The bridge has failed: everybody is terminated and invited again.
    Reset(String),
    /// One participant is terminated, and invited again or not.
    Terminate { room: String, nick: String, again: bool },
    /// Another invitation into a session that goes on.
    Initiate { room: String, nick: String },
    /// An element of the presence of the focus, with its name.
    Announce { room: String, name: String, element: String },
    /// A stanza, as it is.
    Say(String),
}
