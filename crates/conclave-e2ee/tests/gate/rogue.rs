//! Clients that are not ours: openmls alone, with no gate in front.

use crate::world::{ROOM, World, device};
use conclave_e2ee::gate::{PSK_ID, leaf};
use conclave_e2ee::member::Plan;
use conclave_e2ee::{Device, DeviceKey, RoomState};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::signatures::{Signer, SignerError};

pub(crate) const STATE: u16 = conclave_e2ee::room::EXTENSION;

pub(crate) struct Key(pub(crate) SigningKey);

impl Signer for Key {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// A leaf that can be bent in every way before it is used.
pub(crate) struct Leaf {
    pub(crate) provider: OpenMlsRustCrypto,
    pub(crate) key: Key,
    pub(crate) credential: Vec<u8>,
    pub(crate) capabilities: Capabilities,
    pub(crate) extensions: Extensions<LeafNode>,
    pub(crate) lifetime: Lifetime,
}

pub(crate) fn capabilities() -> Capabilities {
    let extensions = vec![ExtensionType::Unknown(STATE), ExtensionType::Unknown(leaf::EXTENSION)];
    Capabilities::builder()
        .ciphersuites(vec![leaf::SUITE])
        .proposals(vec![ProposalType::SelfRemove])
        .extensions(extensions)
        .build()
}

pub(crate) fn leaf_extensions(key: Vec<u8>) -> Extensions<LeafNode> {
    Extensions::single(Extension::Unknown(leaf::EXTENSION, UnknownExtension(key))).unwrap()
}

impl Leaf {
    /// As an honest client would make it.
    pub(crate) fn new(name: &str, now: u64) -> Self {
        let key = SigningKey::from_bytes(&Device::generate().unwrap().seed());
        let credential = device(name).certify(ROOM, &key.verifying_key().to_bytes(), now + 3600, Vec::new());
        Self {
            provider: OpenMlsRustCrypto::default(),
            key: Key(key),
            credential: credential.encode().unwrap(),
            capabilities: capabilities(),
            extensions: leaf_extensions(vec![9; 32]),
            lifetime: Lifetime::init(0, u64::MAX),
        }
    }

    pub(crate) fn with_key(&self) -> CredentialWithKey {
        let credential = BasicCredential::new(self.credential.clone()).into();
        CredentialWithKey { credential, signature_key: self.key.0.verifying_key().to_bytes().as_slice().into() }
    }

    pub(crate) fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .key_package_lifetime(self.lifetime)
            .leaf_node_capabilities(self.capabilities.clone())
            .leaf_node_extensions(self.extensions.clone())
            .build(leaf::SUITE, &self.provider, &self.key, self.with_key())
            .unwrap()
            .into_key_package()
    }

    pub(crate) fn knock(&self) -> Vec<u8> {
        MlsMessageOut::from(self.key_package()).to_bytes().unwrap()
    }

    /// An external commit with whatever PSK (id and value) and authenticated data.
    pub(crate) fn external_commit(&self, world: &World, psk: Option<(&[u8], &[u8])>, aad: Vec<u8>) -> Vec<u8> {
        let (info, tree) = world.group();
        let MlsMessageBodyIn::GroupInfo(info) = MlsMessageIn::tls_deserialize_exact(&info[..]).unwrap().extract() else {
            panic!()
        };
        let parameters = LeafNodeParameters::builder()
            .with_capabilities(self.capabilities.clone())
            .with_extensions(self.extensions.clone())
            .build();
        let mut builder = MlsGroup::external_commit_builder()
            .with_config(config())
            .with_ratchet_tree(RatchetTreeIn::tls_deserialize_exact(&tree[..]).unwrap())
            .with_aad(aad)
            .build_group(&self.provider, info, self.with_key())
            .unwrap()
            .leaf_node_parameters(parameters);
        if let Some((id, value)) = psk {
            let psk = Psk::External(ExternalPsk::new(id.to_vec()));
            let psk = PreSharedKeyId::new(leaf::SUITE, self.provider.rand(), psk).unwrap();
            psk.store(&self.provider, value).unwrap();
            builder = builder.add_psk_proposal(PreSharedKeyProposal::new(psk));
        }
        let (_, bundle) = builder
            .load_psks(self.provider.storage())
            .unwrap()
            .build(self.provider.rand(), self.provider.crypto(), &self.key, |_| true)
            .unwrap()
            .finalize(&self.provider)
            .unwrap();
        bundle.into_commit().to_bytes().unwrap()
    }
}

pub(crate) fn config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder().wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY).build()
}

/// A member whose client has no gate.
pub(crate) struct Rogue {
    pub(crate) leaf: Leaf,
    pub(crate) group: MlsGroup,
}

