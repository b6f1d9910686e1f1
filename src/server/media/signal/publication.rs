//! What participants publish: announce, mute, withdraw, and who hears it.

use super::negotiation::{Changes, Track};
use super::participant::Publication;
use super::{Room, fresh_sid};
use crate::server::media::sfu::{PeerKey, TrackKey};
use livekit_protocol as lk;
use lk::request_response::{Reason, Request};
use lk::signal_response::Message;

/// The most tracks of one participant.
const MAX_PUBLICATIONS: usize = 16;
/// The longest name or id of a track, in bytes.
const MAX_TRACK_NAME: usize = 256;

impl Room {
    /// `addTrack`. Sound is carried once a section does. Video is announced to nobody and its section is answered as
    /// inactive: this server forwards sound only, and stock SDKs go on undisturbed with a camera that sends nothing,
    /// while a refused track makes some of them fail their whole publish call.
    pub(super) fn add_track(&mut self, key: PeerKey, request: lk::AddTrackRequest) {
        let Some(participant) = self.participants.get(&key) else { return };
        let refused = if !participant.may_publish(request.r#type, request.source) {
            Some(Reason::NotAllowed)
        } else if participant.publications.iter().any(|p| p.cid == request.cid && p.incoming.is_some()) {
            Some(Reason::Queued)
        } else if request.cid.is_empty() || request.cid.len() > MAX_TRACK_NAME || request.name.len() > MAX_TRACK_NAME {
            Some(Reason::InvalidRequest)
        } else if participant.publications.len() >= MAX_PUBLICATIONS {
            Some(Reason::LimitExceeded)
        } else {
            None
        };
        if let Some(reason) = refused {
            return self.respond(key, 0, reason, Request::AddTrack(request));
        }
        let known = participant.publications.iter().find(|p| p.cid == request.cid).map(|p| p.info.clone());
        let info = match known {
            Some(info) => info, // asked twice
            None => {
                let track = self.fresh_track();
                let info = describe(&request, track);
                let publication = Publication { key: track, cid: request.cid.clone(), info: info.clone(), incoming: None };
                if let Some(participant) = self.participants.get_mut(&key) {
                    participant.publications.push(publication);
                }
                info
            }
        };
        self.send(key, Message::TrackPublished(lk::TrackPublishedResponse { cid: request.cid, track: Some(info) }));
        self.bind_late(key);
    }

    /// Carries out what an offer changed in what a participant publishes.
    pub(super) fn published(&mut self, key: PeerKey, changes: Changes) {
        if changes.bound.is_empty() && changes.unbound.is_empty() {
            return;
        }
        for gone in changes.unbound {
            self.unpublished(key, gone);
        }
        for (track, incoming) in changes.bound {
            let Some(participant) = self.participants.get(&key) else { continue };
            let Some(publication) = participant.publications.iter().find(|p| p.key == track) else { continue };
            let stream = format!("{}|{}", participant.info.sid, publication.info.sid);
            let (sid, muted) = (publication.info.sid.clone(), publication.info.muted);
            self.sfu.publish(key, track, incoming);
            self.sfu.mute(track, muted);
            let (who, info) = (participant.info.clone(), publication.info.clone());
            if let std::collections::btree_map::Entry::Vacant(new) = self.tracks.entry(track) {
                new.insert(Track { owner: key, sid, stream, heard: false });
                self.happened("track_published", Some(&who), Some(info));
            }
            for listener in self.participants.values_mut().filter(|p| p.key != key) {
                if !listener.carries(track) {
                    listener.offer_track(track);
                }
            }
        }
        self.update(key);
    }

    /// Something is no longer published; what was only announced has never been.
    pub(super) fn unpublished(&mut self, key: PeerKey, gone: Publication) {
        let who = self.participants.get(&key).filter(|_| self.tracks.contains_key(&gone.key)).map(|p| p.info.clone());
        if let Some(who) = who {
            self.happened("track_unpublished", Some(&who), Some(gone.info));
        }
        self.withdraw(gone.key);
    }

