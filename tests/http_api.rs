//! The HTTP API and its document: each route in the document is there, each that is there is in the document, and answers are
//! as the document says.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "control_plane/rig.rs"]
#[allow(dead_code, reason = "another test needs more of it")]
mod rig;

use rig::{Key, Server, Socket};
use serde_json::{Value, json};
use std::path::Path;

/// Whether a value is as a schema says: as much of JSON Schema as the document uses. What it does not know is a failure.
fn check(value: &Value, schema: &Value, document: &Value, at: &str) -> Result<(), String> {
    let Some(schema) = schema.as_object() else {
        return (schema == &json!(true)).then_some(()).ok_or(format!("{at}: a schema that allows nothing"));
    };
    for (key, says) in schema {
        let bad = |what: &str| Err(format!("{at}: {value} is not {what} {says}"));
        match key.as_str() {
            "$ref" => {
                let pointer = says.as_str().unwrap().trim_start_matches('#');
                check(value, document.pointer(pointer).ok_or(format!("{at}: {pointer} is nowhere"))?, document, at)?;
            }
            "type" => {
                let types: Vec<&str> = says
                    .as_array()
                    .map_or_else(|| vec![says.as_str().unwrap()], |a| a.iter().filter_map(Value::as_str).collect());
                let is = |t: &str| match t {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "null" => value.is_null(),
                    other => panic!("type {other}"),
                };
                if !types.into_iter().any(is) {
                    return bad("of type");
                }
            }
            "properties" => {
                for (name, schema) in says.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(value, schema, document, &format!("{at}/{name}"))?;
                    }
                }
                // Nothing is said that the document does not know.
                for name in value.as_object().into_iter().flat_map(|o| o.keys()) {
                    if says.get(name).is_none() {
                        return Err(format!("{at}: {name} is not in the document"));
                    }
                }
            }
            "required" => {
                if !says.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()) {
                    return bad("with all of");
                }
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(item, says, document, &format!("{at}/{n}"))?;
                }
            }
            "enum" if !says.as_array().unwrap().contains(value) => return bad("one of"),
            "const" if says != value => return bad("just"),
            "minimum" if value.as_f64() < says.as_f64() => return bad("at least"),
            "oneOf" | "anyOf" => {
                let tried: Vec<_> = says.as_array().unwrap().iter().map(|s| check(value, s, document, at)).collect();
                if !tried.iter().any(Result::is_ok) {
                    return Err(format!("{at}: {tried:?}"));
                }
            }
            "enum" | "const" | "minimum" | "description" | "format" | "default" | "title" => {}
            other => return Err(format!("{at}: the test does not know {other}")),
        }
    }
    Ok(())
}

struct Api {
    server: Server,
    document: Value,
    token: String,
    /// Method and path of what was asked.
    asked: Vec<(String, String)>,
}

impl Api {
    /// Asks, and holds the answer against the document.
    async fn ask(&mut self, method: &str, route: &str, filled: &str, body: Option<Value>, wanted: u16) -> Value {
        let token = Some(self.token.as_str()).filter(|t| !t.is_empty());
        let (status, answer) = self.server.http(&method.to_uppercase(), filled, token, body.clone()).await;
        assert_eq!(status, wanted, "{method} {filled}: {answer}");
        let operation = &self.document["paths"][route][method];
        assert!(operation.is_object(), "{method} {route} is not in the document");
        let media = |of: &Value| of["content"]["application/json"]["schema"].clone();
        if wanted < 300
            && let Some(body) = body
        {
            check(&body, &media(&operation["requestBody"]), &self.document, "body").unwrap();
        }
        let said = operation["responses"].get(status.to_string()).unwrap_or(&operation["responses"]["default"]);
        match media(said) {
            Value::Null => assert!(answer.is_null() || status == 200, "{answer}"),
            schema => check(&answer, &schema, &self.document, &format!("{method} {route} {status}")).unwrap(),
        }
        self.asked.push((method.to_owned(), route.to_owned()));
        answer
    }
}

