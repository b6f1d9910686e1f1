//! `conclave rooms`: on a data directory (also while its server runs), or on a server after `conclave login`.

mod kept;

use crate::exit::{Exit, Failure};
use crate::protocol::api::{Room, RoomChange, RoomDetails};
use crate::protocol::control::RoomMode;
use crate::protocol::room::Rules;
use crate::server::audit::{self, Event};
use crate::server::control::unix_now;
use crate::server::settings::Settings;
use crate::server::store::{DataDir, Store};
use std::path::{Path, PathBuf};

/// Options of `conclave rooms`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create a room
    Create {
        /// Its name: letters, digits, '-' and '_'
        name: String,
        /// How it treats content: strict = end-to-end encrypted, sound of constant size and rate; balanced = end-to-end
        /// encrypted, the server sees who speaks; open = not end-to-end encrypted, stock LiveKit clients may join
        #[arg(long, value_name = "strict|balanced|open", default_value = "strict")]
        mode: RoomMode,
        /// Let in only who has an account on the server or an invite ('conclave invite create')
        /// [default: as the server's policy says]
        #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
        invite_only: Option<bool>,
        #[command(flatten)]
        wishes: kept::Wishes,
        #[command(flatten)]
        place: Place,
    },
    /// Change how a room is kept; whoever is in it is told within two seconds
    Set {
        /// Its name
        name: String,
        #[command(flatten)]
        wishes: kept::Wishes,
        /// Ban nobody from it any more, from its next meeting on
        #[arg(long)]
        forget_bans: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Show how a room is kept
    Show {
        /// Its name
        name: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the rooms
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Delete a room; whoever is in it is told that it has ended
    Delete {
        /// Its name
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Which server.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The server's data directory, on its own machine [default: conclave/server in the XDG data directory]
    #[arg(long, value_name = "DIR", conflicts_with = "server")]
    data: Option<PathBuf>,
    /// The server's address, after 'conclave login': https://HOST[:PORT]
    #[cfg(feature = "client")]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where the account is kept
    #[cfg(feature = "client")]
    #[command(flatten)]
    keyring: super::keyring::Args,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Verb::Create { name, mode, invite_only, wishes, place } => {
            let data = place.local()?;
            let invite_only = invite_only.or_else(|| data.as_deref().and_then(usual));
            // What makes no sense is said before there is a room.
            let change = wishes.change(Rules::default(), false)?;
            let rooms = place.open(true)?;
            rooms.create(&name, mode, invite_only)?;
            written_down(data, "created", &name)?;
            if wishes.any() {
                rooms.change(&name, change)?;
            }
            super::print(format!("Room {name} is there. {}\n", rooms.invitation(&name, mode)))
        }
        Verb::Set { name, wishes, forget_bans, place } => {
            if !wishes.any() && !forget_bans {
                return Err(Failure::new(Exit::Usage, "say what to change; 'conclave rooms set --help' lists it"));
            }
            let data = place.local()?;
            let rooms = place.open(false)?;
            let change = wishes.change(rooms.details(&name)?.rules, forget_bans)?;
            let now = rooms.change(&name, change)?;
            written_down(data, "changed", &name)?;
            super::print(kept::as_text(&now, in_words(now.room.mode)))
        }
        Verb::Show { name, json, place } => {
            let details = place.open(false)?.details(&name)?;
            super::print(if json { document(&details)? } else { kept::as_text(&details, in_words(details.room.mode)) })
        }
        Verb::List { json, place } => {
            let rooms = place.open(false)?.list()?;
            super::print(if json { as_json(&rooms)? } else { as_text(&rooms) })
        }
        Verb::Delete { name, place } => {
            let data = place.local()?;
            place.open(false)?.delete(&name)?;
            written_down(data, "deleted", &name)?;
            super::print(format!("Room {} is gone.\n", crate::text::clean(&name)))
        }
    }
}

/// Whether rooms of a data directory are for invited people, by its configuration.
fn usual(data: &Path) -> Option<bool> {
    let file = Settings::find(None, Some(data))?;
    Settings::read(&file).ok()?.policy.invite_only
}

/// What is done on the data directory itself is written down here; what is done over the network, by the server.
fn written_down(data: Option<PathBuf>, act: &'static str, room: &str) -> Result<(), Failure> {
    let event = Event::Room { act, room: room.to_owned(), by: None };
    data.map_or(Ok(()), |data| audit::note(&data, event))
}

fn as_json(rooms: &[Room]) -> Result<String, Failure> {
    document(&serde_json::json!({ "rooms": rooms }))
}

fn document(of: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(of);
    text.map(|t| t + "\n").map_err(|e| Failure::new(Exit::Internal, format!("this cannot be written as JSON ({e})")))
}

fn as_text(rooms: &[Room]) -> String {
    if rooms.is_empty() {
        return "No rooms yet; create one with: conclave rooms create NAME\n".into();
    }
    let line = |r: &Room| {
        let members = r.members.map(|n| format!("  {n} in it")).unwrap_or_default();
        let only = if r.invite_only { ", by account or invite only" } else { "" };
        format!("{}  {}{only}{members}\n", crate::text::clean(&r.name), in_words(r.mode))
    };
    rooms.iter().map(line).collect()
}

fn in_words(mode: RoomMode) -> &'static str {
    match mode {
        RoomMode::Strict => "strict, end-to-end encrypted",
        RoomMode::Balanced => "balanced, end-to-end encrypted, the server sees who speaks",
        RoomMode::Open => "open, not end-to-end encrypted",
    }
}

