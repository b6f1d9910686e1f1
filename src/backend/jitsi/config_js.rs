//! What a server's `config.js` says. It is a program, but one that only puts strings together: values of names and of members of
//! objects are followed as far as they are strings, sums of strings, and names of such; everything else is passed over.

use std::collections::HashMap;

/// The longest file that is read, in bytes; the usual one has a tenth of it.
pub const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of objects that is followed.
const MAX_DEPTH: usize = 16;
/// The longest name with its path, and the longest value, that is kept, in bytes: a few short names, put together again and again,
/// must not cost more than the file.
pub const MAX_VALUE: usize = 2048;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Sign(char),
}

/// Strings by the path of their name: `config.hosts.domain`.
pub type Values = HashMap<String, String>;

/// Reads a file, with names that are known from elsewhere: a web server that does not fill them in leaves a comment in their place.
pub fn read(text: &str, known: &[(&str, &str)]) -> Values {
    let tokens = tokens(text);
    let mut values: Values = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut at = 0;
    while at < tokens.len() {
        let Some((path, next)) = path(&tokens, at) else {
            at += 1;
            continue;
        };
        at = next;
        if tokens.get(at) != Some(&Token::Sign('=')) || tokens.get(at + 1) == Some(&Token::Sign('=')) {
            continue;
        }
        at = value(&tokens, at + 1, &path, &mut values, 0);
    }
    values
}

/// The value at a place: an object's members, or a string.
fn value(tokens: &[Token], at: usize, path: &str, values: &mut Values, depth: usize) -> usize {
    if tokens.get(at) == Some(&Token::Sign('{')) && depth < MAX_DEPTH {
        return object(tokens, at + 1, path, values, depth + 1);
    }
    let (text, next) = sum(tokens, at, values);
    // What the web server was to fill in, and did not.
    let unfilled = |t: &String| t.contains("<!--#") && values.contains_key(path);
    if let Some(text) = text.filter(|t| path.len() <= MAX_VALUE && !unfilled(t)) {
        values.insert(path.to_owned(), text);
    }
    next
}

fn object(tokens: &[Token], mut at: usize, path: &str, values: &mut Values, depth: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign('}') => return at + 1,
            Token::Name(key) | Token::Text(key) if tokens.get(at + 1) == Some(&Token::Sign(':')) => {
                // What has too long a name is passed over, with all that is in it.
                if path.len() + key.len() < MAX_VALUE {
                    at = value(tokens, at + 2, &format!("{path}.{key}"), values, depth);
                }
                at = past_value(tokens, at);
            }
            _ => at = past_value(tokens, at + 1),
        }
    }
    at
}

