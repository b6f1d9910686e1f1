//! The `webrtc` crate's view of the machine: tokio, with sockets that lead where [`crate::net::path`] wants, and nothing else. What the crate
//! must not see of DTLS stays outside ([`crate::net::dtls_gate`]): it takes records from anybody who knows our port.

use crate::backend::MuteGate;
use crate::net::dtls_gate::{Gate, is_dtls, shows_keys};
use crate::net::path::{Path, is_rtp};
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime, Transmit,
};

type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The runtime handed to every peer connection.
#[derive(Debug)]
pub(super) struct Sockets {
    /// What every packet of our sound must pass.
    pub(super) gate: MuteGate,
    /// Where datagrams go; `None`: where the crate says.
    pub(super) path: Option<Arc<Path>>,
}

fn not_ours<T>(what: &str) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, format!("media does not use {what}")))
}

impl Runtime for Sockets {
    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        socket.set_nonblocking(true)?;
        let socket = match &self.path {
            Some(path) => {
                path.bound(&socket)?;
                Arc::new(Led { socket: TokioRuntime.wrap_udp_socket(socket)?, path: path.clone() })
            }
            None => TokioRuntime.wrap_udp_socket(socket)?,
        };
        Ok(Arc::new(Guarded { socket, gate: Mutex::new(Gate::new()), keyed: AtomicBool::new(false), mute: self.gate.clone() }))
    }

    // A remote candidate or an ICE server must not make us open a connection or ask a name server.
    fn wrap_tcp_listener(&self, _: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        not_ours("TCP")
    }

    fn connect_tcp<'a>(&'a self, _: SocketAddr) -> Pending<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { not_ours("TCP") })
    }

    fn resolve_host<'a>(&'a self, _: &'a str) -> Pending<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { not_ours("names") })
    }

    fn spawn(&self, future: Pending<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn sleep(&self, duration: Duration) -> Pending<'static, ()> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }
}

/// A socket whose datagrams take a [`Path`]: the crate knows one address of the server, and not where it is.
#[derive(Debug)]
struct Led {
    socket: Arc<dyn AsyncUdpSocket>,
    path: Arc<Path>,
}

