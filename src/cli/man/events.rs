//! conclave-events(7), from the schema of what `--json` writes and reads.

use super::page::Page;
use serde_json::Value;
use std::fmt::Write as _;

/// The page.
pub(super) fn page() -> Page {
    let mut page = Page::new("conclave-events", 7, "JSON lines of the Conclave client: events and commands");
    // Our own document, which is valid.
    let document: Value = serde_json::from_str(&crate::cli::schema::document()).unwrap_or_default();
    let types = &document["$defs"];
    let (event, request) = (&types["Envelope"], &types["Request"]);
    page.heading("DESCRIPTION");
    page.text(
        "`conclave join --json` writes one event a line to standard output and reads one command a line from standard input; the \
         socket of a running call (`conclave ctl`) has the same form. Lines are JSON objects in UTF-8. Readers ignore fields and \
         events that they do not know: more may come without a new version. `conclave json-schema` prints all of this as JSON \
         Schema.",
    );
    page.verbatim(
        "{\"v\":1,\"t\":\"2026-11-23T10:02:11.120Z\",\"seq\":7,\"event\":\"waiting\"}\n\
         {\"id\":1,\"cmd\":\"say\",\"text\":\"good morning\"}",
    );
    page.heading("EVERY EVENT");
    page.text("These fields are in every line that is written, beside those of its event:");
    fields(&mut page, event, "");
    page.heading("EVENTS");
    tagged(&mut page, event, "event");
    page.heading("COMMANDS");
    page.text("A command may carry a number, which its `reply` has too:");
    fields(&mut page, request, "");
    tagged(&mut page, request, "cmd");
    page.heading("TYPES");
    for (name, about) in types.as_object().into_iter().flatten() {
        if matches!(name.as_str(), "Envelope" | "Request") {
            continue;
        }
        page.entry(name, "", &words(about));
        page.inside();
        fields(&mut page, about, "");
        for word in variants(about).filter(|v| v["const"].is_string()) {
            page.entry(word["const"].as_str().unwrap_or_default(), "", &words(word));
        }
        for form in variants(about).filter(|v| v["type"] == "object") {
            fields(&mut page, form, "");
        }
        page.out();
    }
    page.see_also(&[("conclave", 1), ("conclave-join", 1), ("conclave-ctl", 1), ("conclave-json-schema", 1)]);
    page
}

/// Every variant of an object that is told by one field.
fn tagged(page: &mut Page, schema: &Value, tag: &str) {
    for variant in variants(schema) {
        page.entry(variant["properties"][tag]["const"].as_str().unwrap_or_default(), "", &words(variant));
        if let Some(all) = reference(variant) {
            page.line(&format!("Its fields are those of {all}."));
        }
        page.inside();
        fields(page, variant, tag);
        page.out();
    }
}

fn variants(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["oneOf"].as_array().into_iter().flatten()
}

/// The fields of an object, but for the one that tells what it is.
fn fields(page: &mut Page, object: &Value, tag: &str) {
    let required = |name: &str| object["required"].as_array().is_some_and(|r| r.iter().any(|n| n == name));
    for (name, about) in object["properties"].as_object().into_iter().flatten().filter(|(name, _)| *name != tag) {
        let mut form = form(about);
        if !required(name) {
            form.push_str(", may be absent");
        }
        page.entry(name, &form, &words(about));
    }
}

/// What a value is, in words.
fn form(about: &Value) -> String {
    if let Some(name) = reference(about) {
        return name.into();
    }
    if let Some(any) = about["anyOf"].as_array() {
        return any.iter().map(form).collect::<Vec<_>>().join(" or ");
    }
    let one = |name: &str| match name {
        "array" => format!("list of {}", form(&about["items"])),
        "object" if about["additionalProperties"].is_object() => format!("object of {}", form(&about["additionalProperties"])),
        other => other.into(),
    };
    match &about["type"] {
        Value::String(name) => one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or "),
        _ => "anything".into(),
    }
}

fn reference(about: &Value) -> Option<&str> {
    about["$ref"].as_str()?.rsplit('/').next()
}

/// The description, with links of the source replaced by what they stand for.
fn words(about: &Value) -> String {
    let text = about["description"].as_str().unwrap_or_default();
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, (link, after))) = rest.split_once("[`").and_then(|(b, a)| Some((b, a.split_once("`]")?))) {
        let name = link.rsplit("::").next().unwrap_or(link);
        let number = match name {
            "MAX_CHAT" => Some(crate::text::MAX_CHAT),
            "MAX_NAME" => Some(crate::text::MAX_NAME),
            "RECORD" => Some(crate::call::state::RECORD),
            "HISTORY" => Some(crate::call::chat::HISTORY),
            "MAX_SPEAKERS" => Some(crate::call::event::MAX_SPEAKERS),
            "SCHEMA_VERSION" => Some(crate::call::SCHEMA_VERSION as usize),
            _ => None,
        };
        // Writing to a string does not fail.
        let _ = match number {
            Some(number) => write!(words, "{before}{number}"),
            None => write!(words, "{before}{name}"),
        };
        rest = after;
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_links_are_words() {
        for (schema, says) in [
            (serde_json::json!({ "type": ["boolean", "null"] }), "boolean or null"),
            (serde_json::json!({ "anyOf": [{ "$ref": "#/$defs/PeerId" }, { "type": "null" }] }), "PeerId or null"),
            (serde_json::json!({ "type": "array", "items": { "type": "string" } }), "list of string"),
            (serde_json::json!({ "type": "object", "additionalProperties": { "type": "string" } }), "object of string"),
            (serde_json::json!(true), "anything"),
        ] {
            assert_eq!(form(&schema), says);
        }
        let text = serde_json::json!({ "description": "At most [`crate::text::MAX_NAME`] of [`Peer::name`]." });
        assert_eq!(words(&text), format!("At most {} of name.", crate::text::MAX_NAME));
    }
}
