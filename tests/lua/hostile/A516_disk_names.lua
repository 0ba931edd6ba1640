--- expect: ok
--- mount: work
-- Temporary names and files are inside the mount, are not guessed twice, and leave nothing.
local lfs = require "lfs"
local seen = {}
for _ = 1, 200 do
  local name = os.tmpname()
  assert(name:match "^/work/[%w_]+$" and not seen[name], name)
  seen[name] = true
  assert(os.remove(name))
end
for _ = 1, 100 do local f <close> = assert(io.tmpfile()) f:write "x" f:seek "set" assert(f:read "a" == "x") end
local left = 0
for name in lfs.dir "/work" do if name ~= "." and name ~= ".." then left = left + 1 end end
print(left) --> 0
