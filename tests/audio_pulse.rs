//! The client's sound on a real PulseAudio: what is said into the microphone is sent, what is received comes out of the
//! loudspeaker, and a sound server that dies takes nothing down with it.
//!
//! The product finds its server in the environment, so each test runs its client part as a process of its own: this
//! program again, with one ignored test named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use conclave::audio::{self, Audio, AudioEvent, Control, DeviceSpec, Setup};
use conclave::backend::{FRAME_QUEUE, Frame, MediaPorts, SourceChange, SourceId};
use conclave::call::processing::{EchoCancel, Noise, Wish};
use conclave::call::{DeviceKind, PeerId};
use conclave_lab::{pulse, skip, speech};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const LIMIT: Duration = Duration::from_secs(30);
const SILENT: &str = "espeak-ng is not installed";
const MISSING: &str = "pulseaudio and pulseaudio-utils are not installed";

// ---- the client part ------------------------------------------------------------------------------------------------

/// Runs a call in which everything we say comes back to us, until standard input ends. Tells each event on standard
/// output.
#[test]
#[ignore = "the client part of the other tests"]
fn client() {
    let spec = std::env::var("CLIENT_AUDIO").unwrap_or_else(|_| "auto".into());
    let setup = Setup {
        // Our voice comes back to us while we speak: what is said would be taken for its echo.
        processing: Wish { echo: Some(EchoCancel::Off), noise: Some(Noise::Off), gain: Some(false) },
        ..Setup::new(DeviceSpec::parse(&spec).unwrap(), true)
    };
    let mut audio: Audio = match audio::start(setup) {
        Ok(audio) => audio,
        Err(failure) => return say(&format!("FAILED {} {}", failure.exit as u8, failure.text)),
    };
    let (out, mut outgoing) = mpsc::channel::<Frame>(FRAME_QUEUE);
    let (sources, changes) = mpsc::channel(4);
    let (back, frames) = mpsc::channel(FRAME_QUEUE);
    sources.try_send(SourceChange::Added { source: SourceId(1), peer: PeerId("echo".into()), frames }).unwrap();
    audio.control.try_send(Control::Attach(MediaPorts { outgoing: out, sources: changes })).unwrap();
    audio.control.try_send(Control::MediaConnected).unwrap();
    let (eof_tx, eof) = std_mpsc::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(eof_tx);
    });
    let end = Instant::now() + 4 * LIMIT;
    while eof.try_recv() != Err(std_mpsc::TryRecvError::Disconnected) && Instant::now() < end {
        while let Ok(mut frame) = outgoing.try_recv() {
            frame.arrived = Instant::now();
            let _ = back.try_send(frame);
        }
        while let Ok(event) = audio.events.try_recv() {
            say(&match event {
                AudioEvent::Device { kind, name, state, text } => {
                    let kind = if kind == DeviceKind::Input { "input" } else { "output" };
                    format!("DEVICE {kind} {state} {name} | {}", text.unwrap_or_default())
                }
                AudioEvent::Hearing { peer, .. } => format!("HEARING {peer}"),
                AudioEvent::Speaking { peer: None, on } => format!("SPEAKING {on}"),
                AudioEvent::Playing(on) => format!("PLAYING {on}"),
                AudioEvent::Figures(f) => format!("FIGURES sent {} received {} buffer {}", f.sent, f.received, f.buffer_ms),
                _ => continue,
            });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "\nCLIENT {line}");
}

/// The running client part.
struct Client {
    child: Child,
    _stdin: ChildStdin,
    lines: std_mpsc::Receiver<String>,
    told: Vec<String>,
}

impl Client {
    fn start(env: &[(&str, String)], audio: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["client", "--exact", "--ignored", "--nocapture"])
            .envs(env.iter().map(|(k, v)| (k, v)))
            .env("CLIENT_AUDIO", audio)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tx, lines) = std_mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if let Some(line) = line.strip_prefix("CLIENT ") {
                    let _ = tx.send(line.to_string());
                }
            }
        });
        let _stdin = child.stdin.take().unwrap();
        Self { child, _stdin, lines, told: Vec::new() }
    }

    /// Waits for a line that begins so; lines before it are gone.
    fn wait(&mut self, begins: &str) -> String {
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("no \"{begins}\" in {:?}", self.told));
            self.told.push(line.clone());
            if line.starts_with(begins) {
                return line;
            }
        }
    }

    /// How many frames were sent until the next report.
    fn sent(&mut self) -> u64 {
        self.wait("FIGURES").split(' ').nth(2).unwrap().parse().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// ---- the tests ------------------------------------------------------------------------------------------------------

#[test]
fn what_is_said_into_the_microphone_comes_out_of_the_loudspeaker() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let Some(said) = sentence() else { return skip("speech", SILENT) };
    let mut client = Client::start(&pulse.env(), "pulse");
    assert!(client.wait("DEVICE input open").contains("mic.monitor"));
    assert!(client.wait("DEVICE output open").contains("spk"));
    let recording = pulse.record("spk.monitor");
    a_sentence_goes_round(&pulse, recording, client, said);
}

