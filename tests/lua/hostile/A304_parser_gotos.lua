--- expect: ok
-- Labels and gotos: many, twice the same, none, into blocks and out of functions.
local parts = {}
for i = 1, 3000 do parts[i] = ("goto l%d ::l%d::"):format(i, i) end
print(load(table.concat(parts, " ") .. " return 1")()) --> 1
local function refused(source, part) local f, m = load(source) assert(not f and m:find(part, 1, true), m) end
refused("::a:: ::a::", "label 'a' already defined")
refused("::a:: do ::a:: end", "label 'a' already defined")
refused("goto x", "no visible label 'x'")
refused("goto x do ::x:: end", "no visible label 'x'")
refused("goto x local a ::x:: print(a)", "jumps into the scope of local 'a'")
refused("::x:: local function f() goto x end", "no visible label 'x'")
refused("do ::x:: end goto x", "no visible label 'x'")
refused("repeat goto x local a ::x:: until a", "jumps into the scope of local 'a'")
refused("break", "break outside")
refused("while true do local function f() break end end", "break outside")
print "refused" --> refused
