//! What the server's administrator has a room do (LiveKit's RoomService), and what is told to those who watch from outside
//! (LiveKit's webhooks).

use super::participant::{Participant, described, permission as permission_of};
use super::{Order, Output, Permit, Room, fresh_sid};
use crate::server::media::sfu::{PeerKey, TrackKey};
use bytes::Bytes;
use livekit_protocol as lk;
use lk::signal_response::Message;
use prost::Message as _;

impl Room {
    pub(super) fn administer(&mut self, order: Order) {
        match order {
            Order::Participant(request) => self.change(request),
            Order::Subscriptions(request) => {
                let Some(key) = self.by_identity.get(&request.identity).copied() else { return };
                let lk::UpdateSubscriptionsRequest { track_sids, subscribe, participant_tracks, .. } = request;
                self.subscription(key, lk::UpdateSubscription { track_sids, subscribe, participant_tracks });
            }
            Order::Data(request) => self.data_from_outside(request),
            Order::Metadata(metadata) => {
                self.metadata = metadata;
                let room = Some(self.describe());
                self.broadcast(Message::RoomUpdate(lk::RoomUpdate { room }), None);
            }
        }
    }

    fn change(&mut self, request: lk::UpdateParticipantRequest) {
        let Some(key) = self.by_identity.get(&request.identity).copied() else { return };
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let Some(info) = described(&participant.info, &request.name, &request.metadata, &request.attributes) else { return };
        participant.info = info;
        if let Some(permission) = request.permission {
            let video = &mut participant.grant.video;
            (video.can_publish, video.can_subscribe) = (Some(permission.can_publish), Some(permission.can_subscribe));
            video.can_publish_data = Some(permission.can_publish_data);
            self.restrict(key, permission);
        }
        self.update(key);
    }

    /// The control plane lets somebody do other things than before.
    pub(super) fn permit(&mut self, identity: &str, permit: Permit) {
        let Some(key) = self.by_identity.get(identity).copied() else { return };
        let Some(participant) = self.participants.get_mut(&key).filter(|p| p.permit != permit) else { return };
        participant.permit = permit;
        let before = participant.info.permission.clone().unwrap_or_default();
        let can_update_metadata = before.can_update_metadata;
        let permission = lk::ParticipantPermission { can_update_metadata, ..permission_of(&participant.grant.video, permit) };
        self.restrict(key, permission);
        self.update(key);
    }

    /// A client that goes on with more than its permission would have to be watched: what it has is taken from it.
    fn restrict(&mut self, key: PeerKey, permission: lk::ParticipantPermission) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        // What an administrator allows is not more than the control plane does.
        let limit = permission_of(&participant.grant.video, participant.permit);
        let permission = lk::ParticipantPermission {
            can_publish: permission.can_publish && limit.can_publish,
            can_publish_data: permission.can_publish_data && limit.can_publish_data,
            can_publish_sources: match limit.can_publish_sources.is_empty() {
                true => permission.can_publish_sources,
                false => limit.can_publish_sources,
            },
            ..permission
        };
        let listens = permission.can_subscribe;
        participant.info.permission = Some(permission);
        let published = std::mem::take(&mut participant.publications);
        let (kept, silenced): (Vec<_>, Vec<_>) =
            published.into_iter().partition(|p| participant.may_publish(p.info.r#type, p.info.source));
        participant.publications = kept;
        let others: Vec<TrackKey> = self.tracks.iter().filter(|(_, t)| t.owner != key).map(|(k, _)| *k).collect();
        for track in others {
            let Some(participant) = self.participants.get_mut(&key) else { return };
            match listens {
                true if !participant.carries(track) => participant.offer_track(track),
                true => {}
                false if participant.release_track(track) => self.sfu.unsubscribe(key, track),
                false => {}
            }
        }
        if let Some(slots) = self.participants.get(&key).and_then(Participant::open_slots) {
            self.sfu.slots(key, slots);
        }
        for gone in silenced {
            self.send(key, Message::TrackUnpublished(lk::TrackUnpublishedResponse { track_sid: gone.info.sid.clone() }));
            self.unpublished(key, gone);
        }
    }

    fn data_from_outside(&mut self, request: lk::SendDataRequest) {
        let label = if request.kind == lk::data_packet::Kind::Lossy as i32 { "_lossy" } else { "_reliable" };
        let user = lk::UserPacket { payload: request.data, topic: request.topic, nonce: request.nonce, ..Default::default() };
        let to = request.destination_identities;
        let packet = lk::DataPacket {
            destination_identities: to.clone(),
            value: Some(lk::data_packet::Value::User(user)),
            ..Default::default()
        };
        self.pass_on(None, label, &to, Bytes::from(packet.encode_to_vec()));
    }

    /// Tells what happened, to those outside.
    pub(super) fn happened(&mut self, event: &str, participant: Option<&lk::ParticipantInfo>, track: Option<lk::TrackInfo>) {
        let event = lk::WebhookEvent { participant: participant.cloned(), track, ..self.whole(event) };
        self.out.push(Output::Happened(Box::new(event)));
    }

    /// Something that happened to the room as a whole.
    pub fn whole(&self, event: &str) -> lk::WebhookEvent {
        let (event, room, id) = (event.to_owned(), Some(self.describe()), fresh_sid("EV_"));
        lk::WebhookEvent { event, room, id, ..Default::default() }
    }
}
