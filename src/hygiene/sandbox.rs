//! `--sandbox`: after start-up, and before the first byte from the network, the process gives up what it will not need.
//!
//! * **Landlock** (Linux 5.13): files are readable where the system keeps what everybody may read, and writable in few
//!   named directories. Rules follow inodes, so they name *directories*: a `resolv.conf` that is replaced by renaming,
//!   a sound device plugged in later, a new PulseAudio socket and a renewed certificate are found as before.
//! * **seccomp**: system calls that neither a call nor a server makes fail with `EPERM`; above all, nothing can be started.
//!
//! Landlock binds the calling thread and those it makes, so [`enter`] comes before the runtime and the sound, and after
//! the keyring (whose own threads keep what they had, unless the kernel can bind all threads: ABI 8). A sound server
//! cannot be started by a client any more; desktops start it on demand through its socket.
//!
//! Not confined: the network, and unix sockets by path (sound, the resolver and the keyring are reached by them).

use crate::exit::{Exit, Failure};
use std::path::{Path, PathBuf};

/// How much of it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// What the kernel has; a warning if something is missing.
    #[default]
    Auto,
    /// Landlock, as far as this kernel has it, and seccomp; or exit code 78.
    Strict,
    /// Nothing.
    Off,
}

/// What this process needs beside the system's own files. Paths that are not there are left out.
#[derive(Debug, Default)]
pub struct Needs {
    /// Directories and files to read.
    pub read: Vec<PathBuf>,
    /// Directories and files to write, and to make and remove files in.
    pub write: Vec<PathBuf>,
    /// Devices: the sound card and the terminal.
    pub devices: bool,
}

impl Needs {
    /// Reads one file, and whatever replaces it later. Parents of the path as given and of what it points to.
    pub fn read_beside(&mut self, file: &Path) {
        self.read.extend(parents(file));
    }
}

/// Both directories of a file that may be a symbolic link.
fn parents(file: &Path) -> impl Iterator<Item = PathBuf> {
    let target = file.canonicalize().ok();
    let directory = |p: &Path| match p.parent() {
        Some(d) if d.as_os_str().is_empty() => Some(PathBuf::from(".")),
        other => other.map(Path::to_owned),
    };
    [directory(file), target.as_deref().and_then(directory)].into_iter().flatten()
}

/// Enters the sandbox; what could not be had is returned as a sentence.
///
/// # Errors
/// [`Exit::Config`] under [`Level::Strict`] if Landlock or seccomp cannot be had.
pub fn enter(level: Level, needs: &Needs) -> Result<Option<String>, Failure> {
    if level == Level::Off {
        return Ok(None);
    }
    decide(level, &[files(needs), calls()])
}

/// What a level makes of what could not be had.
fn decide(level: Level, had: &[Result<(), String>]) -> Result<Option<String>, Failure> {
    let missing: Vec<&str> = had.iter().filter_map(|h| h.as_ref().err()).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let text = format!("the sandbox is not complete: {}", missing.join("; "));
    match level {
        Level::Strict => Err(Failure::new(Exit::Config, format!("{text}; use --sandbox auto to go on without"))),
        _ => Ok(Some(text)),
    }
}

/// What every process of ours reads: libraries, configuration of the resolver and of sound, certificates, time zones.
/// `/proc` only as far as it is about ourselves or the machine.
#[cfg(target_os = "linux")]
const READ: &[&str] = &[
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/var/lib/ca-certificates",
    "/var/lib/dbus",
    "/run/systemd/resolve",
    "/run/NetworkManager",
    "/run/resolvconf",
    "/run/nscd",
    "/proc/self",
    "/proc/asound",
    "/proc/sys",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/class/sound",
    "/dev/urandom",
    "/dev/random",
];

#[cfg(target_os = "linux")]
fn files(needs: &Needs) -> Result<(), String> {
    restrict(needs, true)
}

