//! The recording: 48 kHz, mono, 16 bit, and a whole WAV file at each moment.
//!
//! Sound is written first and the header after it, once a second. Whatever ends the process, the header then promises
//! what is there or less, and what cannot be written any more (disk full) is cut off again.

use super::reader::reason;
use crate::audio::{SAMPLE_RATE, TICK_SAMPLES};
use crate::exit::{Exit, Failure};
use crate::os::{self, Private as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

const HEADER: u64 = 44;
/// A second of sound between two updates of the header.
const FLUSH_BYTES: usize = SAMPLE_RATE as usize * 2;
/// A WAV file counts its bytes with 32 bits.
const MAX_BYTES: u64 = u32::MAX as u64 - HEADER - FLUSH_BYTES as u64;

/// Where the bytes go; a trait so that tests can fill the disk.
pub(super) trait Storage: Write + Seek + Send {
    /// Cuts the end off.
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

impl Storage for File {
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }
}

/// A recording in the making. Dropping it finishes the file.
pub struct WavWriter {
    file: Box<dyn Storage>,
    waiting: Vec<u8>,
    /// Bytes of sound in the file.
    written: u64,
    failed: bool,
}

impl std::fmt::Debug for WavWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WavWriter").field("written", &self.written).field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl WavWriter {
    /// Creates or overwrites a file; 73 if that is impossible.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let cannot = |why: &str| {
            let text = format!("The recording {} cannot be written: {why}; choose another place.", path.display());
            Failure::new(Exit::CantCreate, text)
        };
        // Opening a FIFO waits for somebody to read, and a WAV file's header is written again and again.
        if std::fs::metadata(path).is_ok_and(|m| os::is_fifo(&m)) {
            return Err(cannot("it is a pipe, and a WAV file cannot go through one (--audio pipe writes raw sound)"));
        }
        Self::open(path, OpenOptions::new().create(true).truncate(true)).map_err(|e| cannot(&reason(&e)))
    }

    /// Creates a file that nobody else can read; one that is there is an error, or, if it may be overwritten, is emptied.
    pub fn create_new(path: &Path, overwrite: bool) -> io::Result<Self> {
        if overwrite && std::fs::metadata(path).is_ok_and(|m| m.is_file()) {
            os::make_private(path)?;
            return Self::open(path, OpenOptions::new().truncate(true));
        }
        Self::open(path, OpenOptions::new().create_new(true))
    }

    /// What was said is for whoever recorded it.
    fn open(path: &Path, options: &mut OpenOptions) -> io::Result<Self> {
        Self::new(Box::new(options.write(true).private().open(path)?))
    }

    fn new(file: Box<dyn Storage>) -> io::Result<Self> {
        let mut wav = Self { file, waiting: Vec::with_capacity(FLUSH_BYTES), written: 0, failed: false };
        wav.header()?;
        Ok(wav)
    }

    /// Appends 10 ms. An error is given once, in words; the file is whole up to then and takes nothing more.
    pub fn write(&mut self, sound: &[f32; TICK_SAMPLES]) -> Result<(), String> {
        if self.failed {
            return Ok(());
        }
        for s in sound {
            let s = (s.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
            self.waiting.extend_from_slice(&s.to_le_bytes());
        }
        if self.waiting.len() >= FLUSH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Brings everything into the file, header included.
    pub fn flush(&mut self) -> Result<(), String> {
        if self.failed {
            return Ok(());
        }
        let done = if self.written > MAX_BYTES {
            Err(io::Error::other("a WAV file cannot be longer than 4 GiB"))
        } else {
            self.append()
        };
        self.waiting.clear();
        done.map_err(|e| {
            self.failed = true;
            // Best effort: the header promises `written` bytes already.
            let _ = self.file.cut(HEADER + self.written);
            format!("the recording stops here, the file is whole up to now: {}", reason(&e))
        })
    }

    fn append(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(HEADER + self.written))?;
        self.file.write_all(&self.waiting)?;
        self.written += self.waiting.len() as u64;
        self.header()
    }

    /// RIFF header for PCM, 44 bytes.
    fn header(&mut self) -> io::Result<()> {
        let data = self.written as u32;
        let mut h = Vec::with_capacity(HEADER as usize);
        h.extend_from_slice(b"RIFF");
        h.extend_from_slice(&(data + 36).to_le_bytes());
        h.extend_from_slice(b"WAVEfmt ");
        h.extend_from_slice(&16u32.to_le_bytes());
        h.extend_from_slice(&1u16.to_le_bytes()); // PCM
        h.extend_from_slice(&1u16.to_le_bytes()); // channels
        h.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
        h.extend_from_slice(&(SAMPLE_RATE * 2).to_le_bytes());
        h.extend_from_slice(&2u16.to_le_bytes()); // bytes per frame
        h.extend_from_slice(&16u16.to_le_bytes()); // bits per sample
        h.extend_from_slice(b"data");
        h.extend_from_slice(&data.to_le_bytes());
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&h)
    }
}

