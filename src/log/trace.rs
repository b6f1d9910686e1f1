//! What the program traces about itself, as lines of the log: where it is in the source, and the numbers that it carries.

use super::line::{Level, Line};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Whose traces are taken: those of libraries may say anything.
const OURS: &str = "conclave";

struct Trace(LevelFilter);

/// Takes them from now on. Whoever comes second changes nothing.
pub(super) fn install(level: Level) {
    let level = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    let _ = tracing_subscriber::registry().with(Trace(level)).try_init();
}

impl<S: Subscriber> Layer<S> for Trace {
    fn enabled(&self, about: &Metadata<'_>, _: Context<'_, S>) -> bool {
        about.is_event() && *about.level() <= self.0 && (about.target() == OURS || about.target().starts_with("conclave::"))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        super::write(&line(event));
    }
}

fn line(event: &Event<'_>) -> Line {
    let about = event.metadata();
    let level = match *about.level() {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        _ => Level::Debug,
    };
    let line = Line::new(level, "at ").and(about.file().unwrap_or(about.target())).and(":").number(about.line().unwrap_or(0));
    let mut numbers = Numbers(line);
    event.record(&mut numbers);
    numbers.0
}

struct Numbers(Line);

impl Numbers {
    fn add(&mut self, field: &Field, n: f64) {
        self.0 = self.0.clone().and(" ").and(field.name()).and("=").number(n);
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers in a log")]
impl Visit for Numbers {
    // Messages, names, errors: whatever was put together while the program ran.
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value as f64);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value as f64);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, f64::from(u8::from(value)));
    }
}
