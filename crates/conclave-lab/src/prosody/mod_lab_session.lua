-- What a client says of itself in the address of its websocket.
module:set_global();

local decode = require "util.http".formdecode;

module:hook("websocket-session", function (event)
	local said = decode(event.request.url.query or "");
	if type(said) ~= "table" then return; end
	local bearer = (event.request.headers.authorization or ""):match("^Bearer (.+)$");
	local session = event.session;
	session.lab_previous, session.lab_token, session.lab_room = said.previd, said.token or bearer, said.room;
end);
