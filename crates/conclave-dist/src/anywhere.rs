//! Whether a binary runs where there is nothing: a root directory with the file, `/dev/null` and an empty `/tmp`; no `/proc`, no
//! `/etc`, no `HOME`; read-only; as `nobody` where whoever asks is root, and with no rights beyond their own where not.

use crate::{mode, output};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is done before the program starts, in namespaces of its own: `$1` is the root directory, the rest the command.
const ENTER: &str = r#"
set -e
root=$1; shift
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount --bind "$root" "$root"
mount --bind /dev/null "$root/dev/null"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
cd "$root"
if [ "$(tr -s ' ' < /proc/self/uid_map)" = ' 0 0 4294967295' ]; then as=--userspec=65534:65534; fi
exec env -i "$(command -v chroot)" $as "$root" "$@"
"#;

/// A root directory with nothing but a binary, and the libraries that it is linked to.
#[derive(Debug)]
pub struct Root(tempfile::TempDir);

impl Root {
    /// Makes it.
    ///
    /// # Errors
    /// A file cannot be copied, or a library is not there.
    pub fn with(binary: &Path) -> Result<Self> {
        let root = tempfile::tempdir()?;
        mode(root.path(), 0o755)?;
        for folder in ["dev", "tmp"] {
            fs::create_dir(root.path().join(folder))?;
        }
        fs::write(root.path().join("dev/null"), "")?;
        let program = root.path().join("conclave");
        fs::copy(binary, &program)?;
        mode(&program, 0o755)?;
        if !crate::compile::is_static(binary)? {
            for library in libraries(&output(Command::new("ldd").arg(binary))?) {
                let to = root.path().join(library.trim_start_matches('/'));
                fs::create_dir_all(to.parent().context("a library has a directory")?)?;
                fs::copy(library, &to).with_context(|| format!("{library} cannot be copied"))?;
                mode(&to, 0o755)?;
            }
        }
        Ok(Self(root))
    }

    /// The binary in it with arguments, for two minutes at most.
    pub fn run(&self, args: &[&str]) -> Command {
        let mut c = Command::new("timeout");
        c.args(["--kill-after=5", "120", "unshare", "--mount", "--net"]);
        if fs::read_to_string("/proc/self/status").is_ok_and(|s| !s.lines().any(|l| l.starts_with("Uid:\t0\t"))) {
            c.args(["--user", "--map-root-user"]);
        }
        c.args(["sh", "-c", ENTER, "enter"]).arg(self.0.path()).arg("/conclave").args(args);
        c
    }
}

/// What `ldd` says: the files that are there.
fn libraries(ldd: &str) -> Vec<&str> {
    ldd.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/'))).collect()
}

/// Tries `--version`, a whole call (`echo`), a server, and the diagnosis.
///
/// # Errors
/// What did not work, and what it said.
pub fn check(binary: &Path) -> Result<()> {
    let root = Root::with(binary)?;
    let version = output(&mut root.run(&["--version"]))?;
    ensure!(version.starts_with("conclave "), "--version says {version}");

    let echo = output(&mut root.run(&["echo", "--audio", "null", "--seconds", "3", "--json"]))?;
    ensure!(echo.contains(r#""event":"echo_summary""#) && echo.contains(r#""through":"udp""#), "echo has no call: {echo}");

    let mut server = root.run(&["serve", "--dev", "--json", "--listen", "127.0.0.1:0", "--data", "/tmp/conclave"]);
    let mut server = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut hello = String::new();
    BufReader::new(server.stdout.take().context("standard output")?).read_line(&mut hello)?;
    output(Command::new("kill").arg(server.id().to_string()))?;
    let ended = server.wait_with_output()?;
    let said = String::from_utf8_lossy(&ended.stderr);
    ensure!(hello.contains(r#""url":"http://127.0.0.1:"#), "serve does not listen: {hello}{said}");

    // Nobody is there: it has to say so, and not to fail otherwise.
    let doctor = root.run(&["doctor", "http://127.0.0.1:1", "--audio", "null", "--json"]).output()?;
    let said = String::from_utf8_lossy(&doctor.stdout);
    ensure!(
        doctor.status.code() == Some(69) && said.contains("nothing listens at 127.0.0.1:1"),
        "doctor: {}: {said}",
        doctor.status
    );
    Ok(())
}
