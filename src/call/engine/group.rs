//! The part of a call that speaks of its group: who is let in, by whom they are known, the safety code, freezing, recording,
//! and what the server sees.

use super::run::tell;
use super::{Engine, Outcome};
use crate::audio::Control;
use crate::backend::{BackendCommand, BackendEvent, Capabilities};
use crate::call::trust::SafetyCode;
use crate::call::{Command, Event, Peer, PeerId, Role, Security, Standing, State, xray};
use crate::exit::{Exit, Failure};
use crate::protocol::control::RoomMode;
use crate::protocol::room::{RoomRole, Verb};
use crate::text;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

/// The longest reaction, in bytes.
pub(crate) const MAX_REACTION: usize = 32;
/// How long somebody may be in an encrypted room without being vouched for or verified, with `--require-vouched`.
const VOUCHED_WITHIN: Duration = Duration::from_secs(10);
/// How many items of `xray` are shown in a second.
const XRAY_PER_SECOND: u32 = 50;
/// How many safety codes can still be compared.
const CODES: usize = 8;
/// Of how many people something is remembered before they are in the list.
const AHEAD: usize = 1024;
/// What needs somebody who checks keys, and so a group.
const OF_A_GROUP: &[&str] = &["safety", "verify", "receipt"];
/// What needs a group, or a server that gives people roles.
const OF_MODERATORS: &[&str] = &["admit", "deny", "kick", "promote", "demote", "lock"];
/// What needs a server that gives people roles.
const OF_ROLES: &[&str] = &["role", "ban", "silence", "ask", "lower", "end"];

/// What the engine remembers of the group beside the [`State`].
#[derive(Debug, Default)]
pub(super) struct Group {
    /// What is known of people by their keys: they may be in the list of people later than that is known.
    trust: HashMap<PeerId, Trust>,
    /// Names of people who are not in the list yet.
    names: HashMap<PeerId, String>,
    /// Codes that can be compared, the newest last, and until when.
    codes: VecDeque<(SafetyCode, Instant)>,
    /// The encrypted room has let us in.
    inside: bool,
    /// Since when somebody is here who is neither vouched for nor verified.
    unvouched: HashMap<PeerId, Instant>,
    /// Who knocked, and has not said a name yet.
    pub(super) nameless: Vec<super::naming::Nameless>,
    xray: Option<broadcast::Receiver<xray::Item>>,
    xray_shown: u32,
    /// Roles by the server's word, of people who may not be in the list yet.
    room_roles: HashMap<PeerId, RoomRole>,
    /// The server has our hand in its queue.
    pub(super) queued: bool,
}

#[derive(Debug, Clone)]
struct Trust {
    role: Role,
    standing: Standing,
    key: String,
    verified: bool,
}

/// Keeps a map bounded: what does not fit is not remembered.
fn put<V>(map: &mut HashMap<PeerId, V>, id: PeerId, value: V) {
    if map.len() < AHEAD || map.contains_key(&id) {
        map.insert(id, value);
    }
}

impl Group {
    pub(super) fn name_of(&self, id: &PeerId) -> Option<String> {
        self.names.get(id).cloned()
    }

    pub(super) fn forget(&mut self, id: &PeerId) {
        self.trust.remove(id);
        self.room_roles.remove(id);
        self.names.remove(id);
        self.unvouched.remove(id);
    }

    /// Remembers a role for when its owner is in the list.
    pub(super) fn keep_room_role(&mut self, id: &PeerId, role: RoomRole) {
        put(&mut self.room_roles, id.clone(), role);
    }

    /// Fills in what is known of them by their keys, and their role by the server's word.
    pub(super) fn complete(&mut self, peer: &mut Peer) {
        self.names.remove(&peer.id);
        peer.room_role = self.room_roles.get(&peer.id).copied().or(peer.room_role);
        if let Some(t) = self.trust.get(&peer.id).cloned() {
            (peer.role, peer.standing, peer.key, peer.verified) = (t.role, t.standing, t.key, t.verified);
        }
    }