#[cfg(feature = "audio-cpal")]
#[test]
fn alsa_speaks_and_hears_too() {
    let plugin = "/usr/lib/x86_64-linux-gnu/alsa-lib/libasound_module_pcm_pulse.so";
    if !std::path::Path::new(plugin).exists() {
        return skip("ALSA over PulseAudio", "libasound2-plugins is not installed");
    }
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let Some(said) = sentence() else { return skip("speech", SILENT) };
    let home = pulse.env().into_iter().find(|(k, _)| *k == "HOME").unwrap().1;
    std::fs::write(std::path::Path::new(&home).join(".asoundrc"), "pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        .unwrap();
    // The sink's latency settles before ALSA's plugin comes, which takes a change of it for an I/O error.
    let recording = pulse.record("spk.monitor");
    let mut client = Client::start(&pulse.env(), "alsa");
    assert!(client.wait("DEVICE input open").contains("default"));
    client.wait("DEVICE output open");
    a_sentence_goes_round(&pulse, recording, client, said);
}

fn sentence() -> Option<PathBuf> {
    speech::sentence("The minutes of the last meeting were read and approved without a change.", "en")
}

fn a_sentence_goes_round(pulse: &pulse::Pulse, recording: pulse::Recording, mut client: Client, said: PathBuf) {
    // Null sinks take two seconds to settle: begin when sound flows in both directions.
    recording.wait();
    let mut before = 0;
    while before == 0 || client.sent() < before + 45 {
        before = client.sent();
    }

    let mut player = pulse.play(&said, "mic");
    let said = speech::read(&said);
    client.wait("SPEAKING true");
    client.wait("SPEAKING false");
    assert!(client.told.iter().any(|t| t == "HEARING echo"), "{:?}", client.told);
    let _ = player.wait();
    client.wait("FIGURES");
    let heard = recording.stop();
    let alike = speech::heard(&said, &heard);
    println!("{} samples at {:.1} dBFS", heard.len(), speech::level(&heard));
    println!("a sentence through microphone, Opus, jitter buffer and loudspeaker: {alike:.3}; {}", client.told.last().unwrap());
    // A busy machine drops or repeats some 10 ms; half seconds that were hit count for less.
    assert!(alike > 0.7, "{alike} {:?}", client.told);
    let backwards: Vec<f32> = said.into_iter().rev().collect();
    let other = speech::heard(&backwards, &heard);
    assert!(other < 0.5 && other < alike, "{other} of another sound");
}

#[test]
fn a_sound_server_that_dies_is_told_and_used_again_when_it_is_back() {
    let Some(mut pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    let mut client = Client::start(&pulse.env(), "auto");
    client.wait("DEVICE output open");
    client.wait("FIGURES");
    pulse.kill();
    let lost = client.wait("DEVICE");
    assert!(lost.contains(" lost ") && lost.contains("are gone; the call goes on"), "{lost}");
    let other = client.wait("DEVICE");
    assert!(other.contains(" lost ") && other.trim_end().ends_with('|'), "one sentence for both: {other}");
    client.wait("FIGURES");
    client.wait("FIGURES");
    pulse.restart();
    let back = client.wait("DEVICE");
    assert!(back.contains(" open ") && back.contains("are back and used again"), "{back}");
    let other = client.wait("DEVICE");
    assert!(other.contains(" open ") && other.trim_end().ends_with('|'), "one sentence for both: {other}");
    let before = client.sent();
    let deadline = Instant::now() + LIMIT;
    while client.sent() < before + 50 {
        assert!(Instant::now() < deadline, "the microphone is not sent again: {:?}", client.told);
    }
}

#[test]
fn without_a_sound_server_the_call_is_silent_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("nothing.sock").display().to_string();
    let env =
        [("PULSE_SERVER", format!("unix:{nowhere}")), ("XDG_RUNTIME_DIR", nowhere.clone()), ("PULSE_RUNTIME_PATH", nowhere)];
    if conclave_has_card() {
        return skip("a machine without sound card", "ALSA answers here");
    }
    let mut client = Client::start(&env, "auto");
    let told = client.wait("DEVICE");
    assert!(told.contains("output none") && told.contains("you can read and write, but not hear"), "{told}");
    client.wait("FIGURES");
    let mut named = Client::start(&env, "pulse");
    let failed = named.wait("FAILED");
    assert!(failed.starts_with("FAILED 66") && failed.contains("no PulseAudio or PipeWire is running"), "{failed}");
}

fn conclave_has_card() -> bool {
    std::fs::read_dir("/dev/snd").is_ok_and(|d| d.flatten().any(|e| e.file_name().to_string_lossy().starts_with("pcm")))
}

#[test]
fn an_unknown_device_is_named_and_the_list_is_pointed_to() {
    let Some(pulse) = pulse::start() else { return skip("PulseAudio", MISSING) };
    for audio in ["pulse:nonsense", "pulse:,nonsense"] {
        let failed = Client::start(&pulse.env(), audio).wait("FAILED");
        assert!(failed.starts_with("FAILED 66"), "{failed}");
        assert!(failed.contains("\"nonsense\"") && failed.contains("conclave devices"), "{failed}");
    }
    let mut chosen = Client::start(&pulse.env(), "pulse:spk.monitor,mic");
    assert!(chosen.wait("DEVICE input open").contains("spk.monitor"));
    assert!(chosen.wait("DEVICE output open").contains("mic"));
}
