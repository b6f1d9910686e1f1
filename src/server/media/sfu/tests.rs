//! The forwarder with real clients of the `webrtc` crate, over loopback.

use super::*;
use ::rtc::media_stream::MediaStreamTrack;
use ::rtc::peer_connection::configuration::media_engine::MIME_TYPE_OPUS;
use ::rtc::rtp_transceiver::rtp_sender::*;
use ::rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::*;

const PATIENCE: Duration = Duration::from_secs(20);
const TRACK: TrackKey = TrackKey(1);
const ROOM: RoomKey = RoomKey(1);

/// Payloads that a client received, and what its connection did.
enum Heard {
    Packet(u16, Vec<u8>),
    State(RTCPeerConnectionState),
}

struct Handler(mpsc::UnboundedSender<Heard>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let _ = self.0.send(Heard::State(state));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let heard = self.0.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    let _ = heard.send(Heard::Packet(packet.header.sequence_number, packet.payload.to_vec()));
                }
            }
        });
    }
}

/// A client, and the forwarder's view of it.
struct Client {
    key: PeerKey,
    connection: Arc<dyn PeerConnection>,
    heard: mpsc::UnboundedReceiver<Heard>,
    track: Option<(Arc<TrackLocalStaticRTP>, u32)>,
    local: IceCredentials,
}

fn attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn theirs(offer: &str) -> IceCredentials {
    let of = |name| attribute(offer, name).unwrap().to_owned();
    IceCredentials { ufrag: of("ice-ufrag"), pwd: of("ice-pwd") }
}

fn opus_payload_type(offer: &str) -> u8 {
    let line = offer.lines().find(|l| l.starts_with("a=rtpmap:") && l.to_lowercase().contains("opus/48000")).unwrap();
    line["a=rtpmap:".len()..].split(' ').next().unwrap().parse().unwrap()
}

/// Answers every m-section of an offer, as our signalling would: audio from the client is received, audio to it is declared.
fn answer(sfu: &Sfu, local: &IceCredentials, offer: &str, ssrc: u32) -> String {
    let at = sfu.local_addr();
    let session = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n";
    let mids: Vec<&str> = offer.lines().filter_map(|l| l.strip_prefix("a=mid:")).map(str::trim).collect();
    let mut sdp = format!("{session}a=group:BUNDLE {}\r\n", mids.join(" "));
    let sections = offer.split("\r\nm=").skip(1);
    for (section, mid) in sections.zip(mids) {
        let transport = format!(
            "c=IN IP4 127.0.0.1\r\na=mid:{mid}\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\na=setup:passive\r\n\
             a=candidate:1 1 udp 2130706431 127.0.0.1 {} typ host\r\na=end-of-candidates\r\n",
            local.ufrag,
            local.pwd,
            sfu.fingerprint(),
            at.port()
        );
        if section.starts_with("audio") {
            let pt = opus_payload_type(section);
            sdp += &format!("m=audio 9 UDP/TLS/RTP/SAVPF {pt}\r\n{transport}a=rtcp-mux\r\na=rtpmap:{pt} opus/48000/2\r\n");
            sdp += if section.contains("a=recvonly") { "a=sendonly\r\n" } else { "a=recvonly\r\n" };
            if section.contains("a=recvonly") {
                sdp += &format!("a=msid:forwarded audio\r\na=ssrc:{ssrc} cname:forwarder\r\n");
            }
        } else {
            sdp += &format!("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{transport}a=sctp-port:5000\r\n");
        }
    }
    sdp
}

