use super::super::{Input as ControlInput, Welcome};
use super::*;
use crate::backend::livekit::media::MediaEvent;
use crate::protocol::control::ServerMessage;
use conclave_e2ee::public::{PublicChange, PublicState};
use conclave_e2ee::wire::{Blob, ToService};
use conclave_e2ee::{Admission, IssuerKey, IssuerSigner, member_id};
use ed25519_dalek::SigningKey;
use std::collections::VecDeque;
use zeroize::Zeroizing;

const UNIX: u64 = 1_800_000_000;
const SERVICE: [u8; 32] = [9; 32];

/// Control sessions, a group's service and relays between them, all in one epoch of time.
struct Stage {
    now: Instant,
    group: Option<(PublicState, Vec<u8>)>,
    sessions: Vec<Session>,
    ids: Vec<MemberId>,
    events: Vec<Vec<BackendEvent>>,
    keys: Vec<Option<(u64, u64)>>,
    numbers: Vec<u64>,
    up: VecDeque<(usize, ClientMessage)>,
    bodies: Vec<String>,
    renew: Vec<String>,
}

fn service_key() -> [u8; 32] {
    SigningKey::from_bytes(&SERVICE).verifying_key().to_bytes()
}

impl Stage {
    fn new() -> Self {
        Self {
            now: Instant::now(),
            group: None,
            sessions: Vec::new(),
            ids: Vec::new(),
            events: Vec::new(),
            keys: Vec::new(),
            numbers: Vec::new(),
            up: VecDeque::new(),
            bodies: Vec::new(),
            renew: Vec::new(),
        }
    }

    fn join(&mut self, name: &str, admission: Admission, require_vouched: bool) -> usize {
        self.join_with(name, admission, require_vouched, Arc::new(Keys::ephemeral().unwrap()), None)
    }

    fn join_with(
        &mut self,
        name: &str,
        admission: Admission,
        require_vouched: bool,
        keys: Arc<Keys>,
        accounts: Option<IssuerKey>,
    ) -> usize {
        let n = self.sessions.len();
        let leaf = SigningKey::from_bytes(&[n as u8 + 1; 32]);
        let id = member_id(leaf.verifying_key().as_bytes());
        let start = e2ee::Start {
            me: conclave_e2ee::member::Me { device: keys.device.clone(), leaf, vouches: keys.vouches.clone() },
            room: "r".into(),
            mode: Mode::Strict,
            admission,
            issuers: Vec::new(),
            accounts,
            list: vec!["*".into()],
            no_recording: false,
            receipt: false,
            secret: None,
            introduction: MemberMessage::Profile { name: name.into(), muted: true, hand: None, recording: false }.encode(),
            service: service_key(),
            before: None,
            revoked: BTreeSet::new(),
        };
        let members = self.ids.iter().map(|id| Member { id: id.clone(), livekit: None, role: None }).collect();
        let leaf = start.me.leaf.clone();
        let ticket = super::super::Ticket { leaf, mode: Mode::Strict, ..super::super::tests::ticket() };
        let welcome =
            Welcome { session: "s".into(), secret: Zeroizing::new("x".into()), members, event: 1, seat: Default::default() };
        let begin = Begin { start, keys, require_vouched, unix: UNIX };
        self.sessions.push(Session::new(self.now, super::super::Entry { ticket, welcome }, name.into(), true, Some(begin)));
        self.events.push(Vec::new());
        self.keys.push(None);
        self.numbers.push(1);
        for other in 0..n {
            let member = Member { id: id.clone(), livekit: None, role: None };
            self.tell(other, |event| ServerMessage::MemberJoined { event, member });
        }
        self.ids.push(id);
        let stands = match &self.group {
            None => FromService::Vacant { generation: 1, reason: None, offender: None },
            Some((group, info)) => FromService::Group {
                generation: 1,
                epoch: group.epoch(),
                group_info: Blob(info.clone()),
                tree: Blob(group.tree_bytes().unwrap()),
            },
        };
        self.group_says(n, stands);
        self.run();
        n
    }

