//! The panel of microphones and loudspeakers.

use super::App;
use crate::audio::level::Level;
use crate::call::{Command, DeviceKind, Request};
use crate::tui::keys::Focus;
use serde::Deserialize;

/// A device, as the answer to [`Command::Devices`] lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Listed {
    pub(crate) kind: DeviceKind,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) default: bool,
}

/// What the panel knows.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    /// `None` until the answer is there.
    pub(crate) listed: Option<Vec<Listed>>,
    pub(crate) selected: usize,
    /// The number of the question.
    pub(super) asked: Option<u64>,
}

impl App {
    pub(super) fn show_devices(&mut self) {
        if let Some(why) = self.impossible("devices") {
            return self.answer(why);
        }
        let id = self.ask_for_answer();
        self.devices = Devices { asked: Some(id), ..Devices::default() };
        self.requests.push(Request { id: Some(id), command: Command::Devices });
        self.leave_to(Focus::Devices);
    }

    /// The answer to our question, if it is that; what cannot be read is no device.
    pub(super) fn list_devices(&mut self, id: u64, data: &serde_json::Value) -> bool {
        if self.devices.asked.take_if(|asked| *asked == id).is_none() {
            return false;
        }
        let mut listed: Vec<Listed> = Vec::<Listed>::deserialize(data).unwrap_or_default();
        listed.sort_by_key(|d| d.kind == DeviceKind::Output);
        self.devices.listed = Some(listed);
        true
    }

    pub(super) fn move_device(&mut self, by: i32) {
        let last = self.devices.listed.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.devices.selected = super::moved(self.devices.selected, by).min(last);
    }

    /// Uses the marked one from now on; the old one is used until it is open, and the log says so.
    pub(super) fn choose_device(&mut self) {
        let marked = self.devices.listed.as_ref().and_then(|all| all.get(self.devices.selected));
        if let Some(Listed { kind, name, .. }) = marked.cloned() {
            self.if_possible(Command::Device { kind, name });
        }
    }

    /// How loud the own microphone is, as it was last looked at.
    pub(crate) fn level(&self) -> Level {
        self.level
    }
}
