//! How a room is kept: told to everybody when it changes, by a moderator or in the store.

use super::super::room::Kept;
use super::{Core, Now, Output};
use crate::protocol::control::{MemberId, RoomMode, RoomPolicy, ServerMessage};
use crate::protocol::room::Rules;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::Admission;
use conclave_e2ee::delivery::Delivery;

impl Core {
    /// What holds in a room.
    pub(super) fn policy(&self, name: &str) -> RoomPolicy {
        let room = self.rooms.get(name);
        let (mode, rules) = room.map_or((RoomMode::Strict, Rules::default()), |r| (r.mode, r.rules.clone()));
        let service = (mode != RoomMode::Open).then(|| URL_SAFE_NO_PAD.encode(Delivery::key_of(&self.delivery)));
        let accounts = self.accounts.filter(|_| mode != RoomMode::Open).map(|key| URL_SAFE_NO_PAD.encode(key.0));
        let floor = (mode == RoomMode::Strict).then_some(super::FLOOR_CAP);
        // The waiting room of an encrypted room is its group's.
        let admission = (mode != RoomMode::Open && rules.waiting_room).then_some(Admission::Admit);
        RoomPolicy { mode, service, accounts, admission, floor, rules }
    }

    /// How the store says a room in use is kept. What it said before and a moderator changed since stays changed.
    pub(super) fn stored_rules(&mut self, now: Now, name: &str, kept: Kept, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        let Kept { rules, given, barred, .. } = kept;
        room.given = given;
        room.barred.members.extend(barred.members);
        room.barred.accounts.extend(barred.accounts);
        if rules == room.base {
            return;
        }
        let locked = if rules.locked == room.base.locked { room.rules.locked } else { rules.locked };
        room.base = rules.clone();
        self.set_rules(now, name, Rules { locked, ..rules }, None, out);
    }

    pub(super) fn set_rules(&mut self, now: Now, name: &str, rules: Rules, by: Option<&MemberId>, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(name).filter(|r| r.rules != rules) else { return };
        let rights = |r: &Rules| (r.speak, r.chat, r.share, r.record);
        let rights_changed = rights(&room.rules) != rights(&rules);
        room.rules = rules;
        let members: Vec<MemberId> = room.members.keys().cloned().collect();
        let (policy, by) = (self.policy(name), by.cloned());
        let told = |event| ServerMessage::Policy { event, policy: policy.clone(), by: by.clone() };
        self.tell_room(name, "", told, out);
        if rights_changed {
            for member in &members {
                self.tell_rights(name, member, out);
                self.permit_one(name, member, out);
            }
        }
        self.open_door(now, name, out);
    }
}
