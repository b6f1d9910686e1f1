//! A scripted client's media: the `webrtc` crate, told by hand what Jingle says.

use super::jingle::{credentials, transports};
use super::record::PATIENCE;
use super::stanza::{attr, child, children, random_ssrc};
use bytes::Bytes;
use minidom::Element;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_OPUS;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::*;

/// What arrived: SSRC and payload.
type Heard = (u32, Vec<u8>);

struct Handler(mpsc::UnboundedSender<Heard>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let heard = self.0.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    let _ = heard.send((packet.header.ssrc, packet.payload.to_vec()));
                }
            }
        });
    }
}

pub(crate) struct Peer {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    pub(crate) ssrc: u32,
    heard: mpsc::UnboundedReceiver<Heard>,
    transport: Element,
    /// Name and SSRC of each remote source, in the order of the m-lines after the first, which is its own.
    remotes: Vec<(String, u32)>,
    channel: Option<Arc<dyn DataChannel>>,
    version: u32,
    sent: u16,
}

impl Peer {
    /// For an offer; `remotes`: what it names besides the bridge.
    pub(crate) async fn new(offer: &Element, remotes: &[(String, u32)]) -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let ssrc = random_ssrc();
        let mut media = MediaEngine::default();
        media.register_default_codecs().unwrap();
        let level = RTCRtpHeaderExtensionCapability { uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level".to_owned() };
        media.register_header_extension(level, RtpCodecKind::Audio, None).unwrap();
        let registry = register_default_interceptors(Registry::new(), &mut media).unwrap();
        let settings = SettingEngineBuilder::new().with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled).build();
        let builder = PeerConnectionBuilder::new().with_configuration(RTCConfigurationBuilder::default().build());
        let builder = builder.with_media_engine(media).with_interceptor_registry(registry).with_setting_engine(settings);
        let builder = builder.with_handler(Arc::new(Handler(sender))).with_udp_addrs(vec!["127.0.0.1:0".to_owned()]);
        let connection: Arc<dyn PeerConnection> = Arc::new(builder.build().await.unwrap());
        let track = opus(ssrc);
        connection.add_track(track.clone() as Arc<dyn TrackLocal>).await.unwrap();
        let mut channel = None;
        if children(offer, "content").any(|content| attr(content, "name") == "data") {
            let init = RTCDataChannelInit { protocol: "http://jitsi.org/protocols/colibri".to_owned(), ..Default::default() };
            channel = Some(connection.create_data_channel("JVB data channel", Some(init)).await.unwrap());
        }
        let (remotes, transport) = (remotes.to_vec(), transports(offer).next().unwrap().clone());
        let mut peer = Self { connection, track, ssrc, heard, transport, remotes, channel, version: 0, sent: 0 };
        peer.negotiate().await;
        peer
    }

    /// The offer as a session description: one m-line for each remote source.
    fn description(&self) -> String {
        let ice = credentials(&self.transport).unwrap();
        let candidate = child(&self.transport, "candidate").unwrap();
        assert_eq!(attr(candidate, "component"), "1");
        let fingerprint = child(&self.transport, "fingerprint").unwrap().text();
        let audio = 1 + self.remotes.len();
        let count = audio + usize::from(self.channel.is_some());
        let mids: Vec<String> = (0..count).map(|mid| mid.to_string()).collect();
        let mut sdp =
            format!("v=0\r\no=- 1 {} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n", self.version, mids.join(" "));
        let common = |mid: usize| {
            format!(
                "c=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na=setup:actpass\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\n",
                ice.ufrag,
                ice.pwd,
                fingerprint.trim()
            )
        };
        for mid in 0..audio {
            let direction = if mid == 0 { "recvonly" } else { "sendonly" };
            sdp += &format!("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{}a=rtcp-mux\r\na={direction}\r\n", common(mid));
            sdp += "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp-fb:111 transport-cc\r\n";
            sdp += "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n";
            if mid == 0 {
                let (ip, port) = (attr(candidate, "ip"), attr(candidate, "port"));
                sdp += &format!("a=candidate:1 1 udp 2130706431 {ip} {port} typ host\r\na=end-of-candidates\r\n");
            }
            if let Some((name, ssrc)) = mid.checked_sub(1).and_then(|remote| self.remotes.get(remote)) {
                sdp += &format!("a=msid:{name} {name}\r\na=ssrc:{ssrc} cname:{name}\r\na=ssrc:{ssrc} msid:{name} {name}\r\n");
            }
        }
        if self.channel.is_some() {
            sdp += &format!("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{}a=sctp-port:5000\r\n", common(audio));
        }
        sdp
    }

    async fn negotiate(&mut self) {
        self.version += 1;
        let offer = RTCSessionDescription::offer(self.description()).unwrap();
        self.connection.set_remote_description(offer).await.unwrap();
        let answer = self.connection.create_answer(None).await.unwrap();
        self.connection.set_local_description(answer).await.unwrap();
    }

    /// Another source is to be heard.
    pub(crate) async fn add(&mut self, name: &str, ssrc: u32) {
        self.remotes.push((name.to_owned(), ssrc));
        self.negotiate().await;
    }

    /// The bridge has other ICE credentials now: a transport-info.
    pub(crate) async fn restart(&mut self, info: &Element) {
        self.transport = transports(info).next().unwrap().clone();
        self.negotiate().await;
    }

    /// Its ICE credentials and its fingerprint.
    pub(crate) async fn answer(&self) -> (String, String, String) {
        let sdp = self.connection.local_description().await.unwrap().sdp;
        let of = |name: &str| {
            let line = sdp.lines().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap().trim().to_owned()
        };
        (of("ice-ufrag"), of("ice-pwd"), of("fingerprint").replace("sha-256 ", ""))
    }

    /// Speaks for a while, in packets with this payload.
    pub(crate) async fn speak(&mut self, packets: u16, payload: &'static [u8]) {
        for _ in 0..packets {
            self.sent += 1;
            let mut packet = rtc::rtp::Packet::default();
            packet.header.version = 2;
            packet.header.payload_type = 111;
            packet.header.ssrc = self.ssrc;
            packet.header.sequence_number = self.sent;
            packet.header.timestamp = u32::from(self.sent) * 960;
            packet.header.set_extension(1, Bytes::from_static(&[0x80 | 10])).unwrap();
            packet.payload = Bytes::from_static(payload);
            self.track.write_rtp(packet).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await; // the pace of a speaker, not a synchronisation
        }
    }

    /// Waits for a packet with this payload; its SSRC.
    pub(crate) async fn hear(&mut self, payload: &[u8]) -> u32 {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let (ssrc, heard) = self.heard.recv().await.unwrap();
                if heard == payload {
                    return ssrc;
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("{:?} is never heard", String::from_utf8_lossy(payload)))
    }

    /// The same, and whether nothing with the other payload came before it.
    pub(crate) async fn hear_without(&mut self, payload: &[u8], other: &[u8]) -> bool {
        let until = async {
            let mut without = true;
            loop {
                let (_, heard) = self.heard.recv().await.unwrap();
                without &= heard != other;
                if heard == payload {
                    return without;
                }
            }
        };
        tokio::time::timeout(PATIENCE, until).await.unwrap()
    }

    /// Says something on the data channel, when it is open.
    pub(crate) async fn say(&self, message: &Value) {
        let channel = self.channel.as_ref().unwrap();
        let open = async {
            while let Some(event) = channel.poll().await {
                if matches!(event, DataChannelEvent::OnOpen) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, open).await.unwrap();
        channel.send_text(&message.to_string()).await.unwrap();
    }

    /// The next message on the data channel.
    pub(crate) async fn told(&self) -> Value {
        let channel = self.channel.as_ref().unwrap();
        let next = async {
            loop {
                if let Some(DataChannelEvent::OnMessage(message)) = channel.poll().await {
                    return serde_json::from_slice(&message.data).unwrap();
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.unwrap()
    }
}

fn opus(ssrc: u32) -> Arc<TrackLocalStaticRTP> {
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.into(),
        clock_rate: 48000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".into(),
        rtcp_feedback: vec![],
    };
    let coding = RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() };
    let encoding = RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() };
    let (stream, id, label) = ("stream".into(), format!("audio{ssrc}"), "mic".into());
    Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(stream, id, label, RtpCodecKind::Audio, vec![encoding])))
}
