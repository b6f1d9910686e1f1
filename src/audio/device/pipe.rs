//! Raw sound through pipes: s16le, 48 kHz, mono. Reading and writing may block, so each has a thread of its own.

use super::{CaptureRing, Health, Rechunk};
use crate::audio::TICK_SAMPLES;
use crate::audio::wav::reason;
use crate::exit::{Exit, Failure};
use rtrb::Producer;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a full or empty ring is left alone.
const NAP: Duration = Duration::from_millis(5);
/// How long the end of a call waits for the reader of a pipe.
const DRAIN: Duration = Duration::from_millis(300);

fn is_fifo(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| crate::os::is_fifo(&m))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    let failed = |e: io::Error| Failure::new(Exit::Internal, format!("A thread cannot be started: {}.", reason(&e)));
    thread::Builder::new().name(name.into()).spawn(run).map_err(failed)
}

/// Opens what stands for the microphone: a path or standard input. 66 if there is none.
pub fn reader(path: Option<&PathBuf>) -> Result<Rechunk, Failure> {
    let (ring, rechunk) = CaptureRing::new(Arc::<Health>::default());
    match path {
        None => spawn("pipe-in", move || copy_in(io::stdin().lock(), ring))?,
        Some(path) => {
            let bad = |e: io::Error| {
                Failure::new(Exit::NoInput, format!("The pipe {} cannot be read: {}.", path.display(), reason(&e)))
            };
            if is_fifo(path) {
                // Opening waits for a writer.
                let path = path.clone();
                spawn("pipe-in", move || {
                    if let Ok(file) = File::open(path) {
                        copy_in(file, ring);
                    }
                })?
            } else {
                let file = File::open(path).map_err(bad)?;
                spawn("pipe-in", move || copy_in(file, ring))?
            }
        }
    };
    // Not joined: a read may block for ever, and nothing is lost with it.
    Ok(rechunk)
}

fn copy_in(mut from: impl Read, mut ring: CaptureRing) {
    let mut bytes = [0u8; 2 * TICK_SAMPLES];
    let mut odd = 0;
    while !ring.is_abandoned() {
        let Some(room) = bytes.get_mut(odd..) else { return };
        match from.read(room) {
            Ok(0) => return,
            Ok(n) => {
                let n = n + odd;
                odd = n % 2;
                while ring.room() < n / 2 {
                    if ring.is_abandoned() {
                        return;
                    }
                    thread::sleep(NAP);
                }
                let (whole, rest) = bytes.split_at(n - odd);
                ring.write(whole.chunks_exact(2).map(|b| match b {
                    [lo, hi] => f32::from(i16::from_le_bytes([*lo, *hi])) / 32_768.0,
                    _ => 0.0,
                }));
                let rest = rest.first().copied();
                if let (1, Some(byte), Some(first)) = (odd, rest, bytes.first_mut()) {
                    *first = byte;
                }
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// What stands for the loudspeaker.
#[derive(Debug)]
pub struct PipeWriter {
    ring: Option<Producer<f32>>,
    thread: JoinHandle<()>,
    told: bool,
}

impl PipeWriter {
    /// Opens a path or standard output; 73 if that is impossible.
    pub fn open(path: Option<&PathBuf>) -> Result<Self, Failure> {
        let (producer, mut ring) = rtrb::RingBuffer::<f32>::new(9_600);
        let mut copy = move |mut to: Box<dyn Write>| {
            let mut bytes = Vec::with_capacity(2 * TICK_SAMPLES);
            loop {
                bytes.clear();
                while bytes.len() < 2 * TICK_SAMPLES
                    && let Ok(s) = ring.pop()
                {
                    bytes.extend_from_slice(&((s.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes());
                }
                if bytes.is_empty() {
                    if ring.is_abandoned() {
                        return;
                    }
                    thread::sleep(NAP);
                } else if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                    return;
                }
            }
        };
        let open = |path: &Path| OpenOptions::new().write(true).create(true).truncate(true).open(path);
        let thread = match path {
            None => spawn("pipe-out", move || copy(Box::new(io::stdout())))?,
            Some(path) if is_fifo(path) => {
                let path = path.clone();
                spawn("pipe-out", move || {
                    if let Ok(file) = OpenOptions::new().write(true).open(path) {
                        copy(Box::new(file));
                    }
                })?
            }
            Some(path) => {
                let file = open(path).map_err(|e| {
                    Failure::new(Exit::CantCreate, format!("The pipe {} cannot be written: {}.", path.display(), reason(&e)))
                })?;
                spawn("pipe-out", move || copy(Box::new(file)))?
            }
        };
        Ok(Self { ring: Some(producer), thread, told: false })
    }

    /// Gives 10 ms; dropped if the reader is behind. The error, once, if the reader is gone.
    pub fn write(&mut self, sound: &[f32; TICK_SAMPLES]) -> Result<(), String> {
        let Some(ring) = &mut self.ring else { return Ok(()) };
        if ring.is_abandoned() {
            let first = !std::mem::replace(&mut self.told, true);
            return if first { Err("the reader of the pipe is gone".into()) } else { Ok(()) };
        }
        if ring.slots() >= TICK_SAMPLES {
            for s in sound {
                let _ = ring.push(*s);
            }
        }
        Ok(())
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        self.ring = None; // the thread writes what is left and ends
        let deadline = Instant::now() + DRAIN;
        while !self.thread.is_finished() && Instant::now() < deadline {
            thread::sleep(NAP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_sound_goes_in_and_out_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        let (input, output) = (dir.path().join("in.raw"), dir.path().join("out.raw"));
        let sound: Vec<u8> = (0..4800i16).flat_map(|i| (i * 5 - 12_000).to_le_bytes()).collect();
        std::fs::write(&input, &sound).unwrap();
        let mut from = reader(Some(&input)).unwrap();
        let mut to = PipeWriter::open(Some(&output)).unwrap();
        let (mut tick, mut got) = ([0.0; TICK_SAMPLES], 0);
        let deadline = Instant::now() + Duration::from_secs(5);
        while got < 10 && Instant::now() < deadline {
            if from.read(&mut tick) {
                to.write(&tick).unwrap();
                got += 1;
            } else {
                thread::sleep(Duration::from_millis(1));
            }
        }
        drop(to);
        let heard = std::fs::read(&output).unwrap();
        assert_eq!(heard.len(), sound.len());
        let samples = |b: &[u8]| b.chunks(2).map(|c| i16::from_le_bytes([c[0], c[1]])).collect::<Vec<_>>();
        assert!(samples(&heard).iter().zip(samples(&sound)).all(|(a, b)| a.abs_diff(b) <= 1));
    }

    #[test]
    fn what_cannot_be_opened_is_said_before_the_call() {
        assert_eq!(reader(Some(&"/no/such/pipe".into())).unwrap_err().exit, Exit::NoInput);
        assert_eq!(PipeWriter::open(Some(&"/no/such/folder/pipe".into())).unwrap_err().exit, Exit::CantCreate);
    }
}
