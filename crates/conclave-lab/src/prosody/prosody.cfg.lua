-- The signalling server of a Jitsi Meet on stock Debian prosody 0.12. The words in capitals between @ are filled in at start.
pidfile = "@DIR@/prosody.pid"
data_path = "@DIR@/data"
certificates = "@DIR@"
run_as_root = true
plugin_paths = { "@DIR@/plugins" }
log = { { levels = { min = "info" }, to = "file", filename = "@DIR@/prosody.log" } }
interfaces = { "127.0.0.1" }
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_ports = {}
s2s_direct_tls_ports = {}
http_ports = { @PORT@ }
http_interfaces = { "127.0.0.1" }
https_ports = {}
http_default_host = "meet.test"
consider_websocket_secure = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
trusted_proxies = { "127.0.0.1", "::1" }
modules_enabled = { "saslauth", "disco", "ping", "websocket", "smacks", "roster", "lab_session"@MORE@ }
modules_disabled = { "s2s", "offline", "c2s_limits" }
smacks_max_unacked_stanzas = 5
smacks_hibernation_time = @HIBERNATION@
main_domain = "meet.test"
lobby_muc = "lobby.meet.test"
moderation_component = "avmoderation.meet.test"
@SERVICES@
token_secret = @TOKEN_SECRET@

VirtualHost "meet.test"
    authentication = "@AUTHENTICATION@"
    modules_enabled = { "lab_components" }

-- Who has no account, in a deployment where opening a room takes one.
VirtualHost "guest.meet.test"
    authentication = "lab_guests"
    modules_enabled = { "lab_components" }

VirtualHost "auth.meet.test"
    authentication = "internal_plain"

-- Conference rooms, also those of the tenant "acme".
local function rooms()
    restrict_room_creation = false
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_room_default_presence_broadcast = { visitor = true, participant = true, moderator = true }
    muc_tombstones = false
    admins = { "focus@auth.meet.test" }
end

Component "conference.meet.test" "muc"
    rooms()
    modules_enabled = { "lab_lobby" }

Component "conference.acme.meet.test" "muc"
    rooms()
    modules_enabled = { "lab_lobby" }

Component "lobby.meet.test" "muc"
    rooms()
    modules_enabled = { "lab_waiting" }

-- "focus.meet.test": another name of the focus. A stock deployment has mod_client_proxy for it.
Component "focus.meet.test" "lab_focus"
    target_address = "focus@auth.meet.test/focus"

-- Who may unmute.
Component "avmoderation.meet.test" "lab_moderation"
