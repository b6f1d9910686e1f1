//! What people may do in a room, and how a room is kept, by the server's word.
//!
//! The server decides (`server::control::roles`) and enforces; a client shows what it was told. In end-to-end encrypted
//! rooms the group's own signed rights decide who is in it, and what stands here only takes away.

use super::control::MemberId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The longest protective marking, in characters.
pub const MAX_MARKING: usize = 64;
/// The longest retention, in days: ten years.
pub const MAX_RETENTION: u32 = 3653;

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// A program: it records, plays and writes, and has no hand to raise.
    Bot,
    /// Came without an account.
    Guest,
    /// Listens and writes.
    Listener,
    /// Takes part.
    Speaker,
    /// Decides who comes in and who speaks.
    Moderator,
    /// The host: a moderator who ends the meeting and makes other owners.
    Owner,
    /// One that this build does not know: it may do nothing that needs a role.
    #[serde(other)]
    Unknown,
}

impl RoomRole {
    /// All that have a name, from most to least.
    pub const ALL: [Self; 6] = [Self::Owner, Self::Moderator, Self::Speaker, Self::Listener, Self::Guest, Self::Bot];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Moderator => "moderator",
            Self::Speaker => "speaker",
            Self::Listener => "listener",
            Self::Guest => "guest",
            Self::Bot => "bot",
            Self::Unknown => "unknown",
        }
    }
}

impl Ord for RoomRole {
    /// By how much it may do; one that is not known is below all.
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |role| Self::ALL.iter().rev().position(|r| *r == role).map_or(0, |p| p + 1);
        rank(*self).cmp(&rank(*other))
    }
}

impl PartialOrd for RoomRole {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RoomRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for RoomRole {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|r| r.word() == s);
        found.ok_or_else(|| "a role is owner, moderator, speaker, listener, guest or bot".to_owned())
    }
}

/// What is done in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Have an open microphone.
    Speak,
    /// Write to others.
    Chat,
    /// Send a screen, a picture or the sound of a program.
    Share,
    /// Keep what is heard.
    Record,
    /// Ask to speak.
    RaiseHand,
    /// Let somebody in who waits.
    Admit,
    /// Do not.
    Deny,
    /// Close somebody's microphone.
    Mute,
    /// Ask somebody to open their microphone; nobody can open it for them.
    AskUnmute,
    /// Close all microphones.
    MuteAll,
    /// Remove somebody.
    Kick,
    /// Remove somebody and let them in no more.
    Ban,
    /// Give somebody another role.
    Promote,
    /// Let nobody new in, or again.
    Lock,
    /// Take hands down.
    HandQueue,
    /// End the meeting for everybody.
    EndForAll,
    /// One that this build does not know.
    #[serde(other)]
    Unknown,
}

impl Verb {
    /// All that have a name.
    pub const ALL: [Self; 16] = [
        Self::Speak,
        Self::Chat,
        Self::Share,
        Self::Record,
        Self::RaiseHand,
        Self::Admit,
        Self::Deny,
        Self::Mute,
        Self::AskUnmute,
        Self::MuteAll,
        Self::Kick,
        Self::Ban,
        Self::Promote,
        Self::Lock,
        Self::HandQueue,
        Self::EndForAll,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Speak => "speak",
            Self::Chat => "chat",
            Self::Share => "share",
            Self::Record => "record",
            Self::RaiseHand => "raise_hand",
            Self::Admit => "admit",
            Self::Deny => "deny",
            Self::Mute => "mute",
            Self::AskUnmute => "ask_unmute",
            Self::MuteAll => "mute_all",
            Self::Kick => "kick",
            Self::Ban => "ban",
            Self::Promote => "promote",
            Self::Lock => "lock",
            Self::HandQueue => "hand_queue",
            Self::EndForAll => "end_for_all",
            Self::Unknown => "unknown",
        }
    }
}

