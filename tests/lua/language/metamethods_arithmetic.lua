--- expect: ok
-- Every operator has its metamethod; the left operand is asked first.
local log = {}
local mt = {}
for _, event in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv",
                         "band", "bor", "bxor", "shl", "shr", "bnot", "concat" } do
  mt["__" .. event] = function(a, b)
    local function show(v) return type(v) == "table" and v.name or tostring(v) end
    return event .. "(" .. show(a) .. "," .. show(b) .. ")"
  end
end
local x = setmetatable({ name = "x" }, mt)
local y = setmetatable({ name = "y" }, { __add = function() return "y's add" end })
print(x + 1, 1 + x, x + y, y + x) --> add(x,1)	add(1,x)	add(x,y)	y's add
print(x - 1, x * 2, x / 3, x % 4, x ^ 5) --> sub(x,1)	mul(x,2)	div(x,3)	mod(x,4)	pow(x,5)
print(-x, x // 6, x & 7, x | 8, x ~ 9) --> unm(x,x)	idiv(x,6)	band(x,7)	bor(x,8)	bxor(x,9)
print(x << 1, x >> 2, ~x, x .. "s", "s" .. x) --> shl(x,1)	shr(x,2)	bnot(x,x)	concat(x,s)	concat(s,x)
print(1.5 & x, "a" | x, 1 .. x .. 2) --> band(1.5,x)	bor(a,x)	1concat(x,2)
print(pcall(function() return y - 1 end))
--> false	metamethods_arithmetic.lua:19: attempt to perform arithmetic on a table value (upvalue 'y')
local many = setmetatable({}, { __add = function() return 1, 2, 3 end })
print((many + 1), many + 1) --> 1	1
