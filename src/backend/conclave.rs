//! Our own server: a control websocket of ours, and LiveKit-protocol media beside it as its lease.
//!
//! [`session`] is the state machine; this file is its tokio shell: dial, `hello`, then one task that moves messages
//! between the socket, the state machine, the media client and the call.

mod protection;
mod session;

use super::livekit::media::{self, MediaClient, MediaConfig};
use super::{
    BackendCommand, BackendEvent, Capabilities, Context, EVENT_QUEUE, Identity, Link, MediaPorts, Session, SourceChange,
};
use crate::call::trust::SafetyCode;
use crate::call::xray::{Item, Tap};
use crate::call::{PeerId, Security};
use crate::exit::{Exit, Failure};
use crate::net::{self, Target, http, websocket};
use crate::protocol::VERSION;
use crate::protocol::audit;
use crate::protocol::control::{self, ClientMessage, MAX_MESSAGE, PING_SECONDS, RoomPolicy, SILENCE_SECONDS, ServerMessage};
use crate::protocol::member::MemberMessage;
use crate::protocol::well_known::{self, WellKnown};
use crate::trust::Said;
use crate::trust::servers::{Question, compare};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, IssuerKey, Mode, session as e2ee};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
#[doc(hidden)]
pub use protection::Probe;
use protection::Shield;
use session::{Begin, Entry, Input, Output, Seat, Ticket, Welcome};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use zeroize::Zeroizing;

/// How long the server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// One frame of an unknown epoch in this time is enough.
const HEED: Duration = Duration::from_millis(200);
/// How often it is looked at whether this machine is in another network.
const LOOK: Duration = Duration::from_secs(1);

/// How many safety codes are computed at once.
const MAX_CODES: usize = 2;

/// Reads `/.well-known/conclave`: what the server is, and whether this client and it can talk.
pub async fn well_known(target: &Target, net: &net::Options) -> Result<WellKnown, Failure> {
    let answer = http::request(target, net, hyper::Method::GET, well_known::PATH, None, None, well_known::MAX_BYTES).await?;
    understood(target, &answer)
}

/// What an answer from [`well_known::PATH`] says.
pub fn understood(target: &Target, answer: &http::Response) -> Result<WellKnown, Failure> {
    let not_ours = |why: &str| {
        Failure::new(Exit::Protocol, format!("{} is not a Conclave server ({why}); check the link", target.authority()))
    };
    if let Some(page) = guest_page(answer) {
        let text = format!(
            "{} sends us to a web page{page}: on guest networks one where you agree to something or log in; open any page in a browser, then try again",
            target.authority()
        );
        return Err(Failure::new(Exit::Unavailable, text));
    }
    if matches!(answer.status.as_u16(), 429 | 502..=504) {
        let text = format!(
            "{} is not ready, or what is in front of it does not reach it (HTTP {}); try again later",
            target.authority(),
            answer.status.as_u16()
        );
        return Err(Failure::new(Exit::Unavailable, text));
    }
    if !answer.status.is_success() {
        return Err(not_ours(&format!("it answers HTTP {} where a Conclave server says what it is", answer.status.as_u16())));
    }
    let known: WellKnown = serde_json::from_slice(&answer.body).map_err(|_| not_ours("it says something else of itself"))?;
    if known.product != "conclave" {
        return Err(not_ours("it says that it is something else"));
    }
    known.agree(VERSION).map_err(|text| Failure::new(Exit::Protocol, text))?;
    Ok(known)
}

