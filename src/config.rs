//! The client's configuration: defaults for the options of the command line, in files, by environment and by profile.
//!
//! What counts more stands first: an option that is given, `CONCLAVE_*` in the environment, the profile, the user's file,
//! [`places::SYSTEM`], what is built in. Above all of them stands the administrator's [`policy`]: what it sets cannot be set
//! otherwise. [`keys::TABLE`] is the one table of what can be set; reading, checks and documentation are made from it, and
//! `cli::defaults` turns what was found into the defaults of options.

pub mod edit;
pub mod keys;
pub mod layer;
pub mod policy;

pub use crate::places;

use crate::exit::{Exit, Failure};
use keys::{Key, TABLE};
use layer::{Found, Layer, Mistake, Origin};
use policy::Policy;
use std::path::{Path, PathBuf};

/// Everything that was read, the weakest first.
#[derive(Debug, Default)]
pub struct Config {
    pub(crate) layers: Vec<Layer>,
    /// What the administrator does not leave to the user.
    pub policy: Option<Policy>,
    /// Keys that nobody knows, with the file that they are in: said, and else passed over, for newer versions know more.
    pub unknown: Vec<(PathBuf, Mistake)>,
}

/// Which files and which profile.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In place of the user's own file.
    pub file: Option<PathBuf>,
    /// The profile; `default` if nobody says anything.
    pub profile: Option<String>,
}

impl Config {
    /// Reads the files of this machine and the environment.
    ///
    /// # Errors
    /// [`Exit::NoInput`] for a file that was named and cannot be read; [`Exit::Config`] for one that cannot be understood, with
    /// line and column, and for a policy that somebody else than the administrator could have written.
    pub fn load(wanted: &Wanted) -> Result<Self, Failure> {
        let mut config = Self { policy: policy::read(Path::new(places::POLICY))?, ..Self::default() };
        config.file(Path::new(places::SYSTEM), None)?;
        let user = match &wanted.file {
            Some(named) if !named.exists() => {
                let text = format!("the configuration {} is not there; check --config and CONCLAVE_CONFIG", named.display());
                return Err(Failure::new(Exit::NoInput, text));
            }
            Some(named) => Some(named.clone()),
            None => places::user().ok(),
        };
        if let Some(user) = user {
            config.file(&user, Some(wanted.profile.as_deref().unwrap_or("default")))?;
        }
        config.layers.push(layer::environment(|name| std::env::var(name).ok())?);
        config.layers.extend(config.policy.as_ref().map(|p| p.layer.clone()));
        Ok(config)
    }

    /// One file, and a profile in it.
    fn file(&mut self, path: &Path, profile: Option<&str>) -> Result<(), Failure> {
        let Some(text) = layer::read(path)? else { return Ok(()) };
        let file = layer::File::parse(path, &text)?;
        self.unknown.extend(file.unknown.iter().map(|m| (path.to_owned(), m.clone())));
        let chosen = profile.and_then(|name| file.profiles.get(name).map(|entries| (name.to_owned(), entries.clone())));
        self.layers.push(Layer { origin: Origin::File(path.to_owned()), entries: file.entries });
        let profile = |(name, entries)| Layer { origin: Origin::Profile(path.to_owned(), name), entries };
        self.layers.extend(chosen.map(profile));
        Ok(())
    }

    /// What is set, by whom; `None`: nobody has set it.
    pub fn get(&self, key: &Key) -> Option<Found<'_>> {
        self.layers.iter().rev().find_map(|layer| layer.get(key))
    }

    /// The same without the policy: what the user would have.
    pub fn is_locked(&self, key: &Key) -> bool {
        self.policy.as_ref().is_some_and(|p| p.layer.get(key).is_some())
    }

    /// All keys and what they are set to.
    pub fn all(&self) -> impl Iterator<Item = (&'static Key, Option<Found<'_>>)> {
        TABLE.iter().map(|key| (key, self.get(key)))
    }
}
