//! The manual: nothing that the program's tables have is missing, and `man` shows it without a complaint.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use conclave::call::table::TABLE;
use conclave::cli::{command, schema};
use conclave::config::{keys, layer, policy};
use conclave::server::settings::Settings;
use conclave_lab::conclave::{run, text};
use std::path::{Path, PathBuf};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// The manual in a directory, and every file of it.
fn manual() -> (tempfile::TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let (code, out, err) = run(BIN, &["man", text(dir.path())], "");
    assert!(code == 0 && out.contains("man -M"), "{out}{err}");
    let sections = ["man1", "man5", "man7"].map(|section| dir.path().join(section));
    let files = sections.iter().flat_map(|s| std::fs::read_dir(s).unwrap()).map(|f| f.unwrap().path()).collect();
    (dir, files)
}

/// A page as it is read at 80 columns, and what the formatter complains of.
fn shown(page: &Path) -> (String, String) {
    let groff = ["-man", "-ww", "-rLL=78n", "-rLT=78n", "-P-c", "-P-b", "-P-u", "-Tutf8", "-Kutf8"];
    let out = Command::new("groff").args(groff).arg(page).output().expect("groff (Debian: groff-base)");
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
}

/// A page in one line, to look for sentences in.
fn page(dir: &Path, name: &str) -> String {
    shown(&dir.join(name)).0.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_page_is_shown_at_80_columns_without_a_complaint() {
    let (_dir, files) = manual();
    assert!(files.len() > 40, "{}", files.len());
    for file in files {
        let (page, complaints) = shown(&file);
        assert_eq!(complaints, "", "{}", file.display());
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", file.display());
        }
        assert!(page.contains("NAME") && page.contains("SEE ALSO"), "{}", file.display());
    }
}

#[test]
fn every_command_and_every_key_of_a_call_is_in_the_main_page() {
    let (dir, _) = manual();
    let page = page(dir.path(), "man1/conclave.1");
    for row in TABLE {
        let command = format!("/{} {}", row.name, row.usage);
        assert!(page.contains(command.trim()) && page.contains(row.help), "{}", row.name);
        assert!(page.contains(row.keys) && row.aliases.iter().all(|a| page.contains(&format!("/{a}"))), "{}", row.name);
    }
    assert!(page.contains("Ctrl-L draw the screen anew") && page.contains("Tab, Shift-Tab move between"));
    for subcommand in command().get_subcommands() {
        assert!(page.contains(&format!("conclave-{}(1)", subcommand.get_name())), "{}", subcommand.get_name());
    }
    let (code, out, _) = run(BIN, &["man"], "");
    assert!(code == 0 && out.as_bytes() == std::fs::read(dir.path().join("man1/conclave.1")).unwrap());
}

#[test]
fn every_key_of_the_configuration_is_in_its_page() {
    let (dir, _) = manual();
    let config = page(dir.path(), "man5/conclave-config.5");
    for key in keys::TABLE {
        for words in [key.name.to_owned(), layer::variable(key.name), format!("{}.", key.about), key.default.to_owned()] {
            assert!(config.contains(&words), "{}: {words}", key.name);
        }
    }
    for rule in policy::RULES {
        assert!(config.contains(rule.name) && config.contains(rule.about), "{}", rule.name);
    }
    let serve = page(dir.path(), "man1/conclave-serve.1");
    for table in Settings::tables() {
        assert!(table.name.is_empty() || serve.contains(&format!("[{}]", table.name)), "{}", table.name);
        for key in table.keys {
            assert!(serve.contains(&format!("{} = {}", key.name, key.example)) && serve.contains(&key.about()), "{}", key.name);
        }
    }
}

#[test]
fn every_event_and_every_command_is_in_the_page_of_json_lines() {
    let (dir, _) = manual();
    let (page, _) = shown(&dir.path().join("man7/conclave-events.7"));
    let document: serde_json::Value = serde_json::from_str(&schema::document()).unwrap();
    let terms: Vec<&str> = page.lines().filter_map(|l| l.split_whitespace().next()).collect();
    for (object, tag) in [("Envelope", "event"), ("Request", "cmd")] {
        for variant in document["$defs"][object]["oneOf"].as_array().unwrap() {
            let name = variant["properties"][tag]["const"].as_str().unwrap();
            assert!(terms.contains(&name), "{name}");
            for field in variant["properties"].as_object().unwrap().keys().filter(|f| *f != tag) {
                assert!(terms.contains(&field.as_str()), "{name}: {field}");
            }
        }
    }
    for name in document["$defs"].as_object().unwrap().keys().filter(|n| !["Envelope", "Request"].contains(&n.as_str())) {
        assert!(terms.contains(&name.as_str()), "{name}");
    }
    assert!(!page.contains("::") && !page.contains('`'), "names of the source");
}
