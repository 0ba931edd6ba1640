--- expect: ok
--- fuel: 3e8
-- The same storm is not dearer than three hundred million.
for _ = 1, 100000 do pcall(error) end
print "after" --> after
