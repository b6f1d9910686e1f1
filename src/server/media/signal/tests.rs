use super::*;
use crate::protocol::slots;
use bytes::Bytes;
use lk::signal_request::Message as Said;
use lk::signal_response::Message;
use prost::Message as _;
use std::collections::BTreeMap;

mod stage;
use stage::{A, B, Call, Client, Stage, grant, leave, names, updates};

#[test]
fn a_join_carries_what_every_sdk_needs() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.publish(A, "cid-a");
    stage.input(Input::Sfu(SfuEvent::Connected(stage.peer("ann"))));
    stage.take(A);
    stage.join(B, "ben");
    let inbox = stage.take(B);
    assert_eq!(names(&inbox), ["join", "answer"], "tracks that exist are in answer 1: nothing more is asked");
    let Message::Join(join) = &inbox[0] else { panic!() };
    let me = join.participant.as_ref().unwrap();
    assert!(me.sid.starts_with("PA_") && me.identity == "ben" && me.name == "BEN");
    let may = me.permission.as_ref().unwrap();
    assert!(may.can_publish && may.can_subscribe && may.can_publish_data && may.can_update_metadata);
    assert!(!join.server_info.as_ref().unwrap().version.is_empty() && join.server_info.as_ref().unwrap().protocol == 17);
    assert!((join.ping_interval, join.ping_timeout) == (5, 15) && join.ice_servers.is_empty());
    assert!(join.room.as_ref().unwrap().sid.starts_with("RM_") && join.room.as_ref().unwrap().name == "den");
    let [ann] = join.other_participants.as_slice() else { panic!() };
    assert_eq!((ann.identity.as_str(), ann.state()), ("ann", lk::participant_info::State::Active));
    let [track] = ann.tracks.as_slice() else { panic!() };
    assert!(track.mid == "3" && track.mime_type == "audio/opus" && track.disable_red);
    let Message::Answer(answer) = &inbox[1] else { panic!() };
    assert_eq!((answer.id, &answer.mid_to_track_id["0"]), (1, &track.sid));
    assert!(answer.sdp.contains(&format!("a=msid:{}|{} {}", ann.sid, track.sid, track.sid)));
    assert_eq!(updates(&stage.take(A))[0].identity, "ben");
    assert_eq!(stage.notices, ["+ann", "+ben"]);
}

#[test]
fn an_earlier_joiner_hears_a_later_one() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    stage.take(A);
    let sid = stage.publish(B, "cid-b");
    let inbox = stage.take(A);
    assert_eq!(names(&inbox), ["update", "requirement"]);
    assert!(matches!(inbox[1], Message::MediaSectionsRequirement(lk::MediaSectionsRequirement { num_audios: 0, .. })));
    stage.calls();
    stage.offer(A);
    assert_eq!(stage.settle(A), BTreeMap::from([("0".into(), sid.clone())]));
    let [Call::Subscribe(to, track, _)] = stage.calls()[..] else { panic!("one subscription") };
    assert_eq!(to, stage.peer("ann"));
    // The publisher learns once that it is heard, and that it is connected.
    stage.take(B);
    stage.input(Input::Sfu(SfuEvent::Flowing(track)));
    stage.input(Input::Sfu(SfuEvent::Flowing(track)));
    stage.input(Input::Sfu(SfuEvent::Connected(stage.peer("ben"))));
    let inbox = stage.take(B);
    assert_eq!(names(&inbox), ["trackSubscribed", "update"]);
    assert_eq!(updates(&inbox)[0].state(), lk::participant_info::State::Active);
}

