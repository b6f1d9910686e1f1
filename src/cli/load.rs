//! `conclave load`: a load test. See [`crate::load`].

use crate::backend::link::{Link, Scheme};
use crate::cli::join::duration;
use crate::exit::{Exit, Failure};
use crate::load::{self, Limits, Plan, Tokens};
use crate::net;
use crate::server::media::token::ApiKey;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// The largest file of tokens, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Options of `conclave load`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room of a Conclave server (https://host/room#fp=…), which must not be end-to-end encrypted, or a LiveKit server
    /// (livekit://host, wss://host)
    link: String,
    /// How many participants each room has, speakers included
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    participants: u32,
    /// How many of each room speak
    #[arg(long, value_name = "N", default_value_t = 1)]
    speakers: u32,
    /// Spread over so many rooms, ROOM-1 and so on; needs the API key
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rooms: u32,
    /// How many of how many decode what they hear, as a client does; the others decrypt and count
    #[arg(long, value_name = "N/M", default_value = "0/1", value_parser = fraction)]
    decode: (u32, u32),
    /// Joins per second
    #[arg(long, value_name = "RATE", default_value = "10/s", value_parser = rate)]
    ramp: f64,
    /// How long everybody stays once all are in
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    duration: Duration,
    /// So many leave, and others come for them, meanwhile
    #[arg(long, value_name = "RATE", default_value = "0/s", value_parser = rate)]
    churn: f64,
    /// A file with an access token: of conclave token --load, or one a line for each participant (or set CONCLAVE_TOKEN)
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A file with the server's API key and secret, in one line or two (or set LIVEKIT_API_KEY and LIVEKIT_API_SECRET): tokens
    /// are made from it
    #[arg(long, value_name = "FILE", conflicts_with = "token_file")]
    api_key_file: Option<PathBuf>,
    /// With an API key of a LiveKit server: the room
    #[arg(long, value_name = "NAME")]
    room: Option<String>,
    /// Expect this server fingerprint, if the link has none
    #[arg(long, value_name = "FINGERPRINT", allow_hyphen_values = true)]
    fingerprint: Option<String>,
    /// What must hold, or the exit code is 83
    #[command(flatten)]
    thresholds: Thresholds,
    /// A JSON object a second on standard output, and one at the end
    #[arg(long)]
    json: bool,
    /// Write the thresholds to this file, for a CI system
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the figures to this file, for a node exporter's textfile collector
    #[arg(long, value_name = "FILE")]
    prometheus: Option<PathBuf>,
}

/// What must hold.
#[derive(Debug, clap::Args)]
pub struct Thresholds {
    /// Packets lost: 1% or 0.01
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_loss: Option<f64>,
    /// Median of the time from the first dial to media being up
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_join_p50: Option<Duration>,
    /// 95 % of these
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_join_p95: Option<Duration>,
    /// 95 % of the times from the first dial to the first sound
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_first_sound_p95: Option<Duration>,
    /// Median of the time from a speaker to a listener
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_delay_p50: Option<Duration>,
    /// 99 % of these
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_delay_p99: Option<Duration>,
    /// Decoded sound that had to be made up
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_concealed: Option<f64>,
    /// How often participants lose their connection
    #[arg(long, value_name = "N")]
    max_reconnects: Option<u32>,
    /// Participants that cannot join, or are put out
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failures: u32,
}

impl From<&Thresholds> for Limits {
    fn from(t: &Thresholds) -> Self {
        let ms = |d: Option<Duration>| d.map(|d| d.as_secs_f64() * 1000.0);
        Self {
            loss: t.max_loss,
            join_p50: ms(t.max_join_p50),
            join_p95: ms(t.max_join_p95),
            first_sound_p95: ms(t.max_first_sound_p95),
            delay_p50: ms(t.max_delay_p50),
            delay_p99: ms(t.max_delay_p99),
            concealed: t.max_concealed,
            reconnects: t.max_reconnects.map(f64::from),
            failures: Some(f64::from(t.max_failures)),
        }
    }
}

/// Runs it.
///
/// # Errors
/// The link or the tokens are wrong, nobody could join, or a file cannot be written.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let link = Link::parse(&args.link)?;
    let given = args.fingerprint.as_deref().map(net::Fingerprint::parse).transpose()?;
    let tokens = tokens(&args, &link)?;
    if args.rooms > 1 && !matches!(tokens, Tokens::Key(..)) {
        return Err(Failure::new(Exit::Usage, "a token is for one room; for several, give the server's API key"));
    }
    let plan = Plan {
        target: link.target(),
        net: link.trust(given),
        tokens,
        rooms: args.rooms,
        participants: args.participants,
        speakers: args.speakers,
        decode: args.decode,
        ramp: args.ramp,
        duration: args.duration,
        churn: args.churn,
        limits: (&args.thresholds).into(),
    };
    if plan.ramp <= 0.0 {
        return Err(Failure::new(Exit::Usage, "nobody joins at 0 a second; give another --ramp"));
    }
    // Two descriptors a participant.
    crate::server::raise_file_limit(u64::MAX);
    let runtime = super::runtime()?;
    let json = args.json;
    let summary = runtime.block_on(load::run(&plan, interrupted(), |progress| {
        if json {
            line("progress", progress);
        } else {
            let loss = progress.packets_lost;
            let delay = progress.delay_p99_ms.map_or(String::new(), |ms| format!(", delay p99 {ms:.1} ms"));
            let (at, phase) = (progress.seconds, progress.phase);
            let (connected, failed, received) = (progress.connected, progress.failed, progress.packets_received);
            eprintln!("{at:6.1} s  {phase}: {connected} connected, {failed} failed, {received} packets, {loss} lost{delay}");
        }
    }))?;
    runtime.shutdown_timeout(Duration::from_millis(500));
    write(args.junit.as_deref(), load::junit(&summary))?;
    write(args.prometheus.as_deref(), load::prometheus(&summary))?;
    if json {
        line("summary", &summary);
    } else {
        super::print(summary.text())?;
    }
    summary.exit()
}

