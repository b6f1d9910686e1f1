//! The server: one process, two planes.
//!
//! [`control`] is ours: accounts, rooms, membership, relayed messages. [`media`] speaks LiveKit's protocol and forwards
//! sound. The control session owns membership, and media is its lease: a media token works only while the control
//! session lives. [`edge`] is the one public port in front of both; [`store`] keeps what must survive a restart, and no content.
//!
//! [`Server`] puts them together.

pub mod acme;
pub mod audit;
pub mod check;
pub mod control;
pub mod copy;
pub mod edge;
pub mod media;
pub mod metrics;
pub mod notify;
pub mod oidc;
pub mod operations;
pub mod secret;
pub mod settings;
pub mod store;
pub mod totp;
pub mod webhook;

use crate::exit::{Exit, Failure};
use audit::{Audit, Event};
use control::{Control, core::Limits, unix_now};
use edge::tls::{Certificates, Files, Keys, Source};
use media::{MediaConfig, MediaPlane};
use operations::{Monitor, Operations};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::{DataDir, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Development: plain HTTP, on loopback unless `insecure_listen`, and rooms come into being when first joined.
    pub dev: bool,
    /// Where TCP listens; UDP uses the same port if it is free. Port 0: any.
    pub listen: SocketAddr,
    /// Plain HTTP off loopback is wanted.
    pub insecure_listen: bool,
    /// The data directory; created if it is not there.
    pub data: PathBuf,
    /// Addresses that clients are told to send media to; empty: those of the interfaces.
    pub advertise: Vec<IpAddr>,
    /// Files of a certificate; `None`: a self-signed one is made at the first start.
    pub certificate: Option<Files>,
    /// Who is told what happens in the media plane.
    pub webhooks: Vec<webhook::Address>,
    /// Where metrics, health and readiness are served, over plain HTTP on this machine; `None`: nowhere.
    pub metrics: Option<SocketAddr>,
    /// The audit log has the addresses of logins.
    pub audit_addresses: bool,
    /// Who issues the certificate, by ACME; `None`: nobody.
    pub acme: Option<acme::Config>,
    /// The provider that signs people in; `None`: passwords only.
    pub oidc: Option<oidc::Config>,
    /// Which TURN servers participants are told of.
    pub turn: media::turn::Config,
    /// What accounts may do.
    pub policy: control::policy::Policy,
}

impl Config {
    /// A server as it is if nobody says otherwise.
    pub fn new(listen: SocketAddr, data: PathBuf) -> Self {
        Self {
            dev: false,
            listen,
            insecure_listen: false,
            data,
            advertise: Vec::new(),
            certificate: None,
            webhooks: Vec::new(),
            metrics: None,
            audit_addresses: false,
            acme: None,
            oidc: None,
            turn: media::turn::Config::default(),
            policy: control::policy::Policy::default(),
        }
    }

    /// A development server for this process, on a free port of this machine.
    pub fn dev(data: PathBuf) -> Self {
        Self { dev: true, ..Self::new((std::net::Ipv4Addr::LOCALHOST, 0).into(), data) }
    }
}

/// Where a running server is.
#[derive(Clone)]
pub struct Listening {
    /// Its address for links, without a path: `https://192.0.2.1:8443`.
    pub url: String,
    /// TCP.
    pub tcp: SocketAddr,
    /// UDP, for media.
    pub udp: SocketAddr,
    /// What clients know it by; `None`: plain HTTP.
    pub keys: Option<Keys>,
    /// Where metrics are.
    pub metrics: Option<SocketAddr>,
    /// A link that makes whoever uses it first the server's owner; a secret. `None`: the server has an owner.
    pub owner_link: Option<Zeroizing<String>>,
    /// The addresses it can be reached at.
    pub addresses: Vec<IpAddr>,
}

