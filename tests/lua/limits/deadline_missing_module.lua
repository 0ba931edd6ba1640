--- expect: cpu
--- time: 0.2s
--- fuel: 1e15
-- A loop that does nothing but ask the host for modules is late all the same.
while true do pcall(require, 'no.such') end
