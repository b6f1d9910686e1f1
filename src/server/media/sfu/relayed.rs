//! TURN over connections, with TLS or without: the shell of [`crate::server::media::turn`] for streams. Messages follow one
//! another, and each says how long it is (RFC 8656 section 12.5). Clients by UDP are served by the forwarder's threads.

use super::handle::Sfu;
use super::way::Way;
use crate::net::frames::{self, Backlog, DATAGRAM};
use crate::net::stun::{self, message::on_stream};
use crate::server::media::turn::Turn;
use crate::server::media::turn::relay::Taken;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

/// How long a connection may be without an allocation.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest message that is taken, in bytes behind its head: a datagram and what a Send indication has around it.
const LONGEST: usize = DATAGRAM + 128;

/// Reads one message, without its padding, into `message`. `false`: the connection has ended between two messages.
async fn read(from: &mut (impl AsyncRead + Unpin), message: &mut Vec<u8>) -> io::Result<bool> {
    let mut head = [0; 4];
    match from.read_exact(&mut head).await {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    };
    let invalid = |why| io::Error::new(io::ErrorKind::InvalidData, why);
    let (length, all) = on_stream(head).ok_or_else(|| invalid("this is no TURN"))?;
    if length - head.len() > LONGEST {
        return Err(invalid("a message is too long"));
    }
    message.clear();
    message.extend(head);
    message.resize(all, 0);
    from.read_exact(message.get_mut(4..).unwrap_or_default()).await?;
    message.truncate(length);
    Ok(true)
}

/// A connection's part in the server, which ends with it.
struct Open<'a> {
    sfu: &'a Sfu,
    turn: &'a Turn,
    way: Way,
    number: u64,
    backlog: Arc<Backlog>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.sfu.streams().close(self.number, &self.backlog);
        self.turn.end(self.way);
    }
}

impl Open<'_> {
    fn take(&self, message: &[u8], scratch: &mut Vec<u8>) {
        let now = Instant::now();
        match self.turn.take(now, self.way, message) {
            Taken::Nothing => {}
            Taken::Answer(answer) => drop(self.backlog.put(&answer)),
            Taken::Relay(way, datagram) => match (self.sfu.thread_of(datagram, way), way) {
                (Some(thread), _) => self.sfu.hand_over(thread, way, datagram),
                (None, Way::Relayed(number, relayed)) => {
                    let reply = stun::reply(datagram, relayed);
                    if reply.is_some_and(|reply| self.turn.wrap(now, number, &reply, scratch).is_some()) {
                        self.backlog.put(scratch);
                    }
                }
                (None, _) => {}
            },
        }
    }

    async fn read(&self, from: impl AsyncRead + Unpin) -> io::Result<()> {
        let (mut from, mut message, mut scratch) = (BufReader::new(from), Vec::new(), Vec::new());
        while read(&mut from, &mut message).await? {
            self.take(&message, &mut scratch);
        }
        Ok(())
    }

    async fn write(&self, mut to: impl AsyncWrite + Unpin) -> io::Result<()> {
        let (mut waiting, mut bytes) = (Vec::new(), Vec::new());
        loop {
            self.backlog.next(&mut waiting).await;
            bytes.clear();
            frames::split(&waiting).for_each(|message| bytes.extend_from_slice(message));
            let written = async {
                to.write_all(&bytes).await?;
                to.flush().await
            };
            timeout(frames::STUCK, written).await??;
        }
    }

    /// Ends when nothing is relayed for the client.
    async fn watch(&self) {
        loop {
            tokio::time::sleep(PATIENCE).await;
            if !self.turn.serves(self.way) {
                return;
            }
        }
    }
}

impl Sfu {
    /// Serves TURN over a connection, until it ends or nothing is relayed on it.
    ///
    /// # Errors
    /// The connection broke, or what came is no TURN.
    pub async fn serve_turn(&self, stream: impl AsyncRead + AsyncWrite, from: SocketAddr) -> io::Result<()> {
        let Some(turn) = self.turn() else { return Ok(()) };
        let (reader, writer) = tokio::io::split(stream);
        let (number, way, backlog) = self.streams().open(from, None);
        let open = Open { sfu: self, turn, way, number, backlog };
        tokio::select! {
            ended = open.read(reader) => ended,
            ended = open.write(writer) => ended,
            () = open.watch() => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_come_out_as_they_went_in_however_the_bytes_are_cut() {
        let stun = [&[0, 1, 0, 4][..], &[7; 20]].concat();
        let channel = [&[0x40, 0, 0, 5][..], &[9; 5], &[0; 3]].concat();
        let stream = [&stun[..], &channel, &stun].concat();
        for cut in [1, 3, 7, 64] {
            let (mut near, mut far) = tokio::io::duplex(cut);
            let sent = stream.clone();
            let sender = tokio::spawn(async move { near.write_all(&sent).await });
            let (mut message, mut came) = (Vec::new(), Vec::new());
            while read(&mut far, &mut message).await.unwrap() {
                came.push(message.clone());
            }
            sender.await.unwrap().unwrap();
            assert_eq!(came, [stun.clone(), channel[..9].to_vec(), stun.clone()]);
        }
        for bad in [&[0xC0, 0, 0, 0][..], &[0, 1, 0, 3], &[0x40, 0, 0xFF, 0xFF], &[0, 1, 0xFF, 0xFC]] {
            assert!(read(&mut &bad[..], &mut Vec::new()).await.is_err(), "{bad:?}");
        }
        assert!(read(&mut &stun[..9], &mut Vec::new()).await.is_err(), "cut short");
    }
}
