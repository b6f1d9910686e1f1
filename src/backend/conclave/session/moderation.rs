//! Roles by the server's word: what it tells of them, and what it is asked to do.

use super::{Output, Seat, Session, link};
use crate::backend::BackendEvent;
use crate::call::{PeerId, Standing};
use crate::protocol::control::{ClientMessage, Member, ServerMessage};
use crate::protocol::member::MemberMessage;
use crate::protocol::room::{Act, Rules};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

impl Session {
    /// We are in the room, for the first time or anew.
    pub(super) fn seated(&mut self, seat: &Seat, members: &[Member]) {
        self.roles = seat.role.is_some();
        let Some(role) = seat.role else { return };
        self.tell_rules(seat.rules.clone(), None);
        self.event(BackendEvent::RoomRole { id: PeerId(self.me.clone()), role, by: None });
        self.event(BackendEvent::Rights(seat.may.clone()));
        members.iter().for_each(|m| self.role_of(m));
    }

    pub(super) fn role_of(&mut self, member: &Member) {
        if let Some(role) = member.role {
            self.event(BackendEvent::RoomRole { id: PeerId(member.id.clone()), role, by: None });
        }
    }

    fn tell_rules(&mut self, rules: Rules, by: Option<PeerId>) {
        // What it says is shown to people.
        let marking = rules.marking.as_deref().map(|m| crate::text::clean(m).chars().take(64).collect::<String>());
        let marking = marking.filter(|m| !m.trim().is_empty());
        self.event(BackendEvent::Rules { rules: Rules { marking, ..rules }, by });
    }

    pub(super) fn moderation(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Role { id, role, by, .. } => {
                self.event(BackendEvent::RoomRole { id: PeerId(id), role, by: by.map(PeerId) });
            }
            ServerMessage::Rights { may, .. } => self.event(BackendEvent::Rights(may)),
            ServerMessage::Policy { policy, by, .. } => self.tell_rules(policy.rules, by.map(PeerId)),
            // Who is let into a group is the group's business.
            ServerMessage::Knock { .. } | ServerMessage::KnockGone { .. } if self.group.is_some() => {}
            ServerMessage::Knock { member, introduction, account, .. } => {
                let standing = account.map_or(Standing::Unknown, |subject| Standing::Account { subject });
                let id = PeerId(member);
                self.event(BackendEvent::Knock { id: id.clone(), standing, key: String::new() });
                let said = introduction.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
                if let Some(MemberMessage::Profile { name, .. }) = said.and_then(|body| MemberMessage::decode(&body)) {
                    self.event(BackendEvent::PeerState { id, name: Some(name), muted: None, hand: None });
                }
            }
            ServerMessage::KnockGone { member, .. } => self.event(BackendEvent::KnockGone { id: PeerId(member) }),
            ServerMessage::Moderated { by, act, .. } => {
                self.event(BackendEvent::Moderated { by: PeerId(by), act });
            }
            ServerMessage::Hands { hands, .. } => {
                self.event(BackendEvent::Hands(hands.into_iter().map(PeerId).collect()));
            }
            _ => {}
        }
    }

    /// Asks the server to do something for which a role is needed.
    pub(super) fn ask_for(&mut self, act: Act) {
        if self.roles && self.link.is_up() {
            self.out.push_back(Output::Send(ClientMessage::Moderate { act }));
        } else if self.roles {
            let text = "the connection is lost, so nothing was done; do it again when it is back";
            self.event(BackendEvent::Warning { code: "not_sent".into(), text: text.into() });
        }
    }

    /// In an open room the server keeps the queue of hands; in others it hears of none.
    pub(super) fn queue_hand(&mut self) {
        if self.roles && self.group.is_none() && self.link.is_up() {
            let up = self.hand.is_some();
            self.out.push_back(Output::Send(ClientMessage::Moderate { act: Act::RaiseHand { up } }));
        }
    }

    /// In an open room the server says, too, that somebody records.
    pub(super) fn announce_recording(&mut self, on: bool) {
        if self.group.is_none() && self.link.is_up() && self.roles {
            self.out.push_back(Output::Send(ClientMessage::Moderate { act: Act::Record { on } }));
        }
    }

    /// Says again, after the connection was lost, what the server may not know any more.
    pub(super) fn say_again(&mut self) {
        if self.hand.is_some() {
            self.queue_hand();
        }
    }

    /// The server wants us to be let in anew: that takes as long as somebody else likes.
    pub(super) fn kept_waiting(&mut self, now: std::time::Instant, text: &str) {
        if self.link.waits_at_the_door(now) {
            self.warn("waiting", link::clean(text));
        }
    }
}
