//! The faults, and how each of them is made.

use super::stub::{Does, full, stub};
use conclave::protocol::well_known::WellKnown;
use conclave_lab::conclave::{Server, text};
use conclave_lab::interceptor::{Interceptor, Shown, Then};
use conclave_lab::names::{Names, Says};
use conclave_lab::skip;
use std::any::Any;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// One fault.
pub(crate) struct Case {
    /// For people.
    pub(crate) name: &'static str,
    /// The step that must name it, as in JSON; empty: there is nothing to look at.
    pub(crate) check: &'static str,
    /// What that must say.
    pub(crate) says: &'static str,
    /// The exit code.
    pub(crate) exit: i32,
    args: Vec<String>,
    variables: Vec<(&'static str, String)>,
    names: Option<Names>,
    binary: &'static str,
    home: tempfile::TempDir,
    _world: Vec<Box<dyn Any + Send + Sync>>,
}

impl Case {
    fn new(binary: &'static str, name: &'static str, check: &'static str, says: &'static str, exit: i32, server: &str) -> Self {
        let args = [server, "--audio", "null", "--keyring", "none"];
        let args = args.iter().filter(|a| !a.is_empty()).map(|a| (*a).to_owned()).collect();
        let home = tempfile::tempdir().unwrap();
        Self { name, check, says, exit, args, variables: vec![], names: None, binary, home, _world: vec![] }
    }

    fn arg(mut self, name: &str, value: &str) -> Self {
        self.args.extend([name.to_owned(), value.to_owned()]);
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn with(mut self, world: impl Any + Send + Sync) -> Self {
        self._world.push(Box::new(world));
        self
    }

    /// The doctor, in a world with the fault in it.
    pub(crate) fn doctor(&self) -> Command {
        let mut command = match &self.names {
            Some(names) => names.asked_by(self.binary),
            None => Command::new(self.binary),
        };
        command.arg("doctor").args(&self.args).env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path());
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DBUS_SESSION_BUS_ADDRESS", "CONCLAVE_KEYRING"] {
            command.env_remove(name);
        }
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "auto_proxy", "PULSE_SERVER"]
        {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(std::process::Stdio::null());
        command
    }
}

/// All of them.
pub(crate) fn all(binary: &'static str) -> Vec<Case> {
    let mut all = names(binary);
    all.extend(ports(binary));
    all.extend(certificates(binary));
    all.extend(answers(binary));
    all.extend(proxies(binary));
    all.extend(this_machine(binary));
    all
}

fn names(binary: &'static str) -> Vec<Case> {
    let elsewhere =
        Interceptor::start(&Shown { name: "intranet.example", ..Shown::by("Ministry of Works CA") }, Then::Answer(String::new()));
    let (port, ca) = (elsewhere.port, text(elsewhere.authority()).to_owned());
    let server = "https://meet.example.org";
    let local = std::net::IpAddr::from([127, 0, 0, 1]);
    let mut cases = Vec::new();
    for (name, says, check, words, exit) in [
        ("the name is not there", Says::NoSuchName, "name", "there is no such name", 68),
        ("the name server says nothing", Says::Nothing, "name", "no name server answers", 68),
        ("the name server cannot find out", Says::Failure, "name", "or it cannot find out", 68),
        ("the name has no address", Says::Addresses(vec![]), "name", "it is nobody's address", 68),
        ("the name is blocked (0.0.0.0)", Says::Addresses(vec![[0, 0, 0, 0].into()]), "name", "answers that it is nowhere", 68),
    ] {
        match Names::start(move |_| says.clone()) {
            Ok(names) => {
                let mut case = Case::new(binary, name, check, words, exit, server);
                case.names = Some(names);
                cases.push(case);
            }
            Err(why) => skip(name, &why),
        }
    }
    match Names::start(move |_| Says::Addresses(vec![local])) {
        Ok(names) => {
            let at = format!("{server}:{port}");
            let mut case =
                Case::new(binary, "the name leads to somebody else", "tls", "a certificate for intranet.example", 79, &at)
                    .arg("--extra-ca", &ca)
                    .with(elsewhere);
            case.names = Some(names);
            cases.push(case);
        }
        Err(why) => skip("a name that leads elsewhere", &why),
    }
    cases
}

