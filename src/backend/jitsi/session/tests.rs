//! Recorded conversations, and made-up ones, against the state machine in virtual time.

mod bad;
mod living;
mod recorded;

use super::*;
use crate::backend::jitsi::xml;

pub(super) const ANSWER: &str = "v=0\r\na=ice-ufrag:UUUU\r\na=ice-pwd:PPPPPPPP\r\na=fingerprint:sha-256 AA:BB\r\n\
                                 a=candidate:1 1 udp 1 10.1.2.3 5 typ host\r\na=candidate:1 2 udp 1 10.1.2.3 5 typ host\r\n";
pub(super) const SSRC: u32 = 4_242_424_242;

/// A client, with a server, a bridge and a transport that do what the test says.
pub(super) struct Rig {
    pub(super) session: Session,
    pub(super) now: Instant,
    pub(super) sent: Vec<Element>,
    pub(super) events: Vec<BackendEvent>,
    pub(super) bridge: Vec<String>,
    /// Whose sound is heard, by SSRC.
    pub(super) heard: BTreeMap<u32, String>,
    pub(super) descriptions: Vec<String>,
    pub(super) dials: Vec<(Option<String>, bool)>,
    pub(super) waits: Vec<bool>,
    pub(super) joined: Option<Entered>,
    pub(super) closed: bool,
    pub(super) generation: u32,
    pub(super) media: u32,
    /// The transport connects as soon as it can.
    pub(super) connects: bool,
    /// The server confirms what it is sent, when it is asked.
    pub(super) confirms: bool,
    stanzas: u32,
}

pub(super) fn settings(room: &str) -> Settings {
    let place = Place {
        domain: "meet.test".into(),
        room: format!("{room}@conference.meet.test"),
        focus: "focus.meet.test".into(),
        request: None,
        hosts: vec!["127.0.0.1".into(), "meet.test".into()],
    };
    Settings {
        place,
        login: Login::Anonymous,
        token: false,
        name: "Moana".into(),
        muted: true,
        microphone: true,
        password: None,
        patience: Duration::from_secs(300),
    }
}

impl Rig {
    pub(super) fn new(settings: Settings) -> Self {
        let now = Instant::now();
        let mut rig = Self {
            session: Session::new(now, settings),
            now,
            sent: vec![],
            events: vec![],
            bridge: vec![],
            heard: BTreeMap::new(),
            descriptions: vec![],
            dials: vec![],
            waits: vec![],
            joined: None,
            closed: false,
            generation: 0,
            media: 0,
            connects: true,
            confirms: true,
            stanzas: 0,
        };
        rig.drain();
        rig
    }

    pub(super) fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.next_output() {
            let (session, now) = (&mut self.session, self.now);
            match output {
                Output::Dial { generation, previous, token_in_query } => {
                    self.generation = generation;
                    self.dials.push((previous.map(|p| p.to_string()), token_in_query));
                }
                Output::Send(text) => {
                    let sent = xml::read(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
                    match sent.name() {
                        "enable" => self.stanzas = 0,
                        "iq" | "message" | "presence" => self.stanzas += 1,
                        "r" if self.confirms => {
                            let confirmed = format!("<a xmlns='urn:xmpp:sm:3' h='{}'/>", self.stanzas);
                            session.handle(now, Input::Text(self.generation, confirmed));
                        }
                        _ => {}
                    }
                    self.sent.push(sent);
                }
                Output::NewPeer { session: media, sdp, .. } => {
                    self.descriptions.push(sdp);
                    self.media = media;
                    session.handle(now, Input::Answered { session: media, sdp: ANSWER.into(), ssrc: Some(SSRC) });
                    if self.connects {
                        session.handle(now, Input::Transport(TransportState::Connected));
                    }
                }
                Output::Describe { session: media, sdp } => {
                    self.descriptions.push(sdp);
                    session.handle(now, Input::Answered { session: media, sdp: ANSWER.into(), ssrc: Some(SSRC) });
                }
                Output::OpenBridge { session: media, .. } => session.handle(now, Input::BridgeOpened(media)),
                Output::BridgeSend(text) => self.bridge.push(text),
                Output::Waits(on) => self.waits.push(on),
                Output::Joined(entered) => self.joined = Some(entered),
                Output::Event(event) => self.events.push(event),
                Output::Source { ssrc, peer } => drop(self.heard.insert(ssrc, peer.0)),
                Output::SourceEnded(ssrc) => drop(self.heard.remove(&ssrc)),
                Output::Close => self.closed = true,
                Output::HangUp | Output::Ask(_) | Output::ClosePeer | Output::CloseBridge => {}
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.input(Input::Text(self.generation, text.to_owned()));
    }

    pub(super) fn opened(&mut self) {
        self.input(Input::Opened(self.generation));
    }

    /// Lets time pass, with every deadline in between.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.session.deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.input(Input::Tick);
        }
        self.now = until;
    }

    /// The last thing of this kind that was asked of the server.
    pub(super) fn asked(&self, inside: &str) -> &Element {
        let found = self.sent.iter().rev().find(|e| e.name() == "iq" && xml::child(e, inside).is_some());
        found.unwrap_or_else(|| panic!("nothing was asked with {inside}: {:#?}", self.sent))
    }

