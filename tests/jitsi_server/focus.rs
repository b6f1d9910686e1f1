//! Jicofo's part, as an actor: a user of prosody who owns every room, invites everybody to a media session of the bridge, and
//! answers whoever asks for a conference. What it does in a room is in [`super::conference`].

use super::bridge::Bridge;
use super::conference::Room;
use super::stanza::{self, FOCUS, attr, bare, child, children, resource};
use super::xmpp::Connection;
use conclave_lab::prosody;
use futures_util::{SinkExt as _, StreamExt as _};
use minidom::Element;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Message;

mod knobs;

pub(crate) use knobs::{Control, Knobs};

const AGAIN: Duration = Duration::from_millis(100);
const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";

pub(crate) enum Input {
    Control(Control),
    /// A conference request by HTTP.
    Request {
        room: String,
        answer: oneshot::Sender<Value>,
    },
    /// The bridge has allocated.
    Allocated {
        room: String,
        nick: String,
    },
    /// Somebody may have been alone for too long.
    Alone {
        room: String,
        since: u64,
    },
    /// Look whether to connect.
    Look,
}

/// Where an answer to a conference request goes.
pub(crate) enum Asker {
    Iq { id: String, from: String },
    Http(oneshot::Sender<Value>),
}

/// What the rooms need of everything else.
pub(crate) struct Desk {
    pub(crate) knobs: Arc<Mutex<Knobs>>,
    pub(crate) bridge: Bridge,
    /// `ws://host:port/` of the bridge's channels.
    pub(crate) channels: String,
    pub(crate) inputs: mpsc::UnboundedSender<Input>,
    outgoing: Vec<String>,
    /// Whose features an IQ asked for.
    pub(crate) asked: HashMap<String, (String, String)>,
    serial: u64,
}

impl Desk {
    pub(crate) fn knobs(&self) -> std::sync::MutexGuard<'_, Knobs> {
        self.knobs.lock().unwrap()
    }

    pub(crate) fn send(&mut self, stanza: String) {
        self.outgoing.push(stanza);
    }

    /// An IQ of our own; its id.
    pub(crate) fn iq(&mut self, kind: &str, to: &str, payload: &str) -> String {
        self.serial += 1;
        let id = format!("YYU6X-{}", self.serial);
        let to = stanza::escape(to);
        self.send(format!("<iq xmlns='jabber:client' type='{kind}' to='{to}' id='{id}'>{payload}</iq>"));
        id
    }

    pub(crate) fn result(&mut self, iq: &Element) {
        let (to, id) = (stanza::escape(attr(iq, "from")), stanza::escape(attr(iq, "id")));
        self.send(format!("<iq xmlns='jabber:client' type='result' to='{to}' id='{id}'/>"));
    }

    pub(crate) fn refuse(&mut self, iq: &Element, kind: &str, condition: &str, text: &str) {
        let (to, id) = (stanza::escape(attr(iq, "from")), stanza::escape(attr(iq, "id")));
        self.send(format!(
            "<iq xmlns='jabber:client' type='error' to='{to}' id='{id}'><error type='{kind}'><{condition} xmlns='{STANZAS}'/>\
             <text xml:lang='en' xmlns='{STANZAS}'>{text}</text></error></iq>"
        ));
    }
}

pub(crate) struct Focus {
    desk: Desk,
    rooms: HashMap<String, Room>,
}

impl Focus {
    /// The actor; it ends with its runtime.
    pub(crate) fn start(
        prosody: String,
        channels: String,
        bridge: Bridge,
        knobs: Arc<Mutex<Knobs>>,
        logins: watch::Sender<usize>,
    ) -> mpsc::UnboundedSender<Input> {
        let (inputs, mut incoming) = mpsc::unbounded_channel();
        let (outgoing, asked) = (Vec::new(), HashMap::new());
        let desk = Desk { knobs, bridge, channels, inputs: inputs.clone(), outgoing, asked, serial: 0 };
        let mut focus = Self { desk, rooms: HashMap::new() };
        tokio::spawn(async move {
            loop {
                focus.forget();
                if focus.desk.knobs().stopped {
                    if let Some(Input::Request { answer, .. }) = incoming.recv().await {
                        drop(answer);
                    }
                    continue;
                }
                let account = Some((prosody::FOCUS, prosody::PASSWORD));
                match Connection::login(&prosody, "", "auth.meet.test", account, Some("focus")).await {
                    Ok(connection) => {
                        logins.send_modify(|count| *count += 1);
                        focus.serve(connection, &mut incoming).await;
                    }
                    Err(_) => tokio::time::sleep(AGAIN).await,
                }
            }
        });
        inputs
    }

    fn forget(&mut self) {
        for (_, room) in self.rooms.drain() {
            self.desk.bridge.end(&room.conference);
        }
        self.desk.outgoing.clear();
        self.desk.asked.clear();
    }

