//! Carries out what the session wants: one task per joined room, and one per received track.

use super::super::protocol::About;
use super::super::session::{Input, Output, Session, Settings};
use super::reader::{Reader, Refused, Speaker, Turn, Who, next_source, read};
use super::socket::{self, Socket, SocketEvent};
use super::{JoinedInfo, MediaClient, MediaCommand, MediaConfig, MediaEvent};
use crate::backend::outbox::Outbox;
use crate::backend::outgoing::Outgoing;
use crate::backend::transport::{self, broken, moved, no_way, stuck};
use crate::backend::{EVENT_QUEUE, FRAME_QUEUE, Frame, MediaPorts, MuteGate, SourceChange, SourceId};
use crate::call::Stats;
use crate::exit::Failure;
use crate::net::dial;
use crate::net::ladder::{Rung, Transport};
use crate::net::path::Path;
use crate::protocol::slots;
use crate::rtc::{self, Peer, PeerEvent, PeerEvents, Shape};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// How often figures are refreshed.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// How long one thing may take that is asked of the peer connection; making one takes a name look-up. Its driver is a task of
/// the crate: if that hangs or has failed, we must not wait with it.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long closing may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

type Joined = oneshot::Sender<Result<JoinedInfo, Failure>>;

/// Starts the task. The receiver resolves when we are in, or cannot be.
pub(super) fn start(config: MediaConfig) -> (MediaClient, oneshot::Receiver<Result<JoinedInfo, Failure>>) {
    let (events, events_rx) = mpsc::channel(EVENT_QUEUE);
    let (commands, commands_rx) = mpsc::channel(EVENT_QUEUE);
    let (outgoing, outgoing_rx) = mpsc::channel(FRAME_QUEUE);
    let (sources, sources_rx) = mpsc::channel(EVENT_QUEUE);
    let (stats, stats_rx) = watch::channel(Stats::default());
    let (joined, joined_rx) = oneshot::channel();
    let (socket_events, socket_events_rx) = mpsc::channel(EVENT_QUEUE);
    let (turns, turns_rx) = mpsc::channel(EVENT_QUEUE);
    let settings = Settings {
        token: config.token.clone(),
        publish: config.publish,
        muted: config.muted,
        ask_for_token: config.ask_for_token,
        about: About { device: "", slots: config.ours },
    };
    let gate = MuteGate::default();
    let first = config.transport.first;
    let shell = Shell {
        session: Session::new(Instant::now(), settings),
        config,
        peer: None,
        peer_events: None,
        path: None,
        way: None,
        rungs: None,
        lost: None,
        rung: first,
        socket: None,
        socket_events,
        joined: Some(joined),
        events: Outbox::new(events),
        sources: Outbox::new(sources),
        tracks: HashMap::new(),
        next_source: Arc::default(),
        turns,
        received: Arc::default(),
        refused: Arc::default(),
        stats,
        outgoing: Outgoing::new(),
        gate: gate.clone(),
        sent: Counter::default(),
    };
    tokio::spawn(shell.run(commands_rx, outgoing_rx, socket_events_rx, turns_rx));
    let ports = MediaPorts { outgoing, sources: sources_rx };
    (MediaClient { events: events_rx, commands, ports, gate, stats: stats_rx }, joined_rx)
}

#[derive(Debug, Default)]
pub(super) struct Counter {
    packets: AtomicU64,
    bytes: AtomicU64,
}

