//! Who is in the LiveKit room and whose tracks we receive.

use super::super::data::ChatIn;
use super::super::media::MediaEvent;
use super::super::protocol;
use super::Output;
use crate::backend::SourceId;
use crate::call::PeerId;
use livekit_protocol as lk;
use lk::participant_info::State;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many chat messages wait for their author at most.
const MAX_EARLY_CHAT: usize = 32;
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
    /// By sid: the number that their packets bear in a slot.
    tracks: BTreeMap<String, u32>,
}

/// By what we know whose sound it is.
#[derive(Debug)]
enum Origin {
    /// A section carries it.
    Section {
        track: String,
        /// The participant's sid, from the stream id `PA_…|TR_…`.
        participant: String,
    },
    /// It has its turn in a slot.
    Turn { slot: SourceId, number: u32 },
}

#[derive(Debug)]
struct Source {
    origin: Origin,
    announced: bool,
}

impl Source {
    /// Whether it is the sound of one of these tracks.
    fn is_one_of(&self, tracks: &BTreeMap<String, u32>) -> bool {
        match &self.origin {
            Origin::Section { track, .. } => tracks.contains_key(track),
            Origin::Turn { number, .. } => tracks.values().any(|n| n == number),
        }
    }

    fn is_of(&self, member: &Member) -> bool {
        let his = matches!(&self.origin, Origin::Section { participant, .. } if *participant == member.sid);
        his || self.is_one_of(&member.tracks)
    }
}

/// The roster and the received tracks.
#[derive(Debug, Default)]
pub(super) struct Room {
    me: String,
    members: BTreeMap<String, Member>,
    sources: BTreeMap<SourceId, Source>,
    /// The sids in the latest answer's map.
    live: BTreeSet<String>,
    /// Chat that came before its author: data channels and signalling are not in step.
    early_chat: VecDeque<ChatIn>,
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
            tracks: p.tracks.iter().map(|t| (t.sid.clone(), protocol::number(t))).collect(),
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
        let before = known.map(|old| old.tracks.clone()).unwrap_or_default();
        let unpublished: BTreeMap<_, _> = before.into_iter().filter(|(sid, _)| !new.tracks.contains_key(sid)).collect();
        self.members.insert(p.identity.clone(), new);
        self.end_sources(|_, s| s.is_one_of(&unpublished), out);
        self.announce(out);
        if self.early_chat.iter().any(|c| c.from.0 == p.identity) {
            for c in std::mem::take(&mut self.early_chat) {
                self.chat(c, out);
            }
        }
    }

    fn leave(&mut self, identity: &str, out: &mut VecDeque<Output>) {
        if let Some(m) = self.members.remove(identity) {
            self.end_sources(|_, s| s.is_of(&m), out);
            out.push_back(Output::Event(MediaEvent::ParticipantLeft { id: PeerId(identity.to_owned()) }));
        }
    }

    /// The tracks that the latest answer carries: every other one has ended.
    pub(super) fn answered(&mut self, live: BTreeSet<String>, out: &mut VecDeque<Output>) {
        self.live = live;
        let live = std::mem::take(&mut self.live);
        self.end_sections(|track| !live.contains(track), out);
        self.live = live;
    }

    /// A track is received. Its owner may still be unknown: frames wait in its queue until it is.
    pub(super) fn track(&mut self, key: SourceId, track: String, stream: &str, out: &mut VecDeque<Output>) {
        if !self.live.contains(&track) {
            out.push_back(Output::SourceEnded(key));
            return;
        }
        // The same track again is a new instance: its sequence numbers begin anew.
        self.end_sections(|other| other == track, out);
        let participant = stream.split('|').next().unwrap_or_default().to_owned();
        self.sources.insert(key, Source { origin: Origin::Section { track, participant }, announced: false });
        self.announce(out);
    }

    /// A slot carries another track than before, or none. Its owner may still be unknown.
    pub(super) fn turn(&mut self, slot: SourceId, speaker: Option<(SourceId, u32)>, out: &mut VecDeque<Output>) {
        self.end_sources(|_, s| matches!(s.origin, Origin::Turn { slot: of, .. } if of == slot), out);
        let Some((key, number)) = speaker else { return };
        if !self.sources.contains_key(&slot) {
            out.push_back(Output::SourceEnded(key));
            return;
        }
        self.sources.insert(key, Source { origin: Origin::Turn { slot, number }, announced: false });
        self.announce(out);
    }

    /// The peer connection is gone and all its tracks with it.
    pub(super) fn no_tracks(&mut self, out: &mut VecDeque<Output>) {
        self.live.clear();
        self.end_sources(|_, _| true, out);
    }

    fn announce(&mut self, out: &mut VecDeque<Output>) {
        for (key, s) in self.sources.iter_mut().filter(|(_, s)| !s.announced) {
            if let Some((id, _)) = self.members.iter().find(|(_, m)| s.is_of(m)) {
                s.announced = true;
                out.push_back(Output::Source { key: *key, peer: PeerId(id.clone()) });
            }
        }
    }

    /// Chat from somebody; it waits until they are known.
    pub(super) fn chat(&mut self, c: ChatIn, out: &mut VecDeque<Output>) {
        if self.members.contains_key(&c.from.0) {
            out.push_back(Output::Event(MediaEvent::Chat { from: c.from, private: c.private, text: c.text }));
        } else {
            if self.early_chat.len() == MAX_EARLY_CHAT {
                self.early_chat.pop_front();
            }
            self.early_chat.push_back(c);
        }
    }

    /// Sections have ended, with all that had its turn in them.
    fn end_sections(&mut self, ended: impl Fn(&str) -> bool, out: &mut VecDeque<Output>) {
        let gone = |s: &Source| matches!(&s.origin, Origin::Section { track, .. } if ended(track));
        let gone: BTreeSet<SourceId> = self.sources.iter().filter(|(_, s)| gone(s)).map(|(key, _)| *key).collect();
        let in_one = |s: &Source| matches!(s.origin, Origin::Turn { slot, .. } if gone.contains(&slot));
        self.end_sources(|key, s| gone.contains(key) || in_one(s), out);
    }

    fn end_sources(&mut self, ended: impl Fn(&SourceId, &Source) -> bool, out: &mut VecDeque<Output>) {
        self.sources.retain(|key, s| {
            let end = ended(key, s);
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
