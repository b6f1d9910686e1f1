//! The rooms: one task each, around a [`signal::Room`], and the register that finds them.
//!
//! A room's task takes inputs from a bounded queue, sends what the machine wants to the websockets' bounded queues (one
//! that is full is closed: its client resumes), and ends when nobody is left. A panic ends its room only.

use crate::server::media::SharedAuthority;
use crate::server::media::sdp::Candidate;
use crate::server::media::sfu::{RoomKey, SfuEvent};
use crate::server::media::signal::{Forwarder, Input, Join, Limits, Now, Output, Room, SocketId};
use crate::server::media::token::{self, ApiKey};
use crate::server::webhook::Webhooks;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use livekit_protocol as lk;
use prost::Message as _;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot};

/// Messages that may wait for a websocket.
pub(super) const SOCKET_QUEUE: usize = 256;
/// Inputs that may wait for a room.
const ROOM_QUEUE: usize = 1024;
/// Rooms at one time.
const MAX_ROOMS: usize = 4096;
/// How long a forwarder's event waits for a busy room before it is dropped.
const EVENT_WAIT: Duration = Duration::from_millis(100);

/// The time.
pub(crate) fn now() -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { instant: Instant::now(), unix_ms: i64::try_from(unix.as_millis()).unwrap_or(i64::MAX) }
}

/// What goes out on a websocket.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    /// A message, in both encodings if some client reads JSON.
    Signal { binary: Bytes, text: Option<Utf8Bytes> },
    /// The end.
    Close,
}

/// A websocket as its room sees it.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) queue: mpsc::Sender<Frame>,
    /// The client speaks JSON.
    pub(super) json: Arc<AtomicBool>,
}

enum Message {
    Input(Input),
    Join(Socket, Box<Join>),
    Describe(oneshot::Sender<(lk::Room, Vec<lk::ParticipantInfo>)>),
}

/// A room's queue. Whoever holds it keeps the room's task from ending.
pub(crate) struct RoomHandle {
    name: String,
    queue: mpsc::Sender<Message>,
}

impl RoomHandle {
    /// Waits for room in the queue; false if the room has ended.
    pub(super) async fn send(&self, input: Input) -> bool {
        self.queue.send(Message::Input(input)).await.is_ok()
    }

    pub(super) async fn join(&self, socket: Socket, join: Join) -> bool {
        self.queue.send(Message::Join(socket, Box::new(join))).await.is_ok()
    }

    /// The room and who is in it.
    pub(crate) async fn describe(&self) -> Option<(lk::Room, Vec<lk::ParticipantInfo>)> {
        let (answer, description) = oneshot::channel();
        let ask = async {
            self.queue.send(Message::Describe(answer)).await.ok()?;
            description.await.ok()
        };
        tokio::time::timeout(Duration::from_secs(2), ask).await.ok()?
    }
}

#[derive(Default)]
struct Register {
    by_name: HashMap<String, Arc<RoomHandle>>,
    by_key: HashMap<RoomKey, Arc<RoomHandle>>,
    last: u32,
}

/// All rooms.
pub(crate) struct Rooms {
    register: Mutex<Register>,
    sockets: AtomicU64,
    closed: AtomicBool,
    sfu: Arc<dyn Forwarder>,
    authority: SharedAuthority,
    limits: Limits,
    candidates: Vec<Candidate>,
    key: ApiKey,
    webhooks: Webhooks,
    runtime: tokio::runtime::Handle,
}

impl Rooms {
    /// No rooms yet. To be called in a tokio runtime.
    pub(crate) fn new(
        sfu: Arc<dyn Forwarder>,
        authority: SharedAuthority,
        limits: Limits,
        candidates: Vec<Candidate>,
        key: ApiKey,
        webhooks: Webhooks,
    ) -> Arc<Self> {
        Arc::new(Self {
            register: Mutex::default(),
            sockets: AtomicU64::new(1),
            closed: AtomicBool::new(false),
            sfu,
            authority,
            limits,
            candidates,
            key,
            webhooks,
            runtime: tokio::runtime::Handle::current(),
        })
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fresh_socket(&self) -> SocketId {
        SocketId(self.sockets.fetch_add(1, Ordering::Relaxed))
    }

    /// The room of that name, if it is there.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<RoomHandle>> {
        self.register().by_name.get(name).cloned()
    }

