//! What a proxy answers to CONNECT: what the `connect` target does, and a module of `tests/fuzz_proxy.rs`, which runs it on stable.

use conclave::net::Target;
use conclave::net::proxy::connect::{Connect, Next};
use conclave::net::proxy::{Configured, Credentials, Proxies, Refusal};

const PASSWORD: &str = "hunter2-passerine";

/// A proxy says these bytes, in pieces whose size the first byte chooses, on as many connections as it likes: the client takes
/// its answers and nothing behind them, comes to an end, and says why in words that harm no terminal.
#[allow(clippy::expect_used, reason = "a fuzz target without its proxy is of no use")]
pub fn connect(data: &[u8]) {
    let Some((&shape, mut said)) = data.split_first() else { return };
    let who = (shape & 1 == 1).then(|| Credentials::new("OFFICE\\ana".into(), PASSWORD.to_owned().into()));
    let piece = usize::from(shape >> 1) + 1;
    let mut connect = Connect::new("meet.example:443".into(), who);
    let (mut requests, mut connections) = (0, 1);
    let ended: Option<Refusal> = loop {
        match connect.step() {
            Next::Send(request) => {
                requests += 1;
                assert!(request.starts_with(b"CONNECT meet.example:443 HTTP/1.1\r\n") && request.ends_with(b"\r\n\r\n"));
                assert!(!request.windows(PASSWORD.len()).any(|w| w == PASSWORD.as_bytes()), "the password as it is");
            }
            Next::Reconnect => connections += 1,
            Next::Open => break None,
            Next::Receive => {
                let now = said.get(..piece).unwrap_or(said);
                let done = if now.is_empty() { connect.closed().map(|()| 0) } else { connect.receive(now) };
                match done {
                    Ok(taken) => {
                        assert!(taken <= now.len(), "more than came");
                        said = said.get(taken..).unwrap_or_default();
                        assert!(taken > 0 || now.is_empty(), "it does not go on");
                    }
                    Err(refusal) => break Some(refusal),
                }
            }
        }
        assert!(requests <= 6 && connections <= 6, "it does not end");
    };
    let Some(refusal) = ended else { return };
    let proxies = Proxies::of(Configured::read("proxy.example:3128", "", |_| None).expect("a good address"));
    let to = Target { host: "meet.example".into(), port: 443, tls: true };
    let proxy = proxies.serving(&to).expect("a good address").expect("it serves all");
    let text = refusal.explain(&proxy, &to).text;
    assert!(text.len() < 2000 && !text.contains(char::is_control) && !text.contains(PASSWORD), "{text}");
}
