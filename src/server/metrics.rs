//! What Prometheus reads: counters that the planes count up, and what is looked up when somebody asks.
//!
//! Text exposition format 0.0.4. Names carry their unit; counters end in `_total`. Nothing here names a person, a room or an address.

use crate::protocol::control::Refusal;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a datagram on the media port was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// It belongs to nobody who is here.
    Stranger,
    /// It names somebody who is here, and was not made by them: a wrong password or tag.
    Forged,
    /// It came before.
    Replayed,
    /// It cannot be read.
    Malformed,
    /// It is authentic, and of a stream that nobody announced.
    Unannounced,
}

/// The reasons, in the order of [`Dropped`].
const DROPPED: [&str; 5] = ["stranger", "forged", "replayed", "malformed", "unannounced"];
/// How many counts there are.
pub(crate) const COUNTS: usize = 7 + DROPPED.len();

/// What media threads have done, all of them together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Media {
    /// Packets that came and were authentic.
    pub received_packets: u64,
    /// Their bytes.
    pub received_bytes: u64,
    /// Packets that went out to listeners.
    pub forwarded_packets: u64,
    /// Their bytes.
    pub forwarded_bytes: u64,
    /// Packets that were missing when a later one came.
    pub missing_packets: u64,
    /// Packets that listeners asked for again.
    pub requested_packets: u64,
    /// Packets that were sent again.
    pub resent_packets: u64,
    /// Datagrams that were dropped, by [`Dropped`].
    pub dropped: [u64; DROPPED.len()],
}

impl Media {
    /// A datagram was dropped.
    pub(crate) fn drop(&mut self, why: Dropped) {
        if let Some(count) = self.dropped.get_mut(why as usize) {
            *count += 1;
        }
    }

    /// How many datagrams were dropped for this reason.
    #[must_use]
    pub fn dropped(&self, why: Dropped) -> u64 {
        self.dropped.get(why as usize).copied().unwrap_or(0)
    }

    /// All counts, in the order of the fields.
    pub(crate) fn counts(self) -> [u64; COUNTS] {
        let Self { received_packets, received_bytes, forwarded_packets, forwarded_bytes, .. } = self;
        let Self { missing_packets, requested_packets, resent_packets, dropped: [a, b, c, d, e], .. } = self;
        let (missing, requested, resent) = (missing_packets, requested_packets, resent_packets);
        [received_packets, received_bytes, forwarded_packets, forwarded_bytes, missing, requested, resent, a, b, c, d, e]
    }

    /// See [`Media::counts`].
    pub(crate) fn of(counts: [u64; COUNTS]) -> Self {
        let [received_packets, received_bytes, forwarded_packets, forwarded_bytes, missing, requested, resent, a, b, c, d, e] =
            counts;
        Self {
            received_packets,
            received_bytes,
            forwarded_packets,
            forwarded_bytes,
            missing_packets: missing,
            requested_packets: requested,
            resent_packets: resent,
            dropped: [a, b, c, d, e],
        }
    }
}

/// Why joins are refused, in the order in which they are counted.
const REFUSALS: [(Refusal, &str); 10] = [
    (Refusal::UnknownRoom, "unknown_room"),
    (Refusal::Full, "full"),
    (Refusal::Denied, "denied"),
    (Refusal::Pin, "pin"),
    (Refusal::Protocol, "protocol"),
    (Refusal::Malformed, "malformed"),
    (Refusal::SessionGone, "session_gone"),
    (Refusal::TooFast, "too_fast"),
    (Refusal::ShuttingDown, "shutting_down"),
    (Refusal::Unknown, "other"),
];

/// How a login, or the showing of an invite, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// They are in.
    Ok,
    /// The name, password or code was wrong.
    Refused,
    /// Too many were tried: it was not even looked at.
    Throttled,
}

/// Counters of the control plane.
#[derive(Debug, Default)]
pub struct Metrics {
    joins: AtomicU64,
    refused: [AtomicU64; REFUSALS.len()],
    logins: [AtomicU64; 3],
    invites: [AtomicU64; 3],
}

