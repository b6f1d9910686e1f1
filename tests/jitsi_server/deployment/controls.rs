//! What a test does to a deployment, and what it can know of what crossed it.

use super::super::focus::{Control, Input, Knobs, occupant};
use super::super::record::{Media, Record, Way};
use super::super::stanza::{self, attr, child, escape};
use super::super::web::Order;
use super::Jitsi;
use minidom::Element;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Jitsi {
    /// Turns knobs of the focus.
    pub(crate) fn set(&self, turn: impl FnOnce(&mut Knobs)) {
        turn(&mut self.knobs.lock().unwrap());
        let _ = self.focus.send(Input::Look);
    }

    fn control(&self, control: Control) {
        self.focus.send(Input::Control(control)).unwrap();
    }

    /// The focus sends a stanza.
    pub(crate) fn say(&self, stanza: &str) {
        self.control(Control::Say(stanza.to_owned()));
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

    /// No stream is resumed any more, as by another prosody behind the same address, or again.
    pub(crate) fn forget_streams(&self, forgets: bool) {
        self.web.forgets.store(forgets, Ordering::Release);
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

    /// Something else in the presence of the focus from now on: an element and its name.
    pub(crate) fn announce(&self, room: &str, name: &str, element: &str) {
        let (name, element) = (name.to_owned(), element.to_owned());
        self.control(Control::Announce { room: Self::jid(room), name, element });
    }

    /// A recording (`file`) or a live stream (`stream`) is announced as `pending`, `on` or `off`.
    pub(crate) fn recording(&self, room: &str, mode: &str, status: &str) {
        let name = "jibri-recording-status";
        let xmlns = "http://jitsi.org/protocol/jibri";
        let element = format!("<{name} status='{status}' session_id='recording1' recording_mode='{mode}' xmlns='{xmlns}'/>");
        self.announce(room, name, &element);
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

    /// Waits until somebody was sent a stanza of which `wanted` is true.
    pub(crate) fn wait_told(&self, nick: &str, what: &str, wanted: impl Fn(&Element) -> bool) -> Element {
        self.record.wait(what, |record| record.stanzas(nick, Way::ToClient).into_iter().find(&wanted))
    }

    /// What somebody said to the bridge, and what the bridge said, on the channel.
    pub(crate) fn channel(&self, nick: &str, way: Way) -> Vec<Value> {
        self.record.channel(nick, way)
    }

    /// Waits until somebody has said a message of this class to the bridge, and gives the last one.
    pub(crate) fn wait_channel(&self, nick: &str, class: &str) -> Value {
        let last = |record: &Record| record.channel(nick, Way::FromClient).into_iter().rev().find(|m| m["colibriClass"] == class);
        self.record.wait(class, last)
    }

    /// Waits until the bridge has seen that so often of somebody.
    pub(crate) fn wait_media(&self, nick: &str, media: Media, count: usize) {
        let what = format!("{media:?} of {nick}");
        self.record.wait(&what, |record| (record.count(nick, media) >= count).then_some(()));
    }

    /// How often the bridge has seen that of somebody.
    pub(crate) fn count_media(&self, nick: &str, media: Media) -> usize {
        self.record.count(nick, media)
    }

    /// How many websockets of prosody somebody has had under this name.
    pub(crate) fn connections(&self, nick: &str) -> usize {
        self.record.connections(nick).len()
    }

    /// Waits until anybody has sent a stanza of which `wanted` is true, also before they have a name.
    pub(crate) fn wait_some(&self, what: &str, wanted: impl Fn(&Element) -> bool) {
        self.record.wait(what, |record| record.all(Way::FromClient).iter().any(&wanted).then_some(()));
    }

    /// `Authorization` headers of conference requests by HTTP.
    pub(crate) fn bearers(&self) -> Vec<String> {
        self.record.bearers()
    }

    /// By the newest of somebody's websockets, as soon as there is one.
    fn order(&self, nick: &str, order: Order) {
        let line = self.record.wait("websocket", |record| {
            let lines = self.web.lines.lock().unwrap();
            let connections = record.connections(nick);
            connections.iter().rev().find_map(|c| lines.get(c).filter(|line| !line.is_closed()).cloned())
        });
        line.send(order).unwrap();
    }

    /// Sends somebody this frame, as if prosody had. It should be no stanza: prosody would not count it, and the client would.
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

    /// Packets of sound that the bridge got.
    pub(crate) fn received(&self) -> u64 {
        self.bridge.received()
    }

    /// Waits until the bridge has got so many.
    pub(crate) fn wait_received(&self, count: u64) {
        self.record.wait("packets of sound", |_| (self.bridge.received() >= count).then_some(()));
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
            let (role, ..) = occupant(stanza);
            roles.insert(stanza::resource(attr(stanza, "from")).to_owned(), role);
        }
        let mut all: Vec<String> = roles.into_iter().filter(|(_, role)| role == "moderator").map(|(nick, _)| nick).collect();
        all.sort_unstable();
        all
    }
}
