//! What came of a load test: the summary, its thresholds, and both for other programs.

use super::driver::Told;
use super::figures::Histogram;
use super::run::{Plan, loss};
use crate::exit::{Exit, Failure};
use crate::junit;
use crate::server::metrics::resident_bytes;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What must hold; `None`: does not matter. Times in milliseconds, shares from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// Share of packets lost.
    pub loss: Option<f64>,
    /// Join time: median, and 95 % of all.
    pub join_p50: Option<f64>,
    /// 95 % of all join times.
    pub join_p95: Option<f64>,
    /// 95 % of all times to the first sound.
    pub first_sound_p95: Option<f64>,
    /// Delay: median, and 99 % of all.
    pub delay_p50: Option<f64>,
    /// 99 % of all delays.
    pub delay_p99: Option<f64>,
    /// Share of decoded sound that was made up.
    pub concealed: Option<f64>,
    /// How often participants had to come back.
    pub reconnects: Option<f64>,
    /// Participants that could not join, or were put out.
    pub failures: Option<f64>,
}

/// Quantiles in milliseconds; absent if there was nothing to measure.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Spread {
    /// Median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// The longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl From<&Histogram> for Spread {
    fn from(h: &Histogram) -> Self {
        Self { p50: h.quantile_ms(0.5), p95: h.quantile_ms(0.95), p99: h.quantile_ms(0.99), max: h.max_ms() }
    }
}

/// One threshold.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// What it is about: the option without `--max-`.
    pub name: &'static str,
    /// At most.
    pub limit: f64,
    /// What was measured; absent: there was nothing to measure, and the threshold is missed.
    pub value: Option<f64>,
    /// It holds.
    pub met: bool,
}

/// The whole test.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Participants that were to be there at once.
    pub participants: u32,
    /// Rooms.
    pub rooms: u32,
    /// Speakers, in all rooms.
    pub speakers: u32,
    /// Who was there at the end.
    pub connected: usize,
    /// Who could not join, or was put out.
    pub failed: u64,
    /// Why, and how many.
    pub failures: BTreeMap<String, u64>,
    /// Seconds from the first join to the end.
    pub seconds: f64,
    /// From the first dial to media being up: name, TCP, TLS, websocket, join, ICE, DTLS.
    pub join_ms: Spread,
    /// From the first dial to the first packet of a speaker.
    pub first_sound_ms: Spread,
    /// From a speaker's `send` to a listener's `recv`, decrypted: the server and two sockets.
    pub delay_ms: Spread,
    /// Mean interarrival jitter of the streams.
    pub jitter_ms: Option<f64>,
    /// Packets that speakers sent.
    pub packets_sent: u64,
    /// Packets that listeners received.
    pub packets_received: u64,
    /// Packets that listeners missed.
    pub packets_lost: u64,
    /// Packets that came twice, refused by SRTP those included.
    pub packets_repeated: u64,
    /// Packets of speakers that are not of this test.
    pub packets_foreign: u64,
    /// Lost packets as a share of those that should have come.
    pub loss: Option<f64>,
    /// Listeners that never heard a speaker of their room, counted per speaker.
    pub unheard: u64,
    /// How often participants had to come back.
    pub reconnects: u64,
    /// Seconds of sound that were decoded and played, and the share of it that was made up.
    pub decoded_seconds: f64,
    /// Share of decoded sound that was made up.
    pub concealed: Option<f64>,
    /// How late our speakers were: when this machine is too slow, the other figures say little.
    pub late_ms: Spread,
    /// CPU seconds of this process.
    pub cpu_seconds: f64,
    /// Resident memory of this process at the end, in MiB; absent where it cannot be told.
    pub memory_mb: Option<f64>,
    /// The thresholds.
    pub thresholds: Vec<Verdict>,
    /// It was stopped before its time.
    pub stopped: bool,
    #[serde(skip)]
    worst: Option<Failure>,
}

