//! What conclave-serve(1) says beyond its options: the configuration file.

use super::page::Page;
use crate::server::settings::{SYSTEM, Settings};

/// The sections.
pub(super) fn sections() -> Page {
    let mut page = Page::default();
    page.heading("CONFIGURATION FILE");
    page.text(
        "TOML. An option counts more than the file, and the file more than what is built in. `conclave serve config example` prints \
         a file with every key; `conclave serve check` names mistakes with line and column.",
    );
    for table in Settings::tables() {
        if table.name.is_empty() {
            page.text("Before any table:");
        } else {
            page.part(&format!("[{}]", table.name));
            page.text(&table.about());
        }
        for key in table.keys {
            page.entry(key.name, "", &key.about());
            page.line(&format!("Default, or an example: `{} = {}`", key.name, key.example));
        }
    }
    page.heading("SIGNALS");
    page.entry("SIGTERM, SIGINT", "", "End; with `--drain`, after those who are in a call had that long.");
    page.entry("SIGHUP", "", "Under systemd: read the configuration file again. Else: end, for the terminal is gone.");
    page.heading("FILES");
    page.entry(SYSTEM, "", "The configuration, unless `--config` names another; without it, server.toml in the data directory.");
    page.entry("~/.local/share/conclave/server", "", "The data directory, unless `--data` or `data` names another.");
    page.see_also(&[("conclave", 1), ("conclave-serve-check", 1), ("conclave-rooms", 1), ("conclave-invite", 1)]);
    page
}
