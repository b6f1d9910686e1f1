//! Sign-ins at providers that say what no honest one says, and at an honest one, as a client of ours sees them. The real thing is
//! in `tests/signin.rs`.

use crate::net::{Options, Target, http};
use crate::server::oidc;
use crate::server::oidc::jose::tests::Signer;
use crate::server::settings::Oidc;
use crate::server::store::{DataDir, Role, Store, password};
use crate::server::{Config, Server};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The token endpoint's last word of one sign-in.
enum Word {
    /// These claims beside, or in place of, what an honest token says.
    Claims(Value),
    /// A token made from the honest claims.
    Token(fn(&Signer, Value) -> String),
    Error(&'static str),
    /// A token with its claims, and others for whoever asks with its access token.
    Userinfo(Value, Value),
}

#[derive(Default)]
struct Book {
    url: String,
    /// What comes of the next sign-ins.
    plan: VecDeque<Word>,
    begun: HashMap<String, (Word, String)>,
    userinfo: Value,
    discovery: Value,
    authorization: Option<String>,
}

struct Idp {
    book: Mutex<Book>,
    signer: Mutex<Signer>,
}

impl Idp {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let book = Mutex::new(Book { url, ..Book::default() });
        let idp = Arc::new(Self { book, signer: Mutex::new(Signer::new("k1")) });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/device", post(device))
            .route("/token", post(token))
            .route("/jwks", get(jwks))
            .route("/me", get(me))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        idp
    }

    fn url(&self) -> String {
        self.book.lock().unwrap().url.clone()
    }

    fn next(&self, word: Word) {
        self.book.lock().unwrap().plan.push_back(word);
    }
}

type At = State<Arc<Idp>>;

async fn discovery(State(idp): At) -> Json<Value> {
    let book = idp.book.lock().unwrap();
    let url = &book.url;
    let mut it = json!({
        "issuer": url, "device_authorization_endpoint": format!("{url}/device"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"), "userinfo_endpoint": format!("{url}/me"),
    });
    for (name, value) in book.discovery.as_object().into_iter().flatten() {
        it[name] = value.clone();
    }
    Json(it)
}

fn form(body: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

async fn device(State(idp): At, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let form = form(&body);
    let mut book = idp.book.lock().unwrap();
    book.authorization = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
    assert_eq!(form["scope"], "openid profile");
    let (word, code) = (book.plan.pop_front().expect("a sign-in that was planned"), format!("device-{}", book.begun.len()));
    book.begun.insert(code.clone(), (word, form["nonce"].clone()));
    let place = format!("{}/type-it", book.url);
    Json(
        json!({"device_code": code, "user_code": "WDJB-\u{1b}MJHT", "verification_uri": place, "expires_in": 600, "interval": 1}),
    )
}

async fn token(State(idp): At, body: Bytes) -> (StatusCode, Json<Value>) {
    let form = form(&body);
    let mut book = idp.book.lock().unwrap();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    let (word, nonce) = book.begun.remove(&form["device_code"]).expect("nobody asks after the last word");
    let now = crate::server::control::unix_now();
    let mut claims = json!({
        "iss": book.url, "aud": "conclave", "sub": "u1", "exp": now + 300, "iat": now, "nonce": nonce, "preferred_username": "anna",
    });
    let mut change = |with: &Value| {
        for (name, value) in with.as_object().into_iter().flatten() {
            let claims = claims.as_object_mut().unwrap();
            if value.is_null() {
                claims.remove(name)
            } else {
                claims.insert(name.clone(), value.clone())
            };
        }
    };
    let signer = idp.signer.lock().unwrap();
    let id_token = match word {
        Word::Error(error) => return (StatusCode::BAD_REQUEST, Json(json!({"error": error}))),
        Word::Token(make) => make(&signer, claims),
        Word::Claims(with) => {
            change(&with);
            signer.sign(&claims)
        }
        Word::Userinfo(with, userinfo) => {
            change(&with);
            book.userinfo = userinfo;
            signer.sign(&claims)
        }
    };
    (StatusCode::OK, Json(json!({"id_token": id_token, "access_token": "opensesame", "token_type": "Bearer"})))
}

async fn jwks(State(idp): At) -> Json<Value> {
    Json(json!({"keys": [idp.signer.lock().unwrap().jwk()]}))
}

async fn me(State(idp): At, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer opensesame");
    Json(idp.book.lock().unwrap().userinfo.clone())
}

struct World {
    idp: Arc<Idp>,
    server: Server,
    store: Store,
    to: Target,
    dir: tempfile::TempDir,
}

impl World {
    async fn new(more: Oidc) -> Self {
        let (idp, dir) = (Idp::start().await, tempfile::tempdir().unwrap());
        let settings = Oidc { issuer: Some(idp.url()), client_id: Some("conclave".into()), ..more };
        let oidc = oidc::Config::of(&settings).unwrap();
        let server = Server::start(Config { oidc, ..Config::dev(dir.path().to_owned()) }).await.unwrap();
        let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        let to = Target { host: "127.0.0.1".into(), port: server.listening().tcp.port(), tls: false };
        Self { idp, server, store, to, dir }
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let body = Some(body.to_string().into_bytes());
        let a = http::request(&self.to, &Options::default(), Method::POST, path, None, body, 100_000).await.unwrap();
        (a.status.as_u16(), serde_json::from_slice(&a.body).unwrap_or_default())
    }

    async fn begin(&self, word: Word) -> Value {
        self.idp.next(word);
        let (status, begun) = self.post("/api/v1/login/sso", json!({"device": "a laptop"})).await;
        assert_eq!(status, 200, "{begun}");
        begun
    }

    /// Asks until there is a last word.
    async fn ask(&self, begun: &Value) -> (u16, Value) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let (status, answer) = self.post("/api/v1/login/sso/poll", json!({"ticket": begun["ticket"]})).await;
            if status != 202 {
                return (status, answer);
            }
            assert!(Instant::now() < deadline, "no end");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn sign_in(&self, word: Word) -> (u16, Value) {
        let begun = self.begin(word).await;
        self.ask(&begun).await
    }

    async fn audit(self) -> String {
        self.server.shutdown().await;
        std::fs::read_to_string(self.dir.path().join("audit.jsonl")).unwrap()
    }
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default())
}

fn claims(with: Value) -> Word {
    Word::Claims(with)
}

fn list(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|n| (*n).to_owned()).collect())
}

