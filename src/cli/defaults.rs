//! The configuration as defaults of the command line's options.
//!
//! A command line is read twice: first as it was typed, to know which configuration counts and what was given; then with what is
//! configured as the defaults of the options ([`crate::config::keys`]). So each command knows its options and nothing of files, and an option that
//! was given always counts more, except against the administrator's policy: then it is refused.

use super::config::Global;
use super::{Cli, proxy, start, tls};
use crate::config::Config;
use crate::config::keys::{Key, TABLE};
use crate::exit::{Exit, Failure};
use crate::net::rules;
use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches as _};
use std::ffi::{OsStr, OsString};

/// Commands that have nothing to do with the client's configuration, or must work when it is broken.
const WITHOUT: &[&str] = &["serve", "token", "completions", "man", "json-schema", "config", "help"];

/// Reads the arguments and everything that stands behind them. Wrong arguments, `--help` and `--version` end the process, as
/// [`clap::Parser::parse`] does.
///
/// # Errors
/// See [`Config::load`]; [`Exit::Policy`] for an option that the administrator's policy excludes.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Failure> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let (typed, from_list) = start::read(command(), &mut arguments)?;
    let path = path(&typed);
    let matches = if let Some(command) = path.first().filter(|command| WITHOUT.contains(&command.as_str())) {
        if typed.value_source("proxy") == Some(ValueSource::CommandLine) {
            return Err(Failure::new(Exit::Usage, format!("conclave {command} goes through no proxy: leave --proxy away")));
        }
        typed
    } else {
        let global = Global::from_arg_matches(&typed).map_err(|e| Failure::new(Exit::Usage, e.to_string()))?;
        let wanted = global.wanted()?;
        let config = Config::load(&wanted)?;
        for (file, mistake) in &config.unknown {
            eprintln!("conclave: {}:{mistake}", file.display());
        }
        if let Some(policy) = &config.policy {
            rules::install(policy.rules.clone());
        }
        let mut command = with_defaults(command(), &path, leaf(&typed), &config)?;
        if let Some(profile) = wanted.profile
            && options(&command, &path).iter().any(|o| o == "profile")
        {
            command = default(command, &path, "profile", profile);
        }
        let matches = command.get_matches_from(&arguments);
        let proxied = proxy::Global::from_arg_matches(&matches).map_err(|e| Failure::new(Exit::Usage, e.to_string()))?;
        proxied.install()?;
        let trusting = tls::Global::from_arg_matches(&matches).map_err(|e| Failure::new(Exit::Usage, e.to_string()))?;
        trusting.install()?;
        matches
    };
    let mut cli = Cli::from_arg_matches(&matches).map_err(|e| Failure::new(Exit::Usage, e.to_string()))?;
    if let (true, super::Command::Join(join)) = (from_list, &mut cli.command) {
        join.from_list = true;
    }
    Ok(cli)
}

/// The whole command line. A variable that is set to nothing is one that is not set.
fn command() -> Command {
    fn heeded(command: Command) -> Command {
        let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        let command = command.mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
        command.mut_subcommands(heeded)
    }
    heeded(super::command())
}

/// The names of the command and its subcommands.
fn path(typed: &ArgMatches) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = typed;
    while let Some((name, inner)) = at.subcommand() {
        path.push(name.to_owned());
        at = inner;
    }
    path
}

fn leaf(typed: &ArgMatches) -> &ArgMatches {
    typed.subcommand().map_or(typed, |(_, inner)| leaf(inner))
}

