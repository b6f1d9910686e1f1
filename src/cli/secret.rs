//! `conclave secret`: makes a room's secret, and carries it from a link to sixteen words that can be read out, and back.
//!
//! The server never learns of it: whoever opens the room with such a link founds its group with the secret, and whoever has
//! it comes in by it.

use super::prompt;
use crate::backend::Link;
use crate::backend::link::Scheme;
use crate::exit::{Exit, Failure};
use crate::trust::failure;
use conclave_e2ee::secret::RoomSecret;
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

/// Words of a generated passphrase: 77 bits.
const PASSPHRASE_WORDS: usize = 7;

/// Options of `conclave secret`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Print a room's link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said
    New {
        /// The room's link, without a secret
        #[arg(required_unless_present = "passphrase")]
        link: Option<String>,
        /// Print a passphrase instead, to be given with 'join --secret-fd'. Weaker: a hostile server may try guesses
        #[arg(long, conflicts_with = "link")]
        passphrase: bool,
    },
    /// Print the secret of a link as sixteen words, to be read out
    Words {
        /// Read the link (or its k alone) from this file descriptor; without it you are asked, or it is read from standard input
        #[arg(long, value_name = "N")]
        fd: Option<i32>,
    },
    /// Print a room's link with the secret that sixteen words say; a wrong or swapped word is named
    Link {
        /// The room's link, without a secret
        link: String,
        /// Read the words from this file descriptor; without it you are asked, or they are read from standard input
        #[arg(long, value_name = "N")]
        fd: Option<i32>,
    },
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::New { passphrase: true, .. } => {
            let passphrase = RoomSecret::generate_passphrase(PASSPHRASE_WORDS).map_err(failure)?;
            line(&passphrase)
        }
        Verb::New { link, .. } => {
            with_secret(room(link.as_deref().unwrap_or_default())?, &RoomSecret::generate().map_err(failure)?)
        }
        Verb::Words { fd } => {
            let text = given(*fd, "Link: ", "the link")?;
            let key = match text.contains("://") {
                true => Link::parse(&text)?.key.ok_or_else(|| {
                    Failure::new(Exit::Data, "this link carries no secret; 'conclave secret new LINK' makes one that does")
                })?,
                false => text,
            };
            let words = RoomSecret::from_link(&key).map_err(failure)?.to_words().unwrap_or_default();
            let words: Vec<&str> = words.split(' ').collect();
            let rows: Vec<Zeroizing<String>> = words.chunks(4).map(|row| Zeroizing::new(row.join(" "))).collect();
            rows.iter().try_for_each(|row| line(row).map(drop)).map(|()| Exit::Ok)
        }
        Verb::Link { link, fd } => {
            let link = room(link)?;
            let words = match fd {
                None if !std::io::stdin().is_terminal() => prompt::all_of_stdin("the words")?,
                fd => given(*fd, "Words: ", "the words")?,
            };
            with_secret(link, &RoomSecret::from_words(&words).map_err(failure)?)
        }
    }
}

/// From a descriptor, the terminal or standard input.
fn given(fd: Option<i32>, question: &str, what: &str) -> Result<Zeroizing<String>, Failure> {
    match fd {
        Some(fd) => prompt::from_fd(fd, what),
        None if std::io::stdin().is_terminal() => prompt::ask_secret(question),
        None => prompt::from_stdin(what),
    }
}

/// A link that a secret can be put into.
fn room(link: &str) -> Result<Link, Failure> {
    let link = Link::parse(link)?;
    match (link.scheme, link.room.is_empty(), link.has_secret()) {
        (Scheme::Conclave, false, false) => Ok(link),
        (_, _, true) => {
            let text = "this link carries a secret already, and others on this machine can read arguments: that secret is known \
                        now; take the link without it";
            Err(Failure::new(Exit::Usage, text))
        }
        (Scheme::Conclave, true, _) => Err(Failure::new(Exit::Data, "this link names no room: https://HOST/ROOM")),
        (Scheme::Jitsi, ..) => Err(Failure::new(
            Exit::Data,
            "rooms of a Jitsi server have no secret, but a password: only Conclave's own are end-to-end encrypted",
        )),
        (Scheme::LiveKit, ..) => Err(Failure::new(
            Exit::Data,
            "rooms of a LiveKit server have no secret: only Conclave's own are end-to-end encrypted",
        )),
    }
}

fn with_secret(mut link: Link, secret: &RoomSecret) -> Result<Exit, Failure> {
    link.key = secret.to_link();
    line(&link.whole())
}

fn line(text: &Zeroizing<String>) -> Result<Exit, Failure> {
    super::print(Zeroizing::new(format!("{}\n", text.as_str())).as_bytes())
}
