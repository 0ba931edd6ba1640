--- expect: raised
--- memory: 16MiB
-- The text of an uncaught error does not fit.
error(setmetatable({}, { __tostring = function() return ("x"):rep(64 << 20) end }))
