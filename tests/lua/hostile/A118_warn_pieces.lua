--- expect: output
--- fuel: 3e9
--- stderr: Lua warning: 
-- Warnings in many pieces end at the ceiling of the error stream.
print "before" --> before
warn "@on"
while true do pcall(warn, "a", "b", "@off", ("c"):rep(1000)) end
