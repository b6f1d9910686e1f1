//! What members say, and the keys it is said under, are nowhere on the server: not in its memory, its files or its logs, and
//! not in the packets. The same search finds what is said in an open room, so the search is known to work.
#![cfg(all(feature = "client", feature = "server", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "secrecy/call.rs"]
mod call;
#[path = "secrecy/capture.rs"]
mod capture;
#[path = "secrecy/search.rs"]
mod search;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use call::{Member, payloads};
use capture::Capture;
use conclave::backend::{BackendCommand, BackendEvent};
use conclave::protocol::control::RoomMode;
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind};
use conclave_e2ee::secret::RoomSecret;
use conclave_lab::conclave::{PATIENCE, Server};
use search::{Found, Needles};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_conclave");

/// A call with everything that was said in it, and the keys.
struct Meeting {
    secrets: Needles,
    /// The call goes on while these live: what the server has of it, it has now.
    _members: [Member; 2],
}

/// Ana says frames and writes chat; Ben gets all of the chat and most of the frames, and nothing else.
async fn meeting(server: &Server, room: &str, mode: RoomMode) -> Meeting {
    let secret = RoomSecret::generate().unwrap();
    let known = (mode != RoomMode::Open).then_some(&secret);
    let mut ana = Member::join(&server.room(room), "Ana", mode, known).await;
    let mut ben = Member::join(&server.room(room), "Ben", mode, known).await;
    ana.knows("Ben").await;
    ben.knows("Ana").await;
    ana.event("media", |e| matches!(e, BackendEvent::MediaConnected)).await;

    let mut secrets = Needles::new();
    for member in [&ana, &ben] {
        secrets.add("device key", &member.seed);
        if mode != RoomMode::Open {
            secrets.add("exported secret", &keys(member).base);
        }
    }
    let text = secret.to_link().unwrap();
    secrets.add("room secret", text.as_bytes());
    secrets.add("room secret", &URL_SAFE_NO_PAD.decode(&*text).unwrap());

    let said = payloads(1, 150);
    said.iter().for_each(|payload| secrets.add("sound", payload));
    let all: HashSet<Bytes> = said.iter().cloned().collect();
    let (ana_id, mut hears) = (ana.id(), ben.listen());
    let mut heard = HashSet::new();
    let hear = async {
        while heard.len() < all.len() * 2 / 3 {
            let (speaker, frame) = hears.recv().await.unwrap();
            assert_eq!(speaker, ana_id, "the speaker");
            assert!(all.contains(&frame.payload), "something else than Ana said was heard");
            assert_eq!(frame.key_id.is_some(), mode != RoomMode::Open);
            heard.insert(frame.payload);
        }
    };
    let (heard, ()) = tokio::join!(timeout(PATIENCE, hear), ana.speak(&said));
    heard.expect("Ben hears Ana");
    let chat = (0..20).map(|k| format!("the minister resigns at {k} past nine, tell nobody before {}", k * 7919));
    for text in chat {
        secrets.add("chat", text.as_bytes());
        ana.command(BackendCommand::Say { text: text.clone(), to: None }).await;
        ben.event("chat", |e| matches!(e, BackendEvent::Chat { text: t, .. } if *t == text)).await;
    }
    if mode != RoomMode::Open {
        // Ben came by the link, with a commit of his own; nothing has changed since.
        assert_eq!(*keys(&ana).base, *keys(&ben).base);
    }
    Meeting { secrets, _members: [ana, ben] }
}

fn keys(member: &Member) -> EpochKeys {
    member.session.probe.as_ref().and_then(|probe| probe.keys()).expect("in the group")
}

#[tokio::test(flavor = "multi_thread")]
async fn t20_t21_the_server_has_nothing_of_what_is_said_and_the_search_finds_it_in_an_open_room() {
    let server = Server::logging(BINARY, &["--dev"]);
    let port = server.authority().rsplit(':').next().unwrap().parse().unwrap();
    let capture = Capture::start();
    let cabinet = meeting(&server, "cabinet", RoomMode::Strict).await;
    let packets = capture.stop(port);
    let nothing = Found::new();
    assert_eq!(cabinet.secrets.in_memory(server.pid()), nothing, "in the server's memory");
    assert_eq!(cabinet.secrets.in_files(server.data.path()), nothing, "in the server's files");
    let log = server.log();
    assert!(log.len() > 1000 && cabinet.secrets.in_bytes(&log) == nothing, "in the server's log of {} bytes", log.len());
    assert!(packets.len() > 200, "packets were captured");
    assert_eq!(cabinet.secrets.in_bytes(&packets.concat()), nothing, "in the packets");

    let streams = capture::streams(&packets, port);
    assert!(!streams.is_empty() && streams.values().all(|(sizes, _)| sizes.len() == 1), "one packet size: {streams:?}");
    let extensions = capture::negotiated(&packets);
    let used = streams.values().flat_map(|(_, used)| used);
    assert!(used.into_iter().all(|id| extensions.contains_key(id)), "{streams:?} {extensions:?}");
    assert!(!extensions.values().flatten().any(|uri| uri.contains("audio-level")), "{extensions:?}");
    assert!(!told_speaking(&packets));

    let server = Server::logging(BINARY, &["--dev"]);
    let port = server.authority().rsplit(':').next().unwrap().parse().unwrap();
    let capture = Capture::start();
    let square = meeting(&server, "square", RoomMode::Open).await;
    let packets = capture.stop(port);
    // The search must find what an open room's server sees.
    assert_eq!(square.secrets.in_memory(server.pid()), Found::from(["chat", "sound"]));
    assert_eq!(square.secrets.in_bytes(&packets.concat()), Found::from(["chat"]), "sound is under SRTP, chat is not sealed");
}

