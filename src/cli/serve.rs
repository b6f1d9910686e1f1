//! `conclave serve`, and what an administrator does with a server's data directory.

mod audit;
mod backup;
mod certificate;
mod check;
mod device;
mod log;
mod unit;
mod user;

use crate::exit::{Exit, Failure};
use crate::hygiene::sandbox::{self, Level, Needs};
use crate::protocol::VERSION;
use crate::server::check::files;
use crate::server::edge::addresses::everywhere;
use crate::server::media::turn;
use crate::server::notify::Manager;
use crate::server::settings::{Format, Settings};
use crate::server::store::DataDir;
use crate::server::webhook::Address;
use crate::server::{Config, Listening, Server};
use crate::server::{acme, oidc};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The port if nobody says otherwise.
const PORT: u16 = 8443;

/// Options of `conclave serve`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Development server: no encryption, this machine only, rooms come into being when first joined
    #[arg(long)]
    dev: bool,
    /// Address and port (TCP and UDP) to listen at; port 0 takes a free one [default: [::]:8443, which is all of IPv6 and IPv4, or without IPv6 0.0.0.0:8443; with --dev
    /// 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Let --dev listen beyond this machine, without encryption
    #[arg(long, requires = "dev")]
    insecure_listen: bool,
    #[command(flatten)]
    place: Place,
    /// Print one JSON line instead of text when the server listens
    #[arg(long)]
    json: bool,
    /// Address that clients send media to, if it is none of this machine's (may be repeated)
    #[arg(long, value_name = "IP")]
    advertise: Vec<IpAddr>,
    /// Certificate chain in PEM, instead of a self-signed one
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with = "dev")]
    cert: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Address that is told by POST who joins, leaves and publishes, as LiveKit's webhooks tell it (may be repeated)
    #[arg(long, value_name = "URL")]
    webhook: Vec<Address>,
    /// Serve metrics, /healthz and /readyz there, over plain HTTP on this machine
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// How long calls may go on when the server is told to end (SIGTERM); nobody new is let in meanwhile [default: 0]
    #[arg(long, value_name = "SECONDS")]
    drain: Option<u64>,
    /// How log lines look [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    log: Option<Format>,
    /// Give up what a server does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [default: auto]
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    sandbox: Option<Level>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Manage accounts
    #[command(subcommand)]
    User(user::Verb),
    /// Manage logins: which device of whom
    #[command(subcommand)]
    Device(device::Verb),
    /// Find what would keep the server from starting or serving well, without starting it
    Check(check::Args),
    /// The configuration file
    #[command(subcommand)]
    Config(ConfigVerb),
    /// The server's key, and the one that will follow it
    #[command(subcommand)]
    Certificate(certificate::Verb),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Copy everything of a server into one file, also while it runs
    Backup(backup::Backup),
    /// Put a backup into an empty data directory
    Restore(backup::Restore),
    /// Print a unit for systemd
    SystemdUnit(unit::Args),
}

#[derive(Debug, clap::Subcommand)]
enum ConfigVerb {
    /// Print a file with every key, what it means and its default
    Example,
}

/// Which server.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
struct Place {
    /// Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What a [`Place`] stands for.
struct Found {
    file: Option<PathBuf>,
    settings: Settings,
    data: PathBuf,
}

impl Place {
    /// Reads the file that counts. A development server reads one only if it is named.
    fn find(&self, dev: bool) -> Result<Found, Failure> {
        let personal = DataDir::personal_path();
        let beside = self.data.as_deref().or(personal.as_deref().ok());
        let file = if dev { self.config.clone() } else { Settings::find(self.config.as_deref(), beside) };
        let settings = file.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
        let data = match (&self.data, &settings.data) {
            (Some(data), _) | (None, Some(data)) => data.clone(),
            (None, None) => personal?,
        };
        Ok(Found { file, settings, data })
    }

