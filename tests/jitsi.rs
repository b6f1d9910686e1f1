//! Rooms of a Jitsi deployment, joined from the command line: a real prosody, and a focus and a bridge of ours that say what the
//! real ones said (`tests/jitsi_server.rs` compares them with recordings). Here: people and their sound.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/client.rs"]
mod client;
#[path = "jitsi_server/server.rs"]
mod server;

use client::{Voice, about, count, ends, guest, has_spoken, is, join, leave, me, roster, with};
use conclave_lab::conclave::text;
use conclave_lab::{coturn, prosody, skip, speech};
use minidom::Element;
use server::record::{Media, Way};
use server::stanza::{attr, child};
use server::web::Site;
use server::{Jitsi, Options, start};
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

#[test]
fn three_people_hear_each_other_by_the_bridge() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (tone, heard) = (dir.path().join("tone.wav"), dir.path().join("heard.wav"));
    let chirp = speech::chirp(3.0);
    speech::write(&tone, &chirp);
    let mut ana = join(&jitsi, "Board", "Ana", &["--audio", &format!("file:{},", text(&tone))]);
    let joined = ana.event("joined");
    assert_eq!(joined["room"], "Board");
    let mut ben = join(&jitsi, "Board", "Ben", &["--audio", &format!("file:,{}", text(&heard))]);
    let mut cleo = join(&jitsi, "Board", "Cleo", &["--audio", "null"]);
    for client in [&mut ben, &mut cleo] {
        client.wait_for("sound", is("hearing"));
    }
    has_spoken(&mut ana);
    for client in [ana, ben, cleo] {
        leave(client);
    }
    let share = speech::heard(&chirp, &speech::read(&heard));
    assert!(share > 0.8, "{share}");
}

#[test]
fn three_people_talk_while_others_come_and_go_and_nobody_is_lost() {
    let Some(jitsi) = start(Options { hibernation: Duration::from_secs(5), ..Options::default() }) else { return };
    let dir = tempfile::tempdir().unwrap();
    let voice = Voice::write(dir.path().join("voice.wav"), 50);
    let heard = ["ana", "ben"].map(|name| dir.path().join(format!("{name}-heard.wav")));
    let mut ana = join(&jitsi, "Minute", "Ana", &["--audio", &voice.heard_in(&heard[0])]);
    let mut ben = join(&jitsi, "Minute", "Ben", &["--audio", &voice.heard_in(&heard[1])]);
    let (mut cleo, _) = guest(&jitsi, "Minute", "Cleo");
    let ids = [me(&mut ana), me(&mut ben)];
    cleo.wait_for("Ana's sound", about("hearing", &ids[0]));
    cleo.wait_for("Ben's sound", about("hearing", &ids[1]));
    let mut round = 0;
    while round < 10 || ana.newest("playing")["on"] == true {
        let (mut dee, id) = guest(&jitsi, "Minute", "Dee");
        for client in [&mut ana, &mut ben, &mut cleo] {
            client.wait_for("Dee", about("peer_joined", &id));
        }
        dee.wait_for("a way for sound", with("transport", "ok", true));
        if round == 0 {
            ids.iter().for_each(|other| drop(dee.wait_for("sound of who was there", about("hearing", other))));
        }
        match round {
            4 => drop(dee), // SIGKILL
            _ => drop(leave(dee)),
        }
        for client in [&mut ana, &mut ben, &mut cleo] {
            client.wait_for("Dee's leave", about("peer_left", &id));
        }
        round += 1;
    }
    println!("{round} came and went");
    has_spoken(&mut ana);
    has_spoken(&mut ben);
    assert_eq!(roster(&mut ana), ["Ben", "Cleo"]);
    assert_eq!(roster(&mut ben), ["Ana", "Cleo"]);
    assert_eq!(roster(&mut cleo), ["Ana", "Ben"]);
    for client in [ana, ben, cleo] {
        let events = leave(client);
        assert_eq!((count(&events, "reconnecting"), count(&events, "peer_joined")), (0, 2 + round), "{events:#?}");
    }
    for heard in &heard {
        let shares = (voice.opening_in(heard), voice.closing_in(heard));
        assert!(shares.1 > 0.8, "{shares:?}");
    }
}

/// What a client has sent of this Jingle action.
fn jingle(jitsi: &Jitsi, id: &str, action: &str) -> Vec<Element> {
    let of = |e: &Element| child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == action);
    jitsi.sent_by(id).into_iter().filter(of).collect()
}

