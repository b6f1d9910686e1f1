//! The course of a load test: participants join at a pace, stay, change, and leave.

use super::driver::{Command, Driver, Present, Told};
use super::participant::{Role, Shared, Tally};
use super::report::{Limits, Summary};
use super::speech::Speech;
use crate::exit::{Exit, Failure};
use crate::net::{Options, Target, dial};
use crate::server::media::sfu::dtls::Identity;
use crate::server::media::token::{self, ApiKey, Grant, LoadGrant, VideoGrant};
use crate::server::metrics::cpu_seconds;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until};
use zeroize::Zeroizing;

/// How long the last ones may take to come in before the measurement begins without them.
const STRAGGLERS: Duration = Duration::from_secs(15);
/// How long after the last word its packets may still come.
const IN_FLIGHT: Duration = Duration::from_millis(500);
/// How long leaving may take.
const LEAVING: Duration = Duration::from_secs(3);
/// How long a token of ours is good for beyond the test, in seconds.
const TOKEN_MARGIN: u64 = 3600;
/// Who has been here for so long must have heard every speaker ...
const SETTLED: Duration = Duration::from_secs(3);
/// ... who has said so much.
const SAID: u32 = 150;

/// What to do.
#[derive(Debug)]
pub struct Plan {
    /// The server.
    pub target: Target,
    /// How it is reached.
    pub net: Options,
    /// What lets participants in.
    pub tokens: Tokens,
    /// Rooms.
    pub rooms: u32,
    /// Participants of each room, speakers included.
    pub participants: u32,
    /// Speakers of each room.
    pub speakers: u32,
    /// So many of so many decode what they hear.
    pub decode: (u32, u32),
    /// Joins a second.
    pub ramp: f64,
    /// How long everybody stays.
    pub duration: Duration,
    /// Participants that leave, and others that come for them, a second.
    pub churn: f64,
    /// What must hold.
    pub limits: Limits,
}

/// What lets participants in. `Debug` shows no secret.
pub enum Tokens {
    /// One token for all: a server of ours gives each who brings it an identity (`conclave token --load`).
    One(Zeroizing<String>),
    /// One for each.
    Each(Vec<Zeroizing<String>>),
    /// The server's API key: tokens are made here, for this room or, if there are several, for `NAME-1` and so on.
    Key(ApiKey, String),
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// The token of the participant with this place in the plan.
    fn token(&self, plan: &Plan, place: u32, role: Role) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::One(token) => Ok(token.clone()),
            Self::Each(tokens) => tokens.get(place as usize).cloned().ok_or_else(|| {
                let text = format!("there are {} tokens for {} participants; give one a line", tokens.len(), plan.all());
                Failure::new(Exit::Usage, text)
            }),
            Self::Key(key, room) => {
                let room = if plan.rooms == 1 { room.clone() } else { format!("{room}-{}", role.room + 1) };
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
                let exp = now + plan.duration.as_secs() + (f64::from(plan.all()) / plan.ramp) as u64 + TOKEN_MARGIN;
                let identity = format!("load-{:08x}-{}", std::process::id(), role.id);
                let video = VideoGrant { room_join: true, room, load: Some(LoadGrant::Participant), ..VideoGrant::default() };
                let grant = Grant {
                    iss: key.key.clone(),
                    name: format!("Load {}", role.id),
                    sub: identity,
                    nbf: i64::try_from(now).unwrap_or(0),
                    exp: i64::try_from(exp).unwrap_or(i64::MAX),
                    video,
                    ..Grant::default()
                };
                token::sign(key, &grant)
            }
        }
    }
}

impl Plan {
    fn all(&self) -> u32 {
        self.rooms.saturating_mul(self.participants)
    }

    /// Who has a place: rooms fill up side by side, speakers first.
    fn role(&self, id: u32, place: u32) -> Role {
        let (n, m) = self.decode;
        let decodes = u64::from(place) * u64::from(n) % u64::from(m.max(1)) < u64::from(n);
        Role { id, room: place % self.rooms.max(1), speaks: place / self.rooms.max(1) < self.speakers, decodes }
    }
}

