//! The terminal, taken and given back: on every exit, a panic on any thread included.

use super::Options;
use crate::stderr::Redirected;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange, EnableMouseCapture,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute, style};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use std::io::{self, Stdout, Write};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Key releases, for a key that is held to talk.
const KEYBOARD: KeyboardEnhancementFlags =
    KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES.union(KeyboardEnhancementFlags::REPORT_EVENT_TYPES);

/// Puts the window's title aside, and brings it back (XTWINOPS 22 and 23).
const KEEP_TITLE: &str = "\x1b[22;2t";
const OLD_TITLE: &str = "\x1b[23;2t";

/// The terminal while it is ours; dropping it gives it back.
pub(crate) struct Screen {
    pub(crate) terminal: Terminal<CrosstermBackend<Stdout>>,
    restore: Arc<Restore>,
    /// What was done about panics before.
    previous: Arc<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>,
}

/// What must be undone, once.
struct Restore {
    ours: AtomicBool,
    keyboard: AtomicBool,
    mouse: bool,
    title: bool,
    stderr: Option<Redirected>,
    panicked: Notify,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, the mouse if it is wanted, standard error to
    /// the log.
    pub(crate) fn take(options: &Options) -> io::Result<Self> {
        let log: Option<&Path> = options.log.as_deref();
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        enable_raw_mode()?;
        let stderr = Redirected::to(log).or_else(|_| Redirected::to(None)).ok();
        let restore = Arc::new(Restore {
            ours: AtomicBool::new(true),
            keyboard: AtomicBool::new(false),
            mouse: options.mouse,
            title: options.title,
            stderr,
            panicked: Notify::new(),
        });
        let previous: Arc<dyn Fn(&PanicHookInfo<'_>) + Send + Sync> = std::panic::take_hook().into();
        let hook = (restore.clone(), previous.clone());
        std::panic::set_hook(Box::new(move |info| {
            let (restore, previous) = &hook;
            restore.undo();
            previous(info);
            restore.panicked.notify_one();
        }));
        let screen = Self { terminal, restore, previous };
        screen.enter()?;
        Ok(screen)
    }

    fn enter(&self) -> io::Result<()> {
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)?;
        if self.restore.mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        if self.restore.title { self.say(KEEP_TITLE) } else { Ok(()) }
    }

    /// Writes what is no part of the picture.
    pub(crate) fn say(&self, sequence: &str) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(sequence.as_bytes())?;
        out.flush()
    }

    /// Gives the terminal back for some time: the program is about to be stopped.
    pub(crate) fn lend(&self) {
        self.restore.undo();
    }

    /// Takes it again.
    pub(crate) fn reclaim(&self) -> io::Result<()> {
        enable_raw_mode()?;
        if let Some(stderr) = &self.restore.stderr {
            stderr.again();
        }
        self.restore.ours.store(true, Ordering::SeqCst);
        self.enter()?;
        if self.restore.keyboard.load(Ordering::SeqCst) {
            execute!(io::stdout(), PushKeyboardEnhancementFlags(KEYBOARD))?;
        }
        Ok(())
    }

    /// Asks whether the terminal reports key releases, at most 2 s, and has them reported if so. Must be over before keys are
    /// read: the answer comes the same way as they do.
    pub(crate) fn key_releases(&self) -> impl Future<Output = bool> + use<> {
        let restore = self.restore.clone();
        async move {
            let asked = tokio::task::spawn_blocking(crossterm::terminal::supports_keyboard_enhancement).await;
            if !matches!(asked, Ok(Ok(true))) || !restore.ours.load(Ordering::SeqCst) {
                return false;
            }
            restore.keyboard.store(true, Ordering::SeqCst);
            execute!(io::stdout(), PushKeyboardEnhancementFlags(KEYBOARD)).is_ok()
        }
    }

    /// Waits for a panic on any thread; the terminal is given back already.
    pub(crate) async fn panicked(&self) {
        self.restore.panicked.notified().await;
    }

    /// Whether the terminal is still ours.
    pub(crate) fn is_ours(&self) -> bool {
        self.restore.ours.load(Ordering::SeqCst)
    }
}

impl Restore {
    fn undo(&self) {
        if !self.ours.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut out = io::stdout();
        // The flags are kept by screen: first them, then the alternate screen.
        if self.keyboard.load(Ordering::SeqCst) {
            let _ = execute!(out, PopKeyboardEnhancementFlags);
        }
        if self.mouse {
            let _ = execute!(out, DisableMouseCapture);
        }
        if self.title {
            let _ = out.write_all(OLD_TITLE.as_bytes());
        }
        let _ = execute!(out, DisableFocusChange, DisableBracketedPaste, style::ResetColor, LeaveAlternateScreen, cursor::Show);
        let _ = out.flush();
        let _ = disable_raw_mode();
        if let Some(stderr) = &self.stderr {
            stderr.restore();
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.restore.undo();
        // The hook cannot be changed while this thread panics; then it stays, and has nothing left to undo.
        if !std::thread::panicking() {
            let previous = self.previous.clone();
            std::panic::set_hook(Box::new(move |info| previous(info)));
        }
    }
}
