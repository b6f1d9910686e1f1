//! Servers that nobody vouches for and whose key the user accepted at the first meeting: what `known_hosts` is to ssh. A file
//! of the user's alone; it is not bound to a device, because commands without one need it too.

use crate::exit::{Exit, Failure};
use crate::net::Fingerprint;
use crate::private_file;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Servers that are remembered; a list that is full takes nobody more.
const MOST: usize = 1000;
/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The file's content: `host:port` and the key.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    servers: BTreeMap<String, Fingerprint>,
}

/// Where they are kept.
#[derive(Debug, Clone)]
pub struct Accepted(PathBuf);

impl Accepted {
    /// This user's.
    ///
    /// # Errors
    /// There is no home.
    pub fn ours() -> Result<Self, Failure> {
        Ok(Self::at(crate::places::data()?.join("trust")))
    }

    /// In a directory.
    pub fn at(directory: PathBuf) -> Self {
        Self(directory)
    }

    fn file(&self) -> PathBuf {
        self.0.join("accepted.json")
    }

    fn read(&self) -> Result<Content, Failure> {
        let bad = |e: &dyn std::fmt::Display| {
            let text = format!(
                "{} cannot be read ({e}), so servers that you accepted cannot be told from others; put it right, or remove it and accept them anew",
                self.file().display()
            );
            Failure::new(Exit::Config, text)
        };
        match private_file::read(&self.file(), LARGEST).map_err(|e| bad(&e))? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|e| bad(&e)),
            None => Ok(Content::default()),
        }
    }

    /// The key that was accepted of a server (`host:port`).
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn key(&self, server: &str) -> Result<Option<Fingerprint>, Failure> {
        Ok(self.read()?.servers.get(server).copied())
    }

    /// Remembers a server's key; `None` forgets the server.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn keep(&self, server: &str, key: Option<Fingerprint>) -> Result<(), Failure> {
        let cannot = |e: io::Error| {
            let text = format!("the server's key cannot be written down in {} ({e})", self.file().display());
            Failure::new(Exit::CantCreate, text)
        };
        let _lock = private_file::lock(&self.0).map_err(cannot)?;
        let mut content = self.read()?;
        match key {
            Some(key) if content.servers.len() < MOST || content.servers.contains_key(server) => {
                content.servers.insert(server.to_owned(), key);
            }
            Some(_) => return Err(cannot(io::Error::other("there are too many; conclave forget SERVER makes room"))),
            None => drop(content.servers.remove(server)),
        }
        let bytes = serde_json::to_vec(&content).map_err(|e| cannot(e.into()))?;
        private_file::replace(&self.file(), &bytes).map_err(cannot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_remembered_forgotten_and_never_lost_in_silence() {
        let dir = tempfile::tempdir().unwrap();
        let accepted = Accepted::at(dir.path().join("trust"));
        let (one, two) = (Fingerprint::of_spki(b"1"), Fingerprint::of_spki(b"2"));
        assert_eq!(accepted.key("h:443").unwrap(), None);
        accepted.keep("h:443", Some(one)).unwrap();
        accepted.keep("h:8443", Some(two)).unwrap();
        assert_eq!((accepted.key("h:443").unwrap(), accepted.key("h:8443").unwrap()), (Some(one), Some(two)));
        accepted.keep("h:443", None).unwrap();
        assert_eq!((accepted.key("h:443").unwrap(), accepted.key("h:8443").unwrap()), (None, Some(two)));
        std::fs::write(dir.path().join("trust/accepted.json"), "{").unwrap();
        assert_eq!(accepted.key("h:8443").unwrap_err().exit, Exit::Config);
        assert_eq!(accepted.keep("h:1", Some(one)).unwrap_err().exit, Exit::Config, "what was there is not written over");
    }
}
