//! How often a password or a code may be tried, and a room be joined: per account and per network, in fixed memory.

use crate::server::edge::stream::subscriber;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Slots of each table. Two keys that fall into one share its budget; which ones do, nobody outside can know.
const SLOTS: usize = 4096;
/// An account: ten tries at once, then one every 30 seconds.
const ACCOUNT: Rate = Rate { burst: 10, every: Duration::from_secs(30) };
/// Codes of a second factor, by somebody who knows the password: five at once, then one every five minutes. Of a million codes
/// three are right at a time, so that a day of guessing succeeds once in a thousand.
const CODES: Rate = Rate { burst: 5, every: Duration::from_secs(300) };
/// A network: twenty tries at once, then one every ten seconds.
const NETWORK: Rate = Rate { burst: 20, every: Duration::from_secs(10) };
/// Joins from a network: a whole room of 500 at once, as after a restart of the server behind one address, then 50 a second.
const JOINS: Rate = Rate { burst: 500, every: Duration::from_millis(20) };

/// Sign-ins that a network begins at an OpenID provider: each is a request to it. Thirty at once, then one every two seconds.
const SIGN_INS: Rate = Rate { burst: 30, every: Duration::from_secs(2) };

#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u32,
    every: Duration,
}

/// A table of budgets; each slot says when it is whole again (the generic cell rate algorithm).
#[derive(Debug)]
struct Table {
    rate: Rate,
    whole: Vec<Option<Instant>>,
}

impl Table {
    fn new(rate: Rate) -> Self {
        Self { rate, whole: vec![None; SLOTS] }
    }

    fn slot(&mut self, hash: u64) -> Option<&mut Option<Instant>> {
        self.whole.get_mut(usize::try_from(hash % SLOTS as u64).unwrap_or(0))
    }

    /// Takes one try, or says how long to wait.
    fn take(&mut self, hash: u64, now: Instant) -> Result<(), Duration> {
        let rate = self.rate;
        let Some(slot) = self.slot(hash) else { return Ok(()) };
        let whole = slot.map_or(now, |w| w.max(now));
        let latest = now + rate.every * (rate.burst - 1);
        if whole > latest {
            return Err(whole - latest);
        }
        *slot = Some(whole + rate.every);
        Ok(())
    }

    /// Whether there is a try, or how long to wait.
    fn ready(&mut self, hash: u64, now: Instant) -> Result<(), Duration> {
        let rate = self.rate;
        let whole = self.slot(hash).and_then(|slot| *slot).map_or(now, |w| w.max(now));
        let latest = now + rate.every * (rate.burst - 1);
        if whole > latest { Err(whole - latest) } else { Ok(()) }
    }

    fn give_back(&mut self, hash: u64) {
        let every = self.rate.every;
        if let Some(Some(whole)) = self.slot(hash) {
            *whole = whole.checked_sub(every).unwrap_or(*whole);
        }
    }
}

/// The budgets of all accounts and networks.
#[derive(Debug)]
pub(super) struct Throttle {
    accounts: Table,
    codes: Table,
    networks: Table,
    sign_ins: Table,
    hasher: RandomState,
}

impl Default for Throttle {
    fn default() -> Self {
        let (accounts, codes, networks) = (Table::new(ACCOUNT), Table::new(CODES), Table::new(NETWORK));
        Self { accounts, codes, networks, sign_ins: Table::new(SIGN_INS), hasher: RandomState::new() }
    }
}

impl Throttle {
    fn hash(&self, key: impl Hash) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Takes one try of this name from this address, or says how long to wait. Unknown names are treated as known ones.
    pub(super) fn take(&mut self, name: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let (account, network) = (self.hash(name), self.hash(subscriber(address)));
        self.networks.take(network, now)?;
        self.accounts.take(account, now)
    }

    /// Whether this address has a try left, for something that right ones cost nothing; or how long to wait.
    pub(super) fn has_try(&mut self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let network = self.hash(subscriber(address));
        self.networks.ready(network, now)
    }

    /// The try was wrong: it costs one.
    pub(super) fn charge(&mut self, address: IpAddr, now: Instant) {
        let network = self.hash(subscriber(address));
        // Others that were looked at meanwhile may have cost the last one.
        let _ = self.networks.take(network, now);
    }

