//! Media over connections: ICE-TCP's passive candidates (RFC 6544), and our tunnel, whose connections ([`frames::hello`]) may be
//! several for one client.
//!
//! A connection's reader hands datagrams to the thread of their room, as if they had come by UDP; what goes back waits in a
//! [`Backlog`] until the connection takes it. A connection on which nothing was to be said for a while is closed; as an ICE agent
//! answers nobody without the right password, that is also the end of those who only hold one open.

use super::core::Command;
use super::demux::{Kind, classify};
use super::handle::Sfu;
use super::way::Way;
use crate::net::frames::{self, Backlog, DATAGRAM, Token};
use crate::net::stun;
use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::SinkExt as _;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::time::timeout;

/// How long a new connection may take to its first datagram, and then to its first authentic check.
const FIRST: Duration = Duration::from_secs(10);
/// How long a connection lives on which nothing is to be said: clients ask for consent every 5 s.
const IDLE: Duration = Duration::from_secs(30);
/// Connections of one tunnel: two, and one that has broken without a word. The oldest goes.
const LANES: usize = 3;

/// The connections of one way.
#[derive(Debug)]
struct Bundle {
    way: Way,
    token: Option<Token>,
    /// Oldest first.
    lanes: Vec<Arc<Backlog>>,
}

/// All connections of a forwarder.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: RwLock<Bundles>,
}

#[derive(Debug, Default)]
struct Bundles {
    by_number: HashMap<u64, Bundle>,
    by_token: HashMap<Token, u64>,
    last: u64,
}

impl Streams {
    fn write(&self) -> RwLockWriteGuard<'_, Bundles> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more connection: on a way of its own, or on that of the others with its token.
    pub(super) fn open(&self, from: SocketAddr, token: Option<Token>) -> (u64, Way, Arc<Backlog>) {
        let lane = Arc::<Backlog>::default();
        let bundles = &mut *self.write();
        let known = token.and_then(|t| bundles.by_token.get(&t).copied());
        if let Some(number) = known
            && let Some(bundle) = bundles.by_number.get_mut(&number)
        {
            if bundle.lanes.len() >= LANES {
                bundle.lanes.remove(0);
            }
            bundle.lanes.push(lane.clone());
            return (number, bundle.way, lane);
        }
        bundles.last += 1;
        let (number, way) = (bundles.last, Way::Tcp(bundles.last, from));
        bundles.by_token.extend(token.map(|t| (t, number)));
        bundles.by_number.insert(number, Bundle { way, token, lanes: vec![lane.clone()] });
        (number, way, lane)
    }

    /// Takes a connection away; whether the way ends with it.
    pub(super) fn close(&self, number: u64, lane: &Arc<Backlog>) -> bool {
        let bundles = &mut *self.write();
        let Some(bundle) = bundles.by_number.get_mut(&number) else { return false };
        bundle.lanes.retain(|l| !Arc::ptr_eq(l, lane));
        if !bundle.lanes.is_empty() {
            return false;
        }
        if let Some(token) = bundle.token {
            bundles.by_token.remove(&token);
        }
        bundles.by_number.remove(&number).is_some()
    }

    /// Puts a datagram on its way; `false` if it is dropped. Sound goes over every connection of the way, as one of them may
    /// wait for what the network lost, and so do answers to checks, which show that a connection is alive.
    pub(crate) fn put(&self, number: u64, datagram: &[u8]) -> bool {
        let bundles = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(bundle) = bundles.by_number.get(&number) else { return false };
        match classify(datagram) {
            Some(Kind::Rtp | Kind::Stun) => bundle.lanes.iter().filter(|l| l.put(datagram)).count() > 0,
            _ => bundle.lanes.iter().any(|l| l.put(datagram)),
        }
    }
}

/// Ends a connection's part in the forwarder, however its task ends.
struct Open<'a> {
    sfu: &'a Sfu,
    way: Way,
    number: u64,
    backlog: Arc<Backlog>,
    /// The thread that has heard of its way.
    thread: Option<usize>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let ended = self.sfu.streams().close(self.number, &self.backlog);
        if let Some(thread) = self.thread.or_else(|| self.sfu.thread_of(&[], self.way)).filter(|_| ended) {
            self.sfu.send(thread, Command::Gone { way: self.way });
        }
    }
}

impl Open<'_> {
    fn take(&mut self, datagram: &[u8]) {
        // A check says which room it is for; the rest goes where the last check went, on this connection or another of its way.
        if classify(datagram) == Some(Kind::Stun) || self.thread.is_none() {
            self.thread = self.sfu.thread_of(datagram, self.way).or(self.thread);
        }
        match self.thread {
            Some(thread) => self.sfu.hand_over(thread, self.way, datagram),
            None => {
                stun::reply(datagram, self.way.address()).map(|reply| self.backlog.put(&reply));
            }
        }
    }

    async fn read(&mut self, mut from: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut datagram = [0; DATAGRAM];
        while let Some(length) = frames::read(&mut from, &mut datagram).await? {
            self.take(datagram.get(..length).unwrap_or_default());
        }
        Ok(())
    }
}

