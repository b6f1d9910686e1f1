//! The cast in a real call: each of them a client of its own, through the server of this process.

use super::lesson::{Act, Lesson, Seen, Way, Who};
use crate::audio::DeviceSpec;
use crate::backend::link::{Link, classify};
use crate::call::engine::Outcome;
use crate::call::{Command, Engine, Event, Handle, LeaveReason, Role, State};
use crate::cli::{demo, join};
use crate::exit::{Exit, Failure};
use conclave_e2ee::Admission;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

/// How long the Tutor may take to found the room.
const OPENING: Duration = Duration::from_secs(20);
/// How long what the Tutor asked for may take before it is asked for again.
const PATIENCE: Duration = Duration::from_secs(3);

/// The room and who plays in it.
pub(super) struct Stage {
    link: Link,
    dir: PathBuf,
    tutor: Handle,
    /// With the number of their call: who was sent away may come again before the old call has ended.
    cast: HashMap<Who, (usize, Handle)>,
    calls: JoinSet<(Who, usize)>,
    entered: usize,
    /// What the Tutor asked for last as the host, and when.
    asked: Option<(Command, Instant)>,
}

impl Stage {
    /// The Tutor founds the room, in which everybody else must be let in.
    pub(super) async fn open(link: Link, dir: &Path) -> Result<Self, Failure> {
        let place = dir.to_owned();
        let speech = tokio::task::spawn_blocking(move || demo::write_speech(&place));
        let mut options = demo::options(Who::Tutor.name(), false, None)?;
        options.secrecy.admission = Some(Admission::Admit);
        let sound = join::open_audio(demo::setup(DeviceSpec::Null, false)).await?;
        let (engine, tutor) = Engine::new(options, sound);
        let (mut state, mut events) = tutor.watch();
        let mut calls = JoinSet::new();
        let call = engine.run(classify(&link), link.clone());
        calls.spawn(async move {
            call.await;
            (Who::Tutor, 0)
        });
        let founded = async {
            while state.role != Role::Creator && state.left.is_none() {
                if let Err(RecvError::Closed) = events.recv().await {
                    return;
                }
                state = tutor.state();
            }
        };
        let late = tokio::time::timeout(OPENING, founded).await.is_err();
        if late || tutor.state().role != Role::Creator {
            let why = tutor.state().left.map_or_else(|| "it takes too long".into(), |(_, why)| why);
            return Err(Failure::new(Exit::Internal, format!("the lesson's room cannot be opened: {why}")));
        }
        speech.await.map_err(|e| Failure::new(Exit::Internal, format!("the voices cannot be made ({e})")))??;
        let cast = HashMap::from([(Who::Tutor, (0, tutor.clone()))]);
        Ok(Self { link, dir: dir.to_owned(), tutor, cast, calls, entered: 0, asked: None })
    }

    /// Plays until the learner has left; the lesson, if it began. Where it cannot go on, the call ends.
    pub(super) async fn play(self, you: Handle, way: Way) -> Result<Option<Lesson>, Failure> {
        let played = self.until_left(&you, way).await;
        if let Err(failure) = &played {
            let Failure { exit, text } = failure.clone();
            you.end(Outcome { reason: LeaveReason::Failed, exit, text });
        }
        played
    }

    async fn until_left(mut self, you: &Handle, way: Way) -> Result<Option<Lesson>, Failure> {
        let (mut state, mut events) = you.watch();
        let (_, mut told) = self.tutor.watch();
        let mut lesson: Option<Lesson> = None;
        for who in [Who::Ana, Who::Ben] {
            self.enter(who).await?;
        }
        let mut look = tokio::time::interval(PATIENCE);
        while state.left.is_none() {
            let due = lesson.as_ref().and_then(Lesson::due);
            let acts = tokio::select! {
                event = events.recv() => match event {
                    Ok(envelope) => {
                        state.apply(&envelope.event);
                        self.seen(&mut lesson, way, Some(&envelope.event), None, &state)
                    }
                    Err(RecvError::Lagged(_)) => {
                        state = you.state();
                        self.seen(&mut lesson, way, None, None, &state)
                    }
                    Err(RecvError::Closed) => break,
                },
                event = told.recv() => event.map(|envelope| read_aloud(&envelope.event)).unwrap_or_default(),
                Some(Ok((who, number))) = self.calls.join_next(), if !self.calls.is_empty() => {
                    // Who was sent away by us is no longer in the cast with that call.
                    if self.cast.get(&who).is_some_and(|(present, _)| *present == number) {
                        self.cast.remove(&who);
                        self.seen(&mut lesson, way, None, Some(who), &state)
                    } else {
                        Vec::new()
                    }
                }
                _ = look.tick() => Vec::new(),
                () = until(due) => lesson.as_mut().map(|l| l.tick(Instant::now())).unwrap_or_default(),
            };
            self.host(you);
            for act in acts {
                self.perform(act, you).await?;
            }
        }
        for (_, handle) in self.cast.values() {
            handle.end(Outcome::left());
        }
        while self.calls.join_next().await.is_some() {}
        Ok(lesson)
    }

