//! What a store knows of people, and when it forgets it.

use super::*;
use crate::server::store::DataDir;
use crate::server::store::devices::TOKEN_SECONDS;
use crate::server::store::setup::SETUP_SECONDS;
use crate::server::totp::STEP;

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
    (dir, store)
}

/// A store with Anna, and her id.
async fn anna() -> (tempfile::TempDir, Store, String) {
    let (dir, s) = store().await;
    s.add_account("anna", Role::Member, Some("h"), 1).await.unwrap();
    let id = s.account_id("anna").await.unwrap();
    (dir, s, id)
}

const NOW: i64 = 1_000_000;

#[tokio::test]
async fn logins_end_with_logout_password_account_and_number() {
    let (_dir, s) = store().await;
    let now = crate::server::control::unix_now();
    s.add_account("anna", Role::Member, Some("h"), now).await.unwrap();
    assert!(s.owner_link(now).await.unwrap().is_some(), "a member does not own the server");
    assert_eq!(s.add_account("anna", Role::Owner, None, now).await.unwrap_err().exit, Exit::Data);
    for bad in ["", "a b", "ann\u{430}", &"x".repeat(65)] {
        assert_eq!(s.add_account(bad, Role::Member, None, now).await.unwrap_err().exit, Exit::Data, "{bad}");
    }
    let known = s.credentials("anna").await.unwrap().unwrap();
    let (anna, hash) = (known.account, known.password.unwrap());
    assert_eq!((hash.as_str(), anna.role), ("h", Role::Member));
    let log_in = async |hash: &str, at| s.new_device(&anna.id, Some(hash), "a laptop", at).await.unwrap();
    let (one, two) = (log_in("h", now).await.unwrap(), log_in("h", now).await.unwrap());
    s.revoke_token(&one).await.unwrap();
    assert_eq!(s.account(&one).await.unwrap(), None);
    assert_eq!(s.account(&two).await.unwrap().as_ref(), Some(&anna));
    let old = log_in("h", now - TOKEN_SECONDS - 1).await.unwrap();
    assert_eq!(s.account(&old).await.unwrap(), None, "expired");
    for _ in 0..32 {
        log_in("h", now).await.unwrap();
    }
    assert_eq!(s.account(&two).await.unwrap(), None, "the oldest login has ended");
    let last = log_in("h", now).await.unwrap();
    s.set_password("anna", "new").await.unwrap();
    assert_eq!(s.account(&last).await.unwrap(), None);
    assert!(log_in("h", now).await.is_none(), "the password was another one when it was checked");
    let last = log_in("new", now).await.unwrap();
    s.disable("anna", now).await.unwrap();
    assert_eq!(s.account(&last).await.unwrap(), None);
    assert!(log_in("new", now).await.is_none() && s.credentials("anna").await.unwrap().unwrap().disabled);
    s.enable("anna").await.unwrap();
    assert_eq!(s.account(&last).await.unwrap(), None, "a login that has ended does not come back");
    let last = log_in("new", now).await.unwrap();
    s.erase("anna").await.unwrap();
    assert_eq!(s.account(&last).await.unwrap(), None);
    assert_eq!(s.erase("anna").await.unwrap_err().exit, Exit::Unavailable);
}

#[tokio::test]
async fn a_device_has_a_name_and_ends_alone() {
    let (_dir, s, id) = anna().await;
    let laptop = s.new_device(&id, Some("h"), " Ana's\u{202e} laptop ", NOW).await.unwrap().unwrap();
    let phone = s.new_device(&id, Some("h"), "", NOW).await.unwrap().unwrap();
    s.add_account("ben", Role::Member, Some("h"), 1).await.unwrap();
    let device = s.login_of(&laptop, NOW + 60).await.unwrap().unwrap().device;
    let other = s.login_of(&phone, NOW + 3600).await.unwrap().unwrap().device;
    let seen: Vec<_> = s.devices(Some(&id)).await.unwrap().into_iter().map(|d| (d.name, d.used)).collect();
    assert_eq!(seen, [("a device".to_owned(), NOW + 3600), ("Ana's laptop".to_owned(), NOW)], "the last used first");
    assert_eq!(s.devices(Some("a-other")).await.unwrap(), []);
    let ben = s.account_id("ben").await.unwrap();
    assert_eq!(s.revoke_device(&device, Some(&ben)).await.unwrap_err().exit, Exit::Unavailable, "somebody else's");
    s.revoke_device(&device, Some(&id)).await.unwrap();
    assert_eq!(s.login_of(&laptop, NOW).await.unwrap(), None);
    assert!(s.login_of(&phone, NOW).await.unwrap().is_some());
    assert_eq!(s.ended_devices(&[device.clone(), other.clone(), "d-\"".into()]).await.unwrap(), [device, "d-\"".into()]);
    s.revoke_device(&other, None).await.unwrap();
    assert_eq!(s.ended_devices(std::slice::from_ref(&other)).await.unwrap(), [other]);
}

