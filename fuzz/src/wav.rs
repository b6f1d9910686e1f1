//! A WAV file from anywhere: what the `wav` target does, and a module of `tests/fuzz_wav.rs`, which runs it on stable.

use conclave::audio::TICK_SAMPLES;
use conclave::audio::wav::WavReader;
use std::io::Cursor;

/// Any bytes as a WAV file: refused in one sentence, or played to its end as sound that is never louder than full scale, in
/// no more time than its bytes can say.
pub fn wav(data: &[u8]) {
    let mut file = match WavReader::new(Cursor::new(data), data.len() as u64, "x.wav") {
        Ok(file) => file,
        Err(failure) => {
            assert!(failure.text.contains("x.wav") && failure.text.len() < 300, "{}", failure.text);
            return;
        }
    };
    let mut out = [0.0; TICK_SAMPLES];
    // At 4 kHz a byte is 12 samples of ours, and the last tick is filled up.
    let mut left = data.len() * 12 / TICK_SAMPLES + 2;
    while file.read(&mut out) {
        assert!(out.iter().all(|s| s.is_finite() && s.abs() <= 1.0), "too loud");
        left = left.checked_sub(1).expect("more sound than there are bytes");
    }
    assert!(!file.read(&mut out) && out.iter().all(|s| *s == 0.0), "after the end there is silence");
}

/// A good WAV file of a shape that the bytes choose, and what they change of it.
pub fn damaged(data: &[u8]) {
    let Some((head, rest)) = data.split_first_chunk::<4>() else { return };
    let [channels, bits, rate, patches] = *head;
    let (channels, bits) = (1 + u16::from(channels % 8), [8, 16, 24, 32, 32][usize::from(bits % 5)]);
    let rate: u32 = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000][usize::from(rate % 8)];
    let float = head[1] % 5 == 4;
    let block = u32::from(channels) * bits / 8;
    let (sound, length) = (vec![0x55u8; block as usize * 600], block * 600);
    let mut file = Vec::with_capacity(44 + sound.len());
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    file.extend_from_slice(&if float { 3u16 } else { 1 }.to_le_bytes());
    file.extend_from_slice(&channels.to_le_bytes());
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * block).to_le_bytes());
    file.extend_from_slice(&(block as u16).to_le_bytes());
    file.extend_from_slice(&(bits as u16).to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&sound);
    for patch in rest.chunks_exact(3).take(usize::from(patches % 16)) {
        // The header more often than the sound.
        let at = if patch[0] % 4 == 0 { usize::from(patch[1]) * 16 } else { usize::from(patch[1] % 44) };
        let at = at % file.len();
        file[at] ^= patch[2];
    }
    if rest.len() % 3 == 1 {
        file.truncate(usize::from(rest[0]) * file.len() / 256);
    }
    wav(&file);
}
