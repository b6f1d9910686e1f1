//! The receipt of a meeting: what this client saw of it, the draft that one client makes of that when its user asks, and the
//! signatures of the others, who compare it with what they saw. All of it travels inside the group.

use super::Session;
use crate::backend::{BackendEvent, ReceiptFile};
use crate::call::PeerId;
use crate::protocol::control::MemberId;
use crate::protocol::member::MemberMessage;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::member::Entry;
use conclave_e2ee::receipt::{self, Gap, MAX_LINES, MAX_TEXT, Person, Receipt, Recording, Signature, Signed};
use conclave_e2ee::wire::Blob;
use conclave_e2ee::{DeviceKey, RoomState, Standing};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

/// How long signatures are waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far the clocks of two members may differ, in seconds.
const SLACK: u64 = 10;
/// Bytes of a draft in one message, and how many messages it may take.
const PART: usize = 6000;
const PARTS: usize = 16;
/// Drafts of how many members are put together at once.
const DRAFTS: usize = 16;
/// Epochs whose drafts can still be signed: somebody may come while a draft is on its way.
const EPOCHS: usize = 8;

/// What this client saw of the meeting, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    began: u64,
    room: String,
    generations: (u64, u64),
    /// Stays; the last field: it lasts.
    people: Vec<(MemberId, Person, bool)>,
    recordings: Vec<(MemberId, Recording, bool)>,
    gaps: Vec<Gap>,
    checked: Vec<(u64, u64)>,
    transcripts: VecDeque<Blob>,
    drafts: BTreeMap<MemberId, Vec<u8>>,
    collecting: Option<Collecting>,
}

#[derive(Debug)]
struct Collecting {
    signed: Signed,
    id: String,
    waiting: BTreeSet<MemberId>,
    refused: Vec<(PeerId, String)>,
    until: Instant,
}

/// At most so many bytes, whole characters.
fn cut(text: &str) -> String {
    let mut text = crate::text::clean(text);
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    text
}

/// The vouch that makes somebody known as the room says.
fn vouch(entry: &Entry, unix: u64, state: &RoomState) -> Option<String> {
    let (subject, account) = match &entry.standing {
        Standing::Vouched { subject } => (subject, false),
        Standing::Account { subject } => (subject, true),
        Standing::Pinned { .. } | Standing::Guest => return None,
    };
    let of_the_room = |issuer| if account { state.accounts == Some(issuer) } else { state.issuers.contains(&issuer) };
    let good = |v: &&conclave_e2ee::Vouch| {
        v.subject == *subject && v.device == entry.device && of_the_room(v.issuer) && v.verify(v.not_after.min(unix))
    };
    entry.credential.vouches.iter().find(good).map(conclave_e2ee::Vouch::to_text)
}

impl Ledger {
    /// Who is in now, by the tree.
    pub(super) fn roster(&mut self, unix: u64, roster: &BTreeMap<MemberId, Entry>, state: &RoomState) {
        if self.began == 0 {
            (self.began, self.generations.0) = (unix, state.generation);
            self.room.clone_from(&state.room);
        }
        self.generations.1 = state.generation;
        for (member, person, lasts) in self.people.iter_mut().filter(|(_, _, lasts)| *lasts) {
            match roster.get(member) {
                Some(entry) => person.role = entry.role,
                None => (person.to, *lasts) = (unix, false),
            }
        }
        for (member, recording, lasts) in self.recordings.iter_mut().filter(|(_, _, lasts)| *lasts) {
            if !roster.contains_key(member) {
                (recording.to, *lasts) = (unix, false);
            }
        }
        for (member, entry) in roster {
            if self.people.len() == MAX_LINES || self.people.iter().any(|(m, _, lasts)| *lasts && m == member) {
                continue;
            }
            let vouch = vouch(entry, unix, state);
            // Nobody's word, no claim.
            let standing = if vouch.is_some() { entry.standing.clone() } else { Standing::Guest };
            let (device, role) = (entry.device, entry.role);
            let person = Person { name: String::new(), device, standing, vouch, role, from: unix, to: unix, stayed: false };
            self.people.push((member.clone(), person, true));
        }
        if let Some(c) = &mut self.collecting {
            c.waiting.retain(|member| roster.contains_key(member));
        }
    }

    pub(super) fn epoch(&mut self, secret: &[u8]) {
        if self.transcripts.len() == EPOCHS {
            self.transcripts.pop_front();
        }
        self.transcripts.push_back(receipt::transcript(secret));
    }

    pub(super) fn gap(&mut self, unix: u64, why: &str) {
        if self.began > 0 && self.gaps.len() < MAX_LINES {
            self.gaps.push(Gap { from: unix, to: unix, why: cut(why) });
        }
    }

    pub(super) fn checked(&mut self, epoch: (u64, u64)) {
        if !self.checked.contains(&epoch) && self.checked.len() < MAX_LINES {
            self.checked.push(epoch);
        }
    }

