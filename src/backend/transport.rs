//! The way of media, as every backend with a peer connection opens it, and what is said when there is none.

use crate::call::Stats;
use crate::exit::{Exit, Failure};
use crate::net::dial::{self, Way};
use crate::net::ladder::{Rung, Transport};
use crate::net::path::{self, Path};
use crate::net::{Options, Target};
use crate::rtc::{self, TransportStats};
use std::sync::Arc;

/// Opens a path for media to a server.
///
/// # Errors
/// Its name is not found, a proxy that is meant cannot be used, or what was asked for cannot lead there.
pub(crate) async fn path(target: &Target, net: &Options, ours: bool, transport: Transport) -> Result<(Way, Arc<Path>), Failure> {
    let way = dial::media_way(target, net).await?;
    net.proxies.serving(target)?; // a proxy that cannot be used is named
    let config = path::Config { target: target.clone(), net: net.clone(), ours, transport, local: way.local };
    let path = Arc::new(Path::new(config).map_err(|e| broken(&rtc::Error(e.to_string())))?);
    // A server that is not ours names its ways when it answers or later, but it never has a tunnel.
    let tunnel = matches!(transport.only, Some(Rung::Tls | Rung::Wss));
    if path.leads_nowhere() && (tunnel || ours && transport.only != Some(Rung::Turn)) {
        return Err(no_way(ours, transport));
    }
    Ok((way, path))
}

/// What the transport measures; the rest is for the backend to fill in.
pub(crate) fn figures(t: &TransportStats) -> Stats {
    Stats {
        rtt_ms: t.rtt.map(|d| d.as_secs_f32() * 1000.0),
        packets_lost: t.packets_lost,
        uplink_loss: t.uplink_loss,
        uplink_jitter_ms: t.uplink_jitter.map(|d| d.as_secs_f32() * 1000.0),
        ..Stats::default()
    }
}

/// The way that was asked for leads nowhere here.
pub(crate) fn no_way(ours: bool, Transport { only, .. }: Transport) -> Failure {
    let why = match only {
        Some(Rung::Turn) => "it names no TURN server",
        Some(Rung::Tcp) => "it takes no TCP for media",
        _ if ours => "it speaks no TLS",
        Some(Rung::Tls | Rung::Wss) => "it is no Conclave server",
        _ => "it names no address for media",
    };
    let text = format!("sound cannot take the way that you asked for to this server: {why}; leave --transport out");
    Failure::new(Exit::Usage, text)
}

/// There can be no peer connection.
pub(crate) fn broken(e: &rtc::Error) -> Failure {
    Failure::new(Exit::Protocol, format!("the media connection cannot be set up ({e}); report this fault"))
}

/// The network that media took is another one now.
pub(crate) fn moved() -> Failure {
    Failure::new(Exit::TempFail, "this machine is in another network now")
}

/// The peer connection's driver hangs or has failed.
pub(crate) fn stuck() -> Failure {
    Failure::new(Exit::Protocol, "the media connection does not react any more; report this fault")
}
