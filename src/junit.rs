//! JUnit's XML, as CI systems read it.

use std::fmt::Write as _;

/// One test of a suite.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// How it came out.
    pub result: Result,
    /// How long it took, in seconds, if that means anything.
    pub seconds: Option<f64>,
}

/// How a test came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    /// As it should.
    Passed,
    /// Not so, and why.
    Failed(String),
    /// It was not decided.
    Skipped,
}

/// A file of one suite; `words` is its standard output.
pub fn document(suite: &str, cases: &[Case], seconds: f64, words: &[String]) -> String {
    let count = |is: fn(&Result) -> bool| cases.iter().filter(|c| is(&c.result)).count();
    let (failures, skipped) = (count(|r| matches!(r, Result::Failed(_))), count(|r| *r == Result::Skipped));
    let (tests, class) = (cases.len(), suite.replace(' ', "."));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"0\" skipped=\"{skipped}\" time=\"{seconds:.3}\">\n"
    );
    for case in cases {
        // A String takes everything.
        let _ = write!(xml, "<testcase classname=\"{class}\" name=\"{}\"", escape(&case.name));
        if let Some(seconds) = case.seconds {
            let _ = write!(xml, " time=\"{seconds:.3}\"");
        }
        let _ = match &case.result {
            Result::Passed => writeln!(xml, "/>"),
            Result::Failed(why) => writeln!(xml, "><failure message=\"{}\"/></testcase>", escape(why)),
            Result::Skipped => writeln!(xml, "><skipped/></testcase>"),
        };
    }
    let words: Vec<String> = words.iter().map(|w| escape(w)).collect();
    let _ = writeln!(xml, "<system-out>{}</system-out>\n</testsuite>\n</testsuites>", words.join("\n"));
    xml
}

fn escape(text: &str) -> String {
    crate::text::clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_is_told_and_nothing_breaks_the_document() {
        let case = |name: &str, result| Case { name: name.into(), result, seconds: None };
        let cases = [
            Case { seconds: Some(0.25), ..case("a", Result::Passed) },
            case("chat who=\"<Ana>\u{1b}\"", Result::Failed("a & b".into())),
            case("c", Result::Skipped),
        ];
        let xml = document("conclave join", &cases, 1.5, &["it < ended".into()]);
        assert!(xml.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"1.500\""), "{xml}");
        assert!(xml.contains("<testcase classname=\"conclave.join\" name=\"a\" time=\"0.250\"/>"));
        assert!(xml.contains("name=\"chat who=&quot;&lt;Ana&gt;&quot;\"><failure message=\"a &amp; b\"/></testcase>"));
        assert!(xml.contains("<skipped/>") && xml.contains("<system-out>it &lt; ended</system-out>"));
    }
}
