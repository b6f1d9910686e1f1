//! The forwarder with real clients of the `webrtc` crate, over loopback.

use super::*;
use ::rtc::media_stream::MediaStreamTrack;
use ::rtc::peer_connection::configuration::media_engine::MIME_TYPE_OPUS;
use ::rtc::rtp_transceiver::rtp_sender::*;
use ::rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::sync::Arc;
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
    road: Road,
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

/// How a client reaches the forwarder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    /// By UDP, at the forwarder's own address.
    Udp,
    /// By UDP, at this address of it.
    At(SocketAddr),
    /// By TCP only, at a listener of this address.
    Tcp(SocketAddr),
}

impl Road {
    fn candidate(self, sfu: &Sfu) -> String {
        let (start, at, end) = match self {
            Self::Udp => ("udp 2130706431", sfu.local_addr(), ""),
            Self::At(at) => ("udp 2130706431", at, ""),
            Self::Tcp(at) => ("tcp 1518280447", at, " tcptype passive"),
        };
        format!("{start} {} {} typ host{end}", at.ip(), at.port())
    }
}

/// Answers every m-section of an offer, as our signalling would: audio from the client is received, audio to it is declared.
fn answer(sfu: &Sfu, road: Road, local: &IceCredentials, offer: &str, ssrc: u32) -> String {
    let candidate = road.candidate(sfu);
    let session = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n";
    let mids: Vec<&str> = offer.lines().filter_map(|l| l.strip_prefix("a=mid:")).map(str::trim).collect();
    let mut sdp = format!("{session}a=group:BUNDLE {}\r\n", mids.join(" "));
    let sections = offer.split("\r\nm=").skip(1);
    for (section, mid) in sections.zip(mids) {
        let transport = format!(
            "c=IN IP4 127.0.0.1\r\na=mid:{mid}\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\na=setup:passive\r\n\
             a=candidate:1 1 {candidate}\r\na=end-of-candidates\r\n",
            local.ufrag,
            local.pwd,
            sfu.fingerprint()
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

async fn connection(handler: Handler, sfu: &Sfu, road: Road, profiles: &[SrtpProfile]) -> Arc<dyn PeerConnection> {
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
    let builder = builder.with_handler(Arc::new(handler));
    let own = |at: SocketAddr| vec![SocketAddr::new(at.ip(), 0).to_string()];
    let builder = match road {
        Road::Udp => builder.with_udp_addrs(own(sfu.local_addr())),
        Road::At(at) => builder.with_udp_addrs(own(at)),
        Road::Tcp(at) => builder.with_tcp_addrs(own(at)),
    };
    Arc::new(builder.build().await.unwrap())
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
        Self::join_with(sfu, Road::Udp, key, speaks, profiles, false).await.0
    }

    async fn join_with(
        sfu: &Sfu,
        road: Road,
        key: u64,
        speaks: Option<u32>,
        profiles: &[SrtpProfile],
        data: bool,
    ) -> (Self, Option<Arc<dyn DataChannel>>) {
        let (tx, heard) = mpsc::unbounded_channel();
        let connection = connection(Handler(tx), sfu, road, profiles).await;
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
        let client = Self { key: PeerKey(key), connection, heard, track, local: sfu.fresh_credentials(), road };
        let offer = client.offer().await;
        let digits = attribute(&offer, "fingerprint").unwrap().split(' ').nth(1).unwrap();
        let bytes: Vec<u8> = digits.split(':').map(|b| u8::from_str_radix(b, 16).unwrap()).collect();
        let transport =
            PeerTransport { local: client.local.clone(), remote: theirs(&offer), remote_fingerprint: bytes.try_into().unwrap() };
        sfu.add_peer(ROOM, client.key, transport);
        if let Some(ssrc) = speaks {
            let mid = attribute(&offer, "mid").unwrap().to_owned();
            let payload_type = opus_payload_type(&offer);
            let incoming =
                Incoming { ssrc: Some(ssrc), mid, payload_type, mid_extension: None, level_extension: None, nack: true };
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
        let sdp = answer(sfu, self.road, &self.local, offer, 5000 + self.key.0 as u32);
        let answer = RTCSessionDescription::answer(sdp).unwrap();
        self.connection.set_remote_description(answer).await.unwrap();
        if let Road::Tcp(_) = self.road {
            // This crate opens connections to trickled candidates only; libwebrtc takes those of the answer too.
            let candidate = format!("candidate:1 1 {}", self.road.candidate(sfu));
            let init = RTCIceCandidateInit { candidate, sdp_mid: Some("0".to_owned()), ..Default::default() };
            self.connection.add_ice_candidate(init).await.unwrap();
        }
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

    /// Waits for the client's own connection to be in `wanted`.
    async fn until(&mut self, wanted: RTCPeerConnectionState) {
        let found = timeout(PATIENCE, async {
            while let Some(heard) = self.heard.recv().await {
                if matches!(heard, Heard::State(state) if state == wanted) {
                    return;
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("client {} is never {wanted:?}", self.key.0));
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
    start_at("127.0.0.1:0", threads)
}

fn start_at(listen: &str, threads: usize) -> (Sfu, Events) {
    let (tx, rx) = mpsc::channel(256);
    let sfu = Sfu::start(SfuConfig { listen: listen.parse().unwrap(), threads }, tx).unwrap();
    (sfu, Events(rx, Vec::new()))
}

/// A speaker (1) and two listeners (2, 3), connected.
async fn call(sfu: &Sfu, events: &mut Events, profiles: &[SrtpProfile]) -> (Client, Client, Client) {
    let mut speaker = Client::join(sfu, 1, Some(4711), profiles).await;
    let (mut a, mut b) = (Client::join(sfu, 2, None, profiles).await, Client::join(sfu, 3, None, profiles).await);
    for client in [&mut speaker, &mut a, &mut b] {
        events.wait(|e| *e == SfuEvent::Connected(client.key)).await;
        client.until(RTCPeerConnectionState::Connected).await;
    }
    (speaker, a, b)
}

fn assert_same_in_order(received: &[(u16, Vec<u8>)], sent: std::ops::Range<u16>) {
    let expected: Vec<Vec<u8>> = sent.map(payload).collect();
    let got: Vec<Vec<u8>> = received.iter().map(|(_, p)| p.clone()).collect();
    let numbers: Vec<_> = got.iter().map(|p| String::from_utf8_lossy(p.get(11..16).unwrap_or_default()).into_owned()).collect();
    assert!(got == expected, "{} of {} payloads: {numbers:?}", got.len(), expected.len());
    assert!(received.windows(2).all(|w| w[1].0 == w[0].0.wrapping_add(1)), "the leg's numbering has gaps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_listeners_hear_what_one_says_bit_for_bit() {
    for (threads, profiles) in
        [(1, vec![SrtpProfile::Srtp_Aead_Aes_128_Gcm]), (1, vec![SrtpProfile::Srtp_Aes128_Cm_Hmac_Sha1_80]), (3, vec![])]
    {
        let (sfu, mut events) = start(threads);
        let (speaker, mut a, mut b) = call(&sfu, &mut events, &profiles).await;
        speaker.speak(1..101).await;
        assert_same_in_order(&a.listen(&payload(100)).await, 1..101);
        assert_same_in_order(&b.listen(&payload(100)).await, 1..101);
        events.wait(|e| *e == SfuEvent::Started(TRACK)).await;
        events.wait(|e| *e == SfuEvent::Flowing(TRACK)).await;
        sfu.shutdown();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_goes_on_through_an_ice_restart() {
    let (sfu, mut events) = start(2);
    let (mut speaker, mut a, _b) = call(&sfu, &mut events, &[]).await;
    speaker.speak(1..11).await;
    a.listen(&payload(10)).await;
    let before = speaker.local.clone();
    speaker.local = sfu.fresh_credentials();
    speaker.connection.restart_ice().await.unwrap();
    let offer = speaker.offer().await;
    sfu.restart_ice(speaker.key, speaker.local.clone(), theirs(&offer));
    speaker.accept(&sfu, &offer).await;
    speaker.until(RTCPeerConnectionState::Connected).await;
    assert_ne!(before, speaker.local);
    speaker.speak(11..61).await;
    let received = a.listen(&payload(60)).await;
    assert!(received.len() > 25, "only {} of 50 packets after the restart", received.len());
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removal_reaches_the_client_as_the_end_of_dtls() {
    let (sfu, mut events) = start(1);
    let (speaker, _a, mut b) = call(&sfu, &mut events, &[]).await;
    let (client, channel) = Client::join_with(&sfu, Road::Udp, 9, None, &[], true).await;
    let channel = channel.unwrap();
    let until = async |open: bool| {
        let found = timeout(PATIENCE, async {
            loop {
                match channel.poll().await {
                    Some(DataChannelEvent::OnOpen) if open => return,
                    Some(DataChannelEvent::OnClose) | None if !open => return,
                    _ => {}
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("the data channel is never open = {open}"));
    };
    until(true).await;
    sfu.remove_peer(client.key);
    until(false).await; // the client ends its channels when DTLS is closed
    speaker.speak(1..11).await;
    assert_same_in_order(&b.listen(&payload(10)).await, 1..11);
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_muted_track_is_not_forwarded_and_leaves_no_gap() {
    let (sfu, mut events) = start(1);
    let (speaker, mut a, _b) = call(&sfu, &mut events, &[]).await;
    speaker.speak(1..11).await;
    let first = a.listen(&payload(10)).await;
    sfu.mute(TRACK, true);
    speaker.speak(11..21).await;
    sfu.mute(TRACK, false);
    speaker.speak(21..31).await;
    let mut all = first;
    all.extend(a.listen(&payload(30)).await);
    assert!(all.iter().all(|(_, p)| (11..20).all(|n| *p != payload(n))), "a muted packet was forwarded");
    assert!(all.windows(2).all(|w| w[1].0 == w[0].0.wrapping_add(1)), "the mute is heard as loss");
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_channels_carry_messages_both_ways() {
    let (sfu, mut events) = start(1);
    let (client, channel) = Client::join_with(&sfu, Road::Udp, 1, Some(1), &[], true).await;
    let channel = channel.unwrap();
    let opened = async { while !matches!(channel.poll().await, Some(DataChannelEvent::OnOpen)) {} };
    timeout(PATIENCE, opened).await.expect("the channel opens");
    channel.send(bytes::BytesMut::from(&b"to the server"[..])).await.unwrap();
    let (label, payload) = ("_reliable".to_owned(), bytes::Bytes::from_static(b"to the server"));
    events.wait(|e| *e == SfuEvent::Data { from: client.key, label: label.clone(), payload: payload.clone() }).await;
    let long = bytes::Bytes::from(vec![7; 20_000]);
    sfu.send_data(client.key, "_reliable", long.clone());
    let answered = async {
        while let Some(event) = channel.poll().await {
            if let DataChannelEvent::OnMessage(message) = event {
                return message.data.freeze();
            }
        }
        bytes::Bytes::new()
    };
    assert_eq!(timeout(PATIENCE, answered).await.expect("a message arrives"), long);
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_disturbs_nobody() {
    let (sfu, mut events) = start(2);
    let (speaker, mut a, _b) = call(&sfu, &mut events, &[]).await;
    let to = sfu.local_addr();
    let flood = tokio::task::spawn_blocking(move || {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for datagram in super::core::tests::garbage(7).take(60_000) {
            let _ = socket.send_to(&datagram, to);
        }
    });
    speaker.speak(1..201).await;
    flood.await.unwrap();
    speaker.speak(201..251).await;
    let received = a.listen(&payload(250)).await;
    assert!(received.len() > 200, "only {} of 250 packets got through the flood", received.len());
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_its_room_only() {
    let (sfu, mut events) = start(1);
    let (speaker, mut a, _b) = call(&sfu, &mut events, &[]).await;
    let (local, remote) = (sfu.fresh_credentials(), sfu.fresh_credentials());
    sfu.add_peer(RoomKey(2), PeerKey(9), PeerTransport { local, remote, remote_fingerprint: [0; 32] });
    sfu.panic_in_room_of(PeerKey(9));
    events.wait(|e| matches!(e, SfuEvent::Failed(PeerKey(9), _))).await;
    speaker.speak(1..11).await;
    assert_same_in_order(&a.listen(&payload(10)).await, 1..11);
    sfu.shutdown();
}

/// Serves connections for media, as the edge does.
async fn listen(sfu: &Sfu, at: &str) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(at).await.unwrap();
    let address = listener.local_addr().unwrap();
    let sfu = sfu.clone();
    tokio::spawn(async move {
        while let Ok((tcp, from)) = listener.accept().await {
            let sfu = sfu.clone();
            tokio::spawn(async move { sfu.serve_stream(tcp, from).await });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_udp_speaks_and_hears_over_tcp() {
    for at in ["127.0.0.1:0", "[::1]:0"] {
        if std::net::TcpListener::bind(at).is_err() {
            conclave_lab::skip("media over TCP", &format!("this machine has no {at}"));
            continue;
        }
        let (sfu, mut events) = start(2);
        let road = Road::Tcp(listen(&sfu, at).await);
        let (mut speaker, channel) = Client::join_with(&sfu, road, 1, Some(4711), &[], true).await;
        let mut a = Client::join_with(&sfu, road, 2, None, &[], false).await.0;
        let mut b = Client::join(&sfu, 3, None, &[]).await;
        for client in [&a, &b, &speaker] {
            events.wait(|e| *e == SfuEvent::Connected(client.key)).await;
        }
        for client in [&mut speaker, &mut a, &mut b] {
            client.until(RTCPeerConnectionState::Connected).await;
        }
        speaker.speak(1..101).await;
        assert_same_in_order(&a.listen(&payload(100)).await, 1..101);
        assert_same_in_order(&b.listen(&payload(100)).await, 1..101);
        let channel = channel.unwrap();
        let opened = async { while !matches!(channel.poll().await, Some(DataChannelEvent::OnOpen)) {} };
        timeout(PATIENCE, opened).await.expect("the channel opens");
        channel.send(bytes::BytesMut::from(&b"a word"[..])).await.unwrap();
        events.wait(|e| matches!(e, SfuEvent::Data { from: PeerKey(1), .. })).await;
        sfu.shutdown();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_over_ipv6_beside_ipv4() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        return conclave_lab::skip("a call over IPv6", "this machine has no ::1");
    }
    // One socket for both families, as a server that listens everywhere has.
    let (sfu, mut events) = start_at("[::]:0", 2);
    let both = |ip: &str| SocketAddr::new(ip.parse().unwrap(), sfu.local_addr().port());
    let road = |ip| Road::At(both(ip));
    let mut speaker = Client::join_with(&sfu, road("::1"), 1, Some(4711), &[], false).await.0;
    let mut a = Client::join_with(&sfu, road("127.0.0.1"), 2, None, &[], false).await.0;
    let mut b = Client::join_with(&sfu, road("::1"), 3, None, &[], false).await.0;
    for client in [&speaker, &a, &b] {
        events.wait(|e| *e == SfuEvent::Connected(client.key)).await;
    }
    for client in [&mut speaker, &mut a, &mut b] {
        client.until(RTCPeerConnectionState::Connected).await;
    }
    speaker.speak(1..51).await;
    assert_same_in_order(&a.listen(&payload(50)).await, 1..51);
    assert_same_in_order(&b.listen(&payload(50)).await, 1..51);
    sfu.shutdown();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_with_another_certificate_is_refused() {
    let (sfu, mut events) = start(1);
    let (tx, _heard) = mpsc::unbounded_channel();
    let connection = connection(Handler(tx), &sfu, Road::Udp, &[]).await;
    connection.add_track(opus(1) as Arc<dyn TrackLocal>).await.unwrap();
    let local = sfu.fresh_credentials();
    let offer = connection.create_offer(None).await.unwrap();
    connection.set_local_description(offer.clone()).await.unwrap();
    let transport = PeerTransport { local: local.clone(), remote: theirs(&offer.sdp), remote_fingerprint: [7; 32] };
    sfu.add_peer(ROOM, PeerKey(1), transport);
    let answer = RTCSessionDescription::answer(answer(&sfu, Road::Udp, &local, &offer.sdp, 1)).unwrap();
    connection.set_remote_description(answer).await.unwrap();
    let event = events.wait(|e| matches!(e, SfuEvent::Failed(..) | SfuEvent::Connected(_))).await;
    assert!(matches!(event, SfuEvent::Failed(PeerKey(1), _)), "{event:?}");
    sfu.shutdown();
}

#[test]
fn credentials_are_unique_and_ice_chars() {
    let (sfu, _events) = start(1);
    let all: std::collections::HashSet<String> = (0..1000).map(|_| sfu.fresh_credentials().ufrag).collect();
    assert_eq!(all.len(), 1000);
    let IceCredentials { ufrag, pwd } = sfu.fresh_credentials();
    assert!(ufrag.len() >= 4 && pwd.len() >= 22);
    assert!(ufrag.chars().chain(pwd.chars()).all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/'));
}
