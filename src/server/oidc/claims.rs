//! What an ID token says (OpenID Connect Core 1.0 sections 2 and 3.1.3.7): whether it is for us and for now, who somebody is,
//! and what that makes of them here.

use crate::server::store::{Role, accounts::valid_name};
use serde_json::{Map, Value};

/// How far clocks may differ, in seconds.
const CLOCK_SKEW: i64 = 60;
/// The longest subject, in bytes (section 2: 255).
const MAX_SUBJECT: usize = 255;

/// What a token is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Us.
    pub client_id: &'a str,
    /// What we gave the provider for this one sign-in.
    pub nonce: &'a str,
    /// Seconds since the Unix epoch.
    pub now: i64,
}

/// Whose token it is: the subject. The error is a sentence about the token.
pub fn subject(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<String, &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_f64).map(|t| t as i64);
    if text("iss") != Some(expected.issuer) {
        return Err("another provider issued it");
    }
    let us = |v: &Value| v.as_str() == Some(expected.client_id);
    let (ours, alone) = match claims.get("aud") {
        Some(Value::Array(all)) => (all.iter().any(us), all.len() == 1),
        Some(one) => (us(one), true),
        None => (false, true),
    };
    if !ours {
        return Err("it is for another service");
    }
    match claims.get("azp") {
        Some(party) if !us(party) => return Err("it was given to another service"),
        None if !alone => return Err("it is for several services, and does not say to which it was given"),
        _ => {}
    }
    if time("exp").is_none_or(|t| expected.now >= t.saturating_add(CLOCK_SKEW)) {
        return Err("it has expired; compare the clocks of server and provider");
    }
    let early = |t: i64| t > expected.now.saturating_add(CLOCK_SKEW);
    if time("iat").is_none_or(early) || time("nbf").is_some_and(early) {
        return Err("it is from the future; compare the clocks of server and provider");
    }
    // Not every provider carries it through this grant; one that does carries ours.
    if claims.get("nonce").is_some_and(|n| n.as_str() != Some(expected.nonce)) {
        return Err("it is from another sign-in");
    }
    let subject = text("sub").filter(|s| !s.is_empty() && s.len() <= MAX_SUBJECT);
    subject.map(str::to_owned).ok_or("it does not say who somebody is")
}

/// Which claims mean what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The claim that is the account's name.
    pub name: String,
    /// The claim with somebody's groups.
    pub groups: String,
    /// Groups that own the server; `None`: the provider does not decide that.
    pub owners: Option<Vec<String>>,
    /// Groups that may sign in beside the owners; `None`: everybody whom the provider signs in.
    pub members: Option<Vec<String>>,
}

/// Whom the provider has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who, at the provider: stays the same, whatever they are called.
    pub subject: String,
    /// What a new account would be called; the error says why it cannot.
    pub name: Result<String, String>,
    /// What they may do; `None`: as before.
    pub role: Option<Role>,
}

/// A claim by its name, or by a path with dots (`realm_access.roles`).
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let mut path = name.split('.');
        let first = claims.get(path.next()?)?;
        path.try_fold(first, |at, name| at.get(name))
    })
}

impl Mapping {
    /// Whether the claims lack something that has to be asked for.
    pub fn lacks(&self, claims: &Map<String, Value>) -> bool {
        let by_group = self.owners.is_some() || self.members.is_some();
        claim(claims, &self.name).is_none() || (by_group && claim(claims, &self.groups).is_none())
    }

