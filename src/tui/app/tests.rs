use super::log::LOG;
use super::*;
use crate::front_end::fake::{envelope, id, joined, left, peer};
use crate::tui::theme::Look;
use crossterm::event::{Event as TerminalEvent, KeyEvent};
use crossterm::event::{KeyCode, KeyEventKind, KeyModifiers};
use proptest::prelude::*;

const PLAIN: Theme = Theme { look: Look::Mono, utf8: true };

fn app() -> App {
    let mut app = App::new(State::new("Me"), &Options::plain("localhost", PLAIN, true), Instant::now());
    let events = [joined("board"), Event::PeerJoined { peer: peer("a", "Ana"), before_us: true }];
    for (seq, event) in events.into_iter().enumerate() {
        app.event(&envelope(seq as u64, event), app.now);
    }
    app
}

/// Presses keys, `gap` after each other.
fn press(app: &mut App, gap: Duration, codes: impl IntoIterator<Item = KeyCode>) {
    for code in codes {
        wait(app, gap);
        let now = app.now;
        app.terminal(TerminalEvent::Key(code.into()), now);
    }
}

fn wait(app: &mut App, time: Duration) {
    let until = app.now + time;
    while let Some(due) = app.due().filter(|due| *due <= until) {
        app.tick(due);
    }
    app.now = until;
}

fn keys(text: &str) -> Vec<KeyCode> {
    text.chars()
        .map(|c| match c {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            c => KeyCode::Char(c),
        })
        .collect()
}

fn sent(app: &mut App) -> Vec<Command> {
    app.requests().into_iter().map(|r| r.command).filter(|c| *c != Command::Stats).collect()
}

const SLOW: Duration = Duration::from_secs(2);
const FAST: Duration = Duration::from_millis(5);

#[test]
fn letters_close_the_microphone_and_space_and_f2_open_it() {
    let mut a = app();
    press(&mut a, SLOW, keys("m"));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(true) }]);
    press(&mut a, SLOW, keys("m"));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(true) }], "closed already, and stays so");
    press(&mut a, SLOW, keys(" "));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(false) }]);
    a.event(&envelope(9, Event::Muted { id: id("me"), on: false, by: None }), a.now);
    press(&mut a, SLOW, keys(" "));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(true) }]);
    press(&mut a, SLOW, [KeyCode::F(2)]);
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(true) }]);
    press(&mut a, SLOW, keys(":mute off\n"));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(false) }]);
}

#[test]
fn a_held_space_talks_where_releases_are_reported_and_does_not_flutter_elsewhere() {
    let space = |kind| TerminalEvent::Key(KeyEvent::new_with_kind(KeyCode::Char(' '), KeyModifiers::NONE, kind));
    let mut a = app();
    a.keys.releases = true;
    wait(&mut a, SLOW);
    for kind in [KeyEventKind::Press, KeyEventKind::Repeat, KeyEventKind::Repeat, KeyEventKind::Release] {
        let now = a.now;
        a.terminal(space(kind), now);
    }
    assert_eq!(sent(&mut a), [Command::Talk { down: Some(true) }, Command::Talk { down: Some(false) }]);
    wait(&mut a, SLOW);
    let now = a.now;
    a.terminal(space(KeyEventKind::Press), now);
    a.terminal(TerminalEvent::FocusLost, now);
    assert_eq!(sent(&mut a), [Command::Talk { down: Some(true) }, Command::Talk { down: Some(false) }], "no release will come");

    let mut plain = app();
    wait(&mut plain, SLOW);
    press(&mut plain, Duration::from_millis(0), keys(" "));
    press(&mut plain, Duration::from_millis(500), keys(" "));
    press(&mut plain, Duration::from_millis(30), keys("     "));
    assert_eq!(sent(&mut plain), [Command::Mute { on: Some(false) }], "repeats of a held key toggle nothing");
}

