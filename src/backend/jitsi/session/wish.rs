//! What the user wants of the room.

use super::entry::Stage;
use super::{Asked, Output, Session};
use crate::backend::BackendCommand;
use crate::backend::jitsi::xml::{Tag, tag};
use crate::backend::jitsi::{colibri, ns};
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::protocol::room::{Act, RoomRole};

/// The reactions that Jitsi's own client shows, and the names by which they go to it.
const REACTIONS: [(&str, &str); 7] =
    [("👍", "like"), ("👏", "clap"), ("😂", "laugh"), ("😮", "surprised"), ("👎", "boo"), ("😶", "silence"), ("💖", "love")];

/// The sign of a reaction's name.
pub(super) fn sign(name: &str) -> Option<&'static str> {
    REACTIONS.iter().find(|(_, known)| *known == name).map(|(sign, _)| *sign)
}

impl Session {
    pub(super) fn command(&mut self, command: BackendCommand) {
        match command {
            BackendCommand::Muted(muted) => {
                self.own.muted = muted;
                if !muted && std::mem::take(&mut self.silenced) {
                    let nick = self.own.endpoint.clone();
                    self.mute(&nick, false);
                }
                self.say_who_we_are();
            }
            BackendCommand::Hand(hand) => {
                self.own.hand = hand;
                self.say_who_we_are();
            }
            BackendCommand::Name(name) => {
                self.own.name = name;
                self.say_who_we_are();
            }
            BackendCommand::Say { text, to } => self.say(&text, to),
            BackendCommand::React(text) => self.react(&text),
            BackendCommand::Moderate(act) => self.moderate(act),
            BackendCommand::Password(password) => {
                let secret = password.as_ref().map_or("", |p| p.0.as_str());
                let protected = if password.is_some() { "1" } else { "0" };
                let fields = [
                    ("muc#roomconfig_roomsecret", secret),
                    ("muc#roomconfig_passwordprotectedroom", protected),
                    ("muc#roomconfig_whois", "anyone"),
                ];
                self.configure("set the password", &fields);
                // With it we come back.
                self.settings.password = password.map(|p| p.0);
            }
            BackendCommand::Leave => {
                let left = Failure::new(Exit::Ok, "you left");
                self.end(LeaveReason::Left, left);
            }
            // The session's capabilities say that these are not possible here.
            _ => {}
        }
    }

    fn say_who_we_are(&mut self) {
        if self.stage == Stage::In {
            let to = format!("{}/{}", self.settings.place.room, self.own.endpoint);
            self.stream.send(self.own.presence().attr("to", to));
        }
    }

    fn say(&mut self, text: &str, to: Option<PeerId>) {
        let room = &self.settings.place.room;
        let (kind, to) = match to {
            Some(peer) => ("chat", format!("{room}/{}", peer.0)),
            None => ("groupchat", room.clone()),
        };
        self.ids += 1;
        let id = format!("{}-{}", self.own.endpoint, self.ids);
        let message = tag("message", ns::CLIENT).attr("type", kind).attr("id", id).attr("to", to);
        self.stream.send(message.with(tag("body", ns::CLIENT).text(text)));
    }

    /// As a reaction that Jitsi's client lets fly over the screen, if it is one of those; else as one to the latest message.
    fn react(&mut self, text: &str) {
        let known = REACTIONS.iter().find(|(sign, name)| text.starts_with(sign) || text.eq_ignore_ascii_case(name));
        if let Some((_, name)) = known.filter(|_| self.media.has_bridge()) {
            let payload = serde_json::json!({ "name": "endpoint-reaction", "reactions": [name], "timestamp": unix_ms() });
            self.out.push_back(Output::BridgeSend(colibri::to_all(&payload)));
            return;
        }
        let Some(latest) = self.latest.clone() else {
            let text = "a reaction goes to the latest message here, and there is none; 👍 👏 😂 😮 👎 😶 💖 go without";
            return self.warn("not_done", text);
        };
        let reaction = tag("reaction", ns::REACTIONS).text(text);
        let message = tag("message", ns::CLIENT).attr("type", "groupchat").attr("to", &self.settings.place.room);
        let reactions = tag("reactions", ns::REACTIONS).attr("id", latest).with(reaction);
        self.stream.send(message.with(reactions).with(tag("store", ns::HINTS)));
    }

