//! What a change of the group costs, by its size. One member (the founder) makes all commits, as in a real room, where the
//! lowest live leaf does: the tree has few filled inner nodes, which is the dearest case of MLS.

use super::{median, show};
use conclave_e2ee::member::{Expectation, Me, Member, Plan, Waiting};
use conclave_e2ee::public::{PublicChange, PublicState};
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, Device, Mode, RoomState};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const NOW: u64 = 1_800_000_000;
const ROOM: &str = "bench";
const SIZES: [usize; 4] = [2, 10, 50, 200];
const ROUNDS: usize = 9;

/// Prints the table.
pub(super) fn table() {
    let mut columns = Vec::new();
    for size in SIZES {
        match column(size) {
            Ok(column) => columns.push(column),
            Err(error) => return println!("the group of {size} failed: {error}"),
        }
    }
    println!("\n| a group of | {} |", SIZES.map(|size| size.to_string()).join(" | "));
    println!("|---|{}", "---:|".repeat(SIZES.len()));
    let names: Vec<_> = columns.first().map(|first| first.keys().copied().collect()).unwrap_or_default();
    for name in names {
        let cells: Vec<_> = columns.iter().map(|column| column.get(&name).cloned().unwrap_or_default()).collect();
        println!("| {} | {} |", name.1, cells.join(" | "));
    }
}

