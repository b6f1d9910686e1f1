//! A whole session in a Jitsi room, with a server, a bridge, a transport and a user that do anything.

use super::{RECORDINGS, Recording, is_description, message};
use conclave::backend::jitsi::Place;
use conclave::backend::jitsi::session::{Input, Output, Session, Settings};
use conclave::backend::jitsi::stream::Login;
use conclave::backend::jitsi::xml;
use conclave::backend::{BackendCommand, BackendEvent};
use conclave::call::PeerId;
use conclave::exit::{Exit, Failure};
use conclave::protocol::control::Secret;
use conclave::protocol::room::{Act, RoomRole};
use conclave::rtc::TransportState;
use minidom::Element;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

const PASSWORD: &str = "hunter2-passerine";
const ANSWER: &str = "v=0\r\na=ice-ufrag:UUUU\r\na=ice-pwd:PPPPPPPP\r\na=fingerprint:sha-256 AA:BB\r\n\
                      a=candidate:1 1 udp 1 10.1.2.3 5 typ host\r\na=candidate:1 2 udp 1 10.1.2.3 5 typ host\r\n";

/// What carries out what the session wants, and holds it to what it must never do.
struct Shell<'a> {
    session: Session,
    now: Instant,
    recording: &'a Recording,
    /// Our name in the room.
    nick: String,
    /// The last question with an element of this name.
    asked: HashMap<String, String>,
    dialled: Option<u32>,
    generation: u32,
    peer: Option<u32>,
    bridge: Option<u32>,
    sources: usize,
    /// Who is there, as the user knows it.
    people: BTreeSet<PeerId>,
    ended: bool,
}

/// Logged in and in the room, as far as the bytes let it come; then they say what happens. How many sources of sound there were.
pub fn conversation(data: &[u8]) -> usize {
    let Some((&[shape, steps], mut rest)) = data.split_first_chunk::<2>() else { return 0 };
    let mut shell = Shell::new(shape);
    shell.come_in(if steps < 128 { usize::from(steps) % 8 } else { 8 });
    while let Some((&what, after)) = rest.split_first() {
        rest = shell.step(what, after);
    }
    if !shell.ended {
        shell.input(Input::Command(BackendCommand::Leave));
    }
    assert!(shell.ended, "who leaves has left");
    shell.input(Input::Tick);
    shell.sources
}

/// See [`conversation`].
pub fn session(data: &[u8]) {
    conversation(data);
}

/// A piece as long as its first byte says, and what follows it.
fn piece(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((&length, rest)) = data.split_first() else { return (&[], &[]) };
    rest.split_at(rest.len().min(length.into()))
}

fn failure(choice: u8) -> Failure {
    let exits = [Exit::TempFail, Exit::Unavailable, Exit::Protocol, Exit::Tls, Exit::Denied, Exit::Usage];
    Failure::new(exits[usize::from(choice) % exits.len()], "as the bytes choose")
}

fn command(choice: u8, nick: &str, text: &str) -> BackendCommand {
    let member = || nick.to_owned();
    BackendCommand::Moderate(match choice % 22 {
        0 => return BackendCommand::Muted(true),
        1 => return BackendCommand::Muted(false),
        2 => return BackendCommand::Hand(Some(7)),
        3 => return BackendCommand::Hand(None),
        4 => return BackendCommand::Name(text.into()),
        5 => return BackendCommand::Say { text: text.into(), to: None },
        6 => return BackendCommand::Say { text: text.into(), to: Some(PeerId(nick.into())) },
        7 => return BackendCommand::React(text.into()),
        8 => return BackendCommand::React("👍".into()),
        9 => return BackendCommand::Password(Some(Secret(text.to_owned().into()))),
        10 => return BackendCommand::Password(None),
        11 => return BackendCommand::Leave,
        12 => Act::Mute { member: member() },
        13 => Act::MuteAll,
        14 => Act::Kick { member: member() },
        15 => Act::Promote { member: member(), role: RoomRole::Moderator },
        16 => Act::Promote { member: member(), role: RoomRole::Speaker },
        17 => Act::Lock { on: true },
        18 => Act::Lock { on: false },
        19 => Act::Admit { member: member() },
        20 => Act::Deny { member: member() },
        _ => Act::AskUnmute { member: member() },
    })
}

