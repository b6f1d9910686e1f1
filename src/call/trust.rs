//! How people in a call are known, and what a group says of itself: the words of end-to-end encryption in the call's
//! vocabulary.

use super::PeerId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody may do, by the group's own signed state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks, writes, leaves.
    #[default]
    Member,
    /// Admits, kicks, locks, freezes, grants.
    Moderator,
    /// Founded the room; cannot be kicked.
    Creator,
}

/// How somebody is known, best first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Standing {
    /// An administrator's key that the room trusts vouches for them.
    Vouched {
        /// Their name in the administrator's terms.
        subject: String,
    },
    /// Their account on the server vouches: as good as the server.
    Account {
        /// The account's name.
        subject: String,
    },
    /// Seen before by this client under this name, with the same device.
    Pinned {
        /// The name then.
        name: String,
    },
    /// Somebody of this name was seen before with another device.
    Changed {
        /// The name.
        name: String,
        /// The old device's fingerprint for people.
        before: String,
    },
    /// Nobody vouches.
    Guest,
    /// This room is not end-to-end encrypted: names are all there is.
    #[default]
    Unknown,
}

impl Standing {
    /// As every front end shows it; empty where there is nothing to say.
    pub fn words(&self) -> String {
        match self {
            Self::Vouched { subject } => format!("vouched as {}", crate::text::clean(subject)),
            Self::Account { subject } => format!("account {}", crate::text::clean(subject)),
            Self::Pinned { name } => format!("known as {}", crate::text::clean(name)),
            Self::Changed { .. } => "KEY CHANGED".into(),
            Self::Guest => "unverified".into(),
            Self::Unknown => String::new(),
        }
    }
}

impl Role {
    /// As every front end shows it; empty for a plain member.
    pub fn words(self) -> &'static str {
        match self {
            Self::Member => "",
            Self::Moderator => "moderator",
            Self::Creator => "creator, moderator",
        }
    }
}

/// What whoever opened an encrypted room decided for it. It never changes within a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// Nobody may record.
    pub no_recording: bool,
    /// Members' clients sign a receipt of the meeting when one of them asks for it.
    pub receipt: bool,
}

/// One change of the group, for the record that every front end prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EpochNote {
    /// Generation of the group.
    pub generation: u64,
    /// The new epoch.
    pub epoch: u64,
    /// Who made the change.
    pub by: PeerId,
    /// Who came.
    pub added: Vec<PeerId>,
    /// Who of them had been in before.
    pub returned: Vec<PeerId>,
    /// Who went, with how: `left`, `vanished`, `removed`, `kicked`, `replaced`.
    pub removed: Vec<(PeerId, String)>,
}

/// The code that people compare, the same for everybody in that epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyCode {
    /// Generation of the group.
    pub generation: u64,
    /// Epoch.
    pub epoch: u64,
    /// Eight words.
    pub words: Vec<String>,
    /// Or twenty digits.
    pub digits: String,
    /// Who opened the panel.
    pub by: PeerId,
    /// Who was in that epoch.
    pub people: Vec<PeerId>,
    /// Who came since: the code says nothing of them.
    pub later: Vec<PeerId>,
    /// How long it stays readable, in seconds.
    pub seconds: u64,
}

impl SafetyCode {
    /// Whether what a person or a script gives is this code: the eight words in any case and with any separators, or the
    /// twenty digits.
    pub fn matches(&self, given: &str) -> bool {
        let given = essence(given);
        !given.is_empty() && (given == essence(&self.words.concat()) || given == essence(&self.digits))
    }

    /// Whether the two are one code, whoever came later.
    pub fn same(&self, other: &Self) -> bool {
        (self.generation, self.epoch, &self.words, &self.digits) == (other.generation, other.epoch, &other.words, &other.digits)
    }
}

/// Letters and digits alone, in lower case.
fn essence(s: &str) -> String {
    s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_compared_in_any_case_and_with_any_separators_and_never_in_part() {
        let words = ["adult", "amulet", "bison", "alphabet", "kiwi", "zulu", "tempest", "antenna"];
        let code = SafetyCode {
            generation: 0,
            epoch: 4,
            words: words.map(str::to_owned).to_vec(),
            digits: "01234 56789 01234 56789".into(),
            by: PeerId("a".into()),
            people: vec![],
            later: vec![],
            seconds: 600,
        };
        let said = words.join(" ");
        for right in [said.clone(), said.to_uppercase(), words.join(", "), words.join("-"), "01234567890123456789".into()] {
            assert!(code.matches(&right), "{right}");
        }
        let mut swapped = words;
        swapped.swap(0, 1);
        for wrong in ["", " - ", &words[..7].join(" "), &swapped.join(" "), "0123456789012345678", &format!("{said} x")] {
            assert!(!code.matches(wrong), "{wrong}");
        }
    }
}