impl Metrics {
    /// Somebody is in a room.
    pub fn joined(&self) {
        self.joins.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody was not let into a room.
    pub fn refused(&self, why: Refusal) {
        let counter = REFUSALS.iter().position(|(r, _)| *r == why).and_then(|at| self.refused.get(at));
        counter.map(|c| c.fetch_add(1, Ordering::Relaxed));
    }

    /// A login ended.
    pub fn login(&self, how: Login) {
        self.logins.get(how as usize).map(|c| c.fetch_add(1, Ordering::Relaxed));
    }

    /// An invite was shown.
    pub fn invite(&self, how: Login) {
        self.invites.get(how as usize).map(|c| c.fetch_add(1, Ordering::Relaxed));
    }
}

/// See [`Login`], in its order.
const RESULTS: [&str; 3] = ["ok", "refused", "throttled"];

/// What is looked up when somebody asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// Rooms in which somebody is.
    pub rooms: usize,
    /// Participants of all rooms.
    pub participants: usize,
    /// Nobody new is let in.
    pub draining: bool,
    /// What the media threads have done.
    pub media: Media,
    /// Joins that the media plane refused, by reason.
    pub media_refused: [(&'static str, u64); 4],
    /// Allocations of the TURN server.
    pub relayed: usize,
    /// The audit log.
    pub audit: super::audit::Health,
    /// When the certificate ends to be good, in seconds since the Unix epoch.
    pub certificate_end: Option<i64>,
    /// The process.
    pub process: Process,
}

/// What the system says of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Processor time, user and system, in seconds.
    pub cpu_seconds: f64,
    /// Memory in use, in bytes.
    pub resident_bytes: u64,
    /// Open file descriptors.
    pub open_files: u64,
    /// When it started, in seconds since the Unix epoch.
    pub started: f64,
}

/// Processor time of this process, user and system, in seconds.
pub fn cpu_seconds() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    #[allow(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    getrusage(UsageWho::RUSAGE_SELF)
        .map_or(0.0, |u| (u.user_time().num_microseconds() + u.system_time().num_microseconds()) as f64 / 1e6)
}

/// Memory of this process, in bytes; `None` where the system does not say.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok())?;
    Some(kibibytes * 1024)
}

/// When this process began to count, and what it uses now.
pub fn process(started: f64) -> Process {
    let open_files = std::fs::read_dir("/proc/self/fd").map_or(0, |d| d.count() as u64);
    Process { cpu_seconds: cpu_seconds(), resident_bytes: resident_bytes().unwrap_or(0), open_files, started }
}

/// Text that is being written.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "counter", help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, "gauge", help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn labelled<'a>(&mut self, name: &str, help: &str, label: &str, values: impl Iterator<Item = (&'a str, u64)>) {
        self.family(name, "counter", help);
        for (which, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{which}\"}} {value}");
        }
    }
}

