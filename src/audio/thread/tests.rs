use super::super::device::{CaptureRing, DeviceInfo, PlayRing, Stream};
use super::super::testing::{align, voice};
use super::*;
use crate::backend::{FRAME_QUEUE, Frame, MediaPorts, SourceChange, SourceId};
use crate::call::PeerId;
use crate::call::processing::{EchoCancel, Noise, Wish};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

fn setup(device: DeviceSpec) -> Setup {
    // What comes out is compared with what went in.
    let processing = Wish { echo: Some(EchoCancel::Off), noise: Some(Noise::Off), gain: Some(false) };
    Setup { processing, ..Setup::new(device, true) }
}

/// Both ends of a session whose only other member is ourselves.
struct Echo {
    outgoing: mpsc::Receiver<Frame>,
    back: mpsc::Sender<Frame>,
    _sources: mpsc::Sender<SourceChange>,
}

fn echo() -> (MediaPorts, Echo) {
    let (frames, outgoing) = mpsc::channel(FRAME_QUEUE);
    let (sources, changes) = mpsc::channel(4);
    let (back, theirs) = mpsc::channel(FRAME_QUEUE);
    sources.try_send(SourceChange::Added { source: SourceId(1), peer: PeerId("echo".into()), frames: theirs }).unwrap();
    (MediaPorts { outgoing: frames, sources: changes }, Echo { outgoing, back, _sources: sources })
}

impl Echo {
    fn carry(&mut self) {
        while let Ok(mut frame) = self.outgoing.try_recv() {
            frame.arrived = Instant::now();
            let _ = self.back.try_send(frame);
        }
    }
}

/// Runs until `done`, at most `limit`; returns what was told.
fn until(audio: &mut Audio, limit: Duration, mut step: impl FnMut(), done: impl Fn(&[AudioEvent]) -> bool) -> Vec<AudioEvent> {
    let (deadline, mut told) = (Instant::now() + limit, Vec::new());
    while !done(&told) {
        assert!(Instant::now() < deadline, "only this was told: {told:?}");
        step();
        while let Ok(e) = audio.events.try_recv() {
            told.push(e);
        }
        thread::sleep(Duration::from_millis(2));
    }
    told
}

fn write(path: &Path, sound: &[f32]) {
    let mut wav = WavWriter::create(path).unwrap();
    sound.chunks_exact(TICK_SAMPLES).for_each(|c| wav.write(c.try_into().unwrap()).unwrap());
}

fn read(path: &Path) -> Vec<f32> {
    let wav = hound::WavReader::open(path).unwrap();
    wav.into_samples::<i16>().map(|s| f32::from(s.unwrap()) / 32_768.0).collect()
}

#[test]
fn a_file_is_spoken_once_connected_and_what_is_heard_is_recorded_without_gaps() {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("in.wav"), dir.path().join("out.wav"));
    let sound = voice(2);
    write(&input, &sound);
    let device = DeviceSpec::File { input: Some(input), output: Some(output.clone()) };
    let mut audio = start(setup(device)).unwrap();
    let (ports, mut echo) = echo();
    let begun = Instant::now();
    audio.control.try_send(Control::Attach(ports)).unwrap();
    until(&mut audio, Duration::from_secs(10), || echo.carry(), |told| told.iter().any(|e| matches!(e, AudioEvent::Figures(_))));
    audio.control.try_send(Control::MediaConnected).unwrap();
    let told = until(
        &mut audio,
        Duration::from_secs(20),
        || echo.carry(),
        |told| told.contains(&AudioEvent::Playing(false)) && told.contains(&AudioEvent::Speaking { peer: None, on: false }),
    );
    assert_eq!(told.iter().filter(|e| matches!(e, AudioEvent::Playing(_))).count(), 2);
    assert!(told.iter().any(|e| matches!(e, AudioEvent::Hearing { .. })), "{told:?}");
    let wall = begun.elapsed();
    drop(audio);
    let heard = read(&output);
    let length = Duration::from_secs_f64(heard.len() as f64 / 48_000.0);
    assert!(length.abs_diff(wall) < Duration::from_millis(400), "{length:?} of {wall:?} were recorded");
    // On a busy machine the delay changes on the way: each half second is looked for by itself.
    let parts = sound.chunks_exact(24_000).map(|part| align(part, &heard, heard.len() - 24_000).1);
    let best = parts.fold(0.0f64, f64::max);
    assert!(best > 0.9, "heard what was said: {best}");
}

