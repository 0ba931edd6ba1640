--- expect: raised
-- The object's __tostring fails while the message is made: still an ordinary Lua error.
print("before") --> before
error(setmetatable({}, { __tostring = function() error("no text either") end }))
