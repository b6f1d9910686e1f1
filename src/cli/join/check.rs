//! `--check`: a look at name, link, microphone and loudspeaker before the call.

use crate::audio::DeviceSpec;
use crate::audio::device::{self, OpenError, bench::Bench};
use crate::audio::loudness::{Loudness, VoiceLevel};
use crate::backend::link::Link;
use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};
use crate::front_end::words;
use crate::i18n::{said, tr};
use crate::net::ladder::Transport;
use crate::text::clean;
use crate::tui::Options;
use crate::tui::check::{self, Decision, Sound};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long is listened before the level is told anew: a word that changes more often cannot be read.
const LISTEN: Duration = Duration::from_secs(1);

/// What the user sees of the call to come.
pub(super) fn facts(name: &str, link: &Link, transport: Transport) -> Vec<String> {
    let server = match (&link.fingerprint, link.tls) {
        (Some(_), _) => tr!("check-key-named"),
        (None, true) => tr!("check-no-key"),
        (None, false) => tr!("check-local"),
    };
    let secret = if link.key.is_some() { tr!("check-secret") } else { String::new() };
    let mode = link.mode.map(|mode| tr!("check-mode", mode = mode.word())).unwrap_or_default();
    let way = match (transport.only, transport.first) {
        (Some(only), _) => tr!("check-way-only", rung = only.name()),
        (None, Some(first)) => tr!("check-way-first", rung = first.name()),
        (None, None) => tr!("check-way"),
    };
    let lines = [tr!("check-you", name = clean(name)), tr!("check-room", link = link.display()), server, secret, mode, way];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// Shows it until the user decides. The devices are given back before this returns.
///
/// # Errors
/// The terminal cannot be used.
pub(super) async fn decide(options: &Options, facts: &[String], device: &DeviceSpec) -> Result<Decision, Failure> {
    let (heard, sound) = watch::channel(Sound { level: tr!("check-opening"), ..Sound::default() });
    let (tone, tones) = mpsc::channel(1);
    let device = device.clone();
    let listening = tokio::task::spawn_blocking(move || listen(&device, &heard, tones));
    let decision = check::run(options, facts, sound, tone).await;
    // The end of the tones is the end of listening.
    let _ = listening.await;
    decision
        .map_err(|e| Failure::new(Exit::Other, format!("this terminal cannot show a full screen ({e}); join without --check")))
}

/// Says how loud the voice is, once a second, until nobody asks for tones any more.
fn listen(spec: &DeviceSpec, heard: &watch::Sender<Sound>, mut tones: mpsc::Receiver<()>) {
    let Ok((hosts, input, output)) = device::wanted(spec) else {
        let level = tr!("check-no-device");
        return drop(heard.send(Sound { level, ..Sound::default() }));
    };
    let mut bench = Bench::open(&hosts, input, output);
    let (hears, plays) = bench.settle();
    let lines = vec![
        line(&words::device(DeviceKind::Input), bench.microphone.as_ref().map(|end| end.name()), hears),
        line(&words::device(DeviceKind::Output), bench.loudspeaker.as_ref().map(|end| end.name()), plays),
    ];
    loop {
        match tones.try_recv() {
            Ok(()) if plays => drop(bench.way()),
            Ok(()) | Err(mpsc::error::TryRecvError::Empty) => {}
            Err(mpsc::error::TryRecvError::Disconnected) => return,
        }
        let voice = bench.run(&[], LISTEN);
        let level = match VoiceLevel::of(&voice).filter(|_| hears) {
            Some(l) if l.level == Loudness::Silent => tr!("check-silent"),
            Some(l) => tr!("check-voice", word = said(l.level.words())),
            None => tr!("check-no-sound"),
        };
        let now = Sound { lines: lines.clone(), level, can_play: plays };
        heard.send_if_modified(|shown| std::mem::replace(shown, now.clone()) != now);
    }
}

fn line(what: &str, name: Result<Option<&str>, &OpenError>, flows: bool) -> String {
    match (name, flows) {
        (Ok(name), true) => format!("{what}: {}.", name.map_or_else(|| tr!("check-device-open"), clean)),
        (Ok(name), false) => tr!("check-device-still", what = what, name = name.map_or_else(|| tr!("check-device-it"), clean)),
        (Err(why), _) => tr!("check-device-shut", what = what, why = clean(&why.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_link_is_true_and_carries_no_secret() {
        let told = |link: &str| match Link::parse(link) {
            Ok(link) => facts("Ana\x1b[2J", &link, Transport::default()).join(" "),
            Err(e) => panic!("{e:?}"),
        };
        let plain = told("http://127.0.0.1:8080/board");
        assert!(
            plain.starts_with("You are Ana[2J. The room: http://127.0.0.1:8080/board") && plain.contains("not encrypted"),
            "{plain}"
        );
        let secret = told("https://meet.example.org/board#k=c2VjcmV0");
        assert!(secret.contains("certificate alone") && secret.contains("room's secret") && !secret.contains("c2Vj"), "{secret}");
    }
}
