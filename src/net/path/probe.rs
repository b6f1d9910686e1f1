//! Whether a rung leads to the server, outside of a call: for `conclave doctor`.

use super::lanes::{broken, connect};
use crate::exit::{Exit, Failure};
use crate::net::frames::{self, DATAGRAM};
use crate::net::ladder::Rung;
use crate::net::{Options, Target, dial, stun, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// How long a rung may take until it is said not to work.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer by UDP may take until the question is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// Asks the server a question over a rung: how long the answer took, making the connection included.
///
/// # Errors
/// What does not work, and what to do.
pub async fn probe(rung: Rung, target: &Target, net: &Options) -> Result<Duration, Failure> {
    let (began, mut transaction) = (Instant::now(), [0; 12]);
    getrandom::fill(&mut transaction).map_err(|e| Failure::new(Exit::Internal, format!("there are no random numbers ({e})")))?;
    let asked = async {
        match rung {
            Rung::Udp => by_udp(target, &transaction).await,
            Rung::Tcp | Rung::Tls | Rung::ProxyTls => by_stream(connect(rung, target, net).await?, &transaction).await,
            Rung::Wss | Rung::ProxyWss => by_messages(target, net, &transaction).await,
            // Whoever relays is named in a call, and another server's connections are.
            _ => Err(Failure::new(Exit::Internal, "it is tried in a call only")),
        }
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(())) => Ok(began.elapsed()),
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(Failure::new(Exit::Unavailable, "nothing comes back")),
    }
}

/// As random as the transaction.
fn token(transaction: &[u8; 12]) -> frames::Token {
    std::array::from_fn(|n| transaction.get(n % 12).copied().unwrap_or_default())
}

async fn by_udp(target: &Target, transaction: &[u8; 12]) -> Result<(), Failure> {
    let mut last = Failure::new(Exit::NoHost, "the name has no address");
    for to in dial::addresses(target).await? {
        match by_udp_to(to, transaction).await {
            Ok(true) => return Ok(()),
            Ok(false) => last = Failure::new(Exit::Unavailable, "nothing comes back"),
            Err(e) => last = Failure::new(Exit::Unavailable, e.to_string()),
        }
    }
    Err(last)
}

/// Whether an answer comes.
async fn by_udp_to(to: SocketAddr, transaction: &[u8; 12]) -> std::io::Result<bool> {
    let local = dial::local_address_towards(to)?;
    let socket = UdpSocket::bind((local, 0)).await?;
    socket.connect(to).await?;
    let mut datagram = [0; DATAGRAM];
    for _ in 0..3 {
        socket.send(&stun::question(transaction)).await?;
        let answered = async {
            loop {
                let n = socket.recv(&mut datagram).await?;
                if datagram.get(..n).is_some_and(|d| stun::answers(d, transaction)) {
                    return Ok::<_, std::io::Error>(());
                }
            }
        };
        if let Ok(answered) = timeout(AGAIN, answered).await {
            return answered.map(|()| true);
        }
    }
    Ok(false)
}

async fn by_stream(mut stream: impl AsyncRead + AsyncWrite + Unpin, transaction: &[u8; 12]) -> Result<(), Failure> {
    let mut said = Vec::new();
    for datagram in [&frames::hello(&token(transaction))[..], &stun::question(transaction)] {
        said.extend((datagram.len() as u16).to_be_bytes());
        said.extend(datagram);
    }
    stream.write_all(&said).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut datagram = [0; DATAGRAM];
    while let Some(n) = frames::read(&mut stream, &mut datagram).await.map_err(broken)? {
        if datagram.get(..n).is_some_and(|d| stun::answers(d, transaction)) {
            return Ok(());
        }
    }
    Err(broken("it was closed"))
}

async fn by_messages(target: &Target, net: &Options, transaction: &[u8; 12]) -> Result<(), Failure> {
    let mut socket = websocket::connect(target, net, frames::WEBSOCKET, None, DATAGRAM).await?;
    for datagram in [&frames::hello(&token(transaction))[..], &stun::question(transaction)] {
        socket.send(Message::binary(datagram.to_vec())).await.map_err(broken)?;
    }
    while let Some(message) = socket.next().await {
        let data = message.map_err(broken)?.into_data();
        if stun::answers(&data, transaction) {
            return Ok(());
        }
    }
    Err(broken("it was closed"))
}
