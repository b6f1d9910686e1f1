//! Carries out what the session wants: one task per joined room, and one that sorts the packets that come.

use super::colibri;
use super::deployment::Deployment;
use super::hearing::Hearing;
use super::session::{Entered, Input, Output, Session, Settings};
use super::xml::MAX_STANZA;
use crate::backend::outbox::Outbox;
use crate::backend::outgoing::Outgoing;
use crate::backend::socket::{Socket, SocketEvent, Text, To};
use crate::backend::transport::{self, broken, no_way, stuck};
use crate::backend::{BackendCommand, BackendEvent, EVENT_QUEUE, FRAME_QUEUE, Frame, MediaPorts, MuteGate, SourceChange};
use crate::call::Stats;
use crate::exit::{Exit, Failure};
use crate::net::ladder::{Rung, Transport};
use crate::net::path::Path;
use crate::net::{self, Target, dial, http};
use crate::rtc::{Peer, PeerEvent, PeerEvents, Shape};
use hyper::{Method, StatusCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// How often figures are refreshed.
const STATS: Duration = Duration::from_secs(1);
/// How long one thing may take that is asked of the peer connection.
const STEP: Duration = Duration::from_secs(15);
/// How long closing may take.
const CLOSE: Duration = Duration::from_secs(3);
/// Packets that wait to be sorted.
const PACKETS: usize = 1024;
/// The bridge's data channel.
const CHANNEL: (&str, &str) = ("JVB data channel", "http://jitsi.org/protocols/colibri");
/// The longest answer to a conference request, in bytes.
const ANSWER: usize = 64 * 1024;

/// Which socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The server's, of this generation.
    Server(u32),
    /// The bridge's, of this media session.
    Bridge(u32),
}

/// What a room is joined with.
pub(super) struct Config {
    pub(super) deployment: Deployment,
    /// The server that the link names.
    pub(super) target: Target,
    pub(super) net: net::Options,
    pub(super) transport: Transport,
    /// The room, as the link names it.
    pub(super) room: String,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) settings: Settings,
    pub(super) waits: watch::Sender<bool>,
}

/// A room that is being joined.
pub(super) struct Client {
    pub(super) joined: oneshot::Receiver<Result<Entered, Failure>>,
    pub(super) events: mpsc::Receiver<BackendEvent>,
    pub(super) commands: mpsc::Sender<BackendCommand>,
    pub(super) media: MediaPorts,
    pub(super) gate: MuteGate,
    pub(super) stats: watch::Receiver<Stats>,
}

/// Starts the task.
pub(super) fn start(config: Config) -> Client {
    let (events, events_rx) = mpsc::channel(EVENT_QUEUE);
    let (commands, commands_rx) = mpsc::channel(EVENT_QUEUE);
    let (outgoing, outgoing_rx) = mpsc::channel(FRAME_QUEUE);
    let (sources, sources_rx) = mpsc::channel(EVENT_QUEUE);
    let (stats, stats_rx) = watch::channel(Stats::default());
    let (joined, joined_rx) = oneshot::channel();
    let (socket_events, socket_events_rx) = mpsc::channel(EVENT_QUEUE);
    let (answers, answers_rx) = mpsc::channel(1);
    let gate = MuteGate::default();
    let shell = Shell {
        session: Session::new(Instant::now(), config.settings.clone()),
        rung: config.transport.first,
        config,
        server: None,
        bridge: None,
        socket_events,
        answers,
        asking: None,
        peer: None,
        joined: Some(joined),
        events: Outbox::new(events),
        sources: Outbox::new(sources),
        hearing: Hearing::default(),
        stats,
        gate: gate.clone(),
        outgoing: Outgoing::new(),
        sent: (0, 0),
    };
    tokio::spawn(shell.run(commands_rx, outgoing_rx, socket_events_rx, answers_rx));
    let media = MediaPorts { outgoing, sources: sources_rx };
    Client { joined: joined_rx, events: events_rx, commands, media, gate, stats: stats_rx }
}

/// The peer connection of a media session, and the way it takes.
struct Connection {
    session: u32,
    peer: Peer,
    events: PeerEvents,
    path: Arc<Path>,
    way: dial::Way,
    rungs: watch::Receiver<Option<Rung>>,
    lost: watch::Receiver<u32>,
    channel: bool,
    sorter: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.sorter.abort();
    }
}

