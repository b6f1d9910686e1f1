//! A real TURN server: coturn, as an administrator would put one beside a conference server.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Who may have things relayed.
pub const USER: &str = "meeting";
/// Their password.
pub const PASSWORD: &str = "canary-relay-7Qx";
/// How long it may take to listen.
const READY: Duration = Duration::from_secs(30);

/// A running coturn; killed on drop.
pub struct Coturn {
    process: Child,
    /// UDP and TCP.
    pub port: u16,
    /// TLS.
    pub tls_port: u16,
    dir: tempfile::TempDir,
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts one at an address of the network that this thread is in, with a certificate and its key, and waits until it listens.
/// `Err`: why it cannot be had.
pub fn start_at(ip: Ipv4Addr, certificate: &Path, key: &Path) -> Result<Coturn, String> {
    if !crate::has("turnserver") {
        return Err("turnserver is not installed (Debian: coturn)".into());
    }
    let free = || TcpListener::bind((ip, 0)).and_then(|s| s.local_addr()).map(|a| a.port()).map_err(|e| e.to_string());
    let (port, tls_port) = (free()?, free()?);
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = |name: &str| -> PathBuf { dir.path().join(name) };
    // On this machine alone, whom it relays to is on it too.
    let near = if ip.is_loopback() { "allow-loopback-peers\n" } else { "" };
    let conf = format!(
        "{near}listening-ip={ip}\nrelay-ip={ip}\nlistening-port={port}\ntls-listening-port={tls_port}\nfingerprint\nlt-cred-mech\n\
         user={USER}:{PASSWORD}\nrealm=conclave.test\ncert={}\npkey={}\nno-cli\nno-multicast-peers\nno-dtls\nverbose\n\
         log-file={}\nsimple-log\npidfile={}\nuserdb={}\n",
        certificate.display(),
        key.display(),
        at("log").display(),
        at("pid").display(),
        at("db").display(),
    );
    std::fs::write(at("conf"), conf).map_err(|e| e.to_string())?;
    let process = Command::new("turnserver")
        .arg("-c")
        .arg(at("conf"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("turnserver cannot be started: {e}"))?;
    let mut coturn = Coturn { process, port, tls_port, dir };
    let deadline = Instant::now() + READY;
    while [port, tls_port].iter().any(|p| TcpStream::connect((ip, *p)).is_err()) {
        if let Ok(Some(status)) = coturn.process.try_wait() {
            return Err(format!("turnserver ended at once ({status}): {}", coturn.log()));
        }
        if Instant::now() > deadline {
            return Err(format!("turnserver does not listen: {}", coturn.log()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(coturn)
}

impl Coturn {
    /// What it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}
