use super::*;
use crate::call::processing::{EchoCancel, Noise};
use crate::call::{DeviceKind, Outsider, Peer, PeerId, PeerKind};

fn people() -> State {
    let mut s = State::new("Me");
    for (id, name) in [("p1", "Ana Ngata"), ("p2", "Anahera"), ("p3", "Wiremu"), ("p4", "Tane"), ("p5", "Tane")] {
        s.peers.push(Peer { name: name.into(), ..Peer::unnamed(PeerId(id.into()), PeerKind::Member) });
    }
    s
}

fn sent(line: &str) -> Command {
    match parse(line, &people()) {
        Ok(Action::Send(c)) => c,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_word_is_unique_and_every_command_has_a_row() {
    let mut words: Vec<&str> = TABLE.iter().flat_map(|r| std::iter::once(r.name).chain(r.aliases.iter().copied())).collect();
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), all);
    for r in TABLE.iter().filter(|r| !r.command.is_empty()) {
        assert!(TABLE.iter().any(|other| other.name == r.command), "{}", r.name);
    }
    for line in [
        "mute",
        "talk up",
        "hand",
        "say x",
        "name x",
        "volume wiremu 5",
        "devices",
        "device in x",
        "gain off",
        "state",
        "stats",
        "leave",
    ] {
        let command = sent(line);
        let json = serde_json::to_value(&command).unwrap();
        assert_eq!(json["cmd"], row(&command), "the JSON name is the row's name");
    }
}

#[test]
fn words_become_commands() {
    assert_eq!(sent("mute"), Command::Mute { on: Some(true) });
    assert_eq!(sent("mute off"), Command::Mute { on: Some(false) });
    assert_eq!(sent("MUTE toggle"), Command::Mute { on: Some(false) });
    assert_eq!(sent("unmute"), Command::Mute { on: Some(false) });
    assert_eq!(sent("hand"), Command::Hand { up: Some(true) });
    assert_eq!(sent("q"), Command::Leave);
    let record = |file: Option<&str>, overwrite| Command::Record { file: file.map(str::to_owned), overwrite };
    assert_eq!(sent("record my call.wav"), record(Some("my call.wav"), false));
    assert_eq!(sent("record --overwrite  call.wav"), record(Some("call.wav"), true));
    assert_eq!(sent("record off"), record(None, false));
    assert_eq!(sent("receipt a.json"), Command::Receipt { file: "a.json".into(), overwrite: false });
    for nothing in ["record", "receipt", "record --overwrite"] {
        assert!(parse(nothing, &people()).unwrap_err().contains("FILE"), "{nothing}");
    }
    let processing = |echo, noise, gain| Command::Processing { echo, noise, gain };
    assert_eq!(sent("noise strong"), processing(None, Some(Noise::Strong), None));
    assert_eq!(sent("echo auto"), processing(Some(EchoCancel::Auto), None, None));
    assert_eq!(sent("processing echo off, noise off gain on"), processing(Some(EchoCancel::Off), Some(Noise::Off), Some(true)));
    for (line, says) in
        [("noise", "what and how"), ("echo strong", "auto, on or off"), ("processing loud on", "echo, noise or gain")]
    {
        assert!(parse(line, &people()).unwrap_err().contains(says), "{line}");
    }
    assert_eq!(sent("say a  b"), Command::Say { text: "a  b".into(), to: None });
    assert_eq!(sent("device output USB Headset"), Command::Device { kind: DeviceKind::Output, name: "USB Headset".into() });
}

