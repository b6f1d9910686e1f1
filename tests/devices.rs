//! Devices in a real call, on a real PulseAudio: chosen, changed, unplugged, plugged in again, and tried without a call.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::pulse::{self, Pulse};
use conclave_lab::terminal::Spawn;
use conclave_lab::{skip, speech};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const MISSING: &str = "pulseaudio and pulseaudio-utils are not installed";
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the glide begins, in hertz, and how fast it rises: its pitch tells which moment of it is heard.
const FROM: f32 = 300.0;
const PER_SECOND: f32 = 60.0;

/// A tone that rises for so many seconds.
fn glide(seconds: usize) -> Vec<f32> {
    let mut phase = 0.0f64;
    (0..seconds * speech::RATE)
        .map(|i| {
            let hertz = f64::from(FROM) + f64::from(PER_SECOND) * i as f64 / speech::RATE as f64;
            phase = (phase + hertz / speech::RATE as f64).fract();
            (0.4 * (phase * std::f64::consts::TAU).sin()) as f32
        })
        .collect()
}

/// Which second of the glide a piece of sound is, by its pitch: the middle one of its periods, so that a gap does not count.
fn moment(sound: &[f32]) -> f32 {
    let rising: Vec<usize> = (1..sound.len()).filter(|i| sound[i - 1] < 0.0 && sound[*i] >= 0.0).collect();
    let mut periods: Vec<f32> = rising
        .windows(9)
        .map(|eight| {
            // Between samples the crossing is on a straight line.
            let exact = |i: usize| i as f32 - sound[i] / (sound[i] - sound[i - 1]);
            (exact(eight[8]) - exact(eight[0])) / 8.0
        })
        .collect();
    periods.sort_by(f32::total_cmp);
    let period = periods.get(periods.len() / 2).copied().unwrap_or(f32::INFINITY);
    (speech::RATE as f32 / period - FROM) / PER_SECOND
}

/// The first and the last 60 ms in which the glide is heard.
fn ends(sound: &[f32]) -> Option<(f32, f32)> {
    let pieces: Vec<&[f32]> = sound.chunks_exact(speech::RATE / 50).collect();
    let heard = |three: &&[&[f32]]| three.iter().all(|p| speech::level(p) > -30.0);
    let windows = || pieces.windows(3);
    let first = windows().find(heard)?.concat();
    let last = windows().rev().find(heard)?.concat();
    Some((moment(&first), moment(&last)))
}

fn join(pulse: &Pulse, link: &str, name: &str, options: &[&str]) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", link, "--json", "--name", name]).args(options).envs(pulse.env());
    command.env_remove("SSH_CONNECTION").env_remove("SSH_TTY").env_remove("SSH_CLIENT");
    Client::spawn(command)
}

