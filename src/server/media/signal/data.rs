//! Data packets: stamped with their sender and passed on.

use super::Room;
use crate::server::media::sfu::PeerKey;
use bytes::Bytes;
use livekit_protocol as lk;
use prost::Message as _;

/// The longest data packet that is passed on, in bytes: what the answer says (`a=max-message-size`).
const MAX_DATA: usize = 64 * 1024;

impl Room {
    /// A data channel message: to whom it names, or to all others.
    pub(super) fn data(&mut self, from: PeerKey, label: &str, payload: &Bytes) {
        if payload.len() > MAX_DATA || !matches!(label, "_reliable" | "_lossy") {
            return;
        }
        let Some(sender) = self.participants.get(&from).filter(|p| p.may(|p| p.can_publish_data)) else { return };
        let Ok(mut packet) = lk::DataPacket::decode(&payload[..]) else { return };
        let (identity, sid) = (&sender.info.identity, &sender.info.sid);
        packet.participant_identity.clone_from(identity);
        packet.participant_sid.clone_from(sid);
        let mut to = packet.destination_identities.clone();
        #[allow(deprecated, reason = "older SDKs still read and write these fields")]
        if let Some(lk::data_packet::Value::User(user)) = &mut packet.value {
            user.participant_identity.clone_from(identity);
            user.participant_sid.clone_from(sid);
            if to.is_empty() {
                to.clone_from(&user.destination_identities);
            }
        }
        self.pass_on(Some(from), label, &to, Bytes::from(packet.encode_to_vec()));
    }

    /// Sends a data packet to those named, or to all; not to whom it comes from.
    pub(super) fn pass_on(&mut self, from: Option<PeerKey>, label: &str, to: &[String], payload: Bytes) {
        let listeners: Vec<PeerKey> = if to.is_empty() {
            self.participants.keys().copied().collect()
        } else {
            let mut keys: Vec<PeerKey> = to.iter().filter_map(|i| self.by_identity.get(i).copied()).collect();
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        for key in listeners {
            if Some(key) != from && self.participants.get(&key).is_some_and(|p| p.transport.is_some()) {
                self.sfu.send_data(key, label, payload.clone());
            }
        }
    }
}
