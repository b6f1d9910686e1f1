//! The way to a server: its name, TCP, TLS, what it says of itself, and its clock. Each step is looked at only if the one
//! before it held.

use super::tls::{self, Presented};
use super::{Check, Finding, Private, Text, clock, media, proxy};
use crate::backend::link::{Link, Scheme};
use crate::backend::{conclave, jitsi};
use crate::exit::{Exit, Failure};
use crate::net::{self, Options, Target, dial, http};
use crate::protocol::well_known::{self, WellKnown};
use crate::trust::unix_now;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// What was seen, as far as the way led.
struct Seen {
    link: Link,
    expected: Options,
    proxy: proxy::Seen,
    /// `None`: a proxy resolves it.
    names: Option<Result<usize, Failure>>,
    tcp: Option<Result<Duration, Failure>>,
    tls: Option<Result<Presented, Failure>>,
    answer: Option<Result<Answer, Failure>>,
    /// Of a Conclave server.
    media: Vec<media::Tried>,
    /// When it was looked at, by this machine's clock.
    now: i64,
}

/// What the server answers.
struct Answer {
    /// What it is; nothing is asked of a LiveKit server, which says it in a call only.
    known: Option<Result<WellKnown, Failure>>,
    /// It is a Jitsi deployment, with this XMPP domain.
    jitsi: Option<String>,
    /// How far this machine's clock is ahead of the server's, in seconds.
    ahead: Option<i64>,
}

/// Looks at the way to a server. `expected`: whom to accept there.
pub async fn server(link: &Link, expected: Options) -> Vec<Finding> {
    judge(&look(link, expected).await)
}

async fn look(link: &Link, expected: Options) -> Seen {
    let to = link.target();
    let proxy = proxy::look(&expected.proxies, Some(&to)).await;
    let now = i64::try_from(unix_now()).unwrap_or(i64::MAX);
    let mut seen =
        Seen { link: link.clone(), expected, proxy, names: None, tcp: None, tls: None, answer: None, media: Vec::new(), now };
    if seen.proxy.serves() {
        if !matches!(seen.proxy, proxy::Seen::Asked(_, Ok(_))) {
            return seen;
        }
    } else {
        let names = dial::addresses(&to).await.map(|found| found.len());
        if !matches!(seen.names.insert(names), Ok(1..)) {
            return seen;
        }
        let started = Instant::now();
        let tcp = dial::tcp_direct(&to).await.map(|_| started.elapsed());
        if seen.tcp.insert(tcp).is_err() {
            return seen;
        }
    }
    if to.tls {
        let presented = net::tls::presented(&to, &seen.expected).await.and_then(|chain| tls::read(&to.host, &chain));
        if seen.tls.insert(presented).is_err() {
            return seen;
        }
    }
    seen.answer = Some(ask(link, &to, &seen.expected).await);
    if matches!(&seen.answer, Some(Ok(Answer { known: Some(Ok(_)), .. }))) {
        seen.media = media::look(&to, &seen.expected).await;
    }
    seen
}

async fn ask(link: &Link, to: &Target, trust: &Options) -> Result<Answer, Failure> {
    let before = unix_now();
    let answer = http::request(to, trust, hyper::Method::GET, well_known::PATH, None, None, well_known::MAX_BYTES).await?;
    // Somewhere between the two the server looked at its clock.
    let now = before.midpoint(unix_now());
    let ahead = clock::date(&answer.headers).and_then(|theirs| Some(i64::try_from(now).ok()? - theirs));
    let mut known = (link.scheme == Scheme::Conclave).then(|| conclave::understood(to, &answer));
    let theirs = !link.says_ours() && link.scheme != Scheme::LiveKit && !matches!(known, Some(Ok(_)));
    let jitsi = match theirs {
        true => jitsi::find(to, trust, jitsi::split(&link.room).0).await,
        false => return Ok(Answer { known, jitsi: None, ahead }),
    };
    match (&jitsi, &known) {
        (Ok(_), _) => known = None,
        (Err(why), None) => known = Some(Err(why.clone())),
        (Err(_), Some(_)) => {}
    }
    Ok(Answer { known, jitsi: jitsi.ok().map(|d| d.domain), ahead })
}

