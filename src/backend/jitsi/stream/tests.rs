use super::*;

const FIRST: &str = "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><mechanisms \
    xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>";
const SECOND: &str = "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><sm \
    xmlns='urn:xmpp:sm:3'><optional/></sm><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><required/></bind></stream:features>";
const OPEN: &str = "<open from='meet.test' version='1.0' xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='1' xml:lang='en'/>";
const BOUND: &str = "<iq xmlns='jabber:client' id='bind' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
    <jid>abcdefghij@meet.test/r</jid></bind></iq>";

fn said(s: &mut Stream) -> Vec<String> {
    std::iter::from_fn(|| s.next_message()).collect()
}

/// Up to the point where the stream is bound or resumed.
fn authenticate(s: &mut Stream, now: Instant) {
    s.open(now);
    for message in [OPEN, FIRST, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", OPEN, SECOND] {
        assert_eq!(s.receive(now, message), Ok(Received::Nothing), "{message}");
    }
}

fn up(now: Instant) -> Stream {
    let mut s = Stream::new(now, "meet.test", Login::Anonymous);
    authenticate(&mut s, now);
    assert_eq!(s.receive(now, BOUND), Ok(Received::Ready { resumed: false }));
    let enabled = "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='ID' max='60'/>";
    assert_eq!(s.receive(now, enabled), Ok(Received::Nothing));
    let said = said(&mut s);
    assert!(said[1].contains("ANONYMOUS") && said[4].contains("<enable"), "{said:?}");
    s
}

fn message(id: u32) -> Element {
    tag("message", ns::CLIENT).attr("id", id).into()
}

#[test]
fn what_was_not_confirmed_is_sent_again_by_the_next_socket() {
    let now = Instant::now();
    let mut s = up(now);
    assert_eq!(s.jid(), "abcdefghij@meet.test/r");
    (1..=3).for_each(|id| s.send(message(id)));
    assert_eq!(said(&mut s).len(), 3);
    s.receive(now, "<a xmlns='urn:xmpp:sm:3' h='1'/>").unwrap();
    assert!(matches!(s.receive(now, "<presence xmlns='jabber:client'/>"), Ok(Received::Stanza(_))));
    s.closed(now);
    s.send(message(4));
    assert!(said(&mut s).is_empty());
    let later = now + Duration::from_secs(30);
    assert_eq!(s.resumable(later).map(|id| id.as_str()), Some("ID"));
    authenticate(&mut s, later);
    assert!(said(&mut s).last().unwrap().contains("h='1'"), "one stanza came");
    let resumed = "<resumed xmlns='urn:xmpp:sm:3' h='2' previd='ID'/>";
    assert_eq!(s.receive(later, resumed), Ok(Received::Ready { resumed: true }));
    let again = said(&mut s);
    assert!(again.len() == 2 && again[0].contains("'3'") && again[1].contains("'4'"), "{again:?}");
}

#[test]
fn a_burst_is_asked_about_at_once() {
    let now = Instant::now();
    let mut s = up(now);
    (0..200).for_each(|id| s.send(message(id)));
    assert_eq!(said(&mut s).iter().filter(|m| m.starts_with("<r ")).count(), 3);
    s.tick(now).unwrap();
}

#[test]
fn a_stream_that_cannot_be_resumed_begins_anew() {
    let now = Instant::now();
    let mut s = up(now);
    s.closed(now);
    assert_eq!(s.resumable(now + Duration::from_secs(60)), None, "too late");
    authenticate(&mut s, now);
    let failed = "<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>";
    assert_eq!(s.receive(now, failed), Ok(Received::Nothing));
    assert_eq!(s.receive(now, BOUND), Ok(Received::Ready { resumed: false }));
}

#[test]
fn counts_follow_the_server_and_never_run_ahead_of_us() {
    let now = Instant::now();
    let mut s = up(now);
    s.send(message(1));
    said(&mut s);
    s.receive(now, "<a xmlns='urn:xmpp:sm:3' h='77'/>").unwrap();
    assert_eq!(s.managed.as_ref().unwrap().unconfirmed.len(), 1, "it cannot have 77");
    for _ in 0..3 {
        s.receive(now, "<message xmlns='jabber:client'/>").unwrap();
    }
    s.receive(now, "<r xmlns='urn:xmpp:sm:3'/>").unwrap();
    assert!(said(&mut s)[0].contains("h='3'"));
}

#[test]
fn silence_ends_a_stream_and_is_asked_about_before() {
    let now = Instant::now();
    let mut s = up(now);
    s.tick(now + ASK).unwrap();
    assert!(said(&mut s)[0].contains("<r "));
    assert!(matches!(s.tick(now + SILENCE), Err(Over::Lost(_))));
    let mut s = Stream::new(now, "meet.test", Login::Anonymous);
    s.open(now);
    assert!(matches!(s.tick(s.deadline().unwrap()), Err(Over::Lost(_))), "a server that never answers");
}

#[test]
fn who_is_not_let_in_is_told_why() {
    let now = Instant::now();
    let password = Zeroizing::new("geheim".to_owned());
    let mut s = Stream::new(now, "meet.test", Login::Plain { user: "ana".into(), password });
    s.open(now);
    let Err(Over::Refused(why)) = s.receive(now, FIRST) else { panic!("there is no PLAIN") };
    assert!(why.exit == Exit::Denied && why.text.contains("takes no password"));
    let plain = FIRST.replace("ANONYMOUS", "PLAIN");
    s.open(now);
    s.receive(now, &plain).unwrap();
    assert!(said(&mut s).last().unwrap().contains(&STANDARD.encode("\0ana\0geheim")));
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>Unable to authorize you\u{1b}[2J</text></failure>";
    let Err(Over::Lost(_)) = s.receive(now, failure) else { panic!("an escape is no XML") };
    let Err(Over::Refused(why)) = s.receive(now, &failure.replace('\u{1b}', "")) else { panic!("refused") };
    assert!(why.text.contains("Unable to authorize you") && why.text.contains("--user"), "{why}");
    let mut s = Stream::new(now, "meet.test", Login::Anonymous);
    s.open(now);
    let Err(Over::Refused(why)) = s.receive(now, &plain) else { panic!("anonymous is not offered") };
    assert!(why.text.contains("have an account"));
}
