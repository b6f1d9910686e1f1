//! A bounded channel whose sender never waits: what does not fit is kept until there is room.

use std::collections::VecDeque;
use tokio::sync::mpsc;

/// The most that is kept. A reader that is so far behind has stopped reading.
const MAX_BACKLOG: usize = 4096;

/// The sending side.
pub(crate) struct Outbox<T> {
    sender: mpsc::Sender<T>,
    backlog: VecDeque<T>,
    /// The reader is gone or has stopped reading.
    pub(crate) broken: bool,
}

impl<T> Outbox<T> {
    pub(crate) fn new(sender: mpsc::Sender<T>) -> Self {
        Self { sender, backlog: VecDeque::new(), broken: false }
    }

    /// Sends, now or when there is room, in order.
    pub(crate) fn push(&mut self, item: T) {
        if self.broken {
            return;
        }
        self.backlog.push_back(item);
        self.try_flush();
        self.broken |= self.backlog.len() > MAX_BACKLOG;
    }

    fn try_flush(&mut self) {
        while let Some(item) = self.backlog.pop_front() {
            match self.sender.try_send(item) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(item)) => return self.backlog.push_front(item),
                Err(mpsc::error::TrySendError::Closed(_)) => {
                    self.broken = true;
                    return self.backlog.clear();
                }
            }
        }
    }

    /// Something waits for room.
    pub(crate) fn waits(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// Waits until nothing waits any more.
    pub(crate) async fn flush(&mut self) {
        while self.waits() {
            self.flush_one().await;
        }
    }

    /// Waits for room and sends one. Nothing is lost when it is cancelled.
    pub(crate) async fn flush_one(&mut self) {
        match self.sender.reserve().await {
            Ok(permit) => {
                if let Some(item) = self.backlog.pop_front() {
                    permit.send(item);
                }
            }
            Err(_) => {
                self.broken = true;
                self.backlog.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_lost_or_reordered_when_the_reader_is_slow() {
        let (tx, mut rx) = mpsc::channel(2);
        let mut o = Outbox::new(tx);
        (0..10).for_each(|i| o.push(i));
        for i in 0..10 {
            assert_eq!(rx.recv().await, Some(i));
            if o.waits() {
                o.flush_one().await;
            }
        }
        assert!(!o.broken);
        drop(rx);
        o.push(1);
        assert!(o.broken);
    }

    #[tokio::test]
    async fn a_reader_that_stopped_is_noticed() {
        let (tx, _rx) = mpsc::channel(1);
        let mut o = Outbox::new(tx);
        (0..MAX_BACKLOG + 2).for_each(|i| o.push(i));
        assert!(o.broken);
    }
}
