//! `conclave echo`: an echo room. You, and somebody who says what they hear a second later, in one call through a real
//! server; how long your voice takes beyond that second is said in words.

mod told;

use crate::audio::{self, Audio, DeviceSpec, Setup, watch};
use crate::backend::Secrecy;
use crate::backend::link::{Link, Scheme, classify};
use crate::call::engine::{CallOptions, Outcome, Recordings};
use crate::call::{Engine, Event, Handle, Phase};
use crate::cli::{join, secrecy};
use crate::exit::{Exit, Failure};
use crate::hygiene::sandbox::{self, Level};
use crate::net::{self, ladder::Transport};
use conclave_e2ee::secret::RoomSecret;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use told::Teller;

/// Options of `conclave echo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A server's address (https://host#fp=…), or the link of a room there in which nobody is; servers without --dev need the
    /// latter. Without it, a server in this process
    #[cfg_attr(not(feature = "server"), arg(required = true))]
    pub server: Option<String>,
    /// auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty)
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    pub audio: String,
    /// End after so many seconds [default: when you press Ctrl-C; 15 without a terminal]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: Option<u32>,
    /// One JSON object per measurement, and one at the end
    #[arg(long)]
    pub json: bool,
    /// Expect this server fingerprint, if the address has none
    #[arg(long, value_name = "FINGERPRINT", allow_hyphen_values = true)]
    pub fingerprint: Option<String>,
    /// The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn
    /// (by a relay that the server names)
    #[arg(long, default_value = "auto", value_name = "WAY", value_parser = join::transport)]
    pub transport: Transport,
    /// Who you are, where the server asks
    #[command(flatten)]
    pub identity: secrecy::Identity,
    /// Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78
    #[arg(long, value_enum, default_value_t = Level::Auto, value_name = "LEVEL", hide_possible_values = true)]
    pub sandbox: Level,
}

