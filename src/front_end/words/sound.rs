//! How the sound is, in words: the figures, the one word for them, who hears us, and what is played again.

use super::list;
use crate::call::heard::{NAMES, Trouble};
use crate::call::processing::{Noise, Processing};
use crate::call::quality::{Quality, Word};
use crate::call::{Event, HeardBy, PeerId, State, Stats};
use crate::i18n::{decimal, said, tr, word};
use crate::text::clean;

/// What changes, as one sentence; `before` is the state before the event. A word or a trouble is told when it comes and when it
/// is over, not each second.
pub(super) fn changed(event: &Event, before: &State) -> Option<String> {
    match event {
        Event::Quality(now) => {
            let was = before.quality.as_ref().map_or(Word::Good, |q| q.word);
            (was != now.word).then(|| match now.word {
                Word::Good => tr!("sound-good-again"),
                _ => tr!("sound-is", text = words(now)),
            })
        }
        Event::HeardBy(now) => heard(now, before),
        Event::Again { on: true, ms } => Some(tr!("again-on", seconds = decimal(f64::from(*ms) / 1000.0, 0))),
        Event::Again { .. } if before.again => Some(tr!("again-off")),
        Event::Again { .. } => Some(tr!("again-nothing")),
        _ => None,
    }
}

fn heard(now: &HeardBy, before: &State) -> Option<String> {
    let was = &before.heard_by;
    if now.trouble.iter().any(|t| !was.trouble.contains(t)) {
        return Some(tr!("you-are-heard", text = listeners(now, before)));
    }
    let over = now.trouble.is_empty() && !was.trouble.is_empty() && now.of > 0;
    over.then(|| tr!("you-are-heard-again", text = listeners(now, before)))
}

/// The word for the sound and its reason: `poor: 12 % of the sound is missing`.
pub(super) fn words(quality: &Quality) -> String {
    let text = clean(&quality.text);
    let word = match quality.word {
        Word::Good => tr!("sound-word-good"),
        Word::Fair => tr!("sound-word-fair"),
        Word::Poor => tr!("sound-word-poor"),
    };
    match text.strip_prefix(quality.word.text()) {
        Some("") => word,
        Some(why) if why.starts_with(": ") => format!("{word}: {}", said(why.trim_start_matches(": "))),
        _ => text,
    }
}

/// The word for the sound, in capitals as a mark: `POOR`.
pub fn quality(state: &State) -> String {
    match state.quality.as_ref().map(|q| q.word) {
        None => String::new(),
        Some(Word::Good) => tr!("sound-mark-good"),
        Some(Word::Fair) => tr!("sound-mark-fair"),
        Some(Word::Poor) => tr!("sound-mark-poor"),
    }
}

/// How loud somebody is: `good`.
pub fn loudness(english: &str) -> String {
    word("loudness", english).unwrap_or_else(|| english.to_owned())
}

/// What is done to our voice.
pub(super) fn processing(p: &Processing) -> String {
    let switch = |on: bool| if on { tr!("switch-on") } else { tr!("switch-off") };
    let noise = match p.noise {
        Noise::On => tr!("switch-on"),
        Noise::Strong => tr!("switch-strong"),
        Noise::Off => tr!("switch-off"),
    };
    tr!("processing-words", echo = switch(p.echo), noise = noise, gain = switch(p.gain))
}

/// By whom we are heard, while the microphone is open and somebody reports.
pub fn heard_by(state: &State) -> Option<String> {
    (!state.muted && state.heard_by.of > 0).then(|| listeners(&state.heard_by, state))
}

/// `heard by 5 of 6; Josefa: breaking up`.
fn listeners(heard: &HeardBy, state: &State) -> String {
    let many = match heard.trouble.is_empty() {
        true => tr!("heard-by-all", of = heard.of),
        false => tr!("heard-by", by = heard.by, of = heard.of),
    };
    many + &troubles(heard, state)
}