/// Whether an answer is a page for people, as captive portals have for all requests: where it leads.
fn guest_page(answer: &http::Response) -> Option<String> {
    let header = |name| answer.headers.get(name).and_then(|value: &hyper::header::HeaderValue| value.to_str().ok());
    if answer.status.is_redirection() {
        let host = header(hyper::header::LOCATION).and_then(|to| url::Url::parse(to).ok()?.host_str().map(crate::text::clean));
        return Some(host.map_or_else(String::new, |host| format!(" of {host}")));
    }
    // RFC 6585 section 6, and what most of them do.
    let is_page = header(hyper::header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    (answer.status.as_u16() == 511 || is_page && answer.status.is_success()).then(String::new)
}

/// Learns the server's keys, and looks whether its audit log still holds what we saw of it; `true` if it does not.
async fn remember(target: &Target, net: &mut net::Options, known: &WellKnown, keys: &crate::trust::Keys) -> bool {
    // A server without a key of its own is on this machine; one that an authority vouches for is not known by its key.
    let Some(said) = known.said().filter(|_| net.fingerprint.is_some()) else { return false };
    let seen = keys.audit_of(said.present);
    let rewritten = match compare(seen, said.audit) {
        Question::None => Some(false),
        Question::Rewritten => Some(true),
        Question::Ask(entry) => {
            let path = format!("{}/{}", audit::AT, entry.count);
            let answer = http::request(target, net, hyper::Method::GET, &path, None, None, well_known::MAX_BYTES).await;
            answer.ok().and_then(|a| match a.status.as_u16() {
                200 => Some(serde_json::from_slice::<audit::Link>(&a.body).ok() != Some(entry)),
                404 => Some(true),
                _ => None,
            })
        }
    };
    // Without an answer, what we saw stays to be asked for.
    let audit = if rewritten.is_some() { said.audit } else { seen };
    keys.learn(net, Said { audit, ..said });
    *net = keys.trusted(net.clone());
    rewritten == Some(true)
}

/// Joins a room of a server that has said what it is.
pub(crate) async fn join(known: WellKnown, link: Link, who: Identity, mut context: Context) -> Result<Session, Failure> {
    if link.pin.is_some() && link.invite.is_none() {
        let text = "this link has no invite, so there is no PIN for it; leave --pin-fd away";
        return Err(Failure::new(Exit::Usage, text));
    }
    if link.login.is_some() {
        return Err(Failure::new(Exit::Usage, "this is a Conclave server: log in with conclave login, and leave --user away"));
    }
    let target = link.target();
    if let Some(said) = known.said() {
        net::interception::server_says(&target, said.present)?;
    }
    let rewritten = remember(&target, &mut context.net, &known, &who.keys).await;
    let mut socket = websocket::connect(&target, &context.net, control::PATH, None, MAX_MESSAGE).await?;
    let ServerMessage::Challenge { nonce } = receive(&mut socket).await? else { return Err(confused()) };
    let wanted = Wanted::of(&link, &context);
    let (room, mode, patience) = (link.room.clone(), wanted.mode, context.patience);
    let credential = who.keys.account.as_ref().map(|account| account.credential());
    let invite = link.shown_invite();
    // To a server that could read everything anyway, if that is what the user accepts.
    let profile = MemberMessage::Profile { name: who.name.clone(), muted: true, hand: None, recording: false };
    let introduction = (wanted.least == Mode::Open).then(|| URL_SAFE_NO_PAD.encode(profile.encode()));
    let mut ticket = Ticket { leaf: leaf_key()?, room, mode, credential, invite, service: None, patience, introduction };
    send(&mut socket, &ticket.hello(&nonce).ok_or_else(confused)?).await?;
    let mut welcome = receive(&mut socket).await?;
    if matches!(welcome, ServerMessage::Waiting { .. }) {
        context.waits.send_replace(true);
        welcome = at_the_door(&mut socket).await?;
        context.waits.send_replace(false);
    }
    let (me, welcome, media, policy) = match welcome {
        ServerMessage::Welcome { event, me, session, secret, members, media, policy, role, may, room: _ } => {
            let seat = Seat { role, may, rules: policy.rules.clone() };
            (PeerId(me), Welcome { session, secret: secret.0, members, event, seat }, media, policy)
        }
        ServerMessage::Refused { code, text } => return Err(session::refused(code, &text)),
        _ => return Err(confused()),
    };
    wanted.accept(policy.mode)?;
    let begin = match policy.mode {
        Mode::Open => None,
        _ => Some(begin(&link, &who, &context, ticket.leaf.clone(), &policy)?),
    };
    if me.0 != ticket.member() {
        return Err(confused());
    }
    (ticket.mode, ticket.service) = (policy.mode, policy.service);
    let shield = begin.as_ref().map(|_| Arc::new(Shield::new(context.xray.clone())));
    let (media_target, media_net) = match &media.url {
        None => (target.clone(), context.net.clone()),
        Some(url) => {
            (Link::parse(url)?.target(), net::Options { proxies: context.net.proxies.clone(), ..net::Options::default() })
        }
    };
    let config = MediaConfig {
        target: media_target,
        net: media_net,
        token: media.token.0,
        publish: !context.listen_only,
        muted: context.muted,
        ask_for_token: true,
        levels: match policy.mode {
            Mode::Strict => false,
            Mode::Balanced | Mode::Open => true,
        },
        ours: media.url.is_none(),
        transport: context.transport,
        protection: shield.clone().map(|shield| shield as Arc<dyn super::Protection>),
    };
    let (media, _) = media::join(config).await?;
    let MediaClient { events: media_events, commands: media_commands, ports, gate, stats } = media;
    let security = match (policy.mode, target.tls) {
        (Mode::Strict | Mode::Balanced, _) => Security::EndToEnd,
        (Mode::Open, true) => Security::TransportOnly,
        (Mode::Open, false) => Security::PlainSignalling,
    };
    let capabilities = Capabilities { roles: welcome.seat.role.is_some(), ..Capabilities::default() };
    let (events_tx, events) = mpsc::channel(EVENT_QUEUE);
    if rewritten {
        let text = "the server's audit log is not the one that this client saw before: it was written anew or cut, or the \
                    server was put back to an older backup; ask its administrator";
        let _ = events_tx.try_send(BackendEvent::Warning { code: "audit_rewritten".into(), text: text.into() });
    }
    let (commands, commands_rx) = mpsc::channel(EVENT_QUEUE);
    let probe = shield.clone().map(Probe::new);
    let shell = Shell {
        keys: who.keys.clone(),
        target,
        net: context.net,
        session: session::Session::new(Instant::now(), Entry { ticket, welcome }, who.name, context.muted, begin),
        socket: Some(socket),
        events: events_tx,
        media: media_commands,
        shield,
        codes: Arc::new(tokio::sync::Semaphore::new(MAX_CODES)),
        tap: context.xray,
    };
    tokio::spawn(shell.run(commands_rx, media_events));
    let media = MediaPorts { outgoing: ports.outgoing, sources: by_member(ports.sources) };
    Ok(Session {
        me,
        room: link.room,
        security,
        events,
        commands,
        media,
        gate,
        stats,
        capabilities,
        sound: super::SoundPolicy { constant_rate: policy.mode == Mode::Strict },
        probe,
    })
}

/// What the user expects of the room.
struct Wanted {
    /// What the room is to be if it comes into being now.
    mode: Mode,
    /// The least that is accepted.
    least: Mode,
}

impl Wanted {
    /// By flag, link or own record; strict where nobody says anything. `--allow-plain` alone accepts what is there.
    fn of(link: &Link, context: &Context) -> Self {
        let said = context.secrecy.mode.or(link.mode);
        let mode = said.unwrap_or(Mode::Strict);
        let least = match said {
            None if context.allow_plain => Mode::Open,
            Some(Mode::Open) if !context.allow_plain => Mode::Balanced,
            _ => mode,
        };
        Self { mode, least }
    }

    fn accept(&self, room: Mode) -> Result<(), Failure> {
        if room >= self.least {
            return Ok(());
        }
        let text = match room {
            Mode::Open => "policy violated: encryption. The server says that this room is not end-to-end encrypted: it could \
                           hear and read everything. If you accept that, join with --allow-plain (and --mode open, if the \
                           link asks for more)"
                .to_owned(),
            _ => format!(
                "policy violated: encryption. This room is {}, and you (or the link) ask for {}; if you accept that, join \
                 with --mode {}",
                room.word(),
                self.least.word(),
                room.word()
            ),
        };
        Err(Failure::new(Exit::Policy, text))
    }
}

/// How the group of an end-to-end encrypted room begins for us.
fn begin(link: &Link, who: &Identity, context: &Context, leaf: SigningKey, policy: &RoomPolicy) -> Result<Begin, Failure> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
    let service = policy.service.as_deref().and_then(bytes).ok_or_else(confused)?;
    let secret = match (&context.secrecy.secret, &link.key) {
        (Some(secret), _) => Some(secret.clone()),
        (None, Some(key)) => Some(RoomSecret::from_link(key).map_err(|e| Failure::new(Exit::Data, e.to_string()))?),
        (None, None) => None,
    };
    let admission = context.secrecy.admission.unwrap_or(match (&secret, policy.admission) {
        // The server's wish may only make it stricter than what anybody could ask of it.
        (_, Some(Admission::Admit)) => Admission::Admit,
        (Some(_), _) => Admission::Link,
        // A development server is on this machine, without TLS: nobody else's word counts for letting strangers in.
        (None, _) if !link.tls => Admission::Auto,
        (None, _) => Admission::Admit,
    });
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let keys = who.keys.clone();
    let me = conclave_e2ee::member::Me { device: keys.device.clone(), leaf, vouches: keys.vouches.clone() };
    let start = e2ee::Start {
        me,
        room: link.room.clone(),
        mode: policy.mode,
        admission,
        issuers: keys.issuers.clone(),
        accounts: policy.accounts.as_deref().and_then(bytes).map(IssuerKey),
        list: context.secrecy.list.clone(),
        no_recording: context.secrecy.no_recording,
        receipt: context.secrecy.receipt,
        secret,
        introduction: MemberMessage::Profile { name: who.name.clone(), muted: true, hand: None, recording: false }.encode(),
        service,
        before: None,
        revoked: keys.revoked.clone(),
    };
    Ok(Begin { start, keys, require_vouched: context.secrecy.require_vouched, unix })
}