#[tokio::test]
async fn a_token_that_is_not_the_providers_word_for_us_lets_nobody_in() {
    let w = World::new(Oidc::default()).await;
    let words = [
        claims(json!({"aud": "another"})),
        claims(json!({"aud": ["conclave", "another"]})),
        claims(json!({"azp": "another"})),
        claims(json!({"iss": "https://another.example.org"})),
        claims(json!({"exp": 1_000_000_000})),
        claims(json!({"iat": 9_000_000_000_u64})),
        claims(json!({"nonce": "of another sign-in"})),
        claims(json!({"sub": null})),
        Word::Token(|_, claims| {
            use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as B64};
            format!("{}.{}.", B64.encode(r#"{"alg":"none"}"#), B64.encode(claims.to_string()))
        }),
        Word::Token(|_, claims| Signer::new("k1").sign(&claims)),
        Word::Token(|_, claims| Signer::new("of nobody").sign(&claims)),
        Word::Token(|signer, claims| signer.sign_as(&json!({"alg": "HS256", "kid": "k1"}), &claims)),
        Word::Token(|_, _| "x".repeat(100_000)),
        Word::Userinfo(json!({"preferred_username": null}), json!({"sub": "u2", "preferred_username": "anna"})),
    ];
    let mut begun = Vec::new();
    for word in words {
        begun.push(w.begin(word).await);
    }
    assert_eq!(begun[0]["user_code"], "WDJB-MJHT", "cleaned");
    for begun in &begun {
        let answer = w.ask(begun).await;
        assert_eq!(code(&answer), (403, "sso_untrusted"), "{}", answer.1);
        assert_eq!(code(&w.ask(begun).await), (403, "sso_expired"), "over");
    }
    assert_eq!(code(&w.ask(&json!({"ticket": "guess"})).await), (403, "sso_expired"));
    assert!(w.store.records(None).await.unwrap().is_empty(), "and makes no account");
    let audit = w.audit().await;
    assert_eq!(audit.matches("\"sso_untrusted\"").count(), begun.len(), "{audit}");
}

#[tokio::test]
async fn a_sign_in_is_a_login_of_the_account_that_is_bound_to_the_subject() {
    let w = World::new(Oidc::default()).await;
    let first = w.sign_in(claims(json!({}))).await;
    assert_eq!((first.0, &first.1["name"]), (200, &json!("anna")), "{}", first.1);
    // However they are called now, and whichever of the provider's keys says so.
    *w.idp.signer.lock().unwrap() = Signer::new("k2");
    let again = w.sign_in(claims(json!({"preferred_username": "anna.new"}))).await;
    assert_eq!((again.0, &again.1["account"], &again.1["name"]), (200, &first.1["account"], &json!("anna")));
    let token = first.1["token"].as_str().unwrap();
    let who = http::request(&w.to, &Options::default(), Method::GET, "/api/v1/account", Some(token), None, 10_000).await.unwrap();
    assert_eq!(who.status.as_u16(), 200);
    let record = w.store.records(Some("anna")).await.unwrap().remove(0);
    assert_eq!((record.devices.len(), record.devices[0].name.as_str(), record.role.as_str()), (2, "a laptop", "member"));
    // Nobody else gets that name, and no account with a password is taken over.
    w.store.add_account("ben", Role::Owner, Some(&password::hash("correct horse battery").unwrap()), 1).await.unwrap();
    let begun = [
        (w.begin(claims(json!({"sub": "u2"}))).await, "sso_name"),
        (w.begin(claims(json!({"sub": "u3", "preferred_username": "ben"}))).await, "sso_name"),
        (w.begin(claims(json!({"sub": "u3", "preferred_username": "Ben\u{202e} Ngata"}))).await, "sso_unknown"),
        (w.begin(Word::Error("access_denied")).await, "sso_denied"),
        (w.begin(Word::Error("expired_token")).await, "sso_expired"),
    ];
    for (begun, why) in &begun {
        let answer = w.ask(begun).await;
        assert_eq!(code(&answer), (403, *why), "{}", answer.1);
        assert!(!answer.1["error"]["text"].as_str().unwrap().contains('\u{202e}'));
    }
    // A second factor that the administrator demands is demanded here too.
    w.store.require_totp("anna", true).await.unwrap();
    let step = w.sign_in(claims(json!({}))).await;
    assert_eq!(code(&step), (403, "totp_setup_required"));
    assert_eq!(w.post("/api/v1/login/enrol", json!({"ticket": step.1["ticket"]})).await.0, 200);
    w.store.disable("anna", 1).await.unwrap();
    assert_eq!(code(&w.sign_in(claims(json!({}))).await), (403, "disabled"));
    let audit = w.audit().await;
    for said in ["\"signed_up\"", "\"logged_in\"", "\"sso_name\"", "\"sso_denied\"", "\"disabled\""] {
        assert!(audit.contains(said), "{said}: {audit}");
    }
    assert!(!audit.contains("anna") && !audit.contains("u1"), "ids only: {audit}");
}

#[tokio::test]
async fn groups_decide_who_comes_in_and_as_what_each_time() {
    let more = Oidc { owners: list(&["admins"]), members: list(&["staff"]), days: Some(1), ..Oidc::default() };
    let w = World::new(more).await;
    let groups = |groups: Value| Word::Userinfo(json!({}), json!({"sub": "u1", "groups": groups}));
    assert_eq!(code(&w.sign_in(groups(json!(["visitors"]))).await), (403, "sso_group"));
    let role = async || w.store.records(Some("anna")).await.unwrap().remove(0).role;
    let first = w.sign_in(groups(json!(["admins"]))).await;
    let left = first.1["expires"].as_i64().unwrap() - crate::server::control::unix_now();
    assert!(first.0 == 200 && (0..=86_400).contains(&left), "{}", first.1);
    assert_eq!(role().await, "owner");
    assert_eq!(w.sign_in(groups(json!(["staff"]))).await.0, 200);
    assert_eq!(role().await, "member", "who is an owner no longer there is none here");
    assert_eq!(code(&w.sign_in(groups(json!([]))).await), (403, "sso_group"));
    w.server.shutdown().await;
}

#[tokio::test]
async fn without_create_only_linked_accounts_come_in_and_the_secret_is_shown_to_the_provider() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "s3cr:t\n").unwrap();
    let more = Oidc { create: Some(false), client_secret_file: Some(secret.path().to_owned()), ..Oidc::default() };
    let w = World::new(more).await;
    assert_eq!(code(&w.sign_in(claims(json!({}))).await), (403, "sso_unknown"));
    w.store.add_account("anna", Role::Member, None, 1).await.unwrap();
    w.store.bind_subject("anna", &w.idp.url(), "u1", 1).await.unwrap();
    assert_eq!(w.sign_in(claims(json!({}))).await.0, 200);
    // conclave:s3cr%3At
    assert_eq!(w.idp.book.lock().unwrap().authorization.as_deref(), Some("Basic Y29uY2xhdmU6czNjciUzQXQ="));
    w.server.shutdown().await;
}