    /// The next thing that the server sees, while somebody looks and the second is not full.
    pub(super) async fn seen(&mut self) -> Option<xray::Item> {
        loop {
            let Some(tap) = self.xray.as_mut() else { return std::future::pending().await };
            match tap.recv().await {
                Ok(item) if self.xray_shown < XRAY_PER_SECOND => {
                    self.xray_shown += 1;
                    return Some(item);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => self.xray = None,
            }
        }
    }
}

impl Engine {
    /// Adds what cannot be done in this room to what its backend cannot do.
    pub(super) fn limit(&self, security: Security, capabilities: &mut Capabilities) {
        let Capabilities { unavailable, roles, passwords } = capabilities;
        let roles = *roles;
        let mut add = |name: &str, why: &str| {
            unavailable.entry(name.to_owned()).or_insert_with(|| why.to_owned());
        };
        let keys = "this call is not end-to-end encrypted, so nobody here is known by a key";
        let encrypted = security == Security::EndToEnd;
        OF_A_GROUP.iter().filter(|_| !encrypted).for_each(|name| add(name, keys));
        OF_MODERATORS.iter().filter(|_| !encrypted && !roles).for_each(|name| add(name, keys));
        if !*passwords {
            add("password", "a call gives this server's rooms no passwords");
        }
        OF_ROLES.iter().filter(|_| !roles).for_each(|name| add(name, "this server gives nobody a role"));
        if encrypted {
            add("lower", "the server knows nothing of hands in an end-to-end encrypted room");
        }
    }

    /// Why the user does not want to be in such a room, if so.
    pub(super) fn forbidden(&self, security: Security) -> Option<Outcome> {
        let secrecy = &self.options.secrecy;
        let text = match security {
            Security::EndToEnd => return None,
            _ if secrecy.require_vouched => {
                "This call is not end-to-end encrypted, so nobody in it can be vouched for; --require-vouched ended it."
            }
            // Whatever the backend makes of what was asked for: a room of another system has no modes.
            _ if secrecy.mode.is_some_and(|mode| mode > RoomMode::Open) => {
                "This call is not end-to-end encrypted, and you asked for one that is; it was ended before anything was said."
            }
            _ => return None,
        };
        Some(Outcome::failed(Failure::new(Exit::Policy, text)))
    }

    /// Whether the room's secret that we were given is a passphrase.
    pub(super) fn has_passphrase(&self, security: Security) -> bool {
        let secret = self.options.secrecy.secret.as_ref();
        security == Security::EndToEnd && secret.is_some_and(conclave_e2ee::secret::RoomSecret::is_passphrase)
    }

    pub(super) fn warn_of_passphrase(&self) {
        let text = "the room's key is only a passphrase: whoever runs the server can try many of them; compare the safety code";
        self.emit(Event::Warning { code: "passphrase".into(), text: text.into() });
    }

    /// Once a second: whom the user does not accept, and a new second of `xray`.
    pub(super) fn every_second(&mut self) -> Option<Outcome> {
        self.group.xray_shown = 0;
        self.tell_of_nameless();
        if !self.options.secrecy.require_vouched || !self.group.inside {
            return None;
        }
        let now = Instant::now();
        let unknown: Vec<(PeerId, String)> = {
            let inner = self.shared.lock();
            let accepted = |p: &Peer| p.verified || matches!(p.standing, Standing::Vouched { .. });
            inner.state.peers.iter().filter(|p| !accepted(p)).map(|p| (p.id.clone(), p.name.clone())).collect()
        };
        self.group.unvouched.retain(|id, _| unknown.iter().any(|(u, _)| u == id));
        for (id, name) in unknown {
            let since = *self.group.unvouched.entry(id).or_insert(now);
            if now.duration_since(since) > VOUCHED_WITHIN {
                let name = text::clean(&name);
                let text = format!(
                    "{name} is in this call and is neither vouched for nor verified; --require-vouched ended it. \
                     Ask who {name} is, and join again."
                );
                return Some(Outcome::failed(Failure::new(Exit::Policy, text)));
            }
        }
        None
    }

