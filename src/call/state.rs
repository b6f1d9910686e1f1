//! The state of a call: a pure fold of its events, so that a front end that attaches late gets a snapshot and
//! then the stream.

use super::chat::{ChatLine, HISTORY};
use super::event::{Event, LeaveReason, Security, Stats};
use super::{Peer, PeerId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

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
    /// Room name.
    pub room: String,
    /// Our own id, once joined.
    pub me: Option<PeerId>,
    /// Our own display name.
    pub name: String,
    /// What protects the content.
    pub security: Security,
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
    /// The last [`HISTORY`] chat lines.
    pub chat: VecDeque<ChatLine>,
    /// The way through the network.
    pub transport: Option<String>,
    /// Input and output devices by name, while they are open.
    pub input: Option<String>,
    /// See `input`.
    pub output: Option<String>,
    /// The latest figures.
    pub stats: Stats,
    /// Why and how it ended.
    pub left: Option<(LeaveReason, String)>,
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
        self.peer(id).map_or(&id.0, |p| &p.name)
    }

    /// Raised hands in the order of the queue, our own included.
    pub fn hands(&self) -> Vec<(u64, PeerId)> {
        let own = self.hand.zip(self.me.clone());
        let mut v: Vec<_> = self.peers.iter().filter_map(|p| Some((p.hand?, p.id.clone()))).chain(own).collect();
        v.sort();
        v
    }

    fn peer_mut(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|p| p.id == *id)
    }

    /// Takes one event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Connecting { .. } => self.phase = Phase::Connecting,
            Event::Transport { rung, ok, .. } => self.transport = ok.then(|| rung.clone()),
            Event::Joined { room, me, name, security, unavailable, .. } => {
                self.phase = Phase::Joined;
                self.room.clone_from(room);
                self.me = Some(me.clone());
                self.name.clone_from(name);
                self.security = *security;
                self.unavailable.clone_from(unavailable);
            }
            Event::Reconnecting { .. } => self.phase = Phase::Reconnecting,
            Event::Reconnected => self.phase = Phase::Joined,
            Event::Left { reason, text, .. } => {
                self.phase = Phase::Left;
                self.left = Some((*reason, text.clone()));
            }
            Event::PeerJoined { peer, .. } | Event::PeerUpdated { peer } => {
                if self.me.as_ref() == Some(&peer.id) {
                    self.name.clone_from(&peer.name);
                } else if let Some(p) = self.peer_mut(&peer.id) {
                    *p = peer.clone();
                } else {
                    self.peers.push(peer.clone());
                }
            }
            Event::PeerLeft { id, .. } => self.peers.retain(|p| p.id != *id),
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
            Event::Device { kind, name, state, .. } => {
                let name = (state == "open").then(|| name.clone());
                match kind {
                    super::DeviceKind::Input => self.input = name,
                    super::DeviceKind::Output => self.output = name,
                }
            }
            Event::Stats(s) => self.stats = s.clone(),
            _ => {}
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
