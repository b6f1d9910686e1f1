use super::*;
use proptest::prelude::*;

/// What a network does to one rung.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// How long opening takes, and whether it succeeds; `None`: it never ends.
    opens: Option<(u64, bool)>,
    /// The way there and back; `None`: nothing comes back.
    round_trip: Option<u64>,
}

const FAST: Way = Way { opens: Some((30, true)), round_trip: Some(20) };
const BLOCKED: Way = Way { opens: None, round_trip: None };
const REFUSED: Way = Way { opens: Some((5, false)), round_trip: None };

/// Those of a server of ours.
const OURS: [Rung; RUNGS] = [Rung::Udp, Rung::Tcp, Rung::Tls, Rung::ProxyTls, Rung::Wss, Rung::ProxyWss];
const RUNGS: usize = 6;

fn place(rung: Rung) -> usize {
    OURS.iter().position(|r| *r == rung).unwrap()
}

/// These, and no websockets.
fn without_websockets(ways: [Way; 4]) -> [Way; RUNGS] {
    std::array::from_fn(|n| ways.get(n).copied().unwrap_or(REFUSED))
}

/// A client on a network, in virtual time: an ICE agent that asks each 5 ms until it is answered, and each 500 ms from then on.
struct Client {
    start: Instant,
    now: Instant,
    ladder: Ladder,
    ways: [Way; RUNGS],
    /// When: what is to be told of a rung.
    due: Vec<(Instant, Rung, Came)>,
    next_check: Instant,
    /// What was done, with the milliseconds since the start.
    done: Vec<(u64, Do)>,
    /// Checks that went over each rung.
    checks: [u32; RUNGS],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Came {
    Opened,
    Failed,
    Answer,
}

impl Client {
    fn new(ways: [Way; RUNGS], first: Option<Rung>) -> Self {
        let now = Instant::now();
        let ladder = Ladder::new(now, &OURS, first);
        Self { start: now, now, ladder, ways, due: Vec::new(), next_check: now, done: Vec::new(), checks: [0; RUNGS] }
    }

    fn way(&self, rung: Rung) -> Way {
        self.ways[place(rung)]
    }

    /// Lets time pass.
    fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        loop {
            while let Some(what) = self.ladder.poll(self.now) {
                self.done.push(((self.now - self.start).as_millis() as u64, what));
                if let Do::Open(rung) = what
                    && let Some((after, success)) = self.way(rung).opens
                {
                    let came = if success { Came::Opened } else { Came::Failed };
                    self.due.push((self.now + Duration::from_millis(after), rung, came));
                }
            }
            let event = self.due.iter().map(|d| d.0).min();
            let next = [Some(self.ladder.deadline()), event, Some(self.next_check)].into_iter().flatten().min().unwrap();
            if next > end {
                self.now = end;
                return;
            }
            assert!(next > self.now || event == Some(next) || self.next_check == next, "time stands still: {:?}", self.ladder);
            self.now = self.now.max(next);
            if self.now >= self.next_check {
                let over: Vec<Rung> = self.ladder.check(self.now, false).collect();
                for rung in over {
                    self.checks[place(rung)] += 1;
                    if let Some(round_trip) = self.way(rung).round_trip {
                        self.due.push((self.now + Duration::from_millis(round_trip), rung, Came::Answer));
                    }
                }
                self.next_check = self.now + Duration::from_millis(if self.ladder.used().is_some() { 500 } else { 5 });
            }
            let (now, mut came) = (self.now, Vec::new());
            self.due.retain(|d| {
                d.0 > now
                    || !{
                        came.push((d.1, d.2));
                        true
                    }
            });
            for (rung, what) in came {
                match what {
                    Came::Opened => self.ladder.opened(rung),
                    Came::Failed => self.ladder.closed(now, rung),
                    Came::Answer => drop(self.ladder.heard(now, rung, true)),
                }
            }
        }
    }

    fn used(&self) -> Vec<(u64, Rung)> {
        self.done.iter().filter_map(|(at, d)| if let Do::Use(rung) = d { Some((*at, *rung)) } else { None }).collect()
    }
}

