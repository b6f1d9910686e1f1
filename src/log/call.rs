//! What happens in a call, as lines of the log.

use super::line::{Code, Level, Line, Name, Room, Salt};
use crate::call::engine::timestamp;
use crate::call::{DeviceKind, Envelope, Event, Handle};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::mpsc;

/// Logs a call until it is over. What the writer complains of, the user is told, once.
///
/// `way`: the room's link without secrets.
pub async fn follow(
    handle: Handle,
    mut events: Receiver<Envelope>,
    way: String,
    salt: Salt,
    mut complaints: mpsc::Receiver<String>,
) {
    super::write(&Line::new(Level::Info, "the call begins; room ").redacted(Room { way: &way, salt: &salt }));
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Envelope { event, .. }) => {
                    if let Some(line) = line(&event) {
                        super::write(&line);
                    }
                    if matches!(event, Event::Left { .. }) {
                        return;
                    }
                }
                Err(RecvError::Lagged(n)) => super::write(&Line::new(Level::Debug, "events that were too many: ").number(n as f64)),
                Err(RecvError::Closed) => return,
            },
            Some(text) = complaints.recv() => handle.happen(timestamp(), Event::Warning { code: "log".into(), text }),
        }
    }
}

fn line(event: &Event) -> Option<Line> {
    let on = |on: bool| if on { "on" } else { "off" };
    Some(match event {
        Event::Connecting { .. } => Line::new(Level::Info, "connecting"),
        Event::Transport { rung, ok, ms, .. } => Line::new(Level::Info, "way ")
            .redacted(Code(rung))
            .and(if *ok { " works after " } else { " does not work; " })
            .number(u32::try_from(*ms).unwrap_or(u32::MAX))
            .and(" ms"),
        Event::Joined { security, passphrase, .. } => Line::new(Level::Info, "joined: ").and(security.words_with(*passphrase)),
        Event::Reconnecting { attempt, next_ms } => Line::new(Level::Warn, "connection lost; attempt ")
            .number(*attempt)
            .and(" in ")
            .number(u32::try_from(*next_ms).unwrap_or(u32::MAX))
            .and(" ms"),
        Event::Reconnected => Line::new(Level::Info, "connection back"),
        Event::Left { reason, code, .. } => {
            let word = serde_json::to_value(reason).ok();
            let word = word.as_ref().and_then(|v| v.as_str()).unwrap_or_default();
            Line::new(Level::Info, "left: ").redacted(Code(word)).and(", exit code ").number(*code)
        }
        Event::PeerJoined { .. } => Line::new(Level::Debug, "somebody came"),
        Event::PeerLeft { .. } => Line::new(Level::Debug, "somebody left"),
        Event::LetIn { .. } => Line::new(Level::Info, "let in"),
        Event::Epoch(note) => Line::new(Level::Debug, "epoch ")
            .number(note.epoch as f64)
            .and(", came ")
            .number(note.added.len() as f64)
            .and(", went ")
            .number(note.removed.len() as f64),
        Event::Recording { on: o, .. } => Line::new(Level::Info, "recording ").and(on(*o)),
        Event::Frozen { on: o, .. } => Line::new(Level::Info, "frozen ").and(on(*o)),
        Event::Device { kind, name, state, .. } => {
            let what = match kind {
                DeviceKind::Input => "microphone ",
                DeviceKind::Output => "loudspeaker ",
            };
            Line::new(Level::Info, what).redacted(Name(name)).and(": ").redacted(Code(state))
        }
        Event::Quality(quality) => Line::new(Level::Info, "sound: because of ").redacted(Code(&quality.cause)),
        Event::Stats(stats) => Line::new(Level::Debug, "received ")
            .number(stats.packets_received as f64)
            .and(", lost ")
            .number(stats.packets_lost as f64)
            .and(", sent ")
            .number(stats.packets_sent as f64)
            .and(", round trip ")
            .number(stats.rtt_ms.unwrap_or(-1.0))
            .and(" ms, buffer ")
            .number(stats.buffer_ms)
            .and(" ms"),
        Event::Intercepted { .. } => Line::new(Level::Warn, "TLS is read on the way"),
        Event::Warning { code, .. } => Line::new(Level::Warn, "warning ").redacted(Code(code)),
        Event::Error { code, fatal, .. } => {
            Line::new(Level::Error, if *fatal { "fatal error " } else { "error " }).redacted(Code(code))
        }
        // Who speaks, moves and says what is nobody's business here.
        _ => return None,
    })
}
