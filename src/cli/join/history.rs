//! The history of rooms, as a call uses it: what is known of the room before, and a note once it is joined.

use crate::backend::link::{Link, Scheme};
use crate::call::{Envelope, Event, Phase, State};
use crate::cli::secrecy::Kept;
use crate::history::{self, History, Room, Secret, Way};
use crate::net::dial;
use crate::net::ladder::Rung;
use crate::trust::unix_now;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What is known, and whether more may be.
pub(super) struct Memory {
    history: Option<History>,
    rooms: Vec<Room>,
    /// This call is noted.
    notes: bool,
    /// A room's secret goes to the keyring.
    keep_secret: bool,
}

/// A call that will be noted when it is joined.
pub(crate) struct Note {
    history: History,
    room: Room,
    link: Link,
}

impl Memory {
    /// `notes`: a person is in the call, and not a program, which has books of its own.
    pub(super) fn open(none: bool, notes: bool, keep_secret: bool) -> Self {
        let history = if none { None } else { History::ours().ok() };
        let rooms = history.as_ref().map(History::glance).unwrap_or_default();
        Self { history, rooms, notes, keep_secret }
    }

    /// The link of a room that goes by a name.
    pub(super) fn named(&self, name: &str, server: Option<&Link>) -> Option<Link> {
        let named = history::names(&self.rooms, server);
        named.into_iter().find(|(n, _)| n == name).and_then(|(_, room)| room.parsed().ok())
    }

    /// What is known of the room that a link leads to.
    pub(super) fn of(&self, link: &Link) -> Option<&Room> {
        self.rooms.iter().find(|r| r.parsed().is_ok_and(|known| known.display() == link.display()))
    }

    /// How sound got to the server from here the last time.
    pub(super) fn way(&self, link: &Link) -> Option<Rung> {
        history::way(&self.rooms, link, dial::network()?, i64::try_from(unix_now()).unwrap_or_default())
    }

    /// What is to be done about the room's secret.
    pub(super) fn secret(&self, link: &Link) -> Kept {
        match (self.keep_secret, self.of(link).map(|r| r.secret)) {
            (true, _) => Kept::Store,
            (false, Some(Secret::Kept)) => Kept::Load,
            (false, _) => Kept::No,
        }
    }

    /// What will be noted of this call, and what the user should know before it: a sentence.
    pub(super) fn note(self, link: &Link, name: &str, has_secret: bool) -> (Option<Note>, Option<&'static str>) {
        let known = self.of(link).map(|r| r.secret).unwrap_or_default();
        let secret = match () {
            () if link.scheme == Scheme::LiveKit => Secret::Token,
            () if has_secret && (self.keep_secret || known == Secret::Kept) => Secret::Kept,
            () if has_secret => Secret::Given,
            () if link.invite.is_some() => Secret::Invite,
            // Let in without it this time; it is needed all the same.
            () => known,
        };
        let unsaid = !has_secret && !link.has_secret() && link.token.is_none();
        let missing = self.of(link).filter(|_| unsaid).and_then(Room::missing);
        let room = Room::of(link, &link.room, name, secret, i64::try_from(unix_now()).unwrap_or_default());
        let note = self.history.filter(|_| self.notes).map(|history| Note { history, room, link: link.clone() });
        (note, missing)
    }
}

impl Note {
    /// Where it will be written: made now, so that a sandbox can leave it open. Why not, if that is impossible.
    pub(super) fn place(&self) -> std::io::Result<std::path::PathBuf> {
        crate::private_file::directory(self.history.directory())?;
        Ok(self.history.directory().to_owned())
    }

    /// Waits until the room is joined, and notes it; and when the call is over, how sound got there.
    pub(super) async fn when_joined(self, (mut state, mut events): (State, Receiver<Envelope>)) {
        while state.phase != Phase::Joined {
            match events.recv().await {
                Ok(Envelope { event: Event::Left { .. }, .. }) | Err(RecvError::Closed) => return,
                Ok(envelope) => state.apply(&envelope.event),
                Err(RecvError::Lagged(_)) => {}
            }
        }
        let Self { history, room, link } = self;
        // LiveKit's token names the room, and no link does.
        let room = if link.room.is_empty() { Room::of(&link, &state.room, &room.name, room.secret, room.last) } else { room };
        let (noted, noting) = (room.clone(), history.clone());
        if let Ok(Err(e)) = tokio::task::spawn_blocking(move || noting.note(noted)).await {
            tracing::warn!("this call is not noted: {e}");
            return;
        }
        let mut rung = state.transport;
        loop {
            match events.recv().await {
                Ok(Envelope { event: Event::Transport { rung: now, ok: true, .. }, .. }) => rung = Some(now),
                Ok(Envelope { event: Event::Left { .. }, .. }) | Err(RecvError::Closed) => break,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            }
        }
        let Some((rung, network)) = rung.zip(dial::network()) else { return };
        let way = Way { rung, network, at: i64::try_from(unix_now()).unwrap_or_default() };
        if let Ok(Err(e)) = tokio::task::spawn_blocking(move || history.came_by(&room, way)).await {
            tracing::warn!("how sound got there is not noted: {e}");
        }
    }
}
