//! One XMPP stream: opened over a websocket (RFC 7395), authenticated, bound, and continued over another socket when the last one
//! is lost (XEP-0198). Sans-IO: messages and time go in, messages come out.

use super::ns;
use super::xml::{self, child, tag};
use crate::exit::{Exit, Failure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minidom::Element;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How often the server is asked how far it has come.
const ASK: Duration = Duration::from_secs(10);
/// Nothing at all was heard for so long: the connection is lost, whatever the system says.
const SILENCE: Duration = Duration::from_secs(25);
/// How long each step to a working stream may take.
const STEP: Duration = Duration::from_secs(10);
/// Stanzas that the server has not confirmed. A call says one every few seconds.
const UNCONFIRMED: usize = 1024;
/// After so many at once the server is asked how far it has come: a moderator who closes all microphones of a large room says one for
/// each.
const BURST: usize = 64;
/// So many are kept at most until that is noticed: a server that confirms nothing makes us say no more.
const KEPT: usize = 4 * UNCONFIRMED;
/// How long a stream may be resumed if the server does not say so.
const RESUMABLE: Duration = Duration::from_secs(60);

/// Who we are to the server. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// Nobody in particular; a token, if there is one, went with the websocket request.
    Anonymous,
    /// Somebody with an account (RFC 4616).
    Plain {
        /// User name, without domain.
        user: String,
        /// Password.
        password: Zeroizing<String>,
    },
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Plain { .. } => f.write_str("Plain"),
        }
    }
}

/// What a message led to.
#[derive(Debug, PartialEq)]
pub enum Received {
    /// Nothing that anybody else has to know.
    Nothing,
    /// Stanzas may be sent.
    Ready {
        /// It is the stream from before: nothing is lost, nobody has seen us go.
        resumed: bool,
    },
    /// A stanza came.
    Stanza(Element),
}

/// Why the stream is over.
#[derive(Debug, PartialEq, Eq)]
pub enum Over {
    /// The server does not let us in.
    Refused(Failure),
    /// This connection is lost; another may work.
    Lost(Failure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Closed,
    Opening,
    Authenticating,
    Reopening,
    Resuming,
    Binding,
    Up,
}

/// What both sides have counted.
struct Managed {
    /// With what the stream is resumed, once the server has said it, and for how long after it was lost.
    id: Option<Zeroizing<String>>,
    resumable: Duration,
    received: u32,
    confirmed: u32,
    unconfirmed: VecDeque<String>,
}

/// The stream.
pub struct Stream {
    domain: String,
    login: Login,
    step: Step,
    until: Instant,
    jid: String,
    managed: Option<Managed>,
    lost_at: Option<Instant>,
    heard: Instant,
    ask: Instant,
    out: VecDeque<String>,
}

impl Stream {
    /// A stream to a domain, not opened yet.
    pub fn new(now: Instant, domain: &str, login: Login) -> Self {
        Self {
            domain: domain.to_owned(),
            login,
            step: Step::Closed,
            until: now,
            jid: String::new(),
            managed: None,
            lost_at: None,
            heard: now,
            ask: now,
            out: VecDeque::new(),
        }
    }

    /// Our full address, once the stream was ready.
    pub fn jid(&self) -> &str {
        &self.jid
    }

    /// With what the server finds the stream that is to be resumed; `None`: it cannot be.
    pub fn resumable(&self, now: Instant) -> Option<&Zeroizing<String>> {
        let managed = self.managed.as_ref()?;
        let since = self.lost_at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        managed.id.as_ref().filter(|_| since < managed.resumable)
    }

    /// A socket is open: begins, or begins anew.
    pub fn open(&mut self, now: Instant) {
        self.out.clear();
        self.heard = now;
        self.go(now, Step::Opening);
        self.say_open();
    }

    /// The socket is gone.
    pub fn closed(&mut self, now: Instant) {
        if self.step == Step::Up {
            self.lost_at = Some(now);
        }
        self.step = Step::Closed;
        self.out.clear();
    }

    /// Says goodbye: what is lost now is lost.
    pub fn close(&mut self) {
        if self.step != Step::Closed {
            self.say(tag("close", ns::FRAMING).into());
        }
        self.managed = None;
    }

    /// Sends a stanza: now, or when the stream is resumed. Without either it is lost with the stream.
    pub fn send(&mut self, stanza: impl Into<Element>) {
        let text = xml::write(&stanza.into());
        if text.is_empty() {
            return; // the other side would count differently
        }
        if let Some(managed) = &mut self.managed {
            if managed.unconfirmed.len() >= KEPT {
                return;
            }
            managed.unconfirmed.push_back(text.clone());
        }
        if self.step == Step::Up {
            self.out.push_back(text);
            if self.managed.as_ref().is_some_and(|m| m.unconfirmed.len().is_multiple_of(BURST)) {
                self.say(tag("r", ns::SM).into());
            }
        }
    }