async fn connection(handler: Handler, profiles: &[SrtpProfile]) -> Arc<dyn PeerConnection> {
    let mut media = MediaEngine::default();
    media.register_default_codecs().unwrap();
    let registry = register_default_interceptors(Registry::new(), &mut media).unwrap();
    let settings = SettingEngineBuilder::new()
        .with_multicast_dns_mode(::rtc::ice::mdns::MulticastDnsMode::Disabled)
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_srtp_protection_profiles(profiles.to_vec())
        .build();
    let builder = PeerConnectionBuilder::new().with_configuration(RTCConfigurationBuilder::default().build());
    let builder = builder.with_media_engine(media).with_interceptor_registry(registry).with_setting_engine(settings);
    Arc::new(builder.with_handler(Arc::new(handler)).with_udp_addrs(vec!["127.0.0.1:0".to_owned()]).build().await.unwrap())
}

type SrtpProfile = rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;

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
    Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
        "stream".into(),
        format!("audio{ssrc}"),
        "mic".into(),
        RtpCodecKind::Audio,
        vec![encoding],
    )))
}

impl Client {
    /// Joins; with `ssrc`, as the one who speaks.
    async fn join(sfu: &Sfu, key: u64, speaks: Option<u32>, profiles: &[SrtpProfile]) -> Self {
        Self::join_with(sfu, key, speaks, profiles, false).await.0
    }

