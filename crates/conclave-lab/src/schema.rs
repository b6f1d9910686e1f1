//! Whether a JSON line is one of `docs/events.schema.json`: as much of JSON Schema (2020-12) as that document uses. A word that is
//! not known here fails, so that nothing of it is passed over.

use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = crate::root().join("docs/events.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

/// Fails if a line of `--json`, or of a control socket, is not an `Envelope` of the schema.
pub fn assert_event(line: &Value) {
    if let Err(why) = check(&DOCUMENT["$defs"]["Envelope"], line, &DOCUMENT) {
        panic!("not by docs/events.schema.json: {why}\n{line:#}");
    }
}

/// Whether a value is as a schema says; `document` has what it refers to.
fn check(schema: &Value, value: &Value, document: &Value) -> Result<(), String> {
    let Value::Object(words) = schema else {
        return if schema == &Value::Bool(false) { Err("nothing may be here".into()) } else { Ok(()) };
    };
    let all = |schemas: &Value| schemas.as_array().unwrap().iter().map(|s| check(s, value, document)).collect::<Vec<_>>();
    for (word, says) in words {
        let fits = match word.as_str() {
            "title" | "description" | "default" | "$schema" | "$defs" => true,
            "type" => match says {
                Value::Array(any) => any.iter().any(|t| is(t, value)),
                one => is(one, value),
            },
            "const" => value == says,
            "enum" => says.as_array().unwrap().contains(value),
            "$ref" => {
                let path = says.as_str().unwrap().strip_prefix('#').unwrap();
                check(document.pointer(path).unwrap(), value, document)?;
                true
            }
            "oneOf" => {
                let fitting = all(says).into_iter().filter(Result::is_ok).count();
                if fitting != 1 {
                    // The variant that it wants to be says best why it is none.
                    let of = |s: &&Value| s["properties"]["event"]["const"] == value["event"];
                    says.as_array().unwrap().iter().find(of).map_or(Ok(()), |s| check(s, value, document))?;
                }
                fitting == 1
            }
            "anyOf" => all(says).iter().any(Result::is_ok),
            "allOf" => all(says).iter().all(Result::is_ok),
            "required" => {
                says.as_array().unwrap().iter().all(|key| !value.is_object() || value.get(key.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (key, schema) in says.as_object().unwrap() {
                    if let Some(inner) = value.get(key) {
                        check(schema, inner, document).map_err(|why| format!("{key}: {why}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    if words.get("properties").is_none_or(|p| p.get(key).is_none()) {
                        check(says, inner, document).map_err(|why| format!("{key}: {why}"))?;
                    }
                }
                true
            }
            "items" => {
                let first = words.get("prefixItems").map_or(0, |p| p.as_array().unwrap().len());
                for inner in value.as_array().into_iter().flatten().skip(first) {
                    check(says, inner, document)?;
                }
                true
            }
            "prefixItems" => {
                for (schema, inner) in says.as_array().unwrap().iter().zip(value.as_array().into_iter().flatten()) {
                    check(schema, inner, document)?;
                }
                true
            }
            "minItems" => value.as_array().is_none_or(|a| a.len() as u64 >= says.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|a| a.len() as u64 <= says.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|v| v >= says.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|v| v <= says.as_f64().unwrap()),
            "format" => match says.as_str().unwrap() {
                "uint8" | "uint16" | "uint32" | "uint64" | "uint" => !value.is_number() || value.is_u64(),
                "float" | "double" | "int64" | "int32" => true,
                other => panic!("the format {other} is not known here"),
            },
            other => panic!("the word {other} of JSON Schema is not known here"),
        };
        if !fits {
            return Err(format!("{word} {says} does not hold of {value}"));
        }
    }
    Ok(())
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is not known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_by_the_schema_is_found() {
        let line = |more: Value| {
            let mut line = json!({"v": 1, "t": "2026-11-23T10:02:11.120Z", "seq": 7});
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            check(&DOCUMENT["$defs"]["Envelope"], &line, &DOCUMENT)
        };
        assert_eq!(line(json!({"event": "speaking", "id": "a", "on": true})), Ok(()));
        assert!(line(json!({"event": "speaking", "id": "a", "on": "yes"})).unwrap_err().starts_with("on: type"));
        assert!(line(json!({"event": "speaking", "id": "a"})).unwrap_err().contains("required"));
        assert!(line(json!({"event": "talking", "id": "a", "on": true})).is_err());
        assert!(line(json!({"event": "reconnecting", "attempt": -1, "next_ms": 5})).unwrap_err().starts_with("attempt: "));
    }
}
