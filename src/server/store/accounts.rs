//! Accounts: who may log in.

use super::devices::Device;
use super::subjects::Subject;
use super::{Account, Role, Store, broken};
use crate::exit::{Exit, Failure};
use crate::server::secret;
use serde::Serialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;

/// Accounts a server keeps.
pub(super) const MAX_ACCOUNTS: i64 = 100_000;

/// Whether an account may have this name: 1 to 64 letters, digits and `. _ - @`, so that no two names look the same.
pub fn valid_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(&b))
}

/// What a login goes by. `Debug` is not for it: the hash stays here.
#[derive(Clone)]
pub struct Credentials {
    /// Whose.
    pub account: Account,
    /// The hash of the password; `None`: nobody has set one.
    pub password: Option<String>,
    /// Nobody may log in.
    pub disabled: bool,
    /// A code is asked for beside the password.
    pub totp: bool,
    /// The administrator demands codes.
    pub totp_required: bool,
}

/// Everything that is stored of somebody, without secrets and their hashes. Times are in seconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The account's id: what logs name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `owner` or `member`.
    pub role: String,
    /// When it was made.
    pub created: i64,
    /// Since when it is disabled.
    pub disabled: Option<i64>,
    /// It has a password (its hash is stored).
    pub password: bool,
    /// It has a second factor (its secret is stored, encrypted).
    pub second_factor: bool,
    /// The administrator demands one.
    pub second_factor_required: bool,
    /// Recovery codes that are left (their hashes are stored).
    pub recovery_codes: i64,
    /// Until when a setup code is good (its hash is stored).
    pub setup_code_until: Option<i64>,
    /// Whom of OpenID providers' it is.
    pub signed_in_by: Vec<Subject>,
    /// Where it is logged in (the tokens' hashes are stored).
    pub devices: Vec<Device>,
}

pub(super) fn account(row: &SqliteRow) -> Result<Account, Failure> {
    let role: String = row.try_get("role").map_err(broken)?;
    let (id, name): (String, String) = (row.try_get("id").map_err(broken)?, row.try_get("name").map_err(broken)?);
    let unknown = || Failure::new(Exit::Config, format!("account {name} has a role that this version does not know; update it"));
    let role = Role::parse(&role).ok_or_else(unknown)?;
    Ok(Account { id, name, role })
}

/// Nobody has this name.
pub(super) fn nobody(name: &str) -> Failure {
    Failure::new(Exit::Unavailable, format!("there is no account {}; see 'conclave serve user list'", crate::text::clean(name)))
}

