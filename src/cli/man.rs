//! `conclave man [DIR]`: the manual. Everything in it comes from the tables that the program itself works by: the command line,
//! [`crate::call::table`], `config::keys`, `server::settings` and the schema of events. So no page goes stale.

#[cfg(feature = "client")]
mod config;
#[cfg(feature = "client")]
mod events;
mod overview;
mod page;
#[cfg(feature = "server")]
mod serve;

use crate::exit::{Exit, Failure};
use clap_mangen::Man;
use page::Page;
use std::path::{Path, PathBuf};

/// Options of `conclave man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory for all pages, which go to man1, man5 and man7 in it, as in ~/.local/share/man; without it conclave(1) goes to
    /// standard output
    #[arg(value_hint = clap::ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
}

/// Runs it for a whole command line.
///
/// # Errors
/// [`Exit::CantCreate`] if the pages cannot be written.
pub fn run(args: &Args, command: clap::Command) -> Result<Exit, Failure> {
    let pages = pages(command).map_err(|e| Failure::new(Exit::Internal, format!("the pages cannot be made ({e})")))?;
    let Some(directory) = &args.directory else {
        let main = pages.into_iter().find(|(file, _)| file == Path::new("man1/conclave.1"));
        return super::print(main.map(|(_, page)| page).unwrap_or_default());
    };
    for (file, page) in &pages {
        write(&directory.join(file), page).map_err(|e| {
            let text = format!("the manual pages cannot be written to {}: {e}; choose another directory", directory.display());
            Failure::new(Exit::CantCreate, text)
        })?;
    }
    let pages = pages.len();
    super::print(format!("{pages} pages are in {0}. To read them: man -M {0} conclave\n", directory.display()))
}

fn write(file: &Path, page: &[u8]) -> std::io::Result<()> {
    file.parent().map(std::fs::create_dir_all).transpose()?;
    std::fs::write(file, page)
}

/// A page and its place, as `man1/conclave.1`.
pub type File = (PathBuf, Vec<u8>);

/// All pages.
///
/// # Errors
/// None: writing to memory does not fail.
pub fn pages(command: clap::Command) -> std::io::Result<Vec<File>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    of(&command, &mut pages)?;
    #[cfg(feature = "client")]
    for (name, section, page) in [("config", 5, config::page()), ("events", 7, events::page())] {
        pages.push((format!("man{section}/conclave-{name}.{section}").into(), page.render()));
    }
    Ok(pages)
}

/// The pages of a command and of all below it.
fn of(command: &clap::Command, pages: &mut Vec<File>) -> std::io::Result<()> {
    let man = Man::new(command.clone()).date(" ").manual("Conclave");
    // The head of a page has its title twice, on one line.
    let long = command.get_display_name().is_some_and(|name| name.len() > 30);
    let man = if long { man.title("conclave") } else { man };
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    page.extend(page::LAYOUT.as_bytes());
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if command.get_after_help().is_some() || command.get_after_long_help().is_some() {
        man.render_extra_section(&mut page)?;
    }
    page.extend(more(command).render());
    pages.push((Path::new("man1").join(man.get_filename()), page));
    command.get_subcommands().filter(|c| !c.is_hide_set()).try_for_each(|c| of(c, pages))
}

/// What a command's page says beyond its options.
fn more(command: &clap::Command) -> Page {
    match command.get_display_name().unwrap_or_else(|| command.get_name()) {
        "conclave" => overview::sections(),
        #[cfg(feature = "server")]
        "conclave-serve" => serve::sections(),
        name => {
            let mut page = Page::default();
            // The command above: conclave-serve-user for conclave-serve-user-add.
            let above = name.rsplit_once('-').map_or("conclave", |(above, _)| above);
            page.see_also(&[(above, 1)]);
            page
        }
    }
}
