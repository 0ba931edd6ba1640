--- expect: ok
-- The settings of cjson: what they give, what they refuse, what they change.
local cjson = require "cjson"
local function try(name, ...)
  print(name, pcall(cjson[name], ...))
end
local names = { "encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision",
  "encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers" }
for _, name in ipairs(names) do try(name) end
try("encode_sparse_array", true, 3, 5)
try("encode_sparse_array", "x")
try("encode_sparse_array", nil, 4)
try("encode_sparse_array", 1, 2, 3, 4)
try("encode", { [20] = 1 })
try("encode_sparse_array", false, 2, 10)
try("encode_sparse_array", false, 0)
try("encode", { [20] = 1 })
try("encode_sparse_array", false, 2, 10)
try("encode_max_depth", 0)
try("encode_max_depth", "x")
try("encode_max_depth", 2 ^ 40)
try("encode_max_depth", 1.5)
try("encode_max_depth", 1, 2)
try("encode_max_depth", 1)
try("encode", { { 1 } })
try("encode", { 1 })
try("encode_max_depth", 1000)
try("decode_max_depth", 2)
try("decode", "[[[1]]]")
try("decode", '{"a":{"b":{}}}')
try("decode_max_depth", 1000)
try("decode", ("["):rep(1001))
print(type(cjson.decode(("["):rep(1000) .. ("]"):rep(1000))))
try("encode_number_precision", 3)
try("encode", math.pi)
try("encode_number_precision", 14)
try("encode", 2 / 3)
try("encode_keep_buffer", false)
try("encode_keep_buffer", "on")
try("encode_keep_buffer", 1)
for _, choice in ipairs { "null", true, false, "on", "off", "x" } do
  try("encode_invalid_numbers", choice)
  try("encode", { 0 / 0, 1 / 0, -1 / 0 })
end
cjson.encode_invalid_numbers(false)
local function tried(text)
  local ok, value = pcall(cjson.decode, text)
  print(text, ok, ok and ("%.14g"):format(value[1]):gsub("-nan", "nan") or value)
end
for _, choice in ipairs { "null", false, "off", true, "on" } do
  try("decode_invalid_numbers", choice)
  for _, text in ipairs { "[nan]", "[0x10]", "[01]", "[-infinity]", "[Infinity]", "[+1]", "[0]", "[-0.5]", "[0e1]" } do
    tried(text)
  end
end
-- each has its own settings
local other = cjson.new()
print(other ~= cjson, other.null == cjson.null, other.encode ~= cjson.encode)
other.encode_max_depth(3)
print(cjson.encode_max_depth(), other.encode_max_depth())
local keys = {}
for key, value in pairs(other) do keys[#keys + 1] = key .. ":" .. type(value) end
table.sort(keys)
print(table.concat(keys, " "))
print(cjson._NAME, cjson._VERSION, type(cjson.null))
-- safe
local safe = require "cjson.safe"
print(safe.decode "x")
print(safe.encode(print))
print(safe.encode(1), type(safe.decode "[1]"))
print(pcall(safe.decode))
print(safe.new().decode "[", pcall(cjson.decode, "["))
