//! No core dumps, no reading from outside, no swap where the system allows.
//!
//! There is no switch for it: what needs a core dump or a debugger is done as root.

use std::sync::OnceLock;

static REFUSED: OnceLock<Vec<String>> = OnceLock::new();

/// Applies all of it to this process. Never fails: see [`refused`].
pub fn apply() {
    #[allow(unused_mut, reason = "not every system has something to give up")]
    let mut refused = Vec::new();
    #[cfg(all(unix, any(feature = "client", feature = "server")))]
    {
        refused.extend(no_core_dumps());
        #[cfg(target_os = "linux")]
        refused.extend(no_swap().err());
    }
    // No log yet: it is said where somebody looks.
    let _ = REFUSED.set(refused);
}

/// What the system refused, as sentences; shown by `conclave whoami` and in the server's log.
pub fn refused() -> &'static [String] {
    REFUSED.get().map_or(&[], Vec::as_slice)
}

#[cfg(all(unix, any(feature = "client", feature = "server")))]
fn no_core_dumps() -> Vec<String> {
    use nix::sys::resource::{Resource, setrlimit};
    let mut refused: Vec<String> =
        setrlimit(Resource::RLIMIT_CORE, 0, 0).err().map(|e| format!("core dumps stay possible ({e})")).into_iter().collect();
    // A limit of 0 does not hold for dumps that go to a program (core(5), systemd-coredump); this does. It also keeps
    // other processes of this user from reading our memory and environment: /proc/PID belongs to root then, except
    // for ourselves.
    #[cfg(target_os = "linux")]
    if let Err(e) = nix::sys::prctl::set_dumpable(false) {
        refused.push(format!("other processes of this user may read our memory ({e})"));
    }
    refused
}

/// Keeps our memory out of swap. Pages are locked when they are first used (`MCL_ONFAULT`): an unused one holds nothing,
/// and filling all stacks and arenas in advance would cost tens of megabytes.
///
/// Only where no limit can be hit: with `MCL_FUTURE` under a limit, a later allocation fails and ends the call.
#[cfg(all(target_os = "linux", any(feature = "client", feature = "server")))]
fn no_swap() -> Result<(), String> {
    use nix::sys::mman::{MlockAllFlags, mlockall};
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::RLIMIT_MEMLOCK).and_then(|(soft, hard)| {
        if soft != hard {
            setrlimit(Resource::RLIMIT_MEMLOCK, hard, hard)?;
        }
        Ok(hard)
    });
    if limit != Ok(RLIM_INFINITY) && !may_lock_memory() {
        return Err("memory may go to swap: RLIMIT_MEMLOCK is limited".into());
    }
    // nix names the other two only. Linux 4.4 and later know it.
    let on_fault = MlockAllFlags::from_bits_retain(nix::libc::MCL_ONFAULT);
    let all = MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE | on_fault;
    mlockall(all).map_err(|e| format!("memory may go to swap ({e})"))
}

/// `CAP_IPC_LOCK` (capability 14): the limit is not for us.
#[cfg(all(target_os = "linux", any(feature = "client", feature = "server")))]
fn may_lock_memory() -> bool {
    const CAP_IPC_LOCK: u32 = 14;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|l| l.strip_prefix("CapEff:"));
    let bits = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    bits.is_some_and(|bits| bits & (1 << CAP_IPC_LOCK) != 0)
}
