--- expect: ok
--- mount: work
-- Names that are long, deep, empty, or hold any byte: made inside the mount or refused, never an escape or a trap.
local made = 0
for byte = 0, 255 do
  local name = "/work/a" .. string.char(byte) .. "b"
  local f = io.open(name, "w")
  if f then
    f:write "x"
    f:close()
    assert(os.remove(name), byte)
    made = made + 1
  end
end
print(made > 100) --> true
print((io.open("/work/" .. ("x"):rep(255), "w"))  ~= nil, (io.open("/work/" .. ("x"):rep(256), "w"))) --> true	nil
print((io.open("/work/" .. ("a/"):rep(3000) .. "x", "w"))) --> nil
print((io.open(("x"):rep(1 << 20)))) --> nil
print((os.rename("/work/none", ("y"):rep(1 << 20)))) --> nil
print(pcall(io.open, "/work/x", "rw")) --> false	bad argument #2 to 'io.open' (invalid mode)
print(pcall(io.open, "/work/x", ("r"):rep(100000))) --> false	bad argument #2 to 'io.open' (invalid mode)
print(pcall(io.open, "/work/x", "r+b+")) --> false	bad argument #2 to 'io.open' (invalid mode)