/// To the comma or the brace that ends a member.
fn past_value(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign('}') if depth == 0 => return at,
            Token::Sign(',') if depth == 0 => return at + 1,
            Token::Sign('{' | '[' | '(') => depth += 1,
            Token::Sign('}' | ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    at
}

/// Strings and names with `+` between them; `None` if there is anything else.
fn sum(tokens: &[Token], mut at: usize, values: &Values) -> (Option<String>, usize) {
    let mut whole = Some(String::new());
    loop {
        let part = match tokens.get(at) {
            Some(Token::Text(text)) => {
                at += 1;
                Some(text.clone())
            }
            _ => match path(tokens, at) {
                Some((path, next)) => {
                    at = next;
                    values.get(&path).cloned()
                }
                None => return (None, at),
            },
        };
        whole = whole.zip(part).map(|(a, b)| a + &b).filter(|t| t.len() <= MAX_VALUE);
        match tokens.get(at) {
            Some(Token::Sign('+')) => at += 1,
            // A call, a choice, a sum of something else: not a string that we know.
            Some(Token::Sign('(' | '[' | '?' | '|' | '&' | '-' | '*' | '/')) => return (None, at),
            _ => return (whole, at),
        }
    }
}

/// `a.b.c`.
fn path(tokens: &[Token], mut at: usize) -> Option<(String, usize)> {
    let Some(Token::Name(first)) = tokens.get(at) else { return None };
    let mut path = first.clone();
    at += 1;
    while let (Some(Token::Sign('.')), Some(Token::Name(next))) = (tokens.get(at), tokens.get(at + 1)) {
        path = path + "." + next;
        at += 2;
    }
    Some((path, at))
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next().is_some_and(|c| c != '\n') {},
            '/' if rest.peek() == Some(&'*') => {
                let mut before = ' ';
                rest.next();
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '\'' | '"' | '`' => {
                let mut text = String::new();
                while let Some(next) = rest.next() {
                    match next {
                        _ if next == c => break,
                        // Only a template goes over lines.
                        '\n' if c != '`' => break,
                        '\\' => text.extend(rest.next().map(|c| if c == 'n' { '\n' } else { c })),
                        next => text.push(next),
                    }
                }
                tokens.push(Token::Text(text));
            }
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                let mut name = String::from(c);
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '$') {
                    name.push(c);
                }
                tokens.push(Token::Name(name));
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Sign(c)),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_debian_package_is_understood() {
        let text = r#"/* eslint-disable comma-dangle */
            var subdir = '<!--# echo var="subdir" default="" -->';
            var subdomain = '<!--# echo var="subdomain" default="" -->';
            if (subdomain) {
                subdomain = subdomain.substr(0, subdomain.length - 1).split('.').join('_').toLowerCase() + '.';
            }
            var enableJaaS = false;
            var config = {
                // Connection
                hosts: {
                    domain: 'meet.example',
                    // anonymousdomain: 'guest.example.com',
                    muc: 'conference.' + subdomain + 'meet.example',
                },
                bosh: 'https://meet.example/' + subdir + 'http-bind', // "quoted"
                websocket: 'wss://meet.example/' + subdir + 'xmpp-websocket',
                testing: { p2pTestMode: false, list: [ 1, 'a', { b: 'c' } ], probability: -1 },
                "quoted-key": "x",
                after: { deep: 'yes' },
            };"#;
        for (known, prefix, dir) in [(vec![], "", ""), (vec![("subdomain", "board."), ("subdir", "board/")], "board.", "board/")]
        {
            let mut values = read(text, &known);
            if known.is_empty() {
                values = read(text, &[("subdomain", ""), ("subdir", "")]);
            }
            assert_eq!(values["config.hosts.domain"], "meet.example");
            assert_eq!(values["config.hosts.muc"], format!("conference.{prefix}meet.example"));
            assert_eq!(values["config.websocket"], format!("wss://meet.example/{dir}xmpp-websocket"));
            assert_eq!(values["config.after.deep"], "yes");
            assert!(!values.contains_key("config.hosts.anonymousdomain"));
        }
    }

    #[test]
    fn the_file_of_docker_is_understood() {
        let text = r#"
            var subdomain = "";
            var subdir = "";
            if (subdomain.startsWith('<!--')) { subdomain = ''; }
            var config = {};
            config.hosts = {};
            config.hosts.domain = 'meet.jitsi';
            config.focusUserJid = 'focus@auth.meet.jitsi';
            config.hosts.muc = 'muc.' + subdomain + 'meet.jitsi';
            config.hosts.anonymousdomain = 'guest.meet.jitsi';
            config.hosts.authdomain = 'meet.jitsi'
            config.bosh = 'https://localhost:8443/' + subdir + 'http-bind';
            config.websocket = 'wss://localhost:8443/' + subdir + 'xmpp-websocket';
            config.x = config.x || 'y';
            if (config.hosts.domain == 'other') { }"#;
        let values = read(text, &[]);
        assert_eq!(values["config.hosts.muc"], "muc.meet.jitsi");
        assert_eq!(values["config.hosts.domain"], "meet.jitsi");
        assert_eq!(values["config.hosts.authdomain"], "meet.jitsi");
        assert_eq!(values["config.websocket"], "wss://localhost:8443/xmpp-websocket");
        assert!(!values.contains_key("config.x"));
    }

    #[test]
    fn nonsense_ends() {
        let deep = "a = ".to_owned() + &"{a:".repeat(100_000);
        for text in
            ["", "'", "\"\\", "/*", "//", "a.b.c.", "a = ", "a = {", "a = {b", "a = {b:", "{{{{", "= = =", "a=a+a+a+", &deep]
        {
            read(text, &[]);
        }
        let growing = "a='x';".to_owned() + &"a=a+a;".repeat(1000);
        assert!(read(&growing, &[])["a"].len() <= MAX_VALUE);
        // A long name above many members, and beside them.
        for many in [
            format!("{} = {{{}}}", "x".repeat(500_000), "a:'',".repeat(100_000)),
            format!("x={{{}:{{{}}}}}", "y".repeat(500_000), "a:'',".repeat(100_000)),
        ] {
            assert!(read(&many, &[]).keys().map(String::len).sum::<usize>() <= MAX_VALUE);
        }
    }
}
