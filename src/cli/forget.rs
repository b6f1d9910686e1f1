//! `conclave forget`: what this program keeps of its user is listed, and deleted.

mod look;

use super::{keyring, prompt};
use crate::exit::{Exit, Failure};
use look::{Found, Item};
use std::io::IsTerminal as _;

/// Options of `conclave forget`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Forget what is kept about this server: your login there, secrets of its rooms, its keys, and its rooms in the history
    server: Option<String>,
    /// Forget everything but your configuration
    #[arg(long, conflicts_with = "server")]
    all: bool,
    /// Do not ask before deleting
    #[arg(long)]
    yes: bool,
    /// Print one JSON object: found, deleted, failed, notes
    #[arg(long)]
    json: bool,
    /// Where secrets are kept
    #[command(flatten)]
    keyring: keyring::Args,
}

/// Runs it.
///
/// # Errors
/// [`Exit::Denied`] if nobody can be asked, or a keyring is locked; [`Exit::CantCreate`] if something could not be deleted.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let may_ask = std::io::stdin().is_terminal();
    let keyring = args.keyring.open(may_ask)?;
    let found = look::look(args.server.as_deref(), &keyring, args.keyring.keyring)?;
    let does = args.all || args.server.is_some();
    if !args.json {
        super::print(listed(&found, args.server.as_deref()))?;
    }
    if does && !found.items.is_empty() && !args.yes {
        if !may_ask || args.json {
            return Err(Failure::new(Exit::Denied, "nothing was deleted, because nobody can be asked; --yes says yes"));
        }
        if !prompt::ask("Type yes to delete all of this: ")?.eq_ignore_ascii_case("yes") {
            super::print("Nothing was deleted.\n")?;
            return Ok(Exit::Ok);
        }
    }
    let done: Vec<(&Item, Option<Failure>)> =
        found.items.iter().filter(|_| does).map(|item| (item, item.delete(&keyring).err())).collect();
    if args.json {
        super::print(as_json(&found, &done))?;
    } else {
        let gone = done.iter().filter(|(_, why)| why.is_none());
        super::print(gone.map(|(item, _)| format!("Deleted: {}.\n", item.text)).collect::<String>())?;
        if !does && !found.items.is_empty() {
            super::print(
                "Nothing was deleted. conclave forget --all deletes all of this, conclave forget SERVER what belongs to one server.\n",
            )?;
        }
    }
    let failed = done.iter().filter_map(|(item, why)| why.as_ref().map(|why| (item, why)));
    let exit = failed.fold(None, |_, (item, why)| {
        eprintln!("conclave: not deleted: {}: {why}", item.text);
        Some(why.exit)
    });
    if let Some(why) = &found.locked {
        eprintln!("conclave: what is in the keyring stays, and is not known: {why}");
    }
    Ok(exit.or(found.locked.as_ref().map(|why| why.exit)).unwrap_or(Exit::Ok))
}

fn listed(found: &Found, server: Option<&str>) -> String {
    let mut text = match (found.items.is_empty(), server) {
        (false, _) => "This is kept:\n".to_owned(),
        (true, None) => "Nothing is kept.\n".into(),
        (true, Some(server)) => format!("Nothing is kept about {}.\n", crate::text::clean(server)),
    };
    found.items.iter().for_each(|item| text += &format!("- {}\n", item.text));
    found.notes.iter().for_each(|note| text += &format!("{note}\n"));
    text
}

fn as_json(found: &Found, done: &[(&Item, Option<Failure>)]) -> String {
    let texts = |of: &mut dyn Iterator<Item = &Item>| of.map(|item| item.text.clone()).collect::<Vec<_>>();
    let deleted = texts(&mut done.iter().filter(|(_, why)| why.is_none()).map(|(item, _)| *item));
    let failed: Vec<String> =
        done.iter().filter_map(|(item, why)| why.as_ref().map(|why| format!("{}: {why}", item.text))).collect();
    let notes: Vec<String> = found.notes.iter().cloned().chain(found.locked.as_ref().map(ToString::to_string)).collect();
    let all =
        serde_json::json!({ "found": texts(&mut found.items.iter()), "deleted": deleted, "failed": failed, "notes": notes });
    format!("{all:#}\n")
}