/// A fresh key for this session: it signs `hello`, and is our leaf's in the group.
fn leaf_key() -> Result<SigningKey, Failure> {
    use ring::rand::SecureRandom as _;
    let mut seed = Zeroizing::new([0; 32]);
    let filled = ring::rand::SystemRandom::new().fill(&mut *seed);
    filled.map_err(|_| Failure::new(Exit::Internal, "no session key could be made"))?;
    Ok(SigningKey::from_bytes(&seed))
}

fn confused() -> Failure {
    Failure::new(Exit::Protocol, "the server says something that this client does not understand; update the older of the two")
}

async fn send(socket: &mut websocket::Socket, m: &ClientMessage) -> Result<(), Failure> {
    let lost = || Failure::new(Exit::Unavailable, "the server closed the connection while we were joining; try again");
    let text = serde_json::to_string(m).map_err(|_| confused())?;
    match tokio::time::timeout(ANSWER_TIMEOUT, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(lost()),
    }
}

async fn receive(socket: &mut websocket::Socket) -> Result<ServerMessage, Failure> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, next(socket)).await;
    match answer {
        Err(_) => Err(Failure::new(Exit::Unavailable, "the server does not answer; try again later")),
        Ok(None) => Err(Failure::new(Exit::Unavailable, "the server closed the connection while we were joining; try again")),
        Ok(Some((_, m))) => m.ok_or_else(confused),
    }
}