    fn tell(&mut self, n: usize, message: impl FnOnce(u64) -> ServerMessage) {
        self.numbers[n] += 1;
        let message = message(self.numbers[n]);
        self.input(n, ControlInput::Message(0, message));
    }

    fn group_says(&mut self, n: usize, message: FromService) {
        self.tell(n, |event| ServerMessage::Group { event, message });
    }

    fn all(&mut self, message: &FromService) {
        (0..self.sessions.len()).for_each(|n| self.group_says(n, message.clone()));
    }

    fn input(&mut self, n: usize, input: ControlInput) {
        self.sessions[n].handle(self.now, input);
        while let Some(output) = self.sessions[n].poll() {
            match output {
                Output::Send(message) => self.up.push_back((n, message)),
                Output::Event(event) => self.events[n].push(event),
                Output::Keys(keys) => self.keys[n] = keys.epoch(),
                Output::Renew { subject } => self.renew.push(subject),
                _ => {}
            }
        }
    }

    fn command(&mut self, n: usize, command: BackendCommand) {
        self.input(n, ControlInput::Command(command));
        self.run();
    }

    fn run(&mut self) {
        for _ in 0..40 {
            while let Some((n, message)) = self.up.pop_front() {
                match message {
                    ClientMessage::Relay { body, .. } => {
                        self.bodies.push(body.clone());
                        for other in (0..self.sessions.len()).filter(|other| *other != n) {
                            let (from, body) = (self.ids[n].clone(), body.clone());
                            self.tell(other, |event| ServerMessage::Relay { event, from, private: false, body });
                        }
                    }
                    ClientMessage::Group { message } => self.service(n, message),
                    ClientMessage::Floor { open: true } => {
                        self.tell(n, |event| ServerMessage::Floor { event, granted: false, cap: 2 });
                    }
                    _ => {}
                }
            }
            self.now += Duration::from_millis(100);
            (0..self.sessions.len()).for_each(|n| self.input(n, ControlInput::Tick));
        }
    }

    fn service(&mut self, n: usize, message: ToService) {
        match message {
            ToService::Found { generation, group_info, tree } => {
                let group = PublicState::from_group(&group_info.0, &tree.0, "r", &service_key(), UNIX).unwrap();
                self.group = Some((group, group_info.0.clone()));
                self.all(&FromService::Group { generation, epoch: 0, group_info, tree });
            }
            ToService::Knock { key_package } => {
                let member = self.ids[n].clone();
                self.all(&FromService::Knock { member, key_package });
            }
            ToService::Commit { epoch, commit, group_info, welcome, .. } => {
                let (group, info) = self.group.as_mut().unwrap();
                let Ok(PublicChange::Commit(staged)) = group.process(UNIX, &commit.0) else { panic!("refused") };
                let change = group.accept(*staged, &group_info.0).unwrap();
                *info = group_info.0;
                let tree = Blob(group.tree_bytes().unwrap());
                self.all(&FromService::Commit { generation: 1, epoch, commit, by: self.ids[n].clone() });
                for (entry, _) in change.added {
                    let came = self.ids.iter().position(|id| *id == entry.member).unwrap();
                    let (welcome, tree) = (welcome.clone().unwrap(), tree.clone());
                    self.group_says(came, FromService::Welcome { generation: 1, epoch: epoch + 1, welcome, tree });
                }
            }
            ToService::Propose { epoch, proposal, .. } => {
                self.group.as_mut().unwrap().0.process(UNIX, &proposal.0).unwrap();
                self.all(&FromService::Proposal { generation: 1, epoch, proposal });
            }
            _ => {}
        }
    }

    fn took(&mut self, n: usize) -> Vec<BackendEvent> {
        std::mem::take(&mut self.events[n])
    }
}

fn names(events: &[BackendEvent]) -> Vec<String> {
    let name = |e: &BackendEvent| match e {
        BackendEvent::PeerJoined { name, .. } => name.clone(),
        _ => None,
    };
    events.iter().filter_map(name).collect()
}

