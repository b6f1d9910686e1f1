//! What the browser fetches, and how the page and the lab talk: the page posts events and asks for orders.

use super::{CLIENT, PATIENCE};
use crate::wire::Namespace;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};

/// A small web server; it ends when dropped.
pub(super) struct Pages {
    address: SocketAddr,
    namespace: Option<Namespace>,
    serving: Arc<AtomicBool>,
}

struct Content {
    script: &'static str,
    config: Value,
    told: Sender<Value>,
    orders: Mutex<Receiver<Value>>,
}

impl Pages {
    pub(super) fn serve(
        namespace: Option<&Namespace>,
        script: &'static str,
        config: Value,
        told: Sender<Value>,
        orders: Receiver<Value>,
    ) -> Self {
        let listener = within(namespace, || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a port");
        let address = listener.local_addr().expect("bound");
        let serving = Arc::new(AtomicBool::new(true));
        let go_on = serving.clone();
        let content = Arc::new(Content { script, config, told, orders: Mutex::new(orders) });
        std::thread::spawn(move || {
            // Each connection on a thread of its own: a browser opens some that it does not use.
            for stream in listener.incoming().map_while(Result::ok).take_while(|_| go_on.load(Relaxed)) {
                let content = content.clone();
                std::thread::spawn(move || answer(stream, &content));
            }
        });
        Self { address, namespace: namespace.cloned(), serving }
    }

    /// The page's address.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.serving.store(false, Relaxed);
        // Wakes the server.
        let _ = within(self.namespace.as_ref(), || TcpStream::connect(self.address));
    }
}

fn within<T: Send>(namespace: Option<&Namespace>, run: impl FnOnce() -> std::io::Result<T> + Send) -> std::io::Result<T> {
    match namespace {
        Some(namespace) => namespace.within(run).and_then(|made| made),
        None => run(),
    }
}

/// One request, one answer.
fn answer(stream: TcpStream, of: &Content) -> Option<()> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let json = |value: &Value| value.to_string().into_bytes();
    let (status, kind, content) = match path.as_str() {
        "/" => ("200 OK", "text/html", include_str!("page.html").into()),
        "/lab.js" => ("200 OK", "text/javascript", include_str!("lab.js").into()),
        "/page.js" => ("200 OK", "text/javascript", of.script.into()),
        "/livekit-client.umd.js" => ("200 OK", "text/javascript", std::fs::read(crate::root().join(CLIENT)).ok()?),
        "/config" => ("200 OK", "application/json", json(&of.config)),
        // Answered when there is one. The end of the browser's handle ends it.
        "/order" => ("200 OK", "application/json", json(&of.orders.lock().ok()?.recv().ok()?)),
        "/event" => {
            of.told.send(serde_json::from_slice(&body).ok()?).ok()?;
            ("204 No Content", "text/plain", vec![])
        }
        _ => ("404 Not Found", "text/plain", vec![]),
    };
    let length = content.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    (&stream).write_all(&[head.into_bytes(), content].concat()).ok()
}