/// Waits until somebody lets us in or turns us away. The server bounds it; we say that we are still there.
async fn at_the_door(socket: &mut websocket::Socket) -> Result<ServerMessage, Failure> {
    let lost = || Failure::new(Exit::Unavailable, "the connection was lost while you waited to be let in; join again");
    let mut heard = Instant::now();
    loop {
        match tokio::time::timeout(Duration::from_secs(PING_SECONDS), next(socket)).await {
            Err(_) if heard.elapsed() >= Duration::from_secs(SILENCE_SECONDS) => return Err(lost()),
            Err(_) => send(socket, &ClientMessage::Ping).await?,
            Ok(None) => return Err(lost()),
            Ok(Some((_, Some(m @ (ServerMessage::Welcome { .. } | ServerMessage::Refused { .. }))))) => return Ok(m),
            Ok(Some(_)) => heard = Instant::now(),
        }
    }
}

/// The next message, as it came and as it is understood; `None` when the socket has ended.
async fn next(socket: &mut websocket::Socket) -> Option<(Utf8Bytes, Option<ServerMessage>)> {
    loop {
        match socket.next().await? {
            Ok(Message::Text(t)) => {
                let message = serde_json::from_str(&t).ok();
                return Some((t, message));
            }
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Media identities become member ids on their way to the sound.
fn by_member(mut sources: mpsc::Receiver<SourceChange>) -> mpsc::Receiver<SourceChange> {
    let (tx, rx) = mpsc::channel(EVENT_QUEUE);
    tokio::spawn(async move {
        while let Some(change) = sources.recv().await {
            let change = match change {
                SourceChange::Added { source, peer, frames } => {
                    SourceChange::Added { source, peer: session::member_of(peer), frames }
                }
                removed @ SourceChange::Removed { .. } => removed,
            };
            if tx.send(change).await.is_err() {
                break;
            }
        }
    });
    rx
}

struct Shell {
    keys: Arc<crate::trust::Keys>,
    target: Target,
    net: net::Options,
    session: session::Session,
    socket: Option<websocket::Socket>,
    events: mpsc::Sender<BackendEvent>,
    media: mpsc::Sender<media::MediaCommand>,
    shield: Option<Arc<Shield>>,
    /// Safety codes that may be computed at once: each takes 64 MiB.
    codes: Arc<tokio::sync::Semaphore>,
    tap: Tap,
}

impl Shell {
    async fn run(mut self, mut commands: mpsc::Receiver<BackendCommand>, mut media: mpsc::Receiver<media::MediaEvent>) {
        let (dialled_tx, mut dialled) = mpsc::channel::<(u32, Option<websocket::Socket>)>(4);
        let (later_tx, mut later) = mpsc::channel::<Input>(4);
        let mut generation = 0;
        let mut media_open = true;
        let mut heed = tokio::time::Instant::now();
        let mut look = tokio::time::interval(LOOK);
        loop {
            if !self.drain(&mut generation, &dialled_tx, &later_tx).await || self.session.ended() {
                break;
            }
            let deadline = tokio::time::Instant::from_std(self.session.deadline());
            let input = tokio::select! {
                m = from(&mut self.socket) => match m {
                    Some((text, Some(m))) => {
                        self.take_in(generation, &text, m);
                        continue;
                    }
                    Some((_, None)) => continue, // newer than this client: ignored
                    None => { self.socket = None; Input::Lost(generation) }
                },
                Some((g, socket)) = dialled.recv() => match socket {
                    Some(s) if g == generation => { self.socket = Some(s); Input::Opened(g) }
                    Some(_) => continue,
                    None => Input::Lost(g),
                },
                c = commands.recv() => Input::Command(c.unwrap_or(BackendCommand::Leave)),
                e = media.recv(), if media_open => match e {
                    Some(e) => Input::Media(e),
                    None => { media_open = false; continue }
                },
                () = unknown(&self.shield, heed) => {
                    heed = tokio::time::Instant::now() + HEED;
                    Input::UnknownEpoch
                }
                epoch = worn(&self.shield) => Input::WornEpoch(epoch),
                Some(input) = later.recv() => input,
                _ = look.tick() => if self.socket.take_if(|s| s.get_ref().way().is_some_and(|w| w.has_moved())).is_some() {
                    Input::Lost(generation)
                } else {
                    continue
                },
                () = tokio::time::sleep_until(deadline) => Input::Tick,
            };
            self.session.handle(Instant::now(), input);
        }
        // The media client says goodbye on its own; wait for it, so that the process does not end in the middle.
        let goodbye = async { while media.recv().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
        if let Some(mut s) = self.socket.take() {
            let _ = tokio::time::timeout(Duration::from_millis(500), s.close(None)).await;
        }
    }

    /// Does what the state machine wants; `false` when the call is no longer listening.
    async fn drain(
        &mut self,
        generation: &mut u32,
        dialled: &mpsc::Sender<(u32, Option<websocket::Socket>)>,
        later: &mpsc::Sender<Input>,
    ) -> bool {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Event(e) => {
                    if self.events.send(e).await.is_err() {
                        return false;
                    }
                }
                // Without a socket it was not sent: it is said again when there is one.
                Output::RecordingTold if self.socket.is_none() => {}
                Output::RecordingTold => {
                    if self.events.send(BackendEvent::RecordingTold).await.is_err() {
                        return false;
                    }
                }
                // A media client that has ended needs no wishes.
                Output::Media(c) => drop(self.media.try_send(c)),
                Output::Keys(keys) => {
                    if let Some(shield) = &self.shield {
                        shield.set(keys.0);
                    }
                }
                Output::Renew { subject } => self.renew(subject, later),
                Output::Code(code) => self.compute(code),
                Output::Send(m) => {
                    self.show_out(&m);
                    let Some(socket) = self.socket.as_mut() else { continue };
                    if send(socket, &m).await.is_err() {
                        self.socket = None;
                        self.session.handle(Instant::now(), Input::Lost(*generation));
                    }
                }
                Output::Redial { generation: g, after } => {
                    *generation = g;
                    self.socket = None;
                    let (target, net, dialled) = (self.target.clone(), self.net.clone(), dialled.clone());
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        let socket = websocket::connect(&target, &net, control::PATH, None, MAX_MESSAGE).await.ok();
                        let _ = dialled.send((g, socket)).await;
                    });
                }
            }
        }
        true
    }
}