#[test]
fn who_takes_slots_offers_once_and_is_told_the_numbers_of_the_tracks() {
    let mut stage = Stage::new();
    stage.join_with(A, "ours", slots::COUNT as u32, slots::SDK);
    let expected: BTreeMap<_, _> = (0..slots::COUNT).map(|n| (n.to_string(), slots::track(n))).collect();
    assert_eq!(stage.settle(A), expected);
    let given: Vec<Call> = stage.calls().into_iter().filter(|c| matches!(c, Call::Slots(..))).collect();
    assert!(matches!(&given[..], [Call::Slots(to, ssrcs)] if *to == stage.peer("ours") && ssrcs.len() == slots::COUNT));
    let mut numbers = std::collections::BTreeSet::new();
    for n in 10..30 {
        stage.join(SocketId(n), &format!("p{n}"));
        stage.publish(SocketId(n), &format!("cid-{n}"));
        let told = updates(&stage.take(A)).last().unwrap().tracks[0].codecs[0].layers[0].ssrc;
        assert!(told != 0 && numbers.insert(told), "every track has its own number");
    }
    let mine = stage.calls().into_iter().filter(|c| matches!(c, Call::Subscribe(to, ..) if *to == stage.peer("ours"))).count();
    assert_eq!(mine, 0, "slots are all it needs");
    assert_eq!(stage.settle(A), BTreeMap::new(), "and nothing is asked of it");
    // Offers again, for whatever reason: the slots stay.
    stage.offer(A);
    assert_eq!(stage.settle(A), expected);
    assert!(!stage.calls().iter().any(|c| matches!(c, Call::Slots(..))));
    // It may decline a track all the same.
    let sid = stage.room.tracks.values().next().unwrap().sid.clone();
    let track = *stage.room.tracks.keys().next().unwrap();
    let want =
        |subscribe| Said::Subscription(lk::UpdateSubscription { track_sids: vec![sid.clone()], subscribe, ..Default::default() });
    stage.say(A, want(false));
    stage.say(A, want(true));
    let ours = stage.peer("ours");
    assert_eq!(stage.calls(), [Call::Decline(ours, track, true), Call::Decline(ours, track, false)]);
    // Who may not listen has no slots, and has them again when it may.
    for (listens, slots) in [(false, 0), (true, slots::COUNT)] {
        let permission = Some(lk::ParticipantPermission { can_subscribe: listens, ..Default::default() });
        let request = lk::UpdateParticipantRequest { identity: "ours".into(), permission, ..Default::default() };
        stage.input(Input::Administer(Box::new(Order::Participant(request))));
        assert!(stage.calls().iter().any(|c| matches!(c, Call::Slots(_, ssrcs) if ssrcs.len() == slots)), "{listens}");
    }
}

#[test]
fn who_wants_slots_and_offers_too_few_sections_is_asked_for_the_rest() {
    let mut stage = Stage::new();
    stage.join_with(A, "ours", 2, "components-js:1.2.3, conclave-slots:1");
    assert_eq!(stage.settle(A).len(), slots::COUNT);
}

#[test]
fn everybody_hears_everybody_with_more_than_three() {
    let mut stage = Stage::new();
    stage.join(A, "listener");
    let mut all = std::collections::BTreeSet::new();
    for n in 10..22 {
        stage.join(SocketId(n), &format!("p{n}"));
        all.insert(stage.publish(SocketId(n), &format!("cid-{n}")));
        if n % 2 == 0 {
            stage.settle(A); // now and then two tracks at once
        }
    }
    let heard = stage.settle(A);
    assert_eq!(heard.values().cloned().collect::<std::collections::BTreeSet<_>>(), all);
    // A late joiner has three sections in its first offer, and nine are missing.
    stage.join(B, "late");
    let inbox = stage.take(B);
    let asked: Vec<u32> = inbox
        .iter()
        .filter_map(|m| if let Message::MediaSectionsRequirement(r) = m { Some(r.num_audios) } else { None })
        .collect();
    assert_eq!(asked, [9]);
    stage.clients.get_mut(&B).unwrap().receiving += 9;
    stage.offer(B);
    assert_eq!(stage.settle(B).len(), 12);
}

#[test]
fn a_client_that_adds_no_sections_is_not_asked_for_ever() {
    let mut stage = Stage::new();
    stage.join(A, "poor");
    for n in 10..15 {
        stage.join(SocketId(n), &format!("p{n}"));
        stage.publish(SocketId(n), "cid");
    }
    stage.take(A);
    stage.offer(A);
    stage.take(A);
    for _ in 0..3 {
        stage.offer(A);
        assert_eq!(names(&stage.take(A)), ["answer"]);
    }
    // It is reminded a few times, as it may have missed it.
    for _ in 0..60 {
        stage.offer(A);
        stage.pass(Duration::from_secs(1));
    }
    let asked = names(&stage.take(A)).into_iter().filter(|n| *n == "requirement").count();
    assert!((1..=6).contains(&asked), "{asked}");
}

