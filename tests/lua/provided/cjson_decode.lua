--- expect: ok
-- What cjson makes of texts, good and bad; the same as the original's on the reference interpreter.
local cjson = require "cjson"
local function show(value)
  if type(value) == "table" then
    local pieces = {}
    for key, item in pairs(value) do pieces[#pieces + 1] = show(key) .. "=" .. show(item) end
    table.sort(pieces)
    return "{" .. table.concat(pieces, " ") .. "}"
  end
  if value == cjson.null then return "null" end
  return type(value) == "number" and ("%.14g"):format(value) or ("%q"):format(value)
end
local function decoded(text)
  local ok, value = pcall(cjson.decode, text)
  print(ok and show(value) or value)
end
for _, text in ipairs {
  "1", "[1, 1.0, -5, 1e2, 123456789012345678901, 0.1, -0, 1E+2]", "null", "[null]", "true", "  [ ]  ", "{}", "[]",
  '{"a":{"b":[true,false,null]},"1":1,"":2}', '{"a":1,"a":2}', '"\\u00e9\\ud83d\\ude00\\u0000\\/\\b\\f\\n\\r\\t\\\\\\""',
  '"a\nb"', "[0x10, 01, 1., +1]", "[1e999]", "[1e-999]", '"\xff\xfe"', "\t\r\n[\n1\t,\r2 ]", "[1]\0\0",
  -- what is none
  "nul", "[1,]", "[,1]", '{"a":}', "{a:1}", "[1 2]", "", " ", "[", "{", '{"a" 1}', '{"a":1 "b"}', '{"a":1,}', '"abc',
  '"\\x"', '"\\', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\u12"', '"\\u12', '"a\0b"', "tru", "trueX", "1 2", "[1]]",
  "'x'", "\0", "[.5]", "[-]", "[1e]", "[1e5x]", "\xef\xbb\xbf[]", "[1}", '{"a":1]', "[\0", "\0\0", ":", ",", "]", "}",
  "[1\0]", "--1", "[01x]", "/* */ 1", '{1:2}', '{"a"', '{"a":', '{"a":1', "[1,2", "falsee", "nan1",
} do decoded(text) end
-- as an argument
print(pcall(cjson.decode))
