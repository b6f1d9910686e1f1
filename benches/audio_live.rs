//! Our client and headless Chromium over the same forwarder (our server), with the same speech, real sound devices and a real
//! wire, in one run: part of `make bench-audio`. Prints one table, and writes everything it measured to
//! `target/audio-live.json`.
//!
//! The sender sits behind a userspace wire that is impaired in both directions from 2 s into a call of 30 s; the server and
//! the receiver share the clean side. Sound is taken from the receiver's loudspeaker. Both clients send what the microphone
//! gives, without echo cancellation, noise suppression and gain: those would count as damage. Everything else is as a user
//! would have it. Rooms are open, as a browser with `livekit-client` needs them; a strict room (`CONCLAVE_LIVE_WHO`) costs
//! constant bit rate and encryption.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `CONCLAVE_LIVE_PROFILES` | names of profiles, `loopback` for no wire | the eight of the comparison and loopback |
//! | `CONCLAVE_LIVE_REPEATS` | calls for each, the median counts | 3 |
//! | `CONCLAVE_LIVE_WHO` | `ours`, `chromium`, `strict` | ours,chromium |
//! | `CONCLAVE_LIVE_CHROMIUM_BITRATE` | what Chromium's encoder aims at, bits per second | livekit-client's own (48 000) |
//! | `CONCLAVE_LIVE_KEEP` | a directory that recordings are copied to | none |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

#[path = "support/crowd.rs"]
mod crowd;
#[path = "support/live.rs"]
mod live;
#[path = "support/table.rs"]
mod table;

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::{chromium, process, profiles};
use live::{BIN, Lab, Route, Trial, Who};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::{Duration, Instant};

/// The comparison's eight.
const PROFILES: &str = "loopback,default,moderate,international,spiky,loss_20,loss_50,bursty_30_long,limited_50";
/// Speakers of the crowd.
const CROWD: usize = 10;
/// How long the crowd is listened to.
const WINDOW: Duration = Duration::from_secs(10);

fn option(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.into())
}

fn main() {
    let routes: Vec<Route> = option("CONCLAVE_LIVE_PROFILES", PROFILES)
        .split(',')
        .map(|name| match name {
            "loopback" => Route::Loopback,
            name => Route::Wire(profiles::named(name).unwrap_or_else(|| panic!("no profile is called {name}"))),
        })
        .collect();
    let repeats: usize = option("CONCLAVE_LIVE_REPEATS", "3").parse().expect("a number");
    let mut who: Vec<Who> = option("CONCLAVE_LIVE_WHO", "ours,chromium")
        .split(',')
        .map(|name| match name {
            "ours" => Who::Ours,
            "chromium" => Who::Chromium,
            "strict" => Who::Strict,
            name => panic!("nobody is called {name}"),
        })
        .collect();
    if let Some(why) = chromium::missing().filter(|_| who.contains(&Who::Chromium)) {
        println!("without Chromium: {why}");
        who.retain(|w| *w != Who::Chromium);
    }
    let bitrate = std::env::var("CONCLAVE_LIVE_CHROMIUM_BITRATE").ok().map(|bits| bits.parse().expect("a number"));
    let mut lab = Lab::start(bitrate);
    let mut trials: Vec<Trial> = vec![];
    let started = Instant::now();
    // Whatever disturbs the machine for a while then disturbs all of them.
    for repeat in 0..repeats {
        for route in &routes {
            for &who in &who {
                match call(&mut lab, who, route, repeat) {
                    Ok(trial) => {
                        let delay = trial.delay_ms.map_or("none".into(), |ms| format!("{ms:.0} ms"));
                        eprintln!(
                            "{:>5.0} s  {} {} {repeat}: mouth to ear {delay}",
                            started.elapsed().as_secs_f64(),
                            who.name(),
                            route.name()
                        );
                        trials.push(trial);
                    }
                    Err(why) => eprintln!("{} {} {repeat} FAILED: {why}", who.name(), route.name()),
                }
            }
        }
    }
    // Before the scores, which take minutes, and again with them.
    write(&trials);
    if let Some(keep) = std::env::var_os("CONCLAVE_LIVE_KEEP") {
        for wav in trials.iter().flat_map(|t| [&t.sound.0, &t.sound.1]) {
            std::fs::copy(wav, std::path::Path::new(&keep).join(wav.file_name().unwrap())).unwrap();
        }
    }
    table::score(&mut trials);
    write(&trials);
    table::print(&trials, &routes, &who);
    drop(lab);
    crowd_of_ten();
}

/// Everything that was measured.
fn write(trials: &[Trial]) {
    let file = conclave_lab::root().join("target/audio-live.json");
    std::fs::write(file, serde_json::to_vec_pretty(trials).unwrap()).unwrap();
}

/// One call; what panics in it is its failure and not the run's.
fn call(lab: &mut Lab, who: Who, route: &Route, repeat: usize) -> Result<Trial, String> {
    let panicked = |cause: Box<dyn std::any::Any + Send>| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_else(|| "it panicked".into())
    };
    catch_unwind(AssertUnwindSafe(|| lab.call(who, route, repeat)))
        .unwrap_or_else(|cause| Err(panicked(cause)))
        .map_err(|why| why.lines().next().unwrap_or_default().to_owned())
}

/// A receiving client of ours with ten speakers, playing to a real sound server.
fn crowd_of_ten() {
    let stage = conclave_lab::stage::Stage::start().unwrap();
    let server = Server::dev(BIN);
    let data = text(server.data.path()).to_owned();
    let token = |identity: &str| {
        let (code, token, err) = run(BIN, &["token", "ten", "--identity", identity, "--data", &data], "");
        assert_eq!(code, 0, "{err}");
        token.trim().to_owned()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let speakers = runtime.block_on(async {
        let mut speakers = vec![];
        for n in 0..CROWD {
            speakers.push(crowd::speak(crowd::join(&server.authority(), token(&format!("speaker{n}")), true).await));
        }
        speakers
    });
    let mut command = Command::new(BIN);
    command.args(["join", &server.room("ten"), "--json", "--name", "Ear", "--audio", "pulse:quiet,spk", "--listen-only"]);
    command.args(["--mode", "open", "--allow-plain"]).envs(stage.pulse.env()).env("CONCLAVE_KEYRING", "none");
    let mut client = Client::spawn(command);
    for _ in 0..CROWD {
        client.wait_for_next("ten speakers", |e| e["event"] == "hearing");
    }
    let (before, started) = (process::cpu(client.pid()), Instant::now());
    std::thread::sleep(WINDOW);
    let percent = (process::cpu(client.pid()) - before) / started.elapsed().as_secs_f64() * 100.0;
    println!(
        "\na receiving client of ours with {CROWD} speakers: {percent:.1} % of a core (aim: 5), {:.1} MB resident (aim: 25), {:.1} MB PSS",
        process::resident_mb(client.pid()),
        process::usage(client.pid()).memory_mb
    );
    speakers.iter().for_each(tokio::task::JoinHandle::abort);
}