/// What a member asks the server to do. Every act needs the right to a [`Verb`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Act {
    /// Let somebody in who waits.
    Admit {
        /// Whom.
        member: MemberId,
    },
    /// Do not.
    Deny {
        /// Whom.
        member: MemberId,
    },
    /// Close somebody's microphone. They may open it again.
    Mute {
        /// Whose.
        member: MemberId,
    },
    /// Ask somebody to open their microphone.
    AskUnmute {
        /// Whom.
        member: MemberId,
    },
    /// Close all microphones but one's own.
    MuteAll,
    /// Remove somebody. The same client cannot come back; the same person, with another one, can.
    Kick {
        /// Whom.
        member: MemberId,
    },
    /// Remove somebody, and let neither their key nor their account (nor, of a stock client, its identity) in again.
    Ban {
        /// Whom.
        member: MemberId,
    },
    /// Give somebody another role.
    Promote {
        /// Whom.
        member: MemberId,
        /// Which.
        role: RoomRole,
    },
    /// Let nobody new in, or again.
    Lock {
        /// Nobody new.
        on: bool,
    },
    /// Raise or lower one's own hand. The queue's order is that of arrival at the server.
    RaiseHand {
        /// Up.
        up: bool,
    },
    /// Take somebody's hand down, or all hands.
    HandQueue {
        /// Whose; absent = all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberId>,
    },
    /// Begin or end to send a screen, a picture or the sound of a program.
    Share {
        /// Begin.
        on: bool,
    },
    /// Begin or end to keep what is heard.
    Record {
        /// Begin.
        on: bool,
    },
    /// End the meeting for everybody.
    EndForAll,
}

impl Act {
    /// What right it needs.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Admit { .. } => Verb::Admit,
            Self::Deny { .. } => Verb::Deny,
            Self::Mute { .. } => Verb::Mute,
            Self::AskUnmute { .. } => Verb::AskUnmute,
            Self::MuteAll => Verb::MuteAll,
            Self::Kick { .. } => Verb::Kick,
            Self::Ban { .. } => Verb::Ban,
            Self::Promote { .. } => Verb::Promote,
            Self::Lock { .. } => Verb::Lock,
            Self::RaiseHand { .. } => Verb::RaiseHand,
            Self::HandQueue { .. } => Verb::HandQueue,
            Self::Share { .. } => Verb::Share,
            Self::Record { .. } => Verb::Record,
            Self::EndForAll => Verb::EndForAll,
        }
    }

    /// On whom it acts, if on one person.
    #[must_use]
    pub fn target(&self) -> Option<&MemberId> {
        match self {
            Self::Admit { member }
            | Self::Deny { member }
            | Self::Mute { member }
            | Self::AskUnmute { member }
            | Self::Kick { member }
            | Self::Ban { member }
            | Self::Promote { member, .. } => Some(member),
            Self::HandQueue { member } => member.as_ref(),
            Self::MuteAll
            | Self::Lock { .. }
            | Self::RaiseHand { .. }
            | Self::Share { .. }
            | Self::Record { .. }
            | Self::EndForAll => None,
        }
    }
}

/// Whom a room lets do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody whose role has it.
    #[default]
    Everyone,
    /// Speakers, moderators, owners.
    Speakers,
    /// Moderators, owners. A scope that this build does not know is read as this one.
    #[serde(other)]
    Moderators,
}

impl Scope {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Speakers => "speakers",
            Self::Moderators => "moderators",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let found = [Self::Everyone, Self::Speakers, Self::Moderators].into_iter().find(|w| w.word() == s);
        found.ok_or_else(|| "say everyone, speakers or moderators".to_owned())
    }
}

/// How a room is kept. Fields are added with a default, so that stored ones stay readable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Rules {
    /// Who comes waits until a moderator lets them in.
    pub waiting_room: bool,
    /// Nobody is let in before an owner or moderator is there.
    pub host_required: bool,
    /// Who may speak.
    pub speak: Scope,
    /// Who may write to others.
    pub chat: Scope,
    /// Who may share.
    pub share: Scope,
    /// Who may record.
    pub record: Scope,
    /// Nobody new is let in.
    pub locked: bool,
    /// How many people the room takes; absent = as many as the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// The protective marking, shown to everybody all the time: OFFICIAL, RESTRICTED…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
    /// After so many days without a meeting, what the server keeps of the room's meetings is deleted; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<u32>,
}

impl Rules {
    /// What is wrong with them, in words; what is shown to people is made harmless.
    ///
    /// # Errors
    /// One sentence that says what to give instead.
    pub fn check(mut self) -> Result<Self, String> {
        if self.capacity == Some(0) {
            return Err("a room for nobody makes no sense: give a capacity of at least 1".into());
        }
        if self.retention.is_some_and(|days| days == 0 || days > MAX_RETENTION) {
            return Err(format!("what is kept of a room is kept for 1 to {MAX_RETENTION} days"));
        }
        if let Some(marking) = self.marking.take() {
            let clean = crate::text::clean(&marking).trim().to_owned();
            if clean.chars().count() > MAX_MARKING {
                return Err(format!("a marking has {MAX_MARKING} characters at most"));
            }
            self.marking = Some(clean).filter(|m| !m.is_empty());
        }
        Ok(self)
    }
}
