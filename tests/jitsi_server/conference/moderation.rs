//! Who may be heard: mutes by moderators, and AV moderation.

use super::super::focus::Desk;
use super::super::stanza::{attr, escape, resource};
use super::Room;
use minidom::Element;
use serde_json::Value;

const AUDIO: &str = "http://jitsi.org/jitmeet/audio";

impl Room {
    /// Whether AV moderation lets somebody unmute.
    pub(super) fn may_unmute(&self, nick: &str) -> bool {
        let moderator = self.occupants.iter().any(|occupant| occupant.nick == nick && occupant.moderator);
        moderator || self.moderation.get("audio").is_none_or(|allowed| allowed.iter().any(|jid| resource(jid) == nick))
    }

    /// A word of the component of AV moderation.
    pub(crate) fn moderated(&mut self, what: &Value, desk: &mut Desk) {
        let media = what["mediaType"].as_str().unwrap_or_default().to_owned();
        if let Some(lists) = what["whitelists"].as_object() {
            for (media, list) in lists {
                let list = list.as_array().into_iter().flatten().filter_map(|jid| jid.as_str().map(str::to_owned));
                self.moderation.insert(media.clone(), list.collect());
            }
        }
        match what["enabled"].as_bool() {
            Some(false) => drop(self.moderation.remove(&media)),
            Some(true) if !self.moderation.contains_key(&media) => {
                self.moderation.insert(media, Vec::new());
                let actor = what["actor"].as_str().unwrap_or_default().to_owned();
                let muted = self.nicks().into_iter().filter(|nick| resource(&actor) != nick && !self.may_unmute(nick));
                for nick in muted.collect::<Vec<_>>() {
                    desk.bridge.mute(&self.conference, &nick, true);
                    let mute = format!("<mute actor='{}' xmlns='{AUDIO}'>true</mute>", escape(&actor));
                    desk.iq("set", &format!("{}/{nick}", self.jid), &mute);
                }
            }
            _ => {}
        }
    }

    /// Only moderators mute others; nobody unmutes others.
    pub(super) fn mute(&mut self, nick: &str, iq: &Element, mute: &Element, desk: &mut Desk) {
        let (victim, muted) = (resource(attr(mute, "jid")).to_owned(), mute.text() == "true");
        let moderator = self.find(nick).is_some_and(|occupant| occupant.moderator);
        if victim != nick && (!moderator || !muted) {
            return desk.refuse(iq, "cancel", "not-allowed", "not allowed");
        }
        if self.find(&victim).is_none() {
            return desk.refuse(iq, "cancel", "internal-server-error", "there is no such participant");
        }
        let may = self.may_unmute(&victim);
        if !muted && !may {
            return desk.refuse(iq, "cancel", "not-allowed", "not allowed");
        }
        if mute.has_ns(AUDIO) {
            let mute_at_bridge = desk.knobs().mute_at_bridge;
            desk.bridge.mute(&self.conference, &victim, !may || muted && mute_at_bridge);
        }
        desk.result(iq);
        if victim != nick {
            let (actor, kind) = (escape(attr(iq, "from")), mute.ns());
            let mute = format!("<mute actor='{actor}' xmlns='{kind}'>{muted}</mute>");
            desk.iq("set", &format!("{}/{victim}", self.jid), &mute);
        }
    }
}
