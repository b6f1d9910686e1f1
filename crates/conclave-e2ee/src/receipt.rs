//! The receipt of a meeting: who was in, from when to when, how vouched, whether encryption was unbroken, which recordings
//! were announced; signed by the devices of the members who were there at the end.
//!
//! One member's client drafts it, the others' compare it with what they saw themselves ([`Receipt::disagreement`]) and sign.
//! The file is one JSON object with `receipt` and `signatures`. What is signed is a label and the receipt's JSON as this
//! module writes it; a file may be indented otherwise, but a field that this module does not know is refused, so nothing can
//! be shown that was not signed. Texts come from people: whoever shows them cleans them.

use crate::identity::{Device, DeviceKey, Standing};
use crate::room::Role;
use crate::wire::Blob;
use crate::{Error, UnixSeconds};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The most lines of [`Receipt::people`], and of every other list.
pub const MAX_LINES: usize = 2000;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 256;

const VERSION: u32 = 1;
const LABEL: &[u8] = b"conclave receipt v1\0";

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// 1.
    pub version: u32,
    /// The room's name.
    pub room: String,
    /// First and last generation of the group.
    pub generations: (u64, u64),
    /// Begin of the meeting.
    pub began: UnixSeconds,
    /// End of the meeting.
    pub ended: UnixSeconds,
    /// Everything was end-to-end encrypted all the time: there are no gaps.
    pub unbroken: bool,
    /// When it was not, and why.
    pub gaps: Vec<Gap>,
    /// Who was in; a line for each stay.
    pub people: Vec<Person>,
    /// Announced recordings.
    pub recordings: Vec<Recording>,
    /// Generation and epoch of the safety codes that were compared and agreed.
    pub checked: Vec<(u64, u64)>,
    /// [`transcript`] of the last epoch: equal at all who were in the same group to the end.
    pub transcript: Blob,
}

/// Somebody's stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name they used.
    pub name: String,
    /// Their device.
    #[serde(with = "key")]
    pub device: DeviceKey,
    /// How they were known.
    pub standing: Standing,
    /// What they might do, at last.
    pub role: Role,
    /// Since when they were in.
    pub from: UnixSeconds,
    /// Until when; the end of the meeting for those who were there at the end.
    pub to: UnixSeconds,
}

/// A time without full protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Since when.
    pub from: UnixSeconds,
    /// Until when.
    pub to: UnixSeconds,
    /// In words.
    pub why: String,
}

/// An announced recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Whose device recorded.
    #[serde(with = "key")]
    pub by: DeviceKey,
    /// Since when.
    pub from: UnixSeconds,
    /// Until when.
    pub to: UnixSeconds,
}

/// A device's signature of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Whose.
    #[serde(with = "key")]
    pub device: DeviceKey,
    /// Ed25519, 64 bytes.
    pub signature: Blob,
}

/// A receipt with its signatures: the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What happened.
    pub receipt: Receipt,
    /// Who says so.
    pub signatures: Vec<Signature>,
}

/// What [`Signed::verify`] found. Names are those of the receipt, one for each device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Signed.
    pub signed: Vec<Party>,
    /// Were there at the end and did not sign.
    pub unsigned: Vec<Party>,
    /// Had left before, and did not sign: nobody expects them to.
    pub left: Vec<Party>,
    /// Signatures that are not of this receipt: it was changed after they signed, or they are forged.
    pub damaged: Vec<Party>,
    /// Good signatures of devices that the receipt does not name: worth nothing.
    pub strangers: Vec<Party>,
}

/// A device in a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Name in the receipt; empty for a device that is not in it.
    pub name: String,
    /// The device.
    #[serde(with = "key")]
    pub device: DeviceKey,
}

impl Report {
    /// Everybody who was there at the end signed exactly this receipt, and nothing else is in the file.
    pub fn is_complete(&self) -> bool {
        !self.signed.is_empty() && self.unsigned.is_empty() && self.damaged.is_empty() && self.strangers.is_empty()
    }
}

