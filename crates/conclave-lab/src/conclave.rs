//! Our own binary as separate processes: a server, and clients that speak JSON.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives it up.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running `conclave serve`.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// What it said when it began to listen.
    pub hello: Value,
    /// Its data directory.
    pub data: tempfile::TempDir,
    log: Option<tempfile::NamedTempFile>,
}

impl Server {
    /// Starts `conclave serve --dev` on a free port of the loopback interface.
    pub fn dev(binary: &str) -> Self {
        Self::start(binary, &["--dev"])
    }

    /// Starts `conclave serve` on a free port of the loopback interface with more options, and an empty data directory.
    pub fn start(binary: &str, options: &[&str]) -> Self {
        Self::start_at(binary, options, "127.0.0.1:0", tempfile::tempdir().unwrap())
    }

    /// [`Server::start`] by a prepared command (in a namespace, say) at an address.
    pub fn start_by(command: Command, options: &[&str], listen: &str) -> Self {
        Self::start_by_at(command, options, listen, tempfile::tempdir().unwrap())
    }

    /// [`Server::start_by`] with a data directory that may hold something.
    pub fn start_by_at(command: Command, options: &[&str], listen: &str, data: tempfile::TempDir) -> Self {
        Self::spawn(command, options, listen, data)
    }

    /// [`Server::start`] with all there is to log, in [`Server::log`].
    pub fn logging(binary: &str, options: &[&str]) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(binary);
        command.env("CONCLAVE_LOG", "trace").stderr(log.reopen().unwrap());
        let mut server = Self::spawn(command, options, "127.0.0.1:0", tempfile::tempdir().unwrap());
        server.log = Some(log);
        server
    }

    /// Starts `conclave serve` at an address with a data directory that may hold something.
    pub fn start_at(binary: &str, options: &[&str], listen: &str, data: tempfile::TempDir) -> Self {
        Self::spawn(Command::new(binary), options, listen, data)
    }

    fn spawn(mut command: Command, options: &[&str], listen: &str, data: tempfile::TempDir) -> Self {
        let mut child = command
            .args(["serve", "--json", "--listen", listen, "--data"])
            .arg(data.path())
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = lines_of(child.stdout.take().unwrap());
        let hello = lines.recv_timeout(PATIENCE).expect("the server says where it listens");
        // Keep reading, so that the server never blocks on a full pipe.
        std::thread::spawn(move || lines.iter().for_each(drop));
        Self { child, hello, data, log: None }
    }

    /// `http://127.0.0.1:PORT` or `https://…`.
    pub fn url(&self) -> String {
        self.hello["url"].as_str().expect("url").trim_end_matches('/').to_owned()
    }

    /// A room's link, with the fingerprint if the server has one.
    pub fn room(&self, name: &str) -> String {
        let fragment = self.hello["fingerprint"].as_str().map(|f| format!("#fp={f}")).unwrap_or_default();
        format!("{}/{name}{fragment}", self.url())
    }

    /// `host:port` of HTTP.
    pub fn authority(&self) -> String {
        self.url().split("://").nth(1).unwrap().to_owned()
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far; for [`Server::logging`].
    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.log.as_ref().expect("the server logs")).unwrap()
    }

    /// Ends it at once, as a power cut would; the data directory remains.
    pub fn kill(mut self) -> tempfile::TempDir {
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::mem::replace(&mut self.data, tempfile::tempdir().unwrap())
    }

    /// Sends SIGTERM and waits.
    pub fn terminate(&mut self) -> ExitStatus {
        terminate(&mut self.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn terminate(child: &mut Child) -> ExitStatus {
    let _ = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
    wait(child, PATIENCE)
}

fn wait(child: &mut Child, patience: Duration) -> ExitStatus {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "the process does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn lines_of(from: impl Read + Send + 'static) -> Receiver<Value> {
    let (tx, rx) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("not JSON ({e}): {line}"));
            if tx.send(value).is_err() {
                break;
            }
        }
    });
    rx
}