#[tokio::test]
async fn every_route_of_the_document_is_there_and_answers_as_it_says() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(&[], data.path());
    let (status, document) = server.http("GET", "/api/v1/openapi.json", None, None).await;
    assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));

    // Each is there: whatever is wrong with an empty request, it is not that nothing is there, or not this method. Every other
    // method is refused. All errors are JSON with a code and a sentence.
    let error = json!({ "$ref": "#/components/schemas/ErrorBody" });
    for (path, operations) in document["paths"].as_object().unwrap() {
        let filled = path.replace("{name}", "board").replace("{id}", "x").replace("{n}", "1");
        for method in ["get", "post", "delete", "put", "patch"] {
            let (status, answer) = server.http(&method.to_uppercase(), &filled, None, None).await;
            let missing = answer["error"]["text"].as_str().is_some_and(|t| t.contains("there is nothing here"));
            match operations.get(method) {
                Some(operation) => {
                    assert!(!missing && status != 405, "{method} {path}: {status} {answer}");
                    let open = operation["security"].as_array().unwrap().is_empty();
                    assert_eq!(status == 401, !open, "{method} {path} without a token: {status} {answer}");
                }
                None => assert_eq!(status, 405, "{method} {path}: {answer}"),
            }
            if status >= 400 {
                check(&answer, &error, &document, &format!("{method} {path}")).unwrap();
            }
        }
    }

    // And they answer as the document says.
    let claim = json!({ "secret": server.owner_secret(), "name": "olga", "device": "desk" });
    let mut api = Api { server, document, token: String::new(), asked: vec![] };
    let claimed = api.ask("post", "/api/v1/owner/claim", "/api/v1/owner/claim", Some(claim), 200).await;
    api.token = claimed["token"].as_str().unwrap().to_owned();
    let room = json!({ "name": "board", "mode": "balanced", "invite_only": false });
    api.ask("post", "/api/v1/rooms", "/api/v1/rooms", Some(room.clone()), 201).await;
    api.ask("post", "/api/v1/rooms", "/api/v1/rooms", Some(room), 400).await;
    api.ask("post", "/api/v1/rooms", "/api/v1/rooms", Some(json!({ "pad": "x".repeat(20_000) })), 413).await;
    let rooms = api.ask("get", "/api/v1/rooms", "/api/v1/rooms", None, 200).await;
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1);
    let shown = api.ask("get", "/api/v1/rooms/{name}", "/api/v1/rooms/board", None, 200).await;
    assert_eq!((&shown["mode"], &shown["members"]), (&json!("balanced"), &json!(0)));
    api.ask("get", "/api/v1/rooms/{name}", "/api/v1/rooms/none", None, 404).await;
    let nobody = api.ask("get", "/api/v1/rooms/{name}/people", "/api/v1/rooms/board/people", None, 200).await;
    assert_eq!((nobody["people"].as_array().unwrap().len(), &nobody["names_encrypted"]), (0, &json!(true)));
    let wanted = json!({ "room": "board", "role": "guest", "seconds": 60, "uses": 1, "pin": "4711" });
    let made = api.ask("post", "/api/v1/invites", "/api/v1/invites", Some(wanted), 201).await;
    api.ask("get", "/api/v1/invites", "/api/v1/invites", None, 200).await;
    let look = json!({ "secret": made["secret"], "pin": "4711" });
    api.ask("post", "/api/v1/invites/look", "/api/v1/invites/look", Some(look), 200).await;
    api.ask("post", "/api/v1/invites/look", "/api/v1/invites/look", Some(json!({ "secret": "x" })), 403).await;
    let id = made["invite"]["id"].as_str().unwrap();
    api.ask("delete", "/api/v1/invites/{id}", &format!("/api/v1/invites/{id}"), None, 204).await;
    api.ask("get", "/api/v1/account", "/api/v1/account", None, 200).await;
    api.ask("post", "/api/v1/account/vouch", "/api/v1/account/vouch", Some(json!({ "device": "x" })), 400).await;
    let devices = api.ask("get", "/api/v1/account/devices", "/api/v1/account/devices", None, 200).await;
    assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
    api.ask("post", "/api/v1/account/totp", "/api/v1/account/totp", Some(json!({ "password": "x" })), 400).await;
    api.ask("get", "/api/v1/audit/at/{n}", "/api/v1/audit/at/1", None, 200).await;
    let login = json!({ "name": "olga", "password": "wrong", "device": "" });
    api.ask("post", "/api/v1/login", "/api/v1/login", Some(login), 403).await;
    api.ask("delete", "/api/v1/rooms/{name}", "/api/v1/rooms/board", None, 204).await;
    api.ask("post", "/api/v1/logout", "/api/v1/logout", None, 204).await;
    api.ask("get", "/api/v1/rooms", "/api/v1/rooms", None, 401).await;
}

