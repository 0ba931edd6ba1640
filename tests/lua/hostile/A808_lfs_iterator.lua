--- expect: ok
--- mount: work
-- A folder that is closed, changed and removed while it is read; iterators of other folders.
local lfs = require "lfs"
lfs.mkdir "/work/d"
for i = 1, 200 do io.open("/work/d/" .. i, "w"):close() end
local seen = 0
for name in lfs.dir "/work/d" do seen = seen + 1 if tonumber(name) then assert(os.remove("/work/d/" .. name)) end end
assert(seen <= 202)
local step, folder = lfs.dir "/work/d"
step(folder)
folder:close()
print((pcall(step, folder)), (pcall(step, io.stdout)), (pcall(step))) --> false	false	false
local again, held = lfs.dir "/work/d"
for name in again, held do if tonumber(name) then os.remove("/work/d/" .. name) end end
print(lfs.rmdir "/work/d", lfs.attributes "/work/d" == nil) --> true	true
