use super::*;
use proptest::prelude::*;
use zeroize::Zeroizing;

fn device(seed: u8) -> Device {
    Device::from_seed(&Zeroizing::new([seed; 32]))
}

fn person(name: &str, seed: u8, from: u64, to: u64) -> Person {
    Person { name: name.into(), device: device(seed).public(), standing: Standing::Guest, role: Role::Member, from, to }
}

/// Alice and Bob to the end; Carol left and came back; Dave left.
fn receipt() -> Receipt {
    let mut alice = person("Alice", 1, 100, 900);
    alice.role = Role::Creator;
    alice.standing = Standing::Vouched { subject: "alice@example.org".into() };
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
        checked: vec![(1, 4)],
        transcript: transcript(b"authenticator"),
    }
}

fn signed(by: &[u8]) -> Signed {
    let mut signed = Signed::new(receipt()).unwrap();
    for seed in by {
        let signature = signed.receipt.sign(&device(*seed)).unwrap();
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
    let text = String::from_utf8(receipt().signed_bytes().unwrap()).unwrap();
    assert!(text.starts_with("conclave receipt v1\0{\"version\":1,\"room\":\"board\",\"generations\":[1,2],\"began\":100,\"ended\":900,\"unbroken\":true,\"gaps\":[],\"people\":[{\"name\":\"Alice\",\"device\":\"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w\",\"standing\":{\"how\":\"vouched\",\"subject\":\"alice@example.org\"},\"role\":\"creator\",\"from\":100,\"to\":900},"), "{text}");
}

#[test]
fn any_change_of_the_text_is_damage() {
    let file = String::from_utf8(signed(&[1, 2, 3]).to_file().unwrap()).unwrap();
    for (old, new) in [
        ("\"board\"", "\"bored\""),
        ("Alice", "Mallory"),
        ("\"from\": 200", "\"from\": 201"),
        ("alice@example.org", "root@example.org"),
        ("\"creator\"", "\"moderator\""),
        ("\"began\": 100", "\"began\": 99"),
    ] {
        let changed = file.replacen(old, new, 1);
        assert_ne!(changed, file, "{old}");
        let report = Signed::from_file(changed.as_bytes()).unwrap().verify().unwrap();
        assert_eq!((report.signed.len(), report.damaged.len()), (0, 3), "{old}");
        assert!(!report.is_complete());
    }
    for (old, new) in [
        ("\"unbroken\": true", "\"unbroken\": false"),
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
    let elsewhere = other.sign(&device(9)).unwrap();
    assert!(!signed.add(elsewhere.clone()), "a signature of another receipt");
    let again = signed.signatures[0].clone();
    assert!(!signed.add(again.clone()), "twice");
    let bytes = signed.receipt.signed_bytes().unwrap();
    let stranger = Signature { device: device(9).public(), signature: Blob(device(9).sign(&bytes)) };
    assert!(!signed.add(stranger.clone()), "somebody who was not in");
    signed.signatures.extend([elsewhere, stranger, again]);
    let stolen = Signature { device: device(3).public(), signature: signed.signatures[0].signature.clone() };
    signed.signatures.push(stolen);
    let report = signed.verify().unwrap();
    assert_eq!((report.signed.len(), report.damaged.len(), report.strangers.len()), (2, 2, 1));
    assert_eq!(names(&report.unsigned), ["Carol"]);
    assert!(receipt().sign(&device(4)).is_err(), "who left before the end does not vouch for the end");
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
    assert_eq!(differs(&|draft| draft.people[1].standing = Standing::Pinned { name: "Bob".into() }), None);
    assert!(differs(&|draft| draft.people[1].from += 6).unwrap().contains("Bob"));
    assert!(differs(&|draft| drop(draft.people.remove(4))).unwrap().contains("Dave"));
    assert!(differs(&|draft| draft.people.push(person("Eve", 9, 100, 900))).unwrap().contains("Eve"));
    assert!(differs(&|draft| draft.people[1].role = Role::Moderator).is_some());
    assert!(differs(&|draft| draft.recordings.clear()).unwrap().contains("recordings"));
    assert!(differs(&|draft| draft.checked.push((2, 9))).unwrap().contains("safety code"));
    assert!(differs(&|draft| draft.transcript = transcript(b"fork")).unwrap().contains("another group"));
    let mut broken = receipt();
    (broken.unbroken, broken.gaps) = (false, vec![Gap { from: 300, to: 310, why: "plain".into() }]);
    assert!(receipt().disagreement(&broken, 5).unwrap().contains("unbroken"));
}

#[test]
fn contradictions_and_excess_are_refused() {
    let refused = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = receipt();
        change(&mut receipt);
        receipt.sign(&device(1)).is_err() && Signed::new(receipt).is_err()
    };
    assert!(refused(&|r| r.people[1].to = 901));
    assert!(refused(&|r| r.people[1].from = 99));
    assert!(refused(&|r| r.gaps.push(Gap { from: 100, to: 101, why: "x".into() })));
    assert!(refused(&|r| r.people[0].name = "x".repeat(MAX_TEXT + 1)));
    assert!(refused(&|r| r.checked = vec![(1, 1); MAX_LINES + 1]));
    assert!(refused(&|r| r.transcript = Blob(vec![0; 31])));
    assert!(refused(&|r| r.generations = (2, 1)));
    assert!(Signed::from_file(&vec![b' '; MAX_BYTES + 1]).is_err());
}

proptest! {
    #[test]
    fn no_damaged_file_panics_or_is_complete(at in 0usize..4000, byte: u8) {
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
