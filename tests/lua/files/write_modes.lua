--- expect: ok
--- mount: work
-- The modes w, a, r+, w+ and a+ and what each does to a file that is there.
local path = "/work/modes.txt"
local function write(mode, text)
  local f = assert(io.open(path, mode))
  assert(f:write(text))
  assert(f:close())
end
local function content() local f <close> = assert(io.open(path)); return f:read("a") end
write("w", "one\n")
write("a", "two\n")
print((content():gsub("\n", "/"))) --> one/two/
write("r+", "ONE")
print((content():gsub("\n", "/"))) --> ONE/two/
write("w", "gone")
print(content()) --> gone
do
  local f <close> = assert(io.open(path, "w+"))
  f:write("written")
  f:seek("set", 2)
  print(f:read(3), f:seek("end")) --> itt	7
end
do
  local f <close> = assert(io.open(path, "a+"))
  print(f:read("a"), f:seek("set")) --> written	0
  f:write("+more")
  f:seek("set")
  print(f:read("a")) --> written+more
end
print((select(2, io.open("/work/missing.txt", "r+")))) --> /work/missing.txt: No such file or directory
local f = assert(io.open(path, "rb"))
local ok, message = f:write("x")
print(ok, type(message)) --> nil	string
f:close()
local w = assert(io.open(path, "w"))
local data, reason = w:read("a")
print(data, type(reason)) --> nil	string
w:close()
for _, mode in ipairs { "", "x", "rw", "r++", "+r", "rb+", "wbx", "r+b", "ab" } do
  local opened, f, e = pcall(io.open, path, mode)
  io.write(mode, "=", opened and io.type(f) or f:match("invalid mode"), " ")
  if opened and f then f:close() end
end
print(".") --> =invalid mode x=invalid mode rw=invalid mode r++=invalid mode +r=invalid mode rb+=invalid mode wbx=invalid mode r+b=file ab=file .
