//! The session with the bridge: offers of the focus and our answers, sources, the bridge's channel, and what to do when nothing comes
//! through. A new session can begin at any time; the call goes on.

use super::entry::Stage;
use super::wish::sign;
use super::{Asked, Input, Output, Session};
use crate::backend::BackendEvent;
use crate::backend::jitsi::colibri;
use crate::backend::jitsi::jingle::{self, Local, Microphone, Offer, Source, Transport};
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::net::ladder::Rung;
use crate::rtc::TransportState;
use minidom::Element;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the focus may take to offer a session once somebody else is there: a cold bridge has taken 15 s.
const OFFER: Duration = Duration::from_secs(40);
/// How long the transport may take to connect.
const CONNECT: Duration = Duration::from_secs(20);
/// How long a transport that hears nothing may take to come back by itself.
const DOUBT: Duration = Duration::from_secs(10);
/// The shortest time between two sessions that we ask for; the focus refuses more than five a minute.
const RESTART: Duration = Duration::from_secs(13);
/// Sessions in vain before the call ends.
const RESTARTS: u32 = 4;
/// So many sessions in [`STORM`] that we did not ask for: something in us breaks the conference for everybody.
const SESSIONS: usize = 8;
/// See [`SESSIONS`].
const STORM: Duration = Duration::from_secs(60);
/// When a listener without a microphone must be taken to hear us.
const SETTLED: Duration = Duration::from_secs(2);
/// Sources that are known at once.
const SOURCES: usize = jingle::MAX_SOURCES;

/// How far the bridge's channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Channel {
    #[default]
    None,
    Opening,
    Open,
    Again(Instant),
}

/// What is known of the media session.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// Counts offers.
    session: u32,
    offer: Option<Offer>,
    version: u64,
    local: Option<Local>,
    /// The answer to an ICE restart is under way.
    restarts_ice: bool,
    transport: Option<TransportState>,
    connected_at: Option<Instant>,
    /// When something must be done about a transport that is not connected.
    due: Option<Instant>,
    /// When the focus should have offered a session.
    expected: Option<Instant>,
    restart_at: Option<Instant>,
    last_restart: Option<Instant>,
    restarts: u32,
    offers: VecDeque<Instant>,
    channel: Channel,
    pause: u32,
    rung: Option<&'static str>,
    heard: bool,
    began: bool,
    told: bool,
    /// It was said that no session is offered.
    warned: bool,
    /// The offer takes the place of another one in the same session.
    replaces: bool,
}

impl Media {
    pub(super) fn is_connected(&self) -> bool {
        self.transport == Some(TransportState::Connected) && self.local.is_some()
    }

    pub(super) fn has_bridge(&self) -> bool {
        self.channel == Channel::Open
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let again = match self.channel {
            Channel::Again(at) => Some(at),
            _ => None,
        };
        let settled = self.connected_at.filter(|_| !self.heard && self.is_connected()).map(|at| at + SETTLED);
        [self.due, self.expected, self.restart_at, again, settled].into_iter().flatten().min()
    }
}

impl Session {
    /// Somebody is there with us: a session should be offered.
    pub(super) fn media_expected(&mut self, now: Instant) {
        let others = self.occupants.keys().any(|nick| nick != "focus");
        if self.media.offer.is_none() && self.media.expected.is_none() && others && self.stage == Stage::In && !self.media.warned
        {
            self.media.expected = Some(now + OFFER);
        }
    }

    pub(super) fn jingle(&mut self, now: Instant, jingle: &Element) {
        let ours = |s: &Self| s.media.offer.as_ref().is_some_and(|o| Some(o.sid.as_str()) == jingle.attr("sid"));
        match jingle.attr("action") {
            Some("session-initiate" | "transport-replace") => self.offered(now, jingle),
            Some("session-terminate") if ours(self) => {
                self.drop_media();
                self.media_expected(now);
            }
            Some("source-add" | "addsource") if ours(self) => self.add_sources(jingle::of_jingle(jingle)),
            Some("source-remove" | "removesource") if ours(self) => {
                for source in jingle::of_jingle(jingle) {
                    self.remove_source(source.ssrc);
                }
            }
            Some("transport-info") if ours(self) => self.transport_info(jingle),
            _ => {}
        }
    }

