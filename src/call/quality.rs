//! One plain word for how the sound is, with the reason: *poor: 12 % of the sound is missing*.
//!
//! A state machine that is handed figures once a second. It follows them with hysteresis, so that a word that changes is
//! news. Judged is what people notice, the worst of it first; where published limits exist they are used:
//!
//! | measure | fair from | poor from | source |
//! |---|---|---|---|
//! | sound missing or made up, of the worst speaker | 2 % | 7 % | 7 %: Microsoft Teams calls a stream poor; 2 %: its limit for lost packets, which without repair is that much sound |
//! | round trip | 300 ms | 500 ms | 150 ms one way is good (ITU-T G.114); 500 ms: Teams |
//! | jitter | 30 ms | – | 30 ms: Teams. The jitter buffer takes it out of the sound, at the price of delay: it never makes a call poor here |
//! | lost on the way to us | 2 % | – | 2 %: Teams. What the redundancy of later packets repairs is not missing in the sound, which is judged above |
//! | lost on the way from us | 2 % | 10 % | 2 %: Teams. 10 %: ours, since what the listeners' repair makes of it is not known here |
//! | depth of the jitter buffer | 150 ms | – | the whole of what G.114 allows |

use super::PeerId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Nothing to notice.
    Good,
    /// One can work with it.
    Fair,
    /// Words are lost, or people talk into each other.
    Poor,
}

impl Word {
    /// As it is written in a sentence.
    pub fn text(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }
}

/// The word and the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// The word.
    pub word: Word,
    /// What it is because of, for scripts: `missing`, `loss_up`, `round_trip`, `jitter`, `loss_down`, `buffer`; `none` if it is good.
    pub cause: String,
    /// Whose sound it is about, if it is one person's of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerId>,
    /// `poor: 12 % of the sound is missing`.
    pub text: String,
}

/// Figures of the last seconds; `None` = not known, or nothing to measure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures {
    /// Milliseconds.
    pub rtt_ms: Option<f32>,
    /// Share of the packets to us that did not come, 0 to 1.
    pub loss_down: Option<f32>,
    /// Share of our packets that did not reach the server.
    pub loss_up: Option<f32>,
    /// Interarrival jitter of the worst source, in milliseconds.
    pub jitter_ms: Option<f32>,
    /// Depth of the deepest jitter buffer, in milliseconds.
    pub buffer_ms: Option<f32>,
    /// Share of the worst speaker's sound that was missing or made up.
    pub missing: Option<f32>,
    /// Who that is, if others are heard better.
    pub worst: Option<(PeerId, String)>,
}

type Of = fn(&Measures) -> Option<f32>;

/// Cause, what is measured, fair from, poor from. Of two causes for the same word the first is the reason.
const LIMITS: [(&str, Of, f32, f32); 6] = [
    ("missing", |m| m.missing, 0.02, 0.07),
    ("loss_up", |m| m.loss_up, 0.02, 0.10),
    ("round_trip", |m| m.rtt_ms, 300.0, 500.0),
    ("jitter", |m| m.jitter_ms, 30.0, f32::INFINITY),
    ("loss_down", |m| m.loss_down, 0.02, f32::INFINITY),
    ("buffer", |m| m.buffer_ms, 150.0, f32::INFINITY),
];
/// A word gets better only when all is below this part of the limits ...
const CLEARLY: f32 = 0.8;
/// ... for so many seconds,
const BETTER_AFTER: u8 = 5;
/// and worse when a limit is passed for so many.
const WORSE_AFTER: u8 = 2;

/// The word that figures deserve if limits are multiplied, and the cause.
fn judge(m: &Measures, by: f32) -> (Word, &'static str) {
    let over = |part: fn(&(&str, Of, f32, f32)) -> f32| {
        LIMITS.iter().find(|l| (l.1)(m).is_some_and(|value| value > part(l) * by)).map(|l| l.0)
    };
    match (over(|l| l.3), over(|l| l.2)) {
        (Some(cause), _) => (Word::Poor, cause),
        (None, Some(cause)) => (Word::Fair, cause),
        (None, None) => (Word::Good, "none"),
    }
}

/// The state machine.
#[derive(Debug, Default)]
pub struct Judge {
    now: Option<Quality>,
    worse: u8,
    better: u8,
}

impl Judge {
    /// How it is; `None` while nothing is known.
    pub fn quality(&self) -> Option<&Quality> {
        self.now.as_ref()
    }

    /// A second has passed. `true`: the word is another one than before.
    pub fn second(&mut self, m: &Measures) -> bool {
        let Some(was) = self.now.as_ref().map(|q| q.word) else {
            // The first word needs something to go by.
            if m.rtt_ms.is_none() && m.missing.is_none() {
                return false;
            }
            self.now = Some(told(Word::Good, "none", m));
            return true;
        };
        let (strict, lenient) = (judge(m, 1.0), judge(m, CLEARLY));
        self.worse = if strict.0 > was { self.worse + 1 } else { 0 };
        self.better = if lenient.0 < was { self.better + 1 } else { 0 };
        let next = if self.worse >= WORSE_AFTER {
            strict
        } else if self.better >= BETTER_AFTER {
            lenient
        } else {
            // The word stands; its reason is the present one, as long as there is one for it.
            if lenient.0 >= was && was != Word::Good {
                let cause = if strict.0 >= was { strict.1 } else { lenient.1 };
                self.now = Some(told(was, cause, m));
            }
            return false;
        };
        (self.worse, self.better) = (0, 0);
        self.now = Some(told(next.0, next.1, m));
        true
    }
}

