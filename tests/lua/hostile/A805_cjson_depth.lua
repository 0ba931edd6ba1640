--- expect: ok
-- Texts that are deep, wide, cut and wrong: an error each time, and nothing of the stack.
local cjson = require "cjson"
for _, deep in ipairs { ("["):rep(100000), ('{"a":'):rep(100000), ("[[{\"a\":"):rep(50000) } do
  local ok, message = pcall(cjson.decode, deep)
  assert(not ok and message:match "nested", message)
end
for _, bad in ipairs { "", "[", "]", "{", '{"a"}', "[1,]", "[,]", "nul", "tru", '"\\u"', '"\\ud800"', '"\\udc00"', "1e", "-", "[1 2]", '{"a":1,}', "\0", "[1]]", '"\\x"', "\xff", '"' } do
  assert(not pcall(cjson.decode, bad), bad)
end
for i = 1, 40 do pcall(cjson.decode, ('{"a":[1,2.5e3,"x\\u00e9",null,true,{"b":-1}]}'):sub(1, i)) end
print(#cjson.decode("[" .. ("0,"):rep(100000) .. "0]")) --> 100001
