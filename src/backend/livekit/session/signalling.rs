//! What the server says, and the offers that we make.

use super::super::media::{JoinedInfo, MediaEvent};
use super::super::protocol::{self, Departure, Request, Response};
use super::*;

impl Session {
    /// Makes an offer as soon as none is in flight and signalling is up.
    pub(super) fn negotiate(&mut self, now: Instant) {
        self.offers.wanted.offer = true;
        if self.phase == Phase::Up && self.offers.in_flight.is_none() {
            self.make_offer(now);
        }
    }

    pub(super) fn make_offer(&mut self, now: Instant) {
        let wanted = std::mem::take(&mut self.offers.wanted);
        let sections = wanted.sections.min(MAX_SECTIONS.saturating_sub(self.offers.sections));
        self.offers.sections += sections;
        self.offers.id += 1;
        self.offers.in_flight = Some(now);
        let microphone = wanted.microphone.then(|| {
            self.microphone.offered = Some(self.offers.id);
            self.microphone.cid.clone()
        });
        tracing::debug!(id = self.offers.id, sections, restart_ice = wanted.restart_ice, "offer");
        self.out.push_back(Output::Offer { sections, microphone, restart_ice: wanted.restart_ice });
    }

    pub(super) fn offered(&mut self, now: Instant, sdp: String) {
        let offer = protocol::offer(self.offers.id, sdp);
        self.offers.last = Some(offer.clone());
        match self.phase {
            Phase::Starting => self.dial(now, false, &protocol::join(self.settings.about, offer)),
            Phase::Up => self.send(Request::Offer(offer)),
            // Lost in between: after the resume a new offer is made.
            _ => {}
        }
    }

    pub(super) fn answered(&mut self, now: Instant, answer: lk::SessionDescription) {
        if answer.id != self.offers.id || self.offers.in_flight.is_none() {
            return;
        }
        self.offers.in_flight = None;
        self.room.answered(answer.mid_to_track_id.values().cloned().collect(), &mut self.out);
        self.out.push_back(Output::Answer(answer.sdp.clone()));
        if answer.sdp.lines().any(|line| line == "a=end-of-candidates") {
            self.out.push_back(Output::EndOfCandidates);
        }
        self.offers.answer = Some(answer);
        if self.microphone.offered.is_some() {
            self.microphone.negotiated = true;
        }
        if self.offers.wanted.offer {
            self.make_offer(now);
        }
        self.check_reconnected();
        self.check_heard(now);
    }

