//! Certificates by ACME: from the real `pebble` (Let's Encrypt's own test directory), built from its Go module, with its own DNS.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::net::{Options, Target, http};
use conclave_lab::conclave::{PATIENCE, Server, run, text};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use std::fs;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// How long certificates live, in seconds: two thirds of it are soon over.
const LIFE: u64 = 24;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Programs of pebble, built once, into `target/lab/`; `None`: they cannot be had.
fn programs() -> Option<[PathBuf; 2]> {
    let lab = conclave_lab::root().join("target/lab");
    let programs = ["pebble", "pebble-challtestsrv"].map(|p| lab.join(p));
    if !programs.iter().all(|p| p.is_file()) {
        conclave_lab::skip("the ACME directory", "pebble is not built; tests/setup.sh test does that");
        return None;
    }
    Some(programs)
}

fn free() -> u16 {
    // TCP and UDP: media takes the same number.
    loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

struct Pebble {
    _processes: [Process; 2],
    directory: String,
    management: Target,
    /// Vouches for its own port.
    authority: PathBuf,
}

impl Pebble {
    /// One that comes to this port of this machine, whatever the name.
    fn start([pebble, dns]: [PathBuf; 2], dir: &Path, port: u16) -> Self {
        let (listen, management, names, control) = (free(), free(), free(), free());
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
        let (authority, private) = (dir.join("pebble.crt"), dir.join("pebble.key"));
        fs::write(&authority, certificate.pem()).unwrap();
        fs::write(&private, key.serialize_pem()).unwrap();
        let config = dir.join("pebble.json");
        let settings = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{listen}"), "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": authority, "privateKey": private, "httpPort": 1, "tlsPort": port,
            "domainBlocklist": ["blocked.example"], "retryAfter": {"authz": 1, "order": 1}, "keyAlgorithm": "ecdsa",
            "profiles": {"default": {"description": "short", "validityPeriod": LIFE}},
        }});
        fs::write(&config, settings.to_string()).unwrap();
        let quiet = |program: &Path, args: &[String]| {
            let mut command = Command::new(program);
            // A fifth of the nonces are refused, as the real ones sometimes are.
            command.args(args).env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "20");
            Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
        };
        let off = |name: &str| format!("-{name}=");
        let resolver = format!("127.0.0.1:{names}");
        let dns_args = [
            off("http01"),
            off("https01"),
            off("tlsalpn01"),
            off("doh"),
            off("defaultIPv6"),
            format!("-dnsserver={resolver}"),
            format!("-management=127.0.0.1:{control}"),
        ];
        let pebble_args = ["-config".to_owned(), text(&config).to_owned(), "-dnsserver".to_owned(), resolver];
        let processes = [quiet(&dns, &dns_args), quiet(&pebble, &pebble_args)];
        let directory = format!("https://localhost:{listen}/dir");
        Self {
            _processes: processes,
            directory,
            management: Target { host: "localhost".into(), port: management, tls: true },
            authority,
        }
    }

    /// The authority whose certificates it issues, once it answers.
    async fn root(&self) -> String {
        let der = CertificateDer::from_pem_file(&self.authority).unwrap();
        let options = Options { authorities: Some(Arc::new(vec![der])), ..Options::default() };
        let deadline = Instant::now() + PATIENCE;
        loop {
            match http::request(&self.management, &options, hyper::Method::GET, "/roots/0", None, None, 100_000).await {
                Ok(answer) if answer.status.is_success() => return String::from_utf8(answer.body.to_vec()).unwrap(),
                Ok(answer) => panic!("{answer:?}"),
                Err(e) => assert!(Instant::now() < deadline, "{e}"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// Asks the server as whoever trusts only this authority, by its name; `None`: it is not trusted.
async fn known(server: &Server, root: &str) -> Option<Value> {
    let authority = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
    let port = server.authority().rsplit_once(':').unwrap().1.parse().unwrap();
    let to = Target { host: "localhost".into(), port, tls: true };
    let options = Options { authorities: Some(Arc::new(vec![authority])), ..Options::default() };
    let answer = http::request(&to, &options, hyper::Method::GET, "/.well-known/conclave", None, None, 100_000).await.ok()?;
    Some(serde_json::from_slice(&answer.body).unwrap())
}

async fn until<T>(what: &str, mut is: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + 3 * PATIENCE;
    loop {
        if let Some(it) = is().await {
            return it;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_server_gets_its_certificate_renews_it_and_keeps_its_fingerprint() {
    let Some(programs) = programs() else { return };
    let dir = tempfile::tempdir().unwrap();
    let port = free();
    let pebble = Pebble::start(programs, dir.path(), port);
    let root = pebble.root().await;
    let file = dir.path().join("server.toml");
    let settings = |domains: &str| {
        let directory = &pebble.directory;
        let text = format!(
            "[acme]\ndirectory = \"{directory}\"\ndomains = {domains}\ncontact = [\"mailto:it@example.org\"]\nterms_accepted = true\nca_file = \"pebble.crt\"\n[log]\nlevel = \"info\"\n"
        );
        fs::write(&file, text).unwrap();
    };
    settings("[\"localhost\"]");
    let data = tempfile::tempdir().unwrap();
    let listen = format!("127.0.0.1:{port}");
    let server = Server::start_at(BIN, &["--config", text(&file)], &listen, data);
    let (fingerprint, spare) = (server.hello["fingerprint"].clone(), server.hello["spare"].clone());
    assert!(server.url().starts_with("https://localhost:"), "links name the host: {}", server.url());

    // Whoever trusts the authority needs no fingerprint, and the key is the one that was announced before.
    let first = until("a certificate", async || known(&server, &root).await).await;
    assert_eq!((&first["fingerprint"], &first["spare"]), (&fingerprint, &spare));
    let at = |name: &str| server.data.path().join(name);
    let chain = || fs::read_to_string(at("tls/acme.pem")).unwrap();
    for secret in ["tls/acme.pem", "tls/acme-account.json"] {
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(at(secret)).unwrap().permissions()) & 0o777, 0o600);
    }
    let checked = run(BIN, &["serve", "check", "--config", text(&file), "--data", text(server.data.path())], "").1;
    assert!(checked.lines().any(|l| l.starts_with("ok ") && l.contains(" acme ")), "{checked}");

    // At two thirds of its life there is another one, for the same key.
    let (before, account) = (chain(), fs::read_to_string(at("tls/acme-account.json")).unwrap());
    let renewed = until("a renewal", async || (chain() != before).then(chain)).await;
    until("it is served", async || known(&server, &root).await.filter(|k| k["fingerprint"] == fingerprint)).await;
    assert_eq!(fs::read_to_string(at("tls/acme-account.json")).unwrap(), account, "the same account");

    // The key that follows gets one of its own.
    let (code, out, err) = run(BIN, &["serve", "certificate", "rotate", "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{out}{err}");
    until("the spare is served by the authority", async || known(&server, &root).await.filter(|k| k["fingerprint"] == spare))
        .await;
    assert_ne!(chain(), renewed);
    let audit = fs::read_to_string(at("audit.jsonl")).unwrap();
    assert!(audit.matches("\"certificate_changed\"").count() >= 3, "{audit}");
    drop(server);

    // A name that the directory will not have: it is said, and the server serves all the same.
    settings("[\"localhost\", \"blocked.example\"]");
    let log = dir.path().join("log");
    let mut command = Command::new(BIN);
    command.stderr(fs::File::create(&log).unwrap()).env_remove("CONCLAVE_LOG");
    let server = Server::start_by(command, &["--config", text(&file)], &listen);
    let said = until("the refusal is said", async || {
        let log = fs::read_to_string(&log).unwrap();
        log.contains("no certificate by ACME").then_some(log)
    });
    let said = said.await;
    assert!(said.contains("blocked.example"), "{said}");
    assert_eq!(known(&server, &root).await, None);
}
