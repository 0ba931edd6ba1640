--- expect: ok
--- mount: work
-- os.remove and os.rename inside a writable mount.
local function put(name, text) local f <close> = assert(io.open(name, "w")); f:write(text) end
local function get(name)
  local f <close> = io.open(name)
  return f and f:read("a")
end
put("/work/a.txt", "content of a")
print(os.rename("/work/a.txt", "/work/b.txt")) --> true
print(get("/work/a.txt"), get("/work/b.txt")) --> nil	content of a
put("/work/c.txt", "content of c")
print(os.rename("/work/c.txt", "/work/b.txt"), get("/work/b.txt"), get("/work/c.txt")) --> true	content of c	nil
print(os.remove("/work/b.txt"), get("/work/b.txt")) --> true	nil
local ok, message, code = os.remove("/work/b.txt")
print(ok, message, math.type(code)) --> nil	/work/b.txt: No such file or directory	integer
ok, message, code = os.rename("/work/no.txt", "/work/yes.txt")
print(ok, message, math.type(code)) --> nil	No such file or directory	integer
put("/work/open.txt", "still readable")
local f = assert(io.open("/work/open.txt"))
print(os.remove("/work/open.txt"), f:read("a"), f:close()) --> true	still readable	true
print(get("/work/open.txt")) --> nil
for i = 1, 50 do put("/work/n" .. i, tostring(i)) end
local sum = 0
for i = 1, 50 do sum = sum + get("/work/n" .. i); assert(os.remove("/work/n" .. i)) end
print(sum) --> 1275