#[test]
fn a_leavers_section_is_used_again_with_a_new_ssrc() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    stage.publish(B, "cid-b");
    assert_eq!(stage.settle(A).len(), 1);
    let first = stage.calls().into_iter().find_map(|c| if let Call::Subscribe(_, _, ssrc) = c { Some(ssrc) } else { None });
    let ben = stage.peer("ben");
    stage.say(B, Said::Leave(lk::LeaveRequest::default()));
    assert!(stage.clients[&B].closed);
    assert_eq!(leave(&stage.take(B)).unwrap().0, lk::DisconnectReason::ClientInitiated, "native SDKs wait for the answer");
    let calls = stage.calls();
    assert!(calls.contains(&Call::Remove(ben)) && calls.iter().any(|c| matches!(c, Call::Unpublish(_))), "{calls:?}");
    let inbox = stage.take(A);
    assert_eq!(updates(&inbox)[0].state(), lk::participant_info::State::Disconnected);
    assert!(updates(&inbox)[0].tracks.is_empty());
    assert_eq!(names(&inbox), ["update", "requirement"]);
    // Another comes before ann has offered again: its track waits for one answer without the old one.
    let c = SocketId(3);
    stage.join(c, "cid");
    let sid = stage.publish(c, "cid-c");
    stage.take(A);
    stage.clients.get_mut(&A).unwrap().receiving = 1;
    stage.offer(A);
    let inbox = stage.take(A);
    assert_eq!(names(&inbox), ["answer", "requirement"]);
    let Message::Answer(answer) = &inbox[0] else { panic!() };
    assert!(answer.mid_to_track_id.is_empty() && answer.sdp.contains("a=inactive"));
    stage.offer(A);
    assert_eq!(stage.settle(A), BTreeMap::from([("0".into(), sid)]));
    let second = stage.calls().into_iter().find_map(|c| match c {
        Call::Subscribe(to, _, ssrc) if to == stage.peer("ann") => Some(ssrc),
        _ => None,
    });
    assert!(first.is_some() && second.is_some() && first != second);
    assert_eq!(stage.notices, ["+ann", "+ben", "-ben", "+cid"]);
}

#[test]
fn an_unpublished_track_ends_for_everybody() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    stage.publish(B, "cid-b");
    stage.settle(A);
    stage.clients.get_mut(&B).unwrap().sending.clear();
    stage.offer(B);
    let inbox = stage.take(A);
    assert!(updates(&inbox)[0].tracks.is_empty());
    assert!(stage.room.tracks.is_empty());
    stage.offer(A);
    assert!(stage.settle(A).is_empty());
    // Published again in the same section, and then replaced there by another track in one offer.
    let second = stage.publish(B, "cid-c");
    assert_eq!(stage.settle(A), BTreeMap::from([("0".into(), second)]));
    stage.clients.get_mut(&B).unwrap().sending.clear();
    let third = stage.publish(B, "cid-d");
    assert_eq!(stage.settle(A).into_values().collect::<Vec<_>>(), [third]);
    assert_eq!(stage.room.tracks.len(), 1);
}