impl AsyncUdpSocket for Led {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if transmit.destination != self.path.server() {
            return Poll::Ready(Ok(transmit.contents.len())); // the path leads to the server and nowhere else
        }
        let mut by_udp = None;
        for datagram in transmit.contents.chunks(transmit.segment_size.unwrap_or(usize::MAX).max(1)) {
            by_udp = self.path.send(datagram);
        }
        match by_udp {
            // All of them: they are of one kind.
            Some(destination) => self.socket.poll_send(cx, &Transmit { destination, src_ip: None, ..*transmit }),
            None => Poll::Ready(Ok(transmit.contents.len())),
        }
    }

    fn poll_recv(&self, cx: &mut Context<'_>, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> Poll<io::Result<usize>> {
        let server = self.path.server();
        let mut n = 0;
        while let (Some(buf), Some(meta)) = (bufs.get_mut(n), meta.get_mut(n)) {
            let Poll::Ready(Some(datagram)) = self.path.poll_receive(cx) else { break };
            if let Some(room) = buf.get_mut(..datagram.len()) {
                room.copy_from_slice(&datagram);
                *meta = RecvMeta::default();
                (meta.addr, meta.len, meta.stride) = (server, datagram.len(), datagram.len().max(1));
                n += 1;
            }
        }
        if n > 0 {
            return Poll::Ready(Ok(n));
        }
        let n = ready!(self.socket.poll_recv(cx, bufs, meta))?;
        for (buf, meta) in bufs.iter_mut().zip(meta).take(n) {
            for datagram in buf.get_mut(..meta.len).unwrap_or_default().chunks_mut(meta.stride.max(1)) {
                if !self.path.receive(meta.addr, datagram)
                    && let Some(first) = datagram.first_mut()
                {
                    *first = NOTHING;
                }
            }
            meta.addr = server;
        }
        Poll::Ready(Ok(n))
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

/// What a datagram that must not pass becomes: nothing that any protocol on this socket begins with (RFC 7983).
const NOTHING: u8 = 0xFF;

/// A socket of one peer connection, and so of one DTLS association, behind a [`Gate`].
#[derive(Debug)]
struct Guarded {
    socket: Arc<dyn AsyncUdpSocket>,
    gate: Mutex<Gate>,
    /// We sent something that takes keys: the handshake is done.
    keyed: AtomicBool,
    /// What every packet of our sound must pass.
    mute: MuteGate,
}

impl Guarded {
    fn admits(&self, datagram: &[u8]) -> bool {
        let keyed = self.keyed.load(Ordering::Relaxed);
        !is_dtls(datagram) || self.gate.lock().unwrap_or_else(PoisonError::into_inner).admits(datagram, keyed)
    }
}

impl AsyncUdpSocket for Guarded {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if shows_keys(transmit.contents) {
            self.keyed.store(true, Ordering::Relaxed);
        }
        // The kernel may be given several datagrams of one length; none of them goes if one must not.
        let sound = transmit.contents.chunks(transmit.segment_size.unwrap_or(usize::MAX).max(1)).any(is_rtp);
        let pass = if sound { self.mute.pass() } else { None };
        if sound && pass.is_none() {
            // As if it had been sent, and lost: whoever waits for it must not try again.
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.socket.poll_send(cx, transmit)
    }

    fn poll_recv(&self, cx: &mut Context<'_>, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> Poll<io::Result<usize>> {
        let n = ready!(self.socket.poll_recv(cx, bufs, meta))?;
        for (buf, meta) in bufs.iter_mut().zip(meta).take(n) {
            // The kernel may have joined datagrams of one length.
            for datagram in buf.get_mut(..meta.len).unwrap_or_default().chunks_mut(meta.stride.max(1)) {
                if !self.admits(datagram)
                    && let Some(first) = datagram.first_mut()
                {
                    *first = NOTHING;
                }
            }
        }
        Poll::Ready(Ok(n))
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;

    #[tokio::test]
    async fn a_flood_of_records_ends_at_the_gate_and_everything_else_passes() {
        let ours = UdpSocket::bind("127.0.0.1:0").unwrap();
        let (to, sender) = (ours.local_addr().unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let socket = Sockets { gate: MuteGate::default(), path: None }.wrap_udp_socket(ours).unwrap();
        // Application data of the next epoch, before any handshake: the crate would keep all of it.
        let mut record = vec![23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0];
        record.resize(13 + 1024, 0);
        let (mut passed, mut buf) = (0, [0; 2048]);
        for _ in 0..200 {
            sender.send_to(&record, to).unwrap();
            let (n, from) = socket.recv_from(&mut buf).await.unwrap();
            assert_eq!((n, from), (record.len(), sender.local_addr().unwrap()));
            passed += usize::from(buf.first() == Some(&23));
            assert!(matches!(buf.first(), Some(&23 | &NOTHING)));
        }
        assert!((1..64).contains(&passed), "{passed}");
        for first in [0u8, 128] {
            sender.send_to(&[first; 20], to).unwrap();
            socket.recv_from(&mut buf).await.unwrap();
            assert_eq!(buf.first(), Some(&first));
        }
        // Once we have keys, application data is what it says.
        socket.send_to(&[128; 20], sender.local_addr().unwrap()).await.unwrap();
        sender.send_to(&record, to).unwrap();
        socket.recv_from(&mut buf).await.unwrap();
        assert_eq!(buf.first(), Some(&23));
    }

    #[tokio::test]
    async fn while_the_microphone_is_closed_no_rtp_leaves_and_everything_else_does() {
        let (gate, ours, theirs) =
            (MuteGate::default(), UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let (to, socket) =
            (theirs.local_addr().unwrap(), Sockets { gate: gate.clone(), path: None }.wrap_udp_socket(ours).unwrap());
        let (rtp, marked, reports, stun, dtls) =
            ([128, 111, 0, 1], [144, 239, 0, 2], [128, 200, 0, 3], [0, 1, 0, 4], [22, 254, 0, 5]);
        for closed in [true, false] {
            if closed {
                gate.close()
            } else {
                gate.open()
            }
            for datagram in [rtp, marked, reports, stun, dtls] {
                assert_eq!(socket.send_to(&datagram, to).await.unwrap(), 4, "the sender is not told");
            }
        }
        let mut arrived = Vec::new();
        for _ in 0..8 {
            let mut buf = [0; 8];
            arrived.push((theirs.recv(&mut buf).unwrap(), buf[3]));
        }
        assert_eq!(arrived, [3, 4, 5, 1, 2, 3, 4, 5].map(|n| (4, n)));
        assert_eq!(gate.counts(), (2, 2));
    }
}
