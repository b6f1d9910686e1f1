//! Secrets of the client: the operating system's keyring, and nothing silent beside it.
