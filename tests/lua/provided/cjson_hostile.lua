--- expect: ok
--- fuel: 2e10
-- No text and no table takes more than it should: nesting uses no stack of C, and what failed is given back.
local cjson = require "cjson"
cjson.decode_max_depth(math.maxinteger & 0x7fffffff)
cjson.encode_max_depth(0x7fffffff)
local depth = 100000
local deep = cjson.decode(("["):rep(depth) .. ("]"):rep(depth))
print(#cjson.encode(deep) == 2 * depth) --> true
local ok, message = pcall(cjson.decode, ("["):rep(2000000))
print(ok, message:match "^Found too many nested data structures" or message) --> false	Found too many nested data structures
deep = nil
local cycle = {}
cycle[1] = cycle
ok, message = pcall(cjson.encode, cycle)
print(ok, message:match "^Cannot serialise, excessive nesting" or message:match "not enough memory") --> false	Cannot serialise, excessive nesting
local big = { ("x"):rep(1000000), print }
for _ = 1, 100 do
  if pcall(cjson.encode, big) then error "it was encoded" end
end
ok, message = pcall(cjson.encode, { ("\1"):rep(12000000) })
print(ok, message) --> false	not enough memory
print(#cjson.encode { ("x"):rep(1000000) }) --> 1000004
-- a finalizer that encodes while a text is being made
local count = 0
local function finalizer() count = count + #cjson.encode { ("y"):rep(2000) } end
for i = 1, 200 do
  setmetatable({}, { __gc = finalizer })
  if cjson.encode { i, { x = ("z"):rep(3000) } } ~= ('[%d,{"x":"%s"}]'):format(i, ("z"):rep(3000)) then error "mixed up" end
end
collectgarbage()
print(count > 0) --> true
