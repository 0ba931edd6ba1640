--- expect: ok
-- Errors raised in metamethods, iterators, comparators and callbacks keep their position.
local function fail() error("failed") end
local mt = { __index = fail, __newindex = fail, __call = fail, __add = fail, __concat = fail,
             __eq = fail, __lt = fail, __len = fail, __tostring = fail, __close = fail, __pairs = fail }
local t, u = setmetatable({}, mt), setmetatable({}, mt)
local function try(f) print(pcall(f)) end
try(function() return t.x end) --> false	errors_in_metamethods.lua:3: failed
try(function() t.x = 1 end) --> false	errors_in_metamethods.lua:3: failed
try(function() t() end) --> false	errors_in_metamethods.lua:3: failed
try(function() return t + 1 end) --> false	errors_in_metamethods.lua:3: failed
try(function() return t .. "x" end) --> false	errors_in_metamethods.lua:3: failed
try(function() return t == u end) --> false	errors_in_metamethods.lua:3: failed
try(function() return t < u end) --> false	errors_in_metamethods.lua:3: failed
try(function() return #t end) --> false	errors_in_metamethods.lua:3: failed
try(function() return tostring(t) end) --> false	errors_in_metamethods.lua:3: failed
try(function() for _ in pairs(t) do end end) --> false	errors_in_metamethods.lua:3: failed
try(function() local c <close> = t end) --> false	errors_in_metamethods.lua:3: failed
try(function() table.sort({ 3, 2, 1 }, fail) end) --> false	errors_in_metamethods.lua:3: failed
try(function() return ("x"):gsub("x", fail) end) --> false	errors_in_metamethods.lua:3: failed
try(function() for _ in fail do end end) --> false	errors_in_metamethods.lua:3: failed
try(function() print(t) end) --> false	errors_in_metamethods.lua:3: failed
print(rawequal(t, t), rawget(t, "x"), rawlen(t)) --> true	nil	0