struct Shell {
    config: Config,
    session: Session,
    /// By which rung media went last.
    rung: Option<Rung>,
    server: Option<Socket<Text>>,
    bridge: Option<Socket<Text>>,
    socket_events: mpsc::Sender<(Which, SocketEvent<Text>)>,
    answers: mpsc::Sender<Result<Vec<u8>, Failure>>,
    asking: Option<AbortHandle>,
    peer: Option<Connection>,
    joined: Option<oneshot::Sender<Result<Entered, Failure>>>,
    events: Outbox<BackendEvent>,
    sources: Outbox<SourceChange>,
    hearing: Hearing,
    stats: watch::Sender<Stats>,
    gate: MuteGate,
    outgoing: Outgoing,
    sent: (u64, u64),
}

impl Shell {
    async fn run(
        mut self,
        mut commands: mpsc::Receiver<BackendCommand>,
        mut frames: mpsc::Receiver<Frame>,
        mut socket_events: mpsc::Receiver<(Which, SocketEvent<Text>)>,
        mut answers: mpsc::Receiver<Result<Vec<u8>, Failure>>,
    ) {
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while let Some(output) = self.session.next_output() {
                match timeout(STEP, self.carry_out(output)).await {
                    Ok(false) => {}
                    Ok(true) => return self.close().await,
                    Err(_) => self.session.handle(Instant::now(), Input::PeerFailed(stuck())),
                }
            }
            // Nobody listens, or nobody waits for us to be in any more: leave in an orderly way.
            if self.events.broken || self.joined.as_ref().is_some_and(oneshot::Sender::is_closed) {
                self.joined = None;
                self.session.handle(Instant::now(), Input::Command(BackendCommand::Leave));
                continue;
            }
            let deadline = self.session.deadline();
            let timer = tokio::time::sleep_until(deadline.unwrap_or_else(Instant::now).into());
            let input = tokio::select! {
                Some((which, e)) = socket_events.recv() => match (which, e) {
                    (Which::Server(g), SocketEvent::Opened) => Input::Opened(g),
                    (Which::Server(g), SocketEvent::Said(text)) => Input::Text(g, text),
                    (Which::Server(g), SocketEvent::Lost(why)) => Input::Lost(g, no_websocket(why)),
                    (Which::Bridge(s), SocketEvent::Opened) => Input::BridgeOpened(s),
                    (Which::Bridge(s), SocketEvent::Said(text)) => Input::BridgeText(s, text),
                    (Which::Bridge(s), SocketEvent::Lost(why)) => {
                        tracing::debug!("the bridge's channel: {}", why.text);
                        Input::BridgeLost(s)
                    }
                },
                Some(answer) = answers.recv() => Input::Asked(answer),
                Some(input) = happens(&mut self.peer) => {
                    if let Input::Rung(rung) = input {
                        self.rung = Rung::named(rung);
                    }
                    input
                }
                command = commands.recv() => Input::Command(command.unwrap_or(BackendCommand::Leave)),
                Some(frame) = frames.recv() => match timeout(STEP, self.send_frame(frame)).await {
                    Ok(()) => continue,
                    Err(_) => Input::PeerFailed(stuck()),
                },
                () = timer, if deadline.is_some() => Input::Tick,
                _ = stats.tick() => match timeout(STEP, self.refresh_stats()).await {
                    Ok(false) => continue,
                    Ok(true) => {
                        self.rung = None; // another network, with other rules
                        Input::Moved
                    }
                    Err(_) => Input::PeerFailed(stuck()),
                },
                () = closed(&mut self.joined) => continue,
                () = self.events.flush_one(), if self.events.waits() => continue,
                () = self.sources.flush_one(), if self.sources.waits() => continue,
            };
            self.session.handle(Instant::now(), input);
        }
    }

    /// Carries out one thing; `true` = it was the last.
    async fn carry_out(&mut self, output: Output) -> bool {
        match output {
            Output::Dial { generation, previous, token_in_query } => self.dial(generation, previous, token_in_query),
            Output::HangUp => self.server = None,
            Output::Send(text) => {
                if let Some(server) = &self.server {
                    server.send(text);
                }
            }
            Output::Ask(body) => self.ask(body),
            Output::NewPeer { session, sdp, channel, relays } => {
                self.close_peer();
                match self.new_peer(session, channel).await {
                    Ok(connection) => {
                        connection.path.relays(relays);
                        self.peer = Some(connection);
                        self.describe(session, sdp, self.config.settings.microphone).await;
                    }
                    Err(why) => self.session.handle(Instant::now(), Input::PeerFailed(why)),
                }
            }
            Output::Describe { session, sdp } => self.describe(session, sdp, false).await,
            Output::ClosePeer => self.close_peer(),
            Output::OpenBridge { session, url } => self.open_bridge(session, &url),
            Output::CloseBridge => self.bridge = None,
            Output::BridgeSend(text) => match (&self.bridge, &self.peer) {
                (Some(bridge), _) => bridge.send(text),
                (None, Some(Connection { peer, channel: true, .. })) => {
                    if let Err(e) = peer.send_data(CHANNEL.0, text.as_bytes()).await {
                        tracing::debug!("the bridge was not told: {e}");
                    }
                }
                _ => {}
            },
            Output::Waits(on) => drop(self.config.waits.send_if_modified(|w| std::mem::replace(w, on) != on)),
            Output::Joined(entered) => {
                if let Some(joined) = self.joined.take() {
                    let _ = joined.send(Ok(entered));
                }
            }
            Output::Event(BackendEvent::Ended { failure, .. }) if self.joined.is_some() => {
                if let Some(joined) = self.joined.take() {
                    let _ = joined.send(Err(failure));
                }
            }
            Output::Event(event) => self.events.push(event),
            Output::Source { ssrc, peer } => self.sources.push(self.hearing.add(ssrc, peer)),
            Output::SourceEnded(ssrc) => self.hearing.remove(ssrc).into_iter().for_each(|ended| self.sources.push(ended)),
            Output::Close => return true,
        }
        false
    }

    fn dial(&mut self, generation: u32, previous: Option<Zeroizing<String>>, token_in_query: bool) {
        let Config { deployment, net, room, token, .. } = &self.config;
        let in_query = token.as_ref().filter(|_| token_in_query).map(|t| t.as_str());
        let to = To {
            target: deployment.websocket.0.clone(),
            net: net.clone(),
            path: deployment.path(room, previous.as_ref().map(|p| p.as_str()), in_query),
            bearer: token.clone(),
            protocol: Some("xmpp"),
            max: MAX_STANZA,
        };
        self.server = Some(Socket::open(to, Which::Server(generation), self.socket_events.clone()));
    }

    /// Asks for the conference by HTTP, in the background.
    fn ask(&mut self, body: Vec<u8>) {
        let Some(path) = self.config.settings.place.request.clone() else { return };
        let (target, net, token, answers) =
            (self.config.target.clone(), self.config.net.clone(), self.config.token.clone(), self.answers.clone());
        self.asking.take().iter().for_each(AbortHandle::abort);
        let task = tokio::spawn(async move {
            let bearer = token.as_ref().map(|t| t.as_str());
            let answer = http::request(&target, &net, Method::POST, &path, bearer, Some(body), ANSWER).await;
            let answer = answer.and_then(|a| match a.status {
                StatusCode::OK => Ok(a.body.to_vec()),
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    Err(Failure::new(Exit::Denied, "the server does not let us ask for this conference"))
                }
                other => Err(Failure::new(
                    Exit::Unavailable,
                    format!("the conference request was answered with HTTP {}", other.as_u16()),
                )),
            });
            let _ = answers.send(answer).await;
        });
        self.asking = Some(task.abort_handle());
    }

    async fn new_peer(&mut self, session: u32, channel: bool) -> Result<Connection, Failure> {
        self.outgoing = Outgoing::new();
        let Config { target, net, transport, .. } = &self.config;
        let transport = Transport { first: self.rung, ..*transport };
        let (way, path) = transport::path(target, net, false, transport).await?;
        let (packets, mut queue) = mpsc::channel(PACKETS);
        let shape = Shape::Packets { to: packets, channel: channel.then_some(CHANNEL) };
        let (peer, events) = Peer::behind(self.gate.clone(), path.clone(), true, shape).await.map_err(|e| broken(&e))?;
        let hearing = self.hearing.clone();
        let sorter = tokio::spawn(async move {
            while let Some(packet) = queue.recv().await {
                hearing.take(packet);
            }
        });
        let (rungs, lost) = (path.used(), path.lost());
        Ok(Connection { session, peer, events, path, way, rungs, lost, channel, sorter: sorter.abort_handle() })
    }

    /// Answers a description of the bridge.
    async fn describe(&mut self, session: u32, sdp: String, microphone: bool) {
        let Some(connection) = self.peer.as_ref().filter(|c| c.session == session) else { return };
        let input = match connection.peer.answer(sdp, microphone.then_some("microphone")).await {
            Ok(_) if connection.path.leads_nowhere() => Input::PeerFailed(no_way(false, self.config.transport)),
            Ok(sdp) => Input::Answered { session, sdp, ssrc: connection.peer.microphone_ssrc().await },
            Err(e) => Input::PeerFailed(broken(&e)),
        };
        self.session.handle(Instant::now(), input);
    }

    fn close_peer(&mut self) {
        if let Some(connection) = self.peer.take() {
            tokio::spawn(async move { connection.peer.close().await });
        }
    }

    fn open_bridge(&mut self, session: u32, url: &str) {
        let to = Target::of_address(url).map(|(target, path)| To {
            target,
            net: self.config.net.clone(),
            path: Zeroizing::new(path),
            bearer: None,
            protocol: None,
            max: colibri::MAX_MESSAGE,
        });
        if let Some(to) = to {
            self.bridge = Some(Socket::open(to, Which::Bridge(session), self.socket_events.clone()));
        }
    }

    async fn send_frame(&mut self, frame: Frame) {
        let Some(connection) = self.peer.as_ref().filter(|_| self.session.may_send()) else {
            return self.outgoing.silence();
        };
        let bytes = frame.payload.len() as u64;
        match connection.peer.send(self.outgoing.packet(frame)).await {
            Ok(()) => self.sent = (self.sent.0 + 1, self.sent.1 + bytes),
            Err(e) => tracing::debug!("a frame was not sent: {e}"),
        }
    }

    /// Refreshes the figures; whether this machine is in another network.
    async fn refresh_stats(&mut self) -> bool {
        let Some(connection) = &self.peer else { return false };
        let t = connection.peer.stats().await;
        let heard = self.hearing.figures();
        self.stats.send_replace(Stats {
            packets_received: heard.packets,
            packets_sent: self.sent.0,
            bytes_received: heard.bytes,
            bytes_sent: self.sent.1,
            frames_refused: heard.encrypted,
            ..transport::figures(&t)
        });
        connection.way.has_moved()
    }

    async fn close(mut self) {
        self.asking.iter().for_each(AbortHandle::abort);
        self.bridge = None;
        let work = async {
            if let Some(server) = self.server.take() {
                server.close().await;
            }
            if let Some(connection) = self.peer.take() {
                connection.peer.close().await;
            }
            tokio::join!(self.sources.flush(), self.events.flush());
        };
        let _ = timeout(CLOSE, work).await;
    }
}

