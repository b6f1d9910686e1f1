//! The middle of the sound, without devices, threads or clocks: 10 ms of microphone in, 10 ms for the ear out.

use super::again::Again;
use super::capture::Capture;
use super::codec;
use super::earcon::Player;
use super::hearing::Hearing;
use super::jitter_buffer::{CEILING, Counters, JitterBuffer, Pulled};
use super::level::{Measure, Meter};
use super::mixer::Mixer;
use super::processing::Devices;
use super::speaking::Speaking;
use super::warnings::Watch;
use super::{AudioEvent, Figures, FrameLength, Path, TICK_SAMPLES};
use crate::backend::{Frame, MediaPorts, SourceChange, SourceId};
use crate::call::processing::Wish;
use crate::call::{Earcon, PeerId};
use crate::exit::Failure;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Instant;
use tokio::sync::mpsc;

/// More sources than this are not listened to: a server must not exhaust us.
const MAX_SOURCES: usize = 256;
/// How many people are told to be heard for the first time, over a whole call.
const MAX_HEARD: usize = 4096;
/// Ticks between two reports of figures: a second.
const FIGURES_EVERY: u32 = 100;
/// Events that wait for the thread to fetch them.
const MAX_EVENTS: usize = 1024;
/// A sample louder than this (-60 dBFS) counts as being heard; a muted microphone may send digital silence.
const AUDIBLE: f32 = 0.001;

#[derive(Debug)]
struct Source {
    peer: PeerId,
    frames: mpsc::Receiver<Frame>,
    buffer: JitterBuffer,
    speaking: Speaking,
    hearing: Hearing,
    /// It ended; what is stored is still played.
    ending: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Tick {
    started: Instant,
    capture: Capture,
    ports: Option<MediaPorts>,
    sources: BTreeMap<SourceId, Source>,
    volumes: HashMap<PeerId, f32>,
    heard: HashSet<PeerId>,
    mixer: Mixer,
    again: Again,
    earcons: Player,
    measure: Measure,
    watch: Watch,
    /// Counters of sources that are gone.
    past: Counters,
    sent: u64,
    bytes_sent: u64,
    samples_sent: u64,
    until_figures: u32,
    events: VecDeque<AudioEvent>,
}

impl Tick {
    /// Nobody yet; `started` is when the process began, `open` whether the microphone is.
    pub fn new(started: Instant, open: bool) -> Result<Self, Failure> {
        Ok(Self {
            started,
            capture: Capture::new(open)?,
            ports: None,
            sources: BTreeMap::new(),
            volumes: HashMap::new(),
            heard: HashSet::new(),
            mixer: Mixer::default(),
            again: Again::default(),
            earcons: Player::default(),
            measure: Measure::new(Meter::default()),
            watch: Watch::default(),
            past: Counters::default(),
            sent: 0,
            bytes_sent: 0,
            samples_sent: 0,
            until_figures: FIGURES_EVERY,
            events: VecDeque::new(),
        })
    }

    /// A session's media begins; everybody of an earlier one is forgotten.
    pub fn attach(&mut self, ports: MediaPorts) {
        for (_, source) in std::mem::take(&mut self.sources) {
            self.forget(source);
        }
        self.ports = Some(ports);
    }

    /// Every packet of ours has one size from now on.
    pub fn set_constant_rate(&mut self, on: bool) {
        self.capture.set_constant_rate(on);
    }

    /// How much sound is in one packet while the way is good.
    pub fn set_frame(&mut self, frame: FrameLength) {
        self.capture.set_frame(frame);
    }

    /// What is known of the way to the listeners.
    pub fn set_path(&mut self, path: Path) {
        self.capture.set_path(path);
    }

    /// What shall be done to our own voice.
    pub fn wish(&mut self, wish: Wish) {
        self.capture.wish(wish);
        self.tell_processing();
    }

    /// Other devices are in use.
    pub fn set_devices(&mut self, devices: Devices) {
        self.capture.set_devices(devices);
        self.tell_processing();
    }

    /// What was handed to the loudspeaker, after the tick that made it: the microphone may hear it.
    pub fn played(&mut self, sound: &[f32; TICK_SAMPLES]) {
        self.capture.played(sound);
    }

    /// What we said in the last tick, as it is sent.
    pub fn said(&self) -> Option<&[f32; TICK_SAMPLES]> {
        self.capture.said()
    }

    fn tell_processing(&mut self) {
        if let Some(processing) = self.capture.processing_changed() {
            self.event(AudioEvent::Processing(processing));
        }
    }

    /// Opens or closes the microphone.
    pub fn set_microphone(&mut self, open: bool) {
        if let Some(on) = self.capture.set_open(open) {
            self.event(AudioEvent::Speaking { peer: None, on });
        }
    }

