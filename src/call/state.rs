//! The state of a call: a pure fold of its events, so that a front end that attaches late gets a snapshot and
//! then the stream.

use super::chat::{ChatLine, HISTORY};
use super::event::{Event, LeaveReason, Security, Stats};
use super::trust::{EpochNote, Policy, Role, SafetyCode, Standing};
use super::{Outsider, Peer, PeerId, PeerKind};
use crate::protocol::room::{RoomRole, Rules, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// How many changes of the group are kept.
pub const RECORD: usize = 50;
/// How many people who wait are kept; the server lets fewer wait.
pub const KNOCKS: usize = 256;
/// How many names of people who are gone are kept, so that the record can name them.
const FORMER: usize = 128;

/// Where the call is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not joined yet.
    #[default]
    Connecting,
    /// In the room.
    Joined,
    /// In the room, but the connection is being made again.
    Reconnecting,
    /// Over.
    Left,
}

/// Everything a front end shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct State {
    /// Where we are in the call's life.
    pub phase: Phase,
    /// The server: `host` or `host:port`.
    #[serde(default)]
    pub server: String,
    /// Room name.
    pub room: String,
    /// Our own id, once joined.
    pub me: Option<PeerId>,
    /// Our own display name.
    pub name: String,
    /// What protects the content.
    pub security: Security,
    /// The room's key is a passphrase: weaker.
    #[serde(default)]
    pub passphrase: bool,
    /// Who reads the TLS with the server on the way, if somebody does.
    #[serde(default)]
    pub intercepted: Option<String>,
    /// Commands that cannot work here, with the reason.
    pub unavailable: BTreeMap<String, String>,
    /// The others, in the order in which they joined.
    pub peers: Vec<Peer>,
    /// Our microphone is closed.
    pub muted: bool,
    /// We are heard speaking.
    pub speaking: bool,
    /// When our hand went up.
    pub hand: Option<u64>,
    /// We are not let in yet: we hear and say nothing.
    #[serde(default)]
    pub waiting: bool,
    /// What we may do.
    #[serde(default)]
    pub role: Role,
    /// What we are in the room by the server's word, if it has roles.
    #[serde(default)]
    pub room_role: Option<RoomRole>,
    /// What we may do by the server's word; `None`: it has no roles.
    #[serde(default)]
    pub may: Option<Vec<Verb>>,
    /// How the room is kept by the server's word.
    #[serde(default)]
    pub rules: Rules,
    /// Whose hands are up by the server's word, the first first; empty where it does not say.
    #[serde(default)]
    pub hand_queue: Vec<PeerId>,
    /// Whose voice was the loudest last, by the server's judgement, where it says so.
    #[serde(default)]
    pub dominant_speaker: Option<PeerId>,
    /// Our own device's fingerprint for people; empty where the room is not end-to-end encrypted.
    #[serde(default)]
    pub key: String,
    /// We have stopped sending anything.
    #[serde(default)]
    pub frozen: bool,
    /// We keep what we hear.
    #[serde(default)]
    pub recording: bool,
    /// Nobody new is let in.
    #[serde(default)]
    pub locked: bool,
    /// A moderator has paused everybody.
    #[serde(default)]
    pub room_frozen: bool,
    /// Who waits to be let in, and we may decide; in the order in which they came.
    #[serde(default)]
    pub knocks: Vec<Outsider>,
    /// What the room's founder decided for it.
    #[serde(default)]
    pub policy: Policy,
    /// The group's epoch, once one was announced.
    #[serde(default)]
    pub epoch: Option<u64>,
    /// What was checked by a safety code holds.
    #[serde(default)]
    pub verified: bool,
    /// Whose coming ended that.
    #[serde(default)]
    pub verified_because: Option<PeerId>,
    /// The last safety code shown.
    #[serde(default)]
    pub safety: Option<SafetyCode>,
    /// The last [`RECORD`] changes of the group.
    #[serde(default)]
    pub record: VecDeque<EpochNote>,
    /// Some who were here or waited, for the names in the record.
    #[serde(default)]
    pub former: VecDeque<Outsider>,
    /// The last [`HISTORY`] chat lines.
    pub chat: VecDeque<ChatLine>,
    /// The way through the network.
    pub transport: Option<String>,
    /// Input and output devices by name, while they are open.
    pub input: Option<String>,
    /// See `input`.
    pub output: Option<String>,
    /// What is done to our own voice; `None`: it is sent as it comes.
    #[serde(default)]
    pub processing: Option<super::Processing>,
    /// The latest figures.
    pub stats: Stats,
    /// How the sound is, in one word.
    #[serde(default)]
    pub quality: Option<super::Quality>,
    /// By whom we are heard.
    #[serde(default)]
    pub heard_by: super::HeardBy,
    /// What was heard is being played again.
    #[serde(default)]
    pub again: bool,
    /// What it was, once it is over.
    #[serde(default)]
    pub summary: Option<super::Summary>,
    /// Why and how it ended.
    pub left: Option<(LeaveReason, String)>,
}

