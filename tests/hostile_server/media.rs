//! What the server does to sound, against the real client library and real processes.

use crate::call::{Member, payloads};
use crate::forwarder::{Forwarder, Hand};
use crate::room::Room;
use bytes::Bytes;
use conclave::audio::codec::{Encoder, FRAME_SAMPLES};
use conclave::backend::BackendEvent;
use conclave::call::PeerId;
use conclave::protocol::control::RoomMode;
use conclave_e2ee::media::frame::{Header, MAX_HEADER};
use conclave_e2ee::media::{KeyRing, Kind};
use conclave_lab::conclave::PATIENCE;
use conclave_lab::speech::{chirp, level, read};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// Opus that means silence: what an attack on another system used.
const SILENCE: Bytes = Bytes::from_static(&[0xf8, 0xff, 0xfe]);

async fn joined(link: &str, names: &[&str]) -> Vec<Member> {
    let mut members = Vec::new();
    for name in names {
        members.push(Member::join(link, name, RoomMode::Strict, None).await);
    }
    for (n, member) in members.iter_mut().enumerate() {
        for name in names.iter().enumerate().filter(|(other, _)| *other != n).map(|(_, name)| name) {
            member.knows(name).await;
        }
    }
    members
}

async fn next<T>(from: &mut UnboundedReceiver<T>) -> T {
    timeout(PATIENCE, from.recv()).await.expect("in time").expect("it goes on")
}

/// What a frame is bent into.
fn bent(sealed: &Bytes, n: usize) -> Vec<Bytes> {
    let flipped = |at: usize| {
        let mut copy = sealed.to_vec();
        copy[at] ^= 1 << (n % 8);
        Bytes::from(copy)
    };
    let headed = |kid: u64, ctr: u64| {
        let mut header = [0; MAX_HEADER];
        let length = Header { kid, ctr }.write(&mut header);
        Bytes::from([&header[..length], &sealed[6..]].concat())
    };
    let last = sealed.len() - 1;
    vec![
        // Of the header, the counter, the content, the tag.
        flipped(0),
        flipped(1),
        flipped(3 + n % 3),
        flipped(6 + n % (last - 22)),
        flipped(last - n % 16),
        sealed.slice(..1),
        sealed.slice(..5),
        sealed.slice(..last),
        Bytes::from([&sealed[..], &[0]].concat()),
        Bytes::from([&sealed[..], &[n as u8; 1000]].concat()),
        headed(u64::MAX, u64::MAX),
        headed(u64::MAX, 1 << 16),
        headed(1 << 15, (1 << 24) - 1),
        SILENCE,
    ]
}

/// T10, T11, T12: the forwarder drops, doubles, reorders, repeats, bends and invents frames. What plays is what Ana said,
/// each frame once, and it is called hers.
#[test]
fn t10_t11_t12_only_what_was_said_plays_and_it_plays_once() {
    let room = Room::open();
    Runtime::new().unwrap().block_on(carry(&room));
}