    fn offered(&mut self, now: Instant, element: &Element) {
        while self.media.offers.front().is_some_and(|at| now >= *at + STORM) {
            self.media.offers.pop_front();
        }
        self.media.offers.push_back(now);
        if self.media.offers.len() > SESSIONS {
            let text = "the conference begins anew again and again, perhaps because of this client; you left, so that the others can \
                        go on. Join again later, and tell the server's administrator";
            return self.end(LeaveReason::Failed, Failure::new(Exit::Protocol, text));
        }
        let offer = match Offer::of(element) {
            Ok(offer) => offer,
            Err(why) => {
                let text = format!(
                    "the conference's focus offers sound in a way that this client cannot take ({why}); you can read and write"
                );
                return self.warn("no_media", text);
            }
        };
        let (restarts, last) = (self.media.restarts, self.media.last_restart);
        let offers = std::mem::take(&mut self.media.offers);
        let (session, heard, began) = (self.media.session + 1, self.media.heard, self.media.began);
        self.close_sources();
        if self.media.channel != Channel::None {
            self.out.push_back(Output::CloseBridge);
        }
        let replaces = element.attr("action") == Some("transport-replace");
        let last_restart = last;
        self.media =
            Media { session, heard, began: true, restarts, last_restart, offers, replaces, version: 1, ..Media::default() };
        self.media.due = Some(now + CONNECT);
        let (sdp, channel) = (offer.description(1), offer.data && offer.transport.web_socket.is_none());
        self.out.push_back(Output::NewPeer { session, sdp, channel, relays: self.relays.clone() });
        let sources = offer.sources.clone();
        if offer.start_muted && !began && !self.own.muted {
            self.event(BackendEvent::MutedByRoom { by: None });
        }
        self.media.offer = Some(offer);
        self.add_sources(sources);
    }

    /// Everything but our answer has its place in the offer.
    fn answered(&mut self, session: u32, sdp: &str, ssrc: Option<u32>) {
        if session != self.media.session {
            return;
        }
        let (Some(offer), Some(local)) = (self.media.offer.clone(), Local::of(sdp)) else { return };
        let responder = format!("{}/{}", self.settings.place.room, self.own.endpoint);
        let focus = format!("{}/focus", self.settings.place.room);
        if std::mem::take(&mut self.media.restarts_ice) {
            let info = jingle::transport_info(&offer, &responder, &local, "transport-info");
            self.media.local = Some(local);
            return self.ask(Asked::Accept(session), "set", &focus, info);
        }
        let microphone = ssrc.map(|ssrc| Microphone { endpoint: self.own.endpoint.clone(), ssrc });
        let action = if self.media.replaces { "transport-accept" } else { "session-accept" };
        let accept = jingle::accept(&offer, action, &responder, &local, microphone.as_ref());
        self.media.local = Some(local);
        self.ask(Asked::Accept(session), "set", &focus, accept);
        self.open_bridge();
    }

    pub(super) fn not_accepted(&mut self, now: Instant, session: u32, why: &str) {
        if session == self.media.session {
            tracing::debug!("the focus did not take our answer: {why}");
            self.restart_media(now);
        }
    }

    /// New candidates, or an ICE restart that keeps the session.
    fn transport_info(&mut self, jingle: &Element) {
        let transport =
            jingle.children().filter(|c| c.name() == "content").find_map(|c| c.children().find(|t| t.name() == "transport"));
        let Some(Ok(news)) = transport.map(Transport::of) else { return };
        let Some(offer) = &mut self.media.offer else { return };
        self.media.restarts_ice = news.ufrag != offer.transport.ufrag;
        for candidate in news.candidates {
            let known = &mut offer.transport.candidates;
            if known.len() < jingle::MAX_CANDIDATES && !known.contains(&candidate) {
                known.push(candidate);
            }
        }
        (offer.transport.ufrag, offer.transport.pwd) = (news.ufrag, news.pwd);
        if news.fingerprint.is_some() {
            offer.transport.fingerprint = news.fingerprint;
        }
        self.media.version += 1;
        let sdp = offer.description(self.media.version);
        self.out.push_back(Output::Describe { session: self.media.session, sdp });
    }

