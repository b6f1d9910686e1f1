//! What a call was, told once when it is over: who was in it and how they were known, whether the encryption was undisturbed
//! from the first to the last second, and who recorded.
//!
//! A pure fold of the call's events, so that it says the same of every backend. It says what this client saw: somebody who
//! came after us was there only since then as far as we know.

use super::event::{Event, Security};
use super::quality::Word;
use super::trust::{Role, Standing};
use super::{Peer, PeerId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many people are listed; the others are counted.
pub const PEOPLE: usize = 1000;
/// How many disturbances and recordings are listed each; the other disturbances are counted.
pub const LINES: usize = 100;
/// The longest text of a disturbance, in characters.
const TEXT: usize = 300;

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The room's name.
    pub room: String,
    /// When we came in, RFC 3339: let in, where somebody must let us in.
    pub from: String,
    /// When the call was over.
    pub to: String,
    /// What protected the content.
    pub security: Security,
    /// The call was end-to-end encrypted all the time, and nothing was refused or begun anew; always `false` where the
    /// server could read along.
    pub unbroken: bool,
    /// What disturbed the encryption, and when.
    pub disturbances: Vec<Disturbance>,
    /// Disturbances that are not listed.
    pub more_disturbances: u64,
    /// Frames that could not be opened and were not played, whatever the reason. A few are usual when people come and go.
    pub frames_refused: u64,
    /// Who was in the call, ourselves first.
    pub people: Vec<Attendee>,
    /// People who are not listed.
    pub more_people: u64,
    /// Announced recordings.
    pub recordings: Vec<Kept>,
    /// How often the sound became poor.
    #[serde(default)]
    pub poor: u64,
    /// The last time: `poor: 12 % of the sound is missing`; empty if it never did.
    #[serde(default)]
    pub poor_text: String,
    /// How often somebody began to hear us badly, or not at all.
    #[serde(default)]
    pub badly_heard: u64,
}

/// Something that an undisturbed call does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disturbance {
    /// When.
    pub at: String,
    /// The code of the warning that told of it.
    pub code: String,
    /// In words.
    pub text: String,
}

/// Somebody who was in the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attendee {
    /// Their last id.
    pub id: PeerId,
    /// Their last name.
    pub name: String,
    /// Ourselves.
    pub me: bool,
    /// Their device's fingerprint for people; empty where there is none.
    pub key: String,
    /// What they might do, at last.
    pub role: Role,
    /// How they were known, at last.
    pub standing: Standing,
    /// A safety code was compared while they were in, and it held at last.
    pub verified: bool,
    /// Since when.
    pub from: String,
    /// Until when; `None` = to the end.
    pub to: Option<String>,
    /// How they went, by the group's word: `left`, `vanished`, `removed`, `kicked`, `replaced`.
    pub how: Option<String>,
    /// How often they came.
    pub stays: u32,
}

/// An announced recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// Who recorded.
    pub id: PeerId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub from: String,
    /// Until when.
    pub to: Option<String>,
}

/// Whether a warning says that something happened to the encryption which does not happen in an undisturbed call. A knock that
/// was refused is a stranger's affair.
pub(crate) fn disturbs(code: &str) -> bool {
    let refused = code.starts_with("refused_") && code != "refused_knock";
    refused || code.starts_with("unproven") || matches!(code, "new_generation" | "behind" | "frames_foreign")
}

/// The fold.
#[derive(Debug, Default)]
pub(super) struct Log {
    summary: Summary,
    me: Option<PeerId>,
    /// We were in: content could flow.
    inside: bool,
    /// Who hears us badly just now.
    trouble: Vec<PeerId>,
}

