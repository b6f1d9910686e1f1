use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A link of `kbit` (with everything), a base round trip, loss by chance and a short queue; one report a second.
struct Link {
    rate: Rate,
    now: Duration,
    kbit: f32,
    rtt: f32,
    chance: f32,
    /// How much a full queue adds to the round trip; `None`: round trips are not reported.
    queue_ms: Option<f32>,
    seed: u32,
    changes: Vec<(u64, FrameLength)>,
}

impl Link {
    fn new(kbit: f32, chance: f32, queue_ms: Option<f32>) -> Self {
        Self { rate: Rate::default(), now: Duration::ZERO, kbit, rtt: 50.0, chance, queue_ms, seed: 1, changes: vec![] }
    }

    fn random(&mut self) -> f32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.seed >> 8) as f32 / (1u32 << 24) as f32
    }

    fn run(&mut self, seconds: u64) -> Settings {
        for _ in 0..seconds {
            self.now += SECOND;
            let before = self.rate.settings();
            let offered = before.on_the_wire() as f32 / 1000.0;
            let narrow = (1.0 - self.kbit / offered).max(0.0);
            let packets = 1000 / before.frame.ms();
            let lost = (0..packets).filter(|_| self.random() < 1.0 - (1.0 - narrow) * (1.0 - self.chance)).count();
            let rtt_ms = self.queue_ms.map(|q| self.rtt + if narrow > 0.0 { q } else { 0.0 } + 5.0 * self.random());
            self.rate.report(self.now, Path { loss: lost as f32 / packets as f32, rtt_ms, ..Path::default() });
            let after = self.rate.settings();
            if after.frame != before.frame {
                self.changes.push((self.now.as_secs(), after.frame));
            }
        }
        self.rate.settings()
    }
}

#[test]
fn a_clean_way_gets_more_than_the_default_and_no_copies() {
    for queue in [None, Some(80.0)] {
        let mut link = Link::new(1000.0, 0.0, queue);
        let first = link.rate.settings();
        assert_eq!((first.frame, first.bitrate, first.expected_loss), (FrameLength::Ms20, 32_000, 5));
        let settings = link.run(120);
        assert_eq!((settings.frame, settings.bitrate, settings.expected_loss), (FrameLength::Ms20, 48_000, 0));
        assert!(link.changes.is_empty());
        link.chance = 0.05;
        assert!(link.run(2).expected_loss >= 5, "copies are back after the first losses");
    }
}

#[test]
fn a_way_that_is_too_narrow_for_more_keeps_the_default() {
    // 32 kbit/s of Opus are 60 with everything, 48 are 76.
    let mut link = Link::new(68.0, 0.0, Some(80.0));
    let more: Vec<u64> = (0..600).filter(|_| link.run(1).bitrate > 32_000).collect();
    assert!(more.len() < 30, "tried once in a while: {more:?}");
    // Once in ten minutes chance hides what the try costs for some seconds.
    assert!(link.changes.len() <= 2, "and the default is kept: {:?}", link.changes);
}

#[test]
fn where_packets_come_unevenly_a_narrow_link_is_suspected_at_once() {
    let mut rate = Rate::default();
    let path = Path { loss: 0.2, rtt_ms: Some(20.0), jitter_ms: Some(6.0) };
    for second in 1..=2 {
        rate.report(SECOND * second, path);
        assert!(rate.settings().bitrate <= 32_000 && rate.settings().deep_ms == 0, "no redundancy for a full link");
    }
    assert_eq!(rate.settings().frame, FrameLength::Ms40);
    // It is chance after all.
    for second in 3..=10 {
        rate.report(SECOND * second, path);
    }
    assert_eq!(rate.settings().frame, FrameLength::Ms20);
    assert!(rate.settings().deep_ms > 0);
}

#[test]
fn loss_by_chance_is_answered_with_redundancy_and_the_rate_stays() {
    for (chance, queue) in [(0.1, None), (0.1, Some(80.0)), (0.3, None), (0.3, Some(80.0)), (0.5, Some(80.0))] {
        let mut link = Link::new(1000.0, chance, queue);
        let mut low = 0;
        for _ in 0..120 {
            low += u32::from(link.run(1).frame != FrameLength::Ms20);
        }
        let settings = link.rate.settings();
        assert!((settings.deep_ms > 0 || chance < 0.2) && settings.bitrate > 32_000, "{chance}: {settings:?}");
        assert!(settings.expected_loss as f32 >= chance * 60.0, "{chance}: {settings:?}");
        assert!(low <= 20, "{chance} {queue:?}: {low} of 120 s at a lower rate: {:?}", link.changes);
    }
}

#[test]
fn a_narrow_link_gets_what_fits_within_seconds_and_is_not_overloaded_again_and_again() {
    for queue in [None, Some(80.0)] {
        for (kbit, fits) in [(50.0, FrameLength::Ms40), (25.0, FrameLength::Ms60), (17.5, FrameLength::Ms60)] {
            let mut link = Link::new(kbit, 0.0, queue);
            link.run(10);
            let settings = link.rate.settings();
            assert_eq!(settings.frame, fits, "{kbit} {queue:?}");
            assert!(settings.on_the_wire() as f32 <= kbit * 1000.0, "{kbit} {queue:?}: {settings:?}");
            link.run(290);
            assert!(link.changes.len() <= 14, "{kbit} {queue:?}: {:?}", link.changes);
        }
    }
}

#[test]
fn the_lowest_level_fits_into_16_kbit_with_everything_but_the_speaker_of_long_sentences() {
    // Opus at variable rate needs about two thirds of its bit rate for speech with pauses.
    let Level { bitrate, frame, .. } = LADDER[LADDER.len() - 1];
    assert!(on_the_wire(bitrate * 2 / 3, frame) <= 16_000);
}

#[test]
fn a_link_that_is_wide_again_is_used_again() {
    let mut link = Link::new(25.0, 0.0, Some(80.0));
    assert_eq!(link.run(20).frame, FrameLength::Ms60);
    link.kbit = 1000.0;
    assert_eq!(link.run(120).frame, FrameLength::Ms20);
}

#[test]
fn at_constant_rate_light_loss_changes_no_size() {
    let mut link = Link::new(1000.0, 0.1, None);
    link.rate.set_constant(true);
    let first = link.rate.settings();
    for _ in 0..300 {
        let now = link.run(1);
        assert_eq!((now.bitrate, now.frame), (first.bitrate, first.frame));
    }
}

#[test]
fn reports_without_sense_do_no_harm() {
    let mut rate = Rate::default();
    for (k, loss) in [f32::NAN, -1.0, 7.0, f32::INFINITY, 0.0].into_iter().cycle().take(500).enumerate() {
        rate.report(SECOND * k as u32, Path { loss, rtt_ms: Some([f32::NAN, -5.0, 1e30][k % 3]), ..Path::default() });
        let s = rate.settings();
        assert!((6_000..=64_000).contains(&s.bitrate) && s.expected_loss <= 100, "{s:?}");
    }
}
