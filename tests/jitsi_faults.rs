//! A Jitsi deployment whose bridge moves and fails under a call, and both kinds of its channel. Real clients, a real
//! prosody, and a focus and a bridge of ours (`tests/jitsi_server`).
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/server.rs"]
mod server;

use conclave_lab::conclave::{Client, text};
use conclave_lab::{skip, speech};
use minidom::Element;
use serde_json::Value;
use server::jingle::breaks_the_bridge;
use server::record::Media;
use server::stanza::{attr, child};
use server::{Jitsi, Options};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const ROOM: &str = "Board";

fn is(name: &'static str) -> impl Fn(&Value) -> bool {
    move |e| e["event"] == name
}

/// Ana, who speaks without end, and Ben, who hears her.
struct Call {
    jitsi: Jitsi,
    ana: Client,
    ben: Client,
    _dir: tempfile::TempDir,
}

impl Call {
    fn begin(options: Options) -> Option<Self> {
        let jitsi = match Jitsi::start(options) {
            Ok(jitsi) => jitsi,
            Err(why) => {
                skip("Jitsi", &why);
                return None;
            }
        };
        let dir = tempfile::tempdir().unwrap();
        let tone = dir.path().join("tone.wav");
        speech::write(&tone, &speech::chirp(60.0));
        let ana = Client::join(BIN, &jitsi.link(ROOM), "Ana", &["--audio", &format!("file:{},", text(&tone))]);
        let ben = Client::join(BIN, &jitsi.link(ROOM), "Ben", &["--audio", "null"]);
        let mut call = Self { jitsi, ana, ben, _dir: dir };
        call.ben.wait_for("sound", is("hearing"));
        Some(call)
    }

    fn nicks(&self) -> [String; 2] {
        ["Ana", "Ben"].map(|name| self.jitsi.nick_of(name))
    }

    /// Waits until the bridge has had so many connections with sound of Ana.
    fn heard_again(&self, count: usize) {
        self.jitsi.wait_media(&self.nicks()[0], Media::Heard, count);
    }

    fn leave(self) -> [Vec<Value>; 2] {
        [self.ana, self.ben].map(|mut client| {
            client.send(r#"{"cmd":"leave"}"#);
            let (code, events, stderr) = client.finish();
            assert_eq!(code, 0, "{stderr} {events:#?}");
            events
        })
    }
}

fn jingle<'a>(stanza: &'a Element, action: &str) -> Option<&'a Element> {
    child(stanza, "jingle").filter(|jingle| attr(jingle, "action") == action)
}

#[test]
fn a_bridge_that_fails_is_followed_and_nothing_that_breaks_it_is_sent() {
    let Some(call) = Call::begin(Options::default()) else { return };
    for round in 1..=2 {
        call.jitsi.reset_meeting(ROOM);
        call.heard_again(round + 1);
    }
    for nick in call.nicks() {
        let sent = call.jitsi.sent_by(&nick);
        let accepts: Vec<&Element> = sent.iter().filter_map(|e| jingle(e, "session-accept")).collect();
        assert_eq!(accepts.len(), 3);
        assert!(accepts.iter().all(|accept| !breaks_the_bridge(accept)));
    }
    call.leave();
}

#[test]
fn a_meeting_that_begins_anew_without_end_is_left() {
    let Some(call) = Call::begin(Options::default()) else { return };
    let [_, ben_nick] = call.nicks();
    let Call { jitsi, ben, .. } = call;
    let events = std::thread::spawn(move || ben.finish());
    let mut accepted = 1;
    while !events.is_finished() {
        jitsi.reset_meeting(ROOM);
        accepted += 1;
        assert!(accepted < 60, "nobody left after {accepted} sessions");
        std::thread::sleep(std::time::Duration::from_millis(200)); // the pace of the meeting that was seen to break
    }
    let (code, events, stderr) = events.join().unwrap();
    assert_eq!(code, 76, "{stderr} {events:#?}");
    assert!(!jitsi.sent_by(&ben_nick).is_empty());
}

#[test]
fn a_closed_channel_of_the_bridge_is_opened_again() {
    let Some(call) = Call::begin(Options::default()) else { return };
    let [ana, _] = call.nicks();
    call.jitsi.wait_media(&ana, Media::Channel, 1);
    call.jitsi.close_channel(&ana);
    call.jitsi.wait_media(&ana, Media::Channel, 2);
    call.leave();
}

#[test]
fn the_channel_of_the_bridge_may_be_a_data_channel() {
    let Some(call) = Call::begin(Options { data_channel: true, ..Options::default() }) else { return };
    let [ana, ben] = call.nicks();
    for nick in [ana, ben] {
        call.jitsi.wait_media(&nick, Media::Channel, 1);
    }
    call.leave();
}
