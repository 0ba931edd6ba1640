--- expect: cpu
-- The compiler is fed white space without end.
print("before") --> before
load(function() return " " end)