impl<'a> Shell<'a> {
    fn new(shape: u8) -> Self {
        let recording = &RECORDINGS[usize::from(shape) % RECORDINGS.len()];
        let login = match shape & 0x18 {
            0x08 => Login::Plain { user: "ana".into(), password: PASSWORD.to_owned().into() },
            _ => Login::Anonymous,
        };
        let place = Place {
            domain: "meet.test".into(),
            room: format!("{}@conference.meet.test", recording.room),
            focus: "focus.meet.test".into(),
            request: (shape & 0x20 != 0).then(|| "/conference-request/v1".into()),
            hosts: vec!["127.0.0.1".into(), "meet.test".into()],
        };
        let settings = Settings {
            place,
            login,
            token: shape & 0x18 == 0x10,
            name: "Ana".into(),
            muted: shape & 0x40 != 0,
            microphone: true,
            password: (shape & 0x80 != 0).then(|| PASSWORD.to_owned().into()),
            patience: Duration::from_secs(60),
        };
        let now = Instant::now();
        let session = Session::new(now, settings);
        let (asked, dialled, peer, bridge) = (HashMap::new(), None, None, None);
        let mut shell = Self {
            session,
            now,
            recording,
            nick: String::new(),
            asked,
            dialled,
            generation: 0,
            peer,
            bridge,
            sources: 0,
            people: BTreeSet::new(),
            ended: false,
        };
        shell.drain();
        shell
    }

    fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    fn text(&mut self, text: String) {
        self.input(Input::Text(self.generation, text));
    }