impl Rogue {
    /// `by` lets it in, as somebody harmless.
    pub(crate) fn enter(world: &mut World, by: &str, name: &str) -> Self {
        Self::enter_as(world, by, Leaf::new(name, world.now))
    }

    pub(crate) fn enter_as(world: &mut World, by: &str, leaf: Leaf) -> Self {
        let bundle = world.commit(by, &Plan { add: vec![leaf.knock()], ..Plan::default() }).unwrap();
        let welcome = bundle.welcome.unwrap();
        let MlsMessageBodyIn::Welcome(welcome) = MlsMessageIn::tls_deserialize_exact(&welcome[..]).unwrap().extract() else {
            panic!()
        };
        let tree = RatchetTreeIn::tls_deserialize_exact(&world.public.tree_bytes().unwrap()[..]).unwrap();
        let staged = StagedWelcome::build_from_welcome(&leaf.provider, &config(), welcome)
            .unwrap()
            .with_ratchet_tree(tree)
            .build()
            .unwrap();
        let group = staged.into_group(&leaf.provider).unwrap();
        Self { leaf, group }
    }

    /// Takes everything in.
    pub(crate) fn follow(&mut self, message: &[u8]) {
        let message = MlsMessageIn::tls_deserialize_exact(message).unwrap().try_into_protocol_message().unwrap();
        match self.group.process_message(&self.leaf.provider, message).unwrap().into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                self.group.merge_staged_commit(&self.leaf.provider, *staged).unwrap();
            }
            ProcessedMessageContent::ProposalMessage(proposal) => {
                self.group.store_pending_proposal(self.leaf.provider.storage(), *proposal).unwrap();
            }
            _ => panic!("no handshake"),
        }
    }

    pub(crate) fn state(&self) -> RoomState {
        RoomState::decode(&self.group.extensions().unknown(STATE).unwrap().0).unwrap()
    }

    /// A commit of whatever kind; not kept.
    pub(crate) fn commit(&mut self, bend: impl FnOnce(CommitBuilder<'_, Initial>) -> CommitBuilder<'_, Initial>) -> Vec<u8> {
        let provider = &self.leaf.provider;
        let bundle = bend(self.group.commit_builder())
            .load_psks(provider.storage())
            .unwrap()
            .build(provider.rand(), provider.crypto(), &self.leaf.key, |_| true)
            .unwrap()
            .stage_commit(provider)
            .unwrap();
        let commit = bundle.into_commit().to_bytes().unwrap();
        self.group.clear_pending_commit(provider.storage()).unwrap();
        commit
    }

    /// The context's extensions with another state.
    pub(crate) fn with_state(&self, state: &RoomState) -> Extensions<GroupContext> {
        self.with_raw_state(state.encode().unwrap())
    }

    pub(crate) fn with_raw_state(&self, state: Vec<u8>) -> Extensions<GroupContext> {
        let mut extensions = self.group.extensions().clone();
        extensions.add_or_replace(Extension::Unknown(STATE, UnknownExtension(state))).unwrap();
        extensions
    }

    /// A commit that changes the state as `bend` says.
    pub(crate) fn change(&mut self, bend: impl FnOnce(&mut RoomState)) -> Vec<u8> {
        let mut state = self.state();
        bend(&mut state);
        let extensions = self.with_state(&state);
        self.commit(|builder| builder.propose_group_context_extensions(extensions).unwrap())
    }

    pub(crate) fn index_of(&self, who: DeviceKey) -> LeafNodeIndex {
        let is = |member: &Member| {
            let basic = BasicCredential::try_from(member.credential.clone()).unwrap();
            conclave_e2ee::Credential::decode(basic.identity()).unwrap().device == who
        };
        self.group.members().find(is).unwrap().index
    }
}

/// The authenticated data of an external commit, as anybody on the way sees it.
pub(crate) fn aad_of(world: &World, commit: &[u8]) -> Vec<u8> {
    let (info, tree) = world.group();
    let MlsMessageBodyIn::GroupInfo(info) = MlsMessageIn::tls_deserialize_exact(&info[..]).unwrap().extract() else { panic!() };
    let provider = OpenMlsRustCrypto::default();
    let tree = RatchetTreeIn::tls_deserialize_exact(&tree[..]).unwrap();
    let (group, _) = PublicGroup::from_external(provider.crypto(), provider.storage(), tree, info, ProposalStore::new()).unwrap();
    let message = MlsMessageIn::tls_deserialize_exact(commit).unwrap().try_into_protocol_message().unwrap();
    group.process_message(provider.crypto(), message).unwrap().aad().to_vec()
}

/// The room secret's PSK, as a joiner by link names it.
pub(crate) const ROOM_PSK: &[u8] = PSK_ID;
