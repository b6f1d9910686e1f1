//! Secrets of the client, and where they are kept: the operating system's keyring, or what the user chose in its place.
//!
//! The order of stores is in [`Keyring::open`] and nowhere else. There is no plain file: what is kept nowhere is said aloud.
//! These calls wait for other processes and for the user, and some have a runtime of their own: they must not be made
//! from asynchronous code.

mod entries;
mod vault;

use crate::exit::{Exit, Failure};
use crate::protocol::control::RoomMode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vault::Vault;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The entry that names the servers with accounts: a keyring cannot be listed everywhere.
const SERVERS: &str = "servers";
/// The most servers that are listed.
const MAX_SERVERS: usize = 200;
/// What to do where there is no keyring.
const ALTERNATIVES: &str = "--keyring vault (a file that a passphrase opens) and --keyring kernel (until you log out or the machine restarts) do without";

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Place {
    /// The desktop's keyring; without one, the vault if there is one; else nowhere.
    #[default]
    Auto,
    /// The desktop's keyring.
    System,
    /// The kernel's keyring, which forgets at logout or restart.
    Kernel,
    /// An encrypted file with a passphrase.
    Vault,
    /// Nowhere.
    None,
}

/// Where the vault's passphrase comes from.
pub struct Passphrase {
    /// It was given.
    pub given: Option<Zeroizing<String>>,
    /// Asks the user, once for a vault that is there and twice for a new one; fails where nobody may be asked.
    pub ask: fn(&str) -> Result<Zeroizing<String>, Failure>,
}

/// One way to keep secrets under names.
trait Store {
    /// Where it is, as it stands after "in".
    fn place(&self) -> String;
    /// A secret. `None` is said only where the store is known to be open.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure>;
    /// Keeps a secret in place of one that was there.
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), Failure>;
    /// Removes a secret; whether there was one.
    fn delete(&self, name: &str) -> Result<bool, Failure>;
    /// The names under which it keeps something, as far as they are known.
    fn names(&self) -> Result<Vec<String>, Failure>;
    /// Shows by writing that it can keep something.
    fn prove(&self) -> Result<(), Failure>;
    /// The next use of it asks the user for a passphrase.
    fn asks(&self) -> bool {
        false
    }
}

/// Where this process keeps its secrets.
pub struct Keyring {
    /// The store, or why there is none.
    store: Result<Box<dyn Store>, String>,
    lasts: bool,
}

/// An account on a server, as the keyring keeps it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ServerAccount {
    /// The account's token.
    pub token: String,
    /// The server's fingerprint, if the link had one.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// The fingerprint of the key that will follow, if the server said it at the login.
    #[serde(default)]
    pub spare: Option<String>,
    /// The account's name there; empty if it was kept by an older version.
    #[serde(default)]
    pub name: String,
    /// The rooms that this user made there, and what each of them is to be: the server's word for that does not count.
    #[serde(default)]
    #[zeroize(skip)]
    pub rooms: BTreeMap<String, RoomMode>,
}

impl Keyring {
    /// Opens the store that was asked for. `Auto`: the vault if its passphrase was given; else the desktop's keyring if the
    /// machine has one, locked or not; else the vault if there is one; else nothing, which is not an error yet.
    pub fn open(place: Place, passphrase: Passphrase) -> Result<Self, Failure> {
        let kept = |store: Box<dyn Store>| Ok(Self { store: Ok(store), lasts: place != Place::Kernel });
        let nowhere = |why: String| Ok(Self { store: Err(why), lasts: false });
        match place {
            Place::System => match entries::system() {
                Ok(entries) => kept(Box::new(entries)),
                Err(why) => Err(no_keyring(&why)),
            },
            Place::Kernel => kept(Box::new(entries::kernel()?)),
            Place::Vault => kept(Box::new(Vault::new(passphrase)?)),
            Place::None => nowhere("--keyring none keeps nothing".into()),
            Place::Auto if passphrase.given.is_some() => kept(Box::new(Vault::new(passphrase)?)),
            Place::Auto => match entries::system() {
                Ok(entries) => kept(Box::new(entries)),
                Err(_) if Vault::exists() => kept(Box::new(Vault::new(passphrase)?)),
                Err(why) => nowhere(format!("this machine has no keyring ({why}); {ALTERNATIVES}")),
            },
        }
    }

    /// Whether there is a store at all; the reason if not. A locked one is one.
    pub fn available(&self) -> Result<(), &str> {
        self.store.as_ref().map(|_| ()).map_err(String::as_str)
    }