#[test]
fn a_lost_websocket_is_resumed() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    let sid = stage.room.participants[&stage.peer("ann")].info.sid.clone();
    stage.input(Input::Lost(A));
    stage.calls();
    stage.pass(Duration::from_secs(10));
    assert!(stage.calls().is_empty(), "media goes on");
    let ann = stage.peer("ann");
    let track = stage.publish(B, "cid-b");
    // Who left meanwhile is told too.
    stage.join(SocketId(3), "cid");
    stage.input(Input::Remove { identity: "cid".into(), reason: lk::DisconnectReason::ParticipantRemoved });
    let back = SocketId(9);
    let old = stage.clients.remove(&A).unwrap();
    stage.clients.insert(back, Client { inbox: Vec::new(), ufrag: "wxyz".into(), ..old });
    let request = lk::JoinRequest { reconnect: true, participant_sid: sid, ..Default::default() };
    stage.input(Input::Join(Box::new(Join {
        socket: back,
        grant: grant("ann"),
        permit: Permit::default(),
        request,
        loopback: None,
        ice_servers: Vec::new(),
    })));
    let inbox = stage.take(back);
    assert_eq!(names(&inbox), ["reconnect", "update"]);
    let who: Vec<(String, bool)> =
        updates(&inbox).iter().map(|p| (p.identity.clone(), p.state() == lk::participant_info::State::Disconnected)).collect();
    assert_eq!(who, [("cid".into(), true), ("ann".into(), false), ("ben".into(), false)]);
    // The end of the old websocket comes late and means nothing.
    stage.clients.insert(A, Client::default());
    stage.input(Input::Lost(A));
    stage.calls();
    stage.say(back, Said::SyncState(lk::SyncState::default()));
    stage.offer(back);
    assert_eq!(stage.settle(back), BTreeMap::from([("0".into(), track)]));
    assert!(stage.calls().contains(&Call::Restart(ann)));
    assert_eq!(stage.peer("ann"), ann);
    stage.pass(Duration::from_secs(15));
    assert!(stage.room.participants.contains_key(&ann));
}

#[test]
fn who_does_not_come_back_leaves() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    let ann = stage.peer("ann");
    stage.input(Input::Lost(A));
    stage.take(B);
    for _ in 0..31 {
        stage.say(B, Said::PingReq(lk::Ping::default()));
        stage.pass(Duration::from_secs(1));
    }
    assert!(stage.calls().contains(&Call::Remove(ann)));
    let inbox = stage.take(B);
    let gone = updates(&inbox).into_iter().find(|p| p.identity == "ann").unwrap();
    assert_eq!(gone.disconnect_reason(), lk::DisconnectReason::ConnectionTimeout);
    assert_eq!(stage.notices, ["+ann", "+ben", "-ann"]);
    // Too late, and with a sid of no one: join anew.
    let request = lk::JoinRequest { reconnect: true, participant_sid: gone.sid, ..Default::default() };
    stage.clients.insert(SocketId(9), Client::default());
    stage.input(Input::Join(Box::new(Join {
        socket: SocketId(9),
        grant: grant("ann"),
        permit: Permit::default(),
        request,
        loopback: None,
        ice_servers: Vec::new(),
    })));
    let refused = leave(&stage.take(SocketId(9)));
    assert_eq!(refused, Some((lk::DisconnectReason::StateMismatch, lk::leave_request::Action::Reconnect)));
    assert!(stage.clients[&SocketId(9)].closed);
}

#[test]
fn a_silent_websocket_is_closed_and_may_resume() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.pass(Duration::from_secs(21));
    assert!(stage.clients[&A].closed);
    assert_eq!(stage.room.participants.len(), 1);
}

#[test]
fn the_same_identity_throws_out_the_first() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    let first = stage.peer("ann");
    stage.join(B, "ann");
    let told = leave(&stage.take(A)).unwrap();
    assert_eq!(told, (lk::DisconnectReason::DuplicateIdentity, lk::leave_request::Action::Disconnect));
    assert!(stage.clients[&A].closed && stage.peer("ann") != first);
    let inbox = stage.take(B);
    let Message::Join(join) = &inbox[0] else { panic!() };
    assert!(join.other_participants.is_empty());
    assert_eq!(stage.notices, ["+ann", "-ann", "+ann"]);
}

