//! What this client remembers of servers whose key it pins: the keys that followed each other, and where the audit log stood.
//!
//! A key is accepted only if a link named it, or if the server announced it (as its *spare*) over a connection that was
//! authenticated by a key accepted before. Once a later key was presented, the earlier ones are over: whoever finds an old key
//! cannot play the server for clients that have seen the new one. What a link says of two keys ties them together for that link
//! only: links come from anybody.

use crate::net::{Fingerprint, Options};
use crate::protocol::audit::Link;
use serde::{Deserialize, Serialize};

/// Servers that are remembered; the one that was met first is forgotten first.
const MAX_SERVERS: usize = 1000;
/// Keys of one server that are remembered.
const MAX_KEYS: usize = 16;

/// One server: it is its keys, wherever it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Server {
    /// In the order in which they followed each other.
    keys: Vec<Fingerprint>,
    /// Which of them it presented last.
    present: usize,
    /// The newest state of its audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<Link>,
}

/// All that are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Servers(Vec<Server>);

/// What a server says of itself over an authenticated connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The key that it presents.
    pub present: Fingerprint,
    /// The one that will follow.
    pub spare: Option<Fingerprint>,
    /// Where its audit log stands.
    pub audit: Option<Link>,
}

impl Server {
    fn place(&self, key: Fingerprint) -> Option<usize> {
        self.keys.iter().position(|k| *k == key)
    }
}

impl Servers {
    fn of(&self, key: Fingerprint) -> Option<usize> {
        self.0.iter().position(|s| s.keys.contains(&key))
    }

    /// Whom to accept where a link names keys: each of them, or what has followed it.
    pub fn trusted(&self, link: Options) -> Options {
        let mut keys: Vec<Fingerprint> = Vec::new();
        for named in link.fingerprint.into_iter().chain(link.successors.iter().copied()) {
            match self.of(named).and_then(|at| self.0.get(at)) {
                Some(s) => keys.extend(s.keys.iter().skip(s.place(named).unwrap_or(0).max(s.present))),
                None => keys.push(named),
            }
        }
        let mut once = Vec::with_capacity(keys.len());
        keys.into_iter().for_each(|k| {
            if !once.contains(&k) {
                once.push(k)
            }
        });
        let mut keys = once.into_iter();
        Options { fingerprint: keys.next(), successors: keys.collect(), ..link }
    }

    /// What was last seen of the audit log of the server with this key.
    pub fn audit(&self, key: Fingerprint) -> Option<Link> {
        self.of(key).and_then(|at| self.0.get(at))?.audit
    }

    /// Whether one of the keys is a server's that is remembered.
    pub fn knows(&self, keys: &[Fingerprint]) -> bool {
        keys.iter().any(|key| self.of(*key).is_some())
    }

    /// Forgets the servers with these keys.
    pub fn forget(&mut self, keys: &[Fingerprint]) {
        self.0.retain(|server| !server.keys.iter().any(|key| keys.contains(key)));
    }

    /// Learns what a server says, over a connection on which these keys were accepted. What it says of a key that is none of
    /// them counts for nothing.
    pub fn learn(&mut self, by: &Options, said: Said) {
        if !by.names(said.present) {
            return;
        }
        let spare = said.spare.filter(|s| self.of(*s).is_none_or(|at| Some(at) == self.of(said.present)));
        let at = self.of(said.present).unwrap_or_else(|| {
            if self.0.len() >= MAX_SERVERS {
                self.0.remove(0);
            }
            self.0.push(Server { keys: vec![said.present], ..Server::default() });
            self.0.len() - 1
        });
        let Some(server) = self.0.get_mut(at) else { return };
        server.present = server.place(said.present).unwrap_or(0);
        server.keys.truncate(server.present + 1);
        server.keys.extend(spare.filter(|s| !server.keys.contains(s)));
        let over = server.keys.len().saturating_sub(MAX_KEYS);
        server.keys.drain(..over);
        server.present = server.present.saturating_sub(over);
        server.audit = said.audit;
    }
}

/// What a client makes of the audit log that a server announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Nothing is to be asked: it is the first that we hear of it, or what we know.
    None,
    /// It went back, or is gone, or the same entry has another hash.
    Rewritten,
    /// Whether what we saw is still in it: entry so and so.
    Ask(Link),
}

