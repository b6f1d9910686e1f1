//! `conclave people`: who is in a room of a server that you own, after `conclave login`.

use super::{account, local_time};
use crate::exit::{Exit, Failure};
use crate::protocol::people::{Kind, People, Person};
use crate::text::clean;

/// Options of `conclave people`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's name
    room: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: account::Place,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let account = args.place.account()?;
    let people = super::small_runtime()?.block_on(account.people(&args.room))?;
    if args.json {
        let text = serde_json::to_string_pretty(&people);
        let text = text.map_err(|e| Failure::new(Exit::Internal, format!("the list cannot be written as JSON ({e})")))?;
        return super::print(text + "\n");
    }
    super::print(as_text(&people))
}

fn as_text(people: &People) -> String {
    let mut text: String = people.people.iter().map(line).collect();
    match people.people.len() {
        0 => text.push_str("Nobody is in it.\n"),
        _ if people.names_encrypted => {
            text.push_str("What they call themselves is end-to-end encrypted: the server does not know it. Join to see it.\n");
        }
        _ => text.push_str("What members call themselves passes the server unread. Join to see it.\n"),
    }
    text
}

fn line(p: &Person) -> String {
    let who = match (&p.account, p.kind) {
        (Some(account), _) => format!("account {}", clean(account)),
        (None, Kind::LiveKit) => format!("LiveKit client {}", clean(p.name.as_deref().unwrap_or_default())),
        (None, _) => "no account".to_owned(),
    };
    let since = p.since.map_or(String::new(), |s| format!(", since {}", local_time(s)));
    let lost = if p.connected { "" } else { ", connection lost" };
    format!("{}  {}, {who}{since}{lost}\n", clean(&p.id), clean(&p.role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_what_the_server_knows_and_what_it_does_not() {
        let person = |kind, account: Option<&str>, name: Option<&str>| Person {
            id: "m-abc".into(),
            kind,
            role: "guest".into(),
            account: account.map(str::to_owned),
            connected: kind == Kind::Member,
            since: None,
            name: name.map(str::to_owned),
        };
        let people = vec![person(Kind::Member, Some("anna"), None), person(Kind::LiveKit, None, Some("Bo\u{1b}t"))];
        let text = as_text(&People { room: "board".into(), people, names_encrypted: true });
        assert_eq!(
            text,
            "m-abc  guest, account anna\nm-abc  guest, LiveKit client Bot, connection lost\nWhat they call themselves is end-to-end \
             encrypted: the server does not know it. Join to see it.\n"
        );
        let nobody = People { room: "board".into(), people: vec![], names_encrypted: true };
        assert_eq!(as_text(&nobody), "Nobody is in it.\n");
    }
}
