//! The control plane: who is in which room, what they relay to each other, and the lease under which media works.
//!
//! [`core`] is the whole protocol as a state machine, [`session`] one member's part of it, [`room`] who is where. Around
//! it: [`socket`] (one task per websocket), [`api`] (HTTP), and here the shell that carries out what the machine asks for.
//! The machine is stepped under one lock, for microseconds, and never waits: nothing that blocks happens inside.

pub mod accounts;
pub mod api;
pub mod core;
pub mod group;
mod invites;
pub mod openapi;
pub mod policy;
pub mod roles;
pub mod room;
pub mod session;
pub mod socket;
mod throttle;

use self::core::{Core, Input, Known, Limits, Now, Output, Permit};
use self::room::Barred;
use self::session::ConnectionId;
use self::throttle::Joins;
use crate::exit::Failure;
use crate::protocol::control::{RoomMode, valid_room};
use crate::protocol::room::RoomRole;
use crate::server::edge::stream::Admission;
use crate::server::media::token::{ApiKey, Grant};
use crate::server::media::{Authority, Denied, MediaPlane};
use crate::server::operations::Operations;
use crate::server::store::Store;
use conclave_e2ee::IssuerKey;
use conclave_e2ee::delivery::Snapshot;
use livekit_protocol::DisconnectReason;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

/// What waits for one websocket at most: a whole backlog and some more. A slower reader loses its websocket, not its session.
const OUTBOX: usize = session::BACKLOG_EVENTS + 128;
/// Websockets at once that have not said who they are: in all, and from one address. Each may hold a whole message in memory.
const ANTEROOM: (usize, usize) = (512, 128);
/// How often time passes for the machine.
const TICK: Duration = Duration::from_millis(500);
/// How often rooms and logins in use are looked up in the store, where other processes (`conclave rooms`, `conclave serve user`)
/// end them. With a tick, and the looking, what they end ends here within 2 s.
const RECONCILE: Duration = Duration::from_secs(1);
const _: () = assert!(TICK.as_millis() + RECONCILE.as_millis() < 2000);
/// How often what is kept of rooms that nobody uses any more is looked through.
const CLEAN: Duration = Duration::from_secs(600);
/// Rooms of which the media plane has asked and whose first participant is not in yet, at most.
const ASKED: usize = 1024;
/// How long websockets may take to say goodbye at the end.
const GOODBYE: Duration = Duration::from_secs(3);

/// The control plane of a server.
pub struct Control {
    store: Store,
    dev: bool,
    /// Where invites are shown.
    door: invites::Door,
    inner: Mutex<Inner>,
    policy: OnceLock<policy::Policy>,
    media: OnceLock<Arc<MediaPlane>>,
    operations: OnceLock<Arc<Operations>>,
    joins: Mutex<Joins>,
    /// Websockets that have not said who they are.
    anteroom: Arc<Admission>,
    media_work: Notify,
    group_work: Notify,
    next_connection: AtomicU64,
    tasks: TaskTracker,
    stop: CancellationToken,
}

struct Inner {
    core: Core,
    outboxes: HashMap<ConnectionId, mpsc::Sender<Arc<str>>>,
    /// What the media plane is still to be told, in order. Each entry stands for a session or room that has ended, and a
    /// task of its own takes them at once: the media plane may call back while it is told.
    media: Vec<MediaWork>,
    /// What the store is still to be asked or told of groups and roles, in order. Each room has one answer about its group
    /// outstanding at most.
    groups: Vec<StoreWork>,
    /// What the store says of rooms that a stock client is about to begin.
    asked: HashMap<String, Known>,
}

enum StoreWork {
    Load(String),
    Keep { room: String, expect: Option<(u64, Option<u64>)>, snapshot: Box<Snapshot> },
    Forget(String),
    Seat { room: String, member: String, role: Option<RoomRole> },
    ForgetSeats(String),
    Ban { room: String, banned: Barred },
}

enum MediaWork {
    Remove { room: String, identity: String, reason: DisconnectReason },
    CloseRoom(String),
    Mute { room: String, identity: String },
    Permit { room: String, identity: String, permit: Permit },
}

/// Seconds since the Unix epoch.
pub fn unix_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