fn ports(binary: &'static str) -> Vec<Case> {
    let case = |name, check, says, exit, at: SocketAddr| Case::new(binary, name, check, says, exit, &format!("https://{at}"));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (silent, listener, waiting) = full();
    let http = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec();
    vec![
        case("the port is closed", "tcp", "nothing listens at", 69, closed),
        case("the port is filtered: nothing answers", "tcp", "does not answer", 69, silent).with((listener, waiting)),
        case("SSH is at the port", "tls", "does not speak TLS", 76, stub(Does::Greets(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()))),
        case(
            "a mail server is at the port",
            "tls",
            "does not speak TLS",
            76,
            stub(Does::Greets(b"220 mail.example ESMTP\r\n".to_vec())),
        ),
        case("HTTP without TLS is at the port", "tls", "does not speak TLS", 76, stub(Does::Greets(http))),
        case("TLS begins and does not go on", "tls", "does not finish TLS", 69, stub(Does::IsSilent)),
        case("the connection is cut when TLS begins", "tls", "no TLS connection", 69, stub(Does::Closes)),
        case("a box refuses TLS with this server (alert)", "tls", "HandshakeFailure", 69, alert(40)),
        case("only an old version of TLS is let through", "tls", "another version of TLS", 76, alert(70)),
    ]
}

/// A TLS record with a fatal alert (RFC 8446 section 6).
fn alert(description: u8) -> SocketAddr {
    stub(Does::Greets(vec![21, 3, 3, 0, 2, 2, description]))
}

fn certificates(binary: &'static str) -> Vec<Case> {
    let server = Server::start(binary, &[]);
    let wrong = format!("{}/r#fp={}", server.url(), "A".repeat(43));
    let unknown = format!("{}/r", server.url());
    let authority = server.authority();
    let box_of = |shown: &Shown| Interceptor::start(shown, Then::HandOn(authority.clone()));
    let case = |name, says, exit, by: Interceptor, fragment: &str| {
        let ca = text(by.authority()).to_owned();
        Case::new(binary, name, "tls", says, exit, &format!("https://localhost:{}{fragment}", by.port))
            .arg("--extra-ca", &ca)
            .with(by)
    };
    let good = Shown::by("Ministry of Works CA");
    vec![
        Case::new(binary, "the server has another key than the link says", "tls", "nobody vouches for it", 79, &wrong),
        Case::new(
            binary,
            "the server has a key of its own, and the link does not name it",
            "tls",
            "no authority that this machine trusts",
            79,
            &unknown,
        )
        .with(server),
        case(
            "a box that names its maker reads TLS",
            "Zscaler Inc., which inspects TLS",
            0,
            box_of(&Shown::by("Zscaler Inc.")),
            "",
        ),
        case("a box that does not name itself reads TLS", "the server says that it has another key", 0, box_of(&good), ""),
        case(
            "a box reads TLS, and the link names the server's key",
            "TLS is inspected on the way",
            79,
            box_of(&good),
            &format!("#fp={}", "A".repeat(43)),
        ),
        case(
            "the certificate has run out",
            "valid from 2020-01-01 to 2021-01-01",
            79,
            box_of(&Shown { years: (2020, 2021), ..good.clone() }),
            "",
        ),
        case(
            "the certificate is of the future: this machine's clock is wrong",
            "this machine's clock says",
            79,
            box_of(&Shown { years: (2090, 2096), ..good.clone() }),
            "",
        ),
    ]
}