impl Counter {
    pub(super) fn count(&self, bytes: usize) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A received track, or what has its turn in a slot.
struct Track {
    /// Of a track.
    reader: Option<AbortHandle>,
    /// Until they have an owner.
    frames: Option<mpsc::Receiver<Frame>>,
    /// Whose sound it is now: the source that the call knows of.
    announced: Option<SourceId>,
}

impl Drop for Track {
    fn drop(&mut self) {
        self.reader.iter().for_each(AbortHandle::abort);
    }
}

struct Shell {
    config: MediaConfig,
    session: Session,
    peer: Option<Peer>,
    peer_events: Option<PeerEvents>,
    path: Option<Arc<Path>>,
    /// The way that the peer connection takes: between which addresses,
    way: Option<dial::Way>,
    /// by which rung,
    rungs: Option<watch::Receiver<Option<Rung>>>,
    /// how often it was lost,
    lost: Option<watch::Receiver<u32>>,
    /// and by which rung last.
    rung: Option<Rung>,
    socket: Option<Socket>,
    socket_events: mpsc::Sender<(u32, SocketEvent)>,
    joined: Option<Joined>,
    events: Outbox<MediaEvent>,
    sources: Outbox<SourceChange>,
    tracks: HashMap<SourceId, Track>,
    next_source: Arc<AtomicU64>,
    turns: mpsc::Sender<Turn>,
    received: Arc<Counter>,
    refused: Arc<Refused>,
    stats: watch::Sender<Stats>,
    outgoing: Outgoing,
    /// Before every packet of our sound, on all peer connections of this session.
    gate: MuteGate,
    sent: Counter,
}

impl Shell {
    async fn run(
        mut self,
        mut commands: mpsc::Receiver<MediaCommand>,
        mut frames: mpsc::Receiver<Frame>,
        mut socket_events: mpsc::Receiver<(u32, SocketEvent)>,
        mut turns: mpsc::Receiver<Turn>,
    ) {
        let mut stats = tokio::time::interval(STATS_INTERVAL);
        stats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while let Some(output) = self.session.next_output() {
                match timeout(STEP_TIMEOUT, self.carry_out(output)).await {
                    Ok(false) => {}
                    Ok(true) => return self.close().await,
                    Err(_) => self.session.handle(Instant::now(), Input::PeerFailed(stuck())),
                }
            }
            if self.events.broken {
                // Nobody listens: leave in an orderly way.
                self.session.handle(Instant::now(), Input::Command(MediaCommand::Leave));
                continue;
            }
            let deadline = self.session.deadline();
            let timer = tokio::time::sleep_until(deadline.unwrap_or_else(Instant::now).into());
            let input = tokio::select! {
                Some((generation, e)) = socket_events.recv() => match e {
                    SocketEvent::Opened => Input::Opened(generation),
                    SocketEvent::Said(m) => Input::Signal(generation, m),
                    SocketEvent::Lost(why) => Input::Lost(generation, why),
                },
                Some(e) = next(&mut self.peer_events) => match self.peer_event(e) {
                    Some(input) => input,
                    None => continue,
                },
                command = commands.recv() => Input::Command(command.unwrap_or(MediaCommand::Leave)),
                Some(frame) = frames.recv() => match timeout(STEP_TIMEOUT, self.send_frame(frame)).await {
                    Ok(()) => continue,
                    Err(_) => Input::PeerFailed(stuck()),
                },
                () = timer, if deadline.is_some() => Input::Tick,
                rung = changed(&mut self.rungs) => match rung {
                    Some(rung) => {
                        self.rung = Some(rung);
                        Input::Rung(rung.name())
                    }
                    None => continue,
                },
                () = lost(&mut self.lost), if !self.config.ours => Input::WayLost,
                _ = stats.tick() => if self.way.take_if(|w| w.has_moved()).is_some() {
                    self.rung = None; // another network, with other rules
                    Input::PeerFailed(moved())
                } else {
                    match timeout(STEP_TIMEOUT, self.refresh_stats()).await {
                        Ok(Some(heard)) => Input::Heard(heard),
                        Ok(None) => continue,
                        Err(_) => Input::PeerFailed(stuck()),
                    }
                },
                Some(turn) = turns.recv() => match self.turn(turn) {
                    Some(input) => input,
                    None => continue,
                },
                () = self.events.flush_one(), if self.events.waits() => continue,
                () = self.sources.flush_one(), if self.sources.waits() => continue,
            };
            self.session.handle(Instant::now(), input);
        }
    }

    fn peer_event(&mut self, e: PeerEvent) -> Option<Input> {
        Some(match e {
            PeerEvent::Candidate(c) => Input::Candidate(c),
            PeerEvent::State(s) => Input::Transport(s),
            PeerEvent::Data { payload, .. } => Input::Data(payload),
            PeerEvent::Open { .. } => return None,
            PeerEvent::Track(track) => {
                let key = next_source(&self.next_source);
                let (id, stream) = (track.id.clone(), track.stream.clone());
                let protection = self.config.protection.clone();
                let (reader, frames) = if protection.is_some() || stream == slots::STREAM {
                    let reader = Reader {
                        key,
                        protection,
                        turns: self.turns.clone(),
                        next_source: self.next_source.clone(),
                        received: self.received.clone(),
                        refused: self.refused.clone(),
                        present: None,
                    };
                    (tokio::spawn(reader.run(track)), None)
                } else {
                    let (tx, rx) = mpsc::channel(FRAME_QUEUE);
                    (tokio::spawn(read(track, key, tx, self.received.clone())), Some(rx))
                };
                self.tracks.insert(key, Track { reader: Some(reader.abort_handle()), frames, announced: None });
                Input::Track { key, track: id, stream }
            }
        })
    }

