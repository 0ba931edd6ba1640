--- rocks: inspect
local inspect = require "inspect"
print(inspect { 1, 2, 3 })
print(inspect { a = 1, b = { c = { d = "deep" } }, [1] = "x", ["not a name"] = true })
print(inspect({ a = { b = { c = 1 } } }, { depth = 2 }))
print(inspect({ 1, { 2 } }, { newline = "", indent = "" }))
local loop = { name = "loop" }
loop.self = loop
print(inspect(loop))
print(inspect(setmetatable({ 1 }, { __call = 1 })))
print(inspect({ 1, "secret", 3 }, { process = function(v) if v ~= "secret" then return v end end }))
print(inspect 'a "quoted" \n text', inspect(nil), inspect(1 / 0), inspect(-0.0))
