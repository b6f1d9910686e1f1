//! Packets of the loopback interface, as they pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

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

pub(crate) struct Capture {
    sniffer: std::process::Child,
    out: tempfile::NamedTempFile,
}

impl Capture {
    pub(crate) fn start() -> Self {
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

    /// The packets to or from a port, from their IP header on.
    pub(crate) fn stop(mut self, port: u16) -> Vec<Vec<u8>> {
        let _ = self.sniffer.kill();
        let _ = self.sniffer.wait();
        let all = std::fs::read(self.out.path()).unwrap();
        let (mut packets, mut rest) = (Vec::new(), &all[..]);
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            let Some((packet, tail)) = tail.split_at_checked(length) else { break };
            let ports = packet.get(20..24).unwrap_or_default();
            if ports.chunks(2).any(|p| p == port.to_be_bytes()) {
                packets.push(packet.to_vec());
            }
            rest = tail;
        }
        packets
    }
}

/// RTP streams to a UDP port: of each SSRC the sizes of its packets, and the ids of its header extensions.
pub(crate) fn streams(packets: &[Vec<u8>], port: u16) -> BTreeMap<u32, (BTreeSet<usize>, BTreeSet<u8>)> {
    let mut streams = BTreeMap::<u32, (BTreeSet<usize>, BTreeSet<u8>)>::new();
    for p in packets.iter().filter(|p| p.len() > 40 && p[0] == 0x45 && p[9] == 17 && p[22..24] == port.to_be_bytes()) {
        let rtp = &p[28..];
        // Version 2, and no RTCP (RFC 5761, section 4).
        if rtp[0] >> 6 == 2 && !(192..=223).contains(&rtp[1]) {
            let stream = streams.entry(u32::from_be_bytes(rtp[8..12].try_into().unwrap())).or_default();
            stream.0.insert(rtp.len());
            stream.1.extend(extensions(rtp));
        }
    }
    streams
}

/// Ids of one-byte header extensions (RFC 8285, section 4.2).
fn extensions(rtp: &[u8]) -> Vec<u8> {
    let at = 12 + 4 * usize::from(rtp[0] & 15);
    let mut ids = Vec::new();
    if rtp[0] & 16 == 0 || rtp.get(at..at + 2) != Some(&[0xbe, 0xde]) {
        return ids;
    }
    let length = 4 * usize::from(u16::from_be_bytes(rtp[at + 2..at + 4].try_into().unwrap()));
    let mut rest = rtp.get(at + 4..at + 4 + length).unwrap_or_default();
    while let Some((head, tail)) = rest.split_first() {
        let (id, size) = (head >> 4, usize::from(head & 15) + 1);
        // Zero is padding.
        rest = if id == 0 { tail } else { tail.get(size..).unwrap_or_default() };
        ids.extend((id != 0).then_some(id));
    }
    ids
}

/// The header extensions that descriptions in the packets negotiate: id and URI.
pub(crate) fn negotiated(packets: &[Vec<u8>]) -> BTreeMap<u8, BTreeSet<String>> {
    let mut found = BTreeMap::<u8, BTreeSet<String>>::new();
    for packet in packets {
        let text = String::from_utf8_lossy(packet);
        for line in text.split("a=extmap:").skip(1) {
            let mut words = line.split_whitespace();
            if let (Some(Ok(id)), Some(uri)) = (words.next().map(|w| w.split('/').next().unwrap().parse()), words.next()) {
                found.entry(id).or_default().insert(uri.to_owned());
            }
        }
    }
    found
}
