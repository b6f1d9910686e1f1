//! What conclave(1) says beyond the command line: commands and keys of a call, exit codes, variables and files.

use super::page::Page;
#[cfg(feature = "client")]
use crate::i18n::tr;

/// The table of exit codes; `tests/exit_codes.rs` checks it.
const EXIT_CODES: &str = include_str!("../../../docs/exit-codes.md");

/// Variables that set no key of the configuration, and belong to no option.
const VARIABLES: &[(&str, &str)] = &[
    ("CONCLAVE_CONFIG", "The configuration file in place of your own, as `--config`."),
    ("CONCLAVE_PROFILE", "The profile, as `--profile`."),
    ("CONCLAVE_LINE", "Set to 1: plain lines, as `--line`."),
    ("CONCLAVE_THEME", "Colours of the full screen, as `--theme`."),
    ("CONCLAVE_TOKEN", "The access token of a LiveKit or Jitsi room, where `--token-fd` does not give it."),
    ("CONCLAVE_LOG", "What a server logs: error, warn, info, debug, trace, or such words for single parts."),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "The proxy, and what it does not serve, unless it is configured otherwise."),
    ("NO_COLOR", "Set to anything: a full screen without colours."),
    ("CONCLAVE_LANG, LC_ALL, LC_MESSAGES, LANG", "The language, as `--lang`."),
    ("TERM", "Without it, and where it is `dumb`, calls are shown in plain lines."),
    ("BRLTTY", "Set to anything: nothing moves on the full screen."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR", "Where files are, see FILES."),
];

/// The sections.
pub(super) fn sections() -> Page {
    let mut page = Page::default();
    #[cfg(feature = "client")]
    {
        keys(&mut page);
        commands(&mut page);
    }
    page.heading("EXIT STATUS");
    for (code, meaning) in exit_codes() {
        page.entry(code, "", meaning);
    }
    page.heading("ENVIRONMENT");
    for (name, about) in VARIABLES {
        page.entry(name, "", about);
    }
    #[cfg(feature = "client")]
    for key in crate::config::keys::TABLE {
        let variable = crate::config::layer::variable(key.name);
        page.entry(&variable, "", &format!("Sets `{}`: {}. See conclave-config(5).", key.name, key.about));
    }
    files(&mut page);
    page.see_also(&[
        #[cfg(feature = "client")]
        ("conclave-config", 5),
        #[cfg(feature = "client")]
        ("conclave-events", 7),
        #[cfg(feature = "client")]
        ("conclave-join", 1),
        #[cfg(feature = "server")]
        ("conclave-serve", 1),
    ]);
    page
}

/// Codes and meanings.
fn exit_codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = EXIT_CODES.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.filter(|(code, _)| code.parse::<u8>().is_ok())
}

#[cfg(feature = "client")]
fn keys(page: &mut Page) {
    page.heading("KEYS");
    page.text(
        "On the full screen. What is typed into the input line is text; letters are keys in the lists. F\u{2011}keys act everywhere. \
         Where the terminal does not report that a key is released, Space opens and closes the microphone, and the screen says so.",
    );
    for row in crate::call::table::TABLE.iter().filter(|row| !row.keys.is_empty()) {
        page.entry(row.keys, "", &format!("{} (`/{}`)", row.help, row.name));
    }
    // The keys that stand for no command, as the full screen's help has them.
    let others = [
        tr!("help-key-tab"),
        tr!("help-key-move"),
        tr!("help-key-enter"),
        tr!("help-key-palette"),
        tr!("help-key-copy"),
        tr!("help-key-esc"),
        tr!("help-key-redraw"),
    ];
    for (keys, about) in others.iter().filter_map(|key| key.split_once(": ")) {
        page.entry(keys, "", about);
    }
}

#[cfg(feature = "client")]
fn commands(page: &mut Page) {
    page.heading("COMMANDS IN A CALL");
    page.text(
        "In plain lines after a slash; on the full screen after a colon; from another terminal without either, by \
         `conclave ctl`. A word that is no command is never sent as a message. JSON lines have their own form: \
         conclave-events(7).",
    );
    for row in crate::call::table::TABLE {
        page.entry(&format!("/{}", row.name), row.usage, row.help);
        let noticed = if row.acts_on_others { "The others notice it." } else { "Only you notice it." };
        let keys = if row.keys.is_empty() { String::new() } else { format!(" Keys: {}.", row.keys) };
        let others: Vec<String> = row.aliases.iter().map(|alias| format!("/{alias}")).collect();
        let others = if others.is_empty() { String::new() } else { format!(" Or: {}.", others.join(", ")) };
        let json = if row.command.is_empty() { String::new() } else { format!(" JSON: {}.", row.command) };
        page.line(&format!("{noticed}{keys}{others}{json}"));
    }
}

fn files(page: &mut Page) {
    page.heading("FILES");
    #[cfg(feature = "client")]
    {
        use crate::config::places::{POLICY, SYSTEM};
        page.entry(POLICY, "", "The administrator's policy, above everything.");
        page.entry(SYSTEM, "", "The machine's configuration.");
        page.entry("~/.config/conclave/config.toml", "", "Your configuration.");
        page.entry("~/.local/state/conclave", "", "What is remembered between calls: the history of rooms, reports of crashes.");
        page.entry("~/.local/share/conclave", "", "Your keys, where the system has no keyring, and whom you trust.");
        page.entry("$XDG_RUNTIME_DIR/conclave", "", "Sockets of running calls, for `conclave ctl` and `conclave attach`.");
    }
    #[cfg(feature = "server")]
    {
        page.entry(crate::server::settings::SYSTEM, "", "The server's configuration.");
        page.entry("~/.local/share/conclave/server", "", "The server's data, where its configuration names no other place.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_is_named() {
        assert!(exit_codes().count() > 15 && exit_codes().all(|(_, meaning)| !meaning.is_empty()));
    }

    /// Whatever our own code reads from the environment is in the page.
    #[test]
    fn every_variable_is_named() {
        let page = String::from_utf8(sections().render()).unwrap();
        let mut sources = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut seen = 0;
        while let Some(path) = sources.pop() {
            if path.is_dir() {
                sources.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for after in text.split("\"CONCLAVE_").skip(1) {
                let name: String = after.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
                if !name.is_empty() && !name.starts_with("TEST_") && after[name.len()..].starts_with('"') {
                    assert!(page.contains(&format!("CONCLAVE_{name}")), "{}: CONCLAVE_{name}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 5, "{seen}");
    }
}
