//! The session in virtual time, against a scripted server.

use super::*;
use lk::participant_info::State;
use lk::{ParticipantInfo, TrackInfo};

struct Lab {
    session: Session,
    now: Instant,
    /// What came out since it was last taken, offers and dials carried out.
    out: Vec<Output>,
    sdp: u32,
    dials: Vec<(u32, String)>,
    peers: u32,
}

fn settings(ask_for_token: bool) -> Settings {
    Settings { token: Zeroizing::new("t1".into()), publish: true, muted: false, ask_for_token, about: Default::default() }
}

fn participant(identity: &str, state: State, tracks: &[&str]) -> ParticipantInfo {
    ParticipantInfo {
        sid: format!("PA_{identity}"),
        identity: identity.into(),
        name: identity.to_uppercase(),
        state: state as i32,
        tracks: tracks.iter().map(|t| TrackInfo { sid: (*t).into(), ..Default::default() }).collect(),
        ..Default::default()
    }
}

fn join_response(others: Vec<ParticipantInfo>) -> Response {
    let permission =
        lk::ParticipantPermission { can_publish: true, can_publish_data: true, can_update_metadata: true, ..Default::default() };
    Response::Join(lk::JoinResponse {
        room: Some(lk::Room { name: "r".into(), ..Default::default() }),
        participant: Some(ParticipantInfo { permission: Some(permission), ..participant("me", State::Joined, &[]) }),
        other_participants: others,
        ping_interval: 5,
        ping_timeout: 15,
        ..Default::default()
    })
}

impl Lab {
    fn new(ask_for_token: bool) -> Self {
        let now = Instant::now();
        let session = Session::new(now, settings(ask_for_token));
        let mut lab = Self { session, now, out: vec![], sdp: 0, dials: vec![], peers: 0 };
        lab.drain();
        lab
    }

    /// In the room with one other, media connected and heard.
    fn in_a_call(ask_for_token: bool) -> Self {
        let mut lab = Self::new(ask_for_token);
        lab.connect(join_response(vec![participant("ana", State::Active, &["TR_a"])]));
        lab.input(Input::Transport(TransportState::Connected));
        lab.take();
        lab
    }

    fn generation(&self) -> u32 {
        self.dials.last().unwrap().0
    }

    /// The dialled socket opens, and the server says the first thing and answers offers until there are none.
    fn connect(&mut self, first: Response) {
        self.input(Input::Opened(self.generation()));
        self.signal(first);
        self.answer(&["TR_a"]);
        if self.requests().iter().any(|r| matches!(r, Request::AddTrack(_))) {
            let cid = self.session.microphone.cid.clone();
            let track = Some(TrackInfo { sid: "TR_me".into(), ..Default::default() });
            self.signal(Response::TrackPublished(lk::TrackPublishedResponse { cid, track }));
            self.answer(&["TR_a"]);
        }
    }

    fn input(&mut self, i: Input) {
        self.session.handle(self.now, i);
        self.drain();
    }

    fn signal(&mut self, m: Response) {
        self.input(Input::Signal(self.generation(), Box::new(m)));
    }

