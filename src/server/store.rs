//! What survives a restart: accounts, rooms, owner links, and of each room's encrypted group the public state. Content never comes here, and secrets only as hashes.
//!
//! SQLite in WAL mode, so that `conclave rooms` can work on the data directory while the server runs.

pub mod accounts;
pub mod data_dir;
pub mod devices;
mod groups;
pub mod invites;
pub mod password;
pub mod rooms;
mod seal;
pub mod second_factor;
pub mod setup;
pub mod subjects;

pub use data_dir::DataDir;

use crate::exit::{Exit, Failure};
use crate::protocol::api::Room;
use crate::protocol::control::{RoomMode, valid_room};
use crate::server::secret::{self, Hash};
use seal::Sealer;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow};
use sqlx::{Row, SqlitePool};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long an owner link is good for, in seconds.
pub const OWNER_LINK_SECONDS: i64 = 3600;
/// How long a writer waits for another process.
const BUSY: Duration = Duration::from_secs(5);
/// Rooms a server keeps.
const MAX_ROOMS: i64 = 10_000;

/// Step n brings the schema from version n to n + 1 (SQLite's `user_version`). Steps are never changed, only added.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, token_hash BLOB NOT NULL UNIQUE, created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE rooms (name TEXT PRIMARY KEY, mode TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
    CREATE TABLE owner_links (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL, used INTEGER) STRICT;
",
    "
    -- The public state of a room's group. An epoch of -1: nobody has founded this generation yet.
    CREATE TABLE groups (
        room TEXT PRIMARY KEY, generation INTEGER NOT NULL, epoch INTEGER NOT NULL, snapshot BLOB NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE accounts ADD COLUMN password TEXT;
    CREATE TABLE tokens (
        hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, expires INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX tokens_account ON tokens (account);
",
    "
    -- Each login is a device. Of owners who came by a link, the token has no end.
    CREATE TABLE devices (
        id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, name TEXT NOT NULL,
        token BLOB NOT NULL UNIQUE, created INTEGER NOT NULL, used INTEGER NOT NULL, expires INTEGER
    ) STRICT;
    CREATE INDEX devices_account ON devices (account);
    INSERT INTO devices SELECT 'd-' || lower(hex(randomblob(9))), account, 'a device', hash, unixepoch(), unixepoch(), expires
        FROM tokens;
    INSERT INTO devices SELECT 'd-' || lower(hex(randomblob(9))), id, 'a device', token_hash, created, unixepoch(), NULL
        FROM accounts WHERE password IS NULL;
    DROP TABLE tokens;
    -- A column that SQLite cannot drop, because it is unique. Nothing reads it from here on.
    UPDATE accounts SET token_hash = randomblob(32);
    ALTER TABLE accounts ADD COLUMN disabled INTEGER;
    -- The second factor: secrets sealed with a key that is not in the database, and the time step of the last code that was used.
    ALTER TABLE accounts ADD COLUMN totp_required INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE accounts ADD COLUMN totp BLOB;
    ALTER TABLE accounts ADD COLUMN totp_offered BLOB;
    ALTER TABLE accounts ADD COLUMN totp_step INTEGER;
    CREATE TABLE recovery_codes (
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, hash BLOB NOT NULL, PRIMARY KEY (account, hash)
    ) STRICT;
    CREATE TABLE setups (
        account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE, hash BLOB NOT NULL UNIQUE, expires INTEGER NOT NULL
    ) STRICT;
",
    "
    -- Whom an OpenID provider signs in, by its name for them.
    CREATE TABLE subjects (
        issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        since INTEGER NOT NULL, PRIMARY KEY (issuer, subject)
    ) STRICT;
    CREATE INDEX subjects_account ON subjects (account);
",
    invites::MIGRATION,
    rooms::MIGRATION,
];

/// The schema that this version knows.
#[allow(clippy::cast_possible_wrap, reason = "a handful")]
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// Looks at a database without changing it: its schema, and `ok` or what is damaged.
pub async fn look(path: &std::path::Path) -> Result<(i64, String), sqlx::Error> {
    use sqlx::{ConnectOptions as _, Connection as _};
    let mut db = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY).connect().await?;
    let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut db).await?;
    let damage = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut db).await?;
    db.close().await?;
    Ok((version, damage))
}

/// Copies a database that may be in use, consistently, to a file that must not be there.
pub async fn copy_database(from: &std::path::Path, to: &std::path::Path) -> Result<(), sqlx::Error> {
    use sqlx::{ConnectOptions as _, Connection as _};
    let mut db = SqliteConnectOptions::new().filename(from).busy_timeout(BUSY).connect().await?;
    sqlx::query("VACUUM INTO ?").bind(to.to_string_lossy().into_owned()).execute(&mut db).await?;
    db.close().await
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Owner,
    /// Is vouched for by the server, and nothing else.
    Member,
}

impl Role {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Member => "member",
        }
    }

    /// The role of this name.
    pub fn parse(s: &str) -> Option<Self> {
        [Role::Owner, Role::Member].into_iter().find(|r| r.name() == s)
    }
}

