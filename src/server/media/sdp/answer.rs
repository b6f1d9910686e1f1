//! Writing an answer: ICE-lite, DTLS-passive, one bundled transport.

use super::{Kind, Offer, Section};
use crate::server::media::sfu::IceCredentials;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// Where we can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate {
    /// By UDP.
    Udp(SocketAddr),
    /// By TCP, which the client opens (RFC 6544): for where UDP is blocked.
    Tcp(SocketAddr),
}

impl Candidate {
    /// The same port at another address.
    #[must_use]
    pub fn at(self, ip: IpAddr) -> Self {
        match self {
            Self::Udp(address) => Self::Udp(SocketAddr::new(ip, address.port())),
            Self::Tcp(address) => Self::Tcp(SocketAddr::new(ip, address.port())),
        }
    }

    /// It is TCP's.
    #[must_use]
    pub fn is_tcp(self) -> bool {
        matches!(self, Self::Tcp(_))
    }

    /// The attribute of the `n`th, counted from 0.
    fn line(self, n: usize) -> String {
        let later = u32::try_from(n).unwrap_or(u32::MAX);
        // RFC 8445 section 5.1.2.1: type preference, local preference, component 1. Of TCP the type preference is lower, so
        // that UDP is tried first, and the local one begins with that of the direction (RFC 6544 section 4.2: passive, 4).
        let priority = |kind: u32, local: u32| (kind << 24) | (local << 8) | 255;
        let (protocol, priority, address, kind) = match self {
            Self::Udp(address) => ("udp", priority(126, 65_535u32.saturating_sub(later)), address, ""),
            Self::Tcp(address) => ("tcp", priority(90, (4 << 13) + 8191u32.saturating_sub(later)), address, " tcptype passive"),
        };
        format!("a=candidate:{} 1 {protocol} {priority} {} {} typ host{kind}", n + 1, address.ip(), address.port())
    }
}

impl From<SocketAddr> for Candidate {
    fn from(address: SocketAddr) -> Self {
        Self::Udp(address)
    }
}

/// Our side of the transport.
#[derive(Debug, Clone, Copy)]
pub struct Local<'a> {
    /// Our credentials for this peer.
    pub ice: &'a IceCredentials,
    /// Fingerprint of our DTLS certificate: `AB:CD:...`.
    pub fingerprint: &'a str,
    /// Where we can be reached, best first.
    pub candidates: &'a [Candidate],
    /// Counts the answers to this peer.
    pub version: u64,
}

/// What we do with a section of sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Take what the client sends.
    pub receive: bool,
    /// Send a track.
    pub send: Option<Sending>,
}

/// A track that we send in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// `PA_x|TR_y`: livekit-client reads owner and track from it.
    pub stream: String,
    /// `TR_y`.
    pub track: String,
    /// Unique on this transport.
    pub ssrc: u32,
}

/// Writes the answer to `offer`: the same sections in the same order. `plan` says what happens in a section of sound.
/// Pictures are answered as inactive and not rejected: a rejected section would stop the client's transceiver for good.
pub fn write(offer: &Offer, local: Local<'_>, plan: impl Fn(&Section) -> Plan) -> String {
    let mut sdp = String::with_capacity(512 + offer.sections.len() * 512);
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = sdp.write_fmt(text); // a String takes everything
        sdp.push_str("\r\n");
    };
    line(format_args!("v=0"));
    line(format_args!("o=- 1 {} IN IP4 127.0.0.1", local.version));
    line(format_args!("s=-"));
    line(format_args!("t=0 0"));
    line(format_args!("a=ice-lite"));
    line(format_args!("a=fingerprint:sha-256 {}", local.fingerprint));
    line(format_args!("a=msid-semantic:WMS *"));
    let group = offer.sections.iter().filter(|s| s.usable).fold(String::new(), |group, s| group + " " + &s.mid);
    line(format_args!("a=group:BUNDLE{group}"));
    // The first bundled section speaks for all (RFC 9143 section 7.3.1); the `webrtc` crate however looks at no section that
    // is inactive, and for somebody who is alone in a room the first one is.
    let (mut first, mut first_active) = (true, true);
    for section in &offer.sections {
        let port = if section.usable { 9 } else { 0 };
        let media = match section.kind {
            Kind::Audio => "audio",
            Kind::Video => "video",
            Kind::Application => "application",
        };
        let payload_type = section.codec.as_ref().filter(|_| section.usable).map(|c| c.payload_type.to_string());
        let format = payload_type.as_deref().unwrap_or(&section.format);
        line(format_args!("m={media} {port} {} {format}", section.protocol));
        line(format_args!("c=IN IP4 0.0.0.0"));
        if !section.mid.is_empty() {
            line(format_args!("a=mid:{}", section.mid));
        }
        if !section.usable {
            line(format_args!("a=inactive"));
            continue;
        }
        line(format_args!("a=ice-ufrag:{}", local.ice.ufrag));
        line(format_args!("a=ice-pwd:{}", local.ice.pwd));
        line(format_args!("a=setup:passive"));
        let plan = if section.kind == Kind::Audio { plan(section) } else { Plan::default() };
        let send = plan.send.filter(|_| section.receives);
        let receive = plan.receive && section.sends;
        let active = section.kind == Kind::Application || receive || send.is_some();
        if first || (active && first_active) {
            for (n, candidate) in local.candidates.iter().enumerate() {
                line(format_args!("{}", candidate.line(n)));
            }
            line(format_args!("a=end-of-candidates"));
            (first, first_active) = (false, first_active && !active);
        }
        let Some(codec) = &section.codec else {
            line(format_args!("a=sctp-port:5000"));
            line(format_args!("a=max-message-size:65536"));
            continue;
        };
        line(format_args!("a=rtcp-mux"));
        line(format_args!("a=rtpmap:{} {}", codec.payload_type, codec.name));
        for (id, uri) in &section.extensions {
            line(format_args!("a=extmap:{id} {uri}"));
        }
        if section.kind == Kind::Video {
            if !codec.parameters.is_empty() {
                line(format_args!("a=fmtp:{} {}", codec.payload_type, codec.parameters));
            }
            line(format_args!("a=inactive"));
            continue;
        }
        if codec.nack {
            line(format_args!("a=rtcp-fb:{} nack", codec.payload_type));
        }
        line(format_args!("a=fmtp:{} minptime=10;useinbandfec=1", codec.payload_type));
        line(format_args!(
            "a={}",
            match (receive, send.is_some()) {
                (true, true) => "sendrecv",
                (true, false) => "recvonly",
                (false, true) => "sendonly",
                (false, false) => "inactive",
            }
        ));
        if let Some(Sending { stream, track, ssrc }) = &send {
            line(format_args!("a=msid:{stream} {track}"));
            line(format_args!("a=ssrc:{ssrc} cname:{stream}"));
            line(format_args!("a=ssrc:{ssrc} msid:{stream} {track}"));
        }
    }
    sdp
}
