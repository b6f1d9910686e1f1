//! Signing in through the organisation: a code is shown, and typed at the provider's own page in a browser on any machine.

use super::Account;
use super::second_step::Answer;
use crate::cli::account::show_image;
use crate::exit::{Exit, Failure};
use crate::net::Endpoint;
use crate::protocol::account::{SSO, SSO_POLL, SignIn, SignInBegun, SignInWaits, WithTicket};
use hyper::Method;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// The longest code that is shown, in characters.
const MAX_CODE: usize = 64;
/// The longest that somebody is waited for, and the longest pause, whatever the server says.
const LONGEST: u64 = 3600;
const SLOWEST: u64 = 60;

/// What the user is told. Everything in it comes from outside.
struct Shown {
    code: String,
    place: String,
    complete: Option<String>,
}

impl Shown {
    fn of(begun: &SignInBegun) -> Result<Self, Failure> {
        let bad = |why: &str| {
            Failure::new(
                Exit::Protocol,
                format!("the server sends you to sign in where nobody can ({why}); ask its administrator"),
            )
        };
        let place = |address: &str| Endpoint::parse(address).map(|e| e.url).map_err(|e| bad(&e));
        let code: String = crate::text::clean(begun.user_code.trim()).chars().take(MAX_CODE).collect();
        if code.is_empty() {
            return Err(bad("there is no code"));
        }
        let complete = begun.verification_uri_complete.as_deref().map(place).transpose()?;
        Ok(Self { code, place: place(&begun.verification_uri)?, complete })
    }

    fn show(&self, server: &str, minutes: u64) {
        if let Some(complete) = &self.complete {
            show_image(complete);
        }
        eprintln!("Your organisation signs you in to {server}. In a browser, on any machine, open");
        eprintln!("  {}\nand type this code there (never one that somebody sends you):\n  {}", self.place, self.code);
        eprintln!("This waits for {minutes} minutes; Ctrl-C ends it.");
    }
}

impl Account {
    /// Shows a code and waits until somebody has typed it at the provider's page.
    pub(super) async fn sign_in(&mut self, device: &str) -> Result<Answer, Failure> {
        self.meet().await?;
        let begun: SignInBegun = self.call(Method::POST, SSO, Some(&SignIn { device: device.to_owned() })).await?;
        let lasts = begun.expires_in.min(LONGEST);
        Shown::of(&begun)?.show(&self.server, lasts.div_ceil(60));
        let late = || Failure::new(Exit::Denied, "nobody has signed in in time; run the command again for a new code");
        // The server's own end comes first: it says why.
        let ends = Instant::now() + Duration::from_secs(lasts) + Duration::from_secs(SLOWEST);
        timeout_at(ends, self.ask_until(&begun)).await.unwrap_or_else(|_| Err(late()))
    }

    async fn ask_until(&self, begun: &SignInBegun) -> Result<Answer, Failure> {
        let ticket = WithTicket { ticket: begun.ticket.clone(), code: String::new() };
        let mut pause = begun.interval;
        loop {
            sleep(Duration::from_secs(pause.clamp(1, SLOWEST))).await;
            let answer = match self.ask(Method::POST, SSO_POLL, Some(&ticket)).await {
                Ok(answer) => answer,
                // The network may come back before the code expires.
                Err(e) if matches!(e.exit, Exit::Unavailable | Exit::NoHost) => {
                    pause = pause.saturating_mul(2);
                    continue;
                }
                Err(e) => return Err(e),
            };
            match answer.status.as_u16() {
                202 => pause = serde_json::from_slice::<SignInWaits>(&answer.body).map_or(pause, |w| w.interval),
                408 | 429 | 502 | 504 => pause = pause.saturating_mul(2),
                _ => return self.first(answer),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_wants_shown_is_harmless() {
        let begun = |code: &str, place: &str| SignInBegun {
            ticket: "t".into(),
            user_code: code.into(),
            verification_uri: place.into(),
            verification_uri_complete: None,
            expires_in: 600,
            interval: 5,
        };
        let shown = Shown::of(&begun("WDJB\u{1b}[2J-MJHT\u{202e}", "https://id.example.org/device")).unwrap();
        assert_eq!((shown.code.as_str(), shown.place.as_str()), ("WDJB[2J-MJHT", "https://id.example.org/device"));
        assert_eq!(Shown::of(&begun(&"x".repeat(999), "https://id.example.org")).unwrap().code.len(), MAX_CODE);
        for (code, place) in [("", "https://x"), ("\u{7}", "https://x"), ("A", "http://x.example"), ("A", "file:///etc/passwd")] {
            assert_eq!(Shown::of(&begun(code, place)).err().unwrap().exit, Exit::Protocol, "{code} {place}");
        }
    }
}
