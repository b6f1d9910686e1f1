//! `conclave login`: an owner link, a name and password, a setup code, or a sign-in through the organisation become an account token in the keyring.

mod second_step;
mod sso;

use crate::backend::link::Scheme;
use crate::backend::{Link, conclave};
use crate::cli::{keyring, prompt, proxy, unknown};
use crate::credentials::{Keyring, ServerAccount};
use crate::exit::{Exit, Failure};
use crate::net::{Fingerprint, Options, Target, http};
use crate::protocol::api::{
    self, Claim, Claimed, ErrorBody, NewRoom, Room, RoomChange, RoomDetails, Rooms, VouchFor, Vouched, WhoAmI,
};
use crate::protocol::control::{RoomMode, Secret, valid_room};
use crate::protocol::people::{self, People};
use conclave_e2ee::{DeviceKey, Vouch};
use hyper::Method;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

/// The most rooms that are remembered of an account; others are joined by their link alone.
const MAX_ROOMS: usize = 1000;

/// Options of `conclave login`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The server's address, https://HOST[:PORT][#fp=…]; or '-' to read an owner link from standard input. Without it you are
    /// asked for an owner link
    #[arg(value_name = "SERVER")]
    link: Option<String>,
    /// '-' reads the password from standard input; without it you are asked
    #[arg(value_name = "-", requires = "link", conflicts_with = "password_fd")]
    password: Option<String>,
    /// Read the owner link from this file descriptor
    #[arg(long, value_name = "N", conflicts_with_all = ["link", "password_fd"])]
    link_fd: Option<i32>,
    /// Read the password from this file descriptor
    #[arg(long, value_name = "N", requires = "link")]
    password_fd: Option<i32>,
    /// The account's name on the server; with an owner link 'owner' if you say nothing
    #[arg(long)]
    name: Option<String>,
    /// What to call this device in the list of your logins [default: the machine's name]
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Your administrator gave you a setup code: you are asked for it and choose a password
    #[arg(long, requires = "link")]
    setup: bool,
    /// Read the setup code from this file descriptor
    #[arg(long, value_name = "N", requires = "link")]
    setup_fd: Option<i32>,
    /// Sign in through your organisation: you are shown an address and a code to type there, in a browser on any machine
    #[arg(long, requires = "link", conflicts_with_all = ["name", "password", "password_fd", "setup", "setup_fd"])]
    sso: bool,
    /// Read the code of the second factor, or a recovery code, from this file descriptor; without it you are asked
    #[arg(long, value_name = "N", requires = "link")]
    code_fd: Option<i32>,
    /// Where the account is kept
    #[command(flatten)]
    keyring: keyring::Args,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    if let Some(server) = args.link.as_deref().filter(|s| *s != "-") {
        let link = Link::parse(server)?;
        if link.has_secret() {
            return Err(Failure::new(
                Exit::Usage,
                "an owner link is a secret, and others on this machine can read arguments: run 'conclave login -' and paste it, or use --link-fd",
            ));
        }
        return second_step::run(&args, &link);
    }
    let text = read_link(&args)?;
    let link = Link::parse(&text)?;
    let not_owner = "this is no owner link; it is printed by 'conclave serve' and looks like https://host:port/#fp=….k=…";
    let secret = link.key.clone().filter(|_| link.scheme == Scheme::Conclave && link.room.is_empty());
    let secret = secret.ok_or_else(|| Failure::new(Exit::Data, not_owner))?;
    // The link works once: it is not used before the token can be kept.
    let keyring = args.keyring.open(true)?;
    keyring.prove()?;
    proxy::ready(&link.target(), &keyring, true)?;
    let mut account = Account::visitor(&link, unknown::settle(&link, None, true)?);
    let name = args.name.unwrap_or_else(|| "owner".to_owned());
    let device = args.device.unwrap_or_else(second_step::this_machine);
    let claimed = super::small_runtime()?.block_on(account.claim(&secret, &name, &device))?;
    account.keep(&keyring, &claimed.token, &name)?;
    super::print(format!(
        "You own the server at {0}; the account is in {1}. Create a room with:\n  conclave rooms create NAME --mode strict --server {0}\n",
        account.server,
        keyring.place()
    ))
}

fn read_link(args: &Args) -> Result<Zeroizing<String>, Failure> {
    match (args.link.as_deref(), args.link_fd) {
        (_, Some(fd)) => prompt::from_fd(fd, "the link"),
        (Some(_), None) => prompt::from_stdin("the link"),
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
    rooms: BTreeMap<String, RoomMode>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.server)
    }
}

