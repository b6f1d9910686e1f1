//! Asking, and reading secrets from places that other users cannot see.

use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::Read;
#[cfg(feature = "client")]
use std::io::{BufRead as _, Write as _};
use zeroize::Zeroizing;

/// The longest line that is read, in bytes.
const MAX: u64 = 64 * 1024;

fn first_line(mut from: impl Read, what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut s = Zeroizing::new(String::new());
    let mut byte = [0u8; 1];
    let mut bytes = Zeroizing::new(Vec::new());
    // Byte by byte: what follows the line on standard input belongs to somebody else.
    while (bytes.len() as u64) < MAX && from.read(&mut byte).map_err(|e| unreadable(what, &e))? == 1 && byte[0] != b'\n' {
        bytes.push(byte[0]);
    }
    s.push_str(std::str::from_utf8(&bytes).map_err(|_| Failure::new(Exit::Data, format!("{what} is not UTF-8 text")))?.trim());
    if s.is_empty() {
        return Err(Failure::new(Exit::Data, format!("{what} was expected there, and nothing came")));
    }
    Ok(s)
}

fn unreadable(what: &str, e: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::NoInput, format!("{what} cannot be read ({e})"))
}

/// The first line of an open file descriptor.
pub fn from_fd(fd: i32, what: &str) -> Result<Zeroizing<String>, Failure> {
    let file = File::open(format!("/dev/fd/{fd}")).map_err(|e| unreadable(&format!("{what} from file descriptor {fd}"), &e))?;
    first_line(file, what)
}

/// The first line of a file that the service manager handed over (systemd's `LoadCredential=`), if it did.
#[cfg(feature = "client")]
pub fn from_unit(name: &str, what: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(directory) = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|d| !d.is_empty()) else { return Ok(None) };
    match File::open(std::path::Path::new(&directory).join(name)) {
        Ok(file) => first_line(file, what).map(Some),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unreadable(&format!("{what} in the credential {name}"), &e)),
    }
}

/// The first line of standard input.
#[cfg(feature = "client")]
pub fn from_stdin(what: &str) -> Result<Zeroizing<String>, Failure> {
    first_line(std::io::stdin().lock(), what)
}

/// All of standard input, as one text: words may stand in several lines.
#[cfg(feature = "client")]
pub fn all_of_stdin(what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(MAX as usize));
    std::io::stdin().lock().take(MAX).read_to_string(&mut text).map_err(|e| unreadable(what, &e))?;
    Ok(text)
}

/// Asks on the terminal.
#[cfg(feature = "client")]
pub fn ask(question: &str) -> Result<String, Failure> {
    let mut out = std::io::stderr().lock();
    let mut answer = String::new();
    out.write_all(question.as_bytes())
        .and_then(|()| out.flush())
        .and_then(|()| std::io::stdin().lock().take(MAX).read_line(&mut answer))
        .map_err(|e| unreadable("the answer", &e))?;
    Ok(answer.trim().to_owned())
}

/// Asks for a secret that is typed for the first time: twice.
#[cfg(feature = "client")]
pub fn ask_new_secret(question: &str) -> Result<Zeroizing<String>, Failure> {
    let first = ask_secret(question)?;
    if *ask_secret("Again: ")? == *first {
        Ok(first)
    } else {
        Err(Failure::new(Exit::Data, "the two passwords are not the same; try again"))
    }
}

/// Asks on the terminal without showing what is typed or pasted.
#[cfg(feature = "client")]
pub fn ask_secret(question: &str) -> Result<Zeroizing<String>, Failure> {
    typed(question, |_| false)
}

/// Asks on the terminal for a link, or something else, and shows of it what is no secret: a link up to its `#`.
#[cfg(feature = "client")]
pub fn ask_link(question: &str) -> Result<Zeroizing<String>, Failure> {
    let answer = typed(question, |before| !before.contains('#'))?;
    Ok(Zeroizing::new(answer.trim().to_owned()))
}

/// Reads a line in raw mode. `shown`: whether a character is, that comes after these.
#[cfg(feature = "client")]
fn typed(question: &str, shown: fn(&str) -> bool) -> Result<Zeroizing<String>, Failure> {
    use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
    use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
    let fail = |e: std::io::Error| unreadable("the answer", &e);
    let mut out = std::io::stderr().lock();
    out.write_all(question.as_bytes()).and_then(|()| out.flush()).map_err(fail)?;
    enable_raw_mode().map_err(fail)?;
    let mut s = Zeroizing::new(String::new());
    let result = loop {
        match read() {
            Err(e) => break Err(fail(e)),
            Ok(Event::Key(k)) if k.kind != KeyEventKind::Release => match k.code {
                KeyCode::Enter => break Ok(()),
                KeyCode::Backspace => {
                    let rubbed_out = s.pop().is_some();
                    if rubbed_out && shown(&s) {
                        let _ = out.write_all(b"\x08 \x08").and_then(|()| out.flush());
                    }
                }
                KeyCode::Char('c' | 'd') if k.modifiers.contains(KeyModifiers::CONTROL) => {
                    break Err(Failure::new(Exit::Interrupted, "nothing was entered"));
                }
                KeyCode::Char(c) if s.len() < MAX as usize => {
                    if shown(&s) {
                        let _ = write!(out, "{c}").and_then(|()| out.flush());
                    }
                    s.push(c);
                }
                _ => {}
            },
            Ok(_) => {}
        }
    };
    let _ = disable_raw_mode();
    let _ = out.write_all(b"\n");
    result.map(|()| s)
}
