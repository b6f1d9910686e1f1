//! The languages of the full screen and of line mode: Fluent catalogues, embedded. What programs read (JSON, logs, `ctl`, exit codes
//! and the errors beside them) stays English, and so does the vocabulary: commands, options, keys.
//!
//! A process shows one language, chosen once ([`choose`]) by the commands that open a call; every other process speaks English.
//! `tr!("joined", room = name)` is the sentence of that name; what its language lacks is English. A value is text and never Fluent: it
//! is put in as it is, so it is cleaned before, as everywhere. What the engine says in English is translated by [`said`].
//!
//! A message: a name in `src/i18n/en/*.ftl` and the same in the other languages. A language: a directory beside those, a variant of
//! [`Lang`] and of [`Choice`]. The tests here hold all catalogues against the English one and against the source.

mod said;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::cell::Cell;
use std::sync::OnceLock;

pub use said::said;

type Bundle = FluentBundle<FluentResource>;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English: what the others are made from.
    En,
    /// Te reo Māori.
    Mi,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

/// What is asked for with `--lang`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Choice {
    /// By LC_ALL, LC_MESSAGES or LANG.
    #[default]
    Auto,
    /// English.
    En,
    /// Te reo Māori.
    Mi,
    /// Deutsch.
    De,
    /// Français.
    Fr,
    /// Español.
    Es,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::En, Self::Mi, Self::De, Self::Fr, Self::Es];

    /// Its code (ISO 639-1), which is the name of its directory.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Mi => "mi",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// What stands between a number and its decimals.
    fn decimal_mark(self) -> &'static str {
        match self {
            Self::En | Self::Mi => ".",
            Self::De | Self::Fr | Self::Es => ",",
        }
    }

    /// The language that is shown now.
    pub fn now() -> Self {
        HERE.get().or_else(|| CHOSEN.get().copied()).unwrap_or(Self::En)
    }

    /// By the locale's name, as POSIX orders the variables: the first that is set counts. A locale that is none of ours is English.
    fn of_locale(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| var(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|lang| lang.code() == code).unwrap_or(Self::En)
    }

    fn files(self) -> [&'static str; FILES.len()] {
        match self {
            Self::En => catalogue!("en"),
            Self::Mi => catalogue!("mi"),
            Self::De => catalogue!("de"),
            Self::Fr => catalogue!("fr"),
            Self::Es => catalogue!("es"),
        }
    }

    fn bundle(self) -> &'static Bundle {
        static ALL: [OnceLock<Bundle>; Lang::ALL.len()] = [const { OnceLock::new() }; Lang::ALL.len()];
        // One place for each language.
        let place = &ALL[self as usize];
        place.get_or_init(|| {
            let mut bundle = Bundle::new_concurrent(vec![self.code().parse().unwrap_or_default()]);
            // No marks of direction: all languages here go from left to right, and screens and logs would show them.
            bundle.set_use_isolating(false);
            for text in self.files() {
                // A mistake in a catalogue costs the messages that it is in; the tests find it.
                let file = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(file, _)| file);
                let _ = bundle.add_resource(file);
            }
            bundle
        })
    }

    fn format(self, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(id)?.value()?;
        Some(bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
    }
}

macro_rules! catalogue {
    ($lang:literal) => {
        catalogue!($lang, "events", "people", "sound", "summary", "commands", "help", "line", "screen", "before", "said")
    };
    ($lang:literal, $($file:literal),*) => {
        [$(include_str!(concat!("i18n/", $lang, "/", $file, ".ftl"))),*]
    };
}
use catalogue;

/// The files of a catalogue, as `catalogue!` names them.
const FILES: [&str; 10] = ["events", "people", "sound", "summary", "commands", "help", "line", "screen", "before", "said"];

static CHOSEN: OnceLock<Lang> = OnceLock::new();

thread_local! {
    static HERE: Cell<Option<Lang>> = const { Cell::new(None) };
}

/// Chooses the language of this process, once; later choices change nothing.
pub fn choose(choice: Choice) {
    let lang = match choice {
        Choice::Auto => Lang::of_locale(|name| std::env::var(name).ok()),
        Choice::En => Lang::En,
        Choice::Mi => Lang::Mi,
        Choice::De => Lang::De,
        Choice::Fr => Lang::Fr,
        Choice::Es => Lang::Es,
    };
    let _ = CHOSEN.set(lang);
}

/// Does something in a language, on this thread: in English what a program reads, and in any what a test looks at.
pub fn with<T>(lang: Lang, work: impl FnOnce() -> T) -> T {
    struct Before(Option<Lang>);
    impl Drop for Before {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _before = Before(HERE.replace(Some(lang)));
    work()
}

/// The message in the language of now, or else in English; `None` if nobody knows it.
pub(crate) fn find(id: &str, args: &FluentArgs<'_>) -> Option<String> {
    let lang = Lang::now();
    lang.format(id, args).or_else(|| Lang::En.format(id, args))
}

/// The message without values whose name is put together: `loudness-` and `good`.
pub(crate) fn word(family: &str, name: &str) -> Option<String> {
    find(&format!("{family}-{name}"), &FluentArgs::new())
}

/// See `tr!`.
pub(crate) fn text(id: &str, args: &FluentArgs<'_>) -> String {
    find(id, args).unwrap_or_else(|| id.to_owned())
}

/// A number with some decimals, as it is written here.
pub(crate) fn decimal(number: impl Into<f64>, decimals: usize) -> String {
    format!("{:.decimals$}", number.into()).replace('.', Lang::now().decimal_mark())
}

/// The message of this name, with its values: `tr!("joined", room = name)`. Numbers that choose a plural are given as numbers.
macro_rules! tr {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        #[allow(unused_mut)]
        let mut args = ::fluent_bundle::FluentArgs::new();
        $(args.set(stringify!($name), $value);)*
        $crate::i18n::text($id, &args)
    }};
}
pub(crate) use tr;

#[cfg(test)]
mod tests;