#[test]
fn sound_comes_back_however_the_focus_begins_anew() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let voice = Voice::write(dir.path().join("voice.wav"), 20);
    let heard = dir.path().join("heard.wav");
    let mut ana = join(&jitsi, "Anew", "Ana", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    let ana_id = me(&mut ana);
    let mut ben = join(&jitsi, "Anew", "Ben", &["--audio", &format!("file:,{}", text(&heard))]);
    let ben_id = me(&mut ben);
    ben.wait_for("Ana's sound", about("hearing", &ana_id));
    let both = |sessions| [&ana_id, &ben_id].map(|id| jitsi.wait_media(id, Media::Connected, sessions));
    both(1);
    jitsi.reset_meeting("Anew");
    both(2);
    jitsi.terminate("Anew", &ana_id, true);
    jitsi.wait_media(&ana_id, Media::Connected, 3);
    jitsi.initiate_again("Anew", &ben_id);
    jitsi.wait_media(&ben_id, Media::Connected, 3);
    assert_ne!(ana.newest("playing")["on"], false, "this test is too slow for what it listens for");
    has_spoken(&mut ana);
    for (client, id, other) in [(&mut ana, &ana_id, "Ben"), (&mut ben, &ben_id, "Ana")] {
        assert_eq!(roster(client), [other]);
        let events = &client.events;
        assert_eq!((count(events, "reconnecting"), count(events, "peer_left")), (0, 0), "{events:#?}");
        let accepts = jingle(&jitsi, id, "session-accept");
        assert_eq!(accepts.len(), 3);
        let named = |e: &Element| String::from(e).contains("<candidate");
        assert!(!jitsi.sent_by(id).iter().any(named), "a candidate of ours can end the meeting for everybody");
    }
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
    let share = voice.closing_in(&heard);
    assert!(share > 0.8, "{share}");
}

#[test]
fn who_is_invited_again_and_again_leaves_and_says_why() {
    let Some(jitsi) = start(Options::default()) else { return };
    let (ana, id) = guest(&jitsi, "Storm", "Ana");
    let (mut ben, _) = guest(&jitsi, "Storm", "Ben");
    for session in 1..=8 {
        jitsi.wait_sent(&id, session, "session-accept", |e| {
            child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "session-accept")
        });
        jitsi.initiate_again("Storm", &id);
    }
    ends(ana, 76, &["again and again", "Join again later"]);
    ben.wait_for("Ana's leave", about("peer_left", &id));
    assert_eq!(jingle(&jitsi, &id, "session-accept").len(), 8);
    assert_eq!(count(&leave(ben), "reconnecting"), 0);
}

#[test]
fn the_bridge_is_told_that_no_pictures_are_wanted_on_either_channel() {
    for data_channel in [false, true] {
        let Some(jitsi) = start(Options { data_channel, ..Options::default() }) else { return };
        let (ana, id) = guest(&jitsi, "Channel", "Ana");
        let (ben, _) = guest(&jitsi, "Channel", "Ben");
        jitsi.wait_media(&id, Media::Channel, 1);
        let constraints = jitsi.wait_channel(&id, "ReceiverVideoConstraints");
        assert_eq!(constraints["lastN"], 0);
        assert!(!jitsi.channel(&id, Way::ToClient).is_empty());
        // A channel that breaks is opened again.
        if !data_channel {
            jitsi.close_channel(&id);
            jitsi.wait_media(&id, Media::Channel, 2);
        }
        leave(ana);
        leave(ben);
    }
}

#[test]
fn who_was_left_alone_hears_whoever_comes_next_also_from_an_old_focus() {
    let Some(jitsi) = start(Options { alone: Duration::from_millis(300), ..Options::default() }) else { return };
    jitsi.set(|knobs| knobs.json_sources = false);
    let dir = tempfile::tempdir().unwrap();
    let voice = Voice::write(dir.path().join("voice.wav"), 1);
    let heard = dir.path().join("heard.wav");
    let mut ana = join(&jitsi, "Alone", "Ana", &["--audio", &format!("file:,{}", text(&heard))]);
    let ana_id = me(&mut ana);
    let (ben, ben_id) = guest(&jitsi, "Alone", "Ben");
    jitsi.wait_media(&ana_id, Media::Connected, 1);
    leave(ben);
    ana.wait_for("Ben's leave", about("peer_left", &ben_id));
    jitsi.wait_told(&ana_id, "end of her session", |e| {
        child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "session-terminate")
    });
    let mut cleo = join(&jitsi, "Alone", "Cleo", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    let cleo_id = me(&mut cleo);
    ana.wait_for("Cleo's sound", about("hearing", &cleo_id));
    has_spoken(&mut cleo);
    assert!(jitsi.sent_to(&ana_id).iter().all(|e| !String::from(e).contains("json-message")), "this focus speaks XML only");
    [ana, cleo].into_iter().for_each(|client| drop(leave(client)));
    let shares = (voice.opening_in(&heard), voice.closing_in(&heard));
    assert!(shares.0 > 0.8 && shares.1 > 0.8, "{shares:?}");
}

