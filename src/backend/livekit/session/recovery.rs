//! Losing the connection and coming back: signalling by a resume or a full rejoin, media by ICE restarts.

use super::super::media::MediaEvent;
use super::super::protocol;
use super::*;

impl Session {
    pub(super) fn lost(&mut self, now: Instant, why: Failure) {
        let resume = match self.phase {
            Phase::Dialing { resume, .. } => resume,
            _ => true,
        };
        match why.exit {
            // Another key than before: trying again would not make it right.
            Exit::Tls if !self.leased() => self.end(LeaveReason::Failed, why),
            Exit::Denied if self.leased() => {
                self.token_is_fresh = false;
                self.reconnect(now, why, false);
            }
            Exit::Denied => self.end(LeaveReason::Failed, why),
            _ => self.reconnect(now, why, resume),
        }
    }

    pub(super) fn rejoin(&mut self, now: Instant) {
        self.reconnect(now, lost_signalling(), false);
    }

    pub(super) fn reconnect(&mut self, now: Instant, why: Failure, resume: bool) {
        if !self.joined {
            return self.end(LeaveReason::Failed, why);
        }
        if self.too_long(now, &why) {
            return self.give_up(&why);
        }
        self.out.push_back(Output::HangUp);
        // The end of the present socket is not news any more.
        self.generation += 1;
        let pause = BACKOFF.get(self.attempt as usize).or(BACKOFF.last()).copied().unwrap_or_default();
        self.attempt += 1;
        self.reconnecting = true;
        self.event(MediaEvent::Reconnecting { attempt: self.attempt, next_ms: pause });
        self.phase = Phase::Waiting { resume, until: now + Duration::from_millis(pause) };
    }

    /// The caller says when it is over.
    fn leased(&self) -> bool {
        self.joined && self.settings.ask_for_token
    }

    /// Whether the connection has been away for so long that the call is over; where the caller decides that, it is told.
    fn too_long(&mut self, now: Instant, why: &Failure) -> bool {
        let since = *self.lost_since.get_or_insert(now);
        if now.duration_since(since) < GIVE_UP {
            return false;
        }
        if self.leased() && !std::mem::replace(&mut self.told_lost, true) {
            let text = format!("there is no sound ({}); chat goes on, and sound is tried again", why.text);
            self.event(MediaEvent::Warning { code: "media_lost".into(), text });
        }
        !self.leased()
    }

    /// A new lease: joins anew, at once, whatever the old one was at.
    pub(super) fn join_anew(&mut self, now: Instant, token: Zeroizing<String>) {
        self.settings.token = token;
        self.token_is_fresh = true;
        self.out.push_back(Output::HangUp);
        // The end of the present socket is not news any more.
        self.generation += 1;
        self.lost_since.get_or_insert(now);
        self.attempt = 0;
        self.reconnecting |= self.connected_once;
        self.start(now);
    }

    pub(super) fn give_up(&mut self, why: &Failure) {
        let text =
            format!("the connection was lost for {} s ({}); join again when the network is back", GIVE_UP.as_secs(), why.text);
        self.end(LeaveReason::NetworkLost, Failure::new(Exit::TempFail, text));
    }

    pub(super) fn tick(&mut self, now: Instant) {
        match self.phase {
            Phase::Dialing { resume, until } if now >= until => self.reconnect(now, no_answer(), resume),
            Phase::Waiting { resume: true, until } if now >= until => {
                let request = protocol::resume(self.settings.about, &self.participant_sid);
                self.dial(now, true, &request);
            }
            Phase::Waiting { resume: false, until } if now >= until => {
                if self.settings.ask_for_token && !self.token_is_fresh {
                    self.phase = Phase::NeedToken;
                    self.event(MediaEvent::NeedToken);
                } else {
                    self.start(now);
                }
            }
            Phase::NeedToken if !self.leased() && self.lost_since.is_some_and(|t| now >= t + GIVE_UP) => {
                self.give_up(&no_token());
            }
            Phase::Up => self.tick_up(now),
            _ => {}
        }
    }

