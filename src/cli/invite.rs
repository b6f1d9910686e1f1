//! `conclave invite`: on a data directory (also while its server runs), or on a server after `conclave login`.

use super::rooms::{Place, Rooms};
use super::{local_time, prompt};
use crate::exit::{Exit, Failure};
#[cfg(feature = "client")]
use crate::protocol::control::RoomMode;
use crate::protocol::invite::Invite;
#[cfg(feature = "client")]
use crate::protocol::invite::{INVITES, Invites, NewInvite, NewlyInvited};
use crate::server::audit::{self, Event};
use crate::server::check::files;
use crate::server::control::unix_now;
use crate::server::edge::tls::{self, Keys, Source};
use crate::server::secret;
use crate::server::settings::Settings;
use crate::server::store::{DataDir, invites, password};
use crate::text::clean;
use std::path::Path;
use zeroize::Zeroizing;

/// Options of `conclave invite`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make an invite and print its link, which is a secret: whoever has it gets in
    Create {
        /// The room's name
        room: String,
        /// What whoever comes by it is: moderator, speaker, listener, guest or bot
        #[arg(long, default_value = "guest", value_parser = role)]
        role: String,
        /// How long it is good: 30m, 24h, 7d; at most a year
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = seconds)]
        expires: u64,
        /// For how many joins it is good
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(invites::MAX_USES)))]
        uses: u32,
        /// Ask for a PIN beside the link: a random one is made and printed; give it to your guest by another way than the link.
        /// Ten wrong ones lock the invite
        #[arg(long)]
        pin: bool,
        /// Read the PIN (at least 4 characters) from this file descriptor
        #[arg(long, value_name = "N", conflicts_with = "pin")]
        pin_fd: Option<i32>,
        /// With --data: the address that guests reach the server at, for the link: https://HOST[:PORT]
        #[arg(long, value_name = "ADDRESS")]
        url: Option<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the invites: what they are, and how often they were used
    List {
        /// Only those to this room
        room: Option<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// End an invite; who came in by it stays
    Revoke {
        /// Its id, from 'conclave invite list'
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

fn role(s: &str) -> Result<String, String> {
    invites::role(s).map(str::to_owned).map_err(|e| e.text)
}

fn seconds(s: &str) -> Result<u64, String> {
    super::token::seconds_within(s, invites::MAX_SECONDS.unsigned_abs()).map_err(|e| e.replace("MAX", "366d"))
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Verb::Create { room, role, expires, uses, pin, pin_fd, url, json, place } => {
            let pin = match (pin_fd, pin) {
                (Some(fd), _) => Some(prompt::from_fd(fd, "the PIN")?),
                (None, true) => Some(random_pin()),
                (None, false) => None,
            };
            let wanted = Wanted { room: &room, role: &role, seconds: expires, uses, pin: pin.as_ref() };
            let made = wanted.make(place, url.as_deref())?;
            // A PIN that was given is known; one that was made is printed.
            let shown = pin.filter(|_| pin_fd.is_none());
            super::print(if json { made.as_json(shown.as_ref()) } else { made.as_text(shown.as_ref()) }.as_bytes())
        }
        Verb::List { room, json, place } => {
            let invites = list(&place.open(false)?, room.as_deref())?;
            super::print(if json { as_json(&invites)? } else { invites.iter().map(line).collect() })
        }
        Verb::Revoke { id, place } => {
            let data = place.local()?;
            match place.open(false)? {
                Rooms::Local(rt, store) => {
                    let room = rt.block_on(store.revoke_invite(&id, None, unix_now()))?;
                    note(data.as_deref(), "revoked", &id, &room)?;
                }
                #[cfg(feature = "client")]
                Rooms::Remote(rt, account, _) => {
                    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
                        return Err(Failure::new(Exit::Data, "no invite has such an id; see 'conclave invite list'"));
                    }
                    rt.block_on(account.call::<()>(hyper::Method::DELETE, &format!("{INVITES}/{id}"), None::<&()>))?;
                }
            }
            super::print(format!("The invite {} lets nobody in any more; who came in by it stays.\n", clean(&id)))
        }
    }
}

/// Six digits.
fn random_pin() -> Zeroizing<String> {
    let number = u64::from_le_bytes(secret::bytes());
    Zeroizing::new(format!("{:06}", number % 1_000_000))
}

/// What is done on the data directory itself is written down here; what is done over the network, by the server.
fn note(data: Option<&Path>, act: &'static str, invite: &str, room: &str) -> Result<(), Failure> {
    let event = || Event::Invite { act, invite: invite.to_owned(), room: room.to_owned(), by: None, member: None };
    data.map_or(Ok(()), |data| audit::note(data, event()))
}

/// What is asked for.
struct Wanted<'a> {
    room: &'a str,
    role: &'a str,
    seconds: u64,
    uses: u32,
    pin: Option<&'a Zeroizing<String>>,
}

/// What there is.
struct Made {
    invite: Invite,
    link: Zeroizing<String>,
    /// The link has a placeholder where the server's address belongs.
    incomplete: bool,
}

