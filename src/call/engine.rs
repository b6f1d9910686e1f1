//! The actor that owns a call. (Stand-in of the front-end branch: the founder's file replaces it in the merge.)

use super::{Envelope, Request, State};

/// To come.
#[derive(Debug)]
pub struct Engine;

/// A running call as a front end sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(crate) requests: tokio::sync::mpsc::Sender<Request>,
    pub(crate) events: tokio::sync::broadcast::Sender<Envelope>,
    pub(crate) state: tokio::sync::watch::Receiver<State>,
}

impl Handle {
    /// Sends a request; `false` if the call is over. Never blocks: a full queue (64) drops and returns false.
    pub fn send(&self, request: impl Into<Request>) -> bool {
        self.requests.try_send(request.into()).is_ok()
    }

    /// The state now and every event after it. If a reader lags, `Lagged` is reported by broadcast: read `state()` again.
    pub fn attach(&self) -> (State, tokio::sync::broadcast::Receiver<Envelope>) {
        let events = self.events.subscribe();
        (self.state.borrow().clone(), events)
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }
}
