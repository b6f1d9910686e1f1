//! Known answers of the standards, through the code that a call runs.
//!
//! Covered:
//! - **RFC 9605** (SFrame): all 289 headers of appendix C.1 and the frame of appendix C.3 for our suite (5), through
//!   [`conclave_e2ee::media::frame`], which [`conclave_e2ee::media::KeyRing`] is made of. The vectors have KIDs, counters
//!   and metadata that the ring never makes, so the ring itself is held to the same code by its own test below.
//! - **RFC 9180** (HPKE), appendix A.1.1: our suite, through the provider that MLS and private messages use.
//! - **RFC 8032** (Ed25519), section 7.1, and **RFC 5869** (HKDF), appendix A.1, through the same provider: what MLS's
//!   SignWithLabel, DeriveSecret and ExpandWithLabel stand on.
//!
//! Not covered: the vectors of **RFC 9420** itself (mlswg/mls-implementations: key schedule, tree, Welcome, passive client).
//! The openmls crate ships neither those files nor, without its `test-utils` feature, the hooks to run them; openmls runs
//! them in its own repository. SFrame suites 1 to 4 (C.2, C.3): we do not speak them.

#![allow(clippy::unwrap_used)]

use conclave_e2ee::media::frame::{Header, MAX_HEADER, OpenKey, SealKey};
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{HashType, HpkeAeadType, HpkeCiphertext, HpkeConfig, HpkeKdfType, HpkeKemType, SignatureScheme};
use std::time::Duration;

fn hex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn rfc_9605_headers() {
    let lines = include_str!("data/rfc9605-headers.txt").lines().filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let [kid, ctr, encoded] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let (header, encoded) = (Header { kid: kid.parse().unwrap(), ctr: ctr.parse().unwrap() }, hex(encoded));
        let mut bytes = [0; MAX_HEADER];
        let length = header.write(&mut bytes);
        assert_eq!(&bytes[..length], encoded, "{line}");
        assert_eq!(Header::read(&encoded), Some((header, length)), "{line}");
        count += 1;
    }
    assert_eq!(count, 289);
}

#[test]
fn rfc_9605_frame_of_suite_5() {
    let (kid, ctr) = (0x123, 0x4567);
    let base = hex("000102030405060708090a0b0c0d0e0f");
    let metadata = b"IETF SFrame WG";
    let plain = hex("64726166742d696574662d736672616d652d656e63");
    let sealed = hex("990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279");

    let mut out = Vec::new();
    SealKey::derive(&base, kid).unwrap().seal(ctr, metadata, &plain, &mut out).unwrap();
    assert_eq!(out, sealed);

    let key = OpenKey::derive(&base, kid).unwrap();
    assert_eq!(key.open(metadata, &sealed, &mut out), Some(Header { kid, ctr }));
    assert_eq!(out, plain);
    assert_eq!(key.open(b"IETF SFrame wg", &sealed, &mut out), None);
    assert!(out.is_empty());
}

/// The ring's frames are those of the code above, with the KID of RFC 9605, section 5.2, and empty metadata.
#[test]
fn the_key_ring_makes_standard_frames() {
    let base = vec![7; 32];
    let mut ring = KeyRing::default();
    let leaves = [(5, "m-a".to_string())].into();
    ring.advance(Duration::ZERO, EpochKeys { epoch: (1, 130), base: base.clone().into(), me: 5, leaves });
    for (kind, context) in [(Kind::Audio, 1), (Kind::Video, 2), (Kind::Screen, 3)] {
        let frame = ring.seal(kind, b"frame").unwrap();
        let kid = (context << 15) | (5 << 6) | (130 % 64);
        let mut out = Vec::new();
        let header = OpenKey::derive(&base, kid).unwrap().open(&[], &frame, &mut out);
        assert_eq!((header, out.as_slice()), (Some(Header { kid, ctr: 1 << 16 }), &b"frame"[..]));
    }
}

#[test]
fn rfc_9180_base_mode_of_our_suite() {
    const CONFIG: HpkeConfig = HpkeConfig(HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha256, HpkeAeadType::AesGcm128);
    let provider = RustCrypto::default();
    let pair =
        provider.derive_hpke_keypair(CONFIG, &hex("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037")).unwrap();
    assert_eq!(&*pair.private, hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"));
    assert_eq!(pair.public, hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"));
    let input = HpkeCiphertext {
        kem_output: hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431").into(),
        ciphertext: hex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a").into(),
    };
    let info = hex("4f6465206f6e2061204772656369616e2055726e");
    let plain = provider.hpke_open(CONFIG, &input, &pair.private, &info, b"Count-0").unwrap();
    assert_eq!(plain, b"Beauty is truth, truth beauty");
}

#[test]
fn rfc_8032_signature() {
    let (seed, public) = (
        hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    );
    let expected = hex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
    let provider = RustCrypto::default();
    assert_eq!(provider.sign(SignatureScheme::ED25519, b"", &seed).unwrap(), expected);
    assert!(provider.verify_signature(SignatureScheme::ED25519, b"", &public, &expected).is_ok());
    assert!(provider.verify_signature(SignatureScheme::ED25519, b"x", &public, &expected).is_err());
}

#[test]
fn rfc_5869_extract_and_expand() {
    let provider = RustCrypto::default();
    let extracted = provider.hkdf_extract(HashType::Sha2_256, &hex("000102030405060708090a0b0c"), &[0x0b; 22]).unwrap();
    assert_eq!(extracted.as_slice(), hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    let expanded = provider.hkdf_expand(HashType::Sha2_256, extracted.as_slice(), &hex("f0f1f2f3f4f5f6f7f8f9"), 42).unwrap();
    let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(expanded.as_slice(), hex(expected));
}
