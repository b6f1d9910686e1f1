//! Who is in the LiveKit room and whose tracks we receive.

use super::super::media::MediaEvent;
use super::super::protocol;
use super::Output;
use crate::backend::SourceId;
use crate::call::PeerId;
use livekit_protocol as lk;
use lk::participant_info::State;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// More participants than this are not kept: no room of the protocol is that large, and memory stays bounded.
const MAX_PARTICIPANTS: usize = 10_000;

#[derive(Debug)]
struct Member {
    sid: String,
    name: String,
    muted: bool,
    hand: Option<u64>,
    active: bool,
    version: u32,
    tracks: BTreeSet<String>,
}

#[derive(Debug)]
struct Source {
    track: String,
    /// The participant's sid, from the stream id `PA_…|TR_…`.
    participant: String,
    announced: bool,
}

/// The roster and the received tracks.
#[derive(Debug, Default)]
pub(super) struct Room {
    me: String,
    members: BTreeMap<String, Member>,
    sources: BTreeMap<SourceId, Source>,
    /// The sids in the latest answer's map.
    live: BTreeSet<String>,
}

impl Room {
    /// A join answer: those who are there. After a full rejoin the others are compared with those who were there before.
    pub(super) fn joined(&mut self, me: &str, others: &[lk::ParticipantInfo], first: bool, out: &mut VecDeque<Output>) {
        self.me = me.to_owned();
        self.snapshot(others, out);
        for p in others {
            self.participant(p, first, out);
        }
    }

    /// Everybody who is not in a complete list has left.
    pub(super) fn snapshot(&mut self, all: &[lk::ParticipantInfo], out: &mut VecDeque<Output>) {
        let gone: Vec<_> = self.members.keys().filter(|id| !all.iter().any(|p| p.identity == **id)).cloned().collect();
        for id in gone {
            self.leave(&id, out);
        }
    }

    /// An `update`.
    pub(super) fn update(&mut self, participants: &[lk::ParticipantInfo], out: &mut VecDeque<Output>) {
        for p in participants {
            self.participant(p, false, out);
        }
    }

    fn participant(&mut self, p: &lk::ParticipantInfo, before_us: bool, out: &mut VecDeque<Output>) {
        if p.identity.is_empty() || p.identity == self.me {
            return;
        }
        let known = self.members.get(&p.identity);
        if p.state() == State::Disconnected {
            // The end of an earlier session of the same identity is not the end of the present one.
            if known.is_some_and(|m| m.sid == p.sid) {
                self.leave(&p.identity, out);
            }
            return;
        }
        if known.is_some_and(|m| m.sid == p.sid && m.version > p.version) {
            return;
        }
        let id = PeerId(p.identity.clone());
        let new = Member {
            sid: p.sid.clone(),
            name: p.name.clone(),
            muted: !protocol::audible(p),
            hand: protocol::hand(p),
            active: p.state() == State::Active,
            version: p.version,
            tracks: p.tracks.iter().map(|t| t.sid.clone()).collect(),
        };
        let state = match known {
            None if self.members.len() >= MAX_PARTICIPANTS => return,
            None => {
                out.push_back(Output::Event(MediaEvent::ParticipantJoined { id: id.clone(), name: new.name.clone(), before_us }));
                MediaEvent::ParticipantState { id, name: None, muted: Some(new.muted), hand: Some(new.hand) }
            }
            Some(old) => MediaEvent::ParticipantState {
                id,
                name: (old.name != new.name).then(|| new.name.clone()),
                muted: (old.muted != new.muted).then_some(new.muted),
                hand: (old.hand != new.hand).then_some(new.hand),
            },
        };
        if !matches!(state, MediaEvent::ParticipantState { name: None, muted: None, hand: None, .. }) {
            out.push_back(Output::Event(state));
        }
        let unpublished: Vec<String> = known.map(|old| old.tracks.difference(&new.tracks).cloned().collect()).unwrap_or_default();
        self.members.insert(p.identity.clone(), new);
        self.end_sources(|s| unpublished.contains(&s.track), out);
        self.announce(out);
    }

    fn leave(&mut self, identity: &str, out: &mut VecDeque<Output>) {
        if let Some(m) = self.members.remove(identity) {
            self.end_sources(|s| s.participant == m.sid || m.tracks.contains(&s.track), out);
            out.push_back(Output::Event(MediaEvent::ParticipantLeft { id: PeerId(identity.to_owned()) }));
        }
    }

    /// The tracks that the latest answer carries: every other one has ended.
    pub(super) fn answered(&mut self, live: BTreeSet<String>, out: &mut VecDeque<Output>) {
        self.live = live;
        let live = std::mem::take(&mut self.live);
        self.end_sources(|s| !live.contains(&s.track), out);
        self.live = live;
    }

    /// A track is received. Its owner may still be unknown: frames wait in its queue until it is.
    pub(super) fn track(&mut self, key: SourceId, track: String, stream: &str, out: &mut VecDeque<Output>) {
        if !self.live.contains(&track) {
            out.push_back(Output::SourceEnded(key));
            return;
        }
        // The same track again is a new instance: its sequence numbers begin anew.
        self.end_sources(|s| s.track == track, out);
        let participant = stream.split('|').next().unwrap_or_default().to_owned();
        self.sources.insert(key, Source { track, participant, announced: false });
        self.announce(out);
    }

    /// The peer connection is gone and all its tracks with it.
    pub(super) fn no_tracks(&mut self, out: &mut VecDeque<Output>) {
        self.live.clear();
        self.end_sources(|_| true, out);
    }

    fn announce(&mut self, out: &mut VecDeque<Output>) {
        for (key, s) in self.sources.iter_mut().filter(|(_, s)| !s.announced) {
            if let Some((id, _)) = self.members.iter().find(|(_, m)| m.sid == s.participant || m.tracks.contains(&s.track)) {
                s.announced = true;
                out.push_back(Output::Source { key: *key, peer: PeerId(id.clone()) });
            }
        }
    }

    fn end_sources(&mut self, ended: impl Fn(&Source) -> bool, out: &mut VecDeque<Output>) {
        self.sources.retain(|key, s| {
            let end = ended(s);
            if end {
                out.push_back(Output::SourceEnded(*key));
            }
            !end
        });
    }

    /// Somebody else's media is connected.
    pub(super) fn somebody_active(&self) -> bool {
        self.members.values().any(|m| m.active)
    }
}
