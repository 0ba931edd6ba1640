--- expect: cpu
-- An endless repeat with closures that have to be closed every round.
repeat local x = 1; local f = function() return x end until false
