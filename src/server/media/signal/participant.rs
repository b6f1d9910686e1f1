//! One participant: what it is, what it publishes, what it hears.

use super::{Join, Permit, SocketId, fresh_sid};
use crate::protocol::slots;
use crate::server::media::sdp::Offer;
use crate::server::media::sfu::{IceCredentials, Incoming, Outgoing, PeerKey, TrackKey};
use crate::server::media::token::{Grant, VideoGrant};
use livekit_protocol as lk;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// When a request for sections is repeated, and how often.
const REMIND: Duration = Duration::from_secs(2);
const MAX_REMINDERS: u32 = 5;
/// The most bytes of metadata and attributes of a participant.
const MAX_METADATA: usize = 64 * 1024;
/// The longest display name, in bytes.
const MAX_NAME: usize = 256;

/// A participant of a room.
#[derive(Debug)]
pub(super) struct Participant {
    pub(super) key: PeerKey,
    pub(super) info: lk::ParticipantInfo,
    /// The websocket; `None` while it is lost.
    pub(super) socket: Option<SocketId>,
    /// When it last said something, or when its websocket was lost.
    pub(super) heard: Instant,
    pub(super) auto_subscribe: bool,
    /// Where it gets its sound in slots: which, in the order of the places.
    pub(super) slots: Option<Vec<Outgoing>>,
    /// What its token says, and when it got the last one.
    pub(super) grant: Grant,
    /// What the control plane lets it do.
    pub(super) permit: Permit,
    pub(super) refreshed: Instant,
    pub(super) transport: Option<Transport>,
    /// What it publishes, or is about to.
    pub(super) publications: Vec<Publication>,
    /// Its sections for sound to it, in the order of its m-lines.
    pub(super) sections: Vec<(String, Use)>,
    /// Tracks that it should hear and that have no section yet.
    pub(super) wanted: BTreeSet<TrackKey>,
    /// Tracks that it does not want.
    pub(super) declined: BTreeSet<TrackKey>,
    /// How many sections it was asked to have in total.
    pub(super) requested: usize,
    /// How often it was asked in vain, and when last: a client that is negotiating may lose a request.
    pub(super) asked: (u32, Instant),
    /// It must be asked to offer again.
    pub(super) renegotiate: bool,
    /// Who left while its websocket was lost.
    pub(super) missed: Vec<lk::ParticipantInfo>,
    /// See [`Join::loopback`].
    pub(super) loopback: Option<std::net::IpAddr>,
}

/// Both ends of a participant's transport.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) local: IceCredentials,
    pub(super) offer: Offer,
    pub(super) answers: u64,
}

/// A track that a participant publishes.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) key: TrackKey,
    /// The client's own id of it.
    pub(super) cid: String,
    pub(super) info: lk::TrackInfo,
    /// How it is sent, once a section carries it.
    pub(super) incoming: Option<Incoming>,
}

/// What a section towards the client carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing.
    Free,
    /// Nothing any more, but the client does not know yet.
    Cooling,
    /// A track.
    Carrying { track: TrackKey, ssrc: u32 },
    /// Whatever the forwarder puts into this slot.
    Slot { slot: usize, ssrc: u32 },
}

/// How a participant would be described with another name and metadata (where they are not empty) and these attributes, of
/// which an empty value takes one away. `None`: that is more than may be carried with a participant.
pub(crate) fn described(
    info: &lk::ParticipantInfo,
    name: &str,
    metadata: &str,
    attributes: &HashMap<String, String>,
) -> Option<lk::ParticipantInfo> {
    let mut info = info.clone();
    for (name, value) in attributes {
        match value.is_empty() {
            true => drop(info.attributes.remove(name)),
            false => drop(info.attributes.insert(name.clone(), value.clone())),
        }
    }
    let size = metadata.len() + info.attributes.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>();
    if size > MAX_METADATA || name.len() > MAX_NAME {
        return None;
    }
    if !metadata.is_empty() {
        metadata.clone_into(&mut info.metadata);
    }
    if !name.is_empty() {
        name.clone_into(&mut info.name);
    }
    Some(info)
}

/// What both the token and the control plane allow.
pub(super) fn permission(grant: &VideoGrant, permit: Permit) -> lk::ParticipantPermission {
    let mut sources = Vec::new();
    // LiveKit: an empty list is every source.
    match (permit.speak, permit.share) {
        (true, false) => sources.push(lk::TrackSource::Microphone as i32),
        (false, true) => {
            let others = [lk::TrackSource::Camera, lk::TrackSource::ScreenShare, lk::TrackSource::ScreenShareAudio];
            sources.extend(others.map(|s| s as i32));
        }
        _ => {}
    }
    lk::ParticipantPermission {
        can_subscribe: grant.can_subscribe.unwrap_or(true),
        can_publish: grant.can_publish.unwrap_or(true) && (permit.speak || permit.share),
        can_publish_data: grant.can_publish_data.unwrap_or(true) && permit.chat,
        can_publish_sources: sources,
        can_update_metadata: true,
        ..Default::default()
    }
}

