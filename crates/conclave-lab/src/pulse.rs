//! A private PulseAudio with null sinks: play into sink `mic` to speak, record `spk.monitor` to listen.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const READY: Duration = Duration::from_secs(20);

/// Two null sinks: `mic` to speak into, `spk` to listen at.
const DEVICES: &str = "load-module module-null-sink sink_name=mic rate=48000 channels=2\n\
     load-module module-null-sink sink_name=spk rate=48000 channels=2\n\
     set-default-sink spk\nset-default-source mic.monitor\n";

/// A running server in a directory of its own; killed when dropped.
pub struct Pulse {
    dir: tempfile::TempDir,
    devices: String,
    server: Option<Child>,
}

/// Starts one; `None` if PulseAudio and its utilities are not installed.
pub fn start() -> Option<Pulse> {
    start_with(DEVICES)
}

/// [`start`] with devices of one's own, in PulseAudio's script language.
pub fn start_with(devices: &str) -> Option<Pulse> {
    if !["pulseaudio", "pactl", "paplay", "parec"].iter().all(|p| crate::has(p)) {
        return None;
    }
    let mut pulse = Pulse { dir: tempfile::tempdir().expect("a directory"), devices: devices.into(), server: None };
    for sub in ["run", "home"] {
        std::fs::create_dir(pulse.dir.path().join(sub)).expect("a directory");
    }
    use std::os::unix::fs::PermissionsExt;
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(pulse.dir.path().join("run"), private).expect("our own directory");
    pulse.restart();
    Some(pulse)
}

impl Pulse {
    fn socket(&self) -> PathBuf {
        self.dir.path().join("run/pulse.sock")
    }

    /// What clients need in their environment.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PULSE_SERVER", format!("unix:{}", self.socket().display())),
            ("XDG_RUNTIME_DIR", self.dir.path().join("run").display().to_string()),
            ("HOME", self.dir.path().join("home").display().to_string()),
        ]
    }

    /// Starts the server (again) and waits until it answers.
    pub fn restart(&mut self) {
        self.kill();
        let config = self.dir.path().join("pa.pa");
        let socket = format!("load-module module-native-protocol-unix auth-anonymous=1 socket={}\n", self.socket().display());
        std::fs::write(&config, socket + &self.devices).expect("a file");
        // What today's desktops run at; the compiled-in 44 100 Hz would cost programs that ask for it a conversion.
        let daemon = self.dir.path().join("daemon.conf");
        std::fs::write(&daemon, "default-sample-rate = 48000\n").expect("a file");
        let log = File::create(self.dir.path().join("pa.log")).expect("a file");
        let server = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no", "-F"])
            .arg(&config)
            .envs(self.env())
            .env("PULSE_CONFIG", &daemon)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("pulseaudio starts");
        self.server = Some(server);
        let deadline = Instant::now() + READY;
        while !self.command("pactl").arg("info").output().is_ok_and(|o| o.status.success()) {
            assert!(Instant::now() < deadline, "pulseaudio does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the server printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("pa.log")).unwrap_or_default()
    }

    /// Kills the server, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = std::fs::remove_file(self.socket());
    }

    /// A program with this server in its environment.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Plugs in another loudspeaker: the module to [`Pulse::unplug`].
    pub fn plug(&self, sink: &str) -> String {
        let name = format!("sink_name={sink}");
        let out = self.command("pactl").args(["load-module", "module-null-sink", &name, "rate=48000", "channels=2"]).output();
        let out = out.expect("pactl runs");
        assert!(out.status.success(), "the sink {sink} cannot be made: {}", self.log());
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Pulls it out. Never by name: that would unload all of a kind.
    pub fn unplug(&self, module: &str) {
        assert!(self.command("pactl").args(["unload-module", module]).status().is_ok_and(|s| s.success()));
    }

    /// Plays a WAV file into a sink.
    pub fn play(&self, wav: &Path, sink: &str) -> Child {
        self.command("paplay").arg(format!("--device={sink}")).arg(wav).spawn().expect("paplay starts")
    }

    /// Records a source, as 48 kHz mono, until told to stop.
    pub fn record(&self, source: &str) -> Recording {
        self.record_channels(source, 1, 20)
    }

    /// Records a source, as 48 kHz with its samples interleaved, until told to stop. The latency is what the server is asked
    /// for: a long one leaves the device to the pace of others.
    pub fn record_channels(&self, source: &str, channels: u8, latency_ms: u32) -> Recording {
        let mut child = self
            .command("parec")
            .args([format!("--device={source}"), format!("--channels={channels}"), format!("--latency-msec={latency_ms}")])
            .args(["--rate=48000", "--format=s16le"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec starts");
        let mut pipe = child.stdout.take().expect("a pipe");
        let (started, first) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut bytes = vec![0; 2];
            if pipe.read_exact(&mut bytes).is_ok() {
                let _ = started.send(());
                let _ = pipe.read_to_end(&mut bytes);
            }
            bytes
        });
        Recording { child, reader, first }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A recording in the making.
pub struct Recording {
    child: Child,
    reader: std::thread::JoinHandle<Vec<u8>>,
    first: mpsc::Receiver<()>,
}

impl Recording {
    /// Waits until the first sound (or silence) has come.
    pub fn wait(&self) {
        self.first.recv_timeout(READY).expect("parec records");
    }

    /// Ends it and gives the sound.
    pub fn stop(mut self) -> Vec<f32> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let bytes = self.reader.join().expect("the reader");
        bytes.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0).collect()
    }
}