    /// Plays the last seconds of what was heard again, or stops that.
    pub fn again(&mut self, seconds: u16) {
        if let Some(ms) = self.again.toggle(seconds) {
            self.event(AudioEvent::Again(ms));
        }
    }

    /// Whether what is heard may be kept for [`Self::again`].
    pub fn keep_for_again(&mut self, on: bool) {
        if self.again.keep(on) {
            self.event(AudioEvent::Again(0));
        }
    }

    /// Plays a tone, here and for nobody else.
    pub fn earcon(&mut self, earcon: Earcon) {
        self.earcons.play(earcon);
    }

    /// Of the sound of this tick, what came from the others just now: without what is played again, and without tones.
    pub fn live(&self, out: &[f32; TICK_SAMPLES]) -> [f32; TICK_SAMPLES] {
        self.again.live().or(self.earcons.without()).copied().unwrap_or(*out)
    }

    /// Where the level of the microphone is left.
    pub fn set_meter(&mut self, meter: Meter) {
        self.measure = Measure::new(meter);
    }

    /// Whether the microphone is an open device that somebody speaks into: [`super::warnings`].
    pub fn set_live(&mut self, live: bool) {
        self.watch.set_live(live);
    }

    /// How loud somebody is played, in percent (0 to 200).
    pub fn set_volume(&mut self, peer: PeerId, percent: u16) {
        self.volumes.insert(peer, f32::from(percent.min(200)) / 100.0);
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<AudioEvent> {
        self.events.pop_front()
    }

    /// Ten milliseconds: `captured` goes to the others (`None`: the microphone gave nothing), `out` is what is heard.
    pub fn tick(&mut self, now: Instant, captured: Option<&[f32; TICK_SAMPLES]>, out: &mut [f32; TICK_SAMPLES]) {
        self.send(now, captured);
        self.sources_come_and_go();
        self.receive(now, out);
        self.measure.tick(captured);
        if let Some(warning) = self.watch.tick(self.capture.is_open(), captured, out) {
            self.event(AudioEvent::Microphone(warning));
        }
        self.until_figures -= 1;
        if self.until_figures == 0 {
            self.until_figures = FIGURES_EVERY;
            let figures = self.figures();
            self.event(AudioEvent::Figures(figures));
            let sources = self.sources.values_mut();
            let heard = sources.filter_map(|s| s.hearing.report(&s.peer, s.buffer.counters(), s.buffer.depth_ms())).collect();
            self.event(AudioEvent::Heard(heard));
        }
    }

    fn send(&mut self, now: Instant, captured: Option<&[f32; TICK_SAMPLES]>) {
        let (frame, speaking) = self.capture.tick(now, captured);
        if let Some(on) = speaking {
            self.event(AudioEvent::Speaking { peer: None, on });
        }
        if let (Some(frame), Some(ports)) = (frame, &self.ports) {
            let bytes = frame.payload.len() as u64;
            let samples = codec::duration(&frame.payload).unwrap_or(0) as u64;
            // Full: the transport is behind, and sound that waits is worse than sound that is missing.
            if ports.outgoing.try_send(frame).is_ok() {
                self.sent += 1;
                self.bytes_sent += bytes;
                self.samples_sent += samples;
            }
        }
    }

    fn sources_come_and_go(&mut self) {
        while let Some(change) = self.ports.as_mut().and_then(|p| p.sources.try_recv().ok()) {
            match change {
                SourceChange::Added { source, peer, frames } => {
                    if let Some(old) = self.sources.remove(&source) {
                        self.forget(old);
                    }
                    if self.sources.len() >= MAX_SOURCES {
                        tracing::warn!(%peer, "more sources of sound than we listen to");
                        continue;
                    }
                    match JitterBuffer::new(CEILING) {
                        Ok(buffer) => {
                            let speaking = Speaking::default();
                            self.sources.insert(
                                source,
                                Source { peer, frames, buffer, speaking, hearing: Hearing::default(), ending: false },
                            );
                        }
                        Err(e) => tracing::error!(%peer, "cannot listen: {e}"),
                    }
                }
                SourceChange::Removed { source } => {
                    if let Some(source) = self.sources.get_mut(&source) {
                        source.ending = true;
                    }
                }
            }
        }
    }

    fn receive(&mut self, now: Instant, out: &mut [f32; TICK_SAMPLES]) {
        out.fill(0.0);
        let mut sound = [0.0; TICK_SAMPLES];
        let mut ended = Vec::new();
        let mut events = Vec::new();
        for (id, source) in &mut self.sources {
            while let Ok(frame) = source.frames.try_recv() {
                source.hearing.arrived(frame.arrived, frame.timestamp);
                source.buffer.push(frame);
            }
            let pulled = source.buffer.pull_10ms(now, &mut sound);
            let speaking = match pulled {
                Pulled::Sound => source.speaking.hear(&sound),
                Pulled::Concealed | Pulled::Nothing => source.speaking.silence(),
            };
            if pulled == Pulled::Sound
                && self.heard.len() < MAX_HEARD
                && !self.heard.contains(&source.peer)
                && sound.iter().any(|s| s.abs() > AUDIBLE)
            {
                self.heard.insert(source.peer.clone());
                let ms = now.saturating_duration_since(self.started).as_millis() as u64;
                events.push(AudioEvent::Hearing { peer: source.peer.clone(), ms });
            }
            if let Some(on) = speaking {
                events.push(AudioEvent::Speaking { peer: Some(source.peer.clone()), on });
            }
            if pulled != Pulled::Nothing {
                source.hearing.played();
                Mixer::add(out, &sound, self.volumes.get(&source.peer).copied().unwrap_or(1.0));
            }
            if source.ending && pulled != Pulled::Sound && source.buffer.is_idle() {
                ended.push(*id);
            }
        }
        self.mixer.limit(out);
        events.extend(self.again.tick(out).map(AudioEvent::Again));
        self.earcons.tick(out);
        for event in events {
            self.event(event);
        }
        for id in ended {
            if let Some(source) = self.sources.remove(&id) {
                self.forget(source);
            }
        }
    }

    /// A source is gone; its counters stay.
    fn forget(&mut self, mut source: Source) {
        if let Some(on) = source.speaking.stop() {
            self.event(AudioEvent::Speaking { peer: Some(source.peer), on });
        }
        add(&mut self.past, source.buffer.counters());
    }

    fn figures(&self) -> Figures {
        let mut sum = self.past;
        for source in self.sources.values() {
            add(&mut sum, source.buffer.counters());
        }
        Figures {
            received: sum.received,
            lost: sum.lost,
            bytes_received: sum.bytes,
            sent: self.sent,
            bytes_sent: self.bytes_sent,
            sent_ms: self.samples_sent / 48,
            concealed_ms: sum.concealed / 48,
            buffer_ms: self.sources.values().map(|s| s.buffer.depth_ms()).max().unwrap_or(0),
        }
    }

    fn event(&mut self, event: AudioEvent) {
        if self.events.len() < MAX_EVENTS {
            self.events.push_back(event);
        }
    }
}

fn add(sum: &mut Counters, c: Counters) {
    sum.received += c.received;
    sum.bytes += c.bytes;
    sum.lost += c.lost;
    sum.late += c.late;
    sum.reordered += c.reordered;
    sum.recovered += c.recovered;
    sum.recovered_deep += c.recovered_deep;
    sum.refused += c.refused;
    sum.concealed += c.concealed;
    sum.shortened += c.shortened;
    sum.lengthened += c.lengthened;
}

#[cfg(test)]
mod tests {
    use super::super::testing::{align, voice};
    use super::*;
    use crate::backend::FRAME_QUEUE;
    use std::time::Duration;