    fn moderate(&mut self, act: Act) {
        match act {
            Act::Mute { member } => self.mute(&member, true),
            Act::MuteAll => {
                let open = |(nick, o): (&String, &crate::backend::jitsi::muc::Occupant)| {
                    (!o.muted && nick != "focus").then(|| nick.clone())
                };
                self.occupants.iter().filter_map(open).collect::<Vec<_>>().iter().for_each(|nick| self.mute(nick, true));
            }
            Act::Kick { member } => {
                let item = tag("item", ns::MUC_ADMIN).attr("nick", member).attr("role", "none");
                self.administer("remove them", &self.settings.place.room.clone(), item);
            }
            Act::Promote { member, role: RoomRole::Owner | RoomRole::Moderator } => match self.address(&member) {
                Some(jid) => {
                    let item = tag("item", ns::MUC_ADMIN).attr("affiliation", "owner").attr("jid", jid);
                    self.administer("make them a moderator", &self.settings.place.room.clone(), item);
                }
                None => self.warn("not_done", "the room does not show who they are, so they cannot be made a moderator"),
            },
            Act::Promote { .. } => self.warn("not_done", "Jitsi makes moderators, and takes nobody's role away"),
            Act::Lock { on } => self.members_only(on),
            Act::Admit { member } => {
                let Some((jid, _)) = self.knocks.get(&member) else { return };
                let invite = tag("x", ns::MUC_USER).with(tag("invite", ns::MUC_USER).attr("to", jid));
                self.stream.send(tag("message", ns::CLIENT).attr("to", &self.settings.place.room).with(invite));
            }
            Act::Deny { member } => {
                let Some(lobby) = self.lobby.clone() else { return };
                let item = tag("item", ns::MUC_ADMIN).attr("nick", member).attr("role", "none");
                self.administer("turn them away", &lobby, item);
            }
            Act::AskUnmute { .. } if !self.floor.0 => {
                self.warn("not_done", "nobody needs leave to speak in this room now; people open their microphones themselves");
            }
            Act::AskUnmute { member } => {
                let Some(component) = self.av_moderation.clone() else { return };
                let jid = format!("{}/{member}", self.settings.place.room);
                let approve = tag("av_moderation", ns::CLIENT).attr("jidToWhitelist", jid).attr("mediaType", "audio");
                self.stream.send(tag("message", ns::CLIENT).attr("to", component).with(approve));
            }
            Act::EndForAll => {
                let Some(component) = self.ending.clone() else { return };
                self.stream.send(tag("message", ns::CLIENT).attr("to", component).with(tag("end_conference", ns::CLIENT)));
            }
            // The session's capabilities and rights leave these out.
            _ => {}
        }
    }

    /// The focus closes somebody's microphone, and the bridge passes nothing of them on; only they themselves open it again.
    fn mute(&mut self, nick: &str, closed: bool) {
        let room = self.settings.place.room.clone();
        let mute = tag("mute", ns::MUTE_AUDIO).attr("jid", format!("{room}/{nick}")).text(&closed.to_string());
        let what = if closed { "close their microphone" } else { "open your microphone at the bridge" };
        self.ask(Asked::Act(what), "set", &format!("{room}/focus"), mute);
    }

    /// Somebody's address without resource.
    fn address(&self, nick: &str) -> Option<String> {
        let jid = self.occupants.get(nick)?.jid.as_deref()?;
        Some(crate::backend::jitsi::muc::split(jid).0.to_owned())
    }

    fn administer(&mut self, what: &'static str, room: &str, item: Tag) {
        self.ask(Asked::Act(what), "set", room, tag("query", ns::MUC_ADMIN).with(item));
    }

    /// The lobby: who is here becomes a member first, or would be removed.
    fn members_only(&mut self, on: bool) {
        if on {
            let here: Vec<_> = self
                .occupants
                .iter()
                .filter(|(nick, o)| *nick != "focus" && !o.moderator)
                .map(|(nick, _)| nick.clone())
                .collect();
            let jids = here.iter().filter_map(|nick| self.address(nick)).collect::<Vec<_>>();
            if !jids.is_empty() {
                let member = |jid: String| tag("item", ns::MUC_ADMIN).attr("affiliation", "member").attr("jid", jid);
                let query = tag("query", ns::MUC_ADMIN).with_all(jids.into_iter().map(member));
                let room = self.settings.place.room.clone();
                self.ask(Asked::Act("make those who are here members"), "set", &room, query);
            }
        }
        let fields = [("muc#roomconfig_membersonly", if on { "1" } else { "0" }), ("muc#roomconfig_whois", "anyone")];
        self.configure("lock or open the room", &fields);
    }

    fn configure(&mut self, what: &'static str, fields: &[(&str, &str)]) {
        let field =
            |(name, value): &(&str, &str)| tag("field", ns::DATA).attr("var", *name).with(tag("value", ns::DATA).text(value));
        let kind = ("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig");
        let form = tag("x", ns::DATA).attr("type", "submit").with(field(&kind)).with_all(fields.iter().map(field));
        let room = self.settings.place.room.clone();
        self.ask(Asked::Act(what), "set", &room, tag("query", ns::MUC_OWNER).with(form));
    }
}

fn unix_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().and_then(|d| u64::try_from(d.as_millis()).ok()).unwrap_or_default()
}
