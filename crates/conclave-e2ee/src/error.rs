//! What can go wrong.

/// Why a change of the group was not merged, or not accepted by the delivery service. The state is unchanged after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Made in another epoch than the present one (a lost race, a replay).
    #[error("it belongs to epoch {theirs} of generation {their_generation}, and the group is at another")]
    WrongEpoch {
        /// Generation of the message.
        their_generation: u64,
        /// Epoch of the message.
        theirs: u64,
    },
    /// Not well formed or not authentic.
    #[error("it is damaged or forged: {0}")]
    Invalid(String),
    /// Well formed and authentic, but nobody with the right to do it did it. Stable word, then a sentence.
    #[error("{text}")]
    Policy {
        /// For programs and tests: `add_not_allowed`, `kicked`, `locked`, `server_add`, …; see [`crate::gate`].
        code: &'static str,
        /// For people.
        text: &'static str,
    },
    /// Too large, or too many.
    #[error("it is larger than this room allows: {0}")]
    TooLarge(&'static str),
}

/// What else can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused by policy or by MLS.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The cryptographic library failed in a way that says nothing about the message.
    #[error("the cryptographic library failed: {0}")]
    Library(String),
    /// What was asked for makes no sense in this state (no group yet, not a moderator, no such member).
    #[error("{0}")]
    NotNow(&'static str),
    /// Input of a person or a file that cannot be read (words, link secret, certificate), and what to do.
    #[error("{0}")]
    Unreadable(String),
}
