//! `conclave join`: one call, in the TUI, as lines, or as JSON.

mod check;
#[cfg(unix)]
mod detach;
#[cfg(not(unix))]
#[path = "join/no_detach.rs"]
mod detach;
mod first;
mod history;
mod invite;
mod jitsi;
mod log;
mod options;
mod screen;

use crate::audio::{self, Audio, DeviceSpec, Setup};
use crate::backend::link::{Link, Scheme, classify, valid_room};
use crate::call::conditions::Conditions;
use crate::call::engine::{CallOptions, Interruption, NEVER_RECORD, Outcome, Recordings};
use crate::call::{Earcons, Engine, Envelope, Event, Handle, LeaveReason};
use crate::cli::{prompt, unknown};
use crate::control_socket::Socket;
use crate::exit::{Exit, Failure};
use crate::front_end::{Ended, gone, keyboard, suspend};
use crate::hygiene::sandbox::{self, Needs};
use crate::i18n::{self, tr};
use crate::log::Opened;
use crate::net::ladder::Transport;
use crate::os::signals;
use crate::protocol::control::RoomMode;
use crate::{json, line, net, text, tui};
use std::fs::File;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use zeroize::Zeroizing;

pub use options::{Args, Expected, Frame, PlayAt, Sound, Switch};
pub(crate) use options::{duration, transport};
pub use screen::{Language, Screen, Whether};

/// Which front end shows the call, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrontEnd {
    Tui,
    Line,
    Json,
    /// Sound has standard input and output (`--audio pipe`): events go to standard error, and there are no commands.
    LineOnStderr,
    /// See [`FrontEnd::LineOnStderr`].
    JsonOnStderr,
    /// None in this process: `conclave attach`.
    Elsewhere,
}

impl FrontEnd {
    /// JSON and lines if asked for; lines too where a full screen cannot work; else the TUI.
    pub(crate) fn choose(json: bool, line: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|t| t.is_empty() || t == "dumb");
        if json {
            Self::Json
        } else if line || dumb || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
            Self::Line
        } else {
            Self::Tui
        }
    }

    /// [`FrontEnd::choose`], but whoever never saw the full screen may first be asked whether lines would be better.
    ///
    /// # Errors
    /// The answer cannot be read.
    pub(crate) fn ask(json: bool, line: bool, tui: bool, may_ask: bool) -> Result<Self, Failure> {
        match Self::choose(json, line) {
            Self::Tui if may_ask && !tui && first::wants_lines()? => Ok(Self::Line),
            chosen => Ok(chosen),
        }
    }

    /// Makes room for sound on standard input and output.
    fn beside(self, device: &DeviceSpec) -> Self {
        match (device, self) {
            (DeviceSpec::Pipe { input: Some(_), output: Some(_) }, chosen) => chosen,
            (DeviceSpec::Pipe { .. }, Self::Json) => Self::JsonOnStderr,
            (DeviceSpec::Pipe { .. }, _) => Self::LineOnStderr,
            (_, chosen) => chosen,
        }
    }

    /// Which tones are heard if nobody says otherwise: all where the screen is not looked at, those that call for doing something
    /// where it is, and none where a program listens.
    fn earcons(self, device: &DeviceSpec) -> Earcons {
        match (device, self) {
            (DeviceSpec::File { .. } | DeviceSpec::Pipe { .. } | DeviceSpec::Null, _) => Earcons::default(),
            (_, Self::Line | Self::LineOnStderr) => Earcons::all(),
            (_, Self::Tui | Self::Elsewhere) => Earcons::urgent(),
            (_, Self::Json | Self::JsonOnStderr) => Earcons::default(),
        }
    }
}

