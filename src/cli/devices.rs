//! `conclave devices`: what can be spoken into and listened to, and whether it works.

mod test;

use crate::audio::device::{self, DeviceInfo};
use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};

/// Options of `conclave devices`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Play a soft tone, record your voice, play it back, and say how loud it was
    Test(test::Args),
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    if let Some(Verb::Test(args)) = args.verb {
        return test::run(&args);
    }
    let all = device::list();
    let text = if args.json {
        serde_json::to_string(&all).map_err(|e| Failure::new(Exit::Internal, format!("The list cannot be printed: {e}.")))?
    } else {
        table(&all)
    };
    super::print(format!("{}\n", text.trim_end()))
}

/// What is said where there is nothing.
const NOTHING: &str = "No microphone and no loudspeaker were found.\n\
                       Start PulseAudio or PipeWire, or use --audio file:IN.wav,OUT.wav, pipe or null.";

fn table(all: &[DeviceInfo]) -> String {
    if all.is_empty() {
        return device::remote::advice().map_or_else(|| NOTHING.into(), |advice| format!("{NOTHING}\n{advice}"));
    }
    let mut text = String::new();
    for (kind, title) in [(DeviceKind::Input, "Microphones"), (DeviceKind::Output, "Loudspeakers")] {
        text += &format!("{title} (* = default)\n");
        let mut any = false;
        for d in all.iter().filter(|d| d.kind == kind) {
            any = true;
            let mark = if d.default { '*' } else { ' ' };
            let clean = |s: &str| s.chars().filter(|c| !c.is_control()).collect::<String>();
            text += &format!("{mark} {}  {}  {}\n", d.host, clean(&d.name), clean(&d.description));
        }
        if !any {
            text += "  none\n";
        }
    }
    text + "Choose with --audio HOST:MICROPHONE,LOUDSPEAKER; try them with conclave devices test"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_the_default_and_carries_no_escape_sequences() {
        let all = [DeviceInfo {
            host: "pulse",
            kind: DeviceKind::Output,
            name: "spk".into(),
            description: "Loud\u{1b}[31m".into(),
            default: true,
        }];
        let text = table(&all);
        assert!(text.contains("* pulse  spk  Loud[31m"), "{text}");
        assert!(text.contains("Microphones (* = default)\n  none"), "{text}");
        assert!(table(&[]).contains("--audio file"));
    }
}
