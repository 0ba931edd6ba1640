--- expect: ok
--- fuel: 4e9
-- Lua functions without end of every form: an error that can be caught, and then again work.
local f = {}
function f.plain() return 1 + f.plain() end
function f.vararg(...) return (f.vararg(...)) end
function f.method() return 1 .. f.method() end
function f.pcalled() local ok, e = pcall(f.pcalled) if not ok then error(e, 0) end end
function f.close() local x <close> = setmetatable({}, { __close = function() end }) return (f.close()) end
function f.iterator() for _ in f.iterator do end end
function f.index() return setmetatable({}, { __index = f.index }).x end
function f.newindex() setmetatable({}, { __newindex = f.newindex }).x = 1 end
function f.unm() return -setmetatable({}, { __unm = f.unm }) end
function f.lt() return setmetatable({}, { __lt = f.lt }) < 1 end
function f.call() return (setmetatable({}, { __call = f.call })()) end
function f.pairs() return pairs(setmetatable({}, { __pairs = f.pairs })) end
function f.wrap() return coroutine.wrap(f.wrap)() end
function f.gmatch() return ("x"):gsub(".", f.gmatch) end
function f.sort() table.sort({ 1, 2, 3 }, f.sort) end
local names = {}
for name in pairs(f) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local ok, message = pcall(f[name])
  assert(not ok and (tostring(message):find "overflow" or message == "not enough memory"), name .. ": " .. tostring(message))
end
print(#names == 15) --> true
