//! Coming in: passwords, lobbies, accounts, tokens, resumption, and the web server.

use crate::server::deployment::{Jitsi, Options};
use crate::server::script::Script;
use crate::server::stanza::{attr, child, children, resource};
use crate::server::web::Site;
use crate::server::xmpp::Connection;
use crate::shape::Recording;
use crate::{same, start, start_for_one};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use conclave_lab::prosody;
use hmac::Mac as _;
use minidom::Element;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

const MUC_USER: &str = "http://jabber.org/protocol/muc#user";

fn codes(e: &Element) -> Vec<String> {
    let x = children(e, "x").find(|x| x.has_ns(MUC_USER));
    x.map(|x| children(x, "status").map(|status| attr(status, "code").to_owned()).collect()).unwrap_or_default()
}

fn is_error(e: &Element) -> bool {
    e.name() == "presence" && attr(e, "type") == "error"
}

async fn entered(script: &mut Script) {
    script.until("own presence", |e| codes(e).contains(&"110".to_owned()) && attr(e, "type").is_empty()).await;
}

#[tokio::test]
async fn a_room_with_a_password_refuses_as_recorded_and_a_kick_is_told() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "locked", &[]).await;
    entered(&mut ana).await;
    jitsi.set_password("locked", Some("s3cret"));
    ana.until("word of the lock", |e| codes(e).contains(&"104".to_owned())).await;
    let mut ben = Script::login(&jitsi, "locked", &[]).await;
    ben.ask("focus.meet.test").await;
    ben.enter("").await;
    same(&ben.until("refusal", is_error).await, &Recording::read("features-carol").first(is_error));
    ben.enter("<password>s3cret</password>").await;
    entered(&mut ben).await;
    jitsi.kick("locked", &ben.nick);
    ben.until("kick", |e| codes(e).contains(&"307".to_owned())).await;
}

#[tokio::test]
async fn who_is_not_expected_waits_in_the_lobby() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "hall", &[]).await;
    entered(&mut ana).await;
    jitsi.lobby("hall", true);
    ana.until("word of the lobby", |e| codes(e).contains(&"104".to_owned())).await;
    // Who is inside stays, and moderates the lobby.
    let lobby = "hall@lobby.meet.test";
    let nick = |name: &str| format!("<nick xmlns='http://jabber.org/protocol/nick'>{name}</nick>");
    let enter = |who: &str, name: &str| {
        let x = "<x xmlns='http://jabber.org/protocol/muc'/>";
        format!("<presence xmlns='jabber:client' to='{lobby}/{who}'>{x}{name}</presence>")
    };
    ana.send(&enter("moderator", &nick("ana"))).await;
    ana.until("place in the lobby", |e| resource(attr(e, "from")) == "moderator").await;
    for (admitted, name) in [(true, "ben"), (false, "cem")] {
        let mut guest = Script::login(&jitsi, "hall", &[]).await;
        guest.ask("focus.meet.test").await;
        guest.enter("").await;
        let refusal = guest.until("refusal", is_error).await;
        let error = child(&refusal, "error").unwrap();
        assert!(child(error, "registration-required").is_some());
        assert_eq!(child(error, "lobbyroom").unwrap().text(), lobby);
        guest.send(&enter(name, "")).await;
        let nameless = guest.until("refusal without a name", is_error).await;
        assert!(child(child(&nameless, "error").unwrap(), "displayname-required").is_some());
        guest.send(&enter(name, &nick(name))).await;
        let knock = ana.until("knock", |e| e.name() == "presence" && resource(attr(e, "from")) == name).await;
        let jid = attr(child(children(&knock, "x").find(|x| x.has_ns(MUC_USER)).unwrap(), "item").unwrap(), "jid").to_owned();
        if admitted {
            let invite = format!("<x xmlns='{MUC_USER}'><invite to='{jid}'/></x>");
            ana.send(&format!("<message xmlns='jabber:client' to='{}'>{invite}</message>", ana.room)).await;
            guest.until("invitation", |e| children(e, "x").any(|x| child(x, "invite").is_some())).await;
            guest.enter("").await;
            entered(&mut guest).await;
        } else {
            let kick = format!("<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='{name}' role='none'/></query>");
            ana.send(&format!("<iq xmlns='jabber:client' type='set' id='deny' to='{lobby}'>{kick}</iq>")).await;
            guest.until("denial", |e| codes(e).contains(&"307".to_owned())).await;
        }
    }
}

