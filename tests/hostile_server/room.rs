//! A room behind a hostile server, and who is in it.

use conclave_e2ee::{Device, MemberId};
use conclave_lab::conclave::{Client, Server};
use conclave_lab::ghost::Ghost;
use conclave_lab::hostile::{Direction, Hostile};
use conclave_lab::puppet::{Puppet, bytes, text};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Command;

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// Its name.
pub(crate) const ROOM: &str = "r";

/// Seconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) struct Room {
    pub(crate) hostile: Hostile,
    pub(crate) server: Server,
}

/// The group as the server has it.
pub(crate) struct Group {
    pub(crate) at: (u64, u64),
    pub(crate) info: Vec<u8>,
    pub(crate) tree: Vec<u8>,
    /// The delivery service's public key.
    pub(crate) service: [u8; 32],
}

impl Room {
    pub(crate) fn open() -> Self {
        let server = Server::dev(BIN);
        Self { hostile: Hostile::watching(&server.authority()), server }
    }

    /// Joins and is let in.
    pub(crate) fn join(&self, name: &str) -> Person {
        self.join_with(name, &["--audio", "null"], &[])
    }

    /// Joins with more options, and with secrets that are given as options with file descriptors; is let in.
    pub(crate) fn join_with(&self, name: &str, options: &[&str], secrets: &[(&str, &str)]) -> Person {
        let mut person = self.ask(name, options, secrets);
        person.client.event("let_in");
        person
    }

    /// Joins, and is let in or not.
    pub(crate) fn ask(&self, name: &str, options: &[&str], secrets: &[(&str, &str)]) -> Person {
        let client = client(&self.hostile.room(ROOM), name, options, secrets);
        let mut person = Person { client, id: String::new(), connection: 0 };
        person.id = person.client.event("joined")["me"].as_str().unwrap().to_owned();
        person.connection = self.hostile.connection_of(&person.id);
        person
    }

    /// Several, who know each other by name.
    pub(crate) fn people<const N: usize>(&self, names: [&str; N]) -> [Person; N] {
        self.people_with(names, &["--audio", "null"], &[])
    }

    /// The same with more options.
    pub(crate) fn people_with<const N: usize>(
        &self,
        names: [&str; N],
        options: &[&str],
        secrets: &[(&str, &str)],
    ) -> [Person; N] {
        let mut people = names.map(|name| self.join_with(name, options, secrets));
        acquainted(&mut people, &names);
        people
    }

    pub(crate) fn tell(&self, whom: &Person, message: Value) {
        self.hostile.say(whom.connection, Direction::ToClient, message);
    }

    /// Says something about the group that the delivery service never said.
    pub(crate) fn tell_group(&self, whom: &Person, message: Value) {
        self.tell(whom, json!({"type": "group", "event": 0, "message": message}));
    }

    /// Gives a commit out as accepted.
    pub(crate) fn tell_commit(&self, whom: &Person, at: (u64, u64), commit: &[u8], by: &str) {
        let message = json!({"mls": "commit", "generation": at.0, "epoch": at.1, "commit": text(commit), "by": by});
        self.tell_group(whom, message);
    }

    /// What the server has of the group.
    pub(crate) fn group(&self) -> Group {
        let spy = Ghost::new(&Device::generate().unwrap(), ROOM, now());
        let mut puppet = Puppet::hello(&self.server.authority(), ROOM, &spy.leaf_key());
        let group = puppet.wait_for_group("group");
        let number = |field: &str| group[field].as_u64().unwrap();
        let service = puppet.seen.iter().find(|m| m["type"] == "welcome").unwrap()["policy"]["service"].clone();
        let group = Group {
            at: (number("generation"), number("epoch")),
            info: bytes(&group["group_info"]),
            tree: bytes(&group["tree"]),
            service: bytes(&service).try_into().unwrap(),
        };
        puppet.say(&json!({"type": "leave"}));
        group
    }

    /// A member without a gate, whom this room lets in like anybody, and its control session.
    pub(crate) fn accomplice(&self, device: &Device) -> (Ghost, Puppet) {
        let mut ghost = Ghost::new(device, ROOM, now());
        let mut puppet = Puppet::hello(&self.server.authority(), ROOM, &ghost.leaf_key());
        puppet.wait_for_group("group");
        puppet.group(json!({"mls": "knock", "key_package": text(&ghost.key_package())}));
        let welcome = puppet.wait_for_group("welcome");
        ghost.welcomed(&bytes(&welcome["welcome"]), &bytes(&welcome["tree"]));
        (ghost, puppet)
    }
}

