//! The actor that owns a call.

/// To come.
#[derive(Debug)]
pub struct Engine;
/// To come.
#[derive(Debug)]
pub struct Handle;