    /// Answers it.
    pub(super) fn answer(&mut self, inside: &str, kind: &str, with: &str) {
        let id = self.asked(inside).attr("id").unwrap().to_owned();
        self.text(&format!("<iq xmlns='jabber:client' type='{kind}' id='{id}'>{with}</iq>"));
    }

    pub(super) fn ended(&self) -> (LeaveReason, Failure) {
        match self.events.last() {
            Some(BackendEvent::Ended { reason, failure }) => (*reason, failure.clone()),
            other => panic!("not over: {other:?}"),
        }
    }

    pub(super) fn warned(&self, code: &str) -> usize {
        self.events.iter().filter(|e| matches!(e, BackendEvent::Warning { code: c, .. } if c == code)).count()
    }

    /// Logged in as `abcdefgh`, the conference asked for.
    pub(super) fn log_in(&mut self) {
        let features = |inside: &str| {
            format!(
                "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>{inside}</stream:features>"
            )
        };
        self.opened();
        self.text(&features("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism><mechanism>PLAIN</mechanism></mechanisms>"));
        self.text("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        self.text(&features("<sm xmlns='urn:xmpp:sm:3'/>"));
        if self.sent.last().is_none_or(|e| e.name() != "resume") {
            self.bind("abcdefghijkl");
        }
    }

    pub(super) fn bind(&mut self, node: &str) {
        self.text(&format!(
            "<iq xmlns='jabber:client' id='bind' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{node}@meet.test/x</jid></bind></iq>"
        ));
        self.text("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='RESUME' max='60'/>");
    }

    pub(super) fn conference(&mut self) {
        let focus = "<conference xmlns='http://jitsi.org/protocol/focus' focusjid='focus@auth.meet.test' ready='true'/>";
        self.answer("conference", "result", focus);
    }

    pub(super) fn presence(&mut self, nick: &str, inside: &str) {
        self.text(&format!("<presence xmlns='jabber:client' from='r@conference.meet.test/{nick}'>{inside}</presence>"));
    }

    /// In the room, with the focus and, if wanted, Ana.
    pub(super) fn enter(&mut self, ana: bool) {
        self.log_in();
        self.conference();
        self.shown(ana);
    }

    pub(super) fn shown(&mut self, ana: bool) {
        let x = |item: &str| format!("<x xmlns='http://jabber.org/protocol/muc#user'>{item}</x>");
        self.presence("focus", &x("<item role='moderator' affiliation='owner' jid='focus@auth.meet.test/focus'/>"));
        if ana {
            let nick = "<nick xmlns='http://jabber.org/protocol/nick'>Ana</nick>";
            let open = "<SourceInfo>{\"ana-a0\":{\"muted\":false}}</SourceInfo>";
            self.presence("ana", &format!("{nick}{open}{}", x("<item role='participant' jid='ana@meet.test/y'/>")));
        }
        let me = self.session.own.endpoint.clone();
        self.presence(&me, &x("<item role='participant'/><status code='110'/>"));
    }

    pub(super) fn jingle(&mut self, action: &str, inside: &str) {
        self.text(&format!(
            "<iq xmlns='jabber:client' type='set' id='j' from='r@conference.meet.test/focus'><jingle xmlns='urn:xmpp:jingle:1' \
             action='{action}' initiator='focus@auth.meet.test/focus' sid='s1'>{inside}</jingle></iq>"
        ));
    }

    /// An offer with Ana's sound in it.
    pub(super) fn offer(&mut self) {
        self.jingle("session-initiate", &offer("UF", "ana", 111));
    }
}

/// The inside of an offer.
pub(super) fn offer(ufrag: &str, owner: &str, ssrc: u32) -> String {
    format!(
        "<content name='audio' creator='initiator' senders='both'><description media='audio' xmlns='urn:xmpp:jingle:apps:rtp:1'>\
         <payload-type name='opus' channels='2' id='111' clockrate='48000'/></description>\
         <transport pwd='326aa7bf319livhejo1dab7a3b' ufrag='{ufrag}cr6n81k839' xmlns='urn:xmpp:jingle:transports:ice-udp:1'>\
         <web-socket url='wss://meet.test/colibri-ws/jvb1/c/me?pwd=X' xmlns='http://jitsi.org/protocol/colibri'/>\
         <fingerprint hash='sha-256' xmlns='urn:xmpp:jingle:apps:dtls:0' setup='actpass'>31:B3:94:A5:86:2F:55:82:E1:54:28:39:60:19:6E:58:29:CE:3D:0F:75:D5:03:61:75:CD:F3:DB:25:97:E7:16</fingerprint>\
         <candidate component='1' type='host' foundation='1' ip='10.99.0.1' priority='2130706431' port='22100' protocol='udp'/></transport></content>\
         <bridge-session id='b1' xmlns='http://jitsi.org/protocol/focus'/>\
         <json-message xmlns='http://jitsi.org/jitmeet'>{{\"sources\":{{\"jvb\":[[],[],[{{\"s\":1,\"n\":\"jvb-a0\"}}]],\"{owner}\":[[],[],[{{\"s\":{ssrc}}}]]}}}}</json-message>"
    )
}
