//! The life of one call: join, live, leave.

use super::{Engine, Outcome};
use crate::audio::{AudioEvent, Control};
use crate::backend::{Backend, BackendCommand, BackendEvent, Context, Identity, Link, ReceiptFile, Session};
use crate::call::chat::ChatLine;
use crate::call::processing::Wish;
use crate::call::{Command, DeviceKind, Event, LeaveReason, Peer, PeerId, Request, Security, Stats};
use crate::exit::{Exit, Failure};
use crate::net::Target;
use crate::net::interception::{self, Interception};
use crate::protocol::control::MAX_ROOM;
use crate::protocol::room::Verb;
use crate::text;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How long joining may take altogether.
const JOIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long leaving politely may take.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

/// Who reads TLS on the way has a name of so many characters at most.
const MAX_ISSUER: usize = 64;

/// How often the devices may be listed at once.
const MAX_LISTINGS: usize = 4;

/// What a command led to: what was asked for, or why it was not done.
pub(super) type Answer = Result<Option<serde_json::Value>, String>;

impl Engine {
    pub(super) async fn call(&mut self, backend: Arc<dyn Backend>, link: Link) -> Outcome {
        self.emit(Event::Connecting { url: link.display() });
        let (waits, mut waiting) = tokio::sync::watch::channel(false);
        let context = Context {
            net: self.options.net.clone(),
            transport: self.options.transport,
            muted: !self.microphone.is_open(),
            listen_only: self.options.listen_only,
            allow_plain: self.options.allow_plain,
            patience: self.options.patience,
            secrecy: self.options.secrecy.clone(),
            xray: self.xray.clone(),
            waits,
        };
        let muted = context.muted;
        let server = link.target();
        let who = Identity { name: self.options.name.clone(), keys: self.options.keys.clone() };
        let joining = backend.join(link, who, context);
        // At the door it takes as long as somebody else likes.
        let mut limit = Some(Instant::now() + JOIN_TIMEOUT);
        tokio::pin!(joining);
        let session = loop {
            let expected = self.expected_by();
            tokio::select! {
                joined = &mut joining => match joined {
                    Ok(session) => break session,
                    Err(failure) => return Outcome::failed(failure),
                },
                () = sleep_until(limit) => return Outcome::failed(Failure::new(
                    Exit::Unavailable,
                    format!("joining took longer than {} seconds; check the network and try again", JOIN_TIMEOUT.as_secs()),
                )),
                Ok(()) = waiting.changed() => {
                    let waits = *waiting.borrow_and_update();
                    limit = (!waits).then(|| Instant::now() + JOIN_TIMEOUT);
                    if waits {
                        self.emit(Event::Waiting);
                    }
                }
                Some(outcome) = self.ends.recv() => return outcome,
                () = sleep_until(expected) => if let Some(outcome) = self.overdue() {
                    return outcome;
                },
                Some(request) = self.requests.recv() => match request.command {
                    Command::Leave => return Outcome::left(),
                    _ => self.reply(&request, Err("not in the room yet; wait for \"joined\"".into())),
                },
                Some((_, done)) = self.interruptions.recv() => {
                    (self.microphone.open, self.microphone.talking) = (false, false);
                    let _ = done.send(());
                }
                Some(event) = self.audio.events.recv() => self.on_audio(event, None),
            }
        };
        self.live(session, muted, &server).await
    }

