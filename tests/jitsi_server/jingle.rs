//! The offer, exactly as jicofo makes it of what a client says that it can do.

use super::bridge::{Allocation, Answer};
use super::sources::{self, Map};
use super::stanza::{FOCUS, ICE, JINGLE, RTP, attr, child, children};
use conclave::server::media::sfu::IceCredentials;
use minidom::Element;

const FEEDBACK: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
const EXTENSION: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";

/// What a client's disco#info says of these.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub(crate) struct Features {
    pub(crate) audio: bool,
    pub(crate) video: bool,
    pub(crate) tcc: bool,
    pub(crate) rtx: bool,
    pub(crate) sctp: bool,
    pub(crate) json: bool,
    pub(crate) rewriting: bool,
}

impl Features {
    pub(crate) fn read(query: &Element) -> Self {
        let has = |feature: &str| children(query, "feature").any(|f| attr(f, "var") == feature);
        Self {
            audio: has("urn:xmpp:jingle:apps:rtp:audio"),
            video: has("urn:xmpp:jingle:apps:rtp:video"),
            tcc: has("http://jitsi.org/tcc"),
            rtx: has("urn:ietf:rfc:4588"),
            sctp: has("urn:xmpp:jingle:transports:dtls-sctp:1"),
            json: has("http://jitsi.org/json-encoded-sources"),
            rewriting: has("http://jitsi.org/ssrc-rewriting-1"),
        }
    }

    /// Of a client that has not said.
    pub(crate) fn all() -> Self {
        Self { audio: true, video: true, tcc: true, rtx: true, ..Self::default() }
    }
}

/// One offer.
pub(crate) struct Offer<'a> {
    pub(crate) sid: &'a str,
    pub(crate) bridge_session: &'a str,
    pub(crate) features: Features,
    pub(crate) allocation: &'a Allocation,
    /// `ws://host:port/`; `None`: the channel is a data channel.
    pub(crate) channels: Option<&'a str>,
    pub(crate) sources: &'a Map,
    /// Sound and picture.
    pub(crate) start_muted: Option<(bool, bool)>,
}

fn feedback(tcc: bool) -> String {
    let tcc = if tcc { format!("<rtcp-fb xmlns='{FEEDBACK}' type='transport-cc'/>") } else { String::new() };
    format!(
        "<rtcp-fb subtype='fir' xmlns='{FEEDBACK}' type='ccm'/><rtcp-fb xmlns='{FEEDBACK}' type='nack'/>\
         <rtcp-fb subtype='pli' xmlns='{FEEDBACK}' type='nack'/>{tcc}"
    )
}

fn extension(uri: &str, id: u8) -> String {
    format!("<rtp-hdrext xmlns='{EXTENSION}' uri='{uri}' id='{id}'/>")
}

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const TCC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