#[test]
fn the_room_removes_mutes_and_closes() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    let sid = stage.publish(A, "cid-a");
    stage.calls();
    stage.take(A);
    stage.take(B);
    stage.input(Input::Mute { identity: "ann".into(), track: None, muted: true });
    assert!(matches!(stage.calls()[..], [Call::Mute(_, true)]));
    let inbox = stage.take(A);
    assert!(matches!(&inbox[0], Message::Mute(m) if m.sid == sid && m.muted));
    assert!(updates(&stage.take(B))[0].tracks[0].muted);
    // The client echoes; nobody else can open the microphone; its owner can.
    stage.say(A, Said::Mute(lk::MuteTrackRequest { sid: sid.clone(), muted: true }));
    stage.input(Input::Mute { identity: "ann".into(), track: None, muted: false });
    assert!(stage.calls().is_empty() && stage.take(B).is_empty());
    stage.say(A, Said::Mute(lk::MuteTrackRequest { sid, muted: false }));
    assert!(matches!(stage.calls()[..], [Call::Mute(_, false)]));
    assert!(!updates(&stage.take(B))[0].tracks[0].muted);

    stage.input(Input::Remove { identity: "ann".into(), reason: lk::DisconnectReason::ParticipantRemoved });
    assert_eq!(leave(&stage.take(A)).unwrap().0, lk::DisconnectReason::ParticipantRemoved);
    assert_eq!(updates(&stage.take(B))[0].disconnect_reason(), lk::DisconnectReason::ParticipantRemoved);
    stage.input(Input::Close(lk::DisconnectReason::RoomDeleted));
    assert_eq!(leave(&stage.take(B)).unwrap().0, lk::DisconnectReason::RoomDeleted);
    assert!(stage.clients[&A].closed && stage.clients[&B].closed && stage.room.is_empty());
}

#[test]
fn a_full_room_and_missing_permissions_are_refused() {
    let mut stage = Stage::new();
    stage.room.limits.participants = 1;
    stage.join(A, "ann");
    stage.join(B, "ben");
    assert_eq!(leave(&stage.take(B)).unwrap().0, lk::DisconnectReason::JoinFailure);

    let mut stage = Stage::new();
    stage.join(A, "ann");
    let mut mute = grant("ben");
    mute.video.can_publish = Some(false);
    mute.video.can_publish_data = Some(false);
    mute.video.can_subscribe = Some(false);
    let mut client = Client { receiving: 3, ufrag: "abcd".into(), ..Default::default() };
    let request = lk::JoinRequest { publisher_offer: Some(client.offer()), ..Default::default() };
    stage.clients.insert(B, client);
    stage.input(Input::Join(Box::new(Join {
        socket: B,
        grant: mute,
        permit: Permit::default(),
        request,
        loopback: None,
        ice_servers: Vec::new(),
    })));
    stage.take(B);
    stage.say(B, Said::AddTrack(lk::AddTrackRequest { cid: "c".into(), ..Default::default() }));
    let inbox = stage.take(B);
    assert!(matches!(&inbox[0], Message::RequestResponse(r) if r.reason() == lk::request_response::Reason::NotAllowed));
    stage.publish(A, "cid-a");
    assert_eq!(names(&stage.take(B)), ["update"], "nothing to hear");
    stage.calls();
    let payload = Bytes::from(lk::DataPacket::default().encode_to_vec());
    stage.input(Input::Sfu(SfuEvent::Data { from: stage.peer("ben"), label: "_reliable".into(), payload }));
    assert!(stage.calls().is_empty());
}

#[test]
fn data_is_stamped_and_sent_to_whom_it_names() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    stage.join(SocketId(3), "cid");
    stage.calls();
    let send = |stage: &mut Stage, to: &[&str], label: &str| {
        let packet = lk::DataPacket {
            participant_identity: "somebody else".into(),
            destination_identities: to.iter().map(|s| s.to_string()).collect(),
            value: Some(lk::data_packet::Value::User(lk::UserPacket { payload: b"hi".to_vec(), ..Default::default() })),
            ..Default::default()
        };
        let payload = Bytes::from(packet.encode_to_vec());
        stage.input(Input::Sfu(SfuEvent::Data { from: stage.peer("ann"), label: label.into(), payload }));
        stage.calls()
    };
    let calls = send(&mut stage, &[], "_lossy");
    let to: Vec<PeerKey> = calls.iter().filter_map(|c| if let Call::Data(to, ..) = c { Some(*to) } else { None }).collect();
    assert_eq!(to, [stage.peer("ben"), stage.peer("cid")]);
    let Call::Data(_, label, payload) = &calls[0] else { panic!() };
    let packet = lk::DataPacket::decode(&payload[..]).unwrap();
    assert_eq!((label.as_str(), packet.participant_identity.as_str()), ("_lossy", "ann"));
    let calls = send(&mut stage, &["cid", "cid", "ann", "nobody"], "_reliable");
    assert!(matches!(&calls[..], [Call::Data(to, ..)] if *to == stage.peer("cid")));
    assert!(send(&mut stage, &[], "_data_track").is_empty());
    let noise = SfuEvent::Data { from: stage.peer("ann"), label: "_reliable".into(), payload: Bytes::from_static(&[255; 9]) };
    stage.input(Input::Sfu(noise));
    assert!(stage.calls().is_empty());
}

