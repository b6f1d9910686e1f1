//! One participant: the product's [`Tick`] between a speech or nothing and an ear, with RTP numbering and reports.

use super::{Heard, packets};
use conclave::audio::tick::Tick;
use conclave::audio::{AudioEvent, Figures, Path, TICK_SAMPLES};
use conclave::backend::{FRAME_QUEUE, Frame, MediaPorts, SourceChange, SourceId};
use conclave::call::PeerId;
use conclave::rtc::track::SequenceExtender;
use conclave::rtp::again::Sent;
use conclave::rtp::{Budget, Requests, RoundTrip};
use conclave::server::media::sfu::virtual_time::ClientSession;
use conclave_lab::network::Link;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const TICK: Duration = Duration::from_millis(10);
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How often the round trip is measured, as the transport's STUN checks do.
const PING_EVERY: Duration = Duration::from_millis(500);
/// Length of such a check on the wire.
const PING: usize = 128;

/// The SSRC of a speaker.
pub(super) fn ssrc(number: u16) -> u32 {
    100 + u32::from(number)
}

/// A speaker's stream as it arrives.
struct Stream {
    source: SourceId,
    extender: SequenceExtender,
    frames: mpsc::Sender<Frame>,
    requests: Requests,
}

pub(super) struct Client {
    pub(super) number: u16,
    /// Towards the forwarder, and from it.
    pub(super) uplink: Link<Vec<u8>>,
    pub(super) downlink: Link<Vec<u8>>,
    /// What the last receiver report said.
    pub(super) reported: Path,
    start: Instant,
    session: ClientSession,
    tick: Tick,
    outgoing: mpsc::Receiver<Frame>,
    sources: mpsc::Sender<SourceChange>,
    streams: HashMap<u32, Stream>,
    speech: Option<Vec<f32>>,
    at: usize,
    index: u64,
    next_tick: Instant,
    report: Instant,
    /// What was sent, for those who miss it.
    sent: Sent<Vec<u8>>,
    budget: Budget,
    /// The way to the forwarder and back; nothing is asked for again without it.
    path: Option<RoundTrip>,
    ping: Instant,
    heard: Heard,
    /// Figures when the speakers were told of them last.
    before: Figures,
}

impl Client {
    pub(super) fn new(
        number: u16,
        session: ClientSession,
        speech: Option<Vec<f32>>,
        (uplink, downlink): (Link<Vec<u8>>, Link<Vec<u8>>),
        start: Instant,
        constant_rate: bool,
        again: bool,
    ) -> Self {
        let mut tick = Tick::new(start, speech.is_some()).unwrap();
        tick.set_constant_rate(constant_rate);
        let (frames, outgoing) = mpsc::channel(FRAME_QUEUE);
        let (sources, changes) = mpsc::channel(256);
        tick.attach(MediaPorts { outgoing: frames, sources: changes });
        // A microphone has 10 ms of sound 10 ms after it began; no two sound cards tick together.
        let phase = if speech.is_some() { TICK } else { Duration::from_micros(1700 * u64::from(number) % 10_000) };
        Self {
            number,
            uplink,
            downlink,
            reported: Path::default(),
            start,
            session,
            tick,
            outgoing,
            sources,
            streams: HashMap::new(),
            speech,
            at: 0,
            index: 1000,
            next_tick: start + phase,
            report: start + REPORT_EVERY,
            sent: Sent::default(),
            budget: Budget::default(),
            path: again.then(RoundTrip::default),
            ping: start,
            heard: Heard { begins: phase, ..Heard::default() },
            before: Figures::default(),
        }
    }

    pub(super) fn speaks(&self) -> bool {
        self.speech.is_some()
    }

    pub(super) fn set_path(&mut self, path: Path) {
        self.tick.set_path(path);
    }

    /// A speaker's stream will come with this SSRC.
    pub(super) fn hear(&mut self, speaker: u16, ssrc: u32) {
        let (tx, frames) = mpsc::channel(FRAME_QUEUE);
        let source = SourceId(u64::from(speaker));
        let peer = PeerId(format!("p{speaker}"));
        self.sources.try_send(SourceChange::Added { source, peer, frames }).unwrap();
        self.streams
            .insert(ssrc, Stream { source, extender: SequenceExtender::default(), frames: tx, requests: Requests::default() });
    }

    /// When something is to be done.
    pub(super) fn deadline(&self) -> Instant {
        let requests = self.streams.values().filter(|_| self.path.is_some()).filter_map(|s| s.requests.due());
        let links = [self.uplink.deadline(), self.downlink.deadline()].into_iter().flatten();
        links.chain(requests).fold(self.next_tick, Instant::min)
    }