impl Drop for WavWriter {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_file_is_whole_each_second_and_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.wav");
        let mut wav = WavWriter::create(&path).unwrap();
        let tick: [f32; TICK_SAMPLES] = std::array::from_fn(|i| (i as f32 / 480.0) * 2.0 - 1.0);
        for n in 0..=250 {
            if n % 50 == 0 {
                // A copy is what a killed process would leave.
                let copy = hound::WavReader::open(&path).unwrap();
                assert!(copy.duration() as usize + 48_000 >= n * TICK_SAMPLES, "at most a second is missing");
                assert_eq!(copy.into_samples::<i16>().filter(Result::is_err).count(), 0);
            }
            wav.write(&tick).unwrap();
        }
        drop(wav);
        let mut wav = hound::WavReader::open(&path).unwrap();
        assert_eq!(wav.duration(), 251 * 480);
        let spec = wav.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 48_000, 16));
        assert_eq!(wav.samples::<i16>().next().unwrap().unwrap(), -32767);
    }

    #[test]
    fn what_cannot_be_written_is_said_before_the_call() {
        let failure = WavWriter::create(Path::new("/no/such/folder/out.wav")).unwrap_err();
        assert_eq!(failure.exit, Exit::CantCreate);
        assert!(failure.text.contains("/no/such/folder/out.wav"), "{}", failure.text);
    }

    #[test]
    fn a_late_recording_is_private_and_overwrites_only_what_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("late.wav");
        std::fs::write(&path, vec![b'x'; 10_000]).unwrap();
        assert_eq!(WavWriter::create_new(&path, false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 10_000);
        drop(WavWriter::create_new(&path, true).unwrap());
        assert_eq!(WavReaderCheck::open(&path), 0);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(WavWriter::create_new(dir.path(), true).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    /// A disk with room for so many bytes.
    struct Small(File, u64);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.1.saturating_sub(self.0.stream_position()?);
            if room == 0 {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            self.0.write(&bytes[..bytes.len().min(room as usize)])
        }
        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    impl Storage for Small {
        fn cut(&mut self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }
    }

    #[test]
    fn a_full_disk_is_told_once_and_leaves_a_whole_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.wav");
        let mut wav = WavWriter::new(Box::new(Small(File::create(&path).unwrap(), 250_000))).unwrap();
        let told: Vec<String> = (0..500).filter_map(|_| wav.write(&[0.1; TICK_SAMPLES]).err()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        drop(wav);
        let read = WavReaderCheck::open(&path);
        assert_eq!(read, 2 * 48_000, "two whole seconds fit");
    }

    struct WavReaderCheck;

    impl WavReaderCheck {
        /// Opens with the strict reader (a header that promises too much is refused); the number of samples.
        fn open(path: &Path) -> u32 {
            super::super::WavReader::open(path).unwrap();
            hound::WavReader::open(path).unwrap().duration()
        }
    }
}