/// Lets this thread (and the threads that it makes) or the whole process use only these files.
#[cfg(target_os = "linux")]
fn restrict(needs: &Needs, all_threads: bool) -> Result<(), String> {
    use landlock::{
        ABI, Access, AccessFs, RestrictSelfAttr, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
        path_beneath_rules,
    };
    // Newer rights are not handled: they would close ways (unix sockets) that sound and the resolver need.
    let abi = ABI::V6;
    let read = AccessFs::from_read(abi) & !AccessFs::Execute;
    let devices = read | AccessFs::WriteFile | AccessFs::IoctlDev;
    let write = (AccessFs::from_all(abi) & !AccessFs::Execute)
        & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSym | AccessFs::IoctlDev);
    let mut readable: Vec<PathBuf> = READ.iter().map(PathBuf::from).collect();
    readable.extend(parents(Path::new("/etc/resolv.conf")));
    // Where the environment says that certificates and sound are.
    readable.extend(["SSL_CERT_DIR", "XDG_RUNTIME_DIR", "TZDIR"].into_iter().filter_map(std::env::var_os).map(PathBuf::from));
    let named = ["SSL_CERT_FILE", "PULSE_COOKIE"].into_iter().filter_map(std::env::var_os);
    readable.extend(named.flat_map(|f| parents(Path::new(&f)).collect::<Vec<_>>()));
    if let Some(home) = std::env::home_dir() {
        let ours = [".config/pulse", ".config/pipewire", ".config/alsa", ".asoundrc", ".pulse-cookie"];
        readable.extend(ours.map(|p| home.join(p)));
    }
    let mut devs = vec!["/dev/null", "/dev/tty"];
    if needs.devices {
        devs.extend(["/dev/snd", "/dev/pts"]);
        if cfg!(feature = "audio-jack") {
            devs.push("/dev/shm"); // JACK's rings
        }
    }
    let enforce = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .scope(Scope::Signal)?
            .create()?
            .add_rules(path_beneath_rules(readable.iter().chain(&needs.read), read))?
            .add_rules(path_beneath_rules(devs, devices))?
            .add_rules(path_beneath_rules(needs.write.iter().chain(&crate::crash::prepared()), write))?
            .all_threads(all_threads)?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    match enforce() {
        Ok(RulesetStatus::NotEnforced) => Err("this kernel has no Landlock (it is from 5.13 on, where it is switched on)".into()),
        Ok(_) => Ok(()),
        Err(e) => Err(format!("Landlock cannot be used ({e})")),
    }
}

/// Denies system calls to all threads.
#[cfg(target_os = "linux")]
fn calls() -> Result<(), String> {
    use nix::libc;
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads};
    let rules = denied().into_iter().map(|n| (n, vec![])).collect();
    let deny = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let program: Result<BpfProgram, seccompiler::BackendError> = TargetArch::try_from(std::env::consts::ARCH)
        .and_then(|arch| SeccompFilter::new(rules, SeccompAction::Allow, deny, arch))
        .and_then(TryInto::try_into);
    let program = program.map_err(|e| format!("seccomp does not know this processor ({e})"))?;
    apply_filter_all_threads(&program).map_err(|e| format!("seccomp cannot be used ({e})"))
}

