//! How a room is kept, as options and in words.

use crate::exit::{Exit, Failure};
use crate::protocol::api::{RoomChange, RoomDetails};
use crate::protocol::room::{RoomRole, Rules, Scope};
use crate::text::clean;
use std::str::FromStr;

/// What is to be changed; what is not given stays as it is.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Wishes {
    /// Who comes waits until a moderator lets them in
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    waiting_room: Option<bool>,
    /// Nobody is let in before an owner or moderator is there
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    host_required: Option<bool>,
    /// Who may speak
    #[arg(long, value_name = "everyone|speakers|moderators")]
    speak: Option<Scope>,
    /// Who may write (in end-to-end encrypted rooms the members' clients keep to it, and the server cannot see it)
    #[arg(long, value_name = "everyone|speakers|moderators")]
    chat: Option<Scope>,
    /// Who may share a screen or other sound
    #[arg(long, value_name = "everyone|speakers|moderators")]
    share: Option<Scope>,
    /// Who may record (the members' clients keep to it; who hears can keep what they hear)
    #[arg(long, value_name = "everyone|speakers|moderators")]
    record: Option<Scope>,
    /// Let nobody new in but owners and moderators
    #[arg(long, value_name = "on|off", value_parser = on_off)]
    lock: Option<bool>,
    /// How many people the room takes, or "none" for as many as the server
    #[arg(long, value_name = "N|none", value_parser = number_or_none)]
    capacity: Option<Number>,
    /// The protective marking that everybody is shown all the time, such as OFFICIAL; "" for none
    #[arg(long, value_name = "TEXT")]
    marking: Option<String>,
    /// Delete what the server keeps of the room's meetings after so many days without one, or "none" to keep it
    #[arg(long, value_name = "DAYS|none", value_parser = number_or_none)]
    retention: Option<Number>,
    /// The role of an account in this room: owner is given by the server's own owners' accounts; moderator, speaker, listener,
    /// guest, bot, or none to take it away; may be given several times
    #[arg(long = "role", value_name = "ACCOUNT=ROLE", value_parser = role_of)]
    roles: Vec<(String, Option<RoomRole>)>,
}

/// A number that may be none.
#[derive(Debug, Clone, Copy)]
struct Number(Option<u32>);

fn on_off(s: &str) -> Result<bool, String> {
    match s {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("say on or off".into()),
    }
}

fn number_or_none(s: &str) -> Result<Number, String> {
    match s {
        "none" => Ok(Number(None)),
        _ => s.parse().map(|n| Number(Some(n))).map_err(|_| "say a number, or none".into()),
    }
}

fn role_of(s: &str) -> Result<(String, Option<RoomRole>), String> {
    let (account, role) = s.rsplit_once('=').ok_or("say ACCOUNT=ROLE, such as anna=moderator")?;
    let role = if role == "none" { None } else { Some(RoomRole::from_str(role)?) };
    Ok((account.to_owned(), role))
}

impl Wishes {
    /// Whether anything is to be changed.
    pub(super) fn any(&self) -> bool {
        !self.roles.is_empty() || self.on(Rules::default()) != Rules::default() || self.resets()
    }

    /// Whether something is given that new rooms have anyway.
    fn resets(&self) -> bool {
        self.waiting_room.is_some()
            || self.host_required.is_some()
            || self.lock.is_some()
            || self.speak.or(self.chat).or(self.share).or(self.record).is_some()
            || self.capacity.is_some()
            || self.marking.is_some()
            || self.retention.is_some()
    }

    fn on(&self, rules: Rules) -> Rules {
        Rules {
            waiting_room: self.waiting_room.unwrap_or(rules.waiting_room),
            host_required: self.host_required.unwrap_or(rules.host_required),
            speak: self.speak.unwrap_or(rules.speak),
            chat: self.chat.unwrap_or(rules.chat),
            share: self.share.unwrap_or(rules.share),
            record: self.record.unwrap_or(rules.record),
            locked: self.lock.unwrap_or(rules.locked),
            capacity: self.capacity.map_or(rules.capacity, |n| n.0),
            marking: self.marking.clone().or(rules.marking),
            retention: self.retention.map_or(rules.retention, |n| n.0),
        }
    }

    /// The change that makes `rules` what is wished.
    ///
    /// # Errors
    /// [`Exit::Data`] if it makes no sense.
    pub(super) fn change(&self, rules: Rules, forget_bans: bool) -> Result<RoomChange, Failure> {
        let rules =
            if self.resets() { Some(self.on(rules).check().map_err(|text| Failure::new(Exit::Data, text))?) } else { None };
        Ok(RoomChange { rules, roles: self.roles.iter().cloned().collect(), forget_bans })
    }
}

/// A room, in lines.
pub(super) fn as_text(details: &RoomDetails, mode: &str) -> String {
    let rules = &details.rules;
    let on = |on: bool| if on { "on" } else { "off" };
    let none = |n: Option<u32>| n.map_or_else(|| "none".to_owned(), |n| n.to_string());
    let members = details.room.members.map(|n| format!("\nin it now       {n}")).unwrap_or_default();
    let mut text = format!(
        "{}  {mode}{members}\nwaiting room    {}\nhost required   {}\nspeak           {}\nchat            {}\nshare           {}\n\
         record          {}\nlock            {}\ncapacity        {}\nmarking         {}\nretention       {}\n",
        clean(&details.room.name),
        on(rules.waiting_room),
        on(rules.host_required),
        rules.speak.word(),
        rules.chat.word(),
        rules.share.word(),
        rules.record.word(),
        on(rules.locked),
        none(rules.capacity),
        rules.marking.as_deref().map_or_else(|| "none".to_owned(), clean),
        rules.retention.map_or_else(|| "none".to_owned(), |days| format!("{days} days")),
    );
    for (account, role) in &details.roles {
        text.push_str(&format!("role            {} is {role}\n", clean(account)));
    }
    text
}