fn audio(features: Features, sources: &str) -> String {
    let tcc = if features.tcc { format!("<rtcp-fb xmlns='{FEEDBACK}' type='transport-cc'/>") } else { String::new() };
    let extensions = [
        extension("urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1),
        extension(MID, 10),
        if features.tcc { extension(TCC, 5) } else { String::new() },
    ]
    .concat();
    format!(
        "<description media='audio' maxptime='60' xmlns='{RTP}'>\
         <payload-type name='opus' channels='2' id='111' clockrate='48000'><parameter name='minptime' value='10'/>\
         <parameter name='useinbandfec' value='1'/>{tcc}</payload-type>\
         <payload-type name='telephone-event' clockrate='8000' id='126'/>{extensions}\
         <extmap-allow-mixed xmlns='{EXTENSION}'/><rtcp-mux/>{sources}</description>"
    )
}

fn video(features: Features, sources: &str) -> String {
    let codec = |name: &str, id: u8, more: &str| {
        let feedback = feedback(features.tcc);
        format!("<payload-type name='{name}' clockrate='90000' id='{id}'>{feedback}{more}</payload-type>")
    };
    let rtx = |id: u8, of: u8, fed: bool| {
        let feedback = if fed { feedback(false) } else { String::new() };
        format!(
            "<payload-type name='rtx' clockrate='90000' id='{id}'><parameter name='apt' value='{of}'/>{feedback}</payload-type>"
        )
    };
    let h264 = "<parameter name='profile-level-id' value='42e01f;level-asymmetry-allowed=1;packetization-mode=1;'/>";
    let mut types = [codec("AV1", 41, ""), codec("VP8", 100, ""), codec("H264", 107, h264), codec("VP9", 101, "")].concat();
    if features.rtx {
        types += &[rtx(42, 41, true), rtx(96, 100, true), rtx(97, 101, true), rtx(99, 107, false)].concat();
    }
    let extensions = [
        extension("https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", 11),
        extension(MID, 10),
        extension("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", 3),
        if features.tcc { extension(TCC, 5) } else { String::new() },
    ]
    .concat();
    format!(
        "<description media='video' xmlns='{RTP}'>{types}{extensions}<extmap-allow-mixed xmlns='{EXTENSION}'/><rtcp-mux/>\
         {sources}</description>"
    )
}

/// The bridge's transport, with what stands in it after the candidates.
pub(crate) fn transport(allocation: &Allocation, channels: Option<&str>, more: &str) -> String {
    let Allocation { ice, fingerprint, address, channel } = allocation;
    let websocket = channels
        .map_or(String::new(), |at| format!("<web-socket url='{at}{channel}' xmlns='http://jitsi.org/protocol/colibri'/>"));
    format!(
        "<transport pwd='{}' ufrag='{}' xmlns='{ICE}'>{websocket}<rtcp-mux/>\
         <fingerprint cryptex='false' hash='sha-256' required='false' xmlns='urn:xmpp:jingle:apps:dtls:0' setup='actpass'>{fingerprint}\
         </fingerprint><candidate component='1' network='0' type='host' foundation='1' ip='{}' priority='2130706431' port='{}' \
         protocol='udp' id='330a47f2c3f98770652346de' generation='0'/>{more}</transport>",
        ice.pwd,
        ice.ufrag,
        address.ip(),
        address.port()
    )
}

impl Offer<'_> {
    /// The `<jingle>` of a session-initiate.
    pub(crate) fn text(&self) -> String {
        let Self { sid, bridge_session, features, sources, .. } = self;
        let xml = |is_video| if features.json { String::new() } else { sources::elements(sources, is_video) };
        let mut contents = Vec::new();
        if features.audio {
            contents.push(("audio", audio(*features, &xml(false)), ""));
        }
        if features.video {
            contents.push(("video", video(*features, &xml(true)), ""));
        }
        if features.sctp && self.channels.is_none() {
            let map = "<sctpmap number='5000' protocol='webrtc-datachannel' streams='1024' \
                       xmlns='urn:xmpp:jingle:transports:dtls-sctp:1'/>";
            contents.push(("data", format!("<description media='application' xmlns='{RTP}'/>"), map));
        }
        let bundle: String = contents.iter().map(|(name, ..)| format!("<content name='{name}'/>")).collect();
        let contents: String = contents
            .iter()
            .map(|(name, description, more)| {
                let transport = transport(self.allocation, self.channels, more);
                format!("<content name='{name}' creator='initiator' senders='both'>{description}{transport}</content>")
            })
            .collect();
        let muted = self.start_muted.map_or(String::new(), |(audio, video)| {
            format!("<startmuted audio='{audio}' video='{video}' xmlns='http://jitsi.org/jitmeet/start-muted'/>")
        });
        let json = if features.json { sources::json_message(sources) } else { String::new() };
        format!(
            "<jingle xmlns='{JINGLE}' action='session-initiate' initiator='focus@auth.meet.test/focus' sid='{sid}'>{contents}\
             <group semantics='BUNDLE' xmlns='urn:xmpp:jingle:apps:grouping:0'>{bundle}</group>\
             <bridge-session id='{bridge_session}' xmlns='{FOCUS}'/>{muted}{json}\
             <traceparent parent_id='0000000000000000' trace_id='00000000000000000000000000000000' xmlns='jitsi:opentelemetry' \
             trace_flags='00'/></jingle>"
        )
    }
}

/// What a client's Jingle says of its transport: `None` if it has none that is whole.
pub(crate) fn answer(jingle: &Element) -> Option<Answer> {
    let (ice, transport) = transports(jingle).find_map(|transport| Some((credentials(transport)?, transport)))?;
    let digits = child(transport, "fingerprint")?.text();
    let bytes: Option<Vec<u8>> = digits.trim().split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    Some(Answer { ice, fingerprint: bytes?.try_into().ok()? })
}

/// A transport's ICE credentials.
pub(crate) fn credentials(transport: &Element) -> Option<IceCredentials> {
    let (ufrag, pwd) = (attr(transport, "ufrag").to_owned(), attr(transport, "pwd").to_owned());
    (!ufrag.is_empty() && !pwd.is_empty()).then_some(IceCredentials { ufrag, pwd })
}

/// The transports of all contents.
pub(crate) fn transports(jingle: &Element) -> impl Iterator<Item = &Element> {
    children(jingle, "content").filter_map(|content| child(content, "transport"))
}

/// Whether the videobridge would fail over it: a candidate of any other component than 1.
pub(crate) fn breaks_the_bridge(jingle: &Element) -> bool {
    transports(jingle).flat_map(|transport| children(transport, "candidate")).any(|candidate| attr(candidate, "component") != "1")
}
