//! What the planes report to, and what the server says of itself: the audit log, the metrics, health and readiness.

use super::audit::{Audit, Event, member};
use super::control::Control;
use super::control::api::table::{self, Route};
use super::control::core::Note;
use super::edge::tls::{Certificates, Watch};
use super::media::MediaPlane;
use super::metrics::{Login, Metrics, Sample, process};
use super::store::Store;
use crate::protocol::audit::{ENTRY, Link};
use crate::protocol::well_known::WellKnown;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;

/// How often certificate files are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long the readiness check waits for the store.
const STORE: Duration = Duration::from_secs(5);

/// One server's.
#[derive(Debug)]
pub struct Operations {
    /// The audit log.
    pub audit: Audit,
    /// Counters.
    pub metrics: Metrics,
    /// What TLS serves; `None`: plain HTTP.
    pub certificates: Option<Arc<Certificates>>,
    started: f64,
}

impl Operations {
    /// Of a server that starts now.
    pub fn new(audit: Audit, certificates: Option<Arc<Certificates>>) -> Arc<Self> {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
        audit.note(Event::ServerStarted { version: crate::protocol::VERSION });
        Arc::new(Self { audit, metrics: Metrics::default(), certificates, started })
    }

    /// Takes what the control plane's machine says.
    pub fn take(&self, note: Note) {
        match note {
            Note::Joined { room, member: id } => {
                self.metrics.joined();
                self.audit.note(Event::Joined { room, member: member(&id) });
            }
            Note::Left { room, member: id, reason } => self.audit.note(Event::Left { room, member: member(&id), reason }),
            Note::Moderated { room, verb, by, member: on } => {
                let (by, on) = (by.map(|id| member(&id)), on.map(|id| member(&id)));
                self.audit.note(Event::Moderated { room, verb, by, member: on });
            }
            // Anybody can ask as often as they like: that is counted, not written down.
            Note::Refused(why) => self.metrics.refused(why),
        }
    }

    /// Somebody logged in.
    pub fn logged_in(&self, account: &str, address: IpAddr) {
        self.metrics.login(Login::Ok);
        self.audit.note(Event::LoggedIn { account: account.to_owned(), address: self.audit.address(address) });
    }

    /// Somebody was not let in.
    pub fn login_refused(&self, reason: &'static str, address: IpAddr) {
        self.metrics.login(Login::Refused);
        self.audit.note(Event::LoginRefused { reason, address: self.audit.address(address) });
    }

    /// Somebody tried too often.
    pub fn login_throttled(&self) {
        self.metrics.login(Login::Throttled);
    }

    /// Somebody came in by an invite.
    pub fn invite_used(&self) {
        self.metrics.invite(Login::Ok);
    }

    /// Somebody showed an invite, perhaps one that there is, and was not let in.
    pub fn invite_refused(&self, reason: &'static str, invite: Option<String>, address: IpAddr) {
        self.metrics.invite(Login::Refused);
        self.audit.note(Event::InviteRefused { reason, invite, address: self.audit.address(address) });
    }

    /// What clients read first.
    pub fn describe(&self, of: WellKnown) -> WellKnown {
        let keys = self.certificates.as_ref().map(|c| c.identity().keys);
        WellKnown {
            fingerprint: keys.map(|k| k.present.to_string()),
            spare: keys.and_then(|k| k.spare).map(|s| s.to_string()),
            audit: Some(self.audit.head()),
            ..of
        }
    }

    /// Reads the certificate anew, if there is one; a bad one is refused with a line in the log, and the old one serves on.
    pub fn reload_certificate(&self) {
        let Some(certificates) = &self.certificates else { return };
        match certificates.reload() {
            Ok(true) => {
                let fingerprint = certificates.identity().keys.present.to_string();
                tracing::info!(fingerprint, "another certificate is served from now on");
                self.audit.note(Event::CertificateChanged { fingerprint });
            }
            Ok(false) => {}
            Err(e) => tracing::error!("the new certificate is not used, and the old one stays: {e}"),
        }
    }

    /// Takes up certificate files that change, until told to stop.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let Some(certificates) = self.certificates.clone() else { return };
        let mut watch = Watch::new(certificates.stamp());
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            let (this, certificates) = (self.clone(), certificates.clone());
            // Files may be on a disk that is slow.
            let looked = tokio::task::spawn_blocking(move || {
                if watch.look(certificates.stamp()) {
                    this.reload_certificate();
                }
                watch
            });
            match looked.await {
                Ok(w) => watch = w,
                Err(_) => return tracing::error!("certificate files are not watched any more; reload with SIGHUP"),
            }
        }
    }

    /// The public routes: entries of the audit log by number.
    pub fn router(self: Arc<Self>) -> Router {
        table::router(routes()).layer(middleware::map_response(table::as_json)).with_state(self)
    }
}

/// What is public of it; see [`table`].
pub(crate) fn routes() -> Vec<Route<Arc<Operations>>> {
    let entry = Route::get(ENTRY, "The hash of an entry of the audit log, counted from 1.", audit_at);
    vec![entry.gives::<Link>(StatusCode::OK)]
}

async fn audit_at(State(this): State<Arc<Operations>>, Path(n): Path<u64>) -> Response {
    let audit = this.audit.clone();
    match tokio::task::spawn_blocking(move || audit.at(n)).await {
        Ok(Some(head)) => Json(Link { count: n, head }).into_response(),
        Ok(None) => super::control::api::nothing_here().await,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What the loopback listener for metrics works with.
#[derive(Clone)]
pub struct Monitor {
    /// Reports.
    pub operations: Arc<Operations>,
    /// The control plane.
    pub control: Arc<Control>,
    /// The media plane.
    pub media: Arc<MediaPlane>,
    /// The database.
    pub store: Store,
}

impl Monitor {
    /// `/metrics`, `/healthz`, `/readyz`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .with_state(self)
    }

    fn sample(&self) -> Sample {
        let (rooms, participants) = self.control.occupancy();
        let o = &self.operations;
        Sample {
            rooms,
            participants,
            draining: self.control.draining(),
            media: self.media.tally(),
            media_refused: self.media.refusals(),
            relayed: self.media.allocations(),
            audit: o.audit.health(),
            certificate_end: o.certificates.as_ref().map(|c| c.identity().validity.1),
            process: process(o.started),
        }
    }
}

async fn metrics(State(m): State<Monitor>) -> Response {
    let text = m.operations.metrics.render(&m.sample());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn ready(State(m): State<Monitor>) -> Response {
    let not = |why: &str| (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response();
    if m.control.draining() {
        return not("the server is about to end");
    }
    match tokio::time::timeout(STORE, m.store.probe()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(e)) => {
            tracing::error!("{e}");
            not("the database cannot be written")
        }
        Err(_) => not("the database does not answer"),
    }
}