    /// What follows from something that happened to the learner. The lesson begins when everybody is there.
    fn seen(&self, lesson: &mut Option<Lesson>, way: Way, event: Option<&Event>, ended: Option<Who>, state: &State) -> Vec<Act> {
        let now = Instant::now();
        match lesson {
            Some(lesson) => lesson.see(&Seen { event, ended, state }, now),
            None if state.role >= Role::Moderator && state.peers.len() >= 3 => {
                let (begun, acts) = Lesson::begin(way, state, now);
                *lesson = Some(begun);
                acts
            }
            None => Vec::new(),
        }
    }

    /// The Tutor lets in who belongs here, and makes the learner a moderator.
    fn host(&mut self, you: &Handle) {
        let state = self.tutor.state();
        let me = you.state().me;
        // By what their own clients say they are: a name may come later than they.
        let ours = [Who::Ana, Who::Ben].iter().filter_map(|who| self.cast.get(who)?.1.state().me);
        let ours: Vec<_> = ours.chain(me.clone()).collect();
        let mut knocks = state.knocks.iter().filter(|knock| ours.contains(&knock.id));
        let mut members = state.peers.iter().filter(|peer| Some(&peer.id) == me.as_ref() && peer.role == Role::Member);
        let promote = members.next().map(|peer| Command::Promote { peer: peer.id.clone() });
        let Some(command) = promote.or_else(|| knocks.next().map(|knock| Command::Admit { peer: knock.id.clone() })) else {
            return;
        };
        let now = Instant::now();
        // One after the other: each is a change of the group's keys.
        if self.asked.as_ref().is_none_or(|(before, at)| *before != command || now.duration_since(*at) > PATIENCE) {
            self.asked = Some((command.clone(), now));
            self.tutor.send(command);
        }
    }

    /// Somebody comes.
    async fn enter(&mut self, who: Who) -> Result<(), Failure> {
        let device = match who {
            Who::Ana | Who::Ben => DeviceSpec::File { input: Some(self.dir.join(format!("{}.wav", who.name()))), output: None },
            Who::Tutor | Who::Mere | Who::Rex => DeviceSpec::Null,
        };
        let sound = join::open_audio(demo::setup(device, false)).await?;
        let (engine, handle) = Engine::new(demo::options(who.name(), false, None)?, sound);
        let call = engine.run(classify(&self.link), self.link.clone());
        self.entered += 1;
        let number = self.entered;
        self.calls.spawn(async move {
            call.await;
            (who, number)
        });
        self.cast.insert(who, (number, handle));
        Ok(())
    }

    async fn perform(&mut self, act: Act, you: &Handle) -> Result<(), Failure> {
        let (who, command) = match act {
            Act::Knock(who) => return self.enter(who).await,
            Act::Go(who) => {
                if let Some((_, handle)) = self.cast.remove(&who) {
                    handle.end(Outcome::left());
                }
                return Ok(());
            }
            Act::Say(who, text) => (who, Command::Say { text: text.into_owned(), to: None }),
            Act::Tell(who, text) => (who, Command::Say { text: text.to_owned(), to: you.state().me }),
            Act::Hand(who, up) => (who, Command::Hand { up: Some(up) }),
            Act::Speak(who, on) => (who, Command::Mute { on: Some(!on) }),
        };
        if let Some((_, handle)) = self.cast.get(&who) {
            // A queue that is full belongs to a call that is over.
            handle.send(command);
        }
        Ok(())
    }
}

/// The Tutor reads the safety code that its own client shows.
fn read_aloud(event: &Event) -> Vec<Act> {
    match event {
        Event::Safety(code) => vec![Act::Say(Who::Tutor, format!("The words that I see: {}", code.words.join(" ")).into())],
        _ => Vec::new(),
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