impl Shell {
    /// Hands a message to the session, and shows it to whoever looks.
    fn take_in(&mut self, generation: u32, text: &str, m: ServerMessage) {
        let shown = shown_in(&m) && self.tap.open();
        let body = match &m {
            ServerMessage::Relay { body, .. } if shown => Some(body.clone()),
            _ => None,
        };
        self.session.handle(Instant::now(), Input::Message(generation, m));
        if shown {
            self.show("in", text.to_owned(), body.as_deref());
        }
    }

    fn show_out(&mut self, m: &ClientMessage) {
        if !shown_out(m) || !self.tap.open() {
            return;
        }
        let body = match m {
            ClientMessage::Relay { body, .. } => Some(body.as_str()),
            _ => None,
        };
        // What `send` sends: the same message gives the same text.
        self.show("out", serde_json::to_string(m).unwrap_or_default(), body);
    }

    fn show(&mut self, direction: &str, server_sees: String, body: Option<&str>) {
        let meaning = body.and_then(|body| self.session.meaning(body));
        let members_see = meaning.map(|m| m.to_string()).unwrap_or_default();
        self.tap.show(Item { direction: direction.into(), plane: "control".into(), server_sees, members_see });
    }

    /// Asks our account for another vouch, beside everything else.
    fn renew(&self, subject: String, later: &mpsc::Sender<Input>) {
        let (keys, later) = (self.keys.clone(), later.clone());
        tokio::spawn(async move {
            let asked = async {
                let account = keys.account.as_ref()?;
                account.vouch(keys.device.public()).await.ok()
            };
            let fresh = tokio::time::timeout(ANSWER_TIMEOUT, asked).await.ok().flatten();
            let _ = later.send(Input::Renewed { subject, fresh }).await;
        });
    }

