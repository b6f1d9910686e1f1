//! Whatever is wrong gets one clear sentence and the documented exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Runs `conclave join` with the arguments and expects its code and words; standard error has one line.
fn refused(args: &[&str], input: &str, code: i32, words: &[&str]) {
    let mut all = vec!["join", "--line", "--name", "T"];
    all.extend(args);
    let (got, out, err) = run(BIN, &all, input);
    let said = format!("{out}{err}");
    assert_eq!(got, code, "{args:?}: {said}");
    for w in words {
        assert!(said.contains(w), "{args:?}: no '{w}' in: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn links_and_hosts() {
    refused(&["ftp://x/y", "--audio", "null"], "", 65, &["link"]);
    refused(&["-", "--audio", "null"], "\n", 65, &["link"]);
    refused(&["--no-input", "--audio", "null"], "", 77, &["link"]);
    refused(&["https://no-such-host.invalid/r", "--audio", "null"], "", 68, &["no-such-host.invalid"]);
    // A port where nothing listens.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    refused(&[&format!("http://{free}/r"), "--audio", "null"], "", 69, &["nothing listens", &free.to_string()]);
    // A secret in the argument list.
    let secret = "https://127.0.0.1:1/r#k=c2VjcmV0LXNlY3JldA";
    let (code, out, err) = run(BIN, &["join", secret, "--line", "--name", "T"], "");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("--link-fd") && !err.contains("c2VjcmV0") && !out.contains("c2VjcmV0"), "{err}");
}

#[test]
fn a_server_that_is_not_ours() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut s in listener.incoming().flatten() {
            let _ = s.read(&mut [0; 2048]);
            let _ = s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        }
    });
    refused(&[&format!("http://{at}/r"), "--audio", "null"], "", 76, &["not a Conclave server"]);
    // Not HTTP at all.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut s in listener.incoming().flatten() {
            let _ = s.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        }
    });
    refused(&[&format!("http://{at}/r"), "--audio", "null"], "", 76, &["HTTP"]);
}

#[test]
fn files_and_devices() {
    let dir = tempfile::tempdir().unwrap();
    let path = |n: &str| dir.path().join(n);
    std::fs::write(path("empty.wav"), b"").unwrap();
    std::fs::write(path("noise.wav"), b"this is no sound at all, only words").unwrap();
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut w = hound::WavWriter::create(path("whole.wav"), spec).unwrap();
    (0..16_000).for_each(|i| w.write_sample((i % 100) as i16).unwrap());
    w.finalize().unwrap();
    let whole = std::fs::read(path("whole.wav")).unwrap();
    std::fs::write(path("truncated.wav"), &whole[..whole.len() / 2]).unwrap();
    let link = "http://127.0.0.1:1/r";
    let audio = |input: &str, output: &str| format!("file:{input},{output}");
    let file = |n: &str| audio(text(&path(n)), "");
    refused(&[link, "--audio", &file("empty.wav")], "", 65, &["empty.wav"]);
    refused(&[link, "--audio", &file("noise.wav")], "", 65, &["noise.wav"]);
    refused(&[link, "--audio", &file("truncated.wav")], "", 65, &["truncated.wav"]);
    refused(&[link, "--audio", &file("missing.wav")], "", 66, &["missing.wav"]);
    refused(&[link, "--audio", &audio("", "/proc/nowhere/out.wav")], "", 73, &["/proc/nowhere/out.wav"]);
    // A recording never overwrites what is played, by whatever name it is called; and a FIFO keeps nobody waiting.
    std::os::unix::fs::symlink(path("whole.wav"), path("other-name.wav")).unwrap();
    let both = audio(text(&path("whole.wav")), text(&path("other-name.wav")));
    refused(&[link, "--audio", &both], "", 2, &["same file"]);
    assert_eq!(std::fs::read(path("whole.wav")).unwrap(), whole);
    nix::unistd::mkfifo(&path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    refused(&[link, "--audio", &file("fifo")], "", 65, &["fifo", "regular file", "pipe:"]);
    refused(&[link, "--audio", &audio("", text(&path("fifo")))], "", 73, &["fifo", "pipe"]);
    refused(&[link, "--audio", "gramophone"], "", 2, &["gramophone"]);
    refused(&[link, "--audio", "pulse:no-such-device"], "", 66, &["no-such-device", "conclave devices"]);
}

#[test]
fn a_call_that_never_begins_ends_its_events_too() {
    let (code, out, _) = run(BIN, &["join", "http://127.0.0.1:1/r", "--json", "--name", "T", "--audio", "file:missing.wav,"], "");
    let last: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!((code, last["event"].as_str(), last["code"].as_i64()), (66, Some("left"), Some(66)), "{out}");
    assert!(last["text"].as_str().unwrap().contains("missing.wav"));
}

#[test]
fn names() {
    let link = "http://127.0.0.1:1/r";
    let long = "x".repeat(10_000);
    let (code, _, err) = run(BIN, &["join", link, "--line", "--name", &long], "");
    assert_eq!(code, 2);
    assert!(err.contains("10000") && err.len() < 1000, "{err}");
    let (code, _, err) = run(BIN, &["join", link, "--line", "--name", "\u{1b}[2J\u{7}"], "");
    assert_eq!(code, 2);
    assert!(err.contains("visible") && !err.contains('\u{1b}'), "{err:?}");
}

#[test]
fn white_space_in_a_name_is_folded() {
    let server = Server::dev(BIN);
    let mut c = Client::join(BIN, &server.room("r"), " Ana   Ngata ", &["--audio", "null", "--duration", "100ms"]);
    assert_eq!(c.event("joined")["name"], "Ana Ngata");
}

/// A server that says of itself what it likes.
#[allow(clippy::unwrap_used)] // a helper of tests
fn says(well_known: serde_json::Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let body = well_known.to_string();
        for mut s in listener.incoming().flatten() {
            let _ = s.read(&mut [0; 2048]);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = s.write_all((head + &body).as_bytes());
        }
    });
    format!("http://{at}/r")
}

