//! A real prosody 0.12, set up as the signalling server of a Jitsi Meet at the domain `meet.test`. What a Jitsi deployment adds
//! to prosody and a client sees (the lobby, tokens, names that survive a resumption) are small modules of ours beside this file.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The password of [`FOCUS`] and of [`OFFICIAL`].
pub const PASSWORD: &str = "canary-Wd4-nightjar";
/// The user of `auth.meet.test` that plays jicofo.
pub const FOCUS: &str = "focus";
/// A user with an account at `auth.meet.test` and, where rooms are opened by people with an account only, at `meet.test`.
pub const OFFICIAL: &str = "official";

/// How long one may take to listen.
const READY: Duration = Duration::from_secs(30);

const CONFIG: &str = include_str!("prosody/prosody.cfg.lua");
const MODULES: [(&str, &str); 7] = [
    ("lab_focus", include_str!("prosody/mod_lab_focus.lua")),
    ("lab_session", include_str!("prosody/mod_lab_session.lua")),
    ("auth_lab_guests", include_str!("prosody/mod_auth_lab_guests.lua")),
    ("lab_components", include_str!("prosody/mod_lab_components.lua")),
    ("lab_lobby", include_str!("prosody/mod_lab_lobby.lua")),
    ("lab_moderation", include_str!("prosody/mod_lab_moderation.lua")),
    ("lab_waiting", include_str!("prosody/mod_lab_waiting.lua")),
];

/// How it is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// `meet.test` wants an account (SASL PLAIN); who has none is at `guest.meet.test`.
    pub accounts: bool,
    /// Who comes without an account has to bear a token (HS256) signed with this.
    pub token_secret: Option<String>,
    /// How long a lost session may be resumed.
    pub hibernation: Duration,
    /// The TURN servers that clients are told of (XEP-0215).
    pub turn: Vec<Turn>,
}

/// A TURN server.
#[derive(Debug, Clone)]
pub struct Turn {
    /// `turn`, or `turns` by TLS.
    pub kind: &'static str,
    /// `udp` or `tcp`.
    pub transport: &'static str,
    /// Where.
    pub address: SocketAddr,
    /// Who may have things relayed.
    pub user: String,
    /// Their password.
    pub password: String,
}

impl Turn {
    fn entry(&self) -> String {
        let Self { kind, transport, address, user, password } = self;
        format!(
            "{{ type = \"{kind}\", transport = \"{transport}\", host = \"{}\", port = {}, username = {user:?}, password = {password:?} }}",
            address.ip(),
            address.port()
        )
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { accounts: false, token_secret: None, hibernation: Duration::from_secs(60), turn: Vec::new() }
    }
}

/// A running prosody; killed on drop.
pub struct Prosody {
    process: Option<Child>,
    /// Where `/xmpp-websocket` is.
    pub http: SocketAddr,
    dir: tempfile::TempDir,
}

impl Drop for Prosody {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts one and waits until it listens. `Err`: why it cannot be had.
pub fn start(config: &Config) -> Result<Prosody, String> {
    if !crate::has("prosody") {
        return Err("prosody is not installed".into());
    }
    let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|s| s.local_addr()).map_err(|e| e.to_string())?;
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let secret = config.token_secret.as_ref().map_or("nil".to_owned(), |secret| format!("{secret:?}"));
    let services = config.turn.iter().map(Turn::entry).collect::<Vec<_>>().join(", ");
    let filled = CONFIG
        .replace("@DIR@", &dir.path().display().to_string())
        .replace("@PORT@", &http.port().to_string())
        .replace("@HIBERNATION@", &config.hibernation.as_secs().to_string())
        .replace("@TOKEN_SECRET@", &secret)
        .replace("@MORE@", if config.turn.is_empty() { "" } else { ", \"external_services\"" })
        .replace("@SERVICES@", &format!("external_services = {{ {services} }}"))
        .replace("@AUTHENTICATION@", if config.accounts { "internal_plain" } else { "lab_guests" });
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(path, text)).map_err(|e| e.to_string())
    };
    write("prosody.cfg.lua", &filled)?;
    for (name, text) in MODULES {
        write(&format!("plugins/mod_{name}.lua"), text)?;
    }
    // As `prosodyctl register` writes them.
    let account = format!("return {{ [\"password\"] = \"{PASSWORD}\" }};\n");
    for (host, user) in [("auth%2emeet%2etest", FOCUS), ("auth%2emeet%2etest", OFFICIAL), ("meet%2etest", OFFICIAL)] {
        write(&format!("data/{host}/accounts/{user}.dat"), &account)?;
    }
    let mut prosody = Prosody { process: None, http, dir };
    prosody.go()?;
    Ok(prosody)
}

impl Prosody {
    fn go(&mut self) -> Result<(), String> {
        let mut process = Command::new("prosody")
            .arg("--config")
            .arg(self.dir.path().join("prosody.cfg.lua"))
            .arg("-F")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("prosody cannot be started: {e}"))?;
        let deadline = Instant::now() + READY;
        while TcpStream::connect(self.http).is_err() {
            if let Ok(Some(status)) = process.try_wait() {
                return Err(format!("prosody ended at once ({status}): {}", self.log()));
            }
            if Instant::now() > deadline {
                let _ = process.kill();
                return Err(format!("prosody does not listen: {}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.process = Some(process);
        Ok(())
    }

    /// Kills it: nobody is told goodbye.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Kills it and starts it at the same address; rooms and sessions are gone.
    pub fn restart(&mut self) -> Result<(), String> {
        self.stop();
        self.go()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("prosody.log")).unwrap_or_default()
    }
}
