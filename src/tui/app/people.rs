//! The list of people: who is selected, who waits at the door, and what is done about them.

use super::App;
use crate::call::{Command, Outsider, Peer, PeerId};
use crate::i18n::tr;
use crate::protocol::room::Verb;
use crate::tui::keys::{ALONE, Focus};
use std::time::Instant;

/// Whom a row of the list is about: the others, ourselves, then those who wait.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Selected<'a> {
    Peer(&'a Peer),
    Me,
    Waiting(&'a Outsider),
}

/// How much louder or softer a key makes somebody, in percent.
const STEP: i32 = 10;

impl App {
    /// Rows of the list of people.
    pub(crate) fn rows(&self) -> usize {
        self.state.peers.len() + 1 + self.state.knocks.len()
    }

    pub(crate) fn selected(&self) -> Selected<'_> {
        let others = self.state.peers.len();
        match (self.state.peers.get(self.selected), self.selected.checked_sub(others + 1)) {
            (Some(peer), _) => Selected::Peer(peer),
            (None, Some(at)) => self.state.knocks.get(at).map_or(Selected::Me, Selected::Waiting),
            (None, None) => Selected::Me,
        }
    }

    /// Whoever is selected beside ourselves.
    pub(crate) fn selected_id(&self) -> Option<PeerId> {
        match self.selected() {
            Selected::Peer(peer) => Some(peer.id.clone()),
            Selected::Waiting(who) => Some(who.id.clone()),
            Selected::Me => None,
        }
    }

    /// Who stays selected; we ourselves only if somebody else could have been.
    pub(super) fn anchor(&self) -> Option<PeerId> {
        let me = || self.state.me.clone().filter(|_| self.rows() > 1);
        self.selected_id().or_else(me)
    }

    /// The same person stays selected when the list changes; `before`: as [`Self::anchor`] said.
    pub(super) fn keep_selected(&mut self, before: Option<PeerId>) {
        let others = self.state.peers.len();
        let row = before.and_then(|id| {
            let here = self.state.peers.iter().position(|p| p.id == id);
            let waits = || self.state.knocks.iter().position(|k| k.id == id).map(|at| others + 1 + at);
            here.or_else(|| (self.state.me.as_ref() == Some(&id)).then_some(others)).or_else(waits)
        });
        self.selected = row.unwrap_or(self.selected).min(self.rows() - 1);
        self.look_at_the_door(Some(self.now));
    }

    /// The row of a line of the list, between whose halves a heading stands if somebody waits.
    pub(crate) fn row_at(&self, line: usize) -> Option<usize> {
        let others = self.state.peers.len();
        let row = match line {
            line if line <= others => line,
            line => line.checked_sub(1).filter(|row| *row > others)?,
        };
        (row < self.rows()).then_some(row)
    }

    /// Whom `a` and `d` are about: who is selected in the list, or who waits first.
    pub(crate) fn at_the_door(&self) -> Option<&Outsider> {
        match self.selected() {
            Selected::Waiting(who) if self.focus == Focus::People => Some(who),
            _ => self.state.knocks.first(),
        }
    }

    /// Somebody else may stand there; `since`: by itself, at that time.
    pub(super) fn look_at_the_door(&mut self, since: Option<Instant>) {
        let who = self.at_the_door().map(|k| k.id.clone());
        if who.as_ref() != self.door.as_ref().map(|(id, _)| id) {
            self.door = who.map(|id| (id, since));
        }
        self.keys.knocking = self.door.is_some();
        self.keys.moderating = self.state.may.as_ref().is_some_and(|may| may.contains(&Verb::Mute));
    }

    /// Somebody decides about who waits. Who came to be meant a moment ago was not the one they looked at.
    pub(super) fn decide(&mut self, admit: bool) {
        let Some((peer, since)) = self.door.clone() else { return };
        if since.is_some_and(|since| self.now.saturating_duration_since(since) < ALONE) {
            return self.answer(tr!("answer-other-waits"));
        }
        self.if_possible(if admit { Command::Admit { peer } } else { Command::Deny { peer } });
    }

    /// A command about the person who is selected.
    pub(super) fn on_selected(&mut self, command: impl FnOnce(PeerId) -> Command) {
        match self.selected() {
            Selected::Peer(peer) => {
                let command = command(peer.id.clone());
                self.if_possible(command);
            }
            Selected::Me => self.answer(tr!("answer-that-is-you")),
            Selected::Waiting(_) => self.answer(tr!("answer-they-wait")),
        }
    }

    /// Louder or softer, here alone.
    pub(super) fn volume(&mut self, steps: i32) {
        let now = match self.selected() {
            Selected::Peer(peer) => i32::from(peer.volume),
            _ => 100,
        };
        let percent = (now + steps * STEP).clamp(0, 200) as u16;
        self.on_selected(|peer| Command::Volume { peer, percent });
    }

    /// Not heard at all, or again; here alone.
    pub(super) fn hush(&mut self) {
        let hushed = matches!(self.selected(), Selected::Peer(peer) if peer.volume == 0);
        let percent = if hushed { 100 } else { 0 };
        self.on_selected(|peer| Command::Volume { peer, percent });
    }
}
