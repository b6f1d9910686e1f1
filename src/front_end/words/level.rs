//! The answer to `/level` as a sentence.

use serde_json::Value;

/// `Microphone: good (-23 dBFS).`; `None` if it is another answer.
pub(super) fn words(data: &Value) -> Option<String> {
    let (word, level) = (data.get("microphone")?.as_str()?, data.get("loudness_dbfs")?.as_f64()?);
    Some(match data.get("open")?.as_bool()? {
        true => format!("Microphone: {word} ({level:.0} dBFS)."),
        false => format!("Microphone: closed; if it were open: {word} ({level:.0} dBFS)."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_level_is_a_word_and_a_number() {
        let level = |open: bool| json!({"microphone": "good", "loudness_dbfs": -23.4, "peak_dbfs": -11.0, "open": open});
        assert_eq!(words(&level(true)).unwrap(), "Microphone: good (-23 dBFS).");
        assert_eq!(words(&level(false)).unwrap(), "Microphone: closed; if it were open: good (-23 dBFS).");
        assert_eq!(words(&json!({"microphone": 3})), None);
        assert_eq!(words(&json!([1])), None);
    }
}
