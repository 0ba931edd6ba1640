--- expect: ok
-- A small JSON reader and writer: recursion, patterns, string building, error positions.
local escapes = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local decode
local function fail(text, at, what) error(("%s at byte %d near %q"):format(what, at, text:sub(at, at + 4)), 0) end
local function skip(text, at) return text:find("%S", at) or #text + 1 end
local function read_string(text, at)
  local parts, i = {}, at + 1
  while true do
    local plain, stop = text:match('^([^"\\]*)()', i)
    parts[#parts + 1] = plain
    local c = text:sub(stop, stop)
    if c == '"' then return table.concat(parts), stop + 1 end
    if c == "" then fail(text, at, "unfinished string") end
    local e = text:sub(stop + 1, stop + 1)
    if e == "u" then
      parts[#parts + 1] = utf8.char(tonumber(text:sub(stop + 2, stop + 5), 16) or fail(text, stop, "bad escape"))
      i = stop + 6
    else
      parts[#parts + 1] = escapes[e] or fail(text, stop, "bad escape")
      i = stop + 2
    end
  end
end
local function read_list(text, at, close, item)
  local list = {}
  at = skip(text, at + 1)
  if text:sub(at, at) == close then return list, at + 1 end
  while true do
    at = skip(text, item(list, at))
    local c = text:sub(at, at)
    if c == close then return list, at + 1 end
    if c ~= "," then fail(text, at, "expected , or " .. close) end
    at = skip(text, at + 1)
  end
end
function decode(text, at)
  at = skip(text, at or 1)
  local c = text:sub(at, at)
  if c == "{" then
    return read_list(text, at, "}", function(object, i)
      if text:sub(i, i) ~= '"' then fail(text, i, "expected a name") end
      local name, after = read_string(text, i)
      after = skip(text, after)
      if text:sub(after, after) ~= ":" then fail(text, after, "expected :") end
      object[name], after = decode(text, after + 1)
      return after
    end)
  elseif c == "[" then
    return read_list(text, at, "]", function(list, i)
      local value, after = decode(text, i)
      list[#list + 1] = value
      return after
    end)
  elseif c == '"' then return read_string(text, at) end
  for word, value in pairs { ["true"] = true, ["false"] = false } do
    if text:sub(at, at + #word - 1) == word then return value, at + #word end
  end
  local number = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not number then fail(text, at, "expected a value") end
  return tonumber(number), at + #number
end
local function encode(value)
  if type(value) == "table" then
    local parts = {}
    if #value > 0 then
      for i, v in ipairs(value) do parts[i] = encode(v) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for k in pairs(value) do parts[#parts + 1] = k end
    table.sort(parts)
    for i, k in ipairs(parts) do parts[i] = ("%q:%s"):format(k, encode(value[k])) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end
print(encode((decode [==[ {"name": "x\u00e9\t!", "list": [1, -2.5, 3e2, [true, false]], "empty": {}} ]==])))
--> {"empty":{},"list":[1,-2.5,300.0,[true,false]],"name":"xé\9!"}
print(pcall(decode, '{"a": [1, 2')) --> false	expected , or ] at byte 12 near ""
print(pcall(decode, '{"a" 1}')) --> false	expected : at byte 6 near "1}"
print(pcall(decode, '["unfinished')) --> false	unfinished string at byte 2 near "\"unfi"
print(pcall(decode, '[nope]')) --> false	expected a value at byte 2 near "nope]"
print(pcall(decode, ("["):rep(1000)) == false) --> true