    pub(super) fn recording(&mut self, unix: u64, member: &str, by: DeviceKey, on: bool) {
        let full = self.recordings.len() >= MAX_LINES;
        let open = self.recordings.iter_mut().find(|(m, _, lasts)| *lasts && m == member);
        match (open, on) {
            (Some((_, recording, lasts)), false) => (recording.to, *lasts) = (unix, false),
            (None, true) if !full => {
                self.recordings.push((member.to_owned(), Recording { by, from: unix, to: unix }, true));
            }
            _ => {}
        }
    }

    /// What this client would say of the meeting until now; `None` before it was in.
    fn receipt(&self, unix: u64, name: impl Fn(&str) -> String) -> Option<Receipt> {
        let ended = unix.max(self.began);
        let person = |(member, person, lasts): &(MemberId, Person, bool)| {
            let to = if *lasts { ended } else { person.to };
            Person { name: cut(&name(member)), to, stayed: *lasts, ..person.clone() }
        };
        let recording =
            |(_, r, lasts): &(MemberId, Recording, bool)| Recording { to: if *lasts { ended } else { r.to }, ..r.clone() };
        Some(Receipt {
            version: 1,
            room: self.room.clone(),
            generations: self.generations,
            began: self.began,
            ended,
            unbroken: self.gaps.is_empty(),
            gaps: self.gaps.clone(),
            people: self.people.iter().map(person).collect(),
            recordings: self.recordings.iter().map(recording).collect(),
            transcript: self.transcripts.back().cloned().filter(|_| self.began > 0)?,
        })
    }

    /// The next part of somebody's draft; the whole of it when it is complete.
    fn part(&mut self, from: &str, part: u16, of: u16, bytes: &[u8]) -> Option<Vec<u8>> {
        if part == 0 {
            self.drafts.remove(from);
        }
        let (part, of) = (usize::from(part), usize::from(of));
        let known = self.drafts.get(from).map_or(0, Vec::len);
        let fits =
            of <= PARTS && part < of && known == part * PART && bytes.len() <= PART && (part + 1 == of || bytes.len() == PART);
        if !fits || (part == 0 && self.drafts.len() == DRAFTS) {
            self.drafts.remove(from);
            return None;
        }
        self.drafts.entry(from.to_owned()).or_default().extend_from_slice(bytes);
        if part + 1 == of { self.drafts.remove(from) } else { None }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.collecting.as_ref().map(|c| c.until)
    }
}

impl Session {
    fn own_receipt(&self, now: Instant) -> Option<Receipt> {
        let group = self.group.as_ref()?;
        let name = |member: &str| match group.names.get(member) {
            _ if member == group.me => self.name.clone(),
            Some(name) => name.clone(),
            None => String::new(),
        };
        group.ledger.receipt(group.now(now).unix, name)
    }

    /// The user wants a receipt: a draft goes to everybody, and their signatures come back.
    pub(super) fn ask_receipt(&mut self, now: Instant) {
        if let Err(why) = self.draft(now) {
            self.event(BackendEvent::Receipt(Err(why)));
        }
    }

    fn draft(&mut self, now: Instant) -> Result<(), String> {
        let none = || "there is no receipt before we are in".to_owned();
        let receipt = self.own_receipt(now).ok_or_else(none)?;
        let group = self.group.as_mut().ok_or_else(none)?;
        if !group.inner.state().is_some_and(|state| state.receipt) {
            return Err("this room keeps no receipts".into());
        }
        if group.ledger.collecting.is_some() {
            return Err("a receipt is being signed already; wait a moment".into());
        }
        let device = group.keys.device.clone();
        let bytes = serde_json::to_vec(&receipt).map_err(|e| e.to_string())?;
        if bytes.len() > PARTS * PART {
            return Err("so many people came and went that the receipt is too long to be signed".into());
        }
        let id = URL_SAFE_NO_PAD.encode(receipt.id().map_err(|e| e.to_string())?.0);
        let own = receipt.sign(&device, group.ledger.checked.clone()).map_err(|e| e.to_string())?;
        let mut signed = Signed::new(receipt).map_err(|e| e.to_string())?;
        if !signed.add(own) {
            return Err("our own signature is not good; report this fault".into());
        }
        let waiting: BTreeSet<_> = group.roster.keys().filter(|member| **member != group.me).cloned().collect();
        group.ledger.collecting = Some(Collecting { signed, id, waiting, refused: Vec::new(), until: now + PATIENCE });
        let parts = bytes.chunks(PART);
        let of = parts.len() as u16;
        for (part, bytes) in (0..).zip(parts) {
            let message = MemberMessage::ReceiptDraft { part, of, text: URL_SAFE_NO_PAD.encode(bytes) };
            self.relay(now, None, &message);
        }
        self.collected(now);
        Ok(())
    }