#[test]
fn a_release_that_was_lost_does_not_leave_the_microphone_open() {
    let key = |code: char, kind| TerminalEvent::Key(KeyEvent::new_with_kind(KeyCode::Char(code), KeyModifiers::NONE, kind));
    let (down, up) = (Command::Talk { down: Some(true) }, Command::Talk { down: Some(false) });
    let held = |kinds: &[(char, KeyEventKind)], wait_for: Duration| {
        let mut a = app();
        a.keys.releases = true;
        wait(&mut a, SLOW);
        for (code, kind) in kinds {
            wait(&mut a, FAST);
            let now = a.now;
            a.terminal(key(*code, *kind), now);
        }
        wait(&mut a, wait_for);
        sent(&mut a)
    };
    use KeyEventKind::{Press, Repeat};
    assert_eq!(held(&[(' ', Press), (' ', Repeat)], crate::tui::keys::LOST + FAST), [down.clone(), up]);
    assert_eq!(held(&[(' ', Press), (' ', Repeat)], SLOW), std::slice::from_ref(&down), "a slow connection");
    // A keyboard that does not repeat, and one that repeats another key since.
    assert_eq!(held(&[(' ', Press)], 10 * SLOW), std::slice::from_ref(&down));
    assert_eq!(held(&[(' ', Press), (' ', Repeat), ('z', Press)], 10 * SLOW), [down]);
}

#[test]
fn the_meter_moves_only_while_somebody_can_hear_and_nothing_must_stand_still() {
    let level = |peak| Level { loudness: peak, peak };
    let mut a = app();
    let now = a.now + SLOW;
    assert!(!a.measure(level(-3.0), now) && a.due().is_none_or(|due| due > now), "the microphone is closed");
    a.event(&envelope(9, Event::Muted { id: id("me"), on: false, by: None }), now);
    assert!(a.due().is_some_and(|due| due <= now));
    assert!(a.measure(level(-3.0), now));
    assert_eq!(a.meter, METER_STEPS);
    assert!(!a.measure(level(-90.0), now), "eight times a second at most");
    assert!(!a.measure(level(-4.0), now + METER), "it looks the same");
    assert!(a.measure(level(-35.0), now + 2 * METER) && a.meter == 3);
    assert!(!a.tick(now + 2 * METER), "nothing else was due");
    a.motion = false;
    assert!(!a.shows_meter());
}

#[test]
fn ctrl_z_stops_and_what_was_held_is_not_held_afterwards() {
    let mut a = app();
    a.keys.releases = true;
    wait(&mut a, SLOW);
    let space = TerminalEvent::Key(KeyCode::Char(' ').into());
    let now = a.now;
    a.terminal(space, now);
    a.terminal(TerminalEvent::Key(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)), now);
    assert!(std::mem::take(&mut a.suspend));
    a.came_back(now);
    assert!(a.redraw && a.keys.interrupted().is_none());
}

#[test]
fn what_acts_on_others_acts_alone() {
    let mut a = app();
    press(&mut a, SLOW, keys("r"));
    assert_eq!(sent(&mut a), []);
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Hand { up: Some(true) }]);
    press(&mut a, FAST, keys("quick question"));
    assert_eq!(sent(&mut a), []);
    assert_eq!((a.focus, a.chat.text()), (Focus::Chat, "quick question"));
    press(&mut a, FAST, keys("\n"));
    assert_eq!(sent(&mut a), [Command::Say { text: "quick question".into(), to: None }]);
    press(&mut a, FAST, [KeyCode::Esc]);
    press(&mut a, FAST, keys("q"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Leave]);
}

#[test]
fn freezing_closes_the_microphone_at_once_and_is_told_when_the_key_was_alone() {
    let mut a = app();
    press(&mut a, SLOW, keys("!"));
    assert_eq!(sent(&mut a), [Command::Mute { on: Some(true) }]);
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Freeze { on: Some(true) }]);
}

#[test]
fn the_code_is_shown_when_we_ask_and_compared_in_its_panel() {
    let mut a = app();
    let code = |by: &str| {
        let (words, digits) = (vec!["kiwi".to_owned(); 8], "0".repeat(20));
        let (people, later, by) = (vec![], vec![], id(by));
        Event::Safety(crate::call::trust::SafetyCode { generation: 0, epoch: 4, words, digits, by, people, later, seconds: 600 })
    };
    a.event(&envelope(1, code("a")), a.now);
    assert_eq!(a.focus, Focus::People, "others do not take the keyboard away");
    press(&mut a, SLOW, keys("s"));
    wait(&mut a, SLOW);
    assert_eq!((sent(&mut a), a.focus), (vec![], Focus::Safety), "it is there already");
    press(&mut a, SLOW, keys("v"));
    wait(&mut a, SLOW);
    assert_eq!((sent(&mut a), a.focus), (vec![Command::Verify { epoch: Some(4), words: None }], Focus::People));
    wait(&mut a, Duration::from_secs(700));
    press(&mut a, SLOW, keys("s"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Safety]);
    a.event(&envelope(2, code("me")), a.now);
    assert_eq!(a.focus, Focus::Safety);
    press(&mut a, SLOW, keys("n"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), []);
    assert!(a.log.iter().next_back().unwrap().text.contains("do not trust this call"));
}