impl Summary {
    pub(super) fn new(plan: &Plan, (told, unheard): (Told, u64), seconds: f64, cpu_seconds: f64, stopped: bool) -> Self {
        let Told { tally, connected, joining, mut failures, .. } = told;
        if joining > 0 {
            let text = "media did not come up before the end; see whether UDP gets through to the server".to_owned();
            failures.insert(text, (joining as u64, Exit::Unavailable));
        }
        let worst = failures.iter().max_by_key(|(_, (n, _))| *n).map(|(text, (_, exit))| Failure::new(*exit, text.clone()));
        let of = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let mut summary = Self {
            participants: plan.rooms * plan.participants,
            rooms: plan.rooms,
            speakers: plan.rooms * plan.speakers.min(plan.participants),
            connected,
            failed: failures.values().map(|(n, _)| n).sum(),
            failures: failures.into_iter().map(|(text, (n, _))| (text, n)).collect(),
            seconds,
            join_ms: (&tally.joins).into(),
            first_sound_ms: (&tally.first_sounds).into(),
            delay_ms: (&tally.delays).into(),
            jitter_ms: of(tally.jitter.0, tally.jitter.1 as f64),
            packets_sent: tally.sent,
            packets_received: tally.received,
            packets_lost: tally.lost,
            packets_repeated: tally.duplicates + tally.replayed,
            packets_foreign: tally.foreign,
            loss: loss(&tally),
            unheard,
            reconnects: tally.reconnects,
            decoded_seconds: tally.played as f64 / 100.0,
            concealed: of(tally.concealed as f64, tally.played as f64),
            late_ms: (&tally.late).into(),
            cpu_seconds,
            memory_mb: resident_bytes().map(|bytes| bytes as f64 / f64::from(1 << 20)),
            thresholds: Vec::new(),
            stopped,
            worst,
        };
        summary.thresholds = summary.judge(&plan.limits);
        summary
    }

    fn judge(&self, limits: &Limits) -> Vec<Verdict> {
        let all = [
            ("failures", limits.failures, Some(self.failed as f64)),
            ("unheard", Some(0.0), Some(self.unheard as f64)),
            ("loss", limits.loss, self.loss),
            ("join-p50", limits.join_p50, self.join_ms.p50),
            ("join-p95", limits.join_p95, self.join_ms.p95),
            ("first-sound-p95", limits.first_sound_p95, self.first_sound_ms.p95),
            ("delay-p50", limits.delay_p50, self.delay_ms.p50),
            ("delay-p99", limits.delay_p99, self.delay_ms.p99),
            ("concealed", limits.concealed, self.concealed),
            ("reconnects", limits.reconnects, Some(self.reconnects as f64)),
        ];
        let verdict = |(name, limit, value): (_, Option<f64>, Option<f64>)| {
            let limit = limit?;
            Some(Verdict { name, limit, value, met: value.is_some_and(|v| v <= limit) })
        };
        all.into_iter().filter_map(verdict).collect()
    }

