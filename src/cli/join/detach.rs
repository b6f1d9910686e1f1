//! `conclave join --detach`: the call gets a process and a session of its own.
//!
//! The terminal asks what there is to ask: the new process has it until its devices are open. Then it turns its back on the terminal, and
//! this process waits at the control socket until the call is joined or somebody must let it in. Until then the new process holds on to
//! standard error, and it alone complains there.

use crate::call::engine::Outcome;
use crate::call::{Envelope, Event, LeaveReason, Phase, State};
use crate::control_socket::{client, directory, path};
use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How often it is looked whether the call answers already.
const LOOK: Duration = Duration::from_millis(20);
/// How long a process that does not answer may take to end.
const ENDING: Duration = Duration::from_secs(5);

/// Begins the call in a process of its own and prints its number.
pub(super) fn launch() -> Result<Exit, Failure> {
    let failed = |e: std::io::Error| Failure::new(Exit::Internal, format!("the call cannot be begun in the background ({e})"));
    // The same words, in the same place; nothing that is secret is among them.
    let args = std::env::args_os().skip(1).map(|arg| if arg == "--detach" { "--detached".into() } else { arg });
    let mut child = Command::new(std::env::current_exe().map_err(failed)?).args(args).spawn().map_err(failed)?;
    let pid = child.id();
    let stream = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            // It has said why.
            return Ok(Exit::of(status.code().and_then(|code| code.try_into().ok()).unwrap_or(Exit::Other as u8)));
        }
        match UnixStream::connect(path(&directory(), pid)) {
            Ok(stream) => break stream,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => std::thread::sleep(LOOK),
            Err(e) => return Err(failed(e)),
        }
    };
    crate::cli::runtime()?.block_on(joined(stream, &mut child))
}

/// Waits until the call is joined, or ends; Ctrl-C ends it.
async fn joined(stream: UnixStream, child: &mut Child) -> Result<Exit, Failure> {
    let pid = child.id();
    let attached = tokio::select! {
        attached = client::attach(stream, false) => attached,
        status = ended(child) => return Ok(status),
    };
    let (handle, relay) = match attached {
        Ok(attached) => attached,
        // A process that is ending has said why.
        Err(why) => return tokio::time::timeout(ENDING, ended(child)).await.map_err(|_| why),
    };
    let relay = tokio::spawn(relay);
    let signals = tokio::spawn(super::on_signal(handle.clone()));
    let (mut state, mut events) = handle.attach();
    let words = loop {
        let room = crate::text::clean(&state.room);
        match state.phase {
            Phase::Joined | Phase::Reconnecting => break format!("You are in {room}."),
            _ if state.waiting => break "You wait to be let in.".to_owned(),
            Phase::Connecting | Phase::Left => {}
        }
        match events.recv().await {
            Ok(envelope) => {
                if let Event::Left { code, .. } = envelope.event {
                    let over = tokio::time::timeout(ENDING, ended(child)).await;
                    return Ok(over.unwrap_or(Exit::of(code)));
                }
                state.apply(&envelope.event);
            }
            Err(RecvError::Lagged(_)) => state = handle.state(),
            Err(RecvError::Closed) => return Err(Failure::new(Exit::Internal, "the call ended without a reason")),
        }
    };
    signals.abort();
    handle.end(Outcome { reason: LeaveReason::Detached, exit: Exit::Ok, text: String::new() });
    let _ = relay.await;
    crate::cli::print(format!("{pid}\n"))?;
    let _ = writeln!(std::io::stderr(), "{words} conclave attach {pid} shows the call; conclave ctl --pid {pid} leave ends it.");
    Ok(Exit::Ok)
}

/// The exit code of a process that ends before it answers.
async fn ended(child: &mut Child) -> Exit {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Exit::of(status.code().and_then(|c| c.try_into().ok()).unwrap_or(Exit::Other as u8)),
            Ok(None) => tokio::time::sleep(LOOK).await,
            Err(_) => return Exit::Internal,
        }
    }
}

/// What becomes of standard input and output: opened before the sandbox closes the way.
pub(super) fn nowhere() -> Result<File, Failure> {
    let failed = |e| Failure::new(Exit::Internal, format!("/dev/null cannot be opened ({e})"));
    File::options().read(true).write(true).open("/dev/null").map_err(failed)
}

/// Turns our back on the terminal: what happens to it is nothing to the call. What was standard error is given back.
pub(super) fn leave_terminal(nowhere: &File) -> Result<File, Failure> {
    let failed = |e: io::Error| Failure::new(Exit::Internal, format!("the terminal cannot be left ({e})"));
    nix::unistd::setsid().map_err(|e| failed(e.into()))?;
    nix::unistd::dup2_stdin(nowhere).map_err(|e| failed(e.into()))?;
    nix::unistd::dup2_stdout(nowhere).map_err(|e| failed(e.into()))?;
    crate::stderr::replace(nowhere).map_err(failed)
}

/// Says why a call never began. Once it has, the terminal is let go: whoever waits for its last user must not wait for the call.
pub(super) async fn begins((mut state, mut events): (State, Receiver<Envelope>), mut complaints: File) {
    while !state.waiting && state.phase == Phase::Connecting {
        match events.recv().await {
            Ok(envelope) => {
                if let Event::Left { text, .. } = &envelope.event {
                    // Nobody can be told that nobody can be told.
                    let _ = writeln!(complaints, "conclave: {}", crate::text::clean(text));
                }
                state.apply(&envelope.event);
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