    /// [`Throttle::take`] for a code of an account, by its id.
    pub(super) fn take_code(&mut self, account: &str, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let (account, network) = (self.hash(account), self.hash(subscriber(address)));
        self.networks.take(network, now)?;
        self.codes.take(account, now)
    }

    /// Begins a sign-in from this address, or says how long to wait.
    pub(super) fn take_sign_in(&mut self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let network = self.hash(subscriber(address));
        self.sign_ins.take(network, now)
    }

    /// The code was right: it costs nothing.
    pub(super) fn give_code_back(&mut self, account: &str, address: IpAddr) {
        let (account, network) = (self.hash(account), self.hash(subscriber(address)));
        self.networks.give_back(network);
        self.codes.give_back(account);
    }

    /// The try was right: it costs nothing.
    pub(super) fn give_back(&mut self, name: &str, address: IpAddr) {
        let (account, network) = (self.hash(name), self.hash(subscriber(address)));
        self.networks.give_back(network);
        self.accounts.give_back(account);
    }
}

/// The budgets of those who want to join a room.
#[derive(Debug)]
pub(super) struct Joins {
    networks: Table,
    hasher: RandomState,
}

impl Default for Joins {
    fn default() -> Self {
        Self { networks: Table::new(JOINS), hasher: RandomState::new() }
    }
}

impl Joins {
    /// Takes one join from this address, or says how long to wait.
    pub(super) fn take(&mut self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let network = self.hasher.hash_one(subscriber(address));
        self.networks.take(network, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_joins_is_held_up_and_a_full_room_is_not() {
        let (mut joins, now) = (Joins::default(), Instant::now());
        let at = |n: u8| IpAddr::from([192, 0, 2, n]);
        assert_eq!((0..2000).filter(|_| joins.take(at(1), now).is_ok()).count(), 500);
        let wait = joins.take(at(1), now).unwrap_err();
        assert!(joins.take(at(1), now + wait).is_ok());
        assert_eq!((0..500).filter(|_| joins.take(at(1), now + Duration::from_secs(1)).is_ok()).count(), 49);
        assert!(joins.take(at(2), now).is_ok(), "another network waits for nobody");
    }

    #[test]
    fn guesses_are_bounded_by_account_and_by_network() {
        let (mut t, now) = (Throttle::default(), Instant::now());
        let at = |n: u8| IpAddr::from([192, 0, 2, n]);
        assert_eq!((0..100).filter(|n| t.take("anna", at(*n), now).is_ok()).count(), 10);
        assert!(t.take("anna", at(200), now + ACCOUNT.every).is_ok());
        assert!(t.take("anna", at(201), now + ACCOUNT.every).is_err());

        let mut t = Throttle::default();
        let v6 = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]);
        assert_eq!((0..100u16).filter(|n| t.take(&n.to_string(), v6(*n), now).is_ok()).count(), 20, "one /64 is one user");

        let mut t = Throttle::default();
        assert_eq!((0..100).filter(|n| t.take_code("anna", at(*n), now).is_ok()).count(), 5);
        assert!(t.take_code("anna", at(200), now + CODES.every).is_ok());
        assert!(t.take_code("anna", at(201), now + CODES.every).is_err());

        let mut t = Throttle::default();
        assert_eq!((0..100).filter(|_| t.take_sign_in(at(1), now).is_ok()).count(), 30);
        assert!(t.take_sign_in(at(1), now + SIGN_INS.every).is_ok() && t.take_sign_in(at(2), now).is_ok());
        assert!((0..100).all(|_| t.has_try(at(1), now).is_ok()), "right ones cost nothing");
        let wrong = |t: &mut Throttle| t.has_try(at(1), now).map(|()| t.charge(at(1), now));
        assert_eq!((0..100).filter(|_| wrong(&mut t).is_ok()).count(), 20);
        assert!(t.has_try(at(2), now).is_ok() && t.has_try(at(1), now + NETWORK.every).is_ok());

        let mut t = Throttle::default();
        for _ in 0..100 {
            t.take("anna", at(1), now).unwrap();
            t.give_back("anna", at(1));
            t.take_code("anna", at(1), now).unwrap();
            t.give_code_back("anna", at(1));
        }
    }
}