/// The state of a running test; one a second.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    /// `ramp` until everybody is in, then `steady`.
    pub phase: &'static str,
    /// Seconds since the beginning.
    pub seconds: f64,
    /// Who is in; who is on the way in; who failed.
    pub connected: usize,
    /// On the way in.
    pub joining: usize,
    /// Could not join, or were put out.
    pub failed: u64,
    /// Packets that speakers sent.
    pub packets_sent: u64,
    /// Packets that listeners received.
    pub packets_received: u64,
    /// Packets that listeners missed.
    pub packets_lost: u64,
    /// Median of the delay so far, in milliseconds.
    pub delay_p50_ms: Option<f64>,
    /// 99 % of packets took less so far.
    pub delay_p99_ms: Option<f64>,
}

struct Test<'a> {
    plan: &'a Plan,
    drivers: Vec<Driver>,
    began: Instant,
    /// Who has each place.
    places: Vec<u32>,
    next: u32,
    phase: &'static str,
}

/// Runs it. Ends early, with the figures so far, when `stop` does.
///
/// # Errors
/// The server cannot be resolved, tokens cannot be made, or a thread cannot be started. What happens to participants is not
/// an error, but in the summary.
pub async fn run(plan: &Plan, stop: impl Future<Output = ()>, mut progress: impl FnMut(&Progress)) -> Result<Summary, Failure> {
    let identity = Identity::generate().map_err(|e| Failure::new(Exit::Internal, e))?;
    let speech = Speech::new(crate::rtc::random_u32())?;
    let shared = Arc::new(Shared { epoch: Instant::now(), speech, identity });
    let local = dial::media_way(&plan.target, &plan.net).await?.local;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(plan.all().max(1) as usize);
    let to = || (plan.target.clone(), plan.net.clone());
    let drivers: Result<Vec<Driver>, _> = (0..threads).map(|_| Driver::start(shared.clone(), to(), local)).collect();
    let drivers = drivers.map_err(|e| Failure::new(Exit::Internal, format!("a thread cannot be started ({e})")))?;
    let mut test = Test { plan, drivers, began: Instant::now(), places: Vec::new(), next: 0, phase: "ramp" };
    let cpu = cpu_seconds();
    tokio::pin!(stop);
    let stopped = tokio::select! {
        () = &mut stop => true,
        done = test.course(&mut progress) => {
            done?;
            false
        }
    };
    let seconds = test.began.elapsed().as_secs_f64();
    let told = test.end().await;
    Ok(Summary::new(plan, told, seconds, cpu_seconds() - cpu, stopped))
}

impl Drop for Test<'_> {
    fn drop(&mut self) {
        self.drivers.iter().for_each(Driver::end);
    }
}

