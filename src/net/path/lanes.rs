//! The connections of a path: opened, kept in pairs and closed as the ladder says.

use super::{Config, Shared, relay, target_of};
use crate::exit::{Exit, Failure};
use crate::net::frames::{self, Backlog, DATAGRAM, TUNNEL};
use crate::net::ladder::{Do, Rung};
use crate::net::{Options, Target, dial, tls, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// Connections of a rung that is in use: sound goes over both, as one of them may wait for what the network lost.
const LANES: usize = 2;
/// How long a connection to a server that is not ours may stay without an answer: what was named may be another machine here.
const UNANSWERED: Duration = Duration::from_secs(6);
/// When a second connection that failed is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// A connection of ours is not closed for want of something to say.
const FOREVER: Duration = Duration::MAX;

/// What a connection reports.
pub(super) enum Report {
    Opened(Rung, u64, Arc<Backlog>),
    Ended(Rung, u64, String),
}

/// A connection, from before it is open.
struct Lane {
    rung: Rung,
    number: u64,
    task: AbortHandle,
}

/// Carries out what the ladder says, for as long as the path exists.
pub(super) async fn drive(shared: Arc<Shared>, used: watch::Sender<Option<Rung>>, lost: watch::Sender<u32>) {
    let (reports_tx, mut reports) = mpsc::channel(8);
    let mut driver = Driver { shared, lanes: Vec::new(), tasks: JoinSet::new(), reports: reports_tx, last: 0, pause: None };
    let mut found = false;
    loop {
        let deadline = driver.step(&used);
        if std::mem::replace(&mut found, !driver.shared.state().ladder.is_searching()) && !found {
            lost.send_modify(|times| *times += 1);
        }
        tokio::select! {
            () = tokio::time::sleep_until(deadline.into()) => {}
            () = driver.shared.wake.notified() => {}
            Some(report) = reports.recv() => driver.report(report),
            Some(_) = driver.tasks.join_next() => {}
        }
    }
}

struct Driver {
    shared: Arc<Shared>,
    lanes: Vec<Lane>,
    tasks: JoinSet<()>,
    reports: mpsc::Sender<Report>,
    last: u64,
    /// Until then no further connection is added to one that is open.
    pause: Option<Instant>,
}

impl Driver {
    fn step(&mut self, used: &watch::Sender<Option<Rung>>) -> Instant {
        let now = Instant::now();
        loop {
            let shared = self.shared.clone();
            let state = &mut *shared.state();
            match state.ladder.poll(now) {
                Some(Do::Open(rung)) => self.open(rung),
                Some(Do::Close(rung)) => {
                    for lane in self.lanes.extract_if(.., |l| l.rung == rung) {
                        lane.task.abort();
                    }
                    state.open.retain(|(r, ..)| *r != rung);
                }
                Some(Do::Use(rung)) => {
                    tracing::debug!("media goes over {}", rung.name());
                    state.told = None;
                    state.tell(now);
                    used.send_replace(Some(rung));
                }
                None => {
                    if state.ladder.used().is_none() && used.borrow().is_some() {
                        used.send_replace(None);
                    }
                    // A server without our tunnel takes each connection for a way of its own.
                    let twice = shared.config.ours && !shared.config.transport.single;
                    let pair = state.ladder.used().filter(|r| twice && *r != Rung::Udp && !r.is_relayed());
                    let lacks = pair.is_some_and(|rung| self.lanes.iter().filter(|l| l.rung == rung).count() < LANES);
                    let paused = self.pause.is_some_and(|until| now < until);
                    let deadline = state.ladder.deadline();
                    match (pair, lacks, paused) {
                        (Some(rung), true, false) => self.open(rung),
                        (_, true, true) => return self.pause.map_or(deadline, |until| until.min(deadline)),
                        _ => return deadline,
                    }
                }
            }
        }
    }

    fn open(&mut self, rung: Rung) {
        self.last += 1;
        let (shared, reports, number) = (self.shared.clone(), self.reports.clone(), self.last);
        let task = self.tasks.spawn(async move {
            let lane = async {
                tokio::select! {
                    ended = lane(&shared, rung, number, &reports) => ended,
                    ended = unanswered(&shared, rung), if !shared.config.ours || rung.is_relayed() => ended,
                }
            };
            let why = match lane.await {
                Ok(()) => "it was closed".to_owned(),
                Err(failure) => failure.text,
            };
            let _ = reports.send(Report::Ended(rung, number, why)).await;
        });
        self.lanes.push(Lane { rung, number, task });
    }

    fn report(&mut self, report: Report) {
        let now = Instant::now();
        let shared = self.shared.clone();
        let state = &mut *shared.state();
        match report {
            // Not if it was closed in the meantime.
            Report::Opened(rung, number, backlog) if self.lanes.iter().any(|l| l.number == number) => {
                state.open.push((rung, number, backlog));
                state.ladder.opened(rung);
            }
            Report::Opened(..) => {}
            Report::Ended(rung, number, why) => {
                let before = self.lanes.len();
                self.lanes.retain(|l| l.number != number);
                state.open.retain(|(_, n, _)| *n != number);
                if before == self.lanes.len() {
                    return;
                }
                tracing::debug!("a connection for media over {} has ended: {why}", rung.name());
                if state.open.iter().any(|(r, ..)| *r == rung) {
                    self.pause = Some(now + AGAIN);
                    return;
                }
                // None is open; one that is being opened is given up with it, so that there is one state of the rung.
                for lane in self.lanes.extract_if(.., |l| l.rung == rung) {
                    lane.task.abort();
                }
                state.ladder.closed(now, rung);
            }
        }
    }
}

/// Ends if nothing has been heard over a rung for [`UNANSWERED`] after it was opened.
async fn unanswered(shared: &Shared, rung: Rung) -> Result<(), Failure> {
    while !shared.state().open.iter().any(|(r, ..)| *r == rung) {
        tokio::time::sleep(UNANSWERED / 8).await;
    }
    tokio::time::sleep(UNANSWERED).await;
    if shared.state().ladder.heard_last(rung).is_none() {
        return Err(Failure::new(Exit::Unavailable, "nothing comes back"));
    }
    std::future::pending().await
}

/// One connection, until it ends.
async fn lane(shared: &Shared, rung: Rung, number: u64, reports: &mpsc::Sender<Report>) -> Result<(), Failure> {
    let Config { target, net, ours, .. } = &shared.config;
    let backlog = Arc::new(Backlog::default());
    if *ours && !rung.is_relayed() {
        backlog.put(&frames::hello(&shared.token));
    }
    let opened = Report::Opened(rung, number, backlog.clone());
    match rung {
        Rung::Udp => Err(Failure::new(Exit::Internal, "UDP has no connection")),
        Rung::Turn | Rung::TurnTcp | Rung::TurnTls | Rung::ProxyTurnTcp | Rung::ProxyTurnTls => {
            relay::lane(shared, rung, &backlog, reports, opened).await
        }
        Rung::Tcp | Rung::ProxyTcp if !*ours => {
            let stream = tls::Stream::Plain(passive(shared, number).await?);
            frames::hold_little(stream.tcp());
            let _ = reports.send(opened).await;
            stream_of(shared, rung, stream, &backlog).await.map_err(broken)
        }
        Rung::Tcp | Rung::Tls | Rung::ProxyTls | Rung::ProxyTcp => {
            let stream = connect(rung, target, net).await?;
            frames::hold_little(stream.tcp());
            let _ = reports.send(opened).await;
            stream_of(shared, rung, stream, &backlog).await.map_err(broken)
        }
        Rung::Wss | Rung::ProxyWss => {
            let socket = websocket::connect(target, net, frames::WEBSOCKET, None, DATAGRAM).await?;
            frames::hold_little(socket.get_ref().tcp());
            let _ = reports.send(opened).await;
            messages_of(shared, rung, socket, &backlog).await
        }
    }
}

/// A connection to one of the addresses where the server takes them, another one first each time.
async fn passive(shared: &Shared, number: u64) -> Result<TcpStream, Failure> {
    let mut addresses = shared.state().passive.clone();
    let first = usize::try_from(number).unwrap_or_default().checked_rem(addresses.len()).unwrap_or_default();
    addresses.rotate_left(first);
    let (proxied, direct): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|a| shared.config.is_proxied(&target_of(*a)).unwrap_or_default());
    if !direct.is_empty() {
        return dial::tcp_any(direct).await;
    }
    let mut last = Failure::new(Exit::Unavailable, "the server takes no connections for media");
    for address in proxied {
        match dial::tcp(&target_of(address), &shared.config.net).await {
            Ok(stream) => return Ok(stream),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// A connection that carries frames: as it is, or our tunnel inside TLS.
pub(super) async fn connect(rung: Rung, target: &Target, net: &Options) -> Result<tls::Stream, Failure> {
    match rung {
        Rung::Tcp => Ok(tls::Stream::Plain(dial::tcp(target, net).await?)),
        _ => tls::tunnel(target, net, TUNNEL).await,
    }
}

pub(super) fn broken(why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Unavailable, format!("the connection broke ({why})"))
}

impl Shared {
    /// Gives the stack what came. If it does not read: what it has no room for is late anyway.
    pub(super) fn take(&self, rung: Rung, datagram: &[u8]) {
        if self.receive(rung, None, datagram) {
            let _ = self.incoming.try_send(datagram.to_vec());
        }
    }
}

async fn stream_of(shared: &Shared, rung: Rung, stream: tls::Stream, backlog: &Backlog) -> io::Result<()> {
    let (reader, mut writer) = tokio::io::split(stream);
    let receive = async {
        let (mut reader, mut datagram) = (BufReader::new(reader), [0; DATAGRAM]);
        while let Some(length) = frames::read(&mut reader, &mut datagram).await? {
            shared.take(rung, datagram.get(..length).unwrap_or_default());
        }
        Ok(())
    };
    tokio::select! {
        ended = receive => ended,
        ended = frames::write(&mut writer, backlog, (FOREVER, FOREVER)) => ended,
    }
}

async fn messages_of(shared: &Shared, rung: Rung, socket: websocket::Socket, backlog: &Backlog) -> Result<(), Failure> {
    let (mut sink, mut stream) = socket.split();
    let receive = async {
        while let Some(message) = stream.next().await {
            if let Message::Binary(datagram) = message.map_err(broken)? {
                shared.take(rung, &datagram);
            }
        }
        Ok(())
    };
    let send = async {
        let mut waiting = Vec::new();
        loop {
            backlog.next(&mut waiting).await;
            let written = async {
                for datagram in frames::split(&waiting) {
                    sink.feed(Message::binary(datagram.to_vec())).await?;
                }
                sink.flush().await
            };
            timeout(frames::STUCK, written).await.map_err(broken)?.map_err(broken)?;
        }
    };
    tokio::select! {
        ended = receive => ended,
        ended = send => ended,
    }
}
