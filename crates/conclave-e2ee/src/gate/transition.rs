//! How the agreed state may change, and by whom.

use super::refuse;
use crate::member::Gone;
use crate::room::{Role, RoomState};
use crate::{DeviceKey, Refused};
use std::collections::BTreeSet;

/// Whether `maker`'s commit may turn `old` into `new`. `gone`: devices whose leaves it removes; `present`: everybody in the
/// tree after it. `new` is valid in itself ([`RoomState::check`] ran when it was read).
pub(super) fn check(
    old: &RoomState,
    new: &RoomState,
    maker: DeviceKey,
    gone: &[(DeviceKey, Gone)],
    present: &BTreeSet<DeviceKey>,
) -> Result<(), Refused> {
    let role = old.role_of(&maker);
    immutable(old, new)?;
    let switches = |s: &RoomState| (s.locked, s.frozen, s.admission, s.list.clone());
    if role < Role::Moderator && switches(old) != switches(new) {
        return refuse("state_not_allowed", "only a moderator locks, freezes or changes who is let in");
    }
    kicked(old, new, role, gone)?;
    grants(old, new, maker, role)?;
    if new.away != expected_away(old, &new.kicked, gone, present) {
        return refuse("away", "a commit says wrongly who vanished and may come back");
    }
    Ok(())
}

fn immutable(old: &RoomState, new: &RoomState) -> Result<(), Refused> {
    // Everything that is not named here is what may change; a new field is immutable until somebody decides otherwise.
    let mut same = new.clone();
    same.admission = old.admission;
    same.list.clone_from(&old.list);
    same.moderators.clone_from(&old.moderators);
    same.granted = old.granted;
    same.kicked.clone_from(&old.kicked);
    same.away.clone_from(&old.away);
    same.locked = old.locked;
    same.frozen = old.frozen;
    if same == *old { Ok(()) } else { refuse("immutable", "a commit changes what never changes within a meeting") }
}

fn kicked(old: &RoomState, new: &RoomState, role: Role, gone: &[(DeviceKey, Gone)]) -> Result<(), Refused> {
    let Some(fresh) = new.kicked.strip_prefix(old.kicked.as_slice()) else {
        return refuse("unkick", "who was removed for good stays out until the end");
    };
    for device in fresh {
        match (role, old.role_of(device)) {
            (Role::Creator, _) | (Role::Moderator, Role::Member) => {}
            (Role::Moderator, _) => return refuse("moderator", "only the creator removes a moderator"),
            (Role::Member, _) => return refuse("kick_not_allowed", "only a moderator removes somebody for good"),
        }
        let was_in = gone.iter().any(|(left, how)| left == device && *how == Gone::Kicked);
        if !was_in && !old.away.contains(device) {
            return refuse("kick_absent", "a commit kicks somebody and does not remove them, or who never was here");
        }
    }
    Ok(())
}

fn grants(old: &RoomState, new: &RoomState, maker: DeviceKey, role: Role) -> Result<(), Refused> {
    let fresh: Vec<_> = new.moderators.iter().filter(|grant| !old.moderators.contains(grant)).collect();
    // No two have one number (that is checked in every state), so they are the next ones.
    let next = old.granted.saturating_add(fresh.len() as u64);
    if new.granted != next || fresh.iter().any(|grant| grant.serial <= old.granted) {
        return refuse("grant", "a grant does not have the number that it must have: it was played again");
    }
    for grant in fresh {
        let had = old.moderators.iter().any(|earlier| earlier.to == grant.to);
        if role < Role::Moderator {
            return refuse("promote_not_allowed", "only a moderator gives rights");
        }
        // Who had rights by somebody who loses them now keeps them by the creator's own word.
        if grant.by != maker || had && role != Role::Creator {
            return refuse("grant", "a commit carries a grant that its maker did not give");
        }
    }
    let lost: Vec<_> = old.moderators.iter().filter(|grant| new.moderators.iter().all(|later| later.to != grant.to)).collect();
    for grant in &lost {
        let with_granter = lost.iter().any(|other| other.to == grant.by);
        if role != Role::Creator && grant.to != maker && !with_granter {
            return refuse("demote_not_allowed", "only the creator takes a moderator's rights away");
        }
    }
    Ok(())
}

/// Who is away after a commit: who was, and who vanishes by it; not who is in the tree, who left, who was removed.
pub(crate) fn expected_away(
    old: &RoomState,
    kicked: &[DeviceKey],
    gone: &[(DeviceKey, Gone)],
    present: &BTreeSet<DeviceKey>,
) -> Vec<DeviceKey> {
    let vanished = gone.iter().filter(|(_, how)| *how == Gone::Vanished).map(|(device, _)| *device);
    let for_good = |device: &DeviceKey| gone.iter().any(|(left, how)| left == device && *how != Gone::Vanished);
    let mut after = old.clone();
    for device in vanished {
        if !after.away.contains(&device) {
            after.away.push(device);
        }
    }
    after.away.retain(|device| !present.contains(device) && !kicked.contains(device) && !for_good(device));
    after.trim_away();
    after.away
}
