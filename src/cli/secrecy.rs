//! Options about keys and encryption that `join` and `demo` share, and what follows from them.

use crate::backend::link::Scheme;
use crate::backend::{Link, Secrecy};
use crate::exit::{Exit, Failure};
use crate::protocol::control::RoomMode;
use crate::trust::Keys;
use conclave_e2ee::secret::RoomSecret;
use std::io::Read as _;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The longest secret that is read, in bytes.
const MAX_SECRET: usize = 4096;

/// Options about keys and encryption.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(id = "secrecy")]
pub struct Args {
    /// What you expect of the room: strict (the default), balanced or open. A room that protects less is refused
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub mode: Option<RoomMode>,
    /// Read the room secret from this file descriptor: what a link's k says, the sixteen words, or a passphrase
    #[arg(long, value_name = "N")]
    pub secret_fd: Option<u32>,
    /// End with exit code 80 unless the room is end-to-end encrypted
    #[arg(long)]
    pub require_e2ee: bool,
    /// End with exit code 80 unless everybody in the room is vouched for or verified
    #[arg(long)]
    pub require_vouched: bool,
}

fn mode(s: &str) -> Result<RoomMode, String> {
    match s {
        "strict" => Ok(RoomMode::Strict),
        "balanced" => Ok(RoomMode::Balanced),
        "open" => Ok(RoomMode::Open),
        _ => Err("a mode is strict, balanced or open".into()),
    }
}

impl Args {
    /// The keys to join with, and what is expected of the room. Asks only if it may.
    pub fn resolve(&self, link: &Link, _may_ask: bool) -> Result<(Arc<Keys>, Secrecy), Failure> {
        let mode = match (self.mode, self.require_e2ee) {
            (Some(RoomMode::Open), true) => {
                return Err(Failure::new(Exit::Usage, "--mode open and --require-e2ee contradict each other: give one of them"));
            }
            (None, true) => Some(link.mode.filter(|mode| *mode > RoomMode::Open).unwrap_or(RoomMode::Strict)),
            (mode, _) => mode,
        };
        let secret = match (self.secret_fd, &link.key) {
            (Some(fd), _) => Some(read_secret(fd, &link.room)?),
            (None, Some(k)) if link.scheme == Scheme::Conclave => Some(RoomSecret::from_link(k).map_err(unreadable)?),
            (None, _) => None,
        };
        let secrecy = Secrecy { mode, secret, require_vouched: self.require_vouched, ..Secrecy::default() };
        Ok((ephemeral()?, secrecy))
    }
}

/// A secret in any of its forms, from an inherited file descriptor: neither arguments nor environment ever hold it.
fn read_secret(fd: u32, room: &str) -> Result<RoomSecret, Failure> {
    let bad =
        |e: std::io::Error| Failure::new(Exit::Data, format!("the room secret cannot be read from file descriptor {fd}: {e}"));
    let mut text = Zeroizing::new(String::with_capacity(MAX_SECRET));
    let file = std::fs::File::open(format!("/dev/fd/{fd}")).map_err(bad)?;
    file.take(MAX_SECRET as u64).read_to_string(&mut text).map_err(bad)?;
    parse_secret(text.trim(), room).map_err(unreadable)
}

fn parse_secret(text: &str, room: &str) -> Result<RoomSecret, conclave_e2ee::Error> {
    match RoomSecret::from_link(text) {
        Ok(secret) => Ok(secret),
        // Sixteen words are a generated secret read out; everything else is what people chose.
        Err(_) if text.split_whitespace().count() >= 16 => RoomSecret::from_words(text),
        Err(_) => RoomSecret::from_passphrase(text, room),
    }
}

fn unreadable(error: conclave_e2ee::Error) -> Failure {
    Failure::new(Exit::Data, error.to_string())
}

/// Keys for this process only.
pub fn ephemeral() -> Result<Arc<Keys>, Failure> {
    let keys = Keys::ephemeral().map_err(|e| Failure::new(Exit::Internal, format!("no device key could be made ({e})")))?;
    Ok(Arc::new(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_in_each_of_its_forms() {
        let secret = RoomSecret::generate().unwrap();
        let (k, words) = (secret.to_link().unwrap(), secret.to_words().unwrap());
        assert!(parse_secret(&k, "r").unwrap() == secret);
        assert!(parse_secret(&words, "r").unwrap() == secret);
        let passphrase = "six quite ordinary words for us";
        assert!(parse_secret(passphrase, "r").unwrap().is_passphrase());
        assert!(parse_secret("short", "r").is_err());
    }

    #[test]
    fn what_a_link_says_becomes_what_is_expected() {
        let k = RoomSecret::generate().unwrap().to_link().unwrap();
        let link = Link::parse(&format!("https://meet.example/r#k={}.m=balanced", *k)).unwrap();
        let (_, secrecy) = Args { require_e2ee: true, ..Args::default() }.resolve(&link, false).unwrap();
        assert!(secrecy.secret.is_some());
        assert_eq!(secrecy.mode, Some(RoomMode::Balanced));
        let both = Args { require_e2ee: true, mode: Some(RoomMode::Open), ..Args::default() };
        assert_eq!(both.resolve(&link, false).unwrap_err().exit, Exit::Usage);
    }
}