/// A client with secrets on file descriptors.
fn client(link: &str, name: &str, options: &[&str], secrets: &[(&str, &str)]) -> Client {
    if secrets.is_empty() {
        return Client::join(BIN, link, name, options);
    }
    let mut command = Command::new("bash");
    let descriptors: Vec<String> = (0..secrets.len()).map(|n| (n + 3).to_string()).collect();
    let opened: String = descriptors.iter().map(|fd| format!(" {fd}<\"$SECRET_{fd}\"")).collect();
    command.args(["-c", &format!("exec \"$0\" \"$@\"{opened}"), BIN, "join", link, "--json", "--name", name]).args(options);
    // They are read when the shell opens them; kept until the client runs.
    let mut files = Vec::new();
    for ((option, secret), fd) in secrets.iter().zip(&descriptors) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{secret}").unwrap();
        command.args([option, fd.as_str()]).env(format!("SECRET_{fd}"), file.path());
        files.push(file);
    }
    let mut client = Client::spawn(command);
    client.event("connecting");
    client
}

pub(crate) struct Person {
    pub(crate) client: Client,
    pub(crate) id: MemberId,
    pub(crate) connection: usize,
}

/// Everybody knows the others by name.
pub(crate) fn acquainted(people: &mut [Person], names: &[&str]) {
    for person in people {
        let own = person.name();
        names.iter().filter(|name| **name != own).for_each(|name| person.knows(name));
    }
}

impl Person {
    pub(crate) fn name(&self) -> String {
        let joined = self.client.events.iter().find(|e| e["event"] == "joined").unwrap();
        joined["name"].as_str().unwrap().to_owned()
    }

    pub(crate) fn knows(&mut self, name: &str) {
        let named = |e: &Value| (e["event"] == "peer_joined" || e["event"] == "peer_updated") && e["peer"]["name"] == name;
        self.client.wait_for(name, named);
    }

    pub(crate) fn command(&mut self, command: Value) {
        self.client.send(&command.to_string());
    }

    pub(crate) fn says(&mut self, text: &str) {
        self.command(json!({"cmd": "say", "text": text}));
    }

    /// Waits for a chat line; who said it.
    pub(crate) fn reads(&mut self, text: &str) -> String {
        let chat = self.client.wait_for(text, |e| e["event"] == "chat" && e["text"] == text);
        chat["name"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn warned(&mut self, code: &str) -> Value {
        self.client.wait_for(code, |e| e["event"] == "warning" && e["code"].as_str().is_some_and(|c| c.starts_with(code)))
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Value) -> bool) -> usize {
        self.client.events.iter().filter(|e| wanted(e)).count()
    }

    /// How often the group changed, as this client saw it.
    pub(crate) fn epochs(&self) -> usize {
        self.count(|e| e["event"] == "epoch")
    }

    /// Whether this client ever showed somebody.
    pub(crate) fn showed(&self, id: &str) -> bool {
        self.count(|e| e["peer"]["id"] == *id) > 0
    }

    /// Waits for a change of the group that names somebody in `field` (`added`, `removed`).
    pub(crate) fn sees(&mut self, field: &str, id: &str) -> Value {
        let named = |e: &Value| e["event"] == "epoch" && e[field].to_string().contains(id);
        self.client.wait_for(field, named)
    }

    /// The safety code of now, as this person opens it.
    pub(crate) fn safety(&mut self) -> Value {
        self.command(json!({"cmd": "safety"}));
        let id = self.id.clone();
        self.client.wait_for_next("the code", |e| e["event"] == "safety" && e["by"] == *id)
    }
}

/// Everybody writes, and everybody else reads it.
pub(crate) fn talk(people: &mut [Person], words: &str) {
    for speaker in 0..people.len() {
        let name = people[speaker].name();
        let text = format!("{words}, says {name}");
        people[speaker].says(&text);
        for listener in (0..people.len()).filter(|n| *n != speaker) {
            assert_eq!(people[listener].reads(&text), name);
        }
    }
}
