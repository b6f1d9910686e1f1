//! What members say is nowhere on the server: not in its memory, its files or its logs, and not in the packets. The same
//! search finds it in an open room, so the search is known to work.
#![cfg(all(feature = "client", feature = "server", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use bytes::Bytes;
use conclave::backend::{
    BackendCommand, BackendEvent, Context, Frame, Identity, Link, Session, SourceChange, SourceId, classify,
};
use conclave::call::Security;
use conclave::protocol::control::RoomMode;
use conclave_lab::conclave::{PATIENCE, Server};
use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_conclave");
/// Bytes that must match in a row to count as found.
const WINDOW: usize = 16;
const FRAME: usize = 80;

/// Plain content of a call, and where it turns up.
struct Content {
    windows: HashSet<[u8; WINDOW]>,
    /// First three bytes of the windows, so that most places are passed over quickly.
    first: Vec<bool>,
}

fn prefix(b: &[u8]) -> usize {
    usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2])
}

impl Content {
    fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut windows = HashSet::new();
        for piece in pieces {
            windows.extend(piece.windows(WINDOW).map(|w| <[u8; WINDOW]>::try_from(w).unwrap()));
        }
        let mut first = vec![false; 1 << 24];
        windows.iter().for_each(|w| first[prefix(w)] = true);
        assert!(windows.len() > 1000);
        Self { windows, first }
    }

    fn found_in(&self, bytes: &[u8]) -> bool {
        bytes.windows(WINDOW).any(|w| self.first[prefix(w)] && self.windows.contains(w))
    }

    /// Every readable page of a process.
    fn found_in_memory(&self, pid: u32) -> bool {
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
        let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("the tests run as root");
        let mut read = 0;
        let found = maps.lines().filter(|l| l.split(' ').nth(1).is_some_and(|p| p.starts_with("rw"))).any(|line| {
            let (from, to) = line.split(' ').next().and_then(|r| r.split_once('-')).unwrap();
            let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            let mut bytes = vec![0; usize::try_from(to - from).unwrap().min(256 << 20)];
            if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
                return false;
            }
            read += bytes.len();
            self.found_in(&bytes)
        });
        assert!(found || read > 1 << 20, "the server's memory could not be read");
        found
    }

    fn found_in_files(&self, dir: &Path) -> bool {
        std::fs::read_dir(dir).unwrap().any(|e| {
            let path = e.unwrap().path();
            if path.is_dir() { self.found_in_files(&path) } else { self.found_in(&std::fs::read(&path).unwrap_or_default()) }
        })
    }
}

/// Opus packets are noise to everybody but a decoder; so are these, and they are all different.
fn frames() -> Vec<Bytes> {
    let mut x = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 32) as u8
    };
    (0..150).map(|_| (0..FRAME).map(|_| byte()).collect()).collect()
}

async fn join(link: &str, name: &str, mode: RoomMode) -> Session {
    let link = Link::parse(link).unwrap();
    let context = Context {
        net: conclave::net::Options { fingerprint: link.fingerprint },
        muted: false,
        listen_only: false,
        allow_plain: mode == RoomMode::Open,
        patience: PATIENCE,
        secrecy: conclave::backend::Secrecy { mode: Some(mode), ..Default::default() },
        xray: Default::default(),
    };
    let who = Identity { name: name.into(), keys: conclave::trust::Keys::ephemeral().unwrap().into() };
    timeout(PATIENCE, classify(&link).join(link, who, context)).await.expect("joining ends").expect("joined")
}

