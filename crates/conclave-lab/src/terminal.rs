//! A terminal for tests: a program in a pty, its screen as `vt100` understands it, and every byte that it wrote.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take to appear.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// What kind of terminal, and what runs in it.
pub struct Spawn<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its arguments.
    pub args: &'a [&'a str],
    /// Variables added to the environment; `TERM`, `LANG` and colours are set to known values first.
    pub env: &'a [(&'a str, &'a str)],
    /// Columns and rows.
    pub size: (u16, u16),
    /// Whether it answers that it reports key releases (the kitty keyboard protocol).
    pub releases: bool,
}

/// A running program and its terminal. Dropping it ends the program.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Arc<Mutex<Box<dyn Write + Send>>>,
    seen: Arc<Mutex<Seen>>,
    modes: String,
    _state: tempfile::TempDir,
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Spawn<'_> {
    /// Starts it.
    pub fn start(self) -> Terminal {
        let (cols, rows) = self.size;
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(self.program);
        command.args(self.args);
        let locale = ["LC_ALL", "LC_CTYPE", "LC_MESSAGES", "CONCLAVE_LANG", "CONCLAVE_UI_LANG"];
        for unset in ["NO_COLOR", "CLICOLOR", "BRLTTY", "CONCLAVE_LINE", "COLUMNS", "LINES"].into_iter().chain(locale) {
            command.env_remove(unset);
        }
        // Somebody who has seen the full screen before, and is not offered line mode again.
        let state = tempfile::tempdir().unwrap();
        std::fs::create_dir(state.path().join("conclave")).unwrap();
        std::fs::write(state.path().join("conclave/front-end"), "tui\n").unwrap();
        command.env("XDG_STATE_HOME", state.path());
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")].iter().chain(self.env) {
            command.env(name, value);
        }
        let modes = format!("{:?}", pty.master.get_termios());
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let parser = vt100::Parser::new(size(rows), size(cols), 0);
        let seen = Arc::new(Mutex::new(Seen { parser, raw: Vec::new() }));
        let keyboard = Arc::new(Mutex::new(pty.master.take_writer().unwrap()));
        let reader = pty.master.try_clone_reader().unwrap();
        let (seen_by_reader, answers, releases) = (seen.clone(), keyboard.clone(), self.releases);
        std::thread::spawn(move || read(reader, &seen_by_reader, &answers, releases));
        Terminal { child, master: pty.master, keyboard, seen, modes, _state: state }
    }
}

/// Takes in what the program writes and answers its questions as a terminal does.
fn read(mut reader: impl Read, seen: &Mutex<Seen>, keyboard: &Mutex<Box<dyn Write + Send>>, releases: bool) {
    let mut chunk = [0; 4096];
    let mut asked = Vec::new();
    while let Ok(n) = reader.read(&mut chunk) {
        if n == 0 {
            break;
        }
        {
            let mut seen = seen.lock().unwrap();
            seen.raw.extend_from_slice(&chunk[..n]);
            seen.parser.process(&chunk[..n]);
        }
        asked.extend_from_slice(&chunk[..n]);
        for (question, answer) in [(&b"\x1b[?u"[..], &b"\x1b[?0u"[..]), (b"\x1b[c", b"\x1b[?62;22c")] {
            if let Some(at) = asked.windows(question.len()).position(|w| w == question) {
                asked.splice(at..at + question.len(), []);
                if releases || question != b"\x1b[?u" {
                    let _ = keyboard.lock().unwrap().write_all(answer);
                }
            }
        }
        let keep = asked.len().saturating_sub(8);
        asked.drain(..keep);
    }
}

fn size(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a terminal has a size")
}

impl Terminal {
    /// What is on the screen now, one line per row.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().parser.screen().contents()
    }

    /// Waits until the screen contains a text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    /// Waits until something is true of the screen and returns its text.
    pub fn wait_until(&self, what: &str, is: impl Fn(&vt100::Screen) -> bool) -> String {
        let start = Instant::now();
        loop {
            let (done, contents) = {
                let seen = self.seen.lock().unwrap();
                (is(seen.parser.screen()), seen.parser.screen().contents())
            };
            if done {
                return contents;
            }
            assert!(start.elapsed() < DEADLINE, "waited for {what:?}; the screen is:\n{contents}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until everything written so far contains a text, wherever the cursor went since.
    pub fn wait_for_output(&self, text: &str) {
        let start = Instant::now();
        while !self.output().contains(text) {
            assert!(start.elapsed() < DEADLINE, "waited for {text:?} in:\n{}", self.output());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Every byte that the program wrote.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.lock().unwrap().raw.clone()
    }

    /// The same as text.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.raw()).into_owned()
    }

    /// Types keys: text, `\r` for Enter, `\t`, escape sequences.
    pub fn send(&self, keys: &str) {
        self.keyboard.lock().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Pastes a text, bracketed as a terminal does.
    pub fn paste(&self, text: &str) {
        self.send(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Changes the size of the window.
    pub fn resize(&self, cols: u16, rows: u16) {
        self.seen.lock().unwrap().parser.screen_mut().set_size(size(rows), size(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Where the hardware cursor is: column and row from 0; `None` while it is hidden.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let seen = self.seen.lock().unwrap();
        let (row, column) = seen.parser.screen().cursor_position();
        (!seen.parser.screen().hide_cursor()).then_some((column, row))
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Sends a signal by name, e.g. `TERM`.
    pub fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    /// Waits until the program has ended and everything it wrote was read; its exit code.
    pub fn exit_code(&mut self) -> u32 {
        let start = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.exit_code();
            }
            assert!(start.elapsed() < DEADLINE, "it does not end; the screen is:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        };
        // The reader sees the end of the pty soon after the last byte.
        while Arc::strong_count(&self.seen) > 1 && start.elapsed() < DEADLINE {
            std::thread::sleep(Duration::from_millis(10));
        }
        code
    }

    /// Asserts that the terminal is as it was before the program ran: line discipline, main screen, visible cursor, no
    /// paste or focus reports, no keyboard flags.
    pub fn assert_restored(&self) {
        assert_eq!(format!("{:?}", self.master.get_termios()), self.modes, "the line discipline");
        let seen = self.seen.lock().unwrap();
        let screen = seen.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is still shown");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "pastes are still bracketed");
        let last = |sequence: &[u8]| seen.raw.windows(sequence.len()).rposition(|w| w == sequence);
        assert!(last(b"\x1b[?1004h") <= last(b"\x1b[?1004l"), "focus is still reported");
        if let Some(pushed) = last(b"\x1b[>") {
            assert!(last(b"\x1b[<1u").is_some_and(|popped| popped > pushed), "keyboard flags are still set");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
