//! What the fuzz targets do. Also a module of `crates/conclave-e2ee/tests/fuzz_targets.rs`, which runs them on stable.
//! Each takes any bytes, and fails by panicking: on a panic inside, and when damaged input changed something.

use conclave_e2ee::media::frame::{Header, MAX_HEADER};
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind};
use conclave_e2ee::member::{Expectation, Me, Member, Plan, Processed, Waiting};
use conclave_e2ee::public::{PublicChange, PublicState};
use conclave_e2ee::receipt::Signed;
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::wire::{FromService, ToService};
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
    let Ok(message) = serde_json::from_slice::<ToService>(data) else { return };
    let text = serde_json::to_vec(&message).unwrap_or_default();
    assert_eq!(serde_json::from_slice(&text).ok().as_ref(), Some(&message), "written and read again");
    GROUP.with_borrow_mut(|group| group.service_refuses(message));
}

thread_local! {
    static GROUP: RefCell<Group> = RefCell::new(Group::new());
}

/// A group of two, and messages that would be good in it.
struct Group {
    ana: Member,
    public: PublicState,
    samples: Vec<Vec<u8>>,
}

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
        Self { ana, public, samples }
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
        let _ = PublicState::from_group(message, &self.samples[5], ROOM, &[9; 32], NOW);
        let _ = PublicState::from_group(&self.samples[6], message, ROOM, &[9; 32], NOW);
        let _ = gate::leaf::knock(message, self.public.state(), NOW);
        let newcomer = me(3);
        if let Ok((waiting, _)) = Waiting::knock(&newcomer, ROOM, NOW) {
            let expect = Expectation { room: ROOM.into(), ..Default::default() };
            assert!(waiting.welcome(&newcomer, NOW, message, &self.samples[5], &expect).is_err(), "not for them");
        }
        assert_eq!((self.ana.epoch(), self.ana.roster()), before, "damaged input changed the group");
    }

    /// The gate of the service over every part of a message.
    fn service_refuses(&mut self, message: ToService) {
        let epoch = self.public.epoch();
        match message {
            ToService::Found { group_info, tree, .. } => {
                let _ = PublicState::from_group(&group_info.0, &tree.0, ROOM, &[9; 32], NOW);
            }
            ToService::Knock { key_package } => drop(self.public.knock(NOW, &key_package.0)),
            ToService::Commit { commit, group_info, .. } => {
                if let Ok(PublicChange::Commit(staged)) = self.public.process(NOW, &commit.0) {
                    let damaged = self.public.accept(*staged, &group_info.0).is_err();
                    assert!(damaged, "nobody here made this commit");
                }
            }
            ToService::Propose { proposal, .. } => drop(self.public.process(NOW, &proposal.0)),
            ToService::Deny { .. } | ToService::Unprocessable { .. } | ToService::Present => {}
        }
        assert_eq!(self.public.epoch(), epoch);
    }
}
