//! Media over TCP: ICE-TCP's passive candidates (RFC 6544), each datagram behind its length (RFC 4571).
//!
//! A connection's reader hands datagrams to the thread of their room, as if they had come by UDP; what goes back waits in a
//! [`Backlog`] until the connection takes it. The backlog is short, and what it has no room for is dropped: audio that is late is
//! worse than audio that is lost. A connection on which nothing was to be said for a while is closed; as an ICE agent
//! answers nobody without the right password, that is also the end of those who only hold one open.

use super::batch::DATAGRAM;
use super::core::Command;
use super::demux::{Kind, classify};
use super::handle::Sfu;
use super::way::Way;
use nix::sys::socket::{setsockopt, sockopt};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

/// What may wait for a connection, in bytes: a fifth of a second of twelve speakers, or a flight of the DTLS handshake.
const BACKLOG: usize = 16 * 1024;
/// What the kernel may hold of it in addition.
const KERNEL: usize = 32 * 1024;
/// How long a new connection may take to its first authentic check.
const FIRST: Duration = Duration::from_secs(10);
/// How long a connection lives on which nothing is to be said: clients ask for consent every 5 s.
const IDLE: Duration = Duration::from_secs(30);

/// What goes out on a connection.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    frames: Mutex<Vec<u8>>,
    ready: Notify,
}

impl Backlog {
    fn frames(&self) -> MutexGuard<'_, Vec<u8>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a datagram behind the others; `false` if there is no room for it.
    fn put(&self, datagram: &[u8]) -> bool {
        let Ok(length) = u16::try_from(datagram.len()) else { return false };
        let mut frames = self.frames();
        if frames.len() + 2 + datagram.len() > BACKLOG {
            return false;
        }
        frames.extend_from_slice(&length.to_be_bytes());
        frames.extend_from_slice(datagram);
        drop(frames);
        self.ready.notify_one();
        true
    }

    /// Takes all that waits; `taken` is emptied, and its memory used from now on.
    fn take(&self, taken: &mut Vec<u8>) {
        taken.clear();
        std::mem::swap(&mut *self.frames(), taken);
    }
}

/// All connections of a forwarder.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: RwLock<HashMap<u64, Arc<Backlog>>>,
    last: AtomicU64,
}

impl Streams {
    fn open(&self) -> (u64, Arc<Backlog>) {
        let (number, backlog) = (self.last.fetch_add(1, Ordering::Relaxed), Arc::<Backlog>::default());
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(number, backlog.clone());
        (number, backlog)
    }

    fn close(&self, number: u64) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// Puts a datagram on its way; `false` if it is dropped.
    pub(crate) fn put(&self, number: u64, datagram: &[u8]) -> bool {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&number).is_some_and(|backlog| backlog.put(datagram))
    }
}

/// Reads one datagram; its length. `None`: the connection has ended between two datagrams.
async fn read(from: &mut (impl AsyncRead + Unpin), datagram: &mut [u8; DATAGRAM]) -> io::Result<Option<usize>> {
    let mut length = [0; 2];
    match from.read_exact(&mut length).await {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    };
    let length = usize::from(u16::from_be_bytes(length));
    let Some(room) = datagram.get_mut(..length) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a datagram is too long"));
    };
    from.read_exact(room).await?;
    Ok(Some(length))
}

/// Writes what comes into the backlog, until nothing has come for a while.
async fn write(to: &mut (impl AsyncWrite + Unpin), backlog: &Backlog) -> io::Result<()> {
    let mut frames = Vec::new();
    let mut patience = FIRST;
    while timeout(patience, backlog.ready.notified()).await.is_ok() {
        backlog.take(&mut frames);
        timeout(IDLE, to.write_all(&frames)).await??;
        patience = IDLE;
    }
    Ok(())
}

/// Ends a connection's part in the forwarder, however its task ends.
struct Open<'a> {
    sfu: &'a Sfu,
    way: Way,
    number: u64,
    /// The thread that has heard of it.
    thread: Option<usize>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.sfu.streams().close(self.number);
        if let Some(thread) = self.thread {
            self.sfu.send(thread, Command::Gone { way: self.way });
        }
    }
}

impl Open<'_> {
    async fn read(&mut self, from: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut from = BufReader::new(from);
        let mut datagram = [0; DATAGRAM];
        while let Some(length) = read(&mut from, &mut datagram).await? {
            let Some(datagram) = datagram.get(..length) else { continue };
            // A check says which room it is for; the rest goes where the last check went.
            if classify(datagram) == Some(Kind::Stun) {
                self.thread = self.sfu.thread_of(datagram, self.way).or(self.thread);
            }
            if let Some(thread) = self.thread {
                self.sfu.hand_over(thread, self.way, datagram);
            }
        }
        Ok(())
    }
}

impl Sfu {
    /// Carries media over a TCP connection whose first bytes are a framed STUN request, until it ends or nobody is behind it.
    ///
    /// # Errors
    /// The connection broke, or what came is not framed as it must be.
    pub async fn serve_stream(&self, mut tcp: TcpStream, from: SocketAddr) -> io::Result<()> {
        let _ = setsockopt(&tcp, sockopt::SndBuf, &KERNEL); // what the kernel holds is late
        let (number, backlog) = self.streams().open();
        let mut open = Open { sfu: self, way: Way::Tcp(number, from), number, thread: None };
        let (reader, mut writer) = tcp.split();
        tokio::select! {
            ended = open.read(reader) => ended,
            ended = write(&mut writer, &backlog) => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn datagrams_come_out_as_they_went_in_however_the_bytes_are_cut() {
        let backlog = Backlog::default();
        let sent: Vec<Vec<u8>> = [1usize, 0, 1500, 90, 2048].iter().enumerate().map(|(n, l)| vec![n as u8; *l]).collect();
        assert!(sent.iter().all(|d| backlog.put(d)));
        let mut frames = Vec::new();
        backlog.take(&mut frames);
        for cut in [1, 2, 3, 7, 1400] {
            let (mut near, far) = tokio::io::duplex(cut);
            let frames = frames.clone();
            let sender = tokio::spawn(async move { near.write_all(&frames).await });
            let mut far = BufReader::new(far);
            let mut datagram = [0; DATAGRAM];
            let mut came = Vec::new();
            while let Some(length) = read(&mut far, &mut datagram).await.unwrap() {
                came.push(datagram[..length].to_vec());
            }
            sender.await.unwrap().unwrap();
            assert_eq!(came, sent);
        }
        let too_long = (DATAGRAM as u16 + 1).to_be_bytes();
        assert!(read(&mut &too_long[..], &mut [0; DATAGRAM]).await.is_err());
    }

    #[test]
    fn a_connection_that_does_not_take_its_audio_loses_it() {
        let backlog = Backlog::default();
        let put = (0..1000).filter(|n: &u16| backlog.put(&n.to_be_bytes().repeat(50))).count();
        assert_eq!(put, BACKLOG / 102);
        let mut frames = Vec::new();
        backlog.take(&mut frames);
        assert!(frames.starts_with(&[0, 100, 0, 0]) && frames.len() == put * 102, "whole datagrams, the oldest first");
        assert!(backlog.put(b"x"), "there is room again");
    }
}
