use super::*;
use crate::protocol::control::member_id;
use crate::protocol::hearing::step;

fn member(n: u8) -> PeerId {
    PeerId(member_id(&[n; 32]))
}

/// A room in virtual time: member 0 speaks, the others report each second at phases of their own.
struct Room {
    speaker: Speaker,
    now: Instant,
    begun: Instant,
    /// What each listener has of us: missing, lost, heard of the last second; `None`: no report comes.
    listeners: Vec<Option<(f32, f32, u8)>>,
    /// Milliseconds that we send in each second.
    sends: u32,
    events: Vec<(Duration, HeardBy)>,
}

const FINE: Option<(f32, f32, u8)> = Some((0.0, 0.0, WHOLE));

impl Room {
    fn new(listeners: usize) -> Self {
        let now = Instant::now();
        let speaker = Speaker::new(&member(0));
        Self { speaker, now, begun: now, listeners: vec![FINE; listeners], sends: 1000, events: Vec::new() }
    }

    fn name(id: &PeerId) -> String {
        let n = (0..250).find(|n| member(*n) == *id).unwrap();
        if n == 1 { "Josefa".into() } else { format!("M{n}") }
    }

    fn report(&self, of: (f32, f32, u8)) -> Report {
        let (missing, lost, heard) = of;
        let key = Key::of(&member(0).0).unwrap();
        let entry = Entry { key, missing: step(missing), lost: step(lost), heard };
        // Nothing came of us: we are not in it.
        let entries = if heard == 0 { Vec::new() } else { vec![entry] };
        Report { entries, ..Report::default() }
    }

    /// So many seconds, in steps of 100 ms.
    fn run(&mut self, seconds: u64) {
        let members = self.listeners.len() + 1;
        let every = cadence(members).as_millis() as u64;
        for _ in 0..10 * seconds {
            self.now += Duration::from_millis(100);
            let ms = (self.now - self.begun).as_millis() as u64;
            for n in 0..self.listeners.len() {
                if let Some(of) = self.listeners[n]
                    && ((ms + 137 * n as u64) / 100).is_multiple_of(every / 100)
                {
                    let report = self.report(of);
                    self.speaker.reported(self.now, &member(n as u8 + 1), &report);
                    self.take(true);
                }
            }
            if ms.is_multiple_of(1000) {
                self.speaker.sent(self.now, self.sends);
                self.speaker.second(self.now, members);
                self.take(false);
            }
        }
    }

    fn take(&mut self, at_once: bool) {
        if let Some(news) = self.speaker.news(at_once, Self::name) {
            self.events.push((self.now - self.begun, news));
        }
    }

    fn text(&self) -> &str {
        self.events.last().map_or("", |(_, e)| &e.text)
    }
}

#[test]
fn one_listener_breaks_up_is_named_within_two_seconds_and_well_again_within_three() {
    let mut room = Room::new(6);
    room.run(10);
    assert_eq!(room.text(), "heard by 6");
    let at = room.now - room.begun;
    room.listeners[0] = Some((0.3, 0.35, 10));
    room.run(5);
    assert_eq!(room.text(), "heard by 5 of 6; Josefa: breaking up");
    let (told, heard) = room.events.last().unwrap().clone();
    assert!(told - at <= Duration::from_secs(2), "{:?}", told - at);
    assert_eq!((heard.by, heard.of, heard.trouble), (5, 6, vec![(member(1), Trouble::BreakingUp)]));
    assert_eq!(room.speaker.loss(), Some(0.0), "five of six do not pay for one");
    let (at, events) = (room.now - room.begun, room.events.len());
    room.listeners[0] = FINE;
    room.run(5);
    assert_eq!((room.text(), room.events.len()), ("heard by 6", events + 1));
    assert!(room.events.last().unwrap().0 - at <= Duration::from_secs(3));
}

#[test]
fn who_hears_nothing_while_we_speak_does_not_hear_us_and_who_hears_nothing_while_we_are_silent_does() {
    let mut room = Room::new(3);
    room.run(5);
    room.listeners[0] = Some((0.0, 0.0, 0));
    room.run(3);
    assert_eq!(room.text(), "heard by 2 of 3; Josefa: not heard");
    // The microphone is closed: there is nothing to say, neither at once nor later.
    room.sends = 0;
    room.listeners = vec![Some((0.0, 0.0, 0)); 3];
    room.run(20);
    let (_, last) = room.events.last().unwrap();
    assert_eq!(*last, HeardBy::default());
    // A word now and then, as speech in pauses: too little to miss anything.
    room.sends = 400;
    room.run(20);
    assert_eq!(room.text(), "");
    room.sends = 1000;
    room.listeners = vec![FINE, FINE, Some((0.0, 0.0, 1))];
    room.run(5);
    assert_eq!(room.text(), "heard by 2 of 3; M3: not heard");
}