impl Control {
    /// A control plane without members; its background tasks start now and end with [`Control::shutdown`].
    pub fn start(
        store: Store,
        key: ApiKey,
        delivery: Zeroizing<[u8; 32]>,
        accounts: IssuerKey,
        dev: bool,
        limits: Limits,
    ) -> Arc<Self> {
        let control = Arc::new(Self {
            store,
            dev,
            door: invites::Door::default(),
            inner: Mutex::new(Inner {
                core: Core::new(key, delivery, limits).with_accounts(accounts),
                outboxes: HashMap::new(),
                media: Vec::new(),
                groups: Vec::new(),
                asked: HashMap::new(),
            }),
            policy: OnceLock::new(),
            media: OnceLock::new(),
            operations: OnceLock::new(),
            joins: Mutex::default(),
            anteroom: Arc::new(Admission::new(ANTEROOM.0, ANTEROOM.1)),
            media_work: Notify::new(),
            group_work: Notify::new(),
            next_connection: AtomicU64::new(1),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        });
        tokio::spawn(control.clone().clock());
        tokio::spawn(control.clone().tell_media());
        tokio::spawn(control.clone().keep_groups());
        control
    }

    /// Says which media plane the leases are for. Once, before anybody joins.
    pub fn attach(&self, media: Arc<MediaPlane>) {
        let _ = self.media.set(media);
    }

    /// Says what accounts may do. Once, before anybody asks.
    pub fn govern(&self, policy: policy::Policy) {
        let _ = self.policy.set(policy);
    }

    fn policy(&self) -> policy::Policy {
        self.policy.get().copied().unwrap_or_default()
    }

    /// Says who hears of what happens. Once, before anybody joins.
    pub fn observe(&self, operations: Arc<Operations>) {
        let _ = self.operations.set(operations);
    }

    /// Writes something down, if somebody wants to know.
    pub(super) fn report(&self, with: impl FnOnce(&Operations)) {
        if let Some(operations) = self.operations.get() {
            with(operations);
        }
    }

    /// Lets nobody new in any more; whoever is here stays.
    pub fn drain(&self) {
        self.step(Input::Drain);
    }

    /// Whether nobody new is let in.
    pub fn draining(&self) -> bool {
        self.lock().core.draining()
    }

    /// Rooms in use, and how many are in all of them.
    pub fn occupancy(&self) -> (usize, usize) {
        self.lock().core.occupancy()
    }

    /// Tells every member that the server is shutting down, and waits a little until they have heard it.
    pub async fn shutdown(&self) {
        self.step(Input::Shutdown);
        self.tasks.close();
        let _ = tokio::time::timeout(GOODBYE, self.tasks.wait()).await;
        self.stop.cancel();
    }

    /// Ends a room for everybody in it.
    pub fn end_room(&self, name: &str) {
        self.step(Input::EndRoom { room: name.to_owned() });
    }

    /// What is known of a room before somebody joins it; on a development server every valid name is a room, of the
    /// mode that whoever comes first wishes.
    async fn known(&self, room: &str, wish: Option<RoomMode>) -> Result<Option<Known>, Failure> {
        if !valid_room(room) {
            return Ok(None);
        }
        let (mode, stored, invite_only) = match self.store.room(room).await? {
            Some(r) => (r.mode, true, r.invite_only),
            None if self.dev => (wish.unwrap_or(RoomMode::Strict), false, false),
            None => return Ok(None),
        };
        Ok(Some(Known { mode, stored, invite_only, kept: self.store.kept(room, unix_now()).await? }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in one step must not end everybody's calls.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often rooms were joined from where.
    fn joins(&self) -> MutexGuard<'_, Joins> {
        self.joins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> (ConnectionId, mpsc::Receiver<Arc<str>>) {
        let id = ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed));
        let (tx, rx) = mpsc::channel(OUTBOX);
        self.lock().outboxes.insert(id, tx);
        (id, rx)
    }

    fn disconnect(&self, connection: ConnectionId) {
        self.lock().outboxes.remove(&connection);
        self.step(Input::Closed { connection });
    }

    /// One step of the machine, and what follows from it.
    fn step(&self, input: Input) {
        let now = Now { instant: Instant::now(), unix: unix_now() };
        let mut guard = self.lock();
        let inner = &mut *guard;
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for output in inner.core.handle(now, input) {
                match output {
                    Output::Send(connection, text) => {
                        let full = inner.outboxes.get(&connection).is_some_and(|o| o.try_send(text).is_err());
                        if full {
                            inner.outboxes.remove(&connection);
                            inputs.push_back(Input::Closed { connection });
                        }
                    }
                    // Its task sends what is left and then closes the websocket.
                    Output::Close(connection) => drop(inner.outboxes.remove(&connection)),
                    Output::RemoveMedia { room, identity, reason } => {
                        inner.media.push(MediaWork::Remove { room, identity, reason });
                    }
                    Output::CloseMicrophone { room, identity } => inner.media.push(MediaWork::Mute { room, identity }),
                    Output::Permit { room, identity, permit } => {
                        inner.media.push(MediaWork::Permit { room, identity, permit });
                    }
                    Output::KeepSeat { room, member, role } => inner.groups.push(StoreWork::Seat { room, member, role }),
                    Output::ForgetSeats(room) => inner.groups.push(StoreWork::ForgetSeats(room)),
                    Output::KeepBan { room, banned } => inner.groups.push(StoreWork::Ban { room, banned }),
                    Output::CloseRoom(room) => inner.media.push(MediaWork::CloseRoom(room)),
                    Output::LoadGroup(room) => inner.groups.push(StoreWork::Load(room)),
                    Output::KeepGroup { room, expect, snapshot } => {
                        inner.groups.push(StoreWork::Keep { room, expect, snapshot });
                    }
                    Output::ForgetGroup(room) => inner.groups.push(StoreWork::Forget(room)),
                    Output::Note(note) => self.report(|o| o.take(note)),
                }
            }
        }
        if !inner.media.is_empty() {
            self.media_work.notify_one();
        }
        if !inner.groups.is_empty() {
            self.group_work.notify_one();
        }
    }

