//! One source of settings: a file, a profile in it, or the environment. Bytes in, settings with their places or mistakes out.

use super::keys::{Key, TABLE};
use crate::exit::{Exit, Failure};
use crate::os::{Unless, Wary as _};
use crate::text::clean;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use toml_edit::{Item, TableLike, Value};

/// The largest file that is read, in bytes.
pub const MAX_FILE: u64 = 256 * 1024;

/// Who set something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file of the machine or of the user.
    File(PathBuf),
    /// A profile in a file.
    Profile(PathBuf, String),
    /// Variables.
    Environment,
    /// The administrator, for good.
    Policy(PathBuf),
}

/// A setting, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As the option takes it.
    pub text: String,
    /// Counts from 1; 0 without a file.
    pub line: usize,
}

/// Settings by the names of their keys.
pub type Entries = BTreeMap<&'static str, Entry>;

/// One source.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Whose.
    pub origin: Origin,
    /// What.
    pub entries: Entries,
}

/// What counts for a key.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// As the option takes it.
    pub text: &'a str,
    key: &'static str,
    origin: &'a Origin,
    line: usize,
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::File(path) => write!(f, "{}:{}", path.display(), self.line),
            Origin::Profile(path, name) => write!(f, "{}:{}, profile {name}", path.display(), self.line),
            Origin::Environment => write!(f, "{}", variable(self.key)),
            Origin::Policy(path) => write!(f, "{}:{}, the administrator's policy", path.display(), self.line),
        }
    }
}

impl Layer {
    /// What it says of a key.
    pub fn get(&self, key: &Key) -> Option<Found<'_>> {
        let entry = self.entries.get(key.name)?;
        Some(Found { text: &entry.text, key: key.name, origin: &self.origin, line: entry.line })
    }
}

/// A mistake in a file, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counts from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, and what was meant perhaps.
    pub text: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.text)
    }
}

/// What a file says.
#[derive(Debug, Default)]
pub struct File {
    /// Outside of profiles.
    pub entries: Entries,
    /// By the profiles' names.
    pub profiles: BTreeMap<String, Entries>,
    /// Keys that are in no table of ours.
    pub unknown: Vec<Mistake>,
    /// Values that their keys do not take.
    pub wrong: Vec<Mistake>,
}

