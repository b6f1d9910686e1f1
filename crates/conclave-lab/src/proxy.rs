//! Real HTTP proxies on loopback: squid, with a login by Basic or by NTLM, and tinyproxy.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Who may go through.
pub const USER: &str = "ana";
/// Their password: nothing that a client of ours writes may contain it. The proxy with NTLM takes every password.
pub const PASSWORD: &str = "canary-Qx7-passerine";
/// The same for squid's password file.
const HASH: &str = "$apr1$conclave$TGNCL0WsfCpuMYw9VsVxB.";
/// A name of this machine that squid knows, and nobody else.
pub const NAME: &str = "meet.conclave.test";

/// How long one may take to listen: squid is slow on a busy machine.
const READY: Duration = Duration::from_secs(30);

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// squid, which wants Basic.
    SquidBasic,
    /// squid, which wants NTLM.
    SquidNtlm,
    /// tinyproxy, which wants Basic.
    Tinyproxy,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SquidBasic, Self::SquidNtlm, Self::Tinyproxy];
}

/// A running proxy; killed on drop.
pub struct Proxy {
    process: Child,
    /// `address:port`.
    pub authority: String,
    /// squid's name for itself, under which it keeps what processes share.
    shared: Option<String>,
    dir: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let Some(name) = &self.shared else { return };
        for left in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
            if left.file_name().to_string_lossy().starts_with(&format!("{name}-")) {
                let _ = std::fs::remove_file(left.path());
            }
        }
    }
}

/// Starts one and waits until it listens. `Err`: why it cannot be had.
pub fn start(kind: Kind) -> Result<Proxy, String> {
    start_at(kind, Ipv4Addr::LOCALHOST)
}

/// The same at another address of the network that this thread is in; whoever reaches it may ask.
pub fn start_at(kind: Kind, ip: Ipv4Addr) -> Result<Proxy, String> {
    let program = match kind {
        Kind::Tinyproxy => "tinyproxy",
        // Where only root's PATH leads.
        _ if !crate::has("squid") && Path::new("/usr/sbin/squid").exists() => "/usr/sbin/squid",
        _ => "squid",
    };
    if !crate::has(program) && !Path::new(program).exists() {
        return Err(format!("{program} is not installed"));
    }
    let free = TcpListener::bind((ip, 0)).and_then(|s| s.local_addr()).map_err(|e| e.to_string())?;
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let write = |name: &str, text: String| std::fs::write(dir.path().join(name), text).map_err(|e| e.to_string());
    let mut command = Command::new(program);
    let mut shared = None;
    match kind {
        Kind::Tinyproxy => {
            let log = dir.path().join("log");
            write(
                "conf",
                format!(
                    "Port {}\nListen {ip}\nTimeout 600\nLogLevel Connect\nLogFile \"{}\"\nPidFile \"{}\"\nBasicAuth {USER} {PASSWORD}\nDisableViaHeader Yes\n",
                    free.port(),
                    log.display(),
                    dir.path().join("pid").display()
                ),
            )?;
            command.args(["-d", "-c"]).arg(dir.path().join("conf"));
        }
        Kind::SquidBasic | Kind::SquidNtlm => {
            write("passwords", format!("{USER}:{HASH}\n"))?;
            write("hosts", format!("127.0.0.1 {NAME}\n"))?;
            write("conf", squid(kind, free, dir.path()))?;
            own(dir.path())?;
            static COUNT: AtomicU32 = AtomicU32::new(0);
            // A name is good for one start.
            let name = format!("lab{}x{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            command.args(["-N", "-n", &name, "-f"]).arg(dir.path().join("conf"));
            shared = Some(name);
        }
    }
    let process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{program} cannot be started: {e}"))?;
    let mut proxy = Proxy { process, authority: free.to_string(), shared, dir };
    let deadline = Instant::now() + READY;
    while TcpStream::connect(free).is_err() {
        if let Ok(Some(status)) = proxy.process.try_wait() {
            return Err(format!("{program} ended at once ({status}): {}", proxy.diary()));
        }
        if Instant::now() > deadline {
            return Err(format!("{program} does not listen: {}", proxy.diary()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(proxy)
}

fn squid(kind: Kind, at: SocketAddr, dir: &Path) -> String {
    let d = dir.display();
    let login = match kind {
        Kind::SquidNtlm => "auth_param ntlm program /usr/lib/squid/ntlm_fake_auth\nauth_param ntlm children 2".to_owned(),
        _ => {
            format!("auth_param basic program /usr/lib/squid/basic_ncsa_auth {d}/passwords\nauth_param basic realm office, inner")
        }
    };
    format!(
        "http_port {at}\n{login}\nacl authed proxy_auth REQUIRED\nacl CONNECT method CONNECT\n\
         http_access deny !CONNECT\nhttp_access allow authed\nhttp_access deny all\ncache deny all\ncache_mem 8 MB\n\
         access_log stdio:{d}/log\ncache_log {d}/diary\npid_filename {d}/pid\ncoredump_dir {d}\nnetdb_filename none\n\
         pinger_enable off\nhosts_file {d}/hosts\ndns_nameservers 127.0.0.1\ncache_effective_user proxy\n\
         visible_hostname lab\nshutdown_lifetime 1 seconds\n"
    )
}

/// squid does not run as root: started by root, it becomes the user `proxy`.
fn own(dir: &Path) -> Result<(), String> {
    let id = |args: &[&str]| -> Result<u32, String> {
        let out = Command::new("id").args(args).output().map_err(|e| e.to_string())?;
        String::from_utf8_lossy(&out.stdout).trim().parse().map_err(|_| "there is no user proxy".to_owned())
    };
    if id(&["-u"])? != 0 {
        return Ok(());
    }
    let (user, group) = (id(&["-u", "proxy"])?, id(&["-g", "proxy"])?);
    let all = std::fs::read_dir(dir).map_err(|e| e.to_string())?.flatten().map(|entry| entry.path());
    all.chain([dir.to_owned()])
        .try_for_each(|path| std::os::unix::fs::chown(path, Some(user), Some(group)).map_err(|e| e.to_string()))
}

impl Proxy {
    /// What it was asked for, a line each, as its own log has it.
    pub fn log(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        // squid writes of whoever looked whether it listens, and tinyproxy of much else.
        let request = |line: &&str| match self.shared {
            Some(_) => !line.contains("transaction-end-before-headers"),
            None => line.contains("Request (file descriptor"),
        };
        text.lines().filter(request).map(str::to_owned).collect()
    }

    /// What it says of itself.
    fn diary(&self) -> String {
        ["diary", "log"].map(|name| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()).concat()
    }

    /// Waits for a line of [`Proxy::log`]: it is written when a tunnel ends.
    pub fn wait_for(&self, what: &str) -> Vec<String> {
        let deadline = Instant::now() + READY;
        loop {
            let log = self.log();
            if log.iter().any(|line| line.contains(what)) {
                return log;
            }
            assert!(Instant::now() < deadline, "no {what} in {log:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
