//! CONNECT over a socket.

use super::connect::{Connect, Next};
use super::{Proxy, Refusal};
use crate::exit::{Exit, Failure};
use crate::net::{DIAL_TIMEOUT, Target, dial};
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How much is looked at at once, in bytes.
const LOOK: usize = 4096;

/// Opens a tunnel to a target, within [`DIAL_TIMEOUT`]. What the target says first stays in the socket.
///
/// # Errors
/// Why the proxy opens none.
pub async fn open(proxy: &Proxy, to: &Target) -> Result<TcpStream, Refusal> {
    timeout(DIAL_TIMEOUT, attempt(proxy, to)).await.unwrap_or(Err(Refusal::Silent))
}

async fn attempt(proxy: &Proxy, to: &Target) -> Result<TcpStream, Refusal> {
    let authority = to.authority();
    // It becomes a line of the request.
    if !authority.bytes().all(|b| b.is_ascii_graphic()) {
        let text = format!("\"{}\" is no host name; check the link", crate::text::clean(&authority));
        return Err(Refusal::Unreachable(Failure::new(Exit::Data, text)));
    }
    let mut connect = Connect::knowing(authority, proxy.0.credentials.get().cloned(), proxy.0.takes.get().copied());
    let mut stream = reach(proxy).await?;
    loop {
        match connect.step() {
            // What it has said before it closed says more than that it has closed.
            Next::Send(request) => drop(stream.write_all(&request).await),
            Next::Receive => receive(&mut stream, &mut connect).await?,
            Next::Reconnect => stream = reach(proxy).await?,
            Next::Open => break,
        }
    }
    if let Some(scheme) = connect.used() {
        let _ = proxy.0.takes.set(scheme);
    }
    Ok(stream)
}

async fn reach(proxy: &Proxy) -> Result<TcpStream, Refusal> {
    dial::tcp_direct(proxy.target()).await.map_err(Refusal::Unreachable)
}

/// Hands over what has come. It is looked at before it is taken: what is not the proxy's is left.
async fn receive(stream: &mut TcpStream, connect: &mut Connect) -> Result<(), Refusal> {
    let mut seen = [0; LOOK];
    let lost =
        |e: io::Error| Refusal::Unreachable(Failure::new(Exit::Unavailable, format!("the connection was lost ({e}); try again")));
    let n = match stream.peek(&mut seen).await {
        Ok(n) => n,
        Err(e) if matches!(e.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => 0,
        Err(e) => return Err(lost(e)),
    };
    let Some(bytes) = seen.get(..n).filter(|bytes| !bytes.is_empty()) else { return connect.closed() };
    let taken = connect.receive(bytes)?;
    if let Some(taken) = seen.get_mut(..taken) {
        stream.read_exact(taken).await.map_err(lost)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Configured, Credentials, Proxies};
    use super::*;
    use std::time::Duration;
    use tokio::net::TcpListener;

    /// A proxy that reads a request on each connection and says this, and then nothing more; whether it closes.
    async fn proxy(says: Vec<u8>, closes: bool) -> (Proxy, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(&says).await;
                if !closes {
                    kept.push(stream);
                }
            }
        });
        let configured = Proxies::of(Configured::read(&at.to_string(), "", |_| None).unwrap());
        (configured.serving(&to()).unwrap().unwrap(), task)
    }

    fn to() -> Target {
        Target { host: "name.that.is.nowhere.invalid".into(), port: 443, tls: true }
    }

    #[tokio::test]
    async fn what_the_target_says_first_is_not_lost() {
        let (proxy, task) = proxy(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfirst words".to_vec(), false).await;
        let mut stream = open(&proxy, &to()).await.unwrap();
        let mut first = [0; 11];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"first words");
        task.abort();
    }

    #[tokio::test]
    async fn hostile_proxies_are_left_with_a_word() {
        let endless = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 10 << 20]].concat();
        for (says, closes, wanted) in [
            (endless, false, Refusal::TooLong),
            (b"HTTP/1.1 200 OK\r\nX: 0123456789".to_vec(), true, Refusal::Closed { after: 30 }),
            (vec![], true, Refusal::Closed { after: 0 }),
            (
                b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n".to_vec(),
                true,
                Refusal::Wrong { offers: vec!["Basic".into()] },
            ),
        ] {
            let (proxy, task) = proxy(says, closes).await;
            proxy.log_in_with(Credentials::new("a".into(), String::from("b").into()));
            let refusal = open(&proxy, &to()).await.unwrap_err();
            assert_eq!(refusal, wanted);
            let failure = refusal.explain(&proxy, &to());
            assert!(failure.text.contains(&proxy.authority()) && failure.text.contains("--proxy"), "{failure}");
            task.abort();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_proxy_that_says_nothing_or_a_byte_a_second_is_not_waited_for() {
        let (silent, task) = proxy(vec![], false).await;
        let began = tokio::time::Instant::now();
        assert_eq!(open(&silent, &to()).await.unwrap_err(), Refusal::Silent);
        assert!(began.elapsed() <= DIAL_TIMEOUT + Duration::from_secs(1), "{:?}", began.elapsed());
        task.abort();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let slow = Configured::read(&listener.local_addr().unwrap().to_string(), "", |_| None).unwrap();
        let slow = slow.proxy().unwrap().unwrap().clone();
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for byte in b"HTTP/1.1 200 ".iter().chain(std::iter::repeat(&b'x')) {
                stream.write_all(&[*byte]).await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let began = tokio::time::Instant::now();
        assert_eq!(open(&slow, &to()).await.unwrap_err(), Refusal::Silent);
        assert!(began.elapsed() <= DIAL_TIMEOUT + Duration::from_secs(1), "{:?}", began.elapsed());
        task.abort();
    }
}