#[tokio::test]
async fn a_second_factor_counts_once_it_was_seen_and_each_code_once() {
    let (_dir, s, id) = anna().await;
    assert!(!s.use_code(&id, "000000", NOW).await.unwrap());
    assert!(s.confirm_totp(&id, "000000", NOW).await.unwrap().is_none(), "nothing was offered");
    let secret = s.offer_totp(&id).await.unwrap();
    let code = |at: i64| secret.code(at / STEP);
    assert!(!s.use_code(&id, &code(NOW), NOW).await.unwrap(), "offered is not confirmed");
    assert_eq!(s.second_factor(&id).await.unwrap(), (false, false));
    let codes = s.confirm_totp(&id, &code(NOW), NOW).await.unwrap().unwrap();
    assert_eq!((codes.len(), s.second_factor(&id).await.unwrap()), (10, (true, false)));
    assert!(s.credentials("anna").await.unwrap().unwrap().totp);
    assert!(!s.use_code(&id, &code(NOW), NOW).await.unwrap(), "used to confirm");
    assert!(s.use_code(&id, &code(NOW + STEP), NOW).await.unwrap(), "a clock that is ahead");
    assert!(!s.use_code(&id, &code(NOW + STEP), NOW + STEP).await.unwrap(), "used");
    assert!(s.use_code(&id, &format!(" {} ", code(NOW + 3 * STEP).as_str()), NOW + 3 * STEP).await.unwrap());
    // An offer that nobody confirms changes nothing.
    s.offer_totp(&id).await.unwrap();
    assert!(s.use_code(&id, &code(NOW + 9 * STEP), NOW + 9 * STEP).await.unwrap());

    let typed = codes[3].to_uppercase();
    assert!(s.use_code(&id, &typed, NOW).await.unwrap() && !s.use_code(&id, &typed, NOW).await.unwrap());
    s.add_account("ben", Role::Member, Some("h"), 1).await.unwrap();
    let ben = s.account_id("ben").await.unwrap();
    assert!(!s.use_code(&ben, &codes[4], NOW).await.unwrap(), "somebody else's");
    assert_eq!(s.records(Some("anna")).await.unwrap()[0].recovery_codes, 9);
    let fresh = s.new_recovery_codes(&id).await.unwrap();
    assert!(!s.use_code(&id, &codes[4], NOW).await.unwrap() && s.use_code(&id, &fresh[4], NOW).await.unwrap());

    // Whoever has one keeps their logins when it is demanded, and nobody else does.
    let (with, without) = (s.new_device(&id, Some("h"), "", NOW), s.new_device(&ben, Some("h"), "", NOW));
    let (with, without) = (with.await.unwrap().unwrap(), without.await.unwrap().unwrap());
    for name in ["anna", "ben"] {
        s.require_totp(name, true).await.unwrap();
    }
    assert!(s.login_of(&with, NOW).await.unwrap().is_some() && s.login_of(&without, NOW).await.unwrap().is_none());
    s.remove_totp("anna", false).await.unwrap();
    assert_eq!(s.second_factor(&id).await.unwrap(), (false, true));
    assert!(!s.use_code(&id, &code(NOW + 20 * STEP), NOW + 20 * STEP).await.unwrap());
    assert!(!s.use_code(&id, &fresh[5], NOW).await.unwrap());
    s.require_totp("anna", false).await.unwrap();
    assert_eq!(s.second_factor(&id).await.unwrap(), (false, false));
}