    /// What the process exits with.
    ///
    /// # Errors
    /// Nobody could join: the most frequent reason.
    pub fn exit(&self) -> Result<Exit, Failure> {
        match &self.worst {
            _ if self.stopped => Ok(Exit::Interrupted),
            Some(why) if self.connected == 0 && self.packets_received == 0 => Err(why.clone()),
            _ if self.thresholds.iter().all(|t| t.met) => Ok(Exit::Ok),
            _ => Ok(Exit::Missed),
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let ms = |v: Option<f64>| v.map_or("-".to_owned(), |v| format!("{v:.1}"));
        let percent = |v: Option<f64>| v.map_or("-".to_owned(), |v| format!("{:.3} %", v * 100.0));
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<12}  {value}"); // a String takes everything
        };
        let of = format!("{} of {} connected at the end, {} failed", self.connected, self.participants, self.failed);
        line("participants", format!("{of}, {} speaking, {} rooms, {:.0} s", self.speakers, self.rooms, self.seconds));
        for (why, count) in &self.failures {
            line("", format!("{count} x {why}"));
        }
        let spread = |s: &Spread| format!("p50 {}, p95 {}, p99 {}, max {} ms", ms(s.p50), ms(s.p95), ms(s.p99), ms(s.max));
        line("join", spread(&self.join_ms));
        line("first sound", spread(&self.first_sound_ms));
        line("delay", spread(&self.delay_ms));
        let (sent, received, lost) = (self.packets_sent, self.packets_received, self.packets_lost);
        line(
            "packets",
            format!("{sent} sent, {received} received, {lost} lost ({}), jitter {} ms", percent(self.loss), ms(self.jitter_ms)),
        );
        if self.unheard + self.packets_repeated + self.packets_foreign > 0 {
            let (unheard, repeated, foreign) = (self.unheard, self.packets_repeated, self.packets_foreign);
            line("", format!("{unheard} never heard, {repeated} came twice, {foreign} of others"));
        }
        line("reconnects", self.reconnects.to_string());
        if self.decoded_seconds > 0.0 {
            line("decoded", format!("{:.0} s, {} made up", self.decoded_seconds, percent(self.concealed)));
        }
        let memory = self.memory_mb.map_or(String::new(), |mb| format!(", {mb:.0} MiB"));
        let share = self.cpu_seconds / self.seconds.max(0.001);
        line("this process", format!("{share:.2} cores{memory}, speakers late by p99 {} ms", ms(self.late_ms.p99)));
        for t in &self.thresholds {
            let word = if t.met { "holds" } else { "MISSED" };
            let value = t.value.map_or("nothing was measured".to_owned(), |v| format!("{v:.4}"));
            line("threshold", format!("{} <= {}: {value}, {word}", t.name, t.limit));
        }
        text
    }
}

/// The thresholds as a JUnit file: one test each.
pub fn junit(summary: &Summary) -> String {
    let case = |t: &Verdict| {
        let value = t.value.map_or("nothing was measured".to_owned(), |v| v.to_string());
        let failed = || junit::Result::Failed(format!("{value}, at most {} allowed", t.limit));
        let result = if t.met { junit::Result::Passed } else { failed() };
        junit::Case { name: t.name.into(), result, seconds: None }
    };
    let cases: Vec<junit::Case> = summary.thresholds.iter().map(case).collect();
    let reasons: Vec<String> = summary.failures.iter().map(|(why, n)| format!("{n} x {why}")).collect();
    junit::document("conclave load", &cases, summary.seconds, &reasons)
}

