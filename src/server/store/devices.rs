//! Devices: each login is one, with a name, a token and the time it was last used. Control sessions live no longer than theirs.

use super::accounts::{account, nobody};
use super::{Account, Store, broken};
use crate::exit::{Exit, Failure};
use crate::server::secret::{self, Hash};
use serde::Serialize;
use sqlx::Row as _;
use zeroize::Zeroizing;

/// How long a token from a login is good for, in seconds.
pub const TOKEN_SECONDS: i64 = 90 * 24 * 3600;
/// Logins of one account at a time; the oldest ends when there is one more.
const MAX_DEVICES: i64 = 32;
/// How exactly it is known when a device was last used, in seconds: not every request writes.
const USED_SECONDS: i64 = 600;

/// A login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// Id; no secret.
    pub id: String,
    /// The account's id.
    pub account: String,
    /// What its user calls it.
    pub name: String,
    /// When somebody logged in there, in seconds since the Unix epoch.
    pub created: i64,
    /// When it was last used, to ten minutes.
    pub used: i64,
    /// Until when its token is good; `None`: until it is ended.
    pub expires: Option<i64>,
}

/// Whose token it is, and of which device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Who.
    pub account: Account,
    /// The device's id.
    pub device: String,
}

/// A device's name, harmless; "a device" where there is none.
pub(super) fn clean(name: &str) -> String {
    crate::text::clean_name(name).unwrap_or_else(|| "a device".to_owned())
}

impl Store {
    /// [`Store::new_device_for`] as long as a login lasts.
    pub async fn new_device(
        &self,
        account: &str,
        password: Option<&str>,
        device: &str,
        now: i64,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        self.new_device_for(TOKEN_SECONDS, account, password, device, now).await
    }

    /// A fresh token of a new device, good for so many seconds. `None`: since its password was checked, the account was given
    /// another one, disabled or erased.
    pub async fn new_device_for(
        &self,
        seconds: i64,
        account: &str,
        password: Option<&str>,
        device: &str,
        now: i64,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let token = secret::fresh();
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        sqlx::query("DELETE FROM devices WHERE expires <= ?").bind(now).execute(&mut *tx).await.map_err(broken)?;
        let made = sqlx::query(
            "INSERT INTO devices (id, account, name, token, created, used, expires)
             SELECT ?1, id, ?2, ?3, ?4, ?4, ?5 FROM accounts WHERE id = ?6 AND disabled IS NULL AND password IS ?7",
        )
        .bind(secret::id("d-"))
        .bind(clean(device))
        .bind(Hash::of(&token).bytes())
        .bind(now)
        .bind(now.saturating_add(seconds))
        .bind(account)
        .bind(password)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        if made.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query(
            "DELETE FROM devices WHERE account = ?1 AND id NOT IN
             (SELECT id FROM devices WHERE account = ?1 ORDER BY created DESC, rowid DESC LIMIT ?2)",
        )
        .bind(account)
        .bind(MAX_DEVICES)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(Some(token))
    }

    /// Whose token this is, if it is good now. That it was used is remembered.
    pub async fn login_of(&self, token: &str, now: i64) -> Result<Option<Login>, Failure> {
        let row = sqlx::query(
            "SELECT a.id, a.name, a.role, d.id AS device, d.used FROM devices d JOIN accounts a ON a.id = d.account
             WHERE d.token = ?1 AND (d.expires IS NULL OR d.expires > ?2) AND a.disabled IS NULL",
        )
        .bind(Hash::of(token).bytes().to_vec())
        .bind(now);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok(None) };
        let (device, used): (String, i64) = (row.try_get("device").map_err(broken)?, row.try_get("used").map_err(broken)?);
        if used.saturating_add(USED_SECONDS) <= now {
            let noted = sqlx::query("UPDATE devices SET used = ? WHERE id = ?").bind(now).bind(&device);
            noted.execute(&self.pool).await.map_err(broken)?;
        }
        Ok(Some(Login { account: account(&row)?, device }))
    }

    /// Whose token this is, if it is good now.
    pub async fn account(&self, token: &str) -> Result<Option<Account>, Failure> {
        Ok(self.login_of(token, crate::server::control::unix_now()).await?.map(|l| l.account))
    }

    /// The devices of all accounts or of one (by its id), the last used first.
    pub async fn devices(&self, account: Option<&str>) -> Result<Vec<Device>, Failure> {
        let rows = sqlx::query(
            "SELECT id, account, name, created, used, expires FROM devices WHERE ?1 IS NULL OR account = ?1
             ORDER BY account, used DESC, created DESC, id",
        )
        .bind(account);
        let rows = rows.fetch_all(&self.pool).await.map_err(broken)?;
        let device = |row: &sqlx::sqlite::SqliteRow| -> Result<Device, sqlx::Error> {
            Ok(Device {
                id: row.try_get("id")?,
                account: row.try_get("account")?,
                name: row.try_get("name")?,
                created: row.try_get("created")?,
                used: row.try_get("used")?,
                expires: row.try_get("expires")?,
            })
        };
        rows.iter().map(|row| device(row).map_err(broken)).collect()
    }

    /// The account's id of a name. [`Exit::Unavailable`] if there is none.
    pub async fn account_id(&self, name: &str) -> Result<String, Failure> {
        let id = sqlx::query_scalar("SELECT id FROM accounts WHERE name = ?").bind(name);
        id.fetch_optional(&self.pool).await.map_err(broken)?.ok_or_else(|| nobody(name))
    }

    /// Ends a login by the device's id; only one of `account` (its id), if that is given. [`Exit::Unavailable`] if there is none.
    pub async fn revoke_device(&self, id: &str, account: Option<&str>) -> Result<(), Failure> {
        let ended = sqlx::query("DELETE FROM devices WHERE id = ?1 AND (?2 IS NULL OR account = ?2)").bind(id).bind(account);
        if ended.execute(&self.pool).await.map_err(broken)?.rows_affected() == 0 {
            let text = format!("there is no device {}; list them first", crate::text::clean(id));
            return Err(Failure::new(Exit::Unavailable, text));
        }
        Ok(())
    }

    /// Ends the login of a token.
    pub async fn revoke_token(&self, token: &str) -> Result<(), Failure> {
        let ended = sqlx::query("DELETE FROM devices WHERE token = ?").bind(Hash::of(token).bytes().to_vec());
        ended.execute(&self.pool).await.map_err(broken)?;
        Ok(())
    }

    /// Which of these devices are logged in no longer.
    pub async fn ended_devices(&self, of: &[String]) -> Result<Vec<String>, Failure> {
        let of = serde_json::to_string(of).unwrap_or_default();
        let ended = sqlx::query_scalar("SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM devices)").bind(of);
        ended.fetch_all(&self.pool).await.map_err(broken)
    }
}
