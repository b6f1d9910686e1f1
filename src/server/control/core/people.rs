//! Who is in a room, for those who ask from outside.

use super::super::room::Occupant;
use super::super::session::ConnectionId;
use super::{Core, Now};
use crate::protocol::control::RoomMode;
use crate::protocol::people::{Kind, Person};

impl Core {
    /// Whether a connection has a session, or waits for one.
    pub(in crate::server::control) fn has(&self, connection: ConnectionId) -> bool {
        self.connections.contains_key(&connection) || self.lobby.contains_key(&connection)
    }

    /// How a room in which somebody is treats content.
    pub(in crate::server::control) fn mode(&self, room: &str) -> Option<RoomMode> {
        self.rooms.get(room).map(|r| r.mode)
    }

    /// Who is in a room, by id.
    pub(in crate::server::control) fn people(&self, now: Now, room: &str) -> Vec<Person> {
        let Some(room) = self.rooms.get(room) else { return Vec::new() };
        let person = |id: &String, occupant: &Occupant| match occupant {
            Occupant::Session(session) => {
                let session = self.sessions.get(session)?;
                let here = now.instant.saturating_duration_since(session.since).as_secs();
                let login = session.login.as_ref();
                Some(Person {
                    id: id.clone(),
                    kind: Kind::Member,
                    role: room.role(id).word().to_owned(),
                    account: login.map(|l| l.account.name.clone()),
                    connected: session.connection().is_some(),
                    since: Some(now.unix.saturating_sub(i64::try_from(here).unwrap_or(0))),
                    name: None,
                })
            }
            Occupant::LiveKit { name, .. } => Some(Person {
                id: id.clone(),
                kind: Kind::LiveKit,
                role: room.role(id).word().to_owned(),
                account: None,
                connected: true,
                since: None,
                name: Some(name.clone()),
            }),
        };
        room.members.iter().filter_map(|(id, occupant)| person(id, occupant)).collect()
    }
}
