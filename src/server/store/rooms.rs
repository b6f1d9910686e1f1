//! How rooms are kept: their rules, the roles that accounts have in them, who is banned, and, of a meeting that the server's end
//! may interrupt, what people are in it.

use super::accounts::nobody;
use super::{Store, broken};
use crate::exit::{Exit, Failure};
use crate::protocol::api::RoomChange;
use crate::protocol::control::MemberId;
use crate::protocol::room::{RoomRole, Rules};
use crate::server::control::room::{Barred, Kept};
use sqlx::Row as _;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr as _;

/// The step that brings the tables.
pub(super) const MIGRATION: &str = "
    -- JSON, see protocol::room::Rules. `used`: when somebody was last seen in the room.
    ALTER TABLE rooms ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE rooms ADD COLUMN used INTEGER;
    -- Counts the changes of rules, roles and bans, so that a running server sees that there were some.
    ALTER TABLE rooms ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE room_roles (
        room TEXT NOT NULL REFERENCES rooms (name) ON DELETE CASCADE,
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, role TEXT NOT NULL, PRIMARY KEY (room, account)
    ) STRICT;
    CREATE TABLE room_bans (
        room TEXT NOT NULL REFERENCES rooms (name) ON DELETE CASCADE, who TEXT NOT NULL, account INTEGER NOT NULL,
        created INTEGER NOT NULL, PRIMARY KEY (room, who)
    ) STRICT;
    -- Also of rooms of a development server, which are not in `rooms`.
    CREATE TABLE seats (
        room TEXT NOT NULL, member TEXT NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (room, member)
    ) STRICT;
";

/// How many bans of a room are kept; the oldest end when there is one more.
const MAX_BANS: i64 = 4096;
/// How long a meeting that the server's end interrupted can go on, in seconds: keys are made for one call.
const SEAT_SECONDS: i64 = 24 * 3600;
const DAY: i64 = 24 * 3600;

fn no_room(name: &str) -> Failure {
    Failure::new(Exit::Unavailable, format!("there is no room {}; see 'conclave rooms list'", crate::text::clean(name)))
}

impl Store {
    /// A room's rules. [`Exit::Unavailable`] if there is no such room.
    pub async fn rules(&self, room: &str) -> Result<Rules, Failure> {
        self.rules_if_there(room).await?.ok_or_else(|| no_room(room))
    }

    async fn rules_if_there(&self, room: &str) -> Result<Option<Rules>, Failure> {
        let row: Option<String> = sqlx::query_scalar("SELECT rules FROM rooms WHERE name = ?")
            .bind(room)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        let unreadable = |_: serde_json::Error| {
            Failure::new(Exit::Config, format!("room {room} has rules that this version does not know; update it"))
        };
        row.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
    }

    /// Has a room kept otherwise. [`Exit::Data`] if the rules make no sense, [`Exit::Unavailable`] if there is no such room.
    pub async fn set_rules(&self, room: &str, rules: Rules) -> Result<Rules, Failure> {
        let rules = rules.check().map_err(|text| Failure::new(Exit::Data, text))?;
        let text = serde_json::to_string(&rules);
        let text = text.map_err(|e| Failure::new(Exit::Internal, format!("the rules cannot be written ({e})")))?;
        let done = sqlx::query("UPDATE rooms SET rules = ?, changes = changes + 1 WHERE name = ?").bind(text).bind(room);
        let done = done.execute(&self.pool).await.map_err(broken)?;
        if done.rows_affected() == 0 { Err(no_room(room)) } else { Ok(rules) }
    }

    /// Does what somebody wants changed of a room.
    pub async fn change_room(&self, room: &str, change: RoomChange) -> Result<(), Failure> {
        self.rules(room).await?;
        if let Some(rules) = change.rules {
            self.set_rules(room, rules).await?;
        }
        for (account, role) in change.roles {
            self.give_role(room, &account, role).await?;
        }
        if change.forget_bans {
            self.forget_bans(room).await?;
        }
        Ok(())
    }

