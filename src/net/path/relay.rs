//! A connection by way of a TURN server: [`turn::Client`] with a socket or a stream.
//!
//! The conference names these servers, and may name anything. They are asked for by the administrator's rules and through the proxy
//! as any other server, nothing but TURN is ever said to them, and they relay to the addresses of the conference's server alone.

use super::candidates::may_be_a_server;
use super::lanes::{Report, broken};
use super::{Config, Shared};
use crate::exit::{Exit, Failure};
use crate::net::frames::{self, Backlog, DATAGRAM};
use crate::net::ladder::Rung;
use crate::net::turn::{self, Came, Carrier, Framer};
use crate::net::{Options, Target, dial, rules, stun, tls};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Servers of one kind that are tried.
const SERVERS: usize = 3;
/// How long one of them may take until it relays.
const READY: Duration = Duration::from_secs(8);
/// How often is looked in the beginning whether the meeting's server has named further addresses.
const LOOK: Duration = Duration::from_millis(100);
/// The same, later.
const LOOK_LATER: Duration = Duration::from_secs(1);
/// Checks of the server's whose answers find their way back.
const ASKED: usize = 32;
/// After so long without an answer, checks go to all of the server's addresses again.
const ANSWERED: Duration = Duration::from_secs(3);

/// One connection, until it ends: by the first server that relays. `opened` is reported once one does.
pub(super) async fn lane(
    shared: &Shared,
    rung: Rung,
    backlog: &Backlog,
    reports: &mpsc::Sender<Report>,
    opened: Report,
) -> Result<(), Failure> {
    let servers = shared.state().relays.clone();
    let servers = servers.into_iter().filter(|server| shared.config.rung_of(server) == Some(rung));
    let mut last = Failure::new(Exit::Unavailable, "the server names no relay");
    for server in servers.take(SERVERS) {
        let began = match timeout(READY, begin(shared, &server)).await {
            Ok(Ok(began)) => began,
            Ok(Err(failure)) => {
                last = failure;
                continue;
            }
            Err(_) => {
                last = refused(&server.at, "it does not answer");
                continue;
            }
        };
        let _ = reports.send(opened).await;
        return carry(shared, rung, backlog, began).await;
    }
    Err(last)
}

fn refused(at: &Target, why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Unavailable, format!("the relay {} is of no use: {why}", at.authority()))
}

/// A relay, as far as it has come.
struct Relay {
    wire: Wire,
    client: turn::Client,
    at: Target,
}

/// The way to a TURN server.
enum Wire {
    Datagrams(UdpSocket),
    Stream { reader: ReadHalf<tls::Stream>, framer: Framer, backlog: Arc<Backlog>, _writer: Writing },
}

/// The task that writes on a stream. Ends with it.
struct Writing(tokio::task::JoinHandle<()>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for Relay {
    /// The address is given back, as the server counts them. A stream that ends does that by itself.
    fn drop(&mut self) {
        if let (Wire::Datagrams(socket), Some(release)) = (&self.wire, self.client.release()) {
            let _ = socket.try_send(&release);
        }
    }
}

impl Wire {
    /// Sends a message. `false`: there is no room for it.
    fn send(&self, message: &[u8]) -> bool {
        match self {
            Self::Datagrams(socket) => {
                let _ = socket.try_send(message);
                true
            }
            Self::Stream { backlog, .. } => backlog.put(message),
        }
    }

    /// The next message. Nothing is lost when it is cancelled.
    async fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = [0; DATAGRAM];
        match self {
            Self::Datagrams(socket) => {
                let mut message = vec![0; DATAGRAM + 128];
                let length = socket.recv(&mut message).await?;
                message.truncate(length);
                Ok(message)
            }
            Self::Stream { reader, framer, .. } => loop {
                match framer.pull().map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.to_string()))? {
                    Some(message) => return Ok(message),
                    None => match reader.read(&mut bytes).await? {
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        n => framer.push(bytes.get(..n).unwrap_or_default()),
                    },
                }
            },
        }
    }
}

