--- expect: raised
--- message: no more lines
-- A hook that fails on every line stops its script with an ordinary error.
print("before") --> before
debug.sethook(function() error("no more lines") end, "l")
print("never")
