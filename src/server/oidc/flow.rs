//! Sign-ins that wait for somebody in front of a browser (RFC 8628 sections 3.3 to 3.5): how many, how long, and when the provider
//! may be asked again. Sans-IO.
//!
//! A client holds a ticket and asks us; the provider's device code stays here. However often the client asks, the provider is asked
//! no more often than it wants.

use crate::server::edge::stream::subscriber;
use crate::server::secret::{self, Hash};
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Sign-ins that wait at a time.
const MAX_WAITING: usize = 512;
/// Of them, from one network (IPv4 address, IPv6 /64): a whole office may be behind it.
const MAX_OF_NETWORK: usize = 64;
/// The longest that one waits, whatever the provider says.
pub const LONGEST: Duration = Duration::from_secs(900);
/// How often the provider is asked if it does not say (RFC 8628 section 3.2), and how much slower when it says so (3.5).
const STEP: Duration = Duration::from_secs(5);
/// The slowest.
const SLOWEST: Duration = Duration::from_secs(60);
/// The fastest.
const FASTEST: Duration = Duration::from_secs(1);
/// How long an answer of the provider's may take before it is asked again, should whoever asked be gone.
const ANSWER: Duration = Duration::from_secs(20);

/// What the provider needs to be asked again, and what its answer is held against.
#[derive(Clone)]
pub struct Asked {
    /// The provider's name for this sign-in; a secret.
    pub device_code: Zeroizing<String>,
    /// Ours.
    pub nonce: Zeroizing<String>,
    /// What the user calls the device.
    pub device: String,
}

struct Flow {
    network: IpAddr,
    asked: Asked,
    ends: Instant,
    interval: Duration,
    next: Instant,
}

/// What is to be done when a client asks.
pub enum Turn {
    /// Ask the provider, and say what it says ([`Flows::heard`]).
    Ask(Asked),
    /// Nothing yet; the client may ask again then.
    Wait(Duration),
    /// There is no such sign-in (any more).
    Gone,
}

/// What the provider said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Nobody has signed in yet.
    Pending,
    /// Not so fast.
    SlowDown,
    /// Nothing: it cannot be reached.
    Nothing,
    /// The last word, whatever it is.
    Over,
}

/// No more can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// All of them, by the hash of their ticket.
#[derive(Default)]
pub struct Flows(HashMap<Vec<u8>, Flow>);

impl std::fmt::Debug for Flows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Flows({})", self.0.len())
    }
}

fn key(ticket: &str) -> Vec<u8> {
    Hash::of(ticket).bytes().to_vec()
}

impl Flows {
    /// Whether one more from this address may wait.
    pub fn room(&mut self, now: Instant, address: IpAddr) -> Result<(), Full> {
        self.0.retain(|_, flow| now < flow.ends);
        let of = subscriber(address);
        let theirs = self.0.values().filter(|flow| flow.network == of).count();
        if self.0.len() < MAX_WAITING && theirs < MAX_OF_NETWORK { Ok(()) } else { Err(Full) }
    }

    /// One that waits from now on, as long as the provider says and no longer than [`LONGEST`]: its ticket, how long, and when the
    /// client may ask.
    pub fn begin(
        &mut self,
        now: Instant,
        address: IpAddr,
        asked: Asked,
        lasts: Duration,
        interval: Option<Duration>,
    ) -> Result<(Zeroizing<String>, Duration, Duration), Full> {
        self.room(now, address)?;
        let lasts = lasts.min(LONGEST);
        let interval = interval.unwrap_or(STEP).clamp(FASTEST, SLOWEST);
        let ticket = secret::fresh();
        let flow = Flow { network: subscriber(address), asked, ends: now + lasts, interval, next: now + interval };
        self.0.insert(key(&ticket), flow);
        Ok((ticket, lasts, interval))
    }

