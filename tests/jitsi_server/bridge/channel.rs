//! The bridge's side of its channels (colibri), and what it says there of what it sees.

use super::super::record::{Media, Way};
use super::{Bridge, Conference};
use conclave::server::media::sfu::{PeerKey, SfuEvent, TrackKey};
use serde_json::{Value, json};
use tokio::sync::mpsc;

impl Bridge {
    /// An endpoint's websocket is open. `None`: there is no such endpoint, or the password is wrong.
    pub(crate) fn attach(&self, conference: &str, nick: &str, password: &str) -> Option<mpsc::UnboundedReceiver<String>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.lock();
        let endpoint = state.endpoint(conference, nick).filter(|endpoint| endpoint.password == password)?;
        endpoint.websocket = Some(sender);
        drop(state);
        self.greet(conference, nick);
        Some(receiver)
    }

    /// Where somebody is.
    pub(crate) fn conference_of(&self, nick: &str) -> Option<String> {
        let state = self.lock();
        state.conferences.iter().find(|(_, conference)| conference.endpoints.contains_key(nick)).map(|(id, _)| id.clone())
    }

    /// Closes an endpoint's websocket, as a bridge does that is restarted.
    pub(crate) fn close_channel(&self, conference: &str, nick: &str) {
        if let Some(endpoint) = self.lock().endpoint(conference, nick) {
            endpoint.websocket = None;
        }
    }

    /// The server speaks first.
    fn greet(&self, conference: &str, nick: &str) {
        self.record.media(nick, Media::Channel);
        self.tell(conference, nick, &hello());
        let speakers = self.lock().conferences.get(conference).map(|c| c.speakers.clone()).unwrap_or_default();
        if !speakers.is_empty() {
            self.tell(conference, nick, &dominant(&speakers));
        }
        self.tell(conference, nick, &json!({"colibriClass": "ForwardedSources", "forwardedSources": []}));
        self.connect_all(conference);
    }

    /// A message on somebody's channel.
    pub(crate) fn said(&self, conference: &str, nick: &str, text: &str) {
        let Ok(mut message) = serde_json::from_str::<Value>(text) else { return };
        self.record.colibri(nick, Way::FromClient, &message);
        match message["colibriClass"].as_str().unwrap_or_default() {
            "ClientHello" => self.tell(conference, nick, &hello()),
            "EndpointMessage" => {
                message["from"] = nick.into();
                match message["to"].as_str().unwrap_or_default() {
                    "" => self.broadcast(conference, Some(nick), &message),
                    to => self.tell(conference, to, &message),
                }
            }
            "EndpointStats" => {
                message["from"] = nick.into();
                self.broadcast(conference, Some(nick), &message);
            }
            _ => {}
        }
    }

    /// Says something on somebody's channel.
    pub(crate) fn tell(&self, conference: &str, nick: &str, message: &Value) {
        let mut state = self.lock();
        let Some(endpoint) = state.endpoint(conference, nick) else { return };
        let text = message.to_string();
        match (&endpoint.websocket, &endpoint.data_channel) {
            (Some(websocket), _) => drop(websocket.send(text)),
            (None, Some(label)) => self.sfu.send_data(endpoint.peer, label, text.into()),
            (None, None) => return,
        }
        drop(state);
        self.record.colibri(nick, Way::ToClient, message);
    }

    pub(super) fn broadcast(&self, conference: &str, but: Option<&str>, message: &Value) {
        let nicks: Vec<String> =
            self.lock().conferences.get(conference).map(|c| c.endpoints.keys().cloned().collect()).unwrap_or_default();
        nicks.iter().filter(|nick| Some(nick.as_str()) != but).for_each(|nick| self.tell(conference, nick, message));
    }

    pub(super) fn event(&self, event: SfuEvent) {
        let of_peer = |peer: PeerKey| self.lock().find(|endpoint| endpoint.peer == peer);
        let of_track = |key: TrackKey| self.lock().find(|endpoint| endpoint.tracks.iter().any(|track| track.key == key));
        match event {
            SfuEvent::Connected(peer) => {
                if let Some((_, nick)) = of_peer(peer) {
                    self.record.media(&nick, Media::Connected);
                }
            }
            SfuEvent::Disconnected(peer) | SfuEvent::Failed(peer, _) => {
                let Some((conference, nick)) = of_peer(peer) else { return };
                let class = "EndpointConnectivityStatusChangeEvent";
                let message = json!({"colibriClass": class, "endpoint": nick, "active": "false"});
                self.broadcast(&conference, Some(&nick), &message);
            }
            SfuEvent::Started(key) => {
                let Some((conference, nick)) = of_track(key) else { return };
                if let Some(endpoint) = self.lock().endpoint(&conference, &nick) {
                    endpoint.tracks.iter_mut().filter(|track| track.key == key).for_each(|track| track.heard = true);
                }
                self.record.media(&nick, Media::Heard);
                self.connect_all(&conference);
            }
            SfuEvent::Dominant(key) => {
                let Some((conference, nick)) = of_track(key) else { return };
                let mut state = self.lock();
                let Some(Conference { speakers, .. }) = state.conferences.get_mut(&conference) else { return };
                speakers.retain(|speaker| *speaker != nick);
                speakers.insert(0, nick);
                let message = dominant(speakers);
                drop(state);
                self.broadcast(&conference, None, &message);
            }
            SfuEvent::Data { from, label, payload } => {
                let Some((conference, nick)) = of_peer(from) else { return };
                let known = self.lock().endpoint(&conference, &nick).and_then(|e| e.data_channel.replace(label.clone()));
                if known.is_none() {
                    self.greet(&conference, &nick);
                }
                self.said(&conference, &nick, &String::from_utf8_lossy(&payload));
            }
            _ => {}
        }
    }
}

fn hello() -> Value {
    json!({"colibriClass": "ServerHello", "version": "2.3.SNAPSHOT"})
}

fn dominant(speakers: &[String]) -> Value {
    let (now, before) = speakers.split_first().unwrap();
    let class = "DominantSpeakerEndpointChangeEvent";
    json!({"colibriClass": class, "dominantSpeakerEndpoint": now, "previousSpeakers": before, "silence": false})
}
