//! The microphone and the loudspeaker: whether they open, and whether sound flows.

use super::{Check, Finding, Private, Text};
use crate::audio::device::bench::Bench;
use crate::audio::device::supervisor::{End, Side};
use crate::audio::device::{self, OpenError, Wanted};
use crate::exit::Exit;

/// One end.
enum Seen {
    /// It does not open, and why.
    Shut(String),
    /// It is open, and nothing comes or goes.
    Stuck(String),
    /// Sound flows.
    Flows(String),
}

/// Tries both ends; nothing is played but silence, and nothing is kept. Not from asynchronous code.
pub fn sound(wanted: Wanted) -> [Finding; 2] {
    let (hosts, input, output) = wanted;
    let mut bench = Bench::open(&hosts, input, output);
    let (hears, plays) = bench.settle();
    let advice = device::remote::advice();
    [
        judge(Check::Microphone, &see(&bench.microphone, hears), advice),
        judge(Check::Loudspeaker, &see(&bench.loudspeaker, plays), advice),
    ]
}

fn see<S: Side>(end: &Result<End<S>, OpenError>, flows: bool) -> Seen {
    match end {
        Err(why) => Seen::Shut(why.to_string()),
        Ok(end) => {
            let name = end.name().unwrap_or_default().to_owned();
            if flows { Seen::Flows(name) } else { Seen::Stuck(name) }
        }
    }
}

fn judge(check: Check, seen: &Seen, elsewhere: Option<&'static str>) -> Finding {
    match seen {
        Seen::Flows(name) => Finding::pass(check, Text::of("").private(Private::Device, name).and(": sound flows")),
        Seen::Stuck(name) => Finding::fail(
            check,
            Exit::NoInput,
            Text::of("").private(Private::Device, name).and(" is open, and no sound flows"),
            Text::of("see whether another program holds it, and try another one: conclave devices"),
        ),
        Seen::Shut(why) => Finding::fail(
            check,
            Exit::NoInput,
            Text::of("none opens (").private(Private::Words, why).and(")"),
            Text::of(elsewhere.unwrap_or("start PulseAudio or PipeWire, or attach a headset; then try conclave devices test")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Status, exit};
    use super::*;

    #[test]
    fn what_gives_no_sound_fails_with_what_to_do() {
        let flows = judge(Check::Microphone, &Seen::Flows("Ana's headset".into()), None);
        assert!(flows.status() == Status::Pass && !flows.text().redacted().contains("Ana"), "{flows:?}");
        let over_ssh = judge(Check::Loudspeaker, &Seen::Shut("no server".into()), Some("run conclave there"));
        assert_eq!(over_ssh.advice().map(Text::shown), Some("run conclave there"));
        assert_eq!(exit(&[flows, judge(Check::Loudspeaker, &Seen::Stuck("x".into()), None)]), Exit::NoInput);
    }
}
