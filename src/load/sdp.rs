//! The client's SDP: offers made from a template, and what an answer says of the transport.

use crate::server::media::sfu::IceCredentials;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// Payload type of Opus.
pub(super) const OPUS: u8 = 111;

/// A section of an offer; its mid is its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Section {
    /// Sound of others.
    Receive,
    /// Our microphone: track id and SSRC.
    Send(String, u32),
}

/// Our side of the transport.
pub(super) struct Local<'a> {
    pub(super) ice: &'a IceCredentials,
    pub(super) fingerprint: &'a str,
    pub(super) address: SocketAddr,
    pub(super) version: u32,
}

/// Writes an offer.
pub(super) fn offer(local: &Local<'_>, sections: &[Section]) -> String {
    let mut sdp = String::with_capacity(256 + 512 * sections.len());
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = sdp.write_fmt(text); // a String takes everything
        sdp.push_str("\r\n");
    };
    let (address, family) = (local.address, if local.address.is_ipv4() { 4 } else { 6 });
    line(format_args!("v=0"));
    line(format_args!("o=- 1 {} IN IP{family} {}", local.version, address.ip()));
    line(format_args!("s=-"));
    line(format_args!("t=0 0"));
    line(format_args!("a=group:BUNDLE{}", (0..sections.len()).fold(String::new(), |all, mid| format!("{all} {mid}"))));
    line(format_args!("a=fingerprint:sha-256 {}", local.fingerprint));
    for (mid, section) in sections.iter().enumerate() {
        line(format_args!("m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}"));
        line(format_args!("c=IN IP{family} {}", address.ip()));
        line(format_args!("a=mid:{mid}"));
        line(format_args!("a=ice-ufrag:{}", local.ice.ufrag));
        line(format_args!("a=ice-pwd:{}", local.ice.pwd));
        line(format_args!("a=setup:actpass"));
        line(format_args!("a=rtcp-mux"));
        line(format_args!("a=rtpmap:{OPUS} opus/48000/2"));
        line(format_args!("a=fmtp:{OPUS} minptime=10;useinbandfec=1"));
        match section {
            Section::Receive => line(format_args!("a=recvonly")),
            Section::Send(track, ssrc) => {
                line(format_args!("a=sendonly"));
                line(format_args!("a=msid:load {track}"));
                line(format_args!("a=ssrc:{ssrc} cname:load"));
                line(format_args!("a=ssrc:{ssrc} msid:load {track}"));
            }
        }
        if mid == 0 {
            line(format_args!("a=candidate:1 1 udp 2130706431 {} {} typ host", address.ip(), address.port()));
            line(format_args!("a=end-of-candidates"));
        }
    }
    sdp
}

/// What an answer says of the server's transport.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) ice: IceCredentials,
    pub(super) fingerprint: [u8; 32],
    pub(super) candidates: Vec<SocketAddr>,
    /// The server begins the DTLS handshake (LiveKit's does), or we do (ours waits).
    pub(super) active: bool,
}

/// Reads an answer; `None` if it has no transport.
pub(super) fn answer(sdp: &str) -> Option<Answer> {
    let attribute = |name: &str| sdp.lines().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)).map(str::trim);
    let ice = IceCredentials { ufrag: attribute("ice-ufrag:")?.to_owned(), pwd: attribute("ice-pwd:")?.to_owned() };
    let digits = attribute("fingerprint:")?.split_once(' ').filter(|(a, _)| a.eq_ignore_ascii_case("sha-256"))?.1;
    let bytes: Vec<u8> = digits.split(':').map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>().ok()?;
    let candidates = sdp.lines().filter_map(|line| candidate(line.strip_prefix("a=")?)).collect();
    let active = attribute("setup:") == Some("active");
    Some(Answer { ice, fingerprint: bytes.try_into().ok()?, candidates, active })
}

/// The address in `candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host`, if it is of UDP.
pub(super) fn candidate(line: &str) -> Option<SocketAddr> {
    let mut words = line.strip_prefix("candidate:")?.split_ascii_whitespace().skip(1);
    let rtp = words.next()? == "1" && words.next()?.eq_ignore_ascii_case("udp");
    let address = SocketAddr::new(words.nth(1)?.parse().ok()?, words.next()?.parse().ok()?);
    rtp.then_some(address)
}

/// The address in a trickled candidate: `{"candidate":"candidate:…", …}`.
pub(super) fn trickled(json: &str) -> Option<SocketAddr> {
    candidate(serde_json::from_str::<serde_json::Value>(json).ok()?.get("candidate")?.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::media::sdp;

    #[test]
    fn our_server_reads_the_offer_and_we_read_its_answer() {
        let ice = IceCredentials { ufrag: "abcd".into(), pwd: "abcdefghijklmnopqrstuvwx".into() };
        let fingerprint = ["AB"; 32].join(":");
        for at in ["192.0.2.1:5000", "[2001:db8::1]:5000"] {
            let address: SocketAddr = at.parse().unwrap();
            let local = Local { ice: &ice, fingerprint: &fingerprint, address, version: 1 };
            let text = offer(&local, &[Section::Receive, Section::Send("track".into(), 7)]);
            let read = sdp::parse(&text).unwrap();
            assert_eq!((&read.ice, read.fingerprint, read.sections.len()), (&ice, [0xAB; 32], 2));
            let [hears, speaks] = &read.sections[..] else { panic!() };
            assert!(hears.outgoing() == Some(OPUS) && hears.incoming().is_none());
            assert_eq!((speaks.incoming().unwrap().ssrc, speaks.track_id.as_deref()), (Some(7), Some("track")));
            let theirs = sdp::Local { ice: &ice, fingerprint: &fingerprint, candidates: &[address.into()], version: 1 };
            let text = sdp::write(&read, theirs, |_| sdp::Plan { receive: true, send: None });
            let mut found = answer(&text).unwrap();
            found.candidates.dedup(); // in more than one section
            assert_eq!(found, Answer { ice: ice.clone(), fingerprint: [0xAB; 32], candidates: vec![address], active: false });
        }
    }

    #[test]
    fn candidates_of_tcp_and_noise_are_left_out() {
        let address = |s: &str| candidate(s).map(|a| a.to_string());
        assert_eq!(address("candidate:1 1 udp 5 192.0.2.1 7 typ host").as_deref(), Some("192.0.2.1:7"));
        for bad in ["candidate:1 1 tcp 5 192.0.2.1 7 typ host", "candidate:1 2 udp 5 192.0.2.1 7 typ host", "candidate:", ""] {
            assert_eq!(address(bad), None, "{bad}");
        }
        assert!(trickled(r#"{"candidate":"candidate:1 1 udp 5 192.0.2.1 7 typ host","sdpMid":"0"}"#).is_some());
        assert!(trickled("{}").is_none() && trickled("x").is_none());
    }
}
