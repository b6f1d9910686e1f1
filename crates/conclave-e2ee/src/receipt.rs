//! The receipt of a meeting: who was in, from when to when, how vouched, whether encryption was unbroken, which recordings
//! were announced; signed by the devices of the members who were there at the end.
//!
//! One member's client drafts it, the others' compare it with what they saw themselves ([`Receipt::disagreement`]) and sign.
//! A signature says: between my coming and the end it was as written. What was before a signer came, it did not see.
//!
//! The file is one JSON object with `receipt`, `digests` and `signatures`. Each part of the receipt has a digest, of the
//! part's JSON as this module writes it, and what is signed is the list of digests: so a change is found, and also where. A
//! file may be indented otherwise, but a field that this module does not know is refused, so nothing can be shown that was
//! not signed. Texts come from people: whoever shows them cleans them.

use crate::identity::{Device, DeviceKey, IssuerKey, Standing, Vouch};
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
/// The longest vouch as text, in bytes.
const MAX_VOUCH: usize = 1024;

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
    /// How they were known by the room's own issuers: the same for all, so never [`Standing::Pinned`].
    pub standing: Standing,
    /// The vouch that says so, if one does.
    pub vouch: Option<String>,
    /// What they might do, at last.
    pub role: Role,
    /// Since when they were in.
    pub from: UnixSeconds,
    /// Until when; the end of the meeting for those who were there at the end.
    pub to: UnixSeconds,
    /// They were there at the end.
    pub stayed: bool,
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
    /// Generation and epoch of the safety codes that this signer compared and found right.
    pub checked: Vec<(u64, u64)>,
    /// Ed25519, 64 bytes, over the digests and `checked`.
    pub signature: Blob,
}

/// A receipt with its signatures: the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What happened.
    pub receipt: Receipt,
    /// SHA-256 of each part, in the order of the receipt.
    pub digests: Vec<Blob>,
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
    /// Which parts are not what was signed.
    pub changed: Vec<String>,
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
        !self.signed.is_empty() && self.unsigned.is_empty() && self.is_genuine()
    }

    /// Nothing was changed, and nothing was added that does not belong here.
    pub fn is_genuine(&self) -> bool {
        self.damaged.is_empty() && self.strangers.is_empty() && self.changed.is_empty()
    }
}

/// What a receipt says of the last epoch, from a secret of it that all its members have: a hash, so that a receipt gives away
/// nothing that is secret.
pub fn transcript(secret: &[u8]) -> Blob {
    Blob(digest(&[b"conclave receipt transcript v1\0", secret]))
}

fn digest(bytes: &[&[u8]]) -> Vec<u8> {
    bytes.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().to_vec()
}

impl Person {
    /// Whose word it is that they are who they are.
    pub fn issuer(&self) -> Option<IssuerKey> {
        Some(Vouch::from_text(self.vouch.as_deref()?).ok()?.issuer)
    }

    /// Whether the vouch says what the standing says.
    fn is_vouched(&self) -> bool {
        let (Standing::Vouched { subject } | Standing::Account { subject }) = &self.standing else {
            return self.standing == Standing::Guest && self.vouch.is_none();
        };
        let vouch = self.vouch.as_deref().filter(|text| text.len() <= MAX_VOUCH).and_then(|text| Vouch::from_text(text).ok());
        vouch.is_some_and(|v| v.device == self.device && v.subject == *subject && v.verify(v.not_after.min(self.from)))
    }
}

impl Receipt {
    /// Signs it with a device that was there at the end and compared these codes. [`Error::NotNow`]: it was not there;
    /// [`Error::Unreadable`]: the receipt contradicts itself.
    pub fn sign(&self, device: &Device, checked: Vec<(u64, u64)>) -> Result<Signature, Error> {
        self.check()?;
        let key = device.public();
        if !self.people.iter().any(|person| person.device == key && person.stayed) {
            return Err(Error::NotNow("the receipt does not say that this device was there at the end"));
        }
        let signature = device.sign(&signed_bytes(&self.digests()?, &checked));
        Ok(Signature { device: key, checked, signature: Blob(signature) })
    }

