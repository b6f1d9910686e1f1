//! Options about keys and encryption that `join` and `demo` share, and what follows from them.

use super::keyring;
use super::login::Account;
use super::prompt;
use super::proxy;
use crate::backend::link::Scheme;
use crate::backend::{Link, Secrecy};
use crate::credentials::Keyring;
use crate::exit::{Exit, Failure};
use crate::protocol::control::RoomMode;
use crate::trust::{self, Account as _, Keys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::identity::MAX_VOUCHES;
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, IssuerKey};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a join waits for the account's vouch at most; without it one joins as a guest.
const VOUCH: Duration = Duration::from_secs(5);

/// Options about keys and encryption.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// What you expect of the room: strict (the default), balanced or open. A room that protects less is refused
    #[arg(long, value_name = "MODE")]
    pub mode: Option<RoomMode>,
    /// End with exit code 80 unless the room is end-to-end encrypted
    #[arg(long)]
    pub require_e2ee: bool,
    /// End with exit code 80 unless everybody in the room is vouched for or verified
    #[arg(long)]
    pub require_vouched: bool,
    /// Who you are
    #[command(flatten)]
    pub identity: Identity,
    /// Read the room's secret from this file descriptor: a link's k, its 16 words, or a passphrase
    #[arg(long, value_name = "N")]
    pub secret_fd: Option<i32>,
    /// If you are the first: who lets others in. auto (anybody), admit (you), link (whoever knows the room's secret)
    #[arg(long, value_name = "WHO", value_parser = admission)]
    pub admission: Option<Admission>,
    /// Trust this administrator's key for this call (may be repeated); 'conclave keys trust' does so for good
    #[arg(long, value_name = "ISSUERKEY", value_parser = issuer, allow_hyphen_values = true)]
    pub trust: Vec<IssuerKey>,
    /// If you are the first: nobody may record
    #[arg(long)]
    pub no_recording: bool,
    /// If you are the first: members' clients sign receipts of the meeting (who was there, how known, whether encryption held)
    #[arg(long)]
    pub ask_receipts: bool,
}

/// Options about one's own identity.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Identity {
    /// Where your device key is: in the keyring (the default if there is one), or made for this run only
    #[arg(long, value_enum, value_name = "WHERE")]
    pub identity: Option<Kind>,
    /// Read the device key's seed (32 bytes as base64url) from this file descriptor (0 is standard input)
    #[arg(long, value_name = "N", conflicts_with = "identity")]
    pub identity_fd: Option<i32>,
    /// Which profile of your configuration, and which identity of the same name in the keyring [default: default]
    #[arg(long, short = 'P', value_name = "NAME", value_parser = profile)]
    pub profile: Option<String>,
    /// Where it is kept
    #[command(flatten)]
    pub keyring: keyring::Args,
}

/// What a service manager hands over (systemd's `LoadCredential=`): the device key's seed.
const UNIT_SEED: &str = "conclave.identity";

/// Where a device key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// In the keyring.
    Keyring,
    /// Nowhere: made for this run.
    Ephemeral,
}

fn admission(s: &str) -> Result<Admission, String> {
    match s {
        "auto" => Ok(Admission::Auto),
        "admit" => Ok(Admission::Admit),
        "link" => Ok(Admission::Link),
        _ => Err("auto, admit or link".into()),
    }
}

fn issuer(s: &str) -> Result<IssuerKey, String> {
    s.parse().map_err(|e: conclave_e2ee::Error| e.to_string())
}

pub(super) fn profile(s: &str) -> Result<String, String> {
    let good = (1..=32).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    good.then(|| s.to_owned()).ok_or_else(|| "a profile has 1 to 32 letters, digits, '-' and '_'".into())
}

/// What the keyring has to do with a room's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    No,
    /// It has it.
    Load,
    /// It shall have it.
    Store,
}

/// The keyring's entry of a room's secret.
fn room_entry(link: &Link) -> String {
    format!("room:{}", link.display())
}

/// The secret of a room that the keyring keeps. Without it one can still be let in.
fn kept_secret(link: &Link, keyring: &Keyring) -> Option<RoomSecret> {
    let load = || -> Result<Option<RoomSecret>, Failure> {
        let Some(text) = keyring.load(&room_entry(link))? else { return Ok(None) };
        let text = Zeroizing::new(String::from_utf8_lossy(&text).into_owned());
        RoomSecret::from_link(&text).map(Some).map_err(trust::failure)
    };
    load().inspect_err(|e| eprintln!("conclave: the room's secret, which you kept, is not used: {e}")).ok().flatten()
}