    async fn clock(self: Arc<Self>) {
        let mut tick = tokio::time::interval(TICK);
        let mut reconciled = Instant::now();
        let mut cleaned: Option<Instant> = None;
        let mut seen = HashMap::new();
        while self.stop.run_until_cancelled(tick.tick()).await.is_some() {
            // A panic in one step must not stop the clock: leases would never end.
            let step = std::panic::AssertUnwindSafe(|| self.step(Input::Tick));
            if std::panic::catch_unwind(step).is_err() {
                tracing::error!("a step of the control plane's clock has failed; the clock goes on");
            }
            if reconciled.elapsed() >= RECONCILE {
                self.reconcile(&mut seen).await;
                reconciled = Instant::now();
            }
            if cleaned.is_none_or(|at| at.elapsed() >= CLEAN) {
                let used = self.lock().core.stored_rooms();
                if let Err(e) = self.store.clean_rooms(&used, unix_now()).await {
                    tracing::warn!("{e}");
                }
                cleaned = Some(Instant::now());
            }
        }
    }

    /// Ends the rooms that were deleted in the store by another process, takes up what was changed of the others, and ends the
    /// calls of logins that have ended there. `seen`: how often each room in use was changed when it was looked at last.
    async fn reconcile(&self, seen: &mut HashMap<String, i64>) {
        self.reconcile_devices().await;
        let used = self.lock().core.stored_rooms();
        if used.is_empty() {
            return;
        }
        match self.store.room_changes().await {
            Ok(changes) => {
                for room in &used {
                    match changes.get(room) {
                        None => self.end_room(room),
                        Some(now) if seen.get(room) == Some(now) => {}
                        Some(_) => self.take_up_rules(room).await,
                    }
                }
                *seen = changes.into_iter().filter(|(room, _)| used.contains(room)).collect();
            }
            Err(e) => tracing::warn!("{e}"),
        }
    }

    /// Has a room in use kept as the store says.
    async fn take_up_rules(&self, room: &str) {
        match self.store.kept(room, unix_now()).await {
            Ok(kept) => self.step(Input::Rules { room: room.to_owned(), kept: Box::new(kept) }),
            Err(e) => tracing::warn!("{e}"),
        }
    }

    async fn reconcile_devices(&self) {
        let used: Vec<String> = self.lock().core.devices().into_iter().collect();
        if used.is_empty() {
            return;
        }
        match self.store.ended_devices(&used).await {
            Ok(ended) => ended.into_iter().for_each(|device| self.step(Input::EndDevice { device })),
            Err(e) => tracing::warn!("{e}"),
        }
    }

    async fn tell_media(self: Arc<Self>) {
        while self.stop.run_until_cancelled(self.media_work.notified()).await.is_some() {
            let work = std::mem::take(&mut self.lock().media);
            let Some(media) = self.media.get() else { continue };
            for w in work {
                match w {
                    MediaWork::Remove { room, identity, reason } => media.remove(&room, &identity, reason),
                    MediaWork::Permit { room, identity, permit } => media.permit(&room, &identity, permit),
                    MediaWork::CloseRoom(room) => media.close_room(&room),
                    MediaWork::Mute { room, identity } => media.set_muted(&room, &identity, true),
                }
            }
        }
    }