    fn add_sources(&mut self, sources: Vec<Source>) {
        for source in sources {
            if source.is_bridge() || source.owner == self.own.endpoint || self.sources.get(&source.ssrc) == Some(&source) {
                continue;
            }
            if self.sources.len() >= SOURCES && !self.sources.contains_key(&source.ssrc) {
                continue;
            }
            let (ssrc, peer) = (source.ssrc, PeerId(source.owner.clone()));
            if self.sources.insert(ssrc, source).is_some() {
                self.out.push_back(Output::SourceEnded(ssrc));
            }
            self.out.push_back(Output::Source { ssrc, peer });
        }
        self.heard_by_others();
    }

    fn remove_source(&mut self, ssrc: u32) {
        if self.sources.remove(&ssrc).is_some() {
            self.out.push_back(Output::SourceEnded(ssrc));
        }
    }

    pub(super) fn no_sources_of(&mut self, nick: &str) {
        let theirs: Vec<u32> = self.sources.values().filter(|s| s.owner == nick).map(|s| s.ssrc).collect();
        theirs.into_iter().for_each(|ssrc| self.remove_source(ssrc));
    }

    fn close_sources(&mut self) {
        for ssrc in std::mem::take(&mut self.sources).into_keys() {
            self.out.push_back(Output::SourceEnded(ssrc));
        }
    }

    /// The session is over; another may follow.
    pub(super) fn drop_media(&mut self) {
        self.close_sources();
        if self.media.channel != Channel::None {
            self.out.push_back(Output::CloseBridge);
        }
        if self.media.offer.take().is_some() {
            self.out.push_back(Output::ClosePeer);
        }
        let Media { session, heard, began, restarts, last_restart, offers, warned, .. } = std::mem::take(&mut self.media);
        self.media = Media { session: session + 1, heard, began, restarts, last_restart, offers, warned, ..Media::default() };
    }

    pub(super) fn on_media(&mut self, now: Instant, input: Input) {
        match input {
            Input::Answered { session, sdp, ssrc } => self.answered(session, &sdp, ssrc),
            Input::PeerFailed(why) if why.exit == Exit::Usage => self.end(LeaveReason::Failed, why),
            Input::PeerFailed(why) => {
                tracing::debug!("media: {}", why.text);
                self.restart_media(now);
            }
            Input::Transport(state) => self.transport(now, state),
            Input::Rung(rung) => self.over_rung(rung),
            Input::WayLost => self.restart_media(now),
            Input::BridgeOpened(session) if session == self.media.session => self.bridge_is_open(),
            Input::BridgeText(session, text) if session == self.media.session => self.bridge_says(&text),
            Input::BridgeLost(session) if session == self.media.session && self.media.channel != Channel::None => {
                let pause = Duration::from_secs(1 << self.media.pause.min(6)).min(Duration::from_secs(60));
                self.media.pause += 1;
                self.media.channel = Channel::Again(now + pause);
            }
            _ => {}
        }
    }

    fn transport(&mut self, now: Instant, state: TransportState) {
        if self.media.offer.is_none() {
            return;
        }
        let before = self.media.transport.replace(state);
        match state {
            TransportState::Connected if before != Some(state) => {
                (self.media.due, self.media.restarts) = (None, 0);
                self.media.connected_at = Some(now);
                let rung = self.media.rung.unwrap_or(Rung::Udp.name());
                self.over_rung(rung);
                self.heard_by_others();
            }
            TransportState::Disconnected => self.media.due = Some(now + DOUBT),
            TransportState::Failed => self.restart_media(now),
            _ => {}
        }
    }

    fn over_rung(&mut self, rung: &'static str) {
        let news = self.media.rung != Some(rung) || !self.media.told;
        self.media.rung = Some(rung);
        if news && self.media.transport == Some(TransportState::Connected) {
            self.media.told = true;
            self.event(BackendEvent::Transport { rung: rung.into(), ok: true, error: None });
        }
    }

    /// Who stands for a microphone with a file begins to play when somebody can hear it: whose sound is announced has a session too.
    fn heard_by_others(&mut self) {
        if !self.media.heard && self.media.is_connected() && !self.sources.is_empty() {
            self.media.heard = true;
            self.event(BackendEvent::MediaConnected);
        }
    }

