//! The languages of the full screen and of line mode, and what stays English whatever is chosen.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::terminal::{Spawn, Terminal};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const LOCALE: [&str; 5] = ["LC_ALL", "LC_MESSAGES", "LANG", "CONCLAVE_LANG", "CONCLAVE_UI_LANG"];

/// The program with these variables and no other word of a language, and with a configuration of its own.
fn command(home: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(BIN);
    for name in LOCALE {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("XDG_RUNTIME_DIR", home).envs(variables.iter().copied());
    command.stdin(Stdio::null());
    command
}

fn terminal(args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Terminal {
    Spawn { program: Path::new(BIN), args, env, size, releases: false }.start()
}

#[test]
fn a_meeting_is_told_in_french_line_by_line() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let args = ["join", &link, "--name", "Mere", "--audio", "null", "--line"];
    let mut mere = terminal(&args, &[("LANG", "fr_FR.UTF-8")], (200, 60));
    mere.wait_for("Vous êtes dans la salle\u{a0}: chiffré de bout en bout. Votre clé est");
    let told = mere.wait_for("Tapez pour écrire à tous\u{a0}; /help énumère les commandes\u{a0}; /leave quitte.");
    assert!(told.contains("Vous êtes dans board sous le nom de Mere."), "{told}");
    assert!(told.contains("Votre micro est fermé. /unmute l’ouvre."), "{told}");
    let mut ana = Client::join(BIN, &link, "Ana", &["--audio", "null"]);
    ana.event("let_in");
    mere.wait_for("Ana a rejoint l’appel. 2 personnes.");
    ana.send(r#"{"cmd":"hand","up":true}"#);
    mere.wait_for("Ana a levé la main.");
    mere.send("/to ana\r");
    mere.wait_for("Ce que vous écrivez va à Ana seulement, jusqu’à /to all.");
    mere.send("bonjour");
    mere.wait_for("à Ana> bonjour");
    mere.send("\r");
    let private = ana.wait_for("a private message", |e| e["event"] == "chat");
    assert_eq!(private["text"], "bonjour");
    mere.send("/mtue\r/status\r/speak off join\r");
    mere.wait_for("La commande /mtue n’existe pas. Vouliez-vous dire /mute\u{a0}?");
    mere.wait_for("Dans board avec 2 personnes, micro fermé");
    mere.wait_for("Non annoncé\u{a0}: join, talking.");
    mere.send("/speak on all\r/leave\r");
    mere.wait_for("Alors tapez /leave encore une fois.");
    mere.send("/leave\r");
    assert_eq!(mere.exit_code(), 0);
    let output = mere.output();
    assert!(!output.contains('\u{1b}'), "no escape sequence in any language: {output:?}");
    assert!(output.contains("Vous avez quitté l’appel."), "{output}");
    assert!(output.contains("Chiffré de bout en bout, sans interruption de la première à la dernière seconde."), "{output}");
    for english in ["You ", "joined", "raised", "people", "microphone"] {
        assert!(!output.contains(english), "{english}: {output}");
    }
}

#[test]
fn the_full_screen_and_its_first_question_speak_te_reo_maori() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let state = tempfile::tempdir().unwrap();
    let env = [("LC_MESSAGES", "mi_NZ.UTF-8"), ("XDG_STATE_HOME", text(state.path()))];
    let mut mere = terminal(&["join", &link, "--name", "Mere", "--audio", "null"], &env, (80, 24));
    mere.wait_for("He mata katoa tā Conclave");
    mere.send("\r");
    mere.wait_for("[TĀNGATA 1]");
    mere.wait_for("HOPUORO kati");
    mere.send("?");
    mere.wait_for("Mokowā, F2: whakatuwhera i te hopuoro");
    mere.send("\u{1b}");
    mere.wait_for("[TĀNGATA 1]");
    mere.send("q");
    assert_eq!(mere.exit_code(), 0);
    assert!(mere.output().contains("Kua wehe koe i te hui."), "{}", mere.output());
}

/// Who says which language, the strongest first: option, variable, configuration, locale.
#[test]
fn the_language_is_that_of_the_option_the_variable_the_configuration_or_the_locale() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let home = tempfile::tempdir().unwrap();
    let ends = |options: &[&str], variables: &[(&str, &str)]| {
        let args = [&["join", &link, "--name", "Mere", "--audio", "null", "--line", "--duration", "100ms"], options].concat();
        let out = command(home.path(), variables).args(args).output().unwrap();
        let told = String::from_utf8(out.stdout).unwrap();
        let last = told.lines().last().unwrap_or_default().get(6..).unwrap_or_default().to_owned();
        (out.status.code(), last)
    };
    let over = |text: &str| (Some(0), text.to_owned());
    let (en, mi) = (over("The duration is over."), over("Kua pau te wā."));
    let (de, fr) = (over("Die Dauer ist um."), over("La durée est écoulée."));
    assert_eq!(ends(&[], &[]), en);
    assert_eq!(ends(&[], &[("LANG", "de_AT.UTF-8")]), de);
    assert_eq!(ends(&[], &[("LANG", "pt_BR.UTF-8")]), en, "none of ours");
    std::fs::create_dir_all(home.path().join("conclave")).unwrap();
    std::fs::write(home.path().join("conclave/config.toml"), "[ui]\nlang = \"mi\"\n").unwrap();
    let locale = ("LANG", "de_DE.UTF-8");
    assert_eq!(ends(&[], &[locale]), mi);
    assert_eq!(ends(&[], &[locale, ("CONCLAVE_LANG", "fr")]), fr);
    assert_eq!(ends(&[], &[locale, ("CONCLAVE_LANG", "")]), mi, "a variable that is set to nothing is one that is not set");
    assert_eq!(ends(&["--lang", "en"], &[locale, ("CONCLAVE_LANG", "fr")]), en);
    assert_eq!(ends(&["--lang", "auto"], &[locale]), de);
}

