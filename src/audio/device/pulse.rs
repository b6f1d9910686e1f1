//! PulseAudio, and PipeWire through its PulseAudio server, over the native protocol: no library is linked.

mod connection;
mod stream;

use super::{CaptureRing, DeviceInfo, Host, OpenError, PlayRing, Stream};
use crate::call::DeviceKind;
use connection::Connection;
use pulseaudio::protocol::{Command, ServerInfo, SinkInfo, SourceInfo};
use std::ffi::{CStr, CString};

/// The server that the environment names (`PULSE_SERVER`, `XDG_RUNTIME_DIR`).
#[derive(Debug, Clone, Copy)]
pub struct Pulse;

fn text(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn c_name(device: Option<&str>, default: &CStr) -> Result<CString, OpenError> {
    device.map_or_else(|| Ok(default.to_owned()), |d| CString::new(d).map_err(|_| OpenError::Unknown))
}

impl Host for Pulse {
    fn name(&self) -> &'static str {
        "pulse"
    }

    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError> {
        let mut server = Connection::open()?;
        let info: ServerInfo = server.ask(&Command::GetServerInfo)?;
        let describe = |d: &Option<CString>, name: &CStr| d.as_deref().map_or_else(|| text(name), text);
        let mut all = Vec::new();
        for s in server.ask::<Vec<SourceInfo>>(&Command::GetSourceInfoList)? {
            all.push(DeviceInfo {
                host: "pulse",
                kind: DeviceKind::Input,
                description: describe(&s.description, &s.name),
                default: info.default_source_name.as_ref() == Some(&s.name),
                name: text(&s.name),
            });
        }
        for s in server.ask::<Vec<SinkInfo>>(&Command::GetSinkInfoList)? {
            all.push(DeviceInfo {
                host: "pulse",
                kind: DeviceKind::Output,
                description: describe(&s.description, &s.name),
                default: info.default_sink_name.as_ref() == Some(&s.name),
                name: text(&s.name),
            });
        }
        Ok(all)
    }

    fn open_input(&self, device: Option<&str>, ring: CaptureRing) -> Result<Stream, OpenError> {
        stream::record(Connection::open()?, c_name(device, pulseaudio::protocol::DEFAULT_SOURCE)?, ring)
    }

    fn open_output(&self, device: Option<&str>, ring: PlayRing) -> Result<Stream, OpenError> {
        stream::play(Connection::open()?, c_name(device, pulseaudio::protocol::DEFAULT_SINK)?, ring)
    }
}
