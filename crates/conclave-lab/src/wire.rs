//! A userspace wire between two network namespaces, for whole processes: the kernel of a test machine often has no netem.
//!
//! What one side sends comes out at the other, late, twice or never, as an [`Impairment`](crate::network::Impairment) on the
//! real clock says; the same one that serves virtual time. IP packets of any kind are meant: signalling suffers as media does.

mod firewall;
mod namespace;

pub use firewall::Rules;
pub use namespace::{Interface, Namespace};

use firewall::Firewall;

use crate::network::{Link, Phase, Tally};
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The address of the left end.
pub const LEFT: Ipv4Addr = Ipv4Addr::new(10, 71, 0, 1);
/// The address of the right end.
pub const RIGHT: Ipv4Addr = Ipv4Addr::new(10, 71, 0, 2);
/// The longest IP packet.
const LONGEST: usize = 65_536;

/// A running wire. Dropped, it ends, and the namespaces with it as soon as nothing runs in them.
#[derive(Debug)]
pub struct Wire {
    /// The namespace with [`LEFT`].
    pub left: Namespace,
    /// The namespace with [`RIGHT`].
    pub right: Namespace,
    orders: Sender<Order>,
    /// One byte wakes the thread; its end ends it.
    bell: UnixStream,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What the thread is told.
enum Order {
    /// These conditions, from a time on: the left's packets, then the right's.
    Conditions { phases: [Vec<Phase>; 2], seed: u64, start: Instant },
    /// Only this passes from now on.
    Firewall(Rules),
    /// What happened since the last conditions.
    Tally(Sender<[Tally; 2]>),
}

impl Wire {
    /// Makes two namespaces and a perfect wire between them. `Err`: why that cannot be had here.
    pub fn start() -> Result<Self, String> {
        if !crate::has("ip") {
            return Err("iproute2 is not installed".into());
        }
        let (left, right) = (Namespace::new()?, Namespace::new()?);
        let ends = [left.interface("eth0")?, right.interface("eth0")?];
        for (namespace, own, peer) in [(&left, LEFT, RIGHT), (&right, RIGHT, LEFT)] {
            namespace.ip("link set eth0 addrgenmode none")?;
            namespace.ip(&format!("addr add {own} peer {peer} dev eth0"))?;
            namespace.ip("link set eth0 up")?;
            namespace.ip("route add default dev eth0")?;
        }
        let (orders, inbox) = channel();
        let (bell, rings) = UnixStream::pair().map_err(|e| e.to_string())?;
        rings.set_nonblocking(true).map_err(|e| e.to_string())?;
        let run = move || run(ends, &inbox, rings);
        let thread = std::thread::Builder::new().name("wire".into()).spawn(run).map_err(|e| e.to_string())?;
        Ok(Self { left, right, orders, bell, thread: Some(thread) })
    }

    /// Both directions under these conditions from now on, each with its own random numbers from the seed. What is under way
    /// arrives at once.
    pub fn impair(&self, phases: &[Phase], seed: u64) {
        self.tell(Order::Conditions { phases: [phases.to_vec(), phases.to_vec()], seed, start: Instant::now() });
    }

    /// Only this passes from now on, in both directions.
    pub fn firewall(&self, rules: Rules) {
        self.tell(Order::Firewall(rules));
    }

    /// A perfect wire again.
    pub fn clear(&self) {
        self.impair(&[], 0);
    }

    /// What happened since the conditions began: to what the left sent, and to what the right sent.
    pub fn tally(&self) -> [Tally; 2] {
        let (answer, tally) = channel();
        self.tell(Order::Tally(answer));
        tally.recv_timeout(Duration::from_secs(5)).expect("the wire answers")
    }

    fn tell(&self, order: Order) {
        self.orders.send(order).expect("the wire runs");
        (&self.bell).write_all(&[1]).expect("the wire runs");
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = self.bell.shutdown(std::net::Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Carries packets until the bell is gone.
fn run(mut ends: [Interface; 2], inbox: &Receiver<Order>, mut rings: UnixStream) {
    let perfect = || Link::<Vec<u8>>::new(&[], 0, Instant::now());
    let mut links = [perfect(), perfect()];
    let mut wall = Firewall::default();
    let mut buffer = vec![0; LONGEST];
    loop {
        let now = Instant::now();
        let due = links.iter().filter_map(Link::deadline).min();
        let wait = due.map(|at| TimeSpec::from_duration(at.saturating_duration_since(now)));
        let [left, right] = &ends;
        let mut watched = [left.as_fd(), right.as_fd(), rings.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        // An interruption by a signal only makes for an early turn.
        let _ = ppoll(&mut watched, wait, None);
        match rings.read(&mut [0; 64]) {
            Ok(0) => return,
            Ok(_) => inbox.try_iter().for_each(|order| obey(order, &mut links, &mut ends, &mut wall)),
            Err(_) => {}
        }
        for (from, link) in links.iter_mut().enumerate() {
            while let Some(n) = ends[from].read(&mut buffer) {
                if wall.passes(&buffer[..n]) {
                    link.send(Instant::now(), n, buffer[..n].to_vec());
                }
            }
            while let Some((_, packet)) = link.poll(Instant::now()) {
                ends[1 - from].write(&packet);
            }
        }
    }
}

fn obey(order: Order, links: &mut [Link<Vec<u8>>; 2], ends: &mut [Interface; 2], wall: &mut Firewall) {
    match order {
        Order::Firewall(rules) => *wall = Firewall::new(rules),
        Order::Conditions { phases, seed, start } => {
            for (from, (link, phases)) in links.iter_mut().zip(phases).enumerate() {
                while let Some((_, packet)) = link.deadline().and_then(|at| link.poll(at)) {
                    ends[1 - from].write(&packet);
                }
                *link = Link::new(&phases, seed.wrapping_mul(2).wrapping_add(from as u64), start);
            }
        }
        Order::Tally(answer) => {
            let _ = answer.send([links[0].tally(), links[1].tally()]);
        }
    }
}

#[cfg(test)]
mod tests;