    struct Room {
        tick: Tick,
        sources: mpsc::Sender<SourceChange>,
        outgoing: mpsc::Receiver<Frame>,
        now: Instant,
    }

    impl Room {
        fn new(open: bool) -> Self {
            let now = Instant::now();
            let mut tick = Tick::new(now, open).unwrap();
            let (sources, changes) = mpsc::channel(16);
            let (frames, outgoing) = mpsc::channel(FRAME_QUEUE);
            tick.attach(MediaPorts { outgoing: frames, sources: changes });
            Self { tick, sources, outgoing, now }
        }

        fn add(&mut self, id: u64, name: &str) -> mpsc::Sender<Frame> {
            let (tx, frames) = mpsc::channel(FRAME_QUEUE);
            let added = SourceChange::Added { source: SourceId(id), peer: PeerId(name.into()), frames };
            self.sources.try_send(added).unwrap();
            tx
        }

        fn step(&mut self, captured: Option<&[f32; TICK_SAMPLES]>) -> [f32; TICK_SAMPLES] {
            let mut out = [0.0; TICK_SAMPLES];
            self.now += Duration::from_millis(10);
            self.tick.tick(self.now, captured, &mut out);
            out
        }

        fn events(&mut self) -> Vec<AudioEvent> {
            std::iter::from_fn(|| self.tick.poll_event()).filter(|e| !matches!(e, AudioEvent::Figures(_))).collect()
        }
    }

