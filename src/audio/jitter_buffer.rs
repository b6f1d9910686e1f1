//! The jitter buffer of one source: frames in as the network delivers them, 10 ms of sound out whenever asked.
//!
//! A deterministic state machine on the times it is handed: the same frames and times give the same samples. Sound has an
//! *age* when it is played: how long ago it would have arrived on the fastest way. The buffer keeps that age at what the
//! network demands ([`delay`]) and no higher: it waits, or it stretches the sound ([`stretch`]), in pauses if it can. So
//! it also follows a sender whose clock runs faster or slower than our sound card.
//!
//! What is missing comes, in this order, from the copy in the next packet (LBRR), from the deep redundancy of a later one
//! (DRED), from Opus's concealment, and in long gaps from noise like the speaker's room ([`background`]). When sound that
//! was merely late arrives after all, the decoder goes back to where it was before it had to make something up.

mod arrivals;
mod background;
mod delay;
mod fifo;
mod playout;
mod stretch;
#[cfg(test)]
mod tests;

use super::SAMPLE_RATE;
use super::codec::{self, Decoder};
use crate::backend::Frame;
use crate::exit::Failure;
use arrivals::Arrivals;
use background::Background;
use bytes::Bytes;
use delay::Delay;
use fifo::Fifo;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest delay that we add. So much helps nobody to talk, but on the worst ways it is that or no word (with 400 ms in
/// `international`: ViSQOL 2.5 in place of 3.1).
pub const CEILING: Duration = Duration::from_secs(1);

/// At most this many packets wait.
const MAX_PACKETS: usize = 100;
/// Opus needs 1276 bytes per frame at most; longer ones are nobody's voice.
const MAX_PAYLOAD: usize = 8192;
/// At most so many packets of a gap are looked at for what a later packet holds of them.
const MAX_GAP: u64 = 50;
/// Packets that overtake each other are expected to do so again for so many ticks (5 s).
const REORDERING: u32 = 500;
/// What waiting for the redundant copy of a lost packet is worth beside waiting for a late packet, and for deep redundancy:
/// more, because making up one of several lost packets in a row does more harm than a lone late one.
const COPY: f32 = 1.0;
const DEEP: f32 = 2.0;

const fn ms(n: i64) -> i64 {
    n * (SAMPLE_RATE as i64 / 1000)
}

/// Where 10 ms of sound came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Decoded, at least in part.
    Sound,
    /// Made up: concealment, or the noise of a pause.
    Concealed,
    /// Nothing to play; the samples are zero.
    Nothing,
}

/// What a buffer has seen, cumulative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets that arrived, duplicates and garbage not counted.
    pub received: u64,
    /// Bytes of their payload.
    pub bytes: u64,
    /// Packets that were not there when their turn came, or were thrown away.
    pub lost: u64,
    /// Packets that came after their turn (they are among the lost).
    pub late: u64,
    /// Packets that came after a later one, and in time: reordered on the way, or sent again.
    pub reordered: u64,
    /// Lost packets whose sound came back from the redundant copy in the next one.
    pub recovered: u64,
    /// Lost packets whose sound came back from the deep redundancy of a later one.
    pub recovered_deep: u64,
    /// Packets that were no Opus, or arrived twice.
    pub refused: u64,
    /// Samples made up.
    pub concealed: u64,
    /// Samples by which time-stretching made sound shorter.
    pub shortened: u64,
    /// Samples by which time-stretching made sound longer.
    pub lengthened: u64,
}

#[derive(Debug)]
struct Packet {
    /// Media time of its first sample.
    time: i64,
    duration: i64,
    payload: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing to play.
    Idle,
    /// Packets are there, their time has not come.
    Priming,
    /// Playing.
    Playing,
}

/// See the module.
#[derive(Debug)]
pub struct JitterBuffer {
    decoder: Decoder,
    delay: Delay,
    arrivals: Arrivals,
    packets: BTreeMap<u64, Packet>,
    state: State,
    /// The sequence number whose turn is next, and the media time it should begin at.
    next: Option<u64>,
    position: i64,
    /// Length of the last packet that was played: what a lost one probably had.
    usual: i64,
    /// Samples made up since the buffer ran empty that stand for no packet yet.
    underrun: i64,
    /// Samples made up in a row.
    made_up: i64,
    /// Some of what was made up stands for packets that are lost for good: the decoder does not go back.
    skipped: bool,
    /// How loud what Opus makes up is; the rest is background.
    gain: f32,
    background: Background,
    /// Ticks since the last packet was played; and until sound may be stretched again.
    quiet: u32,
    hold: u32,
    /// Ticks until packets that overtake each other are forgotten.
    reordering: u32,
    fifo: Fifo,
    /// Room for the sound at hand, and for the continuation of what was made up.
    sound: Vec<f32>,
    bridge: Vec<f32>,
    counters: Counters,
}