    async fn live(&mut self, session: Session, announced_muted: bool, server: &Target) -> Outcome {
        let Session { me, room, security, mut events, commands, media, gate, stats, mut capabilities, sound, probe: _ } = session;
        self.take_gate(gate);
        self.limit(security, &mut capabilities);
        if self.options.recordings == super::Recordings::Never {
            let why = format!("this client keeps no call in a file, {}", super::NEVER_RECORD);
            capabilities.unavailable.insert("record".into(), why);
        }
        let passphrase = self.has_passphrase(security);
        self.hearing.joined(&me);
        self.names.own(&self.options.name);
        self.emit(Event::Joined {
            room: text::clean(&room).chars().take(MAX_ROOM).collect(),
            me,
            name: self.options.name.clone(),
            security,
            security_text: security.words_with(passphrase).into(),
            passphrase,
            unavailable: capabilities.unavailable,
        });
        if let Some(by) = interception::with(server) {
            let expected = interception::wanted() == Interception::Allow;
            self.emit(Event::Intercepted { by: text::clean(&by).chars().take(MAX_ISSUER).collect(), expected });
        }
        if passphrase {
            self.warn_of_passphrase();
        }
        self.first_microphone(announced_muted, &commands);
        self.control(Control::ConstantRate(sound.constant_rate));
        if let Some(outcome) = self.forbidden(security) {
            drop(media);
            Self::leave(&commands, &mut events).await;
            return outcome;
        }
        self.begin_sound(security == Security::EndToEnd, media, &commands);
        self.control(Control::Microphone(self.microphone.is_open()));
        let mut listings = JoinSet::new();
        let deadline = self.options.duration.map(|d| Instant::now() + d);
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut next_stats = self.options.stats.map(|d| Instant::now() + d);
        let (outcome, polite) = loop {
            let expected = self.expected_by();
            tokio::select! {
                event = events.recv() => match event {
                    Some(BackendEvent::Ended { reason, failure }) => {
                        break (Outcome { reason, exit: failure.exit, text: failure.text }, false);
                    }
                    Some(event) => {
                        self.on_backend(event, &commands);
                        if let Some(outcome) = self.ending.take() {
                            break (outcome, true);
                        }
                    }
                    None => {
                        let failure = Failure::new(Exit::Internal, "the connection ended without a reason");
                        break (Outcome::failed(failure), false);
                    }
                },
                Some(event) = self.audio.events.recv() => {
                    self.on_audio(event, Some(&commands));
                    self.record_lost(&commands);
                }
                step = self.record.next() => self.record_step(step, &commands),
                written = self.receipts.next() => self.receipt_written(written),
                Some(request) = self.requests.recv() => {
                    if matches!(request.command, Command::Record { .. }) {
                        self.on_record(request, &commands);
                        continue;
                    }
                    if matches!(request.command, Command::Receipt { .. }) {
                        self.on_receipt(request, &commands);
                        continue;
                    }
                    if request.command == Command::Leave {
                        self.reply(&request, Ok(None));
                        break (Outcome::left(), true);
                    }
                    if request.command == Command::Devices {
                        self.list_devices(request, &mut listings);
                        continue;
                    }
                    let result = self.on_command(&request.command, &commands, &stats.borrow());
                    self.reply(&request, result);
                },
                Some(Ok((request, result))) = listings.join_next() => self.reply(&request, result),
                Some(outcome) = self.ends.recv() => break (outcome, true),
                () = sleep_until(expected) => if let Some(outcome) = self.overdue() {
                    break (outcome, true);
                },
                Some(interruption) = self.interruptions.recv() => self.on_interruption(interruption, &commands),
                () = sleep_until(deadline) => {
                    let text = "The duration is over.".into();
                    break (Outcome { reason: LeaveReason::Duration, exit: Exit::Ok, text }, true);
                },
                Some(item) = self.group.seen() => self.emit(Event::Xray(item)),
                _ = seconds.tick() => {
                    self.record_overdue(&commands);
                    self.receipt_second(&commands);
                    if let Some(outcome) = self.every_second() {
                        break (outcome, true);
                    }
                    self.hearing_second(&stats.borrow(), &commands);
                    let now = self.stats(&stats.borrow());
                    self.warn_of_foreign(now.frames_foreign);
                    if next_stats.is_some_and(|at| Instant::now() >= at) {
                        next_stats = self.options.stats.map(|d| Instant::now() + d);
                        self.emit(Event::Stats(now));
                    } else {
                        self.shared.lock().state.stats = now;
                    }
                },
            }
        };
        self.last_sound();
        if polite {
            // The last sound is recorded and the others are told before the call is over.
            self.ask_last_receipt(&commands, &mut events).await;
            if let Some(receipt) = Self::leave(&commands, &mut events).await {
                self.on_last_receipt(receipt);
            }
        }
        self.shared.lock().state.stats = self.stats(&stats.borrow());
        outcome
    }

    /// Leaves politely, as far as the server lets us; what we alone can say of the meeting, if the room keeps receipts.
    async fn leave(commands: &Sender<BackendCommand>, events: &mut Receiver<BackendEvent>) -> Option<ReceiptFile> {
        let mut last = None;
        let farewell = async {
            if commands.send(BackendCommand::Leave).await.is_ok() {
                while let Some(event) = events.recv().await {
                    match event {
                        BackendEvent::LastReceipt(receipt) => last = Some(receipt),
                        BackendEvent::Ended { .. } => break,
                        _ => {}
                    }
                }
            }
        };
        // A server that does not answer keeps nobody in.
        let _ = timeout(LEAVE_TIMEOUT, farewell).await;
        last
    }

