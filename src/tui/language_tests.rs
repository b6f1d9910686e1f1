//! The screen in other languages: macrons, and words that are longer than the English ones.

use super::app::{App, Listed};
use super::keys::Focus;
use super::snapshot_tests::{EVERYWHERE, MONO, board, draw, screen, secret, trouble};
use crate::call::DeviceKind;
use crate::i18n::{Lang, tr, with};

const SIZES: [(u16, u16); 8] = [(80, 24), (79, 24), (60, 20), (40, 12), (30, 8), (25, 6), (20, 5), (300, 100)];

/// What is on the screen as words, wherever lines end.
fn words(app: &mut App, (width, height): (u16, u16)) -> String {
    let text = screen(app, width, height).replace(['"', '\n', '\u{a0}'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn devices() -> App {
    let mut app = board(MONO);
    let device = |kind, name: &str, default| Listed { kind, name: name.into(), description: name.into(), default };
    let headset = device(DeviceKind::Input, "USB Headset", false);
    let output = device(DeviceKind::Output, "Built-in Audio Analog Stereo", true);
    app.devices.listed = Some(vec![device(DeviceKind::Input, "Built-in Microphone", true), headset, output]);
    app.state.input = Some("Built-in Microphone".into());
    app.focus = Focus::Devices;
    app
}

fn with_focus(mut app: App, focus: Focus) -> App {
    app.focus = focus;
    app
}

#[test]
fn screens_in_te_reo_maori_and_in_german() {
    for lang in [Lang::Mi, Lang::De] {
        let shown = with(lang, || {
            let screens: [(&str, App); 8] = [
                ("call", board(MONO)),
                ("encrypted, and somebody waits", secret()),
                ("trouble", trouble()),
                ("statistics", with_focus(trouble(), Focus::Figures)),
                ("safety code", with_focus(secret(), Focus::Safety)),
                ("devices", devices()),
                ("palette", with_focus(board(MONO), Focus::Prompt)),
                ("help", with_focus(board(MONO), Focus::Help)),
            ];
            let both =
                |(name, mut app): (&str, App)| format!("{name}\n{}\n{}", screen(&mut app, 80, 24), screen(&mut app, 40, 12));
            screens.map(both).join("\n")
        });
        insta::assert_snapshot!(format!("language_{}", lang.code()), shown);
    }
}

#[test]
fn the_security_words_are_always_whole_in_every_language() {
    for (lang, size) in Lang::ALL.into_iter().flat_map(|lang| SIZES.map(|size| (lang, size))) {
        with(lang, || {
            for (mut app, wanted) in [(board(MONO), tr!("security-transport")), (secret(), tr!("security-e2ee"))] {
                let text = words(&mut app, size);
                // What stands behind a comma has room on wide screens, and in the log.
                let wanted = wanted.replace('\u{a0}', " ");
                let wanted = wanted.split(',').next().unwrap();
                assert!(text.contains(wanted), "{lang:?} {size:?}: {text}");
            }
        });
    }
}

#[test]
fn what_is_needed_most_fits_in_every_language() {
    for lang in Lang::ALL {
        with(lang, || {
            for size in [(80, 24), (60, 20), (40, 12)] {
                let text = words(&mut board(MONO), size);
                let help = if size.0 < 70 { tr!("foot-help-short") } else { tr!("foot-help") };
                for wanted in [help, tr!("foot-mute"), tr!("foot-leave"), tr!("mic-mark-closed")] {
                    assert!(text.contains(&wanted), "{lang:?} {size:?} lacks {wanted}: {text}");
                }
                assert!(size.0 < 80 || text.contains(" 0:00 "), "{lang:?}: how long it takes is the last of the figures: {text}");
                let text = words(&mut secret(), size);
                assert!(text.contains(&tr!("knock-keys").replace('\u{a0}', " ")), "{lang:?} {size:?}: {text}");
                let mut safety = with_focus(secret(), Focus::Safety);
                let text = words(&mut safety, size);
                assert!(text.contains("DICTATOR") && text.contains(&tr!("safety-keys")), "{lang:?} {size:?}: {text}");
            }
        });
    }
}

#[test]
fn nothing_is_drawn_beyond_its_place_in_any_language() {
    for (lang, focus) in Lang::ALL.into_iter().flat_map(|lang| EVERYWHERE.map(|focus| (lang, focus))) {
        with(lang, || {
            for (width, height) in SIZES {
                let mut app = with_focus(secret(), focus);
                // Drawn without a panic, and the bar between people and log stands where it is in English.
                let terminal = draw(&mut app, width, height);
                let log = matches!(focus, Focus::People | Focus::Log | Focus::Chat | Focus::Question);
                if log && (width, height) == (80, 24) {
                    let bar = terminal.backend().buffer().cell((29, 10)).map(|c| c.symbol().to_owned());
                    assert_eq!(bar.as_deref(), Some("│"), "{lang:?} {focus:?}");
                }
            }
        });
    }
}