/// The rows of one size, in the order of their numbers.
type Column = BTreeMap<(u8, &'static str), String>;

#[derive(Default)]
struct Rows {
    times: BTreeMap<(u8, &'static str), Vec<Duration>>,
    bytes: Column,
}

impl Rows {
    fn time<T>(&mut self, number: u8, what: &'static str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let made = run();
        self.times.entry((number, what)).or_default().push(start.elapsed());
        made
    }

    fn bytes(&mut self, number: u8, what: &'static str, bytes: &[u8]) {
        self.bytes.insert((number, what), format!("{} B", bytes.len()));
    }
}

struct Room {
    founder: Member,
    watcher: Member,
    service: PublicState,
    expect: Expectation,
    secret: RoomSecret,
}

fn somebody() -> Result<Me> {
    let leaf = ed25519_dalek::SigningKey::from_bytes(&Device::generate()?.seed());
    Ok(Me { device: Arc::new(Device::generate()?), leaf, vouches: Vec::new() })
}

impl Room {
    /// A group of `size`, of whom two are at work here: the founder and the one who came last.
    fn of(size: usize) -> Result<Self> {
        let (ana, service) = (somebody()?, Device::generate()?.public().0);
        let secret = RoomSecret::generate()?;
        let mut state = RoomState::new(ROOM, ana.device.public());
        state.admission = Admission::Link;
        state.secret = Some(secret.proof_key());
        let expect = Expectation { room: ROOM.into(), service, mode: Some(Mode::Strict), before: None };
        let (mut founder, group_info, tree) = Member::found(&ana, state, service, NOW)?;
        founder.know_secret(&secret)?;
        let mut public = PublicState::from_group(&group_info, &tree, ROOM, &service, NOW)?;
        let mut add = Vec::new();
        for _ in 0..size.saturating_sub(2) {
            add.push(Waiting::knock(&somebody()?, ROOM, NOW)?.1);
        }
        let last = somebody()?;
        let (waiting, knock) = Waiting::knock(&last, ROOM, NOW)?;
        add.push(knock);
        let bundle = founder.commit(NOW, &Plan { add, ..Plan::default() })?;
        founder.process(NOW, &bundle.commit)?;
        take(&mut public, &bundle.commit, &bundle.group_info)?;
        let welcome = bundle.welcome.unwrap_or_default();
        let mut watcher = waiting.welcome(&last, NOW, &welcome, &public.tree_bytes()?, &expect).map_err(|(_, error)| error)?;
        watcher.know_secret(&secret)?;
        Ok(Self { founder, watcher, service: public, expect, secret })
    }

    fn remove(&mut self, leaf: u32) -> Result<Vec<u8>> {
        let bundle = self.founder.commit(NOW, &Plan { remove: vec![leaf], ..Plan::default() })?;
        take(&mut self.service, &bundle.commit, &bundle.group_info)?;
        Ok(bundle.commit)
    }
}

fn take(service: &mut PublicState, commit: &[u8], group_info: &[u8]) -> Result<()> {
    match service.process(NOW, commit)? {
        PublicChange::Commit(staged) => service.accept(*staged, group_info)?,
        PublicChange::Proposal(_) => return Err("a proposal".into()),
    };
    Ok(())
}

fn column(size: usize) -> Result<Column> {
    let mut room = Room::of(size)?;
    let mut rows = Rows::default();
    for _ in 0..ROUNDS {
        // Somebody knocks, is let in, and is removed.
        let me = somebody()?;
        let (waiting, knock) = rows.time(1, "join by knock: KeyPackage made", || Waiting::knock(&me, ROOM, NOW))?;
        let plan = Plan { add: vec![knock.clone()], ..Plan::default() };
        let bundle = rows.time(2, "commit made by who lets in", || room.founder.commit(NOW, &plan))?;
        rows.time(3, "taken by the service", || take(&mut room.service, &bundle.commit, &bundle.group_info))?;
        rows.time(4, "processed by a member", || room.watcher.process(NOW, &bundle.commit))?;
        room.founder.process(NOW, &bundle.commit)?;
        let (welcome, tree) = (bundle.welcome.unwrap_or_default(), room.service.tree_bytes()?);
        let joined =
            rows.time(5, "Welcome processed by the newcomer", || waiting.welcome(&me, NOW, &welcome, &tree, &room.expect));
        let leaf = joined.map_err(|(_, error)| error)?.leaf();
        rows.bytes(6, "KeyPackage", &knock);
        rows.bytes(7, "commit", &bundle.commit);
        rows.bytes(8, "Welcome", &welcome);
        rows.bytes(9, "ratchet tree", &tree);
        rows.bytes(10, "GroupInfo", &bundle.group_info);

        let plan = Plan { remove: vec![leaf], ..Plan::default() };
        let bundle = rows.time(11, "remove: commit made", || room.founder.commit(NOW, &plan))?;
        take(&mut room.service, &bundle.commit, &bundle.group_info)?;
        rows.time(12, "remove: processed by a member", || room.watcher.process(NOW, &bundle.commit))?;
        let keys = rows.time(13, "new media key drawn from the group", || room.watcher.media_keys())?;
        drop(keys);
        room.founder.process(NOW, &bundle.commit)?;
        rows.bytes(14, "remove: commit", &bundle.commit);

        let bundle = rows.time(15, "new keys only: commit made", || room.founder.commit(NOW, &Plan::default()))?;
        take(&mut room.service, &bundle.commit, &bundle.group_info)?;
        rows.time(16, "new keys only: processed by a member", || room.watcher.process(NOW, &bundle.commit))?;
        room.founder.process(NOW, &bundle.commit)?;
        rows.bytes(17, "new keys only: commit", &bundle.commit);

        // Somebody comes by link, and is removed.
        let (me, group_info, tree) = (somebody()?, room.founder.group_info()?, room.service.tree_bytes()?);
        let join = || Member::link(&me, NOW, &group_info, &tree, &room.secret, &room.expect);
        let (joined, bundle) = rows.time(18, "join by link: commit made by the newcomer", join)?;
        take(&mut room.service, &bundle.commit, &bundle.group_info)?;
        rows.time(19, "join by link: processed by a member", || room.watcher.process(NOW, &bundle.commit))?;
        room.founder.process(NOW, &bundle.commit)?;
        rows.bytes(20, "join by link: commit", &bundle.commit);
        let commit = room.remove(joined.leaf())?;
        room.founder.process(NOW, &commit)?;
        room.watcher.process(NOW, &commit)?;
    }
    let mut column = rows.bytes;
    column.extend(rows.times.into_iter().map(|(row, times)| (row, show(median(times)))));
    Ok(column)
}
