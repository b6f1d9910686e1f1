//! One leaf: its credential, its capabilities, its key for private messages.

use crate::identity::{Credential, LENIENCY};
use crate::member::Entry;
use crate::room::RoomState;
use crate::wire::MAX_BYTES;
use crate::{Refused, UnixSeconds, member_id};
use openmls::prelude::{
    BasicCredential, Ciphersuite, KeyPackage, LeafNode, Lifetime, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _,
    ProtocolVersion,
};
use openmls::treesync::LeafNodeSource;
use openmls_rust_crypto::OpenMlsRustCrypto;
use tls_codec::{Deserialize as _, Size as _};

/// The private-use leaf extension with the X25519 key for private messages.
pub const EXTENSION: u16 = 0xFC02;
/// MLS 0x0001.
pub const SUITE: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
/// The largest leaf, in bytes.
const MAX_LEAF: usize = 4096;

/// Reads and verifies a new leaf. Its index is not known yet and 0 here.
pub(crate) fn read(leaf: &LeafNode, state: &RoomState, now: UnixSeconds) -> Result<Entry, Refused> {
    let entry = read_existing(leaf, state, now)?;
    entry.credential.verify(now, &state.room, leaf.signature_key().as_slice())?;
    Ok(entry)
}

/// Reads and verifies a leaf that was let in some time ago: its certificate may be over since.
pub(crate) fn read_existing(leaf: &LeafNode, state: &RoomState, now: UnixSeconds) -> Result<Entry, Refused> {
    if leaf.tls_serialized_len() > MAX_LEAF {
        return Err(Refused::TooLarge("leaf"));
    }
    let basic = BasicCredential::try_from(leaf.credential().clone()).map_err(|_| Refused::Invalid("credential type".into()))?;
    let credential = Credential::decode(basic.identity())?;
    let key = leaf.signature_key().as_slice();
    credential.verify_signature(&state.room, key)?;
    // A short life in the KeyPackage would make the tree unreadable for joiners after it: the certificate counts alone.
    let lifetime = match leaf.leaf_node_source() {
        LeafNodeSource::KeyPackage(lifetime) => *lifetime == Lifetime::init(0, u64::MAX),
        LeafNodeSource::Commit(_) => true,
        LeafNodeSource::Update => false,
    };
    if !lifetime || !super::supports(leaf) || private_key(leaf).is_none() || leaf.extensions().iter().count() != 1 {
        return super::refuse("leaf", "this leaf is not one of a Conclave client");
    }
    Ok(Entry {
        leaf: 0,
        member: member_id(key),
        device: credential.device,
        standing: credential.standing(now, state),
        role: state.role_of(&credential.device),
        as_of: now,
        credential,
    })
}

/// The key for private messages in a leaf.
pub(crate) fn private_key(leaf: &LeafNode) -> Option<[u8; 32]> {
    leaf.extensions().unknown(EXTENSION).and_then(|extension| <[u8; 32]>::try_from(extension.0.as_slice()).ok())
}

/// Reads and verifies the KeyPackage of somebody who knocks: who it is and how known. Whoever takes a knock compares
/// `member` with who said it: a server that puts another KeyPackage in is found out here.
pub fn knock(key_package: &[u8], state: &RoomState, now: UnixSeconds) -> Result<Entry, Refused> {
    let key_package = parse(key_package)?;
    read(key_package.leaf_node(), state, now)
}

pub(crate) fn parse(key_package: &[u8]) -> Result<KeyPackage, Refused> {
    if key_package.len() > MAX_BYTES.min(2 * MAX_LEAF) {
        return Err(Refused::TooLarge("KeyPackage"));
    }
    let damaged = |what: &str| Refused::Invalid(format!("KeyPackage: {what}"));
    let message = MlsMessageIn::tls_deserialize_exact(key_package).map_err(|_| damaged("encoding"))?;
    let MlsMessageBodyIn::KeyPackage(key_package) = message.extract() else { return Err(damaged("another message")) };
    let provider = OpenMlsRustCrypto::default();
    let key_package = key_package.validate(provider.crypto(), ProtocolVersion::Mls10).map_err(|e| damaged(&format!("{e:?}")))?;
    if key_package.ciphersuite() != SUITE {
        return Err(damaged("another cipher suite"));
    }
    Ok(key_package)
}

impl Entry {
    /// Whether the certificate of this leaf has been over for so long that anybody may remove it: everybody has had the
    /// time to come back with a fresh one.
    pub fn is_expired(&self, now: UnixSeconds) -> bool {
        now > self.credential.not_after.saturating_add(LENIENCY)
    }
}
