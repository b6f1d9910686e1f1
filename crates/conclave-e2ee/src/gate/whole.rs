//! A whole group, as somebody sees it who was not in it: a joiner, or the delivery service.

use super::{leaf, refuse};
use crate::identity::LENIENCY;
use crate::member::Entry;
use crate::room::{EXTENSION, RoomState};
use crate::wire::MAX_LEAVES;
use crate::{Error, Refused, UnixSeconds};
use openmls::prelude::{
    BasicCredential, CredentialType, Extension, ExtensionType, ExternalSender, GroupContext, GroupId, OpenMlsProvider as _,
    OpenMlsRand as _, ProposalType, ProtocolVersion, PublicGroup, RequiredCapabilitiesExtension,
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// How long after its certificate's end a leaf may still stand in the tree that a joiner sees: anybody removes it
/// [`LENIENCY`] after the end, with the next commit at the latest.
const OVERDUE: u64 = 4 * LENIENCY;
/// The credential of the delivery service in the external senders extension.
const SERVICE: &[u8] = b"conclave delivery service v1";

/// A group that was read and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The agreed state.
    pub state: RoomState,
    /// The tree, by leaf index.
    pub roster: Vec<Entry>,
}

/// The first half of the group id: room and generation.
pub fn group_id(room: &str, generation: u64) -> [u8; 16] {
    let message = crate::identity::framed("conclave group v1", &[room.as_bytes(), &generation.to_be_bytes()]);
    let digest: [u8; 32] = Sha256::digest(message).into();
    let mut id = [0; 16];
    id.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    id
}

/// A group id: room and generation, and 16 random bytes, so that two foundings are never taken for each other.
pub fn own_group_id(room: &str, generation: u64) -> Result<GroupId, Error> {
    let random =
        OpenMlsRustCrypto::default().rand().random_array::<16>().map_err(|_| Error::Library("no random numbers".into()))?;
    Ok(GroupId::from_slice(&[group_id(room, generation), random].concat()))
}

/// What stands in every group context beside the state: what every leaf supports, and the delivery service as the only
/// external sender.
pub fn fixed_extensions(service: &[u8; 32]) -> [Extension; 2] {
    let credential = BasicCredential::new(SERVICE.to_vec()).into();
    let extensions = [ExtensionType::Unknown(EXTENSION), ExtensionType::Unknown(leaf::EXTENSION)];
    let required = RequiredCapabilitiesExtension::new(&extensions, &[ProposalType::SelfRemove], &[CredentialType::Basic]);
    [
        Extension::RequiredCapabilities(required),
        Extension::ExternalSenders(vec![ExternalSender::new(service.as_slice().into(), credential)]),
    ]
}

/// The agreed state in a group context; nothing but it and [`fixed_extensions`] stands there.
pub(crate) fn state(context: &GroupContext, service: &[u8; 32]) -> Result<RoomState, Refused> {
    let expected = fixed_extensions(service);
    let others = context.extensions().iter().filter(|e| u16::from(e.extension_type()) != EXTENSION);
    if !others.eq(expected.iter()) {
        return refuse("extensions", "the group has another delivery service, or extensions that no room has");
    }
    let Some(state) = context.extensions().unknown(EXTENSION) else {
        return refuse("extensions", "the group has no room state");
    };
    RoomState::decode(&state.0)
}

/// Reads and verifies a whole group: state, group id, every leaf.
pub fn whole(group: &PublicGroup, room: &str, service: &[u8; 32], now: UnixSeconds) -> Result<Whole, Refused> {
    let context = group.group_context();
    if context.ciphersuite() != leaf::SUITE || context.protocol_version() != ProtocolVersion::Mls10 {
        return refuse("suite", "the group uses another cipher suite");
    }
    let state = state(context, service)?;
    let id = context.group_id().as_slice();
    if state.room != room || id.len() != 32 || !id.starts_with(&group_id(room, state.generation)) {
        return refuse("room", "this is the group of another room");
    }
    let mut roster = Vec::new();
    let mut devices = BTreeSet::new();
    for member in group.members() {
        if roster.len() >= MAX_LEAVES {
            return Err(Refused::TooLarge("members"));
        }
        let Some(node) = group.leaf(member.index) else { continue };
        let mut entry = leaf::read_existing(node, &state, now)?;
        entry.leaf = member.index.u32();
        if entry.is_expired(now.saturating_sub(OVERDUE)) {
            return refuse("expired", "a member's certificate has been over for long: the clock is wrong, or this group is old");
        }
        if state.is_kicked(&entry.device) {
            return refuse("kicked", "somebody is in the group who was removed for good");
        }
        if !devices.insert(entry.device) {
            return refuse("device_twice", "a device is in the group twice");
        }
        roster.push(entry);
    }
    Ok(Whole { state, roster })
}
