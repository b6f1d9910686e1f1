//! Which short tones tell what happens, for people who do not look at the screen; [`crate::audio`] makes them.

use super::{Event, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A tone, by what it tells. It is heard here and by nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Earcon {
    /// Our microphone was closed.
    Muted,
    /// Our microphone was opened.
    Unmuted,
    /// Somebody came.
    Join,
    /// Somebody left.
    Leave,
    /// Somebody waits to be let in.
    Knock,
    /// Somebody raised a hand.
    Hand,
    /// The connection is lost.
    Lost,
    /// The connection is back.
    Back,
}

impl Earcon {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Muted, Self::Unmuted, Self::Join, Self::Leave, Self::Knock, Self::Hand, Self::Lost, Self::Back];

    /// Its word in `--earcons`, `/earcons` and the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Muted => "muted",
            Self::Unmuted => "unmuted",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Knock => "knock",
            Self::Hand => "hand",
            Self::Lost => "lost",
            Self::Back => "back",
        }
    }

    /// The one that tells an event; `before` is the state before it.
    pub fn of(event: &Event, before: &State) -> Option<Self> {
        let me = |id| before.me.as_ref() == Some(id);
        match event {
            Event::Muted { id, on, .. } if me(id) && before.muted != *on => Some(if *on { Self::Muted } else { Self::Unmuted }),
            Event::PeerJoined { peer, before_us: false } if !me(&peer.id) => Some(Self::Join),
            Event::PeerLeft { .. } => Some(Self::Leave),
            // A later event of the same person brings their name.
            Event::Knock { id, .. } if before.knock(id).is_none() => Some(Self::Knock),
            Event::Hand { id, on: true, .. } if !me(id) => Some(Self::Hand),
            Event::Reconnecting { attempt: 1, .. } => Some(Self::Lost),
            Event::Reconnected => Some(Self::Back),
            _ => None,
        }
    }
}

impl std::str::FromStr for Earcon {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let words = Self::ALL.map(Self::word).join(", ");
        Self::ALL.into_iter().find(|e| e.word() == word).ok_or_else(|| format!("\"{word}\" is not one of {words}"))
    }
}

/// Those that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earcons(BTreeSet<Earcon>);

impl Earcons {
    /// All of them: for who does not see the screen.
    pub fn all() -> Self {
        Earcon::ALL.into_iter().collect()
    }

    /// What calls for doing something and happens while one looks elsewhere: for who has a screen.
    pub fn urgent() -> Self {
        [Earcon::Knock, Earcon::Lost, Earcon::Back].into_iter().collect()
    }

    /// Turns one on or off, or all of them.
    pub fn set(&mut self, which: Option<Earcon>, on: bool) {
        for earcon in Earcon::ALL.into_iter().filter(|e| which.is_none_or(|which| which == *e)) {
            if on {
                self.0.insert(earcon)
            } else {
                self.0.remove(&earcon)
            };
        }
    }

    /// Whether one is on.
    pub fn has(&self, earcon: Earcon) -> bool {
        self.0.contains(&earcon)
    }
}

impl FromIterator<Earcon> for Earcons {
    fn from_iter<I: IntoIterator<Item = Earcon>>(earcons: I) -> Self {
        Self(earcons.into_iter().collect())
    }
}

impl std::str::FromStr for Earcons {
    type Err = String;

    /// `all`, `none`, or a list: `knock,lost,back`.
    fn from_str(words: &str) -> Result<Self, String> {
        match words {
            "all" => Ok(Self::all()),
            "none" => Ok(Self::default()),
            list => list.split(',').map(|word| word.trim().parse()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_end::fake::{id, joined, peer};

    #[test]
    fn what_happens_has_its_tone_once() {
        let mut state = State::new("Me");
        let mut hear = |event: Event| {
            let earcon = Earcon::of(&event, &state);
            state.apply(&event);
            earcon
        };
        let muted = |who: &str, on| Event::Muted { id: id(who), on, by: None };
        assert_eq!(hear(joined("board")), None);
        assert_eq!(hear(muted("me", true)), None, "it was closed already");
        assert_eq!(hear(muted("me", false)), Some(Earcon::Unmuted));
        assert_eq!(hear(muted("me", true)), Some(Earcon::Muted));
        assert_eq!(hear(Event::PeerJoined { peer: peer("a", "Ana"), before_us: true }), None);
        assert_eq!(hear(Event::PeerJoined { peer: peer("b", "Ben"), before_us: false }), Some(Earcon::Join));
        assert_eq!(hear(muted("b", false)), None);
        assert_eq!(hear(Event::Hand { id: id("b"), on: true, since: None }), Some(Earcon::Hand));
        assert_eq!(hear(Event::PeerLeft { id: id("b"), name: "Ben".into() }), Some(Earcon::Leave));
        let knock = || Event::Knock {
            id: id("c"),
            name: None,
            name_marks: vec![],
            standing: crate::call::Standing::Guest,
            key: "k".into(),
        };
        assert_eq!((hear(knock()), hear(knock())), (Some(Earcon::Knock), None));
        assert_eq!(hear(Event::Reconnecting { attempt: 1, next_ms: 1 }), Some(Earcon::Lost));
        assert_eq!(hear(Event::Reconnecting { attempt: 2, next_ms: 1 }), None);
        assert_eq!(hear(Event::Reconnected), Some(Earcon::Back));
    }

    #[test]
    fn a_list_is_read_and_a_mistyped_word_is_named() {
        let some: Earcons = "knock, lost".parse().unwrap();
        assert!(some.has(Earcon::Knock) && some.has(Earcon::Lost) && !some.has(Earcon::Join));
        assert_eq!(("all".parse(), "none".parse()), (Ok(Earcons::all()), Ok(Earcons::default())));
        assert!("knok".parse::<Earcons>().unwrap_err().contains("\"knok\" is not one of muted, unmuted, join"));
    }
}
