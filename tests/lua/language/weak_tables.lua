--- expect: ok
-- Weak keys, weak values, ephemerons, and what is never collected.
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local values = setmetatable({}, { __mode = "v" })
values[1], values[2], values.s, values.f = {}, "string", "kept", function() return values end
local anchor = {}
values.anchor = anchor
collectgarbage()
print(values[1], values[2], values.s, values.anchor == anchor) --> nil	string	kept	true
local keys = setmetatable({}, { __mode = "k" })
keys[{}], keys[anchor], keys["s"] = 1, 2, 3
collectgarbage()
print(size(keys), keys[anchor], keys.s) --> 2	2	3
local ephemeron = setmetatable({}, { __mode = "k" })
do
  local k = {}
  ephemeron[k] = { back = k }
  local a, b = {}, {}
  ephemeron[a], ephemeron[b] = b, a
end
collectgarbage()
print(size(ephemeron)) --> 0
local both = setmetatable({}, { __mode = "kv" })
both[{}], both[anchor], both[1] = anchor, {}, {}
collectgarbage()
print(size(both)) --> 0
