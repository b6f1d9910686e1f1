//! A room in memory: honest members, and the delivery service's public state, which orders.

use conclave_e2ee::gate::View;
use conclave_e2ee::member::{Bundle, Change, Entry, Expectation, Me, Member, Plan, Processed, Waiting};
use conclave_e2ee::public::{PublicChange, PublicState};
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, Device, Error, IssuerSigner, Mode, Refused, RoomState, Vouch};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ROOM: &str = "board";

pub(crate) struct World {
    pub(crate) service: Zeroizing<[u8; 32]>,
    pub(crate) public: PublicState,
    pub(crate) members: BTreeMap<&'static str, Member>,
    pub(crate) now: u64,
}

/// A device that is always the same for a name.
pub(crate) fn device(name: &str) -> Arc<Device> {
    Arc::new(Device::from_seed(&Zeroizing::new(seed("device", name))))
}

pub(crate) fn seed(kind: &str, name: &str) -> [u8; 32] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut out = [0; 32];
    for (i, chunk) in out.chunks_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (kind, name, i).hash(&mut hasher);
        chunk.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    out
}

/// A fresh leaf under the device of `name`.
pub(crate) fn me(name: &str) -> Me {
    me_vouched(name, Vec::new())
}

pub(crate) fn me_vouched(name: &str, vouches: Vec<Vouch>) -> Me {
    let leaf = Device::generate().unwrap().seed();
    Me { device: device(name), leaf: SigningKey::from_bytes(&leaf), vouches }
}

pub(crate) fn issuer() -> IssuerSigner {
    IssuerSigner::from_seed(&Zeroizing::new(seed("issuer", "administrator")))
}

pub(crate) fn service_key(seed: &Zeroizing<[u8; 32]>) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// A room in which `ana` is the creator, and which lets in as `admission` says.
pub(crate) fn state(admission: Admission) -> RoomState {
    let mut state = RoomState::new(ROOM, device("ana").public());
    state.admission = admission;
    state
}

pub(crate) fn code(error: &Error) -> &str {
    match error {
        Error::Refused(refused) => refused_code(refused),
        other => panic!("no refusal: {other}"),
    }
}

pub(crate) fn refused_code(refused: &Refused) -> &str {
    match refused {
        Refused::Policy { code, .. } => code,
        Refused::WrongEpoch { .. } => "wrong_epoch",
        Refused::Invalid(text) if text.contains("ConfirmationTagMismatch") => "confirmation_tag",
        Refused::Invalid(_) => "invalid",
        Refused::TooLarge(_) => "too_large",
    }
}

impl World {
    /// `ana` founds.
    pub(crate) fn found(state: RoomState) -> Self {
        let service = Zeroizing::new(seed("service", "delivery"));
        let founder = me("ana");
        let (ana, group_info, tree) = Member::found(&founder, state, service_key(&service), NOW).unwrap();
        let public = PublicState::from_group(&group_info, &tree, ROOM, &service_key(&service), NOW).unwrap();
        public.check_founding(&founder.id(), ana.state().generation).unwrap();
        Self { service, public, members: BTreeMap::from([("ana", ana)]), now: NOW }
    }

    pub(crate) fn expect(&self) -> Expectation {
        Expectation { room: ROOM.into(), service: service_key(&self.service), mode: Some(Mode::Strict), before: None }
    }

    pub(crate) fn m(&mut self, name: &str) -> &mut Member {
        self.members.get_mut(name).unwrap()
    }

    pub(crate) fn leaf(&self, name: &str) -> u32 {
        self.members[name].leaf()
    }

    /// `by` commits a plan; the service and everybody take it.
    pub(crate) fn commit(&mut self, by: &str, plan: &Plan) -> Result<Bundle, Error> {
        let now = self.now;
        let bundle = self.m(by).commit(now, plan)?;
        self.deliver(&bundle).unwrap();
        Ok(bundle)
    }