/// The command with what is configured as the defaults of its options.
fn with_defaults(command: Command, path: &[String], typed: &ArgMatches, config: &Config) -> Result<Command, Failure> {
    let mut options: Vec<String> = options(&command, path);
    let globals: Vec<String> = globals(&command).collect();
    options.extend(globals.iter().cloned());
    let applies = |option: &str, of: &[&str]| {
        (of.is_empty() || path.first().is_some_and(|first| of.contains(&first.as_str()))) && options.iter().any(|o| o == option)
    };
    let mut defaults: Vec<(&'static str, String)> = Vec::new();
    for (key, found) in config.all() {
        let Some(found) = found else { continue };
        let wanted: Vec<_> = key.sets(found.text).filter(|(option, _, of)| applies(option, of)).collect();
        let given = contrary(key, &wanted, typed, &applies);
        match given {
            // What is given counts more.
            Some(_) if !config.is_locked(key) => {}
            Some(option) => {
                let option = option.replace('_', "-");
                let text =
                    format!("--{option} is not possible here: your administrator set {} = {} ({found})", key.name, found.text);
                return Err(Failure::new(Exit::Policy, text));
            }
            None => defaults.extend(wanted.into_iter().map(|(option, text, _)| (option, text.to_owned()))),
        }
    }
    Ok(defaults.into_iter().fold(command, |command, (option, text)| {
        let path = if globals.iter().any(|g| g == option) { &[] } else { path };
        default(command, path, option, text)
    }))
}

/// An option that was given and says something else than the key does.
fn contrary(
    key: &Key,
    wanted: &[(&'static str, &str, &[&str])],
    typed: &ArgMatches,
    applies: &impl Fn(&str, &[&str]) -> bool,
) -> Option<&'static str> {
    let given = |option: &str| {
        let explicit = typed.value_source(option).is_some_and(|source| source != ValueSource::DefaultValue);
        explicit.then(|| typed.get_raw(option).and_then(Iterator::last).unwrap_or_default())
    };
    let own = key.options.iter().map(|sets| sets.option()).filter(|(option, of)| applies(option, of)).find(|(option, _)| {
        let meant = wanted.iter().find(|(w, ..)| w == option).map(|(_, text, _)| *text);
        given(option).is_some_and(|text| meant.is_none_or(|meant| text != OsStr::new(meant)))
    });
    let against = key.against.iter().find_map(|against| {
        let (option, value) = against.split_once('=').map_or((*against, None), |(o, v)| (o, Some(v)));
        let said = applies(option, &[]) && !wanted.is_empty();
        let said = said.then(|| given(option)).flatten()?;
        value.is_none_or(|v| said == OsStr::new(v)).then_some(option)
    });
    own.map(|(option, _)| option).or(against)
}

/// The ids of a command's options, those of its ancestors not counted.
fn options(command: &Command, path: &[String]) -> Vec<String> {
    let leaf = path.iter().try_fold(command, |at, name| at.find_subcommand(name));
    let options = leaf.into_iter().flat_map(Command::get_arguments).filter(|a| a.get_long().is_some());
    options.map(|a| a.get_id().to_string()).collect()
}

/// The ids of the options that all commands have.
fn globals(command: &Command) -> impl Iterator<Item = String> {
    command.get_arguments().filter(|a| a.is_global_set()).map(|a| a.get_id().to_string())
}

fn default(command: Command, path: &[String], option: &'static str, text: String) -> Command {
    match path.split_first() {
        Some((first, rest)) => command.mut_subcommand(first, |inner| default(inner, rest, option, text)),
        // clap keeps defaults for ever; there are as many as there are keys.
        None => command.mut_arg(option, |arg| arg.default_value(&*text.leak())),
    }
}

/// Adds to the help of each option where else it can be set.
pub fn annotated(command: Command) -> Command {
    TABLE
        .iter()
        .fold(command, |command, key| key.options.iter().fold(command, |command, sets| annotate(command, key, sets.option())))
}

fn annotate(command: Command, key: &Key, (option, of): (&'static str, &[&str])) -> Command {
    if globals(&command).any(|global| global == option) {
        return annotate_own(command, key, option);
    }
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let mut command = command;
    for name in names.iter().filter(|n| of.is_empty() || of.contains(&n.as_str())) {
        command = command.mut_subcommand(name, |inner| annotate_all(inner, key, option));
    }
    command
}

fn annotate_own(mut command: Command, key: &Key, option: &'static str) -> Command {
    if command.get_arguments().any(|a| a.get_id() == option && a.get_long().is_some()) {
        command = command.mut_arg(option, |arg| {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            arg.help(format!("{help} [config: {}]", key.name))
        });
    }
    command
}

fn annotate_all(command: Command, key: &Key, option: &'static str) -> Command {
    let command = annotate_own(command, key, option);
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| command.mut_subcommand(name, |inner| annotate_all(inner, key, option)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command as Verb;
    use crate::cli::join;
    use crate::config::layer::{File, Layer, Origin};
    use crate::config::policy::Policy;
    use std::path::Path;

    fn layer(text: &str) -> Layer {
        let entries = File::parse(Path::new("c.toml"), text).unwrap().entries;
        Layer { origin: Origin::File("c.toml".into()), entries }
    }

    fn cli(arguments: &str, config: &Config) -> Result<Cli, Failure> {
        let arguments = ["conclave", "join"].into_iter().chain(arguments.split(' ').filter(|a| !a.is_empty()));
        let arguments: Vec<&str> = arguments.collect();
        let typed = super::super::command().try_get_matches_from(&arguments).unwrap();
        let command = with_defaults(super::super::command(), &path(&typed), leaf(&typed), config)?;
        Ok(Cli::from_arg_matches(&command.try_get_matches_from(&arguments).unwrap()).unwrap())
    }

    fn join(arguments: &str, config: &Config) -> Result<join::Args, Failure> {
        match cli(arguments, config)?.command {
            Verb::Join(args) => Ok(*args),
            _ => unreachable!(),
        }
    }

    #[test]
    fn every_key_names_options_that_are_there_and_a_good_default() {
        let command = super::super::command();
        for key in TABLE {
            for (option, of) in key.options.iter().map(|s| s.option()) {
                for of in of {
                    let command = command.find_subcommand(of).unwrap();
                    let nested = command.get_subcommands().any(|c| c.get_arguments().any(|a| a.get_id() == option));
                    assert!(nested || command.get_arguments().any(|a| a.get_id() == option), "{}: {of} --{option}", key.name);
                }
            }
            if !key.default.is_empty() {
                let file = File::check(&format!("{} = {}", key.name, key.default)).unwrap();
                assert!(file.wrong.is_empty() && file.unknown.is_empty(), "{}: {:?}", key.name, file);
            }
        }
    }

    #[test]
    fn what_is_configured_is_the_default_and_what_is_given_counts_more() {
        let text = "name = \"Ana\"\naudio.noise = \"strong\"\naudio.start_muted = false\ne2ee.require = true\nui.mode = \"line\"\nserver = \"https://h\"\n";
        let config = Config { layers: vec![layer(text)], ..Config::default() };
        let args = join("board", &config).unwrap();
        assert_eq!((args.name.as_deref(), args.sound.unmuted, args.secrecy.require_e2ee), (Some("Ana"), true, true));
        assert!(args.line && args.server.is_some());
        let args = join("board --name Ben --muted --allow-plain --noise off --json", &config).unwrap();
        assert_eq!((args.name.as_deref(), args.sound.unmuted, args.sound.muted), (Some("Ben"), false, true));
        assert!(args.allow_plain && !args.secrecy.require_e2ee && args.json);
    }

    #[test]
    fn the_policy_cannot_be_overridden() {
        let own = layer("e2ee.require = false\nname = \"Ana\"\n");
        let mut policy = layer("e2ee.require = true\nrecord.allow = false\naudio.noise = \"on\"\n");
        policy.origin = Origin::Policy("/etc/conclave/policy.toml".into());
        let layers = vec![own, policy.clone()];
        let config =
            Config { layers, policy: Some(Policy { layer: policy, rules: rules::Rules::default() }), unknown: Vec::new() };
        let args = join("board", &config).unwrap();
        assert!(args.secrecy.require_e2ee && args.never_record && args.name.as_deref() == Some("Ana"));
        assert!(join("board --require-e2ee --noise on", &config).is_ok());
        let mut policy =
            layer("net.proxy = \"http://proxy.example:3128\"\nnet.no_proxy = [\"intern.example\", \"10.0.0.0/8\"]\n");
        policy.origin = Origin::Policy("/etc/conclave/policy.toml".into());
        let layers = vec![layer("net.proxy = \"none\"\n"), policy.clone()];
        let locked =
            Config { layers, policy: Some(Policy { layer: policy, rules: rules::Rules::default() }), unknown: Vec::new() };
        let cli = cli("board", &locked).unwrap();
        assert_eq!(
            (cli.proxied.proxy.as_str(), cli.proxied.no_proxy.as_str()),
            ("http://proxy.example:3128", "intern.example,10.0.0.0/8")
        );
        for given in ["--proxy none", "--no-proxy *", "--proxy http://other:3128"] {
            let refused = join(&format!("board {given}"), &locked).unwrap_err();
            assert!(refused.exit == Exit::Policy && refused.text.contains("net."), "{refused}");
        }
        for given in ["--allow-plain", "--mode open", "--noise off"] {
            let refused = join(&format!("board {given}"), &config).unwrap_err();
            let option = given.split(' ').next().unwrap();
            assert!(refused.exit == Exit::Policy && refused.text.starts_with(option), "{refused}");
            assert!(refused.text.contains("/etc/conclave/policy.toml:"), "{refused}");
        }
    }
}