#[test]
fn people_are_found_by_name_beginning_or_id_and_never_guessed() {
    let to = |line: &str| match sent(line) {
        Command::Say { to: Some(to), text } => (to.0, text),
        other => panic!("{other:?}"),
    };
    assert_eq!(to("msg wir hello there"), ("p3".into(), "hello there".into()));
    assert_eq!(to("msg Ana Ngata hi"), ("p1".into(), "hi".into()));
    assert_eq!(to("msg \"ana ngata\" hi"), ("p1".into(), "hi".into()));
    assert_eq!(to("msg anahera hi"), ("p2".into(), "hi".into()));
    assert_eq!(to("msg p5 hi"), ("p5".into(), "hi".into()));
    assert_eq!(sent("vol wiremu 80%"), Command::Volume { peer: PeerId("p3".into()), percent: 80 });
    for (line, says) in [
        ("msg ana hi", "Ana Ngata (p1) or Anahera (p2)"),
        ("msg tane hi", "Tane (p4) or Tane (p5)"),
        ("msg wirmeu hi", "did you mean Wiremu?"),
        ("msg zorro hi", "/who"),
        ("msg", "/who"),
        ("volume wiremu 201", "0 to 200"),
        ("volume wiremu", "0 to 200"),
    ] {
        let error = parse(line, &people()).unwrap_err();
        assert!(error.contains(says), "{line}: {error}");
    }
}

#[test]
fn a_mistyped_command_is_never_chat() {
    let s = people();
    for (line, says) in [("/mut", "/mute?"), ("/levae", "/leave?"), ("/hnad up", "/hand?"), ("/xyzzyx", "/help"), ("/", "/help")]
    {
        let error = parse_input(line, &s).unwrap().unwrap_err();
        assert!(error.contains(says), "{line}: {error}");
    }
    let chat = |t: &str| Some(Ok(Action::Send(Command::Say { text: t.into(), to: None })));
    assert_eq!(parse_input("//etc/passwd", &s), chat("/etc/passwd"));
    assert_eq!(parse_input("mute off", &s), chat("mute off"));
    assert_eq!(parse_input("   ", &s), None);
    assert!(parse_input(&"x".repeat(5000), &s).unwrap().unwrap_err().contains("too long"));
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut s = people();
    s.unavailable.insert("hand".into(), "this server has no raised hands".into());
    assert!(parse("hand", &s).unwrap_err().contains("no raised hands"));
    assert!(help(&s).iter().any(|l| l.contains("no raised hands")));
}

#[test]
fn who_waits_is_a_person_for_admit_and_deny_alone() {
    let mut s = people();
    assert!(parse("admit", &s).unwrap_err().contains("Nobody waits"));
    let knock = |id: &str, name: &str| Outsider {
        id: PeerId(id.into()),
        name: name.into(),
        name_marks: vec![],
        standing: Default::default(),
        key: String::new(),
    };
    s.knocks.push(knock("k1", "Ben"));
    let admit = |id: &str| Ok(Action::Send(Command::Admit { peer: PeerId(id.into()) }));
    assert_eq!(parse("admit", &s), admit("k1"));
    assert!(parse("admit wiremu", &s).unwrap_err().contains("who waits is called"), "he is in already");
    s.knocks.push(knock("k2", "Bea"));
    assert_eq!(parse("admit bea", &s), admit("k2"));
    assert!(parse("deny", &s).is_err(), "which of the two?");
    assert!(parse("deny be", &s).unwrap_err().contains("Ben (k1) or Bea (k2)"));
    assert!(parse("kick ben", &s).is_err());
    assert_eq!(sent("kick wiremu"), Command::Kick { peer: PeerId("p3".into()) });
    assert!(parse("kick wiremu now", &s).is_err(), "never by half");
    assert_eq!((sent("!"), sent("release")), (Command::Freeze { on: Some(true) }, Command::Freeze { on: Some(false) }));
    assert_eq!(sent("lock off"), Command::Lock { on: Some(false) });
    assert_eq!(sent("verify kiwi zulu"), Command::Verify { epoch: None, words: Some("kiwi zulu".into()) });
}

