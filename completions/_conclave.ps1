
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
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Without a command: the rooms as plain lines, and the call too')
            [CompletionResult]::new('--tui', '--tui', [CompletionResultType]::ParameterName, 'Without a command: a full screen, also if you chose line mode when you were asked')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Without a command: never ask anything; print this help')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Say what is kept of you on this machine, and delete it')
            [CompletionResult]::new('ctl', 'ctl', [CompletionResultType]::ParameterValue, 'Ask or tell a running call something')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List microphones and loudspeakers, and try them')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what stands between this machine and a meeting, and what to ask for')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to a server with a password or through your organisation, or become its owner with its owner link')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End your login at a server')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Say who you are: your device, and your accounts on servers')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Your device key, whom you trust and whom you vouch for')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Make a room''s secret, or carry it from a link to words and back')
            [CompletionResult]::new('receipt', 'receipt', [CompletionResultType]::ParameterValue, 'Check the receipt of a meeting: who was there, how known, whether encryption held')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a server')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a LiveKit access token for scripts and stock SDKs')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'Manage the rooms of a server')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Invite people to a room, by links that end')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Put many participants into a room, and measure what they get')
            [CompletionResult]::new('proxy', 'proxy', [CompletionResultType]::ParameterValue, 'The proxy that connections go through: show it, and keep your password for it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show, change and check your configuration')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print what --json writes and reads, as JSON Schema')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write all pages of the manual to a directory')
            [CompletionResult]::new('account', 'account', [CompletionResultType]::ParameterValue, 'Your account on a server: second factor, and where you are logged in')
            [CompletionResult]::new('people', 'people', [CompletionResultType]::ParameterValue, 'Say who is in a room now')
            [CompletionResult]::new('attach', 'attach', [CompletionResultType]::ParameterValue, 'Show a call that runs in the background, or in another terminal')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A call on this machine: a server, two synthetic people, and you')
            [CompletionResult]::new('tutor', 'tutor', [CompletionResultType]::ParameterValue, 'Learn a call in five minutes, with synthetic people who react, on this machine alone')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'The rooms where you were: list them, or forget them')
            [CompletionResult]::new('echo', 'echo', [CompletionResultType]::ParameterValue, 'Hear yourself through the whole path, and how long it takes')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room of a Conclave server, of Jitsi Meet, or of a LiveKit server')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;forget' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Forget everything but your configuration')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before deleting')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: found, deleted, failed, notes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;ctl' {
            [CompletionResult]::new('--pid', '--pid', [CompletionResultType]::ParameterName, 'Which call, if several run: the number of its process')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Which call, if several run: the number of its process')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'With events and xray: end after this many')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the JSON lines themselves')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'With events: until the call ends (else: the next one)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;devices' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON array')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Play a soft tone, record your voice, play it back, and say how loud it was')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;devices;test' {
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa or jack')
            [CompletionResult]::new('--seconds', '--seconds', [CompletionResultType]::ParameterName, 'How long your voice is recorded, in seconds')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object at the end instead of lines')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;devices;help' {
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Play a soft tone, record your voice, play it back, and say how loud it was')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;devices;help;test' {
            break
        }
        'conclave;devices;help;help' {
            break
        }
        'conclave;doctor' {
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'Which sound is tried: auto, pulse[:MICROPHONE,LOUDSPEAKER], alsa, jack, or null for none')
            [CompletionResult]::new('--bundle', '--bundle', [CompletionResultType]::ParameterName, 'Write a report for support, which names no hosts, addresses, devices and files')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Name them in the report')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;login' {
            [CompletionResult]::new('--link-fd', '--link-fd', [CompletionResultType]::ParameterName, 'Read the owner link from this file descriptor')
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password from this file descriptor')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The account''s name on the server; with an owner link ''owner'' if you say nothing')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'What to call this device in the list of your logins [default: the machine''s name]')
            [CompletionResult]::new('--setup-fd', '--setup-fd', [CompletionResultType]::ParameterName, 'Read the setup code from this file descriptor')
            [CompletionResult]::new('--code-fd', '--code-fd', [CompletionResultType]::ParameterName, 'Read the code of the second factor, or a recovery code, from this file descriptor; without it you are asked')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--setup', '--setup', [CompletionResultType]::ParameterName, 'Your administrator gave you a setup code: you are asked for it and choose a password')
            [CompletionResult]::new('--sso', '--sso', [CompletionResultType]::ParameterName, 'Sign in through your organisation: you are shown an address and a code to type there, in a browser on any machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;logout' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Forget the account here even if the server cannot be told; the token stays good there until it expires')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;whoami' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show your device key, where it is kept, and whom you know and trust')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print your device''s public key as one line, for an administrator or a colleague')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Forget somebody; they are new to you the next time')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust an administrator''s key for good: whom it vouches for is vouched for in rooms that you found')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in a vouch for your device, or a revocation list: ''-'' reads standard input')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace your device key by a new one')
            [CompletionResult]::new('issuer', 'issuer', [CompletionResultType]::ParameterValue, 'Administrators: the key that vouches, which lives in your keyring and never on a server')
            [CompletionResult]::new('vouch', 'vouch', [CompletionResultType]::ParameterValue, 'Administrators: vouch for somebody''s device; prints one line for ''conclave keys import -''')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Administrators: revoke devices; prints the signed list for ''conclave keys import -''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;keys;show' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;export' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;verify' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;forget' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;trust' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Trust it no longer')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;import' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;rotate' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;issuer' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print its public key, for ''conclave keys trust'' and ''conclave join --trust''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;keys;issuer;new' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace the one that is there; all its vouches lose their worth once nobody trusts it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;issuer;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;issuer;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print its public key, for ''conclave keys trust'' and ''conclave join --trust''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;keys;issuer;help;new' {
            break
        }
        'conclave;keys;issuer;help;show' {
            break
        }
        'conclave;keys;issuer;help;help' {
            break
        }
        'conclave;keys;vouch' {
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Their name')
            [CompletionResult]::new('--hours', '--hours', [CompletionResultType]::ParameterName, 'How long it is good for, in hours')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;revoke' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;keys;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show your device key, where it is kept, and whom you know and trust')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print your device''s public key as one line, for an administrator or a colleague')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Forget somebody; they are new to you the next time')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust an administrator''s key for good: whom it vouches for is vouched for in rooms that you found')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in a vouch for your device, or a revocation list: ''-'' reads standard input')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace your device key by a new one')
            [CompletionResult]::new('issuer', 'issuer', [CompletionResultType]::ParameterValue, 'Administrators: the key that vouches, which lives in your keyring and never on a server')
            [CompletionResult]::new('vouch', 'vouch', [CompletionResultType]::ParameterValue, 'Administrators: vouch for somebody''s device; prints one line for ''conclave keys import -''')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Administrators: revoke devices; prints the signed list for ''conclave keys import -''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;keys;help;show' {
            break
        }
        'conclave;keys;help;export' {
            break
        }
        'conclave;keys;help;verify' {
            break
        }
        'conclave;keys;help;forget' {
            break
        }
        'conclave;keys;help;trust' {
            break
        }
        'conclave;keys;help;import' {
            break
        }
        'conclave;keys;help;rotate' {
            break
        }
        'conclave;keys;help;issuer' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print its public key, for ''conclave keys trust'' and ''conclave join --trust''')
            break
        }
        'conclave;keys;help;issuer;new' {
            break
        }
        'conclave;keys;help;issuer;show' {
            break
        }
        'conclave;keys;help;vouch' {
            break
        }
        'conclave;keys;help;revoke' {
            break
        }
        'conclave;keys;help;help' {
            break
        }
        'conclave;secret' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Print a room''s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said')
            [CompletionResult]::new('words', 'words', [CompletionResultType]::ParameterValue, 'Print the secret of a link as sixteen words, to be read out')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Print a room''s link with the secret that sixteen words say; a wrong or swapped word is named')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;secret;new' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--passphrase', '--passphrase', [CompletionResultType]::ParameterName, 'Print a passphrase instead, to be given with ''join --secret-fd''. Weaker: a hostile server may try guesses')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;secret;words' {
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the link (or its k alone) from this file descriptor; without it you are asked, or it is read from standard input')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;secret;link' {
            [CompletionResult]::new('--fd', '--fd', [CompletionResultType]::ParameterName, 'Read the words from this file descriptor; without it you are asked, or they are read from standard input')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;secret;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Print a room''s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said')
            [CompletionResult]::new('words', 'words', [CompletionResultType]::ParameterValue, 'Print the secret of a link as sixteen words, to be read out')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Print a room''s link with the secret that sixteen words say; a wrong or swapped word is named')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;secret;help;new' {
            break
        }
        'conclave;secret;help;words' {
            break
        }
        'conclave;secret;help;link' {
            break
        }
        'conclave;secret;help;help' {
            break
        }
        'conclave;receipt' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what it says, without checking the signatures')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;receipt;verify' {
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'An administrator''s key that you trust (may be repeated): vouches by others are marked')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;receipt;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;receipt;help' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what it says, without checking the signatures')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;receipt;help;verify' {
            break
        }
        'conclave;receipt;help;show' {
            break
        }
        'conclave;receipt;help;help' {
            break
        }
        'conclave;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port (TCP and UDP) to listen at; port 0 takes a free one [default: [::]:8443, which is all of IPv6 and IPv4, or without IPv6 0.0.0.0:8443; with --dev 127.0.0.1:8443]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--advertise', '--advertise', [CompletionResultType]::ParameterName, 'Address that clients send media to, if it is none of this machine''s (may be repeated)')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Certificate chain in PEM, instead of a self-signed one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The certificate''s private key in PEM')
            [CompletionResult]::new('--webhook', '--webhook', [CompletionResultType]::ParameterName, 'Address that is told by POST who joins, leaves and publishes, as LiveKit''s webhooks tell it (may be repeated)')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'Serve metrics, /healthz and /readyz there, over plain HTTP on this machine')
            [CompletionResult]::new('--drain', '--drain', [CompletionResultType]::ParameterName, 'How long calls may go on when the server is told to end (SIGTERM); nobody new is let in meanwhile [default: 0]')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'How log lines look [default: text]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Give up what a server does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [default: auto]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Development server: no encryption, this machine only, rooms come into being when first joined')
            [CompletionResult]::new('--insecure-listen', '--insecure-listen', [CompletionResultType]::ParameterName, 'Let --dev listen beyond this machine, without encryption')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON line instead of text when the server listens')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'Manage accounts')
            [CompletionResult]::new('device', 'device', [CompletionResultType]::ParameterValue, 'Manage logins: which device of whom')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what would keep the server from starting or serving well, without starting it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration file')
            [CompletionResult]::new('certificate', 'certificate', [CompletionResultType]::ParameterValue, 'The server''s key, and the one that will follow it')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'The audit log')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy everything of a server into one file, also while it runs')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put a backup into an empty data directory')
            [CompletionResult]::new('systemd-unit', 'systemd-unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;user' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an account')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Set an account''s password and end all its logins')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins, password and second factor')
            [CompletionResult]::new('require-totp', 'require-totp', [CompletionResultType]::ParameterValue, 'Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login')
            [CompletionResult]::new('reset-totp', 'reset-totp', [CompletionResultType]::ParameterValue, 'Take an account''s second factor and recovery codes away, and end its logins')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Let whom the OpenID provider signs in use this account (''conclave login SERVER --sso'')')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'No provider signs this person in any more; all logins end')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Let nobody log in, and end all logins')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let the person log in again')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print everything that is stored of somebody, as JSON')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove an account and everything that is stored of it, and end all its logins')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an account and everything that is stored of it, and end all its logins')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Print the key with which the server vouches for its accounts. Whoever takes the server''s word as good as an administrator''s says so with ''conclave keys trust''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;user;add' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'What it may do: member (be vouched for by the server) or owner (everything)')
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password from this file descriptor; without it you are asked')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--setup', '--setup', [CompletionResultType]::ParameterName, 'Print a setup code instead of asking for a password: with it the person chooses one (''conclave login SERVER --setup'')')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;password' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password from this file descriptor; without it you are asked')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;reset' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;require-totp' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--off', '--off', [CompletionResultType]::ParameterName, 'Demand it no longer')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;reset-totp' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;link' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The provider, as [oidc] issuer says it')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'What the provider calls the person for good (the claim ''sub'')')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;unlink' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;disable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;enable' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;export' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;erase' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;remove' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;key' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;user;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an account')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Set an account''s password and end all its logins')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins, password and second factor')
            [CompletionResult]::new('require-totp', 'require-totp', [CompletionResultType]::ParameterValue, 'Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login')
            [CompletionResult]::new('reset-totp', 'reset-totp', [CompletionResultType]::ParameterValue, 'Take an account''s second factor and recovery codes away, and end its logins')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Let whom the OpenID provider signs in use this account (''conclave login SERVER --sso'')')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'No provider signs this person in any more; all logins end')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Let nobody log in, and end all logins')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let the person log in again')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print everything that is stored of somebody, as JSON')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove an account and everything that is stored of it, and end all its logins')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Print the key with which the server vouches for its accounts. Whoever takes the server''s word as good as an administrator''s says so with ''conclave keys trust''')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;user;help;add' {
            break
        }
        'conclave;serve;user;help;password' {
            break
        }
        'conclave;serve;user;help;reset' {
            break
        }
        'conclave;serve;user;help;require-totp' {
            break
        }
        'conclave;serve;user;help;reset-totp' {
            break
        }
        'conclave;serve;user;help;link' {
            break
        }
        'conclave;serve;user;help;unlink' {
            break
        }
        'conclave;serve;user;help;disable' {
            break
        }
        'conclave;serve;user;help;enable' {
            break
        }
        'conclave;serve;user;help;export' {
            break
        }
        'conclave;serve;user;help;erase' {
            break
        }
        'conclave;serve;user;help;list' {
            break
        }
        'conclave;serve;user;help;key' {
            break
        }
        'conclave;serve;user;help;help' {
            break
        }
        'conclave;serve;device' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List where people are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say), and the calls that it is in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;device;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;device;revoke' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;device;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List where people are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say), and the calls that it is in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;device;help;list' {
            break
        }
        'conclave;serve;device;help;revoke' {
            break
        }
        'conclave;serve;device;help;help' {
            break
        }
        'conclave;serve;check' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port to listen at, as for ''conclave serve''')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;config' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a file with every key, what it means and its default')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;config;example' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;config;help' {
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a file with every key, what it means and its default')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;config;help;example' {
            break
        }
        'conclave;serve;config;help;help' {
            break
        }
        'conclave;serve;certificate' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the fingerprints of the present key and of the spare one')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make the spare key the server''s key; whoever has heard of it (by a link or a visit) accepts it without a word')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;certificate;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;certificate;rotate' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;certificate;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the fingerprints of the present key and of the spare one')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make the spare key the server''s key; whoever has heard of it (by a link or a visit) accepts it without a word')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;certificate;help;show' {
            break
        }
        'conclave;serve;certificate;help;rotate' {
            break
        }
        'conclave;serve;certificate;help;help' {
            break
        }
        'conclave;serve;audit' {
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the newest entries, one a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;audit;verify' {
            [CompletionResult]::new('--head', '--head', [CompletionResultType]::ParameterName, 'A hash that the log had at some time (an earlier check printed it): it must still be in it')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;audit;show' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'How many')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Only entries of this event: joined, left, login_refused, room…')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the entries as they are in the log')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;audit;help' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the newest entries, one a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;audit;help;verify' {
            break
        }
        'conclave;serve;audit;help;show' {
            break
        }
        'conclave;serve;audit;help;help' {
            break
        }
        'conclave;serve;backup' {
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'Encrypt it to this age recipient (age1…), whose private key need not be here')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: /etc/conclave/server.toml, else server.toml in the data directory; with --dev none]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Where accounts, rooms, keys and the audit log are kept [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;restore' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The data directory to make, or an empty one')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'The age identity that opens an encrypted backup: a file as age-keygen makes it')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;systemd-unit' {
            [CompletionResult]::new('--binary', '--binary', [CompletionResultType]::ParameterName, 'The program as the unit starts it [default: where this one is]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The user that runs it, and whose the data directory is')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;serve;help' {
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'Manage accounts')
            [CompletionResult]::new('device', 'device', [CompletionResultType]::ParameterValue, 'Manage logins: which device of whom')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what would keep the server from starting or serving well, without starting it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration file')
            [CompletionResult]::new('certificate', 'certificate', [CompletionResultType]::ParameterValue, 'The server''s key, and the one that will follow it')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'The audit log')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy everything of a server into one file, also while it runs')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put a backup into an empty data directory')
            [CompletionResult]::new('systemd-unit', 'systemd-unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;serve;help;user' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an account')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Set an account''s password and end all its logins')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins, password and second factor')
            [CompletionResult]::new('require-totp', 'require-totp', [CompletionResultType]::ParameterValue, 'Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login')
            [CompletionResult]::new('reset-totp', 'reset-totp', [CompletionResultType]::ParameterValue, 'Take an account''s second factor and recovery codes away, and end its logins')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Let whom the OpenID provider signs in use this account (''conclave login SERVER --sso'')')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'No provider signs this person in any more; all logins end')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Let nobody log in, and end all logins')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let the person log in again')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print everything that is stored of somebody, as JSON')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove an account and everything that is stored of it, and end all its logins')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Print the key with which the server vouches for its accounts. Whoever takes the server''s word as good as an administrator''s says so with ''conclave keys trust''')
            break
        }
        'conclave;serve;help;user;add' {
            break
        }
        'conclave;serve;help;user;password' {
            break
        }
        'conclave;serve;help;user;reset' {
            break
        }
        'conclave;serve;help;user;require-totp' {
            break
        }
        'conclave;serve;help;user;reset-totp' {
            break
        }
        'conclave;serve;help;user;link' {
            break
        }
        'conclave;serve;help;user;unlink' {
            break
        }
        'conclave;serve;help;user;disable' {
            break
        }
        'conclave;serve;help;user;enable' {
            break
        }
        'conclave;serve;help;user;export' {
            break
        }
        'conclave;serve;help;user;erase' {
            break
        }
        'conclave;serve;help;user;list' {
            break
        }
        'conclave;serve;help;user;key' {
            break
        }
        'conclave;serve;help;device' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List where people are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say), and the calls that it is in')
            break
        }
        'conclave;serve;help;device;list' {
            break
        }
        'conclave;serve;help;device;revoke' {
            break
        }
        'conclave;serve;help;check' {
            break
        }
        'conclave;serve;help;config' {
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a file with every key, what it means and its default')
            break
        }
        'conclave;serve;help;config;example' {
            break
        }
        'conclave;serve;help;certificate' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the fingerprints of the present key and of the spare one')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make the spare key the server''s key; whoever has heard of it (by a link or a visit) accepts it without a word')
            break
        }
        'conclave;serve;help;certificate;show' {
            break
        }
        'conclave;serve;help;certificate;rotate' {
            break
        }
        'conclave;serve;help;audit' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the newest entries, one a line')
            break
        }
        'conclave;serve;help;audit;verify' {
            break
        }
        'conclave;serve;help;audit;show' {
            break
        }
        'conclave;serve;help;backup' {
            break
        }
        'conclave;serve;help;restore' {
            break
        }
        'conclave;serve;help;systemd-unit' {
            break
        }
        'conclave;serve;help;help' {
            break
        }
        'conclave;token' {
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Who joins: unique in the room [default with --load: load]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name that others see [default: the identity]')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long the token is good for: 90s, 15m, 1h, 7d')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--load', '--load', [CompletionResultType]::ParameterName, 'The token is for conclave load: each who brings it is another participant, the identity and a number')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change how a room is kept; whoever is in it is told within two seconds')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how a room is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;rooms;create' {
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'How it treats content: strict = end-to-end encrypted, sound of constant size and rate; balanced = end-to-end encrypted, the server sees who speaks; open = not end-to-end encrypted, stock LiveKit clients may join')
            [CompletionResult]::new('--invite-only', '--invite-only', [CompletionResultType]::ParameterName, 'Let in only who has an account on the server or an invite (''conclave invite create'') [default: as the server''s policy says]')
            [CompletionResult]::new('--waiting-room', '--waiting-room', [CompletionResultType]::ParameterName, 'Who comes waits until a moderator lets them in')
            [CompletionResult]::new('--host-required', '--host-required', [CompletionResultType]::ParameterName, 'Nobody is let in before an owner or moderator is there')
            [CompletionResult]::new('--speak', '--speak', [CompletionResultType]::ParameterName, 'Who may speak')
            [CompletionResult]::new('--chat', '--chat', [CompletionResultType]::ParameterName, 'Who may write (in end-to-end encrypted rooms the members'' clients keep to it, and the server cannot see it)')
            [CompletionResult]::new('--share', '--share', [CompletionResultType]::ParameterName, 'Who may share a screen or other sound')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Who may record (the members'' clients keep to it; who hears can keep what they hear)')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'Let nobody new in but owners and moderators')
            [CompletionResult]::new('--capacity', '--capacity', [CompletionResultType]::ParameterName, 'How many people the room takes, or "none" for as many as the server')
            [CompletionResult]::new('--marking', '--marking', [CompletionResultType]::ParameterName, 'The protective marking that everybody is shown all the time, such as OFFICIAL; "" for none')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'Delete what the server keeps of the room''s meetings after so many days without one, or "none" to keep it')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The role of an account in this room: owner is given by the server''s own owners'' accounts; moderator, speaker, listener, guest, bot, or none to take it away; may be given several times')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;set' {
            [CompletionResult]::new('--waiting-room', '--waiting-room', [CompletionResultType]::ParameterName, 'Who comes waits until a moderator lets them in')
            [CompletionResult]::new('--host-required', '--host-required', [CompletionResultType]::ParameterName, 'Nobody is let in before an owner or moderator is there')
            [CompletionResult]::new('--speak', '--speak', [CompletionResultType]::ParameterName, 'Who may speak')
            [CompletionResult]::new('--chat', '--chat', [CompletionResultType]::ParameterName, 'Who may write (in end-to-end encrypted rooms the members'' clients keep to it, and the server cannot see it)')
            [CompletionResult]::new('--share', '--share', [CompletionResultType]::ParameterName, 'Who may share a screen or other sound')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Who may record (the members'' clients keep to it; who hears can keep what they hear)')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'Let nobody new in but owners and moderators')
            [CompletionResult]::new('--capacity', '--capacity', [CompletionResultType]::ParameterName, 'How many people the room takes, or "none" for as many as the server')
            [CompletionResult]::new('--marking', '--marking', [CompletionResultType]::ParameterName, 'The protective marking that everybody is shown all the time, such as OFFICIAL; "" for none')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'Delete what the server keeps of the room''s meetings after so many days without one, or "none" to keep it')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The role of an account in this room: owner is given by the server''s own owners'' accounts; moderator, speaker, listener, guest, bot, or none to take it away; may be given several times')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--forget-bans', '--forget-bans', [CompletionResultType]::ParameterName, 'Ban nobody from it any more, from its next meeting on')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;show' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
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
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;rooms;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change how a room is kept; whoever is in it is told within two seconds')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how a room is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;rooms;help;create' {
            break
        }
        'conclave;rooms;help;set' {
            break
        }
        'conclave;rooms;help;show' {
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
        'conclave;invite' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an invite and print its link, which is a secret: whoever has it gets in')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the invites: what they are, and how often they were used')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invite; who came in by it stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;invite;create' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'What whoever comes by it is: moderator, speaker, listener, guest or bot')
            [CompletionResult]::new('--expires', '--expires', [CompletionResultType]::ParameterName, 'How long it is good: 30m, 24h, 7d; at most a year')
            [CompletionResult]::new('--uses', '--uses', [CompletionResultType]::ParameterName, 'For how many joins it is good')
            [CompletionResult]::new('--pin-fd', '--pin-fd', [CompletionResultType]::ParameterName, 'Read the PIN (at least 4 characters) from this file descriptor')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'With --data: the address that guests reach the server at, for the link: https://HOST[:PORT]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--pin', '--pin', [CompletionResultType]::ParameterName, 'Ask for a PIN beside the link: a random one is made and printed; give it to your guest by another way than the link. Ten wrong ones lock the invite')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;invite;list' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;invite;revoke' {
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The server''s data directory, on its own machine [default: conclave/server in the XDG data directory]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, after ''conclave login'': https://HOST[:PORT]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;invite;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an invite and print its link, which is a secret: whoever has it gets in')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the invites: what they are, and how often they were used')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invite; who came in by it stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;invite;help;create' {
            break
        }
        'conclave;invite;help;list' {
            break
        }
        'conclave;invite;help;revoke' {
            break
        }
        'conclave;invite;help;help' {
            break
        }
        'conclave;load' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many participants each room has, speakers included')
            [CompletionResult]::new('--participants', '--participants', [CompletionResultType]::ParameterName, 'How many participants each room has, speakers included')
            [CompletionResult]::new('--speakers', '--speakers', [CompletionResultType]::ParameterName, 'How many of each room speak')
            [CompletionResult]::new('--rooms', '--rooms', [CompletionResultType]::ParameterName, 'Spread over so many rooms, ROOM-1 and so on; needs the API key')
            [CompletionResult]::new('--decode', '--decode', [CompletionResultType]::ParameterName, 'How many of how many decode what they hear, as a client does; the others decrypt and count')
            [CompletionResult]::new('--ramp', '--ramp', [CompletionResultType]::ParameterName, 'Joins per second')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long everybody stays once all are in')
            [CompletionResult]::new('--churn', '--churn', [CompletionResultType]::ParameterName, 'So many leave, and others come for them, meanwhile')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'A file with an access token: of conclave token --load, or one a line for each participant (or set CONCLAVE_TOKEN)')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'A file with the server''s API key and secret, in one line or two (or set LIVEKIT_API_KEY and LIVEKIT_API_SECRET): tokens are made from it')
            [CompletionResult]::new('--room', '--room', [CompletionResultType]::ParameterName, 'With an API key of a LiveKit server: the room')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'Expect this server fingerprint, if the link has none')
            [CompletionResult]::new('--max-loss', '--max-loss', [CompletionResultType]::ParameterName, 'Packets lost: 1% or 0.01')
            [CompletionResult]::new('--max-join-p50', '--max-join-p50', [CompletionResultType]::ParameterName, 'Median of the time from the first dial to media being up')
            [CompletionResult]::new('--max-join-p95', '--max-join-p95', [CompletionResultType]::ParameterName, '95 % of these')
            [CompletionResult]::new('--max-first-sound-p95', '--max-first-sound-p95', [CompletionResultType]::ParameterName, '95 % of the times from the first dial to the first sound')
            [CompletionResult]::new('--max-delay-p50', '--max-delay-p50', [CompletionResultType]::ParameterName, 'Median of the time from a speaker to a listener')
            [CompletionResult]::new('--max-delay-p99', '--max-delay-p99', [CompletionResultType]::ParameterName, '99 % of these')
            [CompletionResult]::new('--max-concealed', '--max-concealed', [CompletionResultType]::ParameterName, 'Decoded sound that had to be made up')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'How often participants lose their connection')
            [CompletionResult]::new('--max-failures', '--max-failures', [CompletionResultType]::ParameterName, 'Participants that cannot join, or are put out')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write the thresholds to this file, for a CI system')
            [CompletionResult]::new('--prometheus', '--prometheus', [CompletionResultType]::ParameterName, 'Write the figures to this file, for a node exporter''s textfile collector')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'A JSON object a second on standard output, and one at the end')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;proxy' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Say which proxy connections go through, and who named it')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Keep your name and password at the proxy, for all commands')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;proxy;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;proxy;login' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name there; with NTLM perhaps DOMAIN\NAME [default: the one in the proxy''s address; you are asked without]')
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password from this file descriptor; without it you are asked')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;proxy;logout' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;proxy;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Say which proxy connections go through, and who named it')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Keep your name and password at the proxy, for all commands')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;proxy;help;show' {
            break
        }
        'conclave;proxy;help;login' {
            break
        }
        'conclave;proxy;help;logout' {
            break
        }
        'conclave;proxy;help;help' {
            break
        }
        'conclave;config' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every key, what it is, and who set it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print what a key is; exit code 1 and nothing if nobody set it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key in your configuration (with -P in that profile); comments stay')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the keys as JSON Schema, for editors')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Say where the files are')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;config;show' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;get' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;set' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Take the key out, so that its default counts again')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;check' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;schema' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;path' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every key, what it is, and who set it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print what a key is; exit code 1 and nothing if nobody set it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key in your configuration (with -P in that profile); comments stay')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the keys as JSON Schema, for editors')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Say where the files are')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;config;help;show' {
            break
        }
        'conclave;config;help;get' {
            break
        }
        'conclave;config;help;set' {
            break
        }
        'conclave;config;help;check' {
            break
        }
        'conclave;config;help;schema' {
            break
        }
        'conclave;config;help;path' {
            break
        }
        'conclave;config;help;help' {
            break
        }
        'conclave;json-schema' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;completions' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;man' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('totp', 'totp', [CompletionResultType]::ParameterValue, 'A code beside the password at each login (TOTP), from a program on your phone or another machine')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List where you are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say); a call that it is in ends too')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;account;totp' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'End it: from now on the password is enough')
            [CompletionResult]::new('recovery-codes', 'recovery-codes', [CompletionResultType]::ParameterValue, 'Make ten fresh recovery codes; the ones before count no longer')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;account;totp;on' {
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password from this file descriptor; without it you are asked')
            [CompletionResult]::new('--code-fd', '--code-fd', [CompletionResultType]::ParameterName, 'Read the code from this file descriptor; without it you are asked')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account;totp;off' {
            [CompletionResult]::new('--code-fd', '--code-fd', [CompletionResultType]::ParameterName, 'Read the code from this file descriptor; without it you are asked')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account;totp;recovery-codes' {
            [CompletionResult]::new('--code-fd', '--code-fd', [CompletionResultType]::ParameterName, 'Read the code from this file descriptor; without it you are asked')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account;totp;help' {
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'End it: from now on the password is enough')
            [CompletionResult]::new('recovery-codes', 'recovery-codes', [CompletionResultType]::ParameterValue, 'Make ten fresh recovery codes; the ones before count no longer')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;account;totp;help;on' {
            break
        }
        'conclave;account;totp;help;off' {
            break
        }
        'conclave;account;totp;help;recovery-codes' {
            break
        }
        'conclave;account;totp;help;help' {
            break
        }
        'conclave;account;devices' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account;revoke' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;account;help' {
            [CompletionResult]::new('totp', 'totp', [CompletionResultType]::ParameterValue, 'A code beside the password at each login (TOTP), from a program on your phone or another machine')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List where you are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say); a call that it is in ends too')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;account;help;totp' {
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'End it: from now on the password is enough')
            [CompletionResult]::new('recovery-codes', 'recovery-codes', [CompletionResultType]::ParameterValue, 'Make ten fresh recovery codes; the ones before count no longer')
            break
        }
        'conclave;account;help;totp;on' {
            break
        }
        'conclave;account;help;totp;off' {
            break
        }
        'conclave;account;help;totp;recovery-codes' {
            break
        }
        'conclave;account;help;devices' {
            break
        }
        'conclave;account;help;revoke' {
            break
        }
        'conclave;account;help;help' {
            break
        }
        'conclave;people' {
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server''s address, https://HOST[:PORT]; without it the only one where you are logged in [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;attach' {
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours of the full screen [default: by NO_COLOR and the terminal]')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON lines on standard output, the first of them a snapshot, and commands as JSON lines on standard input')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;demo' {
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the call takes without a terminal')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Where the recording goes without a terminal [default: a new directory for temporary files]')
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'Your devices, with a terminal (see conclave join --help) [config: audio.devices]')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Run as without a terminal: JSON events, a recording, a summary')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;tutor' {
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'Your devices (see conclave join --help); null: no sound is needed [config: audio.devices]')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen: for screen readers and simple terminals')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything: a lesson needs a person, so this ends with exit code 77')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;history' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server whose rooms are named without it [config: server]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name (or set CONCLAVE_PROFILE) [default: default]')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('--no-history', '--no-history', [CompletionResultType]::ParameterName, 'There is no history: none is kept and none is shown [config: history.rooms]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;echo' {
            [CompletionResult]::new('--seconds', '--seconds', [CompletionResultType]::ParameterName, 'End after so many seconds [default: when you press Ctrl-C; 15 without a terminal]')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'Expect this server fingerprint, if the address has none')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty) [config: audio.devices]')
            [CompletionResult]::new('--transport', '--transport', [CompletionResultType]::ParameterName, 'The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn (by a relay that the server names) [config: net.transport]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [config: sandbox]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object per measurement, and one at the end')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;join' {
            [CompletionResult]::new('--link-fd', '--link-fd', [CompletionResultType]::ParameterName, 'Read the link from this file descriptor')
            [CompletionResult]::new('--token-fd', '--token-fd', [CompletionResultType]::ParameterName, 'Read the access token of a LiveKit or Jitsi room from this file descriptor (or set CONCLAVE_TOKEN)')
            [CompletionResult]::new('--pin-fd', '--pin-fd', [CompletionResultType]::ParameterName, 'Read the PIN of the link''s invite, or the password of a Jitsi room, from this file descriptor; without it you are asked')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Your account on a Jitsi server where rooms are opened by people who have one. The password is asked for, or taken from --password-fd or, with --keep-secret, kept in your keyring')
            [CompletionResult]::new('--password-fd', '--password-fd', [CompletionResultType]::ParameterName, 'Read the password of --user from this file descriptor')
            [CompletionResult]::new('--play-at', '--play-at', [CompletionResultType]::ParameterName, 'When a file as microphone begins: when somebody can hear it, or at once')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Leave after this long (10s, 5m, 1h); exit code 0')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Report figures this often')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Expect an event, "EVENT [who=NAME] [FIELD=VALUE] [within=TIME]": where it does not come in time (counted from the start, or before the end), the call ends with exit code 83. May be given more than once')
            [CompletionResult]::new('--leave-when', '--leave-when', [CompletionResultType]::ParameterName, 'Leave, with exit code 0, when the last of the others has left (empty), when the last host has (host-leaves), or at an event as for --expect. May be given more than once')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write what was expected, and what came of it, as JUnit XML')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Where your device key is: in the keyring (the default if there is one), or made for this run only')
            [CompletionResult]::new('--identity-fd', '--identity-fd', [CompletionResultType]::ParameterName, 'Read the device key''s seed (32 bytes as base64url) from this file descriptor (0 is standard input)')
            [CompletionResult]::new('-P', '-P ', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Which profile of your configuration, and which identity of the same name in the keyring [default: default]')
            [CompletionResult]::new('--passphrase-fd', '--passphrase-fd', [CompletionResultType]::ParameterName, 'Read the vault''s passphrase from this file descriptor (0 is standard input)')
            [CompletionResult]::new('--secret-fd', '--secret-fd', [CompletionResultType]::ParameterName, 'Read the room''s secret from this file descriptor: a link''s k, its 16 words, or a passphrase')
            [CompletionResult]::new('--admission', '--admission', [CompletionResultType]::ParameterName, 'If you are the first: who lets others in. auto (anybody), admit (you), link (whoever knows the room''s secret)')
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Trust this administrator''s key for this call (may be repeated); ''conclave keys trust'' does so for good')
            [CompletionResult]::new('--fingerprint', '--fingerprint', [CompletionResultType]::ParameterName, 'Expect this server fingerprint, if the link has none')
            [CompletionResult]::new('--receipt', '--receipt', [CompletionResultType]::ParameterName, 'When the call is over, write a receipt of it that the others have signed to this file, which must not exist yet; in rooms that keep receipts. Exit code 73 if there is none')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log into this file, in place of ~/.local/state/conclave/log')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Your display name [config: name]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your display name [config: name]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server of a room that is named without one: conclave join board [config: server]')
            [CompletionResult]::new('--keyring', '--keyring', [CompletionResultType]::ParameterName, 'Where your secrets are kept: auto (your desktop''s keyring; without one your vault, if you have one), system, kernel (until you log out or the machine restarts), vault (a file that a passphrase opens) or none [config: keyring]')
            [CompletionResult]::new('--audio', '--audio', [CompletionResultType]::ParameterName, 'auto, pulse, alsa, jack, null, pipe[:IN,OUT] or file:IN.wav,OUT.wav (either side of file: may be empty) [config: audio.devices]')
            [CompletionResult]::new('--echo-cancel', '--echo-cancel', [CompletionResultType]::ParameterName, 'Take out of the microphone what the loudspeaker plays; auto: not with a headset, a file or a pipe [config: audio.echo_cancel]')
            [CompletionResult]::new('--noise', '--noise', [CompletionResultType]::ParameterName, 'Lower the noise around the speaker [default: on, except for a file or a pipe] [config: audio.noise]')
            [CompletionResult]::new('--gain', '--gain', [CompletionResultType]::ParameterName, 'Bring the voice to a usual level [default: on, except for a file or a pipe] [config: audio.gain]')
            [CompletionResult]::new('--frame', '--frame', [CompletionResultType]::ParameterName, 'Milliseconds of sound in one packet while the way is good: 10 is heard 10 ms sooner and costs 28 kbit/s more [config: audio.frame]')
            [CompletionResult]::new('--transport', '--transport', [CompletionResultType]::ParameterName, 'The way that sound takes through the network: auto = the best that gets through; udp, tcp, tls or wss (as web pages come), or turn (by a relay that the server names) [config: net.transport]')
            [CompletionResult]::new('--earcons', '--earcons', [CompletionResultType]::ParameterName, 'Tones that tell what happens, for your ears only: all, none, or a list of muted, unmuted, join, leave, knock, hand, lost, back [default: all in line mode; knock, lost and back on a full screen; none with a file, a pipe or --json] [config: audio.earcons]')
            [CompletionResult]::new('--reconnect', '--reconnect', [CompletionResultType]::ParameterName, 'When the server is lost, try to come back for this long before the call ends with exit code 75 (0s: not at all) [config: call.reconnect]')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English otherwise. Commands, JSON and errors are always English [config: ui.lang]')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours of the full screen [default: by NO_COLOR and the terminal] [config: ui.theme]')
            [CompletionResult]::new('--motion', '--motion', [CompletionResultType]::ParameterName, 'Whether things move that nobody asked for: a clock, figures, your level [default: auto = unless a screen reader is likely] [config: ui.motion]')
            [CompletionResult]::new('--hyperlinks', '--hyperlinks', [CompletionResultType]::ParameterName, 'Whether links in messages can be clicked [default: auto = where the terminal is known to open them] [config: ui.hyperlinks]')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'What you expect of the room: strict (the default), balanced or open. A room that protects less is refused [config: e2ee.mode]')
            [CompletionResult]::new('--recordings', '--recordings', [CompletionResultType]::ParameterName, 'Where recordings that begin during the call may be written [default: the current directory, unless that is the home directory or above it] [config: record.directory]')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least that is logged: error, warn, info or debug [config: log.level]')
            [CompletionResult]::new('--log-keep', '--log-keep', [CompletionResultType]::ParameterName, 'How many log files are kept [config: log.keep]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Give up what a call does not need (Landlock, seccomp): auto = what the kernel has, strict = all of it or exit code 78 [config: sandbox]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration in place of your own (or set CONCLAVE_CONFIG)')
            [CompletionResult]::new('--proxy-password-fd', '--proxy-password-fd', [CompletionResultType]::ParameterName, 'Read the proxy''s password from this file descriptor; its address names the user. ''conclave proxy login'' keeps it instead')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY) [config: net.proxy]')
            [CompletionResult]::new('--no-proxy', '--no-proxy', [CompletionResultType]::ParameterName, 'What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them [config: net.no_proxy]')
            [CompletionResult]::new('--extra-ca', '--extra-ca', [CompletionResultType]::ParameterName, 'A file with certificates of authorities (PEM) that count beside the system''s: your organisation''s own [config: tls.extra_ca]')
            [CompletionResult]::new('--interception', '--interception', [CompletionResultType]::ParameterName, 'Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect [config: tls.interception]')
            [CompletionResult]::new('--listen-only', '--listen-only', [CompletionResultType]::ParameterName, 'Only listen; publish no microphone')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON lines on standard output, commands as JSON lines on standard input')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Before joining, show your name, what the link says of security, and how loud you are, and play a tone if you like')
            [CompletionResult]::new('--tui', '--tui', [CompletionResultType]::ParameterName, 'A full screen, also if you chose line mode when you were asked')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'The call goes on in the background, with a closed microphone: prints its number, with which conclave attach shows it and conclave ctl --pid steers it')
            [CompletionResult]::new('--detached', '--detached', [CompletionResultType]::ParameterName, 'The same, in the process that it begins')
            [CompletionResult]::new('--allow-plain', '--allow-plain', [CompletionResultType]::ParameterName, 'Accept a room that is not end-to-end encrypted')
            [CompletionResult]::new('--no-recording', '--no-recording', [CompletionResultType]::ParameterName, 'If you are the first: nobody may record')
            [CompletionResult]::new('--ask-receipts', '--ask-receipts', [CompletionResultType]::ParameterName, 'If you are the first: members'' clients sign receipts of the meeting (who was there, how known, whether encryption held)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask anything; exit with code 77 instead')
            [CompletionResult]::new('--muted', '--muted', [CompletionResultType]::ParameterName, 'Begin with the microphone closed (the default, except with a file as microphone) [config: audio.start_muted]')
            [CompletionResult]::new('--unmuted', '--unmuted', [CompletionResultType]::ParameterName, 'Begin with the microphone open [config: audio.start_muted]')
            [CompletionResult]::new('--release-when-muted', '--release-when-muted', [CompletionResultType]::ParameterName, 'Give the microphone''s device back to the system while it is closed: its light goes out, opening takes a moment longer, and nobody can tell you that you speak into a closed microphone [config: audio.release_when_muted]')
            [CompletionResult]::new('--line', '--line', [CompletionResultType]::ParameterName, 'Plain lines instead of a full screen: for screen readers, logs and simple terminals [config: ui.mode]')
            [CompletionResult]::new('--mouse', '--mouse', [CompletionResultType]::ParameterName, 'Select and scroll with the mouse (the terminal''s own copy and paste then needs Shift) [config: ui.mouse]')
            [CompletionResult]::new('--bell', '--bell', [CompletionResultType]::ParameterName, 'Ring the terminal''s bell when somebody asks to be let in, writes to you alone or writes your name [config: ui.bell]')
            [CompletionResult]::new('--notify', '--notify', [CompletionResultType]::ParameterName, 'Tell the desktop of the same, through the terminal and without names or texts [config: ui.notify]')
            [CompletionResult]::new('--title', '--title', [CompletionResultType]::ParameterName, 'Name the room in the window''s title, where others may see it in lists of windows [config: ui.title]')
            [CompletionResult]::new('--require-e2ee', '--require-e2ee', [CompletionResultType]::ParameterName, 'End with exit code 80 unless the room is end-to-end encrypted [config: e2ee.require]')
            [CompletionResult]::new('--require-vouched', '--require-vouched', [CompletionResultType]::ParameterName, 'End with exit code 80 unless everybody in the room is vouched for or verified [config: e2ee.require_vouched]')
            [CompletionResult]::new('--never-record', '--never-record', [CompletionResultType]::ParameterName, 'Keep nothing of this call in a file: no recording begins, and no file is a loudspeaker [config: record.allow]')
            [CompletionResult]::new('--no-history', '--no-history', [CompletionResultType]::ParameterName, 'Do not note this room in the history [config: history.rooms]')
            [CompletionResult]::new('--keep-secret', '--keep-secret', [CompletionResultType]::ParameterName, 'Keep the room''s secret in your keyring, so that the room can be joined again without it: by its link alone, by its name in the history, or from the list of rooms [config: history.secrets]')
            [CompletionResult]::new('--no-log', '--no-log', [CompletionResultType]::ParameterName, 'Log nothing in files [config: log.file]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'conclave;help' {
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Say what is kept of you on this machine, and delete it')
            [CompletionResult]::new('ctl', 'ctl', [CompletionResultType]::ParameterValue, 'Ask or tell a running call something')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List microphones and loudspeakers, and try them')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what stands between this machine and a meeting, and what to ask for')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to a server with a password or through your organisation, or become its owner with its owner link')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End your login at a server')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Say who you are: your device, and your accounts on servers')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Your device key, whom you trust and whom you vouch for')
            [CompletionResult]::new('secret', 'secret', [CompletionResultType]::ParameterValue, 'Make a room''s secret, or carry it from a link to words and back')
            [CompletionResult]::new('receipt', 'receipt', [CompletionResultType]::ParameterValue, 'Check the receipt of a meeting: who was there, how known, whether encryption held')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a server')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a LiveKit access token for scripts and stock SDKs')
            [CompletionResult]::new('rooms', 'rooms', [CompletionResultType]::ParameterValue, 'Manage the rooms of a server')
            [CompletionResult]::new('invite', 'invite', [CompletionResultType]::ParameterValue, 'Invite people to a room, by links that end')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Put many participants into a room, and measure what they get')
            [CompletionResult]::new('proxy', 'proxy', [CompletionResultType]::ParameterValue, 'The proxy that connections go through: show it, and keep your password for it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show, change and check your configuration')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print what --json writes and reads, as JSON Schema')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write all pages of the manual to a directory')
            [CompletionResult]::new('account', 'account', [CompletionResultType]::ParameterValue, 'Your account on a server: second factor, and where you are logged in')
            [CompletionResult]::new('people', 'people', [CompletionResultType]::ParameterValue, 'Say who is in a room now')
            [CompletionResult]::new('attach', 'attach', [CompletionResultType]::ParameterValue, 'Show a call that runs in the background, or in another terminal')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A call on this machine: a server, two synthetic people, and you')
            [CompletionResult]::new('tutor', 'tutor', [CompletionResultType]::ParameterValue, 'Learn a call in five minutes, with synthetic people who react, on this machine alone')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'The rooms where you were: list them, or forget them')
            [CompletionResult]::new('echo', 'echo', [CompletionResultType]::ParameterValue, 'Hear yourself through the whole path, and how long it takes')
            [CompletionResult]::new('join', 'join', [CompletionResultType]::ParameterValue, 'Join a room of a Conclave server, of Jitsi Meet, or of a LiveKit server')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'conclave;help;forget' {
            break
        }
        'conclave;help;ctl' {
            break
        }
        'conclave;help;devices' {
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Play a soft tone, record your voice, play it back, and say how loud it was')
            break
        }
        'conclave;help;devices;test' {
            break
        }
        'conclave;help;doctor' {
            break
        }
        'conclave;help;login' {
            break
        }
        'conclave;help;logout' {
            break
        }
        'conclave;help;whoami' {
            break
        }
        'conclave;help;keys' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show your device key, where it is kept, and whom you know and trust')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print your device''s public key as one line, for an administrator or a colleague')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Mark somebody as verified after you have compared the fingerprint with them; without one, show what to compare')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Forget somebody; they are new to you the next time')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust an administrator''s key for good: whom it vouches for is vouched for in rooms that you found')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Take in a vouch for your device, or a revocation list: ''-'' reads standard input')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace your device key by a new one')
            [CompletionResult]::new('issuer', 'issuer', [CompletionResultType]::ParameterValue, 'Administrators: the key that vouches, which lives in your keyring and never on a server')
            [CompletionResult]::new('vouch', 'vouch', [CompletionResultType]::ParameterValue, 'Administrators: vouch for somebody''s device; prints one line for ''conclave keys import -''')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Administrators: revoke devices; prints the signed list for ''conclave keys import -''')
            break
        }
        'conclave;help;keys;show' {
            break
        }
        'conclave;help;keys;export' {
            break
        }
        'conclave;help;keys;verify' {
            break
        }
        'conclave;help;keys;forget' {
            break
        }
        'conclave;help;keys;trust' {
            break
        }
        'conclave;help;keys;import' {
            break
        }
        'conclave;help;keys;rotate' {
            break
        }
        'conclave;help;keys;issuer' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Make it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print its public key, for ''conclave keys trust'' and ''conclave join --trust''')
            break
        }
        'conclave;help;keys;issuer;new' {
            break
        }
        'conclave;help;keys;issuer;show' {
            break
        }
        'conclave;help;keys;vouch' {
            break
        }
        'conclave;help;keys;revoke' {
            break
        }
        'conclave;help;secret' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Print a room''s link with a fresh secret in it: whoever has that link comes in, and the server cannot open what is said')
            [CompletionResult]::new('words', 'words', [CompletionResultType]::ParameterValue, 'Print the secret of a link as sixteen words, to be read out')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Print a room''s link with the secret that sixteen words say; a wrong or swapped word is named')
            break
        }
        'conclave;help;secret;new' {
            break
        }
        'conclave;help;secret;words' {
            break
        }
        'conclave;help;secret;link' {
            break
        }
        'conclave;help;receipt' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the signatures. Exit code 0: everybody who was there at the end has signed exactly this; 65: it was changed, or is no receipt; 80: it is genuine, but somebody who was there at the end has not signed')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what it says, without checking the signatures')
            break
        }
        'conclave;help;receipt;verify' {
            break
        }
        'conclave;help;receipt;show' {
            break
        }
        'conclave;help;serve' {
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'Manage accounts')
            [CompletionResult]::new('device', 'device', [CompletionResultType]::ParameterValue, 'Manage logins: which device of whom')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what would keep the server from starting or serving well, without starting it')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration file')
            [CompletionResult]::new('certificate', 'certificate', [CompletionResultType]::ParameterValue, 'The server''s key, and the one that will follow it')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'The audit log')
            [CompletionResult]::new('backup', 'backup', [CompletionResultType]::ParameterValue, 'Copy everything of a server into one file, also while it runs')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put a backup into an empty data directory')
            [CompletionResult]::new('systemd-unit', 'systemd-unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd')
            break
        }
        'conclave;help;serve;user' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add an account')
            [CompletionResult]::new('password', 'password', [CompletionResultType]::ParameterValue, 'Set an account''s password and end all its logins')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins, password and second factor')
            [CompletionResult]::new('require-totp', 'require-totp', [CompletionResultType]::ParameterValue, 'Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login')
            [CompletionResult]::new('reset-totp', 'reset-totp', [CompletionResultType]::ParameterValue, 'Take an account''s second factor and recovery codes away, and end its logins')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Let whom the OpenID provider signs in use this account (''conclave login SERVER --sso'')')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'No provider signs this person in any more; all logins end')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Let nobody log in, and end all logins')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Let the person log in again')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print everything that is stored of somebody, as JSON')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove an account and everything that is stored of it, and end all its logins')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the accounts')
            [CompletionResult]::new('key', 'key', [CompletionResultType]::ParameterValue, 'Print the key with which the server vouches for its accounts. Whoever takes the server''s word as good as an administrator''s says so with ''conclave keys trust''')
            break
        }
        'conclave;help;serve;user;add' {
            break
        }
        'conclave;help;serve;user;password' {
            break
        }
        'conclave;help;serve;user;reset' {
            break
        }
        'conclave;help;serve;user;require-totp' {
            break
        }
        'conclave;help;serve;user;reset-totp' {
            break
        }
        'conclave;help;serve;user;link' {
            break
        }
        'conclave;help;serve;user;unlink' {
            break
        }
        'conclave;help;serve;user;disable' {
            break
        }
        'conclave;help;serve;user;enable' {
            break
        }
        'conclave;help;serve;user;export' {
            break
        }
        'conclave;help;serve;user;erase' {
            break
        }
        'conclave;help;serve;user;list' {
            break
        }
        'conclave;help;serve;user;key' {
            break
        }
        'conclave;help;serve;device' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List where people are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say), and the calls that it is in')
            break
        }
        'conclave;help;serve;device;list' {
            break
        }
        'conclave;help;serve;device;revoke' {
            break
        }
        'conclave;help;serve;check' {
            break
        }
        'conclave;help;serve;config' {
            [CompletionResult]::new('example', 'example', [CompletionResultType]::ParameterValue, 'Print a file with every key, what it means and its default')
            break
        }
        'conclave;help;serve;config;example' {
            break
        }
        'conclave;help;serve;certificate' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the fingerprints of the present key and of the spare one')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Make the spare key the server''s key; whoever has heard of it (by a link or a visit) accepts it without a word')
            break
        }
        'conclave;help;serve;certificate;show' {
            break
        }
        'conclave;help;serve;certificate;rotate' {
            break
        }
        'conclave;help;serve;audit' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that no line was changed, added or taken away: exit code 0, or 65 with the first line that is wrong')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the newest entries, one a line')
            break
        }
        'conclave;help;serve;audit;verify' {
            break
        }
        'conclave;help;serve;audit;show' {
            break
        }
        'conclave;help;serve;backup' {
            break
        }
        'conclave;help;serve;restore' {
            break
        }
        'conclave;help;serve;systemd-unit' {
            break
        }
        'conclave;help;token' {
            break
        }
        'conclave;help;rooms' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a room')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change how a room is kept; whoever is in it is told within two seconds')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how a room is kept')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rooms')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a room; whoever is in it is told that it has ended')
            break
        }
        'conclave;help;rooms;create' {
            break
        }
        'conclave;help;rooms;set' {
            break
        }
        'conclave;help;rooms;show' {
            break
        }
        'conclave;help;rooms;list' {
            break
        }
        'conclave;help;rooms;delete' {
            break
        }
        'conclave;help;invite' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make an invite and print its link, which is a secret: whoever has it gets in')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the invites: what they are, and how often they were used')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End an invite; who came in by it stays')
            break
        }
        'conclave;help;invite;create' {
            break
        }
        'conclave;help;invite;list' {
            break
        }
        'conclave;help;invite;revoke' {
            break
        }
        'conclave;help;load' {
            break
        }
        'conclave;help;proxy' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Say which proxy connections go through, and who named it')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Keep your name and password at the proxy, for all commands')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget them')
            break
        }
        'conclave;help;proxy;show' {
            break
        }
        'conclave;help;proxy;login' {
            break
        }
        'conclave;help;proxy;logout' {
            break
        }
        'conclave;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every key, what it is, and who set it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print what a key is; exit code 1 and nothing if nobody set it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a key in your configuration (with -P in that profile); comments stay')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say everything that is wrong in the files that count, or in one file; exit code 78 if anything is')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the keys as JSON Schema, for editors')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Say where the files are')
            break
        }
        'conclave;help;config;show' {
            break
        }
        'conclave;help;config;get' {
            break
        }
        'conclave;help;config;set' {
            break
        }
        'conclave;help;config;check' {
            break
        }
        'conclave;help;config;schema' {
            break
        }
        'conclave;help;config;path' {
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
        'conclave;help;account' {
            [CompletionResult]::new('totp', 'totp', [CompletionResultType]::ParameterValue, 'A code beside the password at each login (TOTP), from a program on your phone or another machine')
            [CompletionResult]::new('devices', 'devices', [CompletionResultType]::ParameterValue, 'List where you are logged in')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'End the login of a device (a lost one, say); a call that it is in ends too')
            break
        }
        'conclave;help;account;totp' {
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Begin: shows the secret for your program, asks for its first code, and shows ten recovery codes to keep on paper')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'End it: from now on the password is enough')
            [CompletionResult]::new('recovery-codes', 'recovery-codes', [CompletionResultType]::ParameterValue, 'Make ten fresh recovery codes; the ones before count no longer')
            break
        }
        'conclave;help;account;totp;on' {
            break
        }
        'conclave;help;account;totp;off' {
            break
        }
        'conclave;help;account;totp;recovery-codes' {
            break
        }
        'conclave;help;account;devices' {
            break
        }
        'conclave;help;account;revoke' {
            break
        }
        'conclave;help;people' {
            break
        }
        'conclave;help;attach' {
            break
        }
        'conclave;help;demo' {
            break
        }
        'conclave;help;tutor' {
            break
        }
        'conclave;help;history' {
            break
        }
        'conclave;help;echo' {
            break
        }
        'conclave;help;join' {
            break
        }
        'conclave;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
