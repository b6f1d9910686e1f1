//! The administrator's policy: settings that no user changes, and rules of which servers may be reached and how.
//!
//! Its place is fixed, and a file that somebody else than root could have written is refused, with everything that this client
//! would have done. It binds this program: whoever may run other programs on the machine may run another client.

use super::layer::{self, File, Layer, Mistake, Origin, mistake};
use crate::exit::{Exit, Failure};
use crate::net::Fingerprint;
use crate::net::rules::{Pattern, Rules};
use crate::os::{self, Access};
use crate::text::clean;
use std::fs;
use std::path::Path;
use toml_edit::{Item, TableLike};

/// What the administrator has laid down.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Settings, as in any configuration.
    pub layer: Layer,
    /// Whom to connect to.
    pub rules: Rules,
}

/// A rule that stands in the policy only.
#[derive(Debug)]
pub struct Rule {
    /// Dotted, as in TOML.
    pub name: &'static str,
    /// As in TOML.
    pub example: &'static str,
    /// One sentence.
    pub about: &'static str,
}

/// All of them.
pub static RULES: &[Rule] = &[
    Rule {
        name: "servers.allow",
        example: "[\"meet.example.org\", \"*.example.net\", \"10.0.0.5:8443\"]",
        about: "Connect to these servers only. A name or an address, with a port if only that one is meant; *. stands for whatever comes before",
    },
    Rule {
        name: "servers.pins",
        example: "{ \"meet.example.org\" = [\"FINGERPRINT\"] }",
        about: "Accept only these keys of a server, whatever a link or a certificate authority says",
    },
    Rule {
        name: "servers.interception",
        example: "\"refuse\"",
        about: "refuse: connect only where the server's key is known by a fingerprint (of the link, of an option or of servers.pins), for a certificate authority's word is what an intercepting proxy has too; allow: that is enough",
    },
];

/// Reads the policy; `None` if there is none.
///
/// # Errors
/// [`Exit::Config`] if somebody else could have written it, if it cannot be read, or if anything in it is not understood: a rule that
/// does nothing would be worse than none.
pub fn read(path: &Path) -> Result<Option<Policy>, Failure> {
    let bad = |why: String| {
        let text = format!("the administrator's policy {} {why}; nothing is done before that is put right", path.display());
        Failure::new(Exit::Config, text)
    };
    match fs::symlink_metadata(path) {
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(bad(format!("cannot be looked at ({e})"))),
        Ok(_) => {}
    }
    let real = path.canonicalize().map_err(|e| bad(format!("cannot be read ({e})")))?;
    // Where a link leads, and where it stands: whoever may write there decides where it leads.
    for part in real.ancestors().chain(path.ancestors().skip(1)) {
        let about = fs::metadata(part).map_err(|e| bad(format!("cannot be looked at ({e})")))?;
        written_by_root_only(os::access(&about)).map_err(|why| bad(format!("is refused, because {} {why}", part.display())))?;
    }
    let text = layer::read(&real).map_err(|e| bad(format!("is refused: {}", e.text)))?;
    let text = text.ok_or_else(|| bad("has gone away".into()))?;
    parse(path, &text).map(Some).map_err(|m| bad(format!("has a mistake in line {}, column {}: {}", m.line, m.column, m.text)))
}

/// Whether only root may change a file or directory; why not.
fn written_by_root_only(access: Option<Access>) -> Result<(), String> {
    match access {
        Some(Access { owner: 0, mode }) if mode & 0o022 == 0 => Ok(()),
        Some(Access { owner: 0, mode }) => Err(format!("can be written by others than root (mode {mode:o}): chmod go-w")),
        Some(Access { owner, .. }) => {
            Err(format!("belongs to user {owner} and not to root, who could have written anything there: chown root"))
        }
        None => Err("is on a system that does not say who could have written it".into()),
    }
}

/// Reads its text.
fn parse(path: &Path, text: &str) -> Result<Policy, Mistake> {
    let file = File::check(text)?;
    let mut rules = Rules { place: path.display().to_string(), ..Rules::default() };
    let document = toml_edit::Document::parse(text).map_err(|e| mistake(text, 0, e.message().to_owned()))?;
    let servers = document.get("servers");
    let mut unknown = file.unknown.into_iter().filter(|m| servers.is_none() || !m.text.contains("\"servers\""));
    if let Some(wrong) = file.wrong.into_iter().next().or_else(|| unknown.next()) {
        return Err(wrong);
    }
    if let Some((name, _)) = file.profiles.into_iter().next() {
        return Err(mistake(text, 0, format!("a policy has no profiles, and this one has {}", clean(&name))));
    }
    if let Some(servers) = servers {
        let at = servers.span().map_or(0, |s| s.start);
        let table = servers.as_table_like().ok_or_else(|| mistake(text, at, "servers is a table: [servers]".into()))?;
        rule(&mut rules, table).map_err(|(at, why)| mistake(text, at, why))?;
    }
    Ok(Policy { layer: Layer { origin: Origin::Policy(path.to_owned()), entries: file.entries }, rules })
}