fn told(word: Word, cause: &str, m: &Measures) -> Quality {
    let percent = |share: Option<f32>| {
        let percent = share.unwrap_or(0.0) * 100.0;
        if percent < 9.95 { format!("{percent:.1} %").replace(".0 %", " %") } else { format!("{percent:.0} %") }
    };
    let ms = |ms: Option<f32>| format!("{:.0} ms", ms.unwrap_or(0.0));
    let worst = m.worst.as_ref().filter(|_| cause == "missing");
    let why = match (cause, worst) {
        ("missing", Some((_, name))) => format!("{} of {name}'s sound is missing", percent(m.missing)),
        ("missing", None) => format!("{} of the sound is missing", percent(m.missing)),
        ("loss_up", _) => format!("{} of what you send is lost", percent(m.loss_up)),
        ("round_trip", _) => format!("{} round trip", ms(m.rtt_ms)),
        ("jitter", _) => format!("the sound comes unevenly, {} jitter", ms(m.jitter_ms)),
        ("loss_down", _) => format!("{} of the packets to you are lost, and brought back", percent(m.loss_down)),
        ("buffer", _) => format!("the sound waits {} to be even", ms(m.buffer_ms)),
        _ => String::new(),
    };
    let text = if why.is_empty() { word.text().to_owned() } else { format!("{}: {why}", word.text()) };
    Quality { word, cause: cause.to_owned(), peer: worst.map(|(id, _)| id.clone()), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rtt(ms: f32) -> Measures {
        Measures { rtt_ms: Some(ms), ..Measures::default() }
    }

    fn missing(share: f32) -> Measures {
        Measures { missing: Some(share), ..rtt(40.0) }
    }

    /// What is told after so many seconds of the same figures.
    fn settle(m: &Measures) -> String {
        let mut judge = Judge::default();
        judge.second(&rtt(40.0));
        for _ in 0..30 {
            judge.second(m);
        }
        judge.quality().unwrap().text.clone()
    }

    #[test]
    fn each_limit_gives_its_word_and_its_reason() {
        let ana = || Some((PeerId("a".into()), "Ana".to_owned()));
        let m = || rtt(40.0);
        for (measures, text) in [
            (m(), "good"),
            (rtt(299.0), "good"),
            (rtt(320.0), "fair: 320 ms round trip"),
            (rtt(501.0), "poor: 501 ms round trip"),
            (missing(0.019), "good"),
            (missing(0.034), "fair: 3.4 % of the sound is missing"),
            (missing(0.12), "poor: 12 % of the sound is missing"),
            (Measures { worst: ana(), ..missing(0.5) }, "poor: 50 % of Ana's sound is missing"),
            (Measures { worst: ana(), ..rtt(600.0) }, "poor: 600 ms round trip"),
            (Measures { loss_up: Some(0.03), ..m() }, "fair: 3 % of what you send is lost"),
            (Measures { loss_up: Some(0.25), ..m() }, "poor: 25 % of what you send is lost"),
            (Measures { loss_down: Some(0.5), ..m() }, "fair: 50 % of the packets to you are lost, and brought back"),
            (Measures { jitter_ms: Some(90.0), ..m() }, "fair: the sound comes unevenly, 90 ms jitter"),
            (Measures { buffer_ms: Some(180.0), ..m() }, "fair: the sound waits 180 ms to be even"),
            // The worst word's first cause is the reason.
            (Measures { rtt_ms: Some(501.0), ..missing(0.03) }, "poor: 501 ms round trip"),
            (Measures { rtt_ms: Some(320.0), ..missing(0.03) }, "fair: 3 % of the sound is missing"),
        ] {
            assert_eq!(settle(&measures), text);
        }
    }

    #[test]
    fn the_word_changes_after_two_bad_seconds_and_comes_back_after_five_clearly_better_ones() {
        let mut judge = Judge::default();
        assert!(!judge.second(&Measures::default()), "nothing is known");
        assert!(judge.second(&missing(0.0)));
        // One bad second is no news.
        assert!(!judge.second(&missing(0.3)) && !judge.second(&missing(0.0)));
        assert!(!judge.second(&missing(0.3)) && judge.second(&missing(0.3)));
        assert_eq!(judge.quality().unwrap().text, "poor: 30 % of the sound is missing");
        // The figures go on, the word does not change.
        assert!(!judge.second(&missing(0.2)));
        assert_eq!(judge.quality().unwrap().text, "poor: 20 % of the sound is missing");
        // Just below a limit is not clearly better.
        assert!((0..60).all(|n| !judge.second(&missing(if n % 2 == 0 { 0.072 } else { 0.066 }))));
        // Neither are four seconds.
        assert!((0..60).all(|n| !judge.second(&missing(if n % 5 == 4 { 0.06 } else { 0.01 }))));
        assert!((0..4).all(|_| !judge.second(&missing(0.01))) && judge.second(&missing(0.01)));
        assert_eq!(judge.quality().unwrap().text, "good");
    }

    #[test]
    fn figures_that_hover_around_a_limit_make_no_noise() {
        let mut judge = Judge::default();
        let changes = (0..600).filter(|n| judge.second(&rtt(300.0 + 50.0 * (*n as f32 * 0.7).sin()))).count();
        assert!(changes <= 2, "{changes}");
    }
}
