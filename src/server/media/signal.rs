//! LiveKit protocol v1, the server's side of one room, as a sans-IO state machine: [`Room::handle`] takes the time and an
//! [`Input`] and returns [`Output`]s. Only the forwarder is called directly ([`Forwarder`]): its methods never block.
//!
//! ```text
//! S>C join, answer{id 1}                        the offer came with the join request
//! C>S addTrack      S>C trackPublished          C>S offer      S>C answer, update (to all)
//! S>C mediaSectionsRequirement (to the others)  C>S offer      S>C answer{mid_to_track_id}
//! ```
//! The client always offers, so a listener gets a new track in two steps: the track is *wanted*, the listener is asked to
//! offer again (with more sections, if its free ones are used up), and its next offer gives the track a section. A section
//! that lost its track is answered as inactive once before it carries another: every SDK then sees one track end and a new one begin.
//!
//! Our own client asks for slots instead ([`crate::protocol::slots`]): its first offer has all the sections it will ever need, and the
//! forwarder decides what they carry.
//!
//! A participant outlives its websocket by [`Limits::resume`]: media goes on meanwhile, and a resumed client catches up.

mod administration;
mod data;
mod negotiation;
mod participant;
mod publication;
mod room;
mod speakers;
#[cfg(test)]
mod tests;

pub(crate) use participant::described;
pub use room::Room;

use crate::server::media::sfu::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuEvent, TrackKey};
use crate::server::media::token::Grant;
use livekit_protocol as lk;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The forwarder as signalling sees it. No method blocks; they are carried out in order per room.
pub trait Forwarder: Send + Sync + 'static {
    /// Fingerprint of the DTLS certificate, `AB:CD:...` (SHA-256).
    fn fingerprint(&self) -> String;
    /// New ICE credentials of ours.
    fn fresh_credentials(&self) -> IceCredentials;
    /// A participant's transport, from its first offer.
    fn add_peer(&self, room: RoomKey, peer: PeerKey, transport: PeerTransport);
    /// Both sides have new ICE credentials.
    fn restart_ice(&self, peer: PeerKey, local: IceCredentials, remote: IceCredentials);
    /// The peer sends a track.
    fn publish(&self, peer: PeerKey, track: TrackKey, incoming: Incoming);
    /// The track is gone, for every listener.
    fn unpublish(&self, track: TrackKey);
    /// Nothing of the track is forwarded while muted.
    fn mute(&self, track: TrackKey, muted: bool);
    /// The track goes to a listener.
    fn subscribe(&self, listener: PeerKey, track: TrackKey, outgoing: Outgoing);
    /// The track no longer goes to a listener.
    fn unsubscribe(&self, listener: PeerKey, track: TrackKey);
    /// The room's speakers go to a listener in these slots ([`crate::protocol::slots`]); empty: in none any more.
    fn slots(&self, listener: PeerKey, slots: Vec<Outgoing>);
    /// The listener wants to hear the track in no slot, or in any again.
    fn decline(&self, listener: PeerKey, track: TrackKey, declined: bool);
    /// Sends a data channel message.
    fn send_data(&self, to: PeerKey, label: &str, payload: bytes::Bytes);
    /// The transport is gone, with what it published.
    fn remove_peer(&self, peer: PeerKey);
}

/// A websocket, unique for the server's life. A participant that resumes has a new one, and what the old one still says is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// The time, both ways.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For deadlines.
    pub instant: Instant,
    /// Milliseconds since the Unix epoch, for what is told to clients.
    pub unix_ms: i64,
}

/// Limits of a room.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Participants.
    pub participants: usize,
    /// How long a participant is kept without a websocket.
    pub resume: Duration,
    /// How long a websocket may be silent; clients ping every 5 s.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { participants: 500, resume: Duration::from_secs(30), silence: Duration::from_secs(20) }
    }
}

/// What the control plane lets somebody's media do. It takes from what their token allows, and never adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// Have an open microphone.
    pub speak: bool,
    /// Send anything else.
    pub share: bool,
    /// Send data packets.
    pub chat: bool,
}