#[test]
fn who_waits_is_admitted_by_a_key_that_never_hits_somebody_else() {
    let mut a = app();
    let knock = |who: &str| Event::Knock {
        id: id(who),
        name: None,
        name_marks: vec![],
        standing: Default::default(),
        key: String::new(),
    };
    press(&mut a, SLOW, keys("a"));
    assert_eq!(a.chat.text(), "a", "text while nobody waits");
    press(&mut a, SLOW, [KeyCode::Backspace, KeyCode::Esc]);
    for who in ["b", "c"] {
        a.event(&envelope(1, knock(who)), a.now);
    }
    press(&mut a, SLOW, keys("a"));
    a.event(&envelope(2, Event::KnockGone { id: id("b") }), a.now);
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [], "c was not the one they looked at");
    press(&mut a, SLOW, keys("d"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Deny { peer: id("c") }]);
}

#[test]
fn keys_of_a_script_without_pauses_work() {
    let mut a = app();
    press(&mut a, FAST, keys("m/hello all\nq"));
    wait(&mut a, SLOW);
    let say = Command::Say { text: "hello all".into(), to: None };
    assert_eq!(sent(&mut a)[..3], [Command::Mute { on: Some(true) }, say, Command::Leave]);
}

#[test]
fn a_mistyped_command_stays_in_the_line_and_says_what_was_meant() {
    let mut a = app();
    press(&mut a, FAST, keys("\t\t/mtue\n"));
    assert_eq!(sent(&mut a), []);
    assert_eq!(a.chat.text(), "/mtue");
    assert!(a.log.iter().next_back().unwrap().text.contains("/mute?"));
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut a = app();
    a.state.unavailable.insert("hand".into(), "this server has no raised hands".into());
    press(&mut a, SLOW, [KeyCode::F(4)]);
    assert_eq!(sent(&mut a), []);
    assert!(a.log.iter().next_back().unwrap().text.contains("no raised hands"));
}

#[test]
fn leaving_waits_three_seconds_and_a_second_ctrl_c_does_not() {
    let ctrl_c = TerminalEvent::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
    let mut a = app();
    press(&mut a, FAST, keys("/half a sent"));
    let now = a.now;
    a.terminal(ctrl_c.clone(), now);
    assert_eq!(sent(&mut a), [Command::Leave]);
    assert_eq!(a.leaving, Some(Leaving::Until(now + Duration::from_secs(3))));
    wait(&mut a, Duration::from_secs(3));
    assert_eq!(a.leaving, Some(Leaving::Now));
    let mut b = app();
    let now = b.now;
    b.terminal(ctrl_c.clone(), now);
    b.terminal(ctrl_c, now);
    assert_eq!(b.leaving, Some(Leaving::Now));
}

#[test]
fn nothing_is_due_while_nothing_happens_with_motion_off() {
    let mut a = App::new(State::new("Me"), &Options::plain("", PLAIN, false), Instant::now());
    a.event(&envelope(1, joined("board")), a.now);
    assert_eq!(a.due(), None);
    let mut b = app();
    wait(&mut b, Duration::from_secs(10));
    assert!(b.due().unwrap() - b.now > Duration::from_secs(30), "at most once a minute");
}

#[test]
fn the_log_stays_where_it_is_read_and_is_bounded() {
    let mut a = app();
    a.metrics = Metrics { log_columns: 40, log_rows: 10, ..Metrics::default() };
    a.log.scroll = 5;
    for seq in 0..2000 {
        let warning = Event::Warning { code: "w".into(), text: format!("number {seq}") };
        a.event(&envelope(seq, warning), a.now);
    }
    assert_eq!(a.log.iter().count(), LOG);
    assert_eq!(a.log.scroll, 2005);
    a.event(&envelope(1, left()), a.now);
    assert_eq!(a.state.phase, Phase::Left);
}

