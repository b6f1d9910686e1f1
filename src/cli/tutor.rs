//! `conclave tutor`: a call to learn in. A server in this process, synthetic people who react, and somebody called Tutor who says in
//! chat what to do next; so every front end shows it, and a screen reader reads it.

mod lesson;
mod stage;
mod steps;
#[cfg(test)]
mod tests;

use super::demo;
use crate::audio::DeviceSpec;
use crate::backend::link::Link;
use crate::call::{Engine, LeaveReason};
use crate::cli::join::{self, FrontEnd};
use crate::exit::{Exit, Failure};
use crate::server::{Config, Server};
use lesson::Way;
use stage::Stage;
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;

/// Options of `conclave tutor`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Plain lines instead of a full screen: for screen readers and simple terminals
    #[arg(long, env = "CONCLAVE_LINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub line: bool,
    /// Your devices (see conclave join --help); null: no sound is needed
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    pub audio: String,
    /// Which language people read; the Tutor writes English
    #[command(flatten)]
    pub language: join::Language,
    /// Never ask anything: a lesson needs a person, so this ends with exit code 77
    #[arg(long)]
    pub no_input: bool,
}

/// Runs it.
///
/// # Errors
/// [`Exit::Denied`] where no person is at a terminal; otherwise as a call.
pub fn run(args: Args) -> Result<Exit, Failure> {
    if args.no_input || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let text = "a lesson needs a person at a terminal; without one, conclave demo shows that calls work here";
        return Err(Failure::new(Exit::Denied, text));
    }
    crate::i18n::choose(args.language.lang);
    let device = DeviceSpec::parse(&args.audio)?;
    let front_end = FrontEnd::ask(false, args.line, false, true)?;
    let runtime = super::runtime()?;
    let dir = demo::private_dir()?;
    let result = runtime.block_on(tutor(device, front_end, &dir));
    runtime.shutdown_timeout(Duration::from_millis(200));
    // Left behind at worst: a directory for temporary files.
    let _ = std::fs::remove_dir_all(&dir);
    result
}

async fn tutor(device: DeviceSpec, front_end: FrontEnd, dir: &Path) -> Result<Exit, Failure> {
    let server = Server::start(Config::dev(dir.join("server"))).await?;
    let link = Link::parse(&format!("{}/lesson", server.listening().url))?;
    // Without any device one can still learn: everything but hearing.
    let sound = match join::open_audio(demo::setup(device, false)).await {
        Err(e) if e.exit == Exit::NoInput => {
            crate::cli::complain(&Failure { text: format!("{}; the lesson goes on without sound", e.text), ..e });
            join::open_audio(demo::setup(DeviceSpec::Null, false)).await?
        }
        other => other?,
    };
    let stage = Stage::open(link.clone(), dir).await?;
    let (engine, handle) = Engine::new(demo::options("You", false, None)?, sound);
    let way = if front_end == FrontEnd::Tui { Way::Screen } else { Way::Line };
    let lesson = tokio::spawn(stage.play(handle.clone(), way));
    let outcome = join::run_call(engine, handle, link, front_end, &join::Screen::default()).await;
    let lesson = lesson.await.map_err(|e| Failure::new(Exit::Internal, format!("the lesson ended badly ({e})")))?;
    server.shutdown().await;
    if let Some(lesson) = lesson? {
        super::print(lesson.summary(outcome.reason == LeaveReason::Left))?;
    }
    Ok(outcome.exit)
}