impl Metrics {
    /// Everything, as Prometheus reads it.
    #[must_use]
    pub fn render(&self, s: &Sample) -> String {
        let mut e = Exposition::default();
        e.family("conclave_build_info", "gauge", "The version that runs.");
        let _ = writeln!(e.0, "conclave_build_info{{version=\"{}\"}} 1", crate::protocol::VERSION);
        e.gauge("conclave_rooms", "Rooms in which somebody is.", s.rooms);
        e.gauge("conclave_participants", "Participants of all rooms.", s.participants);
        e.gauge("conclave_draining", "1 while nobody new is let in because the server is about to end.", u8::from(s.draining));
        e.gauge("conclave_turn_allocations", "Allocations of the TURN server.", s.relayed);
        let load = |a: &AtomicU64| a.load(Ordering::Relaxed);
        e.counter("conclave_joins_total", "Joins of rooms.", load(&self.joins));
        let refused = REFUSALS.iter().zip(&self.refused).map(|((_, word), n)| (*word, load(n)));
        e.labelled("conclave_joins_refused_total", "Joins and resumptions that were refused, by reason.", "reason", refused);
        let help = "Joins of stock clients, and of members' media, that were refused, by reason.";
        e.labelled("conclave_media_joins_refused_total", help, "reason", s.media_refused.into_iter());
        let logins = RESULTS.into_iter().zip(self.logins.iter().map(load));
        e.labelled("conclave_logins_total", "Logins, by how they ended.", "result", logins);
        let invites = RESULTS.into_iter().zip(self.invites.iter().map(load));
        e.labelled("conclave_invites_total", "Invites that were shown, by how that ended.", "result", invites);
        let m = &s.media;
        for (name, help, value) in [
            ("conclave_media_received_packets_total", "Authentic media packets from participants.", m.received_packets),
            ("conclave_media_received_bytes_total", "Bytes of authentic media packets from participants.", m.received_bytes),
            ("conclave_media_forwarded_packets_total", "Media packets sent to listeners.", m.forwarded_packets),
            ("conclave_media_forwarded_bytes_total", "Bytes of media packets sent to listeners.", m.forwarded_bytes),
            ("conclave_media_missing_packets_total", "Packets that were missing when a later one came.", m.missing_packets),
            ("conclave_media_nack_packets_total", "Packets that listeners asked for again.", m.requested_packets),
            ("conclave_media_resent_packets_total", "Packets that were sent to listeners again.", m.resent_packets),
            ("conclave_audit_entries_total", "Entries of the audit log.", s.audit.entries),
            ("conclave_audit_lost_entries_total", "Audit events that were left out since the start.", s.audit.lost),
            ("conclave_audit_failures_total", "Writes of the audit log that failed since the start.", s.audit.failures),
        ] {
            e.counter(name, help, value);
        }
        let dropped = DROPPED.into_iter().zip(m.dropped);
        e.labelled(
            "conclave_media_dropped_datagrams_total",
            "Datagrams on the media port that were dropped, by reason.",
            "reason",
            dropped,
        );
        if let Some(end) = s.certificate_end {
            let help = "When the certificate ends to be good, in seconds since the Unix epoch.";
            e.gauge("conclave_certificate_expiry_timestamp_seconds", help, end);
        }
        let p = &s.process;
        e.family("process_cpu_seconds_total", "counter", "Processor time of the process, user and system, in seconds.");
        let _ = writeln!(e.0, "process_cpu_seconds_total {}", p.cpu_seconds);
        e.gauge("process_resident_memory_bytes", "Memory in use, in bytes.", p.resident_bytes);
        e.gauge("process_open_fds", "Open file descriptors.", p.open_files);
        e.gauge("process_start_time_seconds", "When the process started, in seconds since the Unix epoch.", p.started);
        e.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The rules of the text format 0.0.4 and those that promtool warns of: help and type once and first, one group per family,
    /// legal names, numbers, counters in `_total` and nothing else, base units.
    fn lint(text: &str) -> Result<(), String> {
        assert!(text.ends_with('\n'));
        let name_ok = |n: &str| {
            !n.is_empty()
                && !n.starts_with(|c: char| c.is_ascii_digit())
                && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let (mut family, mut kind, mut seen, mut series) = ("", "", HashSet::new(), HashSet::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').ok_or(line)?;
                if !seen.insert(name) || help.is_empty() || !name_ok(name) {
                    return Err(line.into());
                }
                (family, kind) = (name, "");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, k) = rest.split_once(' ').ok_or(line)?;
                let total = name.ends_with("_total");
                if name != family || !kind.is_empty() || !["counter", "gauge"].contains(&k) || total != (k == "counter") {
                    return Err(line.into());
                }
                if ["_ms", "_milliseconds", "_kib", "_kilobytes", "_count", "_sum", "_bucket"].iter().any(|u| name.ends_with(u)) {
                    return Err(line.into());
                }
                kind = k;
            } else {
                let (left, value) = line.rsplit_once(' ').ok_or(line)?;
                let value: f64 = value.parse().map_err(|_| line)?;
                let (name, labels) = left.split_once('{').unwrap_or((left, "}"));
                let labels = labels.strip_suffix('}').ok_or(line)?;
                let good = labels.is_empty()
                    || labels
                        .split_once('=')
                        .is_some_and(|(l, v)| name_ok(l) && v.len() >= 2 && v.starts_with('"') && v.ends_with('"'));
                if name != family || kind.is_empty() || !good || !series.insert(left) || (kind == "counter" && value < 0.0) {
                    return Err(line.into());
                }
            }
        }
        Ok(())
    }

    #[test]
    fn what_prometheus_reads_is_in_its_format() {
        let m = Metrics::default();
        m.joined();
        m.refused(Refusal::Full);
        m.refused(Refusal::Full);
        m.login(Login::Throttled);
        let sample = Sample {
            participants: 7,
            media_refused: ["token", "denied", "malformed", "full"].map(|why| (why, 1)),
            certificate_end: Some(2_000_000_000),
            media: Media { forwarded_packets: 3, dropped: [0, 9, 0, 0, 0], ..Media::default() },
            process: process(1.5e9),
            ..Sample::default()
        };
        let text = m.render(&sample);
        lint(&text).unwrap();
        for line in [
            "conclave_joins_total 1",
            "conclave_joins_refused_total{reason=\"full\"} 2",
            "conclave_joins_refused_total{reason=\"shutting_down\"} 0",
            "conclave_media_joins_refused_total{reason=\"token\"} 1",
            "conclave_logins_total{result=\"throttled\"} 1",
            "conclave_participants 7",
            "conclave_media_forwarded_packets_total 3",
            "conclave_media_dropped_datagrams_total{reason=\"forged\"} 9",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}: {text}");
        }
        assert!(sample.process.resident_bytes > 1 << 20 && sample.process.open_files > 2 && sample.process.cpu_seconds > 0.0);
        for bad in ["x 1\n", "# HELP a b\n# TYPE a counter\na 1\n", "# HELP a_total b\n# TYPE a_total counter\na_total x\n"] {
            assert!(lint(bad).is_err(), "{bad}");
        }
    }
}
