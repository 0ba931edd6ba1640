--- expect: ok
-- string.gmatch: captures, empty matches, start position, anchors.
local function list(...)
  local t = {}
  for a, b in string.gmatch(...) do t[#t + 1] = b and a .. "=" .. b or tostring(a) end
  return "<" .. table.concat(t, ",") .. ">"
end
print(list("one two  three", "%a+"), list("a=1, b=2", "(%w+)=(%w+)")) --> <one,two,three>	<a=1,b=2>
print(list("abc", ""), list("abc", "()"), list("aXbX", "X")) --> <,,,>	<1,2,3,4>	<X,X>
print(list("abc", "b*"), list("hello", "l", 4), list("hello", "l", -1), list("hello", "l", 100)) --> <,b,>	<l>	<>	<>
print(list("hello", "^h"), list("^h^h", "%^h")) --> <>	<^h,^h>
local it = ("x y"):gmatch("%a")
print(it(), it(), (it()), (it())) --> x	y	nil	nil
local n = 0
for w in ("the cat sat"):gmatch("%a+") do
  for _ in w:gmatch("[aeiou]") do n = n + 1 end
end
print(n) --> 3
print(pcall(string.gmatch, "x")) --> false	bad argument #2 to 'string.gmatch' (string expected, got no value)
print(pcall(function() for _ in ("x"):gmatch("(") do end end)) --> false	string_gmatch.lua:20: unfinished capture
