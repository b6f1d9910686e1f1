//! What makes "muted" true: no packet of our microphone enters the kernel after [`MuteGate::close`] has returned.
//!
//! Sound that was captured before the microphone was closed may still wait in a queue, in the encryption, in the `webrtc`
//! crate's driver, or be sent again because a receiver missed it. So the last place that a packet passes, the socket, asks
//! here, and who closes waits until nobody is passing: at most one system call that does not block. Only then may an
//! interface say that the microphone is closed.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Held by the socket while one packet of the microphone passes.
#[derive(Debug)]
pub struct Pass<'a>(#[allow(dead_code, reason = "held, and never read")] RwLockReadGuard<'a, bool>);

#[derive(Debug)]
struct Inner {
    open: RwLock<bool>,
    passed: AtomicU64,
    held: AtomicU64,
}

/// A gate before our own voice, shared by who decides (the call) and who sends (the transport). Cheap to clone.
#[derive(Debug, Clone)]
pub struct MuteGate(Arc<Inner>);

impl Default for MuteGate {
    /// Open: whoever sends without a call that decides decides by what it sends.
    fn default() -> Self {
        Self(Arc::new(Inner { open: RwLock::new(true), passed: AtomicU64::new(0), held: AtomicU64::new(0) }))
    }
}

impl MuteGate {
    /// Nothing passes from now on, nor is anything passing any more when this returns.
    pub fn close(&self) {
        self.set(false);
    }

    /// What is sent passes again.
    pub fn open(&self) {
        self.set(true);
    }

    /// Whether packets pass.
    pub fn is_open(&self) -> bool {
        *self.0.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one packet of the microphone through, until the pass is dropped; `None`: it must not leave.
    pub fn pass(&self) -> Option<Pass<'_>> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        if *open {
            self.0.passed.fetch_add(1, Relaxed);
            Some(Pass(open))
        } else {
            self.0.held.fetch_add(1, Relaxed);
            None
        }
    }

    /// How many packets passed, and how many were held back.
    pub fn counts(&self) -> (u64, u64) {
        (self.0.passed.load(Relaxed), self.0.held.load(Relaxed))
    }

    fn set(&self, open: bool) {
        *self.0.open.write().unwrap_or_else(PoisonError::into_inner) = open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    #[test]
    fn nobody_who_passes_ever_sees_a_call_that_says_muted() {
        const TURNS: usize = 2_000;
        let (gate, says_muted, over) = (MuteGate::default(), AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let senders: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut lies = 0;
                        while !over.load(SeqCst) {
                            if let Some(_pass) = gate.pass() {
                                // Where the packet enters the kernel.
                                lies += u64::from(says_muted.load(SeqCst));
                                std::hint::spin_loop();
                                lies += u64::from(says_muted.load(SeqCst));
                            }
                        }
                        lies
                    })
                })
                .collect();
            for _ in 0..TURNS {
                gate.close();
                says_muted.store(true, SeqCst);
                says_muted.store(false, SeqCst);
                gate.open();
            }
            over.store(true, SeqCst);
            assert_eq!(senders.into_iter().map(|s| s.join().unwrap()).sum::<u64>(), 0);
        });
    }

    #[test]
    fn what_is_held_back_is_counted() {
        let gate = MuteGate::default();
        assert!(gate.pass().is_some());
        gate.close();
        assert!(gate.pass().is_none() && gate.pass().is_none() && !gate.is_open());
        assert_eq!(gate.counts(), (1, 2));
    }
}