impl Default for Permit {
    /// Everything.
    fn default() -> Self {
        Self { speak: true, share: true, chat: true }
    }
}

/// Somebody comes in, or comes back.
#[derive(Debug)]
pub struct Join {
    /// Their websocket.
    pub socket: SocketId,
    /// What their token says: verified and admitted.
    pub grant: Grant,
    /// What the control plane lets them do.
    pub permit: Permit,
    /// What they ask for.
    pub request: lk::JoinRequest,
    /// The loopback address by which they reached us, if they did: from there they cannot send to our other addresses.
    pub loopback: Option<IpAddr>,
    /// TURN servers for them, with credentials.
    pub ice_servers: Vec<lk::IceServer>,
}

/// What happens to a room.
#[derive(Debug)]
pub enum Input {
    /// Somebody comes in.
    Join(Box<Join>),
    /// A participant says something.
    Request {
        /// On which websocket.
        socket: SocketId,
        /// What.
        message: Box<lk::signal_request::Message>,
    },
    /// A websocket is gone.
    Lost(SocketId),
    /// The forwarder reports something.
    Sfu(SfuEvent),
    /// Somebody is removed.
    Remove {
        /// Who.
        identity: String,
        /// Why, as their client is told.
        reason: lk::DisconnectReason,
    },
    /// Everybody is removed.
    Close(lk::DisconnectReason),
    /// Somebody's sound is switched off by the room, or may be switched on again.
    Mute {
        /// Who.
        identity: String,
        /// Which track; `None`: all of sound.
        track: Option<String>,
        /// Off.
        muted: bool,
    },
    /// The control plane lets somebody do other things than before.
    Permit {
        /// Whom.
        identity: String,
        /// What.
        permit: Permit,
    },
    /// The server's administrator acts, through RoomService.
    Administer(Box<Order>),
    /// Time passes: due at [`Room::deadline`].
    Tick,
}

/// What an administrator can have a room do, beside [`Input::Remove`], [`Input::Close`] and [`Input::Mute`].
#[derive(Debug)]
pub enum Order {
    /// Somebody is called otherwise, or may do other things than before. What is empty stays as it is.
    Participant(lk::UpdateParticipantRequest),
    /// Somebody hears other tracks than before.
    Subscriptions(lk::UpdateSubscriptionsRequest),
    /// A data packet from nobody in the room, to whom it names or to all.
    Data(lk::SendDataRequest),
    /// What is attached to the room.
    Metadata(String),
}

/// What a room wants.
#[derive(Debug)]
pub enum Output {
    /// A message to some.
    Send {
        /// To whom.
        to: Vec<SocketId>,
        /// What.
        message: Box<lk::signal_response::Message>,
    },
    /// A client gets a token that lasts longer, to come back with: what it joined with may have expired by then.
    Refresh {
        /// To whom.
        to: SocketId,
        /// What it says; to be signed.
        grant: Box<Grant>,
    },
    /// A websocket is closed, after what was sent on it.
    Close(SocketId),
    /// For the control plane: media was joined.
    Joined {
        /// Who.
        identity: String,
        /// Display name.
        name: String,
    },
    /// For the control plane: media ended.
    Left {
        /// Who.
        identity: String,
    },
    /// For whoever watches from outside ([`crate::server::webhook`]).
    Happened(Box<lk::WebhookEvent>),
}

/// An id as LiveKit's: a prefix and twelve random characters.
fn fresh_sid(prefix: &str) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut random = [0u8; 12];
    // Sids are names, not secrets (a token guards the room): the system's random source failing does not make them unsafe.
    let _ = getrandom::fill(&mut random);
    let letters = random.iter().filter_map(|b| ALPHABET.get(usize::from(b & 31)).map(|c| char::from(*c)));
    prefix.chars().chain(letters).collect()
}

/// A random number that is not 0.
fn fresh_ssrc() -> u32 {
    let mut random = [0u8; 4];
    let _ = getrandom::fill(&mut random);
    u32::from_be_bytes(random).max(1)
}