    /// Where secrets are, as it stands after "in".
    pub fn place(&self) -> String {
        self.store.as_ref().map_or_else(|_| "memory only".into(), |s| s.place())
    }

    /// `false`: what is kept is lost at logout or restart, or at once.
    pub fn lasts(&self) -> bool {
        self.lasts
    }

    /// The next use of it asks the user for a passphrase.
    pub fn asks(&self) -> bool {
        self.store.as_ref().is_ok_and(|s| s.asks())
    }

    /// Proves by writing that it can keep a secret. A locked keyring looks empty until it is written to.
    pub fn prove(&self) -> Result<(), Failure> {
        self.store()?.prove()
    }

    /// A secret by its name. `None` is said only by an open keyring: a locked one is an error.
    pub fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.store()?.get(name)
    }

    /// Keeps a secret under a name, in place of one that was there.
    pub fn store_secret(&self, name: &str, secret: &[u8]) -> Result<(), Failure> {
        self.store()?.set(name, secret)
    }

    /// The names of all secrets, those apart that only name others. What was kept before there was a list of names is not known, but
    /// for accounts.
    pub fn names(&self) -> Result<Vec<String>, Failure> {
        let mut names = self.store()?.names()?;
        names.extend(self.servers()?.iter().map(|server| account_entry(server)));
        names.retain(|name| name != SERVERS);
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Removes a secret; whether there was one.
    pub fn delete_secret(&self, name: &str) -> Result<bool, Failure> {
        self.store()?.delete(name)
    }

    /// A 32-byte key by its name, see [`Keyring::load`].
    pub fn load_key(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, Failure> {
        let Some(secret) = self.load(name)? else { return Ok(None) };
        let key = <[u8; 32]>::try_from(secret.as_slice()).map(Zeroizing::new);
        key.map(Some).map_err(|_| {
            let text = format!("the entry conclave/{name} in {} is damaged: put the right one back, or remove it", self.place());
            Failure::new(Exit::Denied, text)
        })
    }

    /// Keeps an account. `server` is the server's `https://host:port`.
    pub fn store_account(&self, server: &str, account: &ServerAccount) -> Result<(), Failure> {
        let text = serde_json::to_vec(account).map(Zeroizing::new);
        let text = text.map_err(|e| Failure::new(Exit::Internal, format!("the account cannot be written down ({e})")))?;
        self.store_secret(&account_entry(server), &text)?;
        let mut servers = self.servers()?;
        if !servers.iter().any(|s| s == server) && servers.len() < MAX_SERVERS {
            servers.push(server.to_owned());
            self.store_servers(&servers)?;
        }
        Ok(())
    }

    /// The account on a server, if there is one.
    pub fn load_account(&self, server: &str) -> Result<Option<ServerAccount>, Failure> {
        let Some(text) = self.load(&account_entry(server))? else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|_| {
            let text = format!("the entry for {server} in {} is damaged; log in again", self.place());
            Failure::new(Exit::Denied, text)
        })
    }

    /// Forgets the account on a server; whether there was one.
    pub fn delete_account(&self, server: &str) -> Result<bool, Failure> {
        let was = self.store()?.delete(&account_entry(server))?;
        let mut servers = self.servers()?;
        servers.retain(|s| s != server);
        match servers.is_empty() {
            true => drop(self.delete_secret(SERVERS)?),
            false => self.store_servers(&servers)?,
        }
        Ok(was)
    }

    /// The servers with accounts.
    pub fn servers(&self) -> Result<Vec<String>, Failure> {
        Ok(self.load(SERVERS)?.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default())
    }

    fn store_servers(&self, servers: &[String]) -> Result<(), Failure> {
        self.store_secret(SERVERS, &serde_json::to_vec(servers).unwrap_or_default())
    }

    fn store(&self) -> Result<&dyn Store, Failure> {
        self.store.as_deref().map_err(|why| Failure::new(Exit::Denied, format!("there is nowhere to keep secrets: {why}")))
    }
}

/// The vault's file, if there is one.
pub fn vault() -> Option<std::path::PathBuf> {
    Vault::found()
}

fn account_entry(server: &str) -> String {
    format!("account:{server}")
}

fn no_keyring(why: &str) -> Failure {
    let text = format!(
        "this machine has no keyring that can be reached ({why}); start a desktop session or a Secret Service such as gnome-keyring; {ALTERNATIVES}"
    );
    Failure::new(Exit::Denied, text)
}
