//! From a track's packets to frames: as they come; by the number that they bear, where the server puts different speakers into one
//! slot; or, in an encrypted room, opened and given to whom the key names.

use super::shell::Counter;
use crate::backend::{FRAME_QUEUE, Frame, KeyId, Protection, SourceId, Unopened};
use crate::call::PeerId;
use crate::rtc::{Packet, RemoteTrack, track::SequenceExtender};
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// A slot that was silent for so long is nobody's: who had it costs nothing any more, and who comes next begins anew.
const NOBODYS: Duration = Duration::from_secs(30);

/// Another one speaks on a track than before, or nobody any more.
pub(super) struct Turn {
    pub(super) track: SourceId,
    pub(super) speaker: Option<Speaker>,
}

/// Somebody begins to speak.
pub(super) struct Speaker {
    pub(super) source: SourceId,
    pub(super) who: Who,
    pub(super) frames: mpsc::Receiver<Frame>,
}

/// Who speaks, as a packet tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// By the word of the key.
    Peer(PeerId),
    /// By the server's: the number of the track that the packet is of.
    Number(u32),
}

/// Frames that were not opened: all of them, and those that no member sent so.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) all: AtomicU64,
    pub(super) foreign: AtomicU64,
}

impl Refused {
    fn count(&self, why: Unopened) {
        self.all.fetch_add(1, Ordering::Relaxed);
        if why == Unopened::Foreign {
            self.foreign.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Reads a track on which different people speak: a slot, or any track of an encrypted room, where what is opened goes to
/// the source of whom the key names, whatever the server says of the track. Nothing else passes there.
pub(super) struct Reader {
    pub(super) key: SourceId,
    pub(super) protection: Option<Arc<dyn Protection>>,
    pub(super) turns: mpsc::Sender<Turn>,
    pub(super) next_source: Arc<AtomicU64>,
    pub(super) received: Arc<Counter>,
    pub(super) refused: Arc<Refused>,
    pub(super) present: Option<(Who, SourceId, mpsc::Sender<Frame>)>,
}

impl Reader {
    pub(super) async fn run(mut self, track: RemoteTrack) {
        let mut extender = SequenceExtender::default();
        let mut newest = 0;
        loop {
            let packet = match tokio::time::timeout(NOBODYS, track.receive()).await {
                Ok(Some(packet)) => packet,
                Ok(None) => return,
                Err(_) => {
                    self.end();
                    continue;
                }
            };
            self.received.count(packet.payload.len());
            let sequence = extender.extend(packet.ssrc, packet.sequence);
            let Some((who, key_id, payload)) = self.open(&packet) else { continue };
            if self.present.as_ref().is_none_or(|(present, ..)| *present != who) {
                if sequence <= newest {
                    continue; // a straggler of whom spoke before
                }
                self.begin(who);
            }
            newest = newest.max(sequence);
            let Some((_, source, frames)) = &self.present else { continue };
            let (timestamp, arrived) = (packet.timestamp, Instant::now());
            let frame = Frame { source: *source, key_id, sequence, timestamp, arrived, voice: false, payload };
            if let Err(TrySendError::Closed(_)) = frames.try_send(frame) {
                self.present = None;
            }
        }
    }

    /// Whose a packet is, and what is in it; `None` if it is not to be played.
    fn open(&self, packet: &Packet) -> Option<(Who, Option<KeyId>, Bytes)> {
        let Some(protection) = &self.protection else {
            return Some((Who::Number(packet.source?), None, packet.payload.clone()));
        };
        match protection.open(&packet.payload) {
            Ok(opened) => Some((Who::Peer(opened.speaker), Some(opened.key), opened.payload)),
            Err(why) => {
                self.refused.count(why);
                None
            }
        }
    }

    /// A fresh source; if the shell cannot take it now, the next frame tries again.
    fn begin(&mut self, who: Who) {
        let (source, (tx, frames)) = (next_source(&self.next_source), mpsc::channel(FRAME_QUEUE));
        let speaker = Some(Speaker { source, who: who.clone(), frames });
        self.present = self.turns.try_send(Turn { track: self.key, speaker }).ok().map(|()| (who, source, tx));
    }

    fn end(&mut self) {
        if self.present.is_some() && self.turns.try_send(Turn { track: self.key, speaker: None }).is_ok() {
            self.present = None;
        }
    }
}

/// Reads a track into its queue; a full queue loses the newest frame.
pub(super) async fn read(track: RemoteTrack, source: SourceId, frames: mpsc::Sender<Frame>, received: Arc<Counter>) {
    let mut extender = SequenceExtender::default();
    while let Some(p) = track.receive().await {
        received.count(p.payload.len());
        let frame = Frame {
            source,
            key_id: None,
            sequence: extender.extend(p.ssrc, p.sequence),
            timestamp: p.timestamp,
            arrived: Instant::now(),
            voice: false,
            payload: p.payload,
        };
        // Even when nobody listens: a track that is not read fills its queue in the transport.
        let _ = frames.try_send(frame);
    }
}

pub(super) fn next_source(counter: &AtomicU64) -> SourceId {
    SourceId(counter.fetch_add(1, Ordering::Relaxed) + 1)
}