fn judge(seen: &Seen) -> Vec<Finding> {
    let to = seen.link.target();
    let reached = matches!((&seen.tcp, &seen.proxy), (Some(Ok(_)), _) | (None, proxy::Seen::Asked(_, Ok(_))));
    let mut findings: Vec<Finding> = seen.names.iter().map(|names| name(&to, names)).collect();
    findings.extend(seen.tcp.as_ref().map(|tcp| judge_tcp(&to, tcp)));
    findings.push(proxy::judge(&seen.proxy, Some(&to)));
    let in_the_clear = || Finding::pass(Check::Tls, Text::of("none, to this machine itself"));
    let held = seen.tls.as_ref().map(|tls| judge_tls(tls, seen));
    let tls = held.or_else(|| (reached && !to.tls).then(in_the_clear));
    let trusted = tls.as_ref().is_some_and(|f| f.status() != super::Status::Fail);
    findings.extend(tls);
    // What came from somebody whom we would not talk to says nothing of the server.
    if let Some(answer) = seen.answer.as_ref().filter(|_| trusted) {
        findings.extend(judge_answer(answer));
        match seen.link.scheme {
            Scheme::Conclave if !answer.as_ref().is_ok_and(|a| a.jitsi.is_some()) => {
                findings.extend(media::judge(&to, &seen.media))
            }
            _ => findings.extend(answer.as_ref().ok().map(|a| in_a_call(&seen.link, a.jitsi.is_some()))),
        }
    }
    findings
}

fn name(to: &Target, names: &Result<usize, Failure>) -> Finding {
    let host = |text: Text| text.private(Private::Host, &to.host);
    let advice = "check the address; ask IT whether this machine may resolve names outside, and which DNS server it is to use";
    match names {
        Ok(_) if to.host.parse::<IpAddr>().is_ok() => {
            Finding::pass(Check::Name, Text::of("").private(Private::Address, &to.host).and(" is an address"))
        }
        Ok(0) => {
            let text = host(Text::of("the name ")).and(" has no address");
            Finding::fail(Check::Name, Exit::NoHost, text, Text::of(advice))
        }
        Ok(n) => {
            let n = i64::try_from(*n).unwrap_or(i64::MAX);
            let what = if n == 1 { " address" } else { " addresses" };
            Finding::pass(Check::Name, host(Text::of("")).and(" has ").number(n).and(what))
        }
        Err(why) => {
            let text = Text::of("it has no address: ").private(Private::Words, &why.text);
            Finding::fail(Check::Name, why.exit, text, Text::of(advice))
        }
    }
}

fn judge_tcp(to: &Target, tcp: &Result<Duration, Failure>) -> Finding {
    let port = Text::of("port ").number(to.port);
    match tcp {
        Ok(took) => {
            let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
            Finding::pass(Check::Tcp, port.and(" answers, after ").number(took).and(" ms"))
        }
        Err(why) => Finding::fail(
            Check::Tcp,
            why.exit,
            port.clone().and(": ").private(Private::Words, &why.text),
            Text::of("see whether the server runs, and ask IT to let this machine reach it at ")
                .then(&port)
                .and(" by TCP, and by UDP for sound"),
        ),
    }
}

fn judge_tls(tls: &Result<Presented, Failure>, seen: &Seen) -> Finding {
    match tls {
        Ok(presented) => {
            let own = seen.answer.as_ref().and_then(|a| a.as_ref().ok()?.known.as_ref()?.as_ref().ok()?.said());
            tls::judge(presented, &seen.expected, own.map(|said| said.present), seen.now)
        }
        Err(why) => Finding::fail(
            Check::Tls,
            why.exit,
            Text::of("no TLS: ").private(Private::Words, &why.text),
            Text::of("check the port; something in between that allows only what it can read ends connections so: ask IT"),
        ),
    }
}

