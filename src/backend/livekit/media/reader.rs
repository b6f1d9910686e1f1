//! From a track's packets to frames: as they come, or, in an encrypted room, opened and given to whom the key names.

use super::shell::Counter;
use crate::backend::{FRAME_QUEUE, Frame, Protection, SourceId, Unopened};
use crate::call::PeerId;
use crate::rtc::{RemoteTrack, track::SequenceExtender};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::mpsc;

/// Somebody begins to speak on a track, by the word of the key.
pub(super) struct Speaker {
    pub(super) track: SourceId,
    pub(super) source: SourceId,
    pub(super) peer: PeerId,
    pub(super) frames: mpsc::Receiver<Frame>,
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

/// Reads a track of an encrypted room: what is opened goes to the source of whom the key names, whatever the server says of
/// the track. Nothing else passes.
pub(super) struct Reader {
    pub(super) key: SourceId,
    pub(super) protection: Arc<dyn Protection>,
    pub(super) speakers: mpsc::Sender<Speaker>,
    pub(super) next_source: Arc<AtomicU64>,
    pub(super) received: Arc<Counter>,
    pub(super) refused: Arc<Refused>,
    pub(super) present: Option<(PeerId, SourceId, mpsc::Sender<Frame>)>,
}

impl Reader {
    pub(super) async fn run(mut self, track: RemoteTrack) {
        let mut extender = SequenceExtender::default();
        while let Some(p) = track.receive().await {
            self.received.count(p.payload.len());
            let opened = match self.protection.open(&p.payload) {
                Ok(opened) => opened,
                Err(why) => {
                    self.refused.count(why);
                    continue;
                }
            };
            if self.present.as_ref().is_none_or(|(peer, ..)| *peer != opened.speaker) {
                self.begin(opened.speaker);
            }
            let Some((_, source, frames)) = &self.present else { continue };
            let frame = Frame {
                source: *source,
                key_id: Some(opened.key),
                sequence: extender.extend(p.ssrc, p.sequence),
                timestamp: p.timestamp,
                arrived: Instant::now(),
                voice: false,
                payload: opened.payload,
            };
            let _ = frames.try_send(frame);
        }
    }

    /// A fresh source; if the shell cannot take it now, the next frame tries again.
    fn begin(&mut self, peer: PeerId) {
        let (source, (tx, frames)) = (next_source(&self.next_source), mpsc::channel(FRAME_QUEUE));
        let speaker = Speaker { track: self.key, source, peer: peer.clone(), frames };
        self.present = self.speakers.try_send(speaker).ok().map(|()| (peer, source, tx));
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
