//! Accounts with passwords, and their tokens.

use super::{Account, Role, Store, broken};
use crate::exit::{Exit, Failure};
use crate::server::secret::{self, Hash};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use zeroize::Zeroizing;

/// How long a token from a login is good for, in seconds.
pub const TOKEN_SECONDS: i64 = 90 * 24 * 3600;
/// Logins of one account at a time; the oldest ends when there is one more.
const MAX_TOKENS: i64 = 32;
/// Accounts a server keeps.
const MAX_ACCOUNTS: i64 = 100_000;

/// Whether an account may have this name: 1 to 64 letters, digits and `. _ - @`, so that no two names look the same.
pub fn valid_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(&b))
}

fn account(row: &SqliteRow) -> Result<Account, Failure> {
    let role: String = row.try_get("role").map_err(broken)?;
    let (id, name): (String, String) = (row.try_get("id").map_err(broken)?, row.try_get("name").map_err(broken)?);
    let unknown = || Failure::new(Exit::Config, format!("account {name} has a role that this version does not know; update it"));
    let role = Role::parse(&role).ok_or_else(unknown)?;
    Ok(Account { id, name, role })
}

fn nobody(name: &str) -> Failure {
    Failure::new(Exit::Unavailable, format!("there is no account {}; see 'conclave serve user list'", crate::text::clean(name)))
}

impl Store {
    /// Adds an account with the hash of its password. [`Exit::Data`] for a bad name or one that exists.
    pub async fn add_account(&self, name: &str, role: Role, password: &str, now: i64) -> Result<(), Failure> {
        if !valid_name(name) {
            return Err(Failure::new(Exit::Data, "an account's name has 1 to 64 letters, digits and . _ - @, and nothing else"));
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&self.pool).await.map_err(broken)?;
        if count >= MAX_ACCOUNTS {
            return Err(Failure::new(Exit::Unavailable, format!("the server has {MAX_ACCOUNTS} accounts already")));
        }
        let done = sqlx::query(
            "INSERT INTO accounts (id, name, role, token_hash, created, password)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE name = ?2)",
        )
        .bind(secret::id("a-"))
        .bind(name)
        .bind(role.name())
        // The hash of nothing that anybody knows: tokens of logins have a table of their own.
        .bind(secret::bytes::<32>().as_slice())
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

    /// Sets an account's password hash and ends all its tokens.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let done = sqlx::query("UPDATE accounts SET password = ?, token_hash = ? WHERE name = ?")
            .bind(password)
            .bind(secret::bytes::<32>().as_slice())
            .bind(name)
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        if done.rows_affected() == 0 {
            return Err(nobody(name));
        }
        let ended = sqlx::query("DELETE FROM tokens WHERE account IN (SELECT id FROM accounts WHERE name = ?)").bind(name);
        ended.execute(&mut *tx).await.map_err(broken)?;
        tx.commit().await.map_err(broken)
    }

    /// Removes an account and its tokens.
    pub async fn remove_account(&self, name: &str) -> Result<(), Failure> {
        let done = sqlx::query("DELETE FROM accounts WHERE name = ?").bind(name).execute(&self.pool).await.map_err(broken)?;
        if done.rows_affected() == 0 { Err(nobody(name)) } else { Ok(()) }
    }

    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, Failure> {
        let rows = sqlx::query("SELECT id, name, role FROM accounts ORDER BY name").fetch_all(&self.pool).await;
        rows.map_err(broken)?.iter().map(account).collect()
    }

