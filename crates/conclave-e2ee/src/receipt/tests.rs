use super::*;
use crate::identity::IssuerSigner;
use proptest::prelude::*;
use zeroize::Zeroizing;

fn device(seed: u8) -> Device {
    Device::from_seed(&Zeroizing::new([seed; 32]))
}

fn person(name: &str, seed: u8, from: u64, to: u64) -> Person {
    let (device, standing, vouch) = (device(seed).public(), Standing::Guest, None);
    Person { name: name.into(), device, standing, vouch, role: Role::Member, from, to, stayed: to == 900 }
}

/// Alice and Bob to the end; Carol left and came back; Dave left.
fn receipt() -> Receipt {
    let mut alice = person("Alice", 1, 100, 900);
    alice.role = Role::Creator;
    alice.standing = Standing::Vouched { subject: "alice@example.org".into() };
    let issuer = IssuerSigner::from_seed(&Zeroizing::new([7; 32]));
    alice.vouch = Some(issuer.vouch("alice@example.org", alice.device, 5000).unwrap().to_text());
    Receipt {
        version: 1,
        room: "board".into(),
        generations: (1, 2),
        began: 100,
        ended: 900,
        unbroken: true,
        gaps: Vec::new(),
        people: vec![
            alice,
            person("Bob", 2, 110, 900),
            person("Carol", 3, 120, 300),
            person("Carol", 3, 400, 900),
            person("Dave", 4, 130, 500),
        ],
        recordings: vec![Recording { by: device(2).public(), from: 200, to: 250 }],
        transcript: transcript(b"authenticator"),
    }
}

fn signed(by: &[u8]) -> Signed {
    let mut signed = Signed::new(receipt()).unwrap();
    for seed in by {
        let signature = signed.receipt.sign(&device(*seed), vec![(1, 4)]).unwrap();
        assert!(signed.add(signature));
    }
    signed
}

fn names(parties: &[Party]) -> Vec<&str> {
    parties.iter().map(|party| party.name.as_str()).collect()
}

#[test]
fn a_file_says_who_signed_and_who_did_not() {
    let file = signed(&[1, 3]).to_file().unwrap();
    let report = Signed::from_file(&file).unwrap().verify().unwrap();
    assert_eq!(
        (names(&report.signed), names(&report.unsigned), names(&report.left)),
        (vec!["Alice", "Carol"], vec!["Bob"], vec!["Dave"])
    );
    assert!(!report.is_complete());
    assert!(signed(&[1, 2, 3]).verify().unwrap().is_complete());
    assert!(!signed(&[]).verify().unwrap().is_complete());
}

#[test]
fn the_signed_bytes_stay_what_they_are() {
    // Receipts are kept for years: a change of these bytes makes all of them "damaged".
    let hash = receipt().id().unwrap().0.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hash, "1385a4729a6e2e7de7b66ff2bde2dffda734616af3859b4ae67522ea905c13b7");
    let json = serde_json::to_string(&receipt().people[1]).unwrap();
    assert_eq!(
        json,
        "{\"name\":\"Bob\",\"device\":\"gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q\",\"standing\":{\"how\":\"guest\"},\
         \"vouch\":null,\"role\":\"member\",\"from\":110,\"to\":900,\"stayed\":true}"
    );
}

#[test]
fn any_change_of_the_text_is_damage() {
    let file = String::from_utf8(signed(&[1, 2, 3]).to_file().unwrap()).unwrap();
    for (old, new, place) in [
        ("\"board\"", "\"bored\"", "the room's name"),
        ("Alice", "Mallory", "person 1 (Mallory)"),
        ("\"from\": 200", "\"from\": 201", "recording 1"),
        ("\"creator\"", "\"moderator\"", "person 1 (Alice)"),
        ("\"began\": 100", "\"began\": 99", "the begin"),
        ("\"from\": 400", "\"from\": 401", "person 4 (Carol)"),
    ] {
        let changed = file.replacen(old, new, 1);
        assert_ne!(changed, file, "{old}");
        let report = Signed::from_file(changed.as_bytes()).unwrap().verify().unwrap();
        assert_eq!((report.signed.len(), report.damaged.len()), (0, 3), "{old}");
        assert_eq!(report.changed, [place], "and it is located");
        assert!(!report.is_complete());
    }
    // With its digest changed along, it is no longer what was signed.
    let mut forged = signed(&[1, 2, 3]);
    forged.receipt.room = "bored".into();
    forged.digests = forged.receipt.digests().unwrap();
    let report = forged.verify().unwrap();
    assert_eq!((report.signed.len(), report.damaged.len(), report.changed.len()), (0, 3, 0));
    let mut claimed = signed(&[1, 2, 3]);
    claimed.signatures[1].checked.clear();
    let report = claimed.verify().unwrap();
    assert_eq!((names(&report.signed), names(&report.damaged)), (vec!["Alice", "Carol"], vec!["Bob"]));
    let mut shorter = signed(&[1, 2, 3]);
    shorter.receipt.people.pop();
    assert!(!shorter.verify().unwrap().is_genuine());
    for (old, new) in [
        ("\"unbroken\": true", "\"unbroken\": false"),
        ("alice@example.org", "root@example.org"),
        ("\"version\": 1", "\"version\": 2"),
        ("\"ended\": 900", "\"ended\": 800"),
        ("\"room\"", "\"note\": \"unsigned\", \"room\""),
        ("\"room\": \"board\"", "\"room\": \"board\", \"room\": \"other\""),
        ("\"signatures\"", "\"signed_by\": \"everybody\", \"signatures\""),
    ] {
        assert!(Signed::from_file(file.replacen(old, new, 1).as_bytes()).is_err(), "{old}");
    }
}

