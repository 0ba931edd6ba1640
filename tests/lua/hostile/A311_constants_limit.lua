--- expect: ok
--- fuel: 4e9
-- More constants than the short instructions reach.
local parts = {}
for i = 1, 40000 do parts[i] = "t[" .. i .. ".25]=" .. i .. ".5" end
local env = { t = {} }
load(table.concat(parts, "\n"), "=constants", "t", env)()
for i = 1, 40000, 997 do assert(env.t[i + 0.25] == i + 0.5) end
print "right" --> right