    /// Asks for a new session, now or as soon as the focus takes it.
    pub(super) fn restart_media(&mut self, now: Instant) {
        if self.media.offer.is_none() {
            return;
        }
        let at = self.media.last_restart.map_or(now, |last| last + RESTART);
        if now < at {
            self.media.restart_at = Some(at);
            self.media.due = None;
            return;
        }
        if self.media.restarts >= RESTARTS {
            return self.end(LeaveReason::Failed, no_media());
        }
        if self.media.restarts == 0 {
            let error = "nothing comes through to the bridge; a new session is asked for".to_owned();
            let rung = self.media.rung.unwrap_or(Rung::Udp.name()).to_owned();
            self.event(BackendEvent::Transport { rung, ok: false, error: Some(error) });
        }
        self.media.restarts += 1;
        let responder = format!("{}/{}", self.settings.place.room, self.own.endpoint);
        let focus = format!("{}/focus", self.settings.place.room);
        if let Some(offer) = self.media.offer.clone() {
            self.ask(Asked::Restart, "set", &focus, jingle::ice_failed(&offer, &responder));
            self.ask(Asked::Restart, "set", &focus, jingle::terminate(&offer, &responder, true));
        }
        self.drop_media();
        self.media.last_restart = Some(now);
        self.media.expected = Some(now + OFFER);
        // We have asked for it: the next offer is nobody's storm.
        self.media.offers.clear();
    }

    pub(super) fn media_tick(&mut self, now: Instant) {
        let past = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        if past(self.media.expected) {
            self.media.expected = None;
            self.media.warned = true;
            let text = "the conference's focus offers no sound, though others are here: the server's bridge may be down. You can read and \
                        write; sound begins when it is back";
            self.warn("no_media", text);
        }
        if past(self.media.due) {
            self.media.due = None;
            if !self.media.is_connected() {
                self.restart_media(now);
            }
        }
        if past(self.media.restart_at) {
            self.media.restart_at = None;
            if !self.media.is_connected() {
                self.restart_media(now);
            }
        }
        if let Channel::Again(at) = self.media.channel
            && now >= at
        {
            self.media.channel = Channel::None;
            self.open_bridge();
        }
        if !self.media.heard && self.media.is_connected() && past(self.media.connected_at.map(|at| at + SETTLED)) {
            self.media.heard = true;
            self.event(BackendEvent::MediaConnected);
        }
    }

    fn open_bridge(&mut self) {
        let Some(offer) = &self.media.offer else { return };
        match &offer.transport.web_socket {
            // Where it is comes in a message: it may only be where the meeting is.
            Some(url) if self.settings.place.trusts(url) => {
                self.media.channel = Channel::Opening;
                let url = Zeroizing::new(url.clone());
                self.out.push_back(Output::OpenBridge { session: self.media.session, url });
            }
            Some(_) => {
                self.warn("bridge_elsewhere", "the bridge's channel is on another host than the meeting, and is not opened")
            }
            None => {}
        }
    }

    fn bridge_is_open(&mut self) {
        if self.media.channel != Channel::Open {
            (self.media.channel, self.media.pause) = (Channel::Open, 0);
            self.out.push_back(Output::BridgeSend(colibri::no_video()));
        }
    }

    fn bridge_says(&mut self, text: &str) {
        self.bridge_is_open();
        match colibri::read(text) {
            Some(colibri::Message::DominantSpeaker(endpoint))
                if endpoint == self.own.endpoint || self.occupants.contains_key(&endpoint) =>
            {
                let id = self.peer(&endpoint);
                self.event(BackendEvent::DominantSpeaker { id });
            }
            Some(colibri::Message::AudioSources(mapped)) => self.add_sources(mapped),
            Some(colibri::Message::Endpoint { from, payload }) if self.occupants.contains_key(&from) => {
                let named = payload["name"] == "endpoint-reaction";
                let reactions = payload["reactions"].as_array().filter(|_| named).map(Vec::as_slice).unwrap_or_default();
                for reaction in reactions.iter().take(8).filter_map(|r| sign(r.as_str()?)) {
                    self.event(BackendEvent::Reaction { from: PeerId(from.clone()), text: reaction.into() });
                }
            }
            _ => {}
        }
    }
}

fn no_media() -> Failure {
    Failure::new(
        Exit::Unavailable,
        "sound does not get through to the bridge; check whether a firewall blocks UDP, or try --transport turn",
    )
}
