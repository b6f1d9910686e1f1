use super::*;
use proptest::prelude::*;

const ALICE: u32 = 0;
const BOB: u32 = 3;
const EVE: u32 = 9;

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The epoch `number` as `me` sees it, with these leaves in the group.
fn epoch(number: u64, me: u32, leaves: &[u32]) -> EpochKeys {
    generation((1, number), me, leaves)
}

fn generation(id: (u64, u64), me: u32, leaves: &[u32]) -> EpochKeys {
    let base = Sha256::digest(format!("epoch {id:?}")).to_vec();
    let leaves = leaves.iter().map(|leaf| (*leaf, format!("m-{leaf}"))).collect();
    EpochKeys { epoch: id, base: Zeroizing::new(base), me, leaves }
}

fn ring(number: u64, me: u32) -> KeyRing {
    let mut ring = KeyRing::default();
    ring.advance(at(0), epoch(number, me, &[ALICE, BOB, EVE]));
    ring
}

fn opened(ring: &mut KeyRing, now: Duration, frame: &[u8]) -> Result<(u32, Vec<u8>), NotOpened> {
    let mut out = b"left over".to_vec();
    let origin = ring.open(now, Kind::Audio, frame, &mut out);
    match origin {
        Ok(origin) => {
            assert_eq!(origin.member, format!("m-{}", origin.leaf));
            Ok((origin.leaf, out))
        }
        Err(why) => {
            assert!(out.is_empty(), "nothing is left of a frame that was not opened");
            Err(why)
        }
    }
}

#[test]
fn what_one_says_the_others_hear_and_know_whose_it_is() {
    let (mut alice, mut bob, mut eve) = (ring(7, ALICE), ring(7, BOB), ring(7, EVE));
    for word in [&b"hello"[..], b"", &[0; 4000]] {
        let frame = alice.seal(Kind::Audio, word).unwrap();
        assert_eq!(opened(&mut bob, at(1), &frame), Ok((ALICE, word.to_vec())));
        assert_eq!(opened(&mut eve, at(1), &frame), Ok((ALICE, word.to_vec())));
    }
}

#[test]
fn a_stream_has_one_packet_size_in_all_epochs_and_for_all_leaves() {
    for leaf in [0, 1, 255, 256, 499, 511] {
        for number in [0, 1, 63, 64, 1 << 40] {
            let mut ring = KeyRing::default();
            ring.advance(at(0), epoch(number, leaf, &[leaf]));
            for _ in 0..300 {
                assert_eq!(ring.seal(Kind::Audio, &[0; 80]).unwrap().len(), 80 + OVERHEAD);
            }
            ring.sender.sealed = [MAX_FRAMES - 1; 3];
            assert_eq!(ring.seal(Kind::Audio, &[0; 80]).unwrap().len(), 80 + OVERHEAD);
            assert_eq!(ring.seal(Kind::Video, &[0; 80]).unwrap().len(), 80 + OVERHEAD + 1);
            assert_eq!(ring.seal(Kind::Screen, &[0; 80]).unwrap().len(), 80 + OVERHEAD + 1);
        }
    }
}

#[test]
fn a_key_stops_at_its_limit_and_says_so_long_before() {
    let mut alice = ring(1, ALICE);
    assert!(!alice.wants_epoch());
    alice.sender.sealed[Kind::Audio.slot()] = MAX_FRAMES / 2;
    assert!(alice.wants_epoch());
    alice.sender.sealed[Kind::Audio.slot()] = MAX_FRAMES;
    let mut out = b"rtp".to_vec();
    assert!(!alice.seal_into(Kind::Audio, b"x", &mut out));
    assert_eq!(out, b"rtp");
    assert!(alice.seal_into(Kind::Video, b"x", &mut out), "another key, its own count");
    alice.advance(at(0), epoch(2, ALICE, &[ALICE]));
    assert!(alice.seal(Kind::Audio, b"x").is_some() && !alice.wants_epoch());
}

#[test]
fn no_key_no_frame() {
    let frame = ring(1, ALICE).seal(Kind::Audio, b"x").unwrap();
    let mut empty = KeyRing::default();
    assert_eq!((empty.seal(Kind::Audio, b"x"), empty.epoch()), (None, None));
    assert_eq!(opened(&mut empty, at(0), &frame), Err(NotOpened::UnknownKey));
    let mut bob = ring(1, BOB);
    bob.clear();
    assert_eq!((bob.seal(Kind::Audio, b"x"), bob.epoch()), (None, None));
    assert_eq!(opened(&mut bob, at(0), &frame), Err(NotOpened::UnknownKey));
    let mut beyond = KeyRing::default();
    beyond.advance(at(0), epoch(1, 512, &[512]));
    assert_eq!(beyond.seal(Kind::Audio, b"x"), None, "a leaf that no KID can name");
}

