//! The thread around a core: a socket, a queue of commands, and datagrams handed over by the other threads.

use super::SfuEvent;
use super::batch::{Came, DATAGRAM, Receive, Transmit};
use super::core::{Command, Core, Taken};
use super::outbox::Outbox;
use super::streams::Streams;
use super::tally::Published;
use super::way::Way;
use crate::server::media::turn::Turn;
use crate::server::media::turn::relay::{self, Taken as Turned};
use crossbeam_channel::{Receiver, Sender};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::UdpSocket;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Commands that may wait for one thread.
pub(crate) const COMMANDS: usize = 8192;
/// Of these, the part that data channel messages may take: a flood of them must not cost the command that removes somebody.
const DATA_COMMANDS: usize = COMMANDS / 2;
/// Handed-over datagrams that may wait for one thread.
const HANDED: usize = 256;
/// Events that wait for a full channel.
const EVENTS: usize = 4096;
/// Data channel messages that may be among them.
const MESSAGES: usize = 256;
/// Batches of datagrams taken before the queues are served again.
const BURSTS: usize = 2;
/// Timer resolution while somebody is here.
const TICK: Duration = Duration::from_millis(50);
/// The longest sleep.
const IDLE: Duration = Duration::from_secs(1);

/// A datagram for another thread. It lives in the channel's own memory.
struct Handed {
    from: Way,
    length: usize,
    bytes: [u8; DATAGRAM],
}

/// Wakes a thread from its wait; many calls cost one.
#[derive(Clone)]
struct Waker {
    pending: Arc<AtomicBool>,
    pipe: Arc<UnixStream>,
}

impl Waker {
    fn wake(&self) {
        if !self.pending.swap(true, Ordering::AcqRel) {
            let _ = (&*self.pipe).write(&[1]); // full: it is awake anyway
        }
    }
}

/// The way to a thread.
#[derive(Clone)]
pub(crate) struct Mailbox {
    /// In boxes: the queue's places are there from the start, and a command is large.
    commands: Sender<Box<Command>>,
    handed: Sender<Handed>,
    waker: Waker,
}

impl Mailbox {
    /// Queues a command; `false` if the queue is full (for a data channel message: half full) or the thread gone.
    pub(crate) fn send(&self, command: Command) -> bool {
        if matches!(command, Command::SendData { .. }) && self.commands.len() >= DATA_COMMANDS {
            return false;
        }
        let sent = self.commands.try_send(Box::new(command)).is_ok();
        self.waker.wake();
        sent
    }

    /// Has the thread look around.
    pub(crate) fn wake(&self) {
        self.waker.wake();
    }

    /// Gives it a datagram; one that it has no room for is dropped.
    pub(crate) fn hand_over(&self, from: Way, datagram: &[u8]) {
        let mut bytes = [0; DATAGRAM];
        let length = datagram.len().min(DATAGRAM);
        bytes.iter_mut().zip(datagram).for_each(|(b, d)| *b = *d);
        if self.handed.try_send(Handed { from, length, bytes }).is_ok() {
            self.waker.wake();
        }
    }
}

/// What a thread receives.
pub(crate) struct Inbox {
    commands: Receiver<Box<Command>>,
    handed: Receiver<Handed>,
    pending: Arc<AtomicBool>,
    pipe: UnixStream,
}

impl Inbox {
    /// Takes the wake-ups back, before the queues are looked at. The pipe is emptied first: the other way round, the byte of
    /// a wake-up in between would be lost while `pending` says that it is still to come, and nobody would wake us again.
    fn awake(&self) {
        while (&self.pipe).read(&mut [0; 64]).is_ok_and(|n| n == 64) {}
        self.pending.swap(false, Ordering::AcqRel);
    }
}

/// A mailbox and the inbox behind it.
pub(crate) fn mailbox() -> std::io::Result<(Mailbox, Inbox)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    theirs.set_nonblocking(true)?;
    let (command_tx, commands) = crossbeam_channel::bounded(COMMANDS);
    let (handed_tx, handed) = crossbeam_channel::bounded(HANDED);
    let pending = Arc::new(AtomicBool::new(false));
    let waker = Waker { pending: pending.clone(), pipe: Arc::new(ours) };
    Ok((Mailbox { commands: command_tx, handed: handed_tx, waker }, Inbox { commands, handed, pending, pipe: theirs }))
}

/// Events towards the signalling: never waits.
struct Events {
    sender: mpsc::Sender<SfuEvent>,
    waiting: VecDeque<SfuEvent>,
}

impl Events {
    fn send(&mut self, events: &mut Vec<SfuEvent>) {
        for event in events.drain(..) {
            match &event {
                SfuEvent::Level { track, .. } => {
                    // A newer level says it better.
                    self.waiting.retain(|e| !matches!(e, SfuEvent::Level { track: older, .. } if older == track));
                }
                SfuEvent::Data { .. } if self.waiting.len() >= MESSAGES => continue, // state matters more
                _ => {}
            }
            self.waiting.push_back(event);
            if self.waiting.len() > EVENTS {
                tracing::error!("nobody reads the forwarder's events; one is lost");
                self.waiting.pop_front();
            }
        }
        while let Some(event) = self.waiting.pop_front() {
            match self.sender.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => return self.waiting.push_front(event),
                Err(mpsc::error::TrySendError::Closed(_)) => return self.waiting.clear(),
            }
        }
    }
}

