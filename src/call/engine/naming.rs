//! What people are called: what they say, made harmless and told apart ([`crate::call::names`]).

use super::Engine;
use crate::call::{Event, Peer, PeerId};

impl Engine {
    /// They say that this is their name.
    pub(super) fn call_them(&mut self, peer: &mut Peer, said: &str) {
        let shown = self.names.take(&peer.id, said);
        (peer.name, peer.name_marks) = (shown.name, shown.marks);
    }

    /// Somebody who waits says that this is their name.
    pub(super) fn call_who_waits(&mut self, id: &PeerId, said: &str) {
        let Some(k) = self.shared.lock().state.knock(id).cloned() else { return };
        let shown = self.names.take(id, said);
        let (name, name_marks) = (Some(shown.name), shown.marks);
        self.emit(Event::Knock { id: k.id, name, name_marks, standing: k.standing, key: k.key });
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
