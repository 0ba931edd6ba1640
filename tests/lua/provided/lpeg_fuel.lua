--- expect: cpu
--- fuel: 1e9
-- A match that takes for ever is stopped as a loop is.
local lpeg = require "lpeg"
local P, V = lpeg.P, lpeg.V
local explode = P {("(" * V(1) * "+") + ("(" * V(1) * "-") + "(" * V(1) + "*"}
pcall(lpeg.match, explode, ("("):rep(100))
