//! Synthetic levels: speech, coughs, short words, noise and silence.

use super::*;

const A: u64 = 1;
const B: u64 = 2;
const C: u64 = 3;
/// -25 dBov, as speech is; and a quiet room.
const SPEECH: u8 = 25;
const ROOM: u8 = 70;

/// Splitmix64: seeded variation.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

struct Lab {
    floor: Dominant,
    start: Instant,
    now: Instant,
    seed: u64,
    /// Who took the floor, and after how many milliseconds.
    taken: Vec<(u64, u64)>,
}

impl Lab {
    fn new(seed: u64) -> Self {
        let now = Instant::now();
        Self { floor: Dominant::default(), start: now, now, seed, taken: Vec::new() }
    }

    fn at(&self) -> u64 {
        (self.now - self.start).as_millis() as u64
    }

    /// So many milliseconds in which each of `speak` speaks, as people do, and the others' rooms are heard.
    fn pass(&mut self, ms: u64, speak: &[u64]) {
        self.levels(ms, |seed, who, at| if speak.contains(&who) { speech(seed, who, at) } else { ROOM });
    }

    fn levels(&mut self, ms: u64, level: impl Fn(&mut u64, u64, u64) -> u8) {
        let end = self.now + Duration::from_millis(ms);
        while self.now < end {
            for who in [A, B, C] {
                let at = self.at();
                let byte = level(&mut self.seed, who, at);
                self.floor.hear(TrackKey(who), byte, self.now);
            }
            if let Some(TrackKey(who)) = self.floor.decide(self.now) {
                self.taken.push((who, self.at()));
            }
            self.now += SLOT;
        }
    }

    fn who(&self) -> Option<u64> {
        self.floor.speaker().map(|t| t.0)
    }
}

/// Syllables of about 200 ms with a stop of 40 ms between them, and a breath of 400 ms every 3 s.
fn speech(seed: &mut u64, who: u64, at: u64) -> u8 {
    let at = at + who * 777;
    let quiet = at % 200 < 40 || at % 3000 < 400;
    let wobble = (random(seed) % 12) as u8;
    if quiet { 55 + wobble } else { SPEECH - 6 + wobble }
}

/// A cough: two bursts within 400 ms, loud.
fn cough(at: u64) -> u8 {
    match at {
        0..150 | 220..400 => 10,
        _ => ROOM,
    }
}

#[test]
fn the_first_to_speak_has_the_floor_within_a_second() {
    for seed in 0..20 {
        let mut lab = Lab::new(seed);
        lab.pass(3000, &[]);
        assert_eq!(lab.who(), None, "nobody has spoken");
        lab.pass(2000, &[B]);
        assert!(matches!(lab.taken[..], [(B, at)] if at <= 4000), "seed {seed}: {:?}", lab.taken);
    }
}

#[test]
fn a_new_talker_takes_the_floor_within_about_a_second() {
    let mut waits = Vec::new();
    for seed in 0..20 {
        let mut lab = Lab::new(seed);
        lab.pass(9000 + 50 * seed, &[A]);
        for who in [B, C, A, C, B] {
            let begins = lab.at();
            lab.pass(7000, &[who]);
            assert_eq!(lab.who(), Some(who), "seed {seed}: {:?}", lab.taken);
            waits.push(lab.taken.last().map_or(0, |(_, at)| at - begins));
        }
        assert_eq!(lab.taken.len(), 6, "seed {seed}: to and fro: {:?}", lab.taken);
    }
    waits.sort_unstable();
    // The longest waits are those of who takes a breath at first.
    assert!(waits[waits.len() / 2] <= 1000 && waits[waits.len() - 1] <= 2000, "{waits:?}");
}

#[test]
fn a_cough_does_not_take_the_floor() {
    for seed in 0..20 {
        let mut lab = Lab::new(seed);
        lab.pass(5000, &[A]);
        // While A speaks, in a pause, and after a long silence.
        for (silence, speaking) in [(0, true), (1000, false), (10_000, false)] {
            lab.pass(silence, &[]);
            let begins = lab.at();
            lab.levels(2000, |seed, who, at| match who {
                A if speaking => speech(seed, A, at),
                B => cough(at - begins),
                _ => ROOM,
            });
            assert_eq!(lab.who(), Some(A), "seed {seed}, after {silence} ms: {:?}", lab.taken);
        }
    }
}

#[test]
fn silence_keeps_the_last_speaker() {
    let mut lab = Lab::new(1);
    lab.pass(3000, &[B]);
    lab.pass(60_000, &[]);
    assert_eq!(lab.who(), Some(B));
    // Packets that no longer come (discontinuous transmission) are silence too.
    for _ in 0..100 {
        lab.now += Duration::from_millis(300);
        assert_eq!(lab.floor.decide(lab.now), None);
    }
    assert_eq!(lab.who(), Some(B));
    lab.floor.forget(TrackKey(B));
    assert_eq!(lab.who(), None, "a floor is not held by who is muted or gone");
}

#[test]
fn short_words_in_between_and_steady_noise_take_nothing() {
    let mut lab = Lab::new(7);
    lab.pass(5000, &[A]);
    for _ in 0..10 {
        lab.pass(300, &[A, B]); // "yes"
        lab.pass(1700, &[A]);
    }
    assert_eq!(lab.taken.len(), 1, "{:?}", lab.taken);
    // A fan starts at C, and after a while is known as one.
    let fan = |lab: &mut Lab, ms, speaker: Option<u64>| {
        lab.levels(ms, |seed, who, at| match who {
            C => 38 + (random(seed) % 5) as u8,
            who if Some(who) == speaker => speech(seed, who, at),
            _ => ROOM,
        });
    };
    fan(&mut lab, 12_000, Some(A));
    assert_eq!(lab.who(), Some(A), "{:?}", lab.taken);
    fan(&mut lab, 5000, None);
    assert_eq!(lab.who(), Some(A), "{:?}", lab.taken);
    fan(&mut lab, 2000, Some(B));
    assert_eq!(lab.who(), Some(B), "{:?}", lab.taken);
}

#[test]
fn one_bit_of_each_packet_is_enough() {
    // As our own client tells it in a balanced room: voice or none, with a hangover that bridges all pauses.
    let mut lab = Lab::new(3);
    let bit = |lab: &mut Lab, ms, speaker: u64| lab.levels(ms, |_, who, _| if who == speaker { 30 } else { 127 });
    bit(&mut lab, 20_000, A);
    assert_eq!(lab.who(), Some(A));
    bit(&mut lab, 20_000, B);
    assert!(matches!(lab.taken[..], [(A, _), (B, at)] if at <= 21_000), "{:?}", lab.taken);
    bit(&mut lab, 300, C);
    bit(&mut lab, 1000, B);
    assert_eq!(lab.who(), Some(B), "{:?}", lab.taken);
    bit(&mut lab, 1000, C);
    assert_eq!(lab.who(), Some(C), "{:?}", lab.taken);
}

#[test]
fn packets_of_any_length_count_alike() {
    for packet in [20, 40, 60, 120] {
        let mut floor = Dominant::default();
        let start = Instant::now();
        let mut taken = None;
        for at in (0..2000).step_by(20) {
            let now = start + Duration::from_millis(at);
            if at % packet == 0 {
                floor.hear(TrackKey(A), SPEECH, now);
            }
            taken = taken.or(floor.decide(now).map(|_| at));
        }
        assert!(taken.is_some_and(|at| at <= 800), "packets of {packet} ms: {taken:?}");
    }
}
