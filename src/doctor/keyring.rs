//! Where secrets are kept, and whether something can be kept there.

use super::{Check, Finding, Private, Text};
use crate::credentials::Keyring;
use crate::exit::Failure;

/// What is there.
enum Seen<'a> {
    /// It cannot be opened, or keeps nothing.
    Refuses(&'a Failure),
    /// There is none, and why.
    Nowhere(&'a str),
    /// It asks for a passphrase first, which is not ours to ask for here.
    Closed(String),
    /// It has kept something, and given it up again.
    Keeps { place: String, lasts: bool },
}

/// Looks at what [`Keyring::open`] gave, and proves it by a throw-away entry. Not from asynchronous code.
pub fn keyring(opened: &Result<Keyring, Failure>) -> Finding {
    let keyring = match opened {
        Ok(keyring) => keyring,
        Err(why) => return judge(Seen::Refuses(why)),
    };
    if let Err(why) = keyring.available() {
        // What to do in its place stands in the advice.
        return judge(Seen::Nowhere(why.split_once("; ").map_or(why, |(why, _)| why)));
    }
    if keyring.asks() {
        return judge(Seen::Closed(keyring.place()));
    }
    match keyring.prove() {
        Ok(()) => judge(Seen::Keeps { place: keyring.place(), lasts: keyring.lasts() }),
        Err(why) => judge(Seen::Refuses(&why)),
    }
}

fn judge(seen: Seen<'_>) -> Finding {
    match seen {
        Seen::Refuses(why) => Finding::fail(
            Check::Keyring,
            why.exit,
            Text::of("secrets cannot be kept: ").private(Private::Words, &why.text),
            Text::of(
                "unlock the keyring (log in to your desktop, or open its password manager); --keyring vault does without one",
            ),
        ),
        Seen::Nowhere(why) => Finding::warn(
            Check::Keyring,
            Text::of("you are somebody new in each meeting, and cannot log in: ").private(Private::Words, why),
            Text::of("start gnome-keyring or KWallet, or use --keyring vault (a file that a passphrase opens)"),
        ),
        Seen::Closed(place) => Finding::pass(
            Check::Keyring,
            Text::of("secrets are in ").private(Private::Path, &place).and("; its passphrase was not asked for"),
        ),
        Seen::Keeps { place, lasts: true } => {
            Finding::pass(Check::Keyring, Text::of("secrets are kept in ").private(Private::Path, &place))
        }
        Seen::Keeps { place, lasts: false } => Finding::warn(
            Check::Keyring,
            Text::of("secrets are kept in ").private(Private::Path, &place),
            Text::of("you are somebody new after that; --keyring vault lasts"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Status, exit};
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_locked_keyring_fails_and_none_at_all_does_not() {
        let locked = judge(Seen::Refuses(&Failure::new(Exit::Denied, "the keyring is locked")));
        assert_eq!(exit(&[locked]), Exit::Denied);
        let none = judge(Seen::Nowhere("no bus at /run/user/1000/bus"));
        assert!(none.status() == Status::Warn && !none.text().redacted().contains("1000"), "{none:?}");
        assert_eq!(judge(Seen::Closed("the vault".into())).status(), Status::Pass);
        assert_eq!(judge(Seen::Keeps { place: "your keyring".into(), lasts: true }).status(), Status::Pass);
        assert_eq!(judge(Seen::Keeps { place: "the kernel".into(), lasts: false }).status(), Status::Warn);
    }
}
