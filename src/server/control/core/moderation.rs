//! What needs a role: the acts of moderators, hands, and what is announced before it is done.

use super::super::roles;
use super::super::room::{Barred, Occupant};
use super::{Core, Note, Now, Output, identity_of};
use crate::protocol::control::{Departure, MemberId, ServerMessage};
use crate::protocol::room::{Act, RoomRole, Rules, Verb};
use livekit_protocol::DisconnectReason;

/// Why something was not done: for programs and for people.
type Refused = (&'static str, &'static str);

const NOBODY: Refused = ("unknown_member", "nobody here has that id; they may have left");
const NOT_WAITING: Refused = ("unknown_member", "nobody of that id waits to be let in");

/// What anybody may end that is theirs.
fn is_ending(act: &Act) -> bool {
    matches!(act, Act::RaiseHand { up: false } | Act::Share { on: false } | Act::Record { on: false })
}

impl Core {
    /// Does what a member asks for, if their role allows it.
    pub(super) fn moderate(&mut self, now: Now, session: &str, act: Act, out: &mut Vec<Output>) -> Result<(), Refused> {
        let Some(s) = self.sessions.get_mut(session) else { return Ok(()) };
        if !s.relay.take(now.instant, 1.0) {
            return Err(("too_fast", "too many requests; wait a second"));
        }
        let (me, name) = (s.member.clone(), s.room.clone());
        let Some(room) = self.rooms.get(&name) else { return Ok(()) };
        let (role, verb) = (room.role(&me), act.verb());
        if !is_ending(&act) {
            roles::may(role, &room.rules, verb).map_err(|text| ("not_allowed", text))?;
        }
        if let Some(target) = act.target().filter(|_| !matches!(verb, Verb::Admit | Verb::Deny)) {
            if !room.members.contains_key(target) {
                return Err(NOBODY);
            }
            if *target == me && matches!(verb, Verb::Kick | Verb::Ban | Verb::Promote) {
                return Err(("not_allowed", "that is yourself: another moderator can do it, and you can leave"));
            }
            roles::may_act_on(role, room.role(target), &act).map_err(|text| ("not_allowed", text))?;
        }
        let member = act.target().cloned();
        self.act_on(now, &name, &me, act, out)?;
        if is_moderation(verb) {
            out.push(Output::Note(Note::Moderated { room: name, verb: verb.word(), by: Some(me), member }));
        }
        Ok(())
    }

    /// Does it: the right was looked at.
    fn act_on(&mut self, now: Now, name: &str, me: &MemberId, act: Act, out: &mut Vec<Output>) -> Result<(), Refused> {
        match act {
            Act::Admit { member } if !self.let_in(now, name, &member, out) => return Err(NOT_WAITING),
            Act::Deny { member } if !self.turn_away(name, &member, out) => return Err(NOT_WAITING),
            Act::Admit { .. } | Act::Deny { .. } => {}
            Act::Mute { ref member } => {
                self.close_microphone(name, member, out);
                self.tell_moderated(name, me, &act, out);
            }
            Act::MuteAll => {
                let all: Vec<_> = self.rooms.get(name).map(|r| r.members.keys().cloned().collect()).unwrap_or_default();
                all.iter().filter(|m| *m != me).for_each(|m| self.close_microphone(name, m, out));
                self.tell_moderated(name, me, &act, out);
            }
            Act::AskUnmute { ref member } => {
                let Some(asked) = self.rooms.get(name).and_then(|r| r.session(member)) else {
                    return Err(("unknown_member", "a stock LiveKit client cannot be asked; say it, or write it"));
                };
                self.tell(&[asked], |event| ServerMessage::Moderated { event, by: me.clone(), act: act.clone() }, out);
            }
            Act::Kick { ref member } => {
                self.expel(now, name, member, "a moderator removed you from this room", out);
                self.tell_moderated(name, me, &act, out);
            }
            Act::Ban { ref member } => {
                self.ban(name, member, out);
                self.expel(now, name, member, "a moderator removed you from this room for good", out);
                self.tell_moderated(name, me, &act, out);
            }
            Act::Promote { member, role } => self.promote(now, name, me, &member, role, out),
            Act::Lock { on } => {
                let Some(room) = self.rooms.get(name) else { return Ok(()) };
                let rules = Rules { locked: on, ..room.rules.clone() };
                self.set_rules(now, name, rules, Some(me), out);
            }
            Act::RaiseHand { up } => self.hand(name, me, up, out),
            Act::HandQueue { member: Some(member) } => self.hand(name, &member, false, out),
            Act::HandQueue { member: None } => {
                let hands = self.rooms.get_mut(name).map(|r| std::mem::take(&mut r.hands)).unwrap_or_default();
                if !hands.is_empty() {
                    self.tell_hands(name, out);
                }
            }
            Act::Share { .. } | Act::Record { .. } => self.tell_moderated(name, me, &act, out),
            Act::EndForAll => self.end_room(now, name, out),
        }
        Ok(())
    }

