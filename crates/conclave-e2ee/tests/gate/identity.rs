//! Certificates, vouches, revocation lists, and the room's state by itself.

use crate::world::{NOW, ROOM, device, issuer, refused_code, state};
use conclave_e2ee::identity::{LENIENCY, MAX_LIFE, MAX_VOUCH_LIFE};
use conclave_e2ee::room::MAX_DEVICES;
use conclave_e2ee::{
    Admission, Credential, Device, DeviceKey, Error, IssuerKey, IssuerSigner, RevocationList, Role, RoomState, Standing, Vouch,
};

#[test]
fn a_device_is_its_seed() {
    let device = Device::generate().unwrap();
    assert_eq!(Device::from_seed(&device.seed()).public(), device.public());
    assert_ne!(Device::generate().unwrap().public(), device.public());
    let text = format!("{device:?}");
    assert_eq!(text, format!("Device({})", device.public().short()), "Debug shows nothing secret");
}

#[test]
fn fingerprints_are_for_people() {
    let short = DeviceKey([0; 32]).short();
    // SHA-256 of 32 zero bytes begins 66687aadf862bd776c8f.
    assert_eq!(short, "mzuh-vlpy-mk6x-o3ep");
    assert_ne!(DeviceKey([1; 32]).short(), short);
    let key = device("ana").public();
    assert_eq!(key.to_string().parse::<DeviceKey>().unwrap(), key);
    assert!("abc".parse::<IssuerKey>().is_err());
    assert_eq!(serde_json::to_string(&key).unwrap(), format!("\"{key}\""));
}

#[test]
fn certificates_are_for_one_leaf_one_room_and_a_day() {
    let not_after = NOW + MAX_LIFE;
    let credential = device("ana").certify(ROOM, &[1; 32], not_after, Vec::new());
    let read = Credential::decode(&credential.encode().unwrap()).unwrap();
    assert_eq!(read, credential);
    assert!(read.verify(NOW, ROOM, &[1; 32]).is_ok());
    let code = |now, room: &str, leaf: [u8; 32]| refused_code(&read.verify(now, room, &leaf).unwrap_err()).to_owned();
    assert_eq!(code(NOW, "other", [1; 32]), "certificate");
    assert_eq!(code(NOW, ROOM, [2; 32]), "certificate");
    assert!(read.verify(not_after + LENIENCY, ROOM, &[1; 32]).is_ok());
    assert_eq!(code(not_after + LENIENCY + 1, ROOM, [1; 32]), "expired");
    assert!(read.verify(NOW - LENIENCY, ROOM, &[1; 32]).is_ok());
    assert_eq!(code(NOW - LENIENCY - 1, ROOM, [1; 32]), "long_lived");
    let mut forged = read.clone();
    forged.device = device("eve").public();
    assert!(forged.verify(NOW, ROOM, &[1; 32]).is_err());
    let mut longer = read.clone();
    longer.not_after -= 1;
    assert!(longer.verify(NOW, ROOM, &[1; 32]).is_err());
}

#[test]
fn standing_is_by_the_rooms_own_issuers() {
    let accounts = IssuerSigner::generate().unwrap();
    let mut rules = state(Admission::Admit);
    rules.issuers = vec![issuer().public()];
    rules.accounts = Some(accounts.public());
    let vouch = |signer: &IssuerSigner, who: &str| signer.vouch("ben@example.org", device(who).public(), NOW + 60).unwrap();
    let standing = |vouches: Vec<Vouch>, now| device("ben").certify(ROOM, &[1; 32], NOW + 60, vouches).standing(now, &rules);
    let subject = || "ben@example.org".to_owned();
    let (good, account) = (vouch(&issuer(), "ben"), vouch(&accounts, "ben"));
    assert_eq!(standing(vec![account.clone(), good.clone()], NOW), Standing::Vouched { subject: subject() });
    assert_eq!(standing(vec![account.clone()], NOW), Standing::Account { subject: subject() });
    assert_eq!(standing(vec![vouch(&IssuerSigner::generate().unwrap(), "ben")], NOW), Standing::Guest, "unknown issuer");
    assert_eq!(standing(vec![vouch(&issuer(), "cleo")], NOW), Standing::Guest, "another device's");
    assert_eq!(standing(vec![good.clone()], NOW + 61 + LENIENCY), Standing::Guest, "over");
    let mut renamed = good.clone();
    renamed.subject = "ana@example.org".into();
    assert_eq!(standing(vec![renamed], NOW), Standing::Guest, "forged");
    let eternal = issuer().vouch("x", device("ben").public(), NOW + MAX_VOUCH_LIFE + LENIENCY + 1).unwrap();
    assert_eq!(standing(vec![eternal], NOW), Standing::Guest, "for ever");
    // One key in the other's place: an account is not an administrator's word.
    let mut swapped = account;
    swapped.issuer = issuer().public();
    assert_eq!(standing(vec![swapped], NOW), Standing::Guest);
    assert_eq!(Vouch::from_text(&good.to_text()).unwrap(), good);
    assert!(issuer().vouch(&"x".repeat(129), device("ben").public(), NOW).is_err());
    assert!(issuer().vouch("", device("ben").public(), NOW).is_err());
}

#[test]
fn too_many_vouches_do_not_fit() {
    let vouch = issuer().vouch("ben", device("ben").public(), NOW).unwrap();
    let credential = device("ben").certify(ROOM, &[1; 32], NOW, vec![vouch; 3]);
    assert!(matches!(credential.encode(), Err(Error::Refused(_))));
}

