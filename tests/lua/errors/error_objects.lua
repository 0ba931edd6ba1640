--- expect: ok
-- Any value can be an error: tables keep their identity, nil stays nil, numbers stay numbers.
local object = { code = 7 }
local ok, e = pcall(error, object)
print(ok, e == object, e.code) --> false	true	7
print(pcall(error)) --> false	nil
print(pcall(error, nil)) --> false	nil
print(pcall(error, false)) --> false	false
print(select("#", pcall(error)), math.type(select(2, pcall(error, 42)))) --> 2	integer
print(pcall(error, print) == false, select(2, pcall(error, print)) == print) --> true	true
local co = coroutine.create(error)
local ok2, e2 = coroutine.resume(co, object)
print(ok2, e2 == object) --> false	true
local class = setmetatable({ text = "custom" }, { __tostring = function(self) return "<" .. self.text .. ">" end })
print(pcall(error, class)) --> false	<custom>
print(select(2, pcall(error, class)) == class) --> true
local function rethrow()
  local ok, e = pcall(error, object)
  if not ok then e.seen = true; error(e, 0) end
end
local _, again = pcall(rethrow)
print(again == object, again.seen) --> true	true
print(pcall(pcall, error, "x")) --> true	false	x
print(pcall(pcall)) --> false	bad argument #1 to 'pcall' (value expected)
print(pcall(42)) --> false	attempt to call a number value
