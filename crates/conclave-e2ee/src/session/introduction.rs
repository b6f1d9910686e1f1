//! What those who decide may read of somebody who knocks: a few bytes of the caller (a name), sealed to each moderator's key
//! for private messages and signed by the leaf that knocks. The server passes it on, reads nothing of it and cannot put
//! another one in its place.

use super::{Event, Output, Phase, Session};
use crate::gate;
use crate::identity::{framed, signed_by};
use crate::room::Role;
use crate::{MemberId, gate::Whole, private};
use ed25519_dalek::Signer as _;
use openmls::prelude::{LeafNodeIndex, PublicGroup};

/// What an introduction begins with; an MLS message begins with its version, 1.
const TAG: [u8; 2] = [0xFF, 1];
/// The longest content, in bytes.
pub const MAX_INTRODUCTION: usize = 1024;
/// The most moderators who get one.
const MAX_MODERATORS: usize = 64;
const SIGNATURE: usize = 64;

/// Moderators and their keys for private messages.
pub(super) type Moderators = Vec<(MemberId, [u8; 32])>;

pub(super) fn moderators(group: &PublicGroup, whole: &Whole) -> Moderators {
    let key = |leaf| group.leaf(LeafNodeIndex::new(leaf)).and_then(gate::leaf::private_key);
    let moderating = whole.roster.iter().filter(|entry| entry.role >= Role::Moderator);
    moderating.filter_map(|entry| Some((entry.member.clone(), key(entry.leaf)?))).take(MAX_MODERATORS).collect()
}

/// What seal and signature are bound to.
fn binding(room: &str, from: &MemberId, to: &MemberId) -> Vec<u8> {
    framed("conclave introduction v1", &[room.as_bytes(), from.as_bytes(), to.as_bytes()])
}

impl Session {
    /// Tells each moderator, and nobody else, who knocks.
    pub(super) fn introduce(&mut self, moderators: Moderators) {
        if self.introduction.is_empty() || self.introduction.len() > MAX_INTRODUCTION {
            return;
        }
        for (to, key) in moderators {
            let bound = binding(&self.start.room, &self.id, &to);
            let signature = self.me.leaf.sign(&[bound.as_slice(), &self.introduction].concat()).to_bytes();
            // A key that cannot be sealed to is its owner's fault: they see a knock without a name.
            if let Ok(sealed) = private::seal(&key, &bound, &[signature.as_slice(), &self.introduction].concat()) {
                self.out.push_back(Output::Relay { to: Some(vec![to]), body: [TAG.as_slice(), &sealed].concat() });
            }
        }
    }

    /// Takes an introduction for what it is; `false`: the body is something else.
    pub(super) fn introduced(&mut self, from: &MemberId, body: &[u8]) -> bool {
        let Some(sealed) = body.strip_prefix(&TAG) else { return false };
        // Once for each knock.
        if let (Phase::In(member), Some(knock)) = (&self.phase, self.knocks.get_mut(from).filter(|knock| !knock.introduced)) {
            let bound = binding(&self.start.room, from, &self.id);
            let opened = private::open(member.private_key(), &bound, sealed);
            let content = opened.as_deref().and_then(|opened| {
                let (signature, content) = opened.split_at_checked(SIGNATURE)?;
                let key = gate::leaf::parse(knock.key_package()).ok()?;
                let key: [u8; 32] = key.leaf_node().signature_key().as_slice().try_into().ok()?;
                let signed = signed_by(&key, &[bound.as_slice(), content].concat(), signature);
                (signed && content.len() <= MAX_INTRODUCTION).then(|| content.to_vec())
            });
            if let Some(content) = content {
                knock.introduced = true;
                self.event(Event::Introduced { member: from.clone(), content });
            }
        }
        true
    }
}