impl Store {
    /// Adds an account with the hash of its password, or without one. [`Exit::Data`] for a bad name or one that exists.
    pub async fn add_account(&self, name: &str, role: Role, password: Option<&str>, now: i64) -> Result<(), Failure> {
        if !valid_name(name) {
            return Err(Failure::new(Exit::Data, "an account's name has 1 to 64 letters, digits and . _ - @, and nothing else"));
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&self.pool).await.map_err(broken)?;
        if count >= MAX_ACCOUNTS {
            return Err(Failure::new(Exit::Unavailable, format!("the server has {MAX_ACCOUNTS} accounts already")));
        }
        let done = sqlx::query(
            "INSERT INTO accounts (id, name, role, token_hash, created, password)
             SELECT ?1, ?2, ?3, randomblob(32), ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE name = ?2)",
        )
        .bind(secret::id("a-"))
        .bind(name)
        .bind(role.name())
        .bind(now)
        .bind(password)
        .execute(&self.pool)
        .await
        .map_err(broken)?;
        if done.rows_affected() == 0 {
            let text =
                format!("an account {name} exists already; to give it another password: conclave serve user password {name}");
            return Err(Failure::new(Exit::Data, text));
        }
        Ok(())
    }

    /// Sets an account's password hash and ends its logins, and a setup code that was not used.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), Failure> {
        let steps = ["UPDATE accounts SET password = ?2 WHERE name = ?1", END_LOGINS, END_SETUP];
        self.change(name, &steps, Some(password)).await
    }

    /// Nobody can log in, and whoever is logged in is so no longer.
    pub async fn disable(&self, name: &str, now: i64) -> Result<(), Failure> {
        let now = now.to_string();
        let since = "UPDATE accounts SET disabled = ifnull(disabled, CAST(?2 AS INTEGER)) WHERE name = ?1";
        self.change(name, &[since, END_LOGINS, END_SETUP], Some(&now)).await
    }

    /// The account's person can log in again.
    pub async fn enable(&self, name: &str) -> Result<(), Failure> {
        self.change(name, &["UPDATE accounts SET disabled = NULL WHERE name = ?1"], None).await
    }

    /// Removes an account and everything that is stored of it: it is overwritten in the database, also in the part that waits to
    /// be written there.
    pub async fn erase(&self, name: &str) -> Result<(), Failure> {
        self.change(name, &["DELETE FROM accounts WHERE name = ?1"], None).await?;
        // The log of writes holds old pages until it starts anew. A server that reads now delays that to its next checkpoint.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// Carries out statements about an account (`?1` is its name, `?2` what is given), all or none; the first must find it.
    pub(super) async fn change(&self, name: &str, statements: &[&'static str], given: Option<&str>) -> Result<(), Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        for (n, statement) in statements.iter().enumerate() {
            let statement = match given.filter(|_| statement.contains("?2")) {
                Some(given) => sqlx::query(statement).bind(name).bind(given),
                None => sqlx::query(statement).bind(name),
            };
            let done = statement.execute(&mut *tx).await.map_err(broken)?;
            if n == 0 && done.rows_affected() == 0 {
                return Err(nobody(name));
            }
        }
        tx.commit().await.map_err(broken)
    }

    /// What is stored of everybody, or of somebody; by name.
    pub async fn records(&self, name: Option<&str>) -> Result<Vec<Record>, Failure> {
        let rows = sqlx::query(
            "SELECT id, name, role, created, disabled, password IS NOT NULL AS password, totp IS NOT NULL AS totp, totp_required,
             (SELECT count(*) FROM recovery_codes WHERE account = accounts.id) AS recovery_codes,
             (SELECT expires FROM setups WHERE account = accounts.id) AS setup
             FROM accounts WHERE ?1 IS NULL OR name = ?1 ORDER BY name, id",
        )
        .bind(name);
        let mut devices: HashMap<String, Vec<Device>> = HashMap::new();
        for device in self.devices(None).await? {
            devices.entry(device.account.clone()).or_default().push(device);
        }
        let mut subjects = self.subjects().await?;
        let mut records = Vec::new();
        for row in rows.fetch_all(&self.pool).await.map_err(broken)? {
            let id: String = row.try_get("id").map_err(broken)?;
            records.push(Record {
                devices: devices.remove(&id).unwrap_or_default(),
                signed_in_by: subjects.remove(&id).unwrap_or_default(),
                id,
                name: row.try_get("name").map_err(broken)?,
                role: row.try_get("role").map_err(broken)?,
                created: row.try_get("created").map_err(broken)?,
                disabled: row.try_get("disabled").map_err(broken)?,
                password: row.try_get("password").map_err(broken)?,
                second_factor: row.try_get("totp").map_err(broken)?,
                second_factor_required: row.try_get("totp_required").map_err(broken)?,
                recovery_codes: row.try_get("recovery_codes").map_err(broken)?,
                setup_code_until: row.try_get("setup").map_err(broken)?,
            });
        }
        if let (Some(name), true) = (name, records.is_empty()) {
            return Err(nobody(name));
        }
        Ok(records)
    }

    /// What a login as this account goes by, if there is one.
    pub async fn credentials(&self, name: &str) -> Result<Option<Credentials>, Failure> {
        let row = sqlx::query(
            "SELECT id, name, role, password, disabled IS NOT NULL AS disabled, totp IS NOT NULL AS totp, totp_required
             FROM accounts WHERE name = ?",
        )
        .bind(name);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok(None) };
        Ok(Some(Credentials {
            account: account(&row)?,
            password: row.try_get("password").map_err(broken)?,
            disabled: row.try_get("disabled").map_err(broken)?,
            totp: row.try_get("totp").map_err(broken)?,
            totp_required: row.try_get("totp_required").map_err(broken)?,
        }))
    }
}

/// Ends the logins of an account by its name; sessions notice.
pub(super) const END_LOGINS: &str = "DELETE FROM devices WHERE account IN (SELECT id FROM accounts WHERE name = ?1)";
/// Ends a setup code that was not used.
pub(super) const END_SETUP: &str = "DELETE FROM setups WHERE account IN (SELECT id FROM accounts WHERE name = ?1)";

#[cfg(test)]
mod tests;
