//! Invites: secrets that let somebody into one room, for some time and a number of uses. Of the secret only a hash is kept, of
//! the PIN an Argon2id hash.
//!
//! A use belongs to a member's id, the hash of the key that a client makes for one call: who comes back in the same call, after a
//! lost connection or a restart of the server, uses nothing up.

use super::{Store, broken};
use crate::exit::{Exit, Failure};
use crate::protocol::invite::{Invite, State};
use crate::server::secret::{self, Hash};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Invites a server keeps.
const MAX_INVITES: i64 = 10_000;
/// Invites that are listed at once.
const MAX_LISTED: i64 = 2_000;
/// How long an invite that has expired is still listed, in seconds: whoever made it may want to know who came by it.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;
/// The longest life of an invite, in seconds.
pub const MAX_SECONDS: i64 = 366 * 24 * 3600;
/// The most uses of an invite.
pub const MAX_USES: u32 = 10_000;
/// Wrong PINs after which an invite is locked.
pub const MAX_WRONG_PINS: u32 = 10;

/// Roles that an invite can give.
pub const ROLES: [&str; 5] = ["moderator", "speaker", "listener", "guest", "bot"];

/// Whether an invite can give this role.
///
/// # Errors
/// [`Exit::Data`] if not.
pub fn role(word: &str) -> Result<&str, Failure> {
    let text = || format!("an invite gives one of the roles {}", ROLES.join(", "));
    Some(word).filter(|w| ROLES.contains(w)).ok_or_else(|| Failure::new(Exit::Data, text()))
}

/// The step of the schema; see [`super::MIGRATIONS`].
pub(super) const MIGRATION: &str = "
    ALTER TABLE rooms ADD COLUMN invite_only INTEGER NOT NULL DEFAULT 0;
    -- The account's id; whose account is gone, or who worked on the data directory, owns no room.
    ALTER TABLE rooms ADD COLUMN made_by TEXT;
    CREATE TABLE invites (
        id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, room TEXT NOT NULL REFERENCES rooms (name) ON DELETE CASCADE,
        role TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, uses INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0, pin TEXT, wrong_pins INTEGER NOT NULL DEFAULT 0, made_by TEXT, revoked INTEGER
    ) STRICT;
    CREATE INDEX invites_room ON invites (room);
    CREATE TABLE invite_uses (
        invite TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE, member TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (invite, member)
    ) STRICT;
";

/// What an invite is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewInvite<'a> {
    /// The room's name.
    pub room: &'a str,
    /// The role it gives.
    pub role: &'a str,
    /// How long it is good, in seconds.
    pub seconds: i64,
    /// For how many joins.
    pub uses: u32,
    /// The hash of its PIN.
    pub pin: Option<&'a str>,
    /// The account's id of whoever makes it; `None`: the command line on the server.
    pub made_by: Option<&'a str>,
}

/// An invite that somebody has shown the secret of.
#[derive(Clone)]
pub struct Shown {
    /// What it is.
    pub invite: Invite,
    /// The hash of its PIN.
    pub pin: Option<String>,
}

/// How a use ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It counts.
    New,
    /// This member has used it before: it costs nothing.
    Again,
    /// It is not good any more.
    Refused(State),
}

const COLUMNS: &str = "id, room, role, created, expires, uses, used, pin, wrong_pins, made_by, revoked";

fn invite(row: &SqliteRow, now: i64) -> Result<Shown, sqlx::Error> {
    let (revoked, expires): (Option<i64>, i64) = (row.try_get("revoked")?, row.try_get("expires")?);
    let (uses, used, wrong): (u32, u32, u32) = (row.try_get("uses")?, row.try_get("used")?, row.try_get("wrong_pins")?);
    let state = match () {
        () if revoked.is_some() => State::Revoked,
        () if wrong >= MAX_WRONG_PINS => State::Locked,
        () if expires <= now => State::Expired,
        () if used >= uses => State::UsedUp,
        () => State::Good,
    };
    let pin: Option<String> = row.try_get("pin")?;
    let invite = Invite {
        id: row.try_get("id")?,
        room: row.try_get("room")?,
        role: row.try_get("role")?,
        created: row.try_get("created")?,
        expires,
        uses,
        used,
        pin: pin.is_some(),
        made_by: row.try_get("made_by")?,
        state,
    };
    Ok(Shown { invite, pin })
}

