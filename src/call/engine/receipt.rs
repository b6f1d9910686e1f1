//! Receipts: asked for with `/receipt`, or when the call is left with `--receipt FILE`; written where the user says, and nowhere
//! else.

use super::run::tell;
use super::{Engine, Outcome};
use crate::audio::wav::reason;
use crate::backend::{BackendCommand, BackendEvent, ReceiptFile};
use crate::call::{Command, Event, PeerId, Request};
use crate::exit::Exit;
use crate::os::Private as _;
use crate::text;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long the others' signatures may take; the backend gives up sooner.
const SIGNING: Duration = Duration::from_secs(8);
const NONE: &str = "this room keeps no receipts: its founder says so with --ask-receipts";

/// What the engine knows of receipts.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    /// Who asked, where it goes, whether what is there is lost, and until when it is waited for.
    asked: Option<(Request, PathBuf, bool, Instant)>,
    /// A file that is being written: one at most.
    writing: JoinSet<Written>,
    /// The last one, for `--receipt`.
    last: Option<ReceiptFile>,
    /// How many disturbances of our own the backend knows of.
    disturbed: usize,
}

type Written = (Request, PathBuf, ReceiptFile, Result<(), String>);

impl Receipts {
    /// The next file that was written; for ever, while there is none.
    pub(super) async fn next(&mut self) -> Written {
        match self.writing.join_next().await {
            Some(Ok(written)) => written,
            _ => std::future::pending().await,
        }
    }
}

impl Engine {
    /// `/receipt FILE`: the answer comes when the file is written.
    pub(super) fn on_receipt(&mut self, request: Request, commands: &Sender<BackendCommand>) {
        let Command::Receipt { file, overwrite } = &request.command else { return };
        let path = self.options.recordings.directory().unwrap_or(Path::new("")).join(file);
        let overwrite = *overwrite;
        let possible = {
            let inner = self.shared.lock();
            match inner.state.unavailable.get(request.command.name()) {
                Some(why) => Err(format!("a receipt is not possible here: {why}")),
                None if !inner.state.waiting && !inner.state.policy.receipt => Err(NONE.to_owned()),
                None => Ok(()),
            }
        };
        let busy = self.receipts.asked.is_some() || !self.receipts.writing.is_empty();
        let result = possible.and_then(|()| self.waits(&request.command)).and_then(|()| match busy {
            true => Err("a receipt is being signed already; wait a moment".into()),
            false => tell(commands, BackendCommand::Receipt),
        });
        match result {
            Ok(()) => self.receipts.asked = Some((request, path, overwrite, Instant::now() + SIGNING)),
            Err(why) => self.reply(&request, Err(why)),
        }
    }

    /// The backend has a receipt, or none.
    pub(super) fn on_signed(&mut self, receipt: Result<ReceiptFile, String>) {
        let Some((request, path, overwrite, _)) = self.receipts.asked.take() else { return };
        match receipt {
            Ok(receipt) => {
                self.receipts.writing.spawn_blocking(move || {
                    let result = write(&path, &receipt.bytes, overwrite);
                    (request, path, receipt, result)
                });
            }
            Err(why) => self.reply(&request, Err(text::clean(&why))),
        }
    }

    /// What we alone can say, if the others could not be asked.
    pub(super) fn on_last_receipt(&mut self, receipt: ReceiptFile) {
        self.receipts.last.get_or_insert(receipt);
    }

    /// A file was written, or could not be.
    pub(super) fn receipt_written(&mut self, (request, path, receipt, result): Written) {
        if result.is_ok() {
            self.tell_receipt(&path, &receipt);
        }
        self.reply(&request, result.map(|()| None));
    }

    fn tell_receipt(&self, path: &Path, receipt: &ReceiptFile) {
        let name = |id: &PeerId| text::clean(self.shared.lock().state.name_of(id));
        let refused = receipt.refused.iter().map(|(id, why)| format!("{} ({})", name(id), text::clean(why)));
        let unsigned = receipt.silent.iter().map(name).chain(refused).collect();
        let file = text::clean(&path.display().to_string());
        self.emit(Event::Receipt { file, signatures: receipt.signatures, unsigned });
    }

    /// Once a second: what only the call itself has noticed, and a backend that does not answer.
    pub(super) fn receipt_second(&mut self, commands: &Sender<BackendCommand>) {
        let found = self.shared.lock().log.foreign(&mut self.receipts.disturbed);
        for why in found {
            let _ = tell(commands, BackendCommand::Disturbed(why));
        }
        if let Some((request, ..)) = self.receipts.asked.take_if(|(.., until)| Instant::now() >= *until) {
            self.reply(&request, Err("the receipt could not be signed in time; try again".into()));
        }
    }

    /// Before we leave: a receipt for `--receipt`, while the others can still sign it.
    pub(super) async fn ask_last_receipt(&mut self, commands: &Sender<BackendCommand>, events: &mut Receiver<BackendEvent>) {
        let possible = {
            let inner = self.shared.lock();
            inner.state.policy.receipt && !inner.state.waiting
        };
        if self.options.receipt.is_none() || !possible {
            return;
        }
        let asking = async {
            if commands.send(BackendCommand::Receipt).await.is_err() {
                return;
            }
            while let Some(event) = events.recv().await {
                match event {
                    BackendEvent::Receipt(Ok(receipt)) => return self.receipts.last = Some(receipt),
                    BackendEvent::Receipt(Err(_)) => return,
                    BackendEvent::LastReceipt(receipt) => self.on_last_receipt(receipt),
                    BackendEvent::Ended { .. } => return,
                    other => self.on_backend(other, commands),
                }
            }
        };
        let _ = tokio::time::timeout(SIGNING, asking).await;
    }

    /// The call is over: `--receipt` is kept, or the outcome says why not.
    pub(super) fn keep_last_receipt(&mut self, outcome: &mut Outcome) {
        let Some(path) = self.options.receipt.clone() else { return };
        let result = match self.receipts.last.take() {
            Some(receipt) => write(&path, &receipt.bytes, false).map(|()| self.tell_receipt(&path, &receipt)),
            None if self.shared.lock().state.policy.receipt => Err("there is no receipt of a call that we were not in".into()),
            None => Err(NONE.into()),
        };
        if let Err(why) = result {
            self.emit(Event::Warning { code: "no_receipt".into(), text: format!("no receipt was written: {why}") });
            if outcome.exit == Exit::Ok {
                outcome.exit = Exit::CantCreate;
                outcome.text.push_str(" No receipt was written.");
            }
        }
    }
}

/// Writes a file that nobody else can read, whole or not at all.
fn write(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), String> {
    let shown = text::clean(&path.display().to_string());
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::AlreadyExists => format!("{shown} is there already; choose another name, or say /receipt --overwrite FILE"),
        ErrorKind::PermissionDenied => {
            format!("{shown} cannot be written: {}; files can be made in the directory that --recordings names", reason(&e))
        }
        _ => format!("{shown} cannot be written: {}; choose another place", reason(&e)),
    };
    let create = |path: &Path| OpenOptions::new().write(true).create_new(true).private().open(path);
    if !overwrite {
        let mut file = create(path).map_err(failed)?;
        return file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| {
            let _ = std::fs::remove_file(path);
            failed(e)
        });
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let written = create(&new).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| std::fs::rename(&new, path)).map_err(|e| {
        if e.kind() != ErrorKind::AlreadyExists {
            let _ = std::fs::remove_file(&new);
        }
        failed(e)
    })
}