fn last(a: &App) -> String {
    a.log.iter().next_back().unwrap().text.clone()
}

fn chat(from: &str, name: &str, to: Option<&str>, text: &str) -> Event {
    let (id, at) = (1, "2026-11-23T10:03:00.000Z".into());
    Event::Chat(ChatLine {
        id,
        from: PeerId(from.into()),
        name: name.into(),
        to: to.map(|t| PeerId(t.into())),
        text: text.into(),
        at,
    })
}

#[test]
fn the_palette_does_what_is_marked_and_asks_for_what_is_missing() {
    let mut a = app();
    press(&mut a, SLOW, keys(":"));
    press(&mut a, FAST, keys("stat"));
    let offered: Vec<String> = a.offers().into_iter().map(|o| o.label).collect();
    assert_eq!(offered[0], "status", "{offered:?}");
    press(&mut a, FAST, [KeyCode::Down, KeyCode::Down, KeyCode::Up, KeyCode::Enter]);
    assert_eq!((a.focus, sent(&mut a).len()), (Focus::Figures, 0), "the second: statistics");
    press(&mut a, FAST, [KeyCode::Esc]);

    press(&mut a, SLOW, keys(":vol\n"));
    assert_eq!((a.focus, a.prompt.text()), (Focus::Prompt, "volume "), "of whom?");
    press(&mut a, FAST, keys("\n"));
    assert_eq!(a.prompt.text(), "volume Ana ", "how loud?");
    press(&mut a, FAST, [KeyCode::Down, KeyCode::Enter]);
    assert_eq!(sent(&mut a), [Command::Volume { peer: id("a"), percent: 50 }]);
    assert_eq!((a.focus, a.prompt.text()), (Focus::People, ""));

    press(&mut a, SLOW, keys(":lea\t"));
    assert_eq!(a.prompt.text(), "leave", "Tab completes");
    press(&mut a, FAST, keys(" now\n"));
    assert_eq!((sent(&mut a), a.prompt.text()), (vec![], "leave now"), "never by half, and it stays to be put right");
    assert!(last(&a).contains("takes no words"), "{}", last(&a));
    press(&mut a, FAST, [KeyCode::Esc]);
    assert_eq!(a.prompt.text(), "");
}

#[test]
fn what_was_chosen_and_strikes_others_for_good_is_asked_for_and_what_was_typed_is_not() {
    let kick = Command::Kick { peer: id("a") };
    let mut a = app();
    a.state.role = crate::call::Role::Moderator;
    press(&mut a, SLOW, keys(":kick ana\n"));
    assert_eq!(sent(&mut a), std::slice::from_ref(&kick), "typed whole: meant");
    for (answer, done) in [("y", true), ("n", false), ("\n", false), ("\t", false)] {
        press(&mut a, SLOW, keys("\n"));
        press(&mut a, FAST, keys("rem\n"));
        assert_eq!((a.focus, sent(&mut a)), (Focus::Question, vec![]), "{}", last(&a));
        assert!(last(&a).contains("Remove Ana for good?"), "{}", last(&a));
        press(&mut a, SLOW, keys(answer));
        wait(&mut a, SLOW);
        assert_eq!(sent(&mut a), if done { vec![kick.clone()] } else { vec![] }, "{answer:?}");
        a.focus = Focus::People;
    }
    // Who goes on typing has not said yes.
    press(&mut a, SLOW, keys("\n"));
    press(&mut a, FAST, keys("rem\n"));
    press(&mut a, FAST, keys("yes please"));
    wait(&mut a, SLOW);
    assert_eq!((sent(&mut a), a.chat.text(), a.question.is_none()), (vec![], "yes please", true));
}

