//! The policy gate: who may change a group. Deterministic over (agreed state, tree, commit, time), so every member and the
//! delivery service come to the same word.
