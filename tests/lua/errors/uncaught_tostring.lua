--- expect: raised
--- message: quota exceeded: 7 of 5
-- An uncaught object describes itself through __tostring.
error(setmetatable({ used = 7, limit = 5 }, {
  __tostring = function(self) return "quota exceeded: " .. self.used .. " of " .. self.limit end,
}))
