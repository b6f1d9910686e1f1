//! What a page is made of: a thin layer over roff, in which every text is escaped.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

/// Names of options and keys are never divided, and no word stands apart from the next for the sake of a straight margin.
pub(super) const LAYOUT: &str = ".nh\n.ad l\n";

/// A page, or the end of one.
#[derive(Debug, Default)]
pub(super) struct Page(Roff);

impl Page {
    /// A page of its own.
    #[cfg(feature = "client")]
    pub(super) fn new(title: &str, section: u8, about: &str) -> Self {
        let mut page = Self::default();
        let source = concat!("conclave ", env!("CARGO_PKG_VERSION"));
        // No date, for pages of one version are always the same; a missing word would shift the next ones.
        page.0.control("TH", [title, &section.to_string(), " ", source, "Conclave"]);
        page.0.control("nh", []);
        page.0.control("ad", ["l"]);
        page.heading("NAME");
        page.0.text([roman(format!("{title} - {about}"))]);
        page
    }

    /// A section.
    pub(super) fn heading(&mut self, heading: &str) {
        self.0.control("SH", [heading]);
    }

    /// A part of a section.
    #[cfg(feature = "server")]
    pub(super) fn part(&mut self, heading: &str) {
        self.0.control("SS", [heading]);
    }

    /// A paragraph; what stands between backticks is bold.
    pub(super) fn text(&mut self, text: &str) {
        self.0.control("PP", []);
        self.0.text(inlines(text));
    }

    /// A term in bold with what follows it, and what it means.
    pub(super) fn entry(&mut self, term: &str, follows: &str, about: &str) {
        self.0.control("TP", []);
        let mut head = vec![bold(term)];
        if !follows.is_empty() {
            head.extend([roman(" "), italic(follows)]);
        }
        self.0.text(head);
        self.0.text(inlines(about));
    }

    /// One more paragraph of an entry.
    pub(super) fn line(&mut self, text: &str) {
        self.0.control("br", []);
        self.0.text(inlines(text));
    }

    /// Whatever comes until [`Page::out`] belongs to the entry before.
    #[cfg(feature = "client")]
    pub(super) fn inside(&mut self) {
        self.0.control("RS", []);
    }

    /// The end of [`Page::inside`].
    #[cfg(feature = "client")]
    pub(super) fn out(&mut self) {
        self.0.control("RE", []);
    }

    /// Lines as they are.
    #[cfg(feature = "client")]
    pub(super) fn verbatim(&mut self, lines: &str) {
        self.0.control("PP", []);
        self.0.control("RS", ["4"]);
        self.0.control("nf", []);
        for line in lines.lines() {
            // An empty text line would end no-fill mode's paragraph with a warning in some macros.
            self.0.text([roman(if line.is_empty() { " " } else { line })]);
        }
        self.0.control("fi", []);
        self.0.control("RE", []);
    }

    /// Other pages.
    pub(super) fn see_also(&mut self, pages: &[(&str, u8)]) {
        self.heading("SEE ALSO");
        let mut line = Vec::new();
        for (i, (page, section)) in pages.iter().enumerate() {
            line.extend([bold(*page), roman(format!("({section}){}", if i + 1 < pages.len() { ", " } else { "" }))]);
        }
        self.0.text(line);
    }

    /// The page in roff.
    pub(super) fn render(&self) -> Vec<u8> {
        self.0.render().into_bytes()
    }
}

/// A text on one line, with what stands between backticks in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts.map(|(i, part)| if i % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_it_says_whatever_roff_thinks_of_it() {
        let mut page = Page::default();
        page.text(".so /etc/passwd says\n`\\fB` and --no-input, 'quoted'");
        let roff = String::from_utf8(page.render()).unwrap();
        assert!(roff.contains("\n\\&.so /etc/passwd says \\fB\\\\fB\\fR and \\-\\-no\\-input, \\*(Aqquoted\\*(Aq\n"), "{roff}");
    }
}
