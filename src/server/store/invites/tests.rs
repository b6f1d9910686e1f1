use super::*;
use crate::protocol::control::RoomMode;
use crate::server::store::DataDir;

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
    store.create_room("board", RoomMode::Strict, 1).await.unwrap();
    (dir, store)
}

const NEW: NewInvite<'static> =
    NewInvite { room: "board", role: "guest", seconds: 100, uses: 1, pin: None, made_by: Some("a-1") };

#[tokio::test]
async fn an_invite_has_a_secret_that_is_kept_as_a_hash_and_is_listed_as_it_is() {
    let (dir, s) = store().await;
    let (invite, secret) = s.create_invite(NEW, 1000).await.unwrap();
    assert_eq!(secret.len(), 43, "256 bits");
    assert_eq!((invite.expires, invite.uses, invite.used, invite.state), (1100, 1, 0, State::Good));
    assert_eq!(s.invites(Some("board"), None, 1000).await.unwrap(), std::slice::from_ref(&invite));
    assert!(s.invites(Some("other"), None, 1000).await.unwrap().is_empty());
    assert_eq!(s.shown_invite(&secret, 1000).await.unwrap().unwrap().invite, invite);
    assert!(s.shown_invite(&invite.id, 1000).await.unwrap().is_none());
    s.close().await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "the secret is on the disk");
    }
}

#[tokio::test]
async fn of_many_who_use_the_last_use_at_once_one_gets_it() {
    let (_dir, s) = store().await;
    let (invite, _) = s.create_invite(NewInvite { uses: 3, ..NEW }, 1000).await.unwrap();
    let tries: Vec<_> = (0..12)
        .map(|n| {
            let (s, id) = (s.clone(), invite.id.clone());
            tokio::spawn(async move { s.use_invite(&id, &format!("m-{n}"), 1001).await.unwrap() })
        })
        .collect();
    let mut results = Vec::new();
    for t in tries {
        results.push(t.await.unwrap());
    }
    assert_eq!(results.iter().filter(|r| **r == Use::New).count(), 3, "{results:?}");
    assert_eq!(results.iter().filter(|r| **r == Use::Refused(State::UsedUp)).count(), 9, "{results:?}");
    assert_eq!(s.invites(None, None, 1001).await.unwrap()[0].used, 3);
}

#[tokio::test]
async fn who_comes_back_uses_nothing_up_even_after_the_end_unless_it_was_revoked() {
    let (_dir, s) = store().await;
    let (invite, _) = s.create_invite(NEW, 1000).await.unwrap();
    let enter = async |member, now| s.use_invite(&invite.id, member, now).await.unwrap();
    assert_eq!(enter("m-1", 1001).await, Use::New);
    assert_eq!(enter("m-1", 1002).await, Use::Again);
    assert_eq!(enter("m-2", 1002).await, Use::Refused(State::UsedUp));
    assert_eq!(enter("m-1", 5000).await, Use::Again, "the call is longer than the invite");
    assert_eq!(enter("m-2", 5000).await, Use::Refused(State::Expired));
    assert_eq!(s.revoke_invite(&invite.id, None, 5001).await.unwrap(), "board");
    assert_eq!(enter("m-1", 5002).await, Use::Refused(State::Revoked));
    assert_eq!(s.revoke_invite("i-none", None, 5001).await.unwrap_err().exit, Exit::Unavailable);
}

#[tokio::test]
async fn a_use_that_led_nowhere_is_given_back() {
    let (_dir, s) = store().await;
    let (invite, _) = s.create_invite(NEW, 1000).await.unwrap();
    assert_eq!(s.use_invite(&invite.id, "m-1", 1001).await.unwrap(), Use::New);
    s.release_invite(&invite.id, "m-2").await.unwrap();
    assert_eq!(s.use_invite(&invite.id, "m-2", 1001).await.unwrap(), Use::Refused(State::UsedUp));
    s.release_invite(&invite.id, "m-1").await.unwrap();
    assert_eq!(s.use_invite(&invite.id, "m-2", 1001).await.unwrap(), Use::New);
}

#[tokio::test]
async fn ten_wrong_pins_lock_an_invite_and_right_ones_cost_nothing() {
    let (_dir, s) = store().await;
    let (invite, _) = s.create_invite(NewInvite { pin: Some("hash"), uses: 50, ..NEW }, 1000).await.unwrap();
    for _ in 0..30 {
        assert_eq!(s.take_pin_try(&invite.id).await.unwrap(), Some(1));
        s.give_pin_try_back(&invite.id).await.unwrap();
    }
    for n in 1..=MAX_WRONG_PINS {
        assert_eq!(s.take_pin_try(&invite.id).await.unwrap(), Some(n));
    }
    assert_eq!(s.take_pin_try(&invite.id).await.unwrap(), None);
    assert_eq!(s.use_invite(&invite.id, "m-1", 1001).await.unwrap(), Use::Refused(State::Locked));
}

#[tokio::test]
async fn invites_end_with_their_room_and_are_bounded() {
    let (_dir, s) = store().await;
    for bad in [NewInvite { uses: 0, ..NEW }, NewInvite { uses: MAX_USES + 1, ..NEW }, NewInvite { seconds: 0, ..NEW }] {
        assert_eq!(s.create_invite(bad, 1000).await.unwrap_err().exit, Exit::Data);
    }
    assert_eq!(s.create_invite(NewInvite { seconds: MAX_SECONDS + 1, ..NEW }, 1000).await.unwrap_err().exit, Exit::Data);
    assert_eq!(s.create_invite(NewInvite { room: "none", ..NEW }, 1000).await.unwrap_err().exit, Exit::Unavailable);
    let (invite, secret) = s.create_invite(NEW, 1000).await.unwrap();
    // Long after its end it is listed no more.
    s.create_invite(NEW, 1100 + KEPT_SECONDS).await.unwrap();
    assert!(s.shown_invite(&secret, 1000).await.unwrap().is_none());
    assert_eq!(s.invites(None, None, 1000).await.unwrap().len(), 1);
    s.delete_room("board").await.unwrap();
    assert!(s.invites(None, None, 1000).await.unwrap().is_empty());
    assert_eq!(s.use_invite(&invite.id, "m-1", 1001).await.unwrap(), Use::Refused(State::Revoked));
}

#[tokio::test]
async fn a_room_says_whether_it_takes_invited_people_only() {
    let (_dir, s) = store().await;
    s.create_room_for("board-2", RoomMode::Strict, true, 1).await.unwrap();
    let rooms = s.rooms().await.unwrap();
    assert_eq!(rooms.iter().map(|r| r.invite_only).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn rooms_and_invites_know_whose_they_are() {
    let (_dir, s) = store().await;
    let (invite, _) = s.create_invite(NEW, 1000).await.unwrap();
    assert!(s.invites(None, Some("a-2"), 1000).await.unwrap().is_empty());
    assert_eq!(s.invites(None, Some("a-1"), 1000).await.unwrap().len(), 1);
    assert_eq!(s.revoke_invite(&invite.id, Some("a-2"), 1001).await.unwrap_err().exit, Exit::Unavailable);
    s.revoke_invite(&invite.id, Some("a-1"), 1001).await.unwrap();
    assert!(s.rooms_of("a-1").await.unwrap().is_empty());
    s.made_room("board", "a-1").await.unwrap();
    assert_eq!(s.rooms_of("a-1").await.unwrap().into_iter().collect::<Vec<_>>(), ["board"]);
}
