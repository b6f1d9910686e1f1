//! Remote text is hostile: names, chat and room names are cleaned before anything looks at them.

/// The longest display name, in characters.
pub const MAX_NAME: usize = 64;
/// The longest chat message, in bytes of UTF-8.
pub const MAX_CHAT: usize = 4096;

/// Whether a character may reach a terminal: no control characters (C0, C1, ESC), no bidi controls, no
/// invisible format characters that reorder or hide text, no line or paragraph separators.
fn printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FFA0}' // drawn as nothing
            | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// One line of remote text made harmless: line breaks and tabs become spaces, everything unprintable goes.
pub fn clean(s: &str) -> String {
    s.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).filter(|c| printable(*c)).collect()
}

/// Whether a character shows by itself: joiners, variation selectors and the commonest combining marks do not.
fn visible(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{0300}'..='\u{036F}' | '\u{FE00}'..='\u{FE0F}' | '\u{20D0}'..='\u{20FF}')
}

/// A display name made harmless: cleaned, trimmed, runs of white space folded, at most [`MAX_NAME`] characters;
/// `None` if nothing is left.
pub fn clean_name(s: &str) -> Option<String> {
    let folded = clean(s).split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = folded.chars().take(MAX_NAME).collect();
    cut.chars().any(visible).then_some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_bidi_overrides_are_gone() {
        assert_eq!(clean("k\u{14d}rero \x1b[2J\u{202E}x\u{9b}31m"), "k\u{14d}rero [2Jx31m");
        assert_eq!(clean_name("  A\n\tB  "), Some("A B".into()));
        assert_eq!(clean_name("\u{200B}\x07"), None);
        assert_eq!(clean_name("\u{200D}\u{FE0F} \u{3164}\u{301}"), None, "a name that nobody can see");
        assert_eq!(clean_name(&"x".repeat(10_000)).map(|s| s.len()), Some(MAX_NAME));
    }
}