    fn tell_moderated(&mut self, name: &str, by: &MemberId, act: &Act, out: &mut Vec<Output>) {
        self.tell_room(name, "", |event| ServerMessage::Moderated { event, by: by.clone(), act: act.clone() }, out);
    }

    fn close_microphone(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let (room, identity) = (name.to_owned(), identity_of(member).to_owned());
        out.push(Output::CloseMicrophone { room, identity });
    }

    fn promote(&mut self, now: Now, name: &str, me: &MemberId, member: &str, role: RoomRole, out: &mut Vec<Output>) {
        if let Some(room) = self.rooms.get_mut(name) {
            room.hosted |= role == RoomRole::Owner;
            // What a moderator says holds, whoever comes back.
            room.seats.get_mut(member).into_iter().for_each(|seat| seat.before = None);
        }
        self.set_role(now, name, member, role, Some(me), out);
    }

    /// Ends somebody's being here; their key does not come in again.
    fn expel(&mut self, now: Now, name: &str, member: &str, text: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        match room.members.get(member).cloned() {
            Some(Occupant::Session(session)) => {
                room.barred.bar(member.to_owned());
                let told = Some((Departure::Removed, text));
                self.end(now, &session, Departure::Removed, told, DisconnectReason::ParticipantRemoved, out);
                if let Some(room) = self.rooms.get_mut(name) {
                    room.seats.remove(member);
                    self.keep_seat(name, member, out);
                }
            }
            // It leaves the list with its media.
            Some(Occupant::LiveKit { .. }) => {
                let (room, identity) = (name.to_owned(), identity_of(member).to_owned());
                out.push(Output::RemoveMedia { room, identity, reason: DisconnectReason::ParticipantRemoved });
            }
            None => {}
        }
    }

    /// Nobody of this key or account, or of a stock client of this identity, comes in again; into a stored room not even in its
    /// next meeting.
    fn ban(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let session = self.rooms.get(name).and_then(|r| r.session(member)).and_then(|id| self.sessions.get(&id));
        let account = session.and_then(|s| s.login.as_ref()).map(|l| l.account.id.clone());
        let Some(room) = self.rooms.get_mut(name) else { return };
        room.barred.bar(member.to_owned());
        room.barred.accounts.extend(account.clone());
        if room.stored {
            let banned = Barred { members: [member.to_owned()].into(), accounts: account.into_iter().collect() };
            out.push(Output::KeepBan { room: name.to_owned(), banned });
        }
    }

    /// A hand goes up or down; the order is that of coming here.
    pub(super) fn hand(&mut self, name: &str, member: &str, up: bool, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        let before = room.hands.len();
        match up {
            true if !room.hands.iter().any(|m| m == member) => room.hands.push(member.to_owned()),
            true => {}
            false => room.hands.retain(|m| m != member),
        }
        if room.hands.len() != before {
            self.tell_hands(name, out);
        }
    }

    fn tell_hands(&mut self, name: &str, out: &mut Vec<Output>) {
        let hands = self.rooms.get(name).map(|r| r.hands.clone()).unwrap_or_default();
        self.tell_room(name, "", |event| ServerMessage::Hands { event, hands: hands.clone() }, out);
    }

    /// Tells somebody who came of the hands that are up.
    pub(super) fn tell_hands_to(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name).filter(|r| !r.hands.is_empty()) else { return };
        let (hands, session) = (room.hands.clone(), room.session(member));
        let session: Vec<String> = session.into_iter().collect();
        self.tell(&session, |event| ServerMessage::Hands { event, hands: hands.clone() }, out);
    }
}

/// Whether an act is written down: those on others and on the room.
fn is_moderation(verb: Verb) -> bool {
    !matches!(verb, Verb::Speak | Verb::Chat | Verb::Share | Verb::RaiseHand | Verb::Unknown)
}
