//! A member who is not ours: MLS alone, with no gate in front. What it makes is well formed and authentic, and what it
//! does with it is whatever a test wants.

use conclave_e2ee::gate::{PSK_ID, leaf};
use conclave_e2ee::{Device, MemberId, RoomState, member_id, room};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::signatures::{Signer, SignerError};

/// How long its certificate is good for, in seconds.
const LIFE: u64 = 3600;

struct Key(SigningKey);

impl Signer for Key {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Somebody with a leaf key that its device certifies, as an honest client's would, and perhaps in a group.
pub struct Ghost {
    provider: OpenMlsRustCrypto,
    key: Key,
    credential: Vec<u8>,
    group: Option<MlsGroup>,
}

fn capabilities() -> Capabilities {
    Capabilities::builder()
        .ciphersuites(vec![leaf::SUITE])
        .proposals(vec![ProposalType::SelfRemove])
        .extensions(vec![ExtensionType::Unknown(room::EXTENSION), ExtensionType::Unknown(leaf::EXTENSION)])
        .build()
}

fn leaf_extensions() -> Extensions<LeafNode> {
    Extensions::single(Extension::Unknown(leaf::EXTENSION, UnknownExtension(vec![9; 32]))).unwrap()
}

fn config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder().wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY).build()
}

fn read(message: &[u8]) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize_exact(message).unwrap()
}

fn tree(bytes: &[u8]) -> RatchetTreeIn {
    RatchetTreeIn::tls_deserialize_exact(bytes).unwrap()
}

impl Ghost {
    /// A fresh leaf of a device in a room. `now`: seconds since the Unix epoch.
    pub fn new(device: &Device, room: &str, now: u64) -> Self {
        let key = SigningKey::from_bytes(&Device::generate().unwrap().seed());
        let credential = device.certify(room, &key.verifying_key().to_bytes(), now + LIFE, Vec::new());
        Self { provider: OpenMlsRustCrypto::default(), key: Key(key), credential: credential.encode().unwrap(), group: None }
    }

    /// Member id.
    pub fn id(&self) -> MemberId {
        member_id(self.key.0.verifying_key().as_bytes())
    }

    /// The leaf key, to say hello with.
    pub fn leaf_key(&self) -> SigningKey {
        self.key.0.clone()
    }

    fn with_key(&self) -> CredentialWithKey {
        let credential = BasicCredential::new(self.credential.clone()).into();
        CredentialWithKey { credential, signature_key: self.key.0.verifying_key().to_bytes().as_slice().into() }
    }

    /// A KeyPackage, to knock with.
    pub fn key_package(&self) -> Vec<u8> {
        let bundle = KeyPackage::builder()
            .key_package_lifetime(Lifetime::init(0, u64::MAX))
            .leaf_node_capabilities(capabilities())
            .leaf_node_extensions(leaf_extensions())
            .build(leaf::SUITE, &self.provider, &self.key, self.with_key())
            .unwrap();
        MlsMessageOut::from(bundle.into_key_package()).to_bytes().unwrap()
    }

    /// A join by a commit of its own (RFC 9420, section 12.4.3.2), with some value for the room secret's PSK or none.
    pub fn join_by_commit(&self, group_info: &[u8], ratchet_tree: &[u8], psk: Option<&[u8]>, aad: &[u8]) -> Vec<u8> {
        let MlsMessageBodyIn::GroupInfo(info) = read(group_info).extract() else { panic!("no GroupInfo") };
        let parameters =
            LeafNodeParameters::builder().with_capabilities(capabilities()).with_extensions(leaf_extensions()).build();
        let mut builder = MlsGroup::external_commit_builder()
            .with_config(config())
            .with_ratchet_tree(tree(ratchet_tree))
            .with_aad(aad.to_vec())
            .build_group(&self.provider, info, self.with_key())
            .unwrap()
            .leaf_node_parameters(parameters);
        if let Some(value) = psk {
            let psk = Psk::External(ExternalPsk::new(PSK_ID.to_vec()));
            let psk = PreSharedKeyId::new(leaf::SUITE, self.provider.rand(), psk).unwrap();
            psk.store(&self.provider, value).unwrap();
            builder = builder.add_psk_proposal(PreSharedKeyProposal::new(psk));
        }
        let built = builder.load_psks(self.provider.storage()).unwrap();
        let built = built.build(self.provider.rand(), self.provider.crypto(), &self.key, |_| true).unwrap();
        let (_, bundle) = built.finalize(&self.provider).unwrap();
        bundle.into_commit().to_bytes().unwrap()
    }