async fn event(s: &mut Session, what: &str, mut is: impl FnMut(&BackendEvent) -> bool) {
    let wait = async {
        while let Some(e) = s.events.recv().await {
            assert!(!matches!(e, BackendEvent::Ended { .. }), "{what}: {e:?}");
            if is(&e) {
                return;
            }
        }
        panic!("the call ended while waiting for {what}");
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no {what}"));
}

/// A call with everything that was said in it.
struct Meeting {
    said: Content,
    /// The call goes on while these live: what the server has of it, it has now.
    _members: [Session; 2],
}

/// Ana says frames and writes chat; Ben gets all of the chat and most of the frames, and nothing else.
async fn meeting(server: &Server, room: &str, mode: RoomMode) -> Meeting {
    let mut ana = join(&server.room(room), "Ana", mode).await;
    if mode != RoomMode::Open {
        assert_eq!(ana.security, Security::EndToEnd);
        event(&mut ana, "being let in", |e| matches!(e, BackendEvent::LetIn { .. })).await;
    }
    let mut ben = join(&server.room(room), "Ben", mode).await;
    if mode != RoomMode::Open {
        event(&mut ben, "being let in", |e| matches!(e, BackendEvent::LetIn { .. })).await;
    }
    let here =
        |name: &'static str| move |e: &BackendEvent| matches!(e, BackendEvent::PeerJoined { name: Some(n), .. } if n == name);
    event(&mut ana, "Ben", here("Ben")).await;
    event(&mut ben, "Ana", here("Ana")).await;
    event(&mut ana, "media", |e| matches!(e, BackendEvent::MediaConnected)).await;

    let said = frames();
    let (outgoing, mine) = (ana.media.outgoing.clone(), said.clone());
    let speaker = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for (k, payload) in mine.into_iter().enumerate() {
            tick.tick().await;
            let (k, arrived) = (k as u64, Instant::now());
            let frame = Frame { source: SourceId(0), key_id: None, sequence: k, timestamp: k as u32 * 960, arrived, payload };
            outgoing.send(frame).await.expect("the call goes on");
        }
    });
    let all: HashSet<Bytes> = said.iter().cloned().collect();
    let ana_id = ana.me.clone();
    let mut heard = HashSet::new();
    let hear = async {
        let mut sources = Vec::<tokio::sync::mpsc::Receiver<Frame>>::new();
        while heard.len() < all.len() * 2 / 3 {
            tokio::select! {
                Some(change) = ben.media.sources.recv() => if let SourceChange::Added { peer, frames, .. } = change {
                    assert_eq!(peer, ana_id, "the speaker");
                    sources.push(frames);
                },
                Some(frame) = async { match sources.last_mut() { Some(s) => s.recv().await, None => std::future::pending().await } } => {
                    assert!(all.contains(&frame.payload), "something else than Ana said was heard");
                    assert_eq!(frame.key_id.is_some(), mode != RoomMode::Open);
                    heard.insert(frame.payload);
                }
            }
        }
    };
    timeout(PATIENCE, hear).await.expect("Ben hears Ana");
    speaker.await.unwrap();
    let chat: Vec<String> =
        (0..20).map(|k| format!("the minister resigns at {k} past nine, tell nobody before {}", k * 7919)).collect();
    for text in &chat {
        ana.commands.send(BackendCommand::Say { text: text.clone(), to: None }).await.unwrap();
        event(&mut ben, "chat", |e| matches!(e, BackendEvent::Chat { text: t, .. } if t == text)).await;
    }
    let said = Content::of(said.iter().map(|f| &f[..]).chain(chat.iter().map(String::as_bytes)));
    Meeting { said, _members: [ana, ben] }
}

/// Packets of the loopback interface, as they pass.
struct Capture {
    sniffer: std::process::Child,
    out: tempfile::NamedTempFile,
}

impl Capture {
    fn start() -> Self {
        // IPv4 over Ethernet framing: a big-endian length, then the packet from its IP header on.
        const SNIFFER: &str = "
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
s.bind(('lo', 0))
out = open(sys.argv[1], 'wb', buffering=0)
print('ready', flush=True)
while True:
    p, a = s.recvfrom(65535)
    if a[2] != 4:
        out.write(struct.pack('>I', len(p) - 14) + p[14:])
";
        let out = tempfile::NamedTempFile::new().unwrap();
        let mut sniffer = std::process::Command::new("python3")
            .args(["-c", SNIFFER])
            .arg(out.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut ready = [0; 5];
        sniffer.stdout.as_mut().unwrap().read_exact(&mut ready).expect("the tests run as root");
        Self { sniffer, out }
    }

    fn stop(mut self) -> Vec<Vec<u8>> {
        let _ = self.sniffer.kill();
        let _ = self.sniffer.wait();
        let all = std::fs::read(self.out.path()).unwrap();
        let (mut packets, mut rest) = (Vec::new(), &all[..]);
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            let Some((packet, tail)) = tail.split_at_checked(length) else { break };
            packets.push(packet.to_vec());
            rest = tail;
        }
        packets
    }
}

/// The sizes of RTP packets to a UDP port, by SSRC.
fn rtp_sizes(packets: &[Vec<u8>], port: u16) -> std::collections::BTreeMap<u32, HashSet<usize>> {
    let mut sizes = std::collections::BTreeMap::<u32, HashSet<usize>>::new();
    for p in packets.iter().filter(|p| p.len() > 40 && p[0] == 0x45 && p[9] == 17 && p[22..24] == port.to_be_bytes()) {
        let rtp = &p[28..];
        // Version 2, and no RTCP (RFC 5761, section 4).
        if rtp[0] >> 6 == 2 && !(192..=223).contains(&rtp[1]) {
            sizes.entry(u32::from_be_bytes(rtp[8..12].try_into().unwrap())).or_default().insert(rtp.len());
        }
    }
    sizes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_has_nothing_of_what_is_said_and_the_search_finds_it_in_an_open_room() {
    let server = Server::start(BINARY, &["--dev"]);
    let capture = Capture::start();
    let cabinet = meeting(&server, "cabinet", RoomMode::Strict).await;
    let packets = capture.stop();
    assert!(!cabinet.said.found_in_memory(server.pid()), "plain content in the server's memory");
    assert!(!cabinet.said.found_in_files(server.data.path()), "plain content in the server's files");
    assert!(packets.len() > 200 && !packets.iter().any(|p| cabinet.said.found_in(p)), "plain content in a packet");
    let port = server.authority().rsplit(':').next().unwrap().parse().unwrap();
    let sizes = rtp_sizes(&packets, port);
    assert!(!sizes.is_empty() && sizes.values().all(|s| s.len() == 1), "one packet size per stream: {sizes:?}");

    let server = Server::start(BINARY, &["--dev"]);
    let square = meeting(&server, "square", RoomMode::Open).await;
    assert!(square.said.found_in_memory(server.pid()), "the search must find what an open room's server sees");
}
