--- expect: ok
-- A reader that gives nothing, something that is no text, an error, a yield, or that loads again.
print(type(load(function() end))) --> function
print(load(function() return {} end, "=x")) --> nil	A116_load_reader_hostile.lua:4: reader function must return a string
print(load(function() error("in the reader", 0) end)) --> nil	in the reader
print(load(coroutine.wrap(function() coroutine.yield "return " coroutine.yield "1" end))()) --> 1
print(coroutine.wrap(function() return load(coroutine.yield) end)()) --> nil	attempt to yield across a C-call boundary
local deepest
local function again()
  local f, message = load(again)
  deepest = deepest or message
  return f and "" or nil
end
print(type(load(again)), deepest:match "C stack overflow") --> function	C stack overflow
print(load(function() return "12" end, "=digits", "x")) --> nil	attempt to load a text chunk (mode is 'x')
