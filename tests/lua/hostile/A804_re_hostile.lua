--- expect: ok
-- Expressions of re that are malformed, deep or long.
local re = require "re"
for _, bad in ipairs { "(", "[", "'", "%q", "{", "x <- x", "&", "a^", ("("):rep(10000), ("!"):rep(10000), "[]", "{:", "\0" } do
  assert(not pcall(re.compile, bad), bad)
end
print(re.match("aaa", "'a'^3") , re.find("xxab", "'ab'"), re.gsub("aXb", "'X'", "-")) --> 4	3	a-b
