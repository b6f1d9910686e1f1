//! Joins by link: an external commit that carries the room secret as PSK, and a proof that the delivery service can check
//! without knowing the secret.

use super::{Verdict, View, present_after, refuse, returns};
use crate::identity::{framed, signed_by};
use crate::room::{Admission, RoomState};
use crate::{Refused, wire};
use openmls::prelude::{Proposal, Sender, StagedCommit};
use openmls::schedule::{PreSharedKeyId, Psk};
use std::collections::BTreeMap;
use tls_codec::{Deserialize as _, Serialize as _};

/// The id of the room secret's PSK.
pub const PSK_ID: &[u8] = b"conclave room secret v1";
const PROOF: &str = "conclave link proof v1";

/// What a joiner by link signs with the key that is derived from the room secret: group, epoch, its own leaf key.
pub fn proof_message(group_id: &[u8], epoch: u64, leaf_key: &[u8]) -> Vec<u8> {
    framed(PROOF, &[group_id, &epoch.to_be_bytes(), leaf_key])
}

pub(super) fn commit(view: &View<'_>, aad: &[u8], staged: &StagedCommit, state: RoomState) -> Result<Verdict, Refused> {
    let (Admission::Link, Some(secret)) = (view.state.admission, view.state.secret) else {
        return refuse("link_not_allowed", "nobody joins this room by link");
    };
    let Some(leaf) = staged.update_path_leaf_node() else {
        return Err(Refused::Invalid("external commit without a leaf".into()));
    };
    let (mut inits, mut psks) = (0u32, 0u32);
    for queued in staged.queued_proposals() {
        match queued.proposal() {
            _ if !matches!(queued.sender(), Sender::NewMemberCommit) => {
                return refuse("link_proposal", "a join by link does something else, too");
            }
            Proposal::ExternalInit(_) => inits += 1,
            Proposal::PreSharedKey(psk) if is_room_secret(psk) => psks += 1,
            _ => return refuse("link_proposal", "a join by link does something else, too"),
        }
    }
    if (inits, psks) != (1, 1) {
        return refuse("no_secret", "somebody joins by link without the room secret");
    }
    let context = view.group.group_context();
    let message = proof_message(context.group_id().as_slice(), context.epoch().as_u64(), leaf.signature_key().as_slice());
    if aad.len() > wire::MAX_BYTES || !signed_by(&secret, &message, aad) {
        return refuse("proof", "somebody joins by link and does not know the room secret");
    }
    let newcomer = super::leaf::read(leaf, view.state, view.now)?;
    let returning = returns(view.state, view.roster, view.revoked, &newcomer.device)?;
    let added = vec![(newcomer, returning)];
    present_after(view, &BTreeMap::new(), &added)?;
    if state != *view.state {
        return refuse("link_proposal", "a join by link changes the room's state");
    }
    Ok(Verdict { by: None, added, removed: BTreeMap::new(), renewed: None, state })
}

/// 0.9.2 has no accessor for the id in a proposal: it is read from the encoding.
fn is_room_secret(proposal: &openmls::prelude::PreSharedKeyProposal) -> bool {
    let id = proposal.tls_serialize_detached().ok().and_then(|bytes| PreSharedKeyId::tls_deserialize_exact(&bytes[..]).ok());
    matches!(id.as_ref().map(PreSharedKeyId::psk), Some(Psk::External(external)) if external.psk_id() == PSK_ID)
}
