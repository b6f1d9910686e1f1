//! A fault of ours: what is kept of a panic, in a file of the user's, for whoever is asked to mend it. Nothing is sent anywhere.
//!
//! What may be kept is decided by type: a message that stands in the program (`&'static str`) is ours; one that was put together
//! while it ran may quote a name or a text, and is shown on standard error only.

use crate::exit::Exit;
use crate::os::Private as _;
use std::backtrace::Backtrace;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reports of one process: a server ends a room for a fault and goes on, and might do so again and again.
const MOST: usize = 5;
/// Reports that are kept; the oldest go.
const KEPT: usize = 20;

static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// Where reports are: `conclave/crashes` in the user's directory for states; `None` without a home.
pub fn directory() -> Option<PathBuf> {
    Some(crate::places::state().ok()?.join("crashes"))
}

/// Makes the directory, so that a sandbox can leave it open; `None` if it cannot be had.
pub fn prepared() -> Option<PathBuf> {
    directory().filter(|at| DirBuilder::new().recursive(true).private().create(at).is_ok())
}

/// From now on, a panic on any thread leaves a report, and standard error says where.
pub fn watch() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        if WRITTEN.fetch_add(1, Ordering::Relaxed) >= MOST {
            return;
        }
        let written = prepared().and_then(|at| keep(&at, &text(info)).ok());
        // Nobody can be told that nobody can be told.
        let _ = match written {
            Some(path) => writeln!(
                io::stderr(),
                "conclave: this is a fault of ours. What is known of it is in {}, and names nobody; nothing was sent anywhere",
                path.display()
            ),
            None => writeln!(
                io::stderr(),
                "conclave: this is a fault of ours, and there is no place to write down what is known of it"
            ),
        };
    }));
}

/// Runs the program; a panic of its main thread ends it with [`Exit::Internal`].
pub fn guarded(run: impl FnOnce() -> Exit) -> Exit {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Internal)
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(|| "somewhere".into(), ToString::to_string);
    let message = info.payload().downcast_ref::<&'static str>();
    let message = message.copied().unwrap_or("(left out: it was put together while the program ran, and may name somebody)");
    // Threads are named by the program.
    let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
    #[cfg(feature = "client")]
    let log = crate::log::recent().concat();
    #[cfg(not(feature = "client"))]
    let log = "";
    format!(
        "conclave {} {} {}, {}\nthread: {thread}\nat: {place}\nmessage: {message}\n\n{}\n{log}",
        crate::protocol::VERSION,
        std::env::consts::OS,
        std::env::consts::ARCH,
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"),
        Backtrace::force_capture()
    )
}

fn keep(directory: &Path, text: &str) -> io::Result<PathBuf> {
    forget_oldest(directory);
    let now = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let (pid, n) = (std::process::id(), WRITTEN.load(Ordering::Relaxed));
    let path = directory.join(format!("crash-{now}-{pid}-{n}.txt"));
    let mut file = OpenOptions::new().create_new(true).write(true).private().open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}

/// Makes room for one more. Names sort by time.
fn forget_oldest(directory: &Path) {
    let reports = std::fs::read_dir(directory).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let ours = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("crash-"));
    let mut reports: Vec<PathBuf> = reports.filter(ours).collect();
    reports.sort();
    let over = (reports.len() + 1).saturating_sub(KEPT);
    reports.iter().take(over).for_each(|old| drop(std::fs::remove_file(old)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    const CHILD: &str = "CONCLAVE_TEST_CRASH";

    /// This test once more in a process of its own, which falls over in one of several ways.
    fn fall_over(how: &str) -> (Option<i32>, String, Vec<(String, u32)>) {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "crash::tests::a_fault_leaves_a_report_that_names_nobody", "--nocapture"]);
        let out = child.env(CHILD, how).env("HOME", home.path()).env_remove("XDG_STATE_HOME").output().unwrap();
        let reports = std::fs::read_dir(home.path().join(".local/state/conclave/crashes")).unwrap();
        let read = |path: &Path| {
            let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            (std::fs::read_to_string(path).unwrap(), mode)
        };
        let reports = reports.map(|entry| read(&entry.unwrap().path())).collect();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned(), reports)
    }

    #[test]
    fn a_fault_leaves_a_report_that_names_nobody() {
        if let Ok(how) = std::env::var(CHILD) {
            watch();
            let name = String::from("Ana Ngata");
            let exit = guarded(|| match how.as_str() {
                "words" => panic!("the table has no row"),
                "quote" => panic!("no row for {name}"),
                #[cfg(feature = "client")]
                "logged" => {
                    use crate::log::{Level, Line, Name, Options};
                    let _ = Options { write: false, file: None, level: Level::Info, keep: 1 }.open();
                    crate::log::write(&Line::new(Level::Info, "before it: ").redacted(Name(&name)));
                    tracing::warn!(rows = 7, "no row for {name}");
                    panic!("after the log")
                }
                "confined" => {
                    use crate::hygiene::sandbox::{Level, Needs, enter};
                    let _ = enter(Level::Auto, &Needs::default());
                    panic!("behind the door")
                }
                _ => {
                    (0..3 * MOST).for_each(|_| drop(std::thread::spawn(|| panic!("again")).join()));
                    Exit::Ok
                }
            });
            std::process::exit(i32::from(exit as u8));
        }
        let (code, said, reports) = fall_over("words");
        assert!(code == Some(70) && said.contains("a fault of ours") && said.contains("crashes/crash-"), "{said}");
        let [(report, mode)] = &reports[..] else { panic!("{reports:?}") };
        assert!(
            *mode == 0o600 && report.contains("message: the table has no row") && report.contains("src/crash.rs:"),
            "{report}"
        );
        let (code, said, reports) = fall_over("quote");
        assert!(code == Some(70) && said.contains("Ana Ngata"), "the user sees it: {said}");
        assert!(!reports[0].0.contains("Ana") && reports[0].0.contains("left out"), "{reports:?}");
        let (code, said, reports) = fall_over("confined");
        assert!(code == Some(70) && reports[0].0.contains("behind the door"), "{said}");
        if cfg!(feature = "client") {
            let (_, _, reports) = fall_over("logged");
            let report = &reports[0].0;
            assert!(report.contains("INFO  before it: <name>\n") && report.contains(" WARN  at src/crash.rs:"), "{report}");
            assert!(report.contains(" rows=7\n") && !report.contains("Ana"), "{report}");
        }
        let (code, _, reports) = fall_over("again and again");
        assert_eq!((code, reports.len()), (Some(0), MOST), "a thread that falls over does not end the others");
    }

    #[test]
    fn old_reports_go() {
        let dir = tempfile::tempdir().unwrap();
        for n in 10..10 + 2 * KEPT {
            std::fs::write(dir.path().join(format!("crash-20200101-0000{n}-1-1.txt")), "old").unwrap();
        }
        std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        let new = keep(dir.path(), "new").unwrap();
        assert_eq!(std::fs::read_to_string(new).unwrap(), "new");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), KEPT + 1, "what is no report of ours stays");
    }
}
