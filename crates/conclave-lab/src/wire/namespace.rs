//! Network namespaces without names: the kernel removes one with the last process and descriptor in it, so nothing is left
//! behind, whatever ends the harness. The only `unsafe` code of the lab.
#![allow(unsafe_code)]

use nix::sched::{CloneFlags, setns, unshare};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Arc;

/// A network of its own: nothing but a loopback interface that is up. It lives as long as this, or what runs in it.
#[derive(Debug, Clone)]
pub struct Namespace(Arc<File>);

impl Namespace {
    /// Makes one; `Err`: why it cannot be had (`CAP_SYS_ADMIN` is needed).
    pub fn new() -> Result<Self, String> {
        let made = std::thread::spawn(|| {
            // Only this thread, and it ends here.
            unshare(CloneFlags::CLONE_NEWNET)?;
            File::open("/proc/thread-self/ns/net")
        });
        let file = made.join().expect("no panic").map_err(|e| format!("no network namespace can be made ({e})"))?;
        let namespace = Self(Arc::new(file));
        namespace.ip("link set lo up")?;
        Ok(namespace)
    }

    /// A program that will run in it.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let file = self.0.clone();
        // SAFETY: what runs between fork and exec makes one system call and neither allocates nor locks.
        unsafe { command.pre_exec(move || Ok(setns(file.as_fd(), CloneFlags::CLONE_NEWNET)?)) };
        command
    }

    /// Runs something in it, on a thread of its own: sockets that it makes stay there.
    pub fn within<T: Send>(&self, run: impl FnOnce() -> T + Send) -> io::Result<T> {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                setns(self.0.as_fd(), CloneFlags::CLONE_NEWNET)?;
                Ok(run())
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Runs `ip` of iproute2 in it; the arguments are separated by spaces.
    pub fn ip(&self, arguments: &str) -> Result<(), String> {
        let out = self.command("ip").args(arguments.split(' ')).output().map_err(|e| format!("ip cannot be started ({e})"))?;
        let why = || format!("ip {arguments}: {}", String::from_utf8_lossy(&out.stderr).trim());
        if out.status.success() { Ok(()) } else { Err(why()) }
    }

    /// An interface whose packets are ours to read and write. It goes away with the handle.
    pub fn interface(&self, name: &str) -> Result<Interface, String> {
        self.within(|| open(name)).and_then(|made| made).map_err(|e| format!("/dev/net/tun: {e}"))
    }
}

/// Opens an interface in the namespace of this thread.
fn open(name: &str) -> io::Result<Interface> {
    let file = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun")?;
    // SAFETY: all zeroes is a valid value of this structure of integers and unions of integers.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // The last byte stays zero.
    let places = request.ifr_name.len() - 1;
    for (place, byte) in request.ifr_name.iter_mut().take(places).zip(name.bytes()) {
        *place = byte as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: the descriptor is open, and the kernel reads and writes no more than an `ifreq`, which lives until it returns.
    if unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &raw mut request) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Interface(file))
}

/// The far side of an interface: what the namespace sends is read here, and what is written here it receives.
#[derive(Debug)]
pub struct Interface(File);

impl Interface {
    /// The next IP packet that the namespace sent; `None`: there is none now, or the interface is gone.
    pub fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        self.0.read(buffer).ok().filter(|n| *n > 0)
    }

    /// Gives the namespace a packet. One that it does not take (its interface is down) is lost, as on any wire.
    pub fn write(&mut self, packet: &[u8]) {
        let _ = self.0.write(packet);
    }
}

impl AsFd for Interface {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
