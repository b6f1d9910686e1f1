-- Rooms with a lobby: who may not enter a members-only room is told where to wait. Members and invitations are prosody's own.
local jid = require "util.jid";
local st = require "util.stanza";
local lobby_host = module:get_option_string("lobby_muc");

local function lobbies() return prosody.hosts[lobby_host].modules.muc; end
local function lobby_of(room) return jid.node(room.jid) .. "@" .. lobby_host; end

local function is_stranger(room, who)
	return (room:get_affiliation(who) or "none") == "none";
end

-- Before prosody's own hook, which would throw out everybody who is in the room and no member.
module:hook("muc-config-submitted/muc#roomconfig_membersonly", function (event)
	local room = event.room;
	local lobby = lobbies().get_room_from_jid(lobby_of(room));
	if event.value then
		for _, occupant in room:each_occupant() do
			if is_stranger(room, occupant.bare_jid) then room:set_affiliation(true, occupant.bare_jid, "member"); end
		end
		if not lobby then lobby = lobbies().create_room(lobby_of(room)); end
		lobby.lab_main_room = room;
	elseif lobby then
		lobby:destroy(room.jid, "Lobby room closed.");
	end
end, 1);

module:hook("muc-disco#info", function (event)
	if not event.room:get_members_only() then return; end
	table.insert(event.form, { name = "muc#roominfo_lobbyroom", label = "Lobby room jid", value = "" });
	event.formdata["muc#roominfo_lobbyroom"] = lobby_of(event.room);
end);

-- Before prosody's own refusal, which does not name the lobby.
module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	if not room:get_members_only() or not is_stranger(room, stanza.attr.from) then return; end
	local reply = st.error_reply(stanza, "auth", "registration-required");
	reply.tags[1].attr.code = "407";
	reply:text_tag("lobbyroom", lobby_of(room), { xmlns = "http://jitsi.org/jitmeet" }):up();
	reply:text_tag("lobbyroom", lobby_of(room)); -- where older clients look
	event.origin.send(reply:tag("x", { xmlns = "http://jabber.org/protocol/muc" }));
	return true;
end, -4);
