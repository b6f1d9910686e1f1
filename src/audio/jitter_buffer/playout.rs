//! What is heard when: the turn of each packet, what stands in for a missing one, and how the delay is corrected.

use super::{JitterBuffer, Packet, Pulled, State, ms};
use crate::audio::TICK_SAMPLES;
use crate::audio::codec::{Decoder, MAX_PACKET_SAMPLES};
use bytes::Bytes;
use std::time::Instant;

const TICK: i64 = TICK_SAMPLES as i64;
/// Concealment is full until here ...
const FADE_FROM: i64 = ms(60);
/// ... and from here on there is only the background; then the buffer waits for the next packet.
const FADE_TO: i64 = ms(120);
/// The background is heard for so many ticks after the last packet, then it fades as long again (1 s each).
const HOLD_BACKGROUND: u32 = 100;
/// A hole of the sender's that is longer than this is a pause: what follows is played at its own time.
const PAUSE: i64 = ms(100);
/// Words that can be had from a later packet are worth so much delay, until it is shortened again.
const LATE_WORDS: i64 = ms(60);
/// After a gap that long, what was said in it is still wanted.
const LATE_GAP: i64 = ms(300);
/// Timestamps are allowed to be that wrong.
const TOLERANCE: i64 = ms(5);
/// How long the continuation of what was made up is in which the best place to go over to late sound is looked for.
const BRIDGE: usize = 960;
/// Older than wanted by this: become younger where the sound resembles itself ...
const SHORTEN: i64 = ms(60);
/// ... by this: also where it does so less ...
const SHORTEN_SOON: i64 = ms(100);
/// ... by this: anywhere ...
const SHORTEN_NOW: i64 = ms(150);
/// ... by this: throw the oldest away.
const SKIP: i64 = ms(500);
/// Younger than wanted by this: become older in a pause ...
const LENGTHEN_PAUSE: i64 = ms(1) / 2;
/// ... by this: also where the sound resembles itself.
const LENGTHEN: i64 = ms(15);
/// How alike that has to be.
const ALIKE: f32 = 0.85;
const ALIKE_SOON: f32 = 0.6;
/// Ticks between two changes: by little, by much.
const REST: u32 = 5;
const REST_SOON: u32 = 2;

impl JitterBuffer {
    /// Gives the next 10 ms.
    pub fn pull_10ms(&mut self, now: Instant, out: &mut [f32; TICK_SAMPLES]) -> Pulled {
        self.quiet = self.quiet.saturating_add(1);
        self.reordering = self.reordering.saturating_sub(1);
        if self.state == State::Priming {
            self.begin(now);
        }
        if self.state == State::Playing {
            self.correct(now);
            self.fill(TICK_SAMPLES, now);
        }
        if self.fifo.len() < TICK_SAMPLES {
            return self.pause(out);
        }
        let sound = self.fifo.take(out);
        if sound && self.made_up == 0 {
            self.background.hear(out);
        }
        if self.underrun >= FADE_TO && self.packets.is_empty() {
            // Whoever speaks has stopped sending, or the network has: no endless concealment.
            self.state = State::Idle;
            self.fifo.clear();
        }
        if sound { Pulled::Sound } else { Pulled::Concealed }
    }

    /// Nothing to play: the sound of the room for a while, so that the line does not seem dead.
    fn pause(&mut self, out: &mut [f32; TICK_SAMPLES]) -> Pulled {
        let fade = HOLD_BACKGROUND.saturating_mul(2).saturating_sub(self.quiet).min(HOLD_BACKGROUND);
        if fade == 0 {
            out.fill(0.0);
            return Pulled::Nothing;
        }
        let gain = fade as f32 / HOLD_BACKGROUND as f32;
        let rest = self.fifo.len();
        self.fifo.take(out);
        for (i, s) in out.iter_mut().enumerate() {
            let left = if i < rest { 1.0 - (i as f32 + 0.5) / rest as f32 } else { 0.0 };
            *s = *s * left + self.background.sample() * gain * (1.0 - left);
        }
        self.fifo.heard(out);
        self.gain = 0.0;
        if out.iter().all(|s| *s == 0.0) { Pulled::Nothing } else { Pulled::Concealed }
    }

