//! What relayed bodies mean, for `xray`: the members' view beside the server's.

use std::collections::VecDeque;
use zeroize::Zeroizing;

/// The most bodies whose meaning waits to be asked for: those of one input.
const MAX: usize = 16;

/// Bodies that were sealed or opened a moment ago.
#[derive(Default)]
pub(super) struct Meanings {
    /// What is being sealed or opened now.
    now: Option<Zeroizing<String>>,
    known: VecDeque<(String, Zeroizing<String>)>,
}

impl Meanings {
    /// What nobody asked for is not kept.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// This half of a body is at hand; the other half follows from the same input, or never.
    pub(super) fn begin(&mut self, half: &str) {
        self.now = Some(Zeroizing::new(half.to_owned()));
    }

    pub(super) fn end(&mut self) {
        self.now = None;
    }

    /// What was begun was a content, and this is its body.
    pub(super) fn sealed_as(&mut self, body: &str) {
        if let Some(plain) = self.now.take() {
            self.keep(body.to_owned(), plain);
        }
    }

    /// What was begun was a body, and this is its content.
    pub(super) fn opened_as(&mut self, plain: &[u8]) {
        if let Some(body) = self.now.take() {
            self.keep(body.to_string(), Zeroizing::new(String::from_utf8_lossy(plain).into_owned()));
        }
    }

    fn keep(&mut self, body: String, plain: Zeroizing<String>) {
        if self.known.len() == MAX {
            self.known.pop_front();
        }
        self.known.push_back((body, plain));
    }

    /// What a body means; told once.
    pub(super) fn of(&mut self, body: &str) -> Option<Zeroizing<String>> {
        let at = self.known.iter().position(|(b, _)| b == body)?;
        self.known.remove(at).map(|(_, plain)| plain)
    }
}