#[test]
fn where_udp_works_nothing_else_is_ever_tried() {
    let mut client = Client::new([FAST; RUNGS], None);
    client.run(60_000);
    assert_eq!(client.done, [(20, Do::Use(Rung::Udp))]);
    assert_eq!(client.checks[1..], [0; RUNGS - 1]);
}

#[test]
fn the_first_that_answers_is_used_and_one_that_fails_holds_nobody_up() {
    let mut client = Client::new(without_websockets([BLOCKED, FAST, FAST, FAST]), None);
    client.run(10_000);
    assert_eq!(client.used().len(), 1);
    let (at, rung) = client.used()[0];
    assert!(rung == Rung::Tcp && at < 320, "{at} ms");
    // Only TLS gets through, and plain TCP is refused at once.
    let mut client = Client::new(without_websockets([BLOCKED, REFUSED, FAST, FAST]), None);
    client.run(1000);
    let (at, rung) = client.used()[0];
    assert!(rung == Rung::Tls && at < 330, "{at} ms");
    // Only a proxy, and what goes by it is remembered.
    for (first, most) in [(None, 830), (Some(Rung::ProxyTls), 60)] {
        let mut client = Client::new(without_websockets([BLOCKED, BLOCKED, BLOCKED, FAST]), first);
        client.run(2000);
        let (at, rung) = client.used()[0];
        assert!(rung == Rung::ProxyTls && at < most, "{at} ms");
    }
}

#[test]
fn a_call_moves_up_when_a_better_rung_keeps_answering() {
    let mut client = Client::new(without_websockets([BLOCKED, BLOCKED, FAST, FAST]), None);
    client.run(10_000);
    assert_eq!(client.used()[0].1, Rung::Tls);
    client.ways[0] = FAST; // the firewall has been opened
    client.run(600_000);
    assert_eq!(client.used().last().unwrap().1, Rung::Udp);
    assert_eq!(client.used().len(), 2);
    assert!(client.done.iter().any(|(_, d)| *d == Do::Close(Rung::Tls)), "{:?}", client.done);
}

#[test]
fn one_that_answers_now_and_then_is_not_moved_to() {
    let mut client = Client::new(without_websockets([BLOCKED, BLOCKED, FAST, FAST]), None);
    for _ in 0..300 {
        client.run(900);
        client.ways[0] = FAST;
        client.run(300);
        client.ways[0] = BLOCKED;
    }
    assert_eq!(client.used().len(), 1, "{:?}", client.used());
}

#[test]
fn a_call_moves_when_its_rung_goes_silent_or_breaks_and_comes_back() {
    let mut client = Client::new([FAST; RUNGS], None);
    client.run(5000);
    client.ways[0] = BLOCKED;
    client.run(4000);
    let (at, rung) = client.used()[1];
    assert!(rung == Rung::Tcp && at < 5000 + 3600, "{at} ms");
    // The connection breaks: no silence is waited for.
    client.ways[1] = REFUSED;
    client.ladder.closed(client.now, Rung::Tcp);
    client.run(1000);
    let (at, rung) = client.used()[2];
    assert!(rung == Rung::Tls && at < 9000 + 600, "{at} ms");
    // And UDP works again.
    client.ways[0] = FAST;
    client.run(20_000);
    assert_eq!(client.used()[3].1, Rung::Udp);
}

#[test]
fn what_does_not_work_is_not_hammered_and_comes_back_soon_after_an_outage() {
    let mut client = Client::new(without_websockets([BLOCKED, REFUSED, REFUSED, REFUSED]), None);
    client.run(120_000);
    let opens = client.done.iter().filter(|(_, d)| matches!(d, Do::Open(_))).count();
    assert!((30..=100).contains(&opens), "{opens}");
    client.ways[2] = FAST;
    client.run(9000);
    assert_eq!(client.used()[0].1, Rung::Tls);
}

#[test]
fn a_nomination_goes_over_the_rung_in_use_alone_and_stray_media_asks_for_another() {
    let now = Instant::now();
    let mut ladder = Ladder::new(now, &[Rung::Udp, Rung::Tls], Some(Rung::Tls));
    assert_eq!(ladder.poll(now), Some(Do::Open(Rung::Tls)));
    assert_eq!(ladder.check(now, true).count(), 0, "nobody has answered yet");
    ladder.opened(Rung::Tls);
    ladder.heard(now, Rung::Tls, true);
    assert_eq!(ladder.poll(now), Some(Do::Use(Rung::Tls)));
    assert_eq!(ladder.check(now, true).collect::<Vec<_>>(), [Rung::Tls]);
    assert!(ladder.heard(now, Rung::Udp, false), "the server does not know yet");
    assert!(!ladder.heard(now, Rung::Tls, false));
}

