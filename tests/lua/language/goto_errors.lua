--- expect: ok
-- What the compiler refuses about labels, and how it says so.
local function try(source)
  local f, message = load(source, "=c")
  print(f, message)
end
try("goto nowhere") --> nil	c:1: no visible label 'nowhere' for <goto> at line 1
try("break") --> nil	c:1: break outside loop at line 1
try("::a:: ::a::") --> nil	c:1: label 'a' already defined on line 1
try("goto f\nlocal x\n::f:: print(x)") --> nil	c:3: <goto f> at line 1 jumps into the scope of local 'x'
try("do ::inside:: end goto inside") --> nil	c:1: no visible label 'inside' for <goto> at line 1
try("local f = function() goto outer end ::outer::") --> nil	c:1: no visible label 'outer' for <goto> at line 1
try("repeat goto cont local x = 1 ::cont:: until x")
--> nil	c:1: <goto cont> at line 1 jumps into the scope of local 'x'
print((load("goto f local x ::f::")) ~= nil) --> true
print((load("while true do break end ::last:: goto last")) ~= nil) --> true
