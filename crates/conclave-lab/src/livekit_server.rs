//! An unmodified livekit-server on loopback, built from the Go module in `tests/livekit` (which pins version and hashes).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// API key.
pub const KEY: &str = "devkey";
/// Its secret.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// How long the server may take until it answers.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A running livekit-server; killed on drop.
pub struct LiveKitServer {
    process: Child,
    ip: Ipv4Addr,
    /// Signalling and API.
    pub port: u16,
    _dir: tempfile::TempDir,
}

impl Drop for LiveKitServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server program: built once, into `target/lab/`. `Err`: why it cannot be had.
pub fn program() -> Result<PathBuf, String> {
    static BUILD: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILD.lock().unwrap();
    let dir = crate::root().join("target/lab");
    let program = dir.join("livekit-server");
    if program.is_file() {
        return Ok(program);
    }
    if !crate::has("go") {
        return Err("go is not installed (1.26 or newer is needed to build livekit-server)".into());
    }
    std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    // Built beside its place and moved, so that an interrupted build leaves nothing half done.
    let unfinished = dir.join(format!("livekit-server.{}", std::process::id()));
    let built = Command::new("go")
        .args(["build", "-trimpath", "-ldflags", "-s -w", "-o"])
        .arg(&unfinished)
        .arg("github.com/livekit/livekit-server/cmd/server")
        .current_dir(crate::root().join("tests/livekit"))
        .output()
        .map_err(|e| e.to_string())?;
    if !built.status.success() {
        let error = String::from_utf8_lossy(&built.stderr);
        return Err(format!("go build failed: {}", error.lines().last().unwrap_or_default()));
    }
    std::fs::rename(&unfinished, &program).map_err(|e| e.to_string())?;
    Ok(program)
}

/// Starts a server on free loopback ports and waits until it answers. `Err`: why it cannot be had.
pub fn start() -> Result<LiveKitServer, String> {
    start_at(Ipv4Addr::LOCALHOST, "  tcp_port: 0\n")
}

/// The same at another address of the network that this thread is in, with these lines of its configuration's section `rtc`.
pub fn start_at(ip: Ipv4Addr, rtc: &str) -> Result<LiveKitServer, String> {
    let program = program()?;
    let port = free_port(|p| TcpListener::bind((ip, p)).and_then(|s| s.local_addr()).map(|a| a.port()));
    let udp_port = free_port(|p| UdpSocket::bind((ip, p)).and_then(|s| s.local_addr()).map(|a| a.port()));
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let config = dir.path().join("livekit.yaml");
    let loopback = ip.is_loopback();
    let interfaces = if loopback { "  interfaces: { includes: [\"lo\"] }\n" } else { "" };
    // The STUN server is one that does not exist: without it clients are told to use public ones.
    let text = format!(
        "port: {port}\nbind_addresses: [\"{ip}\"]\n\
         rtc:\n{rtc}  udp_port: {udp_port}\n  use_external_ip: false\n  enable_loopback_candidate: {loopback}\n  \
         node_ip: {ip}\n  ips: {{ includes: [\"{ip}/32\"] }}\n{interfaces}  \
         stun_servers: [\"{ip}:3478\"]\n\
         keys: {{ {KEY}: {SECRET} }}\nlogging: {{ level: info, json: false }}\nroom: {{ auto_create: true, empty_timeout: 60 }}\n"
    );
    std::fs::write(&config, text).map_err(|e| e.to_string())?;
    let log = std::fs::File::create(dir.path().join("log")).map_err(|e| e.to_string())?;
    let process = Command::new(program)
        .arg("--config")
        .arg(&config)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(|e| e.to_string())?)
        .stderr(log)
        .spawn()
        .map_err(|e| format!("livekit-server cannot be started: {e}"))?;
    let mut server = LiveKitServer { process, ip, port, _dir: dir };
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        if http(ip, port, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").is_ok_and(|(status, _)| status == 200) {
            return Ok(server);
        }
        if let Ok(Some(status)) = server.process.try_wait() {
            return Err(format!("livekit-server ended at once ({status}): {}", server.log()));
        }
        if Instant::now() > deadline {
            return Err(format!("livekit-server does not answer: {}", server.log()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl LiveKitServer {
    /// Process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// A participant's token, valid for an hour, with all rights of a participant.
    pub fn token(&self, room: &str, identity: &str, name: &str) -> String {
        let video = json!({"roomJoin": true, "room": room, "canPublish": true, "canSubscribe": true, "canPublishData": true,
            "canUpdateOwnMetadata": true});
        sign(SECRET, identity, name, video)
    }

    /// A token that this server refuses: signed with another secret.
    pub fn forged_token(&self, room: &str, identity: &str) -> String {
        sign("another secret of thirty-two bytes", identity, identity, json!({"roomJoin": true, "room": room}))
    }

    /// Calls `RoomService`, as an administrator of the room.
    pub fn room_service(&self, method: &str, room: &str, body: &Value) -> Result<Value, String> {
        let token = sign(SECRET, "admin", "", json!({"roomAdmin": true, "roomCreate": true, "roomList": true, "room": room}));
        let body = body.to_string();
        let request = format!(
            "POST /twirp/livekit.RoomService/{method} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        match http(self.ip, self.port, &request).map_err(|e| e.to_string())? {
            (200, body) => serde_json::from_str(&body).map_err(|e| format!("{e}: {body}")),
            (status, body) => Err(format!("HTTP {status}: {body}")),
        }
    }

    /// Stops the process from running (`SIGSTOP`), or lets it run again.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let _ = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
    }

    /// What the server wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self._dir.path().join("log")).unwrap_or_default()
    }
}

fn free_port(bind: impl Fn(u16) -> std::io::Result<u16>) -> u16 {
    bind(0).unwrap()
}

/// One HTTP exchange without chunks; status and body.
fn http(ip: Ipv4Addr, port: u16, request: &str) -> std::io::Result<(u16, String)> {
    let mut s = TcpStream::connect((ip, port))?;
    s.set_read_timeout(Some(Duration::from_secs(10)))?;
    s.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    s.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    Ok((status, answer.split_once("\r\n\r\n").map(|(_, b)| b.to_owned()).unwrap_or_default()))
}

fn sign(secret: &str, identity: &str, name: &str, video: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({"iss": KEY, "sub": identity, "name": name, "nbf": now - 60, "exp": now + 3600, "video": video});
    let encode = |v: Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let head = format!("{}.{}", encode(json!({"alg": "HS256", "typ": "JWT"})), encode(claims));
    let mut mac = <Hmac<sha2::Sha256> as Mac>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(head.as_bytes());
    format!("{head}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
