//! A thin wrapper over the `webrtc` crate, and the only module that names it: one peer connection that speaks Opus and
//! nothing else (RFC 8829 offers and answers, RFC 7587 payload), with LiveKit's two data channels.
//!
//! What the crate needs to be told is decided here: mDNS is off (it would open port 5353), no STUN or TURN server is ever
//! contacted, a peer-reflexive pair is accepted at once (the default waits for a second), and datagrams take a
//! [`crate::net::path`] ([`sockets`]). Callbacks run on the crate's driver task, so they only forward events.

mod retransmission;
mod sockets;
#[cfg(test)]
mod tests;
pub mod track;

pub use track::{Packet, RemoteTrack};

use crate::backend::MuteGate;
use crate::net::path::Path;
use bytes::{Bytes, BytesMut};
use rtc::interceptor::Slot;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::interceptor_registry::{
    configure_rtcp_reports, configure_simulcast_extension_headers, configure_twcc_receiver_only,
};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, RTCStatsReportEntry, Registry,
    SettingEngineBuilder, StatsSelector,
};

/// RTP payload type of Opus in every offer of ours.
pub const OPUS_PAYLOAD_TYPE: u8 = 111;
/// The header extension that tells a server how loud a packet is (RFC 6464).
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// What it says while there is a voice: the voice bit and -30 dBov, whatever the loudness.
const VOICE: u8 = 0x80 | 30;
/// What it says otherwise: digital silence.
const NO_VOICE: u8 = 127;
/// Label of the ordered, reliable data channel.
pub const RELIABLE: &str = "_reliable";
/// Label of the unordered data channel without retransmission.
pub const LOSSY: &str = "_lossy";
/// How many events may wait for the owner of a peer connection. There are a few per track and candidate.
const EVENT_QUEUE: usize = 256;
/// How many data channel messages may wait; then the data channel does.
const DATA_QUEUE: usize = 64;
/// How many remote candidates are kept until the first remote description is known.
const CANDIDATE_QUEUE: usize = 64;
/// The pace of ICE checks (RFC 8445, section 14.2). An ICE-lite server only answers, so finding and nominating a pair takes
/// two of these; the crate's 200 ms would be heard at every join and every restart.
const CHECK_INTERVAL: Duration = Duration::from_millis(5);
/// How often a pair is tried: for ten seconds, so that a slow path is not given up.
const MAX_CHECKS: u16 = 2000;
/// How often the way that is in use is checked (consent, RFC 7675, and the round trip). Each check is one packet there and
/// one back: where half of both are lost, three of four fail.
const CONSENT_INTERVAL: Duration = Duration::from_millis(500);
/// So long without an answer and the way is looked for anew, which interrupts what still gets through. With checks each 2 s, as
/// is usual, that came every quarter of a minute at 50 % of loss.
const LOST_AFTER: Duration = Duration::from_secs(6);
/// How much may wait in a data channel before sending fails, in bytes.
const DATA_BUFFER: usize = 1 << 20;

/// What the transport could not do. The text is the crate's: for logs, and for people after an explanation of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub String);

impl From<webrtc::error::Error> for Error {
    fn from(e: webrtc::error::Error) -> Self {
        Self(e.to_string())
    }
}

/// How a transport is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportState {
    /// ICE and DTLS are at work.
    Connecting,
    /// Media flows.
    Connected,
    /// Nothing is heard; it may come back by itself.
    Disconnected,
    /// It does not come back without an ICE restart.
    Failed,
    /// We closed it.
    Closed,
}

/// What a peer connection reports.
#[derive(Debug)]
pub enum PeerEvent {
    /// A candidate of ours (JSON `RTCIceCandidateInit`) for the other side.
    Candidate(String),
    /// The transport changed.
    State(TransportState),
    /// The other side sends a track. Reported once per track.
    Track(RemoteTrack),
    /// A data channel of ours can be used.
    Open {
        /// Which.
        label: String,
    },
    /// A message on a data channel.
    Data {
        /// Which: [`RELIABLE`], [`LOSSY`].
        label: String,
        /// What.
        payload: Bytes,
    },
}

/// The events of one peer connection. Data has a queue of its own: a flood of it delays data, and nothing else.
#[derive(Debug)]
pub struct PeerEvents {
    events: mpsc::Receiver<PeerEvent>,
    data: mpsc::Receiver<PeerEvent>,
}

impl PeerEvents {
    /// The next event; `None` once the peer connection is gone. Nothing is lost when it is cancelled.
    pub async fn recv(&mut self) -> Option<PeerEvent> {
        tokio::select! {
            biased;
            e = self.events.recv() => e,
            Some(e) = self.data.recv() => Some(e),
        }
    }
}

