//! The jitter buffer of one source: frames in as the network delivers them, 10 ms of sound out whenever asked.
//!
//! A deterministic state machine on the times it is handed: the same frames and times give the same samples. It plays
//! as late as the network demands (see [`delay`]) and no later. What is missing comes from the redundant copy in the
//! next packet, else from Opus's concealment; a buffer that runs empty grows by what it concealed, and shrinks again by
//! cross-fading, in pauses if it can.

mod delay;
#[cfg(test)]
mod tests;

use super::codec::{self, Decoder};
use super::{SAMPLE_RATE, TICK_SAMPLES};
use crate::backend::Frame;
use crate::exit::Failure;
use bytes::Bytes;
use delay::Delay;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// The longest delay that we add where lost packets are lost (UDP).
pub const CEILING_UDP: Duration = Duration::from_millis(120);
/// The longest delay that we add where lost packets come late (TCP).
pub const CEILING_TCP: Duration = Duration::from_millis(200);

/// At most this many packets wait.
const MAX_PACKETS: usize = 100;
/// Opus needs 1276 bytes per frame at most; longer ones are nobody's voice.
const MAX_PAYLOAD: usize = 8192;
/// A sequence number that is further away than this belongs to another stream.
const SEQUENCE_JUMP: u64 = 1000;
/// So does a timestamp that is further away from the wall clock than this, in samples (2 s).
const TIME_JUMP: i64 = ms(2000);
/// Concealment is full until here ...
const FADE_FROM: i64 = ms(60);
/// ... and silent from here on; then the buffer waits for the next packet.
const FADE_TO: i64 = ms(120);
/// A pause of the sender that is longer than this is kept as a pause.
const PAUSE: i64 = ms(100);
/// Deeper than the wanted delay by this (and one packet): shorten pauses ...
const SHRINK_IN_SILENCE: i64 = ms(10);
/// ... by this: shorten speech too ...
const SHRINK_ANYWAY: i64 = ms(60);
/// ... by this: throw the oldest away.
const SKIP: i64 = ms(300);
/// Mean square below which 10 ms count as a pause (-60 dBFS).
const SILENCE: f32 = 1e-6;

const fn ms(n: i64) -> i64 {
    n * (SAMPLE_RATE as i64 / 1000)
}

/// Where 10 ms of sound came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Decoded, at least in part.
    Sound,
    /// Made up.
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
    /// Lost packets whose sound came back from the redundant copy in the next one.
    pub recovered: u64,
    /// Packets that were no Opus, or arrived twice.
    pub refused: u64,
    /// Samples made up.
    pub concealed: u64,
}

#[derive(Debug)]
struct Packet {
    /// Media time of its first sample.
    time: i64,
    duration: i64,
    /// When it would have arrived on the fastest way seen lately.
    ideal: Instant,
    payload: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing to play.
    Idle,
    /// Packets are there, their time has not come; `since` = when the first should have arrived.
    Priming { since: Instant },
    /// Playing.
    Playing,
}

/// The newest packet by sequence number.
#[derive(Debug, Clone, Copy)]
struct Newest {
    sequence: u64,
    timestamp: u32,
    time: i64,
    end: i64,
    arrived: Instant,
    /// Bit n: `sequence - n` has arrived.
    seen: u128,
}

/// See the module.
#[derive(Debug)]
pub struct JitterBuffer {
    decoder: Decoder,
    delay: Delay,
    packets: BTreeMap<u64, Packet>,
    newest: Option<Newest>,
    state: State,
    /// The sequence number whose turn is next, and the media time it should begin at.
    next: Option<u64>,
    position: i64,
    /// Length of the last packet that was played: what a lost one probably had.
    usual: i64,
    /// Samples made up since the buffer ran empty; counted when it is known that something was lost.
    underrun: i64,
    fifo: Fifo,
    counters: Counters,
}