fn judge_answer(answer: &Result<Answer, Failure>) -> Vec<Finding> {
    let no = |why: &Failure| {
        let advice = match why.exit {
            Exit::Unavailable => "open any page in a browser; if that works, ask whoever runs the server",
            _ => "check the link; if it is right, update whichever of the two is too old",
        };
        Finding::fail(Check::Server, why.exit, Text::of("").private(Private::Words, &why.text), Text::of(advice))
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return vec![no(why)],
    };
    let server = match (&answer.known, &answer.jitsi) {
        (_, Some(domain)) => {
            let text = Text::of("a Jitsi deployment").private(Private::Host, &format!(" ({domain})"));
            Finding::pass(Check::Server, text.and(": transport encryption only"))
        }
        (None, _) => Finding::pass(Check::Server, Text::of("it answers; what a LiveKit server is, it says in a call only")),
        (Some(Err(why)), _) => no(why),
        (Some(Ok(known)), _) => {
            let text = Text::of("Conclave ").open(&known.version).and(if known.dev { ", a development server" } else { "" });
            Finding::pass(Check::Server, text)
        }
    };
    vec![server, clock::judge(answer.ahead)]
}

/// What cannot be known from outside of a call is said to be so.
fn in_a_call(link: &Link, jitsi: bool) -> Finding {
    // The bridge says in a call where it is; this is the port that it has if nobody chose another.
    let port = if jitsi { 10_000 } else { link.port };
    let text = Text::of("whether sound gets through (UDP, port ")
        .number(port)
        .and(") shows in a call only: this server answers nobody else there");
    Finding::warn(Check::Media, text, Text::of("join a room, and see whether you hear somebody"))
}

#[cfg(test)]
mod tests {
    use super::super::{Status, exit};
    use super::*;
    use crate::net::ladder::Rung;

    fn seen() -> Seen {
        Seen {
            link: Link::parse("http://127.0.0.1:9/secret-room").unwrap(),
            expected: Options::default(),
            proxy: proxy::Seen::None { script: false },
            names: Some(Ok(1)),
            tcp: Some(Ok(Duration::from_millis(3))),
            tls: None,
            answer: Some(Ok(Answer { known: Some(Ok(WellKnown::ours(true))), jitsi: None, ahead: Some(0) })),
            media: vec![media::Tried { rung: Rung::Udp, answer: Ok(Duration::from_millis(3)) }],
            now: 0,
        }
    }

    fn checks(findings: &[Finding]) -> Vec<(Check, Status)> {
        findings.iter().map(|f| (f.check(), f.status())).collect()
    }

    #[test]
    fn the_way_is_followed_as_far_as_it_leads() {
        use Check::*;
        use Status::*;
        let good = judge(&seen());
        let all = [(Name, Pass), (Tcp, Pass), (Proxy, Pass), (Tls, Pass), (Server, Pass), (Clock, Pass), (Media, Pass)];
        assert_eq!(checks(&good), all);
        assert_eq!(exit(&good), Exit::Ok);
        assert!(!good.iter().any(|f| f.lines(true).contains("secret-room")), "{good:#?}");

        let failure = |exit| Failure::new(exit, "why");
        let nowhere = judge(&Seen { names: Some(Err(failure(Exit::NoHost))), tcp: None, answer: None, ..seen() });
        assert_eq!((checks(&nowhere), exit(&nowhere)), (vec![(Name, Fail), (Proxy, Pass)], Exit::NoHost));
        let away = judge(&Seen { tcp: Some(Err(failure(Exit::Unavailable))), answer: None, ..seen() });
        assert_eq!((checks(&away), exit(&away)), (vec![(Name, Pass), (Tcp, Fail), (Proxy, Pass)], Exit::Unavailable));
        let theirs = Answer { known: None, jitsi: Some("meet.example".into()), ahead: None };
        assert_eq!(judge_answer(&Ok(theirs))[0].status(), Status::Pass);
        let other = Answer { known: Some(Err(failure(Exit::Protocol))), jitsi: None, ahead: None };
        let other = judge(&Seen { answer: Some(Ok(other)), media: vec![], ..seen() });
        assert_eq!((checks(&other)[4..].to_vec(), exit(&other)), (vec![(Server, Fail), (Clock, Warn)], Exit::Protocol));
    }
}