    /// Is in: by a Welcome to its KeyPackage, and the tree of that epoch.
    pub fn welcomed(&mut self, welcome: &[u8], ratchet_tree: &[u8]) {
        let MlsMessageBodyIn::Welcome(welcome) = read(welcome).extract() else { panic!("no Welcome") };
        let staged = StagedWelcome::build_from_welcome(&self.provider, &config(), welcome).unwrap();
        let staged = staged.with_ratchet_tree(tree(ratchet_tree)).build().unwrap();
        self.group = Some(staged.into_group(&self.provider).unwrap());
    }

    /// Takes a commit in.
    pub fn follow(&mut self, commit: &[u8]) {
        let message = read(commit).try_into_protocol_message().unwrap();
        let group = self.group.as_mut().expect("it is in the group");
        match group.process_message(&self.provider, message).unwrap().into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => group.merge_staged_commit(&self.provider, *staged).unwrap(),
            _ => panic!("no commit"),
        }
    }

    /// A commit that lets somebody in.
    pub fn adds(&mut self, key_package: &[u8]) -> Made {
        let MlsMessageBodyIn::KeyPackage(package) = read(key_package).extract() else { panic!("no KeyPackage") };
        let package = package.validate(self.provider.crypto(), ProtocolVersion::Mls10).unwrap();
        self.commit(|builder| builder.propose_adds([package]))
    }

    /// A commit that puts somebody out.
    pub fn removes(&mut self, member: &str) -> Made {
        let group = self.group.as_ref().expect("it is in the group");
        let leaf = group.members().find(|m| member_id(&m.signature_key) == member).expect("they are in the group").index;
        self.commit(|builder| builder.propose_removals([leaf]))
    }

    /// A commit that changes the room's state.
    pub fn changes(&mut self, bend: impl FnOnce(&mut RoomState)) -> Made {
        let mut extensions = self.group.as_ref().expect("it is in the group").extensions().clone();
        let mut state = RoomState::decode(&extensions.unknown(room::EXTENSION).unwrap().0).unwrap();
        bend(&mut state);
        let state = UnknownExtension(state.encode().unwrap());
        extensions.add_or_replace(Extension::Unknown(room::EXTENSION, state)).unwrap();
        self.commit(|builder| builder.propose_group_context_extensions(extensions).unwrap())
    }

    /// A commit of whatever kind; the ghost itself stays where it is.
    fn commit(&mut self, bend: impl FnOnce(CommitBuilder<'_, Initial>) -> CommitBuilder<'_, Initial>) -> Made {
        let group = self.group.as_mut().expect("it is in the group");
        let builder = bend(group.commit_builder());
        let built = builder.load_psks(self.provider.storage()).unwrap().create_group_info(true);
        let built = built.build(self.provider.rand(), self.provider.crypto(), &self.key, |_| true).unwrap();
        let (commit, welcome, info) = built.stage_commit(&self.provider).unwrap().into_messages();
        group.clear_pending_commit(self.provider.storage()).unwrap();
        let info = info.expect("asked for").tls_serialize_detached().unwrap();
        Made { commit: commit.to_bytes().unwrap(), group_info: info, welcome: welcome.map(|welcome| welcome.to_bytes().unwrap()) }
    }

    /// Generation and epoch that it is in.
    pub fn epoch(&self) -> (u64, u64) {
        let group = self.group.as_ref().expect("it is in the group");
        let state = RoomState::decode(&group.extensions().unknown(room::EXTENSION).unwrap().0).unwrap();
        (state.generation, group.epoch().as_u64())
    }
}

/// A commit with what belongs to it.
pub struct Made {
    /// PublicMessage.
    pub commit: Vec<u8>,
    /// GroupInfo of the epoch after it.
    pub group_info: Vec<u8>,
    /// Welcome for who is added.
    pub welcome: Option<Vec<u8>>,
}
