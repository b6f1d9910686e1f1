//! Offer and answer: which section carries what.

use super::participant::{Participant, Publication, Transport, Use};
use super::{Forwarder, Output, Room, fresh_ssrc};
use crate::protocol::slots;
use crate::server::media::sdp::{self, Candidate, Local, Offer, Plan, SdpError, Section, Sending};
use crate::server::media::sfu::{Incoming, Outgoing, PeerKey, PeerTransport, TrackKey};
use livekit_protocol as lk;
use lk::signal_response::Message;
use std::collections::BTreeMap;

/// A track that a section carries from its publisher.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) owner: PeerKey,
    /// `TR_...`.
    pub(super) sid: String,
    /// `PA_...|TR_...`.
    pub(super) stream: String,
    /// Its publisher was told that somebody hears it.
    pub(super) heard: bool,
}

/// What an offer changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Tracks that a section carries now (or differently).
    pub(super) bound: Vec<(TrackKey, Incoming)>,
    /// What no section carries any more.
    pub(super) unbound: Vec<Publication>,
    subscribed: Vec<(TrackKey, Outgoing)>,
    released: Vec<TrackKey>,
    /// The slots are others than before.
    slots: bool,
}

/// Why an offer ends a participant.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Sdp(#[from] SdpError),
    #[error("the offer comes with another DTLS certificate")]
    Certificate,
}