#[test]
fn leaving_asks_the_only_host_and_ctrl_c_asks_nobody() {
    let mut a = app();
    a.state.role = crate::call::Role::Creator;
    for key in ["q", ":leave\n"] {
        press(&mut a, SLOW, keys(key));
        wait(&mut a, SLOW);
        assert_eq!((sent(&mut a), a.focus), (vec![], Focus::Question), "{key}");
        press(&mut a, SLOW, keys("n"));
        wait(&mut a, SLOW);
        assert_eq!((sent(&mut a), a.focus), (vec![], Focus::People));
    }
    press(&mut a, SLOW, keys("q"));
    press(&mut a, SLOW, keys("y"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Leave]);
    let mut b = app();
    b.state.role = crate::call::Role::Creator;
    let now = b.now;
    b.terminal(TerminalEvent::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), now);
    assert_eq!(sent(&mut b), [Command::Leave]);
}

#[test]
fn a_message_to_one_person_says_so_and_never_goes_to_all_by_mistake() {
    let mut a = app();
    a.event(&envelope(5, Event::PeerJoined { peer: peer("b", "Ben"), before_us: false }), a.now);
    press(&mut a, SLOW, keys("w"));
    wait(&mut a, SLOW);
    assert_eq!((a.focus, a.recipient().as_str()), (Focus::Chat, "to Ana"));
    press(&mut a, FAST, keys("only you"));
    // Away and back by the key for all: it is still Ana's.
    press(&mut a, FAST, [KeyCode::Esc]);
    press(&mut a, SLOW, keys("/"));
    assert_eq!((a.recipient().as_str(), a.chat.text()), ("to Ana", "only you"));
    press(&mut a, FAST, keys("\n"));
    assert_eq!(sent(&mut a), [Command::Say { text: "only you".into(), to: Some(id("a")) }]);
    assert_eq!((a.focus, a.recipient().as_str()), (Focus::People, "to all"));
    // By the menu, and she is gone before it is sent.
    press(&mut a, SLOW, keys("\n"));
    press(&mut a, FAST, keys("msg\nlate"));
    a.event(&envelope(6, Event::PeerLeft { id: id("a"), name: "Ana".into() }), a.now);
    press(&mut a, FAST, keys("\n"));
    assert_eq!((sent(&mut a), a.chat.text()), (vec![], "late"));
    assert!(last(&a).contains("Ana is not here any more"), "{}", last(&a));
    // The log marks what nobody else reads.
    a.event(&envelope(7, chat("b", "Ben", Some("me"), "psst")), a.now);
    assert_eq!(last(&a), "<Ben to you alone> psst");
}

#[test]
fn who_waits_is_chosen_in_the_list_and_let_in_by_a_key() {
    let mut a = app();
    for who in ["x", "y"] {
        let name = Some(format!("Guest {who}"));
        let event = Event::Knock { id: id(who), name, name_marks: vec![], standing: Default::default(), key: String::new() };
        a.event(&envelope(1, event), a.now);
    }
    press(&mut a, SLOW, keys("jjj"));
    assert!(matches!(a.selected(), Selected::Waiting(who) if who.id == id("y")));
    press(&mut a, SLOW, keys("a"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Admit { peer: id("y") }]);
    // They come in, and stay selected.
    a.event(&envelope(2, Event::PeerJoined { peer: peer("y", "Guest y"), before_us: false }), a.now);
    assert!(matches!(a.selected(), Selected::Peer(p) if p.id == id("y")));
    press(&mut a, SLOW, keys("d"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Deny { peer: id("x") }], "otherwise whoever waits first");
}

