//! What a Jitsi room may want of a newcomer beside the link: the password of an account, and the room's own. Asked for here, where there
//! is still a terminal to ask on.

use super::Args;
use crate::backend::jitsi::look::{self, Door};
use crate::backend::link::{Login, Scheme};
use crate::backend::{Link, conclave};
use crate::cli::prompt;
use crate::exit::{Exit, Failure};
use crate::i18n::tr;
use crate::net::Options;
use std::io::IsTerminal as _;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a look at the door may take; joining says what is wrong.
const LOOK: Duration = Duration::from_secs(10);

/// Completes a link with what was given apart from it; asks for the room's password if there is one.
pub(super) fn settle(link: &mut Link, net: &Options, args: &Args, may_ask: bool) -> Result<(), Failure> {
    let asks = may_ask && std::io::stdin().is_terminal();
    if let Some(user) = &args.user {
        if link.scheme == Scheme::LiveKit {
            return Err(Failure::new(Exit::Usage, "LiveKit servers know tokens and no users; leave --user away"));
        }
        link.login = Some(Login { user: user.clone(), password: password(link, user, args, asks)? });
    }
    if link.invite.is_some() || link.scheme == Scheme::LiveKit {
        return Ok(());
    }
    link.pin = args.pin_fd.map(|fd| prompt::from_fd(fd, "the room's password")).transpose()?;
    let looks = asks && link.pin.is_none() && !link.room.is_empty() && !link.says_ours();
    if looks && door(link, net).is_some_and(|door| door.password) {
        let given = prompt::ask_secret(&format!("{} ", tr!("prompt-room-password")))?;
        link.pin = Some(given).filter(|p| !p.is_empty());
    }
    Ok(())
}

/// What stands between us and the room; `None` if it is none of Jitsi's, or cannot be looked at.
fn door(link: &Link, net: &Options) -> Option<Door> {
    let target = link.target();
    let look = async {
        if link.scheme == Scheme::Conclave && conclave::well_known(&target, net).await.is_ok() {
            return None;
        }
        look::at(link, net).await.ok()
    };
    crate::cli::small_runtime().ok()?.block_on(async { tokio::time::timeout(LOOK, look).await.ok().flatten() })
}

/// The password of an account: from a descriptor, the keyring, or the terminal.
fn password(link: &Link, user: &str, args: &Args, asks: bool) -> Result<Zeroizing<String>, Failure> {
    if let Some(fd) = args.password_fd {
        return prompt::from_fd(fd, "the password");
    }
    let entry = format!("jitsi:{}:{user}", link.authority());
    let keyring = args.secrecy.identity.keyring.open(asks).ok().filter(|k| k.available().is_ok());
    let kept = keyring.as_ref().and_then(|k| k.load(&entry).ok().flatten());
    if let Some(kept) = kept.and_then(|kept| String::from_utf8(kept.to_vec()).ok()) {
        return Ok(Zeroizing::new(kept));
    }
    if !asks {
        let text = "the password of --user is not in your keyring and nobody can be asked; give it with --password-fd N";
        return Err(Failure::new(Exit::Denied, text));
    }
    let given = prompt::ask_secret(&format!("{} ", tr!("prompt-account-password", user = crate::text::clean(user))))?;
    if args.keep_secret {
        let nowhere = || Failure::new(Exit::Usage, "there is no keyring to keep the password in; leave --keep-secret away");
        keyring.ok_or_else(nowhere)?.store_secret(&entry, given.as_bytes())?;
    }
    Ok(given)
}