/// How long the echo waits: people understand their own voice best after about a second.
const WAIT: Duration = Duration::from_secs(1);
/// The same in ticks.
const WAIT_TICKS: usize = 100;
/// How often the way is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let device = DeviceSpec::parse(&args.audio)?;
    if matches!(&device, DeviceSpec::Pipe { input, output } if input.is_none() || output.is_none()) {
        return Err(Failure::new(Exit::Usage, "standard output tells the delay here: give two files, as pipe:IN,OUT"));
    }
    let secret = RoomSecret::generate().map_err(crate::trust::failure)?;
    let remote = args.server.as_deref().map(|server| room(server, &secret, args.fingerprint.as_deref())).transpose()?;
    // The keyring is asked before the runtime starts.
    let (keys, secrecy) = match &remote {
        Some(link) => {
            let may_ask = std::io::stdin().is_terminal() && !args.json;
            secrecy::Args { identity: args.identity.clone(), ..secrecy::Args::default() }.resolve(
                link,
                secrecy::Kept::No,
                may_ask,
            )?
        }
        None => (secrecy::ephemeral()?, Secrecy { secret: Some(secret.clone()), ..Secrecy::default() }),
    };
    let mut needs = join::needs(&device, None);
    needs.write.extend(keys.file().and_then(|f| f.path().parent()).map(Path::to_owned));
    // A server in this process keeps its data there.
    let own = remote.is_none().then(place).transpose()?;
    needs.write.extend(own.clone());
    if let Some(missing) = sandbox::enter(args.sandbox, &needs)? {
        eprintln!("{missing}");
    }
    let runtime = crate::cli::runtime()?;
    let outcome = runtime.block_on(async {
        let sound = Sound::open(device).await?;
        let mut options = options("You", keys, secrecy)?;
        let limit = args.seconds.or_else(|| (!std::io::stdin().is_terminal()).then_some(15));
        options.transport = args.transport;
        options.duration = limit.map(|s| Duration::from_secs(s.into()));
        match (remote, &own) {
            (Some(link), _) => echo(link, sound, options, secret, args.json).await,
            (None, Some(dir)) => embedded(dir, sound, options, secret, args.json).await,
            (None, None) => Err(Failure::new(Exit::Internal, "there is neither a server nor a place for one")),
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
    // Left behind at worst: an empty room's directory for temporary files.
    let _ = own.map(std::fs::remove_dir_all);
    outcome
}

/// A room of its own on a server, or an empty one, with a secret that only this process knows.
fn room(server: &str, secret: &RoomSecret, fingerprint: Option<&str>) -> Result<Link, Failure> {
    let mut link = Link::parse(server)?;
    if link.scheme != Scheme::Conclave {
        return Err(Failure::new(Exit::Usage, "an echo room needs a Conclave server: https://host"));
    }
    if link.has_secret() {
        return Err(Failure::new(Exit::Usage, "an echo room makes its own secret; give the link without it"));
    }
    if let (None, Some(text)) = (&link.fingerprint, fingerprint) {
        link.fingerprint = Some(net::Fingerprint::parse(text)?);
    }
    if link.room.is_empty() {
        link.room = room_name()?;
    }
    (link.mode, link.key) = (None, secret.to_link());
    Ok(link)
}

fn room_name() -> Result<String, Failure> {
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|e| Failure::new(Exit::Internal, format!("there are no random numbers ({e})")))?;
    Ok(format!("echo-{:016x}", u64::from_ne_bytes(random)))
}

fn options(name: &str, keys: Arc<crate::trust::Keys>, secrecy: Secrecy) -> Result<CallOptions, Failure> {
    Ok(CallOptions {
        name: name.into(),
        open: true,
        listen_only: false,
        allow_plain: false,
        patience: Duration::from_secs(10),
        net: net::Options::default(),
        transport: Default::default(),
        keys,
        secrecy,
        recordings: Recordings::Anywhere,
        receipt: None,
        duration: None,
        stats: None,
    })
}

/// Our own sound, watched.
struct Sound {
    audio: Audio,
    watcher: watch::Watcher,
}

impl Sound {
    async fn open(device: DeviceSpec) -> Result<Self, Failure> {
        let setup = Setup::new(device, true);
        let audio = join::open_audio(setup).await?;
        let (watch, watcher) = watch::pair();
        // The queue is empty: nobody has written to it.
        let _ = audio.control.try_send(audio::Control::Watch(watch));
        Ok(Self { audio, watcher })
    }
}

#[cfg(feature = "server")]
fn place() -> Result<PathBuf, Failure> {
    super::demo::private_dir()
}

#[cfg(not(feature = "server"))]
fn place() -> Result<PathBuf, Failure> {
    Err(Failure::new(Exit::Usage, "this conclave has no server in it: name one, as conclave echo https://host"))
}

#[cfg(feature = "server")]
async fn embedded(dir: &Path, sound: Sound, options: CallOptions, secret: RoomSecret, json: bool) -> Result<Exit, Failure> {
    use crate::server::{Config, Server};
    let server = Server::start(Config::dev(dir.join("server"))).await?;
    let link = Link::parse(&format!("{}/{}", server.listening().url, room_name()?))?;
    let result = echo(link, sound, options, secret, json).await;
    server.shutdown().await;
    result
}

#[cfg(not(feature = "server"))]
async fn embedded(_: &Path, _: Sound, _: CallOptions, _: RoomSecret, _: bool) -> Result<Exit, Failure> {
    place().map(|_| Exit::Ok)
}

/// The call: you, the echo, and whoever tells of it.
async fn echo(link: Link, sound: Sound, mut options: CallOptions, secret: RoomSecret, json: bool) -> Result<Exit, Failure> {
    options.net = super::unknown::trust(&link, None)?;
    let mut theirs = self::options("Echo", secrecy::ephemeral()?, Secrecy { secret: Some(secret), ..Secrecy::default() })?;
    theirs.net = options.net.clone();
    let Sound { audio, watcher } = sound;
    let (engine, handle) = Engine::new(options, audio);
    let told = tokio::spawn(tell(handle.clone(), Teller::new(json), watcher));
    let signals = tokio::spawn(join::on_signal(handle.clone()));
    let mirror = tokio::spawn(mirror(handle.clone(), link.clone(), theirs));
    let outcome = engine.run(classify(&link), link).await;
    signals.abort();
    let mirrored = mirror.await.map_err(|e| Failure::new(Exit::Internal, format!("the echo ended badly ({e})")))?;
    let teller = told.await.map_err(|e| Failure::new(Exit::Internal, format!("telling ended badly ({e})")))?;
    mirrored?;
    if outcome.exit != Exit::Ok && outcome.exit != Exit::Interrupted {
        return Err(Failure::new(outcome.exit, outcome.text));
    }
    // Ctrl-C is how one ends it.
    teller.end()
}

/// Joins when you are in, says what it hears, and leaves when you have left.
async fn mirror(you: Handle, link: Link, options: CallOptions) -> Result<(), Failure> {
    let (mut state, mut events) = you.watch();
    while state.left.is_none() && (state.phase == Phase::Connecting || state.waiting) {
        if let Err(RecvError::Closed) = events.recv().await {
            return Ok(());
        }
        state = you.state();
    }
    if state.left.is_some() {
        return Ok(());
    }
    let (engine, handle) = Engine::new(options, audio::start_echo(WAIT_TICKS)?);
    let mut call = tokio::spawn(engine.run(classify(&link), link));
    let over = async { while you.state().left.is_none() && !matches!(events.recv().await, Err(RecvError::Closed)) {} };
    tokio::select! {
        ended = &mut call => {
            // Without the echo there is nothing to wait for.
            if let Ok(outcome) = ended {
                you.end(Outcome { text: format!("The echo went away: {}", outcome.text), ..outcome });
            }
            return Ok(());
        }
        () = over => handle.end(Outcome::left()),
    }
    let _ = call.await;
    Ok(())
}

/// Prints what happens, and measures.
async fn tell(you: Handle, mut teller: Teller, mut watcher: watch::Watcher) -> Teller {
    let (_, mut events) = you.attach();
    let mut measure = tokio::time::interval(MEASURE_EVERY);
    measure.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(envelope) => {
                    teller.event(&envelope.event, &you.state());
                    if matches!(envelope.event, Event::Left { .. }) {
                        return teller;
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return teller,
            },
            _ = measure.tick() => {
                let looked = tokio::task::spawn_blocking(move || {
                    watcher.look();
                    let found = watcher.measure(WAIT.as_millis() as u32);
                    (watcher, found)
                });
                match looked.await {
                    Ok((w, found)) => {
                        watcher = w;
                        teller.spoken |= watcher.spoken();
                        if let Some(ms) = found {
                            teller.measured(ms);
                        }
                    }
                    Err(_) => return teller,
                }
            }
        }
    }
}
