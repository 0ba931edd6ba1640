--- rocks: luajson
local json = require "json"
print(json.encode { 1, 2, "three", true })
print(json.encode { key = { nested = "value" } })
local value = json.decode [[{"n": [1, -2.5, 3e2], "s": "a\u0041\n", "t": true, "e": {}, "z": null}]]
print(value.n[1], value.n[2], value.n[3], value.s, value.t, next(value.e), value.z == json.util.null)
local strict = json.decode.getDecoder(true)
print(strict '["x"]'[1], (pcall(strict, "[undefined]")))
print((pcall(json.decode, '{"a": }')))
print(json.decode "[1, /* a comment */ 2]"[2], json.decode "'single'")
print(json.encode(json.util.null), json.encode { json.util.null, 1 })
