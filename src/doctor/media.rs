//! The way of sound: every rung of the ladder is tried, whatever a call would take.

use super::{Check, Finding, Private, Text};
use crate::exit::{Exit, Failure};
use crate::net::ladder::{Rung, Transport};
use crate::net::{Options, Target, path};
use std::time::Duration;

/// A rung, and how long an answer took.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) rung: Rung,
    pub(super) answer: Result<Duration, Failure>,
}

/// Tries the rungs that a call would try, all at once.
pub(super) async fn look(to: &Target, net: &Options) -> Vec<Tried> {
    let proxied = matches!(net.proxies.serving(to), Ok(Some(_)));
    let rungs = Transport::default().rungs(to.tls, proxied);
    let tries = rungs.into_iter().map(async |rung| Tried { rung, answer: path::probe(rung, to, net).await });
    futures_util::future::join_all(tries).await
}

/// What to make of it: one line for each.
pub(super) fn judge(to: &Target, tried: &[Tried]) -> Vec<Finding> {
    let best = tried.iter().find(|t| t.answer.is_ok()).map(|t| t.rung);
    let line = |t: &Tried| {
        let name = Text::of(t.rung.name());
        let why = match &t.answer {
            Ok(took) => {
                let text =
                    name.and(": gets through, after ").number(i64::try_from(took.as_millis()).unwrap_or(i64::MAX)).and(" ms");
                return Finding::pass(
                    Check::Media,
                    if best == Some(t.rung) { text.and("; a call takes this way") } else { text },
                );
            }
            Err(why) => why,
        };
        let text = name.and(": ").private(Private::Words, &why.text);
        match best {
            None => Finding::fail(Check::Media, Exit::Unavailable, text, ask(t.rung, to)),
            Some(best) if best < t.rung => Finding::warn(
                Check::Media,
                text,
                Text::of("it would serve where ").and(best.name()).and(" does not; nothing needs to be done"),
            ),
            Some(best) => Finding::warn(
                Check::Media,
                text,
                Text::of("sound takes ")
                    .and(best.name())
                    .and(" instead, which is late when packets are lost; ")
                    .then(&ask(t.rung, to)),
            ),
        }
    };
    tried.iter().map(line).collect()
}

/// What to ask for.
fn ask(rung: Rung, to: &Target) -> Text {
    let server = |text: Text| text.private(Private::Host, &to.host).and(", port ").number(to.port);
    match rung {
        Rung::Udp | Rung::Turn => {
            server(Text::of("ask IT to let UDP through from this machine to ")).and(", and the answers back")
        }
        Rung::Tcp | Rung::TurnTcp => server(Text::of("ask IT to let TCP through to ")).and(", whatever is spoken there"),
        Rung::Tls | Rung::TurnTls => {
            server(Text::of("ask IT to let TLS through to ")).and(" without looking into it (ALPN conclave-media/1)")
        }
        Rung::ProxyTls | Rung::ProxyTcp | Rung::ProxyTurnTcp | Rung::ProxyTurnTls => {
            server(Text::of("ask IT to have the proxy open tunnels (CONNECT) to ")).and(", without looking into them")
        }
        Rung::Wss | Rung::ProxyWss => server(Text::of("ask IT to let websockets through to ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn each_rung_has_a_line_and_what_is_missed_has_words_for_it() {
        let to = Target { host: "meet.example.org".into(), port: 443, tls: true };
        let tried = |works: [bool; 4]| -> Vec<Tried> {
            let answer =
                |works| if works { Ok(Duration::from_millis(7)) } else { Err(Failure::new(Exit::Unavailable, "nothing")) };
            let rungs = [Rung::Udp, Rung::Tcp, Rung::Tls, Rung::Wss];
            rungs.into_iter().zip(works).map(|(rung, works)| Tried { rung, answer: answer(works) }).collect()
        };
        let statuses = |works| judge(&to, &tried(works)).iter().map(Finding::status).collect::<Vec<_>>();
        use Status::{Fail, Pass, Warn};
        assert_eq!(statuses([true; 4]), [Pass; 4]);
        assert_eq!(statuses([false, false, true, true]), [Warn, Warn, Pass, Pass]);
        assert_eq!(statuses([true, true, true, false]), [Pass, Pass, Pass, Warn]);
        assert_eq!(statuses([false; 4]), [Fail; 4]);
        let blocked = &judge(&to, &tried([false, true, true, true]))[0];
        let said = blocked.lines(true);
        assert!(said.contains("ask IT to let UDP through from this machine to meet.example.org, port 443"), "{said}");
        assert!(!blocked.lines(false).contains("example"), "{}", blocked.lines(false));
    }
}