/// The sentences that were told of devices.
fn sentences(events: &[serde_json::Value]) -> Vec<String> {
    let told = events.iter().filter(|e| e["event"] == "device").filter_map(|e| e["text"].as_str());
    told.filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// A call in which Ana glides and Ben, with the devices of a PulseAudio, hears her.
struct Call {
    pulse: Pulse,
    _server: Server,
    _ana: Client,
    ben: Client,
    _dir: tempfile::TempDir,
}

fn call(pulse: Pulse, audio: &str) -> Call {
    let dir = tempfile::tempdir().unwrap();
    let wav = dir.path().join("glide.wav");
    speech::write(&wav, &glide(50));
    let server = Server::dev(BIN);
    let link = server.room("r");
    let mut ben = join(&pulse, &link, "Ben", &["--audio", audio]);
    ben.event("joined");
    let ana = join(&pulse, &link, "Ana", &["--audio", &format!("file:{},", text(&wav))]);
    ben.event("hearing");
    Call { pulse, _server: server, _ana: ana, ben, _dir: dir }
}

/// Records a loudspeaker until the glide is heard in it.
fn recorded(pulse: &Pulse, sink: &str) -> pulse::Recording {
    let recording = pulse.record(&format!("{sink}.monitor"));
    recording.wait();
    recording
}

fn device_event(ben: &mut Client, name: &str) -> serde_json::Value {
    let name = name.to_owned();
    ben.wait_for_next("a device", |e| e["event"] == "device" && e["name"] == name.as_str())
}

/// Time passes in which nothing is waited for but sound.
fn listen(client: &mut Client, stats: usize) {
    for id in 0..stats {
        let deadline = Instant::now() + Duration::from_millis(500);
        while Instant::now() < deadline {
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(50));
        }
        client.send(&format!(r#"{{"id":{},"cmd":"stats"}}"#, 900 + id));
        client.wait_for_next("stats", |e| e["event"] == "reply" && e["id"] == 900 + id);
    }
}

#[test]
fn unplugging_the_loudspeaker_is_a_short_gap_and_one_sentence_and_it_is_used_again_when_it_is_back() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let module = pulse.plug("usb");
    let mut call = call(pulse, "pulse:mic.monitor,usb");
    let (usb, spk) = (recorded(&call.pulse, "usb"), recorded(&call.pulse, "spk"));
    listen(&mut call.ben, 6);
    call.pulse.unplug(&module);
    let told = device_event(&mut call.ben, "spk");
    println!("{}", told["text"]);
    assert_eq!(told["state"], "open");
    assert_eq!(told["text"], "The loudspeaker usb is gone; spk is used instead.");
    listen(&mut call.ben, 4);
    let before = ends(&usb.stop()).expect("heard before");
    let after = ends(&spk.stop()).expect("heard after");
    let gap = after.0 - before.1;
    println!("heard until {:.2} s, again from {:.2} s: {:.0} ms were not heard", before.1, after.0, gap * 1000.0);
    assert!((-0.2..2.0).contains(&gap), "{before:?} {after:?}");
    assert_eq!(sentences(&call.ben.events).len(), 1, "{:#?}", sentences(&call.ben.events));

    call.pulse.plug("usb");
    let back = device_event(&mut call.ben, "usb");
    assert!(back["text"].as_str().unwrap().contains("is back and used again"), "{back}");
    let usb = recorded(&call.pulse, "usb");
    listen(&mut call.ben, 6);
    let again = ends(&usb.stop()).expect("heard on the device that is back");
    assert!(again.1 > after.1, "{again:?} {after:?}");
    assert_eq!(sentences(&call.ben.events).len(), 2, "{:#?}", sentences(&call.ben.events));
}

#[test]
fn a_sound_server_that_dies_in_a_call_is_one_sentence_and_its_return_another() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let mut call = call(pulse, "auto");
    let before = recorded(&call.pulse, "spk");
    listen(&mut call.ben, 6);
    call.pulse.kill();
    call.ben.wait_for_next("a lost device", |e| e["event"] == "device" && e["state"] == "lost");
    call.ben.wait_for_next("the other lost device", |e| e["event"] == "device" && e["state"] == "lost");
    let told = sentences(&call.ben.events);
    assert!(told.len() == 1 && told[0].contains("the call goes on"), "{told:?}");
    call.pulse.restart();
    let begun = Instant::now();
    call.ben.wait_for_next("a device", |e| e["event"] == "device" && e["state"] == "open");
    call.ben.wait_for_next("the other device", |e| e["event"] == "device" && e["state"] == "open");
    println!("used again {} ms after it answers", begun.elapsed().as_millis());
    let after = recorded(&call.pulse, "spk");
    listen(&mut call.ben, 6);
    let told = sentences(&call.ben.events);
    assert!(told.len() == 2 && told[1].contains("back and used again"), "{told:?}");
    let (before, after) = (ends(&before.stop()).unwrap(), ends(&after.stop()).expect("heard again"));
    assert!(after.0 > before.1, "{before:?} {after:?}");
}