#[test]
fn revocation_lists_are_signed() {
    let (eve, mallory) = (device("eve").public(), device("mallory").public());
    let list = issuer().revoke(3, NOW, vec![mallory, eve, eve]).unwrap();
    assert_eq!(list.revoked.len(), 2);
    let text = list.to_text().unwrap();
    assert_eq!(RevocationList::from_text(&text).unwrap(), list);
    for forged in [
        text.replace("\"serial\": 3", "\"serial\": 4"),
        text.replace(&eve.to_string(), &device("ben").public().to_string()),
        text.replace(&issuer().public().to_string(), &IssuerSigner::generate().unwrap().public().to_string()),
    ] {
        assert_ne!(forged, text);
        assert!(RevocationList::from_text(&forged).is_err());
    }
}

#[test]
fn a_state_is_read_as_it_was_written() {
    let mut full = state(Admission::Link);
    full.issuers = vec![issuer().public()];
    full.accounts = Some(issuer().public());
    full.secret = Some([4; 32]);
    full.list = vec!["*".into(), "ben".into()];
    full.grant(&device("ana"), device("ben").public());
    full.grant(&device("ben"), device("cleo").public());
    full.kicked = vec![device("eve").public()];
    full.away = vec![device("dan").public()];
    (full.passphrase, full.locked, full.frozen, full.no_recording, full.receipt) = (true, true, true, true, true);
    let bytes = full.encode().unwrap();
    assert_eq!(RoomState::decode(&bytes).unwrap(), full);
    for cut in 0..bytes.len() {
        assert!(RoomState::decode(&bytes[..cut]).is_err());
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(RoomState::decode(&longer).is_err());
    assert_eq!(full.role_of(&device("ana").public()), Role::Creator);
    assert_eq!(full.role_of(&device("cleo").public()), Role::Moderator);
    assert!(full.may_return(&device("dan").public()) && !full.may_return(&device("eve").public()));
}

#[test]
fn states_that_cannot_be() {
    let base = state(Admission::Admit);
    let key = |n: usize| {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        DeviceKey(key)
    };
    type Bend<'a> = Box<dyn Fn(&mut RoomState) + 'a>;
    let bends: Vec<(&str, Bend<'_>)> = vec![
        ("too_large", Box::new(|s| s.room = "x".repeat(129))),
        ("too_large", Box::new(|s| s.kicked = (0..=MAX_DEVICES).map(key).collect())),
        ("too_large", Box::new(|s| s.list = vec!["x".into(); 1001])),
        ("too_large", Box::new(|s| s.list = vec!["x".repeat(129)])),
        ("invalid", Box::new(|s| s.room.clear())),
        ("invalid", Box::new(|s| s.generation = 0)),
        ("invalid", Box::new(|s| s.kicked = vec![key(1), key(1)])),
        ("frozen_unlocked", Box::new(|s| s.frozen = true)),
        ("kicked", Box::new(|s| s.kicked = vec![s.creator])),
        ("kicked", Box::new(|s| (s.kicked, s.away) = (vec![key(1)], vec![key(1)]))),
        // A grant by nobody; in a circle; to the creator; twice; of somebody kicked; in the wrong order; with a number that was
        // never given, or twice.
        ("grant", Box::new(|s| s.grant(&device("ben"), device("cleo").public()))),
        ("grant", Box::new(|s| s.grant(&device("ben"), device("ben").public()))),
        ("grant", Box::new(|s| s.grant(&device("ana"), s.creator))),
        ("grant", Box::new(|s| (0..2).for_each(|_| s.grant(&device("ana"), device("ben").public())))),
        (
            "grant",
            Box::new(|s| {
                s.grant(&device("ana"), device("ben").public());
                s.kicked = vec![device("ben").public()];
            }),
        ),
        (
            "grant",
            Box::new(|s| {
                s.grant(&device("ana"), device("ben").public());
                s.grant(&device("ben"), device("cleo").public());
                s.moderators.reverse();
            }),
        ),
        (
            "grant",
            Box::new(|s| {
                s.grant(&device("ana"), device("ben").public());
                s.granted = 0;
            }),
        ),
        (
            "grant",
            Box::new(|s| {
                s.grant(&device("ana"), device("ben").public());
                s.granted = 0;
                s.grant(&device("ana"), device("cleo").public());
            }),
        ),
    ];
    for (word, bend) in bends {
        let mut state = base.clone();
        bend(&mut state);
        assert_eq!(refused_code(&state.check().unwrap_err()), word);
    }
}

#[test]
fn away_never_fills_up() {
    let mut full = state(Admission::Admit);
    let key = |n: usize| {
        let mut key = [1; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        DeviceKey(key)
    };
    full.away = (0..MAX_DEVICES).map(key).collect();
    let next = full.next_generation([device("ben").public()]);
    assert_eq!(next.away.len(), MAX_DEVICES);
    assert!(next.may_return(&device("ben").public()) && !next.may_return(&key(0)));
}

#[test]
fn the_largest_state_fits() {
    let mut full = state(Admission::Link);
    let key = |kind: u8, n: usize| {
        let mut key = [kind; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        DeviceKey(key)
    };
    full.room = "r".repeat(128);
    full.list = vec!["x".repeat(128); 1000];
    full.kicked = (0..MAX_DEVICES).map(|n| key(1, n)).collect();
    full.away = (0..MAX_DEVICES).map(|n| key(2, n)).collect();
    full.issuers = (0..32).map(|n| IssuerKey(key(3, n).0)).collect();
    (0..100).for_each(|n| full.grant(&device("ana"), key(4, n)));
    assert_eq!(RoomState::decode(&full.encode().unwrap()).unwrap(), full);
}
