//! The receipt of a meeting: who was in, from when to when, how vouched, whether encryption was unbroken, which recordings
//! were announced; signed by the devices of the members who were there at the end.