impl Store {
    /// Makes an invite: what it is, and its secret, which is nowhere else. [`Exit::Data`] for a life or number of uses that
    /// cannot be, [`Exit::Unavailable`] if there is no such room, or no place.
    pub async fn create_invite(&self, new: NewInvite<'_>, now: i64) -> Result<(Invite, Zeroizing<String>), Failure> {
        if !(1..=MAX_SECONDS).contains(&new.seconds) {
            return Err(Failure::new(Exit::Data, "an invite is good for a year at most; give a shorter time"));
        }
        if !(1..=MAX_USES).contains(&new.uses) {
            return Err(Failure::new(Exit::Data, format!("an invite has 1 to {MAX_USES} uses; give another number")));
        }
        let (id, secret) = (secret::id("i-"), secret::fresh());
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let old = sqlx::query("DELETE FROM invites WHERE expires <= ?").bind(now.saturating_sub(KEPT_SECONDS));
        old.execute(&mut *tx).await.map_err(broken)?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM invites").fetch_one(&mut *tx).await.map_err(broken)?;
        if count >= MAX_INVITES {
            let text = format!("the server has {MAX_INVITES} invites already; they go thirty days after they have expired");
            return Err(Failure::new(Exit::Unavailable, text));
        }
        let made = sqlx::query(
            "INSERT INTO invites (id, hash, room, role, created, expires, uses, pin, made_by)
             SELECT ?1, ?2, name, ?3, ?4, ?5, ?6, ?7, ?8 FROM rooms WHERE name = ?9",
        )
        .bind(&id)
        .bind(Hash::of(&secret).bytes())
        .bind(new.role)
        .bind(now)
        .bind(now.saturating_add(new.seconds))
        .bind(new.uses)
        .bind(new.pin)
        .bind(new.made_by)
        .bind(new.room)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        if made.rows_affected() == 0 {
            let text = format!("there is no room {}; see 'conclave rooms list'", crate::text::clean(new.room));
            return Err(Failure::new(Exit::Unavailable, text));
        }
        tx.commit().await.map_err(broken)?;
        let invite = Invite {
            id,
            room: new.room.to_owned(),
            role: new.role.to_owned(),
            created: now,
            expires: now.saturating_add(new.seconds),
            uses: new.uses,
            used: 0,
            pin: new.pin.is_some(),
            made_by: new.made_by.map(str::to_owned),
            state: State::Good,
        };
        Ok((invite, secret))
    }

    /// The invites to all rooms or to one, by everybody or by one account, the newest first; as they are at `now`.
    pub async fn invites(&self, room: Option<&str>, by: Option<&str>, now: i64) -> Result<Vec<Invite>, Failure> {
        let text = format!(
            "SELECT {COLUMNS} FROM invites WHERE (?1 IS NULL OR room = ?1) AND (?2 IS NULL OR made_by = ?2)
             ORDER BY created DESC, rowid DESC LIMIT ?3"
        );
        let rows = sqlx::query(&text).bind(room).bind(by).bind(MAX_LISTED).fetch_all(&self.pool).await.map_err(broken)?;
        rows.iter().map(|r| invite(r, now).map(|s| s.invite).map_err(broken)).collect()
    }

    /// Ends an invite, perhaps only one that this account made; its room. Who came by it stays. [`Exit::Unavailable`] if there is
    /// none of that id.
    pub async fn revoke_invite(&self, id: &str, by: Option<&str>, now: i64) -> Result<String, Failure> {
        let ended = sqlx::query_scalar(
            "UPDATE invites SET revoked = ifnull(revoked, ?3) WHERE id = ?1 AND (?2 IS NULL OR made_by = ?2) RETURNING room",
        );
        ended.bind(id).bind(by).bind(now).fetch_optional(&self.pool).await.map_err(broken)?.ok_or_else(|| {
            let text = format!("there is no invite {}; see 'conclave invite list'", crate::text::clean(id));
            Failure::new(Exit::Unavailable, text)
        })
    }

