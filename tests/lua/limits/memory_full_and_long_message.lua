--- expect: memory
--- memory: 8MiB
--- message: not enough memory
-- An error whose text is longer than what is left of the memory ends as an error, not as a trap.
keep = {}
pcall(function() for i = 1, 1e9 do keep[i] = ("x"):rep(100) .. i end end)
error(("not enough memory "):rep(3000), 0)