/// Everything a call needs.
pub(crate) struct Plan {
    pub link: Link,
    pub options: CallOptions,
    pub setup: Setup,
    pub earcons: Earcons,
    pub conditions: Conditions,
    pub front_end: FrontEnd,
    /// How the TUI looks.
    pub screen: Screen,
    /// Where a process that leaves its terminal has standard input and output from then on.
    pub nowhere: Option<File>,
    /// Where `conclave ctl` reaches the call, and what the user should know of it and the sandbox.
    pub socket: Option<Socket>,
    /// Where the log's lines go, and what they may say.
    pub log: Option<Opened>,
    /// What the history will say of it.
    pub note: Option<history::Note>,
    /// See `socket`.
    pub warnings: Vec<(&'static str, String)>,
}

/// Runs it.
pub fn run(mut args: Args) -> Result<Exit, Failure> {
    i18n::choose(args.language.lang);
    if args.from_list && !super::start::choose(&mut args)? {
        return Ok(Exit::Ok);
    }
    if args.detach {
        return detach::launch();
    }
    let json = args.json;
    let level = args.sandbox;
    let (expected, began) = (args.expected.clone(), Instant::now());
    let junit = expected.junit.as_deref().map(create).transpose()?;
    let (opened, unlogged) = args.log.options().open();
    let mut opened = Some(opened);
    let result = plan(args).and_then(|mut plan| {
        plan.warnings.extend(unlogged.map(|text| ("log", text)));
        // After the keyring, before any thread: see the module.
        let mut needs = needs(&plan.setup.device, plan.options.recordings.directory().map(Path::to_owned));
        needs.write.extend(plan.options.receipt.as_deref().map(directory));
        // Whom one meets is remembered.
        needs.write.extend(plan.options.keys.file().and_then(|f| f.path().parent()).map(Path::to_owned));
        needs.write.extend(opened.as_ref().and_then(Opened::path));
        plan.log = opened.take();
        match plan.note.as_ref().map(history::Note::place).transpose() {
            Ok(place) => needs.write.extend(place),
            Err(e) => {
                plan.note = None;
                plan.warnings.push(("history", format!("this call is not noted in the history of rooms ({e})")));
            }
        }
        match Socket::bind() {
            Ok(socket) => {
                needs.write.push(socket.directory());
                plan.socket = Some(socket);
            }
            Err(e) => plan.warnings.push(("control_socket", format!("conclave ctl cannot reach this call ({e})"))),
        }
        let missing = sandbox::enter(level, &needs)?;
        plan.warnings.extend(missing.map(|text| ("sandbox", text)));
        let runtime = crate::cli::runtime()?;
        let outcome = runtime.block_on(call(plan));
        // Whatever still blocks (a reader on standard input) must not keep the process.
        runtime.shutdown_timeout(Duration::from_millis(200));
        crate::log::flush();
        outcome
    });
    if let (Some(opened), Err(failure)) = (&mut opened, &result) {
        opened.failed(failure);
    }
    if json && let Err(failure) = &result {
        // A script that reads events gets the last one, also of a call that never began.
        crate::cli::print(json::failed(failure))?;
    }
    if let Some(mut junit) = junit {
        let (outcome, test) = match &result {
            Ok((outcome, test)) => (outcome.clone(), test.as_ref()),
            Err(why) => (Outcome { reason: LeaveReason::Failed, exit: why.exit, text: why.text.clone() }, None),
        };
        let seconds = began.elapsed().as_secs_f64();
        let xml = match test {
            Some(test) => test.junit(&outcome, seconds),
            None => expected.conditions().junit(&outcome, seconds),
        };
        let failed = |e| Failure::new(Exit::CantCreate, format!("the test's result cannot be written ({e})"));
        junit.write_all(xml.as_bytes()).map_err(failed)?;
    }
    Ok(result?.0.exit)
}

fn plan(args: Args) -> Result<Plan, Failure> {
    let (front_end, nowhere) = match args.detached {
        true => (FrontEnd::Elsewhere, Some(detach::nowhere()?)),
        false => (FrontEnd::ask(args.json, args.line, args.tui, !args.no_input)?, None),
    };
    let may_ask = !args.no_input && front_end != FrontEnd::Json;
    let memory = history::Memory::open(args.no_history, front_end != FrontEnd::Json, args.keep_secret);
    let mut link = link(&args, may_ask, &memory)?;
    link.token = token(&args, &link)?;
    let named = args.fingerprint.as_deref().map(net::Fingerprint::parse).transpose()?;
    let before = memory.of(&link).map(|room| room.name.clone()).filter(|name| !name.is_empty());
    let name = name(args.name.as_deref().or(before.as_deref()), may_ask)?;
    let (keys, secrecy) = args.secrecy.resolve(&link, memory.secret(&link), may_ask)?;
    let net = unknown::settle(&link, named, may_ask)?;
    let trusted = keys.trusted(net.clone());
    invite::settle(&mut link, &trusted, args.pin_fd, may_ask)?;
    jitsi::settle(&mut link, &trusted, &args, may_ask)?;
    let allow_plain = args.allow_plain || accepts_plain(&link, secrecy.mode, may_ask)?;
    let mut warnings: Vec<_> = keys.notice.iter().map(|notice| ("identity", notice.clone())).collect();
    let first = memory.way(&link);
    let (note, missing) = memory.note(&link, &name, secrecy.secret.is_some());
    warnings.extend(missing.map(|text| ("history", text.to_owned())));
    let device = DeviceSpec::parse(&args.sound.audio)?;
    if let (true, DeviceSpec::File { output: Some(file), .. } | DeviceSpec::Pipe { output: Some(file), .. }) =
        (args.never_record, &device)
    {
        let text = format!("this client keeps no call in a file ({NEVER_RECORD}), and {} would be one", file.display());
        return Err(Failure::new(Exit::Policy, text));
    }
    let front_end = front_end.beside(&device);
    let earcons = args.sound.earcons.clone().unwrap_or_else(|| front_end.earcons(&device));
    let is_file = matches!(&device, DeviceSpec::File { input: Some(_), .. });
    let open = !args.sound.listen_only && !args.sound.muted && (args.sound.unmuted || is_file);
    Ok(Plan {
        options: CallOptions {
            name,
            open,
            listen_only: args.sound.listen_only,
            allow_plain,
            patience: args.reconnect,
            net,
            transport: Transport { first, ..args.transport },
            keys,
            secrecy,
            recordings: if args.never_record { Recordings::Never } else { recordings(args.recordings)? },
            receipt: args.receipt.map(receipt).transpose()?,
            duration: args.duration,
            stats: args.stats,
        },
        setup: Setup {
            device,
            open,
            listen_only: args.sound.listen_only,
            release_when_muted: args.sound.release_when_muted,
            play_at_join: args.sound.play_at == PlayAt::Join,
            frame: args.sound.frame.into(),
            processing: args.sound.wish(),
            started: Instant::now(),
        },
        link,
        earcons,
        conditions: args.expected.conditions(),
        front_end,
        screen: args.screen,
        nowhere,
        socket: None,
        log: None,
        note,
        warnings,
    })
}

/// A file for a test's result: said before the call if it cannot be written.
fn create(file: &Path) -> Result<File, Failure> {
    let failed = |e| Failure::new(Exit::CantCreate, format!("{} cannot be written ({e})", file.display()));
    File::create(file).map_err(failed)
}

/// The files of a call.
pub(crate) fn needs(device: &DeviceSpec, recordings: Option<PathBuf>) -> Needs {
    let mut needs = Needs { devices: true, ..Needs::default() };
    if let DeviceSpec::File { input, output } | DeviceSpec::Pipe { input, output } = device {
        needs.read.extend(input.clone());
        // A recording that is there already is written itself; for a new one, its directory is.
        let place = |p: &PathBuf| if p.exists() { p.clone() } else { directory(p) };
        needs.write.extend(output.as_ref().map(place));
    }
    needs.write.extend(recordings);
    needs
}

/// Where recordings that begin during the call may be written: the directory that was named, or the current one unless
/// it has everything of the user in it.
fn recordings(given: Option<PathBuf>) -> Result<Recordings, Failure> {
    let Some(dir) = given else {
        let here = std::env::current_dir().ok();
        let home = std::env::home_dir();
        let here = here.filter(|here| !home.is_some_and(|home| home.starts_with(here)) && here.parent().is_some());
        return Ok(here.map_or(Recordings::Anywhere, Recordings::In));
    };
    if !dir.is_dir() {
        let text = format!("{} is no directory; make it, or name another with --recordings", dir.display());
        return Err(Failure::new(Exit::CantCreate, text));
    }
    Ok(Recordings::In(std::path::absolute(&dir).unwrap_or(dir)))
}

/// Where the receipt goes: said before the call if that is impossible.
fn receipt(file: PathBuf) -> Result<PathBuf, Failure> {
    let bad = |why: &str| Failure::new(Exit::CantCreate, format!("the receipt {} cannot be written: {why}", file.display()));
    if file.symlink_metadata().is_ok() {
        return Err(bad("it is there already; choose another name"));
    }
    if !directory(&file).is_dir() {
        return Err(bad("its directory is not there; make it, or choose another place"));
    }
    Ok(std::path::absolute(&file).unwrap_or(file))
}

fn directory(file: &Path) -> PathBuf {
    file.parent().filter(|d| !d.as_os_str().is_empty()).map_or_else(|| ".".into(), Path::to_owned)
}

/// The link from the argument list, the history, a file descriptor, standard input or the prompt.
fn link(args: &Args, may_ask: bool, memory: &history::Memory) -> Result<Link, Failure> {
    if let Some(pasted) = &args.pasted {
        return Link::parse(&pasted.0);
    }
    if let Some(fd) = args.link_fd {
        return Link::parse(&prompt::from_fd(fd, "the link")?);
    }
    match args.link.as_deref() {
        Some(room) if let Some(server) = args.server.as_deref().filter(|_| valid_room(room)) => {
            Link::parse(server).map(|link| link.to_room(room))
        }
        Some("-") => Link::parse(&prompt::from_stdin("the link")?),
        Some(s) => {
            if let Some(link) = memory.named(s, crate::cli::history::server(args.server.as_deref()).as_ref()) {
                return Ok(link);
            }
            let link = Link::parse(s)?;
            if link.has_secret() {
                return Err(Failure::new(
                    Exit::Usage,
                    "this link carries a secret, and other users of this machine can see arguments; run conclave join without it \
                     and paste it when asked, or give it with - on standard input or with --link-fd",
                ));
            }
            Ok(link)
        }
        None if may_ask && std::io::stdin().is_terminal() => {
            Link::parse(&prompt::ask_secret(&format!("{} ", tr!("prompt-link")))?)
        }
        None => Err(Failure::new(
            Exit::Denied,
            "no link was given and nobody can be asked; give it as an argument, with - or --link-fd",
        )),
    }
}

/// Asks whether a room that link, flag or our own record call open is meant; `false`: there was nothing to ask, or nobody.
fn accepts_plain(link: &Link, expected: Option<RoomMode>, may_ask: bool) -> Result<bool, Failure> {
    let open = expected.or(link.mode) == Some(RoomMode::Open) && link.scheme == Scheme::Conclave;
    if !open || !may_ask || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let question = format!("{}\n{} ", tr!("prompt-plain"), tr!("prompt-plain-yes"));
    if prompt::ask(&question)?.eq_ignore_ascii_case("yes") {
        return Ok(true);
    }
    Err(Failure::new(Exit::Policy, "you did not accept a room without end-to-end encryption, so it was not joined"))
}

/// The access token of a LiveKit room, or of a Jitsi room that wants one: given apart from the link, or in it.
fn token(args: &Args, link: &Link) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(fd) = args.token_fd {
        return Ok(Some(prompt::from_fd(fd, "the token")?));
    }
    if link.token.is_some() {
        return Ok(link.token.clone());
    }
    match std::env::var("CONCLAVE_TOKEN") {
        Ok(t) if !t.is_empty() => Ok(Some(Zeroizing::new(t))),
        _ if link.scheme != Scheme::LiveKit => Ok(None),
        _ => {
            Err(Failure::new(Exit::Denied, "a LiveKit room needs an access token; give it with --token-fd or in CONCLAVE_TOKEN"))
        }
    }
}

