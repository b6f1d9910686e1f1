//! conclave-config(5), from [`TABLE`] and [`RULES`].

use super::page::Page;
use crate::config::keys::{Form, Key, Sets, TABLE};
use crate::config::layer::variable;
use crate::config::places::{POLICY, SYSTEM};
use crate::config::policy::RULES;

/// The page.
pub(super) fn page() -> Page {
    let mut page = Page::new("conclave-config", 5, "configuration of the Conclave client");
    page.heading("DESCRIPTION");
    page.text(
        "The configuration is TOML. It says what options of `conclave` are if nobody gives them. What counts more stands first: \
         an option of the command line, a `CONCLAVE_` variable, the profile, your file, the machine's file, what is built in. \
         Above all of them stands the administrator's policy.",
    );
    page.text(
        "`conclave config show` says what counts and where it comes from; `conclave config set` changes your file and keeps its \
         comments; `conclave config check` names mistakes with line and column. A key that is not known is said and passed over.",
    );
    page.text("A profile is a table of the same keys, chosen by `--profile` or CONCLAVE_PROFILE; without them it is `default`:");
    page.verbatim(
        "schema = 1\nname = \"Ana\"\n\n[audio]\nnoise = \"strong\"\n\n[profile.work]\nserver = \"https://meet.example.org\"",
    );
    page.heading("KEYS");
    page.text("A name with a dot is a key of a table: `audio.noise` is `noise` below `[audio]`.");
    for key in TABLE {
        entry(&mut page, key);
    }
    page.heading("POLICY");
    page.text(&format!(
        "The administrator's policy is `{POLICY}`, and no option or variable names another place. Every key above may stand in it, \
         outside of profiles; what it sets is locked: an option that says otherwise ends with exit code 80. The file, and every \
         directory above it, must belong to root and be writable by root only; otherwise, and if it has any mistake, nothing is \
         done (exit code 78). It binds this program, not other programs that somebody may run. It has rules of its own:"
    ));
    for rule in RULES {
        page.entry(rule.name, "", &format!("{}.", rule.about));
        page.line(&format!("Example: `{} = {}`", rule.name, rule.example));
    }
    page.heading("FILES");
    page.entry(POLICY, "", "The policy.");
    page.entry(SYSTEM, "", "The machine's configuration.");
    page.entry("~/.config/conclave/config.toml", "", "Yours, below XDG_CONFIG_HOME if that is set.");
    page.see_also(&[("conclave", 1), ("conclave-config", 1), ("conclave-join", 1)]);
    page
}

fn entry(page: &mut Page, key: &Key) {
    page.entry(key.name, "", &format!("{}. {}.", key.about, takes(key.form)));
    let default = if key.default.is_empty() { String::new() } else { format!("Default: `{}`. ", key.default) };
    page.line(&format!("{default}Example: `{} = {}`", key.name, example(key)));
    let options: Vec<String> = key.options.iter().map(option).collect();
    page.line(&format!("Variable: `{}`. Option: {}. A policy may lock it.", variable(key.name), options.join(", ")));
}

fn takes(form: Form) -> String {
    match form {
        Form::Text(_) => "A text".into(),
        Form::Bool | Form::Words(_) => {
            let words = form.to_string();
            words[..1].to_uppercase() + &words[1..]
        }
    }
}

fn option(sets: &Sets) -> String {
    let (id, of) = sets.option();
    let option = format!("`--{}`", id.replace('_', "-"));
    let option = match sets {
        Sets::Switch { when, .. } => format!("{option} ({when})"),
        Sets::Value(..) => option,
    };
    if of.is_empty() { option } else { format!("{option} of {}", of.join(" and ")) }
}

/// A value as TOML: the default, or another where there is none.
fn example(key: &Key) -> String {
    let text = match (key.default, key.form) {
        ("", Form::Bool) => return "true".into(),
        ("", Form::Words(words)) => words().pop().unwrap_or_default(),
        ("", Form::Text(_)) => match key.name {
            "name" => "Ana".into(),
            "audio.earcons" => "knock,lost,back".into(),
            "server" => "https://meet.example.org:8443".into(),
            _ => "/home/ana/calls".into(),
        },
        (default, _) => return default.into(),
    };
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_one_that_its_key_takes() {
        for key in TABLE {
            let text = format!("{} = {}\n", key.name, example(key));
            let file = crate::config::layer::File::check(&text).unwrap();
            assert!(file.wrong.is_empty() && file.unknown.is_empty() && file.entries.contains_key(key.name), "{text}");
        }
    }
}