#[test]
fn somebody_is_louder_softer_or_not_heard_by_keys_on_them() {
    let mut a = app();
    press(&mut a, SLOW, keys("+"));
    assert_eq!(sent(&mut a), [Command::Volume { peer: id("a"), percent: 110 }]);
    press(&mut a, SLOW, keys("x"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Volume { peer: id("a"), percent: 0 }]);
    a.state.peers[0].volume = 0;
    press(&mut a, SLOW, keys("-"));
    press(&mut a, SLOW, keys("x"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [0, 100].map(|percent| Command::Volume { peer: id("a"), percent }));
    press(&mut a, SLOW, keys("j+"));
    assert_eq!(sent(&mut a), []);
    assert!(last(&a).contains("That is you"));
}

#[test]
fn messages_that_nobody_saw_are_counted_and_shown_for_a_moment() {
    let mut a = app();
    a.metrics = Metrics { log_columns: 40, log_rows: 3, log_scroll: 0, ..Metrics::default() };
    let says = |a: &mut App| a.event(&envelope(9, chat("a", "Ana", None, "hello")), a.now);
    says(&mut a);
    assert_eq!((a.log.unread, &a.toast), (0, &None), "it is on the screen");
    press(&mut a, SLOW, [KeyCode::F(1)]);
    says(&mut a);
    assert_eq!((a.log.unread, a.toast.as_ref().map(|(t, _)| t.as_str())), (1, Some("<Ana> hello")));
    assert_eq!(last(&a), "<Ana> hello", "what is shown for a moment is in the log too");
    wait(&mut a, TOAST + FAST);
    assert_eq!(a.toast, None);
    press(&mut a, SLOW, [KeyCode::Esc]);
    assert_eq!(a.log.unread, 0, "read");
    let now = a.now;
    a.terminal(TerminalEvent::FocusLost, now);
    says(&mut a);
    assert_eq!(a.log.unread, 1, "the window is not in front");
    a.terminal(TerminalEvent::FocusGained, now);
    assert_eq!(a.log.unread, 1, "until a key is pressed");
    press(&mut a, SLOW, [KeyCode::Down]);
    assert_eq!(a.log.unread, 0);
    a.event(&envelope(9, chat("me", "Me", None, "mine")), a.now);
    assert_eq!(a.log.unread, 0);
}

#[test]
fn the_bell_and_the_desktop_are_told_by_choice_and_never_what_somebody_wrote() {
    let mut options = Options::plain("localhost", PLAIN, true);
    let quiet = |a: &mut App| a.event(&envelope(1, chat("a", "Ana", Some("me"), "secret")), a.now);
    let mut a = app();
    quiet(&mut a);
    assert_eq!(a.signals(), []);
    (options.bell, options.notify) = (true, true);
    let mut a = App::new(a.state.clone(), &options, Instant::now());
    a.signals();
    quiet(&mut a);
    assert_eq!(a.signals(), [Signal::Bell, Signal::Notify("a message to you alone".into())]);
    for (text, rings) in [("hello all", false), ("some time", false), ("hey me!", true)] {
        a.event(&envelope(1, chat("a", "Ana", None, text)), a.now);
        assert_eq!(!a.signals().is_empty(), rings, "{text}");
    }
    let now = a.now;
    a.terminal(TerminalEvent::FocusGained, now);
    quiet(&mut a);
    assert_eq!(a.signals(), [Signal::Bell], "whoever looks at the screen sees it there");
}

#[test]
fn the_link_is_copied_without_the_secret() {
    let link = crate::backend::Link::parse(
        "https://meet.example.org/board#fp=sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.k=c2VjcmV0",
    );
    let Ok(link) = link else { panic!("{link:?}") };
    let mut options = Options::plain("localhost", PLAIN, true);
    (options.link, options.secret_link) = (link.public(), link.has_secret());
    let mut a = App::new(app().state, &options, Instant::now());
    a.signals();
    press(&mut a, SLOW, keys("y"));
    wait(&mut a, SLOW);
    let signals = a.signals();
    assert!(
        matches!(&signals[..], [Signal::Copy(text)] if text.contains("/board#fp=") && !text.contains("c2VjcmV0")),
        "{signals:?}"
    );
    assert!(last(&a).contains("secret is not in it") && !last(&a).contains("c2VjcmV0"), "{}", last(&a));
}

#[test]
fn another_device_is_chosen_from_the_list() {
    let mut a = app();
    press(&mut a, SLOW, [KeyCode::F(9)]);
    let asked = a.requests().into_iter().find(|r| r.command == Command::Devices).and_then(|r| r.id);
    assert_eq!(a.focus, Focus::Devices);
    let device = |kind: &str, name: &str| serde_json::json!({"host": "pulse", "kind": kind, "name": name, "description": format!("The {name}"), "default": false});
    let data = Some(serde_json::json!([device("output", "speaker"), device("input", "mic"), device("input", "headset")]));
    a.event(&envelope(3, Event::Reply { id: asked, ok: true, data, error: None }), a.now);
    press(&mut a, SLOW, keys("j\n"));
    assert_eq!(sent(&mut a), [Command::Device { kind: crate::call::DeviceKind::Input, name: "headset".into() }]);
    press(&mut a, SLOW, keys("jjj\n"));
    assert_eq!(sent(&mut a), [Command::Device { kind: crate::call::DeviceKind::Output, name: "speaker".into() }]);
    press(&mut a, SLOW, [KeyCode::F(9)]);
    assert_eq!(a.focus, Focus::People);
}

#[test]
fn the_mouse_selects_and_scrolls_where_it_is() {
    use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    use ratatui::layout::Rect;
    let mut a = app();
    a.event(&envelope(5, Event::PeerJoined { peer: peer("b", "Ben"), before_us: false }), a.now);
    a.metrics = Metrics { people: Rect::new(0, 3, 29, 10), log: Rect::new(31, 3, 49, 10), log_scroll: 0, ..Metrics::default() };
    let mouse = |a: &mut App, kind, column, row| {
        let now = a.now;
        a.terminal(TerminalEvent::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }), now);
    };
    mouse(&mut a, MouseEventKind::Down(MouseButton::Left), 5, 4);
    assert!(matches!(a.selected(), Selected::Peer(p) if p.id == id("b")));
    mouse(&mut a, MouseEventKind::Down(MouseButton::Left), 5, 12);
    assert!(matches!(a.selected(), Selected::Peer(p) if p.id == id("b")), "nobody is there");
    mouse(&mut a, MouseEventKind::Down(MouseButton::Left), 40, 4);
    assert_eq!(a.focus, Focus::Log);
    mouse(&mut a, MouseEventKind::ScrollUp, 40, 4);
    assert_eq!(a.log.scroll, 3);
    mouse(&mut a, MouseEventKind::ScrollUp, 5, 4);
    assert_eq!((a.selected, sent(&mut a)), (0, vec![]));
}