/// What a thread is given.
pub(crate) struct Ends {
    pub(crate) inbox: Inbox,
    /// All threads, this one included.
    pub(crate) others: Vec<Mailbox>,
    pub(crate) sender: mpsc::Sender<SfuEvent>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) tally: Arc<Published>,
    pub(crate) streams: Arc<Streams>,
    pub(crate) turn: Arc<OnceLock<Turn>>,
}

/// Runs a core until it is to stop.
pub(crate) fn run(mut core: Core, socket: UdpSocket, ends: Ends) {
    let Ends { inbox, others, sender, stop, tally, streams, turn } = ends;
    let mut out = Outbox::default();
    let mut transmit = Transmit::new(streams, turn.clone());
    let mut happened = Vec::new();
    let mut events = Events { sender, waiting: VecDeque::new() };
    let mut receive = Receive::new();
    let mut relayed = [0; DATAGRAM];
    let mut next_tick = Instant::now() + TICK;
    while !stop.load(Ordering::Acquire) {
        let until = core.ask_due().map_or(next_tick, |due| due.min(next_tick));
        wait(&socket, &inbox.pipe, if core.is_idle() { IDLE } else { until.saturating_duration_since(Instant::now()) });
        inbox.awake();
        let now = Instant::now();
        for _ in 0..COMMANDS {
            let Ok(command) = inbox.commands.try_recv() else { break };
            core.command(now, *command, &mut out, &mut happened);
        }
        for _ in 0..HANDED {
            let Ok(mut handed) = inbox.handed.try_recv() else { break };
            if let Some(datagram) = handed.bytes.get_mut(..handed.length) {
                core.datagram(now, handed.from, datagram, &mut out, &mut happened);
            }
            transmit.flush_if_full(&socket, &mut out);
        }
        for _ in 0..BURSTS {
            let came = receive.fill(&socket);
            while let Some((from, datagram)) = receive.next() {
                let (from, datagram) = match turn.get().filter(|_| relay::is_turn(datagram)) {
                    None => (Way::Udp(from), datagram),
                    Some(turn) => match turn.take(now, Way::Udp(from), datagram) {
                        Turned::Nothing => continue,
                        Turned::Answer(answer) => {
                            out.push(from, &answer);
                            transmit.flush_if_full(&socket, &mut out);
                            continue;
                        }
                        Turned::Relay(way, inner) => {
                            let Some(room) = relayed.get_mut(..inner.len()) else { continue };
                            room.copy_from_slice(inner);
                            (way, room)
                        }
                    },
                };
                if let Taken::Elsewhere(thread) = core.datagram(now, from, datagram, &mut out, &mut happened)
                    && let Some(other) = others.get(thread)
                {
                    other.hand_over(from, datagram);
                }
                transmit.flush_if_full(&socket, &mut out);
            }
            if came == Came::All {
                break;
            }
        }
        if core.ask_due().is_some_and(|due| now >= due) {
            core.ask(now, &mut out, &mut happened);
        }
        if now >= next_tick {
            core.tick(now, &mut out, &mut happened);
            next_tick = now + TICK;
        }
        transmit.flush(&socket, &mut out);
        tally.set(&out.tally);
        events.send(&mut happened);
    }
    core.shutdown(Instant::now(), &mut out, &mut happened);
    transmit.flush(&socket, &mut out);
    events.send(&mut happened);
}

fn wait(socket: &UdpSocket, pipe: &UnixStream, at_most: Duration) {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN), PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    // Rounded up: a wait of zero until the tick would spin.
    let milliseconds = u16::try_from(at_most.as_micros().div_ceil(1000)).unwrap_or(u16::MAX);
    let _ = poll(&mut fds, PollTimeout::from(milliseconds)); // interrupted: the loop looks at everything anyway
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::media::sfu::PeerKey;

    #[test]
    fn a_wake_up_while_the_inbox_awakes_is_not_lost() {
        let (mailbox, inbox) = mailbox().unwrap();
        let deadline = Instant::now() + Duration::from_millis(300);
        let sender = std::thread::spawn(move || {
            let mut sent = 0u64;
            while Instant::now() < deadline {
                sent += u64::from(mailbox.send(Command::RemovePeer { peer: PeerKey(sent) }));
            }
            (sent, mailbox)
        });
        let mut received = 0u64;
        let drain = |received: &mut u64| {
            let mut fds = [PollFd::new(inbox.pipe.as_fd(), PollFlags::POLLIN)];
            let woken = poll(&mut fds, PollTimeout::from(1000u16)).unwrap();
            inbox.awake();
            let before = *received;
            *received += inbox.commands.try_iter().count() as u64;
            assert!(woken > 0 || before == *received, "commands lay there and nobody woke the thread");
        };
        while Instant::now() < deadline {
            drain(&mut received);
        }
        let (sent, _mailbox) = sender.join().unwrap();
        drain(&mut received);
        assert_eq!(received, sent);
    }

    #[test]
    fn a_flood_of_data_leaves_room_for_what_must_be_done() {
        let (mailbox, _inbox) = mailbox().unwrap();
        let data = || Command::SendData { to: PeerKey(1), label: "_lossy".to_owned(), payload: bytes::Bytes::new() };
        while mailbox.send(data()) {}
        for _ in 0..COMMANDS - DATA_COMMANDS {
            assert!(mailbox.send(Command::RemovePeer { peer: PeerKey(1) }));
        }
    }
}
