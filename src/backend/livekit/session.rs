//! To come.

use std::time::Duration;

/// How long a lost connection is tried again before the call ends.
pub const GIVE_UP: Duration = Duration::from_secs(60);