    fn stats(&self, network: &Stats) -> Stats {
        let f = &self.figures;
        Stats {
            rtt_ms: network.rtt_ms,
            packets_received: f.received,
            packets_lost: f.lost,
            packets_sent: f.sent,
            bytes_received: f.bytes_received,
            bytes_sent: f.bytes_sent,
            concealed_ms: f.concealed_ms,
            buffer_ms: f.buffer_ms,
            frames_refused: network.frames_refused,
            frames_foreign: network.frames_foreign,
            uplink_loss: network.uplink_loss,
            ..self.hearing.complete(Stats { concealed_ms: f.concealed_ms, ..Stats::default() })
        }
    }

    /// Says that somebody tampers with the sound: at first, and again when it has doubled.
    fn warn_of_foreign(&mut self, frames: u64) {
        if frames < self.foreign_next {
            return;
        }
        self.foreign_next = frames.saturating_mul(2);
        let text = format!(
            "{frames} frames of sound were not sealed by a member's client, or came twice; they were not played. \
             Somebody between you and the others may be tampering with this call."
        );
        self.emit(Event::Warning { code: "frames_foreign".into(), text });
    }

    /// Hands the audio thread a wish. Its queue is long and read every 10 ms: it is full only if the thread is gone, and
    /// then a `Device` event has said so.
    pub(super) fn control(&self, control: Control) {
        if self.audio.control.try_send(control).is_err() {
            self.emit(Event::Warning {
                code: "audio_stopped".into(),
                text: "the sound has stopped; leave and join again".into(),
            });
        }
    }

    pub(super) fn on_audio(&mut self, event: AudioEvent, commands: Option<&Sender<BackendCommand>>) {
        match event {
            AudioEvent::Speaking { peer, on } => {
                if let Some(id) = peer.or_else(|| self.me()) {
                    self.emit(Event::Speaking { id, on });
                }
            }
            AudioEvent::Hearing { peer, ms } => self.emit(Event::Hearing { id: peer, ms }),
            AudioEvent::Device { kind, name, state, text } => {
                if kind == DeviceKind::Output {
                    self.loudspeaker(&name, state);
                }
                self.emit(Event::Device { kind, name: text::clean(&name), state: state.into(), text });
            }
            AudioEvent::Playing(on) => self.emit(Event::Playing { on }),
            AudioEvent::RecordingFailed(text) => {
                self.recording_failed = true;
                self.emit(Event::Warning { code: "recording_failed".into(), text });
            }
            AudioEvent::Processing(p) => self.emit(Event::Processing(p)),
            // Before there is anybody who could hear, a microphone has no faults.
            AudioEvent::Microphone(warning) if commands.is_some() => self.warn_of_microphone(warning),
            AudioEvent::Microphone(_) => {}
            AudioEvent::StoodStill(pause) => match commands {
                Some(commands) => self.stood_still(pause, commands),
                None => (self.microphone.open, self.microphone.talking) = (false, false),
            },
            AudioEvent::Figures(f) => {
                self.hearing.figures(std::time::Instant::now(), &f);
                self.figures = f;
            }
            AudioEvent::Heard(heard) => self.hearing.heard(heard),
            AudioEvent::Again(ms) => self.emit(Event::Again { on: ms > 0, ms }),
        }
    }

