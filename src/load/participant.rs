//! One load participant without sockets and clocks: the product's own signalling session, a light media transport, a voice
//! if it speaks, and ears that count. Sans-IO: times and datagrams come in, datagrams and requests go out.

use super::figures::{Heard, Histogram};
use super::sdp::{self, Section};
use super::speech::{FRAME, Speech, Stamp};
use super::transport::{Received, Transport};
use crate::audio::TICK_SAMPLES;
use crate::audio::jitter_buffer::{CEILING, JitterBuffer, Pulled};
use crate::backend::livekit::media::{MediaCommand, MediaEvent};
use crate::backend::livekit::protocol::{About, Request, Response};
use crate::backend::livekit::session::{Input, Output, Session, Settings};
use crate::backend::{Frame, SourceId};
use crate::exit::Failure;
use crate::rtc::TransportState;
use crate::server::media::sfu::demux::RtpHeader;
use crate::server::media::sfu::dtls::Identity;
use crate::server::media::sfu::outbox::Outbox;
use crate::server::media::sfu::reports::{self, Reception};
use crate::server::media::websocket::LOAD_DEVICE;
use bytes::Bytes;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How often a participant reports what it receives.
const REPORT: Duration = Duration::from_secs(1);
/// One step of playing.
const TICK: Duration = Duration::from_millis(10);
/// A speaker or player that is behind by more does not catch up.
const HOPELESS: Duration = Duration::from_millis(200);
/// Opus' RTP clock.
const FRAME_TICKS: u32 = 960;
/// Speakers and streams that one participant tells apart.
const MAX_STREAMS: usize = 1024;

/// What all participants share.
pub(super) struct Shared {
    /// When the test began.
    pub(super) epoch: Instant,
    pub(super) speech: Speech,
    pub(super) identity: Identity,
}

/// Who a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role {
    /// Unique in the test.
    pub(super) id: u32,
    /// Which room.
    pub(super) room: u32,
    pub(super) speaks: bool,
    /// Decodes and plays (to nobody) what it hears; the others only decrypt and count.
    pub(super) decodes: bool,
}

/// What happened to the participants of one thread, those who left included.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) bytes: u64,
    /// Refused by SRTP as seen before.
    pub(super) replayed: u64,
    /// Sound of somebody who is not of this test.
    pub(super) foreign: u64,
    /// From sending to receiving.
    pub(super) delays: Histogram,
    /// How late speakers were: our own fault, and a sign that this machine is too slow for the test.
    pub(super) late: Histogram,
    /// From the first dial to media being up, and to the first sound.
    pub(super) joins: Histogram,
    pub(super) first_sounds: Histogram,
    pub(super) reconnects: u64,
    /// Ticks of 10 ms that were played, and those of them that were made up.
    pub(super) played: u64,
    pub(super) concealed: u64,
    /// Of those who left: see [`Participant::fold`].
    pub(super) lost: u64,
    pub(super) duplicates: u64,
    pub(super) jitter: (f64, u64),
}

impl Tally {
    pub(super) fn merge(&mut self, other: &Self) {
        let sums = [
            (&mut self.sent, other.sent),
            (&mut self.received, other.received),
            (&mut self.bytes, other.bytes),
            (&mut self.replayed, other.replayed),
            (&mut self.foreign, other.foreign),
            (&mut self.reconnects, other.reconnects),
            (&mut self.played, other.played),
            (&mut self.concealed, other.concealed),
            (&mut self.lost, other.lost),
            (&mut self.duplicates, other.duplicates),
            (&mut self.jitter.1, other.jitter.1),
        ];
        sums.into_iter().for_each(|(sum, more)| *sum += more);
        self.jitter.0 += other.jitter.0;
        self.delays.merge(&other.delays);
        self.late.merge(&other.late);
        self.joins.merge(&other.joins);
        self.first_sounds.merge(&other.first_sounds);
    }
}

/// What is to be done outside.
pub(super) enum Ask {
    /// Open the signalling websocket anew.
    Dial { generation: u32, path: String, token: Zeroizing<String> },
    /// Drop it.
    HangUp,
    /// Send on it.
    Send(Box<Request>),
    /// Over: send what waits, close it.
    Close,
}

