//! From the packets of one media session to the frames of each speaker: whose an SSRC is, the signalling says.

use crate::backend::{FRAME_QUEUE, Frame, SourceChange, SourceId};
use crate::call::PeerId;
use crate::rtc::Packet;
use crate::rtc::track::SequenceExtender;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;

/// Whom we can hear. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Hearing(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: u64,
    streams: HashMap<u32, Stream>,
    figures: Figures,
}

/// Counts of the call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) packets: u64,
    pub(super) bytes: u64,
    /// Packets that were encrypted by Jitsi's own means and not played.
    pub(super) encrypted: u64,
}

#[derive(Debug)]
struct Stream {
    source: SourceId,
    frames: mpsc::Sender<Frame>,
    extender: SequenceExtender,
}

/// Whether a payload is a frame of Jitsi's own encryption: it ends with an IV of 12 bytes, its length, and the index of one of 16
/// keys. One in 4096 Opus packets ends so too; it is made up for as if it were lost. What was encrypted would be heard as noise.
fn is_encrypted(payload: &[u8]) -> bool {
    matches!(payload, [.., 12, 0..=15]) && payload.len() >= 31
}

impl Hearing {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Packets with this SSRC are somebody's from now on.
    pub(super) fn add(&self, ssrc: u32, peer: PeerId) -> SourceChange {
        let mut state = self.lock();
        state.last += 1;
        let (source, (tx, frames)) = (SourceId(state.last), mpsc::channel(FRAME_QUEUE));
        state.streams.insert(ssrc, Stream { source, frames: tx, extender: SequenceExtender::default() });
        SourceChange::Added { source, peer, frames }
    }

    /// They are nobody's any more.
    pub(super) fn remove(&self, ssrc: u32) -> Option<SourceChange> {
        self.lock().streams.remove(&ssrc).map(|s| SourceChange::Removed { source: s.source })
    }

    /// A packet came. Whose is not known is nobody's, and what cannot be decrypted is never played.
    pub(super) fn take(&self, packet: Packet) {
        let state = &mut *self.lock();
        state.figures.packets += 1;
        state.figures.bytes += packet.payload.len() as u64;
        if is_encrypted(&packet.payload) {
            state.figures.encrypted += 1;
            return;
        }
        let Some(stream) = state.streams.get_mut(&packet.ssrc) else { return };
        let frame = Frame {
            source: stream.source,
            key_id: None,
            sequence: stream.extender.extend(packet.ssrc, packet.sequence),
            timestamp: packet.timestamp,
            arrived: Instant::now(),
            voice: false,
            payload: Bytes::clone(&packet.payload),
        };
        // A full queue loses the newest frame.
        let _ = stream.frames.try_send(frame);
    }

    pub(super) fn figures(&self) -> Figures {
        self.lock().figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16, payload: &[u8]) -> Packet {
        let payload = Bytes::copy_from_slice(payload);
        Packet { sequence, timestamp: 0, ssrc, source: None, marker: false, voice: false, payload }
    }

    #[test]
    fn packets_go_to_whom_the_signalling_names_and_to_nobody_else() {
        let hearing = Hearing::default();
        hearing.take(packet(1, 1, &[1]));
        let SourceChange::Added { source, peer, mut frames } = hearing.add(1, PeerId("ana".into())) else { panic!("added") };
        assert_eq!(peer.0, "ana");
        hearing.take(packet(2, 1, &[1]));
        assert!(frames.try_recv().is_err());
        hearing.take(packet(1, 2, &[7]));
        let frame = frames.try_recv().unwrap();
        assert_eq!((frame.source, &frame.payload[..]), (source, &[7][..]));
        // Another one under the same number is another source.
        let SourceChange::Added { source: second, .. } = hearing.add(1, PeerId("ben".into())) else { panic!("added") };
        assert_ne!(source, second);
        hearing.take(packet(1, 3, &[8]));
        assert!(frames.try_recv().is_err());
        assert!(matches!(hearing.remove(1), Some(SourceChange::Removed { source }) if source == second));
        assert!(hearing.remove(1).is_none());
    }

    #[test]
    fn what_is_encrypted_by_other_means_is_never_played() {
        let hearing = Hearing::default();
        let SourceChange::Added { mut frames, .. } = hearing.add(1, PeerId("ana".into())) else { panic!("added") };
        // TOC, sealed sound with its tag, IV, its length, key index.
        let mut sealed = vec![0x78];
        sealed.extend([0xAB; 40]);
        sealed.extend([0x11; 12]);
        sealed.extend([12, 3]);
        hearing.take(packet(1, 1, &sealed));
        assert!(frames.try_recv().is_err());
        assert_eq!(hearing.figures(), Figures { packets: 1, bytes: sealed.len() as u64, encrypted: 1 });
        *sealed.last_mut().unwrap() = 16;
        hearing.take(packet(1, 2, &sealed));
        assert!(frames.try_recv().is_ok(), "there are sixteen keys");
    }
}