    /// The data directory, which must be there.
    fn data(&self) -> Result<DataDir, Failure> {
        DataDir::existing(&self.find(false)?.data)
    }
}

/// Runs a server until SIGINT or SIGTERM, or the end of its terminal.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Some(Verb::User(verb)) => return user::run(verb),
        Some(Verb::Device(verb)) => return device::run(verb),
        Some(Verb::Check(args)) => return check::run(&args),
        Some(Verb::Config(ConfigVerb::Example)) => return super::print(Settings::example()),
        Some(Verb::Certificate(verb)) => return certificate::run(&verb),
        Some(Verb::Audit(verb)) => return audit::run(&verb),
        Some(Verb::Backup(args)) => return backup::backup(&args),
        Some(Verb::Restore(args)) => return backup::restore(&args),
        Some(Verb::SystemdUnit(args)) => return unit::run(&args),
        None => {}
    }
    let found = args.place.find(args.dev)?;
    let settings = args.over(found.settings.clone());
    log::start(&settings.log);
    crate::hygiene::limits::refused().iter().for_each(|refused| tracing::info!("{refused}"));
    let config = Config {
        dev: args.dev,
        insecure_listen: args.insecure_listen,
        advertise: settings.advertise.clone().unwrap_or_default(),
        certificate: files(&settings).map_err(|text| Failure::new(Exit::Config, text))?,
        webhooks: settings.webhooks.clone().unwrap_or_default(),
        metrics: settings.metrics,
        audit_addresses: settings.audit.addresses.unwrap_or(false),
        acme: acme::Config::of(&settings).map_err(|text| Failure::new(Exit::Config, text))?,
        oidc: oidc::Config::of(&settings.oidc).map_err(|text| Failure::new(Exit::Config, text))?,
        turn: turn::Config::of(&settings.turn).map_err(|text| Failure::new(Exit::Config, text))?,
        policy: (&settings.policy).into(),
        ..Config::new(listen(args.dev, &settings), found.data.clone())
    };
    let mut needs = Needs { write: vec![DataDir::open(&found.data)?.path().to_owned()], ..Needs::default() };
    // Their directories, so that renewed ones are found.
    config.certificate.iter().flat_map(|f| f.paths()).chain(found.file.as_deref()).for_each(|file| needs.read_beside(file));
    if let Some(missing) = sandbox::enter(settings.sandbox.unwrap_or_default(), &needs)? {
        tracing::warn!("{missing}");
    }
    let manager = Manager::from_environment();
    let no_runtime = |e| Failure::new(Exit::Internal, format!("the server's threads cannot be started ({e})"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no_runtime)?;
    runtime.block_on(async {
        // Before anything is announced: whoever reads the announcement may end us at once.
        let mut signals = Signals::new()?;
        let dev = config.dev;
        let server = Server::start(config).await?;
        let text = if args.json { json(server.listening(), dev) } else { human(server.listening(), dev, &found.data) };
        // Nobody may be reading, and that is no reason to end.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        drop(out);
        manager.ready();
        manager.status(&format!("serving at {}", server.listening().url));
        serve(&server, &manager, &mut signals, &args, &found, settings).await;
        manager.stopping();
        server.shutdown().await;
        Ok(Exit::Ok)
    })
}

/// Where to listen.
fn listen(dev: bool, settings: &Settings) -> SocketAddr {
    let default = || if dev { Ipv4Addr::LOCALHOST.into() } else { everywhere() };
    settings.listen.unwrap_or_else(|| SocketAddr::new(default(), PORT))
}

impl Args {
    /// What the file says, and the command line before it.
    fn over(&self, file: Settings) -> Settings {
        let mut s = file;
        s.listen = self.listen.or(s.listen);
        s.metrics = self.metrics.or(s.metrics);
        s.drain = self.drain.or(s.drain);
        s.sandbox = self.sandbox.or(s.sandbox);
        s.log.format = self.log.or(s.log.format);
        if !self.advertise.is_empty() {
            s.advertise = Some(self.advertise.clone());
        }
        if !self.webhook.is_empty() {
            s.webhooks = Some(self.webhook.clone());
        }
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            (s.tls.certificate, s.tls.key) = (Some(cert.clone()), Some(key.clone()));
        }
        s
    }
}

/// The signals that mean something.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let of = |kind| signal(kind).map_err(|e| Failure::new(Exit::Internal, format!("signals cannot be handled ({e})")));
        Ok(Self {
            interrupt: of(SignalKind::interrupt())?,
            terminate: of(SignalKind::terminate())?,
            hangup: of(SignalKind::hangup())?,
        })
    }
}

