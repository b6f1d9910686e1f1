use super::*;

const NEGOTIATE: &str = "TlRMTVNTUAAC";

fn who() -> Option<Credentials> {
    Some(Credentials::new("ana".into(), Zeroizing::new("hunter2".into())))
}

fn sent(connect: &mut Connect) -> String {
    match connect.step() {
        Next::Send(request) => String::from_utf8(request.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A first request, and what becomes of an answer to it.
fn answered(credentials: Option<Credentials>, answer: &[u8]) -> (Connect, Result<usize, Refusal>) {
    let mut connect = Connect::new("meet.example:443".into(), credentials);
    assert_eq!(
        sent(&mut connect),
        "CONNECT meet.example:443 HTTP/1.1\r\nHost: meet.example:443\r\nProxy-Connection: Keep-Alive\r\n\r\n"
    );
    let taken = connect.receive(answer);
    (connect, taken)
}

#[test]
fn an_open_tunnel_takes_its_head_and_not_a_byte_more() {
    for head in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 204 OK\nVia: x\n\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ] {
        let whole = [head.as_bytes(), b"\x16\x03\x01rest"].concat();
        let (mut connect, taken) = answered(None, &whole);
        assert_eq!((taken, connect.step()), (Ok(head.len()), Next::Open), "{head}");
        // In pieces of every size.
        for size in 1..head.len() {
            let mut connect = Connect::new("h:1".into(), None);
            let _ = connect.step();
            let mut taken = 0;
            while connect.step() == Next::Receive {
                taken += connect.receive(&whole[taken..(taken + size).min(whole.len())]).unwrap();
            }
            assert_eq!((taken, connect.step()), (head.len(), Next::Open), "{head} by {size}");
        }
    }
}

#[test]
fn a_login_goes_over_the_same_connection_where_that_is_kept() {
    let keeps = |body: &str| format!("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\n{body}");
    for body in [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
        "Content-Length: 0\r\n\r\n",
    ] {
        let (mut connect, taken) = answered(who(), keeps(body).as_bytes());
        assert_eq!(taken, Ok(keeps(body).len()), "{body}");
        assert!(sent(&mut connect).contains("Proxy-Authorization: Basic YW5hOmh1bnRlcjI=\r\n"));
        assert_eq!(connect.receive(b"HTTP/1.1 200 OK\r\n\r\n"), Ok(19));
        assert_eq!((connect.step(), connect.used()), (Next::Open, Some(Scheme::Basic)));
    }
    for body in ["Connection: close\r\nContent-Length: 5\r\n\r\nhello", "\r\nuntil it ends"] {
        let (mut connect, _) = answered(who(), keeps(body).as_bytes());
        assert_eq!(connect.step(), Next::Reconnect);
        assert!(sent(&mut connect).contains("Basic "));
        assert!(matches!(connect.receive(keeps(body).as_bytes()), Err(Refusal::Wrong { .. })));
    }
    let tiny = b"HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Tinyproxy\"\r\nConnection: close\r\n\r\n";
    let (mut connect, _) = answered(who(), keeps("\r\n").as_bytes());
    assert_eq!(connect.step(), Next::Reconnect);
    let _ = sent(&mut connect);
    assert_eq!(connect.receive(tiny), Err(Refusal::Wrong { offers: vec!["Basic".into()] }));
    assert!(matches!(answered(None, tiny).1, Err(Refusal::Other { status: 401, .. })));
    let mut cut = answered(who(), keeps("Content-Length: 50\r\n\r\nhello").as_bytes()).0;
    assert_eq!((cut.step(), cut.closed(), cut.step()), (Next::Receive, Ok(()), Next::Reconnect));
}

#[test]
fn ntlm_takes_three_requests_on_one_connection() {
    let first = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nConnection: close\r\n\r\n";
    let (mut connect, _) = answered(who(), first.as_bytes());
    assert_eq!(connect.step(), Next::Reconnect);
    assert!(sent(&mut connect).contains("Proxy-Authorization: NTLM TlRMTVNTUAAB"));
    let token = format!("{NEGOTIATE}AAAAAAAAAAAoAAAAAYKIAASNFZ4mrze8AAAAAAAAAAAAAAAAAAAAAA==");
    let second = |connection: &str| {
        format!("HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM {token}\r\n{connection}Content-Length: 2\r\n\r\nxx")
    };
    assert_eq!(connect.receive(second("").as_bytes()), Ok(second("").len()));
    assert!(sent(&mut connect).contains("Proxy-Authorization: NTLM TlRMTVNTUAAD"));
    assert!(matches!(connect.receive(first.as_bytes()), Err(Refusal::Wrong { .. })));

    let mut known = Connect::knowing("h:1".into(), who(), Some(Scheme::Ntlm));
    assert!(sent(&mut known).contains("NTLM TlRMTVNTUAAB"), "later connections begin with it");
    assert_eq!(known.receive(second("Connection: close\r\n").as_bytes()), Err(Refusal::Ntlm));
    let mut known = Connect::knowing("h:1".into(), who(), Some(Scheme::Ntlm));
    let _ = sent(&mut known);
    assert_eq!(known.receive(b"HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM !!!\r\n\r\n"), Err(Refusal::Ntlm));
}

#[test]
fn refusals_are_told_apart() {
    let offers = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let is = |answer: &str, credentials| answered(credentials, answer.as_bytes()).1.unwrap_err();
    let challenge = "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
    assert_eq!(is(challenge, None), Refusal::Wants { offers: offers(&["Negotiate", "Basic"]) });
    assert_eq!(
        is("HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\n\r\n", who()),
        Refusal::Foreign { offers: offers(&["Negotiate"]) }
    );
    assert_eq!(
        is("HTTP/1.1 302 Found\r\nLocation: http://x\r\n\r\n", None),
        Refusal::Redirect { status: 302, words: "Found".into() }
    );
    assert!(matches!(is("HTTP/1.1 403 \u{1b}[2JNo\r\n\r\n", None), Refusal::Forbidden { .. } | Refusal::NoProxy(_)));
    assert!(matches!(is("HTTP/1.1 503 Service Unavailable\r\n\r\n", None), Refusal::Beyond { status: 503, .. }));
    assert!(matches!(is("HTTP/1.1 400 Bad\r\n\r\n", None), Refusal::Other { status: 400, .. }));
    for nonsense in
        ["SSH-2.0-OpenSSH_9.2\r\n", "\x16\x03\x03\0\x02\x02\x28", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\0"]
    {
        assert!(matches!(is(nonsense, None), Refusal::NoProxy(_)), "{nonsense}");
    }
    let long = format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(3000));
    assert_eq!(is(&long, None), Refusal::TooLong);
    assert_eq!(is(&format!("HTTP/1.1 200 {}", "x".repeat(20_000)), None), Refusal::TooLong);
    let (mut connect, _) = answered(None, b"HTTP/1.1 200 Conn");
    assert_eq!(connect.closed(), Err(Refusal::Closed { after: 17 }));
    let huge = "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 10000000\r\n\r\n";
    let (mut connect, _) = answered(who(), huge.as_bytes());
    let ended = (0..200).find_map(|_| connect.receive(&[b'x'; 4096]).err());
    assert_eq!(ended, Some(Refusal::TooLong));
}

#[test]
fn nothing_goes_on_for_ever() {
    let mut connect = Connect::new("h:1".into(), who());
    let mut steps = 0;
    // Each answer asks for more, in every way there is.
    let answers = ["HTTP/1.1 100 x\r\n\r\n", "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"];
    let ended = loop {
        steps += 1;
        assert!(steps < 100);
        match connect.step() {
            Next::Send(_) | Next::Reconnect => {}
            Next::Receive => {
                if let Err(refusal) = connect.receive(answers[steps % 2].as_bytes()) {
                    break refusal;
                }
            }
            Next::Open => panic!("open"),
        }
    };
    assert!(matches!(ended, Refusal::Ntlm | Refusal::Wrong { .. } | Refusal::Other { .. }), "{ended:?}");
}