    /// What names this receipt among others.
    pub fn id(&self) -> Result<Blob, Error> {
        Ok(Blob(digest(&[&signed_bytes(&self.digests()?, &[])])))
    }

    /// Why a client that saw `mine` should not sign this draft, in words; `None`: it says the same of the time that both saw.
    /// Clocks may differ by `slack` seconds; names and gaps are each one's own view, but a gap that only I saw is a
    /// disagreement.
    pub fn disagreement(&self, mine: &Receipt, slack: u64) -> Option<String> {
        let since = self.began.max(mine.began);
        let near = |a: u64, b: u64| a.max(since).abs_diff(b.max(since)) <= slack;
        let seen = |to: u64| to > since.saturating_add(slack);
        let same_stay = |a: &Person, b: &Person| {
            (a.device, a.role, &a.standing) == (b.device, b.role, &b.standing) && near(a.from, b.from) && near(a.to, b.to)
        };
        let covers = |all: &[Person], some: &[Person]| {
            some.iter().filter(|a| seen(a.to)).find(|a| !all.iter().any(|b| same_stay(a, b))).cloned()
        };
        let recorded = |all: &[Recording], some: &[Recording]| {
            let same = |a: &Recording, b: &Recording| a.by == b.by && near(a.from, b.from) && near(a.to, b.to);
            some.iter().filter(|a| seen(a.to)).all(|a| all.iter().any(|b| same(a, b)))
        };
        if self.room != mine.room || self.generations.1 != mine.generations.1 || self.transcript != mine.transcript {
            Some("it is of another group".into())
        } else if !near(self.ended, mine.ended) {
            Some("the end differs: are the clocks right?".into())
        } else if let Some(person) = covers(&self.people, &mine.people).or_else(|| covers(&mine.people, &self.people)) {
            Some(format!("the times, role or standing of {} ({}) differ", person.name, person.device))
        } else if !recorded(&self.recordings, &mine.recordings) || !recorded(&mine.recordings, &self.recordings) {
            Some("the recordings differ".into())
        } else if self.unbroken && mine.gaps.iter().any(|gap| gap.to.saturating_add(slack) >= self.began) {
            Some("it says that encryption was unbroken, and here it was not".into())
        } else {
            None
        }
    }

    /// Its parts: what each is called, and its digest. A new field belongs into this list.
    fn parts(&self) -> Result<Vec<(String, Blob)>, Error> {
        let Receipt { version, room, generations, began, ended, unbroken, gaps, people, recordings, transcript } = self;
        let mut parts = Vec::new();
        fn part(parts: &mut Vec<(String, Blob)>, name: &str, called: String, value: &impl Serialize) -> Result<(), Error> {
            let json = serde_json::to_vec(value).map_err(|error| Error::Library(error.to_string()))?;
            parts.push((called, Blob(digest(&[LABEL, name.as_bytes(), b"\0", &json]))));
            Ok(())
        }
        part(&mut parts, "version", "the version".into(), version)?;
        part(&mut parts, "room", "the room's name".into(), room)?;
        part(&mut parts, "generations", "the generations".into(), generations)?;
        part(&mut parts, "began", "the begin".into(), began)?;
        part(&mut parts, "ended", "the end".into(), ended)?;
        part(&mut parts, "unbroken", "whether encryption was unbroken".into(), unbroken)?;
        part(&mut parts, "transcript", "the transcript".into(), transcript)?;
        let counts = (gaps.len(), people.len(), recordings.len());
        part(&mut parts, "counts", "how many gaps, people and recordings there were".into(), &counts)?;
        for (n, gap) in gaps.iter().enumerate() {
            part(&mut parts, "gap", format!("gap {}", n + 1), gap)?;
        }
        for (n, person) in people.iter().enumerate() {
            part(&mut parts, "person", format!("person {} ({})", n + 1, person.name), person)?;
        }
        for (n, recording) in recordings.iter().enumerate() {
            part(&mut parts, "recording", format!("recording {}", n + 1), recording)?;
        }
        Ok(parts)
    }

