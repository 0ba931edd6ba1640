--- expect: output
-- Warnings go to the standard error stream and count there.
warn("@on")
local text = ("flood "):rep(100)
while true do warn(text) end
