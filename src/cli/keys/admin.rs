//! The administrator's side: the key that vouches, vouches, revocation lists. Nothing of it touches a server.

use super::{device_key, file, open_in, take_list};
use crate::cli::keyring;
use crate::cli::secrecy::Identity;
use crate::credentials::Keyring;
use crate::exit::{Exit, Failure};
use crate::trust::{failure, unix_now};
use conclave_e2ee::identity::MAX_VOUCH_LIFE;
use conclave_e2ee::{DeviceKey, IssuerSigner};

/// The keyring's entry of the issuer's seed.
const ENTRY: &str = "issuer:default";

/// What can be done with the issuer's key.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Issuer {
    /// Make it
    New {
        /// Replace the one that is there; all its vouches lose their worth once nobody trusts it
        #[arg(long)]
        replace: bool,
    },
    /// Print its public key, for 'conclave keys trust' and 'conclave join --trust'
    Show,
}

/// Options of `conclave keys vouch`.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Vouch {
    /// The key that 'conclave keys export' printed there; make sure that it is theirs
    #[arg(value_parser = device_key, allow_hyphen_values = true)]
    device: DeviceKey,
    /// Their name
    #[arg(long, value_name = "NAME")]
    subject: String,
    /// How long it is good for, in hours
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=MAX_VOUCH_LIFE / 3600))]
    hours: u64,
    #[command(flatten)]
    keyring: keyring::Args,
}

/// Options of `conclave keys revoke`.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Revoke {
    /// Devices; those that you revoked before stay on the list
    #[arg(value_parser = device_key, required = true, allow_hyphen_values = true)]
    devices: Vec<DeviceKey>,
    #[command(flatten)]
    identity: Identity,
}

fn signer(keyring: &Keyring) -> Result<IssuerSigner, Failure> {
    let none = || Failure::new(Exit::NoInput, "you have no administrator's key yet; make one with: conclave keys issuer new");
    keyring.load_key(ENTRY)?.map(|seed| IssuerSigner::from_seed(&seed)).ok_or_else(none)
}

pub(super) fn issuer(verb: &Issuer, keyring: &Keyring) -> Result<Exit, Failure> {
    let Issuer::New { replace } = verb else { return crate::cli::print(format!("{}\n", signer(keyring)?.public())) };
    if keyring.load_key(ENTRY)?.is_some() && !replace {
        let text = "you have an administrator's key already; print it with 'conclave keys issuer show', or use --replace";
        return Err(Failure::new(Exit::Denied, text));
    }
    let signer = IssuerSigner::generate().map_err(failure)?;
    keyring.store_secret(ENTRY, &*signer.seed())?;
    crate::cli::print(format!("{}\n", signer.public()))
}

pub(super) fn vouch(args: &Vouch) -> Result<Exit, Failure> {
    let subject = crate::text::clean_name(&args.subject).filter(|s| *s == args.subject);
    let subject = subject.ok_or_else(|| Failure::new(Exit::Usage, "a name has visible characters only"))?;
    let not_after = unix_now().saturating_add(args.hours.saturating_mul(3600));
    let vouch = signer(&args.keyring.open(true)?)?.vouch(&subject, args.device, not_after).map_err(failure)?;
    crate::cli::print(format!("{}\n", vouch.to_text()))
}

pub(super) fn revoke(args: Revoke) -> Result<Exit, Failure> {
    let keyring = args.identity.keyring.open(true)?;
    let signer = signer(&keyring)?;
    let keys = open_in(&keyring, &args.identity)?;
    let file = file(&keys)?;
    let mut issued = None;
    file.update(|record| {
        let last = record.issued.take().filter(|l| l.issuer == signer.public());
        let serial = last.as_ref().map_or(0, |l| l.serial).saturating_add(1);
        let revoked = last.map(|l| l.revoked).unwrap_or_default().into_iter().chain(args.devices).collect();
        let list = signer.revoke(serial, unix_now(), revoked).map_err(failure)?;
        record.issued = Some(list.clone());
        issued = Some(list);
        Ok(())
    })?;
    let Some(list) = issued else { return Ok(Exit::Ok) };
    let text = serde_json::to_string(&list).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
    // It counts for its maker too.
    take_list(file, list)?;
    crate::cli::print(format!("{text}\n"))
}
