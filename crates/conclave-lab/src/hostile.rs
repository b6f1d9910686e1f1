//! A hostile control plane: a real development server, and in front of it somebody who reads, drops, delays, repeats,
//! changes and invents what crosses the control websocket. Media and everything else goes through untouched.
//!
//! The numbers of the server's events are made right again towards the client, as a hostile server would.

use crate::conclave::PATIENCE;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

const PATH: &[u8] = b"GET /api/v1/control";

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the server.
    ToClient,
    /// From a client.
    ToServer,
}

/// What becomes of a message.
#[derive(Debug)]
pub enum Verdict {
    /// It goes on, as the rule left it.
    Pass,
    /// It never arrives.
    Drop,
    /// It goes on later; what comes after it overtakes it.
    Later(Duration),
    /// It goes on, and these after it.
    Also(Vec<Value>),
}

/// A message as it came to the proxy.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Number of the websocket, from 0 in the order of opening.
    pub connection: usize,
    /// Whose.
    pub direction: Direction,
    /// JSON.
    pub message: Value,
}

type Rule = Box<dyn FnMut(Direction, &mut Value, usize) -> Verdict + Send>;

#[derive(Default)]
struct State {
    rule: Option<Rule>,
    seen: Vec<Seen>,
    says: BTreeMap<(usize, Direction), mpsc::UnboundedSender<Value>>,
    connections: usize,
    /// Last event numbers of sessions, by their id: as the client knows them, and as the server does.
    sessions: BTreeMap<String, (u64, u64)>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The proxy. It ends when it is dropped.
pub struct Hostile {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

impl Hostile {
    /// In front of a server (`host:port`, plain HTTP), with a rule for every message.
    pub fn start(upstream: &str, rule: impl FnMut(Direction, &mut Value, usize) -> Verdict + Send + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        shared.lock().rule = Some(Box::new(rule));
        let (upstream, to) = (upstream.to_owned(), shared.clone());
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (upstream, shared) = (upstream.clone(), to.clone());
                tokio::spawn(async move { carry(client, &upstream, shared).await });
            }
        });
        Self { address, shared, _runtime: runtime }
    }

    /// A server that only watches, until told otherwise.
    pub fn watching(upstream: &str) -> Self {
        Self::start(upstream, |_, _, _| Verdict::Pass)
    }

    /// Another rule from now on.
    pub fn rule(&self, rule: impl FnMut(Direction, &mut Value, usize) -> Verdict + Send + 'static) {
        self.shared.lock().rule = Some(Box::new(rule));
    }

    /// A room's link through this proxy.
    pub fn room(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// Says something on a connection that nobody said. Events get the right number.
    pub fn say(&self, connection: usize, direction: Direction, message: Value) {
        let state = self.shared.lock();
        state.says.get(&(connection, direction)).expect("no such connection").send(message).expect("it is closed");
    }

    /// Everything that came so far, before the rule changed it.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// Waits for the first message, among those already seen too, of which `wanted` is true.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        loop {
            if let Some(seen) = state.seen.iter().find(|seen| wanted(seen)) {
                return seen.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?}");
            state = self.shared.news.wait_timeout(state, left).unwrap().0;
        }
    }

    /// The connection on which this member was welcomed.
    pub fn connection_of(&self, member: &str) -> usize {
        let welcome = |seen: &Seen| seen.message["type"] == "welcome" && seen.message["me"] == member;
        self.wait_for("welcome", welcome).connection
    }
}