#[async_trait::async_trait]
impl crate::trust::Account for Account {
    fn credential(&self) -> Secret {
        Secret(self.token.clone())
    }

    async fn vouch(&self, device: DeviceKey) -> Result<Vouch, Failure> {
        let answer: Vouched = self.call(Method::POST, api::VOUCH, Some(&VouchFor { device: device.to_string() })).await?;
        let vouch = Vouch::from_text(&answer.vouch).ok().filter(|v| v.device == device);
        let unreadable = || Failure::new(Exit::Protocol, format!("{} vouches in words that cannot be read", self.server));
        vouch.ok_or_else(unreadable)
    }
}

/// The path of something about a room. [`Exit::Data`] if no room can have that name.
fn of_room(path: &str, room: &str) -> Result<String, Failure> {
    if !valid_room(room) {
        return Err(Failure::new(Exit::Data, "no room has such a name; see 'conclave rooms list'"));
    }
    let escape = |b: u8| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") };
    Ok(path.replace("{name}", &room.bytes().map(escape).collect::<String>()))
}

impl Account {
    fn at(link: &Link, token: Zeroizing<String>) -> Self {
        Self {
            server: format!("{}://{}", if link.tls { "https" } else { "http" }, link.authority()),
            to: link.target(),
            options: link.trust(None),
            token,
            rooms: BTreeMap::new(),
        }
    }

    /// Nobody in particular, at the server of a link.
    pub(super) fn visitor(link: &Link, options: Options) -> Self {
        Self { options, ..Self::at(link, Zeroizing::default()) }
    }

    /// The account that the keyring holds for a server. Not from asynchronous code.
    pub fn load(server: &str, keyring: &Keyring) -> Result<Self, Failure> {
        let link = Link::parse(server)?;
        let account = Self::find(&link, keyring)?;
        proxy::ready(&link.target(), keyring, true)?;
        account.ok_or_else(|| {
            let server = Self::at(&link, Zeroizing::default()).server;
            let text = format!("you have no account at {server}; log in first: conclave login {server} --name NAME");
            Failure::new(Exit::Denied, text)
        })
    }

    /// The account that the keyring holds for the server of a link, if there is one. Not from asynchronous code.
    pub fn find(link: &Link, keyring: &Keyring) -> Result<Option<Self>, Failure> {
        let mut account = Self::visitor(link, unknown::trust(link, None)?);
        let Some(kept) = keyring.load_account(&account.server)? else { return Ok(None) };
        // What was said at login counts; a fingerprint given now may only repeat it.
        let known = kept.fingerprint.as_deref().map(Fingerprint::parse).transpose()?;
        if link.fingerprint.is_some_and(|f| known.is_some_and(|k| k != f) && kept.spare != Some(f.to_string())) {
            let text =
                format!("the link's fingerprint is not the one you logged in to {} with; ask its administrator", account.server);
            return Err(Failure::new(Exit::Tls, text));
        }
        let spare = kept.spare.as_deref().map(Fingerprint::parse).transpose()?;
        if let Some(known) = known {
            account.options = Options { fingerprint: Some(known), successors: spare.into_iter().collect(), ..account.options };
        }
        account.token = Zeroizing::new(kept.token.clone());
        account.rooms.clone_from(&kept.rooms);
        Ok(Some(account))
    }

    /// `https://host:port`.
    pub fn server(&self) -> &str {
        &self.server
    }

    fn keep(&self, keyring: &Keyring, token: &str, name: &str) -> Result<(), Failure> {
        let fingerprint = self.options.fingerprint.map(|f| f.to_string());
        let rooms = keyring.load_account(&self.server)?.map(|kept| kept.rooms.clone()).unwrap_or_default();
        let spare = self.options.successors.first().map(ToString::to_string);
        let account = ServerAccount { token: token.to_owned(), fingerprint, spare, name: name.to_owned(), rooms };
        keyring.store_account(&self.server, &account)
    }

    /// What a room that this user made there is to be.
    pub fn made(&self, room: &str) -> Option<RoomMode> {
        self.rooms.get(room).copied()
    }

    /// Remembers a room that this user made, or forgets it (`None`). Not from asynchronous code.
    pub fn remember(&self, keyring: &Keyring, room: &str, mode: Option<RoomMode>) -> Result<(), Failure> {
        let Some(mut kept) = keyring.load_account(&self.server)? else { return Ok(()) };
        match mode {
            Some(mode) if kept.rooms.len() < MAX_ROOMS => drop(kept.rooms.insert(room.to_owned(), mode)),
            Some(_) => {}
            None => drop(kept.rooms.remove(room)),
        }
        keyring.store_account(&self.server, &kept)
    }

