//! `conclave serve`.

mod device;
mod user;

use crate::exit::{Exit, Failure};
use crate::hygiene::sandbox::{self, Level, Needs};
use crate::protocol::VERSION;
use crate::server::store::DataDir;
use crate::server::webhook::Address;
use crate::server::{Config, Listening, Server};
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

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
    /// Address and port (TCP and UDP) to listen at; port 0 takes a free one [default: 0.0.0.0:8443, with --dev 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Let --dev listen beyond this machine, without encryption
    #[arg(long, requires = "dev")]
    insecure_listen: bool,
    /// Where accounts, rooms and keys are kept [default: conclave/server in the XDG data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
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
    /// Give up what a server does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78
    #[arg(long, value_enum, default_value_t = Level::Auto, value_name = "LEVEL", hide_possible_values = true)]
    sandbox: Level,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Manage accounts
    #[command(subcommand)]
    User(user::Verb),
    /// Manage logins: which device of whom
    #[command(subcommand)]
    Device(device::Verb),
}

/// Runs a server until SIGINT, SIGTERM or SIGHUP.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Some(Verb::User(verb)) => return user::run(verb),
        Some(Verb::Device(verb)) => return device::run(verb),
        None => {}
    }
    super::logging();
    crate::hygiene::limits::refused().iter().for_each(|refused| tracing::info!("{refused}"));
    let data = args.data.map_or_else(DataDir::default_path, Ok)?;
    let default = if args.dev { [127, 0, 0, 1] } else { [0, 0, 0, 0] };
    let config = Config {
        dev: args.dev,
        listen: args.listen.unwrap_or_else(|| SocketAddr::from((default, PORT))),
        insecure_listen: args.insecure_listen,
        data: data.clone(),
        advertise: args.advertise,
        certificate: args.cert.zip(args.key),
        webhooks: args.webhook,
    };
    let mut needs = Needs { write: vec![DataDir::open(&data)?.path().to_owned()], ..Needs::default() };
    // Their directories, so that renewed ones are found.
    config.certificate.iter().flat_map(|(cert, key)| [cert, key]).for_each(|file| needs.read_beside(file));
    if let Some(missing) = sandbox::enter(args.sandbox, &needs)? {
        tracing::warn!("{missing}");
    }
    let no_runtime = |e| Failure::new(Exit::Internal, format!("the server's threads cannot be started ({e})"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no_runtime)?;
    runtime.block_on(async {
        // Before anything is announced: whoever reads the announcement may end us at once.
        let no_signals = |e| Failure::new(Exit::Internal, format!("signals cannot be handled ({e})"));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
        // A closed terminal ends it as politely: members are told, instead of waiting for a server that is gone.
        let mut hangup = signal(SignalKind::hangup()).map_err(no_signals)?;
        let dev = config.dev;
        let server = Server::start(config).await?;
        let text = if args.json { json(server.listening(), dev) } else { human(server.listening(), dev, &data) };
        // Nobody may be reading, and that is no reason to end.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        drop(out);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        server.shutdown().await;
        Ok(Exit::Ok)
    })
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
        if let Some(f) = l.fingerprint {
            fields.insert("fingerprint".into(), f.to_string().into());
        }
        if let Some(link) = &l.owner_link {
            fields.insert("owner_link".into(), link.as_str().into());
        }
    }
    format!("{event}\n")
}

fn human(l: &Listening, dev: bool, data: &std::path::Path) -> String {
    let scheme = if dev { "http" } else { "https" };
    let mut lines = vec![format!("Conclave server {VERSION}, data in {}", data.display())];
    let at: Vec<String> = l.addresses.iter().map(|a| format!("{scheme}://{}", SocketAddr::new(*a, l.tcp.port()))).collect();
    lines.push(format!("Reachable at:       {}", at.join("  ")));
    if l.udp.port() == l.tcp.port() {
        lines.push(format!("Ports:              TCP and UDP {}", l.tcp.port()));
    } else {
        lines.push(format!("Ports:              TCP {}, UDP {} (UDP {} is taken)", l.tcp.port(), l.udp.port(), l.tcp.port()));
    }
    match l.fingerprint {
        Some(f) => {
            lines.push(format!("Server fingerprint: {f}"));
            lines.push(format!("Links:              {}/ROOM#fp={f}", l.url));
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