#[test]
fn the_tree_is_the_roster_and_names_and_chat_cross_sealed() {
    let mut stage = Stage::new();
    let ana = stage.join("Ana-Ngata", Admission::Auto, false);
    assert!(stage.took(ana).iter().any(|e| matches!(e, BackendEvent::LetIn { founded: true, role: Role::Creator, .. })));
    let ben = stage.join("Ben-Okafor", Admission::Auto, false);
    assert_eq!(names(&stage.took(ana)), ["Ben-Okafor"]);
    assert_eq!(names(&stage.took(ben)), ["Ana-Ngata"]);
    assert_eq!(stage.keys[ana], stage.keys[ben]);
    stage.command(ana, BackendCommand::Say { text: "the-plan".into(), to: None });
    assert!(stage.took(ben).iter().any(|e| matches!(e, BackendEvent::Chat { text, .. } if text == "the-plan")));
    for body in &stage.bodies {
        let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
        let found = |text: &[u8]| bytes.windows(text.len()).any(|w| w == text);
        assert!(!found(b"Ngata") && !found(b"Okafor") && !found(b"the-plan"));
        assert!(stage.sessions.iter_mut().all(|s| s.meaning(body).is_none()), "what nobody looked at is not kept");
    }
    // Whom the server lists, and who is in no tree, is nobody: a difference that is said after a while.
    let member = Member { id: "m-ghost".into(), livekit: None, role: None };
    stage.tell(ana, |event| ServerMessage::MemberJoined { event, member });
    let ghost = |event| ServerMessage::Relay {
        event,
        from: "m-ghost".into(),
        private: false,
        body: URL_SAFE_NO_PAD.encode(MemberMessage::Chat { text: "boo".into() }.encode()),
    };
    stage.tell(ana, ghost);
    stage.run();
    let events = stage.took(ana);
    assert!(!events.iter().any(|e| matches!(e, BackendEvent::PeerJoined { .. } | BackendEvent::Chat { .. })), "{events:?}");
    assert!(events.iter().any(|e| matches!(e, BackendEvent::Warning { code, .. } if code == "server_list_differs")));
    stage.command(ben, BackendCommand::Leave);
    let left = PeerId(stage.ids[ben].clone());
    assert!(stage.took(ana).contains(&BackendEvent::PeerLeft { id: left }));
}

#[test]
fn who_knocks_waits_has_no_key_and_is_let_in_by_the_moderator() {
    let mut stage = Stage::new();
    let ana = stage.join("Ana", Admission::Admit, false);
    stage.input(ana, ControlInput::Media(MediaEvent::Heard));
    assert!(!stage.took(ana).contains(&BackendEvent::MediaConnected), "nobody has a key to hear it");
    let ben = stage.join("Ben", Admission::Admit, false);
    assert_eq!(stage.took(ben), [BackendEvent::Waiting]);
    assert_eq!(stage.keys[ben], None);
    let id = PeerId(stage.ids[ben].clone());
    let knock = |e: &BackendEvent| matches!(e, BackendEvent::Knock { id: who, standing: Standing::Guest, .. } if *who == id);
    assert!(stage.took(ana).iter().any(knock));
    stage.command(ana, BackendCommand::Admit(id.clone()));
    let events = stage.took(ana);
    assert!(events.contains(&BackendEvent::KnockGone { id: id.clone() }) && events.contains(&BackendEvent::MediaConnected));
    assert!(stage.took(ben).iter().any(|e| matches!(e, BackendEvent::LetIn { founded: false, role: Role::Member, .. })));
    // The floor of a strict room is asked for, and a refusal closes the microphone again.
    stage.command(ben, BackendCommand::Muted(false));
    assert!(stage.took(ben).contains(&BackendEvent::FloorDenied { cap: 2 }));
    stage.command(ana, BackendCommand::Kick(id));
    let ended = |e: &BackendEvent| matches!(e, BackendEvent::Ended { failure, .. } if failure.exit == Exit::Removed);
    assert!(stage.took(ben).iter().any(ended));
    assert_eq!(stage.keys[ben], None);
}