    /// Starts to play when the first packets' time has come.
    fn begin(&mut self, now: Instant) {
        let Some((&first, packet)) = self.packets.first_key_value() else {
            self.state = State::Idle;
            return;
        };
        let (time, payload) = (packet.time, packet.payload.clone());
        if self.delay.age(now, time) < self.delay.wanted() {
            return;
        }
        let lost = self.next.map_or(0, |next| first.saturating_sub(next));
        let (back, each) = self.words_before(lost, time, &payload);
        self.counters.lost += lost - back;
        if lost > 0 || time - self.position < self.underrun {
            self.count_underrun();
        }
        // The decoder has been told that something was missing.
        self.skipped |= lost > 0 || self.made_up > 0;
        self.underrun = 0;
        self.next = Some(first - back);
        self.position = time - back as i64 * each;
        self.state = State::Playing;
    }

    /// After a gap in which the buffer ran empty: how many of the packets that are lost before the one at `time` come back
    /// from what it holds, and how long each is.
    fn words_before(&mut self, lost: u64, time: i64, payload: &[u8]) -> (u64, i64) {
        let each = (time - self.position) / lost.clamp(1, 1 << 32) as i64 / 120 * 120;
        if lost == 0 || !(120..=MAX_PACKET_SAMPLES as i64).contains(&each) {
            return (0, 0);
        }
        let reach = self.decoder.reach(payload).map_or(0, |(from, _)| (from as i64).min(LATE_GAP) / each);
        let copied = i64::from(Decoder::has_copy(payload));
        (lost.min(reach.max(copied) as u64), each)
    }

    /// Decodes or makes up until `samples` are there, or a pause begins.
    fn fill(&mut self, samples: usize, now: Instant) {
        while self.fifo.len() < samples && self.state == State::Playing {
            let Some(next) = self.next else { return };
            if let Some(packet) = self.packets.remove(&next) {
                self.play(next, packet, now);
                continue;
            }
            let later = self.packets.first_key_value().map(|(s, p)| (*s, p.time, p.payload.clone()));
            match later {
                Some((first, time, payload)) if !self.may_still_come(next, first, &payload, now) => {
                    self.replace(next, first, time, &payload, now);
                }
                _ => self.run_dry(),
            }
        }
    }

    /// Whether to wait for the packet whose turn it is although later ones are there: packets do overtake each other here,
    /// or are sent again, it is not too old yet, and nothing else holds its sound.
    fn may_still_come(&self, next: u64, first: u64, payload: &[u8], now: Instant) -> bool {
        let copied = first == next.saturating_add(1) && Decoder::has_copy(payload);
        !copied && self.reordering > 0 && self.delay.age(now, self.position) < self.delay.wanted()
    }

    /// Empty, or the packet is merely late: wait for it while making something up; the delay grows by that.
    fn run_dry(&mut self) {
        if self.made_up == 0 {
            self.decoder.save();
        }
        self.underrun += TICK;
        self.make_up(TICK);
    }

    /// Its turn has come.
    fn play(&mut self, sequence: u64, packet: Packet, now: Instant) {
        let hole = packet.time - self.position - self.underrun;
        if hole > TOLERANCE && self.delay.age(now, packet.time) < self.delay.wanted() {
            // The sender paused: its next words are played at their own time, with the wanted delay.
            if hole > PAUSE {
                self.state = State::Priming;
                self.underrun = 0;
                self.position = packet.time;
                self.background.prepare();
            } else {
                self.run_dry();
            }
            self.packets.insert(sequence, packet);
            return;
        }
        if packet.time - self.position < self.underrun {
            self.count_underrun();
        }
        self.go_back();
        let mut sound = std::mem::take(&mut self.sound);
        sound.clear();
        if let Some(decoded) = self.decoder.decode(&packet.payload) {
            sound.extend_from_slice(decoded);
            self.sound = sound;
            self.emit();
        } else {
            self.sound = sound;
            self.bridge.clear();
            self.counters.lost += 1;
            self.counters.concealed += packet.duration as u64;
            self.make_up(packet.duration);
        }
        self.usual = packet.duration;
        self.position = packet.time + packet.duration;
        self.next = Some(sequence.saturating_add(1));
        self.quiet = 0;
    }