    pub(super) fn on_backend(&mut self, event: BackendEvent, commands: &Sender<BackendCommand>) {
        match event {
            BackendEvent::Transport { rung, ok, error } => {
                self.emit(Event::Transport { rung, ok, ms: self.started.elapsed().as_millis() as u64, error });
            }
            BackendEvent::Reconnecting { attempt, next_ms } => {
                self.no_reports_from(None);
                self.group.queued = false;
                self.emit(Event::Reconnecting { attempt, next_ms });
            }
            BackendEvent::Reconnected => self.emit(Event::Reconnected),
            BackendEvent::PeerJoined { id, kind, name, before_us } => {
                let mut peer = Peer::unnamed(id, kind);
                if let Some(name) = name.as_deref().and_then(text::clean_name).or_else(|| self.group.name_of(&peer.id)) {
                    self.call_them(&mut peer, &name);
                }
                self.group.complete(&mut peer);
                self.emit(Event::PeerJoined { peer, before_us });
            }
            BackendEvent::PeerState { id, name, muted, hand } => self.on_peer_state(id, name, muted, hand),
            BackendEvent::PeerLeft { id } => {
                self.group.forget(&id);
                self.hearing.gone(&id);
                self.names.gone(&id);
                let Some(name) = self.peer(&id).map(|p| p.name) else { return };
                self.emit(Event::PeerLeft { id, name });
            }
            BackendEvent::Chat { from, private, text } => {
                let to = if private { self.me() } else { None };
                self.chat(from, to, &text);
            }
            BackendEvent::Hearing { from, report } => self.heard_by(&from, &report),
            BackendEvent::MediaConnected => self.media_connected(),
            BackendEvent::MutedByRoom { by } => {
                self.close_microphone(by);
                self.again_closed(commands);
            }
            BackendEvent::FloorDenied { cap } => {
                self.close_microphone(None);
                self.again_closed(commands);
                let text = format!("only {cap} microphones may be open at once; yours is closed again, try later");
                self.emit(Event::Warning { code: "floor_full".into(), text });
            }
            BackendEvent::Warning { code, text } => self.emit(Event::Warning { code, text: text::clean(&text) }),
            BackendEvent::Ended { .. } => {} // taken by the loop
            of_the_group => self.on_group(of_the_group, commands),
        }
    }

    pub(super) fn peer(&self, id: &PeerId) -> Option<Peer> {
        self.shared.lock().state.peer(id).cloned()
    }

    fn on_peer_state(&mut self, id: PeerId, name: Option<String>, muted: Option<bool>, hand: Option<Option<u64>>) {
        let Some(mut peer) = self.peer(&id) else { return self.name_outsider(&id, name) };
        if let Some(name) = name.as_deref().and_then(text::clean_name).filter(|n| self.names.said(&id) != Some(n.as_str())) {
            self.call_them(&mut peer, &name);
            self.emit(Event::PeerUpdated { peer: peer.clone() });
        }
        if let Some(on) = muted.filter(|m| *m != peer.muted) {
            self.emit(Event::Muted { id: id.clone(), on, by: None });
        }
        if let Some(since) = hand.filter(|h| *h != peer.hand) {
            self.emit(Event::Hand { id, on: since.is_some(), since });
        }
    }

    fn chat(&mut self, from: PeerId, to: Option<PeerId>, message: &str) {
        let text = text::clean(message);
        if text.trim().is_empty() {
            return;
        }
        let name = self.shared.lock().state.name_of(&from).to_owned();
        self.chat_id += 1;
        self.emit(Event::Chat(ChatLine { id: self.chat_id, from, name, to, text, at: super::timestamp() }));
    }