    /// The one that reads and writes groups and roles in the store, in order: what was accepted is kept before it is told. A store
    /// that fails ends no call; it is behind then, and the next change catches up.
    async fn keep_groups(self: Arc<Self>) {
        while self.stop.run_until_cancelled(self.group_work.notified()).await.is_some() {
            let work = std::mem::take(&mut self.lock().groups);
            for w in work {
                match w {
                    StoreWork::Load(room) => {
                        let stored = self.store.group(&room).await;
                        let stored = stored.inspect_err(|e| tracing::error!("{e}")).ok().flatten();
                        self.step(Input::GroupLoaded { room, stored });
                    }
                    StoreWork::Keep { room, expect, snapshot } => {
                        let newer = self.store.keep_group(&room, expect, &snapshot).await;
                        let newer = newer.inspect_err(|e| tracing::error!("{e}")).ok().flatten();
                        self.step(Input::GroupKept { room, newer });
                    }
                    StoreWork::Forget(room) => {
                        if let Err(e) = self.store.forget_group(&room).await {
                            tracing::error!("{e}");
                        }
                    }
                    StoreWork::Seat { room, member, role } => {
                        if let Err(e) = self.store.keep_seat(&room, &member, role, unix_now()).await {
                            tracing::error!("{e}");
                        }
                    }
                    StoreWork::ForgetSeats(room) => {
                        if let Err(e) = self.store.forget_seats(&room).await {
                            tracing::error!("{e}");
                        }
                    }
                    StoreWork::Ban { room, banned } => {
                        if let Err(e) = self.store.ban(&room, &banned, unix_now()).await {
                            tracing::error!("{e}");
                        }
                    }
                }
            }
        }
    }
}

#[async_trait::async_trait]
impl Authority for Control {
    async fn admit(&self, who: &Grant) -> Result<(), Denied> {
        let (room, identity) = (&who.video.room, &who.sub);
        let known = self.known(room, Some(RoomMode::Open)).await.map_err(|e| Denied(e.text))?;
        let mut inner = self.lock();
        inner.core.admit(room, identity, known.as_ref()).map_err(Denied)?;
        // What its media tells us later cannot wait for the store.
        match known.filter(|_| !inner.core.in_use(room)) {
            Some(known) if inner.asked.len() < ASKED || inner.asked.contains_key(room) => {
                inner.asked.insert(room.clone(), known);
            }
            Some(_) => return Err(Denied("the server is busy; try again".into())),
            None => {}
        }
        Ok(())
    }

    fn permit(&self, room: &str, identity: &str) -> Permit {
        let inner = self.lock();
        inner.core.permit(room, identity, inner.asked.get(room))
    }

    async fn create_room(&self, room: &str) -> Result<(), Denied> {
        let known = self.known(room, Some(RoomMode::Open)).await.map_err(|e| Denied(e.text))?;
        if known.is_none() {
            self.store.create_room(room, RoomMode::Open, unix_now()).await.map_err(|e| Denied(e.text))?;
        }
        Ok(())
    }

    fn end_room(&self, room: &str) {
        Control::end_room(self, room);
    }

    fn joined(&self, room: &str, identity: &str, name: &str) {
        let name = crate::text::clean_name(name).or_else(|| crate::text::clean_name(identity)).unwrap_or_default();
        // It was admitted a moment ago, so the room is in use or was looked up, exists, or this is a development server.
        let asked = self.lock().asked.remove(room);
        let known = asked.or_else(|| Some(Known::new(RoomMode::Open, !self.dev)));
        self.step(Input::MediaJoined { room: room.to_owned(), identity: identity.to_owned(), name, known });
    }

    fn left(&self, room: &str, identity: &str) {
        self.step(Input::MediaLeft { room: room.to_owned(), identity: identity.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::media::token::VideoGrant;
    use crate::server::store::DataDir;

    #[tokio::test]
    async fn stock_clients_join_rooms_that_exist_and_development_makes_rooms() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let store = Store::open(&data).await.unwrap();
        let start = |dev| {
            let (key, delivery) = (data.api_key().unwrap(), data.delivery_key().unwrap());
            Control::start(store.clone(), key, delivery, IssuerKey([1; 32]), dev, Limits::default())
        };
        let (real, dev) = (start(false), start(true));
        let grant = |identity: &str, room: &str| Grant {
            sub: identity.into(),
            video: VideoGrant { room: room.into(), ..VideoGrant::default() },
            ..Grant::default()
        };
        assert!(real.admit(&grant("py", "board")).await.unwrap_err().0.contains("no such room"));
        store.create_room("board", RoomMode::Open, 1).await.unwrap();
        assert_eq!(real.admit(&grant("py", "board")).await, Ok(()));
        assert!(real.admit(&grant("m-x", "board")).await.is_err(), "a member's token without its session");
        assert_eq!(dev.admit(&grant("py", "any")).await, Ok(()));
        assert!(dev.admit(&grant("py", "not a name")).await.is_err());
        real.joined("board", "py", "\u{1b}[2JPy");
        assert_eq!(real.lock().core.members("board"), 1);
        store.delete_room("board").await.unwrap();
        real.reconcile(&mut HashMap::new()).await;
        assert_eq!(real.lock().core.members("board"), 0);
        // Media that ends after its room did changes nothing.
        real.left("board", "py");
        real.shutdown().await;
        assert!(real.admit(&grant("py", "board")).await.unwrap_err().0.contains("shutting down"));
    }
}
