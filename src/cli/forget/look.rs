//! What there is to forget, and how each of it goes.

use crate::backend::link::Link;
use crate::config::{layer, places};
use crate::credentials::{self, Keyring, Place};
use crate::exit::{Exit, Failure};
use crate::history::History;
use crate::net::Fingerprint;
use crate::trust::{Accepted, Keys};
use std::fs;
use std::path::{Path, PathBuf};

/// One thing that is kept.
pub(super) struct Item {
    /// For people, as it stands after "this is kept: ".
    pub text: String,
    at: At,
}

/// Where it is.
enum At {
    /// An entry of the keyring.
    Entry(String),
    /// The login at a server, in the keyring.
    Account(String),
    /// A file or a directory.
    Path(PathBuf),
    /// The rooms of a server, in the history.
    Rooms(String),
    /// The key of a server that was accepted at the first meeting.
    Accepted(String),
    /// A server's keys, in what a profile knows.
    Server(String, Vec<Fingerprint>),
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub items: Vec<Item>,
    /// What stays, and what could not be looked at.
    pub notes: Vec<String>,
    /// Why the keyring could not be looked into, if it is there.
    pub locked: Option<Failure>,
}

impl Found {
    fn add(&mut self, text: impl Into<String>, at: At) {
        self.items.push(Item { text: text.into(), at });
    }
}

/// Looks for what is kept: about one server, or everything.
pub(super) fn look(server: Option<&str>, keyring: &Keyring, place: Place) -> Result<Found, Failure> {
    let mut found = Found::default();
    let server = server.map(Link::parse).transpose()?;
    let vault = credentials::vault().filter(|_| matches!(place, Place::Auto | Place::Vault));
    // A vault as a whole goes without its passphrase; only what belongs to one server must be found in it.
    let sealed = server.is_none() && keyring.asks() || place == Place::Vault && vault.is_none();
    let open = match keyring.available() {
        Err(_) if place == Place::None => false,
        Err(why) => {
            found
                .notes
                .push(format!("No keyring can be reached from here ({why}). If your desktop has one, run this there too."));
            false
        }
        Ok(()) if sealed => false,
        Ok(()) => keyring.prove().map_err(|why| found.locked = Some(why)).is_ok(),
    };
    let profiles = profiles();
    match &server {
        Some(server) => about(server, open.then_some(keyring), &profiles, &mut found)?,
        None => everything(open.then_some(keyring), &profiles, vault, &mut found)?,
    }
    Ok(found)
}

/// The profiles that the user's configuration names, and the one that needs no name.
fn profiles() -> Vec<String> {
    let text = places::user().ok().and_then(|path| layer::read(&path).ok().flatten()).unwrap_or_default();
    let named = layer::File::check(&text).map(|file| file.profiles.into_keys().collect()).unwrap_or_default();
    let mut all: Vec<String> = named;
    all.push("default".into());
    all.sort();
    all.dedup();
    all
}

fn about(server: &Link, keyring: Option<&Keyring>, profiles: &[String], found: &mut Found) -> Result<(), Failure> {
    let account = format!("{}://{}", if server.tls { "https" } else { "http" }, server.authority());
    let way = server.clone().to_room("").display();
    let history = History::ours()?;
    let rooms: Vec<_> = history.read().rooms.into_iter().filter(|r| r.link.starts_with(&way)).collect();
    let links = rooms.iter().filter_map(|r| r.parsed().ok()).chain([server.clone()]);
    let mut keys: Vec<Fingerprint> = links.flat_map(|l| l.fingerprint.into_iter().chain(l.spare)).collect();
    if let Some(keyring) = keyring {
        if let Some(kept) = keyring.load_account(&account)? {
            keys.extend(kept.fingerprint.iter().chain(&kept.spare).filter_map(|text| Fingerprint::parse(text).ok()));
            found.add(said(&format!("account:{account}")), At::Account(account));
        }
        let secret = |name: &&String| name.strip_prefix("room:").is_some_and(|room| room.starts_with(&way));
        keyring.names()?.iter().filter(secret).for_each(|name| found.add(said(name), At::Entry(name.clone())));
        for profile in profiles {
            let Some(known) = Keys::existing(profile, keyring)? else { continue };
            if known.knows_server(&keys) {
                let text = format!("the server's keys, and where its audit log stood, as the profile {profile} knows them");
                found.add(text, At::Server(profile.clone(), keys.clone()));
            }
        }
    }
    if Accepted::ours()?.key(&server.authority())?.is_some() {
        found.add("the server's key, which you accepted", At::Accepted(server.authority()));
    }
    if !rooms.is_empty() {
        found.add(format!("{} rooms of this server in the history", rooms.len()), At::Rooms(way));
    }
    Ok(())
}

