local type, rawget, getmetatable, pack, unpack, sort, tostring, setmetatable, print, select =
type, rawget, getmetatable, table.pack, table.unpack, table.sort, tostring, setmetatable, print, select
local mtype, tointeger, maxinteger, format = math.type, math.tointeger, math.maxinteger, string.format
local function show(v)
local t = type(v)
if t == "nil" or t == "boolean" or t == "number" or t == "string" then return v end
local m = getmetatable(v)
if type(m) == "table" and rawget(m, "__tostring") then return v end
return t end
local function list(...)
local t = pack(...)
for i = 1, t.n do t[i] = show(t[i]) end
return unpack(t, 1, t.n) end
local function near(v) if v ~= v then return "nan" end if mtype(v) == "float" then return format("%.9g", v) end return v end
local function at(i)
local n = tointeger(i)
if n and n > 0x7fffffff then return maxinteger end
return i end
local function less(a, b)
local s, t = mtype(a) or type(a), mtype(b) or type(b)
if s ~= t then return s < t end
if s == "integer" or s == "float" or s == "string" then return a < b end
return s == "boolean" and a and not b end
local function sorted(t)
local keys, n, seen = {}, 0, {}
for k in next, t do
local s = type(k)
if s == "number" or s == "string" or s == "boolean" then n = n + 1 keys[n] = k end end
sort(keys, less)
local i = 0
return function() i = i + 1 local k = keys[i] if k ~= nil then return k, t[k] end end end
local function closer(n)
return setmetatable({}, { __close = function(_, e) print("close", n, show(e)) end }) end
local function object(t, m) return setmetatable(t, m) end
local plain = tostring
local tostring = function(v, ...) return plain(show(v), ...) end
local N, S, T, B, A = 0, "", {}, false, nil
local F = function(...) return ... end
math.randomseed(7)