#[tokio::test]
async fn a_reset_takes_everything_away_and_its_code_works_once() {
    let (_dir, s, id) = anna().await;
    let secret = s.offer_totp(&id).await.unwrap();
    let codes = s.confirm_totp(&id, &secret.code(NOW / STEP), NOW).await.unwrap().unwrap();
    let token = s.new_device(&id, Some("h"), "", NOW).await.unwrap().unwrap();
    let first = s.reset("anna", NOW).await.unwrap();
    assert_eq!(s.login_of(&token, NOW).await.unwrap(), None);
    let known = s.credentials("anna").await.unwrap().unwrap();
    assert!(known.password.is_none() && !known.totp && !s.use_code(&id, &codes[0], NOW).await.unwrap());
    let second = s.reset("anna", NOW).await.unwrap();
    assert!(s.setup_of(&first, NOW).await.unwrap().is_none(), "replaced");
    assert!(s.setup_of(&second, NOW + SETUP_SECONDS).await.unwrap().is_none(), "expired");
    assert_eq!(s.setup_of(&second, NOW).await.unwrap().unwrap().name, "anna");
    assert!(!s.set_up(&first, "x", NOW).await.unwrap());
    assert!(s.set_up(&second, "new", NOW).await.unwrap() && !s.set_up(&second, "again", NOW).await.unwrap());
    assert_eq!(s.credentials("anna").await.unwrap().unwrap().password.as_deref(), Some("new"));
    for end in [true, false] {
        let code = s.reset("anna", NOW).await.unwrap();
        if end {
            s.disable("anna", NOW).await.unwrap()
        } else {
            s.set_password("anna", "by hand").await.unwrap()
        }
        assert!(s.setup_of(&code, NOW).await.unwrap().is_none() && !s.set_up(&code, "x", NOW).await.unwrap());
        s.enable("anna").await.unwrap();
    }
    assert_eq!(s.reset("ben", NOW).await.unwrap_err().exit, Exit::Unavailable);
}

#[tokio::test]
async fn whoever_is_erased_leaves_no_byte_in_the_files() {
    let (dir, s) = store().await;
    s.add_account("zebulon.quist", Role::Member, Some("hash-of-zebulon"), NOW).await.unwrap();
    s.add_account("ben", Role::Member, Some("hash-of-ben"), NOW).await.unwrap();
    let id = s.account_id("zebulon.quist").await.unwrap();
    s.new_device(&id, Some("hash-of-zebulon"), "zebulons laptop", NOW).await.unwrap().unwrap();
    let record = s.records(Some("zebulon.quist")).await.unwrap();
    let text = serde_json::to_string(&record).unwrap();
    assert!(text.contains("zebulons laptop") && !text.contains("hash-of"), "{text}");
    assert_eq!(s.records(None).await.unwrap().len(), 2);
    s.erase("zebulon.quist").await.unwrap();
    assert_eq!(s.records(Some("zebulon.quist")).await.unwrap_err().exit, Exit::Unavailable);
    for file in std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        for word in ["zebulon", &id] {
            assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word} in {}", file.display());
        }
    }
    assert!(s.credentials("ben").await.unwrap().is_some());
}

/// Logins that an earlier version kept are devices now.
#[tokio::test]
async fn logins_of_the_version_before_go_on() {
    use crate::server::secret::Hash;
    use crate::server::store::MIGRATIONS;
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::open(dir.path()).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.prepare_database().unwrap());
    let old = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    for step in &MIGRATIONS[..3] {
        sqlx::raw_sql(step).execute(&old).await.unwrap();
    }
    let insert = "PRAGMA user_version = 3;
        INSERT INTO accounts VALUES ('a-1', 'olga', 'owner', x'00', 1, NULL), ('a-2', 'anna', 'member', x'01', 1, 'h')";
    sqlx::raw_sql(insert).execute(&old).await.unwrap();
    let owner = sqlx::query("UPDATE accounts SET token_hash = ? WHERE id = 'a-1'").bind(Hash::of("owner's").bytes().to_vec());
    owner.execute(&old).await.unwrap();
    let login = sqlx::query("INSERT INTO tokens VALUES (?, 'a-2', 32503680000)").bind(Hash::of("anna's").bytes().to_vec());
    login.execute(&old).await.unwrap();
    old.close().await;
    let s = Store::open(&data).await.unwrap();
    for (token, name) in [("owner's", "olga"), ("anna's", "anna")] {
        assert_eq!(s.account(token).await.unwrap().unwrap().name, name);
    }
    s.revoke_token("owner's").await.unwrap();
    assert_eq!(s.account("owner's").await.unwrap(), None);
}
