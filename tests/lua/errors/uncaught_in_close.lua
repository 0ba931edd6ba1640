--- expect: raised
--- message: handler failed
-- The error of a __close handler is the one that is reported.
local guard <close> = setmetatable({}, { __close = function(_, e)
  print("closing after", e:match("body failed")) --> closing after	body failed
  error("handler failed", 0)
end })
error("body failed")
