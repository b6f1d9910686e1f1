//! `conclave token`.

use crate::exit::{Exit, Failure};
use crate::protocol::control::valid_room;
use crate::server::control::unix_now;
use crate::server::media::token::{Grant, LoadGrant, VideoGrant, sign};
use crate::server::store::DataDir;
use std::path::PathBuf;

/// The longest time a token may be good for, in seconds.
const MAX_TTL: u64 = 30 * 24 * 3600;

/// Options of `conclave token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room
    room: String,
    /// Who joins: unique in the room [default with --load: load]
    #[arg(long, required_unless_present = "load")]
    identity: Option<String>,
    /// The name that others see [default: the identity]
    #[arg(long)]
    name: Option<String>,
    /// The token is for conclave load: each who brings it is another participant, the identity and a number
    #[arg(long)]
    load: bool,
    /// How long the token is good for: 90s, 15m, 1h, 7d
    #[arg(long, default_value = "1h", value_parser = seconds)]
    ttl: u64,
    /// The server's data directory [default: conclave/server in the XDG data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Prints a LiveKit access token.
pub fn run(args: Args) -> Result<Exit, Failure> {
    if !valid_room(&args.room) {
        let text = "a room name has letters, digits, '-' and '_' only, at most 128 of them; see 'conclave rooms list'";
        return Err(Failure::new(Exit::Data, text));
    }
    let id = args.identity.as_deref().unwrap_or("load");
    if id.is_empty() || id.len() > 256 || crate::text::clean(id) != id {
        return Err(Failure::new(Exit::Data, "the identity must have 1 to 256 printable characters; give another --identity"));
    }
    if id.starts_with("m-") || id.starts_with("lk-") {
        return Err(Failure::new(
            Exit::Data,
            "identities that begin with 'm-' or 'lk-' belong to the server; give another --identity",
        ));
    }
    let name = args.name.as_deref().unwrap_or(id);
    let name = crate::text::clean_name(name).ok_or_else(|| Failure::new(Exit::Data, "the name is empty; give another --name"))?;
    let key = DataDir::existing(&args.data.map_or_else(DataDir::default_path, Ok)?)?.api_key()?;
    let now = unix_now();
    let grant = Grant {
        iss: key.key.clone(),
        sub: id.to_owned(),
        name,
        nbf: now,
        exp: now.saturating_add(i64::try_from(args.ttl).unwrap_or(i64::MAX)),
        video: VideoGrant {
            room_join: true,
            room: args.room,
            load: args.load.then_some(LoadGrant::Crowd),
            ..VideoGrant::default()
        },
        ..Grant::default()
    };
    super::print(format!("{}\n", sign(&key, &grant)?.as_str()))
}

fn seconds(s: &str) -> Result<u64, String> {
    seconds_within(s, MAX_TTL).map_err(|e| e.replace("MAX", "30d"))
}

/// A number with s, m, h or d, as seconds; the sentence about one that is too large names the bound as MAX.
pub(super) fn seconds_within(s: &str, max: u64) -> Result<u64, String> {
    let digits = s.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match s.get(digits.len()..) {
        Some("" | "s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        Some("d") => 24 * 3600,
        _ => return Err("use a number and s, m, h or d".into()),
    };
    let n = digits.parse::<u64>().map_err(|_| "use a number and s, m, h or d")?;
    match n.saturating_mul(unit) {
        n if (1..=max).contains(&n) => Ok(n),
        _ => Err("from 1s to MAX".into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn durations_have_units_and_bounds() {
        assert_eq!(super::seconds("90"), Ok(90));
        assert_eq!(super::seconds("1h"), Ok(3600));
        assert_eq!(super::seconds("7d"), Ok(604_800));
        for bad in ["", "h", "1w", "-1h", "0s", "31d", "99999999999999999999d", "1µ"] {
            assert!(super::seconds(bad).is_err(), "{bad}");
        }
    }
}
