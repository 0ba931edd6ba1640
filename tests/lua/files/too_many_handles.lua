--- expect: ok
--- mount: files
-- Opening files without end is refused at some point; closing them makes the VM whole again.
local open, message = {}, nil
for i = 1, 100000 do
  local f, e = io.open("/files/lines.txt")
  if not f then message = e break end
  open[i] = f
  if i == 3000 then break end
end
assert(#open >= 8, "at least a few files must be possible")
assert(message == nil or type(message) == "string")
assert(open[1]:read("l") == "first line" and open[#open]:read("l") == "first line")
for _, f in ipairs(open) do f:close() end
open = nil
for _ = 1, 100 do
  local f <close> = assert(io.open("/files/lines.txt"))
  assert(f:read("l") == "first line")
end
print("usable again") --> usable again