/// The figures as Prometheus' text format, for a node exporter's directory or a push gateway.
pub fn prometheus(summary: &Summary) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(&str, Option<f64>)]| {
        let _ = writeln!(text, "# HELP conclave_load_{name} {help}\n# TYPE conclave_load_{name} gauge");
        for (labels, value) in values.iter().filter_map(|(l, v)| v.map(|v| (l, v))) {
            let _ = writeln!(text, "conclave_load_{name}{labels} {value}");
        }
    };
    let quantiles = |s: &Spread| {
        let of = |v: Option<f64>| v.map(|v| v / 1000.0);
        let labels = ["{quantile=\"0.5\"}", "{quantile=\"0.95\"}", "{quantile=\"0.99\"}", "{quantile=\"1\"}"];
        labels.into_iter().zip([s.p50, s.p95, s.p99, s.max].map(of)).collect::<Vec<_>>()
    };
    gauge("participants", "Participants at the end.", &[("", Some(summary.connected as f64))]);
    gauge("failed", "Participants that could not join, or were put out.", &[("", Some(summary.failed as f64))]);
    gauge("join_seconds", "From the first dial to media being up.", &quantiles(&summary.join_ms));
    gauge("first_sound_seconds", "From the first dial to the first packet.", &quantiles(&summary.first_sound_ms));
    gauge("delay_seconds", "From a speaker to a listener.", &quantiles(&summary.delay_ms));
    let packets = [
        ("{what=\"sent\"}", Some(summary.packets_sent as f64)),
        ("{what=\"received\"}", Some(summary.packets_received as f64)),
        ("{what=\"lost\"}", Some(summary.packets_lost as f64)),
        ("{what=\"repeated\"}", Some(summary.packets_repeated as f64)),
    ];
    gauge("packets", "Packets of sound.", &packets);
    gauge("loss_ratio", "Share of packets lost.", &[("", summary.loss)]);
    gauge("unheard", "Speakers that a listener never heard.", &[("", Some(summary.unheard as f64))]);
    gauge("reconnects", "How often participants had to come back.", &[("", Some(summary.reconnects as f64))]);
    gauge("concealed_ratio", "Share of decoded sound that was made up.", &[("", summary.concealed)]);
    gauge("cpu_seconds", "CPU time of the load test itself.", &[("", Some(summary.cpu_seconds))]);
    let missed = summary.thresholds.iter().filter(|t| !t.met).count();
    gauge("thresholds_missed", "Thresholds that do not hold.", &[("", Some(missed as f64))]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Tokens;
    use crate::net::{Options, Target};
    use std::time::Duration;

    fn summary(limits: Limits) -> Summary {
        let plan = Plan {
            target: Target { host: "h".into(), port: 1, tls: false },
            net: Options::default(),
            tokens: Tokens::Each(vec![]),
            rooms: 2,
            participants: 5,
            speakers: 1,
            decode: (1, 2),
            ramp: 1.0,
            duration: Duration::from_secs(1),
            churn: 0.0,
            limits,
        };
        let mut told = Told { connected: 9, ..Told::default() };
        told.failures.insert("refused <\"&\"> \u{1b}[2J".into(), (1, Exit::Denied));
        told.tally.joins.add(40_000);
        told.tally.delays.add(1_500);
        (told.tally.received, told.tally.lost) = (990, 10);
        Summary::new(&plan, (told, 0), 12.0, 1.0, false)
    }

    #[test]
    fn thresholds_decide_and_what_was_not_measured_is_missed() {
        let names = |s: &Summary| s.thresholds.iter().filter(|t| !t.met).map(|t| t.name).collect::<Vec<_>>();
        let easy = Limits { loss: Some(0.01), join_p95: Some(50.0), failures: Some(1.0), ..Limits::default() };
        let s = summary(easy.clone());
        assert!(names(&s).is_empty());
        assert_eq!(s.exit(), Ok(Exit::Ok));
        let s = summary(Limits { loss: Some(0.009), delay_p99: Some(1.0), concealed: Some(1.0), failures: Some(0.0), ..easy });
        assert_eq!(names(&s), ["failures", "loss", "delay-p99", "concealed"]);
        assert_eq!(s.exit(), Ok(Exit::Missed));
        assert!(s.text().contains("concealed <= 1: nothing was measured, MISSED"));
    }

    #[test]
    fn other_programs_read_it() {
        let s = summary(Limits { loss: Some(0.001), ..Limits::default() });
        let xml = junit(&s);
        assert!(xml.contains("tests=\"2\" failures=\"1\"") && xml.contains("<failure message=\"0.01, at most 0.001 allowed\"/>"));
        assert!(xml.contains("1 x refused &lt;&quot;&amp;&quot;&gt;") && !xml.contains('\u{1b}'));
        let text = prometheus(&s);
        assert!(text.contains("\nconclave_load_join_seconds{quantile=\"0.5\"} 0.04\n"));
        assert!(text.contains("# TYPE conclave_load_packets gauge\n") && text.contains("conclave_load_loss_ratio 0.01\n"));
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
        }
        let json = serde_json::to_value(&s).unwrap();
        assert_eq!(
            (&json["connected"], &json["loss"], &json["failures"].as_object().unwrap().len()),
            (&9.into(), &0.01.into(), &1)
        );
    }
}