/// What a receipt says of the last epoch's authenticator: a hash, so that a receipt gives away nothing that is secret.
pub fn transcript(authenticator: &[u8]) -> Blob {
    Blob(Sha256::new().chain_update(b"conclave receipt transcript v1\0").chain_update(authenticator).finalize().to_vec())
}

impl Receipt {
    /// Signs it with a device that was there at the end. [`Error::NotNow`]: it was not; [`Error::Unreadable`]: the receipt
    /// contradicts itself.
    pub fn sign(&self, device: &Device) -> Result<Signature, Error> {
        self.check()?;
        let key = device.public();
        if !self.people.iter().any(|person| person.device == key && person.to == self.ended) {
            return Err(Error::NotNow("the receipt does not say that this device was there at the end"));
        }
        Ok(Signature { device: key, signature: Blob(device.sign(&self.signed_bytes()?)) })
    }

    /// Why a client that saw `mine` should not sign this draft, in words; `None`: it says the same. Clocks may differ by
    /// `slack` seconds; names and gaps are each one's own view, but a gap that only I saw is a disagreement.
    pub fn disagreement(&self, mine: &Receipt, slack: u64) -> Option<String> {
        let near = |a: u64, b: u64| a.abs_diff(b) <= slack;
        let same_stay = |a: &Person, b: &Person| {
            a.device == b.device && a.role == b.role && near(a.from, b.from) && near(a.to, b.to) && same_standing(a, b)
        };
        let covers = |all: &[Person], some: &[Person]| some.iter().find(|a| !all.iter().any(|b| same_stay(a, b))).cloned();
        let recorded = |all: &[Recording], some: &[Recording]| {
            some.iter().all(|a| all.iter().any(|b| a.by == b.by && near(a.from, b.from) && near(a.to, b.to)))
        };
        if self.room != mine.room || self.generations != mine.generations || self.transcript != mine.transcript {
            Some("it is of another group".into())
        } else if !near(self.began, mine.began) || !near(self.ended, mine.ended) {
            Some("begin or end differ".into())
        } else if let Some(person) = covers(&self.people, &mine.people).or_else(|| covers(&mine.people, &self.people)) {
            Some(format!("the times, role or standing of {} ({}) differ", person.name, person.device))
        } else if !recorded(&self.recordings, &mine.recordings) || !recorded(&mine.recordings, &self.recordings) {
            Some("the recordings differ".into())
        } else if self.unbroken && !mine.unbroken {
            Some("it says that encryption was unbroken, and here it was not".into())
        } else if self.checked.iter().any(|epoch| !mine.checked.contains(epoch)) {
            Some("it says that a safety code was compared which was not compared here".into())
        } else {
            None
        }
    }

    fn signed_bytes(&self) -> Result<Vec<u8>, Error> {
        let json = serde_json::to_vec(self).map_err(|error| Error::Library(error.to_string()))?;
        Ok([LABEL, &json].concat())
    }

    /// Bounds, and no contradictions in itself.
    fn check(&self) -> Result<(), Error> {
        let unreadable = |text: &str| Err(Error::Unreadable(format!("this receipt {text}")));
        let lines = [self.people.len(), self.gaps.len(), self.recordings.len(), self.checked.len()];
        let names = self.people.iter().flat_map(|person| [&person.name, standing_text(&person.standing)]);
        let mut texts = names.chain(self.gaps.iter().map(|gap| &gap.why)).chain([&self.room]);
        let stays = self.people.iter().map(|person| (person.from, person.to));
        let mut spans =
            stays.chain(self.gaps.iter().map(|gap| (gap.from, gap.to))).chain(self.recordings.iter().map(|r| (r.from, r.to)));
        if self.version != VERSION {
            return Err(Error::Unreadable(format!("this receipt is of version {}; this program knows {VERSION}", self.version)));
        }
        if lines.into_iter().any(|lines| lines > MAX_LINES) || texts.any(|text| text.len() > MAX_TEXT) {
            return unreadable("is longer than a meeting can be");
        }
        if self.began > self.ended || spans.any(|(from, to)| from > to || from < self.began || to > self.ended) {
            return unreadable("has times outside of the meeting");
        }
        if self.generations.0 > self.generations.1 || self.transcript.0.len() != 32 {
            return unreadable("is damaged");
        }
        if self.unbroken != self.gaps.is_empty() {
            return unreadable("contradicts itself about gaps in encryption");
        }
        Ok(())
    }
}

