//! What an office's firewall lets through: by protocol, and by what a connection speaks.

use std::collections::HashMap;

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rules {
    /// Everything.
    #[default]
    Open,
    /// No UDP.
    NoUdp,
    /// TCP connections that begin with TLS. Those that were there before the rules go on.
    OnlyTls,
    /// TCP to this port, and the answers.
    OnlyPort(u16),
    /// Nothing.
    Nothing,
}

/// What is known of a new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// It has said nothing yet.
    New,
    Tls,
    Other,
}

/// Rules, and the connections that were begun under them.
#[derive(Debug, Default)]
pub(super) struct Firewall {
    rules: Rules,
    /// By the ports of client and server.
    flows: HashMap<(u16, u16), Flow>,
}

/// What follows the IPv4 header.
fn behind_ip(packet: &[u8]) -> Option<&[u8]> {
    packet.get(usize::from(packet.first()? & 0x0F) * 4..)
}

/// The ports, from and to.
fn ports(packet: &[u8]) -> Option<(u16, u16)> {
    let port = |at: usize| Some(u16::from_be_bytes(*behind_ip(packet)?.get(at..)?.first_chunk()?));
    Some((port(0)?, port(2)?))
}

const TCP: u8 = 6;
const UDP: u8 = 17;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

impl Firewall {
    /// With these rules from now on.
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, flows: HashMap::new() }
    }

    /// Whether an IPv4 packet passes.
    pub(super) fn passes(&mut self, packet: &[u8]) -> bool {
        let protocol = packet.get(9).copied().unwrap_or_default();
        match self.rules {
            Rules::Open => true,
            Rules::Nothing => false,
            Rules::NoUdp => protocol != UDP,
            Rules::OnlyPort(port) => protocol == TCP && ports(packet).is_some_and(|(from, to)| from == port || to == port),
            Rules::OnlyTls if protocol == TCP => self.is_tls(packet).unwrap_or(false),
            Rules::OnlyTls => protocol != UDP,
        }
    }

    /// Whether a TCP segment belongs to a connection that speaks TLS, or may yet.
    fn is_tls(&mut self, packet: &[u8]) -> Option<bool> {
        let ((from, to), tcp) = (ports(packet)?, behind_ip(packet)?);
        let flags = *tcp.get(13)?;
        let payload = tcp.get(usize::from(tcp.get(12)? >> 4) * 4..)?;
        if flags & (SYN | ACK) == SYN {
            self.flows.insert((from, to), Flow::New);
        }
        if let (Some(flow @ Flow::New), Some(first)) = (self.flows.get_mut(&(from, to)), payload.first()) {
            *flow = if *first == 0x16 { Flow::Tls } else { Flow::Other };
        }
        let known = [(from, to), (to, from)].iter().find_map(|f| self.flows.get(f));
        Some(known != Some(&Flow::Other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(protocol: u8, from: u16, to: u16, flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0];
        packet[20..22].copy_from_slice(&from.to_be_bytes());
        packet[22..24].copy_from_slice(&to.to_be_bytes());
        packet.extend([0; 8]);
        packet.extend([0x50, flags, 0, 0, 0, 0, 0, 0]);
        packet.extend(payload);
        packet
    }

    #[test]
    fn only_new_connections_that_begin_with_tls_pass_and_old_ones_go_on() {
        let mut wall = Firewall::new(Rules::OnlyTls);
        assert!(!wall.passes(&packet(UDP, 1, 2, 0, b"x")));
        assert!(wall.passes(&packet(TCP, 9, 443, ACK, b"old")));
        for (port, first, passes) in [(10, 0x16, true), (11, 0x00, false)] {
            assert!(wall.passes(&packet(TCP, port, 443, SYN, b"")));
            assert!(wall.passes(&packet(TCP, 443, port, SYN | ACK, b"")));
            assert!(wall.passes(&packet(TCP, port, 443, ACK, b"")));
            assert_eq!(wall.passes(&packet(TCP, port, 443, ACK, &[first, 3, 1])), passes);
            assert_eq!(wall.passes(&packet(TCP, port, 443, ACK, b"more")), passes);
            assert_eq!(wall.passes(&packet(TCP, 443, port, ACK, b"answer")), passes);
        }
        let mut wall = Firewall::new(Rules::OnlyPort(3128));
        let passes = [(TCP, 9, 3128), (TCP, 3128, 9), (TCP, 9, 443), (UDP, 9, 3128)]
            .map(|(p, from, to)| wall.passes(&packet(p, from, to, SYN, b"")));
        assert_eq!(passes, [true, true, false, false]);
        // What is no whole TCP header is no TLS; other protocols are not this firewall's affair.
        let mut wall = Firewall::new(Rules::OnlyTls);
        assert!((10..34).all(|cut| !wall.passes(&packet(TCP, 9, 443, ACK, b"")[..cut])));
        assert!(wall.passes(&packet(1, 0, 0, 0, b"ping")));
        assert!(Firewall::default().passes(b"anything"));
    }
}
