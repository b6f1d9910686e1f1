//! Somebody at a port who does one thing to whoever comes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// What is done.
#[derive(Clone)]
pub(crate) enum Does {
    /// Says this at once, and closes.
    Greets(Vec<u8>),
    /// Reads a request, answers with this, and closes.
    Answers(Vec<u8>),
    /// The same as often as it is asked on one connection.
    Repeats(Vec<u8>),
    /// Takes what comes, and says nothing.
    IsSilent,
    /// Closes at once.
    Closes,
}

/// Begins; it ends with the process.
pub(crate) fn stub(does: Does) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let does = Arc::new(does);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let does = does.clone();
            std::thread::spawn(move || serve(stream, &does));
        }
    });
    at
}

/// Reads the head of a request; whether there was one.
fn asked(from: &mut BufReader<TcpStream>) -> bool {
    let mut line = String::new();
    let mut lines = 0;
    while from.read_line(&mut line).is_ok_and(|n| n > 0) {
        if line == "\r\n" {
            return true;
        }
        lines += 1;
        line.clear();
        if lines > 100 {
            break;
        }
    }
    false
}

fn serve(mut stream: TcpStream, does: &Does) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    match does {
        Does::Greets(words) => drop(stream.write_all(words)),
        Does::Answers(answer) => {
            if asked(&mut reader) {
                let _ = stream.write_all(answer);
            }
        }
        Does::Repeats(answer) => while asked(&mut reader) && stream.write_all(answer).is_ok() {},
        Does::IsSilent => drop(std::io::copy(&mut reader, &mut std::io::sink())),
        Does::Closes => {}
    }
    // What is unread would make the system drop what was said.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.set_read_timeout(Some(std::time::Duration::from_millis(200)));
    let _ = reader.read(&mut [0; 1024]);
}

/// A port at which the system answers nothing: its queue of connections is full.
pub(crate) fn full() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, socket};
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None).unwrap();
    bind(std::os::fd::AsRawFd::as_raw_fd(&socket), &SockaddrIn::new(127, 0, 0, 1, 0)).unwrap();
    listen(&socket, Backlog::new(0).unwrap()).unwrap();
    let listener = TcpListener::from(socket);
    let at = listener.local_addr().unwrap();
    let brief = std::time::Duration::from_millis(300);
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&at, brief) {
        waiting.push(stream);
    }
    (at, listener, waiting)
}
