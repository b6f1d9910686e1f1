//! The wire with real sockets.

use super::*;
use crate::network::{Conditions, Loss};
use std::net::UdpSocket;

fn wire() -> Option<Wire> {
    match Wire::start() {
        Ok(wire) => Some(wire),
        Err(why) => {
            crate::skip("a wire between network namespaces", &why);
            None
        }
    }
}

fn socket(namespace: &Namespace, address: Ipv4Addr) -> UdpSocket {
    namespace.within(|| UdpSocket::bind((address, 0)).unwrap()).unwrap()
}

/// Sends 200 numbered datagrams and returns, in the order they came, their numbers and how long each took. What comes after
/// a mark of this `round` has come too late to count; the mark is sent until it arrives.
fn send(from: &UdpSocket, to: &UdpSocket, round: u8) -> Vec<(u32, Duration)> {
    let start = Instant::now();
    let mut sent = vec![];
    for n in 0..200u32 {
        sent.push(start.elapsed());
        from.send_to(&n.to_be_bytes(), to.local_addr().unwrap()).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    let mark = [round; 5];
    let mut came = vec![];
    let mut buffer = [0; 16];
    to.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    while start.elapsed() < Duration::from_secs(20) {
        match to.recv(&mut buffer) {
            Ok(4) => {
                let n = u32::from_be_bytes(buffer[..4].try_into().unwrap());
                came.push((n, start.elapsed().saturating_sub(sent[n as usize])));
            }
            Ok(n) if buffer[..n] == mark => return came,
            Ok(_) => {}
            Err(_) => {
                from.send_to(&mark, to.local_addr().unwrap()).unwrap();
            }
        }
    }
    panic!("the wire lets nothing through: {came:?}")
}

#[test]
fn packets_are_delayed_and_lost_as_told_and_the_wire_is_perfect_otherwise() {
    let Some(wire) = wire() else { return };
    let (a, b) = (socket(&wire.left, LEFT), socket(&wire.right, RIGHT));
    assert_eq!(send(&a, &b, 1).len(), 200);
    let conditions =
        Conditions { delay: Duration::from_millis(80), loss: Loss::Deterministic { share: 0.25 }, ..Default::default() };
    wire.impair(&[conditions.into()], 1);
    for (from, to, side) in [(&a, &b, 0), (&b, &a, 1)] {
        let before = wire.tally()[side];
        let came = send(from, to, 2 + side as u8);
        let lost = wire.tally()[side].lost - before.lost;
        assert!(came.len() == 150 && lost >= 50, "{} came, {lost} lost", came.len());
        assert!(came.iter().all(|(_, took)| *took >= Duration::from_millis(80)), "{came:?}");
    }
    wire.clear();
    assert_eq!(send(&a, &b, 4).len(), 200);
}

#[test]
fn processes_on_both_sides_reach_each_other_and_nobody_else() {
    let Some(wire) = wire() else { return };
    let interfaces = |namespace: &Namespace| {
        let out = namespace.command("ip").args(["-o", "-4", "addr"]).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    for (namespace, own) in [(&wire.left, LEFT), (&wire.right, RIGHT)] {
        let all = interfaces(namespace);
        assert_eq!(all.lines().count(), 2, "loopback and the wire: {all}");
        assert!(all.contains(&own.to_string()), "{all}");
    }
    let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let reached = wire.left.within(|| std::net::TcpStream::connect(outside.local_addr().unwrap()).is_ok()).unwrap();
    assert!(!reached, "the machine's own loopback is not the namespace's");
}
