//! `conclave devices`: what can be spoken into and listened to.

use crate::audio::device::{self, DeviceInfo};
use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};

/// Options of `conclave devices`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub fn run(args: Args) -> Result<Exit, Failure> {
    let all = device::list();
    let text = if args.json {
        serde_json::to_string(&all).map_err(|e| Failure::new(Exit::Internal, format!("The list cannot be printed: {e}.")))?
    } else {
        table(&all)
    };
    super::print(format!("{}\n", text.trim_end()))
}

fn table(all: &[DeviceInfo]) -> String {
    if all.is_empty() {
        return "No microphone and no loudspeaker were found.\n\
                Start PulseAudio or PipeWire, or use --audio file:IN.wav,OUT.wav, pipe or null."
            .into();
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
    text + "Choose with --audio HOST:MICROPHONE,LOUDSPEAKER"
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
