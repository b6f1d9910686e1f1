//! Which of a host's addresses answers first (RFC 8305, "Happy Eyeballs"), and soon after an outage too.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// How long an address may say nothing before the next one is tried beside it (RFC 8305 section 5).
const NEXT: Duration = Duration::from_millis(250);
/// How long all addresses may say nothing before each is tried afresh: a first packet that was lost in an outage is repeated by
/// the system after longer and longer pauses, and the way may be back long before.
const AFRESH: Duration = Duration::from_secs(1);
/// Addresses of one host that are tried.
const MOST: usize = 8;

/// Connects to the first address that answers, and lets the others go. Has no end of its own while one says nothing: the
/// caller has the deadline.
///
/// # Errors
/// The last failure, once every address has failed; `None` without an address.
pub(super) async fn first<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Option<io::Error>> {
    let mut fresh = by_turns(addresses).into_iter();
    let attempt = |to: SocketAddr| {
        let connecting = connect(to);
        async move { (to, connecting.await) }
    };
    let (mut silent, mut under_way) = (Vec::new(), FuturesUnordered::new());
    let mut last = None;
    loop {
        let pause = match fresh.next() {
            Some(to) => {
                silent.push(to);
                under_way.push(attempt(to));
                if fresh.len() > 0 { NEXT } else { AFRESH }
            }
            None if silent.is_empty() => return Err(last),
            None => {
                under_way.extend(silent.iter().copied().map(&attempt));
                AFRESH
            }
        };
        let pause = tokio::time::sleep(pause);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                Some((to, result)) = under_way.next() => match result {
                    Ok(connection) => return Ok(connection),
                    Err(e) => {
                        last = Some(e);
                        silent.retain(|s| *s != to);
                        // One that fails at once holds nobody up.
                        if fresh.len() > 0 || silent.is_empty() {
                            break;
                        }
                    }
                },
                () = &mut pause => break,
            }
        }
    }
}

/// The families take turns, in the system's order: where one of them leads nowhere, only one attempt in two is lost.
fn by_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let begins_with_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == begins_with_v6);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let pairs = std::iter::from_fn(|| Some((one.next(), other.next())).filter(|(a, b)| a.is_some() || b.is_some()));
    pairs.flat_map(|(a, b)| [a, b]).flatten().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use tokio::time::Instant;

    fn v4(n: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, n], 443))
    }

    fn v6(n: u16) -> SocketAddr {
        SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, n], 443))
    }

    fn refused() -> io::Error {
        io::ErrorKind::ConnectionRefused.into()
    }

    #[test]
    fn families_take_turns() {
        assert_eq!(by_turns(vec![v6(1), v6(2), v6(3), v4(1)]), [v6(1), v4(1), v6(2), v6(3)]);
        assert_eq!(by_turns(vec![v4(1), v4(2)]), [v4(1), v4(2)]);
        assert_eq!(by_turns((0..100).map(v4).collect()).len(), MOST);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_leads_nowhere_costs_a_quarter_of_a_second() {
        let start = Instant::now();
        let connect = async |to: SocketAddr| if to == v4(1) { Ok(to) } else { std::future::pending().await };
        assert_eq!(first(vec![v6(1), v6(2), v4(1)], connect).await.unwrap(), v4(1));
        assert_eq!(start.elapsed(), NEXT);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_refuses_costs_nothing_and_when_all_do_that_is_the_answer() {
        let start = Instant::now();
        let connect = async |to: SocketAddr| if to == v4(2) { Ok(to) } else { Err(refused()) };
        assert_eq!(first(vec![v6(1), v4(1), v4(2)], connect).await.unwrap(), v4(2));
        let nobody = first(vec![v6(1), v4(1)], async |_| Err::<(), _>(refused())).await;
        assert_eq!(nobody.unwrap_err().unwrap().kind(), io::ErrorKind::ConnectionRefused);
        assert!(first(vec![], async |_| Ok(())).await.unwrap_err().is_none());
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_way_that_comes_back_is_found_within_a_second() {
        let (start, tries) = (Instant::now(), RefCell::new(0));
        let back = start + Duration::from_millis(7300);
        // Whatever was sent before is lost.
        let connect = async |to: SocketAddr| {
            *tries.borrow_mut() += 1;
            if Instant::now() < back {
                std::future::pending::<()>().await;
            }
            Ok(to)
        };
        first(vec![v6(1), v4(1)], connect).await.unwrap();
        assert!(Instant::now() - back <= AFRESH);
        assert!(*tries.borrow() <= 2 * 9, "{}", tries.borrow());
    }
}