#[tokio::test]
async fn people_are_told_by_id_and_by_how_they_stand() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::dev(data.path());
    let claim = json!({ "secret": server.owner_secret(), "name": "olga" });
    let (_, claimed) = server.http("POST", "/api/v1/owner/claim", None, Some(claim)).await;
    let token = claimed["token"].as_str().unwrap();
    let (guest, owner) = (Key::new(1), Key::new(2));
    let (socket, _) = Socket::enter(&server, &guest, "room").await;
    let mut theirs = Socket::open(&server).await;
    theirs.hello_as(&owner, "room", token).await.unwrap();
    let (status, people) = server.http("GET", "/api/v1/rooms/room/people", Some(token), None).await;
    assert_eq!((status, people["people"].as_array().unwrap().len(), &people["names_encrypted"]), (200, 2, &json!(false)));
    let person = |key: &Key| people["people"].as_array().unwrap().iter().find(|p| p["id"] == key.id()).unwrap().clone();
    assert_eq!((&person(&guest)["account"], &person(&guest)["connected"]), (&Value::Null, &json!(true)));
    assert_eq!((&person(&owner)["account"], &person(&owner)["role"]), (&json!("olga"), &json!("owner")));
    assert!(person(&guest)["since"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(server.http("GET", "/api/v1/rooms/room/people", None, None).await.0, 401);
    drop(socket);
}

/// What the code says that there is, the document has: every path that stands as a constant in the protocol's modules.
#[test]
fn every_path_of_the_protocol_is_in_the_document() {
    let document: Value = serde_json::from_str(&conclave::server::control::openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut found = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/protocol")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for path in text.lines().filter_map(|l| l.strip_prefix("pub const ")?.split_once("\"/api/v1/")?.1.split_once('"')) {
            let path = format!("/api/v1/{}", path.0);
            // The front of one with a parameter.
            let is = paths.contains_key(&path) || paths.keys().any(|p| p.starts_with(&format!("{path}/{{")));
            assert!(is, "{path} is not in the document");
            found += 1;
        }
    }
    assert!(found > 15, "{found}");
    let ids: std::collections::BTreeSet<&str> =
        paths.values().flat_map(|o| o.as_object().unwrap().values()).map(|o| o["operationId"].as_str().unwrap()).collect();
    let operations = paths.values().flat_map(|o| o.as_object().unwrap().values()).count();
    assert_eq!(ids.len(), operations, "no two operations have one id");
}

/// `[policy]` lets members make rooms and invites; what others made is not theirs to see or to end.
#[tokio::test]
async fn members_do_what_the_policy_lets_them() {
    use conclave::server::store::{DataDir, Role, Store, password};
    let (data, config) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let text = "[policy]\nrooms = \"member\"\ninvites = \"member\"\ninvite_only = true\ninvite_hours = 1\n";
    std::fs::write(config.path(), text).unwrap();
    let store = Store::open(&DataDir::open(data.path()).unwrap()).await.unwrap();
    let hash = password::hash("correct horse battery").unwrap();
    for (name, role) in [("olga", Role::Owner), ("anna", Role::Member), ("ben", Role::Member)] {
        store.add_account(name, role, Some(&hash), 1).await.unwrap();
    }
    let server = Server::start(&["--config", config.path().to_str().unwrap()], data.path());
    let login = async |name: &str| {
        let body = json!({ "name": name, "password": "correct horse battery" });
        server.http("POST", "/api/v1/login", None, Some(body)).await.1["token"].as_str().unwrap().to_owned()
    };
    let (olga, anna, ben) = (login("olga").await, login("anna").await, login("ben").await);
    let ask =
        async |token: &str, method: &str, path: &str, body: Option<Value>| server.http(method, path, Some(token), body).await;
    let (status, room) = ask(&anna, "POST", "/api/v1/rooms", Some(json!({ "name": "hers", "mode": "strict" }))).await;
    assert_eq!((status, &room["invite_only"]), (201, &json!(true)), "new rooms are for invited people");
    ask(&olga, "POST", "/api/v1/rooms", Some(json!({ "name": "board", "mode": "strict", "invite_only": false }))).await;
    let names = async |token: &str| {
        let (_, rooms) = ask(token, "GET", "/api/v1/rooms", None).await;
        rooms["rooms"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names(&olga).await.len(), names(&anna).await, names(&ben).await.len()), (2, vec!["hers".to_owned()], 0));
    for path in ["/api/v1/rooms/board", "/api/v1/rooms/board/people", "/api/v1/rooms/none"] {
        assert_eq!(ask(&anna, "GET", path, None).await.0, 404, "{path}");
    }
    assert_eq!(ask(&ben, "DELETE", "/api/v1/rooms/hers", None).await.0, 404);

    let wish = |room: &str, role: &str, seconds| Some(json!({ "room": room, "role": role, "seconds": seconds, "uses": 1 }));
    let (status, made) = ask(&anna, "POST", "/api/v1/invites", wish("board", "guest", 3600)).await;
    assert_eq!(status, 201);
    assert_eq!(ask(&anna, "POST", "/api/v1/invites", wish("board", "moderator", 60)).await.0, 403);
    assert_eq!(ask(&anna, "POST", "/api/v1/invites", wish("hers", "moderator", 60)).await.0, 201);
    let (status, error) = ask(&olga, "POST", "/api/v1/invites", wish("board", "guest", 3601)).await;
    assert!(status == 400 && error["error"]["text"].as_str().unwrap().contains("1 hours at most"), "{error}");
    let count = async |token: &str| ask(token, "GET", "/api/v1/invites", None).await.1["invites"].as_array().unwrap().len();
    assert_eq!((count(&olga).await, count(&anna).await, count(&ben).await), (2, 2, 0));
    let path = format!("/api/v1/invites/{}", made["invite"]["id"].as_str().unwrap());
    assert_eq!(ask(&ben, "DELETE", &path, None).await.0, 404);
    assert_eq!(ask(&anna, "DELETE", &path, None).await.0, 204);
    assert_eq!(ask(&anna, "DELETE", "/api/v1/rooms/hers", None).await.0, 204);
}