/// The variable that sets a key: `CONCLAVE_UI_MODE` for `ui.mode`; `CONCLAVE_PROXY` for `net.proxy`, as such variables are called.
pub fn variable(key: &str) -> String {
    let key = key.strip_prefix("net.").filter(|short| short.ends_with("proxy")).unwrap_or(key);
    format!("CONCLAVE_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// What the environment sets. A variable that is set to nothing is one that is not set.
///
/// # Errors
/// [`Exit::Config`] for a value that the key does not take.
pub fn environment(get: impl Fn(&str) -> Option<String>) -> Result<Layer, Failure> {
    let mut entries = Entries::new();
    for key in TABLE {
        let variable = variable(key.name);
        let Some(text) = get(&variable).filter(|text| !text.is_empty()) else { continue };
        let text = key.form.read(&text).map_err(|why| Failure::new(Exit::Config, format!("{variable}: {why}")))?;
        entries.insert(key.name, Entry { text, line: 0 });
    }
    Ok(Layer { origin: Origin::Environment, entries })
}

/// The text of a file; `None` if there is none.
///
/// # Errors
/// [`Exit::NoInput`] if it cannot be read, [`Exit::Config`] if it is no text.
pub fn read(path: &Path) -> Result<Option<String>, Failure> {
    // Opening a pipe would wait.
    let file = match OpenOptions::new().read(true).unless(Unless::Wait).open(path) {
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        other => other,
    };
    let cannot = |e| Failure::new(Exit::NoInput, format!("the configuration {} cannot be read ({e})", path.display()));
    let mut bytes = Vec::new();
    file.and_then(|f| f.take(MAX_FILE + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    let bad = |why| Failure::new(Exit::Config, format!("the configuration {} {why}", path.display()));
    if bytes.len() as u64 > MAX_FILE {
        return Err(bad("is larger than 256 KiB; it is not a configuration of Conclave's"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| bad("is not UTF-8 text; put a text file in its place, or remove it"))
}

impl File {
    /// Reads a file's text and does not go on with a wrong value.
    ///
    /// # Errors
    /// [`Exit::Config`] with line and column.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let bad = |m: &Mistake| {
            let text = format!("{}:{m}; all keys: conclave config show", path.display());
            Failure::new(Exit::Config, text)
        };
        let file = Self::check(text).map_err(|m| bad(&m))?;
        file.wrong.first().map_or(Ok(()), |m| Err(bad(m)))?;
        Ok(file)
    }

    /// Reads a file's text with everything that is wrong in it.
    ///
    /// # Errors
    /// It is not TOML.
    pub fn check(text: &str) -> Result<Self, Mistake> {
        let document = toml_edit::Document::parse(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            mistake(text, at, clean(e.message().trim_end()))
        })?;
        let mut file = Self::default();
        for (name, item) in document.as_table() {
            match (name, item.as_table_like()) {
                // Which version wrote it; there is one.
                ("schema", _) => {}
                ("profile", Some(profiles)) => {
                    for (name, item) in profiles.iter() {
                        let mut entries = Entries::new();
                        match item.as_table_like() {
                            Some(table) => file.table(text, table, "", &mut entries),
                            None => file.wrong.push(mistake(text, place(item), format!("profile.{} is no table", clean(name)))),
                        }
                        file.profiles.insert(name.to_owned(), entries);
                    }
                }
                _ => {}
            }
        }
        let mut entries = Entries::new();
        file.table(text, document.as_table(), "", &mut entries);
        file.entries = entries;
        Ok(file)
    }

    fn table(&mut self, text: &str, table: &dyn TableLike, above: &str, entries: &mut Entries) {
        for (name, item) in table.iter() {
            if above.is_empty() && (name == "profile" || name == "schema") {
                continue;
            }
            let full = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            let at = table.key(name).and_then(toml_edit::Key::span).or_else(|| item.span()).map_or(0, |s| s.start);
            if let Some(inner) = item.as_table_like() {
                if TABLE.iter().any(|k| k.name.strip_prefix(full.as_str()).is_some_and(|rest| rest.starts_with('.'))) {
                    self.table(text, inner, &full, entries);
                } else {
                    self.unknown.push(mistake(text, at, unknown(&full)));
                }
                continue;
            }
            let Some(key) = TABLE.iter().find(|k| k.name == full) else {
                self.unknown.push(mistake(text, at, unknown(&full)));
                continue;
            };
            match scalar(item).ok_or_else(|| key.form.to_string()).and_then(|t| key.form.read(&t)) {
                Ok(value) => drop(entries.insert(key.name, Entry { text: value, line: mistake(text, at, String::new()).line })),
                Err(why) => self.wrong.push(mistake(text, place(item), format!("{}: {why}", key.name))),
            }
        }
    }
}

/// As the option takes it; lists become words with commas between them.
fn scalar(item: &Item) -> Option<String> {
    match item.as_value()? {
        Value::String(s) => Some(s.value().clone()),
        Value::Integer(i) => Some(i.value().to_string()),
        Value::Boolean(b) => Some(b.value().to_string()),
        Value::Array(words) => {
            words.iter().map(|w| w.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(|w| w.join(","))
        }
        _ => None,
    }
}

fn place(item: &Item) -> usize {
    item.span().map_or(0, |s| s.start)
}

/// What is said of a key that is in no table of ours.
pub fn unknown(name: &str) -> String {
    let near = TABLE.iter().map(|k| (strsim::jaro_winkler(name, k.name), k.name)).filter(|(score, _)| *score > 0.85);
    let meant = near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, k)| format!("; did you mean \"{k}\"?")).unwrap_or_default();
    format!("there is no key \"{}\"{meant}", clean(name))
}

/// A mistake at a byte of the text.
pub(super) fn mistake(text: &str, at: usize, why: String) -> Mistake {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Mistake { line, column, text: why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_places_and_unknown_ones_their_nearest() {
        let text = "schema = 1\nname = \"Ana\"\n[audio]\nnoise = \"strong\"\nnosie = \"off\"\n[profile.work]\nname = \"A. Ngata\"\naudio.gain = false\n[ui]\nmouse = true\n[colours]\nx = 1\n";
        let file = File::check(text).unwrap();
        let entry = |text: &str, line| Entry { text: text.into(), line };
        assert_eq!(file.entries["name"], entry("Ana", 2));
        assert_eq!(file.entries["audio.noise"], entry("strong", 4));
        assert_eq!(file.profiles["work"]["audio.gain"], entry("off", 8));
        let unknown: Vec<String> = file.unknown.iter().map(ToString::to_string).collect();
        assert!(unknown[0].starts_with("5:1: there is no key \"audio.nosie\"; did you mean \"audio.noise\"?"), "{unknown:?}");
        assert!(unknown.last().unwrap().starts_with("11:2: there is no key \"colours\""), "{unknown:?}");
    }

    #[test]
    fn wrong_values_are_named_with_what_is_right() {
        for (text, says) in [
            ("[audio]\nnoise = \"loud\"", "2:9: audio.noise: one of on, strong, off"),
            ("[e2ee]\nrequire = \"perhaps\"", "2:11: e2ee.require: true or false"),
            ("[audio]\ndevices = \"gramophone\"", "2:11: audio.devices: \"gramophone\""),
            ("name = { a = 1 }", "1:1: there is no key \"name\""),
            ("name = 1979-05-27", "1:8: name: "),
        ] {
            let file = File::check(text).unwrap();
            let all: Vec<String> = file.wrong.iter().chain(&file.unknown).map(ToString::to_string).collect();
            assert!(all.iter().any(|m| m.starts_with(says)), "{says}: {all:?}");
        }
        let e = File::parse(Path::new("c.toml"), "name = \n").unwrap_err();
        assert!(e.exit == Exit::Config && e.text.starts_with("c.toml:1:"), "{e}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,200}|[\\[\\]=.\"#\n{} a-z]{0,200}") {
            let _ = File::check(&text);
        }
    }

    #[test]
    fn the_environment_sets_keys() {
        let get = |name: &str| match name {
            "CONCLAVE_AUDIO_NOISE" => Some("off".to_owned()),
            "CONCLAVE_NAME" => Some(String::new()),
            _ => None,
        };
        let layer = environment(get).unwrap();
        assert_eq!(layer.entries.len(), 1);
        assert_eq!(layer.entries["audio.noise"].text, "off");
        let bad = environment(|name| (name == "CONCLAVE_E2EE_REQUIRE").then(|| "x".into())).unwrap_err();
        assert!(bad.exit == Exit::Config && bad.text.starts_with("CONCLAVE_E2EE_REQUIRE: true or false"), "{bad}");
    }
}