impl Log {
    /// Takes in what happened at a time (RFC 3339).
    pub(super) fn apply(&mut self, at: &str, event: &Event) {
        match event {
            Event::Joined { room, me, name, security, .. } => {
                self.summary.room.clone_from(room);
                self.summary.security = *security;
                self.me = Some(me.clone());
                self.seen(at, &Peer { name: name.clone(), ..Peer::unnamed(me.clone(), super::PeerKind::Member) });
                if *security != Security::EndToEnd {
                    self.enter(at);
                }
            }
            Event::LetIn { role, key, .. } => {
                self.enter(at);
                if let Some(own) = self.summary.people.iter_mut().find(|p| p.me) {
                    (own.role, own.key) = (*role, key.clone());
                }
            }
            Event::PeerJoined { peer, .. } | Event::PeerUpdated { peer } => self.seen(at, peer),
            Event::PeerLeft { id, .. } => {
                if let Some(person) = self.person(id) {
                    person.to = Some(at.to_owned());
                }
                self.kept(at, id, false);
            }
            Event::Epoch(note) => {
                for (id, how) in &note.removed {
                    if let Some(person) = self.person(id) {
                        person.how = Some(how.clone());
                    }
                }
            }
            Event::Recording { id, on } => self.kept(at, id, *on),
            Event::Quality(quality) if quality.word == Word::Poor => {
                self.summary.poor += 1;
                self.summary.poor_text = crate::text::clean(&quality.text).chars().take(TEXT).collect();
            }
            Event::HeardBy(heard) => {
                let trouble: Vec<PeerId> = heard.trouble.iter().map(|(id, _)| id.clone()).collect();
                self.summary.badly_heard += trouble.iter().filter(|id| !self.trouble.contains(id)).count() as u64;
                self.trouble = trouble;
            }
            Event::Warning { code, text } if self.inside && disturbs(code) => {
                if self.summary.disturbances.len() == LINES {
                    self.summary.more_disturbances += 1;
                    return;
                }
                let text = crate::text::clean(text).chars().take(TEXT).collect();
                self.summary.disturbances.push(Disturbance { at: at.to_owned(), code: code.clone(), text });
            }
            _ => {}
        }
    }

    /// What there is to say at the end; `None` if we were never in. `refused`: frames that were not played.
    pub(super) fn finish(&self, at: &str, refused: u64) -> Option<Summary> {
        let encrypted = self.summary.security == Security::EndToEnd;
        self.inside.then(|| Summary {
            to: at.to_owned(),
            unbroken: encrypted && self.summary.disturbances.is_empty(),
            frames_refused: refused,
            ..self.summary.clone()
        })
    }

    /// What only the call itself noticed and nobody was told of since `known` disturbances: frames that nobody in the group
    /// sealed. The rest comes from the backend, which knows of it.
    pub(super) fn foreign(&self, known: &mut usize) -> Vec<String> {
        let all = &self.summary.disturbances;
        let new = all.get(*known..).unwrap_or_default();
        *known = all.len();
        new.iter().filter(|d| d.code == "frames_foreign").map(|d| d.text.clone()).collect()
    }

    fn enter(&mut self, at: &str) {
        if !std::mem::replace(&mut self.inside, true) {
            at.clone_into(&mut self.summary.from);
            if let Some(own) = self.summary.people.iter_mut().find(|p| p.me) {
                at.clone_into(&mut own.from);
            }
        }
    }

    fn person(&mut self, id: &PeerId) -> Option<&mut Attendee> {
        self.summary.people.iter_mut().rev().find(|p| p.id == *id)
    }

    /// Somebody is here, or is otherwise than before. A device that was here is the same person again.
    fn seen(&mut self, at: &str, peer: &Peer) {
        let me = self.me.as_ref() == Some(&peer.id);
        let back = |p: &Attendee| p.to.is_some() && !p.key.is_empty() && (&p.key, &p.name) == (&peer.key, &peer.name);
        let people = &mut self.summary.people;
        let known = people.iter().position(|p| p.id == peer.id).or_else(|| people.iter().position(back));
        let Some(person) = known.and_then(|n| people.get_mut(n)) else {
            if people.len() == PEOPLE {
                self.summary.more_people += 1;
                return;
            }
            let (name, key) = (peer.name.clone(), peer.key.clone());
            let (standing, from) = (peer.standing.clone(), at.to_owned());
            let (role, verified) = (peer.role, peer.verified);
            let id = peer.id.clone();
            people.push(Attendee { id, name, me, key, role, standing, verified, from, to: None, how: None, stays: 1 });
            return;
        };
        if person.to.take().is_some() {
            (person.how, person.stays) = (None, person.stays.saturating_add(1));
        }
        person.id.clone_from(&peer.id);
        person.name.clone_from(&peer.name);
        person.role = peer.role;
        if !peer.key.is_empty() {
            person.key.clone_from(&peer.key);
        }
        if !me {
            (person.standing, person.verified) = (peer.standing.clone(), peer.verified);
        }
    }

    fn kept(&mut self, at: &str, id: &PeerId, on: bool) {
        let recordings = &mut self.summary.recordings;
        let full = recordings.len() >= LINES;
        match (recordings.iter_mut().rev().find(|r| r.id == *id && r.to.is_none()), on) {
            (Some(recording), false) => recording.to = Some(at.to_owned()),
            (None, true) if !full => {
                let name = self.person(id).map_or_else(|| id.0.clone(), |p| p.name.clone());
                self.summary.recordings.push(Kept { id: id.clone(), name, from: at.to_owned(), to: None });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
