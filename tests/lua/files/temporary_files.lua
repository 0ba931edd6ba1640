--- expect: ok
-- io.tmpfile and os.tmpname: without a place for temporary files both fail in an orderly way.
local ok, file, message = pcall(io.tmpfile)
if ok and file then
  file:write("text")
  file:seek("set")
  assert(file:read("a") == "text")
  file:close()
else
  assert(type(ok and message or file) == "string")
end
local named, name = pcall(os.tmpname)
assert(type(name) == "string")
if named then
  assert(io.open(name) == nil)
end
print("orderly") --> orderly
