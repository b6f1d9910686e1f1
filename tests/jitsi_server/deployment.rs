//! A whole Jitsi Meet on this machine: a real prosody, and a focus, a bridge and a web server of ours that play jicofo,
//! jitsi-videobridge and nginx as recorded in `tests/data/jitsi`.

use super::bridge::Bridge;
use super::focus::{Focus, Input, Knobs};
use super::record::Record;
use super::web::{Site, Web};
use axum::serve::ListenerExt as _;
use conclave_lab::prosody::{self, Prosody};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

mod controls;

/// How it is set up.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(crate) struct Options {
    /// Whose `config.js` it serves.
    pub(crate) site: Site,
    /// Where the web server and the bridge are. prosody is at 127.0.0.1 always.
    pub(crate) ip: IpAddr,
    /// Rooms are opened by people with an account only (SASL PLAIN at `meet.test`; guests at `guest.meet.test`).
    pub(crate) accounts: bool,
    /// Guests bear a token (HS256) signed with this.
    pub(crate) token_secret: Option<String>,
    /// TURN servers that clients are told of.
    pub(crate) turn: Vec<prosody::Turn>,
    /// `config.js` names the conference request by HTTP.
    pub(crate) requests_by_http: bool,
    /// `config.js` names no websocket, as on old deployments.
    pub(crate) without_websocket: bool,
    /// The bridge's channel is a data channel instead of a websocket.
    pub(crate) data_channel: bool,
    /// Who is in a room before there is a media session.
    pub(crate) minimum: usize,
    /// Who is alone for so long loses the media session.
    pub(crate) alone: Duration,
    /// How long a lost signalling session may be resumed.
    pub(crate) hibernation: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            site: Site::Docker,
            ip: Ipv4Addr::LOCALHOST.into(),
            accounts: false,
            token_secret: None,
            turn: Vec::new(),
            requests_by_http: false,
            without_websocket: false,
            data_channel: false,
            minimum: 2,
            alone: Duration::from_secs(20),
            hibernation: Duration::from_secs(60),
        }
    }
}

/// A running deployment; it ends when it is dropped.
pub(crate) struct Jitsi {
    authority: String,
    prosody: Mutex<Prosody>,
    bridge: Bridge,
    focus: mpsc::UnboundedSender<Input>,
    logins: watch::Receiver<usize>,
    knobs: Arc<Mutex<Knobs>>,
    record: Arc<Record>,
    web: Arc<Web>,
    runtime: Option<Runtime>,
}

impl Drop for Jitsi {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Jitsi {
    /// Starts one, also in a runtime. `Err`: why it cannot be had.
    pub(crate) fn start(options: Options) -> Result<Self, String> {
        let set_up = move || {
            let config = prosody::Config {
                accounts: options.accounts,
                token_secret: options.token_secret.clone(),
                hibernation: options.hibernation,
                turn: options.turn.clone(),
            };
            let prosody = prosody::start(&config)?;
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let runtime = runtime.map_err(|e| e.to_string())?;
            let mut jitsi = runtime.block_on(Self::begin(&options, prosody))?;
            jitsi.runtime = Some(runtime);
            Ok(jitsi)
        };
        std::thread::scope(|scope| scope.spawn(set_up).join().map_err(|_| "it panicked".to_owned())?)
    }

    async fn begin(options: &Options, prosody: Prosody) -> Result<Self, String> {
        let listener = TcpListener::bind((options.ip, 0)).await.map_err(|e| e.to_string())?;
        let authority = listener.local_addr().map_err(|e| e.to_string())?.to_string();
        let record = Arc::new(Record::default());
        let bridge = Bridge::start(options.ip, record.clone()).await;
        let knobs = Arc::new(Mutex::new(Knobs {
            minimum: options.minimum,
            bridge_delay: Duration::ZERO,
            silent: false,
            stopped: false,
            refuse_accepts: 0,
            not_ready: 0,
            mute_at_bridge: true,
            alone: options.alone,
            auto_owner: true,
            accounts: options.accounts,
            data_channel: options.data_channel,
            json_sources: true,
            start_muted: None,
        }));
        let (logged_in, mut logins) = watch::channel(0);
        let (at, channels) = (prosody.http.to_string(), format!("ws://{authority}/"));
        let focus = Focus::start(at.clone(), channels, bridge.clone(), knobs.clone(), logged_in);
        let web = Arc::new(Web {
            site: options.site,
            accounts: options.accounts,
            requests_by_http: options.requests_by_http,
            without_websocket: options.without_websocket,
            prosody: at,
            authority: authority.clone(),
            bridge: bridge.clone(),
            focus: focus.clone(),
            record: record.clone(),
            lines: Mutex::default(),
            serial: Default::default(),
            closed: Default::default(),
            forgets: Default::default(),
        });
        let router = web.clone().router();
        let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let patience = super::record::PATIENCE;
        let online = tokio::time::timeout(patience, logins.wait_for(|count| *count > 0)).await;
        online.map_err(|_| format!("the focus cannot log in: {}", prosody.log()))?.map_err(|e| e.to_string())?;
        let prosody = Mutex::new(prosody);
        Ok(Self { authority, prosody, bridge, focus, logins, knobs, record, web, runtime: None })
    }

    /// `host:port` of everything.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// A room's link.
    pub(crate) fn link(&self, room: &str) -> String {
        format!("http://{}/{room}", self.authority)
    }

    /// A room's JID.
    pub(crate) fn jid(room: &str) -> String {
        format!("{}@conference.meet.test", room.to_lowercase())
    }
}