    pub(super) fn run(&mut self, now: Instant) {
        while let Some((at, datagram)) = self.downlink.poll(now) {
            self.arrives(at, datagram);
        }
        if self.next_tick <= now {
            self.next_tick += TICK;
            self.make_sound(now);
        }
        self.ask(now);
        if self.speaks() && self.report <= now {
            self.report += REPORT_EVERY;
            let mut report = packets::sender_report(ssrc(self.number), now, self.start);
            if self.session.protect_rtcp(&mut report) {
                self.uplink.send(now, packets::on_the_wire(&report), report);
            }
        }
    }

    /// Asks for packets that did not come, and measures the round trip.
    fn ask(&mut self, now: Instant) {
        if self.ping <= now {
            self.ping = now + PING_EVERY;
            let mut ping = vec![0; PING - 28];
            ping.splice(4..12, (now - self.start).as_micros().to_be_bytes().into_iter().skip(8));
            self.uplink.send(now, PING, ping);
        }
        let Some(path) = &self.path else { return };
        for (ssrc, stream) in &mut self.streams {
            let mut wanted = Vec::new();
            stream.requests.poll(now, path, |index| wanted.push(index as u16));
            if wanted.is_empty() {
                continue;
            }
            let mut packet = packets::nack(*ssrc, &wanted);
            if self.session.protect_rtcp(&mut packet) {
                self.uplink.send(now, packets::on_the_wire(&packet), packet);
            }
        }
    }

    /// Sends again what the forwarder asks for.
    fn answer(&mut self, now: Instant, compound: &[u8]) {
        for sequence in packets::read_nack(compound, ssrc(self.number)) {
            let Some((packet, times)) = self.sent.recall(now, sequence, &mut self.budget) else { continue };
            for _ in 0..times {
                self.uplink.send(now, packets::on_the_wire(packet), packet.clone());
            }
        }
    }

    fn arrives(&mut self, now: Instant, mut datagram: Vec<u8>) {
        if let Some(&[0, 0, 0, 0, rest @ ..]) = datagram.first_chunk::<12>() {
            let sent = self.start + Duration::from_micros(u64::from_be_bytes(rest));
            self.path.iter_mut().for_each(|path| path.measured(now, now - sent));
            return;
        }
        if !self.session.unprotect(&mut datagram) {
            return; // a duplicate
        }
        if packets::is_rtcp(&datagram) {
            self.answer(now, &datagram);
            if let Some(path) = packets::read_receiver_report(&datagram, ssrc(self.number), now, self.start) {
                self.reported = path;
            }
            return;
        }
        let Some((sequence, timestamp, ssrc, payload)) = packets::read_rtp(&datagram) else { return };
        let Some(stream) = self.streams.get_mut(&ssrc) else { return };
        let index = stream.requests.index(sequence);
        stream.requests.received(now, index);
        let frame = Frame {
            source: stream.source,
            key_id: None,
            sequence: stream.extender.extend(ssrc, sequence),
            timestamp,
            arrived: now,
            voice: false,
            payload: payload.to_vec().into(),
        };
        let _ = stream.frames.try_send(frame);
    }

    fn make_sound(&mut self, now: Instant) {
        let mut out = [0.0; TICK_SAMPLES];
        let captured = self.speech.as_ref().map(|speech| {
            let mut sound = [0.0; TICK_SAMPLES];
            for (s, x) in sound.iter_mut().zip(speech.get(self.at..).unwrap_or_default()) {
                *s = *x;
            }
            sound
        });
        self.at += TICK_SAMPLES;
        self.tick.tick(now, captured.as_ref(), &mut out);
        if !self.speaks() {
            self.heard.sound.extend_from_slice(&out);
        }
        while let Ok(frame) = self.outgoing.try_recv() {
            self.index += 1;
            let mut packet = packets::rtp(self.index as u16, frame.timestamp, ssrc(self.number), &frame.payload);
            if self.session.protect(self.index, &mut packet) {
                if self.path.is_some() {
                    self.sent.keep(now, self.index as u16, packet.clone());
                    self.budget.earn();
                }
                self.uplink.send(now, packets::on_the_wire(&packet), packet);
            }
        }
        while let Some(event) = self.tick.poll_event() {
            if let AudioEvent::Figures(figures) = event {
                self.heard.figures = figures;
                self.heard.depth_ms.push(figures.buffer_ms);
            }
        }
    }

    /// Share of frames lost on the whole way since it was asked last; `None` from those who hear nobody.
    pub(super) fn loss_heard(&mut self) -> Option<f32> {
        let (now, before) = (self.heard.figures, std::mem::replace(&mut self.before, self.heard.figures));
        let (received, lost) = (now.received - before.received, now.lost - before.lost);
        (received + lost > 0).then(|| lost as f32 / (received + lost) as f32)
    }

    pub(super) fn heard(self) -> Heard {
        self.heard
    }
}
