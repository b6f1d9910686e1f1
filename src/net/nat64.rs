//! IPv4 addresses from a network that has IPv6 alone and translates (NAT64): names are translated by the network's name server,
//! addresses in links are not. The prefix is asked for as RFC 7050 says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// The name that has IPv4 addresses alone, so that an IPv6 address of it shows the prefix.
const NAME: &str = "ipv4only.arpa";
/// Its addresses.
const KNOWN: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];
/// How long the name server may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The address by which an IPv4 address is reached, where it is not reached by itself; `None`: there is no other.
pub(super) async fn instead_of(address: SocketAddr) -> Option<SocketAddr> {
    let IpAddr::V4(v4) = address.ip() else { return None };
    if v4.is_loopback() || super::dial::local_address_towards(address).is_ok() {
        return None;
    }
    let found = timeout(PATIENCE, tokio::net::lookup_host((NAME, address.port()))).await.ok()?.ok()?;
    let prefix = found.into_iter().find_map(|found| match found.ip() {
        IpAddr::V6(v6) => prefix(v6),
        IpAddr::V4(_) => None,
    })?;
    Some(SocketAddr::new(embedded(prefix, v4).into(), address.port()))
}

/// The first 96 bits of an address that ends with one of the known ones. Shorter prefixes (RFC 6052 section 2.2), which nobody is known to
/// use for this, are not looked for.
fn prefix(of: Ipv6Addr) -> Option<[u8; 12]> {
    let octets = of.octets();
    let (head, tail) = octets.split_first_chunk::<12>()?;
    KNOWN.iter().any(|known| known.octets() == tail).then_some(*head)
}

fn embedded(prefix: [u8; 12], v4: Ipv4Addr) -> Ipv6Addr {
    let mut octets = [0; 16];
    for (to, from) in octets.iter_mut().zip(prefix.into_iter().chain(v4.octets())) {
        *to = from;
    }
    octets.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_read_off_and_put_before_an_address() {
        let found = prefix("64:ff9b::c000:aa".parse().unwrap()).unwrap();
        assert_eq!(embedded(found, Ipv4Addr::new(10, 71, 0, 2)), "64:ff9b::a47:2".parse::<Ipv6Addr>().unwrap());
        let own = prefix("2001:db8:1:2:3:4:192.0.0.171".parse().unwrap()).unwrap();
        assert_eq!(embedded(own, Ipv4Addr::new(1, 2, 3, 4)), "2001:db8:1:2:3:4:102:304".parse::<Ipv6Addr>().unwrap());
        assert_eq!(prefix("2001:db8::1".parse().unwrap()), None, "a name server that makes up addresses");
    }

    #[tokio::test]
    async fn what_is_reached_by_itself_is_left_alone() {
        assert_eq!(instead_of("127.0.0.1:443".parse().unwrap()).await, None);
        assert_eq!(instead_of("[2001:db8::1]:443".parse().unwrap()).await, None);
    }
}
