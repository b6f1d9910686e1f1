//! The controlling ICE agent of one load participant: one socket, the server's candidates, the first pair that answers.

use crate::server::media::sfu::IceCredentials;
use crate::server::media::sfu::ice::{Request, answered, ask, respond};
use crate::server::media::sfu::outbox::Outbox;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// First pause between checks; it doubles up to the second.
const FIRST_CHECK: Duration = Duration::from_millis(50);
const SLOWEST_CHECK: Duration = Duration::from_millis(500);
/// How often consent is asked for anew (RFC 7675 section 5.1: every 5 s on average, at most).
const CONSENT: Duration = Duration::from_secs(4);
/// Silence after which the pair is lost.
const LOST_AFTER: Duration = Duration::from_secs(10);
/// The server's candidates that are tried.
const MAX_CANDIDATES: usize = 16;
/// Checks whose answers still count.
const MAX_CHECKS: usize = 32;

/// One generation of it: an ICE restart makes a new one.
pub(super) struct Agent {
    pub(super) ours: IceCredentials,
    theirs: Option<IceCredentials>,
    candidates: Vec<SocketAddr>,
    pair: Option<SocketAddr>,
    checks: Vec<([u8; 12], SocketAddr)>,
    next_check: Option<Instant>,
    pause: Duration,
    heard: Option<Instant>,
    tie_breaker: u64,
}

/// `N` letters that ICE allows (RFC 8839 section 5.4).
fn letters<const N: usize>() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    random::<N>().iter().filter_map(|b| ALPHABET.get(usize::from(b & 63)).map(|c| char::from(*c))).collect()
}

/// Random bytes. Nothing is secret in a load test: the system's random source failing makes it fail, not unsafe.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

impl Agent {
    pub(super) fn new() -> Self {
        Self {
            ours: IceCredentials { ufrag: letters::<8>(), pwd: letters::<24>() },
            theirs: None,
            candidates: Vec::new(),
            pair: None,
            checks: Vec::new(),
            next_check: None,
            pause: FIRST_CHECK,
            heard: None,
            tie_breaker: u64::from_be_bytes(random()),
        }
    }

    /// What an answer says of the server's side.
    pub(super) fn remote(&mut self, now: Instant, theirs: IceCredentials, candidates: &[SocketAddr]) {
        if self.theirs.as_ref() != Some(&theirs) {
            (self.theirs, self.next_check, self.pause) = (Some(theirs), Some(now), FIRST_CHECK);
        }
        candidates.iter().for_each(|c| self.candidate(now, *c));
    }

    /// One more candidate of the server; those of another address family are of no use.
    pub(super) fn candidate(&mut self, now: Instant, address: SocketAddr) {
        if self.candidates.len() < MAX_CANDIDATES && !self.candidates.contains(&address) {
            self.candidates.push(address);
            if self.pair.is_none() && self.theirs.is_some() {
                self.next_check = Some(now);
            }
        }
    }

    /// Where media goes.
    pub(super) fn pair(&self) -> Option<SocketAddr> {
        self.pair
    }

    /// The pair worked, and nothing has answered on it for long.
    pub(super) fn lost(&self, now: Instant) -> bool {
        self.heard.is_some_and(|at| now.saturating_duration_since(at) >= LOST_AFTER)
    }

    /// When [`Agent::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next_check
    }

    /// Sends the checks that are due.
    pub(super) fn tick(&mut self, now: Instant, out: &mut Outbox) {
        let Some(theirs) = self.theirs.clone().filter(|_| self.next_check.is_some_and(|at| at <= now)) else { return };
        let to = match self.pair {
            Some(pair) => vec![pair],
            None => self.candidates.clone(),
        };
        for address in to {
            let transaction = random();
            out.write(address, |bytes, _| {
                ask(&theirs, &self.ours, (transaction, self.tie_breaker), true, bytes);
                true
            });
            self.checks.push((transaction, address));
        }
        let old = self.checks.len().saturating_sub(MAX_CHECKS);
        self.checks.drain(..old);
        self.next_check = Some(now + if self.pair.is_some() { CONSENT } else { self.pause });
        self.pause = (self.pause * 2).min(SLOWEST_CHECK);
    }

    /// Takes a STUN message: answers a full agent's check, or learns that one of ours was answered. True: it was.
    pub(super) fn stun(&mut self, now: Instant, from: SocketAddr, message: &[u8], out: &mut Outbox) -> bool {
        let Some(theirs) = &self.theirs else { return false };
        if let Some(request) = Request::parse(message) {
            if request.authentic(&self.ours, theirs) {
                out.write(from, |bytes, _| {
                    respond(message, &self.ours.pwd, from, bytes);
                    true
                });
                self.candidate(now, from);
            }
            return false;
        }
        let Some(transaction) = answered(message, &theirs.pwd) else { return false };
        let Some(at) = self.checks.iter().position(|(t, to)| *t == transaction && *to == from) else { return false };
        self.checks.swap_remove(at);
        self.heard = Some(now);
        if self.pair.is_none() {
            (self.pair, self.next_check) = (Some(from), Some(now + CONSENT));
        }
        true
    }
}