    fn drain(&mut self) {
        let mut outputs = 0;
        while let Some(output) = self.session.next_output() {
            outputs += 1;
            assert!(outputs < 40_000 && !self.ended, "after the end: {output:?}");
            match output {
                Output::Dial { generation, .. } => self.dialled = Some(generation),
                Output::HangUp => self.dialled = None,
                Output::Send(text) => self.sent(&text),
                Output::NewPeer { session, sdp, .. } => {
                    is_description(&sdp);
                    self.peer = Some(session);
                }
                Output::Describe { session, sdp } => {
                    is_description(&sdp);
                    assert_eq!(self.peer, Some(session));
                }
                Output::ClosePeer => self.peer = None,
                Output::OpenBridge { session, url } => {
                    let host = url::Url::parse(&url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
                    assert!(host == "127.0.0.1" || host == "meet.test" || host.ends_with(".meet.test"), "{host}");
                    assert!(url.starts_with("wss:") || host == "127.0.0.1", "{host}");
                    self.bridge = Some(session);
                }
                Output::CloseBridge => self.bridge = None,
                Output::Event(BackendEvent::PeerJoined { id, .. }) => assert!(self.people.insert(id), "twice there"),
                Output::Event(BackendEvent::PeerLeft { id }) => assert!(self.people.remove(&id), "left, and was not there"),
                Output::Source { .. } => self.sources += 1,
                Output::BridgeSend(text) => assert!(text.len() < 1024),
                Output::Close => self.ended = true,
                _ => {}
            }
        }
        assert_eq!(self.session.deadline().is_none(), self.ended, "every wait has a deadline");
    }

    #[allow(clippy::panic, reason = "a fuzz target fails by panicking")]
    fn sent(&mut self, text: &str) {
        let element = xml::read(text).unwrap_or_else(|e| panic!("{e} was sent: {text:?}"));
        assert!(!has(&element, "candidate"), "{text}");
        assert!(!text.contains(PASSWORD) || element.children().any(|c| has(c, "password")), "{text}");
        if element.name() == "presence" {
            self.nick = element.attr("to").and_then(|to| to.split('/').nth(1)).unwrap_or_default().to_owned();
        }
        if element.name() == "iq" && matches!(element.attr("type"), Some("get" | "set")) {
            for child in element.children() {
                self.asked.insert(child.name().to_owned(), element.attr("id").unwrap_or_default().to_owned());
            }
        }
    }

    fn answer(&mut self, about: &str, kind: &str, with: &str) {
        let id = self.asked.get(about).cloned().unwrap_or_default();
        self.text(format!("<iq xmlns='jabber:client' type='{kind}' id='{id}'>{with}</iq>"));
    }

    /// The steps into the room.
    fn come_in(&mut self, steps: usize) {
        const FEATURES: &str = "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
        let (room, node) = (&self.recording.room, &self.recording.node);
        let present = |nick: &str, item: &str| {
            format!(
                "<presence xmlns='jabber:client' from='{room}@conference.meet.test/{nick}'>\
                 <x xmlns='http://jabber.org/protocol/muc#user'>{item}</x></presence>"
            )
        };
        if let Some(generation) = self.dialled.take_if(|_| steps > 0) {
            self.generation = generation;
            self.input(Input::Opened(generation));
        }
        let said = [
            format!(
                "{FEATURES}<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism>\
                 <mechanism>PLAIN</mechanism></mechanisms></stream:features>"
            ),
            "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".to_owned(),
            format!("{FEATURES}<sm xmlns='urn:xmpp:sm:3'/></stream:features>"),
            format!(
                "<iq xmlns='jabber:client' id='bind' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
                 <jid>{node}@meet.test/x</jid></bind></iq>"
            ),
            "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='RESUME' max='60'/>".to_owned(),
        ];
        for text in said.into_iter().take(steps.saturating_sub(1)) {
            self.text(text);
        }
        if steps >= 7 {
            let focus = "<conference xmlns='http://jitsi.org/protocol/focus' focusjid='focus@auth.meet.test' ready='true'/>";
            self.answer("conference", "result", focus);
            self.input(Input::Asked(Ok(br#"{"ready":true,"focusJid":"focus@auth.meet.test"}"#.to_vec())));
        }
        if steps >= 8 {
            self.text(present("focus", "<item role='moderator' affiliation='owner' jid='focus@auth.meet.test/focus'/>"));
            self.text(present("ben", "<item role='participant' jid='ben@meet.test/y'/>"));
            let nick = self.nick.clone();
            self.text(present(&nick, "<item role='moderator'/><status code='110'/>"));
        }
    }

    /// One thing happens; what is left of the bytes.
    fn step<'d>(&mut self, what: u8, after: &'d [u8]) -> &'d [u8] {
        let (said, rest) = piece(after);
        let first = said.first().copied().unwrap_or_default();
        let recording = self.recording;
        let text = || String::from_utf8_lossy(said).into_owned();
        let session = self.peer.unwrap_or_default();
        match what % 16 {
            0 => self.pass(Duration::from_millis(u64::from(first) * 300)),
            1 => self.input(Input::Tick),
            2..=4 => {
                let good: Vec<_> = recording.stanzas.iter().map(String::as_str).collect();
                self.text(message(&good, said).unwrap_or_default());
            }
            5 | 6 => {
                let good: Vec<_> = recording.bridge.iter().map(String::as_str).collect();
                self.input(Input::BridgeText(session, message(&good, said).unwrap_or_default()));
            }
            7 => {
                let about = ["conference", "services", "query", "jingle", "mute"][usize::from(first) % 5];
                let (kind, with) = (["result", "error"][usize::from(first) / 5 % 2], text());
                self.answer(about, kind, with.get(1..).unwrap_or_default());
            }
            8 => self.input(Input::Lost(self.generation, failure(first))),
            9 => {
                self.come_in(usize::from(first) % 9);
                self.text("<resumed xmlns='urn:xmpp:sm:3' h='3' previd='RESUME'/>".into());
            }
            10 => {
                let sdp = if first % 2 == 0 { ANSWER.to_owned() } else { text() };
                self.input(Input::Answered { session, sdp, ssrc: (first < 128).then_some(9) });
            }
            11 => self.input(Input::Transport(match first % 5 {
                0 => TransportState::Connecting,
                1 => TransportState::Disconnected,
                2 => TransportState::Failed,
                3 => TransportState::Closed,
                _ => TransportState::Connected,
            })),
            12 if first % 2 == 0 => self.input(Input::BridgeOpened(session)),
            12 => self.input(Input::BridgeLost(session)),
            13 => self.input(match first % 4 {
                0 => Input::PeerFailed(failure(first / 4)),
                1 => Input::WayLost,
                2 => Input::Moved,
                _ => Input::Rung("turn"),
            }),
            14 => self.input(Input::Asked(if first == 0 { Err(failure(1)) } else { Ok(said.to_vec()) })),
            _ => self.input(Input::Command(command(first, "ben", &text()))),
        }
        rest
    }

    /// Time passes, with every deadline in between: they move on.
    fn pass(&mut self, time: Duration) {
        let (until, mut at_once) = (self.now + time, 0);
        while let Some(at) = self.session.deadline().filter(|at| *at <= until) {
            at_once = if at > self.now { 0 } else { at_once + 1 };
            assert!(at_once < 16, "a deadline does not move on");
            self.now = self.now.max(at);
            self.input(Input::Tick);
        }
        self.now = until;
    }
}

fn has(element: &Element, name: &str) -> bool {
    element.name() == name || element.children().any(|c| has(c, name))
}