fn troubles(heard: &HeardBy, state: &State) -> String {
    let trouble = |(id, trouble): &(PeerId, Trouble)| {
        let what = match trouble {
            Trouble::NotHeard => tr!("trouble-not-heard"),
            Trouble::NoWord => tr!("trouble-no-word"),
            Trouble::NoLoudspeaker => tr!("trouble-no-loudspeaker"),
            Trouble::BreakingUp => tr!("trouble-breaking-up"),
        };
        tr!("heard-trouble", name = clean(state.name_of(id)), what = what)
    };
    let more = heard.trouble.len().checked_sub(NAMES).filter(|n| *n > 0).map(|n| tr!("heard-more", n = n));
    heard.trouble.iter().take(NAMES).map(trouble).chain(more).map(|text| format!("; {text}")).collect()
}

/// The network in figures, if any are known: `rtt 48 ms, loss 0.4 %, buffer 60 ms`.
pub fn figures(stats: &Stats) -> Option<String> {
    let rtt = decimal(stats.rtt_ms?, 0);
    let figures = tr!("figures", rtt = rtt, loss = decimal(loss_percent(stats), 1), buffer = stats.buffer_ms);
    Some(list([figures].into_iter().chain(refused(stats))))
}

/// Frames that could not be opened and were not played, if there are any: `12 frames refused`.
pub fn refused(stats: &Stats) -> Option<String> {
    (stats.frames_refused > 0).then(|| tr!("refused", n = stats.frames_refused))
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
    let figure = |figure: Option<f32>, decimals, unit| {
        figure.map_or_else(|| tr!("not-known"), |figure| format!("{} {unit}", decimal(figure, decimals)))
    };
    let percent = |share: Option<f32>| figure(share.map(|s| 100.0 * s), 1, "%");
    let ms = |ms| figure(ms, 0, "ms");
    let rate = |rate| figure(rate, 0, "kbit/s");
    let quality = stats.quality.as_ref().or(state.quality.as_ref());
    let sound = quality.map_or_else(|| tr!("not-known-yet"), words);
    let heard = &state.heard_by;
    let who = match (state.muted, heard.of) {
        (true, _) => tr!("heard-nobody"),
        (false, 0) => tr!("heard-not-known"),
        (false, of) if heard.trouble.is_empty() => of.to_string(),
        (false, of) => tr!("stats-heard-count", by = heard.by, of = of) + &troubles(heard, state),
    };
    let mut lines = vec![
        tr!("stats-sound", sound = sound),
        tr!("stats-heard", who = who),
        tr!("stats-rtt", ms = ms(stats.rtt_ms)),
        tr!("stats-lost", down = percent(stats.downlink_loss), up = percent(stats.uplink_loss)),
        tr!("stats-jitter", ms = ms(stats.jitter_ms), buffer = stats.buffer_ms),
        tr!("stats-concealed", now = percent(stats.concealed), total = percent(stats.concealed_total)),
        tr!("stats-bitrate", up = rate(stats.kbps_up), down = rate(stats.kbps_down)),
    ];
    lines.extend(stats.speakers.iter().map(|s| {
        let (lost, missing) = (decimal(100.0 * s.loss, 1), decimal(100.0 * s.concealed, 1));
        let (jitter, name) = (decimal(s.jitter_ms, 0), clean(state.name_of(&s.id)));
        tr!("stats-speaker", name = name, lost = lost, missing = missing, jitter = jitter, buffer = s.buffer_ms)
    }));
    lines.extend(refused(stats).map(|r| tr!("stats-security", refused = r)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::SpeakerStats;
    use crate::front_end::fake::peer;

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
        state.peers.push(peer("a", "Ana"));
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
        state.peers.push(peer("a", "Josefa"));
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
        assert_eq!(lines[7], "Josefa: 10.0 % lost, 2.0 % missing, jitter 12 ms, buffer 60 ms");
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
