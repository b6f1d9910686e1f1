//! The seal between codec and transport of an end-to-end encrypted room: SFrame with the group's keys.

use crate::backend::{KeyId, Opened, Protection, Unopened};
use crate::call::PeerId;
use crate::call::xray::{Item, Tap};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind, NotOpened, OVERHEAD};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// The keys, shared between sending, receiving and the control session.
pub(super) struct Shield {
    ring: Mutex<KeyRing>,
    began: Instant,
    tap: Tap,
    /// A frame came whose epoch we do not have.
    pub(super) unknown: Notify,
    /// Our keys have sealed half of what they may; said once for an epoch.
    worn: Notify,
    said_worn: AtomicBool,
}

impl Shield {
    pub(super) fn new(tap: Tap) -> Self {
        let (unknown, worn) = (Notify::new(), Notify::new());
        Self { ring: Mutex::default(), began: Instant::now(), tap, unknown, worn, said_worn: AtomicBool::new(false) }
    }

    fn ring(&self) -> MutexGuard<'_, KeyRing> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// New keys, or none any more.
    pub(super) fn set(&self, keys: Option<EpochKeys>) {
        let mut ring = self.ring();
        self.said_worn.store(false, Ordering::Relaxed);
        match keys {
            Some(keys) => ring.advance(self.began.elapsed(), keys),
            None => ring.clear(),
        }
    }

    /// Waits until our keys have sealed half of what they may; which epoch's.
    pub(super) async fn worn(&self) -> (u64, u64) {
        loop {
            self.worn.notified().await;
            if let Some(epoch) = self.ring().epoch() {
                return epoch;
            }
        }
    }

    fn show(&self, direction: &str, sealed: &[u8], opened: Option<usize>) {
        if self.tap.open() {
            self.tap.show(Item {
                direction: direction.into(),
                plane: "media".into(),
                server_sees: URL_SAFE_NO_PAD.encode(sealed),
                members_see: opened.map(|n| format!("{n} bytes of Opus")).unwrap_or_default(),
            });
        }
    }
}

impl Protection for Shield {
    fn seal(&self, frame: &Bytes) -> Option<Bytes> {
        let mut sealed = Vec::with_capacity(frame.len() + OVERHEAD);
        let worn = {
            let mut ring = self.ring();
            if !ring.seal_into(Kind::Audio, frame, &mut sealed) {
                return None;
            }
            ring.wants_epoch()
        };
        if worn && !self.said_worn.swap(true, Ordering::Relaxed) {
            self.worn.notify_one();
        }
        self.show("out", &sealed, Some(frame.len()));
        Some(sealed.into())
    }

    fn open(&self, frame: &Bytes) -> Result<Opened, Unopened> {
        let mut payload = Vec::with_capacity(frame.len());
        let (origin, ahead) = {
            let mut ring = self.ring();
            let origin = ring.open(self.began.elapsed(), Kind::Audio, frame, &mut payload);
            let ahead = origin == Err(NotOpened::UnknownKey) && ring.ahead(frame).is_some();
            (origin, ahead)
        };
        if ahead {
            self.unknown.notify_one();
        }
        self.show("in", frame, origin.as_ref().ok().map(|_| payload.len()));
        let origin = origin.map_err(|why| match why {
            NotOpened::UnknownKey => Unopened::NoKey,
            NotOpened::Plain | NotOpened::Replayed | NotOpened::Forged => Unopened::Foreign,
        })?;
        Ok(Opened { payload: payload.into(), speaker: PeerId(origin.member), key: KeyId(origin.kid) })
    }
}

/// The seal of a call, for the workspace's own tests: they search servers for what was drawn from the group, and give members
/// frames that were not meant for them. No command, option or event leads here.
#[doc(hidden)]
#[derive(Clone)]
pub struct Probe(Arc<Shield>);

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

impl Probe {
    pub(super) fn new(shield: Arc<Shield>) -> Self {
        Self(shield)
    }

    /// The keys of the present epoch.
    pub fn keys(&self) -> Option<EpochKeys> {
        self.0.ring().exported()
    }

    /// What this client makes of a frame that comes now.
    pub fn open(&self, frame: &[u8]) -> Option<Vec<u8>> {
        let mut payload = Vec::new();
        self.0.ring().open(self.0.began.elapsed(), Kind::Audio, frame, &mut payload).ok().map(|_| payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use zeroize::Zeroizing;

    fn keys(me: u32) -> EpochKeys {
        let leaves = BTreeMap::from([(0, "m-a".to_owned()), (1, "m-b".to_owned())]);
        EpochKeys { epoch: (1, 1), base: Zeroizing::new(vec![7; 32]), me, leaves }
    }

    #[test]
    fn without_keys_nothing_is_sent_or_played_and_with_them_the_key_names_the_speaker() {
        let (a, b) = (Shield::new(Tap::default()), Shield::new(Tap::default()));
        let frame = Bytes::from_static(b"opus opus opus");
        assert_eq!(a.seal(&frame), None);
        a.set(Some(keys(0)));
        let sealed = a.seal(&frame).unwrap();
        assert_eq!(sealed.len(), frame.len() + OVERHEAD);
        assert_eq!(b.open(&sealed), Err(Unopened::NoKey));
        b.set(Some(keys(1)));
        let opened = b.open(&sealed).unwrap();
        assert_eq!((opened.payload, opened.speaker), (frame.clone(), PeerId("m-a".into())));
        assert_eq!(b.open(&sealed), Err(Unopened::Foreign), "a second time");
        assert_eq!(b.open(&frame), Err(Unopened::Foreign), "plain");
        a.set(None);
        assert_eq!(a.seal(&frame), None);
    }

    #[test]
    fn the_tap_shows_what_the_server_has_beside_what_it_means() {
        let tap = Tap::default();
        let shield = Shield::new(tap.clone());
        shield.set(Some(keys(0)));
        let mut look = tap.look();
        let sealed = shield.seal(&Bytes::from_static(b"opus")).unwrap();
        let item = look.try_recv().unwrap();
        assert_eq!((item.server_sees, item.members_see.as_str()), (URL_SAFE_NO_PAD.encode(&sealed), "4 bytes of Opus"));
    }
}
