//! Separate processes in a call through a real server.

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::speech;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn names_mute_hands_and_chat_reach_the_others_and_private_chat_only_one() {
    let server = Server::dev(BIN);
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null"]);
    ana.event("joined");
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null"]);
    let mut cleo = Client::join(BIN, &server.room("r"), "Cleo", &["--audio", "null"]);
    let id_of = |c: &mut Client, name: &str| {
        let joined = c.wait_for("peer", |e| e["event"] == "peer_joined" && e["peer"]["name"] == name);
        joined["peer"]["id"].as_str().unwrap().to_owned()
    };
    let ben_id = id_of(&mut ana, "Ben");
    id_of(&mut ana, "Cleo");
    let ana_id = id_of(&mut ben, "Ana");
    assert_eq!(id_of(&mut cleo, "Ana"), ana_id);
    id_of(&mut cleo, "Ben");
    ana.send(r#"{"id":1,"cmd":"mute","on":false}"#);
    ana.wait_for("reply", |e| e["event"] == "reply" && e["id"] == 1 && e["ok"] == true);
    ben.wait_for("unmute", |e| e["event"] == "muted" && e["id"] == ana_id.as_str() && e["on"] == false);
    ana.send(r#"{"cmd":"hand","up":true}"#);
    cleo.wait_for("hand", |e| e["event"] == "hand" && e["id"] == ana_id.as_str() && e["on"] == true);
    ana.send(&format!(r#"{{"cmd":"say","text":"only Ben","to":"{ben_id}"}}"#));
    let private = ben.wait_for("private chat", |e| e["event"] == "chat");
    assert_eq!((private["text"].as_str(), private["name"].as_str()), (Some("only Ben"), Some("Ana")));
    assert!(private["to"].is_string());
    ana.send(r#"{"cmd":"say","text":"to all \u001b[2J"}"#);
    let public = cleo.wait_for("chat", |e| e["event"] == "chat");
    assert_eq!(public["text"], "to all [2J", "the escape character is gone, and the private message never came");
    ana.send(r#"{"cmd":"name","name":"Ana Ngata"}"#);
    ben.wait_for("new name", |e| e["event"] == "peer_updated" && e["peer"]["name"] == "Ana Ngata");
    // Malformed and refused commands are answered, and the call goes on.
    ana.send("{nonsense");
    ana.wait_for("reply", |e| e["event"] == "reply" && e["ok"] == false && e["id"].is_null());
    ana.send(r#"{"id":2,"cmd":"say","text":"x","to":"nobody"}"#);
    ana.wait_for("reply", |e| e["id"] == 2 && e["ok"] == false);
    ana.send(r#"{"id":3,"cmd":"leave"}"#);
    let (code, events, _) = ana.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (0, Some("left")));
    ben.wait_for("leave", |e| e["event"] == "peer_left" && e["id"] == ana_id.as_str());
}

#[test]
fn a_tls_server_is_joined_by_its_fingerprint_and_by_no_other() {
    let server = Server::start(BIN, &[]);
    let created =
        conclave_lab::conclave::run(BIN, &["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())], "");
    assert_eq!(created.0, 0, "{}", created.2);
    let good = Client::join(BIN, &server.room("board"), "Ana", &["--allow-plain", "--audio", "null", "--duration", "200ms"]);
    let (code, events, stderr) = good.finish();
    assert_eq!(code, 0, "{stderr}{events:#?}");
    let joined = events.iter().find(|e| e["event"] == "joined").unwrap();
    assert_eq!(joined["security_text"], "transport encryption only, not end-to-end encrypted");
    let bad = format!("{}/board#fp={}", server.url(), "A".repeat(43));
    let (code, events, _) = Client::join(BIN, &bad, "Ana", &["--audio", "null"]).finish();
    assert_eq!(code, 79);
    let text = events.last().unwrap()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("fingerprint") && text.contains("administrator"), "{text}");
    let (code, events, _) = Client::join(BIN, &server.room("unknown"), "Ana", &["--audio", "null"]).finish();
    assert_eq!(code, 69, "{events:#?}");
}

#[test]
fn a_signal_ends_the_call_politely_and_the_recording_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.wav");
    let server = Server::dev(BIN);
    let mut watcher = Client::join(BIN, &server.room("r"), "Watcher", &["--audio", "null"]);
    watcher.event("joined");
    let mut client = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &format!("file:,{}", text(&out))]);
    client.event("joined");
    watcher.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ana");
    client.terminate();
    let (code, events, _) = client.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (143, Some("signal")));
    watcher.wait_for("leave", |e| e["event"] == "peer_left" && e["name"] == "Ana");
    let wav = hound::WavReader::open(&out).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (48_000, 1));
}

#[test]
fn a_server_that_dies_ends_the_call_at_the_limit_with_a_whole_recording() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.wav");
    let server = Server::dev(BIN);
    let sound = format!("file:,{}", text(&out));
    let mut client = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &sound, "--reconnect", "8s"]);
    client.event("let_in");
    drop(server.kill());
    client.event("reconnecting");
    let (code, events, _) = client.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (75, Some("network_lost")), "{events:#?}");
    let wav = hound::WavReader::open(&out).unwrap();
    assert!(wav.duration() > 48_000 * 5, "the recording goes on while the connection is tried again: {}", wav.duration());
}

