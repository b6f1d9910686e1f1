//! The log on standard error, as the configuration wants it. No line holds a secret or a person's name; addresses only if asked for.

use crate::server::edge::log_addresses;
use crate::server::settings::{Format, Log};
use serde_json::{Map, Value};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Starts it; `CONCLAVE_LOG` counts more than the file's level.
pub(super) fn start(settings: &Log) {
    addresses(settings);
    let level = settings.level.as_deref().unwrap_or("warn");
    let filter = EnvFilter::try_from_env("CONCLAVE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let _ = match settings.format.unwrap_or_default() {
        Format::Text => to.try_init(),
        Format::Json => to.event_format(Lines).try_init(),
    };
}

/// Whether lines name the addresses of clients from now on.
pub(super) fn addresses(settings: &Log) {
    log_addresses(settings.addresses.unwrap_or(false));
}

/// One JSON object a line: `at`, `level`, `target`, `message`, and the event's fields. Built here, for the `json` feature of
/// tracing-subscriber would make half of our dependencies anew for what is a map.
struct Lines;

struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        // Ours come last: no field of an event can take their place.
        fields.0.insert("at".into(), jiff::Timestamp::now().to_string().into());
        fields.0.insert("level".into(), event.metadata().level().as_str().to_ascii_lowercase().into());
        fields.0.insert("target".into(), event.metadata().target().into());
        writeln!(out, "{}", Value::Object(fields.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_line_is_one_object_whatever_is_in_it() {
        let sink = Sink::default();
        let to = sink.clone();
        let subscriber = tracing_subscriber::fmt().event_format(Lines).with_writer(move || to.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(room = "a\"b\nc", n = 3, level = "mine", "it is {}", "so");
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["message"], &line["room"], &line["n"]), (&"it is so".into(), &"a\"b\nc".into(), &3.into()));
        assert_eq!((&line["level"], line["target"].as_str().is_some()), (&"warn".into(), true));
        assert!(line["at"].as_str().unwrap().ends_with('Z'));
    }
}