impl Sfu {
    /// Takes a connection in by the first datagram on it.
    fn open(&self, first: &[u8], from: SocketAddr) -> (Open<'_>, Arc<Backlog>) {
        let token = frames::token(first);
        let (number, way, backlog) = self.streams().open(from, token);
        let mut open = Open { sfu: self, way, number, backlog: backlog.clone(), thread: None };
        if token.is_none() {
            open.take(first);
        }
        (open, backlog)
    }

    /// The same over a websocket, each datagram a message.
    ///
    /// # Errors
    /// The connection broke, or nothing of it is taken any more.
    pub async fn serve_socket(&self, mut socket: WebSocket, from: SocketAddr) -> io::Result<()> {
        let Some(Message::Binary(first)) = timeout(FIRST, socket.recv()).await?.transpose().map_err(io::Error::other)? else {
            return Ok(());
        };
        let (mut open, backlog) = self.open(&first, from);
        let mut waiting = Vec::new();
        let mut patience = FIRST;
        loop {
            tokio::select! {
                message = socket.recv() => match message.transpose().map_err(io::Error::other)? {
                    Some(Message::Binary(datagram)) => open.take(datagram.get(..DATAGRAM).unwrap_or(&datagram)),
                    Some(Message::Ping(_) | Message::Pong(_)) => {}
                    Some(Message::Text(_) | Message::Close(_)) | None => return Ok(()),
                },
                waits = timeout(patience, backlog.next(&mut waiting)) => {
                    if waits.is_err() {
                        return Ok(());
                    }
                    patience = IDLE;
                    let written = async {
                        for datagram in frames::split(&waiting) {
                            socket.feed(Message::Binary(Bytes::copy_from_slice(datagram))).await?;
                        }
                        socket.flush().await
                    };
                    timeout(frames::STUCK, written).await?.map_err(io::Error::other)?;
                }
            }
        }
    }

    /// Carries media over a connection that begins with a framed STUN request or a tunnel's hello, until it ends or nobody is
    /// behind it.
    ///
    /// # Errors
    /// The connection broke, or what came is not framed as it must be.
    pub async fn serve_stream(&self, stream: impl AsyncRead + AsyncWrite, from: SocketAddr) -> io::Result<()> {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = BufReader::new(reader);
        let mut first = [0; DATAGRAM];
        let Some(length) = timeout(FIRST, frames::read(&mut reader, &mut first)).await?? else { return Ok(()) };
        let (mut open, backlog) = self.open(first.get(..length).unwrap_or_default(), from);
        tokio::select! {
            ended = open.read(reader) => ended,
            ended = frames::write(&mut writer, &backlog, (FIRST, IDLE)) => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTP: [u8; 12] = [0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
    const RTCP: [u8; 8] = [0x80, 201, 0, 1, 0, 0, 0, 5];

    /// What waits on a connection, as the kinds of its datagrams.
    async fn waits(lane: &Backlog) -> Vec<Kind> {
        let (mut near, far) = tokio::io::duplex(65536);
        let still = (Duration::ZERO, Duration::ZERO);
        frames::write(&mut near, lane, still).await.unwrap();
        drop(near);
        let (mut far, mut datagram, mut kinds) = (far, [0; DATAGRAM], Vec::new());
        while let Some(n) = frames::read(&mut far, &mut datagram).await.unwrap() {
            kinds.extend(classify(&datagram[..n]));
        }
        kinds
    }

    #[tokio::test]
    async fn sound_goes_over_both_connections_of_a_tunnel_and_reports_over_one() {
        let streams = Streams::default();
        let (from, other) = ("192.0.2.1:1".parse().unwrap(), "192.0.2.9:2".parse().unwrap());
        let (number, way, one) = streams.open(from, Some([1; 16]));
        let (same, same_way, two) = streams.open(other, Some([1; 16]));
        assert_eq!((same, same_way), (number, way));
        let (third, third_way, alone) = streams.open(from, None);
        assert!(third != number && third_way != way);
        assert!(streams.put(number, &RTP) && streams.put(number, &RTCP) && streams.put(third, &RTP));
        assert_eq!(waits(&one).await, [Kind::Rtp, Kind::Rtcp]);
        assert_eq!(waits(&two).await, [Kind::Rtp]);
        assert_eq!(waits(&alone).await, [Kind::Rtp]);
        // One of them ends, and the other carries everything; with it the way ends, and a late one begins another.
        assert!(!streams.close(number, &one));
        assert!(streams.put(number, &RTCP));
        assert_eq!(waits(&two).await, [Kind::Rtcp]);
        assert!(streams.close(number, &two) && !streams.put(number, &RTP));
        assert_ne!(streams.open(from, Some([1; 16])).0, number);
    }

    #[test]
    fn a_tunnel_has_a_few_connections_and_no_more() {
        let streams = Streams::default();
        let from = "192.0.2.1:1".parse().unwrap();
        let lanes: Vec<_> = (0..100).map(|_| streams.open(from, Some([1; 16])).2).collect();
        let bundles = streams.open.read().unwrap();
        let left = &bundles.by_number[&1].lanes;
        assert!(left.len() == LANES && Arc::ptr_eq(&left[LANES - 1], &lanes[99]));
    }
}