fn everything(keyring: Option<&Keyring>, profiles: &[String], vault: Option<PathBuf>, found: &mut Found) -> Result<(), Failure> {
    if let Some(keyring) = keyring {
        let mut names = keyring.names()?;
        // What was kept before there was a list of names.
        let device = |p: &String| [format!("device:{p}"), format!("device:{p}:previous")];
        for name in profiles.iter().flat_map(device).chain(["issuer:default".to_owned()]) {
            if !names.contains(&name) && keyring.load(&name)?.is_some() {
                names.push(name);
            }
        }
        for name in names {
            let at =
                name.strip_prefix("account:").map_or_else(|| At::Entry(name.clone()), |server| At::Account(server.to_owned()));
            found.add(said(&name), at);
        }
    }
    if let Some(vault) = vault {
        found.add(format!("the vault {} with everything in it", vault.display()), At::Path(vault));
    }
    let trust = places::data()?.join("trust");
    if trust.is_dir() {
        found.add(format!("the people and servers that you know, in {}", trust.display()), At::Path(trust));
    }
    for path in children(&places::state()?) {
        let n = children(&path).iter().filter(|p| p.file_name().is_some_and(|name| name != "lock")).count();
        let what = match path.file_name().map(|name| name.to_string_lossy().into_owned()).as_deref() {
            Some("history") => format!("the history of {} rooms", History::at(path.clone()).glance().len()),
            Some("crashes") => format!("{n} reports of faults"),
            Some("log") => format!("{n} log files"),
            Some("front-end") => "whether you chose the full screen or lines".into(),
            _ => "what else is remembered".into(),
        };
        found.add(format!("{what}, in {}", path.display()), At::Path(path));
    }
    for (what, path) in
        [("Your configuration", places::user()?), ("What the server on this machine keeps", places::data()?.join("server"))]
    {
        if path.exists() {
            found.notes.push(format!("{what} stays: {}", path.display()));
        }
    }
    Ok(())
}

fn children(of: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(of).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    all.sort();
    all
}

/// What an entry of the keyring is.
fn said(name: &str) -> String {
    match name.split_once(':') {
        Some(("device", profile)) => match profile.strip_suffix(":previous") {
            Some(profile) => format!("the device key that the profile {profile} had before"),
            None => format!("the device key of the profile {profile}; people who know you read KEY CHANGED afterwards"),
        },
        Some(("account", server)) => format!("your login at {server}; conclave logout also ends it there"),
        Some(("room", link)) => format!("the secret of the room {link}"),
        Some(("issuer", _)) => "the administrator's key with which you vouch for others".into(),
        Some(("proxy", proxy)) => format!("the password for the proxy {proxy}"),
        _ => format!("the entry {}", crate::text::clean(name)),
    }
}

impl Item {
    /// Deletes it.
    pub(super) fn delete(&self, keyring: &Keyring) -> Result<(), Failure> {
        match &self.at {
            At::Entry(name) => keyring.delete_secret(name).map(drop),
            At::Account(server) => keyring.delete_account(server).map(drop),
            At::Rooms(way) => History::ours()?.clear(|room| room.link.starts_with(way)).map(drop),
            At::Accepted(server) => Accepted::ours()?.keep(server, None),
            At::Server(profile, keys) => Keys::existing(profile, keyring)?.map_or(Ok(()), |known| known.forget_server(keys)),
            At::Path(path) => {
                // A link goes, and not what it leads to.
                let directory = fs::symlink_metadata(path).is_ok_and(|about| about.is_dir());
                let gone = if directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                match gone {
                    Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Failure::new(Exit::CantCreate, e.to_string())),
                    _ => Ok(()),
                }
            }
        }
    }
}