    #[test]
    fn what_one_says_the_other_hears_and_speaking_and_hearing_are_told() {
        let sound = voice(3);
        let (mut alice, mut bob) = (Room::new(true), Room::new(false));
        let to_bob = bob.add(1, "alice");
        let mut heard = Vec::new();
        for chunk in sound.chunks_exact(TICK_SAMPLES) {
            alice.step(Some(chunk.try_into().unwrap()));
            while let Ok(mut frame) = alice.outgoing.try_recv() {
                frame.arrived = bob.now;
                to_bob.try_send(frame).unwrap();
            }
            heard.extend(bob.step(Some(&[0.5; TICK_SAMPLES])));
        }
        // After a second the delay has settled where this network needs it.
        let (lag, c) = align(&sound[48_000..120_000], &heard[48_000..], 9_600);
        assert!(c > 0.95 && lag < 48 * 45, "{c} after {} ms", lag as f64 / 48.0);
        assert!(bob.outgoing.try_recv().is_err(), "a closed microphone sends nothing");
        let told = bob.events();
        assert!(matches!(&told[0], AudioEvent::Hearing { peer, ms } if peer.0 == "alice" && *ms < 100), "{told:?}");
        assert_eq!(told.iter().filter(|e| matches!(e, AudioEvent::Hearing { .. })).count(), 1);
        assert!(told.contains(&AudioEvent::Speaking { peer: Some(PeerId("alice".into())), on: true }));
        assert!(!told.iter().any(|e| matches!(e, AudioEvent::Speaking { peer: None, .. })));
        assert!(alice.events().contains(&AudioEvent::Speaking { peer: None, on: true }));
        let figures = bob.tick.figures();
        assert!(figures.received >= 149 && figures.lost == 0 && figures.sent == 0, "{figures:?}");
    }

    #[test]
    fn a_source_that_ends_stops_speaking_and_its_figures_stay() {
        let sound = voice(2);
        let (mut alice, mut bob) = (Room::new(true), Room::new(false));
        let to_bob = bob.add(1, "alice");
        for (k, chunk) in sound.chunks_exact(TICK_SAMPLES).enumerate() {
            alice.step(Some(chunk.try_into().unwrap()));
            while let Ok(mut frame) = alice.outgoing.try_recv() {
                frame.arrived = bob.now;
                let _ = to_bob.try_send(frame);
            }
            if k == 150 {
                bob.sources.try_send(SourceChange::Removed { source: SourceId(1) }).unwrap();
                drop(alice.outgoing);
                break;
            }
            bob.step(None);
        }
        for _ in 0..60 {
            bob.step(None);
        }
        assert!(bob.tick.sources.is_empty());
        let speaking = bob.events().iter().rfind(|e| matches!(e, AudioEvent::Speaking { .. })).cloned();
        assert_eq!(speaking, Some(AudioEvent::Speaking { peer: Some(PeerId("alice".into())), on: false }));
        assert!(bob.tick.figures().received >= 74);
    }

    #[test]
    fn a_tone_is_heard_here_and_neither_sent_nor_recorded() {
        let mut alice = Room::new(true);
        alice.tick.earcon(Earcon::Knock);
        let mut decoder = super::super::codec::Decoder::new().unwrap();
        let (mut heard, mut sent) = (Vec::new(), Vec::new());
        for _ in 0..60 {
            let out = alice.step(Some(&[0.0; TICK_SAMPLES]));
            assert!(alice.tick.live(&out).iter().all(|s| *s == 0.0), "what a recording keeps");
            heard.extend(out);
            while let Ok(frame) = alice.outgoing.try_recv() {
                sent.extend(decoder.decode(&frame.payload).unwrap());
            }
        }
        assert!(heard.iter().any(|s| *s > 0.09), "it is heard");
        assert!(sent.iter().all(|s: &f32| s.abs() < 1e-4), "it is not sent");
    }

    #[test]
    fn volume_zero_is_silence_and_a_full_queue_drops() {
        let sound = voice(2);
        let (mut alice, mut bob) = (Room::new(true), Room::new(false));
        bob.tick.set_volume(PeerId("alice".into()), 0);
        let to_bob = bob.add(1, "alice");
        for chunk in sound.chunks_exact(TICK_SAMPLES) {
            alice.step(Some(chunk.try_into().unwrap()));
            if let Ok(mut frame) = alice.outgoing.try_recv() {
                frame.arrived = bob.now;
                to_bob.try_send(frame).unwrap();
            }
            assert!(bob.step(None).iter().all(|s| *s == 0.0));
        }
        for _ in 0..2 {
            for chunk in sound.chunks_exact(TICK_SAMPLES) {
                alice.step(Some(chunk.try_into().unwrap())); // nobody takes the frames
            }
        }
        assert_eq!(alice.outgoing.len(), FRAME_QUEUE);
    }
}