impl Test<'_> {
    /// Until it is time to leave.
    async fn course(&mut self, progress: &mut impl FnMut(&Progress)) -> Result<(), Failure> {
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (all, ramp, churn) = (self.plan.all(), self.plan.ramp, self.plan.churn);
        let pause = Duration::from_secs_f64(1.0 / ramp.max(0.001));
        let mut next_join = Instant::now();
        let mut changes = interval(Duration::from_secs_f64(1.0 / churn.max(0.001)));
        changes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut end: Option<Instant> = None;
        let mut last_join = self.began;
        loop {
            let joining = (self.places.len() as u32) < all;
            let over = end.unwrap_or(self.began + Duration::from_secs(365 * 24 * 3600));
            tokio::select! {
                () = sleep_until(next_join.into()), if joining => {
                    self.join(self.places.len() as u32).await?;
                    (next_join, last_join) = (next_join + pause, Instant::now());
                }
                _ = second.tick() => progress(&self.look().await),
                // Everybody in? Asked often, so that the measurement begins at once.
                () = sleep(Duration::from_millis(100)), if end.is_none() && !joining => {
                    let now = self.look().await;
                    if now.joining == 0 || last_join.elapsed() >= STRAGGLERS {
                        (self.phase, end) = ("steady", Some(Instant::now() + self.plan.duration));
                        progress(&self.look().await);
                    }
                }
                _ = changes.tick(), if end.is_some() && churn > 0.0 => self.change().await?,
                () = sleep_until(over.into()), if end.is_some() => {
                    progress(&self.look().await);
                    return Ok(());
                }
            }
        }
    }

    fn driver(&self, id: u32) -> Option<&Driver> {
        self.drivers.get(id as usize % self.drivers.len().max(1))
    }

    async fn join(&mut self, place: u32) -> Result<(), Failure> {
        let role = self.plan.role(self.next, place);
        let token = self.plan.tokens.token(self.plan, place, role)?;
        self.next += 1;
        match self.places.get_mut(place as usize) {
            Some(id) => *id = role.id,
            None => self.places.push(role.id),
        }
        if let Some(driver) = self.driver(role.id) {
            driver.send(Command::Join(role, token)).await;
        }
        Ok(())
    }

    /// Somebody leaves, and somebody else comes in their place.
    async fn change(&mut self) -> Result<(), Failure> {
        let place = crate::rtc::random_u32() % (self.places.len() as u32).max(1);
        let Some(&leaver) = self.places.get(place as usize) else { return Ok(()) };
        if let Some(driver) = self.driver(leaver) {
            driver.send(Command::Leave(leaver)).await;
        }
        self.join(place).await
    }

    async fn told(&self, whole: bool) -> Told {
        let mut all = Told::default();
        for driver in &self.drivers {
            let Some(told) = driver.tell(whole).await else { continue };
            all.tally.merge(&told.tally);
            all.joining += told.joining;
            all.connected += told.connected;
            all.present.extend(told.present);
            for (reason, (count, exit)) in told.failures {
                all.failures.entry(reason).or_insert((0, exit)).0 += count;
            }
        }
        all
    }

    async fn look(&self) -> Progress {
        let Told { tally, joining, connected, failures, .. } = self.told(false).await;
        Progress {
            phase: self.phase,
            seconds: self.began.elapsed().as_secs_f64(),
            connected,
            joining,
            failed: failures.values().map(|(n, _)| n).sum(),
            packets_sent: tally.sent,
            packets_received: tally.received,
            packets_lost: tally.lost,
            delay_p50_ms: tally.delays.quantile_ms(0.5),
            delay_p99_ms: tally.delays.quantile_ms(0.99),
        }
    }

    /// Speakers fall silent, what is in flight arrives, all leave.
    async fn end(self) -> (Told, u64) {
        for driver in &self.drivers {
            driver.send(Command::Hush).await;
        }
        sleep(IN_FLIGHT).await;
        let mut told = self.told(true).await;
        let (lost, unheard) = missed(&told.present);
        told.tally.lost += lost;
        for driver in &self.drivers {
            driver.send(Command::LeaveAll).await;
        }
        let deadline = Instant::now() + LEAVING;
        while Instant::now() < deadline {
            let left = self.told(false).await;
            if left.connected + left.joining == 0 {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        // The websockets say goodbye in the background.
        sleep(Duration::from_millis(50)).await;
        (told, unheard)
    }
}

/// Packets after the last one that came, and streams of which none ever came.
fn missed(present: &[Present]) -> (u64, u64) {
    let mut speakers: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for p in present.iter().filter(|p| p.spoken >= SAID) {
        speakers.entry(p.role.room).or_default().push((p.role.id, p.spoken));
    }
    let (mut lost, mut unheard) = (0, 0);
    for listener in present.iter().filter(|p| p.since >= SETTLED) {
        for (speaker, spoken) in speakers.get(&listener.role.room).into_iter().flatten() {
            match listener.heard.iter().find(|h| h.speaker == *speaker) {
                Some(heard) => lost += u64::from((spoken - 1).saturating_sub(heard.highest)),
                None if *speaker != listener.role.id => unheard += 1,
                None => {}
            }
        }
    }
    (lost, unheard)
}

/// What is left of a whole test's counts.
pub(super) fn loss(tally: &Tally) -> Option<f64> {
    let unique = tally.received.saturating_sub(tally.foreign + tally.duplicates);
    (unique + tally.lost > 0).then(|| tally.lost as f64 / (unique + tally.lost) as f64)
}
