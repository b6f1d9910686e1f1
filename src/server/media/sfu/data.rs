//! Data channels of one peer (RFC 8831, RFC 8832): SCTP over DTLS, opened by the client.

use bytes::Bytes;
use rtc_datachannel::data_channel::DataChannel;
use rtc_datachannel::message::Message;
use rtc_datachannel::message::message_channel_ack::DataChannelAck;
use rtc_sctp::{
    Association, AssociationHandle, DatagramEvent, Endpoint, EndpointConfig, Event, Payload, PayloadProtocolIdentifier,
    ServerConfig, StreamEvent, StreamId, TransportConfig,
};
use rtc_shared::TransportProtocol;
use rtc_shared::marshal::{Marshal as _, Unmarshal as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// SCTP knows its peer by address; inside DTLS there is only one.
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
/// `a=sctp-port` (RFC 8841) that all WebRTC endpoints use.
const PORT: u16 = 5000;
/// Largest message taken or sent: what every client assumes without `a=max-message-size`.
const MAX_MESSAGE: usize = 65_536;
/// What a client may have in flight towards us.
const RECEIVE_BUFFER: u32 = 1 << 18;
/// What may wait for a slow client before messages to it are dropped.
const SEND_BUFFER: usize = 1 << 20;
/// Channels a client may open.
const MAX_CHANNELS: usize = 16;
/// Streams a client may use, channels included. Every one costs a look at each packet, and the crate sets no limit.
const MAX_STREAMS: usize = 64;
/// Longest label remembered.
const MAX_LABEL: usize = 64;

/// A message from the client: the label of its channel, and the bytes.
pub(crate) type Received = (String, Bytes);

/// The association and its channels.
pub(crate) struct DataChannels {
    endpoint: Endpoint,
    association: Option<(AssociationHandle, Association)>,
    /// There was an association: no other one follows.
    begun: bool,
    channels: Vec<(StreamId, String)>,
}

impl DataChannels {
    /// Waits for the client's INIT.
    pub(crate) fn new() -> Self {
        let transport = TransportConfig::default()
            .with_sctp_port(PORT)
            .with_max_message_size(MAX_MESSAGE as u32)
            .with_max_receive_buffer_size(RECEIVE_BUFFER);
        let server = Arc::new(ServerConfig::new(transport));
        let endpoint = Endpoint::new(PEER, TransportProtocol::UDP, Arc::new(EndpointConfig::default()), Some(server));
        Self { endpoint, association: None, begun: false, channels: Vec::new() }
    }

    /// Takes an SCTP packet.
    pub(crate) fn read(&mut self, now: Instant, packet: Bytes, received: &mut Vec<Received>) {
        match self.endpoint.handle(now, PEER, None, packet) {
            Some((handle, DatagramEvent::NewAssociation(association))) if !self.begun => {
                (self.association, self.begun) = (Some((handle, association)), true);
                self.endpoint.reject_new_associations(); // one per DTLS association (RFC 8261)
            }
            Some((handle, DatagramEvent::AssociationEvent(event))) => match &mut self.association {
                Some((ours, association)) if *ours == handle => association.handle_event(event),
                _ => {}
            },
            _ => {}
        }
        self.pump(now, received);
    }

    /// Runs the timers.
    pub(crate) fn tick(&mut self, now: Instant, received: &mut Vec<Received>) {
        if let Some((_, association)) = &mut self.association
            && association.poll_timeout().is_some_and(|at| at <= now)
        {
            association.handle_timeout(now);
            self.pump(now, received);
        }
    }

    fn pump(&mut self, now: Instant, received: &mut Vec<Received>) {
        if self.association.as_ref().is_some_and(|(_, association)| association.stream_ids().len() > MAX_STREAMS) {
            tracing::debug!("a client uses too many streams: its data channels end");
            self.association = None;
            self.channels.clear();
        }
        let Some((handle, association)) = &mut self.association else { return };
        while let Some(event) = association.poll() {
            if let Event::AssociationLost { .. } = event {
                self.channels.clear();
            }
            if let Event::Stream(StreamEvent::Finished { id } | StreamEvent::Stopped { id, .. }) = event {
                self.channels.retain(|(stream, _)| *stream != id);
            }
        }
        // Data may arrive in one flight with the end of the handshake; acknowledging a channel must wait for it.
        if !association.is_handshaking() {
            for id in association.stream_ids() {
                while let Some(message) = Self::next_message(association, id) {
                    Self::take(association, &mut self.channels, now, id, message, received);
                }
            }
        }
        while let Some(event) = association.poll_endpoint_event() {
            self.endpoint.handle_event(*handle, event);
        }
    }

    fn next_message(association: &mut Association, id: StreamId) -> Option<(PayloadProtocolIdentifier, Bytes)> {
        let chunks = association.stream(id).ok()?.read_sctp().ok()??;
        // Longer than agreed: an empty message, which nobody takes for anything.
        let payload = chunks.to_payload(MAX_MESSAGE).unwrap_or_default();
        Some((chunks.ppi, payload.freeze()))
    }

    fn take(
        association: &mut Association,
        channels: &mut Vec<(StreamId, String)>,
        now: Instant,
        id: StreamId,
        (kind, payload): (PayloadProtocolIdentifier, Bytes),
        received: &mut Vec<Received>,
    ) {
        if kind != PayloadProtocolIdentifier::Dcep {
            if let Some((_, label)) = channels.iter().find(|(stream, _)| *stream == id)
                && matches!(kind, PayloadProtocolIdentifier::Binary | PayloadProtocolIdentifier::String)
            {
                received.push((label.clone(), payload));
            }
            return;
        }
        let Ok(Message::DataChannelOpen(open)) = Message::unmarshal(&mut &payload[..]) else { return };
        let label = String::from_utf8(open.label).ok().filter(|label| label.len() <= MAX_LABEL);
        let (Some(label), Ok(mut stream)) = (label, association.stream(id)) else { return };
        channels.retain(|(other, _)| *other != id);
        if channels.len() >= MAX_CHANNELS {
            return;
        }
        // The other direction is as reliable as the client asked for.
        let (unordered, reliability) = DataChannel::get_reliability_params(open.channel_type);
        let _ = stream.set_reliability_params(unordered, reliability, open.reliability_parameter);
        if let Ok(ack) = Message::DataChannelAck(DataChannelAck).marshal() {
            let _ = stream.write_sctp(now, &ack.freeze(), PayloadProtocolIdentifier::Dcep);
        }
        channels.push((id, label));
    }

    /// Queues a message on the channel with this label. `false`: no such channel, or too much waits there.
    pub(crate) fn send(&mut self, now: Instant, label: &str, payload: &Bytes) -> bool {
        let Some((id, _)) = self.channels.iter().find(|(_, l)| l == label) else { return false };
        let Some((_, association)) = &mut self.association else { return false };
        let Ok(mut stream) = association.stream(*id) else { return false };
        if payload.is_empty() || payload.len() > MAX_MESSAGE || stream.buffered_amount().is_ok_and(|n| n > SEND_BUFFER) {
            return false;
        }
        stream.write_sctp(now, payload, PayloadProtocolIdentifier::Binary).is_ok()
    }

    /// The next SCTP packets to send.
    pub(crate) fn poll_transmit(&mut self, now: Instant) -> Option<Vec<Bytes>> {
        match self.association.as_mut()?.1.poll_transmit(now)?.message {
            Payload::RawEncode(packets) => Some(packets),
            _ => None,
        }
    }
}