#[tokio::test]
async fn a_provider_that_is_odd_or_away_is_said_and_nobody_waits_for_it() {
    for (discovery, says) in [
        (json!({"issuer": "https://another.example.org"}), "does not work"),
        (json!({"device_authorization_endpoint": null}), "does not work"),
        (json!({"token_endpoint": "http://another.example.org/token"}), "does not work"),
        (json!({"jwks_uri": 5}), "does not work"),
        (json!({"device_authorization_endpoint": "http://127.0.0.1:1/"}), "cannot be reached"),
    ] {
        let w = World::new(Oidc::default()).await;
        w.idp.book.lock().unwrap().discovery = discovery.clone();
        let (status, answer) = w.post("/api/v1/login/sso", json!({})).await;
        assert!(status == 503 && answer["error"]["text"].as_str().unwrap().contains(says), "{discovery}: {status} {answer}");
        w.server.shutdown().await;
    }
    let w = World::new(Oidc::default()).await;
    w.idp.book.lock().unwrap().url = "https://another.example.org".into();
    let statuses = async || w.post("/api/v1/login/sso", json!({})).await.0;
    let mut seen = Vec::new();
    while seen.last() != Some(&429) && seen.len() < 60 {
        seen.push(statuses().await);
    }
    assert!(seen.len() > 30 && seen.last() == Some(&429), "nothing slows them down: {seen:?}");
    w.server.shutdown().await;
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(Config::dev(dir.path().to_owned())).await.unwrap();
    let to = Target { host: "127.0.0.1".into(), port: server.listening().tcp.port(), tls: false };
    let none =
        http::request(&to, &Options::default(), Method::POST, "/api/v1/login/sso", None, Some(b"{}".to_vec()), 10_000).await;
    assert_eq!(none.unwrap().status.as_u16(), 404);
    server.shutdown().await;
}
