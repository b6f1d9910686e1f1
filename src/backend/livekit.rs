//! LiveKit protocol v1.

pub mod media;
pub mod session;

/// The backend.
#[derive(Debug)]
pub struct LiveKit;

#[async_trait::async_trait]
impl super::Backend for LiveKit {
    async fn join(
        &self,
        _link: super::Link,
        _who: super::Identity,
        _context: super::Context,
    ) -> Result<super::Session, crate::exit::Failure> {
        Err(crate::exit::Failure::new(crate::exit::Exit::Internal, "to come"))
    }
}
