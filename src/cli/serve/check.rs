//! `conclave serve check`.

use super::{Place, listen};
use crate::exit::{Exit, Failure};
use crate::server::check::{self, Finding, Level, Subject};
use crate::server::control::unix_now;
use std::net::SocketAddr;

/// What is checked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// Address and port to listen at, as for 'conclave serve'
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs it: exit code 0 if a server would start, 78 if not.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let found = match args.place.find(false) {
        Ok(found) => {
            let mut settings = found.settings;
            settings.listen = args.listen.or(settings.listen);
            let listen = listen(false, &settings);
            let subject = Subject { file: found.file, settings, listen, data: found.data, now: unix_now() };
            crate::cli::small_runtime()?.block_on(check::run(&subject))
        }
        Err(e) => vec![Finding { check: "configuration", level: Level::Error, text: e.text }],
    };
    let worst = found.iter().map(|f| f.level).max().unwrap_or(Level::Ok);
    let text = if args.json {
        format!("{}\n", serde_json::json!({ "ok": worst < Level::Error, "findings": found }))
    } else {
        let word = |l| match l {
            Level::Ok => "ok",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
        };
        found.iter().map(|f| format!("{:<8} {:<14} {}\n", word(f.level), f.check, f.text)).collect()
    };
    crate::cli::print(text)?;
    Ok(if worst == Level::Error { Exit::Config } else { Exit::Ok })
}
