//! A thread of load participants: their UDP sockets, their timers, and their websockets' news.
//!
//! One thread and one `epoll` for all of them: a packet costs a system call, a decryption and a few additions.

use super::figures::Heard;
use super::participant::{Ask, Participant, Role, Shared, Step, Tally};
use crate::backend::livekit::media::socket::{self, Socket, SocketEvent};
use crate::backend::livekit::session::Input;
use crate::net::{Options, Target};
use crate::server::media::sfu::outbox::Outbox;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// Commands and signalling messages that may wait for one thread.
const QUEUE: usize = 4096;
/// Largest datagram taken.
const DATAGRAM: usize = 2048;
/// Datagrams taken from one socket before the others are served.
const BURST: usize = 32;
/// The longest sleep.
const IDLE: Duration = Duration::from_secs(1);
/// Why participants failed: so many reasons are told apart.
const MAX_REASONS: usize = 32;
/// The waker's token; sockets have their participant's id.
const WAKE: Token = Token(usize::MAX);

/// What the thread is told.
pub(super) enum Command {
    /// Somebody joins.
    Join(Role, Zeroizing<String>),
    /// Somebody leaves.
    Leave(u32),
    /// All speakers fall silent.
    Hush,
    /// All leave.
    LeaveAll,
    /// Answer with the figures so far; `true`: with what everybody heard of whom.
    Tell(bool, oneshot::Sender<Told>),
    /// A websocket of a participant and a generation has news.
    Signal((u32, u32), SocketEvent),
    /// The thread ends.
    End,
}

/// The figures of one thread so far.
#[derive(Default)]
pub(super) struct Told {
    pub(super) tally: Tally,
    /// Participants that are being connected, and that are.
    pub(super) joining: usize,
    pub(super) connected: usize,
    /// Who failed, by reason, and the exit code of one of that reason.
    pub(super) failures: BTreeMap<String, (u64, crate::exit::Exit)>,
    /// Who is here: see [`Command::Tell`].
    pub(super) present: Vec<Present>,
}

/// Somebody who is connected, and what they said and heard.
pub(super) struct Present {
    pub(super) role: Role,
    /// For how long they have been connected.
    pub(super) since: Duration,
    pub(super) spoken: u32,
    pub(super) heard: Vec<Heard>,
}

/// The way to a thread.
#[derive(Clone)]
pub(super) struct Driver {
    commands: Sender<Command>,
    waker: Arc<Waker>,
}

impl Driver {
    /// Starts a thread whose participants join `target` from the address `local`.
    pub(super) fn start(shared: Arc<Shared>, to: (Target, Options), local: IpAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        let (commands, inbox) = crossbeam_channel::bounded(QUEUE);
        let (events, mut news) = mpsc::channel(QUEUE);
        let driver = Self { commands, waker };
        let (way, runtime) = (driver.clone(), Handle::current());
        tokio::spawn(async move {
            while let Some((key, event)) = news.recv().await {
                if !way.send(Command::Signal(key, event)).await {
                    return;
                }
            }
        });
        let thread = Thread {
            shared,
            to,
            local,
            poll,
            inbox,
            events,
            runtime,
            seats: BTreeMap::new(),
            timers: BinaryHeap::new(),
            again: Vec::new(),
            told: Told::default(),
            out: Outbox::default(),
            asks: Vec::new(),
        };
        std::thread::Builder::new().name("load".into()).spawn(move || thread.run())?;
        Ok(driver)
    }

