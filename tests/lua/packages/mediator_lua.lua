--- rocks: mediator_lua
local mediator = require "mediator" ()
local seen = {}
mediator:subscribe({ "news", "local" }, function(text) seen[#seen + 1] = "local " .. text end)
mediator:subscribe({ "news" }, function(text) seen[#seen + 1] = "all " .. text; return nil, true end)
mediator:subscribe({ "news" }, function(text) seen[#seen + 1] = "long " .. text; return nil, true end,
  { priority = 1, predicate = function(text) return #text > 3 end })
mediator:publish({ "news", "local" }, "rain")
mediator:publish({ "news" }, "sun")
mediator:publish({ "other" }, "never")
print(table.concat(seen, "; "))
local channel = mediator:getChannel { "news" }
print(#channel.callbacks, channel.namespace, channel.channels["local"] ~= nil)