    /// The packet whose turn it is does not come: `first` is the next that is there.
    fn replace(&mut self, next: u64, first: u64, time: i64, payload: &Bytes, now: Instant) {
        let missing = time - self.position;
        let each = missing / first.saturating_sub(next).clamp(1, 1 << 32) as i64;
        let plausible = (120..=MAX_PACKET_SAMPLES as i64).contains(&each);
        let samples = if plausible { each / 120 * 120 } else { self.usual };
        self.counters.lost += 1;
        self.next = Some(next.saturating_add(1));
        self.position += samples;
        let age = self.delay.age(now, self.position - samples) - self.delay.wanted();
        let before = missing.max(0) as usize;
        let copied = first == next.saturating_add(1) && Decoder::has_copy(payload);
        let deep =
            !copied && self.decoder.reach(payload).is_some_and(|(from, to)| before <= from && before >= to + samples as usize);
        if self.underrun * 2 >= samples && age > if copied || deep { LATE_WORDS } else { samples / 2 } {
            // What was made up while nothing was there stood for it; the delay is long enough as it is.
            self.counters.concealed += samples as u64;
            self.underrun = (self.underrun - samples).max(0);
            self.skipped = true;
            return;
        }
        if copied {
            self.count_underrun();
            self.go_back();
            if let Some(sound) = self.decoder.recover(payload, samples as usize) {
                self.counters.recovered += 1;
                self.sound.clear();
                self.sound.extend_from_slice(sound);
                return self.emit();
            }
        } else if deep {
            self.count_underrun();
            self.go_back();
            if let Some(sound) = self.decoder.recover_deep(payload, first, before, samples as usize) {
                self.counters.recovered_deep += 1;
                self.sound.clear();
                self.sound.extend_from_slice(sound);
                return self.emit();
            }
        }
        self.bridge.clear();
        self.count_underrun();
        self.counters.concealed += samples as u64;
        self.make_up(samples);
    }

    /// Before sound follows something made up: keeps the continuation of that in `bridge`, and takes the decoder back to
    /// where it was, if all that was made up was superfluous.
    fn go_back(&mut self) {
        self.bridge.clear();
        if self.made_up == 0 {
            return;
        }
        if self.skipped || self.underrun_of_made_up() == 0 {
            self.skipped = false;
            return;
        }
        if let Some(sound) = self.decoder.conceal(BRIDGE) {
            self.bridge.extend_from_slice(sound);
        }
        self.bridge.resize(BRIDGE, 0.0);
        for s in &mut self.bridge {
            *s = *s * self.gain + self.background.sample() * (1.0 - self.gain);
        }
        self.decoder.restore();
    }

    /// Adds what is in `sound`, which was decoded.
    fn emit(&mut self) {
        self.underrun = 0;
        if self.bridge.is_empty() {
            // Opus goes over from what it made up by itself; what we faded comes back within 5 ms.
            for s in &mut self.sound {
                if self.gain >= 1.0 {
                    break;
                }
                self.gain = (self.gain + 1.0 / 240.0).min(1.0);
                *s = *s * self.gain + self.background.sample() * (1.0 - self.gain);
            }
            self.fifo.append(&self.sound, true);
        } else {
            self.counters.lengthened += self.fifo.join(&self.bridge, &self.sound) as u64;
            self.bridge.clear();
        }
        self.gain = 1.0;
        self.made_up = 0;
        self.skipped = false;
    }

    /// Sound was missing while the buffer was empty (the sender had not paused).
    fn count_underrun(&mut self) {
        self.counters.concealed += self.underrun.min(FADE_TO) as u64;
    }