impl JitterBuffer {
    /// An empty buffer that adds at most `ceiling` of delay.
    pub fn new(ceiling: Duration) -> Result<Self, Failure> {
        Ok(Self {
            decoder: Decoder::new()?,
            delay: Delay::new(ceiling),
            arrivals: Arrivals::default(),
            packets: BTreeMap::new(),
            state: State::Idle,
            next: None,
            position: 0,
            usual: codec::FRAME_SAMPLES as i64,
            underrun: 0,
            made_up: 0,
            skipped: false,
            gain: 1.0,
            background: Background::default(),
            quiet: u32::MAX,
            hold: 0,
            reordering: 0,
            fifo: Fifo::default(),
            sound: Vec::new(),
            bridge: Vec::new(),
            counters: Counters::default(),
        })
    }

    /// What it has seen.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How much sound is stored, in milliseconds.
    pub fn depth_ms(&self) -> u32 {
        if self.state == State::Idle { 0 } else { (self.depth().max(0) / ms(1)) as u32 }
    }

    /// How old sound shall be when it is played, in milliseconds: the delay that the network's jitter demands.
    pub fn wanted_ms(&self) -> u32 {
        (self.delay.wanted() / ms(1)) as u32
    }

    /// Whether nothing is left to play.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle && self.packets.is_empty()
    }

    /// Takes a frame; its arrival time is in it.
    pub fn push(&mut self, frame: Frame) {
        let duration = codec::duration(&frame.payload).filter(|_| frame.payload.len() <= MAX_PAYLOAD);
        let Some(duration) = duration.map(|d| d as i64) else {
            self.counters.refused += 1;
            return;
        };
        if self.arrivals.is_another_stream(&frame) {
            self.restart();
        }
        let time = self.arrivals.time(&frame);
        let before = self.arrivals.newest;
        if !self.arrivals.note(&frame, time, duration) {
            self.counters.refused += 1;
            return;
        }
        self.counters.received += 1;
        self.counters.bytes += frame.payload.len() as u64;
        if let Some(before) = before {
            self.recoverable(before.sequence, before.end, &frame, time);
        }
        self.delay.arrival(frame.arrived, time);
        let overtaken = before.is_some_and(|n| frame.sequence < n.sequence);
        if overtaken {
            self.reordering = REORDERING;
        }
        if self.next.is_some_and(|next| frame.sequence < next) {
            self.counters.late += 1;
            return;
        }
        self.counters.reordered += u64::from(overtaken);
        if self.state == State::Idle {
            self.state = State::Priming;
        }
        self.packets.insert(frame.sequence, Packet { time, duration, payload: frame.payload });
        while self.packets.len() > MAX_PACKETS {
            self.discard_oldest();
        }
    }

    /// Tells the delay which of the packets between the newest and `frame` could be played now, although they are missing.
    fn recoverable(&mut self, newest: u64, end: i64, frame: &Frame, time: i64) {
        let count = frame.sequence.saturating_sub(newest).saturating_sub(1);
        let missing = time - end;
        if !(1..=MAX_GAP).contains(&count) || missing <= 0 {
            return;
        }
        let each = missing / count as i64;
        let copied = i64::from(Decoder::has_copy(&frame.payload));
        if copied == 1 {
            self.delay.recoverable(frame.arrived, time - each, COPY);
        }
        if let Some((from, to)) = self.decoder.reach(&frame.payload) {
            for back in 1 + copied..=count as i64 {
                if back * each <= from as i64 && (back - 1) * each >= to as i64 {
                    self.delay.recoverable(frame.arrived, time - back * each, DEEP);
                }
            }
        }
    }

    /// Forgets everything but the counters and the room's sound: another stream begins.
    fn restart(&mut self) {
        self.decoder.reset();
        self.delay.clear();
        self.packets.clear();
        self.arrivals = Arrivals::default();
        self.state = State::Idle;
        self.next = None;
        self.underrun = 0;
        self.skipped = false;
        self.fifo.clear();
    }

    /// Sound between what is heard next and the end of the newest packet.
    fn depth(&self) -> i64 {
        let newest = self.arrivals.newest.filter(|_| !self.packets.is_empty());
        newest.map_or(0, |n| (n.end - self.first_time()).max(0)) + self.fifo.len() as i64
    }

    /// The media time at which undecoded sound begins.
    fn first_time(&self) -> i64 {
        match self.packets.first_key_value() {
            // A lost packet before it counts, a pause of the sender does not.
            Some((sequence, p)) if self.next == Some(*sequence) || self.state != State::Playing => p.time,
            Some((_, p)) => self.position.min(p.time),
            None => self.position,
        }
    }

    fn discard_oldest(&mut self) {
        let Some((sequence, packet)) = self.packets.pop_first() else { return };
        let next = self.next.unwrap_or(sequence);
        self.counters.lost += sequence.saturating_sub(next) + 1;
        self.next = Some(sequence.saturating_add(1));
        self.position = packet.time + packet.duration;
    }
}