#[test]
fn rooms_with_a_tenant_or_an_unusual_name_are_the_ones_that_a_browser_joins() {
    for site in [Site::Docker, Site::Debian] {
        let Some(jitsi) = start(Options { site, ..Options::default() }) else { return };
        // A web server that fills nothing in has no tenants.
        let tenant = if site == Site::Docker { "board@conference.acme.meet.test" } else { "board@conference.meet.test" };
        for (link, same, jid) in [
            ("acme/Board", "acme/BOARD", tenant),
            ("R%C3%A9union%20du%20jeudi", "r%C3%A9union%20du%20JEUDI", "r%c3%a9union%20du%20jeudi@conference.meet.test"),
            ("a.b+c(d)", "A.B+C(D)", "a.b%2bc%28d%29@conference.meet.test"),
        ] {
            let (mut ana, ana_id) = guest(&jitsi, link, "Ana");
            let (ben, ben_id) = guest(&jitsi, same, "Ben");
            ana.wait_for("Ben", about("peer_joined", &ben_id));
            jitsi.wait_media(&ana_id, Media::Connected, 1);
            let to = jitsi.wait_sent(&ana_id, 1, "presence", |e| e.name() == "presence");
            assert_eq!(attr(&to, "to"), format!("{jid}/{ana_id}"), "{link}");
            [ana, ben].into_iter().for_each(|client| drop(leave(client)));
        }
    }
}

/// The stanza that tells of a leave.
fn leaves(e: &Element) -> bool {
    e.name() == "presence" && attr(e, "type") == "unavailable"
}

#[test]
fn who_leaves_by_whatever_way_is_gone_for_the_others_at_once() {
    let Some(jitsi) = start(Options::default()) else { return };
    let (mut ana, _) = guest(&jitsi, "Door", "Ana");
    let (mut ben, ben_id) = guest(&jitsi, "Door", "Ben");
    ben.terminate();
    ana.wait_for("Ben's leave", about("peer_left", &ben_id));
    ends(ben, 143, &[]);
    let (mut cleo, cleo_id) = guest(&jitsi, "Door", "Cleo");
    cleo.close_stdin();
    let _ = Command::new("kill").arg("-INT").arg(cleo.pid().to_string()).status();
    ana.wait_for("Cleo's leave", about("peer_left", &cleo_id));
    ends(cleo, 130, &[]);
    for id in [&ben_id, &cleo_id] {
        assert!(jitsi.sent_by(id).iter().any(leaves), "the room was told");
    }
    leave(ana);
}

#[test]
fn sound_takes_the_relay_that_the_server_names_over_udp_and_over_tcp() {
    let dir = tempfile::tempdir().unwrap();
    let [cert, key, tone] = ["cert.pem", "key.pem", "tone.wav"].map(|name| dir.path().join(name));
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&cert, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    speech::write(&tone, &speech::chirp(3.0));
    let coturn = match coturn::start_at(Ipv4Addr::LOCALHOST, &cert, &key) {
        Ok(coturn) => coturn,
        Err(why) => return skip("a relay", &why),
    };
    for (transport, rung) in [("udp", "turn"), ("tcp", "turn+tcp")] {
        let turn = prosody::Turn {
            kind: "turn",
            transport,
            address: (Ipv4Addr::LOCALHOST, coturn.port).into(),
            user: coturn::USER.into(),
            password: coturn::PASSWORD.into(),
        };
        let Some(jitsi) = start(Options { turn: vec![turn], ..Options::default() }) else { return };
        let sound = format!("file:{},", text(&tone));
        let mut ana = join(&jitsi, "Relayed", "Ana", &["--audio", &sound, "--transport", "turn"]);
        let (mut ben, _) = guest(&jitsi, "Relayed", "Ben");
        ana.wait_for("the relay", |e| e["event"] == "transport" && e["ok"] == true && e["rung"] == rung);
        ben.event("hearing");
        has_spoken(&mut ana);
        [ana, ben].into_iter().for_each(|client| drop(leave(client)));
    }
    assert!(coturn.log().contains("CHANNEL_BIND processed, success"), "{}", coturn.log());
    // One that names none is not joined by such a way.
    let Some(jitsi) = start(Options::default()) else { return };
    let (_ben, _) = guest(&jitsi, "Relayed", "Ben");
    ends(join(&jitsi, "Relayed", "Ana", &["--audio", "null", "--transport", "turn"]), 2, &["it names no TURN server"]);
}