/// A byte of the text, and what is wrong there.
type Wrong = (usize, String);

fn rule(rules: &mut Rules, table: &dyn TableLike) -> Result<(), Wrong> {
    for (name, item) in table.iter() {
        let at = item.span().map_or(0, |s| s.start);
        let wrong = |why: String| (at, format!("servers.{}: {why}", clean(name)));
        match name {
            "allow" => {
                let servers = strings(item).ok_or_else(|| wrong("a list of servers: [\"meet.example.org\"]".into()))?;
                let allow: Result<Vec<Pattern>, String> = servers.iter().map(|s| s.parse()).collect();
                rules.allow = Some(allow.map_err(wrong)?);
            }
            "pins" => {
                let form = || wrong("a table of servers and lists of fingerprints: { \"meet.example.org\" = [\"…\"] }".into());
                for (server, keys) in item.as_table_like().ok_or_else(form)?.iter() {
                    let at = keys.span().map_or(at, |s| s.start);
                    let wrong = |why: String| (at, format!("servers.pins: {why}"));
                    let server: Pattern = server.parse().map_err(wrong)?;
                    let keys: Result<Vec<_>, _> = strings(keys).ok_or_else(form)?.iter().map(|k| Fingerprint::parse(k)).collect();
                    let keys = keys.map_err(|e| wrong(e.text))?;
                    if keys.is_empty() {
                        return Err((at, form().1));
                    }
                    rules.pins.push((server, keys));
                }
            }
            "interception" => match item.as_str() {
                Some("refuse") => rules.fingerprint_needed = true,
                // Seen or not is then a matter of tls.interception, which a policy can set too.
                Some("allow" | "warn") => rules.fingerprint_needed = false,
                _ => return Err(wrong("\"refuse\", \"warn\" or \"allow\"".into())),
            },
            _ => return Err((at, format!("there is no key \"servers.{}\": allow, pins, interception", clean(name)))),
        }
    }
    Ok(())
}

fn strings(item: &Item) -> Option<Vec<String>> {
    item.as_array()?.iter().map(|v| v.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_may_have_written_it() {
        let root_only = |owner, mode| written_by_root_only(Some(Access { owner, mode }));
        assert_eq!(root_only(0, 0o644), Ok(()));
        assert!(written_by_root_only(None).is_err());
        for (owner, mode, says) in
            [(0, 0o664, "chmod go-w"), (0, 0o646, "chmod go-w"), (1000, 0o600, "user 1000"), (65534, 0o755, "chown")]
        {
            assert!(root_only(owner, mode).unwrap_err().contains(says), "{owner} {mode:o}");
        }
        // A directory for temporary files is everybody's.
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("policy.toml");
        assert!(read(&file).unwrap().is_none());
        fs::write(&file, "[e2ee]\nrequire = true\n").unwrap();
        let refused = read(&file).unwrap_err();
        assert!(refused.exit == Exit::Config && refused.text.contains("is refused, because"), "{refused}");
    }

    #[test]
    fn settings_and_rules_stand_side_by_side() {
        let key = Fingerprint::of_spki(b"key");
        let text = format!(
            "[servers]\nallow = [\"meet.example.org\"]\ninterception = \"refuse\"\npins.\"meet.example.org\" = [\"{key}\"]\n[e2ee]\nrequire = true\n"
        );
        let policy = parse(Path::new("p"), &text).unwrap();
        assert_eq!(policy.layer.entries["e2ee.require"].text, "true");
        assert!(policy.rules.fingerprint_needed && policy.rules.pins.len() == 1);
    }

    #[test]
    fn a_mistake_is_never_passed_over() {
        for (text, line, says) in [
            ("[e2ee]\nreqire = true", 2, "did you mean \"e2ee.require\"?"),
            ("[servers]\nalow = []", 2, "servers.alow"),
            ("[servers]\nallow = \"x\"", 2, "a list of servers"),
            ("[servers.pins]\n\"h\" = [\"zz\"]", 2, "fingerprint"),
            ("[servers.pins]\n\"h\" = []", 2, "lists of fingerprints"),
            ("servers = 1", 1, "servers"),
            ("[profile.x]\nname = \"A\"", 1, "no profiles"),
            ("[e2ee]\nrequire = \"perhaps\"", 2, "true or false"),
            ("\u{1}", 1, ""),
        ] {
            let m = parse(Path::new("p"), text).unwrap_err();
            assert!(m.line == line && m.text.contains(says), "{text}: {m}");
        }
    }
}
