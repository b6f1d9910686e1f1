//! Jitsi Meet: rooms of any deployment that speaks XMPP over a websocket, with sound both ways.
//!
//! ```text
//! config.js -> deployment        where rooms are
//! websocket -> xml -> stream     the server: who we are, what is confirmed, how one comes back
//!                       session  the room and its media, as a state machine
//! websocket -> colibri ----'     the bridge
//!      shell: sockets, the peer connection, time;  hearing: whose packet is whose frame
//! ```
//! Written after Jitsi's own documents and recordings of real servers; `docs/jitsi.md` says which versions. What we do not know is
//! ignored, and what could break a conference for others is not done: no candidate of ours is ever signalled, and who is invited
//! again and again leaves.

pub mod colibri;
pub mod config_js;
pub mod deployment;
mod hearing;
pub mod jingle;
pub mod look;
pub mod muc;
pub mod ns;
pub mod session;
mod shell;
pub mod stream;
pub mod xml;

use deployment::focus_request;
pub(crate) use deployment::{Deployment, find, split};

use super::{Capabilities, Context, Identity, Link, Session, SoundPolicy};
use crate::call::Security;
use crate::exit::{Exit, Failure};
use crate::net::{Target, is_here};
use crate::protocol::control::RoomMode;
use session::{Entered, Settings};
use shell::Config;
use std::collections::BTreeMap;
use stream::Login;

/// Where a room is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The domain that we log in at.
    pub domain: String,
    /// The room's address.
    pub room: String,
    /// The focus's address.
    pub focus: String,
    /// The conference is asked for by HTTP, there.
    pub request: Option<String>,
    /// Hosts of the meeting: the bridge's channel may be there and nowhere else.
    pub hosts: Vec<String>,
}

impl Place {
    /// Whether an address is the meeting's: on one of its hosts, or below one; without TLS only where the meeting has none, on this
    /// machine.
    fn trusts(&self, url: &str) -> bool {
        let Some((Target { host, tls, .. }, _)) = Target::of_address(url) else { return false };
        let web_socket = url.get(..2).is_some_and(|scheme| scheme.eq_ignore_ascii_case("ws"));
        let safe = web_socket && (tls || is_here(&host));
        let below = |h: &String| host == *h || host.strip_suffix(h.as_str()).is_some_and(|rest| rest.ends_with('.'));
        safe && self.hosts.iter().any(below)
    }
}

/// The backend.
#[derive(Debug)]
pub struct Jitsi;

#[async_trait::async_trait]
impl super::Backend for Jitsi {
    async fn join(&self, link: Link, who: Identity, context: Context) -> Result<Session, Failure> {
        let net = link.connects(context.net.clone());
        let deployment = find(&link.target(), &net, split(&link.room).0).await?;
        join(deployment, link, who, context).await
    }
}

/// Joins a room of a deployment that is known.
pub(crate) async fn join(deployment: Deployment, link: Link, who: Identity, context: Context) -> Result<Session, Failure> {
    if link.room.is_empty() {
        return Err(Failure::new(Exit::Data, "the link names a server but no room; add the room's name: https://host/Room"));
    }
    if context.secrecy.require_vouched || context.secrecy.mode.is_some_and(|mode| mode > RoomMode::Open) {
        let text = "rooms of a Jitsi server have transport encryption only: the server can hear and read everything. You asked for more, \
                    so this one was not entered";
        return Err(Failure::new(Exit::Policy, text));
    }
    let login = link.login.clone().map_or(Login::Anonymous, |l| Login::Plain { user: l.user, password: l.password });
    let target = link.target();
    let settings = Settings {
        place: deployment.place(&link.room, &login, link.token.is_some(), &target.host)?,
        login,
        token: link.token.is_some(),
        name: who.name,
        muted: context.muted,
        microphone: !context.listen_only,
        password: link.pin.clone(),
        patience: context.patience,
    };
    let net = link.connects(context.net);
    let room = link.room.clone();
    let config =
        Config { deployment, target, net, transport: context.transport, room, token: link.token, settings, waits: context.waits };
    let client = shell::start(config);
    let gone = || Failure::new(Exit::Internal, "the connection's task ended without saying why; report this fault");
    let entered = client.joined.await.map_err(|_| gone())??;
    Ok(Session {
        me: entered.me.clone(),
        room: link.room,
        security: if link.tls { Security::TransportOnly } else { Security::PlainSignalling },
        events: client.events,
        commands: client.commands,
        media: client.media,
        gate: client.gate,
        stats: client.stats,
        capabilities: Capabilities { unavailable: unavailable(&entered), roles: true, passwords: true },
        sound: SoundPolicy::default(),
        probe: None,
    })
}

/// What Jitsi has not, or has in another way than we could tell the truth about.
fn unavailable(entered: &Entered) -> BTreeMap<String, String> {
    let without = |has: bool, name, why| (!has).then_some((name, why));
    let no_lobby = "this server has no lobby; /password keeps strangers out";
    let no_asking = "this server cannot have people ask for leave to speak (AV moderation)";
    let missing = ["lock", "admit", "deny"].into_iter().filter_map(|name| without(entered.lobbies, name, no_lobby));
    let missing = missing.chain(without(entered.av_moderation, "ask", no_asking));
    let no_end = "this server ends no meeting at a moderator's word; it ends when all have left";
    let missing = missing.chain(without(entered.ending, "end", no_end));
    let never = [
        ("record", "Conclave cannot tell the others in a Jitsi room that it records"),
        ("ban", "Jitsi knows guests by nothing that lasts; /kick removes them"),
        ("demote", "Jitsi makes moderators, and takes nobody's role away"),
        ("role", "Jitsi has moderators and no other roles; /promote makes one"),
        ("lower", "in a Jitsi room people take their hands down themselves"),
    ];
    never.into_iter().chain(missing).map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}