    /// Takes a track from everybody who hears it.
    pub(super) fn withdraw(&mut self, track: TrackKey) {
        let Some(gone) = self.tracks.remove(&track) else { return };
        self.speakers.ended(gone.owner);
        for listener in self.participants.values_mut() {
            if listener.release_track(track) {
                self.sfu.unsubscribe(listener.key, track);
            }
            listener.declined.remove(&track);
        }
        self.sfu.unpublish(track);
    }

    /// `mute` from the client.
    pub(super) fn mute_by_client(&mut self, key: PeerKey, request: &lk::MuteTrackRequest) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let Some(publication) = participant.publications.iter_mut().find(|p| p.info.sid == request.sid) else { return };
        if publication.info.muted == request.muted {
            return; // the echo of our own
        }
        publication.info.muted = request.muted;
        let (track, bound) = (publication.key, publication.incoming.is_some());
        if bound {
            self.sfu.mute(track, request.muted);
            self.update(key);
        }
    }

    /// Mutes by order of the room. As at LiveKit, the participant may open the microphone again, and nobody else may:
    /// `muted: false` changes nothing.
    pub(super) fn mute_by_room(&mut self, identity: &str, track: Option<&str>, muted: bool) {
        let Some(key) = self.by_identity.get(identity).copied().filter(|_| muted) else { return };
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let mut sids = Vec::new();
        let meant = |p: &lk::TrackInfo| track.map_or(p.r#type == lk::TrackType::Audio as i32, |sid| p.sid == sid);
        for publication in participant.publications.iter_mut() {
            if meant(&publication.info) && !publication.info.muted {
                publication.info.muted = true;
                self.sfu.mute(publication.key, true);
                sids.push(publication.info.sid.clone());
            }
        }
        if !sids.is_empty() {
            for sid in sids {
                self.send(key, Message::Mute(lk::MuteTrackRequest { sid, muted: true }));
            }
            self.update(key);
        }
    }

    /// `subscription`: what the participant wants to hear and what not.
    pub(super) fn subscription(&mut self, key: PeerKey, request: lk::UpdateSubscription) {
        let listed = request.participant_tracks.into_iter().flat_map(|p| p.track_sids);
        let sids: std::collections::HashSet<String> = request.track_sids.into_iter().chain(listed).take(1024).collect();
        let tracks: Vec<TrackKey> =
            self.tracks.iter().filter(|(_, t)| t.owner != key && sids.contains(&t.sid)).map(|(k, _)| *k).collect();
        let Some(participant) = self.participants.get_mut(&key) else { return };
        for track in tracks {
            if participant.slots.is_some() {
                self.sfu.decline(key, track, !request.subscribe);
            } else if !request.subscribe {
                participant.declined.insert(track);
                if participant.release_track(track) {
                    self.sfu.unsubscribe(key, track);
                }
            } else if participant.may(|p| p.can_subscribe) && !participant.carries(track) {
                participant.declined.remove(&track);
                participant.wanted.insert(track);
                participant.renegotiate = true;
            }
        }
    }
}

fn describe(request: &lk::AddTrackRequest, track: TrackKey) -> lk::TrackInfo {
    let sound = request.r#type == lk::TrackType::Audio as i32;
    let mime_type = if sound { "audio/opus" } else { "video/VP8" };
    let layers = vec![lk::VideoLayer { ssrc: track.number(), ..Default::default() }];
    lk::TrackInfo {
        sid: fresh_sid(if sound { "TR_A" } else { "TR_V" }),
        r#type: request.r#type,
        name: request.name.clone(),
        muted: request.muted,
        width: request.width,
        height: request.height,
        source: request.source,
        mime_type: mime_type.into(),
        codecs: vec![lk::SimulcastCodecInfo {
            mime_type: mime_type.into(),
            cid: request.cid.clone(),
            layers,
            ..Default::default()
        }],
        disable_red: true, // Opus only: a client must not wrap it
        encryption: request.encryption,
        stream: request.stream.chars().take(MAX_TRACK_NAME).collect(),
        audio_features: request.audio_features.iter().copied().take(16).collect(),
        ..Default::default()
    }
}