/// What a step reads and writes.
pub(super) struct Step<'a> {
    pub(super) now: Instant,
    pub(super) shared: &'a Shared,
    pub(super) out: &'a mut Outbox,
    pub(super) asks: &'a mut Vec<Ask>,
    pub(super) tally: &'a mut Tally,
}

struct Speaking {
    next: Instant,
    /// Of the next packet, and of the first one under the present keys: they begin at index 0.
    number: u32,
    base: u32,
}

/// See the module.
pub(super) struct Participant {
    pub(super) role: Role,
    address: SocketAddr,
    session: Session,
    transport: Transport,
    sections: Vec<Section>,
    offers: u32,
    me: String,
    began: Instant,
    connected: Option<Instant>,
    speaking: Option<Speaking>,
    heard: Vec<Heard>,
    last_sound: Option<Instant>,
    receptions: Vec<Reception>,
    ears: Vec<(u32, JitterBuffer)>,
    next_pull: Instant,
    next_report: Instant,
    /// Why it is over, if it ended by itself.
    ended: Option<Failure>,
    closed: bool,
}

impl Participant {
    /// Joins; `address` is its socket's.
    pub(super) fn new(role: Role, address: SocketAddr, token: Zeroizing<String>, step: &mut Step<'_>) -> Self {
        let now = step.now;
        let about = About { device: LOAD_DEVICE, slots: false };
        let settings = Settings { token, publish: role.speaks, muted: false, ask_for_token: false, about };
        let mut participant = Self {
            role,
            address,
            session: Session::new(now, settings),
            transport: Transport::new(step.shared.identity.clone()),
            sections: Vec::new(),
            offers: 0,
            me: String::new(),
            began: now,
            connected: None,
            speaking: None,
            heard: Vec::new(),
            last_sound: None,
            receptions: Vec::new(),
            ears: Vec::new(),
            next_pull: now,
            next_report: now + REPORT,
            ended: None,
            closed: false,
        };
        participant.carry_out(step);
        participant
    }

    /// Since when media is up; it may have been away in between.
    pub(super) fn connected(&self) -> Option<Instant> {
        self.connected
    }

