# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_conclave_global_optspecs
    string join \n c/config= P/profile= proxy-password-fd= line tui no-input proxy= no-proxy= h/help V/version
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

complete -c conclave -n "__fish_conclave_needs_command" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_needs_command" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_needs_command" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_needs_command" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_needs_command" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_needs_command" -l line -d 'Without a command: the rooms as plain lines, and the call too'
complete -c conclave -n "__fish_conclave_needs_command" -l tui -d 'Without a command: a full screen, also if you chose line mode when you were asked'
complete -c conclave -n "__fish_conclave_needs_command" -l no-input -d 'Without a command: never ask anything; print this help'
complete -c conclave -n "__fish_conclave_needs_command" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_needs_command" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "forget" -d 'Say what is kept of you on this machine, and delete it'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "ctl" -d 'Ask or tell a running call something'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "devices" -d 'List microphones and loudspeakers, and try them'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "doctor" -d 'Find out what stands between this machine and a meeting, and what to ask for'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "login" -d 'Log in to a server with a password or through your organisation, or become its owner with its owner link'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "logout" -d 'End your login at a server'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "whoami" -d 'Say who you are: your device, and your accounts on servers'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "keys" -d 'Your device key, whom you trust and whom you vouch for'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "secret" -d 'Make a room\'s secret, or carry it from a link to words and back'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "receipt" -d 'Check the receipt of a meeting: who was there, how known, whether encryption held'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "serve" -d 'Run a server'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "token" -d 'Print a LiveKit access token for scripts and stock SDKs'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "rooms" -d 'Manage the rooms of a server'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "invite" -d 'Invite people to a room, by links that end'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "load" -d 'Put many participants into a room, and measure what they get'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "proxy" -d 'The proxy that connections go through: show it, and keep your password for it'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "config" -d 'Show, change and check your configuration'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "json-schema" -d 'Print what --json writes and reads, as JSON Schema'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "man" -d 'Print the manual page, or write all pages of the manual to a directory'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "account" -d 'Your account on a server: second factor, and where you are logged in'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "people" -d 'Say who is in a room now'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "attach" -d 'Show a call that runs in the background, or in another terminal'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "demo" -d 'A call on this machine: a server, two synthetic people, and you'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "tutor" -d 'Learn a call in five minutes, with synthetic people who react, on this machine alone'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "history" -d 'The rooms where you were: list them, or forget them'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "echo" -d 'Hear yourself through the whole path, and how long it takes'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "join" -d 'Join a room'
complete -c conclave -n "__fish_conclave_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand forget" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l all -d 'Forget everything but your configuration'
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l yes -d 'Do not ask before deleting'
complete -c conclave -n "__fish_conclave_using_subcommand forget" -l json -d 'Print one JSON object: found, deleted, failed, notes'
complete -c conclave -n "__fish_conclave_using_subcommand forget" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand forget" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l pid -l session -d 'Which call, if several run: the number of its process' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l count -d 'With events and xray: end after this many' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l json -d 'Print the JSON lines themselves'
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -l follow -d 'With events: until the call ends (else: the next one)'
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand ctl" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -l json -d 'Print a JSON array'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -f -a "test" -d 'Play a soft tone, record your voice, play it back, and say how loud it was'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and not __fish_seen_subcommand_from test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l audio -d 'auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa or jack' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l seconds -d 'How long your voice is recorded, in seconds' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -l json -d 'Print one JSON object at the end instead of lines'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from help" -f -a "test" -d 'Play a soft tone, record your voice, play it back, and say how loud it was'
complete -c conclave -n "__fish_conclave_using_subcommand devices; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l audio -d 'Which sound is tried: auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa, jack, or null for none' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l bundle -d 'Write a report for support, which names no hosts, addresses, devices and files' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -l names -d 'Name them in the report'
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand login" -l link-fd -d 'Read the owner link from this file descriptor' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l password-fd -d 'Read the password from this file descriptor' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l name -d 'The account\'s name on the server; with an owner link \'owner\' if you say nothing' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l device -d 'What to call this device in the list of your logins [default: the machine\'s name]' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l setup-fd -d 'Read the setup code from this file descriptor' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l code-fd -d 'Read the code of the second factor, or a recovery code, from this file descriptor; without it you are asked' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand login" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand login" -l setup -d 'Your administrator gave you a setup code: you are asked for it and choose a password'
complete -c conclave -n "__fish_conclave_using_subcommand login" -l sso -d 'Sign in through your organisation: you are shown an address and a code to type there, in a browser on any machine'
complete -c conclave -n "__fish_conclave_using_subcommand login" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand login" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand logout" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand logout" -l forget -d 'Forget the account here even if the server cannot be told; the token stays good there until it expires'
complete -c conclave -n "__fish_conclave_using_subcommand logout" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand logout" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand whoami" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "show" -d 'Show your device key, where it is kept, and whom you know and trust'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "export" -d 'Print your device\'s public key as one line, for an administrator or a colleague'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "verify" -d 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "forget" -d 'Forget somebody; they are new to you the next time'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "trust" -d 'Trust an administrator\'s key for good: whom it vouches for is vouched for in rooms that you found'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "import" -d 'Take in a vouch for your device, or a revocation list: \'-\' reads standard input'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "rotate" -d 'Replace your device key by a new one'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "issuer" -d 'Administrators: the key that vouches, which lives in your keyring and never on a server'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "vouch" -d 'Administrators: vouch for somebody\'s device; prints one line for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "revoke" -d 'Administrators: revoke devices; prints the signed list for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand keys; and not __fish_seen_subcommand_from show export verify forget trust import rotate issuer vouch revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from forget" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -l remove -d 'Trust it no longer'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from trust" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -f -a "new" -d 'Make it'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -f -a "show" -d 'Print its public key, for \'conclave keys trust\' and \'conclave join --trust\''
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from issuer" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l subject -d 'Their name' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l hours -d 'How long it is good for, in hours' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from vouch" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show your device key, where it is kept, and whom you know and trust'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print your device\'s public key as one line, for an administrator or a colleague'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "forget" -d 'Forget somebody; they are new to you the next time'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "trust" -d 'Trust an administrator\'s key for good: whom it vouches for is vouched for in rooms that you found'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "import" -d 'Take in a vouch for your device, or a revocation list: \'-\' reads standard input'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Replace your device key by a new one'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "issuer" -d 'Administrators: the key that vouches, which lives in your keyring and never on a server'
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "vouch" -d 'Administrators: vouch for somebody\'s device; prints one line for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Administrators: revoke devices; prints the signed list for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -f -a "new" -d 'Print a room\'s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -f -a "words" -d 'Print the secret of a link as sixteen words, to be read out'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -f -a "link" -d 'Print a room\'s link with the secret that sixteen words say; a wrong or swapped word is named'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and not __fish_seen_subcommand_from new words link help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -l passphrase -d 'Print a passphrase instead, to be given with \'join --secret-fd\'. Weaker: a hostile server may try guesses'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from new" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -l fd -d 'Read the link (or its k alone) from this file descriptor; without it you are asked, or it is read from standard input' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from words" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -l fd -d 'Read the words from this file descriptor; without it you are asked, or they are read from standard input' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from link" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "new" -d 'Print a room\'s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "words" -d 'Print the secret of a link as sixteen words, to be read out'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "link" -d 'Print a room\'s link with the secret that sixteen words say; a wrong or swapped word is named'
complete -c conclave -n "__fish_conclave_using_subcommand secret; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -f -a "verify" -d 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -f -a "show" -d 'Show what it says, without checking the signatures'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and not __fish_seen_subcommand_from verify show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l trust -d 'An administrator\'s key that you trust (may be repeated): vouches by others are marked' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what it says, without checking the signatures'
complete -c conclave -n "__fish_conclave_using_subcommand receipt; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l listen -d 'Address and port (TCP and UDP) to listen at; port 0 takes a free one [default: [::]:8443, which is all of IPv6 and IPv4, or without IPv6 0.0.0.0:8443; with --dev 127.0.0.1:8443]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l config -d 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l data -d 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l advertise -d 'Address that clients send media to, if it is none of this machine\'s (may be repeated)' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l cert -d 'Certificate chain in PEM, instead of a self-signed one' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l key -d 'The certificate\'s private key in PEM' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l webhook -d 'Address that is told by POST who joins, leaves and publishes, as LiveKit\'s webhooks tell it (may be repeated)' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l metrics -d 'Serve metrics, /healthz and /readyz there, over plain HTTP on this machine' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l drain -d 'How long calls may go on when the server is told to end (SIGTERM); nobody new is let in meanwhile [default: 0]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l log -d 'How log lines look [default: text]' -r -f -a "text\t'For people'
json\t'One JSON object a line'"
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l sandbox -d 'Give up what a server does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [default: auto]' -r -f -a "auto\t'What the kernel has; a warning if something is missing'
strict\t'Landlock, as far as this kernel has it, and seccomp; or exit code 78'
off\t'Nothing'"
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l dev -d 'Development server: no encryption, this machine only, rooms come into being when first joined'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l insecure-listen -d 'Let --dev listen beyond this machine, without encryption'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -l json -d 'Print one JSON line instead of text when the server listens'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "user" -d 'Manage accounts'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "device" -d 'Manage logins: which device of whom'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "check" -d 'Find what would keep the server from starting or serving well, without starting it'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "config" -d 'The configuration file'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "certificate" -d 'The server\'s key, and the one that will follow it'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "audit" -d 'The audit log'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "backup" -d 'Copy everything of a server into one file, also while it runs'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "restore" -d 'Put a backup into an empty data directory'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "systemd-unit" -d 'Print a unit for systemd'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and not __fish_seen_subcommand_from user device check config certificate audit backup restore systemd-unit help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "add" -d 'Add an account'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "password" -d 'Set an account\'s password and end all its logins'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "reset" -d 'For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins, password and second factor'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "require-totp" -d 'Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "reset-totp" -d 'Take an account\'s second factor and recovery codes away, and end its logins'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "link" -d 'Let whom the OpenID provider signs in use this account (\'conclave login SERVER --sso\')'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "unlink" -d 'No provider signs this person in any more; all logins end'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "disable" -d 'Let nobody log in, and end all logins'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "enable" -d 'Let the person log in again'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "export" -d 'Print everything that is stored of somebody, as JSON'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "erase" -d 'Remove an account and everything that is stored of it, and end all its logins'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "remove" -d 'Remove an account and everything that is stored of it, and end all its logins'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "list" -d 'List the accounts'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "key" -d 'Print the key with which the server vouches for its accounts. Whoever takes the server\'s word as good as an administrator\'s says so with \'conclave keys trust\''
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from user" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -f -a "list" -d 'List where people are logged in'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -f -a "revoke" -d 'End the login of a device (a lost one, say), and the calls that it is in'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from device" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l config -d 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l data -d 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l listen -d 'Address and port to listen at, as for \'conclave serve\'' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON object'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -f -a "example" -d 'Print a file with every key, what it means and its default'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from config" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -f -a "show" -d 'Print the fingerprints of the present key and of the spare one'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -f -a "rotate" -d 'Make the spare key the server\'s key; whoever has heard of it (by a link or a visit) accepts it without a word'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from certificate" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -f -a "show" -d 'Print the newest entries, one a line'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from audit" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l recipient -d 'Encrypt it to this age recipient (age1…), whose private key need not be here' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l config -d 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l data -d 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from backup" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -l data -d 'The data directory to make, or an empty one' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -l identity -d 'The age identity that opens an encrypted backup: a file as age-keygen makes it' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from restore" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -l binary -d 'The program as the unit starts it [default: where this one is]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -l user -d 'The user that runs it, and whose the data directory is' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from systemd-unit" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "user" -d 'Manage accounts'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "device" -d 'Manage logins: which device of whom'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "check" -d 'Find what would keep the server from starting or serving well, without starting it'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "config" -d 'The configuration file'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "certificate" -d 'The server\'s key, and the one that will follow it'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "audit" -d 'The audit log'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "backup" -d 'Copy everything of a server into one file, also while it runs'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "restore" -d 'Put a backup into an empty data directory'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "systemd-unit" -d 'Print a unit for systemd'
complete -c conclave -n "__fish_conclave_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand token" -l identity -d 'Who joins: unique in the room [default with --load: load]' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l name -d 'The name that others see [default: the identity]' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l ttl -d 'How long the token is good for: 90s, 15m, 1h, 7d' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l data -d 'The server\'s data directory [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand token" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand token" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand token" -l load -d 'The token is for conclave load: each who brings it is another participant, the identity and a number'
complete -c conclave -n "__fish_conclave_using_subcommand token" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand token" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "create" -d 'Create a room'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "set" -d 'Change how a room is kept; whoever is in it is told within two seconds'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "show" -d 'Show how a room is kept'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "list" -d 'List the rooms'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "delete" -d 'Delete a room; whoever is in it is told that it has ended'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and not __fish_seen_subcommand_from create set show list delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l mode -d 'How it treats content: strict = end-to-end encrypted, sound of constant size and rate; balanced = end-to-end encrypted, the server sees who speaks; open = not end-to-end encrypted, stock LiveKit clients may join' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l invite-only -d 'Let in only who has an account on the server or an invite (\'conclave invite create\') [default: as the server\'s policy says]' -r -f -a "true\t''
false\t''"
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l waiting-room -d 'Who comes waits until a moderator lets them in' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l host-required -d 'Nobody is let in before an owner or moderator is there' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l speak -d 'Who may speak' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l chat -d 'Who may write (in end-to-end encrypted rooms the members\' clients keep to it, and the server cannot see it)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l share -d 'Who may share a screen or other sound' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l record -d 'Who may record (the members\' clients keep to it; who hears can keep what they hear)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l lock -d 'Let nobody new in but owners and moderators' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l capacity -d 'How many people the room takes, or "none" for as many as the server' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l marking -d 'The protective marking that everybody is shown all the time, such as OFFICIAL; "" for none' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l retention -d 'Delete what the server keeps of the room\'s meetings after so many days without one, or "none" to keep it' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l role -d 'The role of an account in this room: owner is given by the server\'s own owners\' accounts; moderator, speaker, listener, guest, bot, or none to take it away; may be given several times' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l waiting-room -d 'Who comes waits until a moderator lets them in' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l host-required -d 'Nobody is let in before an owner or moderator is there' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l speak -d 'Who may speak' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l chat -d 'Who may write (in end-to-end encrypted rooms the members\' clients keep to it, and the server cannot see it)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l share -d 'Who may share a screen or other sound' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l record -d 'Who may record (the members\' clients keep to it; who hears can keep what they hear)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l lock -d 'Let nobody new in but owners and moderators' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l capacity -d 'How many people the room takes, or "none" for as many as the server' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l marking -d 'The protective marking that everybody is shown all the time, such as OFFICIAL; "" for none' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l retention -d 'Delete what the server keeps of the room\'s meetings after so many days without one, or "none" to keep it' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l role -d 'The role of an account in this room: owner is given by the server\'s own owners\' accounts; moderator, speaker, listener, guest, bot, or none to take it away; may be given several times' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -l forget-bans -d 'Ban nobody from it any more, from its next meeting on'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a room'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "set" -d 'Change how a room is kept; whoever is in it is told within two seconds'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show how a room is kept'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the rooms'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a room; whoever is in it is told that it has ended'
complete -c conclave -n "__fish_conclave_using_subcommand rooms; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -f -a "create" -d 'Make an invite and print its link, which is a secret: whoever has it gets in'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -f -a "list" -d 'List the invites: what they are, and how often they were used'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -f -a "revoke" -d 'End an invite; who came in by it stays'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l role -d 'What whoever comes by it is: moderator, speaker, listener, guest or bot' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l expires -d 'How long it is good: 30m, 24h, 7d; at most a year' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l uses -d 'For how many joins it is good' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l pin-fd -d 'Read the PIN (at least 4 characters) from this file descriptor' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l url -d 'With --data: the address that guests reach the server at, for the link: https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l pin -d 'Ask for a PIN beside the link: a random one is made and printed; give it to your guest by another way than the link. Ten wrong ones lock the invite'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON object'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l data -d 'The server\'s data directory, on its own machine [default: conclave/server in the XDG data directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l server -d 'The server\'s address, after \'conclave login\': https://HOST[:PORT]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make an invite and print its link, which is a secret: whoever has it gets in'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the invites: what they are, and how often they were used'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'End an invite; who came in by it stays'
complete -c conclave -n "__fish_conclave_using_subcommand invite; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand load" -s n -l participants -d 'How many participants each room has, speakers included' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l speakers -d 'How many of each room speak' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l rooms -d 'Spread over so many rooms, ROOM-1 and so on; needs the API key' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l decode -d 'How many of how many decode what they hear, as a client does; the others decrypt and count' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l ramp -d 'Joins per second' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l duration -d 'How long everybody stays once all are in' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l churn -d 'So many leave, and others come for them, meanwhile' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l token-file -d 'A file with an access token: of conclave token --load, or one a line for each participant (or set CONCLAVE_TOKEN)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand load" -l api-key-file -d 'A file with the server\'s API key and secret, in one line or two (or set LIVEKIT_API_KEY and LIVEKIT_API_SECRET): tokens are made from it' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand load" -l room -d 'With an API key of a LiveKit server: the room' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l fingerprint -d 'Expect this server fingerprint, if the link has none' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-loss -d 'Packets lost: 1% or 0.01' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-join-p50 -d 'Median of the time from the first dial to media being up' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-join-p95 -d '95 % of these' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-first-sound-p95 -d '95 % of the times from the first dial to the first sound' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-delay-p50 -d 'Median of the time from a speaker to a listener' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-delay-p99 -d '99 % of these' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-concealed -d 'Decoded sound that had to be made up' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-reconnects -d 'How often participants lose their connection' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l max-failures -d 'Participants that cannot join, or are put out' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l junit -d 'Write the thresholds to this file, for a CI system' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand load" -l prometheus -d 'Write the figures to this file, for a node exporter\'s textfile collector' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand load" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand load" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand load" -l json -d 'A JSON object a second on standard output, and one at the end'
complete -c conclave -n "__fish_conclave_using_subcommand load" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand load" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -f -a "show" -d 'Say which proxy connections go through, and who named it'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -f -a "login" -d 'Keep your name and password at the proxy, for all commands'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -f -a "logout" -d 'Forget them'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and not __fish_seen_subcommand_from show login logout help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l name -d 'Your name there; with NTLM perhaps DOMAIN\\NAME [default: the one in the proxy\'s address; you are asked without]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l password-fd -d 'Read the password from this file descriptor; without it you are asked' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from login" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from logout" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from help" -f -a "show" -d 'Say which proxy connections go through, and who named it'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from help" -f -a "login" -d 'Keep your name and password at the proxy, for all commands'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from help" -f -a "logout" -d 'Forget them'
complete -c conclave -n "__fish_conclave_using_subcommand proxy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "show" -d 'Show every key, what it is, and who set it'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "get" -d 'Print what a key is; exit code 1 and nothing if nobody set it'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "set" -d 'Set a key in your configuration (with -P in that profile); comments stay'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "check" -d 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "schema" -d 'Print the keys as JSON Schema, for editors'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "path" -d 'Say where the files are'
complete -c conclave -n "__fish_conclave_using_subcommand config; and not __fish_seen_subcommand_from show get set check schema path help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -l unset -d 'Take the key out, so that its default counts again'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from schema" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show every key, what it is, and who set it'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print what a key is; exit code 1 and nothing if nobody set it'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set a key in your configuration (with -P in that profile); comments stay'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the keys as JSON Schema, for editors'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Say where the files are'
complete -c conclave -n "__fish_conclave_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand json-schema" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand completions" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand completions" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand completions" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand completions" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand completions" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand completions" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand completions" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand man" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand man" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand man" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand man" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand man" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand man" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand man" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -f -a "totp" -d 'A code beside the password at each login (TOTP), from a program on your phone or another machine'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -f -a "devices" -d 'List where you are logged in'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -f -a "revoke" -d 'End the login of a device (a lost one, say); a call that it is in ends too'
complete -c conclave -n "__fish_conclave_using_subcommand account; and not __fish_seen_subcommand_from totp devices revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -f -a "on" -d 'Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -f -a "off" -d 'End it: from now on the password is enough'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -f -a "recovery-codes" -d 'Make ten fresh recovery codes; the ones before count no longer'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from totp" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l server -d 'The server\'s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from devices" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l server -d 'The server\'s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from help" -f -a "totp" -d 'A code beside the password at each login (TOTP), from a program on your phone or another machine'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from help" -f -a "devices" -d 'List where you are logged in'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'End the login of a device (a lost one, say); a call that it is in ends too'
complete -c conclave -n "__fish_conclave_using_subcommand account; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand people" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l server -d 'The server\'s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand people" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand people" -l json -d 'Print one JSON document'
complete -c conclave -n "__fish_conclave_using_subcommand people" -s h -l help -d 'Print help'
complete -c conclave -n "__fish_conclave_using_subcommand people" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l theme -d 'Colours of the full screen [default: by NO_COLOR and the terminal]' -r -f -a "default\t'Sixteen colours on the terminal\'s own background'
mono\t'None: bold and reversed only'
high-contrast\t'Bright on black, whatever the terminal\'s own colours are'"
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l lang -d 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]' -r -f -a "auto\t'By LC_ALL, LC_MESSAGES or LANG'
en\t'English'
mi\t'Te reo Māori'
de\t'Deutsch'
fr\t'Français'
es\t'Español'"
complete -c conclave -n "__fish_conclave_using_subcommand attach" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand attach" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l json -d 'JSON lines on standard output, the first of them a snapshot, and commands as JSON lines on standard input'
complete -c conclave -n "__fish_conclave_using_subcommand attach" -l line -d 'Plain lines instead of a full screen'
complete -c conclave -n "__fish_conclave_using_subcommand attach" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand attach" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l duration -d 'How long the call takes without a terminal' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l out -d 'Where the recording goes without a terminal [default: a new directory for temporary files]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l audio -d 'Your devices, with a terminal (see conclave join --help) [config: audio.devices]' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l lang -d 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]' -r -f -a "auto\t'By LC_ALL, LC_MESSAGES or LANG'
en\t'English'
mi\t'Te reo Māori'
de\t'Deutsch'
fr\t'Français'
es\t'Español'"
complete -c conclave -n "__fish_conclave_using_subcommand demo" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand demo" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l line -d 'Plain lines instead of a full screen'
complete -c conclave -n "__fish_conclave_using_subcommand demo" -l json -d 'Run as without a terminal: JSON events, a recording, a summary'
complete -c conclave -n "__fish_conclave_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand demo" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l audio -d 'Your devices (see conclave join --help); null: no sound is needed [config: audio.devices]' -r
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l lang -d 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]' -r -f -a "auto\t'By LC_ALL, LC_MESSAGES or LANG'
en\t'English'
mi\t'Te reo Māori'
de\t'Deutsch'
fr\t'Français'
es\t'Español'"
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l line -d 'Plain lines instead of a full screen: for screen readers and simple terminals'
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -l no-input -d 'Never ask anything: a lesson needs a person, so this ends with exit code 77'
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand tutor" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand history" -l server -d 'The server whose rooms are named without it [config: server]' -r
complete -c conclave -n "__fish_conclave_using_subcommand history" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand history" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand history" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand history" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand history" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand history" -l json -d 'Print one JSON object'
complete -c conclave -n "__fish_conclave_using_subcommand history" -l no-history -d 'There is no history: none is kept and none is shown [config: history.rooms]'
complete -c conclave -n "__fish_conclave_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand history" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l seconds -d 'End after so many seconds [default: when you press Ctrl-C; 15 without a terminal]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l fingerprint -d 'Expect this server fingerprint, if the address has none' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l audio -d 'auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty) [config: audio.devices]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l transport -d 'The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn (by a relay that the server names) [config: net.transport]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l sandbox -d 'Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [config: sandbox]' -r -f -a "auto\t'What the kernel has; a warning if something is missing'
strict\t'Landlock, as far as this kernel has it, and seccomp; or exit code 78'
off\t'Nothing'"
complete -c conclave -n "__fish_conclave_using_subcommand echo" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand echo" -l json -d 'One JSON object per measurement, and one at the end'
complete -c conclave -n "__fish_conclave_using_subcommand echo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand echo" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l link-fd -d 'Read the link from this file descriptor' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l token-fd -d 'Read the access token of a LiveKit room from this file descriptor (or set CONCLAVE_TOKEN)' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l pin-fd -d 'Read the PIN of the link\'s invite from this file descriptor; without it you are asked' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l play-at -d 'When a file as microphone begins: when somebody can hear it, or at once' -r -f -a "heard\t'When the first other member\'s media is connected'
join\t'At once'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l duration -d 'Leave after this long (10s, 5m, 1h); exit code 0' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l stats -d 'Report figures this often' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l expect -d 'Expect an event, "EVENT [who=NAME] [FIELD=VALUE] [within=TIME]": where it does not come in time (counted from the start, or before the end), the call ends with exit code 83. May be given more than once' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l leave-when -d 'Leave, with exit code 0, when the last of the others has left (empty), when the last host has (host-leaves), or at an event as for --expect. May be given more than once' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l junit -d 'Write what was expected, and what came of it, as JUnit XML' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand join" -l identity -d 'Where your device key is: in the keyring (the default if there is one), or made for this run only' -r -f -a "keyring\t'In the keyring'
ephemeral\t'Nowhere: made for this run'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l identity-fd -d 'Read the device key\'s seed (32 bytes as base64url) from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -s P -l profile -d 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l passphrase-fd -d 'Read the vault\'s passphrase from this file descriptor (0 is standard input)' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l secret-fd -d 'Read the room\'s secret from this file descriptor: a link\'s k, its 16 words, or a passphrase' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l admission -d 'If you are the first: who lets others in. auto (anybody), admit (you), link (whoever knows the room\'s secret)' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l trust -d 'Trust this administrator\'s key for this call (may be repeated); \'conclave keys trust\' does so for good' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l fingerprint -d 'Expect this server fingerprint, if the link has none' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l receipt -d 'When the call is over, write a receipt of it that the others have signed to this file, which must not exist yet; in rooms that keep receipts. Exit code 73 if there is none' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand join" -l log-file -d 'Log into this file, in place of ~/.local/state/conclave/log' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand join" -s n -l name -d 'Your display name [config: name]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l server -d 'The server of a room that is named without one: conclave join board [config: server]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l keyring -d 'Where your secrets are kept: auto (your desktop\'s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l audio -d 'auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty) [config: audio.devices]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l echo-cancel -d 'Take out of the microphone what the loudspeaker plays; auto: not with a headset, a file or a pipe [config: audio.echo_cancel]' -r -f -a "auto\t'With loudspeakers, and not with a headset'
on\t'Always'
off\t'Never'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l noise -d 'Lower the noise around the speaker [default: on, except for a file or a pipe] [config: audio.noise]' -r -f -a "on\t'Most of it'
strong\t'More, and some of the voice with it'
off\t'Nothing'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l gain -d 'Bring the voice to a usual level [default: on, except for a file or a pipe] [config: audio.gain]' -r -f -a "on\t'On'
off\t'Off'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l frame -d 'Milliseconds of sound in one packet while the way is good: 10 is heard 10 ms sooner and costs 28 kbit/s more [config: audio.frame]' -r -f -a "10\t'10 ms'
20\t'20 ms'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l transport -d 'The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn (by a relay that the server names) [config: net.transport]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l earcons -d 'Tones that tell what happens, for your ears only: all, none, or a list of muted, unmuted, join, leave, knock, hand, lost, back [default: all in line mode; knock, lost and back on a full screen; none with a file, a pipe or --json] [config: audio.earcons]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l reconnect -d 'When the server is lost, try to come back for this long before the call ends with exit code 75 (0s: not at all) [config: call.reconnect]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l lang -d 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]' -r -f -a "auto\t'By LC_ALL, LC_MESSAGES or LANG'
en\t'English'
mi\t'Te reo Māori'
de\t'Deutsch'
fr\t'Français'
es\t'Español'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l theme -d 'Colours of the full screen [default: by NO_COLOR and the terminal] [config: ui.theme]' -r -f -a "default\t'Sixteen colours on the terminal\'s own background'
mono\t'None: bold and reversed only'
high-contrast\t'Bright on black, whatever the terminal\'s own colours are'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l motion -d 'Whether things move that nobody asked for: a clock, figures, your level [default: auto = unless a screen reader is likely] [config: ui.motion]' -r -f -a "auto\t'As the environment asks for'
on\t'On'
off\t'Off'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l hyperlinks -d 'Whether links in messages can be clicked [default: auto = where the terminal is known to open them] [config: ui.hyperlinks]' -r -f -a "auto\t'As the environment asks for'
on\t'On'
off\t'Off'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l mode -d 'What you expect of the room: strict (the default), balanced or open. A room that protects less is refused [config: e2ee.mode]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l recordings -d 'Where recordings that begin during the call may be written [default: the current directory, unless that is the home directory or above it] [config: record.directory]' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand join" -l log-level -d 'The least that is logged: error, warn, info or debug [config: log.level]' -r -f -a "error\t'Something failed'
warn\t'Something that the user was warned of'
info\t'What happened in the call'
debug\t'Figures, and what happened inside'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -l log-keep -d 'How many log files are kept [config: log.keep]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l sandbox -d 'Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [config: sandbox]' -r -f -a "auto\t'What the kernel has; a warning if something is missing'
strict\t'Landlock, as far as this kernel has it, and seccomp; or exit code 78'
off\t'Nothing'"
complete -c conclave -n "__fish_conclave_using_subcommand join" -s c -l config -d 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)' -r -F
complete -c conclave -n "__fish_conclave_using_subcommand join" -l proxy-password-fd -d 'Read the proxy\'s password from this file descriptor; its address names the user. \'conclave proxy login\' keeps it instead' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l proxy -d 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l no-proxy -d 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]' -r
complete -c conclave -n "__fish_conclave_using_subcommand join" -l listen-only -d 'Only listen; publish no microphone'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l json -d 'JSON lines on standard output, commands as JSON lines on standard input'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l check -d 'Before joining, show your name, what the link says of security, and how loud you are, and play a tone if you like'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l tui -d 'A full screen, also if you chose line mode when you were asked'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l detach -d 'The call goes on in the background, with a closed microphone: prints its number, with which conclave attach shows it and conclave ctl --pid steers it'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l detached -d 'The same, in the process that it begins'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l allow-plain -d 'Accept a room that is not end-to-end encrypted'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l no-recording -d 'If you are the first: nobody may record'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l ask-receipts -d 'If you are the first: members\' clients sign receipts of the meeting (who was there, how known, whether encryption held)'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l no-input -d 'Never ask anything; exit with code 77 instead'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l muted -d 'Begin with the microphone closed (the default, except with a file as microphone) [config: audio.start_muted]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l unmuted -d 'Begin with the microphone open [config: audio.start_muted]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l release-when-muted -d 'Give the microphone\'s device back to the system while it is closed: its light goes out, opening takes a moment longer, and nobody can tell you that you speak into a closed microphone [config: audio.release_when_muted]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l line -d 'Plain lines instead of a full screen: for screen readers, logs and simple terminals [config: ui.mode]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l mouse -d 'Select and scroll with the mouse (the terminal\'s own copy and paste then needs Shift) [config: ui.mouse]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l bell -d 'Ring the terminal\'s bell when somebody asks to be let in, writes to you alone or writes your name [config: ui.bell]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l notify -d 'Tell the desktop of the same, through the terminal and without names or texts [config: ui.notify]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l title -d 'Name the room in the window\'s title, where others may see it in lists of windows [config: ui.title]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l require-e2ee -d 'End with exit code 80 unless the room is end-to-end encrypted [config: e2ee.require]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l require-vouched -d 'End with exit code 80 unless everybody in the room is vouched for or verified [config: e2ee.require_vouched]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l never-record -d 'Keep nothing of this call in a file: no recording begins, and no file is a loudspeaker [config: record.allow]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l no-history -d 'Do not note this room in the history [config: history.rooms]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l keep-secret -d 'Keep the room\'s secret in your keyring, so that the room can be joined again without it: by its link alone, by its name in the history, or from the list of rooms [config: history.secrets]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -l no-log -d 'Log nothing in files [config: log.file]'
complete -c conclave -n "__fish_conclave_using_subcommand join" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c conclave -n "__fish_conclave_using_subcommand join" -s V -l version -d 'Print version'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "forget" -d 'Say what is kept of you on this machine, and delete it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "ctl" -d 'Ask or tell a running call something'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "devices" -d 'List microphones and loudspeakers, and try them'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "doctor" -d 'Find out what stands between this machine and a meeting, and what to ask for'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "login" -d 'Log in to a server with a password or through your organisation, or become its owner with its owner link'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "logout" -d 'End your login at a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "whoami" -d 'Say who you are: your device, and your accounts on servers'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "keys" -d 'Your device key, whom you trust and whom you vouch for'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "secret" -d 'Make a room\'s secret, or carry it from a link to words and back'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "receipt" -d 'Check the receipt of a meeting: who was there, how known, whether encryption held'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "serve" -d 'Run a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "token" -d 'Print a LiveKit access token for scripts and stock SDKs'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "rooms" -d 'Manage the rooms of a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "invite" -d 'Invite people to a room, by links that end'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "load" -d 'Put many participants into a room, and measure what they get'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "proxy" -d 'The proxy that connections go through: show it, and keep your password for it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "config" -d 'Show, change and check your configuration'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "json-schema" -d 'Print what --json writes and reads, as JSON Schema'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "man" -d 'Print the manual page, or write all pages of the manual to a directory'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "account" -d 'Your account on a server: second factor, and where you are logged in'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "people" -d 'Say who is in a room now'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "attach" -d 'Show a call that runs in the background, or in another terminal'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "demo" -d 'A call on this machine: a server, two synthetic people, and you'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "tutor" -d 'Learn a call in five minutes, with synthetic people who react, on this machine alone'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "history" -d 'The rooms where you were: list them, or forget them'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "echo" -d 'Hear yourself through the whole path, and how long it takes'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "join" -d 'Join a room'
complete -c conclave -n "__fish_conclave_using_subcommand help; and not __fish_seen_subcommand_from forget ctl devices doctor login logout whoami keys secret receipt serve token rooms invite load proxy config json-schema completions man account people attach demo tutor history echo join help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from devices" -f -a "test" -d 'Play a soft tone, record your voice, play it back, and say how loud it was'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "show" -d 'Show your device key, where it is kept, and whom you know and trust'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "export" -d 'Print your device\'s public key as one line, for an administrator or a colleague'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "verify" -d 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "forget" -d 'Forget somebody; they are new to you the next time'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "trust" -d 'Trust an administrator\'s key for good: whom it vouches for is vouched for in rooms that you found'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "import" -d 'Take in a vouch for your device, or a revocation list: \'-\' reads standard input'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "rotate" -d 'Replace your device key by a new one'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "issuer" -d 'Administrators: the key that vouches, which lives in your keyring and never on a server'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "vouch" -d 'Administrators: vouch for somebody\'s device; prints one line for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "revoke" -d 'Administrators: revoke devices; prints the signed list for \'conclave keys import -\''
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from secret" -f -a "new" -d 'Print a room\'s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from secret" -f -a "words" -d 'Print the secret of a link as sixteen words, to be read out'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from secret" -f -a "link" -d 'Print a room\'s link with the secret that sixteen words say; a wrong or swapped word is named'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from receipt" -f -a "verify" -d 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from receipt" -f -a "show" -d 'Show what it says, without checking the signatures'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "user" -d 'Manage accounts'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "device" -d 'Manage logins: which device of whom'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "check" -d 'Find what would keep the server from starting or serving well, without starting it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "config" -d 'The configuration file'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "certificate" -d 'The server\'s key, and the one that will follow it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "audit" -d 'The audit log'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "backup" -d 'Copy everything of a server into one file, also while it runs'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "restore" -d 'Put a backup into an empty data directory'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "systemd-unit" -d 'Print a unit for systemd'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from rooms" -f -a "create" -d 'Create a room'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from rooms" -f -a "set" -d 'Change how a room is kept; whoever is in it is told within two seconds'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from rooms" -f -a "show" -d 'Show how a room is kept'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from rooms" -f -a "list" -d 'List the rooms'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from rooms" -f -a "delete" -d 'Delete a room; whoever is in it is told that it has ended'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "create" -d 'Make an invite and print its link, which is a secret: whoever has it gets in'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "list" -d 'List the invites: what they are, and how often they were used'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from invite" -f -a "revoke" -d 'End an invite; who came in by it stays'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from proxy" -f -a "show" -d 'Say which proxy connections go through, and who named it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from proxy" -f -a "login" -d 'Keep your name and password at the proxy, for all commands'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from proxy" -f -a "logout" -d 'Forget them'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show every key, what it is, and who set it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Print what a key is; exit code 1 and nothing if nobody set it'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "set" -d 'Set a key in your configuration (with -P in that profile); comments stay'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "check" -d 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "schema" -d 'Print the keys as JSON Schema, for editors'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Say where the files are'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from account" -f -a "totp" -d 'A code beside the password at each login (TOTP), from a program on your phone or another machine'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from account" -f -a "devices" -d 'List where you are logged in'
complete -c conclave -n "__fish_conclave_using_subcommand help; and __fish_seen_subcommand_from account" -f -a "revoke" -d 'End the login of a device (a lost one, say); a call that it is in ends too'

# Rooms where you were before, for conclave join.
complete -c conclave -n "__fish_conclave_using_subcommand join" -f -a "(conclave history names 2>/dev/null)"