#[test]
fn rungs_that_the_server_names_later_take_their_places() {
    let now = Instant::now();
    let mut ladder = Ladder::new(now, &[Rung::Udp], Some(Rung::TurnTls));
    ladder.heard(now, Rung::Udp, true);
    for rung in [Rung::TurnTls, Rung::Tcp, Rung::Turn, Rung::Tcp] {
        ladder.add(now, rung);
    }
    assert_eq!(ladder.steps.iter().map(|s| s.rung).collect::<Vec<_>>(), [Rung::Udp, Rung::Turn, Rung::Tcp, Rung::TurnTls]);
    assert_eq!((ladder.used(), ladder.poll(now)), (Some(Rung::Udp), Some(Do::Use(Rung::Udp))));
    assert_eq!(ladder.poll(now), None, "nothing is opened while UDP answers");
    // It falls silent: the one of the last time is not behind the others.
    let later = now + SILENT;
    assert_eq!(std::iter::from_fn(|| ladder.poll(later)).count(), 3);
    // A better one that is named while another is in use does not change which one that is.
    let mut ladder = Ladder::new(now, &[Rung::Tcp], None);
    assert_eq!(ladder.poll(now), Some(Do::Open(Rung::Tcp)));
    ladder.opened(Rung::Tcp);
    ladder.heard(now, Rung::Tcp, true);
    ladder.add(now, Rung::Udp);
    assert_eq!(ladder.used(), Some(Rung::Tcp));
    // A server that chooses is followed.
    ladder.nominated(now, Rung::Udp);
    assert_eq!(std::iter::from_fn(|| ladder.poll(now)).collect::<Vec<_>>(), [Do::Use(Rung::Udp)]);
}

#[test]
fn a_word_allows_its_rungs_and_the_benchmarks_word_is_one_connection() {
    let allowed = |word: &str| -> Vec<&str> {
        let transport: Transport = word.parse().unwrap();
        Rung::ALL.into_iter().filter(|r| transport.allows(*r)).map(Rung::name).collect()
    };
    assert_eq!(allowed("auto").len(), Rung::ALL.len());
    assert_eq!(allowed("udp"), ["udp"]);
    assert_eq!(allowed("tcp"), ["tcp", "proxy+tcp"]);
    assert_eq!(allowed("turn"), ["turn", "turn+tcp", "turn+tls", "proxy+turn+tcp", "proxy+turn+tls"]);
    assert!("tls/1".parse::<Transport>().unwrap().single && !"tls".parse::<Transport>().unwrap().single);
    assert!(Rung::ALL.into_iter().all(|r| Rung::named(r.name()) == Some(r)) && Rung::ALL.is_sorted());
}

proptest! {
    /// Whatever the network does, time goes on, at most one connection of each rung is open, and in the end the best way is used.
    #[test]
    fn in_the_end_the_best_way_that_works_is_used(
        phases in proptest::collection::vec((0u8..64, 1u64..20_000), 0..6), works in 1u8..64, first in 0usize..=RUNGS,
    ) {
        let ways = |mask: u8| -> [Way; RUNGS] {
            std::array::from_fn(|n| match (mask >> n & 1, n % 2) { (1, _) => FAST, (_, 0) => BLOCKED, _ => REFUSED })
        };
        let mut client = Client::new(ways(63), OURS.get(first).copied());
        for (mask, ms) in phases {
            client.ways = ways(mask);
            // A connection that leads nowhere any more breaks sooner or later.
            client.run(ms);
            for rung in OURS {
                if mask >> place(rung) & 1 == 0 && rung != Rung::Udp {
                    client.ladder.closed(client.now, rung);
                }
            }
        }
        client.ways = ways(works);
        // The pause between two trials in vain grows to five minutes.
        client.run(700_000);
        prop_assert_eq!(client.ladder.used(), Some(OURS[works.trailing_zeros() as usize]));
    }
}