    async fn serve(&mut self, connection: Connection, incoming: &mut mpsc::UnboundedReceiver<Input>) {
        let (mut to, mut from) = connection.socket.split();
        loop {
            tokio::select! {
                message = from.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        let silent = self.desk.knobs().silent;
                        if let Some(stanza) = stanza::parse(&text).filter(|_| !silent) {
                            self.stanza(&stanza);
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                input = incoming.recv() => match input {
                    Some(input) => self.input(input),
                    None => return,
                },
            }
            if self.desk.knobs().stopped {
                let _ = to.close().await;
                return;
            }
            for stanza in self.desk.outgoing.drain(..) {
                if to.send(Message::text(stanza)).await.is_err() {
                    return;
                }
            }
        }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Look => {}
            Input::Request { answer, .. } if self.desk.knobs().silent => drop(answer),
            Input::Request { room, answer } => self.request(&room, Asker::Http(answer)),
            Input::Allocated { room, nick } => self.room(&room, |room, desk| room.allocated(&nick, desk)),
            Input::Alone { room, since } => self.room(&room, |room, desk| room.alone(since, desk)),
            Input::Control(Control::Reset(room)) => self.room(&room, |room, desk| room.reset(desk)),
            Input::Control(Control::Terminate { room, nick, again }) => {
                self.room(&room, |room, desk| room.terminate(&nick, again, desk));
            }
            Input::Control(Control::Initiate { room, nick }) => self.room(&room, |room, desk| room.invite(&nick, desk)),
            Input::Control(Control::Announce { room, name, element }) => {
                self.room(&room, |room, desk| room.announce(&name, element, desk));
            }
            Input::Control(Control::Say(stanza)) => self.desk.send(stanza),
        }
    }

    fn room(&mut self, jid: &str, act: impl FnOnce(&mut Room, &mut Desk)) {
        if let Some(room) = self.rooms.get_mut(jid) {
            act(room, &mut self.desk);
        }
    }

    fn stanza(&mut self, stanza: &Element) {
        let from = attr(stanza, "from");
        match (stanza.name(), attr(stanza, "type")) {
            ("presence", kind) => {
                let kind = kind.to_owned();
                self.room(bare(from), |room, desk| room.presence(stanza, &kind, desk));
                if self.rooms.get(bare(from)).is_some_and(|room| room.over) {
                    let room = self.rooms.remove(bare(from)).unwrap();
                    self.desk.bridge.end(&room.conference);
                }
            }
            ("iq", "result" | "error") => {
                if let Some((room, nick)) = self.desk.asked.remove(attr(stanza, "id")) {
                    self.room(&room, |room, desk| room.features(&nick, child(stanza, "query"), desk));
                }
            }
            ("iq", "set") => {
                if let Some(conference) = child(stanza, "conference") {
                    self.asks(stanza, conference);
                } else if self.rooms.contains_key(bare(from)) {
                    let nick = resource(from).to_owned();
                    self.room(bare(from), |room, desk| room.iq(&nick, stanza, desk));
                } else {
                    self.desk.refuse(stanza, "cancel", "item-not-found", "there is no such conference");
                }
            }
            ("message", _) if from == "avmoderation.meet.test" => {
                let Some(text) = child(stanza, "json-message").map(Element::text) else { return };
                let Ok(what) = serde_json::from_str::<Value>(&text) else { return };
                self.room(what["room"].as_str().unwrap_or_default(), |room, desk| room.moderated(&what, desk));
            }
            ("iq", "get") => self.desk.refuse(stanza, "cancel", "service-unavailable", "nothing is to be got here"),
            _ => {}
        }
    }

    /// A conference request by XMPP.
    fn asks(&mut self, iq: &Element, conference: &Element) {
        let room = attr(conference, "room").to_lowercase();
        let client = resource(attr(iq, "from")); // it comes through the component
        let stranger = self.desk.knobs().accounts && bare(client).ends_with("@guest.meet.test");
        if stranger && !self.rooms.contains_key(&room) {
            return self.desk.refuse(iq, "auth", "not-authorized", "not authorized user domain");
        }
        let asker = Asker::Iq { id: attr(iq, "id").to_owned(), from: attr(iq, "from").to_owned() };
        self.request(&room, asker);
    }

    fn request(&mut self, jid: &str, asker: Asker) {
        let hesitates = {
            let mut knobs = self.desk.knobs();
            let hesitates = knobs.not_ready > 0;
            knobs.not_ready = knobs.not_ready.saturating_sub(1);
            hesitates
        };
        if hesitates {
            return answer(&mut self.desk, jid, asker, false);
        }
        let desk = &mut self.desk;
        let room = self.rooms.entry(jid.to_owned()).or_insert_with(|| Room::enter(jid, desk));
        match room.entered {
            true => answer(desk, jid, asker, true),
            false => room.askers.push(asker),
        }
    }
}

/// Answers a conference request.
pub(crate) fn answer(desk: &mut Desk, room: &str, asker: Asker, ready: bool) {
    let accounts = desk.knobs().accounts.to_string();
    match asker {
        Asker::Iq { id, from } => {
            let (id, to, room) = (stanza::escape(&id), stanza::escape(&from), stanza::escape(room));
            desk.send(format!(
                "<iq xmlns='jabber:client' type='result' to='{to}' id='{id}'><conference focusjid='focus@auth.meet.test' \
                 room='{room}' xmlns='{FOCUS}' ready='{ready}'><property name='authentication' value='{accounts}'/>\
                 <property name='visitors-supported' value='false'/></conference></iq>"
            ));
        }
        Asker::Http(answer) => {
            let properties = json!({"visitors-supported": "false", "authentication": accounts});
            let focus = "focus@auth.meet.test";
            let _ = answer.send(json!({"room": room, "ready": ready, "focusJid": focus, "properties": properties}));
        }
    }
}

/// What a presence says of its sender: role, affiliation, real JID and the status codes.
pub(crate) fn occupant(presence: &Element) -> (String, String, String, Vec<String>) {
    let x = children(presence, "x").find(|x| x.has_ns("http://jabber.org/protocol/muc#user"));
    let item = x.and_then(|x| child(x, "item"));
    let of = |name: &str| item.map_or("", |item| attr(item, name)).to_owned();
    let codes = x.map(|x| children(x, "status").map(|s| attr(s, "code").to_owned()).collect()).unwrap_or_default();
    (of("role"), of("affiliation"), of("jid"), codes)
}
