//! How the sound is, in words: the figures, the one word for them, who hears us, and what is played again.

use crate::call::quality::{Quality, Word};
use crate::call::{Event, HeardBy, State, Stats};
use crate::text::clean;

/// What changes, as one sentence; `before` is the state before the event. A word or a trouble is told when it comes and when it
/// is over, not each second.
pub(super) fn changed(event: &Event, before: &State) -> Option<String> {
    match event {
        Event::Quality(now) => {
            let was = before.quality.as_ref().map_or(Word::Good, |q| q.word);
            (was != now.word).then(|| match now.word {
                Word::Good => "The sound is good again.".to_owned(),
                _ => format!("The sound is {}.", clean(&now.text)),
            })
        }
        Event::HeardBy(now) => heard(now, &before.heard_by),
        Event::Again { on: true, ms } => {
            let seconds = f64::from(*ms) / 1000.0;
            Some(format!("You hear the last {seconds:.0} s again, and the call softly; /again stops it."))
        }
        Event::Again { .. } if before.again => Some("You hear the call as it is again.".into()),
        Event::Again { .. } => Some("Nothing was heard yet that could be played again.".into()),
        _ => None,
    }
}

fn heard(now: &HeardBy, before: &HeardBy) -> Option<String> {
    if now.trouble.iter().any(|t| !before.trouble.contains(t)) {
        return Some(format!("You are {}.", clean(&now.text)));
    }
    let over = now.trouble.is_empty() && !before.trouble.is_empty() && now.of > 0;
    over.then(|| format!("You are {} again.", clean(&now.text)))
}

/// The word for the sound, in capitals as a mark: `POOR`.
pub fn quality(state: &State) -> &'static str {
    match state.quality.as_ref().map(|q| q.word) {
        None => "",
        Some(Word::Good) => "GOOD",
        Some(Word::Fair) => "FAIR",
        Some(Word::Poor) => "POOR",
    }
}

/// By whom we are heard, while the microphone is open and somebody reports.
pub fn heard_by(state: &State) -> Option<String> {
    (!state.muted && state.heard_by.of > 0).then(|| clean(&state.heard_by.text))
}

/// The network in figures, if any are known: `rtt 48 ms, loss 0.4 %, buffer 60 ms`.
pub fn figures(stats: &Stats) -> Option<String> {
    let rtt = stats.rtt_ms?;
    let refused = refused(stats).map_or(String::new(), |r| format!(", {r}"));
    Some(format!("rtt {rtt:.0} ms, loss {:.1} %, buffer {} ms{refused}", loss_percent(stats), stats.buffer_ms))
}

/// Frames that could not be opened and were not played, if there are any: `12 frames refused`.
pub fn refused(stats: &Stats) -> Option<String> {
    let plural = if stats.frames_refused == 1 { "" } else { "s" };
    (stats.frames_refused > 0).then(|| format!("{} frame{plural} refused", stats.frames_refused))
}

/// Packets that never came, in percent of those expected: of the last seconds if they are known, else of the whole call.
pub fn loss_percent(stats: &Stats) -> f32 {
    let expected = stats.packets_lost + stats.packets_received;
    match stats.downlink_loss {
        Some(share) => 100.0 * share,
        None if expected == 0 => 0.0,
        None => 100.0 * stats.packets_lost as f32 / expected as f32,
    }
}

