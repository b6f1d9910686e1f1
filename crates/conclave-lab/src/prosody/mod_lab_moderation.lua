-- AV moderation: while it is on in a room, only moderators and whom they let may unmute. Commands come as messages from
-- moderators; who is in the room is told in JSON, and the focus (who is in every room) acts on it.
local json = require "util.json";
local st = require "util.stanza";
local rooms_host = "conference." .. module:get_option_string("main_domain");

local function tell(occupant, what)
	local message = st.message({ from = module.host, to = occupant.jid });
	module:send(message:text_tag("json-message", json.encode(what), { xmlns = "http://jitsi.org/jitmeet" }));
end

local function change(room, media, moderation)
	return { type = "av_moderation", room = room.jid, mediaType = media, enabled = moderation ~= nil,
		actor = moderation and moderation.actor };
end

-- The list as those know it who may change it; everybody who was let in is told that, too.
local function tell_allowed(room, media, nick, removed)
	local lists = {};
	for kind, moderation in pairs(room.lab_moderation) do
		if #moderation.allowed > 0 then lists[kind] = moderation.allowed; end
	end
	for _, occupant in room:each_occupant() do
		local base = { type = "av_moderation", room = room.jid, mediaType = media, removed = removed };
		if occupant.role == "moderator" then
			base.whitelists = lists;
			tell(occupant, base);
		elseif occupant.nick == nick then
			base.approved = not removed or nil;
			tell(occupant, base);
		end
	end
end

local function command(room, occupant, what)
	local media = what.mediaType;
	room.lab_moderation = room.lab_moderation or {};
	local moderation = room.lab_moderation[media];
	if what.enable then
		moderation = nil;
		if what.enable == "true" then
			moderation = { actor = occupant.nick, allowed = {} };
			for _, other in room:each_occupant() do
				if other.role == "moderator" and not other.nick:find("/focus$") then table.insert(moderation.allowed, other.nick); end
			end
		end
		room.lab_moderation[media] = moderation;
		for _, other in room:each_occupant() do tell(other, change(room, media, moderation or nil)); end
		if moderation then tell_allowed(room, media); end
	elseif moderation and what.jidToWhitelist then
		table.insert(moderation.allowed, what.jidToWhitelist);
		tell_allowed(room, media, what.jidToWhitelist);
	elseif moderation and what.jidToBlacklist then
		for at, nick in ipairs(moderation.allowed) do
			if nick == what.jidToBlacklist then table.remove(moderation.allowed, at); break; end
		end
		tell_allowed(room, media, what.jidToBlacklist, true);
	end
end

local function joined(event)
	for media, moderation in pairs(event.room.lab_moderation or {}) do
		tell(event.occupant, change(event.room, media, moderation));
	end
end

-- The room is the one that the address of the sender's websocket names.
local attached = false;
module:hook("message/host", function (event)
	local what = event.stanza:get_child("av_moderation");
	local name = event.origin.lab_room;
	local room = what and name and prosody.hosts[rooms_host].modules.muc.get_room_from_jid(name:lower() .. "@" .. rooms_host);
	local occupant = room and room:get_occupant_by_real_jid(event.stanza.attr.from);
	if not occupant or occupant.role ~= "moderator" then return true; end
	if not attached then module:context(rooms_host):hook("muc-occupant-joined", joined, -10); end
	attached = true;
	command(room, occupant, what.attr);
	return true;
end);
