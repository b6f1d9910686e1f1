//! What processes cost, by the kernel's own books.

/// CPU seconds, user and system, of one process so far; 0 once it is gone.
pub fn cpu(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |fields| (fields[11] + fields[12]) as f64 / 100.0)
}

/// Resident memory of one process in megabytes.
pub fn resident_mb(pid: u32) -> f64 {
    kilobytes(&format!("/proc/{pid}/status"), "VmRSS:") / 1024.0
}

/// A process and all that descend from it.
pub fn tree(pid: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .expect("/proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, *stat(pid)?.get(1)? as u32)))
        .collect();
    let mut tree = vec![pid];
    let mut looked_at = 0;
    while let Some(&parent) = tree.get(looked_at) {
        tree.extend(all.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        looked_at += 1;
    }
    tree
}

/// What a tree of processes costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// CPU seconds, user and system.
    pub cpu: f64,
    /// Memory in megabytes, shared pages by share (PSS).
    pub memory_mb: f64,
    /// How many they are.
    pub processes: usize,
}

/// The processes of a tree that live now.
pub fn usage(pid: u32) -> Usage {
    let tree = tree(pid);
    let memory = |pid: &u32| kilobytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:") / 1024.0;
    Usage { cpu: tree.iter().map(|p| cpu(*p)).sum(), memory_mb: tree.iter().map(memory).sum(), processes: tree.len() }
}

/// The fields of `/proc/PID/stat` behind the name, from the parent's number on at 1; what is no number is 0.
fn stat(pid: u32) -> Option<Vec<u64>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    let fields: Vec<u64> = behind_the_name.split_whitespace().map(|f| f.parse().unwrap_or(0)).collect();
    (fields.len() > 12).then_some(fields)
}

/// A line of a file in `/proc`, in kilobytes; 0 if it is gone.
fn kilobytes(file: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    value.unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_tree_has_its_branches() {
        let mut shell = Command::new("sh").args(["-c", "sleep 60 & echo; wait"]).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        let found = tree(shell.id());
        let used = usage(shell.id());
        for pid in &found {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
        let _ = shell.wait();
        assert_eq!((found.len(), used.processes), (2, 2), "{found:?}");
        assert!(used.memory_mb > 0.1 && cpu(std::process::id()) >= 0.0, "{used:?}");
    }
}
