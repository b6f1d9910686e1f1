//! What crossed between the clients and this deployment, and waiting for it.

use super::stanza;
use minidom::Element;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How long a test waits for something that has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    FromClient,
    ToClient,
}

/// What the bridge saw of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    /// ICE and DTLS are up.
    Connected,
    /// Its first packet of sound arrived.
    Heard,
    /// Its channel to the bridge is open.
    Channel,
}

#[derive(Default)]
struct State {
    /// XMPP frames with the number of their websocket.
    frames: Vec<(usize, Way, String)>,
    /// Whose websocket a number is, from its first presence to a room, or from the session that it resumes.
    names: HashMap<usize, String>,
    /// Sessions that may be resumed, and the websocket on which they began.
    resumable: HashMap<String, usize>,
    /// Messages of bridge channels, by endpoint.
    colibri: Vec<(String, Way, Value)>,
    media: Vec<(String, Media)>,
    /// `Authorization` headers of conference requests by HTTP.
    bearers: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Record {
    state: Mutex<State>,
    news: Condvar,
}

impl Record {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn frame(&self, connection: usize, way: Way, text: &str) {
        let mut state = self.lock();
        let told = ["<presence", "<enabled", "<resume"].iter().any(|start| text.starts_with(start));
        if let Some(stanza) = told.then(|| stanza::parse(text)).flatten() {
            match (stanza.name(), way) {
                ("presence", Way::FromClient) => {
                    let nick = stanza::resource(stanza::attr(&stanza, "to"));
                    if !nick.is_empty() {
                        state.names.insert(connection, nick.to_owned());
                    }
                }
                ("enabled", Way::ToClient) => drop(state.resumable.insert(stanza::attr(&stanza, "id").to_owned(), connection)),
                ("resume", Way::FromClient) => {
                    let began = state.resumable.get(stanza::attr(&stanza, "previd")).copied();
                    if let Some(nick) = began.and_then(|began| state.names.get(&began).cloned()) {
                        state.names.insert(connection, nick);
                    }
                }
                _ => {}
            }
        }
        state.frames.push((connection, way, text.to_owned()));
        self.news.notify_all();
    }

    pub(crate) fn colibri(&self, endpoint: &str, way: Way, message: &Value) {
        self.lock().colibri.push((endpoint.to_owned(), way, message.clone()));
        self.news.notify_all();
    }

    pub(crate) fn media(&self, endpoint: &str, media: Media) {
        self.lock().media.push((endpoint.to_owned(), media));
        self.news.notify_all();
    }

    pub(crate) fn bearer(&self, bearer: &str) {
        self.lock().bearers.push(bearer.to_owned());
    }

    pub(crate) fn bearers(&self) -> Vec<String> {
        self.lock().bearers.clone()
    }

    /// The numbers of somebody's websockets, the latest last.
    pub(crate) fn connections(&self, nick: &str) -> Vec<usize> {
        let mut all: Vec<usize> = self.lock().names.iter().filter(|(_, name)| *name == nick).map(|(c, _)| *c).collect();
        all.sort_unstable();
        all
    }

    /// Everybody who has sent presence to a room, in the order of connecting.
    pub(crate) fn nicks(&self) -> Vec<String> {
        let mut all: Vec<(usize, String)> = self.lock().names.iter().map(|(c, n)| (*c, n.clone())).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, nick)| nick).collect()
    }

    /// The stanzas that somebody sent or was sent.
    pub(crate) fn stanzas(&self, nick: &str, way: Way) -> Vec<Element> {
        let state = self.lock();
        let theirs = |c: &usize| state.names.get(c).is_some_and(|name| name == nick);
        state.frames.iter().filter(|(c, w, _)| theirs(c) && *w == way).filter_map(|(.., text)| stanza::parse(text)).collect()
    }

    /// The stanzas that anybody sent or was sent.
    pub(crate) fn all(&self, way: Way) -> Vec<Element> {
        self.lock().frames.iter().filter(|(_, w, _)| *w == way).filter_map(|(.., text)| stanza::parse(text)).collect()
    }

    /// The messages of somebody's bridge channel.
    pub(crate) fn channel(&self, nick: &str, way: Way) -> Vec<Value> {
        self.lock().colibri.iter().filter(|(n, w, _)| n == nick && *w == way).map(|(.., m)| m.clone()).collect()
    }

    /// How often the bridge saw that.
    pub(crate) fn count(&self, nick: &str, media: Media) -> usize {
        self.lock().media.iter().filter(|(n, m)| n == nick && *m == media).count()
    }

    /// Waits until there is an answer.
    pub(crate) fn wait<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?}");
            // What comes between the look and this wait is seen a moment later.
            let state = self.lock();
            drop(self.news.wait_timeout(state, left.min(Duration::from_millis(50))).unwrap());
        }
    }
}
