//! `conclave serve check`: everything that would keep a server from starting or from serving well, found without starting it and
//! without changing anything.

use super::acme;
use super::audit::{self, chain};
use super::edge::tls::{Files, Source, by_authority as by_name};
use super::media::turn::Config;
use super::oidc::{self, Provider};
use super::settings::Settings;
use super::store::{DataDir, SCHEMA};
use serde::Serialize;
use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Less free disk than this is an error, in bytes.
const LEAST_DISK: u64 = 64 << 20;
/// Less than this is worth a word.
const LITTLE_DISK: u64 = 1 << 30;
/// A certificate that ends sooner than this is worth a word, in seconds.
const SOON: i64 = 14 * 24 * 3600;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is as it should be.
    Ok,
    /// The server would start; look at it.
    Warning,
    /// The server would not start, or not serve.
    Error,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, for programs: `configuration`, `listen`, `metrics`, `certificate`, `acme`, `oidc`, `turn`, `data`, `database`, `audit`, `disk`.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// For people: what is so, and what to do.
    pub text: String,
}

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// What it says, with the command line's word before it.
    pub settings: Settings,
    /// Where the server would listen.
    pub listen: SocketAddr,
    /// Its data directory.
    pub data: PathBuf,
    /// Seconds since the Unix epoch.
    pub now: i64,
}

/// Looks at everything.
pub async fn run(s: &Subject) -> Vec<Finding> {
    let mut found = vec![configuration(s)];
    let running = data(s, &mut found);
    ports(s, running, &mut found);
    found.push(certificate(s));
    found.extend(by_authority(s).await);
    found.extend(sign_in(s).await);
    found.extend(turn(s));
    if s.data.join("conclave.db").exists() {
        found.push(database(s).await);
    }
    if s.data.join(audit::FILE).exists() {
        found.push(log(s));
    }
    found.extend(disk(&s.data));
    found
}

fn ok(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, level: Level::Ok, text: text.into() }
}

fn warning(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, level: Level::Warning, text: text.into() }
}

fn error(check: &'static str, text: impl Into<String>) -> Finding {
    Finding { check, level: Level::Error, text: text.into() }
}

fn configuration(s: &Subject) -> Finding {
    match &s.file {
        Some(file) => ok("configuration", format!("{} can be understood", file.display())),
        None => ok("configuration", "there is no file; everything is as it comes (conclave serve config example)"),
    }
}

