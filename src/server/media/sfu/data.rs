//! Data channels of one peer (RFC 8831, RFC 8832): SCTP over DTLS, opened by the client.
//!
//! `rtc-sctp` 0.21.1 takes any number of streams and fragments that are empty or tiny: they cost next to nothing of the receive
//! buffer, and each costs a look at every later packet. So both are counted here, and who sends too many has no data channels.

use super::demux::read_u16;
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
/// Streams a client may use, channels included.
const MAX_STREAMS: usize = 64;
/// Fragments shorter than this are crumbs. A message has two at most: its last one, and one that filled a packet up.
const CRUMB: usize = 64;
const CRUMBS_PER_MESSAGE: usize = 2;
/// Crumbs that may wait for the rest of their message.
const MAX_CRUMBS: usize = 1024;
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
    /// Crumbs of messages that are not whole yet; an estimate from above.
    crumbs: usize,
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
        Self { endpoint, association: None, begun: false, channels: Vec::new(), crumbs: 0 }
    }

    /// Takes an SCTP packet.
    pub(crate) fn read(&mut self, now: Instant, packet: Bytes, received: &mut Vec<Received>) {
        let Some(crumbs) = crumbs(&packet) else { return };
        self.crumbs += crumbs;
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
        let crowded = |(_, a): &(AssociationHandle, Association)| a.stream_ids().len() > MAX_STREAMS || self.crumbs > MAX_CRUMBS;
        if self.association.as_ref().is_some_and(crowded) {
            tracing::debug!("a client uses too many streams or fragments: its data channels end");
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
                    self.crumbs = self.crumbs.saturating_sub(CRUMBS_PER_MESSAGE);
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

/// Counts the crumbs among the DATA chunks of an SCTP packet (RFC 9260 section 3.3.1); `None` if one has no data at all.
fn crumbs(packet: &[u8]) -> Option<usize> {
    const COMMON_HEADER: usize = 12;
    const DATA_HEADER: usize = 16;
    const WHOLE: u8 = 0b11; // begins and ends its message
    let (mut rest, mut crumbs) = (packet.get(COMMON_HEADER..).unwrap_or_default(), 0);
    while let (Some(&[kind, flags]), Some(length)) = (rest.first_chunk(), read_u16(rest, 2)) {
        let length = usize::from(length);
        if kind == 0 {
            let data = length.checked_sub(DATA_HEADER).filter(|n| *n > 0)?;
            crumbs += usize::from(flags & WHOLE != WHOLE && data < CRUMB);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..).unwrap_or_default();
    }
    Some(crumbs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc_sctp::ClientConfig;

    fn chunk(kind: u8, flags: u8, data: usize) -> Vec<u8> {
        let length = if kind == 0 { 16 + data } else { 4 + data };
        let mut chunk = vec![kind, flags];
        chunk.extend((length as u16).to_be_bytes());
        chunk.resize(length.next_multiple_of(4), 0);
        chunk
    }

    #[test]
    fn crumbs_are_counted_and_empty_data_is_refused() {
        let packet = |chunks: &[Vec<u8>]| [vec![0; 12], chunks.concat()].concat();
        for (chunks, counted) in [
            (vec![], Some(0)),
            (vec![chunk(3, 0, 12), chunk(0, 0b11, 1)], Some(0)),
            (vec![chunk(0, 0b10, 1000), chunk(0, 0b01, 3)], Some(1)),
            (vec![chunk(0, 0, 63), chunk(0, 0b100, 1), chunk(0, 0, 64)], Some(2)),
            (vec![chunk(0, 0b11, 5), chunk(0, 0b11, 0)], None),
        ] {
            let packet = packet(&chunks);
            assert_eq!(crumbs(&packet), counted, "{chunks:?}");
            for cut in 0..packet.len() {
                let _ = crumbs(&packet[..cut]);
            }
        }
        assert_eq!(crumbs(&[0; 12].into_iter().chain([3, 0, 0, 0]).collect::<Vec<u8>>()), Some(0), "a chunk of no length");
    }

    #[test]
    fn a_client_with_too_many_streams_loses_its_data_channels_only() {
        let now = Instant::now();
        let mut server = DataChannels::new();
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, Arc::new(EndpointConfig::default()), None);
        let config = ClientConfig::new(TransportConfig::default().with_sctp_port(PORT));
        let (_, mut client) = endpoint.connect(now, config, PEER).unwrap();
        let mut exchange = |server: &mut DataChannels, client: &mut Association| loop {
            let mut moved = false;
            while let Some(transmit) = client.poll_transmit(now) {
                let Payload::RawEncode(packets) = transmit.message else { continue };
                for packet in packets {
                    moved = true;
                    server.read(now, packet, &mut Vec::new());
                }
            }
            while let Some(packets) = server.poll_transmit(now) {
                for packet in packets {
                    moved = true;
                    if let Some((_, DatagramEvent::AssociationEvent(event))) = endpoint.handle(now, PEER, None, packet) {
                        client.handle_event(event);
                    }
                }
            }
            if !moved {
                return;
            }
        };
        exchange(&mut server, &mut client);
        for (count, lives) in [(MAX_STREAMS, true), (MAX_STREAMS + 1, false)] {
            for id in 0..count as StreamId {
                if client.stream(id).is_err() {
                    client.open_stream(id, PayloadProtocolIdentifier::Binary).unwrap();
                }
                let message = Bytes::from_static(b"x");
                client.stream(id).unwrap().write_sctp(now, &message, PayloadProtocolIdentifier::Binary).unwrap();
                exchange(&mut server, &mut client);
            }
            assert_eq!(server.association.is_some(), lives, "{count} streams");
        }
    }
}