    fn digests(&self) -> Result<Vec<Blob>, Error> {
        Ok(self.parts()?.into_iter().map(|(_, digest)| digest).collect())
    }

    /// Bounds, and no contradictions in itself.
    fn check(&self) -> Result<(), Error> {
        let unreadable = |text: &str| Err(Error::Unreadable(format!("this receipt {text}")));
        let lines = [self.people.len(), self.gaps.len(), self.recordings.len()];
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
        if self.people.iter().any(|person| person.stayed && person.to != self.ended) {
            return unreadable("says that somebody stayed who had left");
        }
        if self.unbroken != self.gaps.is_empty() {
            return unreadable("contradicts itself about gaps in encryption");
        }
        if let Some(person) = self.people.iter().find(|person| !person.is_vouched()) {
            return unreadable(&format!("says how {} was known, and has no word of anybody for it", person.name));
        }
        Ok(())
    }
}

impl Signed {
    /// A receipt without signatures yet.
    pub fn new(receipt: Receipt) -> Result<Self, Error> {
        receipt.check()?;
        Ok(Self { digests: receipt.digests()?, receipt, signatures: Vec::new() })
    }

    /// Adds a signature that came from somebody else. `false`: it is not of this receipt, not of somebody in it, or here
    /// already; then nothing was added.
    #[must_use]
    pub fn add(&mut self, signature: Signature) -> bool {
        let known = self.receipt.people.iter().any(|person| person.device == signature.device);
        let twice = self.signatures.iter().any(|other| other.device == signature.device);
        let good = known && !twice && is_signed(&self.digests, &signature);
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
        let parts = self.receipt.parts()?;
        // Device -> its last name, and whether it was there at the end.
        let mut people: BTreeMap<DeviceKey, (&str, bool)> = BTreeMap::new();
        for person in &self.receipt.people {
            let entry = people.entry(person.device).or_insert(("", false));
            *entry = (&person.name, entry.1 || person.stayed);
        }
        let mut report = Report::default();
        let differs =
            |(n, (called, digest)): (usize, &(String, Blob))| (self.digests.get(n) != Some(digest)).then(|| called.clone());
        report.changed = parts.iter().enumerate().filter_map(differs).collect();
        if self.digests.len() > parts.len() {
            report.changed.push("something that is missing at the end".into());
        }
        let mut signed = BTreeSet::new();
        for signature in &self.signatures {
            let name = people.get(&signature.device).map(|(name, _)| *name);
            let line = Party { name: name.unwrap_or_default().to_string(), device: signature.device };
            match (report.changed.is_empty() && is_signed(&self.digests, signature), name) {
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

fn signed_bytes(digests: &[Blob], checked: &[(u64, u64)]) -> Vec<u8> {
    let mut bytes = LABEL.to_vec();
    bytes.extend((digests.len() as u64).to_be_bytes());
    digests.iter().for_each(|digest| bytes.extend(&digest.0));
    for (generation, epoch) in checked {
        bytes.extend([generation.to_be_bytes(), epoch.to_be_bytes()].concat());
    }
    bytes
}

fn is_signed(digests: &[Blob], signed: &Signature) -> bool {
    if digests.iter().any(|digest| digest.0.len() != 32) || signed.checked.len() > MAX_LINES {
        return false;
    }
    let key = ed25519_dalek::VerifyingKey::from_bytes(&signed.device.0);
    let signature = ed25519_dalek::Signature::from_slice(&signed.signature.0);
    let bytes = signed_bytes(digests, &signed.checked);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(&bytes, &signature).is_ok())
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