/// Whether the server told somebody that somebody speaks, at the one level that our clients have (-30 dBov): the `level` and
/// `active` of a `SpeakerInfo`.
fn told_speaking(packets: &[Vec<u8>]) -> bool {
    let told = |w: &[u8]| match w {
        [0x15, level @ .., 0x18, 1] => level.try_into().is_ok_and(|l| (f32::from_le_bytes(l) - 0.0316).abs() < 0.0001),
        _ => false,
    };
    packets.iter().any(|p| p.windows(7).any(told))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_balanced_room_the_server_learns_who_speaks_and_nothing_of_what_is_said() {
    let server = Server::logging(BINARY, &["--dev"]);
    let port = server.authority().rsplit(':').next().unwrap().parse().unwrap();
    let capture = Capture::start();
    let hall = meeting(&server, "hall", RoomMode::Balanced).await;
    let packets = capture.stop(port);
    let extensions = capture::negotiated(&packets);
    let level = extensions.iter().find(|(_, uris)| uris.iter().any(|uri| uri.contains("audio-level"))).map(|(id, _)| *id);
    let streams = capture::streams(&packets, port);
    assert!(level.is_some_and(|id| streams.values().any(|(_, used)| used.contains(&id))), "{streams:?} {extensions:?}");
    assert!(told_speaking(&packets), "the server names the speaker");
    assert_eq!(hall.secrets.in_memory(server.pid()), Found::new(), "in the server's memory");
    assert_eq!(hall.secrets.in_bytes(&packets.concat()), Found::new(), "in the packets");
}

/// Frames that the server gave to `listener` while `speaker` said `count` of them: all that were opened.
async fn sealed(speaker: &mut Member, listener: &Member, seed: u64) -> Vec<Bytes> {
    const COUNT: usize = 25;
    let seen = listener.watch();
    let sealed = || {
        let seen = seen.lock().unwrap();
        let opened = seen.iter().filter(|i| i.plane == "media" && i.direction == "in" && !i.members_see.is_empty());
        opened.map(|i| Bytes::from(URL_SAFE_NO_PAD.decode(&i.server_sees).unwrap())).collect::<Vec<_>>()
    };
    for round in 0.. {
        speaker.speak(&payloads(seed * 1000 + round, COUNT)).await;
        if sealed().len() >= COUNT {
            break;
        }
        assert!(round < 40, "nothing is heard");
    }
    sealed()
}

/// How many frames somebody opens who has these keys, whatever their client would do: with the keys under every epoch's name.
fn opened(keys: &EpochKeys, frames: &[Bytes]) -> usize {
    let mut rings: Vec<KeyRing> = (0..64)
        .map(|epoch| {
            let (base, leaves) = (keys.base.clone(), keys.leaves.clone());
            let mut ring = KeyRing::default();
            ring.advance(Duration::ZERO, EpochKeys { epoch: (1, epoch), base, me: keys.me, leaves });
            ring
        })
        .collect();
    let mut opens =
        |frame: &Bytes| rings.iter_mut().any(|ring| ring.open(Duration::ZERO, Kind::Audio, frame, &mut Vec::new()).is_ok());
    frames.iter().filter(|frame| opens(frame)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_or_was_removed_opens_nothing_of_after_and_who_came_nothing_of_before() {
    let server = Server::dev(BINARY);
    let link = server.room("cabinet");
    let mut ana = Member::join(&link, "Ana", RoomMode::Strict, None).await;
    let ben = Member::join(&link, "Ben", RoomMode::Strict, None).await;
    ana.event("media", |e| matches!(e, BackendEvent::MediaConnected)).await;
    let before = sealed(&mut ana, &ben, 1).await;

    let mut cleo = Member::join(&link, "Cleo", RoomMode::Strict, None).await;
    ana.knows("Cleo").await;
    let mut dan = Member::join(&link, "Dan", RoomMode::Strict, None).await;
    ana.knows("Dan").await;
    cleo.knows("Dan").await;
    dan.knows("Cleo").await;
    let during = sealed(&mut ana, &ben, 2).await;
    let (hers, his) = (keys(&cleo), keys(&dan));
    for (name, member, theirs) in [("Cleo", &cleo, &hers), ("Dan", &dan, &his)] {
        let probe = member.session.probe.as_ref().unwrap();
        assert!(before.iter().all(|frame| probe.open(frame).is_none()), "{name}'s client opens what was said before");
        assert_eq!(opened(theirs, &before), 0, "{name}'s keys open what was said before");
    }
    for theirs in [&hers, &his] {
        assert_eq!(opened(theirs, &during), during.len(), "while they are in, they hear");
    }

    // One goes, the other is sent away; both keep what they had.
    let (cleo_id, dan_id) = (cleo.id(), dan.id());
    cleo.command(BackendCommand::Leave).await;
    ana.event("leaving", |e| matches!(e, BackendEvent::PeerLeft { id } if *id == cleo_id)).await;
    ana.command(BackendCommand::Kick(dan_id.clone())).await;
    ana.event("removal", |e| matches!(e, BackendEvent::PeerLeft { id } if *id == dan_id)).await;
    dan.event("the end", |e| matches!(e, BackendEvent::Ended { .. })).await;
    let after = sealed(&mut ana, &ben, 3).await;
    for (name, member, theirs) in [("Cleo", &cleo, &hers), ("Dan", &dan, &his)] {
        let probe = member.session.probe.as_ref().unwrap();
        assert!(after.iter().all(|frame| probe.open(frame).is_none()), "{name}'s client opens what was said after");
        assert!(probe.keys().is_none(), "{name}'s client has keys");
        assert_eq!(opened(theirs, &after), 0, "{name}'s keys open what was said after");
    }
    assert_eq!(opened(&keys(&ben), &after), after.len(), "Ben hears on");
}
