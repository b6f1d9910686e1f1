use super::super::tests::{Call, options, start_as, start_in};
use super::*;
use crate::audio::AudioEvent;
use crate::backend::{BackendEvent, Capabilities};
use crate::call::heard::Trouble;
use crate::call::quality::Word;
use crate::call::{Command, HeardBy, Request, Security};
use crate::protocol::control::member_id;
use std::time::Duration;

fn member(n: u8) -> PeerId {
    PeerId(member_id(&[n; 32]))
}

fn heard(peer: &PeerId, played: u32, concealed: u32, received: u32, lost: u32) -> Heard {
    Heard {
        peer: peer.clone(),
        played_ms: played,
        concealed_ms: concealed,
        received,
        lost,
        recovered: 0,
        jitter_ms: 4.0,
        buffer_ms: 40,
    }
}

#[test]
fn a_report_says_coarsely_how_each_speaker_was_heard_and_of_whom_nothing_came_it_says_nothing() {
    let (mut hearing, fine, broken, quiet) = (Hearing::default(), member(1), member(2), member(3));
    for _ in 0..3 {
        hearing.heard(vec![
            heard(&fine, 1000, 0, 50, 0),
            heard(&broken, 1000, 200, 40, 10),
            heard(&PeerId("lk-phone".into()), 1000, 0, 50, 0),
        ]);
    }
    let report = hearing.report();
    assert_eq!(report.entries.len(), 2, "a stock client reads no reports");
    let of = |who: &PeerId| *report.of(Key::of(&who.0).unwrap()).unwrap();
    assert_eq!((of(&fine).missing, of(&fine).lost, of(&fine).heard), (0, 0, WHOLE));
    assert_eq!((of(&broken).missing, of(&broken).lost, of(&broken).heard), (step(0.2), step(0.2), 12));
    assert_eq!(report.of(Key::of(&quiet.0).unwrap()), None);
    // Nothing more of the first: after a second nothing of it is heard, after two it is not in the report.
    hearing.heard(vec![heard(&broken, 1000, 0, 50, 0)]);
    assert_eq!(hearing.report().of(Key::of(&fine.0).unwrap()).unwrap().heard, 0);
    hearing.heard(vec![heard(&broken, 1000, 0, 50, 0)]);
    assert_eq!(hearing.report().of(Key::of(&fine.0).unwrap()), None);
}

#[test]
fn the_figures_are_those_of_the_last_seconds() {
    let (mut hearing, ana, ben) = (Hearing::default(), member(1), member(2));
    (0..10).for_each(|_| hearing.heard(vec![heard(&ana, 1000, 500, 25, 25)]));
    (0..5).for_each(|_| hearing.heard(vec![heard(&ana, 1000, 100, 45, 5), heard(&ben, 1000, 0, 50, 0)]));
    let start = Instant::now();
    for n in 0..6u64 {
        hearing.marks.push_back(Mark { at: start + Duration::from_secs(n), up: 4_000 * n, down: 8_000 * n });
    }
    let stats = hearing.complete(Stats { concealed_ms: 5500, ..Stats::default() });
    assert_eq!((stats.downlink_loss, stats.concealed), (Some(0.05), Some(0.05)));
    assert_eq!((stats.played_ms, stats.concealed_total), (20_000, Some(0.275)));
    assert_eq!((stats.kbps_up, stats.kbps_down), (Some(32.0), Some(64.0)));
    assert_eq!(stats.speakers.iter().map(|s| s.concealed).fold(0.0, f32::max), 0.1);
    let measures = hearing.measures(&Stats::default(), |_| "Ana".into());
    assert_eq!(measures.missing, Some(0.1));
    assert_eq!(measures.worst, Some((ana.clone(), "Ana".into())));
    hearing.gone(&ben);
    assert_eq!(hearing.measures(&Stats::default(), |_| "Ana".into()).worst, None, "who is the only one needs no name");
    (0..6).for_each(|_| hearing.heard(vec![]));
    assert!(hearing.windows.is_empty());
    assert_eq!(hearing.complete(Stats::default()).concealed, None);
}

#[test]
fn the_sender_is_told_of_the_way() {
    let hearing = Hearing::default();
    let stats = Stats { uplink_loss: Some(0.2), rtt_ms: Some(40.0), uplink_jitter_ms: Some(7.0), ..Stats::default() };
    assert_eq!(hearing.path(&stats), Path { loss: 0.2, rtt_ms: Some(40.0), jitter_ms: Some(7.0) });
    assert_eq!(hearing.path(&Stats::default()), Path::default());
}

async fn ask(c: &mut Call, command: Command) -> Option<String> {
    c.handle.send(Request { id: Some(1), command });
    match c.until(|e| matches!(e, Event::Reply { .. })).await {
        Event::Reply { error, .. } => error,
        _ => unreachable!(),
    }
}

