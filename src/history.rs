//! The rooms that this user was in, so that they are found again: by the room list, by name, and by the shell's completions.
//!
//! What is noted has no secret in it: a link is kept as [`Link::public`] writes it, and a room's secret goes to the keyring or
//! nowhere. The file is a convenience: one that is damaged is set aside and named, and never in the way of a call.

use crate::backend::link::{Link, Scheme};
use crate::config::places;
use crate::exit::{Exit, Failure};
use crate::net::ladder::Rung;
use crate::private_file as file;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Rooms that are kept; the one that was left alone for longest goes first.
pub const MAX_ROOMS: usize = 200;
/// The largest file that is read, in bytes: [`MAX_ROOMS`] of the longest links and names, and some air.
const MAX_FILE: u64 = 2 * 1024 * 1024;
/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

/// What came with the link when the room was joined last, and is not in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// Nothing.
    #[default]
    None,
    /// The room's secret, which is kept nowhere.
    Given,
    /// The room's secret, which is in the keyring.
    Kept,
    /// An invite.
    Invite,
    /// An access token (LiveKit).
    Token,
}

/// One room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The way there, without a secret.
    pub link: String,
    /// The room's name, as the room has it.
    pub room: String,
    /// The name that the user had there last.
    pub name: String,
    /// When it was joined last, in seconds since the Unix epoch.
    pub last: i64,
    /// How often it was joined.
    pub times: u32,
    /// What was needed beside the link.
    #[serde(default)]
    pub secret: Secret,
    /// How sound got there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
}

/// How sound got through a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The rung ([`Rung::name`]).
    pub rung: String,
    /// This machine's address there.
    pub network: IpAddr,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
}

/// How long a way is believed in, in seconds: networks change their rules.
const DAY: i64 = 24 * 60 * 60;

/// How sound got to a server from this network, if that was today.
pub fn way(rooms: &[Room], to: &Link, network: IpAddr, now: i64) -> Option<Rung> {
    let server = to.target();
    let there = rooms.iter().filter(|r| r.parsed().is_ok_and(|link| link.target() == server));
    let ways = there.filter_map(|r| r.way.as_ref()).filter(|w| w.network == network && (0..DAY).contains(&(now - w.at)));
    Rung::named(&ways.max_by_key(|w| w.at)?.rung)
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    version: u32,
    rooms: Vec<Room>,
}

impl Room {
    /// A room that is joined for the first time.
    pub fn of(link: &Link, room: &str, name: &str, secret: Secret, now: i64) -> Self {
        let (room, name) = (text::clean_name(room), text::clean_name(name).unwrap_or_default());
        let room = room.unwrap_or_else(|| link.room.clone());
        Self { link: link.public(), room, name, last: now, times: 1, secret, way: None }
    }

    /// The parsed link.
    ///
    /// # Errors
    /// Somebody wrote something else into the file.
    pub fn parsed(&self) -> Result<Link, Failure> {
        Link::parse(&self.link)
    }

    /// `host` or `host:port`.
    pub fn server(&self) -> String {
        self.parsed().map(|link| host(&link)).unwrap_or_default()
    }

    /// What a person must have beside this entry to get in, and where to get it; nothing if it is enough.
    pub fn missing(&self) -> Option<&'static str> {
        match self.secret {
            Secret::None | Secret::Kept => None,
            Secret::Given => Some(
                "the link had the room's secret in it, which is kept nowhere: paste the whole link, or join without it and wait to be let in",
            ),
            Secret::Invite => Some(
                "you came with an invite, which is kept nowhere: paste its link again, or ask for a new one if you are not let in",
            ),
            Secret::Token => Some("this room wants an access token: give it with --token-fd or in CONCLAVE_TOKEN"),
        }
    }

    /// Whether both are the same room.
    fn is(&self, other: &Self) -> bool {
        let way = |r: &Self| r.link.split('#').next().unwrap_or_default().to_owned();
        way(self) == way(other) && self.room == other.room
    }

    /// As it may be believed: whatever somebody wrote into the file.
    fn cleaned(self) -> Option<Self> {
        let link = self.parsed().ok()?;
        let Self { last, times, secret, way, .. } = self;
        Some(Self { last, times, way, ..Self::of(&link, &self.room, &self.name, secret, last) })
    }
}

