//! Roles by the server's word: what the room tells of them, and the commands that need one. Where a room has a group, its own
//! rights come first, and what stands here only adds what the server can take away.

use super::Engine;
use super::run::tell;
use crate::backend::{BackendCommand, BackendEvent};
use crate::call::{Command, Event, Peer, PeerId, Role, Security, State};
use crate::protocol::room::{Act, RoomRole, Verb};
use crate::text;
use tokio::sync::mpsc::Sender;

impl Engine {
    /// What the room says of roles, rules and hands.
    pub(super) fn on_room(&mut self, event: BackendEvent, commands: &Sender<BackendCommand>) {
        match event {
            BackendEvent::RoomRole { id, role, by } => {
                self.group.keep_room_role(&id, role);
                let was = {
                    let inner = self.shared.lock();
                    let mine = inner.state.me.as_ref() == Some(&id);
                    if mine { Some(inner.state.room_role) } else { inner.state.peer(&id).map(|p| p.room_role) }
                };
                // Of those who are not in the list yet it is told with them.
                if was.is_some_and(|was| was != Some(role)) {
                    self.emit(Event::RoomRole { id, role, by });
                }
            }
            BackendEvent::Rights(may) => {
                let (news, speaks) = {
                    let inner = self.shared.lock();
                    (inner.state.may.as_ref() != Some(&may), may.contains(&Verb::Speak))
                };
                if news {
                    self.emit(Event::Rights { may });
                }
                if !speaks && self.microphone.is_open() {
                    self.close_microphone(None);
                    self.again_closed(commands);
                }
            }
            BackendEvent::Rules { rules, .. } if self.shared.lock().state.rules == rules => {}
            BackendEvent::Rules { rules, by } => self.emit(Event::Rules { rules, by }),
            BackendEvent::Moderated { by, act } => self.moderated(by, &act, commands),
            BackendEvent::Hands(queue) => self.on_hands(queue, commands),
            BackendEvent::DominantSpeaker { id } => self.emit(Event::DominantSpeaker { id }),
            _ => {}
        }
    }

    fn moderated(&mut self, by: PeerId, act: &Act, commands: &Sender<BackendCommand>) {
        let me = self.me();
        let mine = match act {
            Act::Mute { member } => me.as_ref().is_some_and(|me| me.0 == *member),
            Act::MuteAll => me.as_ref().is_some_and(|me| *me != by),
            _ => false,
        };
        if mine && self.microphone.is_open() {
            self.close_microphone(Some(by.clone()));
            self.again_closed(commands);
        }
        let id = act.target().cloned().map(PeerId);
        let on = match act {
            Act::Share { on } | Act::Record { on } => Some(*on),
            _ => None,
        };
        self.emit(Event::Moderated { by, verb: act.verb(), id, on });
    }

    /// The server's queue of hands. Ours, which was in it and no longer is, was taken down.
    fn on_hands(&mut self, queue: Vec<PeerId>, commands: &Sender<BackendCommand>) {
        let Some(me) = self.me() else { return };
        let queued = queue.contains(&me);
        let taken_down = std::mem::replace(&mut self.group.queued, queued) && !queued && self.hand.is_some();
        self.emit(Event::Hands { queue });
        if taken_down {
            self.hand = None;
            // The others hear it from the server already; who goes by profiles hears it so.
            let _ = tell(commands, BackendCommand::Hand(None));
            self.emit(Event::Hand { id: me, on: false, since: None });
        }
    }

    /// Why our role does not let us do this, if so.
    pub(super) fn allowed(&self, verb: Verb) -> Result<(), String> {
        right(&self.shared.lock().state, verb)
    }
}

/// What a command is where the server decides: `None` where the room's group does, or nobody knows the command here.
pub(super) fn act(state: &State, command: &Command) -> Option<Result<BackendCommand, String>> {
    let open = state.security != Security::EndToEnd;
    // A moderator of the group does it in the group; who is one by the server's word alone, by the server.
    let by_server = |verb| open || (state.role < Role::Moderator && state.may.is_some() && state.may(verb));
    let act = |verb: Verb, act: Result<Act, String>| Some(right(state, verb).and(act).map(BackendCommand::Moderate));
    match command {
        Command::Admit { peer } if open => act(Verb::Admit, waiting(state, peer).map(|member| Act::Admit { member })),
        Command::Deny { peer } if open => act(Verb::Deny, waiting(state, peer).map(|member| Act::Deny { member })),
        Command::Kick { peer } if by_server(Verb::Kick) => act(Verb::Kick, here(state, peer).map(|member| Act::Kick { member })),
        Command::Promote { peer } if open => {
            act(Verb::Promote, here(state, peer).map(|member| Act::Promote { member, role: RoomRole::Moderator }))
        }
        Command::Demote { peer } if open => {
            let role = match state.peer(peer).and_then(|p| p.room_role) {
                Some(RoomRole::Owner | RoomRole::Moderator) => RoomRole::Speaker,
                _ => RoomRole::Listener,
            };
            act(Verb::Promote, here(state, peer).map(|member| Act::Promote { member, role }))
        }
        Command::Lock { on } if by_server(Verb::Lock) => act(Verb::Lock, Ok(Act::Lock { on: on.unwrap_or(!state.rules.locked) })),
        Command::Role { peer, role } => act(Verb::Promote, here(state, peer).map(|member| Act::Promote { member, role: *role })),
        Command::Ban { peer } => act(Verb::Ban, here(state, peer).map(|member| Act::Ban { member })),
        Command::Silence { peer: Some(peer) } => act(Verb::Mute, here(state, peer).map(|member| Act::Mute { member })),
        Command::Silence { peer: None } => act(Verb::MuteAll, Ok(Act::MuteAll)),
        Command::AskUnmute { peer } => act(Verb::AskUnmute, here(state, peer).map(|member| Act::AskUnmute { member })),
        Command::LowerHand { peer: Some(peer) } => {
            act(Verb::HandQueue, here(state, peer).map(|member| Act::HandQueue { member: Some(member) }))
        }
        Command::LowerHand { peer: None } => act(Verb::HandQueue, Ok(Act::HandQueue { member: None })),
        Command::Password { password } => Some(right(state, Verb::Promote).map(|()| BackendCommand::Password(password.clone()))),
        Command::EndForAll => act(Verb::EndForAll, Ok(Act::EndForAll)),
        _ => None,
    }
}

/// The server decides; this saves the asking.
fn right(state: &State, verb: Verb) -> Result<(), String> {
    if state.may(verb) {
        return Ok(());
    }
    let role = state.room_role.map_or("member", RoomRole::word);
    Err(match verb {
        Verb::Speak => format!("you are a {role} here and may not speak now; raise your hand, and a moderator can let you"),
        Verb::Chat | Verb::Share | Verb::Record | Verb::RaiseHand => {
            format!("this room does not let a {role} {}; ask a moderator", verb.word().replace('_', " a "))
        }
        Verb::EndForAll => format!("only an owner ends the meeting for everybody, and you are a {role}; /leave leaves"),
        _ => format!("only a moderator can do that, and you are a {role}"),
    })
}

fn waiting(state: &State, id: &PeerId) -> Result<String, String> {
    let known = state.knock(id).map(|k| k.id.0.clone());
    known.ok_or_else(|| format!("nobody with the id {} waits to be let in", text::clean(&id.0)))
}

fn here(state: &State, id: &PeerId) -> Result<String, String> {
    let known = state.peer(id).map(|Peer { id, .. }| id.0.clone());
    known.ok_or_else(|| format!("nobody here has the id {}", text::clean(&id.0)))
}