async fn joins(c: &Call, who: &PeerId, name: &str) {
    let joined = BackendEvent::PeerJoined { id: who.clone(), kind: PeerKind::Member, name: Some(name.into()), before_us: true };
    c.far.events.send(joined).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn reports_go_out_each_second_whatever_is_heard_and_what_comes_back_is_told() {
    let mut c = start_as(member(0), Security::EndToEnd, options());
    let josefa = member(1);
    joins(&c, &josefa, "Josefa").await;
    c.until(|e| matches!(e, Event::PeerJoined { .. })).await;
    // In silence and in speech alike: one report a second.
    let mut reports = Vec::new();
    for second in 0..6u32 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if second > 2 {
            c.far.sound.send(AudioEvent::Heard(vec![heard(&josefa, 1000, 0, 50, 0)])).await.unwrap();
        }
        while let Ok(command) = c.far.commands.try_recv() {
            if let BackendCommand::Hearing(report) = command {
                reports.push(report.entries.len());
            }
        }
        while c.far.control.try_recv().is_ok() {}
    }
    assert!((5..=7).contains(&reports.len()), "{reports:?}");
    assert_eq!((reports[0], *reports.last().unwrap()), (0, 1));

    // We speak, and she says that she hears half of it.
    for second in 1..=3 {
        let figures = Figures { sent_ms: 1000 * second, ..Figures::default() };
        c.far.sound.send(AudioEvent::Figures(figures)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(10)).await;
    let entry = Entry { key: Key::of(&member(0).0).unwrap(), missing: step(0.5), lost: step(0.5), heard: 8 };
    let report = Report { entries: vec![entry], ..Report::default() };
    c.far.events.send(BackendEvent::Hearing { from: josefa.clone(), report }).await.unwrap();
    let Event::HeardBy(by) = c.until(|e| matches!(e, Event::HeardBy(_))).await else { unreachable!() };
    let text = "heard by 0 of 1; Josefa: breaking up".to_owned();
    assert_eq!(by, HeardBy { by: 0, of: 1, trouble: vec![(josefa, Trouble::BreakingUp)], text });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let paths = std::iter::from_fn(|| c.far.control.try_recv().ok());
    let told = paths.filter_map(|control| if let Control::Path(path) = control { Some(path.loss) } else { None }).last();
    assert_eq!(told, Some(0.5), "the sender adapts to it");
}

#[tokio::test(start_paused = true)]
async fn a_word_that_changes_is_one_event_and_figures_come_as_event_and_answer() {
    let mut c = start_in(Security::EndToEnd, false, options(), Capabilities::default());
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    let set = |rtt: f32| Stats { rtt_ms: Some(rtt), ..Stats::default() };
    c.far.stats.send(set(40.0)).unwrap();
    let quality = |e: &Event| matches!(e, Event::Quality(_));
    let Event::Quality(first) = c.until(quality).await else { unreachable!() };
    assert_eq!(first.word, Word::Good);
    c.far.stats.send(set(620.0)).unwrap();
    let Event::Quality(second) = c.until(quality).await else { unreachable!() };
    assert_eq!((second.word, second.text.as_str()), (Word::Poor, "poor: 620 ms round trip"));
    c.far.stats.send(set(40.0)).unwrap();
    let Event::Quality(third) = c.until(quality).await else { unreachable!() };
    assert_eq!(third.text, "good");
    c.handle.send(Request { id: Some(9), command: Command::Stats });
    let Event::Stats(stats) = c.until(|e| matches!(e, Event::Stats(_))).await else { unreachable!() };
    assert_eq!(stats.quality, Some(third));
    let Event::Reply { data, .. } = c.until(|e| matches!(e, Event::Reply { id: Some(9), .. })).await else { unreachable!() };
    assert_eq!(data.unwrap()["quality"]["word"], "good");
}

#[tokio::test(start_paused = true)]
async fn saying_again_is_refused_where_nobody_may_record_and_what_is_kept_is_wiped() {
    let mut c = start_in(Security::EndToEnd, false, options(), Capabilities::default());
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    assert!(ask(&mut c, Command::Again { seconds: Some(16) }).await.unwrap().contains("1 to 15"));
    assert_eq!(ask(&mut c, Command::Again { seconds: Some(5) }).await, None);
    c.far.sound.send(AudioEvent::Again(4200)).await.unwrap();
    assert_eq!(c.until(|e| matches!(e, Event::Again { .. })).await, Event::Again { on: true, ms: 4200 });
    let policy = crate::call::trust::Policy { no_recording: true, receipt: false };
    c.far.events.send(BackendEvent::Policy(policy)).await.unwrap();
    c.until(|e| matches!(e, Event::Policy(_))).await;
    assert!(ask(&mut c, Command::Again { seconds: None }).await.unwrap().contains("whoever opened it said so"));
    let controls: Vec<Control> = std::iter::from_fn(|| c.far.control.try_recv().ok()).collect();
    assert!(controls.iter().any(|c| matches!(c, Control::Again(5))));
    assert!(matches!(controls.last(), Some(Control::KeepForAgain(false))), "{controls:?}");
}
