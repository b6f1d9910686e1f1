-- Lobbies: nobody waits without a name, and who moderates the room moderates its lobby.
local jid = require "util.jid";
local st = require "util.stanza";

module:hook("muc-occupant-pre-join", function (event)
	local room, stanza, main = event.room, event.stanza, event.room.lab_main_room;
	local from = jid.bare(stanza.attr.from);
	if main and main:get_affiliation(from) == "owner" then
		room:set_affiliation(true, from, "owner");
		event.occupant.role = "moderator";
	elseif (stanza:get_child_text("nick", "http://jabber.org/protocol/nick") or "") == "" then
		local reply = st.error_reply(stanza, "modify", "not-acceptable");
		reply:tag("displayname-required", { xmlns = "http://jitsi.org/jitmeet", lobby = "true" }):up():up();
		event.origin.send(reply:tag("x", { xmlns = "http://jabber.org/protocol/muc" }));
		return true;
	end
end, 10);
