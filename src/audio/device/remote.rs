//! A login from elsewhere: the sound card is on the machine that the user sits at.

/// What is said where no sound is found, if we run in an ssh login.
pub fn advice() -> Option<&'static str> {
    advise(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

fn advise(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"].iter().any(|name| is_set(name)).then_some(
        "You are logged in over ssh, and sound belongs to the machine that you sit at: run conclave there. Or lend this machine \
         its sound server: log in with ssh -R /tmp/sound.sock:$XDG_RUNTIME_DIR/pulse/native HOST, and run \
         PULSE_SERVER=unix:/tmp/sound.sock conclave here. Or carry raw sound yourself, with --audio pipe.",
    )
}

/// A sentence, and the advice behind it if it applies.
pub fn with_advice(text: &str) -> String {
    advice().map_or_else(|| text.to_owned(), |advice| format!("{text} {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ssh_login_is_told_where_its_sound_is() {
        assert_eq!(advise(|_| false), None);
        for name in ["SSH_CONNECTION", "SSH_TTY"] {
            let text = advise(|n| n == name).unwrap();
            for word in ["run conclave there", "PULSE_SERVER=unix:", "--audio pipe"] {
                assert!(text.contains(word), "{text}");
            }
        }
    }
}
