--- expect: cpu
-- An iterator that never ends.
for _ in function() return true end do end