/// A running server.
pub struct Server {
    listening: Listening,
    control: Arc<Control>,
    media: Arc<MediaPlane>,
    store: Store,
    operations: Arc<Operations>,
    stop: CancellationToken,
    _lock: store::data_dir::Lock,
}

impl Server {
    /// Starts a server; it serves when this returns.
    pub async fn start(config: Config) -> Result<Self, Failure> {
        if config.dev && !config.listen.ip().is_loopback() && !config.insecure_listen {
            let text = format!(
                "--dev serves without encryption, and {} is not on this machine alone; leave --dev away, listen on 127.0.0.1, or add --insecure-listen if you know the network is yours",
                config.listen
            );
            return Err(Failure::new(Exit::Config, text));
        }
        if let Some(at) = config.metrics.filter(|at| !at.ip().is_loopback()) {
            let text = format!(
                "metrics are served without encryption or password, and {at} is not on this machine alone; use 127.0.0.1 and let a proxy carry them further"
            );
            return Err(Failure::new(Exit::Config, text));
        }
        raise_file_limit(OPEN_FILES);
        let data = DataDir::open(&config.data)?;
        let lock = data.lock()?;
        let store = Store::open(&data).await?;
        let key = data.api_key()?;
        let delivery = data.delivery_key()?;

        let listener = edge::listen(config.listen).map_err(|e| cannot_listen(config.listen, &e))?;
        let tcp = listener.local_addr().map_err(|e| cannot_listen(config.listen, &e))?;
        let addresses = edge::addresses::reachable(tcp);
        let metrics = match config.metrics {
            Some(at) => Some(TcpListener::bind(at).await.map_err(|e| cannot_listen(at, &e))?),
            None => None,
        };
        let acme = config.acme.filter(|_| !config.dev);
        let source = match (config.certificate, &acme) {
            (Some(files), _) => Source::Files(files),
            (None, Some(_)) => Source::Acme(addresses.clone()),
            (None, None) => Source::Own(addresses.clone()),
        };
        let certificates = if config.dev { None } else { Some(Certificates::open(source, &data)?) };
        let acceptor = certificates.as_ref().map(Certificates::acceptor).transpose()?;
        let keys = certificates.as_ref().map(|c| c.identity().keys);
        let operations = Operations::new(Audit::start(&data, config.audit_addresses)?, certificates.clone());

        let accounts = control::accounts::Accounts::open(store.clone(), &data, config.oidc)?;
        let control = Control::start(store.clone(), key.clone(), delivery, accounts.key(), config.dev, Limits::default());
        control.observe(operations.clone());
        control.govern(config.policy);
        accounts.observe(operations.clone());
        let advertise = if config.advertise.is_empty() { addresses.clone() } else { config.advertise };
        let media = MediaPlane::start(
            MediaConfig {
                udp: udp_beside(tcp),
                tcp: Some(tcp),
                advertise,
                key,
                max_participants: Limits::default().members,
                tls: !config.dev,
                turn: config.turn,
                webhooks: config.webhooks,
            },
            control.clone(),
        )?;
        control.attach(media.clone());

        let host = addresses.first().copied().unwrap_or(tcp.ip());
        let scheme = if config.dev { "http" } else { "https" };
        let url = match acme.as_ref().and_then(|a| a.domains().first()) {
            Some(domain) => format!("{scheme}://{domain}:{}", tcp.port()),
            None => format!("{scheme}://{}", SocketAddr::new(host, tcp.port())),
        };
        let owner_link = store.owner_link(unix_now()).await?.map(|secret| {
            let fp = keys.map(|keys| format!("{keys}.")).unwrap_or_default();
            Zeroizing::new(format!("{url}/#{fp}k={}", secret.as_str()))
        });

        let stop = CancellationToken::new();
        let router = control::api::router(control.clone())
            .merge(control::accounts::router(accounts))
            .merge(media.router())
            .merge(operations.clone().router())
            .fallback(control::api::nothing_here);
        tokio::spawn(edge::serve(listener, acceptor, router, Some(media.clone()), stop.clone()));
        tokio::spawn(operations.clone().watch(stop.clone()));
        if let (Some(acme), Some(certificates)) = (acme, certificates) {
            tokio::spawn(acme::run(acme, data.clone(), certificates, operations.clone(), stop.clone()));
        }
        let metrics_at = metrics.as_ref().and_then(|l| l.local_addr().ok());
        if let Some(listener) = metrics {
            let (operations, control, media, store) = (operations.clone(), control.clone(), media.clone(), store.clone());
            let monitor = Monitor { operations, control, media, store };
            tokio::spawn(edge::serve(listener, None, monitor.router(), None, stop.clone()));
        }
        let listening = Listening { url, tcp, udp: media.udp_address(), keys, metrics: metrics_at, owner_link, addresses };
        Ok(Self { listening, control, media, store, operations, stop, _lock: lock })
    }