#[test]
fn files_that_cannot_be_used_are_refused_before_the_call() {
    let dir = tempfile::tempdir().unwrap();
    let file = |input: Option<&str>, output: Option<&str>| {
        let path = |p: &str| dir.path().join(p);
        start(setup(DeviceSpec::File { input: input.map(path), output: output.map(path) })).unwrap_err().exit
    };
    std::fs::write(dir.path().join("empty.wav"), []).unwrap();
    assert_eq!(file(Some("none.wav"), None), Exit::NoInput);
    assert_eq!(file(Some("empty.wav"), None), Exit::Data);
    assert_eq!(file(None, Some("no/folder/out.wav")), Exit::CantCreate);
}

#[test]
fn a_call_that_goes_away_ends_the_sound_quietly() {
    let audio = start(setup(DeviceSpec::Null)).unwrap();
    let (ports, echo) = echo();
    audio.control.try_send(Control::Attach(ports)).unwrap();
    drop(echo);
    let Audio { control, events, guard, .. } = audio;
    drop((control, events));
    let deadline = Instant::now() + Duration::from_secs(5);
    while !guard.thread.as_ref().unwrap().is_finished() {
        assert!(Instant::now() < deadline, "the thread goes on without a call");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A sound system whose devices are threads, and which can be broken.
#[derive(Debug, Default)]
struct Fake {
    /// Devices exist.
    plugged: AtomicBool,
    /// The open device reports errors without end.
    spinning: Arc<AtomicBool>,
    opened: Mutex<Vec<Option<String>>>,
    /// How many are open now.
    running: Arc<AtomicUsize>,
}

struct Running(Arc<AtomicBool>, Option<JoinHandle<()>>, Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
        self.1.take().unwrap().join().unwrap();
        self.2.fetch_sub(1, Relaxed);
    }
}

impl Fake {
    fn device(
        &self,
        device: Option<&str>,
        health: Arc<device::Health>,
        mut callback: impl FnMut() + Send + 'static,
    ) -> Result<Stream, OpenError> {
        self.opened.lock().unwrap().push(device.map(str::to_string));
        if !self.plugged.load(Relaxed) {
            return Err(OpenError::Unavailable("nothing is plugged in".into()));
        }
        if device.is_some_and(|d| d != "headset") {
            return Err(OpenError::Unknown);
        }
        self.running.fetch_add(1, Relaxed);
        let (stop, spinning) = (Arc::new(AtomicBool::new(false)), self.spinning.clone());
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            while !stopped.load(Relaxed) {
                if spinning.load(Relaxed) {
                    (0..10_000).for_each(|_| health.fail());
                } else {
                    callback();
                    thread::sleep(Duration::from_millis(10));
                }
            }
        });
        Ok(Stream::new(device.unwrap_or("speaker").into(), Running(stop, Some(thread), self.running.clone())))
    }
}

impl Host for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError> {
        Ok(Vec::new())
    }
    fn open_input(&self, device: Option<&str>, mut ring: CaptureRing) -> Result<Stream, OpenError> {
        self.device(device, ring.health().clone(), move || ring.write((0..480).map(|i| (i as f32 / 8.0).sin() * 0.3)))
    }
    fn open_output(&self, device: Option<&str>, mut ring: PlayRing) -> Result<Stream, OpenError> {
        self.device(device, ring.health().clone(), move || ring.read(480, |_, _| ()))
    }
}

fn is(e: &AudioEvent, kind: DeviceKind, state: &str) -> bool {
    matches!(e, AudioEvent::Device { kind: k, state: s, .. } if *k == kind && *s == state)
}

#[test]
fn an_error_callback_that_spins_is_survived_and_the_device_comes_back() {
    let fake = Arc::new(Fake::default());
    fake.plugged.store(true, Relaxed);
    let mut first = Vec::new();
    let (mic, ear) = auto(vec![fake.clone()], false, &mut first);
    assert!(is(&first[0], DeviceKind::Input, "open") && is(&first[1], DeviceKind::Output, "open"), "{first:?}");
    let mut audio = run(setup(DeviceSpec::Auto), mic, ear, first).unwrap();
    let (ports, mut echo) = echo();
    audio.control.try_send(Control::Attach(ports)).unwrap();
    let limit = Duration::from_secs(20);
    until(&mut audio, limit, || echo.carry(), |told| told.iter().any(|e| matches!(e, AudioEvent::Hearing { .. })));

    fake.plugged.store(false, Relaxed);
    fake.spinning.store(true, Relaxed);
    let lost =
        |told: &[AudioEvent]| [DeviceKind::Input, DeviceKind::Output].iter().all(|k| told.iter().any(|e| is(e, *k, "lost")));
    let told = until(&mut audio, limit, || (), lost);
    assert_eq!(told.iter().filter(|e| matches!(e, AudioEvent::Device { .. })).count(), 2, "said once each: {told:?}");
    // The call goes on without devices: what others say is still received.
    let ticking = |told: &[AudioEvent]| told.iter().filter(|e| matches!(e, AudioEvent::Figures(_))).count() >= 1;
    until(&mut audio, limit, || echo.carry(), ticking);

    fake.spinning.store(false, Relaxed);
    fake.plugged.store(true, Relaxed);
    let back =
        |told: &[AudioEvent]| [DeviceKind::Input, DeviceKind::Output].iter().all(|k| told.iter().any(|e| is(e, *k, "open")));
    until(&mut audio, limit, || echo.carry(), back);
}

