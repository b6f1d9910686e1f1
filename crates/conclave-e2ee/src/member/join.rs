//! How a member comes to be: founding, knocking and being welcomed, joining by link.

use super::store::{NewLeaf, PAST_EPOCHS, Store, capabilities, join_config, lifetime, padding, ratchet};
use super::{Bundle, Expectation, Me, Member, Waiting, library};
use crate::gate::{self, PSK_ID, Whole, leaf, proof_message};
use crate::room::{Admission, EXTENSION, Mode, RoomState};
use crate::secret::RoomSecret;
use crate::wire::MAX_BYTES;
use crate::{Error, Refused, UnixSeconds, member_id};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::{
    Extension, Extensions, GroupContext, KeyPackage, LeafNodeParameters, MlsGroup, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, PreSharedKeyProposal, ProposalStore, PublicGroup, RatchetTreeIn,
    StagedWelcome, UnknownExtension,
};
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use std::collections::{BTreeSet, VecDeque};
use tls_codec::{Deserialize as _, Serialize as _};

pub(super) fn invalid(error: impl std::fmt::Debug) -> Refused {
    Refused::Invalid(format!("{error:?}"))
}

/// Reads an MLS message of at most [`MAX_BYTES`].
pub(crate) fn message(bytes: &[u8]) -> Result<MlsMessageIn, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge("message"));
    }
    MlsMessageIn::tls_deserialize_exact(bytes).map_err(invalid)
}

/// Reads a GroupInfo that carries no tree.
pub(crate) fn group_info(bytes: &[u8]) -> Result<VerifiableGroupInfo, Refused> {
    let MlsMessageBodyIn::GroupInfo(group_info) = message(bytes)?.extract() else {
        return Err(Refused::Invalid("no GroupInfo".into()));
    };
    if group_info.extensions().ratchet_tree().is_some() {
        return Err(Refused::Invalid("a GroupInfo with a tree".into()));
    }
    Ok(group_info)
}

/// Reads a ratchet tree.
pub(crate) fn tree(bytes: &[u8]) -> Result<RatchetTreeIn, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge("tree"));
    }
    RatchetTreeIn::tls_deserialize_exact(bytes).map_err(invalid)
}

/// Reads GroupInfo and tree as somebody who is not in the group; openmls verifies all signatures and hashes.
pub(crate) fn public_group(
    store: &impl openmls::prelude::OpenMlsProvider<StorageProvider = openmls_rust_crypto::MemoryStorage>,
    group_info: &[u8],
    tree_bytes: &[u8],
) -> Result<PublicGroup, Refused> {
    let (info, tree) = (self::group_info(group_info)?, tree(tree_bytes)?);
    let read = PublicGroup::from_external(store.crypto(), store.storage(), tree, info, ProposalStore::new());
    read.map(|(group, _)| group).map_err(invalid)
}

/// The group context's extensions.
pub(super) fn context(service: &[u8; 32], state: &RoomState) -> Result<Extensions<GroupContext>, Error> {
    let state = Extension::Unknown(EXTENSION, UnknownExtension(state.encode()?));
    Extensions::from_vec(gate::fixed_extensions(service).into_iter().chain([state]).collect()).map_err(library)
}

impl Expectation {
    /// Whether a group is the one that this joiner wants.
    pub(crate) fn check(&self, state: &RoomState) -> Result<(), Refused> {
        if state.mode < self.mode.unwrap_or(Mode::Strict) {
            return gate::refuse("downgrade", "the room protects less than you expect: ask who made the link");
        }
        let Some(before) = &self.before else { return Ok(()) };
        let lasting = |s: &RoomState| {
            (
                s.mode,
                s.creator,
                s.issuers.clone(),
                s.accounts,
                s.secret,
                s.passphrase,
                (s.no_recording, s.receipt, s.admission, s.list.clone()),
            )
        };
        if lasting(before) != lasting(state) || state.generation < before.generation {
            return gate::refuse("unexpected_group", "this is another group than the one that you were in");
        }
        if !state.grants_nothing_withdrawn(before) {
            return gate::refuse("grant_withdrawn", "the group gives rights to somebody from whom they were taken");
        }
        if !before.kicked.iter().all(|device| state.is_kicked(device)) {
            return gate::refuse("unkick", "the group forgets who was removed for good");
        }
        Ok(())
    }
}

