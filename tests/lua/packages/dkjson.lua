--- rocks: dkjson
local json = require "dkjson"
print(json.version)
print(json.encode({ 1, 2.5, "three", true, json.null }))
print(json.encode({ b = 1, a = { x = "y" }, c = {} }, { keyorder = { "a", "b", "c" } }))
print(json.encode({ first = 1, list = { 1, 2 } }, { indent = true, keyorder = { "first", "list" } }))
local value, position, problem = json.decode [=[{"n": -1.5e3, "s": "\u00e9\n\"", "l": [1, [2, []]], "t": true, "z": null}]=]
print(value.n, value.s, #value.l, value.l[2][1], value.t, value.z, position, problem)
print(json.decode "[1, 2")
print(select(2, json.decode '{"a" 1}'))
print(json.quotestring "tab\tand /")
-- The parser that lpeg makes must agree with the one in Lua.
local with_lpeg = json.use_lpeg()
for _, text in ipairs { "[1,2,3]", '{"a":{"b":[true,false,null]}}', '"\\ud83d\\ude00"', "12e-1" } do
  local a, b = json.decode(text), with_lpeg.decode(text)
  local function plain(v) return type(v) == "table" and json.encode(v) or tostring(v) end
  print(plain(a), plain(a) == plain(b), with_lpeg.using_lpeg)
end
