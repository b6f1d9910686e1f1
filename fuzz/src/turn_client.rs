//! What a TURN server says: what the `turn_client` target does, and a module of `tests/fuzz_turn_client.rs`, which runs it on stable.

use conclave::net::turn::{Came, Client, Credentials, Framer};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const PASSWORD: &str = "hunter2-passerine";
const PEERS: [&str; 3] = ["192.0.2.1:7882", "192.0.2.2:7882", "[2001:db8::1]:7882"];

/// An attribute of a message.
fn attribute(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend(kind.to_be_bytes());
    out.extend((value.len() as u16).to_be_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
}

/// The answer to a request, by a server that wants no proof: `class` is 0x0100 for a success and 0x0110 for an error.
fn answer(request: &[u8], class: u16, error: u16, said: &[u8]) -> Option<Vec<u8>> {
    let kind = u16::from_be_bytes(*request.first_chunk()?);
    let mut body = Vec::new();
    if class == 0x0110 {
        attribute(&mut body, 0x0009, &[0, 0, (error / 100) as u8, (error % 100) as u8]);
        attribute(&mut body, 0x0014, b"realm");
        attribute(&mut body, 0x0015, said);
    } else {
        attribute(&mut body, 0x000D, said);
        attribute(&mut body, 0x0016, &[0, 1, 0xE1, 0x43, 0x5E, 0x12, 0xA4, 0x43]);
    }
    let mut out = (kind | class).to_be_bytes().to_vec();
    out.extend((body.len() as u16).to_be_bytes());
    out.extend(request.get(4..20)?);
    out.extend(body);
    Some(out)
}

/// A server says these bytes, or answers as they choose, while time passes: the client asks for little, hears nobody but the peers that
/// were permitted, and comes to an end where it is refused.
#[allow(clippy::expect_used, reason = "a fuzz target fails by panicking")]
pub fn turn_client(data: &[u8]) {
    let Some((&shape, mut rest)) = data.split_first() else { return };
    let (start, reliable) = (Instant::now(), shape & 1 == 1);
    let credentials = Credentials { name: "ana".into(), password: PASSWORD.to_owned().into() };
    let mut client = Client::new(start, credentials, reliable, shape & 2 == 2, [shape; 32]);
    let peers: Vec<SocketAddr> = PEERS.iter().map(|p| p.parse().expect("an address")).collect();
    let (mut now, mut framer, mut asked) = (start, Framer::default(), Vec::new());
    for peer in &peers {
        client.permit(now, *peer);
    }
    while let Some((&what, after)) = rest.split_first() {
        let mut said = 0;
        while let Some(message) = client.poll(now) {
            said += 1;
            assert!(said <= 32 && message.len() <= 2048, "{said} messages of {} bytes", message.len());
            assert!(!message.windows(PASSWORD.len()).any(|w| w == PASSWORD.as_bytes()), "the password as it is");
            asked.push(message);
        }
        assert!(client.deadline().is_none_or(|at| at >= start) && (client.refused().is_none() || client.deadline().is_none()));
        let (length, choice) = (usize::from(what >> 3), what & 7);
        let bytes = after.get(..length).unwrap_or(after);
        rest = after.get(length..).unwrap_or_default();
        let request = asked.last().cloned().unwrap_or_default();
        let message = match choice {
            0 => {
                now += Duration::from_secs(length as u64 * 20);
                continue;
            }
            1 => answer(&request, 0x0100, 0, bytes),
            2 => answer(&request, 0x0110, 401, bytes),
            3 => answer(&request, 0x0110, 438, bytes),
            4 => answer(&request, 0x0110, 300 + u16::from(bytes.first().copied().unwrap_or_default()), bytes),
            _ => Some(bytes.to_vec()),
        };
        let Some(message) = message else { continue };
        let heard = |client: &mut Client, message: &[u8]| {
            if let Came::Data(from, datagram) = client.handle(now, message) {
                assert!(peers.contains(&from) && datagram.len() <= message.len(), "{from}");
            }
        };
        if reliable {
            framer.push(&message);
            loop {
                match framer.pull() {
                    Ok(Some(message)) => heard(&mut client, &message),
                    Ok(None) => break,
                    Err(_) => return,
                }
            }
        } else {
            heard(&mut client, &message);
        }
        for to in client.bound().collect::<Vec<_>>() {
            assert!(peers.contains(&to) && client.wrap(to, b"x").is_some());
        }
    }
}