    /// The roles that accounts have in a room, by their names.
    pub async fn room_roles(&self, room: &str) -> Result<BTreeMap<String, RoomRole>, Failure> {
        self.roles_by(room, "SELECT a.name, r.role FROM room_roles r JOIN accounts a ON a.id = r.account WHERE r.room = ?").await
    }

    async fn roles_by(&self, room: &str, query: &'static str) -> Result<BTreeMap<String, RoomRole>, Failure> {
        let rows = sqlx::query(query).bind(room).fetch_all(&self.pool).await.map_err(broken)?;
        let mut roles = BTreeMap::new();
        for row in rows {
            let (who, role): (String, String) = (row.try_get(0).map_err(broken)?, row.try_get(1).map_err(broken)?);
            // A role of a newer version is none here: it must not become more than it was.
            if let Ok(role) = RoomRole::from_str(&role) {
                roles.insert(who, role);
            }
        }
        Ok(roles)
    }

    /// Gives an account a role in a room, or takes it away. [`Exit::Unavailable`] if there is no such room or account.
    pub async fn give_role(&self, room: &str, account: &str, role: Option<RoomRole>) -> Result<(), Failure> {
        self.rules(room).await?;
        let id: Option<String> = sqlx::query_scalar("SELECT id FROM accounts WHERE name = ?")
            .bind(account)
            .fetch_optional(&self.pool)
            .await
            .map_err(broken)?;
        let id = id.ok_or_else(|| nobody(account))?;
        let query = match role {
            Some(role) => {
                let given = "INSERT INTO room_roles (room, account, role) VALUES (?, ?, ?)
                     ON CONFLICT (room, account) DO UPDATE SET role = excluded.role";
                sqlx::query(given).bind(room).bind(id).bind(role.word())
            }
            None => sqlx::query("DELETE FROM room_roles WHERE room = ? AND account = ?").bind(room).bind(id),
        };
        query.execute(&self.pool).await.map_err(broken)?;
        self.changed(room).await
    }

