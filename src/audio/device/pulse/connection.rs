//! One connection to the sound server: messages in and out over its socket, and questions with a deadline.
//!
//! The crate knows the messages; its own client is not used: it clears a megabyte at every wake-up (400 times a second here,
//! several percent of a processor) and drops what the server says of a stream: that it was ended, or moved.

use super::super::OpenError;
use pulseaudio::protocol::{
    AuthParams, AuthReply, Command, CommandReply, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags, MAX_MEMBLOCKQ_LENGTH,
    MAX_VERSION, MIN_VERSION, Prop, Props, PulseError, SetClientNameReply, TagStructReader, encode_command_message,
    encode_descriptor, read_descriptor,
};
use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A server that does not answer for so long is none.
const DEADLINE: Duration = Duration::from_secs(2);
/// Room for messages that have arrived: some dozen of 5 ms.
const INBOX: usize = 32 * 1024;
/// What a message may be about: commands have this channel.
pub(super) const COMMANDS: u32 = u32::MAX;

/// An answer of the server, or what it says of itself.
pub(super) struct Message<'a> {
    /// The stream whose sound this is, or [`COMMANDS`].
    pub channel: u32,
    /// The rest of it.
    pub body: &'a [u8],
}

/// A socket and what has arrived on it.
pub(super) struct Connection {
    socket: UnixStream,
    version: u16,
    sequence: u32,
    inbox: Vec<u8>,
    /// What of the inbox was not looked at yet.
    unread: std::ops::Range<usize>,
    outbox: Vec<u8>,
}

/// The length of PulseAudio's cookies, in bytes.
const COOKIE: usize = 256;

fn unavailable() -> OpenError {
    OpenError::Unavailable("no PulseAudio or PipeWire is running".into())
}

fn refused(why: impl std::fmt::Display) -> OpenError {
    OpenError::Unavailable(format!("PulseAudio refuses ({why})"))
}

fn late(e: &io::Error) -> OpenError {
    match e.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => OpenError::Unavailable("PulseAudio does not answer".into()),
        _ => unavailable(),
    }
}

impl Connection {
    /// To the server that the environment names (`PULSE_SERVER`, `XDG_RUNTIME_DIR`).
    pub(super) fn open() -> Result<Self, OpenError> {
        let path = pulseaudio::socket_path_from_env().ok_or_else(unavailable)?;
        // Without one (a sound server that was lent over ssh): no cookie of the right length, since the server ends the
        // connection over any other length, also where it asks for none.
        let cookie = pulseaudio::cookie_path_from_env().and_then(|p| std::fs::read(p).ok()).unwrap_or_else(|| vec![0; COOKIE]);
        let socket = UnixStream::connect(path).map_err(|_| unavailable())?;
        socket.set_write_timeout(Some(DEADLINE)).map_err(|_| unavailable())?;
        let version = MAX_VERSION;
        let (inbox, outbox) = (vec![0; INBOX], Vec::with_capacity(INBOX));
        let mut it = Self { socket, version, sequence: 0, inbox, unread: 0..0, outbox };
        let auth = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let server: AuthReply = it.ask(&Command::Auth(auth))?;
        it.version = server.version.min(MAX_VERSION);
        if it.version < MIN_VERSION {
            return Err(refused("it is too old"));
        }
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"Conclave");
        if let Ok(id) = CString::new(std::process::id().to_string()) {
            props.set(Prop::ApplicationProcessId, id);
        }
        let _: SetClientNameReply = it.ask(&Command::SetClientName(props))?;
        Ok(it)
    }

    /// Asks and waits for the answer, but not for ever. What the server says meanwhile is not kept: nothing is streamed yet.
    pub(super) fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, OpenError> {
        let sequence = self.send(command).map_err(|e| late(&e))?;
        let deadline = Instant::now() + DEADLINE;
        let version = self.version;
        loop {
            while let Some(message) = self.next_message().map_err(|e| late(&e))? {
                let mut body = message.body;
                if message.channel != COMMANDS {
                    continue;
                }
                match Command::read_tag_prefixed(&mut body, version) {
                    Ok((s, Command::Reply)) if s == sequence => {
                        return TagStructReader::new(&mut body, version).read().map_err(refused);
                    }
                    Ok((s, Command::Error(PulseError::NoEntity))) if s == sequence => return Err(OpenError::Unknown),
                    Ok((s, Command::Error(e))) if s == sequence => return Err(refused(e)),
                    _ => {}
                }
            }
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.socket.set_read_timeout(Some(left)).map_err(|e| late(&e))?;
            self.receive().map_err(|e| late(&e))?;
        }
    }

    /// Sends a command; its sequence number.
    pub(super) fn send(&mut self, command: &Command) -> io::Result<u32> {
        self.sequence = self.sequence.wrapping_add(1);
        self.outbox.clear();
        encode_command_message(&mut self.outbox, self.sequence, command, self.version).map_err(io::Error::other)?;
        self.socket.write_all(&self.outbox)?;
        Ok(self.sequence)
    }

    /// Sends so many bytes of sound; `fill` makes them. Allocates only when more is asked for than ever before.
    pub(super) fn send_sound(&mut self, channel: u32, length: usize, fill: impl FnOnce(&mut [u8])) -> io::Result<()> {
        if length > MAX_MEMBLOCKQ_LENGTH {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.outbox.resize(DESCRIPTOR_SIZE + length, 0);
        let (head, sound) = self.outbox.split_at_mut(DESCRIPTOR_SIZE);
        if let Ok(head) = head.try_into() {
            let flags = DescriptorFlags::empty();
            encode_descriptor(head, &Descriptor { length: length as u32, channel, offset: 0, flags });
        }
        fill(sound);
        self.socket.write_all(&self.outbox)
    }

    /// Waits until something arrives. Fails when the server, or we, closed the connection.
    pub(super) fn receive(&mut self) -> io::Result<()> {
        if self.unread.start > 0 {
            self.inbox.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        let Some(room) = self.inbox.get_mut(self.unread.end..) else { return Err(io::ErrorKind::InvalidData.into()) };
        loop {
            match self.socket.read(room) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    self.unread.end += n;
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// The next whole message that has arrived. An error if it is larger than the server ever sends.
    pub(super) fn next_message(&mut self) -> io::Result<Option<Message<'_>>> {
        let there = self.inbox.get(self.unread.clone()).unwrap_or_default();
        if there.len() < DESCRIPTOR_SIZE {
            return Ok(None);
        }
        let head = read_descriptor(&mut &*there).map_err(io::Error::other)?;
        let length = head.length as usize;
        if length > MAX_MEMBLOCKQ_LENGTH {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let whole = DESCRIPTOR_SIZE + length;
        if there.len() < whole {
            if self.inbox.len() < self.unread.start + whole {
                self.inbox.resize(self.unread.start + whole, 0);
            }
            return Ok(None);
        }
        let from = self.unread.start + DESCRIPTOR_SIZE;
        self.unread.start += whole;
        Ok(Some(Message { channel: head.channel, body: self.inbox.get(from..from + length).unwrap_or_default() }))
    }

    /// Which protocol both speak.
    pub(super) fn version(&self) -> u16 {
        self.version
    }

    /// From now on the stream waits as long as the server likes; the other end of the socket, which ends it when shut down.
    pub(super) fn stream(&self) -> Result<UnixStream, OpenError> {
        let both = || {
            self.socket.set_read_timeout(None)?;
            self.socket.try_clone()
        };
        both().map_err(|e| late(&e))
    }
}