    /// The service checks a commit and everybody takes it in.
    pub(crate) fn deliver(&mut self, bundle: &Bundle) -> Result<BTreeMap<&'static str, Change>, Refused> {
        match self.public.process(self.now, &bundle.commit)? {
            PublicChange::Commit(staged) => self.public.accept(*staged, &bundle.group_info)?,
            PublicChange::Proposal(_) => panic!("no commit"),
        };
        Ok(self.broadcast(&bundle.commit))
    }

    /// Everybody takes a commit in that the service took; who is out leaves the map.
    pub(crate) fn broadcast(&mut self, commit: &[u8]) -> BTreeMap<&'static str, Change> {
        let now = self.now;
        let mut changes = BTreeMap::new();
        for (name, member) in &mut self.members {
            match member.process(now, commit) {
                Ok(Processed::Change(change)) => changes.insert(*name, *change),
                other => panic!("{name}: {other:?}"),
            };
        }
        self.members.retain(|name, _| !changes[name].we_are_out);
        self.check();
        changes
    }

    /// Everybody and the service know a proposal.
    pub(crate) fn propose(&mut self, proposal: &[u8]) {
        let now = self.now;
        assert!(matches!(self.public.process(now, proposal), Ok(PublicChange::Proposal(_))));
        for (name, member) in &mut self.members {
            assert!(matches!(member.process(now, proposal), Ok(Processed::Proposal)), "{name}");
        }
    }

    /// The service proposes to remove somebody who vanished.
    pub(crate) fn vanish(&mut self, name: &str) {
        let leaf = self.leaf(name);
        self.members.remove(name);
        let proposal = self.public.propose_remove(leaf, &self.service).unwrap();
        self.propose(&proposal);
    }

    /// `by` lets `name` in with a fresh leaf.
    pub(crate) fn add(&mut self, by: &str, name: &'static str) -> Result<(), Error> {
        self.add_me(by, name, &me(name))
    }

    pub(crate) fn add_me(&mut self, by: &str, name: &'static str, me: &Me) -> Result<(), Error> {
        let (waiting, key_package) = Waiting::knock(me, ROOM, self.now).unwrap();
        let bundle = self.commit(by, &Plan { add: vec![key_package], ..Plan::default() })?;
        let member = self.welcome(me, waiting, &bundle).map_err(|(_, e)| e).unwrap();
        self.members.insert(name, member);
        self.check();
        Ok(())
    }

    pub(crate) fn welcome(&self, me: &Me, waiting: Waiting, bundle: &Bundle) -> Result<Member, (Box<Waiting>, Error)> {
        let tree = self.public.tree_bytes().unwrap();
        waiting.welcome(me, self.now, bundle.welcome.as_ref().unwrap(), &tree, &self.expect())
    }

    /// What the service hands to joiners.
    pub(crate) fn group(&self) -> (Vec<u8>, Vec<u8>) {
        let some = self.members.values().next().unwrap();
        (some.group_info().unwrap(), self.public.tree_bytes().unwrap())
    }

    pub(crate) fn link(&mut self, name: &'static str, secret: &RoomSecret) -> Result<(), Error> {
        let (group_info, tree) = self.group();
        let (mut member, bundle) = Member::link(&me(name), self.now, &group_info, &tree, secret, &self.expect())?;
        self.deliver(&bundle).map_err(Error::Refused)?;
        match member.process(self.now, &bundle.commit) {
            Ok(Processed::Change(change)) => assert_eq!(change.by.device, device(name).public()),
            other => panic!("{other:?}"),
        }
        self.members.insert(name, member);
        self.check();
        Ok(())
    }

    /// Everybody agrees: roster, state, epoch, keys; and the service as far as it sees.
    pub(crate) fn check(&self) {
        let keys: Vec<_> = self.members.values().map(|m| m.media_keys().unwrap().base.to_vec()).collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "media keys differ");
        for (name, member) in &self.members {
            let said = |roster: Vec<Entry>| roster.into_iter().map(|entry| Entry { as_of: 0, ..entry }).collect::<Vec<_>>();
            assert_eq!(said(member.roster()), said(self.public.roster()), "{name}");
            assert_eq!(member.state(), self.public.state(), "{name}");
            assert_eq!(member.epoch().1, self.public.epoch(), "{name}");
        }
    }

    /// Nobody takes a commit in, everybody says the same word, and nothing changes.
    pub(crate) fn refused_by_all(&mut self, commit: &[u8], expected: &str) {
        let now = self.now;
        let (epoch, keys) = (self.public.epoch(), self.members["ana"].media_keys().unwrap().base.to_vec());
        match self.public.process(now, commit) {
            Err(refused) => assert_eq!(refused_code(&refused), expected, "service: {refused}"),
            Ok(_) => panic!("the service takes it"),
        }
        for (name, member) in &mut self.members {
            match member.process(now, commit) {
                Err(error) => assert_eq!(code(&error), expected, "{name}: {error}"),
                Ok(_) => panic!("{name} takes it"),
            }
        }
        self.check();
        assert_eq!(self.public.epoch(), epoch);
        assert_eq!(self.members["ana"].media_keys().unwrap().base.to_vec(), keys);
    }

    /// The room still works: somebody commits, everybody takes it.
    pub(crate) fn still_works(&mut self) {
        let before = self.public.epoch();
        self.commit("ana", &Plan::default()).unwrap();
        assert_eq!(self.public.epoch(), before + 1);
    }
}

/// The gate's view is what a front end may build, too.
#[allow(dead_code)]
fn view_is_public(_: View<'_>) {}
