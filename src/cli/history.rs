//! `conclave history`: the rooms that one was in.

use crate::backend::link::Link;
use crate::exit::{Exit, Failure};
use crate::history::{self, History, Room};
use serde_json::json;

/// Options of `conclave history`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do
    #[arg(value_enum, default_value_t = Action::List)]
    action: Action,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// There is no history: none is kept and none is shown
    #[arg(long, hide = true)]
    no_history: bool,
    /// The server whose rooms are named without it
    #[arg(long, value_name = "SERVER", hide = true)]
    server: Option<String>,
}

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Action {
    /// The rooms, the newest first
    List,
    /// Forget all of them
    Clear,
    /// The names that conclave join takes, one a line: for shells
    Names,
}

/// Runs it.
///
/// # Errors
/// The history cannot be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = History::ours()?;
    match args.action {
        // Of what was noted before it was turned off, nothing remains either.
        Action::Clear => {
            let gone = history.clear(|_| true)?;
            super::print(format!("{gone} rooms are forgotten.\n"))
        }
        Action::Names if args.no_history => Ok(Exit::Ok),
        Action::Names => {
            let rooms = history.glance();
            let names = history::names(&rooms, server(args.server.as_deref()).as_ref());
            super::print(names.into_iter().map(|(name, _)| name + "\n").collect::<String>())
        }
        Action::List if args.no_history => {
            let off = "No history of rooms is kept (history.rooms = false); conclave config show says who decided that.\n";
            super::print(if args.json { "{\"rooms\":[]}\n" } else { off })
        }
        Action::List => {
            let found = history.read();
            if let Some(notice) = found.notice {
                eprintln!("conclave: {notice}");
            }
            let server = server(args.server.as_deref());
            let names = history::names(&found.rooms, server.as_ref());
            let name = |room: &Room| names.iter().find(|(_, r)| *r == room).map(|(name, _)| name.clone());
            if args.json {
                return super::print(format!(
                    "{:#}\n",
                    json!({ "rooms": found.rooms.iter().map(|r| as_json(r, name(r))).collect::<Vec<_>>() })
                ));
            }
            if found.rooms.is_empty() {
                return super::print("You were in no room yet. A link from whoever invites you leads to one: conclave join\n");
            }
            let line = |room: &Room| format!("{}\n  {}\n", name(room).unwrap_or_else(|| room.link.clone()), words(room));
            super::print(found.rooms.iter().map(line).collect::<String>())
        }
    }
}

/// The configured server.
pub(super) fn server(given: Option<&str>) -> Option<Link> {
    given.and_then(|s| Link::parse(s).ok())
}

/// A room, for people.
pub(super) fn words(room: &Room) -> String {
    let name = if room.name.is_empty() { String::new() } else { format!(", as {}", room.name) };
    let times = if room.times == 1 { "once".to_owned() } else { format!("{} times, last", room.times) };
    format!("{} at {}{name}, {times} on {}", room.room, room.server(), super::local_time(room.last))
}

fn as_json(room: &Room, join: Option<String>) -> serde_json::Value {
    json!({
        "join": join,
        "link": room.link,
        "room": room.room,
        "server": room.server(),
        "name": room.name,
        "last": jiff::Timestamp::from_second(room.last).map(|t| t.to_string()).ok(),
        "times": room.times,
        "secret": room.secret,
    })
}