#[test]
fn pauses_between_words_are_nobodys_trouble() {
    let mut room = Room::new(2);
    room.run(5);
    // Opus leaves 250 ms of each second out, and the listener's second lies across two of ours.
    room.sends = 750;
    room.listeners = vec![Some((0.0, 0.0, 8)), Some((0.0, 0.0, 11))];
    room.run(10);
    assert_eq!(room.text(), "heard by 2");
}

#[test]
fn whose_reports_stay_away_is_named_within_three_seconds_and_so_is_nobody_when_our_own_link_is_lost() {
    let mut room = Room::new(4);
    room.run(5);
    let at = room.now - room.begun;
    room.listeners[0] = None;
    room.run(4);
    assert_eq!(room.text(), "heard by 3 of 4; Josefa: no word");
    assert!(room.events.last().unwrap().0 - at <= Duration::from_secs(3));
    room.speaker.lost();
    room.take(false);
    assert_eq!(room.text(), "");
    room.listeners = vec![FINE; 4];
    room.run(3);
    assert_eq!(room.text(), "heard by 4");
    room.speaker.gone(&member(2));
    room.take(false);
    assert_eq!(room.text(), "heard by 3");
}

#[test]
fn a_report_that_has_no_room_for_us_says_nothing_and_one_without_a_loudspeaker_says_so() {
    let mut room = Room::new(1);
    room.run(5);
    let (now, who) = (room.now, member(1));
    let full = Report { more: true, ..Report::default() };
    room.speaker.reported(now, &who, &full);
    room.take(false);
    assert_eq!(room.text(), "heard by 1");
    let deaf = Report { deaf: true, ..room.report((0.0, 0.0, WHOLE)) };
    room.speaker.reported(now, &who, &deaf);
    room.take(true);
    assert_eq!(room.text(), "heard by 0 of 1; Josefa: no loudspeaker");
}

#[test]
fn a_flood_of_strangers_is_bounded_and_the_text_short() {
    let mut speaker = Speaker::new(&member(0));
    let now = Instant::now();
    (0..3).for_each(|_| speaker.sent(now, 1000));
    for n in 0..5000 {
        speaker.reported(now, &PeerId(format!("x{n}")), &Report::default());
    }
    assert_eq!(speaker.listeners.len(), MAX_LISTENERS);
    let told = speaker.news(true, |id| id.0.clone()).unwrap();
    assert_eq!(told.text, "heard by 0 of 1000; x0: not heard; x1: not heard; x10: not heard; x100: not heard; 996 more");
    assert!(speaker.news(true, |id| id.0.clone()).is_none());
    let mut guest = Speaker::new(&PeerId("lk-guest".into()));
    guest.reported(now, &PeerId("x".into()), &Report::default());
    assert!(guest.listeners.is_empty());
}

#[test]
fn the_sender_is_told_the_loss_of_all_but_the_worst_fifth() {
    let with = |losses: &[f32]| {
        let mut room = Room::new(losses.len());
        room.listeners = losses.iter().map(|l| Some((0.0, *l, WHOLE))).collect();
        room.run(12);
        room.speaker.loss()
    };
    assert_eq!(with(&[]), None);
    assert_eq!(with(&[0.3]), Some(0.3), "the only listener counts");
    assert_eq!(with(&[0.0, 0.0, 0.1, 0.0]), Some(0.1));
    assert_eq!(with(&[0.0, 0.5, 0.1, 0.0, 0.0]), Some(0.1), "of five, one may fare worse");
    assert_eq!(with(&[0.95, 0.1]), Some(0.1), "a dead line needs no redundancy");
}

#[test]
fn larger_rooms_report_less_often_and_the_sum_is_bounded() {
    assert_eq!([1, 2, 6, 9].map(cadence), [Duration::from_secs(1); 4]);
    assert_eq!([10, 20, 60, 500].map(|n| cadence(n).as_secs()), [2, 3, 8, 63]);
    for members in 1..1000 {
        let rate = (members - 1) as f64 / cadence(members).as_secs_f64();
        assert!(rate <= 8.5, "{members}: {rate}");
    }
}