/// Somebody with an account token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    seal: Arc<Sealer>,
}

fn broken(e: sqlx::Error) -> Failure {
    Failure::new(
        Exit::CantCreate,
        format!("the server's database cannot be used ({e}); check the disk and who owns the data directory"),
    )
}

impl Store {
    /// Opens the database of a data directory, and creates or updates it. [`Exit::Config`] if a newer version made it.
    pub async fn open(data: &DataDir) -> Result<Self, Failure> {
        let path = data.prepare_database()?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            // What is erased is overwritten.
            .pragma("secure_delete", "on")
            // The sandbox leaves no directory for temporary files.
            .pragma("temp_store", "memory");
        let pool =
            SqlitePoolOptions::new().max_connections(4).acquire_timeout(2 * BUSY).connect_with(options).await.map_err(|e| {
                let path = path.display();
                Failure::new(
                    Exit::CantCreate,
                    format!("the database {path} cannot be opened ({e}); check that it belongs to you and is no other file"),
                )
            })?;
        let store = Self { pool, seal: Arc::new(Sealer::of(data)?) };
        store.migrate(&path.display().to_string()).await?;
        Ok(store)
    }

    async fn migrate(&self, path: &str) -> Result<(), Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *tx).await.map_err(broken)?;
        let Some(steps) = usize::try_from(version).ok().and_then(|v| MIGRATIONS.get(v..)) else {
            let ours = MIGRATIONS.len();
            return Err(Failure::new(
                Exit::Config,
                format!(
                    "{path} was made by a newer Conclave (schema {version}, this one knows {ours}); update this program, or give another --data"
                ),
            ));
        };
        for step in steps {
            sqlx::raw_sql(step).execute(&mut *tx).await.map_err(broken)?;
        }
        sqlx::raw_sql(&format!("PRAGMA user_version = {}", MIGRATIONS.len())).execute(&mut *tx).await.map_err(broken)?;
        tx.commit().await.map_err(broken)
    }

    /// Creates a room. [`Exit::Data`] for a bad name or one that exists.
    pub async fn create_room(&self, name: &str, mode: RoomMode, now: i64) -> Result<Room, Failure> {
        self.create_room_for(name, mode, false, now).await
    }

    /// [`Store::create_room`]; with `invite_only` it lets in only who has an account here or an invite.
    pub async fn create_room_for(&self, name: &str, mode: RoomMode, invite_only: bool, now: i64) -> Result<Room, Failure> {
        if !valid_room(name) {
            let text = "this room name cannot be used: 1 to 128 letters, digits, '-' and '_', and nothing else";
            return Err(Failure::new(Exit::Data, text));
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM rooms").fetch_one(&self.pool).await.map_err(broken)?;
        if count >= MAX_ROOMS {
            let text = format!("the server has {MAX_ROOMS} rooms already; delete one with 'conclave rooms delete NAME'");
            return Err(Failure::new(Exit::Unavailable, text));
        }
        let done = sqlx::query("INSERT INTO rooms (name, mode, created, invite_only) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(mode.word())
            .bind(now)
            .bind(invite_only)
            .execute(&self.pool)
            .await
            .map_err(broken)?;
        if done.rows_affected() == 0 {
            return Err(Failure::new(Exit::Data, format!("a room {name} exists already; use it, or choose another name")));
        }
        Ok(Room { name: name.to_owned(), mode, created: now, invite_only, members: None })
    }

    /// A room, if it exists.
    pub async fn room(&self, name: &str) -> Result<Option<Room>, Failure> {
        let row = sqlx::query("SELECT name, mode, created, invite_only FROM rooms WHERE name = ?").bind(name);
        row.fetch_optional(&self.pool).await.map_err(broken)?.as_ref().map(room).transpose()
    }

    /// All rooms, by name.
    pub async fn rooms(&self) -> Result<Vec<Room>, Failure> {
        let rows = sqlx::query("SELECT name, mode, created, invite_only FROM rooms ORDER BY name").fetch_all(&self.pool).await;
        rows.map_err(broken)?.iter().map(room).collect()
    }

    /// Deletes a room; [`Exit::Unavailable`] if there is none.
    pub async fn delete_room(&self, name: &str) -> Result<(), Failure> {
        let done = sqlx::query("DELETE FROM rooms WHERE name = ?").bind(name).execute(&self.pool).await.map_err(broken)?;
        if done.rows_affected() == 0 {
            let text = format!("there is no room {}; see 'conclave rooms list'", crate::text::clean(name));
            return Err(Failure::new(Exit::Unavailable, text));
        }
        Ok(())
    }

    /// Makes an owner link's secret if nobody owns the server yet. An older link that was not used ends with it.
    pub async fn owner_link(&self, now: i64) -> Result<Option<Zeroizing<String>>, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let accounts: i64 =
            sqlx::query_scalar("SELECT count(*) FROM accounts WHERE role = 'owner'").fetch_one(&mut *tx).await.map_err(broken)?;
        if accounts > 0 {
            return Ok(None);
        }
        let secret = secret::fresh();
        sqlx::query("DELETE FROM owner_links").execute(&mut *tx).await.map_err(broken)?;
        sqlx::query("INSERT INTO owner_links (hash, expires) VALUES (?, ?)")
            .bind(Hash::of(&secret).bytes())
            .bind(now.saturating_add(OWNER_LINK_SECONDS))
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(Some(secret))
    }

    /// Turns an owner link into an account with one device, once: its id and token. `None` if the link is unknown, used or
    /// expired. [`Exit::Data`] if an account has that name.
    pub async fn claim(
        &self,
        secret: &str,
        name: &str,
        device: &str,
        now: i64,
    ) -> Result<Option<(String, Zeroizing<String>)>, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let used = sqlx::query("UPDATE owner_links SET used = ? WHERE hash = ? AND used IS NULL AND expires > ?")
            .bind(now)
            .bind(Hash::of(secret).bytes())
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        if used.rows_affected() != 1 {
            return Ok(None);
        }
        let (id, token) = (secret::id("a-"), secret::fresh());
        let made = sqlx::query(
            "INSERT INTO accounts (id, name, role, token_hash, created)
             SELECT ?1, ?2, ?3, randomblob(32), ?4 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE name = ?2)",
        );
        let made = made.bind(&id).bind(name).bind(Role::Owner.name()).bind(now).execute(&mut *tx).await.map_err(broken)?;
        if made.rows_affected() == 0 {
            return Err(Failure::new(Exit::Data, "an account of that name exists already; choose another one with --name"));
        }
        sqlx::query("INSERT INTO devices (id, account, name, token, created, used) VALUES (?1, ?2, ?3, ?4, ?5, ?5)")
            .bind(secret::id("d-"))
            .bind(&id)
            .bind(devices::clean(device))
            .bind(Hash::of(&token).bytes())
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(Some((id, token)))
    }

    /// Whether the database can be written now: takes the writer's place and gives it back.
    pub async fn probe(&self) -> Result<(), Failure> {
        let tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        tx.rollback().await.map_err(broken)
    }

    /// Finishes writing and closes the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn room(row: &SqliteRow) -> Result<Room, Failure> {
    let mode: String = row.try_get("mode").map_err(broken)?;
    let name: String = row.try_get("name").map_err(broken)?;
    let mode = mode
        .parse()
        .map_err(|_| Failure::new(Exit::Config, format!("room {name} has a mode that this version does not know; update it")))?;
    let (created, invite_only) = (row.try_get("created").map_err(broken)?, row.try_get("invite_only").map_err(broken)?);
    Ok(Room { name, mode, created, invite_only, members: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        (dir, store)
    }

    #[tokio::test]
    async fn an_owner_link_works_once_and_for_an_hour() {
        let (_dir, s) = store().await;
        let first = s.owner_link(1000).await.unwrap().unwrap();
        assert!(s.claim("nonsense", "o", "", 1001).await.unwrap().is_none());
        assert!(s.claim(&first, "o", "", 1000 + OWNER_LINK_SECONDS).await.unwrap().is_none(), "expired");
        // Nobody owns the server yet: a new start makes a new link, and the old one is void.
        let second = s.owner_link(2000).await.unwrap().unwrap();
        assert!(s.claim(&first, "o", "", 2001).await.unwrap().is_none());
        let (id, token) = s.claim(&second, "o", "", 2001).await.unwrap().unwrap();
        assert!(s.claim(&second, "o", "", 2002).await.unwrap().is_none(), "used");
        assert!(s.owner_link(3000).await.unwrap().is_none());
        assert_eq!(s.account(&token).await.unwrap(), Some(Account { id, name: "o".into(), role: Role::Owner }));
        assert_eq!(s.account("x").await.unwrap(), None);
    }

    #[tokio::test]
    async fn rooms_have_valid_names_and_exist_once() {
        let (dir, s) = store().await;
        s.create_room("board", RoomMode::Open, 1).await.unwrap();
        let text = |e: Failure| (e.exit, e.text);
        assert!(text(s.create_room("board", RoomMode::Open, 2).await.unwrap_err()).1.contains("exists already"));
        for bad in ["", "a b", "a/b", "x#y", &"x".repeat(129)] {
            assert_eq!(s.create_room(bad, RoomMode::Open, 2).await.unwrap_err().exit, Exit::Data, "{bad}");
        }
        // Another process with the same directory sees it.
        let other = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        assert_eq!(other.rooms().await.unwrap().len(), 1);
        other.delete_room("board").await.unwrap();
        assert_eq!(s.room("board").await.unwrap(), None);
        assert_eq!(s.delete_room("board").await.unwrap_err().exit, Exit::Unavailable);
    }

    #[tokio::test]
    async fn a_database_from_the_future_is_left_alone() {
        let (dir, s) = store().await;
        sqlx::raw_sql("PRAGMA user_version = 99").execute(&s.pool).await.unwrap();
        let e = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap_err();
        assert_eq!(e.exit, Exit::Config);
        assert!(e.text.contains("newer"), "{e}");
    }
}
