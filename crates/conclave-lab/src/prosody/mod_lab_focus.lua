-- IQs to this component go to the focus, and its answers back, so that clients may address it by this component's name.
local jid = require "util.jid";
local st = require "util.stanza";
local target = module:get_option_string("target_address"); -- a full JID

local function forward(event)
	local stanza = event.stanza;
	if stanza.name ~= "iq" then return true; end
	local _, _, client = jid.split(stanza.attr.to);
	local copy = st.clone(stanza);
	if jid.bare(stanza.attr.from) == jid.bare(target) and client then
		copy.attr.to, copy.attr.from = client, module.host;
	else
		copy.attr.from, copy.attr.to = module.host .. "/" .. stanza.attr.from, target;
	end
	module:send(copy);
	return true;
end

for _, kind in ipairs { "bare", "full", "host" } do
	module:hook("iq/" .. kind, forward, 1);
	module:hook("presence/" .. kind, function () return true; end, 1);
	module:hook("message/" .. kind, function () return true; end, 1);
end
