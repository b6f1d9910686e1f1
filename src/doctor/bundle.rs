//! A report for support: a text file that only its owner can read, without what names somebody or something unless asked for.

use super::Finding;
use crate::exit::{Exit, Failure};
use crate::os::Private as _;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// Makes the file. One that is there already stays as it is.
pub fn create(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().create_new(true).write(true).private().open(path).map_err(|e| {
        let why =
            if e.kind() == ErrorKind::AlreadyExists { "it is there already; name another one".into() } else { e.to_string() };
        Failure::new(Exit::CantCreate, format!("the report {} cannot be made ({why})", path.display()))
    })
}

/// Writes it. `names`: with hosts, addresses, devices and files.
pub fn write(mut file: &File, findings: &[Finding], names: bool) -> Result<(), Failure> {
    let written = file.write_all(text(findings, names).as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|e| Failure::new(Exit::CantCreate, format!("the report cannot be written ({e})")))
}

fn text(findings: &[Finding], names: bool) -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let made = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut text = format!(
        "conclave {} doctor, {} {} {}, {made}\n",
        crate::protocol::VERSION,
        std::env::consts::OS,
        crate::text::clean(kernel.trim()),
        std::env::consts::ARCH
    );
    text.push_str(if names {
        "With hosts, addresses, devices and files, as asked for.\n\n"
    } else {
        "Hosts, addresses, devices and files are left out.\n\n"
    });
    text.extend(findings.iter().map(|f| f.lines(names)));
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Check, Private, Text};
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_report_is_for_its_owner_and_names_nobody_unless_asked_to() {
        let dir = tempfile::tempdir().unwrap();
        let found = [Finding::pass(Check::Name, Text::of("").private(Private::Host, "meet.example").and(" has an address"))];
        for (name, names) in [("without", false), ("with", true)] {
            let path = dir.path().join(name);
            write(&create(&path).unwrap(), &found, names).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!((text.contains("meet.example"), text.contains("<host>")), (names, !names), "{text}");
            assert_eq!(create(&path).unwrap_err().exit, Exit::CantCreate, "what is there stays");
        }
    }
}
