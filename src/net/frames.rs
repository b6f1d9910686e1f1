//! Datagrams over a byte stream, each behind its length in two bytes (RFC 4571): ICE-TCP, and our tunnel.
//!
//! A tunnel of ours begins with a [`hello`], so that several connections of one client are known as one: sound goes over all of them,
//! and the first copy that comes counts. What waits for a connection waits in a [`Backlog`]. The backlog is short, and what it has
//! no room for is dropped: audio that is late is worse than audio that is lost.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

/// The longest datagram, in bytes.
pub const DATAGRAM: usize = 2048;
/// What may wait for a connection, in bytes: a fifth of a second of twelve speakers, or a flight of the DTLS handshake.
const BACKLOG: usize = 16 * 1024;
/// What the kernel may hold of it in addition, in bytes.
const KERNEL: usize = 32 * 1024;
/// How long the other end may take nothing of what is written.
pub const STUCK: Duration = Duration::from_secs(30);

/// The tunnel's name: in ALPN (RFC 7301), and the first word on the tunnel.
pub const TUNNEL: &[u8; 16] = b"conclave-media/1";
/// The path under which the tunnel's datagrams are messages of a websocket: for proxies that look into TLS, or end it.
pub const WEBSOCKET: &str = "/rtc/media";
/// What connections of one client have in common: random, so that nobody joins another's by guessing.
pub type Token = [u8; 16];

/// Has the kernel hold little of what is to be sent: what it holds is late.
pub fn hold_little(media: &TcpStream) {
    crate::os::send_buffer(media, KERNEL);
}

/// The first datagram on a tunnel. Its first byte is no protocol's on a media port (RFC 7983).
pub fn hello(token: &Token) -> [u8; 32] {
    let mut hello = [0; 32];
    let (name, rest) = hello.split_at_mut(TUNNEL.len());
    name.copy_from_slice(TUNNEL);
    rest.copy_from_slice(token);
    hello
}

/// The token, if a datagram is a [`hello`].
pub fn token(datagram: &[u8]) -> Option<Token> {
    datagram.strip_prefix(TUNNEL)?.try_into().ok()
}

/// What goes out on a connection.
#[derive(Debug, Default)]
pub struct Backlog {
    frames: Mutex<Vec<u8>>,
    ready: Notify,
}

impl Backlog {
    fn frames(&self) -> MutexGuard<'_, Vec<u8>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a datagram behind the others; `false` if there is no room for it.
    pub fn put(&self, datagram: &[u8]) -> bool {
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

    /// Waits until something waits, and takes all of it; `taken` is emptied, and its memory used from now on. Nothing is lost when it is
    /// cancelled.
    pub async fn next(&self, taken: &mut Vec<u8>) {
        self.ready.notified().await;
        self.take(taken);
    }

    fn take(&self, taken: &mut Vec<u8>) {
        taken.clear();
        std::mem::swap(&mut *self.frames(), taken);
    }
}

/// The datagrams in what [`Backlog::next`] took.
pub fn split(mut frames: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = frames.split_first_chunk()?;
        let (datagram, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        frames = rest;
        Some(datagram)
    })
}

/// Reads one datagram; its length. `None`: the connection has ended between two datagrams.
///
/// # Errors
/// The connection broke, or a datagram is longer than [`DATAGRAM`].
pub async fn read(from: &mut (impl AsyncRead + Unpin), datagram: &mut [u8; DATAGRAM]) -> io::Result<Option<usize>> {
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

/// Writes what comes into the backlog, until nothing has come for `first` at the beginning, or for `idle` later.
///
/// # Errors
/// The connection broke, or nothing of it is taken any more.
pub async fn write(to: &mut (impl AsyncWrite + Unpin), backlog: &Backlog, (first, idle): (Duration, Duration)) -> io::Result<()> {
    let mut frames = Vec::new();
    let mut patience = first;
    while timeout(patience, backlog.next(&mut frames)).await.is_ok() {
        let written = async {
            to.write_all(&frames).await?;
            to.flush().await
        };
        timeout(STUCK, written).await??;
        patience = idle;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

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
        assert_eq!(split(&frames).collect::<Vec<_>>(), sent);
        assert_eq!(split(&[0, 1]).chain(split(&[0])).count(), 0, "cut");
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

    #[test]
    fn a_hello_is_nothing_else() {
        let token = [7; 16];
        assert_eq!(super::token(&hello(&token)), Some(token));
        assert_eq!(super::token(&hello(&token)[..31]), None);
        assert_eq!(super::token(b""), None);
        assert!(matches!(hello(&token)[0], 80..128), "RFC 7983 gives these first bytes to nobody");
    }
}