    /// A name of somebody who is not in the list of people: kept for then, and shown if they wait.
    pub(super) fn name_outsider(&mut self, id: &PeerId, name: Option<String>) {
        let Some(name) = name.as_deref().and_then(text::clean_name) else { return };
        put(&mut self.group.names, id.clone(), name.clone());
        if self.names.said(id) != Some(name.as_str()) {
            self.call_who_waits(id, &name);
        }
    }

    pub(super) fn on_recording(&mut self, id: PeerId, on: bool) {
        if self.differs(&id, on, |p| p.recording) {
            self.emit(Event::Recording { id, on });
        }
    }

    fn on_frozen(&mut self, id: PeerId, on: bool) {
        if self.differs(&id, on, |p| p.frozen) {
            self.emit(Event::Frozen { id, on });
        }
    }

    /// Whether it is news that somebody is (or is no longer) something.
    fn differs(&self, id: &PeerId, on: bool, is: impl Fn(&Peer) -> bool) -> bool {
        let inner = self.shared.lock();
        let own = inner.state.own().filter(|p| p.id == *id);
        own.as_ref().or_else(|| inner.state.peer(id)).is_some_and(|p| is(p) != on)
    }

    /// What the backend says of the group.
    pub(super) fn on_group(&mut self, event: BackendEvent, commands: &Sender<BackendCommand>) {
        match event {
            BackendEvent::Waiting => {
                self.group.inside = false;
                self.emit(Event::Waiting);
            }
            BackendEvent::LetIn { founded, role, key, epoch } => {
                self.group.inside = true;
                self.emit(Event::LetIn { founded, role, key, epoch });
                self.record_inside(commands);
            }
            BackendEvent::Knock { id, standing, key } => {
                let said = || self.group.name_of(&id).or_else(|| named(&standing));
                let shown = match self.peer(&id) {
                    Some(peer) => Some((peer.name, peer.name_marks)),
                    None => said().map(|said| self.names.take(&id, &said)).map(|shown| (shown.name, shown.marks)),
                };
                match shown {
                    Some((name, name_marks)) => self.emit(Event::Knock { id, name: Some(name), name_marks, standing, key }),
                    None => self.wait_for_name(id, standing, key),
                }
            }
            BackendEvent::KnockGone { id } => {
                if self.never_named(&id) {
                    return;
                }
                if self.peer(&id).is_none() {
                    self.names.gone(&id);
                }
                self.emit(Event::KnockGone { id });
            }
            BackendEvent::Trust { id, role, standing, key, verified } => {
                let trust = Trust { role, standing, key, verified };
                let peer = {
                    let inner = self.shared.lock();
                    inner.state.own().filter(|p| p.id == id).or_else(|| inner.state.peer(&id).cloned())
                };
                put(&mut self.group.trust, id, trust);
                if let Some(before) = peer {
                    let mut peer = before.clone();
                    self.group.complete(&mut peer);
                    if peer != before {
                        self.emit(Event::PeerUpdated { peer });
                    }
                }
            }
            BackendEvent::Epoch(note) => self.emit(Event::Epoch(note)),
            BackendEvent::Room { locked, frozen, by, passphrase } => {
                let was = {
                    let inner = self.shared.lock();
                    (inner.state.locked, inner.state.room_frozen, inner.state.passphrase)
                };
                if was == (locked, frozen, passphrase) {
                    return;
                }
                if frozen && !was.1 && self.microphone.is_open() {
                    self.close_microphone(by.clone());
                    self.again_closed(commands);
                }
                self.emit(Event::Room { locked, frozen, by, passphrase });
                if passphrase && !was.2 {
                    self.warn_of_passphrase();
                }
            }
            BackendEvent::Safety(code) => {
                let until = Instant::now() + Duration::from_secs(code.seconds);
                self.group.codes.retain(|(c, _)| !c.same(&code));
                if self.group.codes.len() == CODES {
                    self.group.codes.pop_front();
                }
                self.group.codes.push_back((code.clone(), until));
                self.emit(Event::Safety(code));
            }
            BackendEvent::Verified { on, because } => self.emit(Event::Verified { on, because }),
            BackendEvent::Reaction { from, text } => {
                let text = reaction(&text);
                if !text.is_empty() {
                    self.emit(Event::Reaction { from, text });
                }
            }
            BackendEvent::Policy(policy) => {
                // Who may not record may not keep it in memory either.
                self.control(Control::KeepForAgain(!policy.no_recording));
                self.emit(Event::Policy(policy));
            }
            BackendEvent::Receipt(receipt) => self.on_signed(receipt),
            BackendEvent::LastReceipt(receipt) => self.on_last_receipt(receipt),
            BackendEvent::ReceiptAsked { by, refused } => {
                self.emit(Event::ReceiptAsked { by, refused: refused.map(|why| text::clean(&why)) });
            }
            BackendEvent::RecordingTold => self.recording_told(commands),
            BackendEvent::Recording { id, on } => self.on_recording(id, on),
            BackendEvent::Frozen { id, on } => {
                // Who has stopped sending reports nothing either.
                self.no_reports_from(Some(&id));
                self.on_frozen(id, on);
            }
            // The rest is the loop's.
            of_the_room => self.on_room(of_the_room, commands),
        }
    }

