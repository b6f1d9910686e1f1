//! Changing a file without touching what else is in it: comments, order and blank lines stay.

use super::keys::{Form, Key};
use super::layer;
use crate::exit::{Exit, Failure};
use crate::os::Private as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

/// The text with a key set to a value, or unset.
///
/// # Errors
/// [`Exit::Config`] if the text is not TOML, or something else stands where a table should.
pub fn change(text: &str, profile: Option<&str>, key: &Key, value: Option<&str>) -> Result<String, Failure> {
    let mut document: DocumentMut =
        text.parse().map_err(|e: toml_edit::TomlError| Failure::new(Exit::Config, e.message().to_owned()))?;
    let mut path: Vec<&str> = profile.map(|name| ["profile", name]).into_iter().flatten().collect();
    path.extend(key.name.split('.'));
    let Some((last, tables)) = path.split_last() else { return Ok(document.to_string()) };
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for (depth, name) in tables.iter().enumerate() {
        if value.is_none() && !table.contains_key(name) {
            return Ok(document.to_string());
        }
        let inner = table.entry(name).or_insert_with(|| {
            let mut fresh = Table::new();
            // [profile.work], not an empty [profile] above it.
            fresh.set_implicit(depth + 1 < tables.len());
            Item::Table(fresh)
        });
        let no_table = || Failure::new(Exit::Config, format!("{name} is no table"));
        table = inner.as_table_like_mut().ok_or_else(no_table)?;
    }
    match value {
        Some(value) => {
            let mut new = typed(key.form, value);
            if let Some(old) = table.get(last).and_then(Item::as_value) {
                // A comment behind the old value is about the new one too.
                *new.decor_mut() = old.decor().clone();
            }
            match table.get_mut(last) {
                Some(item) => *item = Item::Value(new),
                None => drop(table.insert(last, Item::Value(new))),
            }
        }
        None => drop(table.remove(last)),
    }
    Ok(document.to_string())
}

fn typed(form: Form, text: &str) -> Value {
    match form {
        Form::Bool => Value::from(text == "true"),
        Form::Words(_) | Form::Text(_) => Value::from(text),
    }
}

/// Changes a file, which need not be there; the old one is replaced as a whole.
///
/// # Errors
/// As [`change`]; [`Exit::CantCreate`] if it cannot be written.
pub fn update(path: &Path, profile: Option<&str>, key: &Key, value: Option<&str>) -> Result<(), Failure> {
    // A link (to a directory with everybody's files in it, say) stays one.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let text = layer::read(&path)?.unwrap_or_default();
    let new = change(&text, profile, key, value);
    let new = new.map_err(|e| Failure::new(e.exit, format!("{}: {}; see 'conclave config check'", path.display(), e.text)))?;
    write(&path, &new).map_err(|e| Failure::new(Exit::CantCreate, format!("{} cannot be written ({e})", path.display())))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().filter(|d| !d.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_owned);
    DirBuilder::new().recursive(true).private().create(&directory)?;
    let fresh = directory.join(format!(".config-{}.new", std::process::id()));
    let written = OpenOptions::new().write(true).create(true).truncate(true).private().open(&fresh).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&fresh, path)).inspect_err(|_| drop(fs::remove_file(&fresh)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, profile: Option<&str>, key: &str, value: Option<&str>) -> String {
        change(text, profile, Key::find(key).unwrap(), value).unwrap()
    }

    #[test]
    fn comments_stay() {
        let text = "# mine\nname = \"Ana\" # as on my door\n\n[audio]\n# loud office\nnoise = \"strong\"\n";
        let new = set(text, None, "name", Some("Ana N."));
        assert_eq!(new, text.replace("\"Ana\"", "\"Ana N.\""));
        let new = set(&new, None, "audio.start_muted", Some("false"));
        assert!(new.ends_with("noise = \"strong\"\nstart_muted = false\n"), "{new}");
        assert_eq!(set(&new, None, "audio.noise", None).matches("noise").count(), 0);
        let new = set("", Some("work"), "audio.gain", Some("off"));
        assert_eq!(new, "[profile.work.audio]\ngain = \"off\"\n");
        assert_eq!(set(&new, Some("home"), "audio.gain", None), new);
    }

    #[test]
    fn a_file_is_made_where_there_is_none_and_a_link_stays_one() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("a/config.toml"), dir.path().join("link.toml"));
        let key = Key::find("name").unwrap();
        update(&file, None, key, Some("Ana")).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        update(&link, None, key, Some("Ben")).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "name = \"Ben\"\n");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::write(&file, "name = \n").unwrap();
        assert_eq!(update(&file, None, key, Some("Ana")).unwrap_err().exit, Exit::Config);
        assert_eq!(fs::read_to_string(&file).unwrap(), "name = \n", "nothing is lost");
    }
}
