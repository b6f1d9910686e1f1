//! A name server of our own (RFC 1035), and programs that ask it and nobody else.

use crate::wire::Namespace;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

const A: u16 = 1;
const AAAA: u16 = 28;

/// What it says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// These addresses; none: the name is there and has none.
    Addresses(Vec<IpAddr>),
    /// There is no such name.
    NoSuchName,
    /// It cannot find out.
    Failure,
    /// Nothing at all.
    Nothing,
}

/// One that runs; it ends with the process.
#[derive(Debug)]
pub struct Names {
    /// Where it listens, at port 53.
    pub address: Ipv4Addr,
    configuration: tempfile::NamedTempFile,
}

impl Names {
    /// Begins, at an address of this machine that nobody else has. `Err`: why that cannot be (port 53 is root's).
    pub fn start(says: impl Fn(&str) -> Says + Send + 'static) -> Result<Self, String> {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let [high, low] = u16::try_from(std::process::id() % 65536).unwrap_or_default().to_be_bytes();
        let address = Ipv4Addr::new(127, high | 1, low, NEXT.fetch_add(1, Ordering::Relaxed));
        Self::start_at(address, says)
    }

    /// Begins at an address.
    pub fn start_at(address: Ipv4Addr, says: impl Fn(&str) -> Says + Send + 'static) -> Result<Self, String> {
        let socket = UdpSocket::bind((address, 53)).map_err(|e| format!("port 53 cannot be listened at ({e})"))?;
        std::thread::spawn(move || {
            let mut query = [0; 512];
            while let Ok((n, from)) = socket.recv_from(&mut query) {
                if let Some(answer) = query.get(..n).and_then(|query| answer(query, &says)) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        let configuration = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
        let text = format!("nameserver {address}\noptions timeout:1 attempts:1\n");
        std::fs::write(configuration.path(), text).map_err(|e| e.to_string())?;
        Ok(Self { address, configuration })
    }

    /// A program whose system asks this name server: in a mount namespace of its own.
    pub fn asked_by(&self, program: impl AsRef<Path>) -> Command {
        self.asked(Command::new("unshare"), program)
    }

    /// The same in a network namespace; the name server must be in it too.
    pub fn asked_in(&self, namespace: &Namespace, program: impl AsRef<Path>) -> Command {
        self.asked(namespace.command("unshare"), program)
    }

    fn asked(&self, mut command: Command, program: impl AsRef<Path>) -> Command {
        let run = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
        command.args(["--mount", "sh", "-c", run]).arg(self.configuration.path()).arg(program.as_ref());
        command
    }
}

/// The answer to a query, if there is to be one.
fn answer(query: &[u8], says: &impl Fn(&str) -> Says) -> Option<Vec<u8>> {
    let mut at = 12;
    let mut name = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        name.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
    let question = query.get(12..at + 4)?;
    let (code, addresses) = match says(&name.join(".")) {
        Says::Nothing => return None,
        Says::Addresses(addresses) => (0, addresses),
        Says::NoSuchName => (3, vec![]),
        Says::Failure => (2, vec![]),
    };
    let records: Vec<Vec<u8>> = addresses
        .into_iter()
        .filter_map(|address| match address {
            IpAddr::V4(v4) if kind == A => Some(v4.octets().to_vec()),
            IpAddr::V6(v6) if kind == AAAA => Some(v6.octets().to_vec()),
            _ => None,
        })
        .collect();
    let mut answer = query.get(..2)?.to_vec();
    answer.extend([0x81, 0x80 | code, 0, 1]);
    answer.extend(u16::try_from(records.len()).ok()?.to_be_bytes());
    answer.extend([0; 4]);
    answer.extend(question);
    for record in records {
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 1]);
        answer.extend(u16::try_from(record.len()).ok()?.to_be_bytes());
        answer.extend(record);
    }
    Some(answer)
}

/// An IPv4 address in a network's own prefix of NAT64, `fd71:64::/96` (RFC 6052). The well-known one takes no private addresses.
pub fn synthesised(v4: Ipv4Addr) -> Ipv6Addr {
    let [a, b, c, d] = v4.octets();
    Ipv6Addr::new(0xfd71, 0x64, 0, 0, 0, 0, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}
