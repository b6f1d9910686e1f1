//! `conclave doctor`: what stands between this machine and a meeting.

use super::keyring;
use super::login::Account;
use crate::audio::DeviceSpec;
use crate::audio::device;
use crate::backend::link::Link;
use crate::credentials::Keyring;
use crate::doctor::{self, Finding, Report};
use crate::exit::{Exit, Failure};
use crate::net::Options;
use crate::net::proxy::Proxies;
use crate::trust::Keys;
use std::path::PathBuf;

/// Options of `conclave doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "PASS: as it should be. WARN: meetings work, with less comfort or safety, or it cannot be known from \
                        here. FAIL: something of a meeting will not work. What to do, or to ask somebody for, stands below.\n\n\
                        The exit code is 0 if nothing fails, else that of the first failure (docs/exit-codes.md).")]
pub struct Args {
    /// A server or a room: https://HOST[:PORT][/ROOM][#fp=…]; without it, this machine alone is looked at
    #[arg(value_name = "URL")]
    server: Option<String>,
    /// Which sound is tried: auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa, jack, or null for none
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    audio: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write a report for support, which names no hosts, addresses, devices and files
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Name them in the report
    #[arg(long, requires = "bundle")]
    names: bool,
    #[command(flatten)]
    keyring: keyring::Args,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let link = args.server.as_deref().map(link).transpose()?;
    let sound = match DeviceSpec::parse(&args.audio)? {
        DeviceSpec::Null => None,
        spec => Some(device::wanted(&spec)?),
    };
    // Before anything takes its time.
    let bundle = args.bundle.as_deref().map(doctor::bundle::create).transpose()?;
    let mut told = Told { json: args.json, findings: Vec::new() };
    told.tell([doctor::terminal(), doctor::files()])?;
    let opened = args.keyring.open(false);
    told.tell([doctor::keyring(&opened)])?;
    if let Some(wanted) = sound {
        told.tell(doctor::sound(wanted))?;
    }
    if let (Some(link), Ok(keyring)) = (&link, &opened) {
        // What cannot be used is what is looked at next.
        let _ = super::proxy::ready(&link.target(), keyring, false);
    }
    let runtime = super::small_runtime()?;
    told.tell(match &link {
        None => vec![doctor::proxy::judge(&runtime.block_on(doctor::proxy::look(&Proxies::Installed, None)), None)],
        Some(link) => runtime.block_on(doctor::server(link, trust(link, opened.as_ref().ok()))),
    })?;
    // A lookup of a name that nobody answers holds a thread.
    runtime.shutdown_background();
    // Last: nothing can be looked at from inside.
    told.tell([doctor::memory(), doctor::sandbox()])?;
    if let Some(file) = bundle {
        doctor::bundle::write(&file, &told.findings, args.names)?;
    }
    told.end()
}

fn link(server: &str) -> Result<Link, Failure> {
    let link = Link::parse(server)?;
    if link.has_secret() {
        let text = "this link carries a secret, and other users of this machine can see arguments: give it without k= and i=";
        return Err(Failure::new(Exit::Usage, text));
    }
    Ok(link)
}

/// Whom to accept there: whom the link names, or the login, and what has followed them. A keyring that would ask for something is
/// not asked.
fn trust(link: &Link, keyring: Option<&Keyring>) -> Options {
    // What cannot be read is told where files are looked at.
    let known = || super::unknown::trust(link, None).unwrap_or_else(|_| link.trust(None));
    let Some(keyring) = keyring.filter(|k| k.available().is_ok() && !k.asks()) else { return known() };
    let account = Account::find(link, keyring).ok().flatten();
    let named = account.filter(|_| link.fingerprint.is_none()).map_or_else(known, |a| a.trust().clone());
    match Keys::existing("default", keyring) {
        Ok(Some(keys)) if named.fingerprint.is_some() => keys.trusted(named),
        _ => named,
    }
}

/// Tells findings as they come, or all at the end.
struct Told {
    json: bool,
    findings: Vec<Finding>,
}

impl Told {
    fn tell(&mut self, found: impl IntoIterator<Item = Finding>) -> Result<(), Failure> {
        for finding in found {
            if !self.json {
                super::print(finding.lines(true))?;
            }
            self.findings.push(finding);
        }
        Ok(())
    }

    fn end(self) -> Result<Exit, Failure> {
        if self.json {
            let text = serde_json::to_string_pretty(&Report::of(&self.findings));
            let text = text.map_err(|e| Failure::new(Exit::Internal, format!("no JSON could be made ({e})")))?;
            super::print(text + "\n")?;
        }
        Ok(doctor::exit(&self.findings))
    }
}
