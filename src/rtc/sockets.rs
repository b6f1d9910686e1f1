//! The `webrtc` crate's view of the machine: tokio, with sockets from [`crate::net::dial`] and nothing else.

use crate::net::dial;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use webrtc::runtime::{AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime};

type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The runtime handed to every peer connection.
#[derive(Debug)]
pub(super) struct Sockets;

fn not_ours<T>(what: &str) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, format!("media does not use {what}")))
}

impl Runtime for Sockets {
    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        TokioRuntime.wrap_udp_socket(dial::media_socket(socket)?)
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
