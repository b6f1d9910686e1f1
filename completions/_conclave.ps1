
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'conclave' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'conclave'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'conclave' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A call on this machine: a server, two synthetic people, and you')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List microphones and loudspeakers')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Become a server''s owner with its owner link')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a server')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a LiveKit access token for scripts and stock SDKs')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'Manage the rooms of a server')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print what --json writes and reads, as JSON Schema')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write those of all subcommands to a directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;join' {
            [CompletionResult]::new('--link-fd', '--link-fd', [CompletionResultType]::ParameterName, 'Read the link from this file descriptor')
            [CompletionResult]::new('--token-fd', '--token-fd', [CompletionResultType]::ParameterName, 'Read the access token of a LiveKit room from this file descriptor (or set CONCLAVE_TOKEN)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Your display name')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your display name')
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty)')
            [CompletionResult]::new('--play-at', '--play-at', [CompletionResultType]::ParameterName, 'When a file as microphone begins: when somebody can hear it, or at once')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Leave after this long (10s, 5m, 1h); exit code 0')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Report figures this often')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'Expect this server fingerprint, if the link has none')
            [CompletionResult]::new('--muted', '--muted', [CompletionResultType]::ParameterName, 'Begin with the microphone closed (the default, except with a file as microphone)')
            [CompletionResult]::new('--unmuted', '--unmuted', [CompletionResultType]::ParameterName, 'Begin with the microphone open')
            [CompletionResult]::new('--listen-only', '--listen-only', [CompletionResultType]::ParameterName, 'Only listen; publish no microphone')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON lines on standard output, commands as JSON lines on standard input')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen: for screen readers, logs and simple terminals')
            [CompletionResult]::new('--allow-plain', '--allow-plain', [CompletionResultType]::ParameterName, 'Accept a room that is not end-to-end encrypted (until encryption lands, every room is, and this is not required)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything; exit with code 77 instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;demo' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the call takes without a terminal')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where the recording goes without a terminal [default: a new directory for temporary files]')
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'Your devices, with a terminal (see conclave join --help)')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Run as without a terminal: JSON events, a recording, a summary')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;devices' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON array')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;login' {
            [CompletionResult]::new('--link-fd', '--link-fd', [CompletionResultType]::ParameterName, 'Read the owner link from this file descriptor')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The account''s name on the server')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port (TCP and UDP) to listen at; port 0 takes a free one [default: 0.0.0.0:8443, with --dev 127.0.0.1:8443]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms and keys are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--advertise', '--advertise', [CompletionResultType]::ParameterName, 'Address that clients send media to, if it is none of this machine''s (may be repeated)')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM, instead of a self-signed one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The certificate''s private key in PEM')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Development server: no encryption, this machine only, rooms come into being when first joined')
            [CompletionResult]::new('--insecure-listen', '--insecure-listen', [CompletionResultType]::ParameterName, 'Let --dev listen beyond this machine, without encryption')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON line instead of text when the server listens')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;token' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Who joins: unique in the room')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name that others see [default: the identity]')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long the token is good for: 90s, 15m, 1h, 7d')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;rooms;create' {
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'How it treats content; open = not end-to-end encrypted, stock LiveKit clients may join')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;delete' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;rooms;help;create' {
            break
        }
        'conclave;rooms;help;list' {
            break
        }
        'conclave;rooms;help;delete' {
            break
        }
        'conclave;rooms;help;help' {
            break
        }
        'conclave;json-schema' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;help' {
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A call on this machine: a server, two synthetic people, and you')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List microphones and loudspeakers')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Become a server''s owner with its owner link')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a server')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a LiveKit access token for scripts and stock SDKs')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'Manage the rooms of a server')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print what --json writes and reads, as JSON Schema')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write those of all subcommands to a directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;help;join' {
            break
        }
        'conclave;help;demo' {
            break
        }
        'conclave;help;devices' {
            break
        }
        'conclave;help;login' {
            break
        }
        'conclave;help;serve' {
            break
        }
        'conclave;help;token' {
            break
        }
        'conclave;help;rooms' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            break
        }
        'conclave;help;rooms;create' {
            break
        }
        'conclave;help;rooms;list' {
            break
        }
        'conclave;help;rooms;delete' {
            break
        }
        'conclave;help;json-schema' {
            break
        }
        'conclave;help;completions' {
            break
        }
        'conclave;help;man' {
            break
        }
        'conclave;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