    /// An account that can log in, with the hash of its password.
    pub async fn login(&self, name: &str) -> Result<Option<(Account, String)>, Failure> {
        let row = sqlx::query("SELECT id, name, role, password FROM accounts WHERE name = ? AND password IS NOT NULL").bind(name);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok(None) };
        Ok(Some((account(&row)?, row.try_get("password").map_err(broken)?)))
    }

    /// A fresh token of an account, good for [`TOKEN_SECONDS`].
    pub async fn new_token(&self, account: &str, now: i64) -> Result<Zeroizing<String>, Failure> {
        let token = secret::fresh();
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        sqlx::query("DELETE FROM tokens WHERE expires <= ?").bind(now).execute(&mut *tx).await.map_err(broken)?;
        sqlx::query("INSERT INTO tokens (hash, account, expires) VALUES (?, ?, ?)")
            .bind(Hash::of(&token).bytes())
            .bind(account)
            .bind(now.saturating_add(TOKEN_SECONDS))
            .execute(&mut *tx)
            .await
            .map_err(broken)?;
        sqlx::query(
            "DELETE FROM tokens WHERE account = ?1 AND hash NOT IN
             (SELECT hash FROM tokens WHERE account = ?1 ORDER BY expires DESC, rowid DESC LIMIT ?2)",
        )
        .bind(account)
        .bind(MAX_TOKENS)
        .execute(&mut *tx)
        .await
        .map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(token)
    }

    /// Ends a token, of a login or of the owner link.
    pub async fn revoke_token(&self, token: &str) -> Result<(), Failure> {
        let hash = Hash::of(token);
        let ended =
            sqlx::query("DELETE FROM tokens WHERE hash = ?").bind(hash.bytes()).execute(&self.pool).await.map_err(broken)?;
        if ended.rows_affected() == 0 {
            sqlx::query("UPDATE accounts SET token_hash = ? WHERE token_hash = ?")
                .bind(secret::bytes::<32>().as_slice())
                .bind(hash.bytes())
                .execute(&self.pool)
                .await
                .map_err(broken)?;
        }
        Ok(())
    }

    /// Whose token this is, if it is good now.
    pub async fn account(&self, token: &str) -> Result<Option<Account>, Failure> {
        let hash = Hash::of(token);
        let row = sqlx::query(
            "SELECT id, name, role FROM accounts WHERE token_hash = ?1
             OR id IN (SELECT account FROM tokens WHERE hash = ?1 AND expires > unixepoch())",
        )
        .bind(hash.bytes());
        row.fetch_optional(&self.pool).await.map_err(broken)?.as_ref().map(account).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::DataDir;

    #[tokio::test]
    async fn tokens_end_with_logout_password_account_and_number() {
        let dir = tempfile::tempdir().unwrap();
        let s = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        let now = crate::server::control::unix_now();
        s.add_account("anna", Role::Member, "h", now).await.unwrap();
        assert!(s.owner_link(now).await.unwrap().is_some(), "a member does not own the server");
        assert_eq!(s.add_account("anna", Role::Owner, "h", now).await.unwrap_err().exit, Exit::Data);
        for bad in ["", "a b", "ann\u{430}", &"x".repeat(65)] {
            assert_eq!(s.add_account(bad, Role::Member, "h", now).await.unwrap_err().exit, Exit::Data, "{bad}");
        }
        let (anna, hash) = s.login("anna").await.unwrap().unwrap();
        assert_eq!((hash.as_str(), anna.role), ("h", Role::Member));
        let (one, two) = (s.new_token(&anna.id, now).await.unwrap(), s.new_token(&anna.id, now).await.unwrap());
        s.revoke_token(&one).await.unwrap();
        assert_eq!(s.account(&one).await.unwrap(), None);
        assert_eq!(s.account(&two).await.unwrap().as_ref(), Some(&anna));
        let old = s.new_token(&anna.id, now - TOKEN_SECONDS - 1).await.unwrap();
        assert_eq!(s.account(&old).await.unwrap(), None, "expired");
        for _ in 0..MAX_TOKENS {
            s.new_token(&anna.id, now).await.unwrap();
        }
        assert_eq!(s.account(&two).await.unwrap(), None, "the oldest login has ended");
        let last = s.new_token(&anna.id, now).await.unwrap();
        s.set_password("anna", "new").await.unwrap();
        assert_eq!(s.account(&last).await.unwrap(), None);
        let last = s.new_token(&anna.id, now).await.unwrap();
        s.remove_account("anna").await.unwrap();
        assert_eq!(s.account(&last).await.unwrap(), None);
        assert_eq!(s.remove_account("anna").await.unwrap_err().exit, Exit::Unavailable);
    }
}