    /// A part of somebody's draft: when it is whole, it is compared with what we saw, and signed or refused.
    pub(super) fn heard_draft(&mut self, now: Instant, from: &str, part: u16, of: u16, text: &str) {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return };
        let Some(group) = &mut self.group else { return };
        let Some(whole) = group.ledger.part(from, part, of, &bytes) else { return };
        if !group.inner.state().is_some_and(|state| state.receipt) {
            return;
        }
        let Ok(draft) = serde_json::from_slice::<Receipt>(&whole) else { return };
        let Ok(id) = draft.id() else { return };
        let id = URL_SAFE_NO_PAD.encode(id.0);
        let (answer, refused) = match self.sign(now, &draft) {
            Ok(Signature { checked, signature, .. }) => {
                let signature = URL_SAFE_NO_PAD.encode(signature.0);
                (MemberMessage::ReceiptSignature { id, checked, signature }, None)
            }
            Err(why) => (MemberMessage::ReceiptRefused { id, why: why.clone() }, Some(why)),
        };
        self.relay(now, Some(vec![from.to_owned()]), &answer);
        self.event(BackendEvent::ReceiptAsked { by: PeerId(from.to_owned()), refused });
    }

    fn sign(&self, now: Instant, draft: &Receipt) -> Result<Signature, String> {
        let none = || "we are not in".to_owned();
        let mut mine = self.own_receipt(now).ok_or_else(none)?;
        let group = self.group.as_ref().ok_or_else(none)?;
        if group.ledger.transcripts.contains(&draft.transcript) {
            mine.transcript = draft.transcript.clone();
        }
        match draft.disagreement(&mine, SLACK) {
            Some(why) => Err(why),
            None => draft.sign(&group.keys.device, group.ledger.checked.clone()).map_err(|e| e.to_string()),
        }
    }

    /// An answer to our draft.
    pub(super) fn heard_answer(&mut self, now: Instant, from: &str, id: &str, answer: Result<(Vec<(u64, u64)>, String), String>) {
        let Some(group) = &mut self.group else { return };
        let Some(device) = group.roster.get(from).map(|entry| entry.device) else { return };
        let Some(c) = group.ledger.collecting.as_mut().filter(|c| c.id == id) else { return };
        if !c.waiting.remove(from) {
            return;
        }
        let added = answer.and_then(|(checked, signature)| {
            let signature = Blob(URL_SAFE_NO_PAD.decode(signature).unwrap_or_default());
            let good = c.signed.add(Signature { device, checked, signature });
            if good { Ok(()) } else { Err("the signature is not good".to_owned()) }
        });
        if let Err(why) = added {
            c.refused.push((PeerId(from.to_owned()), cut(&why)));
        }
        self.collected(now);
    }

    /// Gives the receipt out when everybody has answered, or the time is up.
    pub(super) fn collected(&mut self, now: Instant) {
        let Some(group) = &mut self.group else { return };
        let over = group.ledger.collecting.as_ref().is_some_and(|c| c.waiting.is_empty() || now >= c.until);
        let Some(c) = group.ledger.collecting.take_if(|_| over) else { return };
        let silent = c.waiting.into_iter().map(PeerId).collect();
        let receipt = file(&c.signed, silent, c.refused);
        self.event(BackendEvent::Receipt(receipt));
    }

    /// At the end: what we alone can say, for who wanted a receipt and could not ask any more.
    pub(super) fn last_receipt(&mut self) {
        let Some(receipt) = self.own_receipt(self.now) else { return };
        let Some(group) = self.group.as_ref().filter(|group| group.receipts) else { return };
        let own = receipt.sign(&group.keys.device, group.ledger.checked.clone());
        if let (Ok(own), Ok(mut signed)) = (own, Signed::new(receipt))
            && signed.add(own)
            && let Ok(file) = file(&signed, Vec::new(), Vec::new())
        {
            self.event(BackendEvent::LastReceipt(file));
        }
    }
}

fn file(signed: &Signed, silent: Vec<PeerId>, refused: Vec<(PeerId, String)>) -> Result<ReceiptFile, String> {
    let bytes = signed.to_file().map_err(|e| e.to_string())?;
    Ok(ReceiptFile { bytes, signatures: signed.signatures.len(), silent, refused })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_in_parts_that_follow_each_other_and_nothing_else_is_kept() {
        let mut ledger = Ledger::default();
        let (full, rest) = (vec![b'a'; PART], b"end".to_vec());
        assert_eq!(ledger.part("m-a", 0, 2, &full), None);
        assert_eq!(ledger.part("m-b", 1, 2, &rest), None, "nobody's second part");
        assert_eq!(ledger.part("m-a", 1, 2, &rest), Some([full.clone(), rest.clone()].concat()));
        assert_eq!(ledger.part("m-a", 1, 2, &rest), None, "it is over");
        assert_eq!(ledger.part("m-a", 0, 1, &rest), Some(rest.clone()));
        for (part, of, bytes) in [(0, 0, &rest), (0, 17, &full), (0, 2, &rest), (0, 1, &vec![0; PART + 1]), (3, 2, &rest)] {
            assert_eq!(ledger.part("m-a", part, of, bytes), None, "{part} of {of}");
        }
        assert!(ledger.drafts.is_empty());
        for n in 0..2 * DRAFTS {
            ledger.part(&format!("m-{n}"), 0, 2, &full);
        }
        assert_eq!(ledger.drafts.len(), DRAFTS);
    }
}