    /// The invite of a secret, good or not.
    pub async fn shown_invite(&self, secret: &str, now: i64) -> Result<Option<Shown>, Failure> {
        let text = format!("SELECT {COLUMNS} FROM invites WHERE hash = ?");
        let row = sqlx::query(&text).bind(Hash::of(secret).bytes().to_vec());
        row.fetch_optional(&self.pool).await.map_err(broken)?.map(|r| invite(&r, now).map_err(broken)).transpose()
    }

    /// Takes one try of an invite's PIN, before it is looked at; how many wrong ones there are with it. `None`: it is locked.
    pub async fn take_pin_try(&self, id: &str) -> Result<Option<u32>, Failure> {
        let text = "UPDATE invites SET wrong_pins = wrong_pins + 1 WHERE id = ?1 AND wrong_pins < ?2 RETURNING wrong_pins";
        let taken = sqlx::query_scalar(text).bind(id).bind(MAX_WRONG_PINS);
        taken.fetch_optional(&self.pool).await.map_err(broken)
    }

    /// The PIN was right: the try costs nothing.
    pub async fn give_pin_try_back(&self, id: &str) -> Result<(), Failure> {
        let back = sqlx::query("UPDATE invites SET wrong_pins = wrong_pins - 1 WHERE id = ?1 AND wrong_pins > 0").bind(id);
        back.execute(&self.pool).await.map(drop).map_err(broken)
    }

    /// Whether this member has used it.
    pub async fn has_used_invite(&self, id: &str, member: &str) -> Result<bool, Failure> {
        let used = sqlx::query("SELECT 1 FROM invite_uses WHERE invite = ? AND member = ?").bind(id).bind(member);
        used.fetch_optional(&self.pool).await.map(|r| r.is_some()).map_err(broken)
    }

    /// Uses an invite for a member. Of two at once on the last use, one gets it.
    pub async fn use_invite(&self, id: &str, member: &str, now: i64) -> Result<Use, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let text = format!(
            "SELECT {COLUMNS}, EXISTS (SELECT 1 FROM invite_uses WHERE invite = id AND member = ?2) AS before FROM invites WHERE id = ?1"
        );
        let row = sqlx::query(&text).bind(id).bind(member).fetch_optional(&mut *tx).await.map_err(broken)?;
        // Its room was deleted a moment ago.
        let Some(row) = row else { return Ok(Use::Refused(State::Revoked)) };
        let (state, before): (_, bool) =
            (invite(&row, now).map_err(broken)?.invite.state, row.try_get("before").map_err(broken)?);
        match state {
            State::Revoked => return Ok(Use::Refused(state)),
            _ if before => return Ok(Use::Again),
            State::Good => {}
            _ => return Ok(Use::Refused(state)),
        }
        let count = sqlx::query("UPDATE invites SET used = used + 1 WHERE id = ?").bind(id);
        count.execute(&mut *tx).await.map_err(broken)?;
        let remember =
            sqlx::query("INSERT INTO invite_uses (invite, member, at) VALUES (?, ?, ?)").bind(id).bind(member).bind(now);
        remember.execute(&mut *tx).await.map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(Use::New)
    }

    /// The member did not get in after all (the room was full, say): the use counts no longer.
    pub async fn release_invite(&self, id: &str, member: &str) -> Result<(), Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let gone = sqlx::query("DELETE FROM invite_uses WHERE invite = ? AND member = ?").bind(id).bind(member);
        if gone.execute(&mut *tx).await.map_err(broken)?.rows_affected() == 1 {
            let less = sqlx::query("UPDATE invites SET used = used - 1 WHERE id = ? AND used > 0").bind(id);
            less.execute(&mut *tx).await.map_err(broken)?;
        }
        tx.commit().await.map_err(broken)
    }

    /// Says who made a room.
    pub async fn made_room(&self, room: &str, account: &str) -> Result<(), Failure> {
        let made = sqlx::query("UPDATE rooms SET made_by = ? WHERE name = ?").bind(account).bind(room);
        made.execute(&self.pool).await.map(drop).map_err(broken)
    }

    /// The names of the rooms that an account made.
    pub async fn rooms_of(&self, account: &str) -> Result<BTreeSet<String>, Failure> {
        let names = sqlx::query_scalar("SELECT name FROM rooms WHERE made_by = ?").bind(account);
        names.fetch_all(&self.pool).await.map(|names: Vec<String>| names.into_iter().collect()).map_err(broken)
    }
}

#[cfg(test)]
mod tests;