    fn answer(&mut self, tracks: &[&str]) {
        let mid_to_track_id = tracks.iter().enumerate().map(|(i, t)| (i.to_string(), (*t).to_owned())).collect();
        let id = self.session.offers.id;
        self.signal(Response::Answer(lk::SessionDescription { r#type: "answer".into(), sdp: "a".into(), id, mid_to_track_id }));
    }

    fn command(&mut self, c: MediaCommand) {
        self.input(Input::Command(c));
    }

    fn drain(&mut self) {
        while let Some(o) = self.session.next_output() {
            match &o {
                Output::Offer { .. } => {
                    self.sdp += 1;
                    self.session.handle(self.now, Input::Offered(format!("sdp {}", self.sdp)));
                }
                Output::Dial { generation, token, .. } => self.dials.push((*generation, token.0.to_string())),
                Output::NewPeer => self.peers += 1,
                _ => {}
            }
            self.out.push(o);
        }
    }

    /// Lets time pass, as the shell does.
    fn pass(&mut self, d: Duration) {
        let end = self.now + d;
        while let Some(t) = self.session.deadline().filter(|t| *t <= end) {
            self.now = self.now.max(t);
            self.input(Input::Tick);
        }
        self.now = end;
    }

    fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    fn requests(&self) -> Vec<Request> {
        self.out.iter().filter_map(|o| if let Output::Send(r) = o { Some((**r).clone()) } else { None }).collect()
    }

    fn events(&self) -> Vec<MediaEvent> {
        self.out.iter().filter_map(|o| if let Output::Event(e) = o { Some(e.clone()) } else { None }).collect()
    }

    fn offers(&self) -> Vec<(u32, bool, bool)> {
        let offer = |o: &Output| match o {
            Output::Offer { sections, microphone, restart_ice } => Some((*sections, microphone.is_some(), *restart_ice)),
            _ => None,
        };
        self.out.iter().filter_map(offer).collect()
    }

    fn lose(&mut self) {
        let failure = Failure::new(Exit::TempFail, "gone");
        self.input(Input::Lost(self.generation(), failure));
    }
}

#[test]
fn joins_publishes_and_is_heard() {
    let mut lab = Lab::new(false);
    assert_eq!((lab.peers, lab.dials.len()), (1, 1));
    assert_eq!(lab.offers(), [(3, false, false)], "the first offer is in the join request");
    lab.connect(join_response(vec![participant("ana", State::Joined, &["TR_a"])]));
    assert_eq!(lab.offers().last(), Some(&(0, true, false)), "then the microphone");
    assert!(!lab.session.may_send(), "not before media is connected");
    lab.input(Input::Transport(TransportState::Connected));
    assert!(lab.session.may_send());
    assert!(!lab.events().contains(&MediaEvent::Heard), "ana's media is not connected");
    lab.signal(Response::Update(lk::ParticipantUpdate { participants: vec![participant("ana", State::Active, &["TR_a"])] }));
    assert!(!lab.events().contains(&MediaEvent::Heard));
    lab.pass(Duration::from_millis(1001));
    assert_eq!(lab.events().iter().filter(|e| **e == MediaEvent::Heard).count(), 1);
    assert!(lab.out.iter().any(|o| matches!(o, Output::Joined(i) if i.identity.0 == "me" && i.room == "r")));
}

#[test]
fn one_offer_is_in_flight_and_requests_are_merged() {
    let mut lab = Lab::in_a_call(false);
    let need = |n| Response::MediaSectionsRequirement(lk::MediaSectionsRequirement { num_audios: n, num_videos: 0 });
    lab.signal(need(0));
    lab.signal(need(2));
    lab.signal(need(3));
    lab.signal(Response::MediaSectionsRequirement(lk::MediaSectionsRequirement { num_audios: 0, num_videos: 9 }));
    assert_eq!(lab.offers(), [(0, false, false)]);
    lab.signal(Response::Answer(lk::SessionDescription { id: 1, ..Default::default() }));
    assert_eq!(lab.offers().len(), 1, "the answer to an older offer is not the one");
    lab.answer(&[]);
    assert_eq!(lab.offers(), [(0, false, false), (5, false, false)]);
    lab.signal(need(u32::MAX));
    lab.answer(&[]);
    assert!(lab.offers().last().unwrap().0 < MAX_SECTIONS, "a server cannot make us offer without bound");
}

#[test]
fn a_lost_socket_is_resumed_with_backoff_and_older_sockets_are_ignored() {
    let mut lab = Lab::in_a_call(false);
    let old = lab.generation();
    lab.lose();
    assert_eq!(lab.events(), [MediaEvent::Reconnecting { attempt: 1, next_ms: 100 }]);
    for (attempt, next_ms) in [(2, 300), (3, 700), (4, 1400), (5, 1400), (6, 1400), (7, 1400)] {
        lab.take();
        lab.pass(Duration::from_millis(5000));
        assert_ne!(lab.generation(), old);
        lab.lose();
        assert_eq!(lab.events(), [MediaEvent::Reconnecting { attempt, next_ms }]);
    }
    lab.take();
    lab.pass(Duration::from_millis(5000));
    lab.input(Input::Lost(old, Failure::new(Exit::TempFail, "late news")));
    lab.input(Input::Opened(lab.generation()));
    lab.signal(Response::Reconnect(lk::ReconnectResponse::default()));
    assert!(matches!(lab.requests().first(), Some(Request::SyncState(s)) if s.offer.is_some() && s.answer.is_some()));
    assert_eq!(lab.offers(), [(0, false, true)], "with an ICE restart");
    assert_eq!(lab.events(), [], "not before the answer");
    lab.answer(&["TR_a"]);
    assert_eq!(lab.events(), [MediaEvent::Reconnected]);
    assert_eq!(lab.peers, 1);
    lab.lose();
    assert_eq!(lab.events().last(), Some(&MediaEvent::Reconnecting { attempt: 1, next_ms: 100 }), "counts anew");
}

#[test]
fn an_offer_whose_answer_was_lost_is_made_again() {
    let mut lab = Lab::in_a_call(false);
    lab.signal(Response::MediaSectionsRequirement(lk::MediaSectionsRequirement { num_audios: 1, num_videos: 0 }));
    lab.lose();
    lab.pass(Duration::from_millis(100));
    lab.input(Input::Opened(lab.generation()));
    lab.take();
    lab.signal(Response::Reconnect(lk::ReconnectResponse::default()));
    assert_eq!(lab.offers(), [(0, false, true)]);
    // And one that is never answered costs the socket.
    lab.take();
    lab.pass(ANSWER_TIMEOUT - Duration::from_millis(1));
    assert!(!lab.events().iter().any(|e| matches!(e, MediaEvent::Reconnecting { .. })));
    lab.pass(Duration::from_millis(1));
    assert!(lab.events().iter().any(|e| matches!(e, MediaEvent::Reconnecting { .. })));
}

#[test]
fn a_network_that_stays_away_ends_the_call_after_a_minute() {
    let mut lab = Lab::in_a_call(false);
    let begin = lab.now;
    lab.lose();
    for _ in 0..100 {
        if lab.session.deadline().is_none() {
            break;
        }
        lab.pass(Duration::from_secs(1));
        if matches!(lab.session.phase, Phase::Dialing { .. }) {
            lab.lose();
        }
    }
    let ended = lab.events().pop().unwrap();
    assert!(matches!(&ended, MediaEvent::Ended { reason: LeaveReason::NetworkLost, failure } if failure.exit == Exit::TempFail));
    assert!((60..=66).contains(&lab.now.duration_since(begin).as_secs()));
    assert!(matches!(lab.out.last(), Some(Output::Close)));
}

#[test]
fn pings_keep_time_and_silence_loses_the_socket() {
    let mut lab = Lab::in_a_call(false);
    lab.pass(Duration::from_secs(14));
    let pings = lab.requests().iter().filter(|r| matches!(r, Request::PingReq(_))).count();
    assert!((2..=3).contains(&pings), "{pings}");
    lab.signal(Response::PongResp(lk::Pong::default()));
    lab.pass(Duration::from_secs(14));
    assert!(!lab.events().iter().any(|e| matches!(e, MediaEvent::Reconnecting { .. })));
    lab.pass(Duration::from_secs(1));
    assert!(lab.events().iter().any(|e| matches!(e, MediaEvent::Reconnecting { .. })));
    assert!(lab.out.iter().any(|o| matches!(o, Output::HangUp)));
}

fn leave(action: lk::leave_request::Action) -> Response {
    let reason = lk::DisconnectReason::StateMismatch as i32;
    Response::Leave(lk::LeaveRequest { action: action as i32, reason, ..Default::default() })
}

#[test]
fn a_server_that_forgot_us_is_joined_anew() {
    let mut lab = Lab::in_a_call(false);
    lab.input(Input::Track { key: SourceId(1), track: "TR_a".into(), stream: "PA_ana|TR_a".into() });
    assert!(matches!(lab.out.last(), Some(Output::Source { peer, .. }) if peer.0 == "ana"));
    lab.signal(Response::RefreshToken("t2".into()));
    lab.signal(leave(lk::leave_request::Action::Reconnect));
    lab.pass(Duration::from_millis(100));
    assert_eq!(lab.peers, 2, "with a new peer connection");
    assert_eq!(lab.dials.last().unwrap().1, "t2", "with the token that the server pushed");
    assert!(lab.out.iter().any(|o| matches!(o, Output::SourceEnded(SourceId(1)))));
    assert!(!lab.session.may_send());
    lab.take();
    lab.connect(join_response(vec![participant("bo", State::Active, &[])]));
    lab.input(Input::Transport(TransportState::Connected));
    let events = lab.events();
    assert!(events.contains(&MediaEvent::ParticipantLeft { id: PeerId("ana".into()) }));
    assert!(events.contains(&MediaEvent::ParticipantJoined { id: PeerId("bo".into()), name: "BO".into(), before_us: false }));
    assert_eq!(events.last(), Some(&MediaEvent::Reconnected));
    assert!(lab.session.may_send());
}

#[test]
fn where_the_caller_renews_tokens_it_is_asked() {
    let mut lab = Lab::in_a_call(true);
    lab.signal(leave(lk::leave_request::Action::Reconnect));
    lab.pass(Duration::from_secs(1));
    assert_eq!(lab.events().last(), Some(&MediaEvent::NeedToken));
    assert_eq!(lab.peers, 1);
    lab.command(MediaCommand::Token(Zeroizing::new("t2".into())));
    assert_eq!((lab.peers, lab.dials.last().unwrap().1.as_str()), (2, "t2"));
    // Refused again: it is asked again. What media comes to is no end: the caller says when it is over.
    lab.input(Input::Lost(lab.generation(), Failure::new(Exit::Denied, "no")));
    lab.take();
    lab.pass(Duration::from_secs(1));
    assert_eq!(lab.events(), [MediaEvent::NeedToken]);
    lab.pass(Duration::from_secs(300));
    lab.command(MediaCommand::Token(Zeroizing::new("t3".into())));
    lab.take();
    for exit in [Exit::Unavailable, Exit::Tls, Exit::Denied] {
        lab.input(Input::Lost(lab.generation(), Failure::new(exit, "no")));
        lab.pass(Duration::from_secs(6));
        lab.command(MediaCommand::Token(Zeroizing::new("t4".into())));
    }
    let events = lab.events();
    assert!(!events.iter().any(|e| matches!(e, MediaEvent::Ended { .. })), "{events:?}");
    let told = events.iter().filter(|e| matches!(e, MediaEvent::Warning { code, .. } if code == "media_lost"));
    assert_eq!(told.count(), 1);
}

#[test]
fn a_new_lease_joins_anew_at_once() {
    let mut lab = Lab::in_a_call(true);
    let old = lab.generation();
    lab.command(MediaCommand::Muted(true));
    lab.take();
    lab.command(MediaCommand::Rejoin(Zeroizing::new("t2".into())));
    assert_eq!((lab.peers, lab.dials.last().unwrap().1.as_str()), (2, "t2"));
    lab.input(Input::Lost(old, Failure::new(Exit::Unavailable, "the old one")));
    assert_eq!(lab.events(), [], "the end of the old socket is no news");
    lab.connect(join_response(vec![participant("ana", State::Active, &["TR_a"])]));
    lab.input(Input::Transport(TransportState::Connected));
    assert_eq!(lab.events().last(), Some(&MediaEvent::Reconnected));
    assert!(!lab.session.may_send(), "the microphone is closed as it was");
    // Also while the old one waits for its next attempt.
    lab.signal(leave(lk::leave_request::Action::Disconnect));
    lab.command(MediaCommand::Rejoin(Zeroizing::new("t3".into())));
    assert_eq!((lab.peers, lab.dials.last().unwrap().1.as_str()), (3, "t3"));
}

#[test]
fn before_we_are_in_every_failure_is_the_end() {
    for exit in [Exit::Denied, Exit::Unavailable, Exit::Protocol, Exit::Tls] {
        let mut lab = Lab::new(true);
        lab.input(Input::Lost(1, Failure::new(exit, "no")));
        assert!(matches!(lab.events().last(), Some(MediaEvent::Ended { failure, .. }) if failure.exit == exit));
    }
    let mut lab = Lab::new(false);
    lab.input(Input::Opened(1));
    lab.pass(ANSWER_TIMEOUT);
    assert!(matches!(lab.events().last(), Some(MediaEvent::Ended { failure, .. }) if failure.exit == Exit::Unavailable));
}

#[test]
fn media_that_is_down_is_restarted_and_then_joined_anew() {
    let mut lab = Lab::in_a_call(false);
    lab.input(Input::Transport(TransportState::Disconnected));
    assert_eq!(lab.offers(), [(0, false, true)]);
    assert_eq!(lab.events(), [MediaEvent::Reconnecting { attempt: 1, next_ms: 0 }]);
    lab.answer(&["TR_a"]);
    assert_eq!(lab.events().len(), 1, "an answer is not media");
    for _ in 0..4 {
        lab.pass(MEDIA_TIMEOUT);
        lab.answer(&["TR_a"]);
    }
    lab.pass(Duration::from_secs(5));
    assert_eq!(lab.peers, 2);
    // Without the first connection there is a reason to show.
    let mut lab = Lab::new(false);
    lab.connect(join_response(vec![]));
    for _ in 0..12 {
        lab.pass(Duration::from_millis(999));
        lab.signal(Response::PongResp(lk::Pong::default()));
    }
    assert!(
        lab.events().iter().any(|e| matches!(e, MediaEvent::Transport { ok: false, error: Some(t), .. } if t.contains("UDP")))
    );
}

#[test]
fn a_way_that_is_lost_is_a_restart_of_ice_and_no_news() {
    let mut lab = Lab::new(false);
    lab.input(Input::WayLost);
    assert_eq!(lab.offers().len(), 1, "before media was ever connected there is nothing to restart");
    let mut lab = Lab::in_a_call(false);
    lab.input(Input::WayLost);
    assert_eq!(lab.offers(), [(0, false, true)]);
    lab.answer(&["TR_a"]);
    lab.input(Input::Rung("tcp"));
    assert_eq!(lab.events(), [MediaEvent::Transport { rung: "tcp".into(), ok: true, error: None }]);
}

#[test]
fn a_restart_after_a_lost_way_that_finds_none_is_made_again_and_people_are_told() {
    for found in [true, false] {
        let mut lab = Lab::in_a_call(false);
        lab.input(Input::WayLost);
        lab.input(Input::Transport(TransportState::Connecting));
        lab.answer(&["TR_a"]);
        if found {
            lab.pass(MEDIA_TIMEOUT - Duration::from_millis(1));
            lab.input(Input::Transport(TransportState::Connected));
        }
        lab.take();
        lab.pass(MEDIA_TIMEOUT);
        if found {
            assert_eq!((lab.offers(), lab.events()), (vec![], vec![]));
            continue;
        }
        assert_eq!(lab.offers(), [(0, false, true)]);
        assert_eq!(lab.events(), [MediaEvent::Reconnecting { attempt: 1, next_ms: 0 }]);
        lab.answer(&["TR_a"]);
        lab.input(Input::Transport(TransportState::Connected));
        assert!(lab.events().contains(&MediaEvent::Reconnected));
    }
}

#[test]
fn the_end_of_candidates_is_known_from_the_answer_or_from_the_last_that_comes_later() {
    let ends = |lab: &mut Lab| -> Vec<bool> {
        let named = |o: &Output| match o {
            Output::AddCandidate(_) => Some(false),
            Output::EndOfCandidates => Some(true),
            _ => None,
        };
        lab.take().iter().filter_map(named).collect()
    };
    let mut lab = Lab::new(false);
    lab.connect(join_response(vec![]));
    assert_eq!(ends(&mut lab), [false; 0], "the answers said nothing of it");
    let trickle = |candidate: &str, r#final| {
        Response::Trickle(lk::TrickleRequest { candidate_init: candidate.into(), r#final, ..Default::default() })
    };
    for (candidate, last, expected) in [("{}", false, &[false][..]), ("{}", true, &[false, true]), ("", true, &[true])] {
        lab.signal(trickle(candidate, last));
        assert_eq!(ends(&mut lab), expected);
    }
    lab.input(Input::Transport(TransportState::Connected));
    lab.input(Input::WayLost);
    let (id, sdp) = (lab.session.offers.id, "v=0\r\na=end-of-candidates\r\n".to_owned());
    lab.signal(Response::Answer(lk::SessionDescription { r#type: "answer".into(), sdp, id, ..Default::default() }));
    assert_eq!(ends(&mut lab), [true]);
}

#[test]
fn who_relays_is_taken_from_what_the_server_says_within_bounds() {
    let ice = |urls: Vec<String>| lk::IceServer { urls, username: "ana".into(), credential: "x".into() };
    let mut lab = Lab::new(false);
    let Response::Join(join) = join_response(vec![]) else { unreachable!() };
    let many = (0..100).map(|n| ice((0..100).map(|m| format!("turn:h{n}-{m}.example")).collect())).collect();
    lab.connect(Response::Join(lk::JoinResponse { ice_servers: many, ..join }));
    let relays = |lab: &mut Lab| -> Vec<Vec<String>> {
        let named =
            |o: &Output| if let Output::Relays(s) = o { Some(s.iter().map(|s| s.at.authority()).collect()) } else { None };
        lab.take().iter().filter_map(named).collect()
    };
    assert_eq!(relays(&mut lab).iter().map(Vec::len).collect::<Vec<_>>(), [turn::SERVERS]);
    lab.lose();
    lab.pass(Duration::from_millis(100));
    lab.input(Input::Opened(lab.generation()));
    let urls =
        vec!["stun:stun.example:3478".into(), "turn:mail.intern:25".into(), "turns:relay.example:443?transport=tcp".into()];
    lab.signal(Response::Reconnect(lk::ReconnectResponse { ice_servers: vec![ice(urls)], ..Default::default() }));
    assert_eq!(relays(&mut lab), [["relay.example:443"]]);
}

#[test]
fn a_way_that_is_heard_is_not_given_up() {
    let restart = (0, false, true);
    // A lost socket is resumed; media flows on as it was.
    let mut lab = Lab::in_a_call(false);
    lab.pass(HEARD_AFTER);
    lab.input(Input::Heard(lab.now));
    lab.lose();
    lab.pass(Duration::from_millis(100));
    lab.take();
    lab.input(Input::Opened(lab.generation()));
    lab.signal(Response::Reconnect(lk::ReconnectResponse::default()));
    assert_eq!(lab.offers(), [(0, false, false)]);
    lab.answer(&["TR_a"]);
    assert_eq!(lab.events(), [MediaEvent::Reconnected]);
    lab.take();
    // ICE finds no answer. While something is heard that is no news, but not for ever.
    lab.input(Input::Transport(TransportState::Disconnected));
    for _ in 0..9 {
        assert!(lab.session.may_send());
        lab.pass(Duration::from_secs(1));
        lab.input(Input::Heard(lab.now));
    }
    assert_eq!((lab.offers(), lab.events()), (vec![], vec![]));
    lab.pass(DOUBT_CHECK);
    assert_eq!(lab.offers(), [restart]);
    assert_eq!(lab.events(), [MediaEvent::Reconnecting { attempt: 1, next_ms: 0 }]);
    // What came back by itself has never been away; and who is silent is away at once.
    let mut lab = Lab::in_a_call(false);
    lab.pass(HEARD_AFTER);
    lab.take();
    lab.input(Input::Heard(lab.now));
    lab.input(Input::Transport(TransportState::Disconnected));
    lab.input(Input::Transport(TransportState::Connected));
    lab.pass(2 * HEARD_NOW);
    assert_eq!((lab.offers(), lab.events()), (vec![], vec![]));
    lab.input(Input::Transport(TransportState::Disconnected));
    assert_eq!(lab.offers(), [restart]);
    assert!(!lab.session.may_send());
}

#[test]
fn nobody_but_the_user_opens_the_microphone() {
    let mut lab = Lab::in_a_call(false);
    let mute = |muted| Response::Mute(lk::MuteTrackRequest { sid: "TR_me".into(), muted });
    lab.signal(mute(true));
    assert_eq!(lab.events(), [MediaEvent::ServerMuted]);
    assert!(!lab.session.may_send());
    lab.signal(mute(false));
    assert!(!lab.session.may_send());
    lab.command(MediaCommand::Muted(false));
    assert!(lab.session.may_send());
    assert!(matches!(lab.requests().last(), Some(Request::Mute(m)) if !m.muted));
}

#[test]
fn tracks_find_their_owner_in_any_order_and_end_with_them() {
    let mut lab = Lab::in_a_call(false);
    let source = |lab: &Lab, n| lab.out.iter().any(|o| matches!(o, Output::Source { key: SourceId(k), .. } if *k == n));
    let ended = |lab: &Lab, n| lab.out.iter().any(|o| matches!(o, Output::SourceEnded(SourceId(k)) if *k == n));
    let update = |p| Response::Update(lk::ParticipantUpdate { participants: vec![p] });
    lab.signal(Response::MediaSectionsRequirement(lk::MediaSectionsRequirement::default()));
    lab.answer(&["TR_a", "TR_b"]);
    // The track before its owner.
    lab.input(Input::Track { key: SourceId(1), track: "TR_b".into(), stream: "PA_bo|TR_b".into() });
    assert!(!source(&lab, 1));
    lab.signal(update(participant("bo", State::Active, &["TR_b"])));
    assert!(source(&lab, 1));
    // Without a stream id of LiveKit's kind the participant's list of tracks tells.
    lab.input(Input::Track { key: SourceId(2), track: "TR_a".into(), stream: "x".into() });
    assert!(source(&lab, 2));
    // A departure of an earlier session of the same identity is not theirs.
    let earlier = ParticipantInfo { sid: "PA_old".into(), ..participant("bo", State::Disconnected, &[]) };
    lab.signal(update(earlier));
    assert!(!ended(&lab, 1));
    lab.signal(update(participant("bo", State::Disconnected, &[])));
    assert!(ended(&lab, 1));
    assert!(lab.events().contains(&MediaEvent::ParticipantLeft { id: PeerId("bo".into()) }));
    // Unpublished, as the answer says it.
    lab.signal(Response::MediaSectionsRequirement(lk::MediaSectionsRequirement::default()));
    lab.answer(&[]);
    assert!(ended(&lab, 2));
    // News of a track that has gone meanwhile.
    lab.input(Input::Track { key: SourceId(3), track: "TR_a".into(), stream: "PA_ana|TR_a".into() });
    assert!(ended(&lab, 3) && !source(&lab, 3));
}

#[test]
fn who_has_a_turn_in_a_slot_is_told_by_its_number_however_early() {
    let mut lab = Lab::in_a_call(false);
    lab.session.negotiate(lab.now);
    lab.drain();
    lab.answer(&["TR_a", "slot-0", "slot-1"]);
    let (first, second) = (SourceId(1), SourceId(2));
    for (key, slot) in [(first, "slot-0"), (second, "slot-1")] {
        lab.input(Input::Track { key, track: slot.into(), stream: slots::STREAM.into() });
    }
    lab.take();
    let with_number = |identity: &str, sid: &str, ssrc| {
        let mut p = participant(identity, State::Active, &[sid]);
        let layers = vec![lk::VideoLayer { ssrc, ..Default::default() }];
        p.tracks[0].codecs = vec![lk::SimulcastCodecInfo { layers, ..Default::default() }];
        p
    };
    let update =
        |lab: &mut Lab, p: ParticipantInfo| lab.signal(Response::Update(lk::ParticipantUpdate { participants: vec![p] }));
    let sources = |lab: &mut Lab| -> Vec<(u64, Option<String>)> {
        let of = |o: Output| match o {
            Output::Source { key, peer } => Some((key.0, Some(peer.0))),
            Output::SourceEnded(key) => Some((key.0, None)),
            _ => None,
        };
        lab.take().into_iter().filter_map(of).collect()
    };
    // Its packets are here before the word of whose they are.
    lab.input(Input::Turn { slot: first, speaker: Some((SourceId(10), 7)) });
    assert_eq!(sources(&mut lab), []);
    update(&mut lab, with_number("ben", "TR_b", 7));
    assert_eq!(sources(&mut lab), [(10, Some("ben".into()))]);
    // Another one has the slot; then it is silent for long.
    update(&mut lab, with_number("cid", "TR_c", 8));
    lab.input(Input::Turn { slot: first, speaker: Some((SourceId(11), 8)) });
    assert_eq!(sources(&mut lab), [(10, None), (11, Some("cid".into()))]);
    lab.input(Input::Turn { slot: first, speaker: None });
    assert_eq!(sources(&mut lab), [(11, None)]);
    // Who leaves, or withdraws the track, ends what is heard of him; so does the end of the slot.
    lab.input(Input::Turn { slot: first, speaker: Some((SourceId(12), 8)) });
    lab.input(Input::Turn { slot: second, speaker: Some((SourceId(13), 7)) });
    sources(&mut lab);
    update(&mut lab, participant("cid", State::Disconnected, &[]));
    update(&mut lab, participant("ben", State::Active, &[]));
    assert_eq!(sources(&mut lab), [(12, None), (13, None)]);
    update(&mut lab, with_number("ben", "TR_b", 9));
    lab.input(Input::Turn { slot: second, speaker: Some((SourceId(14), 9)) });
    lab.session.negotiate(lab.now);
    lab.drain();
    sources(&mut lab);
    lab.answer(&["TR_a", "slot-0"]);
    assert_eq!(sources(&mut lab), [(2, None), (14, None)]);
    lab.input(Input::Turn { slot: second, speaker: Some((SourceId(15), 9)) });
    assert_eq!(sources(&mut lab), [(15, None)], "too late");
}

#[test]
fn chat_waits_for_its_author() {
    let mut lab = Lab::in_a_call(false);
    let chat = |who: &str| {
        let mut packet = <lk::DataPacket as prost::Message>::decode(&Data::default().chat(0, "hi".into(), None)[..]).unwrap();
        packet.participant_identity = who.into();
        Input::Data(prost::Message::encode_to_vec(&packet).into())
    };
    lab.input(chat("ana"));
    assert!(matches!(lab.events()[..], [MediaEvent::Chat { .. }]));
    lab.take();
    lab.input(chat("bo"));
    assert_eq!(lab.events(), []);
    lab.signal(Response::Update(lk::ParticipantUpdate { participants: vec![participant("bo", State::Joined, &[])] }));
    assert!(matches!(lab.events().first(), Some(MediaEvent::ParticipantJoined { .. })));
    assert!(matches!(lab.events().last(), Some(MediaEvent::Chat { from, .. }) if from.0 == "bo"));
}

#[test]
fn leaving_says_goodbye() {
    let mut lab = Lab::in_a_call(false);
    lab.command(MediaCommand::Leave);
    assert!(matches!(lab.requests().last(), Some(Request::Leave(_))));
    assert!(
        matches!(lab.events().last(), Some(MediaEvent::Ended { reason: LeaveReason::Left, failure }) if failure.exit == Exit::Ok)
    );
    lab.take();
    lab.command(MediaCommand::Muted(true));
    lab.pass(Duration::from_secs(100));
    assert!(lab.out.is_empty(), "nothing follows");
}

#[test]
fn who_may_speak_later_publishes_then_and_who_may_again_does_so_with_a_new_connection() {
    let mut lab = Lab::new(true);
    let listener = |sources: &[lk::TrackSource], can_publish| {
        let can_publish_sources = sources.iter().map(|s| *s as i32).collect();
        let permission = lk::ParticipantPermission { can_publish, can_publish_sources, ..Default::default() };
        ParticipantInfo { permission: Some(permission), ..participant("me", State::Active, &[]) }
    };
    let update = |who: ParticipantInfo| Response::Update(lk::ParticipantUpdate { participants: vec![who] });
    let Response::Join(mut join) = join_response(vec![]) else { unreachable!() };
    join.participant = Some(listener(&[lk::TrackSource::ScreenShare], true));
    lab.connect(Response::Join(join));
    lab.input(Input::Transport(TransportState::Connected));
    let asks = |lab: &mut Lab| lab.take().iter().any(|o| matches!(o, Output::Send(r) if matches!(**r, Request::AddTrack(_))));
    assert!(!asks(&mut lab), "a screen is no microphone");
    lab.signal(update(listener(&[], true)));
    assert!(asks(&mut lab));
    let cid = lab.session.microphone.cid.clone();
    let track = Some(TrackInfo { sid: "TR_me".into(), ..Default::default() });
    lab.signal(Response::TrackPublished(lk::TrackPublishedResponse { cid, track }));
    lab.signal(update(listener(&[], false)));
    assert!(!asks(&mut lab));
    lab.signal(update(listener(&[], true)));
    assert!(lab.take().iter().any(|o| matches!(o, Output::HangUp)));
}
