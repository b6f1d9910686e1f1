//! The tones that tell what happens: made here, mixed into what is played on this machine, and into nothing else.
//!
//! They tell themselves apart by how they move, not by what instrument plays them: up is a beginning, down an end; our own
//! microphone is low and short, other people are high, a knock knocks, and the network is long and slow. All are quieter than speech.

use super::mixer::Mixer;
use super::{SAMPLE_RATE, TICK_SAMPLES};
use crate::call::earcon::Earcon;
use std::collections::VecDeque;

/// How loud: -20 dBFS, a little below speech.
const AMPLITUDE: f32 = 0.1;
/// Tones come and go within so many samples (5 ms), so that nothing clicks.
const RAMP: f32 = 240.0;
/// How many may wait; of one kind only one does. Fifty people who come at once are heard as one.
const WAITING: usize = 4;

/// One note: Hertz (0: silence), milliseconds.
type Note = (f32, u32);

fn notes(earcon: Earcon) -> &'static [Note] {
    match earcon {
        Earcon::Muted => &[(440.0, 60), (294.0, 110)],
        Earcon::Unmuted => &[(294.0, 60), (440.0, 110)],
        Earcon::Join => &[(784.0, 60), (988.0, 60), (1175.0, 100)],
        Earcon::Leave => &[(1175.0, 60), (988.0, 60), (784.0, 100)],
        Earcon::Knock => &[(587.0, 45), (0.0, 70), (587.0, 45), (0.0, 70), (587.0, 45)],
        Earcon::Hand => &[(1568.0, 160)],
        Earcon::Lost => &[(392.0, 140), (0.0, 60), (330.0, 140), (0.0, 60), (220.0, 240)],
        Earcon::Back => &[(262.0, 110), (330.0, 110), (392.0, 110), (523.0, 200)],
    }
}

/// What is played, and what waits.
#[derive(Debug, Default)]
pub(super) struct Player {
    queue: VecDeque<Earcon>,
    /// Samples of the first one that are played already.
    at: usize,
    limiter: Mixer,
    /// What would be heard without it in this tick.
    without: Option<[f32; TICK_SAMPLES]>,
}

impl Player {
    /// Plays one, after those that wait.
    pub(super) fn play(&mut self, earcon: Earcon) {
        if self.queue.len() < WAITING && !self.queue.contains(&earcon) {
            self.queue.push_back(earcon);
        }
    }

    /// What is heard in this tick apart from it, if anything of it is.
    pub(super) fn without(&self) -> Option<&[f32; TICK_SAMPLES]> {
        self.without.as_ref()
    }

    /// 10 ms: mixes it in.
    pub(super) fn tick(&mut self, out: &mut [f32; TICK_SAMPLES]) {
        self.without = (!self.queue.is_empty()).then_some(*out);
        if self.without.is_none() {
            return;
        }
        for s in out.iter_mut() {
            let Some(first) = self.queue.front() else { break };
            match sample(notes(*first), self.at) {
                Some(tone) => {
                    *s += tone;
                    self.at += 1;
                }
                None => {
                    self.queue.pop_front();
                    self.at = 0;
                }
            }
        }
        self.limiter.limit(out);
    }
}

/// One sample of a sequence of notes; `None` after its end.
fn sample(notes: &[Note], mut at: usize) -> Option<f32> {
    for (hertz, ms) in notes {
        let length = *ms as usize * SAMPLE_RATE as usize / 1000;
        if at < length {
            let edge = (at.min(length - at) as f32 / RAMP).min(1.0);
            let phase = at as f32 * hertz / SAMPLE_RATE as f32;
            return Some(AMPLITUDE * edge * (phase.fract() * std::f32::consts::TAU).sin());
        }
        at -= length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(player: &mut Player, under: f32) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..300 {
            let mut out = [under; TICK_SAMPLES];
            player.tick(&mut out);
            heard.extend(out);
        }
        heard
    }

    #[test]
    fn every_tone_is_short_soft_and_unlike_the_others() {
        let mut all = Vec::new();
        for earcon in Earcon::ALL {
            let mut player = Player::default();
            player.play(earcon);
            let heard = play(&mut player, 0.0);
            let end = heard.iter().rposition(|s| s.abs() > 0.001).unwrap();
            assert!((4_000..34_000).contains(&end), "{earcon:?} takes {end} samples");
            assert!(heard.iter().all(|s| s.abs() <= AMPLITUDE + 0.001));
            assert!(heard.windows(2).all(|w| (w[1] - w[0]).abs() < 0.03), "{earcon:?} clicks");
            all.push(notes(earcon));
        }
        assert!((0..8).all(|a| (0..a).all(|b| all[a] != all[b])));
    }

    #[test]
    fn a_crowd_is_heard_as_one_and_nothing_clips() {
        let mut player = Player::default();
        (0..100).for_each(|_| player.play(Earcon::Join));
        Earcon::ALL.into_iter().for_each(|e| player.play(e));
        assert_eq!(player.queue.len(), WAITING);
        let heard = play(&mut player, 0.95);
        assert!(player.queue.is_empty() && heard.iter().all(|s| s.abs() <= 1.0));
        assert_eq!(player.without(), None, "nothing is copied while nothing is played");
    }
}
