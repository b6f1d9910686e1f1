//! The one public TCP port: who may connect, what they speak, TLS, HTTP. Every step has a deadline and a bound.
//!
//! The first bytes tell what a connection speaks ([`sniff::sniff`]): TLS and HTTP are served, media over TCP (ICE-TCP, and our
//! tunnel, which is inside TLS where that is spoken) and TURN (with TLS or without) are handed to the media plane.

pub mod addresses;
pub mod sniff;
pub mod stream;
pub mod tls;

use self::sniff::Protocol;
use self::stream::{Admission, Stream};
use crate::net::frames;
use crate::server::media::MediaPlane;
use axum::extract::ws::WebSocketUpgrade;
use axum::{Extension, Router};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use nix::sys::socket::{setsockopt, sockopt};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How long a new connection may take to its first bytes, and then to the end of the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long the headers of a request may take, the wait for the next request of a connection included.
const HEADERS: Duration = Duration::from_secs(10);
/// The largest request head, in bytes: LiveKit's join requests are part of the address and may have a token beside them.
const MAX_HEAD: usize = 64 * 1024;
/// What is read from a websocket at once, in bytes. The default of 128 KiB would be filled with zeroes for every message, and stay in memory
/// for every websocket; almost all messages are of a few hundred bytes.
const WEBSOCKET_READ: usize = 4 * 1024;
/// Connections that may wait to be accepted.
const QUEUE: u32 = 1024;
/// How long accepting pauses when the system has no more file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// A websocket of people, with messages of so many bytes at most.
pub fn websocket(upgrade: WebSocketUpgrade, longest: usize) -> WebSocketUpgrade {
    let upgrade = upgrade.read_buffer_size(WEBSOCKET_READ).max_write_buffer_size(4 << 20);
    upgrade.max_message_size(longest).max_frame_size(longest)
}

/// The answer to HTTP where TLS is spoken.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n\
This server speaks TLS here; use https:// instead.\n";

/// The address of ours by which a connection reached us: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached(pub IpAddr);

/// The address that a request comes from: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller(pub IpAddr);

/// Whether the log may name the addresses of clients.
static LOG_ADDRESSES: AtomicBool = AtomicBool::new(false);

/// Lets the log name the addresses of clients, or no longer.
pub fn log_addresses(on: bool) {
    LOG_ADDRESSES.store(on, Ordering::Relaxed);
}

/// A client's address as the log may have it.
pub(crate) fn shown(address: IpAddr) -> String {
    if LOG_ADDRESSES.load(Ordering::Relaxed) { address.to_canonical().to_string() } else { "hidden".to_owned() }
}

/// Listens at an address. One that stands for all of IPv6 stands for all of IPv4 too, whatever the system's default is.
///
/// # Errors
/// The address is taken, not ours, or not for us.
pub fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if at.is_ipv6() && at.ip().is_unspecified() {
        setsockopt(&socket, sockopt::Ipv6V6Only, &false)?;
    }
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(QUEUE)
}

/// What a connection turned out to be.
enum Opened {
    /// HTTP, with its TLS done.
    Http(stream::Io),
    /// Media over a connection, with its TLS done.
    Media(stream::Io),
    /// TURN, with its TLS done.
    Turn(stream::Io),
    /// Dealt with.
    Done,
}