async fn carry(room: &Room) {
    let forwarder = Forwarder::start(&room.hostile).await;
    let link = room.hostile.room(crate::room::ROOM);
    let mut members = joined(&link, &["Ana", "Ben"]).await;
    let (ana, ben) = (members[0].id(), members[1].id());
    let mut ear = forwarder.hand(&ana.0, &ben.0).await;
    let mut mouth = forwarder.hand(&ben.0, &ana.0).await;
    let mut taken = ear.takes();
    let mut heard = members[1].listen();
    members[0].event("media", |e| matches!(e, BackendEvent::MediaConnected)).await;

    let said = payloads(10, 150);
    let plain = payloads(12, 150);
    let (mut given, mut hostile) = (Vec::<Bytes>::new(), 0_u64);
    let mut speaker = members.remove(0);
    let words = said.clone();
    let speaks = tokio::spawn(async move {
        speaker.speak(&words).await;
        speaker
    });
    let mut late = None;
    for (n, plain) in plain.into_iter().enumerate().take(140) {
        let sealed = next(&mut taken).await;
        for frame in bent(&sealed, n) {
            mouth.gives(frame).await;
            hostile += 1;
        }
        mouth.gives(plain).await;
        hostile += 1;
        // Its place in the stream is the forwarder's choice.
        match n % 10 {
            3 => continue,
            5 => late = Some(sealed.clone()),
            _ => mouth.gives(sealed.clone()).await,
        }
        if n % 10 == 6
            && let Some(late) = late.take()
        {
            mouth.gives(late).await;
        }
        given.push(sealed);
        // Again at once, and something of before.
        if n % 10 != 5 {
            mouth.gives(given.last().unwrap().clone()).await;
            hostile += 1;
        }
        if let Some(old) = given.len().checked_sub(20) {
            mouth.gives(given[old].clone()).await;
            hostile += 1;
        }
        tokio::task::yield_now().await;
    }
    // The call goes on: from here nothing is bent.
    let mut speaker = speaks.await.unwrap();
    let after = payloads(11, 50);
    let speaks = tokio::spawn(async move {
        speaker.speak(&after).await;
        (speaker, after)
    });
    let mut plays = HashMap::<Bytes, usize>::new();
    loop {
        tokio::select! {
            frame = next(&mut taken) => mouth.gives(frame).await,
            (speaker, frame) = next(&mut heard) => {
                assert_eq!(speaker, ana);
                *plays.entry(frame.payload.clone()).or_default() += 1;
                if payloads(11, 50)[40..].contains(&frame.payload) {
                    break;
                }
            }
        }
    }
    let (_speaker, after) = speaks.await.unwrap();
    assert!(plays.keys().all(|payload| said.contains(payload) || after.contains(payload)), "something else was played");
    assert!(plays.values().all(|times| *times == 1), "something was played twice");
    let of_said = said.iter().filter(|payload| plays.contains_key(*payload)).count();
    assert!(of_said >= given.len() * 8 / 10, "{of_said} of {} given", given.len());
    // All of it was counted, but for what the network lost.
    let mut stats = members[0].session.stats.clone();
    let counted = timeout(PATIENCE, stats.wait_for(|s| s.frames_refused >= hostile * 8 / 10)).await.is_ok();
    assert!(counted, "{} of {hostile}", stats.borrow().frames_refused);
}

/// T13: the forwarder gives Ana's frames out under Ben's name and Ben's under Ana's, from the middle of a sentence on.
#[test]
fn t13_swapped_labels_change_no_speaker() {
    let room = Room::open();
    Runtime::new().unwrap().block_on(swap(&room));
}

async fn swap(room: &Room) {
    let forwarder = Forwarder::start(&room.hostile).await;
    let link = room.hostile.room(crate::room::ROOM);
    let mut members = joined(&link, &["Ana", "Ben", "Cleo"]).await;
    let [ana, ben, cleo] = [0, 1, 2].map(|n: usize| members[n].id());
    let mut ears = [forwarder.hand(&ana.0, &cleo.0).await, forwarder.hand(&ben.0, &cleo.0).await];
    let mut mouths = [forwarder.hand(&cleo.0, &ana.0).await, forwarder.hand(&cleo.0, &ben.0).await];
    let mut taken = ears.each_mut().map(Hand::takes);
    let mut heard = members[2].listen();
    for member in &mut members[..2] {
        member.event("media", |e| matches!(e, BackendEvent::MediaConnected)).await;
    }
    let said = [payloads(20, 100), payloads(21, 100)];
    let mut speakers = Vec::new();
    for payloads in said.clone() {
        let mut member = members.remove(0);
        speakers.push(tokio::spawn(async move {
            member.speak(&payloads).await;
            member
        }));
    }
    let whose: HashMap<Bytes, PeerId> =
        said.iter().zip([ana, ben]).flat_map(|(said, who)| said.iter().map(move |p| (p.clone(), who.clone()))).collect();
    let mut counts = BTreeMap::<(PeerId, bool), usize>::new();
    let mut carried = 0;
    // Until each was heard well after the swap.
    while counts.iter().filter(|((_, swapped), n)| *swapped && **n >= 20).count() < 2 {
        let [of_ana, of_ben] = &mut taken;
        let (by, frame) = tokio::select! {
            frame = next(of_ana) => (0, frame),
            frame = next(of_ben) => (1, frame),
            (speaker, frame) = next(&mut heard) => {
                assert_eq!(whose.get(&frame.payload), Some(&speaker), "whose voice it is");
                *counts.entry((speaker, carried > 80)).or_default() += 1;
                continue;
            }
        };
        carried += 1;
        mouths[if carried > 80 { 1 - by } else { by }].gives(frame).await;
    }
    assert!(counts.keys().any(|(_, swapped)| !swapped), "and before it: {counts:?}");
    for speaker in speakers {
        speaker.await.unwrap();
    }
}