/// Keeps the secret of a room.
fn keep_secret(link: &Link, keyring: &Keyring, secret: &RoomSecret) -> Result<(), Failure> {
    let text = secret.to_link().ok_or_else(|| {
        let text = "a passphrase is not kept: give it each time, or make the room a secret of its own (conclave secret new)";
        Failure::new(Exit::Usage, text)
    })?;
    keyring.store_secret(&room_entry(link), text.as_bytes())
}

impl Identity {
    /// What [`Keys::load`] is asked for.
    pub fn options(&self) -> Result<trust::Options, Failure> {
        let identity = match (self.identity_fd, self.identity) {
            (Some(fd), _) => trust::Identity::Seed(seed(&prompt::from_fd(fd, "the device key's seed")?)?),
            (None, Some(Kind::Keyring)) => trust::Identity::Keyring,
            (None, Some(Kind::Ephemeral)) => trust::Identity::Ephemeral,
            (None, None) => match prompt::from_unit(UNIT_SEED, "the device key's seed")? {
                Some(text) => trust::Identity::Seed(seed(&text)?),
                None => trust::Identity::Auto,
            },
        };
        Ok(trust::Options { identity, profile: self.profile().to_owned(), trust: Vec::new() })
    }

    /// Which of several identities in the keyring.
    pub fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or("default")
    }
}

fn seed(text: &str) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).unwrap_or_default());
    <[u8; 32]>::try_from(bytes.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| Failure::new(Exit::Data, "this is no device key's seed: it has 43 letters, digits, '-' and '_'"))
}

/// The room secret in one of its three forms.
fn secret(text: &str, room: &str) -> Result<RoomSecret, Failure> {
    if !text.contains(char::is_whitespace)
        && let Ok(secret) = RoomSecret::from_link(text)
    {
        return Ok(secret);
    }
    match RoomSecret::from_words(text) {
        Ok(secret) => Ok(secret),
        // Sixteen words are meant as the secret's own, and then the wrong one is named.
        Err(e) if text.split_whitespace().count() == 16 => Err(trust::failure(e)),
        Err(_) => RoomSecret::from_passphrase(text, room).map_err(trust::failure),
    }
}

impl Args {
    /// The least mode, from flag or link; `None` = the link's own word or strict.
    fn expected(&self, link: &Link) -> Result<Option<RoomMode>, Failure> {
        match (self.mode, self.require_e2ee) {
            (Some(RoomMode::Open), true) => {
                Err(Failure::new(Exit::Usage, "--mode open and --require-e2ee contradict each other: give one of them"))
            }
            (None, true) => Ok(Some(link.mode.filter(|mode| *mode > RoomMode::Open).unwrap_or(RoomMode::Strict))),
            (mode, _) => Ok(mode),
        }
    }

