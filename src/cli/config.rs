//! `conclave config`: what is configured, and by whom; changing it; what is wrong in it.

use crate::config::keys::{Form, Key, TABLE};
use crate::config::layer::{self, File, Found};
use crate::config::{Config, Wanted, edit, places};
use crate::exit::{Exit, Failure};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Which configuration: options of all commands.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Global {
    /// Read this configuration in place of your own (or set CONCLAVE_CONFIG)
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]
    #[arg(long, short = 'P', global = true, value_name = "NAME", value_parser = super::secrecy::profile)]
    pub profile: Option<String>,
}

impl Global {
    /// By option, or by the environment, where a variable that is set to nothing is one that is not set.
    ///
    /// # Errors
    /// [`Exit::Usage`] for a variable that names no profile.
    pub fn wanted(&self) -> Result<Wanted, Failure> {
        let variable = |name| std::env::var(name).ok().filter(|v: &String| !v.is_empty());
        let profile = match (&self.profile, variable("CONCLAVE_PROFILE")) {
            (Some(given), _) => Some(given.clone()),
            (None, variable) => variable
                .as_deref()
                .map(super::secrecy::profile)
                .transpose()
                .map_err(|why| Failure::new(Exit::Usage, format!("CONCLAVE_PROFILE: {why}")))?,
        };
        Ok(Wanted { file: self.config.clone().or_else(|| variable("CONCLAVE_CONFIG").map(Into::into)), profile })
    }
}

/// Options of `conclave config`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show every key, what it is, and who set it
    Show {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print what a key is; exit code 1 and nothing if nobody set it
    Get {
        /// Its name: audio.noise
        key: String,
    },
    /// Set a key in your configuration (with -P in that profile); comments stay
    Set {
        /// Its name: audio.noise
        key: String,
        /// What to set it to
        #[arg(required_unless_present = "unset", allow_hyphen_values = true)]
        value: Option<String>,
        /// Take the key out, so that its default counts again
        #[arg(long, conflicts_with = "value")]
        unset: bool,
    },
    /// Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is
    Check {
        /// A configuration [default: the machine's and yours]
        file: Option<PathBuf>,
    },
    /// Print the keys as JSON Schema, for editors
    Schema,
    /// Say where the files are
    Path,
}

/// Runs it.
///
/// # Errors
/// See [`Config::load`]; an unknown key; a file that cannot be written.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let wanted = global.wanted()?;
    match &args.verb {
        Verb::Show { json } => {
            let config = Config::load(&wanted)?;
            super::print(if *json { as_json(&config) } else { as_toml(&config) })
        }
        Verb::Get { key } => match Config::load(&wanted)?.get(find(key)?) {
            Some(found) => super::print(format!("{}\n", found.text)),
            None => Ok(Exit::Other),
        },
        Verb::Set { key, value, .. } => set(find(key)?, value.as_deref(), global, &wanted),
        Verb::Check { file } => check(file.as_deref(), &wanted),
        Verb::Schema => super::print(format!("{:#}\n", schema())),
        Verb::Path => super::print(paths(&wanted)?),
    }
}

fn find(name: &str) -> Result<&'static Key, Failure> {
    Key::find(name).ok_or_else(|| Failure::new(Exit::Usage, format!("{}; all keys: conclave config show", layer::unknown(name))))
}

/// The user's file.
fn user(wanted: &Wanted) -> Result<PathBuf, Failure> {
    wanted.file.clone().map_or_else(places::user, Ok)
}

/// A value as TOML.
fn toml(form: Form, text: &str) -> String {
    match form {
        Form::Bool => text.to_owned(),
        Form::Words(_) | Form::Text(_) => toml_edit::Value::from(text).to_string(),
    }
}

fn as_toml(config: &Config) -> String {
    let mut text = String::new();
    for (key, found) in config.all() {
        let _ = match found {
            Some(found) => writeln!(text, "{} = {}  # {found}", key.name, toml(key.form, found.text)),
            None if key.default.is_empty() => writeln!(text, "#{} =  # not set: {}", key.name, key.about),
            None => writeln!(text, "#{} = {}  # built in", key.name, key.default),
        };
    }
    text
}