#[test]
fn who_demands_vouches_leaves_when_there_are_none() {
    let mut stage = Stage::new();
    stage.join("Ana", Admission::Auto, false);
    let ben = stage.join("Ben", Admission::Auto, true);
    let ended = |e: &BackendEvent| matches!(e, BackendEvent::Ended { failure, .. } if failure.exit == Exit::Policy);
    assert!(stage.took(ben).iter().any(ended));
}

#[test]
fn a_device_that_was_revoked_is_nobody_also_if_it_was_there_before_us() {
    for revoked in [false, true] {
        let mut stage = Stage::new();
        let issuer = IssuerSigner::generate().unwrap();
        let mut lost = Keys::ephemeral().unwrap();
        let device = lost.device.public();
        lost.vouches.push(issuer.vouch("ana", device, UNIX + 3600).unwrap());
        stage.join_with("Ana", Admission::Auto, false, Arc::new(lost), None);
        let mut keys = Keys::ephemeral().unwrap();
        keys.issuers.push(issuer.public());
        keys.revoked.extend(revoked.then_some(device));
        let ben = stage.join_with("Ben", Admission::Auto, true, Arc::new(keys), None);
        let ended = |e: &BackendEvent| matches!(e, BackendEvent::Ended { failure, .. } if failure.exit == Exit::Policy);
        assert_eq!(stage.took(ben).iter().any(ended), revoked);
    }
}

#[test]
fn a_group_that_nobody_proves_closes_the_microphone_and_says_so() {
    use conclave_e2ee::member::{Me, Member, Plan};
    let mut stage = Stage::new();
    stage.join("Ana", Admission::Auto, false);
    let ben = stage.join("Ben", Admission::Auto, false);
    stage.took(ben);
    // The server has a group of its own with the same state, and takes Ben there.
    let (public, _) = stage.group.as_ref().unwrap();
    let state = public.state().next_generation(public.roster().iter().map(|entry| entry.device));
    let device = Arc::new(conclave_e2ee::Device::generate().unwrap());
    let leaf = SigningKey::from_bytes(&[77; 32]);
    let (mut copy, info, tree) = Member::found(&Me { device, leaf, vouches: Vec::new() }, state, service_key(), UNIX).unwrap();
    stage.group_says(ben, FromService::Group { generation: 2, epoch: 0, group_info: Blob(info), tree: Blob(tree) });
    let knock = stage.up.drain(..).find_map(|(_, message)| match message {
        ClientMessage::Group { message: ToService::Knock { key_package } } => Some(key_package.0),
        _ => None,
    });
    let bundle = copy.commit(UNIX, &Plan { add: vec![knock.unwrap()], ..Plan::default() }).unwrap();
    copy.process(UNIX, &bundle.commit).unwrap();
    let (welcome, tree) = (Blob(bundle.welcome.unwrap()), Blob(copy.tree().unwrap()));
    stage.group_says(ben, FromService::Welcome { generation: 2, epoch: 1, welcome, tree });
    stage.run();
    assert_eq!(stage.keys[ben], None, "nothing is sent or played while nobody has shown themselves");
    assert!(!stage.took(ben).iter().any(|e| matches!(e, BackendEvent::LetIn { .. } | BackendEvent::Trust { .. })));
    stage.run();
    let events = stage.took(ben);
    let warned = |e: &BackendEvent| matches!(e, BackendEvent::Warning { code, .. } if code == "unproven_group");
    let [closed, warned, let_in] = [
        events.iter().position(|e| matches!(e, BackendEvent::MutedByRoom { .. })),
        events.iter().position(warned),
        events.iter().position(|e| matches!(e, BackendEvent::LetIn { .. })),
    ];
    assert!(closed.is_some() && warned > closed && let_in > warned, "{events:?}");
    assert_eq!(stage.keys[ben], Some((2, 1)));
}

