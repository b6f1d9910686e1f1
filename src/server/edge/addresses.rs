//! The addresses at which this machine can be reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The address that stands for all of this machine's: of both families, unless the machine has no IPv6.
#[must_use]
pub fn everywhere() -> IpAddr {
    let six = Ipv6Addr::UNSPECIFIED;
    if UdpSocket::bind((six, 0)).is_ok() { six.into() } else { Ipv4Addr::UNSPECIFIED.into() }
}

/// The addresses behind a listening address: itself, or if it stands for all, those of the interfaces that are up.
/// Loopback comes only if there is nothing else; link-local addresses never (a link cannot name their interface).
pub fn reachable(listen: SocketAddr) -> Vec<IpAddr> {
    if !listen.ip().is_unspecified() {
        return vec![listen.ip()];
    }
    let mut found: Vec<IpAddr> = interfaces().into_iter().filter(|a| usable(*a) && (a.is_ipv4() || listen.is_ipv6())).collect();
    found.sort_by_key(|a| (a.is_ipv6(), *a));
    found.dedup();
    if found.is_empty() {
        found.push(if listen.is_ipv4() { IpAddr::from([127, 0, 0, 1]) } else { IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1u16]) });
    }
    found
}

fn usable(a: IpAddr) -> bool {
    !a.is_loopback()
        && match a {
            IpAddr::V4(a) => !a.is_link_local(),
            IpAddr::V6(a) => !a.is_unicast_link_local(),
        }
}

fn interfaces() -> Vec<IpAddr> {
    use nix::net::if_::InterfaceFlags;
    let Ok(all) = nix::ifaddrs::getifaddrs() else { return Vec::new() };
    all.filter(|i| i.flags.contains(InterfaceFlags::IFF_UP))
        .filter_map(|i| i.address)
        .filter_map(|a| match (a.as_sockaddr_in(), a.as_sockaddr_in6()) {
            (Some(v4), _) => Some(IpAddr::V4(v4.ip())),
            (_, Some(v6)) => Some(IpAddr::V6(v6.ip())),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_names_the_address_that_stands_for_all() {
        let one = "127.0.0.1:1".parse().unwrap();
        assert_eq!(reachable(one), [IpAddr::from([127, 0, 0, 1])]);
        for all in ["0.0.0.0:1", "[::]:1"] {
            let found = reachable(all.parse().unwrap());
            assert!(!found.is_empty() && found.iter().all(|a| !a.is_unspecified()), "{found:?}");
        }
    }
}