/// Figures of the transport.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TransportStats {
    /// Round-trip time: of the last STUN check on the pair in use, or, smoothed, of reports on what we send.
    pub rtt: Option<Duration>,
    /// When the latest RTP or RTCP packet came.
    pub heard: Option<Instant>,
    /// RTP packets that came, over all streams.
    pub packets_received: u64,
    /// Bytes of their payload.
    pub bytes_received: u64,
    /// RTP packets that never came, over all streams, known a second later.
    pub packets_lost: u64,
    /// RTP packets that were asked for again, and those of them that came in time.
    pub asked: u64,
    /// See `asked`.
    pub recovered: u64,
    /// Interarrival jitter (RFC 3550, section 6.4.1) of the worst stream that we receive; without what came late because it
    /// was sent again.
    pub jitter: Option<Duration>,
    /// RTP packets that we have sent, for the first time.
    pub packets_sent: u64,
    /// Bytes of their payload.
    pub bytes_sent: u64,
    /// RTP packets that we have sent again.
    pub resent: u64,
    /// Share (0 to 1) of our packets that the other side did not get, not even when they were sent again, between its last
    /// two reports; `None` without a report in the last seconds.
    pub uplink_loss: Option<f32>,
    /// Interarrival jitter of what we send, by the same report.
    pub uplink_jitter: Option<Duration>,
}

/// What a peer connection hands over, and which data channels it opens.
#[derive(Debug)]
pub enum Shape {
    /// As LiveKit has it: a track for each section of the description, and the channels [`RELIABLE`] and [`LOSSY`].
    Tracks,
    /// Packets as they come, told apart by their SSRC, whatever the description says of them: one section is enough for all
    /// speakers, and nothing is negotiated when they come and go. A full queue loses the newest packet.
    Packets {
        /// To whom.
        to: mpsc::Sender<Packet>,
        /// A reliable data channel: label and protocol.
        channel: Option<(&'static str, &'static str)>,
    },
}

/// A peer connection. Dropping it stops its tasks; [`Peer::close`] frees its sockets too.
pub struct Peer {
    pc: Arc<dyn PeerConnection>,
    channels: Vec<(&'static str, Arc<dyn DataChannel>)>,
    microphone: Mutex<Option<Microphone>>,
    levels: bool,
    figures: retransmission::Shared,
    path: Option<Arc<Path>>,
    remote_known: AtomicBool,
    candidates: Mutex<Vec<RTCIceCandidateInit>>,
    _readers: JoinSet<()>,
}

/// What we send.
#[derive(Clone)]
struct Microphone {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    /// Id of [`LEVEL`], once both sides have agreed on it.
    level: Option<u8>,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peer")
    }
}

/// Forwards callbacks. A full queue loses the event: its owner has stopped reading, and the driver must not wait for it.
struct Forward {
    events: mpsc::Sender<PeerEvent>,
    data: mpsc::Sender<PeerEvent>,
}