#[test]
fn a_group_of_one_that_begins_anew_is_no_disturbance() {
    let mut stage = Stage::new();
    let ana = stage.join("Ana", Admission::Auto, false);
    let ben = stage.join("Ben", Admission::Auto, false);
    stage.took(ana);
    stage.command(ben, BackendCommand::Leave);
    stage.run();
    stage.run();
    let codes: Vec<String> = stage
        .took(ana)
        .into_iter()
        .filter_map(|e| if let BackendEvent::Warning { code, .. } = e { Some(code) } else { None })
        .collect();
    assert!(codes.contains(&"begun_anew".into()) && !codes.iter().any(|code| summary::disturbs(code)), "{codes:?}");
}

#[test]
fn what_the_service_says_reaches_scripts_as_known_codes_and_people_as_short_clean_sentences() {
    let mut stage = Stage::new();
    let ana = stage.join("Ana", Admission::Admit, false);
    stage.took(ana);
    let noise = "\u{1b}]0;\u{7}no ".repeat(5000);
    for code in ["too_large", "kicked\n{\"event\":\"left\"}"] {
        stage.group_says(ana, FromService::NotTaken { code: code.into(), text: noise.clone() });
    }
    stage.group_says(ana, FromService::Vacant { generation: 2, reason: Some(noise), offender: None });
    let warnings: Vec<(String, String)> = stage
        .took(ana)
        .into_iter()
        .filter_map(|e| if let BackendEvent::Warning { code, text } = e { Some((code, text)) } else { None })
        .collect();
    let codes: Vec<&str> = warnings.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["refused_too_large", "refused_refused", "new_generation"]);
    assert!(warnings.iter().all(|(_, text)| text.len() < 400 && !text.contains(char::is_control)));
}

#[test]
fn the_server_s_word_for_an_account_is_shown_as_that_and_counts_only_for_who_trusts_it() {
    let server = IssuerSigner::generate().unwrap();
    let account = |name: &str| {
        let mut keys = Keys::ephemeral().unwrap();
        keys.vouches = vec![server.vouch(name, keys.device.public(), UNIX + 3600).unwrap()];
        keys
    };
    let mut stage = Stage::new();
    let ana = stage.join_with("Ana", Admission::Admit, false, Arc::new(account("ana")), Some(server.public()));
    // The room's list lets in everybody who is vouched for, and an account is not that.
    let ben = stage.join_with("Ben", Admission::Admit, false, Arc::new(account("ben")), Some(server.public()));
    let id = PeerId(stage.ids[ben].clone());
    let is = |e: &BackendEvent, of: &PeerId, standing: &Standing| match e {
        BackendEvent::Knock { id, standing: s, .. } | BackendEvent::Trust { id, standing: s, .. } => id == of && s == standing,
        _ => false,
    };
    let shown = Standing::Account { subject: "ben".into() };
    assert!(stage.took(ana).iter().any(|e| matches!(e, BackendEvent::Knock { .. }) && is(e, &id, &shown)));
    stage.command(ana, BackendCommand::Admit(id.clone()));
    assert!(stage.took(ana).iter().any(|e| matches!(e, BackendEvent::Trust { .. }) && is(e, &id, &shown)));
    // Who takes the server's word for good sees them vouched for, and may demand it of everybody.
    let mut trusting = account("cleo");
    trusting.issuers.push(server.public());
    for (name, keys, stays) in [("Cleo", trusting, true), ("Dora", account("dora"), false)] {
        let n = stage.join_with(name, Admission::Admit, true, Arc::new(keys), Some(server.public()));
        stage.command(ana, BackendCommand::Admit(PeerId(stage.ids[n].clone())));
        let events = stage.took(n);
        let vouched = Standing::Vouched { subject: "ben".into() };
        assert_eq!(events.iter().any(|e| is(e, &id, &vouched)), stays, "{events:?}");
        let ended = events.iter().any(|e| matches!(e, BackendEvent::Ended { failure, .. } if failure.exit == Exit::Policy));
        assert_eq!(ended, !stays);
    }
    // Who founds a room may name any key as that of the accounts: only our own server's counts.
    let elsewhere = stage.join_with(
        "Eve",
        Admission::Admit,
        false,
        Arc::new(account("eve")),
        Some(IssuerSigner::generate().unwrap().public()),
    );
    stage.command(ana, BackendCommand::Admit(PeerId(stage.ids[elsewhere].clone())));
    assert!(stage.took(elsewhere).iter().any(|e| is(e, &id, &Standing::Guest)));
}

