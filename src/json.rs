//! To come.
pub async fn run(_h: crate::call::Handle) {}
