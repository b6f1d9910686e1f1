//! Setup codes: the administrator gives one to whoever is new or has lost everything; with it they choose a password, once.

use super::accounts::{END_LOGINS, account};
use super::second_factor::{FORGET_CODES, REMOVE};
use super::{Account, Store, broken};
use crate::exit::Failure;
use crate::server::secret::{self, Hash};
use zeroize::Zeroizing;

/// How long a setup code is good for, in seconds.
pub const SETUP_SECONDS: i64 = 48 * 3600;

impl Store {
    /// A fresh setup code, in place of one before. The account has no password, no second factor and no logins from now on.
    pub async fn reset(&self, name: &str, now: i64) -> Result<Zeroizing<String>, Failure> {
        let steps = ["UPDATE accounts SET password = NULL WHERE name = ?1", REMOVE, FORGET_CODES, END_LOGINS];
        self.change(name, &steps, None).await?;
        let (id, code) = (self.account_id(name).await?, secret::fresh());
        sqlx::query("INSERT OR REPLACE INTO setups (account, hash, expires) VALUES (?, ?, ?)")
            .bind(id)
            .bind(Hash::of(&code).bytes())
            .bind(now.saturating_add(SETUP_SECONDS))
            .execute(&self.pool)
            .await
            .map_err(broken)?;
        Ok(code)
    }

    /// Whose setup code this is, if it is good now.
    pub async fn setup_of(&self, code: &str, now: i64) -> Result<Option<Account>, Failure> {
        let row = sqlx::query(
            "SELECT id, name, role FROM accounts WHERE disabled IS NULL
             AND id IN (SELECT account FROM setups WHERE hash = ? AND expires > ?)",
        )
        .bind(Hash::of(code).bytes().to_vec())
        .bind(now);
        row.fetch_optional(&self.pool).await.map_err(broken)?.as_ref().map(account).transpose()
    }

    /// Uses a setup code up: its account has this password hash from now on. `false`: it was used, replaced or has expired.
    pub async fn set_up(&self, code: &str, password: &str, now: i64) -> Result<bool, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let hash = Hash::of(code);
        let done = sqlx::query(
            "UPDATE accounts SET password = ?1 WHERE disabled IS NULL
             AND id IN (SELECT account FROM setups WHERE hash = ?2 AND expires > ?3)",
        );
        let done = done.bind(password).bind(hash.bytes()).bind(now).execute(&mut *tx).await.map_err(broken)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let used = sqlx::query("DELETE FROM setups WHERE hash = ?").bind(hash.bytes());
        used.execute(&mut *tx).await.map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(true)
    }
}