#[test]
fn small_requests_are_answered() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    stage.take(A);
    stage.take(B);
    stage.say(A, Said::PingReq(lk::Ping { timestamp: 42, rtt: 0 }));
    assert!(matches!(stage.take(A)[..], [Message::PongResp(lk::Pong { last_ping_timestamp: 42, .. })]));
    let attributes = std::collections::HashMap::from([("hand".to_string(), "up".to_string())]);
    stage.say(A, Said::UpdateMetadata(lk::UpdateParticipantMetadata { request_id: 5, attributes, ..Default::default() }));
    let inbox = stage.take(A);
    assert_eq!(names(&inbox), ["update", "requestResponse"]);
    assert!(matches!(&inbox[1], Message::RequestResponse(r) if r.request_id == 5 && r.reason == 0));
    assert_eq!(updates(&stage.take(B))[0].attributes["hand"], "up");
    // A camera is accepted and not announced.
    stage.say(A, Said::AddTrack(lk::AddTrackRequest { cid: "cam".into(), r#type: 1, ..Default::default() }));
    assert_eq!(names(&stage.take(A)), ["trackPublished"]);
    assert!(stage.take(B).is_empty());
}

#[test]
fn a_listener_may_decline_a_track_and_want_it_again() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.join(B, "ben");
    let sid = stage.publish(B, "cid-b");
    stage.settle(A);
    stage.calls();
    let want =
        |subscribe| Said::Subscription(lk::UpdateSubscription { track_sids: vec![sid.clone()], subscribe, ..Default::default() });
    stage.say(A, want(false));
    assert!(matches!(stage.calls()[..], [Call::Unsubscribe(..)]));
    assert!(stage.settle(A).is_empty());
    stage.say(A, want(true));
    assert_eq!(stage.settle(A).len(), 1);
}

#[test]
fn speakers_are_told_a_few_times_a_second() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.publish(A, "cid-a");
    let track = *stage.room.tracks.keys().next().unwrap();
    stage.take(A);
    for n in 0..10 {
        stage.now.instant += Duration::from_millis(100);
        stage.input(Input::Sfu(SfuEvent::Level { track, level: 0.5, active: n < 9 }));
    }
    let due = stage.room.deadline();
    stage.now.instant = due;
    stage.input(Input::Tick);
    let levels: Vec<bool> = stage
        .take(A)
        .iter()
        .filter_map(|m| if let Message::SpeakersChanged(s) = m { Some(s.speakers[0].active) } else { None })
        .collect();
    assert!((4..=5).contains(&levels.len()), "{levels:?}");
    assert_eq!(levels.last(), Some(&false), "the last word is told");
}