    async fn join_with(
        sfu: &Sfu,
        key: u64,
        speaks: Option<u32>,
        profiles: &[SrtpProfile],
        data: bool,
    ) -> (Self, Option<Arc<dyn DataChannel>>) {
        let (tx, heard) = mpsc::unbounded_channel();
        let connection = connection(Handler(tx), profiles).await;
        let channel = match data {
            true => Some(connection.create_data_channel("_reliable", None).await.unwrap()),
            false => None,
        };
        let mut track = None;
        if let Some(ssrc) = speaks {
            let local = opus(ssrc);
            connection.add_track(local.clone() as Arc<dyn TrackLocal>).await.unwrap();
            track = Some((local, ssrc));
        } else {
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Recvonly,
                streams: vec![],
                send_encodings: vec![],
            };
            connection.add_transceiver_from_kind(RtpCodecKind::Audio, Some(init)).await.unwrap();
        }
        let client = Self { key: PeerKey(key), connection, heard, track, local: sfu.fresh_credentials() };
        let offer = client.offer().await;
        let digits = attribute(&offer, "fingerprint").unwrap().split(' ').nth(1).unwrap();
        let bytes: Vec<u8> = digits.split(':').map(|b| u8::from_str_radix(b, 16).unwrap()).collect();
        let transport =
            PeerTransport { local: client.local.clone(), remote: theirs(&offer), remote_fingerprint: bytes.try_into().unwrap() };
        sfu.add_peer(ROOM, client.key, transport);
        if let Some(ssrc) = speaks {
            let mid = attribute(&offer, "mid").unwrap().to_owned();
            let payload_type = opus_payload_type(&offer);
            let incoming = Incoming { ssrc: Some(ssrc), mid, payload_type, mid_extension: None, level_extension: None };
            sfu.publish(client.key, TRACK, incoming);
        } else {
            let outgoing = Outgoing { ssrc: 5000 + key as u32, payload_type: opus_payload_type(&offer) };
            sfu.subscribe(client.key, TRACK, outgoing);
        }
        client.accept(sfu, &offer).await;
        (client, channel)
    }

    async fn offer(&self) -> String {
        let offer = self.connection.create_offer(None).await.unwrap();
        self.connection.set_local_description(offer.clone()).await.unwrap();
        offer.sdp
    }

    async fn accept(&self, sfu: &Sfu, offer: &str) {
        let sdp = answer(sfu, &self.local, offer, 5000 + self.key.0 as u32);
        let answer = RTCSessionDescription::answer(sdp).unwrap();
        self.connection.set_remote_description(answer).await.unwrap();
    }

    /// Speaks: the payload of packet `n` names it.
    async fn speak(&self, numbers: std::ops::Range<u16>) {
        let (track, ssrc) = self.track.as_ref().unwrap();
        for n in numbers {
            let mut packet = ::rtc::rtp::Packet::default();
            packet.header.version = 2;
            packet.header.payload_type = 111;
            packet.header.ssrc = *ssrc;
            packet.header.sequence_number = n;
            packet.header.timestamp = u32::from(n) * 960;
            packet.payload = bytes::Bytes::from(payload(n));
            track.write_rtp(packet).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await; // the pace of a speaker, not a synchronisation
        }
    }

    /// The next payloads, until `last` is among them, with the sequence numbers on this leg.
    async fn listen(&mut self, last: &[u8]) -> Vec<(u16, Vec<u8>)> {
        let mut all = Vec::new();
        timeout(PATIENCE, async {
            while let Some(heard) = self.heard.recv().await {
                if let Heard::Packet(sequence, payload) = heard {
                    let done = payload == last;
                    all.push((sequence, payload));
                    if done {
                        return;
                    }
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("only {} packets arrived", all.len()));
        all
    }
}

fn payload(n: u16) -> Vec<u8> {
    let mut payload = format!("opus frame {n:05}").into_bytes();
    payload.resize(80, n as u8);
    payload
}

/// The forwarder's events, kept until somebody asks.
struct Events(mpsc::Receiver<SfuEvent>, Vec<SfuEvent>);

impl Events {
    async fn wait(&mut self, wanted: impl Fn(&SfuEvent) -> bool) -> SfuEvent {
        if let Some(at) = self.1.iter().position(&wanted) {
            return self.1.remove(at);
        }
        let found = timeout(PATIENCE, async {
            loop {
                let event = self.0.recv().await.expect("the forwarder ended");
                if wanted(&event) {
                    return event;
                }
                self.1.push(event);
            }
        });
        found.await.unwrap_or_else(|_| panic!("not among {:?}", self.1))
    }
}

fn start(threads: usize) -> (Sfu, Events) {
    let (tx, rx) = mpsc::channel(256);
    let sfu = Sfu::start(SfuConfig { listen: "127.0.0.1:0".parse().unwrap(), threads }, tx).unwrap();
    (sfu, Events(rx, Vec::new()))
}

/// A speaker (1) and two listeners (2, 3), connected.
async fn call(sfu: &Sfu, events: &mut Events, profiles: &[SrtpProfile]) -> (Client, Client, Client) {
    let speaker = Client::join(sfu, 1, Some(4711), profiles).await;
    let (a, b) = (Client::join(sfu, 2, None, profiles).await, Client::join(sfu, 3, None, profiles).await);
    for key in 1..=3 {
        events.wait(|e| *e == SfuEvent::Connected(PeerKey(key))).await;
    }
    (speaker, a, b)
}

fn assert_same_in_order(received: &[(u16, Vec<u8>)], sent: std::ops::Range<u16>) {
    let expected: Vec<Vec<u8>> = sent.map(payload).collect();
    let got: Vec<Vec<u8>> = received.iter().map(|(_, p)| p.clone()).collect();
    assert!(got == expected, "{} of {} payloads, in another order or with gaps", got.len(), expected.len());
    assert!(received.windows(2).all(|w| w[1].0 == w[0].0.wrapping_add(1)), "the leg's numbering has gaps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_listeners_hear_what_one_says_bit_for_bit() {
    for (threads, profiles) in [
        (1, vec![SrtpProfile::Srtp_Aead_Aes_128_Gcm]),
        (1, vec![SrtpProfile::Srtp_Aes128_Cm_Hmac_Sha1_80]),
        (3, vec![]),
    ] {
        let (sfu, mut events) = start(threads);
        let (speaker, mut a, mut b) = call(&sfu, &mut events, &profiles).await;
        speaker.speak(1..101).await;
        assert_same_in_order(&a.listen(&payload(100)).await, 1..101);
        assert_same_in_order(&b.listen(&payload(100)).await, 1..101);
        events.wait(|e| *e == SfuEvent::Started(TRACK)).await;
        for listener in [2, 3] {
            events.wait(|e| *e == SfuEvent::Flowing { track: TRACK, to: PeerKey(listener) }).await;
        }
        sfu.shutdown();
    }
}