/// Serves one listener until told to stop. Without `tls` it serves plain HTTP, without `media` no media.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    media: Option<Arc<MediaPlane>>,
    stop: CancellationToken,
) {
    let admission = Arc::new(Admission::default());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (tcp, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // A connection that failed before it was accepted is its own affair; a lack of descriptors passes.
                if !matches!(e.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
                    tracing::warn!("no connection can be accepted now ({e}); raise the limit of open files if this goes on");
                    tokio::time::sleep(EXHAUSTED).await;
                }
                continue;
            }
        };
        let Some(ticket) = admission.admit(peer.ip()) else {
            tracing::debug!(address = shown(peer.ip()), "too many connections");
            continue;
        };
        let _ = tcp.set_nodelay(true);
        let (tls, router, media, stop) = (tls.clone(), router.clone(), media.clone(), stop.clone());
        tokio::spawn(async move {
            let reached = tcp.local_addr().map(|a| Reached(a.ip().to_canonical()));
            let connection = async {
                let mut first = None;
                match open(tcp, tls, &mut first).await {
                    Ok(Opened::Http(io)) => {
                        let router = router.layer(Extension(Caller(peer.ip())));
                        let router = if let Ok(reached) = reached { router.layer(Extension(reached)) } else { router };
                        http(Stream::new(io, ticket).beginning_with(first), router).await;
                    }
                    Ok(Opened::Media(io)) => {
                        let Some(media) = media else { return };
                        if let Err(e) = media.serve_stream(Stream::new(io, ticket), peer).await {
                            tracing::debug!(address = shown(peer.ip()), "media over TCP ended: {e}");
                        }
                    }
                    Ok(Opened::Turn(io)) => {
                        let Some(media) = media else { return };
                        if let Err(e) = media.serve_turn(Stream::new(io, ticket).beginning_with(first), peer).await {
                            tracing::debug!(address = shown(peer.ip()), "TURN over TCP ended: {e}");
                        }
                    }
                    Ok(Opened::Done) => {}
                    Err(e) => tracing::debug!(address = shown(peer.ip()), "connection given up: {e}"),
                }
            };
            stop.run_until_cancelled(connection).await;
        });
    }
}

/// Finds out what is spoken and gets TLS done. `first` is the byte that was read for it inside TLS.
async fn open(tcp: TcpStream, tls: Option<TlsAcceptor>, first: &mut Option<u8>) -> io::Result<Opened> {
    let spoken = timeout(HANDSHAKE, sniff::peek(&tcp)).await.map_err(|_| timed_out("its first bytes"))??;
    match (spoken, tls) {
        (Protocol::Tls, Some(acceptor)) => {
            let handshake = timeout(HANDSHAKE, acceptor.accept(tcp)).await;
            let mut stream = handshake.map_err(|_| timed_out("its TLS handshake"))??;
            Ok(match stream.get_ref().1.alpn_protocol() {
                // A directory has seen what it wanted to see (RFC 8737 section 3).
                Some(protocol) if protocol == tls::ALPN => Opened::Done,
                Some(protocol) if protocol == frames::TUNNEL => {
                    frames::hold_little(stream.get_ref().0);
                    Opened::Media(stream::Io::Tls(Box::new(stream)))
                }
                Some(protocol) if protocol == tls::TURN => {
                    frames::hold_little(stream.get_ref().0);
                    Opened::Turn(stream::Io::Tls(Box::new(stream)))
                }
                // What was agreed on is a hint: browsers say nothing with TURN, coturn's client says that it speaks HTTP, and other
                // clients say nothing with HTTP. Its words begin with letters, and STUN with a zero.
                _ => {
                    let byte = timeout(HEADERS, stream.read_u8()).await.map_err(|_| timed_out("its first bytes"))??;
                    *first = Some(byte);
                    if byte > 0x03 {
                        return Ok(Opened::Http(stream::Io::Tls(Box::new(stream))));
                    }
                    frames::hold_little(stream.get_ref().0);
                    Opened::Turn(stream::Io::Tls(Box::new(stream)))
                }
            })
        }
        (Protocol::Http, None) => Ok(Opened::Http(stream::Io::Plain(tcp))),
        (Protocol::Http, Some(_)) => {
            timeout(HANDSHAKE, speak_tls(tcp)).await.map_err(|_| timed_out("an answer"))??;
            Ok(Opened::Done)
        }
        (Protocol::Framed, _) => {
            frames::hold_little(&tcp);
            Ok(Opened::Media(stream::Io::Plain(tcp)))
        }
        (Protocol::Turn, _) => {
            frames::hold_little(&tcp);
            Ok(Opened::Turn(stream::Io::Plain(tcp)))
        }
        (Protocol::Tls | Protocol::Unknown, _) => Ok(Opened::Done),
    }
}

/// Tells a plain HTTP client to speak TLS. What it said is read to its end, or the system would take the answer away from it.
async fn speak_tls(mut tcp: TcpStream) -> io::Result<()> {
    tcp.write_all(SPEAK_TLS).await?;
    tcp.shutdown().await?;
    tokio::io::copy(&mut tcp.take(MAX_HEAD as u64), &mut tokio::io::sink()).await?;
    Ok(())
}

fn timed_out(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the client took too long over {what}"))
}

async fn http(stream: Stream, router: Router) {
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades()
        .await;
    if let Err(e) = served {
        tracing::debug!("HTTP connection ended: {e}");
    }
}
