//! Tests: a speaker, the core and a listener on lossy links, in virtual time, with everything but the sockets and DTLS.

#[cfg(feature = "client")]
mod call;

use super::core::Core;
use super::core::tests::{address, room_of_two};
use super::demux::{Kind, RtpHeader, classify};
use super::outbox::Outbox;
use super::reports::{self, Report};
use super::srtp::{Inbound, Outbound, Profile};
use super::{SfuEvent, TrackKey};
use crate::rtp::again::Sent;
use crate::rtp::{Budget, Requests, RoundTrip};
use conclave_lab::network::{Conditions, Link, Loss, Phase};
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_shared::marshal::Unmarshal as _;
use std::time::{Duration, Instant};

const FRAME: Duration = Duration::from_millis(20);
const TICK: Duration = Duration::from_millis(50);

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Splitmix64.
#[cfg(feature = "client")]
struct Random(u64);

#[cfg(feature = "client")]
impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// One side's link: to the server, and from it.
struct Way {
    up: Link<Vec<u8>>,
    down: Link<Vec<u8>>,
}

impl Way {
    fn new(start: Instant, loss: f64, rtt: u64, seed: u64) -> Self {
        let conditions = Conditions { delay: ms(rtt) / 2, loss: Loss::random(loss), ..Conditions::default() };
        let link = |seed| Link::new(&[Phase::from(conditions)], seed, start);
        Self { up: link(seed), down: link(seed + 1) }
    }
}

struct Call {
    start: Instant,
    core: Core,
    out: Outbox,
    events: Vec<SfuEvent>,
    ways: [Way; 2],
    next_tick: Instant,
    // The speaker.
    says: Outbound,
    hears: Inbound,
    sent: Sent<Vec<u8>>,
    budget: Budget,
    /// Share lost in each interval, by the server's reports.
    reported: Vec<f64>,
    // The listener.
    listens: Inbound,
    asks: Outbound,
    requests: Requests,
    path: RoundTrip,
    /// When each packet came.
    arrived: Vec<Option<Instant>>,
    /// Packets on the listener's link.
    forwarded: usize,
}

impl Call {
    fn new(losses: [f64; 2], rtts: [u64; 2], seed: u64) -> Self {
        let (core, out, events, says) = room_of_two();
        let start = Instant::now();
        let provider = rtc_dtls::crypto_provider::default_provider().unwrap();
        let inbound = |n: u8| Inbound::new(Profile::Gcm, provider.crypto(), &[n; 16], &[n; 12]).unwrap();
        let mut path = RoundTrip::default();
        path.measured(start, ms(rtts[1]));
        Self {
            start,
            core,
            out,
            events,
            ways: [Way::new(start, losses[0], rtts[0], seed), Way::new(start, losses[1], rtts[1], seed + 100)],
            next_tick: start + TICK,
            says,
            hears: inbound(1),
            sent: Sent::default(),
            budget: Budget::default(),
            reported: Vec::new(),
            listens: inbound(2),
            asks: Outbound::new(Profile::Gcm, provider.crypto(), &[2; 16], &[2; 12]).unwrap(),
            requests: Requests::default(),
            path,
            arrived: Vec::new(),
            forwarded: 0,
        }
    }

    /// Packet `n` of the speaker, as it goes over the wire.
    fn packet(&mut self, n: u32) -> Vec<u8> {
        let mut packet = vec![0x80, 111];
        packet.extend((n as u16).to_be_bytes());
        packet.extend((n * 960).to_be_bytes());
        packet.extend(7u32.to_be_bytes());
        packet.extend(n.to_be_bytes());
        packet.extend([5; 76]);
        self.says.protect(7, u64::from(n), &mut packet, 0).unwrap();
        packet
    }

    fn say(&mut self, now: Instant, n: u32) {
        let packet = self.packet(n);
        self.sent.keep(now, n as u16, packet.clone());
        self.budget.earn();
        self.arrived.push(None);
        self.ways[0].up.send(now, packet.len(), packet);
    }

    /// Runs until nothing is under way and `packets` were said.
    fn run(&mut self, packets: u32) {
        let mut next = 0;
        loop {
            let speech = (next < packets).then(|| self.start + FRAME * next);
            let links = self.ways.iter().flat_map(|w| [w.up.deadline(), w.down.deadline()]).flatten().min();
            let timers = [self.requests.due(), self.core.ask_due(), Some(self.next_tick)];
            let Some(now) = timers.into_iter().chain([speech, links]).flatten().min() else { return };
            if now > self.start + FRAME * packets + ms(500) {
                return;
            }
            if speech == Some(now) {
                self.say(now, next);
                next += 1;
            }
            self.step(now);
        }
    }

    fn step(&mut self, now: Instant) {
        for n in 0..2 {
            while let Some((at, mut datagram)) = self.ways[n].up.poll(now) {
                self.core.datagram(at, address(n as u64 + 1), &mut datagram, &mut self.out, &mut self.events);
            }
        }
        if self.core.ask_due().is_some_and(|due| due <= now) {
            self.core.ask(now, &mut self.out, &mut self.events);
        }
        if self.next_tick <= now {
            self.core.tick(now, &mut self.out, &mut self.events);
            self.next_tick += TICK;
        }
        self.events.clear();
        for (to, datagram) in self.out.iter() {
            let way = usize::from(to == address(2));
            self.forwarded += usize::from(way == 1 && classify(datagram) == Some(Kind::Rtp));
            self.ways[way].down.send(now, datagram.len(), datagram.to_vec());
        }
        self.out.clear();
        while let Some((at, datagram)) = self.ways[0].down.poll(now) {
            self.answer(at, datagram);
        }
        while let Some((at, datagram)) = self.ways[1].down.poll(now) {
            self.listen(at, datagram);
        }
        self.path.measured(now, self.path.smoothed().unwrap());
        let mut asking = Vec::new();
        if reports::ask([(9, &mut self.requests)].into_iter(), &self.path, &mut asking, now) {
            self.asks.protect_rtcp(&mut asking, 0).unwrap();
            self.ways[1].up.send(now, asking.len(), asking);
        }
    }