#[test]
fn a_version_mismatch_says_which_side_to_update() {
    let about = |version: &str, min: u32, max: u32, min_client: &str| {
        says(serde_json::json!({
            "product": "conclave", "version": version, "protocol_min": min, "protocol_max": max,
            "min_client": min_client, "media": "livekit-v1",
        }))
    };
    let join = |link: String, words: &[&str]| refused(&[&link, "--audio", "null"], "", 76, words);
    join(about("9.1.0", 1, 9, "9.0.0"), &["9.0.0 or newer", "update this client"]);
    join(about("9.1.0", 8, 9, "0.1.0"), &["9.1.0", "update this client"]);
    join(about("0.0.1\u{1b}[2J", 0, 0, "0.0.1"), &["0.0.1", "update the server"]);
    join(says(serde_json::json!({"product": "something else"})), &["not a Conclave server"]);
}

#[test]
fn tokens() {
    let server = Server::dev(BIN);
    let link = format!("ws://{}", server.authority());
    let join = |token: Option<&str>| {
        let mut c = std::process::Command::new(BIN);
        c.args(["join", &link, "--json", "--name", "T", "--audio", "null", "--duration", "300ms"]).env_remove("CONCLAVE_TOKEN");
        if let Some(t) = token {
            c.env("CONCLAVE_TOKEN", t);
        }
        Client::spawn(c).finish()
    };
    let token = |extra: &[&str]| {
        let mut args = vec!["token", "r", "--identity", "bot", "--data", text(server.data.path())];
        args.extend(extra);
        let (code, out, err) = run(BIN, &args, "");
        assert_eq!(code, 0, "{err}");
        out.trim().to_owned()
    };
    let (code, events, err) = join(Some(&token(&[])));
    assert_eq!(code, 0, "{events:#?} {err}");
    let (code, _, err) = join(None);
    assert_eq!(code, 77);
    assert!(err.contains("CONCLAVE_TOKEN"), "{err}");
    let (code, events, _) = join(Some("not-a-token"));
    assert_eq!(code, 77, "{events:#?}");
    let key = conclave::server::store::data_dir::DataDir::open(server.data.path()).unwrap().api_key().unwrap();
    let grant = conclave::server::media::token::Grant {
        iss: key.key.clone(),
        sub: "bot".into(),
        exp: 1_000_000_000,
        video: conclave::server::media::token::VideoGrant { room_join: true, room: "r".into(), ..Default::default() },
        ..Default::default()
    };
    let expired = conclave::server::media::token::sign(&key, &grant).unwrap();
    let (code, events, _) = join(Some(&expired));
    assert_eq!(code, 77, "{events:#?}");
    assert!(events.last().unwrap()["text"].as_str().unwrap().contains("expired"), "{events:#?}");
}

#[test]
fn garbage_at_the_media_port_disturbs_nobody() {
    let server = Server::dev(BIN);
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    conclave_lab::speech::write(&tone, &conclave_lab::speech::chirp(20.0));
    let audio = format!("file:{},", text(&tone));
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &audio]);
    ana.event("joined");
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = server.hello["udp"].as_str().unwrap();
    let mut x = 0x1234_5678_u32;
    for i in 0..20_000u32 {
        let mut datagram = [0u8; 200];
        for b in &mut datagram {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *b = (x >> 24) as u8;
        }
        datagram[0] = [0, 1, 20, 22, 64, 128, 144, 200][i as usize % 8];
        let _ = udp.send_to(&datagram[..1 + (x as usize % 199)], to);
    }
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null"]);
    let ana_id = ana.event("joined")["me"].as_str().unwrap().to_owned();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana_id.as_str());
}

#[test]
fn half_open_connections_are_no_burden() {
    let server = Server::dev(BIN);
    let mut held = vec![];
    for _ in 0..50 {
        let mut s = TcpStream::connect(server.authority()).unwrap();
        s.write_all(b"GET /api/v1/control HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n").unwrap();
        held.push(s);
    }
    let (code, events, _) = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null", "--duration", "100ms"]).finish();
    assert_eq!(code, 0, "{events:#?}");
    drop(held);
}