    /// All rooms that are there.
    pub(crate) fn all(&self) -> Vec<Arc<RoomHandle>> {
        self.register().by_name.values().cloned().collect()
    }

    /// The room of that name; begins it if need be. `None`: the server is full or ends.
    pub(super) fn open(self: &Arc<Self>, name: &str) -> Option<Arc<RoomHandle>> {
        let mut register = self.register();
        if self.closed.load(Ordering::Acquire) {
            return None;
        }
        if let Some(room) = register.by_name.get(name) {
            return Some(room.clone());
        }
        if register.by_name.len() >= MAX_ROOMS || register.last == u32::MAX {
            return None;
        }
        register.last += 1;
        let key = RoomKey(register.last.into());
        let (queue, inputs) = mpsc::channel(ROOM_QUEUE);
        let handle = Arc::new(RoomHandle { name: name.to_string(), queue });
        register.by_name.insert(name.to_string(), handle.clone());
        register.by_key.insert(key, handle.clone());
        let room = Room::new(key, name, now(), self.limits, self.candidates.clone(), self.sfu.clone());
        let task = Task { rooms: self.clone(), key, name: name.to_string(), room, sockets: HashMap::new() };
        self.runtime.spawn(task.run(inputs));
        Some(handle)
    }

    /// Gives a room an input without waiting: order is kept unless its queue is full.
    pub(crate) fn post(&self, room: Arc<RoomHandle>, input: Input) {
        if let Err(mpsc::error::TrySendError::Full(message)) = room.queue.try_send(Message::Input(input)) {
            self.runtime.spawn(async move {
                let _ = room.queue.send(message).await; // an error means that the room has ended
            });
        }
    }

    /// Lets nobody in any more, and everybody out.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for room in self.all() {
            self.post(room, Input::Close(lk::DisconnectReason::ServerShutdown));
        }
    }

    /// Brings the forwarder's events to their rooms, until the forwarder ends.
    pub(crate) async fn dispatch(self: Arc<Self>, mut events: mpsc::Receiver<SfuEvent>) {
        while let Some(event) = events.recv().await {
            let key = match &event {
                SfuEvent::Connected(peer) | SfuEvent::Disconnected(peer) | SfuEvent::Failed(peer, _) => Room::of_peer(*peer),
                SfuEvent::Data { from, .. } => Room::of_peer(*from),
                SfuEvent::Started(track)
                | SfuEvent::Level { track, .. }
                | SfuEvent::Dominant(track)
                | SfuEvent::Flowing(track) => Room::of_track(*track),
            };
            let room = self.register().by_key.get(&key).cloned();
            let Some(room) = room else { continue };
            // What may be lost waits for nobody: one room's flood must not hold up what happens in the others.
            let passing = matches!(event, SfuEvent::Level { .. } | SfuEvent::Data { .. });
            let message = Message::Input(Input::Sfu(event));
            let lost = if passing {
                room.queue.try_send(message).is_err()
            } else {
                room.queue.send_timeout(message, EVENT_WAIT).await.is_err()
            };
            if lost && !passing {
                tracing::warn!(room = %room.name, "the room is too busy: an event of the forwarder was dropped");
            }
        }
    }

    /// Takes an empty room off the register. False: somebody is about to join.
    fn end(&self, key: RoomKey, name: &str) -> bool {
        let mut register = self.register();
        // One reference is in each map; any further one is a websocket's.
        let free = register.by_key.get(&key).is_none_or(|room| Arc::strong_count(room) <= 2);
        if free {
            register.by_key.remove(&key);
            register.by_name.remove(name);
        }
        free
    }

    fn abandon(&self, key: RoomKey, name: &str) {
        let mut register = self.register();
        register.by_key.remove(&key);
        register.by_name.remove(name);
    }
}