    /// What cannot be done before somebody lets us in.
    pub(super) fn waits(&self, command: &Command) -> Result<(), String> {
        let needs_the_others = matches!(
            command,
            Command::Say { .. }
                | Command::Admit { .. }
                | Command::Deny { .. }
                | Command::Kick { .. }
                | Command::Promote { .. }
                | Command::Demote { .. }
                | Command::Lock { .. }
                | Command::Password { .. }
                | Command::Role { .. }
                | Command::Ban { .. }
                | Command::Silence { .. }
                | Command::AskUnmute { .. }
                | Command::LowerHand { .. }
                | Command::EndForAll
                | Command::Safety
                | Command::Verify { .. }
                | Command::React { .. }
                | Command::Record { .. }
                | Command::Receipt { .. }
        );
        if needs_the_others && self.shared.lock().state.waiting {
            return Err("you are not in the room yet: somebody must let you in".into());
        }
        Ok(())
    }

    /// Nobody speaks out of a freeze by accident.
    pub(super) fn thawed(&self) -> Result<(), String> {
        let inner = self.shared.lock();
        if inner.state.frozen {
            return Err("you have stopped sending; /release first, then open the microphone".into());
        }
        if inner.state.room_frozen && inner.state.role == Role::Member {
            return Err("a moderator has paused everybody; wait until they release the room".into());
        }
        Ok(())
    }

    /// A command about the group.
    pub(super) fn group_command(&mut self, command: &Command, commands: &Sender<BackendCommand>) -> Result<(), String> {
        let state = self.shared.lock().state.clone();
        if let Some(act) = super::moderation::act(&state, command) {
            return tell(commands, act?);
        }
        let wish = match command {
            Command::Admit { peer } => BackendCommand::Admit(waiting(&state, peer)?),
            Command::Deny { peer } => BackendCommand::Deny(waiting(&state, peer)?),
            Command::Kick { peer } => BackendCommand::Kick(below(&state, peer, "be removed")?.id),
            Command::Promote { peer } => match present(&state, peer)? {
                p if p.role >= Role::Moderator => return Err(format!("{} is a moderator already", text::clean(&p.name))),
                p => BackendCommand::Promote(p.id),
            },
            Command::Demote { peer } => match below(&state, peer, "lose the role of a moderator")? {
                p if p.role == Role::Member => return Err(format!("{} is no moderator", text::clean(&p.name))),
                p => BackendCommand::Demote(p.id),
            },
            Command::Lock { on } => {
                moderates(&state)?;
                BackendCommand::Lock(on.unwrap_or(!state.locked))
            }
            Command::Freeze { on } => return self.freeze(on.unwrap_or(true), commands),
            Command::Safety => BackendCommand::Safety,
            Command::Verify { epoch, words } => self.compared(*epoch, words.as_deref())?,
            Command::React { .. } if !state.may(Verb::Chat) => return self.allowed(Verb::Chat),
            Command::React { text } => match reaction(text) {
                text if text.is_empty() => return Err("a reaction needs a word or an emoji".into()),
                text if text.len() > MAX_REACTION => {
                    return Err(format!("the reaction has {} bytes, and {MAX_REACTION} are allowed", text.len()));
                }
                text => {
                    tell(commands, BackendCommand::React(text.clone()))?;
                    if let Some(from) = state.me {
                        self.emit(Event::Reaction { from, text });
                    }
                    return Ok(());
                }
            },
            Command::Xray { on } => {
                self.group.xray = on.then(|| self.xray.look());
                return Ok(());
            }
            // The others are the loop's.
            _ => return Ok(()),
        };
        tell(commands, wish)
    }

