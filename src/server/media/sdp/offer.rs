//! Reading an offer.

use super::{Codec, EXTENSIONS, Kind, MAX_OFFER, MAX_SECTIONS, Offer, SdpError, Section};
use crate::server::media::sfu::IceCredentials;

/// What is read at session level or in a section: one transport.
#[derive(Default)]
struct Transport {
    ufrag: Option<String>,
    pwd: Option<String>,
    fingerprint: Option<[u8; 32]>,
    setup: Option<String>,
}

/// A section while its lines are read.
struct Draft {
    kind: Kind,
    protocol: String,
    formats: Vec<String>,
    port_zero: bool,
    bundle_only: bool,
    sends: bool,
    receives: bool,
    mid: Option<String>,
    maps: Vec<(u8, String)>,
    parameters: Vec<(u8, String)>,
    /// Payload types with generic NACK; `None` = all.
    nack: Vec<Option<u8>>,
    extensions: Vec<(u8, &'static str)>,
    ssrc: Option<u32>,
    track_id: Option<String>,
    transport: Transport,
}

/// Reads an offer.
pub fn parse(sdp: &str) -> Result<Offer, SdpError> {
    if sdp.len() > MAX_OFFER {
        return Err(SdpError::TooLong);
    }
    let mut session = Transport::default();
    let mut bundle: Vec<&str> = Vec::new();
    let (mut send, mut receive) = (true, true);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut lines = sdp.lines().map(str::trim_end);
    if lines.next() != Some("v=0") {
        return Err(SdpError::Malformed);
    }
    for line in lines {
        if let Some(media) = line.strip_prefix("m=") {
            if drafts.len() >= MAX_SECTIONS {
                return Err(SdpError::TooLong);
            }
            drafts.push(Draft::new(media, send, receive)?);
            continue;
        }
        let Some(attribute) = line.strip_prefix("a=") else { continue };
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match drafts.last_mut() {
            Some(draft) => draft.attribute(name, value)?,
            None if name == "group" => {
                let mut words = value.split_ascii_whitespace();
                if words.next() == Some("BUNDLE") && bundle.is_empty() {
                    bundle = words.take(MAX_SECTIONS).collect();
                }
            }
            None => {
                session.attribute(name, value)?;
                direction(name, &mut send, &mut receive);
            }
        }
    }
    finish(session, &bundle, drafts)
}

fn finish(session: Transport, bundle: &[&str], drafts: Vec<Draft>) -> Result<Offer, SdpError> {
    let members: std::collections::HashSet<&str> = bundle.iter().copied().collect();
    let mut mids = std::collections::HashSet::new();
    let mut transport: Option<Transport> = None;
    let mut sections = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let bundled = draft.mid.as_deref().is_some_and(|m| members.contains(m)) && (!draft.port_zero || draft.bundle_only);
        if draft.mid.as_ref().is_some_and(|m| !mids.insert(m.clone())) {
            return Err(SdpError::Malformed); // two sections of one name cannot be told apart
        }
        let (section, own) = draft.finish(bundled)?;
        // All bundled sections share the first one's transport (RFC 9143 section 7).
        if bundled && transport.is_none() && (own.ufrag.is_some() || session.ufrag.is_some()) {
            transport = Some(own);
        }
        sections.push(section);
    }
    if !sections.iter().any(|s| s.usable) {
        return Err(SdpError::NoBundle);
    }
    let own = transport.ok_or(SdpError::NoIce)?;
    let (ufrag, pwd) = (own.ufrag.or(session.ufrag), own.pwd.or(session.pwd));
    let ice = ufrag.zip(pwd).map(|(ufrag, pwd)| IceCredentials { ufrag, pwd }).ok_or(SdpError::NoIce)?;
    let fingerprint = own.fingerprint.or(session.fingerprint).ok_or(SdpError::NoFingerprint)?;
    if own.setup.or(session.setup).as_deref() == Some("passive") {
        return Err(SdpError::Passive);
    }
    Ok(Offer { ice, fingerprint, sections })
}

