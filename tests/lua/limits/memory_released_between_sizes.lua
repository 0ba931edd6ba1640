--- expect: ok
--- memory: 16MiB
-- Memory that was freed in one size serves every other size: small pieces, then large ones, and back.
local kib = ("x"):rep(1024)
local function fill(count, make)
  local t = {}
  for i = 1, count do t[i] = make(i) end
end
local rounds = {
  function() fill(100000, function(i) return i .. "abc" end) end,
  function() fill(40000, function(i) return { i } end) end,
  function() fill(5 * 1024, function(i) return kib .. i end) end,
  function() fill(50, function(i) return kib:rep(100) .. i end) end,
  function() fill(3, function(i) return kib:rep(1024) .. i end) end,
  function() fill(1, function(i) return kib:rep(5 * 1024) end) end,
}
for i = 1, #rounds do rounds[i]() collectgarbage() end
for i = #rounds, 1, -1 do rounds[i]() collectgarbage() end
print(collectgarbage("count") < 2048, "released") --> true	released
