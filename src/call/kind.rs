//! What sort of thing an event is, for people who want to hear less: `/speak off join`.

use super::{Event, State};

/// A sort of events that can be left untold. What is of none is always told: errors, warnings, answers, what is done to us,
/// recordings, and whatever touches security.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody comes.
    Join,
    /// Somebody goes.
    Leave,
    /// Messages to everybody; those to us alone are always told.
    Chat,
    /// Hands of others.
    Hand,
    /// Microphones of others.
    Mute,
    /// Reactions.
    Reaction,
    /// How sound and network are.
    Network,
    /// Devices, and what is done to our voice.
    Device,
    /// Who begins and stops speaking.
    Talking,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Join, Self::Leave, Self::Chat, Self::Hand, Self::Mute, Self::Reaction, Self::Network, Self::Device, Self::Talking];

    /// Its word in `/speak` and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Chat => "chat",
            Self::Hand => "hand",
            Self::Mute => "mute",
            Self::Reaction => "reaction",
            Self::Network => "network",
            Self::Device => "device",
            Self::Talking => "talking",
        }
    }

    /// Of what sort an event is; `None`: always told.
    pub fn of(event: &Event, state: &State) -> Option<Self> {
        let me = |id| state.me.as_ref() == Some(id);
        match event {
            Event::PeerJoined { .. } => Some(Self::Join),
            Event::PeerLeft { .. } => Some(Self::Leave),
            Event::Chat(line) if line.to.is_none() => Some(Self::Chat),
            Event::Hand { id, .. } if !me(id) => Some(Self::Hand),
            Event::Muted { id, .. } if !me(id) => Some(Self::Mute),
            Event::Reaction { from, .. } if !me(from) => Some(Self::Reaction),
            Event::Transport { ok: true, .. } | Event::Quality(_) | Event::HeardBy(_) => Some(Self::Network),
            Event::Device { .. } | Event::Processing(_) | Event::Playing { .. } => Some(Self::Device),
            Event::Speaking { .. } => Some(Self::Talking),
            _ => None,
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let words: Vec<&str> = Self::ALL.iter().map(|k| k.word()).collect();
        let found = Self::ALL.into_iter().find(|k| k.word() == word.trim_end_matches('s'));
        found.ok_or_else(|| format!("\"{word}\" is not one of {}", words.join(", ")))
    }
}
