//! `conclave` without a command: the rooms where one was, to join one of them.

use super::join::{self, FrontEnd};
use super::prompt;
use crate::exit::{Exit, Failure};
use crate::history::{History, Room};
use crate::i18n::{said, tr};
use crate::protocol::control::Secret;
use crate::tui::{self, rooms::Choice};
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::io::IsTerminal as _;

/// Options of `conclave` itself.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Without a command: the rooms as plain lines, and the call too
    #[arg(long, conflicts_with = "tui")]
    line: bool,
    /// Without a command: a full screen, also if you chose line mode when you were asked
    #[arg(long)]
    tui: bool,
    /// Without a command: never ask anything; print this help
    #[arg(long)]
    no_input: bool,
}

/// What was typed, as clap reads it; and whether it is `conclave` without a command, which is `conclave join` with a list to choose
/// from. Wrong arguments, `--help`, and nobody to choose end the process.
///
/// # Errors
/// [`Exit::Usage`] for an option of ours beside a command.
pub(super) fn read(command: clap::Command, arguments: &mut Vec<OsString>) -> Result<(clap::ArgMatches, bool), Failure> {
    let none = |kind| matches!(kind, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand);
    let flags = [("line", "--line"), ("tui", "--tui"), ("no_input", "--no-input")];
    match command.clone().try_get_matches_from(&*arguments) {
        Ok(typed) => match flags.iter().find(|(id, _)| typed.get_flag(id)) {
            Some((_, flag)) => Err(Failure::new(Exit::Usage, format!("{flag} stands behind the command: conclave join {flag}"))),
            None => Ok((typed, false)),
        },
        Err(e) if none(e.kind()) => {
            let bare = command.clone().subcommand_required(false).arg_required_else_help(false).get_matches_from(&*arguments);
            let nobody = bare.get_flag("no_input") || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal();
            if nobody {
                let mut command = command;
                let help = command.render_help();
                command.error(ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, help).exit();
            }
            arguments.push("join".into());
            let given = flags.iter().filter(|(id, _)| bare.get_flag(id));
            arguments.extend(given.map(|(_, flag)| OsString::from(flag)));
            Ok((command.get_matches_from(&*arguments), true))
        }
        Err(e) => e.exit(),
    }
}

/// Lets the user choose a room; `false`: none.
pub(super) fn choose(args: &mut join::Args) -> Result<bool, Failure> {
    let front_end = FrontEnd::ask(false, args.line, args.tui, true)?;
    (args.line, args.tui) = (front_end == FrontEnd::Line, front_end == FrontEnd::Tui);
    let history = if args.no_history { None } else { History::ours().ok() };
    let found = history.as_ref().map(History::read).unwrap_or_default();
    let mut advice = advice(args.no_history);
    advice.splice(0..0, found.notice.map(|notice| format!("{notice}.")));
    let choice = if front_end == FrontEnd::Tui {
        args.screen.check = true;
        let entries = found.rooms.iter().map(entry).collect();
        let remove = |at: usize| match (&history, found.rooms.get(at)) {
            (Some(history), Some(room)) => match history.remove(room) {
                Ok(()) => tr!("rooms-taken", room = room.room.as_str()),
                Err(e) => e.text,
            },
            _ => String::new(),
        };
        tui::rooms::run(&args.screen.at(""), entries, advice, remove)
            .map_err(|e| Failure::new(Exit::Other, format!("this terminal cannot show a full screen ({e}); use --line")))?
    } else {
        ask(&found.rooms, &advice)?
    };
    match choice {
        Choice::Leave => return Ok(false),
        Choice::Room(at) => args.link = found.rooms.get(at).map(|room| room.link.clone()),
        Choice::Link(link) => args.pasted = Some(link),
    }
    Ok(true)
}

fn entry(room: &Room) -> tui::rooms::Entry {
    tui::rooms::Entry { title: room.room.clone(), detail: detail(room), missing: room.missing().map(said) }
}

/// Where it is, under which name one was there, and when.
fn detail(room: &Room) -> String {
    let (server, date) = (room.server(), super::local_time(room.last));
    let place = if room.name.is_empty() { server } else { tr!("rooms-as", server = server, name = room.name.as_str()) };
    match room.times {
        1 => tr!("rooms-detail-once", server = place, date = date),
        n => tr!("rooms-detail", server = place, n = n, date = date),
    }
}

/// What to do where there is no room yet.
fn advice(off: bool) -> Vec<String> {
    let mut lines = vec![if off { tr!("rooms-none-kept") } else { tr!("rooms-none-yet") }, tr!("rooms-advice-link")];
    let there = |name: &str| super::command().find_subcommand(name).is_some();
    if there("demo") {
        lines.push(tr!("rooms-advice-demo"));
    }
    if there("tutor") {
        lines.push(tr!("rooms-advice-tutor"));
    }
    lines.push(tr!("rooms-advice-help"));
    lines
}

/// The same in lines.
fn ask(rooms: &[Room], advice: &[String]) -> Result<Choice, Failure> {
    let mut text = String::new();
    if rooms.is_empty() {
        advice.iter().for_each(|line| text += &format!("{line}\n"));
    } else {
        text += &format!("{}\n", tr!("rooms-before"));
        let line = |room: &Room| tr!("rooms-line", room = room.room.as_str(), detail = detail(room));
        rooms.iter().zip(1..).for_each(|(room, n)| text += &format!("{n}. {}\n", line(room)));
    }
    super::print(text)?;
    let question = if rooms.is_empty() { tr!("rooms-ask-link") } else { tr!("rooms-ask") } + " ";
    loop {
        let answer = prompt::ask_link(&question)?;
        if answer.is_empty() {
            return Ok(Choice::Leave);
        }
        let Ok(number) = answer.parse::<usize>() else { return Ok(Choice::Link(Secret(answer))) };
        let at = number.wrapping_sub(1);
        match rooms.get(at).map(|room| (room, room.missing())) {
            None => super::print(tr!("rooms-no-such", n = number) + "\n")?,
            Some((_, None)) => return Ok(Choice::Room(at)),
            Some((room, Some(why))) => {
                super::print(format!("{}: {}.\n", room.room, said(why)))?;
                let link = prompt::ask_link(&format!("{} ", tr!("rooms-ask-missing")))?;
                return Ok(if link.is_empty() { Choice::Room(at) } else { Choice::Link(Secret(link)) });
            }
        };
    }
}
