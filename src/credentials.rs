//! Secrets of the client: the operating system's keyring, and nothing silent beside it.
//!
//! These calls wait for another process and have a runtime of their own: they must not be made from asynchronous code.

use crate::exit::{Exit, Failure};
use keyring::v1::{Entry, Error};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The service name of all our entries.
const SERVICE: &str = "conclave";
/// The entry that names the servers with accounts: a keyring cannot be listed everywhere.
const SERVERS: &str = "servers";
/// The most servers that are listed.
const MAX_SERVERS: usize = 200;

/// An account on a server, as the keyring keeps it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ServerAccount {
    /// The account's token.
    pub token: String,
    /// The server's fingerprint, if the link had one.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// The account's name there; empty if it was kept by an older version.
    #[serde(default)]
    pub name: String,
}

/// Whether this machine has a keyring at all; the reason if not. A locked one is one.
pub fn available() -> Result<(), String> {
    Entry::store_status().as_ref().map(|_| ()).map_err(ToString::to_string)
}

/// Proves with a throw-away entry that the keyring can keep a secret. A locked keyring looks empty until it is written to.
pub fn probe() -> Result<(), Failure> {
    // A name of its own: two clients may probe at once.
    let probe = entry(&format!("probe:{}", std::process::id()))?;
    probe.set_secret(b"probe").map_err(unusable)?;
    match probe.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(e) => Err(unusable(e)),
    }
}

/// A secret by its name. `None` is said only after [`probe`] has shown that the keyring is open: a locked one looks empty.
pub fn load(name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    match entry(name)?.get_secret().map(Zeroizing::new) {
        Ok(secret) => Ok(Some(secret)),
        Err(Error::NoEntry) => probe().map(|()| None),
        Err(e) => Err(unusable(e)),
    }
}

/// Keeps a secret under a name, in place of one that was there.
pub fn store(name: &str, secret: &[u8]) -> Result<(), Failure> {
    entry(name)?.set_secret(secret).map_err(unusable)
}

/// Removes a secret; whether there was one.
pub fn delete(name: &str) -> Result<bool, Failure> {
    match entry(name)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => probe().map(|()| false),
        Err(e) => Err(unusable(e)),
    }
}

/// A 32-byte key by its name, see [`load`].
pub fn load_key(name: &str) -> Result<Option<Zeroizing<[u8; 32]>>, Failure> {
    let Some(secret) = load(name)? else { return Ok(None) };
    let key = <[u8; 32]>::try_from(secret.as_slice()).map(Zeroizing::new);
    key.map(Some).map_err(|_| {
        Failure::new(
            Exit::Denied,
            format!("the keyring's entry conclave/{name} is damaged: put the right one back, or remove it"),
        )
    })
}

/// Keeps an account. `server` is the server's `https://host:port`.
pub fn store_account(server: &str, account: &ServerAccount) -> Result<(), Failure> {
    let text = serde_json::to_vec(account).map(Zeroizing::new);
    let text = text.map_err(|e| Failure::new(Exit::Internal, format!("the account cannot be written down ({e})")))?;
    store(&format!("account:{server}"), &text)?;
    let mut servers = servers()?;
    if !servers.iter().any(|s| s == server) && servers.len() < MAX_SERVERS {
        servers.push(server.to_owned());
        store_servers(&servers)?;
    }
    Ok(())
}

/// The account on a server, if there is one.
pub fn load_account(server: &str) -> Result<Option<ServerAccount>, Failure> {
    let Some(text) = load(&format!("account:{server}"))? else { return Ok(None) };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|_| Failure::new(Exit::Denied, format!("the keyring's entry for {server} is damaged; log in again")))
}

/// Forgets the account on a server; whether there was one.
pub fn delete_account(server: &str) -> Result<bool, Failure> {
    let was = delete(&format!("account:{server}"))?;
    let mut servers = servers()?;
    servers.retain(|s| s != server);
    store_servers(&servers)?;
    Ok(was)
}

/// The servers with accounts.
pub fn servers() -> Result<Vec<String>, Failure> {
    Ok(load(SERVERS)?.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default())
}

fn store_servers(servers: &[String]) -> Result<(), Failure> {
    store(SERVERS, &serde_json::to_vec(servers).unwrap_or_default())
}

fn entry(name: &str) -> Result<Entry, Failure> {
    if let Err(e) = available() {
        return Err(Failure::new(
            Exit::Denied,
            format!(
                "this machine has no keyring that can be reached ({e}); start a desktop session or a Secret Service such as gnome-keyring, or on the server's own machine work with --data DIR"
            ),
        ));
    }
    Entry::new(SERVICE, name).map_err(unusable)
}

fn unusable(e: Error) -> Failure {
    let text = match e {
        Error::NoStorageAccess(e) => format!("the keyring is locked ({e}); unlock it and try again"),
        e => format!("the keyring cannot be used ({e}); check that it runs, and try again"),
    };
    Failure::new(Exit::Denied, text)
}
