//! What a member keeps in memory, and how leaves and groups are configured.

use super::Me;
use crate::gate::leaf;
use crate::identity::{Device, MAX_LIFE, Vouch};
use crate::private::PrivateKey;
use crate::room::EXTENSION;
use crate::{Error, UnixSeconds};
use ed25519_dalek::{Signer as _, SigningKey};
use openmls::prelude::{
    BasicCredential, Capabilities, CredentialType, CredentialWithKey, Extension, ExtensionType, Extensions, LeafNode, Lifetime,
    MlsGroupJoinConfig, OpenMlsCrypto as _, OpenMlsProvider, OpenMlsRand as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProposalType,
    ProtocolVersion, SenderRatchetConfiguration, SignatureScheme, UnknownExtension,
};
use openmls_rust_crypto::{MemoryStorage, OpenMlsRustCrypto, RustCrypto};
use openmls_traits::signatures::{Signer, SignerError};
use std::collections::HashMap;
use zeroize::{Zeroize as _, Zeroizing};

/// Past epochs whose application messages are still opened.
pub(super) const PAST_EPOCHS: usize = 3;
/// Padding of application messages, in bytes.
const PADDING: usize = 128;
/// How many messages of one sender may arrive in another order, and how many may be missing.
const RATCHET: (u32, u32) = (32, 1000);

/// openmls' provider, in memory; its values are wiped when dropped.
#[derive(Default)]
pub(super) struct Store(OpenMlsRustCrypto);

/// Everything in a [`Store`] at one moment. Wiped when dropped.
pub(super) struct Snapshot(HashMap<Vec<u8>, Vec<u8>>);

impl Store {
    pub(super) fn snapshot(&self) -> Snapshot {
        let values = self.0.storage().values.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Snapshot(values.clone())
    }

    pub(super) fn restore(&self, mut snapshot: Snapshot) {
        let mut values = self.0.storage().values.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        wipe(&mut values);
        *values = std::mem::take(&mut snapshot.0);
    }

    pub(super) fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        self.0.rand().random_array().map_err(|_| Error::Library("no random numbers".into()))
    }
}

fn wipe(values: &mut HashMap<Vec<u8>, Vec<u8>>) {
    for value in values.values_mut() {
        value.zeroize();
    }
    values.clear();
}

impl Drop for Store {
    fn drop(&mut self) {
        let mut values = self.0.storage().values.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        wipe(&mut values);
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl OpenMlsProvider for Store {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        self.0.storage()
    }

    fn crypto(&self) -> &RustCrypto {
        self.0.crypto()
    }

    fn rand(&self) -> &RustCrypto {
        self.0.rand()
    }
}

/// The leaf key as openmls wants it.
pub(crate) struct LeafSigner(pub(crate) SigningKey);

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// What a new leaf is made of.
pub(super) struct NewLeaf {
    pub(super) store: Store,
    pub(super) signer: LeafSigner,
    pub(super) credential: CredentialWithKey,
    pub(super) extensions: Extensions<LeafNode>,
    pub(super) private: PrivateKey,
}

impl NewLeaf {
    pub(super) fn new(me: &Me, room: &str, now: UnixSeconds) -> Result<Self, Error> {
        let store = Store::default();
        let credential = credential(&me.device, &me.leaf, room, now, &me.vouches)?;
        let seed = Zeroizing::new(store.random::<32>()?);
        let pair = store
            .crypto()
            .derive_hpke_keypair(leaf::SUITE.hpke_config(), seed.as_slice())
            .map_err(|e| Error::Library(format!("{e:?}")))?;
        let private = <[u8; 32]>::try_from(&*pair.private).map_err(|_| Error::Library("X25519 key".into()))?;
        let extension = Extension::Unknown(leaf::EXTENSION, UnknownExtension(pair.public));
        Ok(Self {
            store,
            signer: LeafSigner(me.leaf.clone()),
            credential,
            extensions: Extensions::single(extension).map_err(|e| Error::Library(e.to_string()))?,
            private: PrivateKey(Zeroizing::new(private)),
        })
    }
}

/// The device's word for a leaf key, from now on for as long as there may be one.
pub(super) fn credential(
    device: &Device,
    leaf: &SigningKey,
    room: &str,
    now: UnixSeconds,
    vouches: &[Vouch],
) -> Result<CredentialWithKey, Error> {
    let key = leaf.verifying_key().to_bytes();
    let credential = device.certify(room, &key, now.saturating_add(MAX_LIFE), vouches.to_vec()).encode()?;
    Ok(CredentialWithKey { credential: BasicCredential::new(credential).into(), signature_key: key.as_slice().into() })
}

/// What every leaf of a room supports.
pub(super) fn capabilities() -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(vec![leaf::SUITE])
        .proposals(vec![ProposalType::SelfRemove])
        .extensions(vec![ExtensionType::Unknown(EXTENSION), ExtensionType::Unknown(leaf::EXTENSION)])
        .credentials(vec![CredentialType::Basic])
        .build()
}

/// The lifetime that stands in a KeyPackage says nothing, for openmls reads the machine's clock there: the certificate in
/// the credential counts.
pub(super) fn lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

pub(super) fn ratchet() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(RATCHET.0, RATCHET.1)
}

/// Handshakes in the clear, for the delivery service checks them; application messages are always encrypted.
pub(super) fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING)
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(false)
        .sender_ratchet_configuration(ratchet())
        .build()
}

pub(super) fn padding() -> usize {
    PADDING
}
