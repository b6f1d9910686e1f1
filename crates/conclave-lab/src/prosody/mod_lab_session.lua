-- What a client says of itself in the address of its websocket.
module:set_global();

local decode = require "util.http".formdecode;

module:hook("websocket-session", function (event)
	local said = decode(event.request.url.query or "");
	if type(said) ~= "table" then return; end
	local bearer = (event.request.headers.authorization or ""):match("^Bearer (.+)$");
	event.session.lab_previous, event.session.lab_token = said.previd, said.token or bearer;
end);