    /// Nothing more comes.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Why it is over, if it ended by itself.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.ended.as_ref()
    }

    /// What it heard, by speaker.
    pub(super) fn heard(&self) -> &[Heard] {
        &self.heard
    }

    /// How many packets it has sent.
    pub(super) fn spoken(&self) -> u32 {
        self.speaking.as_ref().map_or(0, |s| s.number)
    }

    /// When it must be woken.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.closed {
            return None;
        }
        let speech = self.speaking.as_ref().filter(|_| self.session.may_send()).map(|s| s.next);
        let pull = (!self.ears.is_empty()).then_some(self.next_pull);
        [self.session.deadline(), self.transport.deadline(), speech, pull, Some(self.next_report)].into_iter().flatten().min()
    }

    /// Signalling says something.
    pub(super) fn signal(&mut self, step: &mut Step<'_>, input: Input) {
        let input = match input {
            Input::Signal(generation, message) => Input::Signal(generation, self.without_others(message)),
            other => other,
        };
        self.session.handle(step.now, input);
        self.carry_out(step);
    }

    /// Leaves.
    pub(super) fn leave(&mut self, step: &mut Step<'_>) {
        self.session.handle(step.now, Input::Command(MediaCommand::Leave));
        self.carry_out(step);
    }

    /// Says nothing more, but goes on to listen.
    pub(super) fn hush(&mut self) {
        if let Some(speaking) = &mut self.speaking {
            speaking.next += Duration::from_secs(3600);
        }
    }

    /// Who else is there is of no use here, and a thousand rosters of a thousand would fill the memory.
    fn without_others(&mut self, mut message: Box<Response>) -> Box<Response> {
        match &mut *message {
            Response::Join(join) => {
                join.other_participants.clear();
                self.me = join.participant.as_ref().map(|p| p.sid.clone()).unwrap_or_default();
            }
            Response::Update(update) => update.participants.retain(|p| p.sid == self.me),
            _ => {}
        }
        message
    }

    /// A datagram came to its socket.
    pub(super) fn datagram(&mut self, step: &mut Step<'_>, from: SocketAddr, datagram: &mut [u8]) {
        match self.transport.datagram(step.now, from, datagram, step.out) {
            Received::Nothing => {}
            Received::Again => step.tally.replayed += 1,
            Received::Sound(header, index, length) => {
                if let Some(payload) = datagram.get(..length).and_then(|packet| header.payload(packet)) {
                    self.hear(step, &header, index, payload);
                }
            }
            Received::State(state) => self.turned(step, state),
        }
    }

    fn hear(&mut self, step: &mut Step<'_>, header: &RtpHeader, index: u64, payload: &[u8]) {
        let now = step.now;
        self.last_sound = Some(now);
        step.tally.received += 1;
        step.tally.bytes += payload.len() as u64;
        if !self.receptions.iter().any(|r| r.ssrc() == header.ssrc) && self.receptions.len() < MAX_STREAMS {
            self.receptions.push(Reception::new(header.ssrc, index, header.timestamp, now));
        }
        if let Some(reception) = self.receptions.iter_mut().find(|r| r.ssrc() == header.ssrc) {
            reception.count(index, header.timestamp, now);
        }
        if self.role.decodes {
            self.decode(header, index, payload, now);
        }
        let Some(stamp) = step.shared.speech.read(payload) else {
            step.tally.foreign += 1;
            return;
        };
        let sent = Duration::from_micros(stamp.sent);
        step.tally.delays.add(micros((now - step.shared.epoch).saturating_sub(sent)));
        if self.heard.is_empty() {
            step.tally.first_sounds.add(micros(now - self.began));
        }
        if !self.heard.iter().any(|h| h.speaker == stamp.speaker) && self.heard.len() < MAX_STREAMS {
            self.heard.push(Heard::new(stamp));
        }
        if let Some(heard) = self.heard.iter_mut().find(|h| h.speaker == stamp.speaker) {
            heard.count(stamp.number);
        }
    }

    fn decode(&mut self, header: &RtpHeader, index: u64, payload: &[u8], now: Instant) {
        if self.ears.is_empty() {
            self.next_pull = now + TICK;
        }
        let known = self.ears.iter().position(|(ssrc, _)| *ssrc == header.ssrc);
        let at = known.unwrap_or(self.ears.len());
        if known.is_none() {
            match JitterBuffer::new(CEILING) {
                Ok(buffer) if at < MAX_STREAMS => self.ears.push((header.ssrc, buffer)),
                _ => return,
            }
        }
        if let Some((ssrc, buffer)) = self.ears.get_mut(at) {
            buffer.push(Frame {
                source: SourceId(u64::from(*ssrc)),
                key_id: None,
                sequence: index,
                timestamp: header.timestamp,
                arrived: now,
                voice: false,
                payload: Bytes::copy_from_slice(payload),
            });
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        if let Some(state) = self.transport.tick(now, step.out) {
            self.turned(step, state);
        }
        if self.session.deadline().is_some_and(|at| at <= now) {
            self.session.handle(now, Input::Tick);
            self.carry_out(step);
        }
        self.speak(step);
        self.play(step);
        if now >= self.next_report && !self.closed {
            self.next_report = now + REPORT;
            if let Some(at) = self.last_sound {
                self.session.handle(now, Input::Heard(at));
            }
            let receptions = &mut self.receptions;
            self.transport.report(step.out, |bytes| reports::write(receptions.iter_mut(), bytes, now));
        }
    }

    fn speak(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        if !self.session.may_send() {
            return;
        }
        let Some(speaking) = self.speaking.as_mut().filter(|s| s.next <= now) else { return };
        step.tally.late.add(micros(now - speaking.next));
        let number = speaking.number;
        let sent = micros(now - step.shared.epoch);
        let (ssrc, stamp) = (ssrc(self.role), Stamp { speaker: self.role.id, number, sent });
        let index = number - speaking.base;
        let sent = self.transport.send(ssrc, u64::from(index), step.out, |bytes| {
            bytes.extend([0x80, sdp::OPUS]);
            bytes.extend((index as u16).to_be_bytes());
            bytes.extend(number.wrapping_mul(FRAME_TICKS).to_be_bytes());
            bytes.extend(ssrc.to_be_bytes());
            step.shared.speech.write(stamp, bytes);
        });
        if sent {
            speaking.number += 1;
            step.tally.sent += 1;
        }
        speaking.next += FRAME;
        if now > speaking.next + HOPELESS {
            speaking.next = now + FRAME;
        }
    }

    fn play(&mut self, step: &mut Step<'_>) {
        if self.ears.is_empty() {
            return;
        }
        if step.now > self.next_pull + HOPELESS {
            self.next_pull = step.now;
        }
        while self.next_pull <= step.now {
            for (_, buffer) in &mut self.ears {
                let mut sound = [0.0; TICK_SAMPLES];
                match buffer.pull_10ms(self.next_pull, &mut sound) {
                    Pulled::Nothing => continue,
                    Pulled::Concealed => step.tally.concealed += 1,
                    Pulled::Sound => {}
                }
                step.tally.played += 1;
            }
            self.next_pull += TICK;
        }
    }

    fn turned(&mut self, step: &mut Step<'_>, state: TransportState) {
        if state == TransportState::Connected && self.connected.is_none() {
            self.connected = Some(step.now);
            step.tally.joins.add(micros(step.now - self.began));
        }
        self.session.handle(step.now, Input::Transport(state));
        self.carry_out(step);
    }

    fn carry_out(&mut self, step: &mut Step<'_>) {
        while let Some(output) = self.session.next_output() {
            match output {
                Output::NewPeer => {
                    self.transport = Transport::new(step.shared.identity.clone());
                    self.sections.clear();
                    if let Some(speaking) = &mut self.speaking {
                        speaking.base = speaking.number;
                    }
                }
                Output::Offer { sections, microphone, restart_ice } => {
                    let sdp = self.offer(sections, microphone, restart_ice);
                    self.session.handle(step.now, Input::Offered(sdp));
                }
                Output::Answer(text) => match sdp::answer(&text) {
                    Some(answer) => {
                        self.transport.answered(step.now, answer);
                        self.transport.tick(step.now, step.out);
                    }
                    None => tracing::debug!("an answer without a transport"),
                },
                Output::AddCandidate(json) => {
                    if let Some(address) = sdp::trickled(&json) {
                        self.transport.ice.candidate(step.now, address);
                        self.transport.tick(step.now, step.out);
                    }
                }
                Output::Dial { generation, path, token } => step.asks.push(Ask::Dial { generation, path, token: token.0 }),
                Output::HangUp => step.asks.push(Ask::HangUp),
                Output::Send(request) => step.asks.push(Ask::Send(request)),
                Output::Event(MediaEvent::Reconnecting { attempt: 1, .. }) => step.tally.reconnects += 1,
                Output::Event(MediaEvent::Ended { failure, .. }) => self.ended = Some(failure),
                Output::Close => {
                    self.closed = true;
                    self.transport.close(step.now, step.out);
                    step.asks.push(Ask::Close);
                }
                // Chat is not part of it, and the roster is of no use.
                Output::Joined(_)
                | Output::Relays(_)
                | Output::EndOfCandidates
                | Output::Event(_)
                | Output::SendData(_)
                | Output::Source { .. }
                | Output::SourceEnded(_) => {}
            }
        }
        if self.role.speaks && self.speaking.is_none() && self.session.may_send() {
            self.speaking = Some(Speaking { next: step.now, number: 0, base: 0 });
        }
    }

    fn offer(&mut self, sections: u32, microphone: Option<String>, restart_ice: bool) -> String {
        self.sections.extend((0..sections).map(|_| Section::Receive));
        self.sections.extend(microphone.map(|track| Section::Send(track, ssrc(self.role))));
        if restart_ice {
            self.transport.restart();
        }
        self.offers += 1;
        let local = sdp::Local {
            ice: &self.transport.ice.ours,
            fingerprint: self.transport.fingerprint(),
            address: self.address,
            version: self.offers,
        };
        sdp::offer(&local, &self.sections)
    }

    /// Adds what is counted per stream: packets lost and repeated, and the mean jitter of the streams.
    pub(super) fn fold(&self, tally: &mut Tally) {
        for heard in &self.heard {
            tally.lost += heard.lost();
            tally.duplicates += heard.duplicates;
        }
        for reception in &self.receptions {
            tally.jitter.0 += reception.jitter_ms();
            tally.jitter.1 += 1;
        }
    }
}

fn ssrc(role: Role) -> u32 {
    role.id.wrapping_mul(2_654_435_761).max(1)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