    /// Stops sending here first, whatever the network does; or allows it again, with the microphone still closed.
    fn freeze(&mut self, on: bool, commands: &Sender<BackendCommand>) -> Result<(), String> {
        let open = !self.shared.lock().state.muted;
        if on {
            (self.microphone.open, self.microphone.talking) = (false, false);
            self.shut();
            if open {
                self.close_microphone(None);
            }
        }
        if let Some(id) = self.me() {
            self.on_frozen(id, on);
        }
        tell(commands, BackendCommand::Freeze(on))?;
        if on && open {
            // The others see a closed microphone, and its place on the floor is free.
            self.again_closed(commands);
        }
        Ok(())
    }

    /// What a comparison of a code leads to.
    fn compared(&mut self, epoch: Option<u64>, words: Option<&str>) -> Result<BackendCommand, String> {
        let now = Instant::now();
        self.group.codes.retain(|(_, until)| *until > now);
        let code = self.group.codes.iter().rev().map(|(c, _)| c).find(|c| epoch.is_none_or(|e| c.epoch == e));
        let Some(code) = code else {
            return Err(match epoch {
                Some(epoch) => format!("no safety code of epoch {epoch} is shown; /safety shows the present one"),
                None => "there is no safety code to compare; /safety shows one to everybody".into(),
            });
        };
        if words.is_some_and(|words| !code.matches(words)) {
            return Err(format!(
                "these words are not the code of epoch {}: do not trust this call; hang up and meet another way",
                code.epoch
            ));
        }
        Ok(BackendCommand::Verified { generation: code.generation, epoch: code.epoch })
    }
}

/// A reaction without what a line cannot show.
fn reaction(text: &str) -> String {
    let text = text::clean(text);
    let text = text.trim();
    match text.char_indices().find(|(at, c)| at + c.len_utf8() > 4 * MAX_REACTION) {
        // Ours are refused by length; those of others are cut.
        Some((at, _)) => text.get(..at).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

/// A name that comes with how somebody is known.
fn named(standing: &Standing) -> Option<String> {
    match standing {
        Standing::Vouched { subject: name }
        | Standing::Account { subject: name }
        | Standing::Pinned { name }
        | Standing::Changed { name, .. } => text::clean_name(name),
        Standing::Guest | Standing::Unknown => None,
    }
}

fn waiting(state: &State, id: &PeerId) -> Result<PeerId, String> {
    match state.knock(id) {
        Some(k) => Ok(k.id.clone()),
        None => Err(format!("nobody with the id {} waits to be let in", text::clean(&id.0))),
    }
}

fn present(state: &State, id: &PeerId) -> Result<Peer, String> {
    moderates(state)?;
    state.peer(id).cloned().ok_or_else(|| format!("nobody here has the id {}", text::clean(&id.0)))
}

/// Somebody whom a moderator may act on: not the creator.
fn below(state: &State, id: &PeerId, what: &str) -> Result<Peer, String> {
    let peer = present(state, id)?;
    if peer.role == Role::Creator {
        return Err(format!("{} founded this room and cannot {what}", text::clean(&peer.name)));
    }
    Ok(peer)
}

fn moderates(state: &State) -> Result<(), String> {
    if state.role < Role::Moderator {
        return Err("only a moderator can do that, and you are none".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
