//! Standard input and output, each on a thread of its own behind a bounded queue: a reader that never returns or a
//! pipe that nobody empties blocks neither the call nor the end of the process.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The longest line that is taken from standard input, in bytes.
pub const MAX_LINE: usize = 64 * 1024;
/// How many lines wait between a thread and the front end.
const QUEUE: usize = 64;

/// Something read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A line without its end; bytes that are no UTF-8 are replaced.
    Line(String),
    /// A line of more than [`MAX_LINE`] bytes; it was skipped.
    TooLong,
}

/// Reads lines on a thread until the end of the input; then the queue closes.
pub fn lines(reader: impl Read + Send + 'static) -> mpsc::Receiver<Input> {
    let (tx, rx) = mpsc::channel(QUEUE);
    spawn("stdin", move || read_lines(reader, |line| tx.blocking_send(line).is_ok()));
    rx
}

/// Reads what comes, as it comes, on a thread until the end of the input; then the queue closes.
pub fn chunks(mut reader: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (tx, rx) = mpsc::channel(QUEUE);
    spawn("stdin", move || {
        let mut chunk = [0; 1024];
        loop {
            match reader.read(&mut chunk) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Ok(n @ 1..) if tx.blocking_send(chunk.get(..n).unwrap_or_default().to_vec()).is_ok() => {}
                _ => break,
            }
        }
    });
    rx
}

fn read_lines(mut reader: impl Read, mut give: impl FnMut(Input) -> bool) {
    let mut chunk = [0; 8192];
    let mut line: Vec<u8> = Vec::new();
    let mut skipping = false;
    loop {
        let n = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for part in chunk.get(..n).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
            let (text, ended) = part.strip_suffix(b"\n").map_or((part, false), |t| (t, true));
            skipping |= line.len() + text.len() > MAX_LINE;
            if !skipping {
                line.extend_from_slice(text);
            }
            if ended {
                let input = if std::mem::take(&mut skipping) { Input::TooLong } else { Input::Line(text_of(&line)) };
                line.clear();
                if !give(input) {
                    return;
                }
            }
        }
    }
    if skipping {
        give(Input::TooLong);
    } else if !line.is_empty() {
        give(Input::Line(text_of(&line)));
    }
}

fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

/// Text on its way out.
#[derive(Debug)]
pub struct Output {
    texts: mpsc::Sender<String>,
    done: oneshot::Receiver<()>,
}

/// The reader is gone (EPIPE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Output {
    /// Writes on a thread, each text flushed.
    pub fn new(mut writer: impl Write + Send + 'static) -> Self {
        let (texts, mut rx) = mpsc::channel::<String>(QUEUE);
        let (done_tx, done) = oneshot::channel();
        spawn("stdout", move || {
            // What has no line's end yet (an echoed key) must be seen too.
            while let Some(text) = rx.blocking_recv() {
                if writer.write_all(text.as_bytes()).and_then(|()| writer.flush()).is_err() {
                    return;
                }
            }
            let _ = writer.flush();
            let _ = done_tx.send(());
        });
        Self { texts, done }
    }

    /// Queues one line; waits while the queue is full.
    ///
    /// # Errors
    /// [`Gone`] if nobody reads any more.
    pub async fn line(&self, mut line: String) -> Result<(), Gone> {
        line.push('\n');
        self.text(line).await
    }

    /// The same for text that has its line ends, or none.
    ///
    /// # Errors
    /// [`Gone`] if nobody reads any more.
    pub async fn text(&self, text: String) -> Result<(), Gone> {
        self.texts.send(text).await.map_err(|_| Gone)
    }

    /// Waits until nobody reads any more.
    pub async fn gone(&self) {
        self.texts.closed().await;
    }

    /// Waits until all lines are written, at most `limit`.
    pub async fn finish(self, limit: Duration) {
        drop(self.texts);
        let _ = tokio::time::timeout(limit, self.done).await;
    }
}

/// A detached thread. If the system gives none, its queue ends are dropped, which reads as "closed".
fn spawn(name: &str, body: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(body) {
        tracing::warn!(%error, name, "no thread");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Input> {
        let mut got = Vec::new();
        read_lines(bytes, |i| {
            got.push(i);
            true
        });
        got
    }

    #[test]
    fn lines_are_bounded_and_nothing_is_lost_after_a_long_one() {
        let line = |s: &str| Input::Line(s.into());
        assert_eq!(read(b"a\r\n\nb"), [line("a"), line(""), line("b")]);
        let mut long = vec![b'x'; MAX_LINE + 1];
        assert_eq!(read(&long), [Input::TooLong]);
        long.extend_from_slice(b"\nnext\n");
        assert_eq!(read(&long), [Input::TooLong, line("next")]);
        assert_eq!(read(&vec![b'x'; MAX_LINE]).len(), 1);
        assert_eq!(read(b"\xff\n"), [line("\u{FFFD}")]);
    }

    #[tokio::test]
    async fn a_closed_pipe_is_told() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let out = Output::new(Closed);
        let _ = out.line("x".into()).await;
        tokio::time::timeout(Duration::from_secs(5), out.gone()).await.unwrap();
        assert_eq!(out.line("y".into()).await, Err(Gone));
    }
}
