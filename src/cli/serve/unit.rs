//! `conclave serve systemd-unit`.

use crate::exit::{Exit, Failure};
use std::path::PathBuf;

/// What goes into it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The program as the unit starts it [default: where this one is]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The user that runs it, and whose the data directory is
    #[arg(long, default_value = "conclave")]
    user: String,
}

/// Runs it.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let word = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => std::env::current_exe().map_err(|e| {
            Failure::new(Exit::Internal, format!("where this program is cannot be found out ({e}); say it with --binary"))
        })?,
    };
    let binary = binary.to_str().filter(|b| b.starts_with('/') && word(b));
    let binary = binary.ok_or_else(|| {
        let text = "a unit needs the program's whole path, without spaces or signs; copy it to /usr/local/bin, or use --binary";
        Failure::new(Exit::Usage, text)
    })?;
    if !word(&args.user) {
        return Err(Failure::new(Exit::Usage, "this is no user's name"));
    }
    crate::cli::print(unit(binary, &args.user))
}

/// The unit. The state directory is the data directory; the server confines itself besides (`sandbox`).
fn unit(binary: &str, user: &str) -> String {
    format!(
        "\
# useradd --system --home-dir /var/lib/conclave --shell /usr/sbin/nologin {user}
# conclave serve systemd-unit > /etc/systemd/system/conclave.service
# systemctl daemon-reload && systemctl enable --now conclave
# Commands on its data directory: sudo -u {user} conclave serve user add …
[Unit]
Description=Conclave conference server
Documentation=man:conclave-serve(1)
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={binary} serve --data /var/lib/conclave --log json
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1
WatchdogSec=30
# Longer than drain in the configuration.
TimeoutStopSec=120

User={user}
StateDirectory=conclave
StateDirectoryMode=0700
ConfigurationDirectory=conclave
UMask=0077
LimitNOFILE=65536
LimitCORE=0
LimitMEMLOCK=infinity

# Ports below 1024 (443) need this one right, and nothing else.
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateIPC=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self
SystemCallFilter=~@privileged @resources
SystemCallFilter=setrlimit prlimit64 sched_setaffinity mlockall mlock2
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"
    )
}
