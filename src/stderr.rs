//! Standard error, which others write to as well: ALSA and JACK print some sixty lines when devices are listed, and more
//! while they play. It goes elsewhere while the screen is ours ([`Redirected`]) and nowhere while such a library is in use
//! ([`Silenced`]); what *we* have to say goes to [`Ours`], and a panic is still reported.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

#[derive(Debug)]
struct State {
    /// Where standard error went before anybody touched it; only while it goes elsewhere.
    original: Option<OwnedFd>,
    /// Where it goes while the screen is ours.
    screen: Option<File>,
    /// How many uses of a library that prints there are.
    silenced: usize,
}

static STATE: Mutex<State> = Mutex::new(State { original: None, screen: None, silenced: 0 });

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Makes standard error go where it should.
    fn apply(&mut self) -> io::Result<()> {
        if self.screen.is_none() && self.silenced == 0 {
            if let Some(original) = self.original.take() {
                nix::unistd::dup2_stderr(&original)?;
            }
            return Ok(());
        }
        if self.original.is_none() {
            self.original = Some(io::stderr().as_fd().try_clone_to_owned()?);
        }
        match &self.screen {
            Some(file) => nix::unistd::dup2_stderr(file)?,
            None => nix::unistd::dup2_stderr(&nowhere()?)?,
        }
        Ok(())
    }
}

fn nowhere() -> io::Result<File> {
    File::options().write(true).open("/dev/null")
}

/// From now on standard error is this file; what it was is given back.
pub(crate) fn replace(with: &File) -> io::Result<File> {
    let mut state = lock();
    if let Some(original) = &mut state.original {
        return Ok(std::mem::replace(original, with.as_fd().try_clone_to_owned()?).into());
    }
    let before = io::stderr().as_fd().try_clone_to_owned()?;
    nix::unistd::dup2_stderr(with)?;
    Ok(before.into())
}

/// Standard error goes elsewhere until [`Redirected::restore`]: a screen is drawn.
#[derive(Debug)]
pub(crate) struct Redirected(File);

impl Redirected {
    /// Sends standard error to a file (appended to, readable by its owner only), or to nowhere.
    pub(crate) fn to(log: Option<&Path>) -> io::Result<Self> {
        let target = match log {
            Some(path) => open_private(path)?,
            None => nowhere()?,
        };
        let ours = target.try_clone()?;
        let mut state = lock();
        state.screen = Some(target);
        state.apply()?;
        Ok(Self(ours))
    }

    /// Sends it there again after [`Redirected::restore`].
    pub(crate) fn again(&self) {
        let mut state = lock();
        state.screen = self.0.try_clone().ok();
        let _ = state.apply();
    }

    /// Brings it back. May be called more than once.
    pub(crate) fn restore(&self) {
        let mut state = lock();
        state.screen = None;
        let _ = state.apply();
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    use crate::os::Private as _;
    OpenOptions::new().create(true).append(true).private().open(path)
}

/// A library that prints to standard error is in use: while one of these lives, nothing of it is seen.
#[derive(Debug)]
pub struct Silenced(());

impl Silenced {
    /// Begins. Where standard error cannot be redirected it stays as it is: sound is worth more than a clean screen.
    pub fn begin() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let previous = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                let original = {
                    let state = lock();
                    if state.screen.is_some() { None } else { state.original.as_ref().and_then(|o| o.try_clone().ok()) }
                };
                let heard = original.is_some_and(|original| nix::unistd::dup2_stderr(&original).is_ok());
                previous(info);
                if heard {
                    let _ = lock().apply();
                }
            }));
        });
        let mut state = lock();
        state.silenced += 1;
        let _ = state.apply();
        Self(())
    }
}

impl Drop for Silenced {
    fn drop(&mut self) {
        let mut state = lock();
        state.silenced = state.silenced.saturating_sub(1);
        let _ = state.apply();
    }
}

/// Standard error for what we have to say, whoever is silenced.
#[derive(Debug, Clone, Copy)]
pub struct Ours;

impl Write for Ours {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let original = lock().original.as_ref().map(OwnedFd::try_clone);
        match original {
            Some(original) => File::from(original?).write(bytes),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