impl Participant {
    pub(super) fn new(key: PeerKey, now: super::Now, join: &Join) -> Self {
        let client = join.request.client_info.clone().unwrap_or_default();
        let auto_subscribe = join.request.connection_settings.as_ref().is_none_or(|c| c.auto_subscribe);
        let slots = auto_subscribe && client.other_sdks.split(',').any(|sdk| sdk.trim() == slots::SDK);
        let grant = &join.grant.video;
        let info = lk::ParticipantInfo {
            sid: fresh_sid("PA_"),
            identity: join.grant.sub.clone(),
            name: join.grant.name.clone(),
            metadata: join.grant.metadata.clone(),
            state: lk::participant_info::State::Joined.into(),
            joined_at: now.unix_ms / 1000,
            joined_at_ms: now.unix_ms,
            permission: Some(permission(grant, join.permit)),
            client_protocol: client.client_protocol,
            capabilities: client.capabilities.into_iter().take(32).collect(),
            ..Default::default()
        };
        Self {
            key,
            info,
            socket: Some(join.socket),
            heard: now.instant,
            grant: join.grant.clone(),
            permit: join.permit,
            refreshed: now.instant,
            auto_subscribe,
            slots: slots.then(Vec::new),
            transport: None,
            publications: Vec::new(),
            sections: Vec::new(),
            wanted: BTreeSet::new(),
            declined: BTreeSet::new(),
            requested: 0,
            asked: (0, now.instant),
            renegotiate: false,
            missed: Vec::new(),
            loopback: join.loopback,
        }
    }

    pub(super) fn may(&self, permission: impl Fn(&lk::ParticipantPermission) -> bool) -> bool {
        self.info.permission.as_ref().is_some_and(permission)
    }

    /// Whether a track of this kind and source may be published. Sound that names no source is a microphone.
    pub(super) fn may_publish(&self, kind: i32, source: i32) -> bool {
        let unknown = lk::TrackSource::Unknown as i32;
        let source = match source {
            s if s != unknown => s,
            _ if kind == lk::TrackType::Audio as i32 => lk::TrackSource::Microphone as i32,
            _ => lk::TrackSource::Camera as i32,
        };
        self.may(|p| p.can_publish && (p.can_publish_sources.is_empty() || p.can_publish_sources.contains(&source)))
    }

    /// Refreshes the public list of tracks, and counts the change.
    pub(super) fn changed(&mut self) {
        self.info.tracks = self.publications.iter().filter(|p| p.incoming.is_some()).map(|p| p.info.clone()).collect();
        self.info.is_publisher = !self.info.tracks.is_empty();
        self.info.version += 1;
    }

    /// What the forwarder may send in slots.
    pub(super) fn open_slots(&self) -> Option<Vec<Outgoing>> {
        let may = self.may(|p| p.can_subscribe);
        self.slots.as_ref().map(|slots| if may { slots.clone() } else { Vec::new() })
    }

    /// Whether a section carries the track, or can at any time.
    pub(super) fn carries(&self, track: TrackKey) -> bool {
        self.slots.is_some()
            || self.sections.iter().any(|(_, used)| matches!(used, Use::Carrying { track: t, .. } if *t == track))
    }

    /// How many sections for sound it needs.
    pub(super) fn needs(&self) -> usize {
        let carrying = self.sections.iter().filter(|(_, u)| matches!(u, Use::Carrying { .. })).count();
        if self.slots.is_some() { slots::COUNT } else { carrying + self.wanted.len() }
    }

    /// A track of somebody else is there: it is wanted, unless declined.
    pub(super) fn offer_track(&mut self, track: TrackKey) {
        if self.slots.is_none() && self.auto_subscribe && self.may(|p| p.can_subscribe) && !self.declined.contains(&track) {
            self.wanted.insert(track);
            self.renegotiate = true;
        }
    }

    /// A track is no longer to be heard here. True if a section carried it.
    pub(super) fn release_track(&mut self, track: TrackKey) -> bool {
        let wanted = self.wanted.remove(&track);
        let mut carried = false;
        for (_, used) in &mut self.sections {
            if matches!(used, Use::Carrying { track: t, .. } if *t == track) {
                *used = Use::Cooling;
                carried = true;
            }
        }
        self.renegotiate |= carried || wanted;
        carried
    }

    /// Asks again, a few times, for what was asked for and never came.
    pub(super) fn remind(&mut self, now: Instant) {
        let (times, last) = self.asked;
        if self.wanted.is_empty() {
            self.asked = (0, now);
        } else if times < MAX_REMINDERS && now.saturating_duration_since(last) >= REMIND {
            self.asked = (times + 1, now);
            self.requested = 0;
            self.renegotiate = true;
        }
    }

    /// What to ask for, if the participant is to offer again: sections to add (0: a free one is enough).
    pub(super) fn requirement(&mut self) -> Option<u32> {
        let asked = std::mem::take(&mut self.renegotiate);
        // Before the first offer there is nothing to add to; without a websocket the resume will offer.
        if !asked || self.transport.is_none() || self.socket.is_none() {
            return None;
        }
        let need = self.needs();
        let add = need.saturating_sub(self.requested.max(self.sections.len()));
        if add > 0 {
            self.requested = need;
        }
        Some(u32::try_from(add).unwrap_or(u32::MAX))
    }
}
