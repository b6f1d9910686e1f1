//! `conclave receipt`: who attended a meeting, by the word and the signatures of those who were there.

use crate::exit::{Exit, Failure};
use crate::text::clean;
use conclave_e2ee::receipt::{MAX_BYTES, Party, Person, Receipt, Report, Signed};
use conclave_e2ee::{IssuerKey, Role, Standing};
use jiff::{Timestamp, tz::TimeZone};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Options of `conclave receipt`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or
    /// is no receipt; 80: it is genuine, but somebody who was there at the end has not signed
    Verify {
        /// The file
        file: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        /// An administrator's key that you trust (may be repeated): vouches by others are marked
        #[arg(long, value_name = "ISSUERKEY", value_parser = issuer, allow_hyphen_values = true)]
        trust: Vec<IssuerKey>,
    },
    /// Show what it says, without checking the signatures
    Show {
        /// The file
        file: PathBuf,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

fn issuer(s: &str) -> Result<IssuerKey, String> {
    s.parse().map_err(|e: conclave_e2ee::Error| e.to_string())
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Verb::Show { file, json } => {
            let signed = read(&file)?;
            let text = "The signatures were not checked: conclave receipt verify does so.\n";
            super::print(if json { document(&signed)? } else { show(&signed.receipt, &[]) + text })
        }
        Verb::Verify { file, json, trust } => {
            let signed = read(&file)?;
            let report = signed.verify().map_err(|e| bad(&file, &e))?;
            let verdict = judge(&report);
            super::print(match json {
                true => document(
                    &serde_json::json!({ "receipt": signed.receipt, "report": report, "complete": report.is_complete() }),
                )?,
                false => words(&signed, &report, &trust),
            })?;
            verdict.map_or(Ok(Exit::Ok), Err)
        }
    }
}

fn read(path: &Path) -> Result<Signed, Failure> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).and_then(|f| f.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    file.map_err(|e| Failure::new(Exit::NoInput, format!("the receipt {} cannot be read: {e}", path.display())))?;
    Signed::from_file(&bytes).map_err(|e| bad(path, &e))
}

fn bad(path: &Path, e: &conclave_e2ee::Error) -> Failure {
    Failure::new(Exit::Data, clean(&format!("{}: {e}", path.display())))
}

fn document(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|t| t + "\n").map_err(|e| Failure::new(Exit::Internal, format!("the receipt cannot be written as JSON ({e})")))
}

/// What a script and the last line on standard error say.
fn judge(report: &Report) -> Option<Failure> {
    if !report.changed.is_empty() {
        let what = clean(&report.changed.join(", "));
        return Some(Failure::new(Exit::Data, format!("this receipt was changed after it was signed: {what}")));
    }
    if !report.is_genuine() {
        let who = names(report.damaged.iter().chain(&report.strangers));
        return Some(Failure::new(Exit::Data, format!("this receipt has signatures that are not good: {who}")));
    }
    (!report.is_complete()).then(|| {
        let who = if report.signed.is_empty() { "anybody".into() } else { names(&report.unsigned) };
        Failure::new(Exit::Policy, format!("this receipt is genuine, but was not signed by {who}"))
    })
}

fn names<'a>(parties: impl IntoIterator<Item = &'a Party>) -> String {
    let name = |p: &Party| match p.name.is_empty() {
        true => format!("an unknown device ({})", p.device.short()),
        false => format!("{} ({})", clean(&p.name), p.device.short()),
    };
    parties.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

fn words(signed: &Signed, report: &Report, trust: &[IssuerKey]) -> String {
    let mut text = String::new();
    let mut line = |what: &str, parties: &[Party]| {
        if !parties.is_empty() {
            text += &format!("{what}: {}.\n", names(parties));
        }
    };
    line("Signed by", &report.signed);
    line("Were there at the end and have NOT signed", &report.unsigned);
    line("Had left before", &report.left);
    line("NOT GOOD: signatures of something else than this receipt", &report.damaged);
    line("NOT GOOD: signatures of devices that were not there", &report.strangers);
    for signature in signed.signatures.iter().filter(|s| !s.checked.is_empty() && report.is_genuine()) {
        let party = report.signed.iter().filter(|p| p.device == signature.device);
        text += &format!("A safety code was compared by {}.\n", names(party));
    }
    text + &show(&signed.receipt, trust)
        + "Each signature is of a device, for the time since it came. Whose device it is says the vouch, or whoever knows its key.\n"
}

fn show(receipt: &Receipt, trust: &[IssuerKey]) -> String {
    let zone = TimeZone::system();
    let at = |unix: u64| {
        let time = i64::try_from(unix).ok().and_then(|s| Timestamp::from_second(s).ok());
        time.map_or_else(|| unix.to_string(), |t| t.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string())
    };
    let clock = |unix: u64| at(unix).split(' ').nth(1).unwrap_or_default().to_owned();
    let span = |from: u64, to: u64| format!("{} to {}", clock(from), clock(to));
    let mut lines = vec![format!("Meeting {}, {} to {}.", clean(&receipt.room), at(receipt.began), at(receipt.ended))];
    lines.push(match receipt.unbroken {
        true => "End-to-end encrypted, unbroken.".into(),
        false => "End-to-end encrypted, but NOT undisturbed:".into(),
    });
    lines.extend(receipt.gaps.iter().map(|gap| format!("  {} {}", clock(gap.from), clean(&gap.why))));
    lines.extend(receipt.people.iter().map(|p| format!("  {}, {}, {}.", person(p), known(p, trust), span(p.from, p.to))));
    let name = |device| receipt.people.iter().find(|p| p.device == device).map_or("somebody", |p| p.name.as_str());
    let recorded = receipt.recordings.iter().map(|r| format!("Recorded by {}, {}.", clean(name(r.by)), span(r.from, r.to)));
    lines.extend(recorded);
    if receipt.recordings.is_empty() {
        lines.push("Nobody announced a recording.".into());
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

fn person(p: &Person) -> String {
    let role = match p.role {
        Role::Member => "",
        Role::Moderator => ", moderator",
        Role::Creator => ", creator",
    };
    format!("{} ({}){role}", clean(&p.name), p.device.short())
}

fn known(p: &Person, trust: &[IssuerKey]) -> String {
    let by = p.issuer().map_or(String::new(), |issuer| match trust.contains(&issuer) {
        true => format!(" by {}, whom you trust", issuer.short()),
        false => format!(" by {}, of whom you did not say that you trust it", issuer.short()),
    });
    match &p.standing {
        Standing::Vouched { subject } => format!("vouched for as {}{by}", clean(subject)),
        Standing::Account { subject } => format!("account {} on the server", clean(subject)),
        Standing::Pinned { .. } | Standing::Guest => "vouched for by nobody".into(),
    }
}