    /// Carries out one thing; `true` = it was the last.
    async fn carry_out(&mut self, output: Output) -> bool {
        let done = match output {
            Output::NewPeer => self.new_peer().await,
            Output::Offer { sections, microphone, restart_ice } => self.offer(sections, microphone, restart_ice).await,
            Output::Answer(sdp) => match &self.peer {
                Some(p) => p.apply_answer(sdp).await.map_err(|e| broken(&e)),
                None => Ok(()),
            },
            Output::Relays(servers) => {
                self.path.iter().for_each(|path| path.relays(servers.clone()));
                Ok(())
            }
            Output::AddCandidate(json) => {
                // A candidate that we cannot use is not a fault: others follow.
                if let Some(p) = &self.peer
                    && let Err(e) = p.add_candidate(&json).await
                {
                    tracing::debug!("a candidate of the server was not taken: {e}");
                }
                Ok(())
            }
            Output::EndOfCandidates => match &self.path {
                Some(path) if path.leads_nowhere() => Err(no_way(self.config.ours, self.config.transport)),
                _ => Ok(()),
            },
            Output::Dial { generation, path, token } => {
                let to = socket::to((self.config.target.clone(), self.config.net.clone()), path, token.0);
                self.socket = Some(Socket::open(to, generation, self.socket_events.clone()));
                Ok(())
            }
            Output::HangUp => {
                self.socket = None;
                Ok(())
            }
            Output::Send(request) => {
                if let Some(s) = &self.socket {
                    s.send(*request);
                }
                Ok(())
            }
            Output::SendData(packet) => {
                self.send_data(&packet).await;
                Ok(())
            }
            Output::Joined(info) => {
                if let Some(j) = self.joined.take() {
                    let _ = j.send(Ok(info));
                }
                Ok(())
            }
            Output::Event(MediaEvent::Ended { failure, .. }) if self.joined.is_some() => {
                if let Some(j) = self.joined.take() {
                    let _ = j.send(Err(failure));
                }
                Ok(())
            }
            Output::Event(e) => {
                self.events.push(e);
                Ok(())
            }
            Output::Source { key, peer } => {
                if let Some(track) = self.tracks.get_mut(&key)
                    && let Some(frames) = track.frames.take()
                {
                    track.announced = Some(key);
                    self.sources.push(SourceChange::Added { source: key, peer, frames });
                }
                Ok(())
            }
            Output::SourceEnded(key) => {
                if let Some(source) = self.tracks.remove(&key).and_then(|t| t.announced) {
                    self.sources.push(SourceChange::Removed { source });
                }
                Ok(())
            }
            Output::Close => return true,
        };
        if let Err(why) = done {
            self.session.handle(Instant::now(), Input::PeerFailed(why));
        }
        false
    }

    async fn new_peer(&mut self) -> Result<(), Failure> {
        (self.peer_events, self.path) = (None, None);
        if let Some(old) = self.peer.take() {
            tokio::spawn(async move { old.close().await });
        }
        self.outgoing = Outgoing::new();
        let MediaConfig { target, net, ours, transport, levels, .. } = &self.config;
        let transport = Transport { first: self.rung, ..*transport };
        let (way, path) = transport::path(target, net, *ours, transport).await?;
        self.way = Some(way);
        (self.rungs, self.lost) = (Some(path.used()), Some(path.lost()));
        let (peer, events) =
            Peer::behind(self.gate.clone(), path.clone(), *levels, Shape::Tracks).await.map_err(|e| broken(&e))?;
        (self.peer, self.peer_events, self.path) = (Some(peer), Some(events), Some(path));
        Ok(())
    }

