//! To come.
#[derive(Debug)]
pub struct Options {
    pub host: String,
}
pub async fn run(_h: crate::call::Handle, _o: Options) {}
