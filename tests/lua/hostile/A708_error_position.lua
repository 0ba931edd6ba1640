--- expect: raised
--- message: [string "
-- A chunk name that is hostile is cut and quoted in messages.
local name = ("\27[2J"):rep(1000) .. "\n\0"
load("error 'x'", name)()
