//! The control websocket of our own server: JSON text frames at [`PATH`].
//!
//! The control session owns membership; media is its lease. What members say to each other (names, mute
//! announcements, hands, chat) crosses the server as opaque [`ClientMessage::Relay`] bodies.
//!
//! ```text
//! S>C challenge   C>S hello|resume   S>C welcome|resumed|refused   then either side
//! ```

use super::room::{Act, RoomRole, Rules, Verb};
pub use conclave_e2ee::Mode as RoomMode;
use conclave_e2ee::wire::{FromService, ToService};
pub use conclave_e2ee::{MemberId, member_id};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Where the websocket is.
pub const PATH: &str = "/api/v1/control";
/// The largest websocket message either side accepts, in bytes: the group messages of a full room
/// ([`conclave_e2ee::wire::MAX_BYTES`] in base64url, twice).
pub const MAX_MESSAGE: usize = 1536 * 1024;
/// The largest relayed body, in characters of base64url.
pub const MAX_RELAY: usize = 24 * 1024;
/// A client sends `ping` this often, in seconds.
pub const PING_SECONDS: u64 = 5;
/// A side that has heard nothing for this long gives the connection up, in seconds.
pub const SILENCE_SECONDS: u64 = 15;
/// A lost control session can be resumed for this long, in seconds.
pub const RESUME_SECONDS: u64 = 30;

/// Bytes to which a client's Ed25519 leaf key signs in `hello`: this context, then the challenge's nonce, then the room name.
pub const HELLO_CONTEXT: &[u8] = b"conclave hello v1\0";

/// The longest room name, in characters.
pub const MAX_ROOM: usize = 128;