/// Serves until it is time to end.
async fn serve(server: &Server, manager: &Manager, signals: &mut Signals, args: &Args, found: &Found, mut settings: Settings) {
    let mut watchdog = manager.watchdog().map(tokio::time::interval);
    loop {
        tokio::select! {
            _ = signals.interrupt.recv() => return,
            _ = signals.terminate.recv() => break,
            _ = signals.hangup.recv() => {
                // A closed terminal ends it politely: members are told, instead of waiting for a server that is gone.
                if !manager.is_there() {
                    return;
                }
                manager.reloading();
                settings = reload(server, args, found.file.as_deref(), settings);
                manager.ready();
            }
            () = tick(&mut watchdog) => if server.is_alive() { manager.alive() },
        }
    }
    let seconds = settings.drain.unwrap_or(0);
    if seconds == 0 {
        return;
    }
    manager.status("draining: nobody new is let in");
    let mut drained = std::pin::pin!(server.drain(Duration::from_secs(seconds)));
    loop {
        tokio::select! {
            () = &mut drained => return,
            // Asked again: at once.
            _ = signals.interrupt.recv() => return,
            _ = signals.terminate.recv() => return,
            () = tick(&mut watchdog) => if server.is_alive() { manager.alive() },
        }
    }
}

async fn tick(watchdog: &mut Option<tokio::time::Interval>) {
    match watchdog {
        Some(interval) => drop(interval.tick().await),
        None => std::future::pending().await,
    }
}

/// Takes up what can change while the server runs; what a bad file says changes nothing.
fn reload(server: &Server, args: &Args, file: Option<&Path>, before: Settings) -> Settings {
    let read = file.map(Settings::read).transpose();
    let now = match read {
        Ok(read) => args.over(read.unwrap_or_default()),
        Err(e) => {
            tracing::error!("the configuration is not taken up: {e}");
            before
        }
    };
    log::addresses(&now.log);
    server.reload(now.audit.addresses.unwrap_or(false));
    tracing::info!(
        "the configuration was read anew: drain, addresses in logs, and the certificate; everything else takes a restart"
    );
    now
}

fn json(l: &Listening, dev: bool) -> String {
    let mut event = serde_json::json!({
        "event": "listening",
        "url": l.url,
        "udp": l.udp.to_string(),
        "addresses": l.addresses,
        "version": VERSION,
        "dev": dev,
    });
    if let Some(fields) = event.as_object_mut() {
        if let Some(keys) = l.keys {
            fields.insert("fingerprint".into(), keys.present.to_string().into());
            fields.extend(keys.spare.map(|s| ("spare".into(), s.to_string().into())));
        }
        fields.extend(l.metrics.map(|at| ("metrics".into(), at.to_string().into())));
        if let Some(link) = &l.owner_link {
            fields.insert("owner_link".into(), link.as_str().into());
        }
    }
    format!("{event}\n")
}

fn human(l: &Listening, dev: bool, data: &Path) -> String {
    let scheme = if dev { "http" } else { "https" };
    let mut lines = vec![format!("Conclave server {VERSION}, data in {}", data.display())];
    let at: Vec<String> = l.addresses.iter().map(|a| format!("{scheme}://{}", SocketAddr::new(*a, l.tcp.port()))).collect();
    lines.push(format!("Reachable at:       {}", at.join("  ")));
    if l.udp.port() == l.tcp.port() {
        lines.push(format!("Ports:              TCP and UDP {}", l.tcp.port()));
    } else {
        lines.push(format!("Ports:              TCP {}, UDP {} (UDP {} is taken)", l.tcp.port(), l.udp.port(), l.tcp.port()));
    }
    if let Some(at) = l.metrics {
        lines.push(format!("Metrics:            http://{at}/metrics"));
    }
    match l.keys {
        Some(keys) => {
            lines.push(format!("Server fingerprint: {}", keys.present));
            lines.push(format!("Links:              {}/ROOM#{keys}", l.url));
        }
        None => {
            lines.push("Encryption:         NONE (development server)".into());
            lines.push(format!("Links:              {}/ROOM (any room)", l.url));
        }
    }
    if let Some(link) = &l.owner_link {
        lines.push(String::new());
        lines.push("Nobody owns this server yet. Whoever uses this link first does; it works once, for one hour:".into());
        lines.push(format!("  {}", link.as_str()));
        lines.push("Run this on your own machine, paste the link and press Enter:".into());
        lines.push("  conclave login -".into());
    }
    lines.push(String::new());
    lines.join("\n")
}