    fn make_up(&mut self, samples: i64) {
        if self.made_up < FADE_FROM && self.made_up + samples >= FADE_FROM {
            self.background.prepare();
        }
        let mut sound = std::mem::take(&mut self.sound);
        sound.clear();
        if let Some(made_up) = self.decoder.conceal(samples as usize) {
            sound.extend_from_slice(made_up);
        }
        sound.resize(samples as usize, 0.0);
        for s in &mut sound {
            self.made_up += 1;
            let fade = (FADE_TO - self.made_up).max(0) as f32 / (FADE_TO - FADE_FROM) as f32;
            self.gain = self.gain.min(fade);
            *s = *s * self.gain + self.background.sample() * (1.0 - self.gain);
        }
        self.fifo.append(&sound, false);
        self.sound = sound;
    }

    /// Brings the age of what is played towards the wanted one.
    fn correct(&mut self, now: Instant) {
        if self.hold > 0 {
            self.hold -= 1;
            return;
        }
        if self.underrun > 0 {
            return;
        }
        let waiting = self.fifo.len() as i64;
        // Packets are taken when the fifo has less than a tick: that much later than they are heard, it is what counts.
        let rest = waiting % TICK;
        let age = self.delay.age(now, self.position - waiting) - rest;
        let excess = age - self.delay.wanted();
        if excess > SKIP {
            while self.packets.len() > 1 && self.delay.age(now, self.position) - self.delay.wanted() > ms(60) {
                self.discard_oldest();
            }
        } else if excess + rest > ms(5) && excess >= 0 {
            self.shorten(now, excess, rest);
        } else if excess < -LENGTHEN_PAUSE {
            self.lengthen(now, -excess, rest);
        }
    }

    fn shorten(&mut self, now: Instant, excess: i64, rest: i64) {
        // Exactly as much as is too much.
        let whole = rest + excess / TICK * TICK;
        let (longest, alike, rest_after) = match excess {
            _ if whole > 0 && self.is_pause(now, whole) => {
                let cut = self.fifo.cut(whole as usize);
                self.counters.shortened += cut as u64;
                return;
            }
            SHORTEN_NOW.. => (excess, -1.0, REST_SOON),
            SHORTEN_SOON.. => (excess, ALIKE_SOON, REST_SOON),
            SHORTEN.. => (excess, ALIKE, REST),
            _ => return,
        };
        self.ahead(3 * TICK_SAMPLES, now);
        let cut = self.fifo.shorten(longest as usize, alike);
        if cut > 0 {
            self.counters.shortened += cut as u64;
            self.hold = rest_after;
        }
    }

    fn lengthen(&mut self, now: Instant, missing: i64, rest: i64) {
        self.ahead(TICK_SAMPLES, now);
        let pause = self.fifo.energy() < self.background.pause();
        if !pause && missing < LENGTHEN {
            return;
        }
        // In a pause just so much that the next packet is needed a tick later.
        let added =
            if pause { self.fifo.insert((TICK - rest) as usize) } else { self.fifo.lengthen(missing.max(TICK) as usize, ALIKE) };
        if added > 0 {
            self.counters.lengthened += added as u64;
            self.hold = if pause { REST_SOON } else { REST };
        }
    }

    /// Whether the next tick and what could be cut are a pause.
    fn is_pause(&mut self, now: Instant, cut: i64) -> bool {
        let pause = self.background.pause();
        if self.fifo.len() >= TICK_SAMPLES && self.fifo.energy() >= pause {
            return false;
        }
        self.ahead(cut as usize + TICK_SAMPLES, now);
        self.fifo.is_below(pause, cut as usize + TICK_SAMPLES)
    }

    /// Decodes packets whose turn is next until `samples` wait; a gap ends it.
    fn ahead(&mut self, samples: usize, now: Instant) {
        while self.fifo.len() < samples
            && self.state == State::Playing
            && let Some(next) = self.next
            && let Some(packet) = self.packets.remove(&next)
        {
            let before = self.fifo.len();
            self.play(next, packet, now);
            if self.fifo.len() == before {
                return;
            }
        }
    }

    fn underrun_of_made_up(&self) -> i64 {
        if self.made_up == self.underrun { self.underrun } else { 0 }
    }
}
