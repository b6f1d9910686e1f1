//! The floor of a strict room: asked for with the microphone, given back with it, and said again when the connection was lost.

use super::Session;
use crate::backend::BackendEvent;
use crate::backend::conclave::session::Output;
use crate::backend::livekit::media::MediaCommand;
use crate::protocol::control::ClientMessage;
use std::time::Instant;

/// Our place among the open microphones of a strict room.
#[derive(Default)]
pub(super) struct Floor {
    /// The server may think that we have it.
    asked: bool,
    /// How often we gave it back and the server has not answered: its "not granted" means nothing then.
    giving_back: u32,
    /// How many such answers may still come of before the connection was lost, or never: what they say is asked again.
    stale: u32,
}

impl Session {
    /// In strict rooms the server forwards nothing from those who do not have the floor: ask for it, or give it back.
    pub(in crate::backend::conclave::session) fn ask_floor(&mut self) {
        let (open, up) = (!self.muted, self.link.is_up());
        if let Some(group) = self.group.as_mut().filter(|group| up && group.strict && group.is_in()) {
            group.floor.giving_back += u32::from(!open);
            group.floor.asked |= open;
            self.send_up(ClientMessage::Floor { open });
        }
    }

    /// After the connection was lost: what was asked may not have come through (`resumed`), or is forgotten with the session.
    pub(in crate::backend::conclave::session) fn repeat_floor(&mut self, resumed: bool) {
        let Some(group) = &mut self.group else { return };
        let floor = &mut group.floor;
        let stale = if resumed { floor.stale + floor.giving_back } else { 0 };
        *floor = Floor { asked: floor.asked && resumed, giving_back: 0, stale };
        self.settle_floor();
    }

    /// Says how it is: the microphone is open, or closed and the server may not know.
    pub(in crate::backend::conclave::session) fn settle_floor(&mut self) {
        if !self.muted || self.group.as_ref().is_some_and(|group| group.floor.asked) {
            self.ask_floor();
        }
    }

    pub(in crate::backend::conclave::session) fn floor(&mut self, now: Instant, granted: bool, cap: u16) {
        let Some(group) = &mut self.group else { return };
        if granted {
            return;
        }
        let floor = &mut group.floor;
        if floor.giving_back > 0 {
            floor.giving_back -= 1;
            floor.asked &= floor.giving_back > 0 || !self.muted;
            return;
        }
        if self.muted {
            return;
        }
        if floor.stale > 0 {
            floor.stale -= 1;
            return self.ask_floor();
        }
        floor.asked = false;
        self.muted = true;
        self.out.push_back(Output::Media(MediaCommand::Muted(true)));
        self.event(BackendEvent::FloorDenied { cap });
        self.announce_at(now);
    }
}
