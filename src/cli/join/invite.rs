//! The invite of a link, before the call begins: its PIN is asked for here, where there is still a terminal to ask on.

use crate::backend::Link;
use crate::cli::login::Account;
use crate::cli::prompt;
use crate::exit::{Exit, Failure};
use crate::i18n::tr;
use crate::net::Options;
use crate::protocol::api::ErrorBody;
use crate::protocol::invite::{LOOK, Looked, PIN};
use hyper::Method;
use std::io::{IsTerminal as _, Write as _};

/// Finds out whether the link's invite is good, and asks for its PIN until it is right. Nothing is used up. A link without an
/// invite is left as it is.
pub(super) fn settle(link: &mut Link, net: &Options, pin_fd: Option<i32>, may_ask: bool) -> Result<(), Failure> {
    if link.invite.is_none() {
        return Ok(());
    }
    link.pin = pin_fd.map(|fd| prompt::from_fd(fd, "the PIN")).transpose()?;
    let may_ask = may_ask && pin_fd.is_none() && std::io::stdin().is_terminal();
    let runtime = crate::cli::small_runtime()?;
    let door = Account::visitor(link, net.clone());
    while let Some(text) = runtime.block_on(look(&door, link))? {
        if !may_ask {
            let how = if link.pin.is_none() { "; give it with --pin-fd N" } else { "" };
            return Err(Failure::new(Exit::Denied, text + how));
        }
        if link.pin.is_some() {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
        link.pin = Some(prompt::ask_secret(&format!("{} ", tr!("prompt-pin")))?);
    }
    Ok(())
}

/// Looks at the invite; what is wrong with the PIN, if that is all.
async fn look(door: &Account, link: &Link) -> Result<Option<String>, Failure> {
    let answer = door.ask(Method::POST, LOOK, link.shown_invite().as_ref()).await?;
    match answer.status.as_u16() {
        // An older server: it decides when we join.
        404 | 405 => return Ok(None),
        403 => {
            let said = serde_json::from_slice::<ErrorBody>(&answer.body).ok().filter(|b| b.error.code == PIN);
            if let Some(said) = said {
                return Ok(Some(crate::text::clean(&said.error.text).chars().take(300).collect()));
            }
        }
        _ => {}
    }
    let looked: Looked = door.understand(answer)?;
    if looked.room != link.room {
        let text = "this invite is for another room than the link names; use the link as it was given to you";
        return Err(Failure::new(Exit::Data, text));
    }
    Ok(None)
}
