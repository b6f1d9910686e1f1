//! What members say to each other inside the group, and the safety codes.
//!
//! An application message is one byte that says what follows: content for everybody, content sealed to one ([`crate::private`],
//! sent to everybody, so that nobody learns for whom), "compare this epoch's code", or who we are ([`super::continuity`]).

use super::continuity::{HERE, Memory};
use super::{CODE_LIFE, Event, Now, Output, Phase, Session};
use crate::identity::{Standing, framed};
use crate::member::Processed;
use crate::{DeviceKey, Error, MemberId, Refused, private, safety};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

const CONTENT: u8 = 0;
const PRIVATE: u8 = 1;
const SAFETY: u8 = 2;
/// The most epochs whose codes can still be shown.
const MAX_CODES: usize = 256;

/// What codes can be shown of, and what was checked.
#[derive(Default)]
pub(super) struct Codes {
    materials: VecDeque<(Duration, safety::Material)>,
    pub(super) verified: BTreeSet<DeviceKey>,
    on: bool,
}

impl Codes {
    /// What was checked before this session stays checked: whether it covers everybody is judged when we are in.
    pub(super) fn of_before(memory: Option<&Memory>) -> Self {
        Self { verified: memory.map(|memory| memory.verified.clone()).unwrap_or_default(), ..Self::default() }
    }

    /// Keeps a new epoch; earlier ones go [`CODE_LIFE`] after they were superseded.
    pub(super) fn keep(&mut self, now: Duration, material: safety::Material) {
        if let Some((end, _)) = self.materials.back_mut() {
            *end = now + CODE_LIFE;
        }
        // After a fork an epoch may come again: only its present code is a code.
        self.materials.retain(|(_, known)| known.epoch != material.epoch);
        self.materials.push_back((Duration::MAX, material));
        if self.materials.len() > MAX_CODES {
            self.materials.pop_front();
        }
        self.expire(now);
    }

    pub(super) fn expire(&mut self, now: Duration) {
        self.materials.retain(|(end, _)| now < *end);
    }

    fn of(&self, epoch: (u64, u64)) -> Option<&safety::Material> {
        self.materials.iter().map(|(_, material)| material).find(|material| material.epoch == epoch)
    }
}

/// What a private message is bound to.
fn binding(room: &str, epoch: &[u8], from: &str) -> Vec<u8> {
    framed("conclave private message v1", &[room.as_bytes(), epoch, from.as_bytes()])
}

fn pair(epoch: (u64, u64)) -> [u8; 16] {
    let mut bytes = [0; 16];
    let (first, second) = bytes.split_at_mut(8);
    first.copy_from_slice(&epoch.0.to_be_bytes());
    second.copy_from_slice(&epoch.1.to_be_bytes());
    bytes
}

fn unpair(bytes: &[u8]) -> Option<(u64, u64)> {
    let (first, second) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*first), u64::from_be_bytes(*second.first_chunk::<8>()?)))
}

impl Session {
    pub(super) fn send(&mut self, content: Vec<u8>, to: Option<&MemberId>) {
        let Phase::In(member) = &mut self.phase else { return };
        let inner = match to {
            None => [&[CONTENT], content.as_slice()].concat(),
            Some(to) => {
                let epoch = pair(member.epoch());
                let roster = member.roster();
                let entry = roster.iter().find(|entry| entry.member == *to);
                let Some(key) = entry.and_then(|entry| member.private_key_of(entry.leaf)) else {
                    return self.not_allowed("nobody with this id is in the group: the message was not sent");
                };
                match private::seal(&key, &binding(&self.start.room, &epoch, &self.id), &content) {
                    Ok(sealed) => [&[PRIVATE], epoch.as_slice(), sealed.as_slice()].concat(),
                    Err(error) => return self.not_allowed(error),
                }
            }
        };
        self.relay(&inner);
    }

    fn relay(&mut self, inner: &[u8]) {
        let Phase::In(member) = &mut self.phase else { return };
        match member.seal(inner) {
            Ok(body) => self.out.push_back(Output::Relay { to: None, body }),
            Err(error) => self.not_allowed(format_args!("the message was not sent: {error}")),
        }
    }

