//! The routes of a server in this process, as a client sees them.

use crate::net::{Options, Target, http};
use crate::server::store::{DataDir, Role, Store, password};
use crate::server::totp::{STEP, Secret};
use crate::server::{Config, Server};
use hyper::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

struct World {
    server: Server,
    store: Store,
    to: Target,
    _dir: tempfile::TempDir,
}

impl World {
    /// A server where Anna has an account.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::dev(dir.path().to_owned());
        let server = Server::start(config).await.unwrap();
        let store = Store::open(&DataDir::open(dir.path()).unwrap()).await.unwrap();
        store.add_account("anna", Role::Member, Some(&password::hash(PASSWORD).unwrap()), 1).await.unwrap();
        let to = Target { host: "127.0.0.1".into(), port: server.listening().tcp.port(), tls: false };
        Self { server, store, to, _dir: dir }
    }

    async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Value) -> (u16, Value) {
        let body = Some(body.to_string().into_bytes());
        let a = http::request(&self.to, &Options::default(), method, path, token, body, 100_000).await.unwrap();
        (a.status.as_u16(), serde_json::from_slice(&a.body).unwrap_or_default())
    }

    async fn post(&self, path: &str, token: Option<&str>, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, token, body).await
    }

    async fn login(&self, device: &str) -> (u16, Value) {
        self.post("/api/v1/login", None, json!({"name": "anna", "password": PASSWORD, "device": device})).await
    }

    async fn token(&self) -> String {
        let (status, answer) = self.login("a laptop").await;
        assert_eq!(status, 200, "{answer}");
        text(&answer, "token")
    }
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned()
}

