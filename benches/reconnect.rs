//! How soon a call is back: real processes, in two network namespaces with a wire between them (needs root, or user
//! namespaces). Times count from the return of what was away until the client says *reconnected*, and until the other one
//! hears it again; medians, and the longest. Run with `make bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::network::{Conditions, Loss};
use conclave_lab::speech;
use conclave_lab::wire::{LEFT, RIGHT, Wire};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const RUNS: usize = 3;
/// A loss that follows a return sooner than this is taken for a server that welcomes and drops, and is not hurried about.
const CALM: Duration = Duration::from_secs(11);

/// One time of being away, by its number: see [`Call::until_back`].
type One = Box<dyn FnMut(&mut Call, usize) -> [f64; 2]>;

struct Call {
    wire: Wire,
    server: Option<Server>,
    ana: Client,
    ben: Client,
    me: Value,
}

impl Call {
    fn begin(tone: &Path) -> Self {
        let wire = Wire::start().unwrap_or_else(|why| panic!("no wire between network namespaces: {why}"));
        let server = Server::start_by(wire.right.command(BIN), &[], &format!("{RIGHT}:7443"));
        let (code, _, err) = run(BIN, &["rooms", "create", "board", "--data", text(server.data.path())], "");
        assert_eq!(code, 0, "{err}");
        let join = |mut command: Command, name: &str, audio: &str| {
            command.args(["join", &server.room("board"), "--json", "--name", name, "--audio", audio, "--admission", "admit"]);
            command.args(["--identity", "ephemeral"]);
            Client::spawn(command)
        };
        let mut ana = join(wire.left.command(BIN), "Ana", &format!("file:{},", text(tone)));
        let me = ana.event("joined")["me"].clone();
        ana.event("let_in");
        let mut ben = join(wire.right.command(BIN), "Ben", "null");
        let knock = ana.event("knock");
        ana.send(&serde_json::json!({"cmd": "admit", "peer": knock["id"]}).to_string());
        ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == me);
        Self { wire, server: Some(server), ana, ben, me }
    }

    /// Milliseconds from now until Ana is back, and until Ben hears her.
    fn until_back(&mut self, returned: Instant) -> [f64; 2] {
        self.ana.wait_for_next("reconnected", |e| e["event"] == "reconnected");
        let back = returned.elapsed();
        let me = self.me.clone();
        self.ben.wait_for_next("sound of Ana", |e| e["event"] == "speaking" && e["id"] == me && e["on"] == true);
        [back, returned.elapsed()].map(|d| d.as_secs_f64() * 1000.0)
    }

    fn away(&mut self, seconds: u64) -> [f64; 2] {
        let nothing = Conditions { loss: Loss::random(1.0), ..Conditions::default() };
        self.wire.impair(&[nothing.into()], 1);
        std::thread::sleep(Duration::from_secs(seconds));
        self.wire.clear();
        self.until_back(Instant::now())
    }

    fn killed(&mut self) -> [f64; 2] {
        let data = self.server.take().unwrap().kill();
        self.ana.wait_for_next("reconnecting", |e| e["event"] == "reconnecting");
        std::thread::sleep(Duration::from_secs(3));
        self.server = Some(Server::start_by_at(self.wire.right.command(BIN), &[], &format!("{RIGHT}:7443"), data));
        self.until_back(Instant::now())
    }

    fn elsewhere(&mut self, n: usize) -> [f64; 2] {
        let address = |n: usize| if n == 0 { LEFT.to_string() } else { format!("10.71.0.{}", n + 2) };
        let ip = |arguments: String| self.wire.left.ip(&arguments).unwrap();
        ip(format!("addr del {} peer {RIGHT} dev eth0", address(n)));
        ip(format!("addr add {} peer {RIGHT} dev eth0", address(n + 1)));
        ip("route replace default dev eth0".into());
        self.until_back(Instant::now())
    }
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(600.0));
    println!("{:28} {:>16} {:>16}", "away", "reconnected ms", "heard again ms");
    let mut call = Call::begin(&tone);
    let mut row = |name: &str, mut one: One| {
        let mut again = |n| {
            std::thread::sleep(CALM);
            one(&mut call, n)
        };
        let times: Vec<[f64; 2]> = (0..RUNS).map(&mut again).collect();
        let median = |at: usize| {
            let mut column: Vec<f64> = times.iter().map(|t| t[at]).collect();
            column.sort_by(f64::total_cmp);
            format!("{:.0} ({:.0})", column[RUNS / 2], column[RUNS - 1])
        };
        println!("{name:28} {:>16} {:>16}", median(0), median(1));
    };
    row("server killed, 3 s", Box::new(|call, _| call.killed()));
    row("another network", Box::new(Call::elsewhere));
    for seconds in [20, 40] {
        row(&format!("network away, {seconds} s"), Box::new(move |call, _| call.away(seconds)));
    }
}