/// T23, which succeeds and is documented: a member who controls the server, too, forges another member's voice, because all
/// members can derive all keys. Nobody else can: without a member's keys nothing opens (T11, T12).
#[test]
fn t23_a_member_with_the_servers_help_forges_anothers_voice() {
    let room = Room::open();
    Runtime::new().unwrap().block_on(async {
        let forwarder = Forwarder::start(&room.hostile).await;
        let link = room.hostile.room(crate::room::ROOM);
        let mut members = joined(&link, &["Ana", "Ben", "Mallory"]).await;
        let [ana, ben] = [0, 1].map(|n: usize| members[n].id());
        let mut mouth = forwarder.hand(&ana.0, &ben.0).await;
        let mut heard = members[0].listen();
        let mut keys = members[2].session.probe.as_ref().and_then(|probe| probe.keys()).unwrap();
        keys.me = *keys.leaves.iter().find(|(_, member)| **member == ben.0).unwrap().0;
        let mut ring = KeyRing::default();
        ring.advance(Duration::ZERO, keys);
        let forged = payloads(23, 200);
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let mut forging = forged.iter();
        let (speaker, frame) = loop {
            tokio::select! {
                played = heard.recv() => break played.unwrap(),
                _ = tick.tick() => {
                    let payload = forging.next().expect("it is heard");
                    mouth.gives(ring.seal(Kind::Audio, payload).unwrap().into()).await;
                }
            }
        };
        assert!(speaker == ben && forged.contains(&frame.payload));
    });
}

/// T12, to the speaker: a server that puts its own Opus on Ana's track is not heard in a strict room, and is in an open one.
#[test]
fn t12_what_the_server_says_is_not_heard() {
    let runtime = Runtime::new().unwrap();
    for (mode, options) in [("strict", &[][..]), ("open", &["--mode", "open", "--allow-plain"][..])] {
        let recording = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
        let audio = format!("file:,{}", recording.path().display());
        let room = Room::open();
        let forwarder = runtime.block_on(Forwarder::start(&room.hostile));
        let mut ben = room.ask("Ben", &[&["--audio", &audio, "--stats", "200ms"], options].concat(), &[]);
        if mode == "strict" {
            ben.client.event("let_in");
        }
        let ana = format!("m-{}", "A".repeat(22));
        runtime.block_on(async {
            let mut mouth = forwarder.hand(&ben.id, &ana).await;
            let mut encoder = Encoder::new().unwrap();
            let tone = chirp(3.0);
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            for sound in tone.chunks_exact(FRAME_SAMPLES) {
                tick.tick().await;
                mouth.gives(encoder.encode(sound).unwrap()).await;
                if mode == "strict" {
                    mouth.gives(SILENCE).await;
                }
            }
        });
        if mode == "strict" {
            // All of it came, and was counted.
            ben.client.wait_for("refused", |e| e["event"] == "stats" && e["frames_refused"].as_u64() > Some(200));
            assert_eq!(ben.count(|e| e["event"] == "hearing"), 0);
        } else {
            ben.client.event("hearing");
        }
        ben.client.send(r#"{"cmd":"leave"}"#);
        let (code, ..) = ben.client.finish();
        assert_eq!(code, 0);
        let loudness = level(&read(recording.path()));
        assert!(if mode == "strict" { loudness <= -99.0 } else { loudness > -50.0 }, "{mode}: {loudness} dBFS");
    }
}
