//! A whole Jitsi Meet on this machine: a real prosody, and a focus, a bridge and a web server of ours that play jicofo,
//! jitsi-videobridge and nginx as recorded in `tests/data/jitsi`.

use super::bridge::Bridge;
use super::focus::{Control, Focus, Input, Knobs};
use super::record::{Media, Record, Way};
use super::stanza::{self, attr, child, escape};
use super::web::{Order, Site, Web};
use conclave_lab::prosody::{self, Prosody};
use minidom::Element;
use serde_json::Value;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

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
        });
        let router = web.clone().router();
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

    /// Turns knobs of the focus.
    pub(crate) fn set(&self, turn: impl FnOnce(&mut Knobs)) {
        turn(&mut self.knobs.lock().unwrap());
        let _ = self.focus.send(Input::Look);
    }

    fn control(&self, control: Control) {
        self.focus.send(Input::Control(control)).unwrap();
    }

    /// The bridge fails: everybody's session is terminated, and everybody is invited again.
    pub(crate) fn reset_meeting(&self, room: &str) {
        self.control(Control::Reset(Self::jid(room)));
    }

    /// One participant's session is terminated; `again`: and another one begins.
    pub(crate) fn terminate(&self, room: &str, nick: &str, again: bool) {
        self.control(Control::Terminate { room: Self::jid(room), nick: nick.to_owned(), again });
    }

    /// A session-initiate into a session that goes on.
    pub(crate) fn initiate_again(&self, room: &str, nick: &str) {
        self.control(Control::Initiate { room: Self::jid(room), nick: nick.to_owned() });
    }

    /// The focus is gone, as after a crash of jicofo.
    pub(crate) fn stop_focus(&self) {
        self.set(|knobs| knobs.stopped = true);
    }

    /// It is back, and knows nothing of before.
    pub(crate) fn start_focus(&self) {
        let before = *self.logins.borrow();
        self.set(|knobs| knobs.stopped = false);
        self.record.wait("login of the focus", |_| (*self.logins.borrow() > before).then_some(()));
    }

    /// How long the bridge takes to allocate.
    pub(crate) fn bridge_delay(&self, delay: Duration) {
        self.set(|knobs| knobs.bridge_delay = delay);
    }

    /// The bridge answers nothing that comes by UDP.
    pub(crate) fn bridge_deaf(&self, deaf: bool) {
        self.bridge.front().set_deaf(deaf);
    }

    /// prosody is killed: its clients lose their websockets.
    pub(crate) fn stop_prosody(&self) {
        self.prosody.lock().unwrap().stop();
    }

    /// prosody is killed and started again; rooms and sessions are gone.
    pub(crate) fn restart_prosody(&self) {
        let before = *self.logins.borrow();
        self.prosody.lock().unwrap().restart().unwrap();
        self.record.wait("login of the focus", |_| (*self.logins.borrow() > before).then_some(()));
    }

    /// No websocket of prosody is opened any more, or again.
    pub(crate) fn close_websockets(&self, closed: bool) {
        self.web.closed.store(closed, Ordering::Release);
    }

    fn admin(&self, room: &str, item: &str) {
        let to = escape(&Self::jid(room));
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>");
        self.control(Control::Say(format!("<iq xmlns='jabber:client' type='set' id='lab-admin' to='{to}'>{query}</iq>")));
    }

    /// Somebody is thrown out.
    pub(crate) fn kick(&self, room: &str, nick: &str) {
        self.admin(room, &format!("<item nick='{}' role='none'><reason>bye</reason></item>", escape(nick)));
    }

    /// Somebody becomes a moderator.
    pub(crate) fn grant(&self, room: &str, nick: &str) {
        let sent = self.record.stanzas(nick, Way::ToClient);
        let bound = sent.iter().find_map(|s| child(child(s, "bind")?, "jid")).map(Element::text).unwrap();
        self.admin(room, &format!("<item affiliation='owner' jid='{}'/>", escape(stanza::bare(&bound))));
    }

    fn configure(&self, room: &str, fields: &[(&str, &str)]) {
        let to = escape(&Self::jid(room));
        let fields: String = [("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig")]
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("<field var='{name}'><value>{}</value></field>", escape(value)))
            .collect();
        let form = format!("<x xmlns='jabber:x:data' type='submit'>{fields}</x>");
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>");
        self.control(Control::Say(format!("<iq xmlns='jabber:client' type='set' id='lab-form' to='{to}'>{query}</iq>")));
    }

    /// A password for the room, or none.
    pub(crate) fn set_password(&self, room: &str, password: Option<&str>) {
        let protected = if password.is_some() { "1" } else { "0" };
        self.configure(
            room,
            &[("muc#roomconfig_roomsecret", password.unwrap_or_default()), ("muc#roomconfig_passwordprotectedroom", protected)],
        );
    }

    /// A lobby before the room, or none.
    pub(crate) fn lobby(&self, room: &str, on: bool) {
        self.configure(room, &[("muc#roomconfig_membersonly", if on { "1" } else { "0" })]);
    }

    /// The nick (and endpoint id) of whoever has this display name.
    pub(crate) fn nick_of(&self, name: &str) -> String {
        self.record.wait("presence under that name", |record| {
            let named = |presence: &Element| child(presence, "nick").is_some_and(|nick| nick.text() == name);
            let nicks = record.nicks();
            nicks.into_iter().rev().find(|nick| record.stanzas(nick, Way::FromClient).iter().any(named))
        })
    }

    /// Every stanza that somebody sent, of all websockets.
    pub(crate) fn sent_by(&self, nick: &str) -> Vec<Element> {
        self.record.stanzas(nick, Way::FromClient)
    }

    /// Every stanza that somebody was sent.
    pub(crate) fn sent_to(&self, nick: &str) -> Vec<Element> {
        self.record.stanzas(nick, Way::ToClient)
    }

    /// Waits until somebody has sent so many stanzas of which `wanted` is true, and gives the last one.
    pub(crate) fn wait_sent(&self, nick: &str, count: usize, what: &str, wanted: impl Fn(&Element) -> bool) -> Element {
        self.record.wait(what, |record| {
            let all: Vec<Element> = record.stanzas(nick, Way::FromClient).into_iter().filter(&wanted).collect();
            (all.len() >= count).then(|| all.last().cloned())?
        })
    }

    /// What somebody said to the bridge, and what the bridge said, on the channel.
    pub(crate) fn channel(&self, nick: &str, way: Way) -> Vec<Value> {
        self.record.channel(nick, way)
    }

    /// Waits until the bridge has seen that so often of somebody.
    pub(crate) fn wait_media(&self, nick: &str, media: Media, count: usize) {
        let what = format!("{media:?} of {nick}");
        self.record.wait(&what, |record| (record.count(nick, media) >= count).then_some(()));
    }

    /// `Authorization` headers of conference requests by HTTP.
    pub(crate) fn bearers(&self) -> Vec<String> {
        self.record.bearers()
    }

    fn order(&self, nick: &str, order: Order) {
        let lines = self.web.lines.lock().unwrap();
        let connections = self.record.connections(nick);
        let line = connections.iter().rev().find_map(|connection| lines.get(connection));
        line.unwrap_or_else(|| panic!("{nick} has no websocket")).send(order).unwrap();
    }

    /// Sends somebody this frame, as if prosody had.
    pub(crate) fn inject(&self, nick: &str, frame: &str) {
        self.order(nick, Order::Say(frame.to_owned()));
    }

    /// Cuts somebody's websocket: prosody keeps the session for a while.
    pub(crate) fn cut(&self, nick: &str) {
        self.order(nick, Order::Cut);
    }

    /// Says something on somebody's bridge channel.
    pub(crate) fn tell(&self, nick: &str, message: &Value) {
        let conference = self.bridge.conference_of(nick).unwrap();
        self.bridge.tell(&conference, nick, message);
    }

    /// Closes somebody's bridge websocket.
    pub(crate) fn close_channel(&self, nick: &str) {
        let conference = self.bridge.conference_of(nick).unwrap();
        self.bridge.close_channel(&conference, nick);
    }

    /// The bridge drops somebody's sound, or passes it on again.
    pub(crate) fn drop_sound(&self, nick: &str, dropped: bool) {
        let conference = self.bridge.conference_of(nick).unwrap();
        self.bridge.mute(&conference, nick, dropped);
    }

    /// The moderators of a room, as its members were told.
    pub(crate) fn moderators(&self, nick: &str) -> Vec<String> {
        let mut roles: HashMap<String, String> = HashMap::new();
        for stanza in self.sent_to(nick).iter().filter(|stanza| stanza.name() == "presence") {
            let (role, ..) = super::focus::occupant(stanza);
            roles.insert(stanza::resource(attr(stanza, "from")).to_owned(), role);
        }
        let mut all: Vec<String> = roles.into_iter().filter(|(_, role)| role == "moderator").map(|(nick, _)| nick).collect();
        all.sort_unstable();
        all
    }
}
