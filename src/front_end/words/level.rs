//! The answer to `/level` as a sentence.

use crate::i18n::{tr, word};
use crate::text::clean;
use serde_json::Value;

/// `Microphone: good (-23 dBFS).`; `None` if it is another answer.
pub(super) fn words(data: &Value) -> Option<String> {
    let (loudness, level) = (data.get("microphone")?.as_str()?, data.get("loudness_dbfs")?.as_f64()?);
    let loudness = word("loudness", loudness).unwrap_or_else(|| clean(loudness));
    let level = format!("{level:.0}");
    Some(match data.get("open")?.as_bool()? {
        true => tr!("level-open", word = loudness, level = level),
        false => tr!("level-closed", word = loudness, level = level),
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
