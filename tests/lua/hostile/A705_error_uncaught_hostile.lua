--- expect: raised
--- message: error in error handling
-- An uncaught error whose text raises itself.
local mt = {}
mt.__tostring = function(self) error(self) end
mt.__index = function(self) error(self) end
error(setmetatable({}, mt))
