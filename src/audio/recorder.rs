//! A recording that begins during a call. The audio thread fills a ring; a thread of its own empties it into the file, so that
//! a slow disk never holds up the sound.

use super::TICK_SAMPLES;
use super::wav::{WavWriter, reason};
use rtrb::Producer;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// Seconds of sound that wait for the disk at most.
const SECONDS: usize = 10;
/// How long an empty ring is left alone.
const NAP: Duration = Duration::from_millis(20);

/// How a recording ended: the file is whole in either case, up to the sentence that says why it stopped.
pub type Done = oneshot::Receiver<Result<(), String>>;

/// The audio thread's end of a recording. Dropping it ends the recording.
#[derive(Debug)]
pub struct Tap {
    ring: Producer<f32>,
    behind: Arc<AtomicBool>,
}

impl Tap {
    /// Takes 10 ms; `false` if the recording has ended, because of the disk.
    pub(super) fn write(&mut self, sound: &[f32; TICK_SAMPLES]) -> bool {
        if self.ring.is_abandoned() {
            return false;
        }
        if self.ring.slots() < TICK_SAMPLES {
            self.behind.store(true, Relaxed);
            return false;
        }
        for s in sound {
            let _ = self.ring.push(*s);
        }
        true
    }
}

/// Begins a recording into a file that is open already.
///
/// # Errors
/// One sentence, if there can be no more threads.
pub fn begin(mut wav: WavWriter) -> Result<(Tap, Done), String> {
    let (ring, mut sound) = rtrb::RingBuffer::<f32>::new(SECONDS * super::SAMPLE_RATE as usize);
    let behind = Arc::<AtomicBool>::default();
    let (ended, done) = oneshot::channel();
    let overrun = behind.clone();
    let mut write = move || -> Result<(), String> {
        let mut chunk = [0.0; TICK_SAMPLES];
        loop {
            // Asked first: what was pushed before the other end went is in the ring then.
            let over = sound.is_abandoned();
            if sound.slots() >= TICK_SAMPLES {
                for s in &mut chunk {
                    *s = sound.pop().unwrap_or_default();
                }
                wav.write(&chunk)?;
            } else if over {
                wav.flush()?;
                return match overrun.load(Relaxed) {
                    true => Err("the recording stops here, the file is whole up to now: the disk does not keep up".into()),
                    false => Ok(()),
                };
            } else {
                thread::sleep(NAP);
            }
        }
    };
    thread::Builder::new()
        .name("recorder".into())
        .spawn(move || {
            let result = write();
            // The file is closed before anybody hears that it is whole.
            drop(write);
            let _ = ended.send(result);
        })
        .map_err(|e| format!("the recording cannot begin: {}", reason(&e)))?;
    Ok((Tap { ring, behind }, done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_heard_is_in_the_file_when_it_is_said_to_be_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("late.wav");
        let (mut tap, done) = begin(WavWriter::create_new(&path, false).unwrap()).unwrap();
        for n in 0..250u16 {
            assert!(tap.write(&[f32::from(n) / 250.0; TICK_SAMPLES]));
        }
        drop(tap);
        assert_eq!(done.blocking_recv().unwrap(), Ok(()));
        let wav = hound::WavReader::open(&path).unwrap();
        assert_eq!(wav.duration(), 250 * 480);
        let last = wav.into_samples::<i16>().last().unwrap().unwrap();
        assert_eq!(last, (249.0f32 / 250.0 * 32767.0).round() as i16);
    }

    #[test]
    fn a_disk_that_does_not_keep_up_ends_it_and_never_waits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("late.wav");
        let (ring, sound) = rtrb::RingBuffer::<f32>::new(2 * TICK_SAMPLES);
        let mut tap = Tap { ring, behind: Arc::default() };
        assert_eq!([0; 3].map(|_| tap.write(&[0.0; TICK_SAMPLES])), [true, true, false]);
        assert!(tap.behind.load(Relaxed));
        drop(sound);
        assert!(!tap.write(&[0.0; TICK_SAMPLES]), "nobody writes any more");
        let (tap, done) = begin(WavWriter::create_new(&path, false).unwrap()).unwrap();
        tap.behind.store(true, Relaxed);
        drop(tap);
        assert!(done.blocking_recv().unwrap().unwrap_err().contains("does not keep up"));
    }
}
