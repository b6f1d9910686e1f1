//! A call in virtual time, far faster than a real one: the product's microphone side, forwarder and listening side, with
//! a seeded network in between.
//!
//! ```text
//! speech -> Tick -> RTP -> SRTP -> uplink -> forwarder -> downlink -> SRTP -> RTP -> Tick -> what is heard
//!             ^------ reported loss, round trip ------ RTCP, heard-by <-------------'
//! ```
//! Modelled here are only sockets and clocks; the forwarder is the product's core with keys installed.
#![allow(dead_code, reason = "tests and benches use different parts")]

mod client;
pub(crate) mod delay;
mod packets;

use client::Client;
use conclave::audio::{Figures, Path};
use conclave::server::media::sfu::virtual_time::Forwarder;
use conclave_lab::network::{Link, Phase, Tally};
use std::time::{Duration, Instant};

/// How often the forwarder runs its timers.
const FORWARDER_TICK: Duration = Duration::from_millis(50);
/// A call goes on for so long after the last word.
const TAIL: Duration = Duration::from_millis(1500);

/// What a call is made of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// What each speaker says, 48 kHz.
    pub(crate) speech: Vec<Vec<f32>>,
    /// How many listen.
    pub(crate) listeners: u16,
    /// The network from the speakers to the forwarder.
    pub(crate) uplink: Vec<Phase>,
    /// The network from the forwarder to the listeners.
    pub(crate) downlink: Vec<Phase>,
    /// As in strict rooms: every packet has one size.
    pub(crate) constant_rate: bool,
    /// The sender is never told of loss.
    pub(crate) deaf: bool,
    /// Lost packets are not sent again.
    pub(crate) never_again: bool,
    /// Decides all chances.
    pub(crate) seed: u64,
}

impl Plan {
    /// One speaker, one listener, the speaker's uplink impaired.
    pub(crate) fn new(speech: Vec<f32>, uplink: &[Phase], seed: u64) -> Self {
        Self { speech: vec![speech], listeners: 1, uplink: uplink.to_vec(), seed, ..Self::default() }
    }
}

/// What one listener heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// 48 kHz, from the listener's first tick on.
    pub(crate) sound: Vec<f32>,
    /// How long after the speaker's first sample that was.
    pub(crate) begins: Duration,
    /// The product's own figures at the end.
    pub(crate) figures: Figures,
    /// Depth of the jitter buffer over time, each second, in milliseconds.
    pub(crate) depth_ms: Vec<u32>,
}

impl Heard {
    /// Share of the call that was made up, 0 to 1.
    pub(crate) fn concealed(&self) -> f64 {
        self.figures.concealed_ms as f64 / (self.sound.len().max(1) as f64 / 48.0)
    }
}

/// How a call went.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Each listener.
    pub(crate) heard: Vec<Heard>,
    /// What the first speaker sent: IP packets, RTCP included.
    pub(crate) uplink: Tally,
    /// What the first listener was sent.
    pub(crate) downlink: Tally,
    /// Length of the call.
    pub(crate) length: Duration,
    /// What the first speaker was told of the way, each second.
    pub(crate) paths: Vec<Path>,
}

impl Outcome {
    /// What the first speaker sent, in kbit/s, IP headers included.
    pub(crate) fn kbit(&self) -> f64 {
        self.uplink.bytes as f64 * 8.0 / 1000.0 / self.length.as_secs_f64()
    }
}

/// Holds a call.
pub(crate) fn run(plan: &Plan) -> Outcome {
    // Any instant will do: nothing here, and nothing in the product's middle, reads the clock.
    let start = Instant::now();
    let speakers = plan.speech.len() as u16;
    let mut forwarder = Forwarder::new().unwrap();
    let mut clients: Vec<Client> = Vec::new();
    for number in 1..=speakers + plan.listeners {
        let session = forwarder.join(start, number).unwrap();
        let speech = plan.speech.get(usize::from(number) - 1).cloned();
        let seed = plan.seed.wrapping_mul(0x1_0001).wrapping_add(u64::from(number) * 2);
        let (up, down) = if speech.is_some() { (&plan.uplink[..], &[][..]) } else { (&[][..], &plan.downlink[..]) };
        let links = (Link::new(up, seed, start), Link::new(down, seed + 1, start));
        clients.push(Client::new(number, session, speech, links, start, plan.constant_rate, !plan.never_again));
    }
    for speaker in 1..=speakers {
        forwarder.publish(start, speaker, client::ssrc(speaker));
        for listener in speakers + 1..=speakers + plan.listeners {
            let leg = client::ssrc(speaker) + 1000 * u32::from(listener);
            forwarder.subscribe(start, listener, speaker, leg);
            if let Some(client) = clients.get_mut(usize::from(listener) - 1) {
                client.hear(speaker, leg);
            }
        }
    }
    let samples = plan.speech.iter().map(Vec::len).max().unwrap_or(0);
    let length = Duration::from_secs_f64(samples as f64 / 48_000.0) + TAIL;
    let mut forwarder_tick = start + FORWARDER_TICK;
    let mut told = start + Duration::from_secs(1);
    let mut paths = Vec::new();
    loop {
        let asking = forwarder.ask_due().filter(|_| !plan.never_again);
        let next = clients.iter().map(Client::deadline).chain([forwarder_tick, told]).chain(asking).min().unwrap();
        if next > start + length {
            break;
        }
        for client in &mut clients {
            let number = client.number;
            while let Some((at, mut datagram)) = client.uplink.poll(next) {
                if datagram.starts_with(&[0; 4]) {
                    forwarder.check(at, number);
                    client.downlink.send(at, packets::on_the_wire(&datagram), datagram); // a check is answered
                    continue;
                }
                forwarder.datagram(at, number, &mut datagram);
            }
        }
        if asking.is_some_and(|due| due <= next) {
            forwarder.ask(next);
        }
        if next >= forwarder_tick {
            forwarder.tick(next);
            forwarder_tick += FORWARDER_TICK;
        }
        forwarder.transmit(|to, datagram| {
            if let Some(client) = clients.get_mut(usize::from(to) - 1) {
                client.downlink.send(next, packets::on_the_wire(datagram), datagram.to_vec());
            }
        });
        for client in &mut clients {
            client.run(next);
        }
        if next >= told {
            told += Duration::from_secs(1);
            paths.extend(tell(&mut clients, plan.deaf));
        }
    }
    let (first, last) = (clients.first(), clients.last());
    Outcome {
        uplink: first.map(|c| c.uplink.tally()).unwrap_or_default(),
        downlink: last.map(|c| c.downlink.tally()).unwrap_or_default(),
        length,
        paths,
        heard: clients.into_iter().skip(usize::from(speakers)).map(Client::heard).collect(),
    }
}

/// The sender learns of its way what receiver reports and the listeners say: the worse of the two.
fn tell(clients: &mut [Client], deaf: bool) -> Option<Path> {
    let heard = clients.iter_mut().filter_map(Client::loss_heard).fold(0.0, f32::max);
    let mut first = None;
    for client in clients.iter_mut().filter(|c| c.speaks()) {
        let path = Path { loss: client.reported.loss.max(heard), ..client.reported };
        if !deaf {
            client.set_path(path);
        }
        first.get_or_insert(path);
    }
    first
}