/// Sentences with the words that mean something to the program, and with every key that means something in a list.
fn prose() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => "[a-z]{1,8}",
        1 => "[A-Za-z0-9?!.,;:'\"()+*=~_^%$#@&<>|\\[\\]{}/-]{1,6}",
        3 => prop::sample::select(vec![
            "mute", "off", "unmute", "toggle", "talk", "down", "leave", "quit", "m", "mr", "k", "r", "q", "jk", "hmm", "r?", "mm",
            "kōrero", "日本語", "e\u{301}", "👨‍👩‍👧", "space", "F2", "q:", "r:", "m:", "k/", "?",
        ]).prop_map(str::to_owned),
    ];
    let gap = prop_oneof![8 => Just(" "), 1 => Just("\n"), 1 => Just("  "), 1 => Just("\t")];
    prop::collection::vec((word, gap), 1..24).prop_map(|words| words.into_iter().map(|(w, g)| w + g).collect())
}

/// A line that is itself a command (`/unmute`, or anything typed after `:`) is no prose; nor is a Space before any letter.
fn is_prose(text: &str) -> bool {
    !text.split(['\n', '\t']).any(|l| l.trim_start().starts_with(['/', ':'])) && !text.contains("//") && !text.starts_with(' ')
}

fn opens(command: &Command) -> bool {
    matches!(command, Command::Mute { on: Some(false) | None } | Command::Talk { down: Some(true) | None })
}