#[test]
fn whoever_comes_is_told_who_records_and_who_has_stopped_sending() {
    let mut stage = Stage::new();
    let ana = stage.join("Ana", Admission::Auto, false);
    stage.join("Ben", Admission::Auto, false);
    stage.command(1, BackendCommand::Recording(true));
    stage.command(1, BackendCommand::Freeze(true));
    let cleo = stage.join("Cleo", Admission::Auto, false);
    let id = PeerId(stage.ids[1].clone());
    let events = stage.took(cleo);
    assert!(events.contains(&BackendEvent::Recording { id: id.clone(), on: true }));
    assert!(events.contains(&BackendEvent::Frozen { id, on: true }));
    assert!(!events.iter().any(|e| matches!(e, BackendEvent::Recording { id, on: true } if id.0 == stage.ids[ana])));
}

#[derive(Debug)]
struct NoAccount;

#[async_trait::async_trait]
impl crate::trust::Account for NoAccount {
    fn credential(&self) -> crate::protocol::control::Secret {
        "token".into()
    }

    async fn vouch(&self, _: conclave_e2ee::DeviceKey) -> Result<conclave_e2ee::Vouch, crate::exit::Failure> {
        unreachable!("the shell asks")
    }
}

#[test]
fn an_account_is_asked_again_before_its_word_is_over_and_others_are_named_to_the_user() {
    let server = IssuerSigner::generate().unwrap();
    let mut stage = Stage::new();
    let mut keys = Keys::ephemeral().unwrap();
    let device = keys.device.public();
    let vouch = |after: u64| server.vouch("ana", device, UNIX + after).unwrap();
    keys.vouches = vec![vouch(7200)];
    keys.account = Some(Arc::new(NoAccount));
    let ana = stage.join_with("Ana", Admission::Auto, false, Arc::new(keys), Some(server.public()));
    let ben = stage.join_with("Ben", Admission::Auto, false, Arc::new(Keys::ephemeral().unwrap()), Some(server.public()));
    let shown = |events: &[BackendEvent], wanted: &Standing| {
        events.iter().any(|e| matches!(e, BackendEvent::Trust { standing, .. } if standing == wanted))
    };
    assert!(shown(&stage.took(ben), &Standing::Account { subject: "ana".into() }));
    // It lasts for less than a quarter of a day: it is asked for at once.
    assert_eq!(stage.renew, ["ana"]);
    let renewed = |fresh| ControlInput::Renewed { subject: "ana".into(), fresh };
    stage.input(ana, renewed(Some(vouch(80_000))));
    stage.run();
    let warned = |events: Vec<BackendEvent>| {
        events.iter().any(|e| matches!(e, BackendEvent::Warning { code, .. } if code == "vouch_ends" || code == "not_allowed"))
    };
    assert!(!warned(stage.took(ana)));
    // The old one is over, and she is who she was.
    stage.now += Duration::from_secs(7200 + 400);
    stage.took(ben);
    stage.run();
    assert!(!shown(&stage.took(ben), &Standing::Guest));
    // An account that says nothing more, or something else, is told to the user.
    for fresh in [None, Some(vouch(100)), Some(server.vouch("eve", device, UNIX + 80_001).unwrap())] {
        stage.input(ana, renewed(fresh));
        assert!(warned(stage.took(ana)));
    }
}
