//! What a room's members agree on: the state in the group context.
//!
//! It stands in a group context extension of type [`EXTENSION`], so every member holds the same bytes by construction, a
//! newcomer gets it with the group and the safety code covers it. It changes only inside a commit, by a proposal that
//! [`crate::gate`] has checked.

use crate::identity::{Device, DeviceKey, IssuerKey, framed, signed_by};
use crate::{Error, Refused};
use std::collections::BTreeSet;
use tls_codec::{Deserialize as _, Serialize as _, TlsDeserialize, TlsSerialize, TlsSize, VLBytes};

/// The private-use extension type of the state (RFC 9420, section 17.3).
pub const EXTENSION: u16 = 0xFC01;
/// The longest room name and the longest subject on the list, in bytes.
pub const MAX_NAME: usize = 128;
/// The most moderators besides the creator.
pub const MAX_MODERATORS: usize = 100;
/// The most devices in each of `kicked` and `away`.
pub const MAX_DEVICES: usize = 2000;
/// The most subjects on the list.
pub const MAX_LIST: usize = 1000;
/// The most issuers.
pub const MAX_ISSUERS: usize = 32;
/// The largest encoded state, in bytes: the sum of the above.
pub const MAX_STATE: usize = 320 * 1024;

/// The encoding's version.
const VERSION: u16 = 2;
const GRANT: &str = "conclave moderator grant v2";

/// How a room treats content. Ordered: a later one protects more; a client never goes below what its user expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Not end-to-end encrypted; stock LiveKit clients may join.
    Open,
    /// End-to-end encrypted; audio levels are visible to the server, so that it can select speakers in large rooms.
    Balanced,
    /// End-to-end encrypted; constant packet size and rate, no audio levels. The default.
    Strict,
}

impl Mode {
    /// All of them, the weakest first.
    pub const ALL: [Self; 3] = [Self::Open, Self::Balanced, Self::Strict];

    /// Its name, in links, options and stores.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Balanced => "balanced",
            Self::Strict => "strict",
        }
    }
}

impl std::str::FromStr for Mode {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|mode| mode.word() == s).ok_or("a mode is strict, balanced or open")
    }
}

/// Who lets newcomers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Any member's client, at once; shown as unverified. For development rooms.
    Auto,
    /// A moderator; any member's client for vouched people on the room's list.
    Admit,
    /// Whoever proves that they know the room secret (and those whom [`Admission::Admit`] would let in).
    Link,
}

/// What a member may do, by the group's own signed state and never by the server's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks, writes, leaves.
    Member,
    /// Admits, kicks, locks, freezes, grants.
    Moderator,
    /// Founded the room; cannot be kicked.
    Creator,
}

/// A grant of moderator rights, signed by the creator's device or by a moderator granted before it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Which grant of the meeting this is, from 1: one that was taken back is never taken for a later one to the same device.
    pub serial: u64,
    /// Who may moderate.
    pub to: DeviceKey,
    /// Who says so.
    pub by: DeviceKey,
    /// Ed25519 by `by` over context, room, creator, `by`, `to`, `serial`.
    pub signature: Vec<u8>,
}

