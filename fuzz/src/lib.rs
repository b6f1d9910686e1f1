//! What the fuzz targets do. Also a module of `crates/conclave-e2ee/tests/fuzz_targets.rs`, which runs them on stable.
//! Each takes any bytes, and fails by panicking: on a panic inside, and when damaged input changed something.

use conclave_e2ee::delivery::{Delivery, Output, Snapshot};
use conclave_e2ee::media::frame::{Header, MAX_HEADER};
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind};
use conclave_e2ee::member::{Expectation, Me, Member, Plan, Processed, Waiting};
use conclave_e2ee::public::{PublicChange, PublicState};
use conclave_e2ee::receipt::Signed;
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::session::Now;
use conclave_e2ee::wire::{Blob, FromService, ToService};
use conclave_e2ee::{Admission, Credential, Device, RevocationList, RoomState, Vouch, gate};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// The clock of all targets.
pub const NOW: u64 = 1_800_000_000;
const ROOM: &str = "board";

/// A frame from the media plane: its header, and the whole way to the decoder.
pub fn sframe_header(data: &[u8]) {
    if let Some((header, length)) = Header::read(data) {
        let mut again = [0; MAX_HEADER];
        let written = header.write(&mut again);
        assert_eq!(Some(&again[..written]), data.get(..length), "a header has one encoding");
    }
    let mut ring = KeyRing::default();
    let leaves = [(0, "m-0".into()), (1, "m-1".into())].into();
    ring.advance(Duration::ZERO, EpochKeys { epoch: (1, 1), base: vec![7; 32].into(), me: 0, leaves });
    let mut out = Vec::new();
    assert!(ring.open(Duration::ZERO, Kind::Audio, data, &mut out).is_err(), "a frame without our keys was opened");
    ring.ahead(data);
}

/// A message of the group, arriving at a member, a newcomer and the service. An even first byte: the rest is the message;
/// an odd one: a good message is chosen and damaged (offset and mask, three bytes each time).
pub fn mls_message(data: &[u8]) {
    GROUP.with_borrow_mut(|group| {
        let Some(message) = group.message(data) else { return };
        group.all_refuse(&message);
    });
}

/// What stands in a leaf, and everything else that is read from text or file.
pub fn credential(data: &[u8]) {
    if let Ok(credential) = Credential::decode(data) {
        assert_eq!(credential.encode().ok().as_deref(), Some(data), "a credential has one encoding");
        let vouched = credential.vouches.iter().any(|vouch| vouch.verify(NOW));
        assert!(credential.verify(NOW, ROOM, &[1; 32]).is_err() && !vouched, "a forged credential");
    }
    if let Ok(state) = RoomState::decode(data) {
        assert_eq!(state.encode().ok().as_deref(), Some(data), "a state has one encoding");
    }
    let _ = Signed::from_file(data).map(|signed| signed.verify().map(|report| report.is_complete()));
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Vouch::from_text(text).map(|vouch| assert!(!vouch.verify(NOW), "a forged vouch"));
        assert!(RevocationList::from_text(text).is_err(), "a forged revocation list");
        let _ = RoomSecret::from_link(text);
        let _ = RoomSecret::from_words(text);
    }
}

/// What clients and the delivery service say to each other.
pub fn delivery_message(data: &[u8]) {
    if let Ok(message) = serde_json::from_slice::<FromService>(data) {
        let text = serde_json::to_vec(&message).unwrap_or_default();
        assert_eq!(serde_json::from_slice(&text).ok(), Some(message), "written and read again");
    }
    if let Ok(message) = serde_json::from_slice::<ToService>(data) {
        let text = serde_json::to_vec(&message).unwrap_or_default();
        assert_eq!(serde_json::from_slice(&text).ok().as_ref(), Some(&message), "written and read again");
        return GROUP.with_borrow(|group| group.service_keeps_nothing(message));
    }
    // Other bytes stand for a damaged message of the group, in each place where one can be.
    GROUP.with_borrow(|group| {
        let Some(message) = group.message(data).map(Blob) else { return };
        let (generation, epoch) = (1, 1);
        let good = |sample: usize| Blob(group.samples[sample].clone());
        for message in [
            ToService::Found { generation: 2, group_info: message.clone(), tree: good(TREE) },
            ToService::Knock { key_package: message.clone() },
            ToService::Commit { generation, epoch, commit: message.clone(), group_info: good(INFO), welcome: None },
            ToService::Commit { generation, epoch, commit: good(0), group_info: message.clone(), welcome: None },
            ToService::Propose { generation, epoch, proposal: message },
        ] {
            group.service_keeps_nothing(message);
        }
    });
}

thread_local! {
    static GROUP: RefCell<Group> = RefCell::new(Group::new());
}

/// A group of two, and messages that would be good in it.
struct Group {
    ana: Member,
    public: PublicState,
    samples: Vec<Vec<u8>>,
    stored: Snapshot,
}

