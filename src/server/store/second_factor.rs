//! The second factor of accounts: its secret, sealed; the last time step that was used; recovery codes, as hashes.

use super::accounts::END_LOGINS;
use super::{Store, broken};
use crate::exit::Failure;
use crate::server::secret::Hash;
use crate::server::totp::{self, RECOVERY_CODES, Secret};
use sqlx::{Row as _, Sqlite, Transaction};
use zeroize::Zeroizing;

/// Codes that are shown once.
pub type RecoveryCodes = Vec<Zeroizing<String>>;

/// The hash of a recovery code, as it was typed: of 80 random bits, together with the account that it is for.
fn hash(account: &str, typed: &str) -> Option<Hash> {
    let code = totp::read_recovery_code(typed)?;
    Some(Hash::of(&Zeroizing::new(format!("{account} {}", code.as_str()))))
}

impl Store {
    /// A fresh secret, which counts once [`Store::confirm_totp`] has seen a code of it.
    pub async fn offer_totp(&self, account: &str) -> Result<Secret, Failure> {
        let secret = Secret::fresh();
        let sealed = self.seal.seal(account, secret.bytes())?;
        let offer = sqlx::query("UPDATE accounts SET totp_offered = ? WHERE id = ?").bind(sealed).bind(account);
        offer.execute(&self.pool).await.map_err(broken)?;
        Ok(secret)
    }

    /// The user's program shows codes of the secret that was offered: from now on the account has that second factor, and these
    /// recovery codes. `None`: the code is wrong, or nothing was offered.
    pub async fn confirm_totp(&self, account: &str, code: &str, now: i64) -> Result<Option<RecoveryCodes>, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let sealed = sqlx::query_scalar("SELECT totp_offered FROM accounts WHERE id = ?").bind(account);
        let sealed: Option<Option<Vec<u8>>> = sealed.fetch_optional(&mut *tx).await.map_err(broken)?;
        let Some(step) = self.step_of(account, sealed.flatten(), code, now, None)? else { return Ok(None) };
        let done = sqlx::query(
            "UPDATE accounts SET totp = totp_offered, totp_offered = NULL, totp_step = ? WHERE id = ? AND disabled IS NULL",
        );
        done.bind(step).bind(account).execute(&mut *tx).await.map_err(broken)?;
        let codes = renew(&mut tx, account).await?;
        tx.commit().await.map_err(broken)?;
        Ok(Some(codes))
    }

    /// Whether this is a code of the account's second factor, or one of its recovery codes; it works once.
    pub async fn use_code(&self, account: &str, code: &str, now: i64) -> Result<bool, Failure> {
        let code = code.trim();
        if !totp::is_code(code) {
            let Some(hash) = hash(account, code) else { return Ok(false) };
            let used = sqlx::query("DELETE FROM recovery_codes WHERE account = ? AND hash = ?").bind(account).bind(hash.bytes());
            return Ok(used.execute(&self.pool).await.map_err(broken)?.rows_affected() == 1);
        }
        let row = sqlx::query("SELECT totp, totp_step FROM accounts WHERE id = ?").bind(account);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok(false) };
        let (sealed, used) = (row.try_get("totp").map_err(broken)?, row.try_get("totp_step").map_err(broken)?);
        let Some(step) = self.step_of(account, sealed, code, now, used)? else { return Ok(false) };
        // Of two logins with one code, one succeeds.
        let used = sqlx::query("UPDATE accounts SET totp_step = ?1 WHERE id = ?2 AND ifnull(totp_step, -1) < ?1");
        let used = used.bind(step).bind(account).execute(&self.pool).await.map_err(broken)?;
        Ok(used.rows_affected() == 1)
    }

    fn step_of(
        &self,
        account: &str,
        sealed: Option<Vec<u8>>,
        code: &str,
        now: i64,
        used: Option<i64>,
    ) -> Result<Option<i64>, Failure> {
        let Some(sealed) = sealed else { return Ok(None) };
        let secret = self.seal.open(account, &sealed)?;
        Ok(Secret::from_bytes(&secret).and_then(|s| s.step_of(code.trim(), now, used)))
    }

    /// Fresh recovery codes in place of those before.
    pub async fn new_recovery_codes(&self, account: &str) -> Result<RecoveryCodes, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let codes = renew(&mut tx, account).await?;
        tx.commit().await.map_err(broken)?;
        Ok(codes)
    }

    /// Whether the account (by its id) has a second factor, and whether the administrator demands one.
    pub async fn second_factor(&self, account: &str) -> Result<(bool, bool), Failure> {
        let row = sqlx::query("SELECT totp IS NOT NULL AS totp, totp_required FROM accounts WHERE id = ?").bind(account);
        let Some(row) = row.fetch_optional(&self.pool).await.map_err(broken)? else { return Ok((false, false)) };
        Ok((row.try_get("totp").map_err(broken)?, row.try_get("totp_required").map_err(broken)?))
    }

    /// Demands a second factor of an account, or no longer. Logins without one end where it is demanded.
    pub async fn require_totp(&self, name: &str, required: bool) -> Result<(), Failure> {
        const END: &str = "DELETE FROM devices WHERE account IN (SELECT id FROM accounts WHERE name = ?1 AND totp IS NULL)";
        match required {
            true => self.change(name, &["UPDATE accounts SET totp_required = 1 WHERE name = ?1", END], None).await,
            false => self.change(name, &["UPDATE accounts SET totp_required = 0 WHERE name = ?1"], None).await,
        }
    }

    /// Takes an account's second factor and recovery codes away, and ends its logins if `and_logins`.
    pub async fn remove_totp(&self, name: &str, and_logins: bool) -> Result<(), Failure> {
        let steps = [REMOVE, FORGET_CODES, END_LOGINS];
        self.change(name, steps.get(..if and_logins { 3 } else { 2 }).unwrap_or_default(), None).await
    }
}

/// Takes the second factor of an account away, by its name; with [`FORGET_CODES`].
pub(super) const REMOVE: &str = "UPDATE accounts SET totp = NULL, totp_offered = NULL, totp_step = NULL WHERE name = ?1";
/// Its recovery codes.
pub(super) const FORGET_CODES: &str = "DELETE FROM recovery_codes WHERE account IN (SELECT id FROM accounts WHERE name = ?1)";

async fn renew(tx: &mut Transaction<'_, Sqlite>, account: &str) -> Result<RecoveryCodes, Failure> {
    let gone = sqlx::query("DELETE FROM recovery_codes WHERE account = ?").bind(account);
    gone.execute(&mut **tx).await.map_err(broken)?;
    let codes: RecoveryCodes = (0..RECOVERY_CODES).map(|_| totp::recovery_code()).collect();
    for hash in codes.iter().filter_map(|code| hash(account, code)) {
        let kept = sqlx::query("INSERT INTO recovery_codes (account, hash) VALUES (?, ?)").bind(account);
        kept.bind(hash.bytes()).execute(&mut **tx).await.map_err(broken)?;
    }
    Ok(codes)
}
