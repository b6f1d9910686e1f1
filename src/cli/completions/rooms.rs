//! What clap does not know of: the names of rooms, from the history on this machine, never from the network.

use clap_complete::Shell;

const BASH: &str = r#"
# Rooms where you were before, for conclave join.
_conclave_with_rooms() {
    _conclave "$@"
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" word joins=
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == join ]] && joins=yes
    done
    [[ -z $joins || $cur == -* ]] && return
    case "$prev" in
        @VALUES@) return ;;
    esac
    COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" history names 2>/dev/null)" -- "$cur") )
}
complete -F _conclave_with_rooms -o bashdefault -o default conclave
"#;

const ZSH: &str = r#"#compdef conclave

# Rooms where you were before, for conclave join.
_conclave_rooms() {
    local -a rooms
    rooms=(${(f)"$(_call_program rooms conclave history names 2>/dev/null)"})
    compadd -a rooms
}
"#;

const FISH: &str = "
# Rooms where you were before, for conclave join.
complete -c conclave -n \"__fish_conclave_using_subcommand join\" -f -a \"(conclave history names 2>/dev/null)\"
";

/// The script with them.
pub(super) fn added(shell: Shell, command: &clap::Command, script: String) -> String {
    match shell {
        Shell::Bash => script + &BASH.replace("@VALUES@", &values(command)),
        // The one thing that takes an address.
        Shell::Zsh => script.replacen("#compdef conclave\n", ZSH, 1).replace(":_urls'", ":_conclave_rooms'"),
        Shell::Fish => script + FISH,
        _ => script,
    }
}

/// The options of join that want a value, as a pattern of bash's.
fn values(command: &clap::Command) -> String {
    let join = command.find_subcommand("join");
    let options = join.into_iter().flat_map(clap::Command::get_arguments).chain(command.get_arguments());
    let names = options.filter(|o| o.get_action().takes_values()).flat_map(|option| {
        let long = option.get_long().map(|l| format!("--{l}"));
        long.into_iter().chain(option.get_short().map(|s| format!("-{s}")))
    });
    names.collect::<Vec<_>>().join(" | ")
}
