//! The rungs by name, and which of them may be used.

/// A way through the network. Best first: the order of the variants is the order of preference. What goes by UDP comes before what
/// waits for the network to repeat what it lost; a relay's comes behind the same without a relay; what needs a proxy, or looks like the
/// web, comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// ICE over UDP.
    Udp,
    /// By a TURN server, over UDP (RFC 8656).
    Turn,
    /// Datagrams over TCP, as they are (ICE-TCP, RFC 6544).
    Tcp,
    /// By a TURN server, over TCP.
    TurnTcp,
    /// Our tunnel inside TLS.
    Tls,
    /// By a TURN server, over TLS.
    TurnTls,
    /// [`Rung::Tcp`] inside HTTP CONNECT, to a server that has no tunnel of ours.
    ProxyTcp,
    /// [`Rung::TurnTcp`] inside HTTP CONNECT.
    ProxyTurnTcp,
    /// [`Rung::Tls`] inside HTTP CONNECT.
    ProxyTls,
    /// [`Rung::TurnTls`] inside HTTP CONNECT.
    ProxyTurnTls,
    /// Datagrams as messages of a websocket: past what looks into TLS, or ends it.
    Wss,
    /// The same inside HTTP CONNECT.
    ProxyWss,
}

impl Rung {
    /// All of them, best first.
    pub const ALL: [Self; 12] = [
        Self::Udp,
        Self::Turn,
        Self::Tcp,
        Self::TurnTcp,
        Self::Tls,
        Self::TurnTls,
        Self::ProxyTcp,
        Self::ProxyTurnTcp,
        Self::ProxyTls,
        Self::ProxyTurnTls,
        Self::Wss,
        Self::ProxyWss,
    ];

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| rung.name() == name)
    }

    /// As people, options and events name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Turn => "turn",
            Self::Tcp => "tcp",
            Self::TurnTcp => "turn+tcp",
            Self::Tls => "tls",
            Self::TurnTls => "turn+tls",
            Self::ProxyTcp => "proxy+tcp",
            Self::ProxyTurnTcp => "proxy+turn+tcp",
            Self::ProxyTls => "proxy+tls",
            Self::ProxyTurnTls => "proxy+turn+tls",
            Self::Wss => "wss",
            Self::ProxyWss => "proxy+wss",
        }
    }

    /// Whether a TURN server relays.
    pub fn is_relayed(self) -> bool {
        matches!(self, Self::Turn | Self::TurnTcp | Self::TurnTls | Self::ProxyTurnTcp | Self::ProxyTurnTls)
    }
}

/// Which rungs may be used, and which was best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Transport {
    /// This one alone, directly or by the proxy that serves the server. `None`: all of them.
    pub only: Option<Rung>,
    /// The one that was in use the last time, on this network: it begins at once.
    pub first: Option<Rung>,
    /// One connection of our tunnel instead of two: to measure what the second is for.
    pub single: bool,
}

impl Transport {
    /// The words for what may be used.
    pub const WORDS: [&str; 6] = ["auto", "udp", "tcp", "tls", "wss", "turn"];
    /// Behind a word, for benchmarks: [`Transport::single`].
    const SINGLE: &str = "/1";

    /// Whether a rung may be used.
    pub fn allows(self, rung: Rung) -> bool {
        match self.only {
            None => true,
            Some(Rung::Tcp) => matches!(rung, Rung::Tcp | Rung::ProxyTcp),
            Some(Rung::Tls) => matches!(rung, Rung::Tls | Rung::ProxyTls),
            Some(Rung::Wss) => matches!(rung, Rung::Wss | Rung::ProxyWss),
            Some(Rung::Turn) => rung.is_relayed(),
            Some(only) => rung == only,
        }
    }

    /// The rungs towards a server of ours that speaks TLS or does not, and that a proxy serves or not: whoever configured a proxy wants no
    /// connection beside it. What another server has beside UDP, it names itself ([`crate::net::path`]); so do all of them their relays.
    pub fn rungs(self, tls: bool, proxied: bool) -> Vec<Rung> {
        let possible: &[Rung] = match (tls, proxied) {
            (true, true) => &[Rung::Udp, Rung::ProxyTls, Rung::ProxyWss],
            (true, false) => &[Rung::Udp, Rung::Tcp, Rung::Tls, Rung::Wss],
            (false, _) => &[Rung::Udp, Rung::Tcp, Rung::Wss],
        };
        possible.iter().copied().filter(|rung| self.allows(*rung)).collect()
    }
}

impl std::str::FromStr for Transport {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let (word, single) = word.strip_suffix(Self::SINGLE).map_or((word, false), |word| (word, true));
        let only = match word {
            "auto" => None,
            "udp" => Some(Rung::Udp),
            "tcp" => Some(Rung::Tcp),
            "tls" => Some(Rung::Tls),
            "wss" => Some(Rung::Wss),
            "turn" => Some(Rung::Turn),
            _ => return Err(format!("it is one of {}", Self::WORDS.join(", "))),
        };
        Ok(Self { only, first: None, single })
    }
}
