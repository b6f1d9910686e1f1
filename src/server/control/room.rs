//! Who is in a room. Sans-IO; [`super::core`] does the talking.

use super::group::Service;
use crate::protocol::control::{Member, MemberId, RoomMode};
use std::collections::{BTreeMap, BTreeSet};

/// Why somebody is in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupant {
    /// A member with a control session (its id).
    Session(String),
    /// A stock LiveKit client: media alone, shown to the others as a member.
    LiveKit {
        /// The name in its token.
        name: String,
        /// How many media sessions it has: a returning client's new one may begin before the old one ends.
        media: u32,
    },
}

/// A room in which somebody is.
pub struct Room {
    /// How it treats content.
    pub mode: RoomMode,
    /// It is in the store (and ends when it is deleted there); else a development room.
    pub stored: bool,
    /// Who is in it.
    pub members: BTreeMap<MemberId, Occupant>,
    /// Who may have an open microphone.
    pub floor: BTreeSet<MemberId>,
    /// The delivery service of its group; none in an open room.
    pub service: Option<Service>,
}

impl Room {
    /// An empty room.
    pub fn new(mode: RoomMode, stored: bool) -> Self {
        let service = (mode != RoomMode::Open).then(Service::default);
        Self { mode, stored, members: BTreeMap::new(), floor: BTreeSet::new(), service }
    }

    /// A member's control session.
    pub fn session(&self, member: &str) -> Option<String> {
        match self.members.get(member) {
            Some(Occupant::Session(session)) => Some(session.clone()),
            _ => None,
        }
    }

    /// Everybody, as members see each other.
    pub fn roster(&self) -> Vec<Member> {
        self.members.iter().map(|(id, o)| member(id, o)).collect()
    }

    /// The control sessions of everybody but one.
    pub fn sessions_but(&self, not: &str) -> Vec<String> {
        self.members
            .iter()
            .filter(|(id, _)| id.as_str() != not)
            .filter_map(|(_, o)| match o {
                Occupant::Session(s) => Some(s.clone()),
                Occupant::LiveKit { .. } => None,
            })
            .collect()
    }

    /// A stock client's media begins; true if the client is new.
    pub fn media_joined(&mut self, id: &str, name: &str) -> bool {
        if let Some(Occupant::LiveKit { media, .. }) = self.members.get_mut(id) {
            *media += 1;
            return false;
        }
        self.members.insert(id.to_owned(), Occupant::LiveKit { name: name.to_owned(), media: 1 });
        true
    }

    /// A stock client's media ends; true if it was the last of it and the client is gone.
    pub fn media_left(&mut self, id: &str) -> bool {
        let Some(Occupant::LiveKit { media, .. }) = self.members.get_mut(id) else { return false };
        *media = media.saturating_sub(1);
        let gone = *media == 0;
        if gone {
            self.members.remove(id);
        }
        gone
    }
}

/// One occupant as members see them.
pub fn member(id: &str, occupant: &Occupant) -> Member {
    let livekit = match occupant {
        Occupant::Session(_) => None,
        Occupant::LiveKit { name, .. } => Some(name.clone()),
    };
    Member { id: id.to_owned(), livekit }
}