/// What nobody in a call or a server does: start programs, look into other processes, change mounts, namespaces or the
/// kernel, use key rings (that work is done), or go round file rules by handles or io_uring.
#[cfg(target_os = "linux")]
fn denied() -> Vec<i64> {
    use nix::libc::*;
    #[allow(clippy::useless_conversion, reason = "c_long is not i64 everywhere")]
    let names: Vec<i64> = [
        SYS_execve,
        SYS_execveat,
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_pidfd_getfd,
        SYS_kcmp,
        SYS_bpf,
        SYS_perf_event_open,
        SYS_userfaultfd,
        SYS_io_uring_setup,
        SYS_open_by_handle_at,
        SYS_keyctl,
        SYS_add_key,
        SYS_request_key,
        SYS_kexec_load,
        SYS_init_module,
        SYS_finit_module,
        SYS_delete_module,
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_move_mount,
        SYS_open_tree,
        SYS_fsopen,
        SYS_fsconfig,
        SYS_fsmount,
        SYS_fspick,
        SYS_mount_setattr,
        SYS_setns,
        SYS_unshare,
        SYS_swapon,
        SYS_swapoff,
        SYS_reboot,
        SYS_acct,
        SYS_personality,
    ]
    .into_iter()
    .map(i64::from)
    .collect();
    #[cfg(target_arch = "x86_64")]
    let names = {
        // The same calls once more as x32 numbers them: same architecture, a bit set, and some numbers of its own.
        const X32: i64 = 0x4000_0000;
        let own = [520, 521, 528, 539, 540, 545];
        let x32: Vec<i64> = names.iter().copied().chain(own).chain([SYS_kexec_file_load]).map(|n| n | X32).collect();
        names.into_iter().chain([SYS_kexec_file_load]).chain(x32).collect()
    };
    names
}

#[cfg(not(target_os = "linux"))]
fn files(_: &Needs) -> Result<(), String> {
    Err("this system has no Landlock".into())
}

#[cfg(not(target_os = "linux"))]
fn calls() -> Result<(), String> {
    Err("this system has no seccomp".into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn strict_refuses_what_auto_says_and_goes_without() {
        let all = [Ok(()), Ok(())];
        let some = [Err("this kernel has no Landlock".to_owned()), Ok(())];
        let none = [Err("this kernel has no Landlock".to_owned()), Err("seccomp cannot be used".to_owned())];
        for level in [Level::Auto, Level::Strict] {
            assert_eq!(decide(level, &all), Ok(None));
        }
        for (had, says) in [(&some, "no Landlock"), (&none, "no Landlock; seccomp")] {
            let said = decide(Level::Auto, had).unwrap().unwrap();
            let refused = decide(Level::Strict, had).unwrap_err();
            assert!(said.contains(says) && refused.text.starts_with(&said), "{said} {refused}");
            assert!(refused.exit == Exit::Config && refused.text.contains("--sandbox auto"), "{refused}");
        }
        assert_eq!(enter(Level::Off, &Needs::default()), Ok(None));
    }

    /// In a thread that ends: Landlock binds it alone, and seccomp is left to `tests/hygiene.rs`.
    #[test]
    fn files_that_replace_others_are_found_and_nothing_else_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for sub in ["etc", "out", "secret"] {
            std::fs::create_dir(path(sub)).unwrap();
        }
        std::fs::write(path("etc/resolv.conf"), "old").unwrap();
        std::fs::write(path("secret/key"), "k").unwrap();
        let needs = Needs { read: vec![path("etc")], write: vec![path("out")], ..Needs::default() };
        let (enter, entered) = std::sync::mpsc::channel();
        let (replace, replaced) = std::sync::mpsc::channel::<()>();
        let at = dir.path().to_owned();
        let inside = std::thread::spawn(move || {
            let had = restrict(&needs, false);
            enter.send(had.clone()).unwrap();
            replaced.recv().unwrap();
            let read = |p: &str| std::fs::read_to_string(at.join(p)).map_err(|e| e.kind());
            had.is_ok().then(|| {
                (
                    read("etc/resolv.conf"),
                    read("secret/key"),
                    std::fs::write(at.join("out/late.wav"), "x").is_ok(),
                    std::fs::write(at.join("etc/new"), "x").is_ok(),
                )
            })
        });
        let had = entered.recv().unwrap();
        std::fs::write(path("etc/next"), "new").unwrap();
        std::fs::rename(path("etc/next"), path("etc/resolv.conf")).unwrap();
        replace.send(()).unwrap();
        match inside.join().unwrap() {
            None => conclave_lab::skip("Landlock", &had.unwrap_err()),
            Some(seen) => {
                assert_eq!(seen, (Ok("new".into()), Err(std::io::ErrorKind::PermissionDenied), true, false));
            }
        }
    }
}