fn code_of(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

/// The code that an authenticator shows now, or some steps later.
fn code(secret: &str, later: i64) -> String {
    Secret::parse(secret).unwrap().code(crate::server::control::unix_now() / STEP + later).to_string()
}

#[tokio::test]
async fn a_second_factor_is_set_up_with_the_password_and_asked_for_at_each_login() {
    let w = World::new().await;
    let token = w.token().await;
    let token = Some(token.as_str());
    let totp = "/api/v1/account/totp";
    assert_eq!(w.post(totp, None, json!({"password": PASSWORD})).await.0, 401);
    assert_eq!(w.post(totp, token, json!({"password": "a token is not enough"})).await.0, 403);
    let (status, offered) = w.post(totp, token, json!({"password": PASSWORD})).await;
    assert_eq!((status, &offered["name"]), (200, &json!("anna")));
    let secret = text(&offered, "secret");
    assert_eq!(w.post("/api/v1/account/totp/confirm", token, json!({"code": "000000"})).await.0, 403);
    assert_eq!(w.login("x").await.0, 200, "nothing counts that was not confirmed");
    let first = code(&secret, 0);
    let (status, recovery) = w.post("/api/v1/account/totp/confirm", token, json!({"code": first})).await;
    assert_eq!((status, recovery["recovery_codes"].as_array().unwrap().len()), (200, 10), "{recovery}");
    assert_eq!(code_of(&w.post(totp, token, json!({"password": PASSWORD})).await.1), "exists");
    assert_eq!(w.ask(Method::GET, "/api/v1/account", token, Value::Null).await.1["second_factor"], true);

    // The password alone is no login any more: it gives a ticket, and that a login, once.
    let (status, step) = w.login("x").await;
    assert_eq!((status, code_of(&step), &step["token"]), (403, "totp_required", &Value::Null));
    let ticket = text(&step, "ticket");
    let second =
        async |ticket: &str, code: &str| w.post("/api/v1/login/code", None, json!({"ticket": ticket, "code": code})).await;
    assert_eq!(second("guess", &code(&secret, 1)).await.0, 403);
    assert_eq!(second(&ticket, &first).await.0, 403, "used when it was set up");
    assert_eq!(w.post("/api/v1/login/enrol", None, json!({"ticket": ticket})).await.0, 403, "a ticket is for one step");
    let (status, answer) = second(&ticket, &code(&secret, 1)).await;
    assert_eq!((status, &answer["name"]), (200, &json!("anna")), "{answer}");
    let codes = recovery["recovery_codes"].as_array().unwrap();
    let typed = |n: usize| codes[n].as_str().unwrap().to_uppercase();
    assert_eq!(second(&ticket, &typed(0)).await.0, 403, "used");

    // A recovery code does as well, once.
    let ticket = text(&w.login("x").await.1, "ticket");
    assert_eq!(second(&ticket, &typed(1)).await.0, 200);
    let ticket = text(&w.login("x").await.1, "ticket");
    assert_eq!(second(&ticket, &typed(1)).await.0, 403);

    // Fresh ones replace all, and take a code; so does the end of it.
    let fresh = w.post("/api/v1/account/totp/recovery-codes", token, json!({"code": typed(2)})).await.1;
    assert_eq!(second(&ticket, &typed(3)).await.0, 403);
    let typed = fresh["recovery_codes"][3].as_str().unwrap();
    assert_eq!(w.post("/api/v1/account/totp/off", token, json!({"code": typed})).await.0, 204);
    assert_eq!(w.login("x").await.0, 200);
    w.server.shutdown().await;
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let w = World::new().await;
    let id = w.store.account_id("anna").await.unwrap();
    let secret = w.store.offer_totp(&id).await.unwrap();
    let now = crate::server::control::unix_now();
    let recovery = w.store.confirm_totp(&id, &secret.code(now / STEP), now).await.unwrap().unwrap();
    let mut answers = Vec::new();
    for n in 0..7 {
        // Each try by a fresh ticket: the account counts, not the login.
        let ticket = text(&w.login("x").await.1, "ticket");
        let tried = json!({"ticket": ticket, "code": format!("{n:06}")});
        answers.push(w.post("/api/v1/login/code", None, tried).await.0);
    }
    assert_eq!(answers, [403, 403, 403, 403, 403, 429, 429]);
    let ticket = text(&w.login("x").await.1, "ticket");
    let (status, answer) = w.post("/api/v1/login/code", None, json!({"ticket": ticket, "code": recovery[0].as_str()})).await;
    assert!(status == 429 && answer["error"]["text"].as_str().unwrap().contains("too many codes"), "{answer}");
    w.server.shutdown().await;
}

#[tokio::test]
async fn a_second_factor_that_is_demanded_is_set_up_at_the_next_login() {
    let w = World::new().await;
    let token = w.token().await;
    w.store.require_totp("anna", true).await.unwrap();
    assert_eq!(w.ask(Method::GET, "/api/v1/account", Some(&token), Value::Null).await.0, 401, "logged out");
    let (status, step) = w.login("a phone").await;
    assert_eq!((status, code_of(&step)), (403, "totp_setup_required"));
    let ticket = text(&step, "ticket");
    assert_eq!(w.post("/api/v1/login/code", None, json!({"ticket": ticket, "code": "000000"})).await.0, 403);
    let secret = text(&w.post("/api/v1/login/enrol", None, json!({"ticket": ticket})).await.1, "secret");
    let done = json!({"ticket": ticket, "code": code(&secret, 0)});
    let (status, answer) = w.post("/api/v1/login/enrolled", None, done.clone()).await;
    assert_eq!((status, answer["recovery_codes"].as_array().unwrap().len()), (200, 10), "{answer}");
    let token = text(&answer["login"], "token");
    assert_eq!(w.post("/api/v1/login/enrolled", None, done).await.0, 403);
    let recovery = answer["recovery_codes"][0].as_str().unwrap();
    let (status, refused) = w.post("/api/v1/account/totp/off", Some(&token), json!({"code": recovery})).await;
    assert_eq!((status, code_of(&refused)), (403, "required"));
    assert_eq!(code_of(&w.login("x").await.1), "totp_required");
    w.server.shutdown().await;
}

#[tokio::test]
async fn a_setup_code_makes_a_password_once_and_a_disabled_account_has_no_login() {
    let w = World::new().await;
    let token = w.token().await;
    let setup = w.store.reset("anna", crate::server::control::unix_now()).await.unwrap();
    assert_eq!(w.ask(Method::GET, "/api/v1/account", Some(&token), Value::Null).await.0, 401);
    assert_eq!(w.login("x").await.0, 403, "the old password is gone");
    let set_up = async |code: &str, password: &str| {
        w.post("/api/v1/setup", None, json!({"code": code, "password": password, "device": "a new laptop"})).await
    };
    assert_eq!(set_up("guess", PASSWORD).await.0, 403);
    let (status, answer) = set_up(&setup, "short").await;
    assert!(status == 400 && answer["error"]["text"].as_str().unwrap().contains("10 characters"), "{answer}");
    let (status, answer) = set_up(&setup, PASSWORD).await;
    assert_eq!((status, &answer["name"]), (200, &json!("anna")), "{answer}");
    assert_eq!(set_up(&setup, PASSWORD).await.0, 403, "once");
    assert_eq!(w.login("x").await.0, 200);
    w.store.disable("anna", 1).await.unwrap();
    let token = text(&answer, "token");
    assert_eq!(w.ask(Method::GET, "/api/v1/account", Some(&token), Value::Null).await.0, 401);
    assert_eq!(code_of(&w.login("x").await.1), "disabled");
    let wrong = json!({"name": "anna", "password": "guess guess guess"});
    assert_eq!(code_of(&w.post("/api/v1/login", None, wrong).await.1), "denied", "who does not know it is told nothing");
    w.server.shutdown().await;
}

#[tokio::test]
async fn people_see_their_devices_and_end_them() {
    let w = World::new().await;
    let (laptop, phone) = (w.token().await, text(&w.login("Ana's phone").await.1, "token"));
    w.store.add_account("ben", Role::Member, Some(&password::hash(PASSWORD).unwrap()), 1).await.unwrap();
    let ben = w.post("/api/v1/login", None, json!({"name": "ben", "password": PASSWORD})).await.1;
    let list = async |token: &str| w.ask(Method::GET, "/api/v1/account/devices", Some(token), Value::Null).await;
    let (status, devices) = list(&laptop).await;
    assert_eq!(status, 200);
    let devices = devices["devices"].as_array().unwrap().clone();
    let of = |name: &str| devices.iter().find(|d| d["name"] == name).unwrap_or_else(|| panic!("no {name}: {devices:?}"));
    assert!(devices.len() == 2 && of("a laptop")["this"] == true && of("Ana's phone")["this"] == false, "{devices:?}");
    let path = format!("/api/v1/account/devices/{}", text(of("Ana's phone"), "id"));
    assert_eq!(w.ask(Method::DELETE, &path, None, Value::Null).await.0, 401);
    assert_eq!(w.ask(Method::DELETE, &path, Some(&text(&ben, "token")), Value::Null).await.0, 404, "not hers");
    assert_eq!(w.ask(Method::DELETE, &path, Some(&laptop), Value::Null).await.0, 204);
    assert_eq!(w.ask(Method::DELETE, &path, Some(&laptop), Value::Null).await.0, 404);
    assert_eq!((list(&phone).await.0, list(&laptop).await.0), (401, 200));
    w.server.shutdown().await;
}