fn as_json(config: &Config) -> String {
    let one = |(key, found): (&'static Key, Option<Found<'_>>)| {
        let value = match (found, key.form) {
            (Some(found), Form::Bool) => json!(found.text == "true"),
            (Some(found), _) => json!(found.text),
            (None, _) => Value::Null,
        };
        let from = found.map(|f| f.to_string());
        (key.name.to_owned(), json!({ "value": value, "from": from, "locked": config.is_locked(key) }))
    };
    let keys: Map<String, Value> = config.all().map(one).collect();
    format!("{:#}\n", Value::Object(keys))
}

fn set(key: &'static Key, value: Option<&str>, global: &Global, wanted: &Wanted) -> Result<Exit, Failure> {
    let value = value.map(|v| key.form.read(v)).transpose();
    let value = value.map_err(|why| Failure::new(Exit::Usage, format!("{}: {why}", key.name)))?;
    let file = user(wanted)?;
    edit::update(&file, global.profile.as_deref(), key, value.as_deref())?;
    let config = Config::load(&Wanted { file: Some(file), profile: wanted.profile.clone() })?;
    match (config.get(key), value) {
        // What was written may not be what counts.
        (Some(found), Some(value)) if found.text != value => {
            super::print(format!("{} is {} all the same, by {found}.\n", key.name, found.text))
        }
        _ => Ok(Exit::Ok),
    }
}

fn check(one: Option<&Path>, wanted: &Wanted) -> Result<Exit, Failure> {
    let files = match one {
        Some(file) => vec![file.to_owned()],
        None => vec![places::SYSTEM.into(), user(wanted)?],
    };
    let mut text = String::new();
    for path in &files {
        let Some(content) = layer::read(path)? else {
            if one.is_some() {
                return Err(Failure::new(Exit::NoInput, format!("{} is not there", path.display())));
            }
            continue;
        };
        let mut mistakes = match File::check(&content) {
            Ok(file) => file.unknown.into_iter().chain(file.wrong).collect(),
            Err(mistake) => vec![mistake],
        };
        mistakes.sort_by_key(|m| (m.line, m.column));
        mistakes.iter().for_each(|m| text += &format!("{}:{m}\n", path.display()));
    }
    if text.is_empty() {
        // The policy and the environment too.
        Config::load(wanted)?;
        return super::print("Nothing is wrong.\n");
    }
    super::print(text)?;
    Ok(Exit::Config)
}

fn paths(wanted: &Wanted) -> Result<String, Failure> {
    let user = user(wanted)?;
    let line = |path: &Path, what: &str| {
        let there = if path.exists() { "" } else { " (not there)" };
        format!("{}  {what}{there}\n", path.display())
    };
    let files = [
        line(Path::new(places::POLICY), "the administrator's policy, above everything"),
        line(&user, "your configuration"),
        line(Path::new(places::SYSTEM), "the machine's configuration"),
    ];
    Ok(files.concat())
}

/// The keys as JSON Schema.
pub fn schema() -> Value {
    let mut root = Map::new();
    for key in TABLE {
        let mut about = json!({ "description": key.about });
        match key.form {
            Form::Bool => about["type"] = json!("boolean"),
            Form::Words(words) => about["enum"] = json!(words()),
            Form::Text(_) => about["type"] = json!("string"),
        }
        match key.name.split_once('.') {
            None => drop(root.insert(key.name.to_owned(), about)),
            Some((table, name)) => {
                let table = root
                    .entry(table)
                    .or_insert_with(|| json!({ "type": "object", "properties": {}, "additionalProperties": false }));
                table["properties"][name] = about;
            }
        }
    }
    let keys = Value::Object(root.clone());
    root.insert("schema".into(), json!({ "const": 1, "description": "The version of this format" }));
    let profile = json!({ "type": "object", "properties": keys, "additionalProperties": false });
    root.insert("profile".into(), json!({ "type": "object", "additionalProperties": profile }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conclave: config.toml",
        "type": "object",
        "properties": root,
        "additionalProperties": false,
    })
}