#[test]
fn who_sits_at_the_server_is_heard_there_too() {
    let all = Server::start_at(BIN, &["--dev", "--insecure-listen"], "0.0.0.0:0", tempfile::tempdir().unwrap());
    let at: std::net::SocketAddr = all.authority().parse().unwrap();
    let link = format!("http://127.0.0.1:{}/r", at.port());
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(20.0));
    let mut ana = Client::join(BIN, &link, "Ana", &["--audio", &format!("file:{},", text(&tone))]);
    let mut ben = Client::join(BIN, &link, "Ben", &["--audio", "null"]);
    let ana = ana.event("joined")["me"].clone();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana);
}

#[test]
fn both_families_meet_at_a_server_that_listens_everywhere() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        return conclave_lab::skip("a call over IPv6", "this machine has no ::1");
    }
    let all = Server::start_at(BIN, &["--dev", "--insecure-listen"], "[::]:0", tempfile::tempdir().unwrap());
    let port = all.authority().rsplit(':').next().unwrap().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(20.0));
    let sound = format!("file:{},", text(&tone));
    let mut ana = Client::join(BIN, &format!("http://[::1]:{port}/r"), "Ana", &["--audio", &sound]);
    let mut ben = Client::join(BIN, &format!("http://127.0.0.1:{port}/r"), "Ben", &["--audio", "null"]);
    let ana = ana.event("joined")["me"].clone();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana);
}

#[test]
fn a_demo_whose_reader_goes_away_ends_quietly() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};
    let dir = tempfile::tempdir().unwrap();
    let mut demo = Command::new(BIN)
        .args(["demo", "--json", "--out", text(&dir.path().join("heard.wav"))])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    let mut said = String::new();
    demo.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((demo.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn somebody_who_waits_alone_is_connected_before_the_others_come() {
    let server = Server::dev(BIN);
    let mut alone = Client::join(BIN, &server.room("r"), "Early", &["--audio", "null"]);
    alone.wait_for("sound's way to the server", |e| e["event"] == "transport" && e["ok"] == true);
}

#[test]
fn a_development_room_is_end_to_end_encrypted_and_two_clients_hear_and_read_each_other() {
    let server = Server::dev(BIN);
    let dir = tempfile::tempdir().unwrap();
    let (tone, out) = (dir.path().join("tone.wav"), dir.path().join("out.wav"));
    speech::write(&tone, &speech::chirp(20.0));
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &format!("file:{},", text(&tone))]);
    let joined = ana.event("joined");
    assert_eq!(
        (joined["security"].as_str(), joined["security_text"].as_str()),
        (Some("end_to_end"), Some("end-to-end encrypted"))
    );
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", &format!("file:,{}", text(&out))]);
    assert_eq!(ben.event("joined")["security"], "end_to_end");
    let ana_id = joined["me"].clone();
    ben.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["id"] == ana_id && e["peer"]["name"] == "Ana");
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana_id);
    ben.send(r#"{"cmd":"say","text":"I hear you"}"#);
    let chat = ana.wait_for("chat", |e| e["event"] == "chat");
    assert_eq!((chat["text"].as_str(), chat["name"].as_str()), (Some("I hear you"), Some("Ben")));
    ben.send(r#"{"id":7,"cmd":"leave"}"#);
    let (code, _, _) = ben.finish();
    assert_eq!(code, 0);
    ana.wait_for("leave", |e| e["event"] == "peer_left" && e["name"] == "Ben");
}

#[test]
fn an_open_room_is_refused_with_code_80_unless_plain_is_accepted() {
    let server = Server::start(BIN, &[]);
    let created =
        conclave_lab::conclave::run(BIN, &["rooms", "create", "lobby", "--mode", "open", "--data", text(server.data.path())], "");
    assert_eq!(created.0, 0, "{}", created.2);
    let (code, events, _) = Client::join(BIN, &server.room("lobby"), "Ana", &["--audio", "null"]).finish();
    let said = events.last().unwrap()["text"].as_str().unwrap().to_owned();
    assert_eq!(code, 80, "{said}");
    assert!(said.contains("encrypt") && said.contains("--allow-plain"), "{said}");
}
