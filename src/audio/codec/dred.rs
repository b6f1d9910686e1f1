//! libopus's decoder with what the `opus` crate does not show: copying its state, and deep redundancy (DRED), which
//! carries up to a second of the past in each packet (draft-ietf-mlcodec-opus-dred). The only module of the sound that
//! calls C; its interface is safe.
//!
//! What the calls below rely on: a pointer from a successful `create`/`alloc` is valid until its `destroy`/`free`, which
//! only `Drop` calls; `&mut self` keeps others out; each buffer goes in with its true length; libopus keeps no pointer
//! into a packet or a buffer after it returns.
#![allow(unsafe_code, reason = "libopus is written in C")]

use crate::audio::SAMPLE_RATE;
use opusic_sys as sys;
use std::ptr::{self, NonNull};

const RATE: i32 = SAMPLE_RATE as i32;

fn length(n: usize) -> Option<i32> {
    i32::try_from(n).ok()
}

/// How many samples libopus wrote, if it says that it did.
fn written(n: i32, room: usize) -> Option<usize> {
    usize::try_from(n).ok().filter(|n| (1..=room).contains(n))
}

/// Whether the packet holds a redundant copy (LBRR) of the frame before it.
pub(super) fn has_lbrr(packet: &[u8]) -> bool {
    let Some(n) = length(packet.len()).filter(|n| *n > 0) else { return false };
    // SAFETY: `packet` is `n` readable bytes.
    unsafe { sys::opus_packet_has_lbrr(packet.as_ptr(), n) == 1 }
}

/// One decoder, mono at 48 kHz.
#[derive(Debug)]
pub(super) struct State {
    opus: NonNull<sys::OpusDecoder>,
}

// SAFETY: libopus's decoder owns all it points to, or points to constant tables; it knows no threads.
unsafe impl Send for State {}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: see the module.
        unsafe { sys::opus_decoder_destroy(self.opus.as_ptr()) }
    }
}

impl State {
    /// `None` without memory.
    pub(super) fn new(complexity: i32) -> Option<Self> {
        let mut error = 0;
        // SAFETY: `error` is a place for the result.
        let opus = unsafe { sys::opus_decoder_create(RATE, 1, &raw mut error) };
        let state = Self { opus: NonNull::new(opus)? };
        // SAFETY: this request takes one int.
        let set = unsafe { sys::opus_decoder_ctl(opus, sys::OPUS_SET_COMPLEXITY_REQUEST, complexity) };
        (error == sys::OPUS_OK && set == sys::OPUS_OK).then_some(state)
    }

    /// As if nothing had been decoded yet.
    pub(super) fn reset(&mut self) {
        // SAFETY: this request takes nothing.
        unsafe { sys::opus_decoder_ctl(self.opus.as_ptr(), sys::OPUS_RESET_STATE) };
    }

    /// Becomes a copy of `other`.
    pub(super) fn copy_from(&mut self, other: &Self) {
        // SAFETY: both are decoders of one channel and so of this size, each in one allocation of its own; libopus promises
        // that a shallow copy of the state is a copy of the decoder (opus.h, "opus_decoder").
        unsafe {
            let size = usize::try_from(sys::opus_decoder_get_size(1)).unwrap_or(0);
            ptr::copy_nonoverlapping(other.opus.as_ptr().cast::<u8>(), self.opus.as_ptr().cast::<u8>(), size);
        }
    }

    /// Decodes a packet into `out`; `fec`: the frame before it, from its redundant copy. An empty packet is a lost one.
    pub(super) fn decode(&mut self, packet: &[u8], out: &mut [f32], fec: bool) -> Option<usize> {
        let (n, room) = (length(packet.len())?, length(out.len())?);
        let data = if packet.is_empty() { ptr::null() } else { packet.as_ptr() };
        // SAFETY: `data` is `n` readable bytes or null, `out` has room for `room` samples of one channel.
        let got = unsafe { sys::opus_decode_float(self.opus.as_ptr(), data, n, out.as_mut_ptr(), room, fec.into()) };
        written(got, out.len())
    }

    /// Fills `out` with what `redundancy` says was heard from `before` samples ahead of its packet on.
    pub(super) fn decode_redundancy(&mut self, redundancy: &Redundancy, before: usize, out: &mut [f32]) -> Option<usize> {
        let (before, room) = (length(before)?, length(out.len())?);
        // SAFETY: `redundancy` was initialised by `Redundancy::new`; `out` has room for `room` samples.
        let got = unsafe {
            sys::opus_decoder_dred_decode_float(self.opus.as_ptr(), redundancy.dred.as_ptr(), before, out.as_mut_ptr(), room)
        };
        written(got, out.len())
    }
}

/// The deep redundancy of one packet.
#[derive(Debug)]
pub(super) struct Redundancy {
    dred: NonNull<sys::OpusDRED>,
    decoder: NonNull<sys::OpusDREDDecoder>,
}

// SAFETY: as for `State`.
unsafe impl Send for Redundancy {}

impl Drop for Redundancy {
    fn drop(&mut self) {
        // SAFETY: see the module.
        unsafe {
            sys::opus_dred_free(self.dred.as_ptr());
            sys::opus_dred_decoder_destroy(self.decoder.as_ptr());
        }
    }
}

impl Redundancy {
    /// Nothing yet; `None` without memory.
    pub(super) fn new() -> Option<Self> {
        let mut error = 0;
        // SAFETY: `error` is a place for the result.
        let decoder = NonNull::new(unsafe { sys::opus_dred_decoder_create(&raw mut error) })?;
        // SAFETY: as above.
        let Some(dred) = NonNull::new(unsafe { sys::opus_dred_alloc(&raw mut error) }) else {
            // SAFETY: see the module.
            unsafe { sys::opus_dred_decoder_destroy(decoder.as_ptr()) };
            return None;
        };
        // SAFETY: the allocation has this size, and all zeros is a value of that C struct (floats and ints). libopus does
        // not initialise it: decoding from one that never was parsed reads the stage it is in.
        unsafe {
            let size = usize::try_from(sys::opus_dred_get_size()).unwrap_or(0);
            ptr::write_bytes(dred.as_ptr().cast::<u8>(), 0, size);
        }
        Some(Self { dred, decoder })
    }

    /// Takes the redundancy of a packet, at most `samples` back; returns which samples before the packet it knows: from
    /// `.0` to `.1` ahead of it. `whole`: also makes it ready for [`State::decode_redundancy`], which costs most.
    pub(super) fn parse(&mut self, packet: &[u8], samples: usize, whole: bool) -> Option<(usize, usize)> {
        let (n, samples) = (length(packet.len())?, length(samples)?);
        let mut end = 0;
        // SAFETY: `packet` is `n` readable bytes, `end` a place for the result.
        let got = unsafe {
            sys::opus_dred_parse(
                self.decoder.as_ptr(),
                self.dred.as_ptr(),
                packet.as_ptr(),
                n,
                samples,
                RATE,
                &raw mut end,
                (!whole).into(),
            )
        };
        let (from, to) = (usize::try_from(got).ok()?, usize::try_from(end).ok()?);
        (from > to).then_some((from, to))
    }
}
