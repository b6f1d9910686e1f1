//! The configuration file: TOML, every key documented once (here), every mistake named with its place.
//!
//! What an option of `conclave serve` says counts more than the file, and the file more than what is built in: so every
//! key is an `Option`, and merging is `or`.

use crate::exit::{Exit, Failure};
use crate::hygiene::sandbox::Level;
use crate::server::webhook::Address;
use serde::Deserialize;
use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The file of the whole machine.
pub const SYSTEM: &str = "/etc/conclave/server.toml";
/// The file's name in a data directory.
pub const BESIDE: &str = "server.toml";
/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 256 * 1024;

/// One key, for the example and the manual.
#[derive(Debug)]
pub struct Key {
    /// As in TOML.
    pub name: &'static str,
    /// Lines.
    about: &'static [&'static str],
    /// The default as TOML, or an example where there is none.
    pub example: &'static str,
}

impl Key {
    /// What it is, in sentences.
    pub fn about(&self) -> String {
        self.about.concat().trim().to_owned()
    }
}

/// One table of the file.
#[derive(Debug)]
pub struct Table {
    /// As in TOML; empty: what stands before all tables.
    pub name: &'static str,
    /// Lines.
    about: &'static [&'static str],
    /// Its keys.
    pub keys: &'static [Key],
}

impl Table {
    /// What it is, in sentences.
    pub fn about(&self) -> String {
        self.about.concat().trim().to_owned()
    }
}