/// The agreed state. Encoding: TLS presentation language, version first; see `encode` and `decode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomState {
    /// The room's name.
    pub room: String,
    /// Counts groups of one meeting, from 1.
    pub generation: u64,
    /// How content is treated. Never changes within a meeting.
    pub mode: Mode,
    /// The founder's device key. Never changes within a meeting.
    pub creator: DeviceKey,
    /// Keys whose vouches count here (administrators'). Never changes within a meeting.
    pub issuers: Vec<IssuerKey>,
    /// The server's key for account vouches, if the founder accepted one: shown, never enough to be let in.
    pub accounts: Option<IssuerKey>,
    /// Public key derived from the room secret ([`crate::secret::RoomSecret::proof_key`]), if the room has one.
    pub secret: Option<[u8; 32]>,
    /// The secret is a passphrase that people chose: shown as weaker.
    pub passphrase: bool,
    /// Who lets newcomers in.
    pub admission: Admission,
    /// Subjects of vouches that any member's client may admit; `*` = everybody vouched by an issuer.
    pub list: Vec<String>,
    /// Moderators besides the creator, in the order of their grants.
    pub moderators: Vec<Grant>,
    /// How many grants there ever were in this meeting. With it a state tells of every earlier one whether it still holds.
    pub granted: u64,
    /// Devices that no gate lets in until the end.
    pub kicked: Vec<DeviceKey>,
    /// Devices that were in and vanished (removed by the server, or members of an older generation): may return.
    pub away: Vec<DeviceKey>,
    /// Nobody new.
    pub locked: bool,
    /// Everybody's microphone and camera are paused.
    pub frozen: bool,
    /// Policy: recordings are forbidden.
    pub no_recording: bool,
    /// Policy: a receipt is collected at the end.
    pub receipt: bool,
}

impl Grant {
    /// The next grant of this room, to `to`, signed by `by`. It stands in no state yet: see [`RoomState::grant`].
    pub fn sign(state: &RoomState, by: &Device, to: DeviceKey) -> Self {
        let mut grant = Self { serial: state.granted.saturating_add(1), to, by: by.public(), signature: Vec::new() };
        grant.signature = by.sign(&grant.message(state));
        grant
    }

    fn message(&self, state: &RoomState) -> Vec<u8> {
        framed(GRANT, &[state.room.as_bytes(), &state.creator.0, &self.by.0, &self.to.0, &self.serial.to_be_bytes()])
    }

    fn verify(&self, state: &RoomState) -> bool {
        signed_by(&self.by.0, &self.message(state), &self.signature)
    }
}

impl RoomState {
    /// A new meeting: generation 1, strict, `admit`, nobody but the creator with any right.
    pub fn new(room: &str, creator: DeviceKey) -> Self {
        Self {
            room: room.to_owned(),
            generation: 1,
            mode: Mode::Strict,
            creator,
            issuers: Vec::new(),
            accounts: None,
            secret: None,
            passphrase: false,
            admission: Admission::Admit,
            list: Vec::new(),
            moderators: Vec::new(),
            granted: 0,
            kicked: Vec::new(),
            away: Vec::new(),
            locked: false,
            frozen: false,
            no_recording: false,
            receipt: false,
        }
    }

    /// The state that the next generation begins with: everybody of the old roster may return, nothing else changes.
    pub fn next_generation(&self, roster: impl IntoIterator<Item = DeviceKey>) -> Self {
        let mut next = self.clone();
        next.generation = next.generation.saturating_add(1);
        for device in roster {
            if !next.away.contains(&device) && !next.kicked.contains(&device) {
                next.away.push(device);
            }
        }
        next.trim_away();
        next
    }

    /// Whether this is the state that the next generation after `before` begins with when `by` founds it and changes nothing:
    /// those who may return are the same, in whatever order.
    pub fn continues(&self, before: &Self, by: &DeviceKey) -> bool {
        let away = |state: &Self| state.away.iter().filter(|device| *device != by).copied().collect::<BTreeSet<_>>();
        let rest = |state: &Self| Self { away: Vec::new(), ..state.clone() };
        let expected = before.next_generation([]);
        away(self) == away(&expected) && rest(self) == rest(&expected)
    }

    /// The oldest give way: `away` is a convenience, and must not be a way to make the room unusable.
    pub(crate) fn trim_away(&mut self) {
        let excess = self.away.len().saturating_sub(MAX_DEVICES);
        self.away.drain(..excess);
    }

    /// What a device may do.
    pub fn role_of(&self, device: &DeviceKey) -> Role {
        if *device == self.creator {
            Role::Creator
        } else if self.moderators.iter().any(|grant| grant.to == *device) {
            Role::Moderator
        } else {
            Role::Member
        }
    }

    /// Signs a grant and puts it in.
    pub fn grant(&mut self, by: &Device, to: DeviceKey) {
        let grant = Grant::sign(self, by, to);
        self.granted = grant.serial;
        self.moderators.push(grant);
    }