#[test]
fn spaces_and_order_of_fields_do_not_matter() {
    let signed = signed(&[1]);
    let value: serde_json::Value = serde_json::to_value(&signed).unwrap();
    let other = serde_json::to_vec(&value).unwrap();
    assert_eq!(Signed::from_file(&other).unwrap().verify().unwrap().signed.len(), 1);
}

#[test]
fn signatures_of_others_count_for_nothing() {
    let mut signed = signed(&[1, 2]);
    let mut other = signed.receipt.clone();
    other.people.push(person("Eve", 9, 100, 900));
    let elsewhere = other.sign(&device(9), vec![]).unwrap();
    assert!(!signed.add(elsewhere.clone()), "a signature of another receipt");
    let again = signed.signatures[0].clone();
    assert!(!signed.add(again.clone()), "twice");
    let bytes = signed_bytes(&signed.digests, &[]);
    let stranger = Signature { device: device(9).public(), checked: vec![], signature: Blob(device(9).sign(&bytes)) };
    assert!(!signed.add(stranger.clone()), "somebody who was not in");
    signed.signatures.extend([elsewhere, stranger, again]);
    let stolen = Signature { device: device(3).public(), ..signed.signatures[0].clone() };
    signed.signatures.push(stolen);
    let report = signed.verify().unwrap();
    assert_eq!((report.signed.len(), report.damaged.len(), report.strangers.len()), (2, 2, 1));
    assert_eq!(names(&report.unsigned), ["Carol"]);
    assert!(receipt().sign(&device(4), vec![]).is_err(), "who left before the end does not vouch for the end");
}

#[test]
fn a_client_signs_only_what_it_saw_itself() {
    let mine = receipt();
    let differs = |change: &dyn Fn(&mut Receipt)| {
        let mut draft = receipt();
        change(&mut draft);
        draft.disagreement(&mine, 5)
    };
    assert_eq!(differs(&|_| {}), None);
    assert_eq!(differs(&|draft| draft.people[1].from += 5), None, "clocks differ a little");
    assert_eq!(differs(&|draft| draft.people[0].name = "Alicia".into()), None, "names are each one's own view");
    assert!(differs(&|draft| draft.people[1].from += 6).unwrap().contains("Bob"));
    assert!(differs(&|draft| drop(draft.people.remove(4))).unwrap().contains("Dave"));
    assert!(differs(&|draft| draft.people.push(person("Eve", 9, 100, 900))).unwrap().contains("Eve"));
    assert!(differs(&|draft| draft.people[1].role = Role::Moderator).is_some());
    assert!(differs(&|draft| draft.recordings.clear()).unwrap().contains("recordings"));
    assert!(differs(&|draft| draft.ended += 60).unwrap().contains("clocks"));
    assert!(differs(&|draft| draft.transcript = transcript(b"fork")).unwrap().contains("another group"));
    let mut broken = receipt();
    (broken.unbroken, broken.gaps) = (false, vec![Gap { from: 300, to: 310, why: "plain".into() }]);
    assert!(receipt().disagreement(&broken, 5).unwrap().contains("unbroken"));
    assert_eq!(broken.disagreement(&receipt(), 5), None, "a gap of somebody else is their own view");
}

#[test]
fn who_came_late_signs_for_what_was_since() {
    // Bob came when Dave was gone and Carol was back, and sees all as having come with him.
    let mut bob = receipt();
    bob.began = 600;
    bob.people.retain(|person| person.to == 900);
    bob.people.iter_mut().for_each(|person| person.from = 600);
    bob.recordings.clear();
    assert_eq!(receipt().disagreement(&bob, 5), None);
    assert_eq!(bob.disagreement(&receipt(), 5), None, "nor may who was there first refuse a late one's draft");
    let mut draft = receipt();
    draft.people.push(person("Eve", 9, 500, 700));
    assert!(draft.disagreement(&bob, 5).unwrap().contains("Eve"), "he would have seen her");
    draft.people.last_mut().unwrap().to = 550;
    assert_eq!(draft.disagreement(&bob, 5), None, "of that he knows nothing");
}

#[test]
fn contradictions_and_excess_are_refused() {
    let refused = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = receipt();
        change(&mut receipt);
        receipt.sign(&device(1), vec![]).is_err() && Signed::new(receipt).is_err()
    };
    assert!(refused(&|r| r.people[1].to = 901));
    assert!(refused(&|r| r.people[1].from = 99));
    assert!(refused(&|r| r.gaps.push(Gap { from: 100, to: 101, why: "x".into() })));
    assert!(refused(&|r| r.people[0].name = "x".repeat(MAX_TEXT + 1)));
    assert!(refused(&|r| r.people[1].standing = Standing::Pinned { name: "Bob".into() }), "a client's own memory");
    assert!(refused(&|r| r.people[1].standing = Standing::Account { subject: "bob".into() }), "nobody's word");
    assert!(refused(&|r| r.people[1].vouch = r.people[0].vouch.clone()));
    assert!(refused(&|r| r.transcript = Blob(vec![0; 31])));
    assert!(refused(&|r| r.generations = (2, 1)));
    assert!(Signed::from_file(&vec![b' '; MAX_BYTES + 1]).is_err());
}

proptest! {
    #[test]
    fn no_damaged_file_panics_or_is_complete(at in 0usize..6000, byte: u8) {
        let mut file = signed(&[1, 2, 3]).to_file().unwrap();
        let at = at % file.len();
        prop_assume!(file[at] != byte);
        file[at] = byte;
        if let Ok(read) = Signed::from_file(&file) {
            // Some bytes are only between the words.
            let report = read.verify();
            prop_assert!(read == signed(&[1, 2, 3]) || report.is_err() || !report.unwrap().is_complete());
        }
    }
}