    fn on_command(&mut self, command: &Command, commands: &Sender<BackendCommand>, network: &Stats) -> Answer {
        let row = command.name();
        if let Some(why) = self.shared.lock().state.unavailable.get(row) {
            return Err(format!("{row} is not possible here: {why}"));
        }
        self.waits(command)?;
        let no_microphone = || "you joined with --listen-only: leave and join again to speak".to_owned();
        match command {
            Command::Mute { on } => {
                let open = on.map_or(!self.microphone.is_open(), |on| !on);
                if open && self.options.listen_only {
                    return Err(no_microphone());
                }
                if open {
                    self.thawed()?;
                    self.allowed(Verb::Speak)?;
                }
                (self.microphone.open, self.microphone.talking) = (open, false);
                self.apply_microphone(commands)?;
            }
            Command::Talk { .. } | Command::Level if self.options.listen_only => return Err(no_microphone()),
            Command::Talk { down } => {
                if *down != Some(false) {
                    self.allowed(Verb::Speak)?;
                }
                self.talk(*down, commands)?;
            }
            Command::Level => return self.level(),
            Command::Hand { up } => {
                let up = up.unwrap_or(self.hand.is_none());
                if up == self.hand.is_some() {
                    return Ok(None);
                }
                if up {
                    self.allowed(Verb::RaiseHand)?;
                }
                let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
                self.hand = up.then_some(now);
                tell(commands, BackendCommand::Hand(self.hand))?;
                if let Some(id) = self.me() {
                    self.emit(Event::Hand { id, on: up, since: self.hand });
                }
            }
            Command::Say { text, to } => {
                // What nobody would see is not sent: escaped control characters would outgrow a relayed body.
                let text = text::clean(text);
                if text.trim().is_empty() {
                    return Err("the message is empty".into());
                }
                if text.len() > text::MAX_CHAT {
                    return Err(format!(
                        "the message has {} bytes, and {} are allowed; send it in parts",
                        text.len(),
                        text::MAX_CHAT
                    ));
                }
                self.allowed(Verb::Chat)?;
                if let Some(id) = to.as_ref().filter(|id| self.peer(id).is_none()) {
                    return Err(format!("nobody here has the id {}", text::clean(&id.0)));
                }
                tell(commands, BackendCommand::Say { text: text.clone(), to: to.clone() })?;
                if let Some(me) = self.me() {
                    self.chat(me, to.clone(), &text);
                }
            }
            Command::Name { name } => {
                let name = text::clean_name(name).ok_or("a name needs at least one visible character")?;
                tell(commands, BackendCommand::Name(name.clone()))?;
                let own = self.shared.lock().state.own();
                if let Some(mut peer) = own {
                    peer.name.clone_from(&name);
                    self.emit(Event::PeerUpdated { peer });
                }
                self.own_name(&name);
            }
            Command::Volume { peer, percent } => {
                if *percent > 200 {
                    return Err("a volume is 0 to 200 percent".into());
                }
                let mut p = self.peer(peer).ok_or_else(|| format!("nobody here has the id {}", text::clean(&peer.0)))?;
                self.control(Control::Volume { peer: peer.clone(), percent: *percent });
                p.volume = *percent;
                self.emit(Event::PeerUpdated { peer: p });
            }
            Command::Device { kind, name } => {
                self.control(Control::Device { kind: *kind, name: name.clone() });
            }
            Command::Processing { echo, noise, gain } => {
                let wish = Wish { echo: *echo, noise: *noise, gain: *gain };
                if wish.is_empty() {
                    return Err("say what: echo, noise or gain".into());
                }
                self.control(Control::Processing(wish));
            }
            Command::State => {
                let state = self.shared.lock().state.clone();
                return serde_json::to_value(state).map(Some).map_err(|e| e.to_string());
            }
            Command::Stats => {
                let stats = self.stats(network);
                self.emit(Event::Stats(stats.clone()));
                return serde_json::to_value(stats).map(Some).map_err(|e| e.to_string());
            }
            Command::Earcons { kind, on } => self.earcons.set(*kind, *on),
            Command::Again { seconds } => self.play_again(*seconds)?,
            Command::Attach => return Err("only a connection to the control socket can attach".into()),
            Command::Detach => {
                return Err("this call ends with its window; join with --detach to go and come back".into());
            }
            Command::Leave | Command::Devices => {} // taken by the loop
            of_the_group => self.group_command(of_the_group, commands)?,
        }
        Ok(None)
    }

    /// Asks the sound systems what there is, on a thread of its own: they may take seconds to answer.
    fn list_devices(&self, request: Request, listings: &mut JoinSet<(Request, Answer)>) {
        let unavailable = self.shared.lock().state.unavailable.get("devices").cloned();
        if let Some(why) = unavailable {
            return self.reply(&request, Err(format!("devices is not possible here: {why}")));
        }
        if listings.len() >= MAX_LISTINGS {
            return self.reply(&request, Err("the devices are being listed already; wait for the answer".into()));
        }
        listings.spawn_blocking(move || {
            let list = serde_json::to_value(crate::audio::device::list());
            (request, list.map(Some).map_err(|e| e.to_string()))
        });
    }

    pub(super) fn reply(&self, request: &Request, result: Answer) {
        if request.id.is_none() && result.as_ref().is_ok_and(Option::is_none) {
            return;
        }
        let (ok, data, error) = match result {
            Ok(data) => (true, data, None),
            Err(e) => (false, None, Some(e)),
        };
        self.emit(Event::Reply { id: request.id, ok, data, error });
    }
}

/// Passes a wish on. The queue is long; a full one means that the connection is stuck, and the user is told.
pub(super) fn tell(commands: &Sender<BackendCommand>, command: BackendCommand) -> Result<(), String> {
    commands.try_send(command).map_err(|_| "the connection is stuck; nothing was sent".into())
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
