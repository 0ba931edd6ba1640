--- expect: ok
--- mount: files
-- A read-only mount refuses every change, and every refusal is an ordinary nil and message.
local function refused(...)
  local value, message, code = ...
  return value == nil and type(message) == "string" and math.type(code) == "integer"
end
for _, mode in ipairs { "w", "a", "r+", "w+", "a+", "wb" } do
  assert(refused(io.open("/files/lines.txt", mode)), mode)
  assert(refused(io.open("/files/new.txt", mode)), mode)
end
print("opening for writing is refused") --> opening for writing is refused
print(refused(os.remove("/files/lines.txt"))) --> true
print(refused(os.remove("/files/sub"))) --> true
print(refused(os.rename("/files/lines.txt", "/files/other.txt"))) --> true
print(refused(os.rename("/files/lines.txt", "/files/sub/inner.txt"))) --> true
print(pcall(io.output, "/files/out.txt") == false) --> true
local f <close> = assert(io.open("/files/lines.txt"))
print(refused(f:write("x"))) --> true
f:seek("set")
print(f:read("l"), f:seek("end")) --> first line	71
print((select(2, io.open("/files/new.txt")))) --> /files/new.txt: No such file or directory
