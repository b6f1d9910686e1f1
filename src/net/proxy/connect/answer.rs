//! One answer of a proxy: what counts of its head, and a body to be read past.

use super::super::Refusal;
use super::super::auth::{self, Offer};
use crate::text::clean;

/// The most headers of an answer.
const MAX_HEADERS: usize = 100;
/// The longest words of a proxy that are shown, in characters.
const MAX_WORDS: usize = 120;
/// The longest line between chunks.
const MAX_LINE: usize = 1024;

/// How long a body is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    Bytes(u64),
    Chunked,
}

/// What counts of an answer's head.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The proxy's own, made harmless.
    pub(super) words: String,
    /// The values of `Proxy-Authenticate`; of a web server, `WWW-Authenticate`.
    offers: Vec<String>,
    /// `None`: until the connection ends.
    pub(super) length: Option<Length>,
    pub(super) closes: bool,
}

impl Answer {
    /// Reads a head, if it is whole; how long it is.
    pub(super) fn parse(head: &[u8]) -> Result<Option<(usize, Self)>, Refusal> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(head) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(Refusal::TooLong),
            Err(_) => return Err(Refusal::NoProxy(words(head))),
        };
        // A proxy that speaks HTTP/1.0 keeps a connection only if it says so.
        let mut answer = Self {
            status: response.code.unwrap_or_default(),
            words: words(response.reason.unwrap_or_default().as_bytes()),
            offers: Vec::new(),
            length: None,
            closes: response.version == Some(0),
        };
        for header in response.headers.iter() {
            let value = String::from_utf8_lossy(header.value);
            let says = |word: &str| value.split(',').any(|v| v.trim().eq_ignore_ascii_case(word));
            match header.name.to_ascii_lowercase().as_str() {
                "www-authenticate" if answer.status == 401 => answer.offers.push(value.into_owned()),
                "proxy-authenticate" => answer.offers.push(value.into_owned()),
                "connection" | "proxy-connection" if says("close") => answer.closes = true,
                "connection" | "proxy-connection" if says("keep-alive") => answer.closes = false,
                "transfer-encoding" if says("chunked") => answer.length = Some(Length::Chunked),
                "content-length" if answer.length.is_none() => answer.length = value.trim().parse().ok().map(Length::Bytes),
                _ => {}
            }
        }
        Ok(Some((length, answer)))
    }

    pub(super) fn offers(&self) -> Vec<Offer> {
        auth::offers(self.offers.iter().map(String::as_str))
    }
}

pub(super) fn names(offers: &[Offer]) -> Vec<String> {
    offers.iter().map(|o| o.scheme.clone()).collect()
}

/// The first line of what a proxy said, to be shown.
pub(super) fn words(said: &[u8]) -> String {
    let line = said.split(|b| *b == b'\n').next().unwrap_or_default();
    clean(&String::from_utf8_lossy(line)).trim().chars().take(MAX_WORDS).collect()
}

/// The rest of an answer, read and forgotten.
pub(super) enum Body {
    /// Bytes that are left.
    Length(u64),
    /// RFC 9112 section 7.1: the line that is being read.
    Line { line: Vec<u8>, of: Line },
    /// Bytes of a chunk that are left, with the line end behind it.
    Chunk(u64),
}

/// What a line between chunks is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Size,
    Trailer,
}

impl Body {
    pub(super) fn of(length: Length) -> Self {
        match length {
            Length::Bytes(left) => Self::Length(left),
            Length::Chunked => Self::Line { line: Vec::new(), of: Line::Size },
        }
    }

    /// Takes bytes of it: how many, and whether it is over.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(usize, bool), Refusal> {
        match self {
            Self::Length(left) | Self::Chunk(left) => {
                let n = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= n as u64;
                let done = *left == 0;
                match self {
                    Self::Chunk(_) if done => *self = Self::of(Length::Chunked),
                    Self::Length(_) if done => return Ok((n, true)),
                    _ => {}
                }
                Ok((n, false))
            }
            Self::Line { line, of } => {
                let end = bytes.iter().position(|b| *b == b'\n');
                let n = end.map_or(bytes.len(), |end| end + 1);
                line.extend_from_slice(bytes.get(..n).unwrap_or_default());
                if line.len() > MAX_LINE {
                    return Err(Refusal::TooLong);
                }
                if end.is_none() {
                    return Ok((n, false));
                }
                let (text, of) = (String::from_utf8_lossy(line).trim().to_owned(), *of);
                line.clear();
                let size = text.split(';').next().map(|size| u64::from_str_radix(size.trim(), 16));
                match (of, size) {
                    (Line::Trailer, _) => return Ok((n, text.is_empty())),
                    (Line::Size, Some(Ok(0))) => *self = Self::Line { line: Vec::new(), of: Line::Trailer },
                    (Line::Size, Some(Ok(size))) => *self = Self::Chunk(size.saturating_add(2)),
                    (Line::Size, _) => return Err(Refusal::NoProxy(words(text.as_bytes()))),
                }
                Ok((n, false))
            }
        }
    }
}
