use super::*;
use proptest::prelude::*;

fn id(n: usize) -> PeerId {
    PeerId(format!("m-{n}"))
}

fn call(own: &str) -> Names {
    let mut names = Names::default();
    names.own(own);
    names
}

fn shown(names: &mut Names, n: usize, said: &str) -> (String, Vec<NameMark>) {
    let shown = names.take(&id(n), said);
    (shown.name, shown.marks)
}

#[test]
fn who_comes_second_with_a_name_has_a_number_and_keeps_it() {
    let mut n = call("Olga");
    assert_eq!(shown(&mut n, 1, "Ana"), ("Ana".into(), vec![]));
    assert_eq!(shown(&mut n, 2, "Ana"), ("Ana (2)".into(), vec![NameMark::Duplicate]));
    assert_eq!(shown(&mut n, 3, "ANA"), ("ANA (3)".into(), vec![NameMark::Confusable]));
    n.gone(&id(1));
    assert_eq!(n.shown(&id(2)).unwrap().name, "Ana (2)", "the others are called as before");
    // The name without a number is not the second one's: it looks like theirs.
    assert_eq!(shown(&mut n, 4, "Ana"), ("Ana (4)".into(), vec![NameMark::Duplicate]));
    n.gone(&id(3));
    assert_eq!(shown(&mut n, 5, "Ana"), ("Ana (3)".into(), vec![NameMark::Duplicate]));
    // A new name of the same person takes nothing away from them.
    assert_eq!(shown(&mut n, 5, "Ben"), ("Ben".into(), vec![]));
    assert_eq!((n.said(&id(2)), n.said(&id(9))), (Some("Ana"), None));
}

#[test]
fn look_alikes_are_numbered_and_marked() {
    for (first, second) in [
        ("Ana", "\u{410}na"),         // Cyrillic A
        ("Ana", "An\u{430}"),         // Cyrillic a
        ("Iris", "lris"),             // small L
        ("Modern", "Modem"),          // rn and m
        ("Bob", "B0b"),               // zero
        ("Zoë", "Zoe\u{308}"),        // composed and not
        ("Ana Ngata", "Ana  Ngata."), // what stands around
        ("Ana", "A\u{200D}na"),       // a joiner
        ("ana", "\u{1D41A}na"),       // mathematical bold
        ("Ana", "\u{FF21}na"),        // full width
    ] {
        let mut n = call("Olga");
        shown(&mut n, 1, first);
        let (name, marks) = shown(&mut n, 2, second);
        assert_eq!(name, format!("{second} (2)"), "{first}");
        assert!(marks.contains(&NameMark::Confusable), "{first} {second}: {marks:?}");
    }
    let mut n = call("Olga");
    shown(&mut n, 1, "Ana");
    for other in ["Anna", "Hana", "Ana Maria", "Änne", "🦊", "山田", "Иван"] {
        assert_eq!(shown(&mut n, 2, other), (other.to_owned(), vec![]), "{other} is another name");
    }
}

#[test]
fn nobody_is_shown_with_our_name() {
    let mut n = call("Olga");
    assert_eq!(shown(&mut n, 1, "Olga"), ("Olga (2)".into(), vec![NameMark::Own]));
    assert_eq!(shown(&mut n, 2, "0lga"), ("0lga (3)".into(), vec![NameMark::Own, NameMark::Confusable]));
    shown(&mut n, 3, "Ben");
    n.own("Ben");
    assert_eq!(n.touched_by_own(), [id(1), id(2), id(3)]);
    assert_eq!(shown(&mut n, 3, "Ben"), ("Ben (2)".into(), vec![NameMark::Own]));
}

#[test]
fn offices_and_what_the_program_says_itself_are_marked() {
    for name in [
        "Server",
        "ADMIN",
        "system",
        "The Server",
        "Moderator Ana",
        "a d m i n",
        "\u{430}dmin",
        "Host",
        "You",
        "Ana (you)",
        "Ana (2)",
        "Ana [host]",
        "everyone",
        "m-Zm9vYmFy",
        "Admin\u{200D}",
        "[System]",
        "Conclave",
    ] {
        let (shown, marks) = shown(&mut call("Olga"), 1, name);
        assert!(marks.contains(&NameMark::Reserved), "{name}: {marks:?}");
        assert_eq!(shown, format!("{name} (1)"));
    }
    for name in ["Ana", "Mohammed", "Hostettler", "Roots", "Adeline", "Ana (Berlin)", "Ana (she/her)", "Youssef", "Systema"] {
        assert_eq!(shown(&mut call("Olga"), 1, name), (name.to_owned(), vec![]));
    }
    // A number that somebody gives themselves never takes that of somebody else.
    let mut n = call("Olga");
    shown(&mut n, 1, "Ana");
    assert_eq!(shown(&mut n, 2, "Ana (2)").0, "Ana (2) (1)");
    assert_eq!(shown(&mut n, 3, "Ana").0, "Ana (2)");
}

#[test]
fn words_of_several_alphabets_are_marked_and_those_that_belong_together_are_not() {
    for name in ["\u{410}na", "Pav\u{3B5}l", "Ива\u{6E}"] {
        assert_eq!(shown(&mut call("Olga"), 1, name).1, [NameMark::MixedScript], "{name}");
    }
    for name in ["山田 Taro", "山田Taro", "ひらがなカタカナ漢字", "김Kim", "Ana Иванова", "Dvořák", "Nguyễn", "Ana2", "Ђорђе"]
    {
        assert!(shown(&mut call("Olga"), 1, name).1.is_empty(), "{name}");
    }
}

/// What people could call themselves, and pieces of what others are called.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Ana".to_owned()),
        Just("\u{410}n\u{430}".to_owned()),
        Just("Olga".to_owned()),
        Just(" (2)".to_owned()),
        Just(" (1)".to_owned()),
        Just("(you)".to_owned()),
        Just("admin".to_owned()),
        Just("\u{200D}".to_owned()),
        Just("\u{301}".to_owned()),
        Just("l".to_owned()),
        Just("I".to_owned()),
        Just("rn".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever people call themselves, come and go: no two are shown alike, nobody like us, and who is shown with another name
    /// than they say is marked.
    #[test]
    fn no_two_people_in_a_call_are_shown_alike(steps in proptest::collection::vec((0usize..12, hostile(), any::<bool>()), 1..40)) {
        let mut names = call("Olga");
        for (who, said, leaves) in steps {
            if leaves {
                names.gone(&id(who));
                continue;
            }
            let Some(said) = crate::text::clean_name(&said) else { continue };
            let before: Vec<_> = (0..12).filter(|n| *n != who).filter_map(|n| names.shown(&id(n)).cloned()).collect();
            let shown = names.take(&id(who), &said);
            prop_assert!(shown.name == said || !shown.marks.is_empty());
            prop_assert!(shown.name.starts_with(&said));
            prop_assert!(!alike(&looks(&shown.name), &looks("Olga")), "{}", shown.name);
            for other in &before {
                prop_assert!(!alike(&looks(&other.name), &looks(&shown.name)), "{} and {}", other.name, shown.name);
            }
            let after: Vec<_> = (0..12).filter(|n| *n != who).filter_map(|n| names.shown(&id(n)).cloned()).collect();
            prop_assert_eq!(before, after, "nobody else is called otherwise");
        }
    }
}