impl JitterBuffer {
    /// An empty buffer that adds at most `ceiling` of delay.
    pub fn new(ceiling: Duration) -> Result<Self, Failure> {
        Ok(Self {
            decoder: Decoder::new()?,
            delay: Delay::new(ceiling),
            packets: BTreeMap::new(),
            newest: None,
            state: State::Idle,
            next: None,
            position: 0,
            usual: codec::FRAME_SAMPLES as i64,
            underrun: 0,
            fifo: Fifo::default(),
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
        if self.newest.is_some_and(|n| is_another_stream(&n, &frame)) {
            self.restart();
        }
        let time = match self.newest {
            Some(n) => n.time + i64::from(frame.timestamp.wrapping_sub(n.timestamp).cast_signed()),
            None => 0,
        };
        if !self.note(&frame, time, duration) {
            self.counters.refused += 1;
            return;
        }
        self.counters.received += 1;
        self.counters.bytes += frame.payload.len() as u64;
        let ideal = self.delay.arrival(frame.arrived, time);
        if self.next.is_some_and(|next| frame.sequence < next) {
            self.counters.late += 1;
            return;
        }
        if self.state == State::Idle {
            self.state = State::Priming { since: ideal };
        }
        self.packets.insert(frame.sequence, Packet { time, duration, ideal, payload: frame.payload });
        while self.packets.len() > MAX_PACKETS {
            self.discard_oldest();
        }
    }

    /// Gives the next 10 ms.
    pub fn pull_10ms(&mut self, now: Instant, out: &mut [f32; TICK_SAMPLES]) -> Pulled {
        if let State::Priming { since } = self.state
            && now >= since + self.delay.wanted()
        {
            self.begin();
        }
        if self.state == State::Playing {
            self.fill(TICK_SAMPLES, now);
        }
        if self.fifo.samples.len() < TICK_SAMPLES {
            out.fill(0.0);
            return Pulled::Nothing;
        }
        let depth = self.depth();
        let sound = self.fifo.take(out);
        self.shrink(now, depth, out);
        if self.underrun >= FADE_TO && self.packets.is_empty() {
            // Whoever speaks has stopped sending, or the network has: no endless concealment.
            self.state = State::Idle;
            self.fifo.clear();
        }
        if sound { Pulled::Sound } else { Pulled::Concealed }
    }

    /// Forgets everything but the counters: another stream begins.
    fn restart(&mut self) {
        self.decoder.reset();
        self.delay.clear();
        self.packets.clear();
        self.newest = None;
        self.state = State::Idle;
        self.next = None;
        self.underrun = 0;
        self.fifo.clear();
    }

    /// Remembers the arrival of a sequence number; `false` if it had arrived already.
    fn note(&mut self, frame: &Frame, time: i64, duration: i64) -> bool {
        let seen = match self.newest {
            Some(ref mut n) if frame.sequence <= n.sequence => {
                // Older than we remember: too old to play anyway.
                let bit = 1u128.checked_shl((n.sequence - frame.sequence) as u32).unwrap_or(0);
                let fresh = bit != 0 && n.seen & bit == 0;
                n.seen |= bit;
                return fresh;
            }
            Some(n) => n.seen.checked_shl((frame.sequence - n.sequence) as u32).unwrap_or(0) | 1,
            None => 1,
        };
        self.newest = Some(Newest {
            sequence: frame.sequence,
            timestamp: frame.timestamp,
            time,
            end: time + duration,
            arrived: frame.arrived,
            seen,
        });
        true
    }

    /// Sound between what is heard next and the end of the newest packet.
    fn depth(&self) -> i64 {
        let stored = self.newest.filter(|_| !self.packets.is_empty()).map_or(0, |n| (n.end - self.first_time()).max(0));
        stored + self.fifo.samples.len() as i64
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

    /// The first packets' time has come.
    fn begin(&mut self) {
        let Some((&first, packet)) = self.packets.first_key_value() else {
            self.state = State::Idle;
            return;
        };
        let time = packet.time;
        let lost = self.next.map_or(0, |next| first.saturating_sub(next));
        self.counters.lost += lost;
        if lost > 0 || time - self.position < self.underrun {
            self.count_underrun();
        }
        self.underrun = 0;
        self.next = Some(first);
        self.position = time;
        self.state = State::Playing;
    }

    fn discard_oldest(&mut self) {
        let Some((sequence, packet)) = self.packets.pop_first() else { return };
        let next = self.next.unwrap_or(sequence);
        self.counters.lost += sequence.saturating_sub(next) + 1;
        self.next = Some(sequence.saturating_add(1));
        self.position = packet.time + packet.duration;
    }

    /// Decodes or conceals until `samples` are there, or a pause begins.
    fn fill(&mut self, samples: usize, now: Instant) {
        while self.fifo.samples.len() < samples && self.state == State::Playing {
            let Some(next) = self.next else { return };
            if let Some(packet) = self.packets.remove(&next) {
                self.play(next, packet);
            } else if let Some((first, time, payload)) = self
                .packets
                .first_key_value()
                .filter(|(_, p)| !self.may_still_come(p, now))
                .map(|(s, p)| (*s, p.time, p.payload.clone()))
            {
                // Its turn has come and it is not there.
                self.counters.lost += 1;
                self.count_underrun();
                let missing = time - self.position;
                let only_this = first == next.saturating_add(1);
                let samples = if (120..=codec::MAX_PACKET_SAMPLES as i64).contains(&missing) && only_this {
                    missing / 120 * 120
                } else {
                    self.usual
                };
                match only_this.then_some(payload).and_then(|p| self.decoder.recover(&p, samples as usize)) {
                    Some(sound) => {
                        self.counters.recovered += 1;
                        self.fifo.append(sound);
                    }
                    None => {
                        self.counters.concealed += samples as u64;
                        self.conceal(samples);
                    }
                }
                self.next = Some(next.saturating_add(1));
                self.position += samples;
            } else {
                // Empty, or the packet is merely late: wait for it while concealing; the delay grows by that.
                self.underrun += TICK_SAMPLES as i64;
                self.conceal(TICK_SAMPLES as i64);
            }
        }
    }

    /// Whether the packet whose turn it is, some time before `later`, is within the delay that the network demands: it is
    /// late then, not lost.
    fn may_still_come(&self, later: &Packet, now: Instant) -> bool {
        let before = Duration::from_secs_f64((later.time - self.position).clamp(0, ms(1000)) as f64 / f64::from(SAMPLE_RATE));
        now + before < later.ideal + self.delay.wanted()
    }

    fn play(&mut self, sequence: u64, packet: Packet) {
        let gap = packet.time - self.position - self.underrun;
        if gap > PAUSE {
            // The sender paused: its next words are played at their own time, with the wanted delay.
            self.state = State::Priming { since: packet.ideal };
            self.packets.insert(sequence, packet);
            self.underrun = 0;
            return;
        }
        if packet.time - self.position < self.underrun {
            self.count_underrun();
        }
        self.underrun = 0;
        match self.decoder.decode(&packet.payload) {
            Some(sound) => self.fifo.append(sound),
            None => {
                self.counters.lost += 1;
                self.counters.concealed += packet.duration as u64;
                self.conceal(packet.duration);
            }
        }
        self.usual = packet.duration;
        self.position = packet.time + packet.duration;
        self.next = Some(sequence.saturating_add(1));
    }

    /// Sound was missing while the buffer was empty (the sender had not paused).
    fn count_underrun(&mut self) {
        self.counters.concealed += self.underrun.min(FADE_TO) as u64;
        self.underrun = 0;
    }

    fn conceal(&mut self, samples: i64) {
        let sound = self.decoder.conceal(samples as usize).unwrap_or(&[]);
        self.fifo.append_concealed(sound, samples as usize);
    }

    /// Brings a buffer that is too deep back: `depth` was measured before `out` left it.
    fn shrink(&mut self, now: Instant, depth: i64, out: &mut [f32; TICK_SAMPLES]) {
        let wanted = self.delay.wanted_samples() + self.usual;
        let excess = depth - wanted;
        if excess > SKIP {
            while self.packets.len() > 1 && self.depth() > wanted {
                self.discard_oldest();
            }
            return;
        }
        let energy = out.iter().map(|s| s * s).sum::<f32>() / TICK_SAMPLES as f32;
        if excess > SHRINK_ANYWAY || (excess > SHRINK_IN_SILENCE && energy < SILENCE) {
            if self.fifo.samples.len() < TICK_SAMPLES && self.next.is_some_and(|n| self.packets.contains_key(&n)) {
                self.fill(TICK_SAMPLES, now);
            }
            self.fifo.cross_fade(out);
        }
    }
}

/// Whether a frame cannot belong to the stream whose newest packet is `n`.
fn is_another_stream(n: &Newest, frame: &Frame) -> bool {
    let media = i64::from(frame.timestamp.wrapping_sub(n.timestamp).cast_signed());
    let wall = delay::samples_between(n.arrived, frame.arrived);
    frame.sequence.abs_diff(n.sequence) > SEQUENCE_JUMP || (media - wall).abs() > TIME_JUMP
}

/// Decoded samples on their way out, and the fade of what was made up.
#[derive(Debug)]
struct Fifo {
    samples: VecDeque<f32>,
    gain: f32,
    /// Samples made up in a row.
    made_up: i64,
    /// The same as runs: how many samples, and whether they were decoded.
    runs: VecDeque<(usize, bool)>,
}

impl Default for Fifo {
    fn default() -> Self {
        Self { samples: VecDeque::with_capacity(2 * codec::MAX_PACKET_SAMPLES), gain: 1.0, made_up: 0, runs: VecDeque::new() }
    }
}

impl Fifo {
    fn clear(&mut self) {
        self.samples.clear();
        self.runs.clear();
    }

    fn append(&mut self, sound: &[f32]) {
        self.made_up = 0;
        for s in sound {
            // Back from a fade within 5 ms, without a click.
            self.gain = (self.gain + 1.0 / 240.0).min(1.0);
            self.samples.push_back(s * self.gain);
        }
        self.runs.push_back((sound.len(), true));
    }

    fn append_concealed(&mut self, sound: &[f32], samples: usize) {
        for i in 0..samples {
            self.made_up += 1;
            let fade = (FADE_TO - self.made_up).max(0) as f32 / (FADE_TO - FADE_FROM) as f32;
            self.gain = self.gain.min(fade);
            self.samples.push_back(sound.get(i).copied().unwrap_or(0.0) * self.gain);
        }
        self.runs.push_back((samples, false));
    }

    /// Takes 10 ms out; `true` if any of it was decoded.
    fn take(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        for (o, s) in out.iter_mut().zip(self.samples.drain(..TICK_SAMPLES)) {
            *o = s;
        }
        self.forget(TICK_SAMPLES)
    }

    /// Cross-fades `out` into the 10 ms after it, which leave the fifo.
    fn cross_fade(&mut self, out: &mut [f32; TICK_SAMPLES]) {
        if self.samples.len() < TICK_SAMPLES {
            return;
        }
        for (i, (o, s)) in out.iter_mut().zip(self.samples.drain(..TICK_SAMPLES)).enumerate() {
            let w = i as f32 / TICK_SAMPLES as f32;
            *o = *o * (1.0 - w) + s * w;
        }
        self.forget(TICK_SAMPLES);
    }

    fn forget(&mut self, mut samples: usize) -> bool {
        let mut any = false;
        while samples > 0
            && let Some((n, sound)) = self.runs.front_mut()
        {
            any |= *sound;
            let taken = samples.min(*n);
            *n -= taken;
            samples -= taken;
            if *n == 0 {
                self.runs.pop_front();
            }
        }
        any
    }
}