    /// The next message to send.
    pub fn next_message(&mut self) -> Option<String> {
        self.out.pop_front()
    }

    /// When [`Stream::tick`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        match self.step {
            Step::Closed => None,
            Step::Up => Some(self.ask.min(self.heard + SILENCE)),
            _ => Some(self.until),
        }
    }

    /// Time has passed.
    ///
    /// # Errors
    /// The server says nothing any more.
    pub fn tick(&mut self, now: Instant) -> Result<(), Over> {
        let silent = || Over::Lost(Failure::new(Exit::Unavailable, "the server does not answer any more"));
        match self.step {
            Step::Closed => {}
            Step::Up => {
                let full = self.managed.as_ref().is_some_and(|m| m.unconfirmed.len() > UNCONFIRMED);
                if now >= self.heard + SILENCE || full {
                    return Err(silent());
                }
                if now >= self.ask {
                    self.ask = now + ASK;
                    let ping = tag("iq", ns::CLIENT).attr("type", "get").attr("id", "ping").attr("to", &self.domain);
                    match self.managed {
                        Some(_) => self.say(tag("r", ns::SM).into()),
                        None => self.say(ping.with(tag("ping", ns::PING)).into()),
                    }
                }
            }
            _ if now >= self.until => return Err(silent()),
            _ => {}
        }
        Ok(())
    }

    /// Takes a message of the server in.
    ///
    /// # Errors
    /// The stream is over.
    pub fn receive(&mut self, now: Instant, text: &str) -> Result<Received, Over> {
        self.heard = now;
        let lost = |why: String| Over::Lost(Failure::new(Exit::Protocol, why));
        let element = xml::read(text).map_err(|e| lost(format!("the server sent {e}")))?;
        match (element.name(), element.ns().as_str()) {
            ("open", ns::FRAMING) => Ok(Received::Nothing),
            ("close", ns::FRAMING) => Err(Over::Lost(Failure::new(Exit::TempFail, "the server closed the connection"))),
            ("error", ns::STREAM) => {
                let what = element.children().next().map(|c| crate::text::clean(c.name())).unwrap_or_default();
                Err(Over::Lost(Failure::new(Exit::TempFail, format!("the server ended the stream ({what})"))))
            }
            ("features", ns::STREAM) => self.features(now, &element),
            ("success", ns::SASL) if self.step == Step::Authenticating => {
                self.go(now, Step::Reopening);
                self.say_open();
                Ok(Received::Nothing)
            }
            ("failure", ns::SASL) => Err(Over::Refused(refused(&self.login, &element))),
            (_, ns::SM) => self.management(now, &element),
            ("iq" | "message" | "presence", ns::CLIENT) => self.stanza(now, element),
            // RFC 6120, section 4.9.3.24 would have us end the stream; what we do not know harms nobody.
            _ => Ok(Received::Nothing),
        }
    }

    fn features(&mut self, now: Instant, features: &Element) -> Result<Received, Over> {
        match self.step {
            Step::Opening => {
                let mechanisms = features.get_child("mechanisms", ns::SASL);
                let offered = |name: &str| mechanisms.is_some_and(|m| m.children().any(|c| c.text().trim() == name));
                let (mechanism, response) = match &self.login {
                    Login::Anonymous => ("ANONYMOUS", None),
                    Login::Plain { user, password } => {
                        let plain = Zeroizing::new(format!("\0{user}\0{}", password.as_str()));
                        ("PLAIN", Some(Zeroizing::new(STANDARD.encode(plain.as_bytes()))))
                    }
                };
                if !offered(mechanism) {
                    let text = match self.login {
                        Login::Anonymous => {
                            "this server lets in only people who have an account there; give --user and the password"
                        }
                        Login::Plain { .. } => "this server takes no password; leave --user out",
                    };
                    return Err(Over::Refused(Failure::new(Exit::Denied, text)));
                }
                self.go(now, Step::Authenticating);
                let auth = tag("auth", ns::SASL).attr("mechanism", mechanism);
                self.say(response.iter().fold(auth, |auth, response| auth.text(response)).into());
            }
            Step::Reopening => {
                let manages = features.get_child("sm", ns::SM).is_some();
                match self.resumable(now).cloned().filter(|_| manages) {
                    Some(id) => {
                        let received = self.managed.as_ref().map_or(0, |m| m.received);
                        self.go(now, Step::Resuming);
                        self.say(tag("resume", ns::SM).attr("h", received).attr("previd", id.as_str()).into());
                    }
                    None => {
                        self.managed = manages.then(fresh);
                        self.bind(now);
                    }
                }
            }
            _ => {}
        }
        Ok(Received::Nothing)
    }

    fn bind(&mut self, now: Instant) {
        self.go(now, Step::Binding);
        let bind = tag("iq", ns::CLIENT).attr("type", "set").attr("id", "bind").with(tag("bind", ns::BIND));
        self.say(bind.into());
    }

    fn management(&mut self, now: Instant, element: &Element) -> Result<Received, Over> {
        let count = element.attr("h").and_then(|h| h.parse::<u32>().ok());
        match (element.name(), self.step) {
            ("r", Step::Up) => {
                let received = self.managed.as_ref().map_or(0, |m| m.received);
                self.say(tag("a", ns::SM).attr("h", received).into());
            }
            ("a", Step::Up) => self.confirm(count),
            ("enabled", Step::Up) => {
                if let Some(managed) = &mut self.managed
                    && matches!(element.attr("resume"), Some("true" | "1"))
                {
                    managed.id = element.attr("id").map(|id| Zeroizing::new(id.to_owned()));
                    let limit = element.attr("max").and_then(|max| max.parse().ok()).map(Duration::from_secs);
                    managed.resumable = limit.unwrap_or(RESUMABLE);
                }
            }
            ("resumed", Step::Resuming) => {
                self.confirm(count);
                self.up(now);
                if let Some(managed) = &self.managed {
                    self.out.extend(managed.unconfirmed.iter().cloned());
                }
                return Ok(Received::Ready { resumed: true });
            }
            ("failed", Step::Resuming) => {
                self.managed = Some(fresh());
                self.bind(now);
            }
            ("failed", _) => self.managed = None,
            _ => {}
        }
        Ok(Received::Nothing)
    }

    fn confirm(&mut self, count: Option<u32>) {
        let (Some(count), Some(managed)) = (count, &mut self.managed) else { return };
        let news = count.wrapping_sub(managed.confirmed) as usize;
        // A server that confirms what was never sent has lost count; nothing is gained by losing ours.
        if news <= managed.unconfirmed.len() {
            managed.unconfirmed.drain(..news);
            managed.confirmed = count;
        }
    }

    fn stanza(&mut self, now: Instant, stanza: Element) -> Result<Received, Over> {
        match self.step {
            Step::Binding if stanza.name() == "iq" && stanza.attr("id") == Some("bind") => {
                let jid = stanza.get_child("bind", ns::BIND).and_then(|b| b.get_child("jid", ns::BIND)).map(Element::text);
                let Some(jid) = jid.filter(|_| stanza.attr("type") == Some("result")) else {
                    let text = format!("the server gives us no address ({})", condition(&stanza).unwrap_or_default());
                    return Err(Over::Lost(Failure::new(Exit::Unavailable, text)));
                };
                self.jid = jid;
                self.up(now);
                if self.managed.is_some() {
                    self.say(tag("enable", ns::SM).attr("resume", "true").into());
                }
                Ok(Received::Ready { resumed: false })
            }
            Step::Up => {
                if let Some(managed) = &mut self.managed {
                    managed.received = managed.received.wrapping_add(1);
                }
                Ok(Received::Stanza(stanza))
            }
            _ => Ok(Received::Nothing),
        }
    }

    fn up(&mut self, now: Instant) {
        (self.step, self.lost_at, self.ask) = (Step::Up, None, now + ASK);
    }

    fn go(&mut self, now: Instant, step: Step) {
        (self.step, self.until) = (step, now + STEP);
    }

    fn say_open(&mut self) {
        let open = tag("open", ns::FRAMING).attr("to", &self.domain).attr("version", "1.0");
        self.say(open.into());
    }

    fn say(&mut self, element: Element) {
        self.out.push_back(xml::write(&element));
    }
}

fn fresh() -> Managed {
    Managed { id: None, resumable: RESUMABLE, received: 0, confirmed: 0, unconfirmed: VecDeque::new() }
}

fn refused(login: &Login, failure: &Element) -> Failure {
    let said = child(failure, "text").map(|t| crate::text::clean(&t.text())).filter(|t| !t.trim().is_empty());
    let what = failure.children().map(Element::name).find(|name| *name != "text").map(crate::text::clean).unwrap_or_default();
    let said = said.unwrap_or(what).chars().take(200).collect::<String>();
    let text = match login {
        Login::Anonymous => {
            format!("the server does not let us in ({said}); it may want a token (a link with jwt=) or an account (--user)")
        }
        Login::Plain { .. } => format!("the server refuses this user or password ({said}); check --user and the password"),
    };
    Failure::new(Exit::Denied, text)
}

/// The condition of an error in a stanza (RFC 6120, section 8.3.3), and what it is called in Jitsi's own.
pub fn condition(stanza: &Element) -> Option<String> {
    let error = child(stanza, "error")?;
    error.children().map(Element::name).find(|name| *name != "text").map(crate::text::clean)
}

#[cfg(test)]
mod tests;