#[test]
fn a_counter_is_never_used_twice_with_a_key() {
    let mut alice = ring(5, ALICE);
    let mut seen = BTreeSet::new();
    let mut say = |alice: &mut KeyRing| seen.insert(alice.seal(Kind::Audio, b"").unwrap()[..6].to_vec());
    assert!(say(&mut alice));
    alice.advance(at(1), epoch(5, ALICE, &[ALICE]));
    assert!(say(&mut alice), "the same epoch again");
    alice.advance(at(1), epoch(4, ALICE, &[ALICE]));
    assert!(say(&mut alice), "an older one");
    assert_eq!(alice.epoch(), Some((1, 5)));
    alice.clear();
    alice.advance(at(1), epoch(5, ALICE, &[ALICE]));
    assert!(say(&mut alice), "the same one after all was forgotten");
}

#[test]
fn a_frame_plays_once_and_late_ones_play_until_the_window_is_past() {
    let (mut alice, mut bob) = (ring(1, ALICE), ring(1, BOB));
    let frames: Vec<_> = (0..1500).map(|_| alice.seal(Kind::Audio, b"x").unwrap()).collect();
    assert!(opened(&mut bob, at(0), &frames[10]).is_ok());
    assert_eq!(opened(&mut bob, at(0), &frames[10]), Err(NotOpened::Replayed));
    assert!(opened(&mut bob, at(0), &frames[3]).is_ok(), "reordered");
    assert!(opened(&mut bob, at(0), &frames[1499]).is_ok(), "after a long gap");
    assert_eq!(opened(&mut bob, at(0), &frames[475]), Err(NotOpened::Replayed), "too old");
    assert!(opened(&mut bob, at(0), &frames[476]).is_ok(), "just not too old");
    let mut bad = frames[1000].clone();
    *bad.last_mut().unwrap() ^= 1;
    assert_eq!(opened(&mut bob, at(0), &bad), Err(NotOpened::Forged));
    assert!(opened(&mut bob, at(0), &frames[1000]).is_ok(), "a forgery does not use up the counter of the true frame");
}

#[test]
fn our_own_frames_are_not_played_back_to_us() {
    let mut alice = ring(1, ALICE);
    let frame = alice.seal(Kind::Audio, b"x").unwrap();
    assert_eq!(opened(&mut alice, at(0), &frame), Err(NotOpened::Replayed));
}

#[test]
fn the_kind_is_part_of_the_key() {
    let (mut alice, mut bob) = (ring(1, ALICE), ring(1, BOB));
    let camera = alice.seal(Kind::Video, b"face").unwrap();
    assert_eq!(opened(&mut bob, at(0), &camera), Err(NotOpened::UnknownKey));
    let mut out = Vec::new();
    assert_eq!(bob.open(at(0), Kind::Video, &camera, &mut out).unwrap().leaf, ALICE);
    assert_eq!(out, b"face");
}

#[test]
fn changed_bytes_and_changed_labels_are_refused() {
    let (mut alice, mut bob) = (ring(1, ALICE), ring(1, BOB));
    let frame = alice.seal(Kind::Audio, b"hello").unwrap();
    for at_byte in 0..frame.len() {
        for bit in 0..8 {
            let mut bad = frame.clone();
            bad[at_byte] ^= 1 << bit;
            assert!(opened(&mut bob, at(0), &bad).is_err(), "byte {at_byte}, bit {bit}");
        }
    }
    for cut in 0..frame.len() {
        assert!(opened(&mut bob, at(0), &frame[..cut]).is_err());
    }
    assert!(opened(&mut bob, at(0), &frame).is_ok());
}

#[test]
fn old_keys_open_for_a_while_and_new_frames_before_their_epoch_are_noticed() {
    let (mut alice, mut bob) = (ring(1, ALICE), ring(1, BOB));
    let before = [alice.seal(Kind::Audio, b"1").unwrap(), alice.seal(Kind::Audio, b"2").unwrap()];
    alice.advance(at(0), epoch(2, ALICE, &[ALICE, BOB]));
    let early = alice.seal(Kind::Audio, b"3").unwrap();
    assert_eq!(opened(&mut bob, at(0), &early), Err(NotOpened::UnknownKey));
    assert_eq!(bob.ahead(&early), Some(1));
    bob.advance(at(1000), epoch(2, BOB, &[ALICE, BOB]));
    assert_eq!((bob.ahead(&early), bob.ahead(&before[0])), (None, None));
    assert!(opened(&mut bob, at(1000), &early).is_ok());
    assert!(opened(&mut bob, at(5999), &before[0]).is_ok());
    assert_eq!(opened(&mut bob, at(6000), &before[1]), Err(NotOpened::UnknownKey));
    assert!(bob.past.is_empty(), "and its keys are gone");
}

#[test]
fn who_is_out_is_not_heard_even_with_an_old_key() {
    let (mut alice, mut eve, mut bob) = (ring(1, ALICE), ring(1, EVE), ring(1, BOB));
    let (from_alice, from_eve) = (alice.seal(Kind::Audio, b"x").unwrap(), eve.seal(Kind::Audio, b"x").unwrap());
    bob.advance(at(0), epoch(2, BOB, &[ALICE, BOB]));
    assert_eq!(opened(&mut bob, at(1), &from_eve), Err(NotOpened::UnknownKey));
    assert!(opened(&mut bob, at(1), &from_alice).is_ok());
}