fn host(link: &Link) -> String {
    let shown = link.display();
    let rest = shown.split_once("://").map_or(shown.as_str(), |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The names by which rooms can be joined: the room's own where it means one room, else `host/room`. `server`: the configured one, whose
/// rooms go by their own names whatever is elsewhere.
pub fn names<'a>(rooms: &'a [Room], server: Option<&Link>) -> Vec<(String, &'a Room)> {
    let ours =
        rooms.iter().filter_map(|r| Some((r, r.parsed().ok().filter(|l| l.scheme == Scheme::Conclave && !l.room.is_empty())?)));
    let ours: Vec<(&Room, Link)> = ours.collect();
    let mut alike = BTreeMap::new();
    ours.iter().for_each(|(_, link)| *alike.entry(link.room.clone()).or_insert(0) += 1);
    let short = |link: &Link| match server {
        Some(server) => server.target() == link.target(),
        None => alike.get(&link.room) == Some(&1),
    };
    let name = |link: &Link| if short(link) { link.room.clone() } else { format!("{}/{}", host(link), link.room) };
    ours.iter().filter(|(_, link)| link.tls || short(link)).map(|(room, link)| (name(link), *room)).collect()
}

/// Where they are.
#[derive(Debug, Clone)]
pub struct History {
    directory: PathBuf,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The newest first.
    pub rooms: Vec<Room>,
    /// What the user should know: a sentence.
    pub notice: Option<String>,
}

impl History {
    /// This user's.
    ///
    /// # Errors
    /// There is no home directory.
    pub fn ours() -> Result<Self, Failure> {
        Ok(Self::at(places::state()?.join("history")))
    }

    /// In a directory of its own: a call may write in it.
    pub fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn path(&self) -> PathBuf {
        self.directory.join("rooms.json")
    }

    /// All rooms. A file that is damaged is put aside.
    pub fn read(&self) -> Found {
        self.content().unwrap_or_else(|notice| Found { rooms: Vec::new(), notice: Some(notice) })
    }

    /// All rooms, where nobody can be told anything and nothing is changed.
    pub fn glance(&self) -> Vec<Room> {
        file::read(&self.path(), MAX_FILE).ok().flatten().and_then(|bytes| parse(&bytes).ok()).unwrap_or_default()
    }

    /// Notes that a room was joined.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&self, room: Room) -> Result<(), Failure> {
        self.update(|rooms| {
            let before = rooms.iter().position(|r| r.is(&room)).map(|at| rooms.remove(at));
            let times = before.as_ref().map_or(0, |r| r.times).saturating_add(1);
            let way = before.and_then(|r| r.way);
            rooms.insert(0, Room { times, way, ..room });
        })
    }

    /// Notes how sound got to a room that is noted.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn came_by(&self, room: &Room, way: Way) -> Result<(), Failure> {
        self.update(|rooms| rooms.iter_mut().filter(|r| r.is(room)).for_each(|r| r.way = Some(way.clone())))
    }

    /// Forgets a room.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn remove(&self, room: &Room) -> Result<(), Failure> {
        self.update(|rooms| rooms.retain(|r| !r.is(room)))
    }

    /// Forgets the rooms of a server, or all; how many. A file that was set aside goes too.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn clear(&self, of: impl Fn(&Room) -> bool) -> Result<usize, Failure> {
        if !self.directory.exists() {
            return Ok(0);
        }
        let mut gone = 0;
        let _ = std::fs::remove_file(self.aside());
        self.update(|rooms| {
            let before = rooms.len();
            rooms.retain(|r| !of(r));
            gone = before - rooms.len();
        })?;
        Ok(gone)
    }

    fn aside(&self) -> PathBuf {
        self.directory.join("rooms.damaged")
    }

    /// What is in the file; a sentence if that is nothing.
    fn content(&self) -> Result<Found, String> {
        let path = self.path();
        let bytes = match file::read(&path, MAX_FILE) {
            Ok(None) => return Ok(Found::default()),
            Ok(Some(bytes)) => bytes,
            Err(e) if e.kind() == io::ErrorKind::InvalidData => Vec::new(),
            Err(e) => return Err(format!("the history of rooms {} cannot be read ({e})", path.display())),
        };
        match parse(&bytes) {
            Ok(rooms) => Ok(Found { rooms, notice: None }),
            Err(Unreadable::Newer) => {
                Err(format!("the history of rooms {} was written by a newer Conclave; update this program", path.display()))
            }
            Err(Unreadable::Damaged) => {
                let aside = self.aside();
                let moved = std::fs::rename(&path, &aside);
                let moved =
                    moved.map_or_else(|e| format!("cannot be moved away ({e})"), |()| format!("is now {}", aside.display()));
                let notice = format!("the history of rooms {} was damaged; it {moved}, and a new one begins", path.display());
                Ok(Found { rooms: Vec::new(), notice: Some(notice) })
            }
        }
    }

    fn update(&self, change: impl FnOnce(&mut Vec<Room>)) -> Result<(), Failure> {
        let failed = |why: String| Failure::new(Exit::CantCreate, why);
        let cannot =
            |e: io::Error| failed(format!("the history of rooms in {} cannot be written ({e})", self.directory.display()));
        let _lock = file::lock(&self.directory).map_err(cannot)?;
        let mut rooms = self.content().map_err(failed)?.rooms;
        change(&mut rooms);
        rooms.truncate(MAX_ROOMS);
        let bytes = serde_json::to_vec(&Content { version: VERSION, rooms }).map_err(|e| failed(e.to_string()))?;
        file::replace(&self.path(), &bytes).map_err(cannot)
    }
}

enum Unreadable {
    Newer,
    Damaged,
}

fn parse(bytes: &[u8]) -> Result<Vec<Room>, Unreadable> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)?;
    if version > VERSION {
        return Err(Unreadable::Newer);
    }
    let content: Content = serde_json::from_slice(bytes).map_err(|_| Unreadable::Damaged)?;
    let mut rooms: Vec<Room> = content.rooms.into_iter().filter_map(Room::cleaned).take(MAX_ROOMS).collect();
    rooms.sort_by_key(|r| std::cmp::Reverse(r.last));
    Ok(rooms)
}

#[cfg(test)]
mod tests;