#[test]
fn what_fits_is_offered_the_best_first_and_leads_to_a_line_that_means_it() {
    let s = people();
    let labels = |line: &str| offers(line, &s).into_iter().map(|o| o.label).collect::<Vec<_>>();
    let first = |line: &str| labels(line).into_iter().next();
    for (typed, label) in [
        ("mu", "mute [on|off|toggle]"),
        ("vol", "volume PERSON PERCENT"),
        ("lav", "leave"),
        ("repeat", "again [SECONDS]"),
        ("safety code", "safety"),
        ("volume wir", "Wiremu"),
        ("volume Wiremu 5", "50"),
        ("noise ", "on"),
        ("help vo", "volume"),
    ] {
        assert_eq!(first(typed).as_deref(), Some(label), "{typed}: {:?}", labels(typed));
    }
    assert_eq!(labels("say he"), [""; 0], "any text may follow");
    assert_eq!(labels("qqqq"), [""; 0]);
    assert!(!labels("").iter().any(|l| l.starts_with("kick")), "not for us");
    assert!(labels("kick").iter().any(|l| l.starts_with("kick")), "unless it is asked for");
    // Whatever is offered whole can be run, and hits the one whose name is shown.
    for line in ["", "volume ", "msg ", "volume tane", "hand "] {
        for offer in offers(line, &s).into_iter().filter(|o| o.whole) {
            assert!(parse(&offer.line, &s).is_ok(), "{offer:?}");
        }
    }
    let tane: Vec<String> = offers("hush tane", &s).into_iter().map(|o| o.line).collect();
    assert_eq!(tane, ["hush p4", "hush p5"], "two of one name are told apart");
    let ana = PeerId("p1".into());
    let about: Vec<String> = offers_on(&ana, "", &s).into_iter().map(|o| o.line).collect();
    assert_eq!(about, ["msg Ana Ngata ", "to Ana Ngata", "volume Ana Ngata ", "hush Ana Ngata"]);
    let chief = State { role: crate::call::Role::Moderator, ..s.clone() };
    assert_eq!(offers_on(&ana, "kick", &chief)[0].line, "kick Ana Ngata");
}

#[test]
fn what_strikes_others_for_good_is_asked_for_and_what_can_be_taken_back_is_not() {
    let mut s = people();
    let asks = |line: &str, s: &State| match parse(line, s) {
        Ok(Action::Send(c)) => question(&c, s),
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(asks("kick wiremu", &s).as_deref(), Some("Remove Wiremu for good?"));
    for line in ["ban wiremu", "promote wiremu", "role wiremu owner", "silence all", "lower all", "end everybody", "lock"] {
        assert!(asks(line, &s).is_some(), "{line}");
    }
    for line in ["silence wiremu", "demote wiremu", "role wiremu listener", "lock off", "hush wiremu", "freeze", "mute"] {
        assert_eq!(asks(line, &s), None, "{line}");
    }
    assert_eq!(before_leaving(&s), None);
    s.role = crate::call::Role::Creator;
    assert!(before_leaving(&s).is_some());
    s.peers[0].role = crate::call::Role::Moderator;
    assert_eq!(before_leaving(&s), None, "somebody else can let people in");
    (s.role, s.peers) = (crate::call::Role::Creator, vec![]);
    assert_eq!(before_leaving(&s), None, "nobody is left behind");
}

#[test]
fn volumes_are_told_by_number_or_step_and_hushing_is_undone_by_itself() {
    let mut s = people();
    s.peers[2].volume = 190;
    let volume = |line: &str, s: &State| match parse(line, s) {
        Ok(Action::Send(Command::Volume { percent, .. })) => percent,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(volume("volume wiremu +20", &s), 200);
    assert_eq!(volume("volume wiremu -10%", &s), 180);
    assert_eq!(volume("hush wiremu", &s), 0);
    s.peers[2].volume = 0;
    assert_eq!((volume("hush wiremu", &s), volume("vol wiremu -10", &s)), (100, 0));
}

#[test]
fn distances() {
    assert_eq!((distance("mute", "mute"), distance("mute", "muet"), distance("mute", "mut"), distance("", "ab")), (0, 1, 1, 2));
}
