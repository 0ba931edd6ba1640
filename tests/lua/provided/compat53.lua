--- expect: ok
-- compat53 has nothing to add to this Lua.
local before = {}
for name, value in pairs(_G) do before[name] = value end
print((require "compat53"), (require "compat53.init")) --> true	true
print(require "compat53.module" == _G) --> true
for _, name in ipairs { "string", "table", "utf8", "io" } do
  if require("compat53." .. name) ~= _G[name] then error(name) end
end
for name, value in pairs(_G) do
  if before[name] ~= value then error(name) end
end
print(pcall(require, "compat53.nothing") or "there is no other") --> there is no other