#[test]
fn a_language_that_nobody_has_is_refused_with_those_that_there_are() {
    let home = tempfile::tempdir().unwrap();
    let fails = |variables: &[(&str, &str)], args: &[&str]| {
        let out = command(home.path(), variables).args(args).output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let link = "https://127.0.0.1:1/x";
    for (variables, args) in [(&[][..], &["join", link, "--lang", "ess"][..]), (&[("CONCLAVE_LANG", "ess")], &["join", link])] {
        let (code, told) = fails(variables, args);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("auto, en, mi, de, fr, es") && told.contains("'es'"), "{told}");
    }
    std::fs::create_dir_all(home.path().join("conclave")).unwrap();
    std::fs::write(home.path().join("conclave/config.toml"), "ui.lang = \"klingon\"\n").unwrap();
    let (code, told) = fails(&[], &["join", link]);
    assert_eq!(code, Some(78), "{told}");
    assert!(told.contains("one of auto, en, mi, de, fr, es") && told.contains(":1:"), "{told}");
}

/// What programs read: the same in every language, byte for byte, apart from times and keys.
#[test]
fn json_control_and_errors_are_english_in_every_language() {
    let server = Server::dev(BIN);
    let home = tempfile::tempdir().unwrap();
    let texts = |lang: &str, room: &str| {
        let variables = [("LANG", lang), ("CONCLAVE_LANG", lang.get(..2).unwrap())];
        let mut join = command(home.path(), &variables);
        join.args(["join", &server.room(room), "--json", "--name", "Mere", "--audio", "null", "--identity", "ephemeral"]);
        let mut mere = Client::spawn(join);
        mere.event("let_in");
        let ctl = |args: &[&str]| {
            let out = command(home.path(), &variables).arg("ctl").args(args).output().unwrap();
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(room, "ROOM");
            (out.status.code(), said(&out.stdout), said(&out.stderr))
        };
        let controlled = [&["mute", "off"][..], &["status"], &["who"], &["help"], &["mtue"], &["kick", "nobody"]].map(ctl);
        for line in [r#"{"cmd":"mtue"}"#, r#"{"cmd":"kick","peer":"x"}"#, r#"{"id":1,"cmd":"say","text":""}"#] {
            mere.send(line);
        }
        mere.wait_for("an answer", |e| e["event"] == "reply" && e["id"] == 1);
        mere.send(r#"{"cmd":"leave"}"#);
        let (code, events, err) = mere.finish();
        assert_eq!(code, 0, "{err}");
        let mut found = Vec::new();
        events.iter().filter(|e| e["event"] != "transport").for_each(|e| sentences(e, room, &mut found));
        (found, controlled)
    };
    let (english, ctl) = texts("en_NZ.UTF-8", "xq1");
    assert!(english.iter().any(|t| t.contains("You left the call.")) && ctl[4].2.contains("Did you mean /mute?"), "{english:?}");
    let figures =
        |ctl: &[(Option<i32>, String, String); 6]| ctl.clone().map(|(code, out, err)| (code, without_figures(&out), err));
    for (lang, room) in [("de_DE.UTF-8", "xq2"), ("mi_NZ.UTF-8", "xq3")] {
        let (texts, controlled) = texts(lang, room);
        assert_eq!(texts, english, "{lang}");
        assert_eq!(figures(&controlled), figures(&ctl), "{lang}");
    }
    // An error that ends the program, too.
    let fails = |lang| command(home.path(), &[("LANG", lang)]).args(["join", "--line", "--no-input"]).output().unwrap();
    let (here, there) = (fails("de_DE.UTF-8"), fails("C"));
    assert_eq!((here.status.code(), &here.stderr), (Some(77), &there.stderr));
}

/// All texts for people in an event.
fn sentences(value: &Value, room: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if ["text", "error", "security_text"].contains(&name.as_str()) => {
                        found.push(text.replace(room, "ROOM"));
                    }
                    other => sentences(other, room, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|v| sentences(v, room, found)),
        _ => {}
    }
}

/// A sentence without its numbers and keys, which differ from call to call.
fn without_figures(text: &str) -> String {
    let word = |word: &str| if word.chars().any(|c| c.is_ascii_digit() || c == '-') { "#".to_owned() } else { word.to_owned() };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
