--- expect: ok
-- Nesting through C is limited to about two hundred levels, with an error that can be caught.
local function says(f, ...)
  local ok, message = pcall(f, ...)
  return ok, type(message) == "string" and (message:match("C stack overflow") or message:match("error in error handling")) or message
end
local function nested_pcall(n) local ok, e = pcall(nested_pcall, n + 1) if not ok then error(e, 0) end end
print(says(nested_pcall, 1)) --> false	C stack overflow
local function nested_gsub() return (("x"):gsub("x", nested_gsub)) end
print(says(nested_gsub)) --> false	C stack overflow
local function nested_sort() table.sort({ 1, 2, 3 }, nested_sort) return true end
print(says(nested_sort)) --> false	C stack overflow
local function nested_coroutine() return coroutine.wrap(nested_coroutine)() end
print(says(nested_coroutine)) --> false	C stack overflow
local function nested_meta() return #setmetatable({}, { __len = nested_meta }) end
print(says(nested_meta)) --> false	C stack overflow
local function parse(open) return (select(2, load("return " .. open:rep(300))):match("C stack overflow")) end
print(parse("{"), parse("("), parse("function() return "), parse("not ")) --> C stack overflow	C stack overflow	C stack overflow	C stack overflow
print(says(string.find, ("x"):rep(300000), ("x?"):rep(300000))) --> false	pattern too complex
local mt = {}
mt.__tostring = function(t) return tostring(t) end
print(says(tostring, setmetatable({}, mt))) --> false	C stack overflow
local function deep_pcall(n) if n == 0 then return "bottom" end return select(2, pcall(deep_pcall, n - 1)) end
print(deep_pcall(150)) --> bottom
