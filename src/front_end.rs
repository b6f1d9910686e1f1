//! What the three front ends share: how a call ends for them, standard input and output on threads of their own
//! ([`stdio`]), and the words in which events are told ([`words`]).

#[cfg(unix)]
pub mod keyboard;
#[cfg(not(unix))]
#[path = "front_end/keyboard/elsewhere.rs"]
pub mod keyboard;
#[cfg(target_os = "linux")]
pub mod screen_lock;
pub mod stdio;
#[cfg(unix)]
pub mod suspend;
#[cfg(not(unix))]
#[path = "front_end/suspend/elsewhere.rs"]
pub mod suspend;
pub mod words;

use crate::call::engine::Outcome;
use crate::call::{Handle, LeaveReason, State};
use crate::exit::Exit;
use std::time::Duration;

/// How long a front end waits for the call to end after it asked for it, and for its last line to be written.
pub const LEAVE_LIMIT: Duration = Duration::from_secs(3);

/// Why a front end returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The call is over and its last event was shown; [`crate::call::State::left`] has the reason, the event the code.
    Left {
        /// The exit code of [`Event::Left`].
        code: u8,
    },
    /// The call did not end within [`LEAVE_LIMIT`] after the user asked to leave, or asked twice.
    Abandoned,
    /// A panic, which was reported on standard error; the call was ended.
    Fault,
    /// Nobody reads standard output any more, or the terminal is gone; the call was ended.
    Gone,
}

/// The exit code and the sentence of a call that was over before the front end saw it.
pub fn over(state: &State) -> Option<(u8, String)> {
    let (reason, text) = state.left.as_ref()?;
    let exit = match reason {
        LeaveReason::Left
        | LeaveReason::Duration
        | LeaveReason::FrontEndGone
        | LeaveReason::Condition
        | LeaveReason::Detached => Exit::Ok,
        LeaveReason::Signal => Exit::Terminated,
        LeaveReason::Removed | LeaveReason::Replaced => Exit::Removed,
        LeaveReason::RoomEnded => Exit::RoomEnded,
        LeaveReason::ServerShutdown => Exit::Unavailable,
        LeaveReason::NetworkLost => Exit::TempFail,
        LeaveReason::Failed => Exit::Other,
    };
    Some((exit as u8, crate::text::clean(text)))
}

/// Ends the call because nobody sees it any more.
pub(crate) fn gone(handle: &Handle) -> Ended {
    let text = "Nobody reads the output any more.".into();
    handle.end(Outcome { reason: LeaveReason::FrontEndGone, exit: Exit::Ok, text });
    Ended::Gone
}

/// Writes one line: [`write`].
///
/// # Errors
/// As there.
pub async fn put(handle: &Handle, output: &stdio::Output, mut line: String) -> Result<(), Ended> {
    line.push('\n');
    write(handle, output, line).await
}

/// Writes text. A reader that stands still holds the front end here (the engine goes on and reports lost events),
/// but only while the call lives.
///
/// # Errors
/// How the front end ends if the line cannot be written; the call was ended.
pub async fn write(handle: &Handle, output: &stdio::Output, text: String) -> Result<(), Ended> {
    let mut writing = std::pin::pin!(output.text(text));
    loop {
        match tokio::time::timeout(LEAVE_LIMIT, &mut writing).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(stdio::Gone)) => return Err(gone(handle)),
            Err(_) if handle.state().left.is_some() => return Err(Ended::Abandoned),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
pub(crate) mod fake {
    //! A call without an engine: what a front end sends is read from a queue, and the test says what happens.

    use crate::call::{Envelope, Event, Handle, Peer, PeerId, PeerKind, Request, SCHEMA_VERSION, Security};
    use tokio::sync::mpsc;

    pub(crate) struct Fake {
        pub(crate) requests: mpsc::Receiver<Request>,
        handle: Handle,
        seq: u64,
    }

    pub(crate) fn call() -> (Handle, Fake) {
        let (handle, requests) = Handle::fake("Me");
        (handle.clone(), Fake { requests, handle, seq: 0 })
    }

    pub(crate) fn id(s: &str) -> PeerId {
        PeerId(s.into())
    }

    pub(crate) fn peer(id: &str, name: &str) -> Peer {
        Peer { name: name.into(), ..Peer::unnamed(PeerId(id.into()), PeerKind::Member) }
    }

    pub(crate) fn envelope(seq: u64, event: Event) -> Envelope {
        Envelope { v: SCHEMA_VERSION, t: format!("2026-11-23T10:02:{:02}.000Z", seq % 60), seq, marking: None, event }
    }

    pub(crate) fn joined(room: &str) -> Event {
        let security = Security::TransportOnly;
        Event::Joined {
            room: room.into(),
            me: id("me"),
            name: "Me".into(),
            security,
            security_text: security.words().into(),
            passphrase: false,
            unavailable: Default::default(),
        }
    }

    pub(crate) fn left() -> Event {
        Event::Left { reason: crate::call::LeaveReason::Left, code: 0, text: "You left the call.".into() }
    }

    impl Fake {
        pub(crate) fn emit(&mut self, event: Event) {
            self.seq += 1;
            self.handle.happen(envelope(self.seq, event.clone()).t, event);
        }
    }
}
