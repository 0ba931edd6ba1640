--- expect: ok
-- The modules inside the guest are asked for after the library they use was poisoned.
local pcall, require, print, type = pcall, require, print, type
string.format, string.gsub, string.rep, table.concat, tostring, setmetatable, error, ipairs, pairs = nil, nil, nil, nil, nil, nil, nil, nil, nil
for i = 1, 8 do
  local name = ({ "lpeg", "re", "cjson", "cjson.util", "lfs", "term", "system", "compat53" })[i]
  local ok, module = pcall(require, name)
  if ok and type(module) ~= "table" and module ~= true then error "what is it?" end
end
print "asked" --> asked
