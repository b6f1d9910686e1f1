use super::super::tests::{Call, id, options, start_in};
use super::*;
use crate::audio::Control;
use crate::backend::Capabilities;
use crate::call::trust::EpochNote;
use crate::call::{PeerKind, Request};

fn encrypted() -> Call {
    start_in(Security::EndToEnd, false, options(), Capabilities::default())
}

async fn say(c: &Call, event: BackendEvent) {
    c.far.events.send(event).await.unwrap();
}

fn joined(who: &str, name: &str) -> BackendEvent {
    BackendEvent::PeerJoined { id: id(who), kind: PeerKind::Member, name: Some(name.into()), before_us: false }
}

fn trust(who: &str, role: Role, standing: Standing, verified: bool) -> BackendEvent {
    BackendEvent::Trust { id: id(who), role, standing, key: "aaaa-bbbb".into(), verified }
}

fn let_in(role: Role) -> BackendEvent {
    BackendEvent::LetIn { founded: false, role, key: "mine".into(), epoch: 7 }
}

fn code(epoch: u64) -> SafetyCode {
    SafetyCode {
        generation: 1,
        epoch,
        words: ["a", "b", "c", "d", "e", "f", "g", "h"].map(str::to_owned).to_vec(),
        digits: format!("{epoch:020}"),
        by: id("a"),
        people: vec![],
        later: vec![],
        seconds: 600,
    }
}