    /// Where it is.
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Reads the certificate anew, and takes what can change while it runs.
    pub fn reload(&self, audit_addresses: bool) {
        self.operations.audit.set_addresses(audit_addresses);
        self.operations.audit.note(Event::ConfigReloaded);
        self.operations.reload_certificate();
    }

    /// Lets nobody new in, and waits until the last one has left, at most so long.
    pub async fn drain(&self, at_most: Duration) {
        self.control.drain();
        self.operations.audit.note(Event::ServerDraining { seconds: at_most.as_secs() });
        let empty = async {
            while self.control.occupancy().1 > 0 {
                tokio::time::sleep(EMPTY).await;
            }
        };
        let _ = tokio::time::timeout(at_most, empty).await;
    }

    /// Whether its parts still answer: this returns, or the service manager's watchdog strikes.
    pub fn is_alive(&self) -> bool {
        self.control.occupancy();
        !self.stop.is_cancelled()
    }

    /// Says goodbye to everybody and ends. Bounded to a few seconds.
    pub async fn shutdown(self) {
        self.control.shutdown().await;
        self.media.shutdown();
        self.stop.cancel();
        self.store.close().await;
        let audit = self.operations.audit.clone();
        let _ = tokio::task::spawn_blocking(move || audit.stop()).await;
    }
}

/// How often a server that is about to end looks whether everybody has left.
const EMPTY: Duration = Duration::from_millis(200);

/// The UDP address with TCP's number, or if that is taken, any.
fn udp_beside(tcp: SocketAddr) -> SocketAddr {
    match std::net::UdpSocket::bind(tcp) {
        Ok(_) => tcp,
        Err(_) => SocketAddr::new(tcp.ip(), 0),
    }
}

fn cannot_listen(at: SocketAddr, e: &io::Error) -> Failure {
    match e.kind() {
        io::ErrorKind::AddrInUse => Failure::new(
            Exit::Unavailable,
            format!("another program listens at {at} already; stop it, or give another port with --listen"),
        ),
        io::ErrorKind::AddrNotAvailable => {
            Failure::new(Exit::Config, format!("{at} is no address of this machine; give one that is with --listen"))
        }
        io::ErrorKind::PermissionDenied => Failure::new(
            Exit::Config,
            format!(
                "you may not listen at {at}; give a port above 1023 with --listen, or let the system's service manager allow it"
            ),
        ),
        _ => Failure::new(Exit::Unavailable, format!("cannot listen at {at} ({e}); give another address with --listen")),
    }
}

/// Every member has two connections; the usual soft limit of 1024 descriptors would end a large room.
const OPEN_FILES: u64 = 65_536;

/// Raises the soft limit of open files, to the hard one at most. Where that is refused, what cannot be opened has a reason of its own.
pub(crate) fn raise_file_limit(at_most: u64) {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(at_most);
        if soft < wanted { setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) } else { Ok(()) }
    });
    if let Err(e) = raised {
        tracing::warn!("the limit of open files stays as it is ({e})");
    }
}
