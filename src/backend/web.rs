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
        let not_ours = match conclave::well_known(&target, &context.net).await {
            Ok(known) => return conclave::join(known, link, who, context).await,
            // A page for people, or nothing, where ours says what it is: perhaps Jitsi's.
            Err(why) if matches!(why.exit, Exit::Protocol | Exit::Unavailable) => why,
            Err(why) => return Err(why),
        };
        let Ok(deployment) = jitsi::find(&target, &context.net, jitsi::split(&link.room).0).await else { return Err(not_ours) };
        // A link that says more of the room means one that nobody but its members can read.
        if link.says_ours() {
            let text = format!(
                "this link means a room of a Conclave server, and {} is a Jitsi deployment; ask for a link to its rooms, or for the \
                 right server",
                target.authority()
            );
            return Err(Failure::new(Exit::Protocol, text));
        }
        jitsi::join(deployment, link, who, context).await
    }
}
