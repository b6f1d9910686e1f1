//! An office behind a firewall, and a meeting outside of it: real processes in two network namespaces.

use crate::conclave::{Client, Server, run, text};
use crate::proxy::{PASSWORD, Proxy, USER};
use crate::speech;
use crate::wire::{RIGHT, Wire};
use serde_json::Value;
use std::process::Command;

/// An office on the left, the server and Ben, who listens, on the right.
pub struct Office {
    binary: &'static str,
    /// What is between them.
    pub wire: Wire,
    /// The server.
    pub server: Server,
    /// Who listens, and reports figures four times a second.
    pub ben: Client,
    tone: String,
    dir: tempfile::TempDir,
}

impl Office {
    /// Opens it. `Err`: why there cannot be one here.
    pub fn open(binary: &'static str) -> Result<Self, String> {
        let wire = Wire::start()?;
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        let tone = dir.path().join("tone.wav");
        speech::write(&tone, &speech::chirp(120.0));
        let server = Server::start_by(wire.right.command(binary), &[], &format!("{RIGHT}:0"));
        let create = ["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())];
        let (code, _, err) = run(binary, &create, "");
        assert_eq!(code, 0, "{err}");
        let mut command = wire.right.command(binary);
        command.args(["join", &server.room("board"), "--json", "--name", "Ben", "--audio", "null", "--stats", "250ms"]);
        command.args(["--mode", "open", "--allow-plain"]);
        let mut ben = Client::spawn(command);
        ben.event("joined");
        let tone = text(&tone).to_owned();
        Ok(Self { binary, wire, server, ben, tone, dir })
    }

    fn ana(&self, mut command: Command, more: &[&str]) -> Client {
        command.args(["join", &self.server.room("board"), "--json", "--name", "Ana", "--mode", "open", "--allow-plain"]);
        command.args(["--audio", &format!("file:{},", self.tone)]).args(more);
        Client::spawn(command)
    }

    /// Ana in the office, who speaks for two minutes.
    pub fn join(&self, more: &[&str]) -> Client {
        self.ana(self.wire.left.command(self.binary), more)
    }

    /// The same by a proxy alone. The password is on file descriptor 9.
    pub fn join_by(&self, proxy: &Proxy, more: &[&str]) -> Client {
        let password = self.dir.path().join("password");
        std::fs::write(&password, format!("{PASSWORD}\n")).expect("a file can be written");
        let mut command = self.wire.left.command("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 9<\"$PASSWORD_FILE\"", self.binary]).env("PASSWORD_FILE", password);
        let address = format!("http://{USER}@{}", proxy.authority);
        let by = ["--proxy", &address, "--proxy-password-fd", "9", "--no-proxy", ""];
        self.ana(command, &[&by, more].concat())
    }

    /// Until two more seconds of sound have come to Ben.
    pub fn hears(&mut self) {
        let came = |e: &Value| e["packets_received"].as_u64();
        let before = self.ben.events.iter().rev().find_map(came).unwrap_or_default();
        self.ben.wait_for_next("sound", |e| came(e).is_some_and(|now| now >= before + 100));
    }
}