/// Whether a server runs on this directory.
fn data(s: &Subject, found: &mut Vec<Finding>) -> bool {
    let path = s.data.display();
    let Ok(m) = fs::metadata(&s.data) else {
        found.push(ok("data", format!("{path} is not there; the first start makes it")));
        return false;
    };
    let (owner, us) = (m.uid(), nix::unistd::geteuid().as_raw());
    let mode = m.mode() & 0o777;
    found.push(if !m.is_dir() {
        error("data", format!("{path} is no directory; name another with data = or --data"))
    } else if owner != us {
        error(
            "data",
            format!("{path} belongs to user {owner}, and this is user {us}; run the server (and this check) as its owner"),
        )
    } else if mode & 0o077 != 0 {
        warning("data", format!("{path} is open to others (mode {mode:04o}); the server closes it: chmod 700 {path}"))
    } else {
        ok("data", format!("{path} is its owner's alone"))
    });
    let lock = fs::File::open(s.data.join("lock"));
    lock.is_ok_and(|f| matches!(f.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

fn ports(s: &Subject, running: bool, found: &mut Vec<Finding>) {
    if let Some(at) = s.settings.metrics.filter(|at| !at.ip().is_loopback()) {
        found.push(error("metrics", format!("{at} is not on this machine alone, and metrics have no password; use 127.0.0.1")));
    }
    if running {
        found.push(ok("listen", "a server runs on this data directory, so its ports are not tried"));
        return;
    }
    let tcp = TcpListener::bind(s.listen).map(drop);
    let udp = UdpSocket::bind(s.listen).map(drop);
    found.push(match (tcp, udp) {
        (Ok(()), Ok(())) => ok("listen", format!("TCP and UDP {} are free", s.listen)),
        (Ok(()), Err(e)) => warning("listen", format!("UDP {} cannot be had ({e}); media would take any free port", s.listen)),
        (Err(e), _) => error("listen", format!("TCP {} cannot be had ({e}); give another address with listen =", s.listen)),
    });
    if let Some(at) = s.settings.metrics.filter(|at| at.ip().is_loopback()) {
        found.push(match TcpListener::bind(at) {
            Ok(_) => ok("metrics", format!("TCP {at} is free")),
            Err(e) => error("metrics", format!("TCP {at} cannot be had ({e}); give another address with metrics =")),
        });
    }
}

/// A certificate and key that are named as a pair, or neither; see [`Settings`].
pub fn files(settings: &Settings) -> Result<Option<Files>, &'static str> {
    let tls = &settings.tls;
    match (&tls.certificate, &tls.key, &tls.spare) {
        (Some(certificate), Some(key), spare) => {
            Ok(Some(Files { certificate: certificate.clone(), key: key.clone(), spare: spare.clone() }))
        }
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => {
            Err("[tls] spare goes with a certificate of your own; without one the server keeps its own spare")
        }
        _ => Err("[tls] certificate and key belong together; give both or none"),
    }
}

fn certificate(s: &Subject) -> Finding {
    const CHECK: &str = "certificate";
    let files = match files(&s.settings) {
        Ok(Some(files)) => files,
        Ok(None) if !s.data.join("tls/key.pem").exists() => {
            return ok(CHECK, "the first start makes one; clients know it by the fingerprint in their links");
        }
        Ok(None) => {
            let text = |p: &str| fs::read_to_string(s.data.join(p)).is_ok();
            return if text("tls/key.pem") {
                ok(CHECK, "the server's own; clients know it by the fingerprint in their links")
            } else {
                error(CHECK, format!("{}/tls/key.pem cannot be read; run this as the server's user", s.data.display()))
            };
        }
        Err(why) => return error(CHECK, why),
    };
    // Nothing of the data directory is looked at for files of one's own.
    let nowhere = DataDir::at(&s.data);
    match Source::Files(files.clone()).load(&nowhere) {
        Err(e) => error(CHECK, e.text),
        Ok(identity) => {
            let (begins, ends) = identity.validity;
            let day = |t: i64| jiff::Timestamp::from_second(t).map_or_else(|_| t.to_string(), |t| t.to_string());
            let name = files.certificate.display();
            if s.now >= ends {
                error(CHECK, format!("{name} has expired ({}); put a new one there", day(ends)))
            } else if s.now < begins {
                error(CHECK, format!("{name} is good from {} on only; check the clock", day(begins)))
            } else if ends - s.now < SOON {
                warning(CHECK, format!("{name} expires soon ({}); renew it", day(ends)))
            } else if fs::metadata(&files.key).is_ok_and(|m| m.mode() & 0o007 != 0) {
                warning(CHECK, format!("everybody on this machine can read {}; chmod o= it", files.key.display()))
            } else {
                ok(CHECK, format!("{name} and its key fit, and are good until {}", day(ends)))
            }
        }
    }
}

/// Whether a certificate by ACME can be had; nothing if none is wanted.
async fn by_authority(s: &Subject) -> Option<Finding> {
    const CHECK: &str = "acme";
    let config = match acme::Config::of(&s.settings) {
        Ok(config) => config?,
        Err(text) => return Some(error(CHECK, text)),
    };
    let (names, at) = (config.domains().join(", "), config.directory());
    if let Err(e) = config.look().await {
        return Some(warning(CHECK, format!("{e}; a certificate that is there serves on")));
    }
    // Nothing is made for looking.
    let there = s.data.join("tls/key.pem").exists().then(|| by_name(&DataDir::at(&s.data), config.domains())).flatten();
    Some(match there {
        Some((_, ends)) if ends <= s.now => {
            warning(CHECK, format!("the certificate for {names} has expired, and {at} answers; look at the log"))
        }
        Some(_) => ok(CHECK, format!("there is a certificate for {names}, and {at} answers")),
        None => {
            ok(CHECK, format!("{at} answers; it will come to port 443 of {names} and must find this server there ({})", s.listen))
        }
    })
}

/// Whether the provider that signs people in can do so; nothing if there is none.
async fn sign_in(s: &Subject) -> Option<Finding> {
    const CHECK: &str = "oidc";
    let config = match oidc::Config::of(&s.settings.oidc) {
        Ok(config) => config?,
        Err(text) => return Some(error(CHECK, text)),
    };
    if let Some(file) = &s.settings.oidc.client_secret_file
        && fs::metadata(file).is_ok_and(|m| m.mode() & 0o007 != 0)
    {
        return Some(warning(CHECK, format!("everybody on this machine can read {}; chmod o= it", file.display())));
    }
    let issuer = config.issuer().to_owned();
    Some(match Provider::new(config).look().await {
        Ok(()) => ok(CHECK, format!("{issuer} lets people sign in by a code")),
        Err(e) => warning(CHECK, format!("nobody can sign in now: {e}")),
    })
}

fn turn(s: &Subject) -> Option<Finding> {
    const CHECK: &str = "turn";
    match Config::of(&s.settings.turn) {
        Err(text) => Some(error(CHECK, text)),
        Ok(_) => {
            let file = s.settings.turn.secret_file.as_ref()?;
            let open = fs::metadata(file).is_ok_and(|m| m.mode() & 0o007 != 0);
            let warned = || warning(CHECK, format!("everybody on this machine can read {}; chmod o= it", file.display()));
            Some(if open { warned() } else { ok(CHECK, "clients are told of your TURN servers") })
        }
    }
}

async fn database(s: &Subject) -> Finding {
    const CHECK: &str = "database";
    let path = s.data.join("conclave.db");
    match super::store::look(&path).await {
        Err(e) => error(CHECK, format!("{} cannot be read ({e}); restore a backup: conclave serve restore", path.display())),
        Ok((version, _)) if version > SCHEMA => {
            let text = format!("a newer Conclave made it (schema {version}, this one knows {SCHEMA}); update this program");
            error(CHECK, text)
        }
        Ok((_, damage)) if damage != "ok" => {
            error(CHECK, format!("it is damaged ({}); restore a backup: conclave serve restore", crate::text::clean(&damage)))
        }
        Ok((version, _)) if version < SCHEMA => {
            ok(CHECK, format!("schema {version}; the next start brings it to {SCHEMA} (make a backup first)"))
        }
        Ok((version, _)) => ok(CHECK, format!("schema {version}, whole")),
    }
}

fn log(s: &Subject) -> Finding {
    match chain::verify(&s.data.join(audit::FILE)) {
        Ok(found) => ok("audit", format!("{} entries, unbroken", found.link.count)),
        Err(e) => error("audit", e.text),
    }
}

fn disk(data: &Path) -> Option<Finding> {
    let there = data.ancestors().find(|p| p.exists())?;
    let Ok(v) = nix::sys::statvfs::statvfs(there) else { return None };
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "narrower elsewhere")]
    let free = (v.blocks_available() as u64).saturating_mul(v.fragment_size() as u64);
    let text = format!("{} MiB are free at {}", free >> 20, there.display());
    Some(match free {
        f if f < LEAST_DISK => error("disk", format!("{text}: too little for the database and the audit log; make room")),
        f if f < LITTLE_DISK => warning("disk", format!("{text}: little")),
        _ => ok("disk", text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::Store;

    async fn at(dir: &Path, settings: Settings, now: i64) -> Vec<(&'static str, Level)> {
        let listen = "127.0.0.1:0".parse().unwrap();
        let s = Subject { file: None, settings, listen, data: dir.join("data"), now };
        let found = run(&s).await;
        assert!(found.iter().all(|f| !f.text.is_empty()));
        found.into_iter().filter(|f| f.level != Level::Ok).map(|f| (f.check, f.level)).collect()
    }

    fn pair(dir: &Path, name: &str) -> (PathBuf, PathBuf) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["x".into()]).unwrap();
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(2026, 1, 1), rcgen::date_time_ymd(2026, 3, 1));
        let (c, k) = (dir.join(format!("{name}.crt")), dir.join(format!("{name}.key")));
        fs::write(&c, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&k, key.serialize_pem()).unwrap();
        fs::set_permissions(&k, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        (c, k)
    }

    #[tokio::test]
    async fn a_new_machine_and_a_used_directory_are_good() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(at(dir.path(), Settings::default(), 0).await, []);
        assert!(!dir.path().join("data").exists(), "looking changes nothing");
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        Store::open(&data).await.unwrap().close().await;
        audit::note(data.path(), audit::Event::BackupMade).unwrap();
        assert_eq!(at(dir.path(), Settings::default(), 0).await, []);
        let log = data.path().join(audit::FILE);
        fs::write(&log, fs::read_to_string(&log).unwrap().replace("backup_made", "backup_mad")).unwrap();
        fs::write(data.path().join("conclave.db"), "no database").unwrap();
        fs::set_permissions(data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let found = at(dir.path(), Settings::default(), 0).await;
        assert_eq!(found, [("data", Level::Warning), ("database", Level::Error), ("audit", Level::Error)]);
    }

    #[tokio::test]
    async fn certificates_that_cannot_be_served_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let ((c, k), (_, other)) = (pair(dir.path(), "a"), pair(dir.path(), "b"));
        let (january, march) = (1_767_916_800, 1_772_323_200);
        let with = |c: Option<&PathBuf>, k: Option<&PathBuf>| {
            let mut s = Settings::default();
            (s.tls.certificate, s.tls.key) = (c.cloned(), k.cloned());
            s
        };
        let certificate = |level| vec![("certificate", level)];
        assert_eq!(at(dir.path(), with(Some(&c), Some(&k)), january).await, []);
        assert_eq!(at(dir.path(), with(Some(&c), Some(&k)), march - SOON + 1).await, certificate(Level::Warning));
        assert_eq!(at(dir.path(), with(Some(&c), Some(&k)), march).await, certificate(Level::Error));
        assert_eq!(at(dir.path(), with(Some(&c), Some(&k)), 0).await, certificate(Level::Error));
        assert_eq!(at(dir.path(), with(Some(&c), Some(&other)), january).await, certificate(Level::Error));
        assert_eq!(at(dir.path(), with(Some(&c), None), january).await, certificate(Level::Error));
        assert_eq!(at(dir.path(), with(Some(&dir.path().join("no")), Some(&k)), january).await, certificate(Level::Error));
        let metrics = Settings { metrics: Some("0.0.0.0:9090".parse().unwrap()), ..Settings::default() };
        assert_eq!(at(dir.path(), metrics, january).await, [("metrics", Level::Error)]);
    }
}
