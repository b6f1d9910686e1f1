//! Secrets of the client: the operating system's keyring, and nothing silent beside it.
//!
//! These calls wait for another process and have a runtime of their own: they must not be made from asynchronous code.

use crate::exit::{Exit, Failure};
use keyring::v1::{Entry, Error};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The service name of all our entries.
const SERVICE: &str = "conclave";

/// An account on a server, as the keyring keeps it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ServerAccount {
    /// The account's token.
    pub token: String,
    /// The server's fingerprint, if the owner link had one.
    #[serde(default)]
    pub fingerprint: Option<String>,
}

/// Proves with a throw-away entry that the keyring can keep a secret. A locked keyring looks empty until it is written to.
pub fn probe() -> Result<(), Failure> {
    let probe = entry("probe")?;
    probe.set_secret(b"probe").map_err(unusable)?;
    probe.delete_credential().map_err(unusable)
}

/// Keeps an account. `server` is the server's `https://host:port`.
pub fn store_account(server: &str, account: &ServerAccount) -> Result<(), Failure> {
    let text = serde_json::to_vec(account).map(Zeroizing::new);
    let text = text.map_err(|e| Failure::new(Exit::Internal, format!("the account cannot be written down ({e})")))?;
    entry(&format!("account:{server}"))?.set_secret(&text).map_err(unusable)
}

/// The account on a server, if there is one.
pub fn load_account(server: &str) -> Result<Option<ServerAccount>, Failure> {
    match entry(&format!("account:{server}"))?.get_secret().map(Zeroizing::new) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| {
            Failure::new(Exit::Denied, format!("the keyring's entry for {server} is damaged; log in again with a new owner link"))
        }),
        Err(Error::NoEntry) => probe().map(|()| None),
        Err(e) => Err(unusable(e)),
    }
}

fn entry(name: &str) -> Result<Entry, Failure> {
    if let Err(e) = Entry::store_status() {
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
