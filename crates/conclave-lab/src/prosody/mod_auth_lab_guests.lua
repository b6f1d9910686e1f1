-- SASL ANONYMOUS as a Jitsi deployment has it: a session that is resumed keeps its name, and where there is a secret, only
-- the bearer of a token signed with it (HS256) comes in.
local jwt = require "util.jwt";
local long = require "util.id".long;
local secret = module:get_option_string("token_secret");

local function refusal(token)
	if not secret then return; end
	if not token then return "token required"; end
	local good, claims = jwt.verify(secret, token);
	if not good then return "Invalid signature: " .. tostring(claims); end
	if (tonumber(claims.exp) or math.huge) < os.time() then return "Not acceptable by exp"; end
end

local function name_of(session)
	for name, user in pairs(prosody.hosts[module.host].sessions) do
		for _, other in pairs(user.sessions) do
			if session.lab_previous and other.resumption_token == session.lab_previous then return name; end
		end
	end
	return long():sub(1, 24):lower();
end

local provider = {};
function provider.user_exists() return true; end
function provider.get_sasl_handler(session)
	local handler = {};
	function handler:mechanisms() return { ANONYMOUS = true }; end
	function handler:select(mechanism)
		self.selected = mechanism == "ANONYMOUS" and mechanism or nil;
		return self.selected ~= nil;
	end
	function handler:process()
		local why = refusal(session.lab_token);
		if why then return "failure", "not-allowed", why; end
		self.username = name_of(session);
		return "success";
	end
	function handler:clean_clone() return provider.get_sasl_handler(session); end
	return handler;
end

module:provides("auth", provider);