impl Signed {
    /// A receipt without signatures yet.
    pub fn new(receipt: Receipt) -> Result<Self, Error> {
        receipt.check()?;
        Ok(Self { receipt, signatures: Vec::new() })
    }

    /// Adds a signature that came from somebody else. `false`: it is not of this receipt, not of somebody in it, or here
    /// already; then nothing was added.
    #[must_use]
    pub fn add(&mut self, signature: Signature) -> bool {
        let known = self.receipt.people.iter().any(|person| person.device == signature.device);
        let twice = self.signatures.iter().any(|other| other.device == signature.device);
        let bytes = self.receipt.signed_bytes().unwrap_or_default();
        let good = known && !twice && is_signed(&bytes, &signature);
        if good {
            self.signatures.push(signature);
        }
        good
    }

    /// The file.
    pub fn to_file(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec_pretty(self).map_err(|error| Error::Library(error.to_string()))
    }

    /// Reads a file. Says nothing of the signatures: that is [`Signed::verify`].
    pub fn from_file(file: &[u8]) -> Result<Self, Error> {
        if file.len() > MAX_BYTES {
            return Err(Error::Unreadable(format!("this is no receipt: it is larger than {MAX_BYTES} bytes")));
        }
        let signed: Self =
            serde_json::from_slice(file).map_err(|error| Error::Unreadable(format!("this is no receipt: {error}")))?;
        if signed.signatures.len() > MAX_LINES {
            return Err(Error::Unreadable("this receipt has more signatures than a meeting has people".into()));
        }
        signed.receipt.check()?;
        Ok(signed)
    }

    /// Who signed, who did not, and what is damaged.
    pub fn verify(&self) -> Result<Report, Error> {
        self.receipt.check()?;
        let bytes = self.receipt.signed_bytes()?;
        // Device -> its last name, and whether it was there at the end.
        let mut people: BTreeMap<DeviceKey, (&str, bool)> = BTreeMap::new();
        for person in &self.receipt.people {
            let entry = people.entry(person.device).or_insert(("", false));
            *entry = (&person.name, entry.1 || person.to == self.receipt.ended);
        }
        let mut report = Report::default();
        let mut signed = BTreeSet::new();
        for signature in &self.signatures {
            let name = people.get(&signature.device).map(|(name, _)| *name);
            let line = Party { name: name.unwrap_or_default().to_string(), device: signature.device };
            match (is_signed(&bytes, signature), name) {
                (false, _) => report.damaged.push(line),
                (true, None) => report.strangers.push(line),
                (true, Some(_)) if signed.insert(signature.device) => report.signed.push(line),
                (true, Some(_)) => {}
            }
        }
        for (device, (name, at_the_end)) in people.iter().filter(|(device, _)| !signed.contains(*device)) {
            let line = Party { name: name.to_string(), device: *device };
            if *at_the_end { report.unsigned.push(line) } else { report.left.push(line) }
        }
        Ok(report)
    }
}

fn is_signed(bytes: &[u8], signature: &Signature) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&signature.device.0);
    let signature = ed25519_dalek::Signature::from_slice(&signature.signature.0);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(bytes, &signature).is_ok())
}

/// Whether two clients knew somebody alike: pins are each client's own memory, and say as little as "guest" to others.
fn same_standing(a: &Person, b: &Person) -> bool {
    let own = |standing: &Standing| matches!(standing, Standing::Pinned { .. } | Standing::Guest);
    a.standing == b.standing || own(&a.standing) && own(&b.standing)
}

fn standing_text(standing: &Standing) -> &String {
    static NONE: String = String::new();
    match standing {
        Standing::Vouched { subject } | Standing::Account { subject } => subject,
        Standing::Pinned { name } => name,
        Standing::Guest => &NONE,
    }
}

/// Keys as people see them elsewhere: 43 letters.
mod key {
    use crate::DeviceKey;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(key: &DeviceKey, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(key)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<DeviceKey, D::Error> {
        std::borrow::Cow::<str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
