# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_conclave_global_optspecs
    string join \n h/help V/version
end

function __fish_conclave_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_conclave_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_conclave_using_subcommand
    set -l cmd (__fish_conclave_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c conclave -n "__fish_conclave_needs_command" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_needs_command" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "join" -d 'Join a room'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "serve" -d 'Run a server'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "token" -d 'Print a LiveKit access token for scripts and stock SDKs'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "rooms" -d 'Manage the rooms of a server'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand join" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand join" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand token" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand token" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from join serve token rooms help" -f -a "join" -d 'Join a room'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from join serve token rooms help" -f -a "serve" -d 'Run a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from join serve token rooms help" -f -a "token" -d 'Print a LiveKit access token for scripts and stock SDKs'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from join serve token rooms help" -f -a "rooms" -d 'Manage the rooms of a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from join serve token rooms help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