/// A running `conclave join --json`.
#[derive(Debug)]
pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    stderr: std::thread::JoinHandle<String>,
    /// Every event so far.
    pub events: Vec<Value>,
}

impl Client {
    /// Joins a room.
    pub fn join(binary: &str, link: &str, name: &str, options: &[&str]) -> Self {
        let mut command = Command::new(binary);
        command.args(["join", link, "--json", "--name", name]).args(options);
        Self::spawn(command)
    }

    /// Runs a prepared command that prints JSON events.
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the client starts");
        let lines = lines_of(child.stdout.take().unwrap());
        let mut err = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut s = String::new();
            let _ = err.read_to_string(&mut s);
            s
        });
        Self { stdin: child.stdin.take(), child, lines, stderr, events: vec![] }
    }

    /// Sends one line on standard input.
    pub fn send(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().expect("standard input is open"), "{line}").expect("the client reads");
    }

    /// Closes standard input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the first event, from now on or among those already seen, of which `wanted` is true.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(v) = self.events.iter().find(|v| wanted(v)) {
            return v.clone();
        }
        self.wait_for_next(what, wanted)
    }

    /// Waits for the next event of which `wanted` is true; earlier ones do not count.
    pub fn wait_for_next(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(v) => {
                    self.take(v.clone());
                    if wanted(&v) {
                        return v;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what} within {PATIENCE:?}; seen: {:#?}", self.events),
                Err(RecvTimeoutError::Disconnected) => {
                    let (status, stderr) = (wait(&mut self.child, PATIENCE), self.stderr());
                    panic!("the client ended ({status}) without {what}; seen: {:#?}\n{stderr}", self.events)
                }
            }
        }
    }

    /// Every line of a call is what the schema says, whatever a test is about. (`echo` and `load` write lines of their own.)
    fn take(&mut self, line: Value) {
        if line.get("v").is_some() {
            crate::schema::assert_event(&line);
        }
        self.events.push(line);
    }

    /// Waits for an event by its name.
    pub fn event(&mut self, name: &str) -> Value {
        self.wait_for(name, |v| v["event"] == name)
    }

    /// The newest event of a name that has come so far, or null.
    pub fn newest(&mut self, name: &str) -> Value {
        while let Ok(v) = self.lines.try_recv() {
            self.take(v);
        }
        self.events.iter().rev().find(|v| v["event"] == name).cloned().unwrap_or_default()
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub fn terminate(&mut self) {
        let _ = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
    }

    /// Waits for the end: exit code, all events, standard error.
    pub fn finish(self) -> (i32, Vec<Value>, String) {
        self.finish_within(PATIENCE)
    }

    /// [`Client::finish`] with more patience.
    pub fn finish_within(mut self, patience: Duration) -> (i32, Vec<Value>, String) {
        let status = wait(&mut self.child, patience);
        while let Ok(v) = self.lines.recv_timeout(Duration::from_secs(5)) {
            self.take(v);
        }
        let stderr = self.stderr();
        (status.code().unwrap_or(-1), std::mem::take(&mut self.events), stderr)
    }

    /// What a client that has ended wrote to standard error.
    fn stderr(&mut self) -> String {
        std::mem::replace(&mut self.stderr, std::thread::spawn(String::new)).join().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of ours to its end: exit code, standard output, standard error. `input` goes to standard input.
pub fn run(binary: &str, args: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(binary)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let err = std::thread::spawn(move || {
        let mut s = String::new();
        let _ = err.read_to_string(&mut s);
        s
    });
    let out = std::thread::spawn(move || {
        let mut s = String::new();
        let _ = out.read_to_string(&mut s);
        s
    });
    let status = wait(&mut child, PATIENCE);
    (status.code().unwrap_or(-1), out.join().unwrap(), err.join().unwrap())
}

/// A path as text.
pub fn text(p: &Path) -> &str {
    p.to_str().expect("test paths are UTF-8")
}