    async fn changed(&self, room: &str) -> Result<(), Failure> {
        let query = sqlx::query("UPDATE rooms SET changes = changes + 1 WHERE name = ?").bind(room);
        query.execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// All rooms, and how often each was changed.
    pub async fn room_changes(&self) -> Result<HashMap<String, i64>, Failure> {
        let rows = sqlx::query_as("SELECT name, changes FROM rooms").fetch_all(&self.pool).await.map_err(broken)?;
        Ok(rows.into_iter().collect())
    }

    /// Everything that is kept of a room beside its mode; nothing, if it is not there.
    pub async fn kept(&self, room: &str, now: i64) -> Result<Kept, Failure> {
        let rules = self.rules_if_there(room).await?.unwrap_or_default();
        let given = self.roles_by(room, "SELECT account, role FROM room_roles WHERE room = ?").await?;
        let mut barred = Barred::default();
        let rows = sqlx::query("SELECT who, account FROM room_bans WHERE room = ?").bind(room);
        for row in rows.fetch_all(&self.pool).await.map_err(broken)? {
            let (who, account): (String, bool) = (row.try_get(0).map_err(broken)?, row.try_get(1).map_err(broken)?);
            if account {
                barred.accounts.insert(who)
            } else {
                barred.members.insert(who)
            };
        }
        let rows = sqlx::query("SELECT member, role FROM seats WHERE room = ? AND at > ?");
        let rows = rows.bind(room).bind(now.saturating_sub(SEAT_SECONDS)).fetch_all(&self.pool).await.map_err(broken)?;
        let seat = |row: &sqlx::sqlite::SqliteRow| {
            let (member, role): (String, String) = (row.try_get(0).ok()?, row.try_get(1).ok()?);
            Some((member, RoomRole::from_str(&role).ok()?))
        };
        let seats = rows.iter().filter_map(seat).collect();
        Ok(Kept { rules, given, barred, seats })
    }

    /// Keeps what somebody is in a meeting, or that they are nothing in it any more.
    pub async fn keep_seat(&self, room: &str, member: &MemberId, role: Option<RoomRole>, now: i64) -> Result<(), Failure> {
        let query = match role {
            Some(role) => {
                let kept = "INSERT INTO seats (room, member, role, at) VALUES (?, ?, ?, ?)
                     ON CONFLICT (room, member) DO UPDATE SET role = excluded.role, at = excluded.at";
                sqlx::query(kept).bind(room).bind(member).bind(role.word()).bind(now)
            }
            None => sqlx::query("DELETE FROM seats WHERE room = ? AND member = ?").bind(room).bind(member),
        };
        query.execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// A meeting is over.
    pub async fn forget_seats(&self, room: &str) -> Result<(), Failure> {
        sqlx::query("DELETE FROM seats WHERE room = ?").bind(room).execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// Keeps that somebody is banned from a room; nothing, if there is no such room.
    pub async fn ban(&self, room: &str, banned: &Barred, now: i64) -> Result<(), Failure> {
        let all = banned.members.iter().map(|m| (m, false)).chain(banned.accounts.iter().map(|a| (a, true)));
        for (who, account) in all {
            let ban = "INSERT INTO room_bans (room, who, account, created)
                 SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM rooms WHERE name = ?1) ON CONFLICT DO NOTHING";
            sqlx::query(ban).bind(room).bind(who).bind(account).bind(now).execute(&self.pool).await.map_err(broken)?;
        }
        let last = "DELETE FROM room_bans WHERE room = ?1 AND rowid NOT IN
             (SELECT rowid FROM room_bans WHERE room = ?1 ORDER BY created DESC, rowid DESC LIMIT ?2)";
        sqlx::query(last).bind(room).bind(MAX_BANS).execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// Bans nobody from a room any more; how many it were.
    pub async fn forget_bans(&self, room: &str) -> Result<u64, Failure> {
        self.rules(room).await?;
        let done = sqlx::query("DELETE FROM room_bans WHERE room = ?").bind(room).execute(&self.pool).await.map_err(broken)?;
        Ok(done.rows_affected())
    }

    /// Notes which rooms are in use, and deletes what is kept of the meetings of those that were not for as long as their rules
    /// say: bans, and the public state of their groups. Of meetings that nobody came back to, what people were in them.
    pub async fn clean_rooms(&self, used: &[String], now: i64) -> Result<(), Failure> {
        for room in used {
            sqlx::query("UPDATE rooms SET used = ? WHERE name = ?")
                .bind(now)
                .bind(room)
                .execute(&self.pool)
                .await
                .map_err(broken)?;
        }
        sqlx::query("DELETE FROM seats WHERE at <= ?")
            .bind(now.saturating_sub(SEAT_SECONDS))
            .execute(&self.pool)
            .await
            .map_err(broken)?;
        let rows = sqlx::query("SELECT name, rules, coalesce(used, created) FROM rooms WHERE rules LIKE '%\"retention\"%'");
        for row in rows.fetch_all(&self.pool).await.map_err(broken)? {
            let (name, rules): (String, String) = (row.try_get(0).map_err(broken)?, row.try_get(1).map_err(broken)?);
            let last: i64 = row.try_get(2).map_err(broken)?;
            let days = serde_json::from_str::<Rules>(&rules).ok().and_then(|r| r.retention);
            let over = days.is_some_and(|days| last.saturating_add(i64::from(days) * DAY) <= now);
            if over && !used.contains(&name) {
                for query in ["DELETE FROM room_bans WHERE room = ?", "DELETE FROM groups WHERE room = ?"] {
                    sqlx::query(query).bind(&name).execute(&self.pool).await.map_err(broken)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::control::RoomMode;
    use crate::protocol::room::Scope;
    use crate::server::store::{DataDir, Role};

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        (dir, store)
    }

    #[tokio::test]
    async fn rules_roles_bans_and_seats_are_kept_and_go_with_the_room() {
        let (_dir, s) = store().await;
        s.create_room("board", RoomMode::Open, 1).await.unwrap();
        assert_eq!(s.rules("board").await.unwrap(), Rules::default());
        assert_eq!(s.rules("none").await.unwrap_err().exit, Exit::Unavailable);
        let rules =
            Rules { waiting_room: true, speak: Scope::Speakers, marking: Some(" OFFICIAL\u{1b} ".into()), ..Rules::default() };
        let kept = s.set_rules("board", rules).await.unwrap();
        assert_eq!((kept.marking.as_deref(), s.rules("board").await.unwrap()), (Some("OFFICIAL"), kept.clone()));
        for bad in [
            Rules { capacity: Some(0), ..Rules::default() },
            Rules { retention: Some(0), ..Rules::default() },
            Rules { marking: Some("x".repeat(65)), ..Rules::default() },
        ] {
            assert_eq!(s.set_rules("board", bad).await.unwrap_err().exit, Exit::Data);
        }
        s.add_account("anna", Role::Member, None, 1).await.unwrap();
        s.give_role("board", "anna", Some(RoomRole::Listener)).await.unwrap();
        s.give_role("board", "anna", Some(RoomRole::Moderator)).await.unwrap();
        assert_eq!(s.give_role("board", "nobody", Some(RoomRole::Bot)).await.unwrap_err().exit, Exit::Unavailable);
        assert_eq!(s.room_roles("board").await.unwrap(), [("anna".to_owned(), RoomRole::Moderator)].into());
        let banned = Barred { members: ["m-x".to_owned(), "lk-y".to_owned()].into(), accounts: ["a-1".to_owned()].into() };
        s.ban("board", &banned, 5).await.unwrap();
        s.ban("none", &banned, 5).await.unwrap();
        s.keep_seat("board", &"m-a".into(), Some(RoomRole::Guest), 5).await.unwrap();
        s.keep_seat("board", &"m-a".into(), Some(RoomRole::Owner), 6).await.unwrap();
        s.keep_seat("board", &"m-b".into(), Some(RoomRole::Speaker), 6).await.unwrap();
        s.keep_seat("board", &"m-b".into(), None, 7).await.unwrap();
        let kept = s.kept("board", 10).await.unwrap();
        assert_eq!((&kept.barred, kept.given.len()), (&banned, 1));
        assert_eq!(kept.seats, [("m-a".to_owned(), RoomRole::Owner)]);
        assert_eq!(s.kept("board", 10 + SEAT_SECONDS).await.unwrap().seats, []);
        assert_eq!(s.forget_bans("board").await.unwrap(), 3);
        s.give_role("board", "anna", None).await.unwrap();
        s.delete_room("board").await.unwrap();
        assert_eq!(s.kept("none", 10).await.unwrap(), Kept::default());
    }

    #[tokio::test]
    async fn what_is_kept_of_meetings_goes_after_the_rooms_retention_and_not_before() {
        let (_dir, s) = store().await;
        let banned = Barred { members: ["m-x".to_owned()].into(), ..Barred::default() };
        for (room, retention) in [("week", Some(7)), ("ever", None)] {
            s.create_room(room, RoomMode::Open, 0).await.unwrap();
            s.set_rules(room, Rules { retention, ..Rules::default() }).await.unwrap();
            s.ban(room, &banned, 0).await.unwrap();
        }
        let left = async |now| {
            s.clean_rooms(&[], now).await.unwrap();
            (s.kept("week", now).await.unwrap().barred.members.len(), s.kept("ever", now).await.unwrap().barred.members.len())
        };
        assert_eq!(left(7 * DAY - 1).await, (1, 1));
        s.clean_rooms(&["week".to_owned()], 7 * DAY).await.unwrap();
        assert_eq!(left(14 * DAY - 1).await, (1, 1));
        assert_eq!(left(14 * DAY).await, (0, 1));
    }
}
