//! What people are called: what they say, made harmless and told apart ([`crate::call::names`]).

use super::Engine;
use crate::call::state::KNOCKS;
use crate::call::{Event, Peer, PeerId, Standing};
use std::time::Duration;
use tokio::time::Instant;

/// How long a name of somebody who knocks is waited for: it comes a moment after they do, and they are told of once.
const NAMED_WITHIN: Duration = Duration::from_secs(2);

/// Somebody who knocked and has not said a name yet.
#[derive(Debug)]
pub(super) struct Nameless {
    id: PeerId,
    standing: Standing,
    key: String,
    until: Instant,
}

impl Engine {
    /// Somebody knocks: they are told of when they have said a name, or have not for too long.
    pub(super) fn wait_for_name(&mut self, id: PeerId, standing: Standing, key: String) {
        let waits = self.shared.lock().state.knock(&id).is_some();
        if waits || self.group.nameless.iter().any(|n| n.id == id) || self.group.nameless.len() == KNOCKS {
            return;
        }
        self.group.nameless.push(Nameless { id, standing, key, until: Instant::now() + NAMED_WITHIN });
    }

    /// Whether they are gone before anybody was told of them.
    pub(super) fn never_named(&mut self, id: &PeerId) -> bool {
        self.nameless(id).is_some()
    }

    fn nameless(&mut self, id: &PeerId) -> Option<Nameless> {
        let at = self.group.nameless.iter().position(|n| n.id == *id)?;
        Some(self.group.nameless.remove(at))
    }

    /// Tells of those who have not said a name in time and are still at the door.
    pub(super) fn tell_of_nameless(&mut self) {
        let now = Instant::now();
        for Nameless { id, standing, key, .. } in self.group.nameless.extract_if(.., |n| n.until <= now).collect::<Vec<_>>() {
            if self.peer(&id).is_none() {
                self.emit(Event::Knock { id, name: None, name_marks: Vec::new(), standing, key });
            }
        }
    }

    /// They say that this is their name.
    pub(super) fn call_them(&mut self, peer: &mut Peer, said: &str) {
        let shown = self.names.take(&peer.id, said);
        (peer.name, peer.name_marks) = (shown.name, shown.marks);
    }

    /// Somebody who waits says that this is their name.
    pub(super) fn call_who_waits(&mut self, id: &PeerId, said: &str) {
        let known = self.nameless(id).map(|n| (n.standing, n.key));
        let known = known.or_else(|| self.shared.lock().state.knock(id).map(|k| (k.standing.clone(), k.key.clone())));
        let Some((standing, key)) = known else { return };
        let shown = self.names.take(id, said);
        let (name, name_marks) = (Some(shown.name), shown.marks);
        self.emit(Event::Knock { id: id.clone(), name, name_marks, standing, key });
    }

    /// We are called this from now on: who has a name like it is told apart from us.
    pub(super) fn own_name(&mut self, name: &str) {
        self.names.own(name);
        for id in self.names.touched_by_own() {
            let Some(said) = self.names.said(&id).map(str::to_owned) else { continue };
            match self.peer(&id) {
                Some(mut peer) => {
                    self.call_them(&mut peer, &said);
                    self.emit(Event::PeerUpdated { peer });
                }
                None => self.call_who_waits(&id, &said),
            }
        }
    }
}

#[cfg(test)]
mod tests;
