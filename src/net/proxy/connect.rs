//! The CONNECT request (RFC 9110 section 9.3.6) over as many answers as a login takes: bytes in, bytes out. Of what a proxy sends,
//! exactly its answers are taken; what follows them is the tunnel's.

mod answer;

use super::auth::{Login, Scheme, Wrong};
use super::ntlm::Fresh;
use super::{Credentials, Refusal};
use answer::{Answer, Body, Length, names, words};
use zeroize::Zeroizing;

/// The longest head of an answer, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// The longest body of a refusal that is read to keep the connection, in bytes.
const MAX_BODY: u64 = 256 * 1024;
/// The most requests: NTLM takes three, and a proxy that forgot what it took before one more.
const MAX_REQUESTS: usize = 5;
/// The most answers that only say that another one follows.
const MAX_INTERIM: usize = 8;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this.
    Send(Zeroizing<Vec<u8>>),
    /// Hand over what comes.
    Receive,
    /// Connect to the proxy again.
    Reconnect,
    /// The tunnel is there.
    Open,
}

enum State {
    Ask,
    Head(Vec<u8>),
    Body(Body),
    Again,
    Open,
}

/// One way into a tunnel.
pub struct Connect {
    authority: String,
    login: Login,
    state: State,
    requests: usize,
    interim: usize,
    body: u64,
}

impl Connect {
    /// To `host:port`.
    pub fn new(authority: String, credentials: Option<Credentials>) -> Self {
        Self::knowing(authority, credentials, None)
    }

    /// Where it is known what the proxy takes.
    pub(super) fn knowing(authority: String, credentials: Option<Credentials>, takes: Option<Scheme>) -> Self {
        let login = Login::new(credentials, takes, Fresh::now());
        Self { authority, login, state: State::Ask, requests: 0, interim: 0, body: 0 }
    }

    /// What comes next.
    pub fn step(&mut self) -> Next {
        match self.state {
            State::Ask => {
                self.state = State::Head(Vec::new());
                Next::Send(self.request())
            }
            State::Again => {
                self.state = State::Ask;
                Next::Reconnect
            }
            State::Head(_) | State::Body(_) => Next::Receive,
            State::Open => Next::Open,
        }
    }

    /// What it logged in with, so far.
    pub(super) fn used(&self) -> Option<Scheme> {
        self.login.used()
    }

    fn request(&mut self) -> Zeroizing<Vec<u8>> {
        self.requests += 1;
        let at = &self.authority;
        let mut request =
            Zeroizing::new(format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\nProxy-Connection: Keep-Alive\r\n").into_bytes());
        if let Some(login) = self.login.header() {
            // At once in its final size: growing would leave copies behind.
            let mut whole = Zeroizing::new(Vec::with_capacity(request.len() + login.len() + 64));
            for part in [&request[..], b"Proxy-Authorization: ", login.as_bytes(), b"\r\n"] {
                whole.extend_from_slice(part);
            }
            request = whole;
        }
        request.extend_from_slice(b"\r\n");
        request
    }

    /// Takes what came, and says how much of it belonged to the proxy's answers.
    ///
    /// # Errors
    /// The proxy does not open the tunnel.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            taken += match &mut self.state {
                State::Head(_) => self.head(rest)?,
                State::Body(body) => {
                    let (n, over) = body.take(rest)?;
                    self.body += n as u64;
                    if self.body > MAX_BODY {
                        return Err(Refusal::TooLong);
                    }
                    if over {
                        self.state = State::Ask;
                    }
                    n
                }
                State::Ask | State::Again | State::Open => break,
            };
        }
        Ok(taken)
    }

    /// The proxy closed the connection.
    ///
    /// # Errors
    /// There is no reason to try again.
    pub fn closed(&mut self) -> Result<(), Refusal> {
        match &self.state {
            State::Head(head) => Err(Refusal::Closed { after: head.len() }),
            // It says no more about a login that it asked for.
            State::Body(_) | State::Ask if !self.login.is_tied() => {
                self.state = State::Again;
                Ok(())
            }
            State::Body(_) | State::Ask => Err(Refusal::Ntlm),
            State::Again | State::Open => Ok(()),
        }
    }

    /// Takes bytes of a head; as many as belong to it.
    fn head(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let State::Head(head) = &mut self.state else { return Ok(0) };
        let before = head.len();
        // A line that has not ended ends no head.
        let room = MAX_HEAD.saturating_sub(before).min(bytes.len());
        head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        if !head.starts_with(b"HTTP/1.".get(..head.len().min(7)).unwrap_or_default()) {
            return Err(Refusal::NoProxy(words(head)));
        }
        let parsed = if bytes.contains(&b'\n') { Answer::parse(head)? } else { None };
        let Some((length, answer)) = parsed else {
            return if head.len() >= MAX_HEAD { Err(Refusal::TooLong) } else { Ok(room) };
        };
        self.state = self.answered(&answer)?;
        Ok(length.saturating_sub(before))
    }

    fn answered(&mut self, answer: &Answer) -> Result<State, Refusal> {
        match answer.status {
            100..=199 if self.interim < MAX_INTERIM => {
                self.interim += 1;
                Ok(State::Head(Vec::new()))
            }
            // Whatever it says of a body: there is none (RFC 9110 section 9.3.6).
            200..=299 => Ok(State::Open),
            407 => self.challenged(answer),
            // tinyproxy's word for a wrong password.
            401 if self.login.used().is_some() => Err(Refusal::Wrong { offers: names(&answer.offers()) }),
            status @ 300..=399 => Err(Refusal::Redirect { status, words: answer.words.clone() }),
            status @ (403 | 405) => Err(Refusal::Forbidden { status, words: answer.words.clone() }),
            status @ 500..=599 => Err(Refusal::Beyond { status, words: answer.words.clone() }),
            status => Err(Refusal::Other { status, words: answer.words.clone() }),
        }
    }

    fn challenged(&mut self, answer: &Answer) -> Result<State, Refusal> {
        let offers = answer.offers();
        let names = || names(&offers);
        self.login.challenged(&offers).map_err(|wrong| match wrong {
            Wrong::Missing => Refusal::Wants { offers: names() },
            Wrong::Refused => Refusal::Wrong { offers: names() },
            Wrong::Foreign => Refusal::Foreign { offers: names() },
            Wrong::Broken => Refusal::Ntlm,
        })?;
        if self.requests >= MAX_REQUESTS {
            return Err(Refusal::Wrong { offers: names() });
        }
        self.body = 0;
        match answer.length {
            Some(Length::Bytes(0)) if !answer.closes => Ok(State::Ask),
            Some(length) if !answer.closes => Ok(State::Body(Body::of(length))),
            _ if self.login.is_tied() => Err(Refusal::Ntlm),
            _ => Ok(State::Again),
        }
    }
}

#[cfg(test)]
mod tests;
