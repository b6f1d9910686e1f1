//! Accounts whose people an OpenID provider signs in. They are bound to what never changes: the provider and its subject, not to a
//! name, which may pass to somebody else.

use super::accounts::{Credentials, MAX_ACCOUNTS, account, nobody, valid_name};
use super::{Role, Store, broken};
use crate::exit::{Exit, Failure};
use crate::server::secret;
use serde::Serialize;
use sqlx::Row as _;
use std::collections::HashMap;

/// Who somebody is at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// Its name for them.
    pub subject: String,
    /// Since when, in seconds since the Unix epoch.
    pub since: i64,
}

/// What a sign-in finds.
pub enum SignIn {
    /// The account, and whether it has another role than before.
    Account(Credentials, bool),
    /// A new account.
    Made(Credentials),
    /// Nobody is bound to this subject, and no account may be made.
    Unknown,
    /// Somebody else's account has the name that a new one would have.
    NameTaken,
}

/// Whom the provider has signed in.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Its name for them.
    pub subject: &'a str,
    /// What they may do, if the provider decides that.
    pub role: Option<Role>,
}

impl Store {
    /// The account of whom a provider has signed in; with a `name`, one is made if there is none.
    pub async fn sign_in(&self, who: Signed<'_>, name: Option<&str>, now: i64) -> Result<SignIn, Failure> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?;
        let found = "SELECT a.id, a.name, a.role, a.password, a.disabled IS NOT NULL AS disabled, a.totp IS NOT NULL AS totp,
             a.totp_required FROM accounts a JOIN subjects s ON s.account = a.id WHERE s.issuer = ? AND s.subject = ?";
        let row = sqlx::query(found).bind(who.issuer).bind(who.subject).fetch_optional(&mut *tx).await.map_err(broken)?;
        if let Some(row) = row {
            let mut known = Credentials {
                account: account(&row)?,
                password: row.try_get("password").map_err(broken)?,
                disabled: row.try_get("disabled").map_err(broken)?,
                totp: row.try_get("totp").map_err(broken)?,
                totp_required: row.try_get("totp_required").map_err(broken)?,
            };
            let changed = who.role.is_some_and(|role| role != known.account.role);
            if let Some(role) = who.role.filter(|_| changed) {
                let set = sqlx::query("UPDATE accounts SET role = ? WHERE id = ?").bind(role.name()).bind(&known.account.id);
                set.execute(&mut *tx).await.map_err(broken)?;
                known.account.role = role;
            }
            tx.commit().await.map_err(broken)?;
            return Ok(SignIn::Account(known, changed));
        }
        let Some(name) = name else { return Ok(SignIn::Unknown) };
        if !valid_name(name) {
            return Err(Failure::new(Exit::Data, "an account's name has 1 to 64 letters, digits and . _ - @, and nothing else"));
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&mut *tx).await.map_err(broken)?;
        if count >= MAX_ACCOUNTS {
            return Err(Failure::new(Exit::Unavailable, format!("the server has {MAX_ACCOUNTS} accounts already")));
        }
        let made = super::Account { id: secret::id("a-"), name: name.to_owned(), role: who.role.unwrap_or(Role::Member) };
        // Two names that differ in capitals only are one name to whoever reads them.
        let insert = sqlx::query(
            "INSERT INTO accounts (id, name, role, token_hash, created)
             SELECT ?1, ?2, ?3, randomblob(32), ?4 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE name = ?2 COLLATE NOCASE)",
        );
        let insert = insert.bind(&made.id).bind(name).bind(made.role.name()).bind(now);
        if insert.execute(&mut *tx).await.map_err(broken)?.rows_affected() == 0 {
            return Ok(SignIn::NameTaken);
        }
        let bind = sqlx::query("INSERT INTO subjects (issuer, subject, account, since) VALUES (?, ?, ?, ?)");
        let bind = bind.bind(who.issuer).bind(who.subject).bind(&made.id).bind(now);
        bind.execute(&mut *tx).await.map_err(broken)?;
        tx.commit().await.map_err(broken)?;
        Ok(SignIn::Made(Credentials { account: made, password: None, disabled: false, totp: false, totp_required: false }))
    }

    /// Binds an account to whom a provider signs in. [`Exit::Data`] if that is somebody else's already.
    pub async fn bind_subject(&self, name: &str, issuer: &str, subject: &str, now: i64) -> Result<(), Failure> {
        let account = self.account_id(name).await?;
        let bind =
            sqlx::query("INSERT INTO subjects (issuer, subject, account, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
        let bind = bind.bind(issuer).bind(subject).bind(account).bind(now);
        if bind.execute(&self.pool).await.map_err(broken)?.rows_affected() == 0 {
            let text = "an account is bound to this subject already; see 'conclave serve user export', and unlink that one first";
            return Err(Failure::new(Exit::Data, text));
        }
        Ok(())
    }

    /// No provider signs in the person of this account any more, and their logins end.
    pub async fn unbind_subjects(&self, name: &str) -> Result<(), Failure> {
        let unbind = "DELETE FROM subjects WHERE account IN (SELECT id FROM accounts WHERE name = ?1)";
        match self.change(name, &[unbind, super::accounts::END_LOGINS], None).await {
            Err(e) if e == nobody(name) => {
                let text = format!("no provider signs in the person of account {}, or there is none", crate::text::clean(name));
                Err(Failure::new(Exit::Unavailable, text))
            }
            done => done,
        }
    }

    /// Whom of providers' accounts (by their ids) are.
    pub(super) async fn subjects(&self) -> Result<HashMap<String, Vec<Subject>>, Failure> {
        let rows = sqlx::query("SELECT account, issuer, subject, since FROM subjects ORDER BY since, issuer, subject");
        let mut subjects: HashMap<String, Vec<Subject>> = HashMap::new();
        for row in rows.fetch_all(&self.pool).await.map_err(broken)? {
            let get = |column| row.try_get::<String, _>(column).map_err(broken);
            let since = row.try_get("since").map_err(broken)?;
            let subject = Subject { issuer: get("issuer")?, subject: get("subject")?, since };
            subjects.entry(get("account")?).or_default().push(subject);
        }
        Ok(subjects)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::DataDir;

    const AT: &str = "https://id.example.org";

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        (dir, store)
    }

    fn who(subject: &str, role: Option<Role>) -> Signed<'_> {
        Signed { issuer: AT, subject, role }
    }

    fn id(found: &SignIn) -> &str {
        match found {
            SignIn::Account(known, _) | SignIn::Made(known) => &known.account.id,
            SignIn::Unknown => "unknown",
            SignIn::NameTaken => "taken",
        }
    }

    #[tokio::test]
    async fn an_account_is_whoever_the_subject_is_and_not_the_name() {
        let (_dir, s) = store().await;
        assert_eq!(id(&s.sign_in(who("u1", None), None, 1).await.unwrap()), "unknown");
        let made = s.sign_in(who("u1", None), Some("anna"), 2).await.unwrap();
        assert!(matches!(&made, SignIn::Made(c) if c.account.role == Role::Member));
        let again = s.sign_in(who("u1", None), Some("anna.new"), 3).await.unwrap();
        assert_eq!(id(&again), id(&made), "however they are called now");
        for name in ["anna", "ANNA"] {
            assert_eq!(id(&s.sign_in(who("u2", None), Some(name), 4).await.unwrap()), "taken");
        }
        let elsewhere = Signed { issuer: "https://other.example.org", subject: "u1", role: None };
        assert_eq!(id(&s.sign_in(elsewhere, None, 4).await.unwrap()), "unknown");
        // A role that the provider decides follows it; one that it does not decide stays.
        let role = async |role| match s.sign_in(who("u1", role), None, 5).await.unwrap() {
            SignIn::Account(known, changed) => (known.account.role, changed),
            _ => panic!("the account is gone"),
        };
        assert_eq!(role(Some(Role::Owner)).await, (Role::Owner, true));
        assert_eq!(role(None).await, (Role::Owner, false));
        assert_eq!(role(Some(Role::Member)).await, (Role::Member, true));
        s.disable("anna", 6).await.unwrap();
        assert!(matches!(s.sign_in(who("u1", None), None, 6).await.unwrap(), SignIn::Account(c, _) if c.disabled));
    }

    #[tokio::test]
    async fn an_account_that_was_there_is_bound_by_the_administrator_alone() {
        let (_dir, s) = store().await;
        s.add_account("ben", Role::Member, Some("hash"), 1).await.unwrap();
        assert_eq!(id(&s.sign_in(who("u7", None), Some("ben"), 2).await.unwrap()), "taken");
        s.bind_subject("ben", AT, "u7", 3).await.unwrap();
        let ben = s.account_id("ben").await.unwrap();
        assert_eq!(id(&s.sign_in(who("u7", None), None, 4).await.unwrap()), ben);
        s.add_account("cleo", Role::Member, None, 5).await.unwrap();
        assert_eq!(s.bind_subject("cleo", AT, "u7", 5).await.unwrap_err().exit, Exit::Data);
        assert_eq!(s.bind_subject("nobody", AT, "u8", 5).await.unwrap_err().exit, Exit::Unavailable);
        let record = s.records(Some("ben")).await.unwrap().remove(0);
        assert_eq!(record.signed_in_by, [Subject { issuer: AT.into(), subject: "u7".into(), since: 3 }]);
        // What ends it ends the logins.
        s.new_device(&ben, Some("hash"), "laptop", 6).await.unwrap().unwrap();
        s.unbind_subjects("ben").await.unwrap();
        assert!(s.devices(Some(&ben)).await.unwrap().is_empty());
        assert_eq!(id(&s.sign_in(who("u7", None), None, 7).await.unwrap()), "unknown");
        assert_eq!(s.unbind_subjects("ben").await.unwrap_err().exit, Exit::Unavailable);
        s.bind_subject("ben", AT, "u7", 8).await.unwrap();
        s.erase("ben").await.unwrap();
        assert_eq!(id(&s.sign_in(who("u7", None), None, 9).await.unwrap()), "unknown", "nothing is left");
    }
}
