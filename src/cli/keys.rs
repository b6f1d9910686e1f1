//! `conclave keys`: one's own device key, whom one trusts, and the administrator's side of vouching.

mod admin;

use super::secrecy::Identity;
use crate::credentials::Keyring;
use crate::exit::{Exit, Failure};
use crate::text::clean;
use crate::trust::file::MAX_IMPORTS;
use crate::trust::{self, Keys, TrustFile, failure, unix_now};
use conclave_e2ee::{DeviceKey, IssuerKey, RevocationList, Vouch};
use std::io::Read as _;

/// The largest import, in bytes: a revocation list of 10 000 devices is half of it.
const MAX_IMPORT: u64 = 1024 * 1024;

/// Options of `conclave keys`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show your device key, where it is kept, and whom you know and trust
    Show {
        #[command(flatten)]
        identity: Identity,
    },
    /// Print your device's public key as one line, for an administrator or a colleague
    Export {
        #[command(flatten)]
        identity: Identity,
    },
    /// Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare
    Verify {
        /// Their name, as you saw it in a call
        name: String,
        /// The fingerprint that they told you: four groups of four, or the whole key
        #[arg(allow_hyphen_values = true)]
        fingerprint: Option<String>,
        #[command(flatten)]
        identity: Identity,
    },
    /// Forget somebody; they are new to you the next time
    Forget {
        /// Their name
        name: String,
        #[command(flatten)]
        identity: Identity,
    },
    /// Trust an administrator's key for good: whom it vouches for is vouched for in rooms that you found
    Trust {
        /// The key that 'conclave keys issuer show' printed there
        #[arg(value_parser = issuer_key, allow_hyphen_values = true)]
        issuer: IssuerKey,
        /// Trust it no longer
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        identity: Identity,
    },
    /// Take in a vouch for your device, or a revocation list: '-' reads standard input
    Import {
        /// '-' or a file
        #[arg(value_name = "FILE")]
        from: String,
        #[command(flatten)]
        identity: Identity,
    },
    /// Replace your device key by a new one
    Rotate {
        #[command(flatten)]
        identity: Identity,
    },
    /// Administrators: the key that vouches, which lives in your keyring and never on a server
    Issuer {
        #[command(flatten)]
        keyring: super::keyring::Args,
        #[command(subcommand)]
        verb: admin::Issuer,
    },
    /// Administrators: vouch for somebody's device; prints one line for 'conclave keys import -'
    Vouch(admin::Vouch),
    /// Administrators: revoke devices; prints the signed list for 'conclave keys import -'
    Revoke(admin::Revoke),
}

fn issuer_key(s: &str) -> Result<IssuerKey, String> {
    s.parse().map_err(|e: conclave_e2ee::Error| e.to_string())
}