/// Where the rooms are.
pub(super) enum Rooms {
    /// On this machine.
    Local(tokio::runtime::Runtime, Store),
    /// Over the network.
    #[cfg(feature = "client")]
    Remote(tokio::runtime::Runtime, Box<super::login::Account>, crate::credentials::Keyring),
}

impl Place {
    /// The data directory, where that is what is worked on.
    pub(super) fn local(&self) -> Result<Option<PathBuf>, Failure> {
        #[cfg(feature = "client")]
        if self.server.is_some() {
            return Ok(None);
        }
        self.data.clone().map_or_else(DataDir::default_path, Ok).map(Some)
    }

    pub(super) fn open(self, create: bool) -> Result<Rooms, Failure> {
        // The keyring has a runtime of its own, so it is asked before ours exists.
        #[cfg(feature = "client")]
        if let Some(server) = &self.server {
            let keyring = self.keyring.open(true)?;
            let account = super::login::Account::load(server, &keyring)?;
            return Ok(Rooms::Remote(super::small_runtime()?, Box::new(account), keyring));
        }
        let path = self.data.map_or_else(DataDir::default_path, Ok)?;
        let data = if create { DataDir::open(&path)? } else { DataDir::existing(&path)? };
        let runtime = super::small_runtime()?;
        let store = runtime.block_on(Store::open(&data))?;
        Ok(Rooms::Local(runtime, store))
    }
}

impl Rooms {
    fn create(&self, name: &str, mode: RoomMode, invite_only: Option<bool>) -> Result<(), Failure> {
        match self {
            Self::Local(rt, store) => {
                rt.block_on(store.create_room_for(name, mode, invite_only.unwrap_or(false), unix_now())).map(drop)
            }
            #[cfg(feature = "client")]
            Self::Remote(rt, account, keyring) => {
                rt.block_on(account.create_room(name, mode, invite_only))?;
                account.remember(keyring, name, Some(mode))
            }
        }
    }

    fn details(&self, name: &str) -> Result<RoomDetails, Failure> {
        match self {
            Self::Local(rt, store) => rt.block_on(async {
                let gone = || {
                    let text = format!("there is no room {}; see 'conclave rooms list'", crate::text::clean(name));
                    Failure::new(Exit::Unavailable, text)
                };
                let room = store.room(name).await?.ok_or_else(gone)?;
                Ok(RoomDetails { room, rules: store.rules(name).await?, roles: store.room_roles(name).await? })
            }),
            #[cfg(feature = "client")]
            Self::Remote(rt, account, _) => rt.block_on(account.room(name)),
        }
    }

    fn change(&self, name: &str, change: RoomChange) -> Result<RoomDetails, Failure> {
        match self {
            Self::Local(rt, store) => {
                rt.block_on(store.change_room(name, change))?;
                self.details(name)
            }
            #[cfg(feature = "client")]
            Self::Remote(rt, account, _) => rt.block_on(account.change_room(name, &change)),
        }
    }

    /// How others learn of a room. The link says what to expect of it, because the server's word for that does not count.
    fn invitation(&self, room: &str, mode: RoomMode) -> String {
        match self {
            #[cfg(feature = "client")]
            Self::Remote(_, account, _) => format!("Its link:\n  {}", account.link_of(room, mode).whole().as_str()),
            Self::Local(..) => {
                let link = format!("Its link is the one that 'conclave serve' prints, with {room} for ROOM");
                match mode {
                    RoomMode::Strict => link + ".",
                    mode => link + &format!(", and m={} behind the '#' (after a '.' if more stands there).", mode.word()),
                }
            }
        }
    }

    fn list(&self) -> Result<Vec<Room>, Failure> {
        match self {
            Self::Local(rt, store) => rt.block_on(store.rooms()),
            #[cfg(feature = "client")]
            Self::Remote(rt, account, _) => rt.block_on(account.rooms()),
        }
    }

    fn delete(&self, name: &str) -> Result<(), Failure> {
        match self {
            Self::Local(rt, store) => rt.block_on(store.delete_room(name)),
            #[cfg(feature = "client")]
            Self::Remote(rt, account, keyring) => {
                rt.block_on(account.delete_room(name))?;
                account.remember(keyring, name, None)
            }
        }
    }
}
