//! `conclave login`: an owner link becomes an account token in the keyring.

use crate::backend::link::Scheme;
use crate::backend::{Link, conclave};
use crate::cli::prompt;
use crate::credentials::{self, ServerAccount};
use crate::exit::{Exit, Failure};
use crate::net::{Fingerprint, Options, Target, http};
use crate::protocol::api::{self, Claim, Claimed, ErrorBody, NewRoom, Room, Rooms};
use crate::protocol::control::{RoomMode, valid_room};
use hyper::Method;
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

/// Options of `conclave login`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// '-' reads the owner link from standard input; without it you are asked
    #[arg(value_name = "-")]
    link: Option<String>,
    /// Read the owner link from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "link")]
    link_fd: Option<i32>,
    /// The account's name on the server
    #[arg(long, default_value = "owner")]
    name: String,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let text = read_link(&args)?;
    let link = Link::parse(&text)?;
    let not_owner = "this is no owner link; it is printed by 'conclave serve' and looks like https://host:port/#fp=….k=…";
    let secret = link.key.clone().filter(|_| link.scheme == Scheme::Conclave && link.room.is_empty());
    let secret = secret.ok_or_else(|| Failure::new(Exit::Data, not_owner))?;
    // The link works once: it is not used before the token can be kept.
    credentials::probe()?;
    let account = Account::at(&link, Zeroizing::new(String::new()));
    let claimed = super::small_runtime()?.block_on(account.claim(&secret, &args.name))?;
    let kept = ServerAccount { token: claimed.token.clone(), fingerprint: link.fingerprint.map(|f| f.to_string()) };
    credentials::store_account(&account.server, &kept)?;
    super::print(format!(
        "You own the server at {0}; the account is in your keyring. Create a room with:\n  conclave rooms create NAME --mode open --server {0}\n",
        account.server
    ))
}

fn read_link(args: &Args) -> Result<Zeroizing<String>, Failure> {
    match (args.link.as_deref(), args.link_fd) {
        (_, Some(fd)) => prompt::from_fd(fd, "the link"),
        (Some("-"), None) => prompt::from_stdin("the link"),
        (Some(_), None) => Err(Failure::new(
            Exit::Usage,
            "an owner link is a secret, and others on this machine can read arguments: run 'conclave login -' and paste it, or use --link-fd",
        )),
        (None, None) if std::io::stdin().is_terminal() => prompt::ask_secret("Owner link: "),
        (None, None) => Err(Failure::new(
            Exit::Denied,
            "there is no terminal to ask for the owner link; use 'conclave login -' or --link-fd N",
        )),
    }
}

/// An account on a server, and how to reach it.
pub struct Account {
    /// `https://host:port`.
    server: String,
    to: Target,
    options: Options,
    token: Zeroizing<String>,
}

impl Account {
    fn at(link: &Link, token: Zeroizing<String>) -> Self {
        Self {
            server: format!("{}://{}", if link.tls { "https" } else { "http" }, link.authority()),
            to: link.target(),
            options: Options { fingerprint: link.fingerprint },
            token,
        }
    }

    /// The account that the keyring holds for a server. Not from asynchronous code.
    pub fn load(server: &str) -> Result<Self, Failure> {
        let mut link = Link::parse(server)?;
        let account = Self::at(&link, Zeroizing::new(String::new()));
        let Some(kept) = credentials::load_account(&account.server)? else {
            let text = format!("you have no account at {}; log in with its owner link first: conclave login", account.server);
            return Err(Failure::new(Exit::Denied, text));
        };
        // What the owner link said counts; a fingerprint given now may only repeat it.
        let known = kept.fingerprint.as_deref().map(Fingerprint::parse).transpose()?;
        if link.fingerprint.is_some_and(|f| known.is_some_and(|k| k != f)) {
            let text =
                format!("the link's fingerprint is not the one you logged in to {} with; ask its administrator", account.server);
            return Err(Failure::new(Exit::Tls, text));
        }
        link.fingerprint = known.or(link.fingerprint);
        Ok(Self::at(&link, Zeroizing::new(kept.token.clone())))
    }

    async fn claim(&self, secret: &str, name: &str) -> Result<Claimed, Failure> {
        conclave::well_known(&self.to, &self.options).await?;
        self.call(Method::POST, api::CLAIM, Some(&Claim { secret: secret.to_owned(), name: name.to_owned() })).await
    }

    /// Creates a room.
    pub async fn create_room(&self, name: &str, mode: RoomMode) -> Result<Room, Failure> {
        self.call(Method::POST, api::ROOMS, Some(&NewRoom { name: name.to_owned(), mode })).await
    }

    /// All rooms.
    pub async fn rooms(&self) -> Result<Vec<Room>, Failure> {
        self.call(Method::GET, api::ROOMS, None::<&()>).await.map(|r: Rooms| r.rooms)
    }

    /// Deletes a room.
    pub async fn delete_room(&self, name: &str) -> Result<(), Failure> {
        if !valid_room(name) {
            return Err(Failure::new(Exit::Data, "no room has such a name; see 'conclave rooms list'"));
        }
        let name: String =
            name.bytes().map(|b| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
        self.call(Method::DELETE, &format!("{}/{name}", api::ROOMS), None::<&()>).await
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl serde::Serialize>,
    ) -> Result<T, Failure> {
        let unreadable =
            || Failure::new(Exit::Protocol, format!("{} gave an answer that cannot be read; update this client", self.server));
        let body = body.map(serde_json::to_vec).transpose().map_err(|_| unreadable())?;
        let bearer = Some(self.token.as_str()).filter(|t| !t.is_empty());
        let answer = http::request(&self.to, &self.options, method, path, bearer, body, api::MAX_BODY).await?;
        if answer.status.is_success() {
            let body = if answer.body.is_empty() { b"null".as_slice() } else { &answer.body };
            return serde_json::from_slice(body).map_err(|_| unreadable());
        }
        let exit = match answer.status.as_u16() {
            400 => Exit::Data,
            401 | 403 => Exit::Denied,
            404 | 429 | 503 => Exit::Unavailable,
            _ => Exit::Other,
        };
        let said = serde_json::from_slice::<ErrorBody>(&answer.body).map(|b| b.error.text).unwrap_or_default();
        let said: String = crate::text::clean(&said).chars().take(300).collect();
        let status = answer.status.as_u16();
        let text = if said.is_empty() { format!("{} answered HTTP {status}; try again later", self.server) } else { said };
        Err(Failure::new(exit, text))
    }
}