    /// Reads what the server says of itself. Of its keys, the present one and the next are what the login will be kept with.
    async fn meet(&mut self) -> Result<(), Failure> {
        let known = conclave::well_known(&self.to, &self.options).await?;
        if let Some(said) = known.said().filter(|said| self.options.names(said.present)) {
            self.options.fingerprint = Some(said.present);
            self.options.successors = said.spare.into_iter().collect();
        }
        Ok(())
    }

    async fn claim(&mut self, secret: &str, name: &str, device: &str) -> Result<Claimed, Failure> {
        self.meet().await?;
        let claim = Claim { secret: secret.to_owned(), name: name.to_owned(), device: device.to_owned() };
        self.call(Method::POST, api::CLAIM, Some(&claim)).await
    }

    /// Ends the token at the server.
    pub async fn logout(&self) -> Result<(), Failure> {
        self.call(Method::POST, api::LOGOUT, None::<&()>).await
    }

    /// Who the server says this is.
    pub async fn who(&self) -> Result<WhoAmI, Failure> {
        self.call(Method::GET, api::ACCOUNT, None::<&()>).await
    }

    /// Creates a room.
    pub async fn create_room(&self, name: &str, mode: RoomMode, invite_only: Option<bool>) -> Result<Room, Failure> {
        self.call(Method::POST, api::ROOMS, Some(&NewRoom { name: name.to_owned(), mode, invite_only })).await
    }

    /// The link of a room on this server.
    pub fn link_of(&self, room: &str, mode: RoomMode) -> Link {
        Link {
            scheme: Scheme::Conclave,
            host: self.to.host.clone(),
            port: self.to.port,
            tls: self.to.tls,
            room: room.to_owned(),
            fingerprint: self.options.fingerprint,
            spare: self.options.successors.first().copied(),
            key: None,
            mode: Some(mode),
            invite: None,
            pin: None,
            token: None,
            login: None,
        }
    }

    /// All rooms.
    pub async fn rooms(&self) -> Result<Vec<Room>, Failure> {
        self.call(Method::GET, api::ROOMS, None::<&()>).await.map(|r: Rooms| r.rooms)
    }

    /// How a room is kept.
    pub async fn room(&self, name: &str) -> Result<RoomDetails, Failure> {
        self.call(Method::GET, &of_room(api::RULES, name)?, None::<&()>).await
    }

    /// Changes how a room is kept.
    pub async fn change_room(&self, name: &str, change: &RoomChange) -> Result<RoomDetails, Failure> {
        self.call(Method::POST, &of_room(api::RULES, name)?, Some(change)).await
    }

    /// Deletes a room.
    pub async fn delete_room(&self, name: &str) -> Result<(), Failure> {
        self.call(Method::DELETE, &of_room(api::ROOM, name)?, None::<&()>).await
    }

    /// Who is in a room.
    pub async fn people(&self, room: &str) -> Result<People, Failure> {
        self.call(Method::GET, &of_room(people::PEOPLE, room)?, None::<&()>).await
    }

    /// Whom to accept there.
    pub(super) fn trust(&self) -> &Options {
        &self.options
    }

    /// The server's host and port.
    pub(super) fn host(&self) -> String {
        self.to.authority()
    }

    pub(super) async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl serde::Serialize>,
    ) -> Result<T, Failure> {
        self.understand(self.ask(method, path, body).await?)
    }

    fn unreadable(&self) -> Failure {
        Failure::new(Exit::Protocol, format!("{} gave an answer that cannot be read; update this client", self.server))
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl serde::Serialize>,
    ) -> Result<http::Response, Failure> {
        let body = body.map(serde_json::to_vec).transpose().map_err(|_| self.unreadable())?;
        let bearer = Some(self.token.as_str()).filter(|t| !t.is_empty());
        http::request(&self.to, &self.options, method, path, bearer, body, api::MAX_BODY).await
    }

    pub(super) fn understand<T: serde::de::DeserializeOwned>(&self, answer: http::Response) -> Result<T, Failure> {
        if answer.status.is_success() {
            let body = if answer.body.is_empty() { b"null".as_slice() } else { &answer.body };
            return serde_json::from_slice(body).map_err(|_| self.unreadable());
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