    pub(super) fn signal(&mut self, now: Instant, message: Response) {
        match message {
            Response::Join(join) => self.on_join(now, join),
            Response::Reconnect(r) => {
                self.relays(&r.ice_servers);
                self.on_resumed(now);
            }
            Response::Answer(a) => self.answered(now, a),
            Response::Trickle(t) => {
                if !t.candidate_init.is_empty() {
                    self.out.push_back(Output::AddCandidate(t.candidate_init));
                }
                if t.r#final {
                    self.out.push_back(Output::EndOfCandidates);
                }
            }
            Response::Update(u) => {
                if std::mem::take(&mut self.expect_snapshot) && u.participants.iter().any(|p| p.sid == self.participant_sid) {
                    self.room.snapshot(&u.participants, &mut self.out);
                }
                if let Some(p) = u.participants.iter().find(|p| p.sid == self.participant_sid).and_then(|p| p.permission.clone())
                {
                    self.permitted(now, p);
                }
                self.room.update(&u.participants, &mut self.out);
                self.check_heard(now);
            }
            Response::TrackPublished(t) if t.cid == self.microphone.cid && self.microphone.published.is_none() => {
                let (sid, muted) = t.track.as_ref().map(|t| (t.sid.clone(), t.muted)).unwrap_or_default();
                self.microphone.published = Some(t);
                if muted != self.microphone.muted {
                    self.send(Request::Mute(lk::MuteTrackRequest { sid, muted: self.microphone.muted }));
                }
                self.offers.wanted.microphone = true;
                self.negotiate(now);
            }
            // A requirement for video alone is for sections that we do not have.
            Response::MediaSectionsRequirement(r) if r.num_audios > 0 || r.num_videos == 0 => {
                self.offers.wanted.sections = self.offers.wanted.sections.saturating_add(r.num_audios);
                self.negotiate(now);
            }
            Response::TrackSubscribed(t) if self.microphone_sid() == Some(&t.track_sid) => {
                self.microphone.subscribed = true;
                self.check_heard(now);
            }
            // Nobody but the user opens the microphone.
            Response::Mute(m) if m.muted && self.microphone_sid() == Some(&m.sid) && !self.microphone.muted => {
                self.microphone.muted = true;
                self.send(Request::Mute(m));
                self.event(MediaEvent::ServerMuted);
            }
            Response::RefreshToken(t) if !t.is_empty() => self.settings.token = Zeroizing::new(t),
            Response::RequestResponse(r) if r.reason != lk::request_response::Reason::Ok as i32 => self.refused(&r),
            Response::Leave(l) => self.on_leave(now, &l),
            _ => {}
        }
    }

    pub(super) fn refused(&mut self, r: &lk::RequestResponse) {
        if r.reason == lk::request_response::Reason::Queued as i32 {
            return;
        }
        let why = crate::text::clean(&r.message).chars().take(200).collect::<String>();
        self.event(MediaEvent::Warning { code: "refused".into(), text: format!("the server refused a request of ours: {why}") });
    }

    pub(super) fn microphone_sid(&self) -> Option<&String> {
        self.microphone.published.as_ref()?.track.as_ref().map(|t| &t.sid)
    }

    pub(super) fn up(&mut self, now: Instant) {
        self.phase = Phase::Up;
        self.next_ping = now;
        self.last_heard = now;
        while let Some(c) = self.candidates.pop_front() {
            self.send(protocol::trickle(c));
        }
    }

    /// Who relays to the server. Names of STUN servers are of no use to us: nobody is told where we are.
    fn relays(&mut self, servers: &[lk::IceServer]) {
        let read = |s: &lk::IceServer| -> Vec<turn::Server> {
            s.urls.iter().take(turn::SERVERS).filter_map(|url| turn::Server::read(url, &s.username, &s.credential)).collect()
        };
        let servers: Vec<turn::Server> = servers.iter().take(turn::SERVERS).flat_map(read).take(turn::SERVERS).collect();
        if !servers.is_empty() {
            self.out.push_back(Output::Relays(servers));
        }
    }

    pub(super) fn on_join(&mut self, now: Instant, join: lk::JoinResponse) {
        // A server that has forgotten us may answer a resume with a join, but our offer was not in that request.
        if !matches!(self.phase, Phase::Dialing { resume: false, .. }) {
            return self.rejoin(now);
        }
        let seconds =
            |s: i32, or: u64| Duration::from_secs(u64::try_from(s).ok().filter(|s| (1..=120).contains(s)).unwrap_or(or));
        self.relays(&join.ice_servers);
        self.ping_interval = seconds(join.ping_interval, 5);
        self.ping_timeout = seconds(join.ping_timeout, 15);
        self.up(now);
        let me = join.participant.unwrap_or_default();
        self.participant_sid = me.sid;
        // Who says nothing about permissions allows what everybody may.
        self.permission = me.permission.unwrap_or_else(|| lk::ParticipantPermission {
            can_publish: true,
            can_publish_data: true,
            can_subscribe: true,
            ..Default::default()
        });
        let first = !std::mem::replace(&mut self.joined, true);
        if first {
            self.out.push_back(Output::Joined(JoinedInfo {
                identity: PeerId(me.identity.clone()),
                room: join.room.unwrap_or_default().name,
                can_publish: self.permission.can_publish,
                can_publish_data: self.permission.can_publish_data,
                can_update_own_metadata: self.permission.can_update_metadata,
            }));
        }
        self.token_is_fresh = false;
        self.room.joined(&me.identity, &join.other_participants, first, &mut self.out);
        self.media_check = Some(now + 2 * MEDIA_TIMEOUT);
        self.publish();
        self.say_who_we_are();
    }

    pub(super) fn on_resumed(&mut self, now: Instant) {
        if !matches!(self.phase, Phase::Dialing { resume: true, .. }) {
            return;
        }
        self.up(now);
        self.expect_snapshot = true;
        self.send(Request::SyncState(lk::SyncState {
            answer: self.offers.answer.clone(),
            offer: self.offers.last.clone(),
            subscription: Some(lk::UpdateSubscription { subscribe: true, ..Default::default() }),
            publish_tracks: self.microphone.published.iter().cloned().collect(),
            ..Default::default()
        }));
        self.offers.in_flight = None;
        // A way that is heard stays: looking for another one would interrupt it.
        self.offers.wanted.restart_ice =
            self.transport != TransportState::Connected || self.doubted.is_some() || !self.hears(now);
        // The request may have been lost with the socket.
        if self.microphone.published.is_none() {
            self.publish();
        } else if let Some(sid) = self.microphone_sid().cloned() {
            self.send(Request::Mute(lk::MuteTrackRequest { sid, muted: self.microphone.muted }));
        }
        if self.microphone.published.is_some() && self.microphone.offered.is_none() {
            self.offers.wanted.microphone = true;
        }
        self.say_who_we_are();
        self.media_check = Some(now + MEDIA_TIMEOUT);
        self.negotiate(now);
    }

    pub(super) fn publish(&mut self) {
        if self.settings.publish && may_speak(&self.permission) {
            self.send(protocol::add_microphone(&self.microphone.cid, self.microphone.muted));
        }
    }

    /// What we may do has changed. A microphone that was published once and taken from us is published with a new connection:
    /// the old one's sections are gone at the server.
    fn permitted(&mut self, now: Instant, permission: lk::ParticipantPermission) {
        let before = may_speak(&self.permission);
        self.permission = permission;
        if before || !may_speak(&self.permission) || !self.settings.publish {
            return;
        }
        match self.microphone.published.is_some() {
            true => self.rejoin(now),
            false => self.publish(),
        }
    }

    pub(super) fn on_leave(&mut self, now: Instant, leave: &lk::LeaveRequest) {
        match protocol::departure(leave) {
            // The caller's own session says what became of us.
            Departure::End(_, why) if self.settings.ask_for_token && self.joined => self.reconnect(now, why, false),
            Departure::End(reason, failure) => self.end(reason, failure),
            Departure::Resume => self.reconnect(now, lost_signalling(), true),
            Departure::Rejoin => self.rejoin(now),
        }
    }
}

/// Whether a microphone may be published: LiveKit's empty list is every source.
fn may_speak(permission: &lk::ParticipantPermission) -> bool {
    let sources = &permission.can_publish_sources;
    permission.can_publish && (sources.is_empty() || sources.contains(&(lk::TrackSource::Microphone as i32)))
}
