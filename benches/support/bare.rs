//! What no forwarder can be cheaper than on this machine: one encryption and one place in a `sendmmsg` for each packet.

use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg};
use ring::aead;
use std::io::IoSlice;
use std::net::UdpSocket;
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Datagrams to a system call, as in the forwarder.
const BATCH: usize = 64;
/// An RTP header, 24 kbit/s of Opus with its stamp, and a tag.
const PACKET: usize = 12 + 85 + 16;
const PACE: Duration = Duration::from_millis(20);
const ROUNDS: u32 = 250;

/// CPU microseconds of one packet to `listeners` sockets of this machine, at the pace of speech.
pub(crate) fn microseconds(listeners: u32) -> f64 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let sinks: Arc<Vec<UdpSocket>> = Arc::new((0..listeners).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect());
    let addresses: Vec<Option<SockaddrStorage>> = sinks.iter().map(|s| Some(s.local_addr().unwrap().into())).collect();
    sinks.iter().for_each(|s| s.set_nonblocking(true).unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let (stop, sinks) = (stop.clone(), sinks.clone());
        move || {
            let mut buffer = [0; 2048];
            while !stop.load(Ordering::Relaxed) {
                sinks.iter().for_each(|s| while s.recv(&mut buffer).is_ok() {});
                std::thread::sleep(PACE / 2);
            }
        }
    });
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, &[7; 16]).unwrap());
    let mut headers = MultiHeaders::preallocate(BATCH, None);
    let before = used();
    for round in 0..ROUNDS {
        let mut packets = vec![[5u8; PACKET]; addresses.len()];
        for (n, packet) in packets.iter_mut().enumerate() {
            let mut nonce = [0; 12];
            nonce[..4].copy_from_slice(&round.to_be_bytes());
            nonce[4..8].copy_from_slice(&(n as u32).to_be_bytes());
            let (head, body) = packet.split_at_mut(12);
            let (text, place) = body.split_at_mut(PACKET - 12 - 16);
            let nonce = aead::Nonce::assume_unique_for_key(nonce);
            let tag = key.seal_in_place_separate_tag(nonce, aead::Aad::from(&*head), text).unwrap();
            place.copy_from_slice(tag.as_ref());
        }
        for (packets, addresses) in packets.chunks(BATCH).zip(addresses.chunks(BATCH)) {
            let slices: Vec<[IoSlice<'_>; 1]> = packets.iter().map(|p| [IoSlice::new(p)]).collect();
            let none: [ControlMessage<'_>; 0] = [];
            sendmmsg(socket.as_raw_fd(), &mut headers, &slices, addresses, none, MsgFlags::MSG_DONTWAIT).unwrap();
        }
        std::thread::sleep(PACE);
    }
    let microseconds = (used() - before) / 1000.0 / f64::from(ROUNDS * listeners);
    stop.store(true, Ordering::Relaxed);
    reader.join().unwrap();
    microseconds
}

/// CPU nanoseconds of this thread.
fn used() -> f64 {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    schedstat.split(' ').next().unwrap().parse().unwrap()
}