/// The display name from the option, the prompt or the login name.
fn name(given: Option<&str>, may_ask: bool) -> Result<String, Failure> {
    if let Some(given) = given {
        if given.chars().count() > text::MAX_NAME {
            let text =
                format!("a display name has at most {} characters, and this one has {}", text::MAX_NAME, given.chars().count());
            return Err(Failure::new(Exit::Usage, text));
        }
        // White space may be folded; nothing else is taken away without a word.
        return text::clean_name(given)
            .filter(|_| text::clean(given) == given)
            .ok_or_else(|| Failure::new(Exit::Usage, "a display name has visible characters only; choose another with --name"));
    }
    if may_ask
        && std::io::stdin().is_terminal()
        && let Some(name) = text::clean_name(&prompt::ask(&format!("{} ", tr!("prompt-name")))?)
    {
        return Ok(name);
    }
    Ok(std::env::var("USER").ok().and_then(|u| text::clean_name(&u)).unwrap_or_else(|| "guest".into()))
}

/// Runs one call with its front end, to its end; how it ended, and what came of what was expected.
async fn call(plan: Plan) -> Result<(Outcome, Option<Conditions>), Failure> {
    let Plan { link, options, setup, earcons, conditions, front_end, screen, nowhere, socket, log, note, warnings } = plan;
    if screen.check && front_end == FrontEnd::Tui {
        let facts = check::facts(&options.name, &link, options.transport);
        if check::decide(&screen.options(&link), &facts, &setup.device).await? == tui::check::Decision::Leave {
            return Ok((Outcome { text: "You did not join.".into(), ..Outcome::left() }, None));
        }
    }
    let audio = open_audio(setup).await?;
    let complaints = nowhere.map(|nowhere| detach::leave_terminal(&nowhere)).transpose()?;
    let (mut engine, handle) = Engine::new(options, audio);
    engine.set_earcons(earcons);
    engine.expect(conditions);
    let logged = log.map(|log| {
        let (salt, complaints) = log.run();
        let (_, events) = handle.watch();
        tokio::spawn(crate::log::follow(handle.clone(), events, link.display(), salt, complaints))
    });
    warnings.into_iter().for_each(|(code, text)| engine.warn(code, text));
    let window = front_end != FrontEnd::Elsewhere;
    let guests = socket.map(|s| tokio::spawn(s.serve(handle.clone(), window)));
    let note = note.map(|note| tokio::spawn(note.when_joined(handle.watch())));
    let begins = complaints.map(|complaints| tokio::spawn(detach::begins(handle.watch(), complaints)));
    let outcome = run_call(engine, handle.clone(), link, front_end, &screen).await;
    if let Some(begins) = begins {
        let _ = begins.await; // it is over with the call at the latest
    }
    if let Some(note) = note {
        let _ = note.await; // likewise
    }
    if let Some(logged) = logged {
        let _ = logged.await; // likewise
    }
    let test = handle.take_conditions();
    if let Some(guests) = guests {
        // Dropped, and so removed, before the process ends.
        guests.abort();
        let _ = guests.await;
    }
    Ok((outcome, test))
}

