//! Two network namespaces and nothing but a cable (veth) between them: no conditions, but no rights either, where the kernel lets users have
//! namespaces.

use crate::wire::{LEFT, Namespace, RIGHT};
use std::process::Stdio;

/// Makes it: the namespace with [`LEFT`], and the one with [`RIGHT`]. `Err`: why that cannot be had here.
pub fn lay() -> Result<[Namespace; 2], String> {
    if !crate::has("ip") {
        return Err("iproute2 is not installed".into());
    }
    let (left, right) = (Namespace::new()?, Namespace::new()?);
    // The other end goes to where a process is.
    let mut there = right.command("cat");
    let mut there = there.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(|e| format!("cat: {e}"))?;
    let laid = left.ip(&format!("link add eth0 type veth peer name eth0 netns {}", there.id()));
    drop(there.stdin.take());
    let _ = there.wait();
    laid?;
    for (namespace, own) in [(&left, LEFT), (&right, RIGHT)] {
        namespace.ip(&format!("addr add {own}/24 dev eth0"))?;
        namespace.ip("link set eth0 up")?;
        namespace.ip("route add default dev eth0")?;
    }
    Ok([left, right])
}