/// Writes what waits, until the stream takes nothing any more.
async fn write(mut writer: WriteHalf<tls::Stream>, backlog: Arc<Backlog>) {
    let (mut waiting, mut out) = (Vec::new(), Vec::new());
    loop {
        backlog.next(&mut waiting).await;
        out.clear();
        frames::split(&waiting).for_each(|message| out.extend_from_slice(message));
        let written = async {
            writer.write_all(&out).await?;
            writer.flush().await
        };
        if !matches!(timeout(frames::STUCK, written).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Makes the way to a TURN server.
async fn dialled(config: &Config, server: &turn::Server) -> Result<Wire, Failure> {
    // The fingerprint in a link is that of the link's server.
    let own = (&server.at.host, server.at.port) == (&config.target.host, config.target.port);
    let net = if own { config.net.clone() } else { Options { fingerprint: None, successors: Vec::new(), ..config.net.clone() } };
    let net = rules::apply(&server.at, &net)?;
    if server.carrier == Carrier::Udp || !config.is_proxied(&server.at).unwrap_or_default() {
        let addresses = dial::addresses(&server.at).await?;
        let strangers = || addresses.iter().copied().filter(|a| may_be_a_server(*a, config.local));
        if strangers().count() < addresses.len() {
            return Err(refused(&server.at, "its name leads to this machine or to nobody"));
        }
        if server.carrier == Carrier::Udp {
            let to = strangers().find(|a| a.is_ipv4() == config.local.is_ipv4());
            let to: SocketAddr = to.ok_or_else(|| refused(&server.at, "it has no address that is reached from here"))?;
            let socket = UdpSocket::bind((config.local, 0)).await.map_err(broken)?;
            socket.connect(to).await.map_err(broken)?;
            return Ok(Wire::Datagrams(socket));
        }
    }
    let stream = tls::connect(&server.at, &net).await?;
    frames::hold_little(stream.tcp());
    let (reader, writer) = tokio::io::split(stream);
    let backlog = Arc::new(Backlog::default());
    let writing = Writing(tokio::spawn(write(writer, backlog.clone())));
    Ok(Wire::Stream { reader, framer: Framer::default(), backlog, _writer: writing })
}

/// Goes on until the server relays to at least one address of the meeting's server.
async fn begin(shared: &Shared, server: &turn::Server) -> Result<Relay, Failure> {
    let wire = dialled(&shared.config, server).await?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| Failure::new(Exit::Internal, format!("there are no random numbers ({e})")))?;
    // An address of the family that the meeting's server has; it is named soon if it was not yet.
    while shared.state().peers.is_empty() {
        tokio::time::sleep(LOOK).await;
    }
    let ipv6 = shared.state().peers.iter().all(SocketAddr::is_ipv6);
    let client = turn::Client::new(Instant::now(), server.credentials.clone(), server.carrier != Carrier::Udp, ipv6, seed);
    let mut relay = Relay { wire, client, at: server.at.clone() };
    while relay.client.bound().next().is_none() {
        let wake = relay.turn(shared, LOOK)?;
        tokio::select! {
            message = relay.wire.receive() => {
                relay.client.handle(Instant::now(), &message.map_err(broken)?);
            }
            () = tokio::time::sleep_until(wake.into()) => {}
        }
    }
    Ok(relay)
}

impl Relay {
    /// Does what is due; when something is again.
    fn turn(&mut self, shared: &Shared, look: Duration) -> Result<Instant, Failure> {
        let now = Instant::now();
        for peer in &shared.state().peers {
            self.client.permit(now, *peer);
        }
        while let Some(message) = self.client.poll(now) {
            if !self.wire.send(&message) {
                return Err(broken("it takes nothing"));
            }
        }
        match self.client.refused() {
            Some(why) => Err(refused(&self.at, why)),
            None => Ok(self.client.deadline().map_or(now + look, |at| at.min(now + look))),
        }
    }
}

/// Carries datagrams both ways.
async fn carry(shared: &Shared, rung: Rung, backlog: &Backlog, mut relay: Relay) -> Result<(), Failure> {
    let mut answered: Option<(SocketAddr, Instant)> = None;
    let mut asked: VecDeque<([u8; 12], SocketAddr)> = VecDeque::new();
    let mut waiting = Vec::new();
    loop {
        let wake = relay.turn(shared, LOOK_LATER)?;
        tokio::select! {
            message = relay.wire.receive() => {
                let (message, now) = (message.map_err(broken)?, Instant::now());
                let Came::Data(from, datagram) = relay.client.handle(now, &message) else { continue };
                match (stun::read(datagram), stun::transaction(datagram)) {
                    // One of several that answer is kept to.
                    (Some(stun::Message::Answer), _) if answered.is_none_or(|(a, at)| a == from || now > at + ANSWERED) => {
                        answered = Some((from, now));
                    }
                    (Some(stun::Message::Check { nominates, .. }), Some(transaction)) => {
                        asked.truncate(ASKED - 1);
                        asked.push_front((transaction, from));
                        if nominates {
                            answered = Some((from, now));
                        }
                    }
                    _ => {}
                }
                shared.take(rung, datagram);
            }
            () = backlog.next(&mut waiting) => {
                for datagram in frames::split(&waiting) {
                    let silent = answered.is_none_or(|(_, at)| at.elapsed() > ANSWERED);
                    let to: Vec<SocketAddr> = match stun::read(datagram) {
                        Some(stun::Message::Check { .. }) if silent => relay.client.bound().collect(),
                        Some(stun::Message::Answer) => {
                            let transaction = stun::transaction(datagram);
                            asked.iter().find(|(t, _)| Some(*t) == transaction).map(|(_, from)| *from).into_iter().collect()
                        }
                        _ => answered.map(|(from, _)| from).into_iter().collect(),
                    };
                    for wrapped in to.into_iter().filter_map(|to| relay.client.wrap(to, datagram)) {
                        relay.wire.send(&wrapped);
                    }
                }
            }
            () = tokio::time::sleep_until(wake.into()) => {}
        }
    }
}
