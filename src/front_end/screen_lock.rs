//! The screen is locked, or the machine goes to sleep, as logind tells over the system's D-Bus: an open microphone is closed.
//!
//! Desktops that do not tell logind (a bare `swaylock`, `i3lock`) and systems without it tell nobody; there the locker's own
//! configuration runs `conclave ctl mute on`. What is not told is not noticed.

use crate::call::Handle;
use crate::call::engine::Interruption;
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::MatchRule;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::message::{Message, Type};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const SESSIONS: &str = "/org/freedesktop/login1/session";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Watches until the call is over. Without a bus nothing is noticed, and the call goes on.
pub async fn watch(handle: Handle) {
    let (tell, mut told) = mpsc::channel(4);
    // It ends with the first thing that it has to tell after the call, or with the process.
    let thread = std::thread::Builder::new().name("screen-lock".into()).spawn(move || {
        if let Err(e) = listen(&tell) {
            tracing::debug!("nobody tells when the screen is locked: {e}");
        }
    });
    if thread.is_err() {
        return;
    }
    while let Some(interruption) = told.recv().await {
        handle.interrupt(interruption).await;
    }
}

fn listen(tell: &mpsc::Sender<Interruption>) -> zbus::Result<()> {
    let bus = Connection::system()?;
    let dbus = DBusProxy::new(&bus)?;
    let signal = || MatchRule::builder().msg_type(Type::Signal).sender(LOGIND);
    for rule in [
        signal()?.interface(MANAGER)?.member("PrepareForSleep")?.build(),
        signal()?.interface(SESSION)?.member("Lock")?.path_namespace(SESSIONS)?.build(),
        signal()?.interface(PROPERTIES)?.member("PropertiesChanged")?.path_namespace(SESSIONS)?.build(),
    ] {
        dbus.add_match_rule(rule)?;
    }
    for message in MessageIterator::from(&bus) {
        let message = message?;
        // Others on the bus can send us what they like; the bus says who sent it.
        let by_logind = || {
            let owner = dbus.get_name_owner(LOGIND.try_into().ok()?).ok()?;
            (message.header().sender()? == owner.inner()).then_some(())
        };
        if let Some(interruption) = meaning(&message, |session| is_ours(&bus, session))
            && by_logind().is_some()
            && tell.blocking_send(interruption).is_err()
        {
            break;
        }
    }
    Ok(())
}

/// What a signal means for our microphone.
fn meaning(message: &Message, ours: impl Fn(&str) -> bool) -> Option<Interruption> {
    let header = message.header();
    let (interface, member) = (header.interface()?.as_str(), header.member()?.as_str());
    let ours = || ours(header.path()?.as_str()).then_some(Interruption::Locked);
    match (interface, member) {
        (MANAGER, "PrepareForSleep") => message.body().deserialize::<bool>().ok()?.then_some(Interruption::Sleeps),
        (SESSION, "Lock") => ours(),
        (PROPERTIES, "PropertiesChanged") => {
            let body = message.body();
            let (of, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) = body.deserialize().ok()?;
            let locked = changed.get("LockedHint").is_some_and(|hint| hint.downcast_ref::<bool>() == Ok(true));
            if of == SESSION && locked { ours() } else { None }
        }
        _ => None,
    }
}

/// Whether a session is one of ours, and not of somebody else who uses this machine.
fn is_ours(bus: &Connection, session: &str) -> bool {
    let user = || -> zbus::Result<u32> {
        let proxy = Proxy::new(bus, LOGIND, session, SESSION)?;
        let (uid, _): (u32, OwnedObjectPath) = proxy.get_property::<OwnedValue>("User")?.try_into()?;
        Ok(uid)
    };
    user().is_ok_and(|uid| uid == crate::os::user())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal<B: zbus::export::serde::Serialize + zbus::zvariant::DynamicType>(
        path: &str,
        interface: &str,
        member: &str,
        body: &B,
    ) -> Message {
        Message::signal(path, interface, member).unwrap().build(body).unwrap()
    }

    #[test]
    fn locking_our_session_and_going_to_sleep_mean_something_and_nothing_else_does() {
        let session = "/org/freedesktop/login1/session/_32";
        let told = |m: &Message| meaning(m, |path| path == session);
        let hint = |on: bool| HashMap::from([("LockedHint", zbus::zvariant::Value::from(on))]);
        let changed = |path, of: &str, on| signal(path, PROPERTIES, "PropertiesChanged", &(of, hint(on), Vec::<String>::new()));
        assert_eq!(told(&changed(session, SESSION, true)), Some(Interruption::Locked));
        assert_eq!(told(&signal(session, SESSION, "Lock", &())), Some(Interruption::Locked));
        let manager = "/org/freedesktop/login1";
        assert_eq!(told(&signal(manager, MANAGER, "PrepareForSleep", &true)), Some(Interruption::Sleeps));
        for nothing in [
            changed(session, SESSION, false),
            changed(session, "org.freedesktop.login1.User", true),
            changed("/org/freedesktop/login1/session/_39", SESSION, true),
            signal(session, SESSION, "Unlock", &()),
            signal(session, PROPERTIES, "PropertiesChanged", &("x", 3u32)),
            signal(manager, MANAGER, "PrepareForSleep", &false),
            signal(manager, MANAGER, "PrepareForSleep", &"yes"),
        ] {
            assert_eq!(told(&nothing), None, "{nothing:?}");
        }
    }
}