/// One TCP connection: the control websocket is opened, everything else is copied.
async fn carry(mut client: TcpStream, upstream: &str, shared: Arc<Shared>) {
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    let mut start = [0; PATH.len()];
    loop {
        let Ok(length) = client.peek(&mut start).await else { return };
        if length == 0 {
            return;
        }
        if start[..length] != PATH[..length] {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            return;
        }
        if length == PATH.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let Ok(client) = tokio_tungstenite::accept_async(client).await else { return };
    let url = format!("ws://{upstream}/api/v1/control");
    let Ok((server, _)) = tokio_tungstenite::client_async(url, server).await else { return };
    let ((to_client, from_client), (to_server, from_server)) = (client.split(), server.split());
    let (down, downs) = mpsc::unbounded_channel();
    let (up, ups) = mpsc::unbounded_channel();
    let connection = {
        let mut state = shared.lock();
        let connection = state.connections;
        state.connections += 1;
        state.says.insert((connection, Direction::ToClient), down.clone());
        state.says.insert((connection, Direction::ToServer), up.clone());
        connection
    };
    let numbers = Arc::new(Mutex::new(Numbers::default()));
    // What was read before one side closed still reaches the other: a client's last word is its leave.
    let upwards = async {
        read(from_client, up, Direction::ToServer, connection, &shared, &numbers).await;
        shared.lock().says.remove(&(connection, Direction::ToServer));
    };
    let downwards = async {
        read(from_server, down, Direction::ToClient, connection, &shared, &numbers).await;
        shared.lock().says.remove(&(connection, Direction::ToClient));
    };
    tokio::select! {
        _ = async { tokio::join!(upwards, write(to_server, ups, None)) } => {}
        _ = async { tokio::join!(downwards, write(to_client, downs, Some((&*shared, &*numbers)))) } => {}
    }
    let mut state = shared.lock();
    state.says.retain(|(of, _), _| *of != connection);
}

/// Event numbers of one connection.
#[derive(Default)]
struct Numbers {
    session: Option<String>,
    client: u64,
    server: u64,
}

type Ws = tokio_tungstenite::WebSocketStream<TcpStream>;

async fn read(
    mut from: futures_util::stream::SplitStream<Ws>,
    to: mpsc::UnboundedSender<Value>,
    direction: Direction,
    connection: usize,
    shared: &Shared,
    numbers: &Mutex<Numbers>,
) {
    while let Some(Ok(message)) = from.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(mut message) = serde_json::from_str::<Value>(&text) else { continue };
        if direction == Direction::ToServer && message["type"] == "resume" {
            resume(&mut message, shared, numbers);
        }
        let verdict = {
            let mut state = shared.lock();
            state.seen.push(Seen { connection, direction, message: message.clone() });
            shared.news.notify_all();
            if let Some(event) = message["event"].as_u64().filter(|_| direction == Direction::ToClient) {
                numbers.lock().unwrap().server = event;
            }
            state.rule.as_mut().map_or(Verdict::Pass, |rule| rule(direction, &mut message, connection))
        };
        let _ = match verdict {
            Verdict::Drop => Ok(()),
            Verdict::Pass => to.send(message),
            Verdict::Also(more) => std::iter::once(message).chain(more).try_for_each(|message| to.send(message)),
            Verdict::Later(delay) => {
                let to = to.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let _ = to.send(message);
                });
                Ok(())
            }
        };
    }
}

/// A session goes on over a new websocket: the server's number in place of the client's.
fn resume(message: &mut Value, shared: &Shared, numbers: &Mutex<Numbers>) {
    let Some(session) = message["session"].as_str().map(str::to_owned) else { return };
    let Some((client, server)) = shared.lock().sessions.get(&session).copied() else { return };
    let mut numbers = numbers.lock().unwrap();
    let missed = client.saturating_sub(message["last_event"].as_u64().unwrap_or(client));
    *numbers = Numbers { session: Some(session), client: client - missed, server };
    message["last_event"] = server.saturating_sub(missed).into();
}

async fn write(
    mut to: futures_util::stream::SplitSink<Ws, Message>,
    mut messages: mpsc::UnboundedReceiver<Value>,
    numbered: Option<(&Shared, &Mutex<Numbers>)>,
) {
    while let Some(mut message) = messages.recv().await {
        if let Some((shared, numbers)) = numbered.filter(|_| message.get("event").is_some()) {
            let mut numbers = numbers.lock().unwrap();
            numbers.client += 1;
            message["event"] = numbers.client.into();
            if let Some(session) = message["session"].as_str() {
                numbers.session = Some(session.to_owned());
            }
            if let Some(session) = &numbers.session {
                shared.lock().sessions.insert(session.clone(), (numbers.client, numbers.server));
            }
        }
        if to.send(Message::text(message.to_string())).await.is_err() {
            return;
        }
    }
}
