//! WAV files: any as microphone, ours as recording.

pub(super) mod reader;
mod writer;

pub use reader::WavReader;
pub use writer::WavWriter;