impl Wanted<'_> {
    fn make(&self, place: Place, url: Option<&str>) -> Result<Made, Failure> {
        let data = place.local()?;
        match place.open(false)? {
            Rooms::Local(rt, store) => {
                let path = data.ok_or_else(|| Failure::new(Exit::Internal, "there is no data directory"))?;
                let room = rt.block_on(store.room(self.room))?;
                let pin = self.pin.map(|pin| password::hash_pin(pin)).transpose()?;
                let new = invites::NewInvite {
                    room: self.room,
                    role: self.role,
                    seconds: i64::try_from(self.seconds).unwrap_or(i64::MAX),
                    uses: self.uses,
                    pin: pin.as_deref(),
                    made_by: None,
                };
                let (invite, secret) = rt.block_on(store.create_invite(new, unix_now()))?;
                note(Some(&path), "created", &invite.id, self.room)?;
                let mode = room.map_or_else(String::new, |r| format!("m={}.", r.mode.word()));
                let keys = match url {
                    // A development server has no key.
                    Some(url) if url.starts_with("http://") => String::new(),
                    _ => format!("{}.", keys(&DataDir::existing(&path)?)?),
                };
                let address = url.unwrap_or("https://HOST[:PORT]").trim_end_matches('/');
                let link = Zeroizing::new(format!("{address}/{}#{keys}{mode}i={}", self.room, secret.as_str()));
                Ok(Made { invite, link, incomplete: url.is_none() })
            }
            #[cfg(feature = "client")]
            Rooms::Remote(rt, account, _) => {
                let new = NewInvite {
                    room: self.room.to_owned(),
                    role: self.role.to_owned(),
                    seconds: self.seconds,
                    uses: self.uses,
                    pin: self.pin.map(|pin| crate::protocol::control::Secret(pin.clone())),
                };
                let made: NewlyInvited = rt.block_on(account.call(hyper::Method::POST, INVITES, Some(&new)))?;
                let mode = match account.made(self.room) {
                    Some(mode) => mode,
                    // A room that somebody else made: the server's word, which the link repeats.
                    None => {
                        let rooms = rt.block_on(account.rooms())?;
                        rooms.into_iter().find(|r| r.name == self.room).map_or(RoomMode::Strict, |r| r.mode)
                    }
                };
                let mut link = account.link_of(self.room, mode);
                link.invite = Some(made.secret.0);
                Ok(Made { invite: made.invite, link: link.whole(), incomplete: false })
            }
        }
    }
}

/// The keys that clients know this server by: of its own certificate, or of the one that its configuration names.
fn keys(data: &DataDir) -> Result<Keys, Failure> {
    let settings = Settings::find(None, Some(data.path())).map(|file| Settings::read(&file)).transpose()?.unwrap_or_default();
    match files(&settings).map_err(|text| Failure::new(Exit::Config, text))? {
        Some(files) => Ok(Source::Files(files).load(data)?.keys),
        None => tls::keys(data),
    }
}

impl Made {
    fn as_json(&self, pin: Option<&Zeroizing<String>>) -> Zeroizing<String> {
        let pin = pin.map(|p| p.as_str());
        let object = serde_json::json!({ "invite": self.invite, "link": self.link.as_str(), "pin": pin });
        Zeroizing::new(format!("{object}\n"))
    }

    fn as_text(&self, pin: Option<&Zeroizing<String>>) -> Zeroizing<String> {
        let Invite { id, room, role, expires, uses, .. } = &self.invite;
        let times = if *uses == 1 { "once".to_owned() } else { format!("{uses} times") };
        let mut text = format!(
            "Invite {} to {}, as {}; it works {times}, until {}.\nIts link, for whoever is invited and nobody else:\n  {}\n",
            clean(id),
            clean(room),
            clean(role),
            local_time(*expires),
            self.link.as_str()
        );
        if self.incomplete {
            text.push_str("Put the server's address for HOST[:PORT] (--url does it for you).\n");
        }
        if let Some(pin) = pin {
            text.push_str(&format!("Its PIN; give it to them by another way than the link: {}\n", pin.as_str()));
        }
        Zeroizing::new(text)
    }
}

fn list(place: &Rooms, room: Option<&str>) -> Result<Vec<Invite>, Failure> {
    match place {
        Rooms::Local(rt, store) => rt.block_on(store.invites(room, None, unix_now())),
        #[cfg(feature = "client")]
        Rooms::Remote(rt, account, _) => {
            let all: Invites = rt.block_on(account.call(hyper::Method::GET, INVITES, None::<&()>))?;
            Ok(all.invites.into_iter().filter(|i| room.is_none_or(|room| i.room == room)).collect())
        }
    }
}

fn as_json(invites: &[Invite]) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(&serde_json::json!({ "invites": invites }));
    text.map(|t| t + "\n").map_err(|e| Failure::new(Exit::Internal, format!("the list cannot be written as JSON ({e})")))
}

fn line(i: &Invite) -> String {
    let pin = if i.pin { ", with a PIN" } else { "" };
    format!(
        "{}  {}  {}{pin}  used {} of {}, until {}: {}\n",
        clean(&i.id),
        clean(&i.room),
        clean(&i.role),
        i.used,
        i.uses,
        local_time(i.expires),
        i.state.in_words()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_pin_has_six_digits_and_is_another_one_each_time() {
        let pins: std::collections::BTreeSet<String> = (0..20).map(|_| random_pin().to_string()).collect();
        assert!(pins.iter().all(|p| p.len() == 6 && p.bytes().all(|b| b.is_ascii_digit())), "{pins:?}");
        assert!(pins.len() > 15, "{pins:?}");
    }

    #[test]
    fn times_have_units_and_bounds() {
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("366d"), Ok(366 * 86_400));
        for bad in ["", "367d", "0s", "1w", "forever"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