fn device_key(s: &str) -> Result<DeviceKey, String> {
    s.parse().map_err(|e: conclave_e2ee::Error| e.to_string())
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    match args.verb {
        Verb::Show { identity } => {
            let keyring = identity.keyring.open(true)?;
            let keys = open_in(&keyring, &identity)?;
            super::print(show(&keys, file(&keys)?, &identity, &keyring)?)
        }
        Verb::Export { identity } => super::print(format!("{}\n", open(&identity)?.device.public())),
        Verb::Verify { name, fingerprint, identity } => verify(&open(&identity)?, &name, fingerprint.as_deref()),
        Verb::Forget { name, identity } => {
            let keys = open(&identity)?;
            let mut pins = keys.pins();
            if !pins.forget(&name) {
                return Err(unknown(&name));
            }
            pins.save()?;
            super::print(format!("{} is forgotten.\n", clean(&name)))
        }
        Verb::Trust { issuer, remove, identity } => {
            let keys = open(&identity)?;
            file(&keys)?.update(|record| {
                record.issuers.retain(|i| *i != issuer);
                if remove {
                    record.revocations.retain(|l| l.issuer != issuer);
                } else if record.issuers.len() < MAX_IMPORTS {
                    record.issuers.push(issuer);
                } else {
                    return Err(full("issuers"));
                }
                Ok(())
            })?;
            let verb = if remove { "no longer trusted" } else { "trusted" };
            super::print(format!("Administrator's key {} is {verb}.\n", issuer.short()))
        }
        Verb::Import { from, identity } => import(&open(&identity)?, &read(&from)?),
        Verb::Rotate { identity } => {
            let keyring = identity.keyring.open(true)?;
            // What a descriptor gave is not ours to change.
            if identity.identity_fd.is_some() || identity.identity == Some(super::secrecy::Kind::Ephemeral) {
                return Err(Failure::new(Exit::Usage, "only a device key in the keyring can be replaced"));
            }
            let (old, new) = trust::rotate(identity.profile(), &keyring)?;
            super::print(format!(
                "Your device was {} and is {} now.\nPeople who know you see KEY CHANGED until they verify the new one: tell it to them in person.\nVouches were for the old device: ask your administrator for a new one, and to revoke\n  {old}\n",
                old.short(),
                new.short()
            ))
        }
        Verb::Issuer { verb, keyring } => admin::issuer(&verb, &keyring.open(true)?),
        Verb::Vouch(args) => admin::vouch(&args),
        Verb::Revoke(args) => admin::revoke(args),
    }
}

/// The keys, which must be kept somewhere: what is done to an identity for one run is lost at once.
fn open(identity: &Identity) -> Result<Keys, Failure> {
    open_in(&identity.keyring.open(true)?, identity)
}

/// See [`open`].
fn open_in(keyring: &Keyring, identity: &Identity) -> Result<Keys, Failure> {
    let mut options = identity.options()?;
    if matches!(options.identity, trust::Identity::Auto) {
        options.identity = trust::Identity::Keyring;
    }
    Keys::load(&options, keyring)
}

fn file(keys: &Keys) -> Result<&TrustFile, Failure> {
    keys.file().ok_or_else(|| Failure::new(Exit::Usage, "an ephemeral identity keeps nothing; leave --identity ephemeral out"))
}

fn unknown(name: &str) -> Failure {
    let text = format!("you know nobody called {}; 'conclave keys show' lists whom you know", clean(name));
    Failure::new(Exit::NoInput, text)
}

fn full(what: &str) -> Failure {
    Failure::new(Exit::Unavailable, format!("there are {MAX_IMPORTS} {what} already; remove one first"))
}

