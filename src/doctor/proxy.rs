//! The proxy: which one is configured, whether it serves the server, and whether it opens a tunnel.

use super::{Check, Finding, Private, Text};
use crate::exit::{Exit, Failure};
use crate::net::proxy::{self, Proxies, Proxy, Refusal, tunnel};
use crate::net::{Target, dial};
use std::time::{Duration, Instant};

/// What was seen.
#[derive(Debug)]
pub enum Seen {
    /// None is configured; whether a script tells browsers where to go.
    None {
        /// It does.
        script: bool,
    },
    /// One is meant that cannot be used.
    Unusable(Failure),
    /// One is configured that does not serve the server.
    Spares(Proxy),
    /// One is configured; no server was named. Whether it answers at all.
    Alone(Proxy, Result<(), Failure>),
    /// It was asked for a tunnel to the server.
    Asked(Proxy, Result<Duration, Refusal>),
}

impl Seen {
    /// The proxy is the way to the server.
    pub(super) fn serves(&self) -> bool {
        matches!(self, Self::Asked(..) | Self::Unusable(_))
    }
}

/// Looks at it. `to`: the server, if one is named.
pub async fn look(proxies: &Proxies, to: Option<&Target>) -> Seen {
    let Some(configured) = proxies.configured() else { return Seen::None { script: false } };
    let proxy = match configured.proxy() {
        Ok(None) => return Seen::None { script: configured.script_only() },
        Ok(Some(proxy)) => Ok(proxy.clone()),
        Err(why) => Err(why.clone()),
    };
    let serving = to.map(|to| (to, proxies.serving(to)));
    match (proxy, serving) {
        (Err(_), Some((_, Ok(None)))) => Seen::None { script: false },
        (Err(why), _) => Seen::Unusable(why),
        (Ok(proxy), None) => {
            let answers = dial::tcp_direct(proxy.target()).await.map(drop);
            Seen::Alone(proxy, answers)
        }
        (Ok(_), Some((to, Ok(Some(proxy))))) => {
            let began = Instant::now();
            let opened = tunnel::open(&proxy, to).await.map(|_| began.elapsed());
            Seen::Asked(proxy, opened)
        }
        (Ok(proxy), Some(_)) => Seen::Spares(proxy),
    }
}

/// What to make of it.
pub fn judge(seen: &Seen, to: Option<&Target>) -> Finding {
    let named = |p: &Proxy| Text::of("").private(Private::Host, &p.authority()).and(" (").open(p.named_by()).and(")");
    match seen {
        Seen::None { script: false } => {
            let text = "none is configured (one that only a configuration script of browsers names is not seen)";
            Finding::pass(Check::Proxy, Text::of(text))
        }
        Seen::None { script: true } => Finding::warn(
            Check::Proxy,
            Text::of("the environment names a configuration script of browsers (PAC), and no proxy"),
            Text::of("if nothing gets through: ").open(&proxy::script_in_environment()),
        ),
        Seen::Unusable(why) => Finding::fail(
            Check::Proxy,
            why.exit,
            Text::of("").private(Private::Words, &why.text),
            Text::of(
                "ask IT for the host and port of the HTTP proxy, and give them: --proxy http://HOST:PORT; without one: --proxy none",
            ),
        ),
        Seen::Spares(proxy) => {
            let text = named(proxy).and(" does not serve this server (NO_PROXY or net.no_proxy): it is reached directly");
            Finding::pass(Check::Proxy, text)
        }
        Seen::Alone(proxy, Ok(())) => Finding::warn(
            Check::Proxy,
            named(proxy).and(" answers; whether it lets us through shows with a server"),
            Text::of("name one: conclave doctor https://HOST"),
        ),
        Seen::Alone(proxy, Err(why)) => Finding::fail(
            Check::Proxy,
            why.exit,
            named(proxy).and(" cannot be reached: ").private(Private::Words, &why.text),
            Text::of("check its host and port, and ask IT"),
        ),
        Seen::Asked(proxy, Ok(took)) => {
            let text = named(proxy).and(" opens a tunnel to the server, after ");
            let text = text.number(i64::try_from(took.as_millis()).unwrap_or(i64::MAX)).and(" ms");
            Finding::pass(
                Check::Proxy,
                proxy.logs_in_by().map_or_else(|| text.clone(), |by| text.clone().and("; it took a login by ").open(by)),
            )
        }
        Seen::Asked(proxy, Err(refusal)) => refused(named(proxy), proxy, refusal, to),
    }
}

