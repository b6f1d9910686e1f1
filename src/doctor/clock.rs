//! This machine's clock, against the server's.

use super::{Check, Finding, Text};
use crate::exit::Exit;

/// The server tells whole seconds, and the answer takes its time: below this nothing can be said. Seconds.
const UNNOTICED: i64 = 5;
/// Codes of the second factor are refused from here on, and soon certificates and vouches. Seconds.
const HARMFUL: i64 = 60;

/// The time in an answer's `Date` header, in seconds since the Unix epoch.
pub(super) fn date(headers: &hyper::HeaderMap) -> Option<i64> {
    let text = headers.get(hyper::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp().as_second())
}

/// `ahead`: how far this machine's clock is ahead of the server's, in seconds; `None`: the server does not say the time.
pub(super) fn judge(ahead: Option<i64>) -> Finding {
    let Some(ahead) = ahead else {
        let advice = Text::of("see yourself whether this machine's clock is right: codes and certificates depend on it");
        return Finding::warn(Check::Clock, Text::of("the server does not say what time it is"), advice);
    };
    let off = ahead.abs();
    if off <= UNNOTICED {
        return Finding::pass(Check::Clock, Text::of("as the server's, to ").number(UNNOTICED).and(" seconds"));
    }
    let text = Text::of("this machine's clock is ").number(off).and(" seconds ");
    let text = text.and(if ahead > 0 { "ahead of" } else { "behind" }).and(" the server's");
    let advice = Text::of("set it by the network (timedatectl set-ntp true), or ask whoever runs the one that is wrong");
    if off < HARMFUL {
        Finding::warn(Check::Clock, text, advice)
    } else {
        let text = text.and("; codes of a second factor will be refused, and certificates may be");
        Finding::fail(Check::Clock, Exit::Config, text, advice)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_by_the_servers_date() {
        let mut headers = hyper::HeaderMap::new();
        assert_eq!(date(&headers), None);
        headers.insert("date", "Fri, 27 Nov 2026 11:47:19 GMT".parse().unwrap());
        assert_eq!(date(&headers), Some(1_795_780_039));
        headers.insert("date", "yesterday".parse().unwrap());
        assert_eq!(date(&headers), None);
        for (ahead, status) in
            [(0, Status::Pass), (-5, Status::Pass), (6, Status::Warn), (-59, Status::Warn), (3600, Status::Fail)]
        {
            assert_eq!(judge(Some(ahead)).status(), status, "{ahead}");
        }
        assert!(judge(Some(-90)).text().shown().contains("90 seconds behind the server's"));
        assert_eq!(judge(None).status(), Status::Warn);
    }
}