fn show(keys: &Keys, file: &TrustFile, identity: &Identity, keyring: &Keyring) -> Result<String, Failure> {
    let record = file.read()?;
    let device = keys.device.public();
    let place = match identity.identity_fd {
        Some(fd) => format!("given by file descriptor {fd}"),
        None => format!("in {}, as conclave device:{}", keyring.place(), identity.profile()),
    };
    let mut lines = vec![
        format!("Fingerprint:  {}", device.short()),
        format!("Device key:   {device}"),
        format!("Kept:         {place}"),
        format!("People in:    {}", file.path().display()),
    ];
    lines.extend(record.previous.iter().map(|d| format!("Before:       {}", d.short())));
    lines.extend(keys.vouches.iter().map(|v| {
        let hours = v.not_after.saturating_sub(unix_now()) / 3600;
        format!("Vouched for:  as {} by {}, {hours} hours left", clean(&v.subject), v.issuer.short())
    }));
    lines.extend(keys.issuers.iter().map(|i| format!("You trust:    administrator {} {i}", i.short())));
    lines.extend(record.revocations.iter().map(|l| format!("Revoked:      {} devices by {}", l.revoked.len(), l.issuer.short())));
    lines.extend(keys.pins().iter().map(|(name, pin)| {
        let how = if pin.verified { "verified" } else { "seen" };
        format!("You know:     {}  {}  {how}", clean(name), pin.device.short())
    }));
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn verify(keys: &Keys, name: &str, told: Option<&str>) -> Result<Exit, Failure> {
    file(keys)?;
    let mut pins = keys.pins();
    let known = pins.get(name);
    let Some(told) = told else {
        let pin = known.ok_or_else(|| unknown(name))?;
        let how = if pin.verified { "You have verified this." } else { "You have not verified this." };
        let text = format!(
            "{}  {}  {}\n{how} Ask them for their fingerprint ('conclave keys show') in person or by telephone, then:\n  conclave keys verify NAME FINGERPRINT\n",
            clean(name),
            pin.device.short(),
            pin.device
        );
        return super::print(text);
    };
    let whole: Option<DeviceKey> = told.parse().ok();
    let short = |device: &DeviceKey| {
        let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
        letters(&device.short()) == letters(told)
    };
    let device = match known {
        Some(pin) if whole == Some(pin.device) || short(&pin.device) => pin.device,
        Some(pin) => {
            let text = format!(
                "this is NOT the device that you know as {}, which is {}: they have a new one, or somebody pretends to be them; if they tell you in person that they have a new one, run 'conclave keys forget' first",
                clean(name),
                pin.device.short()
            );
            return Err(Failure::new(Exit::Denied, text));
        }
        None => whole.ok_or_else(|| {
            let text = format!("you have not met {} yet; give the whole key that they exported, 43 characters", clean(name));
            Failure::new(Exit::NoInput, text)
        })?,
    };
    pins.verify(name, device);
    pins.save()?;
    super::print(format!("{} is verified: {}\n", clean(name), device.short()))
}

fn read(from: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match from {
        "-" => std::io::stdin().lock().take(MAX_IMPORT).read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|f| f.take(MAX_IMPORT).read_to_string(&mut text)),
    };
    read.map_err(|e| Failure::new(Exit::NoInput, format!("{} cannot be read ({e})", clean(from))))?;
    Ok(text)
}

fn import(keys: &Keys, text: &str) -> Result<Exit, Failure> {
    let text = text.trim();
    if text.starts_with('{') {
        let list = RevocationList::from_text(text).map_err(failure)?;
        let trusted = keys.issuers.contains(&list.issuer) || keys.vouches.iter().any(|v| v.issuer == list.issuer);
        if !trusted {
            let text = format!("this list is by {0}, whom you do not trust; if you should: conclave keys trust {0}", list.issuer);
            return Err(Failure::new(Exit::Denied, text));
        }
        let (count, by) = (list.revoked.len(), list.issuer.short());
        take_list(file(keys)?, list)?;
        return super::print(format!("{count} devices are revoked by {by}.\n"));
    }
    let vouch = Vouch::from_text(text).map_err(failure)?;
    if vouch.device != keys.device.public() {
        let text =
            format!("this vouch is for another device, {}; yours is {}", vouch.device.short(), keys.device.public().short());
        return Err(Failure::new(Exit::Data, text));
    }
    if !vouch.verify(unix_now()) {
        return Err(Failure::new(Exit::Data, "this vouch has expired or is damaged; ask your administrator for a new one"));
    }
    file(keys)?.update(|record| {
        let now = unix_now();
        // One of each issuer, and none that is over.
        record.vouches.retain(|t| Vouch::from_text(t).is_ok_and(|v| v.issuer != vouch.issuer && v.verify(now)));
        record.vouches.insert(0, vouch.to_text());
        Ok(())
    })?;
    super::print(format!("You are vouched for as {} by {}.\n", clean(&vouch.subject), vouch.issuer.short()))
}

/// Keeps the newest list of its issuer.
fn take_list(file: &TrustFile, list: RevocationList) -> Result<(), Failure> {
    file.update(|record| {
        if record.revocations.iter().any(|l| l.issuer == list.issuer && l.serial >= list.serial) {
            return Err(Failure::new(Exit::Data, "this list is not newer than the one you have"));
        }
        record.revocations.retain(|l| l.issuer != list.issuer);
        if record.revocations.len() >= MAX_IMPORTS {
            return Err(full("revocation lists"));
        }
        record.revocations.push(list);
        Ok(())
    })
}