    pub(super) fn tick_up(&mut self, now: Instant) {
        let unanswered = self.offers.in_flight.is_some_and(|t| now >= t + ANSWER_TIMEOUT);
        if unanswered || now >= self.last_heard + self.ping_timeout {
            return self.reconnect(now, no_answer(), true);
        }
        if now >= self.next_ping {
            self.next_ping = now + self.ping_interval;
            self.send(protocol::ping(unix_ms()));
        }
        if self.heard_at.is_some_and(|t| now >= t) {
            self.heard_at = None;
            self.microphone.subscribed = true;
            self.check_heard(now);
        }
        if self.media_check.is_some_and(|t| now >= t) {
            self.media_down(now);
        }
    }

    pub(super) fn hears(&self, now: Instant) -> bool {
        self.media_heard.is_some_and(|t| now < t + HEARD_NOW)
    }

    pub(super) fn transport(&mut self, now: Instant, state: TransportState) {
        let connected = self.transport == TransportState::Connected;
        if state == TransportState::Disconnected && connected && self.hears(now) {
            self.doubted = Some(now);
            self.media_check = Some(now + DOUBT_CHECK);
            return;
        }
        self.doubted = None;
        let before = std::mem::replace(&mut self.transport, state);
        match state {
            TransportState::Connected => {
                self.media_check = None;
                self.ice_restarts = 0;
                if !std::mem::replace(&mut self.connected_once, true) {
                    self.event(MediaEvent::Transport { rung: self.rung.into(), ok: true, error: None });
                }
                self.check_reconnected();
                self.check_heard(now);
            }
            // It may come back by itself, but an ICE restart finds another way too.
            TransportState::Disconnected | TransportState::Failed if before == TransportState::Connected => {
                self.media_check = Some(now);
                if self.phase == Phase::Up {
                    self.media_down(now);
                }
            }
            _ => {}
        }
    }

    /// Media takes another way, which people are told once it has taken one.
    pub(super) fn over(&mut self, rung: &'static str) {
        if std::mem::replace(&mut self.rung, rung) != rung && self.connected_once {
            self.event(MediaEvent::Transport { rung: rung.into(), ok: true, error: None });
        }
    }

    /// ICE is restarted at once, without a word to people: the call goes on as soon as another way is found. If none is, media is down.
    pub(super) fn way_lost(&mut self, now: Instant) {
        if self.connected_once && self.phase == Phase::Up {
            self.offers.wanted.restart_ice = true;
            self.media_check = Some(now + MEDIA_TIMEOUT);
            self.negotiate(now);
        }
    }

    /// Signalling is up and media is not.
    pub(super) fn media_down(&mut self, now: Instant) {
        self.media_check = None;
        if let Some(since) = self.doubted {
            if self.hears(now) && now < since + DOUBT {
                self.media_check = Some(now + DOUBT_CHECK);
                return;
            }
            self.doubted = None;
            self.transport = TransportState::Disconnected;
        }
        if self.transport == TransportState::Connected {
            return;
        }
        if self.too_long(now, &no_media()) {
            if self.connected_once {
                return self.give_up(&no_media());
            }
            return self.end(LeaveReason::Failed, no_media());
        }
        if !self.connected_once && self.ice_restarts == 0 && !self.told_lost {
            self.event(MediaEvent::Transport { rung: self.rung.into(), ok: false, error: Some(no_media().text) });
        }
        if self.ice_restarts >= ICE_RESTARTS {
            self.ice_restarts = 0;
            return self.rejoin(now);
        }
        self.ice_restarts += 1;
        if self.connected_once {
            self.reconnecting = true;
            self.attempt += 1;
            self.event(MediaEvent::Reconnecting { attempt: self.attempt, next_ms: 0 });
        }
        self.offers.wanted.restart_ice = true;
        self.media_check = Some(now + MEDIA_TIMEOUT);
        self.negotiate(now);
    }

    pub(super) fn check_reconnected(&mut self) {
        if self.phase != Phase::Up || self.transport != TransportState::Connected || self.offers.in_flight.is_some() {
            return;
        }
        self.lost_since = None;
        self.told_lost = false;
        self.attempt = 0;
        if std::mem::take(&mut self.reconnecting) {
            self.event(MediaEvent::Reconnected);
        }
    }

    pub(super) fn check_heard(&mut self, now: Instant) {
        let could = self.transport == TransportState::Connected && self.microphone.negotiated && self.room.somebody_active();
        if self.heard || !could {
            return;
        }
        if self.microphone.subscribed {
            self.heard = true;
            self.heard_at = None;
            self.event(MediaEvent::Heard);
        } else if self.heard_at.is_none() {
            self.heard_at = Some(now + HEARD_AFTER);
        }
    }
}