    /// Computes a safety code on a thread of its own.
    fn compute(&self, code: session::Code) {
        // Whoever opens panels faster than they can be computed sees the first of them.
        let Ok(permit) = self.codes.clone().try_acquire_owned() else { return };
        let events = self.events.clone();
        tokio::spawn(async move {
            let session::Code { material, by, people, later } = code;
            let computed = tokio::task::spawn_blocking(move || material.code().map(|code| (material.epoch, code))).await;
            drop(permit);
            let event = match computed {
                Ok(Ok(((generation, epoch), code))) => BackendEvent::Safety(SafetyCode {
                    generation,
                    epoch,
                    words: code.words,
                    digits: code.digits,
                    by,
                    people,
                    later,
                    seconds: e2ee::CODE_LIFE.as_secs(),
                }),
                _ => BackendEvent::Warning { code: "safety".into(), text: "the safety code could not be computed".into() },
            };
            let _ = events.send(event).await;
        });
    }
}

/// What crosses the line and is no secret of ours alone: tokens and session secrets are never shown.
fn shown_out(m: &ClientMessage) -> bool {
    matches!(m, ClientMessage::Relay { .. } | ClientMessage::Group { .. } | ClientMessage::Floor { .. })
}

fn shown_in(m: &ServerMessage) -> bool {
    use ServerMessage as M;
    matches!(m, M::Relay { .. } | M::Group { .. } | M::Floor { .. } | M::MemberJoined { .. } | M::MemberLeft { .. })
}

/// Ends when a frame came of an epoch that we do not have, not before `heed`: whatever else comes does not put it off, or the
/// server could keep it from being noticed.
async fn unknown(shield: &Option<Arc<Shield>>, heed: tokio::time::Instant) {
    match shield {
        Some(shield) => {
            tokio::time::sleep_until(heed).await;
            shield.unknown.notified().await;
        }
        None => std::future::pending().await,
    }
}

/// Ends when our keys have sealed half of what they may.
async fn worn(shield: &Option<Arc<Shield>>) -> (u64, u64) {
    match shield {
        Some(shield) => shield.worn().await,
        None => std::future::pending().await,
    }
}

/// The next message of the socket, or nothing while there is none.
async fn from(socket: &mut Option<websocket::Socket>) -> Option<(Utf8Bytes, Option<ServerMessage>)> {
    match socket {
        Some(s) => next(s).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_frame_of_an_unknown_epoch_is_noticed_however_much_else_comes() {
        let shield = Some(Arc::new(Shield::new(Tap::default())));
        shield.iter().for_each(|shield| shield.unknown.notify_one());
        let heed = tokio::time::Instant::now() + HEED;
        let mut noticed = false;
        for _ in 0..5 {
            let more = tokio::time::sleep(HEED / 2);
            noticed |= tokio::select! { () = unknown(&shield, heed) => true, () = more => false };
        }
        assert!(noticed);
    }
}
