//! What the screen looks like, in cells.

use super::app::App;
use super::keys::Focus;
use super::theme::{Look, Theme};
use super::{Options, view};
use crate::call::chat::ChatLine;
use crate::call::heard::{HeardBy, Trouble};
use crate::call::quality::{Quality, Word};
use crate::call::{DeviceKind, Event, SpeakerStats, State, Stats};
use crate::front_end::fake::{envelope, id, joined, peer};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Position;
use std::time::Instant;

pub(super) const MONO: Theme = Theme { look: Look::Mono, utf8: true };

pub(super) const EVERYWHERE: [Focus; 9] = [
    Focus::People,
    Focus::Log,
    Focus::Chat,
    Focus::Prompt,
    Focus::Help,
    Focus::Safety,
    Focus::Figures,
    Focus::Devices,
    Focus::Question,
];

fn say(seq: u64, from: &str, name: &str, text: &str) -> Event {
    let at = format!("2026-11-23T10:03:{seq:02}.000Z");
    Event::Chat(ChatLine { id: seq, from: id(from), name: name.into(), to: None, text: text.into(), at })
}

pub(super) fn board(theme: Theme) -> App {
    let mut app = App::new(State::new("Me"), &Options::plain("meet.govt.example", theme, true), Instant::now());
    let device = |kind, name: &str| Event::Device { kind, name: name.into(), state: "open".into(), text: None };
    let events = [
        Event::Transport { rung: "udp".into(), ok: true, ms: 180, error: None },
        joined("board-weekly"),
        Event::PeerJoined { peer: peer("a", "Ana Ngāta"), before_us: true },
        Event::PeerJoined { peer: peer("w", "Wiremu Kahu"), before_us: true },
        Event::PeerJoined { peer: peer("j", "日本語の長い名前を持つ人です"), before_us: false },
        device(DeviceKind::Output, "Built-in Audio Analog Stereo"),
        Event::Muted { id: id("a"), on: false, by: None },
        Event::Speaking { id: id("a"), on: true },
        Event::Hand { id: id("j"), on: true, since: Some(5) },
        say(8, "a", "Ana Ngāta", "agenda link https://meet.govt.example/agenda/2026-11-23/with-a-long-path and a few words"),
        say(9, "w", "Wiremu Kahu", "kia ora koutou 👋"),
        Event::Warning { code: "network".into(), text: "The network is slow.".into() },
        Event::Stats(Stats { rtt_ms: Some(48.2), packets_received: 996, packets_lost: 4, buffer_ms: 60, ..Stats::default() }),
        Event::Quality(Quality { word: Word::Good, cause: "none".into(), peer: None, text: "good".into() }),
    ];
    for (seq, event) in events.into_iter().enumerate() {
        app.event(&envelope(seq as u64, event), app.now);
    }
    app
}

pub(super) fn draw(app: &mut App, width: u16, height: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut metrics = app.metrics;
    terminal.draw(|f| metrics = view::draw(f, app)).unwrap();
    app.metrics = metrics;
    terminal
}

pub(super) fn screen(app: &mut App, width: u16, height: u16) -> String {
    draw(app, width, height).backend().to_string()
}

#[test]
fn full_size() {
    insta::assert_snapshot!(screen(&mut board(MONO), 80, 24));
}