    /// Whether every grant of this state that was given when `before` held stood in it: none was taken back since and has
    /// come again.
    pub fn grants_nothing_withdrawn(&self, before: &Self) -> bool {
        let old = |grant: &&Grant| grant.serial <= before.granted;
        self.granted >= before.granted && self.moderators.iter().filter(old).all(|grant| before.moderators.contains(grant))
    }

    /// Whether a device may admit, kick, lock, freeze and grant.
    pub fn is_moderator(&self, device: &DeviceKey) -> bool {
        self.role_of(device) >= Role::Moderator
    }

    /// Whether no gate lets a device in.
    pub fn is_kicked(&self, device: &DeviceKey) -> bool {
        self.kicked.contains(device)
    }

    /// Whether a device that is not in the tree comes back without anybody's word.
    pub fn may_return(&self, device: &DeviceKey) -> bool {
        self.away.contains(device) && !self.is_kicked(device)
    }

    /// Whether any member's client may let somebody in who is vouched for under this name.
    pub fn is_listed(&self, subject: &str) -> bool {
        self.list.iter().any(|listed| listed == "*" || listed == subject)
    }

    /// Whether it can stand in a group: sizes, no device twice, every grant signed by the creator or by somebody granted
    /// before it, nobody kicked who has rights, frozen only with locked.
    pub fn check(&self) -> Result<(), Refused> {
        let sizes = [
            (self.room.len(), MAX_NAME, "room name"),
            (self.moderators.len(), MAX_MODERATORS, "moderators"),
            (self.kicked.len(), MAX_DEVICES, "kicked devices"),
            (self.away.len(), MAX_DEVICES, "devices away"),
            (self.list.len(), MAX_LIST, "list"),
            (self.list.iter().map(String::len).max().unwrap_or(0), MAX_NAME, "name on the list"),
            (self.issuers.len(), MAX_ISSUERS, "issuers"),
        ];
        if let Some((_, _, what)) = sizes.iter().find(|(size, limit, _)| size > limit) {
            return Err(Refused::TooLarge(what));
        }
        if self.room.is_empty() || self.generation == 0 {
            return Err(Refused::Invalid("room state without a name or generation".into()));
        }
        let twice = |devices: &[DeviceKey]| devices.iter().collect::<BTreeSet<_>>().len() != devices.len();
        if twice(&self.kicked) || twice(&self.away) {
            return Err(Refused::Invalid("room state names a device twice".into()));
        }
        if self.frozen && !self.locked {
            return Err(Refused::Policy { code: "frozen_unlocked", text: "a frozen room is a locked one" });
        }
        if self.is_kicked(&self.creator) || self.away.iter().any(|device| self.is_kicked(device)) {
            return Err(Refused::Policy { code: "kicked", text: "somebody is kicked and has rights" });
        }
        self.check_grants()
    }

    fn check_grants(&self) -> Result<(), Refused> {
        let forged = Refused::Policy { code: "grant", text: "a moderator's rights do not come from the room's creator" };
        for (place, grant) in self.moderators.iter().enumerate() {
            let before = self.moderators.get(..place).unwrap_or_default();
            let by_right = grant.by == self.creator || before.iter().any(|earlier| earlier.to == grant.by);
            let twice = grant.to == self.creator
                || before.iter().any(|earlier| earlier.to == grant.to || earlier.serial == grant.serial)
                || grant.serial > self.granted;
            if !by_right || twice || self.is_kicked(&grant.to) || !grant.verify(self) {
                return Err(forged);
            }
        }
        Ok(())
    }

