//! Our own server: a control websocket of ours beside LiveKit-protocol media.

/// The backend.
#[derive(Debug)]
pub struct Conclave;

#[async_trait::async_trait]
impl super::Backend for Conclave {
    async fn join(
        &self,
        _link: super::Link,
        _who: super::Identity,
        _context: super::Context,
    ) -> Result<super::Session, crate::exit::Failure> {
        Err(crate::exit::Failure::new(crate::exit::Exit::Internal, "to come"))
    }
}