#[test]
fn who_left_opens_nothing_of_the_next_epoch_and_who_joined_nothing_of_the_last() {
    let (mut alice, mut eve) = (ring(1, ALICE), ring(1, EVE));
    let before = alice.seal(Kind::Audio, b"x").unwrap();
    alice.advance(at(0), epoch(2, ALICE, &[ALICE, BOB]));
    let after = alice.seal(Kind::Audio, b"x").unwrap();
    assert_eq!(opened(&mut eve, at(0), &after), Err(NotOpened::UnknownKey));
    let mut bob = ring(2, BOB);
    assert_eq!(opened(&mut bob, at(0), &before), Err(NotOpened::UnknownKey));
}

#[test]
fn one_kid_names_one_key() {
    let mut alice = ring(1, ALICE);
    let old = alice.seal(Kind::Audio, b"old").unwrap();
    let mut bob = ring(1, BOB);
    bob.advance(at(0), epoch(65, BOB, &[ALICE, BOB]));
    assert!(bob.past.is_empty(), "65 and 1 share their low bits: the older one goes");
    assert_eq!(opened(&mut bob, at(0), &old), Err(NotOpened::Forged));
    let mut other = ring(1, BOB);
    other.advance(at(0), generation((2, 1), BOB, &[ALICE, BOB]));
    assert!(other.past.is_empty() && other.epoch() == Some((2, 1)), "a new generation too");
}

#[test]
fn many_epochs_in_a_moment_stay_bounded() {
    let mut bob = ring(0, BOB);
    for number in 1..200 {
        bob.advance(at(0), epoch(number, BOB, &[ALICE, BOB]));
        let mut kept: Vec<_> = bob.past.iter().map(|(_, past)| past.residue()).collect();
        kept.push(number % EPOCHS);
        let distinct: BTreeSet<_> = kept.iter().collect();
        assert!(bob.past.len() <= MAX_PAST && distinct.len() == kept.len());
    }
    assert_eq!(bob.past.first().unwrap().1.id, (1, 199 - MAX_PAST as u64));
}

#[test]
fn hostile_frames_are_refused_without_harm() {
    let mut bob = ring(1, BOB);
    let mut kid_and_counter_max = vec![0xff; 17 + 16];
    let mut counter_max = vec![0x9f, 0x80, 0x01];
    counter_max.extend([0xff; 8 + 16]);
    for (frame, why) in [
        (vec![], NotOpened::Plain),
        (vec![0x9a], NotOpened::Plain),
        (vec![0xff], NotOpened::Plain),
        (vec![0; 65536], NotOpened::Plain),
        (vec![0xff; 65536], NotOpened::Plain),
        (std::mem::take(&mut kid_and_counter_max), NotOpened::Plain),
        (counter_max, NotOpened::Plain),
        (vec![0xf8, 0xff, 0xfe], NotOpened::Plain),
        ([&[0x9a, 0x80, 0x01, 1, 0, 0][..], &[0; 15]].concat(), NotOpened::Plain),
        ([&[0x9a, 0x80, 0x01, 1, 0, 0][..], &[0; 16]].concat(), NotOpened::Forged),
        ([&[0x9a, 0x80, 0x41, 1, 0, 0][..], &[0; 16]].concat(), NotOpened::UnknownKey),
        ([&[0x9a, 0x80, 0x02, 1, 0, 0][..], &[0; 16]].concat(), NotOpened::UnknownKey),
        ([&[0x9a, 0x80, 0x01, 1, 0, 0][..], &[0; 65536]].concat(), NotOpened::Forged),
    ] {
        assert_eq!(opened(&mut bob, at(0), &frame), Err(why), "{:02x?}", &frame[..frame.len().min(6)]);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_and_none_open(frame in proptest::collection::vec(any::<u8>(), 0..80), ours: bool) {
        let mut bob = ring(1, BOB);
        let mut frame = frame;
        if ours {
            frame.splice(..0, [0x9a, 0x80, 0x01, 1, 0]);
        }
        prop_assert!(opened(&mut bob, at(0), &frame).is_err());
        bob.ahead(&frame);
    }

    /// Whatever the network does with the frames, each is played at most once and unchanged.
    #[test]
    fn any_order_plays_each_frame_at_most_once(order in proptest::collection::vec(0usize..60, 0..200)) {
        let (mut alice, mut bob) = (ring(1, ALICE), ring(1, BOB));
        let frames: Vec<_> = (0..60u8).map(|n| alice.seal(Kind::Audio, &[n]).unwrap()).collect();
        let mut played = BTreeSet::new();
        for n in order {
            match opened(&mut bob, at(0), &frames[n]) {
                Ok((_, out)) => prop_assert!(out == [n as u8] && played.insert(n)),
                Err(why) => prop_assert!(why == NotOpened::Replayed && played.contains(&n)),
            }
        }
    }
}
