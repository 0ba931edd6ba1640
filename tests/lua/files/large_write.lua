--- expect: ok
--- mount: work
-- A string larger than what the host moves at once is written and read whole.
local text = ("0123456789abcdef"):rep(3 << 16)
local f = assert(io.open("/work/large", "wb"))
print(io.type(f:write(text))) --> file
f:close()
local r = assert(io.open("/work/large", "rb"))
print(r:read("a") == text) --> true
r:close()