/// Compares what was seen with what is announced.
pub fn compare(seen: Option<Link>, announced: Option<Link>) -> Question {
    match (seen, announced) {
        (None, _) => Question::None,
        (Some(seen), Some(now)) if now == seen => Question::None,
        (Some(seen), Some(now)) if now.count > seen.count => Question::Ask(seen),
        (Some(_), _) => Question::Rewritten,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::audit::Hash;

    fn key(n: u8) -> Fingerprint {
        Fingerprint::of_spki(&[n])
    }

    fn link(first: u8, spare: &[u8]) -> Options {
        Options { successors: spare.iter().map(|n| key(*n)).collect(), ..Options::pinned(Some(key(first))) }
    }

    fn said(present: u8, spare: u8) -> Said {
        Said { present: key(present), spare: Some(key(spare)), audit: None }
    }

    #[test]
    fn keys_follow_each_other_and_never_come_back() {
        let mut s = Servers::default();
        assert_eq!(s.trusted(link(1, &[])), link(1, &[]), "unknown: the link alone");
        s.learn(&link(1, &[]), said(1, 2));
        // The old link after a rotation: the spare is accepted, and its word for the next one.
        assert_eq!(s.trusted(link(1, &[])), link(1, &[2]));
        s.learn(&s.trusted(link(1, &[])), said(2, 3));
        assert_eq!(s.trusted(link(1, &[])), link(2, &[3]), "the first key is over");
        assert_eq!(s.trusted(link(1, &[2])), link(2, &[3]));
        s.learn(&s.trusted(link(1, &[])), said(3, 4));
        assert_eq!(s.trusted(link(2, &[3])), link(3, &[4]));
        // Another spare than was announced before: the newest word counts.
        s.learn(&s.trusted(link(3, &[])), said(3, 5));
        assert_eq!(s.trusted(link(3, &[])), link(3, &[5]));
        // A link that was made before the first rotation, and first used after it, works after the next one too.
        s.learn(&link(8, &[9]), said(9, 10));
        s.learn(&s.trusted(link(8, &[9])), said(9, 10));
        s.learn(&s.trusted(link(8, &[9])), said(10, 11));
        assert_eq!(s.trusted(link(8, &[9])), link(8, &[10, 11]));
    }

    #[test]
    fn what_a_server_says_counts_only_by_the_key_that_it_was_known_by() {
        let mut s = Servers::default();
        s.learn(&link(1, &[]), said(2, 3)); // it speaks of another key than it has
        s.learn(&Options::default(), said(1, 2)); // an authority's word for a name pins nothing
        assert_eq!(s, Servers::default());
        assert_eq!(s.trusted(Options::default()), Options::default());
        // A link of a stranger's that names the right key and theirs changes nothing for the right key.
        s.learn(&link(1, &[]), said(1, 2));
        s.learn(&s.trusted(link(1, &[66])), said(66, 67));
        assert_eq!(s.trusted(link(1, &[])), link(1, &[2]));
        // Nor may they claim our server's spare as theirs.
        s.learn(&link(66, &[]), said(66, 2));
        s.learn(&s.trusted(link(1, &[])), said(2, 3));
        assert_eq!((s.trusted(link(1, &[])), s.trusted(link(66, &[]))), (link(2, &[3]), link(66, &[])));
        for n in 100..200 {
            s.learn(&link(n, &[n + 1]), said(n, n + 1));
        }
        assert!(s.0.iter().all(|s| s.keys.len() <= MAX_KEYS));
        assert_eq!(s.trusted(link(195, &[])), link(199, &[200]));
        assert_eq!(serde_json::from_str::<Servers>(&serde_json::to_string(&s).unwrap()).unwrap(), s);
    }

    #[test]
    fn a_server_is_forgotten_by_any_of_its_keys() {
        let mut s = Servers::default();
        s.learn(&link(1, &[]), said(1, 2));
        s.learn(&link(5, &[]), said(5, 6));
        assert!(s.knows(&[key(9), key(2)]) && !s.knows(&[key(9)]));
        s.forget(&[key(2)]);
        assert!(!s.knows(&[key(1), key(2)]) && s.knows(&[key(6)]));
    }

    #[test]
    fn a_log_may_only_grow() {
        let at = |count, n| Some(Link { count, head: Hash([n; 32]) });
        assert_eq!(compare(None, at(5, 1)), Question::None);
        assert_eq!(compare(at(5, 1), at(5, 1)), Question::None);
        assert_eq!(compare(at(5, 1), at(9, 2)), Question::Ask(at(5, 1).unwrap()));
        for now in [at(5, 2), at(4, 1), None] {
            assert_eq!(compare(at(5, 1), now), Question::Rewritten);
        }
    }
}