impl Forward {
    fn send(&self, e: PeerEvent) {
        if let Err(mpsc::error::TrySendError::Full(e)) = self.events.try_send(e) {
            tracing::warn!("a transport event was lost, its queue is full: {e:?}");
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Forward {
    async fn on_ice_candidate(&self, e: RTCPeerConnectionIceEvent) {
        if let Some(json) = e.candidate.to_json().ok().and_then(|c| serde_json::to_string(&c).ok()) {
            self.send(PeerEvent::Candidate(json));
        }
    }

    async fn on_connection_state_change(&self, s: RTCPeerConnectionState) {
        let state = match s {
            RTCPeerConnectionState::Connected => TransportState::Connected,
            RTCPeerConnectionState::Disconnected => TransportState::Disconnected,
            RTCPeerConnectionState::Failed => TransportState::Failed,
            RTCPeerConnectionState::Closed => TransportState::Closed,
            _ => TransportState::Connecting,
        };
        self.send(PeerEvent::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let data = self.data.clone();
        // Asking for the label asks the driver, which waits for this callback.
        tokio::spawn(async move {
            if let Ok(label) = channel.label().await {
                read_channel(channel, label, data).await;
            }
        });
    }

    async fn on_track(&self, t: Arc<dyn TrackRemote>) {
        if t.kind().await == RtpCodecKind::Audio {
            let (id, stream) = (t.track_id().await, t.stream_id().await);
            self.send(PeerEvent::Track(RemoteTrack::new(t, id, stream)));
        }
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".into(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".into(),
        // We ask for lost packets again, and answer who does ([`retransmission`]), where the other side wants it too.
        rtcp_feedback: vec![RTCPFeedback { typ: "nack".into(), parameter: String::new() }],
    }
}

fn direction(direction: RTCRtpTransceiverDirection) -> Option<RTCRtpTransceiverInit> {
    Some(RTCRtpTransceiverInit { direction, streams: vec![], send_encodings: vec![] })
}

/// Reads a data channel until it is closed.
async fn read_channel(channel: Arc<dyn DataChannel>, label: String, data: mpsc::Sender<PeerEvent>) {
    while let Some(e) = channel.poll().await {
        let event = match e {
            DataChannelEvent::OnOpen => PeerEvent::Open { label: label.clone() },
            DataChannelEvent::OnMessage(m) => PeerEvent::Data { label: label.clone(), payload: m.data.freeze() },
            _ => continue,
        };
        if data.send(event).await.is_err() {
            return;
        }
    }
}

impl Peer {
    /// A new peer connection with its two data channels, one UDP socket at `bind` and no audio section yet. With `levels`,
    /// we offer to tell the server with each packet whether there is a voice in it; never otherwise.
    pub async fn new(bind: IpAddr, levels: bool) -> Result<(Self, PeerEvents), Error> {
        Self::build(MuteGate::default(), bind, None, levels, Shape::Tracks).await
    }

    /// The same in a shape; every packet of sound passes the gate where it leaves, sent again ones too, and every datagram takes the
    /// path.
    pub async fn behind(gate: MuteGate, path: Arc<Path>, levels: bool, shape: Shape) -> Result<(Self, PeerEvents), Error> {
        Self::build(gate, path.local(), Some(path), levels, shape).await
    }

    async fn build(
        gate: MuteGate,
        bind: IpAddr,
        path: Option<Arc<Path>>,
        levels: bool,
        shape: Shape,
    ) -> Result<(Self, PeerEvents), Error> {
        let (packets, wanted) = match shape {
            Shape::Tracks => {
                let ordered = RTCDataChannelInit { ordered: true, ..Default::default() };
                let unordered = RTCDataChannelInit { ordered: false, max_retransmits: Some(0), ..Default::default() };
                (None, vec![(RELIABLE, ordered), (LOSSY, unordered)])
            }
            Shape::Packets { to, channel } => {
                let init = |protocol: &str| RTCDataChannelInit { ordered: true, protocol: protocol.into(), ..Default::default() };
                (Some(to), channel.map(|(label, protocol)| (label, init(protocol))).into_iter().collect())
            }
        };
        let (events, events_rx) = mpsc::channel(EVENT_QUEUE);
        let (data, data_rx) = mpsc::channel(DATA_QUEUE);
        let mut media = MediaEngine::default();
        // Opus alone: a server that would send redundant audio (RED) sends plain Opus then.
        let codec = RTCRtpCodecParameters { rtp_codec: opus(), payload_type: OPUS_PAYLOAD_TYPE };
        media.register_codec(codec, RtpCodecKind::Audio)?;
        if levels {
            let extension = RTCRtpHeaderExtensionCapability { uri: LEVEL.into() };
            // For every section: what the first answer has not accepted, the crate never offers again, and the microphone may
            // come later.
            media.register_header_extension(extension, RtpCodecKind::Audio, None)?;
        }
        configure_simulcast_extension_headers(&mut media)?;
        let registry = configure_twcc_receiver_only(configure_rtcp_reports(Registry::new()), &mut media)?;
        let figures = retransmission::Shared::default();
        let retransmission = retransmission::Retransmission::new(random_u32(), figures.clone(), packets);
        let registry = registry.with(Slot::NackResponder, retransmission);
        let settings = SettingEngineBuilder::new()
            .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
            .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
            .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(MAX_CHECKS))
            .with_ice_timeouts(Some(LOST_AFTER), None, Some(CONSENT_INTERVAL))
            .build();
        let pc: Arc<dyn PeerConnection> = Arc::new(
            PeerConnectionBuilder::new()
                .with_media_engine(media)
                .with_interceptor_registry(registry)
                .with_setting_engine(settings)
                .with_runtime(Arc::new(sockets::Sockets { gate, path: path.clone() }))
                .with_handler(Arc::new(Forward { events, data: data.clone() }))
                .with_data_channel_send_buffer_limit(DATA_BUFFER)
                .with_udp_addrs(vec![SocketAddr::new(bind, 0)])
                .build()
                .await?,
        );
        let (mut channels, mut readers) = (Vec::with_capacity(wanted.len()), JoinSet::new());
        for (label, init) in wanted {
            let channel = pc.create_data_channel(label, Some(init)).await?;
            readers.spawn(read_channel(channel.clone(), label.into(), data.clone()));
            channels.push((label, channel));
        }
        let peer = Self {
            pc,
            channels,
            microphone: Mutex::new(None),
            levels,
            figures,
            path,
            remote_known: AtomicBool::new(false),
            candidates: Mutex::new(Vec::new()),
            _readers: readers,
        };
        Ok((peer, PeerEvents { events: events_rx, data: data_rx }))
    }

    /// Adds sections to receive audio in; the next offer carries them.
    pub async fn add_audio_sections(&self, n: u32) -> Result<(), Error> {
        for _ in 0..n {
            self.pc.add_transceiver_from_kind(RtpCodecKind::Audio, direction(RTCRtpTransceiverDirection::Recvonly)).await?;
        }
        Ok(())
    }

    /// Adds the section that sends our microphone, with a random SSRC; the next offer carries it. `id` is the track id in
    /// the SDP's `a=msid`.
    pub async fn add_microphone(&self, id: &str) -> Result<(), Error> {
        let track = self.new_microphone(id).await;
        // A section of its own: `add_track` would make one of the receiving sections send and receive.
        let sends = direction(RTCRtpTransceiverDirection::Sendonly);
        self.pc.add_transceiver_from_track(track as Arc<dyn TrackLocal>, sends).await?;
        Ok(())
    }

    async fn new_microphone(&self, id: &str) -> Arc<TrackLocalStaticRTP> {
        let ssrc = random_u32();
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            codec: opus(),
            ..Default::default()
        };
        let track = MediaStreamTrack::new("conclave".into(), id.into(), "microphone".into(), RtpCodecKind::Audio, vec![coding]);
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        *self.microphone.lock().await = Some(Microphone { track: track.clone(), ssrc, level: None });
        track
    }

    /// Makes an offer and sets it as the local description.
    pub async fn offer(&self) -> Result<String, Error> {
        let offer = self.pc.create_offer(None).await?;
        self.pc.set_local_description(offer.clone()).await?;
        Ok(offer.sdp)
    }

    /// Takes a foreign offer in and answers it. With `microphone` (a track id), ours is sent in the first audio section that
    /// may send and has no sender yet.
    pub async fn answer(&self, offer: String, microphone: Option<&str>) -> Result<String, Error> {
        self.set_remote(RTCSessionDescription::offer(self.described(offer))?).await?;
        if let Some(id) = microphone {
            let track = self.new_microphone(id).await;
            self.pc.add_track(track as Arc<dyn TrackLocal>).await?;
        }
        let answer = self.pc.create_answer(None).await?;
        self.pc.set_local_description(answer.clone()).await?;
        if let Some(microphone) = &mut *self.microphone.lock().await {
            microphone.level = self.levels.then(|| level_extension(&answer.sdp)).flatten();
        }
        Ok(answer.sdp)
    }

    /// Takes the answer to our offer in.
    pub async fn apply_answer(&self, sdp: String) -> Result<(), Error> {
        let level = self.levels.then(|| level_extension(&sdp)).flatten();
        self.set_remote(RTCSessionDescription::answer(self.described(sdp))?).await?;
        if let Some(microphone) = &mut *self.microphone.lock().await {
            microphone.level = level;
        }
        Ok(())
    }

    /// The other side's description as the crate is to see it: where the path leads is the path's affair.
    fn described(&self, sdp: String) -> String {
        match &self.path {
            Some(path) => path.describe(&sdp),
            None => sdp,
        }
    }

    async fn set_remote(&self, description: RTCSessionDescription) -> Result<(), Error> {
        self.pc.set_remote_description(description).await?;
        if let Some(path) = &self.path {
            // With every description: an ICE restart forgets candidates.
            let candidate = RTCIceCandidateInit { candidate: path.candidate(), ..Default::default() };
            self.pc.add_ice_candidate(candidate).await?;
        }
        self.remote_known.store(true, Ordering::Release);
        for c in self.candidates.lock().await.drain(..) {
            // One useless candidate (another address family, a name) does not spoil the others.
            if let Err(e) = self.pc.add_ice_candidate(c).await {
                tracing::debug!("a remote candidate was not taken: {e}");
            }
        }
        Ok(())
    }

    /// Takes a candidate of the other side (JSON `RTCIceCandidateInit`); one that comes too early is kept.
    pub async fn add_candidate(&self, json: &str) -> Result<(), Error> {
        let candidate: RTCIceCandidateInit = serde_json::from_str(json).map_err(|e| Error(format!("not a candidate: {e}")))?;
        if let Some(path) = &self.path {
            path.learn(candidate.candidate.trim_start_matches("candidate:"));
            return Ok(());
        }
        if self.remote_known.load(Ordering::Acquire) {
            return Ok(self.pc.add_ice_candidate(candidate).await?);
        }
        let mut early = self.candidates.lock().await;
        if early.len() < CANDIDATE_QUEUE {
            early.push(candidate);
        }
        Ok(())
    }

    /// Makes the next offer an ICE restart.
    pub async fn restart_ice(&self) -> Result<(), Error> {
        Ok(self.pc.restart_ice().await?)
    }

    /// Sends one packet of the microphone. Before [`TransportState::Connected`] it is lost.
    pub async fn send(&self, packet: Packet) -> Result<(), Error> {
        let Some(Microphone { track, ssrc, level, .. }) = self.microphone.lock().await.clone() else {
            return Err(Error("no microphone was added".into()));
        };
        let mut p = rtc::rtp::Packet::default();
        p.header.version = 2;
        p.header.payload_type = OPUS_PAYLOAD_TYPE;
        p.header.marker = packet.marker;
        p.header.sequence_number = packet.sequence;
        p.header.timestamp = packet.timestamp;
        p.header.ssrc = ssrc;
        if let Some(id) = level {
            let level = if packet.voice { VOICE } else { NO_VOICE };
            p.header.set_extension(id, Bytes::copy_from_slice(&[level])).map_err(|e| Error(e.to_string()))?;
        }
        p.payload = packet.payload;
        Ok(track.write_rtp(p).await?)
    }

    /// The SSRC of the microphone's packets, if one was added.
    pub async fn microphone_ssrc(&self) -> Option<u32> {
        self.microphone.lock().await.as_ref().map(|m| m.ssrc)
    }

    /// Sends a message on one of the channels that were opened. Fails when it is not open or too much waits in it.
    pub async fn send_data(&self, label: &str, payload: &[u8]) -> Result<(), Error> {
        let channel = self.channels.iter().find(|(l, _)| *l == label).ok_or_else(|| Error("there is no such channel".into()))?;
        Ok(channel.1.try_send(BytesMut::from(payload)).await?)
    }

    /// Present figures.
    pub async fn stats(&self) -> TransportStats {
        let now = Instant::now();
        let report = self.pc.get_stats(now, StatsSelector::None).await;
        let stun = report.iter().find_map(|entry| match entry {
            RTCStatsReportEntry::IceCandidatePair(p) if p.nominated && p.current_round_trip_time > 0.0 => {
                Duration::try_from_secs_f64(p.current_round_trip_time).ok()
            }
            _ => None,
        });
        let figures = self.figures.exchange(stun);
        let (uplink_loss, uplink_jitter) = figures.uplink(now).unzip();
        TransportStats {
            rtt: stun.or(figures.rtt),
            heard: figures.heard,
            packets_received: figures.packets_received,
            bytes_received: figures.bytes_received,
            packets_lost: figures.packets_lost,
            asked: figures.asked,
            recovered: figures.recovered,
            jitter: figures.jitter,
            packets_sent: figures.packets_sent,
            bytes_sent: figures.bytes_sent,
            resent: figures.resent,
            uplink_loss,
            uplink_jitter,
        }
    }

    /// Closes it. The other side is not told: say it in the signalling.
    pub async fn close(&self) {
        if let Err(e) = self.pc.close().await {
            tracing::debug!("closing the transport: {e}");
        }
    }
}

/// The id under which an answer accepts [`LEVEL`]: the same in all sections, they are one bundle (RFC 9143, section 9.2).
fn level_extension(answer: &str) -> Option<u8> {
    answer.lines().filter_map(|line| line.strip_prefix("a=extmap:")).find_map(|extension| {
        let mut words = extension.split_ascii_whitespace();
        let id = words.next()?.split('/').next()?.parse().ok()?;
        (words.next()? == LEVEL && (1..=14).contains(&id)).then_some(id)
    })
}

/// A random number; SSRC, first sequence number and first timestamp are random (RFC 3550, sections 5.1 and 8.1).
pub fn random_u32() -> u32 {
    let mut b = [0u8; 4];
    // Without a system random source DTLS has failed long before; the time is unpredictable enough for an SSRC.
    if getrandom::fill(&mut b).is_err() {
        return std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |d| d.subsec_nanos());
    }
    u32::from_ne_bytes(b)
}