/// Opens the devices, which may take seconds, beside the runtime's own work.
pub(crate) async fn open_audio(setup: Setup) -> Result<Audio, Failure> {
    tokio::task::spawn_blocking(move || audio::start(setup))
        .await
        .unwrap_or_else(|_| Err(Failure::new(Exit::Internal, "the sound could not be started")))
}

/// Runs a call that is set up, with its front end, to its end.
pub(crate) async fn run_call(engine: Engine, handle: Handle, link: Link, front_end: FrontEnd, screen: &Screen) -> Outcome {
    let front = tokio::spawn(show(handle.clone(), front_end, screen.options(&link)));
    let signals = tokio::spawn(on_signal(handle.clone()));
    let stops = tokio::spawn(on_stop(handle.clone(), front_end));
    #[cfg(target_os = "linux")]
    let locks = tokio::spawn(crate::front_end::screen_lock::watch(handle.clone()));
    let outcome = engine.run(classify(&link), link).await;
    // The front end has seen `left`, the last event, or is gone; it gets a moment to put the terminal right.
    let _ = tokio::time::timeout(Duration::from_secs(3), front).await;
    signals.abort();
    stops.abort();
    #[cfg(target_os = "linux")]
    locks.abort();
    outcome
}

/// Shows a call until it is over or its front end is gone, which has ended the call itself.
pub(crate) async fn show(handle: Handle, front_end: FrontEnd, screen: tui::Options) -> Ended {
    match front_end {
        FrontEnd::Tui => tui::run(handle.clone(), screen).await.unwrap_or_else(|e| {
            let text = format!("this terminal cannot show a full screen ({e}); use --line");
            crate::cli::complain(&Failure::new(Exit::Other, text));
            gone(&handle)
        }),
        FrontEnd::Line => line::run(handle, line::Options::default()).await,
        FrontEnd::Json => json::run(handle).await,
        FrontEnd::LineOnStderr => {
            let options = line::Options { leave_at_end: false, ..line::Options::default() };
            line::run_on(handle, options, std::io::empty(), crate::stderr::Ours).await
        }
        FrontEnd::JsonOnStderr => json::run_on(handle, std::io::empty(), crate::stderr::Ours).await,
        FrontEnd::Elsewhere => {
            // Nobody needs the beginning.
            drop(handle.attach());
            let (_, mut events) = handle.watch();
            loop {
                match events.recv().await {
                    Ok(Envelope { event: Event::Left { code, .. }, .. }) => return Ended::Left { code },
                    Err(RecvError::Closed) => return Ended::Abandoned,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                }
            }
        }
    }
}

/// Ctrl-C, SIGTERM and SIGHUP end the call as leaving does: the others are told and the recording is whole.
pub(crate) async fn on_signal(handle: Handle) {
    let Ok(mut signals) = signals::Ends::new() else { return };
    let (exit, name) = signals.next().await;
    handle.end(Outcome { reason: LeaveReason::Signal, exit, text: format!("{name} ended the call.") });
    // A second Ctrl-C ends the process at once.
    signals.interrupted().await;
    keyboard::give_back();
    std::process::exit(Exit::Interrupted as i32);
}

/// Ctrl-Z, and coming back after it or after SIGSTOP. The TUI takes Ctrl-Z itself: it has a terminal to give back.
pub(crate) async fn on_stop(handle: Handle, front_end: FrontEnd) {
    let (mut stop, mut goes_on) = (signals::Stops::stop(), signals::Stops::goes_on());
    loop {
        tokio::select! {
            () = stop.next(), if front_end != FrontEnd::Tui => {
                if suspend::can_come_back() {
                    suspend::stop(&handle).await;
                }
            }
            () = goes_on.next() => {
                let _ = keyboard::again();
                handle.interrupt(Interruption::GoesOn).await;
            }
        }
    }
}