    /// The bytes of the extension.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let wire = Wire::from(self);
        let bytes = wire.tls_serialize_detached().map_err(|e| Error::Library(e.to_string()))?;
        if bytes.len() > MAX_STATE {
            return Err(Refused::TooLarge("room state").into());
        }
        Ok(bytes)
    }

    /// Reads and [checks](Self::check) the bytes of the extension. There is one encoding of a state only.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_STATE {
            return Err(Refused::TooLarge("room state"));
        }
        let damaged = || Refused::Invalid("room state".into());
        let wire = Wire::tls_deserialize_exact(bytes).map_err(|_| damaged())?;
        let state = wire.into_state().ok_or_else(damaged)?;
        if state.encode().ok().as_deref() != Some(bytes) {
            return Err(damaged());
        }
        state.check()?;
        Ok(state)
    }
}

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
struct GrantWire {
    serial: u64,
    to: [u8; 32],
    by: [u8; 32],
    signature: VLBytes,
}

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
struct Wire {
    version: u16,
    room: VLBytes,
    generation: u64,
    mode: u8,
    creator: [u8; 32],
    issuers: Vec<[u8; 32]>,
    accounts: Option<[u8; 32]>,
    secret: Option<[u8; 32]>,
    admission: u8,
    list: Vec<VLBytes>,
    moderators: Vec<GrantWire>,
    granted: u64,
    kicked: Vec<[u8; 32]>,
    away: Vec<[u8; 32]>,
    /// passphrase 1, locked 2, frozen 4, no_recording 8, receipt 16.
    flags: u8,
}

impl From<&RoomState> for Wire {
    fn from(state: &RoomState) -> Self {
        let bytes = |text: &String| VLBytes::from(text.clone().into_bytes());
        let flags = [state.passphrase, state.locked, state.frozen, state.no_recording, state.receipt];
        Self {
            version: VERSION,
            room: bytes(&state.room),
            generation: state.generation,
            mode: match state.mode {
                Mode::Open => 0,
                Mode::Balanced => 1,
                Mode::Strict => 2,
            },
            creator: state.creator.0,
            issuers: state.issuers.iter().map(|key| key.0).collect(),
            accounts: state.accounts.map(|key| key.0),
            secret: state.secret,
            admission: match state.admission {
                Admission::Auto => 0,
                Admission::Admit => 1,
                Admission::Link => 2,
            },
            list: state.list.iter().map(bytes).collect(),
            moderators: state
                .moderators
                .iter()
                .map(|g| GrantWire { serial: g.serial, to: g.to.0, by: g.by.0, signature: g.signature.clone().into() })
                .collect(),
            granted: state.granted,
            kicked: state.kicked.iter().map(|key| key.0).collect(),
            away: state.away.iter().map(|key| key.0).collect(),
            flags: flags.iter().enumerate().map(|(bit, on)| u8::from(*on) << bit).sum(),
        }
    }
}

impl Wire {
    fn into_state(self) -> Option<RoomState> {
        let text = |bytes: VLBytes| String::from_utf8(bytes.into()).ok();
        if self.version != VERSION || self.flags >= 32 {
            return None;
        }
        let flag = |bit: u8| self.flags >> bit & 1 == 1;
        Some(RoomState {
            generation: self.generation,
            mode: match self.mode {
                0 => Mode::Open,
                1 => Mode::Balanced,
                2 => Mode::Strict,
                _ => return None,
            },
            creator: DeviceKey(self.creator),
            issuers: self.issuers.into_iter().map(IssuerKey).collect(),
            accounts: self.accounts.map(IssuerKey),
            secret: self.secret,
            passphrase: flag(0),
            admission: match self.admission {
                0 => Admission::Auto,
                1 => Admission::Admit,
                2 => Admission::Link,
                _ => return None,
            },
            list: self.list.into_iter().map(text).collect::<Option<_>>()?,
            moderators: self
                .moderators
                .into_iter()
                .map(|g| Grant { serial: g.serial, to: DeviceKey(g.to), by: DeviceKey(g.by), signature: g.signature.into() })
                .collect(),
            granted: self.granted,
            kicked: self.kicked.into_iter().map(DeviceKey).collect(),
            away: self.away.into_iter().map(DeviceKey).collect(),
            locked: flag(1),
            frozen: flag(2),
            no_recording: flag(3),
            receipt: flag(4),
            room: text(self.room)?,
        })
    }
}
