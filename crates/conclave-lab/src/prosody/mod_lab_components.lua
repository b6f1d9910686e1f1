-- What this deployment has, as clients read it in the domain's disco#info.
module:add_identity("component", "lobbyrooms", module:get_option_string("lobby_muc"));
module:add_identity("component", "av_moderation", module:get_option_string("moderation_component"));