/// Which samples these are.
const TREE: usize = 5;
const INFO: usize = 6;

fn me(seed: u8) -> Me {
    let device = Arc::new(Device::from_seed(&Zeroizing::new([seed; 32])));
    Me { device, leaf: ed25519_dalek::SigningKey::from_bytes(&[seed + 100; 32]), vouches: Vec::new() }
}

impl Group {
    #[allow(clippy::unwrap_used, reason = "a fuzz target without its group is of no use")]
    fn new() -> Self {
        let (service, founder, second) = (Zeroizing::new([9; 32]), me(1), me(2));
        let mut state = RoomState::new(ROOM, founder.device.public());
        state.admission = Admission::Auto;
        let key = Device::from_seed(&service).public().0;
        let (mut ana, group_info, tree) = Member::found(&founder, state, key, NOW).unwrap();
        let mut public = PublicState::from_group(&group_info, &tree, ROOM, &key, NOW).unwrap();
        let (waiting, knock) = Waiting::knock(&second, ROOM, NOW).unwrap();
        let bundle = ana.commit(NOW, &Plan { add: vec![knock.clone()], ..Plan::default() }).unwrap();
        ana.process(NOW, &bundle.commit).unwrap();
        if let PublicChange::Commit(staged) = public.process(NOW, &bundle.commit).unwrap() {
            public.accept(*staged, &bundle.group_info).unwrap();
        }
        let (welcome, tree) = (bundle.welcome.unwrap(), public.tree_bytes().unwrap());
        let expect = Expectation { room: ROOM.into(), service: key, ..Default::default() };
        let mut ben = waiting.welcome(&second, NOW, &welcome, &tree, &expect).map_err(|(_, error)| error).unwrap();
        let samples = vec![
            ben.commit(NOW, &Plan::default()).unwrap().commit,
            ben.seal(b"hello").unwrap(),
            public.propose_remove(1, &service).unwrap(),
            ben.propose_leave().unwrap(),
            welcome,
            tree,
            ana.group_info().unwrap(),
            knock,
        ];
        let stored = Snapshot {
            generation: 1,
            epoch: Some(1),
            group_info: Blob(samples[INFO].clone()),
            tree: Blob(samples[TREE].clone()),
            commits: Vec::new(),
        };
        Self { ana, public, samples, stored }
    }

    fn message(&self, data: &[u8]) -> Option<Vec<u8>> {
        let (first, rest) = data.split_first()?;
        if first % 2 == 0 {
            return Some(rest.to_vec());
        }
        let sample = self.samples.get(usize::from(first / 2) % self.samples.len())?;
        let mut message = sample.clone();
        for patch in rest.chunks_exact(3).take(64) {
            let at = usize::from(u16::from_be_bytes([patch[0], patch[1]])) % message.len();
            message[at] ^= patch[2];
        }
        // An undamaged one would be taken, and should be.
        (message != *sample).then_some(message)
    }

    fn all_refuse(&mut self, message: &[u8]) {
        let before = (self.ana.epoch(), self.ana.roster());
        if let Ok(Processed::Change(_) | Processed::Message { .. }) = self.ana.process(NOW, message) {
            assert!(self.samples.iter().any(|sample| sample == message), "damaged, and taken by a member");
        }
        // The service has no key for the tags at the end, but signature and gate are its business: nothing is merged here.
        let _ = self.public.process(NOW, message);
        let _ = PublicState::from_group(message, &self.samples[TREE], ROOM, &[9; 32], NOW);
        let _ = PublicState::from_group(&self.samples[INFO], message, ROOM, &[9; 32], NOW);
        let _ = gate::leaf::knock(message, self.public.state(), NOW);
        let newcomer = me(3);
        if let Ok((waiting, _)) = Waiting::knock(&newcomer, ROOM, NOW) {
            let expect = Expectation { room: ROOM.into(), ..Default::default() };
            assert!(waiting.welcome(&newcomer, NOW, message, &self.samples[TREE], &expect).is_err(), "not for them");
        }
        assert_eq!((self.ana.epoch(), self.ana.roster()), before, "damaged input changed the group");
    }

    /// Whatever a member of the group says here, no new epoch of it comes to be.
    fn service_keeps_nothing(&self, message: ToService) {
        let now = Now { mono: Duration::from_secs(1), unix: NOW };
        let mut service = Delivery::new(now, ROOM, &Zeroizing::new([9; 32]), Some(self.stored.clone()));
        let who = me(1).id();
        service.joined(now, &who);
        for output in service.handle(now, &who, message) {
            let kept = matches!(&output, Output::Keep { snapshot, .. } if snapshot.epoch.is_some());
            assert!(!kept, "damaged, and taken by the service: {output:?}");
        }
        service.tick(now);
        service.gone(now, &who);
    }
}
