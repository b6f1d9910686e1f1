//! `conclave serve certificate`: the server's key and its successor.

use super::Place;
use crate::exit::{Exit, Failure};
use crate::server::audit::{self, Event};
use crate::server::check::files;
use crate::server::edge::tls::{self, Keys, Source};
use crate::server::store::DataDir;

/// What can be done with it.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Print the fingerprints of the present key and of the spare one
    Show {
        #[command(flatten)]
        place: Place,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make the spare key the server's key; whoever has heard of it (by a link or a visit) accepts it without a word
    Rotate {
        #[command(flatten)]
        place: Place,
    },
}

/// Runs it.
pub(super) fn run(verb: &Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Show { place, json } => {
            let found = place.find(false)?;
            let data = DataDir::existing(&found.data)?;
            let keys = match files(&found.settings).map_err(|text| Failure::new(Exit::Config, text))? {
                Some(files) => Source::Files(files).load(&data)?.keys,
                None => tls::keys(&data)?,
            };
            show(keys, *json)
        }
        Verb::Rotate { place } => {
            let found = place.find(false)?;
            if files(&found.settings).is_ok_and(|f| f.is_some()) {
                let text =
                    "the configuration names a certificate of your own: put the spare key and its certificate into those files";
                return Err(Failure::new(Exit::Config, text));
            }
            let data = DataDir::existing(&found.data)?;
            let keys = tls::rotate(&data)?;
            audit::note(data.path(), Event::CertificateRotated { fingerprint: keys.present.to_string() })?;
            crate::cli::print(format!(
                "The spare key is the server's key from now on; a running server takes it up within seconds.\nOld links (with fp2=) and clients that were here go on working; whoever has an older link needs a new one.\nThe key before is kept as {}/tls/previous.pem; remove it when all is well.\n{}",
                data.path().display(),
                text(keys)
            ))
        }
    }
}

fn text(keys: Keys) -> String {
    let spare = keys.spare.map_or_else(|| "none".to_owned(), |s| s.to_string());
    format!("Present: {}\nSpare:   {spare}\nLinks:   https://HOST/ROOM#{keys}\n", keys.present)
}

fn show(keys: Keys, json: bool) -> Result<Exit, Failure> {
    crate::cli::print(if json {
        let spare = keys.spare.map(|s| s.to_string());
        format!("{}\n", serde_json::json!({ "fingerprint": keys.present.to_string(), "spare": spare }))
    } else {
        text(keys)
    })
}