#[tokio::test]
async fn where_it_takes_an_account_guests_wait_for_somebody_who_has_one() {
    let Some(jitsi) = start(Options { accounts: true, ..Options::default() }) else { return };
    let guest = async || Connection::login(jitsi.authority(), "", "guest.meet.test", None, None).await.unwrap();
    let mut early = Script::of(guest().await, "office", &[]);
    let refusal = early.ask("focus.meet.test").await;
    assert!(child(child(&refusal, "error").unwrap(), "not-authorized").is_some());
    assert!(Connection::login(jitsi.authority(), "", "meet.test", Some((prosody::OFFICIAL, "wrong")), None).await.is_err());
    let account = Some((prosody::OFFICIAL, prosody::PASSWORD));
    let official = Connection::login(jitsi.authority(), "", "meet.test", account, None).await.unwrap();
    let mut official = Script::of(official, "office", &[]);
    assert_eq!(attr(&official.ask("focus.meet.test").await, "type"), "result");
    official.enter("").await;
    entered(&mut official).await;
    assert_eq!(attr(&early.ask("focus.meet.test").await, "type"), "result");
    early.enter("").await;
    entered(&mut early).await;
    assert_eq!(jitsi.moderators(&early.nick), ["focus", &official.nick]);
}

fn token(secret: &str, claims: &str) -> String {
    let signed = [r#"{"alg":"HS256","typ":"JWT"}"#, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn where_it_takes_a_token_only_a_good_one_opens() {
    let secret = "a secret of this test";
    let Some(jitsi) = start(Options { token_secret: Some(secret.into()), ..Options::default() }) else { return };
    for (query, comes_in) in [
        (String::new(), false),
        (format!("?token={}", token("another", r#"{"room":"*"}"#)), false),
        (format!("?token={}", token(secret, r#"{"room":"*","exp":1}"#)), false),
        (format!("?room=x&token={}", token(secret, r#"{"room":"*"}"#)), true),
    ] {
        let login = Connection::login(jitsi.authority(), &query, "meet.test", None, None).await;
        assert_eq!(login.is_ok(), comes_in, "{query}");
        if let Err(refusal) = login {
            assert!(refusal.contains("not-allowed"), "{refusal}");
        }
    }
}

#[tokio::test]
async fn a_session_that_was_cut_is_resumed_under_its_name() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "thread", &[]).await;
    entered(&mut ana).await;
    ana.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await;
    let enabled = ana.until("enabled", |e| e.name() == "enabled").await;
    let id = attr(&enabled, "id").to_owned();
    jitsi.cut(&ana.nick);
    assert!(ana.next().await.is_none());
    let again = Connection::resume(jitsi.authority(), &format!("?previd={id}"), "meet.test", &id, 0).await.unwrap();
    assert_eq!(again.jid.chars().take(8).collect::<String>(), ana.nick);
    assert!(Connection::resume(jitsi.authority(), "?previd=nothing", "meet.test", "nothing", 0).await.is_err());
}

#[tokio::test]
async fn without_its_focus_a_conference_cannot_be_had() {
    let Some(jitsi) = start_for_one() else { return };
    jitsi.stop_focus();
    let mut ana = Script::login(&jitsi, "nobody", &[]).await;
    let refusal = loop {
        let answer = ana.ask("focus.meet.test").await;
        if attr(&answer, "type") == "error" {
            break answer; // until then, the focus was on its way out
        }
    };
    assert!(child(child(&refusal, "error").unwrap(), "service-unavailable").is_some());
    jitsi.start_focus();
    assert_eq!(attr(&ana.ask("focus.meet.test").await, "type"), "result");
    jitsi.set(|knobs| knobs.not_ready = 1);
    let ready = |answer: &Element| attr(child(answer, "conference").unwrap(), "ready").to_owned();
    assert_eq!(ready(&ana.ask("focus.meet.test").await), "false");
    assert_eq!(ready(&ana.ask("focus.meet.test").await), "true");
    jitsi.restart_prosody();
    while ana.next().await.is_some() {}
    let mut ana = Script::login(&jitsi, "nobody", &[]).await;
    assert_eq!(attr(&ana.ask("focus.meet.test").await, "type"), "result");
}

fn http(jitsi: &Jitsi, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(jitsi.authority()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn get(jitsi: &Jitsi, path: &str) -> (u16, String) {
    http(jitsi, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", jitsi.authority()))
}

#[test]
fn the_web_server_is_like_nginx_before_a_jitsi() {
    for site in [Site::Docker, Site::Debian] {
        let Some(jitsi) = start(Options { site, requests_by_http: true, ..Options::default() }) else { return };
        for page in ["/Room", "/acme/Room", "/.well-known/conclave"] {
            let (status, body) = get(&jitsi, page);
            assert!(status == 200 && body.contains("<html>"), "{page}");
        }
        assert_eq!(get(&jitsi, "/http-bind").0, 404);
        let (_, config) = get(&jitsi, "/config.js");
        for word in ["'meet.test'", "'conference.' + subdomain + 'meet.test'", "'xmpp-websocket'", "conference-request/v1"] {
            assert!(config.contains(word), "{word} is missing in {config}");
        }
        let (_, tenant) = get(&jitsi, "/acme/config.js");
        assert_eq!(tenant.contains("var subdir = 'acme/';"), site == Site::Docker);
        let body = r#"{"room":"Talk@conference.meet.test"}"#;
        let head = format!(
            "POST /conference-request/v1 HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\nAuthorization: Bearer x\r\n\r\n",
            jitsi.authority(),
            body.len()
        );
        let (status, answer) = http(&jitsi, &format!("{head}{body}"));
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["focusJid"], &answer["ready"]), (200, &"focus@auth.meet.test".into(), &true.into()));
        assert_eq!(jitsi.bearers(), ["Bearer x"]);
    }
}

/// What a JSON message says.
fn told(e: &Element) -> Option<serde_json::Value> {
    serde_json::from_str(&child(e, "json-message")?.text()).ok()
}

#[tokio::test]
async fn where_moderators_decide_who_may_unmute_nobody_else_does() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "calm", &[]).await;
    entered(&mut ana).await;
    ana.until("moderation of the room", |e| {
        e.name() == "presence"
            && child(e, "x")
                .is_some_and(|x| child(x, "item").is_some_and(|i| attr(i, "role") == "moderator" && !codes(e).is_empty()))
    })
    .await;
    let mut ben = Script::join(&jitsi, "calm", &[]).await;
    entered(&mut ben).await;
    let command = |how: &str| {
        format!("<message xmlns='jabber:client' to='avmoderation.meet.test'><av_moderation mediaType='audio' {how}/></message>")
    };
    let unmute = format!(
        "<iq xmlns='jabber:client' type='set' id='unmute' to='{}/focus'><mute xmlns='http://jitsi.org/jitmeet/audio' jid='{}/{}'>false</mute></iq>",
        ben.room, ben.room, ben.nick
    );
    ana.send(&command("enable='true'")).await;
    let word = ben.until("word of moderation", |e| told(e).is_some()).await;
    let word = told(&word).unwrap();
    assert_eq!((&word["type"], &word["enabled"], &word["mediaType"]), (&"av_moderation".into(), &true.into(), &"audio".into()));
    assert_eq!(resource(word["actor"].as_str().unwrap()), ana.nick);
    ben.until("mute", |e| child(e, "mute").is_some()).await;
    ben.send(&unmute).await;
    assert_eq!(attr(&ben.until("answer to unmute", |e| attr(e, "id") == "unmute").await, "type"), "error");
    // Who comes later is told; who is let may unmute.
    let mut cem = Script::join(&jitsi, "calm", &[]).await;
    assert_eq!(told(&cem.until("word of moderation", |e| told(e).is_some()).await).unwrap()["enabled"], true);
    ana.send(&command(&format!("jidToWhitelist='{}/{}'", ben.room, ben.nick))).await;
    ben.until("word of approval", |e| told(e).is_some_and(|word| word["approved"] == true)).await;
    ben.send(&unmute).await;
    assert_eq!(attr(&ben.until("answer to unmute", |e| attr(e, "id") == "unmute").await, "type"), "result");
    ana.send(&command("enable='false'")).await;
    cem.until("word of its end", |e| told(e).is_some_and(|word| word["enabled"] == false)).await;
}

#[tokio::test]
async fn turn_servers_and_recordings_are_announced() {
    let turn = prosody::Turn {
        kind: "turn",
        transport: "udp",
        address: "127.0.0.1:3478".parse().unwrap(),
        user: "ana".into(),
        password: "p".into(),
    };
    let Some(jitsi) = start(Options { turn: vec![turn], ..Options::default() }) else { return };
    let mut ana = Script::join(&jitsi, "taped", &[]).await;
    let services = "<iq xmlns='jabber:client' type='get' id='turn' to='meet.test'><services xmlns='urn:xmpp:extdisco:2'/></iq>";
    ana.send(services).await;
    let answer = ana.until("TURN servers", |e| attr(e, "id") == "turn").await;
    let service = child(child(&answer, "services").unwrap(), "service").unwrap();
    assert_eq!(["type", "host", "port", "username"].map(|name| attr(service, name)), ["turn", "127.0.0.1", "3478", "ana"]);
    let recording = |e: &Element| child(e, "jibri-recording-status").map(|status| attr(status, "status").to_owned());
    for status in ["on", "off"] {
        jitsi.recording("taped", "file", status);
        ana.until(status, |e| recording(e).as_deref() == Some(status)).await;
    }
    // Who comes later is told too.
    let mut ben = Script::join(&jitsi, "taped", &[]).await;
    ben.until("state of the recording", |e| recording(e).as_deref() == Some("off")).await;
}
