//! `conclave attach`: the window of a call that runs in another process.

use super::join::{self, FrontEnd};
use crate::control_socket::client;
use crate::exit::{Exit, Failure};
use crate::front_end::Ended;
use crate::hygiene::sandbox::{self, Level, Needs};
use crate::tui::Look;
use std::time::Duration;

/// Options of `conclave attach`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which call, if several run: the number that join --detach printed
    session: Option<u32>,
    /// JSON lines on standard output, the first of them a snapshot, and commands as JSON lines on standard input
    #[arg(long, conflicts_with = "line")]
    json: bool,
    /// Plain lines instead of a full screen
    #[arg(long, env = "CONCLAVE_LINE", value_parser = clap::builder::FalseyValueParser::new())]
    line: bool,
    /// Colours of the full screen [default: by NO_COLOR and the terminal]
    #[arg(long, env = "CONCLAVE_THEME", value_enum, value_name = "THEME")]
    theme: Option<Look>,
    /// Which language people read
    #[command(flatten)]
    language: join::Language,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    crate::i18n::choose(args.language.lang);
    let (_, stream) = client::connect(args.session)?;
    let front_end = FrontEnd::ask(args.json, args.line, false, true)?;
    // What a window shows was written by others; it needs the terminal and the call, and nothing else.
    sandbox::enter(Level::Auto, &Needs::default())?;
    let runtime = super::runtime()?;
    let code = runtime.block_on(async {
        let (handle, relay) = client::attach(stream, true).await?;
        let look = join::Screen { theme: args.theme, ..join::Screen::default() };
        let screen = look.at(&handle.state().server);
        let relay = tokio::spawn(relay);
        let signals = tokio::spawn(join::on_signal(handle.clone()));
        let stops = tokio::spawn(join::on_stop(handle.clone(), front_end));
        let ended = join::show(handle.clone(), front_end, screen).await;
        // Dropping the connection is what tells the call that this window is gone.
        for task in [relay, signals, stops] {
            task.abort();
            let _ = task.await;
        }
        Ok(match ended {
            Ended::Left { code } => Exit::of(code),
            Ended::Abandoned | Ended::Gone => Exit::Ok,
            Ended::Fault => Exit::Internal,
        })
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}