/// The answer to a command: `None` if it was done, otherwise why not.
async fn ask(c: &mut Call, command: Command) -> Option<String> {
    c.handle.send(Request { id: Some(1), command });
    match c.until(|e| matches!(e, Event::Reply { .. })).await {
        Event::Reply { error, .. } => error,
        _ => unreachable!(),
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_before_somebody_lets_us_in() {
    let mut c = encrypted();
    say(&c, BackendEvent::Waiting).await;
    c.until(|e| *e == Event::Waiting).await;
    let why = ask(&mut c, Command::Say { text: "hi".into(), to: None }).await.unwrap();
    assert_eq!(why, "you are not in the room yet: somebody must let you in");
    say(&c, let_in(Role::Member)).await;
    c.until(|e| matches!(e, Event::LetIn { .. })).await;
    assert_eq!(ask(&mut c, Command::Say { text: "hi".into(), to: None }).await, None);
    assert_eq!(c.announced().await, BackendCommand::Say { text: "hi".into(), to: None });
}

#[tokio::test(start_paused = true)]
async fn what_keys_say_of_people_is_kept_until_they_are_in_the_list() {
    let mut c = encrypted();
    say(&c, trust("a", Role::Moderator, Standing::Guest, false)).await;
    say(&c, joined("a", "Ana")).await;
    let Event::PeerJoined { peer, .. } = c.until(|e| matches!(e, Event::PeerJoined { .. })).await else { unreachable!() };
    assert_eq!((peer.role, peer.standing, peer.key.as_str()), (Role::Moderator, Standing::Guest, "aaaa-bbbb"));
    say(&c, trust("a", Role::Member, Standing::Guest, true)).await;
    let Event::PeerUpdated { peer } = c.until(|e| matches!(e, Event::PeerUpdated { .. })).await else { unreachable!() };
    assert!(peer.verified && peer.role == Role::Member && peer.name == "Ana");
    say(&c, trust("me", Role::Creator, Standing::Unknown, false)).await;
    c.until(|e| matches!(e, Event::PeerUpdated { peer } if peer.id == id("me"))).await;
    assert_eq!(c.handle.state().role, Role::Creator);
    assert_eq!(ask(&mut c, Command::Name { name: "Moana".into() }).await, None);
    assert_eq!((c.handle.state().role, c.handle.state().name.as_str()), (Role::Creator, "Moana"), "a new name is no new role");
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_admitted_and_denied_by_name_and_nobody_else() {
    let mut c = encrypted();
    say(&c, let_in(Role::Moderator)).await;
    say(&c, BackendEvent::Knock { id: id("b"), standing: Standing::Guest, key: "k".into() }).await;
    c.until(|e| matches!(e, Event::Knock { name: None, .. })).await;
    let name = Some("Be\x1bn".into());
    say(&c, BackendEvent::PeerState { id: id("b"), name, muted: None, hand: None }).await;
    let Event::Knock { name, .. } = c.until(|e| matches!(e, Event::Knock { .. })).await else { unreachable!() };
    assert_eq!(name.as_deref(), Some("Ben"));
    assert!(ask(&mut c, Command::Admit { peer: id("zorro") }).await.unwrap().contains("zorro waits"));
    assert_eq!(ask(&mut c, Command::Admit { peer: id("b") }).await, None);
    assert_eq!(c.announced().await, BackendCommand::Admit(id("b")));
    let note = EpochNote { generation: 0, epoch: 2, by: id("me"), added: vec![id("b")], returned: vec![], removed: vec![] };
    say(&c, BackendEvent::Epoch(note)).await;
    c.until(|e| matches!(e, Event::Epoch(_))).await;
    assert!(ask(&mut c, Command::Deny { peer: id("b") }).await.is_some(), "they wait no longer");
}

#[tokio::test(start_paused = true)]
async fn what_only_moderators_can_do_is_refused_to_others_here_already() {
    let mut c = encrypted();
    say(&c, let_in(Role::Member)).await;
    say(&c, joined("a", "Ana")).await;
    c.until(|e| matches!(e, Event::PeerJoined { .. })).await;
    let who = || id("a");
    for command in [
        Command::Kick { peer: who() },
        Command::Promote { peer: who() },
        Command::Demote { peer: who() },
        Command::Lock { on: None },
    ] {
        assert!(ask(&mut c, command).await.unwrap().contains("only a moderator"));
    }
    say(&c, let_in(Role::Moderator)).await;
    say(&c, trust("a", Role::Creator, Standing::Guest, false)).await;
    c.until(|e| matches!(e, Event::PeerUpdated { peer } if peer.id == who() && peer.role == Role::Creator)).await;
    assert!(ask(&mut c, Command::Kick { peer: who() }).await.unwrap().contains("founded this room"));
    assert!(ask(&mut c, Command::Kick { peer: id("x") }).await.unwrap().contains("nobody here"));
    c.announced_nothing();
    assert_eq!(ask(&mut c, Command::Lock { on: None }).await, None);
    assert_eq!(c.announced().await, BackendCommand::Lock(true));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_verifies_nothing_and_a_right_one_does() {
    let mut c = encrypted();
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    let verify = |epoch, words: Option<&str>| Command::Verify { epoch, words: words.map(str::to_owned) };
    assert!(ask(&mut c, verify(None, None)).await.unwrap().contains("/safety"));
    say(&c, BackendEvent::Safety(code(4))).await;
    say(&c, BackendEvent::Safety(code(5))).await;
    c.until(|e| matches!(e, Event::Safety(SafetyCode { epoch: 5, .. }))).await;
    let wrong = ask(&mut c, verify(None, Some("a b c d e f h g"))).await.unwrap();
    assert_eq!(wrong, "these words are not the code of epoch 5: do not trust this call; hang up and meet another way");
    assert!(ask(&mut c, verify(Some(9), Some("x"))).await.unwrap().contains("epoch 9"));
    c.announced_nothing();
    assert_eq!(ask(&mut c, verify(None, Some("A-B-C-D E,F,G,H"))).await, None);
    assert_eq!(c.announced().await, BackendCommand::Verified { generation: 1, epoch: 5 });
    assert_eq!(ask(&mut c, verify(Some(4), Some("00000 00000 00000 00004"))).await, None);
    assert_eq!(c.announced().await, BackendCommand::Verified { generation: 1, epoch: 4 });
    tokio::time::sleep(Duration::from_secs(601)).await;
    assert!(ask(&mut c, verify(None, None)).await.is_some(), "too old to be compared");
}

#[tokio::test(start_paused = true)]
async fn a_freeze_closes_the_microphone_here_before_the_network_hears_of_it() {
    let mut c = encrypted();
    assert!(!c.microphone().await);
    assert_eq!(ask(&mut c, Command::Mute { on: Some(false) }).await, None);
    assert!(c.microphone().await);
    assert_eq!(c.announced().await, BackendCommand::Muted(false));
    assert_eq!(ask(&mut c, Command::Freeze { on: None }).await, None);
    assert!(!c.microphone().await);
    assert_eq!(c.announced().await, BackendCommand::Freeze(true));
    assert_eq!(c.announced().await, BackendCommand::Muted(true), "the others do not take it to be open for ever");
    let state = c.handle.state();
    assert!(state.frozen && state.muted);
    assert!(ask(&mut c, Command::Talk { down: Some(true) }).await.unwrap().contains("/release"));
    assert_eq!(ask(&mut c, Command::Freeze { on: Some(false) }).await, None);
    assert_eq!(c.announced().await, BackendCommand::Freeze(false));
    assert_eq!(ask(&mut c, Command::Mute { on: Some(false) }).await, None, "now it can be opened");
    say(&c, BackendEvent::Room { locked: true, frozen: true, by: Some(id("a")), passphrase: false }).await;
    c.until(|e| matches!(e, Event::Muted { on: true, by: Some(_), .. })).await;
    c.until(|e| matches!(e, Event::Room { frozen: true, .. })).await;
    assert!(ask(&mut c, Command::Mute { on: Some(false) }).await.unwrap().contains("paused everybody"));
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_key_is_a_passphrase_is_shown_as_weaker_from_the_moment_of_joining() {
    let secret = conclave_e2ee::secret::RoomSecret::from_passphrase("seven green bottles hang upon our wall", "r").unwrap();
    let ours = crate::call::engine::CallOptions {
        secrecy: crate::backend::Secrecy { secret: Some(secret), ..Default::default() },
        ..options()
    };
    for (given, options) in [(true, ours), (false, options())] {
        let mut c = start_in(Security::EndToEnd, false, options, Capabilities::default());
        let joined = c.until(|e| matches!(e, Event::Joined { .. })).await;
        let Event::Joined { passphrase, security_text, .. } = joined else { unreachable!() };
        assert_eq!((passphrase, security_text.contains("passphrase: weaker")), (given, given));
        let warned = |e: &Event| matches!(e, Event::Warning { code, .. } if code == "passphrase");
        if given {
            c.until(warned).await;
        }
        // Somebody else founded it so, and let us in without the secret; said once.
        for locked in [true, false] {
            say(&c, BackendEvent::Room { locked, frozen: false, by: None, passphrase: true }).await;
        }
        let last = c.until(|e| matches!(e, Event::Room { locked: true, .. } | Event::Warning { .. })).await;
        assert!(matches!(last, Event::Room { passphrase: true, .. }));
        let next = c.until(|e| matches!(e, Event::Room { locked: false, .. } | Event::Warning { .. })).await;
        assert_eq!(warned(&next), !given);
        assert_eq!(c.handle.state().security_words(), "end-to-end encrypted by a passphrase: weaker");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_keeps_the_call_is_announced_before_it_hears_anything() {
    let mut c = start_in(Security::EndToEnd, true, options(), Capabilities::default());
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    say(&c, BackendEvent::MediaConnected).await;
    say(&c, BackendEvent::Waiting).await;
    c.until(|e| *e == Event::Waiting).await;
    while let Ok(control) = c.far.control.try_recv() {
        assert!(!matches!(control, Control::Attach(_) | Control::MediaConnected), "heard before it was announced");
    }
    say(&c, let_in(Role::Member)).await;
    assert_eq!(c.announced().await, BackendCommand::Recording(true));
    c.until(|e| matches!(e, Event::LetIn { .. })).await;
    assert!(c.far.control.try_recv().is_err(), "heard before everybody was told");
    say(&c, BackendEvent::RecordingTold).await;
    c.until(|e| matches!(e, Event::Recording { on: true, .. })).await;
    assert!(matches!(c.far.control.recv().await, Some(Control::Attach(_))));
    assert!(matches!(c.far.control.recv().await, Some(Control::MediaConnected)));
    assert!(c.handle.state().recording);
    let mut open = start_in(Security::TransportOnly, true, options(), Capabilities::default());
    open.until(|e| matches!(e, Event::Joined { .. })).await;
    assert_eq!(open.announced().await, BackendCommand::Recording(true));
    let why = ask(&mut open, record(Some("x.wav"))).await.unwrap();
    assert!(why.contains("file as loudspeaker"), "{why}");
    assert!(ask(&mut open, Command::Safety).await.unwrap().contains("not end-to-end encrypted"));
}

fn record(file: Option<&str>) -> Command {
    Command::Record { file: file.map(str::to_owned), overwrite: false }
}

fn policy(no_recording: bool) -> BackendEvent {
    BackendEvent::Policy(crate::call::trust::Policy { no_recording, receipt: false })
}

/// What the sound is told of recording next; figures of the path come in between, each second.
async fn recorded(c: &mut Call) -> Option<crate::audio::recorder::Tap> {
    loop {
        if let Control::Record(tap) = c.far.control.recv().await.expect("the sound is told") {
            return tap;
        }
    }
}

#[tokio::test]
async fn a_late_recording_begins_when_everybody_was_told_and_its_end_is_told_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("late.wav");
    let mut c = start_in(
        Security::EndToEnd,
        false,
        super::super::CallOptions { recordings: super::super::Recordings::In(dir.path().into()), ..options() },
        Capabilities::default(),
    );
    say(&c, BackendEvent::Waiting).await;
    c.until(|e| *e == Event::Waiting).await;
    assert!(ask(&mut c, record(Some("late.wav"))).await.unwrap().contains("not in the room yet"));
    say(&c, let_in(Role::Member)).await;
    c.until(|e| matches!(e, Event::LetIn { .. })).await;
    assert!(ask(&mut c, record(None)).await.unwrap().contains("do not record"));
    assert!(ask(&mut c, record(Some("no/folder/x.wav"))).await.unwrap().contains("choose another place"));
    std::fs::write(&path, "mine").unwrap();
    assert!(ask(&mut c, record(Some("late.wav"))).await.unwrap().contains("--overwrite"));
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    std::fs::remove_file(&path).unwrap();
    c.handle.send(Request { id: Some(2), command: record(Some("late.wav")) });
    assert_eq!(c.announced().await, BackendCommand::Recording(true));
    assert!(ask(&mut c, record(Some("other.wav"))).await.unwrap().contains("record already"));
    while let Ok(control) = c.far.control.try_recv() {
        assert!(!matches!(control, Control::Record(_)), "kept before everybody was told");
    }
    assert!(!c.handle.state().recording, "kept before everybody was told");
    say(&c, BackendEvent::RecordingTold).await;
    c.until(|e| matches!(e, Event::Reply { id: Some(2), ok: true, .. })).await;
    let tap = recorded(&mut c).await.expect("a recording");
    assert!(c.handle.state().recording);
    c.handle.send(Request { id: Some(3), command: record(None) });
    assert!(recorded(&mut c).await.is_none());
    drop(tap);
    c.until(|e| matches!(e, Event::Recording { on: false, .. })).await;
    c.until(|e| matches!(e, Event::Reply { id: Some(3), ok: true, .. })).await;
    assert_eq!(c.announced().await, BackendCommand::Recording(false));
    assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_cannot_be_announced_does_not_begin_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("late.wav");
    let mut c = encrypted();
    say(&c, let_in(Role::Member)).await;
    c.until(|e| matches!(e, Event::LetIn { .. })).await;
    let why = ask(&mut c, record(path.to_str())).await.unwrap();
    assert!(why.contains("could not be told"), "{why}");
    assert_eq!(c.announced().await, BackendCommand::Recording(true));
    assert_eq!(c.announced().await, BackendCommand::Recording(false));
    assert!(!path.exists() && !c.handle.state().recording);
}

#[tokio::test(start_paused = true)]
async fn where_the_room_forbids_it_nobody_records() {
    let mut c = encrypted();
    say(&c, policy(true)).await;
    say(&c, let_in(Role::Creator)).await;
    c.until(|e| matches!(e, Event::LetIn { .. })).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("late.wav");
    assert!(ask(&mut c, record(path.to_str())).await.unwrap().contains("nobody may record in this room"));
    assert!(!path.exists());
    c.announced_nothing();
    let mut file = start_in(Security::EndToEnd, true, options(), Capabilities::default());
    say(&file, policy(true)).await;
    say(&file, let_in(Role::Member)).await;
    let Event::Left { code, text, .. } = file.until(|e| matches!(e, Event::Left { .. })).await else { unreachable!() };
    assert_eq!(code, 80);
    assert!(text.contains("nobody may record in this room"), "{text}");
    while let Ok(control) = file.far.control.try_recv() {
        assert!(!matches!(control, Control::Attach(_)), "heard where nobody may record");
    }
}

#[tokio::test(start_paused = true)]
async fn require_vouched_ends_a_call_with_somebody_whom_nobody_vouches_for() {
    let mut strict = options();
    strict.secrecy.require_vouched = true;
    let vouched = || Standing::Vouched { subject: "ana".into() };
    let mut c = start_in(Security::EndToEnd, false, strict.clone(), Capabilities::default());
    say(&c, let_in(Role::Member)).await;
    for (who, standing, verified) in [("a", vouched(), false), ("b", Standing::Guest, true)] {
        say(&c, trust(who, Role::Member, standing, verified)).await;
        say(&c, joined(who, who)).await;
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_ne!(c.handle.state().phase, crate::call::Phase::Left);
    say(&c, joined("m", "Mallory")).await;
    let began = Instant::now();
    let Event::Left { code, text, .. } = c.until(|e| matches!(e, Event::Left { .. })).await else { unreachable!() };
    assert_eq!(code, 80);
    assert!(text.starts_with("Mallory is in this call"), "{text}");
    assert!(began.elapsed() > Duration::from_secs(10) && began.elapsed() < Duration::from_secs(15));
    let mut open = start_in(Security::TransportOnly, false, strict, Capabilities::default());
    assert!(matches!(open.until(|e| matches!(e, Event::Left { .. })).await, Event::Left { code: 80, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_room_of_another_system_is_not_joined_when_encryption_is_asked_for() {
    let mut encrypted = options();
    encrypted.secrecy.mode = Some(RoomMode::Balanced);
    let mut c = start_in(Security::TransportOnly, false, encrypted, Capabilities::default());
    assert!(matches!(c.until(|e| matches!(e, Event::Left { .. })).await, Event::Left { code: 80, .. }));
    assert!(c.far.control.try_recv().is_ok_and(|c| !matches!(c, Control::Attach(_))), "no sound before it ended");
}

#[tokio::test(start_paused = true)]
async fn what_the_server_sees_is_shown_while_somebody_looks_and_at_most_fifty_a_second() {
    let mut tap = (xray::Tap::default(), Group::default());
    let item = |n: u32| xray::Item {
        direction: "out".into(),
        plane: "control".into(),
        server_sees: n.to_string(),
        members_see: String::new(),
    };
    tap.1.xray = Some(tap.0.look());
    (0..200).for_each(|n| tap.0.show(item(n)));
    let mut seen = 0;
    while tokio::time::timeout(Duration::from_millis(1), tap.1.seen()).await.is_ok() {
        seen += 1;
    }
    assert_eq!(seen, XRAY_PER_SECOND);
    tap.1.xray = None;
    assert!(!tap.0.open(), "nobody looks any more");
}

#[tokio::test(start_paused = true)]
async fn reactions_and_full_floors_are_told() {
    let mut c = encrypted();
    say(&c, BackendEvent::Reaction { from: id("a"), text: "\x1b👏".into() }).await;
    assert_eq!(c.until(|e| matches!(e, Event::Reaction { .. })).await, Event::Reaction { from: id("a"), text: "👏".into() });
    assert!(ask(&mut c, Command::React { text: "x".repeat(33) }).await.unwrap().contains("32"));
    assert_eq!(ask(&mut c, Command::React { text: "👍".into() }).await, None);
    assert_eq!(c.announced().await, BackendCommand::React("👍".into()));
    say(&c, BackendEvent::FloorDenied { cap: 6 }).await;
    c.until(|e| matches!(e, Event::Warning { code, .. } if code == "floor_full")).await;
}
