//! `conclave demo`: a server, two synthetic people who talk, and you, all in one process but over real sockets.

mod listen;

use crate::audio::{DeviceSpec, SAMPLE_RATE, Setup};
use crate::backend::link::{Link, classify};
use crate::call::engine::{CallOptions, Outcome, Recordings};
use crate::call::{Engine, Handle, LeaveReason, Phase};
use crate::cli::join::{self, FrontEnd};
use crate::exit::{Exit, Failure};
use crate::net;
use crate::server::{Config, Server};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options of `conclave demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Plain lines instead of a full screen
    #[arg(long)]
    pub line: bool,
    /// Run as without a terminal: JSON events, a recording, a summary
    #[arg(long, conflicts_with = "line")]
    pub json: bool,
    /// How long the call takes without a terminal
    #[arg(long, default_value = "10s", value_parser = join::duration, value_name = "TIME")]
    pub duration: Duration,
    /// Where the recording goes without a terminal [default: a new directory for temporary files]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Your devices, with a terminal (see conclave join --help)
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    pub audio: String,
    /// Which language people read
    #[command(flatten)]
    pub language: join::Language,
}

/// Somebody who says one sentence again and again. The speech is generated: see `docs/contributor.md`.
struct Person {
    name: &'static str,
    /// 16 kHz mono 16 bit WAV.
    speech: &'static [u8],
    /// When in each round they begin, in milliseconds.
    at_ms: usize,
}

const PEOPLE: [Person; 2] = [
    Person { name: "Ana", speech: include_bytes!("demo/ana.wav"), at_ms: 300 },
    Person { name: "Ben", speech: include_bytes!("demo/ben.wav"), at_ms: 3400 },
];
/// One round of the conversation.
const ROUND_MS: usize = 7400;
/// How long they talk: nobody looks at a demo for longer.
const ROUNDS: usize = 40;

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    crate::i18n::choose(args.language.lang);
    // Where nobody looks, for a program.
    let watched = std::io::stdout().is_terminal();
    let front_end = match FrontEnd::ask(args.json, args.line, false, true)? {
        FrontEnd::Line if !args.line && !watched => FrontEnd::Json,
        chosen => chosen,
    };
    let runtime = crate::cli::runtime()?;
    let dir = private_dir()?;
    let result = runtime.block_on(demo(&args, front_end, &dir));
    runtime.shutdown_timeout(Duration::from_millis(200));
    for part in ["server", "Ana.wav", "Ben.wav"] {
        let path = dir.join(part);
        // Left behind at worst: a demo's directory for temporary files.
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
    let _ = std::fs::remove_dir(&dir); // only if no recording is in it
    result
}

/// A new directory for temporary files that only we can read.
pub(super) fn private_dir() -> Result<PathBuf, Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let mut random = [0u8; 8];
    let failed = |e: &dyn std::fmt::Display| {
        Failure::new(Exit::CantCreate, format!("no directory for temporary files can be made ({e}); set TMPDIR"))
    };
    getrandom::fill(&mut random).map_err(|e| failed(&e))?;
    let dir = std::env::temp_dir().join(format!("conclave-{:016x}", u64::from_ne_bytes(random)));
    std::fs::DirBuilder::new().mode(0o700).create(&dir).map_err(|e| failed(&e))?;
    Ok(dir)
}

async fn demo(args: &Args, front_end: FrontEnd, dir: &Path) -> Result<Exit, Failure> {
    let headless = front_end == FrontEnd::Json;
    write_speech(dir)?;
    let server = Server::start(Config::dev(dir.join("server"))).await?;
    let link = Link::parse(&format!("{}/demo", server.listening().url))?;
    let recording = args.out.clone().unwrap_or_else(|| dir.join("heard.wav"));
    let device = if headless {
        DeviceSpec::File { input: None, output: Some(recording.clone()) }
    } else {
        DeviceSpec::parse(&args.audio)?
    };
    let sound = join::open_audio(setup(device, false)).await?;
    let (engine, handle) = Engine::new(options("You", false, headless.then_some(args.duration))?, sound);
    let people = tokio::spawn(people(handle.clone(), link.clone(), dir.to_owned()));
    let outcome = join::run_call(engine, handle, link, front_end, &join::Screen::default()).await;
    let left = people.await.map_err(|e| Failure::new(Exit::Internal, format!("the demo's people ended badly ({e})")))?;
    server.shutdown().await;
    left?;
    // Of half a call there is no summary: somebody left, or the reader went away (`conclave demo | head`).
    let whole = outcome.exit == Exit::Ok && outcome.reason == LeaveReason::Duration;
    if headless && whole { summary(&recording) } else { Ok(outcome.exit) }
}

pub(super) fn setup(device: DeviceSpec, open: bool) -> Setup {
    Setup::new(device, open)
}

pub(super) fn options(name: &str, open: bool, duration: Option<Duration>) -> Result<CallOptions, Failure> {
    Ok(CallOptions {
        name: name.into(),
        open,
        listen_only: false,
        allow_plain: true,
        // The server is in this process.
        patience: Duration::from_secs(10),
        net: net::Options::default(),
        transport: Default::default(),
        keys: super::secrecy::ephemeral()?,
        secrecy: crate::backend::Secrecy::default(),
        recordings: Recordings::Anywhere,
        receipt: None,
        duration,
        stats: None,
    })
}

/// The two join when you are there, and leave when you have left.
async fn people(you: Handle, link: Link, dir: PathBuf) -> Result<(), Failure> {
    let (mut state, mut events) = you.watch();
    while state.phase == Phase::Connecting {
        if events.recv().await.is_err() {
            break;
        }
        state = you.state();
    }
    let mut calls = vec![];
    for person in &PEOPLE {
        let file = dir.join(format!("{}.wav", person.name));
        let sound = join::open_audio(setup(DeviceSpec::File { input: Some(file), output: None }, true)).await?;
        let (engine, handle) = Engine::new(options(person.name, true, None)?, sound);
        calls.push((handle, tokio::spawn(engine.run(classify(&link), link.clone()))));
    }
    while you.state().left.is_none() && events.recv().await.is_ok() {}
    for (handle, call) in calls {
        handle.end(Outcome::left());
        let _ = call.await;
    }
    Ok(())
}

/// A file for each of the people, by name, in which they say their sentence again and again.
pub(super) fn write_speech(dir: &Path) -> Result<(), Failure> {
    PEOPLE.iter().try_for_each(|person| write_rounds(person, &dir.join(format!("{}.wav", person.name))))
}

/// The sentence as samples, 16 kHz.
fn sentence(person: &Person) -> Result<Vec<i16>, Failure> {
    let broken = |e: hound::Error| Failure::new(Exit::Internal, format!("the demo's speech is damaged ({e})"));
    hound::WavReader::new(person.speech).map_err(broken)?.samples().collect::<Result<_, _>>().map_err(broken)
}

/// A file in which the person says their sentence once a round.
fn write_rounds(person: &Person, file: &Path) -> Result<(), Failure> {
    let failed = |e: hound::Error| Failure::new(Exit::CantCreate, format!("{} cannot be written ({e})", file.display()));
    let speech = sentence(person)?;
    let per_ms = listen::RATE / 1000;
    let before = person.at_ms * per_ms;
    let after = (ROUND_MS * per_ms).saturating_sub(before + speech.len());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: listen::RATE as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file, spec).map_err(failed)?;
    let silence = std::iter::repeat(&0);
    for _ in 0..ROUNDS {
        for sample in silence.clone().take(before).chain(&speech).chain(silence.clone().take(after)) {
            wav.write_sample(*sample).map_err(failed)?;
        }
    }
    wav.finalize().map_err(failed)
}

/// Looks for both sentences in what was heard, and says so in one line.
fn summary(recording: &Path) -> Result<Exit, Failure> {
    let unreadable = |e: hound::Error| Failure::new(Exit::Internal, format!("the recording cannot be read ({e})"));
    let to_float = |s: i16| f32::from(s) / 32768.0;
    let heard: Vec<i16> =
        hound::WavReader::open(recording).map_err(unreadable)?.samples().collect::<Result<_, _>>().map_err(unreadable)?;
    let seconds = heard.len() as f32 / SAMPLE_RATE as f32;
    let heard = listen::thin(&heard.into_iter().map(to_float).collect::<Vec<_>>());
    let mut found = vec![];
    let mut missing = vec![];
    for person in &PEOPLE {
        let speech: Vec<f32> = sentence(person)?.into_iter().map(to_float).collect();
        let (like, at) = listen::find(&speech, &heard);
        if like >= listen::HEARD {
            found.push(format!("{} at {at:.1} s (match {:.0} %)", person.name, like * 100.0));
        } else {
            missing.push(format!("{} (match {:.0} %)", person.name, like * 100.0));
        }
    }
    let file = recording.display();
    let (what, exit) = if missing.is_empty() {
        (format!("heard {} through our own server", found.join(" and ")), Exit::Ok)
    } else {
        (format!("FAILED: not heard: {}", missing.join(", ")), Exit::Other)
    };
    super::print(format!("demo: {what}; {seconds:.1} s of sound are in {file}\n"))?;
    Ok(exit)
}