/// A table of the file: its struct, and the same documentation as text.
macro_rules! table {
    ($(#[doc = $about:literal])+ $name:ident { $( $(#[doc = $doc:literal])+ $key:ident: $type:ty = $example:literal, )+ }
     $( tables { $( $(#[doc = $tdoc:literal])+ $table:ident: $ttype:ty, )+ } )?) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $key: Option<$type>, )+
            $( $( $(#[doc = $tdoc])+ pub $table: $ttype, )+ )?
        }

        impl $name {
            const ABOUT: &'static [&'static str] = &[$($about),+];
            const KEYS: &'static [Key] =
                &[$( Key { name: stringify!($key), about: &[$($doc),+], example: $example } ),+];
        }
    };
}

table! {
    /// Configuration of a Conclave server. Every key may be left out; what is commented out shows the default, or an
    /// example where there is none. Check a file with: conclave serve check --config FILE
    Settings {
        /// Address and port, TCP and UDP. Port 0 takes a free one. [::] stands for all addresses, of IPv4 too; without IPv6
        /// the default is 0.0.0.0:8443.
        listen: SocketAddr = "\"[::]:8443\"",
        /// Where accounts, rooms, keys and the audit log are kept. Of this directory's owner alone (mode 0700).
        data: PathBuf = "\"/var/lib/conclave\"",
        /// Addresses that clients send media to, if they are none of this machine's (behind NAT, say).
        advertise: Vec<IpAddr> = "[\"192.0.2.10\"]",
        /// Addresses that are told by POST who joins, leaves and publishes, as LiveKit's webhooks tell it.
        webhooks: Vec<Address> = "[\"https://hooks.example.org/conclave\"]",
        /// How long a server that is told to end (SIGTERM) goes on for those who are in a call, in seconds. Nobody new is
        /// let in meanwhile; it ends sooner when the last one has left. 0: at once, and clients come back by themselves.
        drain: u64 = "0",
        /// Where Prometheus reads metrics, over plain HTTP without authentication: an address of this machine. Not set:
        /// nowhere. Health and readiness are there too (/healthz, /readyz).
        metrics: SocketAddr = "\"127.0.0.1:9090\"",
        /// Give up what a server does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or
        /// exit code 78, off.
        sandbox: Level = "\"auto\"",
    }
    tables {
        /// `[tls]`.
        tls: Tls,
        /// `[acme]`.
        acme: Acme,
        /// `[oidc]`.
        oidc: Oidc,
        /// `[turn]`.
        turn: Turn,
        /// `[audit]`.
        audit: Audit,
        /// `[log]`.
        log: Log,
        /// `[policy]`.
        policy: Policy,
    }
}

table! {
    /// The certificate. Without one the server makes its own, and clients know it by the fingerprint in their links.
    Tls {
        /// Certificate chain in PEM. Changed files are taken up within seconds, without dropping anybody; a pair that does
        /// not fit is refused, and the old one serves on.
        certificate: PathBuf = "\"/etc/conclave/tls/chain.pem\"",
        /// The certificate's private key in PEM.
        key: PathBuf = "\"/etc/conclave/tls/key.pem\"",
        /// The key in PEM (private or public half) that will follow the present one. Its fingerprint goes out with links and
        /// logins, so that clients accept it later without a word. Only with a certificate of your own.
        spare: PathBuf = "\"/etc/conclave/tls/next.pem\"",
    }
}

table! {
    /// A certificate of an authority's by ACME (RFC 8555), for the key that the server has anyway: asked for and renewed by the
    /// server itself. The authority comes to port 443 of each name, which must lead to this server (tls-alpn-01).
    Acme {
        /// Where the authority's directory is.
        directory: String = "\"https://acme-v02.api.letsencrypt.org/directory\"",
        /// The names that people reach this server by. The first one goes into links.
        domains: Vec<String> = "[\"meet.example.org\"]",
        /// Whom the authority may write to.
        contact: Vec<String> = "[\"mailto:it@example.org\"]",
        /// You accept the authority's terms of service; nothing is asked for without.
        terms_accepted: bool = "true",
        /// An authority in PEM that vouches for the directory itself, beside the system's: for one inside your network.
        ca_file: PathBuf = "\"/etc/conclave/ca.pem\"",
    }
}

table! {
    /// Sign-in through your organisation's OpenID provider, with a code that people type in a browser (RFC 8628): conclave
    /// login SERVER --sso. Accounts are bound to the provider's subject, never to a name.
    Oidc {
        /// The provider, exactly as it calls itself. It must offer the device authorization grant.
        issuer: String = "\"https://id.example.org/realms/staff\"",
        /// The name of this server at the provider.
        client_id: String = "\"conclave\"",
        /// A file with the client's secret and nothing else, for the server alone (mode 0600). Not set: a public client.
        client_secret_file: PathBuf = "\"/etc/conclave/oidc.secret\"",
        /// An authority in PEM that vouches for the provider's certificate, beside the system's.
        ca_file: PathBuf = "\"/etc/conclave/ca.pem\"",
        /// What is asked for beside openid; some providers give groups for a scope of their own only.
        scopes: Vec<String> = "[\"profile\"]",
        /// The claim that is a new account's name: letters, digits and . _ - @. Dots lead into objects.
        name_claim: String = "\"preferred_username\"",
        /// The claim with somebody's groups or roles (Keycloak's realm roles: realm_access.roles).
        groups_claim: String = "\"groups\"",
        /// Who is in one of these groups owns this server, and nobody else whom the provider signs in. Not set: the
        /// provider does not decide that.
        owners: Vec<String> = "[\"conclave-admins\"]",
        /// Only who is in one of these groups (or in one of the owners') may sign in. Not set: everybody whom the provider
        /// signs in.
        members: Vec<String> = "[\"staff\"]",
        /// Who signs in for the first time gets an account. false: only accounts that were linked (conclave serve user link).
        create: bool = "true",
        /// How long a sign-in is good, in days; 90 at most.
        days: u32 = "90",
    }
}

table! {
    /// TURN, for browsers and other stock clients whose network lets little through. The server's own one is on its public port,
    /// UDP, TCP and TLS, and reaches this server's media and nothing else.
    Turn {
        /// The server's own one serves.
        embedded: bool = "true",
        /// Servers of yours that clients are told of beside it, or instead.
        urls: Vec<String> = "[\"turns:turn.example.org:443?transport=tcp\"]",
        /// A file with the secret that they share with this server, and nothing else (coturn: use-auth-secret,
        /// static-auth-secret), for the server alone (mode 0600).
        secret_file: PathBuf = "\"/etc/conclave/turn.secret\"",
    }
}

table! {
    /// The audit log, DIR/audit.jsonl: always on, append-only, each line bound to the one before.
    Audit {
        /// Write down the network addresses of logins. Names of people are never written down.
        addresses: bool = "false",
    }
}

table! {
    /// The log on standard error.
    Log {
        /// How lines look: text or json.
        format: Format = "\"text\"",
        /// What is logged, as CONCLAVE_LOG says it (which counts more): error, warn, info, debug, trace.
        level: String = "\"warn\"",
        /// Log the network addresses of clients. Secrets and names of people are never logged.
        addresses: bool = "false",
    }
}

table! {
    /// Who may do what over the network. Whoever works on the data directory itself may do everything.
    Policy {
        /// Which accounts make rooms: owner, or member (which means owners too). A member sees, shows and deletes the rooms that
        /// they made themselves.
        rooms: Whom = "\"owner\"",
        /// Which accounts make invites: owner or member. A member invites as speaker, listener, guest or bot, as moderator only
        /// to rooms of their own, and sees and revokes the invites that they made themselves.
        invites: Whom = "\"owner\"",
        /// New rooms let in only who has an account or an invite, unless whoever makes one says otherwise.
        invite_only: bool = "false",
        /// How long an invite may be good at most, in hours. Who asks for more is refused.
        invite_hours: u32 = "8784",
    }
}

/// Which accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// Owners.
    #[default]
    Owner,
    /// All.
    Member,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// A mistake in a file, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counts from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, and what was meant perhaps.
    pub text: String,
}

impl Settings {
    /// Reads a file's text. Relative paths stay as they are.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        toml::from_str(text).map_err(|e: toml::de::Error| {
            let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            Mistake { line, column, text: explain(e.message()) }
        })
    }

    /// Reads a file; paths in it are relative to where it is. [`Exit::NoInput`] if it cannot be read, [`Exit::Config`] with
    /// line and column if it cannot be understood.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = read(path).map_err(|e| {
            let text = format!("the configuration {} cannot be read ({e}); check --config", path.display());
            Failure::new(Exit::NoInput, text)
        })?;
        let mut settings = Self::parse(&text).map_err(|m| {
            let text = format!("{}:{}:{}: {}; all keys: conclave serve config example", path.display(), m.line, m.column, m.text);
            Failure::new(Exit::Config, text)
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        let Tls { certificate, key, spare } = &mut settings.tls;
        let Oidc { client_secret_file, ca_file, .. } = &mut settings.oidc;
        let authorities = [ca_file, &mut settings.acme.ca_file];
        let files = [&mut settings.data, certificate, key, spare, client_secret_file, &mut settings.turn.secret_file];
        for p in files.into_iter().chain(authorities).flatten() {
            *p = base.join(&*p);
        }
        Ok(settings)
    }

    /// The file that counts: the one that is named, else [`SYSTEM`], else [`BESIDE`] in the data directory. `None`: there is
    /// none.
    pub fn find(named: Option<&Path>, data: Option<&Path>) -> Option<PathBuf> {
        let beside = data.map(|d| d.join(BESIDE));
        named.map(Path::to_owned).or_else(|| [Some(PathBuf::from(SYSTEM)), beside].into_iter().flatten().find(|p| p.exists()))
    }

    /// All tables, in the order in which they are shown.
    pub fn tables() -> [Table; 8] {
        let table = |name, about, keys| Table { name, about, keys };
        [
            table("", Self::ABOUT, Self::KEYS),
            table("tls", Tls::ABOUT, Tls::KEYS),
            table("acme", Acme::ABOUT, Acme::KEYS),
            table("oidc", Oidc::ABOUT, Oidc::KEYS),
            table("turn", Turn::ABOUT, Turn::KEYS),
            table("audit", Audit::ABOUT, Audit::KEYS),
            table("log", Log::ABOUT, Log::KEYS),
            table("policy", Policy::ABOUT, Policy::KEYS),
        ]
    }

    /// A file with every key, its documentation and its default, all commented out.
    pub fn example() -> String {
        let mut out = String::new();
        let comment = |out: &mut String, lines: &[&str]| lines.iter().for_each(|l| out.push_str(&format!("#{l}\n")));
        for Table { name, about, keys } in Self::tables() {
            comment(&mut out, about);
            if !name.is_empty() {
                let _ = writeln!(out, "[{name}]");
            }
            for key in keys {
                out.push('\n');
                comment(&mut out, key.about);
                let _ = writeln!(out, "#{} = {}", key.name, key.example);
            }
            out.push('\n');
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

fn read(path: &Path) -> io::Result<String> {
    use io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}

/// What the parser says, in our words where it is about a key.
fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), quoted.next()) {
        (true, Some(unknown)) => {
            let near = quoted.map(|k| (strsim::jaro_winkler(unknown, k), k)).filter(|(score, _)| *score > 0.8);
            let meant = near.max_by(|a, b| a.0.total_cmp(&b.0));
            let meant = meant.map(|(_, k)| format!("; did you mean \"{k}\"?")).unwrap_or_default();
            format!("there is no key \"{}\" here{meant}", crate::text::clean(unknown))
        }
        _ => crate::text::clean(message.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_says_every_key_and_is_a_good_file() {
        let example = Settings::example();
        assert_eq!(Settings::parse(&example), Ok(Settings::default()));
        let keys = |l: &&str| l.starts_with('#') && !l.starts_with("# ");
        let used: String =
            example.lines().map(|l| format!("{}\n", Some(l).filter(keys).map_or(l, |l| l.trim_start_matches('#')))).collect();
        let s = Settings::parse(&used).unwrap();
        assert_eq!(s.listen, Some("[::]:8443".parse().unwrap()));
        assert_eq!((s.drain, s.log.format, s.sandbox), (Some(0), Some(Format::Text), Some(Level::Auto)));
        assert_eq!((s.policy.rooms, s.policy.invite_hours), (Some(Whom::Owner), Some(8784)));
        assert!(s.tls.spare.is_some() && s.audit.addresses == Some(false) && s.log.addresses == Some(false));
    }

    #[test]
    fn a_mistake_is_named_with_its_place_and_what_was_meant() {
        for (text, line, column, says) in [
            ("drain = 5\nlissten = \"0.0.0.0:1\"\n", 2, 1, "no key \"lissten\" here; did you mean \"listen\"?"),
            ("[tls]\ncertifcate = \"x\"", 2, 1, "did you mean \"certificate\"?"),
            ("[logs]", 1, 2, "did you mean \"log\"?"),
            ("zzz = 1", 1, 1, "no key \"zzz\" here"),
            ("listen = \"8443\"", 1, 10, "socket address"),
            ("drain = \"soon\"", 1, 9, "u64"),
            ("[policy]\nrooms = \"everybody\"", 2, 9, "owner"),
            ("drain = -1", 1, 9, "u64"),
            ("# ä\nlisten = ", 2, 10, ""),
            ("drain = 1\ndrain = 2", 2, 1, "duplicate"),
        ] {
            let m = Settings::parse(text).unwrap_err();
            assert!(m.text.contains(says), "{text}: {m:?}");
            assert_eq!((m.line, m.column), (line, column), "{text}: {m:?}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        std::fs::write(&path, "data = \"d\"\n[tls]\nkey = \"/k\"").unwrap();
        let s = Settings::read(&path).unwrap();
        assert_eq!((s.data, s.tls.key), (Some(dir.path().join("d")), Some("/k".into())));
        std::fs::write(&path, "dta = \"d\"").unwrap();
        let e = Settings::read(&path).unwrap_err();
        assert!(e.exit == Exit::Config && e.text.starts_with(&format!("{}:1:1: ", path.display())), "{e}");
        assert_eq!(Settings::read(&dir.path().join("no")).unwrap_err().exit, Exit::NoInput);
    }
}