/// All figures, one line each, for people: the word and its reason first.
pub fn statistics(state: &State) -> Vec<String> {
    let stats = &state.stats;
    let percent = |share: Option<f32>| share.map_or("not known".to_owned(), |s| format!("{:.1} %", 100.0 * s));
    let ms = |ms: Option<f32>| ms.map_or("not known".to_owned(), |ms| format!("{ms:.0} ms"));
    let rate = |rate: Option<f32>| rate.map_or("not known".to_owned(), |r| format!("{r:.0} kbit/s"));
    let quality = stats.quality.as_ref().or(state.quality.as_ref());
    let sound = quality.map_or("not known yet".to_owned(), |Quality { text, .. }| clean(text));
    let heard = match (heard_by(state), state.muted) {
        (Some(text), _) => text,
        (None, true) => "nobody: your microphone is closed".into(),
        (None, false) => "not known: nothing was said just now, or nobody reports".into(),
    };
    let mut lines = vec![
        format!("Sound: {sound}"),
        format!("You are heard by: {}", heard.strip_prefix("heard by ").unwrap_or(&heard)),
        format!("Round trip to the server: {}", ms(stats.rtt_ms)),
        format!("Lost on the way to you: {}, from you: {}", percent(stats.downlink_loss), percent(stats.uplink_loss)),
        format!("Jitter: {}; the jitter buffer holds {} ms", ms(stats.jitter_ms), stats.buffer_ms),
        format!("Made up: {} now, {} of the whole call", percent(stats.concealed), percent(stats.concealed_total)),
        format!("Bitrate: {} up, {} down", rate(stats.kbps_up), rate(stats.kbps_down)),
    ];
    lines.extend(stats.speakers.iter().map(|s| {
        format!(
            "{}: {:.1} % lost, {:.1} % missing, jitter {:.0} ms, buffer {} ms",
            clean(state.name_of(&s.id)),
            100.0 * s.loss,
            100.0 * s.concealed,
            s.jitter_ms,
            s.buffer_ms
        )
    }));
    lines.extend(refused(stats).map(|r| format!("Security: {r}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::heard::Trouble;
    use crate::call::{PeerId, SpeakerStats};

    fn quality_event(word: Word, text: &str) -> Event {
        Event::Quality(Quality { word, cause: "missing".into(), peer: None, text: text.into() })
    }

    fn heard_event(by: usize, of: usize, trouble: &[&str], text: &str) -> Event {
        let trouble = trouble.iter().map(|id| (PeerId((*id).into()), Trouble::BreakingUp)).collect();
        Event::HeardBy(HeardBy { by, of, trouble, text: text.into() })
    }

    #[test]
    fn a_word_and_a_trouble_are_told_when_they_come_and_when_they_are_over() {
        let mut state = State::new("Me");
        let mut tell = |e: Event| {
            let told = changed(&e, &state);
            state.apply(&e);
            told
        };
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(tell(quality_event(Word::Good, "good")), None, "that it is good is no news");
        assert_eq!(
            tell(quality_event(Word::Poor, "poor: 12 % of the sound is missing")),
            some("The sound is poor: 12 % of the sound is missing.")
        );
        assert_eq!(tell(quality_event(Word::Poor, "poor: 13 % of the sound is missing")), None);
        assert_eq!(tell(quality_event(Word::Good, "good")), some("The sound is good again."));

        assert_eq!(tell(heard_event(2, 2, &[], "heard by 2")), None);
        assert_eq!(
            tell(heard_event(1, 2, &["a"], "heard by 1 of 2; Ana: breaking up")),
            some("You are heard by 1 of 2; Ana: breaking up.")
        );
        assert_eq!(tell(heard_event(2, 3, &["a"], "heard by 2 of 3; Ana: breaking up")), None, "somebody joined");
        assert_eq!(tell(heard_event(3, 3, &[], "heard by 3")), some("You are heard by 3 again."));
        assert_eq!(tell(heard_event(0, 0, &[], "")), None);

        let again = |ms| Event::Again { on: ms > 0, ms };
        assert_eq!(tell(again(0)), some("Nothing was heard yet that could be played again."));
        assert_eq!(tell(again(12_400)), some("You hear the last 12 s again, and the call softly; /again stops it."));
        assert_eq!(tell(again(0)), some("You hear the call as it is again."));
    }

    #[test]
    fn the_figures_stand_in_lines_with_the_word_first() {
        let mut state = State::new("Me");
        assert_eq!(statistics(&state)[0], "Sound: not known yet");
        state.muted = false;
        state.apply(&heard_event(5, 6, &["a"], "heard by 5 of 6; Josefa: breaking up"));
        let speaker = SpeakerStats { id: PeerId("a".into()), loss: 0.1, concealed: 0.02, jitter_ms: 12.0, buffer_ms: 60 };
        state.apply(&Event::Stats(Stats {
            rtt_ms: Some(48.2),
            downlink_loss: Some(0.101),
            uplink_loss: Some(0.0),
            kbps_up: Some(31.6),
            speakers: vec![speaker],
            ..Stats::default()
        }));
        let lines = statistics(&state);
        assert_eq!(lines[1], "You are heard by: 5 of 6; Josefa: breaking up");
        assert_eq!(lines[2], "Round trip to the server: 48 ms");
        assert_eq!(lines[3], "Lost on the way to you: 10.1 %, from you: 0.0 %");
        assert_eq!(lines[6], "Bitrate: 32 kbit/s up, not known down");
        assert_eq!(lines[7], "a: 10.0 % lost, 2.0 % missing, jitter 12 ms, buffer 60 ms");
        state.muted = true;
        assert_eq!(statistics(&state)[1], "You are heard by: nobody: your microphone is closed");
    }

    #[test]
    fn what_was_not_opened_is_counted_where_the_figures_are() {
        let mut stats = Stats { rtt_ms: Some(20.0), ..Stats::default() };
        assert_eq!(figures(&stats).unwrap(), "rtt 20 ms, loss 0.0 %, buffer 0 ms");
        stats.frames_refused = 12;
        assert_eq!(figures(&stats).unwrap(), "rtt 20 ms, loss 0.0 %, buffer 0 ms, 12 frames refused");
    }
}
