--- expect: cpu
--- fuel: 3e8
-- A searcher that asks require for another name, caught each time, for ever.
print "before" --> before
local n = 0
table.insert(package.searchers, 1, function(name)
  n = n + 1
  if #name < 30 then pcall(require, name .. "x") end
  return function() return n end
end)
while true do
  package.loaded.a = nil
  pcall(require, "a")
end
