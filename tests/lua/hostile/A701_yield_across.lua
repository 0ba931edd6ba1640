--- expect: ok
-- Yields across everything that is C: an error where it cannot be, and right where it can.
local yield = coroutine.yield
local function inside(f, ...) local co = coroutine.create(f) local ok, m = coroutine.resume(co, ...) return ok, m end
local crossing = "attempt to yield across a C-call boundary"
assert(select(2, inside(table.sort, { 1, 2, 3 }, yield)) == crossing)
assert(select(2, inside(string.gsub, "x", "x", yield)) == crossing)
assert(select(2, inside(load, yield)) == nil)
assert(select(2, inside(tostring, setmetatable({}, { __tostring = yield }))) == crossing)
assert(select(2, inside(require, "x")) ~= crossing)
local co = coroutine.wrap(function()
  local t = setmetatable({}, { __index = function(_, k) return yield(k) end, __add = yield, __eq = yield, __lt = yield, __concat = yield, __call = yield, __len = yield, __close = yield })
  local results = { t.x, pcall(yield, "p"), select(2, xpcall(yield, print, "h")), t < t, t .. t, #t }
  do local c <close> = t end
  for v in yield do results[#results + 1] = v break end
  return #results
end)
local last
for _ = 1, 30 do last = co(1) if type(last) == "number" and last ~= 1 then break end end
print(last) --> 7