impl Room {
    /// Answers an offer.
    pub(super) fn offered(&mut self, key: PeerKey, description: lk::SessionDescription) {
        let Some(participant) = self.participants.get_mut(&key) else { return };
        let mut changes = Changes::default();
        let accepted = sdp::parse(&description.sdp).map_err(Refusal::from).and_then(|offer| {
            accept(participant, offer, self.key, &*self.sfu)?;
            bind(participant, &mut changes);
            assign(participant, &mut changes);
            Ok(answer(participant, &self.tracks, &self.fingerprint, &self.candidates))
        });
        let (sdp, mid_to_track_id) = match accepted {
            Ok(answer) => answer,
            Err(e) => {
                tracing::debug!(room = %self.name, peer = key.0, "offer refused: {e}");
                // Another certificate is a new client behind an old name: it must join anew. Broken SDP would stay broken.
                let action = match e {
                    Refusal::Certificate => lk::leave_request::Action::Reconnect,
                    Refusal::Sdp(_) => lk::leave_request::Action::Disconnect,
                };
                return self.expel(key, lk::DisconnectReason::StateMismatch, action);
            }
        };
        if let Some(socket) = participant.socket {
            // livekit-client ignores an answer that does not repeat the offer's id; the native SDKs find tracks by mid_to_track_id.
            let answer = lk::SessionDescription { r#type: "answer".into(), sdp, id: description.id, mid_to_track_id };
            self.out.push(Output::Send { to: vec![socket], message: Box::new(Message::Answer(answer)) });
        }
        for track in changes.released.drain(..) {
            self.sfu.unsubscribe(key, track);
        }
        for (track, outgoing) in changes.subscribed.drain(..) {
            self.sfu.subscribe(key, track, outgoing);
        }
        if let Some(slots) = participant.open_slots().filter(|_| changes.slots) {
            self.sfu.slots(key, slots);
        }
        self.published(key, changes);
    }

    /// A track that was announced may find its section in the offer that came before it.
    pub(super) fn bind_late(&mut self, key: PeerKey) {
        let Some(participant) = self.participants.get_mut(&key).filter(|p| p.transport.is_some()) else { return };
        let mut changes = Changes::default();
        bind(participant, &mut changes);
        self.published(key, changes);
    }
}

/// Takes over the client's end of the transport.
fn accept(
    participant: &mut Participant,
    offer: Offer,
    room: crate::server::media::sfu::RoomKey,
    sfu: &dyn Forwarder,
) -> Result<(), Refusal> {
    let peer = participant.key;
    match &mut participant.transport {
        None => {
            let local = sfu.fresh_credentials();
            let transport =
                PeerTransport { local: local.clone(), remote: offer.ice.clone(), remote_fingerprint: offer.fingerprint };
            sfu.add_peer(room, peer, transport);
            participant.transport = Some(Transport { local, offer, answers: 0 });
        }
        Some(t) if t.offer.fingerprint != offer.fingerprint => return Err(Refusal::Certificate),
        Some(t) => {
            // New credentials are an ICE restart (RFC 8839 section 4.4.1.1.1), and ours must change too.
            if t.offer.ice != offer.ice {
                t.local = sfu.fresh_credentials();
                sfu.restart_ice(peer, t.local.clone(), offer.ice.clone());
            }
            t.offer = offer;
        }
    }
    Ok(())
}

/// Finds the sections that carry what the participant publishes.
fn bind(participant: &mut Participant, changes: &mut Changes) {
    let Some(transport) = &participant.transport else { return };
    let sending: Vec<(&Section, Incoming)> = transport.offer.sections.iter().filter_map(|s| Some((s, s.incoming()?))).collect();
    // The client may take a track out of a section and put another, already announced, in.
    let waiting: Vec<String> = participant.publications.iter().filter(|p| p.incoming.is_none()).map(|p| p.cid.clone()).collect();
    let replaced = |section: &Section| section.track_id.as_ref().is_some_and(|id| waiting.contains(id));
    let gone = participant.publications.extract_if(.., |publication| {
        let Some(old) = &publication.incoming else { return false };
        let Some((_, new)) = sending.iter().find(|(s, i)| i.mid == old.mid && !replaced(s)) else { return true };
        if new != old {
            changes.bound.push((publication.key, new.clone()));
            publication.incoming = Some(new.clone());
        }
        false
    });
    changes.unbound.extend(gone);
    for (section, incoming) in sending {
        if participant.publications.iter().any(|p| p.incoming.as_ref().is_some_and(|i| i.mid == incoming.mid)) {
            continue;
        }
        let sound = lk::TrackType::Audio as i32;
        let waits = |p: &&mut super::participant::Publication| p.incoming.is_none() && p.info.r#type == sound;
        let named =
            participant.publications.iter_mut().filter(waits).find(|p| section.track_id.as_deref().is_some_and(|id| id == p.cid));
        // A client whose SDP does not name the track (no msid) can only mean the one that it announced.
        let publication = match named {
            Some(p) => Some(p),
            None if section.track_id.is_none() => participant.publications.iter_mut().find(waits),
            None => None,
        };
        if let Some(publication) = publication {
            publication.info.mid.clone_from(&incoming.mid);
            for codec in &mut publication.info.codecs {
                codec.mid.clone_from(&incoming.mid);
            }
            changes.bound.push((publication.key, incoming.clone()));
            publication.incoming = Some(incoming);
        }
    }
}

/// Gives wanted tracks, or slots, the free sections.
fn assign(participant: &mut Participant, changes: &mut Changes) {
    let Some(transport) = &participant.transport else { return };
    let before = participant.sections.len();
    let mut old: BTreeMap<String, Use> = std::mem::take(&mut participant.sections).into_iter().collect();
    let mut used: Vec<u32> = transport.offer.sections.iter().filter_map(|s| s.ssrc).collect();
    used.extend(old.values().filter_map(|u| match u {
        Use::Carrying { ssrc, .. } | Use::Slot { ssrc, .. } => Some(*ssrc),
        Use::Free | Use::Cooling => None,
    }));
    let mut fresh = || {
        let ssrc = std::iter::repeat_with(fresh_ssrc).find(|s| !used.contains(s)).unwrap_or(1);
        used.push(ssrc);
        ssrc
    };
    let mut slots = participant.slots.as_ref().map(|_| Vec::new());
    let wanted = &mut participant.wanted;
    // Sections that the client took away: their tracks wait again, unless it wants them no more.
    for (mid, u) in &old {
        if let Use::Carrying { track, .. } = u
            && !transport.offer.sections.iter().any(|s| s.mid == *mid && s.outgoing().is_some())
        {
            changes.released.push(*track);
            wanted.insert(*track);
        }
    }
    let mut cooled = false;
    for section in &transport.offer.sections {
        let Some(payload_type) = section.outgoing() else { continue };
        let before = old.remove(&section.mid);
        if let Some(slots) = slots.as_mut().filter(|s| s.len() < slots::COUNT) {
            let ssrc = if let Some(Use::Slot { ssrc, .. }) = before { ssrc } else { fresh() };
            participant.sections.push((section.mid.clone(), Use::Slot { slot: slots.len(), ssrc }));
            slots.push(Outgoing { ssrc, payload_type });
            continue;
        }
        let now = match before {
            // This answer says "inactive"; the next one may say something else.
            Some(Use::Cooling) => {
                cooled = true;
                Use::Free
            }
            Some(Use::Carrying { track, ssrc }) => Use::Carrying { track, ssrc },
            Some(Use::Free | Use::Slot { .. }) | None => match wanted.pop_first() {
                Some(track) => {
                    let ssrc = fresh();
                    changes.subscribed.push((track, Outgoing { ssrc, payload_type }));
                    Use::Carrying { track, ssrc }
                }
                None => Use::Free,
            },
        };
        participant.sections.push((section.mid.clone(), now));
    }
    changes.slots = slots != participant.slots;
    participant.slots = slots;
    // Asked already for as many as are missing? Then the client's next offer brings them: asking after every offer could go on for ever.
    if participant.sections.len() > before {
        // It does bring some: what is missing now is asked for anew, as it may have lost a request while it negotiated.
        participant.requested = 0;
    }
    let missing = participant.needs() > participant.requested.max(participant.sections.len());
    participant.renegotiate = missing || (cooled && !participant.wanted.is_empty());
}

fn answer(
    participant: &mut Participant,
    tracks: &BTreeMap<TrackKey, Track>,
    fingerprint: &str,
    candidates: &[Candidate],
) -> (String, std::collections::HashMap<String, String>) {
    let Some(transport) = &mut participant.transport else { return Default::default() };
    transport.answers += 1;
    let sending = |used: &Use| match *used {
        Use::Carrying { track, ssrc } => {
            let track = tracks.get(&track)?;
            Some(Sending { stream: track.stream.clone(), track: track.sid.clone(), ssrc })
        }
        Use::Slot { slot, ssrc } => Some(Sending { stream: slots::STREAM.to_owned(), track: slots::track(slot), ssrc }),
        Use::Free | Use::Cooling => None,
    };
    let carried: BTreeMap<&str, Sending> =
        participant.sections.iter().filter_map(|(mid, used)| Some((mid.as_str(), sending(used)?))).collect();
    let publishes = participant.info.permission.as_ref().is_some_and(|p| p.can_publish);
    let mut candidates = candidates.to_vec();
    if let Some(loopback) = participant.loopback {
        let first = |tcp: bool| candidates.iter().find(|c| c.is_tcp() == tcp).map(|c| c.at(loopback));
        let more = [first(false), first(true)].into_iter().flatten().filter(|c| !candidates.contains(c));
        candidates.extend(more.collect::<Vec<_>>());
        candidates.sort_by_key(|c| c.is_tcp());
    }
    let local = Local { ice: &transport.local, fingerprint, candidates: &candidates, version: transport.answers };
    let sdp = sdp::write(&transport.offer, local, |section| Plan {
        receive: publishes,
        send: carried.get(section.mid.as_str()).cloned(),
    });
    (sdp, carried.into_iter().map(|(mid, sending)| (mid.to_string(), sending.track)).collect())
}
