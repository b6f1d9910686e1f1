//! End-to-end encryption of a Conclave room: MLS (RFC 9420) for the group, SFrame (RFC 9605) for media, and the policy
//! that decides who may change the group. No IO, no clock, no threads: bytes and seconds in, bytes and deadlines out, so
//! the same code runs in the client, in the server's delivery service (public state only) and in a browser.
//!
//! ```text
//!  Device ──certifies──> leaf key ──in──> Credential ──in──> the group's tree = the roster
//!  RoomState (in the group context, agreed by all): mode, admission, creator, moderators, kicked, away, locked
//!
//!  client: Session (conduct: knock, admit, commit, retry) ── Member (MLS operations) ── gate ── merge
//!  server: Delivery (orders, never reads)                 ── public group state      ── gate ── accept
//!
//!  epoch ── exporter ──> media::KeyRing (SFrame, one key per leaf and epoch)   safety::Code (8 words, 20 digits)
//! ```
//! The one rule of the house: nothing is merged, played or shown that [`gate`] has not passed. openmls checks that a
//! message is well formed and authentic; it admits anybody. Who may be in is decided here, by every member and by the
//! delivery service alike, from the same agreed state.

pub mod delivery;
pub mod error;
pub mod gate;
pub mod identity;
pub mod media;
pub mod member;
pub mod private;
pub mod public;
pub mod receipt;
pub mod room;
pub mod safety;
pub mod secret;
pub mod session;
pub mod wire;

pub use error::{Error, Refused};
pub use identity::{Credential, Device, DeviceKey, IssuerKey, IssuerSigner, RevocationList, Standing, Vouch};
pub use room::{Admission, Mode, Role, RoomState};

/// A member's id on both planes: `m-` and a hash of its leaf key (`conclave::protocol::control::member_id`).
pub type MemberId = String;

/// Seconds since the Unix epoch, given by the caller: this crate reads no clock.
pub type UnixSeconds = u64;

/// The member id of a leaf signature key: `m-` and the first 16 bytes of its SHA-256, base64url without padding.
pub fn member_id(leaf_key: &[u8]) -> MemberId {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};
    format!("m-{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(leaf_key)[..16]))
}
