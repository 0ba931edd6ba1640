--- expect: ok
-- The generic for loop: any callable iterates, the fourth value is closed however the loop ends.
local function count(limit, i)
  if i < limit then return i + 1, (i + 1) ^ 2 end
end
for i, square in count, 3, 0 do print(i, square) end
--> 1	1.0
--> 2	4.0
--> 3	9.0
local callable = setmetatable({ left = 2 }, { __call = function(self)
  self.left = self.left - 1
  return self.left >= 0 and self.left or nil
end })
for v in callable do io.write(v, " ") end print("called") --> 1 0 called
local function closing(name)
  return setmetatable({}, { __close = function(_, e) print("closed", name, e) end })
end
for i in count, 3, 0, closing("end") do io.write(i, " ") end print("loop over")
--> 1 2 3 closed	end	nil
--> loop over
for _ in count, 3, 0, closing("break") do break end --> closed	break	nil
print(pcall(function()
  for _ in count, 3, 0, closing("error") do error("inside", 0) end
end))
--> closed	error	inside
--> false	inside
local function early()
  for i in count, 3, 0, closing("return") do return i * 100 end
end
print(early())
--> closed	return	nil
--> 100
print(pcall(function() for _ in 42 do end end))
--> false	for_generic.lua:33: attempt to call a number value (for iterator 'for iterator')
print(pcall(function() for _ in nil do end end))
--> false	for_generic.lua:35: attempt to call a nil value (for iterator 'for iterator')