#[test]
fn no_device_at_all_is_a_call_with_a_clear_word_and_one_that_appears_is_used() {
    let fake = Arc::new(Fake::default());
    let mut first = Vec::new();
    let (mic, ear) = auto(vec![fake.clone()], false, &mut first);
    assert_eq!(first, [none(DeviceKind::Output, NOTHING)]);
    let mut audio = run(setup(DeviceSpec::Auto), mic, ear, first).unwrap();
    until(&mut audio, Duration::from_secs(10), || (), |told| told.iter().any(|e| matches!(e, AudioEvent::Figures(_))));
    fake.plugged.store(true, Relaxed);
    until(&mut audio, Duration::from_secs(20), || (), |told| told.iter().any(|e| is(e, DeviceKind::Output, "open")));
}

#[test]
fn switching_keeps_the_old_device_until_the_new_one_is_open() {
    let fake = Arc::new(Fake::default());
    fake.plugged.store(true, Relaxed);
    let (mic, ear) = auto(vec![fake.clone()], true, &mut Vec::new());
    let mut audio = run(setup(DeviceSpec::Auto), mic, ear, Vec::new()).unwrap();
    for (name, state) in [("nonsense", "refused"), ("headset", "open")] {
        audio.control.try_send(Control::Device { kind: DeviceKind::Output, name: name.into() }).unwrap();
        let told = until(
            &mut audio,
            Duration::from_secs(10),
            || (),
            |told| told.iter().any(|e| matches!(e, AudioEvent::Device { name: n, .. } if n == name)),
        );
        assert!(told.iter().any(|e| is(e, DeviceKind::Output, state)), "{told:?}");
        assert!(!told.iter().any(|e| is(e, DeviceKind::Output, "lost")), "{told:?}");
    }
}

#[test]
fn an_unknown_name_is_named_and_points_to_the_list() {
    let fake = Arc::new(Fake::default());
    fake.plugged.store(true, Relaxed);
    let failure = exactly(fake, &None, &Some("nonsense".into()), false, &mut Vec::new()).unwrap_err();
    assert_eq!(failure.exit, Exit::NoInput);
    assert!(failure.text.contains("nonsense") && failure.text.contains("conclave devices"), "{}", failure.text);
}

#[test]
fn a_microphone_that_is_released_is_given_back_and_opened_again_with_the_call() {
    for always in [false, true] {
        let fake = Arc::new(Fake::default());
        fake.plugged.store(true, Relaxed);
        let (mic, ear) = auto(vec![fake.clone()], false, &mut Vec::new());
        let running = |n: usize| {
            let fake = fake.clone();
            move |_: &[AudioEvent]| fake.running.load(Relaxed) == n
        };
        let setup = Setup { open: false, release_when_muted: always, ..setup(DeviceSpec::Auto) };
        let mut audio = run(setup, mic, ear, Vec::new()).unwrap();
        let (ports, mut echo) = echo();
        audio.control.try_send(Control::Attach(ports)).unwrap();
        let limit = Duration::from_secs(20);
        let wish = |audio: &Audio, control| audio.control.try_send(control).unwrap();
        until(&mut audio, limit, || (), running(if always { 1 } else { 2 }));
        if !always {
            let loud = audio.meter.clone();
            until(&mut audio, limit, || (), move |_| loud.level().words() == "good");
            wish(&audio, Control::ReleaseMicrophone);
            until(&mut audio, limit, || (), running(1));
        }
        assert!(echo.outgoing.try_recv().is_err(), "it was closed all the time");
        wish(&audio, Control::Microphone(true));
        let heard =
            until(&mut audio, limit, || echo.carry(), |told| told.iter().any(|e| matches!(e, AudioEvent::Hearing { .. })));
        assert!(!heard.iter().any(|e| matches!(e, AudioEvent::Device { text: Some(_), .. })), "nothing was lost: {heard:?}");
        wish(&audio, Control::Microphone(false));
        until(&mut audio, limit, || (), running(if always { 1 } else { 2 }));
    }
}
