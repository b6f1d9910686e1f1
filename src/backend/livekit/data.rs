//! Chat in data packets: LiveKit's `ChatMessage`, and the text streams with topic `lk.chat` of newer front ends.

use crate::call::PeerId;
use crate::text::MAX_CHAT;
use livekit_protocol as lk;
use lk::data_packet::Value;
use prost::Message as _;
use std::collections::VecDeque;

/// The topic of chat text streams.
const CHAT_TOPIC: &str = "lk.chat";
/// How many text streams may be under way at once; the oldest is forgotten for a new one.
const MAX_STREAMS: usize = 16;
/// The largest data packet that is read, in bytes.
const MAX_PACKET: usize = 64 * 1024;

/// A chat message that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatIn {
    /// Who wrote.
    pub from: PeerId,
    /// Only to some.
    pub private: bool,
    /// What; at most [`MAX_CHAT`] bytes, not cleaned.
    pub text: String,
}

struct Stream {
    id: String,
    from: String,
    private: bool,
    next_chunk: u64,
    text: Vec<u8>,
}

/// Reads and writes data packets. Its numbers live as long as the participant: a repeated number is dropped silently.
#[derive(Default)]
pub struct Data {
    sequence: u32,
    streams: VecDeque<Stream>,
}

impl Data {
    /// A chat message to all, or to one. `now_ms` in milliseconds since the Unix epoch.
    pub fn chat(&mut self, now_ms: i64, text: String, to: Option<&PeerId>) -> Vec<u8> {
        self.sequence += 1;
        let message = lk::ChatMessage {
            id: format!("{:08x}{:08x}", crate::rtc::random_u32(), crate::rtc::random_u32()),
            timestamp: now_ms,
            message: text,
            ..Default::default()
        };
        lk::DataPacket {
            destination_identities: to.into_iter().map(|p| p.0.clone()).collect(),
            sequence: self.sequence,
            value: Some(Value::ChatMessage(message)),
            ..Default::default()
        }
        .encode_to_vec()
    }

    /// Takes a packet in; gives the chat message that it completes, if any. Everything else is ignored.
    pub fn receive(&mut self, bytes: &[u8]) -> Option<ChatIn> {
        if bytes.len() > MAX_PACKET {
            return None;
        }
        let packet = lk::DataPacket::decode(bytes).ok()?;
        let (from, private) = (packet.participant_identity, !packet.destination_identities.is_empty());
        match packet.value? {
            Value::ChatMessage(m) if !m.deleted => chat_in(from, private, m.message),
            Value::StreamHeader(h) if h.topic == CHAT_TOPIC => {
                // We do not announce that we understand compression, so a compressed stream is not for us.
                if h.compression != 0 || h.total_length.is_some_and(|n| n > MAX_CHAT as u64) {
                    return None;
                }
                if let Some(text) = h.inline_content {
                    return chat_in(from, private, String::from_utf8(text).ok()?);
                }
                if self.streams.len() == MAX_STREAMS {
                    self.streams.pop_front();
                }
                self.streams.push_back(Stream { id: h.stream_id, from, private, next_chunk: 0, text: Vec::new() });
                None
            }
            Value::StreamChunk(c) => {
                let i = self.find(&from, &c.stream_id)?;
                let s = self.streams.get_mut(i)?;
                if c.chunk_index == s.next_chunk && s.text.len() + c.content.len() <= MAX_CHAT {
                    s.next_chunk += 1;
                    s.text.extend_from_slice(&c.content);
                } else {
                    self.streams.remove(i);
                }
                None
            }
            Value::StreamTrailer(t) => {
                let i = self.find(&from, &t.stream_id)?;
                let s = self.streams.remove(i)?;
                if !t.reason.is_empty() {
                    return None;
                }
                chat_in(s.from, s.private, String::from_utf8(s.text).ok()?)
            }
            _ => None,
        }
    }

    fn find(&self, from: &str, id: &str) -> Option<usize> {
        self.streams.iter().position(|s| s.from == from && s.id == id)
    }
}

fn chat_in(from: String, private: bool, text: String) -> Option<ChatIn> {
    (!from.is_empty() && !text.is_empty() && text.len() <= MAX_CHAT).then_some(ChatIn { from: PeerId(from), private, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lk::data_stream::{Chunk, Header, Trailer};

    fn from(who: &str, value: Value) -> Vec<u8> {
        lk::DataPacket { participant_identity: who.into(), value: Some(value), ..Default::default() }.encode_to_vec()
    }

    fn header(id: &str, topic: &str, inline: Option<&str>) -> Value {
        Value::StreamHeader(Header {
            stream_id: id.into(),
            topic: topic.into(),
            inline_content: inline.map(|s| s.as_bytes().to_vec()),
            ..Default::default()
        })
    }

    fn chunk(id: &str, index: u64, text: &str) -> Value {
        Value::StreamChunk(Chunk {
            stream_id: id.into(),
            chunk_index: index,
            content: text.as_bytes().to_vec(),
            ..Default::default()
        })
    }

    fn trailer(id: &str) -> Value {
        Value::StreamTrailer(Trailer { stream_id: id.into(), ..Default::default() })
    }

    #[test]
    fn what_we_send_is_read_as_chat_and_numbers_rise() {
        let mut d = Data::default();
        let mut last = 0;
        for (to, private) in [(None, false), (Some(PeerId("bo".into())), true)] {
            let mut p = lk::DataPacket::decode(&d.chat(1, "hi".into(), to.as_ref())[..]).unwrap();
            assert!(p.sequence > last);
            last = p.sequence;
            p.participant_identity = "ana".into(); // the server fills it in
            let got = Data::default().receive(&p.encode_to_vec()).unwrap();
            assert_eq!(got, ChatIn { from: PeerId("ana".into()), private, text: "hi".into() });
        }
    }

    #[test]
    fn text_streams_are_read_whole_inline_and_interleaved() {
        let mut d = Data::default();
        assert_eq!(d.receive(&from("a", header("1", "lk.chat", Some("inline")))).unwrap().text, "inline");
        for v in [header("1", "lk.chat", None), chunk("1", 0, "Gr\u{fc}"), chunk("1", 1, "\u{df}e")] {
            assert_eq!(d.receive(&from("a", v)), None);
        }
        assert_eq!(d.receive(&from("b", header("1", "lk.chat", None))), None, "another sender's stream of the same id");
        assert_eq!(d.receive(&from("a", trailer("1"))).unwrap().text, "Gr\u{fc}\u{df}e");
        assert_eq!(d.receive(&from("b", trailer("1"))), None, "empty");
    }

    #[test]
    fn hostile_streams_are_dropped_and_cost_little() {
        let mut d = Data::default();
        assert_eq!(d.receive(&from("a", header("x", "other", Some("no")))), None);
        assert_eq!(d.receive(&[0xff; 40]), None);
        for i in 0..1000 {
            d.receive(&from("a", header(&i.to_string(), "lk.chat", None)));
        }
        assert_eq!(d.streams.len(), MAX_STREAMS);
        let big = "x".repeat(MAX_CHAT / 2 + 1);
        d.receive(&from("a", header("big", "lk.chat", None)));
        d.receive(&from("a", chunk("big", 0, &big)));
        d.receive(&from("a", chunk("big", 1, &big)));
        assert_eq!(d.receive(&from("a", trailer("big"))), None);
        d.receive(&from("a", header("gap", "lk.chat", None)));
        d.receive(&from("a", chunk("gap", 1, "late")));
        assert_eq!(d.receive(&from("a", trailer("gap"))), None);
    }
}