/// One JSON line.
fn line(event: &str, of: &impl serde::Serialize) {
    let mut value = serde_json::to_value(of).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("event".into(), event.into());
    }
    // Who does not read has the exit code.
    let _ = super::print(format!("{value}\n"));
}

fn write(file: Option<&Path>, text: String) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    let failed = |e| Failure::new(Exit::CantCreate, format!("{} cannot be written ({e})", file.display()));
    std::fs::write(file, text).map_err(failed)
}

/// What lets participants in: a token, tokens, or the API key. None of it ever stands in an argument.
fn tokens(args: &Args, link: &Link) -> Result<Tokens, Failure> {
    let environment = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty()).map(Zeroizing::new);
    let text = match (&args.token_file, &args.api_key_file) {
        (Some(file), _) => Some(read(file)?),
        (None, Some(_)) => None,
        (None, None) => environment("CONCLAVE_TOKEN"),
    };
    if let Some(text) = text {
        let mut all: Vec<Zeroizing<String>> =
            text.lines().map(str::trim).filter(|l| !l.is_empty()).map(|l| Zeroizing::new(l.to_owned())).collect();
        return match all.pop() {
            None => Err(Failure::new(Exit::Data, "there is no token in it; make one with conclave token ROOM --load")),
            Some(one) if all.is_empty() => Ok(Tokens::One(one)),
            Some(last) => {
                all.push(last);
                Ok(Tokens::Each(all))
            }
        };
    }
    let pair = match &args.api_key_file {
        Some(file) => {
            let text = read(file)?;
            let mut words = text.split(|c: char| c.is_whitespace() || c == ':').filter(|w| !w.is_empty());
            let pair = words.next().zip(words.next()).map(|(k, s)| (k.to_owned(), Zeroizing::new(s.to_owned())));
            Some(pair.ok_or_else(|| Failure::new(Exit::Data, "the file must hold the API key and its secret"))?)
        }
        None => environment("LIVEKIT_API_KEY").map(|k| k.to_string()).zip(environment("LIVEKIT_API_SECRET")),
    };
    let Some((key, secret)) = pair else {
        let text = "a load test needs a token: --token-file with one of 'conclave token ROOM --load', or --api-key-file";
        return Err(Failure::new(Exit::Denied, text));
    };
    let room = match link.scheme {
        Scheme::Conclave => Some(link.room.clone()).filter(|r| !r.is_empty()),
        Scheme::LiveKit => args.room.clone(),
        Scheme::Jitsi => None,
    };
    let room = room.ok_or_else(|| Failure::new(Exit::Usage, "which room? Name it in the link, or with --room"))?;
    Ok(Tokens::Key(ApiKey { key, secret }, room))
}

fn read(file: &Path) -> Result<Zeroizing<String>, Failure> {
    use std::io::Read as _;
    let failed = |e| Failure::new(Exit::NoInput, format!("{} cannot be read ({e})", file.display()));
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(file).and_then(|f| f.take(MAX_FILE).read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}

/// Ctrl-C, or a polite end.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// `10/s`, `30/m`; a bare number is per second.
fn rate(s: &str) -> Result<f64, String> {
    let (number, unit) = s.split_once('/').unwrap_or((s, "s"));
    let per = match unit {
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err("a rate is a number and /s or /m: 10/s".into()),
    };
    let rate = number.parse::<f64>().ok().filter(|r| (0.0..=10_000.0).contains(r));
    rate.map(|r| r / per).ok_or_else(|| "a rate is a number and /s or /m, at most 10000: 10/s".into())
}

/// `1%` or `0.01`.
fn share(s: &str) -> Result<f64, String> {
    let (number, whole) = s.strip_suffix('%').map_or((s, 1.0), |n| (n, 100.0));
    let share = number.trim().parse::<f64>().ok().map(|n| n / whole).filter(|n| (0.0..=1.0).contains(n));
    share.ok_or_else(|| "a share is from 0% to 100%: 1%".into())
}

/// `1/20`.
fn fraction(s: &str) -> Result<(u32, u32), String> {
    let parsed = s.split_once('/').and_then(|(n, m)| n.trim().parse().ok().zip(m.trim().parse().ok()));
    parsed.filter(|(n, m)| n <= m && *m > 0).ok_or_else(|| "so many of so many: 1/20".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_shares_and_fractions() {
        assert_eq!((rate("10/s"), rate("30/m"), rate("2.5")), (Ok(10.0), Ok(0.5), Ok(2.5)));
        assert_eq!((share("1%"), share("0.5"), share("100 %")), (Ok(0.01), Ok(0.5), Ok(1.0)));
        assert_eq!((fraction("1/20"), fraction("0/1")), (Ok((1, 20)), Ok((0, 1))));
        for bad in ["", "x", "1/h", "-1/s", "nan/s", "1e9"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
        for bad in ["", "2", "-1%", "101%", "nan%"] {
            assert!(share(bad).is_err(), "{bad}");
        }
        for bad in ["", "1", "2/1", "1/0", "-1/2"] {
            assert!(fraction(bad).is_err(), "{bad}");
        }
    }
}
