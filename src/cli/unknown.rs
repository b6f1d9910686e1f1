//! A server for which nobody vouches and that no link names by its key: whom to accept there, by what was accepted before, and the question
//! at the first meeting.

use super::prompt;
use crate::backend::Link;
use crate::exit::{Exit, Failure};
use crate::i18n::tr;
use crate::net::{self, Fingerprint, Options, Target, rules, tls};
use crate::trust::Accepted;
use std::io::IsTerminal as _;

/// What must be typed: this many characters of the key, its last. They are not shown, so that nobody accepts what they did not ask for; and they
/// are too many for somebody to search for another key that ends so (94 bits).
const TYPED: usize = 16;

/// Whom to accept: the link's keys, this one, or the one that was accepted before; else whom a certificate authority vouches for.
///
/// # Errors
/// What was accepted before cannot be read.
pub(crate) fn trust(link: &Link, named: Option<Fingerprint>) -> Result<Options, Failure> {
    let trust = link.trust(named);
    if trust.fingerprint.is_some() || !link.tls {
        return Ok(trust);
    }
    // Without a home nothing was accepted.
    let Ok(accepted) = Accepted::ours() else { return Ok(trust) };
    Ok(Options { fingerprint: accepted.key(&link.authority())?, ..trust })
}

/// The same, where somebody may be asked: a server for which nobody vouches is accepted by typing. Not from asynchronous code.
///
/// # Errors
/// See [`trust`]; [`Exit::Tls`] if the key is not accepted.
pub(crate) fn settle(link: &Link, named: Option<Fingerprint>, may_ask: bool) -> Result<Options, Failure> {
    let trust = trust(link, named)?;
    let target = link.target();
    let asks = may_ask && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if trust.fingerprint.is_some() || !link.tls || !asks || rules::names(&target) {
        return Ok(trust);
    }
    let Some(key) = unvouched(&target, &trust)? else { return Ok(trust) };
    ask(&target, key)?;
    match Accepted::ours().and_then(|accepted| accepted.keep(&target.authority(), Some(key))) {
        Ok(()) => eprintln!("{}", tr!("unknown-kept", server = target.authority())),
        // For this once.
        Err(why) => eprintln!("conclave: {why}"),
    }
    Ok(net::Options { fingerprint: Some(key), ..trust })
}

/// The key of a server that answers and for which nobody vouches. What else is wrong there is said when it is joined.
fn unvouched(target: &Target, trust: &Options) -> Result<Option<Fingerprint>, Failure> {
    let chain = super::small_runtime()?.block_on(tls::presented(target, trust));
    let Ok(chain) = chain else { return Ok(None) };
    Ok(chain.first().filter(|_| tls::is_unknown(&target.host, &chain)).and_then(|c| Fingerprint::of_certificate(c).ok()))
}

fn ask(target: &Target, key: Fingerprint) -> Result<(), Failure> {
    let key = key.to_string();
    let shown: String = key.chars().take(key.len().saturating_sub(TYPED)).collect();
    eprintln!("{}\n\n    {shown}{}\n", tr!("unknown-key", server = target.authority()), ".".repeat(TYPED));
    eprintln!("{}", tr!("unknown-compare"));
    let typed = prompt::ask(&format!("{} ", tr!("unknown-type", n = TYPED)))?;
    if is_the_end_of(&key, &typed) {
        return Ok(());
    }
    let text = format!(
        "the key of {} is not accepted, and nothing was said to it; ask for a link with the server's fingerprint (#fp=…)",
        target.authority()
    );
    Err(Failure::new(Exit::Tls, text))
}

fn is_the_end_of(key: &str, typed: &str) -> bool {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    typed.len() >= TYPED && key.ends_with(&typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_accepts_a_key_without_reading_it() {
        let key = Fingerprint::of_spki(b"a server").to_string();
        let end = &key[key.len() - TYPED..];
        assert!(
            is_the_end_of(&key, end)
                && is_the_end_of(&key, &key)
                && is_the_end_of(&key, &format!(" {} {} ", &end[..3], &end[3..]))
        );
        for wrong in ["", "y", "yes", &key[..TYPED], &end[1..]] {
            assert!(!is_the_end_of(&key, wrong), "{wrong}");
        }
    }
}