impl Transport {
    fn attribute(&mut self, name: &str, value: &str) -> Result<(), SdpError> {
        match name {
            "ice-ufrag" => self.ufrag = Some(ice_chars(value, 4)?),
            "ice-pwd" => self.pwd = Some(ice_chars(value, 22)?),
            "setup" => self.setup = Some(token(value)?),
            "fingerprint" => {
                if let Some((algorithm, digits)) = value.split_once(' ')
                    && algorithm.eq_ignore_ascii_case("sha-256")
                {
                    self.fingerprint = Some(fingerprint(digits).ok_or(SdpError::Malformed)?);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Draft {
    fn new(line: &str, sends: bool, receives: bool) -> Result<Self, SdpError> {
        let mut words = line.split_ascii_whitespace();
        let kind = match words.next() {
            Some("audio") => Kind::Audio,
            Some("video") => Kind::Video,
            Some("application") => Kind::Application,
            _ => return Err(SdpError::Malformed),
        };
        let port = words.next().and_then(|p| p.parse::<u16>().ok()).ok_or(SdpError::Malformed)?;
        let protocol = words.next().and_then(|p| p.split('/').all(|w| token(w).is_ok()).then(|| p.to_string()));
        let formats = words.take(256).map(token).collect::<Result<Vec<_>, _>>()?;
        if formats.is_empty() {
            return Err(SdpError::Malformed);
        }
        Ok(Self {
            kind,
            protocol: protocol.ok_or(SdpError::Malformed)?,
            formats,
            port_zero: port == 0,
            bundle_only: false,
            sends,
            receives,
            mid: None,
            maps: Vec::new(),
            parameters: Vec::new(),
            nack: Vec::new(),
            extensions: Vec::new(),
            ssrc: None,
            track_id: None,
            transport: Transport::default(),
        })
    }

    fn attribute(&mut self, name: &str, value: &str) -> Result<(), SdpError> {
        match name {
            "mid" => self.mid = Some(token(value)?),
            "bundle-only" => self.bundle_only = true,
            "rtpmap" => push(&mut self.maps, value),
            "fmtp" => push(&mut self.parameters, value),
            "rtcp-fb" => {
                if let Some((payload_type, "nack")) = value.split_once(' ')
                    && self.nack.len() < 256
                {
                    let of = if payload_type == "*" { Some(None) } else { payload_type.parse().ok().map(Some) };
                    self.nack.extend(of);
                }
            }
            "extmap" => {
                let mut words = value.split_ascii_whitespace();
                let id = words.next().and_then(|w| w.split('/').next()).and_then(|id| id.parse::<u8>().ok()).filter(|id| *id > 0);
                let uri = words.next().and_then(|uri| EXTENSIONS.into_iter().find(|known| *known == uri));
                if let Some((id, uri)) = id.zip(uri)
                    && self.extensions.iter().all(|(i, u)| *i != id && *u != uri)
                {
                    self.extensions.push((id, uri));
                }
            }
            "ssrc" => {
                let (ssrc, rest) = value.split_once(' ').unwrap_or((value, ""));
                self.ssrc = self.ssrc.or_else(|| ssrc.parse().ok());
                if let Some(msid) = rest.strip_prefix("msid:") {
                    self.msid(msid);
                }
            }
            "msid" => self.msid(value),
            _ => {
                direction(name, &mut self.sends, &mut self.receives);
                self.transport.attribute(name, value)?;
            }
        }
        Ok(())
    }

    fn msid(&mut self, value: &str) {
        let track = value.split_ascii_whitespace().nth(1).filter(|t| t.len() <= 256);
        self.track_id = self.track_id.take().or_else(|| track.map(str::to_string));
    }

    /// The codec to answer with.
    fn codec(&self) -> Option<Codec> {
        let fits = |(payload_type, name): &&(u8, String)| {
            let encoding = name.split('/').next().unwrap_or("").to_ascii_lowercase();
            // 64 to 95 would be taken for RTCP (RFC 5761 section 4).
            !(64..96).contains(payload_type)
                && self.formats.iter().any(|f| f.parse() == Ok(*payload_type))
                && match self.kind {
                    Kind::Audio => name.eq_ignore_ascii_case("opus/48000/2"),
                    Kind::Video => !matches!(encoding.as_str(), "rtx" | "red" | "ulpfec" | "flexfec-03"),
                    Kind::Application => false,
                }
        };
        let (payload_type, name) = self.maps.iter().find(fits)?;
        let parameters = self.parameters.iter().find(|(p, _)| p == payload_type).map(|(_, v)| v.clone()).unwrap_or_default();
        let nack = self.nack.iter().any(|p| p.is_none_or(|p| p == *payload_type));
        Some(Codec { payload_type: *payload_type, name: name.clone(), parameters, nack })
    }

    fn finish(self, bundled: bool) -> Result<(Section, Transport), SdpError> {
        let codec = self.codec();
        let usable = bundled
            && match self.kind {
                Kind::Application => self.formats.first().is_some_and(|f| f == "webrtc-datachannel"),
                _ => codec.is_some(),
            };
        let section = Section {
            kind: self.kind,
            // A section without a name cannot be in a BUNDLE group, so it is rejected and its name is not needed.
            mid: self.mid.unwrap_or_default(),
            protocol: self.protocol,
            format: self.formats.into_iter().next().ok_or(SdpError::Malformed)?,
            usable,
            sends: self.sends,
            receives: self.receives,
            codec,
            extensions: self.extensions,
            ssrc: self.ssrc,
            track_id: self.track_id,
        };
        Ok((section, self.transport))
    }
}

fn direction(name: &str, sends: &mut bool, receives: &mut bool) {
    (*sends, *receives) = match name {
        "sendrecv" => (true, true),
        "sendonly" => (true, false),
        "recvonly" => (false, true),
        "inactive" => (false, false),
        _ => return,
    };
}

/// Keeps `111 opus/48000/2`-like values that may be echoed: short, printable ASCII. Others are as good as absent.
fn push(list: &mut Vec<(u8, String)>, value: &str) {
    if let Some((number, text)) = value.split_once(' ')
        && let Ok(number) = number.parse::<u8>()
        && number < 128
        && list.len() < 256
        && text.len() <= 256
        && text.bytes().all(|b| (0x20..0x7f).contains(&b))
    {
        list.push((number, text.to_string()));
    }
}

/// A token (RFC 8866 section 9) of at most 64 characters.
fn token(value: &str) -> Result<String, SdpError> {
    let good = !value.is_empty()
        && value.len() <= 64
        && value.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]".contains(&b));
    good.then(|| value.to_string()).ok_or(SdpError::Malformed)
}

/// ICE characters (RFC 8839 section 5.4), at least `least` of them and at most 256.
fn ice_chars(value: &str, least: usize) -> Result<String, SdpError> {
    // Chromium's own fragments may hold "-" and "_" too.
    let good = (least..=256).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b));
    good.then(|| value.to_string()).ok_or(SdpError::Malformed)
}

fn fingerprint(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let mut pairs = digits.trim().split(':');
    for byte in &mut bytes {
        let pair = pairs.next().filter(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    pairs.next().is_none().then_some(bytes)
}
