//! `conclave serve audit`: check the audit log, and read it.

use super::Place;
use crate::exit::{Exit, Failure};
use crate::server::audit::FILE;
use crate::server::audit::chain::{self, Hash};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

/// What can be done with it.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong
    Verify {
        /// The log [default: audit.jsonl in the data directory]
        file: Option<PathBuf>,
        /// A hash that the log had at some time (an earlier check printed it): it must still be in it
        #[arg(long, value_name = "HASH")]
        head: Option<Hash>,
        #[command(flatten)]
        place: Place,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the newest entries, one a line
    Show {
        /// The log [default: audit.jsonl in the data directory]
        file: Option<PathBuf>,
        /// How many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        lines: usize,
        /// Only entries of this event: joined, left, login_refused, room…
        #[arg(long, value_name = "EVENT")]
        event: Option<String>,
        #[command(flatten)]
        place: Place,
        /// Print the entries as they are in the log
        #[arg(long)]
        json: bool,
    },
}

fn path(file: Option<&PathBuf>, place: &Place) -> Result<PathBuf, Failure> {
    match file {
        Some(file) => Ok(file.clone()),
        None => Ok(place.data()?.path().join(FILE)),
    }
}

/// Runs it.
pub(super) fn run(verb: &Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Verify { file, head, place, json } => {
            let path = path(file.as_ref(), place)?;
            let found = chain::verify(&path)?;
            let known = head
                .map(|head| {
                    let gone = || {
                        let text = format!(
                            "the audit log {} is unbroken, but {head} is not in it: it was written anew or cut, or this is another server's",
                            path.display()
                        );
                        Failure::new(Exit::Data, text)
                    };
                    found.find(head).ok_or_else(gone)
                })
                .transpose()?;
            let link = found.link;
            crate::cli::print(if *json {
                format!("{}\n", serde_json::json!({ "count": link.count, "head": link.head, "known": known, "torn": found.torn }))
            } else {
                let mut text = format!("{} entries, unbroken.\nHead: {}\n", link.count, link.head);
                if let Some(n) = known {
                    let _ = writeln!(text, "The hash that you gave is entry {n}'s.");
                }
                if found.torn > 0 {
                    let _ = writeln!(
                        text,
                        "The last line is incomplete ({} bytes): a power cut, or it is being written.",
                        found.torn
                    );
                }
                text
            })
        }
        Verb::Show { file, lines, event, place, json } => {
            let path = path(file.as_ref(), place)?;
            let failed = |e: std::io::Error| Failure::new(Exit::NoInput, format!("{} cannot be read ({e})", path.display()));
            let mut newest = std::collections::VecDeque::new();
            for line in BufReader::new(std::fs::File::open(&path).map_err(failed)?).lines() {
                let line = line.map_err(failed)?;
                let Ok(entry) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
                if event.as_ref().is_some_and(|e| entry["event"] != e.as_str()) {
                    continue;
                }
                newest.push_back(if *json { line } else { readable(&entry) });
                if newest.len() > *lines {
                    newest.pop_front();
                }
            }
            crate::cli::print(newest.iter().fold(String::new(), |all, l| all + l + "\n"))
        }
    }
}

/// `number time event key=value …`
fn readable(entry: &serde_json::Value) -> String {
    let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let known = ["n", "at", "event", "prev", "hash"];
    let rest = entry.as_object().into_iter().flatten().filter(|(k, _)| !known.contains(&k.as_str()));
    let rest: String = rest.map(|(k, v)| format!(" {k}={}", text(v))).collect();
    crate::text::clean(&format!("{} {} {}{rest}", text(&entry["n"]), text(&entry["at"]), text(&entry["event"])))
}