    async fn offer(&mut self, sections: u32, microphone: Option<String>, restart_ice: bool) -> Result<(), Failure> {
        // It could not be made, and the session knows.
        let Some(peer) = &self.peer else { return Ok(()) };
        let make = async {
            peer.add_audio_sections(sections).await?;
            if let Some(id) = microphone {
                peer.add_microphone(&id).await?;
            }
            if restart_ice {
                peer.restart_ice().await?;
            }
            peer.offer().await
        };
        let sdp = make.await.map_err(|e| broken(&e))?;
        self.session.handle(Instant::now(), Input::Offered(sdp));
        Ok(())
    }

    async fn send_data(&mut self, packet: &[u8]) {
        let sent = match &self.peer {
            Some(p) => p.send_data(rtc::RELIABLE, packet).await,
            None => Err(rtc::Error("there is no connection".into())),
        };
        if let Err(e) = sent {
            let text = format!("the message was not sent ({e}); send it again when the connection is back");
            self.events.push(MediaEvent::Warning { code: "chat_not_sent".into(), text });
        }
    }

    /// Another one speaks on a track, which is another source; or nobody. Whose a number is the session knows.
    fn turn(&mut self, Turn { track, speaker }: Turn) -> Option<Input> {
        // The track may have ended in the meantime.
        let t = self.tracks.get_mut(&track)?;
        if let Some(before) = t.announced.take() {
            self.sources.push(SourceChange::Removed { source: before });
        }
        let Some(Speaker { source, who, frames }) = speaker else {
            return Some(Input::Turn { slot: track, speaker: None });
        };
        match who {
            Who::Peer(peer) => {
                t.announced = Some(source);
                self.sources.push(SourceChange::Added { source, peer, frames });
                None
            }
            Who::Number(number) => {
                self.tracks.insert(source, Track { reader: None, frames: Some(frames), announced: None });
                Some(Input::Turn { slot: track, speaker: Some((source, number)) })
            }
        }
    }

    async fn send_frame(&mut self, mut frame: Frame) {
        let Some(peer) = self.peer.as_ref().filter(|_| self.session.may_send()) else {
            return self.outgoing.silence();
        };
        if let Some(protection) = &self.config.protection {
            let Some(sealed) = protection.seal(&frame.payload) else { return self.outgoing.silence() };
            frame.payload = sealed;
        }
        let bytes = frame.payload.len();
        match peer.send(self.outgoing.packet(frame)).await {
            Ok(()) => self.sent.count(bytes),
            Err(e) => tracing::debug!("a frame was not sent: {e}"),
        }
    }

    /// Refreshes the figures; when something was last heard.
    async fn refresh_stats(&mut self) -> Option<Instant> {
        let t = self.peer.as_ref()?.stats().await;
        self.stats.send_replace(Stats {
            packets_received: self.received.packets.load(Ordering::Relaxed),
            packets_sent: self.sent.packets.load(Ordering::Relaxed),
            bytes_received: self.received.bytes.load(Ordering::Relaxed),
            bytes_sent: self.sent.bytes.load(Ordering::Relaxed),
            frames_refused: self.refused.all.load(Ordering::Relaxed),
            frames_foreign: self.refused.foreign.load(Ordering::Relaxed),
            ..transport::figures(&t)
        });
        t.heard
    }

    async fn close(mut self) {
        self.tracks.clear();
        let work = async {
            if let Some(s) = self.socket.take() {
                s.close().await;
            }
            if let Some(p) = self.peer.take() {
                p.close().await;
            }
            tokio::join!(self.sources.flush(), self.events.flush());
        };
        let _ = timeout(3 * CLOSE_TIMEOUT, work).await;
    }
}

/// The next event of the peer connection, if there is one.
async fn next(events: &mut Option<PeerEvents>) -> Option<PeerEvent> {
    match events {
        Some(e) => e.recv().await,
        None => std::future::pending().await,
    }
}

/// The rung in use, once it changes.
async fn changed(rungs: &mut Option<watch::Receiver<Option<Rung>>>) -> Option<Rung> {
    if let Some(rungs) = rungs
        && rungs.changed().await.is_ok()
    {
        return *rungs.borrow_and_update();
    }
    std::future::pending().await
}

/// Waits until the way in use is lost.
async fn lost(times: &mut Option<watch::Receiver<u32>>) {
    if let Some(times) = times
        && times.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