    /// Sends what is said again soon anyway: nothing is told if it cannot be.
    pub(super) fn report(&mut self, content: &[u8]) {
        if self.holds() {
            return;
        }
        let Phase::In(member) = &mut self.phase else { return };
        if let Ok(body) = member.seal(&[&[CONTENT], content].concat()) {
            self.out.push_back(Output::Relay { to: None, body });
        }
    }

    pub(super) fn relayed(&mut self, now: Now, from: &MemberId, body: &[u8]) {
        if self.introduced(from, body) {
            return;
        }
        let Phase::In(member) = &mut self.phase else { return };
        let (sender, content) = match member.process(now.unix, body) {
            Ok(Processed::Message { member, content, .. }) => (member, content),
            Err(Error::Refused(Refused::WrongEpoch { .. })) => return self.unknown_epoch_seen(now),
            // What cannot be opened was said before we came, or is forged: neither is heard.
            Ok(_) | Err(_) => return,
        };
        if sender != *from {
            return self.refused("sender", "the server gave a message out as somebody else's; it was not shown");
        }
        if !self.waits(now, &sender, &content) {
            self.said(now, sender, &content);
        }
    }

    /// What a member said, authenticated.
    pub(super) fn said(&mut self, _now: Now, sender: MemberId, content: &[u8]) {
        let (Phase::In(member), Some((tag, rest))) = (&self.phase, content.split_first()) else { return };
        match *tag {
            CONTENT => self.event(Event::Message { from: sender, private: false, content: rest.to_vec() }),
            PRIVATE => {
                let Some((epoch, sealed)) = rest.split_at_checked(16) else { return };
                let opened = private::open(member.private_key(), &binding(&self.start.room, epoch, &sender), sealed);
                if let Some(content) = opened {
                    self.event(Event::Message { from: sender, private: true, content: content.to_vec() });
                }
            }
            SAFETY => {
                if let Some(epoch) = unpair(rest) {
                    self.code_shown(epoch, sender);
                }
            }
            HERE => self.here(&sender, rest),
            // Newer than this build.
            _ => {}
        }
    }

    /// Opens the panel here and at everybody's: all look at the same epoch, whatever comes in between.
    pub(super) fn show_code(&mut self, _now: Now) {
        let Phase::In(member) = &self.phase else { return };
        let epoch = member.epoch();
        let inner = [&[SAFETY], pair(epoch).as_slice()].concat();
        self.relay(&inner);
        self.code_shown(epoch, self.id.clone());
    }

    fn code_shown(&mut self, epoch: (u64, u64), by: MemberId) {
        let Phase::In(member) = &self.phase else { return };
        let Some(material) = self.codes.of(epoch).cloned() else { return };
        let then: BTreeSet<DeviceKey> = material.roster.iter().map(|(_, device)| *device).collect();
        let later = member.roster().into_iter().filter(|entry| !then.contains(&entry.device)).map(|entry| entry.member).collect();
        self.event(Event::Safety { material, by, later });
    }

    pub(super) fn verified(&mut self, epoch: (u64, u64)) {
        let Some(material) = self.codes.of(epoch) else {
            return self.not_allowed("this code is too old: show a new one and compare again");
        };
        let devices: Vec<DeviceKey> = material.roster.iter().map(|(_, device)| *device).collect();
        self.codes.verified.extend(devices);
        self.judge_verified(None);
    }

    /// Whether what was checked still covers everybody; says so when it changes.
    pub(super) fn judge_verified(&mut self, newcomer: Option<MemberId>) {
        let Phase::In(member) = &self.phase else { return };
        let covered = |entry: &crate::member::Entry| {
            let vouched = matches!(entry.standing_for(&self.start.issuers), Standing::Vouched { .. });
            self.codes.verified.contains(&entry.device) || vouched && !self.revoked.contains(&entry.device)
        };
        let roster = member.roster();
        let because = roster.iter().find(|entry| !covered(entry)).map(|entry| entry.member.clone());
        let on = !self.codes.verified.is_empty() && because.is_none();
        if on != self.codes.on {
            self.codes.on = on;
            let because = if on { None } else { because.or(newcomer) };
            self.event(Event::Verified { on, because });
        }
    }
}
