//! What systemd is told (`sd_notify(3)`): ready, reloading, stopping, and that we are alive.

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, sendto, socket};
use nix::time::{ClockId, clock_gettime};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt};
use std::time::Duration;

/// The service manager, if there is one that listens.
#[derive(Debug)]
pub struct Manager {
    socket: Option<(OwnedFd, UnixAddr)>,
    managed: bool,
    watchdog: Option<Duration>,
}

impl Manager {
    /// The one that the environment names; it is asked once, before threads are started.
    #[must_use]
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let path = variable("NOTIFY_SOCKET").map(OsStringExt::into_vec);
        let managed = path.is_some() || variable("INVOCATION_ID").is_some();
        // The watchdog is for the process that is named, if one is.
        let ours = variable("WATCHDOG_PID").is_none_or(|pid| pid.as_bytes() == std::process::id().to_string().as_bytes());
        let interval = variable("WATCHDOG_USEC").and_then(|v| v.to_str()?.parse().ok()).filter(|n| *n > 0);
        let watchdog = interval.filter(|_| ours).map(|n| Duration::from_micros(n) / 2);
        Self { socket: path.and_then(|p| open(&p)), managed, watchdog }
    }

    /// Whether a service manager started us: then SIGHUP asks to reload, and is not the end of a terminal.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.managed
    }

    /// How often it wants to hear that we live.
    #[must_use]
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog.filter(|_| self.socket.is_some())
    }

    /// We serve.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// We read our configuration anew; [`Manager::ready`] says when that is done.
    pub fn reloading(&self) {
        let now = clock_gettime(ClockId::CLOCK_MONOTONIC).map(Duration::from).unwrap_or_default();
        self.say(&format!("RELOADING=1\nMONOTONIC_USEC={}", now.as_micros()));
    }

    /// We end.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// We live.
    pub fn alive(&self) {
        self.say("WATCHDOG=1");
    }

    /// What we do, for `systemctl status`.
    pub fn status(&self, text: &str) {
        self.say(&format!("STATUS={text}"));
    }

    fn say(&self, what: &str) {
        if let Some((socket, to)) = &self.socket
            && let Err(e) = sendto(socket.as_raw_fd(), what.as_bytes(), to, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL)
        {
            tracing::warn!("the service manager cannot be told ({e})");
        }
    }
}

/// A path, or with a leading `@` a name in the abstract namespace.
fn open(path: &[u8]) -> Option<(OwnedFd, UnixAddr)> {
    let address = match path {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => UnixAddr::new_abstract(name).ok()?,
        [b'/', ..] => UnixAddr::new(path).ok()?,
        _ => return None,
    };
    let socket = socket(AddressFamily::Unix, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).ok()?;
    Some((socket, address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixDatagram;

    #[test]
    fn the_manager_hears_what_we_say_by_path_and_by_abstract_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let ear = UnixDatagram::bind(&path).unwrap();
        let mut m = Manager { socket: open(path.as_os_str().as_bytes()), managed: true, watchdog: None };
        let hear = |ear: &UnixDatagram| {
            let mut buffer = [0; 256];
            let n = ear.recv(&mut buffer).unwrap();
            String::from_utf8(buffer[..n].to_vec()).unwrap()
        };
        m.ready();
        assert_eq!(hear(&ear), "READY=1");
        m.reloading();
        let said = hear(&ear);
        assert!(said.starts_with("RELOADING=1\nMONOTONIC_USEC=") && said.len() > 32, "{said}");
        #[cfg(target_os = "linux")]
        {
            use std::os::linux::net::SocketAddrExt as _;
            let name = format!("conclave-test-{}", std::process::id());
            let ear = UnixDatagram::bind_addr(&std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
            m.socket = open(format!("@{name}").as_bytes());
            m.stopping();
            assert_eq!(hear(&ear), "STOPPING=1");
        }
        assert!(open(b"relative").is_none());
        m.socket = None;
        m.alive();
    }
}