impl Waiting {
    /// Makes a KeyPackage to knock with.
    pub fn knock(me: &Me, room: &str, now: UnixSeconds) -> Result<(Self, Vec<u8>), Error> {
        let leaf = NewLeaf::new(me, room, now)?;
        let bundle = KeyPackage::builder()
            .key_package_lifetime(lifetime())
            .leaf_node_capabilities(capabilities())
            .leaf_node_extensions(leaf.extensions.clone())
            .build(leaf::SUITE, &leaf.store, &leaf.signer, leaf.credential.clone())
            .map_err(library)?;
        let bytes = MlsMessageOut::from(bundle.into_key_package()).to_bytes().map_err(library)?;
        Ok((Self { leaf: Box::new(leaf) }, bytes))
    }

    /// Joins by a Welcome and the tree beside it; the whole tree and state pass the gate's checks first. After an error the
    /// KeyPackage is as good as before.
    pub fn welcome(
        self,
        me: &Me,
        now: UnixSeconds,
        welcome: &[u8],
        tree: &[u8],
        expect: &Expectation,
    ) -> Result<Member, (Box<Self>, Error)> {
        // openmls forgets the KeyPackage with the first Welcome that it reads, also a bad one.
        let before = self.leaf.store.snapshot();
        match self.enter(now, welcome, tree, expect) {
            Ok((group, whole)) => Ok(Member::new(*self.leaf, me, group, whole, expect.service)),
            Err(error) => {
                self.leaf.store.restore(before);
                Err((Box::new(self), error))
            }
        }
    }

    fn enter(&self, now: UnixSeconds, welcome: &[u8], tree: &[u8], expect: &Expectation) -> Result<(MlsGroup, Whole), Error> {
        let MlsMessageBodyIn::Welcome(welcome) = message(welcome)?.extract() else {
            return Err(Refused::Invalid("no Welcome".into()).into());
        };
        let tree = self::tree(tree)?;
        let builder = StagedWelcome::build_from_welcome(&self.leaf.store, &join_config(), welcome).map_err(invalid)?;
        let processed = builder.processed_welcome();
        if processed.unverified_group_info().extensions().ratchet_tree().is_some() || !processed.psks().is_empty() {
            return Err(Refused::Invalid("a Welcome with a tree or a PSK".into()).into());
        }
        let staged = builder.with_ratchet_tree(tree).skip_lifetime_validation().build().map_err(invalid)?;
        let group = staged.into_group(&self.leaf.store).map_err(invalid)?;
        let whole = gate::whole(group.public_group(), &expect.room, &expect.service, now)?;
        expect.check(&whole.state)?;
        Ok((group, whole))
    }
}

impl Member {
    /// Founds a group with this state (`state.creator` is usually our device; in a new generation it is carried over).
    /// `service`: the delivery service's key, which becomes the only external sender. Returns GroupInfo and tree for
    /// [`crate::wire::ToService::Found`].
    pub fn found(me: &Me, state: RoomState, service: [u8; 32], now: UnixSeconds) -> Result<(Self, Vec<u8>, Vec<u8>), Error> {
        let mut state = state;
        let device = me.device.public();
        state.away.retain(|away| *away != device);
        state.check()?;
        let leaf = NewLeaf::new(me, &state.room, now)?;
        let group = MlsGroup::builder()
            .with_group_id(gate::own_group_id(&state.room, state.generation)?)
            .ciphersuite(leaf::SUITE)
            .with_wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .padding_size(padding())
            .max_past_epochs(PAST_EPOCHS)
            .use_ratchet_tree_extension(false)
            .sender_ratchet_configuration(ratchet())
            .lifetime(lifetime())
            .with_capabilities(capabilities())
            .with_leaf_node_extensions(leaf.extensions.clone())
            .map_err(library)?
            .with_group_context_extensions(context(&service, &state)?)
            .build(&leaf.store, &leaf.signer, leaf.credential.clone())
            .map_err(library)?;
        let whole = gate::whole(group.public_group(), &state.room, &service, now)?;
        let member = Self::new(leaf, me, group, whole, service);
        let (group_info, tree) = (member.group_info()?, member.tree()?);
        Ok((member, group_info, tree))
    }