/// `host:port` of a URL, as far as it has one.
fn authority(url: &str) -> String {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    after.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

impl State {
    /// A call that has not begun; microphones begin closed.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), muted: true, ..Self::default() }
    }

    /// The participant with this id, if it is not ourselves.
    pub fn peer(&self, id: &PeerId) -> Option<&Peer> {
        self.peers.iter().find(|p| p.id == *id)
    }

    /// The display name of anybody in the call, ourselves included.
    pub fn name_of<'a>(&'a self, id: &'a PeerId) -> &'a str {
        if self.me.as_ref() == Some(id) {
            return &self.name;
        }
        match (self.peer(id), self.outsider(id)) {
            (Some(p), _) => &p.name,
            (None, Some(o)) => &o.name,
            (None, None) => &id.0,
        }
    }

    /// How anybody but ourselves is known, as far as it is known.
    pub fn standing_of(&self, id: &PeerId) -> Option<&Standing> {
        self.peer(id).map(|p| &p.standing).or_else(|| self.outsider(id).map(|o| &o.standing))
    }

    /// Somebody who waits.
    pub fn knock(&self, id: &PeerId) -> Option<&Outsider> {
        self.knocks.iter().find(|k| k.id == *id)
    }

    /// Somebody who waits, or was here.
    fn outsider(&self, id: &PeerId) -> Option<&Outsider> {
        self.knock(id).or_else(|| self.former.iter().rev().find(|o| o.id == *id))
    }

    /// What protects the content, in the words that every front end shows.
    pub fn security_words(&self) -> &'static str {
        self.security.words_with(self.passphrase)
    }

    /// Ourselves as others see us, once joined.
    pub fn own(&self) -> Option<Peer> {
        Some(Peer {
            name: self.name.clone(),
            muted: self.muted,
            speaking: self.speaking,
            hand: self.hand,
            role: self.role,
            room_role: self.room_role,
            key: self.key.clone(),
            verified: self.verified,
            recording: self.recording,
            frozen: self.frozen,
            ..Peer::unnamed(self.me.clone()?, PeerKind::Member)
        })
    }

    fn remember(&mut self, who: Outsider) {
        self.former.retain(|o| o.id != who.id);
        if self.former.len() == FORMER {
            self.former.pop_front();
        }
        self.former.push_back(who);
    }

    /// They no longer wait.
    fn unknock(&mut self, id: &PeerId) {
        if let Some(at) = self.knocks.iter().position(|k| k.id == *id) {
            let gone = self.knocks.remove(at);
            self.remember(gone);
        }
    }

    /// Raised hands in the order of the queue, our own included: the server's order, where it keeps one; people's own clocks
    /// decide among the rest.
    pub fn hands(&self) -> Vec<(u64, PeerId)> {
        let own = self.hand.zip(self.me.clone());
        let mut v: Vec<_> = self.peers.iter().filter_map(|p| Some((p.hand?, p.id.clone()))).chain(own).collect();
        let place = |id: &PeerId| self.hand_queue.iter().position(|h| h == id).unwrap_or(usize::MAX);
        v.sort_by(|a, b| (place(&a.1), a).cmp(&(place(&b.1), b)));
        v
    }

    /// Whether the server says that we may do this; where it has no roles, it says nothing against it.
    pub fn may(&self, verb: Verb) -> bool {
        self.may.as_ref().is_none_or(|may| may.contains(&verb))
    }

    fn peer_mut(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|p| p.id == *id)
    }

    /// Takes one event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Snapshot { state } => self.clone_from(state),
            Event::Connecting { url } => {
                self.phase = Phase::Connecting;
                self.server = authority(url);
            }
            Event::Transport { rung, ok, .. } => self.transport = ok.then(|| rung.clone()),
            Event::Joined { room, me, name, security, passphrase, unavailable, .. } => {
                self.phase = Phase::Joined;
                self.room.clone_from(room);
                self.me = Some(me.clone());
                self.name.clone_from(name);
                (self.security, self.passphrase) = (*security, *passphrase);
                self.unavailable.clone_from(unavailable);
                self.waiting = false;
            }
            Event::Intercepted { by, .. } => self.intercepted = Some(by.clone()),
            Event::Reconnecting { .. } => self.phase = Phase::Reconnecting,
            Event::Reconnected => self.phase = Phase::Joined,
            Event::Summary(summary) => self.summary = Some(summary.clone()),
            Event::Left { reason, text, .. } => {
                self.phase = Phase::Left;
                self.left = Some((*reason, text.clone()));
            }
            Event::PeerJoined { peer, .. } | Event::PeerUpdated { peer } => {
                self.unknock(&peer.id);
                if self.me.as_ref() == Some(&peer.id) {
                    self.name.clone_from(&peer.name);
                    (self.role, self.key, self.room_role) = (peer.role, peer.key.clone(), peer.room_role);
                } else if let Some(p) = self.peer_mut(&peer.id) {
                    *p = peer.clone();
                } else {
                    self.peers.push(peer.clone());
                }
            }
            Event::PeerLeft { id, .. } => {
                if let Some(at) = self.peers.iter().position(|p| p.id == *id) {
                    let Peer { id, name, name_marks, standing, key, .. } = self.peers.remove(at);
                    self.remember(Outsider { id, name, name_marks, standing, key });
                }
            }
            Event::Speaking { id, on } => {
                if self.me.as_ref() == Some(id) {
                    self.speaking = *on;
                } else if let Some(p) = self.peer_mut(id) {
                    p.speaking = *on;
                }
            }
            Event::Muted { id, on, .. } => {
                if self.me.as_ref() == Some(id) {
                    self.muted = *on;
                } else if let Some(p) = self.peer_mut(id) {
                    p.muted = *on;
                }
            }
            Event::Hand { id, on, since } => {
                let hand = if *on { since.or(Some(0)) } else { None };
                if self.me.as_ref() == Some(id) {
                    self.hand = hand;
                } else if let Some(p) = self.peer_mut(id) {
                    p.hand = hand;
                }
            }
            Event::Chat(line) => {
                if self.chat.len() == HISTORY {
                    self.chat.pop_front();
                }
                self.chat.push_back(line.clone());
            }
            // The one in use stays.
            Event::Device { state, .. } if state == "refused" => {}
            Event::Device { kind, name, state, .. } => {
                let name = (state == "open").then(|| name.clone());
                match kind {
                    super::DeviceKind::Input => self.input = name,
                    super::DeviceKind::Output => self.output = name,
                }
            }
            Event::Processing(p) => self.processing = Some(*p).filter(|p| *p != super::Processing::NOTHING),
            Event::Stats(s) => {
                self.stats = s.clone();
                if s.quality.is_some() {
                    self.quality.clone_from(&s.quality);
                }
            }
            Event::Quality(q) => self.quality = Some(q.clone()),
            Event::HeardBy(h) => self.heard_by = h.clone(),
            Event::Again { on, .. } => self.again = *on,
            Event::Waiting => self.waiting = true,
            Event::Policy(policy) => self.policy = *policy,
            Event::LetIn { role, key, epoch, .. } => {
                self.waiting = false;
                self.role = *role;
                self.epoch = Some(*epoch);
                self.key.clone_from(key);
            }
            Event::Knock { id, name, name_marks, standing, key } => {
                let name = name.clone().unwrap_or_else(|| Peer::unnamed(id.clone(), PeerKind::Member).name);
                let (id, standing, key) = (id.clone(), standing.clone(), key.clone());
                let who = Outsider { id: id.clone(), name, name_marks: name_marks.clone(), standing, key };
                if let Some(known) = self.knocks.iter_mut().find(|k| k.id == id) {
                    *known = who;
                } else if self.knocks.len() < KNOCKS {
                    self.knocks.push(who);
                }
            }
            Event::KnockGone { id } => self.unknock(id),
            Event::Epoch(note) => {
                note.added.iter().for_each(|id| self.unknock(id));
                self.epoch = Some(note.epoch);
                if self.record.len() == RECORD {
                    self.record.pop_front();
                }
                self.record.push_back(note.clone());
            }
            Event::Room { locked, frozen, passphrase, .. } => {
                (self.locked, self.room_frozen) = (*locked, *frozen);
                self.passphrase = *passphrase;
            }
            Event::RoomRole { id, role, .. } => {
                if self.me.as_ref() == Some(id) {
                    self.room_role = Some(*role);
                } else if let Some(p) = self.peer_mut(id) {
                    p.room_role = Some(*role);
                }
            }
            Event::Rights { may } => self.may = Some(may.clone()),
            Event::Rules { rules, .. } => {
                // Where there is a group, it says itself whether it is locked.
                if self.security != Security::EndToEnd {
                    self.locked = rules.locked;
                }
                self.rules = rules.clone();
            }
            Event::Hands { queue } => self.hand_queue.clone_from(queue),
            Event::DominantSpeaker { id } => self.dominant_speaker = Some(id.clone()),
            Event::Safety(code) => self.safety = Some(code.clone()),
            Event::Verified { on, because } => {
                self.verified = *on;
                self.verified_because.clone_from(because);
            }
            Event::Recording { id, on } => {
                if self.me.as_ref() == Some(id) {
                    self.recording = *on;
                } else if let Some(p) = self.peer_mut(id) {
                    p.recording = *on;
                }
            }
            Event::Frozen { id, on } => {
                if self.me.as_ref() == Some(id) {
                    self.frozen = *on;
                } else if let Some(p) = self.peer_mut(id) {
                    p.frozen = *on;
                }
            }
            Event::Hearing { .. }
            | Event::Reaction { .. }
            | Event::Receipt { .. }
            | Event::ReceiptAsked { .. }
            | Event::Moderated { .. }
            | Event::Xray(_)
            | Event::Playing { .. }
            | Event::Warning { .. }
            | Event::Error { .. }
            | Event::Reply { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::PeerKind;

    fn id(s: &str) -> PeerId {
        PeerId(s.into())
    }

    #[test]
    fn who_waits_is_let_in_and_stays_known_by_name_in_a_bounded_record() {
        let mut s = State::new("Me");
        let knock = |name: Option<&str>| Event::Knock {
            id: id("m-1234567890abcdef"),
            name: name.map(str::to_owned),
            name_marks: vec![],
            standing: Standing::Guest,
            key: "k".into(),
        };
        s.apply(&Event::Waiting);
        s.apply(&Event::LetIn { founded: false, role: Role::Moderator, key: "mine".into(), epoch: 7 });
        assert_eq!((s.waiting, s.role, s.key.as_str(), s.epoch), (false, Role::Moderator, "mine", Some(7)));
        s.apply(&knock(None));
        assert_eq!(s.knocks[0].name, "m-1234567890");
        s.apply(&knock(Some("Ben")));
        assert_eq!((s.knocks.len(), s.knocks[0].name.as_str()), (1, "Ben"));
        for epoch in 0..60 {
            let added = vec![id("m-1234567890abcdef")];
            s.apply(&Event::Epoch(EpochNote { generation: 0, epoch, by: id("a"), added, returned: vec![], removed: vec![] }));
        }
        assert_eq!((s.knocks.len(), s.record.len(), s.epoch), (0, RECORD, Some(59)));
        assert_eq!(s.name_of(&id("m-1234567890abcdef")), "Ben", "before the list of people has them");
        for n in 0..1000 {
            let (id_n, key) = (id(&format!("x{n}")), String::new());
            s.apply(&Event::Knock { id: id_n, name: None, name_marks: vec![], standing: Standing::Guest, key });
            s.apply(&Event::KnockGone { id: id(&format!("x{}", n / 2)) });
        }
        assert!(s.knocks.len() <= KNOCKS && s.former.len() <= FORMER);
    }

    #[test]
    fn freezing_locking_recording_and_checking_are_state() {
        let mut s = State::new("Me");
        s.me = Some(id("me"));
        s.apply(&Event::PeerJoined { peer: Peer::unnamed(id("a"), PeerKind::Member), before_us: false });
        for who in ["me", "a"] {
            s.apply(&Event::Frozen { id: id(who), on: true });
            s.apply(&Event::Recording { id: id(who), on: true });
        }
        s.apply(&Event::Room { locked: true, frozen: true, by: None, passphrase: false });
        s.apply(&Event::Verified { on: false, because: Some(id("a")) });
        assert!(s.frozen && s.recording && s.locked && s.room_frozen && s.peers[0].frozen && s.peers[0].recording);
        assert_eq!(s.verified_because, Some(id("a")));
        let own = Peer { role: Role::Creator, key: "k".into(), ..s.own().unwrap() };
        s.apply(&Event::PeerUpdated { peer: own });
        assert_eq!((s.role, s.key.as_str(), s.name.as_str()), (Role::Creator, "k", "Me"));
    }

    #[test]
    fn a_snapshot_and_the_rest_of_the_stream_give_the_same_state_as_the_whole_stream() {
        let ana = Peer { name: "Ana".into(), ..Peer::unnamed(id("a"), PeerKind::Member) };
        let stream = [
            Event::PeerJoined { peer: ana, before_us: true },
            Event::Speaking { id: id("a"), on: true },
            Event::Muted { id: id("a"), on: false, by: None },
            Event::Hand { id: id("a"), on: true, since: Some(7) },
            Event::PeerJoined { peer: Peer::unnamed(id("b"), PeerKind::LiveKit), before_us: false },
            Event::PeerLeft { id: id("b"), name: "b".into() },
        ];
        let mut whole = State::new("Me");
        stream.iter().for_each(|e| whole.apply(e));
        let mut late = State::new("Me");
        stream[..3].iter().for_each(|e| late.apply(e));
        let mut late: State = serde_json::from_str(&serde_json::to_string(&late).unwrap()).unwrap();
        stream[3..].iter().for_each(|e| late.apply(e));
        assert_eq!(whole, late);
        assert_eq!(whole.peers.len(), 1);
        assert_eq!(whole.hands(), vec![(7, id("a"))]);
    }
}
