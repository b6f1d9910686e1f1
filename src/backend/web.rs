//! A room behind `https://`: of our own server, or of a Jitsi deployment. The server is asked what it is.

use super::{Context, Identity, Link, Session, conclave, jitsi};
use crate::exit::{Exit, Failure};

/// The backend.
#[derive(Debug)]
pub struct Web;

#[async_trait::async_trait]
impl super::Backend for Web {
    async fn join(&self, link: Link, who: Identity, mut context: Context) -> Result<Session, Failure> {
        if link.room.is_empty() {
            return Err(Failure::new(Exit::Data, "the link names a server but no room; add the room's name: https://host/room"));
        }
        context.net = who.keys.trusted(context.net);
        let target = link.target();
        match conclave::well_known(&target, &context.net).await {
            Ok(known) => conclave::join(known, link, who, context).await,
            // A page for people, or nothing, where ours says what it is: perhaps Jitsi's.
            // A link that says more of the room means one that nobody but its members can read.
            Err(not_ours) if !link.says_ours() && matches!(not_ours.exit, Exit::Protocol | Exit::Unavailable) => {
                match jitsi::find(&target, &context.net, jitsi::split(&link.room).0).await {
                    Ok(deployment) => jitsi::join(deployment, link, who, context).await,
                    Err(_) => Err(not_ours),
                }
            }
            Err(why) => Err(why),
        }
    }
}