    /// The speaker hears a request or a report.
    fn answer(&mut self, now: Instant, mut datagram: Vec<u8>) {
        let length = self.hears.unprotect_rtcp(&mut datagram).unwrap();
        let mut wanted = Vec::new();
        reports::parse(&datagram[..length], |report| {
            if let Report::Missing { ssrc: 7, first, following } = report {
                wanted.push(first);
                wanted.extend((1..=16).filter(|n| following >> (n - 1) & 1 == 1).map(|n| first.wrapping_add(n)));
            }
        });
        let report = ReceiverReport::unmarshal(&mut &datagram[..length]).unwrap();
        self.reported.extend(report.reports.iter().map(|r| f64::from(r.fraction_lost) / 256.0));
        for sequence in wanted {
            let Some((packet, times)) = self.sent.recall(now, sequence, &mut self.budget) else { continue };
            for _ in 0..times {
                self.ways[0].up.send(now, packet.len(), packet.clone());
            }
        }
    }

    /// The listener hears a packet.
    fn listen(&mut self, now: Instant, mut datagram: Vec<u8>) {
        let Some(header) = RtpHeader::parse(&datagram).filter(|_| classify(&datagram) == Some(Kind::Rtp)) else { return };
        let Ok((index, length)) = self.listens.unprotect(&header, &mut datagram) else { return };
        let n = u32::from_be_bytes(datagram[12..16].try_into().unwrap()) as usize;
        assert!(length == 92 && self.arrived[n].is_none(), "a packet came twice");
        self.arrived[n] = Some(now);
        self.requests.received(now, index);
    }

    /// Share of packets that were not there `within` of when they would have come without loss.
    fn residual(&self, one_way: Duration, within: Duration) -> f64 {
        let late =
            |(n, at): &(usize, &Option<Instant>)| at.is_none_or(|at| at > self.start + FRAME * *n as u32 + one_way + within);
        self.arrived.iter().enumerate().filter(late).count() as f64 / self.arrived.len() as f64
    }
}

#[test]
fn lost_packets_come_in_time_over_two_lossy_hops() {
    // Loss of each hop (both ways), its round trip, and what may not be there 120 ms after it would have come without loss.
    for (losses, rtts, residual) in [
        ([0.0, 0.0], [40, 40], 0.0),
        ([0.05, 0.05], [40, 40], 0.002),
        ([0.2, 0.0], [40, 40], 0.012),
        ([0.0, 0.2], [40, 40], 0.012),
        ([0.2, 0.2], [20, 20], 0.01),
        ([0.2, 0.2], [40, 40], 0.04),
        ([0.3, 0.3], [20, 20], 0.05),
        ([0.5, 0.0], [20, 20], 0.3),
    ] {
        let mut call = Call::new(losses, rtts, 3);
        call.run(5000);
        let found = call.residual((ms(rtts[0]) + ms(rtts[1])) / 2, ms(120));
        let reported = call.reported.iter().sum::<f64>() / call.reported.len() as f64;
        println!("loss {losses:?}, round trips {rtts:?} ms: {found:.4} not in time, {reported:.4} reported to the speaker");
        assert!(found <= residual, "{losses:?} {rtts:?}: {found}");
        assert!(reported <= losses[0] / 4.0, "a report counts what was sent again: {reported}");
        assert!(call.forwarded <= 2 * 5000 + 25, "{}", call.forwarded);
    }
}

#[test]
fn on_a_long_path_nothing_is_sent_again_for_long() {
    let mut call = Call::new([0.2, 0.0], [300, 40], 3);
    call.run(3000);
    let came = call.arrived.iter().flatten().count() as f64 / 3000.0;
    assert!((0.77..0.85).contains(&came), "{came}");
}

#[test]
fn what_was_said_while_muted_is_not_asked_for() {
    let mut call = Call::new([0.0, 0.0], [0, 0], 1);
    let start = call.start;
    let mute = |call: &mut Call, muted| {
        let command = super::core::Command::Mute { track: TrackKey(1), muted };
        call.core.command(start, command, &mut call.out, &mut call.events);
    };
    for n in [0, 1] {
        call.say(start, n);
        call.step(start);
    }
    mute(&mut call, true);
    call.say(start, 3);
    call.step(start);
    mute(&mut call, false);
    call.arrived.push(None);
    call.say(start, 4);
    call.step(start);
    assert_eq!(call.core.ask_due(), None);
}

#[test]
fn a_listener_is_not_given_what_the_forwarder_misses_until_it_has_it() {
    let mut call = Call::new([0.0, 0.0], [0, 0], 1);
    let start = call.start;
    call.say(start, 0);
    call.step(start);
    // Packet 1 does not reach the server, packet 2 does. Everybody asks, and the speaker does not answer.
    let late = call.packet(1);
    call.arrived.push(None);
    call.say(start, 2);
    (0..8).for_each(|n| call.step(start + ms(n * 5)));
    assert!(call.requests.tally().asked == 1 && call.forwarded == 2, "{}", call.forwarded);
    let now = start + ms(40);
    call.ways[0].up.send(now, late.len(), late);
    call.step(now);
    assert_eq!(call.arrived[1], Some(now));
    assert!(call.forwarded <= 5, "once, and twice more if a request came just then: {}", call.forwarded);
}
