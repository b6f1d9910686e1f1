//! Opus packets back into sound: what was lost comes from redundant copies, or is made up.

use super::MAX_PACKET_SAMPLES;
use super::dred::{self, Redundancy, State};
use crate::audio::SAMPLE_RATE;
use crate::exit::{Exit, Failure};

/// libopus makes lost sound up with a neural network from this complexity on ("deep PLC"), and costs no more than
/// before while nothing is lost.
const COMPLEXITY: i32 = 5;
/// How far back deep redundancy is looked at, in samples (1 s).
const REACH: usize = SAMPLE_RATE as usize;

/// Decodes one speaker.
#[derive(Debug)]
pub struct Decoder {
    opus: State,
    /// The state to which [`Decoder::restore`] goes back; made when first needed, then kept.
    saved: Option<Box<State>>,
    is_saved: bool,
    /// Made when a packet with deep redundancy is first looked at.
    deep: Option<Redundancy>,
    /// The packet whose deep redundancy is ready in `deep`.
    ready: Option<u64>,
    sound: Box<[f32; MAX_PACKET_SAMPLES]>,
}

impl Decoder {
    /// A fresh decoder; stereo packets are mixed down.
    pub fn new() -> Result<Self, Failure> {
        let opus = State::new(COMPLEXITY)
            .ok_or_else(|| Failure::new(Exit::Internal, "The Opus decoder cannot be set up.".to_string()))?;
        let sound = Box::new([0.0; MAX_PACKET_SAMPLES]);
        Ok(Self { opus, saved: None, is_saved: false, deep: None, ready: None, sound })
    }

    /// Forgets the past: another stream follows.
    pub fn reset(&mut self) {
        self.opus.reset();
        self.is_saved = false;
        self.ready = None;
    }

    /// Decodes a packet; `None` if Opus cannot.
    pub fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        if packet.is_empty() {
            return None; // To libopus this means "lost", and it would make sound up.
        }
        let n = self.opus.decode(packet, self.sound.as_mut_slice(), false)?;
        self.finish(n)
    }

    /// Whether `packet` holds a redundant copy of the frame before it (LBRR, RFC 6716 section 2.1.7).
    pub fn has_copy(packet: &[u8]) -> bool {
        dred::has_lbrr(packet)
    }

    /// The `samples` before `packet`, from the redundant copy inside it (LBRR, RFC 6716 section 2.1.7); without one,
    /// Opus conceals.
    pub fn recover(&mut self, packet: &[u8], samples: usize) -> Option<&[f32]> {
        let n = self.opus.decode(packet, self.sound.get_mut(..samples)?, true)?;
        self.finish(n)
    }

    /// Which samples before `packet` its deep redundancy (DRED) describes: from `.0` to `.1` ahead of it, `.0` being the
    /// larger. Cheap.
    pub fn reach(&mut self, packet: &[u8]) -> Option<(usize, usize)> {
        self.ready = None;
        if self.deep.is_none() {
            self.deep = Redundancy::new();
        }
        self.deep.as_mut()?.parse(packet, REACH, false)
    }

    /// The `samples` that begin `before` samples ahead of `packet`, from its deep redundancy; `name` tells packets apart.
    pub fn recover_deep(&mut self, packet: &[u8], name: u64, before: usize, samples: usize) -> Option<&[f32]> {
        if self.deep.is_none() {
            self.deep = Redundancy::new();
        }
        let deep = self.deep.as_mut()?;
        if self.ready != Some(name) {
            self.ready = None;
            // A little more than is asked for: the network starts with what was heard before.
            let samples = (before + SAMPLE_RATE as usize / 25).min(REACH);
            deep.parse(packet, samples, true)?;
            self.ready = Some(name);
        }
        let n = self.opus.decode_redundancy(deep, before, self.sound.get_mut(..samples)?)?;
        self.finish(n)
    }

    /// Makes up `samples` of sound (a multiple of 2.5 ms) that continue what was heard.
    pub fn conceal(&mut self, samples: usize) -> Option<&[f32]> {
        let n = self.opus.decode(&[], self.sound.get_mut(..samples)?, false)?;
        self.finish(n)
    }

    /// Remembers this moment: what is made up from now on may turn out to have been there after all.
    pub fn save(&mut self) {
        if self.saved.is_none() {
            self.saved = State::new(COMPLEXITY).map(Box::new);
        }
        if let Some(saved) = &mut self.saved {
            saved.copy_from(&self.opus);
            self.is_saved = true;
        }
    }

    /// Back to the remembered moment, once; `false` if there is none.
    pub fn restore(&mut self) -> bool {
        match &self.saved {
            Some(saved) if self.is_saved => {
                self.opus.copy_from(saved);
                self.is_saved = false;
                true
            }
            _ => false,
        }
    }

    fn finish(&mut self, n: usize) -> Option<&[f32]> {
        let sound = self.sound.get_mut(..n)?;
        for s in sound.iter_mut() {
            // Damaged packets may decode to anything; one NaN would silence a mixer for ever.
            *s = if s.is_finite() { s.clamp(-2.0, 2.0) } else { 0.0 };
        }
        Some(sound)
    }
}