/// The next thing that happens to the peer connection, if there is one. `None`: nothing that matters.
async fn happens(connection: &mut Option<Connection>) -> Option<Input> {
    let Some(Connection { session, events, rungs, lost, .. }) = connection else { return std::future::pending().await };
    tokio::select! {
        event = events.recv() => match event {
            Some(PeerEvent::State(state)) => Some(Input::Transport(state)),
            Some(PeerEvent::Open { .. }) => Some(Input::BridgeOpened(*session)),
            Some(PeerEvent::Data { payload, .. }) if payload.len() <= colibri::MAX_MESSAGE => {
                Some(Input::BridgeText(*session, String::from_utf8_lossy(&payload).into_owned()))
            }
            // Our candidates are told to nobody, and whose a packet is its SSRC says.
            Some(_) => Some(Input::Tick),
            None => std::future::pending().await,
        },
        Ok(()) = rungs.changed() => rungs.borrow_and_update().map_or(Some(Input::Tick), |rung| Some(Input::Rung(rung.name()))),
        Ok(()) = lost.changed() => {
            lost.borrow_and_update();
            Some(Input::WayLost)
        }
    }
}

/// Waits until nobody waits any more for us to be in.
async fn closed(joined: &mut Option<oneshot::Sender<Result<Entered, Failure>>>) {
    match joined {
        Some(joined) => joined.closed().await,
        None => std::future::pending().await,
    }
}

fn no_websocket(why: Failure) -> Failure {
    if why.exit != Exit::Protocol {
        return why;
    }
    let text = format!(
        "this Jitsi server has no XMPP websocket ({}): it is old, or speaks BOSH only; its administrator can switch websockets on",
        why.text
    );
    Failure::new(Exit::Protocol, text)
}
