//! The server: one process, two planes.
//!
//! [`control`] is ours: accounts, rooms, membership, relayed messages. [`media`] speaks LiveKit's protocol and forwards
//! sound. The control session owns membership, and media is its lease: a media token works only while the control
//! session lives. [`edge`] is the one public port in front of both; [`store`] keeps what must survive a restart, and no content.

pub mod control;
pub mod edge;
pub mod media;
pub mod store;
