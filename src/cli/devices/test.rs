//! `conclave devices test`: what happens is said in plain lines, one after the other, as it happens.

use crate::audio::DeviceSpec;
use crate::audio::device::bench::Bench;
use crate::audio::device::supervisor::{End, Side};
use crate::audio::device::{self, OpenError};
use crate::audio::loudness::{Loudness, VoiceLevel};
use crate::exit::{Exit, Failure};
use serde::Serialize;
use std::time::Duration;

/// Options of `conclave devices test`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa or jack
    #[arg(long, default_value = "auto", value_name = "DEVICES")]
    audio: String,
    /// How long your voice is recorded, in seconds
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=60))]
    seconds: u8,
    /// Print one JSON object at the end instead of lines
    #[arg(long)]
    json: bool,
}

/// What came out.
#[derive(Debug, Default, Serialize)]
struct Report {
    microphone: Found,
    loudspeaker: Found,
    /// How loud the voice was.
    voice: Option<VoiceLevel>,
    /// From the loudspeaker's buffer through both devices and the microphone's buffer, in milliseconds, if the microphone
    /// hears the loudspeaker.
    delay_ms: Option<f32>,
    /// What to do about sound on another machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

/// One end.
#[derive(Debug, Default, Serialize)]
struct Found {
    /// The device, if it opened.
    name: Option<String>,
    /// Why there is none, or why it is of no use.
    error: Option<String>,
}

fn found<S: Side>(end: &Result<End<S>, OpenError>) -> Found {
    match end {
        Ok(end) => Found { name: end.name().map(crate::text::clean), error: None },
        Err(OpenError::Unknown) => Found { name: None, error: Some("there is no such device, see conclave devices".into()) },
        Err(e) => Found { name: None, error: Some(crate::text::clean(&e.to_string())) },
    }
}

/// Runs it.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (hosts, input, output) = device::wanted(&DeviceSpec::parse(&args.audio)?)?;
    // A reader that goes away ends nothing: the next line ends it.
    let say = |line: &str| if args.json { Ok(Exit::Ok) } else { crate::cli::print(format!("{line}\n")) };
    let mut bench = Bench::open(&hosts, input, output);
    let mut report = Report { microphone: found(&bench.microphone), loudspeaker: found(&bench.loudspeaker), ..Report::default() };
    for (what, end) in [("Microphone", &report.microphone), ("Loudspeaker", &report.loudspeaker)] {
        match (&end.name, &end.error) {
            (Some(name), _) => say(&format!("{what}: {name}."))?,
            (None, why) => say(&format!("{what}: none opens ({}).", why.as_deref().unwrap_or("not found")))?,
        };
    }
    if report.microphone.name.is_none() && report.loudspeaker.name.is_none() {
        report.advice = device::remote::advice();
        if args.json {
            print(&report)?;
        }
        let text = "Neither a microphone nor a loudspeaker opens: start PulseAudio or PipeWire, or attach a headset. Calls work \
                    all the same, without sound, or with --audio file: or pipe.";
        return Err(Failure::new(Exit::NoInput, device::remote::with_advice(text)));
    }
    let (hears, plays) = bench.settle();
    for (end, flows) in [(&mut report.microphone, hears), (&mut report.loudspeaker, plays)] {
        if end.name.is_some() && !flows {
            end.error = Some("it is open, and no sound flows".into());
            say(&format!("{} is open, but no sound flows: is another program holding it?", end.name.as_deref().unwrap_or("It")))?;
        }
    }
    if plays {
        say("A soft rising tone is played now.")?;
        report.delay_ms = bench.way();
        if hears {
            say(&match report.delay_ms {
                Some(ms) => format!("The microphone heard it: {ms:.0} ms through both devices and their buffers."),
                None => "The microphone did not hear it, as with headphones; so the devices' delay cannot be measured.".into(),
            })?;
        }
    }
    if hears {
        let seconds = args.seconds;
        say(&format!("Speak now, for {seconds} {}.", if seconds == 1 { "second" } else { "seconds" }))?;
        let voice = bench.run(&[], Duration::from_secs(seconds.into()));
        report.voice = VoiceLevel::of(&voice);
        match &report.voice {
            Some(l) => say(&format!("Your voice is {} ({:.0} dBFS, peaks {:.0} dBFS).", l.level.words(), l.dbfs, l.peak_dbfs))?,
            None => say("The microphone gave no sound.")?,
        };
        if plays && report.voice.is_some_and(|l| l.level != Loudness::Silent) {
            say("This is what the microphone heard.")?;
            let time = Duration::from_secs_f32(voice.len() as f32 / crate::audio::SAMPLE_RATE as f32);
            bench.run(&voice, time + Duration::from_millis(200));
        }
    }
    if args.json { print(&report) } else { say("The test is over.") }
}

fn print(report: &Report) -> Result<Exit, Failure> {
    let text = serde_json::to_string(report).map_err(|e| Failure::new(Exit::Internal, format!("no JSON could be made ({e})")))?;
    crate::cli::print(format!("{text}\n"))
}