#[test]
fn both_ends_are_changed_during_a_call_and_a_wrong_name_changes_nothing() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    pulse.plug("usb");
    let mut call = call(pulse, "pulse:mic.monitor,spk");
    let spk = recorded(&call.pulse, "spk");
    let usb = recorded(&call.pulse, "usb");
    listen(&mut call.ben, 6);
    call.ben.send(r#"{"id":1,"cmd":"device","kind":"output","name":"nonsense"}"#);
    let refused = device_event(&mut call.ben, "nonsense");
    assert_eq!(refused["state"], "refused");
    call.ben.send(r#"{"id":2,"cmd":"device","kind":"output","name":"usb"}"#);
    assert_eq!(device_event(&mut call.ben, "usb")["state"], "open");
    call.ben.send(r#"{"id":3,"cmd":"device","kind":"input","name":"usb.monitor"}"#);
    assert_eq!(device_event(&mut call.ben, "usb.monitor")["state"], "open");
    listen(&mut call.ben, 4);
    let (before, after) = (ends(&spk.stop()).unwrap(), ends(&usb.stop()).expect("heard on the new device"));
    let gap = after.0 - before.1;
    println!("changed: {:.0} ms were not heard", gap * 1000.0);
    assert!((-0.3..2.0).contains(&gap), "{before:?} {after:?}");
    call.ben.send(r#"{"id":4,"cmd":"state"}"#);
    let state = call.ben.wait_for_next("state", |e| e["event"] == "reply" && e["id"] == 4);
    assert_eq!(
        (state["data"]["output"].as_str(), state["data"]["input"].as_str()),
        (Some("usb"), Some("usb.monitor")),
        "{state}"
    );
}

#[test]
fn line_mode_and_the_screen_tell_an_unplugged_loudspeaker_once_and_no_library_prints_between() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let module = pulse.plug("usb");
    let server = Server::dev(BIN);
    let room = server.room("r");
    let owned = pulse.env();
    let env: Vec<(&str, &str)> = owned.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let args = ["join", &room, "--name", "Wiremu", "--identity", "ephemeral", "--audio", "pulse:mic.monitor,usb"];
    let screen = Spawn { program: Path::new(BIN), args: &args, env: &env, size: (120, 30), releases: false }.start();
    screen.wait_for("end-to-end encrypted");
    let mut child = Command::new(BIN)
        .args(["join", &room, "--line", "--name", "Ben", "--audio", "pulse:mic.monitor,usb", "--duration", "9s"])
        .envs(pulse.env())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let errors = std::thread::spawn(move || std::io::read_to_string(&mut err).unwrap());
    let (mut told, mut byte, mut unplugged) = (String::new(), [0; 1], false);
    while std::io::Read::read(&mut out, &mut byte).unwrap() == 1 {
        told.push(byte[0] as char);
        if !unplugged && told.contains("/leave leaves.") {
            unplugged = true;
            pulse.unplug(&module);
        }
    }
    assert!(child.wait().unwrap().success());
    let sentence = "The loudspeaker usb is gone; spk is used instead.";
    assert_eq!(told.matches(sentence).count(), 1, "{told}");
    assert!(!told.lines().any(|l| l.contains("oudspeaker") && l.contains("lost")), "{told}");
    assert_eq!(errors.join().unwrap(), "", "standard error is quiet");
    assert_eq!(screen.wait_for(sentence).matches(sentence).count(), 1, "{}", screen.screen());
}

// ---- without a call -------------------------------------------------------------------------------------------------

fn run(env: &[(&str, String)], args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(BIN);
    command.args(args).envs(env.iter().map(|(k, v)| (k, v))).stdin(Stdio::null());
    for name in ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"] {
        if !env.iter().any(|(k, _)| *k == name) {
            command.env_remove(name);
        }
    }
    let begun = Instant::now();
    let out = command.output().unwrap();
    assert!(begun.elapsed() < PATIENCE, "{args:?} took {:?}", begun.elapsed());
    let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

fn nowhere() -> (tempfile::TempDir, Vec<(&'static str, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nothing").display().to_string();
    let env =
        vec![("PULSE_SERVER", format!("unix:{path}")), ("XDG_RUNTIME_DIR", path.clone()), ("PULSE_RUNTIME_PATH", path.clone())];
    (dir, env)
}

#[test]
fn the_devices_are_tried_and_said_to_be_silent_or_good_in_words_and_numbers() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    // The microphone hears the loudspeaker: the delay is measured, and nobody speaks.
    let (code, out, err) = run(&pulse.env(), &["devices", "test", "--audio", "pulse:spk.monitor,spk", "--seconds", "1"]);
    println!("{out}");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for line in ["Microphone: spk.monitor.", "Loudspeaker: spk.", "A soft rising tone is played now.", "Speak now, for 1 second."]
    {
        assert!(out.lines().any(|l| l == line), "{line} is not in {out}");
    }
    assert!(out.contains("The microphone heard it: "), "{out}");
    assert!(out.contains("Your voice is silent: is the microphone muted or unplugged? (-100 dBFS"), "{out}");
    assert!(!out.contains('\u{1b}'));

    let dir = tempfile::tempdir().unwrap();
    let wav = dir.path().join("voice.wav");
    speech::write(&wav, &speech::chirp(20.0).iter().map(|s| s * 0.2).collect::<Vec<_>>());
    let mut player = pulse.play(&wav, "mic");
    let (code, out, err) = run(&pulse.env(), &["devices", "test", "--json", "--audio", "pulse:mic.monitor,spk"]);
    let _ = player.kill();
    let _ = player.wait();
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((report["microphone"]["name"].as_str(), report["voice"]["level"].as_str()), (Some("mic.monitor"), Some("good")));
    let level = report["voice"]["dbfs"].as_f64().unwrap();
    assert!((-26.0..-19.0).contains(&level), "{report}");
    assert!(report["delay_ms"].is_null(), "this microphone does not hear the loudspeaker: {report}");
}

#[test]
fn a_machine_without_sound_says_so_and_over_ssh_where_the_sound_is() {
    if std::fs::read_dir("/dev/snd").is_ok_and(|d| d.flatten().any(|e| e.file_name().to_string_lossy().starts_with("pcm"))) {
        return skip("a machine without sound card", "ALSA answers here");
    }
    let (_dir, mut env) = nowhere();
    let (code, out, err) = run(&env, &["devices", "test"]);
    assert_eq!(code, 66, "{out}{err}");
    assert!(out.contains("Microphone: none opens (no PulseAudio or PipeWire is running)."), "{out}");
    assert!(err.contains("Neither a microphone nor a loudspeaker opens") && !err.contains("ssh"), "{err}");
    assert!(!run(&env, &["devices"]).1.contains("ssh"));
    let (code, out, err) = run(&env, &["devices", "test", "--audio", "alsa"]);
    assert_eq!(code, 66);
    assert!(!format!("{out}{err}").contains("ALSA lib"), "{out}{err}");

    env.push(("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22".into()));
    let (code, out, err) = run(&env, &["devices", "test", "--json"]);
    assert_eq!(code, 66);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    for text in [report["advice"].as_str().unwrap(), &err, &run(&env, &["devices"]).1] {
        assert!(text.contains("sound belongs to the machine that you sit at") && text.contains("PULSE_SERVER=unix:"), "{text}");
    }
    // In a call: once, as the event of the devices.
    let server = Server::dev(BIN);
    let mut command = Command::new(BIN);
    command.args(["join", &server.room("r"), "--json", "--name", "Ben", "--duration", "500ms"]).envs(env);
    let (code, events, err) = Client::spawn(command).finish();
    assert_eq!((code, err.as_str()), (0, ""));
    let told = sentences(&events);
    assert_eq!(told.iter().filter(|t| t.contains("ssh -R")).count(), 1, "{told:?}");
}

#[test]
fn what_is_no_device_cannot_be_tried() {
    let (code, _, err) = run(&[], &["devices", "test", "--audio", "null"]);
    assert!(code == 2 && err.contains("no device to test"), "{err}");
}
