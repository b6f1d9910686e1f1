//! `conclave serve device`: logins, on the data directory; also while the server runs, which ends their calls within 2 s.

use super::user::Place;
use crate::cli::local_time as time;
use crate::exit::{Exit, Failure};
use crate::text::clean;
use std::collections::HashMap;

/// What can be done with logins.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// List where people are logged in
    List {
        /// Only this account
        account: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// End the login of a device (a lost one, say), and the calls that it is in
    Revoke {
        /// Its id, from 'conclave serve device list'
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Runs it.
pub(super) fn run(verb: Verb) -> Result<Exit, Failure> {
    let runtime = crate::cli::small_runtime()?;
    let text = match verb {
        Verb::List { account, place } => runtime.block_on(async {
            let records = place.existing().await?.records(account.as_deref()).await?;
            let names: HashMap<_, _> = records.iter().map(|r| (r.id.as_str(), r.name.as_str())).collect();
            let line = |d: &crate::server::store::devices::Device| {
                let account = clean(names.get(d.account.as_str()).copied().unwrap_or_default());
                let (name, since, used) = (clean(&d.name), time(d.created), time(d.used));
                format!("{}  {account}  {name}  logged in {since}, last used {used}\n", d.id)
            };
            Ok::<String, Failure>(records.iter().flat_map(|r| &r.devices).map(line).collect())
        })?,
        Verb::Revoke { id, place } => {
            runtime.block_on(async {
                let store = place.existing().await?;
                let of = store.devices(None).await?.into_iter().find(|d| d.id == id);
                store.revoke_device(&id, None).await?;
                of.map_or(Ok(()), |d| place.note("device_revoked", d.account))
            })?;
            format!("The login of {} has ended.\n", clean(&id))
        }
    };
    crate::cli::print(text)
}