    /// A client asks.
    pub fn turn(&mut self, now: Instant, ticket: &str) -> Turn {
        match self.0.get_mut(&key(ticket)).filter(|flow| now < flow.ends) {
            None => Turn::Gone,
            Some(flow) if now < flow.next => Turn::Wait(flow.next - now),
            Some(flow) => {
                flow.next = now + ANSWER;
                Turn::Ask(flow.asked.clone())
            }
        }
    }

    /// The provider has answered: when the client may ask again; `None`: never.
    pub fn heard(&mut self, now: Instant, ticket: &str, heard: Heard) -> Option<Duration> {
        if heard == Heard::Over {
            self.0.remove(&key(ticket));
            return None;
        }
        let flow = self.0.get_mut(&key(ticket)).filter(|flow| now < flow.ends)?;
        flow.interval = match heard {
            Heard::SlowDown => flow.interval + STEP,
            // RFC 8628 section 3.5 asks for it.
            Heard::Nothing => flow.interval * 2,
            Heard::Pending | Heard::Over => flow.interval,
        }
        .min(SLOWEST);
        flow.next = now + flow.interval;
        Some(flow.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked { device_code: Zeroizing::new("d".into()), nonce: Zeroizing::new("n".into()), device: "laptop".into() }
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn address(n: u16) -> IpAddr {
        IpAddr::from([0x2001, 0xdb8, 0, n, 0, 0, 0, 1])
    }

    #[test]
    fn the_provider_is_asked_no_more_often_than_it_wants_however_often_a_client_asks() {
        let (mut flows, start) = (Flows::default(), Instant::now());
        let (ticket, lasts, interval) = flows.begin(start, address(1), asked(), 600 * SECOND, None).unwrap();
        assert_eq!((lasts, interval), (600 * SECOND, 5 * SECOND));
        let mut times = Vec::new();
        for tenth in 0..600u32 {
            let now = start + tenth * SECOND / 10;
            if let Turn::Ask(_) = flows.turn(now, &ticket) {
                // The provider wants it slower at first; then it is away for a moment.
                let heard = [Heard::SlowDown, Heard::Pending, Heard::Nothing].get(times.len()).copied().unwrap_or(Heard::Pending);
                flows.heard(now, &ticket, heard);
                times.push(tenth / 10);
            }
        }
        assert_eq!(times, [5, 15, 25, 45]);
        assert!(matches!(flows.turn(start, "guess"), Turn::Gone));
        assert_eq!(flows.heard(start, &ticket, Heard::Over), None);
        assert!(matches!(flows.turn(start + 100 * SECOND, &ticket), Turn::Gone), "once");
    }

    #[test]
    fn two_requests_with_one_ticket_ask_once_and_one_that_was_lost_is_asked_again() {
        let (mut flows, start) = (Flows::default(), Instant::now());
        let (ticket, ..) = flows.begin(start, address(1), asked(), 600 * SECOND, Some(SECOND)).unwrap();
        assert!(matches!(flows.turn(start + SECOND, &ticket), Turn::Ask(_)));
        assert!(matches!(flows.turn(start + 2 * SECOND, &ticket), Turn::Wait(_)));
        assert!(matches!(flows.turn(start + SECOND + ANSWER, &ticket), Turn::Ask(_)));
    }

    #[test]
    fn what_waits_is_bounded_for_each_network_in_all_and_in_time() {
        let (mut flows, now) = (Flows::default(), Instant::now());
        let mut begin = |at: Instant, n: u16| flows.begin(at, address(n), asked(), 9999 * SECOND, Some(999 * SECOND));
        let (_, lasts, interval) = begin(now, 0).unwrap();
        assert_eq!((lasts, interval), (LONGEST, SLOWEST), "whatever the provider says");
        assert_eq!((0..200).filter(|_| begin(now, 0).is_ok()).count(), MAX_OF_NETWORK - 1);
        assert_eq!((1..1000).filter(|n| begin(now, *n).is_ok()).count(), MAX_WAITING - MAX_OF_NETWORK);
        assert!(begin(now + LONGEST, 0).is_ok(), "old ones go");
    }
}