    /// Joins by link: an external commit that carries the room secret as PSK and its proof. The group passes the gate's
    /// checks before anything is made. A device that is in the tree already cannot come this way: it knocks, and is let in
    /// as returning.
    pub fn link(
        me: &Me,
        now: UnixSeconds,
        group_info: &[u8],
        tree: &[u8],
        secret: &RoomSecret,
        expect: &Expectation,
    ) -> Result<(Self, Bundle), Error> {
        let seen = public_group(&Store::default(), group_info, tree)?;
        let before = gate::whole(&seen, &expect.room, &expect.service, now)?;
        expect.check(&before.state)?;
        let device = me.device.public();
        if before.state.admission != Admission::Link || before.state.secret != Some(secret.proof_key()) {
            let text = "this room cannot be joined with this secret";
            return Err(Refused::Policy { code: "secret", text }.into());
        }
        if before.state.is_kicked(&device) || before.roster.iter().any(|entry| entry.device == device) {
            return Err(Error::NotNow("this device is in the group already or was removed for good: knock"));
        }
        let leaf = NewLeaf::new(me, &expect.room, now)?;
        let context = seen.group_context();
        let key = me.leaf.verifying_key().to_bytes();
        let proof = secret.prove(&proof_message(context.group_id().as_slice(), context.epoch().as_u64(), &key));
        let psk = psk_id(&leaf.store)?;
        psk.store(&leaf.store, secret.psk().as_slice()).map_err(library)?;
        let parameters =
            LeafNodeParameters::builder().with_capabilities(capabilities()).with_extensions(leaf.extensions.clone()).build();
        let (group, bundle) = MlsGroup::external_commit_builder()
            .with_config(join_config())
            .with_ratchet_tree(self::tree(tree)?)
            .with_aad(proof)
            .skip_lifetime_validation()
            .build_group(&leaf.store, self::group_info(group_info)?, leaf.credential.clone())
            .map_err(invalid)?
            .leaf_node_parameters(parameters)
            .add_psk_proposal(PreSharedKeyProposal::new(psk))
            .load_psks(leaf.store.storage())
            .map_err(library)?
            .create_group_info(true)
            .build(leaf.store.rand(), leaf.store.crypto(), &leaf.signer, |_| true)
            .map_err(invalid)?
            .finalize(&leaf.store)
            .map_err(invalid)?;
        let bundle = Bundle::from_openmls(bundle)?;
        let whole = gate::whole(group.public_group(), &expect.room, &expect.service, now)?;
        let mut member = Self::new(leaf, me, group, whole, expect.service);
        member.linked = Some((bundle.commit.clone(), before.state.may_return(&device)));
        Ok((member, bundle))
    }

    fn new(leaf: NewLeaf, me: &Me, group: MlsGroup, whole: Whole, service: [u8; 32]) -> Self {
        Self {
            store: leaf.store,
            signer: leaf.signer,
            private: leaf.private,
            device: me.device.clone(),
            me: member_id(me.leaf.verifying_key().as_bytes()),
            group,
            service,
            state: whole.state,
            roster: whole.roster,
            past: VecDeque::new(),
            waiting: Vec::new(),
            pending: None,
            linked: None,
            leaving: None,
            revoked: BTreeSet::new(),
            out: false,
        }
    }

    /// Keeps the room secret: needed to process joins by link.
    pub fn know_secret(&mut self, secret: &RoomSecret) -> Result<(), Error> {
        psk_id(&self.store)?.store(&self.store, secret.psk().as_slice()).map_err(library)
    }

    /// GroupInfo of this epoch, without the tree.
    pub fn group_info(&self) -> Result<Vec<u8>, Error> {
        let info = self.group.export_group_info(self.store.crypto(), &self.signer, false).map_err(library)?;
        info.to_bytes().map_err(library)
    }

    /// The ratchet tree of this epoch.
    pub fn tree(&self) -> Result<Vec<u8>, Error> {
        self.group.export_ratchet_tree().tls_serialize_detached().map_err(library)
    }
}

fn psk_id(store: &Store) -> Result<PreSharedKeyId, Error> {
    PreSharedKeyId::new(leaf::SUITE, store.rand(), Psk::External(ExternalPsk::new(PSK_ID.to_vec()))).map_err(library)
}
