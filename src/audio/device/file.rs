//! A WAV file that stands for the microphone.

use crate::audio::TICK_SAMPLES;
use crate::audio::wav::WavReader;

/// Plays once, in real time, when told to; before and after that it is a silent microphone.
#[derive(Debug)]
pub struct Player {
    file: Option<WavReader>,
    playing: bool,
}

impl Player {
    /// A file that waits.
    pub fn new(file: WavReader) -> Self {
        Self { file: Some(file), playing: false }
    }

    /// Begins; `true` if it had not begun before.
    pub fn play(&mut self) -> bool {
        let begins = !self.playing && self.file.is_some();
        self.playing |= begins;
        begins
    }

    /// Gives the next 10 ms; `true` if the file has just ended.
    pub fn read(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        out.fill(0.0);
        if !self.playing || self.file.as_mut().is_some_and(|f| f.read(out)) {
            return false;
        }
        (self.playing, self.file) = (false, None);
        true
    }
}