/// Whether a room may have this name: letters, digits, `-`, `_`; 1 to [`MAX_ROOM`] characters. Such names survive
/// unquoted in every shell.
pub fn valid_room(s: &str) -> bool {
    !s.is_empty() && s.chars().count() <= MAX_ROOM && s.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// A secret on the wire: never shown, wiped when it is dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub Zeroizing<String>);

impl From<&str> for Secret {
    fn from(s: &str) -> Self {
        Self(Zeroizing::new(s.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Join a room.
    Hello {
        /// The agreed protocol.
        protocol: u32,
        /// Client name and version, for the administrator.
        client: String,
        /// Room name.
        room: String,
        /// Ed25519 public key of this session, base64url.
        leaf_key: String,
        /// Signature over [`HELLO_CONTEXT`], nonce, room; base64url.
        proof: String,
        /// An account's token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<Secret>,
        /// What the room is to be if it comes into being now (development server); an existing room keeps its mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<RoomMode>,
        /// An invite to the room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite: Option<super::invite::ShownInvite>,
        /// The client knows [`ServerMessage::Waiting`]: it can be kept at the door.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
        /// What moderators of an open room are shown of somebody who waits: a profile as it would be relayed, base64url.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        introduction: Option<String>,
    },
    /// Come back to a session whose websocket was lost.
    Resume {
        /// Its id.
        session: String,
        /// Its secret.
        secret: Secret,
        /// The number of the last event seen.
        last_event: u64,
    },
    /// Pass bytes on to members: to all, or to those named.
    Relay {
        /// Recipients; absent = everybody else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Vec<MemberId>>,
        /// Opaque, base64url, at most [`MAX_RELAY`] characters.
        body: String,
    },
    /// To the room's delivery service (end-to-end encrypted rooms).
    Group {
        /// What.
        message: ToService,
    },
    /// Ask for the floor (`true`: may the microphone be opened?) or give it back. In strict rooms nothing is forwarded from
    /// those who do not have it.
    Floor {
        /// Wanted.
        open: bool,
    },
    /// Do something for which a role is needed. What is refused is answered with [`ServerMessage::Error`] `not_allowed`.
    Moderate {
        /// What.
        act: Act,
    },
    /// Ask for a fresh media token (the old one is about to expire, or media must be joined anew).
    MediaToken,
    /// Leave the room.
    Leave,
    /// Still here.
    Ping,
}

/// What the server says. Messages with `event` are numbered per session, from 1 without gaps, and are repeated after a resume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first message on every websocket.
    Challenge {
        /// 32 random bytes, base64url.
        nonce: String,
    },
    /// The answer to `hello` of somebody whom a moderator must let in, or who is here before the host. `welcome` or `refused`
    /// follows; meanwhile the client says `ping`.
    Waiting {
        /// For people.
        text: String,
    },
    /// You are in.
    Welcome {
        /// Number 1.
        event: u64,
        /// Your member id.
        me: MemberId,
        /// The room's name.
        room: String,
        /// For `resume`.
        session: String,
        /// For `resume`.
        secret: Secret,
        /// Everybody else.
        members: Vec<Member>,
        /// How to join the media plane.
        media: Media,
        /// What holds in this room.
        policy: RoomPolicy,
        /// Your role; absent = a server that has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<RoomRole>,
        /// What you may do.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        may: Vec<Verb>,
    },
    /// The session goes on; numbered messages after `last_event` follow.
    Resumed,
    /// Not let in, or not let in again. The server closes after it.
    Refused {
        /// Why, for programs.
        code: Refusal,
        /// Why, and what to do, for people.
        text: String,
    },
    /// Somebody joined.
    MemberJoined {
        /// Number.
        event: u64,
        /// Who.
        member: Member,
    },
    /// Somebody left.
    MemberLeft {
        /// Number.
        event: u64,
        /// Who.
        id: MemberId,
        /// How.
        reason: Departure,
    },
    /// Somebody (perhaps you) has another role now.
    Role {
        /// Number.
        event: u64,
        /// Who.
        id: MemberId,
        /// Which.
        role: RoomRole,
        /// By whom; absent = by the server's rules: the host was gone, or is back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<MemberId>,
    },
    /// What you may do now.
    Rights {
        /// Number.
        event: u64,
        /// This, and nothing else.
        may: Vec<Verb>,
    },
    /// The room is kept otherwise now.
    Policy {
        /// Number.
        event: u64,
        /// How.
        policy: RoomPolicy,
        /// By whom; absent = by the room's owner, from outside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<MemberId>,
    },
    /// Somebody waits to be let in, and you may decide.
    Knock {
        /// Number.
        event: u64,
        /// Who.
        member: MemberId,
        /// What they say of themselves, see `hello`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        introduction: Option<String>,
        /// Their account's name, by the server's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// They no longer wait.
    KnockGone {
        /// Number.
        event: u64,
        /// Who.
        member: MemberId,
    },
    /// Somebody did something for which a role is needed; to whom it concerns.
    Moderated {
        /// Number.
        event: u64,
        /// Who.
        by: MemberId,
        /// What.
        act: Act,
    },
    /// Whose hands are up, in the order in which the server heard of them.
    Hands {
        /// Number.
        event: u64,
        /// The first asked first.
        hands: Vec<MemberId>,
    },
    /// Bytes from another member.
    Relay {
        /// Number.
        event: u64,
        /// Who sent it.
        from: MemberId,
        /// It was sent to named members only.
        private: bool,
        /// Opaque, base64url.
        body: String,
    },
    /// From the room's delivery service.
    Group {
        /// Number.
        event: u64,
        /// What.
        message: FromService,
    },
    /// The answer to `floor`, and also said without being asked when the floor is taken away.
    Floor {
        /// Number.
        event: u64,
        /// You have it.
        granted: bool,
        /// How many microphones may be open at once in this room.
        cap: u16,
    },
    /// A fresh media token.
    MediaToken {
        /// Number.
        event: u64,
        /// A LiveKit access token.
        token: Secret,
    },
    /// Your session is over; the server closes after it.
    Ended {
        /// Number.
        event: u64,
        /// How.
        reason: Departure,
        /// For people.
        text: String,
    },
    /// A message of yours was not accepted; the session goes on.
    Error {
        /// Why, for programs: `too_large`, `too_fast`, `malformed`, `unknown_member`, `not_allowed`.
        code: String,
        /// Why, for people.
        text: String,
    },
    /// Answer to `ping`.
    Pong,
}

/// How to join the media plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// `None`: on the same host and port as the control plane; else the URL of a LiveKit server.
    #[serde(default)]
    pub url: Option<String>,
    /// A LiveKit access token; its identity is the member id. It works only while the control session lives.
    pub token: Secret,
}

/// A member as the server knows it: the server never learns a display name, except a stock LiveKit client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// `Some(name)`: a stock LiveKit client without a control session; the name is its token's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub livekit: Option<String>,
    /// Their role; absent = a server that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoomRole>,
}

/// What holds in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPolicy {
    /// How content is treated, by the server's word. A client goes by what its link, user or own record say, and refuses less.
    pub mode: RoomMode,
    /// The delivery service's Ed25519 key, base64url: the group's external sender. Absent in open rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The key with which this server vouches for its accounts, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// Admission that the room's owner set for founders to follow; the founder's client decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<conclave_e2ee::Admission>,
    /// How many microphones may be open at once; absent = no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<u16>,
    /// How the room's owner wants it to be kept.
    #[serde(default)]
    pub rules: Rules,
}

/// Why a `hello` or `resume` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No room of that name.
    UnknownRoom,
    /// The room or server is full.
    Full,
    /// A credential is missing, wrong, expired or used.
    Denied,
    /// The invite is good, and its PIN is missing or wrong.
    Pin,
    /// The protocol versions do not meet.
    Protocol,
    /// A message that cannot be read, or a proof that does not verify.
    Malformed,
    /// The session to resume is unknown or too old: join anew.
    SessionGone,
    /// Too many attempts: wait.
    TooFast,
    /// The server is shutting down.
    ShuttingDown,
    /// A reason newer than this build.
    #[serde(other)]
    Unknown,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// They left.
    Left,
    /// Their connection was lost and not resumed in time.
    Lost,
    /// A moderator removed them.
    Removed,
    /// The room ended for everybody.
    RoomEnded,
    /// The server is shutting down.
    ServerShutdown,
    /// A reason newer than this build.
    #[serde(other)]
    Unknown,
}