/// A tunnel that did not open: what was seen, and the words to send to IT.
fn refused(text: Text, proxy: &Proxy, refusal: &Refusal, to: Option<&Target>) -> Finding {
    let server = to.map(Target::authority).unwrap_or_default();
    let offers = |offers: &[String]| offers.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let login = Text::of(
        "keep your name and password there: conclave proxy login; with NTLM the name may need its domain (DOMAIN\\NAME)",
    );
    let letter = |wish: &'static str| {
        let text =
            Text::of("send IT: \"Conclave, a conference program, needs a tunnel (CONNECT) to ").private(Private::Host, &server);
        text.and(" through the proxy ").private(Private::Host, &proxy.authority()).and(wish).and("\"")
    };
    let open = || letter(" that stays open for hours. Please allow it, without inspection of its TLS.");
    let (exit, text, advice): (Exit, Text, Text) = {
        let exit = to.map_or(Exit::Unavailable, |to| refusal.explain(proxy, to).exit);
        let status = |text: Text, what: &'static str, status: u16, words: &str| {
            text.and(what).number(status).and(" ").private(Private::Words, words)
        };
        match refusal {
            Refusal::Unreachable(why) => (
                exit,
                text.and(" cannot be reached: ").private(Private::Words, &why.text),
                Text::of("check its host and port, and ask IT"),
            ),
            Refusal::Silent => (exit, text.and(" does not answer in time"), open()),
            Refusal::Wants { offers: o } => (exit, text.and(" wants a name and a password; it offers ").open(&offers(o)), login),
            Refusal::Wrong { offers: o } => {
                (exit, text.and(" does not accept the name and password; it offers ").open(&offers(o)), login)
            }
            Refusal::Foreign { offers: o } => {
                let kerberos = o.iter().any(|o| o.eq_ignore_ascii_case("negotiate"));
                let text = text.and(if kerberos {
                    " wants Kerberos; it offers "
                } else {
                    " wants a login that we cannot do; it offers "
                });
                (
                    exit,
                    text.open(&offers(o)),
                    letter(". It can log in there by NTLM or Basic. Please allow one of them, or no login."),
                )
            }
            Refusal::Ntlm => (
                exit,
                text.and(" breaks off the login by NTLM"),
                letter(", and the login by NTLM breaks off. Please allow Basic too."),
            ),
            Refusal::Forbidden { status: s, words } => {
                (exit, status(text, " does not let us reach the server: ", *s, words), open())
            }
            Refusal::Beyond { status: s, words } => {
                (exit, status(text, " does not reach the server itself: ", *s, words), open())
            }
            Refusal::Redirect { status: s, words } => (
                exit,
                status(text, " sends us to a web page: ", *s, words),
                Text::of("open any page in a browser and log in there, then try again"),
            ),
            Refusal::Other { status: s, words } => (exit, status(text, " refuses: ", *s, words), open()),
            Refusal::NoProxy(words) => {
                let text = text.and(" is no HTTP proxy: it says \"").private(Private::Words, words).and("\"");
                (exit, text, Text::of("check its host and port, and ask IT for them"))
            }
            Refusal::TooLong => {
                let text = text.and(" answers with more than a proxy has to say");
                (exit, text, Text::of("check its host and port, and ask IT for them"))
            }
            Refusal::Closed { .. } => (exit, text.and(" closes the connection without an answer"), open()),
        }
    };
    Finding::fail(Check::Proxy, exit, text, advice)
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use crate::net::proxy::Configured;

    fn configured(env: &'static [(&str, &str)]) -> Proxies {
        let variable = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Proxies::of(Configured::read("env", "localhost", variable).unwrap())
    }

    fn to(host: &str) -> Target {
        Target { host: host.into(), port: 443, tls: true }
    }

    #[tokio::test]
    async fn what_is_configured_is_judged_by_what_it_does() {
        let named = configured(&[("HTTPS_PROXY", "http://ana:hunter2@proxy.example:3128")]);
        let spared = look(&named, Some(&to("localhost"))).await;
        assert!(matches!(spared, Seen::Spares(_)) && judge(&spared, None).status() == Status::Pass);
        let script = configured(&[("auto_proxy", "http://h/x")]);
        let finding = judge(&look(&script, Some(&to("meet.example"))).await, None);
        assert!(finding.status() == Status::Warn && finding.advice().unwrap().shown().contains("PROXY host:port"), "{finding:?}");
        let pac = configured(&[("HTTPS_PROXY", "http://h/x.pac")]);
        let finding = judge(&look(&pac, Some(&to("meet.example"))).await, None);
        assert!(finding.status() == Status::Fail && finding.text().shown().contains("PAC"), "{finding:?}");
        assert!(matches!(look(&pac, Some(&to("localhost"))).await, Seen::None { .. }));
        assert_eq!(judge(&look(&Proxies::Direct, None).await, None).status(), Status::Pass);
    }

    #[test]
    fn every_refusal_says_what_to_do_and_a_report_names_nobody() {
        let named = configured(&[("HTTPS_PROXY", "http://ana:hunter2@proxy.example:3128")]);
        let (meet, offers) = (to("meet.example"), || vec!["Negotiate".to_owned()]);
        let proxy = named.serving(&meet).unwrap().unwrap();
        let (status, words) = (403, "No meet.example".to_owned());
        for (refusal, says) in [
            (Refusal::Silent, "needs a tunnel (CONNECT) to meet.example:443"),
            (Refusal::Wants { offers: offers() }, "conclave proxy login"),
            (Refusal::Wrong { offers: offers() }, "DOMAIN\\NAME"),
            (Refusal::Foreign { offers: offers() }, "NTLM or Basic"),
            (Refusal::Ntlm, "Basic too"),
            (Refusal::Forbidden { status, words: words.clone() }, "without inspection"),
            (Refusal::Beyond { status: 503, words: words.clone() }, "send IT"),
            (Refusal::Redirect { status: 302, words: words.clone() }, "browser"),
            (Refusal::Other { status: 400, words: words.clone() }, "send IT"),
            (Refusal::NoProxy(words.clone()), "host and port"),
            (Refusal::TooLong, "host and port"),
            (Refusal::Closed { after: 3 }, "send IT"),
            (Refusal::Unreachable(Failure::new(Exit::NoHost, "meet.example")), "ask IT"),
        ] {
            let finding = judge(&Seen::Asked(proxy.clone(), Err(refusal)), Some(&meet));
            assert!(finding.status() == Status::Fail && finding.lines(true).contains(says), "{says}: {}", finding.lines(true));
            assert!(finding.lines(true).contains("proxy.example:3128") && !finding.lines(true).contains("hunter2"));
            assert!(!finding.lines(false).contains("example"), "{}", finding.lines(false));
        }
    }
}
