//! Our server and livekit-server 1.13.5 under the same load (`conclave load`), alternately in one run; and what the kernel and
//! the cipher alone cost on this machine. Run with `make bench-server`.
//!
//! Each row is a fresh server. CPU is of the server's process, from the moment when everybody is in, per packet that arrived
//! at a listener; memory is what the process grew by until then, and CPU until in includes what is forwarded meanwhile. A
//! listener is a participant of its own, with websocket, ICE, DTLS and SRTP; each room has its speakers beside its listeners.
//!
//! `cargo bench --bench server -- [ROWS [REPEATS]]`: rows as `1x50x1,20x20x3` (rooms x listeners x speakers).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[path = "support/bare.rs"]
mod bare;

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use super::bare;
    use conclave_lab::conclave::Server;
    use conclave_lab::livekit_server;
    use conclave_lab::process::{cpu, resident_mb};
    use serde_json::Value;
    use std::io::{BufRead as _, BufReader};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    const BIN: &str = env!("CARGO_BIN_EXE_conclave");
    const ROWS: &str = "1x50x1,1x200x1,10x20x1,20x20x1,20x20x3";
    /// How long a row is measured.
    const WINDOW: &str = "10s";
    /// How long a fresh server may settle.
    const SETTLE: Duration = Duration::from_secs(1);

    /// Rooms, listeners of each, speakers of each.
    #[derive(Clone, Copy)]
    struct Row(u32, u32, u32);

    impl Row {
        fn parse(text: &str) -> Self {
            let numbers: Vec<u32> = text.split('x').map(|n| n.parse().expect("a row is 1x50x1")).collect();
            Self(numbers[0], numbers[1], numbers[2])
        }

        fn participants(self) -> u32 {
            self.0 * (self.1 + self.2)
        }

        fn name(self) -> String {
            let speakers = if self.2 == 1 { String::new() } else { format!(", {} speak", self.2) };
            format!("{}x{}{speakers}", self.0, self.1)
        }
    }

    /// What one server did with one row.
    struct Trial {
        values: Vec<f64>,
    }

    /// Title and digits of each value.
    const COLUMNS: [(&str, usize); 11] = [
        ("packets/s", 0),
        ("us/packet", 2),
        ("KiB each", 0),
        ("base MiB", 0),
        ("join p50 ms", 0),
        ("p95", 0),
        ("lost %", 3),
        ("delay p50 ms", 2),
        ("p99", 2),
        ("ms CPU each until in", 1),
        ("load's cores", 2),
    ];

    pub(crate) fn main() {
        let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
        let rows: Vec<Row> = arguments.first().map_or(ROWS, String::as_str).split(',').map(Row::parse).collect();
        let repeats: usize = arguments.get(1).map_or(3, |n| n.parse().expect("repeats"));
        livekit_server::program().unwrap_or_else(|why| panic!("livekit-server is missing: {why}"));
        println!("Medians of {repeats} runs, {WINDOW} each. Bare limit: AES-128-GCM and sendmmsg alone.\n");
        print!("| rooms x listeners | server");
        COLUMNS.iter().for_each(|(title, _)| print!(" | {title}"));
        println!(" |\n|{}", "---|".repeat(2 + COLUMNS.len()));
        for row in rows {
            let mut trials = [vec![], vec![]];
            for _ in 0..repeats {
                trials[0].push(ours(row));
                trials[1].push(theirs(row));
            }
            let [a, b] = trials.map(|t| median(&t));
            for (name, values) in [("conclave", &a), ("livekit-server", &b)] {
                print!("| {} | {name}", row.name());
                values.iter().zip(COLUMNS).for_each(|(v, (_, digits))| print!(" | {v:.digits$}"));
                println!(" |");
            }
            print!("| {} | ratio", row.name());
            a.iter().zip(&b).for_each(|(a, b)| if *b > 0.0 { print!(" | {:.2}", a / b) } else { print!(" | -") });
            println!(" |");
            println!(
                "| {} | bare limit | - | {:.2} |{}",
                row.name(),
                bare::microseconds(row.1),
                " - |".repeat(COLUMNS.len() - 2)
            );
        }
    }

    fn median(trials: &[Trial]) -> Vec<f64> {
        (0..COLUMNS.len())
            .map(|column| {
                let mut values: Vec<f64> = trials.iter().map(|t| t.values[column]).collect();
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            })
            .collect()
    }

    fn ours(row: Row) -> Trial {
        let server = Server::dev(BIN);
        trial(row, server.pid(), &server.room("bench"), &server.data.path().join("livekit.key"))
    }

    fn theirs(row: Row) -> Trial {
        let server = livekit_server::start().unwrap_or_else(|why| panic!("{why}"));
        let link = format!("ws://127.0.0.1:{}", server.port);
        let key = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(key.path(), format!("{}: {}\n", livekit_server::KEY, livekit_server::SECRET)).unwrap();
        trial(row, server.pid(), &link, key.path())
    }

    fn trial(row: Row, server: u32, link: &str, key: &Path) -> Trial {
        std::thread::sleep(SETTLE);
        let (base, fresh) = (resident_mb(server), cpu(server));
        let (rooms, participants, speakers) = (row.0.to_string(), (row.1 + row.2).to_string(), row.2.to_string());
        let mut command = Command::new(BIN);
        command.args(["load", link, "--rooms", &rooms, "--participants", &participants, "--speakers", &speakers, "--json"]);
        command.args(["--ramp", "25/s", "--duration", WINDOW, "--max-failures", "1000000"]);
        if link.starts_with("ws:") {
            command.args(["--room", "bench"]);
        }
        command.arg("--api-key-file").arg(key);
        let mut load = command.stdout(Stdio::piped()).spawn().unwrap();
        let (mut first, mut last, mut summary) = (None, None, Value::Null);
        for line in BufReader::new(load.stdout.take().unwrap()).lines() {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            if line["phase"] == "steady" {
                let now = (line["seconds"].as_f64().unwrap(), line["packets_received"].as_f64().unwrap(), cpu(server));
                first.get_or_insert((now, resident_mb(server)));
                last = Some(now);
            } else if line["event"] == "summary" {
                summary = line;
            }
        }
        load.wait().unwrap();
        assert_eq!(summary["connected"], row.participants(), "{summary}");
        let (((start, packets, used), memory), (end, all, total)) = (first.unwrap(), last.unwrap());
        let (seconds, packets) = (end - start, all - packets);
        let of = |path: &str| summary.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let everybody = f64::from(row.participants());
        let values = vec![
            packets / seconds,
            (total - used) * 1e6 / packets,
            (memory - base) * 1024.0 / everybody,
            base,
            of("/join_ms/p50"),
            of("/join_ms/p95"),
            of("/loss") * 100.0,
            of("/delay_ms/p50"),
            of("/delay_ms/p99"),
            (used - fresh) * 1000.0 / everybody,
            of("/cpu_seconds") / of("/seconds"),
        ];
        Trial { values }
    }
}