#[test]
fn open_microphone() {
    let mut app = board(MONO);
    app.event(&envelope(20, Event::Muted { id: id("me"), on: false, by: None }), app.now);
    let now = app.now + std::time::Duration::from_secs(1);
    app.measure(crate::audio::level::Level { loudness: -23.0, peak: -18.0 }, now);
    let screen = screen(&mut app, 80, 24);
    insta::assert_snapshot!(screen.lines().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"));
}

/// The same in an encrypted room, with a code to compare and somebody at the door.
pub(super) fn secret() -> App {
    use crate::call::trust::{Role, SafetyCode, Standing};
    let mut app = board(MONO);
    app.log = Default::default();
    app.state.security = crate::call::Security::EndToEnd;
    for (p, standing) in
        app.state.peers.iter_mut().zip([Standing::Vouched { subject: "ana".into() }, Standing::Guest, Standing::Unknown])
    {
        (p.standing, p.key) = (standing, "abcd-efgh-ijkl-mnop".into());
    }
    app.state.peers[0].verified = true;
    app.state.peers[1].role = Role::Moderator;
    let words = ["topmost", "Istanbul", "Pluto", "vagabond", "treadmill", "Pacific", "brackish", "dictator"];
    let code = SafetyCode {
        generation: 0,
        epoch: 4,
        words: words.map(str::to_owned).to_vec(),
        digits: "07124 65019 44870 90213".into(),
        by: id("a"),
        people: vec![id("a"), id("w"), id("me")],
        later: vec![id("j")],
        seconds: 600,
    };
    app.state.epoch = Some(4);
    (app.state.stats.frames_refused, app.state.stats.frames_foreign) = (12, 3);
    let knock = Event::Knock {
        id: id("b"),
        name: Some("Ben".into()),
        name_marks: vec![],
        standing: Standing::Guest,
        key: "qrst-uvwx-yz23-4567".into(),
    };
    for event in [Event::Safety(code), knock] {
        app.event(&envelope(10, event), app.now);
    }
    app
}

#[test]
fn encrypted() {
    insta::assert_snapshot!(screen(&mut secret(), 80, 24));
}

/// An open room of a server with roles: marked, locked, and we moderate it.
#[test]
fn marked_and_moderated() {
    use crate::protocol::room::{RoomRole, Rules, Scope, Verb};
    let mut app = board(MONO);
    let rules = Rules { marking: Some("RESTRICTED".into()), locked: true, speak: Scope::Speakers, ..Rules::default() };
    let role = |who: &str, role| Event::RoomRole { id: id(who), role, by: None };
    for event in [
        role("me", RoomRole::Moderator),
        role("a", RoomRole::Owner),
        role("w", RoomRole::Guest),
        role("j", RoomRole::Listener),
        Event::Rights { may: vec![Verb::Speak, Verb::Mute] },
        Event::Rules { rules, by: None },
        Event::Hands { queue: vec![id("j")] },
        Event::Moderated { by: id("a"), verb: Verb::Mute, id: Some(id("w")), on: None },
    ] {
        app.event(&envelope(30, event), app.now);
    }
    insta::assert_snapshot!(screen(&mut app, 80, 24));
    let narrow = screen(&mut app, 40, 12);
    assert!(narrow.lines().next().unwrap().contains("RESTRICTED"), "{narrow}");
}

/// We speak, Wiremu does not hear us well, and what Ana says is hard to understand.
pub(super) fn trouble() -> App {
    let mut app = board(MONO);
    let text = "heard by 2 of 3; Wiremu Kahu: breaking up";
    let trouble = vec![(id("w"), Trouble::BreakingUp)];
    let quality = Quality {
        word: Word::Poor,
        cause: "missing".into(),
        peer: Some(id("a")),
        text: "poor: 12 % of Ana Ngāta's sound is missing".into(),
    };
    let stats = Stats {
        rtt_ms: Some(48.2),
        packets_received: 996,
        packets_lost: 4,
        buffer_ms: 60,
        uplink_loss: Some(0.01),
        downlink_loss: Some(0.15),
        jitter_ms: Some(23.4),
        concealed: Some(0.12),
        concealed_total: Some(0.004),
        kbps_up: Some(31.7),
        kbps_down: Some(27.2),
        quality: Some(quality.clone()),
        speakers: vec![SpeakerStats { id: id("a"), loss: 0.15, concealed: 0.12, jitter_ms: 23.4, buffer_ms: 60 }],
        ..Stats::default()
    };
    for (seq, event) in [
        Event::Muted { id: id("me"), on: false, by: None },
        Event::HeardBy(HeardBy { by: 2, of: 3, trouble, text: text.into() }),
        Event::Quality(quality),
        Event::Stats(stats),
    ]
    .into_iter()
    .enumerate()
    {
        app.event(&envelope(100 + seq as u64, event), app.now);
    }
    app
}

#[test]
fn who_does_not_hear_us_stands_above_the_status_line() {
    insta::assert_snapshot!(screen(&mut trouble(), 80, 24));
}

#[test]
fn with_motion_off_it_stands_in_the_log_alone() {
    let mut app = trouble();
    app.motion = false;
    let text = screen(&mut app, 80, 24);
    assert_eq!(text.matches("heard by").count(), 1, "{text}");
}

#[test]
fn statistics_panel() {
    let mut app = trouble();
    app.focus = Focus::Figures;
    insta::assert_snapshot!(screen(&mut app, 80, 24));
}

#[test]
fn statistics_panel_small() {
    let mut app = trouble();
    app.focus = Focus::Figures;
    insta::assert_snapshot!(screen(&mut app, 40, 12));
}

#[test]
fn safety_panel() {
    let mut app = secret();
    app.focus = Focus::Safety;
    insta::assert_snapshot!(screen(&mut app, 80, 24));
}

#[test]
fn safety_panel_small() {
    let mut app = secret();
    app.focus = Focus::Safety;
    let text = screen(&mut app, 40, 12);
    assert!(text.contains("DICTATOR") && text.contains("v = they match"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_passphrase_is_named_in_the_header_and_beside_the_code() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut app = secret();
        app.state.passphrase = true;
        for focus in [Focus::People, Focus::Safety] {
            app.focus = focus;
            let text = screen(&mut app, width, height);
            assert!(text.replace(['\n', ' ', '"'], "").contains("byapassphrase:weaker"), "{text}");
        }
    }
    let mut app = secret();
    app.state.passphrase = true;
    app.focus = Focus::Safety;
    assert!(screen(&mut app, 80, 24).contains("only a passphrase"), "where the panel has no place, the header says it alone");
}

/// Each panel and prompt in the four sizes.
#[test]
fn every_screen_in_every_size() {
    let devices = || {
        let mut app = board(MONO);
        let device =
            |kind, name: &str, default| super::app::Listed { kind, name: name.into(), description: name.into(), default };
        app.devices.listed = Some(vec![
            device(DeviceKind::Input, "Built-in Microphone", true),
            device(DeviceKind::Input, "USB Headset", false),
            device(DeviceKind::Output, "Built-in Audio Analog Stereo", true),
        ]);
        app.state.input = Some("Built-in Microphone".into());
        (app.focus, app.devices.selected) = (Focus::Devices, 1);
        app
    };
    let typed = |keys: &str, mut app: App| {
        for c in keys.chars() {
            let code = if c == '\n' { crossterm::event::KeyCode::Enter } else { crossterm::event::KeyCode::Char(c) };
            let now = app.now + std::time::Duration::from_secs(2);
            app.tick(now);
            app.terminal(crossterm::event::Event::Key(code.into()), now);
            app.tick(now + std::time::Duration::from_secs(1));
        }
        app
    };
    let leading = || {
        let mut app = secret();
        app.state.role = crate::call::Role::Moderator;
        app
    };
    let screens: [(&str, App); 12] = [
        ("call", board(MONO)),
        ("waiting", typed("jjjj", secret())),
        ("palette", typed(":", board(MONO))),
        ("palette_of_a_person", typed("\n", leading())),
        ("palette_argument", typed(":volume ", board(MONO))),
        ("question", typed("\nkick\n", leading())),
        ("private", typed("wpsst", board(MONO))),
        ("devices", devices()),
        ("statistics", typed("i", trouble())),
        ("safety", {
            let mut app = secret();
            app.focus = Focus::Safety;
            app
        }),
        ("help_and_a_message", {
            let mut app = typed("?", board(MONO));
            app.event(&envelope(70, say(11, "a", "Ana Ngāta", "are you there?")), app.now);
            app
        }),
        ("scrolled", {
            let mut app = board(MONO);
            draw(&mut app, 80, 24);
            app.log.scroll = 3;
            app.event(&envelope(70, say(11, "a", "Ana Ngāta", "are you there?")), app.now);
            app
        }),
    ];
    for (name, mut app) in screens {
        let sizes = [(80, 24), (60, 20), (40, 12), (20, 5)].map(|(w, h)| format!("{w}x{h}\n{}", screen(&mut app, w, h)));
        insta::assert_snapshot!(format!("every_{name}"), sizes.join("\n"));
    }
}

#[test]
fn a_theme_of_high_contrast_leaves_no_cell_to_the_terminal() {
    let mut app = board(Theme { look: Look::HighContrast, utf8: true });
    // The second cell of a wide letter is drawn with the first.
    app.state.peers.pop();
    app.log = Default::default();
    for focus in EVERYWHERE {
        app.focus = focus;
        let terminal = draw(&mut app, 80, 24);
        let cells = terminal.backend().buffer().content();
        let set = |c: &ratatui::buffer::Cell| c.bg == ratatui::style::Color::Black && c.fg != ratatui::style::Color::Reset;
        assert!(cells.iter().all(set), "{focus:?}");
    }
}

#[test]
fn folded() {
    insta::assert_snapshot!(screen(&mut board(MONO), 60, 20));
}

#[test]
fn small() {
    insta::assert_snapshot!(screen(&mut board(MONO), 40, 12));
}

#[test]
fn smallest() {
    insta::assert_snapshot!(screen(&mut board(MONO), 20, 5));
}

#[test]
fn too_small() {
    insta::assert_snapshot!(screen(&mut board(MONO), 10, 3));
}

#[test]
fn before_joining() {
    let mut app = App::new(State::new("Me"), &Options::plain("meet.govt.example", MONO, true), Instant::now());
    app.event(&envelope(1, Event::Connecting { url: "https://meet.govt.example/board-weekly".into() }), app.now);
    insta::assert_snapshot!(screen(&mut app, 80, 12));
}

#[test]
fn help_names_every_key_and_command() {
    let mut app = board(MONO);
    app.focus = Focus::Help;
    app.state.unavailable.insert("hand".into(), "this server has no raised hands".into());
    insta::assert_snapshot!(screen(&mut app, 80, 106));
}

#[test]
fn without_utf8_it_is_ascii() {
    let mut app = board(Theme { look: Look::Mono, utf8: false });
    app.state.peers.pop();
    app.log = Default::default();
    app.state.peers.iter_mut().for_each(|p| p.name = p.name.replace('ā', "a"));
    let text = screen(&mut app, 80, 24);
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn no_color_means_no_color_and_colors_carry_nothing_alone() {
    let mut app = board(MONO);
    let plain = draw(&mut app, 80, 24);
    let cells = |t: &Terminal<TestBackend>| t.backend().buffer().content().to_vec();
    assert!(cells(&plain).iter().all(|c| c.fg == ratatui::style::Color::Reset && c.bg == ratatui::style::Color::Reset));
    app.theme.look = Look::Default;
    let colored = draw(&mut app, 80, 24);
    assert!(cells(&colored).iter().any(|c| c.fg != ratatui::style::Color::Reset));
    let symbols = |t: &Terminal<TestBackend>| cells(t).iter().map(|c| c.symbol().to_owned()).collect::<Vec<_>>();
    assert_eq!(symbols(&plain), symbols(&colored));
}

#[test]
fn the_cursor_is_on_the_item_in_focus() {
    let mut app = board(MONO);
    app.selected = 1;
    let at = |app: &mut App, focus| {
        app.focus = focus;
        draw(app, 80, 24).backend().cursor_position()
    };
    assert_eq!(at(&mut app, Focus::People), Position { x: 1, y: 4 }, "the second person");
    app.chat.insert("日本x");
    assert_eq!(at(&mut app, Focus::Chat), Position { x: 14, y: 22 });
    let log = at(&mut app, Focus::Log);
    assert!(log.x == 31 && (3..=20).contains(&log.y), "{log:?}");
    assert_eq!(at(&mut app, Focus::Help), Position { x: 1, y: 2 });
}

#[test]
fn the_security_words_are_always_whole() {
    for (width, height) in [(80, 24), (79, 24), (60, 20), (40, 12), (30, 8), (25, 6), (20, 5), (300, 100)] {
        let text = screen(&mut board(MONO), width, height).replace(['"', '\n'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains("transport encryption only"), "{width}x{height}: {text}");
    }
}

#[test]
fn hostile_names_and_texts_are_drawn_as_harmless_cells_at_every_size() {
    let long = "x".repeat(10_000);
    let zalgo = format!("z{}", "\u{301}".repeat(5000));
    for evil in [
        "\x1b[2J\x1b]0;title\x07",
        "\u{9b}31m\u{85}",
        "\u{202E}olleh\u{2066}",
        "日本語日本語日本語",
        "👨‍👩‍👧‍👦🏳️‍🌈",
        &long,
        &zalgo,
        "\u{200B}",
        "",
    ] {
        let mut app = board(MONO);
        app.host = crate::text::clean(evil);
        for event in [
            joined(evil),
            Event::PeerJoined { peer: peer("evil", evil), before_us: false },
            say(20, "evil", evil, evil),
            Event::Warning { code: evil.into(), text: evil.into() },
            Event::Device { kind: DeviceKind::Output, name: evil.into(), state: "open".into(), text: None },
            Event::Reply { id: Some(1), ok: true, data: Some(serde_json::json!({ "a": [evil], "b": evil })), error: None },
        ] {
            app.event(&envelope(1, event), app.now);
        }
        app.state.unavailable.insert("hand".into(), evil.into());
        app.chat.insert(evil);
        for focus in EVERYWHERE {
            app.focus = focus;
            for (width, height) in [(80, 24), (60, 20), (40, 12), (20, 5), (10, 3), (1, 1), (200, 60)] {
                let terminal = draw(&mut app, width, height);
                for cell in terminal.backend().buffer().content() {
                    let bad = |c: char| {
                        c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
                    };
                    assert!(!cell.symbol().contains(bad), "{:?}", cell.symbol());
                    assert!(cell.symbol().chars().count() <= 12);
                }
            }
        }
    }
}
