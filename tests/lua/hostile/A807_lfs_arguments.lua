--- expect: ok
--- mount: work
-- Every function of lfs with every kind of argument, and nothing is left.
local lfs = require "lfs"
local values = { "", "/", "/work", "/work/x", "..", "\0", ("x"):rep(10000), 0, -1, 1e300, {}, print, io.stdout, true, "mode", "w" }
for name, f in pairs(lfs) do
  if type(f) == "function" then
    pcall(f)
    for _, a in ipairs(values) do pcall(f, a) for _, b in ipairs(values) do pcall(f, a, b) pcall(f, a, b, 1, 1) end end
  end
end
lfs.chdir "/"
collectgarbage()
print(lfs.currentdir(), lfs.attributes("/work", "mode"), (lfs.attributes "/etc/passwd")) --> /	directory	nil