    /// Queues a command; waits while the queue is full. `false`: the thread has ended.
    pub(super) async fn send(&self, mut command: Command) -> bool {
        loop {
            match self.commands.try_send(command) {
                Ok(()) => return self.waker.wake().is_ok(),
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(back)) => {
                    command = back;
                    let _ = self.waker.wake();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
    }

    /// Ends the thread.
    pub(super) fn end(&self) {
        let _ = self.commands.try_send(Command::End); // its queue is full: the process ends before it is empty
        let _ = self.waker.wake();
    }

    /// Asks for the figures.
    pub(super) async fn tell(&self, whole: bool) -> Option<Told> {
        let (answer, told) = oneshot::channel();
        self.send(Command::Tell(whole, answer)).await;
        told.await.ok()
    }
}

struct Seat {
    participant: Participant,
    udp: UdpSocket,
    websocket: Option<Socket>,
    /// When a timer wakes it.
    due: Option<Instant>,
}

struct Thread {
    shared: Arc<Shared>,
    to: (Target, Options),
    local: IpAddr,
    poll: Poll,
    inbox: Receiver<Command>,
    events: mpsc::Sender<((u32, u32), SocketEvent)>,
    runtime: Handle,
    seats: BTreeMap<u32, Seat>,
    /// Earliest first; those that a seat no longer waits for are skipped.
    timers: BinaryHeap<Reverse<(Instant, u32)>>,
    /// Whose sockets may hold more: the poll says it only once.
    again: Vec<u32>,
    told: Told,
    out: Outbox,
    asks: Vec<Ask>,
}

impl Thread {
    fn run(mut self) {
        let runtime = self.runtime.clone();
        let _entered = runtime.enter();
        let mut events = Events::with_capacity(1024);
        loop {
            let next = self.timers.peek().map_or(IDLE, |Reverse((at, _))| at.saturating_duration_since(Instant::now()));
            let next = if self.again.is_empty() { next } else { Duration::ZERO };
            // Interrupted: the loop looks at everything anyway.
            let _ = self.poll.poll(&mut events, Some(next.min(IDLE)));
            for id in std::mem::take(&mut self.again) {
                self.receive(id);
            }
            for event in &events {
                if let Ok(id) = u32::try_from(event.token().0) {
                    self.receive(id);
                }
            }
            for _ in 0..QUEUE {
                match self.inbox.try_recv() {
                    Ok(Command::End) => return,
                    Ok(command) => self.command(command),
                    Err(crossbeam_channel::TryRecvError::Empty) => break,
                    Err(crossbeam_channel::TryRecvError::Disconnected) => return,
                }
            }
            let now = Instant::now();
            while let Some(&Reverse((at, id))) = self.timers.peek() {
                if at > now {
                    break;
                }
                self.timers.pop();
                if self.seats.get(&id).is_some_and(|s| s.due == Some(at)) {
                    self.step(id, |participant, step| participant.tick(step));
                }
            }
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Join(role, token) => {
                if let Err(e) = self.join(role, token) {
                    let text = format!("no UDP socket can be opened ({e}); raise the limit of open files");
                    self.failed(text, crate::exit::Exit::Other);
                }
            }
            Command::Leave(id) => self.step(id, |participant, step| participant.leave(step)),
            Command::Hush => self.seats.values_mut().for_each(|s| s.participant.hush()),
            Command::LeaveAll => {
                for id in self.seats.keys().copied().collect::<Vec<_>>() {
                    self.step(id, |participant, step| participant.leave(step));
                }
            }
            Command::Tell(whole, answer) => {
                let _ = answer.send(self.tell(whole)); // who asked may have given up
            }
            Command::Signal((id, generation), event) => {
                let input = match event {
                    SocketEvent::Opened => Input::Opened(generation),
                    SocketEvent::Said(message) => Input::Signal(generation, message),
                    SocketEvent::Lost(why) => Input::Lost(generation, why),
                };
                self.step(id, |participant, step| participant.signal(step, input));
            }
            Command::End => {}
        }
    }

    fn join(&mut self, role: Role, token: Zeroizing<String>) -> io::Result<()> {
        let mut udp = UdpSocket::bind(SocketAddr::new(self.local, 0))?;
        self.poll.registry().register(&mut udp, Token(role.id as usize), Interest::READABLE)?;
        let address = udp.local_addr()?;
        let mut step = Step {
            now: Instant::now(),
            shared: &self.shared,
            out: &mut self.out,
            asks: &mut self.asks,
            tally: &mut self.told.tally,
        };
        let participant = Participant::new(role, address, token, &mut step);
        self.seats.insert(role.id, Seat { participant, udp, websocket: None, due: None });
        self.step(role.id, |_, _| {});
        Ok(())
    }

    /// Reads what came to a participant's socket.
    fn receive(&mut self, id: u32) {
        let mut buffer = [0; DATAGRAM];
        for _ in 0..BURST {
            let Some(seat) = self.seats.get(&id) else { return };
            match seat.udp.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let Some(datagram) = buffer.get_mut(..length) else { return };
                    self.step(id, |participant, step| participant.datagram(step, from, datagram));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {} // an ICMP error of some earlier datagram
            }
        }
        self.again.push(id);
    }

    /// Gives a participant something, and does what it wants.
    fn step(&mut self, id: u32, input: impl FnOnce(&mut Participant, &mut Step<'_>)) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let mut step = Step {
            now: Instant::now(),
            shared: &self.shared,
            out: &mut self.out,
            asks: &mut self.asks,
            tally: &mut self.told.tally,
        };
        input(&mut seat.participant, &mut step);
        for (to, datagram) in self.out.iter() {
            let _ = seat.udp.send_to(datagram, to.address()); // what cannot be sent is lost, as in any network
        }
        self.out.clear();
        for ask in self.asks.drain(..) {
            match ask {
                Ask::Dial { generation, path, token } => {
                    let to = socket::to(self.to.clone(), path, token);
                    seat.websocket = Some(Socket::open(to, (id, generation), self.events.clone()));
                }
                Ask::HangUp => seat.websocket = None,
                Ask::Send(request) => {
                    if let Some(socket) = &seat.websocket {
                        socket.send(*request);
                    }
                }
                Ask::Close => {
                    if let Some(socket) = seat.websocket.take() {
                        self.runtime.spawn(socket.close());
                    }
                }
            }
        }
        if seat.participant.is_closed() {
            seat.participant.fold(&mut self.told.tally);
            let failure = seat.participant.failure().filter(|f| f.exit != crate::exit::Exit::Ok).cloned();
            let _ = self.poll.registry().deregister(&mut seat.udp);
            self.seats.remove(&id);
            if let Some(failure) = failure {
                self.failed(failure.text, failure.exit);
            }
            return;
        }
        let due = seat.participant.deadline();
        if due != seat.due {
            seat.due = due;
            self.timers.extend(due.map(|at| Reverse((at, id))));
        }
    }

    fn failed(&mut self, reason: String, exit: crate::exit::Exit) {
        let known = self.told.failures.len() < MAX_REASONS || self.told.failures.contains_key(&reason);
        let reason = if known { reason } else { "other reasons".to_owned() };
        self.told.failures.entry(reason).or_insert((0, exit)).0 += 1;
    }

    fn tell(&self, whole: bool) -> Told {
        let mut told = Told { tally: self.told.tally.clone(), failures: self.told.failures.clone(), ..Told::default() };
        for seat in self.seats.values() {
            seat.participant.fold(&mut told.tally);
            let Some(at) = seat.participant.connected() else {
                told.joining += 1;
                continue;
            };
            told.connected += 1;
            if whole {
                let (participant, since) = (&seat.participant, at.elapsed());
                let heard = participant.heard().to_vec();
                told.present.push(Present { role: participant.role, since, spoken: participant.spoken(), heard });
            }
        }
        told
    }
}
