//! `conclave json-schema`: what `--json` writes and reads, as JSON Schema.

#[cfg(feature = "client")]
use crate::exit::{Exit, Failure};

/// Options of `conclave json-schema`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
///
/// # Errors
/// Standard output cannot be written.
#[cfg(feature = "client")]
pub fn run(_args: &Args) -> Result<Exit, Failure> {
    super::print(document())
}

/// The schema of every line, as kept in `docs/events.schema.json`: `Envelope` is a line on standard output, `Request` a line on
/// standard input, `State` what the command `state` answers with, `Report` what `conclave doctor --json` prints.
#[cfg(feature = "client")]
pub fn document() -> String {
    use crate::call::{Envelope, Request, State};
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let envelope = generator.subschema_for::<Envelope>();
    let request = generator.subschema_for::<Request>();
    generator.subschema_for::<State>();
    generator.subschema_for::<crate::doctor::Report>();
    let document = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conclave: lines of `conclave join --json`",
        "description": "One JSON object a line. Readers ignore fields and events that they do not know. The `data` of a reply to \
                        the command `state` is a State. `conclave doctor --json` prints a Report.",
        "anyOf": [envelope, request],
        "$defs": generator.take_definitions(true),
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