const ANYWHERE: [Focus; 7] =
    [Focus::People, Focus::Log, Focus::Chat, Focus::Help, Focus::Safety, Focus::Devices, Focus::Question];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prose_typed_at_any_focus_opens_nothing(
        text in prose().prop_filter("prose", |t| is_prose(t)),
        focus in prop::sample::select(ANYWHERE.to_vec()), gap in 0u64..300, muted: bool, releases: bool,
    ) {
        let mut a = app();
        (a.focus, a.state.muted, a.keys.releases) = (focus, muted, releases);
        press(&mut a, Duration::from_millis(gap), keys(&text));
        wait(&mut a, SLOW);
        let sent = sent(&mut a);
        prop_assert!(!sent.iter().any(opens), "{sent:?}");
    }

    #[test]
    fn slow_prose_opens_nothing_either(
        text in prose().prop_filter("prose", |t| is_prose(t) && !t.contains(':')),
        focus in prop::sample::select(ANYWHERE.to_vec()), gaps in prop::collection::vec(0u64..1000, 24), releases: bool,
    ) {
        let mut a = app();
        (a.focus, a.keys.releases) = (focus, releases);
        for (key, gap) in keys(&text).into_iter().zip(gaps.iter().cycle()) {
            press(&mut a, Duration::from_millis(*gap), [key]);
        }
        wait(&mut a, SLOW);
        let sent = sent(&mut a);
        prop_assert!(!sent.iter().any(opens), "{sent:?}");
    }

    #[test]
    fn prose_typed_at_any_focus_affects_nobody(
        words in prop::collection::vec("[a-z]{2,8}|I|a|mr|query|quit|rr|question", 1..12),
        focus in prop::sample::select(ANYWHERE.to_vec()), gap in 0u64..300, knocking: bool,
    ) {
        // A word made only of keys that act at once, then one r or q, cannot be told from keys pressed one by one.
        prop_assume!(words[0].chars().any(|c| !"mjkrqsvnadgixwy".contains(c)) || words.len() > 1);
        let text = words.join(" ");
        let mut a = app();
        (a.focus, a.keys.knocking) = (focus, knocking);
        press(&mut a, Duration::from_millis(gap), keys(&text));
        wait(&mut a, SLOW);
        let sent = sent(&mut a);
        prop_assert!(sent.iter().all(|c| matches!(c, Command::Mute { on: Some(true) })), "{sent:?}");
        // And nothing that was typed is lost.
        prop_assert_eq!(a.chat.text(), text.strip_prefix('q').filter(|_| focus == Focus::Help && a.chat.text() != text).unwrap_or(&text));
    }

    #[test]
    fn what_is_pasted_at_any_focus_is_text(
        pastes in prop::collection::vec(prop_oneof!["(?s).{0,80}", "[ /:]{0,3}(un)?mute( off)?\n?", "[mrq ?:/\n]{0,6}"], 1..4),
        focus in prop::sample::select([&ANYWHERE[..], &[Focus::Prompt]].concat()), enter: bool,
    ) {
        let mut a = app();
        a.focus = focus;
        for text in &pastes {
            let now = a.now;
            a.terminal(TerminalEvent::Paste(text.clone()), now);
        }
        prop_assert_eq!(sent(&mut a), []);
        if enter {
            press(&mut a, FAST, [KeyCode::Enter]);
            let sent = sent(&mut a);
            prop_assert!(sent.iter().all(|c| matches!(c, Command::Say { .. })), "{sent:?}");
        }
        wait(&mut a, SLOW);
        prop_assert_eq!(sent(&mut a), []);
    }
}

#[test]
fn i_shows_figures_that_are_asked_for_each_second_while_they_are_shown_and_g_says_again() {
    let figures = |a: &mut App| a.requests().iter().filter(|r| r.command == Command::Stats).count();
    let mut a = app();
    press(&mut a, SLOW, keys("i"));
    figures(&mut a);
    wait(&mut a, Duration::from_secs(10));
    assert_eq!(a.focus, Focus::Figures);
    assert!((10..=12).contains(&figures(&mut a)));
    press(&mut a, SLOW, [KeyCode::Esc]);
    figures(&mut a);
    wait(&mut a, Duration::from_secs(50));
    assert!(a.focus == Focus::People && figures(&mut a) <= 1, "nothing but the minute's");

    // With motion off they are asked for once, and stand still.
    a.motion = false;
    a.minute = None;
    press(&mut a, SLOW, keys(":stats\n"));
    wait(&mut a, Duration::from_secs(60));
    assert_eq!((a.focus, figures(&mut a)), (Focus::Figures, 1));
    press(&mut a, SLOW, [KeyCode::Esc]);

    press(&mut a, SLOW, keys("g"));
    wait(&mut a, SLOW);
    assert_eq!(sent(&mut a), [Command::Again { seconds: None }]);
    press(&mut a, SLOW, keys(":again 5\n"));
    assert_eq!(sent(&mut a), [Command::Again { seconds: Some(5) }]);
    press(&mut a, SLOW, [KeyCode::Esc]);
    press(&mut a, FAST, keys("going in"));
    wait(&mut a, SLOW);
    assert_eq!((sent(&mut a), a.chat.text()), (vec![], "going in"), "typing is neither");
}
