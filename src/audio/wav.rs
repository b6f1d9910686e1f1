//! WAV files: any as microphone, ours as recording.

mod reader;
mod writer;

pub use reader::WavReader;
pub(crate) use reader::reason;
pub use writer::WavWriter;