    /// The keys to join with, and what is expected of the room. Asks only if it may.
    pub fn resolve(&self, link: &Link, kept: Kept, may_ask: bool) -> Result<(Arc<Keys>, Secrecy), Failure> {
        let conclave = link.scheme == Scheme::Conclave;
        let given = self.secret_fd.map(|fd| prompt::from_fd(fd, "the room's secret")).transpose()?;
        let in_link = link.key.as_ref().filter(|_| conclave);
        let secret = match (given, in_link) {
            (Some(_), Some(_)) => {
                let text = "the link carries the room's secret already; give it there or with --secret-fd, not both";
                return Err(Failure::new(Exit::Usage, text));
            }
            (Some(text), None) => Some(secret(&text, &link.room)?),
            (None, Some(k)) => Some(RoomSecret::from_link(k).map_err(trust::failure)?),
            (None, None) => None,
        };
        let mut secrecy = Secrecy {
            mode: self.expected(link)?,
            admission: self.admission,
            secret,
            no_recording: self.no_recording,
            receipt: self.ask_receipts,
            require_vouched: self.require_vouched,
            ..Secrecy::default()
        };
        if !conclave {
            proxy::ready_with(&link.target(), &self.identity.keyring, may_ask)?;
            return Ok((ephemeral()?, secrecy));
        }
        let mut options = self.identity.options()?;
        options.trust.clone_from(&self.trust);
        let keyring = self.identity.keyring.open(may_ask)?;
        match (kept, &secrecy.secret) {
            (Kept::No, _) => {}
            (Kept::Store, Some(secret)) => keep_secret(link, &keyring, secret)?,
            (Kept::Load | Kept::Store, None) => secrecy.secret = kept_secret(link, &keyring),
            (Kept::Load, Some(_)) => {}
        }
        let mut keys = Keys::load(&options, &keyring)?;
        // A vault that had to be opened is open now.
        proxy::ready(&link.target(), &keyring, may_ask)?;
        // An identity for one call is not tied to an account.
        let account = if keys.kept { account(link, &keyring) } else { None };
        // By flag, by link, or by our own record of the room.
        secrecy.mode = secrecy.mode.or_else(|| account.as_ref().filter(|_| link.mode.is_none())?.made(&link.room));
        if let Some(account) = account.filter(|_| keys.vouches.len() < MAX_VOUCHES) {
            account_vouch(account, &mut keys);
        }
        Ok((Arc::new(keys), secrecy))
    }
}

/// The account on the room's server, if there is one.
fn account(link: &Link, keyring: &Keyring) -> Option<Account> {
    if keyring.available().is_err() {
        return None;
    }
    let found = Account::find(link, keyring);
    found.inspect_err(|e| eprintln!("conclave: your account on this server is not used in this call: {e}")).ok().flatten()
}

/// The account's word for our device. Without it one is a guest, and is told why.
fn account_vouch(account: Account, keys: &mut Keys) {
    let device = keys.device.public();
    let asked = || -> Result<_, Failure> {
        let slow = || Failure::new(Exit::Unavailable, "the server does not answer");
        let answer = super::small_runtime()?.block_on(async { tokio::time::timeout(VOUCH, account.vouch(device)).await });
        answer.map_err(|_| slow())?
    };
    match asked() {
        Ok(vouch) => {
            keys.vouches.push(vouch);
            // Kept for the length of the call: a vouch is good for a day.
            keys.account = Some(Arc::new(account));
        }
        Err(e) => eprintln!("conclave: your account does not vouch for you in this call: {e}"),
    }
}

/// Keys for this process only.
pub fn ephemeral() -> Result<Arc<Keys>, Failure> {
    let keys = Keys::ephemeral().map_err(|e| Failure::new(Exit::Internal, format!("no device key could be made ({e})")))?;
    Ok(Arc::new(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_says_becomes_what_is_expected() {
        let link = Link::parse("https://meet.example/r#m=balanced").unwrap();
        let args = Args { require_e2ee: true, ..Args::default() };
        assert_eq!(args.expected(&link).unwrap(), Some(RoomMode::Balanced));
        let both = Args { mode: Some(RoomMode::Open), ..args };
        assert_eq!(both.expected(&link).unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn a_room_secret_is_read_in_each_of_its_forms() {
        let fresh = RoomSecret::generate().unwrap();
        assert_eq!(secret(&fresh.to_link().unwrap(), "r").unwrap(), fresh);
        assert_eq!(secret(&fresh.to_words().unwrap(), "r").unwrap(), fresh);
        let chosen = secret("seven green bottles hang upon our wall", "r").unwrap();
        assert!(chosen.is_passphrase());
        assert_ne!(chosen, secret("seven green bottles hang upon our wall", "other").unwrap());
        assert_eq!(secret("hunter2", "r").unwrap_err().exit, Exit::Data);
        let words = fresh.to_words().unwrap().replacen(char::is_alphabetic, "qq", 1);
        assert_eq!(secret(&words, "r").unwrap_err().exit, Exit::Data, "a wrong word is named, not taken for a passphrase");
    }

    #[test]
    fn a_seed_has_32_bytes() {
        let device = conclave_e2ee::Device::generate().unwrap();
        let text = URL_SAFE_NO_PAD.encode(*device.seed());
        assert_eq!(conclave_e2ee::Device::from_seed(&seed(&text).unwrap()).public(), device.public());
        assert_eq!(seed("AAAA").unwrap_err().exit, Exit::Data);
    }
}
