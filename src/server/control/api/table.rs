//! The HTTP API as a table: each row says what a route is, and what answers it. The router and the OpenAPI document are made of
//! the same rows, so neither can say what the other does not.

use super::Error;
use crate::protocol::api::ErrorBody;
use axum::Router;
use axum::handler::Handler;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

type Type = fn(&mut SchemaGenerator) -> Schema;

/// Whose requests are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody's.
    Anybody,
    /// Those with an account's token.
    Account,
    /// Those with the token of an account that owns the server, or may do this by its policy.
    Owner,
}

/// What the document says of a route.
pub(crate) struct About {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    access: Access,
    takes: Option<Type>,
    gives: Vec<(StatusCode, Option<Type>)>,
}

/// One row.
pub(crate) struct Route<S> {
    about: About,
    handler: MethodRouter<S>,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    fn new(method: &'static str, path: &'static str, summary: &'static str, handler: MethodRouter<S>) -> Self {
        let about = About { method, path, summary, access: Access::Anybody, takes: None, gives: Vec::new() };
        Self { about, handler }
    }

    pub(crate) fn get<T: 'static>(path: &'static str, summary: &'static str, handler: impl Handler<T, S>) -> Self {
        Self::new("get", path, summary, get(handler))
    }

    pub(crate) fn post<T: 'static>(path: &'static str, summary: &'static str, handler: impl Handler<T, S>) -> Self {
        Self::new("post", path, summary, post(handler))
    }

    pub(crate) fn delete<T: 'static>(path: &'static str, summary: &'static str, handler: impl Handler<T, S>) -> Self {
        Self::new("delete", path, summary, delete(handler))
    }

    /// Who may ask.
    pub(crate) fn by(mut self, access: Access) -> Self {
        self.about.access = access;
        self
    }

    /// The JSON that belongs into the request.
    pub(crate) fn takes<T: JsonSchema>(mut self) -> Self {
        self.about.takes = Some(of::<T>);
        self
    }

    /// The JSON that an answer of this status has.
    pub(crate) fn gives<T: JsonSchema>(mut self, status: StatusCode) -> Self {
        self.about.gives.push((status, Some(of::<T>)));
        self
    }

    /// An answer of this status has no body, or none of JSON.
    pub(crate) fn ends(mut self, status: StatusCode) -> Self {
        self.about.gives.push((status, None));
        self
    }
}

/// What the document says of them.
pub(crate) fn abouts<S>(routes: Vec<Route<S>>) -> impl Iterator<Item = About> {
    routes.into_iter().map(|r| r.about)
}

/// The router of the rows.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>) -> Router<S> {
    routes.into_iter().fold(Router::new(), |router, r| router.route(r.about.path, r.handler))
}

/// Errors that no handler of ours made (a body that is too large, another method) are JSON too.
pub(crate) async fn as_json(answer: Response) -> Response {
    let status = answer.status();
    let json = answer.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    if json || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let (code, text) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the request's body is too large; send less"),
        StatusCode::METHOD_NOT_ALLOWED => ("method", "that cannot be done with this address; see /api/v1/openapi.json"),
        StatusCode::NOT_FOUND => ("not_found", "there is nothing here; check the address"),
        s if s.is_server_error() => ("internal", "the server cannot do this now; ask its administrator to look at its log"),
        _ => ("malformed", "the request is not as it belongs here; see /api/v1/openapi.json"),
    };
    let (mut parts, _) = answer.into_parts();
    let (_, body) = Error::new(status, code, text).into_response().into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    Response::from_parts(parts, body)
}

/// The OpenAPI 3.1 document of rows.
pub(crate) fn document(of: impl Iterator<Item = About>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.definitions_path = "/components/schemas".into();
        s.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for about in of {
        let path = paths.entry(about.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(about.method.to_owned(), about.operation(&mut generator));
        }
    }
    generator.subschema_for::<ErrorBody>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Conclave",
            "version": crate::protocol::VERSION,
            "description": "The HTTP API of a Conclave server. A token is had by logging in; errors are JSON with a code for \
                            programs and a sentence for people. Readers ignore fields that they do not know.",
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

impl About {
    /// `get_rooms_name`.
    fn id(&self) -> String {
        let words = self.path.trim_start_matches("/api/v1/").split(|c: char| !c.is_ascii_alphanumeric());
        [self.method].into_iter().chain(words.filter(|w| !w.is_empty())).collect::<Vec<_>>().join("_")
    }

    fn operation(&self, generator: &mut SchemaGenerator) -> Value {
        let content = |schema: Schema| json!({ "application/json": { "schema": schema } });
        let mut answers = Map::new();
        for (status, gives) in &self.gives {
            let mut answer = json!({ "description": status.canonical_reason().unwrap_or_default() });
            if let Some(gives) = gives {
                answer["content"] = content(gives(generator));
            }
            answers.insert(status.as_str().to_owned(), answer);
        }
        let error = content(generator.subschema_for::<ErrorBody>());
        answers.insert("default".to_owned(), json!({ "description": "What went wrong.", "content": error }));
        let named = self.path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let parameters: Vec<Value> = named
            .map(|(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        let (security, who) = match self.access {
            Access::Anybody => (json!([]), ""),
            Access::Account => (json!([{ "token": [] }]), "Needs an account's token."),
            Access::Owner => {
                (json!([{ "token": [] }]), "Needs the token of an owner, or of a member whom the server's policy lets do this.")
            }
        };
        let mut operation = json!({
            "operationId": self.id(), "summary": self.summary, "description": who, "security": security, "responses": answers,
        });
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(takes) = self.takes {
            operation["requestBody"] = json!({ "required": true, "content": content(takes(generator)) });
        }
        operation
    }
}