/// A room's task.
struct Task {
    rooms: Arc<Rooms>,
    key: RoomKey,
    name: String,
    room: Room,
    sockets: HashMap<SocketId, Socket>,
}

impl Task {
    async fn run(mut self, mut inputs: mpsc::Receiver<Message>) {
        self.happened("room_started");
        loop {
            let message = match tokio::time::timeout_at(self.room.deadline().into(), inputs.recv()).await {
                Ok(Some(message)) => message,
                Ok(None) => return,
                Err(_) => {
                    if self.room.is_empty() && inputs.is_empty() && self.rooms.end(self.key, &self.name) {
                        return self.happened("room_finished");
                    }
                    Message::Input(Input::Tick)
                }
            };
            if catch_unwind(AssertUnwindSafe(|| self.take(message))).is_err() {
                tracing::error!(room = %self.name, "the room ends: internal error");
                self.rooms.abandon(self.key, &self.name);
                let roster = self.room.roster();
                self.room.peers().into_iter().for_each(|peer| self.rooms.sfu.remove_peer(peer));
                roster.iter().for_each(|p| self.rooms.authority.left(&self.name, &p.identity));
                return; // the websockets' queues end with us: the clients join anew
            }
        }
    }

    fn happened(&self, event: &str) {
        self.rooms.webhooks.send(self.room.whole(event));
    }

    fn take(&mut self, message: Message) {
        let input = match message {
            Message::Input(input) => input,
            Message::Join(socket, join) => {
                self.sockets.insert(join.socket, socket);
                Input::Join(join)
            }
            Message::Describe(answer) => {
                let _ = answer.send((self.room.describe(), self.room.roster()));
                return;
            }
        };
        if let Input::Lost(socket) = &input {
            self.sockets.remove(socket);
        }
        let mut outputs = self.room.handle(now(), input);
        // A queue that overflows is one more input; it ends, as every round takes a websocket away.
        loop {
            let full = self.carry_out(outputs);
            if full.is_empty() {
                return;
            }
            outputs = Vec::new();
            for socket in full {
                self.sockets.remove(&socket);
                outputs.extend(self.room.handle(now(), Input::Lost(socket)));
            }
        }
    }

    /// Encodes once and sends to all; who cannot take it is returned.
    fn send(&self, to: &[SocketId], message: lk::signal_response::Message) -> Vec<SocketId> {
        let response = lk::SignalResponse { message: Some(message) };
        let sockets = || to.iter().filter_map(|id| Some((id, self.sockets.get(id)?)));
        let json = sockets().any(|(_, s)| s.json.load(Ordering::Relaxed));
        let text = if json { serde_json::to_string(&response).ok().map(Utf8Bytes::from) } else { None };
        let frame = Frame::Signal { binary: response.encode_to_vec().into(), text };
        sockets().filter(|(_, s)| s.queue.try_send(frame.clone()).is_err()).map(|(id, _)| *id).collect()
    }

    fn carry_out(&mut self, outputs: Vec<Output>) -> Vec<SocketId> {
        let mut full = Vec::new();
        for output in outputs {
            match output {
                Output::Send { to, message } => full.extend(self.send(&to, *message)),
                Output::Refresh { to, grant } => {
                    if let Ok(token) = token::sign(&self.rooms.key, &grant) {
                        full.extend(self.send(&[to], lk::signal_response::Message::RefreshToken(token.to_string())));
                    }
                }
                Output::Close(socket) => {
                    if let Some(socket) = self.sockets.remove(&socket) {
                        let _ = socket.queue.try_send(Frame::Close); // a full queue ends with its sender
                    }
                }
                Output::Joined { identity, name } => self.rooms.authority.joined(&self.name, &identity, &name),
                Output::Left { identity } => self.rooms.authority.left(&self.name, &identity),
                Output::Happened(event) => self.rooms.webhooks.send(*event),
            }
        }
        full
    }
}
