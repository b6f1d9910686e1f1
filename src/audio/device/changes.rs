//! What happened to the devices, as one sentence each: what happens to both ends at once is told once.

use crate::audio::AudioEvent;
use crate::call::DeviceKind;
use std::time::{Duration, Instant};

/// A change of one end waits so long for the same change of the other.
const TOGETHER: Duration = Duration::from_millis(300);

/// What happened to one end of the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which end.
    pub kind: DeviceKind,
    /// The device it is about: the open one, or the one that is gone.
    pub name: String,
    /// What.
    pub what: What,
}

/// See [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is gone, and nothing was found instead yet.
    Gone,
    /// It was gone for a moment.
    Interrupted,
    /// It is used instead of one that is gone.
    Instead(String),
    /// The sound system put the stream here, from another one.
    Moved(String),
    /// The one that was wanted is used again.
    Back,
    /// Where nothing was, there is one.
    Found,
    /// The user chose it.
    Chosen,
    /// The user chose it, and it does not open: why.
    Refused(String),
}

fn word(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Input => "microphone",
        DeviceKind::Output => "loudspeaker",
    }
}

impl Change {
    fn state(&self) -> &'static str {
        match self.what {
            What::Gone => "lost",
            What::Refused(_) => "refused",
            _ => "open",
        }
    }

    fn words(&self) -> Option<String> {
        let (word, name) = (word(self.kind), &self.name);
        Some(match &self.what {
            What::Gone => format!("The {word} {name} is gone; the call goes on, and sound comes back when a device does."),
            What::Interrupted => format!("The {word} {name} was interrupted and works again."),
            What::Instead(old) => format!("The {word} {old} is gone; {name} is used instead."),
            What::Moved(old) => format!("The sound system now uses the {word} {name} instead of {old}."),
            What::Back => format!("The {word} {name} is back and used again."),
            What::Found => format!("The {word} {name} was found and is used."),
            What::Refused(why) => format!("The {word} \"{name}\" does not open: {why}."),
            What::Chosen => return None,
        })
    }

    fn event(self, text: Option<String>) -> AudioEvent {
        AudioEvent::Device { kind: self.kind, state: self.state(), name: self.name, text }
    }

    /// One sentence for what happened to both ends.
    fn both(&self, other: &Self) -> Option<String> {
        let names = format!("The {} {} and the {} {}", word(self.kind), self.name, word(other.kind), other.name);
        match (&self.what, &other.what) {
            (What::Gone, What::Gone) => {
                Some(format!("{names} are gone; the call goes on, and sound comes back when the sound system does."))
            }
            (What::Interrupted, What::Interrupted) => Some(format!("{names} were interrupted and work again.")),
            (What::Back, What::Back) => Some(format!("{names} are back and used again.")),
            (What::Found, What::Found) => Some(format!("{names} were found and are used.")),
            (What::Instead(a), What::Instead(b)) => Some(format!("{a} and {b} are gone. {names} are used instead.")),
            (What::Moved(_), What::Moved(_)) => Some(format!("{names} are used now, as the sound system says.")),
            _ => None,
        }
    }
}

/// Turns changes into events whose text is told to the user.
#[derive(Debug, Default)]
pub struct Changes {
    waiting: Option<(Instant, Change)>,
}

impl Changes {
    /// Something happened.
    pub fn push(&mut self, now: Instant, change: Change, tell: &mut dyn FnMut(AudioEvent)) {
        if let Some((_, earlier)) = self.waiting.take() {
            if earlier.kind != change.kind
                && let Some(text) = earlier.both(&change)
            {
                tell(earlier.event(Some(text)));
                // Told with the other end's.
                return tell(change.event(Some(String::new())));
            }
            Self::alone(earlier, tell);
        }
        match change.what {
            What::Chosen | What::Refused(_) => Self::alone(change, tell),
            _ => self.waiting = Some((now, change)),
        }
    }

    /// Time has passed.
    pub fn poll(&mut self, now: Instant, tell: &mut dyn FnMut(AudioEvent)) {
        if self.waiting.as_ref().is_some_and(|(since, _)| now.saturating_duration_since(*since) >= TOGETHER)
            && let Some((_, change)) = self.waiting.take()
        {
            Self::alone(change, tell);
        }
    }

    fn alone(change: Change, tell: &mut dyn FnMut(AudioEvent)) {
        let text = change.words();
        tell(change.event(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: DeviceKind, name: &str, what: What) -> Change {
        Change { kind, name: name.into(), what }
    }

    #[test]
    fn what_happens_to_both_ends_is_one_sentence_and_what_happens_to_one_waits_for_no_more() {
        let (now, mut changes, mut told) = (Instant::now(), Changes::default(), Vec::new());
        let mut tell = |e| told.push(e);
        changes.push(now, change(DeviceKind::Input, "mic", What::Gone), &mut tell);
        changes.push(now + TOGETHER / 2, change(DeviceKind::Output, "spk", What::Gone), &mut tell);
        changes.push(now + TOGETHER, change(DeviceKind::Output, "hdmi", What::Instead("spk".into())), &mut tell);
        changes.poll(now + 2 * TOGETHER, &mut tell);
        changes.poll(now + 9 * TOGETHER, &mut tell);
        changes.push(now, change(DeviceKind::Output, "usb", What::Chosen), &mut tell);
        let texts: Vec<(&str, &str, Option<&str>)> = told
            .iter()
            .filter_map(|e| match e {
                AudioEvent::Device { name, state, text, .. } => Some((name.as_str(), *state, text.as_deref())),
                _ => None,
            })
            .collect();
        assert_eq!(texts[0].1, "lost");
        assert!(texts[0].2.unwrap().starts_with("The microphone mic and the loudspeaker spk are gone; the call goes on"));
        assert_eq!(texts[1..2], [("spk", "lost", Some(""))]);
        assert_eq!(texts[2], ("hdmi", "open", Some("The loudspeaker spk is gone; hdmi is used instead.")));
        assert_eq!(texts[3..], [("usb", "open", None)]);
    }
}