#[test]
fn whoever_has_the_floor_is_the_active_speaker_until_somebody_takes_it() {
    let mut stage = Stage::new();
    let mut sids = Vec::new();
    for (who, name) in [(A, "ann"), (B, "ben")] {
        stage.join(who, name);
        stage.publish(who, name);
    }
    let tracks: Vec<TrackKey> = stage.room.tracks.keys().copied().collect();
    sids.extend(tracks.iter().map(|t| stage.room.participants[&stage.room.tracks[t].owner].info.sid.clone()));
    stage.take(A);
    let mut told = |events: Vec<SfuEvent>| {
        for event in events {
            stage.input(Input::Sfu(event));
        }
        stage.now.instant += Duration::from_millis(400);
        stage.input(Input::Tick);
        let mut known = BTreeMap::new();
        let messages = stage.take(A);
        let last = messages
            .iter()
            .filter_map(|m| if let Message::SpeakersChanged(s) = m { Some(&s.speakers) } else { None })
            .next_back();
        for (place, s) in last.into_iter().flatten().enumerate() {
            known.insert(sids.iter().position(|sid| *sid == s.sid).unwrap(), (place, s.active, s.level));
        }
        known
    };
    let level = |n: usize, level, active| SfuEvent::Level { track: tracks[n], level, active };
    told(vec![level(0, 0.2, true), SfuEvent::Dominant(tracks[0])]);
    // A cough is louder, and not the active speaker.
    let during = told(vec![level(1, 0.9, true)]);
    assert_eq!(during, [(0, (0, true, 0.9)), (1, (1, true, 0.9))].into());
    let after = told(vec![level(1, 0.0, false)]);
    assert_eq!(after, [(0, (0, true, 0.2)), (1, (1, false, 0.0))].into());
    let taken = told(vec![level(1, 0.1, true), SfuEvent::Dominant(tracks[1])]);
    assert_eq!(taken, [(1, (0, true, 0.2)), (0, (1, true, 0.2))].into());
    // In silence nobody is told as speaking.
    let silence = told(vec![level(0, 0.0, false), level(1, 0.0, false)]);
    assert!(silence.values().all(|(_, active, level)| !active && *level == 0.0), "{silence:?}");
}

#[test]
fn a_broken_offer_or_another_certificate_ends_the_participant() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.say(A, Said::Offer(lk::SessionDescription { sdp: "v=0\r\nm=".into(), ..Default::default() }));
    assert_eq!(leave(&stage.take(A)).unwrap().1, lk::leave_request::Action::Disconnect);
    stage.join(B, "ben");
    let mut offer = stage.clients.get_mut(&B).unwrap().offer();
    offer.sdp = offer.sdp.replace("11:11", "22:22");
    stage.say(B, Said::Offer(offer));
    assert_eq!(leave(&stage.take(B)).unwrap().1, lk::leave_request::Action::Reconnect);
}

#[test]
fn a_participant_always_has_a_token_to_come_back_with() {
    let mut stage = Stage::new();
    let seconds = |stage: &Stage| stage.now.unix_ms / 1000;
    stage.join(A, "ann");
    for _ in 0..120 {
        stage.now.unix_ms += 10_000;
        stage.say(A, Said::PingReq(lk::Ping::default()));
        stage.pass(Duration::from_secs(10));
        let (to, expires) = *stage.tokens.last().unwrap();
        assert!(to == A && expires > seconds(&stage) + 300);
    }
    assert!((5..=7).contains(&stage.tokens.len()), "and no flood of them: {}", stage.tokens.len());
}

#[test]
fn an_administrator_s_orders_keep_to_the_limits_and_are_told_outside() {
    let mut stage = Stage::new();
    stage.join(A, "ann");
    stage.publish(A, "cid-a");
    stage.say(A, Said::AddTrack(lk::AddTrackRequest { cid: "announced only".into(), ..Default::default() }));
    let request = || lk::UpdateParticipantRequest { identity: "ann".into(), ..Default::default() };
    for (key, name) in [("one", "Ann"), ("two", "Too much")] {
        let attributes = [(key.to_owned(), "x".repeat(40_000))].into();
        let order = Order::Participant(lk::UpdateParticipantRequest { name: name.into(), attributes, ..request() });
        stage.input(Input::Administer(Box::new(order)));
    }
    let info = &stage.room.roster()[0];
    assert!(info.name == "Ann" && info.attributes.keys().eq(["one"]), "{info:?}");
    let permission = Some(lk::ParticipantPermission { can_subscribe: true, ..Default::default() });
    stage.input(Input::Administer(Box::new(Order::Participant(lk::UpdateParticipantRequest { permission, ..request() }))));
    assert!(stage.room.roster()[0].tracks.is_empty());
    stage.input(Input::Remove { identity: "ann".into(), reason: lk::DisconnectReason::ParticipantRemoved });
    assert_eq!(stage.happened, ["track_published", "track_unpublished", "participant_left"]);
}