    /// What the claims make of somebody. The error is a sentence for them.
    pub fn person(&self, subject: String, claims: &Map<String, Value>) -> Result<Person, String> {
        let groups: Vec<&str> = match claim(claims, &self.groups) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            _ => Vec::new(),
        };
        let among = |wanted: &[String]| wanted.iter().any(|w| groups.contains(&w.as_str()));
        let owner = self.owners.as_deref().is_some_and(among);
        if !owner && self.members.as_deref().is_some_and(|members| !among(members)) {
            return Err(
                "your organisation signs you in, but you are in no group that may use this server; ask its administrator".into(),
            );
        }
        let role = self.owners.as_ref().map(|_| if owner { Role::Owner } else { Role::Member });
        let name = match claim(claims, &self.name).and_then(Value::as_str) {
            Some(name) if valid_name(name) => Ok(name.to_owned()),
            Some(name) => {
                let shown: String = crate::text::clean(name).chars().take(64).collect();
                Err(format!(
                    "your organisation calls you {shown}, and no account here can be called that (letters, digits and . _ - @); ask the server's administrator"
                ))
            }
            None => Err("your organisation does not say what to call you; ask the server's administrator".into()),
        };
        Ok(Person { subject, name, role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const US: Expected<'_> = Expected { issuer: "https://id.example.org", client_id: "conclave", nonce: "n", now: 1000 };

    fn map(v: Value) -> Map<String, Value> {
        v.as_object().unwrap().clone()
    }

    fn with(change: Value) -> Result<String, &'static str> {
        let mut claims = map(json!({"iss": US.issuer, "aud": "conclave", "sub": "u1", "exp": 1300, "iat": 1000, "nonce": "n"}));
        for (name, value) in map(change) {
            if value.is_null() {
                claims.remove(&name)
            } else {
                claims.insert(name, value)
            };
        }
        subject(&claims, US)
    }

    #[test]
    fn a_token_is_for_us_for_this_sign_in_and_for_now() {
        for good in [
            json!({}),
            json!({"aud": ["conclave"]}),
            json!({"aud": ["conclave", "other"], "azp": "conclave"}),
            json!({"nonce": null}),
            json!({"exp": 941, "iat": 1060, "nbf": 1060}),
            json!({"exp": 1300.5}),
        ] {
            assert_eq!(with(good.clone()).as_deref(), Ok("u1"), "{good}");
        }
        for bad in [
            json!({"iss": "https://id.example.org/"}),
            json!({"iss": null}),
            json!({"aud": "other"}),
            json!({"aud": null}),
            json!({"aud": ["other"]}),
            json!({"aud": ["conclave", "other"]}),
            json!({"aud": ["conclave", "other"], "azp": "other"}),
            json!({"azp": "other"}),
            json!({"exp": 940}),
            json!({"exp": null}),
            json!({"exp": "1300"}),
            json!({"iat": 1061}),
            json!({"iat": null}),
            json!({"nbf": 1061}),
            json!({"nonce": "another"}),
            json!({"nonce": 1}),
            json!({"sub": ""}),
            json!({"sub": null}),
            json!({"sub": "x".repeat(256)}),
        ] {
            assert!(with(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn groups_decide_who_may_come_in_and_as_what() {
        let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        let mapping = |owners, members| Mapping { name: "preferred_username".into(), groups: "groups".into(), owners, members };
        let role = |m: &Mapping, groups: Value| {
            m.person("u".into(), &map(json!({"preferred_username": "anna", "groups": groups}))).map(|p| p.role)
        };
        let all = mapping(None, None);
        assert_eq!(role(&all, json!(["x"])), Ok(None));
        let m = mapping(list(&["admins"]), list(&["staff"]));
        assert_eq!(role(&m, json!(["admins"])), Ok(Some(Role::Owner)));
        assert_eq!(role(&m, json!(["staff", "admins"])), Ok(Some(Role::Owner)));
        assert_eq!(role(&m, json!("staff")), Ok(Some(Role::Member)));
        for nobody in [json!(["staffers"]), json!([]), json!(null), json!([["staff"]])] {
            assert!(role(&m, nobody.clone()).unwrap_err().contains("no group"), "{nobody}");
        }
        let nested = Mapping { groups: "realm_access.roles".into(), ..m };
        let claims = map(json!({"preferred_username": "anna", "realm_access": {"roles": ["admins"]}}));
        assert_eq!(nested.person("u".into(), &claims).unwrap().role, Some(Role::Owner));
        assert!(!nested.lacks(&claims) && nested.lacks(&map(json!({"preferred_username": "anna"}))) && !all.lacks(&claims));
        for (name, ok) in
            [(json!("anna"), true), (json!("Anna Ngata"), false), (json!("\u{430}nna"), false), (json!(null), false)]
        {
            let person = all.person("u".into(), &map(json!({"preferred_username": name}))).unwrap();
            assert_eq!(person.name.is_ok(), ok, "{name}");
        }
    }
}