/// HTTP with a body.
fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// The time that a server tells which is so far from ours, in a header.
fn date(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    format!("Date: {}\r\n", at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
}

fn answers(binary: &'static str) -> Vec<Case> {
    let case = |name, check, says, exit, does| Case::new(binary, name, check, says, exit, &format!("http://{}", stub(does)));
    let ours = serde_json::to_string(&WellKnown::ours(true)).unwrap();
    let said = |known: WellKnown| serde_json::to_string(&known).unwrap();
    let old = said(WellKnown { protocol_min: 0, protocol_max: 0, ..WellKnown::ours(true) });
    let new = said(WellKnown { min_client: "99.0.0".into(), ..WellKnown::ours(true) });
    // Without a time: how long it waits for its turn is nobody's fault.
    let now = "";
    let page = |status, headers: &str| Does::Answers(http(status, &format!("{now}{headers}"), "<p>Welcome</p>"));
    let json = |headers: &str, body: &str| Does::Answers(http("200 OK", headers, body));
    vec![
        case(
            "a guest network sends to its page",
            "server",
            "a web page of login.hotel.example",
            69,
            page("302 Found", "Location: http://login.hotel.example/\r\n"),
        ),
        case(
            "a guest network shows its page",
            "server",
            "on guest networks one where you agree",
            69,
            page("200 OK", "Content-Type: text/html\r\n"),
        ),
        case(
            "a guest network says that it is one (RFC 6585)",
            "server",
            "sends us to a web page",
            69,
            page("511 Network Authentication Required", ""),
        ),
        case("another web server answers", "server", "it answers HTTP 404", 76, page("404 Not Found", "")),
        case(
            "something else answers in JSON",
            "server",
            "it says that it is something else",
            76,
            json(now, &said(WellKnown { product: "toaster".into(), ..WellKnown::ours(true) })),
        ),
        case(
            "what stands in front of the server does not reach it",
            "server",
            "does not reach it (HTTP 502)",
            69,
            page("502 Bad Gateway", ""),
        ),
        case("the server is busy", "server", "is not ready", 69, page("503 Service Unavailable", "")),
        case("the server is too old for this client", "server", "update the server", 76, json(now, &old)),
        case("this client is too old for the server", "server", "update this client", 76, json(now, &new)),
        case(
            "the server takes the connection and does not answer",
            "server",
            "does not answer; try again later",
            69,
            Does::IsSilent,
        ),
        case(
            "what answers is no HTTP",
            "server",
            "does not speak HTTP",
            76,
            Does::Greets(b"\x00\x01\x02\x03\x04garbage\r\n\r\n".to_vec()),
        ),
        case("the answer is far too long", "server", "does not speak HTTP", 76, json(now, &" ".repeat(100_000))),
        case(
            "the answer is cut in the middle",
            "server",
            "does not speak HTTP",
            76,
            Does::Answers(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{".to_vec()),
        ),
        case("this machine's clock is an hour ahead", "clock", "seconds ahead of the server's", 78, json(&date(-3600), &ours)),
        case("this machine's clock is an hour behind", "clock", "seconds behind the server's", 78, json(&date(3600), &ours)),
    ]
}

fn proxies(binary: &'static str) -> Vec<Case> {
    let by = |name, says, exit, proxy: &str| {
        Case::new(binary, name, "proxy", says, exit, "https://meet.example.org").arg("--proxy", proxy)
    };
    let case = |name, says, exit, does| by(name, says, exit, &format!("http://{}", stub(does)));
    let offers = |scheme: &str| http("407 Proxy Authentication Required", &format!("Proxy-Authenticate: {scheme}\r\n"), "");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let keeps = |scheme: &str| {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\n";
        Does::Repeats(format!("{head}Proxy-Authenticate: {scheme}\r\nContent-Length: 0\r\n\r\n").into_bytes())
    };
    let answers = |status| Does::Answers(http(status, "", ""));
    let long = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Filler: ".to_vec(), vec![b'x'; 10_000_000]].concat();
    let known = |name, says, exit, does| {
        let address = format!("http://ana:wrong@{}", stub(does));
        Case::new(binary, name, "proxy", says, exit, "https://meet.example.org").variable("HTTPS_PROXY", &address)
    };
    vec![
        by("nothing listens where the proxy is to be", "cannot be reached", 69, &format!("http://{closed}")),
        by("the proxy's name is not there", "cannot be reached", 68, "http://proxy.invalid:3128"),
        case("the proxy says nothing", "does not answer in time", 69, Does::IsSilent),
        case("what is to be the proxy is none", "is no HTTP proxy", 76, Does::Greets(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())),
        case(
            "the proxy wants a password (Basic)",
            "wants a name and a password; it offers Basic",
            77,
            Does::Answers(offers("Basic realm=\"office\"")),
        ),
        case(
            "the proxy wants a password (NTLM)",
            "wants a name and a password; it offers NTLM",
            77,
            Does::Answers(offers("NTLM")),
        ),
        known("the password at the proxy is wrong", "does not accept the name and password", 77, keeps("Basic realm=\"office\"")),
        known("the proxy breaks off the login by NTLM", "breaks off the login by NTLM", 76, keeps("NTLM bm9uc2Vuc2U=")),
        case("the proxy wants Kerberos", "wants Kerberos", 77, Does::Answers(offers("Negotiate"))),
        case(
            "the proxy wants a login that nobody speaks",
            "a login that we cannot do",
            77,
            Does::Answers(offers("Digest realm=\"office\"")),
        ),
        case("the proxy does not let us go there", "does not let us reach the server: 403", 69, answers("403 Forbidden")),
        case("the proxy does not reach the server", "does not reach the server itself: 502", 69, answers("502 Bad Gateway")),
        case("the proxy sends to a web page", "sends us to a web page", 69, answers("302 Found")),
        case("the proxy refuses otherwise", "refuses: 400", 76, answers("400 Bad Request")),
        case("the proxy closes the connection", "closes the connection without an answer", 69, Does::Closes),
        case(
            "the proxy closes after 100 bytes",
            "closes the connection without an answer",
            69,
            Does::Answers(long.get(..100).unwrap().to_vec()),
        ),
        case("the proxy's answer has 10 MB of headers", "more than a proxy has to say", 76, Does::Answers(long.clone())),
        Case::new(binary, "a script (PAC) is named in place of a proxy", "proxy", "PAC", 78, "https://meet.example.org")
            .variable("HTTPS_PROXY", "http://office.example/proxy.pac"),
    ]
}

fn this_machine(binary: &'static str) -> Vec<Case> {
    let write = |case: &Case, path: &str, text: &str, mode| {
        let at = case.home.path().join(path);
        let directory = at.parent().unwrap();
        std::fs::create_dir_all(directory).unwrap();
        std::fs::write(&at, text).unwrap();
        for (path, mode) in [(at.as_path(), mode), (directory, 0o700)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    let case = |name, check, says, exit| Case::new(binary, name, check, says, exit, "");
    let broken = case("the configuration cannot be read", "", "config.toml", 78);
    write(&broken, ".config/conclave/config.toml", "audio = [", 0o600);
    let changed = case("others can change what this program believes", "files", "can be changed by other users", 78);
    write(&changed, ".config/conclave/vault.age", "x", 0o622);
    let read = case("others can read what is this user's", "files", "can be read by other users", 0);
    write(&read, ".config/conclave/vault.age", "x", 0o640);
    let mut sound = case("there is no sound server", "microphone", "PulseAudio", 66);
    sound.args = ["--audio", "pulse", "--keyring", "none"].map(str::to_owned).into();
    let nothing = sound.home.path().join("nothing");
    let sound = sound.variable("PULSE_SERVER", &format!("unix:{}", text(&nothing)));
    let link = Case::new(binary, "the link is damaged", "", "this is not a room link", 65, "https://meet.example.org/r#oops");
    let secret =
        Case::new(binary, "the link carries a secret where others can read it", "", "carries a secret", 2, "https://h/r#k=AAAA");
    let authority = case("the file of the organisation's authority has none in it", "", "there is no certificate in", 66)
        .arg("--extra-ca", text(Path::new("/etc/hostname")));
    vec![broken, changed, read, sound, link, secret, authority]
}
